//! What is measured, one function an operation: each asks what a browser or an application asks, and
//! refuses an answer that is not what it should be.

use std::sync::Arc;

use anyhow::{Context as _, Result, ensure};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use latchkey_core::clock::SystemClock;
use latchkey_core::rng::SystemRng;
use latchkey_core::{Clock as _, Rng};
use latchkey_oidc::{Algorithm, KeySet};
use latchkey_tests::application::{self, Application, ORGANISATIONS};
use latchkey_tests::browser::{Browser, Form, Site};
use serde_json::Value;

use crate::measure::WORKERS;

const PASSWORD: &str = "paper boats in the harbour";

/// Two organisations with a person for each worker, and an application for each algorithm.
pub(crate) fn documents() -> String {
    let mut text = ORGANISATIONS.to_owned();
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
        let application = Application { id: algorithm };
        text.push_str(&application.document(algorithm, &["authorization_code"]));
    }
    text.push_str(&LASTING.document("ES256", &["authorization_code", "refresh_token"]));
    text.push_str(&format!(
        "\n[[client]]\nclient_id = \"by-secret\"\nclient_secret = \"{SERVICE_SECRET}\"\n\
         token_endpoint_auth_method = \"client_secret_post\"\n{SERVICE}"
    ));
    text
}

const SERVICE_SECRET: &str = "a-secret-of-a-service-that-nobody-guesses";
const SERVICE: &str = "grant_types = [\"client_credentials\"]\n\
                       latchkey_service_account = { scopes = [\"people:read\"], platform = true }\n";

/// A service account that signs its assertions, as a document.
pub(crate) fn signing_service(keys: &KeySet) -> Result<String> {
    let jwks: Value = serde_json::from_slice(keys.jwks())?;
    let key = &jwks["keys"][0];
    let member = |name: &str| format!("{name} = {}", key[name]);
    let members = ["kty", "crv", "x", "y", "kid"].map(member).join(", ");
    Ok(format!(
        "\n[[client]]\nclient_id = \"by-key\"\n\
         token_endpoint_auth_method = \"private_key_jwt\"\n\
         token_endpoint_auth_signing_alg = \"ES256\"\n{SERVICE}\
         jwks = {{ keys = [{{ {members} }}] }}\n"
    ))
}

/// A service account's token, by its secret.
pub(crate) async fn token_by_secret(site: Arc<Site>) -> Result<Arc<Site>> {
    service_token(site, &[("client_id", "by-secret"), ("client_secret", SERVICE_SECRET)]).await
}

/// A service account's token, by an assertion that it signed.
pub(crate) async fn token_by_key(
    (site, keys): (Arc<Site>, Arc<KeySet>),
) -> Result<(Arc<Site>, Arc<KeySet>)> {
    let rng: &dyn Rng = &SystemRng;
    let (now, jti) = (SystemClock.now().seconds(), rng.uuid_v4());
    let claims = serde_json::json!({
        "iss": "by-key", "sub": "by-key", "aud": site.issuer, "exp": now + 60, "jti": jti,
    });
    let key = keys.signer(Algorithm::Es256).context("no key")?;
    let assertion = key.sign_compact("JWT", claims.to_string().as_bytes())?;
    let kind = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
    let proof = [("client_assertion_type", kind), ("client_assertion", assertion.as_str())];
    Ok((service_token(site, &proof).await?, keys))
}

async fn service_token(site: Arc<Site>, proof: &[(&str, &str)]) -> Result<Arc<Site>> {
    let asked = [("grant_type", "client_credentials"), ("scope", "people:read")];
    let pairs = [&asked[..], proof].concat();
    let request = site.http.post(format!("{}/oauth2/token", site.issuer)).form(&pairs);
    let told: Value = request.send().await?.error_for_status()?.json().await?;
    ensure!(told["access_token"].is_string(), "no token: {told}");
    Ok(site)
}

/// The application that has refresh tokens.
const LASTING: Application<'static> = Application { id: "lasting" };

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
    let application = Application { id: algorithm };
    let code = application.code(browser).await?;
    let tokens = application.redeem(&browser.site, &code).await?;
    let head = tokens.text("id_token")?.split('.').next();
    let head: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(head.context("no token")?)?)?;
    ensure!(head["alg"] == algorithm, "signed with {} and not {algorithm}", head["alg"]);

    Ok(tokens.text("access_token")?.to_owned())
}

/// A refresh token for whoever is logged in.
pub(crate) async fn refresh_token(browser: &mut Browser) -> Result<(Arc<Site>, String)> {
    let code = LASTING.code(browser).await?;
    let tokens = LASTING.redeem(&browser.site, &code).await?;
    Ok((Arc::clone(&browser.site), tokens.text("refresh_token")?.to_owned()))
}

/// A refresh token for the next one, with an access token and an ID token.
pub(crate) async fn refresh((site, token): (Arc<Site>, String)) -> Result<(Arc<Site>, String)> {
    let tokens = LASTING.refresh(&site, &token).await?;
    ensure!(tokens.text("access_token")?.len() > 40, "a short access token");
    let next = tokens.text("refresh_token")?.to_owned();
    Ok((site, next))
}

/// From nothing to a session by user name and password.
pub(crate) async fn password((mut browser, worker): (Browser, usize)) -> Result<(Browser, usize)> {
    browser.forget_session();
    browser.log_in(&format!("word.{worker}"), PASSWORD).await?;
    Ok((browser, worker))
}

/// What an application may know about the person of an access token.
pub(crate) async fn userinfo(at: (Arc<Site>, String)) -> Result<(Arc<Site>, String)> {
    let (site, access) = &at;
    let claims = application::userinfo(site, access).await?.json;
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
    ensure!(answer.location.is_some() && at.browser.session().is_some(), "{}", answer.told());
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
