//! Traces for an OpenTelemetry collector (OTLP over HTTP): one span a request, with what took its
//! time under it.
//!
//! A span tells the pattern of a route, never an address, and names nobody. Spans are those of the
//! target [`TARGET`] and nothing else; without a collector they cost a check of a flag.

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::extract::{MatchedPath, Request};
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use axum::{Router, http};
use opentelemetry::propagation::TextMapPropagator as _;
use opentelemetry::trace::TracerProvider as _;
use opentelemetry_http::{Bytes, HeaderExtractor, HttpClient, HttpError};
use opentelemetry_otlp::{SpanExporter, WithExportConfig as _, WithHttpConfig as _};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use opentelemetry_sdk::trace::{Sampler, SdkTracerProvider};
use tokio::runtime::Handle;
use tracing::field::Empty;
use tracing::{Instrument as _, Subscriber};
use tracing_opentelemetry::OpenTelemetrySpanExt as _;
use tracing_subscriber::Layer;
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::registry::LookupSpan;

use crate::config::Traces;

/// The target of spans that are traced.
pub const TARGET: &str = "latchkey_trace";
/// How long a collector may take.
const ANSWER_WITHIN: Duration = Duration::from_secs(10);

/// The way to a collector.
pub struct Collector {
    provider: SdkTracerProvider,
}

impl Collector {
    /// Gets ready to send what is traced. Whether somebody takes it shows later, in the log.
    ///
    /// # Errors
    /// When this build cannot send at all.
    pub fn new(traces: &Traces) -> anyhow::Result<Self> {
        let http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .timeout(ANSWER_WITHIN)
            .build()?;
        let sender = Sender { http, runtime: Handle::current(), failing: AtomicBool::new(false) };
        let exporter = SpanExporter::builder()
            .with_http()
            .with_http_client(sender)
            .with_endpoint(traces.address.as_str())
            .with_timeout(ANSWER_WITHIN)
            .build()?;
        let share = f64::from(traces.percent) / 100.0;
        let sampler = Sampler::ParentBased(Box::new(Sampler::TraceIdRatioBased(share)));
        let provider = SdkTracerProvider::builder()
            .with_batch_exporter(exporter)
            .with_sampler(sampler)
            .with_resource(Resource::builder().with_service_name("latchkey").build())
            .build();
        Ok(Self { provider })
    }

    /// What takes the spans.
    pub(super) fn layer<S>(&self) -> impl Layer<S> + Send + Sync + 'static + use<S>
    where
        S: Subscriber + for<'a> LookupSpan<'a> + Send + Sync,
    {
        tracing_opentelemetry::layer()
            .with_tracer(self.provider.tracer("latchkey"))
            .with_location(false)
            .with_threads(false)
            .with_target(false)
            .with_tracked_inactivity(false)
            .with_filter(filter_fn(|about| about.is_span() && about.target() == TARGET))
    }

    /// Sends what is left.
    pub async fn finish(self) {
        // It waits for the collector on the thread that calls it.
        let finished = tokio::task::spawn_blocking(move || self.provider.shutdown()).await;
        if let Ok(Err(error)) = finished {
            tracing::warn!("the last traces were not sent: {error}");
        }
    }
}

/// Sends over HTTP with the product's own client, on its own runtime.
struct Sender {
    http: reqwest::Client,
    runtime: Handle,
    failing: AtomicBool,
}

impl fmt::Debug for Sender {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Sender")
    }
}

impl Sender {
    /// A collector that is away is told once, and again when it is back.
    fn tell<T>(&self, sent: &Result<T, String>) {
        match sent {
            Ok(_) if self.failing.swap(false, Ordering::Relaxed) => {
                tracing::info!("the traces' collector takes traces again");
            }
            Err(error) if !self.failing.swap(true, Ordering::Relaxed) => {
                tracing::warn!(%error, "the traces' collector takes none");
            }
            Ok(_) | Err(_) => {}
        }
    }
}

#[async_trait::async_trait]
impl HttpClient for Sender {
    async fn send_bytes(
        &self,
        request: http::Request<Bytes>,
    ) -> Result<http::Response<Bytes>, HttpError> {
        let (parts, body) = request.into_parts();
        let request = self
            .http
            .request(parts.method, parts.uri.to_string())
            .headers(parts.headers)
            .body(body);
        // The exporter has a thread of its own, which no reactor runs on.
        let sending = self.runtime.spawn(async move {
            let answer = request.send().await?;
            let mut response = http::Response::builder().status(answer.status());
            if let Some(headers) = response.headers_mut() {
                headers.clone_from(answer.headers());
            }
            Ok::<_, reqwest::Error>((response, answer.bytes().await?))
        });
        let sent = match sending.await {
            // Without the address: it may hold a password.
            Ok(sent) => {
                sent.map_err(|error| format!("{:#}", anyhow::Error::new(error.without_url())))
            }
            Err(error) => Err(error.to_string()),
        };
        let sent = sent.and_then(|(response, body)| {
            let response = response.body(body).map_err(|error| error.to_string())?;
            match response.status() {
                status if status.is_success() => Ok(response),
                status => Err(format!("it answers {status}")),
            }
        });
        self.tell(&sent);
        Ok(sent?)
    }
}

/// A router whose requests are traced.
pub fn observe(router: Router) -> Router {
    router.layer(from_fn(trace))
}

async fn trace(request: Request, next: Next) -> Response {
    let matched = request.extensions().get::<MatchedPath>();
    let route = matched.map_or("none", MatchedPath::as_str);
    let span = tracing::debug_span!(
        target: "latchkey_trace",
        "request",
        otel.name = %format_args!("{} {route}", request.method()),
        otel.kind = "server",
        otel.status_code = Empty,
        http.request.method = %request.method(),
        http.route = route,
        http.response.status_code = Empty,
    );
    // Who may name a parent is settled where connections are taken.
    let parent = TraceContextPropagator::new().extract(&HeaderExtractor(request.headers()));
    // Where nobody takes spans there is nothing to hang.
    drop(span.set_parent(parent));
    let response = next.run(request).instrument(span.clone()).await;
    span.record("http.response.status_code", response.status().as_u16());
    if response.status().is_server_error() {
        span.record("otel.status_code", "error");
    }
    response
}
