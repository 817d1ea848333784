//! What SAML peers send: XML of any kind, messages, queries and metadata; and good ones of those
//! with changes.

use std::sync::LazyLock;
use std::time::Duration;

use bergshamra::c14n::{C14nMode, canonicalize};
use latchkey_core::Timestamp;
use latchkey_core::rng::SeededRng;
use latchkey_saml::keys::{Certificate, Credential, SignatureAlgorithm, SigningKey};
use latchkey_saml::messages::{
    ArtifactResolve, ArtifactResponse, Assertion, AuthnRequest, LogoutRequest, LogoutResponse,
    Response,
};
use latchkey_saml::metadata::provider::{ServiceProvider, UiKind};
use latchkey_saml::metadata::read::Metadata;
use latchkey_saml::post::Form;
use latchkey_saml::read::Message;
use latchkey_saml::redirect::{LONGEST_RELAY_STATE, Parameter, Query, write, write_signed};
use latchkey_saml::soap;
use latchkey_saml::verify::{
    Demand, Key, Received, Screened, SignatureError, Verified, canonical_form,
};

use super::edited;
use crate::Target;

/// Good ones, signed by others.
const REQUEST: &str = include_str!("../../../idp/saml/src/testing/messages/request.xml");
const LOGOUT: &str = include_str!("../../../idp/saml/src/testing/messages/logout.xml");
const RESPONSE: &str = include_str!("../../../idp/saml/src/testing/messages/response.xml");
const FEDERATION: &str = include_str!("../../../idp/saml/src/testing/metadata/federation.xml");
const RSA: &str = include_str!("../../../idp/saml/src/testing/rsa.cert.pem");
const ECDSA: &str = include_str!("../../../idp/saml/src/testing/ec.cert.pem");

struct Peer {
    /// Whose messages are taken.
    keys: Vec<Key>,
    request: Verified<AuthnRequest>,
    logout: Verified<LogoutRequest>,
    response: Verified<Response>,
    assertion: Verified<Assertion>,
    /// A query that the last of the keys signed.
    query: String,
    providers: Vec<ServiceProvider>,
}

static PEER: LazyLock<Peer> = LazyLock::new(|| {
    let own = credential();
    let key = |pem: &str| {
        let body: String = pem.lines().filter(|line| !line.starts_with("-----")).collect();
        let certificate = Certificate::parse_base64(&body).expect("a certificate");
        Key::from_certificate(certificate.der()).expect("a key")
    };
    let last = Key::from_certificate(own.certificate().der()).expect("a key");
    let keys = vec![key(RSA), key(ECDSA), last];
    let screen = |xml: &str| Screened::parse(xml.as_bytes()).expect("it is good");
    let request = screen(REQUEST).verify::<AuthnRequest>(&keys).expect("it is good");
    let logout = soap::screen(LOGOUT.as_bytes()).expect("it is good");
    let xml = request.write(None).expect("written");
    let (algorithm, sign) = (own.key().algorithm().uri(), |octets: &[u8]| own.key().sign(octets));
    let query = write_signed(Parameter::Request, &xml, Some("here"), algorithm, sign);
    let metadata = Metadata::open(FEDERATION.as_bytes(), &keys).expect("it is good");
    let providers = metadata.providers().expect("it is good").flatten().collect();
    Peer {
        logout: logout.verify(&keys).expect("it is good"),
        response: screen(RESPONSE).verify(&keys).expect("it is good"),
        assertion: screen(RESPONSE).verify_assertion(&keys).expect("it is good"),
        query: query.expect("signed"),
        request,
        providers,
        keys,
    }
});

fn credential() -> Credential {
    let key = SigningKey::generate(SignatureAlgorithm::EcdsaSha256).expect("a key");
    let (now, year) = (Timestamp::from_seconds(1_800_000_000), Duration::from_secs(31_536_000));
    let certificate = Certificate::self_signed(&key, "peer", now, year, &SeededRng::new(1));
    Credential::new(key, certificate.expect("a certificate")).expect("a credential")
}

/// What the languages of XML and SAML have.
const WORDS: &[&str] = &[
    "<",
    ">",
    "/>",
    "</",
    "<!--",
    "-->",
    "<![CDATA[",
    "]]>",
    "<!DOCTYPE a [<!ENTITY b \"c\">]>",
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>",
    "<?a?>",
    "&b;",
    "&amp;",
    "&lt;",
    "&#13;",
    "&#xD;",
    "&#x0;",
    "&#xFFFE;",
    "&#x10FFFF;",
    "\r\n",
    "\r",
    "\t",
    "\u{feff}",
    "\u{85}",
    "\u{2028}",
    "'",
    "\"",
    "=\"",
    " xmlns=\"\"",
    " xmlns=\"urn:a\"",
    " xmlns:p=\"urn:a\"",
    " xmlns:q=\"urn:a\"",
    " xmlns:xml=\"http://www.w3.org/XML/1998/namespace\"",
    " xml:lang=\"cy\"",
    " p:a=\"\"",
    " q:a=\"\"",
    " a=\"\"",
    " ID=\"_1\"",
    " Version=\"2.0\"",
    " Version=\"1.1\"",
    " IssueInstant=\"2026-10-13T12:00:00Z\"",
    " ForceAuthn=\"1\"",
    " Destination=\"\"",
    " AssertionConsumerServiceIndex=\"1\"",
    " ProtocolBinding=\"urn:x\"",
    " validUntil=\"2026-10-13T12:00:00+14:00\"",
    " cacheDuration=\"P1Y2M3DT4H5M6.7S\"",
    " isDefault=\"true\"",
    "<p:a>",
    "</p:a>",
    "<a/>",
    "samlp:",
    "saml:",
    "md:",
    "<saml:Subject>",
    "</saml:Subject>",
    "<samlp:Extensions>",
    "<ds:Signature xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\">",
    "</ds:Signature>",
    "javascript:alert(1)",
    "http://localhost/",
];

/// XML: what screening makes of a document is what another implementation makes of it.
pub(super) const XML: Target = Target {
    name: "xml",
    cost: 1,
    words: WORDS,
    run: |bytes| {
        let Ok(text) = std::str::from_utf8(bytes) else {
            assert!(canonical_form(bytes).is_err());
            return;
        };
        // The other one keeps line ends and tabs in attributes, which XML 1.0 §3.3.3 has as spaces;
        // xmllint judges those in the crate's own tests.
        let text = text.replace(['\t', '\r', '\n'], " ");
        let Ok(ours) = canonical_form(text.as_bytes()) else { return };
        let none: &[&str] = &[];
        let theirs = canonicalize(&text, C14nMode::Exclusive, None, none);
        let theirs = theirs.unwrap_or_else(|error| panic!("taken here, and elsewhere {error}"));
        assert_eq!(text_of(&ours), text_of(&theirs));
        let again = canonical_form(&ours).expect("canonical form is XML");
        assert_eq!(text_of(&again), text_of(&ours), "and its own canonical form");
    },
};

fn text_of(octets: &[u8]) -> &str {
    std::str::from_utf8(octets).expect("UTF-8")
}

/// A message, in a form, in an envelope or alone.
pub(super) const MESSAGE: Target = Target {
    name: "saml-message",
    cost: 20,
    words: WORDS,
    run: |bytes| {
        if let Ok(text) = std::str::from_utf8(bytes)
            && let Ok(form) = Form::parse(text)
        {
            let relay_state = form.relay_state().unwrap_or_default();
            assert!(relay_state.len() <= LONGEST_RELAY_STATE);
            if let Ok(screened) = form.screen() {
                nobody_signed(&screened);
            }
        }
        if let Ok(screened) = soap::screen(bytes) {
            nobody_signed(&screened);
        }
        if let Ok(screened) = Screened::parse(bytes) {
            nobody_signed(&screened);
            reads_as_it_writes(&screened);
        }
        let peer = &*PEER;
        unchanged(&edited(REQUEST.as_bytes(), bytes), &peer.request);
        unchanged(&edited(RESPONSE.as_bytes(), bytes), &peer.response);
        let changed = edited(RESPONSE.as_bytes(), bytes);
        if let Ok(screened) = Screened::parse(&changed)
            && let Ok(assertion) = screened.verify_assertion(&peer.keys)
        {
            assert_eq!(assertion, peer.assertion);
        }
        if let Ok(screened) = soap::screen(&edited(LOGOUT.as_bytes(), bytes))
            && let Ok(logout) = screened.verify::<LogoutRequest>(&peer.keys)
        {
            assert_eq!(logout, peer.logout);
        }
    },
};

/// Whatever of a good message is changed, it is refused or says the same.
fn unchanged<M: Message + std::fmt::Debug + PartialEq>(changed: &[u8], good: &Verified<M>) {
    if let Ok(screened) = Screened::parse(changed)
        && let Ok(read) = screened.verify::<M>(&PEER.keys)
    {
        assert_eq!(read, *good);
    }
}

fn nobody_signed(screened: &Screened) {
    fn refused<M: Message>(screened: &Screened) -> bool {
        screened.verify::<M>(&PEER.keys).is_err()
    }
    assert!(refused::<AuthnRequest>(screened));
    assert!(refused::<LogoutRequest>(screened));
    assert!(refused::<LogoutResponse>(screened));
    assert!(refused::<ArtifactResolve>(screened));
    assert!(refused::<ArtifactResponse>(screened));
    assert!(refused::<Response>(screened));
    assert!(screened.verify_assertion(&PEER.keys).is_err());
    let no_key = screened.verify::<AuthnRequest>(&[]);
    assert!(no_key.is_err());
    if let Ok(Received::Unsigned(_)) = screened.receive::<AuthnRequest>(&[], Demand::Either) {
        assert!(!screened.claims_signature());
        assert_eq!(no_key, Err(SignatureError::Missing.into()));
    }
}

/// A value that was read, and that can be written, is read from that again.
fn reads_as_it_writes(screened: &Screened) {
    fn again<M: Message + Clone>(xml: &str) -> M {
        let screened = Screened::parse(xml.as_bytes()).expect("what we write is XML");
        let received = screened.receive::<M>(&[], Demand::Either).expect("and a message");
        M::clone(&received)
    }
    if let Ok(read) = screened.receive::<AuthnRequest>(&[], Demand::Either)
        && let Ok(xml) = read.write(None)
    {
        assert_eq!(again::<AuthnRequest>(&xml), *read);
    }
    if let Ok(read) = screened.receive::<LogoutRequest>(&[], Demand::Either)
        && let Ok(xml) = read.write(None)
    {
        assert_eq!(again::<LogoutRequest>(&xml), *read);
    }
    if let Ok(read) = screened.receive::<LogoutResponse>(&[], Demand::Either)
        && let Ok(xml) = read.write(None)
    {
        assert_eq!(again::<LogoutResponse>(&xml), *read);
    }
}

/// A query.
pub(super) const QUERY: Target = Target {
    name: "saml-query",
    cost: 4,
    words: &[
        "SAMLRequest=",
        "SAMLResponse=",
        "&RelayState=",
        "&SigAlg=",
        "&Signature=",
        "&SAMLEncoding=",
        "Relay%53tate",
        "http%3A%2F%2Fwww.w3.org%2F2001%2F04%2Fxmldsig-more%23",
        "rsa-sha256",
        "ecdsa-sha512",
        "rsa-sha1",
        "hmac-sha256",
        "%",
        "%0",
        "%2B",
        "%3D",
        "+",
        "=",
        "&",
    ],
    run: |bytes| {
        let Ok(text) = std::str::from_utf8(bytes) else { return };
        let peer = &*PEER;
        if let Ok(query) = Query::parse(text) {
            let relay_state = query.relay_state().unwrap_or_default();
            assert!(relay_state.len() <= LONGEST_RELAY_STATE);
            if let Ok(screened) = query.screen() {
                nobody_signed(&screened);
            }
        }
        // Anything comes back as it was sent.
        let query = write(Parameter::Response, "<a/>", Some(text));
        match Query::parse(&query) {
            Ok(query) => assert_eq!(query.relay_state(), Some(text)),
            Err(_) => assert!(text.len() > LONGEST_RELAY_STATE),
        }
        let Ok(changed) = String::from_utf8(edited(peer.query.as_bytes(), bytes)) else { return };
        if let Ok(query) = Query::parse(&changed)
            && let Ok(screened) = query.screen()
            && let Ok(request) = screened.verify::<AuthnRequest>(&peer.keys)
        {
            assert_eq!(*request, *peer.request);
            assert_eq!(query.relay_state(), Some("here"));
            assert_eq!(query.parameter(), Parameter::Request);
        }
    },
};

/// Metadata.
pub(super) const METADATA: Target = Target {
    name: "saml-metadata",
    cost: 8,
    words: WORDS,
    run: |bytes| {
        let peer = &*PEER;
        assert!(Metadata::open(bytes, &peer.keys).is_err(), "nobody signed it");
        if let Ok(metadata) = Metadata::open(bytes, &[]) {
            let providers = metadata.providers().expect("it is well-formed");
            for provider in providers.flatten() {
                assert!(!provider.entity_id.is_empty() && !provider.consumers.is_empty());
                nobody_is_sent_astray(&provider);
                let kept = serde_json::to_string(&provider).expect("it can be kept");
                let again: ServiceProvider = serde_json::from_str(&kept).expect("and is known");
                assert_eq!(again, provider);
            }
        }
        let changed = edited(FEDERATION.as_bytes(), bytes);
        if let Ok(metadata) = Metadata::open(&changed, &peer.keys) {
            let providers: Vec<_> = metadata.providers().expect("good").flatten().collect();
            assert_eq!(providers, peer.providers, "whatever was changed was not signed");
        }
    },
};

fn nobody_is_sent_astray(provider: &ServiceProvider) {
    let indexed = provider.consumers.iter().chain(&provider.artifacts).map(|e| &e.location);
    let logout = provider.logout.iter();
    let logout = logout.flat_map(|e| std::iter::once(&e.location).chain(&e.response_location));
    let links = provider.ui.iter();
    let links =
        links.filter(|text| matches!(text.kind, UiKind::InformationUrl | UiKind::PrivacyUrl));
    let links = links.map(|text| &text.text).chain(provider.logos.iter().map(|l| &l.address));
    for address in indexed.chain(logout).chain(links) {
        let url = url::Url::parse(address).expect("an address");
        let here = ["localhost", "127.", "[::1]"];
        let host = url.host_str().expect("with a host");
        let safe = url.scheme() == "https"
            || (url.scheme() == "http" && here.iter().any(|here| host.starts_with(here)));
        assert!(safe && !address.contains(['<', '>', '"', '\\', ' ']), "{address}");
    }
}
