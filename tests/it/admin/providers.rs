//! Applications that speak SAML over the API.

use std::sync::LazyLock;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use latchkey_core::audit::What;
use latchkey_core::roles::Role;
use reqwest::Method;
use serde_json::{Value, json};

use super::changes::{named, tag, wrong};
use super::{At, Desk, OTTO, PIA, SAM, UMA, problem};
use crate::saml::credential;

const ENTITY: &str = "https://porters.example/saml/metadata";
const OTHER: &str = "https://zebra.example/saml";
/// Its certificate, in base64: nobody here needs the key.
static CERTIFICATE: LazyLock<String> =
    LazyLock::new(|| credential().certificate().base64().to_owned());

/// The metadata of an application.
pub(crate) fn metadata(entity: &str) -> String {
    let certificate = &*CERTIFICATE;
    format!(
        r#"<?xml version="1.0"?>
<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" entityID="{entity}">
  <md:SPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">
    <md:KeyDescriptor use="signing"><ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:X509Data>
      <ds:X509Certificate>{certificate}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>
    <md:SingleLogoutService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="https://porters.example/saml/slo"/>
    <md:AssertionConsumerService index="0" Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="https://porters.example/saml/consume"/>
  </md:SPSSODescriptor>
</md:EntityDescriptor>"#
    )
}

/// The same as a document, with more members.
pub(super) fn document(members: &str) -> String {
    format!("[[service_provider]]\nmetadata = '''\n{}'''\n{members}\n", metadata(ENTITY))
}

/// What it has in addresses.
pub(super) fn key() -> String {
    URL_SAFE_NO_PAD.encode(ENTITY)
}

fn path() -> String {
    format!("/service-providers/{}", key())
}

async fn platform(desk: &Desk) -> At<'_> {
    desk.administrator(PIA, Role::PlatformAdministrator, "valley").await
}

fn porters() -> Value {
    json!({ "metadata": metadata(ENTITY), "name": "Porters", "organisation": "riverside" })
}

fn with(member: &str, value: impl Into<Value>) -> Value {
    let mut sent = porters();
    sent[member] = value.into();
    sent
}

#[tokio::test]
async fn an_application_that_speaks_saml_is_added_by_its_metadata_and_shown_with_what_it_needs() {
    let desk = Desk::open().await;
    let pia = platform(&desk).await;
    let sent = with("idp_initiated", true);
    let added = pia.post("/service-providers", sent).await;
    assert_eq!(added.status, 201, "{added:?}");
    let shown = pia.get(&path()).await;
    assert_eq!(added.json(), shown.json());
    let shown = shown.json();
    assert_eq!(shown["key"], key());
    assert_eq!((&shown["entity_id"], &shown["name"]), (&ENTITY.into(), &"Porters".into()));
    assert_eq!(shown["organisation"]["id"], "riverside");
    let document = json!({ "name": "Porters", "organisation": "riverside", "idp_initiated": true });
    assert_eq!(shown["document"], document);
    assert_eq!(shown["consumers"][0]["location"], "https://porters.example/saml/consume");
    assert_eq!(shown["logout"][0]["location"], "https://porters.example/saml/slo");
    let certificate = &shown["certificates"][0];
    assert_eq!(
        (&certificate["signing"], &certificate["encryption"]),
        (&true.into(), &false.into())
    );
    assert_eq!(certificate["sha256"].as_str().map(str::len), Some(95), "{certificate}");
    assert_eq!(shown["attributes"][0]["from"], "email", "the standard ones: {shown}");
    assert_eq!((&shown["must_sign"], &shown["encrypts"]), (&false.into(), &false.into()));
    let start = shown["start"].as_str().expect("an address");
    assert!(start.ends_with("/saml/start?sp=https%3A%2F%2Fporters.example%2Fsaml%2Fmetadata"));
    assert_eq!(shown["ours"]["metadata"], desk.site.url("/saml/metadata"));
    let begun = desk.site.get(&start.replace(&desk.site.url(""), "")).await;
    assert_eq!(begun.status, 303, "a log-in begins there");
    let events = desk.site.app.store.view().list_events(10).await.expect("read");
    let added =
        |what: &What| matches!(what, What::ProviderAdded { provider } if provider.0 == ENTITY);
    assert!(events.iter().any(|(_, what)| added(what)), "{events:?}");
    let twice = pia.post("/service-providers", porters()).await;
    assert_eq!(wrong(&twice), [("metadata".into(), "taken".into())]);
}

#[tokio::test]
async fn what_is_sent_is_judged_as_documents_are_and_told_by_member() {
    let desk = Desk::open().await;
    let pia = platform(&desk).await;
    let cases = [
        ("metadata", json!("<md:EntityDescriptor")),
        ("metadata", json!("")),
        ("metadata", json!(7)),
        ("metadata", json!({ "entity_id": "https://porters.example" })),
        ("metadata", json!(format!("<!DOCTYPE x [<!ENTITY y 'z'>]>{}", metadata(ENTITY)))),
        ("metadata", json!("http://127.0.0.1:1/metadata")),
        ("sign", json!("everything")),
        ("name_id", json!("kerberos")),
        ("require_acr", json!("phish")),
        ("attributes", json!([{ "name": "mail", "from": "password" }])),
        ("attributes", json!("mail")),
        ("allow_cbc", json!("yes")),
        ("surprise", json!(true)),
    ];
    for (member, value) in cases {
        let answer = pia.post("/service-providers", with(member, value.clone())).await;
        assert_eq!(wrong(&answer), [(member.into(), "invalid".into())], "{value}: {answer:?}");
    }
    let lacks = pia.post("/service-providers", json!({ "name": "Porters" })).await;
    assert_eq!((lacks.status, &*problem(&lacks)), (422, "validation"));
    let nowhere = pia.post("/service-providers", with("organisation", "nowhere")).await;
    assert_eq!(wrong(&nowhere), [("organisation".into(), "unknown".into())]);
    let large = with("name", "x".repeat(1024 * 1024));
    assert_eq!(pia.post("/service-providers", large).await.status, 413);
    assert!(named(&pia.get("/service-providers").await, "key").is_empty(), "none was kept");
}

/// The same metadata, which holds until then.
fn until(time: &str) -> String {
    metadata(ENTITY).replace(" entityID=", &format!(" validUntil=\"{time}\" entityID="))
}

#[tokio::test]
async fn metadata_whose_time_is_over_is_not_taken_and_the_refusal_says_since_when() {
    let desk = Desk::open().await;
    let pia = platform(&desk).await;
    let over = until("2020-01-02T03:04:05Z");
    let refused = pia.post("/service-providers", with("metadata", over.clone())).await;
    assert_eq!(wrong(&refused), [("metadata".into(), "invalid".into())]);
    let told = refused.json()["errors"][0]["message"].to_string();
    assert!(told.contains("expired") && told.contains("2020-01-02 03:04:05 UTC"), "{told}");
    assert!(named(&pia.get("/service-providers").await, "key").is_empty(), "none was kept");

    // Nor is it of one that is there, whose good metadata stays.
    let good = until("2199-01-02T03:04:05Z");
    assert_eq!(pia.post("/service-providers", with("metadata", good)).await.status, 201);
    let refused = pia.change_now(Method::PUT, &path(), with("metadata", over)).await;
    assert_eq!(wrong(&refused), [("metadata".into(), "invalid".into())]);
    let shown = pia.get(&path()).await.json();
    assert_eq!(shown["valid_until"], "2199-01-02T03:04:05Z", "{shown}");
}

#[tokio::test]
async fn nothing_of_the_machine_is_read_for_whoever_sends_its_name() {
    let desk = Desk::open().await;
    let pia = platform(&desk).await;
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("sp.xml");
    std::fs::write(&file, metadata(ENTITY)).expect("written");
    let named = file.to_str().expect("a path");
    let text = format!("[[service_provider]]\nmetadata = '{named}'\n");
    desk.apply(&text).await;
    assert_eq!(pia.get(&path()).await.status, 200, "an operator's document may name it");
    let delete = desk.call(&pia.token, Method::DELETE, &path(), None).await;
    assert_eq!(delete.status, 204);
    for path in [named, "/etc/passwd", "file:///etc/passwd"] {
        let answer = pia.post("/service-providers", json!({ "metadata": path })).await;
        assert_eq!(wrong(&answer), [("metadata".into(), "invalid".into())], "{path}");
        let told = answer.json()["errors"][0]["message"].to_string();
        assert!(!told.contains("read") && !told.contains("root"), "{told}");
    }
    let certificate = folder.path().join("certificate.pem");
    let pem = format!("-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n", *CERTIFICATE);
    std::fs::write(&certificate, &pem).expect("written");
    let named = json!([certificate.to_str().expect("a path")]);
    let answer = pia.post("/service-providers", with("metadata_certificates", named)).await;
    assert_eq!(wrong(&answer), [("metadata_certificates".into(), "invalid".into())]);
    let pasted = with("metadata_certificates", json!([pem]));
    let unsigned = pia.post("/service-providers", pasted).await;
    assert_eq!(wrong(&unsigned), [("metadata".into(), "invalid".into())], "it is not signed");
}

#[tokio::test]
async fn an_application_that_speaks_saml_is_changed_in_full_and_keeps_its_metadata_unless_sent() {
    let desk = Desk::open().await;
    let pia = platform(&desk).await;
    pia.post("/service-providers", porters()).await;
    let old = tag(&pia.get(&path()).await);
    let rules = json!([{ "name": "mail", "format": "basic", "from": "email" }]);
    let change = json!({ "name": "The porters", "attributes": rules, "sign": "assertion" });
    let without = pia.change(Method::PUT, &path(), None, change.clone()).await;
    assert_eq!((without.status, &*problem(&without)), (428, "if-match-needed"));
    let changed = pia.change(Method::PUT, &path(), Some(&old), change.clone()).await;
    assert_eq!(changed.status, 200, "{changed:?}");
    let shown = changed.json();
    assert_eq!(shown["document"], change, "what is left out takes its default");
    assert_eq!(shown["organisation"], Value::Null);
    assert_eq!(shown["consumers"][0]["location"], "https://porters.example/saml/consume");
    let stale = pia.change(Method::PUT, &path(), Some(&old), change.clone()).await;
    assert_eq!((stale.status, &*problem(&stale)), (412, "stale"));
    let events = desk.site.app.store.view().list_events(10).await.expect("read");
    let told = events.into_iter().find_map(|(_, what)| match what {
        What::ProviderChanged { members, .. } => Some(members),
        _ => None,
    });
    assert_eq!(told.expect("an event"), ["attributes", "name", "organisation", "sign"]);

    let moved = metadata(ENTITY).replace("/saml/consume", "/saml/elsewhere");
    let replaced = pia.change_now(Method::PUT, &path(), json!({ "metadata": moved })).await;
    assert_eq!(
        replaced.json()["consumers"][0]["location"],
        "https://porters.example/saml/elsewhere"
    );
    let other = json!({ "metadata": metadata(OTHER) });
    let other = pia.change_now(Method::PUT, &path(), other).await;
    assert_eq!(wrong(&other)[0].0, "metadata", "its entity ID does not change: {other:?}");
}

#[tokio::test]
async fn an_application_that_speaks_saml_is_gone_when_it_was_removed() {
    let desk = Desk::open().await;
    let pia = platform(&desk).await;
    pia.post("/service-providers", with("idp_initiated", true)).await;
    let start = format!("/saml/start?sp={ENTITY}");
    assert_eq!(desk.site.get(&start).await.status, 303);
    let gone = desk.call(&pia.token, Method::DELETE, &path(), None).await;
    assert_eq!(gone.status, 204);
    assert_eq!(desk.site.get(&start).await.status, 400, "at once");
    assert_eq!(pia.get(&path()).await.status, 404);
    assert_eq!(desk.call(&pia.token, Method::DELETE, &path(), None).await.status, 404);
    for key in ["AAAA", "!", "%2e%2e", "____"] {
        assert_eq!(pia.get(&format!("/service-providers/{key}")).await.status, 404, "{key}");
    }
}

#[tokio::test]
async fn applications_that_speak_saml_outside_are_not_there_and_those_inside_only_to_be_seen() {
    let desk = Desk::open().await;
    let pia = platform(&desk).await;
    let uma = desk.administrator(UMA, Role::Auditor, "riverside").await;
    let sam = desk.administrator(SAM, Role::LocalAdministrator, "riverside").await;
    let otto = desk.administrator(OTTO, Role::Auditor, "eastmoor").await;
    pia.post("/service-providers", porters()).await;
    pia.post("/service-providers", json!({ "metadata": metadata(OTHER) })).await;
    assert_eq!(named(&pia.get("/service-providers").await, "entity_id"), [ENTITY, OTHER]);
    assert_eq!(named(&uma.get("/service-providers").await, "entity_id"), [ENTITY]);
    let other = format!("/service-providers/{}", URL_SAFE_NO_PAD.encode(OTHER));
    assert_eq!(uma.get(&other).await.status, 404, "the platform's");
    assert!(named(&otto.get("/service-providers").await, "entity_id").is_empty());
    assert_eq!(otto.get(&path()).await.status, 404);
    for at in [&uma, &sam] {
        assert_eq!(at.post("/service-providers", porters()).await.status, 403);
        assert_eq!(desk.call(&at.token, Method::DELETE, &path(), None).await.status, 403);
    }
    let first = pia.get("/service-providers?limit=1").await;
    assert_eq!(named(&first, "entity_id"), [ENTITY]);
    let next = first.json()["next"].as_str().expect("more").to_owned();
    let rest = pia.get(&format!("/service-providers?after={next}")).await;
    assert_eq!(
        (named(&rest, "entity_id"), &rest.json()["next"]),
        (vec![OTHER.to_owned()], &Value::Null)
    );
}
