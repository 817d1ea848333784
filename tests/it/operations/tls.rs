//! TLS by the server itself, and what a proxy in front of it may say.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use latchkey_tests::server::Installation;
use reqwest::{Certificate, Client};

use super::served::{Served, WITHIN, Wire, installation};

fn material(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../idp/src/serving/certificates").join(name)
}

/// Puts a certificate and its key where the server looks for them.
fn present(installation: &Installation, cert: &str, key: &str) {
    fs::copy(material(cert), installation.path("cert.pem")).expect("copied");
    fs::copy(material(key), installation.path("key.pem")).expect("copied");
}

fn start(installation: &Installation) -> Served {
    let (cert, key) = (installation.path("cert.pem"), installation.path("key.pem"));
    let issuer = installation.issuer.replace("http://", "https://");
    let settings = [
        ("LATCHKEY__ISSUER", issuer.as_str()),
        ("LATCHKEY__LISTEN__TLS__CERT", cert.to_str().expect("text")),
        ("LATCHKEY__LISTEN__TLS__KEY", key.to_str().expect("text")),
    ];
    Served::start(installation, &settings)
}

/// Somebody who trusts one certificate only.
fn trusting(cert: &str) -> Client {
    let cert =
        Certificate::from_pem(&fs::read(material(cert)).expect("read")).expect("a certificate");
    let client = Client::builder().tls_certs_only([cert]).no_proxy();
    client.pool_max_idle_per_host(0).build().expect("a client")
}

#[tokio::test]
async fn a_new_certificate_is_presented_without_a_restart_and_a_broken_one_is_not() {
    let installation = installation("");
    present(&installation, "ecdsa.cert.pem", "ecdsa.sec1.pem");
    let mut served = start(&installation);
    let url = format!("https://localhost:{}/oauth2/jwks", installation.address().port());
    let (old, new) = (trusting("ecdsa.cert.pem"), trusting("rsa.cert.pem"));
    let answer = old.get(&url).send().await.expect("an answer over TLS");
    assert_eq!(answer.status(), 200);
    let strict = answer.headers()["strict-transport-security"].to_str();
    assert_eq!(strict.ok(), Some("max-age=31536000"));
    assert!(new.get(&url).send().await.is_err());

    fs::write(installation.path("cert.pem"), "half a certif").expect("written");
    served.until("the certificate is not renewed; the old one is kept");
    assert_eq!(old.get(&url).send().await.expect("an answer").status(), 200);

    present(&installation, "rsa.cert.pem", "rsa.pkcs1.pem");
    let began = Instant::now();
    while new.get(&url).send().await.is_err() {
        assert!(began.elapsed() < WITHIN, "the new certificate is not presented");
        tokio::task::yield_now().await;
    }
    // Somebody new: whoever was here may resume what was agreed with the old one.
    assert!(trusting("ecdsa.cert.pem").get(&url).send().await.is_err());
}

#[tokio::test]
async fn http_in_the_clear_gets_a_short_refusal_on_the_port_of_tls() {
    let installation = installation("");
    present(&installation, "ecdsa.cert.pem", "ecdsa.pkcs8.pem");
    let _served = start(&installation);
    let mut wire = Wire::to(installation.address()).await;
    wire.send("GET /login HTTP/1.1\r\nhost: localhost\r\n\r\n").await;
    let answer = wire.rest().await;
    assert!(answer.starts_with("HTTP/1.1 400 Bad Request\r\n"), "{answer}");
    assert!(answer.ends_with("This port speaks TLS: use https://.\n"), "{answer}");
}

#[test]
fn what_cannot_be_presented_stops_the_start_with_a_sentence() {
    let installation = installation("");
    let refused = || {
        let mut command = installation.command("serve");
        command.env("LATCHKEY__ISSUER", installation.issuer.replace("http://", "https://"));
        command.env("LATCHKEY__LISTEN__TLS__CERT", installation.path("cert.pem"));
        command.env("LATCHKEY__LISTEN__TLS__KEY", installation.path("key.pem"));
        let output = command.output().expect("started");
        assert_eq!(output.status.code(), Some(1));
        String::from_utf8(output.stderr).expect("text")
    };
    let told = refused();
    assert!(told.contains("cert.pem: No such file"), "{told}");
    present(&installation, "ecdsa.cert.pem", "rsa.pkcs8.pem");
    let told = refused();
    assert!(told.contains("does not belong to the certificate in"), "{told}");
}

#[tokio::test]
async fn no_header_of_anybody_decides_who_the_issuer_is() {
    let installation = installation("");
    let settings = [("LATCHKEY__LISTEN__TRUSTED_PROXIES", "127.0.0.1")];
    let _served = Served::start(&installation, &settings);
    for lie in [
        "host: evil.example\r\n",
        "host: localhost\r\nx-forwarded-host: evil.example\r\nx-forwarded-proto: ftp\r\n",
        "host: localhost\r\nforwarded: for=192.0.2.1;host=evil.example;proto=ftp\r\n",
        "host: localhost\r\nx-forwarded-port: 1\r\nx-original-url: /evil.example\r\n",
    ] {
        let mut wire = Wire::to(installation.address()).await;
        let path = "/.well-known/openid-configuration";
        wire.send(&format!("GET {path} HTTP/1.1\r\n{lie}connection: close\r\n\r\n")).await;
        let answer = wire.rest().await;
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        assert!(answer.contains(&format!("\"issuer\":\"{}\"", installation.issuer)), "{answer}");
        assert!(!answer.contains("evil.example") && !answer.contains("ftp:"), "{answer}");
    }
}

#[test]
fn an_address_that_is_reached_in_the_clear_is_warned_of_at_the_start() {
    let installation = installation("");
    let issuer = installation.issuer.replace("http://", "https://");
    let everywhere = format!("0.0.0.0:{}", installation.address().port());
    let warned = |more: (&str, &str)| {
        let settings =
            [("LATCHKEY__ISSUER", &*issuer), ("LATCHKEY__LISTEN__ADDRESS", &*everywhere), more];
        let served = Served::start(&installation, &settings);
        served.log.iter().any(|line| line.contains("WARN") && line.contains("in the clear"))
    };
    assert!(warned(("LATCHKEY__TIME_ZONE", "Europe/London")));
    assert!(!warned(("LATCHKEY__LISTEN__TRUSTED_PROXIES", "10.0.0.0/8")));
}
