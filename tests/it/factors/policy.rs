//! Keys that an organisation does not take, and what a removal leaves behind.

use std::time::Duration;

use latchkey::authn::software::{Behaviour, MODEL, SoftwareKey};
use latchkey::documents::Documents;
use latchkey::source::Source;

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

/// A group of Northgate with Amy in it, or nobody.
fn theatre(members: &str, policy: &str) -> String {
    format!(
        "[[group]]\nid = \"theatre\"\norganisation = \"northgate\"\nname = \"Theatre\"\n\
         members = [{members}]\npolicy = {{ {policy} }}\n"
    )
}

#[tokio::test]
async fn a_key_that_a_group_does_not_take_logs_none_of_its_members_in_and_again_when_they_leave() {
    let site = Site::start().await;
    let mut amy = super::amy(&site).await;
    apply(&site, &theatre("\"amy.ward\"", "methods = [\"authenticator-app\"]")).await;
    let answer = super::log_in(&mut amy, &honest(&site)).await;
    super::assert_refused(&amy, &answer, "Your organisation does not allow this key any more");
    assert_eq!(happened(&site, "KeyRefused").await, 1, "it is audited");
    // Nor does a password and the key: it is not even asked for.
    let page = amy.open(&Request::new(ROTA).path()).await;
    let answer = amy.type_password(&page, AMY).await;
    assert_eq!(answer.heading(), "Call your helpdesk to go on");
    amy.jar.clear();
    apply(&site, &theatre("", "methods = [\"authenticator-app\"]")).await;
    super::log_in(&mut amy, &honest(&site)).await.callback().code();
}

#[tokio::test]
async fn a_denied_model_that_is_enrolled_logs_in_until_the_list_holds_at_log_in() {
    let site = Site::start().await;
    let mut amy = super::amy(&site).await;
    let denied = format!("models_denied = [\"{MODEL}\"]");
    apply(&site, &theatre("\"amy.ward\"", &denied)).await;
    super::log_in(&mut amy, &honest(&site)).await.callback().code();
    amy.jar.clear();
    let at_login = format!("{denied}, models_at_login = true");
    apply(&site, &theatre("\"amy.ward\"", &at_login)).await;
    let answer = super::log_in(&mut amy, &honest(&site)).await;
    super::assert_refused(&amy, &answer, "Your organisation does not allow this key any more");
}

#[tokio::test]
async fn neither_grace_nor_a_lax_organisation_opens_anything_to_whoever_has_a_role() {
    let site = Site::start().await;
    let role =
        "[[role]]\nperson = \"ivy.lane\"\nrole = \"helpdesk\"\norganisation = \"eastmoor\"\n";
    apply(&site, &format!("{}{role}", eastmoor("required = \"password\""))).await;
    let mut ivy = site.person();
    let page = ivy.open(&Request::new(ROTA).path()).await;
    let answer = ivy.type_password(&page, IVY).await;
    let words = "Call your helpdesk to go on";
    assert_eq!(answer.heading(), words, "neither a password alone nor grace opens anything");
}

#[tokio::test]
async fn a_passkey_that_is_copied_stops_working_for_whoever_is_given_a_role() {
    let site = Site::start().await;
    apply(&site, &eastmoor("")).await;
    let mut ivy = site.person();
    let page = ivy.open(&Request::new(ROTA).path()).await;
    let form = ivy.type_password(&page, IVY).await.form("/enrol/passkey");
    let options = ivy.options(&form).await;
    let behaviour = Behaviour { backup_eligible: true, backed_up: true, ..honest(&site) };
    let made = ivy.key.create(&options, &behaviour).expect("a credential");
    send(&mut ivy, &form, &made).await;
    ivy.jar.clear();
    super::log_in(&mut ivy, &behaviour).await.callback().code();
    ivy.jar.clear();
    let role = "[[role]]\nperson = \"ivy.lane\"\nrole = \"auditor\"\norganisation = \"eastmoor\"\n";
    apply(&site, role).await;
    let answer = super::log_in(&mut ivy, &behaviour).await;
    super::assert_refused(&ivy, &answer, "Your organisation does not allow this key any more");
}

/// Logs in with a password alone and comes back after some minutes without a click.
async fn stays(policy: &str, minutes: u64) -> bool {
    let site = Site::start().await;
    apply(&site, &eastmoor(&format!("required = \"password\", {policy}"))).await;
    let mut ivy = site.person();
    ivy.log_in(&Request::new(ROTA), IVY).await.code();
    site.clock.advance(Duration::from_secs(60 * minutes));
    ivy.open("/account").await.url.ends_with("/account")
}

#[tokio::test]
async fn a_session_ends_sooner_in_a_network_and_after_a_log_in_that_policy_names() {
    let idle = |text: &str| format!("session_limits = [{{ {text}, idle_minutes = 4 }}]");
    let here = idle("networks = [\"10.20.0.0/16\", \"127.0.0.0/8\"]");
    assert!(stays(&here, 3).await);
    assert!(!stays(&here, 5).await);
    assert!(stays(&idle("networks = [\"10.20.0.0/16\"]"), 5).await, "another network");
    assert!(!stays(&idle("weaker_than = \"mfa\""), 5).await, "a password alone");
    assert!(stays(&idle("weaker_than = \"password\""), 5).await, "nothing is weaker");
}

#[tokio::test]
async fn a_session_of_a_named_network_is_over_however_busy_it_was() {
    let site = Site::start().await;
    let limit = "session_limits = [{ networks = [\"127.0.0.1\"], absolute_minutes = 10 }]";
    apply(&site, &eastmoor(&format!("required = \"password\", {limit}"))).await;
    let mut ivy = site.person();
    ivy.log_in(&Request::new(ROTA), IVY).await.code();
    for _ in 0..3 {
        assert!(ivy.open("/account").await.url.ends_with("/account"));
        site.clock.advance(Duration::from_secs(199));
    }
    assert!(ivy.open("/account").await.url.ends_with("/account"));
    site.clock.advance(Duration::from_secs(5));
    assert!(ivy.open("/account").await.url.contains("/login/"));
}

#[test]
fn limits_of_no_time_and_networks_that_are_none_are_told_with_their_place() {
    for (limit, told) in [
        ("idle_minutes = 0", "the minutes of \"session_limits\" are at least 1"),
        ("networks = [\"ward\"]", "\"ward\" is an address such as 10.0.0.7"),
        ("networks = [\"10.20.0.1/16\"]", "has bits set beyond its /length"),
        ("minutes = 3", "unknown field `minutes`"),
    ] {
        let text = eastmoor(&format!("session_limits = [{{ {limit} }}]"));
        let problems = Documents::read(&[Source::from_text("more.toml", &text)]).err();
        let problems = problems.expect("it is refused").to_string();
        assert!(problems.contains("more.toml:6:") && problems.contains(told), "{problems}");
    }
}
