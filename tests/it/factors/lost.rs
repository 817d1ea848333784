//! A key or an authenticator app that is reported lost works no more at once; another one that
//! works undoes that, and nothing else does.

use std::time::Duration;

use latchkey::authn::software::SoftwareKey;
use latchkey_core::Clock as _;
use latchkey_core::codes::AuthenticatorApp;
use latchkey_core::credentials::{Cause, Credential, CredentialState, Nickname};
use latchkey_core::ids::{CodeId, CredentialId};
use latchkey_core::secrets::Sealed;
use latchkey_store::{Error, Tx};
use reqwest::Method;
use reqwest::header::{CONTENT_TYPE, ORIGIN};

use super::{apply, happened, keys, log_in, record};
use crate::support::http::{AMY, Answer, DAN, Page, Person, ROTA, Request, Site};

const FORM: &str = "application/x-www-form-urlencoded";
const NO_OTHER: &str = "Only another key or app can undo this";

/// Amy with two keys, of which the first is in her hand; the second is returned.
async fn amy_with_two(site: &Site) -> (Person<'_>, SoftwareKey) {
    let mut amy = site.person();
    amy.log_in(&Request::new(ROTA), AMY).await.code();
    let first = std::mem::replace(&mut amy.key, SoftwareKey::new());
    let page = amy.open("/account/keys/new").await;
    let named = amy.use_key(&page.form("/account/keys/new")).await;
    amy.submit(&named.form("/name").with("nickname", "Spare")).await;
    let spare = std::mem::replace(&mut amy.key, first);
    (amy, spare)
}

async fn key(site: &Site, nickname: &str) -> Credential {
    let mut all = keys(site, "amy.ward").await.into_iter();
    all.find(|key| key.nickname.as_str() == nickname).expect("a key of that name")
}

async fn cause(site: &Site, nickname: &str) -> Option<Cause> {
    key(site, nickname).await.state.suspension().map(|suspension| suspension.cause)
}

fn lost(key: &Credential) -> String {
    format!("/account/keys/{}/lost", key.id)
}

fn found(key: &Credential) -> String {
    format!("/account/keys/{}/found", key.id)
}

/// Reports a key in an open session.
async fn report(person: &mut Person<'_>, key: &Credential, loss: &str) -> Answer {
    let page = person.open(&lost(key)).await;
    person.submit(&page.form("/lost").with("loss", loss)).await
}

async fn suspend(site: &Site, id: CredentialId, cause: Cause) {
    let (person, now) = (record(site, "amy.ward").await.person.id, site.clock.now());
    let write = async move |tx: &Tx| tx.suspend_credential(person, id, cause, now).await;
    assert!(site.app.store.write::<_, Error, _>(write).await.expect("the database answers"));
}

/// Sends the same form so many times at once.
async fn at_once(person: &Person<'_>, form: &Page, times: usize) -> Vec<Answer> {
    let posts = (0..times).map(|_| {
        let request = person
            .request(Method::POST, &form.action)
            .header(ORIGIN, &person.site.issuer)
            .header(CONTENT_TYPE, FORM)
            .body(form.body());
        person.site.send(request)
    });
    futures_util::future::join_all(posts).await
}

#[tokio::test]
async fn a_lost_key_logs_nobody_in_from_now_on_and_another_key_undoes_that() {
    let site = Site::start().await;
    let (mut amy, spare) = amy_with_two(&site).await;
    let blue = key(&site, "Blue key").await;
    let page = amy.open(&lost(&blue)).await;
    assert_eq!((page.status, page.heading().as_str()), (200, "Report ‘Blue key’ lost"));
    assert!(
        page.body.contains("You can still log in with your other key."),
        "what is left: {}",
        page.body
    );
    let done = amy.submit(&page.form("/lost").with("loss", "stolen")).await;
    assert_eq!(done.heading(), "‘Blue key’ is suspended");
    assert_eq!(cause(&site, "Blue key").await, Some(Cause::ReportedLost));
    assert_eq!(happened(&site, "CredentialSuspended").await, 1);
    let list = amy.open("/account/keys").await;
    assert!(list.body.contains("You reported it lost <time"), "{}", list.body);

    // Check 32. Whoever has it is refused, with the password too.
    let mut thief = site.person();
    thief.key = std::mem::replace(&mut amy.key, spare);
    let refused = log_in(&mut thief, &super::honest(&site)).await;
    super::assert_refused(&thief, &refused, "This key is suspended");

    let page = amy.open(&found(&blue)).await;
    assert_eq!(page.heading(), "Now use your key", "another one has to be shown");
    let page = amy.use_key(&page.form("/factor/passkey")).await;
    assert_eq!(page.heading(), "Have you found ‘Blue key’?");
    let list = amy.submit(&page.form("/found")).await;
    assert!(list.body.contains("‘Blue key’ works again."), "{}", list.body);
    assert_eq!(key(&site, "Blue key").await.state, CredentialState::Active);
    assert_eq!(happened(&site, "CredentialReinstated").await, 1);
    let back = log_in(&mut thief, &super::honest(&site)).await;
    back.callback().code();
}

#[tokio::test]
async fn the_lost_key_itself_and_a_password_undo_nothing() {
    let site = Site::start().await;
    let (mut amy, _) = amy_with_two(&site).await;
    let blue = key(&site, "Blue key").await;
    // The session rests on the very key, shown a moment ago.
    report(&mut amy, &blue, "misplaced").await;
    let page = amy.open(&found(&blue)).await;
    assert_eq!(page.heading(), "Now use your key");
    let refused = amy.use_key(&page.form("/factor/passkey")).await;
    assert!(refused.body.contains("This key is suspended"), "{}", refused.body);
    let page = amy.open(&found(&blue)).await;
    assert_eq!(page.heading(), "Now use your key", "nothing was shown");

    // Nothing else that works is left: nothing can be shown, and nobody is asked for ever.
    let undone = |page: &Answer| page.links().contains(&found(&blue));
    assert!(undone(&amy.open(&lost(&blue)).await), "while another works");
    suspend(&site, key(&site, "Spare").await.id, Cause::Administrator).await;
    let page = amy.open(&lost(&blue)).await;
    assert!(page.body.contains("It was your last way to log in."), "{}", page.body);
    assert!(!undone(&page), "what cannot be undone is not offered");
    assert!(page.links().iter().any(|link| link.starts_with("/help/get-help")));
    let page = amy.open(&found(&blue)).await;
    assert_eq!((page.status, page.heading().as_str()), (403, NO_OTHER));
    assert_eq!(cause(&site, "Blue key").await, Some(Cause::ReportedLost));
    assert_eq!(happened(&site, "CredentialReinstated").await, 0);
}

#[tokio::test]
async fn a_proof_by_a_key_that_was_suspended_since_undoes_nothing() {
    let site = Site::start().await;
    let (mut amy, spare) = amy_with_two(&site).await;
    let blue = key(&site, "Blue key").await;
    report(&mut amy, &blue, "misplaced").await;
    amy.key = spare;
    let page = amy.open(&found(&blue)).await;
    let page = amy.use_key(&page.form("/factor/passkey")).await;
    let form = page.form("/found");
    suspend(&site, key(&site, "Spare").await.id, Cause::Administrator).await;
    let answer = amy.post(&form).await;
    assert_eq!((answer.status, answer.heading().as_str()), (403, NO_OTHER));
    assert_eq!(cause(&site, "Blue key").await, Some(Cause::ReportedLost));
}

#[tokio::test]
async fn what_was_not_suspended_by_its_owner_is_not_theirs_to_reinstate() {
    for other in [Cause::Copied, Cause::NotMe, Cause::Administrator] {
        let site = Site::start().await;
        let (mut amy, spare) = amy_with_two(&site).await;
        let blue = key(&site, "Blue key").await;
        report(&mut amy, &blue, "misplaced").await;
        amy.key = spare;
        let page = amy.open(&found(&blue)).await;
        let page = amy.use_key(&page.form("/factor/passkey")).await;
        let form = page.form("/found");
        // The helpdesk looks into it meanwhile.
        let (person, id, now) = (blue.person, blue.id, site.clock.now());
        let write = async move |tx: &Tx| {
            tx.reinstate_credential(person, id, Cause::ReportedLost).await?;
            tx.suspend_credential(person, id, other, now).await
        };
        assert!(site.app.store.write::<_, Error, _>(write).await.expect("written"));
        let answer = amy.submit(&form).await;
        assert_eq!(answer.heading(), "Manage FIDO2 tokens", "{other:?}");
        assert!(!answer.body.contains("I have found it"), "{other:?}: {}", answer.body);
        let shown = amy.open(&found(&blue)).await;
        assert_eq!(shown.heading(), "Manage FIDO2 tokens", "{other:?}");
        assert_eq!(cause(&site, "Blue key").await, Some(other));
        assert_eq!(happened(&site, "CredentialReinstated").await, 0, "{other:?}");
    }
}

#[tokio::test]
async fn of_many_reports_and_of_many_that_undo_one_counts() {
    let site = Site::start().await;
    let (mut amy, spare) = amy_with_two(&site).await;
    let blue = key(&site, "Blue key").await;
    let form = amy.open(&lost(&blue)).await.form("/lost");
    let answers = at_once(&amy, &form, 8).await;
    assert!(answers.iter().all(|answer| answer.status == 303), "{:?}", answers[0].status);
    assert_eq!(happened(&site, "CredentialSuspended").await, 1);
    amy.key = spare;
    let page = amy.open(&found(&blue)).await;
    let page = amy.use_key(&page.form("/factor/passkey")).await;
    let form = page.form("/found");
    let answers = at_once(&amy, &form, 8).await;
    assert!(answers.iter().all(|answer| answer.status == 303), "{:?}", answers[0].status);
    assert_eq!(happened(&site, "CredentialReinstated").await, 1);
    // A form of before does not suspend it again, and one of after does nothing twice.
    report(&mut amy, &blue, "stolen").await;
    suspend(&site, key(&site, "Spare").await.id, Cause::Administrator).await;
    assert_eq!(amy.post(&form).await.status, 403);
    assert_eq!(cause(&site, "Blue key").await, Some(Cause::ReportedLost));
}

#[tokio::test]
async fn a_report_ends_sessions_only_where_that_is_wanted() {
    let site = Site::start().await;
    let (mut amy, spare) = amy_with_two(&site).await;
    let mut elsewhere = site.person();
    elsewhere.key = std::mem::replace(&mut amy.key, spare);
    log_in(&mut elsewhere, &super::honest(&site)).await.callback().code();
    report(&mut amy, &key(&site, "Blue key").await, "misplaced").await;
    assert_eq!(elsewhere.open("/account").await.heading(), "Your account");
    let page = amy.open(&lost(&key(&site, "Spare").await)).await;
    assert!(page.body.contains("2 places, this one included"), "{}", page.body);
    assert!(page.body.contains("It is your last way to log in."), "{}", page.body);
    let form = page.form("/lost").with("loss", "stolen").with("end_sessions", "yes");
    let done = amy.submit(&form).await;
    assert_eq!(done.heading(), "‘Spare’ is suspended");
    assert!(done.body.contains("You are logged out everywhere."), "{}", done.body);
    for person in [&mut amy, &mut elsewhere] {
        assert_eq!(person.open("/account").await.heading(), "Log in");
    }
    assert_eq!(happened(&site, "LoggedOut").await, 2);
    // Suspension lowers nothing: the password alone leads to the helpdesk.
    let page = amy.open(&Request::new(ROTA).path()).await;
    assert_eq!(amy.type_password(&page, AMY).await.heading(), "Call your helpdesk to go on");
}

#[tokio::test]
async fn a_report_that_the_page_never_sends_is_refused_and_suspends_nothing() {
    let site = Site::start().await;
    let (mut amy, _) = amy_with_two(&site).await;
    let blue = key(&site, "Blue key").await;
    for loss in ["", "eaten", "Stolen", "\u{202e}"] {
        let form = amy.open(&lost(&blue)).await.form("/lost").with("loss", loss);
        assert_eq!(amy.post(&form).await.status, 400, "{loss}");
    }
    let form = amy.open(&lost(&blue)).await.form("/lost");
    let spares = lost(&key(&site, "Spare").await);
    let moved = Page { action: spares, ..form };
    assert_eq!(amy.post(&moved).await.status, 403, "the form of another key");
    assert_eq!(key(&site, "Blue key").await.state, CredentialState::Active);
    assert_eq!(key(&site, "Spare").await.state, CredentialState::Active);
    assert_eq!(happened(&site, "CredentialSuspended").await, 0);
}

/// Keys of Dan, who logs in with his password all the same.
async fn dans_keys(site: &Site) -> Vec<Credential> {
    let dan = record(site, "dan.quay").await.person.id;
    let mut rows = Vec::new();
    for number in 1..=3 {
        let now = site.clock.now();
        rows.push(Credential {
            id: CredentialId::new(&*site.app.rng, now),
            person: dan,
            credential_id: vec![number; 16],
            public_key: String::new(),
            nickname: Nickname::from_model("Drawer key", number.into()),
            asset_tag: None,
            aaguid: uuid::Uuid::nil(),
            counter: 0,
            counter_alerts: 0,
            backup_eligible: false,
            backed_up: false,
            transports: vec!["usb".into()],
            discoverable: None,
            attestation_format: "none".into(),
            hardware: false,
            state: CredentialState::Active,
            added_at: now,
            last_used_at: None,
        });
    }
    let kept = rows.clone();
    let write = async move |tx: &Tx| {
        for key in &kept {
            tx.insert_credential(key).await?;
        }
        Ok(())
    };
    site.app.store.write::<(), Error, _>(write).await.expect("kept");
    rows
}

#[tokio::test]
async fn with_a_password_alone_one_thing_a_day_is_reported() {
    let site = Site::start().await;
    let mut dan = site.person();
    dan.tokens(ROTA, DAN).await;
    let rows = dans_keys(&site).await;
    let mut forms = Vec::new();
    for key in &rows[..2] {
        forms.push(dan.open(&lost(key)).await.form("/lost").with("loss", "stolen"));
    }
    // Two at once count as two after each other.
    let sent = futures_util::future::join(at_once(&dan, &forms[0], 1), at_once(&dan, &forms[1], 1));
    let (first, second) = sent.await;
    let mut statuses = [first[0].status, second[0].status];
    statuses.sort_unstable();
    assert_eq!(statuses, [303, 422]);
    assert_eq!(happened(&site, "CredentialSuspended").await, 1);
    let third = report(&mut dan, &rows[2], "stolen").await;
    assert_eq!(third.status, 422);
    assert!(third.body.contains("you can report one thing a day"), "{}", third.body);
    assert!(!third.has_form("/lost"), "what is not taken is not offered: {}", third.body);
    assert!(third.links().iter().any(|link| link.starts_with("/help/get-help")));
    assert_eq!(happened(&site, "CredentialSuspended").await, 1);
    site.clock.advance(Duration::from_secs(24 * 3600));
    let mut dan = site.person();
    dan.tokens(ROTA, DAN).await;
    assert_eq!(report(&mut dan, &rows[2], "stolen").await.heading(), "‘Drawer key 3’ is suspended");
}

#[tokio::test]
async fn an_authenticator_app_is_reported_lost_and_a_key_undoes_that() {
    let site = Site::start().await;
    let (mut amy, _) = amy_with_two(&site).await;
    assert_eq!(amy.open("/account/app/lost").await.status, 404, "there is none");
    let person = record(&site, "amy.ward").await.person.id;
    let app = AuthenticatorApp {
        id: CodeId::new(&*site.app.rng, site.clock.now()),
        seed: Sealed::from_bytes(vec![1; 48]),
        last_step: 0,
        state: CredentialState::Active,
        added_at: site.clock.now(),
        last_used_at: None,
    };
    let write = async move |tx: &Tx| tx.put_app(person, &app).await;
    site.app.store.write::<(), Error, _>(write).await.expect("kept");
    let page = amy.open("/account/app/lost").await;
    assert!(!page.body.contains("PIN"), "an app has none: {}", page.body);
    let done = amy.submit(&page.form("/lost").with("loss", "stolen")).await;
    assert_eq!(done.heading(), "Your authenticator app is suspended");
    assert_eq!(happened(&site, "AppSuspended").await, 1);
    let page = amy.open("/account/self-service").await;
    assert!(page.body.contains("You reported it lost <time"), "{}", page.body);
    // A key that works was shown a moment ago.
    let page = amy.open("/account/app/found").await;
    assert_eq!(page.heading(), "Have you found your authenticator app?");
    let page = amy.submit(&page.form("/found")).await;
    assert!(page.body.contains("Your authenticator app works again."), "{}", page.body);
    assert_eq!(happened(&site, "AppReinstated").await, 1);
}

#[tokio::test]
async fn an_organisation_says_what_else_to_do() {
    let site = Site::start().await;
    apply(
        &site,
        "[[organisation]]\nid = \"northgate\"\nname = \"Northgate Trust\"\npreset = \"hospital\"\n\
         policy = { rollout = \"available\", grace_until = \"2099-12-31\" }\n\
         helpdesk = { reporting = \"Tell <security> on 01632 960 014.\" }\n",
    )
    .await;
    let (mut amy, _) = amy_with_two(&site).await;
    let blue = key(&site, "Blue key").await;
    let says =
        "Tell &lt;security&gt; on <a class=\"whole\" href=\"tel:01632960014\">01632 960 014</a>.";
    let page = amy.open(&lost(&blue)).await;
    assert!(page.body.contains(says), "before: {}", page.body);
    let done = report(&mut amy, &blue, "misplaced").await;
    assert!(done.body.contains(says), "and after: {}", done.body);
}

/// After the password, where the key is asked for: the page on which something is reported.
async fn on_the_way(person: &mut Person<'_>) -> Answer {
    let page = person.open(&Request::new(ROTA).path()).await;
    let page = person.type_password(&page, AMY).await;
    assert_eq!(page.heading(), "Now use your key");
    let link = page.links().into_iter().find(|link| link.ends_with("/lost")).expect("a link");
    person.open(&link).await
}

#[tokio::test]
async fn on_the_way_to_log_in_a_password_reports_one_thing_a_day_and_never_the_last_by_itself() {
    let site = Site::start().await;
    let (_, spare) = amy_with_two(&site).await;
    let (blue, other) = (key(&site, "Blue key").await, key(&site, "Spare").await);
    let mut amy = site.person();
    amy.key = spare;
    let page = on_the_way(&mut amy).await;
    assert_eq!(page.heading(), "Report something lost");
    let form = page.form("/lost").with("lost", &blue.id.to_string()).with("loss", "stolen");
    let done = amy.submit(&form).await;
    assert_eq!(done.heading(), "‘Blue key’ is suspended");
    let twice = amy.submit(&form).await;
    assert_eq!(twice.heading(), done.heading(), "sent twice it says the same");
    assert_eq!(cause(&site, "Blue key").await, Some(Cause::ReportedLost));
    assert_eq!(happened(&site, "CredentialSuspended").await, 1);

    // The last one stays: whoever knows the password could lock her out.
    let page = on_the_way(&mut amy).await;
    assert!(page.body.contains("It is your last way to log in."), "{}", page.body);
    assert!(page.body.contains("it keeps working until you confirm"), "{}", page.body);
    let form = page.form("/lost").with("lost", &other.id.to_string());
    let refused = amy.submit(&form).await;
    assert_eq!((refused.status, refused.heading().as_str()), (200, "Look in your e-mail"));
    assert!(refused.body.contains("you have shown only your password"), "{}", refused.body);
    assert_eq!(cause(&site, "Spare").await, None);
    assert_eq!(happened(&site, "CredentialSuspended").await, 1);
    // And still logs her in on the same way.
    let back = refused
        .links()
        .into_iter()
        .find(|link| link.starts_with("/login/") && !link.contains("/lost"));
    let back = back.expect("a way back");
    let page = amy.open(&back).await;
    let page = amy.use_key(&page.form("/factor/passkey")).await;
    assert_eq!(page.heading(), "Add a spare key", "she is through, with one key left");
}

#[tokio::test]
async fn before_a_factor_is_shown_nothing_is_reported_and_nobodys_else_ever() {
    let site = Site::start().await;
    let (_, _) = amy_with_two(&site).await;
    let mut amy = site.person();
    let start = amy.open(&Request::new(ROTA).path()).await;
    let flow = start.url.trim_end_matches("/identify").to_owned();
    assert_eq!(amy.open(&format!("{flow}/lost")).await.heading(), "Log in");
    let page = on_the_way(&mut amy).await;
    let dan = dans_keys(&site).await;
    let dans = dan[0].id.to_string();
    for lost in ["", "app", "key", dans.as_str(), "00000000-0000-7000-8000-000000000000"] {
        let form = page.form("/lost").with("lost", lost);
        assert_eq!(amy.post(&form).await.status, 400, "{lost}");
    }
    assert_eq!(happened(&site, "CredentialSuspended").await, 0);
    // Another browser has no part in it.
    let form = page.form("/lost");
    assert_eq!(site.person().post(&form).await.status, 403);
}
