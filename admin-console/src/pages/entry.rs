//! An entry of the trail, with all that it says.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use latchkey_api::audit::{Event, EventPerson};
use latchkey_api::people::Role;
use latchkey_core::Timestamp;
use latchkey_web::Text;
use serde::Serialize;
use serde_json::{Map, Value};
use uuid::Uuid;

use super::call::check_key;
use super::event::{what, why};
use super::policy::settings::{Piece, label, pieces};
use super::{at, shell};

/// What an event can tell, by the name of the member: there are words for each.
const MEMBERS: [&str; 52] = [
    "action",
    "added",
    "after",
    "agreed",
    "algorithm",
    "amr",
    "app",
    "approval",
    "before",
    "cause",
    "certificate",
    "changes",
    "cleared",
    "client",
    "confirmed",
    "credential",
    "days",
    "demanded",
    "factor",
    "grants",
    "group",
    "hardware",
    "keys",
    "kid",
    "left",
    "letter",
    "letters",
    "link",
    "loss",
    "marked",
    "members",
    "model",
    "next_update",
    "nickname",
    "number",
    "organisation",
    "people",
    "provider",
    "providers",
    "reason",
    "received",
    "role",
    "roles",
    "scopes",
    "sessions",
    "signs_from",
    "stored",
    "suspended",
    "until",
    "untold",
    "version",
    "withdrawn",
];

/// Members that are times, in milliseconds since 1970.
const TIMES: [&str; 2] = ["signs_from", "until"];

/// Words that members say, and that there are words for.
const WORDS: [(&str, &[&str]); 6] = [
    ("cause", &["reported-lost", "copied", "not-me", "administrator", "closed"]),
    ("loss", &["misplaced", "stolen", "pin-known"]),
    ("link", &["invitation", "supervised", "password", "lost"]),
    ("factor", &["password", "passkey", "totp", "pass", "recovery-code"]),
    ("action", &["pass", "reset"]),
    ("strength", &["password", "mfa", "phishing-resistant", "hardware"]),
];

/// An entry.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Entry {
    day: i8,
    month: i8,
    year: i16,
    time: String,
    machine: String,
    who: Somebody,
    /// What they are: a role, or what is no person.
    as_what: Option<Text>,
    what: Text,
    whom: Option<Somebody>,
    organisation: Option<String>,
    strength: Option<Said>,
    case: Option<Case>,
    facts: Vec<Fact>,
    /// What was different before: each setting with both of its values.
    changes: Vec<Change>,
    erased: bool,
}

/// Somebody whom an entry names.
#[derive(Clone, Debug, Serialize)]
struct Somebody {
    /// What they are called, unless they are gone or outside.
    name: Option<String>,
    /// Where what they did, or what was done to them, is listed.
    url: Option<String>,
}

#[derive(Clone, Debug, Serialize)]
struct Case {
    number: String,
    url: String,
}

/// One thing that an entry tells.
#[derive(Clone, Debug, Serialize)]
struct Fact {
    label: Text,
    said: Vec<Said>,
    at: Option<Timestamp>,
}

/// A value: in our words, or as it stands there.
#[derive(Clone, Debug, Serialize)]
struct Said {
    words: Option<Text>,
    text: String,
}

/// A setting that was changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct Change {
    setting: String,
    /// What it is called where there are words for it.
    label: Option<Text>,
    before: Option<Vec<Piece>>,
    after: Option<Vec<Piece>>,
}

impl Said {
    fn text(text: impl Into<String>) -> Self {
        Self { words: None, text: text.into() }
    }

    fn words(key: impl Into<String>) -> Self {
        Self { words: Some(Text::new(key)), text: String::new() }
    }

    /// A word of a member, in words if there are any.
    fn word(member: &str, word: &str) -> Self {
        let known = WORDS.iter().find(|(name, _)| *name == member);
        match known.is_some_and(|(_, words)| words.contains(&word)) {
            true => Self::words(format!("console-audit-{member}-{word}")),
            false if member == "role" => Self::role(word),
            false => Self::text(word),
        }
    }

    fn role(word: &str) -> Self {
        match serde_json::from_value::<Role>(word.into()) {
            Ok(role) => Self::words(shell::role(role)),
            Err(_) => Self::text(word),
        }
    }
}

/// A value on one line.
fn line(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(all) => all.iter().map(line).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    }
}

/// What a setting says: in the words of the policy, or as it stands there.
fn said(setting: &str, value: &Value) -> Vec<Piece> {
    match label(setting) {
        Some(_) => pieces(setting, Some(value), &[]),
        None => vec![Piece::Plain { text: line(value) }],
    }
}

/// Every setting in a value, by its name.
fn settings(value: Option<&Value>) -> BTreeMap<String, Vec<Piece>> {
    let mut found = BTreeMap::new();
    let Some(Value::Object(members)) = value else { return found };
    for (name, value) in members {
        match value {
            Value::Null => {}
            Value::Object(_) => {
                let inner = settings(Some(value)).into_iter();
                found.extend(inner.map(|(inner, said)| match name.as_str() {
                    "settings" => (inner, said),
                    outer => (format!("{outer}.{inner}"), said),
                }));
            }
            value => {
                found.insert(name.clone(), said(name, value));
            }
        }
    }
    found
}

/// What is different between two values.
fn changes(before: Option<&Value>, after: Option<&Value>) -> Vec<Change> {
    let (mut before, mut after) = (settings(before), settings(after));
    let names: Vec<String> = before.keys().chain(after.keys()).cloned().collect();
    let mut all: Vec<Change> = names
        .into_iter()
        .filter_map(|setting| {
            let both = (before.remove(&setting), after.remove(&setting));
            let label = label(&setting);
            (both.0 != both.1).then_some(Change { setting, label, before: both.0, after: both.1 })
        })
        .collect();
    all.sort_by(|one, other| one.setting.cmp(&other.setting));
    all
}

/// What else an event tells, member by member.
fn facts(event: &Map<String, Value>) -> Vec<Fact> {
    let mut all = Vec::new();
    for (name, value) in event {
        let told = match value {
            // The kind is what happened; what is nothing tells nothing; settings stand side by side.
            _ if name == "kind" => continue,
            Value::Null | Value::Object(_) => continue,
            Value::Array(values) if values.is_empty() => continue,
            Value::Array(values) => {
                values.iter().map(line).map(|it| Said::word(name, &it)).collect()
            }
            Value::Bool(yes) => {
                vec![Said::words(if *yes { "console-audit-yes" } else { "console-audit-no" })]
            }
            Value::Number(_) if TIMES.contains(&name.as_str()) => vec![],
            Value::Number(number) => vec![Said::text(number.to_string())],
            Value::String(text) => vec![Said::word(name, text)],
        };
        let known = MEMBERS.contains(&name.as_str());
        let key = if known { name.replace('_', "-") } else { "other".to_owned() };
        let label = Text::new(format!("console-audit-fact-{key}")).with("name", name.clone());
        let time = value.as_i64().filter(|_| told.is_empty()).map(Timestamp::from_millis);
        all.push(Fact { label, said: told, at: time });
    }
    all
}

impl Entry {
    /// `names` are what organisations are called; `find` makes the address of a search.
    pub(crate) fn new(
        event: &Event,
        zone: &TimeZone,
        names: &BTreeMap<String, String>,
        find: impl Fn(&str, &str) -> String,
    ) -> Self {
        let zoned = event.at.to_zoned(zone.clone());
        let actor = &event.actor;
        let somebody = |role: &str, person: &EventPerson| Somebody {
            name: person.name.clone(),
            url: person.name.is_some().then(|| find(role, &person.id.to_string())),
        };
        let as_what = match (actor.kind.as_str(), actor.role.as_deref()) {
            ("administrator", Some(role)) => Said::role(role).words,
            ("person" | "service" | "cli" | "system", _) => {
                Some(Text::new(format!("console-audit-actor-{}", actor.kind)))
            }
            _ => None,
        };
        let mut all = facts(&event.event);
        let mut push = |name: &str, said: Vec<Said>| {
            if !said.is_empty() {
                let label = Text::new(format!("console-audit-fact-{name}"));
                all.push(Fact { label, said, at: None });
            }
        };
        let some = |text: &Option<String>| text.iter().map(Said::text).collect::<Vec<_>>();
        let checks = event.checks.iter();
        let checks = checks.map(|it| Said::words(format!("console-checked-{}", check_key(*it))));
        push("checks", checks.collect());
        let (reason, note) = why(event.reason.as_deref());
        let reason = reason.map(|text| Said { words: Some(text), text: String::new() });
        push("why", reason.into_iter().chain(note.map(Said::text)).collect());
        push("address", some(&event.address));
        push(
            "place",
            vec![match event.sequence {
                Some(place) => Said::text(place.to_string()),
                None => Said::words("console-audit-no-place"),
            }],
        );
        push("id", vec![Said::text(event.id.to_string())]);
        let slug = event.organisation.as_ref();
        Self {
            day: zoned.day(),
            month: zoned.month(),
            year: zoned.year(),
            time: zoned.strftime("%H:%M:%S").to_string(),
            machine: latchkey_web::i18n::machine_time(at(event.at), zone),
            who: match (&actor.person, &actor.client_id) {
                (Some(person), _) => somebody("by", person),
                (None, Some(client)) => Somebody { name: Some(client.clone()), url: None },
                (None, None) => Somebody { name: None, url: None },
            },
            as_what,
            what: what(event),
            whom: event.person.as_ref().map(|person| somebody("person", person)),
            organisation: slug.map(|slug| names.get(slug).unwrap_or(slug).clone()),
            strength: event.strength.as_deref().map(|it| Said::word("strength", it)),
            case: event
                .case
                .as_ref()
                .map(|number| Case { number: number.clone(), url: find("case", number) }),
            facts: all,
            changes: match event.event.get("demanded") {
                Some(demanded) if event.kind == "group_removed" => changes(Some(demanded), None),
                Some(demanded) => changes(None, Some(demanded)),
                None => changes(event.event.get("before"), event.event.get("after")),
            },
            erased: event.erased,
        }
    }
}

/// One of each kind, with everything that an event can tell.
pub(crate) fn samples() -> Vec<Event> {
    let hostile = || Value::from("<script>alert(1)</script>");
    let mut all = super::event::samples();
    for (event, member) in all.iter_mut().zip(MEMBERS) {
        event.event.insert(member.to_owned(), hostile());
        event.sequence = Some(2_184_306);
        event.organisation = Some("northgate".into());
    }
    for (member, words) in WORDS {
        for (event, word) in all.iter_mut().zip(words) {
            if member == "strength" {
                event.strength = Some((*word).to_owned());
            } else {
                event.event.insert(member.to_owned(), Value::from(*word));
            }
        }
    }
    let first = &mut all[0];
    first.event.insert("unheard_of".into(), hostile());
    first.event.insert("until".into(), 0.into());
    first.event.insert("added".into(), true.into());
    first.event.insert("agreed".into(), false.into());
    first.event.insert("before".into(), serde_json::json!({ "preset": "small", "settings": {} }));
    let settings = serde_json::json!({ "keys": 2, "require": { "min": ["<b>"] } });
    first
        .event
        .insert("after".into(), serde_json::json!({ "preset": "hospital", "settings": settings }));
    first.person = Some(EventPerson { id: Uuid::nil(), name: None });
    all[1].person = Some(EventPerson { id: Uuid::nil(), name: Some("Jo <Trust>".into()) });
    all[1].actor.role = Some("local-administrator".into());
    all[2].erased = true;
    all
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_member_that_an_event_has_has_a_name_in_words() {
        let source = include_str!("../../../idp/core/src/audit.rs");
        let (_, source) = source.split_once("pub enum What {").expect("the events");
        let members = source.lines().filter_map(|line| line.strip_prefix("        "));
        let members = members.filter_map(|line| Some(line.split_once(": ")?.0));
        let mut count = 0;
        for member in members.filter(|it| it.bytes().all(|b| b.is_ascii_lowercase() || b == b'_')) {
            assert!(MEMBERS.contains(&member), "{member}");
            count += 1;
        }
        assert!(count > 60, "{count}");
    }

    #[test]
    fn only_what_is_different_stands_side_by_side() {
        let before =
            json!({ "preset": "small", "settings": { "keys": 1, "app": true, "min": null } });
        let after = json!({ "preset": "small", "settings": { "keys": 2, "app": true, "log": { "a": ["b", "c"] } } });
        let plain = |text: &str| vec![Piece::Plain { text: text.to_owned() }];
        let change = |setting: &str, before: Option<&str>, after: Option<&str>| Change {
            setting: setting.into(),
            label: label(setting),
            before: before.map(plain),
            after: after.map(plain),
        };
        assert_eq!(
            changes(Some(&before), Some(&after)),
            [change("keys", Some("1"), Some("2")), change("log.a", None, Some("b, c"))]
        );
        assert!(changes(Some(&json!("a")), Some(&json!("b"))).is_empty(), "these are no settings");
    }

    #[test]
    fn a_setting_of_the_policy_is_told_in_the_words_of_the_policy() {
        let of = |minutes: u64| json!({ "settings": { "session_idle_minutes": minutes } });
        let said =
            |count| Piece::Text { text: Text::new("console-policy-hours").with("count", count) };
        let changed = Change {
            setting: "session_idle_minutes".into(),
            label: Some(Text::new("console-policy-session-idle-minutes")),
            before: Some(vec![said(1)]),
            after: Some(vec![said(2)]),
        };
        assert_eq!(changes(Some(&of(60)), Some(&of(120))), [changed]);
    }
}
