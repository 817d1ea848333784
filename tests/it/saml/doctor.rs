//! The doctor: of each thing that can be wrong, it names the check that fails and what to change;
//! and whatever is pasted has an answer.

use std::fmt::Write as _;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use latchkey::saml::doctor::{self, Check, Name, Outcome, Report, Side};
use latchkey_core::Clock as _;
use latchkey_core::roles::Scope;
use latchkey_saml::Binding;
use latchkey_saml::messages::{
    AuthnRequest, LogoutRequest, NameIdPolicy, RequestedAuthnContext, RequestedConsumer, Scoping,
};
use latchkey_saml::names::Comparison;
use latchkey_saml::redirect::{self, Parameter};

use super::logout::{Application, asks_by_query};
use super::{CONSUMER, ENTITY, Provider, credential, post, unsigned};
use crate::factors::{apply, record};
use crate::support::http::{DAN, ROTA, Site, encode};

async fn examine(site: &Site, text: &str) -> Report {
    let report = doctor::examine(&site.app, &Scope::Platform, text, None).await;
    report.unwrap_or_else(|error| panic!("{text}: {error:#}"))
}

/// An address as people copy it.
fn address(site: &Site, path: &str) -> String {
    site.url(path)
}

fn failed(report: &Report) -> Vec<Name> {
    let failed = report.checks.iter().filter(|check| check.outcome == Outcome::Failed);
    failed.map(|check| check.name).collect()
}

/// The check of that name, which has failed alone, and has these words and a remedy on that side.
#[track_caller]
fn only(report: &Report, name: Name, side: Side, words: &[&str]) {
    assert_eq!(failed(report), [name], "{report:#?}");
    let check = report.checks.iter().find(|check| check.outcome == Outcome::Failed);
    says(check.expect("one"), side, words);
}

#[track_caller]
fn says(check: &Check, side: Side, words: &[&str]) {
    let remedies = || check.remedies.iter().filter(|remedy| remedy.side == side);
    assert!(remedies().next().is_some(), "there is something to do: {check:#?}");
    let mut all = check.found.clone();
    for remedy in &check.remedies {
        let _ = write!(all, " {}", remedy.words);
    }
    for word in words {
        assert!(all.contains(word), "{word:?} is not said: {check:#?}");
    }
}

#[tokio::test]
async fn a_sound_request_passes_however_it_is_pasted() {
    let site = Site::start().await;
    let provider = Provider::registered(&site, true, "").await;
    let request = Provider::request(&site);
    let path = provider.redirect(&request, Some("a b/é"));
    let query = path.split_once('?').expect("a query").1;
    let form = provider.form(&request, None);
    let field = form.field("SAMLRequest").expect("one").to_owned();
    let xml = request.write(Some(&provider.credential)).expect("XML");
    let broken = address(&site, &path).replace("&RelayState", "\n  &RelayState");
    for text in [&address(&site, &path), query, &broken, &form.body(), &field, &xml] {
        let report = examine(&site, text).await;
        assert_eq!(failed(&report), [], "{text}: {report:#?}");
        assert_eq!(report.about, "an AuthnRequest");
        assert_eq!(report.provider.as_ref().map(|id| id.0.as_str()), Some(ENTITY));
        let has = |name| report.checks.iter().any(|check| check.name == name);
        assert!(has(Name::Signature) && has(Name::Consumer) && has(Name::Destination));
        let replay = report.checks.iter().find(|check| check.name == Name::Replay);
        assert_eq!(replay.map(|check| check.outcome), Some(Outcome::NotApplicable));
    }
    // It was looked at, and is answered as if it had not been.
    let mut dan = site.person();
    dan.tokens(ROTA, DAN).await;
    let page = dan.get(&path).await;
    assert_eq!(page.status, 200);
}

#[tokio::test]
async fn an_issuer_that_differs_by_a_little_is_told_by_what() {
    let site = Site::start().await;
    let provider = Provider::registered(&site, false, "").await;
    for (issuer, by) in [
        (format!("{ENTITY}/"), "a slash at the end"),
        (ENTITY.replace("https", "http"), "http or https"),
        (ENTITY.replace("saml", "SAML"), "capital letters"),
        (ENTITY.replace("metadata", "metadat"), "The nearest is"),
    ] {
        let mut request = Provider::request(&site);
        request.header.issuer = issuer;
        let report = examine(&site, &provider.redirect(&request, None)).await;
        only(&report, Name::Issuer, Side::Provider, &[by, ENTITY]);
    }
    let mut request = Provider::request(&site);
    request.header.issuer = "urn:somebody:else".to_owned();
    let report = examine(&site, &provider.redirect(&request, None)).await;
    only(&report, Name::Issuer, Side::Here, &["not registered"]);
}

#[tokio::test]
async fn a_provider_outside_of_the_scope_is_not_there() {
    let site = Site::start().await;
    let provider = Provider::registered(&site, true, "").await;
    let path = provider.redirect(&Provider::request(&site), None);
    let nothing = Scope::Organisations(std::collections::BTreeSet::new());
    let report = doctor::examine(&site.app, &nothing, &path, None).await.expect("an answer");
    only(&report, Name::Issuer, Side::Here, &["not registered"]);
    assert_eq!(report.provider, None);
    let tested = doctor::test(&site.app, &nothing, ENTITY, None).await.expect("an answer");
    assert_eq!(tested, None);
}

#[tokio::test]
async fn what_is_wrong_with_a_signature_is_told_apart() {
    let site = Site::start().await;
    let mut provider = Provider::registered(&site, true, "").await;
    let request = || Provider::request(&site);
    let signature = async |text: &str, side, words: &[&str]| {
        let report = examine(&site, text).await;
        only(&report, Name::Signature, side, words);
    };
    signature(&unsigned(&request()), Side::Provider, &["AuthnRequestsSigned", "not signed"]).await;

    let honest = provider.redirect(&request(), Some("a b/c"));
    let sha1 = honest.replace("ecdsa-sha256", "ecdsa-sha1");
    signature(&sha1, Side::Provider, &["SHA-1", "SHA-256"]).await;
    assert!(honest.contains("RelayState=a+b%2Fc"), "{honest}");
    let plus = honest.replace("a+b%2Fc", "a%20b%2fc");
    signature(&plus, Side::Provider, &["another spelling of the RelayState"]).await;
    let lower = honest.replace("%2F", "%2f").replace("%3D", "%3d").replace("%3A", "%3a");
    let lower = lower.replace("%2B", "%2b");
    signature(&lower, Side::Provider, &["another spelling of its parameters"]).await;
    let other = honest.replace("a+b%2Fc", "other");
    signature(
        &other,
        Side::Here,
        &["No key of the provider", "or the query was changed", "SHA-256"],
    )
    .await;
    let key = provider.credential.key();
    let without = redirect::write_signed(
        Parameter::Request,
        &request().write(None).expect("XML"),
        None,
        key.algorithm().uri(),
        |octets| key.sign(octets),
    );
    let without = format!("{}&RelayState=later", without.expect("signed"));
    signature(&without, Side::Provider, &["without the RelayState"]).await;

    let xml = request().write(Some(&provider.credential)).expect("XML");
    let changed = xml.replace("ID=\"", "Consent=\"urn:x\" ID=\"");
    signature(&changed, Side::Provider, &["changed after it was"]).await;
    let sha1 = xml.replace("ecdsa-sha256", "ecdsa-sha1");
    signature(&sha1, Side::Provider, &["SHA-1", "ecdsa-sha1", "SHA-256"]).await;
    let inside = redirect::write(Parameter::Request, &xml, None);
    signature(&inside, Side::Provider, &["beside it", "3.4.4.1"]).await;

    // A key that nobody registered: the certificate that came along is told, and not trusted.
    provider.credential = credential();
    let own = post(&request().write(Some(&provider.credential)).expect("XML"), None).body();
    signature(&own, Side::Here, &["came along in its KeyInfo", "soundly", "never trusted"]).await;
}

#[tokio::test]
async fn what_a_request_asks_for_is_told_where_it_is_not_to_be_had() {
    let site = Site::start().await;
    let provider = Provider::registered(&site, true, "").await;
    type Change = fn(&mut AuthnRequest);
    let cases: [(Change, Name, &[&str]); 10] = [
        (
            |it| it.header.destination = Some("https://other.example/sso".to_owned()),
            Name::Destination,
            &["other.example", "/saml/sso"],
        ),
        (|it| it.header.destination = None, Name::Destination, &["no Destination"]),
        (
            |it| it.header.issued_at = it.header.issued_at.minus(Duration::from_secs(5400)),
            Name::Time,
            &["90 minutes ago", "clock"],
        ),
        (
            |it| it.header.issued_at = it.header.issued_at.plus(Duration::from_secs(5400)),
            Name::Time,
            &["minutes ahead"],
        ),
        (
            |it| {
                let url = format!("{CONSUMER}/");
                it.consumer = RequestedConsumer::Address { url, binding: None };
            },
            Name::Consumer,
            &["a slash at the end", CONSUMER],
        ),
        (
            |it| it.consumer = RequestedConsumer::Index(3),
            Name::Consumer,
            &["index 3", "0, 7, 6, 8"],
        ),
        (
            |it| it.consumer = RequestedConsumer::Binding(Err("urn:x".to_owned())),
            Name::Consumer,
            &["binding", "HTTP-POST"],
        ),
        (
            |it| {
                let format = Some("urn:oasis:names:tc:SAML:2.0:nameid-format:kerberos".to_owned());
                it.name_id_policy = Some(NameIdPolicy { format, ..NameIdPolicy::default() });
            },
            Name::NameId,
            &["kerberos", "persistent"],
        ),
        (
            |it| {
                it.requested_context = Some(RequestedAuthnContext {
                    comparison: Comparison::Exact,
                    classes: vec!["urn:oasis:names:tc:SAML:2.0:ac:classes:X509".to_owned()],
                    declarations: Vec::new(),
                });
            },
            Name::Context,
            &["classes:X509", "exact"],
        ),
        (
            |it| {
                let idp_list = vec!["https://other.example/idp".to_owned()];
                it.scoping = Some(Scoping { idp_list, ..Scoping::default() });
            },
            Name::Subject,
            &["IDPList", "other.example"],
        ),
    ];
    for (change, name, words) in cases {
        let mut request = Provider::request(&site);
        change(&mut request);
        let report = examine(&site, &provider.redirect(&request, None)).await;
        only(&report, name, Side::Provider, words);
    }
}

#[tokio::test]
async fn all_that_is_wrong_is_said_at_once() {
    let site = Site::start().await;
    Provider::registered(&site, true, "").await;
    let mut request = Provider::request(&site);
    request.header.destination = Some("https://other.example/sso".to_owned());
    request.consumer = RequestedConsumer::Index(3);
    let report = examine(&site, &unsigned(&request)).await;
    assert_eq!(failed(&report), [Name::Signature, Name::Destination, Name::Consumer]);
}

#[tokio::test]
async fn answers_of_ours_are_told_from_others_and_from_changed_ones() {
    let site = Site::start().await;
    let provider = Provider::registered(&site, true, "").await;
    let mut dan = site.person();
    dan.tokens(ROTA, DAN).await;
    let page = dan.get(&provider.redirect(&Provider::request(&site), None)).await;
    let field = page.form(CONSUMER).field("SAMLResponse").expect("one").to_owned();
    let report = examine(&site, &field).await;
    assert_eq!(failed(&report), [], "{report:#?}");
    assert_eq!(report.about, "a Response");
    assert_eq!(report.provider.as_ref().map(|id| id.0.as_str()), Some(ENTITY));
    let signature = report.checks.iter().find(|check| check.name == Name::Signature);
    assert!(signature.expect("one").found.contains("our current key"));

    let xml = String::from_utf8(STANDARD.decode(&field).expect("base64")).expect("text");
    let changed = STANDARD.encode(xml.replace("dan", "eve"));
    let report = examine(&site, &encode(&[("SAMLResponse", &changed)])).await;
    assert!(failed(&report).contains(&Name::Signature), "{report:#?}");
    let other = xml.replace(&site.url("/saml/metadata"), "https://other.example/idp");
    let report = examine(&site, &other).await;
    assert!(failed(&report).contains(&Name::Issuer), "{report:#?}");

    site.clock.advance(Duration::from_secs(3600));
    let report = examine(&site, &field).await;
    only(&report, Name::Validity, Side::Provider, &["clock"]);

    // A status, in words.
    let mut request = Provider::request(&site);
    request.is_passive = true;
    let mut nobody = site.person();
    let page = nobody.get(&provider.redirect(&request, None)).await;
    let field = page.form(CONSUMER).field("SAMLResponse").expect("one").to_owned();
    let report = examine(&site, &field).await;
    only(&report, Name::Status, Side::Provider, &["NoPassive", "nobody was logged in"]);
}

#[tokio::test]
async fn whatever_is_pasted_has_an_answer_and_markup_stays_text() {
    let site = Site::start().await;
    Provider::registered(&site, true, "").await;
    let bomb = {
        let xml = format!("<a>{}</a>", " ".repeat(5_000_000));
        redirect::write(Parameter::Request, &xml, None)
    };
    let deep = format!("{}{}", "<a>".repeat(5000), "</a>".repeat(5000));
    let attributes: String = (0..500).map(|number| format!(" a{number}=\"\"")).collect();
    let entity = "<!DOCTYPE a [<!ENTITY b SYSTEM \"file:///etc/passwd\">]><a>&b;</a>";
    let cases: [(&str, Name); 18] = [
        ("", Name::Pasted),
        ("   \n", Name::Pasted),
        ("hello there, this is no message", Name::Pasted),
        ("\u{0}\u{1}\u{fffd}", Name::Pasted),
        (&"x".repeat(1_000_000), Name::Pasted),
        (&format!("<{}", "x".repeat(5_000_000)), Name::Pasted),
        ("<html><body>a page</body></html>", Name::Pasted),
        ("<a", Name::Xml),
        (entity, Name::Xml),
        ("<?xml-stylesheet href='x'?><a/>", Name::Xml),
        (&deep, Name::Xml),
        (&format!("<a{attributes}/>"), Name::Xml),
        (&bomb, Name::Encoding),
        ("SAMLRequest=%", Name::Encoding),
        ("SAMLRequest=AAAA&SAMLRequest=AAAA", Name::Encoding),
        ("https://x.example/?SAMLResponse=%00%ff", Name::Encoding),
        ("SAMLart=AAQA", Name::Artifact),
        ("<md:EntityDescriptor xmlns:md='urn:oasis:names:tc:SAML:2.0:metadata'/>", Name::Kind),
    ];
    for (text, name) in cases {
        let report = examine(&site, text).await;
        let start: String = text.chars().take(80).collect();
        assert_eq!(failed(&report), [name], "{start}: {report:#?}");
        let check = report.checks.last().expect("a check");
        assert!(!check.remedies.is_empty(), "{start}");
        assert!(check.found.chars().count() < 1000, "{start}: what is quoted is bounded");
    }
    // Fields are quoted as they are: it is for pages to escape, and for us to bound them.
    let mut request = Provider::request(&site);
    request.header.issuer = format!("<script>alert(1)</script>\n{}", "x".repeat(5000));
    let report = examine(&site, &unsigned(&request)).await;
    let issuer = report.checks.iter().find(|check| check.name == Name::Issuer).expect("one");
    assert!(issuer.found.contains("<script>") && issuer.found.len() < 1000);
    assert!(!issuer.found.contains('\n'));
}

#[tokio::test]
async fn a_registration_is_tested_and_what_would_be_said_is_what_is_said() {
    let site = Site::start().await;
    let provider = Provider::registered(&site, true, "").await;
    let dan_record = record(&site, "dan.quay").await;
    let person = Some(&dan_record.person);
    let before = site.app.store.view().list_events(1000).await.expect("events").len();
    let report = doctor::test(&site.app, &Scope::Platform, ENTITY, person).await;
    let report = report.expect("an answer").expect("a provider");
    let after = site.app.store.view().list_events(1000).await.expect("events").len();
    assert_eq!(before, after, "nothing is written");
    let preview = report.preview.clone().expect("a preview");
    let mut dan = site.person();
    dan.tokens(ROTA, DAN).await;
    let page = dan.get(&provider.redirect(&Provider::request(&site), None)).await;
    let (_, assertion) = super::asserted(&site, &page).await;
    assert_eq!(assertion.name_id.expect("a name").value, preview.name_id);
    assert_eq!(assertion.authn.class, preview.class);
    let told: Vec<_> =
        assertion.attributes.iter().map(|it| (it.name.clone(), it.values.clone())).collect();
    let shown: Vec<_> =
        preview.attributes.iter().map(|it| (it.name.clone(), it.values.clone())).collect();
    assert_eq!(told, shown);
    assert!(preview.signed_assertion && preview.signed_response && preview.encrypted.is_none());

    // Encryption that cannot be had, and a strength that nobody can come up to.
    apply(&site, &provider.document("encrypt_assertions = \"always\"")).await;
    latchkey::saml::providers::forget(&site.app, &latchkey_core::ids::EntityId(ENTITY.to_owned()));
    let report = doctor::test(&site.app, &Scope::Platform, ENTITY, person).await;
    let report = report.expect("an answer").expect("a provider");
    let check = report.checks.iter().find(|check| check.name == Name::Encryption).expect("one");
    assert_eq!(check.outcome, Outcome::Failed);
    says(check, Side::Provider, &["encrypted to", "2048"]);
    let certificates = report.checks.iter().find(|check| check.name == Name::Certificates);
    let ended = site.clock.now().seconds() > 1_700_000_000 + 365 * 86_400;
    assert_eq!(certificates.expect("one").outcome == Outcome::Failed, ended);
}

#[tokio::test]
async fn a_request_to_log_out_is_judged_as_the_endpoint_does() {
    let site = Site::start().await;
    let mut ledger = Application::by(&site, "ledger.example", Binding::Redirect).await;
    let mut dan = site.person();
    dan.tokens(ROTA, DAN).await;
    ledger.log_in(&site, &mut dan).await;
    let honest = asks_by_query(&ledger.request(&site), ledger.key());
    assert_eq!(failed(&examine(&site, &honest).await), []);
    let changed = |change: &dyn Fn(&mut LogoutRequest)| {
        let mut request = ledger.request(&site);
        change(&mut request);
        asks_by_query(&request, ledger.key())
    };
    let late = site.clock.now().minus(Duration::from_secs(3600));
    let skewed = site.clock.now().minus(Duration::from_secs(60));
    let elsewhere = "https://other.example/slo";
    for (path, name, words) in [
        (
            changed(&|it| it.header.destination = Some(elsewhere.to_owned())),
            Name::Destination,
            "other.example",
        ),
        (changed(&|it| it.not_on_or_after = Some(late)), Name::Validity, "Send another one"),
        (
            changed(&|it| it.name_id.value = "nobody".to_owned()),
            Name::Session,
            "Nobody was logged in",
        ),
        (
            changed(&|it| it.name_id.name_qualifier = Some("https://other.example".to_owned())),
            Name::Session,
            "qualifiers",
        ),
        (
            changed(&|it| it.session_indexes = vec!["_other".to_owned()]),
            Name::Session,
            "SessionIndex",
        ),
    ] {
        only(&examine(&site, &path).await, name, Side::Provider, &[words]);
        let answer = dan.get(&path).await;
        assert_ne!(answer.status, 200, "{words}: and the endpoint agrees");
    }
    // A clock that is a little off stops neither.
    let path = changed(&|it| it.not_on_or_after = Some(skewed));
    assert_eq!(failed(&examine(&site, &path).await), []);
    assert!(dan.open("/account").await.url.ends_with("/account"), "nobody was logged out");
    dan.get(&path).await;
    assert!(!dan.open("/account").await.url.ends_with("/account"), "by what passed");
}
