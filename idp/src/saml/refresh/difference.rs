//! What is different in what a service provider says of itself, in lines for people.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use latchkey_saml::keys::Certificate;
use latchkey_saml::metadata::provider::{KeyDescriptor, ServiceProvider};

use crate::saml::doctor::words::{fingerprint, time};

/// How many lines are told.
const MOST: usize = 60;
/// How many characters of each.
const LONGEST: usize = 300;

/// What was there and is not (`- …`), and what is there and was not (`+ …`). How long all of it
/// holds is not told: publishers move that with every day.
pub(super) fn between(before: &ServiceProvider, after: &ServiceProvider) -> Vec<String> {
    let (old, new) = (lines(before), lines(after));
    let gone = old.difference(&new).map(|line| bounded('-', line));
    let added = new.difference(&old).map(|line| bounded('+', line));
    let mut all: Vec<String> = gone.chain(added).collect();
    if all.is_empty() && timeless(before) != timeless(after) {
        all.push("the order of what it says".to_owned());
    }
    if all.len() > MOST {
        let more = all.len() - MOST;
        all.truncate(MOST);
        all.push(format!("and {more} more"));
    }
    all
}

fn timeless(provider: &ServiceProvider) -> ServiceProvider {
    ServiceProvider { valid_until: None, cache_seconds: None, ..provider.clone() }
}

/// One line of a text of somebody else's.
fn bounded(mark: char, line: &str) -> String {
    let one = |c: char| if c.is_control() { '\u{fffd}' } else { c };
    let mut text = format!("{mark} ");
    text.extend(line.chars().take(LONGEST).map(one));
    if line.chars().nth(LONGEST).is_some() {
        text.push('…');
    }
    text
}

fn lines(provider: &ServiceProvider) -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    let yes = [
        (provider.signs_requests, "AuthnRequestsSigned"),
        (provider.wants_assertions_signed, "WantAssertionsSigned"),
    ];
    all.extend(yes.iter().filter(|(set, _)| *set).map(|(_, name)| (*name).to_owned()));
    for key in &provider.keys {
        all.extend(key_lines(key));
    }
    if !provider.name_id_formats.is_empty() {
        all.insert(format!("NameIDFormat {}", provider.name_id_formats.join(", ")));
    }
    for (name, endpoints) in [
        ("AssertionConsumerService", &provider.consumers),
        ("ArtifactResolutionService", &provider.artifacts),
    ] {
        all.extend(endpoints.iter().map(|it| {
            let default = match it.is_default {
                Some(true) => ", the default",
                Some(false) => ", never the default",
                None => "",
            };
            format!("{name} {}: {} by {}{default}", it.index, it.location, short(&it.binding))
        }));
    }
    all.extend(provider.logout.iter().map(|it| {
        let answers = it.response_location.as_deref();
        let answers = answers.map(|to| format!(", answers to {to}")).unwrap_or_default();
        format!("SingleLogoutService: {} by {}{answers}", it.location, short(&it.binding))
    }));
    for service in &provider.services {
        all.extend(service.requested.iter().map(|it| {
            let name = it.friendly_name.as_deref().unwrap_or(&it.name);
            let required = if it.required { ", required" } else { "" };
            format!("RequestedAttribute {name} ({}){required}", it.name)
        }));
    }
    all.extend(provider.ui.iter().map(|it| {
        let kind = serde_json::to_value(it.kind).ok();
        let kind = kind.as_ref().and_then(|kind| kind.as_str()).unwrap_or_default();
        format!("{} ({}): {}", kind.replace('_', " "), it.language, it.text)
    }));
    all.extend(provider.logos.iter().map(|it| format!("Logo {}", it.address)));
    for (name, values) in &provider.entity_attributes {
        all.extend(values.iter().map(|value| format!("entity attribute {name}: {value}")));
    }
    all.extend(provider.contacts.iter().map(|it| {
        let name = it.name.as_deref().unwrap_or_default();
        format!("ContactPerson ({}): {name} {}", it.kind, it.emails.join(", "))
    }));
    all
}

fn key_lines(key: &KeyDescriptor) -> Vec<String> {
    let used = match (key.signing, key.encryption) {
        (true, false) => "for signing",
        (false, true) => "for encryption",
        _ => "for signing and encryption",
    };
    let methods: Vec<_> = key.encryption_methods.iter().map(|uri| short(uri)).collect();
    let methods =
        if methods.is_empty() { String::new() } else { format!(", by {}", methods.join(", ")) };
    let certified = key.certificates.iter().map(|text| {
        let der = STANDARD.decode(text).unwrap_or_default();
        let ends = match Certificate::parse(&der) {
            Ok(certificate) => format!(", until {}", time(certificate.not_after())),
            Err(_) => String::new(),
        };
        format!("key {used}: certificate {}{ends}{methods}", fingerprint(&der))
    });
    let bare = key.public_keys.iter().map(|text| {
        let der = STANDARD.decode(text).unwrap_or_default();
        format!("key {used}: {}{methods}", fingerprint(&der))
    });
    certified.chain(bare).collect()
}

/// The last part of a URI, which says all that a reader wants.
fn short(uri: &str) -> &str {
    uri.rsplit([':', '#']).next().unwrap_or(uri)
}

#[cfg(test)]
mod tests {
    use latchkey_saml::metadata::provider::{IndexedEndpoint, UiKind, UiText};

    use super::*;

    fn provider(locations: &[&str]) -> ServiceProvider {
        let consumers = locations.iter().zip(0..).map(|(location, index)| IndexedEndpoint {
            index,
            is_default: None,
            binding: "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST".to_owned(),
            location: (*location).to_owned(),
        });
        ServiceProvider { consumers: consumers.collect(), ..ServiceProvider::default() }
    }

    #[test]
    fn what_went_and_what_came_is_told_and_how_long_it_holds_is_not() {
        let before = provider(&["https://a.example/acs"]);
        let after = ServiceProvider {
            valid_until: Some(latchkey_core::Timestamp::from_seconds(1_900_000_000)),
            ..provider(&["https://b.example/acs"])
        };
        assert_eq!(
            between(&before, &after),
            [
                "- AssertionConsumerService 0: https://a.example/acs by HTTP-POST",
                "+ AssertionConsumerService 0: https://b.example/acs by HTTP-POST",
            ]
        );
        let later = ServiceProvider { valid_until: None, cache_seconds: Some(7), ..after.clone() };
        assert!(between(&after, &later).is_empty());
        assert!(between(&before, &before).is_empty());
    }

    #[test]
    fn another_order_is_told_and_no_text_is_too_long_or_a_command_to_a_terminal() {
        let (one, mut other) = (provider(&["https://a.example/", "https://b.example/"]), None);
        let mut turned = one.clone();
        turned.consumers.reverse();
        assert_eq!(between(&one, &turned), ["the order of what it says"]);
        let named = other.get_or_insert(one.clone());
        named.ui = vec![UiText {
            kind: UiKind::DisplayName,
            language: "en".into(),
            text: format!("\u{1b}[31m{}", "x".repeat(2 * LONGEST)),
        }];
        let told = between(&one, named);
        assert_eq!(told.len(), 1);
        assert!(told[0].starts_with("+ display name (en): \u{fffd}[31mxxx"), "{told:?}");
        assert_eq!(told[0].chars().count(), LONGEST + 3);
        let many: Vec<String> = (0..500).map(|n| format!("https://x.example/{n}")).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        let told = between(&one, &provider(&many));
        assert_eq!((told.len(), told[MOST].as_str()), (MOST + 1, "and 442 more"));
    }
}
