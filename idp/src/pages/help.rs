//! Help pages at `/help`: readable without logging in, with the contact of the organisation where
//! that is known. They tell nothing about any account.

use latchkey_web::{Help, Page};
use serde::Serialize;

/// The list of help pages.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Index {
    /// The pages, in order.
    pub topics: &'static [Help],
}

impl Default for Index {
    fn default() -> Self {
        Self { topics: ANSWERS }
    }
}

impl Page for Index {
    const TEMPLATE: &'static str = "help/index.html";

    fn sample() -> Self {
        Self::default()
    }

    fn help(&self) -> Vec<Help> {
        vec![]
    }
}

/// One help page.
#[derive(Clone, Debug, Serialize)]
pub struct Article {
    /// Which.
    pub topic: Help,
    /// The call to the helpdesk that this browser shows, on "Get help".
    pub call: Option<Call>,
}

/// A call to the helpdesk: its number connects a voice with a browser, and unlocks nothing.
#[derive(Clone, Debug, Serialize)]
pub struct Call {
    /// Six digits, in two halves.
    pub number: [String; 2],
    /// Who helps, once somebody does.
    pub helper: Option<String>,
    /// Their case number.
    pub case: Option<String>,
}

impl Article {
    /// A page by itself.
    #[must_use]
    pub fn of(topic: Help) -> Self {
        Self { topic, call: None }
    }

    /// "Get help" with a call that somebody answered.
    #[must_use]
    pub fn answered_sample() -> Self {
        let number = ["482".to_owned(), "915".to_owned()];
        let call = Call { number, helper: Some("Sam Desk".into()), case: Some("NG-20418".into()) };
        Self { topic: Help::GetHelp, call: Some(call) }
    }
}

impl Page for Article {
    const TEMPLATE: &'static str = "help/article.html";

    fn sample() -> Self {
        Self::of(Help::KeyNotWorking)
    }

    fn help(&self) -> Vec<Help> {
        ANSWERS.iter().copied().filter(|topic| *topic != self.topic).collect()
    }
}

const ANSWERS: &[Help] = &[
    Help::KeyNotWorking,
    Help::ForgottenPin,
    Help::LostKey,
    Help::ForgottenPassword,
    Help::WhatIsAKey,
];
