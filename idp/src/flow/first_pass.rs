//! The first page for somebody whose helpdesk gave them a pass: user name, their password if they
//! have one, and the pass, together. A pass opens enrolment and nothing else; whatever is wrong has
//! one answer, so that it tells nothing about anybody.

use axum::http::StatusCode;
use axum::response::Response;
use latchkey_core::assurance::{Method, Proof, Ticket};
use latchkey_core::ids::{CodeId, PersonId};
use latchkey_store::{Error, Tx};
use latchkey_web::limits::Params;
use latchkey_web::{Link, Problem, Text};
use uuid::Uuid;

use super::asked::{Answer, Asked, later};
use super::code::pass_problem;
use super::identify::Identify;
use super::typed::{self, Unchecked, Unknown};
use super::way::{At, Shown, Submitted, Use};
use crate::authn::pass::{self, Refused};
use crate::pages::login::FirstPass;
use crate::pages::message::Failure;

/// What the audit trail calls it.
const FACTOR: &str = "pass";
const PAGE: &str = "pass";

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
    let (name, code) = (username.unwrap_or_default().trim(), code.unwrap_or_default());
    let again = |problem| -> Answer { Ok(render(asked, &way, name, Some(problem))) };
    if name.is_empty() {
        return again(Problem::at("username", "problem-username-missing"));
    }
    if code.trim().is_empty() {
        return again(Problem::at("code", "problem-pass-missing"));
    }
    // A password is asked of whoever has one. Of whoever has none, the same work is done.
    let password = password.unwrap_or_default();
    let checked = match typed::check(asked, &way, FACTOR, name, password).await? {
        Ok(checked) => checked,
        Err(Unchecked::Throttled(wait)) => {
            let text = Text::new("problem-wait-code").with("minutes", wait.minutes(now));
            return Ok(later(render(asked, &way, name, Some(Problem::new(text))), &wait, now));
        }
        Err(Unchecked::Busy) => return again(Problem::new("problem-busy")),
    };
    let (found, verified) = (checked.found.as_ref(), checked.verified);
    let is_them = found.is_some_and(|it| verified || it.password_hash.is_none());
    let person = found.map_or(PersonId(Uuid::nil()), |found| found.person.id);
    let issued = app.store.view().list_codes(person).await?.pass;
    let judged = pass::judge(&app.keys.mac, person, issued.as_ref(), code, now);
    if let (true, Ok(()), Some(record), Some(pass)) = (is_them, judged, found, &issued) {
        let record = record.clone();
        checked.right(app, &mut way).await?;
        let method = Method::Ticket { ticket: Ticket::Pass };
        let mut shown =
            vec![Shown { proof: Proof { at: now, method }, used: Some(Use::Pass(pass.id)) }];
        shown.extend(verified.then(|| Shown::password(now)));
        return way.prove(asked, record, shown).await;
    }
    // Only whoever is them uses up the tries of a pass: others would void it by guessing. The write
    // is the same for all.
    let missed = issued.filter(|_| is_them).map_or(CodeId(Uuid::nil()), |pass| pass.id);
    let write = async move |tx: &Tx| tx.miss_pass(missed).await;
    app.store.write::<_, Error, _>(write).await?;
    checked.wrong(asked, &way, "the password or the pass is wrong, used or old").await?;
    again(match judged {
        // The right password and the right pass: it is theirs to know what became of it.
        Err(spent @ Refused::Spent(_)) if verified => pass_problem(spent),
        _ => Problem::at("code", "problem-pass-together").advise("advice-pass-new"),
    })
}
