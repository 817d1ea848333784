use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey, VerificationAlgorithm,
};
use latchkey_core::rng::SeededRng;

use super::*;
use crate::tools::{Files, NOW, pem, text};

const YEARS: Duration = Duration::from_secs(3 * 365 * 24 * 60 * 60);

fn key(algorithm: SignatureAlgorithm) -> SigningKey {
    SigningKey::generate(algorithm).expect("a key")
}

fn certificate(key: &SigningKey, seed: u64) -> Certificate {
    Certificate::self_signed(key, "idp.example", NOW, YEARS, &SeededRng::new(seed))
        .expect("a certificate")
}

#[test]
fn an_algorithm_is_read_from_its_own_uri_and_sha_1_is_none() {
    for algorithm in SignatureAlgorithm::ALL {
        assert_eq!(SignatureAlgorithm::parse(algorithm.uri()), Some(algorithm));
        assert_eq!(SignatureAlgorithm::parse(&algorithm.uri().to_uppercase()), None);
    }
    assert_eq!(SignatureAlgorithm::parse("http://www.w3.org/2000/09/xmldsig#rsa-sha1"), None);
    for algorithm in SignatureAlgorithm::ALL {
        assert_eq!(SignatureAlgorithm::named(algorithm.as_str()), Some(algorithm));
    }
    assert_eq!(SignatureAlgorithm::named("RSA-SHA1"), None);
}

#[test]
fn a_key_reads_back_from_pkcs8_and_by_its_own_algorithm_only() {
    for (algorithm, other) in [
        (SignatureAlgorithm::RsaSha256, SignatureAlgorithm::EcdsaSha256),
        (SignatureAlgorithm::EcdsaSha256, SignatureAlgorithm::RsaSha256),
    ] {
        let key = key(algorithm);
        let bytes = key.to_pkcs8().expect("bytes");
        let again = SigningKey::from_pkcs8(algorithm, &bytes).expect("a key");
        assert_eq!(again.public_key(), key.public_key());
        assert_eq!(again.algorithm(), algorithm);
        assert_eq!(SigningKey::from_pkcs8(other, &bytes).err(), Some(KeyError::Rejected));
        assert_eq!(SigningKey::from_pkcs8(algorithm, b"").err(), Some(KeyError::Rejected));
    }
}

#[test]
fn a_signature_has_the_form_of_xml_and_verifies_with_the_certificates_key_alone() {
    for (algorithm, verification, length) in [
        (
            SignatureAlgorithm::RsaSha256,
            &RSA_PKCS1_2048_8192_SHA256 as &'static dyn VerificationAlgorithm,
            256,
        ),
        (SignatureAlgorithm::EcdsaSha256, &ECDSA_P256_SHA256_FIXED, 64),
    ] {
        let (key, stranger) = (key(algorithm), key(algorithm));
        let signature = key.sign(b"octets").expect("a signature");
        assert_eq!(signature.len(), length);
        let verifies = |certificate: &Certificate, octets: &[u8]| {
            let public = UnparsedPublicKey::new(verification, certificate.public_key());
            public.verify(octets, &signature).is_ok()
        };
        assert!(verifies(&certificate(&key, 1), b"octets"));
        assert!(!verifies(&certificate(&key, 1), b"Octets"));
        assert!(!verifies(&certificate(&stranger, 1), b"octets"));
    }
}

#[test]
fn a_self_signed_certificate_holds_in_openssl_and_says_when_it_ends() {
    for algorithm in SignatureAlgorithm::ALL {
        let certificate = certificate(&key(algorithm), 1);
        assert_eq!(certificate.not_before(), Timestamp::from_seconds(NOW.seconds()));
        assert_eq!(certificate.not_after(), Timestamp::from_seconds(NOW.plus(YEARS).seconds()));

        let files = Files::new(&[pem("CERTIFICATE", certificate.der())]);
        let anchor = files.beside("anchor.pem", pem("CERTIFICATE", certificate.der()));
        let at = NOW.seconds().to_string();
        let output = files
            .run("openssl", &["verify", "-check_ss_sig", "-attime", &at, "-CAfile", text(&anchor)]);
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{said}");
    }
}

#[test]
fn openssl_reads_a_certificate_from_its_pem_and_names_it_as_we_do() {
    for algorithm in SignatureAlgorithm::ALL {
        let certificate = certificate(&key(algorithm), 3);
        assert_eq!(certificate.pem(), pem("CERTIFICATE", certificate.der()));
        let files = Files::new(&[] as &[&str]);
        let file = files.beside("certificate.pem", certificate.pem());
        let arguments = ["x509", "-noout", "-fingerprint", "-sha256", "-in", text(&file)];
        let output = files.run("openssl", &arguments);
        let said = String::from_utf8(output.stdout).expect("text");
        let named = said.trim().rsplit_once('=').map(|(_, name)| name);
        assert_eq!(named, Some(certificate.fingerprint().as_str()), "{said}");
    }
}

#[test]
fn a_serial_number_is_of_the_injected_generator_and_positive() {
    let key = key(SignatureAlgorithm::RsaSha256);
    assert_eq!(certificate(&key, 1), certificate(&key, 1));
    assert_ne!(certificate(&key, 1), certificate(&key, 2));
    for seed in 0..64 {
        let certificate = certificate(&key, seed);
        let read = x509_cert::Certificate::from_der(certificate.der()).expect("a certificate");
        let serial = read.tbs_certificate.serial_number;
        assert_eq!(serial.as_bytes().len(), 16);
        assert_eq!(serial.as_bytes()[0] & 0xc0, 0x40);
    }
}

#[test]
fn a_certificate_reads_back_from_base64_with_white_space_in_it() {
    let made = certificate(&key(SignatureAlgorithm::EcdsaSha256), 1);
    let spread: String = made.base64().chars().flat_map(|one| [one, '\n', '\t', ' ']).collect();
    assert_eq!(Certificate::parse_base64(&spread), Ok(made.clone()));
    for text in ["", "AAAA", "*", &made.base64()[4..], &format!("{}AAAA", made.base64())] {
        assert_eq!(Certificate::parse_base64(text), Err(CertificateError::Unreadable), "{text}");
    }
}

#[test]
fn a_name_is_one_name_whatever_is_in_it_and_never_empty_or_too_long() {
    let key = key(SignatureAlgorithm::EcdsaSha256);
    let named = |name: &str| Certificate::self_signed(&key, name, NOW, YEARS, &SeededRng::new(1));
    let tricky = "a,O=Other+CN=b\\#é";
    let made = named(tricky).expect("a certificate");
    let read = x509_cert::Certificate::from_der(made.der()).expect("a certificate");
    let [one] = read.tbs_certificate.subject.0.as_slice() else { panic!("one name") };
    let values: Vec<&[u8]> = one.0.iter().map(|value| value.value.value()).collect();
    assert_eq!(values, [tricky.as_bytes()]);
    assert!(named(&"é".repeat(64)).is_ok());
    assert_eq!(named(&"é".repeat(65)), Err(CertificateError::Name));
    assert_eq!(named(""), Err(CertificateError::Name));
}

#[test]
fn a_certificate_tells_times_beyond_2049_and_none_that_it_cannot() {
    let key = key(SignatureAlgorithm::EcdsaSha256);
    let from = |now: Timestamp, lifetime: Duration| {
        Certificate::self_signed(&key, "idp.example", now, lifetime, &SeededRng::new(1))
            .map(|certificate| certificate.not_after())
    };
    let century = YEARS * 33;
    assert_eq!(from(NOW, century), Ok(Timestamp::from_seconds(NOW.plus(century).seconds())));
    for (now, lifetime) in [
        (NOW, Duration::ZERO),
        (NOW, Duration::from_millis(100)),
        (NOW, Duration::MAX),
        (Timestamp::from_seconds(-1), YEARS),
        (Timestamp::from_millis(i64::MAX), YEARS),
    ] {
        assert_eq!(from(now, lifetime), Err(CertificateError::Time), "{now:?} {lifetime:?}");
    }
}

#[test]
fn a_credential_is_a_key_with_its_own_certificate() {
    let (one, two) = (key(SignatureAlgorithm::RsaSha256), key(SignatureAlgorithm::RsaSha256));
    let certificate = certificate(&one, 1);
    assert_eq!(Credential::new(two, certificate.clone()).err(), Some(CertificateError::OtherKey));
    let credential = Credential::new(one, certificate.clone()).expect("a credential");
    assert_eq!(credential.certificate(), &certificate);
}
