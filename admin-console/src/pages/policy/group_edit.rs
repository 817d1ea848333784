//! Adding, renaming and removing a group.

use axum::response::{IntoResponse as _, Redirect, Response};
use latchkey_api::organisations::{Group as Shown, PutGroup};
use latchkey_web::limits::{Form as Posted, Params, Refusal};
use latchkey_web::{Form, Help, Page, Problem};
use serde::Serialize;

use super::group::{At, address, named};
use super::settings::grouped;
use super::subject::{is_slug, organisation};
use super::{groups, samples};
use crate::client::Failure;
use crate::pages::message::Kind;
use crate::pages::shell::{Place, Shell};
use crate::visitor::{Admin, Asked, Forms};

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
        let admin = asked.admin().await?.with_places().await?;
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
            let admin = asked.sender(form).await?.with_places().await?;
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
        let admin = asked.admin().await?.with_places().await?;
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
            let admin = asked.sender(form).await?.with_places().await?;
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
        let admin = asked.admin().await?.with_places().await?;
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
            let admin = asked.sender(form).await?.with_places().await?;
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
