//! Help pages at `/help`: readable without logging in, with the contact of the organisation where
//! that is known. They tell nothing about any account.

use latchkey_web::{Help, Page};
use serde::Serialize;

use super::login::Contact;

/// The list of help pages.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Index {
    /// The pages by what somebody comes for, in order.
    pub groups: &'static [Group],
}

/// Help pages that belong together.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Group {
    /// The end of the key of its heading.
    pub name: &'static str,
    /// The pages, in order.
    pub topics: &'static [Help],
}

impl Default for Index {
    fn default() -> Self {
        Self { groups: GROUPS }
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
    /// The local administrators of the reader's organisation, for who is logged in.
    pub administrators: Vec<Contact>,
    /// Organisations to choose from, for who is not: theirs decides whom they call.
    pub organisations: Vec<Choice>,
    /// Every system that steps are told for, the reader's first.
    pub systems: [System; 5],
    /// The reader's, where it can be guessed: its steps are open.
    pub system: Option<System>,
}

/// An operating system, as far as keys are looked after differently on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum System {
    /// Its own settings do it.
    Windows,
    /// A browser does it.
    Mac,
    /// Makers' apps do it. Also an iPad, unless it says that it is a Mac.
    Iphone,
    /// Makers' apps do it.
    Android,
    /// A browser or a terminal does it. Also ChromeOS.
    Linux,
}

impl System {
    /// Every system, in order.
    pub const ALL: [Self; 5] = [Self::Windows, Self::Mac, Self::Iphone, Self::Android, Self::Linux];
}

/// An organisation whose helpdesk can be reached.
#[derive(Clone, Debug, Serialize)]
pub struct Choice {
    /// Its name.
    pub name: String,
    /// Where its helpdesk stands.
    pub url: String,
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
        Self {
            topic,
            call: None,
            administrators: Vec::new(),
            organisations: Vec::new(),
            systems: System::ALL,
            system: None,
        }
    }

    /// With the steps for `system` first.
    #[must_use]
    pub fn read_on(mut self, system: Option<System>) -> Self {
        self.systems.sort_by_key(|listed| Some(*listed) != system);
        Self { system, ..self }
    }

    /// What is told to somebody with an iPhone.
    #[must_use]
    pub fn iphone_sample() -> Self {
        Self::of(Help::ForgottenPin).read_on(Some(System::Iphone))
    }

    /// "Get help" with a call that somebody answered.
    #[must_use]
    pub fn answered_sample() -> Self {
        let number = ["482".to_owned(), "915".to_owned()];
        let call = Call { number, helper: Some("Sam Desk".into()), case: Some("NG-20418".into()) };
        Self { call: Some(call), ..Self::of(Help::GetHelp) }
    }

    /// Local administrators of whoever is logged in.
    #[must_use]
    pub fn administrators_sample() -> Self {
        let sam = Contact { name: "Sam Desk".into(), email: Some("sam@northgate.example".into()) };
        let jo = Contact { name: "Jo Penn".into(), email: None };
        Self { administrators: vec![sam, jo], ..Self::of(Help::LocalAdministrator) }
    }

    /// Organisations to choose from.
    #[must_use]
    pub fn organisations_sample() -> Self {
        let choice = |name: &str, slug: &str| Choice {
            name: name.to_owned(),
            url: Help::LocalAdministrator.url(Some(slug)),
        };
        let organisations =
            vec![choice("Harbour Clinic", "harbour"), choice("Northgate <Trust>", "northgate")];
        Self { organisations, ..Self::of(Help::LocalAdministrator) }
    }
}

impl Page for Article {
    const TEMPLATE: &'static str = "help/article.html";

    fn sample() -> Self {
        Self::of(Help::KeyNotWorking)
    }

    fn help(&self) -> Vec<Help> {
        let group = GROUPS.iter().find(|group| group.topics.contains(&self.topic));
        let near = group.map_or(&[][..], |group| group.topics);
        let all = near.iter().chain(GROUPS[0].topics).copied();
        // "Get help" always stands after them.
        let mut others: Vec<Help> = Vec::new();
        for topic in all.filter(|topic| ![self.topic, Help::GetHelp].contains(topic)) {
            if !others.contains(&topic) {
                others.push(topic);
            }
        }
        others
    }
}

const GROUPS: &[Group] = &[
    Group {
        name: "wrong",
        topics: &[Help::KeyNotWorking, Help::ForgottenPin, Help::LostKey, Help::ForgottenPassword],
    },
    Group { name: "begin", topics: &[Help::WhatIsAKey, Help::StartUsing] },
    Group {
        name: "keys",
        topics: &[Help::RegisterKey, Help::RenameKey, Help::RemoveKey, Help::FactoryReset],
    },
    Group { name: "people", topics: &[Help::LocalAdministrator, Help::GetHelp] },
];
