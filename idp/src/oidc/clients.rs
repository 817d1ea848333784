//! Which clients there are: those that documents describe, and the admin console's, which is
//! defined here and nowhere else.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, ensure};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use latchkey_api::AdminScope;
use latchkey_core::Timestamp;
use latchkey_core::assurance::Level;
use latchkey_core::ids::{ClientId, OrganisationId};
use latchkey_core::secrets::Plain;
use latchkey_oidc::client::MetadataError;
use latchkey_oidc::{Client, ClientMetadata, Issuer};
use latchkey_store::{Error, Store, StoredClient, Tx};

use crate::App;
use crate::config::Console;
use crate::keys::Keys;

/// The shortest secret of a console on a host of its own: 32 characters of base64 are 24 bytes.
const SHORTEST: usize = 32;

/// A client with the organisation that it belongs to.
#[derive(Clone)]
pub(crate) struct Registered {
    pub(crate) client: Arc<Client>,
    pub(crate) organisation: Option<OrganisationId>,
}

/// A client as it was at most [`STALE`](crate::config::STALE) ago.
///
/// # Errors
/// When the database fails, or its document is damaged.
pub async fn client(app: &App, id: &str) -> anyhow::Result<Option<Arc<Client>>> {
    Ok(registered(app, id).await?.map(|found| found.client))
}

/// The same with its organisation. Unknown ones are not remembered: anybody can make them up.
pub(crate) async fn registered(app: &App, id: &str) -> anyhow::Result<Option<Registered>> {
    if id == latchkey_console::CLIENT_ID {
        return Ok(app.oidc.console.clone());
    }
    if let Some(found) = app.oidc.clients.get(id) {
        return Ok(Some(found));
    }
    let Some(stored) = app.store.view().find_client(&ClientId(id.to_owned())).await? else {
        return Ok(None);
    };
    let client = serde_json::from_str(&stored.document).context("clients.document")?;
    let found = Registered { client: Arc::new(client), organisation: stored.organisation };
    app.oidc.clients.insert(id.to_owned(), found.clone());
    Ok(Some(found))
}

/// Judges the metadata of a document or a request: beside what the protocol says, nobody describes
/// the admin console, and service accounts have scopes that there are.
///
/// # Errors
/// The first member that is wrong.
pub fn register(metadata: ClientMetadata) -> Result<Client, MetadataError> {
    let client = Client::register(metadata)?;
    if client.id.0 == latchkey_console::CLIENT_ID {
        let reason = "is the admin console's, which no document describes".to_owned();
        return Err(MetadataError { member: "client_id", reason });
    }
    let words = client.service.iter().flat_map(|account| &account.scopes);
    if let Some(unknown) = words.into_iter().find(|word| AdminScope::parse(word).is_none()) {
        let known = AdminScope::ALL.map(AdminScope::as_str).join(", ");
        let reason = format!("has the scope {unknown:?}, which is none of {known}");
        return Err(MetadataError { member: "latchkey_service_account", reason });
    }
    Ok(client)
}

/// Has a client read anew, where it was changed on this node: others follow within
/// [`STALE`](crate::config::STALE).
pub(crate) fn forget(app: &App, id: &ClientId) {
    app.oidc.clients.invalidate(&id.0);
}

/// What the console that we serve ourselves authenticates with: both ends are in one process, and
/// every node makes the same.
#[must_use]
pub fn embedded_secret(keys: &Keys) -> Plain {
    Plain::new(URL_SAFE_NO_PAD.encode(keys.mac.derive("console secret", b"")))
}

/// The secret of a console on a host of its own.
///
/// # Errors
/// When the file cannot be read, or holds none that nobody guesses.
pub fn secret_of(file: &Path) -> anyhow::Result<Plain> {
    let named = || format!("the console's secret {}", file.display());
    let text = std::fs::read_to_string(file).with_context(named)?;
    let secret = text.trim();
    let visible = secret.bytes().all(|byte| byte.is_ascii_graphic());
    ensure!(
        visible && (SHORTEST..=512).contains(&secret.len()),
        "{} is {SHORTEST} to 512 visible characters, such as openssl rand -base64 32 prints",
        named()
    );
    Ok(Plain::new(secret.to_owned()))
}

/// The admin console's client, if there is a console.
pub(super) fn console(
    console: &Console,
    issuer: &Issuer,
    keys: &Keys,
) -> anyhow::Result<Option<Registered>> {
    let (origin, secret) = match console {
        Console::Nowhere => return Ok(None),
        Console::Embedded => (issuer.clone(), embedded_secret(keys)),
        Console::Elsewhere { origin, secret_file } => (origin.clone(), secret_of(secret_file)?),
    };
    let home = origin.address(latchkey_console::PATH);
    let metadata = ClientMetadata {
        client_id: latchkey_console::CLIENT_ID.to_owned(),
        client_secret: Some(secret),
        client_name: Some(latchkey_console::NAME.to_owned()),
        redirect_uris: vec![format!("{home}/callback")],
        post_logout_redirect_uris: vec![home.clone()],
        scope: Some("openid".to_owned()),
        client_uri: Some(home),
        latchkey_trusted: Some(true),
        latchkey_require_acr: Some(Level::PhishingResistant.acr().to_owned()),
        ..ClientMetadata::default()
    };
    let mut client = Client::register(metadata).context("the admin console")?;
    client.resource_scopes = AdminScope::ALL.map(AdminScope::as_str).to_vec();
    Ok(Some(Registered { client: Arc::new(client), organisation: None }))
}

/// Keeps the place of the console among the clients, which what people were granted refers to.
/// What stands there is read by nobody.
pub(super) async fn keep_place(
    store: &Store,
    console: &Client,
    now: Timestamp,
) -> anyhow::Result<()> {
    if store.view().find_client(&console.id).await?.is_some() {
        return Ok(());
    }
    let mut shown = console.clone();
    shown.secret = None;
    let document = serde_json::to_string(&shown)?;
    let place = StoredClient { id: console.id.clone(), organisation: None, document };
    let write = async move |tx: &Tx| tx.put_client(&place, now).await;
    Ok(store.write::<(), Error, _>(write).await?)
}
