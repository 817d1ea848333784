//! Somebody who is about to log in, and has lost what they log in with, reports it: one factor is
//! enough for that. What it does is the same as on the account's own pages. And the pages of a
//! letter's link that confirms a report, which belong to no way.

use axum::http::StatusCode;
use axum::response::Response;
use latchkey_core::assurance::Level;
use latchkey_core::codes::AuthenticatorApp;
use latchkey_core::credentials::{Authenticator, Cause, Credential, CredentialState, Loss};
use latchkey_core::policy::{MethodKind, Policy};
use latchkey_core::secrets::Plain;
use latchkey_store::{Link as Sent, PersonRecord};
use latchkey_web::{Form, Frame, Link, Problem};

use super::asked::{Answer, Asked};
use super::dispatcher::Step;
use super::factor::shown;
use super::link::over;
use super::way::{At, Place, Submitted, Traveller, Way};
use crate::App;
use crate::actions::lost::confirm::Claim;
use crate::actions::lost::{self, End, NotReported, Report, without};
use crate::authn::Means;
use crate::pages::lost::{
    AskedByMail, ConfirmLost, Left, ReportLost, ReportLostHere, Reported, Thing, one_a_day,
};
use crate::pages::message::Failure;

const PAGE: &str = "lost";

/// What an authenticator app is called in the form; a key goes by its database key.
const APP: &str = "app";

/// The steps at which something may turn out to be lost: it is asked for, or nothing else is left.
pub(super) struct Lost;

impl Place for Lost {
    type Who = Traveller;

    fn of(step: &Step) -> Option<Self> {
        matches!(step, Step::Factor(_) | Step::HelpNeeded).then_some(Self)
    }
}

/// Where a way's pages lead whoever has lost something, if they may report it there: a link by
/// e-mail or a pass is no factor.
pub(super) fn url(way: &Way) -> Option<String> {
    let works = |key: &Credential| key.state == CredentialState::Active;
    let means = &way.who.means;
    let app = means.codes.app.as_ref().is_some_and(|app| app.state == CredentialState::Active);
    let any = way.who.reached().is_some() && (app || means.keys.iter().any(works));
    any.then(|| way.path(PAGE))
}

/// What works and may be lost.
fn things(app: &App, means: &Means) -> Vec<(Authenticator, Thing)> {
    let works = |key: &&Credential| key.state == CredentialState::Active;
    let keys = means.keys.iter().filter(works).map(|key| {
        let thing = Thing { value: key.id.to_string(), key: Some(shown(app, key)) };
        (Authenticator::Key(key.id), thing)
    });
    let works = |app: &&AuthenticatorApp| app.state == CredentialState::Active;
    let apps = means.codes.app.iter().filter(works);
    let apps =
        apps.map(|app| (Authenticator::App(app.id), Thing { value: APP.to_owned(), key: None }));
    keys.chain(apps).collect()
}

async fn render(
    asked: &Asked,
    way: &Way,
    chosen: (&str, Loss),
    end_sessions: bool,
    problem: Option<Problem>,
) -> Answer {
    let status = if problem.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let (app, who) = (&asked.app, &way.who);
    let sessions = app.store.view().list_sessions(who.record.person.id, app.clock.now()).await?;
    let all = things(app, &who.means);
    let last = match &all[..] {
        [(only, _)] => left_without(&who.policy, &who.means, Some(*only)).is_nothing(),
        _ => false,
    };
    let any_key = all.iter().any(|(_, thing)| thing.key.is_some());
    let page = ReportLostHere {
        form: way.form(PAGE),
        things: all.into_iter().map(|(_, thing)| thing).collect(),
        chosen: chosen.0.to_owned(),
        losses: ReportLost::losses_of(any_key),
        loss: chosen.1,
        end_sessions,
        sessions: sessions.iter().filter(|other| other.id != who.session.id).count(),
        last,
        by_mail: last && who.reached() == Some(Level::Password),
        back: Link::new("go-back", way.address()),
        problem,
    };
    Ok(app.theme.render_as(status, &way.frame(asked, PAGE), &page))
}

/// `GET /login/{flow}/lost`
pub(super) async fn show(At { asked, way, .. }: At<Lost>) -> Response {
    let work = async {
        if url(&way).is_none() {
            return way.go_on(&asked).await;
        }
        let first =
            things(&asked.app, &way.who.means).into_iter().next().map(|(_, thing)| thing.value);
        render(&asked, &way, (&first.unwrap_or_default(), Loss::Misplaced), false, None).await
    };
    asked.answer(work).await
}

/// `POST /login/{flow}/lost`
pub(super) async fn submit(Submitted { asked, way, form, .. }: Submitted<Lost>) -> Response {
    let work = async {
        let one = |name| form.one(name).ok().flatten().unwrap_or_default();
        let Some(level) = way.who.reached() else { return way.go_on(&asked).await };
        let (Some(loss), chosen) = (Loss::parse(one("loss")), one("lost")) else {
            return Err(asked.failure(Failure::Unreadable));
        };
        let Some(lost) = named(&way.who.means, chosen) else {
            return Err(asked.failure(Failure::Unreadable));
        };
        let end_sessions = one("end_sessions") == "yes";
        let report = Report {
            lost,
            loss,
            by_password_alone: level == Level::Password,
            end: if end_sessions { End::Others } else { End::None },
        };
        let (person, session) = (&way.who.record.person, Some(way.who.session.id));
        let origin = way.origin(&asked, person.id);
        match lost::report(&asked.app, &origin, person, session, report).await? {
            Ok(()) => reported(&asked, &way, lost).await,
            // Sent twice: it says the same.
            Err(NotReported::Gone) if is_reported(&way.who.means, lost) => {
                reported(&asked, &way, lost).await
            }
            Err(NotReported::Gone) => way.go_on(&asked).await,
            Err(NotReported::LastWayIn) => {
                let onward = Link::new("go-on-logging-in", way.address());
                let page = AskedByMail { app: lost.app().is_some(), onward };
                Ok(asked.app.theme.render(&way.frame(&asked, PAGE), &page))
            }
            Err(NotReported::OneADay) => {
                let problem = Some(one_a_day());
                render(&asked, &way, (chosen, loss), end_sessions, problem).await
            }
        }
    };
    asked.answer(work).await
}

/// What a form names, if it is theirs.
fn named(means: &Means, chosen: &str) -> Option<Authenticator> {
    if chosen == APP {
        return means.codes.app.as_ref().map(|app| Authenticator::App(app.id));
    }
    let key = means.keys.iter().find(|key| key.id.to_string() == chosen);
    key.map(|key| Authenticator::Key(key.id))
}

/// Whether something of theirs works; `None` when it is not there any more.
fn state(means: &Means, lost: Authenticator) -> Option<CredentialState> {
    match lost {
        Authenticator::Key(id) => means.keys.iter().find(|key| key.id == id).map(|key| key.state),
        Authenticator::App(id) => {
            means.codes.app.as_ref().filter(|app| app.id == id).map(|app| app.state)
        }
    }
}

fn is_reported(means: &Means, lost: Authenticator) -> bool {
    let suspension = state(means, lost).and_then(CredentialState::suspension);
    suspension.is_some_and(|suspension| suspension.cause == Cause::ReportedLost)
}

async fn reported(asked: &Asked, way: &Way, lost: Authenticator) -> Answer {
    let who = &way.who;
    // Found before it was reported, it was not suspended then.
    let at = match state(&who.means, lost).and_then(CredentialState::suspension) {
        Some(suspension) => suspension.at,
        None => Some(asked.app.clock.now()),
    };
    let page = Reported {
        nickname: nickname(&who.means, lost),
        at,
        left: left_without(&who.policy, &who.means, Some(lost)),
        logged_out: false,
        may_add: false,
        found_url: None,
        onward: Link::new("go-on-logging-in", way.address()),
    };
    Ok(asked.app.theme.render(&way.frame(asked, PAGE), &page))
}

/// A letter's link to confirm a report, opened: what its button does, or what it did.
pub(super) async fn show_confirm(
    asked: &Asked,
    token: &Plain,
    link: &Sent,
    record: &PersonRecord,
) -> Answer {
    let app = &asked.app;
    let Some(claim) = Claim::read(token) else { return Ok(over(asked)) };
    let policy = app.policy_of(&record.person).await?;
    let means = Means::of(&app.store.view(), record).await?;
    if link.used_at.is_some() || state(&means, claim.lost) != Some(CredentialState::Active) {
        return confirmed(asked, token, record, claim, link.used_at.is_some()).await;
    }
    let page = ConfirmLost {
        form: Form::new(format!("/link/{}", token.expose())),
        nickname: nickname(&means, claim.lost),
        end_sessions: claim.end_sessions,
        left: left_without(&policy, &means, Some(claim.lost)),
    };
    Ok(app.theme.render(&confirm_frame(asked, token, record).await?, &page))
}

/// The button of that page.
pub(super) async fn confirm(
    asked: &Asked,
    token: &Plain,
    link: &Sent,
    record: &PersonRecord,
) -> Answer {
    let (app, address) = (&asked.app, asked.visitor.address());
    let Some(claim) = Claim::read(token) else { return Ok(over(asked)) };
    let done = lost::confirm::confirm(app, address, link, &record.person, claim).await?;
    confirmed(asked, token, record, claim, done.is_ok() || link.used_at.is_some()).await
}

/// What became of a report that a link confirms. Whoever sends it twice is told the same.
async fn confirmed(
    asked: &Asked,
    token: &Plain,
    record: &PersonRecord,
    claim: Claim,
    used: bool,
) -> Answer {
    let app = &asked.app;
    let means = Means::of(&app.store.view(), record).await?;
    if !is_reported(&means, claim.lost) {
        return Ok(over(asked));
    }
    let policy = app.policy_of(&record.person).await?;
    let suspension = state(&means, claim.lost).and_then(CredentialState::suspension);
    let page = Reported {
        nickname: nickname(&means, claim.lost),
        at: suspension.and_then(|suspension| suspension.at),
        left: left_without(&policy, &means, Some(claim.lost)),
        logged_out: used && claim.end_sessions,
        may_add: false,
        found_url: None,
        onward: Link::new("log-in", "/account"),
    };
    Ok(app.theme.render(&confirm_frame(asked, token, record).await?, &page))
}

async fn confirm_frame(
    asked: &Asked,
    token: &Plain,
    record: &PersonRecord,
) -> anyhow::Result<Frame> {
    let organisation = asked.app.organisation(record.person.organisation).await?;
    let mut frame = asked.visitor.frame(&asked.app, format!("/link/{}", token.expose()));
    frame.organisation = Some((&*organisation).into());
    Ok(frame)
}

/// What a key is called; an app has no name.
fn nickname(means: &Means, lost: Authenticator) -> Option<String> {
    let key = means.keys.iter().find(|key| lost.key() == Some(key.id));
    key.map(|key| key.nickname.as_str().to_owned())
}

/// What somebody can still log in with as policy asks, once this one is gone.
#[must_use]
pub fn left_without(policy: &Policy, means: &Means, lost: Option<Authenticator>) -> Left {
    let (keys, codes) = match lost {
        Some(lost) => without(&means.keys, &means.codes, lost),
        None => (means.keys.clone(), means.codes.clone()),
    };
    let app = codes.app.is_some_and(|app| app.state == CredentialState::Active)
        && policy.allows(MethodKind::AuthenticatorApp);
    Left {
        keys: keys.iter().filter(|key| policy.judge_use(key).is_ok()).count(),
        app: means.password && app && policy.required <= Level::Mfa,
        password: means.password && policy.required == Level::Password,
    }
}
