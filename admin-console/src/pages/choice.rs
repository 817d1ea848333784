//! What is chosen from: the options of a list, of radio buttons and of boxes to tick.

use latchkey_api::organisations::OrganisationRef;
use latchkey_web::Text;
use serde::Serialize;

/// An option.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Choice {
    /// What a form sends for it.
    pub(super) value: String,
    /// What it is called, where that is a message.
    label: Option<Text>,
    /// What it is called, where it has a name of its own.
    pub(super) name: Option<String>,
    hint: Option<Text>,
    pub(super) chosen: bool,
}

impl Choice {
    /// One that the theme has words for.
    pub(super) fn said(value: &str, label: impl Into<Text>, chosen: bool) -> Self {
        let (value, label) = (value.to_owned(), Some(label.into()));
        Self { value, label, name: None, hint: None, chosen }
    }

    /// One with a name of its own.
    pub(super) fn named(value: &str, name: &str, chosen: bool) -> Self {
        let (value, name) = (value.to_owned(), Some(name.to_owned()));
        Self { value, label: None, name, hint: None, chosen }
    }

    /// The same with what helps to choose.
    pub(super) fn hinted(self, hint: Text) -> Self {
        Self { hint: Some(hint), ..self }
    }
}

/// Organisations to choose from.
pub(super) fn choices(places: &[OrganisationRef], chosen: &str) -> Vec<Choice> {
    places.iter().map(|it| Choice::named(&it.id, &it.name, it.id == chosen)).collect()
}
