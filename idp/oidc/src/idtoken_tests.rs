use aws_lc_rs::{digest, hmac};
use serde_json::json;

use super::*;
use crate::samples::issuer;

pub(crate) fn token(key: &SigningKey, issuer: &Issuer, client: &str, subject: Subject) -> String {
    let facts = IdTokenFacts {
        issuer,
        subject,
        audience: &ClientId(client.into()),
        nonce: Some("n-0S6"),
        auth_time: Timestamp::from_seconds(1_700_000_000),
        acr: "phr",
        amr: &["pop".into(), "mfa".into()],
        sid: "session",
        issued_at: Timestamp::from_seconds(1_700_000_010),
        expires_at: Timestamp::from_seconds(1_700_000_310),
        access_token: Some(&Plain::new("an access token".into())),
        further: &Map::new(),
    };
    mint(key, &facts).expect("a token")
}

fn part(token: &str, index: usize) -> Value {
    let part = token.split('.').nth(index).expect("a part");
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).expect("base64url")).expect("json")
}

fn encoded(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}

fn ours(algorithm: Algorithm) -> (KeySet, String) {
    let keys = KeySet::new(vec![SigningKey::generate(algorithm).expect("a key")]).expect("a set");
    let key = keys.signer(algorithm).expect("a key");
    let token = token(key, &issuer(), "rota", Subject(Uuid::nil()));
    (keys, token)
}

fn verify(keys: &KeySet, token: &str) -> Result<Hint, NotOurs> {
    HintVerifier { issuer: &issuer(), keys }.verify(token)
}

#[test]
fn an_id_token_has_the_claims_of_the_specification() {
    for algorithm in Algorithm::ALL {
        let (keys, token) = ours(algorithm);
        let kid = keys.signer(algorithm).expect("a key").kid();
        assert_eq!(part(&token, 0), json!({ "alg": algorithm.as_str(), "kid": kid }));
        // §3.1.3.6: the left half of the hash that goes with the signature.
        let at_hash = match algorithm {
            Algorithm::EdDsa => digest::digest(&digest::SHA512, b"an access token"),
            _ => digest::digest(&digest::SHA256, b"an access token"),
        };
        let half = at_hash.as_ref().len() / 2;
        assert_eq!(
            part(&token, 1),
            json!({
                "iss": "https://login.example.org",
                "sub": "00000000-0000-0000-0000-000000000000",
                "aud": ["rota"],
                "exp": 1_700_000_310,
                "iat": 1_700_000_010,
                "auth_time": 1_700_000_000,
                "nonce": "n-0S6",
                "acr": "phr",
                "amr": ["pop", "mfa"],
                "sid": "session",
                "at_hash": URL_SAFE_NO_PAD.encode(&at_hash.as_ref()[..half]),
            })
        );
    }
}

#[test]
fn further_claims_never_take_the_place_of_the_protocols() {
    let key = SigningKey::generate(Algorithm::EdDsa).expect("a key");
    let Value::Object(further) = json!({ "sub": "root", "sid": "x", "aud": "y", "groups": ["a"] })
    else {
        panic!("a map");
    };
    let audience = ClientId("rota".into());
    let facts = IdTokenFacts {
        issuer: &issuer(),
        subject: Subject(Uuid::nil()),
        audience: &audience,
        nonce: None,
        auth_time: Timestamp::from_seconds(1),
        acr: "phr",
        amr: &[],
        sid: "session",
        issued_at: Timestamp::from_seconds(1),
        expires_at: Timestamp::from_seconds(2),
        access_token: None,
        further: &further,
    };
    let token = mint(&key, &facts).expect("a token");
    let payload = token.split('.').nth(1).expect("a payload");
    let text = URL_SAFE_NO_PAD.decode(payload).expect("base64url");
    let text = String::from_utf8(text).expect("text");
    assert_eq!(text.matches("\"sub\"").count(), 1, "{text}");
    let claims = part(&token, 1);
    assert_eq!(claims["sid"], "session");
    assert_eq!(claims["aud"], json!(["rota"]));
    assert_eq!(claims["groups"], json!(["a"]));
    assert_eq!(claims.get("nonce"), None);
    let told = unsigned(&facts).expect("claims");
    assert_eq!(claims, Value::Object(told), "what is told without a token is what one would say");
}

#[test]
fn our_own_token_is_recognised_long_after_it_expired() {
    for algorithm in Algorithm::ALL {
        let (keys, token) = ours(algorithm);
        let hint = verify(&keys, &token).expect("ours");
        assert_eq!(hint.subject, Subject(Uuid::nil()));
        assert_eq!(hint.audience, [ClientId("rota".into())]);
        assert_eq!(hint.sid.as_deref(), Some("session"));
    }
}

#[test]
fn a_token_of_another_key_or_issuer_is_not_ours() {
    let (keys, token) = ours(Algorithm::Es256);
    let (others, stranger) = ours(Algorithm::Es256);
    assert_eq!(verify(&others, &token), Err(NotOurs));
    assert_eq!(verify(&keys, &stranger), Err(NotOurs));

    // The stranger's signature under our key's name.
    let mut header = part(&stranger, 0);
    header["kid"] = keys.signer(Algorithm::Es256).expect("a key").kid().into();
    let rest = stranger.split_once('.').expect("parts").1;
    assert_eq!(verify(&keys, &format!("{}.{rest}", encoded(&header))), Err(NotOurs));

    let elsewhere = Issuer::parse("https://elsewhere.example").expect("an issuer");
    assert_eq!(HintVerifier { issuer: &elsewhere, keys: &keys }.verify(&token), Err(NotOurs));
}

#[test]
fn an_unsigned_token_is_not_ours() {
    let (keys, token) = ours(Algorithm::Rs256);
    let kid = keys.signer(Algorithm::Rs256).expect("a key").kid();
    let payload = token.split('.').nth(1).expect("a payload");
    let signature = token.split('.').nth(2).expect("a signature");
    for alg in ["none", "None", "NONE", "", "RS512", "rs256"] {
        let header = encoded(&json!({ "alg": alg, "kid": kid }));
        assert_eq!(verify(&keys, &format!("{header}.{payload}.")), Err(NotOurs), "{alg}");
        assert_eq!(verify(&keys, &format!("{header}.{payload}.{signature}")), Err(NotOurs));
    }
    for alg in ["RS256", "ES256", "EdDSA"] {
        let header = encoded(&json!({ "alg": alg, "kid": kid }));
        assert_eq!(verify(&keys, &format!("{header}.{payload}.")), Err(NotOurs), "{alg}");
    }
}

#[test]
fn the_public_key_is_no_shared_secret() {
    let (keys, token) = ours(Algorithm::Rs256);
    let kid = keys.signer(Algorithm::Rs256).expect("a key").kid();
    let header = encoded(&json!({ "alg": "HS256", "kid": kid }));
    let payload = token.split('.').nth(1).expect("a payload");
    let signed = format!("{header}.{payload}");
    let document: Value = serde_json::from_slice(keys.jwks()).expect("json");
    let jwk = document["keys"][0].to_string();
    let modulus = document["keys"][0]["n"].as_str().expect("n").to_owned();
    for secret in [jwk.into_bytes(), URL_SAFE_NO_PAD.decode(modulus).expect("n"), Vec::new()] {
        let mac = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &secret), signed.as_bytes());
        let forged = format!("{signed}.{}", URL_SAFE_NO_PAD.encode(mac));
        assert_eq!(verify(&keys, &forged), Err(NotOurs));
    }
}

#[test]
fn a_token_changed_anywhere_is_not_ours() {
    let (keys, token) = ours(Algorithm::EdDsa);
    let mut claims = part(&token, 1);
    claims["sub"] = "00000000-0000-0000-0000-000000000001".into();
    let parts: Vec<_> = token.split('.').collect();
    let forged = format!("{}.{}.{}", parts[0], encoded(&claims), parts[2]);
    assert_eq!(verify(&keys, &forged), Err(NotOurs));
    for index in 0..token.len() {
        let mut bytes = token.clone().into_bytes();
        bytes[index] = if bytes[index] == b'A' { b'B' } else { b'A' };
        let changed = String::from_utf8(bytes).expect("ascii");
        assert_eq!(verify(&keys, &changed), Err(NotOurs), "at {index}");
    }
    for text in ["", ".", "..", "...", "a.b.c", &format!("{token}."), &format!("{token}=")] {
        assert_eq!(verify(&keys, text), Err(NotOurs), "{text}");
    }
}

#[test]
fn extensions_that_must_be_understood_are_refused() {
    let key = SigningKey::generate(Algorithm::EdDsa).expect("a key");
    let header = encoded(&json!({ "alg": "EdDSA", "kid": key.kid(), "crit": ["b64"] }));
    let payload = encoded(&json!({
        "iss": issuer().as_str(),
        "sub": Uuid::nil(),
        "aud": "rota",
    }));
    let signed = format!("{header}.{payload}");
    let signature =
        crate::facade::PrivateSigningKey::sign(&key, &Algorithm::EdDsa.jws(), signed.as_bytes());
    let token = format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature.expect("a signature")));
    let keys = KeySet::new(vec![key]).expect("a set");
    assert_eq!(verify(&keys, &token), Err(NotOurs));
}
