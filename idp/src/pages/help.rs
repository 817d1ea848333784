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
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Article {
    /// Which.
    pub topic: Help,
}

impl Page for Article {
    const TEMPLATE: &'static str = "help/article.html";

    fn sample() -> Self {
        Self { topic: Help::KeyNotWorking }
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
