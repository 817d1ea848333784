//! Every setting that there are words for: its kind, and how its values are shown. One that is not
//! here is shown as documents write it.

use jiff::civil::Date;
use latchkey_api::policy::ModelName;
use latchkey_web::Text;
use serde::Serialize;
use serde_json::Value;

use super::subject::PRESET;

/// What a setting's values are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// One of these words.
    Choice(&'static [&'static str]),
    /// Several of these words.
    Many(&'static [&'static str]),
    /// Yes or no.
    YesNo,
    /// A number of keys.
    Keys,
    /// A number of days, or none.
    Days,
    /// A number of minutes.
    Minutes,
    /// A day, or none.
    Date,
    /// Models of keys.
    Models,
    /// Shorter sessions in some networks.
    Limits,
    /// Anything, as documents write it.
    Raw,
}

/// A setting.
#[derive(Clone, Copy, Debug)]
pub(super) struct Known {
    pub(super) name: &'static str,
    pub(super) kind: Kind,
}

const fn known(name: &'static str, kind: Kind) -> Known {
    Known { name, kind }
}

/// How strong a log-in is, from the weakest.
pub(super) const LEVELS: [&str; 4] = ["password", "mfa", "phishing-resistant", "hardware"];

/// The settings by section, in the order in which they are shown.
pub(super) const SECTIONS: [(&str, &[Known]); 6] = [
    (
        "start",
        &[
            known(PRESET, Kind::Choice(&["small", "hospital"])),
            known("rollout", Kind::Choice(&["not-started", "pilot", "available", "required"])),
            known("rollout_required_from", Kind::Date),
            known("bootstrap", Kind::Choice(&["invitation", "pass"])),
            known("grace_until", Kind::Date),
        ],
    ),
    (
        "log-in",
        &[
            known("required", Kind::Choice(&LEVELS)),
            known("methods", Kind::Many(&["key", "passkey", "authenticator-app", "recovery-code"])),
            known("key_as_primary", Kind::YesNo),
            known("synced_passkeys", Kind::YesNo),
        ],
    ),
    (
        "keys",
        &[
            known("keys_required", Kind::Keys),
            known("keys_nudged", Kind::Keys),
            known("second_key_days", Kind::Days),
        ],
    ),
    (
        "models",
        &[
            known("attestation", Kind::Choice(&["none", "direct"])),
            known("attestation_required", Kind::Choice(&["none", "direct"])),
            known("models_allowed", Kind::Models),
            known("models_denied", Kind::Models),
            known("models_at_login", Kind::YesNo),
        ],
    ),
    (
        "sessions",
        &[
            known("session_absolute_minutes", Kind::Minutes),
            known("session_idle_minutes", Kind::Minutes),
            known("session_limits", Kind::Limits),
            known("step_up_minutes", Kind::Minutes),
        ],
    ),
    ("administrators", &[known("four_eyes", Kind::Choice(&["off", "administrator-resets"]))]),
];

/// The section of settings that there are no words for.
pub(super) const OTHER: &str = "other";

/// A setting by its name.
pub(super) fn find(name: &str) -> Option<Known> {
    let mut all = SECTIONS.iter().flat_map(|(_, settings)| settings.iter());
    all.find(|known| known.name == name).copied()
}

/// What a setting's values are.
pub(super) fn kind(name: &str) -> Kind {
    find(name).map_or(Kind::Raw, |known| known.kind)
}

/// A setting's part of keys and addresses.
pub(super) fn slug(name: &str) -> String {
    name.replace('_', "-")
}

/// What a setting is called; nothing where there are no words for it.
pub(crate) fn label(name: &str) -> Option<Text> {
    find(name).map(|_| Text::new(format!("console-policy-{}", slug(name))))
}

/// A piece of a value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub(crate) enum Piece {
    /// A message.
    Text { text: Text },
    /// As it is.
    Plain { text: String },
    /// A day.
    Date { day: String, month: i8, year: String },
    /// Shorter sessions.
    Limit { networks: String, weaker: Option<Text>, absolute: Option<Text>, idle: Option<Text> },
}

impl Piece {
    fn text(text: impl Into<Text>) -> Self {
        Self::Text { text: text.into() }
    }
}

/// A value in pieces that stand one after the other; `None` is that nothing is said.
pub(crate) fn pieces(name: &str, value: Option<&Value>, models: &[ModelName]) -> Vec<Piece> {
    let slug = slug(name);
    let of = |word: &str| Piece::text(Text::new(format!("console-policy-{slug}-{word}")));
    let Some(value) = value else {
        return vec![match kind(name) {
            Kind::Days | Kind::Date | Kind::Models | Kind::Limits | Kind::Many(_) => of("nothing"),
            _ => Piece::text("console-policy-nothing"),
        }];
    };
    let raw = || vec![Piece::Plain { text: value.to_string() }];
    let number = value.as_u64();
    match kind(name) {
        Kind::Choice(words) => match value.as_str().filter(|word| words.contains(word)) {
            Some(word) => vec![of(word)],
            None => raw(),
        },
        Kind::YesNo => match value.as_bool() {
            Some(true) => vec![of("yes")],
            Some(false) => vec![of("no")],
            None => raw(),
        },
        Kind::Many(words) => {
            let said: Vec<_> = value.as_array().into_iter().flatten().collect();
            let known = words.iter().filter(|word| said.iter().any(|it| it == *word));
            let mut all: Vec<_> = known.map(|word| of(word)).collect();
            if all.is_empty() {
                all.push(of("nothing"));
            }
            all
        }
        Kind::Keys => number.map_or_else(raw, |keys| {
            vec![Piece::text(Text::new("console-policy-keys").with("count", keys))]
        }),
        Kind::Days => number.map_or_else(raw, |days| {
            vec![Piece::text(Text::new("console-policy-days").with("count", days))]
        }),
        Kind::Minutes => number.map_or_else(raw, |count| vec![Piece::text(minutes(count))]),
        Kind::Date => match value.as_str().and_then(|text| text.parse::<Date>().ok()) {
            Some(date) => vec![Piece::Date {
                day: date.day().to_string(),
                month: date.month(),
                year: date.year().to_string(),
            }],
            None => raw(),
        },
        Kind::Models => {
            let ids = value.as_array().into_iter().flatten().filter_map(Value::as_str);
            let all: Vec<_> = ids.map(|id| Piece::Plain { text: model(id, models) }).collect();
            if all.is_empty() { vec![of("nothing")] } else { all }
        }
        Kind::Limits => {
            let all: Vec<_> = value.as_array().into_iter().flatten().map(limit).collect();
            if all.is_empty() { vec![of("nothing")] } else { all }
        }
        Kind::Raw => raw(),
    }
}

/// What a model is called.
fn model(id: &str, models: &[ModelName]) -> String {
    let known = models.iter().find(|model| model.aaguid.to_string() == id);
    known.and_then(|known| known.name.clone()).unwrap_or_else(|| id.to_owned())
}

fn minutes(count: u64) -> Text {
    match count % 60 {
        0 if count > 0 => Text::new("console-policy-hours").with("count", count / 60),
        _ => Text::new("console-policy-minutes").with("count", count),
    }
}

fn limit(value: &Value) -> Piece {
    let networks = value["networks"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let level = value["weaker_than"].as_str().filter(|level| LEVELS.contains(level));
    Piece::Limit {
        networks: networks.collect::<Vec<_>>().join(", "),
        weaker: level.map(|level| Text::new(format!("console-policy-required-{level}"))),
        absolute: value["absolute_minutes"].as_u64().map(minutes),
        idle: value["idle_minutes"].as_u64().map(minutes),
    }
}

/// A number as people read it: `1,381`.
pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use latchkey_core::policy::Overrides;
    use latchkey_web::Theme;
    use serde_json::json;

    use super::*;

    /// Every word that a setting may come out as.
    fn words(known: &Known) -> Vec<String> {
        let slug = slug(known.name);
        let of = |word: &str| format!("console-policy-{slug}-{word}");
        let mut words = vec![format!("console-policy-{slug}"), of("about")];
        match known.kind {
            Kind::Choice(choices) => words.extend(choices.iter().map(|word| of(word))),
            Kind::Many(choices) => {
                words.extend(choices.iter().chain(&["nothing"]).map(|word| of(word)));
            }
            Kind::YesNo => words.extend(["yes", "no"].map(of)),
            Kind::Days | Kind::Date | Kind::Models | Kind::Limits => words.push(of("nothing")),
            Kind::Keys | Kind::Minutes | Kind::Raw => {}
        }
        words
    }

    #[test]
    fn every_setting_that_there_is_has_words_in_every_language() {
        let theme = Theme::load(None).expect("the built-in theme");
        let strings = theme.strings();
        let named = SECTIONS.iter().flat_map(|(_, settings)| *settings);
        let names: Vec<_> = named.clone().map(|known| known.name).collect();
        for name in Overrides::NAMES {
            assert!(names.contains(name), "nothing says what {name} is");
        }
        assert_eq!(names.len(), Overrides::NAMES.len() + 1, "all but the preset are settings");
        for locale in strings.locales() {
            for key in named.clone().flat_map(words) {
                assert!(strings.fixed(locale, &key).is_some(), "{}: {key}", strings.tag(locale));
            }
        }
    }

    #[test]
    fn what_documents_can_say_is_what_can_be_chosen() {
        for known in SECTIONS.iter().flat_map(|(_, settings)| *settings) {
            let values: Vec<Value> = match known.kind {
                Kind::Choice(words) => words.iter().map(|word| json!(word)).collect(),
                Kind::Many(words) => vec![json!(words)],
                Kind::YesNo => vec![json!(true), json!(false)],
                Kind::Keys | Kind::Days | Kind::Minutes => vec![json!(1)],
                Kind::Date => vec![json!("2026-11-24")],
                Kind::Models => vec![json!(["00000000-0000-4000-8000-000000000001"])],
                Kind::Limits => vec![json!([{ "networks": ["10.0.0.0/8"], "idle_minutes": 15 }])],
                Kind::Raw => vec![],
            };
            for value in values.into_iter().filter(|_| known.name != PRESET) {
                let document = json!({ known.name: value });
                let read = serde_json::from_value::<Overrides>(document);
                assert!(read.is_ok(), "{}: {read:?}", known.name);
            }
        }
    }

    #[test]
    fn a_setting_that_nobody_knows_is_shown_as_documents_write_it() {
        assert_eq!(label("colour_of_keys"), None);
        let shown = pieces("colour_of_keys", Some(&json!(["red"])), &[]);
        assert_eq!(shown, [Piece::Plain { text: r#"["red"]"#.to_owned() }]);
        // So is a value that nobody knows.
        let shown = pieces("required", Some(&json!("blood")), &[]);
        assert_eq!(shown, [Piece::Plain { text: r#""blood""#.to_owned() }]);
    }

    #[test]
    fn figures_are_grouped() {
        let shown = [0, 999, 1_000, 12_345, 1_234_567].map(grouped);
        assert_eq!(shown, ["0", "999", "1,000", "12,345", "1,234,567"]);
    }
}
