//! The pages on which something is typed beside a password: a code of an authenticator app, a
//! recovery code, a pass. What each is worth is for the dispatcher.

use axum::http::StatusCode;
use axum::response::Response;
use latchkey_core::Timestamp;
use latchkey_core::assurance::{Method, Proof, Ticket};
use latchkey_core::audit::{Event, What};
use latchkey_core::codes::Spent;
use latchkey_core::policy::MethodKind;
use latchkey_store::{Error, Tx};
use latchkey_web::limits::Params;
use latchkey_web::{Problem, Text};

use super::asked::{Answer, Asked, Stop, later};
use super::dispatcher::Step;
use super::factor::{offers, other_ways};
use super::lost;
use super::way::{At, Place, Shown, Submitted, Traveller, Use, Way};
use crate::authn::throttle::{self, Subject, Ticket as Try, Wait};
use crate::authn::{pass, recovery, totp};
use crate::metrics::Factors;
use crate::pages::code::{Kind, TypeCode};

/// The step at which a code of an authenticator app is typed.
pub(super) struct AppCode;

impl Place for AppCode {
    type Who = Traveller;

    fn of(step: &Step) -> Option<Self> {
        offers(step, "totp").then_some(Self)
    }
}

/// The step at which a recovery code is typed.
pub(super) struct Recovery;

impl Place for Recovery {
    type Who = Traveller;

    fn of(step: &Step) -> Option<Self> {
        (offers(step, "recovery-code") || *step == Step::HelpNeeded).then_some(Self)
    }
}

/// The step at which a pass is typed.
pub(super) struct Pass;

impl Place for Pass {
    type Who = Traveller;

    fn of(step: &Step) -> Option<Self> {
        (offers(step, "pass") || *step == Step::HelpNeeded).then_some(Self)
    }
}

fn page_of(kind: Kind) -> &'static str {
    match kind {
        Kind::App => "totp",
        Kind::Recovery => "recovery-code",
        Kind::Pass => "pass",
    }
}

fn render(asked: &Asked, way: &Way, kind: Kind, problem: Option<Problem>) -> Response {
    let status = if problem.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let name = page_of(kind);
    let page = format!("factor/{name}");
    let step_up = way.requirement().step_up.is_some();
    let content = TypeCode {
        form: way.form(&page),
        kind,
        username: way.who.record.person.username.as_str().to_owned(),
        not_you_url: (!way.progress.keep).then(|| way.path("not-you")),
        reason: step_up.then(|| Text::new("step-up-fresh")),
        other_ways: other_ways(asked, way, name),
        lost_url: lost::url(way),
        problem,
    };
    asked.app.theme.render_as(status, &way.frame(asked, &page), &content)
}

/// What was typed; empty when there is no such field, or several.
fn typed(form: &Params) -> &str {
    form.one("code").ok().flatten().unwrap_or_default()
}

/// A code that was refused, for the audit trail.
pub(super) fn refusal(asked: &Asked, way: &Way, factor: &str, reason: String) -> Event {
    let person = &way.who.record.person;
    let what = What::LoginRefused { factor: factor.to_owned(), reason };
    let session = Some(way.who.session.id);
    way.origin(asked, person.id).event(&*asked.app.rng, person, session, what)
}

/// Whether what was typed is looked at. By person and factor: guesses at one kind of code slow down
/// neither keys nor the other kinds.
pub(super) async fn admit(
    asked: &Asked,
    way: &Way,
    factor: &'static str,
) -> Result<Result<Try, Wait>, Stop> {
    let (app, person) = (&asked.app, way.who.record.person.id);
    let subject = Subject::Code { person, factor };
    let address = asked.visitor.address();
    let admitted = throttle::admit(app, subject, address.as_deref()).await?;
    if let Err(wait) = &admitted {
        let reason = format!("too many were wrong: {} in a row", wait.failures);
        throttle::note(app, wait, refusal(asked, way, factor, reason)).await?;
    }
    Ok(admitted)
}

/// What somebody is told whose code is not looked at now.
pub(super) fn wait_problem(wait: &Wait, now: Timestamp) -> Problem {
    Problem::new(Text::new("problem-wait-code").with("minutes", wait.minutes(now)))
}

fn throttled(asked: &Asked, way: &Way, kind: Kind, wait: &Wait) -> Response {
    let now = asked.app.clock.now();
    later(render(asked, way, kind, Some(wait_problem(wait, now))), wait, now)
}

/// Counts and tells that something typed was wrong.
async fn refused(asked: &Asked, way: &Way, kind: Kind, tried: Try, why: &str) -> Result<(), Error> {
    let app = &asked.app;
    app.metrics.refused(Factors::Code);
    if let (Kind::Pass, Some(pass)) = (kind, &way.who.means.codes.pass) {
        let id = pass.id;
        let write = async move |tx: &Tx| tx.miss_pass(id).await;
        app.store.write::<_, Error, _>(write).await?;
    }
    tried.wrong(app, refusal(asked, way, page_of(kind), why.to_owned())).await
}

pub(super) async fn show_app(At { asked, way, .. }: At<AppCode>) -> Response {
    render(&asked, &way, Kind::App, None)
}

pub(super) async fn submit_app(Submitted { asked, way, form, .. }: Submitted<AppCode>) -> Response {
    asked.answer(app_code(&asked, way, &form)).await
}

async fn app_code(asked: &Asked, way: Way, form: &Params) -> Answer {
    let (app, typed) = (&asked.app, typed(form));
    if typed.trim().is_empty() {
        let problem = Problem::at("code", "problem-code-missing");
        return Ok(render(asked, &way, Kind::App, Some(problem)));
    }
    let (person, now) = (way.who.record.person.id, app.clock.now());
    let tried = match admit(asked, &way, page_of(Kind::App)).await? {
        Ok(tried) => tried,
        Err(wait) => return Ok(throttled(asked, &way, Kind::App, &wait)),
    };
    let judged = match &way.who.means.codes.app {
        Some(enrolled) => {
            let step = totp::judge(&app.keys, person, enrolled, typed, now)?;
            step.map(|step| (enrolled.id, step))
        }
        None => None,
    };
    let Some((id, step)) = judged else {
        refused(asked, &way, Kind::App, tried, "the code is wrong, old or used").await?;
        let problem = Problem::at("code", "problem-code-wrong").advise("advice-code-next");
        return Ok(render(asked, &way, Kind::App, Some(problem)));
    };
    tried.right(app).await?;
    let proof = Proof { at: now, method: Method::Code { app: id } };
    let shown = Shown { proof, used: Some(Use::App { id, step }) };
    let record = way.who.record.clone();
    way.prove(asked, record, vec![shown]).await
}

pub(super) async fn show_recovery(At { asked, way, .. }: At<Recovery>) -> Response {
    render(&asked, &way, Kind::Recovery, None)
}

pub(super) async fn submit_recovery(
    Submitted { asked, way, form, .. }: Submitted<Recovery>,
) -> Response {
    let work = async {
        let (app, person) = (&asked.app, way.who.record.person.id);
        let tried = match admit(&asked, &way, page_of(Kind::Recovery)).await? {
            Ok(tried) => tried,
            Err(wait) => return Ok(throttled(&asked, &way, Kind::Recovery, &wait)),
        };
        let allowed = way.who.policy.allows(MethodKind::RecoveryCode);
        let codes = way.who.means.codes.recovery.as_slice();
        let codes = if allowed { codes } else { &[] };
        let Some(id) = recovery::judge(&app.keys.mac, person, codes, typed(&form)) else {
            let why = "the recovery code is wrong or used";
            refused(&asked, &way, Kind::Recovery, tried, why).await?;
            let problem = Problem::at("code", "problem-recovery-wrong");
            return Ok(render(&asked, &way, Kind::Recovery, Some(problem)));
        };
        tried.right(app).await?;
        let ticket = Ticket::RecoveryCode;
        open(&asked, way, ticket, Use::RecoveryCode(id)).await
    };
    asked.answer(work).await
}

pub(super) async fn show_pass(At { asked, way, .. }: At<Pass>) -> Response {
    render(&asked, &way, Kind::Pass, None)
}

pub(super) async fn submit_pass(Submitted { asked, way, form, .. }: Submitted<Pass>) -> Response {
    let work = async {
        let (app, person) = (&asked.app, way.who.record.person.id);
        let tried = match admit(&asked, &way, page_of(Kind::Pass)).await? {
            Ok(tried) => tried,
            Err(wait) => return Ok(throttled(&asked, &way, Kind::Pass, &wait)),
        };
        let issued = way.who.means.codes.pass.as_ref();
        let judged = pass::judge(&app.keys.mac, person, issued, typed(&form), app.clock.now());
        if let Err(why) = judged {
            refused(&asked, &way, Kind::Pass, tried, "the pass is wrong, used or old").await?;
            return Ok(render(&asked, &way, Kind::Pass, Some(pass_problem(why))));
        }
        tried.right(app).await?;
        let id = issued.map(|pass| pass.id).ok_or_else(|| anyhow::anyhow!("no pass"))?;
        open(&asked, way, Ticket::Pass, Use::Pass(id)).await
    };
    asked.answer(work).await
}

/// Why a pass opens nothing, in words.
pub(super) fn pass_problem(why: pass::Refused) -> Problem {
    let text = match why {
        pass::Refused::Wrong | pass::Refused::Spent(Spent::TooManyTries) => "problem-pass-wrong",
        pass::Refused::Spent(Spent::Used) => "problem-pass-used",
        pass::Refused::Spent(Spent::Expired) => "problem-pass-expired",
    };
    Problem::at("code", text).advise("advice-pass-new")
}

/// Something that opens enrolment was shown.
async fn open(asked: &Asked, way: Way, ticket: Ticket, used: Use) -> Answer {
    let proof = Proof { at: asked.app.clock.now(), method: Method::Ticket { ticket } };
    let record = way.who.record.clone();
    way.prove(asked, record, vec![Shown { proof, used: Some(used) }]).await
}
