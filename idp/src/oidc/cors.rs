//! Cross-origin reading for applications that run in a browser. Only for endpoints that read no
//! cookie (Fetch §3.3).

use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};

/// Lets every site read the answer.
pub(super) fn open(mut response: Response) -> Response {
    let any = HeaderValue::from_static("*");
    response.headers_mut().insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, any);
    let shown = HeaderValue::from_static("WWW-Authenticate");
    response.headers_mut().insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, shown);
    response
}

/// The answer to a browser that asks before it sends a header of its own.
pub(super) async fn preflight() -> Response {
    let fixed: [(HeaderName, &str); 3] = [
        (header::ACCESS_CONTROL_ALLOW_METHODS, "GET, POST"),
        (header::ACCESS_CONTROL_ALLOW_HEADERS, "Authorization, Content-Type"),
        (header::ACCESS_CONTROL_MAX_AGE, "3600"),
    ];
    open((StatusCode::NO_CONTENT, fixed).into_response())
}
