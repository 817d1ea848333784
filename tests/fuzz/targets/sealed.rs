//! What we sealed or signed ourselves and get back: nothing but our own may open.

use std::sync::LazyLock;

use latchkey::oidc::code::AccessFacts;
use latchkey_core::Timestamp;
use latchkey_core::ids::{ClientId, GrantId, Subject};
use latchkey_core::rng::{Rng, SeededRng};
use latchkey_core::secrets::{Plain, Sealed, SealingKey};
use latchkey_oidc::idtoken::{HintVerifier, IdTokenFacts, mint};
use latchkey_oidc::{Algorithm, Issuer, KeySet, Scopes, SigningKey};
use serde_json::Map;

use super::edited;
use crate::Target;

static KEY: LazyLock<SealingKey> = LazyLock::new(|| SealingKey::new(&[7; 32]));
static SEALED: LazyLock<Vec<u8>> =
    LazyLock::new(|| KEY.seal(&SeededRng::new(1), "fuzz", b"a secret").as_bytes().to_vec());
static TOKEN: LazyLock<String> = LazyLock::new(|| {
    let rng = SeededRng::new(2);
    let facts = AccessFacts {
        grant: GrantId((&rng as &dyn Rng).uuid_v4()),
        client: ClientId("rota".to_owned()),
        scopes: Scopes::all(),
        expires_at: Timestamp::from_millis(2_000),
    };
    facts.seal(&KEY, &rng).expect("sealed").expose().to_owned()
});

struct Signed {
    issuer: Issuer,
    keys: KeySet,
    token: String,
}

static SIGNED: LazyLock<Signed> = LazyLock::new(|| {
    let issuer = Issuer::parse("https://login.example.org").expect("an issuer");
    let key = SigningKey::generate(Algorithm::Es256).expect("a key");
    let at = Timestamp::from_millis(1_000_000);
    let token = mint(
        &key,
        &IdTokenFacts {
            issuer: &issuer,
            subject: Subject((&SeededRng::new(3) as &dyn Rng).uuid_v4()),
            audience: &ClientId("rota".to_owned()),
            nonce: Some("nonce"),
            auth_time: at,
            acr: "https://refeds.org/profile/mfa",
            amr: &["hwk".to_owned()],
            sid: "sid",
            issued_at: at,
            expires_at: at,
            access_token: None,
            further: &Map::new(),
        },
    );
    let keys = KeySet::new(vec![key]).expect("a set");
    Signed { issuer, keys, token: token.expect("minted") }
});

/// An ID token as a hint.
pub(super) const HINT: Target = Target {
    name: "hint",
    cost: 1,
    words: &["{", "}", ".", "none", "HS256"],
    run: |bytes| {
        let Signed { issuer, keys, token } = &*SIGNED;
        let hints = || HintVerifier { issuer, keys };
        // As it comes, and as a change to a good one.
        if let Ok(text) = std::str::from_utf8(bytes) {
            assert!(hints().verify(text).is_err(), "nobody could sign {text}");
        }
        let Ok(text) = String::from_utf8(edited(token.as_bytes(), bytes)) else { return };
        let signed = |text: &str| text.rsplit_once('.').map(|(signed, _)| signed.to_owned());
        match hints().verify(&text) {
            Ok(_) => assert_eq!(signed(&text), signed(token), "another text is signed"),
            Err(_) => assert_ne!(&text, token, "our own token is known"),
        }
    },
};

/// Sealed bytes.
pub(super) const BOX: Target = Target {
    name: "sealed",
    cost: 1,
    words: &[],
    run: |bytes| {
        assert!(KEY.open("fuzz", &Sealed::from_bytes(bytes.to_vec())).is_err());
        let text = edited(&SEALED, bytes);
        let opened = KEY.open("fuzz", &Sealed::from_bytes(text.clone()));
        assert_eq!(opened.is_ok(), text == *SEALED);
        assert!(KEY.open("other", &Sealed::from_bytes(text)).is_err(), "for another purpose");
    },
};

/// An access token.
pub(super) const ACCESS: Target = Target {
    name: "access",
    cost: 1,
    words: &["=", "-", "_"],
    run: |bytes| {
        let now = Timestamp::from_millis(1_000);
        if let Ok(text) = std::str::from_utf8(bytes) {
            assert!(AccessFacts::open(&KEY, &Plain::new(text.to_owned()), now).is_none());
        }
        let Ok(text) = String::from_utf8(edited(TOKEN.as_bytes(), bytes)) else { return };
        let opened = AccessFacts::open(&KEY, &Plain::new(text.clone()), now);
        assert_eq!(opened.is_some(), text == *TOKEN, "one spelling of one token");
        let late = Timestamp::from_millis(2_000);
        assert!(AccessFacts::open(&KEY, &Plain::new(text), late).is_none());
    },
};
