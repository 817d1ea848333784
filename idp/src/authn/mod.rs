//! Factors: what a person can show to log in. Each is a file here, a template, and a line in
//! [`ALL`].
//!
//! A factor proves something and does not know what for: no flow, no protocol, no page address.
//! `passkey` is the only module that touches webauthn types.

pub mod ceremonies;
pub mod metadata;
pub mod models;
pub mod pass;
pub mod passkey;
pub mod password;
pub mod recovery;
#[cfg(test)]
pub(crate) mod samples;
pub mod software;
pub mod stored_hash;
pub mod throttle;
pub mod totp;

use latchkey_core::Timestamp;
use latchkey_core::assurance::{Method, Ticket};
use latchkey_core::codes::Codes;
use latchkey_core::credentials::{Credential, CredentialState};
use latchkey_core::policy::{KeysDue, MethodKind, Policy};
use latchkey_store::{PersonRecord, View};

/// What a person could show.
#[derive(Clone, Debug, Default)]
pub struct Means {
    /// They have a password.
    pub password: bool,
    /// Their keys, suspended ones too.
    pub keys: Vec<Credential>,
    /// What they can type beside a password.
    pub codes: Codes,
}

impl Means {
    /// A person's.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn of(view: &View<'_>, record: &PersonRecord) -> Result<Self, latchkey_store::Error> {
        let id = record.person.id;
        let keys = view.list_credentials(id).await?;
        let codes = view.list_codes(id).await?;
        Ok(Self { password: record.password_hash.is_some(), keys, codes })
    }

    /// Whether all that works is one key that is not copied anywhere, and policy would have them
    /// reminded of another: with that one everything is lost.
    #[must_use]
    pub fn lack_spare(&self, policy: &Policy, now: Timestamp) -> bool {
        let mut working = self
            .keys
            .iter()
            .filter(|key| key.state == CredentialState::Active && policy.judge_use(key).is_ok());
        let only =
            matches!((working.next(), working.next()), (Some(key), None) if !key.backup_eligible);
        only && policy.keys_due(now, &self.keys) == KeysDue::Nudge
    }

    /// Whether a proof was by a key or an authenticator app that works.
    #[must_use]
    pub fn work_for(&self, method: &Method) -> bool {
        match method {
            Method::Key { credential, .. } => {
                let shown = self.keys.iter().find(|key| key.id == *credential);
                shown.is_some_and(|key| key.state == CredentialState::Active)
            }
            Method::Code { app } => {
                let enrolled = self.codes.app.as_ref().filter(|enrolled| enrolled.id == *app);
                enrolled.is_some_and(|enrolled| enrolled.state == CredentialState::Active)
            }
            Method::Password | Method::Ticket { .. } => false,
        }
    }

    /// What of these counts under a policy: what it does not allow any more is not asked for.
    #[must_use]
    pub fn under(&self, policy: &Policy) -> Self {
        let mut counting = self.clone();
        counting.keys.retain(|key| policy.judge_use(key).is_ok());
        counting.codes.app =
            counting.codes.app.filter(|_| policy.allows(MethodKind::AuthenticatorApp));
        if !policy.allows(MethodKind::RecoveryCode) {
            counting.codes.recovery.clear();
        }
        counting
    }
}

/// Something that a person can show to log in.
pub trait Factor: Sync {
    /// Its name: the last segment of its page's address, and what the audit trail calls it.
    fn name(&self) -> &'static str;

    /// It can be asked for after another factor, on a page of its own.
    fn second(&self) -> bool;

    /// The best that it could prove now for somebody with these means; `None` when they have not
    /// enrolled it, or it is suspended or spent.
    fn could_prove(&self, means: &Means, now: Timestamp) -> Option<Method>;

    /// Whether `method` is a proof by this factor.
    fn proved(&self, method: &Method) -> bool;
}

/// Every factor, in the order in which people are asked for them.
pub static ALL: &[&dyn Factor] =
    &[&passkey::Factor, &totp::Factor, &password::Factor, &recovery::Factor, &pass::Factor];

impl Factor for passkey::Factor {
    fn name(&self) -> &'static str {
        "passkey"
    }

    fn second(&self) -> bool {
        true
    }

    fn could_prove(&self, means: &Means, _: Timestamp) -> Option<Method> {
        let working = means.keys.iter().filter(|key| key.state == CredentialState::Active);
        // A key in hardware is the best of several.
        let best = working.max_by_key(|key| key.hardware)?;
        Some(Method::Key { credential: best.id, user_verified: true, hardware: best.hardware })
    }

    fn proved(&self, method: &Method) -> bool {
        matches!(method, Method::Key { .. })
    }
}

impl Factor for password::Factor {
    fn name(&self) -> &'static str {
        "password"
    }

    fn second(&self) -> bool {
        false
    }

    fn could_prove(&self, means: &Means, _: Timestamp) -> Option<Method> {
        means.password.then_some(Method::Password)
    }

    fn proved(&self, method: &Method) -> bool {
        *method == Method::Password
    }
}

impl Factor for totp::Factor {
    fn name(&self) -> &'static str {
        "totp"
    }

    fn second(&self) -> bool {
        true
    }

    fn could_prove(&self, means: &Means, _: Timestamp) -> Option<Method> {
        let app = means.codes.app.as_ref().filter(|app| app.state == CredentialState::Active)?;
        Some(Method::Code { app: app.id })
    }

    fn proved(&self, method: &Method) -> bool {
        matches!(method, Method::Code { .. })
    }
}

impl Factor for recovery::Factor {
    fn name(&self) -> &'static str {
        "recovery-code"
    }

    fn second(&self) -> bool {
        true
    }

    fn could_prove(&self, means: &Means, _: Timestamp) -> Option<Method> {
        let ticket = Ticket::RecoveryCode;
        (!means.codes.recovery.is_empty()).then_some(Method::Ticket { ticket })
    }

    fn proved(&self, method: &Method) -> bool {
        *method == Method::Ticket { ticket: Ticket::RecoveryCode }
    }
}

impl Factor for pass::Factor {
    fn name(&self) -> &'static str {
        "pass"
    }

    fn second(&self) -> bool {
        true
    }

    fn could_prove(&self, means: &Means, now: Timestamp) -> Option<Method> {
        means.codes.pass.as_ref()?.judge(now).ok()?;
        Some(Method::Ticket { ticket: Ticket::Pass })
    }

    fn proved(&self, method: &Method) -> bool {
        *method == Method::Ticket { ticket: Ticket::Pass }
    }
}
