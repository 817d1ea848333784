//! Sending a person back to an application: to an address that it registered, or not at all
//! (RFC 6749 §3.1.2, RFC 8252 §7.3, RFC 9207).

use serde::{Deserialize, Serialize};

use crate::client::Client;
use crate::error::AuthorizationError;
use crate::issuer::Issuer;
use crate::metadata::ApplicationType;
use crate::uri;

/// An address that the client registered. Only [`VerifiedRedirectUri::verify`] makes one, and
/// nothing else is ever redirected to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifiedRedirectUri(String);

/// How an authorization response reaches the client (OAuth 2.0 Multiple Response Types §2.1, OAuth
/// 2.0 Form Post Response Mode).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ResponseMode {
    /// In the address's query.
    #[default]
    Query,
    /// In a form that the person's browser posts.
    FormPost,
}

impl ResponseMode {
    /// Every mode.
    pub const ALL: [Self; 2] = [Self::Query, Self::FormPost];

    /// The mode as requests name it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Query => "query",
            Self::FormPost => "form_post",
        }
    }

    /// The mode that a request names, if it is one of ours.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|mode| mode.as_str() == text)
    }
}

/// An authorization response, ready to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// As a redirect to this location: `303 See Other`, so that a posted request is not posted
    /// on (RFC 9700 §4.12).
    Location(String),
    /// As a page with a form that posts itself.
    FormPost {
        /// Where to.
        action: String,
        /// Its hidden inputs.
        fields: Vec<(&'static str, String)>,
    },
}

impl VerifiedRedirectUri {
    /// Checks an address against those that the client registered: the same text (RFC 3986
    /// §6.2.1), except that the port of a loopback address of an application on the person's
    /// device may be any (RFC 8252 §7.3).
    #[must_use]
    pub fn verify(client: &Client, presented: &str) -> Option<Self> {
        let loopback = client.is_public() || client.application == ApplicationType::Native;
        client
            .redirect_uris
            .iter()
            .any(|registered| {
                registered == presented || (loopback && differs_in_port_only(registered, presented))
            })
            .then(|| Self(presented.to_owned()))
    }

    /// The address.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Where an authorization response goes, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReturnPath {
    /// To here.
    pub redirect_uri: VerifiedRedirectUri,
    /// In this way.
    pub mode: ResponseMode,
    /// With the `state` that the client sent.
    pub state: Option<String>,
}

impl ReturnPath {
    /// The response that carries a code (RFC 6749 §4.1.2).
    #[must_use]
    pub fn code(&self, issuer: &Issuer, code: &str) -> Delivery {
        self.deliver(issuer, &[("code", code)])
    }

    /// The response that carries an error (RFC 6749 §4.1.2.1).
    #[must_use]
    pub fn error(&self, issuer: &Issuer, error: AuthorizationError) -> Delivery {
        self.deliver(
            issuer,
            &[("error", error.code.as_str()), ("error_description", error.description)],
        )
    }

    /// RFC 9207 §2: `iss` is in every response, errors included.
    fn deliver(&self, issuer: &Issuer, answer: &[(&'static str, &str)]) -> Delivery {
        let parameters = answer
            .iter()
            .copied()
            .chain(self.state.as_deref().map(|state| ("state", state)))
            .chain([("iss", issuer.as_str())]);
        match self.mode {
            ResponseMode::Query => {
                Delivery::Location(uri::with_query(self.redirect_uri.as_str(), parameters))
            }
            ResponseMode::FormPost => Delivery::FormPost {
                action: self.redirect_uri.0.clone(),
                fields: parameters.map(|(name, value)| (name, value.to_owned())).collect(),
            },
        }
    }
}

fn differs_in_port_only(registered: &str, presented: &str) -> bool {
    match (loopback_parts(registered), loopback_parts(presented)) {
        (Some(registered), Some(presented)) => registered == presented,
        _ => false,
    }
}

/// Host and all that follows the port of a loopback address. `localhost` is left out: RFC 8252
/// §8.3 advises against it, since it may resolve to somebody else.
fn loopback_parts(address: &str) -> Option<(&'static str, &str)> {
    ["http://127.0.0.1", "http://[::1]"].into_iter().find_map(|host| {
        let rest = address.strip_prefix(host)?;
        let path = match rest.strip_prefix(':') {
            None => rest,
            Some(after) => {
                let end = after.find(|c: char| !c.is_ascii_digit()).unwrap_or(after.len());
                let (port, path) = after.split_at(end);
                port.parse::<u16>().ok().filter(|port| *port != 0)?;
                path
            }
        };
        (path.is_empty() || path.starts_with(['/', '?'])).then_some((host, path))
    })
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use proptest::prelude::*;

    use super::*;
    use crate::error::AuthorizationErrorCode;
    use crate::samples::{issuer, public_client, rota};

    fn path(mode: ResponseMode, uri: &str, state: Option<&str>) -> ReturnPath {
        let redirect_uri = VerifiedRedirectUri::verify(&rota(), uri).expect("registered");
        ReturnPath { redirect_uri, mode, state: state.map(str::to_owned) }
    }

    #[test]
    fn only_the_registered_text_is_redirected_to() {
        let rota = rota();
        let verify = |uri| VerifiedRedirectUri::verify(&rota, uri).is_some();
        assert!(verify("https://rota.example/cb"));
        assert!(verify("https://rota.example/cb?tenant=1"));
        for near in [
            "https://rota.example/cb/",
            "https://rota.example/CB",
            "https://rota.example/cb?tenant=2",
            "https://rota.example:443/cb",
            "https://rota.example/x/../cb",
            "https://rota.example/cb#x",
            "https://rota.example/%63b",
            "http://rota.example/cb",
            "https://rota.example.evil.example/cb",
            "https://rota.example/cb ",
            "",
        ] {
            assert!(!verify(near), "{near}");
        }
    }

    #[test]
    fn a_native_application_listens_on_any_loopback_port() {
        let phone = public_client();
        let verify = |uri| VerifiedRedirectUri::verify(&phone, uri).is_some();
        assert!(verify("http://127.0.0.1/cb"));
        assert!(verify("http://127.0.0.1:50123/cb"));
        assert!(verify("http://[::1]:50123/cb?a=b"));
        for near in [
            "http://127.0.0.1:50123/other",
            "http://127.0.0.1:0/cb",
            "http://127.0.0.1:65536/cb",
            "http://127.0.0.1:/cb",
            "http://127.0.0.1:80@evil.example/cb",
            "http://127.0.0.1.evil.example/cb",
            "http://localhost:50123/cb",
            "http://[::1]:50123/cb",
            "https://127.0.0.1:50123/cb",
        ] {
            assert!(!verify(near), "{near}");
        }
    }

    #[test]
    fn a_web_application_listens_on_its_own_port_only() {
        let mut web = rota();
        web.redirect_uris = vec!["http://127.0.0.1:8081/cb".into()];
        assert!(VerifiedRedirectUri::verify(&web, "http://127.0.0.1:8081/cb").is_some());
        assert!(VerifiedRedirectUri::verify(&web, "http://127.0.0.1:8082/cb").is_none());
    }

    #[test]
    fn every_response_names_its_issuer_and_returns_the_state() {
        let code = path(ResponseMode::Query, "https://rota.example/cb?tenant=1", Some("a b&c"));
        assert_eq!(
            code.code(&issuer(), "abc"),
            Delivery::Location(
                "https://rota.example/cb?tenant=1&code=abc&state=a%20b%26c\
                 &iss=https%3A%2F%2Flogin.example.org"
                    .into()
            )
        );
        let denied = AuthorizationError::new(AuthorizationErrorCode::AccessDenied, "no");
        let error = path(ResponseMode::FormPost, "https://rota.example/cb", None);
        assert_eq!(
            error.error(&issuer(), denied),
            Delivery::FormPost {
                action: "https://rota.example/cb".into(),
                fields: vec![
                    ("error", "access_denied".into()),
                    ("error_description", "no".into()),
                    ("iss", "https://login.example.org".into()),
                ],
            }
        );
    }

    proptest! {
        #[test]
        fn any_state_comes_back_byte_for_byte(state in any::<String>()) {
            let answer = path(ResponseMode::Query, "https://rota.example/cb?tenant=1", Some(&state));
            let Delivery::Location(location) = answer.code(&issuer(), "abc") else {
                panic!("a redirect");
            };
            prop_assert!(location.is_ascii());
            let location = url::Url::parse(&location).expect("an address");
            let returned: HashMap<_, _> = location.query_pairs().into_owned().collect();
            prop_assert_eq!(&returned["state"], &state);
            prop_assert_eq!(&returned["tenant"], "1");
            prop_assert_eq!(returned.len(), 4);
        }
    }
}
