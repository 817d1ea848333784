//! Codes and access tokens: what they stand for, sealed, so that minting one writes nothing.
//! Only [`Authenticated`] makes a code. Whether a token still counts is the grant's to say.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use latchkey_core::ids::{ClientId, GrantId, PersonId, SessionId};
use latchkey_core::secrets::{Plain, Sealed, SealingKey};
use latchkey_core::{Rng, Timestamp};
use latchkey_oidc::pkce::Challenge;
use latchkey_oidc::{AuthorizationRequest, Client, Scopes};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::flow::Authenticated;

const CODE: &str = "code";
const ACCESS: &str = "access";

/// What one log-in at one application grants.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GrantFacts {
    /// The grant's key.
    pub id: GrantId,
    /// To which application.
    pub client: ClientId,
    /// By whom.
    pub person: PersonId,
    /// In which session.
    pub session: SessionId,
    /// Where the code was sent.
    pub redirect_uri: String,
    /// What the code's receiver must answer.
    pub challenge: Option<Challenge>,
    /// To be put into the ID token.
    pub nonce: Option<String>,
    /// What was granted.
    pub scopes: Scopes,
    /// When the person logged in.
    pub auth_time: Timestamp,
    /// How strongly.
    pub acr: String,
    /// With what.
    pub amr: Vec<String>,
    /// When the code was made.
    pub issued_at: Timestamp,
}

impl GrantFacts {
    /// What a person who logged in grants by this request.
    #[must_use]
    pub fn new(
        rng: &dyn Rng,
        now: Timestamp,
        request: &AuthorizationRequest,
        client: &Client,
        authenticated: &Authenticated,
    ) -> Self {
        let assurance = authenticated.assurance();
        let requested = request.acr.values.iter().map(String::as_str);
        Self {
            id: GrantId::new(rng, now),
            client: request.client.clone(),
            person: authenticated.person().person.id,
            session: authenticated.session().id,
            redirect_uri: request.redirect_uri.clone(),
            challenge: request.code_challenge.clone(),
            nonce: request.nonce.clone(),
            scopes: request.scopes,
            auth_time: assurance.auth_time,
            acr: client.acr(assurance, requested).to_owned(),
            amr: client.amr(assurance),
            issued_at: now,
        }
    }

    /// The code that stands for it.
    ///
    /// # Errors
    /// Never for these members.
    pub fn seal(&self, key: &SealingKey, rng: &dyn Rng) -> Result<Plain, serde_json::Error> {
        seal(key, rng, CODE, self)
    }

    /// What a code stands for, unless it is not ours or older than `lifetime`.
    #[must_use]
    pub fn open(
        key: &SealingKey,
        code: &Plain,
        now: Timestamp,
        lifetime: Duration,
    ) -> Option<Self> {
        let facts: Self = open(key, CODE, code)?;
        (now < facts.issued_at.plus(lifetime)).then_some(facts)
    }
}

/// What an access token stands for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessFacts {
    /// The grant that it hangs on.
    pub grant: GrantId,
    /// Whose token it is.
    pub client: ClientId,
    /// What it opens.
    pub scopes: Scopes,
    /// Until when.
    pub expires_at: Timestamp,
}

impl AccessFacts {
    /// The token that stands for it.
    ///
    /// # Errors
    /// Never for these members.
    pub fn seal(&self, key: &SealingKey, rng: &dyn Rng) -> Result<Plain, serde_json::Error> {
        seal(key, rng, ACCESS, self)
    }

    /// What a token stands for, unless it is not ours or has expired.
    #[must_use]
    pub fn open(key: &SealingKey, token: &Plain, now: Timestamp) -> Option<Self> {
        let facts: Self = open(key, ACCESS, token)?;
        (now < facts.expires_at).then_some(facts)
    }
}

fn seal(
    key: &SealingKey,
    rng: &dyn Rng,
    purpose: &str,
    facts: &impl Serialize,
) -> Result<Plain, serde_json::Error> {
    let sealed = key.seal(rng, purpose, &serde_json::to_vec(facts)?);
    Ok(Plain::new(URL_SAFE_NO_PAD.encode(sealed.as_bytes())))
}

fn open<T: DeserializeOwned>(key: &SealingKey, purpose: &str, text: &Plain) -> Option<T> {
    let sealed = Sealed::from_bytes(URL_SAFE_NO_PAD.decode(text.expose()).ok()?);
    serde_json::from_slice(&key.open(purpose, &sealed).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use latchkey_core::rng::SeededRng;
    use uuid::Uuid;

    use super::*;

    const NOW: Timestamp = Timestamp::from_seconds(1_700_000_000);
    const MINUTE: Duration = Duration::from_secs(60);

    fn facts() -> GrantFacts {
        GrantFacts {
            id: GrantId(Uuid::nil()),
            client: ClientId("rota".into()),
            person: PersonId(Uuid::nil()),
            session: SessionId(Uuid::nil()),
            redirect_uri: "https://rota.example/cb".into(),
            challenge: None,
            nonce: Some("n".into()),
            scopes: Scopes::known("openid email"),
            auth_time: NOW,
            acr: "phr".into(),
            amr: vec!["pop".into()],
            issued_at: NOW,
        }
    }

    #[test]
    fn a_code_opens_until_it_expires_and_never_as_a_token() {
        let (key, rng) = (SealingKey::new(&[7; 32]), SeededRng::new(1));
        let code = facts().seal(&key, &rng).expect("a code");
        let last = NOW.plus(Duration::from_millis(59_999));
        assert_eq!(GrantFacts::open(&key, &code, last, MINUTE), Some(facts()));
        assert_eq!(GrantFacts::open(&key, &code, NOW.plus(MINUTE), MINUTE), None);
        assert_eq!(AccessFacts::open(&key, &code, NOW), None);
        let other = SealingKey::new(&[8; 32]);
        assert_eq!(GrantFacts::open(&other, &code, NOW, MINUTE), None);
        let longer = Plain::new(format!("{}A", code.expose()));
        assert_eq!(GrantFacts::open(&key, &longer, NOW, MINUTE), None);
    }

    #[test]
    fn an_access_token_opens_until_it_expires() {
        let (key, rng) = (SealingKey::new(&[7; 32]), SeededRng::new(2));
        let facts = AccessFacts {
            grant: GrantId(Uuid::nil()),
            client: ClientId("rota".into()),
            scopes: Scopes::known("openid"),
            expires_at: NOW.plus(MINUTE),
        };
        let token = facts.seal(&key, &rng).expect("a token");
        assert_eq!(AccessFacts::open(&key, &token, NOW), Some(facts));
        assert_eq!(AccessFacts::open(&key, &token, NOW.plus(MINUTE)), None);
        assert_eq!(GrantFacts::open(&key, &token, NOW, MINUTE), None);
    }
}
