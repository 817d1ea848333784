//! How a message leaves: to a mail server (RFC 5321), or into a folder, one file each.
//!
//! Tells what can be tried again from what cannot, and never in the server's own words, which may
//! name whom the letter is for.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context as _;
use latchkey_core::ids::MessageId;
use latchkey_core::letters::Undelivered;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Tls, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use lettre::{Address, AsyncSmtpTransport, AsyncTransport as _, Tokio1Executor};

use crate::config::{Post, Protection, Smtp};

/// How long a mail server may take to answer one command.
const ANSWERS_WITHIN: Duration = Duration::from_secs(20);
/// How long a whole letter may take. Shorter than the shortest pause between two tries.
pub(super) const SENT_WITHIN: Duration = Duration::from_secs(60);
const SLOW: &str = "the mail server is too slow";

/// The way out.
pub(super) enum Transport {
    /// To a mail server.
    Smtp(AsyncSmtpTransport<Tokio1Executor>),
    /// Into a folder.
    Spool(PathBuf),
}

/// Why a message did not leave: what whoever looks after the installation is told, and more of it
/// for the log and the audit trail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum NotSent {
    /// It may another time.
    Yet(Undelivered, String),
    /// It never will.
    Ever(Undelivered, String),
}

impl Transport {
    pub(super) fn open(post: &Post, host: &str) -> anyhow::Result<Self> {
        match post {
            Post::Spool(folder) => Ok(Self::Spool(folder.clone())),
            Post::Smtp(smtp) => Ok(Self::Smtp(server(smtp, host)?)),
        }
    }

    pub(super) async fn send(
        &self,
        id: MessageId,
        from: &Address,
        to: &Address,
        message: String,
    ) -> Result<(), NotSent> {
        match self {
            Self::Smtp(server) => {
                let envelope = lettre::address::Envelope::new(Some(from.clone()), vec![to.clone()]);
                let envelope = envelope
                    .map_err(|_| NotSent::Ever(Undelivered::Address, "no reader".to_owned()))?;
                let sent = server.send_raw(&envelope, message.as_bytes());
                match tokio::time::timeout(SENT_WITHIN, sent).await {
                    Ok(Ok(_)) => Ok(()),
                    Ok(Err(error)) => Err(judged(&error, to)),
                    Err(_) => Err(NotSent::Yet(Undelivered::Slow, SLOW.to_owned())),
                }
            }
            Self::Spool(folder) => {
                let folder = folder.clone();
                let kept =
                    tokio::task::spawn_blocking(move || keep(&folder, id, message.as_bytes()));
                match kept.await {
                    Ok(Ok(())) => Ok(()),
                    Ok(Err(error)) => {
                        Err(NotSent::Yet(Undelivered::Folder, format!("the folder: {error}")))
                    }
                    Err(error) => Err(NotSent::Yet(Undelivered::Folder, error.to_string())),
                }
            }
        }
    }
}

fn server(smtp: &Smtp, host: &str) -> anyhow::Result<AsyncSmtpTransport<Tokio1Executor>> {
    let Smtp { host: server, port, protection, login } = smtp;
    let parameters = || TlsParameters::new(server.clone()).context("[mail] url: TLS");
    let tls = match protection {
        Protection::Tls => Tls::Wrapper(parameters()?),
        Protection::StartTls => Tls::Required(parameters()?),
        Protection::None => Tls::None,
    };
    let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(server.as_str())
        .port(*port)
        .tls(tls)
        .timeout(Some(ANSWERS_WITHIN))
        .hello_name(ClientId::Domain(host.to_owned()));
    if let Some((user, password)) = login {
        builder = builder.credentials(Credentials::new(user.clone(), password.clone()));
    }
    Ok(builder.build())
}

/// Whether another try may do. What only an operator can mend is tried again until it is mended:
/// a password that the mail server does not take must not cost anybody a letter.
fn judged(error: &lettre::transport::smtp::Error, to: &Address) -> NotSent {
    let Some(code) = error.status().map(|code| code.to_string()) else {
        let (cause, what) = match error {
            error if error.is_timeout() => (Undelivered::Slow, SLOW),
            error if error.is_tls() => (Undelivered::Encryption, "TLS with the mail server failed"),
            error if error.is_response() => {
                (Undelivered::NotSmtp, "the mail server does not speak SMTP")
            }
            // RFC 6531: the server does not take letters that are not in ASCII.
            error if error.is_client() && !to.to_string().is_ascii() => {
                let what = "the mail server does not take such addresses";
                return NotSent::Ever(Undelivered::Address, what.to_owned());
            }
            error if error.is_client() => {
                (Undelivered::NotSmtp, "the mail server does not offer what is needed")
            }
            _ => (Undelivered::Unreachable, "the mail server cannot be reached"),
        };
        return NotSent::Yet(cause, what.to_owned());
    };
    let text = format!("the mail server answered {code}");
    let said = std::error::Error::source(error).map(ToString::to_string).unwrap_or_default();
    let cause = Undelivered::of_reply(code.parse().unwrap_or_default(), enhanced(&said));
    if error.is_permanent() && cause != Undelivered::Credentials {
        NotSent::Ever(cause, text)
    } else {
        NotSent::Yet(cause, text)
    }
}

/// The subject and detail of the enhanced status code that an answer begins with (RFC 3463 §2).
fn enhanced(said: &str) -> Option<(u16, u16)> {
    let code = said.split([' ', '\r', '\n']).next()?;
    let mut parts = code.splitn(3, '.').map(|part| part.parse::<u16>().ok());
    match (parts.next()??, parts.next()??, parts.next()??) {
        (4 | 5, subject, detail) => Some((subject, detail)),
        _ => None,
    }
}

/// Writes a message to a file that is there whole or not at all.
fn keep(folder: &Path, id: MessageId, message: &[u8]) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)?;
    let partial = folder.join(format!(".{id}.partial"));
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&partial)?;
    file.write_all(message)?;
    file.sync_all()?;
    std::fs::rename(&partial, folder.join(format!("{id}.eml")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_what_a_server_says_only_its_status_code_is_read() {
        assert_eq!(enhanced("4.2.2 amy@northgate.example is over quota"), Some((2, 2)));
        assert_eq!(enhanced("5.1.10\r\n5.1.10 no such user"), Some((1, 10)));
        for text in ["", "amy@northgate.example", "2.1.5 ok", "4.2", "4.2.2.1 no", "4.x.1 no"] {
            assert_eq!(enhanced(text), None, "{text}");
        }
    }
}
