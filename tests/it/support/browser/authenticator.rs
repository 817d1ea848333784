//! Virtual authenticators (Web Authentication Level 3 §11): a key or a phone in software, with
//! the faults that real ones have.

use reqwest::Method;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::Browser;

/// What to plug in.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Authenticator {
    protocol: &'static str,
    transport: &'static str,
    has_resident_key: bool,
    has_user_verification: bool,
    is_user_verified: bool,
    is_user_consenting: bool,
    default_backup_eligibility: bool,
    default_backup_state: bool,
}

impl Authenticator {
    /// A security key that checks a PIN.
    pub(crate) fn key() -> Self {
        Self {
            protocol: "ctap2",
            transport: "usb",
            has_resident_key: true,
            has_user_verification: true,
            is_user_verified: true,
            is_user_consenting: true,
            default_backup_eligibility: false,
            default_backup_state: false,
        }
    }

    /// A security key without room for discoverable credentials.
    pub(crate) fn small_key() -> Self {
        Self { has_resident_key: false, ..Self::key() }
    }

    /// A key that has no PIN set.
    pub(crate) fn key_without_pin() -> Self {
        Self { has_user_verification: false, is_user_verified: false, ..Self::key() }
    }

    /// A passkey of this device, copied to the person's others.
    pub(crate) fn synced_passkey() -> Self {
        Self {
            transport: "internal",
            default_backup_eligibility: true,
            default_backup_state: true,
            ..Self::key()
        }
    }

    /// Nobody touches it: ceremonies wait until they time out. For one that is cancelled, see
    /// [`VirtualAuthenticator::set_verified`]: a wrong PIN ends it at once, with the same error.
    pub(crate) fn untouched(self) -> Self {
        Self { is_user_consenting: false, ..self }
    }
}

/// A credential as the authenticator holds it, private key and all.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct StoredCredential {
    pub(crate) credential_id: String,
    pub(crate) is_resident_credential: bool,
    pub(crate) rp_id: String,
    pub(crate) private_key: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) user_handle: Option<String>,
    pub(crate) sign_count: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) backup_eligibility: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) backup_state: Option<bool>,
}

/// How a faulty authenticator answers.
#[derive(Clone, Copy, Debug, Default, Serialize)]
#[allow(clippy::struct_field_names, reason = "DevTools' names")]
pub(crate) struct Faults {
    #[serde(rename = "isBogusSignature")]
    pub(crate) bogus_signature: bool,
    #[serde(rename = "isBadUV")]
    pub(crate) not_verified: bool,
    #[serde(rename = "isBadUP")]
    pub(crate) not_present: bool,
}

/// An authenticator that is plugged in.
pub(crate) struct VirtualAuthenticator<'a> {
    browser: &'a Browser,
    id: String,
}

impl<'a> VirtualAuthenticator<'a> {
    pub(super) async fn add(browser: &'a Browser, kind: Authenticator) -> Self {
        let body = serde_json::to_value(kind).expect("JSON");
        let id = browser.command(Method::POST, "webauthn/authenticator", Some(body)).await;
        Self { browser, id: id.as_str().expect("an id").to_owned() }
    }

    /// What it holds.
    pub(crate) async fn credentials(&self) -> Vec<StoredCredential> {
        let value = self.call(Method::GET, "/credentials", None).await;
        serde_json::from_value(value).expect("credentials")
    }

    /// What it holds, when that has to be one.
    pub(crate) async fn credential(&self) -> StoredCredential {
        let mut all = self.credentials().await;
        assert_eq!(all.len(), 1, "the authenticator holds one credential");
        all.remove(0)
    }

    /// Puts a credential on it: a copy of another's, or one with another counter.
    pub(crate) async fn put(&self, credential: &StoredCredential) {
        let body = serde_json::to_value(credential).expect("JSON");
        self.call(Method::POST, "/credential", Some(body)).await;
    }

    /// Takes a credential off it.
    pub(crate) async fn forget(&self, credential_id: &str) {
        self.call(Method::DELETE, &format!("/credentials/{credential_id}"), None).await;
    }

    /// Puts a credential on it anew with another signature counter.
    pub(crate) async fn set_counter(&self, credential_id: &str, sign_count: u32) {
        let all = self.credentials().await;
        let found = all.into_iter().find(|one| one.credential_id == credential_id);
        let credential = found.expect("the authenticator holds it");
        self.forget(credential_id).await;
        self.put(&StoredCredential { sign_count, ..credential }).await;
    }

    /// Changes whether a credential may be and is copied.
    pub(crate) async fn set_backup(&self, credential_id: &str, eligible: bool, state: bool) {
        let body = json!({ "backupEligibility": eligible, "backupState": state });
        self.call(Method::POST, &format!("/credentials/{credential_id}/props"), Some(body)).await;
    }

    /// Whether the next PINs are right. A wrong one ends the ceremony with `NotAllowedError`, just
    /// as a person does who cancels it.
    pub(crate) async fn set_verified(&self, verified: bool) {
        self.call(Method::POST, "/uv", Some(json!({ "isUserVerified": verified }))).await;
    }

    /// How it answers from here on.
    pub(crate) async fn set_faults(&self, faults: Faults) {
        let mut parameters = serde_json::to_value(faults).expect("JSON");
        parameters["authenticatorId"] = json!(self.id);
        self.browser.devtools("WebAuthn.setResponseOverrideBits", parameters).await;
    }

    /// Whether somebody touches it. Without, a ceremony waits until it times out.
    pub(crate) async fn set_touched(&self, touched: bool) {
        let parameters = json!({ "authenticatorId": self.id, "enabled": touched });
        self.browser.devtools("WebAuthn.setAutomaticPresenceSimulation", parameters).await;
    }

    /// Unplugs it.
    pub(crate) async fn unplug(self) {
        self.call(Method::DELETE, "", None).await;
    }

    async fn call(&self, method: Method, path: &str, body: Option<Value>) -> Value {
        let path = format!("webauthn/authenticator/{}{path}", self.id);
        self.browser.command(method, &path, body).await
    }
}
