//! Each sentence has a code that the API tells of, and its values, and both languages say it.

use std::collections::BTreeSet;

use latchkey_api::doctor::{DOCTOR_ABOUTS, DOCTOR_ADVICE, DOCTOR_FINDINGS};
use latchkey_saml::artifact::NoArtifact;
use latchkey_saml::post::{FormError, ParameterError};
use latchkey_saml::read::ReadError;
use latchkey_saml::redirect::QueryError;
use latchkey_saml::soap::EnvelopeError;
use latchkey_saml::verify::{AlgorithmError, SignatureError, XmlError};
use latchkey_web::i18n::Locale;
use latchkey_web::{Text, Theme};

use super::reason::Why;
use super::values::Value;
use super::*;

/// How many samples of each sentence it takes to have every value once.
const SAMPLES: usize = 60;

/// Values that are words that programs know: people read others.
const WORDS: [&str; 6] = ["by", "apart", "key", "soundly", "strength", "meaning"];

type Codes = [(&'static str, &'static [&'static str])];

fn findings() -> [&'static Codes; 5] {
    [OfMessage::CODES, OfRequest::CODES, OfAnswer::CODES, OfSignature::CODES, OfRegistration::CODES]
}

/// Every sentence with the values of this number, and what its key in the theme begins with.
fn samples(number: usize) -> Vec<(&'static str, Said)> {
    fn said<S: Into<Said>>(prefix: &'static str, all: Vec<S>) -> Vec<(&'static str, Said)> {
        all.into_iter().map(|one| (prefix, one.into())).collect()
    }
    [
        said("about", About::samples(number)),
        said("found", OfMessage::samples(number)),
        said("found", OfRequest::samples(number)),
        said("found", OfAnswer::samples(number)),
        said("found", OfSignature::samples(number)),
        said("found", OfRegistration::samples(number)),
        said("do", Advice::samples(number)),
    ]
    .concat()
}

fn theme() -> (Theme, Locale) {
    let theme = Theme::load(None).expect("the built-in theme");
    let welsh = theme.strings().find("cy").expect("Welsh");
    (theme, welsh)
}

/// A message with the values of a sentence, as the console gives them.
fn text(key: &str, values: &BTreeMap<String, String>) -> Text {
    values.iter().fold(
        Text::new(format!("console-doctor-{key}")),
        |text, (name, value)| match value.parse::<u32>() {
            Ok(count) if name == "count" => text.with(name, count),
            _ => text.with(name, value.as_str()),
        },
    )
}

#[test]
fn the_api_tells_of_every_code_once_with_the_names_of_its_values() {
    let found = findings().concat();
    assert_eq!(found, DOCTOR_FINDINGS);
    assert_eq!(Advice::CODES, DOCTOR_ADVICE);
    assert_eq!(About::CODES, DOCTOR_ABOUTS);
    for codes in [&found, Advice::CODES, About::CODES] {
        let once: BTreeSet<_> = codes.iter().map(|(code, _)| code).collect();
        assert_eq!(once.len(), codes.len());
    }
}

#[test]
fn both_languages_say_every_sentence_with_all_of_its_values_and_english_says_what_the_api_does() {
    let (theme, welsh) = theme();
    for (prefix, said) in (0..SAMPLES).flat_map(samples) {
        let Said { code, values, words } = said;
        let say = |locale, key: &str| {
            let told = theme.say(locale, &text(key, &values));
            told.unwrap_or_else(|error| panic!("{code}: {error:#}"))
        };
        let key = format!("{prefix}-{code}");
        let mut expected = words;
        if let Some(reason) = values.get("reason") {
            expected = expected.replace(reason, &say(Locale::FIRST, "why"));
        }
        let english = say(Locale::FIRST, &key);
        assert_eq!(english.trim_end(), expected.replace('\'', "’"), "{code}");
        let told = say(welsh, &key);
        assert!(!values.contains_key("why") || told.contains(&say(welsh, "why")), "{told}");
        for (name, value) in &values {
            match name.as_str() {
                word if WORDS.contains(&word) => {
                    assert!(!told.contains(value), "{code} lacks Welsh for {value}: {told}");
                }
                // Why has a test of its own, and a count of one may be a word.
                "why" | "reason" | "names" | "count" => {}
                _ => assert!(told.contains(value), "{code} lacks {name}: {told}"),
            }
        }
    }
}

/// What parsers and verifiers can refuse.
fn reasons() -> Vec<Reason> {
    let parameters = [
        ParameterError::Missing,
        ParameterError::Both,
        ParameterError::Twice("SAMLRequest"),
        ParameterError::Encoding("RelayState"),
        ParameterError::LongRelayState,
    ];
    let queries = [
        QueryError::LongQuery,
        QueryError::OtherEncoding,
        QueryError::HalfSigned,
        QueryError::Base64("SAMLRequest"),
        QueryError::Deflate,
        QueryError::Long,
    ];
    let algorithms = [AlgorithmError::Broken, AlgorithmError::Hmac, AlgorithmError::Unknown];
    let xml = [
        XmlError::Long,
        XmlError::Encoding,
        XmlError::Character,
        XmlError::DocumentType,
        XmlError::Entity,
        XmlError::ProcessingInstruction,
        XmlError::IllFormed,
        XmlError::Namespace,
        XmlError::DuplicateAttribute,
        XmlError::DuplicateId,
        XmlError::Deep,
        XmlError::Attributes,
        XmlError::Namespaces,
        XmlError::Nodes,
    ];
    let envelopes = [EnvelopeError::Envelope, EnvelopeError::Body, EnvelopeError::MustUnderstand];
    let read = [
        ReadError::Kind("Response"),
        ReadError::Version { id: None },
        ReadError::Missing("Issuer"),
        ReadError::Twice("Subject"),
        ReadError::Value("ID"),
        ReadError::Exclusive("AssertionConsumerServiceIndex", "ProtocolBinding"),
        ReadError::Unexpected("Status"),
        ReadError::Encrypted("NameID"),
    ];
    let signatures = [
        SignatureError::Missing,
        SignatureError::Several,
        SignatureError::Elsewhere,
        SignatureError::InsideQuery,
        SignatureError::References,
        SignatureError::OtherElement,
        SignatureError::Transform,
        SignatureError::Canonicalization,
        SignatureError::Digest,
        SignatureError::Broken,
        SignatureError::Changed,
        SignatureError::OtherKey,
        SignatureError::Query,
        SignatureError::NoKey,
    ];
    let mut all: Vec<Reason> = vec![
        FormError::Long.into(),
        FormError::Base64.into(),
        BrokenBase64.into(),
        NoArtifact.into(),
    ];
    all.extend(parameters.map(|it| QueryError::Parameters(it).into()));
    all.extend(queries.map(Reason::from));
    all.extend(algorithms.map(|it| SignatureError::Algorithm(it).into()));
    all.extend(xml.map(|it| EnvelopeError::Xml(it).into()));
    all.extend(envelopes.map(Reason::from));
    all.extend(read.iter().map(Reason::from));
    all.extend(signatures.map(Reason::from));
    all
}

#[test]
fn both_languages_say_every_reason_of_the_parsers_and_english_says_what_they_do() {
    let (theme, welsh) = theme();
    let all = reasons();
    for why in Why::ALL {
        assert!(all.iter().any(|reason| reason.why == *why), "{why} is tried");
    }
    for Reason { why, names, reason } in all {
        let values = [("why", why.plain()), ("names", names.clone()), ("reason", reason.clone())];
        let values = values.map(|(name, value)| (name.to_owned(), value)).into();
        let say = |locale| theme.say(locale, &text("why", &values)).expect("words");
        // Two names stand side by side where English has a word between them.
        let listed = |text: &str| text.replace(" and ", ", ");
        assert_eq!(listed(&say(Locale::FIRST)), listed(&reason));
        let told = say(welsh);
        assert!(!told.contains(&reason) && told.contains(&names), "{why}: {told}");
    }
    let newer = [("why", "of-tomorrow"), ("names", ""), ("reason", "it is too new")];
    let newer = newer.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
    assert_eq!(theme.say(welsh, &text("why", &newer)).expect("words"), "it is too new");
}
