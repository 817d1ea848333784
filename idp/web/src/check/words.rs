//! Messages: ill-formed, said twice, asked for with what nobody gives, used by nothing, missing.

use std::collections::{BTreeMap, BTreeSet};

use super::{Everything, Finding, is_words, near, texts};
use crate::i18n::{language, message_key, mistakes};
use crate::theme::{FIRST_LANGUAGE, Files};

/// One message of a file.
struct Entry<'s> {
    key: &'s str,
    line: usize,
    /// The arguments that it asks for.
    arguments: BTreeSet<&'s str>,
}

/// The keys of the first language's messages.
pub(super) fn keys(files: &BTreeMap<String, String>) -> impl Iterator<Item = String> {
    let first = files.iter().filter(|(path, _)| tag(path) == Some(FIRST_LANGUAGE));
    first.flat_map(|(_, source)| entries(source)).map(|entry| entry.key.to_owned())
}

pub(super) fn check(
    base: &Files,
    own: &BTreeMap<String, String>,
    everything: &Everything,
    findings: &mut Vec<Finding>,
) {
    let base = texts(base, &mut Vec::new());
    let mut given: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (path, source) in &base {
        if is_words(path) {
            for entry in entries(source) {
                given.entry(entry.key).or_default().extend(entry.arguments);
            }
        }
    }
    let mut said: BTreeMap<(&str, &str), (&str, usize)> = BTreeMap::new();
    for (path, source) in own {
        let Some(tag) = tag(path) else { continue };
        let mut wrong = |line, text: String| findings.push(Finding::new(path, line, text));
        if let Err(error) = language(tag) {
            wrong(None, error);
        }
        for (line, text) in mistakes(source) {
            wrong(Some(line), text);
        }
        for Entry { key, line, arguments } in entries(source) {
            let before = said.insert((tag, key), (path, line));
            let line = Some(line);
            if let Some((first, at)) = before {
                wrong(line, format!("the message \"{key}\" is at {first}:{at} as well"));
            }
            let Some(given) = given.get(key) else {
                if !everything.quoted.contains(key) {
                    let hint = near(key, given.keys().copied());
                    wrong(line, format!("nothing uses the message \"{key}\"{hint}"));
                }
                continue;
            };
            for argument in arguments.difference(given) {
                let hint = near(argument, given.iter().copied());
                let text = format!("\"{key}\" asks for ${argument}, which nobody gives{hint}");
                wrong(line, text);
            }
        }
    }
    missing(&base, own, everything, findings);
}

/// What a language lacks that the first one has: it would be said in the first.
fn missing(
    base: &BTreeMap<String, String>,
    own: &BTreeMap<String, String>,
    everything: &Everything,
    findings: &mut Vec<Finding>,
) {
    let mut languages: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (path, source) in base.iter().chain(own) {
        if let Some(tag) = tag(path) {
            languages.entry(tag).or_default().extend(entries(source).map(|entry| entry.key));
        }
    }
    for (tag, keys) in &languages {
        let wanted = everything.keys.iter().filter(|key| {
            everything.built_in_keys.contains(*key) || everything.quoted.contains(*key)
        });
        for key in wanted.filter(|key| !keys.contains(key.as_str())) {
            let text = format!("lacks the message \"{key}\"");
            findings.push(Finding::new(format!("locales/{tag}"), None, text));
        }
    }
}

/// The language of a file of messages.
fn tag(path: &str) -> Option<&str> {
    is_words(path).then(|| path.split('/').nth(1)).flatten()
}

fn entries(source: &str) -> impl Iterator<Item = Entry<'_>> {
    let mut found: Vec<Entry<'_>> = Vec::new();
    for (index, line) in source.lines().enumerate() {
        if let Some(key) = message_key(line) {
            found.push(Entry { key, line: index + 1, arguments: BTreeSet::new() });
        }
        // A comment speaks of arguments without asking for them; a term has none.
        if line.starts_with(['#', '-']) {
            continue;
        }
        if let Some(entry) = found.last_mut() {
            entry.arguments.extend(arguments(line));
        }
    }
    found.into_iter()
}

fn arguments(line: &str) -> impl Iterator<Item = &str> {
    line.split('$').skip(1).filter_map(|rest| {
        let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || "-_".contains(c)));
        let name = &rest[..end.unwrap_or(rest.len())];
        name.starts_with(|c: char| c.is_ascii_alphabetic()).then_some(name)
    })
}
