//! People found: by what is typed, and by what they are.

use latchkey_api::page::Page;
use latchkey_api::people::{
    self as wire, Enrolment, FoundBy, PeopleCount, PeopleQuery, PersonState as WireState,
    PersonSummary,
};
use latchkey_core::ids::GroupId;
use latchkey_core::people::{PersonState, Username};
use latchkey_core::words::Field;
use latchkey_store::{Enrolled, Found, Need, PeopleFilter};

use super::organisation;
use crate::admin::answer::{Json, Problems};
use crate::admin::caller::{Admin, Opens, PeopleRead};
use crate::admin::failure::Failure;
use crate::admin::input::{Asked, limit};
use crate::admin::shape;

/// The longest text that is looked for.
const LONGEST_SEARCH: usize = 200;

/// People whom the caller looks after
///
/// In the order of their user names; with `search` the best matches first.
#[utoipa::path(get, path = "/people", tag = "people", params(PeopleQuery),
    security(("bearer" = ["people:read"]), ("bearer" = ["credentials:help"])),
    responses((status = 200, body = Page<PersonSummary>), Problems))]
pub(super) async fn list(
    admin: Admin<PeopleRead>,
    Asked(query): Asked<PeopleQuery>,
) -> Result<Json<Page<PersonSummary>>, Failure> {
    let limit = limit(query.limit)?;
    if let Some(typed) = &query.search {
        return search(&admin, &query, typed, limit).await.map(Json);
    }
    let after = query.after.as_deref().map(Username::parse).transpose();
    let after = after.map_err(|_| Failure::field("after", "malformed", "is no `next` of ours"))?;
    let filter = filter(&admin, &query).await?;
    let view = admin.app.store.view();
    let within = view.within(admin.scope());
    let mut found = within.list_people(&filter, after.as_ref(), limit + 1).await?;
    let most = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = found.len() > most;
    found.truncate(most);
    let next = found.last().filter(|_| more).map(|last| last.person.username.to_string());
    let mut items = Vec::with_capacity(found.len());
    for record in &found {
        let mut shown = shape::summary(&admin.app, &record.person).await?;
        shown.enrolment = query.enrolment;
        items.push(shown);
    }
    Ok(Json(Page { items, next }))
}

async fn search<O: Opens>(
    admin: &Admin<O>,
    query: &PeopleQuery,
    typed: &str,
    limit: u64,
) -> Result<Page<PersonSummary>, Failure> {
    let alone =
        PeopleQuery { search: query.search.clone(), limit: query.limit, ..Default::default() };
    if *query != alone {
        let message = "goes with `limit` and with nothing else";
        return Err(Failure::field("search", "not-alone", message));
    }
    if typed.chars().count() > LONGEST_SEARCH {
        let message = format!("has at most {LONGEST_SEARCH} characters");
        return Err(Failure::field("search", "too-long", message));
    }
    let view = admin.app.store.view();
    let found = view.within(admin.scope()).search(typed, limit).await?;
    let mut items = Vec::with_capacity(found.len());
    for found in &found {
        let mut shown = shape::summary(&admin.app, &found.person.person).await?;
        shown.found_by = found_by(found);
        items.push(shown);
    }
    Ok(Page { items, next: None })
}

/// Where what was typed stands, where that is not to be seen.
fn found_by(found: &Found) -> Option<FoundBy> {
    let hidden = |field: &&Field| matches!(field, Field::Nickname | Field::AssetTag);
    if found.fields.iter().any(|field| !hidden(&field)) {
        return None;
    }
    let field = match found.fields.iter().next()? {
        Field::Nickname => "nickname",
        _ => "asset_tag",
    };
    Some(FoundBy { field: field.to_owned() })
}

/// How many people a list would show
#[utoipa::path(get, path = "/people/count", tag = "people", params(PeopleQuery),
    security(("bearer" = ["people:read"]), ("bearer" = ["credentials:help"])),
    responses((status = 200, body = PeopleCount), Problems))]
pub(super) async fn count(
    admin: Admin<PeopleRead>,
    Asked(query): Asked<PeopleQuery>,
) -> Result<Json<PeopleCount>, Failure> {
    if query.search.is_some() || query.after.is_some() || query.limit.is_some() {
        return Err(Failure::field("search", "unknown", "a count takes filters alone"));
    }
    let filter = filter(&admin, &query).await?;
    let view = admin.app.store.view();
    let people = view.within(admin.scope()).count_people(&filter).await?;
    Ok(Json(PeopleCount { people }))
}

async fn filter<O: Opens>(admin: &Admin<O>, query: &PeopleQuery) -> Result<PeopleFilter, Failure> {
    let organisation = match &query.organisation {
        Some(slug) => Some(organisation(admin, slug).await?),
        None => None,
    };
    let group = match &query.group {
        Some(named) => Some(group(admin, named).await?),
        None => None,
    };
    let now = admin.app.clock.now();
    let enrolled = match query.enrolment {
        None => None,
        Some(Enrolment::TwoKeys) => Some(Enrolled::TwoKeys),
        Some(Enrolment::OneKey) => Some(Enrolled::OneKey),
        Some(Enrolment::AppOnly) => Some(Enrolled::AppOnly),
        Some(Enrolment::InGrace) => Some(Enrolled::InGrace),
        Some(Enrolment::Nothing) => Some(Enrolled::Nothing),
    };
    Ok(PeopleFilter {
        organisation,
        state: query.state.map(|state| match state {
            WireState::Invited => PersonState::Invited,
            WireState::Active => PersonState::Active,
            WireState::Disabled => PersonState::Disabled,
        }),
        enrolled: enrolled.map(|enrolled| (enrolled, now)),
        need: query.need.map(|need| (needed(need), now)),
        group,
        ..PeopleFilter::default()
    })
}

fn needed(need: wire::Need) -> Need {
    match need {
        wire::Need::Unreached => Need::Unreached,
        wire::Need::GraceEnds => Need::GraceEnds,
        wire::Need::OneKeyAlone => Need::OneKeyAlone,
    }
}

async fn group<O: Opens>(admin: &Admin<O>, named: &str) -> Result<GroupId, Failure> {
    let unknown = || Failure::field("group", "unknown", "there is no such `organisation/group`");
    let (slug, name) = named.split_once('/').ok_or_else(unknown)?;
    let home = organisation(admin, slug).await.map_err(|_| unknown())?;
    let view = admin.app.store.view();
    let groups = view.within(admin.scope()).list_groups().await?;
    let found = groups.iter().find(|group| group.organisation == home && group.slug == name);
    found.map(|group| group.id).ok_or_else(unknown)
}
