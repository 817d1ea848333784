//! A person's recovery codes: how many are left, and a new set, which is shown once.
//!
//! A code opens enrolment, so nobody makes any who has nothing enrolled: a password alone would be
//! enough for a first key then.

use axum::response::{IntoResponse as _, Redirect, Response};
use latchkey_core::credentials::{Credential, CredentialState};
use latchkey_core::policy::MethodKind;
use latchkey_core::secrets::Plain;

use super::gate::{Entered, Place, Submitted};
use super::profile::SelfServiceTab;
use crate::actions::codes::make_recovery_codes;
use crate::authn::Means;
use crate::flow::{Current, Stop};
use crate::pages::account::RecoveryCodes;

/// Where codes are counted and made.
pub(super) struct Codes;

impl Place for Codes {
    const PATH: &'static str = "/account/recovery-codes";
    const STEP_UP: bool = true;
    type About = ();
}

/// How many codes a person has left; `None` when these are none of their ways.
pub(super) fn left(current: &Current, means: &Means) -> Option<usize> {
    let policy = &current.policy;
    let app = means.codes.app.as_ref().is_some_and(|app| app.state == CredentialState::Active)
        && policy.allows(MethodKind::AuthenticatorApp);
    let works =
        |key: &Credential| key.state == CredentialState::Active && policy.judge_use(key).is_ok();
    let enrolled = app || means.keys.iter().any(works);
    (enrolled && policy.allows(MethodKind::RecoveryCode)).then_some(means.codes.recovery.len())
}

/// `GET /account/recovery-codes`
pub(super) async fn show(at: Entered<Codes>) -> Response {
    let work = async {
        let left = open(&at).await?;
        Ok(at.page(&page(&at, left, &[])))
    };
    at.asked.answer(work).await
}

/// `POST /account/recovery-codes`
pub(super) async fn submit(submitted: Submitted<Codes>) -> Response {
    let at = &submitted.at;
    let work = async {
        open(at).await?;
        let (app, current) = (&at.asked.app, &at.current);
        let (person, session) = (&current.person.person, Some(current.session.id));
        let made = make_recovery_codes(app, &at.origin(), person, session).await?;
        Ok(at.page(&page(at, made.len(), &made)))
    };
    at.asked.answer(work).await
}

fn page(at: &Entered<Codes>, left: usize, made: &[Plain]) -> RecoveryCodes {
    RecoveryCodes {
        form: at.form(),
        left,
        made: made.iter().map(|code| code.expose().to_owned()).collect(),
        username: at.current.person.person.username.as_str().to_owned(),
        issuer: at.asked.app.issuer.as_str().to_owned(),
    }
}

/// How many codes are left, if this is open to the person; else back to where they came from.
async fn open(at: &Entered<Codes>) -> Result<usize, Stop> {
    let means = Means::of(&at.asked.app.store.view(), &at.current.person).await?;
    let left = left(&at.current, &means);
    left.ok_or_else(|| Redirect::to(SelfServiceTab::PATH).into_response().into())
}
