//! What operators keep secret: the master key's text, certificates' keys, database passwords.
//! Whatever is wrong with one, no message tells it.

use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use latchkey::config::Config;
use latchkey::keys::master;
use latchkey::serving::tls::check_pem;
use latchkey::source::Source;
use latchkey_store::check_server_address;
use serde_json::json;

use super::edited;
use crate::Target;

/// A part of every secret in the corpora, and nothing that a sentence would have.
const SECRET: &str = "Wx7Qz9Kp";

/// The master key's text.
pub(super) const MASTER_KEY: Target = Target {
    name: "master-key",
    cost: 1,
    words: &[
        "1:",
        "2:",
        "0:",
        "-1:",
        "4294967295:",
        "4294967296:",
        "+2:",
        "#",
        "\n",
        "\r\n",
        " ",
        "=",
        "Wx7Qz9KpWx7Qz9KpWx7Qz9KpWx7Qz9KpWx7Qz9KpWx4=",
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
        "\u{feff}",
    ],
    run: |bytes| {
        let Ok(text) = std::str::from_utf8(bytes) else { return };
        match master::parse(text) {
            Ok(versions) => {
                assert!(!versions.is_empty() && !versions.contains_key(&0));
                let written = master::text(&versions);
                let again = master::parse(&written).expect("what we write we read");
                assert_eq!(again, versions, "what is written again is the same");
            }
            Err(error) => {
                let told = format!("{error:#} {error:?}");
                assert!(!told.contains(SECRET), "{told}");
            }
        }
    },
};

/// Two certificates with their keys, strangers to each other.
struct Pairs {
    own: [Vec<u8>; 2],
    other: [Vec<u8>; 2],
}

static PAIRS: LazyLock<Pairs> = LazyLock::new(|| {
    let kept = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../idp/src/serving/certificates");
    let read = |name: &str| fs::read(kept.join(name)).expect("a certificate or a key");
    Pairs {
        own: [read("ecdsa.cert.pem"), read("ecdsa.pkcs8.pem")],
        other: [read("rsa.cert.pem"), read("rsa.pkcs8.pem")],
    }
});

/// Whether a certificate is presented; what is wrong is told without the key.
fn open(cert: &[u8], key: &[u8]) -> bool {
    let Err(error) = check_pem(cert, key) else { return true };
    let told = format!("{error} {error:?}");
    let key = String::from_utf8_lossy(key);
    let lines = key.lines().filter(|line| line.len() > 20 && !line.contains("-----"));
    for line in lines {
        assert!(!told.contains(line), "{told}");
    }
    false
}

/// PEM files: as they come, and as changes to good ones.
pub(super) const CERTIFICATE: Target = Target {
    name: "certificate",
    cost: 1,
    words: &[
        "-----BEGIN CERTIFICATE-----\n",
        "-----END CERTIFICATE-----\n",
        "-----BEGIN PRIVATE KEY-----\n",
        "-----END PRIVATE KEY-----\n",
        "-----BEGIN EC PRIVATE KEY-----\n",
        "-----BEGIN RSA PRIVATE KEY-----\n",
        "-----BEGIN ENCRYPTED PRIVATE KEY-----\n",
        "Proc-Type: 4,ENCRYPTED\n",
        "MIIB",
        "AAAA",
        "=",
        "\r\n",
    ],
    run: |bytes| {
        let Pairs { own: [cert, key], other: [_, other] } = &*PAIRS;
        // Nobody writes a certificate for our key, or our key, by chance.
        let spliced = [bytes, b"\n", cert.as_slice()].concat();
        for (cert, key) in [(bytes, key.as_slice()), (&spliced, other), (bytes, bytes)] {
            assert!(!open(cert, key) || bytes.windows(11).any(|it| it == b"CERTIFICATE"));
        }
        assert!(!open(&edited(cert, bytes), other), "a stranger's key");
        assert!(!open(cert, &edited(other, bytes)), "a stranger's key");
        let same = edited(key, bytes);
        assert!(open(cert, &same) || same != *key, "our own are taken");
    },
};

/// Addresses of PostgreSQL databases.
pub(super) const DATABASE: Target = Target {
    name: "database",
    cost: 1,
    words: &[
        "postgres://",
        "postgresql://",
        "Wx7Qz9Kp",
        "%57x7Qz9Kp",
        ":",
        "@",
        "/",
        "?",
        "#",
        "&",
        "=",
        "%",
        "%00",
        "%ff",
        "[::1]",
        ":5432",
        ":99999",
        "sslmode=",
        "sslrootcert=",
        "sslkey=",
        "sslcert=",
        "host=",
        "port=",
        "user=",
        "password=",
        "dbname=",
        "options=",
        "options[geqo]=",
        "require",
        "verify-full",
    ],
    run: |bytes| {
        let Ok(text) = std::str::from_utf8(bytes) else { return };
        let checked = check_server_address(text);
        if let Err(error) = &checked {
            let told = format!("{error} {error:?}");
            assert!(!told.contains(SECRET), "{told}");
        }
        let settings = json!({
            "issuer": "https://login.example.org",
            "listen": { "address": "127.0.0.1:8443" },
            "database": { "url": text },
            "master_key": { "file": "master.key" },
        });
        let told = match Config::read(&Source::from_text("a.json", &settings.to_string()), []) {
            Ok(config) => {
                assert!(!config.database.url.starts_with("postgres") || checked.is_ok());
                format!("{:?}", config.database)
            }
            Err(problems) => problems.to_string(),
        };
        assert!(!told.contains(SECRET), "{told}");
    },
};
