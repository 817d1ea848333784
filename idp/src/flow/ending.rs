//! The pages on which a way ends or waits: consent, an organisation that has not started, and
//! people whom only the helpdesk can help.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;
use latchkey_core::requirement::Refusal;
use latchkey_core::roles::Role;
use latchkey_web::limits::{self, Form};
use latchkey_web::{Form as PageForm, Text};

use super::dispatcher::Step;
use super::way::see;
use super::{page, travelled};
use crate::App;
use crate::actions::people;
use crate::pages::login::{Consent, Contact, HelpNeeded, Item, NotStarted};
use crate::pages::message::Failure;
use crate::visitor::Visitor;

pub(super) async fn consent(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    mut visitor: Visitor,
) -> Response {
    page!(app, visitor, async {
        let mut way = travelled!(&app, visitor, id);
        let is_present = way.decide(&app) == Step::Consent;
        let asked = way.flow.requirement.consent.clone().filter(|_| is_present);
        let (Some(asked), Some(traveller)) = (asked, &way.traveller) else {
            return way.go_on(&app, &visitor).await;
        };
        let person = &traveller.record.person;
        let asks = |scope: &str| asked.scopes.iter().any(|asked| asked == scope);
        let mut items = Vec::new();
        let mut item = |key: &str, value: Option<String>| {
            if let Some(value) = value {
                items.push(Item { label: Text::new(key), value });
            }
        };
        if asks("profile") {
            item("claim-name", Some(person.name.clone()));
            item("claim-preferred-username", Some(person.username.as_str().to_owned()));
        }
        if asks("email") {
            item("claim-email", person.email.clone());
        }
        if asks("phone") {
            let phone = person.claims.get("phone_number").and_then(|value| value.as_str());
            item("claim-phone", phone.map(str::to_owned));
        }
        let application = way.flow.requirement.application.as_ref();
        let page = Consent {
            form: PageForm::new(way.path("consent")).with("step", way.flow.step.as_str()),
            application: way.application().unwrap_or_else(|| asked.client.0.clone()),
            host: application.map(|known| known.host.clone()).unwrap_or_default(),
            items,
            offline: asks("offline_access"),
        };
        Ok(app.theme.render(&way.frame(&app, &visitor, "consent"), &page))
    })
}

pub(super) async fn submit_consent(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    mut visitor: Visitor,
    form: Result<Form, limits::Refusal>,
) -> Response {
    page!(app, visitor, async {
        let Form(form) = match form {
            Ok(form) => form,
            Err(refusal) => return Ok(visitor.failure(&app, refusal.into())),
        };
        let mut way = travelled!(&app, visitor, id);
        if !way.is_present(&form) || way.decide(&app) != Step::Consent {
            return Ok(way.stale(&app, &visitor));
        }
        match form.one("decision") {
            Ok(Some("allow")) => way.progress.agreed = true,
            Ok(Some("deny")) => way.progress.refused = Some(Refusal::Denied),
            _ => return Ok(visitor.failure(&app, Failure::Unreadable)),
        }
        way.go_on(&app, &visitor).await
    })
}

pub(super) async fn not_started(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    mut visitor: Visitor,
) -> Response {
    page!(app, visitor, async {
        let mut way = travelled!(&app, visitor, id);
        let is_present = way.decide(&app) == Step::NotStarted;
        let Some(traveller) = way.traveller.as_ref().filter(|_| is_present) else {
            return way.go_on(&app, &visitor).await;
        };
        let organisation = &traveller.organisation;
        let holders =
            app.store.view().list_holders(organisation.id, Role::LocalAdministrator).await?;
        let page = NotStarted {
            organisation: organisation.name.clone(),
            application: way.application(),
            administrators: holders
                .into_iter()
                .map(|person| Contact { name: person.name, email: person.email })
                .collect(),
            form: PageForm::new(way.path("not-started")).with("step", way.flow.step.as_str()),
            registered: traveller.record.person.interested_at.is_some(),
            back: None,
        };
        Ok(app.theme.render(&way.frame(&app, &visitor, "not-started"), &page))
    })
}

pub(super) async fn interest(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    mut visitor: Visitor,
    form: Result<Form, limits::Refusal>,
) -> Response {
    page!(app, visitor, async {
        let Form(form) = match form {
            Ok(form) => form,
            Err(refusal) => return Ok(visitor.failure(&app, refusal.into())),
        };
        let way = travelled!(&app, visitor, id);
        let present = way.is_present(&form) && way.decide(&app) == Step::NotStarted;
        let Some(traveller) = way.traveller.as_ref().filter(|_| present) else {
            return Ok(way.stale(&app, &visitor));
        };
        let person = &traveller.record.person;
        let origin = way.origin(&app, &visitor, person.id);
        people::register_interest(&app, &origin, person).await?;
        Ok(see(&way.path("not-started")))
    })
}

pub(super) async fn help_needed(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    mut visitor: Visitor,
) -> Response {
    page!(app, visitor, async {
        let mut way = travelled!(&app, visitor, id);
        if way.decide(&app) != Step::HelpNeeded {
            return way.go_on(&app, &visitor).await;
        }
        let traveller = way.traveller.as_ref();
        let page = HelpNeeded {
            organisation: traveller.map(|it| it.organisation.name.clone()).unwrap_or_default(),
            application: way.application(),
            has_keys: traveller.is_some_and(|it| it.record.person.ever_had_factor),
            back: None,
        };
        Ok(app.theme.render(&way.frame(&app, &visitor, "help-needed"), &page))
    })
}
