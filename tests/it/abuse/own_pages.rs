//! A person's own password and sessions.

use std::time::Duration;

use super::{attempt, status};
use crate::support::http::{Account, Answer, DAN, Person, ROBIN, ROTA, Request, STOCK, Site};

const NEW: &str = "seven grey herons wading";
const PASSWORD: &str = "/account/password";
const SESSIONS: &str = "/account/sessions";

/// Somebody who has just logged in, in a browser that says who it is.
async fn enter(person: &mut Person<'_>, account: Account) {
    person.tokens(ROTA, account).await;
}

async fn change(person: &mut Person<'_>, new: &str, end_sessions: &str) -> Answer {
    let form = person.open(PASSWORD).await.form(PASSWORD);
    let form = form.without("end_sessions").with("new_password", new);
    let form = if end_sessions.is_empty() { form } else { form.with("end_sessions", end_sessions) };
    person.submit(&form).await
}

#[tokio::test]
async fn a_password_is_changed_and_the_old_one_and_other_sessions_are_over() {
    let site = Site::start().await;
    let (mut dan, mut other) = (site.person(), site.person());
    enter(&mut other, DAN).await;
    enter(&mut dan, DAN).await;
    let page = dan.open(PASSWORD).await;
    assert!(page.body.contains("autocomplete=\"new-password\""));
    assert!(page.body.contains("name=\"end_sessions\" value=\"yes\""));
    let answer = change(&mut dan, NEW, "yes").await;
    assert!(
        answer.body.contains("Your password was changed, and you are logged out everywhere else."),
        "{}",
        answer.body
    );
    assert!(other.open("/account").await.url.contains("/login/"), "the other one is out");
    assert!(dan.open("/account").await.url.ends_with("/account"), "this one stays");
    let mut anew = site.person();
    assert_eq!(status(&mut anew, DAN).await, 422, "the old one");
    assert_eq!(attempt(&mut anew, DAN.username, NEW).await.status, 303);
    let events = site.app.store.view().list_events(100).await.expect("the trail");
    let told = events.iter().filter(|(_, what)| format!("{what:?}") == "PasswordChanged").count();
    assert_eq!(told, 1);
}

#[tokio::test]
async fn other_sessions_stay_when_that_is_wanted() {
    let site = Site::start().await;
    let (mut dan, mut other) = (site.person(), site.person());
    enter(&mut other, DAN).await;
    enter(&mut dan, DAN).await;
    let answer = change(&mut dan, NEW, "").await;
    assert!(answer.body.contains("Your password was changed."), "{}", answer.heading());
    assert!(other.open("/account").await.url.ends_with("/account"));
}

#[tokio::test]
async fn a_password_that_is_not_taken_changes_nothing_and_says_why() {
    let site = Site::start().await;
    let mut dan = site.person();
    enter(&mut dan, DAN).await;
    for (new, why) in [
        ("", "Enter a new password"),
        ("short one", "That password is too short. It needs 12 characters"),
        ("password1234", "Many people use that password"),
        ("dan.quay-2026", "That password is made of your name"),
        ("abcdefghijklm", "That password repeats itself"),
        (&"x ".repeat(600), "That password is too long"),
    ] {
        let answer = change(&mut dan, new, "yes").await;
        assert_eq!(answer.status, 422, "{new}");
        assert!(answer.body.contains(why), "{new}: {}", answer.body);
        assert!(new.is_empty() || !answer.body.contains(&format!("value=\"{new}\"")), "{new}");
    }
    assert_eq!(status(&mut site.person(), DAN).await, 303);
}

#[tokio::test]
async fn a_password_is_changed_only_after_a_fresh_proof_and_by_its_own_form() {
    let site = Site::start().await;
    let mut dan = site.person();
    enter(&mut dan, DAN).await;
    let form = dan.open(PASSWORD).await.form(PASSWORD).with("new_password", NEW);
    let forged = dan.submit(&form.clone().with("step", "another")).await;
    assert_eq!(forged.status, 403);
    site.clock.advance(Duration::from_secs(301));
    let stale = dan.submit(&form).await;
    assert!(stale.url.contains("/login/"), "{}", stale.url);
    assert_eq!(status(&mut site.person(), DAN).await, 303, "nothing changed");
}

#[tokio::test]
async fn sessions_are_listed_and_ended_with_what_hangs_on_them() {
    let site = Site::start().await;
    let (mut dan, mut one, mut two) = (site.person(), site.person(), site.person());
    let bound = one.tokens(STOCK, DAN).await;
    enter(&mut two, DAN).await;
    enter(&mut dan, DAN).await;
    let page = dan.open(SESSIONS).await;
    let listed = |page: &Answer| page.body.matches("name=\"end\"").count();
    assert_eq!(listed(&page), 2);
    assert_eq!(page.body.matches(">This one<").count(), 1);
    assert_eq!(page.body.matches("with your password").count(), 3);
    let value = |page: &Answer, at: usize| {
        let rest = page.body.split("name=\"end\" value=\"").nth(at).expect("a session");
        rest.split('"').next().expect("its key").to_owned()
    };
    let form = page.form(SESSIONS);
    // The first one to begin is the last in the list.
    let answer = dan.submit(&form.clone().with("end", &value(&page, 2))).await;
    assert!(answer.body.contains("You are logged out there."), "{}", answer.body);
    assert_eq!(listed(&answer), 1);
    assert!(one.open("/account").await.url.contains("/login/"));
    assert_eq!(site.userinfo(&bound.access).await.status, 401, "what hung on it is over");
    assert!(two.open("/account").await.url.ends_with("/account"));
    let answer = dan.submit(&form.with("others", "yes")).await;
    assert!(answer.body.contains("You are logged out everywhere else."));
    assert_eq!(listed(&answer), 0);
    assert!(two.open("/account").await.url.contains("/login/"));
}

#[tokio::test]
async fn nobody_ends_another_persons_session_or_their_own_present_one_here() {
    let site = Site::start().await;
    let (mut dan, mut robin) = (site.person(), site.person());
    enter(&mut robin, ROBIN).await;
    let mut second = site.person();
    enter(&mut second, ROBIN).await;
    enter(&mut dan, DAN).await;
    let theirs = robin.open(SESSIONS).await;
    let rest = theirs.body.split("name=\"end\" value=\"").nth(1).expect("a session");
    let id = rest.split('"').next().expect("its key").to_owned();
    enter(&mut site.person(), DAN).await;
    let form = dan.open(SESSIONS).await.form(SESSIONS);
    for end in [id.as_str(), "nonsense", ""] {
        let answer = dan.submit(&form.clone().with("end", end)).await;
        assert!(!answer.body.contains("is logged out"), "{end}");
    }
    assert!(second.open("/account").await.url.ends_with("/account"));
    assert!(dan.open("/account").await.url.ends_with("/account"));
}

#[tokio::test]
async fn applications_that_stay_connected_are_disconnected() {
    let site = Site::start().await;
    let mut dan = site.person();
    let request = Request::new(STOCK).with("scope", "openid offline_access");
    let away = dan.tokens_for(STOCK, &request, DAN).await;
    let refresh = away.refresh;
    let page = dan.open(SESSIONS).await;
    assert!(page.body.contains("The stock"), "{}", page.body);
    let form = page.form(SESSIONS);
    let nothing = dan.submit(&form.clone().with("disconnect", "rota")).await;
    assert!(!nothing.body.contains("connected no more"));
    let answer = dan.submit(&form.with("disconnect", "stock")).await;
    assert!(answer.body.contains("The application is connected no more."), "{}", answer.body);
    assert_eq!(site.refresh(STOCK, &refresh).await.status, 400);
}
