//! A group: what it demands of its members on top, and who they are.

use axum::extract::Path;
use axum::response::{IntoResponse as _, Redirect, Response};
use latchkey_api::AdminScope;
use latchkey_api::organisations::{Group as Shown, JoinQuery, PartQuery};
use latchkey_api::people::{Enrolment, Me, PeopleQuery, PersonSummary};
use latchkey_api::policy::{LockedOut, ModelName, Trial};
use latchkey_web::limits::{Form as Posted, Refusal};
use latchkey_web::{Form, Help, Page, Text, Tone};
use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

use super::settings::{Piece, grouped, label, pieces};
use super::subject::{Subject, is_slug};
use super::{groups, samples};
use crate::client::Failure;
use crate::pages::message::Kind;
use crate::pages::shell::{Place, Shell, may_in};
use crate::pages::{call, people};
use crate::visitor::{Admin, Asked, Forms, Stop};

/// How many members a page shows.
const SHOWN: u16 = 50;

/// The page.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Group {
    shell: Shell,
    name: String,
    organisation: String,
    demands: Vec<Demand>,
    change: Option<String>,
    rename: String,
    remove: String,
    /// The form that adds somebody or takes them out, for whoever may.
    member: Option<Form>,
    count: u64,
    figure: String,
    /// How many of them are how far.
    classes: Vec<Class>,
    members: Vec<Row>,
    next: Option<String>,
    first: Option<String>,
    /// What was typed to find somebody, and whom that found.
    search: String,
    found: Option<Vec<Row>>,
    here: String,
    back: String,
}

#[derive(Clone, Debug, Serialize)]
struct Demand {
    name: String,
    label: Option<Text>,
    value: Vec<Piece>,
}

/// How many members are equally far.
#[derive(Clone, Debug, Serialize)]
struct Class {
    label: Text,
    figure: String,
}

#[derive(Clone, Debug, Serialize)]
struct Row {
    id: String,
    url: String,
    name: String,
    username: String,
    staff_number: Option<String>,
    organisation: String,
}

impl Row {
    fn new(person: &PersonSummary) -> Self {
        Self {
            id: person.id.to_string(),
            url: call::address(person.id),
            name: person.name.clone(),
            username: person.username.clone(),
            staff_number: person.staff_number.clone(),
            organisation: person.organisation.name.clone(),
        }
    }
}

/// The page that says what joining comes to for somebody.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Joining {
    shell: Shell,
    group: String,
    name: String,
    /// Their page.
    person: String,
    /// The setting that would lock them out; nothing would when there is none.
    because: Option<Because>,
    form: Form,
    back: String,
}

/// A setting that locks somebody out.
#[derive(Clone, Debug, Serialize)]
struct Because {
    name: String,
    label: Option<Text>,
}

impl Joining {
    pub(super) fn new(
        shell: Shell,
        forms: &Forms,
        group: &Shown,
        person: &PersonSummary,
        trial: &Trial,
    ) -> Self {
        let back = address(&group.organisation.id, &group.id);
        let form = forms.form(format!("{back}/members"));
        let because = |found: &LockedOut| Because {
            label: label(&found.because),
            name: found.because.clone(),
        };
        Self {
            shell,
            group: group.name.clone(),
            name: person.name.clone(),
            person: call::address(person.id),
            because: trial.people.first().map(because),
            form: form.with("person", person.id.to_string()).with("do", "join").with("sure", "yes"),
            back,
        }
    }
}

impl Page for Joining {
    const TEMPLATE: &'static str = "console/group-join.html";
    const FORMS_LEAD_OUT: bool = true;

    fn sample() -> Self {
        samples::joining(1)
    }

    fn tone(&self) -> Tone {
        if self.because.is_some() { Tone::Bad } else { Tone::Normal }
    }

    fn help(&self) -> Vec<Help> {
        vec![]
    }
}

/// Where it is said what joining a group comes to for somebody.
fn joining_address(organisation: &str, group: &str, person: Uuid) -> String {
    format!("{}/join?person={person}", address(organisation, group))
}

/// Where a group is.
pub(crate) fn address(organisation: &str, group: &str) -> String {
    format!("{}/{organisation}/{group}", groups::ADDRESS)
}

/// What a group's page shows beside the group.
pub(super) struct Facts<'f> {
    pub(super) models: &'f [ModelName],
    pub(super) classes: &'f [(Enrolment, u64)],
    pub(super) members: &'f [PersonSummary],
    pub(super) after: Option<&'f str>,
    pub(super) next: Option<&'f str>,
    pub(super) search: &'f str,
    pub(super) found: Option<&'f [PersonSummary]>,
}

impl Group {
    pub(super) fn new(
        shell: Shell,
        me: &Me,
        forms: &Forms,
        group: &Shown,
        facts: &Facts<'_>,
    ) -> Self {
        let organisation = &group.organisation.id;
        let here = address(organisation, &group.id);
        let may = |scope| may_in(me, scope, organisation);
        let demand = |(name, value): (&String, &Value)| Demand {
            label: label(name),
            value: pieces(name, Some(value), facts.models),
            name: name.clone(),
        };
        let part = |after: &str| {
            let query = serde_urlencoded::to_string([("after", after)]).unwrap_or_default();
            format!("{here}?{query}")
        };
        Self {
            shell,
            name: group.name.clone(),
            organisation: group.organisation.name.clone(),
            demands: group.demanded.iter().map(demand).collect(),
            change: may(AdminScope::OrganisationsWrite)
                .then(|| Subject::group(organisation, &group.id).address("", &[])),
            rename: format!("{here}/rename"),
            remove: format!("{here}/remove"),
            member: may(AdminScope::PeopleWrite).then(|| forms.form(format!("{here}/members"))),
            count: group.members,
            figure: grouped(group.members),
            classes: facts
                .classes
                .iter()
                .map(|(enrolment, people)| Class {
                    label: people::enrolment(*enrolment),
                    figure: grouped(*people),
                })
                .collect(),
            members: facts.members.iter().map(Row::new).collect(),
            next: facts.next.map(part),
            first: facts.after.map(|_| here.clone()),
            search: facts.search.to_owned(),
            found: facts.found.map(|found| found.iter().map(Row::new).collect()),
            here,
            back: format!("{}?organisation={organisation}", groups::ADDRESS),
        }
    }
}

impl Page for Group {
    const TEMPLATE: &'static str = "console/group.html";
    const FORMS_LEAD_OUT: bool = true;

    fn sample() -> Self {
        samples::group()
    }

    fn help(&self) -> Vec<Help> {
        vec![]
    }
}

pub(super) type At = Path<(String, String)>;

/// What cannot be the name of either is not there.
pub(super) fn named(Path((organisation, group)): &At) -> Result<(&str, &str), Stop> {
    match is_slug(organisation) && is_slug(group) {
        true => Ok((organisation, group)),
        false => Err(Kind::NotFound.into()),
    }
}

/// How many members of a group are how far.
async fn classes(
    admin: &Admin,
    organisation: &str,
    group: &str,
) -> Result<Vec<(Enrolment, u64)>, Stop> {
    let mut classes = Vec::new();
    for enrolment in people::enrolments() {
        let query = PeopleQuery {
            group: Some(format!("{organisation}/{group}")),
            enrolment: Some(enrolment),
            ..PeopleQuery::default()
        };
        classes.push((enrolment, admin.api.count_people(&query).await?));
    }
    Ok(classes)
}

/// `GET /admin/groups/{organisation}/{group}/join`: what it comes to for somebody.
pub(crate) async fn ask_join(at: At, asked: Asked) -> Response {
    let work = async {
        let (organisation, slug) = named(&at)?;
        let admin = asked.admin().await?.with_places().await?;
        let person = asked.query().one("person").ok().flatten().and_then(|id| id.parse().ok());
        let person: Uuid = person.ok_or(Kind::NotFound)?;
        let (group, _) = admin.api.group(organisation, slug).await?;
        let summary = admin.api.person(person).await?.summary;
        let trial = admin.api.try_joining(organisation, slug, person).await?;
        let shell = admin.shell(Place::Groups);
        Ok(asked.page(&Joining::new(shell, &admin.forms, &group, &summary, &trial)))
    };
    asked.shown(work).await
}

/// `GET /admin/groups/{organisation}/{group}`
pub(crate) async fn show(at: At, asked: Asked) -> Response {
    let work = async {
        let (organisation, slug) = named(&at)?;
        let admin = asked.admin().await?.with_places().await?;
        let query = asked.query();
        let one = |name| query.one(name).ok().flatten();
        let (group, _) = admin.api.group(organisation, slug).await?;
        let part = PartQuery { after: one("after").map(str::to_owned), limit: Some(SHOWN) };
        let members = admin.api.members(organisation, slug, &part).await?;
        let search = one("search").unwrap_or_default();
        let found = match search.trim() {
            "" => None,
            typed => {
                let found = admin.api.people(&call::searched(typed)).await?.items;
                let is_in = |id: Uuid| members.items.iter().any(|member| member.id == id);
                Some(found.into_iter().filter(|it| !is_in(it.id)).collect::<Vec<_>>())
            }
        };
        let (policy, _) = admin.api.policy(organisation).await?;
        let classes = classes(&admin, organisation, slug).await?;
        let facts = Facts {
            models: &policy.models,
            classes: &classes,
            members: &members.items,
            after: part.after.as_deref(),
            next: members.next.as_deref(),
            search,
            found: found.as_deref(),
        };
        let shell = admin.shell(Place::Groups);
        Ok(asked.page(&Group::new(shell, &admin.me, &admin.forms, &group, &facts)))
    };
    asked.shown(work).await
}

/// `POST /admin/groups/{organisation}/{group}/members`
pub(crate) async fn set_member(at: At, asked: Asked, form: Result<Posted, Refusal>) -> Response {
    let to = asked.address().replacen("/members", "", 1);
    asked
        .taken(form, &to, async |form| {
            let (organisation, slug) = named(&at)?;
            let admin = asked.sender(form).await?.with_places().await?;
            let of = |name: &str| form.one(name).ok().flatten().unwrap_or_default();
            let person: Uuid = of("person").parse().map_err(|_| Kind::NotFound)?;
            if of("do") == "join" {
                let agreed = JoinQuery { locks_out_at_most: u64::from(of("sure") == "yes") };
                match admin.api.join(organisation, slug, person, agreed).await {
                    // Whoever could not log in afterwards is not put in without that being said.
                    Err(Failure::Refused(refused))
                        if refused.kind.rsplit(':').next() == Some("locks-out") =>
                    {
                        let to = joining_address(organisation, slug, person);
                        return Ok(Redirect::to(&to).into_response());
                    }
                    done => done?,
                }
            } else {
                admin.api.leave(organisation, slug, person).await?;
            }
            Ok(Redirect::to(&format!("{}#members", address(organisation, slug))).into_response())
        })
        .await
}
