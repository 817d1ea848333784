//! TOML (1.1) as a tree with places.

use std::sync::Arc;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::{MAX_DEPTH, Member, Node, Problems, Source, Table, Value};

pub(super) fn parse(source: &Arc<Source>) -> Result<Table, Problems> {
    parse_part(source, 0, source.text.len())
}

/// Reads a part of a text that is a document by itself.
fn parse_part(source: &Arc<Source>, base: usize, end: usize) -> Result<Table, Problems> {
    let mut problems = Problems::default();
    let part = source.text.get(base..end).unwrap_or_default();
    let (root, errors) = DeTable::parse_recoverable(part);
    for error in errors {
        let offset = error.span().map_or(0, |span| span.start);
        problems.at(&source.place(base + offset), one_line(error.message()));
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    let mut reader = Reader { source, base, problems };
    let root = reader.table(0, root.into_inner(), 0);
    reader.problems.or(root)
}

/// Reads a large text piece by piece, each a document of lists of tables only; `false` when it has
/// to be read as a whole. What was read before that counts for nothing.
///
/// A piece begins where a line begins with `[[`, and whatever comes before it was read to its end:
/// so that line stands in no text and no list, and its piece means what it means in the whole. Only
/// a table that goes on with one of an earlier piece does not; it shows by being no list.
pub(super) fn in_pieces(source: &Arc<Source>, size: usize, mut each: impl FnMut(Table)) -> bool {
    let text = source.text.as_str();
    let blank = |line: &str| line.trim().is_empty() || line.trim_start().starts_with('#');
    let Some(mut start) = (if text.starts_with("[[") { Some(0) } else { header(text, 0) }) else {
        return false;
    };
    if !text[..start].lines().all(blank) {
        return false;
    }
    while start < text.len() {
        let mut least = (start + size).min(text.len());
        while !text.is_char_boundary(least) {
            least += 1;
        }
        let end = header(text, least).unwrap_or(text.len());
        let Ok(tree) = parse_part(source, start, end) else { return false };
        if !tree.members.iter().all(|member| matches!(member.node.value, Value::List(_))) {
            return false;
        }
        each(tree);
        start = end;
    }
    true
}

/// Where the next line begins with `[[`.
fn header(text: &str, from: usize) -> Option<usize> {
    text.get(from..)?.find("\n[[").map(|at| from + at + 1)
}

/// The parser speaks in lines ("invalid key\nexpected …").
fn one_line(message: &str) -> String {
    let lines = message.lines().map(str::trim).filter(|line| !line.is_empty());
    lines.collect::<Vec<_>>().join(", ").replace("invalid", "wrong")
}

/// From the parser's tree to ours.
struct Reader<'s> {
    source: &'s Arc<Source>,
    /// Where the part begins that was parsed.
    base: usize,
    problems: Problems,
}

impl Reader<'_> {
    fn table(&mut self, start: usize, table: DeTable<'_>, depth: usize) -> Table {
        let mut members: Vec<(usize, Member)> = Vec::with_capacity(table.len());
        for (key, value) in table {
            let at = key.span().start;
            let place = self.source.place(self.base + at);
            let node = self.node(value, depth + 1);
            members.push((at, Member { name: key.into_inner().into_owned(), place, node }));
        }
        members.sort_by_key(|(at, _)| *at);
        let members = members.into_iter().map(|(_, member)| member).collect();
        Table { place: self.source.place(self.base + start), members }
    }

    fn node(&mut self, spanned: Spanned<DeValue<'_>>, depth: usize) -> Node {
        let start = spanned.span().start;
        let place = self.source.place(self.base + start);
        if depth > MAX_DEPTH {
            self.problems.at(&place, "nested too deeply");
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
                    self.problems.at(&place, "this number is too large");
                    Value::Null
                }
            }
            DeValue::Float(number) => match number.as_str().parse() {
                Ok(value) => Value::Float(value),
                Err(_) => {
                    self.problems.at(&place, "this is no number");
                    Value::Null
                }
            },
            DeValue::Array(items) => {
                let items = items.into_iter();
                Value::List(items.map(|item| self.node(item, depth + 1)).collect())
            }
            DeValue::Table(members) => Value::Table(self.table(start, members, depth)),
        };
        Node { place, value }
    }
}
