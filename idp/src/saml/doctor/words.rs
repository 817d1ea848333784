//! What checks say: quotes, times, fingerprints and the names of messages, in plain English.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use latchkey_core::Timestamp;
use latchkey_core::assurance::Level;
pub(in crate::saml) use latchkey_saml::keys::fingerprint;
use latchkey_saml::metadata::provider::KeyDescriptor;
use latchkey_saml::read::Kind;
use latchkey_saml::redirect::Parameter;
use latchkey_saml::verify::Seen;

use super::pasted::Way;
use super::{Check, Name};
use crate::saml::bindings;

/// How much of a text is quoted, in characters.
const QUOTED: usize = 300;

/// A text of somebody else's, bounded, in one line and in quotes.
pub(super) fn quoted(text: &str) -> String {
    let one = |c: char| if c.is_control() { '\u{fffd}' } else { c };
    let mut quoted: String = text.chars().take(QUOTED).map(one).collect();
    if text.chars().nth(QUOTED).is_some() {
        quoted.push('…');
    }
    format!("“{quoted}”")
}

/// Several of them.
pub(super) fn all_quoted<'t>(texts: impl IntoIterator<Item = &'t str>) -> String {
    let mut texts = texts.into_iter();
    let mut first: Vec<_> = texts.by_ref().take(5).map(quoted).collect();
    if texts.next().is_some() {
        first.push("others".to_owned());
    }
    first.join(", ")
}

/// A time, in UTC.
pub(in crate::saml) fn time(at: Timestamp) -> String {
    match jiff::Timestamp::from_millisecond(at.millis()) {
        Ok(time) => time.strftime("%Y-%m-%d %H:%M:%S UTC").to_string(),
        Err(_) => format!("{} ms after 1970", at.millis()),
    }
}

/// How long before or after now a time is.
pub(in crate::saml) fn apart(at: Timestamp, now: Timestamp) -> String {
    let (duration, side) =
        if at <= now { (now.since(at), "ago") } else { (at.since(now), "ahead") };
    let seconds = duration.as_secs();
    let (count, unit) = match seconds {
        0..120 => (seconds, "second"),
        120..7200 => (seconds / 60, "minute"),
        7200..172_800 => (seconds / 3600, "hour"),
        _ => (seconds / 86_400, "day"),
    };
    format!("{count} {unit}{} {side}", if count == 1 { "" } else { "s" })
}

/// The fingerprints of keys that are used for something.
pub(super) fn fingerprints(
    keys: &[KeyDescriptor],
    used: impl Fn(&KeyDescriptor) -> bool,
) -> Vec<String> {
    let keys = keys.iter().filter(|key| used(key));
    let texts = keys.flat_map(|key| &key.certificates);
    texts.filter_map(|text| STANDARD.decode(text).ok()).map(|der| fingerprint(&der)).collect()
}

/// A strength.
pub(super) fn level(level: Level) -> &'static str {
    match level {
        Level::Password => "a password",
        Level::Mfa => "two factors",
        Level::PhishingResistant => "a security key or passkey",
        Level::Hardware => "a security key that proves to be hardware",
    }
}

pub(super) fn algorithm_remedy() -> &'static str {
    "Have the provider sign with RSA or ECDSA and SHA-256, and send the signature with the name of \
     its algorithm."
}

/// What a message is, and whether the parameter that it came in is right.
pub(super) fn kind(kind: Kind, parameter: Option<Parameter>) -> Check {
    let right = match kind {
        Kind::AuthnRequest | Kind::LogoutRequest | Kind::ArtifactResolve => Parameter::Request,
        Kind::LogoutResponse | Kind::ArtifactResponse | Kind::Response => Parameter::Response,
    };
    let what = match kind {
        Kind::AuthnRequest => "a request for a log-in",
        Kind::LogoutRequest => "a request to end a session",
        Kind::LogoutResponse => "the answer to a request to end a session",
        Kind::ArtifactResolve => "a request for the message that an artifact stands for",
        Kind::ArtifactResponse => "the message that an artifact stands for",
        Kind::Response => "the answer to a request for a log-in",
    };
    match parameter {
        Some(sent) if sent != right => {
            let found = format!("{}, {what}, in the parameter {}.", kind.name(), sent.name());
            let words = format!("Send it in the parameter {}.", right.name());
            Check::failed(Name::Kind, found).at_provider(words)
        }
        _ => Check::passed(Name::Kind, format!("{}: {what}.", kind.name())),
    }
}

/// Whether that kind of message comes that way.
pub(super) fn binding(kind: Kind, way: Way) -> Option<Check> {
    use latchkey_saml::Binding::{Post, Redirect};
    let (by, binding) = match way {
        Way::Redirect => ("HTTP-Redirect", Some(Redirect)),
        Way::Post => ("HTTP-POST", Some(Post)),
        Way::Soap => ("SOAP", None),
        Way::Bare => {
            let found = "XML does not show how it came.";
            return Some(Check::not_applicable(Name::Binding, found));
        }
    };
    let (serves, right) = match kind {
        Kind::AuthnRequest => {
            let serves = match binding.and_then(bindings::find) {
                Some(found) => found.asks_for_log_ins(),
                None => false,
            };
            (serves, "HTTP-Redirect or HTTP-POST")
        }
        Kind::Response => (binding == Some(Post), "HTTP-POST"),
        Kind::ArtifactResolve | Kind::ArtifactResponse => (binding.is_none(), "SOAP"),
        Kind::LogoutRequest | Kind::LogoutResponse => (true, ""),
    };
    Some(if serves {
        Check::passed(Name::Binding, format!("It came by {by}."))
    } else {
        let found = format!("It came by {by}, by which this kind of message does not travel.");
        Check::failed(Name::Binding, found).at_provider(format!("Send it by {right}."))
    })
}

/// Well-formed XML that is no message.
pub(super) fn wrong_kind(seen: Seen<'_>) -> Check {
    let name = seen.name();
    let found = format!("An element {} of {}.", quoted(name), quoted(seen.namespace()));
    let check = Check::failed(Name::Kind, found);
    match name {
        "EntityDescriptor" | "EntitiesDescriptor" => check
            .here("This is metadata: register it under applications, or with `latchkey sp add`."),
        "Assertion" | "EncryptedAssertion" => {
            check.at_provider("Paste the whole Response around it.")
        }
        "Fault" => check.here(
            "This is a SOAP fault: it says what whoever sent it did not like. Paste the request \
             that it answers.",
        ),
        _ => check.at_provider(
            "Send a message of SAML 2.0: AuthnRequest, LogoutRequest, LogoutResponse, Response or \
             ArtifactResolve.",
        ),
    }
}
