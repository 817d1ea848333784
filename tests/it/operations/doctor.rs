//! `latchkey sp doctor`, as an operator calls it with what an application sent.

use std::io::Write as _;
use std::process::{Command, Stdio};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use latchkey_core::clock::{Clock as _, SystemClock};
use latchkey_core::rng::SystemRng;
use latchkey_saml::keys::Credential;
use latchkey_saml::messages::{AuthnRequest, Header, MessageId, RequestedConsumer};
use latchkey_saml::redirect::{self, Parameter};
use latchkey_tests::server::binary;

use super::documents::Desk;
use crate::saml::credential;

const ENTITY: &str = "https://rota.example/sp";
const CONSUMER: &str = "https://rota.example/acs";

/// An installation that knows an application, and the key that the application signs with.
fn registered() -> (Desk, Credential) {
    let desk = Desk::new();
    let credential = credential();
    let certificate = credential.certificate().base64();
    desk.write(
        "sp.xml",
        &format!(
            r#"<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" entityID="{ENTITY}">
  <md:SPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol" AuthnRequestsSigned="true">
    <md:KeyDescriptor use="signing"><ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:X509Data>
      <ds:X509Certificate>{certificate}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>
    <md:AssertionConsumerService index="0" Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="{CONSUMER}"/>
  </md:SPSSODescriptor>
</md:EntityDescriptor>"#
        ),
    );
    desk.call(&["apply", "people.toml"]);
    let (code, told) = desk.call(&["sp", "add", "--metadata", "sp.xml", "--name", "The rota"]);
    assert_eq!(code, 0, "{told}");
    (desk, credential)
}

fn request() -> AuthnRequest {
    AuthnRequest {
        header: Header {
            id: MessageId::random(&SystemRng),
            issued_at: SystemClock.now(),
            destination: Some("https://login.example.org/saml/sso".to_owned()),
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

/// What stands in the browser while an application sends somebody here.
fn address(key: &Credential) -> String {
    let sign = |octets: &[u8]| key.key().sign(octets);
    let (xml, algorithm) = (request().write(None).expect("XML"), key.key().algorithm().uri());
    let query = redirect::write_signed(Parameter::Request, &xml, Some("ward 7"), algorithm, sign);
    format!("https://login.example.org/saml/sso?{}", query.expect("signed"))
}

/// What the doctor says of a message in a file.
fn looks_at(desk: &Desk, message: &str) -> (i32, String) {
    desk.write("message.txt", message);
    desk.call(&["sp", "doctor", "message.txt"])
}

/// The lines that begin with a word.
fn lines<'t>(told: &'t str, word: &str) -> Vec<&'t str> {
    told.lines().filter(|line| line.starts_with(word)).collect()
}

#[test]
fn a_sound_message_passes_every_check_and_the_exit_code_says_so() {
    let (desk, key) = registered();
    let address = address(&key);
    let (code, told) = looks_at(&desk, &format!("{address}\n"));
    assert_eq!(code, 0, "{told}");
    assert_eq!(told.lines().next(), Some("Looked at an AuthnRequest (https://rota.example/sp)."));
    assert!(lines(&told, "FAILED").is_empty() && lines(&told, "passed").len() > 8, "{told}");
    assert_eq!(told.lines().last(), Some("No check failed."), "{told}");
    // As it stands on the standard input too.
    let mut doctor = Command::new(binary().expect("a binary"))
        .args(["sp", "doctor", "-", "--config"])
        .arg(desk.path("latchkey.toml"))
        .env("LATCHKEY_LOG", "error")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("started");
    doctor.stdin.take().expect("piped").write_all(address.as_bytes()).expect("written");
    let output = doctor.wait_with_output().expect("it ends");
    assert!(output.status.success());
    assert!(String::from_utf8_lossy(&output.stdout).ends_with("No check failed.\n"));
}

#[test]
fn a_changed_message_is_said_apart_from_one_that_another_key_signed() {
    let (desk, key) = registered();
    let signed = |key: &Credential| request().write(Some(key)).expect("XML");
    let changed = signed(&key).replace(" ID=\"", " Consent=\"urn:x\" ID=\"");
    let (code, told) = looks_at(&desk, &STANDARD.encode(changed));
    assert_eq!(code, 1, "{told}");
    let failed = lines(&told, "FAILED");
    assert!(
        failed.len() == 1 && failed[0].contains("it was changed after it was signed"),
        "{told}"
    );
    assert!(told.contains("\n        at the provider: Find what changes it"), "{told}");
    assert_eq!(told.lines().last(), Some("One check failed: Signature."), "{told}");

    let (code, told) = looks_at(&desk, &STANDARD.encode(signed(&credential())));
    let failed = lines(&told, "FAILED");
    assert!(code == 1 && failed.len() == 1, "{told}");
    assert!(failed[0].contains("which is not in the provider's metadata here"), "{told}");
    assert!(!failed[0].contains("changed"), "{told}");

    let (_, told) = looks_at(&desk, &address(&key).replace("ward+7", "ward+8"));
    let failed = lines(&told, "FAILED");
    assert!(failed.len() == 1 && failed[0].contains("or the query was changed"), "{told}");
}

#[test]
fn what_is_no_message_is_told_so_with_what_to_do_and_never_ends_otherwise() {
    let (desk, key) = registered();
    let address = address(&key);
    for (rubbish, words) in [
        ("", "Nothing was pasted"),
        ("hello there", "is neither XML nor base64"),
        ("<!DOCTYPE html><html></html>", "A web page, and no message"),
        ("aGVsbG8gdGhlcmUsIHdvcmxkIQ", "the XML is broken"),
        ("aGVsbG8gdGhlcmUsIHdvcmxkI", "it is not base64 to its end"),
        (&address[..200], "Encoding: It is refused"),
        ("\u{7}\u{fffd}\u{0}", "is neither XML nor base64"),
    ] {
        let (code, told) = looks_at(&desk, rubbish);
        assert_eq!(code, 1, "{rubbish:?}: {told}");
        assert!(told.contains(words) && told.contains("\n        here: "), "{rubbish:?}: {told}");
        let control = |c: char| c.is_control() && c != '\n';
        assert!(!told.contains(control), "{told:?}");
        assert!(told.lines().last().is_some_and(|line| line.starts_with("One check failed: ")));
    }
    for (words, told_as) in [
        (&["none.txt"][..], "reading none.txt: No such file"),
        (&["."], "reading .: Is a directory"),
        (&["--provider", "https://rota.example/sq"], "the nearest is https://rota.example/sp"),
        (&["--provider", ENTITY, "--person", "nobody.here"], "there is no person nobody.here"),
    ] {
        let (code, told) = desk.call(&[&["sp", "doctor"][..], words].concat());
        assert!(code == 1 && told.contains(told_as), "{words:?}: {told}");
    }
    let (code, told) = desk.call(&["sp", "doctor"]);
    assert!(code == 2 && told.contains("--provider"), "{told}");
}

#[test]
fn a_registration_is_tested_without_a_message_and_shows_what_would_be_said_of_somebody() {
    let (desk, _) = registered();
    let tests = ["sp", "doctor", "--provider", ENTITY, "--person", "amy.ward"];
    let (code, told) = desk.call(&tests);
    // Its certificate began years ago and ended since.
    assert_eq!(code, 1, "{told}");
    assert!(
        told.starts_with("Looked at the registration of “The rota” (https://rota.example/sp).")
    );
    assert!(told.contains("\nOne check failed: Certificates.\n"), "{told}");
    assert!(told.contains("with its registered key."), "{told}");
    assert!(told.contains("  urn:oid:0.9.2342.19200300.100.1.1 (uid): amy.ward\n"), "{told}");
}
