use super::*;
use crate::Binding;
use crate::messages::{ArtifactResolve, ArtifactResponse, AuthnStatement, BearerConfirmation};
use crate::messages::{
    Assertion, AuthnRequest, LogoutRequest, LogoutResponse, NameIdPolicy, RequestedAuthnContext,
    RequestedConsumer, RequestedSubject, Response, Scoping, Status,
};
use crate::names::{AttributeNameFormat, Comparison, TopStatus};
use crate::testing::{LOGOUT, REQUEST, RESPONSE};
use crate::verify::LIMITS;
use crate::xml::Document;

fn read<M: Message>(xml: &str) -> Result<M, ReadError> {
    let document = Document::parse(xml.as_bytes(), LIMITS).unwrap_or_else(|e| panic!("{e}: {xml}"));
    let mut elements = document.root().descendants();
    let message = elements.find(|e| e.local() == M::NAME).expect("it is there");
    M::read(Source(message))
}

const MAIN: &str = "xmlns=\"urn:oasis:names:tc:SAML:2.0:protocol\" \
    xmlns:a=\"urn:oasis:names:tc:SAML:2.0:assertion\" ID=\"_m\" Version=\"2.0\" \
    IssueInstant=\"2026-10-13T12:00:00Z\"";

/// A message with these attributes and this content.
fn message(name: &str, attributes: &str, content: &str) -> String {
    format!(
        "<{name} {MAIN} {attributes}><a:Issuer>https://rota.example/sp</a:Issuer>{content}</{name}>"
    )
}

fn request(attributes: &str, content: &str) -> Result<AuthnRequest, ReadError> {
    read(&message("AuthnRequest", attributes, content))
}

fn at(text: &str) -> Timestamp {
    values::date_time(text).expect("a time")
}

fn some_id(text: &str) -> MessageId {
    MessageId::parse(text).expect("an identifier")
}

#[test]
fn a_request_for_a_log_in_is_read_whole() {
    let expected = AuthnRequest {
        header: Header {
            id: some_id("_a1"),
            issued_at: Timestamp::from_millis(at("2026-10-13T12:00:00Z").millis() + 123),
            destination: Some("https://login.example.org/saml/sso".to_owned()),
            issuer: "https://rota.example/sp?a=1&b=2".to_owned(),
        },
        consumer: RequestedConsumer::Address {
            url: "https://rota.example/acs".to_owned(),
            binding: Some(Ok(Binding::Post)),
        },
        attribute_consuming_service_index: Some(3),
        force_authn: true,
        is_passive: false,
        name_id_policy: Some(NameIdPolicy {
            format: Some("urn:oasis:names:tc:SAML:2.0:nameid-format:persistent".to_owned()),
            sp_name_qualifier: None,
            allow_create: true,
        }),
        requested_context: Some(RequestedAuthnContext {
            comparison: Comparison::Minimum,
            classes: vec!["https://refeds.org/profile/mfa".to_owned()],
            declarations: Vec::new(),
        }),
        subject: None,
        scoping: None,
        provider_name: Some("Rota & \"Co\" \t<".to_owned()),
        has_conditions: false,
    };
    assert_eq!(read(REQUEST), Ok(expected));
}

#[test]
fn a_request_that_says_nothing_asks_for_nothing() {
    let request = request("", "").expect("it reads");
    assert_eq!(request.consumer, RequestedConsumer::Default);
    assert!(!request.force_authn && !request.is_passive && !request.has_conditions);
    assert_eq!(request.attribute_consuming_service_index, None);
    assert_eq!((request.name_id_policy, request.requested_context), (None, None));
    assert_eq!((request.subject, request.scoping, request.provider_name), (None, None, None));
}

#[test]
fn where_the_answer_is_wanted_is_said_by_index_or_by_address_and_binding() {
    let post = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST";
    let consumer = |attributes: &str| request(attributes, "").map(|request| request.consumer);
    let index = consumer("AssertionConsumerServiceIndex=\" 7 \"");
    assert_eq!(index, Ok(RequestedConsumer::Index(7)));
    let binding = consumer(&format!("ProtocolBinding=\"{post}\""));
    assert_eq!(binding, Ok(RequestedConsumer::Binding(Ok(Binding::Post))));
    let paos = consumer("ProtocolBinding=\"urn:paos\"");
    assert_eq!(paos, Ok(RequestedConsumer::Binding(Err("urn:paos".to_owned()))));
    let address = consumer("AssertionConsumerServiceURL=\"https://x.example\"");
    let url = "https://x.example".to_owned();
    assert_eq!(address, Ok(RequestedConsumer::Address { url, binding: None }));
    let both = consumer(
        "AssertionConsumerServiceIndex=\"1\" AssertionConsumerServiceURL=\"https://x.example\"",
    );
    let (index, address) = ("AssertionConsumerServiceIndex", "AssertionConsumerServiceURL");
    assert_eq!(both, Err(ReadError::Exclusive(index, address)));
    let both = consumer(&format!("{index}=\"1\" ProtocolBinding=\"{post}\""));
    assert_eq!(both, Err(ReadError::Exclusive(index, "ProtocolBinding")));
    assert_eq!(consumer(&format!("{index}=\"65536\"")), Err(ReadError::Value(index)));
    assert_eq!(consumer(&format!("{address}=\"\"")), Err(ReadError::Value(address)));
}

#[test]
fn who_has_to_log_in_never_passes_for_anybody() {
    let subject = |content: &str| {
        request("", &format!("<a:Subject>{content}</a:Subject>")).map(|request| request.subject)
    };
    let named = subject("<a:NameID Format=\"urn:f\">sam</a:NameID><a:SubjectConfirmation/>");
    let expected = NameId {
        value: "sam".to_owned(),
        format: Some("urn:f".to_owned()),
        name_qualifier: None,
        sp_name_qualifier: None,
    };
    assert_eq!(named, Ok(Some(RequestedSubject::Named(expected))));
    for unreadable in
        ["", "<a:EncryptedID/>", "<a:BaseID/>", "<a:SubjectConfirmation/>", "<NameID/>"]
    {
        assert_eq!(subject(unreadable), Ok(Some(RequestedSubject::Unreadable)), "{unreadable}");
    }
    assert_eq!(subject("<a:NameID/>"), Err(ReadError::Missing("NameID")));
    assert_eq!(
        subject("<a:NameID>a</a:NameID><a:NameID>b</a:NameID>"),
        Err(ReadError::Twice("NameID"))
    );
}

#[test]
fn scoping_and_context_are_read_and_exclude_what_they_must() {
    let content = "<Scoping ProxyCount=\"0\"><IDPList><IDPEntry ProviderID=\"urn:a\"/>\
        <IDPEntry ProviderID=\"urn:b\" Name=\"B\"/><GetComplete>http://evil.example</GetComplete>\
        </IDPList><RequesterID>urn:c</RequesterID></Scoping><a:Conditions/>";
    let read = request("", content).expect("it reads");
    let list = |all: &[&str]| all.iter().map(ToString::to_string).collect::<Vec<_>>();
    let requester_ids = list(&["urn:c"]);
    let scoping =
        Scoping { proxy_count: Some(0), idp_list: list(&["urn:a", "urn:b"]), requester_ids };
    assert_eq!(read.scoping, Some(scoping));
    assert!(read.has_conditions);
    let empty = request("", "<Scoping><IDPList/></Scoping>");
    assert_eq!(empty, Err(ReadError::Missing("IDPEntry")));
    let context = |attributes: &str, content: &str| {
        let context = "RequestedAuthnContext";
        request("", &format!("<{context} {attributes}>{content}</{context}>"))
            .map(|request| request.requested_context)
    };
    let (class, declaration) = ("AuthnContextClassRef", "AuthnContextDeclRef");
    assert_eq!(context("", ""), Err(ReadError::Missing(class)));
    let (one, other) = (
        format!("<a:{class}>urn:x</a:{class}>"),
        format!("<a:{declaration}>urn:y</a:{declaration}>"),
    );
    assert_eq!(context("", &(one.clone() + &other)), Err(ReadError::Exclusive(class, declaration)));
    assert_eq!(context("Comparison=\"best\"", &one), Err(ReadError::Value("Comparison")));
    let read = context("", &other).expect("it reads").expect("there");
    assert_eq!((read.comparison, read.declarations), (Comparison::Exact, list(&["urn:y"])));
}

#[test]
fn a_message_of_another_version_is_told_from_a_broken_one() {
    let with = |version: &str| {
        let xml = message("AuthnRequest", "", "").replace("Version=\"2.0\"", version);
        read::<AuthnRequest>(&xml)
    };
    let other = Err(ReadError::Version { id: Some(some_id("_m")) });
    assert_eq!(with("Version=\"1.1\""), other);
    assert_eq!(with("Version=\"2.1\""), other);
    assert_eq!(with("Version=\"\""), other);
    assert_eq!(with(""), other);
}

#[test]
fn what_every_message_has_is_required() {
    let good = message("AuthnRequest", "", "");
    let with = |from: &str, to: &str| {
        assert!(good.contains(from));
        read::<AuthnRequest>(&good.replace(from, to)).err()
    };
    let issuer = "<a:Issuer>https://rota.example/sp</a:Issuer>";
    assert_eq!(with("ID=\"_m\"", ""), Some(ReadError::Missing("ID")));
    assert_eq!(with("ID=\"_m\"", "ID=\"1\""), Some(ReadError::Value("ID")));
    let instant = "IssueInstant";
    assert_eq!(
        with("IssueInstant=\"2026-10-13T12:00:00Z\"", ""),
        Some(ReadError::Missing(instant))
    );
    assert_eq!(with("2026-10-13T12:00:00Z", "yesterday"), Some(ReadError::Value(instant)));
    assert_eq!(with(issuer, ""), Some(ReadError::Missing("Issuer")));
    assert_eq!(with(issuer, "<a:Issuer> </a:Issuer>"), Some(ReadError::Missing("Issuer")));
    assert_eq!(with(issuer, &issuer.repeat(2)), Some(ReadError::Twice("Issuer")));
    assert_eq!(with("<a:Issuer>", "<a:Issuer Format=\"urn:x\">"), Some(ReadError::Value("Issuer")));
    let entity = format!("<a:Issuer Format=\"{ENTITY_FORMAT}\">\n ");
    assert_eq!(with("<a:Issuer>", &entity), None);
    assert_eq!(with("https://rota", "<x/>"), Some(ReadError::Unexpected("Issuer")));
    assert_eq!(with("ID=", "Destination=\" \" ID="), Some(ReadError::Value("Destination")));
}

#[test]
fn elements_of_another_namespace_are_not_taken_for_known_ones() {
    let unexpected = Err(ReadError::Unexpected("AuthnRequest"));
    assert_eq!(request("", "<NameIDPolicy xmlns=\"urn:x\"/>"), unexpected);
    assert_eq!(request("", "<a:NameIDPolicy/>"), unexpected);
    assert_eq!(request("", "<Subject/>"), unexpected);
    assert!(request("", "<Extensions><x xmlns=\"urn:x\"><NameIDPolicy/></x></Extensions>").is_ok());
    assert_eq!(request("", "<Extensions/><Extensions/>"), Err(ReadError::Twice("Extensions")));
    assert_eq!(request("ForceAuthn=\"yes\"", ""), Err(ReadError::Value("ForceAuthn")));
    // An attribute of another namespace is another attribute.
    let foreign = request("xmlns:x=\"urn:x\" x:ForceAuthn=\"true\"", "").expect("it reads");
    assert!(!foreign.force_authn);
}

#[test]
fn a_request_for_a_log_out_is_read_whole() {
    let read = read::<LogoutRequest>(LOGOUT).expect("it reads");
    assert_eq!(read.header.issued_at, at("2026-10-13T12:00:00Z"));
    assert_eq!(read.name_id.value, "a>b\rc");
    assert_eq!(read.name_id.sp_name_qualifier.as_deref(), Some("https://rota.example/sp"));
    assert_eq!(read.session_indexes, ["one", "two"]);
    assert_eq!(read.not_on_or_after, Some(at("2026-10-13T12:05:00Z")));
    assert_eq!(read.reason.as_deref(), Some("urn:oasis:names:tc:SAML:2.0:logout:user"));
    let logout =
        |content: &str| self::read::<LogoutRequest>(&message("LogoutRequest", "", content));
    assert_eq!(logout(""), Err(ReadError::Missing("NameID")));
    assert_eq!(logout("<a:EncryptedID/>"), Err(ReadError::Encrypted("NameID")));
    let read = logout("<a:NameID>sa<!-- -->m</a:NameID>").expect("it reads");
    assert_eq!((read.name_id.value.as_str(), read.session_indexes.len()), ("sam", 0));
    // What pysaml2 sends where its caller says none.
    let none = message("LogoutRequest", "Reason=\"\"", "<a:NameID>sam</a:NameID>");
    assert_eq!(self::read::<LogoutRequest>(&none).expect("it reads").reason, None);
}

#[test]
fn the_message_behind_an_artifact_is_asked_for() {
    let resolve = |content: &str| read::<ArtifactResolve>(&message("ArtifactResolve", "", content));
    let read = resolve("<Artifact>\n AAQ\n</Artifact>").expect("it reads");
    assert_eq!(read.artifact, "AAQ");
    assert_eq!(resolve(""), Err(ReadError::Missing("Artifact")));
    assert_eq!(
        resolve("<Artifact>a</Artifact><Artifact>b</Artifact>"),
        Err(ReadError::Twice("Artifact"))
    );
}

#[test]
fn the_message_behind_an_artifact_comes_whole_or_not_at_all() {
    let success = format!("<Status><StatusCode Value=\"{}\"/></Status>", TopStatus::Success.uri());
    let answer = |inside: &str| {
        let content = format!("{success}{inside}");
        read::<ArtifactResponse>(&message("ArtifactResponse", "InResponseTo=\"_q\"", &content))
    };
    let none = answer("").expect("it reads");
    assert_eq!((none.in_response_to, none.message), (some_id("_q"), None));
    // It stands alone, with the namespaces that it took from around it.
    let some = answer("<p:Any xmlns:p=\"urn:p\" b=\"1\"><a:x/></p:Any>").expect("it reads");
    let expected = "<p:Any xmlns:p=\"urn:p\" b=\"1\"><a:x \
        xmlns:a=\"urn:oasis:names:tc:SAML:2.0:assertion\"></a:x></p:Any>";
    assert_eq!(some.message.as_deref(), Some(expected));
    assert_eq!(answer("<x/><y/>"), Err(ReadError::Unexpected("ArtifactResponse")));
    let stray = read::<ArtifactResponse>(&message("ArtifactResponse", "", &success));
    assert_eq!(stray, Err(ReadError::Missing("InResponseTo")));
}

#[test]
fn a_status_says_who_is_at_fault_and_more() {
    let logout = |status: &str| {
        let status = format!("<Status>{status}</Status>");
        read::<LogoutResponse>(&message("LogoutResponse", "InResponseTo=\"_q\"", &status))
    };
    let partial = "urn:oasis:names:tc:SAML:2.0:status:PartialLogout";
    let code = format!(
        "<StatusCode Value=\"{}\"><StatusCode Value=\"{partial}\"/></StatusCode>\
        <StatusMessage>not all</StatusMessage><StatusDetail><x/></StatusDetail>",
        TopStatus::Success.uri()
    );
    let read = logout(&code).expect("it reads");
    assert_eq!(read.in_response_to, Some(some_id("_q")));
    let message = Some("not all".to_owned());
    assert_eq!(
        read.status,
        Status { top: TopStatus::Success, nested: vec![partial.to_owned()], message }
    );
    assert_eq!(logout("<StatusCode Value=\"urn:x\"/>"), Err(ReadError::Value("StatusCode")));
    assert_eq!(logout("<StatusCode/>"), Err(ReadError::Missing("StatusCode")));
    assert_eq!(logout(""), Err(ReadError::Missing("StatusCode")));
    let none = self::read::<LogoutResponse>(&self::message("LogoutResponse", "", ""));
    assert_eq!(none, Err(ReadError::Missing("Status")));
}

#[test]
fn a_response_and_its_assertion_are_read_whole() {
    let response = read::<Response>(RESPONSE).expect("it reads");
    assert_eq!(response.in_response_to, Some(some_id("_a1")));
    assert_eq!(response.status.top, TopStatus::Success);
    let assertion = response.assertion.expect("there is one");
    assert_eq!(assertion.id, some_id("_as1"));
    assert_eq!(assertion.issuer, "https://login.example.org/saml/metadata");
    let name = assertion.name_id.expect("there is one");
    assert_eq!(
        (name.value.as_str(), name.sp_name_qualifier.as_deref()),
        ("x7", Some("https://rota.example/sp"))
    );
    let confirmation = BearerConfirmation {
        in_response_to: Some(some_id("_a1")),
        recipient: "https://rota.example/acs".to_owned(),
        not_on_or_after: at("2026-10-13T12:05:00Z"),
    };
    assert_eq!(assertion.confirmation, confirmation);
    assert_eq!(assertion.not_before, at("2026-10-13T11:59:00Z"));
    assert_eq!(assertion.audiences, ["https://rota.example/sp"]);
    let authn = AuthnStatement {
        instant: at("2026-10-13T11:30:00Z"),
        session_index: Some("s1".to_owned()),
        session_not_on_or_after: Some(at("2026-10-13T20:00:00Z")),
        class: "https://refeds.org/profile/mfa".to_owned(),
    };
    assert_eq!(assertion.authn, authn);
    let [mail, roles] = &assertion.attributes[..] else { panic!("{:?}", assertion.attributes) };
    assert_eq!(mail.friendly_name.as_deref(), Some("mail"));
    assert_eq!(mail.name_format, AttributeNameFormat::Uri);
    assert_eq!(mail.values, ["a&b@x.example", " <two> "]);
    assert_eq!(roles.name_format, AttributeNameFormat::Unspecified);
    assert_eq!(roles.values, [""]);
}

#[test]
fn a_response_has_one_assertion_exactly_where_it_is_a_success() {
    let from = RESPONSE.find("<saml:Assertion").expect("there");
    let to = RESPONSE.find("</samlp:Response>").expect("there");
    let assertion = &RESPONSE[from..to];
    let with = |from: &str, to: &str| {
        assert!(RESPONSE.contains(from), "{from}");
        read::<Response>(&RESPONSE.replace(from, to)).err()
    };
    assert_eq!(with(assertion, ""), Some(ReadError::Missing("Assertion")));
    assert_eq!(with("status:Success", "status:Requester"), Some(ReadError::Unexpected("Response")));
    let two = format!("{assertion}{}", assertion.replace("_as1", "_as2"));
    assert_eq!(with(assertion, &two), Some(ReadError::Twice("Assertion")));
    let encrypted = "<e:EncryptedAssertion xmlns:e=\"urn:oasis:names:tc:SAML:2.0:assertion\"/>";
    assert_eq!(with(assertion, encrypted), Some(ReadError::Encrypted("Assertion")));
    let both = format!("{assertion}{encrypted}");
    assert_eq!(with(assertion, &both), Some(ReadError::Encrypted("Assertion")));
}

#[test]
fn an_assertion_says_for_whom_it_is_and_until_when() {
    let with = |from: &str, to: &str| {
        assert!(RESPONSE.contains(from), "{from}");
        read::<Assertion>(&RESPONSE.replacen(from, to, 1)).err()
    };
    assert_eq!(
        with("cm:bearer", "cm:sender-vouches"),
        Some(ReadError::Value("SubjectConfirmation"))
    );
    assert_eq!(with("Recipient=", "Address="), Some(ReadError::Missing("Recipient")));
    let restriction = "<saml:AudienceRestriction>";
    let unknown = format!("<saml:OneTimeUse/>{restriction}");
    assert_eq!(with(restriction, &unknown), Some(ReadError::Unexpected("Conditions")));
    let empty = format!("{restriction}</saml:AudienceRestriction>{restriction}");
    assert_eq!(with(restriction, &empty), Some(ReadError::Twice("AudienceRestriction")));
    assert_eq!(
        with("NotBefore=\"2026-10-13T11:59:00Z\"", ""),
        Some(ReadError::Missing("NotBefore"))
    );
    let advice = "<saml:Advice/><saml:AttributeStatement>";
    assert_eq!(with("<saml:AttributeStatement>", advice), Some(ReadError::Unexpected("Assertion")));
    let (from, to) = (RESPONSE.rfind("Version=\"2.0\"").expect("there"), "Version=\"1.1\"");
    let mut other = RESPONSE.to_owned();
    other.replace_range(from..from + to.len(), to);
    let version = Err(ReadError::Version { id: Some(some_id("_as1")) });
    assert_eq!(read::<Assertion>(&other), version);
}

#[test]
fn messages_are_named_as_their_kinds_are() {
    let names = [
        AuthnRequest::NAME,
        LogoutRequest::NAME,
        LogoutResponse::NAME,
        ArtifactResolve::NAME,
        ArtifactResponse::NAME,
        Response::NAME,
    ];
    assert_eq!(Kind::ALL.map(Kind::name), names);
}
