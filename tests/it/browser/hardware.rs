//! A key whose maker vouches for it, as the browser hands its attestation on.

use latchkey::App;
use latchkey_test_metadata::Model;

use super::{enter_with_first_key, log_out, look, no_autofill, type_password};
use crate::metadata::{self, Press};
use crate::support::browser::{Authenticator, Browser};
use crate::support::installation::Installation;

/// An application for which only a key in hardware will do.
const SAFE: &str = r#"
[[client]]
client_id = "safe"
client_name = "The safe"
client_secret = "safe-secret-for-tests-and-nothing-else"
redirect_uris = ["{rota}/callback"]
token_endpoint_auth_method = "client_secret_basic"
grant_types = ["authorization_code"]
response_types = ["code"]
scope = "openid"
latchkey_trusted = true
latchkey_require_acr = "phrh"
"#;

/// The certificate that the browser's key attested with.
async fn certificate(app: &App) -> Vec<u8> {
    let attested = app.store.view().list_attested(None).await.expect("the database answers");
    let [only] = attested.as_slice() else { panic!("one key: {attested:?}") };
    only.chain.first().expect("a certificate").clone()
}

#[tokio::test]
async fn a_key_that_its_maker_vouches_for_opens_what_asks_for_hardware_until_it_is_marked() {
    let press = Press::new();
    let settings = press.settings();
    let at = Installation::start_with(|config| config.metadata = Some(settings)).await;
    at.apply(SAFE).await;
    let browser = Browser::start().await;
    no_autofill(&browser).await;
    let _key = browser.plug_in(Authenticator::key()).await;
    enter_with_first_key(&at, &browser, "amy.ward", "Blue key").await;
    log_out(&at, &browser).await;

    let root = certificate(&at.app).await;
    let aaguid = at.keys("amy.ward").await[0].aaguid;
    let model = Model { aaguid, root: &root, ..press.model() };
    press.publish(7, model);
    metadata::look(&at.app).await;
    assert!(at.keys("amy.ward").await[0].hardware, "its maker vouches for it");

    // Check 22, by a key that does.
    let safe = format!(
        "{}/oauth2/authorize?client_id=safe&response_type=code&scope=openid&state=s&redirect_uri={}/callback\
         &code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256",
        at.addresses.issuer, at.addresses.rota
    );
    browser.open(&safe).await;
    type_password(&browser, "amy.ward").await;
    browser.until_headed("Now use your key").await;
    browser.press("Use your security key").await;
    browser
        .until("the application gets a code", async || {
            browser.address().await.as_str().contains("code=")
        })
        .await;
    assert!(browser.address().await.as_str().starts_with(&at.addresses.rota));

    // Its owner is told as soon as something speaks against its model.
    press.publish(8, Model { status: "USER_KEY_PHYSICAL_COMPROMISE", ..model });
    metadata::look(&at.app).await;
    assert!(!at.keys("amy.ward").await[0].hardware);
    browser
        .until("the model is known to be unsafe", async || {
            browser.open(at.at("/account/keys")).await;
            browser.shows("Its model is reported to be unsafe.").await
        })
        .await;
    look(&browser, "keys-unsafe").await;
}
