//! The SAML doctor: which checks a message or a registration fails, and what to change.

mod codes;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub use codes::{DOCTOR_ABOUTS, DOCTOR_ADVICE, DOCTOR_FINDINGS};

/// A message to look at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SamlMessage {
    /// The message as it was copied: an address, a query, a form's body or field, XML, a SOAP
    /// envelope or an artifact.
    pub message: String,
    /// The entity ID of the service provider that it is thought to concern.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provider: Option<String>,
}

/// A registration to test.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewProviderTest {
    /// The entity ID of the service provider.
    pub provider: String,
}

/// What the doctor says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DoctorReport {
    /// What was looked at, as a word that programs know: one of [`DOCTOR_ABOUTS`]. More may come.
    pub about_code: String,
    /// What the words are about, by the names that the code has.
    pub about_values: BTreeMap<String, String>,
    /// What was looked at, in English.
    pub about: String,
    /// The entity ID of the service provider that it concerns, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provider: Option<String>,
    /// Whether anything failed.
    pub failed: bool,
    /// Every check, in the order in which the endpoints make them.
    pub checks: Vec<DoctorCheck>,
    /// What an assertion would say of whoever asks, where a registration is tested and a person
    /// asks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub preview: Option<AssertionPreview>,
}

/// One check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DoctorCheck {
    /// Of what: `signature`, `destination` and so on. More may come.
    pub name: String,
    /// What came of it.
    pub outcome: DoctorOutcome,
    /// What was found, as a word that programs know: one of [`DOCTOR_FINDINGS`]. More may come.
    pub code: String,
    /// What the words are about, by the names that the code has. What a message says stands in it
    /// as text that nobody vouches for.
    pub values: BTreeMap<String, String>,
    /// What was found, in English. What a message says stands in it as text that nobody vouches
    /// for.
    pub found: String,
    /// What to change, and where.
    pub remedies: Vec<DoctorRemedy>,
}

/// What came of a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum DoctorOutcome {
    /// It is as it has to be.
    Passed,
    /// It is not.
    Failed,
    /// There is nothing to judge, or it cannot be judged from what is there.
    NotApplicable,
}

/// What to change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DoctorRemedy {
    /// Where.
    pub side: DoctorSide,
    /// What, as a word that programs know: one of [`DOCTOR_ADVICE`]. More may come.
    pub code: String,
    /// What the words are about, by the names that the code has.
    pub values: BTreeMap<String, String>,
    /// What, in English.
    pub words: String,
}

/// On which side something is changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum DoctorSide {
    /// Here.
    Here,
    /// At the service provider.
    Provider,
}

/// What an assertion would say. None was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AssertionPreview {
    /// What the provider knows the person by.
    pub name_id: String,
    /// The URI of the kind of that name.
    pub name_id_format: String,
    /// Whether the name is another one at each log-in.
    pub transient: bool,
    /// The class of the log-in, with just as strong a one as the provider demands.
    pub class: String,
    /// What is said of the person.
    pub attributes: Vec<PreviewedAttribute>,
    /// Whether the assertion is signed by itself.
    pub signed_assertion: bool,
    /// Whether the response around it is signed.
    pub signed_response: bool,
    /// The URI of the encryption of the assertion; absent where it is not encrypted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub encrypted: Option<String>,
}

/// Something that would be said of a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PreviewedAttribute {
    /// Its name.
    pub name: String,
    /// How the name is meant, a URI.
    pub format: String,
    /// What people call it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub friendly_name: Option<String>,
    /// Its values.
    pub values: Vec<String>,
}
