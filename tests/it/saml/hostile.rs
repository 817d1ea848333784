//! Every hostile message ends in a page that says why, without a redirect and without an answer to
//! anybody, and is an event. What each of them says is in `latchkey_tests::hostile`; what bounds the
//! work that they make is counted where messages are read, in `latchkey-saml`.

use std::net::TcpListener;
use std::time::Duration;

use latchkey_saml::messages::{LogoutRequest, NameId};
use latchkey_tests::hostile::{Hostile, Sent, Victim};

use super::refusals::{is_refused, told};
use super::{CONSUMER, ENTITY, Provider, credential};
use crate::support::http::{Answer, DAN, Site};

const SLO: &str = "/saml/slo";

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
    let written = words.replace('\'', "&#x27;");
    page.contains(&written)
}

/// Where nothing is ever asked for.
struct Trap(TcpListener);

impl Trap {
    fn set() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        listener.set_nonblocking(true).expect("it does not wait");
        Self(listener)
    }

    fn address(&self) -> String {
        format!("http://{}", self.0.local_addr().expect("bound"))
    }

    fn is_untouched(&self) {
        let nobody = self.0.accept().expect_err("nothing is fetched");
        assert_eq!(nobody.kind(), std::io::ErrorKind::WouldBlock);
    }
}

/// Which of them.
type Which = fn(&Victim) -> Vec<Hostile>;

/// Each is refused in its words and audited with them, and nothing is ever fetched.
async fn are_refused(site: &Site, path: &str, all: &[Hostile]) {
    let before = told(site).await.len();
    for hostile in all {
        let name = hostile.name;
        let answer = send(site, path, hostile).await;
        is_refused(&answer, name);
        assert!(shows(&answer.body, hostile.words), "{name}: {}", answer.body);
        assert!(!answer.body.contains("<script>alert"), "{name}: {}", answer.body);
    }
    let reasons = told(site).await;
    assert_eq!(reasons.len() - before, all.len(), "{reasons:?}");
    for hostile in all {
        let is_told = reasons.iter().any(|reason| reason.contains(hostile.words));
        assert!(is_told, "{}: {reasons:?}", hostile.name);
    }
}

async fn log_ins_are_refused(signs: bool, which: Which) {
    let site = Site::start().await;
    let provider = Provider::registered(&site, signs, "").await;
    let trap = Trap::set();
    let request = Provider::request(&site);
    let (key, stranger) = (&provider.credential, credential());
    let victim = Victim::logging_in(&request, key, &stranger, &trap.address());
    are_refused(&site, "/saml/sso", &which(&victim.expect("messages"))).await;
    trap.is_untouched();
    // It goes on for whoever is honest.
    let mut dan = site.person();
    let page = dan.open(&provider.redirect(&Provider::request(&site), None)).await;
    let page = dan.type_password(&page, DAN).await;
    assert!(page.has_form(CONSUMER), "{}", page.body);
}

/// The same for log-outs, which without a browser are refused too.
async fn log_outs_are_refused(which: Which) {
    let site = Site::start().await;
    let provider = Provider::registered(&site, true, "").await;
    let trap = Trap::set();
    let mut header = Provider::request(&site).header;
    header.destination = Some(site.url(SLO));
    let name_id = NameId {
        value: "dan".to_owned(),
        format: None,
        name_qualifier: None,
        sp_name_qualifier: None,
    };
    let session_indexes = Vec::new();
    let request =
        LogoutRequest { header, name_id, session_indexes, not_on_or_after: None, reason: None };
    let (key, stranger) = (&provider.credential, credential());
    let victim = Victim::logging_out(&request, key, &stranger, &trap.address());
    let all = which(&victim.expect("messages"));
    are_refused(&site, SLO, &all).await;
    site.clock.advance(Duration::from_secs(61));
    let before = told(&site).await.len();
    let mut sent = 0;
    for hostile in &all {
        let Some(xml) = &hostile.xml else { continue };
        sent += 1;
        let envelope = format!(
            "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body>{xml}\
             </s:Body></s:Envelope>"
        );
        let request = site.http.post(site.url(SLO)).header("content-type", "text/xml");
        let answer = site.send(request.body(envelope)).await;
        assert_eq!(answer.status, 400, "{}: {}", hostile.name, answer.body);
        assert!(answer.body.contains("soap:Client"), "{}: {}", hostile.name, answer.body);
    }
    assert_eq!(told(&site).await.len() - before, sent);
    trap.is_untouched();
}

#[tokio::test]
async fn signatures_that_prove_nothing_are_refused() {
    log_ins_are_refused(true, Victim::signatures).await;
    log_outs_are_refused(Victim::signatures).await;
}

#[tokio::test]
async fn honest_signatures_are_not_wrapped_around_other_content() {
    log_ins_are_refused(true, Victim::wrappings).await;
    // Nor where unsigned requests are taken too.
    log_ins_are_refused(false, Victim::wrappings).await;
    log_outs_are_refused(Victim::wrappings).await;
}

#[tokio::test]
async fn xml_that_would_have_something_fetched_run_or_repeated_is_refused() {
    log_ins_are_refused(false, Victim::documents).await;
    log_outs_are_refused(Victim::documents).await;
}

#[tokio::test]
async fn what_carries_no_message_or_several_is_refused() {
    log_ins_are_refused(false, Victim::carriages).await;
    log_outs_are_refused(Victim::carriages).await;
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
