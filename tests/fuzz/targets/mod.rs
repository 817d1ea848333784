//! The targets, by what they read.

mod documents;
mod keys;
mod oauth;
mod proxies;
mod publisher;
mod saml;
mod sealed;
mod secrets;
mod themes;
mod web;

use crate::Target;

/// Every target.
pub const TARGETS: &[Target] = &[
    oauth::AUTHORIZE,
    oauth::REDIRECT,
    oauth::TOKEN,
    oauth::BEARER,
    oauth::PKCE,
    oauth::LOGOUT,
    oauth::METADATA,
    sealed::HINT,
    sealed::BOX,
    sealed::ACCESS,
    keys::REGISTRATION,
    keys::ASSERTION,
    publisher::BLOB,
    proxies::CLIENT,
    secrets::MASTER_KEY,
    secrets::CERTIFICATE,
    secrets::DATABASE,
    themes::WORDS,
    themes::FOLDER,
    web::FORM,
    web::COOKIES,
    web::LANGUAGES,
    web::ORIGIN,
    web::NAMES,
    web::ADDRESSES,
    saml::XML,
    saml::MESSAGE,
    saml::QUERY,
    saml::METADATA,
    documents::TREE,
    documents::APPLY,
    documents::SETTINGS,
];

/// An honest text with some of its bytes changed: every three bytes of an input say where, and to
/// what. For what is signed or sealed, blind changes to the whole would never get anywhere.
fn edited(honest: &[u8], edits: &[u8]) -> Vec<u8> {
    let mut text = honest.to_vec();
    for edit in edits.chunks_exact(3) {
        let at = usize::from(u16::from_be_bytes([edit[0], edit[1]])) % text.len().max(1);
        if let Some(byte) = text.get_mut(at) {
            *byte = edit[2];
        }
    }
    text
}
