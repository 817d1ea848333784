//! A mail server on the loopback that takes, refuses, forgets or hangs as it is told (RFC 5321), and
//! an independent reader of what it took: Python's `email`.

use std::net::SocketAddr;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// What the server does with a letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Manner {
    /// Takes it.
    Takes,
    /// Answers its reader's address with this code.
    Answers(u16),
    /// Takes it, and breaks the connection without saying so.
    Breaks,
    /// Takes it, and never says so.
    Hangs,
    /// Says nothing at all.
    Silent,
    /// Wants a user name and a password first, and these are `user` and `right`.
    WantsLogin,
}

/// A letter that the server took.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Taken {
    pub(crate) from: String,
    pub(crate) to: String,
    pub(crate) message: String,
}

/// The server, until the test ends.
pub(crate) struct Sink {
    pub(crate) address: SocketAddr,
    manner: Arc<Mutex<Manner>>,
    taken: watch::Receiver<Vec<Taken>>,
}

impl Sink {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        Self::on(listener)
    }

    /// At an address where nothing answered before.
    pub(crate) async fn start_at(address: SocketAddr) -> Self {
        Self::on(TcpListener::bind(address).await.expect("the port is free still"))
    }

    fn on(listener: TcpListener) -> Self {
        let address = listener.local_addr().expect("bound");
        let manner = Arc::new(Mutex::new(Manner::Takes));
        let (sender, taken) = watch::channel(Vec::new());
        let (sender, kept) = (Arc::new(sender), Arc::clone(&manner));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let manner = *kept.lock().expect("nobody panicked");
                let sender = Arc::clone(&sender);
                tokio::spawn(async move {
                    // A client that goes away is no fault of the server's.
                    let _ = talk(stream, manner, &sender).await;
                });
            }
        });
        Self { address, manner, taken }
    }

    /// From the next connection on.
    pub(crate) fn behave(&self, manner: Manner) {
        *self.manner.lock().expect("nobody panicked") = manner;
    }

    pub(crate) fn taken(&self) -> Vec<Taken> {
        self.taken.borrow().clone()
    }

    /// Waits until it took so many.
    pub(crate) async fn wait_for(&self, count: usize) -> Vec<Taken> {
        let mut taken = self.taken.clone();
        let found = taken.wait_for(|taken| taken.len() >= count).await;
        found.expect("the server is up").clone()
    }

    /// The letters, read by Python.
    pub(crate) fn letters(&self) -> Vec<Letter> {
        self.taken().iter().map(|taken| Letter::read(&taken.message)).collect()
    }

    pub(crate) fn url(&self) -> String {
        format!("smtp://{}", self.address)
    }
}

async fn talk(
    stream: TcpStream,
    manner: Manner,
    taken: &watch::Sender<Vec<Taken>>,
) -> std::io::Result<()> {
    if manner == Manner::Silent {
        return std::future::pending().await;
    }
    let (read, mut write) = stream.into_split();
    let mut lines = BufReader::new(read).lines();
    write.write_all(b"220 sink.example ESMTP\r\n").await?;
    let (mut from, mut to, mut known) = (String::new(), String::new(), false);
    while let Some(line) = lines.next_line().await? {
        let verb = line.split([' ', ':']).next().unwrap_or_default().to_ascii_uppercase();
        let answer: String = match verb.as_str() {
            "EHLO" => "250-sink.example\r\n250-8BITMIME\r\n250 AUTH PLAIN\r\n".into(),
            "AUTH" => {
                known = line == format!("AUTH PLAIN {}", STANDARD.encode("\0user\0right"));
                if known { "235 known\r\n".into() } else { "535 not known\r\n".into() }
            }
            "MAIL" if manner == Manner::WantsLogin && !known => "530 log in\r\n".into(),
            "MAIL" => {
                from = address(&line);
                "250 ok\r\n".into()
            }
            "RCPT" => {
                to = address(&line);
                match manner {
                    Manner::Answers(code) => format!("{code} {to} is not for us\r\n"),
                    _ => "250 ok\r\n".into(),
                }
            }
            "DATA" => {
                write.write_all(b"354 go on\r\n").await?;
                let mut message = String::new();
                while let Some(line) = lines.next_line().await? {
                    if line == "." {
                        break;
                    }
                    message.push_str(line.strip_prefix('.').unwrap_or(&line));
                    message.push_str("\r\n");
                }
                let letter = Taken { from: from.clone(), to: to.clone(), message };
                taken.send_modify(|all| all.push(letter));
                match manner {
                    Manner::Breaks => return Ok(()),
                    Manner::Hangs => return std::future::pending().await,
                    _ => "250 taken\r\n".into(),
                }
            }
            "QUIT" => {
                write.write_all(b"221 bye\r\n").await?;
                return Ok(());
            }
            _ => "250 ok\r\n".into(),
        };
        write.write_all(answer.as_bytes()).await?;
    }
    Ok(())
}

/// What stands between the angle brackets.
fn address(line: &str) -> String {
    let inside = line.split_once('<').and_then(|(_, rest)| rest.split_once('>'));
    inside.map(|(address, _)| address.to_owned()).unwrap_or_default()
}

/// A letter as a mail program would read it.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Letter {
    pub(crate) subject: String,
    pub(crate) from: String,
    pub(crate) to: String,
    pub(crate) id: String,
    pub(crate) headers: Vec<String>,
    pub(crate) defects: Vec<String>,
    pub(crate) plain: String,
    pub(crate) html: String,
}

const READER: &str = r#"
import email, email.policy, json, sys
from html.parser import HTMLParser
message = email.message_from_bytes(sys.stdin.buffer.read(), policy=email.policy.default)
halves = {part.get_content_type(): part.get_content() for part in message.walk() if not part.is_multipart()}
void, open_tags = {"meta", "br"}, []
class Checker(HTMLParser):
    def handle_starttag(self, tag, attrs):
        if tag not in void: open_tags.append(tag)
    def handle_endtag(self, tag):
        assert open_tags and open_tags.pop() == tag, tag
Checker().feed(halves["text/html"])
assert not open_tags, open_tags
json.dump({
    "subject": message["subject"], "from": message["from"], "to": message["to"],
    "id": message["message-id"], "headers": message.keys(),
    "defects": [repr(d) for part in message.walk() for d in part.defects],
    "plain": halves["text/plain"], "html": halves["text/html"],
}, sys.stdout)
"#;

impl Letter {
    pub(crate) fn read(message: &str) -> Self {
        use std::io::Write as _;
        let mut python = Command::new("python3")
            .args(["-c", READER])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("python3 is there");
        let mut stdin = python.stdin.take().expect("piped");
        stdin.write_all(message.as_bytes()).expect("it reads");
        drop(stdin);
        let output = python.wait_with_output().expect("it ends");
        assert!(output.status.success(), "{message}");
        serde_json::from_slice(&output.stdout).expect("JSON")
    }

    /// The path of the link "This wasn't me".
    pub(crate) fn not_me(&self) -> String {
        let start = self.plain.find("/not-me/").expect("a link");
        self.plain[start..].split_whitespace().next().expect("a link").to_owned()
    }
}
