//! Recovery codes: made in the account, shown once, each good for one enrolment.

use super::{amy, apply, happened, record};
use crate::support::http::{AMY, Answer, DAN, ROTA, Request, Site};

const PATH: &str = "/account/recovery-codes";

/// Northgate, where people may have recovery codes.
const NORTHGATE: &str = r#"
[[organisation]]
id = "northgate"
name = "Northgate Trust"
preset = "hospital"
[organisation.policy]
rollout = "available"
grace_until = "2099-12-31"
key_as_primary = true
methods = ["key", "passkey", "authenticator-app", "recovery-code"]
"#;

/// The codes on a page.
fn codes(page: &Answer) -> Vec<String> {
    let list = page.body.split_once("<ul class=\"codes\">").expect("codes").1;
    let list = list.split_once("</ul>").expect("an end").0;
    let codes = list.split("<code>").skip(1).map(|rest| rest.split('<').next().expect("a code"));
    codes.map(str::to_owned).collect()
}

async fn left(site: &Site) -> usize {
    let id = record(site, "amy.ward").await.person.id;
    site.app.store.view().list_codes(id).await.expect("the database answers").recovery.len()
}

/// Amy in a browser where nobody is logged in, with her password and one of these codes.
async fn use_code(site: &Site, code: &str) -> Answer {
    let mut browser = site.person();
    let page = browser.open(&Request::new(ROTA).path()).await;
    let page = browser.type_password(&page, AMY).await;
    let page = browser.open(&page.url.replace("/factor/passkey", "/factor/recovery-code")).await;
    browser.submit(&page.form("/factor/recovery-code").with("code", code)).await
}

#[tokio::test]
async fn codes_are_made_shown_once_and_each_opens_enrolment_once() {
    let site = Site::start().await;
    apply(&site, NORTHGATE).await;
    let mut amy = amy(&site).await;
    amy.log_in(&Request::new(ROTA), AMY).await.code();
    let page = amy.open("/account/self-service").await;
    assert!(page.body.contains("You have none.") && page.body.contains("Make codes"));
    let page = amy.open(PATH).await;
    let made = amy.submit(&page.form(PATH)).await;
    assert_eq!((made.status, made.heading().as_str()), (200, "Your recovery codes"));
    assert_eq!(made.header("cache-control"), Some("no-store"));
    let codes = codes(&made);
    assert_eq!(codes.len(), 10);
    let file = made.body.split_once("download=\"recovery-codes.txt\" href=\"data:text/plain;");
    let file = file.expect("a file").1.split('"').next().expect("an address");
    for code in &codes {
        assert!(file.contains(&code.replace(' ', "%20")), "{code} in {file}");
    }
    let again = amy.open(PATH).await;
    assert!(again.body.contains("You have 10 left."), "{}", again.body);
    assert!(!codes.iter().any(|code| again.body.contains(code)), "none is shown twice");
    assert_eq!(happened(&site, "RecoveryCodesMade").await, 1);

    let page = use_code(&site, &codes[0].to_lowercase()).await;
    assert_eq!(page.heading(), "Set up your security key", "and nothing else is open");
    assert_eq!(use_code(&site, &codes[0]).await.status, 422, "it was used");
    assert_eq!(left(&site).await, 9);
}

#[tokio::test]
async fn new_codes_void_the_old_ones() {
    let site = Site::start().await;
    apply(&site, NORTHGATE).await;
    let mut amy = amy(&site).await;
    amy.log_in(&Request::new(ROTA), AMY).await.code();
    let form = amy.open(PATH).await.form(PATH);
    let old = codes(&amy.submit(&form).await);
    let form = amy.open(PATH).await.form(PATH);
    let new = codes(&amy.submit(&form).await);
    assert_eq!(left(&site).await, 10);
    assert_eq!(use_code(&site, &old[0]).await.status, 422);
    assert_eq!(use_code(&site, &new[0]).await.heading(), "Set up your security key");
}

#[tokio::test]
async fn where_policy_has_no_recovery_codes_none_are_made() {
    let site = Site::start().await;
    let mut amy = amy(&site).await;
    amy.log_in(&Request::new(ROTA), AMY).await.code();
    let page = amy.open(PATH).await;
    assert_eq!(page.heading(), "Your account");
    assert!(!page.body.contains("recovery codes"), "{}", page.body);
}

/// Else whoever has a password could make a code, and set a first key up with that.
#[tokio::test]
async fn nobody_makes_codes_with_nothing_but_a_password() {
    let site = Site::start().await;
    let harbour = NORTHGATE
        .replace("northgate", "harbour")
        .replace("hospital", "small")
        .replace("grace_until = \"2099-12-31\"", "required = \"password\"");
    apply(&site, &harbour).await;
    let mut dan = site.person();
    dan.log_in(&Request::new(ROTA), DAN).await.code();
    let page = dan.open(PATH).await;
    assert_eq!(page.heading(), "Your account");
    assert!(!page.has_form(PATH) && !page.body.contains("recovery codes"), "{}", page.body);
    assert_eq!(happened(&site, "RecoveryCodesMade").await, 0);
}
