//! The way to the provider and to its API: in process, or over HTTP. Bounded in time and size; no
//! redirect is followed, because neither sends any to a program.

use std::pin::Pin;
use std::sync::Mutex;
use std::task::{Context, Poll};
use std::time::Duration;

use async_trait::async_trait;
use axum::Router;
use axum::body::Body;
use bytes::Bytes;
use futures_util::stream;
use http::{Request, Response, Uri};
use http_body_util::{BodyExt as _, Limited};
use tower::ServiceExt as _;

/// An answer of more bytes is none that the provider gives.
const LONGEST_ANSWER: usize = 4 * 1024 * 1024;
/// How long an answer may take, unless its request says otherwise.
const ANSWERS_WITHIN: Duration = Duration::from_secs(10);
/// How long it may take when a file is carried along, which comes as fast as a browser sends it.
const CARRIED_WITHIN: Duration = Duration::from_secs(60);
/// How long an answer may take that is passed on as it comes, to whoever reads it slowly.
const PASSED_ON_WITHIN: Duration = Duration::from_secs(60 * 60);

/// How long the answer to a request may take, as one of its extensions.
#[derive(Clone, Copy, Debug)]
pub struct Patience(pub Duration);

/// Takes out how long an answer may take.
fn patience(request: &mut Request<Vec<u8>>) -> Duration {
    request.extensions_mut().remove::<Patience>().map_or(ANSWERS_WITHIN, |it| it.0)
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum TransportError {
    /// Nobody answers, or not in time.
    #[error("{0}")]
    Unreachable(String),
    /// More than the longest answer.
    #[error("the answer is too long")]
    TooLong,
}

/// Carries a request to the provider, and its answer back.
#[async_trait]
pub trait Transport: Send + Sync {
    /// Sends a request, whose address is absolute.
    ///
    /// # Errors
    /// When there is no answer. What an answer says is for the caller to judge.
    async fn call(&self, request: Request<Vec<u8>>) -> Result<Response<Vec<u8>>, TransportError>;

    /// The same with a body that is handed on piece by piece as it comes, and may take a minute.
    ///
    /// # Errors
    /// As [`call`](Self::call).
    async fn carry(&self, request: Request<Body>) -> Result<Response<Vec<u8>>, TransportError>;

    /// Sends a request whose answer is passed on as it comes, however long it is.
    ///
    /// # Errors
    /// When no answer begins. One that breaks off ends in an error of its body.
    async fn open(&self, request: Request<Vec<u8>>) -> Result<Response<Body>, TransportError>;
}

/// To a provider in this very process.
pub struct InProcess(Router);

impl InProcess {
    /// A way into a provider's router.
    #[must_use]
    pub fn new(provider: Router) -> Self {
        Self(provider)
    }

    async fn ask(&self, request: Request<Body>) -> Response<Body> {
        let (mut parts, body) = request.into_parts();
        // A server sees the path alone (RFC 9112 §3.2.1).
        if let Some(path) = parts.uri.path_and_query() {
            parts.uri = Uri::from(path.clone());
        }
        match self.0.clone().oneshot(Request::from_parts(parts, body)).await {
            Ok(answer) => answer,
            Err(never) => match never {},
        }
    }

    async fn answered(
        &self,
        request: Request<Body>,
        within: Duration,
    ) -> Result<Response<Vec<u8>>, TransportError> {
        let answered = async {
            let (parts, body) = self.ask(request).await.into_parts();
            let read = Limited::new(body, LONGEST_ANSWER).collect().await;
            let read = read.map_err(|_| TransportError::TooLong)?;
            Ok(Response::from_parts(parts, read.to_bytes().to_vec()))
        };
        tokio::time::timeout(within, answered).await.map_err(late)?
    }
}

fn late(_: tokio::time::error::Elapsed) -> TransportError {
    TransportError::Unreachable("no answer in time".to_owned())
}

#[async_trait]
impl Transport for InProcess {
    async fn call(
        &self,
        mut request: Request<Vec<u8>>,
    ) -> Result<Response<Vec<u8>>, TransportError> {
        let within = patience(&mut request);
        self.answered(request.map(Body::from), within).await
    }

    async fn carry(&self, request: Request<Body>) -> Result<Response<Vec<u8>>, TransportError> {
        self.answered(request, CARRIED_WITHIN).await
    }

    async fn open(&self, mut request: Request<Vec<u8>>) -> Result<Response<Body>, TransportError> {
        let within = patience(&mut request);
        let asked = self.ask(request.map(Body::from));
        tokio::time::timeout(within, asked).await.map_err(late)
    }
}

/// To a provider on another host.
pub struct OverHttp(reqwest::Client);

impl OverHttp {
    /// A way over HTTP.
    ///
    /// # Errors
    /// When this build's TLS does not work at all.
    pub fn new() -> Result<Self, reqwest::Error> {
        let client = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(Duration::from_secs(5))
            .build()?;
        Ok(Self(client))
    }

    async fn answered(
        &self,
        request: reqwest::Request,
    ) -> Result<Response<Vec<u8>>, TransportError> {
        let mut answer = self.0.execute(request).await.map_err(lost)?;
        let mut body = Vec::new();
        while let Some(chunk) = answer.chunk().await.map_err(lost)? {
            if body.len() + chunk.len() > LONGEST_ANSWER {
                return Err(TransportError::TooLong);
            }
            body.extend_from_slice(&chunk);
        }
        let mut response = Response::new(body);
        *response.status_mut() = answer.status();
        *response.headers_mut() = std::mem::take(answer.headers_mut());
        Ok(response)
    }
}

/// The address may carry what only the provider should know.
fn lost(error: reqwest::Error) -> TransportError {
    TransportError::Unreachable(causes(&error.without_url()))
}

#[async_trait]
impl Transport for OverHttp {
    async fn call(
        &self,
        mut request: Request<Vec<u8>>,
    ) -> Result<Response<Vec<u8>>, TransportError> {
        let within = patience(&mut request);
        let mut request = reqwest::Request::try_from(request).map_err(lost)?;
        *request.timeout_mut() = Some(within);
        self.answered(request).await
    }

    async fn carry(&self, request: Request<Body>) -> Result<Response<Vec<u8>>, TransportError> {
        let request = request.map(|body| reqwest::Body::wrap(Shared(Mutex::new(body))));
        let mut request = reqwest::Request::try_from(request).map_err(lost)?;
        *request.timeout_mut() = Some(CARRIED_WITHIN);
        self.answered(request).await
    }

    async fn open(&self, mut request: Request<Vec<u8>>) -> Result<Response<Body>, TransportError> {
        let within = patience(&mut request);
        let mut request = reqwest::Request::try_from(request).map_err(lost)?;
        *request.timeout_mut() = Some(PASSED_ON_WITHIN);
        let begun = tokio::time::timeout(within, self.0.execute(request)).await;
        let mut answer = begun.map_err(late)?.map_err(lost)?;
        let (status, headers) = (answer.status(), std::mem::take(answer.headers_mut()));
        let chunks = stream::try_unfold(answer, async |mut answer| {
            let chunk = answer.chunk().await.map_err(reqwest::Error::without_url)?;
            Ok::<_, reqwest::Error>(chunk.map(|chunk| (chunk, answer)))
        });
        let mut response = Response::new(Body::from_stream(chunks));
        (*response.status_mut(), *response.headers_mut()) = (status, headers);
        Ok(response)
    }
}

/// A body that several threads may know of: whoever reads it is the only one who does.
struct Shared(Mutex<Body>);

impl http_body::Body for Shared {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<http_body::Frame<Bytes>, axum::Error>>> {
        let body = self.0.get_mut().unwrap_or_else(std::sync::PoisonError::into_inner);
        Pin::new(body).poll_frame(context)
    }
}

/// An error with everything that caused it, on one line.
pub(crate) fn causes(error: &(dyn std::error::Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}
