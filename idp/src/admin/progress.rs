//! How far the people within the caller's reach are with their enrolment.

use std::sync::Arc;

use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use jiff::civil::{Date, date};
use latchkey_api::organisations::{Class, DayProgress, First, OrganisationProgress, Progress};
use latchkey_api::people::{Enrolment, Need};
use latchkey_store as store;
use latchkey_store::{Enrolled, OrganisationRecord};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::answer::{Json, Problems};
use super::caller::{Admin, OrganisationsRead};
use super::failure::Failure;
use super::input::At;
use super::organisations::named;
use super::policy::cell;
use super::shape;
use crate::App;
use crate::actions::policies::Rules;

/// The classes in the order of the API.
const CLASSES: [(Enrolled, Enrolment); 5] = [
    (Enrolled::Nothing, Enrolment::Nothing),
    (Enrolled::InGrace, Enrolment::InGrace),
    (Enrolled::AppOnly, Enrolment::AppOnly),
    (Enrolled::OneKey, Enrolment::OneKey),
    (Enrolled::TwoKeys, Enrolment::TwoKeys),
];
/// Who needs help first.
const NEEDS: [(store::Need, Need); 3] = [
    (store::Need::Unreached, Need::Unreached),
    (store::Need::GraceEnds, Need::GraceEnds),
    (store::Need::OneKeyAlone, Need::OneKeyAlone),
];
/// How many people are counted while somebody waits: some ten milliseconds, some more on a server.
pub(super) const COUNTED_AT_ONCE: u64 = 10_000;
/// The first line of the table.
const COLUMNS: &str =
    "organisation,name,people,two_keys,one_key,app_only,in_grace,nothing,counted_at\r\n";

pub(super) fn router() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new().routes(routes!(show)).routes(routes!(table))
}

/// How far the people of an organisation and those below it are with their keys
///
/// Some thousand people are counted at once; of more it is told what was counted last, some minutes
/// ago.
#[utoipa::path(get, path = "/organisations/{org}/progress", tag = "organisations",
    operation_id = "progress", params(("org" = String, Path)),
    security(("bearer" = ["organisations:read"])),
    responses((status = 200, body = Progress), Problems))]
async fn show(
    admin: Admin<OrganisationsRead>,
    At(org): At<String>,
) -> Result<Json<Progress>, Failure> {
    let (record, counted) = counted(&admin, &org).await?;
    let policy = Rules::read(&admin.app).await?.policy(record.id).ok_or(Failure::NotFound)?;
    let class = |(enrolled, enrolment)| {
        let people = counted.sum(|of| of.of(enrolled));
        Class { enrolment, people }
    };
    let first = |(need, shown)| First { need: shown, people: counted.sum(|of| of.needing(need)) };
    let day = |of: &store::DayProgress| DayProgress {
        day: civil(of.day),
        people: of.people,
        with_key: of.with_key,
        two_keys: of.two_keys,
    };
    Ok(Json(Progress {
        organisation: named(&record),
        people: counted.people(),
        classes: CLASSES.map(class).to_vec(),
        grace_until: policy.grace_until.map(shape::time),
        interested: counted.sum(|of| of.counts.interested),
        counted_at: counted.counted_at().map(shape::time),
        uncounted: counted.uncounted,
        first: NEEDS.map(first).to_vec(),
        days: counted.days.iter().map(day).collect(),
        organisations: by_name(&admin.app, &counted).await?,
    }))
}

/// How far the people of each of these organisations are, as a table
///
/// The same numbers as a spreadsheet takes them (RFC 4180), an organisation a line.
#[utoipa::path(get, path = "/organisations/{org}/progress.csv", tag = "organisations",
    operation_id = "progress_table", params(("org" = String, Path)),
    security(("bearer" = ["organisations:read"])),
    responses((status = 200, body = String, content_type = "text/csv"), Problems))]
async fn table(admin: Admin<OrganisationsRead>, At(org): At<String>) -> Result<Response, Failure> {
    let (_, counted) = counted(&admin, &org).await?;
    let mut table = COLUMNS.to_owned();
    for line in by_name(&admin.app, &counted).await? {
        let mut cells = vec![cell(&line.organisation.id), cell(&line.organisation.name)];
        cells.push(line.people.to_string());
        cells.extend(line.classes.iter().rev().map(|class| class.people.to_string()));
        cells.push(line.counted_at.to_string());
        table.push_str(&cells.join(","));
        table.push_str("\r\n");
    }
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"progress.csv\""),
    ];
    Ok((headers, table).into_response())
}

async fn counted(
    admin: &Admin<OrganisationsRead>,
    org: &str,
) -> Result<(OrganisationRecord, store::Progress), Failure> {
    let (record, _) = admin.organisation(org).await?;
    let view = admin.app.store.view();
    let (within, now) = (view.within(admin.scope()), admin.app.clock.now());
    let counted = within.progress(record.id, now, COUNTED_AT_ONCE).await?;
    Ok((record, counted))
}

async fn by_name(
    app: &App,
    counted: &store::Progress,
) -> Result<Vec<OrganisationProgress>, Failure> {
    let mut organisations = Vec::with_capacity(counted.organisations.len());
    for of in &counted.organisations {
        let class = |(enrolled, enrolment)| Class { enrolment, people: of.of(enrolled) };
        organisations.push(OrganisationProgress {
            organisation: shape::organisation(app, of.organisation).await?,
            people: of.counts.people(),
            classes: CLASSES.map(class).to_vec(),
            counted_at: shape::time(of.counted_at),
        });
    }
    organisations.sort_by(|one, other| {
        let key =
            |of: &OrganisationProgress| (of.organisation.name.clone(), of.organisation.id.clone());
        key(one).cmp(&key(other))
    });
    Ok(organisations)
}

/// A day by its number since the epoch.
fn civil(day: i64) -> Date {
    let after = jiff::Span::new().try_days(day);
    after.ok().and_then(|after| date(1970, 1, 1).checked_add(after).ok()).unwrap_or(Date::MAX)
}
