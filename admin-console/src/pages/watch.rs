//! What becomes of a pass while somebody waits on the telephone: that it waits, how often it was tried,
//! that it was used, that a new key is there, and that its owner is in. Read off the audit trail, and
//! renewed while it is looked at.

use axum::extract::Path;
use axum::response::Response;
use latchkey_api::audit::Event;
use latchkey_api::credentials::{Key, LivePass};
use latchkey_api::organisations::PartQuery;
use latchkey_core::Timestamp;
use latchkey_web::{Help, Page, Text};
use serde::Serialize;
use uuid::Uuid;

use super::act::{Action, Subject};
use super::call::{address, person_id};
use super::{at, samples};
use crate::client::{Api, Failure};
use crate::visitor::{Asked, Stop};

/// How many events are looked through.
const LOOKED_AT: u16 = 20;
/// How often a pass can be tried.
pub(crate) const TRIES: u32 = 5;
/// How long after it was issued its end is worth telling.
const LATELY: std::time::Duration = std::time::Duration::from_secs(2 * 3600);

/// What became of a pass.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Watch {
    /// Where the same is renewed, and what it is part of.
    from: String,
    page: String,
    /// There is more to come.
    live: bool,
    lines: Vec<Line>,
    /// What is said aloud when it changes.
    said: Text,
    counts: Option<Counts>,
    /// Where it is cancelled.
    cancel: Option<String>,
}

/// Something that happened, or that is waited for.
#[derive(Clone, Debug, Serialize)]
struct Line {
    text: Text,
    at: Option<Timestamp>,
    done: bool,
}

/// How long and how often it can still be tried.
#[derive(Clone, Debug, Serialize)]
struct Counts {
    expires_at: Timestamp,
    minutes: i64,
    used: u32,
    of: u32,
}

impl Watch {
    /// What became of the last pass of somebody; nothing when that is long ago. The latest events
    /// come first.
    pub(crate) fn of(
        person: Uuid,
        pass: Option<&LivePass>,
        keys: &[Key],
        events: &[Event],
        now: Timestamp,
    ) -> Option<Self> {
        let issued = events.iter().position(|event| event.kind == "pass_issued");
        let lately = |event: &Event| now.since(at(event.at)) < LATELY;
        let since = match issued {
            Some(issued) if lately(&events[issued]) => &events[..issued],
            _ if pass.is_some() => &[],
            _ => return None,
        };
        // In the order in which they have to happen.
        let after = |kinds: &[&str], since: &[Event]| {
            since.iter().rposition(|event| kinds.contains(&event.kind.as_str()))
        };
        let mut lines = Vec::new();
        let mut live = true;
        let mut push = |text: Text, event: Option<&Event>| {
            lines.push(Line { text, at: event.map(|event| at(event.at)), done: event.is_some() });
        };
        let used = after(&["pass_used"], since);
        let cancelled = after(&["pass_cancelled"], since);
        match (used, cancelled, pass) {
            (Some(used), ..) => {
                push("console-watch-used".into(), Some(&since[used]));
                let rest = &since[..used];
                match after(&["credential_registered", "app_enrolled"], rest) {
                    None => push("console-watch-sets-up".into(), None),
                    Some(added) => {
                        push(added_text(&rest[added], keys), Some(&rest[added]));
                        let rest = &rest[..added];
                        let entered = after(&["logged_in"], rest);
                        live = entered.is_none();
                        match entered {
                            None => push("console-watch-goes-on".into(), None),
                            Some(entered) => push("console-watch-in".into(), Some(&rest[entered])),
                        }
                    }
                }
            }
            (None, Some(cancelled), None) => {
                push("console-watch-cancelled".into(), Some(&since[cancelled]));
                live = false;
            }
            (None, _, Some(_)) => push("console-watch-waits".into(), None),
            (None, None, None) => {
                push("console-watch-over".into(), None);
                live = false;
            }
        }
        let counts = pass.filter(|_| used.is_none()).map(|pass| {
            let expires_at = at(pass.expires_at);
            Counts {
                expires_at,
                minutes: ((expires_at.millis() - now.millis()).max(0) + 59_999) / 60_000,
                used: TRIES.saturating_sub(pass.tries_left),
                of: TRIES,
            }
        });
        let cancel = Subject { person, action: Action::CancelPass, key: None };
        Some(Self {
            from: format!("{}/pass", address(person)),
            page: address(person),
            live,
            said: lines.last().map(|line| line.text.clone()).unwrap_or_else(|| Text::new("")),
            lines,
            cancel: counts.as_ref().map(|_| cancel.url()),
            counts,
        })
    }

    /// The same for somebody whom nothing can be done for.
    pub(crate) fn untouchable(self) -> Self {
        Self { cancel: None, ..self }
    }

    /// Asks for it.
    async fn ask(api: &Api, person: Uuid, now: Timestamp) -> Result<Option<Self>, Stop> {
        let part = PartQuery { limit: Some(LOOKED_AT), ..PartQuery::default() };
        let (has, events) = tokio::try_join!(api.credentials(person), async {
            match api.history(person, &part).await {
                Err(Failure::Refused(_)) => Ok(Vec::new()),
                history => Ok(history?.items),
            }
        })?;
        Ok(Self::of(person, has.pass.as_ref(), &has.keys, &events, now))
    }

    /// Each state of a pass.
    pub(crate) fn samples() -> Vec<(&'static str, Self)> {
        let event = |kind: &str| {
            let mut event = super::event::samples().swap_remove(0);
            event.kind = kind.to_owned();
            event
        };
        let pass = samples::credentials().pass;
        let of = |pass: Option<&LivePass>, kinds: &[&str]| {
            let events: Vec<_> = kinds.iter().map(|kind| event(kind)).collect();
            Self::of(Uuid::nil(), pass, &[], &events, Timestamp::from_millis(0))
        };
        let all = [
            ("it waits", of(pass.as_ref(), &["pass_issued"])),
            ("it was used", of(None, &["pass_used", "pass_issued"])),
            ("a key is there", of(None, &["credential_registered", "pass_used", "pass_issued"])),
            ("they are in", of(None, &["logged_in", "app_enrolled", "pass_used", "pass_issued"])),
            ("it was cancelled", of(None, &["pass_cancelled", "pass_issued"])),
            ("it is over", of(None, &["pass_issued"])),
        ];
        all.into_iter().filter_map(|(state, watch)| Some((state, watch?))).collect()
    }
}

/// What was added. A key is set up under the name of its model, and named right after that: it is
/// told as its owner calls it now.
fn added_text(event: &Event, keys: &[Key]) -> Text {
    let of = |name: &str| event.event.get(name).and_then(|value| value.as_str());
    let id = of("credential").and_then(|id| id.parse::<Uuid>().ok());
    let now = keys.iter().find(|key| Some(key.id) == id).map(|key| key.nickname.as_str());
    let nickname = now.or(of("nickname"));
    match nickname.filter(|_| event.kind == "credential_registered") {
        Some(nickname) => Text::new("console-watch-key").with("nickname", nickname),
        None => "console-watch-app".into(),
    }
}

/// What became of a pass, without the rest of a page.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Watching {
    pub(crate) watch: Option<Watch>,
}

impl Page for Watching {
    const TEMPLATE: &'static str = "console/watching.html";

    fn sample() -> Self {
        Self { watch: None }
    }

    fn help(&self) -> Vec<Help> {
        vec![]
    }
}

/// `GET /admin/people/{person}/pass`: what became of a pass, while somebody looks.
pub(crate) async fn show(Path(id): Path<String>, asked: Asked) -> Response {
    let work = async {
        let id = person_id(&id)?;
        let (api, _) = asked.api()?;
        let watch = Watch::ask(&api, id, asked.now()).await?;
        Ok(asked.page(&Watching { watch }))
    };
    asked.shown(work).await
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The keys of what is told; the latest event first, a minute apart.
    fn told(pass: bool, kinds: &[&str], minutes: i64) -> Option<Vec<String>> {
        let now = Timestamp::from_millis(1_800_000_000_000);
        let events: Vec<Event> = (0..)
            .zip(kinds)
            .map(|(age, kind)| {
                let mut event = super::super::event::samples().swap_remove(0);
                let millis = now.millis() - (age + minutes) * 60_000;
                event.at = jiff::Timestamp::from_millisecond(millis).expect("a time");
                (*kind).clone_into(&mut event.kind);
                event
            })
            .collect();
        let pass = samples::credentials().pass.filter(|_| pass);
        let watch = Watch::of(Uuid::nil(), pass.as_ref(), &[], &events, now)?;
        Some(watch.lines.into_iter().map(|line| line.text.key).collect())
    }

    #[test]
    fn a_pass_is_followed_until_its_owner_is_in() {
        let words = |words: &[&str]| {
            Some(words.iter().map(|it| format!("console-watch-{it}")).collect::<Vec<_>>())
        };
        assert_eq!(told(true, &["pass_issued"], 0), words(&["waits"]));
        assert_eq!(told(true, &[], 0), words(&["waits"]), "whoever may not read what happened");
        assert_eq!(told(true, &["login_refused", "pass_issued"], 0), words(&["waits"]));
        let used = ["pass_used", "pass_issued", "pass_used"];
        assert_eq!(told(false, &used, 0), words(&["used", "sets-up"]));
        let set_up = ["credential_registered", "pass_used", "pass_issued"];
        assert_eq!(told(false, &set_up, 0), words(&["used", "key", "goes-on"]));
        let entered = ["logged_in", "credential_registered", "pass_used", "pass_issued"];
        assert_eq!(told(false, &entered, 0), words(&["used", "key", "in"]));
        assert_eq!(told(false, &["pass_cancelled", "pass_issued"], 0), words(&["cancelled"]));
        assert_eq!(told(false, &["pass_issued"], 0), words(&["over"]));
    }

    #[test]
    fn a_new_key_is_told_as_its_owner_calls_it_now() {
        let mut event = super::super::event::samples().swap_remove(0);
        event.kind = "credential_registered".to_owned();
        let key = samples::credentials().keys.remove(1);
        let named = |event: &Event, keys: &[Key]| added_text(event, keys).args["nickname"].clone();
        event.event.insert("nickname".to_owned(), "Security key".into());
        assert_eq!(
            named(&event, std::slice::from_ref(&key)),
            "Security key",
            "it is not known which it is"
        );
        event.event.insert("credential".to_owned(), key.id.to_string().into());
        assert_eq!(named(&event, std::slice::from_ref(&key)), key.nickname.as_str());
        assert_eq!(named(&event, &[]), "Security key", "it is gone again");
    }

    #[test]
    fn what_came_before_a_pass_or_is_long_ago_is_not_told_of_it() {
        let before = ["pass_issued", "logged_in", "credential_registered", "pass_used"];
        assert_eq!(told(true, &before, 0).expect("told"), ["console-watch-waits"]);
        assert_eq!(told(false, &["logged_in", "pass_used", "pass_issued"], 121), None);
        assert_eq!(told(false, &["logged_in"], 0), None);
    }
}
