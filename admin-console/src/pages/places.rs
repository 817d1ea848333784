//! The organisations that somebody may do something in, to choose from.

use latchkey_api::AdminScope;
use latchkey_api::organisations::{Organisation, OrganisationRef, PartQuery};
use latchkey_api::people::{May, PlacesQuery};

use crate::client::Api;
use crate::visitor::{Admin, Stop};

/// How many are asked for at once: as many as the API tells.
const PART: u16 = 200;
/// How many are offered at most: a longer list is nothing to choose from.
const MOST: usize = 1000;

/// Where somebody may do what a scope says, by name.
///
/// # Errors
/// When the API does not say.
pub(crate) async fn places(admin: &Admin, scope: AdminScope) -> Result<Vec<OrganisationRef>, Stop> {
    let Some(may) = admin.me.may.iter().find(|may| may.scope == scope) else {
        return Ok(Vec::new());
    };
    below(&admin.api, may).await
}

/// Everywhere that somebody may do something, by name: not only where that begins.
///
/// # Errors
/// When the API does not say.
pub(crate) async fn below(api: &Api, may: &May) -> Result<Vec<OrganisationRef>, Stop> {
    let mut all = may.organisations.clone();
    let is_all = !may.platform && all.len() as u64 >= may.count;
    let mut query = PlacesQuery { scope: may.scope, after: None, limit: Some(PART) };
    if !is_all {
        all.clear();
    }
    while !is_all && all.len() < MOST {
        let page = api.places(&query).await?;
        all.extend(page.items);
        query.after = page.next;
        if query.after.is_none() {
            break;
        }
    }
    all.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(all)
}

/// The highest of them: each stands for those below it.
///
/// # Errors
/// When the API does not say.
pub(crate) async fn tops(admin: &Admin, scope: AdminScope) -> Result<Vec<OrganisationRef>, Stop> {
    let Some(may) = admin.me.may.iter().find(|may| may.scope == scope) else {
        return Ok(Vec::new());
    };
    if may.platform {
        let all = all(admin).await?.into_iter().filter(|it| it.parent.is_none());
        return Ok(all.map(|it| it.named).collect());
    }
    Ok(may.organisations.clone())
}

/// Every one that they may see, by name.
///
/// # Errors
/// When the API does not say.
pub(crate) async fn all(admin: &Admin) -> Result<Vec<Organisation>, Stop> {
    let mut part = PartQuery { after: None, limit: Some(PART) };
    let mut all = Vec::new();
    loop {
        let page = admin.api.part_of_organisations(&part).await?;
        all.extend(page.items);
        part.after = page.next;
        if part.after.is_none() || all.len() >= MOST {
            all.sort_by(|one, other| one.named.name.cmp(&other.named.name));
            return Ok(all);
        }
    }
}
