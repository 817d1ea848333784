//! What makers publish of their keys (FIDO Metadata Service v3.0 §3.1): texts of any kind, an honest
//! BLOB with changes, and whatever a publisher who is trusted signs.

use std::sync::LazyLock;

use latchkey::authn::metadata::{Metadata, Roots};
use latchkey_core::Timestamp;
use latchkey_test_metadata::{Model, Party, Publisher, SIGNER, payload};
use uuid::Uuid;

use super::edited;
use crate::Target;

const MODEL: Uuid = Uuid::from_u128(0x1234);

/// A publisher with an honest BLOB.
struct Press {
    publisher: Publisher,
    roots: Roots,
    chain: Vec<Vec<u8>>,
    blob: String,
    honest: Metadata,
}

static PRESS: LazyLock<Press> = LazyLock::new(|| {
    let (publisher, maker) = (Publisher::new(), Party::maker());
    let roots = Roots::read([publisher.root.certificate.as_slice()]).expect("roots");
    let model = Model {
        aaguid: MODEL,
        name: "Tern Key 7",
        root: &maker.certificate,
        status: "FIDO_CERTIFIED",
        protection: "hardware",
    };
    let blob = publisher.publish(&payload(7, "2027-02-01", &[model]));
    let chain = vec![maker.attesting().certificate];
    let honest = Metadata::verify(blob.as_bytes(), &roots, SIGNER, NOW).expect("it is good");
    Press { publisher, roots, chain, blob, honest }
});

const NOW: Timestamp = Timestamp::from_seconds(1_800_000_000);

fn verify(text: &[u8]) -> Option<Metadata> {
    Metadata::verify(text, &PRESS.roots, SIGNER, NOW).ok()
}

/// A BLOB.
pub(super) const BLOB: Target = Target {
    name: "blob",
    // Three signatures an input.
    cost: 6,
    words: &[
        "\"no\":",
        "\"nextUpdate\":",
        "\"entries\":",
        "\"aaguid\":",
        "\"metadataStatement\":",
        "\"description\":",
        "\"keyProtection\":",
        "\"attestationRootCertificates\":",
        "\"statusReports\":",
        "\"status\":",
        "\"REVOKED\"",
        "\"hardware\"",
        "\"2027-02-01\"",
        "\"00000000-0000-0000-0000-000000001234\"",
        "{",
        "}",
        "[",
        "]",
        ",",
        "null",
        "4294967296",
        "-1",
        "eyJhbGciOiJub25lIn0",
        ".",
    ],
    run: |bytes| {
        assert!(verify(bytes).is_none(), "nobody signed it");
        let changed = edited(PRESS.blob.as_bytes(), bytes);
        match verify(&changed) {
            Some(read) => assert_eq!(read, PRESS.honest, "whatever was changed was not signed"),
            None => assert_ne!(changed, PRESS.blob.as_bytes(), "the honest one is taken"),
        }
        // Somebody who may sign can be wrong, and must not be able to do more than that.
        let signed = PRESS.publisher.publish_text(bytes);
        let Some(read) = verify(signed.as_bytes()) else { return };
        let marked = read.marked();
        assert!(!marked.contains(&Uuid::nil()), "no model is the unknown one");
        if let Some(name) = read.name(&MODEL) {
            assert!(name.chars().count() <= 100 && !name.chars().any(char::is_control), "{name:?}");
        }
        let vouched = read.vouch(&MODEL, &PRESS.chain, NOW);
        assert!(vouched.is_none() || !marked.contains(&MODEL), "nobody vouches for a marked one");
    },
};
