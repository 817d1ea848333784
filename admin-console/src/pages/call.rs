//! The call screen: finds whoever calls, shows what they log in with, and what was done for them so
//! far. Checks of the caller and the case number are kept with the call, in the browser.

use axum::extract::Path;
use axum::response::{IntoResponse as _, Redirect, Response};
use latchkey_api::AdminScope;
use latchkey_api::help::{AnswerCall, CallerCheck};
use latchkey_api::people::{Me, PeopleQuery};
use latchkey_core::Timestamp;
use latchkey_web::limits::{Form as Posted, Params, Refusal};
use latchkey_web::{Form, Help, Page, Problem, Text};
use serde::Serialize;
use uuid::Uuid;

use super::card::Card;
use super::message::Kind;
use super::search::{Search, TYPED};
use super::shell::Shell;
use super::shell::{Place, may};
use super::{can, message, samples};
use crate::PATH;
use crate::client::Failure;
use crate::cookies::{Helped, Line};
use crate::provider::LOGGED_OUT;
use crate::visitor::{Admin, Asked, Forms, Stop, append};

/// The longest case number.
const LONGEST_CASE: usize = 60;

/// The checks of a caller, and their keys.
pub(crate) const CHECKS: [(CallerCheck, &str); 4] = [
    (CallerCheck::CalledBack, "called-back"),
    (CallerCheck::InPerson, "in-person"),
    (CallerCheck::BadgeOnVideo, "badge-on-video"),
    (CallerCheck::ManagerVouched, "manager-vouched"),
];

/// The page.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Call {
    shell: Shell,
    search: Search,
    /// The browser of the caller, before it is known who calls.
    number: Option<Number>,
    card: Option<Card>,
    call: Option<Shown>,
    problem: Option<Problem>,
}

/// A call number that was typed before a person was found.
#[derive(Clone, Debug, Serialize)]
struct Number {
    digits: String,
    /// Whether a browser shows it now.
    found: bool,
    /// Who helps already.
    helper: Option<String>,
}

/// How far a call is.
#[derive(Clone, Debug, Serialize)]
struct Shown {
    since: Option<Timestamp>,
    case: Option<String>,
    /// The number that connects it.
    number: Option<String>,
    connect: Form,
    /// What was typed there.
    typed_number: String,
    checks: Vec<Checked>,
    check: Form,
    choices: Vec<&'static str>,
    /// Whether everything may be done: somebody was checked, and may be helped.
    open: bool,
    actions: Vec<Offer>,
    receipt: Vec<Line>,
    end: Form,
    /// Where who they are is changed, by whoever may.
    details: Option<String>,
    /// Where they are moved, by whoever looks after another organisation too.
    moves: Option<String>,
    /// Where they are erased.
    erases: Option<String>,
}

/// How a caller was checked.
#[derive(Clone, Debug, Serialize)]
struct Checked {
    how: Text,
    at: Timestamp,
}

/// Something that can be done.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Offer {
    pub(crate) label: Text,
    pub(crate) url: String,
    /// It is the one thing to do next.
    pub(crate) next: bool,
    /// It only makes the account safer: the caller need not be checked.
    pub(crate) safe: bool,
}

impl Page for Call {
    const TEMPLATE: &'static str = "console/call.html";
    const FORMS_LEAD_OUT: bool = true;

    fn sample() -> Self {
        let forms = samples::forms();
        let at = Timestamp::from_millis(1_788_410_000_000);
        let helped = Helped {
            person: Uuid::nil(),
            since: at,
            case: Some("NG-20418 <script>alert(1)</script>".into()),
            number: Some("482915".into()),
            checks: CHECKS.iter().map(|(check, _)| (*check, at)).collect(),
            receipt: vec![
                Line::new(Text::new("console-was-told").with("address", "b…@x.example"), at),
                Line::new(Text::new("console-was-end-sessions").with("count", 2), at),
            ],
        };
        let card = Card::sample();
        let shown = Shown::new(&forms, &samples::me(), &card, Some(&helped));
        Self {
            shell: samples::shell(Place::Calls),
            search: Search::sample(),
            number: None,
            card: Some(card),
            call: Some(shown),
            problem: Some(Problem::at("number", "console-number-nobody")),
        }
    }

    fn problem(&self) -> Option<&Problem> {
        self.problem.as_ref()
    }

    fn help(&self) -> Vec<Help> {
        vec![]
    }
}

impl Call {
    /// The start of a call.
    pub(crate) fn empty_sample() -> Self {
        let number = Number { digits: "482915".into(), found: true, helper: Some("Jo".into()) };
        Self {
            search: Search::empty_sample(),
            number: Some(number),
            card: None,
            call: None,
            problem: None,
            ..Self::sample()
        }
    }

    /// A person who was found, and nothing more yet.
    pub(crate) fn unchecked_sample() -> Self {
        let forms = samples::forms();
        let card = Card::plain_sample();
        let shown = Shown::new(&forms, &samples::me(), &card, None);
        Self { card: Some(card), call: Some(shown), problem: None, ..Self::sample() }
    }
}

impl Shown {
    fn new(forms: &Forms, me: &Me, card: &Card, helped: Option<&Helped>) -> Self {
        let checks = helped.map(|helped| helped.checks.as_slice()).unwrap_or_default();
        let open = !checks.is_empty() && card.untouchable.is_none();
        let below = |what: &str| format!("{}/{what}", card.url);
        let changes = may(me, AdminScope::PeopleWrite);
        let touches = changes && card.untouchable.is_none();
        let several = me.may.iter().any(|may| {
            let writes = may.scope == AdminScope::PeopleWrite;
            writes && (may.platform || may.count > 1)
        });
        Self {
            since: helped.map(|helped| helped.since),
            case: helped.and_then(|helped| helped.case.clone()),
            number: helped.and_then(|helped| helped.number.clone()),
            connect: forms.form(below("call")),
            typed_number: String::new(),
            checks: checks
                .iter()
                .map(|(check, at)| Checked {
                    how: Text::new(format!("console-checked-{}", check_key(*check))),
                    at: *at,
                })
                .collect(),
            check: forms.form(below("check")),
            choices: CHECKS.iter().map(|(_, key)| *key).collect(),
            open,
            actions: card.offers(open, changes),
            receipt: helped.map(|helped| helped.receipt.clone()).unwrap_or_default(),
            end: forms.form(below("end-call")),
            details: touches.then(|| below("details")),
            moves: (touches && several).then(|| below("move")),
            erases: touches.then(|| below("erase")),
        }
    }
}

/// The key of a check.
pub(crate) fn check_key(check: CallerCheck) -> &'static str {
    CHECKS.iter().find(|(known, _)| *known == check).map_or("", |(_, key)| key)
}

/// `GET /admin`: also where the provider sends browsers after a log-out.
pub(crate) async fn start(asked: Asked) -> Response {
    let work = async {
        let query = asked.query();
        if asked.session().is_none() && query.one("state") == Ok(Some(LOGGED_OUT)) {
            return Ok(asked.message(&message::Message::new(Kind::LoggedOut)));
        }
        let admin = asked.admin().await?;
        if !FINDS.iter().any(|scope| may(&admin.me, *scope)) {
            return Ok(Redirect::to(can::ADDRESS).into_response());
        }
        let search = Search::of(&admin, &query, None).await?;
        let number = number(&admin, &query).await?;
        let shell = admin.shell(Place::Calls);
        Ok(asked.page(&Call { shell, search, number, card: None, call: None, problem: None }))
    };
    asked.shown(work).await
}

/// Any of these lets somebody find people.
pub(crate) const FINDS: &[AdminScope] = &[AdminScope::PeopleRead, AdminScope::CredentialsHelp];

/// Six digits, however they are written.
fn digits(text: &str) -> Option<String> {
    let digits: String = text.chars().filter(|c| !c.is_whitespace() && *c != '-').collect();
    (digits.len() == 6 && digits.bytes().all(|byte| byte.is_ascii_digit())).then_some(digits)
}

/// The browser that shows a number that was typed.
async fn number(admin: &Admin, query: &Params) -> Result<Option<Number>, Stop> {
    let typed = query.one("call").ok().flatten().unwrap_or_default().trim();
    if typed.is_empty() {
        return Ok(None);
    }
    let nobody = |typed: &str| Number {
        digits: typed.chars().take(20).collect(),
        found: false,
        helper: None,
    };
    let Some(digits) = digits(typed) else { return Ok(Some(nobody(typed))) };
    match admin.api.call_number(&digits).await {
        Ok(call) => Ok(Some(Number { digits, found: true, helper: call.helper })),
        Err(Failure::Refused(problem)) if problem.status == 404 => Ok(Some(nobody(typed))),
        Err(failure) => Err(failure.into()),
    }
}

/// `GET /admin/people/{person}`
pub(crate) async fn show(Path(id): Path<String>, asked: Asked) -> Response {
    let work = async { page(&asked, &id, None).await };
    asked.shown(work).await
}

/// A person's key as the address has it.
pub(crate) fn person_id(text: &str) -> Result<Uuid, Stop> {
    Uuid::parse_str(text).map_err(|_| Kind::NotFound.into())
}

async fn page(
    asked: &Asked,
    id: &str,
    wrong: Option<(Problem, &Params)>,
) -> Result<Response, Stop> {
    let id = person_id(id)?;
    let admin = asked.admin().await?;
    let query = asked.query();
    let calls = asked.calls(&admin);
    let helped = calls.find(id);
    let (search, card) = tokio::try_join!(
        Search::of(&admin, &query, Some(id)),
        Card::load(&admin, id, asked.now())
    )?;
    let mut call = Shown::new(&admin.forms, &admin.me, &card, helped);
    call.typed_number = query.one("call").ok().flatten().unwrap_or_default().to_owned();
    let mut problem = None;
    if let Some((told, typed)) = wrong {
        call.typed_number = typed.one("number").ok().flatten().unwrap_or_default().to_owned();
        call.case = typed.one("case").ok().flatten().map(str::to_owned);
        problem = Some(told);
    }
    let shell = admin.shell(Place::Calls);
    let page = Call { shell, search, number: None, card: Some(card), call: Some(call), problem };
    Ok(asked.page(&page))
}

/// The address of somebody in a call.
pub(crate) fn address(id: Uuid) -> String {
    format!("{PATH}/people/{id}")
}

/// `POST /admin/people/{person}/call`: takes down the case number, and connects the caller's browser.
pub(crate) async fn connect(
    Path(id): Path<String>,
    asked: Asked,
    form: Result<Posted, Refusal>,
) -> Response {
    let to = format!("{PATH}/people/{id}");
    asked
        .taken(form, &to, async |form| {
            let person = person_id(&id)?;
            let admin = asked.sender(form).await?;
            let case = form.one("case").ok().flatten().map(str::trim).unwrap_or_default();
            if case.chars().count() > LONGEST_CASE {
                let told = Text::new("console-case-long").with("longest", LONGEST_CASE);
                return page(&asked, &id, Some((Problem::at("case", told), form))).await;
            }
            let case = Some(case.to_owned()).filter(|case| !case.is_empty());
            let typed = form.one("number").ok().flatten().map(str::trim).unwrap_or_default();
            let mut connected = None;
            if !typed.is_empty() {
                let wrong = || (Problem::at("number", "console-number-nobody"), form);
                let Some(digits) = digits(typed) else {
                    return page(&asked, &id, Some(wrong())).await;
                };
                let answer = AnswerCall { person, case: case.clone() };
                match admin.api.answer_call(&digits, &answer, &asked.once()).await {
                    Ok(_) => connected = Some(digits),
                    Err(Failure::Refused(problem)) if problem.status == 404 => {
                        return page(&asked, &id, Some(wrong())).await;
                    }
                    Err(failure) => return Err(failure.into()),
                }
            }
            let mut calls = asked.calls(&admin);
            let call = calls.begin(person, asked.now());
            call.case = case;
            call.number = connected.or(call.number.take());
            let mut response = Redirect::to(&to).into_response();
            append(&mut response, asked.keep_calls(calls));
            Ok(response)
        })
        .await
}

/// `POST /admin/people/{person}/check`: records how the caller was checked.
pub(crate) async fn check(
    Path(id): Path<String>,
    asked: Asked,
    form: Result<Posted, Refusal>,
) -> Response {
    let to = format!("{PATH}/people/{id}");
    asked
        .taken(form, &to, async |form| {
            let person = person_id(&id)?;
            let admin = asked.sender(form).await?;
            let named = form.one("check").ok().flatten().unwrap_or_default();
            let Some((check, _)) = CHECKS.iter().find(|(_, key)| *key == named) else {
                let problem = Problem::at("check", "console-check-none");
                return page(&asked, &id, Some((problem, form))).await;
            };
            let mut calls = asked.calls(&admin);
            let call = calls.begin(person, asked.now());
            call.checks.retain(|(known, _)| known != check);
            call.checks.push((*check, asked.now()));
            let mut response = Redirect::to(&format!("{to}#act")).into_response();
            append(&mut response, asked.keep_calls(calls));
            Ok(response)
        })
        .await
}

/// `POST /admin/people/{person}/end-call`: forgets the call.
pub(crate) async fn end(
    Path(id): Path<String>,
    asked: Asked,
    form: Result<Posted, Refusal>,
) -> Response {
    asked
        .taken(form, &format!("{PATH}/people/{id}"), async |form| {
            let person = person_id(&id)?;
            let admin = asked.sender(form).await?;
            let mut calls = asked.calls(&admin);
            calls.end(person);
            let mut response = Redirect::to(PATH).into_response();
            append(&mut response, asked.keep_calls(calls));
            Ok(response)
        })
        .await
}

/// `GET /admin/search`: what is found, as a part of a page, while somebody types.
pub(crate) async fn found(asked: Asked) -> Response {
    let work = async {
        let (api, _) = asked.api()?;
        let query = asked.query();
        let typed = query.one(TYPED).ok().flatten().unwrap_or_default();
        let call = query.one("call").ok().flatten().unwrap_or_default();
        let found = Search::ask(&api, typed, call, None).await?;
        Ok(asked.page(&super::search::Results { search: found }))
    };
    asked.shown(work).await
}

/// What is asked of a search.
pub(crate) fn searched(typed: &str) -> PeopleQuery {
    PeopleQuery { search: Some(typed.to_owned()), limit: Some(20), ..PeopleQuery::default() }
}
