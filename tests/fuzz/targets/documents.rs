//! What operators write: trees of TOML and JSON, documents and settings.

use std::sync::Arc;

use latchkey::config::Config;
use latchkey::documents::Documents;
use latchkey::source::Source;

use crate::Target;

const WORDS: &[&str] = &[
    "[[organisation]]\n",
    "[[person]]\n",
    "[[client]]\n",
    "[[role]]\n",
    "id = ",
    "\"",
    "'''",
    "\n",
    "\r\n",
    "= ",
    "[",
    "]",
    "{",
    "}",
    ",",
    "true",
    "1979-05-27",
    "0x",
    "1e999",
    "nan",
    "-0",
    "\\u",
    "username",
    "organisation",
    "password",
    "policy",
    "preset",
    "\u{feff}",
    "#",
    ".",
    "null",
    "issuer",
    "[listen]\n",
    "address",
    "[database]\n",
    "url",
    "[master_key]\n",
    "file",
    "[lifetimes]\n",
    "code",
    "60s",
    "[passwords]\n",
    "[fetch]\n",
    "allow",
    "127.0.0.1",
];

/// The text under both names that it may have.
fn sources(bytes: &[u8]) -> impl Iterator<Item = Arc<Source>> {
    let text = std::str::from_utf8(bytes).ok();
    text.into_iter().flat_map(|text| ["a.toml", "a.json"].map(|name| Source::from_text(name, text)))
}

/// A tree by itself.
pub(super) const TREE: Target = Target {
    name: "tree",
    cost: 1,
    words: WORDS,
    run: |bytes| {
        for source in sources(bytes) {
            match source.parse() {
                Ok(tree) => {
                    let json = tree.to_json();
                    let written = serde_json::to_string(&json).expect("written");
                    let again = Source::from_text("a.json", &written).parse();
                    let again = again.unwrap_or_else(|problems| panic!("{problems}\n{written}"));
                    assert_eq!(again.to_json(), json, "what is written again is the same");
                }
                Err(problems) => assert!(!problems.to_string().is_empty(), "a refusal says why"),
            }
        }
    },
};

/// Documents for `apply`.
pub(super) const APPLY: Target = Target {
    name: "documents",
    cost: 1,
    words: WORDS,
    run: |bytes| {
        for source in sources(bytes) {
            if let Err(problems) = Documents::read(&[source]) {
                assert!(!problems.to_string().is_empty(), "a refusal says why");
            }
        }
    },
};

/// Settings.
pub(super) const SETTINGS: Target = Target {
    name: "settings",
    cost: 1,
    words: WORDS,
    run: |bytes| {
        for source in sources(bytes) {
            match Config::read(&source, []) {
                Ok(config) => {
                    assert!(matches!(config.issuer.scheme(), "https" | "http"));
                    assert!(config.issuer.host_str().is_some() && config.issuer.query().is_none());
                    assert!(config.lifetimes.code.as_secs() <= 600, "RFC 6749 §4.1.2");
                }
                Err(problems) => assert!(!problems.to_string().is_empty(), "a refusal says why"),
            }
        }
    },
};
