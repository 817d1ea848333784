//! What is wrong with an operator's theme, file by file, with the line: what is not read, what
//! names nothing, what is missing. Renders nothing: pages are known to those who make them.

mod blocks;
mod contrast;
#[cfg(test)]
mod tests;
mod words;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::Path;

use minijinja::Error;

use crate::pictures;
use crate::theme::{Files, ThemeError, built_in, is_template, read_own, syntax_only, text};

/// One thing that is wrong. Displayed as `file:line: sentence`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    file: String,
    line: Option<usize>,
    text: String,
    /// Where it shows, when that is somewhere else.
    shown: Option<String>,
}

impl Finding {
    /// Something wrong in a file.
    #[must_use]
    pub fn new(file: impl Into<String>, line: Option<usize>, text: impl Into<String>) -> Self {
        Self { file: file.into(), line, text: text.into(), shown: None }
    }

    /// The same, with where it shows.
    #[must_use]
    pub fn on(mut self, shown: &str) -> Self {
        self.shown = Some(shown.to_owned());
        self
    }

    /// Whether another is the same mistake, wherever it shows.
    #[must_use]
    pub fn is_same_mistake(&self, other: &Self) -> bool {
        (&self.file, self.line, &self.text) == (&other.file, other.line, &other.text)
    }

    /// What went wrong in a template, where it did.
    #[must_use]
    pub fn of(error: &Error) -> Self {
        // The innermost template that knows its line is the one to mend.
        let mut place = (error.name(), error.line());
        let mut text = error.detail().map_or_else(|| error.kind().to_string(), str::to_owned);
        let mut source = std::error::Error::source(error);
        while let Some(inner) = source {
            if let Some(inner) = inner.downcast_ref::<Error>() {
                if inner.line().is_some() {
                    place = (inner.name(), inner.line());
                }
                text = inner.detail().map_or_else(|| inner.kind().to_string(), str::to_owned);
            } else {
                text = inner.to_string();
            }
            source = inner.source();
        }
        Self::new(place.0.unwrap_or("a template"), place.1, text)
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "{}:{line}: {}", self.file, self.text)?,
            None => write!(f, "{}: {}", self.file, self.text)?,
        }
        match &self.shown {
            Some(shown) => write!(f, " ({shown})"),
            None => Ok(()),
        }
    }
}

/// Everything that is wrong with the files of a theme's folder, or with the built-in theme's.
/// Files are named relative to the theme.
///
/// # Errors
/// When the folder cannot be read.
pub fn check(folder: Option<&Path>) -> Result<Vec<Finding>, ThemeError> {
    let base = built_in();
    let own = match folder {
        Some(folder) => read_own(folder)?,
        None => built_in(),
    };
    let mut findings = Vec::new();
    let texts = texts(&own, &mut findings);
    let everything = Everything::new(&base, &texts);
    for (path, source) in &texts {
        let path = path.as_str();
        if is_template(path) {
            template(path, source, &everything, &mut findings);
        } else if path.starts_with("assets/") && path.ends_with(".css") {
            blocks::check(path, source, &mut findings);
            contrast::check(path, source, &mut findings);
        }
    }
    words::check(&base, &texts, &everything, &mut findings);
    for path in own.keys().filter(|path| !is_words(path)) {
        place(path, &base, &everything, &mut findings);
    }
    for (path, bytes) in &own {
        picture(path, bytes, &mut findings);
    }
    findings.sort();
    findings.dedup();
    Ok(findings)
}

/// Whether a file holds messages.
fn is_words(path: &str) -> bool {
    path.starts_with("locales/") && path.ends_with(".ftl") && path.split('/').count() == 3
}

/// The files that are texts.
fn texts(files: &Files, findings: &mut Vec<Finding>) -> BTreeMap<String, String> {
    let mut texts = BTreeMap::new();
    for (path, bytes) in files {
        if !(is_template(path) || path.ends_with(".css") || is_words(path)) {
            continue;
        }
        match text(path, bytes.clone()) {
            Ok(source) => {
                texts.insert(path.clone(), source);
            }
            Err(_) => findings.push(Finding::new(path, None, "this is not UTF-8 text")),
        }
    }
    texts
}

/// What the theme has in all, built in and on top.
struct Everything {
    /// Every template, by its path.
    templates: BTreeMap<String, String>,
    /// The names in quotation marks in every template and style sheet: what could be meant.
    quoted: BTreeSet<String>,
    /// Every message in the first language.
    keys: BTreeSet<String>,
    /// Those of the built-in theme.
    built_in_keys: BTreeSet<String>,
}

impl Everything {
    fn new(base: &Files, own: &BTreeMap<String, String>) -> Self {
        let mut all = texts(base, &mut Vec::new());
        let built_in_keys: BTreeSet<String> = words::keys(&all).collect();
        let keys = built_in_keys.iter().cloned().chain(words::keys(own)).collect();
        all.extend(own.iter().map(|(path, source)| (path.clone(), source.clone())));
        all.retain(|path, _| !is_words(path));
        let quoted = all.values().flat_map(|source| quoted(source)).collect();
        let templates = all.into_iter().filter(|(path, _)| is_template(path)).collect();
        Self { templates, quoted, keys, built_in_keys }
    }
}

/// What stands between quotation marks.
fn quoted(source: &str) -> Vec<String> {
    let mut found = Vec::new();
    for mark in ['"', '\''] {
        for line in source.lines() {
            let mut parts = line.split(mark);
            parts.next();
            // Every part: where a quotation begins cannot be known without parsing, and one name
            // too many does no harm.
            found.extend(parts.filter(|part| part.len() <= 200).map(str::to_owned));
        }
    }
    found
}

/// A template that cannot be read, or that names a message, template or asset that is nowhere.
fn template(path: &str, source: &str, everything: &Everything, findings: &mut Vec<Finding>) {
    let mut environment = match syntax_only() {
        Ok(environment) => environment,
        Err(error) => return findings.push(Finding::of(&error)),
    };
    if let Err(error) = environment.add_template_owned(path.to_owned(), source.to_owned()) {
        return findings.push(Finding::of(&error));
    }
    for (index, line) in source.lines().enumerate() {
        for (function, kind) in [("t(", "message"), ("markup(", "message")] {
            for key in arguments(line, function) {
                if !everything.keys.contains(key) {
                    let known = everything.keys.iter().map(String::as_str);
                    let text = unknown(kind, key, known);
                    findings.push(Finding::new(path, Some(index + 1), text));
                }
            }
        }
        for tag in ["extends ", "include ", "from ", "import "] {
            for name in arguments(line, tag) {
                if is_template(name) && !everything.templates.contains_key(name) {
                    let known = everything.templates.keys().map(String::as_str);
                    let text = unknown("template", name, known);
                    findings.push(Finding::new(path, Some(index + 1), text));
                }
            }
        }
    }
}

/// The literal first arguments of a function or tag in a line; what is put together is skipped.
fn arguments<'l>(line: &'l str, function: &str) -> Vec<&'l str> {
    let mut found = Vec::new();
    for (at, _) in line.match_indices(function) {
        let before = line[..at].chars().next_back();
        if before.is_some_and(|letter| letter.is_alphanumeric() || letter == '_') {
            continue;
        }
        let rest = &line[at + function.len()..];
        let Some(mark) = rest.chars().next().filter(|mark| "\"'".contains(*mark)) else { continue };
        let Some((literal, after)) = rest[1..].split_once(mark) else { continue };
        if after.trim_start().starts_with([',', ')', '%', '-']) || after.starts_with(" import") {
            found.push(literal);
        }
    }
    found
}

/// A picture of the help pages that is none.
fn picture(path: &str, bytes: &[u8], findings: &mut Vec<Finding>) {
    if pictures::name(path).is_some() && pictures::size(bytes).is_none() {
        findings.push(Finding::new(path, None, "this is no WebP picture"));
    }
}

/// A file that stands in for none and that nothing names.
fn place(path: &str, base: &Files, everything: &Everything, findings: &mut Vec<Finding>) {
    let name = path.strip_prefix("assets/").unwrap_or(path);
    if base.contains_key(path) {
        return;
    }
    // A picture in another language than the built-in ones is asked for by its name.
    let is_named = |name| everything.quoted.contains(name);
    let is_used = (is_template(path) || path.starts_with("assets/"))
        && (is_named(name) || is_named(path) || pictures::name(path).is_some_and(is_named));
    if !is_used {
        let known = base.keys().filter(|path| !is_words(path)).map(String::as_str);
        let hint = near(path, known);
        let text = format!("nothing uses this file{hint}");
        findings.push(Finding::new(path, None, text));
    }
}

fn unknown<'k>(kind: &str, name: &str, known: impl Iterator<Item = &'k str>) -> String {
    format!("there is no {kind} \"{name}\"{}", near(name, known))
}

fn near<'k>(name: &str, known: impl Iterator<Item = &'k str>) -> String {
    let rated = known.map(|known| (strsim::normalized_damerau_levenshtein(name, known), known));
    match rated.max_by(|one, other| one.0.total_cmp(&other.0)) {
        Some((likeness, nearest)) if likeness > 0.5 => format!("; the nearest is \"{nearest}\""),
        _ => String::new(),
    }
}
