//! One check a function, each for one parameter.

use latchkey_core::ids::Subject;
use uuid::Uuid;

use super::Prompt;
use super::acr::Claims;
use crate::client::{Client, GrantType};
use crate::error::{AuthorizationError, AuthorizationErrorCode as Code};
use crate::idtoken::HintVerifier;
use crate::params::Parameters;
use crate::pkce::Challenge;
use crate::redirect::ResponseMode;
use crate::resource::{Indicators, Resource, Target};
use crate::scopes::{Scope, Scopes};

type Checked<T> = Result<T, AuthorizationError>;

const fn invalid<T>(description: &'static str) -> Checked<T> {
    Err(AuthorizationError::invalid_request(description))
}

/// OpenID Connect Core §6 and §7.2.1: what is not supported must be refused by its own code.
pub(super) fn unsupported(parameters: &Parameters<'_>) -> Checked<()> {
    for (name, code, description) in [
        ("request", Code::RequestNotSupported, "request objects are not supported"),
        ("request_uri", Code::RequestUriNotSupported, "request_uri is not supported"),
        ("registration", Code::RegistrationNotSupported, "registration is not supported"),
    ] {
        if parameters.one(name)?.is_some() {
            return Err(AuthorizationError::new(code, description));
        }
    }
    Ok(())
}

/// RFC 6749 §3.1.1: the code flow and no other.
pub(super) fn response_type(parameters: &Parameters<'_>) -> Checked<()> {
    match parameters.one("response_type")? {
        Some("code") => Ok(()),
        Some(_) => Err(AuthorizationError::new(
            Code::UnsupportedResponseType,
            "response_type must be code",
        )),
        None => invalid("response_type is missing"),
    }
}

/// OAuth 2.0 Multiple Response Types §2.1.
pub(super) fn response_mode(parameters: &Parameters<'_>) -> Checked<ResponseMode> {
    match parameters.one("response_mode")? {
        None => Ok(ResponseMode::default()),
        Some(text) => ResponseMode::parse(text)
            .ok_or(AuthorizationError::invalid_request("response_mode must be query or form_post")),
    }
}

/// RFC 6749 §4.1.1. Returned as it came.
pub(super) fn state(parameters: &Parameters<'_>) -> Checked<Option<String>> {
    bounded(parameters, "state", 4096, "state is longer than 4096 bytes")
}

/// OpenID Connect Core §3.1.2.1: `openid` is required, unknown values are ignored; §11: without
/// the grant for it, `offline_access` is ignored as well. RFC 6749 §3.3 lets the rest be narrowed.
pub(super) fn scopes(parameters: &Parameters<'_>, client: &Client) -> Checked<Scopes> {
    let requested = Scopes::known(parameters.one("scope")?.unwrap_or_default());
    if !requested.contains(Scope::OpenId) {
        return Err(AuthorizationError::new(Code::InvalidScope, "scope must contain openid"));
    }
    let granted = requested.intersection(client.scopes);
    if client.may_use(GrantType::RefreshToken) {
        Ok(granted)
    } else {
        Ok(granted.without(Scope::OfflineAccess))
    }
}

/// RFC 8707 §2: a protected resource, and scopes of it, for a client that people may lend them to.
pub(super) fn target(
    parameters: &Parameters<'_>,
    client: &Client,
    resources: &[Resource<'_>],
) -> Checked<Option<Target>> {
    let named = Indicators::read(parameters)?;
    let words = words(parameters.one("scope")?);
    Ok(Target::judge(&named, words, &client.resource_scopes, resources)?)
}

/// OpenID Connect Core §3.1.2.1: passed through unmodified.
pub(super) fn nonce(parameters: &Parameters<'_>) -> Checked<Option<String>> {
    bounded(parameters, "nonce", 512, "nonce is longer than 512 bytes")
}

/// RFC 7636 §4.3 and §4.4.1; RFC 9700 §2.1.1: some clients must.
pub(super) fn code_challenge(
    parameters: &Parameters<'_>,
    client: &Client,
) -> Checked<Option<Challenge>> {
    let challenge = parameters.one("code_challenge")?;
    let method = parameters.one("code_challenge_method")?;
    match (challenge, method) {
        (None, None) if client.must_use_pkce() => {
            invalid("code_challenge is missing (RFC 7636 section 4.4.1)")
        }
        (None, None) => Ok(None),
        (None, Some(_)) => invalid("code_challenge_method without code_challenge"),
        (Some(text), Some("S256")) => Challenge::parse(text).map(Some).ok_or(
            AuthorizationError::invalid_request("code_challenge is not the base64url of a SHA-256"),
        ),
        // Without a method the specification means plain.
        (Some(_), _) => invalid("code_challenge_method must be S256"),
    }
}

/// OpenID Connect Core §3.1.2.1: "If this parameter contains none with any other value, an error
/// is returned".
pub(super) fn prompt(parameters: &Parameters<'_>) -> Checked<Prompt> {
    let mut prompt = Prompt::default();
    for word in words(parameters.one("prompt")?) {
        match word {
            "none" => prompt.none = true,
            "login" => prompt.login = true,
            "consent" => prompt.consent = true,
            "select_account" => prompt.select_account = true,
            _ => return invalid("prompt is none of none, login, consent, select_account"),
        }
    }
    if prompt.none && (prompt.login || prompt.consent || prompt.select_account) {
        return invalid("prompt none goes with no other value");
    }
    Ok(prompt)
}

/// OpenID Connect Core §3.1.2.1.
pub(super) fn max_age(parameters: &Parameters<'_>) -> Checked<Option<u32>> {
    let Some(text) = parameters.one("max_age")? else { return Ok(None) };
    if !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return invalid("max_age is not a number of seconds");
    }
    // What does not fit is older than any session.
    Ok(Some(text.parse().unwrap_or(u32::MAX)))
}

/// OpenID Connect Core §3.1.2.1 (`id_token_hint`) and §5.5.1 (`sub` with a value in `claims`): the
/// person that it must be.
pub(super) fn subject(
    parameters: &Parameters<'_>,
    claims: &Claims,
    client: &Client,
    hints: HintVerifier<'_>,
) -> Checked<Option<Subject>> {
    let hinted = match parameters.one("id_token_hint")? {
        None => None,
        Some(token) => {
            let hint = hints.verify(token).map_err(|_| {
                AuthorizationError::invalid_request("id_token_hint is not an ID token of ours")
            })?;
            // Another client's token would let clients find out whom they share.
            if !hint.audience.contains(&client.id) {
                return invalid("id_token_hint was issued to another client");
            }
            Some(hint.subject)
        }
    };
    let nobody = AuthorizationError::new(Code::LoginRequired, "the requested sub is nobody's");
    let claimed = match &claims.subject {
        None => None,
        Some(text) => Some(Uuid::parse_str(text).map(Subject).map_err(|_| nobody)?),
    };
    match (hinted, claimed) {
        (Some(hinted), Some(claimed)) if hinted != claimed => {
            invalid("id_token_hint and the requested sub are different people")
        }
        (hinted, claimed) => Ok(hinted.or(claimed)),
    }
}

/// OpenID Connect Core §3.1.2.1: a hint; an absurd one is no hint.
pub(super) fn login_hint(parameters: &Parameters<'_>) -> Checked<Option<String>> {
    Ok(parameters.one("login_hint")?.filter(|hint| hint.len() <= 256).map(str::to_owned))
}

/// OpenID Connect Core §3.1.2.1: "An error SHOULD NOT result" from tags that are not supported.
pub(super) fn ui_locales(parameters: &Parameters<'_>) -> Checked<Vec<String>> {
    Ok(locales(parameters.one("ui_locales")?))
}

/// The well-formed language tags of a list, at most eight.
pub(crate) fn locales(text: Option<&str>) -> Vec<String> {
    let is_tag = |word: &&str| {
        word.len() <= 35
            && word.split('-').all(|part| {
                (1..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric())
            })
    };
    words(text).filter(is_tag).take(8).map(str::to_owned).collect()
}

pub(super) fn words(text: Option<&str>) -> impl Iterator<Item = &str> {
    text.unwrap_or_default().split(' ').filter(|word| !word.is_empty())
}

fn bounded(
    parameters: &Parameters<'_>,
    name: &str,
    most: usize,
    too_long: &'static str,
) -> Checked<Option<String>> {
    match parameters.one(name)? {
        Some(text) if text.len() > most => invalid(too_long),
        text => Ok(text.map(str::to_owned)),
    }
}
