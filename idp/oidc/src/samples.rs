//! What the tests of this crate share.

use serde_json::json;

use crate::client::Client;
use crate::issuer::Issuer;
use crate::resource::Resource;

/// A protected resource.
pub(crate) const API: Resource<'static> = Resource {
    identifier: "https://login.example.org/api",
    scopes: &["people:read", "people:write"],
};

pub(crate) fn issuer() -> Issuer {
    Issuer::parse("https://login.example.org").expect("an issuer")
}

pub(crate) fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

pub(crate) fn client(metadata: serde_json::Value) -> Client {
    Client::register(serde_json::from_value(metadata).expect("metadata")).expect("a client")
}

pub(crate) fn rota() -> Client {
    client(json!({
        "client_id": "rota",
        "client_secret": "rota secret!",
        "redirect_uris": ["https://rota.example/cb", "https://rota.example/cb?tenant=1"],
        "post_logout_redirect_uris": ["https://rota.example/bye"],
        "grant_types": ["authorization_code", "refresh_token"],
    }))
}

pub(crate) fn public_client() -> Client {
    client(json!({
        "client_id": "phone",
        "token_endpoint_auth_method": "none",
        "application_type": "native",
        "redirect_uris": ["http://127.0.0.1/cb", "http://[::1]:1/cb?a=b", "org.example.phone:/cb"],
    }))
}
