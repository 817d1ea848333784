//! Somebody leaves an organisation: for another one, or for good. What that comes to is shown before
//! the button that does it.

use axum::extract::Path;
use axum::response::{IntoResponse as _, Redirect, Response};
use latchkey_api::AdminScope;
use latchkey_api::help::Handling;
use latchkey_api::organisations::OrganisationRef;
use latchkey_api::people::{Erasure, Move, Moved, Person};
use latchkey_core::Timestamp;
use latchkey_web::limits::{Form as Posted, Refusal};
use latchkey_web::{Form, Help, Page, Problem, Text, Tone};
use serde::Serialize;
use uuid::Uuid;

use super::act::{LONGEST_NOTE, too_long};
use super::call::{address, person_id};
use super::card::demands;
use super::choice::{Choice, choices};
use super::places::places;
use super::samples;
use super::shell::{Place, Shell, role};
use crate::client::Failure;
use crate::cookies::Line;
use crate::visitor::{Admin, Asked, Stop, append};

/// Where somebody is moved.
pub(crate) fn move_address(id: Uuid) -> String {
    format!("{}/move", address(id))
}

/// Where somebody is erased.
pub(crate) fn erase_address(id: Uuid) -> String {
    format!("{}/erase", address(id))
}

/// Whom a page is about.
#[derive(Clone, Debug, Serialize)]
struct Who {
    name: String,
    username: String,
    organisation: String,
    url: String,
}

impl Who {
    fn of(person: &Person) -> Self {
        let summary = &person.summary;
        Self {
            name: summary.name.clone(),
            username: summary.username.clone(),
            organisation: summary.organisation.name.clone(),
            url: address(summary.id),
        }
    }
}

/// What is typed.
#[derive(Clone, Debug, Default, Serialize)]
struct Fields {
    organisation: String,
    note: String,
    case: String,
    /// Whom they mean, typed out.
    username: String,
    #[serde(skip)]
    confirmed: bool,
    #[serde(skip)]
    once: String,
}

impl Fields {
    fn read<'f>(of: impl Fn(&str) -> Option<&'f str>) -> Self {
        let text = |name| of(name).unwrap_or_default().trim().to_owned();
        Self {
            organisation: text("organisation"),
            note: text("note").replace("\r\n", "\n"),
            case: text("case"),
            username: text("username"),
            confirmed: of("step") == Some("do"),
            once: text("once"),
        }
    }

    /// What was typed here before a log-in came between; else what is known of the call.
    fn begun(asked: &Asked, admin: &Admin, person: Uuid) -> Self {
        if let Some(kept) = asked.kept(admin) {
            let of = |name: &str| kept.iter().find(|(known, _)| known == name);
            return Self::read(|name| of(name).map(|(_, value)| value.as_str()));
        }
        let calls = asked.calls(admin);
        let case = calls.find(person).and_then(|call| call.case.clone()).unwrap_or_default();
        Self { case, ..Self::default() }
    }

    fn wish(&self, dry_run: bool) -> Move {
        let some = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        let (note, case) = (some(&self.note), some(&self.case));
        let handling = Handling { note, case, ..Handling::default() };
        Move { organisation: self.organisation.clone(), handling, dry_run }
    }
}

/// Where to, and why.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Ask {
    shell: Shell,
    who: Who,
    form: Form,
    organisations: Vec<Choice>,
    fields: Fields,
    longest_note: usize,
    problem: Option<Problem>,
}

impl Page for Ask {
    const TEMPLATE: &'static str = "console/move.html";
    const FORMS_LEAD_OUT: bool = true;

    fn sample() -> Self {
        let of = samples::places();
        Self {
            shell: samples::shell(Place::People),
            who: Who::of(&samples::person()),
            form: samples::forms().form(move_address(Uuid::nil())),
            organisations: choices(&of, "tywi"),
            fields: Fields { note: "<script>alert(1)</script>".into(), ..Fields::default() },
            longest_note: LONGEST_NOTE,
            problem: Some(Problem::at("organisation", "console-move-no-organisation")),
        }
    }

    fn problem(&self) -> Option<&Problem> {
        self.problem.as_ref()
    }

    fn help(&self) -> Vec<Help> {
        vec![]
    }
}

/// What a move comes to.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Preview {
    shell: Shell,
    who: Who,
    to: String,
    form: Form,
    lines: Vec<Text>,
    demanded: Vec<Text>,
    locked_out: bool,
    back: String,
}

impl Preview {
    fn new(admin: &Admin, person: &Person, fields: &Fields, moved: &Moved, once: &str) -> Self {
        let url = move_address(person.summary.id);
        let form = admin
            .forms
            .form(&url)
            .with("step", "do")
            .with("organisation", &fields.organisation)
            .with("note", &fields.note)
            .with("case", &fields.case)
            .with("once", once);
        Self::of(admin.shell(Place::People), person, moved, form, url)
    }

    fn of(shell: Shell, person: &Person, moved: &Moved, form: Form, back: String) -> Self {
        let to = moved.organisation.name.clone();
        let mut lines = vec![
            Text::new("console-move-will")
                .with("from", person.summary.organisation.name.clone())
                .with("to", to.clone()),
        ];
        let ended = moved.roles_ended.iter().map(|ended| {
            let held = person.roles.iter().find(|grant| grant.role == *ended);
            let place = held.map(|grant| grant.organisation.name.clone()).unwrap_or_default();
            Text::new(format!("{}-ends", role(*ended))).with("organisation", place)
        });
        lines.extend(ended);
        Self {
            shell,
            who: Who::of(person),
            to,
            form,
            lines,
            demanded: demands(&moved.demanded),
            locked_out: !moved.can_log_in,
            back,
        }
    }
}

impl Page for Preview {
    const TEMPLATE: &'static str = "console/move-preview.html";
    const FORMS_LEAD_OUT: bool = true;

    fn sample() -> Self {
        use latchkey_api::people::Role;
        let moved = Moved {
            done: false,
            organisation: OrganisationRef { id: "tywi".into(), name: "Tywi <Trust>".into() },
            roles_ended: vec![Role::Helpdesk, Role::LocalAdministrator, Role::Auditor],
            demanded: samples::credentials().demanded,
            can_log_in: false,
        };
        let form = samples::forms().form(move_address(Uuid::nil()));
        let shell = samples::shell(Place::People);
        Self::of(shell, &samples::person(), &moved, form, move_address(Uuid::nil()))
    }

    fn tone(&self) -> Tone {
        if self.locked_out { Tone::Bad } else { Tone::Normal }
    }

    fn help(&self) -> Vec<Help> {
        vec![]
    }
}

/// Whether somebody is to be erased.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Erase {
    shell: Shell,
    who: Who,
    form: Form,
    fields: Fields,
    longest_note: usize,
    problem: Option<Problem>,
}

impl Page for Erase {
    const TEMPLATE: &'static str = "console/erase.html";
    const FORMS_LEAD_OUT: bool = true;

    fn sample() -> Self {
        Self {
            shell: samples::shell(Place::People),
            who: Who::of(&samples::person()),
            form: samples::forms().form(erase_address(Uuid::nil())),
            fields: Fields::default(),
            longest_note: LONGEST_NOTE,
            problem: Some(not_meant("bethan.price")),
        }
    }

    fn tone(&self) -> Tone {
        Tone::Bad
    }

    fn problem(&self) -> Option<&Problem> {
        self.problem.as_ref()
    }

    fn help(&self) -> Vec<Help> {
        vec![]
    }
}

/// Somebody was erased.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Erased {
    shell: Shell,
    name: String,
    at: Timestamp,
    people: &'static str,
}

impl Page for Erased {
    const TEMPLATE: &'static str = "console/erased.html";
    const FORMS_LEAD_OUT: bool = true;

    fn sample() -> Self {
        let (shell, name) = (samples::shell(Place::People), samples::person().summary.name);
        Self { shell, name, at: Timestamp::from_millis(0), people: super::people::ADDRESS }
    }

    fn tone(&self) -> Tone {
        Tone::Good
    }

    fn help(&self) -> Vec<Help> {
        vec![]
    }
}

fn not_meant(username: &str) -> Problem {
    Problem::at("username", Text::new("console-erase-not-meant").with("username", username))
}

async fn ask(
    asked: &Asked,
    admin: &Admin,
    id: Uuid,
    fields: Fields,
    problem: Option<Problem>,
) -> Result<Response, Stop> {
    let (person, places) = tokio::try_join!(
        async { Ok(admin.api.person(id).await?) },
        places(admin, AdminScope::PeopleWrite)
    )?;
    let elsewhere: Vec<_> =
        places.into_iter().filter(|it| *it != person.summary.organisation).collect();
    Ok(asked.page(&Ask {
        shell: admin.shell(Place::People),
        who: Who::of(&person),
        form: admin.forms.form(move_address(id)),
        organisations: choices(&elsewhere, &fields.organisation),
        fields,
        longest_note: LONGEST_NOTE,
        problem,
    }))
}

/// Shows what a move comes to.
async fn preview(asked: &Asked, admin: &Admin, id: Uuid, fields: Fields) -> Result<Response, Stop> {
    let tried = admin.api.move_person(id, &fields.wish(true), &asked.once()).await;
    match tried {
        Ok(moved) => {
            let person = admin.api.person(id).await?;
            let page = Preview::new(admin, &person, &fields, &moved, &asked.once());
            Ok(asked.page(&page))
        }
        Err(failure) => match of_form(&failure) {
            Some(problem) => ask(asked, admin, id, fields, Some(problem)).await,
            None => Err(failure.into()),
        },
    }
}

/// What the API says about where somebody is to be moved.
fn of_form(failure: &Failure) -> Option<Problem> {
    let Failure::Refused(refused) = failure else { return None };
    let of_field = refused.errors.first().is_some_and(|error| error.field == "organisation");
    let already = refused.kind.ends_with(":already");
    (of_field || already).then(|| Problem::at("organisation", "console-move-no-organisation"))
}

/// `GET /admin/people/{person}/move`
pub(crate) async fn show_move(Path(id): Path<String>, asked: Asked) -> Response {
    let work = async {
        let id = person_id(&id)?;
        let admin = asked.admin().await?;
        let fields = Fields::begun(&asked, &admin, id);
        if fields.confirmed {
            // It was shown before the log-in came between: shown again, to be pressed again.
            return preview(&asked, &admin, id, fields).await;
        }
        ask(&asked, &admin, id, fields, None).await
    };
    asked.shown(work).await
}

/// `POST /admin/people/{person}/move`
pub(crate) async fn submit_move(
    Path(id): Path<String>,
    asked: Asked,
    form: Result<Posted, Refusal>,
) -> Response {
    let to = asked.address();
    asked
        .taken(form, &to, async |form| {
            let id = person_id(&id)?;
            let admin = asked.sender(form).await?;
            let fields = Fields::read(|name| form.one(name).ok().flatten());
            if let Some(problem) = too_long(&fields.note, &fields.case) {
                return ask(&asked, &admin, id, fields, Some(problem)).await;
            }
            if !fields.confirmed {
                return preview(&asked, &admin, id, fields).await;
            }
            let moved = admin.api.move_person(id, &fields.wish(false), &fields.once).await?;
            let mut calls = asked.calls(&admin);
            let was = Text::new("console-move-was").with("to", moved.organisation.name);
            calls.begin(id, asked.now()).note(vec![Line::new(was, asked.now())]);
            let mut response = Redirect::to(&format!("{}#receipt", address(id))).into_response();
            append(&mut response, asked.keep_calls(calls));
            Ok(response)
        })
        .await
}

async fn ask_erase(
    asked: &Asked,
    admin: &Admin,
    person: &Person,
    fields: Fields,
    problem: Option<Problem>,
) -> Result<Response, Stop> {
    Ok(asked.page(&Erase {
        shell: admin.shell(Place::People),
        who: Who::of(person),
        form: admin.forms.form(erase_address(person.summary.id)),
        fields,
        longest_note: LONGEST_NOTE,
        problem,
    }))
}

/// `GET /admin/people/{person}/erase`
pub(crate) async fn show_erase(Path(id): Path<String>, asked: Asked) -> Response {
    let work = async {
        let id = person_id(&id)?;
        let admin = asked.admin().await?;
        let person = admin.api.person(id).await?;
        ask_erase(&asked, &admin, &person, Fields::begun(&asked, &admin, id), None).await
    };
    asked.shown(work).await
}

/// `POST /admin/people/{person}/erase`
pub(crate) async fn submit_erase(
    Path(id): Path<String>,
    asked: Asked,
    form: Result<Posted, Refusal>,
) -> Response {
    let to = asked.address();
    asked
        .taken(form, &to, async |form| {
            let id = person_id(&id)?;
            let admin = asked.sender(form).await?;
            let person = admin.api.person(id).await?;
            let fields = Fields::read(|name| form.one(name).ok().flatten());
            let username = &person.summary.username;
            let meant = fields.username.to_lowercase() == username.to_lowercase();
            let wrong = too_long(&fields.note, &fields.case);
            if let Some(problem) = wrong.or_else(|| (!meant).then(|| not_meant(username))) {
                return ask_erase(&asked, &admin, &person, fields, Some(problem)).await;
            }
            let Handling { note, case, .. } = fields.wish(false).handling;
            admin.api.erase_person(id, &Erasure { note, case }).await?;
            let mut calls = asked.calls(&admin);
            calls.end(id);
            let (shell, name) = (admin.shell(Place::People), person.summary.name);
            let people = super::people::ADDRESS;
            let mut response = asked.page(&Erased { shell, name, at: asked.now(), people });
            append(&mut response, asked.keep_calls(calls));
            Ok(response)
        })
        .await
}
