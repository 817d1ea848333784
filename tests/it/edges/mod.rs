//! The module map, checked: who may name whom inside the identity provider, and which crates may
//! name which packages. Cargo keeps the crates apart; what it cannot see is checked here, by the
//! paths that the sources name and not only by their `use` lines.

mod scanner;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use scanner::{named_at_root, tokens};

/// A module of `idp/src`, what it may name of the others, and why no more.
struct Module {
    name: &'static str,
    may_name: &'static [&'static str],
    because: &'static str,
}

const fn module(
    name: &'static str,
    may_name: &'static [&'static str],
    because: &'static str,
) -> Module {
    Module { name, may_name, because }
}

/// Everything that may be named, for the one module that wires it.
const ANY: &[&str] = &["*"];

const MODULES: &[Module] = &[
    module("lib", ANY, "declares the modules"),
    module("main", ANY, "starts a command"),
    module("app", ANY, "is the only wiring"),
    module(
        "cli",
        &[
            "actions",
            "app",
            "audit",
            "config",
            "console",
            "demo",
            "documents",
            "jobs",
            "keys",
            "mail",
            "management",
            "oidc",
            "pages",
            "saml",
            "serving",
            "smoke",
            "source",
            "telemetry",
            "waiting",
        ],
        "a command calls what does the work and holds none itself",
    ),
    module("brand", &["app", "documents"], "serves pictures, of whichever organisation"),
    module("config", &["source"], "turns a file into values before anything runs"),
    module(
        "documents",
        &["app", "config", "source", "actions", "authn", "keys", "mail", "audit", "oidc", "saml"],
        "applies documents through the actions that pages use, and tells whom they concern",
    ),
    module("keys", &["config", "audit"], "hands out signatures, to whoever asks"),
    module("mail", &["app", "config", "audit", "pages"], "sends what it is given"),
    module("audit", &[], "writes what it is told"),
    module(
        "jobs",
        &["app", "actions", "authn", "config", "keys", "mail", "audit", "saml"],
        "tidies up behind everybody, and looks for what is new",
    ),
    module(
        "demo",
        &[
            "actions",
            "app",
            "audit",
            "authn",
            "config",
            "documents",
            "jobs",
            "mail",
            "serving",
            "source",
        ],
        "starts an installation with made-up people, as a command would",
    ),
    module("waiting", &["app", "config", "oidc", "pages"], "answers for whatever is not up yet"),
    module("serving", &["config"], "takes connections and does not know what is served"),
    module("telemetry", &["config"], "shapes the log and does not know who writes to it"),
    module("metrics", &["app"], "counts what it is told and knows nobody"),
    module("management", &["app", "jobs"], "answers operators and changes nothing"),
    module("visitor", &["app", "pages"], "knows a browser's cookies and no person"),
    module(
        "help",
        &["app", "actions", "agent", "flow", "pages", "visitor"],
        "can be read by anybody",
    ),
    module("console", &["app", "config", "oidc"], "is an application that is asked in process"),
    module("agent", &[], "reads what a browser says of itself"),
    module("source", &[], "reads a text and knows where in it each value stands"),
    module("pages", &["app", "config"], "shows what it is given, whoever asks for it"),
    module(
        "smoke",
        &["app", "config", "authn", "serving"],
        "goes through a server as people do, over HTTP",
    ),
    module(
        "authn",
        &["app", "config", "keys", "mail", "audit", "metrics", "pages"],
        "a factor proves something and does not know what for",
    ),
    module(
        "actions",
        &["app", "config", "authn", "keys", "mail", "audit"],
        "a change is the same whichever page or command asks for it",
    ),
    module("release", &["app"], "applies rules, whichever protocol names what they release"),
    module(
        "flow",
        &[
            "app", "config", "authn", "actions", "keys", "audit", "mail", "metrics", "pages",
            "release", "visitor",
        ],
        "logs people in and does not know which protocol asked",
    ),
    module(
        "oidc",
        &["app", "config", "flow", "actions", "keys", "audit", "pages", "release", "visitor"],
        "hands over a requirement and gets an authenticated person; the protocols never meet",
    ),
    module(
        "saml",
        &["app", "config", "flow", "actions", "keys", "audit", "pages", "source", "visitor"],
        "hands over a requirement and gets an authenticated person; the protocols never meet",
    ),
    module(
        "account",
        &[
            "app", "agent", "config", "flow", "authn", "actions", "audit", "pages", "release",
            "saml", "visitor",
        ],
        "people look after what is theirs, and see what either protocol tells of them",
    ),
    module(
        "admin",
        &["app", "config", "authn", "actions", "audit", "documents", "keys", "oidc", "saml"],
        "speaks to tokens, never to browsers",
    ),
];

/// Items at the crate's root that everybody may name.
const ROOT_ITEMS: &[&str] = &["App", "build"];

/// Paths that only some sources may name.
struct Reserved {
    path: &'static [&'static str],
    /// Sources that start so; everything else may not.
    only_in: &'static [&'static str],
    because: &'static str,
}

const RESERVED: &[Reserved] = &[
    Reserved {
        path: &["sea_orm"],
        only_in: &["idp/store/", "migrations/"],
        because: "the database is the store's alone",
    },
    Reserved {
        path: &["sea_orm_migration"],
        only_in: &["idp/store/", "migrations/"],
        because: "the database is the store's alone",
    },
    Reserved {
        path: &["sqlx"],
        only_in: &["idp/store/", "migrations/", "tests/databases/"],
        because: "the database is the store's alone; tests make and damage theirs",
    },
    Reserved {
        path: &["webauthn_rs"],
        only_in: &["idp/src/authn/passkey", "tests/"],
        because: "the rest knows our Registered and Asserted",
    },
    Reserved {
        path: &["webauthn_rs_core"],
        only_in: &["idp/src/authn/passkey", "tests/"],
        because: "the rest knows our Registered and Asserted",
    },
    Reserved {
        path: &["webauthn_rs_proto"],
        only_in: &["idp/src/authn/passkey", "tests/"],
        because: "the rest knows our Registered and Asserted",
    },
    Reserved {
        path: &["lettre"],
        only_in: &["idp/src/mail/", "idp/src/config/mail.rs"],
        because: "the rest hands over letters and knows no mail server",
    },
    Reserved {
        path: &["axum"],
        only_in: &["idp/src/", "idp/web/", "idp/demo/", "admin-console/", "tests/"],
        because: "domain, store, wire types and protocols know no web server",
    },
    Reserved {
        path: &["aws_lc_rs", "::", "rand"],
        only_in: &["idp/core/src/rng.rs", "tests/bench/measure.rs", "tests/metadata/"],
        because: "randomness is injected; a raw signature, made or timed by a test, wants it",
    },
    Reserved {
        path: &["println", "!"],
        only_in: &["idp/src/main.rs", "idp/src/cli", "tests/"],
        because: "only a command speaks to the terminal",
    },
    Reserved {
        path: &["print", "!"],
        only_in: &["idp/src/main.rs", "idp/src/cli", "tests/"],
        because: "only a command speaks to the terminal",
    },
    Reserved {
        path: &["eprintln", "!"],
        only_in: &["idp/src/main.rs", "idp/src/cli", "tests/"],
        because: "only a command speaks to the terminal",
    },
];

/// Packages that only some crates may depend on, by the start of their names.
const PACKAGES: &[(&str, &[&str])] = &[
    ("sea-orm", &["idp/store", "migrations"]),
    ("sqlx", &["idp/store", "migrations", "tests/databases"]),
    ("axum", &["idp", "idp/web", "idp/demo", "admin-console", "tests"]),
    ("webauthn-rs", &["idp", "tests"]),
    ("webauthn-authenticator-rs", &["idp", "tests"]),
];

const CRATES: &[&str] = &[
    "idp",
    "idp/core",
    "idp/store",
    "idp/oidc",
    "idp/saml",
    "idp/web",
    "idp/api",
    "idp/demo",
    "admin-console",
    "migrations",
    "tests",
];

#[test]
fn modules_of_the_identity_provider_name_only_what_they_may() {
    let root = workspace().join("idp/src");
    let mut wrong = Vec::new();
    for path in sources(&root) {
        let source = std::fs::read_to_string(&path).expect("readable");
        let relative = path.strip_prefix(&root).expect("below").to_owned();
        wrong.extend(forbidden_edges(&relative, &source));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn sources_name_only_the_packages_that_are_theirs() {
    let workspace = workspace();
    let mut wrong = Vec::new();
    for folder in CRATES {
        let below = if *folder == "tests" {
            workspace.join("tests")
        } else {
            workspace.join(folder).join("src")
        };
        for path in sources(&below) {
            let source = std::fs::read_to_string(&path).expect("readable");
            let relative = path.strip_prefix(&workspace).expect("below");
            wrong.extend(reserved_paths(&relative.to_string_lossy(), &source));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn crates_depend_only_on_the_packages_that_are_theirs() {
    let mut wrong = Vec::new();
    for folder in CRATES {
        let manifest = workspace().join(folder).join("Cargo.toml");
        let manifest = std::fs::read_to_string(manifest).expect("readable");
        wrong.extend(foreign_packages(folder, &manifest));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace").to_owned()
}

fn sources(folder: &Path) -> BTreeSet<PathBuf> {
    let mut found = BTreeSet::new();
    let entries = std::fs::read_dir(folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
    for entry in entries.flatten() {
        let path = entry.path();
        let name = entry.file_name();
        if path.is_dir() && !["node_modules", ".cache"].iter().any(|skipped| name == *skipped) {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.insert(path);
        }
    }
    found
}

/// The module path of a file below `src`: `oidc/token.rs` and `oidc/token/mod.rs` are
/// `oidc::token`, `lib.rs` is the root.
fn module_path(file: &Path) -> Vec<String> {
    let mut parts: Vec<String> =
        file.with_extension("").iter().map(|part| part.to_string_lossy().into_owned()).collect();
    if parts.last().is_some_and(|last| last == "mod") {
        parts.pop();
    }
    parts
}

fn forbidden_edges(file: &Path, source: &str) -> Vec<String> {
    let path = module_path(file);
    let own = path.first().expect("a file has a name").as_str();
    let at = |line: usize| format!("idp/src/{}:{line}", file.display());
    let Some(module) = MODULES.iter().find(|module| module.name == own) else {
        return vec![format!("{}: module {own} is not in the map of this test", at(1))];
    };
    if module.may_name == ANY {
        return vec![];
    }
    let path: Vec<&str> = path.iter().map(String::as_str).collect();
    let mut wrong = Vec::new();
    for named in named_at_root(source, &path) {
        let (line, name) = (named.line, named.name.as_str());
        if name == own || module.may_name.contains(&name) || ROOT_ITEMS.contains(&name) {
            continue;
        }
        let why = if MODULES.iter().any(|module| module.name == name) {
            format!("{own} may not name {name}: {own} {}", module.because)
        } else {
            format!("crate::{name} is no module of the map: name things where they live")
        };
        wrong.push(format!("{}: {why}", at(line)));
    }
    wrong
}

fn reserved_paths(file: &str, source: &str) -> Vec<String> {
    let tokens = tokens(source);
    let words: Vec<&str> = tokens.iter().map(|token| token.text.as_str()).collect();
    let mut wrong = Vec::new();
    for reserved in RESERVED {
        if reserved.only_in.iter().any(|start| file.starts_with(start)) {
            continue;
        }
        for (at, window) in words.windows(reserved.path.len()).enumerate() {
            if window == reserved.path {
                let (line, path) = (tokens[at].line, reserved.path.concat());
                wrong
                    .push(format!("{file}:{line}: {path} has no place here: {}", reserved.because));
            }
        }
    }
    wrong
}

fn foreign_packages(folder: &str, manifest: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    for line in manifest.lines() {
        for (package, crates) in PACKAGES {
            if line.starts_with(package) && !crates.contains(&folder) {
                wrong.push(format!("{folder}/Cargo.toml: {line}: not for this crate"));
            }
        }
    }
    wrong
}

#[test]
fn a_forbidden_edge_is_found_however_it_is_written() {
    let cases = [
        ("use crate::saml::Response;", true),
        ("fn f() { crate::authn::password::verify(); }", true),
        ("use crate::{app::App, flow, account::keys};", true),
        ("use super::super::saml;", true),
        ("mod tests { use super::super::super::saml; }", true),
        ("use self::super::super::saml;", true),
        ("use crate as everything;", true),
        ("use crate::*;", true),
        ("use crate::Shortcut;", true),
        ("use crate::{app::App, flow::{start, saml}};", false),
        ("use super::saml;", false),
        ("mod tests { use super::super::saml; }", false),
        ("use super::*; fn f() { super::g(); }", false),
        (
            "// crate::saml\n/* crate::saml /* */ crate::saml */ const A: &str = \"crate::saml\";",
            false,
        ),
        (
            "const A: &str = r#\"\"crate::saml\"#; const B: char = '\"'; fn f<'a>(a: &'a str) {}",
            false,
        ),
        ("pub(crate) fn f() {} pub(super) fn g() {}", false),
        ("mod a { mod b { } } use super::super::saml;", true),
        ("pub(in crate::oidc) fn f() {}", false),
        ("macro_rules! m { () => { $crate::saml::f() } }", false),
    ];
    for (source, forbidden) in cases {
        let found = forbidden_edges(Path::new("oidc/token.rs"), source);
        assert_eq!(!found.is_empty(), forbidden, "{source}: {found:?}");
    }
    let found = forbidden_edges(Path::new("oidc/mod.rs"), "\n\nuse super::saml;");
    assert_eq!(found.len(), 1);
    assert!(found[0].starts_with("idp/src/oidc/mod.rs:3: oidc may not name saml"), "{found:?}");
    let unknown = forbidden_edges(Path::new("shortcuts.rs"), "");
    assert!(unknown[0].contains("not in the map"), "{unknown:?}");
}

#[test]
fn a_reserved_package_is_found_wherever_it_stands() {
    let entity = "fn f(db: &sea_orm::DatabaseConnection) {}";
    assert_eq!(reserved_paths("idp/src/flow/mod.rs", entity).len(), 1);
    assert!(reserved_paths("idp/store/src/people.rs", entity).is_empty());
    let random = "use aws_lc_rs::rand::SystemRandom;";
    assert_eq!(reserved_paths("idp/src/keys.rs", random).len(), 1);
    assert!(reserved_paths("idp/src/keys.rs", "use aws_lc_rs::digest;").is_empty());
    assert_eq!(reserved_paths("idp/oidc/src/lib.rs", "use axum::Router; println!();").len(), 2);
    assert_eq!(foreign_packages("idp/oidc", "axum.workspace = true").len(), 1);
    assert!(foreign_packages("idp/web", "axum.workspace = true").is_empty());
}
