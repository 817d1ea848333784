use bergshamra::{EncContext, KeysManager};
use latchkey_core::rng::SeededRng;

use super::*;
use crate::keys::SignatureAlgorithm;
use crate::tools::{Files, credential, decrypt, pem};

const START: &str = "<saml:Assertion xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\">";
const REST: &str = "é]]&gt;&#xD;\n\u{10ffff}</saml:Assertion>";

fn recipient(data: DataEncryption, key: KeyTransport) -> Recipient {
    let certificate = credential(SignatureAlgorithm::RsaSha256).certificate().clone();
    Recipient::of_certificate(certificate, Encryption { data, key }).expect("a recipient")
}

fn encrypted(recipient: &Recipient, seed: u64) -> String {
    let mut writer = Writer::new(64);
    recipient.encrypt(&mut writer, &format!("{START}{REST}"), &SeededRng::new(seed));
    writer.finish().expect("a document")
}

fn every_way() -> impl Iterator<Item = (DataEncryption, KeyTransport)> {
    let keys = |data| KeyTransport::ALL.map(move |key| (data, key));
    DataEncryption::ALL.into_iter().flat_map(keys)
}

/// The text of the `CipherValue`s: the key's, then the assertion's.
fn cipher_values(document: &str) -> [String; 2] {
    let parts: Vec<String> = document
        .split("<xenc:CipherValue>")
        .skip(1)
        .map(|rest| rest.split('<').next().expect("a value").to_owned())
        .collect();
    parts.try_into().expect("two values")
}

/// The document as another implementation decrypts it.
fn decrypt_elsewhere(document: &str) -> Result<String, bergshamra::Error> {
    let key = credential(SignatureAlgorithm::RsaSha256).key().to_pkcs8().expect("bytes");
    let key = bergshamra::keys::loader::load_rsa_private_pem(pem("PRIVATE KEY", &key).as_bytes());
    let mut keys = KeysManager::new();
    keys.add_key(key.expect("a key"));
    bergshamra::decrypt(&EncContext::new(keys), document)
}

#[test]
fn an_algorithm_is_read_from_its_own_uri_and_rsa_1_5_is_none() {
    for (data, key) in every_way() {
        assert_eq!(DataEncryption::parse(data.uri()), Some(data));
        assert_eq!(KeyTransport::parse(key.uri()), Some(key));
    }
    assert_eq!(DataEncryption::parse(KeyTransport::OaepMgf1p.uri()), None);
    assert_eq!(KeyTransport::parse("http://www.w3.org/2001/04/xmlenc#rsa-1_5"), None);
}

#[test]
fn libxmlsec_decrypts_to_the_same_bytes() {
    for data in DataEncryption::ALL {
        let plain = decrypt(&encrypted(&recipient(data, KeyTransport::OaepMgf1p), 1));
        let canonical = Files::new(&[plain]).run("xmllint", &["--nonet", "--exc-c14n"]).stdout;
        let outer = START.replace("Assertion", "EncryptedAssertion");
        assert_eq!(
            String::from_utf8_lossy(&canonical),
            format!("{outer}<saml:Assertion>{REST}</saml:EncryptedAssertion>"),
            "{data:?}"
        );
    }
}

#[test]
fn every_way_is_decrypted_elsewhere_to_the_same_bytes() {
    for (data, key) in every_way() {
        let document = encrypted(&recipient(data, key), 1);
        let plain = decrypt_elsewhere(&document).expect("a decrypted document");
        assert!(plain.contains(&format!(">{START}{REST}</saml:Enc")), "{data:?} {key:?}: {plain}");
    }
}

#[test]
fn gcm_shows_that_it_was_changed() {
    for data in [DataEncryption::Aes128Gcm, DataEncryption::Aes256Gcm] {
        let document = encrypted(&recipient(data, KeyTransport::OaepMgf1p), 1);
        let [_, value] = cipher_values(&document);
        let changed = if value.as_bytes()[60] == b'A' { "B" } else { "A" };
        let mut other = value.clone();
        other.replace_range(60..61, changed);
        assert!(decrypt_elsewhere(&document.replace(&value, &other)).is_err());
    }
}

#[test]
fn key_and_vector_are_of_the_injected_generator_and_new_each_time() {
    for data in DataEncryption::ALL {
        let recipient = recipient(data, KeyTransport::OaepMgf1p);
        let values = |seed| cipher_values(&encrypted(&recipient, seed));
        let ([key, one], [key_again, again], [_, other]) = (values(1), values(1), values(2));
        assert_eq!(one, again);
        assert_ne!(one[..20], other[..20]);
        // OAEP's seed is of aws-lc.
        assert_ne!(key, key_again);
    }
}

#[test]
fn the_certificate_goes_along_where_there_is_one() {
    let certificate = credential(SignatureAlgorithm::RsaSha256).certificate();
    let encryption = Encryption { data: DataEncryption::Aes128Gcm, key: KeyTransport::OaepMgf1p };
    let named = Recipient::of_certificate(certificate.clone(), encryption).expect("a recipient");
    let nameless = Recipient::of_public_key(certificate.public_key(), encryption);
    assert!(encrypted(&named, 1).contains(certificate.base64()));
    let document = encrypted(&nameless.expect("a recipient"), 1);
    assert!(!document.contains("X509Certificate"));
    assert!(decrypt_elsewhere(&document).expect("a document").contains(REST));
}

#[test]
fn nothing_is_encrypted_for_a_key_that_cannot_decrypt() {
    let encryption = Encryption { data: DataEncryption::Aes128Gcm, key: KeyTransport::OaepMgf1p };
    let elliptic = credential(SignatureAlgorithm::EcdsaSha256).certificate();
    let refused = Recipient::of_certificate(elliptic.clone(), encryption).err();
    assert_eq!(refused, Some(RecipientError));
    assert_eq!(Recipient::of_public_key(b"", encryption).err(), Some(RecipientError));
}

#[test]
fn the_best_that_both_sides_do_is_chosen_and_cbc_only_on_request() {
    const RSA_1_5: &str = "http://www.w3.org/2001/04/xmlenc#rsa-1_5";
    const TRIPLE_DES: &str = "http://www.w3.org/2001/04/xmlenc#tripledes-cbc";
    const WRAP: &str = "http://www.w3.org/2001/04/xmlenc#kw-aes128";
    let chosen = |methods: &[&str], cbc| {
        let chosen = Encryption::choose(methods.iter().copied(), cbc);
        chosen.map(|ways| (ways.data, ways.key))
    };
    use DataEncryption::{Aes128Cbc, Aes128Gcm, Aes256Cbc, Aes256Gcm};
    use KeyTransport::{OaepMgf1p, OaepSha256};

    // Nothing is said, or half of it.
    assert_eq!(chosen(&[], false), Some((Aes128Gcm, OaepMgf1p)));
    assert_eq!(chosen(&[], true), Some((Aes128Cbc, OaepMgf1p)));
    assert_eq!(chosen(&[OaepSha256.uri()], false), Some((Aes128Gcm, OaepSha256)));
    assert_eq!(chosen(&[Aes256Gcm.uri()], false), Some((Aes256Gcm, OaepMgf1p)));
    // Of several the best, in whatever order they stand.
    let all = [
        TRIPLE_DES,
        Aes128Cbc.uri(),
        Aes256Cbc.uri(),
        RSA_1_5,
        Aes128Gcm.uri(),
        WRAP,
        OaepSha256.uri(),
        Aes256Gcm.uri(),
        OaepMgf1p.uri(),
        "urn:other",
    ];
    assert_eq!(chosen(&all, false), Some((Aes256Gcm, OaepMgf1p)));
    assert_eq!(chosen(&all, true), Some((Aes256Gcm, OaepMgf1p)));
    let old = [Aes128Cbc.uri(), Aes256Cbc.uri(), OaepMgf1p.uri()];
    assert_eq!(chosen(&old, true), Some((Aes256Cbc, OaepMgf1p)));
    // Nothing in common: never something that was not listed.
    assert_eq!(chosen(&old, false), None);
    assert_eq!(chosen(&[TRIPLE_DES], true), None);
    assert_eq!(chosen(&[Aes128Gcm.uri(), RSA_1_5], false), None);
    assert_eq!(chosen(&[Aes128Gcm.uri(), WRAP], false), None);
}
