//! The one place that decides what comes next on a way through the log-in pages.
//!
//! Pure: facts in, a step out. Steps come back here and never lead to each other.

use std::borrow::Cow;

use latchkey_core::Timestamp;
use latchkey_core::assurance::{Assurance, Level, Method, Proof, Ticket};
use latchkey_core::ids::CredentialId;
use latchkey_core::people::Person;
use latchkey_core::policy::{Enrolment, KeysDue, MethodKind, Newcomer, Permit, Policy};
use latchkey_core::requirement::{Refusal, Requirement};

use super::way::{Progress, Spare};
use crate::authn::{self, Means};

/// What comes next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// Say who you are, and show a first factor.
    Identify,
    /// Show one of these factors, the first for choice. Never empty.
    Factor(Vec<&'static str>),
    /// Enrol a factor: a key, or an authenticator app.
    Enrol,
    /// Think of a spare key.
    Spare,
    /// Set a spare key up.
    AddSpare,
    /// Choose a new password.
    NewPassword,
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
            Step::Factor(names) => {
                let name = names.first().copied().unwrap_or("passkey");
                return Self::Page(Cow::Owned(format!("factor/{name}")));
            }
            Step::Enrol | Step::AddSpare => "enrol/passkey",
            Step::Spare => "spare",
            Step::NewPassword => "new-password",
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
    level >= policy.required && wished(level, requirement)
}

/// Whether a level is one that the application would take.
fn wished(level: Level, requirement: &Requirement) -> bool {
    let wanted = &requirement.levels;
    wanted.is_empty() || wanted.iter().any(|wish| level >= *wish)
}

/// When a factor of the kind that is asked was last shown.
fn newest(proofs: &[Proof], requirement: &Requirement, means: &Means) -> Option<Timestamp> {
    let counts = |proof: &&Proof| {
        proof.method.counts() && (!requirement.by_authenticator || means.work_for(&proof.method))
    };
    proofs.iter().filter(counts).map(|proof| proof.at).max()
}

/// Whether a factor was shown as lately as is asked.
fn fresh(proofs: &[Proof], requirement: &Requirement, means: &Means, now: Timestamp) -> bool {
    let newest = newest(proofs, requirement, means);
    requirement.step_up.is_none_or(|age| newest.is_some_and(|newest| now.since(newest) <= age))
}

/// Whether proofs satisfy both, so that no more are asked for.
pub(super) fn suffice(
    proofs: &[Proof],
    policy: &Policy,
    requirement: &Requirement,
    means: &Means,
    now: Timestamp,
) -> bool {
    Assurance::judge(proofs).is_some_and(|reached| satisfies(reached.level, policy, requirement))
        && fresh(proofs, requirement, means, now)
}

impl Known<'_> {
    /// Whether policy lets a method count. Keys are judged when they are shown.
    fn allows(&self, method: &Method) -> bool {
        match method {
            Method::Code { .. } => self.policy.allows(MethodKind::AuthenticatorApp),
            Method::Ticket { ticket: Ticket::RecoveryCode } => {
                self.policy.allows(MethodKind::RecoveryCode)
            }
            Method::Password | Method::Key { .. } | Method::Ticket { .. } => true,
        }
    }

    /// Whether any key or authenticator app of theirs could be shown now.
    fn has_authenticator(&self, now: Timestamp) -> bool {
        let means = self.means.under(self.policy);
        authn::ALL.iter().any(|factor| {
            factor.could_prove(&means, now).is_some_and(|method| means.work_for(&method))
        })
    }

    /// What was shown on this way.
    fn shown(&self) -> &[Proof] {
        &self.proofs[self.proofs.len() - self.of_flow..]
    }

    /// What was shown on this way to open something, and is still open.
    fn ticket(&self, now: Timestamp) -> Option<Ticket> {
        self.shown().iter().rev().find_map(|proof| match proof.method {
            Method::Ticket { ticket } if now.since(proof.at) < ticket.lasts() => Some(ticket),
            _ => None,
        })
    }

    /// Whether they may enrol now, with what they showed for it.
    fn enrolment(&self, ticket: Option<Ticket>, now: Timestamp) -> Enrolment {
        let permit = ticket.and_then(|ticket| match ticket {
            Ticket::Invitation => Some(Permit::Invitation),
            Ticket::Pass | Ticket::RecoveryCode | Ticket::Supervised => Some(Permit::Pass),
            Ticket::PasswordLink => None,
        });
        let ever_had_factor = self.person.ever_had_factor;
        let administrator = self.person.standing.administrator;
        self.policy.enrolment(now, Newcomer { ever_had_factor, administrator, permit })
    }

    /// The factors that lead on from `proofs`, best first, and after them what opens enrolment
    /// instead. Only what this person has; empty when nothing leads on.
    fn choices(
        &self,
        proofs: &[Proof],
        requirement: &Requirement,
        now: Timestamp,
    ) -> Vec<&'static str> {
        let reached = |proofs: &[Proof]| Assurance::judge(proofs).map(|reached| reached.level);
        let level = reached(proofs);
        let fresh = fresh(proofs, requirement, self.means, now);
        let mut means = self.means.under(self.policy);
        // A change that goes on from a fresh proof, as naming a first key does: who could begin it
        // is not stopped in its middle by what it enrolled.
        if requirement.step_up.is_some()
            && fresh
            && let Some(newest) = newest(proofs, requirement, self.means)
        {
            means.keys.retain(|key| key.added_at < newest);
            means.codes.app = means.codes.app.filter(|app| app.added_at < newest);
        }
        let (mut leading, mut opening) = (Vec::new(), Vec::new());
        for factor in authn::ALL.iter().filter(|factor| factor.second()) {
            if self.shown().iter().any(|proof| factor.proved(&proof.method)) {
                continue;
            }
            let Some(method) = factor.could_prove(&means, now) else { continue };
            if !self.allows(&method) {
                continue;
            }
            if !method.counts() {
                opening.push(factor.name());
                continue;
            }
            let mut proofs = proofs.to_vec();
            proofs.push(Proof { at: now, method });
            let best = reached(&proofs);
            let enough = best.is_some_and(|best| best >= self.policy.required);
            if enough && (!fresh || best > level) {
                let wished = best.is_some_and(|best| wished(best, requirement));
                leading.push((factor.name(), wished));
            }
        }
        // What the application would take, where there is such a thing.
        if leading.iter().any(|(_, wished)| *wished) {
            leading.retain(|(_, wished)| *wished);
        }
        let mut names: Vec<_> = leading.into_iter().map(|(name, _)| name).collect();
        let lacking = level.is_none_or(|level| level < self.policy.required);
        if !names.is_empty() && lacking {
            names.extend(opening);
        }
        names
    }
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
    let assurance = Assurance::judge(known.proofs);
    let ticket = known.ticket(now);
    if assurance.is_none() && ticket.is_none() {
        return Step::Identify;
    }
    // It may have been removed meanwhile, by another way.
    let is_there = |id: &CredentialId| known.means.keys.iter().any(|key| key.id == *id);
    if let Some(credential) = progress.naming.filter(is_there) {
        return Step::Name(credential);
    }
    let enrolled = progress.enrolled.filter(is_there);
    if ticket == Some(Ticket::PasswordLink) && !progress.password_set {
        return forgotten_password(requirement, known, now);
    }
    let level = assurance.as_ref().map(|reached| reached.level);
    if !suffice(known.proofs, known.policy, requirement, known.means, now) {
        // What a ticket opened comes before what else the person could show.
        if ticket.is_some_and(Ticket::opens_enrolment)
            && enrolled.is_none()
            && !progress.app_enrolled
            && known.enrolment(ticket, now) == Enrolment::Permitted
        {
            return Step::Enrol;
        }
        let choices = known.choices(known.proofs, requirement, now);
        if !choices.is_empty() {
            return Step::Factor(choices);
        }
        if level.is_none_or(|level| level < known.policy.required) {
            return match known.enrolment(ticket, now) {
                Enrolment::InGrace | Enrolment::Permitted => Step::Enrol,
                Enrolment::NotStarted => Step::NotStarted,
                Enrolment::NeedsHelp => Step::HelpNeeded,
            };
        }
        if !fresh(known.proofs, requirement, known.means, now) {
            if requirement.by_authenticator && !known.has_authenticator(now) {
                return Step::Refuse(Refusal::Unmet);
            }
            return Step::Identify;
        }
        if requirement.essential {
            return Step::Refuse(Refusal::Unmet);
        }
    }
    // Keys that have to be: asked for at log-in only, and a password alone never opens the way.
    let due = || known.policy.keys_due(now, &known.means.keys) == KeysDue::Demand;
    if known.of_flow > 0 && enrolled.is_none() && due() {
        let stronger = level > Some(Level::Password);
        let choices = known.choices(known.proofs, requirement, now);
        return match known.enrolment(ticket, now) {
            _ if stronger => Step::Enrol,
            _ if !choices.is_empty() => Step::Factor(choices),
            Enrolment::InGrace | Enrolment::Permitted => Step::Enrol,
            Enrolment::NotStarted => Step::NotStarted,
            Enrolment::NeedsHelp => Step::HelpNeeded,
        };
    }
    if let Some(credential) = enrolled {
        return Step::Ready(credential);
    }
    match progress.spare {
        Some(Spare::Adding) => return Step::AddSpare,
        Some(Spare::Settled) => {}
        // At a log-in only, and never after a password alone: it might be in somebody else's hands.
        None if known.of_flow > 0
            && !progress.keep
            && level > Some(Level::Password)
            && known.person.reminder.is_due(now)
            && known.means.lack_spare(known.policy, now) =>
        {
            return Step::Spare;
        }
        None => {}
    }
    let Some(assurance) = assurance else { return Step::Identify };
    match &requirement.consent {
        Some(consent) if !progress.agreed && (consent.always || !known.consented) => Step::Consent,
        _ => Step::Return(assurance),
    }
}

/// A link by e-mail is no factor: with one that is enrolled it opens a new password, and without
/// one nothing.
fn forgotten_password(requirement: &Requirement, known: &Known<'_>, now: Timestamp) -> Step {
    if known.shown().iter().any(|proof| proof.method.counts()) {
        return Step::NewPassword;
    }
    // As if the new password were there, which it will be.
    let mut proofs = known.proofs.to_vec();
    proofs.push(Proof { at: now, method: Method::Password });
    let mut choices = known.choices(&proofs, requirement, now);
    choices.retain(|name| {
        let factor = authn::ALL.iter().find(|factor| factor.name() == *name);
        let method = factor.and_then(|factor| factor.could_prove(known.means, now));
        method.is_some_and(|method| method.counts())
    });
    if choices.is_empty() { Step::HelpNeeded } else { Step::Factor(choices) }
}
