//! A BLOB's form: a JWT (RFC 7515, compact) with the chain of its signer's certificates in `x5c`, and
//! a JSON payload of which only what is used here is read (FIDO Metadata Service v3.0 §3.1).

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jiff::civil::Date;
use latchkey_core::Timestamp;
use rustls::pki_types::CertificateDer;
use serde::Deserialize;
use uuid::Uuid;
use webpki::aws_lc_rs::{ECDSA_P256_SHA256, RSA_PKCS1_2048_8192_SHA256};

use super::chain::{self, LONGEST, Roots};
use super::{Entry, Metadata};

/// The published ones have some ten million bytes.
pub(crate) const LARGEST: usize = 64 * 1024 * 1024;
/// Honest ones have some sixty characters.
const LONGEST_NAME: usize = 100;
/// What makes a model unfit (FIDO Metadata Service v3.0 §3.1.4).
const MARKS: [&str; 5] = [
    "REVOKED",
    "USER_VERIFICATION_BYPASS",
    "ATTESTATION_KEY_COMPROMISE",
    "USER_KEY_REMOTE_COMPROMISE",
    "USER_KEY_PHYSICAL_COMPROMISE",
];

/// Why a BLOB cannot be relied on.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BlobError {
    /// It is larger than any honest one.
    #[error("it is larger than {LARGEST} bytes")]
    Size,
    /// It is not a JWT with a chain of certificates.
    #[error("it is no signed metadata: {0}")]
    Form(&'static str),
    /// It is signed with an algorithm that is not taken.
    #[error("it is signed with \"{0}\"; ES256 and RS256 are taken")]
    Algorithm(String),
    /// Its signer is nobody who is trusted.
    #[error("its signer's certificates lead to none of the roots: {0}")]
    Chain(String),
    /// Its signature is wrong.
    #[error("its signature is wrong")]
    Signature,
    /// What was signed is no metadata.
    #[error("what was signed is no metadata: {0}")]
    Payload(String),
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    #[serde(default)]
    x5c: Vec<String>,
    /// Extensions that have to be understood (RFC 7515 §4.1.11); none is.
    crit: Option<serde::de::IgnoredAny>,
}

#[derive(Deserialize)]
struct Payload {
    no: u32,
    #[serde(rename = "nextUpdate")]
    next_update: Date,
    entries: Vec<Published>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Published {
    /// Only FIDO2 models have one.
    aaguid: Option<Uuid>,
    metadata_statement: Option<Statement>,
    #[serde(default)]
    status_reports: Vec<Report>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Statement {
    description: Option<String>,
    #[serde(default)]
    attestation_root_certificates: Vec<String>,
    #[serde(default)]
    key_protection: Vec<String>,
}

#[derive(Deserialize)]
struct Report {
    status: String,
}

pub(super) fn verify(
    text: &[u8],
    roots: &Roots,
    signer: &str,
    now: Timestamp,
) -> Result<Metadata, BlobError> {
    if text.len() > LARGEST {
        return Err(BlobError::Size);
    }
    let text = std::str::from_utf8(text).map_err(|_| BlobError::Form("it is no text"))?.trim();
    let three = BlobError::Form("it has not three parts");
    let (signed, signature) = text.rsplit_once('.').ok_or_else(|| three.clone())?;
    let (header, payload) = signed.split_once('.').ok_or_else(|| three.clone())?;
    if payload.contains('.') {
        return Err(three);
    }
    let header: Header = serde_json::from_slice(&decode(header)?)
        .map_err(|_| BlobError::Form("its header cannot be read"))?;
    if header.crit.is_some() {
        return Err(BlobError::Form("its header has \"crit\""));
    }
    let signature = decode(signature)?;
    let (algorithm, signature) = match header.alg.as_str() {
        "RS256" => (RSA_PKCS1_2048_8192_SHA256, signature),
        "ES256" => (ECDSA_P256_SHA256, in_asn1(&signature).ok_or(BlobError::Signature)?),
        other => return Err(BlobError::Algorithm(other.chars().take(20).collect())),
    };
    if header.x5c.is_empty() || header.x5c.len() > LONGEST {
        return Err(BlobError::Form("its header has no \"x5c\" of one to eight certificates"));
    }
    let chain: Result<Vec<_>, _> =
        header.x5c.iter().map(|text| STANDARD.decode(text).map(CertificateDer::from)).collect();
    let chain = chain.map_err(|_| BlobError::Form("its \"x5c\" is not in Base64"))?;
    let broken = |error: webpki::Error| BlobError::Chain(error.to_string());
    let certificate = chain::signer(&chain, roots, signer, now).map_err(broken)?;
    certificate
        .verify_signature(algorithm, signed.as_bytes(), &signature)
        .map_err(|_| BlobError::Signature)?;
    // Nothing of what a stranger wrote is read any further than this.
    read(&decode(payload)?)
}

fn decode(part: &str) -> Result<Vec<u8>, BlobError> {
    URL_SAFE_NO_PAD.decode(part).map_err(|_| BlobError::Form("a part is not in Base64url"))
}

/// A signature as ASN.1 has it (RFC 3279 §2.2.3), from two numbers of 32 bytes (RFC 7518 §3.4).
fn in_asn1(fixed: &[u8]) -> Option<Vec<u8>> {
    if fixed.len() != 64 {
        return None;
    }
    let mut numbers = Vec::with_capacity(70);
    for half in fixed.chunks(32) {
        let zeroes = half.iter().take_while(|byte| **byte == 0).count().min(31);
        let digits = half.get(zeroes..)?;
        let sign = digits.first().is_some_and(|byte| byte & 0x80 != 0);
        numbers.extend([2, u8::try_from(digits.len()).ok()? + u8::from(sign)]);
        numbers.extend(sign.then_some(0));
        numbers.extend(digits);
    }
    let mut sequence = vec![0x30, u8::try_from(numbers.len()).ok()?];
    sequence.extend(numbers);
    Some(sequence)
}

/// A model's name as people may read it: one line of no great length.
fn name(described: &str) -> Option<String> {
    let words: Vec<&str> = described.split(|c: char| c.is_whitespace() || c.is_control()).collect();
    let words: Vec<&str> = words.into_iter().filter(|word| !word.is_empty()).collect();
    let name: String = words.join(" ").chars().take(LONGEST_NAME).collect();
    (!name.is_empty()).then_some(name)
}

fn read(payload: &[u8]) -> Result<Metadata, BlobError> {
    let wrong = |error: serde_json::Error| BlobError::Payload(error.to_string());
    let payload: Payload = serde_json::from_slice(payload).map_err(wrong)?;
    let mut models = std::collections::HashMap::new();
    for published in payload.entries {
        let Some(aaguid) = published.aaguid.filter(|aaguid| !aaguid.is_nil()) else { continue };
        let entry: &mut Entry = models.entry(aaguid).or_default();
        // Of two entries for one model the later one counts, and what is bad in either.
        entry.marked |= published.status_reports.iter().any(|it| MARKS.contains(&&*it.status));
        let Some(statement) = published.metadata_statement else { continue };
        let protected = |how: &str| statement.key_protection.iter().any(|it| it == how);
        entry.hardware = protected("hardware") && !protected("software");
        entry.name = statement.description.as_deref().and_then(name);
        // Published ones are broken into lines now and then.
        let roots = statement.attestation_root_certificates.into_iter();
        let bare = roots.map(|text| text.split_whitespace().collect::<String>());
        let roots: Result<Vec<_>, _> = bare.map(|text| STANDARD.decode(text)).collect();
        entry.roots = roots
            .map_err(|_| BlobError::Payload(format!("a root of {aaguid} is not in Base64")))?;
    }
    Ok(Metadata { number: payload.no, next_update: payload.next_update, models })
}
