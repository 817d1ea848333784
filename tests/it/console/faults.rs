//! What comes wrong to the console, from a browser: hostile words, people who are gone, two who
//! change the same, forms from elsewhere.

use latchkey::actions::lifecycle;
use latchkey::audit::Origin;
use latchkey_core::Clock as _;
use latchkey_core::audit::Handling;
use latchkey_core::roles::Actor;
use serde_json::json;

use super::{click, enter, find};
use crate::browser::{look, no_autofill};
use crate::support::browser::{Authenticator, Browser};
use crate::support::installation::Installation;

/// Sam in the console.
async fn desk(at: &Installation) -> Browser {
    let sams = Browser::start().await;
    no_autofill(&sams).await;
    let _desk = sams.plug_in(Authenticator::key()).await;
    enter(at, &sams, &at.at("/admin")).await;
    sams
}

#[tokio::test]
async fn whatever_is_searched_for_is_text_and_finds_only_what_it_spells() {
    let at = Installation::start().await;
    let sams = desk(&at).await;
    let long = "x".repeat(5000);
    for hostile in [
        "%",
        "_",
        "a%",
        "amy_ward",
        "'; DROP TABLE people; --",
        "\"amy\"",
        "<script>document.title='owned'</script>",
        "🔑🏥",
        "\u{202e}draw.yma",
        "مستشفى",
        "amy\u{0}ward",
        &long,
    ] {
        let mut address = url::Url::parse(&at.at("/admin")).expect("an address");
        address.query_pairs_mut().append_pair("search", hostile);
        sams.open(address.as_str()).await;
        sams.until_headed("Call").await;
        let asked = format!("after {}", hostile.chars().take(40).collect::<String>());
        assert!(!sams.shows("bethan.price").await, "{asked}");
        assert!(!sams.shows("dan.quay").await, "{asked}");
        assert_ne!(sams.web().title().await.expect("a title"), "owned", "{asked}");
    }
    sams.open(at.at("/admin?search=%22%3E%3Cimg+src%3Dx+onerror%3Dalert(1)%3E")).await;
    let typed = "return document.querySelector('#search').value";
    assert_eq!(sams.run(typed, vec![]).await, json!("\"><img src=x onerror=alert(1)>"));
    look(&sams, "console-hostile-search").await;
}

#[tokio::test]
async fn somebody_who_is_erased_while_on_screen_is_there_no_more_and_nothing_is_done() {
    let at = Installation::start().await;
    let sams = desk(&at).await;
    find(&sams, "bethan", "bethan.price").await;
    let bethan = at.person("bethan.price").await.person.id;
    let origin = Origin { actor: Actor::Cli, address: None, at: at.clock.now() };
    let nothing = Handling::default();
    let erased = lifecycle::erase(&at.app.store, &*at.app.rng, &origin, &nothing, bethan).await;
    assert!(matches!(erased, Ok(lifecycle::Outcome::Done(()))), "erased");
    click(&sams, "#check").await;
    sams.press("Record this check").await;
    sams.until_headed("There is nobody like that").await;
    look(&sams, "console-erased").await;
    assert!(!sams.shows("Bethan").await, "a name that is erased is not shown again");
}

#[tokio::test]
async fn the_second_of_two_who_change_a_person_is_told_and_loses_nothing() {
    let at = Installation::start().await;
    let sams = desk(&at).await;
    find(&sams, "bethan", "bethan.price").await;
    sams.press("Change details").await;
    sams.until_headed("Details of Bethan Price").await;
    sams.fill("Staff number", "NG 004 118").await;
    // Meanwhile somebody else corrects her name.
    at.apply(
        "[[person]]\nusername = \"bethan.price\"\norganisation = \"northgate\"\n\
         name = \"Bethan Price-Jones\"\nemail = \"bethan@northgate.example\"\n",
    )
    .await;
    sams.press("Save").await;
    sams.until_shown("changed").await;
    look(&sams, "console-stale").await;
    let typed = "return document.querySelector('[name=staff_number]').value";
    assert_eq!(sams.run(typed, vec![]).await, json!("NG 004 118"), "nothing is lost");
    assert!(sams.shows("Bethan Price-Jones").await, "what the other wrote is shown");
    assert_eq!(at.person("bethan.price").await.person.staff_number, None);
    sams.press("Save").await;
    sams.until_shown("staff number NG 004 118").await;
    let both = at.person("bethan.price").await.person;
    assert_eq!(both.name, "Bethan Price-Jones");
}

#[tokio::test]
async fn no_other_site_frames_the_console_or_sends_its_forms() {
    let at = Installation::start().await;
    let sams = desk(&at).await;
    let amy = at.person("amy.ward").await.person.id;
    // A page of another site, in the same browser, while he is logged in.
    sams.open(&at.addresses.rota).await;
    let frame = "const done = arguments[arguments.length - 1];
        const it = document.createElement('iframe');
        it.onload = () => { let seen = null; try { seen = it.contentDocument?.body?.innerText } \
        catch {} done(String(seen)); };
        it.src = arguments[0]; document.body.append(it);";
    let seen = sams.run_async(frame, vec![json!(at.at("/admin"))]).await;
    assert!(!seen.to_string().contains("Find a person"), "{seen}");
    let send = "const form = document.createElement('form');
        form.method = 'post'; form.action = arguments[0];
        form.innerHTML = '<input name=check value=in-person><input name=token value=x>';
        document.body.append(form); form.submit();";
    sams.run(send, vec![json!(at.at(&format!("/admin/people/{amy}/check")))]).await;
    sams.until_at(&at.at("/admin/people/")).await;
    sams.until_shown("another site").await;
    look(&sams, "console-cross-site").await;
    sams.open(at.at(&format!("/admin/people/{amy}"))).await;
    sams.until_shown("Check the caller").await;
    assert!(!sams.shows("Caller checked").await);
}
