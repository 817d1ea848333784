//! Keys in place of other keys while people log in: what providers learn from our metadata in time,
//! and what they learn too late.

use std::sync::Arc;
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use latchkey::App;
use latchkey::audit::Origin;
use latchkey::jobs;
use latchkey::jobs::renewal;
use latchkey::keys::rotation::Rotated;
use latchkey::keys::saml::{LASTS, PUBLISHED_AFTER, RENEWED_BEFORE, certificate_of};
use latchkey_core::Clock as _;
use latchkey_core::audit::What;
use latchkey_core::rng::SystemRng;
use latchkey_core::roles::Actor;
use latchkey_saml::Binding;
use latchkey_saml::keys::{Credential, SignatureAlgorithm};
use latchkey_saml::messages::{LogoutRequest, Response, Status};
use latchkey_saml::names::TopStatus;
use latchkey_saml::post::Form;
use latchkey_saml::redirect::Query;
use latchkey_saml::verify::{Key, Refusal, Screened, SignatureError};
use latchkey_saml::write::Signing;

use super::logout::{Application, asks_by_query};
use super::{CONSUMER, Provider};
use crate::support::http::{Answer, DAN, Person, ROTA, Site, encode};

const EC: SignatureAlgorithm = SignatureAlgorithm::EcdsaSha256;
/// What nodes remember of keys is at most so old.
const STALE: Duration = Duration::from_secs(2);
/// How long a running node may take to notice: far more than it needs.
const NOTICED_WITHIN: Duration = Duration::from_secs(15);

/// Certificates in the order of our metadata.
async fn certificates(site: &Site) -> Vec<Vec<u8>> {
    let metadata = site.get("/saml/metadata").await;
    assert_eq!(metadata.status, 200, "{}", metadata.body);
    // The first is that of the document's own signature.
    let role = metadata.body.split("<md:IDPSSODescriptor").nth(1).expect("a role");
    let texts = role.split("<ds:X509Certificate>").skip(1);
    let texts = texts.map(|text| text.split('<').next().unwrap_or_default());
    texts.map(|text| STANDARD.decode(text).expect("base64")).collect()
}

fn keys(certificates: &[Vec<u8>]) -> Vec<Key> {
    let keys = certificates.iter().map(|it| Key::from_certificate(it).expect("a key"));
    keys.collect()
}

/// A provider as it is after it read our metadata.
async fn read(site: &Site) -> Vec<Key> {
    keys(&certificates(site).await)
}

fn by(site: &Site) -> Origin {
    Origin { actor: Actor::Cli, address: None, at: site.clock.now() }
}

async fn rotate(
    app: &App,
    site: &Site,
    algorithm: Option<SignatureAlgorithm>,
    lead: Duration,
) -> Rotated {
    let rotated = app.keys.rotate_saml(&app.store, &SystemRng, algorithm, &by(site), lead).await;
    rotated.expect("rotated")
}

/// Somebody with a session.
async fn dan(site: &Site) -> Person<'_> {
    let mut dan = site.person();
    dan.tokens(ROTA, DAN).await;
    dan
}

/// What somebody's log-in ends with.
async fn logged_in(site: &Site, provider: &Provider) -> Screened {
    let page = dan(site).await.get(&provider.redirect(&Provider::request(site), None)).await;
    screened(&page)
}

fn screened(page: &Answer) -> Screened {
    let form = page.form(CONSUMER);
    let form = Form::parse(&encode(&[("SAMLResponse", form.field("SAMLResponse").expect("one"))]));
    form.expect("a form").screen().expect("XML")
}

/// Which of the keys signed a response and the assertion in it.
fn signer(screened: &Screened, keys: &[Key]) -> usize {
    let response = screened.verify::<Response>(keys).expect("a signed response");
    let assertion = screened.verify_assertion(keys).expect("a signed assertion");
    assert_eq!(response.key(), assertion.key());
    response.key()
}

fn is_refused(screened: &Screened, keys: &[Key]) -> bool {
    let refused = screened.verify::<Response>(keys).err();
    matches!(refused, Some(Refusal::Signature(error)) if error != SignatureError::Missing)
}

async fn added(site: &Site) -> Vec<(String, Vec<String>)> {
    let events = site.app.store.view().list_events(1000).await.expect("the database answers");
    let added = events.into_iter().filter_map(|(_, what)| match what {
        What::SigningKeyAdded { algorithm, withdrawn, .. } if algorithm.starts_with("SAML") => {
            Some((algorithm, withdrawn))
        }
        _ => None,
    });
    added.collect()
}

#[tokio::test]
async fn the_old_key_signs_until_the_lead_ends_and_who_read_metadata_meanwhile_knows_both() {
    let site = Site::start().await;
    let provider = Provider::registered(&site, true, "").await;
    let first = certificates(&site).await;
    assert_eq!(first.len(), 1);
    let before = logged_in(&site, &provider).await;
    assert_eq!(signer(&before, &keys(&first)), 0);

    let lead = site.app.config.lifetimes.saml_key_lead;
    let from = site.clock.now().plus(lead);
    match rotate(&site.app, &site, Some(EC), lead).await {
        Rotated::From(begins) => assert!(from <= begins && begins < from.plus(NOTICED_WITHIN)),
        Rotated::Waiting(_) => panic!("nothing waited"),
    }
    site.clock.advance(STALE);
    let published = certificates(&site).await;
    assert_eq!((published.len(), &published[0]), (2, &first[0]), "published, and does not sign");
    let known = keys(&published);
    assert_eq!(signer(&logged_in(&site, &provider).await, &known), 0);

    site.clock.advance(lead);
    let after = logged_in(&site, &provider).await;
    assert_eq!(signer(&after, &known), 1, "by what was read before it signed");
    assert!(is_refused(&after, &keys(&first)), "whoever read nothing does not know it");
    let turned = certificates(&site).await;
    assert_eq!(turned, [published[1].clone(), first[0].clone()], "the one that signs comes first");
    assert_eq!(signer(&before, &keys(&turned)), 1, "the old one still verifies");
    assert_eq!(
        added(&site).await.into_iter().map(|(algorithm, _)| algorithm).collect::<Vec<_>>(),
        ["SAML ECDSA-SHA256", "SAML RSA-SHA256"]
    );

    let removed = jobs::tidy(&site.app).await.expect("tidied");
    assert_eq!(removed.saml_keys, 0);
    site.clock.advance(PUBLISHED_AFTER);
    let removed = jobs::tidy(&site.app).await.expect("tidied");
    assert_eq!(removed.saml_keys, 1);
    site.clock.advance(STALE);
    assert_eq!(certificates(&site).await, [published[1].clone()]);
    assert!(is_refused(&before, &read(&site).await));
    assert_eq!(signer(&logged_in(&site, &provider).await, &read(&site).await), 0);
}

#[tokio::test]
async fn a_rotation_that_waits_is_told_and_not_doubled_whatever_is_asked_for() {
    let site = Site::start().await;
    let first = certificates(&site).await;
    let lead = site.app.config.lifetimes.saml_key_lead;
    let Rotated::From(from) = rotate(&site.app, &site, None, lead).await else {
        panic!("nothing waited");
    };
    for algorithm in [None, Some(EC), Some(SignatureAlgorithm::RsaSha256)] {
        let again = rotate(&site.app, &site, algorithm, lead).await;
        assert_eq!(again, Rotated::Waiting(from), "{algorithm:?}");
    }
    site.clock.advance(STALE);
    let published = certificates(&site).await;
    assert_eq!((published.len(), &published[0]), (2, &first[0]));
    assert_eq!(added(&site).await.len(), 2);
}

#[tokio::test]
async fn the_first_key_that_is_asked_for_signs_at_once_as_it_was_asked_to() {
    let site = Site::start().await;
    let provider = Provider::registered(&site, true, "").await;
    let lead = site.app.config.lifetimes.saml_key_lead;
    assert!(matches!(rotate(&site.app, &site, Some(EC), lead).await, Rotated::From(_)));
    let known = read(&site).await;
    assert_eq!(known.len(), 1);
    assert_eq!(signer(&logged_in(&site, &provider).await, &known), 0);
    assert_eq!(added(&site).await, [("SAML ECDSA-SHA256".to_owned(), Vec::new())]);
}

#[tokio::test]
async fn what_a_stolen_key_signs_is_worth_nothing_once_it_is_withdrawn() {
    let site = Site::start().await;
    let provider = Provider::registered(&site, true, "").await;
    let first = read(&site).await;
    let lead = site.app.config.lifetimes.saml_key_lead;
    rotate(&site.app, &site, None, lead).await;
    site.clock.advance(STALE);
    let before = logged_in(&site, &provider).await;
    let both = read(&site).await;
    let now = site.clock.now();
    let ours = site.app.keys.saml(&site.app.store, &SystemRng, now).await.expect("keys");
    let stolen: Vec<Arc<Credential>> = ours.published.clone();
    assert_eq!((stolen.len(), both.len()), (2, 2));

    let app = &site.app;
    let gone = app.keys.withdraw_saml(&app.store, &SystemRng, None, &by(&site)).await;
    let gone = gone.expect("withdrawn");
    assert_eq!(gone.len(), 2, "what waits may have been seen as well");
    site.clock.advance(STALE);
    let published = read(&site).await;
    assert_eq!(published.len(), 1);
    let after = logged_in(&site, &provider).await;
    assert_eq!(signer(&after, &published), 0);
    assert!(is_refused(&after, &first), "and is another one");

    assert!(is_refused(&before, &published));
    let said = before.verify::<Response>(&both).expect("it was good").into_inner();
    for (number, stolen) in stolen.iter().enumerate() {
        let mut forged = said.clone();
        forged.status = Status { top: TopStatus::Success, nested: Vec::new(), message: None };
        let signing =
            Signing { assertion: Some(stolen), response: Some(stolen), ..Signing::default() };
        let forged = forged.write(&signing, &SystemRng).expect("XML");
        let forged = Screened::parse(forged.as_bytes()).expect("XML");
        assert_eq!(signer(&forged, &both), number, "who reads nothing takes it still");
        assert!(is_refused(&forged, &published), "who reads our metadata does not");
    }
    let told = added(&site).await;
    let (algorithm, withdrawn) = told.first().expect("an event");
    assert_eq!((algorithm.as_str(), withdrawn), ("SAML RSA-SHA256", &gone));
}

#[tokio::test]
async fn log_outs_by_redirect_are_known_across_the_change() {
    let site = Site::start().await;
    let mut ledger = Application::by(&site, "ledger.example", Binding::Redirect).await;
    let mut wards = Application::by(&site, "wards.example", Binding::Redirect).await;
    // People's sessions are over long before two weeks.
    let lead = Duration::from_secs(10 * 60);
    read(&site).await;
    rotate(&site.app, &site, Some(EC), lead).await;
    site.clock.advance(STALE);
    let known = read(&site).await;
    assert_eq!(known.len(), 2);
    for expected in [0, 1] {
        let mut dan = dan(&site).await;
        ledger.log_in(&site, &mut dan).await;
        wards.log_in(&site, &mut dan).await;
        if expected == 1 {
            site.clock.advance(lead);
        }
        let page = dan.open(&asks_by_query(&ledger.request(&site), ledger.key())).await;
        let answer = dan.get(&page.form("/on").action).await;
        let location = answer.location().expect("an address");
        let (address, query) = location.split_once('?').expect("a query");
        assert_eq!(address, "https://wards.example/saml/logout");
        let message = Query::parse(query).expect("a message").screen().expect("XML");
        let request = message.verify::<LogoutRequest>(&known).expect("signed");
        assert_eq!(request.key(), expected);
    }
}

#[tokio::test]
async fn a_certificate_is_renewed_by_itself_before_it_ends_and_by_the_same_algorithm() {
    let site = Site::start().await;
    let app = &site.app;
    let round = async || renewal::round(app).await.expect("a round");
    assert_eq!(round().await, None);
    assert_eq!(added(&site).await, [], "where nobody speaks SAML there is nothing to renew");
    app.keys.withdraw_saml(&app.store, &SystemRng, Some(EC), &by(&site)).await.expect("a key");
    let lead = app.config.lifetimes.saml_key_lead;
    let hour = Duration::from_secs(3600);
    site.clock.advance(LASTS - RENEWED_BEFORE - lead - hour);
    assert_eq!(round().await, None, "it is not time");
    site.clock.advance(hour);
    let from = round().await.expect("it is time");
    assert_eq!(round().await, None, "one waits");
    let stored = app.store.view().list_saml_keys().await.expect("keys");
    assert_eq!((stored.len(), stored[1].signs_from), (2, from));
    assert!(stored.iter().all(|row| row.algorithm == EC.uri()));
    let ends = certificate_of(&stored[0]).expect("a certificate").not_after();
    assert!(from < ends.minus(RENEWED_BEFORE - hour), "there is time left for whoever needs it");
    assert_eq!(added(&site).await.len(), 2);
    site.clock.advance(lead);
    assert_eq!(read(&site).await.len(), 2);
    assert_eq!(round().await, None, "the new one has years to go");
}

#[tokio::test]
async fn a_node_that_does_the_housekeeping_renews_the_certificate() {
    let site = Site::start().await;
    assert_eq!(certificates(&site).await.len(), 1);
    site.clock.advance(LASTS - RENEWED_BEFORE);
    let running = jobs::start(&site.app);
    let began = Instant::now();
    while certificates(&site).await.len() < 2 {
        assert!(began.elapsed() < NOTICED_WITHIN, "nothing was renewed");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    running.finish(&site.app).await;
}

#[tokio::test]
async fn two_nodes_that_need_a_key_at_the_same_time_have_one_and_change_it_together() {
    let site = Site::start().await;
    let rng = Arc::new(SystemRng);
    let other = App::open(site.app.config.clone(), site.clock.clone(), rng).await.expect("up");
    let nodes = [&site.app, &other];
    let signing = async |now| {
        let [one, two] = nodes.map(|app| app.keys.saml(&app.store, &SystemRng, now));
        let (one, two) = tokio::join!(one, two);
        let ders = [one, two].map(|keys| keys.expect("keys").signing.certificate().der().to_vec());
        assert_eq!(ders[0], ders[1]);
        ders[0].clone()
    };
    let first = signing(site.clock.now()).await;
    let count = async || site.app.store.view().list_saml_keys().await.expect("keys").len();
    assert_eq!((count().await, added(&site).await.len()), (1, 1));

    let lead = site.app.config.lifetimes.saml_key_lead;
    let (one, two) = tokio::join!(
        rotate(&site.app, &site, Some(EC), lead),
        rotate(&other, &site, Some(EC), lead)
    );
    let from = match (one, two) {
        (Rotated::From(from), Rotated::Waiting(waits))
        | (Rotated::Waiting(waits), Rotated::From(from)) => {
            assert_eq!(from, waits);
            from
        }
        both => panic!("one of them is too late: {both:?}"),
    };
    assert_eq!((count().await, added(&site).await.len()), (2, 2));
    assert_eq!(signing(from.minus(Duration::from_millis(1))).await, first);
    assert_ne!(signing(from).await, first, "neither waits until it reads again");
}

#[tokio::test]
async fn metadata_is_good_for_no_longer_than_a_new_key_waits() {
    for (lead, valid) in [(12 * 3600, 12 * 3600), (30 * 86_400, 14 * 86_400)] {
        let set = Duration::from_secs(lead);
        let site = Site::start_with(|config| config.lifetimes.saml_key_lead = set).await;
        let (earliest, body) = (site.clock.now(), site.get("/saml/metadata").await.body);
        let text = body.split("validUntil=\"").nth(1).and_then(|it| it.split('"').next());
        let until: jiff::Timestamp = text.expect("an end").parse().expect("a time");
        let valid = Duration::from_secs(valid);
        let seconds = until.as_second();
        assert!(seconds >= earliest.plus(valid).seconds(), "{lead}: {until}");
        assert!(seconds <= site.clock.now().plus(valid).seconds(), "{lead}: {until}");
    }
}
