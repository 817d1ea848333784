//! The token endpoint's requests and answers (RFC 6749 §4.1.3, §4.1.4, §6; OpenID Connect Core
//! §3.1.3).

use latchkey_core::secrets::Plain;
use serde::Serialize;

use crate::client::{GrantType, VerifiedClient};
use crate::credentials::ClientCredentials;
use crate::error::{TokenError, TokenErrorCode};
use crate::params::Parameters;
use crate::pkce::Verifier;
use crate::resource::{Indicators, Resource};
use crate::scopes::Scopes;
use crate::service::ServiceAccount;

/// A token request, read; whether the client is who it says is not yet judged.
pub struct TokenRequest {
    /// What the client presented.
    pub credentials: ClientCredentials,
    /// What it wants tokens for.
    pub grant: GrantRequest,
}

/// What tokens are wanted for.
pub enum GrantRequest {
    /// For a code.
    AuthorizationCode(CodeRequest),
    /// For a refresh token.
    RefreshToken(RefreshRequest),
    /// For the client itself.
    ClientCredentials(ServiceRequest),
}

/// RFC 6749 §4.1.3, RFC 7636 §4.5.
pub struct CodeRequest {
    /// The code.
    pub code: Plain,
    /// The redirect address of the authorization request, again.
    pub redirect_uri: String,
    /// The answer to its challenge.
    pub code_verifier: Option<Verifier>,
    /// The resource that the token is for, again.
    pub resources: Indicators,
}

/// RFC 6749 §6.
pub struct RefreshRequest {
    /// The refresh token.
    pub refresh_token: Plain,
    /// The resource that the token is for, again.
    pub resources: Indicators,
    scope: Option<Scopes>,
}

/// RFC 6749 §4.4.2.
pub struct ServiceRequest {
    resources: Indicators,
    scope: Option<String>,
}

impl TokenRequest {
    /// Reads a request: the `Authorization` header and the form.
    ///
    /// # Errors
    /// The first thing that is wrong with it.
    pub fn parse(authorization: Option<&str>, form: &Parameters<'_>) -> Result<Self, TokenError> {
        form.check()?;
        let credentials = ClientCredentials::presented(authorization, form)?;
        let grant_type = form.one("grant_type")?.ok_or(missing("grant_type is missing"))?;
        let grant = match GrantType::parse(grant_type) {
            Some(GrantType::AuthorizationCode) => {
                GrantRequest::AuthorizationCode(CodeRequest::parse(form)?)
            }
            Some(GrantType::RefreshToken) => {
                GrantRequest::RefreshToken(RefreshRequest::parse(form)?)
            }
            Some(GrantType::ClientCredentials) => {
                GrantRequest::ClientCredentials(ServiceRequest::parse(form)?)
            }
            None => {
                return Err(TokenError::new(
                    TokenErrorCode::UnsupportedGrantType,
                    "grant_type is none of authorization_code, refresh_token, client_credentials",
                ));
            }
        };
        Ok(Self { credentials, grant })
    }
}

const fn missing(description: &'static str) -> TokenError {
    TokenError::invalid_request(description)
}

fn secret(text: &str) -> Plain {
    Plain::new(text.to_owned())
}

impl GrantRequest {
    /// Which grant it is.
    #[must_use]
    pub fn grant_type(&self) -> GrantType {
        match self {
            Self::AuthorizationCode(_) => GrantType::AuthorizationCode,
            Self::RefreshToken(_) => GrantType::RefreshToken,
            Self::ClientCredentials(_) => GrantType::ClientCredentials,
        }
    }

    /// Checks that the client may use this grant (RFC 6749 §5.2).
    ///
    /// # Errors
    /// `unauthorized_client`.
    pub fn allowed_for(&self, client: VerifiedClient<'_>) -> Result<(), TokenError> {
        if client.client().may_use(self.grant_type()) {
            return Ok(());
        }
        Err(TokenError::new(
            TokenErrorCode::UnauthorizedClient,
            "the client is not registered for this grant type",
        ))
    }
}

impl CodeRequest {
    fn parse(form: &Parameters<'_>) -> Result<Self, TokenError> {
        let code_verifier = match form.one("code_verifier")? {
            None => None,
            Some(text) => Some(Verifier::parse(text).ok_or(TokenError::invalid_request(
                "code_verifier is not 43 to 128 unreserved characters (RFC 7636 section 4.1)",
            ))?),
        };
        Ok(Self {
            code: form.one("code")?.map(secret).ok_or(missing("code is missing"))?,
            // Always in our authorization requests, so always demanded (RFC 6749 §4.1.3).
            redirect_uri: form
                .one("redirect_uri")?
                .map(str::to_owned)
                .ok_or(missing("redirect_uri is missing"))?,
            code_verifier,
            resources: Indicators::read(form)?,
        })
    }
}

impl RefreshRequest {
    fn parse(form: &Parameters<'_>) -> Result<Self, TokenError> {
        let scope = match form.one("scope")? {
            None => None,
            Some(text) => Some(text.parse().map_err(|_| TOO_MUCH)?),
        };
        let token = form.one("refresh_token")?.map(secret);
        Ok(Self {
            refresh_token: token.ok_or(missing("refresh_token is missing"))?,
            resources: Indicators::read(form)?,
            scope,
        })
    }

    /// The scopes of the new access token: those granted, or fewer where fewer are asked for.
    ///
    /// # Errors
    /// `invalid_scope` where more is asked for (RFC 6749 §6).
    pub fn narrowed(&self, granted: Scopes) -> Result<Scopes, TokenError> {
        match self.scope {
            None => Ok(granted),
            Some(wanted) if wanted.is_subset_of(granted) && !wanted.is_empty() => Ok(wanted),
            Some(_) => Err(TOO_MUCH),
        }
    }
}

impl ServiceRequest {
    fn parse(form: &Parameters<'_>) -> Result<Self, TokenError> {
        let scope = form.one("scope")?.map(str::to_owned);
        Ok(Self { resources: Indicators::read(form)?, scope })
    }

    /// The scopes of the token, for the one `resource` that there is, named or not: those asked
    /// for, and nothing where nothing is (RFC 6749 §3.3).
    ///
    /// # Errors
    /// `invalid_target` for another resource, `invalid_scope` where none is asked for, or one that
    /// the service account may not have.
    pub fn scopes(
        &self,
        account: &ServiceAccount,
        resource: Resource<'_>,
    ) -> Result<Vec<&str>, TokenError> {
        self.resources.one(&[resource])?;
        let mut scopes = Vec::new();
        for word in self.scope.iter().flat_map(|scope| scope.split(' ')) {
            let may = account.scopes.iter().any(|scope| scope == word);
            if !word.is_empty() && !may {
                return Err(TokenError::new(
                    TokenErrorCode::InvalidScope,
                    "scope names what this service account may not do",
                ));
            }
            if may && !scopes.contains(&word) {
                scopes.push(word);
            }
        }
        if scopes.is_empty() {
            return Err(TokenError::new(TokenErrorCode::InvalidScope, "scope is missing"));
        }
        Ok(scopes)
    }
}

const TOO_MUCH: TokenError =
    TokenError::new(TokenErrorCode::InvalidScope, "scope exceeds what was granted");

/// The answer to a good request (RFC 6749 §5.1). To be sent with `Cache-Control: no-store`.
pub struct TokenResponse<'a> {
    /// The access token.
    pub access_token: &'a Plain,
    /// How long it lasts, in seconds.
    pub expires_in: u64,
    /// The refresh token, if the client gets one.
    pub refresh_token: Option<&'a Plain>,
    /// What was granted.
    pub scope: &'a str,
    /// The ID token.
    pub id_token: Option<&'a str>,
}

#[derive(Serialize)]
struct Body<'a> {
    access_token: &'a str,
    token_type: &'static str,
    expires_in: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh_token: Option<&'a str>,
    scope: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    id_token: Option<&'a str>,
}

impl TokenResponse<'_> {
    /// The JSON body.
    ///
    /// # Errors
    /// Never for these members; the signature leaves it to the caller to say so.
    pub fn body(&self) -> Result<Vec<u8>, serde_json::Error> {
        serde_json::to_vec(&Body {
            access_token: self.access_token.expose(),
            token_type: "Bearer",
            expires_in: self.expires_in,
            refresh_token: self.refresh_token.map(Plain::expose),
            scope: self.scope,
            id_token: self.id_token,
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::samples::{API, pairs, public_client, rota};
    use crate::service::Reach;

    const CODE: &[(&str, &str)] = &[
        ("grant_type", "authorization_code"),
        ("client_id", "rota"),
        ("client_secret", "rota secret!"),
        ("code", "abc"),
        ("redirect_uri", "https://rota.example/cb"),
    ];

    fn parse(base: &[(&str, &str)], extra: &[(&str, &str)]) -> Result<TokenRequest, TokenError> {
        let pairs = pairs(&[base, extra].concat());
        TokenRequest::parse(None, &Parameters::new(&pairs).expect("few"))
    }

    fn code(result: Result<TokenRequest, TokenError>) -> &'static str {
        result
            .map_or_else(|error| error.code.as_str(), |request| request.grant.grant_type().as_str())
    }

    fn without(name: &str) -> Vec<(&'static str, &'static str)> {
        CODE.iter().copied().filter(|(key, _)| *key != name).collect()
    }

    #[test]
    fn a_code_request_is_read_and_one_that_lacks_something_is_not() {
        assert_eq!(code(parse(CODE, &[])), "authorization_code");
        for name in ["grant_type", "code", "redirect_uri"] {
            assert_eq!(code(parse(&without(name), &[])), "invalid_request", "{name}");
        }
        assert_eq!(code(parse(&without("client_id"), &[])), "invalid_client");
    }

    #[test]
    fn repeated_parameters_are_refused_those_that_nobody_reads_included() {
        assert_eq!(code(parse(CODE, &[("code", "abc")])), "invalid_request");
        assert_eq!(code(parse(CODE, &[("x", "1"), ("x", "1")])), "invalid_request");
    }

    #[test]
    fn an_unknown_grant_is_unsupported() {
        for name in ["password", "implicit", "AUTHORIZATION_CODE"] {
            let request = parse(&without("grant_type"), &[("grant_type", name)]);
            assert_eq!(code(request), "unsupported_grant_type");
        }
    }

    #[test]
    fn a_malformed_verifier_is_refused() {
        assert_eq!(code(parse(CODE, &[("code_verifier", "short")])), "invalid_request");
        let good = "a".repeat(43);
        assert_eq!(code(parse(CODE, &[("code_verifier", &good)])), "authorization_code");
    }

    #[test]
    fn a_client_uses_the_grants_that_it_registered() {
        let refresh =
            [("grant_type", "refresh_token"), ("client_id", "x"), ("refresh_token", "abc")];
        let request = parse(&refresh, &[]).expect("a request");
        assert_eq!(request.grant.allowed_for(VerifiedClient(&rota())), Ok(()));
        let refused = request.grant.allowed_for(VerifiedClient(&public_client()));
        assert_eq!(refused.expect_err("refused").code, TokenErrorCode::UnauthorizedClient);
    }

    #[test]
    fn a_refreshed_scope_must_not_exceed_what_was_granted() {
        let refresh =
            [("grant_type", "refresh_token"), ("client_id", "x"), ("refresh_token", "abc")];
        let narrowed = |scope: Option<&str>, granted: &str| {
            let extra: Vec<_> = scope.map(|scope| ("scope", scope)).into_iter().collect();
            let request = parse(&refresh, &extra)?;
            let GrantRequest::RefreshToken(request) = request.grant else { panic!("a refresh") };
            request.narrowed(Scopes::known(granted)).map(|scopes| scopes.to_string())
        };
        assert_eq!(narrowed(None, "openid email"), Ok("openid email".into()));
        assert_eq!(narrowed(Some("openid"), "openid email"), Ok("openid".into()));
        assert_eq!(narrowed(Some("openid phone"), "openid email"), Err(TOO_MUCH));
        assert_eq!(narrowed(Some("openid groups"), "openid email"), Err(TOO_MUCH));
    }

    #[test]
    fn a_service_account_gets_the_scopes_that_it_asks_for_and_no_others() {
        let account = ServiceAccount {
            scopes: vec!["people:read".into(), "people:write".into()],
            reach: Reach::Platform,
        };
        let scopes = |extra: &[(&str, &str)]| {
            let base = [("grant_type", "client_credentials"), ("client_id", "x")];
            let request = parse(&base, extra)?;
            let GrantRequest::ClientCredentials(request) = request.grant else { panic!("itself") };
            request.scopes(&account, API).map(|scopes| scopes.join(" "))
        };
        let code = |extra: &[(&str, &str)]| scopes(extra).map_err(|error| error.code);
        let read = ("scope", "people:read people:read");
        assert_eq!(scopes(&[read]), Ok("people:read".into()));
        assert_eq!(scopes(&[read, ("resource", API.identifier)]), Ok("people:read".into()));
        assert_eq!(code(&[]), Err(TokenErrorCode::InvalidScope));
        assert_eq!(code(&[("scope", " ")]), Err(TokenErrorCode::InvalidScope));
        for more in ["people:read audit:read", "openid", "people:*", "PEOPLE:READ"] {
            assert_eq!(code(&[("scope", more)]), Err(TokenErrorCode::InvalidScope), "{more}");
        }
        let other = ("resource", "https://other.example");
        assert_eq!(code(&[read, other]), Err(TokenErrorCode::InvalidTarget));
        let both = [read, ("resource", API.identifier), other];
        assert_eq!(code(&both), Err(TokenErrorCode::InvalidTarget));
    }

    #[test]
    fn the_answer_has_the_members_of_the_specification() {
        let response = TokenResponse {
            access_token: &Plain::new("at".into()),
            expires_in: 300,
            refresh_token: None,
            scope: "openid email",
            id_token: Some("a.b.c"),
        };
        assert_eq!(
            response.body().expect("json"),
            br#"{"access_token":"at","token_type":"Bearer","expires_in":300,"scope":"openid email","id_token":"a.b.c"}"#
        );
    }

    proptest! {
        #[test]
        fn no_request_makes_the_reader_panic(
            pairs in prop::collection::vec((
                prop_oneof![
                    any::<String>(),
                    prop::sample::select(vec![
                        "grant_type", "code", "redirect_uri", "code_verifier", "scope",
                        "client_id", "client_secret", "refresh_token", "resource",
                    ]).prop_map(str::to_owned),
                ],
                any::<String>(),
            ), 0..12),
            header in prop::option::of(any::<String>()),
        ) {
            let parameters = Parameters::new(&pairs).expect("few");
            let _ = TokenRequest::parse(header.as_deref(), &parameters);
        }
    }
}
