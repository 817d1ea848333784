//! Environment variables `LATCHKEY__SECTION__KEY`, laid over the file's tree.

use std::ffi::OsString;
use std::sync::Arc;

use crate::source::{Member, Node, Place, Problem, Problems, Table, Value};

const PREFIX: &str = "LATCHKEY__";

/// Puts what the environment sets in place of what the file sets. Empty variables set nothing.
pub(super) fn overlay(
    tree: &mut Table,
    environment: impl IntoIterator<Item = (OsString, OsString)>,
    problems: &mut Problems,
) {
    let mut set: Vec<(String, OsString)> = environment
        .into_iter()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value)))
        .filter(|(name, value)| name.starts_with(PREFIX) && !value.is_empty())
        .collect();
    set.sort();
    for (name, value) in set {
        let place = Place::Variable(Arc::from(name.as_str()));
        let Ok(text) = value.into_string() else {
            problems.push(Problem::at(&place, "not UTF-8 text"));
            continue;
        };
        let path = name[PREFIX.len()..].to_lowercase();
        let keys: Vec<&str> = path.split("__").collect();
        if keys.iter().any(|key| key.is_empty()) {
            problems.push(Problem::at(&place, "write LATCHKEY__SECTION__KEY or LATCHKEY__KEY"));
            continue;
        }
        put(tree, &keys, &place, Value::Raw(text), problems);
    }
}

fn put(tree: &mut Table, keys: &[&str], place: &Place, value: Value, problems: &mut Problems) {
    let Some((key, deeper)) = keys.split_first() else { return };
    let at = tree.members.iter().position(|member| member.name == *key).unwrap_or_else(|| {
        let table = Table { place: place.clone(), members: Vec::new() };
        tree.members.push(Member {
            name: (*key).to_owned(),
            place: place.clone(),
            node: Node { place: place.clone(), value: Value::Table(table) },
        });
        tree.members.len() - 1
    });
    let member = &mut tree.members[at];
    if deeper.is_empty() {
        member.place = place.clone();
        member.node = Node { place: place.clone(), value };
        return;
    }
    match &mut member.node.value {
        Value::Table(inner) => put(inner, deeper, place, value, problems),
        _ => problems.at(place, format!("\"{key}\" is set as a value elsewhere")),
    }
}
