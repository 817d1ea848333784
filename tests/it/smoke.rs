//! `latchkey smoke` as operators call it: the real binary against the real server, and against one
//! that stops to answer in the middle.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::thread;

use latchkey_tests::server::Server;

use crate::support::real::Real;

const DOCUMENT: &str =
    "[[organisation]]\nid = \"northgate\"\nname = \"Northgate Trust\"\npreset = \"hospital\"\n";

fn start() -> (Real, Server) {
    let real = Real::new(DOCUMENT, "");
    let server = real.installation.start().expect("it starts");
    (real, server)
}

/// How many people, organisations, keys and sessions there are.
fn counts(real: &Real) -> [i64; 4] {
    ["people", "organisations", "credentials", "sessions"].map(|table| real.count(table))
}

/// Passes requests on to the server until the `last`, of which it tells and which it keeps.
fn proxy(server: SocketAddr, last: usize, kept: Sender<()>) -> SocketAddr {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
    let address = listener.local_addr().expect("bound");
    let requests = Arc::new(AtomicUsize::new(0));
    thread::spawn(move || {
        for client in listener.incoming().flatten() {
            let (requests, kept) = (Arc::clone(&requests), kept.clone());
            thread::spawn(move || relay(client, server, last, &requests, &kept));
        }
    });
    address
}

fn relay(
    mut client: TcpStream,
    server: SocketAddr,
    last: usize,
    requests: &AtomicUsize,
    kept: &Sender<()>,
) {
    let mut server = TcpStream::connect(server).expect("it listens");
    let (mut from, mut to) =
        (server.try_clone().expect("a copy"), client.try_clone().expect("a copy"));
    thread::spawn(move || drop(std::io::copy(&mut from, &mut to)));
    let mut buffer = [0; 64 * 1024];
    while let Ok(length @ 1..) = client.read(&mut buffer) {
        let begins = [&b"GET /"[..], b"POST /"].iter().any(|start| buffer.starts_with(start));
        if begins && requests.fetch_add(1, Ordering::SeqCst) + 1 >= last {
            // Nobody waits for it once the test is over.
            kept.send(()).unwrap_or_default();
            continue;
        }
        if server.write_all(&buffer[..length]).is_err() {
            break;
        }
    }
}

#[test]
fn a_running_server_passes_and_keeps_nothing_but_its_audit_trail() {
    let (real, _server) = start();
    let before = counts(&real);
    let output = real.installation.command("smoke").output().expect("it runs");
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    let failed = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{told}{failed}");
    assert_eq!(told.lines().last(), Some("PASS"), "{told}{failed}");
    assert_eq!(counts(&real), before);
}

/// A certificate of the tests, or its key.
fn material(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../idp/src/serving/certificates").join(name)
}

#[test]
fn a_server_that_speaks_tls_is_spoken_to_so_and_only_with_its_own_certificate() {
    let real = Real::new(DOCUMENT, "");
    let issuer = real.installation.issuer.replace("http://", "https://");
    let (cert, key) = (real.installation.path("cert.pem"), real.installation.path("key.pem"));
    fs::copy(material("ecdsa.cert.pem"), &cert).expect("copied");
    fs::copy(material("ecdsa.pkcs8.pem"), &key).expect("copied");
    let told = |name: &str| {
        let mut command = real.installation.command(name);
        command.env("LATCHKEY__ISSUER", &issuer);
        command.env("LATCHKEY__LISTEN__TLS__CERT", &cert);
        command.env("LATCHKEY__LISTEN__TLS__KEY", &key);
        command
    };
    let mut served = told("serve").stderr(Stdio::piped()).spawn().expect("it starts");
    let log = BufReader::new(served.stderr.take().expect("a log")).lines();
    let ready = log.map_while(Result::ok).any(|line| line.contains("\"ready\""));
    assert!(ready, "it ended");

    let before = counts(&real);
    let output = told("smoke").output().expect("it runs");
    let failed = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{failed}");
    assert_eq!(String::from_utf8_lossy(&output.stdout).lines().last(), Some("PASS"));

    // The file holds another than the one that is presented: one for the same name.
    let other = material("other.cert.pem");
    let output = told("smoke").env("LATCHKEY__LISTEN__TLS__CERT", other).output().expect("runs");
    let failed = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1));
    assert!(failed.contains("another certificate is presented"), "{failed}");

    // The certificate is for another name than people will ask for.
    let elsewhere = issuer.replace("localhost", "login.example.org");
    let output = told("smoke").env("LATCHKEY__ISSUER", elsewhere).output().expect("it runs");
    let failed = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1));
    assert!(failed.contains("not valid for"), "{failed}");
    assert_eq!(counts(&real), before);
    served.kill().expect("it is there");
    served.wait().expect("it ends");
}

#[test]
fn without_a_server_it_fails_in_words() {
    let (real, server) = start();
    server.stop().expect("it ends");
    let output = real.installation.command("smoke").output().expect("it runs");
    let failed = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1));
    assert!(failed.contains("the server does not answer"), "{failed}");
    assert!(output.stdout.is_empty());
}

#[test]
fn interrupted_in_the_middle_it_deletes_the_person_before_it_ends() {
    let (real, _server) = start();
    let before = counts(&real);
    for (last, signal) in [(5, "-INT"), (20, "-TERM")] {
        let (kept, waits) = channel();
        let address = proxy(real.installation.address(), last, kept);
        let child = real
            .installation
            .command("smoke")
            .env("LATCHKEY__LISTEN__ADDRESS", address.to_string())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("it starts");
        waits.recv().expect("it comes so far");
        let [people, organisations, ..] = counts(&real);
        assert_eq!([people, organisations], [before[0] + 1, before[1] + 1], "the person is there");
        let asked = Command::new("kill").arg(signal).arg(child.id().to_string()).status();
        assert!(asked.expect("kill runs").success());
        let output = child.wait_with_output().expect("it ends");
        let failed = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(1), "{failed}");
        assert!(failed.contains("FAIL: interrupted"), "{failed}");
        assert_eq!(counts(&real), before);
    }
}
