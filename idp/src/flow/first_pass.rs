//! The first page for somebody whose helpdesk gave them a pass: user name, their password if they
//! have one, and the pass, together. A pass opens enrolment and nothing else; whatever is wrong has
//! one answer, so that it tells nothing about anybody.

use axum::http::StatusCode;
use axum::response::Response;
use latchkey_core::assurance::{Method, Proof, Ticket};
use latchkey_core::ids::{CodeId, PersonId};
use latchkey_core::secrets::Plain;
use latchkey_store::{Error, Tx};
use latchkey_web::limits::Params;
use latchkey_web::{Link, Problem, Text};
use uuid::Uuid;

use super::asked::{Answer, Asked, later};
use super::code::pass_problem;
use super::identify::{Identify, named, refusal};
use super::way::{At, Shown, Submitted, Traveller, Use, Way};
use crate::authn::pass::{self, Refused};
use crate::authn::password::HashError;
use crate::authn::throttle::{self, Subject};
use crate::metrics::Factors;
use crate::pages::login::FirstPass;
use crate::pages::message::Failure;

/// What the audit trail calls it.
const FACTOR: &str = "pass";
const PAGE: &str = "pass";

type Unknown = Way<Option<Traveller>>;

fn render(asked: &Asked, way: &Unknown, username: &str, problem: Option<Problem>) -> Response {
    let status = if problem.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let page = FirstPass {
        form: way.form(PAGE),
        username: username.to_owned(),
        back: Link::new("back-to-log-in", way.path("identify")),
        problem,
    };
    asked.app.theme.render_as(status, &way.frame(asked, PAGE), &page)
}

/// Where the log-in page leads whoever has a pass.
pub(super) fn url(way: &Unknown) -> String {
    way.path(PAGE)
}

/// `GET /login/{flow}/pass`
pub(super) async fn show(At { asked, way, .. }: At<Identify>) -> Response {
    render(&asked, &way, way.requirement().username_hint.as_deref().unwrap_or_default(), None)
}

/// `POST /login/{flow}/pass`
pub(super) async fn submit(Submitted { asked, way, form, .. }: Submitted<Identify>) -> Response {
    asked.answer(open(&asked, way, &form)).await
}

async fn open(asked: &Asked, mut way: Unknown, form: &Params) -> Answer {
    let (app, now) = (&asked.app, asked.app.clock.now());
    let (Ok(username), Ok(password), Ok(code)) =
        (form.one("username"), form.one("password"), form.one("code"))
    else {
        return Err(asked.failure(Failure::Unreadable));
    };
    let (typed, code) = (username.unwrap_or_default().trim(), code.unwrap_or_default());
    let again = |problem| -> Answer { Ok(render(asked, &way, typed, Some(problem))) };
    if typed.is_empty() {
        return again(Problem::at("username", "problem-username-missing"));
    }
    if code.trim().is_empty() {
        return again(Problem::at("code", "problem-pass-missing"));
    }
    let found = named(app, typed).await?;
    let subject = Subject::Password {
        person: found.as_ref().map(|found| found.person.id),
        name: typed,
        browser: Some(way.browser()),
    };
    let tried = match throttle::admit(app, subject, asked.visitor.address().as_deref()).await? {
        Ok(tried) => tried,
        Err(wait) => {
            let reason = format!("too many were wrong: {} in a row", wait.failures);
            throttle::note(app, &wait, refusal(asked, &way, found.as_ref(), FACTOR, reason))
                .await?;
            let text = Text::new("problem-wait-code").with("minutes", wait.minutes(now));
            return Ok(later(render(asked, &way, typed, Some(Problem::new(text))), &wait, now));
        }
    };
    // A password is asked of whoever has one. Of whoever has none, the same work is done.
    let hash = found.as_ref().and_then(|found| found.password_hash.as_deref());
    let password = Plain::new(password.unwrap_or_default().to_owned());
    let verified = match app.hasher.verify(password, hash).await {
        Ok(right) => right,
        Err(HashError::Busy) => return again(Problem::new("problem-busy")),
        Err(error) => return Err(anyhow::Error::from(error).into()),
    };
    let is_them = found.is_some() && (verified || hash.is_none());
    let person = found.as_ref().map_or(PersonId(Uuid::nil()), |found| found.person.id);
    let issued = app.store.view().list_codes(person).await?.pass;
    let judged = pass::judge(&app.keys.mac, person, issued.as_ref(), code, now);
    if let (true, Ok(()), Some(record), Some(pass)) = (is_them, judged, found.clone(), &issued) {
        way.progress.browser_noted = tried.browser_noted();
        tried.right(app).await?;
        let method = Method::Ticket { ticket: Ticket::Pass };
        let mut shown =
            vec![Shown { proof: Proof { at: now, method }, used: Some(Use::Pass(pass.id)) }];
        shown.extend(verified.then(|| Shown::password(now)));
        return way.prove(asked, record, shown).await;
    }
    app.metrics.refused(Factors::Password);
    // Only whoever is them uses up the tries of a pass: others would void it by guessing. The write
    // is the same for all.
    let missed = issued.filter(|_| is_them).map_or(CodeId(Uuid::nil()), |pass| pass.id);
    let write = async move |tx: &Tx| tx.miss_pass(missed).await;
    app.store.write::<_, Error, _>(write).await?;
    let reason = "the password or the pass is wrong, used or old".to_owned();
    tried.wrong(app, refusal(asked, &way, found.as_ref(), FACTOR, reason)).await?;
    again(match judged {
        // The right password and the right pass: it is theirs to know what became of it.
        Err(spent @ Refused::Spent(_)) if verified => pass_problem(spent),
        _ => Problem::at("code", "problem-pass-together").advise("advice-pass-new"),
    })
}
