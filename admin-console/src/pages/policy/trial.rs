//! Who could not log in tomorrow, beside the changes that would do it. Where many people have to be
//! judged, the page is shown first and asks for the outcome by itself, with no script.

use std::time::Duration;

use axum::response::Response;
use http::HeaderValue;
use http::header::REFRESH;
use latchkey_api::policy::{Has, Trial, TrialQuery};
use latchkey_web::Text;
use serde::Serialize;

use super::settings::{Kind, grouped, kind, label, slug};
use super::subject::{Put, Subject};
use crate::client::Failure;
use crate::visitor::{Admin, Asked};

/// How long a page waits for the outcome before it is shown without.
const WAITS: Duration = Duration::from_millis(120);
/// The parameter of an address that is shown with the outcome, however long it takes.
const WAIT: (&str, &str) = ("wait", "yes");

/// What somebody has, and the keys of its messages.
pub(super) const HAS: [(Has, &str); 4] =
    [(Has::Key, "key"), (Has::App, "app"), (Has::Grace, "grace"), (Has::Nothing, "nothing")];

/// What a trial came to, or that it is under way.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "state", rename_all = "kebab-case")]
pub(crate) enum Outcome {
    /// It is being worked out: where it will be.
    Waiting {
        /// The address.
        url: String,
    },
    /// It could not be worked out: where it is tried again.
    Failed {
        /// The address.
        url: String,
    },
    /// It is there.
    Known(Box<Known>),
}

/// A trial's outcome.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Known {
    /// How many would be locked out, to be counted and to be read.
    locked_out: u64,
    figure: String,
    judged: u64,
    judged_figure: String,
    would_enrol: u64,
    would_enrol_figure: String,
    already: u64,
    already_figure: String,
    causes: Vec<Cause>,
    you_locked_out: bool,
    others: u64,
    others_locked_out: u64,
    /// The way out that locks nobody out.
    safer: Option<Safer>,
    who: String,
    table: String,
}

#[derive(Clone, Debug, Serialize)]
struct Cause {
    slug: &'static str,
    figure: String,
    url: String,
}

/// The setting to change instead.
#[derive(Clone, Debug, Serialize)]
struct Safer {
    url: String,
    is_date: bool,
    label: Option<Text>,
    name: String,
}

/// The key of what somebody has.
pub(super) fn has_slug(has: Has) -> &'static str {
    HAS.iter().find(|(known, _)| *known == has).map_or("nothing", |(_, slug)| slug)
}

impl Outcome {
    /// How many would be locked out, if that is known.
    pub(super) fn locked_out(&self) -> Option<u64> {
        match self {
            Self::Known(known) => Some(known.locked_out),
            Self::Waiting { .. } | Self::Failed { .. } => None,
        }
    }

    pub(super) fn known(subject: &Subject, trial: &Trial) -> Self {
        let cause = |cause: &latchkey_api::policy::Cause| {
            let slug = has_slug(cause.has);
            let url = subject.address("/who", &[("has", slug)]);
            Cause { slug, figure: grouped(cause.people), url }
        };
        let blamed = trial.people.first().map(|first| first.because.clone());
        let safer = blamed.map(|name| Safer {
            url: subject.address(&format!("/set/{name}"), &[]),
            is_date: kind(&name) == Kind::Date,
            label: label(&name),
            name: slug(&name),
        });
        Self::Known(Box::new(Known {
            locked_out: trial.locked_out,
            figure: grouped(trial.locked_out),
            judged: trial.judged,
            judged_figure: grouped(trial.judged),
            would_enrol: trial.would_enrol,
            would_enrol_figure: grouped(trial.would_enrol),
            already: trial.already,
            already_figure: grouped(trial.already),
            causes: trial.causes.iter().map(cause).collect(),
            you_locked_out: trial.administrators.you_locked_out,
            others: trial.administrators.others,
            others_locked_out: trial.administrators.others_locked_out,
            safer,
            who: subject.address("/who", &[]),
            table: subject.address("/who.csv", &[]),
        }))
    }
}

/// Tries it. With it comes the address that the page goes on to by itself, if it is shown before the
/// outcome is there.
pub(super) async fn of(
    asked: &Asked,
    admin: &Admin,
    subject: &Subject,
    put: &Put,
) -> Result<(Outcome, Option<String>), Failure> {
    let query = TrialQuery::default();
    let waits = asked.query().one(WAIT.0).ok().flatten().is_some();
    let url = subject.address("", &[WAIT]);
    let tried = subject.try_out(&admin.api, put, &query);
    let tried = match waits {
        true => tried.await,
        false => match tokio::time::timeout(WAITS, tried).await {
            Ok(tried) => tried,
            Err(_) => return Ok((Outcome::Waiting { url: url.clone() }, Some(url))),
        },
    };
    match tried {
        Ok(trial) => Ok((Outcome::known(subject, &trial), None)),
        Err(Failure::Down(why)) => {
            tracing::warn!("a trial has no outcome: {why}");
            Ok((Outcome::Failed { url }, None))
        }
        Err(failure) => Err(failure),
    }
}

/// Has a page go on to an address at once. It is shown until that one is there.
pub(crate) fn refreshing(mut response: Response, to: Option<String>) -> Response {
    let line = to.and_then(|to| HeaderValue::try_from(format!("0; url={to}")).ok());
    if let Some(line) = line {
        response.headers_mut().insert(REFRESH, line);
    }
    response
}
