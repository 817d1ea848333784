//! Documents that give people another address: who is told of it, and when nobody is.

use latchkey::documents::{Documents, Mode, Outcome};
use latchkey::source::Source;

use super::EASTMOOR;
use crate::factors::apply;
use crate::mail::{send_all, sink_and_site};
use crate::support::http::Site;
use crate::support::smtp::Sink;

const OLD: &str = "email = \"old@eastmoor.example\"\n";
const NEW: &str = "email = \"new@eastmoor.example\"\n";
const NONE: &str = "";
const PASSWORD: &str = "password = \"nine grey herons by the weir\"\n";

/// Ivy, with these lines.
fn ivy(lines: &[&str]) -> String {
    let head = "[[person]]\nusername = \"ivy.lane\"\norganisation = \"eastmoor\"\n\
                name = \"Ivy Lane\"\n";
    format!("{head}{}", lines.concat())
}

async fn eastmoor() -> (Sink, Site) {
    let (sink, site) = sink_and_site().await;
    apply(&site, EASTMOOR).await;
    (sink, site)
}

async fn tried(site: &Site, document: &str) -> Outcome {
    let read = Documents::read(&[Source::from_text("more.toml", document)]);
    let read = read.unwrap_or_else(|problems| panic!("{problems}"));
    read.apply_to(&site.app, Mode::DryRun).await.expect("told")
}

/// Which addresses have been told what since so many letters were sent.
async fn told(sink: &Sink, site: &Site, before: usize) -> Vec<[String; 2]> {
    send_all(&site.app).await;
    let letters = sink.letters().into_iter().skip(before);
    let mut told: Vec<_> = letters.map(|letter| [letter.to, letter.subject]).collect();
    told.sort();
    told
}

const AT_NEW: [&str; 2] =
    ["Ivy Lane <new@eastmoor.example>", "E-mails about your account come here now"];
const AT_OLD: [&str; 2] = ["Ivy Lane <old@eastmoor.example>", "Your e-mail address was changed"];

#[tokio::test]
async fn whoever_has_started_is_told_at_both_addresses_once_a_document_has_changed_theirs() {
    let (sink, site) = eastmoor().await;
    apply(&site, &ivy(&[OLD, PASSWORD])).await;
    assert!(told(&sink, &site, 0).await.is_empty(), "a new account is no change of one");

    assert_eq!(tried(&site, &ivy(&[NEW])).await.changes.len(), 1);
    assert!(told(&sink, &site, 0).await.is_empty(), "a dry run tells nobody");

    apply(&site, &ivy(&[NEW])).await;
    assert_eq!(told(&sink, &site, 0).await, [AT_NEW, AT_OLD]);
    let letter = sink.letters().into_iter().find(|letter| letter.to == AT_OLD[0]);
    assert!(letter.expect("one").plain.contains("This wasn’t me"), "it can be denied there");

    apply(&site, &ivy(&[NEW])).await;
    assert!(told(&sink, &site, 2).await.is_empty(), "what is there already is told once");

    apply(&site, &ivy(&[NONE])).await;
    let gone = [AT_NEW[0], AT_OLD[1]];
    assert_eq!(told(&sink, &site, 2).await, [gone], "there is no other to tell");
    apply(&site, &ivy(&[NEW])).await;
    assert_eq!(told(&sink, &site, 3).await, [AT_NEW]);
}

#[tokio::test]
async fn a_stranger_at_the_address_of_somebody_who_never_started_is_told_nothing() {
    let (sink, site) = eastmoor().await;
    apply(&site, &ivy(&[OLD])).await;
    // Not even when the same document lets them start.
    apply(&site, &ivy(&[NEW, PASSWORD])).await;
    assert!(told(&sink, &site, 0).await.is_empty());
}
