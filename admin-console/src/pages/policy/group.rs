//! A group: what it demands of its members on top, who they are, and adding, renaming and removing it.

use axum::extract::Path;
use axum::response::{IntoResponse as _, Redirect, Response};
use latchkey_api::AdminScope;
use latchkey_api::organisations::{Group as Shown, PartQuery, PutGroup};
use latchkey_api::people::{Me, PersonSummary};
use latchkey_api::policy::ModelName;
use latchkey_web::limits::{Form as Posted, Params, Refusal};
use latchkey_web::{Form, Help, Page, Problem, Text};
use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

use super::settings::{Piece, grouped, label, pieces};
use super::subject::{Subject, is_slug, may_in, organisation};
use super::{groups, samples};
use crate::client::Failure;
use crate::pages::call;
use crate::pages::message::Kind;
use crate::pages::shell::{Place, Shell};
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

/// Where a group is.
pub(crate) fn address(organisation: &str, group: &str) -> String {
    format!("{}/{organisation}/{group}", groups::ADDRESS)
}

/// What a group's page shows beside the group.
pub(super) struct Facts<'f> {
    pub(super) models: &'f [ModelName],
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

/// The page that names a group, a new one or another name.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Named {
    shell: Shell,
    /// What it is called so far; nothing of a new one.
    was: Option<String>,
    name: String,
    id: String,
    form: Form,
    back: String,
    problem: Option<Problem>,
}

impl Page for Named {
    const TEMPLATE: &'static str = "console/group-name.html";
    const FORMS_LEAD_OUT: bool = true;

    fn sample() -> Self {
        samples::named()
    }

    fn problem(&self) -> Option<&Problem> {
        self.problem.as_ref()
    }

    fn help(&self) -> Vec<Help> {
        vec![]
    }
}

impl Named {
    pub(super) fn new(
        shell: Shell,
        form: Form,
        back: String,
        was: Option<&str>,
        (name, id): (&str, &str),
    ) -> Self {
        let (was, name, id) = (was.map(str::to_owned), name.to_owned(), id.to_owned());
        Self { shell, was, name, id, form, back, problem: None }
    }

    pub(super) fn wrong(self, problem: Problem) -> Self {
        Self { problem: Some(problem), ..self }
    }
}

/// The page that asks whether a group is to go.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Remove {
    shell: Shell,
    name: String,
    members: u64,
    figure: String,
    form: Form,
    back: String,
}

impl Page for Remove {
    const TEMPLATE: &'static str = "console/group-remove.html";
    const FORMS_LEAD_OUT: bool = true;

    fn sample() -> Self {
        samples::remove()
    }

    fn help(&self) -> Vec<Help> {
        vec![]
    }
}

impl Remove {
    pub(super) fn new(shell: Shell, forms: &Forms, group: &Shown) -> Self {
        let back = address(&group.organisation.id, &group.id);
        Self {
            shell,
            name: group.name.clone(),
            members: group.members,
            figure: grouped(group.members),
            form: forms.form(format!("{back}/remove")),
            back,
        }
    }
}

type At = Path<(String, String)>;

/// What cannot be the name of either is not there.
fn named(Path((organisation, group)): &At) -> Result<(&str, &str), Stop> {
    match is_slug(organisation) && is_slug(group) {
        true => Ok((organisation, group)),
        false => Err(Kind::NotFound.into()),
    }
}

/// `GET /admin/groups/{organisation}/{group}`
pub(crate) async fn show(at: At, asked: Asked) -> Response {
    let work = async {
        let (organisation, slug) = named(&at)?;
        let admin = asked.admin().await?;
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
        let facts = Facts {
            models: &policy.models,
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
            let admin = asked.sender(form).await?;
            let of = |name: &str| form.one(name).ok().flatten().unwrap_or_default();
            let person = of("person").parse().map_err(|_| Kind::NotFound)?;
            let is_member = of("do") == "join";
            admin.api.set_member(organisation, slug, person, is_member).await?;
            Ok(Redirect::to(&format!("{}#members", address(organisation, slug))).into_response())
        })
        .await
}

/// A name in documents, made of what people read.
fn slug_of(name: &str) -> String {
    let mut slug = String::new();
    for letter in name.to_lowercase().chars() {
        if letter.is_ascii_alphanumeric() {
            slug.push(letter);
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    slug.truncate(40);
    slug.trim_end_matches('-').to_owned()
}

/// What the API says about a name, if it is about that.
fn of_name(failure: &Failure) -> Option<Problem> {
    let Failure::Refused(refused) = failure else { return None };
    match (refused.kind.rsplit(':').next()?, refused.errors.first()) {
        ("if-match-needed", _) => Some(Problem::at("id", "console-group-taken")),
        ("stale", _) => Some(Problem::new("console-group-stale")),
        (_, Some(error)) if error.field == "name" => {
            Some(Problem::at("name", "console-group-name-wrong"))
        }
        _ => None,
    }
}

fn new_form(forms: &Forms, organisation: &str) -> Form {
    forms.form(format!("{}/new?organisation={organisation}", groups::ADDRESS))
}

fn list(organisation: &str) -> String {
    format!("{}?organisation={organisation}", groups::ADDRESS)
}

/// What was typed here before a log-in came between.
fn kept(asked: &Asked, admin: &Admin, name: &str) -> Option<String> {
    let kept = asked.kept(admin)?.iter().find(|(known, _)| known == name);
    kept.map(|(_, value)| value.clone())
}

/// `GET /admin/groups/new`
pub(crate) async fn add(asked: Asked) -> Response {
    let work = async {
        let admin = asked.admin().await?;
        let at = organisation(&asked.query(), &admin.me).ok_or(Kind::NotFound)?;
        let typed = |name| kept(&asked, &admin, name).unwrap_or_default();
        let (name, id) = (typed("name"), typed("id"));
        let shell = admin.shell(Place::Groups);
        let form = new_form(&admin.forms, &at);
        Ok(asked.page(&Named::new(shell, form, list(&at), None, (&name, &id))))
    };
    asked.shown(work).await
}

/// `POST /admin/groups/new`
pub(crate) async fn submit_new(asked: Asked, form: Result<Posted, Refusal>) -> Response {
    let to = asked.address();
    asked
        .taken(form, &to, async |form: &Params| {
            let admin = asked.sender(form).await?;
            let at = organisation(&asked.query(), &admin.me).ok_or(Kind::NotFound)?;
            let of = |name: &str| form.one(name).ok().flatten().unwrap_or_default().trim();
            let (name, typed) = (of("name"), of("id"));
            let slug = if typed.is_empty() { slug_of(name) } else { typed.to_owned() };
            let again = |problem: Problem| {
                let form = new_form(&admin.forms, &at);
                let shell = admin.shell(Place::Groups);
                let page = Named::new(shell, form, list(&at), None, (name, typed));
                Ok(asked.page(&page.wrong(problem)))
            };
            if !is_slug(&slug) || slug.starts_with('-') {
                let problem = if typed.is_empty() {
                    Problem::at("name", "console-group-name-wrong")
                } else {
                    Problem::at("id", "console-group-id-wrong")
                };
                return again(problem);
            }
            let put = PutGroup { name: name.to_owned(), ..PutGroup::default() };
            match admin.api.put_group(&at, &slug, &put, None).await {
                Ok(()) => Ok(Redirect::to(&address(&at, &slug)).into_response()),
                Err(failure) => match of_name(&failure) {
                    Some(problem) => again(problem),
                    None => Err(failure.into()),
                },
            }
        })
        .await
}

/// The page that renames a group.
fn renaming(admin: &Admin, group: &Shown, version: &str, name: &str) -> Named {
    let back = address(&group.organisation.id, &group.id);
    let form = admin.forms.form(format!("{back}/rename")).with("version", version);
    Named::new(admin.shell(Place::Groups), form, back, Some(&group.name), (name, &group.id))
}

/// `GET /admin/groups/{organisation}/{group}/rename`
pub(crate) async fn rename(at: At, asked: Asked) -> Response {
    let work = async {
        let (organisation, slug) = named(&at)?;
        let admin = asked.admin().await?;
        let (group, version) = admin.api.group(organisation, slug).await?;
        let name = kept(&asked, &admin, "name").unwrap_or_else(|| group.name.clone());
        Ok(asked.page(&renaming(&admin, &group, &version, &name)))
    };
    asked.shown(work).await
}

/// `POST /admin/groups/{organisation}/{group}/rename`
pub(crate) async fn submit_name(at: At, asked: Asked, form: Result<Posted, Refusal>) -> Response {
    let to = asked.address();
    asked
        .taken(form, &to, async |form| {
            let (organisation, slug) = named(&at)?;
            let admin = asked.sender(form).await?;
            let of = |name: &str| form.one(name).ok().flatten().unwrap_or_default().trim();
            let (group, version) = admin.api.group(organisation, slug).await?;
            let put = PutGroup {
                name: of("name").to_owned(),
                demanded: group.demanded.clone(),
                locks_out_at_most: 0,
            };
            let sent = admin.api.put_group(organisation, slug, &put, Some(of("version"))).await;
            match sent {
                Ok(()) => Ok(Redirect::to(&address(organisation, slug)).into_response()),
                Err(failure) => match of_name(&failure) {
                    // What it is changed from now is what is there now: pressed again, it counts.
                    Some(problem) => {
                        let page = renaming(&admin, &group, &version, of("name"));
                        Ok(asked.page(&page.wrong(problem)))
                    }
                    None => Err(failure.into()),
                },
            }
        })
        .await
}

/// `GET /admin/groups/{organisation}/{group}/remove`
pub(crate) async fn confirm(at: At, asked: Asked) -> Response {
    let work = async {
        let (organisation, slug) = named(&at)?;
        let admin = asked.admin().await?;
        let (group, _) = admin.api.group(organisation, slug).await?;
        let shell = admin.shell(Place::Groups);
        Ok(asked.page(&Remove::new(shell, &admin.forms, &group)))
    };
    asked.shown(work).await
}

/// `POST /admin/groups/{organisation}/{group}/remove`
pub(crate) async fn remove(at: At, asked: Asked, form: Result<Posted, Refusal>) -> Response {
    let to = asked.address();
    asked
        .taken(form, &to, async |form| {
            let (organisation, slug) = named(&at)?;
            let admin = asked.sender(form).await?;
            admin.api.remove_group(organisation, slug).await?;
            Ok(Redirect::to(&list(organisation)).into_response())
        })
        .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_in_documents_is_made_of_what_people_read() {
        for (name, slug) in [
            ("Theatre staff", "theatre-staff"),
            ("  Ward 7 – nights ", "ward-7-nights"),
            ("Môn", "m-n"),
            ("<script>", "script"),
            ("日本", ""),
        ] {
            assert_eq!(slug_of(name), slug, "{name}");
        }
        assert!(is_slug(&slug_of(&"long name ".repeat(20))));
    }
}
