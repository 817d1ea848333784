//! What letters say, to whom, in which language, and what is never in them.

use latchkey::actions::credentials;
use latchkey::authn::software::Behaviour;
use latchkey_core::audit::What;
use latchkey_core::credentials::Nickname;
use latchkey_core::roles::Actor;

use super::{amy, enrolled, events, operator, record, send_all, sink_and_site, waiting};
use crate::support::http::{AMY, ROTA, Request, Site};

#[tokio::test]
async fn a_key_that_is_added_is_told_in_the_persons_language_and_with_nothing_secret() {
    let (sink, site) = sink_and_site().await;
    let welsh = Request::new(ROTA).with("ui_locales", "cy");
    let amy = enrolled(&site, &welsh, AMY).await;
    assert_eq!(send_all(&site.app).await.sent, 1);
    assert_eq!(waiting(&site.app).await, 0, "what was sent is gone");

    let letter = sink.letters().remove(0);
    assert_eq!(letter.subject, "Ychwanegwyd allwedd ddiogelwch");
    assert!(letter.html.contains("<html lang=\"cy\">"), "{}", letter.html);
    assert_eq!(letter.to, "Amy Ward <amy@northgate.example>");
    assert_eq!(letter.from, "Northgate Trust <login@latchkey.example>");
    assert!(letter.defects.is_empty(), "{:?}", letter.defects);
    assert!(letter.headers.iter().any(|name| name == "Auto-Submitted"));
    for part in ["Security key", " UTC", "127.0.0.1", "01632 960 001", "Northgate"] {
        assert!(letter.plain.contains(part), "{part}: {}", letter.plain);
        assert!(letter.html.contains(part), "{part}: {}", letter.html);
    }
    assert_eq!(sink.taken()[0].to, "amy@northgate.example");
    let secrets: Vec<String> = amy.jar.values().cloned().chain([AMY.password.to_owned()]).collect();
    for secret in secrets {
        let told = format!("{}{}{}", letter.subject, letter.plain, letter.html);
        assert!(!told.contains(&secret), "{secret} in {told}");
    }
}

#[tokio::test]
async fn the_language_is_written_once_and_the_first_one_not_at_all() {
    let (_sink, site) = sink_and_site().await;
    let mut amy = amy(&site).await;
    assert_eq!(record(&site, "amy.ward").await.locale, None, "she reads the first language");
    amy.open("/account?ui_locales=cy").await;
    assert_eq!(record(&site, "amy.ward").await.locale.as_deref(), Some("cy"));
    let before = site.app.store.writes().total;
    amy.open("/account?ui_locales=cy").await;
    amy.open("/account").await;
    assert_eq!(site.app.store.writes().total, before, "it is known already");
}

#[tokio::test]
async fn a_renamed_key_is_told_only_when_somebody_else_renamed_it() {
    let (sink, site) = sink_and_site().await;
    let _amy = amy(&site).await;
    send_all(&site.app).await;
    let person = record(&site, "amy.ward").await.person;
    let key = site.app.store.view().list_credentials(person.id).await.expect("read").remove(0);
    let itself = latchkey::audit::Origin {
        actor: Actor::Person { person: person.id, session: None },
        ..operator(&site)
    };
    for (origin, name, letters) in [(itself, "Mine", 0), (operator(&site), "Ward key\u{2028}x", 1)]
    {
        // What nobody can see is refused as a name before it could reach a letter.
        let nickname = Nickname::parse(name).or_else(|_| Nickname::parse("Ward key"));
        let nickname = nickname.expect("a name");
        let renamed = credentials::rename(&site.app, &origin, &person, None, key.id, nickname);
        renamed.await.expect("the database answers").expect("renamed");
        assert_eq!(send_all(&site.app).await.sent, letters);
    }
    let letter = sink.letters().pop().expect("a letter");
    assert_eq!(letter.subject, "A security key was renamed");
    assert!(letter.plain.contains("“Mine” is called “Ward"), "{}", letter.plain);
    assert!(letter.plain.contains("By: whoever runs this log-in service"), "{}", letter.plain);
    assert!(!letter.plain.contains("Network address"), "not the place of somebody else");
}

#[tokio::test]
async fn a_removed_key_is_told_by_its_name() {
    let (sink, site) = sink_and_site().await;
    let mut amy = amy(&site).await;
    let first = std::mem::replace(&mut amy.key, latchkey::authn::software::SoftwareKey::new());
    let form = amy.open("/account/keys/new").await.form("/account/keys/new");
    let form = amy.use_key(&form).await.form("/name");
    amy.submit(&form.with("nickname", "Allwedd <las>")).await;
    amy.key = first;
    let person = record(&site, "amy.ward").await.person.id;
    let keys = site.app.store.view().list_credentials(person).await.expect("read");
    let key = keys.iter().find(|key| key.nickname.as_str() == "Allwedd <las>").expect("named");
    let page = format!("/account/keys/{}/remove", key.id);
    let form = amy.open(&page).await.form("/remove").with("end_sessions", "no");
    amy.submit(&form).await;
    send_all(&site.app).await;
    let letters = sink.letters().into_iter();
    // Those of one round are sent side by side.
    let found = letters.rev().find(|letter| letter.subject == "A security key was removed");
    let letter = found.expect("a letter");
    assert!(letter.plain.contains("“Allwedd <las>” was removed"), "{}", letter.plain);
    assert!(letter.html.contains("Allwedd &lt;las&gt;"), "{}", letter.html);
}

#[tokio::test]
async fn a_counter_that_goes_back_is_told_and_again_with_the_suspension() {
    let (sink, site) = sink_and_site().await;
    let mut amy = amy(&site).await;
    let back = Behaviour { counter: Some(1), ..Behaviour::honest(&site.issuer) };
    for _ in 0..2 {
        amy.jar.clear();
        let form = amy.open(&Request::new(ROTA).path()).await.form("/key");
        let options = amy.options(&form).await;
        let told = amy.key.get(&options, &back).expect("an answer");
        let form = form.with("credential", &told.to_string()).without("failure");
        assert_eq!(amy.submit(&form).await.status, 422);
    }
    send_all(&site.app).await;
    let mut letters = sink.letters();
    letters.retain(|letter| letter.subject == "There may be a copy of your security key");
    let suspended = "so the key is suspended";
    let told = letters.iter().filter(|letter| letter.plain.contains(suspended)).count();
    assert_eq!((letters.len(), told), (2, 1));
}

#[tokio::test]
async fn without_a_setting_or_an_address_nobody_is_told_and_everything_else_works() {
    let site = Site::start().await;
    amy(&site).await;
    assert_eq!(waiting(&site.app).await, 0);
    assert!(latchkey::mail::spawn(site.app.clone()).is_none());

    let (sink, site) = sink_and_site().await;
    let (mut record, origin) = (record(&site, "amy.ward").await, operator(&site));
    for wrong in [None, Some("amy@northgate.example\r\nBcc: spy@evil.example"), Some("amy")] {
        record.person.email = wrong.map(str::to_owned);
        let changed = record.clone();
        let write = async move |tx: &latchkey_store::Tx| tx.update_person(&changed).await;
        site.app.store.write::<(), latchkey_store::Error, _>(write).await.expect("kept");
        let (id, letter) = (record.person.id, latchkey::mail::Letter::PasswordChanged);
        let drafts = latchkey::mail::write(&site.app, &origin, id, None, letter);
        assert!(drafts.await.expect("written").is_empty(), "{wrong:?}");
    }
    amy(&site).await;
    assert_eq!(send_all(&site.app).await.sent, 0);
    assert!(sink.taken().is_empty());
    let added = |what: &What| matches!(what, What::CredentialRegistered { .. });
    assert_eq!(events(&site).await.iter().filter(|what| added(what)).count(), 1);
}

#[tokio::test]
async fn a_spool_keeps_one_whole_file_for_each_letter() {
    let folder = tempfile::tempdir().expect("a folder");
    let spool = folder.path().join("deep/mail");
    let site = super::site(&format!("spool:{}", spool.display())).await;
    amy(&site).await;
    assert_eq!(send_all(&site.app).await.sent, 1);
    let files: Vec<_> = std::fs::read_dir(&spool).expect("made").flatten().collect();
    assert_eq!(files.len(), 1);
    let name = files[0].file_name().into_string().expect("text");
    let text = std::fs::read_to_string(files[0].path()).expect("text");
    let letter = crate::support::smtp::Letter::read(&text);
    assert_eq!(letter.subject, "A security key was added");
    assert!(letter.id.contains(name.trim_end_matches(".eml")), "{} {name}", letter.id);
}

#[tokio::test]
async fn a_lost_key_and_a_found_one_are_told_and_the_found_one_can_be_denied() {
    let (sink, site) = sink_and_site().await;
    let mut amy = amy(&site).await;
    let first = std::mem::replace(&mut amy.key, latchkey::authn::software::SoftwareKey::new());
    let form = amy.open("/account/keys/new").await.form("/account/keys/new");
    let form = amy.use_key(&form).await.form("/name");
    amy.submit(&form.with("nickname", "Drawer key")).await;
    amy.key = first;
    let person = record(&site, "amy.ward").await.person.id;
    let drawer = async || {
        let keys = site.app.store.view().list_credentials(person).await.expect("read");
        keys.into_iter().find(|key| key.nickname.as_str() == "Drawer key").expect("named")
    };
    let lost = format!("/account/keys/{}/lost", drawer().await.id);
    let form = amy.open(&lost).await.form("/lost");
    amy.submit(&form).await;
    send_all(&site.app).await;
    let of = |subject: &str| {
        let found = sink.letters().into_iter().rev().find(|letter| letter.subject == subject);
        found.unwrap_or_else(|| panic!("no letter: {subject}"))
    };
    let letter = of("A security key was reported lost");
    assert!(letter.plain.contains("“Drawer key” was reported lost"), "{}", letter.plain);

    // The first key was shown a moment ago.
    let page = amy.open(&lost.replace("/lost", "/found")).await;
    amy.submit(&page.form("/found")).await;
    assert_eq!(drawer().await.state.suspension(), None);
    send_all(&site.app).await;
    let link = of("A security key was reinstated").not_me();
    let mut reader = site.person();
    let page = reader.open(&link).await;
    assert!(page.body.contains("that key is suspended"), "{}", page.body);
    assert_eq!(reader.post(&page.form(&link)).await.status, 200);
    let suspension = drawer().await.state.suspension().expect("suspended");
    assert_eq!(suspension.cause, latchkey_core::credentials::Cause::NotMe);
}
