//! What is not acted on: each ends in a page of ours, nothing goes to the provider, and it is an
//! event.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use latchkey::saml::providers::forget;
use latchkey_core::Clock as _;
use latchkey_core::audit::What;
use latchkey_core::ids::EntityId;
use latchkey_core::rng::SystemRng;
use latchkey_saml::Binding;
use latchkey_saml::keys::{Certificate, SignatureAlgorithm, SigningKey};
use latchkey_saml::messages::{AuthnRequest, LogoutRequest, NameId, RequestedConsumer};
use latchkey_saml::redirect::{self, Parameter};

use super::{
    CONSUMER, ENTITY, Provider, asserted, credential, post, post_from_elsewhere, unsigned,
};
use crate::factors::apply;
use crate::support::http::{Answer, DAN, Page, Person, ROTA, Site};

/// The reasons of the refusals that were audited.
pub(super) async fn told(site: &Site) -> Vec<String> {
    let events = site.app.store.view().list_events(1000).await.expect("the database answers");
    events
        .into_iter()
        .filter_map(|(_, what)| match what {
            What::SamlRefused { reason, .. } => Some(reason),
            _ => None,
        })
        .collect()
}

pub(super) fn is_refused(answer: &Answer, what: &str) {
    assert_eq!(answer.status, 400, "{what}: {}", answer.body);
    assert_eq!(answer.location(), None, "{what}");
    let posts = |form: &Page| form.field("SAMLResponse").is_some();
    assert!(!answer.forms().iter().any(posts), "{what}");
    assert!(!answer.body.contains("app.example/saml"), "{what}: nothing leads to the provider");
}

async fn dan(site: &Site) -> Person<'_> {
    let mut dan = site.person();
    dan.tokens(ROTA, DAN).await;
    dan
}

#[tokio::test]
async fn an_address_that_is_not_in_metadata_is_refused_and_not_replaced() {
    let site = Site::start().await;
    let provider = Provider::registered(&site, true, "").await;
    let mut dan = dan(&site).await;
    let address = |url: &str, binding| RequestedConsumer::Address { url: url.to_owned(), binding };
    let changed = format!("{CONSUMER}/");
    for consumer in [
        address("https://evil.example/acs", None),
        address(&changed, None),
        address("javascript:alert(1)", None),
        address(CONSUMER, Some(Err("urn:unknown".to_owned()))),
        address("https://app.example/saml/paos", None),
        RequestedConsumer::Index(9),
        RequestedConsumer::Index(8),
        RequestedConsumer::Binding(Ok(Binding::Soap)),
    ] {
        let mut request = Provider::request(&site);
        request.consumer = consumer.clone();
        let answer = dan.get(&provider.redirect(&request, None)).await;
        assert_eq!(answer.status, 400, "{consumer:?}");
        assert!(!answer.has_form("/consume") && answer.location().is_none(), "{consumer:?}");
    }
    assert_eq!(told(&site).await.len(), 8);
}

#[tokio::test]
async fn only_the_registered_key_of_the_provider_vouches_for_a_request() {
    let site = Site::start().await;
    let mut provider = Provider::registered(&site, true, "").await;
    let mut dan = dan(&site).await;
    let request = || Provider::request(&site);
    is_refused(&dan.get(&unsigned(&request())).await, "unsigned");
    let honest = provider.redirect(&request(), Some("page"));
    is_refused(&dan.get(&honest.replace("page", "pagf")).await, "another RelayState");
    let start = honest.find("SAMLRequest=").expect("a request") + 20;
    let mut changed = honest.clone();
    changed.replace_range(start..=start, if &honest[start..=start] == "A" { "B" } else { "A" });
    is_refused(&dan.get(&changed).await, "another message");
    let sha1 = honest.replace("ecdsa-sha256", "ecdsa-sha1");
    is_refused(&dan.get(&sha1).await, "SHA-1");
    is_refused(&dan.get(&format!("{honest}&RelayState=page")).await, "twice");
    let form = post(&request().write(None).expect("XML"), None);
    is_refused(&post_from_elsewhere(&mut dan, &site, &form).await, "unsigned form");
    let mut form = provider.form(&request(), None);
    let xml = request().write(Some(&credential())).expect("XML");
    form = form.with("SAMLRequest", post(&xml, None).field("SAMLRequest").expect("one"));
    is_refused(&post_from_elsewhere(&mut dan, &site, &form).await, "the key in its own KeyInfo");
    provider.credential = credential();
    is_refused(&dan.get(&provider.redirect(&request(), None)).await, "another key");
    assert_eq!(told(&site).await.len(), 8);
}

#[tokio::test]
async fn a_changed_message_is_said_apart_from_one_that_another_key_signed() {
    let site = Site::start().await;
    let provider = Provider::registered(&site, true, "").await;
    let mut dan = dan(&site).await;
    let signed = |credential| Provider::request(&site).write(Some(credential)).expect("XML");
    let tampered = signed(&provider.credential).replace(" ID=\"", " Consent=\"urn:x\" ID=\"");
    let foreign = signed(&credential());
    let both = foreign.replace(" ID=\"", " Consent=\"urn:x\" ID=\"");
    let missing = Provider::request(&site).write(None).expect("XML");
    for (xml, words) in [
        (tampered, "the message was changed after it was signed"),
        (foreign, "the signature was not made with a key that is registered for the sender"),
        (both, "the signature was not made with a key that is registered for the sender"),
        (missing, "the message is not signed"),
    ] {
        let page = post_from_elsewhere(&mut dan, &site, &post(&xml, None)).await;
        is_refused(&page, words);
        assert!(page.body.contains(words), "{words}: {}", page.body);
        // The trail says the same.
        assert!(told(&site).await.iter().any(|reason| reason == words), "{words}");
    }
    // Of a signature over an address nobody can tell, and it is not pretended.
    let honest = provider.redirect(&Provider::request(&site), Some("page"));
    let page = dan.get(&honest.replace("page", "pagf")).await;
    let words = "or the address was changed after it was signed";
    assert!(page.body.contains(words), "{}", page.body);
    assert!(told(&site).await.iter().any(|reason| reason.contains(words)));
}

#[tokio::test]
async fn what_is_signed_although_it_need_not_be_has_to_be_signed_well() {
    let site = Site::start().await;
    let mut provider = Provider::registered(&site, false, "").await;
    let mut dan = dan(&site).await;
    let page = dan.get(&unsigned(&Provider::request(&site))).await;
    asserted(&site, &page).await;
    let page = dan.get(&provider.redirect(&Provider::request(&site), None)).await;
    asserted(&site, &page).await;
    provider.credential = credential();
    let answer = dan.get(&provider.redirect(&Provider::request(&site), None)).await;
    is_refused(&answer, "another key");
}

/// Something that is done to a request, by so much.
type Change = fn(&mut AuthnRequest, Duration);

#[tokio::test]
async fn a_request_of_another_time_or_for_another_address_is_refused() {
    let site = Site::start().await;
    let provider = Provider::registered(&site, true, "").await;
    let mut dan = dan(&site).await;
    let minutes = |count: u64| Duration::from_secs(count * 60);
    let change: [(&str, Change); 4] = [
        ("stale", |it, by| it.header.issued_at = it.header.issued_at.minus(by)),
        ("future", |it, by| it.header.issued_at = it.header.issued_at.plus(by)),
        ("misdirected", |it, _| it.header.destination = Some("https://other.example/sso".into())),
        ("signed without a destination", |it, _| it.header.destination = None),
    ];
    for (what, change) in change {
        let mut request = Provider::request(&site);
        change(&mut request, minutes(9));
        is_refused(&dan.get(&provider.redirect(&request, None)).await, what);
    }
    let mut request = Provider::request(&site);
    request.header.issued_at = request.header.issued_at.plus(minutes(2));
    let page = dan.get(&provider.redirect(&request, None)).await;
    asserted(&site, &page).await;
}

#[tokio::test]
async fn a_request_is_answered_once_and_again_only_on_the_way() {
    let site = Site::start().await;
    let provider = Provider::registered(&site, true, "").await;
    let mut dan = dan(&site).await;
    let path = provider.redirect(&Provider::request(&site), None);
    let page = dan.get(&path).await;
    asserted(&site, &page).await;
    is_refused(&dan.get(&path).await, "answered before");
    let mut robin = site.person();
    let path = provider.redirect(&Provider::request(&site), None);
    for _ in 0..2 {
        assert!(robin.open(&path).await.has_form("/identify"), "a reload while logging in");
    }
}

#[tokio::test]
async fn a_request_is_remembered_until_its_age_alone_has_it_refused() {
    let site = Site::start().await;
    let provider = Provider::registered(&site, true, "").await;
    let mut dan = dan(&site).await;
    site.clock.stand_still();
    let path = provider.redirect(&Provider::request(&site), None);
    let page = dan.get(&path).await;
    asserted(&site, &page).await;
    site.app.store.settle().await.expect("written");
    // A log-in that began with it in time may take a quarter of an hour.
    for (minutes, gone) in [(5, 0), (25, 0), (1, 1), (1, 0)] {
        site.clock.advance(Duration::from_secs(minutes * 60));
        is_refused(&dan.get(&path).await, "answered before, or too old");
        let removed = latchkey::jobs::tidy(&site.app).await.expect("tidied");
        assert_eq!(removed.requests, gone, "{minutes}");
    }
}

#[tokio::test]
async fn what_is_no_request_for_a_log_in_is_refused() {
    let site = Site::start().await;
    let provider = Provider::registered(&site, true, "").await;
    let mut dan = dan(&site).await;
    let request = Provider::request(&site);
    let logout = LogoutRequest {
        header: request.header.clone(),
        name_id: NameId {
            value: "dan".to_owned(),
            format: None,
            name_qualifier: None,
            sp_name_qualifier: None,
        },
        session_indexes: Vec::new(),
        not_on_or_after: None,
        reason: None,
    };
    let logout = logout.write(Some(&provider.credential)).expect("XML");
    let xml = request.write(Some(&provider.credential)).expect("XML");
    let unknown = xml.replace(ENTITY, "https://nobody.example/<b>sp</b>");
    let dtd = format!("<!DOCTYPE a [<!ENTITY x SYSTEM \"file:///etc/passwd\">]>{xml}");
    for (what, xml) in [
        ("a log-out", logout.as_str()),
        ("an unknown provider", &unknown.replace("<b>sp</b>", "sp")),
        ("a document type", &dtd),
        ("no XML", "<a"),
        ("nothing", ""),
        ("not UTF-8", "\u{fffd}\u{0}"),
    ] {
        is_refused(&post_from_elsewhere(&mut dan, &site, &post(xml, None)).await, what);
    }
    for (what, query) in [
        ("no message", String::new()),
        ("no base64", "SAMLRequest=%25%25".to_owned()),
        ("no DEFLATE", "SAMLRequest=AAAA".to_owned()),
        ("an answer", redirect::write(Parameter::Response, &xml, None)),
        ("both", format!("{}&SAMLResponse=AAAA", redirect::write(Parameter::Request, &xml, None))),
        ("a bomb", redirect::write(Parameter::Request, &" ".repeat(3_000_000), None)),
    ] {
        is_refused(&dan.get(&format!("/saml/sso?{query}")).await, what);
    }
    let wrong = dan.get("/saml/sso/go?request=AAAA").await;
    is_refused(&wrong, "an address that nobody made");
    is_refused(&dan.get("/saml/start").await, "no provider");
}

#[tokio::test]
async fn the_address_after_a_form_lasts_minutes_and_cannot_be_changed() {
    let site = Site::start().await;
    let provider = Provider::registered(&site, true, "").await;
    let mut dan = dan(&site).await;
    let form = provider.form(&Provider::request(&site), None);
    let answer = site
        .send(
            site.http
                .post(site.url("/saml/sso"))
                .header("content-type", "application/x-www-form-urlencoded")
                .body(form.body()),
        )
        .await;
    let path = answer.location().expect("a redirect").to_owned();
    let mut changed = path.clone();
    changed.pop();
    is_refused(&dan.get(&changed).await, "cut");
    asserted(&site, &dan.get(&path).await).await;
    let form = provider.form(&Provider::request(&site), None);
    let request = site.http.post(site.url("/saml/sso"));
    let request = request.header("content-type", "application/x-www-form-urlencoded");
    let path = site.send(request.body(form.body())).await;
    let path = path.location().expect("a redirect").to_owned();
    site.clock.advance(Duration::from_secs(6 * 60));
    is_refused(&dan.get(&path).await, "later");
}

#[tokio::test]
async fn a_body_that_is_too_large_or_of_another_type_is_refused() {
    let site = Site::start().await;
    let post = async |content: &str, body: Vec<u8>| {
        let request = site.http.post(site.url("/saml/sso")).header("content-type", content);
        site.send(request.body(body)).await.status
    };
    let form = "application/x-www-form-urlencoded";
    assert_eq!(post(form, vec![b'a'; 5_000_000]).await, 413);
    assert_eq!(post("text/plain", b"SAMLRequest=AAAA".to_vec()).await, 415);
    assert_eq!(post(form, vec![0xff, 0xfe]).await, 400);
}

#[tokio::test]
async fn whoever_floods_with_wrong_messages_does_not_fill_the_audit_trail() {
    let site = Site::start().await;
    for _ in 0..200 {
        assert_eq!(site.get("/saml/sso?SAMLRequest=AAAA").await.status, 400);
    }
    let told = told(&site).await.len();
    // Sixty a minute, and a minute may have ended meanwhile.
    assert!((60..=120).contains(&told), "{told}");
}

#[tokio::test]
async fn assertions_that_a_provider_wants_encrypted_never_go_in_the_clear() {
    let site = Site::start().await;
    let key = SigningKey::generate(SignatureAlgorithm::RsaSha256).expect("a key");
    let (year, now) = (Duration::from_secs(365 * 86_400), site.clock.now());
    let certificate = Certificate::self_signed(&key, "The ledger", now, year, &SystemRng);
    let certificate = certificate.expect("a certificate");
    let wanted = format!(
        r#"<md:KeyDescriptor use="encryption"><ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:X509Data>
        <ds:X509Certificate>{}</ds:X509Certificate></ds:X509Data></ds:KeyInfo>
        <md:EncryptionMethod Algorithm="http://www.w3.org/2001/04/xmlenc#aes128-cbc"/></md:KeyDescriptor>"#,
        certificate.base64()
    );
    let provider = Provider::described(ENTITY, CONSUMER, true, &wanted, "");
    let mut dan = dan(&site).await;
    apply(&site, &provider.document("")).await;
    let page = dan.get(&provider.redirect(&Provider::request(&site), None)).await;
    is_refused(&page, "by CBC alone, which nobody allowed");
    assert!(told(&site).await.iter().any(|reason| reason.contains("allow_cbc")));
    for (members, encrypted) in
        [("allow_cbc = true", true), ("encrypt_assertions = \"never\"", false)]
    {
        apply(&site, &provider.document(members)).await;
        site.clock.advance(Duration::from_secs(3));
        forget(&site.app, &EntityId(ENTITY.to_owned()));
        let page = dan.get(&provider.redirect(&Provider::request(&site), None)).await;
        let response = page.form(CONSUMER).field("SAMLResponse").expect("one").to_owned();
        let xml = String::from_utf8(STANDARD.decode(response).expect("base64")).expect("UTF-8");
        assert_eq!(xml.contains("EncryptedAssertion"), encrypted, "{members}");
    }
}
