//! The error codes that a peer may see, closed, each with the answer that carries it.
//!
//! Descriptions are constant texts: nothing that a request said is ever sent back in one.

use serde::Serialize;

use crate::params::ParameterError;

/// An error that is sent back to the client through the browser (RFC 6749 §4.1.2.1, OpenID Connect
/// Core §3.1.2.6).
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}: {description}", code.as_str())]
pub struct AuthorizationError {
    /// The code.
    pub code: AuthorizationErrorCode,
    /// More, for the client's developer.
    pub description: &'static str,
}

impl AuthorizationError {
    /// An error from its code and a description.
    #[must_use]
    pub const fn new(code: AuthorizationErrorCode, description: &'static str) -> Self {
        Self { code, description }
    }

    pub(crate) const fn invalid_request(description: &'static str) -> Self {
        Self::new(AuthorizationErrorCode::InvalidRequest, description)
    }
}

impl From<ParameterError> for AuthorizationError {
    fn from(error: ParameterError) -> Self {
        Self::invalid_request(error.description())
    }
}

macro_rules! codes {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $text:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $name {
            $($(#[$variant_doc])* $variant,)+
        }

        impl $name {
            /// The code as it is sent.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $text,)+
                }
            }
        }
    };
}

codes! {
    /// The codes of the authorization endpoint.
    AuthorizationErrorCode {
        /// RFC 6749 §4.1.2.1.
        InvalidRequest = "invalid_request",
        /// RFC 6749 §4.1.2.1: the client may not ask this.
        UnauthorizedClient = "unauthorized_client",
        /// RFC 6749 §4.1.2.1: the person or the house said no.
        AccessDenied = "access_denied",
        /// RFC 6749 §4.1.2.1.
        UnsupportedResponseType = "unsupported_response_type",
        /// RFC 6749 §4.1.2.1.
        InvalidScope = "invalid_scope",
        /// RFC 6749 §4.1.2.1.
        ServerError = "server_error",
        /// RFC 6749 §4.1.2.1.
        TemporarilyUnavailable = "temporarily_unavailable",
        /// OpenID Connect Core §3.1.2.6.
        InteractionRequired = "interaction_required",
        /// OpenID Connect Core §3.1.2.6.
        LoginRequired = "login_required",
        /// OpenID Connect Core §3.1.2.6.
        ConsentRequired = "consent_required",
        /// OpenID Connect Core §3.1.2.6.
        RequestNotSupported = "request_not_supported",
        /// OpenID Connect Core §3.1.2.6.
        RequestUriNotSupported = "request_uri_not_supported",
        /// OpenID Connect Core §3.1.2.6.
        RegistrationNotSupported = "registration_not_supported",
        /// OpenID Connect Core Unmet Authentication Requirements §2.
        UnmetAuthenticationRequirements = "unmet_authentication_requirements",
        /// RFC 8707 §2: no resource of ours, or not for this client.
        InvalidTarget = "invalid_target",
    }
}

codes! {
    /// The codes of the token endpoint (RFC 6749 §5.2).
    TokenErrorCode {
        /// The request lacks something, repeats something or is otherwise malformed.
        InvalidRequest = "invalid_request",
        /// The client is unknown or did not prove who it is.
        InvalidClient = "invalid_client",
        /// The code or refresh token is not good, or not this client's.
        InvalidGrant = "invalid_grant",
        /// The client may not use this grant.
        UnauthorizedClient = "unauthorized_client",
        /// There is no such grant here.
        UnsupportedGrantType = "unsupported_grant_type",
        /// The scope is malformed, or more than was granted.
        InvalidScope = "invalid_scope",
        /// RFC 8707 §2: no resource of ours, or not what was granted.
        InvalidTarget = "invalid_target",
    }
}

/// An error of the token endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}: {description}", code.as_str())]
pub struct TokenError {
    /// The code.
    pub code: TokenErrorCode,
    /// More, for the client's developer.
    pub description: &'static str,
    /// Whether the client tried to authenticate by the `Authorization` header.
    pub basic: bool,
}

#[derive(Serialize)]
struct Body {
    error: &'static str,
    #[serde(skip_serializing_if = "str::is_empty")]
    error_description: &'static str,
}

impl Body {
    fn json(&self) -> Vec<u8> {
        // Two constant texts always serialise; an empty object would still be an error's answer.
        serde_json::to_vec(self).unwrap_or_else(|_| b"{}".to_vec())
    }
}

impl TokenError {
    /// An error from its code and a description.
    #[must_use]
    pub const fn new(code: TokenErrorCode, description: &'static str) -> Self {
        Self { code, description, basic: false }
    }

    /// `invalid_request`, with a reason.
    #[must_use]
    pub const fn invalid_request(description: &'static str) -> Self {
        Self::new(TokenErrorCode::InvalidRequest, description)
    }

    /// `invalid_grant`, the same for every reason that a guesser could learn from.
    #[must_use]
    pub const fn invalid_grant(description: &'static str) -> Self {
        Self::new(TokenErrorCode::InvalidGrant, description)
    }

    /// The HTTP status.
    #[must_use]
    pub fn status(&self) -> u16 {
        match self.code {
            TokenErrorCode::InvalidClient => 401,
            _ => 400,
        }
    }

    /// The JSON body.
    #[must_use]
    pub fn body(&self) -> Vec<u8> {
        Body { error: self.code.as_str(), error_description: self.description }.json()
    }

    /// The `WWW-Authenticate` header: RFC 6749 §5.2 demands it where the client used the header.
    #[must_use]
    pub fn www_authenticate(&self) -> Option<&'static str> {
        (self.code == TokenErrorCode::InvalidClient && self.basic)
            .then_some("Basic realm=\"latchkey\", charset=\"UTF-8\"")
    }
}

impl From<ParameterError> for TokenError {
    fn from(error: ParameterError) -> Self {
        Self::invalid_request(error.description())
    }
}

/// An error of an endpoint that takes an access token (RFC 6750 §3.1, RFC 9470 §3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BearerError {
    /// No token came: the answer tells the scheme and nothing else (RFC 6750 §3.1).
    #[error("no access token")]
    Missing,
    /// A malformed header, or a token in two places.
    #[error("invalid_request")]
    InvalidRequest,
    /// Expired, revoked, unknown, or for another resource.
    #[error("invalid_token")]
    InvalidToken,
    /// A good token that lacks a scope.
    #[error("insufficient_scope")]
    InsufficientScope {
        /// The scope that it lacks.
        scope: &'static str,
    },
    /// A good token from a log-in that is too old or too weak (RFC 9470 §3).
    #[error("insufficient_user_authentication")]
    InsufficientUserAuthentication {
        /// How old the log-in may be, in seconds, where that is what is wrong.
        max_age: Option<u32>,
        /// The authentication context that is wanted, where that is what is wrong.
        acr: Option<&'static str>,
    },
}

impl BearerError {
    /// The HTTP status.
    #[must_use]
    pub fn status(self) -> u16 {
        match self {
            Self::Missing | Self::InvalidToken | Self::InsufficientUserAuthentication { .. } => 401,
            Self::InvalidRequest => 400,
            Self::InsufficientScope { .. } => 403,
        }
    }

    /// The error code, and more for the client's developer; none where RFC 6750 §3.1 wants no more
    /// told.
    #[must_use]
    pub fn told(self) -> Option<(&'static str, &'static str)> {
        Some(match self {
            Self::Missing => return None,
            Self::InvalidRequest => {
                ("invalid_request", "the access token is malformed, or stands in two places")
            }
            Self::InvalidToken => (
                "invalid_token",
                "the access token is expired, revoked, or not made for this resource",
            ),
            Self::InsufficientScope { .. } => {
                ("insufficient_scope", "the access token was not granted the scope for this")
            }
            Self::InsufficientUserAuthentication { acr: Some(_), .. } => {
                ("insufficient_user_authentication", "a stronger log-in is needed for this")
            }
            Self::InsufficientUserAuthentication { acr: None, .. } => {
                ("insufficient_user_authentication", "a more recent log-in is needed for this")
            }
        })
    }

    /// The `WWW-Authenticate` header (RFC 6750 §3, RFC 9470 §3).
    #[must_use]
    pub fn www_authenticate(self) -> String {
        let mut header = String::from("Bearer realm=\"latchkey\"");
        let mut add = |name: &str, value: &str| {
            // All of them are words of ours, without quotes.
            header.push_str(&format!(", {name}=\"{value}\""));
        };
        if let Some((code, description)) = self.told() {
            add("error", code);
            add("error_description", description);
        }
        match self {
            Self::InsufficientScope { scope } => add("scope", scope),
            Self::InsufficientUserAuthentication { max_age, acr } => {
                if let Some(acr) = acr {
                    add("acr_values", acr);
                }
                if let Some(seconds) = max_age {
                    add("max_age", &seconds.to_string());
                }
            }
            Self::Missing | Self::InvalidRequest | Self::InvalidToken => {}
        }
        header
    }

    /// The JSON body; empty where RFC 6750 §3.1 wants no more told.
    #[must_use]
    pub fn body(self) -> Vec<u8> {
        self.told().map_or_else(Vec::new, |(error, error_description)| {
            Body { error, error_description }.json()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_that_used_basic_must_be_told_the_scheme() {
        let mut error = TokenError::new(TokenErrorCode::InvalidClient, "unknown");
        assert_eq!((error.status(), error.www_authenticate()), (401, None));
        error.basic = true;
        assert!(error.www_authenticate().is_some_and(|scheme| scheme.starts_with("Basic ")));
        let error = TokenError { basic: true, ..TokenError::invalid_grant("used") };
        assert_eq!((error.status(), error.www_authenticate()), (400, None));
        assert_eq!(error.body(), br#"{"error":"invalid_grant","error_description":"used"}"#);
    }

    #[test]
    fn a_request_without_a_token_is_told_no_error_code() {
        assert_eq!(BearerError::Missing.www_authenticate(), "Bearer realm=\"latchkey\"");
        assert!(BearerError::Missing.body().is_empty());
        assert_eq!(BearerError::InvalidToken.status(), 401);
        assert_eq!(
            BearerError::InvalidToken.body(),
            br#"{"error":"invalid_token","error_description":"the access token is expired, revoked, or not made for this resource"}"#
        );
    }

    #[test]
    fn a_token_that_lacks_a_scope_must_be_told_which() {
        let error = BearerError::InsufficientScope { scope: "people:write" };
        assert_eq!(error.status(), 403);
        assert!(error.www_authenticate().ends_with(", scope=\"people:write\""));
    }

    #[test]
    fn a_log_in_that_is_too_old_or_too_weak_must_be_told_what_would_do() {
        let old = BearerError::InsufficientUserAuthentication { max_age: Some(300), acr: None };
        assert_eq!(old.status(), 401);
        assert_eq!(
            old.www_authenticate(),
            "Bearer realm=\"latchkey\", error=\"insufficient_user_authentication\", \
             error_description=\"a more recent log-in is needed for this\", max_age=\"300\""
        );
        let weak = BearerError::InsufficientUserAuthentication { max_age: None, acr: Some("phr") };
        assert!(weak.www_authenticate().ends_with(
            ", error_description=\"a stronger log-in is needed for this\", acr_values=\"phr\""
        ));
    }
}
