//! The pages on which a way ends or waits: consent, an organisation that has not started, and
//! people whom only the helpdesk can help.

use axum::response::Response;
use latchkey_core::policy::MethodKind;
use latchkey_core::requirement::Refusal;
use latchkey_core::roles::Role;
use latchkey_web::Text;
use serde_json::Map;

use super::asked::see;
use super::dispatcher::Step;
use super::lost;
use super::way::{At, Place, Submitted, Traveller};
use crate::actions::people;
use crate::pages::login::{
    Consent as ConsentPage, Contact, HelpNeeded, Item, NotStarted, Released,
};
use crate::pages::message::Failure;
use crate::release::released;

const CONSENT: &str = "consent";
const NOT_STARTED: &str = "not-started";
const HELP_NEEDED: &str = "help-needed";

/// The step of the consent page.
pub(super) struct Consent;

impl Place for Consent {
    type Who = Traveller;

    fn of(step: &Step) -> Option<Self> {
        (*step == Step::Consent).then_some(Self)
    }
}

/// The step at which an organisation has not started.
pub(super) struct Waiting;

impl Place for Waiting {
    type Who = Traveller;

    fn of(step: &Step) -> Option<Self> {
        (*step == Step::NotStarted).then_some(Self)
    }
}

/// The step at which only the helpdesk can help.
pub(super) struct Stranded;

impl Place for Stranded {
    type Who = Traveller;

    fn of(step: &Step) -> Option<Self> {
        (*step == Step::HelpNeeded).then_some(Self)
    }
}

pub(super) async fn consent(At { asked, way, .. }: At<Consent>) -> Response {
    let rules = way.requirement().consent.as_ref().map(|wanted| &wanted.released);
    let further = match rules.filter(|rules| !rules.is_empty()) {
        Some(rules) => released(&asked.app, rules, &way.who.record.person).await,
        None => Ok(Map::new()),
    };
    let further = match further {
        Ok(further) => further,
        Err(error) => return asked.visitor.our_failure(&asked.app, &error),
    };
    let requirement = way.requirement();
    let wanted = requirement.consent.as_ref();
    let person = &way.who.record.person;
    let asks =
        |scope: &str| wanted.is_some_and(|wanted| wanted.scopes.iter().any(|asked| asked == scope));
    let mut items = Vec::new();
    let mut item = |key: &str, value: Option<String>| {
        if let Some(value) = value {
            items.push(Item { label: Text::new(key), value });
        }
    };
    if asks("profile") {
        item("claim-name", Some(person.name.clone()));
        item("claim-preferred-username", Some(person.username.as_str().to_owned()));
        let locale = person.claims.get("locale").and_then(|value| value.as_str());
        item("claim-language", locale.map(|tag| asked.app.theme.language(tag)));
    }
    if asks("email") {
        item("claim-email", person.email.clone());
    }
    if asks("phone") {
        let phone = person.claims.get("phone_number").and_then(|value| value.as_str());
        item("claim-phone", phone.map(str::to_owned));
    }
    let application = requirement.application.as_ref();
    let client = || wanted.map(|wanted| wanted.client.0.clone());
    let page = ConsentPage {
        form: way.form(CONSENT),
        application: way.application().or_else(client).unwrap_or_default(),
        host: application.map(|known| known.host.clone()).unwrap_or_default(),
        items,
        further: Released::all(&further),
        offline: asks("offline_access"),
    };
    asked.app.theme.render(&way.frame(&asked, CONSENT), &page)
}

pub(super) async fn submit_consent(submitted: Submitted<Consent>) -> Response {
    let Submitted { asked, mut way, form, .. } = submitted;
    match form.one("decision") {
        Ok(Some("allow")) => way.progress.agreed = true,
        Ok(Some("deny")) => way.progress.refused = Some(Refusal::Denied),
        _ => return asked.visitor.failure(&asked.app, Failure::Unreadable),
    }
    asked.answer(way.advance(&asked)).await
}

pub(super) async fn not_started(At { asked, way, .. }: At<Waiting>) -> Response {
    let work = async {
        let organisation = &way.who.organisation;
        let view = asked.app.store.view();
        let holders = view.list_holders(organisation.id, Role::LocalAdministrator).await?;
        let page = NotStarted {
            organisation: organisation.name.clone(),
            application: way.application(),
            administrators: holders
                .into_iter()
                .map(|person| Contact { name: person.name, email: person.email })
                .collect(),
            form: way.form(NOT_STARTED),
            registered: way.who.record.person.interested_at,
            back: None,
        };
        Ok(asked.app.theme.render(&way.frame(&asked, NOT_STARTED), &page))
    };
    asked.answer(work).await
}

pub(super) async fn interest(Submitted { asked, way, .. }: Submitted<Waiting>) -> Response {
    let work = async {
        let person = &way.who.record.person;
        let origin = way.origin(&asked, person.id);
        people::register_interest(&asked.app, &origin, person).await?;
        Ok(see(&way.path(NOT_STARTED)))
    };
    asked.answer(work).await
}

pub(super) async fn help_needed(At { asked, way, .. }: At<Stranded>) -> Response {
    let allowed = way.who.policy.allows(MethodKind::RecoveryCode);
    let recovery = allowed && !way.who.means.codes.recovery.is_empty();
    let page = HelpNeeded {
        organisation: way.who.organisation.name.clone(),
        application: way.application(),
        has_keys: way.who.record.person.ever_had_factor,
        pass_url: way.path("factor/pass"),
        recovery_url: recovery.then(|| way.path("factor/recovery-code")),
        lost_url: lost::url(&way),
        back: None,
    };
    asked.app.theme.render(&way.frame(&asked, HELP_NEEDED), &page)
}
