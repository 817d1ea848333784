//! The description of the API: what it promises stays as it is written down here, and what the API
//! answers is what it promises, whatever it is sent.

use std::process::{Command, Stdio};

use latchkey_core::roles::Role;
use serde_json::Value;

use super::{Desk, PIA};

/// The description as it was last looked at. `LATCHKEY_WRITE_OPENAPI=1` writes it anew.
const KEPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/it/admin/openapi.json");
const TOOL: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/.cache/venv/bin/schemathesis");
/// What an answer has to be, whatever was asked.
const CHECKS: &str = "not_a_server_error,status_code_conformance,content_type_conformance,\
                      response_headers_conformance,response_schema_conformance";

#[test]
fn what_was_published_stays_and_what_is_new_is_looked_at() {
    let document = serde_json::to_value(latchkey::admin::document()).expect("a document");
    if std::env::var_os("LATCHKEY_WRITE_OPENAPI").is_some() {
        let text = serde_json::to_string_pretty(&document).expect("text");
        std::fs::write(KEPT, text + "\n").expect("written");
    }
    let kept = std::fs::read_to_string(KEPT).expect("the description that is kept");
    let kept: Value = serde_json::from_str(&kept).expect("JSON");
    for path in ["paths", "components"] {
        let (kept, now) = (&kept[path], &document[path]);
        let all = kept.as_object().into_iter().chain(now.as_object()).flatten();
        for (name, _) in all {
            assert_eq!(kept[name], now[name], "{path}: {name}");
        }
    }
    assert_eq!(kept, document);
}

#[tokio::test]
async fn every_endpoint_answers_as_it_is_described_whatever_it_is_sent() {
    let desk = Desk::open().await;
    let pia = desk.administrator(PIA, Role::PlatformAdministrator, "valley").await;
    let folder = tempfile::tempdir().expect("a folder");
    let mut run = Command::new(TOOL);
    run.arg("run")
        .arg(desk.site.url("/api/admin/v1/openapi.json"))
        .args(["--header", &format!("Authorization: Bearer {}", pia.token)])
        .args(["--checks", CHECKS, "--phases", "examples,coverage,fuzzing"])
        .args(["--max-examples", "8", "--seed", "7", "--workers", "1", "--no-color"])
        .args(["--request-timeout", "20", "--warnings", "off"])
        .current_dir(folder.path())
        .stdin(Stdio::null());
    // The installation is served by this thread.
    let run = tokio::task::spawn_blocking(move || run.output()).await.expect("run");
    let run = run.expect("tests/run installs it");
    let told = String::from_utf8_lossy(&run.stdout);
    assert!(run.status.success(), "{told}");
}
