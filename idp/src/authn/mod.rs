//! Factors: what a person can show to log in. Each is a file here, a template, and a line in
//! [`ALL`].
//!
//! A factor proves something and does not know what for: no flow, no protocol, no page address.
//! `passkey` is the only module that touches webauthn types.

pub mod ceremonies;
pub mod models;
pub mod passkey;
pub mod password;
pub mod software;

use latchkey_core::assurance::Method;
use latchkey_core::credentials::{Credential, CredentialState};

/// What a person could show.
#[derive(Clone, Debug, Default)]
pub struct Means {
    /// They have a password.
    pub password: bool,
    /// Their keys, suspended ones too.
    pub keys: Vec<Credential>,
}

/// Something that a person can show to log in.
pub trait Factor: Sync {
    /// Its name: the last segment of its page's address, and what the audit trail calls it.
    fn name(&self) -> &'static str;

    /// It can be asked for after another factor, on a page of its own.
    fn second(&self) -> bool;

    /// The best that it could prove for somebody with these means; `None` when they have not
    /// enrolled it, or it is suspended.
    fn could_prove(&self, means: &Means) -> Option<Method>;

    /// Whether `method` is a proof by this factor.
    fn proved(&self, method: &Method) -> bool;
}

/// Every factor, in the order in which people are asked for them.
pub static ALL: &[&dyn Factor] = &[&passkey::Factor, &password::Factor];

impl Factor for passkey::Factor {
    fn name(&self) -> &'static str {
        "passkey"
    }

    fn second(&self) -> bool {
        true
    }

    fn could_prove(&self, means: &Means) -> Option<Method> {
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

    fn could_prove(&self, means: &Means) -> Option<Method> {
        means.password.then_some(Method::Password)
    }

    fn proved(&self, method: &Method) -> bool {
        *method == Method::Password
    }
}
