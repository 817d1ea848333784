//! The same for many people of the list: why, then what it would come to for each by name, then what
//! it came to. Whoever is on one page of the list can be chosen, so that a choice that waits for a
//! log-in fits where forms wait.

mod fields;

use axum::response::{IntoResponse as _, Redirect, Response};
use latchkey_api::AdminScope;
use latchkey_api::bulk::{BulkAction, BulkResult};
use latchkey_core::Timestamp;
use latchkey_web::limits::{Form as Posted, Params, Refusal};
use latchkey_web::{Form, Help, Page, Problem, Text, Tone};
use serde::Serialize;
use uuid::Uuid;

use super::act::{LONGEST_NOTE, REASONS};
use super::call::address;
use super::choice::{Choice, choices};
use super::message::Kind;
use super::places::places;
use super::shell::{Place, Shell};
use super::{at, people, samples};
use crate::client::Failure;
use crate::visitor::{Admin, Asked, Forms, Stop};

pub(crate) use fields::{ACTIONS, packed};

use fields::{Fields, checks, has_reasons, key, sample_fields};

/// The address.
pub(crate) const ADDRESS: &str = "/admin/people/bulk";

/// Why somebody is left as they are, where there are words for it.
const WHY: [&str; 13] = [
    "not-found",
    "untouchable-yourself",
    "untouchable-peer",
    "untouchable-has-role",
    "forbidden",
    "already",
    "no-address",
    "not-new",
    "unfit",
    "locks-out",
    "second",
    "last-administrator",
    "overtaken",
];

/// Why, and what else has to be known.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Ask {
    shell: Shell,
    action: &'static str,
    count: usize,
    form: Form,
    fields: Fields,
    reasons: Vec<&'static str>,
    reason: &'static str,
    checks: Vec<&'static str>,
    check: &'static str,
    organisations: Vec<Choice>,
    longest_note: usize,
    back: &'static str,
    problem: Option<Problem>,
}

impl Ask {
    fn new(shell: Shell, forms: &Forms, action: BulkAction, fields: Fields) -> Self {
        let reasons = REASONS.iter().filter(|_| has_reasons(action));
        let checks = checks().filter(|_| action == BulkAction::Reset);
        Self {
            shell,
            action: key(action),
            count: fields.people.len(),
            form: fields.form(forms, action, "preview"),
            reasons: reasons.map(|(_, key)| *key).collect(),
            reason: fields.reason_key(),
            checks: checks.map(|(_, key)| key).collect(),
            check: fields.check_key(),
            organisations: Vec::new(),
            longest_note: LONGEST_NOTE,
            back: people::ADDRESS,
            problem: None,
            fields,
        }
    }

    /// The page for each thing that can be done.
    pub(crate) fn samples() -> Vec<(&'static str, Self)> {
        let of = samples::places();
        let all = ACTIONS.map(|(action, key)| {
            let shell = samples::shell(Place::People);
            let page = Self::new(shell, &samples::forms(), action, sample_fields());
            let moves = action == BulkAction::Move;
            let organisations = if moves { choices(&of, "tywi") } else { vec![] };
            (key, Self { organisations, ..page })
        });
        all.to_vec()
    }
}

impl Page for Ask {
    const TEMPLATE: &'static str = "console/bulk.html";
    const FORMS_LEAD_OUT: bool = true;

    fn sample() -> Self {
        let (action, shell) = (BulkAction::Reset, samples::shell(Place::People));
        let page = Self::new(shell, &samples::forms(), action, sample_fields());
        Self { problem: Some(Problem::at("check", "console-bulk-check-none")), ..page }
    }

    fn problem(&self) -> Option<&Problem> {
        self.problem.as_ref()
    }

    fn help(&self) -> Vec<Help> {
        vec![]
    }
}

/// Somebody, and what it comes to for them.
#[derive(Clone, Debug, Serialize)]
struct Row {
    name: Option<String>,
    username: Option<String>,
    url: String,
    told: Vec<Text>,
    good: bool,
}

impl Row {
    fn new(action: BulkAction, result: &BulkResult) -> Self {
        let mut told = Vec::new();
        match &result.refused {
            Some(why) => {
                let known = WHY.iter().find(|known| *known == why).copied().unwrap_or("other");
                told.push(Text::new(format!("console-bulk-why-{known}")).with("why", why.clone()));
            }
            None => {
                let tense = if result.done { "was" } else { "will" };
                told.push(Text::new(format!("console-bulk-{tense}-{}", key(action))));
            }
        }
        if result.sessions > 0 {
            told.push(Text::new("console-bulk-sessions").with("count", result.sessions));
        }
        if !result.roles_ended.is_empty() {
            let count = result.roles_ended.len();
            told.push(Text::new("console-bulk-roles").with("count", count));
        }
        Self {
            name: result.person.as_ref().map(|person| person.name.clone()),
            username: result.person.as_ref().map(|person| person.username.clone()),
            url: address(result.id),
            told,
            good: result.refused.is_none(),
        }
    }
}

/// What it would come to, for each by name.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Preview {
    shell: Shell,
    action: &'static str,
    form: Form,
    will: Vec<Row>,
    locked_out: Vec<Row>,
    cannot: Vec<Row>,
    back: &'static str,
}

impl Preview {
    fn new(shell: Shell, action: BulkAction, form: Form, results: &[BulkResult]) -> Self {
        let guarded = matches!(action, BulkAction::Move | BulkAction::Reset);
        let rows = |wanted: &dyn Fn(&BulkResult) -> bool| -> Vec<Row> {
            let some = results.iter().filter(|result| wanted(result));
            some.map(|result| Row::new(action, result)).collect()
        };
        let locks = |result: &BulkResult| guarded && result.locked_out;
        Self {
            shell,
            action: key(action),
            form,
            will: rows(&|result| result.refused.is_none() && !locks(result)),
            locked_out: rows(&|result| result.refused.is_none() && locks(result)),
            cannot: rows(&|result| result.refused.is_some()),
            back: people::ADDRESS,
        }
    }

    /// Nobody for whom it can be done; and nobody for whom it cannot.
    pub(crate) fn samples() -> Vec<(&'static str, Self)> {
        let results = sample_results();
        let of = |action, wanted: &dyn Fn(&BulkResult) -> bool| {
            let some: Vec<_> = results.iter().filter(|it| wanted(it)).cloned().collect();
            let form = samples::forms().form(ADDRESS);
            Self::new(samples::shell(Place::People), action, form, &some)
        };
        let mut all = vec![
            ("nobody", of(BulkAction::Invite, &|it| it.refused.is_some())),
            ("all locked out", of(BulkAction::Reset, &|it| it.locked_out)),
        ];
        all.extend(ACTIONS.map(|(action, key)| (key, of(action, &|it| it.refused.is_none()))));
        all
    }
}

fn sample_results() -> Vec<BulkResult> {
    let person = samples::person().summary;
    let result = BulkResult {
        id: Uuid::nil(),
        person: Some(person),
        done: false,
        refused: None,
        locked_out: false,
        sessions: 2,
        roles_ended: vec![latchkey_api::people::Role::Helpdesk],
    };
    let mut all = vec![result.clone(), BulkResult { locked_out: true, ..result.clone() }];
    let refused = |why: &str| BulkResult {
        refused: Some(why.to_owned()),
        sessions: 0,
        roles_ended: vec![],
        ..result.clone()
    };
    all.extend(WHY.map(refused));
    all.push(BulkResult { person: None, ..refused("<script>alert(1)</script>") });
    all
}

impl Page for Preview {
    const TEMPLATE: &'static str = "console/bulk-preview.html";
    const FORMS_LEAD_OUT: bool = true;

    fn sample() -> Self {
        let form = samples::forms().form(ADDRESS);
        Self::new(samples::shell(Place::People), BulkAction::Move, form, &sample_results())
    }

    fn tone(&self) -> Tone {
        if self.locked_out.is_empty() { Tone::Normal } else { Tone::Bad }
    }

    fn help(&self) -> Vec<Help> {
        vec![]
    }
}

/// What it came to.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Done {
    shell: Shell,
    action: &'static str,
    count: usize,
    rows: Vec<Row>,
    at: Timestamp,
    back: &'static str,
}

impl Page for Done {
    const TEMPLATE: &'static str = "console/bulk-done.html";
    const FORMS_LEAD_OUT: bool = true;

    fn sample() -> Self {
        let mut results = sample_results();
        results.iter_mut().for_each(|result| result.done = result.refused.is_none());
        let row = |(result, (action, _))| Row::new(action, result);
        Self {
            shell: samples::shell(Place::People),
            action: "move",
            count: 2,
            rows: results.iter().zip(ACTIONS.into_iter().cycle()).map(row).collect(),
            at: Timestamp::from_millis(0),
            back: people::ADDRESS,
        }
    }

    fn tone(&self) -> Tone {
        Tone::Good
    }

    fn help(&self) -> Vec<Help> {
        vec![]
    }
}

async fn ask(
    asked: &Asked,
    admin: &Admin,
    action: BulkAction,
    fields: Fields,
    problem: Option<Problem>,
) -> Result<Response, Stop> {
    let organisations = match action {
        BulkAction::Move => {
            let all = places(admin, AdminScope::PeopleWrite).await?;
            choices(&all, &fields.organisation)
        }
        _ => Vec::new(),
    };
    let page = Ask::new(admin.shell(Place::People), &admin.forms, action, fields);
    Ok(asked.page(&Ask { organisations, problem, ..page }))
}

/// Shows what it would come to.
async fn preview(
    asked: &Asked,
    admin: &Admin,
    action: BulkAction,
    fields: Fields,
) -> Result<Response, Stop> {
    let tried = admin.api.bulk(&fields.wish(action, true), &asked.once()).await;
    if let Err(Failure::Refused(refused)) = &tried
        && refused.errors.iter().any(|error| error.field == "organisation")
    {
        let problem = Problem::at("organisation", "console-move-no-organisation");
        return ask(asked, admin, action, fields, Some(problem)).await;
    }
    let form = fields
        .form(&admin.forms, action, "do")
        .with("reason", fields.reason_key())
        .with("note", &fields.note)
        .with("case", &fields.case)
        .with("organisation", &fields.organisation)
        .with("check", fields.check_key())
        .with("once", asked.once());
    let page = Preview::new(admin.shell(Place::People), action, form, &tried?.results);
    Ok(asked.page(&page))
}

async fn next(asked: &Asked, admin: &Admin, fields: Fields) -> Result<Response, Stop> {
    let back = || Redirect::to(people::ADDRESS).into_response();
    let Some(action) = fields.action.filter(|_| !fields.people.is_empty()) else {
        return Ok(back());
    };
    if fields.step.is_empty() {
        return ask(asked, admin, action, fields, None).await;
    }
    match fields.problem(action) {
        Some(problem) => ask(asked, admin, action, fields, Some(problem)).await,
        None => preview(asked, admin, action, fields).await,
    }
}

/// `GET /admin/people/bulk`: what waited for a log-in, shown again, to be pressed again.
pub(crate) async fn show(asked: Asked) -> Response {
    let work = async {
        let admin = asked.admin().await?;
        let kept = asked.kept(&admin).map(serde_urlencoded::to_string);
        let kept = kept.and_then(|text| Params::parse(text.ok()?.as_bytes()).ok());
        match kept.as_ref().and_then(Fields::read) {
            Some(fields) => next(&asked, &admin, fields).await,
            None => Ok(Redirect::to(people::ADDRESS).into_response()),
        }
    };
    asked.shown(work).await
}

/// `POST /admin/people/bulk`
pub(crate) async fn submit(asked: Asked, form: Result<Posted, Refusal>) -> Response {
    asked
        .taken(form, ADDRESS, async |form| {
            let admin = asked.sender(form).await?;
            let fields = Fields::read(form).ok_or(Kind::Malformed)?;
            let ready = fields.action.filter(|action| {
                fields.step == "do"
                    && !fields.people.is_empty()
                    && fields.problem(*action).is_none()
            });
            let Some(action) = ready else { return next(&asked, &admin, fields).await };
            let receipt = admin.api.bulk(&fields.wish(action, false), &fields.once).await?;
            let rows: Vec<_> = receipt.results.iter().map(|it| Row::new(action, it)).collect();
            Ok(asked.page(&Done {
                shell: admin.shell(Place::People),
                action: key(action),
                count: rows.iter().filter(|row| row.good).count(),
                rows,
                at: at(receipt.at),
                back: people::ADDRESS,
            }))
        })
        .await
}
