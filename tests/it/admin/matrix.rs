//! Every endpoint, called as every role across organisations. An endpoint of the description that
//! has no row here fails, so none is forgotten.

use std::collections::BTreeSet;
use std::time::Duration;

use latchkey_core::Clock as _;
use latchkey_core::roles::Role;
use latchkey_core::secrets::Digest;
use latchkey_store::{Call, Error, Tx};
use reqwest::Method;
use serde_json::{Value, json};

use super::{At, Desk, HANA, NELL, OTTO, PIA, SAM, SUE, UMA, VERA};
use crate::support::http::{Account, ROTA, Request};

/// Who calls, in the order of each row's letters: nobody with a role; the helpdesk, a local
/// administrator and an auditor of the trust; a local administrator of another organisation, one of
/// the network above, one of the platform.
const CALLERS: &str = "nobody, helpdesk, local, auditor, elsewhere, above, platform";

/// An endpoint, and what each caller comes to about somebody of the trust: `y` they may, `f` their
/// role does not (403), `n` it is not there (404).
const ROWS: &[(&str, &str)] = &[
    ("GET /me", "yyyyyyy"),
    ("GET /me/organisations", "yyyyyyy"),
    ("GET /people", "fyyyyyy"),
    ("POST /people", "ffyfyyy"),
    ("POST /people/bulk", "ffyfyyy"),
    ("GET /people/count", "fyyyyyy"),
    ("GET /people/{id}", "fyyynyy"),
    ("PATCH /people/{id}", "ffyfnyy"),
    ("POST /people/{id}/move", "ffyfnyy"),
    ("POST /people/{id}/invite", "ffyfnyy"),
    ("POST /people/{id}/disable", "ffyfnyy"),
    ("POST /people/{id}/enable", "ffyfnyy"),
    ("GET /people/{id}/credentials", "fyyynyy"),
    ("GET /people/{id}/credentials/{key}", "fyyynyy"),
    ("PATCH /people/{id}/credentials/{key}", "fyyfnyy"),
    ("POST /people/{id}/credentials/{key}/remove", "fyyfnyy"),
    ("POST /people/{id}/credentials/{key}/suspend", "fyyfnyy"),
    ("POST /people/{id}/credentials/{key}/restore", "fyyfnyy"),
    ("POST /people/{id}/app/remove", "fyyfnyy"),
    ("POST /people/{id}/app/suspend", "fyyfnyy"),
    ("POST /people/{id}/app/restore", "fyyfnyy"),
    ("POST /people/{id}/recovery-codes/remove", "fyyfnyy"),
    ("POST /people/{id}/reset", "fyyfnyy"),
    ("POST /people/{id}/pass", "fyyfnyy"),
    ("POST /people/{id}/pass/cancel", "fyyfnyy"),
    ("POST /people/{id}/supervised-link", "fyyfnyy"),
    ("GET /people/{id}/sessions", "fyyynyy"),
    ("POST /people/{id}/sessions/end", "fyyfnyy"),
    ("DELETE /people/{id}/sessions/{session}", "fyyfnyy"),
    ("GET /calls/{number}", "fyyynyy"),
    ("POST /calls/{number}/answer", "fyyfnyy"),
    ("GET /approvals", "ffyfyyy"),
    // Nothing waits: whoever may decide finds that.
    ("POST /approvals/{id}/approve", "ffnfnnn"),
    ("POST /approvals/{id}/refuse", "ffnfnnn"),
    ("GET /organisations/{org}/groups", "ffyynyy"),
    ("GET /organisations/{org}/groups/{group}", "ffyynyy"),
    ("PUT /organisations/{org}/groups/{group}", "ffyfnyy"),
    ("POST /organisations/{org}/groups/{group}/trial", "ffyfnyy"),
    ("POST /organisations/{org}/groups/{group}/trial.csv", "ffyfnyy"),
    ("GET /organisations/{org}/groups/{group}/members", "fyyynyy"),
    ("POST /organisations/{org}/groups/{group}/members/{person}/trial", "ffyfnyy"),
    ("PUT /organisations/{org}/groups/{group}/members/{person}", "ffyfnyy"),
    ("DELETE /organisations/{org}/groups/{group}/members/{person}", "ffyfnyy"),
    ("DELETE /organisations/{org}/groups/{group}", "ffyfnnn"),
    ("GET /roles", "ffyyyyy"),
    ("PUT /people/{id}/roles/{role}", "ffffffy"),
    ("DELETE /people/{id}/roles/{role}", "ffffffy"),
    ("GET /clients", "fffyffy"),
    ("POST /clients", "ffffffy"),
    ("GET /clients/{client}", "fffyffy"),
    ("PUT /clients/{client}", "ffffffy"),
    ("POST /clients/{client}/secret", "ffffffy"),
    ("POST /clients/{client}/log-in-tests", "ffffffy"),
    // There is none.
    ("GET /clients/{client}/log-in-tests/{test}", "ffffffn"),
    ("DELETE /clients/{client}", "ffffffy"),
    ("GET /service-providers", "fffyffy"),
    ("POST /service-providers", "ffffffy"),
    ("GET /service-providers/{provider}", "fffyffy"),
    ("PUT /service-providers/{provider}", "ffffffy"),
    ("POST /service-providers/{provider}/refresh", "ffffffy"),
    ("DELETE /service-providers/{provider}", "ffffffy"),
    ("POST /service-providers/doctor", "fffyffy"),
    // There is none.
    ("POST /service-providers/test", "fffnffn"),
    ("GET /keys", "ffffffy"),
    ("POST /keys", "ffffffy"),
    ("GET /audit", "ffyyyyy"),
    ("GET /audit/export", "ffyyyyy"),
    ("GET /people/{id}/history", "fyyynyy"),
    ("GET /health", "ffffffy"),
    ("GET /health/letters", "ffffffy"),
    // None waits.
    ("GET /health/letters/{letter}", "ffffffn"),
    ("POST /health/letters/retry", "ffffffy"),
    // None waits.
    ("POST /health/letters/{letter}/retry", "ffffffn"),
    ("POST /health/letters/{letter}/withdraw", "ffffffn"),
    ("GET /imports", "ffyynyy"),
    ("POST /imports", "ffyfnyy"),
    // There is none.
    ("GET /imports/{import}", "ffnnnnn"),
    ("POST /imports/{import}/take-in", "ffnfnnn"),
    ("GET /organisations", "ffyyyyy"),
    ("POST /organisations", "ffffffy"),
    ("GET /organisations/{org}", "ffyynyy"),
    ("PATCH /organisations/{org}", "ffyfnyy"),
    ("GET /organisations/{org}/logo", "nyyynyy"),
    ("GET /organisations/{org}/progress", "ffyynyy"),
    ("GET /organisations/{org}/progress.csv", "ffyynyy"),
    ("GET /organisations/{org}/key-models", "ffyynyy"),
    ("GET /organisations/{org}/key-models/{aaguid}", "ffyynyy"),
    ("GET /organisations/{org}/policy", "ffyynyy"),
    ("PUT /organisations/{org}/policy", "ffyfnyy"),
    ("POST /organisations/{org}/policy/preview", "ffyfnyy"),
    ("POST /organisations/{org}/policy/trial", "ffyfnyy"),
    ("POST /organisations/{org}/policy/trial.csv", "ffyfnyy"),
    // The last one: whoever may does it.
    ("DELETE /people/{id}", "ffyfnnn"),
];

/// What stands in an address, and in a body, where somebody or something is named.
struct Target {
    person: String,
    model: String,
    key: String,
    session: String,
}

const NUMBER: &str = "204517";

impl Target {
    async fn of(desk: &Desk) -> Self {
        let account = Account { username: NELL.username, password: NELL.password };
        desk.apply(
            "[[client]]\nclient_id = \"porters\"\nclient_secret = \"a-secret-of-32-bytes-or-more\"\n\
             redirect_uris = [\"https://app.example/porters\"]\n\
             latchkey_organisation = \"riverside\"\n\
             [[group]]\nid = \"theatre\"\norganisation = \"riverside\"\nname = \"Theatre\"\n",
        )
        .await;
        desk.apply(&super::providers::document("organisation = \"riverside\"")).await;
        desk.site.person().log_in(&Request::new(ROTA), account).await.code();
        let (view, now) = (desk.site.app.store.view(), desk.site.clock.now());
        let person = desk.record(NELL).await.person.id;
        let held = view.list_credentials(person).await.expect("read").swap_remove(0);
        let (key, model) = (held.id.to_string(), held.aaguid.to_string());
        let session = view.list_sessions(person, now).await.expect("read")[0].id.to_string();
        let call = Call {
            number: NUMBER.to_owned(),
            browser: Digest::of(b"a browser"),
            expires_at: now.plus(Duration::from_secs(3600)),
            helper: None,
            case: None,
            person: Some(person),
        };
        let write = async move |tx: &Tx| tx.insert_call(&call, now).await;
        assert!(desk.site.app.store.write::<bool, Error, _>(write).await.expect("written"));
        Self { person: person.to_string(), model, key, session }
    }

    fn path(&self, template: &str) -> String {
        if template == "/imports" {
            return format!("{template}?organisation=riverside");
        }
        if template == "/me/organisations" {
            return format!("{template}?scope=people%3Aread");
        }
        template
            .replace("{id}", &self.person)
            .replace("{key}", &self.key)
            .replace("{session}", &self.session)
            .replace("{number}", NUMBER)
            .replace("{org}", "riverside")
            .replace("{group}", "theatre")
            .replace("{person}", &self.person)
            .replace("{aaguid}", &self.model)
            .replace("{role}", "auditor")
            .replace("{client}", "porters")
            .replace("{provider}", &super::providers::key())
            .replace("{import}", &self.key)
            .replace("{test}", &self.key)
            .replace("{letter}", &self.key)
    }

    /// Bodies that are refused only once it is settled who asks about whom: nothing is done.
    fn body(&self, template: &str) -> Value {
        match template {
            "/calls/{number}/answer" => json!({ "person": self.person }),
            "/organisations/{org}" => json!({}),
            "/organisations/{org}/groups/{group}"
            | "/organisations/{org}/groups/{group}/trial"
            | "/organisations/{org}/groups/{group}/trial.csv" => json!({ "name": "Theatre" }),
            "/clients" | "/clients/{client}" => json!({ "client_secret": "mine" }),
            "/service-providers" | "/service-providers/{provider}" => json!({ "metadata": "mine" }),
            "/service-providers/doctor" => json!({ "message": "<b>" }),
            "/service-providers/test" => json!({ "provider": "https://app.example" }),
            "/keys" => json!({ "algorithm": "none" }),
            "/organisations" => json!({ "id": "", "name": "" }),
            "/organisations/{org}/policy"
            | "/organisations/{org}/policy/preview"
            | "/organisations/{org}/policy/trial"
            | "/organisations/{org}/policy/trial.csv" => json!({ "own": {} }),
            "/people" | "/people/{id}" | "/people/{id}/credentials/{key}" => json!({}),
            "/approvals/{id}/refuse" => json!({}),
            "/imports/{import}/take-in" => json!({}),
            path if path.starts_with("/health/letters") => json!({}),
            "/people/{id}/move" => json!({ "organisation": "nowhere" }),
            _ => json!({ "handling": { "note": "x".repeat(501) } }),
        }
    }
}

async fn comes_to(at: &At<'_>, target: &Target, operation: &str) -> char {
    let (method, template) = operation.split_once(' ').expect("an operation");
    let method: Method = method.parse().expect("a method");
    let sends = method == Method::POST || method == Method::PATCH || method == Method::PUT;
    let body = sends.then(|| target.body(template));
    let answer = at.desk.call(&at.token, method, &target.path(template), body).await;
    match answer.status {
        403 => 'f',
        404 => 'n',
        401 | 500.. => panic!("{operation}: {answer:?}"),
        _ => 'y',
    }
}

fn described() -> BTreeSet<String> {
    let document = serde_json::to_value(latchkey::admin::document()).expect("a document");
    let mut operations = BTreeSet::new();
    for (path, item) in document["paths"].as_object().expect("paths") {
        let path = path.strip_prefix(latchkey_api::PATH).expect("below the API");
        for method in item.as_object().expect("operations").keys() {
            operations.insert(format!("{} {path}", method.to_uppercase()));
        }
    }
    operations
}

#[test]
fn every_endpoint_of_the_description_has_a_row() {
    let rows: BTreeSet<String> =
        ROWS.iter().map(|(operation, _)| (*operation).to_owned()).collect();
    assert_eq!(rows.len(), ROWS.len(), "one row each");
    assert_eq!(rows, described());
}

#[tokio::test]
async fn every_endpoint_is_there_for_whom_it_is_and_for_nobody_else() {
    let desk = Desk::open().await;
    let target = Target::of(&desk).await;
    let callers = [
        desk.with_scopes(SUE, &latchkey_api::AdminScope::ALL).await,
        desk.administrator(HANA, Role::Helpdesk, "riverside").await,
        desk.administrator(SAM, Role::LocalAdministrator, "riverside").await,
        desk.administrator(UMA, Role::Auditor, "riverside").await,
        desk.administrator(OTTO, Role::LocalAdministrator, "eastmoor").await,
        desk.administrator(VERA, Role::LocalAdministrator, "valley").await,
        desk.administrator(PIA, Role::PlatformAdministrator, "valley").await,
    ];
    let mut wrong = Vec::new();
    for (operation, expected) in ROWS {
        let mut came = String::new();
        for at in &callers {
            came.push(comes_to(at, &target, operation).await);
        }
        if came != *expected {
            wrong.push(format!("{operation}: {came} and not {expected}"));
        }
    }
    assert!(wrong.is_empty(), "of {CALLERS}:\n{}", wrong.join("\n"));
}
