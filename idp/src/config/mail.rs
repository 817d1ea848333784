//! `[mail]`: how letters leave the house, and from whom.
//!
//! Owns what `url` may be. Opens nothing; a password in it is shown to nobody.

use std::fmt;
use std::net::IpAddr;
use std::path::{Path, PathBuf};

use lettre::Address;
use url::{Host, Url};

use crate::source::{Fields, Problems, Table};

/// `[mail]`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mail {
    /// Which way letters go.
    pub post: Post,
    /// The address that they come from.
    pub from: String,
}

/// Which way letters go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Post {
    /// To a mail server.
    Smtp(Smtp),
    /// Into a folder: one file a letter.
    Spool(PathBuf),
}

/// A mail server.
#[derive(Clone, PartialEq, Eq)]
pub struct Smtp {
    /// Its name or address.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// What protects letters on their way to it.
    pub protection: Protection,
    /// Whom we are there, and the password.
    pub login: Option<(String, String)>,
}

/// What protects letters on their way to the mail server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protection {
    /// TLS from the first byte (RFC 8314 §3.3).
    Tls,
    /// TLS before anything is said (RFC 3207), or nothing is.
    StartTls,
    /// Nothing.
    None,
}

impl fmt::Debug for Smtp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Smtp")
            .field("host", &self.host)
            .field("port", &self.port)
            .field("protection", &self.protection)
            .field("login", &self.login.as_ref().map(|_| "…"))
            .finish()
    }
}

impl fmt::Display for Post {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Smtp(Smtp { host, port, protection, login }) => {
                let how = match protection {
                    Protection::Tls => "TLS",
                    Protection::StartTls => "STARTTLS",
                    Protection::None => "no TLS",
                };
                let who = if login.is_some() { ", with a password" } else { "" };
                write!(f, "to {host}, port {port}, with {how}{who}")
            }
            Self::Spool(folder) => write!(f, "into the folder {}", folder.display()),
        }
    }
}

/// Reads `[mail]`.
pub(super) fn read(table: Table, folder: &Path, problems: &mut Problems) -> Option<Mail> {
    if table.members.is_empty() {
        return None;
    }
    let mut fields = Fields::new("[mail]", table, problems);
    let url = fields.required_text("url");
    let post = url.and_then(|(text, place)| match post(&text, folder) {
        Ok(post) => Some(post),
        // Not the text itself: it may hold a password.
        Err(error) => {
            fields.refuse(&place, format!("\"url\" {error}"));
            None
        }
    });
    let from = fields.required_text("from").and_then(|(from, place)| {
        if from.parse::<Address>().is_err() {
            fields.refuse(&place, format!("\"from\" is an e-mail address, not \"{from}\""));
            return None;
        }
        Some(from)
    });
    fields.finish();
    Some(Mail { post: post?, from: from? })
}

fn post(text: &str, folder: &Path) -> Result<Post, &'static str> {
    if let Some(path) = text.strip_prefix("spool:") {
        let path = path.trim_start_matches("//");
        return match path {
            "" => Err("lacks the folder after spool:"),
            path => Ok(Post::Spool(folder.join(path))),
        };
    }
    if !["smtp://", "smtps://"].iter().any(|scheme| text.starts_with(scheme)) {
        return Err("begins with spool:, smtp:// or smtps://");
    }
    let url = Url::parse(text).map_err(|_| "is no address of a mail server")?;
    // The host of a scheme that browsers do not know is kept as it was written.
    let host = url.host_str().filter(|host| !host.is_empty());
    let host = host.ok_or("lacks the mail server's name")?;
    let host = Host::parse(host).map_err(|_| "names no mail server")?;
    if !matches!(url.path(), "" | "/") || url.fragment().is_some() {
        return Err("ends with the mail server's name and port");
    }
    let is_near = is_near(&host);
    let protection = match (url.scheme(), url.query()) {
        ("smtps", None) => Protection::Tls,
        ("smtps", Some(_)) => return Err("takes no ?tls= with smtps://, which is TLS already"),
        (_, Some("tls=none")) => Protection::None,
        (_, Some("tls=required")) => Protection::StartTls,
        (_, Some(_)) => return Err("takes ?tls=none or ?tls=required"),
        (_, None) if is_near => Protection::None,
        (_, None) => Protection::StartTls,
    };
    let login = match (decoded(url.username()), url.password().map(decoded)) {
        (Some(user), Some(Some(password))) if !user.is_empty() => Some((user, password)),
        (Some(user), None) if user.is_empty() => None,
        _ => return Err("has a user name and a password, percent-encoded, or neither"),
    };
    if login.is_some() && protection == Protection::None && !is_near {
        return Err("would send its password in the clear: leave ?tls=none out");
    }
    let port = url.port().unwrap_or(match protection {
        Protection::Tls => 465,
        Protection::StartTls => 587,
        Protection::None => 25,
    });
    let host = match host {
        Host::Domain(name) => name,
        Host::Ipv4(address) => address.to_string(),
        Host::Ipv6(address) => address.to_string(),
    };
    Ok(Post::Smtp(Smtp { host, port, protection, login }))
}

/// Whether a host is this machine.
fn is_near(host: &Host<String>) -> bool {
    match host {
        Host::Domain(name) => name == "localhost",
        Host::Ipv4(address) => IpAddr::V4(*address).is_loopback(),
        Host::Ipv6(address) => IpAddr::V6(*address).is_loopback(),
    }
}

/// What was percent-encoded (RFC 3986 §2.1), in UTF-8.
fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'%' => {
                let mut digit = || {
                    let digit = rest.next().and_then(|byte| char::from(byte).to_digit(16))?;
                    u8::try_from(digit).ok()
                };
                digit()? * 16 + digit()?
            }
            byte => byte,
        });
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(url: &str) -> Result<Post, &'static str> {
        post(url, Path::new("/etc/latchkey"))
    }

    fn smtp(url: &str) -> Smtp {
        match read(url) {
            Ok(Post::Smtp(smtp)) => smtp,
            other => panic!("{url}: {other:?}"),
        }
    }

    #[test]
    fn tls_is_wanted_unless_the_server_is_this_machine_or_that_is_said() {
        let told = |url: &str| {
            let Smtp { port, protection, .. } = smtp(url);
            (port, protection)
        };
        assert_eq!(told("smtps://mail.example.org"), (465, Protection::Tls));
        assert_eq!(told("smtp://mail.example.org"), (587, Protection::StartTls));
        assert_eq!(told("smtp://mail.example.org:25?tls=none"), (25, Protection::None));
        assert_eq!(told("smtp://localhost"), (25, Protection::None));
        assert_eq!(told("smtp://127.0.0.1:2525"), (2525, Protection::None));
        assert_eq!(told("smtp://[::1]:2525?tls=required"), (2525, Protection::StartTls));
        assert_eq!(smtp("smtp://[::1]:2525").host, "::1");
    }

    #[test]
    fn a_password_is_decoded_and_shown_to_nobody() {
        let smtp = smtp("smtps://us%40er:p%C3%A4ss%3A%2F@mail.example.org");
        assert_eq!(smtp.login, Some(("us@er".into(), "päss:/".into())));
        let mail = Mail { post: Post::Smtp(smtp), from: "a@example.org".into() };
        for shown in [format!("{mail:?}"), mail.post.to_string()] {
            assert!(!shown.contains("päss") && !shown.contains("us@er"), "{shown}");
            assert!(shown.contains("mail.example.org"), "{shown}");
        }
    }

    #[test]
    fn what_would_not_work_or_would_tell_a_password_is_refused_without_it() {
        for wrong in [
            "smtp://",
            "smtp://user@mail.example.org",
            "smtp://:hunter2@mail.example.org",
            "smtp://user:%ff%fe@mail.example.org",
            "smtp://user:hunter2@mail.example.org?tls=none",
            "smtp://mail.example.org?tls=maybe",
            "smtps://mail.example.org?tls=none",
            "smtp://mail.example.org/folder",
            "smtp://mail.example.org:99999",
            "http://mail.example.org",
            "spool:",
            "",
        ] {
            let told = read(wrong).expect_err(wrong);
            assert!(!told.contains("hunter2"), "{told}");
        }
        let folder = PathBuf::from("/etc/latchkey/data/mail");
        assert_eq!(read("spool:data/mail"), Ok(Post::Spool(folder)));
    }
}
