//! From the database to documents: what `apply` takes back. Secrets go out as they are stored, as
//! hashes and digests. Security keys are no documents: backups carry those.

use std::io::{self, Write};

use latchkey_core::assurance::Level;
use latchkey_core::ids::OrganisationId;
use latchkey_core::people::Username;
use latchkey_core::policy::Overrides;
use latchkey_core::roles::{RoleGrant, Scope};
use latchkey_core::usernames::UsernameRules;
use latchkey_oidc::client::GrantType;
use latchkey_oidc::service::ServiceAccountMetadata;
use latchkey_oidc::{Client, ServiceAccount};
use latchkey_store::{
    OrganisationRecord, PeopleFilter, PersonRecord, Store, StoredClient, StoredProvider,
};
use serde::Serialize;
use serde_json::Value;

use super::providers;
use super::read::{SECRET_DIGEST, write_digest};
use super::references::Organisations;
use crate::saml::settings::Settings;

/// How many people are read at a time: what is exported need not fit into memory.
const AT_A_TIME: u64 = 500;

const PREFACE: &str = "\
# Latchkey documents, for `latchkey apply`. They hold password hashes: keep them as you keep the
# database. Security keys are not among them; a backup has those.
";

/// Why documents could not be written.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// Where they go to failed.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] latchkey_store::Error),
    /// Something in the database cannot be written down.
    #[error("the {0} cannot be written as a document: {1}")]
    Unwritable(String, serde_json::Error),
}

/// Writes everything that documents can say, always in the same order.
///
/// # Errors
/// When the database or `out` fails.
pub async fn export(store: &Store, out: &mut impl Write) -> Result<(), ExportError> {
    out.write_all(PREFACE.as_bytes())?;
    let organisations: Organisations = store
        .view()
        .list_organisations()
        .await?
        .into_iter()
        .map(|record| (record.slug.clone(), record))
        .collect();
    let floor = store.view().find_floor().await?;
    if floor != Overrides::default() {
        Section::begin("platform", out)?.any("policy", &floor, || "platform".to_owned())?;
    }
    for record in organisations.values() {
        organisation(record, &organisations, out)?;
    }
    let mut roles = Vec::new();
    let mut after = None;
    loop {
        let view = store.view();
        let some = view
            .within(&Scope::Platform)
            .list_people(&PeopleFilter::default(), after.as_ref(), AT_A_TIME)
            .await?;
        for record in &some {
            person(record, &organisations, out)?;
            for grant in view.list_roles(record.person.id).await? {
                roles.push((record.person.username.clone(), grant));
            }
        }
        match some.into_iter().last() {
            Some(last) => after = Some(last.person.username),
            None => break,
        }
    }
    write_groups(store, &organisations, out).await?;
    write_roles(&roles, &organisations, out)?;
    let mut clients = store.view().list_clients().await?;
    clients.retain(|client| client.id.0 != latchkey_console::CLIENT_ID);
    clients.sort_by(|one, other| one.id.0.cmp(&other.id.0));
    for stored in &clients {
        client(stored, out)?;
    }
    for stored in &store.view().list_providers().await? {
        provider(stored, out)?;
    }
    out.flush()?;
    Ok(())
}

fn slug_of(organisations: &Organisations, id: OrganisationId) -> Option<&str> {
    organisations.values().find(|record| record.id == id).map(|record| record.slug.as_str())
}

fn organisation(
    record: &OrganisationRecord,
    all: &Organisations,
    out: &mut impl Write,
) -> Result<(), ExportError> {
    let what = || format!("organisation {}", record.slug);
    let mut section = Section::begin("organisation", out)?;
    section.text("id", &record.slug)?;
    section.text("name", &record.name)?;
    section.any("parent", &record.parent.and_then(|id| slug_of(all, id)), what)?;
    section.any("preset", &record.preset, what)?;
    section.any("helpdesk", &record.helpdesk, what)?;
    section.any("brand", &record.brand, what)?;
    if record.usernames != UsernameRules::default() {
        section.any("usernames", &record.usernames, what)?;
    }
    section.any("policy", &record.overrides, what)
}

fn person(
    record: &PersonRecord,
    organisations: &Organisations,
    out: &mut impl Write,
) -> Result<(), ExportError> {
    let person = &record.person;
    let what = || format!("person {}", person.username);
    let mut section = Section::begin("person", out)?;
    section.text("username", person.username.as_str())?;
    section.any("organisation", &slug_of(organisations, person.organisation), what)?;
    section.text("name", &person.name)?;
    section.any("email", &person.email, what)?;
    section.any("email_verified", &person.has_verified_email().then_some(true), what)?;
    section.any("staff_number", &person.staff_number, what)?;
    section.text("state", person.state.as_str())?;
    section.any("password_hash", &record.password_hash, what)?;
    section.any("claims", &person.claims, what)?;
    section.text("subject", &person.subject.to_string())?;
    section.any("ever_had_factor", &person.ever_had_factor.then_some(true), what)
}

async fn write_groups(
    store: &Store,
    organisations: &Organisations,
    out: &mut impl Write,
) -> Result<(), ExportError> {
    let mut groups = Vec::new();
    for group in store.view().list_groups().await? {
        let home = slug_of(organisations, group.organisation).unwrap_or_default();
        groups.push((home, group));
    }
    groups.sort_by(|(home, group), (other_home, other)| {
        (home, &group.slug).cmp(&(other_home, &other.slug))
    });
    for (home, group) in &groups {
        let mut members = Vec::new();
        for id in store.view().list_members(group.id).await? {
            let found = store.view().find_person(id).await?;
            members.extend(found.map(|record| record.person.username));
        }
        members.sort_by(|one, other| one.as_str().cmp(other.as_str()));
        let members: Vec<&str> = members.iter().map(Username::as_str).collect();
        let what = || format!("group {} of {home}", group.slug);
        let mut section = Section::begin("group", out)?;
        section.text("id", &group.slug)?;
        section.text("organisation", home)?;
        section.text("name", &group.name)?;
        section.any("members", &members, what)?;
        section.any("policy", &group.overrides, what)?;
    }
    Ok(())
}

fn write_roles(
    roles: &[(Username, RoleGrant)],
    organisations: &Organisations,
    out: &mut impl Write,
) -> Result<(), ExportError> {
    let mut named: Vec<_> = roles
        .iter()
        .filter_map(|(username, grant)| {
            let organisation = slug_of(organisations, grant.organisation)?;
            Some((username.as_str(), grant.role.as_str(), organisation))
        })
        .collect();
    named.sort_unstable();
    for (person, role, organisation) in named {
        let mut section = Section::begin("role", out)?;
        section.text("person", person)?;
        section.text("role", role)?;
        section.text("organisation", organisation)?;
    }
    Ok(())
}

fn client(stored: &StoredClient, out: &mut impl Write) -> Result<(), ExportError> {
    let what = || format!("client {}", stored.id);
    let client: Client = serde_json::from_str(&stored.document)
        .map_err(|error| ExportError::Unwritable(what(), error))?;
    let grants: Vec<&str> = client.grants.iter().copied().map(GrantType::as_str).collect();
    let mut section = Section::begin("client", out)?;
    section.text("client_id", &client.id.0)?;
    section.any(SECRET_DIGEST, &client.secret.as_ref().map(write_digest), what)?;
    section.text("client_name", &client.name)?;
    section.any("grant_types", &grants, what)?;
    if let Some(account) = &client.service {
        return service_account(account, &client, section, what);
    }
    section.any("redirect_uris", &client.redirect_uris, what)?;
    section.any("post_logout_redirect_uris", &client.post_logout_redirect_uris, what)?;
    section.any("token_endpoint_auth_method", &client.authentication, what)?;
    section.any("token_endpoint_auth_signing_alg", &client.assertion_algorithm, what)?;
    section.any("id_token_signed_response_alg", &client.id_token_algorithm, what)?;
    section.text("scope", &client.scopes.to_string())?;
    section.any("application_type", &client.application, what)?;
    section.any("client_uri", &client.client_uri, what)?;
    section.any("logo_uri", &client.logo_uri, what)?;
    section.any("policy_uri", &client.policy_uri, what)?;
    section.any("tos_uri", &client.tos_uri, what)?;
    section.any("default_max_age", &client.default_max_age, what)?;
    section.any("default_acr_values", &client.default_acr_values, what)?;
    section.any("jwks", &client.jwks, what)?;
    section.any("latchkey_organisation", &client.organisation, what)?;
    section.any("latchkey_trusted", &client.trusted.then_some(true), what)?;
    let acr = client.required_level.map(Level::acr);
    section.any("latchkey_require_acr", &acr, what)?;
    let own_acr = (!client.acr_values.is_empty()).then_some(&client.acr_values);
    section.any("latchkey_acr_values", &own_acr, what)?;
    let claims = (!client.claims.is_empty()).then_some(&client.claims);
    section.any("latchkey_claims", &claims, what)?;
    section.any("latchkey_claims_profile", &client.claims_profile, what)
}

/// A service provider as a document that says the same of it.
///
/// # Errors
/// When what is stored of it is damaged.
pub fn service_provider(stored: &StoredProvider) -> Result<String, ExportError> {
    let mut text = Vec::new();
    provider(stored, &mut text)?;
    Ok(String::from_utf8_lossy(&text).into_owned())
}

fn provider(stored: &StoredProvider, out: &mut impl Write) -> Result<(), ExportError> {
    let what = || format!("service provider {}", stored.id);
    let unwritable = |error| ExportError::Unwritable(what(), error);
    let settings: Settings = serde_json::from_str(&stored.document).map_err(unwritable)?;
    let metadata: Value = serde_json::from_str(&stored.metadata).map_err(unwritable)?;
    let mut section = Section::begin("service_provider", out)?;
    match &settings.metadata_address {
        Some(address) => {
            section.text("metadata", address)?;
            section.text("entity_id", &stored.id.0)?;
        }
        None => section.any("metadata", &metadata, what)?,
    }
    for (name, value) in providers::members(&settings).map_err(unwritable)? {
        section.any(name, &value, what)?;
    }
    Ok(())
}

/// The rest of a client that nobody logs in to.
fn service_account<W: Write>(
    account: &ServiceAccount,
    client: &Client,
    mut section: Section<'_, W>,
    what: impl Fn() -> String + Copy,
) -> Result<(), ExportError> {
    section.any("token_endpoint_auth_method", &client.authentication, what)?;
    section.any("token_endpoint_auth_signing_alg", &client.assertion_algorithm, what)?;
    section.any("application_type", &client.application, what)?;
    section.any("client_uri", &client.client_uri, what)?;
    section.any("logo_uri", &client.logo_uri, what)?;
    section.any("policy_uri", &client.policy_uri, what)?;
    section.any("tos_uri", &client.tos_uri, what)?;
    section.any("jwks", &client.jwks, what)?;
    section.any("latchkey_service_account", &ServiceAccountMetadata::from(account), what)
}

/// One `[[kind]]` that is being written.
struct Section<'o, W>(&'o mut W);

impl<'o, W: Write> Section<'o, W> {
    fn begin(kind: &str, out: &'o mut W) -> io::Result<Self> {
        write!(out, "\n[[{kind}]]\n")?;
        Ok(Self(out))
    }

    fn text(&mut self, name: &str, text: &str) -> Result<(), ExportError> {
        writeln!(self.0, "{name} = {}", toml::Value::from(text))?;
        Ok(())
    }

    /// A member, unless there is nothing in it.
    fn any(
        &mut self,
        name: &str,
        value: &impl Serialize,
        what: impl Fn() -> String,
    ) -> Result<(), ExportError> {
        let value =
            serde_json::to_value(value).map_err(|error| ExportError::Unwritable(what(), error))?;
        match to_toml(value) {
            None => {}
            Some(toml::Value::Array(items)) if items.is_empty() => {}
            Some(toml::Value::Table(members)) if members.is_empty() => {}
            Some(value) => writeln!(self.0, "{name} = {value}")?,
        }
        Ok(())
    }
}

/// A value as TOML, which has no word for nothing: what is null is left out.
fn to_toml(value: Value) -> Option<toml::Value> {
    Some(match value {
        Value::Null => return None,
        Value::Bool(value) => value.into(),
        Value::String(text) => text.into(),
        Value::Number(number) => match number.as_i64() {
            Some(whole) => whole.into(),
            None => number.as_f64()?.into(),
        },
        Value::Array(items) => toml::Value::Array(items.into_iter().filter_map(to_toml).collect()),
        Value::Object(members) => {
            let members = members.into_iter();
            toml::Value::Table(
                members.filter_map(|(name, value)| Some((name, to_toml(value)?))).collect(),
            )
        }
    })
}
