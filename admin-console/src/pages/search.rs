//! The one search field, and who is found by it.

use latchkey_api::people::{PersonState, PersonSummary};
use latchkey_web::limits::Params;
use latchkey_web::{Help, Page, Text};
use serde::Serialize;
use uuid::Uuid;

use super::call::{address, searched};
use super::samples;
use crate::client::Api;
use crate::visitor::{Admin, Stop};

/// The name of the search field.
pub(crate) const TYPED: &str = "search";
/// Nobody's name is longer, and the API does not take more.
const LONGEST: usize = 100;

/// What was typed, and who was found.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Search {
    typed: String,
    /// The call number that goes along.
    call: String,
    /// Nothing was asked for yet.
    unasked: bool,
    found: Vec<Found>,
    /// There are more than are shown.
    more: bool,
}

/// Somebody who was found.
#[derive(Clone, Debug, Serialize)]
struct Found {
    #[serde(skip)]
    id: Uuid,
    url: String,
    name: Vec<Piece>,
    username: String,
    staff_number: Option<String>,
    organisation: String,
    /// Where it was found, if not in what is shown.
    by: Option<Text>,
    state: Option<Text>,
    current: bool,
}

/// A piece of a name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct Piece {
    text: String,
    /// It is what was typed.
    hit: bool,
}

impl Search {
    /// Asks for what the address has.
    pub(crate) async fn of(
        admin: &Admin,
        query: &Params,
        current: Option<Uuid>,
    ) -> Result<Self, Stop> {
        let one = |name| query.one(name).ok().flatten().unwrap_or_default();
        Self::ask(&admin.api, one(TYPED), one("call"), current).await
    }

    pub(crate) async fn ask(
        api: &Api,
        typed: &str,
        call: &str,
        current: Option<Uuid>,
    ) -> Result<Self, Stop> {
        let typed: String = typed.trim().chars().take(LONGEST).collect();
        let call: String = call.trim().chars().take(20).collect();
        let unasked = typed.is_empty();
        let (mut found, mut more) = (Vec::new(), false);
        if !unasked {
            let page = api.people(&searched(&typed)).await?;
            more = page.next.is_some();
            found = page.items.iter().map(|it| Found::new(it, &typed, &call, current)).collect();
        }
        Ok(Self { typed, call, unasked, found, more })
    }

    /// The same where whoever is found is chosen for something, and not gone to.
    pub(crate) fn leading_to(mut self, address: &str) -> Self {
        for found in &mut self.found {
            found.url = format!("{address}?person={}", found.id);
        }
        self
    }

    pub(crate) fn empty_sample() -> Self {
        let (typed, call) = ("nobody".to_owned(), "482915".to_owned());
        Self { typed, call, unasked: false, found: vec![], more: false }
    }

    pub(crate) fn sample() -> Self {
        let mut person = samples::person().summary;
        person.name = "Bethan <Price>".into();
        person.state = PersonState::Disabled;
        person.found_by = Some(latchkey_api::people::FoundBy { field: "nickname".into() });
        let other = PersonSummary { id: Uuid::max(), found_by: None, ..person.clone() };
        let of = |person: &PersonSummary| Found::new(person, "beth pr", "", Some(Uuid::nil()));
        let found = vec![of(&person), of(&other)];
        Self { typed: "beth pr".into(), call: String::new(), unasked: false, found, more: true }
    }
}

impl Found {
    fn new(person: &PersonSummary, typed: &str, call: &str, current: Option<Uuid>) -> Self {
        let pairs = [(TYPED, typed), ("call", call)];
        let pairs: Vec<_> = pairs.into_iter().filter(|(_, value)| !value.is_empty()).collect();
        let query = serde_urlencoded::to_string(pairs).unwrap_or_default();
        let by = person.found_by.as_ref();
        let by = by.filter(|by| matches!(by.field.as_str(), "nickname" | "asset_tag"));
        let state = match person.state {
            PersonState::Active => None,
            PersonState::Invited => Some(Text::new("console-state-invited")),
            PersonState::Disabled => Some(Text::new("console-state-disabled")),
        };
        Self {
            id: person.id,
            url: format!("{}?{query}", address(person.id)),
            name: pieces(&person.name, typed),
            username: person.username.clone(),
            staff_number: person.staff_number.clone(),
            organisation: person.organisation.name.clone(),
            by: by.map(|by| Text::new(format!("console-found-{}", by.field.replace('_', "-")))),
            state,
            current: current == Some(person.id),
        }
    }
}

/// A name in pieces: the beginnings of its words that were typed, and the rest.
fn pieces(name: &str, typed: &str) -> Vec<Piece> {
    let typed: Vec<Vec<char>> =
        typed.split_whitespace().map(|word| word.to_lowercase().chars().collect()).collect();
    let mut pieces: Vec<Piece> = Vec::new();
    let mut push = |text: &str, hit: bool| match pieces.last_mut().filter(|last| last.hit == hit) {
        Some(last) => last.text.push_str(text),
        None if text.is_empty() => {}
        None => pieces.push(Piece { text: text.to_owned(), hit }),
    };
    for word in name.split_inclusive(|c: char| !c.is_alphanumeric()) {
        // Only where the letters are as many in small letters can they be told apart.
        let small: Vec<char> = word.chars().flat_map(char::to_lowercase).collect();
        let hit = typed.iter().filter(|typed| small.starts_with(typed)).map(Vec::len).max();
        let same = small.len() == word.chars().count();
        let end = hit.filter(|_| same).and_then(|hit| word.char_indices().nth(hit));
        match (hit.filter(|_| same), end) {
            (None, _) => push(word, false),
            (Some(_), None) => push(word, true),
            (Some(_), Some((end, _))) => {
                push(&word[..end], true);
                push(&word[end..], false);
            }
        }
    }
    pieces
}

/// What is found, without the rest of a page.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Results {
    pub(crate) search: Search,
}

impl Page for Results {
    const TEMPLATE: &'static str = "console/results.html";

    fn sample() -> Self {
        Self { search: Search::sample() }
    }

    fn help(&self) -> Vec<Help> {
        vec![]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marked(name: &str, typed: &str) -> String {
        let pieces = pieces(name, typed).into_iter();
        pieces.map(|it| if it.hit { format!("[{}]", it.text) } else { it.text }).collect()
    }

    #[test]
    fn the_beginnings_of_words_that_were_typed_are_marked() {
        assert_eq!(marked("Bethan Price", "beth pr"), "[Beth]an [Pr]ice");
        assert_eq!(marked("Eleri Bethan Protheroe", "PR bethan"), "Eleri [Bethan] [Pr]otheroe");
        assert_eq!(marked("Bethan Prichard-Okonkwo", "ok"), "Bethan Prichard-[Ok]onkwo");
        assert_eq!(marked("Siân Ó Néill", "siâ"), "[Siâ]n Ó Néill");
        assert_eq!(marked("İpek", "i"), "İpek", "more letters in small ones");
        assert_eq!(marked("Amy", "amyx"), "Amy");
        assert_eq!(marked("🎉 Amy", "amy"), "🎉 [Amy]");
        assert_eq!(marked("", "amy"), "");
    }
}
