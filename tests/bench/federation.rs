//! A federation's metadata: thousands of providers in one signed document, served on the loopback and
//! read again by the real server, whose memory is watched meanwhile.

use std::fmt::Write as _;
use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use latchkey_saml::keys::Credential;
use latchkey_tests::server::{self, Installation, Server};
use rusqlite::Connection;

use crate::measure::{forget_peak, peak, resident};
use crate::saml::credential;
use crate::table::{Budget, Table};

/// How long the server may take to ask, and to read.
const WITHIN: Duration = Duration::from_secs(120);
/// What a provider's certificate holds: as many bytes as one of RSA-2048 and a federation's name.
const CERTIFICATE: usize = 1100;

/// What reading a federation of so many again takes of memory, beyond what the server holds at rest.
///
/// # Errors
/// When the server does not read it.
pub(crate) async fn measure(entities: usize, rest: Duration, table: &mut Table) -> Result<()> {
    let signer = credential()?;
    let publisher = Publisher::start(signed(entities, &signer)?)?;
    let certificate = tempfile::NamedTempFile::new()?;
    fs::write(certificate.path(), signer.certificate().pem())?;
    let documents = format!(
        "[[service_provider]]\nmetadata = \"{}\"\nentity_id = \"{}\"\n\
         metadata_certificates = ['{}']\n",
        publisher.address,
        entity(entities / 2),
        certificate.path().display()
    );
    let fetch = "[fetch]\nallow = [\"127.0.0.1\"]\n";
    let installation = Installation::new(&server::binary()?, &documents, None, fetch)?;
    let state = State::of(&installation)?;
    state.is_due()?;

    // The job asks as soon as the server is up, and waits for the answer while the server rests.
    let asked = publisher.hold();
    let server = installation.start()?;
    publisher.wait_for(asked + 1)?;
    tokio::time::sleep(rest).await;
    let before = resident(&server)?;
    forget_peak(&server)?;
    publisher.release();
    state.wait(&server)?;
    let above = peak(&server)?.saturating_sub(before);
    table.memory("reading 2,000 providers, above idle", Budget::Mebibytes(64.0), above);
    tokio::time::sleep(rest).await;
    let after = resident(&server)?.saturating_sub(before);
    table.memory("what stays of that", Budget::Open, after);
    server.stop()
}

fn entity(number: usize) -> String {
    format!("https://sp{number}.institution.example/shibboleth")
}

/// A document of so many providers, each with what those of real federations have, signed. It is
/// written in canonical form.
fn signed(entities: usize, signer: &Credential) -> Result<String> {
    let mut content = String::new();
    for number in 0..entities {
        provider(&mut content, number)?;
    }
    let open = "<md:EntitiesDescriptor xmlns:md=\"urn:oasis:names:tc:SAML:2.0:metadata\" \
                ID=\"_federation\" Name=\"https://federation.example\" \
                validUntil=\"2099-01-01T00:00:00Z\">";
    let close = "</md:EntitiesDescriptor>";
    let covered = digest(&SHA256, format!("{open}{content}{close}").as_bytes());
    let info = |namespace: &str| {
        format!(
            "<ds:SignedInfo{namespace}><ds:CanonicalizationMethod \
             Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"></ds:CanonicalizationMethod>\
             <ds:SignatureMethod Algorithm=\"{}\"></ds:SignatureMethod>\
             <ds:Reference URI=\"#_federation\"><ds:Transforms><ds:Transform \
             Algorithm=\"http://www.w3.org/2000/09/xmldsig#enveloped-signature\"></ds:Transform>\
             <ds:Transform Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"></ds:Transform>\
             </ds:Transforms>\
             <ds:DigestMethod Algorithm=\"http://www.w3.org/2001/04/xmlenc#sha256\">\
             </ds:DigestMethod><ds:DigestValue>{}</ds:DigestValue></ds:Reference></ds:SignedInfo>",
            signer.key().algorithm().uri(),
            STANDARD.encode(covered.as_ref())
        )
    };
    let namespace = " xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"";
    let value = STANDARD.encode(signer.key().sign(info(namespace).as_bytes())?);
    Ok(format!(
        "{open}<ds:Signature{namespace}>{}<ds:SignatureValue>{value}</ds:SignatureValue>\
         </ds:Signature>{content}{close}",
        info("")
    ))
}

/// A provider with two certificates, what people see of it in four languages, and eight services.
fn provider(out: &mut String, number: usize) -> Result<()> {
    let id = entity(number);
    // What stands in it matters to nobody: no log-in here is verified by it.
    let bytes: Vec<u8> = (0..CERTIFICATE).map(|at| ((at * 31 + number * 7) % 251) as u8).collect();
    let certificate = STANDARD.encode(bytes);
    write!(
        out,
        "<md:EntityDescriptor entityID=\"{id}\"><md:SPSSODescriptor \
         protocolSupportEnumeration=\"urn:oasis:names:tc:SAML:2.0:protocol\"><md:Extensions>\
         <mdui:UIInfo xmlns:mdui=\"urn:oasis:names:tc:SAML:metadata:ui\">"
    )?;
    for language in ["en", "cy", "de", "fr"] {
        write!(
            out,
            "<mdui:DisplayName xml:lang=\"{language}\">Service {number} of the institution\
             </mdui:DisplayName><mdui:Description xml:lang=\"{language}\">{}</mdui:Description>",
            "What people of the institution do there, in words. ".repeat(6)
        )?;
    }
    out.push_str("</mdui:UIInfo></md:Extensions>");
    for kind in ["signing", "encryption"] {
        write!(
            out,
            "<md:KeyDescriptor use=\"{kind}\"><ds:KeyInfo \
             xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"><ds:X509Data><ds:X509Certificate>\
             {certificate}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>"
        )?;
    }
    for index in 0..8 {
        write!(
            out,
            "<md:AssertionConsumerService Binding=\"urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST\" \
             Location=\"{id}/SAML2/POST/{index}\" index=\"{index}\"></md:AssertionConsumerService>"
        )?;
    }
    out.push_str("</md:SPSSODescriptor></md:EntityDescriptor>");
    Ok(())
}

/// Who publishes the document, at an address of the loopback.
struct Publisher {
    address: String,
    asked: Arc<AtomicUsize>,
    gate: Arc<Gate>,
}

/// Whether answers wait.
#[derive(Default)]
struct Gate {
    closed: Mutex<bool>,
    opened: Condvar,
}

impl Publisher {
    fn start(document: String) -> Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let address = format!("http://{}/metadata", listener.local_addr()?);
        let (asked, gate) = (Arc::<AtomicUsize>::default(), Arc::<Gate>::default());
        let this = Self { address, asked: Arc::clone(&asked), gate: Arc::clone(&gate) };
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                asked.fetch_add(1, Ordering::SeqCst);
                gate.pass();
                // Whoever does not take it tells so by what it does not read.
                let _ = answer(stream, &document);
            }
        });
        Ok(this)
    }

    /// Keeps answers back from now on; says how often it was asked.
    fn hold(&self) -> usize {
        *self.gate.closed.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.asked.load(Ordering::SeqCst)
    }

    fn release(&self) {
        *self.gate.closed.lock().unwrap_or_else(PoisonError::into_inner) = false;
        self.gate.opened.notify_all();
    }

    /// Waits until it was asked so often.
    fn wait_for(&self, asked: usize) -> Result<()> {
        let began = Instant::now();
        while self.asked.load(Ordering::SeqCst) < asked {
            ensure!(began.elapsed() < WITHIN, "nobody asks for the metadata");
            std::thread::sleep(Duration::from_millis(5));
        }
        Ok(())
    }
}

impl Gate {
    fn pass(&self) {
        let mut closed = self.closed.lock().unwrap_or_else(PoisonError::into_inner);
        while *closed {
            closed = self.opened.wait(closed).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

fn answer(mut stream: TcpStream, document: &str) -> std::io::Result<()> {
    // One segment: a GET without a body.
    let _ = stream.read(&mut [0; 8192])?;
    write!(
        stream,
        "HTTP/1.1 200 OK\r\nContent-Type: application/samlmetadata+xml\r\nContent-Length: {}\r\n\
         Connection: close\r\n\r\n",
        document.len()
    )?;
    stream.write_all(document.as_bytes())
}

/// What the server remembers of having read it.
struct State(Connection);

impl State {
    fn of(installation: &Installation) -> Result<Self> {
        let path = installation.database.trim_start_matches("sqlite:");
        let connection = Connection::open(path)?;
        connection.busy_timeout(WITHIN)?;
        Ok(Self(connection))
    }

    /// Its time has come, and nothing is known of when it was read.
    fn is_due(&self) -> Result<()> {
        self.0.execute("DELETE FROM provider_states", [])?;
        Ok(())
    }

    /// Waits until it was read.
    fn wait(&self, server: &Server) -> Result<()> {
        let began = Instant::now();
        loop {
            let asked = "SELECT error, read_at FROM provider_states";
            let found = self.0.query_row(asked, [], |row| {
                Ok((row.get::<_, Option<String>>(0)?, row.get::<_, Option<i64>>(1)?))
            });
            match found {
                Ok((Some(error), _)) => anyhow::bail!("it was not read: {error}"),
                Ok((None, Some(_))) => return Ok(()),
                Ok(_) | Err(rusqlite::Error::QueryReturnedNoRows) => {}
                Err(error) => return Err(error.into()),
            }
            ensure!(began.elapsed() < WITHIN, "process {} did not read it", server.id());
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}
