//! What waits for a second administrator: who asks for what, for whom and why; agreed to after it is
//! shown what happens, or refused with words. Whoever asked only sees that it waits.

use axum::extract::Path;
use axum::response::{IntoResponse as _, Redirect, Response};
use latchkey_api::credentials::Credentials;
use latchkey_api::help::{Approval, Disagreement, PassWish};
use latchkey_core::Timestamp;
use latchkey_web::limits::{Form as Posted, Refusal};
use latchkey_web::{Form, Help, Page, Problem, Text};
use serde::Serialize;
use uuid::Uuid;

use super::act::{About, Action, LONGEST_NOTE, too_long, was};
use super::call::{address, check_key, person_id};
use super::event::why;
use super::shell::{Place, Shell};
use super::told::Told;
use super::{at, samples};
use crate::client::Failure;
use crate::cookies::Line;
use crate::visitor::{Admin, Asked, Forms, Stop, append};

/// The address.
pub(crate) const ADDRESS: &str = "/admin/approvals";

/// The page.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Approvals {
    shell: Shell,
    waiting: Vec<Row>,
    problem: Option<Problem>,
}

/// Something that waits.
#[derive(Clone, Debug, Serialize)]
struct Row {
    url: String,
    what: Text,
    name: String,
    username: String,
    person_url: String,
    organisation: String,
    asked_by: String,
    asked_at: Timestamp,
    expires_at: Timestamp,
    /// Why, where it was chosen from a list; and in words.
    reason: Option<Text>,
    note: Option<String>,
    case: Option<String>,
    checks: Vec<Text>,
    decidable: bool,
    /// Whoever looks asked for it.
    own: bool,
}

fn what(action: &str) -> &'static str {
    if action == "reset" { "reset" } else { "pass" }
}

impl Row {
    fn new(approval: &Approval, me: Option<Uuid>) -> Self {
        let checks = approval.handling.checks.iter();
        let (reason, note) = why(approval.handling.note.as_deref());
        Self {
            url: format!("{ADDRESS}/{}", approval.id),
            what: Text::new(format!("console-approval-{}", what(&approval.action))),
            name: approval.person.name.clone(),
            username: approval.person.username.clone(),
            person_url: address(approval.person.id),
            organisation: approval.person.organisation.name.clone(),
            asked_by: approval.asked_by.name.clone(),
            asked_at: at(approval.asked_at),
            expires_at: at(approval.expires_at),
            reason,
            note,
            case: approval.handling.case.clone(),
            checks: checks
                .map(|check| Text::new(format!("console-checked-{}", check_key(*check))))
                .collect(),
            decidable: approval.decidable,
            own: me == Some(approval.asked_by.id),
        }
    }
}

impl Approvals {
    /// Nothing waits, and what did was decided.
    pub(crate) fn empty_sample() -> Self {
        let problem = Some(Problem::new("console-approval-gone"));
        Self { shell: samples::shell(Place::Approvals), waiting: vec![], problem }
    }
}

fn sample(action: &str, decidable: bool) -> Approval {
    let then = jiff::Timestamp::UNIX_EPOCH;
    let mut by = samples::person().summary;
    by.id = Uuid::max();
    Approval {
        id: Uuid::nil(),
        action: action.to_owned(),
        person: samples::person().summary,
        asked_by: by,
        asked_at: then,
        expires_at: then,
        handling: latchkey_api::help::Handling {
            note: Some("lost: <script>alert(1)</script>".into()),
            case: Some("NG-9".into()),
            checks: vec![latchkey_api::help::CallerCheck::InPerson],
            ..Default::default()
        },
        pass: Some(PassWish::Written),
        end_sessions: true,
        decidable,
    }
}

impl Page for Approvals {
    const TEMPLATE: &'static str = "console/approvals.html";
    const FORMS_LEAD_OUT: bool = true;

    fn sample() -> Self {
        let rows = [
            Row::new(&sample("pass", true), None),
            Row::new(&sample("reset", false), None),
            Row::new(&sample("reset", false), Some(Uuid::max())),
        ];
        let shell = samples::shell(Place::Approvals);
        Self { shell, waiting: rows.to_vec(), problem: None }
    }

    fn problem(&self) -> Option<&Problem> {
        self.problem.as_ref()
    }

    fn help(&self) -> Vec<Help> {
        vec![]
    }
}

/// One that waits, and what happens if it is agreed to.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Decide {
    shell: Shell,
    row: Row,
    lines: Vec<Text>,
    approve: Form,
    refuse: Form,
    note: String,
    longest_note: usize,
    problem: Option<Problem>,
}

impl Decide {
    fn new(
        shell: Shell,
        forms: &Forms,
        approval: &Approval,
        me: Option<Uuid>,
        has: &Credentials,
        once: &str,
    ) -> Self {
        let row = Row::new(approval, me);
        let mut lines = Vec::new();
        if approval.action == "reset" {
            lines.extend(has.keys.iter().map(|key| {
                Text::new("console-will-remove-key").with("nickname", key.nickname.clone())
            }));
            lines.extend(has.app.iter().map(|_| "console-will-remove-app".into()));
            lines.extend(has.recovery_codes.iter().map(|_| "console-will-remove-codes".into()));
            lines.push("console-will-policy-stays".into());
        }
        if approval.end_sessions {
            lines.push("console-approval-sessions".into());
        }
        if let Some(pass) = approval.pass {
            let minutes = if pass == PassWish::Written { 60 } else { 10 };
            lines.push(Text::new("console-approval-will-pass").with("minutes", minutes));
        }
        if has.pass.is_some() {
            lines.push("console-will-void-pass".into());
        }
        let form = |step| forms.form(&row.url).with("step", step);
        Self {
            shell,
            lines,
            approve: form("approve").with("once", once),
            refuse: form("refuse"),
            row,
            note: String::new(),
            longest_note: LONGEST_NOTE,
            problem: None,
        }
    }

    /// One that whoever looks asked for, and one that is somebody else's to decide.
    pub(crate) fn samples() -> [(&'static str, Self); 3] {
        let of = |action: &str, decidable, me| {
            let (shell, forms) = (samples::shell(Place::Approvals), samples::forms());
            let approval = sample(action, decidable);
            Self::new(shell, &forms, &approval, me, &samples::credentials(), "once")
        };
        [
            ("a pass", of("pass", true, None)),
            ("own", of("pass", false, Some(Uuid::max()))),
            ("not theirs", of("reset", false, None)),
        ]
    }
}

impl Page for Decide {
    const TEMPLATE: &'static str = "console/approval.html";
    const FORMS_LEAD_OUT: bool = true;

    fn sample() -> Self {
        let (shell, forms) = (samples::shell(Place::Approvals), samples::forms());
        let approval = sample("reset", true);
        let page = Self::new(shell, &forms, &approval, None, &samples::credentials(), "once");
        let long = Text::new("console-note-long").with("longest", LONGEST_NOTE);
        Self { problem: Some(Problem::at("note", long)), ..page }
    }

    fn problem(&self) -> Option<&Problem> {
        self.problem.as_ref()
    }

    fn help(&self) -> Vec<Help> {
        vec![]
    }
}

fn own(admin: &Admin) -> Option<Uuid> {
    admin.me.person.as_ref().map(|person| person.id)
}

async fn list(asked: &Asked, admin: &Admin, problem: Option<Problem>) -> Result<Response, Stop> {
    let waiting = admin.api.approvals().await?;
    let waiting = waiting.iter().map(|it| Row::new(it, own(admin))).collect();
    let shell = admin.shell(Place::Approvals);
    Ok(asked.page(&Approvals { shell, waiting, problem }))
}

/// `GET /admin/approvals`
pub(crate) async fn show(asked: Asked) -> Response {
    let work = async {
        let admin = asked.admin().await?;
        list(&asked, &admin, None).await
    };
    asked.shown(work).await
}

async fn one(
    asked: &Asked,
    admin: &Admin,
    id: Uuid,
    note: String,
    problem: Option<Problem>,
) -> Result<Response, Stop> {
    let waiting = admin.api.approvals().await?;
    let Some(approval) = waiting.iter().find(|it| it.id == id) else {
        let gone = Problem::new("console-approval-gone");
        return list(asked, admin, Some(gone)).await;
    };
    let has = admin.api.credentials(approval.person.id).await?;
    let (shell, me, once) = (admin.shell(Place::Approvals), own(admin), asked.once());
    let page = Decide::new(shell, &admin.forms, approval, me, &has, &once);
    Ok(asked.page(&Decide { note, problem, ..page }))
}

/// `GET /admin/approvals/{approval}`
pub(crate) async fn show_one(Path(id): Path<String>, asked: Asked) -> Response {
    let work = async {
        let id = person_id(&id)?;
        let admin = asked.admin().await?;
        let kept = asked.kept(&admin).unwrap_or_default().iter();
        let note = kept.filter(|(name, _)| name == "note").map(|(_, value)| value.clone()).next();
        one(&asked, &admin, id, note.unwrap_or_default(), None).await
    };
    asked.shown(work).await
}

/// `POST /admin/approvals/{approval}`
pub(crate) async fn submit(
    Path(id): Path<String>,
    asked: Asked,
    form: Result<Posted, Refusal>,
) -> Response {
    let to = asked.address();
    asked
        .taken(form, &to, async |form| {
            let id = person_id(&id)?;
            let admin = asked.sender(form).await?;
            let of = |name: &str| form.one(name).ok().flatten().unwrap_or_default().trim();
            let note = of("note").replace("\r\n", "\n");
            let done = match of("step") {
                "approve" => approve(&asked, &admin, id, of("once")).await,
                "refuse" => {
                    if let Some(problem) = too_long(&note, "") {
                        return one(&asked, &admin, id, note, Some(problem)).await;
                    }
                    let why = Some(note.clone()).filter(|note| !note.is_empty());
                    let refused = admin.api.refuse(id, &Disagreement { note: why }).await;
                    refused.map(|()| Redirect::to(ADDRESS).into_response())
                }
                _ => return one(&asked, &admin, id, note, None).await,
            };
            match done {
                // Somebody else was quicker, or it lapsed.
                Err(Failure::Refused(refused)) if refused.status == 404 => {
                    list(&asked, &admin, Some(Problem::new("console-approval-gone"))).await
                }
                done => Ok(done?),
            }
        })
        .await
}

async fn approve(asked: &Asked, admin: &Admin, id: Uuid, once: &str) -> Result<Response, Failure> {
    // Asked before, because it waits no more afterwards, and a pass is told once.
    let waiting = admin.api.approvals().await?;
    let found = waiting.into_iter().find(|it| it.id == id);
    let receipt = admin.api.approve(id, once).await?;
    let Some(approval) = found else { return Ok(Redirect::to(ADDRESS).into_response()) };
    let person = approval.person;
    let action = if approval.action == "reset" { Action::Reset } else { Action::Pass };
    let done_at = at(receipt.at);
    let lines = was(action, &receipt).into_iter().map(|text| Line::new(text, done_at));
    let mut calls = asked.calls(admin);
    calls.begin(person.id, asked.now()).note(lines.collect());
    let mut response = match &receipt.secret {
        Some(secret) => {
            // One less waits than when they asked.
            let mut me = admin.me.clone();
            me.approvals = me.approvals.saturating_sub(1);
            let shell = Shell::new(&me, Place::Approvals, &admin.forms);
            let about = About::of_pass(person.name, person.id);
            asked.page(&Told::new(shell, about, secret, asked.now()))
        }
        None => Redirect::to(&format!("{}#receipt", address(person.id))).into_response(),
    };
    append(&mut response, asked.keep_calls(calls));
    Ok(response)
}
