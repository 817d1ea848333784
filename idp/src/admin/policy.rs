//! What an organisation asks of its people: shown with where each setting comes from, tried, and
//! changed. An organisation says what is its own; what is demanded from above stays on top of it.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::body::Body;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use futures_util::stream;
use latchkey_api::people::{PersonState, PersonSummary};
use latchkey_api::policy::{
    Administrators, Cause, DemandedBy, Has, LockedOut, ModelName, Policy, PutPolicy, Setting,
    Trial, TrialQuery,
};
use latchkey_core::policy::{Overrides, Stated};
use latchkey_core::roles::Scope;
use latchkey_store::{Holding, OrganisationRecord};
use serde_json::{Map, Value};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::answer::{Json, Problems, Tagged, unchanged};
use super::caller::{Admin, Opens, OrganisationsRead, OrganisationsWrite, PolicyTrial};
use super::failure::Failure;
use super::input::{Asked, At, Sent};
use super::organisations::{field, preset, word};
use super::shape;
use crate::App;
use crate::actions::policies::{self, Asks, Rules, Walk};
use crate::authn::models;

/// How many of those who would be locked out are named.
pub(super) const NAMED: usize = 200;
/// The columns of the table of everybody who would be.
const COLUMNS: [&str; 7] =
    ["username", "name", "email", "staff_number", "organisation", "has", "because"];

pub(super) fn router() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .routes(routes!(show, put))
        .routes(routes!(preview))
        .routes(routes!(try_out))
        .routes(routes!(try_out_as_table))
}

/// What an organisation asks of its people, and where each setting comes from
#[utoipa::path(get, path = "/organisations/{org}/policy", tag = "policy",
    params(("org" = String, Path)), security(("bearer" = ["organisations:read"])),
    responses((status = 200, body = Policy, headers(("ETag" = String))), Problems))]
async fn show(
    admin: Admin<OrganisationsRead>,
    At(org): At<String>,
) -> Result<Tagged<Policy>, Failure> {
    let (record, _) = admin.organisation(&org).await?;
    let rules = Rules::read(&admin.app).await?;
    Ok(Tagged(shown(&admin.app, &rules, &record)?))
}

/// What an organisation would ask of its people, and where each setting would come from
///
/// Settings that cannot be are told, and nobody is judged: a trial does that.
#[utoipa::path(post, path = "/organisations/{org}/policy/preview", tag = "policy",
    params(("org" = String, Path)), request_body = PutPolicy,
    security(("bearer" = ["organisations:write"])),
    responses((status = 200, body = Policy), Problems))]
async fn preview(
    admin: Admin<PolicyTrial>,
    At(org): At<String>,
    Sent(sent): Sent<PutPolicy>,
) -> Result<Json<Policy>, Failure> {
    let (record, _) = admin.organisation(&org).await?;
    let Stated { preset, settings } = stated(&record, &sent)?;
    let rules = Rules::read(&admin.app).await?;
    let would_be = OrganisationRecord { preset, overrides: settings, ..record };
    let stated = Stated { preset, settings: would_be.overrides.clone() };
    Ok(Json(shown(&admin.app, &rules.stating(would_be.id, &stated), &would_be)?))
}

/// Has an organisation ask something else of its people
///
/// Refused when more people could not log in tomorrow than `locks_out_at_most` says.
#[utoipa::path(put, path = "/organisations/{org}/policy", tag = "policy",
    params(("org" = String, Path), ("If-Match" = String, Header)), request_body = PutPolicy,
    security(("bearer" = ["organisations:write"])),
    responses((status = 200, body = Policy, headers(("ETag" = String))), Problems))]
async fn put(
    admin: Admin<OrganisationsWrite>,
    At(org): At<String>,
    headers: HeaderMap,
    Sent(sent): Sent<PutPolicy>,
) -> Result<Tagged<Policy>, Failure> {
    let app = &admin.app;
    let (record, _) = admin.organisation(&org).await?;
    let origin = admin.acting_in(record.id)?;
    let rules = Rules::read(app).await?;
    unchanged(&headers, &shown(app, &rules, &record)?)?;
    let new = stated(&record, &sent)?;
    let trial = policies::Trial::new(rules, &record, &new, origin.at)?;
    at_most(app, trial, sent.locks_out_at_most).await?;
    if !policies::change(app, &origin, &record, new).await? {
        return Err(Failure::Stale);
    }
    let (record, _) = admin.organisation(&org).await?;
    Ok(Tagged(shown(app, &Rules::read(app).await?, &record)?))
}

/// Refuses what would lock out more people than was agreed to.
pub(super) async fn at_most(
    app: &App,
    mut trial: policies::Trial,
    most: u64,
) -> Result<(), Failure> {
    // Whoever is locked out by it is, seen or not.
    let tally = trial.run(app, &Scope::Platform, Asks::default()).await?;
    if tally.locked_out > most {
        return Err(Failure::LocksOut(
            "It would lock out more people than `locks_out_at_most` says: try it first",
        ));
    }
    Ok(())
}

/// Who could not log in tomorrow, if an organisation asked this of its people
#[utoipa::path(post, path = "/organisations/{org}/policy/trial", tag = "policy",
    params(("org" = String, Path), TrialQuery), request_body = PutPolicy,
    security(("bearer" = ["organisations:write"])),
    responses((status = 200, body = Trial), Problems))]
async fn try_out(
    admin: Admin<PolicyTrial>,
    At(org): At<String>,
    Asked(query): Asked<TrialQuery>,
    Sent(sent): Sent<PutPolicy>,
) -> Result<Json<Trial>, Failure> {
    let trial = trial(&admin, &org, &sent).await?;
    Ok(Json(outcome(&admin, trial, query.has).await?))
}

/// What a trial comes to for whoever asks.
pub(super) async fn outcome<O: Opens>(
    admin: &Admin<O>,
    mut trial: policies::Trial,
    wanted: Option<Has>,
) -> Result<Trial, Failure> {
    let app = &admin.app;
    let you = admin.person().map(|record| record.person.id);
    let asks = Asks { you, named: NAMED, has: wanted.map(named_so) };
    let tally = trial.run(app, admin.scope(), asks).await?;
    let mut people = Vec::with_capacity(tally.people.len());
    for found in tally.people {
        let person = summary(app, found.holding).await?;
        people.push(LockedOut { person, has: has(found.has), because: found.because.to_owned() });
    }
    let causes = tally.has.into_iter().map(|(it, people)| Cause { has: has(it), people });
    let mut causes: Vec<Cause> = causes.collect();
    causes.sort_by_key(|cause| std::cmp::Reverse(cause.people));
    Ok(Trial {
        judged: tally.judged,
        already: tally.already,
        locked_out: tally.locked_out,
        would_enrol: tally.would_enrol,
        changed: trial.changed().into_iter().map(str::to_owned).collect(),
        causes,
        administrators: Administrators {
            you_locked_out: tally.you_locked_out,
            others: tally.administrators,
            others_locked_out: tally.administrators_locked_out,
        },
        people,
    })
}

fn has(it: policies::Has) -> Has {
    match it {
        policies::Has::Key => Has::Key,
        policies::Has::App => Has::App,
        policies::Has::Grace => Has::Grace,
        policies::Has::Nothing => Has::Nothing,
    }
}

fn named_so(it: Has) -> policies::Has {
    match it {
        Has::Key => policies::Has::Key,
        Has::App => policies::Has::App,
        Has::Grace => policies::Has::Grace,
        Has::Nothing => policies::Has::Nothing,
    }
}

/// Everybody who could not log in tomorrow, as a table
#[utoipa::path(post, path = "/organisations/{org}/policy/trial.csv", tag = "policy",
    params(("org" = String, Path)), request_body = PutPolicy,
    security(("bearer" = ["organisations:write"])),
    responses((status = 200, body = String, content_type = "text/csv"), Problems))]
async fn try_out_as_table(
    admin: Admin<PolicyTrial>,
    At(org): At<String>,
    Sent(sent): Sent<PutPolicy>,
) -> Result<Response, Failure> {
    let trial = trial(&admin, &org, &sent).await?;
    table(&admin, trial).await
}

/// Everybody whom a trial names, as a table that is sent while it is made.
pub(super) async fn table(
    admin: &Admin<PolicyTrial>,
    trial: policies::Trial,
) -> Result<Response, Failure> {
    let walk = trial.walk(&admin.app).await?;
    let table = Table { app: Arc::clone(&admin.app), scope: admin.scope().clone(), trial, walk };
    let heading = Bytes::from(COLUMNS.join(",") + "\r\n");
    let rows = stream::unfold((Some(heading), table), async |(heading, mut table)| {
        if let Some(heading) = heading {
            return Some((Ok(heading), (None, table)));
        }
        let rows = table.next().await.transpose()?;
        Some((rows, (None, table)))
    });
    let fixed = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"locked-out.csv\""),
        (header::CACHE_CONTROL, "no-store"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    Ok((fixed, Body::from_stream(rows)).into_response())
}

/// A trial whose outcome is told row by row.
struct Table {
    app: Arc<App>,
    scope: Scope,
    trial: policies::Trial,
    walk: Walk,
}

impl Table {
    /// Some more rows; `None` at the end.
    async fn next(&mut self) -> anyhow::Result<Option<Bytes>> {
        while let Some(portion) = self.walk.next(&self.app, &self.scope).await? {
            let mut rows = String::new();
            for holding in portion {
                let Some((it, because)) = self.trial.locks_out(&holding) else { continue };
                let organisation = self.app.organisation(holding.organisation).await?;
                let cells = [
                    holding.username.as_str(),
                    &holding.name,
                    holding.email.as_deref().unwrap_or_default(),
                    holding.staff_number.as_deref().unwrap_or_default(),
                    &organisation.slug,
                    &word(&has(it)).unwrap_or_default(),
                    because,
                ];
                rows.push_str(&cells.map(cell).join(","));
                rows.push_str("\r\n");
            }
            if !rows.is_empty() {
                return Ok(Some(rows.into()));
            }
        }
        Ok(None)
    }
}

/// A cell (RFC 4180), such that no spreadsheet takes what people are called for a formula.
pub(super) fn cell(text: &str) -> String {
    let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let text = if formula { format!("'{text}") } else { text.to_owned() };
    if text.contains(['"', ',', '\r', '\n']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text
    }
}

async fn trial(
    admin: &Admin<PolicyTrial>,
    org: &str,
    sent: &PutPolicy,
) -> Result<policies::Trial, Failure> {
    let app = &admin.app;
    let (record, _) = admin.organisation(org).await?;
    let new = stated(&record, sent)?;
    let rules = Rules::read(app).await?;
    Ok(policies::Trial::new(rules, &record, &new, app.clock.now())?)
}

/// Somebody who was judged, as lists show them.
pub(super) async fn summary(app: &App, holding: Holding) -> Result<PersonSummary, Failure> {
    let organisation = shape::organisation(app, holding.organisation).await?;
    Ok(PersonSummary {
        id: holding.person.0,
        username: holding.username,
        name: holding.name,
        email: holding.email,
        staff_number: holding.staff_number,
        organisation,
        state: PersonState::Active,
        enrolment: None,
        found_by: None,
    })
}

/// What is sent, as an organisation would say it.
fn stated(record: &OrganisationRecord, sent: &PutPolicy) -> Result<Stated, Failure> {
    let preset = match &sent.preset {
        None => record.preset,
        Some(name) => preset(name).map_err(|wrong| Failure::Invalid(vec![wrong]))?,
    };
    Ok(Stated { preset, settings: settings("own", &sent.own)? })
}

/// Settings as documents write them, in a member of what was sent.
pub(super) fn settings(name: &str, sent: &Map<String, Value>) -> Result<Overrides, Failure> {
    let mut wrong = Vec::new();
    for (setting, value) in sent {
        let single = Map::from_iter([(setting.clone(), value.clone())]);
        let at = format!("{name}.{setting}");
        if !Overrides::NAMES.contains(&setting.as_str()) {
            wrong.push(field(&at, "unknown", "there is no such setting"));
        } else if let Err(error) = serde_json::from_value::<Overrides>(Value::Object(single)) {
            wrong.push(field(&at, "malformed", error.to_string()));
        }
    }
    if !wrong.is_empty() {
        return Err(Failure::Invalid(wrong));
    }
    let read: Overrides = serde_json::from_value(Value::Object(sent.clone()))
        .map_err(|error| Failure::field(name, "malformed", error.to_string()))?;
    let none = read.without_time().into_iter();
    let none: Vec<_> = none
        .map(|setting| field(&format!("{name}.{setting}"), "out-of-range", "is at least 1 minute"))
        .collect();
    if none.is_empty() { Ok(read) } else { Err(Failure::Invalid(none)) }
}

/// Settings as documents write them.
pub(super) fn written(settings: &Overrides) -> Result<Map<String, Value>, Failure> {
    match serde_json::to_value(settings).map_err(anyhow::Error::from)? {
        Value::Object(members) => Ok(members),
        _ => Err(anyhow::anyhow!("settings are no object").into()),
    }
}

fn shown(app: &App, rules: &Rules, record: &OrganisationRecord) -> Result<Policy, Failure> {
    let policy = rules.policy(record.id).ok_or(Failure::NotFound)?;
    let preset = written(&record.preset.settings())?;
    let own = written(&record.overrides)?;
    let demanded = written(&rules.demanded(record.id))?;
    let floor = written(rules.floor())?;
    let above = written(&rules.demanded_above(record.id))?;
    let effective = written(policy.settings())?;
    let administrators = written(policy.for_administrators().settings())?;
    let by = |name: &str| {
        let platform = floor.contains_key(name).then_some(DemandedBy::Platform);
        let above = above.contains_key(name).then_some(DemandedBy::Above);
        platform.into_iter().chain(above).collect()
    };
    let settings = Overrides::NAMES.iter().map(|name| Setting {
        name: (*name).to_owned(),
        preset: preset.get(*name).cloned(),
        own: own.get(*name).cloned(),
        demanded: demanded.get(*name).cloned(),
        demanded_by: by(name),
        effective: effective.get(*name).cloned(),
        administrators: administrators
            .get(*name)
            .filter(|value| Some(*value) != effective.get(*name))
            .cloned(),
    });
    let metadata = app.metadata.present();
    let settings_of = [policy.settings(), &record.overrides];
    let named: BTreeSet<Uuid> = settings_of
        .into_iter()
        .flat_map(|settings| [&settings.models_allowed, &settings.models_denied])
        .flatten()
        .flatten()
        .copied()
        .collect();
    let named = named.into_iter().map(|aaguid| {
        let name = models::name(metadata.as_deref(), &aaguid);
        ModelName { aaguid, name }
    });
    Ok(Policy {
        preset: word(&record.preset)?,
        settings: settings.collect(),
        models: named.collect(),
    })
}
