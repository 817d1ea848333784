//! What is done for a person: why, what will change, and then the thing itself. Three pages, none of
//! which changes anything before its last button.

mod action;
mod fields;
mod lines;

use axum::extract::Path;
use axum::response::{IntoResponse as _, Redirect, Response};
use latchkey_api::help::{Reason, Receipt};
use latchkey_web::limits::{Form as Posted, Refusal};
use latchkey_web::{Form, Page, Problem, Text, Tone};
use serde::Serialize;
use uuid::Uuid;

pub(crate) use action::{Action, REASONS, Subject};
pub(crate) use fields::{LONGEST_NOTE, too_long};
pub(crate) use lines::was;

use fields::Fields;
use lines::will;

use super::call::address;
use super::message::Kind;
use super::shell::{Place, Shell};
use super::told::Told;
use super::{at, samples};
use crate::client::Failure;
use crate::cookies::{Calls, Line};
use crate::visitor::{Admin, Asked, Forms, Stop, append};

/// Why it is done.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Ask {
    shell: Shell,
    about: About,
    form: Form,
    reasons: Vec<&'static str>,
    reason: &'static str,
    note: String,
    case: String,
    /// For a pass: how it gets to them.
    delivers: bool,
    written: bool,
    longest_note: usize,
    problem: Option<Problem>,
}

/// Whom and what a page is about.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct About {
    pub(crate) name: String,
    pub(crate) url: String,
    slug: &'static str,
    /// The key that it is about.
    nickname: Option<String>,
    #[serde(skip)]
    pub(crate) person: Option<Uuid>,
}

/// What will change.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Preview {
    shell: Shell,
    about: About,
    form: Form,
    lines: Vec<Text>,
    /// How many sessions can end too.
    sessions: Option<u32>,
    sessions_of_keys: u32,
    end_sessions: bool,
    /// They could not log in afterwards.
    locked_out: bool,
    back: String,
    problem: Option<Problem>,
}

impl Page for Ask {
    const TEMPLATE: &'static str = "console/ask.html";
    const FORMS_LEAD_OUT: bool = true;

    fn sample() -> Self {
        let subject =
            Subject { person: Uuid::nil(), action: Action::RemoveKey, key: Some(Uuid::nil()) };
        Self::new(
            samples::shell(Place::Calls),
            &samples::forms(),
            About::sample(&subject),
            &subject,
            &Fields::default(),
        )
        .wrong(Some(Problem::at("reason", "console-reason-none")))
    }

    fn problem(&self) -> Option<&Problem> {
        self.problem.as_ref()
    }

    fn help(&self) -> Vec<latchkey_web::Help> {
        vec![]
    }
}

impl Page for Preview {
    const TEMPLATE: &'static str = "console/preview.html";
    const FORMS_LEAD_OUT: bool = true;

    fn sample() -> Self {
        Self::sample_of(Action::RemoveKey)
    }

    fn tone(&self) -> Tone {
        if self.locked_out { Tone::Bad } else { Tone::Normal }
    }

    fn problem(&self) -> Option<&Problem> {
        self.problem.as_ref()
    }

    fn help(&self) -> Vec<latchkey_web::Help> {
        vec![]
    }
}

impl About {
    fn sample(subject: &Subject) -> Self {
        Self {
            name: samples::person().summary.name,
            url: address(subject.person),
            slug: subject.action.slug(),
            nickname: subject.key.map(|_| "Blue <script>alert(1)</script>".into()),
            person: Some(subject.person),
        }
    }

    /// Of somebody for whom a pass is issued.
    pub(crate) fn of_pass(name: String, person: Uuid) -> Self {
        let slug = Action::Pass.slug();
        Self { name, url: address(person), slug, nickname: None, person: Some(person) }
    }

    /// Of somebody who is told something.
    pub(crate) fn told_sample(action: Action) -> Self {
        Self::sample(&Subject { person: Uuid::nil(), action, key: None })
    }

    /// Whether somebody is invited.
    pub(crate) fn invites(&self) -> bool {
        self.slug == Action::Invite.slug()
    }

    /// Looks whom and what it is about. What is gone, or not theirs, is not there.
    async fn of(admin: &Admin, subject: &Subject) -> Result<Self, Stop> {
        let person = subject.person;
        let (found, nickname) = match subject.key {
            None => (admin.api.person(person).await?, None),
            Some(key) => {
                let both =
                    tokio::try_join!(admin.api.person(person), admin.api.credentials(person))?;
                let key = both.1.keys.into_iter().find(|it| it.id == key);
                (both.0, Some(key.ok_or(Kind::NotFound)?.nickname))
            }
        };
        let name = found.summary.name;
        let slug = subject.action.slug();
        Ok(Self { name, url: address(person), slug, nickname, person: Some(person) })
    }
}

impl Ask {
    fn new(shell: Shell, forms: &Forms, about: About, subject: &Subject, fields: &Fields) -> Self {
        let reasons = REASONS.iter().filter(|_| subject.action.has_reasons());
        Self {
            shell,
            about,
            form: forms.form(subject.url()).with("step", "preview"),
            reasons: reasons.map(|(_, key)| *key).collect(),
            reason: fields.reason_key(),
            note: fields.note.clone(),
            case: fields.case.clone(),
            delivers: subject.action == Action::Pass,
            written: fields.written,
            longest_note: LONGEST_NOTE,
            problem: None,
        }
    }

    fn wrong(self, problem: Option<Problem>) -> Self {
        Self { problem, ..self }
    }

    /// How a pass gets to its person.
    pub(crate) fn pass_sample() -> Self {
        let subject = Subject { person: Uuid::nil(), action: Action::Pass, key: None };
        let about = About::sample(&subject);
        Self::new(
            samples::shell(Place::Calls),
            &samples::forms(),
            about,
            &subject,
            &Fields::default(),
        )
    }
}

impl Preview {
    fn new(
        shell: Shell,
        forms: &Forms,
        about: About,
        subject: &Subject,
        fields: &Fields,
        receipt: &Receipt,
    ) -> Self {
        let form = forms
            .form(subject.url())
            .with("step", "do")
            .with("reason", fields.reason_key())
            .with("note", &fields.note)
            .with("case", &fields.case)
            .with("delivery", if fields.written { "written" } else { "spoken" })
            .with("once", &fields.once);
        let counted = subject.action.may_end_sessions() && receipt.sessions > 0;
        Self {
            shell,
            about,
            form,
            lines: will(subject.action, fields, receipt),
            sessions: counted.then_some(receipt.sessions),
            sessions_of_keys: receipt.sessions_of_keys,
            end_sessions: fields.end_sessions,
            locked_out: receipt.locked_out
                && !matches!(subject.action, Action::Pass | Action::CancelPass)
                && !subject.action.is_of_person(),
            back: subject.url(),
            problem: None,
        }
    }

    /// What comes of each thing that can be done.
    pub(crate) fn sample_of(action: Action) -> Self {
        let key = action.is_of_key().then(Uuid::nil);
        let subject = Subject { person: Uuid::nil(), action, key };
        let fields = Fields { end_sessions: true, ..Fields::default() };
        let about = About::sample(&subject);
        let (shell, forms) = (samples::shell(Place::Calls), samples::forms());
        Self::new(shell, &forms, about, &subject, &fields, &samples::receipt())
    }
}

/// `GET /admin/people/{person}/do/{action}`
pub(crate) async fn show(Path((id, slug)): Path<(String, String)>, asked: Asked) -> Response {
    let work = async {
        let query = asked.query();
        let subject = Subject::parse(&id, &slug, query.one("key").ok().flatten())?;
        let admin = asked.admin().await?;
        let calls = asked.calls(&admin);
        let fields = match asked.kept(&admin) {
            Some(kept) => Fields::read(|name| {
                let mut found = kept.iter().filter(|(known, _)| known == name);
                found.next().map(|(_, value)| value.as_str())
            }),
            None => {
                let call = calls.find(subject.person);
                let case = call.and_then(|call| call.case.clone()).unwrap_or_default();
                Fields { case, ..Fields::default() }
            }
        };
        if fields.confirmed && fields.problem(subject.action).is_none() {
            // It was shown before the log-in came between: shown again, to be pressed again.
            return preview(&asked, &admin, &subject, fields, &calls).await;
        }
        let about = About::of(&admin, &subject).await?;
        let shell = admin.shell(Place::Calls);
        Ok(asked.page(&Ask::new(shell, &admin.forms, about, &subject, &fields)))
    };
    asked.shown(work).await
}

/// `POST /admin/people/{person}/do/{action}`
pub(crate) async fn submit(
    Path((id, slug)): Path<(String, String)>,
    asked: Asked,
    form: Result<Posted, Refusal>,
) -> Response {
    let to = asked.address();
    asked
        .taken(form, &to, async |form| {
            let query = asked.query();
            let subject = Subject::parse(&id, &slug, query.one("key").ok().flatten())?;
            let admin = asked.sender(form).await?;
            let calls = asked.calls(&admin);
            let fields = Fields::read(|name| form.one(name).ok().flatten());
            if let Some(problem) = fields.problem(subject.action) {
                return ask_again(&asked, &admin, &subject, &fields, problem).await;
            }
            if !fields.confirmed {
                let ending = matches!(
                    fields.reason,
                    Some(Reason::Stolen | Reason::Phished | Reason::Leaver)
                );
                let fields = Fields { end_sessions: ending, ..fields };
                return preview(&asked, &admin, &subject, fields, &calls).await;
            }
            carry_out(&asked, &admin, &subject, fields, calls).await
        })
        .await
}

async fn ask_again(
    asked: &Asked,
    admin: &Admin,
    subject: &Subject,
    fields: &Fields,
    problem: Problem,
) -> Result<Response, Stop> {
    let about = About::of(admin, subject).await?;
    let shell = admin.shell(Place::Calls);
    let page = Ask::new(shell, &admin.forms, about, subject, fields).wrong(Some(problem));
    Ok(asked.page(&page))
}

/// Shows what will change.
async fn preview(
    asked: &Asked,
    admin: &Admin,
    subject: &Subject,
    fields: Fields,
    calls: &Calls,
) -> Result<Response, Stop> {
    let path = subject.action.path(subject.key).ok_or(Kind::NotFound)?;
    let mut help = fields.help(subject, calls);
    // What it comes to at most: the choices are made on the page that shows it.
    (help.dry_run, help.lock_out) = (true, true);
    help.end_sessions = help.end_sessions.map(|_| true);
    let tried = admin.api.help(subject.person, &path, &help, &asked.once()).await;
    if let Err(Failure::Refused(problem)) = &tried
        && problem.kind.ends_with(":check-needed")
    {
        let problem = Problem::new("console-check-first");
        return ask_again(asked, admin, subject, &fields, problem).await;
    }
    let receipt = tried?;
    let about = About::of(admin, subject).await?;
    let shell = admin.shell(Place::Calls);
    let fields = Fields { once: asked.once(), ..fields };
    let page = Preview::new(shell, &admin.forms, about, subject, &fields, &receipt);
    Ok(asked.page(&page))
}

/// Does it.
async fn carry_out(
    asked: &Asked,
    admin: &Admin,
    subject: &Subject,
    fields: Fields,
    mut calls: Calls,
) -> Result<Response, Stop> {
    let path = subject.action.path(subject.key).ok_or(Kind::NotFound)?;
    let help = fields.help(subject, &calls);
    // Asked before, because what it is about may be gone afterwards, and a pass is told once.
    let name = admin.api.person(subject.person).await?.summary.name;
    let receipt = admin.api.help(subject.person, &path, &help, &fields.once).await?;
    let done_at = at(receipt.at);
    let lines = was(subject.action, &receipt).into_iter().map(|text| Line::new(text, done_at));
    let call = calls.begin(subject.person, asked.now());
    call.note(lines.collect());
    if !fields.case.is_empty() {
        call.case = Some(fields.case.clone());
    }
    let mut response = match &receipt.secret {
        Some(secret) => {
            let url = address(subject.person);
            let (slug, person) = (subject.action.slug(), Some(subject.person));
            let about = About { name, url, slug, nickname: None, person };
            let told = Told::new(admin.shell(Place::Calls), about, secret, asked.now());
            asked.page(&told)
        }
        None => Redirect::to(&format!("{}#receipt", address(subject.person))).into_response(),
    };
    append(&mut response, asked.keep_calls(calls));
    Ok(response)
}
