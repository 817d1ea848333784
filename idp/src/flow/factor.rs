//! The page of a key as the second factor, and as the fresh proof of a step-up.

use std::time::Duration;

use axum::http::StatusCode;
use axum::response::Response;
use latchkey_core::audit::What;
use latchkey_core::credentials::Credential;
use latchkey_store::{Error, Tx};
use latchkey_web::{Link, Problem, Text};

use super::asked::{Asked, Stop, options as offered};
use super::code::refusal;
use super::dispatcher::Step;
use super::lost;
use super::way::{At, Place, Scripted, Shown, Submitted, Traveller, Way};
use crate::App;
use crate::authn::{ceremonies, models};
use crate::pages::Key;
use crate::pages::factor::{UseKey, browser_problem, is_no_answer};

const PAGE: &str = "factor/passkey";
/// What the audit trail says of a key that did not answer: a missing one, a locked one and a closed
/// window look the same to us.
const NO_ANSWER: &str = "the key did not answer";
/// How often that is written down of one person: whoever tries again and again is told of once.
const NOTED_EVERY: Duration = Duration::from_secs(60);

/// The step of this page.
pub(super) struct SecondKey;

impl Place for SecondKey {
    type Who = Traveller;

    fn of(step: &Step) -> Option<Self> {
        offers(step, "passkey").then_some(Self)
    }
}

/// Whether a way stands where a factor may be shown.
pub(super) fn offers(step: &Step, factor: &str) -> bool {
    matches!(step, Step::Factor(names) if names.contains(&factor))
}

/// The other factors that may be shown where a way stands, as links.
pub(super) fn other_ways(asked: &Asked, way: &Way, but: &str) -> Vec<Link> {
    let Step::Factor(names) = way.stands(asked) else { return Vec::new() };
    let others = names.into_iter().filter(|name| *name != but);
    others
        .map(|name| Link::new(format!("way-{name}").as_str(), way.path(&format!("factor/{name}"))))
        .collect()
}

/// A key as pages show it.
pub(super) fn shown(app: &App, credential: &Credential) -> Key {
    let known = models::name(app.metadata.present().as_deref(), &credential.aaguid);
    Key::new(credential, known)
}

fn render(asked: &Asked, way: &Way, problem: Option<Problem>) -> Response {
    let status = if problem.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let step_up = way.requirement().step_up.is_some();
    let page = UseKey {
        ceremony: way.ceremony(PAGE),
        username: way.who.record.person.username.as_str().to_owned(),
        keys: way
            .who
            .means
            .keys
            .iter()
            .map(|key| shown(&asked.app, key))
            .filter(|key| key.suspended.is_none())
            .collect(),
        not_you_url: (!way.progress.keep).then(|| way.path("not-you")),
        reason: step_up.then(|| Text::new("step-up-fresh")),
        other_ways: other_ways(asked, way, "passkey"),
        lost_url: lost::url(way),
        problem,
    };
    asked.app.theme.render_as(status, &way.frame(asked, PAGE), &page)
}

/// Writes down that somebody came as far as their key and not further: whoever helps them sees it.
async fn note_no_answer(asked: &Asked, way: &Way) -> Result<(), Stop> {
    // Whoever is logged in and proves it anew did log in.
    if way.requirement().step_up.is_some() {
        return Ok(());
    }
    let (store, now) = (&asked.app.store, asked.app.clock.now());
    let last = store.view().list_events_of(way.who.record.person.id, 1).await?.into_iter().next();
    let noted = last.is_some_and(|(at, what)| {
        let same = matches!(what, What::LoginRefused { reason, .. } if reason == NO_ANSWER);
        same && now.since(at) < NOTED_EVERY
    });
    if !noted {
        let event = refusal(asked, way, "passkey", NO_ANSWER.to_owned());
        let write = async move |tx: &Tx| tx.insert_event(&event).await;
        store.write::<(), Error, _>(write).await?;
    }
    Ok(())
}

pub(super) async fn show(At { asked, way, .. }: At<SecondKey>) -> Response {
    render(&asked, &way, None)
}

pub(super) async fn options(Scripted { asked, way, .. }: Scripted<SecondKey>) -> Response {
    let work = async {
        let person = &way.who.record.person;
        Ok(offered(ceremonies::start_assertion(&asked.app, &way.binding(), person).await?))
    };
    asked.answer(work).await
}

pub(super) async fn submit(Submitted { asked, way, form, .. }: Submitted<SecondKey>) -> Response {
    let work = async {
        let one = |name| form.one(name).ok().flatten();
        let Some(credential) = one("credential") else {
            let failure = one("failure").unwrap_or_default();
            if is_no_answer(failure) {
                note_no_answer(&asked, &way).await?;
            }
            let problem = browser_problem(failure, false);
            return Ok(render(&asked, &way, Some(problem)));
        };
        let person = way.who.record.person.id;
        let (origin, binding) = (way.origin(&asked, person), way.binding());
        let verdict =
            ceremonies::finish_assertion(&asked.app, &binding, credential, Some(person), &origin);
        let accepted = match verdict.await? {
            Ok(accepted) => accepted,
            Err(refused) => return Ok(render(&asked, &way, Some(refused.problem))),
        };
        let shown = Shown::from(&accepted);
        way.prove(&asked, accepted.person, vec![shown]).await
    };
    asked.answer(work).await
}
