//! The groups of an organisation.

use axum::response::Response;
use latchkey_api::AdminScope;
use latchkey_api::organisations::{Group, PartQuery};
use latchkey_api::people::Me;
use latchkey_web::{Help, Page};
use serde::Serialize;

use super::settings::grouped;
use super::subject::organisation;
use super::{choices, group, samples};
use crate::pages::choice::Choice;
use crate::pages::message::Kind;
use crate::pages::shell::{Place, Shell, may_in};
use crate::visitor::Asked;

/// The address.
pub(crate) const ADDRESS: &str = "/admin/groups";

/// The page.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Groups {
    shell: Shell,
    organisation: String,
    organisations: Vec<Choice>,
    groups: Vec<Row>,
    add: Option<String>,
    next: Option<String>,
    first: Option<String>,
}

#[derive(Clone, Debug, Serialize)]
struct Row {
    url: String,
    name: String,
    id: String,
    members: u64,
    figure: String,
    demands: usize,
}

impl Groups {
    pub(super) fn new(
        shell: Shell,
        me: &Me,
        organisation: &str,
        groups: &[Group],
        (after, next): (Option<&str>, Option<&str>),
    ) -> Self {
        let organisations = choices(me, organisation);
        let named = organisations.iter().find(|it| it.chosen);
        let here = |more: &str| format!("{ADDRESS}{more}?organisation={organisation}");
        Self {
            shell,
            organisation: named
                .and_then(|it| it.name.as_deref())
                .unwrap_or(organisation)
                .to_owned(),
            groups: groups
                .iter()
                .map(|it| Row {
                    url: group::address(organisation, &it.id),
                    name: it.name.clone(),
                    id: it.id.clone(),
                    members: it.members,
                    figure: grouped(it.members),
                    demands: it.demanded.len(),
                })
                .collect(),
            organisations,
            add: may_in(me, AdminScope::OrganisationsWrite, organisation).then(|| here("/new")),
            next: next.map(|next| format!("{}&after={next}", here(""))),
            first: after.map(|_| here("")),
        }
    }
}

impl Page for Groups {
    const TEMPLATE: &'static str = "console/groups.html";
    const FORMS_LEAD_OUT: bool = true;

    fn sample() -> Self {
        samples::groups()
    }

    fn help(&self) -> Vec<Help> {
        vec![]
    }
}

/// `GET /admin/groups`
pub(crate) async fn show(asked: Asked) -> Response {
    let work = async {
        let admin = asked.admin().await?.with_places().await?;
        let query = asked.query();
        let organisation = organisation(&query, &admin.me).ok_or(Kind::NotFound)?;
        let after = query.one("after").ok().flatten();
        let part = PartQuery { after: after.map(str::to_owned), limit: None };
        let found = admin.api.groups(&organisation, &part).await?;
        let (shell, part) = (admin.shell(Place::Groups), (after, found.next.as_deref()));
        Ok(asked.page(&Groups::new(shell, &admin.me, &organisation, &found.items, part)))
    };
    asked.shown(work).await
}
