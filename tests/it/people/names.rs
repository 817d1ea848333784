//! What user names look like in an organisation: told where one is given out, and nowhere else.

use latchkey::actions::links::{self, NotInvited};
use latchkey::documents::{Documents, Mode};
use latchkey::source::Source;

use super::{INVITE, KEEP, imported, refusal};
use crate::factors::{apply, record};
use crate::mail::{operator, send_all, sink_and_site};
use crate::support::http::{Account, ROTA, Request, Site};

const PASSWORD: &str = "nine grey herons by the weir";

fn eastmoor(usernames: &str) -> String {
    format!(
        "[[organisation]]\nid = \"eastmoor\"\nname = \"Eastmoor Hospice\"\npreset = \"small\"\n\
         policy = {{ required = \"password\" }}\n{usernames}\n"
    )
}

const RULES: &str =
    r#"usernames = { pattern = '[a-z]+\.[a-z]+', example = "amy.ward", reserved = ["ward.desk"] }"#;

fn person(username: &str) -> String {
    format!(
        "[[person]]\nusername = \"{username}\"\norganisation = \"eastmoor\"\nname = \"Somebody\"\n\
         password = \"{PASSWORD}\"\n"
    )
}

/// What is told of documents that are wrong.
async fn refused(site: &Site, documents: &str) -> String {
    match Documents::read(&[Source::from_text("a.toml", documents)]) {
        Err(problems) => problems.to_string(),
        Ok(read) => read.apply_to(&site.app, Mode::Keep).await.expect_err("refused").to_string(),
    }
}

#[tokio::test]
async fn a_name_that_the_organisation_does_not_give_out_is_told_at_import_and_apply() {
    let site = Site::start().await;
    apply(&site, &eastmoor(RULES)).await;
    let told = refusal(&site, b"username,name\nIvy.Lane,Ivy\nivy7,Ivy\nWard.Desk,Desk\n").await;
    let shape = "the user name \"ivy7\" is not written as \"amy.ward\" is, which the organisation \
                 asks for";
    let reserved = "the user name \"ward.desk\" is reserved";
    assert_eq!(told, [format!("line 3: {shape}"), format!("line 4: {reserved}")]);
    let told = refused(&site, &[person("ivy7"), person("ward.desk")].concat()).await;
    assert_eq!(told, format!("a.toml:1:1: {shape}\na.toml:6:1: {reserved}"));
    assert_eq!(imported(&site, KEEP, "username,name\nIvy.Lane,Ivy\n").await.0.added, 1);
}

#[tokio::test]
async fn whoever_is_there_already_keeps_their_name_and_logs_in() {
    let site = Site::start().await;
    apply(&site, &[eastmoor(""), person("ivy7")].concat()).await;
    apply(&site, &[eastmoor(RULES), person("ivy7").replace("Somebody", "Ivy")].concat()).await;
    assert_eq!(imported(&site, KEEP, "username,name\nivy7,Ivy Lane\n").await.0.changed, 1);
    let mut ivy = site.person();
    let account = Account { username: "ivy7", password: PASSWORD };
    ivy.log_in(&Request::new(ROTA), account).await.code();
}

#[tokio::test]
async fn nobody_is_invited_under_a_name_that_is_not_given_out_any_more() {
    let (sink, site) = sink_and_site().await;
    apply(&site, &eastmoor("")).await;
    let table = "username,name,email\nivy7,Ivy Lane,ivy@eastmoor.example\n";
    imported(&site, KEEP, table).await;
    apply(&site, &eastmoor(RULES)).await;
    let ivy = record(&site, "ivy7").await;
    let asked =
        links::invite(&site.app, &operator(&site), &ivy, &Default::default()).await.expect("asked");
    assert!(matches!(asked, Err(NotInvited::Username(_))));
    let wanted = super::import_as(&site, &operator(&site), INVITE, table.as_bytes()).await;
    let told = wanted.expect_err("refused").to_string();
    assert!(told.starts_with("line 2: the user name \"ivy7\" is not written as"), "{told}");
    send_all(&site.app).await;
    assert!(sink.taken().is_empty());
}

#[tokio::test]
async fn rules_that_nobody_could_follow_are_refused_where_they_stand() {
    let site = Site::start().await;
    for (rules, told) in [
        ("usernames = { pattern = \"[\", example = \"a\" }", "\"pattern\" is a regular expression"),
        ("usernames = { pattern = \"[A-Z]+\", example = \"AMY\" }", "does not match the pattern"),
        ("usernames = { pattern = \"a\" }", "needs an \"example\""),
        ("usernames = { patern = \"a\" }", "the nearest known one is \"pattern\""),
        ("usernames = { reserved = [\"a b\"] }", "\"a b\" is no user name"),
    ] {
        let wrong = refused(&site, &eastmoor(rules)).await;
        assert!(wrong.starts_with("a.toml:6:") && wrong.contains(told), "{wrong}");
    }
}
