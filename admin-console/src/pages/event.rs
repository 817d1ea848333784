//! What happened, in plain words.

use latchkey_api::audit::{Event, EventActor, EventPerson};
use latchkey_core::Timestamp;
use latchkey_web::Text;
use serde::Serialize;
use uuid::Uuid;

use super::at;
use super::call::check_key;

/// The kinds that there are words for. Another is told by its name.
const KINDS: [&str; 44] = [
    "approval_asked",
    "approval_decided",
    "logged_in",
    "login_refused",
    "application_opened",
    "consent_given",
    "logged_out",
    "credential_registered",
    "registration_refused",
    "credential_renamed",
    "credential_removed",
    "credential_suspended",
    "credential_reinstated",
    "counter_alert",
    "backup_eligibility_changed",
    "grant_reuse",
    "interest_registered",
    "person_imported",
    "app_enrolled",
    "app_removed",
    "app_suspended",
    "app_reinstated",
    "pass_issued",
    "pass_used",
    "recovery_codes_made",
    "recovery_codes_removed",
    "recovery_code_used",
    "enrolment_reset",
    "role_granted",
    "role_ended",
    "key_refused",
    "key_judged_again",
    "letter_given_up",
    "not_me",
    "password_changed",
    "application_disconnected",
    "person_disabled",
    "person_enabled",
    "person_moved",
    "person_changed",
    "person_added",
    "link_issued",
    "link_used",
    "sessions_ended",
];

/// Something that happened.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Happened {
    what: Text,
    at: Timestamp,
    by: Option<Text>,
    case: Option<String>,
    reason: Option<String>,
    checks: Vec<Text>,
}

impl Happened {
    pub(crate) fn new(event: &Event) -> Self {
        let of = |name: &str| {
            let value = event.event.get(name).and_then(|value| value.as_str());
            value.unwrap_or_default().to_owned()
        };
        let known = KINDS.contains(&event.kind.as_str());
        let key = if known { event.kind.replace('_', "-") } else { "other".to_owned() };
        let what = Text::new(format!("console-event-{key}"))
            .with("kind", event.kind.clone())
            .with("nickname", of("nickname"))
            .with("before", of("before"))
            .with("after", of("after"));
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
        Self {
            what,
            at: at(event.at),
            by,
            case: event.case.clone(),
            reason: event.reason.clone(),
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
    let kinds = KINDS.iter().copied().chain(["something_new"]);
    let actors = ["administrator", "person", "service", "cli", "system"].iter().cycle();
    let all = kinds.zip(actors).enumerate();
    all.map(|(index, (kind, actor))| {
        let nickname = serde_json::Value::from("Blue <script>alert(1)</script>");
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
