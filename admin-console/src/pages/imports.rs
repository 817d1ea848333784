//! Tables of people: one is chosen and gone through, and the last ones are listed. Nothing is changed
//! from here: what a table would change is shown first.

use axum::extract::Request;
use axum::response::{IntoResponse as _, Redirect, Response};
use http::header;
use latchkey_api::AdminScope;
use latchkey_api::imports::{Import, ImportQuery, ImportState};
use latchkey_api::organisations::OrganisationRef;
use latchkey_core::Timestamp;
use latchkey_web::limits::{Form as Posted, Refusal};
use latchkey_web::{Form, Help, Page, Problem, Text};
use serde::Serialize;

use super::choice::{Choice, choices};
use super::places::{places, tops};
use super::shell::{Place, Shell, may};
use super::{at, import, samples};
use crate::client::Failure;
use crate::upload;
use crate::visitor::{Admin, Asked, Stop};

/// The address.
pub(crate) const ADDRESS: &str = "/admin/imports";
/// Where a table to begin with is.
pub(crate) const EXAMPLE_ADDRESS: &str = "/admin/imports/people.csv";
/// The file's field.
const FILE: &str = "table";
/// The largest table in bytes, as the API takes it.
const LARGEST: u64 = 32 * 1024 * 1024;
/// How much longer the form around it may be.
const AROUND: u64 = 64 * 1024;
/// How many organisations without one above them are asked for their imports.
const ASKED: usize = 20;
/// How many imports are listed.
const LISTED: usize = 50;

/// What a table can say.
const COLUMNS: [&str; 9] = [
    "username",
    "name",
    "given_name",
    "family_name",
    "email",
    "staff_number",
    "phone",
    "language",
    "groups",
];

/// A table to begin with.
const EXAMPLE: &str = "username,given_name,family_name,email,staff_number,phone,language,groups\r\n\
    ann.example,Ann,Example,ann.example@hospital.example,10482,01632 960 118,en,\r\n\
    dai.esiampl,Dai,Esiampl,dai.esiampl@hospital.example,10483,,cy,\r\n";

/// The page.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Imports {
    shell: Shell,
    /// Where a table is sent, by whoever may.
    form: Option<Form>,
    organisations: Vec<Choice>,
    largest: u64,
    columns: Vec<Column>,
    example: &'static str,
    imports: Vec<Row>,
    problem: Option<Problem>,
}

/// A column of a table.
#[derive(Clone, Debug, Serialize)]
struct Column {
    name: &'static str,
    meaning: Text,
}

/// An import.
#[derive(Clone, Debug, Serialize)]
struct Row {
    url: String,
    organisation: String,
    started_at: Timestamp,
    state: Text,
    is_bad: bool,
    counts: Option<Text>,
}

impl Row {
    fn new(import: &Import) -> Self {
        let counted = import.state != ImportState::Refused;
        Self {
            url: import::address(import.id),
            organisation: import.organisation.name.clone(),
            started_at: at(import.started_at),
            state: import::state(import),
            is_bad: matches!(import.state, ImportState::Refused | ImportState::Failed),
            counts: counted.then(|| {
                Text::new("console-imports-counts")
                    .with("added", import::figure(import.added))
                    .with("changed", import::figure(import.changed))
                    .with("same", import::figure(import.same))
            }),
        }
    }
}

impl Imports {
    fn new(shell: Shell, admin_may: bool, places: &[OrganisationRef], chosen: &str) -> Self {
        let column = |name: &'static str| Column {
            name,
            meaning: Text::new(format!("console-imports-column-{}", name.replace('_', "-"))),
        };
        Self {
            shell,
            form: None,
            organisations: choices(places, chosen).into_iter().filter(|_| admin_may).collect(),
            largest: LARGEST,
            columns: COLUMNS.map(column).to_vec(),
            example: EXAMPLE_ADDRESS,
            imports: Vec::new(),
            problem: None,
        }
    }

    /// Somebody who may only look, before there was any.
    pub(crate) fn empty_sample() -> Self {
        Self::new(samples::shell(Place::Imports), false, &[], "")
    }

    /// A table that is too large.
    pub(crate) fn wrong_sample() -> Self {
        Self { problem: Some(Problem::at(FILE, "console-imports-too-large")), ..Self::sample() }
    }
}

impl Page for Imports {
    const TEMPLATE: &'static str = "console/imports.html";
    const FORMS_LEAD_OUT: bool = true;

    fn sample() -> Self {
        let of = samples::places();
        let page = Self::new(samples::shell(Place::Imports), true, &of, &of[1].id);
        let rows = import::samples();
        Self {
            form: Some(samples::forms().form(ADDRESS)),
            imports: rows.iter().map(Row::new).collect(),
            ..page
        }
    }

    fn problem(&self) -> Option<&Problem> {
        self.problem.as_ref()
    }

    fn help(&self) -> Vec<Help> {
        vec![]
    }
}

/// The last imports of all organisations that somebody sees. Each tells those below it too.
async fn last(admin: &Admin) -> Result<Vec<Import>, Stop> {
    let mut all = Vec::new();
    for organisation in tops(admin, AdminScope::PeopleRead).await?.iter().take(ASKED) {
        all.extend(admin.api.imports(&organisation.id).await?);
    }
    all.sort_by_key(|import| std::cmp::Reverse((import.started_at, import.id)));
    all.dedup_by_key(|import| import.id);
    all.truncate(LISTED);
    Ok(all)
}

async fn page(
    asked: &Asked,
    admin: &Admin,
    chosen: &str,
    problem: Option<Problem>,
) -> Result<Response, Stop> {
    let writes = may(&admin.me, AdminScope::PeopleWrite);
    let places = places(admin, AdminScope::PeopleWrite).await?;
    let shell = admin.shell(Place::Imports);
    let page = Imports {
        form: writes.then(|| admin.forms.form(ADDRESS)),
        imports: last(admin).await?.iter().map(Row::new).collect(),
        problem,
        ..Imports::new(shell, writes, &places, chosen)
    };
    Ok(asked.page(&page))
}

/// `GET /admin/imports`
pub(crate) async fn show(asked: Asked) -> Response {
    let work = async {
        let admin = asked.admin().await?;
        let query = asked.query();
        let kept = asked.kept(&admin).and_then(|kept| {
            let mut found = kept.iter().filter(|(name, _)| name == "organisation");
            found.next().map(|(_, value)| value.as_str())
        });
        let chosen = query.one("organisation").ok().flatten().or(kept).unwrap_or_default();
        page(&asked, &admin, chosen, None).await
    };
    asked.shown(work).await
}

/// What the API says about a table, if it is about the form.
fn of_form(failure: &Failure) -> Option<Problem> {
    let Failure::Refused(refused) = failure else { return None };
    match (refused.kind.rsplit(':').next()?, refused.status) {
        ("running", _) => Some(Problem::at("organisation", "console-imports-running")),
        (_, 413) => Some(Problem::at(FILE, "console-imports-too-large")),
        (_, 404) => Some(Problem::at("organisation", "console-imports-no-organisation")),
        _ => None,
    }
}

/// `POST /admin/imports`: goes through a table, and changes nothing.
pub(crate) async fn submit(asked: Asked, request: Request) -> Response {
    let read = upload::read(request, FILE, LARGEST + AROUND).await;
    let too_large = matches!(&read, Err(Refusal::TooLarge));
    let (fields, file) = match read {
        Ok(upload) => (Ok(Posted(upload.fields)), upload.file),
        // The form is shown again, so that it is said beside the field.
        Err(Refusal::TooLarge) => (Ok(Posted(Default::default())), None),
        Err(refusal) => (Err(refusal), None),
    };
    asked
        .taken(fields, ADDRESS, async |form| {
            if too_large {
                let admin = asked.admin().await?;
                let problem = Problem::at(FILE, "console-imports-too-large");
                return page(&asked, &admin, "", Some(problem)).await;
            }
            let admin = asked.sender(form).await?;
            let typed = form.one("organisation").ok().flatten().unwrap_or_default();
            let places = places(&admin, AdminScope::PeopleWrite).await?;
            let organisation = match places.as_slice() {
                [only] => only.id.clone(),
                _ => typed.to_owned(),
            };
            let Some(file) = file else {
                let problem = Problem::at(FILE, "console-imports-no-file");
                return page(&asked, &admin, typed, Some(problem)).await;
            };
            let query = ImportQuery { organisation, dry_run: true, invite: false };
            match admin.api.begin_import(&query, file.into_body()).await {
                Ok(begun) => Ok(Redirect::to(&import::address(begun.id)).into_response()),
                Err(failure) => match of_form(&failure) {
                    Some(problem) => page(&asked, &admin, typed, Some(problem)).await,
                    None => Err(failure.into()),
                },
            }
        })
        .await
}

/// `GET /admin/imports/people.csv`
pub(crate) async fn example() -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"people.csv\""),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    (headers, EXAMPLE).into_response()
}
