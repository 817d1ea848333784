//! Pages about organisations and the platform, as their administrators see them.

use super::{check_caller, click, enter, find, issue_pass_to};
use crate::browser::{enter_with_first_key, look, no_autofill};
use crate::support::browser::{Authenticator, Browser};
use crate::support::installation::Installation;

#[tokio::test]
async fn what_was_done_for_a_case_is_found_again_read_and_taken_away() {
    let at = Installation::start().await;
    let theirs = Browser::start().await;
    no_autofill(&theirs).await;
    let _key = theirs.plug_in(Authenticator::key()).await;
    enter_with_first_key(&at, &theirs, "amy.ward", "Blue key").await;
    let sams = theirs.another().await;
    no_autofill(&sams).await;
    let _desk = sams.plug_in(Authenticator::key()).await;
    enter(&at, &sams, &at.at("/admin")).await;
    find(&sams, "amy", "amy.ward").await;
    check_caller(&sams).await;
    issue_pass_to(&sams, "Amy Ward").await;

    sams.press("Audit").await;
    sams.until_headed("Audit").await;
    look(&sams, "console-audit").await;
    sams.fill("About whom", "amy").await;
    sams.fill("Done by", "sam desk").await;
    sams.press("Search").await;
    sams.until_shown("Pass issued").await;
    sams.until_shown("local administrator").await;
    assert!(!sams.shows("Key ‘Blue key’ set up").await, "she did that herself");
    click(&sams, ".trail summary").await;
    sams.until_shown("Called back on the number on record").await;
    sams.until_shown("Counts until").await;
    look(&sams, "console-audit-details").await;
    let taken = "return (async () => {\
                 const answer = await fetch(document.querySelector('[download]').href);\
                 return (await answer.text()).split('\\n').filter(Boolean)\
                 .map((line) => JSON.parse(line).kind).join(); })()";
    let kinds = sams.run(taken, vec![]).await;
    assert!(kinds.as_str().is_some_and(|kinds| kinds.contains("pass_issued")), "{kinds}");
    sams.press("Cymraeg").await;
    sams.until_headed("Archwilio").await;
    sams.until_shown("Rhoddwyd pàs").await;

    // Nobody outside is found, and nothing that happened to them.
    let dan = at.person("dan.quay").await.person.id;
    sams.open(at.at(&format!("/admin/audit?ui_locales=en&person={dan}"))).await;
    sams.until_shown("Nothing like that happened").await;
    assert!(!sams.shows("Dan Quay").await);
    sams.open(at.at("/admin/audit?person=dan.quay")).await;
    sams.until_shown("Nobody like that among the people you look after").await;
    look(&sams, "console-audit-nobody").await;
}
