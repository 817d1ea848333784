//! What user names look like in one organisation, beyond what holds for all of them
//! ([`Username`]). Judged where a name is given out, never where one is typed to log in: a rule that
//! comes later locks nobody out.

use std::collections::BTreeSet;

use regex_lite::Regex;
use serde::{Deserialize, Serialize};

use crate::people::Username;

/// The longest pattern, in bytes.
const LONGEST: usize = 500;

/// The rules of an organisation, as they are stored. None holds until it is set.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct UsernameRules {
    /// A regular expression that the whole name matches, once it is in lower case.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pattern: Option<String>,
    /// A name that does, to be told to whoever chose another.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub example: Option<String>,
    /// Names that nobody gets.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub reserved: BTreeSet<String>,
}

/// Why rules cannot be kept.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RulesError {
    /// The pattern is no regular expression, or a very large one.
    #[error("\"pattern\" is a regular expression: {0}")]
    Pattern(String),
    /// There is a pattern and nothing that shows what it means.
    #[error("\"pattern\" needs an \"example\", which is told to whoever chooses another name")]
    NoExample,
    /// The example is none.
    #[error("the example \"{0}\" does not match the pattern, which is compared in lower case")]
    Example(String),
    /// An example, or a reserved name, that nobody could have anyway.
    #[error("\"{0}\" is no user name")]
    Name(String),
}

/// Why nobody gets a user name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    /// It is reserved.
    #[error("the user name \"{0}\" is reserved")]
    Reserved(Username),
    /// It looks different from the others.
    #[error(
        "the user name \"{name}\" is not written as \"{example}\" is, which the organisation asks for"
    )]
    Shape {
        /// The name.
        name: Username,
        /// One that fits.
        example: String,
    },
}

/// Rules that are ready to judge many names.
#[derive(Clone, Debug)]
pub struct UsernameJudge {
    shape: Option<(Regex, String)>,
    reserved: BTreeSet<String>,
}

impl UsernameRules {
    /// Makes the rules ready.
    ///
    /// # Errors
    /// Why they cannot be kept.
    pub fn judge(&self) -> Result<UsernameJudge, RulesError> {
        let mut reserved = BTreeSet::new();
        for name in &self.reserved {
            let parsed = Username::parse(name).map_err(|_| RulesError::Name(name.clone()))?;
            reserved.insert(parsed.as_str().to_owned());
        }
        let shape = match (&self.pattern, &self.example) {
            (None, None) => None,
            (None, Some(example)) => {
                Username::parse(example).map_err(|_| RulesError::Name(example.clone()))?;
                None
            }
            (Some(_), None) => return Err(RulesError::NoExample),
            (Some(pattern), Some(example)) => Some((compiled(pattern)?, example.clone())),
        };
        if let Some((pattern, example)) = &shape {
            let name = Username::parse(example).map_err(|_| RulesError::Name(example.clone()))?;
            if !pattern.is_match(name.as_str()) {
                return Err(RulesError::Example(example.clone()));
            }
        }
        Ok(UsernameJudge { shape, reserved })
    }
}

fn compiled(pattern: &str) -> Result<Regex, RulesError> {
    if pattern.len() > LONGEST {
        return Err(RulesError::Pattern(format!("at most {LONGEST} bytes long")));
    }
    // On its own first: a bracket too many must not reach out of the group around it.
    Regex::new(pattern)
        .and_then(|_| Regex::new(&format!("^(?:{pattern})$")))
        .map_err(|error| RulesError::Pattern(error.to_string()))
}

impl UsernameJudge {
    /// Whether somebody new may get a name.
    ///
    /// # Errors
    /// Why not.
    pub fn judge(&self, name: &Username) -> Result<(), Unfit> {
        if self.reserved.contains(name.as_str()) {
            return Err(Unfit::Reserved(name.clone()));
        }
        match &self.shape {
            Some((pattern, example)) if !pattern.is_match(name.as_str()) => {
                Err(Unfit::Shape { name: name.clone(), example: example.clone() })
            }
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules(pattern: &str, example: &str) -> UsernameRules {
        UsernameRules {
            pattern: Some(pattern.into()),
            example: Some(example.into()),
            reserved: ["Ward.Desk".to_owned()].into(),
        }
    }

    fn fits(judge: &UsernameJudge, name: &str) -> bool {
        judge.judge(&Username::parse(name).expect("a user name")).is_ok()
    }

    #[test]
    fn a_pattern_is_about_the_whole_name_in_lower_case() {
        let judge = rules(r"[a-z]+\.[a-z]+|[0-9]{4}", "amy.ward").judge().expect("rules");
        for name in ["amy.ward", "Amy.WARD", "0017"] {
            assert!(fits(&judge, name), "{name}");
        }
        for name in ["amy", "amy.ward7", "xamy.ward.", "00171", "amy.ward|0017"] {
            assert!(!fits(&judge, name), "{name}");
        }
    }

    #[test]
    fn a_reserved_name_is_reserved_in_every_case() {
        let judge = rules(r"[a-z.]+", "amy.ward").judge().expect("rules");
        assert!(!fits(&judge, "WARD.desk"));
        assert!(fits(&judge, "ward.desks"));
        let none = UsernameRules::default().judge().expect("no rules");
        assert!(fits(&none, "ward.desk"));
    }

    #[test]
    fn rules_that_would_let_nobody_in_or_mean_nothing_are_refused() {
        assert!(matches!(rules("[", "amy").judge(), Err(RulesError::Pattern(_))));
        assert!(matches!(rules("a)|(b", "amy").judge(), Err(RulesError::Pattern(_))));
        assert!(matches!(rules(&"a".repeat(501), "a").judge(), Err(RulesError::Pattern(_))));
        assert!(matches!(
            rules("(((a{100}){100}){100}){100}", "a").judge(),
            Err(RulesError::Pattern(_))
        ));
        assert_eq!(rules("[A-Z]+", "AMY").judge().err(), Some(RulesError::Example("AMY".into())));
        assert_eq!(rules("a b", "a b").judge().err(), Some(RulesError::Name("a b".into())));
        let unshown = UsernameRules { example: None, ..rules("a", "a") };
        assert_eq!(unshown.judge().err(), Some(RulesError::NoExample));
        let reserved = UsernameRules { reserved: ["a b".to_owned()].into(), ..rules("a", "a") };
        assert_eq!(reserved.judge().err(), Some(RulesError::Name("a b".into())));
    }
}
