//! The picture that heads the pages of an organisation's administrators. It comes through the API, so
//! that the console's pages load nothing from another host, and nothing of the provider's but this:
//! what is no small PNG or SVG is no picture, whoever sends it.

use axum::extract::Path;
use axum::response::{IntoResponse as _, Response};
use http::{StatusCode, header};
use latchkey_web::headers::OF_PICTURES;

use crate::client::segment;
use crate::visitor::{Asked, Stop};

/// The largest picture, in bytes (as documents take it).
const LARGEST: usize = 32 * 1024;

/// Where the picture of an organisation is. It is remembered for a while, so each has its own.
pub(crate) fn address(organisation: &str) -> String {
    format!("/admin/logo/{}", segment(organisation))
}

/// `GET /admin/logo/{organisation}`: nothing for whoever is not logged in, and no page in its place:
/// nobody reads it.
pub(crate) async fn show(Path(organisation): Path<String>, asked: Asked) -> Response {
    match find(&asked, &organisation).await {
        Ok(Some((kind, bytes))) => {
            let headers = [
                (header::CONTENT_TYPE, kind),
                (header::CACHE_CONTROL, "private, max-age=300"),
                (header::CONTENT_SECURITY_POLICY, OF_PICTURES),
                (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
                (header::HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
            ];
            (headers, bytes).into_response()
        }
        Ok(None) => none(StatusCode::NOT_FOUND),
        Err(Stop::Down(why)) => {
            tracing::warn!("the picture of an organisation cannot be had: {why}");
            none(StatusCode::SERVICE_UNAVAILABLE)
        }
        Err(_) => none(StatusCode::NOT_FOUND),
    }
}

fn none(status: StatusCode) -> Response {
    (status, [(header::CACHE_CONTROL, "no-store")]).into_response()
}

async fn find(asked: &Asked, organisation: &str) -> Result<Option<(&'static str, Vec<u8>)>, Stop> {
    let (api, _) = asked.api()?;
    let Some(answer) = api.logo(organisation).await? else { return Ok(None) };
    let said = answer.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let kind = kind(said.unwrap_or_default(), answer.body());
    Ok(kind.map(|kind| (kind, answer.into_body())))
}

/// Which kind of picture something is that was said to be one.
fn kind(said: &str, bytes: &[u8]) -> Option<&'static str> {
    if bytes.len() > LARGEST {
        return None;
    }
    match said {
        "image/png" if bytes.starts_with(b"\x89PNG\r\n\x1a\n") => Some("image/png"),
        "image/svg+xml" if std::str::from_utf8(bytes).is_ok_and(|text| text.contains("<svg")) => {
            Some("image/svg+xml")
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_a_small_picture_is_one() {
        let png = b"\x89PNG\r\n\x1a\n and so on";
        assert_eq!(kind("image/png", png), Some("image/png"));
        assert_eq!(kind("image/svg+xml", b"<svg/>"), Some("image/svg+xml"));
        for (said, bytes) in [
            ("image/png", &b"<svg/>"[..]),
            ("image/svg+xml", png),
            ("image/svg+xml", b"<html>"),
            ("image/svg+xml; charset=utf-7", b"<svg/>"),
            ("text/html", b"<svg/>"),
            ("image/gif", b"GIF89a"),
            ("", b"<svg/>"),
        ] {
            assert_eq!(kind(said, bytes), None, "{said}");
        }
        let large = format!("<svg>{}</svg>", " ".repeat(LARGEST));
        assert_eq!(kind("image/svg+xml", large.as_bytes()), None);
    }
}
