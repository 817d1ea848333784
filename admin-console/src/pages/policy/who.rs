//! The people who could not log in tomorrow, by name and as a table of all.

use axum::response::{IntoResponse as _, Redirect, Response};
use latchkey_api::policy::{Has, Trial, TrialQuery};
use latchkey_web::{Help, Page, Text};
use serde::Serialize;

use super::settings::{grouped, label};
use super::subject::{Current, Put, Subject};
use super::trial::{HAS, has_slug};
use super::{place, put, read, samples};
use crate::pages::call::address;
use crate::pages::shell::Shell;
use crate::visitor::{Admin, Asked, Stop};

/// The page.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Who {
    shell: Shell,
    /// Whose settings it is about.
    of: String,
    figure: String,
    locked_out: u64,
    causes: Vec<Cause>,
    /// How many there are of what is shown, and whether these are all.
    shown: u64,
    all: bool,
    people: Vec<Row>,
    table: String,
    back: String,
}

#[derive(Clone, Debug, Serialize)]
struct Cause {
    slug: &'static str,
    figure: String,
    url: String,
    current: bool,
}

#[derive(Clone, Debug, Serialize)]
struct Row {
    url: String,
    name: String,
    username: String,
    staff_number: Option<String>,
    organisation: String,
    has: &'static str,
    because: Option<Text>,
    setting: String,
}

impl Who {
    pub(super) fn new(
        shell: Shell,
        subject: &Subject,
        current: &Current,
        trial: &Trial,
        has: Option<Has>,
    ) -> Self {
        let of = has.and_then(|has| trial.causes.iter().find(|cause| cause.has == has));
        let shown = has.map_or(trial.locked_out, |_| of.map_or(0, |cause| cause.people));
        let row = |found: &latchkey_api::policy::LockedOut| Row {
            url: address(found.person.id),
            name: found.person.name.clone(),
            username: found.person.username.clone(),
            staff_number: found.person.staff_number.clone(),
            organisation: found.person.organisation.name.clone(),
            has: has_slug(found.has),
            because: label(&found.because),
            setting: found.because.clone(),
        };
        Self {
            shell,
            of: current.name.clone(),
            figure: grouped(trial.locked_out),
            locked_out: trial.locked_out,
            causes: trial
                .causes
                .iter()
                .map(|cause| Cause {
                    slug: has_slug(cause.has),
                    figure: grouped(cause.people),
                    url: subject.address("/who", &[("has", has_slug(cause.has))]),
                    current: has == Some(cause.has),
                })
                .collect(),
            shown,
            all: usize::try_from(shown).is_ok_and(|shown| shown <= trial.people.len()),
            people: trial.people.iter().map(row).collect(),
            table: subject.address("/who.csv", &[]),
            back: subject.address("", &[("wait", "yes")]),
        }
    }
}

impl Page for Who {
    const TEMPLATE: &'static str = "console/policy-who.html";

    fn sample() -> Self {
        samples::who()
    }

    fn help(&self) -> Vec<Help> {
        vec![]
    }
}

/// What the changes of a request come to; `None` where there are none.
async fn changed(asked: &Asked, admin: &Admin) -> Result<(Subject, Current, Option<Put>), Stop> {
    let (subject, current) = read(asked, admin).await?;
    let drafts = asked.drafts(admin);
    let draft = drafts.find(&subject).filter(|draft| !draft.changes.is_empty());
    let put = draft.map(|draft| put(&subject, &current, draft));
    Ok((subject, current, put))
}

/// `GET /admin/policy/who`
pub(crate) async fn show(asked: Asked) -> Response {
    let work = async {
        let admin = asked.admin().await?.with_places().await?;
        let (subject, current, put) = changed(&asked, &admin).await?;
        let Some(put) = put else {
            return Ok(Redirect::to(&subject.address("", &[])).into_response());
        };
        let query = asked.query();
        let asked_for = query.one("has").ok().flatten();
        let has = HAS.iter().find(|(_, slug)| Some(*slug) == asked_for).map(|(has, _)| *has);
        let trial = subject.try_out(&admin.api, &put, &TrialQuery { has }).await?;
        let shell = admin.shell(place(&subject));
        Ok(asked.page(&Who::new(shell, &subject, &current, &trial, has)))
    };
    asked.shown(work).await
}

/// `GET /admin/policy/who.csv`
pub(crate) async fn table(asked: Asked) -> Response {
    let work = async {
        let admin = asked.admin().await?.with_places().await?;
        let (subject, _, put) = changed(&asked, &admin).await?;
        match put {
            Some(put) => Ok(admin.api.trial_table(&subject.path(), &put).await?),
            None => Ok(Redirect::to(&subject.address("", &[])).into_response()),
        }
    };
    asked.shown(work).await
}
