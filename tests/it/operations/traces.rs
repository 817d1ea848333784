//! Traces as an OpenTelemetry collector receives them: requests with what took their time, by the
//! patterns of their routes, and nobody's name.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::http::StatusCode;
use axum::routing::post;
use latchkey_tests::browser::{Browser, Site};
use latchkey_tests::kill::clients::{self, APPLICATION, PASSWORD};
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::trace::v1::Span;
use opentelemetry_proto::tonic::trace::v1::span::SpanKind;
use prost::Message as _;
use tokio::net::TcpListener;

use super::served::{Served, free, installation};

/// A trace that somebody else began (W3C Trace Context).
const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const PARENT: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

/// Takes traces as collectors do.
#[derive(Clone, Default)]
struct Collector(Arc<Mutex<Vec<Bytes>>>);

impl Collector {
    /// Where it takes them.
    async fn start(&self) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let kept = Arc::clone(&self.0);
        let take = async move |body: Bytes| {
            kept.lock().expect("not poisoned").push(body);
            StatusCode::OK
        };
        let router = Router::new().route("/v1/traces", post(take));
        tokio::spawn(async move { axum::serve(listener, router).await });
        format!("http://{address}/v1/traces")
    }

    fn spans(&self) -> Vec<Span> {
        let bodies = self.0.lock().expect("not poisoned");
        let batches = bodies.iter().map(|body| {
            ExportTraceServiceRequest::decode(body.clone()).expect("the published format")
        });
        let resources = batches.flat_map(|batch| batch.resource_spans);
        resources.flat_map(|some| some.scope_spans).flat_map(|some| some.spans).collect()
    }
}

fn text(span: &Span, key: &str) -> Option<String> {
    let found = span.attributes.iter().find(|attribute| attribute.key == key)?;
    Some(format!("{:?}", found.value))
}

async fn get(url: &str) -> u16 {
    let client = reqwest::Client::builder().no_proxy().build().expect("a client");
    let asked = client.get(url).header("traceparent", PARENT);
    asked.send().await.expect("an answer").status().as_u16()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_in_is_traced_by_routes_with_what_took_its_time_and_names_nobody() {
    let collector = Collector::default();
    let address = collector.start().await;
    let installation = installation(&clients::documents(3));
    let settings = [("LATCHKEY__TELEMETRY__TRACES", address.as_str())];
    let mut served = Served::start(&installation, &settings);
    let site = Site::new(&installation.issuer, installation.address()).expect("a site");
    let mut browser = Browser::new(site.clone());
    browser.log_in("word.002", PASSWORD).await.expect("logged in");
    let code = APPLICATION.code(&mut browser).await.expect("a code");
    APPLICATION.redeem(&site, &code).await.expect("tokens");
    let strange = get(&format!("{}/nowhere/word.002?token=secret", installation.issuer)).await;
    assert_eq!(strange, 404);
    served.terminate();
    assert!(served.ended().success());

    let spans = collector.spans();
    let named = |name: &str| spans.iter().find(|span| span.name == name);
    let login = named("POST /login/{flow}/identify").expect("the password's request");
    assert_eq!(login.kind, SpanKind::Server as i32);
    assert!(text(login, "http.response.status_code").is_some_and(|code| code.contains("303")));
    for part in ["password hash", "database write"] {
        let under = |span: &&Span| span.name == part && span.parent_span_id == login.span_id;
        let found = spans.iter().find(under);
        let span = found.unwrap_or_else(|| panic!("no {part} under it: {spans:#?}"));
        assert_eq!(span.trace_id, login.trace_id);
        assert!(span.start_time_unix_nano >= login.start_time_unix_nano);
        assert!(span.end_time_unix_nano <= login.end_time_unix_nano);
    }
    assert!(named("POST /oauth2/token").is_some());
    let strange = named("GET none").expect("an address that is none of ours");
    assert_ne!(hex(&strange.trace_id), TRACE, "nobody's word but a proxy's is taken");

    let all = format!("{spans:?}");
    for personal in ["word.002", "Person 2", "harbour", "secret", "nowhere", &code, "127.0.0.1"] {
        assert!(!all.contains(personal), "{personal} in {all}");
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trusted_proxys_trace_goes_on_and_a_share_of_none_sends_nothing() {
    let collector = Collector::default();
    let address = collector.start().await;
    let installation = installation("");
    let settings = [
        ("LATCHKEY__TELEMETRY__TRACES", address.as_str()),
        ("LATCHKEY__TELEMETRY__TRACES_PERCENT", "0"),
        ("LATCHKEY__LISTEN__TRUSTED_PROXIES", "127.0.0.1"),
    ];
    let mut served = Served::start(&installation, &settings);
    assert_eq!(get(&format!("{}/help", installation.issuer)).await, 200);
    let client = reqwest::Client::builder().no_proxy().build().expect("a client");
    let own = client.get(format!("{}/account", installation.issuer)).send().await;
    assert!(own.expect("an answer").url().path().starts_with("/login/"));
    served.terminate();
    assert!(served.ended().success());
    let spans = collector.spans();
    let traced: Vec<&str> = spans.iter().map(|span| &*span.name).collect();
    assert_eq!(traced, ["GET /help"], "the proxy decided for its own, the share for the rest");
    assert_eq!(hex(&spans[0].trace_id), TRACE);
    assert_eq!(hex(&spans[0].parent_span_id), "00f067aa0ba902b7");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_collector_that_is_away_costs_a_line_in_the_log_and_nothing_else() {
    let installation = installation("");
    let nobody = format!("http://user:pass@{}/v1/traces", free());
    let settings =
        [("LATCHKEY__TELEMETRY__TRACES", nobody.as_str()), ("OTEL_BSP_SCHEDULE_DELAY", "100")];
    let mut served = Served::start(&installation, &settings);
    assert_eq!(get(&format!("{}/help", installation.issuer)).await, 200);
    // A start that takes long is told of before it is over.
    let none = "the traces' collector takes none";
    if !served.said(none) {
        served.until(none);
    }
    assert!(!served.said("user:pass"), "{:#?}", served.log);
    assert_eq!(get(&format!("{}/help", installation.issuer)).await, 200);
    served.terminate();
    assert!(served.ended().success());
}
