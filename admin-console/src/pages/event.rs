//! What happened, in plain words.

use latchkey_api::audit::{Event, EventActor, EventPerson};
use latchkey_core::Timestamp;
use latchkey_web::Text;
use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

use super::act::REASONS;
use super::at;
use super::call::check_key;

/// Every kind of event, by what it is about: the key of a heading, and the kinds in their order.
/// Another, of a later version, is told by its name.
pub(crate) const KINDS: [(&str, &[&str]); 6] = [
    (
        "log-ins",
        &[
            "logged_in",
            "login_refused",
            "logged_out",
            "application_opened",
            "provider_opened",
            "provider_logged_out",
            "providers_told",
            "providers_untold",
            "saml_refused",
            "consent_given",
            "application_disconnected",
            "grant_reuse",
            "password_changed",
            "not_me",
            "link_issued",
            "link_used",
        ],
    ),
    (
        "keys",
        &[
            "credential_registered",
            "registration_refused",
            "credential_renamed",
            "credential_tagged",
            "credential_suspended",
            "credential_reinstated",
            "credential_removed",
            "key_refused",
            "key_judged_again",
            "counter_alert",
            "backup_eligibility_changed",
            "app_enrolled",
            "app_suspended",
            "app_reinstated",
            "app_removed",
            "pass_issued",
            "pass_used",
            "pass_cancelled",
            "recovery_codes_made",
            "recovery_code_used",
            "recovery_codes_removed",
            "enrolment_reset",
            "interest_registered",
        ],
    ),
    (
        "people",
        &[
            "person_added",
            "person_changed",
            "person_imported",
            "person_described",
            "person_moved",
            "person_disabled",
            "person_enabled",
            "person_erased",
            "group_joined",
            "group_left",
        ],
    ),
    (
        "organisations",
        &[
            "organisation_added",
            "organisation_changed",
            "policy_changed",
            "group_added",
            "group_changed",
            "group_removed",
            "role_granted",
            "role_ended",
            "approval_asked",
            "approval_decided",
        ],
    ),
    (
        "applications",
        &[
            "client_added",
            "client_changed",
            "client_secret_rotated",
            "log_in_tested",
            "client_removed",
            "provider_added",
            "provider_changed",
            "provider_metadata_read",
            "provider_metadata_failed",
            "provider_metadata_recovered",
            "provider_metadata_ends",
            "provider_certificate_ends",
            "provider_removed",
        ],
    ),
    (
        "server",
        &[
            "documents_applied",
            "signing_key_added",
            "master_key_rotated",
            "metadata_accepted",
            "letter_given_up",
            "letter_retried",
            "letters_retried",
            "letter_withdrawn",
            "backup_restored",
        ],
    ),
];

/// Every kind.
fn kinds() -> impl Iterator<Item = &'static str> {
    KINDS.iter().flat_map(|(_, kinds)| kinds.iter().copied())
}

/// What events tell that their words name.
const NAMED: [&str; 7] =
    ["nickname", "before", "after", "client", "group", "organisation", "untold"];

/// What happened, in words.
pub(crate) fn what(event: &Event) -> Text {
    let key = match kinds().any(|kind| kind == event.kind) {
        true => kind_key(&event.kind),
        false => "console-event-other".to_owned(),
    };
    let said = |text: Text, name: &&str| {
        let value = match event.event.get(*name) {
            Some(Value::String(value)) => value.clone(),
            Some(Value::Array(values)) => {
                values.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(", ")
            }
            _ => String::new(),
        };
        text.with(name, value)
    };
    NAMED.iter().fold(Text::new(key).with("kind", event.kind.clone()), said)
}

/// What a kind of event is called, whatever it was about.
pub(crate) fn name(kind: &str) -> Text {
    let said = |text: Text, name: &&str| text.with(name, "…");
    NAMED.iter().fold(Text::new(kind_key(kind)).with("kind", kind.to_owned()), said)
}

fn kind_key(kind: &str) -> String {
    format!("console-event-{}", kind.replace('_', "-"))
}

/// Something that happened.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Happened {
    what: Text,
    at: Timestamp,
    by: Option<Text>,
    case: Option<String>,
    /// Why, where it was chosen from a list; and in the words of whoever did it.
    reason: Option<Text>,
    note: Option<String>,
    checks: Vec<Text>,
}

/// Why something was done, as the trail keeps it: a reason of the list, words, or both.
pub(crate) fn why(kept: Option<&str>) -> (Option<Text>, Option<String>) {
    let Some(kept) = kept else { return (None, None) };
    let (word, note) = kept.split_once(": ").map_or((kept, None), |(it, rest)| (it, Some(rest)));
    match REASONS.iter().find(|(_, key)| *key == word) {
        Some((_, key)) => (Some(Text::new(format!("console-why-{key}"))), note.map(str::to_owned)),
        None => (None, Some(kept.to_owned())),
    }
}

impl Happened {
    pub(crate) fn new(event: &Event) -> Self {
        let actor = &event.actor;
        let name = actor.person.as_ref().and_then(|person| person.name.clone());
        let by = match (actor.kind.as_str(), name, &actor.client_id) {
            ("administrator", Some(name), _) => Some(Text::new("console-by").with("name", name)),
            ("administrator", None, _) => Some(Text::new("console-by-administrator")),
            ("service", _, Some(client)) => {
                Some(Text::new("console-by").with("name", client.clone()))
            }
            ("cli", ..) => Some(Text::new("console-by-cli")),
            _ => None,
        };
        let (reason, note) = why(event.reason.as_deref());
        Self {
            what: what(event),
            at: at(event.at),
            by,
            case: event.case.clone(),
            reason,
            note,
            checks: event
                .checks
                .iter()
                .map(|check| Text::new(format!("console-checked-{}", check_key(*check))))
                .collect(),
        }
    }
}

/// One of each kind, and one of a kind that nobody knows.
pub(crate) fn samples() -> Vec<Event> {
    let kinds = kinds().chain(["something_new"]);
    let actors = ["administrator", "person", "service", "cli", "system"].iter().cycle();
    let all = kinds.zip(actors).enumerate();
    all.map(|(index, (kind, actor))| {
        let nickname = Value::from("Blue <script>alert(1)</script>");
        let name = (index % 2 == 0).then(|| "Jo <Marsh>".to_owned());
        Event {
            id: Uuid::nil(),
            sequence: None,
            at: jiff::Timestamp::UNIX_EPOCH,
            kind: kind.to_owned(),
            actor: EventActor {
                kind: (*actor).to_owned(),
                person: Some(EventPerson { id: Uuid::nil(), name }),
                role: None,
                client_id: Some("nightly".into()),
            },
            strength: None,
            person: None,
            organisation: None,
            address: None,
            case: (index == 0).then(|| "NG-20418".into()),
            checks: super::call::CHECKS.iter().take(index % 5).map(|(check, _)| *check).collect(),
            reason: (index == 0).then(|| "lost: on the bus".into()),
            erased: false,
            event: serde_json::Map::from_iter([("nickname".to_owned(), nickname)]),
        }
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use latchkey_core::audit::What;
    use latchkey_web::Theme;

    use super::*;

    /// What the trail itself says that there are.
    fn written() -> BTreeSet<String> {
        let unknown = serde_json::json!({ "kind": "nothing like that" });
        let error = serde_json::from_value::<What>(unknown).expect_err("no such kind").to_string();
        let (_, listed) = error.split_once("expected one of ").expect("a list");
        listed.split(", ").map(|kind| kind.trim_matches('`').to_owned()).collect()
    }

    #[test]
    fn why_something_was_done_is_told_in_words_of_people_and_as_it_was_typed() {
        let theme = Theme::load(None).expect("the built-in theme");
        let said = |locale, kept: &str| {
            let (reason, note) = why(Some(kept));
            let none = latchkey_web::i18n::Args::new();
            let say = |text: Text| theme.strings().say(locale, &text.key, &none).expect("words");
            (reason.map(say), note)
        };
        for locale in theme.strings().locales() {
            for (reason, key) in REASONS {
                let kept = serde_json::to_value(reason).expect("a word");
                assert_eq!(kept.as_str().map(|it| it.replace('_', "-")).as_deref(), Some(key));
                let (words, note) = said(locale, &format!("{key}: on the bus: 7"));
                assert!(words.is_some_and(|words| words != key && !words.is_empty()), "{key}");
                assert_eq!(note.as_deref(), Some("on the bus: 7"));
                assert_eq!(said(locale, key).1, None);
            }
        }
        let first = latchkey_web::Locale::FIRST;
        assert_eq!(said(first, "lost"), (Some("Lost".into()), None));
        let typed = "She says: it is lost";
        assert_eq!(said(first, typed), (None, Some(typed.into())));
        assert_eq!(why(None), (None, None));
    }

    #[test]
    fn every_kind_of_event_has_its_place_and_its_words_in_every_language() {
        let listed: Vec<&str> = kinds().collect();
        let known: BTreeSet<String> = listed.iter().map(|kind| (*kind).to_owned()).collect();
        assert_eq!(known.len(), listed.len(), "one stands there twice");
        assert_eq!(known, written());
        let theme = Theme::load(None).expect("the built-in theme");
        for locale in theme.strings().locales() {
            let args = NAMED.into_iter().map(|name| (name, "x".into())).collect();
            for kind in &listed {
                let said = theme.strings().say(locale, &kind_key(kind), &args);
                said.unwrap_or_else(|error| panic!("{kind}: {error:?}"));
            }
        }
    }
}
