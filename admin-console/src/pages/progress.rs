//! How far the people of an organisation are with their keys: a sentence, a picture, who needs help
//! first, and each organisation below.

use axum::response::{IntoResponse as _, Response};
use http::header;
use jiff::civil::Date;
use latchkey_api::AdminScope;
use latchkey_api::organisations::{Class, OrganisationProgress, OrganisationRef, Progress};
use latchkey_api::people::{Enrolment, Me, Need};
use latchkey_core::Timestamp;
use latchkey_web::limits::Params;
use latchkey_web::{Help, Page, Text};
use serde::Serialize;

use super::chart::{self, Day, Line, Part, Point, grouped, share};
use super::choice::{Choice, choices};
use super::places::places;
use super::shell::{Place, Shell, may};
use super::{at, people};
use crate::visitor::{Asked, Stop};

/// The address.
pub(crate) const ADDRESS: &str = "/admin/progress";
/// The same as a table.
pub(crate) const TABLE_ADDRESS: &str = "/admin/progress.csv";
/// What it takes to see it.
pub(crate) const SEES: AdminScope = AdminScope::OrganisationsRead;
/// An end of grace that lies further ahead is no date that a picture shows, in days.
const AHEAD: i32 = 91;

/// The classes in the order of the picture, best first.
const CLASSES: [(Enrolment, &str); 5] = [
    (Enrolment::TwoKeys, "two-keys"),
    (Enrolment::OneKey, "one-key"),
    (Enrolment::AppOnly, "app-only"),
    (Enrolment::InGrace, "in-grace"),
    (Enrolment::Nothing, "nothing"),
];

/// The page.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Shown {
    shell: Shell,
    organisations: Vec<Choice>,
    organisation: String,
    /// How many organisations are below it.
    below: usize,
    counted_at: Option<Timestamp>,
    uncounted: u64,
    /// How many of a hundred have a key; nobody is counted where there is nobody.
    share: Option<u64>,
    with_key: String,
    people: String,
    bar: Vec<Part>,
    line: Option<Line>,
    /// When everybody has two keys, if it goes on so.
    forecast: Option<Forecast>,
    days: Vec<Counted>,
    /// When grace ends, if it does.
    grace_until: Option<Timestamp>,
    interested: Option<u64>,
    first: Vec<First>,
    parts: Vec<Row>,
    table: String,
}

/// A day in the table.
#[derive(Clone, Debug, Serialize)]
struct Counted {
    day: Day,
    people: String,
    with_key: String,
    share: u64,
}

/// A day that may be far ahead.
#[derive(Clone, Debug, Serialize)]
struct Forecast {
    day: Day,
    year: String,
}

/// Who needs help first.
#[derive(Clone, Debug, Serialize)]
struct First {
    label: Text,
    number: String,
    /// Where they are listed, if there is anybody and they may be seen.
    url: Option<String>,
}

/// An organisation in the table.
#[derive(Clone, Debug, Serialize)]
struct Row {
    name: String,
    /// Where it is shown alone, unless that is here.
    url: Option<String>,
    bar: Vec<Part>,
    share: Option<u64>,
}

/// The organisation that is asked for, or else their own, or the first that they may see.
fn wanted(query: &Params, me: &Me, places: &[OrganisationRef]) -> Result<String, Stop> {
    if let Some(asked) = query.one("organisation").ok().flatten().filter(|it| !it.is_empty()) {
        return Ok(asked.to_owned());
    }
    let mut own = me.roles.iter().map(|grant| &grant.organisation);
    let own = own.find(|own| places.contains(own)).or(places.first());
    own.map(|own| own.id.clone()).ok_or_else(|| super::message::Kind::Forbidden.into())
}

fn with_query(path: &str, pairs: &[(&str, &str)]) -> String {
    let query = serde_urlencoded::to_string(pairs).unwrap_or_default();
    format!("{path}?{query}")
}

fn bar(classes: &[Class]) -> Vec<Part> {
    let of = |(enrolment, slug)| {
        let found = classes.iter().find(|class| class.enrolment == enrolment);
        (slug, found.map_or(0, |class| class.people))
    };
    chart::bar(&CLASSES.map(of))
}

fn with_key(classes: &[Class]) -> u64 {
    let keyed = |class: &&Class| matches!(class.enrolment, Enrolment::OneKey | Enrolment::TwoKeys);
    classes.iter().filter(keyed).map(|class| class.people).sum()
}

/// The last moment of grace, where it still lets somebody in: it ends with its day (UTC).
fn in_grace(progress: &Progress) -> Option<jiff::Timestamp> {
    let begins = |class: &Class| class.enrolment == Enrolment::InGrace && class.people > 0;
    let until = progress.grace_until.filter(|_| progress.classes.iter().any(begins))?;
    until.checked_sub(jiff::SignedDuration::from_secs(1)).ok()
}

/// The day on which grace ends, if it is one to plan for.
fn planned(last: Option<jiff::Timestamp>, today: Date) -> Option<Date> {
    let day = last?.to_zoned(jiff::tz::TimeZone::UTC).date();
    let ahead = today.until(day).ok()?.get_days();
    (1..=AHEAD).contains(&ahead).then_some(day)
}

impl Shown {
    fn new(shell: Shell, me: &Me, places: &[OrganisationRef], progress: &Progress) -> Self {
        let id = &progress.organisation.id;
        let keyed = with_key(&progress.classes);
        let points: Vec<Point> = progress
            .days
            .iter()
            .map(|day| Point {
                day: day.day,
                people: day.people,
                with_key: day.with_key,
                two_keys: day.two_keys,
            })
            .collect();
        let points = chart::weekly(&points);
        let until = points.last().and_then(|today| planned(in_grace(progress), today.day));
        let sees = may(me, AdminScope::PeopleRead);
        let first = progress.first.iter().map(|first| First {
            label: people::need(first.need),
            number: grouped(first.people),
            url: (sees && first.people > 0).then(|| {
                let slug = people::need_slug(first.need);
                with_query(people::ADDRESS, &[("organisation", id), ("need", slug)])
            }),
        });
        let row = |of: &OrganisationProgress| Row {
            name: of.organisation.name.clone(),
            url: (of.organisation.id != *id)
                .then(|| with_query(ADDRESS, &[("organisation", &of.organisation.id)])),
            bar: bar(&of.classes),
            share: (of.people > 0).then(|| share(with_key(&of.classes), of.people)),
        };
        Self {
            shell,
            organisations: choices(places, id),
            organisation: progress.organisation.name.clone(),
            below: progress.organisations.len().saturating_sub(1),
            counted_at: progress.counted_at.map(at),
            uncounted: progress.uncounted,
            share: (progress.people > 0).then(|| share(keyed, progress.people)),
            with_key: grouped(keyed),
            people: grouped(progress.people),
            bar: bar(&progress.classes),
            line: chart::line(&points, until),
            forecast: chart::all_with_two(&points)
                .map(|day| Forecast { day: day.into(), year: day.year().to_string() }),
            days: points
                .iter()
                .map(|point| Counted {
                    day: point.day.into(),
                    people: grouped(point.people),
                    with_key: grouped(point.with_key),
                    share: share(point.with_key, point.people),
                })
                .collect(),
            grace_until: in_grace(progress).map(at),
            interested: Some(progress.interested).filter(|interested| *interested > 0),
            first: first.collect(),
            parts: progress.organisations.iter().map(row).collect(),
            table: with_query(TABLE_ADDRESS, &[("organisation", id)]),
        }
    }

    /// An organisation that nobody belongs to.
    pub(crate) fn empty_sample() -> Self {
        let progress = samples::nobody();
        Self::new(
            super::samples::shell(Place::Progress),
            &super::samples::me(),
            &samples::places(),
            &progress,
        )
    }

    /// One that was not counted yet.
    pub(crate) fn uncounted_sample() -> Self {
        let progress = Progress { counted_at: None, uncounted: 2, ..samples::nobody() };
        Self::new(
            super::samples::shell(Place::Progress),
            &super::samples::me(),
            &samples::places(),
            &progress,
        )
    }
}

impl Page for Shown {
    const TEMPLATE: &'static str = "console/progress.html";
    const FORMS_LEAD_OUT: bool = true;

    fn sample() -> Self {
        Self::new(
            super::samples::shell(Place::Progress),
            &super::samples::me(),
            &samples::places(),
            &samples::progress(),
        )
    }

    fn help(&self) -> Vec<Help> {
        vec![]
    }
}

/// `GET /admin/progress`
pub(crate) async fn show(asked: Asked) -> Response {
    let work = async {
        let admin = asked.admin().await?;
        let places = places(&admin, SEES).await?;
        let organisation = wanted(&asked.query(), &admin.me, &places)?;
        let progress = admin.api.progress(&organisation).await?;
        let shell = admin.shell(Place::Progress);
        Ok(asked.page(&Shown::new(shell, &admin.me, &places, &progress)))
    };
    asked.shown(work).await
}

/// `GET /admin/progress.csv`
pub(crate) async fn table(asked: Asked) -> Response {
    let work = async {
        let admin = asked.admin().await?;
        let places = places(&admin, SEES).await?;
        let organisation = wanted(&asked.query(), &admin.me, &places)?;
        let table = admin.api.progress_table(&organisation).await?;
        let headers = [
            (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
            (header::CONTENT_DISPOSITION, "attachment; filename=\"progress.csv\""),
            (header::CACHE_CONTROL, "no-store"),
        ];
        Ok((headers, table).into_response())
    };
    asked.shown(work).await
}

/// What the page is tried out with.
mod samples {
    use jiff::civil::date;
    use latchkey_api::organisations::{DayProgress, First};

    use super::*;

    /// Two to choose from.
    pub(super) fn places() -> Vec<OrganisationRef> {
        super::super::samples::places()
    }

    fn classes(people: [u64; 5]) -> Vec<Class> {
        let class = |((enrolment, _), people): (_, u64)| Class { enrolment, people };
        CLASSES.into_iter().zip(people).map(class).collect()
    }

    /// Nobody, of one organisation.
    pub(super) fn nobody() -> Progress {
        let needs = [Need::Unreached, Need::GraceEnds, Need::OneKeyAlone];
        Progress {
            organisation: OrganisationRef {
                id: "northgate".into(),
                name: "Northgate <Trust>".into(),
            },
            people: 0,
            classes: classes([0; 5]),
            grace_until: None,
            interested: 0,
            counted_at: Some(jiff::Timestamp::UNIX_EPOCH),
            uncounted: 0,
            first: needs.map(|need| First { need, people: 0 }).to_vec(),
            organisations: vec![],
            days: vec![],
        }
    }

    /// Weeks of many people in several organisations.
    pub(super) fn progress() -> Progress {
        let parts = [
            ("theatres", "Theatres", [412, 96, 22, 8, 4]),
            ("ward", "Ward 4B <script>alert(1)</script>", [18, 14, 3, 1, 0]),
            ("therapy", "Ffisiotherapi a therapi galwedigaethol", [61, 88, 70, 25, 31]),
            ("porters", "Estates and porters", [1414, 1309, 766, 288, 163]),
            ("empty", "Somewhere new", [0; 5]),
        ];
        let weeks = [2, 5, 9, 14, 22, 31, 38, 46, 53, 60, 66, 71];
        let start = date(2026, 9, 7);
        let day = |(week, share): (i64, u64)| DayProgress {
            day: start.checked_add(jiff::Span::new().weeks(week)).unwrap_or(start),
            people: 4820,
            with_key: 4820 * share / 100,
            two_keys: 4820 * share / 200,
        };
        Progress {
            people: 4793,
            classes: classes([1905, 1507, 861, 322, 198]),
            grace_until: "2026-12-15T00:00:00Z".parse().ok(),
            interested: 12,
            uncounted: 1,
            first: [(Need::Unreached, 41), (Need::GraceEnds, 0), (Need::OneKeyAlone, 1904)]
                .map(|(need, people)| First { need, people })
                .to_vec(),
            organisations: parts
                .map(|(id, name, people)| OrganisationProgress {
                    organisation: OrganisationRef { id: id.into(), name: name.into() },
                    people: people.iter().sum(),
                    classes: classes(people),
                    counted_at: jiff::Timestamp::UNIX_EPOCH,
                })
                .to_vec(),
            days: (0..).zip(weeks).map(day).collect(),
            ..nobody()
        }
    }
}

#[cfg(test)]
mod tests {
    use latchkey_core::rng::SeededRng;
    use latchkey_web::{Frame, Theme};

    use super::*;

    #[test]
    fn when_all_have_two_keys_is_foretold_where_weeks_tell_it_and_nowhere_else() {
        let theme = Theme::load(None).expect("the built-in theme");
        let frame = Frame::new(&SeededRng::new(1), Timestamp::from_millis(0), "/");
        let foretold = |page: &Shown| {
            let html = theme.html(&frame, page).expect("a page");
            html.contains("At this pace everybody has a second key by about")
        };
        assert!(foretold(&Shown::sample()));
        let nobody = [Shown::empty_sample(), Shown::uncounted_sample()];
        assert!(!nobody.iter().any(foretold));
    }
}
