//! The helpdesk's pass and recovery codes: each opens enrolment, once, and nothing else.

use std::time::Duration;

use latchkey::actions::codes::{issue_pass, make_recovery_codes};
use latchkey::audit::Origin;
use latchkey_core::Clock as _;
use latchkey_core::codes::Pass;
use latchkey_core::roles::Actor;
use latchkey_core::secrets::Plain;

use super::{apply, happened, keys, record};
use crate::support::http::{Account, Answer, Person, ROTA, Request, Site};

const IVY: Account = Account { username: "ivy.lane", password: "teapots on every windowsill" };

/// A hospital that hands out passes, and nobody there has a key.
const HOSPITAL: &str = r#"
[[organisation]]
id = "eastmoor"
name = "Eastmoor Hospice"
preset = "hospital"
policy = { rollout = "available" }

[[person]]
username = "ivy.lane"
organisation = "eastmoor"
name = "Ivy Lane"
password = "teapots on every windowsill"

[[person]]
username = "joe.reed"
organisation = "eastmoor"
name = "Joe Reed"
password = "kettles on every windowsill"
"#;

fn by_the_server(site: &Site) -> Origin {
    Origin { actor: Actor::Cli, address: None, at: site.clock.now() }
}

async fn pass_for(site: &Site, username: &str) -> Plain {
    let person = record(site, username).await.person;
    let issued = issue_pass(&site.app, &by_the_server(site), &person, Pass::SPOKEN).await;
    issued.expect("issued").pass
}

/// After the password: nothing is left but the helpdesk.
async fn stranded(ivy: &mut Person<'_>) -> Answer {
    let page = ivy.open(&Request::new(ROTA).path()).await;
    let page = ivy.type_password(&page, IVY).await;
    assert_eq!(page.heading(), "Call your helpdesk to go on");
    page
}

/// Types a pass where it is asked for.
async fn type_pass(ivy: &mut Person<'_>, at: &Answer, typed: &str) -> Answer {
    let page = ivy.open(&at.url.replace("help-needed", "factor/pass")).await;
    let form = page.form("/factor/pass").with("code", typed);
    ivy.submit(&form).await
}

/// Sets a key up where a pass opened the way, and goes on to the application.
async fn set_up(ivy: &mut Person<'_>, page: Answer) -> String {
    let named = ivy.use_key(&page.form("/enrol/passkey")).await.form("/name");
    let tried = ivy.submit(&named.with("nickname", "Blue key")).await.form("/factor/passkey");
    let ready = ivy.use_key(&tried).await.form("/ready");
    ivy.submit(&ready).await.callback().code()
}

#[tokio::test]
async fn a_pass_opens_enrolment_and_enrolment_comes_before_any_application() {
    let site = Site::start().await;
    apply(&site, HOSPITAL).await;
    let pass = pass_for(&site, "ivy.lane").await;
    let mut ivy = site.person();
    let at = stranded(&mut ivy).await;
    let typed = pass.expose().to_lowercase().replace(' ', "-");
    let page = type_pass(&mut ivy, &at, &typed).await;
    assert_eq!(page.heading(), "Set up your security key");
    // Check 36: an application leads back to enrolment, and the account is closed.
    let page = ivy.open(&Request::new(ROTA).path()).await;
    assert_eq!(page.heading(), "Log in", "the session is good for its own way only");
    let page = ivy.open("/account").await;
    assert_eq!(page.heading(), "Log in");
    let page = ivy.open(&at.url).await;
    assert_eq!(page.heading(), "Set up your security key");
    set_up(&mut ivy, page).await;
    assert_eq!(keys(&site, "ivy.lane").await.len(), 1);
    assert_eq!(happened(&site, "PassIssued").await, 1);
    assert_eq!(happened(&site, "PassUsed").await, 1);
}

#[tokio::test]
async fn a_used_an_expired_and_a_replaced_pass_open_nothing_and_are_told_apart_from_a_wrong_one() {
    let site = Site::start().await;
    apply(&site, HOSPITAL).await;
    let mut ivy = site.person();
    let first = pass_for(&site, "ivy.lane").await;
    let second = pass_for(&site, "ivy.lane").await;
    let at = stranded(&mut ivy).await;
    let replaced = type_pass(&mut ivy, &at, first.expose()).await;
    assert!(replaced.body.contains("That pass is not right"), "{}", replaced.body);
    site.clock.advance(Pass::SPOKEN);
    let mut ivy = site.person();
    let at = stranded(&mut ivy).await;
    let late = type_pass(&mut ivy, &at, second.expose()).await;
    assert!(late.body.contains("The time of that pass ran out"), "{}", late.body);
    let third = pass_for(&site, "ivy.lane").await;
    assert_eq!(
        type_pass(&mut ivy, &at, third.expose()).await.heading(),
        "Set up your security key"
    );
    let mut other = site.person();
    let at = stranded(&mut other).await;
    let used = type_pass(&mut other, &at, third.expose()).await;
    assert!(used.body.contains("That pass was used already"), "{}", used.body);
    assert!(keys(&site, "ivy.lane").await.is_empty());
}

#[tokio::test]
async fn after_five_wrong_passes_the_right_one_is_not_told_from_them() {
    let site = Site::start().await;
    apply(&site, HOSPITAL).await;
    let pass = pass_for(&site, "ivy.lane").await;
    let others = pass_for(&site, "joe.reed").await;
    let mut ivy = site.person();
    let at = stranded(&mut ivy).await;
    for wrong in ["", "AAAA BBBB CCCC", "not a pass at all", others.expose(), "<script>"] {
        let page = type_pass(&mut ivy, &at, wrong).await;
        assert_eq!(page.status, 422, "{wrong}");
        assert!(page.body.contains("That pass is not right"), "{wrong}");
    }
    assert_eq!(type_pass(&mut ivy, &at, pass.expose()).await.status, 429);
    site.clock.advance(Duration::from_secs(31));
    let page = type_pass(&mut ivy, &at, pass.expose()).await;
    assert!(page.body.contains("That pass is not right"), "{}", page.body);
}

#[tokio::test]
async fn ten_minutes_after_a_pass_was_used_enrolment_is_closed_again() {
    let site = Site::start().await;
    apply(&site, HOSPITAL).await;
    let pass = pass_for(&site, "ivy.lane").await;
    let mut ivy = site.person();
    let at = stranded(&mut ivy).await;
    let page = type_pass(&mut ivy, &at, pass.expose()).await;
    let form = page.form("/enrol/passkey");
    site.clock.advance(Duration::from_secs(601));
    let page = ivy.submit(&form.with("credential", "{}")).await;
    assert_ne!(page.heading(), "Name this key");
    let page = ivy.open(&at.url).await;
    assert_eq!(page.heading(), "Call your helpdesk to go on");
    assert!(keys(&site, "ivy.lane").await.is_empty());
}

#[tokio::test]
async fn of_many_browsers_that_send_one_pass_at_once_one_gets_to_enrol() {
    let site = Site::start().await;
    apply(&site, HOSPITAL).await;
    let pass = pass_for(&site, "ivy.lane").await;
    let mut waiting = Vec::new();
    for _ in 0..20 {
        let mut browser = site.person();
        let at = stranded(&mut browser).await;
        let page = browser.open(&at.url.replace("help-needed", "factor/pass")).await;
        waiting.push((browser, page.form("/factor/pass").with("code", pass.expose())));
    }
    let sent = waiting.into_iter().map(|(mut browser, form)| async move {
        browser.submit(&form).await.heading() == "Set up your security key"
    });
    let sent = futures_util::future::join_all(sent).await;
    assert_eq!(sent.into_iter().filter(|opened| *opened).count(), 1);
}

#[tokio::test]
async fn a_recovery_code_opens_enrolment_once_and_only_where_policy_allows_them() {
    let site = Site::start().await;
    apply(&site, HOSPITAL).await;
    let person = record(&site, "ivy.lane").await.person;
    let origin = by_the_server(&site);
    let codes = make_recovery_codes(&site.app, &origin, &person, None);
    let codes = codes.await.expect("made");
    let mut ivy = site.person();
    let at = stranded(&mut ivy).await;
    assert!(!at.body.contains("factor/recovery-code"), "policy leaves them out");
    let page = ivy.open(&at.url.replace("help-needed", "factor/recovery-code")).await;
    let page = ivy.submit(&page.form("/recovery-code").with("code", codes[0].expose())).await;
    assert_eq!(page.status, 422);

    let allowed = r#"methods = ["key", "passkey", "recovery-code"], rollout = "available""#;
    apply(&site, &HOSPITAL.replace(r#"rollout = "available""#, allowed)).await;
    tokio::time::sleep(Duration::from_secs(2)).await;
    for (code, heading) in [
        (codes[0].expose(), "Set up your security key"),
        (codes[0].expose(), "Use a recovery code"),
        (codes[1].expose(), "Set up your security key"),
    ] {
        let mut ivy = site.person();
        let at = stranded(&mut ivy).await;
        let page = ivy.open(&at.url.replace("help-needed", "factor/recovery-code")).await;
        let page = ivy.submit(&page.form("/recovery-code").with("code", code)).await;
        assert_eq!(page.heading(), heading);
    }
    assert_eq!(happened(&site, "RecoveryCodeUsed").await, 2);
}

/// Somebody who never had a password, and somebody of that name is all that is known.
const NO_PASSWORD: &str = r#"
[[person]]
username = "kim.vale"
organisation = "eastmoor"
name = "Kim Vale"
"#;

/// The page for whoever has nothing to begin with but a pass.
async fn first(person: &mut Person<'_>) -> Answer {
    let page = person.open(&Request::new(ROTA).path()).await;
    let link = page.links().into_iter().find(|link| link.ends_with("/pass")).expect("a link");
    person.open(&link).await
}

async fn type_first(person: &mut Person<'_>, fields: [&str; 3]) -> Answer {
    let page = first(person).await;
    let [username, password, pass] = fields;
    let form = page.form("/pass").with("username", username).with("password", password);
    person.submit(&form.with("code", pass)).await
}

#[tokio::test]
async fn a_pass_on_the_first_page_opens_enrolment_with_the_password_of_whoever_has_one() {
    let site = Site::start().await;
    apply(&site, HOSPITAL).await;
    apply(&site, NO_PASSWORD).await;
    let pass = pass_for(&site, "ivy.lane").await;
    let mut ivy = site.person();
    for (password, pass) in [("", pass.expose()), ("guessed", pass.expose()), (IVY.password, "x")] {
        let answer = type_first(&mut ivy, ["ivy.lane", password, pass]).await;
        super::assert_refused(&ivy, &answer, "do not go together");
    }
    let page = type_first(&mut ivy, ["Ivy.Lane", IVY.password, pass.expose()]).await;
    assert_eq!(page.heading(), "Set up your security key");
    let account = ivy.open("/account").await;
    assert_eq!(account.heading(), "Log in", "a pass is no log-in");

    // An address that stands in for the user name does here as on the log-in page.
    let address = "ivy.lane@eastmoor.example";
    let more = format!("email = \"{address}\"\nemail_verified = true\n");
    apply(
        &site,
        &HOSPITAL.replace("name = \"Ivy Lane\"\n", &format!("name = \"Ivy Lane\"\n{more}")),
    )
    .await;
    let pass = pass_for(&site, "ivy.lane").await;
    let page = type_first(&mut site.person(), [address, IVY.password, pass.expose()]).await;
    assert_eq!(page.heading(), "Set up your security key");

    let pass = pass_for(&site, "kim.vale").await;
    let mut kim = site.person();
    let page = type_first(&mut kim, ["kim.vale", "", pass.expose()]).await;
    assert_eq!(page.heading(), "Set up your security key");
    set_up(&mut kim, page).await;
    assert_eq!(keys(&site, "kim.vale").await.len(), 1);
    // Check 34, here too.
    let mut thief = site.person();
    let used = type_first(&mut thief, ["kim.vale", "", pass.expose()]).await;
    super::assert_refused(&thief, &used, "do not go together");
    assert_eq!(happened(&site, "PassUsed").await, 3);
}

#[tokio::test]
async fn on_the_first_page_a_known_name_an_unknown_one_and_one_without_a_password_look_alike() {
    let site = Site::start().await;
    apply(&site, HOSPITAL).await;
    apply(&site, NO_PASSWORD).await;
    pass_for(&site, "ivy.lane").await;
    let mut answers = Vec::new();
    for name in ["ivy.lane", "kim.vale", "joe.reed", "nobody.here", "no name at all"] {
        for password in ["", "guessed"] {
            let mut person = site.person();
            let answer = type_first(&mut person, [name, password, "ABCD EFGH IJKL"]).await;
            let page = answer.form("/pass");
            let step = page.field("step").expect("a step");
            let flow = page.action.trim_end_matches("/pass").rsplit('/').next().expect("a flow");
            let body = answer.body.replace(step, "").replace(name, "").replace(flow, "");
            answers.push((answer.status, body));
        }
    }
    for (number, answer) in answers.iter().enumerate() {
        assert_eq!(answer, &answers[0], "the {number}th");
    }
    // Who guesses at a name waits, whether or not anybody has it, and whatever is right then.
    for name in ["joe.reed", "nobody.here"] {
        let mut person = site.person();
        for _ in 0..5 {
            type_first(&mut person, [name, "guessed", "ABCD EFGH IJKL"]).await;
        }
        let answer = type_first(&mut person, [name, "guessed", "ABCD EFGH IJKL"]).await;
        assert_eq!(answer.status, 429, "{name}");
    }
}

#[tokio::test]
async fn who_does_not_know_the_password_uses_up_no_try_of_a_pass() {
    let site = Site::start().await;
    apply(&site, HOSPITAL).await;
    let pass = pass_for(&site, "ivy.lane").await;
    for _ in 0..4 {
        let mut thief = site.person();
        type_first(&mut thief, ["ivy.lane", "guessed", "ABCD EFGH IJKL"]).await;
    }
    let person = record(&site, "ivy.lane").await.person.id;
    let codes = site.app.store.view().list_codes(person).await.expect("read");
    assert_eq!(codes.pass.expect("a pass").tries_left, Pass::TRIES);
    let mut ivy = site.person();
    let page = type_first(&mut ivy, ["ivy.lane", IVY.password, pass.expose()]).await;
    assert_eq!(page.heading(), "Set up your security key");
    // Of two that arrive together one counts.
    let pass = pass_for(&site, "ivy.lane").await;
    let (mut one, mut two) = (site.person(), site.person());
    let fields = ["ivy.lane", IVY.password, pass.expose()];
    let both =
        futures_util::future::join(type_first(&mut one, fields), type_first(&mut two, fields));
    let (first, second) = both.await;
    let opened = |page: &Answer| page.heading() == "Set up your security key";
    assert!(opened(&first) != opened(&second), "{} {}", first.heading(), second.heading());
    assert_eq!(happened(&site, "PassUsed").await, 2);
}
