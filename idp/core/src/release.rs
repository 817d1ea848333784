//! What an application may be told of a person, as data: each rule says which of the things that
//! are known of them goes out. How it is named on the way is the protocol's to say.
//!
//! The same rules serve both protocols. Pure: whoever applies them brings the person.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::organisations::{Group, Organisation};
use crate::people::Person;

/// One of the things that are known of a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Source {
    /// What relying applications know them by, the same everywhere.
    Subject,
    /// What they log in with.
    Username,
    /// Their name as people read it.
    Name,
    /// Their given name.
    GivenName,
    /// Their family name.
    FamilyName,
    /// Their e-mail address.
    Email,
    /// What their organisation's payroll knows them by.
    StaffNumber,
    /// Their organisation's name in documents.
    Organisation,
    /// Their organisation's name as people read it.
    OrganisationName,
    /// The groups that they are in, by their names in documents.
    Groups,
    /// A further claim about them.
    Claim(String),
    /// The same for everybody.
    Always(String),
}

/// The words that stand for sources.
const WORDS: [(&str, Source); 10] = [
    ("subject", Source::Subject),
    ("username", Source::Username),
    ("name", Source::Name),
    ("given_name", Source::GivenName),
    ("family_name", Source::FamilyName),
    ("email", Source::Email),
    ("staff_number", Source::StaffNumber),
    ("organisation", Source::Organisation),
    ("organisation_name", Source::OrganisationName),
    ("groups", Source::Groups),
];
const CLAIM: &str = "claim:";
const ALWAYS: &str = "always:";
/// The longest name of a claim, and the longest text that goes out for everybody.
const LONGEST: usize = 1024;

/// A text that names no source.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "is one of subject, username, name, given_name, family_name, email, staff_number, \
     organisation, organisation_name, groups, claim:NAME and always:TEXT"
)]
pub struct NoSource;

impl Source {
    /// The source of a text: one of the words, `claim:NAME` or `always:TEXT`.
    ///
    /// # Errors
    /// When it is none.
    pub fn parse(text: &str) -> Result<Self, NoSource> {
        let named = |rest: &str| {
            let wrong =
                rest.is_empty() || rest.len() > LONGEST || rest.chars().any(char::is_control);
            (!wrong).then(|| rest.to_owned()).ok_or(NoSource)
        };
        if let Some(rest) = text.strip_prefix(CLAIM) {
            return named(rest).map(Self::Claim);
        }
        if let Some(rest) = text.strip_prefix(ALWAYS) {
            return named(rest).map(Self::Always);
        }
        let word = WORDS.iter().find(|(word, _)| *word == text);
        word.map(|(_, source)| source.clone()).ok_or(NoSource)
    }
}

impl TryFrom<String> for Source {
    type Error = NoSource;

    fn try_from(text: String) -> Result<Self, NoSource> {
        Self::parse(&text)
    }
}

impl From<Source> for String {
    fn from(source: Source) -> Self {
        source.to_string()
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Claim(name) => write!(f, "{CLAIM}{name}"),
            Self::Always(text) => write!(f, "{ALWAYS}{text}"),
            other => {
                let word = WORDS.iter().find(|(_, source)| source == other);
                f.write_str(word.map_or("", |(word, _)| word))
            }
        }
    }
}

/// A released value as people read it.
#[must_use]
pub fn words(value: &Value) -> String {
    texts(value).join(", ")
}

/// Everything that rules choose from.
#[derive(Clone, Copy, Debug)]
pub struct Facts<'a> {
    /// The person.
    pub person: &'a Person,
    /// Their organisation.
    pub organisation: &'a Organisation,
    /// The groups that they are in; empty where no rule asks for them.
    pub groups: &'a [Group],
}

impl Facts<'_> {
    /// What a source says of the person: nothing, one value, or several. Never an empty one.
    #[must_use]
    pub fn values(&self, source: &Source) -> Vec<String> {
        let person = self.person;
        let one = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        let found = match source {
            Source::Subject => one(&person.subject.0.to_string()),
            Source::Username => one(person.username.as_str()),
            Source::Name => one(&person.name),
            Source::GivenName => self.claimed("given_name").or_else(|| one(apart(&person.name).0)),
            Source::FamilyName => {
                self.claimed("family_name").or_else(|| one(apart(&person.name).1))
            }
            Source::Email => person.email.as_deref().and_then(one),
            Source::StaffNumber => person.staff_number.as_deref().and_then(one),
            Source::Organisation => one(&self.organisation.slug),
            Source::OrganisationName => one(&self.organisation.name),
            Source::Groups => return self.groups.iter().map(|group| group.slug.clone()).collect(),
            Source::Claim(name) => return person.claims.get(name).map(texts).unwrap_or_default(),
            Source::Always(text) => one(text),
        };
        found.into_iter().collect()
    }

    /// The same as one JSON value: groups are a list always, all else only where there are several.
    #[must_use]
    pub fn value(&self, source: &Source) -> Option<Value> {
        let mut values = self.values(source);
        match (source, values.len()) {
            (_, 0) => None,
            (Source::Groups, _) | (_, 2..) => Some(values.into()),
            (_, 1) => values.pop().map(Value::String),
        }
    }

    /// What rules by name release: whatever is not known is left out.
    #[must_use]
    pub fn released(&self, rules: &BTreeMap<String, Source>) -> Map<String, Value> {
        let known = rules.iter().filter_map(|(name, source)| Some((name, self.value(source)?)));
        known.map(|(name, value)| (name.clone(), value)).collect()
    }

    fn claimed(&self, name: &str) -> Option<String> {
        self.person.claims.get(name).map(texts)?.into_iter().next()
    }
}

/// A name in two, where nobody said which part is which: the last word and what stands before it.
/// Applications that insist on both get something to show; a claim says it better.
fn apart(name: &str) -> (&str, &str) {
    let name = name.trim();
    name.rsplit_once(char::is_whitespace)
        .map_or(("", name), |(given, family)| (given.trim_end(), family))
}

/// A claim's value as texts: of a list each, of a table none.
fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) if text.is_empty() => Vec::new(),
        Value::String(text) => vec![text.clone()],
        Value::Number(number) => vec![number.to_string()],
        Value::Bool(flag) => vec![flag.to_string()],
        Value::Array(values) => values.iter().filter(|it| !it.is_array()).flat_map(texts).collect(),
        Value::Null | Value::Object(_) => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use serde_json::json;
    use uuid::Uuid;

    use super::*;
    use crate::Timestamp;
    use crate::ids::{GroupId, OrganisationId, PersonId, Subject, UserHandle};
    use crate::organisations::{Brand, Helpdesk};
    use crate::people::{PersonState, Reminder, Standing, Username};
    use crate::policy::{Overrides, Policy, Preset};
    use crate::usernames::UsernameRules;

    fn values(source: &str, change: impl FnOnce(&mut Person)) -> Vec<String> {
        let home = OrganisationId(Uuid::nil());
        let policy = Arc::new(Policy::resolve(Preset::Hospital, &Overrides::default()));
        let organisation = Organisation {
            id: home,
            slug: "northgate".into(),
            parent: None,
            name: "Northgate Trust".into(),
            helpdesk: Helpdesk::default(),
            brand: Brand::default(),
            usernames: UsernameRules::default(),
            policy: Arc::clone(&policy),
            administrators: policy,
        };
        let group = Group {
            id: GroupId(Uuid::nil()),
            organisation: home,
            slug: "theatre".into(),
            name: "Theatre staff".into(),
            overrides: Overrides::default(),
        };
        let mut person = Person {
            id: PersonId(Uuid::nil()),
            organisation: home,
            subject: Subject(Uuid::nil()),
            user_handle: UserHandle([0; 64]),
            username: Username::parse("amy.ward").expect("a user name"),
            name: "Amy van Ward".into(),
            email: Some("amy@northgate.example".into()),
            verified_email: None,
            staff_number: None,
            state: PersonState::Active,
            ever_had_factor: false,
            interested_at: None,
            claims: Map::new(),
            updated_at: Timestamp::from_seconds(0),
            standing: Standing::default(),
            reminder: Reminder::default(),
        };
        change(&mut person);
        let facts = Facts { person: &person, organisation: &organisation, groups: &[group] };
        facts.values(&Source::parse(source).expect("a source"))
    }

    #[test]
    fn every_source_is_read_from_its_own_text_and_no_other() {
        for (word, source) in WORDS {
            assert_eq!(Source::parse(word), Ok(source.clone()));
            assert_eq!(source.to_string(), word);
        }
        for text in ["claim:department", "always:member"] {
            assert_eq!(Source::parse(text).expect("a source").to_string(), text);
        }
        for text in ["", "Email", "claim:", "always:", "claim:a\nb", "password"] {
            assert_eq!(Source::parse(text), Err(NoSource), "{text:?}");
        }
        assert_eq!(Source::parse(&format!("claim:{}", "a".repeat(1025))), Err(NoSource));
    }

    #[test]
    fn what_is_known_goes_out_and_what_is_not_does_not() {
        assert_eq!(values("email", |_| ()), ["amy@northgate.example"]);
        assert_eq!(values("staff_number", |_| ()), [""; 0]);
        assert_eq!(values("groups", |_| ()), ["theatre"]);
        assert_eq!(values("organisation", |_| ()), ["northgate"]);
        assert_eq!(values("always:member", |_| ()), ["member"]);
        let claimed = |person: &mut Person| {
            person.claims.insert("wards".into(), json!(["a", 7, "", null, ["b"], {"c": 1}]));
        };
        assert_eq!(values("claim:wards", claimed), ["a", "7"]);
        assert_eq!(values("claim:other", claimed), [""; 0]);
    }

    #[test]
    fn a_name_is_taken_apart_only_where_no_claim_says_its_parts() {
        assert_eq!(values("given_name", |_| ()), ["Amy van"]);
        assert_eq!(values("family_name", |_| ()), ["Ward"]);
        let alone = |person: &mut Person| person.name = "Prince".into();
        assert_eq!(values("given_name", alone), [""; 0]);
        assert_eq!(values("family_name", alone), ["Prince"]);
        let claimed = |person: &mut Person| {
            person.claims.insert("given_name".into(), json!("Amy"));
            person.claims.insert("family_name".into(), json!("van Ward"));
        };
        assert_eq!(values("given_name", claimed), ["Amy"]);
        assert_eq!(values("family_name", claimed), ["van Ward"]);
    }
}
