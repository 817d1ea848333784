//! Codes and access tokens: sealed, opaque to everybody but us. A code is good once, which the
//! database sees to; an access token points at its grant, which can be revoked.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use latchkey_core::ids::{ClientId, GrantId, PersonId, SessionId};
use latchkey_core::secrets::{DoesNotOpen, Plain, Sealed, SealingKey};
use latchkey_core::{Rng, Timestamp};
use latchkey_oidc::Scopes;
use latchkey_oidc::pkce::Challenge;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// What a code stands for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Code {
    /// The grant that it becomes.
    #[serde(rename = "g")]
    pub(super) grant: GrantId,
    #[serde(rename = "c")]
    pub(super) client: ClientId,
    #[serde(rename = "p")]
    pub(super) person: PersonId,
    #[serde(rename = "s")]
    pub(super) session: SessionId,
    #[serde(rename = "u")]
    pub(super) redirect_uri: String,
    #[serde(rename = "h")]
    pub(super) challenge: Option<Challenge>,
    #[serde(rename = "n")]
    pub(super) nonce: Option<String>,
    #[serde(rename = "e")]
    pub(super) expires_at: Timestamp,
    #[serde(rename = "f")]
    pub(super) facts: Facts,
}

/// What a grant says of its log-in, as it is stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Facts {
    #[serde(rename = "s")]
    pub(super) scopes: Scopes,
    #[serde(rename = "t")]
    pub(super) auth_time: Timestamp,
    #[serde(rename = "a")]
    pub(super) acr: String,
    #[serde(rename = "m")]
    pub(super) amr: Vec<String>,
}

/// What an access token stands for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Access {
    #[serde(rename = "g")]
    pub(super) grant: GrantId,
    #[serde(rename = "s")]
    pub(super) scopes: Scopes,
    #[serde(rename = "e")]
    pub(super) expires_at: Timestamp,
}

/// What can be sealed.
pub(super) trait Token: Serialize + DeserializeOwned {
    /// Keeps one kind from passing for another.
    const PURPOSE: &'static str;

    /// Seals it into a text.
    fn seal(&self, key: &SealingKey, rng: &dyn Rng) -> Result<Plain, serde_json::Error> {
        let sealed = key.seal(rng, Self::PURPOSE, &serde_json::to_vec(self)?);
        Ok(Plain::new(URL_SAFE_NO_PAD.encode(sealed.as_bytes())))
    }

    /// Opens what [`seal`](Self::seal) made.
    fn open(key: &SealingKey, text: &Plain) -> Result<Self, DoesNotOpen> {
        let bytes = URL_SAFE_NO_PAD.decode(text.expose()).map_err(|_| DoesNotOpen)?;
        let opened = key.open(Self::PURPOSE, &Sealed::from_bytes(bytes))?;
        serde_json::from_slice(&opened).map_err(|_| DoesNotOpen)
    }
}

impl Token for Code {
    const PURPOSE: &'static str = "code";
}

impl Token for Access {
    const PURPOSE: &'static str = "access token";
}

#[cfg(test)]
mod tests {
    use latchkey_core::rng::SeededRng;
    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_code_opens_as_a_code_and_never_as_an_access_token() {
        let (key, rng) = (SealingKey::new(&[1; 32]), SeededRng::new(1));
        let access = Access {
            grant: GrantId(Uuid::from_u128(1)),
            scopes: Scopes::known("openid email"),
            expires_at: Timestamp::from_seconds(9),
        };
        let text = access.seal(&key, &rng).expect("sealed");
        assert_eq!(Access::open(&key, &text), Ok(access));
        assert_eq!(Code::open(&key, &text), Err(DoesNotOpen));
        for forged in ["", "%", "AAAA", &text.expose()[1..]] {
            assert_eq!(Access::open(&key, &Plain::new(forged.to_owned())), Err(DoesNotOpen));
        }
    }
}
