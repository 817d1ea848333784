//! Resource indicators (RFC 8707): which protected resource an access token is for, and the scopes
//! that are that resource's own. Without one, a token is for the userinfo endpoint.
//!
//! Which resources there are is the caller's to say; what their scopes mean is not known here.

use serde::{Deserialize, Serialize};

use crate::error::{AuthorizationError, AuthorizationErrorCode, TokenError, TokenErrorCode};
use crate::params::{ParameterError, Parameters, REPEATABLE};
use crate::uri;

/// A protected resource that there is.
#[derive(Clone, Copy, Debug)]
pub struct Resource<'r> {
    /// Its identifier. Compared to the letter.
    pub identifier: &'r str,
    /// Its scopes. None of them is another resource's, or OpenID Connect's.
    pub scopes: &'r [&'r str],
}

/// What is asked of one protected resource: at least one of its scopes, each once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Target {
    /// The resource's identifier.
    pub resource: String,
    /// The scopes, in the order of the request.
    pub scopes: Vec<String>,
}

/// The resources that a request names, each once; most name none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Indicators(Vec<String>);

/// What is wrong with a request's resources or with the scopes that it wants of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unfit {
    Parameter(ParameterError),
    /// `invalid_target`.
    Target(&'static str),
    /// `invalid_scope`.
    Scope(&'static str),
}

pub(crate) const UNKNOWN: Unfit =
    Unfit::Target("resource is none that this client gets tokens for");

impl From<ParameterError> for Unfit {
    fn from(error: ParameterError) -> Self {
        Self::Parameter(error)
    }
}

impl From<Unfit> for AuthorizationError {
    fn from(unfit: Unfit) -> Self {
        match unfit {
            Unfit::Parameter(error) => error.into(),
            Unfit::Target(text) => Self::new(AuthorizationErrorCode::InvalidTarget, text),
            Unfit::Scope(text) => Self::new(AuthorizationErrorCode::InvalidScope, text),
        }
    }
}

impl From<Unfit> for TokenError {
    fn from(unfit: Unfit) -> Self {
        match unfit {
            Unfit::Parameter(error) => error.into(),
            Unfit::Target(text) => Self::new(TokenErrorCode::InvalidTarget, text),
            Unfit::Scope(text) => Self::new(TokenErrorCode::InvalidScope, text),
        }
    }
}

impl Indicators {
    /// Reads them: absolute addresses without a fragment (§2).
    pub(crate) fn read(parameters: &Parameters<'_>) -> Result<Self, Unfit> {
        let mut named = Vec::new();
        for text in parameters.many(REPEATABLE)? {
            if uri::check_absolute(text).is_err() {
                return Err(Unfit::Target(
                    "resource is not an absolute address without a fragment (RFC 8707 section 2)",
                ));
            }
            if !named.iter().any(|other| other == text) {
                named.push(text.to_owned());
            }
        }
        Ok(Self(named))
    }

    /// The one resource that is named, if any: a token is for one.
    pub(crate) fn one<'r>(
        &self,
        resources: &[Resource<'r>],
    ) -> Result<Option<Resource<'r>>, Unfit> {
        let mut found = Vec::with_capacity(self.0.len());
        for name in &self.0 {
            let known = resources.iter().find(|resource| resource.identifier == name);
            found.push(*known.ok_or(UNKNOWN)?);
        }
        match found.as_slice() {
            [] => Ok(None),
            [one] => Ok(Some(*one)),
            _ => Err(Unfit::Target("a token is for one resource; name one")),
        }
    }

    /// Checks that a token request names no resource but the one that was `granted` (§2.2).
    ///
    /// # Errors
    /// `invalid_target`.
    pub fn within(&self, granted: Option<&str>) -> Result<(), TokenError> {
        if self.0.iter().all(|name| granted == Some(name)) {
            return Ok(());
        }
        Err(Unfit::Target("resource is not what was granted (RFC 8707 section 2.2)").into())
    }
}

impl Target {
    /// What a request wants of the resource that it names: scopes of that resource which are
    /// `allowed`, and none of any other's. Words that are no resource's are not looked at.
    pub(crate) fn judge<'w>(
        named: &Indicators,
        words: impl IntoIterator<Item = &'w str>,
        allowed: &[&str],
        resources: &[Resource<'_>],
    ) -> Result<Option<Self>, Unfit> {
        let wanted = named.one(resources)?;
        if let Some(resource) = wanted
            && !resource.scopes.iter().any(|scope| allowed.contains(scope))
        {
            return Err(UNKNOWN);
        }
        let mut scopes: Vec<String> = Vec::new();
        for word in words {
            let Some(of) = resources.iter().find(|resource| resource.scopes.contains(&word)) else {
                continue;
            };
            if !allowed.contains(&word) {
                return Err(Unfit::Scope("scope names what this client may not ask for"));
            }
            if wanted.is_none_or(|resource| resource.identifier != of.identifier) {
                return Err(Unfit::Scope("scope names what needs a resource (RFC 8707 section 2)"));
            }
            if !scopes.iter().any(|other| other == word) {
                scopes.push(word.to_owned());
            }
        }
        match wanted {
            None => Ok(None),
            Some(_) if scopes.is_empty() => {
                Err(Unfit::Scope("scope names nothing of the resource"))
            }
            Some(resource) => Ok(Some(Self { resource: resource.identifier.to_owned(), scopes })),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{API, pairs};

    fn read(resources: &[&str]) -> Result<Indicators, Unfit> {
        let named: Vec<_> = resources.iter().map(|resource| ("resource", *resource)).collect();
        let pairs = pairs(&named);
        Indicators::read(&Parameters::new(&pairs).expect("few"))
    }

    fn judge(resources: &[&str], scope: &str, allowed: &[&str]) -> Result<Option<Target>, Unfit> {
        let all = [API, Resource { identifier: "urn:other", scopes: &["other:read"] }];
        Target::judge(&read(resources)?, scope.split(' '), allowed, &all)
    }

    fn is_target<T: std::fmt::Debug>(result: &Result<T, Unfit>) -> bool {
        matches!(result, Err(Unfit::Target(_)))
    }

    #[test]
    fn a_resource_must_be_an_absolute_address_without_a_fragment() {
        for good in [API.identifier, "urn:example:api", "https://a.example/x?y=z"] {
            assert_eq!(read(&[good]), Ok(Indicators(vec![good.to_owned()])));
        }
        for wrong in ["/api", "api", "https://a.example/#x", "https://a.example/#", "https://a b"] {
            assert!(is_target(&read(&[wrong])), "{wrong}");
        }
        let control = read(&["https://a.example/\r\n"]);
        assert_eq!(control, Err(Unfit::Parameter(ParameterError::ControlCharacter)));
        assert_eq!(read(&[API.identifier, API.identifier]).map(|read| read.0.len()), Ok(1));
    }

    #[test]
    fn an_unknown_resource_and_two_at_once_are_no_target() {
        let all = ["people:read", "other:read"];
        assert!(is_target(&judge(&["https://a.example"], "people:read", &all)));
        assert!(is_target(&judge(&[API.identifier, "urn:other"], "people:read", &all)));
        let longer = format!("{}/", API.identifier);
        assert!(is_target(&judge(&[&longer], "people:read", &all)));
    }

    #[test]
    fn a_client_gets_the_scopes_that_it_asked_for_and_may_have() {
        let target = judge(&[API.identifier], "openid people:read people:read", &["people:read"]);
        let expected =
            Target { resource: API.identifier.into(), scopes: vec!["people:read".into()] };
        assert_eq!(target, Ok(Some(expected)));
        assert_eq!(judge(&[], "openid email", &["people:read"]), Ok(None));
    }

    #[test]
    fn a_client_that_may_have_nothing_of_a_resource_gets_no_token_for_it() {
        assert!(is_target(&judge(&[API.identifier], "openid", &[])));
        assert!(is_target(&judge(&["urn:other"], "other:read", &["people:read"])));
        for (resources, scope, allowed) in [
            (&[][..], "openid people:read", &[][..]),
            (&[API.identifier], "people:write", &["people:read"]),
            (&[], "people:read", &["people:read"]),
            (&[API.identifier], "other:read", &["people:read", "other:read"]),
            (&[API.identifier], "openid", &["people:read"]),
        ] {
            let judged = judge(resources, scope, allowed);
            assert!(matches!(judged, Err(Unfit::Scope(_))), "{scope}: {judged:?}");
        }
    }

    #[test]
    fn a_token_request_may_only_narrow_what_was_granted() {
        let named = read(&[API.identifier]).expect("read");
        assert_eq!(named.within(Some(API.identifier)), Ok(()));
        assert_eq!(Indicators::default().within(Some(API.identifier)), Ok(()));
        assert_eq!(Indicators::default().within(None), Ok(()));
        for granted in [None, Some("urn:other")] {
            let error = named.within(granted).expect_err("refused");
            assert_eq!(error.code, TokenErrorCode::InvalidTarget);
        }
    }
}
