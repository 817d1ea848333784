//! FIDO metadata of our own making in the published format (FIDO Metadata Service v3.0 §3.1): a root,
//! a signer that it vouches for, a JWT; and makers, whose certificates attest keys.
//!
//! Only tests use it. It asserts nothing.

#![allow(clippy::expect_used, reason = "a test that cannot go on fails")]
#![allow(clippy::disallowed_types, reason = "aws-lc signs with no other source")]

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1_SIGNING, ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _,
};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use uuid::Uuid;

/// Whose certificate signs what is published.
pub const SIGNER: &str = "mds.fidoalliance.org";
/// An end that no test reaches: 2049, as certificates write it.
pub const LATE: &str = "490101000000Z";

const ECDSA_WITH_SHA256: &[u8] = b"\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x02";
const P256: &[u8] = b"\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07";
const BASIC_CONSTRAINTS: &[u8] = b"\x55\x1d\x13";

/// A value with its tag and length (X.690).
fn der(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = u16::try_from(content.len()).expect("short").to_be_bytes();
    let mut all = match content.len() {
        0..128 => vec![tag, length[1]],
        128..256 => vec![tag, 0x81, length[1]],
        _ => vec![tag, 0x82, length[0], length[1]],
    };
    all.extend(content);
    all
}

fn sequence(parts: &[&[u8]]) -> Vec<u8> {
    der(0x30, &parts.concat())
}

fn bits(content: &[u8]) -> Vec<u8> {
    der(3, &[&[0], content].concat())
}

fn extension(id: &[u8], critical: bool, value: &[u8]) -> Vec<u8> {
    let critical: &[u8] = if critical { b"\x01\x01\xff" } else { b"" };
    sequence(&[&der(6, id), critical, &der(4, value)])
}

/// A name as the packed attestation wants it (WebAuthn Level 3 §8.2.1).
fn named(common: &str) -> Vec<u8> {
    let part = |last: u8, tag: u8, text: &str| {
        let pair = sequence(&[&[6, 3, 0x55, 4, last], &der(tag, text.as_bytes())]);
        der(0x31, &pair)
    };
    let unit = part(11, 12, "Authenticator Attestation");
    sequence(&[&part(6, 19, "GB"), &part(10, 12, "Tern"), &unit, &part(3, 12, common)])
}

/// What a certificate is for.
#[derive(Clone, Copy, Debug)]
pub enum For<'a> {
    /// It vouches for others.
    Authority,
    /// It speaks TLS as a host.
    Host(&'a str),
    /// It attests keys.
    Attesting,
}

/// Somebody with a certificate.
#[derive(Clone, Debug)]
pub struct Party {
    name: &'static str,
    document: Vec<u8>,
    /// Their certificate (DER).
    pub certificate: Vec<u8>,
}

impl Party {
    /// With a certificate by `by`, or by themselves, that ends when it is said, as `490101000000Z`.
    ///
    /// # Panics
    /// When there is no randomness.
    #[must_use]
    pub fn new(name: &'static str, by: Option<&Self>, purpose: For<'_>, ends: &str) -> Self {
        let rng = SystemRandom::new();
        let document = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &rng);
        let document = document.expect("a key").as_ref().to_vec();
        let mut this = Self { name, document, certificate: Vec::new() };
        let public = this.key(false).public_key().as_ref().to_vec();
        let extensions = match purpose {
            For::Authority => extension(BASIC_CONSTRAINTS, true, &sequence(&[b"\x01\x01\xff"])),
            For::Attesting => extension(BASIC_CONSTRAINTS, true, &sequence(&[])),
            For::Host(host) => {
                let names = sequence(&[&der(0x82, host.as_bytes())]);
                let tls = sequence(&[&der(6, b"\x2b\x06\x01\x05\x05\x07\x03\x01")]);
                let names = extension(b"\x55\x1d\x11", false, &names);
                [names, extension(b"\x55\x1d\x25", false, &tls)].concat()
            }
        };
        let signer = by.unwrap_or(&this);
        let algorithm = sequence(&[ECDSA_WITH_SHA256]);
        let content = sequence(&[
            b"\xa0\x03\x02\x01\x02\x02\x01\x07",
            &algorithm,
            &named(signer.name),
            &sequence(&[&der(0x17, b"200101000000Z"), &der(0x17, ends.as_bytes())]),
            &named(name),
            &sequence(&[&sequence(&[P256]), &bits(&public)]),
            &der(0xa3, &sequence(&[&extensions])),
        ]);
        let signature = signer.key(false).sign(&rng, &content).expect("signed");
        this.certificate = sequence(&[&content, &algorithm, &bits(signature.as_ref())]);
        this
    }

    /// A maker of keys, whose certificate metadata may name as a model's root.
    #[must_use]
    pub fn maker() -> Self {
        Self::new("Maker", None, For::Authority, LATE)
    }

    /// What this maker's keys attest with.
    #[must_use]
    pub fn attesting(&self) -> Self {
        Self::new("Attestation", Some(self), For::Attesting, LATE)
    }

    /// The private key (PKCS#8).
    #[must_use]
    pub fn private_key(&self) -> &[u8] {
        &self.document
    }

    /// The certificate (PEM).
    #[must_use]
    pub fn pem(&self) -> String {
        let body = STANDARD.encode(&self.certificate);
        format!("-----BEGIN CERTIFICATE-----\n{body}\n-----END CERTIFICATE-----\n")
    }

    fn key(&self, fixed: bool) -> EcdsaKeyPair {
        let how =
            if fixed { &ECDSA_P256_SHA256_FIXED_SIGNING } else { &ECDSA_P256_SHA256_ASN1_SIGNING };
        EcdsaKeyPair::from_pkcs8(how, &self.document).expect("a key")
    }
}

/// Who publishes.
#[derive(Clone, Debug)]
pub struct Publisher {
    /// Who is trusted.
    pub root: Party,
    /// Who signs.
    pub signer: Party,
}

impl Default for Publisher {
    fn default() -> Self {
        Self::new()
    }
}

impl Publisher {
    /// A root of their own and a signer below it.
    #[must_use]
    pub fn new() -> Self {
        let root = Party::new("Root", None, For::Authority, LATE);
        let signer = Party::new("Signer", Some(&root), For::Host(SIGNER), LATE);
        Self { root, signer }
    }

    /// The header of what they publish.
    #[must_use]
    pub fn header(&self) -> Value {
        json!({ "alg": "ES256", "typ": "JWT", "x5c": [STANDARD.encode(&self.signer.certificate)] })
    }

    /// A JWT of any header and payload.
    ///
    /// # Panics
    /// When there is no randomness.
    #[must_use]
    pub fn sign(&self, header: &Value, payload: &Value) -> String {
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        self.signed(&format!("{}.{}", part(header), part(payload)))
    }

    /// A BLOB of any text that is said to be a payload.
    ///
    /// # Panics
    /// When there is no randomness.
    #[must_use]
    pub fn publish_text(&self, payload: &[u8]) -> String {
        let header = URL_SAFE_NO_PAD.encode(self.header().to_string());
        self.signed(&format!("{header}.{}", URL_SAFE_NO_PAD.encode(payload)))
    }

    fn signed(&self, text: &str) -> String {
        let signature = self.signer.key(true).sign(&SystemRandom::new(), text.as_bytes());
        format!("{text}.{}", URL_SAFE_NO_PAD.encode(signature.expect("signed")))
    }

    /// A BLOB of a payload.
    #[must_use]
    pub fn publish(&self, payload: &Value) -> String {
        self.sign(&self.header(), payload)
    }
}

/// What is published of a model.
#[derive(Clone, Copy, Debug)]
pub struct Model<'a> {
    /// Which.
    pub aaguid: Uuid,
    /// What it is called.
    pub name: &'a str,
    /// Its only root (DER).
    pub root: &'a [u8],
    /// What became of it, as `FIDO_CERTIFIED` or `REVOKED`.
    pub status: &'a str,
    /// How it keeps its keys, as `hardware` or `software`.
    pub protection: &'a str,
}

/// The payload of a BLOB.
#[must_use]
pub fn payload(number: u64, next_update: &str, models: &[Model<'_>]) -> Value {
    let entry = |model: &Model<'_>| {
        json!({
            "aaguid": model.aaguid,
            "metadataStatement": {
                "description": model.name,
                "keyProtection": [model.protection],
                "attestationRootCertificates": [STANDARD.encode(model.root)],
            },
            "statusReports": [{ "status": model.status, "effectiveDate": "2026-01-01" }],
        })
    };
    let entries: Vec<Value> = models.iter().map(entry).collect();
    json!({ "no": number, "nextUpdate": next_update, "entries": entries })
}
