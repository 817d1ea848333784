//! Which service providers there are: what an operator and their own metadata say of each, with keys
//! parsed once.
//!
//! The only maker of [`Consumer`], so that no answer goes to an address that is not in metadata.

use std::sync::Arc;

use anyhow::Context as _;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use latchkey_core::Timestamp;
use latchkey_core::ids::{EntityId, OrganisationId};
use latchkey_saml::Binding;
use latchkey_saml::encrypt::{Encryption, Recipient};
use latchkey_saml::metadata::provider::{
    Endpoint, IndexedEndpoint, KeyDescriptor, ServiceProvider, UiKind,
};
use latchkey_saml::verify::{Demand, Key};
use latchkey_store::StoredProvider;
use moka::sync::Cache;

use super::bindings;
use super::release::Rule;
use super::settings::{Encrypt, Requests, Settings};
use crate::App;
use crate::config::STALE;

/// The bindings by which a browser carries log-outs, the best first.
const LOGGED_OUT_BY: [Binding; 2] = [Binding::Redirect, Binding::Post];

/// The service providers that were met lately.
pub struct Providers(Cache<String, Arc<Provider>>);

impl Default for Providers {
    fn default() -> Self {
        Self(Cache::builder().max_capacity(1024).time_to_live(STALE).build())
    }
}

/// A service provider, ready to be answered.
pub struct Provider {
    /// Its entity ID.
    pub id: EntityId,
    /// The organisation that it belongs to, if to one.
    pub organisation: Option<OrganisationId>,
    /// What an operator says of it.
    pub settings: Settings,
    /// What it says of itself.
    pub metadata: ServiceProvider,
    /// What it is told of a person.
    pub rules: Vec<Rule>,
    /// The keys that it signs with. None that its messages bring along is ever among them.
    pub keys: Vec<Key>,
    /// What assertions for it are encrypted to.
    pub recipient: Option<Recipient>,
}

/// Who says that messages have to be signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signing {
    /// The installation's settings, of every provider.
    Installation,
    /// An operator, of this one.
    Settings,
    /// Its own metadata.
    Metadata,
    /// SAML itself, of messages of this kind.
    Profile,
}

/// An assertion consumer service of metadata: the only place where answers go.
#[derive(Clone, Copy)]
pub struct Consumer<'p> {
    provider: &'p Provider,
    endpoint: &'p IndexedEndpoint,
    binding: Binding,
}

impl<'p> Consumer<'p> {
    /// Whose it is.
    #[must_use]
    pub fn provider(&self) -> &'p Provider {
        self.provider
    }

    /// Its address.
    #[must_use]
    pub fn location(&self) -> &'p str {
        &self.endpoint.location
    }

    /// How answers go there.
    #[must_use]
    pub fn binding(&self) -> Binding {
        self.binding
    }
}

/// A service provider as it was at most [`STALE`] ago. Unknown ones are not remembered: anybody can
/// make them up.
///
/// # Errors
/// When the database fails, or what it has of the provider is damaged.
pub async fn registered(app: &App, id: &str) -> anyhow::Result<Option<Arc<Provider>>> {
    if let Some(found) = app.saml.providers.0.get(id) {
        return Ok(Some(found));
    }
    let Some(stored) = app.store.view().find_provider(id).await? else { return Ok(None) };
    let found = Arc::new(Provider::open(stored)?);
    app.saml.providers.0.insert(id.to_owned(), Arc::clone(&found));
    Ok(Some(found))
}

/// Has a service provider read anew, where it was changed on this node: others follow within
/// [`STALE`].
pub fn forget(app: &App, id: &EntityId) {
    app.saml.providers.0.invalidate(&id.0);
}

impl Provider {
    /// A service provider from how it is stored.
    ///
    /// # Errors
    /// When that is damaged.
    pub fn open(stored: StoredProvider) -> anyhow::Result<Self> {
        let settings: Settings =
            serde_json::from_str(&stored.document).context("service_providers.document")?;
        let metadata: ServiceProvider =
            serde_json::from_str(&stored.metadata).context("service_providers.metadata")?;
        let keys = metadata.keys.iter().flat_map(KeyDescriptor::verifying).collect();
        let recipient = recipient(&settings, &metadata);
        Ok(Self {
            id: stored.id,
            organisation: stored.organisation,
            rules: settings.rules(),
            settings,
            metadata,
            keys,
            recipient,
        })
    }

    /// What people know it by: what an operator says, or its metadata in English, or in any
    /// language; the host of its address where nobody says anything.
    #[must_use]
    pub fn name(&self) -> String {
        if let Some(name) = &self.settings.name {
            return name.clone();
        }
        let named = |kind: UiKind| {
            let texts = || self.metadata.ui.iter().filter(move |text| text.kind == kind);
            let english = texts().find(|text| text.language.starts_with("en"));
            english.or_else(|| texts().next()).map(|text| text.text.clone())
        };
        named(UiKind::DisplayName)
            .or_else(|| named(UiKind::ServiceName))
            .or_else(|| named(UiKind::OrganizationName))
            .unwrap_or_else(|| {
                let first = self.metadata.consumers.first();
                let url = first.and_then(|first| url::Url::parse(&first.location).ok());
                let host = url.and_then(|url| url.host_str().map(str::to_owned));
                host.unwrap_or_else(|| self.id.0.clone())
            })
    }

    /// Who says that its requests for a log-in have to be signed, if anybody does.
    #[must_use]
    pub fn must_sign(&self, app: &App) -> Option<Signing> {
        if app.config.saml.require_signed_requests {
            return Some(Signing::Installation);
        }
        match self.settings.requests {
            Requests::Auto => self.metadata.signs_requests.then_some(Signing::Metadata),
            Requests::Signed => Some(Signing::Settings),
            Requests::Unsigned => None,
        }
    }

    /// Whether its requests for a log-in may come unsigned.
    #[must_use]
    pub fn demand(&self, app: &App) -> Demand {
        if self.must_sign(app).is_some() { Demand::Signed } else { Demand::Either }
    }

    /// Whether its metadata may still be relied on.
    #[must_use]
    pub fn is_current(&self, now: Timestamp) -> bool {
        self.metadata.valid_until.is_none_or(|until| now < until)
    }

    fn consumers(&self) -> impl Iterator<Item = Consumer<'_>> {
        self.metadata.consumers.iter().filter_map(|endpoint| {
            let binding = Binding::parse(&endpoint.binding)?;
            // What an artifact stands for is handed to whoever signs for it.
            let signs = binding != Binding::Artifact || !self.keys.is_empty();
            let serves = signs && bindings::find(binding)?.answers_log_ins();
            serves.then_some(Consumer { provider: self, endpoint, binding })
        })
    }

    /// Whether an address is among those of its metadata, by whatever binding.
    #[must_use]
    pub fn knows_consumer(&self, location: &str) -> bool {
        self.metadata.consumers.iter().any(|endpoint| endpoint.location == location)
    }

    /// The endpoint at an address: the same text, to the letter.
    #[must_use]
    pub fn consumer(&self, location: &str, binding: Option<Binding>) -> Option<Consumer<'_>> {
        let mut found = self.consumers().filter(|consumer| consumer.location() == location);
        found.find(|consumer| binding.is_none_or(|binding| binding == consumer.binding()))
    }

    /// The endpoint of an index.
    #[must_use]
    pub fn consumer_of_index(&self, index: u16) -> Option<Consumer<'_>> {
        self.consumers().find(|consumer| consumer.endpoint.index == index)
    }

    /// The first endpoint of a binding, the default one before others.
    #[must_use]
    pub fn consumer_by(&self, binding: Binding) -> Option<Consumer<'_>> {
        default_of(self.consumers().filter(|consumer| consumer.binding() == binding))
    }

    /// Where answers go when nobody says where (SAML Metadata §2.2.3): what is marked as the
    /// default, else the first that is not marked as no default, else the first.
    #[must_use]
    pub fn default_consumer(&self) -> Option<Consumer<'_>> {
        default_of(self.consumers())
    }

    /// Where it logs people out by a binding.
    #[must_use]
    pub fn logout_service(&self, binding: Binding) -> Option<&Endpoint> {
        self.metadata.logout.iter().find(|service| service.binding == binding.uri())
    }

    /// Where a browser goes to be logged out there, and how.
    #[must_use]
    pub fn logout_hop(&self) -> Option<(Binding, &Endpoint)> {
        LOGGED_OUT_BY.into_iter().find_map(|by| Some((by, self.logout_service(by)?)))
    }

    /// Whether nobody is logged in because assertions have to be encrypted, and cannot be.
    #[must_use]
    pub fn lacks_encryption(&self) -> bool {
        let wanted = match self.settings.encrypt {
            Encrypt::Always => true,
            // It wants them encrypted, and there is no way that does.
            Encrypt::Auto => self.metadata.keys.iter().any(asks_for_encryption),
            Encrypt::Never => false,
        };
        wanted && self.recipient.is_none()
    }
}

/// Whether a key says that assertions should be encrypted to it: one that is for signing as well and
/// names no way to encrypt does not.
fn asks_for_encryption(key: &KeyDescriptor) -> bool {
    key.encryption && (!key.signing || !key.encryption_methods.is_empty())
}

fn default_of<'p>(consumers: impl Iterator<Item = Consumer<'p>>) -> Option<Consumer<'p>> {
    let all: Vec<Consumer<'p>> = consumers.collect();
    let marked = |mark: Option<bool>| {
        all.iter().find(|consumer| consumer.endpoint.is_default == mark).copied()
    };
    marked(Some(true)).or_else(|| marked(None)).or_else(|| all.first().copied())
}

/// The first of its keys that is for encryption and can be encrypted to.
fn recipient(settings: &Settings, metadata: &ServiceProvider) -> Option<Recipient> {
    if settings.encrypt == Encrypt::Never {
        return None;
    }
    metadata.keys.iter().filter(|key| key.encryption).find_map(|key| {
        let methods = key.encryption_methods.iter().map(String::as_str);
        let encryption = Encryption::choose(methods, settings.allow_cbc)?;
        let certificates = key.certificates.iter().filter_map(|text| STANDARD.decode(text).ok());
        let bare = key.public_keys.iter().filter_map(|text| STANDARD.decode(text).ok());
        let mut certified = certificates
            .filter_map(|der| latchkey_saml::keys::Certificate::parse(&der).ok())
            .filter_map(|certificate| Recipient::of_certificate(certificate, encryption).ok());
        let mut bare = bare.filter_map(|der| Recipient::of_public_key(&der, encryption).ok());
        certified.next().or_else(|| bare.next())
    })
}
