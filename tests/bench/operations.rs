//! What is measured, one function an operation: each asks what a browser or an application asks, and
//! refuses an answer that is not what it should be.

use std::sync::Arc;

use anyhow::{Context as _, Result, ensure};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE};
use serde_json::Value;

use crate::browser::{Browser, Form, Site, encode};
use crate::measure::WORKERS;

const SECRET: &str = "a-secret-of-the-benchmark-that-nobody-keeps";
const REDIRECT_URI: &str = "https://app.example/callback";
const PASSWORD: &str = "paper boats in the harbour";
// RFC 7636 appendix B.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

/// Two organisations with a person for each worker, and an application for each algorithm.
pub(crate) fn documents() -> String {
    let mut text = r#"
[[organisation]]
id = "harbour"
name = "Harbour Clinic"
preset = "small"
policy = { required = "password" }

[[organisation]]
id = "northgate"
name = "Northgate Trust"
preset = "hospital"
policy = { required = "mfa", rollout = "available", grace_until = "2099-12-31", key_as_primary = true }
"#
    .to_owned();
    for worker in 0..WORKERS {
        for (organisation, name) in [("harbour", "word"), ("northgate", "key")] {
            text.push_str(&format!(
                "\n[[person]]\nusername = \"{name}.{worker}\"\norganisation = \"{organisation}\"\n\
                 name = \"Person {worker}\"\nemail = \"{name}{worker}@{organisation}.example\"\n\
                 password = \"{PASSWORD}\"\n"
            ));
        }
    }
    for algorithm in ["RS256", "ES256"] {
        text.push_str(&format!(
            "\n[[client]]\nclient_id = \"{algorithm}\"\nclient_name = \"With {algorithm}\"\n\
             client_secret = \"{SECRET}\"\nredirect_uris = [\"{REDIRECT_URI}\"]\n\
             token_endpoint_auth_method = \"client_secret_basic\"\n\
             id_token_signed_response_alg = \"{algorithm}\"\n\
             grant_types = [\"authorization_code\"]\nresponse_types = [\"code\"]\n\
             scope = \"openid profile email\"\nlatchkey_trusted = true\n"
        ));
    }
    text
}

/// A browser for each worker, whose people are logged in; `name` says whose they are.
pub(crate) async fn logged_in(site: &Arc<Site>, name: &str) -> Result<Vec<Browser>> {
    let mut browsers = Vec::new();
    for worker in 0..WORKERS {
        let mut browser = Browser::new(Arc::clone(site));
        browser.log_in(&format!("{name}.{worker}"), PASSWORD).await?;
        browsers.push(browser);
    }
    Ok(browsers)
}

/// A log-in to an application for somebody who is logged in: code, tokens, userinfo.
pub(crate) async fn code_flow(mut browser: Browser, algorithm: &str) -> Result<Browser> {
    let access = access_token(&mut browser, algorithm).await?;
    userinfo((Arc::clone(&browser.site), access)).await?;
    Ok(browser)
}

/// An access token for an application, by way of a code.
pub(crate) async fn access_token(browser: &mut Browser, algorithm: &str) -> Result<String> {
    let query = [
        ("response_type", "code"),
        ("client_id", algorithm),
        ("redirect_uri", REDIRECT_URI),
        ("scope", "openid profile email"),
        ("state", "state-1"),
        ("nonce", "nonce-1"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
    ];
    let answer = browser.load(&format!("/oauth2/authorize?{}", encode(&query))).await?;
    let back = answer.location.as_deref().filter(|url| url.starts_with(REDIRECT_URI));
    let back = url::Url::parse(back.with_context(|| format!("no code: {}", answer.told()))?)?;
    let code = back.query_pairs().find(|(name, _)| name == "code");
    let (_, code) = code.with_context(|| format!("no code in {back}"))?;

    let form = [
        ("grant_type", "authorization_code"),
        ("code", &*code),
        ("redirect_uri", REDIRECT_URI),
        ("code_verifier", VERIFIER),
    ];
    let Site { http, issuer } = &*browser.site;
    let basic = STANDARD.encode(format!("{algorithm}:{SECRET}"));
    let tokens: Value = http
        .post(format!("{issuer}/oauth2/token"))
        .header(AUTHORIZATION, format!("Basic {basic}"))
        .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(encode(&form))
        .send()
        .await?
        .error_for_status()?
        .json()
        .await?;
    let head = tokens["id_token"].as_str().and_then(|token| token.split('.').next());
    let head: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(head.context("no token")?)?)?;
    ensure!(head["alg"] == algorithm, "signed with {} and not {algorithm}", head["alg"]);

    let access = tokens["access_token"].as_str().context("no access token")?;
    Ok(access.to_owned())
}

/// What an application may know about the person of an access token.
pub(crate) async fn userinfo(at: (Arc<Site>, String)) -> Result<(Arc<Site>, String)> {
    let (site, access) = &at;
    let request = site.http.get(format!("{}/oauth2/userinfo", site.issuer)).bearer_auth(access);
    let claims: Value = request.send().await?.error_for_status()?.json().await?;
    ensure!(claims["sub"].is_string() && claims["email"].is_string(), "userinfo says {claims}");
    Ok(at)
}

/// Somebody at the log-in page, before they have done anything there.
pub(crate) struct AtLogIn {
    browser: Browser,
    /// Where pages stand open: the newest last.
    open: Vec<(String, Form)>,
}

impl AtLogIn {
    /// In a browser that knows nobody any more.
    pub(crate) fn new(mut browser: Browser) -> Self {
        browser.forget_session();
        Self { browser, open: Vec::new() }
    }
}

/// From `/login` to the page: a new way through the pages is begun.
pub(crate) async fn begin(mut at: AtLogIn) -> Result<AtLogIn> {
    let page = at.browser.open("/login").await?;
    let form = page.form("/key")?;
    at.open.push((page.path, form));
    Ok(at)
}

/// The page of a way that was begun, once more.
pub(crate) async fn log_in_page(mut at: AtLogIn) -> Result<AtLogIn> {
    let (path, _) = at.open.last().context("no page is open")?;
    let path = path.clone();
    let page = at.browser.load(&path).await?;
    ensure!(page.status == 200 && page.body.contains("data-autofill"), "{}", page.told());
    Ok(at)
}

/// A key without a user name, on an open page: options, assertion, session.
pub(crate) async fn passkey(mut at: AtLogIn) -> Result<AtLogIn> {
    let (_, form) = at.open.pop().context("no page is open")?;
    let answer = at.browser.use_key(&form).await?;
    ensure!(answer.location.is_some() && at.browser.has_session(), "{}", answer.told());
    at.browser.forget_session();
    Ok(at)
}

/// Something that anybody may read.
pub(crate) async fn public(site: Arc<Site>, path: &str) -> Result<Arc<Site>> {
    let request = site.http.get(format!("{}{path}", site.issuer));
    let json: Value = request.send().await?.error_for_status()?.json().await?;
    ensure!(json.is_object(), "{path} is no JSON object");
    Ok(site)
}
