//! Somebody who is about to log in, and has lost what they log in with, reports it: one factor is
//! enough for that. What it does is the same as on the account's own pages.

use axum::http::StatusCode;
use axum::response::Response;
use latchkey_core::assurance::Level;
use latchkey_core::codes::AuthenticatorApp;
use latchkey_core::credentials::{Authenticator, Cause, Credential, CredentialState, Loss};
use latchkey_core::policy::{MethodKind, Policy};
use latchkey_web::{Link, Problem};

use super::asked::{Answer, Asked};
use super::dispatcher::Step;
use super::factor::shown;
use super::way::{At, Place, Submitted, Traveller, Way};
use crate::App;
use crate::actions::lost::{self, End, NotReported, Report, without};
use crate::authn::Means;
use crate::pages::lost::{Left, ReportLostHere, Reported, Thing};
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
    let page = ReportLostHere {
        form: way.form(PAGE),
        things: all.into_iter().map(|(_, thing)| thing).collect(),
        chosen: chosen.0.to_owned(),
        losses: ReportLostHere::losses(),
        loss: chosen.1,
        end_sessions,
        sessions: sessions.iter().filter(|other| other.id != who.session.id).count(),
        last,
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
            Err(refused) => {
                let problem = Some(refusal(refused));
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

fn is_reported(means: &Means, lost: Authenticator) -> bool {
    let state = match lost {
        Authenticator::Key(id) => means.keys.iter().find(|key| key.id == id).map(|key| key.state),
        Authenticator::App(_) => means.codes.app.as_ref().map(|app| app.state),
    };
    let suspension = state.and_then(CredentialState::suspension);
    suspension.is_some_and(|suspension| suspension.cause == Cause::ReportedLost)
}

/// Why a password alone does not report something.
#[must_use]
pub fn refusal(refused: NotReported) -> Problem {
    let text = match refused {
        NotReported::OneADay => "problem-lost-one-a-day",
        NotReported::LastWayIn | NotReported::Gone => "problem-lost-last",
    };
    Problem::new(text).advise("advice-lost-helpdesk")
}

async fn reported(asked: &Asked, way: &Way, lost: Authenticator) -> Answer {
    let who = &way.who;
    let key = who.means.keys.iter().find(|key| lost.key() == Some(key.id));
    let page = Reported {
        nickname: key.map(|key| key.nickname.as_str().to_owned()),
        left: left_without(&who.policy, &who.means, Some(lost)),
        logged_out: false,
        may_add: false,
        found_url: None,
        onward: Link::new("continue", way.address()),
    };
    Ok(asked.app.theme.render(&way.frame(asked, PAGE), &page))
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
