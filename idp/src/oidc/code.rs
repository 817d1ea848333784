//! Codes and access tokens: what they stand for, sealed, so that minting one writes nothing.
//! Only [`Authenticated`] makes a code. Whether a token still counts is the grant's to say.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use latchkey_api::AdminScope;
use latchkey_core::ids::{ClientId, GrantId, PersonId, SessionId};
use latchkey_core::secrets::{Plain, Sealed, SealingKey};
use latchkey_core::{Rng, Timestamp};
use latchkey_oidc::pkce::Challenge;
use latchkey_oidc::resource::Target;
use latchkey_oidc::{AuthorizationRequest, Client, Scopes};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::config::Lifetimes;
use crate::flow::Authenticated;

const CODE: &str = "code";
const ACCESS: &str = "access";
const ADMIN: &str = "admin access";

/// How long an access token for the admin API lasts: a working day. Grant and session are asked at
/// each call, so that nothing is gained by renewing it, and there are no refresh tokens for it.
const ADMIN_LASTS: Duration = Duration::from_secs(12 * 3600);

/// What an access token is for, and it is for one thing (RFC 8707).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Audience {
    /// The userinfo endpoint.
    #[default]
    Userinfo,
    /// The admin API, with these of its scopes.
    AdminApi(Vec<AdminScope>),
}

impl Audience {
    /// What a judged request asked for. The admin API is the one resource that it can have named.
    #[must_use]
    pub fn of(target: Option<&Target>) -> Self {
        match target {
            None => Self::Userinfo,
            Some(target) => Self::AdminApi(
                target.scopes.iter().filter_map(|word| AdminScope::parse(word)).collect(),
            ),
        }
    }

    /// How long a token for it lasts.
    #[must_use]
    pub fn lifetime(&self, lifetimes: &Lifetimes) -> Duration {
        match self {
            Self::Userinfo => lifetimes.access_token,
            Self::AdminApi(_) => ADMIN_LASTS,
        }
    }

    /// All that was granted, as the answer tells it.
    #[must_use]
    pub fn scope(&self, scopes: Scopes) -> String {
        let mut text = scopes.to_string();
        if let Self::AdminApi(more) = self {
            for scope in more {
                text.push(' ');
                text.push_str(scope.as_str());
            }
        }
        text
    }
}

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
    /// What its access tokens are for.
    #[serde(default)]
    pub audience: Audience,
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
            audience: Audience::of(request.target.as_ref()),
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

/// What an access token for the userinfo endpoint stands for.
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

/// On whose behalf an access token for the admin API is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Holder {
    /// Of the person who granted this.
    Grant(GrantId),
    /// Of the client itself, which is a service account.
    Service,
}

/// What an access token for the admin API stands for. It is sealed for another purpose than
/// [`AccessFacts`], so that neither opens as the other.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AdminFacts {
    /// What it hangs on.
    pub holder: Holder,
    /// Whose token it is.
    pub client: ClientId,
    /// What it opens.
    pub scopes: Vec<AdminScope>,
    /// Until when.
    pub expires_at: Timestamp,
}

impl AdminFacts {
    /// The token that stands for it.
    ///
    /// # Errors
    /// Never for these members.
    pub fn seal(&self, key: &SealingKey, rng: &dyn Rng) -> Result<Plain, serde_json::Error> {
        seal(key, rng, ADMIN, self)
    }

    /// What a token stands for, unless it is not ours, for something else, or has expired.
    #[must_use]
    pub fn open(key: &SealingKey, token: &Plain, now: Timestamp) -> Option<Self> {
        let facts: Self = open(key, ADMIN, token)?;
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
            audience: Audience::Userinfo,
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

    #[test]
    fn a_token_for_userinfo_never_opens_the_admin_api_and_the_other_way_round() {
        let (key, rng) = (SealingKey::new(&[7; 32]), SeededRng::new(3));
        let (grant, client) = (GrantId(Uuid::nil()), ClientId("rota".into()));
        let expires_at = NOW.plus(MINUTE);
        let scopes = Scopes::known("openid");
        let userinfo = AccessFacts { grant, client: client.clone(), scopes, expires_at };
        let scopes = vec![AdminScope::PeopleRead];
        let admin = AdminFacts { holder: Holder::Grant(grant), client, scopes, expires_at };
        let userinfo = userinfo.seal(&key, &rng).expect("a token");
        let token = admin.seal(&key, &rng).expect("a token");
        assert_eq!(AdminFacts::open(&key, &token, NOW), Some(admin));
        assert_eq!(AdminFacts::open(&key, &token, NOW.plus(MINUTE)), None);
        assert_eq!(AdminFacts::open(&key, &userinfo, NOW), None);
        assert_eq!(AccessFacts::open(&key, &token, NOW), None);
        assert_eq!(GrantFacts::open(&key, &token, NOW, MINUTE), None);
    }

    #[test]
    fn a_code_of_before_there_were_resources_is_for_userinfo() {
        let mut json = serde_json::to_value(facts()).expect("json");
        json.as_object_mut().expect("an object").remove("audience").expect("an audience");
        assert_eq!(serde_json::from_value::<GrantFacts>(json).expect("facts"), facts());
    }
}
