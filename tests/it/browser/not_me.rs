//! A letter as a mail program shows it, and the page behind "This wasn't me" in it.

use super::{enter_with_first_key, logged_in, look, no_autofill};
use crate::support::browser::{Authenticator, Browser};
use crate::support::installation::Installation;

#[tokio::test]
async fn a_letter_about_a_key_leads_to_a_button_that_ends_every_session() {
    let at = Installation::start().await;
    let browser = Browser::start().await;
    no_autofill(&browser).await;
    let _key = browser.plug_in(Authenticator::small_key()).await;
    enter_with_first_key(&at, &browser, "amy.ward", "Blue key").await;
    assert!(logged_in(&at, &browser).await);

    let letter = at.letters().await.pop().expect("a letter");
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("letter.html");
    std::fs::write(&file, &letter.html).expect("written");
    let reader = browser.another().await;
    reader.open(&format!("file://{}", file.display())).await;
    reader.until_headed("A security key was added").await;
    look(&reader, "letter-key-added").await;

    reader.open(&at.at(&letter.not_me())).await;
    reader.until_headed("Was this you?").await;
    look(&reader, "not-me").await;
    reader.press("This wasn’t me").await;
    reader.until_headed("Thank you for telling us").await;
    look(&reader, "not-me-done").await;
    browser.open(&at.at("/account")).await;
    browser.until_headed("Log in").await;
    reader.open(&at.at("/not-me/of-no-letter")).await;
    reader.until_headed("This link does not work any more").await;
    look(&reader, "not-me-over").await;
}
