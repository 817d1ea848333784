use futures_util::future::join_all;
use latchkey_test_databases::{Cluster, Database, Transaction, execute};
use latchkey_tests::application::userinfo;
use latchkey_tests::browser::Browser;

use super::{PASSWORD, ROTA, Stage, USERNAME, is_unavailable};
use crate::support::proxy::{Proxy, Weather};

const TYPED: [(&str, &str); 2] = [("username", USERNAME), ("password", PASSWORD)];

/// Everything that reads the database says that it cannot; asked all at once, as it takes a while.
async fn nothing_is_served(stage: &Stage, session: &str, access: &str) {
    let pages = join_all(["/account", "/account/keys", "/login", "/logout"].map(async |path| {
        let mut browser = Browser::with_session(stage.site.clone(), session);
        is_unavailable(&browser.load(path).await.expect("an answer"));
    }));
    let application = async {
        let request = stage.site.http.get(format!("{}/oauth2/userinfo", stage.site.issuer));
        stage.ask(request.bearer_auth(access)).await.is_unavailable_json();
    };
    let probe = async { assert_eq!(stage.get("/healthz").await.status, 503) };
    tokio::join!(pages, application, probe);
    // What needs no database is served as always.
    for path in ["/help", "/.well-known/openid-configuration", "/oauth2/jwks"] {
        assert_eq!(stage.get(path).await.status, 200, "{path}");
    }
}

#[tokio::test]
async fn a_database_that_crashes_costs_answers_and_nothing_else() {
    let stage = Stage::set();
    let _server = stage.installation.start().expect("it starts");
    let mut dan = Browser::new(stage.site.clone());
    dan.log_in(USERNAME, PASSWORD).await.expect("logged in");
    let code = ROTA.code(&mut dan).await.expect("a code");
    let tokens = ROTA.redeem(&stage.site, &code).await.expect("tokens");
    let (access, refresh) = (tokens.text("access_token"), tokens.text("refresh_token"));
    let (access, refresh) = (access.expect("a token"), refresh.expect("a token"));
    let unused = ROTA.code(&mut dan).await.expect("a code");
    let mut other = Browser::new(stage.site.clone());
    let form = other.open("/login").await.expect("a page").form("/identify").expect("a form");

    let session = dan.session().expect("a session").to_owned();
    stage.cluster.crash();
    nothing_is_served(&stage, &session, access).await;
    let (answer, redeemed, refreshed) = tokio::join!(
        other.post(&form, &TYPED),
        ROTA.redeem(&stage.site, &unused),
        ROTA.refresh(&stage.site, refresh),
    );
    is_unavailable(&answer.expect("an answer"));
    for told in [redeemed, refreshed] {
        let told = told.expect("an answer");
        assert_eq!(told.json["error"].as_str(), Some("temporarily_unavailable"));
        assert_eq!(told.status, 503);
    }
    // The very next request is served, each time, although every connection is dead.
    for _ in 0..3 {
        stage.cluster.resume();
        assert_eq!(dan.load("/account").await.expect("an answer").status, 200);
        assert_eq!(userinfo(&stage.site, access).await.expect("an answer").status, 200);
        stage.cluster.crash();
    }
    stage.cluster.resume();
    // Whatever was sent while there was no database can be sent again.
    let answer = other.post(&form, &TYPED).await.expect("an answer");
    assert_eq!(answer.status, 303, "{}", answer.told());
    let page = other.follow(answer).await.expect("a page");
    assert_eq!((page.status, page.path.as_str()), (200, "/account"));
    assert_eq!(ROTA.redeem(&stage.site, &unused).await.expect("an answer").status, 200);
    assert_eq!(ROTA.refresh(&stage.site, refresh).await.expect("an answer").status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_says_nothing_any_more_is_not_waited_for_for_ever() {
    let cluster = Cluster::start();
    let database = Database::on(&cluster.url());
    let proxy = Proxy::to(([127, 0, 0, 1], cluster.port()).into()).await;
    let (port, entry) = (cluster.port().to_string(), proxy.address.port().to_string());
    let url = database.url.replace(&port, &entry);
    let stage = Stage::of(cluster, database, &url);
    let _server = stage.installation.start().expect("it starts");
    let mut dan = Browser::new(stage.site.clone());
    dan.log_in(USERNAME, PASSWORD).await.expect("logged in");
    let mut other = Browser::new(stage.site.clone());
    let form = other.open("/login").await.expect("a page").form("/identify").expect("a form");

    // Gone for a while, and back with every connection as it was.
    proxy.turn(Weather::Silent);
    is_unavailable(&dan.load("/account").await.expect("an answer"));
    is_unavailable(&other.post(&form, &TYPED).await.expect("an answer"));
    proxy.turn(Weather::Fair);
    assert_eq!(dan.load("/account").await.expect("an answer").status, 200);
    let answer = other.post(&form, &TYPED).await.expect("an answer");
    assert_eq!(answer.status, 303, "it was not taken before: {}", answer.told());

    // Gone for a while, and back without one of them.
    proxy.turn(Weather::Silent);
    is_unavailable(&dan.load("/account").await.expect("an answer"));
    proxy.turn(Weather::Broken);
    is_unavailable(&dan.load("/account").await.expect("an answer"));
    proxy.turn(Weather::Fair);
    assert_eq!(dan.load("/account").await.expect("an answer").status, 200);
    dan.forget_session();
    dan.log_in(USERNAME, PASSWORD).await.expect("logged in");
}

#[tokio::test]
async fn a_database_that_takes_no_writes_serves_reads_and_is_used_again_when_it_does() {
    let stage = Stage::set();
    let _server = stage.installation.start().expect("it starts");
    let mut dan = Browser::new(stage.site.clone());
    dan.log_in(USERNAME, PASSWORD).await.expect("logged in");
    let mut other = Browser::new(stage.site.clone());
    let form = other.open("/login").await.expect("a page").form("/identify").expect("a form");
    let name = stage.database.url.rsplit('/').next().expect("a name").to_owned();
    let read_only = |on: &str| {
        execute(
            &stage.cluster.url(),
            &format!("ALTER DATABASE {name} SET default_transaction_read_only = {on}"),
        );
        hang_up(&stage, &name);
    };
    read_only("on");
    assert_eq!(dan.load("/account").await.expect("an answer").status, 200);
    is_unavailable(&other.post(&form, &TYPED).await.expect("an answer"));
    is_unavailable(&other.load("/login").await.expect("an answer"));
    read_only("off");
    let answer = other.post(&form, &TYPED).await.expect("an answer");
    assert_eq!(answer.status, 303, "{}", answer.told());
}

#[tokio::test]
async fn a_database_without_free_connections_is_asked_again() {
    let cluster = Cluster::start();
    let database = Database::on(&cluster.url());
    let name = database.url.rsplit('/').next().expect("a name").to_owned();
    let role = format!("CREATE ROLE latchkey LOGIN; ALTER DATABASE {name} OWNER TO latchkey");
    execute(&cluster.url(), &role);
    let url = database.url.replace("postgres@", "latchkey@");
    let stage = Stage::of(cluster, database, &url);
    let _server = stage.installation.start().expect("it starts");
    let mut dan = Browser::new(stage.site.clone());
    dan.log_in(USERNAME, PASSWORD).await.expect("logged in");
    let limit = |connections: i32| {
        let sql = format!("ALTER ROLE latchkey CONNECTION LIMIT {connections}");
        execute(&stage.cluster.url(), &sql);
    };
    limit(0);
    hang_up(&stage, &name);
    is_unavailable(&dan.load("/account").await.expect("an answer"));
    limit(-1);
    assert_eq!(dan.load("/account").await.expect("an answer").status, 200);
}

#[tokio::test]
async fn a_database_that_is_slow_is_not_waited_for_for_ever() {
    let stage = Stage::set();
    let _server = stage.installation.start().expect("it starts");
    let mut dan = Browser::new(stage.site.clone());
    dan.log_in(USERNAME, PASSWORD).await.expect("logged in");
    let mut other = Browser::new(stage.site.clone());
    let form = other.open("/login").await.expect("a page").form("/identify").expect("a form");

    // Somebody alters a table, which keeps readers out as well as writers.
    let altering = Transaction::begin(&stage.database.url, "LOCK TABLE sessions");
    let (read, written) = tokio::join!(dan.load("/account"), other.post(&form, &TYPED));
    is_unavailable(&read.expect("an answer"));
    is_unavailable(&written.expect("an answer"));
    drop(altering);
    assert_eq!(dan.load("/account").await.expect("an answer").status, 200);
    let answer = other.post(&form, &TYPED).await.expect("an answer");
    assert_eq!(answer.status, 303, "it was not taken before: {}", answer.told());
}

/// Ends every connection to a database.
fn hang_up(stage: &Stage, name: &str) {
    execute(
        &stage.cluster.url(),
        &format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"),
    );
}
