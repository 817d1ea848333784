//! A later BLOB is taken, from a file and from an address; whatever cannot be relied on changes
//! nothing.

use std::sync::Arc;
use std::sync::atomic::{AtomicU16, AtomicUsize, Ordering};
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use latchkey::authn::software::MODEL;
use latchkey::config::MetadataSource;
use latchkey::jobs::metadata::{Watch, round};
use latchkey_core::Clock as _;
use latchkey_core::audit::What;
use latchkey_core::clock::SystemClock;
use latchkey_test_databases::Database;
use latchkey_test_metadata::{For, LATE, Model, Party, Publisher, payload};

use super::{FAR, Press, accepted, another, look, measured, number, refused};
use crate::operations::served::{Served, installation};
use crate::support::http::{AMY, ROTA, Request, Site};

const HOUR: Duration = Duration::from_secs(3600);
const DAY: Duration = Duration::from_secs(86_400);

#[tokio::test]
async fn what_a_file_says_is_gone_by_and_what_a_later_one_says_after_it() {
    let press = Press::new();
    press.publish(7, press.model());
    let site = press.site().await;
    assert_eq!(number(&site.app), None);
    let mut watch = Watch::default();
    round(&site.app, &mut watch).await.expect("a round");
    assert_eq!(number(&site.app), Some(7));
    let names = |marked: Vec<_>, cleared: Vec<_>, before, number| What::MetadataAccepted {
        before,
        number,
        next_update: FAR.parse().expect("a day"),
        marked,
        cleared,
    };
    assert_eq!(accepted(&site.app).await, [names(vec![], vec![], None, 7)]);

    // A model's name is its maker's.
    let mut amy = site.person();
    amy.log_in(&Request::new(ROTA), AMY).await.code();
    let page = amy.open("/account/keys").await;
    assert!(page.body.contains("Tern Key 7"), "{}", page.body);

    press.publish(9, Model { status: "REVOKED", name: "Tern <b>Key</b> 7", ..press.model() });
    round(&site.app, &mut watch).await.expect("a round");
    assert_eq!(number(&site.app), Some(9));
    assert_eq!(measured(&site.app, "latchkey_metadata_number"), 9);
    let marked = names(vec![MODEL], vec![], Some(7), 9);
    assert_eq!(accepted(&site.app).await[0], marked);
    let page = amy.open("/account/keys").await;
    assert!(page.body.contains("Tern &lt;b&gt;Key&lt;/b&gt; 7"), "as text: {}", page.body);

    press.publish(10, press.model());
    round(&site.app, &mut watch).await.expect("a round");
    assert_eq!(accepted(&site.app).await[0], names(vec![], vec![MODEL], Some(9), 10));
    assert_eq!(refused(&site.app), 0);
}

#[tokio::test]
async fn what_cannot_be_relied_on_is_not_taken_and_the_last_good_one_stays() {
    let press = Press::new();
    press.publish(7, press.model());
    let site = press.site().await;
    look(&site.app).await;
    let later = || press.blob(8, press.model());
    let body = payload(8, FAR, &[press.model()]);
    let by = |signer| Publisher { signer, ..press.publisher.clone() }.publish(&body);
    let signed_for =
        |host, ends| by(Party::new("Signer", Some(&press.publisher.root), For::Host(host), ends));
    let (head, tail) = (later(), press.blob(9, press.model()));
    let spliced =
        format!("{}.{}", &head[..head.rfind('.').unwrap()], &tail[tail.rfind('.').unwrap() + 1..]);
    let mut without_number = body.clone();
    without_number["no"] = "eight".into();
    let hostile = [
        ("another root", Publisher::new().publish(&body)),
        ("another host", signed_for("login.example.org", LATE)),
        ("a signer whose time is over", signed_for("mds.fidoalliance.org", "260101000000Z")),
        ("another one's signature", spliced),
        ("cut off", later()[..later().len() / 2].to_owned()),
        ("cut off in its signature", later()[..later().len() - 4].to_owned()),
        ("no number", press.publisher.publish(&without_number)),
        ("older", press.blob(6, press.model())),
        ("a page", "<!doctype html><title>Maintenance</title>".to_owned()),
        ("nothing", String::new()),
    ];
    let mut times = 0;
    for (what, text) in hostile {
        press.write("blob.jwt", &text);
        look(&site.app).await;
        times += 1;
        assert_eq!((number(&site.app), refused(&site.app)), (Some(7), times), "{what}");
    }
    std::fs::remove_file(press.path("blob.jwt")).expect("removed");
    look(&site.app).await;
    assert_eq!((number(&site.app), refused(&site.app)), (Some(7), times + 1), "no file");
    assert_eq!(accepted(&site.app).await.len(), 1);
    assert_eq!(number(&*another(&site, |_| {}).await), Some(7), "nor is it kept");

    // With members that nobody has heard of, a later one is taken all the same.
    let mut strange = payload(8, FAR, &[press.model()]);
    strange["unheardOf"] = serde_json::json!({ "deep": [1, 2, 3] });
    press.write("blob.jwt", &press.publisher.publish(&strange));
    look(&site.app).await;
    assert_eq!(number(&site.app), Some(8));
}

#[tokio::test]
async fn a_file_is_judged_once_until_it_changes() {
    let press = Press::new();
    press.write("blob.jwt", "nothing good");
    let site = press.site().await;
    let mut watch = Watch::default();
    for _ in 0..3 {
        round(&site.app, &mut watch).await.expect("a round");
    }
    assert_eq!(refused(&site.app), 1);
    press.publish(7, press.model());
    round(&site.app, &mut watch).await.expect("a round");
    assert_eq!(number(&site.app), Some(7));
}

#[tokio::test]
async fn a_restart_goes_by_what_was_kept_even_when_its_signers_time_is_over() {
    let press = Press::new();
    let root = Some(&press.publisher.root);
    let signer = For::Host("mds.fidoalliance.org");
    // The last moment before 2030.
    let signer = Party::new("Signer", root, signer, "291231235959Z");
    let publisher = Publisher { signer, ..press.publisher.clone() };
    let body = payload(7, "2029-12-01", &[press.model()]);
    press.write("blob.jwt", &publisher.publish(&body));
    let site = press.site().await;
    look(&site.app).await;
    assert_eq!(number(&site.app), Some(7));
    std::fs::remove_file(press.path("blob.jwt")).expect("removed");
    site.clock.advance(DAY * 366 * 20);
    let again = another(&site, |_| {}).await;
    assert_eq!(number(&again), Some(7), "and it is overdue");
    look(&again).await;
    assert_eq!(number(&again), Some(7));
    let promised = measured(&again, "latchkey_metadata_next_update_seconds");
    assert_eq!(promised, 1_890_777_600, "the first of December 2029");
}

#[tokio::test]
async fn metadata_that_is_late_is_taken_and_used() {
    let press = Press::new();
    press.write("blob.jwt", &press.publisher.publish(&payload(7, "2020-01-01", &[press.model()])));
    let site = press.site().await;
    look(&site.app).await;
    assert_eq!((number(&site.app), refused(&site.app)), (Some(7), 0));
}

#[tokio::test]
async fn what_other_roots_vouched_for_is_not_gone_by_and_makes_way() {
    let (press, other) = (Press::new(), Press::new());
    press.publish(70, press.model());
    let site = press.site().await;
    look(&site.app).await;
    let changed = another(&site, |config| config.metadata = Some(other.settings())).await;
    assert_eq!(number(&changed), None);
    other.publish(2, other.model());
    look(&changed).await;
    assert_eq!(number(&changed), Some(2), "numbers are its publisher's own");
    let unset = another(&site, |config| config.metadata = None).await;
    look(&unset).await;
    assert_eq!(number(&unset), None);
}

/// A publisher at an address of the loopback.
#[derive(Clone)]
struct Host {
    asked: Arc<AtomicUsize>,
    status: Arc<AtomicU16>,
    blob: Arc<std::sync::Mutex<String>>,
}

impl Host {
    /// Says `blob` at the address that is told.
    async fn serve(blob: String) -> (Self, String) {
        let status = Arc::new(AtomicU16::new(200));
        let this = Self { asked: Arc::default(), status, blob: Arc::new(blob.into()) };
        let router = Router::new().route("/blob", get(Self::answer)).with_state(this.clone());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("bound");
        tokio::spawn(async { axum::serve(listener, router).await });
        (this, format!("http://{address}/blob"))
    }

    async fn answer(State(this): State<Self>) -> (StatusCode, String) {
        this.asked.fetch_add(1, Ordering::SeqCst);
        let status = StatusCode::from_u16(this.status.load(Ordering::SeqCst));
        (status.expect("a status"), this.blob.lock().expect("no panic").clone())
    }

    fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }
}

/// An installation that asks at an address.
async fn asking(press: &Press, url: &str, allow: bool) -> Site {
    let mut settings = press.settings();
    settings.blob = MetadataSource::Address(url.parse().expect("an address"));
    Site::start_with(|config| {
        config.metadata = Some(settings);
        if allow {
            config.fetch.allow = vec!["127.0.0.1".parse().expect("a network")];
        }
    })
    .await
}

#[tokio::test]
async fn a_publisher_is_asked_once_a_day() {
    let press = Press::new();
    let (host, url) = Host::serve(press.blob(7, press.model())).await;
    let site = asking(&press, &url, true).await;
    for _ in 0..3 {
        look(&site.app).await;
    }
    assert_eq!((host.asked(), number(&site.app)), (1, Some(7)));
    site.clock.advance(DAY - HOUR);
    look(&site.app).await;
    assert_eq!(host.asked(), 1);
    site.clock.advance(HOUR);
    look(&site.app).await;
    look(&site.app).await;
    assert_eq!(host.asked(), 2);
    assert_eq!(accepted(&site.app).await.len(), 1, "the same one again is nothing new");
}

#[tokio::test]
async fn a_publisher_is_asked_as_soon_as_the_day_begins_that_it_promised() {
    let press = Press::new();
    let now = jiff::Timestamp::from_millisecond(SystemClock.now().millis()).expect("a time");
    let tomorrow = now.to_zoned(jiff::tz::TimeZone::UTC).tomorrow().expect("a day");
    let body = payload(7, &tomorrow.date().to_string(), &[press.model()]);
    let (host, url) = Host::serve(press.publisher.publish(&body)).await;
    let site = asking(&press, &url, true).await;
    look(&site.app).await;
    assert_eq!((host.asked(), number(&site.app)), (1, Some(7)));
    *host.blob.lock().expect("no panic") = press.blob(8, press.model());
    let begins = tomorrow.start_of_day().expect("a time").timestamp();
    let left = Duration::try_from(begins.duration_since(now)).expect("not over");
    site.clock.advance(left + Duration::from_secs(1));
    // Whoever asked a moment before left the lease behind.
    site.clock.advance(HOUR.saturating_sub(left));
    look(&site.app).await;
    assert_eq!((host.asked(), number(&site.app)), (2, Some(8)));
}

#[tokio::test]
async fn a_publisher_that_fails_is_left_alone_for_an_hour() {
    let press = Press::new();
    let (host, url) = Host::serve(press.blob(7, press.model())).await;
    host.status.store(503, Ordering::SeqCst);
    let site = asking(&press, &url, true).await;
    for _ in 0..3 {
        look(&site.app).await;
    }
    assert_eq!((host.asked(), refused(&site.app), number(&site.app)), (1, 1, None));
    host.status.store(200, Ordering::SeqCst);
    site.clock.advance(HOUR);
    look(&site.app).await;
    assert_eq!((host.asked(), number(&site.app)), (2, Some(7)));
}

#[tokio::test]
async fn an_address_that_is_not_public_is_not_asked_unless_it_is_allowed() {
    let press = Press::new();
    let (host, url) = Host::serve(press.blob(7, press.model())).await;
    let site = asking(&press, &url, false).await;
    look(&site.app).await;
    assert_eq!((host.asked(), refused(&site.app), number(&site.app)), (0, 1, None));
}

#[tokio::test]
async fn of_two_nodes_one_asks_and_both_go_by_it() {
    let database = Database::new();
    let press = Press::new();
    let (host, url) = Host::serve(press.blob(7, press.model())).await;
    let mut settings = press.settings();
    settings.blob = MetadataSource::Address(url.parse().expect("an address"));
    let site = Site::start_with(|config| {
        config.metadata = Some(settings);
        config.fetch.allow = vec!["127.0.0.1".parse().expect("a network")];
        config.database.url.clone_from(&database.url);
    })
    .await;
    let other = another(&site, |_| {}).await;
    tokio::join!(look(&site.app), look(&other));
    look(&site.app).await;
    look(&other).await;
    assert_eq!((number(&site.app), number(&other)), (Some(7), Some(7)));
    assert_eq!(host.asked(), 1);
    assert_eq!(accepted(&other).await.len(), 1);
}

#[test]
fn a_server_takes_what_is_published_and_says_why_it_does_not_take_more() {
    let press = Press::new();
    press.publish(7, press.model());
    let installation = installation("");
    let (blob, roots) = (press.path("blob.jwt"), press.path("roots.pem"));
    let settings = [
        ("LATCHKEY__METADATA__BLOB", blob.to_str().expect("text")),
        ("LATCHKEY__METADATA__ROOTS", roots.to_str().expect("text")),
    ];
    let mut served = Served::start(&installation, &settings);
    let told = served.told("later metadata was taken");
    assert_eq!(told["number"], 7, "{told}");
    served.terminate();
    assert!(served.ended().success());
    press.write("blob.jwt", "nothing good");
    let mut served = Served::start(&installation, &settings);
    let told = served.told("the metadata was not taken; what is kept stays").to_string();
    assert!(told.contains("it is no signed metadata") && told.contains("\"kept\":7"), "{told}");
}
