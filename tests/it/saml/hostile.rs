//! Every hostile message ends in a page that says why, without a redirect and without an answer to
//! anybody, and is an event. What each of them says is in `latchkey_tests::hostile`; what bounds the
//! work that they make is counted where messages are read, in `latchkey-saml`.

use std::net::TcpListener;

use latchkey_tests::hostile::{Hostile, Sent, Victim};

use super::refusals::{is_refused, told};
use super::{CONSUMER, ENTITY, Provider, credential};
use crate::support::http::{Answer, DAN, Site};

/// Sends a message as a browser would be made to.
async fn send(site: &Site, path: &str, hostile: &Hostile) -> Answer {
    match &hostile.sent {
        Sent::Query(query) => site.get(&format!("{path}?{query}")).await,
        Sent::Form(body) => {
            let request = site.http.post(site.url(path)).body(body.clone());
            let request = request.header("content-type", "application/x-www-form-urlencoded");
            site.send(request.header("origin", "https://evil.example")).await
        }
    }
}

/// A page shows words as HTML writes them.
fn shows(page: &str, words: &str) -> bool {
    let written = words.replace('\'', "&#x27;").replace('/', "&#x2f;");
    page.contains(&written)
}

/// Each is refused in its words and audited with them, and nothing is ever fetched.
async fn all_are_refused(signs: bool, which: fn(&Victim) -> Vec<Hostile>) {
    let site = Site::start().await;
    let provider = Provider::registered(&site, signs, "").await;
    let trap = TcpListener::bind("127.0.0.1:0").expect("a free port");
    trap.set_nonblocking(true).expect("it does not wait");
    let elsewhere = format!("http://{}", trap.local_addr().expect("bound"));
    let request = Provider::request(&site);
    let victim = Victim::new(request, &provider.credential, &credential(), &elsewhere);
    let victim = victim.expect("messages");
    let all = which(&victim);
    for hostile in &all {
        let name = hostile.name;
        let answer = send(&site, "/saml/sso", hostile).await;
        is_refused(&answer, name);
        assert!(shows(&answer.body, hostile.words), "{name}: {}", answer.body);
        assert!(!answer.body.contains("<script>alert"), "{name}: {}", answer.body);
    }
    let reasons = told(&site).await;
    assert_eq!(reasons.len(), all.len(), "{reasons:?}");
    for hostile in &all {
        let is_told = reasons.iter().any(|reason| reason.contains(hostile.words));
        assert!(is_told, "{}: {reasons:?}", hostile.name);
    }
    let nobody = trap.accept().expect_err("nothing is fetched");
    assert_eq!(nobody.kind(), std::io::ErrorKind::WouldBlock);
    // It goes on for whoever is honest.
    let mut dan = site.person();
    let page = dan.open(&provider.redirect(&Provider::request(&site), None)).await;
    let page = dan.type_password(&page, DAN).await;
    assert!(page.has_form(CONSUMER), "{}", page.body);
}

#[tokio::test]
async fn signatures_that_prove_nothing_are_refused() {
    all_are_refused(true, Victim::signatures).await;
}

#[tokio::test]
async fn honest_signatures_are_not_wrapped_around_other_content() {
    all_are_refused(true, Victim::wrappings).await;
    // Nor where unsigned requests are taken too.
    all_are_refused(false, Victim::wrappings).await;
}

#[tokio::test]
async fn xml_that_would_have_something_fetched_run_or_repeated_is_refused() {
    all_are_refused(false, Victim::documents).await;
}

#[tokio::test]
async fn what_carries_no_message_or_several_is_refused() {
    all_are_refused(false, Victim::carriages).await;
}

#[tokio::test]
async fn markup_in_whatever_is_shown_stays_text() {
    const MARKUP: &str = "<img src=x onerror=alert(1)>";
    let site = Site::start().await;
    let members = format!("requests = 'unsigned'\n#{MARKUP}");
    let provider = Provider::new(false);
    let document = provider.document(&members).replace("The ledger", MARKUP);
    crate::factors::apply(&site, &document).await;
    let mut request = Provider::request(&site);
    request.provider_name = Some(MARKUP.to_owned());
    let mut dan = site.person();
    let page = dan.open(&provider.redirect(&request, Some(MARKUP))).await;
    assert!(page.body.contains("&lt;img src"), "its name is shown: {}", page.body);
    assert!(!page.body.contains("<img src=x"), "{}", page.body);
    let page = dan.type_password(&page, DAN).await;
    assert!(!page.body.contains("<img src=x"), "{}", page.body);
    let form = page.form(CONSUMER);
    assert_eq!(form.field("RelayState"), Some(MARKUP), "it goes back as it came");
    let mut request = Provider::request(&site);
    request.header.issuer = format!("{ENTITY}{MARKUP}");
    request.header.destination = Some(MARKUP.to_owned());
    let answer = dan.get(&provider.redirect(&request, None)).await;
    is_refused(&answer, "an issuer of markup");
    assert!(!answer.body.contains("<img src=x"), "{}", answer.body);
}
