//! Style sheets, scripts and pictures, under addresses that name their content: cached for ever.
//!
//! Owns `/assets/{hash}/{path}`. Files come from the theme; nothing outside it can be reached,
//! because what is not in the table does not exist.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::sync::OnceLock;

use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use latchkey_core::secrets::Digest;

/// One file.
#[derive(Debug)]
struct Asset {
    bytes: Bytes,
    /// Packed when first asked for; `None` when that would not make it smaller.
    gzip: OnceLock<Option<Bytes>>,
    hash: String,
    content_type: &'static str,
}

/// Every asset of a theme.
#[derive(Debug, Default)]
pub struct Assets(BTreeMap<String, Asset>);

impl Assets {
    /// Adds a file, or replaces it.
    pub fn insert(&mut self, path: &str, bytes: Bytes) {
        let digest = Digest::of(&bytes);
        let hash = digest.as_bytes()[..8].iter().map(|byte| format!("{byte:02x}")).collect();
        let content_type = content_type(path);
        let asset = Asset { bytes, gzip: OnceLock::new(), hash, content_type };
        self.0.insert(path.to_owned(), asset);
    }

    /// The address of a file.
    #[must_use]
    pub fn url(&self, path: &str) -> Option<String> {
        self.0.get(path).map(|asset| format!("/assets/{}/{path}", asset.hash))
    }

    /// The paths of all files.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// What a file holds.
    #[must_use]
    pub fn bytes(&self, path: &str) -> Option<&Bytes> {
        self.0.get(path).map(|asset| &asset.bytes)
    }

    /// How many bytes a file has.
    #[must_use]
    pub fn size(&self, path: &str) -> Option<usize> {
        self.0.get(path).map(|asset| asset.bytes.len())
    }

    /// Answers a request for a file. `None` when there is none, or not with this hash.
    #[must_use]
    pub fn serve(&self, hash: &str, path: &str, headers: &HeaderMap) -> Option<Response> {
        let asset = self.0.get(path).filter(|asset| asset.hash == hash)?;
        let etag = format!("\"{hash}\"");
        let fixed = [
            (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
            (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
            (header::VARY, "accept-encoding"),
            (header::HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
        ];
        let seen = headers.get(header::IF_NONE_MATCH).and_then(|seen| seen.to_str().ok());
        let mut response = if seen.is_some_and(|seen| seen.contains(&etag)) {
            StatusCode::NOT_MODIFIED.into_response()
        } else {
            let accepted = headers.get(header::ACCEPT_ENCODING).and_then(|it| it.to_str().ok());
            let packed = accepted.filter(|it| accepts_gzip(it)).and_then(|_| asset.packed());
            let encoding = packed.is_some().then(|| HeaderValue::from_static("gzip"));
            let mut response = packed.unwrap_or_else(|| asset.bytes.clone()).into_response();
            let content_type = HeaderValue::from_static(asset.content_type);
            response.headers_mut().insert(header::CONTENT_TYPE, content_type);
            if let Some(encoding) = encoding {
                response.headers_mut().insert(header::CONTENT_ENCODING, encoding);
            }
            response
        };
        for (name, value) in fixed {
            response.headers_mut().insert(name, HeaderValue::from_static(value));
        }
        response.headers_mut().insert(header::ETAG, HeaderValue::try_from(etag).ok()?);
        Some(response)
    }
}

impl Asset {
    fn packed(&self) -> Option<Bytes> {
        let pack = || {
            let mut encoder =
                flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
            encoder.write_all(&self.bytes).ok()?;
            let packed = encoder.finish().ok()?;
            (packed.len() < self.bytes.len()).then(|| Bytes::from(packed))
        };
        self.gzip.get_or_init(pack).clone()
    }
}

fn accepts_gzip(header: &str) -> bool {
    header.split(',').any(|item| {
        let mut parts = item.split(';').map(str::trim);
        let named = parts.next().is_some_and(|name| name.eq_ignore_ascii_case("gzip"));
        let refused = parts.any(|weight| matches!(weight, "q=0" | "q=0.0" | "q=0.00" | "q=0.000"));
        named && !refused
    })
}

fn content_type(path: &str) -> &'static str {
    match path.rsplit_once('.').map_or("", |(_, ending)| ending) {
        "css" => "text/css; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "webp" => "image/webp",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn assets() -> Assets {
        let mut assets = Assets::default();
        assets.insert("a.css", Bytes::from("body { color: red }\n".repeat(50)));
        assets
    }

    fn ask(name: header::HeaderName, value: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(name, HeaderValue::from_static(value))])
    }

    #[test]
    fn an_address_names_its_content_and_is_cached_for_ever() {
        let assets = assets();
        let url = assets.url("a.css").expect("an address");
        let (hash, path) = url["/assets/".len()..].split_once('/').expect("two parts");
        let response = assets.serve(hash, path, &HeaderMap::new()).expect("a file");
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(response.headers()[header::CONTENT_TYPE], "text/css; charset=utf-8");
        assert!(response.headers().get(header::CONTENT_ENCODING).is_none());
        let cached = response.headers()[header::CACHE_CONTROL].to_str().expect("text");
        assert!(cached.ends_with("immutable"));
        assert!(assets.serve("0000000000000000", path, &HeaderMap::new()).is_none());
        assert!(assets.serve(hash, "../Cargo.toml", &HeaderMap::new()).is_none());
    }

    #[test]
    fn a_file_is_packed_for_those_who_can_unpack_it_and_not_sent_twice() {
        let assets = assets();
        let url = assets.url("a.css").expect("an address");
        let hash = &url["/assets/".len()..][..16];
        let packed = |value| {
            let asked = ask(header::ACCEPT_ENCODING, value);
            let response = assets.serve(hash, "a.css", &asked).expect("a file");
            response.headers().get(header::CONTENT_ENCODING).is_some()
        };
        assert!(packed("br, gzip"));
        assert!(!packed("gzip;q=0"));
        assert!(!packed("br"));
        let etag: &'static str = Box::leak(format!("\"{hash}\"").into_boxed_str());
        let again = assets.serve(hash, "a.css", &ask(header::IF_NONE_MATCH, etag));
        assert_eq!(again.expect("an answer").status(), StatusCode::NOT_MODIFIED);
    }
}
