//! Relying applications: RFC 7591 metadata, as documents have it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::organisations::OrganisationRef;

/// An application as lists show it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ApplicationSummary {
    /// Its identifier.
    pub client_id: String,
    /// What people know it by.
    pub name: String,
    /// The organisation that it belongs to; absent for the platform's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organisation: Option<OrganisationRef>,
    /// Whether it acts for itself, with the client credentials grant.
    pub service_account: bool,
    /// When it was last changed.
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Timestamp,
}

/// An application.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Application {
    /// What lists show.
    #[serde(flatten)]
    pub summary: ApplicationSummary,
    /// Its metadata (RFC 7591 §2) with our own members, and without its secret.
    #[schema(value_type = Object)]
    pub metadata: serde_json::Map<String, serde_json::Value>,
}

/// What an application is to be: metadata (RFC 7591 §2) with our own members, in full, and without
/// a secret.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = Object)]
pub struct ClientBody(pub serde_json::Map<String, serde_json::Value>);

/// An application that was added, or its new secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ApplicationSecret {
    /// The application.
    pub application: Application,
    /// Its secret, told once; absent when it has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_secret: Option<String>,
}
