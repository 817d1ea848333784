use std::net::{Ipv4Addr, SocketAddr};

use axum::Router;
use axum::routing::get;
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, RootCertStore, SupportedProtocolVersion};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::*;
use crate::serving::{Server, bind};

const GET: &[u8] = b"GET / HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";

fn material(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src/serving/certificates").join(name)
}

fn open(cert: &str, key: &str) -> Result<Arc<Certificate>, String> {
    Certificate::open(&material(cert), &material(key)).map_err(|error| error.to_string())
}

/// A certificate whose files can be replaced.
struct Kept {
    folder: TempDir,
    certificate: Arc<Certificate>,
}

impl Kept {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        copy(&folder, "ecdsa.cert.pem", "cert.pem");
        copy(&folder, "ecdsa.sec1.pem", "key.pem");
        let certificate =
            Certificate::open(&folder.path().join("cert.pem"), &folder.path().join("key.pem"));
        Self { certificate: certificate.expect("a certificate"), folder }
    }

    fn replace(&self, material: &str, name: &str) {
        copy(&self.folder, material, name);
    }

    fn look(&self) -> Result<Look, String> {
        self.certificate.look().map_err(|error| error.to_string())
    }

    /// What is presented.
    fn presented(&self) -> Vec<u8> {
        let current = self.certificate.current.read().expect("not poisoned");
        current.end_entity_cert().expect("a certificate").to_vec()
    }
}

fn copy(folder: &TempDir, from: &str, to: &str) {
    fs::copy(material(from), folder.path().join(to)).expect("copied");
}

fn der(name: &str) -> Vec<u8> {
    CertificateDer::from_pem_file(material(name)).expect("a certificate").to_vec()
}

struct Running {
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

async fn serve(certificate: Arc<Certificate>) -> Running {
    serve_patiently(certificate, Duration::from_secs(60)).await
}

async fn serve_patiently(certificate: Arc<Certificate>, patience: Duration) -> Running {
    let listener = bind((Ipv4Addr::LOCALHOST, 0).into()).await.expect("bound");
    let address = listener.local_addr().expect("an address");
    let router = Router::new().route("/", get(async || "over TLS"));
    let server = Server::new(vec![listener], router).presenting(Some(certificate));
    let mut server = server.expect("TLS");
    server.patience = patience;
    let (stop, stopped) = oneshot::channel::<()>();
    let task = tokio::spawn(server.run(async {
        drop(stopped.await);
    }));
    Running { address, stop, task }
}

async fn connect(
    address: SocketAddr,
    trusted: &str,
    version: &'static SupportedProtocolVersion,
    alpn: &[&[u8]],
) -> std::io::Result<TlsStream<TcpStream>> {
    let mut roots = RootCertStore::empty();
    roots.add(der(trusted).into()).expect("a root");
    let mut config = ClientConfig::builder_with_provider(Arc::new(default_provider()))
        .with_protocol_versions(&[version])
        .expect("a version")
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = alpn.iter().map(|name| name.to_vec()).collect();
    let stream = TcpStream::connect(address).await.expect("connected");
    let name = ServerName::try_from("localhost").expect("a name");
    TlsConnector::from(Arc::new(config)).connect(name, stream).await
}

async fn answer(mut stream: TlsStream<TcpStream>) -> String {
    stream.write_all(GET).await.expect("sent");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.expect("a whole answer, closed in order");
    answer
}

#[tokio::test]
async fn every_kind_of_certificate_and_key_is_presented_in_both_versions() {
    for (cert, key) in [
        ("ecdsa.cert.pem", "ecdsa.pkcs8.pem"),
        ("ecdsa.cert.pem", "ecdsa.sec1.pem"),
        ("rsa.cert.pem", "rsa.pkcs8.pem"),
        ("rsa.cert.pem", "rsa.pkcs1.pem"),
    ] {
        let running = serve(open(cert, key).expect("a certificate")).await;
        for version in [&TLS13, &TLS12] {
            let stream = connect(running.address, cert, version, &[b"h2", b"http/1.1"]);
            let stream = stream.await.expect("agreed");
            assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"http/1.1"[..]));
            let answer = answer(stream).await;
            assert!(answer.starts_with("HTTP/1.1 200") && answer.ends_with("over TLS"), "{key}");
        }
    }
}

#[tokio::test]
async fn a_client_that_speaks_only_another_protocol_is_refused() {
    let running = serve(open("ecdsa.cert.pem", "ecdsa.sec1.pem").expect("a certificate")).await;
    let refused = connect(running.address, "ecdsa.cert.pem", &TLS13, &[b"h2"]).await;
    assert!(refused.is_err());
    let stranger = connect(running.address, "other.cert.pem", &TLS13, &[]).await;
    assert!(stranger.is_err(), "a client that trusts another certificate goes away");
}

#[tokio::test]
async fn http_in_the_clear_is_told_that_tls_is_spoken() {
    let running = serve(open("ecdsa.cert.pem", "ecdsa.sec1.pem").expect("a certificate")).await;
    let mut stream = TcpStream::connect(running.address).await.expect("connected");
    stream.write_all(GET).await.expect("sent");
    let mut answer = String::new();
    // The client keeps its side open, as browsers do.
    stream.read_to_string(&mut answer).await.expect("received");
    assert!(answer.starts_with("HTTP/1.1 400 Bad Request\r\n"), "{answer}");
    let (_, body) = answer.split_once("\r\n\r\n").expect("a body");
    assert!(answer.contains(&format!("content-length: {}\r\n", body.len())), "{answer}");
    assert_eq!(body, "This port speaks TLS: use https://.\n");
}

#[tokio::test]
async fn noise_gets_no_answer_and_harms_nobody() {
    let running = serve(open("ecdsa.cert.pem", "ecdsa.sec1.pem").expect("a certificate")).await;
    for noise in
        [&b"\0\0\0\0"[..], b"\x16\x03\x01\xff\xff\0\0\0garbage", b"\x80\x2e\x01\0\x02", b""]
    {
        let mut stream = TcpStream::connect(running.address).await.expect("connected");
        stream.write_all(noise).await.expect("sent");
        stream.shutdown().await.expect("shut down");
        let mut heard = Vec::new();
        // It may be cut off as well as closed.
        drop(stream.read_to_end(&mut heard).await);
        assert!(!heard.starts_with(b"HTTP"), "{noise:?}");
    }
    let stream = connect(running.address, "ecdsa.cert.pem", &TLS13, &[]).await.expect("agreed");
    assert!(answer(stream).await.ends_with("over TLS"));
}

#[tokio::test]
async fn a_client_that_says_nothing_does_not_keep_the_server_up() {
    let running = serve(open("ecdsa.cert.pem", "ecdsa.sec1.pem").expect("a certificate")).await;
    let silent = TcpStream::connect(running.address).await.expect("connected");
    let idle = connect(running.address, "ecdsa.cert.pem", &TLS13, &[]).await.expect("agreed");
    running.stop.send(()).expect("running");
    let limit = Duration::from_secs(5);
    assert!(tokio::time::timeout(limit, running.task).await.is_ok(), "it waits for somebody");
    drop((silent, idle));
}

#[tokio::test]
async fn a_client_that_never_agrees_on_tls_is_cut_off() {
    let certificate = open("ecdsa.cert.pem", "ecdsa.sec1.pem").expect("a certificate");
    let running = serve_patiently(certificate, Duration::from_millis(50)).await;
    let mut slow = TcpStream::connect(running.address).await.expect("connected");
    // The head of a handshake whose rest never comes.
    slow.write_all(b"\x16\x03\x01\x02\x00").await.expect("sent");
    assert!(matches!(slow.read(&mut [0]).await, Ok(0) | Err(_)), "it hears nothing");
}

#[test]
fn what_cannot_be_presented_is_told_with_its_file() {
    let told = open("none.pem", "ecdsa.sec1.pem").expect_err("refused");
    assert!(told.contains("none.pem: No such file"), "{told}");
    let told = open("ecdsa.sec1.pem", "ecdsa.sec1.pem").expect_err("refused");
    assert!(told.contains("ecdsa.sec1.pem: there is no certificate in it"), "{told}");
    for wrong in ["ecdsa.cert.pem", "other.encrypted.pem"] {
        let told = open("ecdsa.cert.pem", wrong).expect_err("refused");
        assert!(told.contains(&format!("{wrong}: there is no private key")), "{told}");
    }
    for stranger in ["other.pkcs8.pem", "rsa.pkcs1.pem"] {
        let told = open("ecdsa.cert.pem", stranger).expect_err("refused");
        assert!(told.contains("does not belong to the certificate in"), "{told}");
    }
}

#[test]
fn a_certificate_is_renewed_when_its_files_have_settled() {
    let kept = Kept::new();
    assert_eq!(kept.look(), Ok(Look::Nothing));
    kept.replace("other.cert.pem", "cert.pem");
    assert_eq!(kept.look(), Ok(Look::Nothing), "the key may follow any moment");
    kept.replace("other.pkcs8.pem", "key.pem");
    assert_eq!(kept.look(), Ok(Look::Nothing));
    assert_eq!(kept.look(), Ok(Look::Renewed));
    assert_eq!(kept.presented(), der("other.cert.pem"));
    assert_eq!(kept.look(), Ok(Look::Nothing));
}

#[test]
fn what_is_broken_leaves_the_old_certificate_in_place_and_is_told_once() {
    let kept = Kept::new();
    let broken = |told: &str| {
        assert_eq!(kept.look(), Ok(Look::Nothing));
        assert!(kept.look().expect_err("refused").contains(told), "{told}");
        assert_eq!(kept.look(), Ok(Look::Nothing), "told once");
        assert_eq!(kept.presented(), der("ecdsa.cert.pem"));
    };
    kept.replace("other.cert.pem", "cert.pem");
    broken("does not belong to");
    fs::write(kept.folder.path().join("cert.pem"), "half a certif").expect("written");
    broken("no certificate in it");
    fs::remove_file(kept.folder.path().join("key.pem")).expect("removed");
    broken("key.pem: No such file");
    kept.replace("rsa.cert.pem", "cert.pem");
    kept.replace("rsa.pkcs1.pem", "key.pem");
    assert_eq!(kept.look(), Ok(Look::Nothing));
    assert_eq!(kept.look(), Ok(Look::Renewed), "and recovers by itself");
    assert_eq!(kept.presented(), der("rsa.cert.pem"));
}

#[tokio::test]
async fn new_connections_get_the_new_certificate_and_open_ones_go_on() {
    let kept = Kept::new();
    let running = serve(Arc::clone(&kept.certificate)).await;
    let open = connect(running.address, "ecdsa.cert.pem", &TLS13, &[]).await.expect("agreed");
    kept.replace("other.cert.pem", "cert.pem");
    kept.replace("other.pkcs8.pem", "key.pem");
    // By the server's own looks, or by these: whichever comes second.
    while kept.presented() != der("other.cert.pem") {
        drop(kept.look());
    }
    let new = connect(running.address, "other.cert.pem", &TLS12, &[]).await.expect("agreed");
    assert!(answer(new).await.ends_with("over TLS"));
    assert!(answer(open).await.ends_with("over TLS"));
}
