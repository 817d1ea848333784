//! JSON (RFC 8259) as a tree with places. Members that are there twice are refused: readers differ
//! in which one counts (§4).

use std::borrow::Cow;
use std::collections::HashSet;
use std::fmt;
use std::sync::Arc;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::{MAX_DEPTH, Member, Node, Problem, Problems, Source, Table, Value};

pub(super) fn parse(source: &Arc<Source>) -> Result<Table, Problems> {
    let raw: &RawValue = serde_json::from_str(&source.text).map_err(|error| {
        let offset = offset_of(&source.text, error.line(), error.column());
        Problem::at(&source.place(offset), without_place(&error))
    })?;
    let node = node(source, raw, 0)?;
    match node.value {
        Value::Table(table) => Ok(table),
        other => {
            let text = format!("{} at the top; an object is wanted", other.kind());
            Err(Problem::at(&node.place, text).into())
        }
    }
}

/// The members of an object as they stand in the text.
struct Members<'a>(Vec<(Cow<'a, str>, &'a RawValue)>);

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = Members<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some((name, value)) = map.next_entry::<Name<'de>, &'de RawValue>()? {
                    members.push((name.0, value));
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(Reader)
    }
}

/// A member's name: borrowed from the text where it holds no escapes, so that its place is known.
#[derive(Deserialize)]
#[serde(transparent)]
struct Name<'a>(#[serde(borrow)] Cow<'a, str>);

fn node(source: &Arc<Source>, raw: &RawValue, depth: usize) -> Result<Node, Problem> {
    let text = raw.get();
    let start = offset_in(&source.text, text);
    let place = source.place(start);
    if depth > MAX_DEPTH {
        return Err(Problem::at(&place, "nested too deeply"));
    }
    let failed = |error: serde_json::Error| Problem::at(&place, without_place(&error));
    let value = match text.as_bytes().first() {
        Some(b'{') => {
            let Members(read) = serde_json::from_str(text).map_err(failed)?;
            let mut members: Vec<Member> = Vec::with_capacity(read.len());
            let mut names: HashSet<String> = HashSet::with_capacity(read.len());
            for (name, value) in read {
                let node = node(source, value, depth + 1)?;
                let place = match name {
                    // The name's quotation mark stands before it.
                    Cow::Borrowed(name) => {
                        source.place(offset_in(&source.text, name).saturating_sub(1))
                    }
                    Cow::Owned(_) => node.place.clone(),
                };
                if !names.insert(name.clone().into_owned()) {
                    return Err(Problem::at(&place, format!("\"{name}\" is there twice")));
                }
                members.push(Member { name: name.into_owned(), place, node });
            }
            Value::Table(Table { place: place.clone(), members })
        }
        Some(b'[') => {
            let items: Vec<&RawValue> = serde_json::from_str(text).map_err(failed)?;
            let nodes = items.into_iter().map(|item| node(source, item, depth + 1));
            Value::List(nodes.collect::<Result<_, _>>()?)
        }
        _ => match serde_json::from_str(text).map_err(failed)? {
            serde_json::Value::Bool(value) => Value::Bool(value),
            serde_json::Value::String(text) => Value::Text(text),
            serde_json::Value::Number(number) => match (number.as_i64(), number.as_f64()) {
                (Some(value), _) => Value::Integer(value),
                (None, Some(value)) => Value::Float(value),
                (None, None) => return Err(Problem::at(&place, "this number is too large")),
            },
            _ => Value::Null,
        },
    };
    Ok(Node { place, value })
}

/// Where a part of a text begins in it.
fn offset_in(whole: &str, part: &str) -> usize {
    part.as_ptr().addr().saturating_sub(whole.as_ptr().addr()).min(whole.len())
}

fn offset_of(text: &str, line: usize, column: usize) -> usize {
    let mut before = 0;
    for (index, content) in text.split_inclusive('\n').enumerate() {
        if index + 1 == line {
            return before + column.saturating_sub(1).min(content.len());
        }
        before += content.len();
    }
    text.len()
}

/// The message alone: places are ours.
fn without_place(error: &serde_json::Error) -> String {
    let text = error.to_string();
    text.rsplit_once(" at line ").map_or(text.clone(), |(message, _)| message.to_owned())
}
