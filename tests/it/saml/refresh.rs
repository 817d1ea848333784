//! Metadata that came from an address is read again: what is different is kept and told, and what
//! cannot be relied on changes nothing. What ends soon is announced.

use std::sync::atomic::{AtomicU16, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use latchkey::App;
use latchkey::documents::{Documents, Mode};
use latchkey::jobs::providers::round;
use latchkey::saml::refresh::{Outcome, Report};
use latchkey::source::Source;
use latchkey_core::audit::What;
use latchkey_core::ids::EntityId;
use latchkey_core::rng::SystemRng;
use latchkey_core::{Clock as _, Timestamp};
use latchkey_saml::keys::{Certificate, Credential, SignatureAlgorithm, SigningKey};
use latchkey_saml::messages::MessageId;
use latchkey_saml::metadata::provider::ServiceProvider;
use latchkey_saml::metadata::write;
use latchkey_store::{ProviderCounts, ProviderState};
use latchkey_test_databases::Database;

use super::{ENTITY, Provider, credential};
use crate::factors::apply;
use crate::support::http::{DAN, Site};

const HOUR: Duration = Duration::from_secs(3600);
const DAY: Duration = Duration::from_secs(86_400);
const OLD: &str = "https://app.example/saml/old";
const NEW: &str = "https://app.example/saml/new";

/// Whoever publishes metadata, at an address of the loopback.
#[derive(Clone)]
struct Host {
    asked: Arc<AtomicUsize>,
    status: Arc<AtomicU16>,
    body: Arc<Mutex<String>>,
    url: String,
}

impl Host {
    async fn serve(body: String) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("bound");
        let this = Self {
            asked: Arc::default(),
            status: Arc::new(AtomicU16::new(200)),
            body: Arc::new(Mutex::new(body)),
            url: format!("http://{address}/metadata"),
        };
        let router = Router::new().route("/metadata", get(Self::answer)).with_state(this.clone());
        tokio::spawn(async { axum::serve(listener, router).await });
        this
    }

    async fn answer(State(this): State<Self>) -> (StatusCode, String) {
        this.asked.fetch_add(1, Ordering::SeqCst);
        let status = StatusCode::from_u16(this.status.load(Ordering::SeqCst));
        (status.expect("a status"), this.body.lock().expect("no panic").clone())
    }

    fn says(&self, body: String) {
        *self.body.lock().expect("no panic") = body;
    }

    fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }

    /// A document of one that is described there.
    fn document(&self, entity: &str, members: &str) -> String {
        let url = &self.url;
        format!("[[service_provider]]\nmetadata = \"{url}\"\nentity_id = \"{entity}\"\n{members}\n")
    }
}

/// What one says whose assertions go there.
fn entity(id: &str, location: &str, attributes: &str) -> String {
    format!(
        r#"<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" entityID="{id}" {attributes}>
  <md:SPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">
    <md:AssertionConsumerService index="0" Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="{location}"/>
  </md:SPSSODescriptor>
</md:EntityDescriptor>"#
    )
}

fn aggregate(all: &[String]) -> String {
    let all = all.concat();
    format!(
        "<md:EntitiesDescriptor xmlns:md=\"urn:oasis:names:tc:SAML:2.0:metadata\">{all}\
         </md:EntitiesDescriptor>"
    )
}

fn until(at: Timestamp) -> String {
    let at = jiff::Timestamp::from_millisecond(at.millis()).expect("a time");
    format!("validUntil=\"{}\"", at.strftime("%Y-%m-%dT%H:%M:%SZ"))
}

/// The same, signed.
fn signed(location: &str, by: &Credential) -> String {
    let provider = write::ServiceProvider {
        id: MessageId::random(&SystemRng),
        entity_id: ENTITY.to_owned(),
        certificates: vec![],
        single_logout: vec![],
        name_id_formats: vec![],
        consumers: vec![location.to_owned()],
        ui: write::UiInfo::default(),
    };
    provider.write(Some(by)).expect("written")
}

async fn site() -> Site {
    Site::start_with(|config| {
        config.fetch.allow = vec!["127.0.0.1".parse().expect("a network")];
    })
    .await
}

/// What became of those whose time has come. Whoever looked before has died.
async fn look(site: &Site) -> Vec<Report> {
    site.clock.advance(Duration::from_secs(601));
    let holder = MessageId::random(&SystemRng);
    let looked = round(&site.app, holder.as_str()).await.expect("a round");
    looked.expect("nobody else looks")
}

async fn events(app: &App) -> Vec<What> {
    let events = app.store.view().list_events(1000).await.expect("the database answers");
    let is_told = |what: &What| {
        matches!(
            what,
            What::ProviderMetadataRead { .. }
                | What::ProviderMetadataFailed { .. }
                | What::ProviderMetadataRecovered { .. }
                | What::ProviderMetadataEnds { .. }
                | What::ProviderCertificateEnds { .. }
        )
    };
    let mut all: Vec<_> = events.into_iter().map(|(_, what)| what).filter(is_told).collect();
    all.reverse();
    all
}

async fn state(app: &App, id: &str) -> ProviderState {
    let found = app.store.view().find_provider_state(id).await.expect("the database answers");
    found.expect("it was looked at")
}

async fn kept(app: &App, id: &str) -> ServiceProvider {
    let found = app.store.view().find_provider(id).await.expect("the database answers");
    serde_json::from_str(&found.expect("it is there").metadata).expect("as it was kept")
}

async fn consumer(app: &App) -> String {
    kept(app, ENTITY).await.consumers.remove(0).location
}

fn failures(app: &App) -> u32 {
    let text = app.metrics.render(app);
    let name = "latchkey_provider_metadata_failed_total ";
    let line = text.lines().find_map(|line| line.strip_prefix(name)).expect("it is counted");
    line.trim().parse().expect("a number")
}

#[tokio::test]
async fn what_is_different_is_kept_and_told_and_what_is_not_is_left_alone() {
    let host = Host::serve(entity(ENTITY, OLD, "")).await;
    let site = site().await;
    apply(&site, &host.document(ENTITY, "organisation = \"harbour\"")).await;
    assert_eq!(host.asked(), 1);
    let unchanged = Report { provider: EntityId(ENTITY.into()), outcome: Outcome::Read(vec![]) };
    assert_eq!(look(&site).await, [unchanged]);
    host.says(entity(ENTITY, NEW, ""));
    site.clock.advance(20 * HOUR);
    assert_eq!(look(&site).await, [], "nobody asks for a day");
    assert_eq!((host.asked(), consumer(&site.app).await.as_str()), (2, OLD));

    site.clock.advance(4 * HOUR);
    look(&site).await;
    assert_eq!((host.asked(), consumer(&site.app).await.as_str()), (3, NEW));
    let changes = vec![
        format!("- AssertionConsumerService 0: {OLD} by HTTP-POST"),
        format!("+ AssertionConsumerService 0: {NEW} by HTTP-POST"),
    ];
    let read = What::ProviderMetadataRead { provider: EntityId(ENTITY.into()), changes };
    assert_eq!(events(&site.app).await, [read]);
    let state = state(&site.app, ENTITY).await;
    assert_eq!((state.read_at, state.error, state.failures), (state.tried_at, None, 0));
    // A log-in goes where it says now.
    let mut dan = site.person();
    let request = Provider::request(&site);
    let page = dan.open(&super::unsigned(&request)).await;
    let page = dan.type_password(&page, DAN).await;
    assert_eq!(page.form(NEW).action, NEW);

    site.clock.advance(DAY);
    look(&site).await;
    assert_eq!((host.asked(), events(&site.app).await.len()), (4, 1), "the same is nothing new");
}

#[tokio::test]
async fn metadata_is_read_as_often_as_it_asks_and_a_later_end_of_it_is_nothing_to_tell() {
    let site = site().await;
    let ends = |days: u32| until(site.clock.now().plus(DAY * days));
    let host = Host::serve(entity(ENTITY, OLD, "cacheDuration=\"PT6H\"")).await;
    apply(&site, &host.document(ENTITY, "")).await;
    look(&site).await;
    site.clock.advance(5 * HOUR);
    look(&site).await;
    assert_eq!(host.asked(), 2);
    site.clock.advance(HOUR);
    look(&site).await;
    assert_eq!(host.asked(), 3);
    host.says(entity(ENTITY, OLD, &ends(5)));
    site.clock.advance(6 * HOUR);
    look(&site).await;
    let first = kept(&site.app, ENTITY).await.valid_until;
    assert!(first.is_some());
    host.says(entity(ENTITY, OLD, &ends(6)));
    site.clock.advance(DAY);
    look(&site).await;
    assert!(kept(&site.app, ENTITY).await.valid_until > first, "else it would be over one day");
    assert_eq!(events(&site.app).await, []);
}

#[tokio::test]
async fn what_nobody_vouches_for_changes_nothing_and_is_told_once() {
    let (publisher, stranger) = (credential(), credential());
    let host = Host::serve(signed(OLD, &publisher)).await;
    let site = site().await;
    let certificate = publisher.certificate().base64();
    apply(&site, &host.document(ENTITY, &format!("metadata_certificates = [\"{certificate}\"]")))
        .await;
    look(&site).await;
    let tampered = signed(OLD, &publisher).replace(OLD, NEW);
    let hostile = [signed(NEW, &stranger), entity(ENTITY, NEW, ""), tampered];
    for (times, body) in (1..).zip(hostile) {
        host.says(body);
        site.clock.advance(DAY);
        let reports = look(&site).await;
        assert!(
            matches!(&reports[..], [Report { outcome: Outcome::Failed(_), .. }]),
            "{reports:?}"
        );
        assert_eq!(consumer(&site.app).await, OLD);
        assert_eq!(state(&site.app, ENTITY).await.failures, times);
        let told = events(&site.app).await;
        assert!(matches!(&told[..], [What::ProviderMetadataFailed { .. }]), "once: {told:?}");
        assert_eq!(failures(&site.app), 1);
    }
    let failing = state(&site.app, ENTITY).await;
    assert!(failing.failing_since < failing.tried_at && failing.read_at < failing.failing_since);
    host.says(signed(NEW, &publisher));
    site.clock.advance(DAY);
    look(&site).await;
    assert_eq!(consumer(&site.app).await, NEW);
    let told = events(&site.app).await;
    assert_eq!(told.len(), 3, "{told:?}");
    assert!(
        told.contains(&What::ProviderMetadataRecovered {
            providers: vec![EntityId(ENTITY.into())]
        })
    );
    let state = state(&site.app, ENTITY).await;
    assert_eq!((state.error, state.failing_since, state.failures), (None, None, 0));
}

#[tokio::test]
async fn whatever_is_no_good_leaves_what_is_kept_as_it_is() {
    let site = site().await;
    let host = Host::serve(entity(ENTITY, OLD, "")).await;
    apply(&site, &host.document(ENTITY, "")).await;
    let over = until(site.clock.now().minus(HOUR));
    let cases = [
        (503, entity(ENTITY, NEW, ""), "the status 503"),
        (200, "<!doctype html><title>Maintenance</title>".to_owned(), "document type"),
        (200, String::new(), "XML"),
        (200, entity(ENTITY, NEW, "")[..200].to_owned(), "XML"),
        (200, entity("https://other.example/sp", NEW, ""), "does not have that entity"),
        (200, entity(ENTITY, "javascript:alert(1)", ""), "is no address"),
        (200, entity(ENTITY, NEW, &over), "has expired"),
    ];
    for (status, body, words) in cases {
        host.status.store(status, Ordering::SeqCst);
        host.says(body);
        site.clock.advance(DAY);
        let reports = look(&site).await;
        let [Report { outcome: Outcome::Failed(reason), .. }] = &reports[..] else {
            panic!("{words}: {reports:?}")
        };
        assert!(reason.to_lowercase().contains(&words.to_lowercase()), "{words}: {reason}");
        assert_eq!(consumer(&site.app).await, OLD);
    }
    assert_eq!(events(&site.app).await.len(), 1);
}

#[tokio::test]
async fn an_address_that_describes_many_is_asked_once_for_all() {
    let ids = ["https://one.example/sp", "https://two.example/sp", "https://three.example/sp"];
    let all = |locations: [&str; 3]| {
        let all = ids.iter().zip(locations).map(|(id, location)| entity(id, location, ""));
        aggregate(&all.collect::<Vec<_>>())
    };
    let host = Host::serve(all([OLD; 3])).await;
    let site = site().await;
    apply(&site, &ids.map(|id| host.document(id, "")).concat()).await;
    let asked = host.asked();
    assert_eq!(look(&site).await.len(), 3);
    assert_eq!(host.asked(), asked + 1);
    // One is changed, and one is gone.
    host.says(all([OLD, NEW, OLD]).replace(ids[2], "https://four.example/sp"));
    site.clock.advance(DAY);
    look(&site).await;
    assert_eq!(host.asked(), asked + 2);
    // At one moment, in no order.
    let told = events(&site.app).await;
    let is_read = |what: &&What| matches!(what, What::ProviderMetadataRead { provider, .. } if provider.0 == ids[1]);
    let is_failed = |what: &&What| {
        let gone = EntityId(ids[2].to_owned());
        matches!(what, What::ProviderMetadataFailed { providers, .. } if *providers == [gone])
    };
    let counts = (told.iter().filter(is_read).count(), told.iter().filter(is_failed).count());
    assert_eq!((told.len(), counts), (2, (1, 1)), "{told:?}");
    assert_eq!(kept(&site.app, ids[2]).await.consumers[0].location, OLD, "it stays");
    // The one that failed is tried sooner, and brings the others along.
    site.clock.advance(HOUR);
    assert_eq!(look(&site).await.len(), 3);
    assert_eq!(host.asked(), asked + 3);
}

#[tokio::test]
async fn of_two_nodes_one_asks_and_a_node_that_died_is_followed() {
    let database = Database::new();
    let host = Host::serve(entity(ENTITY, OLD, "")).await;
    let site = Site::start_with(|config| {
        config.fetch.allow = vec!["127.0.0.1".parse().expect("a network")];
        config.database.url.clone_from(&database.url);
    })
    .await;
    apply(&site, &host.document(ENTITY, "")).await;
    let rng = Arc::new(SystemRng);
    let other = App::open(site.app.config.clone(), site.clock.clone(), rng).await.expect("up");
    let both = tokio::join!(round(&site.app, "one"), round(&other, "two"));
    let both = [both.0.expect("a round"), both.1.expect("a round")];
    let reports = both.iter().flatten().flatten().count();
    assert_eq!((host.asked(), reports), (2, 1), "{both:?}");
    host.says(entity(ENTITY, NEW, ""));
    site.clock.advance(DAY);
    assert_eq!(round(&other, "three").await.expect("a round").map(|all| all.len()), Some(1));
    assert_eq!(events(&site.app).await.len(), 1);
}

/// A credential whose certificate ends so many days from now.
fn ending(site: &Site, days: u32) -> Credential {
    let key = SigningKey::generate(SignatureAlgorithm::EcdsaSha256).expect("a key");
    let made = Certificate::self_signed(&key, "x", site.clock.now(), DAY * days, &SystemRng);
    Credential::new(key, made.expect("a certificate")).expect("a credential")
}

#[tokio::test]
async fn what_ends_soon_is_announced_thirty_and_seven_days_before_and_once_each() {
    let site = site().await;
    let credential = ending(&site, 40);
    let key = format!(
        "<md:KeyDescriptor><ds:KeyInfo xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"><ds:X509Data>\
         <ds:X509Certificate>{}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>\
         <md:AssertionConsumerService",
        credential.certificate().base64()
    );
    let ends = until(site.clock.now().plus(DAY * 36));
    let metadata = entity(ENTITY, OLD, &ends).replace("<md:AssertionConsumerService", &key);
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("sp.xml");
    std::fs::write(&file, metadata).expect("written");
    apply(&site, &format!("[[service_provider]]\nmetadata = \"{}\"\n", file.display())).await;
    look(&site).await;
    assert_eq!(events(&site.app).await, []);
    for _ in 0..45 {
        site.clock.advance(DAY);
        look(&site).await;
    }
    let told = events(&site.app).await.into_iter().map(|what| match what {
        What::ProviderMetadataEnds { days, .. } => ("metadata", days),
        What::ProviderCertificateEnds { days, .. } => ("certificate", days),
        other => panic!("{other:?}"),
    });
    let told: Vec<_> = told.collect();
    let expected = [("metadata", 30), ("certificate", 30), ("metadata", 7), ("certificate", 7)];
    assert_eq!(told, expected);
    let now = site.clock.now();
    let counts = site.app.store.view().count_providers(now).await.expect("read");
    let over = ProviderCounts { all: 1, over: 1, failing: 0, ending: 0 };
    assert_eq!(counts, over);
    let ailing = site.app.store.view().list_ailing_providers(now, 9).await.expect("read");
    assert_eq!(ailing.len(), 1);
}

#[tokio::test]
async fn metadata_whose_time_is_over_is_refused_by_apply() {
    let site = site().await;
    let host = Host::serve(entity(ENTITY, OLD, &until(site.clock.now().minus(HOUR)))).await;
    let text = host.document(ENTITY, "");
    let apply = async || {
        let read = Documents::read(&[Source::from_text("more.toml", &text)]);
        let read = read.unwrap_or_else(|problems| panic!("{problems}"));
        read.apply_to(&site.app, Mode::Keep).await
    };
    let refused = apply().await.expect_err("it is over").to_string();
    assert!(
        refused.contains("the metadata has expired: by its validUntil it held until"),
        "{refused}"
    );
    host.says(entity(ENTITY, OLD, &until(site.clock.now().plus(HOUR))));
    apply().await.expect("it is not over");
}
