//! Times and fingerprints in the words of checks, and the checks of what kind of message one is.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use latchkey_core::Timestamp;
pub(in crate::saml) use latchkey_saml::keys::fingerprint;
use latchkey_saml::metadata::provider::KeyDescriptor;
use latchkey_saml::read::Kind;
use latchkey_saml::redirect::Parameter;
use latchkey_saml::verify::Seen;

use super::pasted::Way;
use super::said::{Advice, Apart, Element, OfMessage, quoted};
use super::{Check, Name};
use crate::saml::bindings;

/// A time, in UTC.
pub(in crate::saml) fn time(at: Timestamp) -> String {
    match jiff::Timestamp::from_millisecond(at.millis()) {
        Ok(time) => time.strftime("%Y-%m-%d %H:%M:%S UTC").to_string(),
        Err(_) => format!("{} ms after 1970", at.millis()),
    }
}

/// How long before or after now a time is.
pub(in crate::saml) fn apart(at: Timestamp, now: Timestamp) -> String {
    let (count, units) = Apart::between(at, now);
    units.of(count)
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

/// What a message is, and whether the parameter that it came in is right.
pub(super) fn kind(kind: Kind, parameter: Option<Parameter>) -> Check {
    let right = match kind {
        Kind::AuthnRequest | Kind::LogoutRequest | Kind::ArtifactResolve => Parameter::Request,
        Kind::LogoutResponse | Kind::ArtifactResponse | Kind::Response => Parameter::Response,
    };
    let kind = Element(kind);
    match parameter {
        Some(sent) if sent != right => {
            let found = OfMessage::KindInParameter { kind, parameter: sent.name() };
            let advice = Advice::SendInParameter { parameter: right.name() };
            Check::failed(Name::Kind, found).at_provider(advice)
        }
        _ => Check::passed(Name::Kind, OfMessage::Kind { kind }),
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
            return Some(Check::not_applicable(Name::Binding, OfMessage::CameSomehow));
        }
    };
    let (serves, right) = match kind {
        Kind::AuthnRequest => {
            let serves = match binding.and_then(bindings::find) {
                Some(found) => found.asks_for_log_ins(),
                None => false,
            };
            (serves, Advice::SendByEither)
        }
        Kind::Response => (binding == Some(Post), Advice::SendBy { binding: "HTTP-POST" }),
        Kind::ArtifactResolve | Kind::ArtifactResponse => {
            (binding.is_none(), Advice::SendBy { binding: "SOAP" })
        }
        Kind::LogoutRequest | Kind::LogoutResponse => (true, Advice::SendByEither),
    };
    Some(if serves {
        Check::passed(Name::Binding, OfMessage::CameBy { binding: by })
    } else {
        Check::failed(Name::Binding, OfMessage::CameByOther { binding: by }).at_provider(right)
    })
}

/// Well-formed XML that is no message.
pub(super) fn wrong_kind(seen: Seen<'_>) -> Check {
    let name = seen.name();
    let namespace = quoted(seen.namespace());
    let check =
        Check::failed(Name::Kind, OfMessage::OtherElement { name: quoted(name), namespace });
    match name {
        "EntityDescriptor" | "EntitiesDescriptor" => check.here(Advice::RegisterThis),
        "Assertion" | "EncryptedAssertion" => check.at_provider(Advice::PasteResponse),
        "Fault" => check.here(Advice::PasteRequestOfFault),
        _ => check.at_provider(Advice::SendSaml2),
    }
}
