//! Attacks by name: other people's keys, old forms, names that deceive.

use std::time::Duration;

use latchkey_core::credentials::Nickname;
use reqwest::Method;

use super::routes::{Post, ROWS};
use super::{FORM, JSON, Stage, is_ours, keys, record};
use crate::support::http::{AMY, Answer, DAN, ROBIN, ROTA, Request, Site, encode};

/// The nickname of the key that addresses name.
async fn nickname(stage: &Stage<'_>) -> String {
    let found = keys(stage.site, AMY).await.into_iter().find(|key| key.id == stage.key.id);
    found.expect("the key is there").nickname.as_str().to_owned()
}

#[tokio::test]
async fn another_persons_key_is_like_one_that_does_not_exist() {
    let site = Site::start().await;
    let stage = Stage::set(&site).await;
    let mut dan = site.person();
    dan.tokens(ROTA, DAN).await;
    let theirs = stage.key.id.to_string();
    let nobodys = "00000000-0000-7000-8000-000000000000";
    let before = stage.trace().await;
    for row in ROWS.iter().filter(|row| row.path.contains("{id}")) {
        let mut answers: Vec<Vec<(u16, String)>> = Vec::new();
        for id in [theirs.as_str(), nobodys] {
            let path = row.path.replace("{id}", id);
            let mut seen = Vec::new();
            if row.get {
                let shown = dan.get(&path).await;
                assert_eq!(shown.status, 404, "{path}: {}", shown.heading());
                seen.push((shown.status, shown.heading()));
            }
            let mut form = stage.amy.jar.clone();
            std::mem::swap(&mut form, &mut dan.jar);
            // The step of her own page, in his session.
            let page = dan.open(path.trim_end_matches("/options")).await;
            let step = page.forms().iter().find_map(|form| form.field("step").map(str::to_owned));
            dan.jar = form;
            let step = step.unwrap_or_else(|| "none".to_owned());
            let (kind, body) = match row.post {
                Post::Json => (JSON, serde_json::json!({ "step": step }).to_string()),
                _ => (FORM, encode(&[("step", &step), ("nickname", "Forged")])),
            };
            let request = dan.request(Method::POST, &path).header("origin", &site.issuer);
            let posted = site.send(request.header("content-type", kind).body(body)).await;
            is_ours(&posted, &path);
            assert_eq!(posted.status, 403, "{path}: {}", posted.heading());
            seen.push((posted.status, posted.heading()));
            answers.push(seen);
        }
        assert_eq!(answers[0], answers[1], "{}", row.path);
    }
    assert_eq!(stage.trace().await, before);
}

#[tokio::test]
async fn another_spelling_of_a_keys_id_is_the_same_key_at_its_own_address() {
    let site = Site::start().await;
    let mut stage = Stage::set(&site).await;
    let id = stage.key.id.to_string();
    let edit = stage.path("/account/keys/{id}/edit");
    for spelling in [
        id.to_uppercase(),
        id.replace('-', ""),
        format!("%7B{id}%7D"),
        format!("urn:uuid:{id}"),
        id.replace('0', "%30"),
    ] {
        let page = stage.amy.open(&format!("/account/keys/{spelling}/edit")).await;
        assert_eq!(page.status, 200, "{spelling}: {}", page.heading());
        assert_eq!(page.form("/edit").action, edit, "{spelling}");
    }
}

#[tokio::test]
async fn a_name_that_deceives_or_does_not_fit_is_refused() {
    let site = Site::start().await;
    let mut stage = Stage::set(&site).await;
    let before = nickname(&stage).await;
    let other = keys(&site, AMY).await.into_iter().find(|key| key.id != stage.key.id);
    let taken = other.expect("a second key").nickname.as_str().to_owned();
    let shouted = format!(" {} ", taken.to_uppercase());
    let long = "é".repeat(41);
    let huge = "x".repeat(60_000);
    let stacked = format!("e{}", "\u{301}".repeat(9_000));
    let missing = "Enter a name for this key";
    let unseen = "Use only characters that can be seen";
    let fit = "40 characters";
    let same = "Another of your keys has this name";
    let wrong: [(&str, &str); 26] = [
        ("", missing),
        (" ", missing),
        (" \t\r\n ", missing),
        ("\u{a0}\u{2003}\u{3000}", missing),
        (&long, fit),
        (&huge, fit),
        (&stacked, fit),
        ("Blue\u{1}key", unseen),
        ("Blue\u{1b}[31mkey", unseen),
        ("Blue\u{7f}key", unseen),
        ("Blue\u{9b}key", unseen),
        ("Blue\u{202e}yek", unseen),
        ("\u{202d}Blue", unseen),
        ("Blue\u{2066}key\u{2069}", unseen),
        ("Blue\u{200f}key", unseen),
        ("Blue\u{61c}key", unseen),
        ("Blue\u{200b}key", unseen),
        ("Blue\u{200d}key", unseen),
        ("\u{feff}Blue", unseen),
        ("Blue\u{ad}key", unseen),
        ("\u{3164}", unseen),
        ("\u{2800}", unseen),
        ("Blue\u{e0041}key", unseen),
        ("Blue\u{180e}key", unseen),
        (&taken, same),
        (&shouted, same),
    ];
    for page in ["/account/keys/{id}/name", "/account/keys/{id}/edit"] {
        let path = stage.path(page);
        let mut form = stage.form(&path).await;
        for (typed, words) in wrong {
            let answer = stage.amy.post(&form.with("nickname", typed)).await;
            let what = format!("{} at {path}", typed.escape_unicode().take(60).collect::<String>());
            is_ours(&answer, &what);
            assert_eq!(answer.status, 422, "{what}: {}", answer.heading());
            assert!(answer.body.contains(words), "'{words}' is not on the page for {what}");
            form = answer.form(&path);
        }
    }
    assert_eq!(nickname(&stage).await, before);
}

#[tokio::test]
async fn a_name_is_text_wherever_it_is_shown() {
    let site = Site::start().await;
    let mut stage = Stage::set(&site).await;
    let longest = "é".repeat(Nickname::MAX_CHARS);
    for typed in [
        "<script>alert(1)</script>",
        "\" onfocus=alert(1) x=\"",
        "'\"><img src=x onerror=y>",
        "{{ page }}{% raw %}",
        "{ $nickname }",
        "javascript:alert(1)",
        "Allwedd sbâr 鍵 🔑",
        &longest,
    ] {
        let path = stage.path("/account/keys/{id}/edit");
        let form = stage.form(&path).await.with("nickname", typed);
        let list = stage.amy.submit(&form).await;
        assert_eq!(list.status, 200, "{typed}: {}", list.heading());
        assert_eq!(nickname(&stage).await, typed);
        for page in ["name", "try", "ready", "edit", "remove"] {
            let shown = stage.amy.open(&stage.path(&format!("/account/keys/{{id}}/{page}"))).await;
            for answer in [&shown, &list] {
                assert_eq!(answer.status, 200);
                for raw in ["<script>", "<img", "\" onfocus"] {
                    assert!(!answer.body.contains(raw), "{raw} of {typed} at {}", answer.url);
                }
            }
        }
    }
}

/// What a form led to.
fn seen(answer: &Answer) -> (u16, String) {
    (answer.status, answer.location().unwrap_or_default().to_owned())
}

#[tokio::test]
async fn a_form_that_was_sent_before_does_nothing_twice() {
    let site = Site::start().await;
    let mut stage = Stage::set(&site).await;
    // Renaming once more gives the same name.
    let edit = stage.path("/account/keys/{id}/edit");
    let form = stage.form(&edit).await.with("nickname", "Green key");
    assert_eq!(stage.amy.post(&form).await.status, 303);
    let renamed = stage.trace().await;
    assert_eq!(stage.amy.post(&form).await.status, 303);
    assert_eq!(stage.trace().await, renamed, "nothing is said to have changed");

    // What a key signed to be tried.
    let tried = stage.form(&stage.path("/account/keys/{id}/try")).await;
    let options = stage.amy.options(&tried).await;
    let honest = latchkey::authn::software::Behaviour::honest(&site.issuer);
    let signed = stage.amy.key.get(&options, &honest).expect("signed").to_string();
    let signed = tried.with("credential", &signed).without("failure");
    assert_eq!(stage.amy.post(&signed).await.status, 303);
    let used = stage.trace().await;
    let again = stage.amy.post(&signed).await;
    assert_eq!(again.status, 422);
    assert!(again.body.contains("The time for this ran out"), "{}", again.body);
    assert_eq!(stage.trace().await, used);

    // A key that is removed is gone, and its other forms with it.
    let remove = stage.path("/account/keys/{id}/remove");
    let confirm = stage.form(&remove).await;
    assert_eq!(stage.amy.post(&confirm).await.status, 303);
    let removed = stage.trace().await;
    for form in [&confirm, &form, &signed] {
        let answer = stage.amy.post(form).await;
        assert_eq!(answer.status, 404, "{}: {}", form.action, answer.heading());
    }
    assert_eq!(stage.trace().await, removed);
    assert_eq!(keys(&site, AMY).await.len(), 1);
}

#[tokio::test]
async fn a_form_sent_twice_at_once_counts_once() {
    let site = Site::start().await;
    let mut stage = Stage::set(&site).await;
    let remove = stage.path("/account/keys/{id}/remove");
    let form = stage.form(&remove).await;
    let post = || site.send(stage.post(&remove, Some(FORM), form.body()));
    let (a, b, c) = tokio::join!(post(), post(), post());
    let mut statuses = [a.status, b.status, c.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [303, 404, 404]);
    assert_eq!(keys(&site, AMY).await.len(), 1);
}

#[tokio::test]
async fn the_last_key_stays_when_two_are_removed_at_once() {
    let site = Site::start().await;
    let mut stage = Stage::set(&site).await;
    let mut forms = Vec::new();
    for key in keys(&site, AMY).await {
        forms.push(stage.form(&format!("/account/keys/{}/remove", key.id)).await);
    }
    let [one, two] = &forms[..] else { panic!("two keys") };
    let (a, b) = tokio::join!(
        site.send(stage.post(&one.action, Some(FORM), one.body())),
        site.send(stage.post(&two.action, Some(FORM), two.body())),
    );
    let mut statuses = [a.status, b.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [303, 409]);
    assert_eq!(keys(&site, AMY).await.len(), 1);
}

#[tokio::test]
async fn forms_of_a_session_that_ended_or_of_an_earlier_one_are_not_taken() {
    let site = Site::start().await;
    let mut stage = Stage::set(&site).await;
    let edit = stage.path("/account/keys/{id}/edit");
    let form = stage.form(&edit).await.with("nickname", "Forged");
    let new = stage.form("/account/keys/new").await;
    let log_out = stage.amy.open("/logout").await.form("/logout");
    let old = stage.amy.jar.clone();
    for _ in 0..2 {
        assert_eq!(stage.amy.submit(&log_out).await.status, 200, "logging out is never refused");
    }
    // In the browser as it was, had somebody kept its cookies.
    stage.amy.jar = old;
    let before = stage.trace().await;
    for sent in [&form, &new] {
        let (status, to) = seen(&stage.amy.post(sent).await);
        assert!(status == 303 && to.starts_with("/login/"), "{status} {to}");
    }
    let options = serde_json::json!({ "step": new.field("step") }).to_string();
    let asked = site.send(stage.post("/account/keys/new/options", Some(JSON), options)).await;
    assert_eq!(asked.status, 403);
    assert_eq!(stage.trace().await, before);

    // Logged in again, they are another session's.
    stage.amy.log_in(&Request::new(ROTA), AMY).await.code();
    let before = stage.trace().await;
    for sent in [&form, &new] {
        let answer = stage.amy.post(sent).await;
        assert_eq!(answer.status, 403, "{}", answer.heading());
    }
    assert_eq!(stage.trace().await, before);
    assert_ne!(nickname(&stage).await, "Forged");
}

#[tokio::test]
async fn a_change_whose_proof_has_grown_old_asks_for_one_and_loses_nothing_to_a_link() {
    let site = Site::start().await;
    let mut stage = Stage::set(&site).await;
    let edit = stage.path("/account/keys/{id}/edit");
    let form = stage.form(&edit).await.with("nickname", "Late");
    site.clock.advance(Duration::from_secs(301));
    let before = stage.trace().await;
    let (status, to) = seen(&stage.amy.post(&form).await);
    assert!(status == 303 && to.starts_with("/login/"), "{status} {to}");
    assert_eq!(stage.trace().await, before);
    let asked = stage.amy.open(&to).await;
    assert_eq!(asked.heading(), "Now use your key");
    let back = stage.amy.use_key(&asked.form("/factor/passkey")).await;
    assert_eq!((back.status, back.form(&edit).action), (200, edit.clone()));
    assert_ne!(nickname(&stage).await, "Late", "what was typed before the proof is not taken");
}

#[tokio::test]
async fn somebody_else_at_a_step_up_changes_nothing_of_the_first_persons() {
    let site = Site::start().await;
    let mut dan = site.person();
    dan.tokens(ROTA, DAN).await;
    site.clock.advance(Duration::from_secs(301));
    let asked = dan.open("/account/keys/new").await;
    let form = asked.form("/identify");
    let form = form.with("username", ROBIN.username).with("password", ROBIN.password);
    let answer = dan.submit(&form).await;
    assert!(answer.status < 500, "{}", answer.heading());
    assert!(keys(&site, DAN).await.is_empty() && keys(&site, ROBIN).await.is_empty());
    let now = site.app.clock.now();
    let view = site.app.store.view();
    let robin = record(&site, ROBIN).await.person.id;
    let sessions = view.list_sessions(robin, now).await.expect("the database answers");
    assert!(sessions.is_empty(), "a step-up of one person logs no other in");
}

#[tokio::test]
async fn somebody_else_who_takes_a_log_in_over_has_a_session_of_full_length() {
    let site = Site::start().await;
    let mut dan = site.person();
    dan.tokens(ROTA, DAN).await;
    let page = dan.open(&Request::new(ROTA).with("prompt", "login").path()).await;
    dan.type_password(&page, ROBIN).await.callback().code();
    let now = site.app.clock.now();
    let robin = record(&site, ROBIN).await.person.id;
    let sessions = site.app.store.view().list_sessions(robin, now).await;
    let [session] = &sessions.expect("the database answers")[..] else { panic!("one session") };
    assert!(session.expires_at > now.plus(site.app.config.lifetimes.flow));
}
