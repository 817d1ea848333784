//! Keys in place of other keys while people log in.

use std::fs;
use std::process::Output;
use std::sync::Arc;
use std::time::{Duration, Instant};

use latchkey::audit::Origin;
use latchkey::jobs;
use latchkey::keys::rotation::{PUBLISHED_AFTER, Rotated};
use latchkey_core::rng::SystemRng;
use latchkey_core::roles::Actor;
use latchkey_oidc::Algorithm;
use latchkey_tests::application::userinfo;
use latchkey_tests::browser::Site as Served;
use latchkey_tests::kill::SETTINGS;
use latchkey_tests::kill::clients::{self, APPLICATION, Client};
use latchkey_tests::server::{self, Installation};
use serde_json::Value;
use tokio::sync::mpsc::unbounded_channel;

use crate::support::http::{DAN, LOGGED_OUT_URI, ROBIN, STOCK, Site, encode, verified};

/// How long a running node may take to notice: far more than it needs.
const NOTICED_WITHIN: Duration = Duration::from_secs(15);

async fn jwks(http: &reqwest::Client, issuer: &str) -> Value {
    let answer = http.get(format!("{issuer}/oauth2/jwks")).send().await.expect("an answer");
    answer.json().await.expect("JSON")
}

fn kids(jwks: &Value) -> Vec<&str> {
    let keys = jwks["keys"].as_array().expect("keys");
    keys.iter().map(|key| key["kid"].as_str().expect("a name")).collect()
}

fn hint(token: &str) -> String {
    let query = [("id_token_hint", token), ("post_logout_redirect_uri", LOGGED_OUT_URI)];
    format!("/oauth2/logout?{}", encode(&query))
}

#[tokio::test]
async fn a_token_of_the_old_key_is_known_until_the_key_is_removed_and_then_refused() {
    let site = Site::start().await;
    let mut dan = site.person();
    let before = dan.tokens(STOCK, DAN).await.id;
    let published = jwks(&site.http, &site.issuer).await;
    let old = verified(&before, &published).header["kid"].clone();
    let now = site.app.clock.now();
    let by = Origin { actor: Actor::Cli, address: None, at: now };
    let lead = site.app.config.lifetimes.key_lead;
    let rotated =
        site.app.keys.rotate_signing(&site.app.store, &SystemRng, Algorithm::Es256, &by, lead);
    assert_eq!(rotated.await.expect("rotated"), Rotated::From(now.plus(lead)));

    site.clock.advance(Duration::from_secs(2));
    let published = jwks(&site.http, &site.issuer).await;
    assert_eq!(kids(&published).len(), 4, "published before it signs");
    let meanwhile = site.person().tokens(STOCK, ROBIN).await.id;
    assert_eq!(verified(&meanwhile, &published).header["kid"], old);

    site.clock.advance(lead);
    let mut robin = site.person();
    let after = robin.tokens(STOCK, ROBIN).await.id;
    // With what an application fetched before the key signed.
    assert_ne!(verified(&after, &published).header["kid"], old);
    let published = jwks(&site.http, &site.issuer).await;
    assert_eq!(verified(&before, &published).header["kid"], old, "it still verifies");
    assert_eq!(dan.get(&hint(&before)).await.status, 303, "and is known as a hint");

    jobs::tidy(&site.app).await.expect("tidied");
    site.clock.advance(PUBLISHED_AFTER);
    site.clock.advance(Duration::from_secs(1));
    let removed = jobs::tidy(&site.app).await.expect("tidied");
    assert_eq!(removed.signing_keys, 1);
    site.clock.advance(Duration::from_secs(2));
    let published = jwks(&site.http, &site.issuer).await;
    assert_eq!(kids(&published).len(), 3);
    assert!(!kids(&published).contains(&old.as_str().expect("a name")));
    let refused = site.person().get(&hint(&before)).await;
    assert_eq!((refused.status, refused.location()), (400, None));
    let known = site.person().get(&hint(&after)).await;
    assert_eq!(known.status, 303, "the key that signs is still there");
}

/// The real server with somebody who uses it.
struct Running {
    installation: Installation,
    site: Arc<Served>,
}

impl Running {
    fn new() -> Self {
        let binary = server::binary().expect("beside the tests");
        let documents = clients::documents(3);
        let installation = Installation::new(&binary, &documents, None, SETTINGS);
        let installation = installation.expect("tests/run builds the server before");
        let site = Served::new(&installation.issuer, installation.address()).expect("connections");
        Self { installation, site }
    }

    fn client(&self, number: usize) -> Client {
        Client::new(number, 7, Arc::clone(&self.site), unbounded_channel().0)
    }

    fn keys(&self, arguments: &[&str]) -> Output {
        let mut command = self.installation.command("keys");
        command.args(arguments).output().expect("it can be started")
    }

    fn done(&self, arguments: &[&str]) -> String {
        let output = self.keys(arguments);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).expect("text")
    }

    /// Why the server does not come up.
    fn refusal(&self) -> String {
        let output = self.installation.command("serve").output().expect("it can be started");
        assert_eq!(output.status.code(), Some(1));
        let told = String::from_utf8(output.stderr).expect("text");
        let last = told.lines().last().unwrap_or_default().to_owned();
        assert!(last.starts_with("latchkey: "), "{told}");
        last
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_master_key_is_rotated_under_a_running_server_and_codes_and_tokens_live_on() {
    let running = Running::new();
    let server = running.installation.start().expect("it starts");
    let mut word = running.client(2);
    word.log_in().await.expect("logged in");
    let codes = [word.open().await.expect("a code"), word.open().await.expect("a code")];
    let redeemed = APPLICATION.redeem(&running.site, &codes[0]).await.expect("an answer");
    let access = redeemed.text("access_token").expect("a token").to_owned();

    assert!(running.done(&["list"]).contains("Master key: version 1"));
    let added = running.done(&["rotate-master", "--add-only"]);
    assert!(added.starts_with("Version 2 is added."), "{added}");
    assert!(running.done(&["list"]).contains("token_key: sealed with version 1"));
    let rotated = running.done(&["rotate-master"]);
    assert!(rotated.contains("sealed with version 2 now (7 anew)"), "{rotated}");
    let list = running.done(&["list"]);
    assert!(!list.contains("sealed with version 1"), "{list}");
    assert_eq!(list.matches("sealed with version 2").count(), 7, "{list}");

    let again = APPLICATION.redeem(&running.site, &codes[1]).await.expect("an answer");
    assert_eq!(again.status, 200, "a code of before opens: {}", again.json);
    assert_eq!(userinfo(&running.site, &access).await.expect("an answer").status, 200);
    word.use_application().await.expect("it goes on");

    // A key that the server never saw is sealed with a version that it never saw.
    let told = running.done(&["rotate-signing", "--algorithm", "ES256"]);
    assert!(told.starts_with("ES256: a new key is published and signs from"), "{told}");
    let told = running.done(&["rotate-signing", "--algorithm", "ES256"]);
    assert!(told.starts_with("ES256: a new key waits already"), "{told}");
    let began = Instant::now();
    while kids(&jwks(&running.site.http, &running.site.issuer).await).len() < 4 {
        assert!(began.elapsed() < NOTICED_WITHIN, "{}", running.installation.log());
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    server.stop().expect("it stops");
    let _server = running.installation.start().expect("it starts again");
    assert_eq!(userinfo(&running.site, &access).await.expect("an answer").status, 200);
    assert_eq!(running.keys(&["rotate-signing", "--algorithm", "HS256"]).status.code(), Some(2));
}

/// Certificates in our metadata, the one that signs first.
async fn certificates(running: &Running) -> Vec<String> {
    let address = format!("{}/saml/metadata", running.site.issuer);
    let answer = running.site.http.get(address).send().await.expect("an answer");
    let body = answer.text().await.expect("text");
    let role = body.split("<md:IDPSSODescriptor").nth(1).unwrap_or_else(|| panic!("{body}"));
    let texts = role.split("<ds:X509Certificate>").skip(1);
    texts.map(|text| text.split('<').next().unwrap_or_default().to_owned()).collect()
}

/// A certificate as metadata has it.
fn unarmoured(pem: &str) -> String {
    let lines: Vec<_> = pem.lines().collect();
    let [first, inner @ .., last] = lines.as_slice() else { panic!("{pem}") };
    assert_eq!(
        (*first, *last),
        ("-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----"),
        "{pem}"
    );
    assert!(inner.iter().all(|line| line.len() <= 64), "{pem}");
    inner.concat()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_for_saml_is_rotated_and_withdrawn_under_a_running_server() {
    let running = Running::new();
    let _server = running.installation.start().expect("it starts");
    assert!(!running.done(&["list"]).contains("SAML"), "nobody has asked for one");
    let none = running.keys(&["saml-certificate", "--next"]);
    assert_eq!(none.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&none.stderr).contains("no SAML key waits"));
    let first = unarmoured(&running.done(&["saml-certificate"]));
    assert_eq!(certificates(&running).await, std::slice::from_ref(&first));

    let told = running.done(&["rotate-saml", "--algorithm", "ECDSA-SHA256"]);
    assert!(told.starts_with("SAML: a new key is published and signs from"), "{told}");
    let told = running.done(&["rotate-saml"]);
    assert!(told.starts_with("SAML: a new key waits already and signs from"), "{told}");
    let next = unarmoured(&running.done(&["saml-certificate", "--next"]));
    assert_eq!(unarmoured(&running.done(&["saml-certificate"])), first);
    let until = async |expected: &[String]| {
        let began = Instant::now();
        while certificates(&running).await != expected {
            assert!(began.elapsed() < NOTICED_WITHIN, "{}", running.installation.log());
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    until(&[first.clone(), next.clone()]).await;
    let list = running.done(&["list"]);
    let (_, saml) = list.split_once("SAML keys:\n").expect("a list of them");
    let lines: Vec<_> = saml.lines().collect();
    assert_eq!(lines.len(), 4, "{list}");
    for (line, algorithm, state) in
        [(0, "RSA-SHA256", ": signs until "), (2, "ECDSA-SHA256", ": published, signs from ")]
    {
        assert!(lines[line].starts_with(&format!("  {algorithm} ")), "{list}");
        assert!(lines[line].contains(state), "{list}");
        assert!(lines[line].contains("; its certificate ends "), "{list}");
        let digest = lines[line + 1].trim().strip_prefix("SHA-256 ").expect("a fingerprint");
        assert_eq!(digest.split(':').count(), 32, "{list}");
    }

    let told = running.done(&["rotate-saml", "--now"]);
    assert!(told.starts_with("SAML: a new key signs now; withdrawn: "), "{told}");
    let new = unarmoured(&running.done(&["saml-certificate"]));
    assert!(![first, next].contains(&new));
    until(&[new]).await;
    assert_eq!(running.keys(&["rotate-saml", "--algorithm", "RS256"]).status.code(), Some(2));
}

#[test]
fn a_wrong_or_missing_master_key_stops_the_server_with_a_sentence() {
    let running = Running::new();
    let file = running.installation.path("master.key");
    let kept = fs::read_to_string(&file).expect("a file");
    fs::remove_file(&file).expect("removed");
    assert!(running.refusal().contains("master.key is not there; the database was made with it"));
    assert!(!file.exists());
    fs::copy(Running::new().installation.path("master.key"), &file).expect("another's");
    assert!(running.refusal().contains("is not the one that the database was made with"));
    fs::write(&file, "1:c2hvcnQ=\n").expect("written");
    assert!(running.refusal().contains("version 1 is not 32 bytes in base64"));
    fs::write(&file, &kept).expect("written");
    running.done(&["rotate-master"]);
    fs::write(&file, &kept).expect("written");
    let told = running.refusal();
    assert!(told.ends_with("has no version 2, which this database is sealed with; it has 1"));
}

#[test]
fn the_master_key_comes_from_a_variable_or_a_command_as_well() {
    let running = Running::new();
    let file = running.installation.path("master.key");
    let settings = fs::read_to_string(running.installation.path("latchkey.toml")).expect("read");
    let line = format!("file = \"{}\"", file.display());
    let set = |instead: &str| {
        let settings = settings.replace(&line, instead);
        fs::write(running.installation.path("latchkey.toml"), settings).expect("written");
    };
    let text = fs::read_to_string(&file).expect("a file");
    let value = text.lines().last().expect("a version").to_owned();

    set("env = \"KEPT_ELSEWHERE\"");
    assert!(running.refusal().contains("the master key in the variable KEPT_ELSEWHERE is not"));
    let mut list = running.installation.command("keys");
    let output = list.arg("list").env("KEPT_ELSEWHERE", &value).output().expect("started");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let other = value.replace("1:", "2:");
    let mut rotate = running.installation.command("keys");
    rotate.arg("rotate-master").env("KEPT_ELSEWHERE", &value);
    let output = rotate.output().expect("started");
    let told = String::from_utf8(output.stderr).expect("text");
    assert!(told.contains("can only be added to by you: put \"2:\""), "{told}");
    rotate.env("KEPT_ELSEWHERE", format!("{value} {other}"));
    let output = rotate.output().expect("started");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));

    let kept = running.installation.path("kept");
    fs::write(&kept, format!("{value}\n{other}\n")).expect("written");
    set(&format!("command = [\"cat\", \"{}\"]", kept.display()));
    assert!(running.done(&["list"]).contains("Master key: version 1, 2"));
    set(&format!("{line}\nenv = \"KEPT_ELSEWHERE\""));
    assert!(running.refusal().contains("has one of \"file\", \"env\" and \"command\", not two"));
}
