//! An application of the people that log in: codes, tokens, userinfo, as it asks for them over HTTP
//! (RFC 6749, RFC 7636, OpenID Connect Core). Judges no answer but that it is JSON.

use anyhow::{Context as _, Result};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE};
use serde_json::Value;

use crate::browser::{Browser, FORM, Site, encode};

/// Two organisations, in documents: in one a password is enough, in the other keys are wanted and
/// first ones may be set up.
pub const ORGANISATIONS: &str = r#"
[[organisation]]
id = "harbour"
name = "Harbour Clinic"
preset = "small"
policy = { required = "password" }

[[organisation]]
id = "northgate"
name = "Northgate Trust"
preset = "hospital"
policy = { rollout = "available", grace_until = "2099-12-31", key_as_primary = true, keys_nudged = 0 }
"#;
/// Where every application is told to send people back to.
pub const REDIRECT_URI: &str = "https://app.example/callback";
const SECRET: &str = "a-secret-of-the-tests-that-nobody-keeps";
// RFC 7636 appendix B.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

/// A trusted application with a secret, by its client id.
#[derive(Clone, Copy, Debug)]
pub struct Application<'a> {
    /// Its client id.
    pub id: &'a str,
}

/// What an endpoint for applications answered.
#[derive(Clone, Debug)]
pub struct Reply {
    /// The status code.
    pub status: u16,
    /// The body.
    pub json: Value,
}

impl Reply {
    /// A member that is text.
    ///
    /// # Errors
    /// When it is missing.
    pub fn text(&self, name: &str) -> Result<&str> {
        let text = self.json[name].as_str();
        text.with_context(|| format!("no {name}: {} {}", self.status, self.json))
    }
}

impl Application<'_> {
    /// The document that makes it known, for ID tokens signed with `algorithm`.
    #[must_use]
    pub fn document(self, algorithm: &str, grant_types: &[&str]) -> String {
        let id = self.id;
        format!(
            "\n[[client]]\nclient_id = \"{id}\"\nclient_name = \"The application {id}\"\n\
             client_secret = \"{SECRET}\"\nredirect_uris = [\"{REDIRECT_URI}\"]\n\
             token_endpoint_auth_method = \"client_secret_basic\"\n\
             id_token_signed_response_alg = \"{algorithm}\"\n\
             grant_types = {grant_types:?}\nresponse_types = [\"code\"]\n\
             scope = \"openid profile email\"\nlatchkey_trusted = true\n"
        )
    }

    /// A code for whoever is logged in in a browser.
    ///
    /// # Errors
    /// When the browser is sent elsewhere.
    pub async fn code(self, browser: &mut Browser) -> Result<String> {
        let query = [
            ("response_type", "code"),
            ("client_id", self.id),
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
        Ok(code.into_owned())
    }

    /// A code for tokens.
    ///
    /// # Errors
    /// When there is no answer.
    pub async fn redeem(self, site: &Site, code: &str) -> Result<Reply> {
        let form = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", REDIRECT_URI),
            ("code_verifier", VERIFIER),
        ];
        self.token(site, &form).await
    }

    /// A refresh token for the next tokens.
    ///
    /// # Errors
    /// When there is no answer.
    pub async fn refresh(self, site: &Site, token: &str) -> Result<Reply> {
        self.token(site, &[("grant_type", "refresh_token"), ("refresh_token", token)]).await
    }

    async fn token(self, site: &Site, form: &[(&str, &str)]) -> Result<Reply> {
        let basic = STANDARD.encode(format!("{}:{SECRET}", self.id));
        let request = site
            .http
            .post(format!("{}/oauth2/token", site.issuer))
            .header(AUTHORIZATION, format!("Basic {basic}"))
            .header(CONTENT_TYPE, FORM)
            .body(encode(form));
        let response = request.send().await?;
        Ok(Reply { status: response.status().as_u16(), json: response.json().await? })
    }
}

/// What the person of an access token may be known by.
///
/// # Errors
/// When there is no answer.
pub async fn userinfo(site: &Site, access: &str) -> Result<Reply> {
    let request = site.http.get(format!("{}/oauth2/userinfo", site.issuer)).bearer_auth(access);
    let response = request.send().await?;
    let status = response.status().as_u16();
    let body = response.text().await?;
    // A refusal stands in the header alone (RFC 6750 §3).
    let json = if status == 200 { serde_json::from_str(&body)? } else { Value::Null };
    Ok(Reply { status, json })
}
