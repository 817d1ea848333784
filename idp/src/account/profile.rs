//! The tabs of `/account`: Profile and Self-Service. They show and change nothing.

use axum::response::Response;
use latchkey_core::assurance::Assurance;
use latchkey_core::credentials::CredentialState;
use latchkey_core::policy::MethodKind;
use latchkey_web::limits::Params;

use super::gate::{Entered, Place};
use super::keys::may_enrol;
use super::{receipt, recovery};
use crate::authn::Means;
use crate::pages::Suspended;
use crate::pages::account::{AppState, Profile, SelfService};

/// The Profile tab.
pub(super) struct ProfileTab;

impl Place for ProfileTab {
    const PATH: &'static str = "/account";
    const STEP_UP: bool = false;
    type About = ();
}

/// The Self-Service tab.
pub(super) struct SelfServiceTab;

impl Place for SelfServiceTab {
    const PATH: &'static str = "/account/self-service";
    const STEP_UP: bool = false;
    type About = ();
}

/// `GET /account`
pub(super) async fn show(at: Entered<ProfileTab>) -> Response {
    let current = &at.current;
    let person = &current.person.person;
    at.page(&Profile {
        name: person.name.clone(),
        username: person.username.as_str().to_owned(),
        organisation: current.organisation.name.clone(),
        email: person.email.clone(),
        logged_in_at: current.session.started_at,
        logged_in_with: logged_in_with(current.session.assurance.as_ref()).into(),
    })
}

/// `GET /account/self-service`
pub(super) async fn self_service(at: Entered<SelfServiceTab>) -> Response {
    let work = async {
        let (app, current) = (&at.asked.app, &at.current);
        let person = &current.person.person;
        let means = Means::of(&app.store.view(), &current.person).await?;
        let keys = &means.keys;
        let working = keys.iter().filter(|key| key.state == CredentialState::Active).count();
        let query = Params::of_query(at.asked.visitor.uri()).unwrap_or_default();
        let done = query.one("done").ok().flatten();
        let allowed = current.policy.allows(MethodKind::AuthenticatorApp);
        let suspension = means.codes.app.as_ref().and_then(|app| app.state.suspension());
        let authenticator = match &means.codes.app {
            Some(_) if suspension.is_some() => AppState::Suspended,
            Some(_) => AppState::On,
            None if allowed && may_enrol(current, &means, app.clock.now()) => AppState::Off,
            None => AppState::Closed,
        };
        Ok(at.page(&SelfService {
            receipt: done.and_then(|text| receipt::read(app, current.session.id, text)),
            app: authenticator,
            app_suspended: suspension.map(Suspended::from),
            recovery_codes: recovery::left(current, &means),
            name: person.name.clone(),
            username: person.username.as_str().to_owned(),
            organisation: at.current.organisation.name.clone(),
            working,
            suspended: keys.len() - working,
            password: at.current.person.password_hash.is_some(),
        }))
    };
    at.asked.answer(work).await
}

/// What a session was opened with, in words.
pub(super) fn logged_in_with(assurance: Option<&Assurance>) -> &'static str {
    let used = |names: &[&str]| {
        assurance.is_some_and(|it| it.amr.iter().any(|amr| names.contains(&amr.as_str())))
    };
    match (used(&["pwd"]), used(&["hwk", "pop"])) {
        (true, true) => "logged-in-password-key",
        (false, true) => "logged-in-key",
        (_, false) if used(&["otp"]) => "logged-in-password-code",
        (_, false) => "logged-in-password",
    }
}

#[cfg(test)]
mod tests {
    use latchkey_core::Timestamp;
    use latchkey_core::assurance::{Method, Proof};
    use latchkey_core::ids::CredentialId;
    use uuid::Uuid;

    use super::*;

    #[test]
    fn how_somebody_logged_in_is_what_they_showed() {
        let at = Timestamp::from_seconds(1);
        let credential = CredentialId(Uuid::nil());
        let key = |hardware| Method::Key { credential, user_verified: true, hardware };
        let said = |methods: &[Method]| {
            let proofs: Vec<Proof> =
                methods.iter().map(|method| Proof { at, method: method.clone() }).collect();
            logged_in_with(Assurance::judge(&proofs).as_ref())
        };
        assert_eq!(said(&[Method::Password]), "logged-in-password");
        assert_eq!(said(&[key(true)]), "logged-in-key");
        assert_eq!(said(&[Method::Password, key(false)]), "logged-in-password-key");
    }
}
