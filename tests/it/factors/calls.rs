//! The number that connects a call to the helpdesk with a browser. It unlocks nothing.

use std::time::Duration;

use latchkey_core::Clock as _;
use latchkey_core::secrets::Digest;
use latchkey_store::{Call, Error, Tx};

use super::record;
use crate::support::http::{AMY, Answer, Person, Site};

const GET_HELP: &str = "/help/get-help";

/// The number that a page shows, if it does.
fn shown(page: &Answer) -> Option<String> {
    let (_, rest) = page.body.split_once("<p class=\"digits\">")?;
    let number: String = rest.split("</p>").next()?.chars().filter(char::is_ascii_digit).collect();
    Some(number)
}

async fn press(person: &mut Person<'_>) -> Answer {
    let page = person.open(GET_HELP).await;
    person.submit(&page.form(GET_HELP)).await
}

async fn call_of(site: &Site, person: &Person<'_>) -> Option<Call> {
    let browser = Digest::of(person.jar.get("latchkey-browser")?.as_bytes());
    let found = site.app.store.view().find_call_of(browser, site.clock.now()).await;
    found.expect("the database answers")
}

#[tokio::test]
async fn a_call_number_is_made_by_the_button_and_by_nothing_else() {
    let site = Site::start().await;
    let mut caller = site.person();
    for _ in 0..3 {
        let page = caller.open(GET_HELP).await;
        assert_eq!((page.status, shown(&page)), (200, None));
    }
    assert!(caller.jar.is_empty(), "looking leaves nothing behind: {:?}", caller.jar);
    let page = press(&mut caller).await;
    let number = shown(&page).expect("a number");
    assert_eq!(number.len(), 6, "{number}");
    assert_eq!(call_of(&site, &caller).await.map(|call| call.number).as_ref(), Some(&number));
    assert!(!page.has_form(GET_HELP));
    assert_eq!(shown(&caller.open(GET_HELP).await).as_ref(), Some(&number), "it stays");

    let mut other = site.person();
    assert_eq!(shown(&other.open(GET_HELP).await), None, "it is of one browser");
    assert_ne!(shown(&press(&mut other).await).as_ref(), Some(&number));
}

#[tokio::test]
async fn an_address_makes_so_many_call_numbers_and_whoever_has_one_keeps_it() {
    let site = Site::start().await;
    let mut first = site.person();
    let number = shown(&press(&mut first).await).expect("a number");
    for _ in 1..30 {
        assert!(shown(&press(&mut site.person()).await).is_some());
    }
    let mut late = site.person();
    let page = late.open(GET_HELP).await;
    let answer = late.post(&page.form(GET_HELP)).await;
    assert_eq!(answer.status, 429);
    let wait: u64 = answer.header("retry-after").expect("when").parse().expect("seconds");
    assert!((1..=3600).contains(&wait), "{wait}");
    let again = first.post(&page.form(GET_HELP)).await;
    assert_eq!(again.status, 303, "it has one");
    assert_eq!(shown(&first.open(GET_HELP).await), Some(number));
}

#[tokio::test]
async fn whoever_helps_is_shown_in_the_callers_browser_alone_and_until_the_number_is_over() {
    let site = Site::start().await;
    let amy = record(&site, AMY.username).await.person.id;
    let mut caller = site.person();
    let page = caller.open(GET_HELP).await;
    let form = page.form(GET_HELP);
    let number = shown(&caller.submit(&form).await).expect("a number");
    let (asked, now) = (number.clone(), site.clock.now());
    let answer =
        async move |tx: &Tx| tx.answer_call(&asked, "Sam Desk", Some("NG-20418"), amy, now).await;
    assert!(site.app.store.write::<_, Error, _>(answer).await.expect("the database answers"));
    let page = caller.open(GET_HELP).await;
    assert!(page.body.contains("Sam Desk is helping you"), "{}", page.body);
    assert!(page.body.contains("NG-20418"), "{}", page.body);
    // Whom they help is not told, and nobody is logged in.
    assert!(!page.body.contains(AMY.username), "{}", page.body);
    assert_eq!(caller.open("/account").await.heading(), "Log in");
    let mut other = site.person();
    assert!(!press(&mut other).await.body.contains("Sam Desk"));

    // Pressed again in an old tab: who helps is still there.
    let again = caller.submit(&form).await;
    assert_eq!(shown(&again), Some(number));
    assert!(again.body.contains("Sam Desk is helping you"));

    site.clock.advance(Duration::from_secs(3600));
    let page = caller.open(GET_HELP).await;
    assert_eq!(shown(&page), None);
    assert!(!page.body.contains("Sam Desk"));
    assert!(page.has_form(GET_HELP));
}
