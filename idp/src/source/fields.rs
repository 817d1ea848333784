//! Reading a table member by member: typed, with a sentence for what is missing, of the wrong type
//! or unknown.

use latchkey_core::secrets::Plain;
use serde::de::{DeserializeOwned, Deserializer, Visitor, value::Error as Stop};
use serde::forward_to_deserialize_any;

use super::{Member, Node, Place, Problems, Table, Value, nearest};

/// A table that is being read. Ends with [`finish`](Self::finish), which refuses what was not read.
pub struct Fields<'p> {
    /// What the table is about, as sentences name it.
    what: String,
    place: Place,
    members: Vec<Member>,
    known: Vec<&'static str>,
    problems: &'p mut Problems,
}

impl<'p> Fields<'p> {
    /// Begins to read a table.
    pub fn new(what: impl Into<String>, table: Table, problems: &'p mut Problems) -> Self {
        let Table { place, members } = table;
        Self { what: what.into(), place, members, known: Vec::new(), problems }
    }

    /// Where the table stands.
    #[must_use]
    pub fn place(&self) -> &Place {
        &self.place
    }

    /// Notes something wrong.
    pub fn refuse(&mut self, place: &Place, text: impl Into<String>) {
        self.problems.at(place, text);
    }

    /// Notes that a member must be there.
    fn missing(&mut self, name: &str) {
        let text = format!("{} lacks \"{name}\"", self.what);
        self.problems.at(&self.place, text);
    }

    /// A member, whatever its type.
    pub fn take(&mut self, name: &'static str) -> Option<Node> {
        self.known.push(name);
        let at = self.members.iter().position(|member| member.name == name)?;
        let node = self.members.remove(at).node;
        (!matches!(node.value, Value::Null)).then_some(node)
    }

    /// A member that `read` makes something of, or refuses with what is wanted instead.
    pub fn read<T>(
        &mut self,
        name: &'static str,
        read: impl FnOnce(&Value) -> Result<T, String>,
    ) -> Option<(T, Place)> {
        let node = self.take(name)?;
        match read(&node.value) {
            Ok(value) => Some((value, node.place)),
            Err(wanted) => {
                self.problems.at(&node.place, format!("\"{name}\" {wanted}"));
                None
            }
        }
    }

    /// A text.
    pub fn text(&mut self, name: &'static str) -> Option<(String, Place)> {
        self.read(name, as_text)
    }

    /// A text that must be there.
    pub fn required_text(&mut self, name: &'static str) -> Option<(String, Place)> {
        if self.is_absent(name) {
            self.known.push(name);
            self.missing(name);
            return None;
        }
        self.text(name)
    }

    /// One of a few words that must be there.
    pub fn required_word<T: Copy>(
        &mut self,
        name: &'static str,
        words: &[(&'static str, T)],
    ) -> Option<T> {
        if self.is_absent(name) {
            self.known.push(name);
            self.missing(name);
            return None;
        }
        self.word(name, words)
    }

    /// One of a few words.
    pub fn word<T: Copy>(&mut self, name: &'static str, words: &[(&'static str, T)]) -> Option<T> {
        let (value, _) = self.read(name, |value| {
            let text = as_text(value)?;
            let found = words.iter().find(|(word, _)| *word == text);
            found.map(|(_, value)| *value).ok_or_else(|| {
                let known: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
                format!("is {}, not \"{text}\"", one_of(&known))
            })
        })?;
        Some(value)
    }

    /// A whole number from `least` to `most`.
    pub fn number(&mut self, name: &'static str, least: i64, most: i64) -> Option<i64> {
        let (value, _) = self.read(name, |value| {
            let number = match value {
                Value::Integer(number) => Some(*number),
                Value::Raw(text) => text.trim().parse().ok(),
                _ => None,
            };
            number
                .filter(|number| (least..=most).contains(number))
                .ok_or_else(|| format!("is a whole number from {least} to {most}"))
        })?;
        Some(value)
    }

    /// True or false.
    pub fn flag(&mut self, name: &'static str) -> Option<(bool, Place)> {
        self.read(name, |value| match value {
            Value::Bool(value) => Ok(*value),
            Value::Raw(text) => text.trim().parse().map_err(|_| "is true or false".to_owned()),
            other => Err(format!("is true or false, not {}", other.kind())),
        })
    }

    /// A list of texts, each with its place. From a variable, they are separated by commas.
    pub fn texts(&mut self, name: &'static str) -> Option<Vec<(String, Place)>> {
        let node = self.take(name)?;
        match node.value {
            Value::Raw(text) => {
                let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
                Some(parts.map(|part| (part.to_owned(), node.place.clone())).collect())
            }
            Value::List(items) => {
                let mut texts = Vec::with_capacity(items.len());
                for item in items {
                    match as_text(&item.value) {
                        Ok(text) => texts.push((text, item.place)),
                        Err(_) => {
                            let text = format!("\"{name}\" is a list of texts");
                            self.problems.at(&item.place, text);
                        }
                    }
                }
                Some(texts)
            }
            other => {
                let text = format!("\"{name}\" is a list of texts, not {}", other.kind());
                self.problems.at(&node.place, text);
                None
            }
        }
    }

    /// A table.
    pub fn table(&mut self, name: &'static str) -> Option<Table> {
        let (table, _) = self.read(name, |value| match value {
            Value::Table(table) => Ok(table.clone()),
            other => Err(format!("is a table, not {}", other.kind())),
        })?;
        Some(table)
    }

    /// A list of tables.
    pub fn tables(&mut self, name: &'static str) -> Vec<Table> {
        let Some(node) = self.take(name) else { return Vec::new() };
        let Value::List(items) = node.value else {
            let text = format!("\"{name}\" is a list: write [[{name}]] in TOML, [ … ] in JSON");
            self.problems.at(&node.place, text);
            return Vec::new();
        };
        let mut tables = Vec::with_capacity(items.len());
        for item in items {
            match item.value {
                Value::Table(table) => tables.push(table),
                other => {
                    let text = format!("a {name} is a table, not {}", other.kind());
                    self.problems.at(&item.place, text);
                }
            }
        }
        tables
    }

    /// A secret: a text, or `{ env = "NAME" }` or `{ file = "path" }` that names where it is.
    /// What is wrong with one never quotes it.
    pub fn secret(&mut self, name: &'static str) -> Option<(Plain, Place)> {
        let node = self.take(name)?;
        match secret(&node) {
            Ok(secret) => Some((secret, node.place)),
            Err(wanted) => {
                self.problems.at(&node.place, format!("\"{name}\" {wanted}"));
                None
            }
        }
    }

    /// Reads every member that is left as a member of `T`.
    pub fn rest_as<T: DeserializeOwned + Default>(mut self) -> T {
        self.known.extend(member_names::<T>());
        let table = Table { place: self.place.clone(), members: std::mem::take(&mut self.members) };
        let what = std::mem::take(&mut self.what);
        each_member(&what, table, &self.known, self.problems).unwrap_or_default()
    }

    /// Refuses what was not read.
    pub fn finish(mut self) {
        for member in std::mem::take(&mut self.members) {
            unknown(&self.what, &member, &self.known, self.problems);
        }
    }

    fn is_absent(&self, name: &str) -> bool {
        let found = self.members.iter().find(|member| member.name == name);
        found.is_none_or(|member| matches!(member.node.value, Value::Null))
    }
}

/// Reads a table as a `T`, one member at a time, so that what is wrong has its own place.
pub fn each_member<T: DeserializeOwned>(
    what: &str,
    table: Table,
    known: &[&'static str],
    problems: &mut Problems,
) -> Option<T> {
    let before = problems.len();
    let mut read = serde_json::Map::new();
    for member in table.members {
        if !known.contains(&member.name.as_str()) {
            unknown(what, &member, known, problems);
            continue;
        }
        let value = member.node.value.to_json();
        if value.is_null() {
            continue;
        }
        read.insert(member.name.clone(), value.clone());
        let alone = serde_json::Map::from_iter([(member.name.clone(), value)]);
        if let Err(error) = serde_json::from_value::<T>(alone.into()) {
            let text = error.to_string();
            let prefix = format!("{}: ", member.name);
            let text = text.strip_prefix(&prefix).unwrap_or(&text);
            problems.at(&member.node.place, format!("\"{}\": {}", member.name, in_our_words(text)));
        }
    }
    if problems.len() > before {
        return None;
    }
    match serde_json::from_value(read.into()) {
        Ok(value) => Some(value),
        Err(error) => {
            problems.at(&table.place, format!("{what}: {}", in_our_words(&error.to_string())));
            None
        }
    }
}

fn in_our_words(text: &str) -> String {
    text.replace("invalid type: ", "found ").replace("invalid value: ", "found ")
}

fn unknown(what: &str, member: &Member, known: &[&'static str], problems: &mut Problems) {
    let name = &member.name;
    let hint = match nearest(name, known.iter().copied()) {
        Some(nearest) => format!("the nearest known one is \"{nearest}\""),
        None => format!("it is {}", one_of(known)),
    };
    problems.at(&member.place, format!("unknown key \"{name}\" in {what}; {hint}"));
}

fn one_of(words: &[&str]) -> String {
    let quoted: Vec<String> = words.iter().map(|word| format!("\"{word}\"")).collect();
    match quoted.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, others)) => format!("{} or {last}", others.join(", ")),
        None => "nothing".to_owned(),
    }
}

/// A name that was not found among others, as a sentence.
#[must_use]
pub fn described<'k>(kind: &str, name: &str, known: impl IntoIterator<Item = &'k str>) -> String {
    match nearest(name, known) {
        Some(nearest) => format!("there is no {kind} \"{name}\"; the nearest is \"{nearest}\""),
        None => format!("there is no {kind} \"{name}\""),
    }
}

fn as_text(value: &Value) -> Result<String, String> {
    match value {
        Value::Text(text) | Value::Raw(text) => Ok(text.clone()),
        other => Err(format!("is a text, not {}", other.kind())),
    }
}

fn secret(node: &Node) -> Result<Plain, String> {
    const WANTED: &str = "is a text, { env = \"NAME\" } or { file = \"path\" }";
    let table = match &node.value {
        Value::Text(text) | Value::Raw(text) => return Ok(Plain::new(text.clone())),
        Value::Table(table) => table,
        other => return Err(format!("{WANTED}, not {}", other.kind())),
    };
    let [Member { name, node: where_, .. }] = table.members.as_slice() else {
        return Err(WANTED.to_owned());
    };
    let text = as_text(&where_.value)?;
    match name.as_str() {
        "env" => std::env::var(&text)
            .map(Plain::new)
            .map_err(|_| format!("names the environment variable {text}, which is not set")),
        "file" => std::fs::read_to_string(node.place.folder().join(&text))
            .map(|secret| Plain::new(secret.trim_end_matches(['\r', '\n']).to_owned()))
            .map_err(|error| format!("cannot be read from the file {text}: {error}")),
        _ => Err(WANTED.to_owned()),
    }
}

/// The member names of a type, as its own `Deserialize` names them.
#[must_use]
pub fn member_names<T: DeserializeOwned>() -> &'static [&'static str] {
    struct Names<'n>(&'n mut &'static [&'static str]);
    impl<'de> Deserializer<'de> for Names<'_> {
        type Error = Stop;
        fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Stop> {
            Err(serde::de::Error::custom("not a struct"))
        }
        fn deserialize_struct<V: Visitor<'de>>(
            self,
            _: &'static str,
            members: &'static [&'static str],
            _: V,
        ) -> Result<V::Value, Stop> {
            *self.0 = members;
            Err(serde::de::Error::custom("the names are known"))
        }
        forward_to_deserialize_any! {
            bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf
            option unit unit_struct newtype_struct seq tuple tuple_struct map enum identifier
            ignored_any
        }
    }
    let mut names: &'static [&'static str] = &[];
    // It ends in an error by design; the names are what is wanted.
    drop(T::deserialize(Names(&mut names)));
    names
}
