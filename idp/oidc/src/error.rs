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

/// An error of an endpoint that takes an access token (RFC 6750 §3.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BearerError {
    /// No token came: the answer tells the scheme and nothing else (RFC 6750 §3.1).
    #[error("no access token")]
    Missing,
    /// A malformed header, or a token in two places.
    #[error("invalid_request")]
    InvalidRequest,
    /// Expired, revoked, unknown.
    #[error("invalid_token")]
    InvalidToken,
    /// A good token that was not granted `openid`.
    #[error("insufficient_scope")]
    InsufficientScope,
}

impl BearerError {
    /// The HTTP status.
    #[must_use]
    pub fn status(self) -> u16 {
        match self {
            Self::Missing | Self::InvalidToken => 401,
            Self::InvalidRequest => 400,
            Self::InsufficientScope => 403,
        }
    }

    /// The `WWW-Authenticate` header.
    #[must_use]
    pub fn www_authenticate(self) -> &'static str {
        match self {
            Self::Missing => "Bearer realm=\"latchkey\"",
            Self::InvalidRequest => "Bearer realm=\"latchkey\", error=\"invalid_request\"",
            Self::InvalidToken => "Bearer realm=\"latchkey\", error=\"invalid_token\"",
            Self::InsufficientScope => {
                "Bearer realm=\"latchkey\", error=\"insufficient_scope\", scope=\"openid\""
            }
        }
    }

    /// The JSON body; empty where RFC 6750 §3.1 wants no more told.
    #[must_use]
    pub fn body(self) -> Vec<u8> {
        let error = match self {
            Self::Missing => return Vec::new(),
            Self::InvalidRequest => "invalid_request",
            Self::InvalidToken => "invalid_token",
            Self::InsufficientScope => "insufficient_scope",
        };
        Body { error, error_description: "" }.json()
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
        assert_eq!(BearerError::InsufficientScope.status(), 403);
        assert_eq!(BearerError::InvalidToken.body(), br#"{"error":"invalid_token"}"#);
    }
}
