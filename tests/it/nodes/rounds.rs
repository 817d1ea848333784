//! A proxy that gives each request to the next of two nodes, as one in front of them does that knows
//! nothing of sessions. A node that cannot be connected to is passed over.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderName, Response, StatusCode, header};
use tokio::net::TcpListener;

/// Headers that are about one connection (RFC 9110 §7.6.1).
const HOP: [HeaderName; 4] =
    [header::CONNECTION, header::TRANSFER_ENCODING, header::CONTENT_LENGTH, header::UPGRADE];

/// What happens before a request is passed on; it is told whose turn it is.
pub(super) type Before = Box<dyn FnOnce(usize) + Send>;

/// The proxy.
pub(super) struct Rounds {
    nodes: [SocketAddr; 2],
    http: reqwest::Client,
    state: Mutex<Passed>,
}

#[derive(Default)]
struct Passed {
    requests: usize,
    /// Requests by the node that answered.
    answered: [usize; 2],
    next: Option<(usize, Before)>,
}

impl Rounds {
    /// One that listens at `address`.
    pub(super) async fn at(address: SocketAddr, nodes: [SocketAddr; 2]) -> Arc<Self> {
        let http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            // A connection that outlived its node would fail a request that can be served.
            .pool_max_idle_per_host(0)
            .build()
            .expect("a client");
        let rounds = Arc::new(Self { nodes, http, state: Mutex::default() });
        let listener = TcpListener::bind(address).await.expect("it is free");
        let router = Router::new().fallback(pass).with_state(Arc::clone(&rounds));
        // Ends with the test's runtime.
        tokio::spawn(async move { axum::serve(listener, router).await.expect("it serves") });
        rounds
    }

    /// Begins to count anew; `before` happens before the request that comes after `requests`.
    pub(super) fn plan(&self, requests: usize, before: Before) {
        *self.state.lock().expect("nobody panicked") =
            Passed { next: Some((requests, before)), ..Passed::default() };
    }

    /// How many requests there were, how many of them each node answered, and whether what was
    /// planned has happened.
    pub(super) fn passed(&self) -> (usize, [usize; 2], bool) {
        let state = self.state.lock().expect("nobody panicked");
        (state.requests, state.answered, state.next.is_none())
    }

    /// Whose turn it is.
    fn turn(&self) -> usize {
        let mut state = self.state.lock().expect("nobody panicked");
        let turn = state.requests % self.nodes.len();
        if state.next.as_ref().is_some_and(|(at, _)| *at == state.requests)
            && let Some((_, before)) = state.next.take()
        {
            before(turn);
        }
        state.requests += 1;
        turn
    }

    async fn pass(&self, request: Request) -> Response<Body> {
        let (parts, body) = request.into_parts();
        let body = to_bytes(body, 1 << 20).await.expect("small");
        let path = parts.uri.path_and_query().map_or("/", |path| path.as_str());
        let turn = self.turn();
        for node in [turn, 1 - turn] {
            let sent = self
                .http
                .request(parts.method.clone(), format!("http://{}{path}", self.nodes[node]))
                .headers(parts.headers.clone())
                .body(body.clone())
                .send();
            match sent.await {
                Ok(response) => {
                    self.state.lock().expect("nobody panicked").answered[node] += 1;
                    return answer(response).await;
                }
                Err(error) if error.is_connect() => {}
                Err(error) => return failure(&error),
            }
        }
        failure(&"no node can be connected to")
    }
}

async fn pass(State(rounds): State<Arc<Rounds>>, request: Request) -> Response<Body> {
    rounds.pass(request).await
}

async fn answer(response: reqwest::Response) -> Response<Body> {
    let mut builder = Response::builder().status(response.status());
    for (name, value) in response.headers() {
        if !HOP.contains(name) {
            builder = builder.header(name, value);
        }
    }
    match response.bytes().await {
        Ok(body) => builder.body(Body::from(body)).expect("an answer"),
        Err(error) => failure(&error),
    }
}

fn failure(error: &dyn ToString) -> Response<Body> {
    let mut response = Response::new(Body::from(error.to_string()));
    *response.status_mut() = StatusCode::BAD_GATEWAY;
    response
}
