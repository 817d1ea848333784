//! Where links lead: an invitation, a forgotten password, enrolment beside an administrator.
//!
//! Opening one does nothing, because mail scanners open links; the button on its page uses it, once,
//! and begins a way through the log-in pages. Whoever comes back to a used one in the same browser
//! finds that way again. One kind begins no way: it confirms what was reported lost.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use latchkey_core::assurance::{Method, Proof, Ticket};
use latchkey_core::codes::LinkKind;
use latchkey_core::ids::FlowId;
use latchkey_core::passwords::SHORTEST;
use latchkey_core::people::PersonState;
use latchkey_core::requirement::Requirement;
use latchkey_core::secrets::Plain;
use latchkey_store::{Error, Flow, Link, PersonRecord, Tx};
use latchkey_web::limits::{Form as Posted, Refusal};
use latchkey_web::{Form, Problem, Text};

use super::asked::{Answer, Asked, see};
use super::lost;
use super::way::{self, Progress, Shown, Traveller, Use, Way};
use crate::App;
use crate::actions::passwords::{self, FIELD};
use crate::authn::password::HashError;
use crate::pages::link::{Accept, Follow, Over};
use crate::visitor::Visitor;

/// A link that can be used, and whose it is.
struct Open {
    link: Link,
    record: PersonRecord,
}

/// The link of an address, if it can be used now; else the page for that.
async fn find(asked: &Asked, token: &Plain) -> Result<Open, super::Stop> {
    let (app, now) = (&asked.app, asked.app.clock.now());
    let view = app.store.view();
    let Some(link) = view.find_link(token.digest()).await? else { return Err(over(asked).into()) };
    if let (Some(_), Some(flow)) = (link.used_at, link.flow)
        && let Some(flow) = view.find_flow(flow).await?
        && asked.visitor.browser(app) == Some(flow.browser)
    {
        return Err(see(&format!("/login/{}", flow.id)).into());
    }
    // What was confirmed goes on saying so.
    let used = link.used_at.is_some() && link.kind != LinkKind::Lost;
    if used || now >= link.expires_at {
        return Err(over(asked).into());
    }
    let record = view.find_person(link.person).await?;
    let wanted = match link.kind {
        LinkKind::Invitation => PersonState::Invited,
        LinkKind::Supervised | LinkKind::Password | LinkKind::Lost => PersonState::Active,
    };
    match record.filter(|record| record.person.state == wanted) {
        Some(record) => Ok(Open { link, record }),
        None => Err(over(asked).into()),
    }
}

/// One page for all that do not work: unknown, used, replaced and old.
pub(super) fn over(asked: &Asked) -> Response {
    let frame = asked.visitor.frame(&asked.app, "/help/get-help");
    asked.app.theme.render_as(StatusCode::GONE, &frame, &Over {})
}

/// `GET /link/{token}`
pub(super) async fn show(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Path(token): Path<String>,
) -> Response {
    let (asked, token) = (Asked { app, visitor }, Plain::new(token));
    let work = async {
        let open = find(&asked, &token).await?;
        page(&asked, &token, &open, None).await
    };
    asked.answer(work).await
}

async fn page(asked: &Asked, token: &Plain, open: &Open, problem: Option<Problem>) -> Answer {
    let (app, person) = (&asked.app, &open.record.person);
    if open.link.kind == LinkKind::Lost {
        return lost::show_confirm(asked, token, &open.link, &open.record).await;
    }
    let organisation = app.organisation(person.organisation).await?;
    let path = format!("/link/{}", token.expose());
    let mut frame = asked.visitor.frame(app, &path);
    frame.organisation = Some((&*organisation).into());
    let status = if problem.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let form = Form::new(path);
    if open.link.kind == LinkKind::Invitation {
        let policy = app.policy_of(person).await?;
        let keys = policy.keys_enrollable();
        let page = Accept {
            form,
            name: person.name.clone(),
            username: person.username.as_str().to_owned(),
            organisation: organisation.name.clone(),
            least: SHORTEST,
            key_alone: keys && policy.key_as_primary,
            problem,
        };
        return Ok(app.theme.render_as(status, &frame, &page));
    }
    let supervised = open.link.kind == LinkKind::Supervised;
    let made_by = if supervised { made_by(app, &open.link).await? } else { None };
    let page = Follow { form, name: person.name.clone(), supervised, made_by };
    Ok(app.theme.render_as(status, &frame, &page))
}

/// Who made a link, so that nobody else passes for them; `None` when they are gone.
async fn made_by(app: &App, link: &Link) -> Result<Option<Text>, Error> {
    let Some(issuer) = link.issuer else { return Ok(Some(Text::new("follow-by-operator"))) };
    let found = app.store.view().find_person(issuer).await?;
    Ok(found.map(|found| Text::new("follow-by").with("name", found.person.name)))
}

/// `POST /link/{token}`
pub(super) async fn submit(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Path(token): Path<String>,
    form: Result<Posted, Refusal>,
) -> Response {
    let (asked, token) = (Asked { app, visitor }, Plain::new(token));
    let form = match form {
        Ok(Posted(form)) => form,
        Err(refusal) => return asked.visitor.failure(&asked.app, refusal.into()),
    };
    let work = async {
        let open = find(&asked, &token).await?;
        let one = |name| form.one(name).ok().flatten().unwrap_or_default();
        let invited = open.link.kind == LinkKind::Invitation;
        let password = match (invited, one("decision")) {
            (true, "key") | (false, _) => None,
            (true, _) => match chosen(&asked, &open, one(FIELD)).await? {
                Ok(hash) => Some(hash),
                Err(problem) => return page(&asked, &token, &open, Some(problem)).await,
            },
        };
        use_it(&asked, &token, open, password).await
    };
    asked.answer(work).await
}

/// The hash of the password that an invited person chose.
async fn chosen(
    asked: &Asked,
    open: &Open,
    typed: &str,
) -> Result<Result<String, Problem>, super::Stop> {
    let (app, person) = (&asked.app, &open.record.person);
    let organisation = app.organisation(person.organisation).await?;
    let new = match passwords::choose(typed, person, &organisation.name) {
        Ok(new) => new,
        Err(problem) => return Ok(Err(problem)),
    };
    match app.hasher.hash(new).await {
        Ok(hash) => Ok(Ok(hash)),
        Err(error) if matches!(error.downcast_ref(), Some(HashError::Busy)) => {
            Ok(Err(Problem::new("problem-busy")))
        }
        Err(error) => Err(error.into()),
    }
}

/// Uses a link: begins a way, on which it is what was shown first; or confirms a report.
async fn use_it(asked: &Asked, token: &Plain, open: Open, password: Option<String>) -> Answer {
    let (app, now) = (&asked.app, asked.app.clock.now());
    let Open { link, mut record } = open;
    let ticket = match link.kind {
        LinkKind::Invitation => Ticket::Invitation,
        LinkKind::Supervised => Ticket::Supervised,
        LinkKind::Password => Ticket::PasswordLink,
        LinkKind::Lost => return lost::confirm(asked, token, &link, &record).await,
    };
    let browser = asked.visitor.browser_or_new(app);
    let flow = Flow {
        id: FlowId(app.rng.uuid_v4()),
        browser: browser.digest,
        requirement: Requirement { again: true, ..Requirement::anyone() },
        resume: "/login/resume".to_owned(),
        payload: "/account".to_owned(),
        session: None,
        step: way::nonce(app),
        progress: serde_json::to_string(&Progress::default()).map_err(Error::from)?,
        created_at: now,
        expires_at: now.plus(app.config.lifetimes.flow.max(ticket.lasts())),
        finished_at: None,
    };
    let row = flow.clone();
    let write = async move |tx: &Tx| tx.insert_flow(&row).await;
    app.store.write::<(), Error, _>(write).await?;
    let way: Way<Option<Traveller>> = Way::begun(flow);
    let mut shown = vec![Shown {
        proof: Proof { at: now, method: Method::Ticket { ticket } },
        used: Some(Use::Link {
            digest: link.digest,
            kind: link.kind,
            sent_to: link.sent_to,
            password: password.clone(),
        }),
    }];
    if password.is_some() {
        shown.push(Shown::password(now));
        record.password_hash = password;
    }
    record.person.state = PersonState::Active;
    let mut response = way.prove(asked, record, shown).await?;
    browser.keep(app, &mut response);
    Ok(response)
}
