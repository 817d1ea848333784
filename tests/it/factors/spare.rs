//! The reminder of a spare key, at log-ins of whoever would lose everything with the one they have.

use std::time::Duration;

use latchkey::authn::software::SoftwareKey;

use super::{amy, apply, honest, keys, log_in, record};
use crate::support::http::{AMY, Answer, Person, ROTA, Request, Site};

const WEEK: Duration = Duration::from_secs(7 * 86_400);
const HEADING: &str = "Add a spare key";

/// Amy logs in with her key, in a browser that knows nobody.
async fn again(amy: &mut Person<'_>, site: &Site) -> Answer {
    amy.jar.clear();
    log_in(amy, &honest(site)).await
}

async fn say(amy: &mut Person<'_>, page: &Answer, decision: &str) -> Answer {
    amy.submit(&page.form("/spare").with("decision", decision)).await
}

#[tokio::test]
async fn it_comes_a_week_after_it_was_put_off_and_three_times_in_all() {
    let site = Site::start().await;
    let mut amy = amy(&site).await;
    again(&mut amy, &site).await.callback().code();
    for (left, words) in [(true, "Remind me in 7 days"), (false, "Do not remind me again")] {
        site.clock.advance(WEEK);
        let page = again(&mut amy, &site).await;
        assert_eq!(page.heading(), HEADING);
        assert!(page.body.contains(words), "{left}: {}", page.body);
        say(&mut amy, &page, "later").await.callback().code();
        again(&mut amy, &site).await.callback().code();
    }
    for _ in 0..3 {
        site.clock.advance(WEEK);
        again(&mut amy, &site).await.callback().code();
    }
    assert_eq!(keys(&site, AMY.username).await.len(), 1);
}

#[tokio::test]
async fn it_leads_to_a_second_key_or_back_and_then_on_to_the_application() {
    let site = Site::start().await;
    let mut amy = amy(&site).await;
    site.clock.advance(WEEK);
    let page = again(&mut amy, &site).await;
    let page = say(&mut amy, &page, "add").await;
    assert_eq!(page.heading(), "Set up your security key");
    // Thinking better of it leads back, and on from there.
    assert!(page.links().iter().any(|link| link.ends_with("/spare")), "{:?}", page.links());
    let back = amy.open(&page.url.replace("enrol/passkey", "spare")).await;
    assert_eq!(back.heading(), HEADING);
    let page = say(&mut amy, &back, "add").await;
    amy.key = SoftwareKey::new();
    let page = amy.use_key(&page.form("/enrol/passkey")).await;
    assert_eq!(page.heading(), "Name this key");
    let page = amy.submit(&page.form("/name").with("nickname", "At home")).await;
    assert_eq!(page.heading(), "Your key is ready");
    assert!(!page.body.contains(HEADING), "two are enough");
    amy.submit(&page.form("/ready")).await.callback().code();
    assert_eq!(keys(&site, AMY.username).await.len(), 2);
    site.clock.advance(WEEK * 5);
    again(&mut amy, &site).await.callback().code();
}

#[tokio::test]
async fn a_first_key_offers_it_at_once_and_going_on_puts_it_off() {
    let site = Site::start().await;
    let mut amy = site.person();
    let page = amy.open(&Request::new(ROTA).path()).await;
    let page = amy.type_password(&page, AMY).await;
    let page = amy.use_key(&page.form("/enrol/passkey")).await;
    let page = amy.submit(&page.form("/name").with("nickname", "Blue key")).await;
    let page = amy.use_key(&page.form("/factor/passkey")).await;
    assert_eq!(page.heading(), "Your key is ready");
    assert!(page.body.contains("name=\"next\" value=\"spare\""), "it is offered");
    let page = amy.submit(&page.form("/ready").with("next", "spare")).await;
    assert_eq!(page.heading(), "Set up your security key");
    let page = amy.open(&page.url.replace("enrol/passkey", "spare")).await;
    say(&mut amy, &page, "later").await.callback().code();
    assert_eq!(record(&site, AMY.username).await.person.reminder.put_off, 1);
}

#[tokio::test]
async fn whoever_has_but_the_password_is_led_to_no_key_by_it() {
    let site = Site::start().await;
    let lax = "[[organisation]]\nid = \"northgate\"\nname = \"Northgate Trust\"\n\
               preset = \"hospital\"\npolicy = { rollout = \"available\", required = \"password\" }\n";
    let _amy = amy(&site).await;
    apply(&site, lax).await;
    site.clock.advance(WEEK);
    let mut thief = site.person();
    let page = thief.open(&Request::new(ROTA).path()).await;
    let flow = page.url.clone();
    let form = page.form("/identify").with("decision", "add");
    let forged = thief.open(&flow.replace("identify", "spare")).await;
    assert_eq!(forged.heading(), page.heading(), "it is another step");
    let form = form.with("username", AMY.username).with("password", AMY.password);
    let page = thief.submit(&form).await;
    for step in ["spare", "enrol/passkey"] {
        let led = thief.open(&flow.replace("identify", step)).await;
        assert_eq!(led.heading(), page.heading(), "{step}");
        assert!(!led.has_form("/spare") && !led.has_form("/enrol/passkey"), "{}", led.url);
    }
}
