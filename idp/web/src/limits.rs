//! What a request may be: how large, which content type, how encoded, each parameter how often.
//!
//! Owns the strict reading of `application/x-www-form-urlencoded` (URL Standard §5, RFC 6749
//! Appendix B) and of JSON bodies. Never guesses: what is malformed is refused, not repaired.

use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::request::Parts;
use http::{HeaderMap, StatusCode, Uri, header};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use serde::de::DeserializeOwned;

/// The most bytes that a form, a JSON body or a query string has.
pub const MAX_BYTES: usize = 64 * 1024;
/// The most that a form may have that a document is pasted into: as metadata of one application
/// has, which some publish with pictures in it.
pub const LARGE_BYTES: usize = 1024 * 1024;
/// The most parameters that a form or a query string has.
pub const MAX_PARAMETERS: usize = 200;

/// Why a request cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Another content type than the one that is read here.
    #[error("the request has the wrong content type")]
    ContentType,
    /// More than [`MAX_BYTES`].
    #[error("the request is too large")]
    TooLarge,
    /// Encoded wrongly, not UTF-8, or not the JSON that is read here.
    #[error("the request is malformed")]
    Malformed,
    /// The peer stopped sending.
    #[error("the request ended early")]
    Broken,
}

impl Refusal {
    /// Its status.
    #[must_use]
    pub fn status(self) -> StatusCode {
        match self {
            Self::ContentType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Malformed | Self::Broken => StatusCode::BAD_REQUEST,
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        (self.status(), [(header::CACHE_CONTROL, "no-store")], self.to_string()).into_response()
    }
}

/// A parameter that may stand once stands there several times (RFC 6749 §3.1).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the parameter {0} is repeated")]
pub struct Duplicate(pub String);

/// The parameters of a form or a query string, in order.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Params(Vec<(String, String)>);

impl Params {
    /// Reads `application/x-www-form-urlencoded`.
    ///
    /// # Errors
    /// When it is too long, or anything in it is encoded wrongly.
    pub fn parse(encoded: &[u8]) -> Result<Self, Refusal> {
        Self::parse_within(encoded, MAX_BYTES)
    }

    fn parse_within(encoded: &[u8], most: usize) -> Result<Self, Refusal> {
        if encoded.len() > most {
            return Err(Refusal::TooLarge);
        }
        let mut pairs = Vec::new();
        for pair in encoded.split(|byte| *byte == b'&').filter(|pair| !pair.is_empty()) {
            if pairs.len() == MAX_PARAMETERS {
                return Err(Refusal::TooLarge);
            }
            let split = pair.iter().position(|byte| *byte == b'=');
            let (name, value) = match split {
                Some(at) => (&pair[..at], &pair[at + 1..]),
                None => (pair, &[][..]),
            };
            pairs.push((decode(name)?, decode(value)?));
        }
        Ok(Self(pairs))
    }

    /// Reads the query of an address.
    ///
    /// # Errors
    /// As [`Params::parse`].
    pub fn of_query(uri: &Uri) -> Result<Self, Refusal> {
        Self::parse(uri.query().unwrap_or_default().as_bytes())
    }

    /// One parameter of an address, by a name that nobody writes encoded: where the query does not
    /// have it so, as most do not, nothing is decoded for it. None where the query is malformed.
    #[must_use]
    pub fn one_of(uri: &Uri, name: &str) -> Option<String> {
        uri.query().filter(|query| query.contains(name))?;
        let query = Self::of_query(uri).ok()?;
        query.one(name).ok().flatten().map(str::to_owned)
    }

    /// A parameter that may stand once. An empty value is the same as none (RFC 6749 §3.1).
    ///
    /// # Errors
    /// When it stands there several times, empty or not.
    pub fn one(&self, name: &str) -> Result<Option<&str>, Duplicate> {
        let mut found = self.all(name);
        let first = found.next();
        if found.next().is_some() {
            return Err(Duplicate(name.to_owned()));
        }
        Ok(first.filter(|value| !value.is_empty()))
    }

    /// Every value of a parameter that may be repeated, e.g. `resource` (RFC 8707 §2).
    pub fn all<'p>(&'p self, name: &str) -> impl Iterator<Item = &'p str> {
        self.iter().filter_map(move |(found, value)| (found == name).then_some(value))
    }

    /// Every name and value, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

fn decode(encoded: &[u8]) -> Result<String, Refusal> {
    let mut bytes = Vec::with_capacity(encoded.len());
    let mut rest = encoded.iter().copied();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => {
                let mut digit = || {
                    let digit = rest.next().and_then(|byte| char::from(byte).to_digit(16));
                    digit.and_then(|digit| u8::try_from(digit).ok()).ok_or(Refusal::Malformed)
                };
                digit()? * 16 + digit()?
            }
            byte => byte,
        });
    }
    // U+0000 means something to C libraries and databases, and nothing to people.
    if bytes.contains(&0) {
        return Err(Refusal::Malformed);
    }
    String::from_utf8(bytes).map_err(|_| Refusal::Malformed)
}

/// The query of a request.
pub struct Query(pub Params);

impl<S: Sync> FromRequestParts<S> for Query {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refusal> {
        Params::of_query(&parts.uri).map(Self)
    }
}

/// The body of a request as a form.
pub struct Form(pub Params);

impl<S: Sync> FromRequest<S> for Form {
    type Rejection = Refusal;

    async fn from_request(request: Request, _: &S) -> Result<Self, Refusal> {
        expect(request.headers(), "application/x-www-form-urlencoded")?;
        Params::parse(&body(request, MAX_BYTES).await?).map(Self)
    }
}

/// The same of what a whole document may be pasted into.
pub struct LargeForm(pub Params);

impl<S: Sync> FromRequest<S> for LargeForm {
    type Rejection = Refusal;

    async fn from_request(request: Request, _: &S) -> Result<Self, Refusal> {
        expect(request.headers(), "application/x-www-form-urlencoded")?;
        let bytes = body(request, LARGE_BYTES).await?;
        Params::parse_within(&bytes, LARGE_BYTES).map(Self)
    }
}

impl From<LargeForm> for Form {
    fn from(large: LargeForm) -> Self {
        Self(large.0)
    }
}

/// The body of a request as JSON.
pub struct Json<T>(pub T);

impl<T: DeserializeOwned, S: Sync> FromRequest<S> for Json<T> {
    type Rejection = Refusal;

    async fn from_request(request: Request, _: &S) -> Result<Self, Refusal> {
        expect(request.headers(), "application/json")?;
        let bytes = body(request, MAX_BYTES).await?;
        serde_json::from_slice(&bytes).map(Self).map_err(|_| Refusal::Malformed)
    }
}

/// Checks that a body is said to be of one content type, in UTF-8.
///
/// # Errors
/// [`Refusal::ContentType`] when another is said, or none, or several.
pub fn expect(headers: &HeaderMap, wanted: &str) -> Result<(), Refusal> {
    let mut given = headers.get_all(header::CONTENT_TYPE).iter();
    let (Some(only), None) = (given.next(), given.next()) else {
        return Err(Refusal::ContentType);
    };
    let only = only.to_str().map_err(|_| Refusal::ContentType)?;
    let (essence, parameters) = only.split_once(';').unwrap_or((only, ""));
    let parameters = parameters.trim().to_ascii_lowercase();
    let utf8 = matches!(parameters.as_str(), "" | "charset=utf-8" | "charset=\"utf-8\"");
    if essence.trim().eq_ignore_ascii_case(wanted) && utf8 {
        Ok(())
    } else {
        Err(Refusal::ContentType)
    }
}

/// Reads a body of at most so many bytes.
///
/// # Errors
/// When it is larger, or ends early.
pub async fn body(request: Request, most: usize) -> Result<Bytes, Refusal> {
    let read = Limited::new(request.into_body(), most).collect().await;
    match read {
        Ok(collected) => Ok(collected.to_bytes()),
        Err(error) if error.is::<LengthLimitError>() => Err(Refusal::TooLarge),
        Err(_) => Err(Refusal::Broken),
    }
}

#[cfg(test)]
mod tests {
    use axum::body::Body;

    use super::*;

    fn pairs(encoded: &str) -> Result<Vec<(String, String)>, Refusal> {
        Params::parse(encoded.as_bytes()).map(|params| params.0)
    }

    fn pair(name: &str, value: &str) -> (String, String) {
        (name.to_owned(), value.to_owned())
    }

    #[test]
    fn parameters_keep_their_order_and_are_decoded_once() {
        assert_eq!(
            pairs("b=1&a=x+y%2Bz&&c&=d&a=%25%32%35"),
            Ok(vec![
                pair("b", "1"),
                pair("a", "x y+z"),
                pair("c", ""),
                pair("", "d"),
                pair("a", "%25")
            ])
        );
        assert_eq!(pairs("n=%C3%A9=%C3%A9"), Ok(vec![pair("n", "é=é")]));
        assert_eq!(pairs(""), Ok(vec![]));
    }

    #[test]
    fn what_is_malformed_is_refused_not_repaired() {
        for encoded in ["a=%", "a=%4", "a=%zz", "a=%+1", "a=%ff", "a=%c3", "%00=a", "a=b%00c"] {
            assert_eq!(pairs(encoded), Err(Refusal::Malformed), "{encoded}");
        }
        assert_eq!(Params::parse(b"a=\xff").err(), Some(Refusal::Malformed));
        assert_eq!(Params::parse(b"a=\xed\xa0\x80").err(), Some(Refusal::Malformed));
    }

    #[test]
    fn too_much_is_refused() {
        assert_eq!(pairs(&"a".repeat(MAX_BYTES + 1)), Err(Refusal::TooLarge));
        assert_eq!(pairs(&"a=1&".repeat(MAX_PARAMETERS + 1)), Err(Refusal::TooLarge));
        assert!(pairs(&"a=1&".repeat(MAX_PARAMETERS)).is_ok());
    }

    #[test]
    fn a_single_valued_parameter_is_refused_when_repeated() {
        let params = Params::parse(b"scope=openid&state=&scope=email&nonce=&nonce=n").expect("ok");
        assert_eq!(params.one("scope"), Err(Duplicate("scope".into())));
        assert_eq!(params.one("nonce"), Err(Duplicate("nonce".into())));
        assert_eq!(params.one("state"), Ok(None));
        assert_eq!(params.one("absent"), Ok(None));
        assert_eq!(params.all("scope").collect::<Vec<_>>(), ["openid", "email"]);
    }

    #[test]
    fn one_parameter_is_found_by_its_name_and_not_in_what_is_malformed_or_repeats_it() {
        let one = |query: &str| {
            let uri = format!("/a?{query}").parse().expect("an address");
            Params::one_of(&uri, "ui_locales")
        };
        assert_eq!(one("a=b&ui_locales=cy%20en&c"), Some("cy en".into()));
        for query in ["", "a=b", "ui_locales=", "my_ui_locales=cy", "a=ui_locales"] {
            assert_eq!(one(query), None, "{query}");
        }
        for query in ["ui_locales=cy&ui_locales=en", "ui_locales=cy&a=%zz"] {
            assert_eq!(one(query), None, "{query}");
        }
    }

    async fn form(content_type: Option<&str>, body: impl Into<Body>) -> Result<usize, Refusal> {
        let mut request = Request::post("/");
        if let Some(value) = content_type {
            request = request.header(header::CONTENT_TYPE, value);
        }
        let request = request.body(body.into()).expect("a request");
        Form::from_request(request, &()).await.map(|form| form.0.iter().count())
    }

    #[tokio::test]
    async fn a_form_is_read_only_as_what_it_says_it_is() {
        const FORM: &str = "application/x-www-form-urlencoded";
        assert_eq!(form(Some(FORM), "a=1&b=2").await, Ok(2));
        assert_eq!(form(Some(&format!("{FORM}; charset=UTF-8")), "a=1").await, Ok(1));
        for other in [
            "text/plain",
            "multipart/form-data",
            "application/json",
            FORM.trim_end_matches('d'),
            "",
        ] {
            assert_eq!(form(Some(other), "a=1").await, Err(Refusal::ContentType), "{other}");
        }
        let latin = format!("{FORM}; charset=iso-8859-1");
        assert_eq!(form(Some(&latin), "a=1").await, Err(Refusal::ContentType));
        assert_eq!(form(None, "a=1").await, Err(Refusal::ContentType));
        assert_eq!(form(Some(FORM), vec![b'a'; MAX_BYTES + 1]).await, Err(Refusal::TooLarge));
    }

    #[tokio::test]
    async fn json_is_read_only_when_it_is_json() {
        let json = async |content_type: &str, body: &'static str| {
            let request = Request::post("/").header(header::CONTENT_TYPE, content_type);
            let request = request.body(Body::from(body)).expect("a request");
            Json::<u32>::from_request(request, &()).await.map(|Json(number)| number)
        };
        assert_eq!(json("application/json", "7").await, Ok(7));
        assert_eq!(json("text/plain", "7").await, Err(Refusal::ContentType));
        assert_eq!(json("application/json", "{").await, Err(Refusal::Malformed));
        assert_eq!(json("application/json", "\"7\"").await, Err(Refusal::Malformed));
    }
}
