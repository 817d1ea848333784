//! A letter in its envelope: the message as it goes over the wire (RFC 5322, MIME), made once, so
//! that a letter that is sent twice carries one Message-ID and can be recognised.
//!
//! No name or word can begin a header: all of them lose their control characters here.

use std::time::{Duration, SystemTime};

use anyhow::Context as _;
use latchkey_core::Timestamp;
use latchkey_core::ids::MessageId;
use lettre::Address;
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, Message, MultiPart};
use serde::{Deserialize, Serialize};
use url::Host;
use zeroize::Zeroizing;

use super::Mail;
use crate::pages::letter::Written;

/// The longest that a name before an address is.
const NAME_CHARS: usize = 100;

/// A letter, ready to be sent.
#[derive(Serialize, Deserialize)]
pub(super) struct Envelope {
    /// Who gets it.
    pub(super) to: String,
    /// The message: ASCII, with lines that end as they must.
    pub(super) message: String,
}

impl Envelope {
    /// Puts a letter into an envelope. `organisation` is whose name stands before our address.
    pub(super) fn new(
        mail: &Mail,
        id: MessageId,
        at: Timestamp,
        organisation: &str,
        (name, to): (&str, &Address),
        written: Written,
    ) -> anyhow::Result<Self> {
        let since = Duration::from_millis(u64::try_from(at.millis()).unwrap_or_default());
        // RFC 3834 §5: nobody's holiday message answers a machine.
        let automatic = HeaderName::new_from_ascii_str("Auto-Submitted");
        let automatic = HeaderValue::new(automatic, "auto-generated".to_owned());
        let message = Message::builder()
            .message_id(Some(format!("<{id}@{}>", mail.host)))
            .date(SystemTime::UNIX_EPOCH + since)
            .from(Mailbox::new(Some(one_line(organisation)), mail.from.clone()))
            .to(Mailbox::new(Some(one_line(name)), to.clone()))
            .subject(one_line(&written.subject))
            .raw_header(automatic)
            .multipart(MultiPart::alternative_plain_html(written.plain, written.html))?;
        let message = String::from_utf8(message.formatted()).context("a message is no text")?;
        Ok(Self { to: to.to_string(), message })
    }

    pub(super) fn to_bytes(&self) -> anyhow::Result<Zeroizing<Vec<u8>>> {
        Ok(Zeroizing::new(serde_json::to_vec(self)?))
    }

    pub(super) fn from_bytes(bytes: &[u8]) -> anyhow::Result<Self> {
        Ok(serde_json::from_slice(bytes)?)
    }
}

/// An address that can be written to, its host in ASCII (RFC 5890); `None` for anything else.
pub(super) fn address(text: &str) -> Option<Address> {
    let (user, host) = text.trim().rsplit_once('@')?;
    let Ok(Host::Domain(host)) = Host::parse(host) else { return None };
    Address::new(user, host).ok()
}

/// A text that stays in its header.
fn one_line(text: &str) -> String {
    let seen = text.chars().map(|c| if c.is_control() { ' ' } else { c });
    seen.take(NAME_CHARS * 2).collect::<String>().trim().to_owned()
}

#[cfg(test)]
mod tests {
    use latchkey_core::rng::SeededRng;
    use tokio::sync::Notify;

    use super::*;
    use crate::mail::transport::Transport;

    fn mail() -> Mail {
        Mail {
            transport: Transport::Spool("/nowhere".into()),
            from: "login@example.org".parse().expect("an address"),
            host: "login.example.org".to_owned(),
            queued: Notify::new(),
        }
    }

    fn enclosed(organisation: &str, name: &str, subject: &str) -> String {
        let at = Timestamp::from_seconds(1_800_000_000);
        let id = MessageId::new(&SeededRng::new(1), at);
        let to = address("amy@northgate.example").expect("an address");
        let written = Written {
            subject: subject.to_owned(),
            plain: "Ychwanegwyd allwedd: ŷ\n.\nend".to_owned(),
            html: "<p>ŷ</p>".to_owned(),
        };
        let envelope = Envelope::new(&mail(), id, at, organisation, (name, &to), written);
        envelope.expect("an envelope").message
    }

    /// The headers of the message itself, unfolded.
    fn headers(message: &str) -> Vec<String> {
        let (head, _) = message.split_once("\r\n\r\n").expect("a head");
        let unfolded = head.replace("\r\n ", " ").replace("\r\n\t", " ");
        unfolded.split("\r\n").map(str::to_owned).collect()
    }

    #[test]
    fn nothing_that_people_are_called_begins_a_header() {
        let honest = headers(&enclosed("Northgate", "Amy", "A key was added"));
        let evil = "x\r\nBcc: spy@evil.example\r\n\r\nbody\u{0}\u{85}\u{2028}";
        for (organisation, name, subject) in [
            (evil, "Amy", "s"),
            ("n", evil, "s"),
            ("n", "Amy", evil),
            ("\"<>,;:\\", "a@b", "=?x?="),
        ] {
            let told = headers(&enclosed(organisation, name, subject));
            assert_eq!(told.len(), honest.len(), "{told:#?}");
            assert!(!told.iter().any(|line| line.starts_with("Bcc")), "{told:#?}");
            let to = told.iter().find(|line| line.starts_with("To: ")).expect("a reader");
            assert!(to.ends_with("<amy@northgate.example>"), "{to}");
        }
    }

    #[test]
    fn a_message_is_ascii_and_says_that_a_machine_sent_it() {
        let message = enclosed("Ymddiriedolaeth Ŷ", "Siân", "Ychwanegwyd allwedd â");
        assert!(message.is_ascii(), "{message}");
        assert!(message.lines().all(|line| line.len() <= 998), "{message}");
        let headers = headers(&message);
        let has = |start: &str| headers.iter().any(|line| line.starts_with(start));
        assert!(has("Auto-Submitted: auto-generated"), "{headers:#?}");
        assert!(has("Message-ID: <"), "{headers:#?}");
        assert!(has("Date: Fri, 15 Jan 2027 08:00:00 +0000"), "{headers:#?}");
    }

    #[test]
    fn what_is_no_address_is_not_written_to() {
        for text in [
            "",
            "amy",
            "amy@",
            "@example.org",
            "amy@example.org\r\nBcc: spy@evil.example",
            "amy@example.org, ben@example.org",
            "amy ward@example.org",
            "amy@exa mple.org",
            "amy@127.0.0.1",
            "<amy@example.org>",
            "amy@-example-.org\u{0}",
        ] {
            assert!(address(text).is_none(), "{text:?}");
        }
        let idn = address("amy@bücher.example").expect("an address");
        assert_eq!(idn.domain(), "xn--bcher-kva.example");
        assert!(address(" amy.o'hara+x@northgate.example ").is_some());
    }
}
