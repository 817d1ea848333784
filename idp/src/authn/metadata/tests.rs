//! BLOBs of our own making in the published format, and what is wrong with others.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use latchkey_test_metadata::{For, LATE, Party, Publisher, SIGNER};
use serde_json::{Value, json};

use super::*;

const MODEL: Uuid = Uuid::from_u128(0x1234);
const OTHER: Uuid = Uuid::from_u128(0x5678);
fn now() -> Timestamp {
    Timestamp::from_seconds(1_800_000_000)
}

fn roots(publisher: &Publisher) -> Roots {
    Roots::read([publisher.root.certificate.as_slice()]).expect("roots")
}

fn verify(publisher: &Publisher, text: &str) -> Result<Metadata, BlobError> {
    Metadata::verify(text.as_bytes(), &roots(publisher), SIGNER, now())
}

fn payload(number: u64, root: &Party, status: &str) -> Value {
    json!({
        "legalHeader": "Terms",
        "no": number,
        "nextUpdate": "2027-02-01",
        "somethingNew": { "deep": [1, 2, 3] },
        "entries": [
            {
                "aaguid": MODEL,
                "metadataStatement": {
                    "description": "Tern Key 7",
                    "keyProtection": ["hardware", "secure_element"],
                    "attestationRootCertificates": [STANDARD.encode(&root.certificate)],
                    "unheardOf": true,
                },
                "statusReports": [
                    { "status": status, "effectiveDate": "2026-01-01" },
                    { "status": "FIDO_CERTIFIED_L9", "later": 1 },
                ],
            },
            { "aaid": "4e4e#4005", "statusReports": [{ "status": "REVOKED" }] },
            { "aaguid": OTHER, "statusReports": [{ "status": "NOT_FIDO_CERTIFIED" }] },
        ],
    })
}

#[test]
fn a_signed_blob_is_read_whatever_else_is_in_it() {
    let publisher = Publisher::new();
    let maker = Party::new("Maker", None, For::Authority, LATE);
    let text = publisher.publish(&payload(7, &maker, "FIDO_CERTIFIED_L2"));
    let read = verify(&publisher, &text).expect("metadata");
    assert_eq!(read.number(), 7);
    assert_eq!(read.name(&MODEL), Some("Tern Key 7"));
    assert_eq!(read.name(&OTHER), None);
    assert_eq!(read.marked(), BTreeSet::new());
    assert_eq!(verify(&publisher, &format!("{text}\n")), Ok(read), "a file ends with a line");
}

#[test]
fn what_became_of_a_model_marks_it_whatever_was_reported_afterwards() {
    let publisher = Publisher::new();
    let maker = Party::new("Maker", None, For::Authority, LATE);
    for status in [
        "REVOKED",
        "USER_VERIFICATION_BYPASS",
        "ATTESTATION_KEY_COMPROMISE",
        "USER_KEY_REMOTE_COMPROMISE",
        "USER_KEY_PHYSICAL_COMPROMISE",
    ] {
        let read = verify(&publisher, &publisher.publish(&payload(7, &maker, status)));
        let read = read.expect("metadata");
        assert_eq!(read.marked(), BTreeSet::from([MODEL]), "{status}");
        assert_eq!(read.vouch(&MODEL, std::slice::from_ref(&maker.certificate), now()), None);
    }
}

#[test]
fn an_attestation_counts_when_it_leads_to_the_models_own_root() {
    let publisher = Publisher::new();
    let [maker, stranger] =
        ["Maker", "Stranger"].map(|name| Party::new(name, None, For::Authority, LATE));
    let text = publisher.publish(&payload(7, &maker, "FIDO_CERTIFIED"));
    let read = verify(&publisher, &text).expect("metadata");
    let attest = |by: &Party| by.attesting().certificate;
    let vouch = |model: &Uuid, chain: &[Vec<u8>]| read.vouch(model, chain, now());
    let hardware = Some(Vouched { hardware: true });
    assert_eq!(vouch(&MODEL, &[attest(&maker)]), hardware);
    assert_eq!(vouch(&MODEL, &[attest(&maker), maker.certificate.clone()]), hardware);
    assert_eq!(vouch(&MODEL, std::slice::from_ref(&maker.certificate)), hardware);
    // A stranger's, with the right root beside it; another model's; none; no certificate; too many.
    assert_eq!(vouch(&MODEL, &[attest(&stranger), maker.certificate.clone()]), None);
    assert_eq!(vouch(&OTHER, &[attest(&maker)]), None);
    assert_eq!(vouch(&MODEL, &[]), None);
    assert_eq!(vouch(&MODEL, &[b"certificate".to_vec()]), None);
    assert_eq!(vouch(&MODEL, &vec![attest(&maker); 9]), None);
    let over = Party::new("Attestation", Some(&maker), For::Attesting, "260101000000Z").certificate;
    assert_eq!(vouch(&MODEL, &[over]), None);
}

#[test]
fn a_chain_that_leads_to_no_root_is_refused() {
    let publisher = Publisher::new();
    let body = payload(7, &publisher.root, "REVOKED");
    let chain = |text: &str| matches!(verify(&publisher, text), Err(BlobError::Chain(_)));
    assert!(chain(&Publisher::new().publish(&body)), "another root");
    let signed_with = |host, ends| {
        let signer = Party::new("Signer", Some(&publisher.root), For::Host(host), ends);
        Publisher { root: Party::new("Root", None, For::Authority, LATE), signer }.publish(&body)
    };
    assert!(!chain(&signed_with(SIGNER, LATE)));
    assert!(chain(&signed_with("login.example.org", LATE)), "another of the root's customers");
    assert!(chain(&signed_with(SIGNER, "260101000000Z")), "over");
    // The middle of the chain is missing.
    let middle = Party::new("Middle", Some(&publisher.root), For::Authority, LATE);
    let signer = Party::new("Signer", Some(&middle), For::Host(SIGNER), LATE);
    let below = Publisher { root: Party::new("Root", None, For::Authority, LATE), signer };
    assert!(chain(&below.publish(&body)));
    let mut header = below.header();
    header["x5c"] = json!([&below.signer, &middle].map(|it| STANDARD.encode(&it.certificate)));
    assert!(verify(&publisher, &below.sign(&header, &body)).is_ok());
    // The signer's own certificate after a foreign one.
    header["x5c"] = json!([&middle, &below.signer].map(|it| STANDARD.encode(&it.certificate)));
    assert!(chain(&below.sign(&header, &body)));
}

#[test]
fn what_was_signed_otherwise_or_changed_afterwards_is_refused() {
    let publisher = Publisher::new();
    let body = payload(7, &publisher.root, "REVOKED");
    let with = |name: &str, value: Value| {
        let mut header = publisher.header();
        header[name] = value;
        verify(&publisher, &publisher.sign(&header, &body))
    };
    assert_eq!(with("alg", json!("none")), Err(BlobError::Algorithm("none".into())));
    assert_eq!(with("alg", json!("HS256")), Err(BlobError::Algorithm("HS256".into())));
    assert_eq!(with("alg", json!("RS256")), Err(BlobError::Signature));
    assert!(matches!(with("x5c", json!([])), Err(BlobError::Form(_))));
    assert!(matches!(with("x5c", json!(["?"])), Err(BlobError::Form(_))));
    assert!(matches!(with("x5c", json!(vec!["AAAA"; 9])), Err(BlobError::Form(_))));
    assert!(matches!(with("crit", json!(["b64"])), Err(BlobError::Form(_))));

    let text = publisher.publish(&body);
    let parts: Vec<_> = text.split('.').collect();
    let later = URL_SAFE_NO_PAD.encode(payload(8, &publisher.root, "FIDO_CERTIFIED").to_string());
    let changed = format!("{}.{later}.{}", parts[0], parts[2]);
    assert_eq!(verify(&publisher, &changed), Err(BlobError::Signature));
    let unsigned = format!("{}.{}.", parts[0], parts[1]);
    assert_eq!(verify(&publisher, &unsigned), Err(BlobError::Signature));
}

#[test]
fn what_is_no_blob_or_too_large_is_refused() {
    let publisher = Publisher::new();
    for text in ["", ".", "..", "...", "a.b", "{}", "<html>", "e30.e30.AAAA", "ÿ.ÿ.ÿ"] {
        assert!(matches!(verify(&publisher, text), Err(BlobError::Form(_))), "{text}");
    }
    let huge = vec![b'A'; LARGEST + 1];
    let read = Metadata::verify(&huge, &roots(&publisher), SIGNER, now());
    assert_eq!(read, Err(BlobError::Size));
    let refused = |body: Value| {
        let read = verify(&publisher, &publisher.publish(&body));
        matches!(read, Err(BlobError::Payload(_)))
    };
    assert!(refused(json!({ "no": 1, "nextUpdate": "2027-01-01" })));
    assert!(refused(json!({ "no": -1, "nextUpdate": "2027-01-01", "entries": [] })));
    assert!(refused(json!({ "no": 1, "nextUpdate": "soon", "entries": [] })));
    let entry = json!({ "aaguid": MODEL,
        "metadataStatement": { "attestationRootCertificates": ["%"] } });
    assert!(refused(json!({ "no": 1, "nextUpdate": "2027-01-01", "entries": [entry] })));
}

#[test]
fn the_number_goes_up_and_an_old_promise_is_told() {
    let publisher = Publisher::new();
    let read = |number| {
        let body = payload(number, &publisher.root, "REVOKED");
        verify(&publisher, &publisher.publish(&body)).expect("metadata")
    };
    assert!(read(8).follows(&read(7)));
    assert!(!read(7).follows(&read(7)));
    assert!(!read(6).follows(&read(7)));
    // The second of February 2027 begins.
    let over = Timestamp::from_seconds(1_801_526_400);
    assert!(read(7).is_overdue(over));
    assert!(!read(7).is_overdue(over.minus(Duration::from_millis(1))));
}

#[test]
fn roots_are_pem_or_der_and_nothing_else() {
    let publisher = Publisher::new();
    let pem = format!(
        "A root\n-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n",
        STANDARD.encode(&publisher.root.certificate)
    );
    let text = publisher.publish(&payload(7, &publisher.root, "REVOKED"));
    let roots = Roots::read([pem.as_bytes()]).expect("roots");
    assert!(Metadata::verify(text.as_bytes(), &roots, SIGNER, now()).is_ok());
    let refused = |file: &[u8]| Roots::read([file]).err();
    assert_eq!(refused(b""), Some(RootsError::None));
    assert_eq!(refused(b"root"), Some(RootsError::None));
    assert_eq!(refused(b"0root"), Some(RootsError::Malformed));
    let nobody = Roots::read([]).expect("none");
    let read = Metadata::verify(text.as_bytes(), &nobody, SIGNER, now());
    assert!(matches!(read, Err(BlobError::Chain(_))));
}
