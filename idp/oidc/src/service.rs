//! Service accounts: clients that act by themselves, with no person behind them (RFC 6749 §4.4).
//! What they may do and how far they reach is said in their metadata, and never by leaving it out.
//!
//! What their scopes mean is the protected resource's to say, and not known here.

use serde::{Deserialize, Serialize};

use crate::client::{GrantType, MetadataError, wrong};
use crate::metadata::{AuthenticationMethod, ClientMetadata};

pub(crate) const MEMBER: &str = "latchkey_service_account";

/// What a client may do by itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceAccount {
    /// The scopes that it may ask for.
    pub scopes: Vec<String>,
    /// On whom it may act.
    pub reach: Reach,
}

/// On whom a service account may act.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reach {
    /// On everybody.
    Platform,
    /// On an organisation, as documents name it, and those below it.
    Organisation(String),
}

/// A service account as metadata writes it: with an organisation, or with `platform = true`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServiceAccountMetadata {
    /// What it may ask for.
    pub scopes: Vec<String>,
    /// On which organisation, and those below it, it may act.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organisation: Option<String>,
    /// Whether it may act on everybody.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub platform: Option<bool>,
}

impl From<&ServiceAccount> for ServiceAccountMetadata {
    fn from(account: &ServiceAccount) -> Self {
        let (organisation, platform) = match &account.reach {
            Reach::Platform => (None, Some(true)),
            Reach::Organisation(name) => (Some(name.clone()), None),
        };
        Self { scopes: account.scopes.clone(), organisation, platform }
    }
}

impl ServiceAccount {
    /// The organisation that it acts on, if on one.
    #[must_use]
    pub fn organisation(&self) -> Option<&str> {
        match &self.reach {
            Reach::Platform => None,
            Reach::Organisation(name) => Some(name),
        }
    }

    fn judge(metadata: &ServiceAccountMetadata) -> Result<Self, MetadataError> {
        let reach = match (&metadata.organisation, metadata.platform) {
            (Some(name), None) => Reach::Organisation(name.clone()),
            (None, Some(true)) => Reach::Platform,
            _ => {
                return Err(wrong(
                    MEMBER,
                    "says on whom it acts: organisation = \"…\", or platform = true",
                ));
            }
        };
        let mut scopes: Vec<String> = Vec::with_capacity(metadata.scopes.len());
        for scope in &metadata.scopes {
            if !scopes.contains(scope) {
                scopes.push(scope.clone());
            }
        }
        if scopes.is_empty() {
            return Err(wrong(MEMBER, "has no scopes"));
        }
        Ok(Self { scopes, reach })
    }
}

/// The service account that metadata describes, if it describes one. It uses no other grant, is
/// nobody's way to log in, and proves who it is.
pub(crate) fn judge(
    metadata: &ClientMetadata,
    grants: &[GrantType],
) -> Result<Option<ServiceAccount>, MetadataError> {
    let account = match (&metadata.latchkey_service_account, grants) {
        (None, grants) if !grants.contains(&GrantType::ClientCredentials) => return Ok(None),
        (None, _) => return Err(wrong(MEMBER, "is missing, which says what it may do")),
        (Some(account), [GrantType::ClientCredentials]) => ServiceAccount::judge(account)?,
        (Some(_), _) => {
            return Err(wrong(
                "grant_types",
                "of a service account are [\"client_credentials\"] and no other",
            ));
        }
    };
    let of_no_use = [
        ("redirect_uris", !metadata.redirect_uris.is_empty()),
        ("post_logout_redirect_uris", !metadata.post_logout_redirect_uris.is_empty()),
        ("response_types", metadata.response_types.as_ref().is_some_and(|it| !it.is_empty())),
        ("scope", metadata.scope.is_some()),
        ("latchkey_organisation", metadata.latchkey_organisation.is_some()),
        ("latchkey_trusted", metadata.latchkey_trusted.is_some()),
        ("latchkey_require_acr", metadata.latchkey_require_acr.is_some()),
        ("latchkey_claims", !metadata.latchkey_claims.is_empty()),
    ];
    if let Some((member, _)) = of_no_use.into_iter().find(|(_, there)| *there) {
        return Err(wrong(member, format!("is of no use beside {MEMBER}")));
    }
    if metadata.token_endpoint_auth_method == Some(AuthenticationMethod::None) {
        return Err(wrong(
            "token_endpoint_auth_method",
            "\"none\" is not for a service account, which proves who it is",
        ));
    }
    Ok(Some(account))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::Client;

    fn register(change: &[(&str, Value)]) -> Result<Client, MetadataError> {
        let mut metadata = json!({
            "client_id": "payroll",
            "client_secret": "payroll secret!",
            "grant_types": ["client_credentials"],
            "latchkey_service_account": { "scopes": ["people:read"], "organisation": "northgate" },
        });
        for (name, value) in change {
            metadata[*name] = value.clone();
        }
        Client::register(serde_json::from_value(metadata).expect("metadata"))
    }

    #[test]
    fn a_service_account_is_described_by_what_it_may_do_and_on_whom() {
        let client = register(&[]).expect("a client");
        let account = client.service.as_ref().expect("a service account");
        assert_eq!(account.reach, Reach::Organisation("northgate".into()));
        assert_eq!(client.organisation.as_deref(), Some("northgate"));
        assert!(client.scopes.is_empty() && client.redirect_uris.is_empty());
        let all = json!({ "scopes": ["people:read", "people:read"], "platform": true });
        let client = register(&[(MEMBER, all)]).expect("a client");
        let account = client.service.as_ref().expect("a service account");
        assert_eq!((&account.reach, account.scopes.len()), (&Reach::Platform, 1));
        assert_eq!(client.organisation, None);
        let stored = serde_json::to_string(&client).expect("json");
        assert_eq!(serde_json::from_str::<Client>(&stored).expect("a client"), client);
    }

    #[test]
    fn everything_is_never_meant_by_leaving_something_out() {
        for account in [
            json!({ "scopes": ["people:read"] }),
            json!({ "scopes": ["people:read"], "platform": false }),
            json!({ "scopes": ["people:read"], "platform": true, "organisation": "northgate" }),
            json!({ "scopes": [], "platform": true }),
        ] {
            let told = register(&[(MEMBER, account.clone())]).expect_err("refused");
            assert_eq!(told.member, MEMBER, "{account}");
        }
        let told = register(&[(MEMBER, Value::Null)]).expect_err("refused");
        assert_eq!(told.member, MEMBER);
        for unread in [json!({ "platform": true }), json!({ "scopes": [], "everything": true })] {
            let text = json!({ MEMBER: unread }).to_string();
            assert!(serde_json::from_str::<ClientMetadata>(&text).is_err());
        }
    }

    #[test]
    fn a_service_account_uses_no_other_grant_and_is_nobodys_way_to_log_in() {
        let both = json!(["client_credentials", "authorization_code"]);
        for (name, value) in [
            ("grant_types", both),
            ("grant_types", json!(["authorization_code"])),
            ("redirect_uris", json!(["https://payroll.example/cb"])),
            ("post_logout_redirect_uris", json!(["https://payroll.example/"])),
            ("response_types", json!(["code"])),
            ("scope", json!("openid")),
            ("latchkey_organisation", json!("northgate")),
            ("token_endpoint_auth_method", json!("none")),
        ] {
            let told = register(&[(name, value.clone())]).expect_err("refused");
            assert_eq!(told.member, name, "{value}");
        }
        assert_eq!(
            register(&[("client_secret", Value::Null)]).expect_err("refused").member,
            "client_secret"
        );
    }

    #[test]
    fn an_application_that_people_log_in_to_is_no_service_account() {
        let rota = crate::samples::rota();
        assert!(rota.service.is_none() && !rota.may_use(GrantType::ClientCredentials));
    }
}
