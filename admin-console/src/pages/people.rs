//! The people whom somebody looks after, a page at a time.

use axum::response::Response;
use latchkey_api::AdminScope;
use latchkey_api::organisations::OrganisationRef;
use latchkey_api::people::{Enrolment, Me, Need, PeopleQuery, PersonState, PersonSummary};
use latchkey_web::limits::Params;
use latchkey_web::{Form, Help, Page, Text};
use serde::Serialize;
use uuid::Uuid;

use super::call::address;
use super::choice::{Choice, choices};
use super::shell::{Place, Shell, may};
use super::{bulk, details, samples};
use crate::visitor::{Asked, Forms};

/// The address.
pub(crate) const ADDRESS: &str = "/admin/people";
/// How many people a page shows.
pub(crate) const SHOWN: u16 = 50;

const STATES: [(PersonState, &str); 3] = [
    (PersonState::Invited, "invited"),
    (PersonState::Active, "active"),
    (PersonState::Disabled, "disabled"),
];

const ENROLMENTS: [(Enrolment, &str); 5] = [
    (Enrolment::TwoKeys, "two-keys"),
    (Enrolment::OneKey, "one-key"),
    (Enrolment::AppOnly, "app-only"),
    (Enrolment::InGrace, "in-grace"),
    (Enrolment::Nothing, "nothing"),
];

const NEEDS: [(Need, &str); 3] = [
    (Need::Unreached, "unreached"),
    (Need::GraceEnds, "grace-ends"),
    (Need::OneKeyAlone, "one-key-alone"),
];

/// What a need is called in an address.
pub(crate) fn need_slug(need: Need) -> &'static str {
    NEEDS.iter().find(|(known, _)| *known == need).map_or("", |(_, slug)| slug)
}

/// What a need is called.
pub(crate) fn need(need: Need) -> Text {
    Text::new(format!("console-need-{}", need_slug(need)))
}

/// The page.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct People {
    shell: Shell,
    organisations: Vec<Choice>,
    states: Vec<Choice>,
    enrolments: Vec<Choice>,
    needs: Vec<Choice>,
    people: Vec<Row>,
    /// Whether the list tells how far they are.
    tells: bool,
    /// Whether only some are asked for.
    narrowed: bool,
    /// Where those after these are.
    next: Option<String>,
    /// Whether these are not the first.
    first: Option<String>,
    /// Where somebody is added, by whoever may.
    add: Option<&'static str>,
    /// What does the same for many, by whoever may.
    bulk: Option<Form>,
    actions: Vec<&'static str>,
}

/// Somebody.
#[derive(Clone, Debug, Serialize)]
struct Row {
    id: Uuid,
    url: String,
    name: String,
    username: String,
    staff_number: Option<String>,
    organisation: String,
    state: Text,
    is_disabled: bool,
    enrolment: Option<Text>,
}

/// Each of how far somebody can be, the best first.
pub(crate) fn enrolments() -> impl Iterator<Item = Enrolment> {
    ENROLMENTS.into_iter().map(|(enrolment, _)| enrolment)
}

/// The key of how far somebody is.
pub(crate) fn enrolment(enrolment: Enrolment) -> Text {
    let named = ENROLMENTS.iter().find(|(known, _)| *known == enrolment);
    Text::new(format!("console-enrolment-{}", named.map_or("nothing", |(_, key)| key)))
}

impl Row {
    fn new(person: &PersonSummary) -> Self {
        let state = STATES.iter().find(|(known, _)| *known == person.state);
        Self {
            id: person.id,
            url: address(person.id),
            name: person.name.clone(),
            username: person.username.clone(),
            staff_number: person.staff_number.clone(),
            organisation: person.organisation.name.clone(),
            state: Text::new(format!("console-state-{}", state.map_or("active", |(_, key)| key))),
            is_disabled: person.state == PersonState::Disabled,
            enrolment: person.enrolment.map(enrolment),
        }
    }
}

/// Where somebody may see people.
pub(crate) fn organisations(me: &Me) -> Vec<OrganisationRef> {
    let may = me
        .may
        .iter()
        .filter(|may| matches!(may.scope, AdminScope::PeopleRead | AdminScope::CredentialsHelp));
    let widest = may.max_by_key(|may| may.organisations.len());
    widest.map(|may| may.organisations.clone()).unwrap_or_default()
}

/// What is asked for. What is not a choice of the page asks for nothing.
fn asked_for(query: &Params) -> PeopleQuery {
    let one = |name: &str| query.one(name).ok().flatten();
    let of = |name| one(name).unwrap_or_default();
    PeopleQuery {
        organisation: one("organisation").map(str::to_owned),
        state: STATES.iter().find(|(_, key)| *key == of("state")).map(|(state, _)| *state),
        enrolment: ENROLMENTS.iter().find(|(_, key)| *key == of("enrolment")).map(|(it, _)| *it),
        need: NEEDS.iter().find(|(_, key)| *key == of("need")).map(|(need, _)| *need),
        after: one("after").map(str::to_owned),
        limit: Some(SHOWN),
        ..PeopleQuery::default()
    }
}

impl People {
    fn new(
        shell: Shell,
        forms: &Forms,
        me: &Me,
        query: &PeopleQuery,
        people: &[PersonSummary],
        next: Option<&str>,
    ) -> Self {
        let choice = |stem: &str, key: &str, chosen: bool| {
            Choice::said(key, Text::new(format!("console-{stem}-{key}")), chosen)
        };
        let state = STATES.iter().find(|(state, _)| Some(*state) == query.state);
        let enrolment = ENROLMENTS.iter().find(|(it, _)| Some(*it) == query.enrolment);
        let kept: Vec<(&str, &str)> = [
            ("organisation", query.organisation.as_deref()),
            ("state", state.map(|(_, key)| *key)),
            ("enrolment", enrolment.map(|(_, key)| *key)),
            ("need", query.need.map(need_slug)),
        ]
        .into_iter()
        .filter_map(|(name, value)| Some((name, value?)))
        .collect();
        let address = |more: Option<&str>| {
            let pairs: Vec<_> = kept.iter().copied().chain(more.map(|it| ("after", it))).collect();
            let query = serde_urlencoded::to_string(pairs).unwrap_or_default();
            if query.is_empty() { ADDRESS.to_owned() } else { format!("{ADDRESS}?{query}") }
        };
        Self {
            shell,
            organisations: choices(
                &organisations(me),
                query.organisation.as_deref().unwrap_or_default(),
            ),
            states: STATES
                .iter()
                .map(|(it, key)| choice("state", key, Some(*it) == query.state))
                .collect(),
            enrolments: ENROLMENTS
                .iter()
                .map(|(it, key)| choice("enrolment", key, Some(*it) == query.enrolment))
                .collect(),
            needs: NEEDS
                .iter()
                .map(|(it, key)| choice("need", key, Some(*it) == query.need))
                .collect(),
            people: people.iter().map(Row::new).collect(),
            tells: people.iter().any(|person| person.enrolment.is_some()),
            narrowed: !kept.is_empty(),
            next: next.map(|next| address(Some(next))),
            first: query.after.as_ref().map(|_| address(None)),
            add: may(me, AdminScope::PeopleWrite).then_some(details::NEW_ADDRESS),
            bulk: may(me, AdminScope::PeopleWrite).then(|| {
                let shown = bulk::packed(people.iter().map(|person| person.id));
                forms.form(bulk::ADDRESS).with("shown", shown)
            }),
            actions: bulk::ACTIONS.iter().map(|(_, key)| *key).collect(),
        }
    }

    /// Nobody.
    pub(crate) fn empty_sample() -> Self {
        let query = PeopleQuery::default();
        let forms = samples::forms();
        Self::new(
            samples::shell(Place::People),
            &forms,
            &samples::me_with_places(),
            &query,
            &[],
            None,
        )
    }
}

impl Page for People {
    const TEMPLATE: &'static str = "console/people.html";
    const FORMS_LEAD_OUT: bool = true;

    fn sample() -> Self {
        let mut people = Vec::new();
        for (state, _) in STATES {
            for (enrolment, _) in ENROLMENTS {
                let enrolment = Some(enrolment);
                people.push(PersonSummary { state, enrolment, ..samples::person().summary });
            }
        }
        let query = PeopleQuery {
            organisation: Some("northgate".into()),
            state: Some(PersonState::Active),
            enrolment: Some(Enrolment::OneKey),
            need: Some(Need::OneKeyAlone),
            after: Some("a".into()),
            ..PeopleQuery::default()
        };
        let next = Some("b&c");
        let (shell, forms) = (samples::shell(Place::People), samples::forms());
        Self::new(shell, &forms, &samples::me_with_places(), &query, &people, next)
    }

    fn help(&self) -> Vec<Help> {
        vec![]
    }
}

/// `GET /admin/people`
pub(crate) async fn show(asked: Asked) -> Response {
    let work = async {
        let query = asked_for(&asked.query());
        let admin = asked.admin().await?.with_places().await?;
        let found = admin.api.people(&query).await?;
        let shell = admin.shell(Place::People);
        let (forms, me, next) = (&admin.forms, &admin.me, found.next.as_deref());
        Ok(asked.page(&People::new(shell, forms, me, &query, &found.items, next)))
    };
    asked.shown(work).await
}
