//! Everything that happened to somebody, a page at a time.

use axum::extract::Path;
use axum::response::Response;
use latchkey_api::organisations::PartQuery;
use latchkey_web::{Help, Page};
use serde::Serialize;

use super::call::{address, person_id};
use super::event::Happened;
use super::shell::{Place, Shell};
use super::{event, samples};
use crate::visitor::Asked;

/// How many events a page shows.
const SHOWN: u16 = 50;

/// The page.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct History {
    shell: Shell,
    name: String,
    url: String,
    history: Vec<Happened>,
    /// Where the earlier ones are.
    more: Option<String>,
}

impl Page for History {
    const TEMPLATE: &'static str = "console/history.html";
    const FORMS_LEAD_OUT: bool = true;

    fn sample() -> Self {
        Self {
            shell: samples::shell(Place::Calls),
            name: samples::person().summary.name,
            url: "/admin/people/1".into(),
            history: event::samples().iter().map(Happened::new).collect(),
            more: Some("/admin/people/1/history?after=x".into()),
        }
    }

    fn help(&self) -> Vec<Help> {
        vec![]
    }
}

/// `GET /admin/people/{person}/history`
pub(crate) async fn show(Path(id): Path<String>, asked: Asked) -> Response {
    let work = async {
        let id = person_id(&id)?;
        let query = asked.query();
        let after = query.one("after").ok().flatten().map(str::to_owned);
        let part = PartQuery { after, limit: Some(SHOWN) };
        let admin = asked.admin().await?;
        let both = tokio::try_join!(admin.api.person(id), admin.api.history(id, &part))?;
        let url = address(id);
        let more = both.1.next.map(|next| {
            let query = serde_urlencoded::to_string([("after", next)]).unwrap_or_default();
            format!("{url}/history?{query}")
        });
        let page = History {
            shell: admin.shell(Place::Calls),
            name: both.0.summary.name,
            history: both.1.items.iter().map(Happened::new).collect(),
            url,
            more,
        };
        Ok(asked.page(&page))
    };
    asked.shown(work).await
}
