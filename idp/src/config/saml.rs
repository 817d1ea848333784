//! `[saml]`: what holds between here and every application that speaks SAML.
//!
//! Owns what may stand there. What is agreed with one application is in its registration.

use url::Host;

use crate::source::{Fields, Problems, Table};

/// `[saml]`
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Saml {
    /// Whether requests for a log-in have to be signed, whoever sends them; our metadata says so.
    pub require_signed_requests: bool,
    /// The domains whose scoped values may be released, beside the issuer's host; our metadata names
    /// them all.
    pub scopes: Vec<String>,
}

/// Reads `[saml]`.
pub(super) fn read(table: Table, problems: &mut Problems) -> Saml {
    let mut fields = Fields::new("[saml]", table, problems);
    let signed = fields.flag("require_signed_requests");
    let mut scopes = Vec::new();
    for (text, place) in fields.texts("scopes").unwrap_or_default() {
        // Applications compare them to the letter.
        match Host::parse(&text) {
            Ok(Host::Domain(domain)) if domain == text => scopes.push(domain),
            Ok(Host::Domain(domain)) => {
                fields.refuse(&place, format!("\"scopes\": write \"{text}\" as \"{domain}\""));
            }
            _ => fields.refuse(
                &place,
                format!("\"scopes\": \"{text}\" is no domain, such as \"northgate.example\""),
            ),
        }
    }
    fields.finish();
    Saml { require_signed_requests: signed.is_some_and(|(signed, _)| signed), scopes }
}
