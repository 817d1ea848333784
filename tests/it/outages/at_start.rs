use std::fs;

use latchkey_tests::browser::Browser;

use super::{PASSWORD, Stage, USERNAME, pause};

#[tokio::test]
async fn a_server_without_its_database_says_so_and_comes_up_by_itself() {
    let stage = Stage::set();
    stage.cluster.crash();
    let server = stage.installation.spawn().expect("it starts");
    for path in ["/", "/login", "/account", "/help", "/oauth2/authorize?client_id=rota", "/x"] {
        stage.get(path).await.is_unavailable_page();
    }
    for path in ["/login/x/identify", "/oauth2/authorize", "/logout"] {
        stage.post(path).await.is_unavailable_page();
    }
    for path in ["/.well-known/openid-configuration", "/oauth2/jwks", "/oauth2/userinfo"] {
        stage.get(path).await.is_unavailable_json();
    }
    stage.post("/oauth2/token").await.is_unavailable_json();
    let page = stage.get("/login").await.body;
    let style = page.split('"').find(|part| part.starts_with("/assets/")).expect("a style");
    assert_eq!(stage.get(style).await.status, 200, "the page looks as it should");
    assert_eq!(stage.get("/healthz").await.status, 503);

    let log = fs::read_to_string(stage.installation.path("log")).expect("a log");
    assert!(log.contains("waiting for the database: "), "{log}");
    assert!(log.contains("Connection refused"), "{log}");
    stage.cluster.resume();
    stage.up().await;
    let mut dan = Browser::new(stage.site.clone());
    dan.log_in(USERNAME, PASSWORD).await.expect("logged in");
    server.stop().expect("it ends well");
}

#[tokio::test]
async fn a_server_that_waits_can_be_stopped() {
    let stage = Stage::set();
    stage.cluster.crash();
    let server = stage.installation.spawn().expect("it starts");
    stage.get("/login").await.is_unavailable_page();
    server.stop().expect("it ends well");
}

#[tokio::test]
async fn a_wrong_master_key_is_found_once_the_database_is_there_and_ends_the_server() {
    let stage = Stage::set();
    let config = fs::read_to_string(stage.installation.path("latchkey.toml")).expect("settings");
    let key = config.split('"').find(|part| part.ends_with("master.key")).expect("a key's file");
    fs::write(key, "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=").expect("written");
    stage.cluster.crash();
    let server = stage.installation.spawn().expect("it starts");
    stage.get("/login").await.is_unavailable_page();
    stage.cluster.resume();
    assert!(!server.wait().expect("it ends"), "it says that it failed");
    let log = stage.installation.log();
    assert!(log.contains("is not the one that the database was made with"), "{log}");
}

#[tokio::test]
async fn what_waiting_does_not_mend_ends_the_server_in_words() {
    let stage = Stage::set();
    let ends = async |words: &str| {
        assert!(!stage.installation.spawn().expect("it starts").wait().expect("it ends"));
        let log = stage.installation.log();
        assert!(log.contains(words), "'{words}': {log}");
    };
    let url = &stage.database.url;
    let execute = |sql: &str| latchkey_test_databases::execute(url, sql);
    execute(
        "DELETE FROM seaql_migrations WHERE version =
           (SELECT max(version) FROM seaql_migrations);
         INSERT INTO seaql_migrations VALUES ('m29991231_000001_flying_keys', 1)",
    );
    ends("was changed by another version of Latchkey").await;
    let settings = stage.installation.path("latchkey.toml");
    let text = fs::read_to_string(&settings).expect("settings");
    fs::write(&settings, text.replace("/latchkey_", "/nothing_")).expect("written");
    ends("the database server refuses: ").await;
    fs::write(&settings, text.replace("postgres@", "stranger@")).expect("written");
    ends("role \"stranger\" does not exist").await;
}

#[tokio::test]
async fn a_standby_is_waited_for_until_it_takes_writes() {
    let stage = Stage::set();
    let url = stage.cluster.url();
    let name = stage.database.url.rsplit('/').next().expect("a name").to_owned();
    let read_only = |on: &str| {
        let sql = format!("ALTER DATABASE {name} SET default_transaction_read_only = {on}");
        latchkey_test_databases::execute(&url, &sql);
    };
    read_only("on");
    let server = stage.installation.spawn().expect("it starts");
    stage.get("/login").await.is_unavailable_page();
    read_only("off");
    stage.up().await;
    while stage.get("/login").await.status == 503 {
        pause().await;
    }
    server.stop().expect("it ends well");
}
