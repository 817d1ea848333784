//! What documents changed, for people to read. Holds no secret: of those it says only that they
//! changed.

use std::fmt;

use serde_json::{Map, Value};

use super::Mode;

/// One thing that was made or changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Whether it is new.
    pub added: bool,
    /// What it is, e.g. `person amy.ward`.
    pub what: String,
    /// What is different, e.g. `email: a@b → c@d`.
    pub details: Vec<String>,
}

impl Change {
    /// The difference between two states of a thing; `None` when there is none.
    pub(super) fn between(what: String, before: Option<&Value>, after: &Value) -> Option<Self> {
        let mut details = Vec::new();
        compare("", before.unwrap_or(&Value::Null), after, before.is_none(), &mut details);
        let changed = before.is_none() || !details.is_empty();
        changed.then_some(Self { added: before.is_none(), what, details })
    }
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", if self.added { '+' } else { '~' }, self.what)?;
        for detail in &self.details {
            write!(f, "\n    {detail}")?;
        }
        Ok(())
    }
}

/// What came of applying documents. Displayed as a difference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// What changed, in the order of the documents' kinds.
    pub changes: Vec<Change>,
    /// Whether it was kept.
    pub mode: Mode,
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for change in &self.changes {
            writeln!(f, "{change}")?;
        }
        let added = self.changes.iter().filter(|change| change.added).count();
        let changed = self.changes.len() - added;
        match (self.changes.is_empty(), self.mode) {
            (true, _) => f.write_str("Nothing changes: everything is as the documents say."),
            (false, Mode::Keep) => write!(f, "{added} added, {changed} changed."),
            (false, Mode::DryRun) => {
                write!(f, "{added} would be added, {changed} changed. Nothing was kept.")
            }
        }
    }
}

/// Notes where two values differ, member by member. Of what is `new`, nothing was there before.
fn compare(path: &str, before: &Value, after: &Value, new: bool, details: &mut Vec<String>) {
    static NOTHING: Value = Value::Null;
    let (left, right) = match (before, after) {
        (Value::Object(left), Value::Object(right)) => (Some(left), Some(right)),
        (Value::Object(left), Value::Null) => (Some(left), None),
        (Value::Null, Value::Object(right)) => (None, Some(right)),
        _ if is_nothing(before) && is_nothing(after) => return,
        _ if before == after => return,
        _ if new => return details.push(format!("{path}: {}", shown(after))),
        _ => return details.push(format!("{path}: {} → {}", shown(before), shown(after))),
    };
    let names = |map: Option<&Map<String, Value>>| {
        map.map(|map| map.keys().cloned().collect::<Vec<_>>()).unwrap_or_default()
    };
    let mut all = names(left);
    all.extend(names(right));
    all.sort_unstable();
    all.dedup();
    for name in all {
        let of = |map: Option<&Map<String, Value>>| {
            map.and_then(|map| map.get(&name)).unwrap_or(&NOTHING).clone()
        };
        let deeper = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
        compare(&deeper, &of(left), &of(right), new, details);
    }
}

fn is_nothing(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(items) => items.is_empty(),
        Value::Object(members) => members.is_empty(),
        _ => false,
    }
}

fn shown(value: &Value) -> String {
    match value {
        // A terminal obeys control characters.
        Value::String(text) if text.chars().any(char::is_control) => {
            text.escape_debug().to_string()
        }
        Value::String(text) => text.clone(),
        _ if is_nothing(value) => "nothing".to_owned(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_what_differs_is_told() {
        let before = json!({ "name": "Amy", "email": null, "claims": { "a": 1, "b": "x" } });
        let after = json!({ "name": "Amy", "email": "a@b", "claims": { "a": 1 }, "list": [] });
        let change = Change::between("person amy".into(), Some(&before), &after).expect("changed");
        assert!(!change.added);
        assert_eq!(change.details, ["claims.b: x → nothing", "email: nothing → a@b"]);
        assert_eq!(Change::between("person amy".into(), Some(&after), &after), None);
    }

    #[test]
    fn an_outcome_reads_as_a_difference() {
        let change = |added, details: &[&str]| Change {
            added,
            what: "person amy".into(),
            details: details.iter().map(|&text| text.to_owned()).collect(),
        };
        let changes = vec![change(true, &[]), change(false, &["email: a@b"])];
        let kept = Outcome { changes: changes.clone(), mode: Mode::Keep };
        assert_eq!(
            kept.to_string(),
            "+ person amy\n~ person amy\n    email: a@b\n1 added, 1 changed."
        );
        let dry = Outcome { changes, mode: Mode::DryRun };
        assert!(dry.to_string().ends_with("Nothing was kept."));
    }
}
