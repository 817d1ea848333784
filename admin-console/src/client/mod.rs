//! Calls of the admin API, typed: how the API is spoken to and what its refusals mean, with the calls
//! of each area in a file of their own. Decides nothing: the API judges every call by its token, so
//! nothing is checked here that it checks.

mod people;
mod platform;
mod policy;
mod progress;

use std::sync::Arc;

use axum::body::{Body, to_bytes};
use http::{HeaderMap, Method, Request, Response, StatusCode, header};
use latchkey_api::Problem;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::transport::{Transport, TransportError};

/// A refusal of more bytes is none of the API's.
const LONGEST_REFUSAL: usize = 64 * 1024;

/// What is missing at the log-in behind a token (RFC 9470 §3).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Challenge {
    /// How many seconds old it may be.
    pub(crate) max_age: Option<u64>,
    /// How strong it has to be.
    pub(crate) acr_values: Option<String>,
}

/// Why a call did not do what it was for.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The token counts no more.
    Expired,
    /// The log-in behind it is too old or too weak.
    Insufficient(Challenge),
    /// The API says no.
    Refused(Box<Problem>),
    /// There is no answer, or none that can be read.
    Down(String),
}

/// The API with somebody's token.
pub(crate) struct Api {
    transport: Arc<dyn Transport>,
    base: String,
    token: String,
}

impl Api {
    pub(crate) fn new(transport: Arc<dyn Transport>, base: String, token: String) -> Self {
        Self { transport, base, token }
    }

    async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, Failure> {
        self.call(Method::GET, path, None, &[]).await?.read()
    }

    async fn post<B: Serialize, T: DeserializeOwned>(
        &self,
        path: &str,
        body: &B,
        once: &str,
    ) -> Result<T, Failure> {
        let headers = [(header::HeaderName::from_static("idempotency-key"), once)];
        self.call(Method::POST, path, Some(written(body)?), &headers).await?.read()
    }

    /// An answer that is passed on as it comes, however long it is.
    async fn open(&self, request: Request<Vec<u8>>) -> Result<Response<Body>, Failure> {
        let down = |error: TransportError| Failure::Down(error.to_string());
        let answer = self.transport.open(request).await.map_err(down)?;
        if answer.status().is_success() {
            return Ok(answer);
        }
        let (parts, body) = answer.into_parts();
        let body = to_bytes(body, LONGEST_REFUSAL).await;
        judge(parts.status, &parts.headers, &body.unwrap_or_default())?;
        Err(Failure::Down(format!("it answers {}", parts.status)))
    }

    async fn call(
        &self,
        method: Method,
        path: &str,
        body: Option<Vec<u8>>,
        headers: &[(header::HeaderName, &str)],
    ) -> Result<Answer, Failure> {
        let request = self.request(method, path, body, headers)?;
        self.send(request).await
    }

    fn request(
        &self,
        method: Method,
        path: &str,
        body: Option<Vec<u8>>,
        headers: &[(header::HeaderName, &str)],
    ) -> Result<Request<Vec<u8>>, Failure> {
        let mut request = Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.base))
            .header(header::AUTHORIZATION, format!("Bearer {}", self.token))
            .header(header::ACCEPT, "application/json, application/problem+json");
        if body.is_some() {
            request = request.header(header::CONTENT_TYPE, "application/json");
        }
        for (name, value) in headers {
            request = request.header(name, *value);
        }
        let request = request.body(body.unwrap_or_default());
        request.map_err(|error| Failure::Down(error.to_string()))
    }

    /// An answer with its headers, whatever is in it.
    async fn passed_on(&self, request: Request<Vec<u8>>) -> Result<Response<Vec<u8>>, Failure> {
        let answer = self.transport.call(request).await;
        let answer = answer.map_err(|error| Failure::Down(error.to_string()))?;
        judge(answer.status(), answer.headers(), answer.body())?;
        Ok(answer)
    }

    async fn send(&self, request: Request<Vec<u8>>) -> Result<Answer, Failure> {
        Answer::judged(self.transport.call(request).await)
    }

    /// Posts what comes piece by piece.
    async fn carry<T: DeserializeOwned>(
        &self,
        path: &str,
        kind: &'static str,
        body: Body,
    ) -> Result<T, Failure> {
        let request = Request::post(format!("{}{path}", self.base))
            .header(header::AUTHORIZATION, format!("Bearer {}", self.token))
            .header(header::ACCEPT, "application/json, application/problem+json")
            .header(header::CONTENT_TYPE, kind)
            .body(body);
        let request = request.map_err(|error| Failure::Down(error.to_string()))?;
        Answer::judged(self.transport.carry(request).await)?.read()
    }
}

struct Answer {
    version: String,
    body: Vec<u8>,
}

impl Answer {
    fn judged(answer: Result<Response<Vec<u8>>, TransportError>) -> Result<Self, Failure> {
        let answer = answer.map_err(|error| Failure::Down(error.to_string()))?;
        let (parts, body) = answer.into_parts();
        judge(parts.status, &parts.headers, &body)?;
        let version = parts.headers.get(header::ETAG).and_then(|tag| tag.to_str().ok());
        Ok(Self { version: version.unwrap_or_default().to_owned(), body })
    }

    fn read<T: DeserializeOwned>(&self) -> Result<T, Failure> {
        let read = serde_json::from_slice(&self.body);
        read.map_err(|error| Failure::Down(format!("an answer cannot be read: {error}")))
    }
}

fn written<B: Serialize>(body: &B) -> Result<Vec<u8>, Failure> {
    serde_json::to_vec(body).map_err(|error| Failure::Down(error.to_string()))
}

/// A segment of a path, whatever letters are in it (RFC 3986 §2.1).
pub(crate) fn segment(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_~.".contains(&byte);
    let letter = |byte: u8| match plain(byte) {
        true => char::from(byte).to_string(),
        false => format!("%{byte:02X}"),
    };
    text.bytes().map(letter).collect()
}

fn with_query<Q: Serialize>(path: &str, query: &Q) -> Result<String, Failure> {
    let query = serde_urlencoded::to_string(query);
    let query = query.map_err(|error| Failure::Down(error.to_string()))?;
    Ok(if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") })
}

fn judge(status: StatusCode, headers: &HeaderMap, body: &[u8]) -> Result<(), Failure> {
    if status.is_success() {
        return Ok(());
    }
    if status == StatusCode::UNAUTHORIZED {
        let lines = headers.get_all(header::WWW_AUTHENTICATE).iter();
        let challenge = lines.filter_map(|line| line.to_str().ok()).find_map(insufficient);
        return Err(challenge.map_or(Failure::Expired, Failure::Insufficient));
    }
    match serde_json::from_slice::<Problem>(body) {
        Ok(problem) if !status.is_server_error() => Err(Failure::Refused(Box::new(problem))),
        _ => Err(Failure::Down(format!("it answers {status}"))),
    }
}

/// Reads `Bearer error="insufficient_user_authentication", …` (RFC 9470 §3, RFC 9110 §11.6.1).
fn insufficient(line: &str) -> Option<Challenge> {
    let (scheme, rest) = line.trim().split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("bearer") {
        return None;
    }
    let parameters = parameters(rest);
    let of = |wanted: &str| {
        let mut found = parameters.iter().filter(|(name, _)| name.eq_ignore_ascii_case(wanted));
        found.next().map(|(_, value)| value.as_str())
    };
    (of("error")? == "insufficient_user_authentication").then(|| Challenge {
        max_age: of("max_age").and_then(|text| text.parse().ok()),
        acr_values: of("acr_values").map(str::to_owned),
    })
}

/// The parameters of a challenge, unquoted.
fn parameters(mut rest: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    while let Some((name, after)) = rest.split_once('=') {
        let name = name.trim_matches([' ', '\t', ',']).to_owned();
        let value;
        if let Some(quoted) = after.strip_prefix('"') {
            let mut text = String::new();
            let mut letters = quoted.char_indices();
            let mut end = quoted.len();
            while let Some((at, letter)) = letters.next() {
                match letter {
                    '"' => {
                        end = at + 1;
                        break;
                    }
                    '\\' => text.extend(letters.next().map(|(_, letter)| letter)),
                    letter => text.push(letter),
                }
            }
            value = text;
            rest = &quoted[end..];
        } else {
            let (text, after) = after.split_once(',').unwrap_or((after, ""));
            value = text.trim().to_owned();
            rest = after;
        }
        found.push((name, value));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_one_segment_of_a_path_whatever_is_in_it() {
        assert_eq!(segment("northgate-2"), "northgate-2");
        assert_eq!(segment("../people?a=b#c"), "..%2Fpeople%3Fa%3Db%23c");
        assert_eq!(segment("tŷ"), "t%C5%B7");
    }

    #[test]
    fn a_challenge_tells_what_is_missing_however_it_is_written() {
        let old = r#"Bearer error="insufficient_user_authentication", error_description="Log in, \"again\"", max_age="300""#;
        let wanted = Challenge { max_age: Some(300), acr_values: None };
        assert_eq!(insufficient(old), Some(wanted.clone()));
        let bare = "bearer max_age=300,error=insufficient_user_authentication";
        assert_eq!(insufficient(bare), Some(wanted));
        let weak = r#"Bearer realm="a=b, c", error="insufficient_user_authentication", acr_values="phr phrh""#;
        let acr_values = Some("phr phrh".to_owned());
        assert_eq!(insufficient(weak), Some(Challenge { max_age: None, acr_values }));
    }

    #[test]
    fn any_other_challenge_is_a_token_that_counts_no_more() {
        for line in [
            "Bearer",
            r#"Bearer error="invalid_token""#,
            r#"Basic error="insufficient_user_authentication""#,
            r#"Bearer error_description="insufficient_user_authentication"#,
            r#"Bearer error="insufficient_user_authentication, max_age="300""#,
            "",
            "=",
            "Bearer =",
        ] {
            assert_eq!(insufficient(line), None, "{line}");
        }
    }

    #[test]
    fn a_refusal_is_told_apart_from_an_api_that_is_down() {
        let headers = HeaderMap::new();
        let problem = br#"{"type":"not-found","title":"There is none","status":404}"#;
        let judged = judge(StatusCode::NOT_FOUND, &headers, problem);
        assert!(matches!(judged, Err(Failure::Refused(it)) if it.kind == "not-found"));
        for (status, body) in
            [(500, &problem[..]), (502, b"<html>"), (404, b"<html>"), (302, b""), (503, b"")]
        {
            let status = StatusCode::from_u16(status).expect("a status");
            let judged = judge(status, &headers, body);
            assert!(matches!(judged, Err(Failure::Down(_))), "{status}");
        }
        assert!(judge(StatusCode::CREATED, &headers, b"").is_ok());
        let judged = judge(StatusCode::UNAUTHORIZED, &headers, problem);
        assert!(matches!(judged, Err(Failure::Expired)));
    }
}
