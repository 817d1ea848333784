//! Requests by the pattern of their route, their method and the class of their answer.
//!
//! Never by their address: that holds codes and names, and anybody can make up more of them.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock, PoisonError, RwLock};
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{Method, StatusCode};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use metrics::{Counter, Histogram, Key, Label, Recorder as _};
use metrics_exporter_prometheus::PrometheusRecorder;

use super::{ABOUT, Metrics};

pub(super) const TOTAL: &str = "latchkey_http_requests_total";
pub(super) const DURATION: &str = "latchkey_http_request_duration_seconds";
/// The route of an address that is none of ours.
const NONE: &str = "none";
const METHODS: [&str; 4] = ["GET", "POST", "OPTIONS", "other"];
const CLASSES: [&str; 5] = ["1xx", "2xx", "3xx", "4xx", "5xx"];

/// The handles of every route that was asked for.
#[derive(Default)]
pub(super) struct Routes(RwLock<HashMap<Box<str>, Arc<Route>>>);

/// One route: what has not happened takes no place in the answer.
struct Route {
    pattern: Box<str>,
    methods: [Handles; METHODS.len()],
}

#[derive(Default)]
struct Handles {
    answers: [OnceLock<Counter>; CLASSES.len()],
    duration: OnceLock<Histogram>,
}

impl Routes {
    fn find(&self, pattern: &str) -> Arc<Route> {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(route) = known.get(pattern) {
            return Arc::clone(route);
        }
        drop(known);
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let new = || Arc::new(Route { pattern: pattern.into(), methods: Default::default() });
        Arc::clone(known.entry(pattern.into()).or_insert_with(new))
    }
}

impl Route {
    fn count(
        &self,
        recorder: &PrometheusRecorder,
        method: usize,
        status: StatusCode,
        took: Duration,
    ) {
        let labels = || {
            vec![
                Label::new("route", self.pattern.to_string()),
                Label::from_static_parts("method", METHODS[method]),
            ]
        };
        let handles = &self.methods[method];
        let class = usize::from(status.as_u16() / 100).clamp(1, CLASSES.len()) - 1;
        let answers = handles.answers[class].get_or_init(|| {
            let mut labels = labels();
            labels.push(Label::from_static_parts("status", CLASSES[class]));
            recorder.register_counter(&Key::from_parts(TOTAL, labels), &ABOUT)
        });
        answers.increment(1);
        let duration = handles.duration.get_or_init(|| {
            recorder.register_histogram(&Key::from_parts(DURATION, labels()), &ABOUT)
        });
        duration.record(took);
    }
}

impl Metrics {
    /// A router whose requests are counted.
    pub fn observe(self: &Arc<Self>, router: Router) -> Router {
        router.layer(from_fn_with_state(Arc::clone(self), observe))
    }
}

async fn observe(State(metrics): State<Arc<Metrics>>, request: Request, next: Next) -> Response {
    let began = Instant::now();
    let matched = request.extensions().get::<MatchedPath>();
    let route = metrics.routes.find(matched.map_or(NONE, MatchedPath::as_str));
    let method = match *request.method() {
        Method::GET | Method::HEAD => 0,
        Method::POST => 1,
        Method::OPTIONS => 2,
        _ => 3,
    };
    let response = next.run(request).await;
    if response.status().is_server_error() {
        metrics.errors.increment(1);
    }
    route.count(&metrics.recorder, method, response.status(), began.elapsed());
    response
}
