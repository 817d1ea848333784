//! Signatures of ID tokens, checked with nothing of the product.

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ED25519, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents,
    UnparsedPublicKey,
};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

/// A token whose signature is good.
#[derive(Clone, Debug)]
pub(crate) struct Jwt {
    pub(crate) header: Value,
    pub(crate) claims: Value,
}

/// Checks a token's signature.
pub(crate) fn verified(token: &str, keys: &Value) -> Jwt {
    let (message, signature) = token.rsplit_once('.').expect("three parts");
    let (header, claims) = message.split_once('.').expect("three parts");
    let bytes = |text: &str| URL_SAFE_NO_PAD.decode(text).expect("base64url");
    let header: Value = serde_json::from_slice(&bytes(header)).expect("JSON");
    let claims: Value = serde_json::from_slice(&bytes(claims)).expect("JSON");
    let keys = keys["keys"].as_array().expect("keys");
    let key = keys.iter().find(|key| key["kid"] == header["kid"]).expect("the key is published");
    assert_eq!(key["alg"], header["alg"]);
    assert!(key.get("d").is_none(), "a private key is published");
    let part = |name: &str| bytes(key[name].as_str().expect("a member of the key"));
    let (message, signature) = (message.as_bytes(), bytes(signature));
    let good = match header["alg"].as_str() {
        Some("RS256") => RsaPublicKeyComponents { n: part("n"), e: part("e") }.verify(
            &RSA_PKCS1_2048_8192_SHA256,
            message,
            &signature,
        ),
        Some("ES256") => {
            let point = [vec![4], part("x"), part("y")].concat();
            UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point).verify(message, &signature)
        }
        Some("EdDSA") => UnparsedPublicKey::new(&ED25519, part("x")).verify(message, &signature),
        other => panic!("algorithm {other:?}"),
    };
    assert!(good.is_ok(), "the signature is wrong");
    Jwt { header, claims }
}
