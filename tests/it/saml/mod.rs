//! SAML over the wire: a service provider of our own crate's making asks, and judges what comes back
//! by our metadata alone. What others wrote is in `rp`.

mod artifact;
mod doctor;
mod hostile;
mod installation;
mod login;
mod logout;
mod refresh;
mod refusals;
mod rollover;

use std::path::PathBuf;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use latchkey_core::rng::SystemRng;
use latchkey_core::{Clock as _, Timestamp};
use latchkey_saml::keys::{Certificate, Credential, SignatureAlgorithm, SigningKey};
use latchkey_saml::messages::{
    Assertion, AuthnRequest, Header, MessageId, RequestedConsumer, Response,
};
use latchkey_saml::post::Form;
use latchkey_saml::redirect::{self, Parameter};
use latchkey_saml::verify::Key;

use crate::factors::apply;
use crate::support::http::{Answer, Page, Person, Site, encode};

/// Where its assertions go.
const CONSUMER: &str = "https://app.example/saml/consume";
/// Another place of its, by another index.
const OTHER_CONSUMER: &str = "https://app.example/saml/other";
const ENTITY: &str = "https://app.example/saml/metadata";

/// A service provider.
struct Provider {
    entity: String,
    consumer: String,
    credential: Credential,
    _folder: tempfile::TempDir,
    file: PathBuf,
}

impl Provider {
    /// One that an installation knows, with more members of its document.
    async fn registered(site: &Site, signs: bool, members: &str) -> Self {
        let provider = Self::new(signs);
        apply(site, &provider.document(members)).await;
        provider
    }

    fn new(signs: bool) -> Self {
        Self::of(ENTITY, signs)
    }

    /// One of another entity ID.
    fn of(entity: &str, signs: bool) -> Self {
        let others = format!(
            r#"<md:AssertionConsumerService index="7" Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="{OTHER_CONSUMER}"/>
    <md:AssertionConsumerService index="6" Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Artifact" Location="https://app.example/saml/artifact"/>
    <md:AssertionConsumerService index="8" Binding="urn:oasis:names:tc:SAML:2.0:bindings:PAOS" Location="https://app.example/saml/paos"/>"#
        );
        Self::described(entity, CONSUMER, signs, "", &others)
    }

    /// One with elements of metadata before and after its consumer.
    fn described(entity: &str, consumer: &str, signs: bool, before: &str, after: &str) -> Self {
        let credential = credential();
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("sp.xml");
        let certificate = credential.certificate().base64();
        let metadata = format!(
            r#"<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" entityID="{entity}">
  <md:SPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol" AuthnRequestsSigned="{signs}">
    <md:KeyDescriptor use="signing"><ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:X509Data>
      <ds:X509Certificate>{certificate}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>
    {before}
    <md:AssertionConsumerService index="0" isDefault="true" Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="{consumer}"/>
    {after}
  </md:SPSSODescriptor>
</md:EntityDescriptor>"#
        );
        std::fs::write(&file, metadata).expect("written");
        let (entity, consumer) = (entity.to_owned(), consumer.to_owned());
        Self { entity, consumer, credential, _folder: folder, file }
    }

    fn document(&self, members: &str) -> String {
        let file = self.file.display();
        format!("[[service_provider]]\nmetadata = \"{file}\"\nname = \"The ledger\"\n{members}\n")
    }

    /// A request of this moment to an installation's single sign-on service.
    fn request(site: &Site) -> AuthnRequest {
        AuthnRequest {
            header: Header {
                id: MessageId::random(&SystemRng),
                issued_at: site.clock.now(),
                destination: Some(site.url("/saml/sso")),
                issuer: ENTITY.to_owned(),
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

    /// The same of this one.
    fn asks(&self, site: &Site) -> AuthnRequest {
        let mut request = Self::request(site);
        request.header.issuer.clone_from(&self.entity);
        request
    }

    /// The path that a request is sent to by HTTP-Redirect, signed.
    fn redirect(&self, request: &AuthnRequest, relay_state: Option<&str>) -> String {
        let xml = request.write(None).expect("XML");
        let key = self.credential.key();
        let sign = |octets: &[u8]| key.sign(octets);
        let algorithm = key.algorithm().uri();
        let query = redirect::write_signed(Parameter::Request, &xml, relay_state, algorithm, sign);
        format!("/saml/sso?{}", query.expect("signed"))
    }

    /// The form that a request is posted by, signed.
    fn form(&self, request: &AuthnRequest, relay_state: Option<&str>) -> Page {
        post(&request.write(Some(&self.credential)).expect("XML"), relay_state)
    }
}

pub(crate) fn credential() -> Credential {
    let key = SigningKey::generate(SignatureAlgorithm::EcdsaSha256).expect("a key");
    let year = Duration::from_secs(365 * 86_400);
    let now = Timestamp::from_seconds(1_700_000_000);
    let certificate = Certificate::self_signed(&key, "The ledger", now, year, &SystemRng);
    Credential::new(key, certificate.expect("a certificate")).expect("a credential")
}

/// The path that a request is sent to by HTTP-Redirect, unsigned.
fn unsigned(request: &AuthnRequest) -> String {
    let xml = request.write(None).expect("XML");
    format!("/saml/sso?{}", redirect::write(Parameter::Request, &xml, None))
}

fn post(xml: &str, relay_state: Option<&str>) -> Page {
    let mut fields = vec![("SAMLRequest".to_owned(), STANDARD.encode(xml))];
    fields.extend(relay_state.map(|text| ("RelayState".to_owned(), text.to_owned())));
    Page { action: "/saml/sso".to_owned(), options: None, creates: false, fields }
}

/// Posts a form as another site's page does: without our cookies, and from that site.
async fn post_from_elsewhere(person: &mut Person<'_>, site: &Site, form: &Page) -> Answer {
    let request = site
        .http
        .post(site.url(&form.action))
        .header("origin", "https://app.example")
        .header("sec-fetch-site", "cross-site")
        .header("content-type", "application/x-www-form-urlencoded")
        .body(form.body());
    let answer = site.send(request).await;
    person.follow(answer).await
}

/// The key that our metadata says answers are signed with.
async fn our_key(site: &Site) -> Key {
    let metadata = site.get("/saml/metadata").await;
    assert_eq!(metadata.header("content-type"), Some("application/samlmetadata+xml"));
    let after = metadata.body.split("<ds:X509Certificate>").nth(1).expect("a certificate");
    let text = after.split('<').next().unwrap_or_default();
    Key::from_certificate(&STANDARD.decode(text).expect("base64")).expect("a key")
}

/// What a page posts to a service provider, verified by our metadata.
async fn answered(site: &Site, page: &Answer, consumer: &str) -> Response {
    assert_eq!(page.status, 200, "{}: {}", page.url, page.body);
    let form = page.form(consumer);
    assert_eq!(form.action, consumer);
    let form = Form::parse(&encode(&[("SAMLResponse", form.field("SAMLResponse").expect("one"))]));
    let screened = form.expect("a form").screen().expect("XML");
    let verified = screened.verify::<Response>(&[our_key(site).await]);
    verified.expect("a signed response").into_inner()
}

/// The assertion of a response that has one, which is signed by itself as well.
async fn asserted(site: &Site, page: &Answer) -> (Response, Assertion) {
    let response = answered(site, page, CONSUMER).await;
    let form = page.form(CONSUMER);
    let form = Form::parse(&encode(&[("SAMLResponse", form.field("SAMLResponse").expect("one"))]));
    let screened = form.expect("a form").screen().expect("XML");
    let own = screened.verify_assertion(&[our_key(site).await]).expect("a signed assertion");
    let assertion = response.assertion.clone().expect("an assertion");
    assert_eq!(own.into_inner(), assertion);
    (response, assertion)
}
