//! Other people's tools, as judges of what is written here. A tool that is missing fails the test.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::LazyLock;
use std::time::Duration;

use latchkey_core::Timestamp;
use latchkey_core::rng::SeededRng;
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use tempfile::TempDir;

use crate::keys::{Certificate, Credential, SignatureAlgorithm, SigningKey};
use crate::names::{
    ALGORITHM_NS, ASSERTION_NS, DSIG_NS, ENTITY_ATTRIBUTES_NS, METADATA_NS, PROTOCOL_NS,
    SHIBBOLETH_NS, SOAP_NS, UI_NS, XENC_NS, XENC11_NS,
};

/// 28 November 2026, 12:00:00.250.
pub(crate) const NOW: Timestamp = Timestamp::from_millis(1_795_867_200_250);

/// Documents as files, for as long as the value lives.
pub(crate) struct Files {
    folder: TempDir,
    paths: Vec<PathBuf>,
}

impl Files {
    /// A file for each document.
    pub(crate) fn new<T: AsRef<[u8]>>(documents: &[T]) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let paths = documents.iter().enumerate().map(|(number, document)| {
            let path = folder.path().join(format!("{number}.xml"));
            std::fs::write(&path, document).expect("a file");
            path
        });
        let paths = paths.collect();
        Self { folder, paths }
    }

    /// Another file beside them.
    pub(crate) fn beside(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, content).expect("a file");
        path
    }

    /// What a tool says of all of them.
    pub(crate) fn run(&self, tool: &str, arguments: &[&str]) -> Output {
        self.run_with(tool, arguments, &[])
    }

    /// The same with variables.
    pub(crate) fn run_with(
        &self,
        tool: &str,
        arguments: &[&str],
        variables: &[(&str, &str)],
    ) -> Output {
        let mut command = Command::new(tool);
        command.args(arguments).args(&self.paths).envs(variables.iter().copied());
        command.output().unwrap_or_else(|error| panic!("{tool} does not run: {error}"))
    }
}

/// A DER structure in the form that tools read.
pub(crate) fn pem(label: &str, der: &[u8]) -> String {
    use base64::Engine as _;
    let text = base64::engine::general_purpose::STANDARD.encode(der);
    let lines: Vec<&str> =
        (0..text.len()).step_by(64).map(|at| &text[at..text.len().min(at + 64)]).collect();
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", lines.join("\n"))
}

/// Fails unless every document is its own canonical form, byte for byte, as libxml2 has it.
#[track_caller]
pub(crate) fn assert_canonical<T: AsRef<str>>(documents: &[T]) {
    let bytes: Vec<&[u8]> = documents.iter().map(|document| document.as_ref().as_bytes()).collect();
    let output = Files::new(&bytes).run("xmllint", &["--nonet", "--exc-c14n"]);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    // It prints one after the other, with nothing in between.
    let mut rest = output.stdout.as_slice();
    for document in &bytes {
        let same = rest.strip_prefix(*document);
        rest = same.unwrap_or_else(|| {
            let theirs = &rest[..rest.len().min(document.len() + 64)];
            panic!(
                "written   {:?}\ncanonical {:?}",
                String::from_utf8_lossy(document),
                String::from_utf8_lossy(theirs)
            )
        });
    }
    assert!(rest.is_empty());
}

/// Texts of anything that a string can hold, rare things often: what needs a reference, what XML
/// has no place for, and characters of every length.
pub(crate) fn any_text() -> impl Strategy<Value = String> {
    let rare = prop::sample::select(vec![
        '&',
        '<',
        '>',
        '"',
        '\'',
        '\t',
        '\n',
        '\r',
        ']',
        ' ',
        '\0',
        '\u{b}',
        '\u{1f}',
        '\u{7f}',
        '\u{85}',
        '\u{2028}',
        '\u{d7ff}',
        '\u{e000}',
        '\u{fffd}',
        '\u{fffe}',
        '\u{ffff}',
        '\u{feff}',
        '\u{1fffe}',
        '\u{10ffff}',
        'é',
        'e',
        '\u{301}',
    ]);
    prop::collection::vec(prop_oneof![rare, any::<char>()], 0..24)
        .prop_map(|characters| characters.into_iter().collect())
}

/// What XML 1.0 §2.2 calls a character.
pub(crate) fn is_legal(one: char) -> bool {
    matches!(one, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
}

/// What of it XML has a place for.
pub(crate) fn legal_only(text: &str) -> String {
    text.chars().filter(|one| is_legal(*one)).collect()
}

/// That many texts which XML has a place for, the same ones every time.
pub(crate) fn texts(number: usize) -> Vec<String> {
    let mut runner = TestRunner::deterministic();
    let text = |_| legal_only(&any_text().new_tree(&mut runner).expect("a text").current());
    (0..number).map(text).collect()
}

/// A key and its certificate, generated once for all tests.
pub(crate) fn credential(algorithm: SignatureAlgorithm) -> &'static Credential {
    static RSA: LazyLock<Credential> = LazyLock::new(|| made(SignatureAlgorithm::RsaSha256));
    static ECDSA: LazyLock<Credential> = LazyLock::new(|| made(SignatureAlgorithm::EcdsaSha256));
    fn made(algorithm: SignatureAlgorithm) -> Credential {
        let key = SigningKey::generate(algorithm).expect("a key");
        let year = Duration::from_secs(365 * 24 * 60 * 60);
        let certificate =
            Certificate::self_signed(&key, "idp.example", NOW, year, &SeededRng::new(7));
        Credential::new(key, certificate.expect("a certificate")).expect("a credential")
    }
    match algorithm {
        SignatureAlgorithm::RsaSha256 => &RSA,
        SignatureAlgorithm::EcdsaSha256 => &ECDSA,
    }
}

/// The signature that the document itself has, and not what is in it.
pub(crate) const OUTER: &str = "/*/*[local-name()='Signature']";

/// Whether libxmlsec verifies a signature in every document, the one that the XPath selects. Which
/// attributes are identifiers is what SAML's schemas say.
pub(crate) fn verifies<T: AsRef<[u8]>>(
    documents: &[T],
    signature: &str,
    credential: &Credential,
) -> bool {
    let files = Files::new(documents);
    let certificate =
        files.beside("certificate.pem", pem("CERTIFICATE", credential.certificate().der()));
    let same = ["--verify", "--enabled-reference-uris", "same-doc"];
    let mut arguments: Vec<String> = same.map(str::to_owned).into();
    for (namespace, names) in [
        (ASSERTION_NS, &["Assertion"] as &[&str]),
        (METADATA_NS, &["EntityDescriptor"]),
        (
            PROTOCOL_NS,
            &[
                "Response",
                "AuthnRequest",
                "LogoutRequest",
                "LogoutResponse",
                "ArtifactResolve",
                "ArtifactResponse",
            ],
        ),
    ] {
        for name in names {
            arguments.push("--id-attr:ID".to_owned());
            arguments.push(format!("{namespace}:{name}"));
        }
    }
    let one = ["--node-xpath", signature, "--pubkey-cert-pem", text(&certificate)];
    arguments.extend(one.map(str::to_owned));
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let output = files.run("xmlsec1", &arguments);
    let said = String::from_utf8_lossy(&output.stderr);
    let good = said.lines().filter(|line| *line == "OK").count();
    output.status.success() && good == documents.len()
}

/// The document with what libxmlsec decrypts in it, by the RSA key of [`credential`].
#[track_caller]
pub(crate) fn decrypt(document: &str) -> Vec<u8> {
    let key = credential(SignatureAlgorithm::RsaSha256).key().to_pkcs8().expect("bytes");
    let files = Files::new(&[document]);
    let key = files.beside("key.pem", pem("PRIVATE KEY", &key));
    let output = files.run("xmlsec1", &["--decrypt", "--privkey-pem", text(&key)]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

/// Whether every document is what SAML's schemas and those around them allow; what they object to
/// otherwise.
pub(crate) fn validate<T: AsRef<[u8]>>(documents: &[T]) -> Result<(), String> {
    const SAML: &str = "/usr/share/xml/opensaml";
    const OTHER: &str = "/usr/share/xml/xmltooling";
    const SHIBBOLETH: &str = "/usr/share/xml/shibboleth";
    let files = Files::new(documents);
    let imports = [
        (SOAP_NS, OTHER, "soap-envelope.xsd"),
        (DSIG_NS, OTHER, "xmldsig-core-schema.xsd"),
        (XENC_NS, OTHER, "xenc-schema.xsd"),
        (XENC11_NS, OTHER, "xenc11-schema.xsd"),
        (ASSERTION_NS, SAML, "saml-schema-assertion-2.0.xsd"),
        (PROTOCOL_NS, SAML, "saml-schema-protocol-2.0.xsd"),
        (METADATA_NS, SAML, "saml-schema-metadata-2.0.xsd"),
        (ENTITY_ATTRIBUTES_NS, SAML, "sstc-metadata-attr.xsd"),
        (ALGORITHM_NS, SAML, "sstc-saml-metadata-algsupport-v1.0.xsd"),
        (UI_NS, SAML, "sstc-saml-metadata-ui-v1.0.xsd"),
        (SHIBBOLETH_NS, SHIBBOLETH, "shibboleth-metadata-1.0.xsd"),
    ]
    .map(|(namespace, folder, file)| {
        assert!(Path::new(folder).join(file).is_file(), "{folder}/{file} is not installed");
        format!("<xs:import namespace='{namespace}' schemaLocation='file://{folder}/{file}'/>")
    });
    let schema = format!(
        "<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema'>{}</xs:schema>",
        imports.concat()
    );
    let schema = files.beside("all.xsd", schema);
    // What the schemas import from the net lies beside them.
    let catalog = [
        ("2002/REC-xmldsig-core-20020212/xmldsig-core-schema.xsd", "xmldsig-core-schema.xsd"),
        ("2002/REC-xmlenc-core-20021210/xenc-schema.xsd", "xenc-schema.xsd"),
    ]
    .map(|(theirs, file)| {
        format!("<system systemId='http://www.w3.org/TR/{theirs}' uri='file://{OTHER}/{file}'/>")
    });
    let catalog = format!(
        "<catalog xmlns='urn:oasis:names:tc:entity:xmlns:xml:catalog'>{}\
         <system systemId='http://www.w3.org/2001/xml.xsd' uri='file://{OTHER}/xml.xsd'/></catalog>",
        catalog.concat()
    );
    let catalog = files.beside("catalog.xml", catalog);
    let output = files.run_with(
        "xmllint",
        &["--nonet", "--noout", "--schema", text(&schema)],
        &[("XML_CATALOG_FILES", text(&catalog))],
    );
    let said = String::from_utf8_lossy(&output.stderr);
    let objections: Vec<&str> = said.lines().filter(|line| !line.ends_with(" validates")).collect();
    if output.status.success() { Ok(()) } else { Err(objections.join("\n")) }
}

/// The path as tools take it.
pub(crate) fn text(path: &Path) -> &str {
    path.to_str().expect("a path in UTF-8")
}
