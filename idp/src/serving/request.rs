//! One request on its way through the router: who asks, what it is called, how long it may take.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::header::HeaderName;
use axum::http::{HeaderValue, Request, Response, StatusCode};
use hyper::body::Incoming;
use latchkey_core::Rng;
use latchkey_core::rng::SystemRng;
use latchkey_web::headers;
use tower::ServiceExt as _;
use tracing::Instrument as _;

use super::client;
use latchkey_core::network::Network;

/// How long a request may take, its body included.
const ANSWER_WITHIN: Duration = Duration::from_secs(60);
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// How requests are answered.
pub(super) struct Requests {
    router: Router,
    pub(super) proxies: Box<[Network]>,
    pub(super) strict: bool,
    ids: Ids,
}

impl Requests {
    pub(super) fn new(router: Router) -> Self {
        Self { router, proxies: Box::default(), strict: false, ids: Ids::new(&SystemRng) }
    }

    pub(super) async fn answer(
        self: Arc<Self>,
        request: Request<Incoming>,
        peer: SocketAddr,
    ) -> Result<Response<Body>, Infallible> {
        let mut request = request.map(Body::new);
        let client = client::address(peer, request.headers(), &self.proxies);
        let given = client::request_id(peer, request.headers(), &self.proxies);
        client::strip_untrusted(peer, request.headers_mut(), &self.proxies);
        let id = given.unwrap_or_else(|| self.ids.next());
        request.extensions_mut().insert(ConnectInfo(client));
        let span = tracing::info_span!("request", id = id.to_str().unwrap_or_default());
        let answering = self.router.clone().oneshot(request).instrument(span);
        let mut response = match tokio::time::timeout(ANSWER_WITHIN, answering).await {
            Ok(Ok(response)) => response,
            Err(_) => {
                tracing::warn!(id = id.to_str().unwrap_or_default(), "a request took too long");
                let mut response = Response::new(Body::from("The request took too long.\n"));
                *response.status_mut() = StatusCode::REQUEST_TIMEOUT;
                response
            }
        };
        if self.strict {
            headers::strict_transport(response.headers_mut());
        }
        response.headers_mut().insert(REQUEST_ID, id);
        Ok(response)
    }
}

/// Names of requests: none comes twice from a process, and most likely from none. They prove and
/// unlock nothing.
struct Ids {
    first: u64,
    given: AtomicU64,
}

impl Ids {
    fn new(rng: &dyn Rng) -> Self {
        Self { first: u64::from_be_bytes(rng.bytes()), given: AtomicU64::new(0) }
    }

    fn next(&self) -> HeaderValue {
        let number = self.first.wrapping_add(self.given.fetch_add(1, Ordering::Relaxed));
        // An odd multiplier permutes: neighbours look different and none is lost.
        let mixed = number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let mut text = [0; 16];
        for (place, digit) in text.iter_mut().enumerate() {
            let nibble = (mixed >> (60 - 4 * place)) & 15;
            *digit = b"0123456789abcdef"[usize::try_from(nibble).unwrap_or(0)];
        }
        HeaderValue::from_bytes(&text).unwrap_or(HeaderValue::from_static("0"))
    }
}

#[cfg(test)]
mod tests {
    use latchkey_core::rng::SeededRng;

    use super::*;

    #[test]
    fn no_name_is_given_twice() {
        let ids = Ids::new(&SeededRng::new(1));
        let mut names: Vec<HeaderValue> = (0..1000).map(|_| ids.next()).collect();
        assert!(names.iter().all(|name| name.len() == 16));
        names.sort_by(|a, b| a.as_bytes().cmp(b.as_bytes()));
        names.dedup();
        assert_eq!(names.len(), 1000);
    }
}
