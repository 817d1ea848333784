//! Who did what, and when: searched, read in plain words, and taken away whole.

use std::collections::BTreeMap;

use axum::response::{IntoResponse as _, Response};
use http::header;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use latchkey_api::AdminScope;
use latchkey_api::audit::AuditQuery;
use latchkey_api::organisations::OrganisationRef;
use latchkey_api::people::{Me, PersonSummary};
use latchkey_web::limits::Params;
use latchkey_web::{Help, Page, Problem, Text};
use serde::Serialize;
use uuid::Uuid;

use super::call::searched;
use super::choice::{Choice, choices};
use super::entry::Entry;
use super::shell::{Place, Shell, may};
use super::{entry, event, places, samples};
use crate::client::Failure;
use crate::visitor::{Admin, Asked, Stop};

/// The address.
pub(crate) const ADDRESS: &str = "/admin/audit";
/// Where all of what is searched for is taken away.
pub(crate) const EXPORT_ADDRESS: &str = "/admin/audit/export";
/// How many entries a page shows.
const SHOWN: u16 = 25;
/// The longest case number that is kept.
const LONGEST_CASE: usize = 100;
/// Nobody's name is longer, and the API does not take more.
const LONGEST_NAME: usize = 100;

/// The page.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Audit {
    shell: Shell,
    /// Whether people can be searched for.
    searches: bool,
    person: Who,
    by: Who,
    kinds: Vec<Kinds>,
    organisations: Vec<Choice>,
    fields: Fields,
    narrowed: bool,
    entries: Vec<Entry>,
    /// Nothing was asked for: first it has to be known of whom.
    asks: bool,
    next: Option<String>,
    first: Option<String>,
    export: String,
    problem: Option<Problem>,
}

/// Of whom, or by whom.
#[derive(Clone, Debug, Default, Serialize)]
struct Who {
    /// What was typed, while nobody is found by it.
    typed: String,
    found: Option<Found>,
    /// Those whom it may be.
    choices: Vec<Found>,
}

/// Somebody who was found.
#[derive(Clone, Debug, Serialize)]
struct Found {
    id: Uuid,
    name: String,
    hint: String,
    /// The same search about them, or about anybody where they are the one.
    url: String,
}

/// Kinds of events of one sort.
#[derive(Clone, Debug, Serialize)]
struct Kinds {
    label: Text,
    kinds: Vec<Choice>,
}

/// What is searched for, as it stands in the address.
#[derive(Clone, Debug, Default, Serialize)]
struct Fields {
    person: String,
    by: String,
    kind: String,
    organisation: String,
    case: String,
    from: String,
    to: String,
    after: String,
}

impl Fields {
    fn read(query: &Params) -> Self {
        let of = |name| query.one(name).ok().flatten().unwrap_or_default().trim().to_owned();
        Self {
            person: of("person"),
            by: of("by"),
            kind: of("kind"),
            organisation: of("organisation"),
            case: of("case").chars().take(LONGEST_CASE).collect(),
            from: of("from"),
            to: of("to"),
            after: of("after"),
        }
    }

    fn pairs(&self) -> [(&'static str, &str); 8] {
        [
            ("person", &self.person),
            ("by", &self.by),
            ("kind", &self.kind),
            ("organisation", &self.organisation),
            ("case", &self.case),
            ("from", &self.from),
            ("to", &self.to),
            ("after", &self.after),
        ]
    }

    /// The address of this search with something else in it.
    fn with(&self, below: &str, name: &str, value: &str) -> String {
        let kept = self.pairs().into_iter().filter(|(key, _)| *key != name && *key != "after");
        let pairs: Vec<_> =
            kept.chain([(name, value)]).filter(|(_, value)| !value.is_empty()).collect();
        match serde_urlencoded::to_string(pairs) {
            Ok(query) if !query.is_empty() => format!("{below}?{query}"),
            _ => below.to_owned(),
        }
    }

    /// What the API is asked, but for who: or the field that cannot be read.
    fn query(&self, zone: &TimeZone) -> Result<AuditQuery, Problem> {
        let some = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        let day = |name: &str, text: &str| match text {
            "" => Ok(None),
            text => {
                let wrong = || Problem::at(name, "console-audit-no-date");
                text.parse::<Date>().map(Some).map_err(|_| wrong())
            }
        };
        let (from, to) = (day("from", &self.from)?, day("to", &self.to)?);
        if from.zip(to).is_some_and(|(from, to)| to < from) {
            return Err(Problem::at("to", "console-audit-wrong-order"));
        }
        let begins = |name: &str, date: Date| {
            let zoned = date.to_zoned(zone.clone()).map(|zoned| zoned.timestamp());
            zoned.map_err(|_| Problem::at(name, "console-audit-no-date"))
        };
        let end =
            to.map(|to| to.tomorrow().map_err(|_| Problem::at("to", "console-audit-no-date")));
        Ok(AuditQuery {
            since: from.map(|from| begins("from", from)).transpose()?,
            until: end.transpose()?.map(|end| begins("to", end)).transpose()?,
            person: None,
            actor: None,
            organisation: some(&self.organisation),
            kind: some(&self.kind),
            case: some(&self.case),
            after: some(&self.after),
            limit: None,
        })
    }
}

impl Who {
    /// Looks for whom a field means.
    async fn of(
        admin: &Admin,
        fields: &Fields,
        name: &'static str,
        typed: &str,
    ) -> Result<Self, Stop> {
        if typed.is_empty() {
            return Ok(Self::default());
        }
        if let Ok(id) = Uuid::parse_str(typed) {
            let found = match admin.api.person(id).await {
                Ok(person) => Found::new(&person.summary, fields.with(ADDRESS, name, "")),
                // Gone, or outside: what is told of them is still found.
                Err(Failure::Refused(_)) => Found {
                    id,
                    name: id.to_string(),
                    hint: String::new(),
                    url: fields.with(ADDRESS, name, ""),
                },
                Err(failure) => return Err(failure.into()),
            };
            return Ok(Self { found: Some(found), ..Self::default() });
        }
        let typed: String = typed.chars().take(LONGEST_NAME).collect();
        let people = admin.api.people(&searched(&typed)).await?.items;
        let of = |person: &PersonSummary| {
            Found::new(person, fields.with(ADDRESS, name, &person.id.to_string()))
        };
        Ok(match people.as_slice() {
            [one] => Self {
                found: Some(Found::new(one, fields.with(ADDRESS, name, ""))),
                ..Self::default()
            },
            many => Self { typed, found: None, choices: many.iter().map(of).collect() },
        })
    }

    fn id(&self) -> Option<Uuid> {
        self.found.as_ref().map(|found| found.id)
    }

    /// Nobody is called what was typed.
    fn is_nobody(&self) -> bool {
        !self.typed.is_empty() && self.choices.is_empty()
    }
}

impl Found {
    fn new(person: &PersonSummary, url: String) -> Self {
        let hint = [&person.username, &person.organisation.name].map(String::as_str).join(" · ");
        Self { id: person.id, name: person.name.clone(), hint, url }
    }
}

/// What organisations are called, by their names in documents.
fn names(named: &[OrganisationRef]) -> BTreeMap<String, String> {
    named.iter().map(|it| (it.id.clone(), it.name.clone())).collect()
}

impl Audit {
    fn new(shell: Shell, me: &Me, fields: Fields, named: &[OrganisationRef]) -> Self {
        let choice = |kind: &&str| Choice::said(kind, event::name(kind), fields.kind == *kind);
        Self {
            shell,
            searches: may(me, AdminScope::PeopleRead) || may(me, AdminScope::CredentialsHelp),
            person: Who::default(),
            by: Who::default(),
            kinds: event::KINDS
                .iter()
                .map(|(sort, kinds)| Kinds {
                    label: Text::new(format!("console-audit-sort-{sort}")),
                    kinds: kinds.iter().map(choice).collect(),
                })
                .collect(),
            organisations: choices(named, &fields.organisation),
            narrowed: fields.pairs().iter().any(|(name, it)| *name != "after" && !it.is_empty()),
            entries: Vec::new(),
            asks: false,
            next: None,
            first: (!fields.after.is_empty()).then(|| fields.with(ADDRESS, "after", "")),
            export: fields.with(EXPORT_ADDRESS, "after", ""),
            problem: None,
            fields,
        }
    }

    /// Nothing that is like what is searched for; and what cannot be read.
    pub(crate) fn empty_sample() -> Self {
        let fields = Fields { from: "yesterday".into(), ..Fields::default() };
        let problem = fields.query(&TimeZone::UTC).err();
        Self { problem, ..Self::new(samples::shell(Place::Audit), &samples::me(), fields, &[]) }
    }

    /// Several are called what was typed.
    pub(crate) fn choices_sample() -> Self {
        let fields = Fields { person: "jo".into(), by: "nobody".into(), ..Fields::default() };
        let person = samples::person().summary;
        let found = Found::new(&person, fields.with(ADDRESS, "person", "1"));
        let person = Who { typed: "jo".into(), found: None, choices: vec![found; 2] };
        let problem = Some(Problem::at("by", "console-audit-nobody-like-that"));
        let by = Who { typed: "nobody".into(), ..Who::default() };
        let page = Self::new(samples::shell(Place::Audit), &samples::me(), fields, &[]);
        Self { asks: true, person, by, problem, ..page }
    }
}

impl Page for Audit {
    const TEMPLATE: &'static str = "console/audit.html";
    const FORMS_LEAD_OUT: bool = true;

    fn sample() -> Self {
        let fields = Fields {
            person: "1".into(),
            kind: "logged_in".into(),
            organisation: "northgate".into(),
            case: "NG-1 <script>alert(1)</script>".into(),
            from: "2026-09-01".into(),
            to: "2026-09-03".into(),
            after: "a".into(),
            ..Fields::default()
        };
        let found = Found::new(&samples::person().summary, fields.with(ADDRESS, "person", ""));
        let person = Who { found: Some(found), ..Who::default() };
        let named = [samples::person().summary.organisation];
        let names = names(&named);
        let entries = entry::samples();
        let entries = entries
            .iter()
            .map(|event| {
                Entry::new(event, &TimeZone::UTC, &names, |n, v| fields.with(ADDRESS, n, v))
            })
            .collect();
        let next = Some(fields.with(ADDRESS, "after", "b"));
        let page = Self::new(samples::shell(Place::Audit), &samples::me(), fields, &named);
        Self { person, entries, next, ..page }
    }

    fn problem(&self) -> Option<&Problem> {
        self.problem.as_ref()
    }

    fn help(&self) -> Vec<Help> {
        vec![]
    }
}

/// `GET /admin/audit`
pub(crate) async fn show(asked: Asked) -> Response {
    let work = async {
        let admin = asked.admin().await?;
        if !may(&admin.me, AdminScope::AuditRead) {
            return Err(super::message::Kind::Forbidden.into());
        }
        let fields = Fields::read(&asked.query());
        let named = places::places(&admin, AdminScope::AuditRead).await?;
        let (person, by) = tokio::try_join!(
            Who::of(&admin, &fields, "person", &fields.person),
            Who::of(&admin, &fields, "by", &fields.by),
        )?;
        let zone = &asked.console.zone;
        let mut page = Audit::new(admin.shell(Place::Audit), &admin.me, fields.clone(), &named);
        let query = match fields.query(zone) {
            _ if person.is_nobody() => Err(nobody("person")),
            _ if by.is_nobody() => Err(nobody("by")),
            query => query,
        };
        page.asks = !person.choices.is_empty() || !by.choices.is_empty();
        match query {
            Err(problem) => page.problem = Some(problem),
            Ok(_) if page.asks => {}
            Ok(query) => {
                let (person, actor) = (person.id(), by.id());
                // Who was found by what was typed is who the other pages are about.
                let mut found = fields;
                for (field, id) in [(&mut found.person, person), (&mut found.by, actor)] {
                    *field = id.map(|id| id.to_string()).unwrap_or_default();
                }
                let query = AuditQuery { person, actor, limit: Some(SHOWN), ..query };
                let trail = admin.api.trail(&query).await?;
                let names = names(&named);
                let find = |name: &str, value: &str| found.with(ADDRESS, name, value);
                let entries = trail.items.iter();
                page.entries = entries.map(|it| Entry::new(it, zone, &names, find)).collect();
                page.next = trail.next.map(|next| find("after", &next));
                page.first = page.first.map(|_| find("after", ""));
                page.export = found.with(EXPORT_ADDRESS, "after", "");
            }
        }
        Ok(asked.page(&Audit { person, by, ..page }))
    };
    asked.shown(work).await
}

fn nobody(field: &str) -> Problem {
    Problem::at(field, "console-audit-nobody-like-that")
}

/// `GET /admin/audit/export`: all that is searched for, an event a line, as the API tells it.
pub(crate) async fn export(asked: Asked) -> Response {
    let work = async {
        let admin = asked.admin().await?;
        let fields = Fields { after: String::new(), ..Fields::read(&asked.query()) };
        let (person, by) = tokio::try_join!(
            Who::of(&admin, &fields, "person", &fields.person),
            Who::of(&admin, &fields, "by", &fields.by),
        )?;
        let is_known = |who: &Who, typed: &str| typed.is_empty() || who.found.is_some();
        let query =
            fields.query(&asked.console.zone).map_err(|_| super::message::Kind::NotTaken)?;
        if !is_known(&person, &fields.person) || !is_known(&by, &fields.by) {
            return Err(super::message::Kind::NotTaken.into());
        }
        let query = AuditQuery { person: person.id(), actor: by.id(), ..query };
        let body = admin.api.export_trail(&query).await?.into_body();
        let fixed = [
            (header::CONTENT_TYPE, "application/x-ndjson"),
            (header::CONTENT_DISPOSITION, "attachment; filename=\"latchkey-audit.ndjson\""),
            (header::CACHE_CONTROL, "no-store"),
            (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        ];
        Ok((fixed, body).into_response())
    };
    asked.shown(work).await
}
