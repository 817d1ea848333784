use super::*;
use crate::messages::{ArtifactResolve, AuthnRequest, LogoutRequest};
use crate::redirect::{Parameter, Query, write, write_signed};
use crate::soap::{self, EnvelopeError};
use crate::testing::{LOGOUT, Party, REQUEST, RESPONSE, sign_xml};

/// A request that the tests sign themselves.
const PLAIN: &str = "<samlp:AuthnRequest xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\" \
    ID=\"_m\" Version=\"2.0\" IssueInstant=\"2026-10-13T12:00:00Z\">\
    <saml:Issuer xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\">https://rota.example/sp\
    </saml:Issuer>{signature}</samlp:AuthnRequest>";

fn verify<M: Message>(xml: &str, party: Party) -> Result<Verified<M>, Refusal> {
    let screened = Screened::parse(xml.as_bytes()).unwrap_or_else(|e| panic!("{e}: {xml}"));
    screened.verify(&[party.key()])
}

/// Why a request is refused that somebody with the right key signed, whatever is wrong with it.
fn refused(xml: &str) -> SignatureError {
    match verify::<AuthnRequest>(xml, Party::rsa()) {
        Err(Refusal::Signature(error)) => error,
        other => panic!("{other:?}: {xml}"),
    }
}

fn honest() -> String {
    sign_xml(Party::rsa(), PLAIN, "_m", |signed| signed)
}

/// The good request with its signature's words changed before it was signed.
fn signed_as(from: &'static str, to: &str) -> String {
    sign_xml(Party::rsa(), PLAIN, "_m", |signed| {
        assert!(signed.contains(from), "{from}");
        signed.replacen(from, to, 1)
    })
}

/// A text and its only signature, apart.
fn apart(xml: &str) -> (String, String) {
    let from = xml.find("<ds:Signature ").expect("it is signed");
    let to = xml.rfind("</ds:Signature>").expect("it is signed") + "</ds:Signature>".len();
    (format!("{}{}", &xml[..from], &xml[to..]), xml[from..to].to_owned())
}

#[test]
fn what_others_signed_is_verified_and_read() {
    let request: Verified<AuthnRequest> = verify(REQUEST, Party::rsa()).expect("it is good");
    assert_eq!(request.header.issuer, "https://rota.example/sp?a=1&b=2");
    let keys = [Party::stranger().key(), Party::rsa().key()];
    let screened = Screened::parse(REQUEST.as_bytes()).expect("it is XML");
    assert_eq!(screened.kind(), Some(Kind::AuthnRequest));
    assert_eq!(screened.claimed_issuer().as_deref(), Some("https://rota.example/sp?a=1&b=2"));
    assert!(screened.claims_signature());
    assert_eq!(screened.verify::<AuthnRequest>(&keys).expect("it is good").key(), 1);

    let logout = soap::screen(LOGOUT.as_bytes()).expect("an envelope");
    let logout: Verified<LogoutRequest> = logout.verify(&[Party::ecdsa().key()]).expect("good");
    assert_eq!(logout.name_id.value, "a>b\rc");

    let response: Verified<Response> = verify(RESPONSE, Party::rsa()).expect("it is good");
    let screened = Screened::parse(RESPONSE.as_bytes()).expect("it is XML");
    let assertion = screened.verify_assertion(&[Party::rsa().key()]).expect("it is good");
    assert_eq!(response.into_inner().assertion, Some(assertion.into_inner()));
}

#[test]
fn not_a_byte_of_what_is_signed_can_be_changed() {
    let honest: Verified<AuthnRequest> = verify(REQUEST, Party::rsa()).expect("it is good");
    let key = [Party::rsa().key()];
    for at in 0..REQUEST.len() {
        let mut bytes = REQUEST.as_bytes().to_vec();
        bytes[at] ^= 1;
        let Ok(screened) = Screened::parse(&bytes) else { continue };
        if let Ok(verified) = screened.verify::<AuthnRequest>(&key) {
            // Comments, the KeyInfo and quotation marks are nobody's content.
            assert_eq!(verified, honest, "byte {at}");
        }
    }
}

#[test]
fn an_unsigned_message_is_refused_where_a_signature_is_demanded_and_says_so_where_not() {
    let (unsigned, _) = apart(&honest());
    assert_eq!(refused(&unsigned), SignatureError::Missing);
    let screened = Screened::parse(unsigned.as_bytes()).expect("it is XML");
    assert!(!screened.claims_signature());
    let received = screened.receive::<AuthnRequest>(&[], Demand::Either).expect("it reads");
    assert!(matches!(received, Received::Unsigned(_)), "{received:?}");
    assert_eq!(received.header.issuer, "https://rota.example/sp");
}

#[test]
fn a_signature_has_to_be_good_even_where_none_is_demanded() {
    let signed = honest();
    let screened = Screened::parse(signed.as_bytes()).expect("it is XML");
    let receive = |keys: &[Key]| screened.receive::<AuthnRequest>(keys, Demand::Either);
    assert!(matches!(receive(&[Party::rsa().key()]), Ok(Received::Verified(_))));
    let stranger = receive(&[Party::stranger().key()]);
    assert_eq!(stranger, Err(SignatureError::OtherKey.into()));
    assert_eq!(receive(&[]), Err(SignatureError::NoKey.into()));
}

#[test]
fn a_signature_by_another_key_is_refused_though_its_own_keyinfo_has_that_key() {
    let signed = sign_xml(Party::stranger(), PLAIN, "_m", |signed| signed);
    assert!(signed.contains("X509Certificate"));
    assert_eq!(refused(&signed), SignatureError::OtherKey);
    assert!(verify::<AuthnRequest>(&signed, Party::stranger()).is_ok());
    // Nor does it matter what is said there.
    let (start, rest) = honest().split_once("<ds:X509Data>").map(two).expect("a certificate");
    let (_, end) = rest.split_once("</ds:X509Data>").map(two).expect("a certificate");
    let retrieval = "<ds:RetrievalMethod URI=\"http://evil.example/\"/>";
    assert!(verify::<AuthnRequest>(&format!("{start}{retrieval}{end}"), Party::rsa()).is_ok());
}

fn two((one, two): (&str, &str)) -> (String, String) {
    (one.to_owned(), two.to_owned())
}

#[test]
fn a_message_that_was_changed_is_refused() {
    let changed = honest().replace("https://rota.example/sp", "https://evil.example/sp");
    assert_eq!(refused(&changed), SignatureError::Changed);
    let (text, signature) = apart(&honest());
    // Text behind the signature counts as much as what stands in front of it.
    let longer =
        text.replace("</samlp:AuthnRequest>", &format!("{signature} </samlp:AuthnRequest>"));
    assert_eq!(refused(&longer), SignatureError::Changed);
    // Another good signature, of the same sender.
    let other = PLAIN.replace("https://rota", "https://other");
    let (_, other) = apart(&sign_xml(Party::rsa(), &other, "_m", |signed| signed));
    assert_eq!(refused(&PLAIN.replace("{signature}", &other)), SignatureError::Changed);
}

#[test]
fn a_signature_value_that_was_changed_is_refused() {
    let signed = honest();
    let at = signed.find("<ds:SignatureValue>").expect("there") + "<ds:SignatureValue>".len();
    let other = if &signed[at..=at] == "A" { "B" } else { "A" };
    let mut changed = signed.clone();
    changed.replace_range(at..=at, other);
    assert_eq!(refused(&changed), SignatureError::OtherKey);
    changed.replace_range(at..=at, "*");
    assert_eq!(refused(&changed), SignatureError::Broken);
    changed.replace_range(at..=at, "<x/>");
    assert_eq!(refused(&changed), SignatureError::Broken);
}

#[test]
fn sha1_and_hmac_are_refused_whoever_signed() {
    let rsa = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256";
    let sha1 = signed_as(rsa, "http://www.w3.org/2000/09/xmldsig#rsa-sha1");
    assert_eq!(refused(&sha1), SignatureError::Algorithm(AlgorithmError::Broken));
    let hmac = signed_as(rsa, "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256");
    assert_eq!(refused(&hmac), SignatureError::Algorithm(AlgorithmError::Hmac));
    let none = signed_as(rsa, "");
    assert_eq!(refused(&none), SignatureError::Algorithm(AlgorithmError::Unknown));
    // By its public key as the secret.
    let with_length = signed_as(
        "#rsa-sha256\"/>",
        "#rsa-sha256\"><ds:HMACOutputLength>0</ds:HMACOutputLength></ds:SignatureMethod>",
    );
    assert_eq!(refused(&with_length), SignatureError::Broken);
    let digest = "http://www.w3.org/2001/04/xmlenc#sha256";
    let sha1 = signed_as(digest, "http://www.w3.org/2000/09/xmldsig#sha1");
    assert_eq!(refused(&sha1), SignatureError::Digest);
    assert_eq!(refused(&signed_as(digest, "")), SignatureError::Digest);
}

#[test]
fn a_signature_covers_its_own_message_and_nothing_else() {
    for uri in [
        "#_other",
        "",
        "#",
        "_m",
        "#xpointer(/)",
        "#xpointer(id('_m'))",
        "#_M",
        "http://evil.example/#_m",
        "file:///etc/passwd",
        "cid:x",
        "#_m#_m",
    ] {
        let other = signed_as("URI=\"#_m\"", &format!("URI=\"{uri}\""));
        assert_eq!(refused(&other), SignatureError::OtherElement, "{uri}");
    }
    assert_eq!(refused(&signed_as(" URI=\"#_m\"", "")), SignatureError::OtherElement);
    // A message without an ID cannot be referred to.
    let without = honest().replace(" ID=\"_m\"", "");
    assert_eq!(refused(&without), SignatureError::OtherElement);
}

#[test]
fn a_signature_has_one_reference() {
    let none = sign_xml(Party::rsa(), PLAIN, "_m", |signed| {
        let (start, rest) = signed.split_once("<ds:Reference").map(two).expect("there");
        let (_, end) = rest.split_once("</ds:Reference>").map(two).expect("there");
        start + &end
    });
    assert_eq!(refused(&none), SignatureError::References);
    let two_of_them = sign_xml(Party::rsa(), PLAIN, "_m", |signed| {
        let from = signed.find("<ds:Reference").expect("there");
        let to = signed.find("</ds:SignedInfo>").expect("there");
        let reference = signed[from..to].to_owned();
        signed.replace("</ds:SignedInfo>", &(reference + "</ds:SignedInfo>"))
    });
    assert_eq!(refused(&two_of_them), SignatureError::References);
    let manifest = signed_as("</ds:SignedInfo>", "<ds:Manifest/></ds:SignedInfo>");
    assert_eq!(refused(&manifest), SignatureError::References);
}

#[test]
fn transforms_are_the_two_in_their_order() {
    let enveloped = "<ds:Transform \
        Algorithm=\"http://www.w3.org/2000/09/xmldsig#enveloped-signature\"/>";
    let exclusive = "<ds:Transform Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"/>";
    let both = "<ds:Transform \
        Algorithm=\"http://www.w3.org/2000/09/xmldsig#enveloped-signature\"/><ds:Transform \
        Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"/>";
    let transform = |uri: &str, inside: &str| {
        format!("{enveloped}{exclusive}<ds:Transform Algorithm=\"{uri}\">{inside}</ds:Transform>")
    };
    let xslt = "<xsl:stylesheet xmlns:xsl=\"http://www.w3.org/1999/XSL/Transform\"/>";
    for transforms in [
        String::new(),
        enveloped.to_owned(),
        exclusive.to_owned(),
        format!("{exclusive}{enveloped}"),
        format!("{enveloped}{exclusive}{exclusive}"),
        transform("http://www.w3.org/TR/1999/REC-xslt-19991116", xslt),
        transform("http://www.w3.org/TR/1999/REC-xpath-19991116", "<ds:XPath>1</ds:XPath>"),
        transform("http://www.w3.org/2002/06/xmldsig-filter2", ""),
        transform("http://www.w3.org/2000/09/xmldsig#base64", ""),
        both.replace("xml-exc-c14n#", "xml-exc-c14n#WithComments"),
        both.replace(
            "http://www.w3.org/2001/10/xml-exc-c14n#",
            "http://www.w3.org/TR/2001/REC-xml-c14n-20010315",
        ),
        format!("{enveloped}{}", exclusive.replace("/>", "><ds:XPath/></ds:Transform>")).replacen(
            "enveloped-signature\"/>",
            "enveloped-signature\"><ds:XPath/></ds:Transform>",
            1,
        ),
    ] {
        let signed = signed_as(both, &transforms);
        assert_eq!(refused(&signed), SignatureError::Transform, "{transforms}");
    }
    let without = signed_as("<ds:Transforms>", "<ds:Transform/><ds:Transforms>");
    assert_eq!(refused(&without), SignatureError::Transform);
    let stray = both.replace("xml-exc-c14n#\"/>", "xml-exc-c14n#\"><ds:XPath/></ds:Transform>");
    assert_eq!(refused(&signed_as(both, &stray)), SignatureError::Broken);
}

#[test]
fn the_canonical_form_is_exclusive_without_comments() {
    for other in [
        "http://www.w3.org/TR/2001/REC-xml-c14n-20010315",
        "http://www.w3.org/2001/10/xml-exc-c14n#WithComments",
        "",
    ] {
        let signed = signed_as("http://www.w3.org/2001/10/xml-exc-c14n#", other);
        assert_eq!(refused(&signed), SignatureError::Canonicalization, "{other}");
    }
}

#[test]
fn a_signature_with_more_or_less_in_it_is_refused() {
    let signed = honest();
    for (from, to) in [
        ("</ds:KeyInfo>", "</ds:KeyInfo><ds:Object/>"),
        ("</ds:KeyInfo>", "</ds:KeyInfo><ds:KeyInfo/>"),
        ("<ds:KeyInfo>", "<ds:SignatureValue/><ds:KeyInfo>"),
        ("<ds:SignatureValue>", "<ds:SignedInfo/><ds:SignatureValue>"),
    ] {
        assert_eq!(refused(&signed.replacen(from, to, 1)), SignatureError::Broken, "{to}");
    }
    let (text, _) = apart(&signed);
    let empty = "<ds:Signature xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"/></saml:Issuer>";
    let inside_issuer = text.replace("</saml:Issuer>", empty);
    assert_eq!(refused(&inside_issuer), SignatureError::Elsewhere);
    let prefixes = "<ds:Transform Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"/>";
    let many = |count| {
        let list = "x ".repeat(count);
        let list = format!(
            "<e:InclusiveNamespaces \
            xmlns:e=\"http://www.w3.org/2001/10/xml-exc-c14n#\" PrefixList=\"{list}\"/>"
        );
        prefixes.replace("/>", &format!(">{list}</ds:Transform>"))
    };
    assert!(verify::<AuthnRequest>(&signed_as(prefixes, &many(16)), Party::rsa()).is_ok());
    assert_eq!(refused(&signed_as(prefixes, &many(17))), SignatureError::Broken);
}

#[test]
fn every_way_to_wrap_a_signature_is_refused() {
    let signed = honest();
    let (unsigned, signature) = apart(&signed);
    let evil = PLAIN.replace("https://rota", "https://evil").replace("\"_m\"", "\"_e\"");
    let extended = |content: &str| {
        format!("<samlp:Extensions>{content}</samlp:Extensions></samlp:AuthnRequest>")
    };
    let evil_with = |signature: &str, content: &str| {
        evil.replace("{signature}", signature).replace("</samlp:AuthnRequest>", &extended(content))
    };
    // The signature goes on top, and what it covers is tucked away.
    assert_eq!(refused(&evil_with(&signature, &unsigned)), SignatureError::OtherElement);
    // What is signed is tucked away as it is.
    assert_eq!(refused(&evil_with("", &signed)), SignatureError::Elsewhere);
    // What is signed hides in the signature.
    let object = format!("<ds:Object>{unsigned}</ds:Object></ds:Signature>");
    let hiding = signature.replace("</ds:Signature>", &object);
    assert_eq!(refused(&evil.replace("{signature}", &hiding)), SignatureError::Broken);
    // What is signed hides in a signature of somebody else's.
    let own = sign_xml(Party::stranger(), &evil, "_e", |signed| signed);
    assert_eq!(refused(&own), SignatureError::OtherKey);
    let (_, own) = apart(&own);
    assert_eq!(refused(&evil_with(&(own.clone() + &signature), "")), SignatureError::Several);
    assert_eq!(refused(&evil_with(&own, &signed)), SignatureError::Elsewhere);
    // Under its own ID it cannot be told from the other.
    let same = evil_with(&signature, &unsigned).replace("\"_e\"", "\"_m\"");
    assert_eq!(Screened::parse(same.as_bytes()).err(), Some(XmlError::DuplicateId));
    let same = evil_with(&signature, &unsigned.replace(" ID=", " Id=")).replace("\"_e\"", "\"_m\"");
    assert_eq!(Screened::parse(same.as_bytes()).err(), Some(XmlError::DuplicateId));
    // Without an ID on what is tucked away, the digest is of the evil one.
    let bare = evil_with(&signature, &unsigned.replace(" ID=\"_m\"", ""));
    assert_eq!(refused(&bare.replace("\"_e\"", "\"_m\"")), SignatureError::Changed);
    // A message in a message.
    let kind = Err(Refusal::Read(ReadError::Kind("AuthnRequest")));
    assert_eq!(verify::<AuthnRequest>(&format!("<x>{signed}</x>"), Party::rsa()), kind);
    let other = signed.replace(":protocol", ":protocoll");
    assert_eq!(verify::<AuthnRequest>(&other, Party::rsa()), kind);
}

#[test]
fn a_message_in_an_envelope_is_the_only_one() {
    let envelope = |header: &str, body: &str| {
        let envelope = format!(
            "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\">{header}\
             <s:Body>{body}</s:Body></s:Envelope>"
        );
        soap::screen(envelope.as_bytes())
    };
    let signed = honest();
    let evil = PLAIN.replace("{signature}", "").replace("\"_m\"", "\"_e\"");
    let keys = [Party::rsa().key()];
    let verified = |screened: Screened| screened.verify::<AuthnRequest>(&keys).err();
    assert_eq!(verified(envelope("", &signed).expect("one")), None);
    assert_eq!(envelope("", &(evil.clone() + &signed)).err(), Some(EnvelopeError::Body));
    assert_eq!(envelope("", "").err(), Some(EnvelopeError::Body));
    let header = format!("<s:Header>{signed}</s:Header>");
    let elsewhere = Some(SignatureError::Elsewhere.into());
    assert_eq!(verified(envelope(&header, &evil).expect("one")), elsewhere);
    let header = "<s:Header><x s:mustUnderstand=\"1\"/></s:Header>";
    assert_eq!(envelope(header, &signed).err(), Some(EnvelopeError::MustUnderstand));
    let twice = Some(EnvelopeError::Envelope);
    assert_eq!(envelope("<s:Body/>", &signed).err(), twice);
    assert_eq!(soap::screen(signed.as_bytes()).err(), twice);
    let broken = soap::screen(b"<!DOCTYPE x><x/>").err();
    assert_eq!(broken, Some(EnvelopeError::Xml(XmlError::DocumentType)));
}

#[test]
fn an_assertion_is_vouched_for_by_its_own_signature_or_by_the_response_around_it() {
    let keys = [Party::rsa().key()];
    let screen = |xml: &str| Screened::parse(xml.as_bytes()).expect("it is XML");
    // Only the assertion is signed.
    let from = RESPONSE.find("<ds:Signature").expect("there");
    let to = RESPONSE.find("<samlp:Status>").expect("there");
    let inner = format!("{}{}", &RESPONSE[..from], &RESPONSE[to..]);
    assert_eq!(screen(&inner).verify::<Response>(&keys), Err(SignatureError::Missing.into()));
    assert!(screen(&inner).verify_assertion(&keys).is_ok());
    let changed = inner.replace(">x7<", ">x8<");
    let error = screen(&changed).verify_assertion(&keys);
    assert_eq!(error, Err(SignatureError::Changed.into()));
    // Only the response is signed.
    let from = RESPONSE.rfind("<ds:Signature ").expect("there");
    let to = RESPONSE.find("<saml:Subject>").expect("there");
    let outer = format!("{}{{signature}}{}", &RESPONSE[..from], &RESPONSE[to..]);
    let (outer, _) = apart(&outer.replacen("{signature}", "", 1));
    assert_eq!(screen(&outer).verify_assertion(&keys), Err(SignatureError::Missing.into()));
    let marked = outer.replacen("</saml:Issuer>", "</saml:Issuer>{signature}", 1);
    let outer = sign_xml(Party::rsa(), &marked, "_r1", |signed| signed);
    assert!(screen(&outer).verify::<Response>(&keys).is_ok());
}

#[test]
fn signatures_of_assertions_are_not_wrapped_either() {
    let keys = [Party::rsa().key()];
    let screen = |xml: &str| Screened::parse(xml.as_bytes()).expect("it is XML");
    let at = RESPONSE.find("<saml:Assertion").expect("there");
    let end = RESPONSE.find("</samlp:Response>").expect("there");
    let from = RESPONSE.find("<ds:Signature").expect("there");
    let to = RESPONSE.find("<samlp:Status>").expect("there");
    let (outer, assertion) = (&RESPONSE[from..to], &RESPONSE[at..end]);
    let head = format!("{}{}", &RESPONSE[..from], &RESPONSE[to..at]);
    let response = |content: &str| format!("{head}{content}</samlp:Response>");
    let (bare, signature) = apart(assertion);
    let evil = bare.replace("_as1", "_e").replace(">x7<", ">x8<");
    let twice = Err(ReadError::Twice("Assertion").into());
    assert_eq!(screen(&response(&(evil.clone() + assertion))).verify_assertion(&keys), twice);
    assert_eq!(screen(&response(&(assertion.to_owned() + &evil))).verify_assertion(&keys), twice);
    let elsewhere = |content: &str| {
        let error = Err(SignatureError::Elsewhere.into());
        assert_eq!(screen(&response(content)).verify_assertion(&keys), error, "{content}");
    };
    let advice = format!("<saml:Advice>{assertion}</saml:Advice><saml:Subject>");
    elsewhere(&evil.replace("<saml:Subject>", &advice));
    elsewhere(&format!("<samlp:Extensions>{assertion}</samlp:Extensions>{evil}"));
    let wrapped = evil.replace("<saml:Subject>", &format!("{signature}<saml:Subject>"));
    let other = Err(SignatureError::OtherElement.into());
    assert_eq!(screen(&response(&wrapped)).verify_assertion(&keys), other);
    // The signature of one is none of the other.
    let moved = head.replace("<samlp:Status>", &format!("{signature}<samlp:Status>"));
    let moved = format!("{moved}{bare}</samlp:Response>");
    let error = screen(&moved).verify::<Response>(&keys);
    assert_eq!(error, Err(SignatureError::OtherElement.into()));
    let moved = evil.replace("<saml:Subject>", &format!("{outer}<saml:Subject>"));
    assert_eq!(screen(&response(&moved)).verify_assertion(&keys), other);
}

#[test]
fn a_query_vouches_for_its_message_and_an_unsigned_one_for_nothing() {
    let (xml, _) = apart(&honest());
    let party = Party::ecdsa();
    let keys = [party.key()];
    let sign = |octets: &[u8]| Ok::<_, ()>(party.sign(octets));
    let query = |xml: &str| {
        let query = write_signed(Parameter::Request, xml, None, party.algorithm.uri(), sign);
        Query::parse(&query.expect("signed")).expect("it reads").screen().expect("it is XML")
    };
    assert!(query(&xml).claims_signature());
    assert_eq!(query(&xml).verify::<AuthnRequest>(&keys).map(|v| v.key()), Ok(0));
    let stranger = query(&xml).verify::<AuthnRequest>(&[Party::rsa().key()]).err();
    assert_eq!(stranger, Some(SignatureError::Query.into()));
    // Both places at once, and the wrong one.
    let inside = Some(Refusal::Signature(SignatureError::InsideQuery));
    assert_eq!(query(&honest()).verify::<AuthnRequest>(&keys).err(), inside);
    let unsigned = |xml: &str| {
        let query = Query::parse(&write(Parameter::Request, xml, None)).expect("it reads");
        query.screen().expect("it is XML")
    };
    let receive = |xml: &str| unsigned(xml).receive::<AuthnRequest>(&keys, Demand::Either);
    assert_eq!(receive(&honest()).err(), inside);
    assert!(matches!(receive(&xml), Ok(Received::Unsigned(_))));
    assert!(!unsigned(&xml).claims_signature());
    let missing = unsigned(&xml).verify::<AuthnRequest>(&keys).err();
    assert_eq!(missing, Some(SignatureError::Missing.into()));
}

#[test]
fn another_kind_of_message_is_not_taken_for_the_one_that_is_expected() {
    let kind = Err(Refusal::Read(ReadError::Kind("ArtifactResolve")));
    assert_eq!(verify::<ArtifactResolve>(&honest(), Party::rsa()), kind);
    let screened = Screened::parse(honest().as_bytes()).expect("it is XML");
    let kind = Err(Refusal::Read(ReadError::Kind("Response")));
    assert_eq!(screened.verify_assertion(&[Party::rsa().key()]), kind);
}

#[test]
fn canonical_form_that_grows_without_end_is_not_made() {
    // Each of the elements repeats the namespace, which stands in the message once.
    let space = "x".repeat(500);
    let many = "<x:y/>".repeat(9_000);
    let issuer = "<saml:Issuer";
    let text = honest().replacen("ID=", &format!("xmlns:x=\"{space}\" ID="), 1);
    let text = text.replacen(
        "</samlp:",
        &format!("<samlp:Extensions>{many}</samlp:Extensions></samlp:"),
        1,
    );
    assert!(text.contains(issuer) && text.len() < LARGEST_MESSAGE);
    assert_eq!(refused(&text), SignatureError::Changed);
}
