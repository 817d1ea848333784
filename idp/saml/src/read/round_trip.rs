//! What the writing half writes of any value, the reading half reads as that value.

use crate::keys::SignatureAlgorithm;
use crate::messages::{
    ArtifactResolve, ArtifactResponse, AuthnRequest, Header, LogoutRequest, LogoutResponse, NameId,
    RequestedSubject, Response, Scoping, Status,
};
use crate::names::TopStatus;
use crate::read::Message;
use crate::testing::{LOGOUT, Party, REQUEST, RESPONSE};
use crate::tools::{credential, texts};
use crate::verify::{Demand, Key, Screened};
use crate::write::{Signing, soap_envelope};
use crate::{redirect, soap};

use latchkey_core::rng::SeededRng;

fn keys(algorithm: SignatureAlgorithm) -> [Key; 1] {
    [Key::from_certificate(credential(algorithm).certificate().der()).expect("a key")]
}

fn verified<M: Message>(xml: &str, algorithm: SignatureAlgorithm) -> M {
    let screened = Screened::parse(xml.as_bytes()).unwrap_or_else(|e| panic!("{e}: {xml}"));
    let verified = screened.verify::<M>(&keys(algorithm));
    verified.unwrap_or_else(|error| panic!("{error}: {xml}")).into_inner()
}

/// A message to begin with.
fn made<M: Message>(xml: &str, party: Party) -> M {
    let screened = match soap::screen(xml.as_bytes()) {
        Ok(screened) => screened,
        Err(_) => Screened::parse(xml.as_bytes()).expect("it is good"),
    };
    screened.verify::<M>(&[party.key()]).expect("it is good").into_inner()
}

/// Texts that begin and end with something: white space around most values says nothing.
fn words() -> Vec<String> {
    texts(40).into_iter().map(|text| format!("a{text}z")).collect()
}

fn header(header: &Header, word: &str) -> Header {
    Header { issuer: word.to_owned(), destination: Some(word.to_owned()), ..header.clone() }
}

fn name(word: &str) -> NameId {
    NameId {
        value: word.to_owned(),
        format: Some(word.to_owned()),
        name_qualifier: Some(word.to_owned()),
        sp_name_qualifier: Some(word.to_owned()),
    }
}

/// By turns.
fn algorithm(number: usize) -> SignatureAlgorithm {
    if number.is_multiple_of(2) {
        SignatureAlgorithm::RsaSha256
    } else {
        SignatureAlgorithm::EcdsaSha256
    }
}

#[test]
fn requests_come_back_as_they_were_written() {
    let request: AuthnRequest = made(REQUEST, Party::rsa());
    let logout: LogoutRequest = made(LOGOUT, Party::ecdsa());
    for (number, word) in words().iter().enumerate() {
        let (algorithm, word) = (algorithm(number), word.as_str());
        let signer = Some(credential(algorithm));
        let mut request = AuthnRequest { header: header(&request.header, word), ..request.clone() };
        request.subject = Some(RequestedSubject::Named(name(word)));
        request.provider_name = Some(word.to_owned());
        let all = vec![word.to_owned(), "urn:b".to_owned()];
        let scoping = Scoping { proxy_count: Some(2), idp_list: all.clone(), requester_ids: all };
        request.scoping = Some(scoping);
        let xml = request.write(signer).expect("written");
        assert_eq!(verified::<AuthnRequest>(&xml, algorithm), request);

        let mut logout = LogoutRequest { header: header(&logout.header, word), ..logout.clone() };
        logout.name_id = name(word);
        logout.session_indexes = vec![word.to_owned(), "two".to_owned()];
        let xml = logout.write(signer).expect("written");
        assert_eq!(verified::<LogoutRequest>(&xml, algorithm), logout);

        let header = logout.header.clone();
        let resolve = ArtifactResolve { header, artifact: word.to_owned() };
        let envelope = soap_envelope(&resolve.write(signer).expect("written")).expect("written");
        let screened = soap::screen(envelope.as_bytes()).expect("an envelope");
        let read = screened.verify::<ArtifactResolve>(&keys(algorithm)).expect("it is good");
        assert_eq!(read.into_inner(), resolve);
    }
}

#[test]
fn responses_come_back_as_they_were_written_whoever_of_both_is_signed() {
    let response: Response = made(RESPONSE, Party::rsa());
    for (number, word) in words().iter().enumerate() {
        let (algorithm, word) = (algorithm(number), word.as_str());
        let signer = Some(credential(algorithm));
        let mut response = Response { header: header(&response.header, word), ..response.clone() };
        let assertion = response.assertion.as_mut().expect("there is one");
        assertion.issuer = word.to_owned();
        assertion.name_id = Some(name(word));
        assertion.audiences = vec![word.to_owned()];
        for attribute in &mut assertion.attributes {
            attribute.values.push(format!(" {word}\n"));
            attribute.friendly_name = Some(word.to_owned());
        }
        let assertion = assertion.clone();
        for (signs_assertion, signs_response) in [(true, true), (true, false), (false, true)] {
            let signing = Signing {
                assertion: signer.filter(|_| signs_assertion),
                response: signer.filter(|_| signs_response),
                encryption: None,
            };
            let xml = response.write(&signing, &SeededRng::new(1)).expect("written");
            let screened = Screened::parse(xml.as_bytes()).expect("it is good");
            let (keys, both) = (keys(algorithm), screened.verify::<Response>(&keys(algorithm)));
            assert_eq!(both.map(|read| *read == response).ok(), signs_response.then_some(true));
            let inner = screened.verify_assertion(&keys);
            assert_eq!(inner.map(|read| *read == assertion).ok(), signs_assertion.then_some(true));
        }
    }
}

#[test]
fn what_an_artifact_stands_for_comes_back_with_its_own_signatures() {
    let response: Response = made(RESPONSE, Party::rsa());
    let (rsa, ecdsa) = (SignatureAlgorithm::RsaSha256, SignatureAlgorithm::EcdsaSha256);
    let signer = Some(credential(rsa));
    let signing = Signing { assertion: signer, response: signer, encryption: None };
    let xml = response.write(&signing, &SeededRng::new(1)).expect("written");
    let answer = ArtifactResponse {
        header: Header {
            id: crate::messages::MessageId::parse("_x").expect("one"),
            ..response.header.clone()
        },
        in_response_to: response.header.id.clone(),
        status: Status { top: TopStatus::Success, nested: Vec::new(), message: None },
        message: Some(xml.clone()),
    };
    let written = answer.write(Some(credential(ecdsa))).expect("written");
    let read: ArtifactResponse = verified(&written, ecdsa);
    assert_eq!(read, answer);
    assert_eq!(verified::<Response>(read.message.as_deref().expect("there"), rsa), response);
    // The signatures inside are nobody's for the answer itself.
    let unsigned = answer.write(None).expect("written");
    let screened = Screened::parse(unsigned.as_bytes()).expect("it is good");
    assert!(!screened.claims_signature());
    assert!(screened.verify::<ArtifactResponse>(&keys(rsa)).is_err());
    assert!(screened.receive::<ArtifactResponse>(&[], Demand::Either).is_ok());
}

#[test]
fn what_became_of_a_log_out_comes_back_in_a_query() {
    let logout: LogoutRequest = made(LOGOUT, Party::ecdsa());
    for word in words() {
        let response = LogoutResponse {
            header: header(&logout.header, &word),
            in_response_to: Some(logout.header.id.clone()),
            status: Status {
                top: TopStatus::Responder,
                nested: vec![word.clone()],
                message: Some(word.clone()),
            },
        };
        let xml = response.write(None).expect("written");
        let (kind, algorithm) = (redirect::Parameter::Response, SignatureAlgorithm::EcdsaSha256);
        let key = credential(algorithm).key();
        let query = redirect::write_signed(kind, &xml, Some(&word), algorithm.uri(), |octets| {
            key.sign(octets)
        });
        let query = redirect::Query::parse(&query.expect("signed")).expect("it reads");
        assert_eq!(query.relay_state(), Some(word.as_str()));
        let screened = query.screen().expect("it is good");
        let read = screened.verify::<LogoutResponse>(&keys(algorithm)).expect("it is good");
        assert_eq!(read.into_inner(), response);
    }
}
