//! Log-out started by an application (OpenID Connect RP-Initiated Logout 1.0).

use latchkey_core::ids::ClientId;

use crate::authorize::locales;
use crate::client::Client;
use crate::idtoken::{Hint, HintVerifier};
use crate::params::Parameters;
use crate::uri;

/// A request to log out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogoutRequest {
    /// The application, if the request tells: by its name or by an ID token issued to it.
    pub client: Option<ClientId>,
    /// What the ID token says of person and session. Without one that fits the session, the person
    /// has to be asked (§6: anybody could have sent them here).
    pub hint: Option<Hint>,
    /// Where to go afterwards, as the request says it. Checked by [`redirect`](Self::redirect).
    pub post_logout_redirect_uri: Option<String>,
    /// To be returned as it is.
    pub state: Option<String>,
    /// The languages that the person reads, best first.
    pub ui_locales: Vec<String>,
    /// The user name of whom the application thinks to be logging out.
    pub logout_hint: Option<String>,
}

/// Why a request to log out is answered with a page (§4: never a redirect).
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LogoutError {
    /// A parameter is repeated, overlong or malformed.
    #[error("the request is malformed")]
    Malformed,
    /// §2: the hint was not issued here.
    #[error("id_token_hint is not an ID token of ours")]
    Hint,
    /// §2: "MUST verify that the Client Identifier matches".
    #[error("client_id is not the client that the ID token was issued to")]
    ClientMismatch,
    /// §3.1: not registered, or nobody's.
    #[error("post_logout_redirect_uri is not registered for the application")]
    RedirectUriUnregistered,
}

/// Where a person goes after the log-out. Only [`LogoutRequest::redirect`] makes one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogoutRedirect {
    uri: String,
    state: Option<String>,
}

impl LogoutRedirect {
    /// The address, with the `state` that came (§3).
    #[must_use]
    pub fn location(&self) -> String {
        uri::with_query(&self.uri, self.state.as_deref().map(|state| ("state", state)))
    }
}

impl LogoutRequest {
    /// Reads a request. The client is still to be looked up.
    ///
    /// # Errors
    /// When it is malformed or contradicts itself.
    pub fn parse(
        parameters: &Parameters<'_>,
        hints: HintVerifier<'_>,
    ) -> Result<Self, LogoutError> {
        parameters.check().map_err(|_| LogoutError::Malformed)?;
        let text = |name| parameters.one(name).map_err(|_| LogoutError::Malformed);
        let owned = |name| text(name).map(|value| value.map(str::to_owned));
        let hint = text("id_token_hint")?
            .map(|token| hints.verify(token).map_err(|_| LogoutError::Hint))
            .transpose()?;
        let named = owned("client_id")?.map(ClientId);
        let client = match (named, &hint) {
            (Some(client), Some(hint)) if !hint.audience.contains(&client) => {
                return Err(LogoutError::ClientMismatch);
            }
            (Some(client), _) => Some(client),
            (None, hint) => hint.as_ref().and_then(|hint| hint.audience.first().cloned()),
        };
        Ok(Self {
            client,
            hint,
            post_logout_redirect_uri: owned("post_logout_redirect_uri")?,
            state: owned("state")?,
            ui_locales: locales(text("ui_locales")?),
            logout_hint: owned("logout_hint")?,
        })
    }

    /// Where to go afterwards, if the request says so: an address that the client registered, to
    /// the letter (§3.1). `client` is the one looked up by [`LogoutRequest::client`].
    ///
    /// # Errors
    /// When the address is not the client's, or there is no client to ask.
    pub fn redirect(&self, client: Option<&Client>) -> Result<Option<LogoutRedirect>, LogoutError> {
        let Some(uri) = &self.post_logout_redirect_uri else { return Ok(None) };
        client
            .filter(|client| self.client.as_ref() == Some(&client.id))
            .filter(|client| client.post_logout_redirect_uris.contains(uri))
            .map(|_| Some(LogoutRedirect { uri: uri.clone(), state: self.state.clone() }))
            .ok_or(LogoutError::RedirectUriUnregistered)
    }
}

#[cfg(test)]
mod tests {
    use latchkey_core::ids::Subject;
    use uuid::Uuid;

    use super::*;
    use crate::idtoken::tests::token;
    use crate::keys::{Algorithm, KeySet, SigningKey};
    use crate::samples::{issuer, pairs, public_client, rota};

    fn keys() -> KeySet {
        KeySet::new(vec![SigningKey::generate(Algorithm::EdDsa).expect("a key")]).expect("a set")
    }

    fn parse(keys: &KeySet, request: &[(&str, &str)]) -> Result<LogoutRequest, LogoutError> {
        let pairs = pairs(request);
        let parameters = Parameters::new(&pairs).expect("few");
        LogoutRequest::parse(&parameters, HintVerifier { issuer: &issuer(), keys })
    }

    fn rotas_token(keys: &KeySet) -> String {
        let key = keys.signer(Algorithm::EdDsa).expect("a key");
        token(key, &issuer(), "rota", Subject(Uuid::nil()))
    }

    #[test]
    fn an_id_token_tells_client_person_and_session() {
        let keys = keys();
        let token = rotas_token(&keys);
        let request = parse(&keys, &[("id_token_hint", &token)]).expect("a request");
        assert_eq!(request.client, Some(rota().id));
        assert_eq!(request.hint.expect("a hint").sid.as_deref(), Some("session"));
        assert_eq!(parse(&self::keys(), &[("id_token_hint", &token)]), Err(LogoutError::Hint));
    }

    #[test]
    fn client_id_must_match_the_id_token() {
        let keys = keys();
        let token = rotas_token(&keys);
        let parse = |client| parse(&keys, &[("id_token_hint", &token), ("client_id", client)]);
        assert!(parse("rota").is_ok());
        assert_eq!(parse("phone"), Err(LogoutError::ClientMismatch));
    }

    #[test]
    fn the_redirect_must_be_registered_to_the_letter() {
        let keys = keys();
        let redirect = |request: &[(&str, &str)], client: Option<&Client>| {
            parse(&keys, request)?.redirect(client).map(|to| to.map(|to| to.location()))
        };
        let bye = ("post_logout_redirect_uri", "https://rota.example/bye");
        let rota = rota();
        let named = ("client_id", "rota");
        assert_eq!(redirect(&[named], Some(&rota)), Ok(None));
        assert_eq!(
            redirect(&[named, bye, ("state", "a b")], Some(&rota)),
            Ok(Some("https://rota.example/bye?state=a%20b".into()))
        );
        let refused = Err(LogoutError::RedirectUriUnregistered);
        assert_eq!(redirect(&[bye], None), refused);
        assert_eq!(redirect(&[bye], Some(&rota)), refused, "nobody named the client");
        assert_eq!(redirect(&[named, bye], Some(&public_client())), refused);
        let near = ("post_logout_redirect_uri", "https://rota.example/bye/");
        assert_eq!(redirect(&[named, near], Some(&rota)), refused);
        let callback = ("post_logout_redirect_uri", "https://rota.example/cb");
        assert_eq!(redirect(&[named, callback], Some(&rota)), refused);
    }

    #[test]
    fn a_repeated_parameter_is_refused() {
        let twice = [("client_id", "rota"), ("client_id", "rota")];
        assert_eq!(parse(&keys(), &twice), Err(LogoutError::Malformed));
    }
}
