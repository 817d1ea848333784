//! Tables of people: what is taken, what is told, what is never touched.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io::Cursor;
use std::time::Duration;

use latchkey::audit::Origin;
use latchkey::documents::Mode;
use latchkey::documents::import::{ImportError, Wish, import};
use latchkey_core::ids::{PersonId, SessionId};
use latchkey_core::roles::{Actor, Role, Scope};
use tokio::sync::mpsc;

use super::{DRY, EASTMOOR, INVITE, KEEP, import_as, imported, organisation, refusal};
use crate::factors::{apply, happened, record};
use crate::mail::{operator, send_all, sink_and_site};
use crate::support::http::Site;
use crate::support::smtp::Sink;

/// As a spreadsheet writes it where the decimal sign is a comma.
const TABLE: &str = "\u{feff}User name;Name;E-Mail;Staff number;Phone;Language;Groups\r\n\
    Ivy.Lane;\"Lane; Ivy \"\"Vee\"\"\";ivy@eastmoor.example;0017;01632 960 017;CY;ward theatre\r\n\
    ;;;;;;\r\n\
    joe.reed;Joe Reed;joe@eastmoor.example;0018;;;\r\n\
    kay.moss;Kay Moss;;;;;\r\n\r\n";

async fn eastmoor() -> (Sink, Site) {
    let (sink, site) = sink_and_site().await;
    apply(&site, EASTMOOR).await;
    (sink, site)
}

async fn groups(site: &Site, username: &str) -> BTreeSet<String> {
    let id = record(site, username).await.person.id;
    let groups = site.app.store.view().list_groups_of(id).await.expect("the database answers");
    groups.into_iter().map(|group| group.slug).collect()
}

async fn exists(site: &Site, username: &str) -> bool {
    let name = latchkey_core::people::Username::parse(username).expect("a user name");
    let found = site.app.store.view().find_person_by_username(&name).await;
    found.expect("the database answers").is_some()
}

/// The link in the last letter.
fn link(sink: &Sink) -> String {
    let letter = sink.letters().pop().expect("a letter").plain;
    let start = letter.find("/link/").expect("a link");
    letter[start..].split_whitespace().next().expect("a link").to_owned()
}

#[tokio::test]
async fn a_table_makes_people_and_the_second_time_changes_nothing_and_sends_nothing() {
    let (sink, site) = eastmoor().await;
    let (told, before) = imported(&site, DRY, TABLE).await;
    assert!(!exists(&site, "ivy.lane").await, "a dry run keeps nothing");
    let (outcome, changes) = imported(&site, INVITE, TABLE).await;
    assert_eq!(changes, before, "what a dry run tells happens");
    assert_eq!((told.added, told.invited), (outcome.added, outcome.invited));
    assert_eq!((outcome.rows, outcome.added, outcome.changed), (3, 3, 0));
    assert_eq!((outcome.invited, outcome.without_address), (2, 1));

    let ivy = record(&site, "ivy.lane").await;
    assert_eq!(ivy.person.name, "Lane; Ivy \"Vee\"");
    assert_eq!(ivy.person.staff_number.as_deref(), Some("0017"));
    assert_eq!(ivy.person.claims["phone_number"], "01632 960 017");
    assert_eq!(ivy.locale.as_deref(), Some("cy"));
    assert!(ivy.person.standing.grouped);
    assert_eq!(groups(&site, "ivy.lane").await, ["theatre", "ward"].map(str::to_owned).into());
    assert!(groups(&site, "joe.reed").await.is_empty());
    assert_eq!(happened(&site, "PersonImported").await, 3);

    send_all(&site.app).await;
    let to: BTreeSet<String> = sink.taken().into_iter().map(|taken| taken.to).collect();
    assert_eq!(to, ["ivy@eastmoor.example", "joe@eastmoor.example"].map(str::to_owned).into());
    let welsh = sink.letters().into_iter().filter(|letter| letter.plain.contains("mewngofnodi"));
    assert_eq!(welsh.count(), 1, "Ivy reads Welsh");

    for how in [INVITE, KEEP, DRY] {
        let (again, changes) = imported(&site, how, TABLE).await;
        assert!(!again.is_something() && changes.is_empty(), "{again}");
    }
    send_all(&site.app).await;
    assert_eq!(sink.taken().len(), 2);
    assert_eq!(happened(&site, "PersonImported").await, 3);
}

#[tokio::test]
async fn an_empty_cell_leaves_things_as_they_are_and_a_dash_takes_them_away() {
    let (_sink, site) = eastmoor().await;
    imported(&site, KEEP, TABLE).await;
    let (outcome, changes) = imported(
        &site,
        KEEP,
        "username,given_name,family_name,email,staff_number,phone,groups\n\
         ivy.lane,Ivy,Lane,,-,-,ward\n\
         joe.reed,Joe,Reed,-,,,\n",
    )
    .await;
    assert_eq!((outcome.added, outcome.changed), (0, 2));
    let ivy = record(&site, "ivy.lane").await.person;
    assert_eq!(ivy.name, "Ivy Lane", "of its two parts");
    assert_eq!(ivy.claims["family_name"], "Lane");
    assert_eq!(ivy.email.as_deref(), Some("ivy@eastmoor.example"));
    assert_eq!((ivy.staff_number, ivy.claims.get("phone_number")), (None, None));
    assert_eq!(groups(&site, "ivy.lane").await, ["ward".to_owned()].into());
    let joe = record(&site, "joe.reed").await.person;
    assert_eq!((joe.email, joe.staff_number.as_deref()), (None, Some("0018")));
    let told = changes[0].to_string();
    assert!(told.contains("groups: theatre ward → ward"), "{told}");
}

#[tokio::test]
async fn a_language_that_somebody_chose_is_not_chosen_for_them() {
    let (_sink, site) = eastmoor().await;
    imported(&site, KEEP, TABLE).await;
    let table = "username,name,language\nivy.lane,,en\nkay.moss,,cy\n";
    let (outcome, _) = imported(&site, KEEP, table).await;
    assert_eq!(outcome.changed, 1);
    assert_eq!(record(&site, "ivy.lane").await.locale.as_deref(), Some("cy"));
    assert_eq!(record(&site, "kay.moss").await.locale.as_deref(), Some("cy"));
}

#[tokio::test]
async fn everything_that_is_wrong_is_told_with_its_line_and_nothing_is_kept() {
    let (sink, site) = eastmoor().await;
    let table = "username,name,email,language,groups,staff_number\n\
        ivy.lane,Ivy Lane,ivy@eastmoor.example,,,17\n\
        ivy lane,Ivy,,,,\n\
        joe.reed,Joe,joe at home,kw,theater,\n\
        kay.moss,Kay\n\
        lou.fell,\"Lou,,,,\n\
        mia.dale,,,,,\n\
        IVY.LANE,Ivy again,,,,\n\
        nia.wood,Nia Wood,,,,17\n";
    let told = refusal(&site, table.as_bytes()).await;
    assert_eq!(
        told,
        [
            "line 3: \"username\": a user name has neither spaces nor control characters",
            "line 4: \"email\" is an e-mail address, not \"joe at home\"",
            "line 4: \"language\" is en or cy, not \"kw\"",
            "line 4: there is no group \"theater\"; the nearest is \"theatre\" in eastmoor",
            "line 5: 2 cells, where the first line has 6",
            "line 6: a quotation mark is not closed in this line",
            "line 7: \"mia.dale\" is new, and their name is missing",
            "line 8: \"ivy.lane\" is in line 2 already",
            "line 9: the staff number 17 is in line 2 already",
        ]
    );
    assert!(!exists(&site, "ivy.lane").await);
    send_all(&site.app).await;
    assert!(sink.taken().is_empty());
}

#[tokio::test]
async fn a_table_that_cannot_be_read_is_told_in_words() {
    let (_sink, site) = eastmoor().await;
    let nearest = "line 1: there is no column \"emial\"; the nearest is \"email\"";
    let unnamed = "line 1: the column \"name\" is missing, and so are \"given_name\" and \
                   \"family_name\"";
    let utf_16: Vec<u8> =
        "\u{feff}username,name\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let mut long = b"username,name\nivy.lane,".to_vec();
    long.resize(200_000, b'a');
    let cases: [(&[u8], &[&str]); 10] = [
        (b"", &["line 1: the file is empty; its first line names the columns"]),
        (b"username,name,emial\n", &[nearest]),
        (b"name\n", &["line 1: the column \"username\" is missing"]),
        (b"username,given_name\n", &[unnamed]),
        (b"username,name,Name\n", &["line 1: the column \"name\" is there twice"]),
        (
            b"username,name,\x1b[2J\n",
            &["line 1: there is no column \"\\u{1b}[2J\"; there are \
            username, name, given_name, family_name, email, staff_number, phone, language, groups"],
        ),
        (
            b"username,n\xe4me\n",
            &["line 1: this is no UTF-8 text; save the table as \"CSV UTF-8\""],
        ),
        (
            b"username,name\nivy.lane,Zo\xeb\n",
            &["line 2: this is no UTF-8 text; save the table as \"CSV UTF-8\""],
        ),
        (&utf_16, &["line 1: this is UTF-16; save it as \"CSV UTF-8\""]),
        (&long, &["line 2: longer than 64 KiB; what follows was not read"]),
    ];
    for (table, expected) in cases {
        assert_eq!(refusal(&site, table).await, expected);
    }
}

#[tokio::test]
async fn of_very_many_mistakes_a_thousand_are_told_and_the_rest_counted() {
    let (_sink, site) = eastmoor().await;
    let table = format!("username,name\n{}", "a b,c\n".repeat(5000));
    let told = refusal(&site, table.as_bytes()).await;
    assert_eq!(told.len(), 1001);
    assert_eq!(told[1000], "and 4000 more");
}

#[tokio::test]
async fn a_table_touches_nobody_of_another_organisation_and_no_group_of_theirs() {
    let (_sink, site) = eastmoor().await;
    let before = record(&site, "amy.ward").await.person;
    let told = refusal(
        &site,
        b"username,name,email,groups\n\
          amy.ward,Mallory,mallory@eastmoor.example,\n\
          ivy.lane,Ivy Lane,,kitchen\n",
    )
    .await;
    assert_eq!(
        told,
        [
            "line 2: the user name \"amy.ward\" is taken by somebody who does not belong to eastmoor",
            "line 3: there is no group \"kitchen\" in eastmoor",
        ]
    );
    let after = record(&site, "amy.ward").await.person;
    assert_eq!((after.name, after.email), (before.name, before.email));
}

#[tokio::test]
async fn a_table_changes_nobody_who_has_a_role_and_invites_none_of_them() {
    let (sink, site) = eastmoor().await;
    imported(&site, KEEP, TABLE).await;
    apply(
        &site,
        "[[role]]\nperson = \"ivy.lane\"\nrole = \"helpdesk\"\norganisation = \"westmoor\"\n",
    )
    .await;
    let told = refusal(
        &site,
        b"username,name,email,groups\n\
          joe.reed,Joseph Reed,,\n\
          ivy.lane,Lane; Ivy,mallory@eastmoor.example,\n",
    )
    .await;
    let refused = "line 3: \"ivy.lane\" has a role; who has one is not changed by a table: \
                   `latchkey apply` does it";
    assert_eq!(told, [refused]);
    assert_eq!(record(&site, "joe.reed").await.person.name, "Joe Reed");
    // A row that says what is so is no change.
    let (outcome, _) = imported(&site, INVITE, TABLE).await;
    assert_eq!((outcome.changed, outcome.invited), (0, 1));
    send_all(&site.app).await;
    assert_eq!(sink.taken().len(), 1);
    assert_eq!(sink.taken()[0].to, "joe@eastmoor.example");
}

#[tokio::test]
async fn only_a_local_administrator_of_the_organisation_imports_its_people() {
    let (_sink, site) = eastmoor().await;
    let eastmoor = organisation(&site, "eastmoor").await;
    let westmoor = organisation(&site, "westmoor").await;
    let (person, session) = (PersonId(uuid::Uuid::nil()), SessionId(uuid::Uuid::nil()));
    let administrator = |role, organisation| Actor::Administrator {
        person,
        session,
        role,
        scope: Scope::Organisations([organisation].into()),
    };
    let by = |actor| Origin { actor, ..operator(&site) };
    for actor in [
        administrator(Role::LocalAdministrator, westmoor),
        administrator(Role::Helpdesk, eastmoor),
        administrator(Role::Auditor, eastmoor),
        Actor::Person { person, session: None },
        Actor::System,
    ] {
        let refused = import_as(&site, &by(actor.clone()), KEEP, TABLE.as_bytes()).await;
        assert!(matches!(refused, Err(ImportError::Forbidden)), "{actor:?}");
    }
    assert!(!exists(&site, "ivy.lane").await);
    let own = by(administrator(Role::LocalAdministrator, eastmoor));
    let done = import_as(&site, &own, KEEP, TABLE.as_bytes()).await;
    assert_eq!(done.expect("theirs").0.added, 3);
}

#[tokio::test]
async fn an_address_that_was_corrected_voids_the_invitation_that_went_astray() {
    let (sink, site) = eastmoor().await;
    imported(&site, INVITE, "username,name,email\nivy.lane,Ivy Lane,stranger@elsewhere.example\n")
        .await;
    send_all(&site.app).await;
    let astray = link(&sink);
    assert_eq!(site.person().open(&astray).await.heading(), "Welcome, Ivy Lane");
    let table = "username,name,email\nivy.lane,Ivy Lane,ivy@eastmoor.example\n";
    let (outcome, _) = imported(&site, INVITE, table).await;
    assert_eq!((outcome.changed, outcome.invited), (1, 1));
    send_all(&site.app).await;
    assert_eq!(site.person().open(&astray).await.status, 410);
    assert_eq!(sink.taken().len(), 2, "a stranger is told nothing more");
    assert_eq!(sink.taken()[1].to, "ivy@eastmoor.example");
    assert_eq!(site.person().open(&link(&sink)).await.heading(), "Welcome, Ivy Lane");
}

#[tokio::test]
async fn a_document_that_corrects_an_address_voids_that_invitation_too() {
    let (sink, site) = eastmoor().await;
    imported(&site, INVITE, "username,name,email\nivy.lane,Ivy Lane,stranger@elsewhere.example\n")
        .await;
    send_all(&site.app).await;
    let astray = link(&sink);
    let document = |email: &str| {
        format!(
            "[[person]]\nusername = \"ivy.lane\"\norganisation = \"eastmoor\"\n\
             name = \"Ivy Lane\"\nemail = \"{email}\"\n"
        )
    };
    apply(&site, &document("stranger@elsewhere.example")).await;
    assert_eq!(site.person().open(&astray).await.heading(), "Welcome, Ivy Lane");
    apply(&site, &document("ivy@eastmoor.example")).await;
    assert_eq!(site.person().open(&astray).await.status, 410);
}

#[tokio::test]
async fn whoever_has_a_password_is_told_at_both_addresses_and_not_invited() {
    let (sink, site) = eastmoor().await;
    apply(
        &site,
        "[[person]]\nusername = \"ivy.lane\"\norganisation = \"eastmoor\"\nname = \"Ivy Lane\"\n\
         email = \"old@eastmoor.example\"\npassword = \"nine grey herons by the weir\"\n",
    )
    .await;
    let table = "username,name,email\nivy.lane,Ivy Lane,new@eastmoor.example\n";
    let (outcome, _) = imported(&site, INVITE, table).await;
    assert_eq!((outcome.changed, outcome.invited), (1, 0));
    send_all(&site.app).await;
    let to: BTreeSet<String> = sink.taken().into_iter().map(|taken| taken.to).collect();
    assert_eq!(to, ["new@eastmoor.example", "old@eastmoor.example"].map(str::to_owned).into());
}

#[tokio::test]
async fn an_invitation_that_ran_out_is_sent_anew_and_one_that_was_accepted_is_not() {
    let (sink, site) = eastmoor().await;
    let table = "username,name,email\nivy.lane,Ivy Lane,ivy@eastmoor.example\n";
    imported(&site, INVITE, table).await;
    send_all(&site.app).await;
    site.clock.advance(Duration::from_secs(73 * 3600));
    assert_eq!(imported(&site, INVITE, table).await.0.invited, 1);
    send_all(&site.app).await;
    let mut ivy = site.person();
    let path = link(&sink);
    let form = ivy.open(&path).await.form(&path);
    ivy.submit(&form.with("new_password", "nine grey herons by the weir")).await;
    site.clock.advance(Duration::from_secs(73 * 3600));
    assert_eq!(imported(&site, INVITE, table).await.0.invited, 0);
}

#[tokio::test]
async fn where_no_letters_are_sent_nobody_can_be_invited() {
    let site = Site::start().await;
    apply(&site, EASTMOOR).await;
    let refused = import_as(&site, &operator(&site), INVITE, TABLE.as_bytes()).await;
    assert!(matches!(refused, Err(ImportError::NoMail)));
    assert!(!exists(&site, "ivy.lane").await, "nothing of it was done");
}

/// A request starts an import and goes on without it.
fn can_be_spawned<T: Send>(future: T) -> T {
    future
}

fn many(count: usize) -> String {
    let mut table = "username,name,email\n".to_owned();
    for number in 0..count {
        writeln!(table, "p{number},Person {number},p{number}@eastmoor.example").expect("written");
    }
    table
}

#[tokio::test]
async fn an_import_that_was_cut_off_is_gone_on_with_by_the_same_table() {
    let (sink, site) = eastmoor().await;
    let table = many(450);
    let (sender, mut pieces) = mpsc::unbounded_channel();
    let origin = operator(&site);
    let wish = Wish {
        organisation: organisation(&site, "eastmoor").await,
        mode: Mode::Keep,
        invite: true,
    };
    let mut note = |progress: latchkey::documents::import::Progress<'_>| {
        sender.send((progress.done, progress.of)).expect("somebody listens");
    };
    let first = import(&site.app, &origin, wish, Cursor::new(&table), &mut note);
    let mut first = Box::pin(can_be_spawned(first));
    let (done, of) = tokio::select! {
        ended = &mut first => panic!("{ended:?}"),
        piece = pieces.recv() => piece.expect("a piece"),
    };
    assert!(done < of && of == 450);
    let busy = import_as(&site, &operator(&site), INVITE, table.as_bytes()).await;
    assert!(matches!(busy, Err(ImportError::Busy)), "two at once would invite twice");
    drop(first);

    site.clock.advance(Duration::from_secs(61));
    let (outcome, _) = imported(&site, INVITE, &table).await;
    assert!(outcome.added > 0 && outcome.added <= 450 - done, "{outcome}");
    assert!(!imported(&site, INVITE, &table).await.0.is_something());
    send_all(&site.app).await;
    let taken = sink.taken();
    let to: BTreeSet<&str> = taken.iter().map(|taken| taken.to.as_str()).collect();
    assert_eq!((to.len(), taken.len()), (450, 450), "everybody has one letter");
}
