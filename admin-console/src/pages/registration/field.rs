//! A field of a form as data: how it is typed, the member of the document that it stands for, and
//! what is said of it in words.

use std::collections::BTreeSet;

use latchkey_api::AdminScope;
use latchkey_api::organisations::OrganisationRef;
use latchkey_web::{Problem, Text};
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::pages::can::what;
use crate::pages::choice::{Choice, choices};

/// What the API has of an application: members by their names.
pub(crate) type Document = Map<String, Value>;

/// How a field is typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Input {
    /// A line of words.
    Line,
    /// A line of signs, by which programs know it. It is said beside the kind of a new one.
    Id,
    /// Several lines.
    Lines,
    /// Several lines that are shown sign by sign.
    Exact,
    /// A box to tick.
    Tick,
    /// One of [`Field::choices`].
    Choice,
    /// An organisation, or everywhere.
    Organisation,
    /// Scopes, each with a box to tick.
    Scopes,
}

/// A field. Templates see of it what is not skipped.
#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) struct Field {
    /// The name of its input.
    pub(crate) name: &'static str,
    /// The message that it is called by, and the stem of its other ones.
    pub(crate) words: &'static str,
    pub(crate) input: Input,
    /// How many lines are shown of it.
    pub(crate) rows: u8,
    pub(crate) required: bool,
    /// The member of the document.
    #[serde(skip)]
    pub(crate) member: &'static str,
    #[serde(skip)]
    pub(crate) codec: Codec,
    /// What can be chosen: an empty one is what counts where nothing is said.
    #[serde(skip)]
    pub(crate) choices: &'static [&'static str],
    /// What is said where nothing is typed, and where a box is ticked.
    #[serde(skip)]
    pub(crate) unset: &'static str,
    #[serde(skip)]
    pub(crate) ticked: &'static str,
    /// Where nothing is typed it stays as it was.
    #[serde(skip)]
    pub(crate) stays: bool,
    /// What is said when the API refuses it, and where its code says more than that.
    #[serde(skip)]
    pub(crate) wrong: &'static str,
    #[serde(skip)]
    pub(crate) codes: &'static [(&'static str, &'static str)],
}

/// How a document has what is typed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Codec {
    /// What a member says, as it is typed.
    pub(crate) read: fn(&Document, &str) -> String,
    /// Makes a member say what was typed, or tells what is wrong with that.
    pub(crate) write: fn(&mut Document, &str, &str) -> Result<(), Text>,
}

/// As a text.
pub(crate) const TEXT: Codec = Codec {
    read: |document, member| text(document.get(member)),
    write: |document, member, typed| {
        set(document, member, typed.into());
        Ok(())
    },
};
/// As `true`, or not at all.
const TICK: Codec = Codec {
    read: |document, member| {
        let is = document.get(member).is_some_and(|it| it == true);
        if is { "yes".to_owned() } else { String::new() }
    },
    write: |document, member, typed| {
        set(document, member, if typed.is_empty() { Value::Null } else { true.into() });
        Ok(())
    },
};
/// As a list of texts.
pub(crate) const LIST: Codec = Codec {
    read: |document, member| texts(document.get(member)).collect::<Vec<_>>().join("\n"),
    write: |document, member, typed| {
        set(document, member, lines(typed).collect::<Vec<_>>().into());
        Ok(())
    },
};

/// A member's text; none where it is something else.
pub(crate) fn text(value: Option<&Value>) -> String {
    value.and_then(Value::as_str).unwrap_or_default().to_owned()
}

/// The texts of a member's list.
pub(crate) fn texts(value: Option<&Value>) -> impl Iterator<Item = &str> {
    value.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str)
}

/// The lines of what was typed that say anything.
pub(crate) fn lines(typed: &str) -> impl Iterator<Item = &str> {
    typed.lines().map(str::trim).filter(|line| !line.is_empty())
}

/// Sets a member, and takes away one of which there is nothing to say.
pub(crate) fn set(document: &mut Document, member: &str, value: Value) {
    match value == Value::Null || value == "" || value == json!([]) || value == json!({}) {
        true => document.remove(member),
        false => document.insert(member.to_owned(), value),
    };
}

/// Words in an order that says nothing.
pub(crate) fn sorted(text: &str) -> String {
    let mut words: Vec<&str> = text.split_whitespace().collect();
    words.sort_unstable();
    words.join(" ")
}

/// What a field says, in words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Line {
    pub(crate) field: &'static str,
    words: &'static str,
    /// The text is shown sign by sign.
    exact: bool,
    said: Vec<Text>,
    pub(crate) text: String,
}

impl Field {
    /// A line of words that stands for a text.
    pub(crate) const fn new(name: &'static str, words: &'static str, member: &'static str) -> Self {
        Self {
            name,
            words,
            member,
            input: Input::Line,
            rows: 3,
            required: false,
            codec: TEXT,
            choices: &[],
            unset: "console-audit-none",
            ticked: "console-audit-yes",
            stays: false,
            wrong: "console-app-wrong-here",
            codes: &[],
        }
    }

    /// The same typed in several lines.
    pub(crate) const fn lines(self, rows: u8, codec: Codec) -> Self {
        Self { input: Input::Lines, rows, codec, ..self }
    }

    /// The same chosen.
    pub(crate) const fn choice(self, choices: &'static [&'static str]) -> Self {
        Self { input: Input::Choice, choices, ..self }
    }

    /// The same as a box to tick, and what is said of either.
    pub(crate) const fn tick(self, unset: &'static str, ticked: &'static str) -> Self {
        Self { input: Input::Tick, codec: TICK, unset, ticked, ..self }
    }

    /// The same with what is said when the API refuses it.
    pub(crate) const fn wrong(self, wrong: &'static str) -> Self {
        Self { wrong, ..self }
    }

    /// What a document says here, as it is typed.
    pub(crate) fn read(&self, document: &Document) -> String {
        (self.codec.read)(document, self.member)
    }

    /// Makes a document say what was typed here.
    pub(crate) fn write(&self, document: &mut Document, typed: &str) -> Result<(), Problem> {
        let written = (self.codec.write)(document, self.member, typed);
        written.map_err(|text| Problem::at(self.name, text))
    }

    /// What the field says in words.
    pub(crate) fn line(&self, value: &str, organisations: &[OrganisationRef]) -> Line {
        let said = match self.input {
            _ if self.choices.contains(&value) => vec![self.choice_words(value)],
            _ if value.is_empty() => vec![Text::new(self.unset)],
            Input::Tick => vec![Text::new(self.ticked)],
            Input::Scopes => {
                let known = |scope| Some(Text::new(what(AdminScope::parse(scope)?)));
                value.split_whitespace().map(known).collect::<Option<_>>().unwrap_or_default()
            }
            _ => vec![],
        };
        let organisation = organisations.iter().find(|it| it.id == value);
        let text = match organisation.filter(|_| self.input == Input::Organisation) {
            _ if !said.is_empty() => "",
            Some(organisation) => &organisation.name,
            None => value,
        };
        let (exact, text) = (self.input == Input::Exact, text.to_owned());
        Line { field: self.name, words: self.words, exact, said, text }
    }

    /// What a choice is called: by its last word, where it is an address.
    fn choice_words(&self, choice: &str) -> Text {
        let word = choice.rsplit('/').next().filter(|word| !word.is_empty());
        Text::new(format!("{}-{}", self.words, word.unwrap_or("default")))
    }

    /// What can be chosen; `was` is what stood there before anything was.
    pub(crate) fn offered(
        &self,
        (value, was): (&str, &str),
        organisations: &[OrganisationRef],
    ) -> Vec<Choice> {
        let chosen = |it: &str| value.split_whitespace().any(|word| word == it) || value == it;
        match self.input {
            Input::Organisation => {
                let everywhere = Choice::said("", self.unset, chosen(""));
                std::iter::once(everywhere).chain(choices(organisations, value)).collect()
            }
            Input::Scopes => {
                let ours = AdminScope::ALL.into_iter();
                let ours = ours.map(|it| Choice::said(it.as_str(), what(it), chosen(it.as_str())));
                // Scopes of other resources are nothing that we have words for, and stay.
                let known = sorted(&format!("{value} {was}"));
                let others = known.split_whitespace().filter(|it| AdminScope::parse(it).is_none());
                let others: BTreeSet<&str> = others.collect();
                ours.chain(others.into_iter().map(|it| Choice::named(it, it, chosen(it)))).collect()
            }
            _ => {
                let all = self.choices.iter();
                all.map(|it| Choice::said(it, self.choice_words(it), chosen(it))).collect()
            }
        }
    }

    /// What is said when the API refuses it.
    pub(super) fn refusal(&self, code: &str, reason: &str) -> Problem {
        let own = self.codes.iter().find(|(known, _)| *known == code);
        let text = Text::new(own.map_or(self.wrong, |(_, words)| *words));
        Problem::at(self.name, text.with("reason", reason.to_owned()))
    }

    /// Everything that can be wrong with it.
    pub(super) fn problems(&self) -> Vec<Problem> {
        let codes = self.codes.iter().map(|(code, _)| *code).chain([""]);
        let refused = codes.map(|code| self.refusal(code, "<b>"));
        refused.chain(self.write(&mut Document::new(), "<b>").err()).collect()
    }
}

/// What a document says, field by field, of an application that belongs to an organisation.
pub(crate) fn said(
    fields: &[Field],
    document: &Document,
    organisation: Option<&OrganisationRef>,
) -> Vec<Line> {
    let known = organisation.map(std::slice::from_ref).unwrap_or_default();
    fields.iter().map(|field| field.line(&field.read(document), known)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::samples;

    const STRENGTH: Field =
        Field::new("acr", "words-acr", "acr").choice(&["", "https://refeds.example/mfa", "phr"]);
    const AT: Field =
        Field { input: Input::Organisation, unset: "everywhere", ..Field::new("at", "at", "at") };
    const SCOPES: Field = Field { input: Input::Scopes, ..Field::new("scopes", "words", "scopes") };

    #[test]
    fn what_a_field_says_is_said_in_words_where_there_are_any() {
        let known = [samples::organisation().named];
        let (id, name) = (known[0].id.as_str(), known[0].name.as_str());
        let ticked = Field::new("on", "on", "on").tick("off", "on");
        let (plain, read) = (Field::new("name", "name", "name"), what(AdminScope::PeopleRead));
        for (field, value, said, text) in [
            (STRENGTH, "", vec!["words-acr-default"], ""),
            (STRENGTH, "https://refeds.example/mfa", vec!["words-acr-mfa"], ""),
            (STRENGTH, "urn:other", vec![], "urn:other"),
            (ticked, "", vec!["off"], ""),
            (ticked, "yes", vec!["on"], ""),
            (AT, "", vec!["everywhere"], ""),
            (AT, id, vec![], name),
            (AT, "elsewhere", vec![], "elsewhere"),
            (SCOPES, "people:read", vec![read], ""),
            (SCOPES, "of:another people:read", vec![], "of:another people:read"),
            (plain, "", vec!["console-audit-none"], ""),
            (plain, id, vec![], id),
        ] {
            let line = field.line(value, &known);
            let keys: Vec<_> = line.said.iter().map(|it| it.key.as_str()).collect();
            assert_eq!((keys, line.text.as_str()), (said, text), "{}: {value}", field.name);
        }
    }

    #[test]
    fn scopes_that_have_no_words_here_can_still_be_chosen_and_come_back_when_they_were_not() {
        let offered = SCOPES.offered(("people:read of:b", "of:b of:a"), &[]);
        let chosen: Vec<_> =
            offered.iter().filter(|it| it.chosen).map(|it| it.value.as_str()).collect();
        assert_eq!(chosen, ["people:read", "of:b"]);
        let named: Vec<_> = offered.iter().filter_map(|it| it.name.as_deref()).collect();
        assert_eq!(named, ["of:a", "of:b"]);
        assert_eq!(offered.len(), AdminScope::ALL.len() + 2);
    }
}
