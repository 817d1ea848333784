//! From requested authentication contexts to strengths and back: which log-ins would do, and which
//! class a log-in is answered with (SAML Core §3.3.2.2.1).
//!
//! Pure. A stronger log-in satisfies a weaker request, under `exact` as well, and is answered with
//! exactly the class that was asked for.

use std::collections::BTreeMap;

use latchkey_core::assurance::{ACR_MFA, ACR_PASSWORD, Level};
use latchkey_saml::messages::RequestedAuthnContext;
use latchkey_saml::names::Comparison;

/// Classes that any log-in satisfies, beside the one that a password is answered with: they name
/// it more loosely (SAML authentication contexts §3.4.24, §3.4.27; REFEDS SFA profile).
const WEAKER: [&str; 3] = [
    "urn:oasis:names:tc:SAML:2.0:ac:classes:unspecified",
    "urn:oasis:names:tc:SAML:2.0:ac:classes:Password",
    "https://refeds.org/profile/sfa",
];

/// No log-in here comes up to what was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Unreachable;

/// What classes mean to one application: the common ones, and those of its own.
#[derive(Clone, Copy, Debug)]
pub(super) struct Classes<'a> {
    /// Its own: understood when it asks, and what it is told.
    pub(super) own: &'a BTreeMap<String, Level>,
    /// How strong every log-in to it is at least.
    pub(super) floor: Option<Level>,
}

impl Classes<'_> {
    fn level(&self, class: &str) -> Option<Level> {
        let common = || {
            let weaker = WEAKER.contains(&class).then_some(Level::Password);
            weaker.or_else(|| Level::from_acr(class))
        };
        self.own.get(class).copied().or_else(common)
    }

    /// The class of a log-in that nobody asked for by name. It is an absolute URI, so that the
    /// words of OpenID Connect for the strongest do not serve.
    fn class_of(&self, level: Level) -> &str {
        let own = self.own.iter().find(|(_, own)| **own == level);
        own.map_or(
            match level {
                Level::Password => ACR_PASSWORD,
                Level::Mfa | Level::PhishingResistant | Level::Hardware => ACR_MFA,
            },
            |(class, _)| class.as_str(),
        )
    }

    /// The strengths that would do, empty where any would.
    ///
    /// # Errors
    /// When none would: nothing here is meant by what was asked.
    pub(super) fn required(
        &self,
        asked: Option<&RequestedAuthnContext>,
    ) -> Result<Vec<Level>, Unreachable> {
        let Some(asked) = asked else { return Ok(self.floor.into_iter().collect()) };
        let known = self.known(asked)?;
        let mut levels = match asked.comparison {
            Comparison::Exact | Comparison::Minimum => known,
            Comparison::Better => vec![self.better(asked)?],
            Comparison::Maximum => self.floor.into_iter().collect(),
        };
        if let Some(floor) = self.floor {
            for level in &mut levels {
                *level = floor.max(*level);
            }
        }
        levels.dedup();
        Ok(levels)
    }

    /// The class that a log-in is answered with.
    ///
    /// # Errors
    /// When it does not come up to what was asked.
    pub(super) fn answer(
        &self,
        reached: Level,
        asked: Option<&RequestedAuthnContext>,
    ) -> Result<String, Unreachable> {
        let Some(asked) = asked else { return Ok(self.class_of(reached).to_owned()) };
        let known = self.known(asked)?;
        match asked.comparison {
            Comparison::Exact | Comparison::Minimum => {
                let satisfied =
                    |class: &&String| self.level(class).is_some_and(|level| reached >= level);
                asked.classes.iter().find(satisfied).cloned().ok_or(Unreachable)
            }
            Comparison::Better => {
                (reached >= self.better(asked)?).then_some(()).ok_or(Unreachable)?;
                Ok(self.class_of(reached).to_owned())
            }
            Comparison::Maximum => {
                let most = known.into_iter().max().ok_or(Unreachable)?.min(reached);
                let named = asked.classes.iter().find(|class| self.level(class) == Some(most));
                Ok(named.cloned().unwrap_or_else(|| self.class_of(most).to_owned()))
            }
        }
    }

    /// What is meant by the classes that are known, in the requester's order.
    fn known(&self, asked: &RequestedAuthnContext) -> Result<Vec<Level>, Unreachable> {
        // Declarations are agreed between two sides; there are none here.
        if !asked.declarations.is_empty() {
            return Err(Unreachable);
        }
        let known: Vec<Level> =
            asked.classes.iter().filter_map(|class| self.level(class)).collect();
        if known.is_empty() { Err(Unreachable) } else { Ok(known) }
    }

    /// The weakest that is stronger than all that was asked, and is told by another class: to be
    /// answered with the class that was not good enough would say nothing.
    fn better(&self, asked: &RequestedAuthnContext) -> Result<Level, Unreachable> {
        let known = self.known(asked)?;
        if known.len() != asked.classes.len() {
            return Err(Unreachable);
        }
        let most = known.into_iter().max().ok_or(Unreachable)?;
        let above = |level: &Level| {
            *level > most && !asked.classes.iter().any(|class| class == self.class_of(*level))
        };
        Level::ALL.into_iter().find(above).ok_or(Unreachable)
    }
}

#[cfg(test)]
mod tests {
    use Comparison::{Better, Exact, Maximum, Minimum};
    use Level::{Hardware, Mfa, Password, PhishingResistant};

    use super::*;

    const STRICT: &str = "https://example.org/phishing-resistant";

    fn asked(comparison: Comparison, classes: &[&str]) -> RequestedAuthnContext {
        RequestedAuthnContext {
            comparison,
            classes: classes.iter().map(|&class| class.to_owned()).collect(),
            declarations: Vec::new(),
        }
    }

    fn plain(work: impl FnOnce(Classes<'_>)) {
        work(Classes { own: &BTreeMap::new(), floor: None });
    }

    #[test]
    fn nothing_asked_is_answered_with_an_absolute_uri_of_the_log_in() {
        plain(|classes| {
            assert_eq!(classes.required(None), Ok(Vec::new()));
            assert_eq!(classes.answer(Password, None).as_deref(), Ok(ACR_PASSWORD));
            for level in [Mfa, PhishingResistant, Hardware] {
                assert_eq!(classes.answer(level, None).as_deref(), Ok(ACR_MFA));
            }
        });
    }

    #[test]
    fn exact_and_minimum_are_answered_with_the_first_requested_class_that_is_satisfied() {
        plain(|classes| {
            for comparison in [Exact, Minimum] {
                let mfa = asked(comparison, &[ACR_MFA]);
                assert_eq!(classes.required(Some(&mfa)), Ok(vec![Mfa]));
                assert_eq!(classes.answer(PhishingResistant, Some(&mfa)).as_deref(), Ok(ACR_MFA));
                assert_eq!(classes.answer(Password, Some(&mfa)), Err(Unreachable));
                let both = asked(comparison, &["urn:unknown", ACR_MFA, ACR_PASSWORD]);
                assert_eq!(classes.answer(Password, Some(&both)).as_deref(), Ok(ACR_PASSWORD));
                assert_eq!(classes.answer(Mfa, Some(&both)).as_deref(), Ok(ACR_MFA));
            }
        });
    }

    #[test]
    fn looser_names_of_a_password_are_satisfied_by_any_log_in() {
        plain(|classes| {
            for class in WEAKER {
                let asked = asked(Exact, &[class]);
                assert_eq!(classes.answer(Hardware, Some(&asked)).as_deref(), Ok(class));
            }
        });
    }

    #[test]
    fn what_nothing_here_means_is_unreachable() {
        plain(|classes| {
            let kerberos = asked(Exact, &["urn:oasis:names:tc:SAML:2.0:ac:classes:Kerberos"]);
            let mut declared = asked(Exact, &[]);
            declared.declarations.push("https://example.org/declaration".to_owned());
            for asked in [kerberos, declared, asked(Minimum, &[])] {
                assert_eq!(classes.required(Some(&asked)), Err(Unreachable));
                assert_eq!(classes.answer(Hardware, Some(&asked)), Err(Unreachable));
            }
        });
    }

    #[test]
    fn better_is_stronger_than_all_and_told_by_another_class() {
        plain(|classes| {
            let password = asked(Better, &[ACR_PASSWORD]);
            assert_eq!(classes.required(Some(&password)), Ok(vec![Mfa]));
            assert_eq!(classes.answer(Mfa, Some(&password)).as_deref(), Ok(ACR_MFA));
            assert_eq!(classes.answer(Password, Some(&password)), Err(Unreachable));
            for classes_asked in [&[ACR_MFA][..], &[ACR_PASSWORD, "urn:unknown"]] {
                let asked = asked(Better, classes_asked);
                assert_eq!(classes.required(Some(&asked)), Err(Unreachable));
            }
        });
        let own = BTreeMap::from([(STRICT.to_owned(), PhishingResistant)]);
        let classes = Classes { own: &own, floor: None };
        let mfa = asked(Better, &[ACR_MFA]);
        assert_eq!(classes.required(Some(&mfa)), Ok(vec![PhishingResistant]));
        assert_eq!(classes.answer(PhishingResistant, Some(&mfa)).as_deref(), Ok(STRICT));
    }

    #[test]
    fn maximum_is_the_strongest_that_was_reached_and_not_above_what_was_asked() {
        plain(|classes| {
            let both = asked(Maximum, &[ACR_PASSWORD, ACR_MFA]);
            assert_eq!(classes.required(Some(&both)), Ok(Vec::new()));
            assert_eq!(classes.answer(Hardware, Some(&both)).as_deref(), Ok(ACR_MFA));
            assert_eq!(classes.answer(Password, Some(&both)).as_deref(), Ok(ACR_PASSWORD));
            let mfa = asked(Maximum, &[ACR_MFA]);
            assert_eq!(classes.answer(Password, Some(&mfa)).as_deref(), Ok(ACR_PASSWORD));
        });
    }

    #[test]
    fn an_applications_own_floor_holds_whatever_it_asks() {
        let own = BTreeMap::new();
        let classes = Classes { own: &own, floor: Some(PhishingResistant) };
        assert_eq!(classes.required(None), Ok(vec![PhishingResistant]));
        let password = asked(Exact, &[ACR_PASSWORD]);
        assert_eq!(classes.required(Some(&password)), Ok(vec![PhishingResistant]));
        assert_eq!(classes.answer(PhishingResistant, Some(&password)).as_deref(), Ok(ACR_PASSWORD));
        let most = asked(Maximum, &[ACR_PASSWORD]);
        assert_eq!(classes.required(Some(&most)), Ok(vec![PhishingResistant]));
    }

    #[test]
    fn an_applications_own_class_is_understood_and_told() {
        let own =
            BTreeMap::from([("http://schemas.microsoft.com/claims/multipleauthn".into(), Mfa)]);
        let classes = Classes { own: &own, floor: None };
        let entra = asked(Exact, &["http://schemas.microsoft.com/claims/multipleauthn"]);
        assert_eq!(classes.required(Some(&entra)), Ok(vec![Mfa]));
        let told = classes.answer(Hardware, Some(&entra));
        assert_eq!(told.as_deref(), Ok("http://schemas.microsoft.com/claims/multipleauthn"));
    }
}
