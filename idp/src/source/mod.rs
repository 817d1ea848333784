//! Texts that operators write, as trees whose every part knows where it stands, and readers that
//! turn mistakes in them into sentences with file, line and column.
//!
//! Knows TOML and JSON, and nothing of what the texts are about.

mod fields;
mod json;
mod nearest;
mod problems;
mod toml;

#[cfg(test)]
mod tests;

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

pub use fields::{Fields, described, each_member, member_names};
pub use nearest::nearest;
pub use problems::{Problem, Problems};

/// The largest file that is read.
const MAX_BYTES: u64 = 64 * 1024 * 1024;
/// How deep values may be nested.
const MAX_DEPTH: usize = 64;

/// A text with its name and where its lines begin.
pub struct Source {
    name: String,
    folder: PathBuf,
    text: String,
    /// Where each line begins; found out at the first mistake.
    lines: OnceLock<Vec<usize>>,
}

impl Source {
    /// Reads a file. A byte order mark is skipped.
    ///
    /// # Errors
    /// When it cannot be read or is no text.
    pub fn read(path: &Path) -> Result<Arc<Self>, Problem> {
        let name = path.display().to_string();
        let refuse = |why: &dyn fmt::Display| Problem::general(format!("{name}: {why}"));
        let about = std::fs::metadata(path).map_err(|error| refuse(&error))?;
        if about.is_dir() {
            return Err(refuse(&"this is a folder; name the files in it"));
        }
        if about.len() > MAX_BYTES {
            return Err(refuse(&"larger than 64 MiB; write several files"));
        }
        let bytes = std::fs::read(path).map_err(|error| refuse(&error))?;
        let text = String::from_utf8(bytes).map_err(|error| {
            let at = error.utf8_error().valid_up_to();
            refuse(&format_args!("not UTF-8 text (at byte {})", at + 1))
        })?;
        let folder = path.parent().unwrap_or(Path::new("")).to_path_buf();
        Ok(Arc::new(Self::new(name, folder, text)))
    }

    /// A text that comes from elsewhere than a file.
    #[must_use]
    pub fn from_text(name: &str, text: &str) -> Arc<Self> {
        Arc::new(Self::new(name.to_owned(), PathBuf::new(), text.to_owned()))
    }

    fn new(name: String, folder: PathBuf, mut text: String) -> Self {
        if text.starts_with('\u{feff}') {
            text.remove(0);
        }
        Self { name, folder, text, lines: OnceLock::new() }
    }

    /// The folder that paths in the text are relative to.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The text as a tree: JSON if it is named `.json` or begins with a brace, else TOML.
    ///
    /// # Errors
    /// What is wrong with it and where.
    pub fn parse(self: &Arc<Self>) -> Result<Table, Problems> {
        if self.is_json() { json::parse(self) } else { toml::parse(self) }
    }

    /// A large text as the trees of its pieces, one after another, so that the whole tree is never
    /// there; each has lists of tables only. `false` when the text has to be parsed as a whole:
    /// forget what `each` was given then.
    pub fn parse_in_pieces(self: &Arc<Self>, each: impl FnMut(Table)) -> bool {
        const PIECE: usize = 256 * 1024;
        self.text.len() > 2 * PIECE && !self.is_json() && toml::in_pieces(self, PIECE, each)
    }

    fn is_json(&self) -> bool {
        match Path::new(&self.name).extension().and_then(|text| text.to_str()) {
            Some("json") => true,
            Some("toml") => false,
            _ => self.text.trim_start().starts_with('{'),
        }
    }

    /// The line and column of an offset, both from 1. In a line that is very long, a column is
    /// bytes: counting letters again for each mistake in it would take for ever.
    fn line_and_column(&self, offset: usize) -> (usize, usize) {
        const LONG: usize = 10_000;
        let lines = self.lines.get_or_init(|| {
            let ends = self.text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
            std::iter::once(0).chain(ends.map(|(at, _)| at + 1)).collect()
        });
        let line = lines.partition_point(|start| *start <= offset);
        let start = line.checked_sub(1).and_then(|at| lines.get(at)).copied().unwrap_or(0);
        let before = self.text.get(start..offset).filter(|before| before.len() <= LONG);
        let column = before.map_or(offset - start, |before| before.chars().count());
        (line, column + 1)
    }

    fn place(self: &Arc<Self>, offset: usize) -> Place {
        Place::Text { source: Arc::clone(self), offset: offset.min(self.text.len()) }
    }
}

/// Where a part of a tree stands. Displayed as `file:line:column`, or as a variable's name.
#[derive(Clone)]
pub enum Place {
    /// In a text, so many bytes from its beginning.
    Text {
        /// The text.
        source: Arc<Source>,
        /// Bytes before the part.
        offset: usize,
    },
    /// In an environment variable.
    Variable(Arc<str>),
}

impl Place {
    /// The folder that paths are relative to.
    #[must_use]
    pub fn folder(&self) -> &Path {
        match self {
            Self::Text { source, .. } => source.folder(),
            Self::Variable(_) => Path::new(""),
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Variable(name) => f.write_str(name),
            Self::Text { source, offset } => {
                let (line, column) = source.line_and_column(*offset);
                write!(f, "{}:{line}:{column}", source.name)
            }
        }
    }
}

/// A value with its place.
#[derive(Clone)]
pub struct Node {
    /// Where it begins.
    pub place: Place,
    /// What it is.
    pub value: Value,
}

/// A value as it was written.
#[derive(Clone)]
pub enum Value {
    /// JSON's `null`: as good as not written.
    Null,
    /// A truth value.
    Bool(bool),
    /// A whole number.
    Integer(i64),
    /// Another number.
    Float(f64),
    /// A text.
    Text(String),
    /// A date or time.
    Date(String),
    /// From an environment variable: of whatever type is wanted.
    Raw(String),
    /// A list.
    List(Vec<Node>),
    /// A table.
    Table(Table),
}

impl Value {
    /// The value's type, as a sentence names it.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Null => "nothing",
            Self::Bool(_) => "true or false",
            Self::Integer(_) => "a whole number",
            Self::Float(_) => "a number",
            Self::Text(_) | Self::Raw(_) => "a text",
            Self::Date(_) => "a date",
            Self::List(_) => "a list",
            Self::Table(_) => "a table",
        }
    }

    /// The value as JSON.
    #[must_use]
    pub fn to_json(&self) -> serde_json::Value {
        match self {
            Self::Null => serde_json::Value::Null,
            Self::Bool(value) => (*value).into(),
            Self::Integer(value) => (*value).into(),
            Self::Float(value) => (*value).into(),
            Self::Text(text) | Self::Date(text) | Self::Raw(text) => text.as_str().into(),
            Self::List(items) => items.iter().map(|item| item.value.to_json()).collect(),
            Self::Table(table) => table.to_json().into(),
        }
    }
}

/// Named values, in the order of their places.
#[derive(Clone)]
pub struct Table {
    /// Where it begins.
    pub place: Place,
    /// What is in it.
    pub members: Vec<Member>,
}

/// A named value.
#[derive(Clone)]
pub struct Member {
    /// Its name.
    pub name: String,
    /// Where the name stands.
    pub place: Place,
    /// The value.
    pub node: Node,
}

impl Table {
    /// The table as JSON.
    #[must_use]
    pub fn to_json(&self) -> serde_json::Map<String, serde_json::Value> {
        let members = self.members.iter();
        members.map(|member| (member.name.clone(), member.node.value.to_json())).collect()
    }

    /// The member that a place in the same text is in.
    #[must_use]
    pub fn member_at(&self, place: &Place) -> Option<&str> {
        let Place::Text { offset: wanted, .. } = place else { return None };
        let begins = |member: &Member| match &member.place {
            Place::Text { offset, .. } => Some(*offset),
            Place::Variable(_) => None,
        };
        let before = self.members.iter().filter(|it| begins(it).is_some_and(|at| at <= *wanted));
        before.max_by_key(|member| begins(member)).map(|member| member.name.as_str())
    }

    /// Where a member stands, or the table when it has none of that name.
    #[must_use]
    pub fn place_of(&self, name: &str) -> Place {
        let found = self.members.iter().find(|member| member.name == name);
        found.map_or_else(|| self.place.clone(), |member| member.place.clone())
    }
}
