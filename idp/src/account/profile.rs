//! The tabs of `/account`: Profile and Self-Service. They show and change nothing.

use axum::response::Response;
use latchkey_core::assurance::Assurance;
use latchkey_core::credentials::CredentialState;

use super::session::Asked;
use crate::pages::account::{Profile, SelfService};

/// `GET /account`
pub(super) async fn show(asked: Asked) -> Response {
    const PATH: &str = "/account";
    asked
        .answer(async {
            let current = asked.entered(PATH, false).await?;
            let person = &current.person.person;
            let page = Profile {
                name: person.name.clone(),
                username: person.username.as_str().to_owned(),
                organisation: current.organisation.name.clone(),
                email: person.email.clone(),
                logged_in_at: current.session.started_at,
                logged_in_with: logged_in_with(current.session.assurance.as_ref()).into(),
            };
            Ok(asked.page(&current, PATH, &page))
        })
        .await
}

/// `GET /account/self-service`
pub(super) async fn self_service(asked: Asked) -> Response {
    const PATH: &str = "/account/self-service";
    asked
        .answer(async {
            let current = asked.entered(PATH, false).await?;
            let person = &current.person.person;
            let keys = asked.app.store.view().list_credentials(person.id).await?;
            let working = keys.iter().filter(|key| key.state == CredentialState::Active).count();
            let page = SelfService {
                name: person.name.clone(),
                username: person.username.as_str().to_owned(),
                organisation: current.organisation.name.clone(),
                working,
                suspended: keys.len() - working,
                password: current.person.password_hash.is_some(),
            };
            Ok(asked.page(&current, PATH, &page))
        })
        .await
}

fn logged_in_with(assurance: Option<&Assurance>) -> &'static str {
    let used = |names: &[&str]| {
        assurance.is_some_and(|it| it.amr.iter().any(|amr| names.contains(&amr.as_str())))
    };
    match (used(&["pwd"]), used(&["hwk", "pop"])) {
        (true, true) => "logged-in-password-key",
        (false, true) => "logged-in-key",
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
