//! The organisations that somebody looks after, as a tree, and each on a page of its own: whom its
//! people call, and how far it is.

use axum::extract::Path;
use axum::response::Response;
use latchkey_api::AdminScope;
use latchkey_api::organisations::{Helpdesk, Organisation};
use latchkey_api::people::Me;
use latchkey_web::{Help, Link, Page, Text};
use serde::Serialize;

use super::chart::grouped;
use super::message::Kind;
use super::shell::{Place, Shell, may, may_in};
use super::{audit, people, places, policy, progress, roles, samples};
use crate::client::Failure;
use crate::visitor::{Admin, Asked, Stop};

/// The address.
pub(crate) const ADDRESS: &str = "/admin/organisations";
/// Where one is added.
pub(crate) const NEW_ADDRESS: &str = "/admin/organisations/new";

/// The page of all of them.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Organisations {
    shell: Shell,
    tree: Vec<Node>,
    add: Option<&'static str>,
}

/// One, and those below it.
#[derive(Clone, Debug, Serialize)]
struct Node {
    url: String,
    name: String,
    rollout: Text,
    /// What its people call, in a line; nothing when nobody could reach a helpdesk.
    reach: Option<String>,
    below: Vec<Node>,
}

/// The page of one.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Shown {
    shell: Shell,
    id: String,
    name: String,
    parent: Option<Parent>,
    preset: Text,
    rollout: Text,
    helpdesk: Seen,
    /// How many people it and those below it have, and how many of them would like a key.
    people: Option<String>,
    interested: u64,
    /// Where it is changed, by whoever may.
    edit: Option<String>,
    links: Vec<Link>,
    /// It was changed just now.
    saved: bool,
}

/// Whom its people call, as they see it: what is not known is empty.
#[derive(Clone, Debug, Serialize)]
struct Seen {
    name: String,
    phone: String,
    hours: String,
    email: String,
    reporting: String,
}

impl Seen {
    fn new(helpdesk: &Helpdesk) -> Self {
        let of = |text: &Option<String>| text.clone().unwrap_or_default();
        Self {
            name: of(&helpdesk.name),
            phone: of(&helpdesk.phone),
            hours: of(&helpdesk.hours),
            email: of(&helpdesk.email),
            reporting: of(&helpdesk.reporting),
        }
    }
}

/// The one above.
#[derive(Clone, Debug, Serialize)]
struct Parent {
    name: String,
    url: String,
}

/// Where one is.
pub(crate) fn address(id: &str) -> String {
    format!("{ADDRESS}/{id}")
}

/// What an organisation is called in an address, if it can be.
pub(crate) fn slug(text: &str) -> Result<&str, Stop> {
    let fits = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    match (1..=63).contains(&text.len()) && text.bytes().all(fits) {
        true => Ok(text),
        false => Err(Kind::NotFound.into()),
    }
}

/// Whether somebody may do something to the whole platform.
pub(crate) fn may_everywhere(me: &Me, scope: AdminScope) -> bool {
    me.may.iter().any(|may| may.scope == scope && may.platform)
}

pub(crate) fn preset(preset: &str) -> Text {
    Text::new(match preset {
        "hospital" => "console-org-preset-hospital",
        _ => "console-org-preset-small",
    })
}

fn rollout(rollout: &str) -> Text {
    Text::new(match rollout {
        "pilot" => "console-org-rollout-pilot",
        "available" => "console-org-rollout-available",
        "required" => "console-org-rollout-required",
        _ => "console-org-rollout-not-started",
    })
}

/// Those below `above`, or those that nothing is above of among them all.
fn tree(all: &[Organisation], above: Option<&str>) -> Vec<Node> {
    let is_here = |it: &&Organisation| match (&it.parent, above) {
        (Some(parent), Some(above)) => parent.id == above,
        (Some(parent), None) => all.iter().all(|other| other.named.id != parent.id),
        (None, above) => above.is_none(),
    };
    let mut here: Vec<&Organisation> = all.iter().filter(is_here).collect();
    here.sort_by(|one, other| one.named.name.cmp(&other.named.name));
    let node = |it: &Organisation| Node {
        url: address(&it.named.id),
        name: it.named.name.clone(),
        rollout: rollout(&it.rollout),
        reach: it.helpdesk.phone.clone().or_else(|| it.helpdesk.email.clone()),
        below: tree(all, Some(&it.named.id)),
    };
    here.into_iter().map(node).collect()
}

impl Organisations {
    fn new(shell: Shell, me: &Me, all: &[Organisation]) -> Self {
        let add = may_everywhere(me, AdminScope::OrganisationsWrite).then_some(NEW_ADDRESS);
        Self { shell, tree: tree(all, None), add }
    }
}

impl Page for Organisations {
    const TEMPLATE: &'static str = "console/organisations.html";
    const FORMS_LEAD_OUT: bool = true;

    fn sample() -> Self {
        let above = samples::organisation();
        let parent = Some(above.named.clone());
        let mut below = Organisation { parent, ..above.clone() };
        below.named.id = "ward".into();
        below.helpdesk = Helpdesk::default();
        let (shell, me) = (samples::shell(Place::Organisations), samples::platform());
        Self::new(shell, &me, &[above, below])
    }

    fn help(&self) -> Vec<Help> {
        vec![]
    }
}

impl Shown {
    fn new(admin: (&Me, Shell), organisation: &Organisation, counted: Option<(u64, u64)>) -> Self {
        let ((me, shell), id) = (admin, organisation.named.id.clone());
        let mut links = Vec::new();
        let scopes = [
            (AdminScope::PeopleRead, "console-org-people", people::ADDRESS),
            (progress::SEES, "console-org-progress", progress::ADDRESS),
            (AdminScope::OrganisationsRead, "console-org-policy", policy::ADDRESS),
            (AdminScope::OrganisationsRead, "console-org-groups", policy::groups::ADDRESS),
            (AdminScope::RolesRead, "console-org-roles", roles::ADDRESS),
            (AdminScope::AuditRead, "console-org-audit", audit::ADDRESS),
        ];
        for (scope, label, below) in scopes {
            if may_in(me, scope, &id) {
                links.push(Link::new(label, format!("{below}?organisation={id}")));
            }
        }
        let parent = organisation.parent.as_ref();
        Self {
            shell,
            name: organisation.named.name.clone(),
            parent: parent.map(|it| Parent { name: it.name.clone(), url: address(&it.id) }),
            preset: preset(&organisation.preset),
            rollout: rollout(&organisation.rollout),
            helpdesk: Seen::new(&organisation.helpdesk),
            people: counted.map(|(people, _)| grouped(people)),
            interested: counted.map_or(0, |(_, interested)| interested),
            edit: may_in(me, AdminScope::OrganisationsWrite, &id)
                .then(|| format!("{}/edit", address(&id))),
            links,
            saved: false,
            id,
        }
    }

    /// One of which nothing is known yet.
    pub(crate) fn bare_sample() -> Self {
        let organisation = Organisation {
            parent: None,
            preset: "small".into(),
            helpdesk: Helpdesk::default(),
            ..samples::organisation()
        };
        let shell = samples::shell(Place::Organisations);
        Self::new((&samples::me_with_places(), shell), &organisation, None)
    }
}

impl Page for Shown {
    const TEMPLATE: &'static str = "console/organisation.html";
    const FORMS_LEAD_OUT: bool = true;

    fn sample() -> Self {
        let mut organisation = samples::organisation();
        organisation.parent = Some(organisation.named.clone());
        let (shell, me) = (samples::shell(Place::Organisations), samples::platform());
        let shown = Self::new((&me, shell), &organisation, Some((1204, 12)));
        Self { saved: true, ..shown }
    }

    fn help(&self) -> Vec<Help> {
        vec![]
    }
}

/// `GET /admin/organisations`
pub(crate) async fn list(asked: Asked) -> Response {
    let work = async {
        let admin = asked.admin().await?;
        let all = places::all(&admin).await?;
        let shell = admin.shell(Place::Organisations);
        Ok(asked.page(&Organisations::new(shell, &admin.me, &all)))
    };
    asked.shown(work).await
}

/// `GET /admin/organisations/{organisation}`
pub(crate) async fn show(Path(id): Path<String>, asked: Asked) -> Response {
    let work = async {
        let id = slug(&id)?;
        let admin = asked.admin().await?.with_places().await?;
        let (organisation, counted) =
            tokio::try_join!(admin.api.organisation(id), counted(&admin, id))?;
        let shell = admin.shell(Place::Organisations);
        let saved = asked.query().one("saved").is_ok_and(|it| it.is_some());
        let shown = Shown::new((&admin.me, shell), &organisation.0, counted);
        Ok(asked.page(&Shown { saved, ..shown }))
    };
    asked.shown(work).await
}

/// How many people there are, and how many would like a key.
async fn counted(admin: &Admin, id: &str) -> Result<Option<(u64, u64)>, Failure> {
    if !may(&admin.me, AdminScope::OrganisationsRead) {
        return Ok(None);
    }
    let progress = admin.api.progress(id).await?;
    // Until everybody was counted once, nothing is known.
    Ok(progress.counted_at.map(|_| (progress.people, progress.interested)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_is_below_somebody_outside_stands_at_the_top_and_nobody_twice() {
        let one = |id: &str, above: Option<&str>| {
            let mut one = samples::organisation();
            (one.named.id, one.named.name) = (id.into(), id.into());
            one.parent = above.map(|above| {
                let mut parent = one.named.clone();
                parent.id = above.into();
                parent
            });
            one
        };
        let all = [
            one("ward", Some("trust")),
            one("trust", Some("outside")),
            one("alone", None),
            one("bay", Some("ward")),
        ];
        let tree = tree(&all, None);
        let names = |nodes: &[Node]| nodes.iter().map(|it| it.name.clone()).collect::<Vec<_>>();
        assert_eq!(names(&tree), ["alone", "trust"]);
        assert_eq!(names(&tree[1].below), ["ward"]);
        assert_eq!(names(&tree[1].below[0].below), ["bay"]);
    }

    #[test]
    fn nothing_but_a_name_in_documents_is_asked_for() {
        assert!(slug("northgate-2").is_ok());
        for text in ["", "..", "a/b", "a%2fb", "A", "a?b", "é", &"a".repeat(64)] {
            assert!(slug(text).is_err(), "{text}");
        }
    }
}
