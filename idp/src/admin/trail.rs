//! The audit trail, as far as it tells of what the caller reaches. Nobody writes it through here,
//! and nobody outside is named in it.

use std::collections::HashMap;
use std::sync::Arc;

use axum::body::Body;
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use futures_util::stream;
use latchkey_api::audit::{AuditQuery, Event, EventActor, EventPerson};
use latchkey_api::organisations::PartQuery;
use latchkey_api::page::Page;
use latchkey_core::Timestamp;
use latchkey_core::audit::CallerCheck;
use latchkey_core::ids::{EventId, OrganisationId, PersonId};
use latchkey_core::roles::Scope;
use latchkey_store::{EventFilter, Kept};
use serde_json::{Map, Value};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::answer::{Json, Problems};
use super::caller::{Admin, AuditRead, HistoryRead};
use super::failure::Failure;
use super::input::{Asked, At, limit};
use super::shape;
use crate::App;

/// How many events are read at a time when all are told.
const PORTION: u64 = 500;

pub(super) fn router() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new().routes(routes!(search)).routes(routes!(export)).routes(routes!(history))
}

/// What happened, the latest first
#[utoipa::path(get, path = "/audit", tag = "audit", params(AuditQuery),
    security(("bearer" = ["audit:read"])),
    responses((status = 200, body = Page<Event>), Problems))]
async fn search(
    admin: Admin<AuditRead>,
    Asked(query): Asked<AuditQuery>,
) -> Result<Json<Page<Event>>, Failure> {
    let filter = filter(&admin, &query).await?;
    page(&admin.app, admin.scope(), &filter, query.after.as_deref(), query.limit).await
}

/// Everything that happened, the latest first, an event a line
#[utoipa::path(get, path = "/audit/export", tag = "audit", params(AuditQuery),
    security(("bearer" = ["audit:read"])),
    responses((status = 200, body = String, content_type = "application/x-ndjson"), Problems))]
async fn export(
    admin: Admin<AuditRead>,
    Asked(query): Asked<AuditQuery>,
) -> Result<Response, Failure> {
    if query.limit.is_some() {
        return Err(Failure::field("limit", "unknown", "all are told"));
    }
    let trail = Trail {
        filter: filter(&admin, &query).await?,
        before: query.after.as_deref().map(Place::parse).transpose()?,
        names: Names::of(&admin.app, admin.scope()),
    };
    let lines = stream::unfold(trail, async |mut trail| {
        let lines = trail.next().await.transpose()?;
        Some((lines, trail))
    });
    let fixed = [
        (header::CONTENT_TYPE, "application/x-ndjson"),
        (header::CACHE_CONTROL, "no-store"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    Ok((fixed, Body::from_stream(lines)).into_response())
}

/// What happened to a person, the latest first
#[utoipa::path(get, path = "/people/{id}/history", tag = "audit",
    params(("id" = Uuid, Path), PartQuery),
    security(("bearer" = ["audit:read"]), ("bearer" = ["credentials:help"])),
    responses((status = 200, body = Page<Event>), Problems))]
async fn history(
    admin: Admin<HistoryRead>,
    At(id): At<Uuid>,
    Asked(query): Asked<PartQuery>,
) -> Result<Json<Page<Event>>, Failure> {
    let record = admin.find(PersonId(id)).await?;
    let filter = EventFilter { person: Some(record.person.id), ..EventFilter::default() };
    page(&admin.app, admin.scope(), &filter, query.after.as_deref(), query.limit).await
}

async fn filter(admin: &Admin<AuditRead>, query: &AuditQuery) -> Result<EventFilter, Failure> {
    let organisation = match &query.organisation {
        None => None,
        Some(slug) => Some(admin.organisation(slug).await?.0.id),
    };
    let time = |at: jiff::Timestamp| Timestamp::from_millis(at.as_millisecond());
    Ok(EventFilter {
        since: query.since.map(time),
        until: query.until.map(time),
        person: query.person.map(PersonId),
        actor: query.actor.map(PersonId),
        organisation,
        kind: query.kind.clone(),
        case: query.case.clone(),
    })
}

async fn page(
    app: &Arc<App>,
    scope: &Scope,
    filter: &EventFilter,
    after: Option<&str>,
    asked: Option<u16>,
) -> Result<Json<Page<Event>>, Failure> {
    let limit = limit(asked)?;
    let before = after.map(Place::parse).transpose()?.map(Place::stored);
    let view = app.store.view();
    let mut found = view.within(scope).list_events(filter, before, limit + 1).await?;
    let most = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = found.len() > most;
    found.truncate(most);
    let next = found.last().filter(|_| more).map(|last| Place::of(last).written());
    let mut names = Names::of(app, scope);
    let mut items = Vec::with_capacity(found.len());
    for kept in found {
        items.push(names.shown(kept).await?);
    }
    Ok(Json(Page { items, next }))
}

/// Where an event stands in the list.
#[derive(Clone, Copy)]
struct Place(Timestamp, EventId);

impl Place {
    fn of(kept: &Kept) -> Self {
        Self(Timestamp::from_millis(kept.at), kept.id)
    }

    fn stored(self) -> (Timestamp, EventId) {
        (self.0, self.1)
    }

    fn written(self) -> String {
        format!("{}.{}", self.0.millis(), self.1)
    }

    fn parse(text: &str) -> Result<Self, Failure> {
        let read = || {
            let (at, id) = text.split_once('.')?;
            Some(Self(Timestamp::from_millis(at.parse().ok()?), id.parse().ok()?))
        };
        read().ok_or_else(|| Failure::field("after", "malformed", "is no `next` of ours"))
    }
}

/// Events that are told portion by portion.
struct Trail {
    filter: EventFilter,
    before: Option<Place>,
    names: Names,
}

impl Trail {
    async fn next(&mut self) -> anyhow::Result<Option<Bytes>> {
        let before = self.before.map(Place::stored);
        let Names { app, scope, .. } = &self.names;
        let view = app.store.view();
        let portion = view.within(scope).list_events(&self.filter, before, PORTION).await?;
        let Some(last) = portion.last() else { return Ok(None) };
        self.before = Some(Place::of(last));
        let mut lines = Vec::new();
        for kept in portion {
            let event = self.names.shown(kept).await?;
            serde_json::to_writer(&mut lines, &event)?;
            lines.push(b'\n');
        }
        // Names of very many people are not kept.
        self.names.people.clear();
        Ok(Some(lines.into()))
    }
}

/// What those whom events name are called, as far as the caller may know.
struct Names {
    app: Arc<App>,
    scope: Scope,
    people: HashMap<PersonId, Option<String>>,
    organisations: HashMap<OrganisationId, Option<String>>,
}

impl Names {
    fn of(app: &Arc<App>, scope: &Scope) -> Self {
        let (people, organisations) = (HashMap::new(), HashMap::new());
        Self { app: Arc::clone(app), scope: scope.clone(), people, organisations }
    }

    async fn person(&mut self, id: PersonId) -> anyhow::Result<EventPerson> {
        let name = match self.people.get(&id) {
            Some(known) => known.clone(),
            None => {
                let found = self.app.store.view().within(&self.scope).find_person(id).await?;
                let name = found.map(|record| record.person.name);
                self.people.insert(id, name.clone());
                name
            }
        };
        Ok(EventPerson { id: id.0, name })
    }

    async fn organisation(&mut self, id: OrganisationId) -> anyhow::Result<Option<String>> {
        if let Some(known) = self.organisations.get(&id) {
            return Ok(known.clone());
        }
        let found = self.app.store.view().within(&self.scope).find_organisation(id).await?;
        let slug = found.map(|record| record.slug);
        self.organisations.insert(id, slug.clone());
        Ok(slug)
    }

    async fn shown(&mut self, kept: Kept) -> anyhow::Result<Event> {
        let text = |name: &str| kept.actor.get(name).and_then(Value::as_str).map(str::to_owned);
        let by = text("person").and_then(|id| id.parse().ok()).map(PersonId);
        let actor = EventActor {
            kind: text("kind").unwrap_or_default(),
            person: match by {
                Some(id) => Some(self.person(id).await?),
                None => None,
            },
            role: kept.role.clone(),
            client_id: text("client"),
        };
        let checks: Vec<CallerCheck> = serde_json::from_value(kept.checks)?;
        Ok(Event {
            id: kept.id.0,
            sequence: kept.sequence,
            at: shape::time(Timestamp::from_millis(kept.at)),
            kind: kept.kind,
            actor,
            strength: kept.strength,
            person: match kept.person {
                Some(id) => Some(self.person(id).await?),
                None => None,
            },
            organisation: match kept.organisation {
                Some(id) => self.organisation(id).await?,
                None => None,
            },
            address: kept.address,
            case: kept.case,
            checks: checks.into_iter().map(shape::shown_check).collect(),
            reason: kept.reason,
            erased: kept.erased,
            event: match kept.event {
                Value::Object(members) => self.named(members).await?,
                _ => Map::new(),
            },
        })
    }

    /// An event with the organisations in it by their names in documents, as everywhere else. Those
    /// outside what the caller may see keep their keys.
    async fn named(
        &mut self,
        mut members: Map<String, Value>,
    ) -> anyhow::Result<Map<String, Value>> {
        for name in ["organisation", "before", "after"] {
            let Some(Value::String(text)) = members.get(name) else { continue };
            let Ok(id) = text.parse().map(OrganisationId) else { continue };
            if let Some(slug) = self.organisation(id).await? {
                members.insert(name.to_owned(), slug.into());
            }
        }
        Ok(members)
    }
}
