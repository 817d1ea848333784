//! Which claims about a person a scope releases (OpenID Connect Core §5.4), and the userinfo
//! answer that carries them (§5.3.2).

use latchkey_core::Timestamp;
use latchkey_core::ids::Subject;
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::{Map, Value};

use crate::scopes::{Scope, Scopes};

/// What there is to say about a person. The caller takes it from its own records.
#[derive(Clone, Copy, Debug)]
pub struct SubjectClaims<'p> {
    /// Who.
    pub subject: Subject,
    /// Their full name.
    pub name: &'p str,
    /// What they log in with.
    pub preferred_username: &'p str,
    /// Their address.
    pub email: Option<&'p str>,
    /// Whether it is known to be theirs.
    pub email_verified: bool,
    /// When any of this last changed.
    pub updated_at: Timestamp,
    /// Further claims by standard name. They never take the place of those above.
    pub further: &'p Map<String, Value>,
    /// What the application's own rules release, whatever the scopes are. No name of theirs is one
    /// that a scope releases.
    pub ruled: &'p Map<String, Value>,
}

impl SubjectClaims<'_> {
    /// The userinfo answer: `sub` and what the scopes release. What is not known is left out
    /// (§5.3.2).
    ///
    /// # Errors
    /// Never for claims that came out of a JSON map; the signature leaves it to the caller.
    pub fn userinfo(&self, scopes: Scopes) -> Result<Vec<u8>, serde_json::Error> {
        serde_json::to_vec(&Released { claims: self, scopes })
    }
}

struct Released<'a> {
    claims: &'a SubjectClaims<'a>,
    scopes: Scopes,
}

impl Serialize for Released<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let claims = self.claims;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("sub", &claims.subject.0)?;
        for name in self.scopes.iter().flat_map(Scope::claims) {
            match *name {
                "name" => map.serialize_entry(name, claims.name)?,
                "preferred_username" => map.serialize_entry(name, claims.preferred_username)?,
                "updated_at" => map.serialize_entry(name, &claims.updated_at.seconds())?,
                "email" => {
                    if let Some(email) = claims.email {
                        map.serialize_entry(name, email)?;
                    }
                }
                "email_verified" => {
                    if claims.email.is_some() {
                        map.serialize_entry(name, &claims.email_verified)?;
                    }
                }
                further => {
                    if let Some(value) = claims.further.get(further).filter(|v| !v.is_null()) {
                        map.serialize_entry(further, value)?;
                    }
                }
            }
        }
        for (name, value) in claims.ruled {
            if name != "sub" && !released(self.scopes, name) {
                map.serialize_entry(name, value)?;
            }
        }
        map.end()
    }
}

/// Whether a scope releases a claim.
fn released(scopes: Scopes, name: &str) -> bool {
    scopes.iter().flat_map(Scope::claims).any(|claim| *claim == name)
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use uuid::Uuid;

    use super::*;

    fn userinfo(scopes: &str) -> Value {
        let Value::Object(further) = json!({
            "given_name": "Amy",
            "phone_number": "+44 1632 960001",
            "gender": null,
            "sub": "somebody else",
            "email": "other@example.org",
            "payroll_number": 7,
        }) else {
            panic!("a map");
        };
        let ruled = Map::from_iter([("ward".to_owned(), "4B".into()), ("sub".into(), 1.into())]);
        let claims = SubjectClaims {
            subject: Subject(Uuid::nil()),
            name: "Amy Ward",
            preferred_username: "amy.ward",
            email: Some("amy@northgate.example"),
            email_verified: true,
            updated_at: Timestamp::from_seconds(1_700_000_000),
            further: &further,
            ruled: &ruled,
        };
        let body = claims.userinfo(Scopes::known(scopes)).expect("json");
        serde_json::from_slice(&body).expect("json")
    }

    #[test]
    fn a_scope_releases_its_claims_and_no_others() {
        let sub = "00000000-0000-0000-0000-000000000000";
        assert_eq!(userinfo("openid"), json!({ "sub": sub, "ward": "4B" }));
        assert_eq!(
            userinfo("openid email"),
            json!({ "sub": sub, "ward": "4B", "email": "amy@northgate.example", "email_verified": true })
        );
        assert_eq!(
            userinfo("openid profile"),
            json!({
                "sub": sub,
                "ward": "4B",
                "name": "Amy Ward",
                "given_name": "Amy",
                "preferred_username": "amy.ward",
                "updated_at": 1_700_000_000,
            })
        );
        assert_eq!(
            userinfo("openid phone"),
            json!({ "sub": sub, "ward": "4B", "phone_number": "+44 1632 960001" })
        );
    }
}
