use latchkey_core::rng::SeededRng;

use crate::Binding;
use crate::encrypt::{DataEncryption, Encryption, KeyTransport, Recipient};
use crate::keys::SignatureAlgorithm;
use crate::messages::*;
use crate::names::{AttributeNameFormat, Comparison, NameIdFormat, SecondStatus, TopStatus};
use crate::tools::{NOW, OUTER, assert_canonical, credential, decrypt, texts, validate, verifies};

use super::*;

mod golden;

/// The signature of an assertion, wherever it stands.
const INNER: &str = "//*[local-name()='Assertion']/*[local-name()='Signature']";

fn id(text: &str) -> MessageId {
    MessageId::parse(text).expect("an identifier")
}

fn header(text: &str) -> Header {
    Header {
        id: id("_1"),
        issued_at: NOW,
        destination: Some(format!("https://sp.example/{text}")),
        issuer: format!("https://idp.example/{text}"),
    }
}

fn name(text: &str) -> NameId {
    NameId {
        value: text.to_owned(),
        format: Some(NameIdFormat::Persistent.uri().to_owned()),
        name_qualifier: Some(format!("https://idp.example/{text}")),
        sp_name_qualifier: Some(format!("https://sp.example/{text}")),
    }
}

fn success() -> Status {
    Status { top: TopStatus::Success, nested: Vec::new(), message: None }
}

fn failure(text: &str) -> Status {
    let nested = vec![SecondStatus::AuthnFailed.uri().to_owned(), format!("urn:other:{text}")];
    Status { top: TopStatus::Responder, nested, message: Some(text.to_owned()) }
}

/// With all that it can have, and this text wherever one goes.
fn response(text: &str) -> Response {
    let soon = NOW.plus(std::time::Duration::from_secs(300));
    Response {
        header: header(text),
        in_response_to: Some(id("_request")),
        status: success(),
        assertion: Some(Assertion {
            id: id("_2"),
            issued_at: NOW,
            issuer: format!("https://idp.example/{text}"),
            name_id: Some(name(text)),
            confirmation: BearerConfirmation {
                in_response_to: Some(id("_request")),
                recipient: format!("https://sp.example/acs?{text}"),
                not_on_or_after: soon,
            },
            not_before: NOW,
            not_on_or_after: soon,
            audiences: vec!["https://sp.example".to_owned(), text.to_owned()],
            authn: AuthnStatement {
                instant: NOW,
                session_index: Some(text.to_owned()),
                session_not_on_or_after: Some(soon),
                class: "https://refeds.org/profile/mfa".to_owned(),
            },
            attributes: vec![
                Attribute {
                    name: "urn:oid:0.9.2342.19200300.100.1.3".to_owned(),
                    name_format: AttributeNameFormat::Uri,
                    friendly_name: Some(format!("mail{text}")),
                    values: vec![text.to_owned(), String::new()],
                },
                Attribute {
                    name: format!("role{text}"),
                    name_format: AttributeNameFormat::Basic,
                    friendly_name: None,
                    values: Vec::new(),
                },
            ],
        }),
    }
}

/// With as little as it can have.
fn least_response() -> Response {
    let mut response = response("");
    response.header.destination = None;
    response.in_response_to = None;
    let assertion = response.assertion.as_mut().expect("an assertion");
    assertion.name_id = None;
    assertion.confirmation.in_response_to = None;
    assertion.authn.session_index = None;
    assertion.authn.session_not_on_or_after = None;
    assertion.attributes.clear();
    response
}

fn refusal(text: &str) -> Response {
    Response { status: failure(text), assertion: None, ..response(text) }
}

fn authn_request(text: &str) -> AuthnRequest {
    AuthnRequest {
        header: header(text),
        consumer: RequestedConsumer::Address {
            url: format!("https://sp.example/acs?{text}"),
            binding: Some(Ok(Binding::Post)),
        },
        attribute_consuming_service_index: Some(3),
        force_authn: true,
        is_passive: true,
        name_id_policy: Some(NameIdPolicy {
            format: Some(NameIdFormat::Transient.uri().to_owned()),
            sp_name_qualifier: Some(text.to_owned()),
            allow_create: true,
        }),
        requested_context: Some(RequestedAuthnContext {
            comparison: Comparison::Minimum,
            classes: vec!["https://refeds.org/profile/mfa".to_owned(), format!("urn:{text}")],
            declarations: Vec::new(),
        }),
        subject: Some(RequestedSubject::Named(name(text))),
        scoping: Some(Scoping {
            proxy_count: Some(1),
            idp_list: vec![text.to_owned(), "https://idp.example".to_owned()],
            requester_ids: vec![text.to_owned()],
        }),
        provider_name: Some(text.to_owned()),
        has_conditions: true,
    }
}

fn least_authn_request() -> AuthnRequest {
    AuthnRequest {
        header: Header { destination: None, ..header("") },
        consumer: RequestedConsumer::Default,
        attribute_consuming_service_index: None,
        force_authn: false,
        is_passive: false,
        name_id_policy: None,
        requested_context: None,
        subject: None,
        scoping: None,
        provider_name: None,
        has_conditions: false,
    }
}

fn logout_request(text: &str) -> LogoutRequest {
    LogoutRequest {
        header: header(text),
        name_id: name(text),
        session_indexes: vec![text.to_owned(), "other".to_owned()],
        not_on_or_after: Some(NOW),
        reason: Some("urn:oasis:names:tc:SAML:2.0:logout:user".to_owned()),
    }
}

fn logout_response(text: &str) -> LogoutResponse {
    LogoutResponse {
        header: header(text),
        in_response_to: Some(id("_request")),
        status: failure(text),
    }
}

fn artifact_response(message: Option<String>) -> ArtifactResponse {
    ArtifactResponse {
        header: Header { id: id("_3"), ..header("") },
        in_response_to: id("_resolve"),
        status: success(),
        message,
    }
}

fn rng() -> SeededRng {
    SeededRng::new(3)
}

/// Every kind of message but the responses that carry an assertion.
fn messages(text: &str, credential: Option<&Credential>) -> Vec<String> {
    let signing = Signing { response: credential, ..Signing::default() };
    let artifact = ArtifactResolve { header: header(text), artifact: text.to_owned() };
    let refused = refusal(text).write(&signing, &rng());
    let mut written = vec![
        authn_request(text).write(credential),
        least_authn_request().write(credential),
        logout_request(text).write(credential),
        logout_response(text).write(credential),
        artifact.write(credential),
        artifact_response(None).write(credential),
        artifact_response(refused.clone().ok()).write(credential),
        refused,
    ];
    for consumer in [
        RequestedConsumer::Index(7),
        RequestedConsumer::Binding(Ok(Binding::Artifact)),
        RequestedConsumer::Binding(Err(format!("urn:other:{text}"))),
        RequestedConsumer::Address { url: text.to_owned(), binding: None },
    ] {
        written.push(AuthnRequest { consumer, ..authn_request(text) }.write(credential));
    }
    written.into_iter().map(|message| message.expect("a message")).collect()
}

fn recipient(data: DataEncryption, key: KeyTransport) -> Recipient {
    let certificate = credential(SignatureAlgorithm::RsaSha256).certificate().clone();
    Recipient::of_certificate(certificate, Encryption { data, key }).expect("a recipient")
}

/// Every message, with each of these texts wherever one goes, signed and encrypted in every way.
fn everything(texts: &[String]) -> Vec<String> {
    let mut documents = Vec::new();
    for (number, text) in texts.iter().enumerate() {
        let signer = credential(SignatureAlgorithm::ALL[number % 2]);
        let recipient =
            recipient(DataEncryption::ALL[number % 4], KeyTransport::ALL[number / 4 % 2]);
        documents.extend(messages(text, None));
        documents.extend(messages(text, Some(signer)));
        for response in [response(text), least_response()] {
            for (assertion, around, encryption) in [
                (Some(signer), None, None),
                (None, Some(signer), None),
                (Some(signer), Some(signer), None),
                (Some(signer), Some(signer), Some(&recipient)),
            ] {
                let signing = Signing { assertion, response: around, encryption };
                let written = response.write(&signing, &rng()).expect("a response");
                let wrapped = artifact_response(Some(written.clone())).write(None);
                let wrapped = wrapped.expect("a message");
                documents.push(soap_envelope(&wrapped).expect("an envelope"));
                documents.extend([written, wrapped]);
            }
        }
    }
    documents
}

#[test]
fn every_message_is_its_own_canonical_form_whatever_it_says() {
    assert_canonical(&everything(&texts(24)));
}

#[test]
fn every_message_is_what_the_schemas_allow() {
    // No more than an address may have, which many of these texts are.
    let documents = everything(&["amy", "a&b='%C3%A9", "x", "y", "z"].map(str::to_owned));
    assert_eq!(validate(&documents), Ok(()));
    // The judge objects to what is missing, superfluous, or in another order.
    let request = authn_request("amy").write(None).expect("a request");
    for (from, to) in [
        (" Version=\"2.0\"", ""),
        ("</samlp:IDPList>", "</samlp:IDPList><samlp:IDPList></samlp:IDPList>"),
        ("Scoping", "Extensions"),
    ] {
        let other = request.replace(from, to);
        assert_ne!(other, request);
        assert!(validate(&[other]).is_err(), "{from}");
    }
}

#[test]
fn every_signed_message_verifies_in_libxmlsec_whatever_it_says() {
    for algorithm in SignatureAlgorithm::ALL {
        let signer = credential(algorithm);
        let both = Signing { assertion: Some(signer), response: Some(signer), encryption: None };
        let (mut documents, mut responses) = (Vec::new(), Vec::new());
        for text in texts(12) {
            documents.extend(messages(&text, Some(signer)));
            responses.push(response(&text).write(&both, &rng()).expect("a response"));
        }
        documents.extend(responses.iter().cloned());
        assert!(verifies(&documents, OUTER, signer));
        assert!(verifies(&responses, INNER, signer));
    }
}

#[test]
fn a_changed_message_or_another_key_does_not_verify() {
    let signer = credential(SignatureAlgorithm::RsaSha256);
    let both = Signing { assertion: Some(signer), response: Some(signer), encryption: None };
    let written = response("amy").write(&both, &rng()).expect("a response");
    assert!(verifies(&[&written], OUTER, signer));
    assert!(verifies(&[&written], INNER, signer));
    // Outside the assertion: only the outer one breaks.
    let changed = written.replacen("https://sp.example/amy", "https://sp.example/bob", 1);
    assert_ne!(changed, written);
    assert!(!verifies(&[&changed], OUTER, signer));
    assert!(verifies(&[&changed], INNER, signer));
    let changed = written.replace(">amy</saml:AttributeValue>", ">bob</saml:AttributeValue>");
    assert_ne!(changed, written);
    assert!(!verifies(&[&changed], OUTER, signer));
    assert!(!verifies(&[&changed], INNER, signer));
    assert!(!verifies(&[&written], OUTER, credential(SignatureAlgorithm::EcdsaSha256)));
}

#[test]
fn a_signature_follows_the_issuer_and_refers_to_its_own_parent_alone() {
    let signer = credential(SignatureAlgorithm::RsaSha256);
    let both = Signing { assertion: Some(signer), response: Some(signer), encryption: None };
    let written = response("amy").write(&both, &rng()).expect("a response");
    assert_eq!(written.matches("</saml:Issuer><ds:Signature ").count(), 2);
    let references: Vec<&str> = written
        .split("<ds:Reference URI=\"")
        .skip(1)
        .map(|rest| rest.split('"').next().expect("a value"))
        .collect();
    assert_eq!(references, ["#_1", "#_2"]);
}

#[test]
fn what_is_encrypted_was_signed_before_and_is_signed_again_around() {
    let (inner, outer) =
        (credential(SignatureAlgorithm::RsaSha256), credential(SignatureAlgorithm::EcdsaSha256));
    let (mut written, mut decrypted) = (Vec::new(), Vec::new());
    for (text, data) in texts(8).iter().zip(DataEncryption::ALL.into_iter().cycle()) {
        let recipient = recipient(data, KeyTransport::OaepMgf1p);
        let signing =
            Signing { assertion: Some(inner), response: Some(outer), encryption: Some(&recipient) };
        let document = response(text).write(&signing, &rng()).expect("a response");
        assert!(!document.contains("<saml:Assertion"));
        decrypted.push(decrypt(&document));
        written.push(document);
    }
    assert!(verifies(&written, OUTER, outer));
    assert!(verifies(&decrypted, INNER, inner));
    // In clear the response is another one than was signed.
    assert!(!verifies(&decrypted[..1], OUTER, outer));
}

#[test]
fn an_assertion_that_nothing_signs_is_refused() {
    let unsigned = response("").write(&Signing::default(), &rng());
    let refused = |why| Err(WriteError::Unwritable { field: "Assertion", why });
    assert_eq!(unsigned, refused("nothing signs it"));
    let recipient = recipient(DataEncryption::Aes128Gcm, KeyTransport::OaepMgf1p);
    let signing = Signing { encryption: Some(&recipient), ..Signing::default() };
    assert_eq!(response("").write(&signing, &rng()), refused("nothing signs it"));
}

#[test]
fn cbc_is_refused_where_the_response_is_not_signed() {
    let signer = credential(SignatureAlgorithm::RsaSha256);
    for data in DataEncryption::ALL {
        let recipient = recipient(data, KeyTransport::OaepMgf1p);
        let signing =
            Signing { assertion: Some(signer), response: None, encryption: Some(&recipient) };
        let written = response("").write(&signing, &rng());
        assert_eq!(written.is_ok(), data.is_authenticated(), "{data:?}");
        let signing = Signing { response: Some(signer), ..signing };
        assert!(response("").write(&signing, &rng()).is_ok(), "{data:?}");
    }
}

#[test]
fn an_assertion_holds_somewhere_and_never_beside_a_failure() {
    let signer = credential(SignatureAlgorithm::RsaSha256);
    let signing = Signing { response: Some(signer), ..Signing::default() };
    let mut everywhere = response("");
    everywhere.assertion.as_mut().expect("an assertion").audiences.clear();
    assert_eq!(
        everywhere.write(&signing, &rng()),
        Err(WriteError::Unwritable { field: "Audience", why: "there is none" })
    );
    let failed = Response { status: failure(""), ..response("") };
    assert_eq!(
        failed.write(&signing, &rng()),
        Err(WriteError::Unwritable { field: "Assertion", why: "the status is a failure" })
    );
}

#[test]
fn what_a_request_cannot_say_is_refused() {
    let both = RequestedAuthnContext {
        comparison: Comparison::Exact,
        classes: vec!["a".to_owned()],
        declarations: vec!["b".to_owned()],
    };
    let neither = RequestedAuthnContext { classes: Vec::new(), declarations: Vec::new(), ..both };
    let both = RequestedAuthnContext {
        classes: vec!["a".to_owned()],
        declarations: vec!["b".to_owned()],
        ..neither
    };
    for context in [both, neither] {
        let request = AuthnRequest { requested_context: Some(context), ..least_authn_request() };
        assert!(matches!(
            request.write(None),
            Err(WriteError::Unwritable { field: "RequestedAuthnContext", .. })
        ));
    }
    let subject = Some(RequestedSubject::Unreadable);
    let request = AuthnRequest { subject, ..least_authn_request() };
    assert!(matches!(request.write(None), Err(WriteError::Unwritable { field: "Subject", .. })));
}

#[test]
fn an_illegal_character_in_any_field_is_refused_by_the_fields_name() {
    let signer = credential(SignatureAlgorithm::RsaSha256);
    let signing = Signing { response: Some(signer), ..Signing::default() };
    let bad = "\u{fffe}";
    let mut said = response("");
    said.assertion.as_mut().expect("an assertion").attributes[0].values[1] = bad.to_owned();
    assert_eq!(said.write(&signing, &rng()), Err(WriteError::Illegal { field: "AttributeValue" }));
    assert_eq!(
        response(bad).write(&signing, &rng()),
        Err(WriteError::Illegal { field: "Destination" })
    );
    for failed in [
        refusal(bad).write(&signing, &rng()),
        authn_request(bad).write(Some(signer)),
        logout_request(bad).write(Some(signer)),
        logout_response(bad).write(Some(signer)),
    ] {
        assert!(matches!(failed, Err(WriteError::Illegal { .. })));
    }
}

#[test]
fn an_artifact_response_carries_a_message_whose_own_signatures_hold() {
    let (inner, outer) =
        (credential(SignatureAlgorithm::RsaSha256), credential(SignatureAlgorithm::EcdsaSha256));
    let both = Signing { assertion: Some(inner), response: Some(inner), encryption: None };
    let message = response("amy").write(&both, &rng()).expect("a response");
    let wrapped = artifact_response(Some(message)).write(Some(outer)).expect("a message");
    let envelope = soap_envelope(&wrapped).expect("an envelope");
    assert_canonical(&[&wrapped, &envelope]);
    for document in [&wrapped, &envelope] {
        let signature = |of: &str| format!("//*[local-name()='{of}']/*[local-name()='Signature']");
        assert!(verifies(&[document], &signature("ArtifactResponse"), outer));
        assert!(verifies(&[document], &signature("Response"), inner));
        assert!(verifies(&[document], &signature("Assertion"), inner));
    }
    let foreign = artifact_response(Some("<a></a>".to_owned())).write(None);
    assert!(matches!(foreign, Err(WriteError::Unwritable { field: "message", .. })));
    assert!(matches!(soap_envelope(""), Err(WriteError::Unwritable { field: "message", .. })));
}
