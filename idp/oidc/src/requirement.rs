//! From the protocol's words to the domain's: what a request and its client require of a log-in,
//! and what a log-in that did not come about is called.

use std::time::Duration;

use latchkey_core::assurance::Level;
use latchkey_core::ids::OrganisationId;
use latchkey_core::requirement::{Application, Consent, Refusal, Requirement};
use url::Url;

use crate::authorize::AuthorizationRequest;
use crate::client::Client;
use crate::error::{AuthorizationError, AuthorizationErrorCode as Code};

const UNMET: AuthorizationError = AuthorizationError::new(
    Code::UnmetAuthenticationRequirements,
    "none of the required acr values can be reached",
);

/// What the log-in flow is asked for. `organisation` is the client's, which documents name and the
/// caller's records resolve.
///
/// # Errors
/// `unmet_authentication_requirements` when every value that the request insists on means nothing
/// here (OpenID Connect Core §5.5.1.1).
pub fn requirement(
    request: &AuthorizationRequest,
    client: &Client,
    organisation: Option<OrganisationId>,
) -> Result<Requirement, AuthorizationError> {
    let prompt = request.prompt;
    let (levels, essential) = strength(request, client)?;
    Ok(Requirement {
        subject: request.subject,
        username_hint: request.login_hint.clone(),
        levels,
        essential,
        max_age: request.max_age.map(|seconds| Duration::from_secs(seconds.into())),
        // `max_age=0` means `prompt=login` (OpenID Connect Core §3.1.2.1). There is one account a
        // browser, so choosing another one is logging in anew.
        again: prompt.login || prompt.select_account || request.max_age == Some(0),
        step_up: None,
        by_authenticator: false,
        may_ask: !prompt.none,
        // A trusted application spares people the question, unless it wants it asked.
        consent: (!client.trusted || prompt.consent).then(|| Consent {
            client: client.id.clone(),
            scopes: agreed(request, client),
            released: client.claims.clone(),
            always: prompt.consent,
            kept: true,
        }),
        locales: request.ui_locales.clone(),
        application: Some(Application {
            name: client.name.clone(),
            host: host(&request.redirect_uri),
            organisation,
        }),
    })
}

/// What is remembered of an agreement: scopes, and what else the application is told. More of either
/// is asked for again.
fn agreed(request: &AuthorizationRequest, client: &Client) -> Vec<String> {
    let scopes = request.scopes.iter().map(|scope| scope.as_str().to_owned());
    let rules = client.claims.iter();
    scopes.chain(rules.map(|(name, source)| format!("claim:{name}={source}"))).collect()
}

/// Where the person will be sent: a host, or an application's own scheme where there is none.
fn host(redirect_uri: &str) -> String {
    Url::parse(redirect_uri)
        .map(|url| url.host_str().unwrap_or(url.scheme()).to_owned())
        .unwrap_or_default()
}

/// The levels that would do. Where the client requires one, each is raised to it.
fn strength(
    request: &AuthorizationRequest,
    client: &Client,
) -> Result<(Vec<Level>, bool), AuthorizationError> {
    let asked = &request.acr;
    let mut levels = Vec::new();
    for level in asked.values.iter().filter_map(|acr| client.level(acr)) {
        let raised = client.required_level.map_or(level, |required| required.max(level));
        if !levels.contains(&raised) {
            levels.push(raised);
        }
    }
    if asked.essential && !asked.values.is_empty() && levels.is_empty() {
        return Err(UNMET);
    }
    match client.required_level {
        // A wish that goes beyond the client's own floor stays a wish: the floor would do as well.
        Some(required) if !asked.essential && !levels.contains(&required) => {
            levels.push(required);
            Ok((levels, true))
        }
        Some(_) => Ok((levels, true)),
        None => Ok((levels, asked.essential)),
    }
}

/// What the client is told when the flow did not produce what was required.
#[must_use]
pub fn refusal(refusal: Refusal) -> AuthorizationError {
    let (code, description) = match refusal {
        Refusal::LoginRequired => (Code::LoginRequired, "nobody is logged in as required"),
        Refusal::ConsentRequired => (Code::ConsentRequired, "the person has not agreed"),
        Refusal::InteractionRequired => (Code::InteractionRequired, "the person has to be asked"),
        Refusal::Denied => (Code::AccessDenied, "the person did not agree"),
        Refusal::Unmet => return UNMET,
        // OpenID Connect Core §3.1.2.1, `id_token_hint`.
        Refusal::WrongPerson => (Code::LoginRequired, "somebody else is logged in"),
    };
    AuthorizationError::new(code, description)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::json;

    use super::*;
    use crate::authorize::tests::judged;
    use crate::samples::{client, rota};

    fn required(
        client: &Client,
        extra: &[(&str, &str)],
    ) -> Result<Requirement, AuthorizationError> {
        requirement(&judged(client, extra).expect("a request"), client, None)
    }

    fn with(member: &str, value: serde_json::Value) -> Client {
        let mut metadata = json!({
            "client_id": "rota",
            "client_secret": "rota secret!",
            "redirect_uris": ["https://rota.example/cb"],
        });
        metadata[member] = value;
        client(metadata)
    }

    #[test]
    fn a_plain_request_requires_anyone_and_their_consent() {
        let mut expected = Requirement::anyone();
        expected.application = Some(Application {
            name: "rota".into(),
            host: "rota.example".into(),
            organisation: None,
        });
        expected.consent = Some(Consent {
            client: rota().id,
            scopes: vec!["openid".into()],
            released: BTreeMap::new(),
            always: false,
            kept: true,
        });
        assert_eq!(required(&rota(), &[]), Ok(expected.clone()));
        let trusted = with("latchkey_trusted", json!(true));
        expected.consent = None;
        assert_eq!(required(&trusted, &[]), Ok(expected));
        let asked = required(&trusted, &[("prompt", "consent")]).expect("a requirement");
        assert!(asked.consent.is_some_and(|consent| consent.always));
    }

    #[test]
    fn an_application_is_shown_with_the_place_that_people_are_sent_to() {
        assert_eq!(host("http://127.0.0.1:8081/cb"), "127.0.0.1");
        assert_eq!(host("org.example.phone:/cb"), "org.example.phone");
    }

    #[test]
    fn max_age_zero_is_prompt_login() {
        assert!(required(&rota(), &[("max_age", "0")]).expect("a requirement").again);
        assert!(required(&rota(), &[("prompt", "login")]).expect("a requirement").again);
        let hour = required(&rota(), &[("max_age", "3600")]).expect("a requirement");
        assert!(!hour.again);
        assert_eq!(hour.max_age, Some(Duration::from_secs(3600)));
        let default = with("default_max_age", json!(60));
        let minute = required(&default, &[]).expect("a requirement");
        assert_eq!(minute.max_age, Some(Duration::from_secs(60)));
        assert!(!required(&rota(), &[("prompt", "none")]).expect("a requirement").may_ask);
    }

    #[test]
    fn a_wish_is_tried_for_and_an_essential_value_must_be_reached() {
        let wish = required(&rota(), &[("acr_values", "urn:unknown phr")]).expect("a requirement");
        assert_eq!((wish.levels, wish.essential), (vec![Level::PhishingResistant], false));
        let claims = r#"{"id_token":{"acr":{"essential":true,"values":["phrh","urn:unknown"]}}}"#;
        let must = required(&rota(), &[("claims", claims)]).expect("a requirement");
        assert_eq!((must.levels, must.essential), (vec![Level::Hardware], true));
    }

    #[test]
    fn essential_values_that_mean_nothing_here_are_unmet_at_once() {
        let claims = r#"{"id_token":{"acr":{"essential":true,"value":"urn:gold"}}}"#;
        let error = required(&rota(), &[("claims", claims)]).expect_err("unmet");
        assert_eq!(error.code, Code::UnmetAuthenticationRequirements);
        let wish = required(&rota(), &[("acr_values", "urn:gold")]).expect("a requirement");
        assert!(wish.levels.is_empty() && !wish.essential);
    }

    #[test]
    fn a_client_that_requires_a_level_never_gets_less() {
        let own = with("latchkey_acr_values", json!({ "urn:gold": "phishing-resistant" }));
        let wish = required(&own, &[("acr_values", "urn:gold")]).expect("a requirement");
        assert_eq!(wish.levels, [Level::PhishingResistant], "a value of its own");
        let strict = with("latchkey_require_acr", json!("phr"));
        let plain = required(&strict, &[]).expect("a requirement");
        assert_eq!((plain.levels, plain.essential), (vec![Level::PhishingResistant], true));
        let weaker = required(&strict, &[("acr_values", "https://refeds.org/profile/mfa")]);
        assert_eq!(weaker.expect("a requirement").levels, [Level::PhishingResistant]);
        let wish = required(&strict, &[("acr_values", "phrh")]).expect("a requirement");
        assert_eq!(wish.levels, [Level::Hardware, Level::PhishingResistant]);
        assert!(wish.essential);
        let claims = r#"{"id_token":{"acr":{"essential":true,"value":"phrh"}}}"#;
        let must = required(&strict, &[("claims", claims)]).expect("a requirement");
        assert_eq!(must.levels, [Level::Hardware]);
    }
}
