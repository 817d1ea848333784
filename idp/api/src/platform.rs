//! How the installation is.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// A signing key, without what it signs with: of tokens, or of messages of SAML.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SigningKey {
    /// Its name.
    pub kid: String,
    /// What it signs with.
    pub algorithm: String,
    /// When it was published.
    #[schema(value_type = String, format = DateTime)]
    pub published_at: Timestamp,
    /// When it begins to sign.
    #[schema(value_type = String, format = DateTime)]
    pub signs_from: Timestamp,
    /// When it is no longer published; absent while there is none after it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub until: Option<Timestamp>,
    /// Whether it signs now.
    pub signs: bool,
    /// The certificate that applications know it by; there for keys for SAML alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certificate: Option<KeyCertificate>,
}

/// The certificate of a key for SAML.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct KeyCertificate {
    /// When it ends. Another takes its place before.
    #[schema(value_type = String, format = DateTime)]
    pub ends_at: Timestamp,
    /// The SHA-256 of it, as `openssl x509 -fingerprint -sha256` writes that.
    pub fingerprint: String,
    /// All of it in PEM, for applications that do not read our metadata.
    pub pem: String,
}

/// A signing key to be published.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewSigningKey {
    /// What it signs with: `RS256`, `ES256` or `EdDSA` for tokens, `RSA-SHA256` or `ECDSA-SHA256`
    /// for SAML.
    pub algorithm: String,
}

/// How the installation is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Health {
    /// What it calls itself in tokens.
    pub issuer: String,
    /// Its version.
    pub version: String,
    /// `sqlite` or `postgresql`.
    pub database: String,
    /// People, everywhere.
    pub people: u64,
    /// The last place in the audit trail's chain.
    pub audit_sequence: i64,
    /// Events that have no place yet.
    pub audit_unsealed: u64,
    /// Letters.
    pub mail: MailQueue,
    /// The serial number of the FIDO metadata that is gone by, if there is any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metadata: Option<u32>,
    /// Applications that speak SAML.
    #[serde(default)]
    pub providers: ProvidersHealth,
    /// What our SAML answers are signed with, where that is about to change.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub saml_certificate: Option<CertificateChange>,
}

/// Another certificate takes the place of the one that SAML answers are signed with, by itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CertificateChange {
    /// When the present one ends.
    #[schema(value_type = String, format = DateTime)]
    pub ends_at: Timestamp,
    /// From when the next one is signed with: applications have to have read our metadata again by
    /// then. Absent as long as none is published.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub next_from: Option<Timestamp>,
}

/// How the metadata of applications that speak SAML is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ProvidersHealth {
    /// How many there are.
    pub count: u64,
    /// To how many nobody can log in, because their metadata is over.
    pub expired: u64,
    /// Of how many the metadata cannot be read again; what was read last is gone by.
    pub failing: u64,
    /// Of how many something ends soon, or ended: metadata that still holds, or a certificate.
    #[serde(default)]
    pub ending: u64,
    /// Those with something the matter, the worst first: at most 50.
    pub ailing: Vec<AilingProvider>,
}

/// An application that speaks SAML with something the matter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AilingProvider {
    /// Its entity ID.
    pub entity_id: String,
    /// What people know it by.
    pub name: String,
    /// Why its metadata could not be read when that was last tried; absent when it could.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// Since when it cannot be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub failing_since: Option<Timestamp>,
    /// When its metadata ends, if that is soon, or ended: nobody can log in after that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub metadata_ends: Option<Timestamp>,
    /// When the first of its certificates ends, if that is soon, or ended: its own side may stop,
    /// log-ins here do not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub certificate_ends: Option<Timestamp>,
}

/// Letters that wait.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MailQueue {
    /// Whether letters are sent at all.
    pub configured: bool,
    /// How many wait.
    pub waiting: u64,
    /// How many of them were tried and failed.
    #[serde(default)]
    pub failed: u64,
    /// The first of those, the oldest first: at most 50. All are in `/health/letters`.
    pub failing: Vec<FailingLetter>,
}

/// A letter that could not be sent yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FailingLetter {
    /// Its key.
    pub id: Uuid,
    /// What it tells of, e.g. `key-added`.
    pub kind: String,
    /// To whom, masked; absent when what is kept of it cannot be opened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// Why it did not leave when it was last tried: `unreachable`, `slow`, `encryption`,
    /// `credentials`, `address`, `mailbox-full`, `later`, `refused`, `not-smtp`, `folder` or
    /// `sealed`; absent while nobody knows, because it is being tried or a node died on the way.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<String>,
    /// Whether it is being tried right now, as far as we know: then nothing is done about it.
    pub on_its_way: bool,
    /// Whether it is for a link, which ends with it.
    pub link: bool,
    /// Since when it waits.
    #[schema(value_type = String, format = DateTime)]
    pub queued_at: Timestamp,
    /// How often it was tried.
    pub attempts: u32,
    /// When it is tried again.
    #[schema(value_type = String, format = DateTime)]
    pub next_at: Timestamp,
}

/// That letters are to be tried again before their time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Retry {
    /// Only tell what would be done.
    #[serde(default)]
    pub dry_run: bool,
}

/// That a letter is to be taken back.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Withdrawal {
    /// Why, in the words of whoever does it. At most 500 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// The number of the case at the helpdesk. At most 60 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case: Option<String>,
    /// Only tell what would be done.
    #[serde(default)]
    pub dry_run: bool,
}

/// What was done about letters that did not leave, or would be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LettersReceipt {
    /// Whether it was done: `false` after a dry run.
    pub done: bool,
    /// How many letters it is about.
    pub letters: u64,
    /// Whether a link ends with it.
    pub link: bool,
    /// When it was done.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
}
