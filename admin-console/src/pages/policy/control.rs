//! How a setting is chosen: a control for its kind, and what somebody typed into it read back.

use std::collections::BTreeSet;

use jiff::civil::Date;
use latchkey_api::organisations::KeyModel;
use latchkey_api::policy::ModelName;
use latchkey_core::network::Network;
use latchkey_web::limits::Params;
use latchkey_web::{Problem, Text};
use serde::Serialize;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::settings::{self, Kind, LEVELS};
use crate::pages::choice::Choice;

/// How many limits of sessions a form takes.
const LIMITS: usize = 20;
/// How many models are offered: the commonest.
const MODELS: usize = 60;
/// The field of most values.
pub(super) const VALUE: &str = "value";

/// What somebody typed: names and values, as a form sends them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Typed(pub(super) Vec<(String, String)>);

impl Typed {
    pub(super) fn of(form: &Params) -> Self {
        Self(form.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect())
    }

    fn one(&self, name: &str) -> &str {
        self.all(name).next().unwrap_or_default()
    }

    fn all<'t>(&'t self, name: &str) -> impl Iterator<Item = &'t str> {
        let found = self.0.iter().filter(move |(known, _)| known == name);
        found.map(|(_, value)| value.trim())
    }

    fn put(&mut self, name: impl Into<String>, value: impl Into<String>) {
        self.0.push((name.into(), value.into()));
    }

    /// A value as somebody would type it.
    pub(super) fn from_value(name: &str, value: Option<&Value>) -> Self {
        let mut typed = Self::default();
        let Some(value) = value else { return typed };
        let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        match settings::kind(name) {
            Kind::Many(_) | Kind::Models => {
                for item in value.as_array().into_iter().flatten() {
                    typed.put(VALUE, text(item));
                }
            }
            Kind::Limits => {
                for (at, limit) in value.as_array().into_iter().flatten().enumerate() {
                    let networks = limit["networks"].as_array().into_iter().flatten().map(text);
                    let networks: Vec<_> = networks.collect();
                    typed.put(format!("networks-{at}"), networks.join(", "));
                    for (field, name) in FIELDS {
                        if let Some(value) = limit.get(name) {
                            typed.put(format!("{field}-{at}"), text(value));
                        }
                    }
                }
            }
            Kind::Raw => typed.put(VALUE, value.to_string()),
            _ => typed.put(VALUE, text(value)),
        }
        typed
    }
}

/// The fields of a limit beside its networks, and what documents call them.
const FIELDS: [(&str, &str); 3] =
    [("weaker", "weaker_than"), ("absolute", "absolute_minutes"), ("idle", "idle_minutes")];

/// A control.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Control {
    kind: &'static str,
    options: Vec<Choice>,
    /// What stands in a field.
    text: String,
    limits: Vec<Limit>,
}

/// A shorter session.
#[derive(Clone, Debug, Default, Serialize)]
struct Limit {
    networks: String,
    absolute: String,
    idle: String,
    weaker: Vec<Choice>,
}

impl Control {
    /// A control of a setting with what was typed.
    pub(super) fn new(name: &str, typed: &Typed, used: &[KeyModel], named: &[ModelName]) -> Self {
        let slug = settings::slug(name);
        let say = |value: &str, word: &str| {
            let label = Text::new(format!("console-policy-{slug}-{word}"));
            Choice::said(value, label, typed.all(VALUE).any(|it| it == value))
        };
        let words = |words: &[&str]| words.iter().map(|it| say(it, it)).collect();
        let text = typed.one(VALUE).to_owned();
        let chosen: BTreeSet<&str> = typed.all(VALUE).collect();
        let mut control = Self { kind: "text", options: Vec::new(), text, limits: Vec::new() };
        match settings::kind(name) {
            Kind::Choice(all) => {
                control.kind = "choice";
                control.options = words(all);
            }
            Kind::YesNo => {
                control.kind = "choice";
                control.options = vec![say("true", "yes"), say("false", "no")];
            }
            Kind::Many(all) => {
                control.kind = "many";
                control.options = words(all);
            }
            Kind::Keys => control.kind = "keys",
            Kind::Days => control.kind = "days",
            Kind::Minutes => control.kind = "minutes",
            Kind::Date => control.kind = "date",
            Kind::Models => {
                control.kind = "models";
                control.options = models(&chosen, used, named);
                let offered = |id: &&str| control.options.iter().any(|it| it.value == **id);
                let typed = typed.all("more").flat_map(str::split_whitespace);
                let more: Vec<_> = typed.filter(|id| !offered(id)).collect();
                control.text = more.join("\n");
            }
            Kind::Limits => {
                control.kind = "limits";
                control.limits = limits(typed);
            }
            Kind::Raw => control.kind = "raw",
        }
        control
    }
}

/// The models in use, and those that are chosen.
fn models(chosen: &BTreeSet<&str>, used: &[KeyModel], named: &[ModelName]) -> Vec<Choice> {
    let mut all = Vec::new();
    for model in used.iter().take(MODELS) {
        let Some(id) = model.aaguid.map(|id| id.to_string()) else { continue };
        let in_use = Text::new("console-models-in-use")
            .with("count", model.keys)
            .with("figure", settings::grouped(model.keys));
        let is_chosen = chosen.contains(id.as_str());
        all.push(Choice::named(&id, &model.model, is_chosen).hinted(in_use));
    }
    for id in chosen {
        if all.iter().all(|it| it.value != **id) {
            let known = named.iter().find(|it| it.aaguid.to_string() == **id);
            let name = known.and_then(|it| it.name.as_deref()).unwrap_or(id);
            all.push(Choice::named(id, name, true));
        }
    }
    all
}

/// The limits that are typed, and room for one more.
fn limits(typed: &Typed) -> Vec<Limit> {
    let of = |field: &str, at: usize| typed.one(&format!("{field}-{at}"));
    let filled = (0..LIMITS).rev().find(|at| {
        ["networks", "absolute", "idle", "weaker"].iter().any(|field| !of(field, *at).is_empty())
    });
    let rows = filled.map_or(0, |last| last + 1).saturating_add(1).min(LIMITS);
    let row = |at| Limit {
        networks: of("networks", at).to_owned(),
        absolute: of("absolute", at).to_owned(),
        idle: of("idle", at).to_owned(),
        weaker: LEVELS[1..]
            .iter()
            .map(|level| {
                let label = Text::new(format!("console-policy-required-{level}"));
                Choice::said(level, label, of("weaker", at) == *level)
            })
            .collect(),
    };
    (0..rows).map(row).collect()
}

/// Reads what was typed: a value as documents write it, or that nothing is said.
pub(super) fn read(name: &str, typed: &Typed) -> Result<Option<Value>, Problem> {
    let text = typed.one(VALUE);
    let wrong = |key: &str| Problem::at(VALUE, format!("console-policy-{key}").as_str());
    match settings::kind(name) {
        Kind::Choice(words) => match words.contains(&text) {
            true => Ok(Some(text.into())),
            false => Err(wrong("choose")),
        },
        Kind::YesNo => match text.parse::<bool>() {
            Ok(is) => Ok(Some(is.into())),
            Err(_) => Err(wrong("choose")),
        },
        Kind::Many(words) => {
            let chosen: Vec<&str> = typed.all(VALUE).collect();
            match chosen.iter().all(|word| words.contains(word)) {
                true if !chosen.is_empty() => Ok(Some(chosen.into())),
                _ => Err(wrong("choose-some")),
            }
        }
        Kind::Days if text.is_empty() => Ok(None),
        Kind::Keys | Kind::Days => Ok(Some(number(text).ok_or(wrong("number"))?.into())),
        Kind::Minutes => match number(text) {
            Some(minutes) if minutes > 0 => Ok(Some(minutes.into())),
            _ => Err(wrong("some-minutes")),
        },
        Kind::Date if text.is_empty() => Ok(None),
        Kind::Date => match text.parse::<Date>() {
            Ok(date) => Ok(Some(date.to_string().into())),
            Err(_) => Err(wrong("date")),
        },
        Kind::Models => read_models(typed),
        Kind::Limits => read_limits(typed),
        Kind::Raw if text.is_empty() => Ok(None),
        Kind::Raw => serde_json::from_str(text).map(Some).map_err(|_| wrong("raw-wrong")),
    }
}

fn number(text: &str) -> Option<u32> {
    text.parse().ok()
}

fn read_models(typed: &Typed) -> Result<Option<Value>, Problem> {
    let more = typed.all("more").flat_map(|text| text.split([' ', ',', '\r', '\n', '\t']));
    let ids = typed.all(VALUE).chain(more).filter(|id| !id.is_empty());
    let mut all = BTreeSet::new();
    for id in ids {
        let read = id.parse::<Uuid>().ok().filter(|id| !id.is_nil());
        let wrong = || {
            let shown: String = id.chars().take(60).collect();
            Problem::at("more", Text::new("console-policy-models-wrong").with("id", shown))
        };
        all.insert(read.ok_or_else(wrong)?.to_string());
    }
    Ok((!all.is_empty()).then(|| all.into_iter().collect()))
}

fn read_limits(typed: &Typed) -> Result<Option<Value>, Problem> {
    let mut all = Vec::new();
    for at in 0..LIMITS {
        let field = |name: &str| format!("{name}-{at}");
        let of = |name: &str| typed.one(&field(name));
        if ["networks", "absolute", "idle", "weaker"].iter().all(|name| of(name).is_empty()) {
            continue;
        }
        let mut limit = Map::new();
        let mut networks = Vec::new();
        let typed = of("networks").split([' ', ',', '\r', '\n', '\t']);
        for network in typed.filter(|it| !it.is_empty()) {
            let wrong = || {
                let shown: String = network.chars().take(60).collect();
                let text = Text::new("console-policy-network-wrong").with("network", shown);
                Problem::at(&field("networks"), text)
            };
            networks.push(network.parse::<Network>().map_err(|_| wrong())?.to_string());
        }
        if !networks.is_empty() {
            limit.insert("networks".to_owned(), json!(networks));
        }
        if LEVELS.contains(&of("weaker")) {
            limit.insert("weaker_than".to_owned(), of("weaker").into());
        }
        for (name, written) in [("absolute", "absolute_minutes"), ("idle", "idle_minutes")] {
            if of(name).is_empty() {
                continue;
            }
            let minutes = number(of(name)).filter(|minutes| *minutes > 0);
            let wrong = || Problem::at(&field(name), "console-policy-some-minutes");
            limit.insert(written.to_owned(), minutes.ok_or_else(wrong)?.into());
        }
        if !limit.contains_key("absolute_minutes") && !limit.contains_key("idle_minutes") {
            return Err(Problem::at(&field("absolute"), "console-policy-limit-empty"));
        }
        all.push(Value::Object(limit));
    }
    Ok((!all.is_empty()).then(|| all.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(pairs: &[(&str, &str)]) -> Typed {
        let pairs = pairs.iter();
        Typed(pairs.map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
    }

    fn value(text: &str) -> Typed {
        typed(&[(VALUE, text)])
    }

    #[test]
    fn what_a_document_says_is_typed_and_read_back_the_same() {
        let tern = "11111111-2222-4333-8444-555555555555";
        for (name, value) in [
            ("required", json!("mfa")),
            ("methods", json!(["key", "authenticator-app"])),
            ("key_as_primary", json!(false)),
            ("keys_required", json!(0)),
            ("second_key_days", json!(14)),
            ("session_idle_minutes", json!(15)),
            ("grace_until", json!("2026-11-24")),
            ("models_denied", json!([tern])),
            (
                "session_limits",
                json!([
                    { "networks": ["10.1.0.0/16", "::1/128"], "idle_minutes": 15 },
                    { "weaker_than": "mfa", "absolute_minutes": 60 },
                ]),
            ),
            ("colour_of_keys", json!({ "red": [1, 2] })),
            ("preset", json!("hospital")),
        ] {
            let typed = Typed::from_value(name, Some(&value));
            assert_eq!(read(name, &typed), Ok(Some(value)), "{name}");
        }
        for optional in ["grace_until", "second_key_days", "models_allowed", "session_limits"] {
            assert_eq!(read(optional, &Typed::from_value(optional, None)), Ok(None), "{optional}");
        }
    }

    #[test]
    fn what_no_document_says_is_told_at_its_field() {
        let none = typed(&[]);
        for (name, typed, field) in [
            ("required", value("strong"), VALUE),
            ("required", none.clone(), VALUE),
            ("key_as_primary", value("perhaps"), VALUE),
            ("methods", none.clone(), VALUE),
            ("methods", value("password"), VALUE),
            ("keys_required", value("-1"), VALUE),
            ("keys_required", value("99999999999"), VALUE),
            ("keys_required", none.clone(), VALUE),
            ("session_idle_minutes", value("0"), VALUE),
            ("second_key_days", value("soon"), VALUE),
            ("grace_until", value("2026-02-30"), VALUE),
            ("models_denied", typed(&[("more", "not one")]), "more"),
            ("models_denied", value("00000000-0000-0000-0000-000000000000"), "more"),
            ("session_limits", typed(&[("networks-1", "10.0.0.0/99")]), "networks-1"),
            ("session_limits", typed(&[("networks-0", "10.0.0.0/8")]), "absolute-0"),
            ("session_limits", typed(&[("idle-0", "0")]), "idle-0"),
            ("colour_of_keys", value("{red"), VALUE),
            ("preset", value("huge"), VALUE),
        ] {
            let told = read(name, &typed).map_err(|problem| problem.field);
            assert_eq!(told, Err(Some(field.to_owned())), "{name} {typed:?}");
        }
    }

    #[test]
    fn models_in_use_are_offered_and_any_other_can_be_typed() {
        let tern = Uuid::from_u128(7);
        let used = KeyModel {
            aaguid: Some(tern),
            model: "Tern Key".to_owned(),
            keys: 3,
            hardware: 0,
            marked: false,
            allowed: true,
        };
        let unknown = KeyModel { aaguid: None, ..used.clone() };
        let typed = typed(&[(VALUE, &tern.to_string()), ("more", "a b")]);
        let control = Control::new("models_denied", &typed, &[unknown, used], &[]);
        let offered: Vec<_> =
            control.options.iter().map(|it| (it.name.as_deref(), it.chosen)).collect();
        assert_eq!(offered, [(Some("Tern Key"), true)]);
        assert_eq!(control.text, "a\nb", "what is wrong is not lost");
    }
}
