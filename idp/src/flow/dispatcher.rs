//! The one place that decides what comes next on a way through the log-in pages.
//!
//! Pure: facts in, a step out. Steps come back here and never lead to each other.

use std::borrow::Cow;

use latchkey_core::Timestamp;
use latchkey_core::assurance::{Assurance, Level, Proof};
use latchkey_core::ids::CredentialId;
use latchkey_core::people::Person;
use latchkey_core::policy::{Enrolment, Policy};
use latchkey_core::requirement::{Refusal, Requirement};

use super::way::Progress;
use crate::authn::{self, Means};

/// What comes next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// Say who you are, and show a first factor.
    Identify,
    /// Show this factor.
    Factor(&'static str),
    /// Register a first key.
    Enrol,
    /// Name the key that was just registered.
    Name(CredentialId),
    /// The key works.
    Ready(CredentialId),
    /// The organisation has not started.
    NotStarted,
    /// Only the helpdesk can help.
    HelpNeeded,
    /// Agree to what the application will learn.
    Consent,
    /// It did not come about.
    Refuse(Refusal),
    /// It did.
    Return(Assurance),
}

/// Where a step leads.
pub(super) enum Next {
    /// To this page, below the flow's address.
    Page(Cow<'static, str>),
    /// Back to the protocol.
    End(Result<Assurance, Refusal>),
}

impl From<Step> for Next {
    fn from(step: Step) -> Self {
        Self::Page(Cow::Borrowed(match step {
            Step::Identify => "identify",
            Step::Factor(name) => return Self::Page(Cow::Owned(format!("factor/{name}"))),
            Step::Enrol => "enrol/passkey",
            Step::Name(_) => "enrol/passkey/name",
            Step::Ready(_) => "ready",
            Step::NotStarted => "not-started",
            Step::HelpNeeded => "help-needed",
            Step::Consent => "consent",
            Step::Refuse(refusal) => return Self::End(Err(refusal)),
            Step::Return(assurance) => return Self::End(Ok(assurance)),
        }))
    }
}

/// What is known of whoever is on the way.
pub(super) struct Known<'a> {
    pub(super) person: &'a Person,
    pub(super) policy: &'a Policy,
    pub(super) means: &'a Means,
    /// The proofs that count: this flow's, and the session's where it goes on from there.
    pub(super) proofs: &'a [Proof],
    /// How many of them are of this flow.
    pub(super) of_flow: usize,
    /// They agreed before to what the application asks.
    pub(super) consented: bool,
}

/// Whether a level satisfies both the organisation and the application.
pub(super) fn satisfies(level: Level, policy: &Policy, requirement: &Requirement) -> bool {
    let wanted = &requirement.levels;
    level >= policy.required && (wanted.is_empty() || wanted.iter().any(|wish| level >= *wish))
}

/// Whether a factor was shown as lately as is asked.
fn fresh(proofs: &[Proof], requirement: &Requirement, now: Timestamp) -> bool {
    let newest = proofs.iter().map(|proof| proof.at).max();
    requirement.step_up.is_none_or(|age| newest.is_some_and(|newest| now.since(newest) <= age))
}

/// Whether proofs satisfy both, so that no more are asked for.
pub(super) fn suffice(
    proofs: &[Proof],
    policy: &Policy,
    requirement: &Requirement,
    now: Timestamp,
) -> bool {
    Assurance::judge(proofs).is_some_and(|reached| satisfies(reached.level, policy, requirement))
        && fresh(proofs, requirement, now)
}

/// Decides what comes next.
pub(super) fn decide(
    requirement: &Requirement,
    progress: &Progress,
    known: Option<&Known<'_>>,
    now: Timestamp,
) -> Step {
    if let Some(refusal) = progress.refused {
        return Step::Refuse(refusal);
    }
    let Some(known) = known else { return Step::Identify };
    if requirement.subject.is_some_and(|subject| subject != known.person.subject) {
        return Step::Refuse(Refusal::WrongPerson);
    }
    let Some(assurance) = Assurance::judge(known.proofs) else { return Step::Identify };
    // It may have been removed meanwhile, by another way.
    let is_there = |id: &CredentialId| known.means.keys.iter().any(|key| key.id == *id);
    if let Some(credential) = progress.naming.filter(is_there) {
        return Step::Name(credential);
    }
    let level = assurance.level;
    let fresh = fresh(known.proofs, requirement, now);
    if !suffice(known.proofs, known.policy, requirement, now) {
        let reached = |extra: &Proof| {
            let mut proofs = known.proofs.to_vec();
            proofs.push(extra.clone());
            Assurance::judge(&proofs).map_or(Level::Password, |assurance| assurance.level)
        };
        let shown = &known.proofs[known.proofs.len() - known.of_flow..];
        let next = authn::ALL.iter().filter(|factor| factor.second()).find(|factor| {
            if shown.iter().any(|proof| factor.proved(&proof.method)) {
                return false;
            }
            let best = factor.could_prove(known.means);
            let best = best.map(|method| reached(&Proof { at: now, method }));
            best.is_some_and(|best| !fresh || best > level)
        });
        if let Some(factor) = next {
            return Step::Factor(factor.name());
        }
        if level < known.policy.required {
            return match known.policy.enrolment(now, known.person.ever_had_factor) {
                Enrolment::InGrace => Step::Enrol,
                Enrolment::NotStarted => Step::NotStarted,
                Enrolment::NeedsHelp => Step::HelpNeeded,
            };
        }
        if !fresh {
            return Step::Identify;
        }
        if requirement.essential {
            return Step::Refuse(Refusal::Unmet);
        }
    }
    if let Some(credential) = progress.enrolled.filter(is_there) {
        return Step::Ready(credential);
    }
    match &requirement.consent {
        Some(consent) if !progress.agreed && (consent.always || !known.consented) => Step::Consent,
        _ => Step::Return(assurance),
    }
}
