//! What is different in what a service provider says of itself, in lines for people and as programs
//! know it.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use latchkey_api::providers::{DifferenceSide, ProviderDifference};
use latchkey_saml::keys::Certificate;
use latchkey_saml::metadata::provider::{IndexedEndpoint, KeyDescriptor, ServiceProvider};

use crate::saml::doctor::words::{fingerprint, time};

/// How many lines are told.
const MOST: usize = 60;
/// How many characters of each.
const LONGEST: usize = 300;

/// What was there and is not (`- …`), and what is there and was not (`+ …`). How long all of it
/// holds is not told: publishers move that with every day.
pub(super) fn between(
    before: &ServiceProvider,
    after: &ServiceProvider,
) -> Vec<ProviderDifference> {
    let (old, new) = (lines(before), lines(after));
    let of = |these: &Lines, those: &Lines, side: DifferenceSide| {
        let only = these.iter().filter(|(text, _)| !those.contains_key(*text));
        only.map(|(text, said)| told(Some(side), said, text)).collect::<Vec<_>>()
    };
    let mut all = of(&old, &new, DifferenceSide::Gone);
    all.extend(of(&new, &old, DifferenceSide::New));
    if all.is_empty() && timeless(before) != timeless(after) {
        all.push(told(None, &Said::new("order"), "the order of what it says"));
    }
    if all.len() > MOST {
        let more = all.len() - MOST;
        all.truncate(MOST);
        let said = Said::new("more").with("count", more.to_string());
        all.push(told(None, &said, &format!("and {more} more")));
    }
    all
}

/// What is said, by the words that people read.
type Lines = BTreeMap<String, Said>;

/// What is said, as programs know it.
#[derive(Debug)]
struct Said {
    code: &'static str,
    values: BTreeMap<String, String>,
}

impl Said {
    fn new(code: &'static str) -> Self {
        Self { code, values: BTreeMap::new() }
    }

    fn with(mut self, name: &str, value: impl AsRef<str>) -> Self {
        self.values.insert(name.to_owned(), bounded(value.as_ref()));
        self
    }
}

fn told(side: Option<DifferenceSide>, said: &Said, text: &str) -> ProviderDifference {
    let mark = match side {
        Some(DifferenceSide::Gone) => "- ",
        Some(DifferenceSide::New) => "+ ",
        None => "",
    };
    let message = format!("{mark}{}", bounded(text));
    ProviderDifference { side, code: said.code.to_owned(), values: said.values.clone(), message }
}

fn timeless(provider: &ServiceProvider) -> ServiceProvider {
    ServiceProvider { valid_until: None, cache_seconds: None, ..provider.clone() }
}

/// One line of a text of somebody else's.
fn bounded(line: &str) -> String {
    let one = |c: char| if c.is_control() { '\u{fffd}' } else { c };
    let mut text: String = line.chars().take(LONGEST).map(one).collect();
    if line.chars().nth(LONGEST).is_some() {
        text.push('…');
    }
    text
}

fn lines(provider: &ServiceProvider) -> Lines {
    let mut all = Lines::new();
    if provider.signs_requests {
        all.insert("AuthnRequestsSigned".to_owned(), Said::new("requests-signed"));
    }
    if provider.wants_assertions_signed {
        all.insert("WantAssertionsSigned".to_owned(), Said::new("assertions-wanted-signed"));
    }
    all.extend(provider.keys.iter().flat_map(key_lines));
    if !provider.name_id_formats.is_empty() {
        let formats = provider.name_id_formats.join(", ");
        let text = format!("NameIDFormat {formats}");
        all.insert(text, Said::new("name-id-formats").with("formats", formats));
    }
    for (code, name, endpoints) in [
        ("consumer", "AssertionConsumerService", &provider.consumers),
        ("artifact-resolution", "ArtifactResolutionService", &provider.artifacts),
    ] {
        all.extend(endpoints.iter().map(|it| endpoint_line(code, name, it)));
    }
    all.extend(provider.logout.iter().map(|it| {
        let to = it.response_location.as_deref().unwrap_or_default();
        let answers = if to.is_empty() { String::new() } else { format!(", answers to {to}") };
        let binding = short(&it.binding);
        let text = format!("SingleLogoutService: {} by {binding}{answers}", it.location);
        let said = Said::new("logout").with("location", &it.location).with("binding", binding);
        (text, said.with("answers", to))
    }));
    for service in &provider.services {
        all.extend(service.requested.iter().map(|it| {
            let name = it.friendly_name.as_deref().unwrap_or(&it.name);
            let required = if it.required { ", required" } else { "" };
            let text = format!("RequestedAttribute {name} ({}){required}", it.name);
            let said = Said::new("requested-attribute").with("name", &it.name);
            let required = if it.required { "yes" } else { "no" };
            (text, said.with("friendly_name", name).with("required", required))
        }));
    }
    all.extend(provider.ui.iter().map(|it| {
        let kind = serde_json::to_value(it.kind).ok();
        let kind = kind.as_ref().and_then(|kind| kind.as_str()).unwrap_or_default();
        let text = format!("{} ({}): {}", kind.replace('_', " "), it.language, it.text);
        let said = Said::new("text").with("kind", kind.replace('_', "-"));
        (text, said.with("language", &it.language).with("text", &it.text))
    }));
    all.extend(provider.logos.iter().map(|it| {
        (format!("Logo {}", it.address), Said::new("logo").with("address", &it.address))
    }));
    for (name, values) in &provider.entity_attributes {
        all.extend(values.iter().map(|value| {
            let said = Said::new("entity-attribute").with("name", name).with("value", value);
            (format!("entity attribute {name}: {value}"), said)
        }));
    }
    all.extend(provider.contacts.iter().map(|it| {
        let (name, emails) = (it.name.as_deref().unwrap_or_default(), it.emails.join(", "));
        let text = format!("ContactPerson ({}): {name} {emails}", it.kind);
        let said = Said::new("contact").with("kind", &it.kind).with("name", name);
        (text, said.with("emails", emails))
    }));
    all
}

fn endpoint_line(code: &'static str, name: &str, it: &IndexedEndpoint) -> (String, Said) {
    let (word, default) = match it.is_default {
        Some(true) => ("yes", ", the default"),
        Some(false) => ("never", ", never the default"),
        None => ("unsaid", ""),
    };
    let binding = short(&it.binding);
    let text = format!("{name} {}: {} by {binding}{default}", it.index, it.location);
    let said = Said::new(code).with("index", it.index.to_string()).with("location", &it.location);
    (text, said.with("binding", binding).with("default", word))
}

fn key_lines(key: &KeyDescriptor) -> Vec<(String, Said)> {
    let (word, used) = match (key.signing, key.encryption) {
        (true, false) => ("signing", "for signing"),
        (false, true) => ("encryption", "for encryption"),
        _ => ("both", "for signing and encryption"),
    };
    let methods: Vec<_> = key.encryption_methods.iter().map(|uri| short(uri)).collect();
    let methods = methods.join(", ");
    let by = if methods.is_empty() { String::new() } else { format!(", by {methods}") };
    let said = |code: &'static str, name: &str| {
        Said::new(code).with("use", word).with("sha256", name).with("methods", &methods)
    };
    let certified = key.certificates.iter().map(|text| {
        let der = STANDARD.decode(text).unwrap_or_default();
        let until = Certificate::parse(&der).map(|it| time(it.not_after())).unwrap_or_default();
        let ends = if until.is_empty() { String::new() } else { format!(", until {until}") };
        let name = fingerprint(&der);
        let text = format!("key {used}: certificate {name}{ends}{by}");
        (text, said("certificate", &name).with("until", until))
    });
    let bare = key.public_keys.iter().map(|text| {
        let name = fingerprint(&STANDARD.decode(text).unwrap_or_default());
        (format!("key {used}: {name}{by}"), said("public-key", &name))
    });
    certified.chain(bare).collect()
}

/// The last part of a URI, which says all that a reader wants.
fn short(uri: &str) -> &str {
    uri.rsplit([':', '#']).next().unwrap_or(uri)
}

#[cfg(test)]
mod tests {
    use latchkey_api::providers::DIFFERENCES;
    use latchkey_saml::metadata::provider::{
        AttributeService, Contact, Endpoint, Logo, RequestedAttribute, UiKind, UiText,
    };

    use super::*;

    fn between(before: &ServiceProvider, after: &ServiceProvider) -> Vec<String> {
        super::super::messages(&super::between(before, after))
    }

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
    fn every_line_has_a_code_and_all_its_values() {
        let key = |signing, certificates: &[&str], public_keys: &[&str]| KeyDescriptor {
            signing,
            encryption: true,
            certificates: certificates.iter().map(|it| (*it).to_owned()).collect(),
            public_keys: public_keys.iter().map(|it| (*it).to_owned()).collect(),
            ..KeyDescriptor::default()
        };
        let full = ServiceProvider {
            signs_requests: true,
            wants_assertions_signed: true,
            name_id_formats: vec!["persistent".into()],
            artifacts: provider(&["https://a.example/artifact"]).consumers,
            logout: vec![Endpoint { location: "https://a/slo".into(), ..Endpoint::default() }],
            services: vec![AttributeService {
                requested: vec![RequestedAttribute { name: "mail".into(), ..Default::default() }],
                ..Default::default()
            }],
            ui: vec![UiText { kind: UiKind::PrivacyUrl, ..Default::default() }],
            logos: vec![Logo { address: "https://a/logo".into(), ..Default::default() }],
            entity_attributes: [("name".to_owned(), vec!["value".to_owned()])].into(),
            contacts: vec![Contact { kind: "support".into(), ..Default::default() }],
            keys: vec![key(true, &["AAAA"], &[]), key(false, &[], &["AAAA"])],
            ..provider(&["https://a.example/acs"])
        };
        let mut told = super::between(&ServiceProvider::default(), &full);
        let mut turned = full.clone();
        turned.keys.reverse();
        told.extend(super::between(&full, &turned));
        let many: Vec<String> = (0..100).map(|n| format!("https://x.example/{n}")).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        told.extend(super::between(&ServiceProvider::default(), &provider(&many)));
        for (code, names) in DIFFERENCES {
            let it = told.iter().find(|it| it.code == code).unwrap_or_else(|| panic!("{code}"));
            let values: Vec<&str> = it.values.keys().map(String::as_str).collect();
            let mut names = names.to_vec();
            names.sort_unstable();
            assert_eq!(values, names, "{code}");
        }
        assert!(told.iter().all(|it| DIFFERENCES.iter().any(|(code, _)| *code == it.code)));
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
