//! What somebody can still log in with.

use latchkey_core::assurance::Level;
use latchkey_core::credentials::{Authenticator, CredentialState};
use latchkey_core::policy::{MethodKind, Policy};

use crate::actions::lost::without;
use crate::authn::Means;
use crate::pages::lost::Left;

/// What somebody can still log in with as policy asks, once this one is gone.
#[must_use]
pub fn left_without(policy: &Policy, means: &Means, lost: Option<Authenticator>) -> Left {
    let (keys, codes) = match lost {
        Some(lost) => without(&means.keys, &means.codes, lost),
        None => (means.keys.clone(), means.codes.clone()),
    };
    let app = codes.app.is_some_and(|app| app.state == CredentialState::Active)
        && policy.allows(MethodKind::AuthenticatorApp);
    Left {
        keys: keys.iter().filter(|key| policy.judge_use(key).is_ok()).count(),
        app: means.password && app && policy.required <= Level::Mfa,
        password: means.password && policy.required == Level::Password,
    }
}
