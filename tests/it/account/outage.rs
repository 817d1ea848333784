//! The same addresses while the database is not there.

use futures_util::future::join_all;
use latchkey_test_databases::{Cluster, Database};
use reqwest::Method;

use super::routes::{Post, ROWS};
use super::{FORM, JSON, Stage};
use crate::support::http::Site;

/// Pages that say the same to everybody, and those that are over before anything is looked up.
const NEED_NONE: [&str; 6] = [
    "/",
    "/help",
    "/help/{slug}",
    // Answers everybody alike and does its work behind the answer.
    "/forgotten-password",
    "/login/resume",
    "/account/resume",
];

#[tokio::test]
async fn without_its_database_every_address_that_needs_it_says_so() {
    let cluster = Cluster::start();
    let database = Database::on(&cluster.url());
    let site = Site::start_with(|config| config.database.url.clone_from(&database.url)).await;
    let mut stage = Stage::set(&site).await;
    let edit = stage.path("/account/keys/{id}/edit");
    let step = stage.form(&edit).await.field("step").expect("a step").to_owned();
    let mut requests = Vec::new();
    for row in ROWS {
        let path = stage.path(row.path);
        if row.get {
            requests.push((row.path, "GET", stage.amy.request(Method::GET, &path)));
        }
        let post = match row.post {
            Post::No => continue,
            Post::Json => stage.post(&path, Some(JSON), format!("{{\"step\":\"{step}\"}}")),
            Post::Form | Post::Open | Post::Pasted | Post::Upload | Post::Unread => {
                stage.post(&path, Some(FORM), format!("step={step}&nickname=Red+key"))
            }
        };
        requests.push((row.path, "POST", post));
    }
    cluster.crash();
    let answers = requests
        .into_iter()
        .map(async |(path, method, request)| (path, method, site.send(request).await));
    let mut wrong = Vec::new();
    for (path, method, answer) in join_all(answers).await {
        let told = (answer.status, answer.header("retry-after"));
        // A button of another browser is refused before anything is looked up.
        let is_refused = (method, path) == ("POST", "/not-me/{token}");
        // Help is needed most when something does not work; a number for a call has to be kept.
        let is_help = (method, path) == ("GET", "/help/get-help");
        // Of somebody who is not logged in to the console nothing is looked up there.
        let is_console = path.starts_with("/admin");
        let right = match is_refused || is_help || is_console || NEED_NONE.contains(&path) {
            true => answer.status < 500,
            false => told == (503, Some("5")) && answer.header("cache-control") == Some("no-store"),
        };
        if !right {
            wrong.push(format!("{method} {path}: {told:?} {}", answer.heading()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
