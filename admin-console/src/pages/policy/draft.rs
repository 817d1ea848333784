//! Changes of a policy, or of what a group demands, that somebody gathers before they save them. They
//! wait in a sealed cookie, so that neither a reload nor a log-in in between loses any.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use latchkey_core::Timestamp;
use latchkey_core::secrets::Digest;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::subject::{PRESET, Subject};

/// How many bytes of a digest tell two values apart that people set.
const MARK_BYTES: usize = 6;

/// What somebody has not saved yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Drafts {
    sub: String,
    list: Vec<Draft>,
}

/// The changes of one policy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Draft {
    pub(super) subject: Subject,
    /// The `ETag` of what they were begun from.
    version: String,
    /// What was said then: a mark of each value, by setting.
    base: BTreeMap<String, String>,
    /// What a setting is to be, by its name; `null` takes back what was said.
    pub(super) changes: Map<String, Value>,
    /// When the changes before these were saved.
    pub(super) saved: Option<Timestamp>,
}

impl Drafts {
    /// Nothing of somebody.
    pub(crate) fn new(sub: &str) -> Self {
        Self { sub: sub.to_owned(), list: Vec::new() }
    }

    /// Whether they are somebody's.
    pub(crate) fn is_of(&self, sub: &str) -> bool {
        self.sub == sub
    }

    /// The changes of one policy.
    pub(super) fn find(&self, subject: &Subject) -> Option<&Draft> {
        self.list.iter().find(|draft| draft.subject == *subject)
    }

    /// The same, begun from what is there now if there are none.
    pub(super) fn begin(
        &mut self,
        subject: &Subject,
        version: &str,
        said: &Map<String, Value>,
    ) -> &mut Draft {
        let known = self.list.iter().position(|draft| draft.subject == *subject);
        let at = known.unwrap_or(self.list.len());
        if known.is_none() {
            self.list.push(Draft {
                subject: subject.clone(),
                version: String::new(),
                base: BTreeMap::new(),
                changes: Map::new(),
                saved: None,
            });
        }
        let draft = &mut self.list[at];
        if draft.changes.is_empty() {
            version.clone_into(&mut draft.version);
            draft.base = marks(said);
            draft.saved = None;
        }
        draft
    }

    /// Forgets the changes of one policy.
    pub(super) fn forget(&mut self, subject: &Subject) {
        self.list.retain(|draft| draft.subject != *subject);
    }

    /// Remembers that they were saved. What was saved elsewhere before is old news.
    pub(super) fn saved(&mut self, subject: &Subject, at: Timestamp) {
        self.list.retain(|draft| draft.subject != *subject && !draft.changes.is_empty());
        self.list.push(Draft {
            subject: subject.clone(),
            version: String::new(),
            base: BTreeMap::new(),
            changes: Map::new(),
            saved: Some(at),
        });
    }
}

impl Draft {
    /// Takes a change down. What is as it is said anyway is none.
    pub(super) fn change(&mut self, name: &str, value: Option<Value>, said: &Map<String, Value>) {
        if value.as_ref() == said.get(name) {
            self.changes.remove(name);
        } else {
            self.changes.insert(name.to_owned(), value.unwrap_or(Value::Null));
        }
    }

    /// What would be said with the changes, without the preset.
    pub(super) fn own(&self, said: &Map<String, Value>) -> Map<String, Value> {
        let mut own = said.clone();
        for (name, value) in &self.changes {
            match value {
                Value::Null => drop(own.remove(name)),
                value => drop(own.insert(name.clone(), value.clone())),
            }
        }
        own.remove(PRESET);
        own
    }

    /// The settings that somebody else says otherwise by now, if it was begun from something else
    /// than what is there.
    pub(super) fn changed_meanwhile(
        &self,
        version: &str,
        said: &Map<String, Value>,
    ) -> Vec<String> {
        if self.changes.is_empty() || self.version == version {
            return Vec::new();
        }
        let now = marks(said);
        let names = self.base.keys().chain(now.keys());
        let mut names: Vec<String> =
            names.filter(|name| self.base.get(*name) != now.get(*name)).cloned().collect();
        names.sort();
        names.dedup();
        names
    }
}

fn marks(said: &Map<String, Value>) -> BTreeMap<String, String> {
    let mark = |value: &Value| {
        let digest = Digest::of(value.to_string().as_bytes());
        URL_SAFE_NO_PAD.encode(&digest.as_bytes()[..MARK_BYTES])
    };
    said.iter().map(|(name, value)| (name.clone(), mark(value))).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn said(text: &Value) -> Map<String, Value> {
        text.as_object().expect("an object").clone()
    }

    #[test]
    fn changes_are_laid_over_what_is_said_and_what_is_said_anyway_is_none() {
        let before = said(&json!({ "preset": "small", "keys_nudged": 3, "required": "mfa" }));
        let subject = Subject::policy("northgate");
        let mut drafts = Drafts::new("sam");
        let draft = drafts.begin(&subject, "\"1\"", &before);
        draft.change("keys_nudged", Some(4.into()), &before);
        draft.change("required", None, &before);
        draft.change("preset", Some("hospital".into()), &before);
        assert_eq!(draft.own(&before), said(&json!({ "keys_nudged": 4 })));
        draft.change("keys_nudged", Some(3.into()), &before);
        draft.change("required", Some("mfa".into()), &before);
        draft.change("preset", Some("small".into()), &before);
        draft.change("grace_until", None, &before);
        assert!(draft.changes.is_empty(), "{draft:?}");
        assert_eq!(drafts.find(&Subject::policy("tywi")), None);
    }

    #[test]
    fn what_somebody_else_saved_meanwhile_is_told_by_setting() {
        let before = said(&json!({ "preset": "small", "keys_nudged": 3, "required": "mfa" }));
        let subject = Subject::policy("northgate");
        let mut drafts = Drafts::new("sam");
        let draft = drafts.begin(&subject, "\"1\"", &before);
        let after = said(&json!({ "preset": "small", "keys_nudged": 5, "keys_required": 1 }));
        assert!(draft.changed_meanwhile("\"2\"", &after).is_empty(), "nothing of ours waits");
        draft.change("keys_nudged", Some(4.into()), &before);
        assert!(draft.changed_meanwhile("\"1\"", &before).is_empty());
        let told = draft.changed_meanwhile("\"2\"", &after);
        assert_eq!(told, ["keys_nudged", "keys_required", "required"]);
        // What waits was begun once: another change does not forget that.
        let draft = drafts.begin(&subject, "\"2\"", &after);
        assert_eq!(draft.changed_meanwhile("\"2\"", &after).len(), 3);
        drafts.saved(&subject, Timestamp::from_millis(7));
        let draft = drafts.find(&subject).expect("it says so");
        assert_eq!((draft.saved, draft.changes.len()), (Some(Timestamp::from_millis(7)), 0));
    }
}
