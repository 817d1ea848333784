//! Why something is not done: the one list of what a caller may be told, and the one place where it
//! becomes an answer (RFC 9457).

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use latchkey_api::people::Untouchable;
use latchkey_api::problem::{FieldError, Problem};
use latchkey_oidc::error::BearerError;
use latchkey_web::errors::Reference;
use latchkey_web::limits::Refusal;

use crate::App;

/// Where kinds of problems have their names.
const KINDS: &str = "urn:latchkey:problem:";

/// Why something is not done.
#[derive(Debug)]
pub(super) enum Failure {
    /// It is not there, or outside what the caller reaches: the same for both.
    NotFound,
    /// There is nothing at this address for this method.
    Method,
    /// The token does not do.
    Bearer(BearerError),
    /// The person is there, and not the caller's to change.
    Untouchable(Untouchable),
    /// The caller's role does not do this here.
    Forbidden(&'static str),
    /// The request cannot be read.
    Unreadable(Refusal),
    /// The request was read, and members of it are wrong.
    Invalid(Vec<FieldError>),
    /// It would take the last way in away with nothing in its place.
    LocksOut(&'static str),
    /// Nobody verified the caller.
    CheckNeeded,
    /// It stands against what is there: what, as a word, and the same for people.
    Conflict(&'static str, &'static str),
    /// An update without `If-Match`.
    IfMatchNeeded,
    /// It was changed since it was read.
    Stale,
    /// We failed.
    Ours(anyhow::Error),
}

impl Failure {
    /// One member that is wrong.
    #[must_use]
    pub(super) fn field(field: &str, code: &str, message: impl Into<String>) -> Self {
        let (field, code) = (field.to_owned(), code.to_owned());
        Self::Invalid(vec![FieldError { field, code, message: message.into() }])
    }

    /// Its kind in a word: where members are wrong, of the first.
    pub(super) fn word(&self) -> String {
        match self {
            Self::Invalid(errors) if !errors.is_empty() => errors[0].code.clone(),
            other => other.told().1.to_owned(),
        }
    }

    fn problem(&self) -> Problem {
        let (status, kind, title) = self.told();
        Problem {
            kind: format!("{KINDS}{kind}"),
            title: title.to_owned(),
            status: status.as_u16(),
            detail: match self {
                Self::Unreadable(refusal) => Some(refusal.to_string()),
                Self::Bearer(error) => error.told().map(|(_, description)| description.to_owned()),
                _ => None,
            },
            errors: match self {
                Self::Invalid(errors) => errors.clone(),
                _ => Vec::new(),
            },
            reference: None,
        }
    }

    fn told(&self) -> (StatusCode, &'static str, &'static str) {
        match self {
            Self::NotFound => (StatusCode::NOT_FOUND, "not-found", "There is nothing here"),
            Self::Method => {
                (StatusCode::METHOD_NOT_ALLOWED, "method", "That is not done at this address")
            }
            Self::Bearer(error) => {
                let status = StatusCode::from_u16(error.status());
                (
                    status.unwrap_or(StatusCode::UNAUTHORIZED),
                    "token",
                    "The access token does not do",
                )
            }
            Self::Untouchable(why) => {
                let (kind, title) = match why {
                    Untouchable::Yourself => {
                        ("untouchable-yourself", "Your own account is looked after at /account")
                    }
                    Untouchable::Peer => (
                        "untouchable-peer",
                        "They have a role in the same organisation as you, or in one above",
                    ),
                    Untouchable::HasRole => (
                        "untouchable-has-role",
                        "They have a role, and yours is for people without",
                    ),
                };
                (StatusCode::FORBIDDEN, kind, title)
            }
            Self::Forbidden(title) => (StatusCode::FORBIDDEN, "forbidden", title),
            Self::Unreadable(refusal) => {
                (refusal.status(), "unreadable", "The request cannot be read")
            }
            Self::Invalid(_) => {
                (StatusCode::UNPROCESSABLE_ENTITY, "validation", "Members of the request are wrong")
            }
            Self::LocksOut(title) => (StatusCode::CONFLICT, "locks-out", title),
            Self::CheckNeeded => (
                StatusCode::UNPROCESSABLE_ENTITY,
                "check-needed",
                "Nobody verified who is asking for this",
            ),
            Self::Conflict(kind, title) => (StatusCode::CONFLICT, kind, title),
            Self::IfMatchNeeded => (
                StatusCode::PRECONDITION_REQUIRED,
                "if-match-needed",
                "An update names what it was made from, in If-Match",
            ),
            Self::Stale => {
                (StatusCode::PRECONDITION_FAILED, "stale", "It was changed since you read it")
            }
            Self::Ours(error) if is_busy(error) => {
                (StatusCode::SERVICE_UNAVAILABLE, "unavailable", "Try again in a few seconds")
            }
            Self::Ours(_) => (StatusCode::INTERNAL_SERVER_ERROR, "internal", "That did not work"),
        }
    }
}

fn is_busy(error: &anyhow::Error) -> bool {
    matches!(error.downcast_ref(), Some(latchkey_store::Error::Unavailable(_)))
}

impl From<anyhow::Error> for Failure {
    fn from(error: anyhow::Error) -> Self {
        Self::Ours(error)
    }
}

impl From<latchkey_store::Error> for Failure {
    fn from(error: latchkey_store::Error) -> Self {
        Self::Ours(error.into())
    }
}

impl From<BearerError> for Failure {
    fn from(error: BearerError) -> Self {
        Self::Bearer(error)
    }
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        Self::Unreadable(refusal)
    }
}

/// A failure of ours, on its way to the one place that knows the log.
#[derive(Clone)]
struct Ours(Arc<anyhow::Error>);

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let mut response = written(&self.problem());
        let headers = response.headers_mut();
        if let Self::Bearer(error) = &self
            && let Ok(scheme) = HeaderValue::from_str(&error.www_authenticate())
        {
            headers.insert(header::WWW_AUTHENTICATE, scheme);
        }
        if let Self::Ours(error) = self {
            if is_busy(&error) {
                headers.insert(header::RETRY_AFTER, HeaderValue::from_static("5"));
            }
            response.extensions_mut().insert(Ours(Arc::new(error)));
        }
        response
    }
}

fn written(problem: &Problem) -> Response {
    let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::BAD_REQUEST);
    let fixed = [
        (header::CONTENT_TYPE, "application/problem+json"),
        (header::CACHE_CONTROL, "no-store"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    let body = serde_json::to_vec(problem).unwrap_or_default();
    (status, fixed, body).into_response()
}

/// Logs what failed on our side, under a reference that the caller is told.
pub(super) async fn log(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    let Some(Ours(error)) = response.extensions().get::<Ours>().cloned() else { return response };
    let reference = Reference::new(&*app.rng);
    tracing::error!(%reference, "a request of the admin API failed: {error:#}");
    let (parts, _) = response.into_parts();
    let (_, kind, title) = match parts.status {
        StatusCode::SERVICE_UNAVAILABLE => (0, "unavailable", "Try again in a few seconds"),
        _ => (0, "internal", "That did not work"),
    };
    let mut told = written(&Problem {
        kind: format!("{KINDS}{kind}"),
        title: title.to_owned(),
        status: parts.status.as_u16(),
        detail: None,
        errors: Vec::new(),
        reference: Some(reference.to_string()),
    });
    for (name, value) in &parts.headers {
        told.headers_mut().insert(name, value.clone());
    }
    told
}
