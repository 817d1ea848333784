//! TOML (1.1) as a tree with places.

use std::sync::Arc;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::{MAX_DEPTH, Member, Node, Problems, Source, Table, Value};

pub(super) fn parse(source: &Arc<Source>) -> Result<Table, Problems> {
    let mut problems = Problems::default();
    let (root, errors) = DeTable::parse_recoverable(&source.text);
    for error in errors {
        let offset = error.span().map_or(0, |span| span.start);
        problems.at(&source.place(offset), one_line(error.message()));
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    let root = table(source, 0, root.into_inner(), 0, &mut problems);
    problems.or(root)
}

/// The parser speaks in lines ("invalid key\nexpected …").
fn one_line(message: &str) -> String {
    let lines = message.lines().map(str::trim).filter(|line| !line.is_empty());
    lines.collect::<Vec<_>>().join(", ").replace("invalid", "wrong")
}

fn table(
    source: &Arc<Source>,
    start: usize,
    table: DeTable<'_>,
    depth: usize,
    problems: &mut Problems,
) -> Table {
    let mut members: Vec<(usize, Member)> = Vec::with_capacity(table.len());
    for (key, value) in table {
        let at = key.span().start;
        let place = source.place(at);
        let node = node(source, value, depth + 1, problems);
        members.push((at, Member { name: key.into_inner().into_owned(), place, node }));
    }
    members.sort_by_key(|(at, _)| *at);
    let members = members.into_iter().map(|(_, member)| member).collect();
    Table { place: source.place(start), members }
}

fn node(
    source: &Arc<Source>,
    spanned: Spanned<DeValue<'_>>,
    depth: usize,
    problems: &mut Problems,
) -> Node {
    let start = spanned.span().start;
    let place = source.place(start);
    if depth > MAX_DEPTH {
        problems.at(&place, "nested too deeply");
        return Node { place, value: Value::Null };
    }
    let value = match spanned.into_inner() {
        DeValue::String(text) => Value::Text(text.into_owned()),
        DeValue::Boolean(value) => Value::Bool(value),
        DeValue::Datetime(value) => Value::Date(value.to_string()),
        DeValue::Integer(number) => {
            if let Ok(value) = i64::from_str_radix(number.as_str(), number.radix()) {
                Value::Integer(value)
            } else {
                problems.at(&place, "this number is too large");
                Value::Null
            }
        }
        DeValue::Float(number) => match number.as_str().parse() {
            Ok(value) => Value::Float(value),
            Err(_) => {
                problems.at(&place, "this is no number");
                Value::Null
            }
        },
        DeValue::Array(items) => {
            let items = items.into_iter();
            Value::List(items.map(|item| node(source, item, depth + 1, problems)).collect())
        }
        DeValue::Table(members) => Value::Table(table(source, start, members, depth, problems)),
    };
    Node { place, value }
}
