//! Words: the theme's messages in each language, which language a person reads, and dates as
//! people write them. Project Fluent, with isolating marks off.
//!
//! A message that a language lacks is said in the first language; one that is nowhere is an error.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt;
use std::sync::Arc;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use jiff::tz::TimeZone;
use latchkey_core::Timestamp;
use unic_langid::LanguageIdentifier;

/// A language of a theme.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Locale(usize);

impl Locale {
    /// The theme's first language, in which every message exists.
    pub const FIRST: Self = Self(0);
}

/// Why a message cannot be said.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unsaid {
    /// No language has it.
    #[error("no language has the message {0}")]
    Missing(String),
    /// It asks for an argument that was not given, or refers to nothing.
    #[error("the message {0} cannot be filled in: {1}")]
    Incomplete(String, String),
}

/// Why messages cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}:{}{reason}", line.map(|line| format!("{line}: ")).unwrap_or_else(|| " ".to_owned()))]
pub struct MessagesError {
    /// The file.
    pub file: String,
    /// The line, if it is one line's fault.
    pub line: Option<usize>,
    /// What is wrong with it.
    pub reason: String,
}

/// One file of messages.
#[derive(Clone, Debug)]
pub struct Messages {
    /// Its language, as a BCP 47 tag.
    pub tag: String,
    /// Where it came from, for error messages.
    pub file: String,
    /// Fluent syntax.
    pub source: String,
    /// Its messages replace those that are already there.
    pub overrides: bool,
}

/// Where a person's wish for a language comes from, strongest first.
#[derive(Clone, Copy, Debug, Default)]
pub struct Wishes<'r> {
    /// `ui_locales` (OpenID Connect Core §3.1.2.1): tags separated by spaces.
    pub ui_locales: Option<&'r str>,
    /// What they chose earlier, from the cookie [`LOCALE_COOKIE`].
    pub cookie: Option<&'r str>,
    /// `Accept-Language` (RFC 9110 §12.5.4).
    pub accept_language: Option<&'r str>,
}

/// The parameter that asks for languages (OpenID Connect Core §3.1.2.1).
pub const UI_LOCALES: &str = "ui_locales";

/// The cookie that keeps a chosen language.
pub const LOCALE_COOKIE: &str = "latchkey-locale";

struct Language {
    tag: String,
    bundle: FluentBundle<FluentResource>,
    /// What its messages without arguments say.
    fixed: HashMap<String, Arc<str>>,
}

impl Language {
    fn new(tag: String, bundle: FluentBundle<FluentResource>, keys: &BTreeSet<String>) -> Self {
        let mut fixed = HashMap::new();
        for key in keys {
            let Some(pattern) = bundle.get_message(key).and_then(|found| found.value()) else {
                continue;
            };
            let mut errors = Vec::new();
            let said = bundle.format_pattern(pattern, None, &mut errors);
            if errors.is_empty() {
                fixed.insert(key.clone(), Arc::from(said));
            }
        }
        Self { tag, bundle, fixed }
    }
}

/// Every message in every language.
pub struct Strings {
    languages: Vec<Language>,
    /// Every key of the first language.
    keys: BTreeSet<String>,
}

impl fmt::Debug for Strings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.languages.iter().map(|language| &language.tag)).finish()
    }
}

/// Arguments of a message.
pub type Args<'a> = BTreeMap<&'a str, FluentValue<'a>>;

impl Strings {
    /// Reads messages. `first` is the language in which every message exists.
    ///
    /// # Errors
    /// When a file is no Fluent, defines a message twice, or has a tag that is no language.
    pub fn new(
        first: &str,
        files: impl IntoIterator<Item = Messages>,
    ) -> Result<Self, MessagesError> {
        let mut bundles: BTreeMap<String, FluentBundle<FluentResource>> = BTreeMap::new();
        let mut keys = BTreeSet::new();
        for Messages { tag, file, source, overrides } in files {
            let wrong = |reason: String| MessagesError { file: file.clone(), line: None, reason };
            let language = language(&tag).map_err(wrong)?;
            if tag == first {
                keys.extend(source.lines().filter_map(message_key).map(str::to_owned));
            }
            let resource = resource(source).map_err(|mistakes| {
                let (line, reason) = mistakes.into_iter().next().unzip();
                let reason = reason.unwrap_or_else(|| "this cannot be read".to_owned());
                MessagesError { file: file.clone(), line, reason }
            })?;
            let bundle = bundles.entry(tag).or_insert_with(|| {
                let mut bundle = FluentBundle::new_concurrent(vec![language]);
                bundle.set_use_isolating(false);
                bundle
            });
            if overrides {
                bundle.add_resource_overriding(resource);
            } else {
                bundle.add_resource(resource).map_err(|errors| wrong(list(errors.iter())))?;
            }
        }
        let mut languages: Vec<_> =
            bundles.into_iter().map(|(tag, bundle)| Language::new(tag, bundle, &keys)).collect();
        languages.sort_by_key(|language| language.tag != first);
        Ok(Self { languages, keys })
    }

    /// Every language.
    pub fn locales(&self) -> impl Iterator<Item = Locale> + use<> {
        (0..self.languages.len()).map(Locale)
    }

    /// A language's BCP 47 tag.
    #[must_use]
    pub fn tag(&self, locale: Locale) -> &str {
        self.languages.get(locale.0).map_or("en", |language| &language.tag)
    }

    /// The language of one tag, by itself or by its primary language.
    #[must_use]
    pub fn find(&self, tag: &str) -> Option<Locale> {
        let primary =
            |tag: &str| tag.split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase();
        let exact = self.languages.iter().position(|known| known.tag.eq_ignore_ascii_case(tag));
        let close = || self.languages.iter().position(|known| primary(&known.tag) == primary(tag));
        exact.or_else(close).map(Locale)
    }

    /// The language that a person reads.
    #[must_use]
    pub fn negotiate(&self, wishes: Wishes<'_>) -> Locale {
        let asked = wishes.ui_locales.into_iter().flat_map(str::split_whitespace);
        let kept = wishes.cookie.into_iter();
        let accepted = wishes.accept_language.map(accepted).unwrap_or_default();
        asked.chain(kept).chain(accepted).find_map(|tag| self.find(tag)).unwrap_or(Locale::FIRST)
    }

    /// A message that says the same whatever its arguments: most of them.
    #[must_use]
    pub fn fixed(&self, locale: Locale, key: &str) -> Option<&Arc<str>> {
        self.languages.get(locale.0)?.fixed.get(key)
    }

    /// Says a message.
    ///
    /// # Errors
    /// When no language has it, or an argument is missing.
    pub fn say(&self, locale: Locale, key: &str, args: &Args<'_>) -> Result<String, Unsaid> {
        if let Some(text) = self.fixed(locale, key) {
            return Ok(text.to_string());
        }
        let in_order = self.languages.get(locale.0).into_iter().chain(self.languages.first());
        for language in in_order {
            let Some(pattern) = language.bundle.get_message(key).and_then(|found| found.value())
            else {
                continue;
            };
            let args: FluentArgs<'_> =
                args.iter().map(|(name, value)| (*name, value.clone())).collect();
            let mut errors = Vec::new();
            let said = language.bundle.format_pattern(pattern, Some(&args), &mut errors);
            return match errors.as_slice() {
                [] => Ok(said.into_owned()),
                errors => Err(Unsaid::Incomplete(key.to_owned(), list(errors.iter()))),
            };
        }
        Err(Unsaid::Missing(key.to_owned()))
    }

    /// The messages that the first language has and another lacks.
    #[must_use]
    pub fn untranslated(&self, locale: Locale) -> Vec<String> {
        let Some(language) = self.languages.get(locale.0) else { return Vec::new() };
        self.keys.iter().filter(|key| !language.bundle.has_message(key)).cloned().collect()
    }

    /// A time as people write it: "Today, 07:12", "Yesterday, 19:40" or "3 Sep 2026". `inline`
    /// for the middle of a sentence.
    ///
    /// # Errors
    /// When the theme lacks the messages for it.
    pub fn when(
        &self,
        locale: Locale,
        at: Timestamp,
        now: Timestamp,
        zone: &TimeZone,
        inline: bool,
    ) -> Result<String, Unsaid> {
        let zoned = zoned(at, zone);
        let today = zoned_date(now, zone);
        let time = format!("{:02}:{:02}", zoned.hour(), zoned.minute());
        let case = if inline { "-inline" } else { "" };
        let date = zoned.date();
        let recent = if date == today {
            Some("today")
        } else if date.tomorrow().is_ok_and(|next| next == today) {
            Some("yesterday")
        } else if today.tomorrow().is_ok_and(|next| next == date) {
            Some("tomorrow")
        } else {
            None
        };
        if let Some(recent) = recent {
            let args = Args::from([("time", FluentValue::from(time))]);
            return self.say(locale, &format!("when-{recent}{case}"), &args);
        }
        let month = self.say(locale, &format!("month-{}", date.month()), &Args::new())?;
        let args = Args::from([
            ("day", FluentValue::from(date.day().to_string())),
            ("month", FluentValue::from(month)),
            ("year", FluentValue::from(date.year().to_string())),
        ]);
        self.say(locale, "when-date", &args)
    }

    /// A time for readers whose zone nobody knows: "3 Sep 2026, 07:12 UTC".
    ///
    /// # Errors
    /// When the theme lacks the messages for it.
    pub fn moment(&self, locale: Locale, at: Timestamp) -> Result<String, Unsaid> {
        let zoned = zoned(at, &TimeZone::UTC);
        let month = self.say(locale, &format!("month-{}", zoned.month()), &Args::new())?;
        let args = Args::from([
            ("day", FluentValue::from(zoned.day().to_string())),
            ("month", FluentValue::from(month)),
            ("year", FluentValue::from(zoned.year().to_string())),
            ("time", FluentValue::from(format!("{:02}:{:02}", zoned.hour(), zoned.minute()))),
        ]);
        self.say(locale, "when-utc", &args)
    }
}

/// A time for machines, e.g. `2026-09-03T07:12:00+01:00` (RFC 3339).
#[must_use]
pub fn machine_time(at: Timestamp, zone: &TimeZone) -> String {
    zoned(at, zone).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
}

fn zoned(at: Timestamp, zone: &TimeZone) -> jiff::Zoned {
    let at = jiff::Timestamp::from_millisecond(at.millis()).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
    at.to_zoned(zone.clone())
}

fn zoned_date(at: Timestamp, zone: &TimeZone) -> jiff::civil::Date {
    zoned(at, zone).date()
}

/// What is wrong with the syntax of some messages, each with its line.
pub(crate) fn mistakes(source: &str) -> Vec<(usize, String)> {
    resource(source.to_owned()).err().unwrap_or_default()
}

/// The braces and brackets of one message: the parser goes as deep as they do.
const BRACES: usize = 200;

/// Reads messages.
fn resource(source: String) -> Result<FluentResource, Vec<(usize, String)>> {
    let deadly = deadly(&source);
    if !deadly.is_empty() {
        return Err(deadly);
    }
    FluentResource::try_new(source).map_err(|(resource, errors)| {
        let source = resource.source().as_bytes();
        let line = |at: usize| source.iter().take(at).filter(|byte| **byte == b'\n').count() + 1;
        errors.iter().map(|error| (line(error.pos.start), error.to_string())).collect()
    })
}

/// What the parser would not survive: no end of braces, and an escape that it cuts a letter for.
fn deadly(source: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    let mut braces = 0;
    for (index, line) in source.lines().enumerate() {
        if message_key(line.trim_start_matches('-')).is_some() {
            braces = 0;
        }
        let before = braces;
        braces += line.bytes().filter(|byte| b"{(".contains(byte)).count();
        if before <= BRACES && braces > BRACES {
            let text = format!("more than {BRACES} braces and brackets in one message");
            found.push((index + 1, text));
        }
        let escapes = [("\\u", 4), ("\\U", 6)].into_iter();
        if escapes.flat_map(|(mark, digits)| cut(line, mark, digits)).next().is_some() {
            found.push((index + 1, "\\u has four hexadecimal digits, \\U six".to_owned()));
        }
    }
    found
}

/// Where an escape has too few digits, and a letter of several bytes after them.
fn cut<'l>(line: &'l str, mark: &'l str, digits: usize) -> impl Iterator<Item = usize> + 'l {
    line.match_indices(mark).map(|(at, _)| at).filter(move |at| {
        let escaped = line[..*at].bytes().rev().take_while(|byte| *byte == b'\\').count() % 2 == 1;
        let mut rest = line[at + mark.len()..].chars();
        let next = rest.by_ref().take(digits).find(|letter| !letter.is_ascii_hexdigit());
        !escaped && next.is_some_and(|letter| !letter.is_ascii())
    })
}

/// A language by its tag (BCP 47).
pub(crate) fn language(tag: &str) -> Result<LanguageIdentifier, String> {
    tag.parse().map_err(|_| format!("{tag} is no language tag"))
}

/// The key of a message that begins on this line: what stands before `=` at the line's start.
pub(crate) fn message_key(line: &str) -> Option<&str> {
    let (key, _) = line.split_once('=')?;
    let key = key.trim_end();
    let letters = key.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
    (letters && key.starts_with(|c: char| c.is_ascii_alphabetic())).then_some(key)
}

/// The tags of `Accept-Language`, most wanted first. Junk is skipped.
fn accepted(header: &str) -> Vec<&str> {
    let mut tags: Vec<(u32, &str)> = header
        .split(',')
        .take(32)
        .filter_map(|item| {
            let (tag, weight) = item.split_once(';').unwrap_or((item, "q=1"));
            let weight: f32 = weight.trim().strip_prefix("q=")?.parse().ok()?;
            // Whole thousandths (RFC 9110 §12.4.2), so that they can be sorted.
            let weight = (weight.clamp(0.0, 1.0) * 1000.0) as u32;
            (weight > 0).then_some((weight, tag.trim()))
        })
        .collect();
    tags.sort_by_key(|(weight, _)| std::cmp::Reverse(*weight));
    tags.into_iter().map(|(_, tag)| tag).collect()
}

fn list<E: fmt::Display>(errors: impl Iterator<Item = E>) -> String {
    errors.map(|error| error.to_string()).collect::<Vec<_>>().join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(tag: &str, source: &str, overrides: bool) -> Messages {
        Messages { tag: tag.into(), file: tag.into(), source: source.into(), overrides }
    }

    fn strings() -> Strings {
        let en = "hello = Hello, { $name }\nonly = Only English\nwhen-today = Today, { $time }\n\
                  when-yesterday = Yesterday, { $time }\n\
                  when-tomorrow = Tomorrow, { $time }\nwhen-date = { $day } { $month } { $year }\n\
                  month-9 = Sep\n";
        let cy = "hello = Helo, { $name }\n";
        Strings::new("en", [file("cy", cy, false), file("en", en, false)]).expect("messages")
    }

    fn cy(strings: &Strings) -> Locale {
        strings.find("cy").expect("Welsh")
    }

    #[test]
    fn a_message_is_said_in_the_language_or_else_in_the_first() {
        let strings = strings();
        let args = Args::from([("name", "Amy".into())]);
        assert_eq!(strings.say(cy(&strings), "hello", &args), Ok("Helo, Amy".into()));
        assert_eq!(strings.say(cy(&strings), "only", &Args::new()), Ok("Only English".into()));
        assert_eq!(
            strings.say(Locale::FIRST, "nowhere", &Args::new()),
            Err(Unsaid::Missing("nowhere".into()))
        );
        assert!(matches!(
            strings.say(Locale::FIRST, "hello", &Args::new()),
            Err(Unsaid::Incomplete(..))
        ));
    }

    #[test]
    fn an_override_replaces_single_messages() {
        let strings = Strings::new(
            "en",
            [file("en", "a = A\nb = B\n", false), file("en", "a = Other\n", true)],
        )
        .expect("messages");
        assert_eq!(strings.say(Locale::FIRST, "a", &Args::new()), Ok("Other".into()));
        assert_eq!(strings.say(Locale::FIRST, "b", &Args::new()), Ok("B".into()));
        let twice = [file("en", "a = A\n", false), file("en", "a = B\n", false)];
        assert!(Strings::new("en", twice).is_err());
    }

    #[test]
    fn the_language_is_asked_for_then_remembered_then_accepted() {
        let strings = strings();
        let cy = cy(&strings);
        let wish = |ui_locales, cookie, accept_language| {
            strings.negotiate(Wishes { ui_locales, cookie, accept_language })
        };
        assert_eq!(wish(None, None, None), Locale::FIRST);
        assert_eq!(wish(Some("fr cy-GB en"), Some("en"), Some("en")), cy);
        assert_eq!(wish(Some("fr"), Some("cy"), Some("en")), cy);
        assert_eq!(wish(None, Some("\u{0}junk"), Some("en;q=0.5, cy;q=0.9, *;q=0.1")), cy);
        assert_eq!(wish(None, None, Some("cy;q=0, en")), Locale::FIRST);
        assert_eq!(wish(None, None, Some(";;;,q=,cy;q=NaN,-,=")), Locale::FIRST);
    }

    #[test]
    fn what_the_parser_would_not_survive_is_told_with_its_line() {
        let read = |source: &str| Strings::new("en", [file("en", source, false)]).map(drop);
        let told = |source: &str| {
            let error = read(source).expect_err("refused");
            (error.line, error.reason)
        };
        for deep in ["{".repeat(100_000), "{ F(".repeat(100_000), "{\nF(\n".repeat(100_000)] {
            let (_, reason) = told(&format!("a = x\nb = {deep}\n"));
            assert_eq!(reason, "more than 200 braces and brackets in one message");
        }
        let (line, reason) = told("a = x\nb = { \"\\u00é\" }\n");
        assert_eq!(line, Some(2));
        assert_eq!(reason, "\\u has four hexadecimal digits, \\U six");
        assert_eq!(told("a = { \"\\U\u{1f600}\" }\n").1, reason);
        let many = "a = { $x }\n".replace("{ $x }", &"{ $x } ".repeat(150));
        read(&many).expect("many, side by side");
        read("a = { \"\\u00e9é \\\\ué\" }\nb = { { { $x } } }\n").expect("whole escapes");
    }

    #[test]
    fn times_are_told_as_people_tell_them() {
        let strings = strings();
        let zone = TimeZone::fixed(jiff::tz::offset(1));
        let now = Timestamp::from_seconds(1_788_419_520); // 3 Sep 2026, 08:12 at +01:00
        let say = |seconds_ago: i64| {
            let at = Timestamp::from_seconds(now.seconds() - seconds_ago);
            strings.when(Locale::FIRST, at, now, &zone, false).expect("words")
        };
        assert_eq!(say(3600), "Today, 07:12");
        assert_eq!(say(9 * 3600), "Yesterday, 23:12");
        assert_eq!(say(-24 * 3600), "Tomorrow, 08:12");
        assert_eq!(say(2 * 24 * 3600), "1 Sep 2026");
        assert_eq!(say(-2 * 24 * 3600), "5 Sep 2026");
        assert_eq!(machine_time(now, &zone), "2026-09-03T08:12:00+01:00");
    }
}
