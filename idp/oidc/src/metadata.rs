//! Client metadata as documents and registrations carry it (RFC 7591 §2, OpenID Connect
//! Registration §2), with our `latchkey_` members. What it means is judged in [`crate::client`].

use std::collections::BTreeMap;

use latchkey_core::assurance::Level;
use latchkey_core::secrets::Plain;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};

use crate::assertion::AssertionAlgorithm;
use crate::keys::Algorithm;
use crate::service::ServiceAccountMetadata;

/// A client's metadata as written, unjudged. Absent members take their specification's defaults
/// in [`Client::register`](crate::Client::register).
///
/// Reading refuses members that are not listed here, and names the nearest one that is.
/// `client_secret` is read and never written.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(remote = "Self", default)]
pub struct ClientMetadata {
    /// Who the application is to us.
    pub client_id: String,
    /// What it authenticates with.
    #[serde(skip_serializing)]
    pub client_secret: Option<Plain>,
    /// What people know it by.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_name: Option<String>,
    /// Where people may be sent back to.
    pub redirect_uris: Vec<String>,
    /// Where people may be sent after a log-out (RP-Initiated Logout §3.1).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub post_logout_redirect_uris: Vec<String>,
    /// The grants that it uses.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub grant_types: Option<Vec<String>>,
    /// The response types that it uses.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub response_types: Option<Vec<String>>,
    /// How it authenticates at the token endpoint.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token_endpoint_auth_method: Option<AuthenticationMethod>,
    /// What it signs its assertions with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token_endpoint_auth_signing_alg: Option<AssertionAlgorithm>,
    /// What its ID tokens are signed with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id_token_signed_response_alg: Option<Algorithm>,
    /// The scopes that it may ask for, separated by spaces.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scope: Option<String>,
    /// Whether it runs on a server or on the person's device.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub application_type: Option<ApplicationType>,
    /// Its home page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_uri: Option<String>,
    /// Its picture.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub logo_uri: Option<String>,
    /// How it uses people's data.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub policy_uri: Option<String>,
    /// Its terms of service.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tos_uri: Option<String>,
    /// How old a log-in may be, in seconds, when a request does not say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default_max_age: Option<u32>,
    /// The authentication contexts that it would like when a request does not say.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub default_acr_values: Vec<String>,
    /// Whether `auth_time` must be in its ID tokens. It always is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub require_auth_time: Option<bool>,
    /// Its public keys.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub jwks: Option<Value>,
    /// The organisation that it belongs to; without one, the platform.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub latchkey_organisation: Option<String>,
    /// Whether people are spared the question what it may know.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub latchkey_trusted: Option<bool>,
    /// How strong every log-in to it must be.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub latchkey_require_acr: Option<String>,
    /// Its own `acr` values, and how strong a log-in each asks for.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub latchkey_acr_values: BTreeMap<String, Level>,
    /// What it is told of people beside what scopes release: claims by name, and from what.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub latchkey_claims: BTreeMap<String, String>,
    /// How claims are put together for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub latchkey_claims_profile: Option<ClaimsProfile>,
    /// What it may do by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub latchkey_service_account: Option<ServiceAccountMetadata>,
}

/// Every member of [`ClientMetadata`].
pub const MEMBERS: [&str; 27] = [
    "client_id",
    "client_secret",
    "client_name",
    "redirect_uris",
    "post_logout_redirect_uris",
    "grant_types",
    "response_types",
    "token_endpoint_auth_method",
    "token_endpoint_auth_signing_alg",
    "id_token_signed_response_alg",
    "scope",
    "application_type",
    "client_uri",
    "logo_uri",
    "policy_uri",
    "tos_uri",
    "default_max_age",
    "default_acr_values",
    "require_auth_time",
    "jwks",
    "latchkey_organisation",
    "latchkey_trusted",
    "latchkey_require_acr",
    "latchkey_acr_values",
    "latchkey_claims",
    "latchkey_claims_profile",
    "latchkey_service_account",
];

/// How a client authenticates at the token endpoint (RFC 7591 §2).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AuthenticationMethod {
    /// Its secret in the `Authorization` header.
    #[default]
    ClientSecretBasic,
    /// Its secret in the form.
    ClientSecretPost,
    /// By a token that it signs with a key of its own (OpenID Connect Core §9).
    PrivateKeyJwt,
    /// Not at all: a public client.
    None,
}

/// Where an application runs (OpenID Connect Registration §2).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ApplicationType {
    /// On a server.
    #[default]
    Web,
    /// On the person's device.
    Native,
}

/// How claims are put together for a client.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClaimsProfile {
    /// As OpenID Connect Core says: the ID token tells the log-in, userinfo tells the person.
    #[default]
    Standard,
    /// The same with a single value in `amr`, for applications that take no more than one.
    SingleAmr,
}

impl<'de> Deserialize<'de> for ClientMetadata {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        use serde::de::Error as _;
        let members = Map::<String, Value>::deserialize(deserializer)?;
        if let Some(unknown) = members.keys().find(|name| !MEMBERS.contains(&name.as_str())) {
            let nearest = nearest(unknown);
            return Err(D::Error::custom(format_args!(
                "unknown member \"{unknown}\" (the nearest known one is \"{nearest}\")"
            )));
        }
        // One member at a time, so that an error names it.
        let mut read = Map::new();
        for (name, value) in members {
            let single = Map::from_iter([(name.clone(), value)]);
            if let Err(error) = Self::deserialize(Value::Object(single.clone())) {
                return Err(D::Error::custom(format_args!("{name}: {error}")));
            }
            read.extend(single);
        }
        Self::deserialize(Value::Object(read)).map_err(D::Error::custom)
    }
}

impl Serialize for ClientMetadata {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Self::serialize(self, serializer)
    }
}

fn nearest(unknown: &str) -> &'static str {
    MEMBERS.into_iter().min_by_key(|known| distance(unknown, known)).unwrap_or(MEMBERS[0])
}

/// How many letters have to change (Levenshtein).
fn distance(from: &str, to: &str) -> usize {
    let to: Vec<char> = to.chars().collect();
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (index, letter) in from.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = index + 1;
        for column in 0..to.len() {
            let replaced = diagonal + usize::from(to[column] != letter);
            diagonal = row[column + 1];
            row[column + 1] = replaced.min(diagonal + 1).min(row[column] + 1);
        }
    }
    row[to.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(json: &str) -> String {
        serde_json::from_str::<ClientMetadata>(json).err().expect("an error").to_string()
    }

    #[test]
    fn an_unknown_member_is_refused_by_the_name_of_the_nearest() {
        let message =
            error(r#"{"client_id": "rota", "redirect_uri": ["https://rota.example/cb"]}"#);
        assert!(message.contains("\"redirect_uri\""), "{message}");
        assert!(message.contains("\"redirect_uris\""), "{message}");
        let message = error(r#"{"client_id": "rota", "latchkey_trustd": true}"#);
        assert!(message.contains("\"latchkey_trusted\""), "{message}");
    }

    #[test]
    fn a_member_of_the_wrong_kind_is_named() {
        let message = error(r#"{"client_id": "rota", "redirect_uris": "https://rota.example/cb"}"#);
        assert!(message.starts_with("redirect_uris: "), "{message}");
        let message = error(r#"{"token_endpoint_auth_method": "client_secret_jwt"}"#);
        assert!(message.starts_with("token_endpoint_auth_method: "), "{message}");
    }

    #[test]
    fn every_member_is_listed_and_the_secret_never_written() {
        let mut everything = Map::new();
        for name in MEMBERS {
            let value: Value = match name {
                "redirect_uris" | "post_logout_redirect_uris" | "default_acr_values" => {
                    vec!["https://rota.example"].into()
                }
                "grant_types" | "response_types" => vec!["code"].into(),
                "token_endpoint_auth_method" => "none".into(),
                "id_token_signed_response_alg" | "token_endpoint_auth_signing_alg" => {
                    "ES256".into()
                }
                "application_type" => "native".into(),
                "default_max_age" => 60.into(),
                "require_auth_time" | "latchkey_trusted" => true.into(),
                "latchkey_claims_profile" => "single_amr".into(),
                "latchkey_service_account" => {
                    serde_json::json!({ "scopes": ["people:read"], "platform": true })
                }
                "latchkey_claims" => serde_json::json!({ "ward": "claim:ward" }),
                "latchkey_acr_values" => serde_json::json!({ "urn:gold": "mfa" }),
                _ => "text".into(),
            };
            everything.insert(name.to_owned(), value);
        }
        let metadata: ClientMetadata =
            serde_json::from_value(Value::Object(everything.clone())).expect("all members");
        let written = serde_json::to_value(&metadata).expect("json");
        assert!(everything.remove("client_secret").is_some());
        assert_eq!(written, Value::Object(everything));
    }
}
