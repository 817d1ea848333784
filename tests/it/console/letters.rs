//! The queue of letters, as whoever looks after the platform sees to it: a mail server refuses first
//! and takes later.

use std::sync::Arc;

use latchkey::actions::links;
use latchkey::audit::Origin;
use latchkey::mail::{self, Letter, deliver, spawn};
use latchkey_core::Clock as _;
use latchkey_core::audit::Handling;
use latchkey_core::roles::Actor;
use latchkey_store::{Error, Tx};

use super::{enter, platform::promote};
use crate::browser::{look, no_autofill};
use crate::mail::{send_all, settings};
use crate::support::browser::{Authenticator, Browser};
use crate::support::installation::Installation;
use crate::support::smtp::{Manner, Sink};

const NEWCOMER: &str = "
[[person]]
username = \"nia.new\"
organisation = \"northgate\"
name = \"Nia New\"
email = \"nia@northgate.example\"
";

#[tokio::test]
async fn letters_that_a_mail_server_refused_are_tried_again_and_one_is_given_up() {
    let sink = Sink::start().await;
    let mail = settings(&sink.url());
    let at = Installation::start_with(|config| config.mail = Some(mail)).await;
    at.apply(NEWCOMER).await;
    let sams = Browser::start().await;
    no_autofill(&sams).await;
    let _desk = sams.plug_in(Authenticator::key()).await;
    enter(&at, &sams, &at.at("/admin")).await;
    promote(&at, "sam.desk").await;
    send_all(&at.app).await;

    // Told to Amy, and sent to Nia, while the server refuses.
    let origin = Origin { actor: Actor::Cli, address: None, at: at.clock.now() };
    let amy = at.person("amy.ward").await.person.id;
    let letters = mail::write(&at.app, &origin, amy, None, Letter::PasswordChanged).await;
    let letters = letters.expect("written");
    let write = async move |tx: &Tx| letters.queue(tx).await;
    at.app.store.write::<(), Error, _>(write).await.expect("kept");
    sink.behave(Manner::Answers(452));
    deliver(&at.app).await.expect("it delivers");
    let nia = at.person("nia.new").await;
    links::invite(&at.app, &origin, &nia, &Handling::default()).await.expect("up").expect("new");
    sink.behave(Manner::Answers(451));
    deliver(&at.app).await.expect("it delivers");

    sams.open(at.at("/admin/health")).await;
    sams.until_shown("2 letters could not be sent yet").await;
    sams.until_shown("The reader’s mailbox is full").await;
    sams.until_shown("The mail server asks to try again later").await;
    look(&sams, "console-health-letters").await;
    let give_up = "return [...document.querySelectorAll('tr')]\
                   .find((row) => row.textContent.includes('n…@')).querySelector('td a').click()";
    sams.run(give_up, vec![]).await;
    sams.until_headed("Give a letter up").await;
    sams.until_shown("To let them begin, invite them again").await;
    look(&sams, "console-letter-give-up").await;
    sams.press("Cymraeg").await;
    sams.until_headed("Rhoi’r gorau i lythyr").await;
    sams.press("English").await;
    sams.fill("In your words", "She starts elsewhere").await;
    sams.press("Give the letter up").await;
    sams.until_shown("The letter is given up. Nobody gets it.").await;
    sams.until_shown("1 letter could not be sent yet").await;

    // The server takes letters again, and nobody waits for the next try.
    let before = sink.taken().len();
    sink.behave(Manner::Takes);
    let worker = spawn(Arc::clone(&at.app)).expect("letters are sent");
    sams.press("Try all again now").await;
    sams.until_shown("1 letter is tried again now").await;
    sink.wait_for(before + 1).await;
    worker.finish().await;
    sams.open(at.at("/admin/health")).await;
    sams.until_shown("Letters are sent, and none waits").await;
    assert!(!sams.offers("Try all again now").await);
    let taken = sink.taken();
    assert_eq!(taken.len(), before + 1, "once, and the one that was given up never");
    assert_eq!(taken[before].to, "amy@northgate.example");
}
