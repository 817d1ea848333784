//! Keys that an organisation does not take, and what a removal leaves behind.

use latchkey::authn::software::{Behaviour, MODEL, SoftwareKey};

use super::{apply, happened, honest, keys, send};
use crate::support::http::{AMY, Account, ROTA, Request, Site};

const IVY: Account = Account { username: "ivy.lane", password: "teapots on every windowsill" };

fn eastmoor(policy: &str) -> String {
    format!(
        r#"
[[organisation]]
id = "eastmoor"
name = "Eastmoor Hospice"
preset = "hospital"
policy = {{ rollout = "available", grace_until = "2099-12-31", {policy} }}

[[person]]
username = "ivy.lane"
organisation = "eastmoor"
name = "Ivy Lane"
password = "teapots on every windowsill"
"#
    )
}

/// Tries to register a first key under a policy and tells the page's words.
async fn refused(policy: &str, change: impl FnOnce(&mut Behaviour)) -> String {
    let site = Site::start().await;
    apply(&site, &eastmoor(policy)).await;
    let mut ivy = site.person();
    let page = ivy.open(&Request::new(ROTA).path()).await;
    let form = ivy.type_password(&page, IVY).await.form("/enrol/passkey");
    let options = ivy.options(&form).await;
    let mut behaviour = honest(&site);
    change(&mut behaviour);
    let made = ivy.key.create(&options, &behaviour).expect("a credential");
    let answer = send(&mut ivy, &form, &made).await;
    assert_eq!(answer.status, 422, "{}", answer.heading());
    assert!(answer.body.contains("Nothing was stored."));
    assert!(keys(&site, "ivy.lane").await.is_empty());
    assert_eq!(happened(&site, "RegistrationRefused").await, 1, "it is audited");
    answer.body
}

#[tokio::test]
async fn a_synced_passkey_is_refused_where_the_policy_says_so() {
    let page = refused("synced_passkeys = false", |behaviour| {
        behaviour.backup_eligible = true;
        behaviour.backed_up = true;
    })
    .await;
    assert!(page.contains("does not allow passkeys that are copied between devices"), "{page}");
}

#[tokio::test]
async fn a_denied_model_is_refused() {
    let page = refused(&format!("models_denied = [\"{MODEL}\"]"), |_| {}).await;
    assert!(page.contains("is not allowed by your organisation"), "{page}");
}

#[tokio::test]
async fn a_password_without_a_pass_opens_no_way_to_a_first_key_outside_grace() {
    let site = Site::start().await;
    apply(&site, &eastmoor("").replace("grace_until = \"2099-12-31\", ", "")).await;
    let mut ivy = site.person();
    let page = ivy.open(&Request::new(ROTA).path()).await;
    let answer = ivy.type_password(&page, IVY).await;
    assert_eq!(answer.heading(), "Call your helpdesk to go on");
    // Nor does the address of the step itself, or of the account's page.
    let enrol = answer.url.replace("help-needed", "enrol/passkey");
    let answer = ivy.open(&enrol).await;
    assert_eq!(answer.heading(), "Call your helpdesk to go on");
    let answer = ivy.open("/account/keys/new").await;
    assert!(!answer.has_form("/keys/new") && !answer.has_form("/enrol/passkey"), "{}", answer.url);
}

#[tokio::test]
async fn a_removal_that_logs_other_sessions_out_does_and_one_that_does_not_leaves_them() {
    let site = Site::start().await;
    let mut here = site.person();
    here.log_in(&Request::new(ROTA), AMY).await.code();
    // The same key at another computer.
    let mut there = site.person();
    std::mem::swap(&mut here.key, &mut there.key);
    super::log_in(&mut there, &honest(&site)).await.callback().code();
    let first = keys(&site, "amy.ward").await[0].id;
    for _ in 0..2 {
        let new = here.open("/account/keys/new").await.form("/account/keys/new");
        here.key = SoftwareKey::new();
        here.use_key(&new).await;
    }
    let list = keys(&site, "amy.ward").await;
    let others: Vec<_> = list.iter().filter(|key| key.id != first).collect();
    for (key, ends) in [(others[0].id, false), (first, true)] {
        let form = here.open(&format!("/account/keys/{key}/remove")).await.form("/remove");
        let form = form.without("end_sessions");
        let form = if ends { form.with("end_sessions", "yes") } else { form };
        here.submit(&form).await;
        let answer = there.get("/account").await;
        assert_eq!(answer.status, if ends { 303 } else { 200 });
    }
    assert_eq!(here.get("/account").await.status, 200);
    assert_eq!(keys(&site, "amy.ward").await.len(), 1);
}
