//! Help at `/help`: for everybody, logged in or not. It looks up nobody: whoever is logged in in
//! this browser sees their own organisation's helpdesk and local administrators, and everybody else
//! the helpdesk of the organisation that they chose or came from, and no name. "Get help" gives a
//! browser a number to read out to the helpdesk, when its button is pressed: crawlers follow links.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::get;
use latchkey_core::organisations::Organisation;
use latchkey_core::people::Person;
use latchkey_core::policy::Overrides;
use latchkey_core::roles::Role;
use latchkey_store::{Call, Error, OrganisationRecord};
use latchkey_web::limits::Params;
use latchkey_web::{Frame, Help};

use crate::actions::calls;
use crate::agent;
use crate::pages::help::{Article, Choice, Index, System};
use crate::pages::login::Contact;
use crate::pages::message::Failure;
use crate::visitor::Visitor;
use crate::{App, flow, pages};

/// How many organisations are offered: more would be no list that people read.
const CHOICES: u64 = 200;
/// Where a number is shown, and asked for.
const GET_HELP: &str = "/help/get-help";

/// The help pages' addresses.
pub fn router() -> Router<Arc<App>> {
    Router::new()
        .route("/help", get(index))
        .route(GET_HELP, get(get_help).post(call))
        .route("/help/{slug}", get(article))
}

async fn index(State(app): State<Arc<App>>, visitor: Visitor) -> Response {
    let frame = Reader::of(&app, &visitor).await.frame(&app, &visitor);
    app.theme.render(&frame, &Index::default())
}

async fn article(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Path(slug): Path<String>,
) -> Response {
    let Some(topic) = Help::parse(&slug) else {
        return visitor.failure(&app, Failure::NotFound);
    };
    let reader = Reader::of(&app, &visitor).await;
    let mut page = Article::of(topic).read_on(system(&visitor));
    if topic == Help::LocalAdministrator {
        let found = match &reader {
            Reader::LoggedIn { organisation, .. } => {
                administrators(&app, organisation).await.map(|it| page.administrators = it)
            }
            Reader::Of(_) => Ok(()),
            Reader::Anybody => organisations(&app).await.map(|it| page.organisations = it),
        };
        if let Err(error) = found {
            tracing::warn!("help is shown without anybody to ask: {error}");
        }
    }
    app.theme.render(&reader.frame(&app, &visitor), &page)
}

/// What the reader seems to have before them: a guess, which only orders what is shown to all.
fn system(visitor: &Visitor) -> Option<System> {
    let (_, system) = agent::described(&visitor.agent()?);
    match system? {
        "Windows" => Some(System::Windows),
        "macOS" => Some(System::Mac),
        "iPhone" | "iPad" => Some(System::Iphone),
        "Android" => Some(System::Android),
        "Linux" | "ChromeOS" => Some(System::Linux),
        _ => None,
    }
}

async fn administrators(app: &App, organisation: &Organisation) -> Result<Vec<Contact>, Error> {
    let holders = app.store.view().list_holders(organisation.id, Role::LocalAdministrator).await?;
    let contact = |person: Person| Contact { name: person.name, email: person.email };
    Ok(holders.into_iter().map(contact).collect())
}

/// Those whose helpdesk can be reached.
async fn organisations(app: &App) -> Result<Vec<Choice>, Error> {
    let all = app.store.view().list_organisations_by_name(CHOICES).await?;
    let reachable = all.into_iter().filter(|record| record.helpdesk.is_reachable());
    let choice = |record: OrganisationRecord| {
        let url = Help::LocalAdministrator.url(Some(&record.slug));
        Choice { name: record.name, url }
    };
    Ok(reachable.map(choice).collect())
}

async fn get_help(State(app): State<Arc<App>>, visitor: Visitor) -> Response {
    let call = match visitor.browser(&app) {
        Some(browser) => app.store.view().find_call_of(browser, app.clock.now()).await,
        None => Ok(None),
    };
    // The helpdesk's own number is on this page: it is shown whatever fails.
    let call = call.unwrap_or_else(|error| {
        tracing::warn!("help is shown without a call number: {error}");
        None
    });
    let frame = Reader::of(&app, &visitor).await.frame(&app, &visitor);
    let page = Article { call: call.map(shown), ..Article::of(Help::GetHelp) };
    app.theme.render(&frame, &page)
}

fn shown(call: Call) -> pages::help::Call {
    let (first, second) = call.number.split_at_checked(3).unwrap_or((&call.number, ""));
    let number = [first.to_owned(), second.to_owned()];
    pages::help::Call { number, helper: call.helper, case: call.case }
}

/// Gives this browser a number, unless it has one.
async fn call(State(app): State<Arc<App>>, visitor: Visitor) -> Response {
    let browser = visitor.browser_or_new(&app);
    match calls::begin(&app, browser.digest, visitor.address().as_deref()).await {
        Ok(Some(wait)) => {
            let page = visitor.failure(&app, Failure::TooMany);
            flow::later(page, &wait, app.clock.now())
        }
        Ok(None) => {
            let reader = Reader::of(&app, &visitor).await;
            let back = Help::GetHelp.url(reader.organisation().map(|it| it.slug.as_str()));
            let mut response = Redirect::to(&back).into_response();
            browser.keep(&app, &mut response);
            response
        }
        Err(error) => visitor.our_failure(&app, &error),
    }
}

/// Whose helpdesk a page names.
enum Reader {
    /// Somebody is logged in in this browser.
    LoggedIn { organisation: Arc<Organisation>, name: String },
    /// The address names an organisation: chosen from a list, or on the page that led here.
    Of(Box<Organisation>),
    /// Nothing is known.
    Anybody,
}

impl Reader {
    async fn of(app: &Arc<App>, visitor: &Visitor) -> Self {
        match flow::current(app, visitor).await {
            Ok(Some(current)) => {
                let name = current.person.person.name;
                return Self::LoggedIn { organisation: current.organisation, name };
            }
            Ok(None) => {}
            // Help is needed most when something does not work.
            Err(error) => tracing::warn!("help is shown without a helpdesk: {error:#}"),
        }
        let asked = Params::of_query(visitor.uri()).ok();
        let slug = asked.as_ref().and_then(|query| query.one("organisation").ok().flatten());
        let Some(slug) = slug else { return Self::Anybody };
        match app.store.view().find_organisation_by_slug(slug).await {
            // No page here asks for its policy.
            Ok(Some(record)) => Self::Of(Box::new(record.resolve(&Overrides::default()))),
            Ok(None) => Self::Anybody,
            Err(error) => {
                tracing::warn!("help is shown without a helpdesk: {error}");
                Self::Anybody
            }
        }
    }

    fn organisation(&self) -> Option<&Organisation> {
        match self {
            Self::LoggedIn { organisation, .. } => Some(organisation),
            Self::Of(organisation) => Some(organisation),
            Self::Anybody => None,
        }
    }

    fn frame(&self, app: &App, visitor: &Visitor) -> Frame {
        let path = visitor.uri().path();
        let path = match self {
            Self::Of(organisation) => format!("{path}?organisation={}", organisation.slug),
            Self::LoggedIn { .. } | Self::Anybody => path.to_owned(),
        };
        let mut frame = visitor.frame(app, path);
        frame.organisation = self.organisation().map(Into::into);
        if let Self::LoggedIn { name, .. } = self {
            frame.person = Some(name.clone());
        }
        frame
    }
}
