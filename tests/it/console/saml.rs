//! Applications that speak SAML, in the console.

use std::time::Duration;

use super::platform::promote;
use super::{click, enter};
use crate::admin::providers::metadata;
use crate::browser::{look, no_autofill};
use crate::support::browser::{Authenticator, Browser};
use crate::support::installation::Installation;

#[tokio::test]
async fn an_application_that_speaks_saml_is_added_tested_changed_and_removed() {
    let at = Installation::start().await;
    let sams = Browser::start().await;
    no_autofill(&sams).await;
    let _desk = sams.plug_in(Authenticator::key()).await;
    enter(&at, &sams, &at.at("/admin")).await;
    promote(&at, "sam.desk").await;
    sams.open(at.at("/admin/applications")).await;
    sams.until_shown("Lab Results").await;
    look(&sams, "console-applications-saml").await;
    sams.press("Add an application").await;
    let kind = "//a[contains(., 'An application that speaks SAML')]";
    let link = sams.web().find(thirtyfour::By::XPath(kind)).await.expect("a kind");
    link.click().await.expect("a click");
    sams.until_headed("Add an application that speaks SAML").await;
    sams.fill("Its metadata", "<md:EntityDescriptor/>").await;
    look(&sams, "console-provider-new").await;
    sams.press("Add the application").await;
    sams.until_shown("This cannot be kept like that").await;
    look(&sams, "console-provider-wrong").await;

    // What was pasted is longer than is kept over a log-in, and stays where it is.
    let entity = "https://payroll.example/saml";
    let long = format!("{}{}", " ".repeat(2_000), "</md:EntityDescriptor>");
    let long = metadata(entity).replace("</md:EntityDescriptor>", &long);
    sams.fill("Its metadata", &long).await;
    sams.fill("Name", "Payroll <b>").await;
    at.clock.advance(Duration::from_secs(6 * 60));
    sams.press("Add the application").await;
    sams.until_shown("Your log-in is too old for this change").await;
    look(&sams, "console-provider-old-log-in").await;
    let pasted = "return document.querySelector('#metadata').value.includes('EntityDescriptor')";
    assert_eq!(sams.run(pasted, vec![]).await, true);

    // Whoever comes back to it logs in before anything is typed.
    sams.open(at.at("/admin/service-providers/new")).await;
    sams.until_headed("Log in").await;
    sams.press("Use a passkey or security key").await;
    sams.until_headed("Add an application that speaks SAML").await;
    sams.fill("Its metadata", &metadata(entity)).await;
    sams.fill("Name", "Payroll <b>").await;
    sams.press("Add the application").await;
    sams.until_shown("Saved. It counts within two seconds.").await;
    sams.until_headed("Payroll <b>").await;
    sams.until_shown(&at.at("/saml/metadata")).await;
    look(&sams, "console-provider").await;
    let page = sams.address().await;

    sams.press("Test its registration").await;
    sams.until_headed("SAML doctor").await;
    let chosen = "return document.querySelector('#provider').value";
    assert_eq!(sams.run(chosen, vec![]).await, entity);
    look(&sams, "console-doctor-asked").await;
    sams.press("Test").await;
    sams.until_shown("What it would be told of you").await;
    look(&sams, "console-doctor-tested").await;

    sams.open(page.as_str()).await;
    sams.press("Change it").await;
    sams.fill("What it is told of people", "department = claim:department\nmail (Post) = email")
        .await;
    click(&sams, "#start").await;
    look(&sams, "console-provider-edit").await;
    sams.press("See what will change").await;
    sams.until_shown("department = claim:department").await;
    look(&sams, "console-provider-preview").await;
    sams.press("Save").await;
    sams.until_shown("Saved. It counts within two seconds.").await;
    sams.until_shown("/saml/start?sp=https%3A%2F%2Fpayroll.example%2Fsaml").await;
    sams.until_shown("Post").await;
    sams.press("Remove it").await;
    sams.until_headed("Remove Payroll <b>").await;
    look(&sams, "console-provider-delete").await;
    sams.press("Remove the application").await;
    sams.until_shown("The application is gone").await;
    assert!(!sams.shows("Payroll").await);
    sams.open(page.as_str()).await;
    sams.until_headed("There is nobody like that").await;
}
