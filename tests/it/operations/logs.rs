//! What the log holds at its usual level after everything that people and applications do: enough
//! to find a request, and nothing about a person.

use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use latchkey::telemetry::{self, Shape};
use reqwest::Method;
use serde_json::Value;
use tracing_subscriber::fmt::MakeWriter;

use crate::support::http::{
    AMY, DAN, LOGGED_OUT_URI, ROTA, Request, SECRET, STOCK, Site, Tokens, VERIFIER, encode,
};

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    /// Takes everything that is logged in this process from here on.
    fn start() -> Self {
        let log = Self::default();
        let lines = telemetry::subscriber(telemetry::USUAL, Shape::Json, log.clone(), None);
        let set = tracing::subscriber::set_global_default(lines.expect("a log"));
        set.expect("the process is this test's alone");
        log
    }

    fn text(&self) -> String {
        String::from_utf8(self.0.lock().expect("not poisoned").clone()).expect("text")
    }
}

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("not poisoned").write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Log {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}

#[tokio::test]
async fn the_log_of_everything_that_people_do_names_nobody_and_holds_no_secret() {
    let log = Log::start();
    let site = Site::start().await;

    // A first key after the password, then the key alone is asked for again, then rights and wrongs.
    let mut amy = site.person();
    let code = amy.log_in(&Request::new(ROTA).with("login_hint", AMY.username), AMY).await.code();
    let tokens = Tokens::of(&site.redeem(ROTA, &code).await);
    site.userinfo(&tokens.access).await;
    let next = Tokens::of(&site.refresh(ROTA, &tokens.refresh).await);
    // Used again: the grant is revoked.
    site.refresh(ROTA, &tokens.refresh).await;
    site.redeem(ROTA, &code).await;
    site.userinfo("a-token-that-never-was").await;
    amy.open("/account").await;
    amy.open("/account/keys").await;
    let session = amy.session().expect("a session").to_owned();

    let mut dan = site.person();
    let page = dan.open(&Request::new(STOCK).path()).await;
    let form = page.form("/identify").with("username", DAN.username);
    dan.submit(&form.clone().with("password", "dans mistyped password")).await;
    // People type their password where the name goes.
    let page = dan.open(&Request::new(STOCK).path()).await;
    let form = page.form("/identify").with("username", DAN.password).with("password", "x");
    dan.submit(&form).await;
    let of_dan = site.person().tokens(STOCK, DAN).await;

    // Forms from elsewhere, wrong applications, wrong addresses, wrong keys.
    let stranger = dan.request(Method::POST, "/login/amy.ward/identify?code=stray-code");
    site.send(stranger.header("origin", "https://amy.evil.example")).await;
    site.get("/nowhere/amy.ward?access_token=stray-token").await;
    site.get(&Request::new(STOCK).with("redirect_uri", "https://dan.evil.example").path()).await;
    let mut forged = site.person();
    let page = forged.open(&Request::new(ROTA).path()).await;
    let form = page.form("/key");
    let credential = r#"{"id":"amy.ward","rawId":"amy","type":"public-key","response":{}}"#;
    forged.submit(&form.with("credential", credential)).await;
    let query =
        [("id_token_hint", of_dan.id.as_str()), ("post_logout_redirect_uri", LOGGED_OUT_URI)];
    dan.open(&format!("/oauth2/logout?{}", encode(&query))).await;

    let text = log.text();
    let lines: Vec<Value> =
        text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    // The log was on, and its lines can be put together with the requests.
    let refused = lines.iter().find(|line| {
        line["message"].as_str().is_some_and(|words| words.starts_with("a form was refused"))
    });
    let id = refused.expect("a line")["span"]["id"].as_str().map(str::len);
    assert_eq!(id, Some(16), "{text}");

    let mut secrets: Vec<&str> = vec![
        AMY.username,
        AMY.password,
        DAN.username,
        DAN.password,
        "Amy",
        "Ward",
        "Quay",
        "northgate.example",
        "harbour.example",
        "dans mistyped password",
        SECRET,
        VERIFIER,
        "127.0.0.1",
        "::1",
        "stray-code",
        "stray-token",
        "evil.example",
        "Blue key",
        "a-token-that-never-was",
    ];
    secrets.extend([&code, &session].map(String::as_str));
    for Tokens { access, refresh, id, .. } in [&tokens, &next, &of_dan] {
        secrets.extend([access, refresh, id].map(String::as_str));
    }
    for secret in secrets {
        assert!(!text.contains(secret), "{secret} in\n{text}");
    }
}
