//! What somebody is told of that others did to their account.

use std::collections::BTreeSet;
use std::time::Duration;

use latchkey::actions::{codes, links, restored};
use latchkey::audit::Origin;
use latchkey_core::audit::What;
use latchkey_core::ids::{CredentialId, SessionId};
use latchkey_core::roles::{Actor, Role, Scope};

use super::{amy, enrolled, events, operator, record, send_all, sink_and_site};
use crate::support::http::{DAN, ROTA, Request};
use crate::support::smtp::{Letter, Sink};

const LINK_MADE: &str = "A link was made to set up a security key for you";

/// The one letter with this subject.
fn letter(sink: &Sink, subject: &str) -> Letter {
    let mut letters = sink.letters();
    letters.retain(|letter| letter.subject == subject);
    assert_eq!(letters.len(), 1, "{subject}");
    letters.remove(0)
}

#[tokio::test]
async fn a_supervised_link_is_told_without_the_link_which_proves_no_address() {
    let (sink, site) = sink_and_site().await;
    let before = record(&site, "amy.ward").await;
    let verified = before.person.verified_email.clone();
    let issued =
        links::supervise(&site.app, &operator(&site), &before.person, &Default::default()).await;
    let issued = issued.expect("made");
    assert!(!issued.sent, "the link itself is handed over");
    assert_eq!(send_all(&site.app).await.sent, 1);
    let letter = letter(&sink, LINK_MADE);
    assert_eq!(letter.to, "Amy Ward <amy@northgate.example>");
    assert!(letter.plain.contains("If nobody is with you"), "{}", letter.plain);
    assert!(letter.plain.contains("By: whoever runs this log-in service"), "{}", letter.plain);
    let secret = issued.url.expose().rsplit('/').next().expect("a secret");
    for part in [&letter.subject, &letter.plain, &letter.html] {
        assert!(!part.contains(secret) && !part.contains("/link/"), "{part}");
    }

    // Whoever follows it was in the room, and may not read these letters at all.
    let path = format!("/link/{secret}");
    let mut visitor = site.person();
    let page = visitor.open(&path).await;
    assert!(page.body.contains("Whoever runs this log-in service made this link."));
    let page = visitor.submit(&page.form(&path)).await;
    assert_eq!(page.heading(), "Set up your security key");
    assert_eq!(record(&site, "amy.ward").await.person.verified_email, verified);
}

#[tokio::test]
async fn a_supervised_link_that_somebody_did_not_ask_for_is_denied_to_the_helpdesk() {
    let (sink, site) = sink_and_site().await;
    let mut thief = amy(&site).await;
    let person = record(&site, "amy.ward").await.person;
    let by_helpdesk = Origin {
        actor: Actor::Administrator {
            person: record(&site, "dan.quay").await.person.id,
            session: SessionId(uuid::Uuid::nil()),
            role: Role::Helpdesk,
            scope: Scope::Organisations(BTreeSet::from([person.organisation])),
        },
        ..operator(&site)
    };
    let made = links::supervise(&site.app, &by_helpdesk, &person, &Default::default())
        .await
        .expect("made");
    let hour = Duration::from_secs(3600);
    codes::issue_pass(&site.app, &by_helpdesk, &person, hour).await.expect("issued");
    send_all(&site.app).await;
    let told = letter(&sink, LINK_MADE);
    assert!(told.plain.contains("By: your helpdesk"), "{}", told.plain);
    let link = told.not_me();
    let mut reader = site.person();
    // Whoever passes for the helpdesk beside them has another name.
    let secret = made.url.expose().rsplit('/').next().expect("a secret");
    let path = format!("/link/{secret}");
    let page = reader.open(&path).await;
    assert!(page.body.contains("Dan Quay made this link."), "{}", page.body);
    assert!(page.body.contains("If somebody else is with you, stop here"), "{}", page.body);
    let page = reader.open(&link).await;
    assert!(page.body.contains("A link was made"), "{}", page.body);
    assert_eq!(reader.post(&page.form(&link)).await.status, 200);
    assert_ne!(thief.get("/account").await.status, 200, "every session is over");
    assert!(!site.person().open(&path).await.has_form(&path), "the link is void");
    let left = site.app.store.view().list_codes(person.id).await.expect("read");
    assert!(left.pass.is_none(), "and so is the pass");
    let denied = |what: &What| matches!(what, What::NotMe { suspended: false, .. });
    assert!(events(&site).await.iter().any(denied));
    send_all(&site.app).await;
    let report = letter(&sink, "Amy Ward says: this wasn’t me");
    assert!(report.plain.contains("A link was made"), "{}", report.plain);
}

#[tokio::test]
async fn keys_that_are_removed_again_after_a_restore_are_told_by_name_to_their_owner_alone() {
    let (sink, site) = sink_and_site().await;
    let _amy = amy(&site).await;
    let _dan = enrolled(&site, &Request::new(ROTA), DAN).await;
    send_all(&site.app).await;
    let person = record(&site, "amy.ward").await.person.id;
    let key = site.app.store.view().list_credentials(person).await.expect("read").remove(0);
    // A key that the backup does not have either is removed from nobody.
    let gone = CredentialId(uuid::Uuid::nil());
    let back = restored::back(&site.app.store, &[gone, key.id]).await.expect("read");
    restored::remove(&site.app, &back, &operator(&site)).await.expect("removed");
    assert!(site.app.store.view().list_credentials(person).await.expect("read").is_empty());
    assert_eq!(send_all(&site.app).await.sent, 1);
    let told = letter(&sink, "A security key was removed");
    assert_eq!(told.to, "Amy Ward <amy@northgate.example>");
    let name = format!("“{}” was removed", key.nickname.as_str());
    assert!(told.plain.contains(&name), "{}", told.plain);
    assert!(told.plain.contains("By: whoever runs this log-in service"), "{}", told.plain);
}
