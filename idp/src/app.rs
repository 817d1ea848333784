//! An installation that is up, and the only wiring: which part serves which address.

use std::sync::Arc;

use anyhow::Context as _;
use axum::Router;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::get;
use latchkey_core::ids::OrganisationId;
use latchkey_core::organisations::Organisation;
use latchkey_core::people::Person;
use latchkey_core::policy::{Overrides, Policy};
use latchkey_core::{Clock, Rng};
use latchkey_oidc::Issuer;
use latchkey_store::Store;
use latchkey_web::Theme;
use latchkey_web::cookies::Cookies;
use latchkey_web::fetch::{Fetcher, SystemResolver};
use moka::sync::Cache;
use tower_http::catch_panic::CatchPanicLayer;

use crate::actions::policies::Counts;
use crate::actions::wanted::Wanted;
use crate::authn::metadata::Known;
use crate::authn::passkey::Passkeys;
use crate::authn::password::Hasher;
use crate::authn::throttle::Throttles;
use crate::config::{Config, STALE};
use crate::keys::Keys;
use crate::mail::Mail;
use crate::management::Readiness;
use crate::metrics::Metrics;
use crate::{account, admin, brand, console, flow, help, jobs, oidc, saml, visitor};

/// An installation that is up.
pub struct App {
    /// Where "now" comes from.
    pub clock: Arc<dyn Clock>,
    /// Where randomness comes from.
    pub rng: Arc<dyn Rng>,
    /// Its settings.
    pub config: Config,
    /// Everything that it remembers.
    pub store: Store,
    /// How its pages look.
    pub theme: Arc<Theme>,
    /// What it signs and seals with.
    pub keys: Keys,
    /// Its ceremonies with security keys.
    pub passkeys: Passkeys,
    /// Where passwords are hashed.
    pub hasher: Hasher,
    /// How often secrets may be tried.
    pub throttles: Throttles,
    /// Who it is.
    pub issuer: Issuer,
    /// Its one way to hosts that others name.
    pub fetcher: Fetcher,
    /// Links that were asked for.
    pub wanted: Wanted,
    /// What makers say of their keys, as far as it goes by that.
    pub metadata: Known,
    /// How it tells people, if it does.
    pub mail: Option<Mail>,
    /// How many keys of which model there are, where that takes long to count.
    pub counts: Counts,
    /// What it counts.
    pub metrics: Arc<Metrics>,
    /// Whether it takes new work.
    pub readiness: Readiness,
    /// Its cookies.
    pub cookies: Cookies,
    /// OpenID Connect's own state.
    pub(crate) oidc: oidc::Provider,
    /// SAML's own state.
    pub(crate) saml: saml::Federation,
    organisations: Cache<OrganisationId, Arc<Organisation>>,
}

impl App {
    /// Brings an installation up: opens its database, finds or makes its keys, reads its theme.
    ///
    /// # Errors
    /// Why it cannot come up, in words for an operator.
    pub async fn open(
        config: Config,
        clock: Arc<dyn Clock>,
        rng: Arc<dyn Rng>,
    ) -> anyhow::Result<Arc<Self>> {
        let issuer = Issuer::parse(config.issuer.as_str()).context("issuer")?;
        let store = Store::open(&config.database.url).await?;
        let keys = Keys::open(&config.master_key, &store, &*rng, clock.now()).await?;
        let host = config.issuer.host_str().context("the issuer has no host")?.to_owned();
        settle_rp_id(&store, &host).await?;
        let passkeys = Passkeys::new(&host, "Latchkey", &config.issuer)?;
        let theme = Theme::load(config.theme.folder.as_deref())?;
        let mail = Mail::open(&config, &theme)?;
        let hasher = Hasher::start(&config.passwords, Arc::clone(&rng))?;
        let now = clock.now();
        let oidc = oidc::Provider::open(&config, &issuer, &keys, &theme, &store, now).await?;
        let allow = config.fetch.allow.clone();
        let allowed = move |address| allow.iter().any(|network| network.contains(address));
        let fetcher = Fetcher::new(allowed, Arc::new(SystemResolver));
        let metadata =
            Known::new(config.metadata.as_ref().map(jobs::metadata::trusted).transpose()?);
        jobs::metadata::learn_stored(&store, &metadata).await?;
        Ok(Arc::new(Self {
            fetcher,
            metadata,
            mail,
            counts: Counts::default(),
            metrics: Arc::new(Metrics::new()?),
            readiness: Readiness::default(),
            cookies: Cookies { secure: config.issuer.scheme() == "https" },
            organisations: Cache::builder().max_capacity(1024).time_to_live(STALE).build(),
            throttles: Throttles::new(&config.throttle),
            wanted: Wanted::default(),
            clock,
            rng,
            config,
            store,
            theme: Arc::new(theme),
            keys,
            passkeys,
            hasher,
            issuer,
            oidc,
            saml: saml::Federation::default(),
        }))
    }

    /// An organisation as it was at most [`STALE`] ago.
    ///
    /// # Errors
    /// When the database fails, or there is none: people and applications refer to those there are.
    pub async fn organisation(&self, id: OrganisationId) -> anyhow::Result<Arc<Organisation>> {
        if let Some(found) = self.organisations.get(&id) {
            return Ok(found);
        }
        let found = self.store.view().resolve_organisation(id).await?;
        let mut found = found.context("there is no such organisation")?;
        let marked = self.metadata.marked();
        if !marked.is_empty() {
            let marked = Arc::new(marked);
            found.policy = Arc::new(found.policy.knowing(&marked));
            found.administrators = Arc::new(found.administrators.knowing(&marked));
        }
        let found = Arc::new(found);
        self.organisations.insert(id, Arc::clone(&found));
        Ok(found)
    }

    /// Has organisations read anew, where one was changed on this node: what it demands holds for
    /// those below it too. Other nodes follow within [`STALE`].
    pub fn forget_organisations(&self) {
        self.organisations.invalidate_all();
    }

    /// What is asked of a person: by their organisation, by what they are, and by their groups.
    /// Only who is in groups costs a read of the database.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn policy_of(&self, person: &Person) -> anyhow::Result<Arc<Policy>> {
        let organisation = self.organisation(person.organisation).await?;
        let base = match person.standing.administrator {
            true => &organisation.administrators,
            false => &organisation.policy,
        };
        if !person.standing.grouped {
            return Ok(Arc::clone(base));
        }
        let groups = self.store.view().list_groups_of(person.id).await?.into_iter();
        let demanded = groups.map(|group| group.overrides).reduce(Overrides::strictest);
        Ok(Arc::new(base.with(&demanded.unwrap_or_default())))
    }
}

/// Keys are registered for one relying party id for good: another host would lock everybody out.
async fn settle_rp_id(store: &Store, host: &str) -> anyhow::Result<()> {
    let wanted = host.as_bytes().to_vec();
    let stands = store
        .write::<_, latchkey_store::Error, _>(async move |tx| {
            tx.settle("rp_id", wanted.clone()).await
        })
        .await?;
    anyhow::ensure!(
        stands == host.as_bytes(),
        "this database belongs to {}: its security keys work there and nowhere else, so it \
         cannot be served as {host}",
        String::from_utf8_lossy(&stands)
    );
    Ok(())
}

/// Everything that an installation serves.
pub fn build(app: Arc<App>) -> Router {
    let asked = provider(&app).with_state(Arc::clone(&app));
    let panicked = Arc::clone(&app);
    provider(&app)
        .merge(console::router(&app, asked))
        .fallback(visitor::not_found)
        .method_not_allowed_fallback(visitor::method_not_allowed)
        .layer(CatchPanicLayer::custom(move |_: Box<dyn std::any::Any + Send>| {
            visitor::panicked(&panicked)
        }))
        .with_state(app)
}

/// The provider itself: everything but the console, which is an application of it.
fn provider(app: &Arc<App>) -> Router<Arc<App>> {
    let pages = Router::new()
        .merge(flow::router())
        .merge(account::router())
        .merge(help::router())
        .route("/", get(async || Redirect::to("/account")))
        .layer(axum::middleware::from_fn_with_state(Arc::clone(app), visitor::guard));
    Router::new()
        .merge(pages)
        .merge(oidc::router())
        .merge(saml::router())
        .merge(admin::router(app))
        .merge(brand::router())
        .route("/assets/{hash}/{*path}", get(asset))
        .route("/healthz", get(healthz))
}

async fn asset(
    State(app): State<Arc<App>>,
    Path((hash, path)): Path<(String, String)>,
    headers: HeaderMap,
) -> Response {
    let found = app.theme.assets().serve(&hash, &path, &headers);
    found.unwrap_or_else(|| StatusCode::NOT_FOUND.into_response())
}

/// Whether the installation serves: its database answers, and it is not about to stop.
async fn healthz(State(app): State<Arc<App>>) -> Response {
    match app.store.view().find_setting("rp_id").await {
        Ok(Some(_)) if !app.readiness.is_denied() => (StatusCode::OK, "ok\n").into_response(),
        Ok(_) | Err(_) => (StatusCode::SERVICE_UNAVAILABLE, "not ready\n").into_response(),
    }
}
