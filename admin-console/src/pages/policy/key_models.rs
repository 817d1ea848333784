//! The models of the keys in use, who needs one of them, and denying it: as changes of the policy,
//! that are tried before they are saved.

use std::time::Duration;

use axum::extract::Path;
use axum::response::{IntoResponse as _, Redirect, Response};
use latchkey_api::AdminScope;
use latchkey_api::organisations::{KeyModel, KeyModelNeeded};
use latchkey_api::people::{Me, PersonSummary};
use latchkey_web::limits::{Form as Posted, Params, Refusal};
use latchkey_web::{Form, Help, Page, Problem};
use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

use super::one::take_down;
use super::settings::grouped;
use super::subject::{Subject, organisation};
use super::trial::refreshing;
use super::{choices, samples};
use crate::client::Failure;
use crate::pages::call::address;
use crate::pages::choice::Choice;
use crate::pages::message::Kind;
use crate::pages::shell::{Place, Shell, may_in};
use crate::visitor::{Asked, Forms, Stop};

/// The address.
pub(crate) const ADDRESS: &str = "/admin/key-models";
/// How long a page waits for what is counted, before it is shown without.
const WAITS: Duration = Duration::from_millis(120);

/// The page.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct KeyModels {
    shell: Shell,
    organisation: String,
    organisations: Vec<Choice>,
    models: Vec<Row>,
    keys: String,
    /// Where the page is once they are counted.
    wait: Option<String>,
}

#[derive(Clone, Debug, Serialize)]
struct Row {
    /// None of a key that did not tell.
    url: Option<String>,
    name: String,
    keys: String,
    hardware: String,
    marked: bool,
    allowed: bool,
}

impl Row {
    fn new(organisation: &str, model: &KeyModel) -> Self {
        Self {
            url: model.aaguid.map(|id| model_address(organisation, id)),
            name: model.model.clone(),
            keys: grouped(model.keys),
            hardware: grouped(model.hardware),
            marked: model.marked,
            allowed: model.allowed,
        }
    }
}

fn model_address(organisation: &str, model: Uuid) -> String {
    format!("{ADDRESS}/{model}?organisation={organisation}")
}

impl KeyModels {
    pub(super) fn new(
        shell: Shell,
        me: &Me,
        organisation: &str,
        models: Option<&[KeyModel]>,
    ) -> Self {
        let organisations = choices(me, organisation);
        let waits = models.is_none();
        let models = models.unwrap_or_default();
        let named = organisations.iter().find(|it| it.chosen);
        Self {
            shell,
            organisation: named
                .and_then(|it| it.name.as_deref())
                .unwrap_or(organisation)
                .to_owned(),
            models: models.iter().map(|model| Row::new(organisation, model)).collect(),
            keys: grouped(models.iter().map(|model| model.keys).sum()),
            organisations,
            wait: waits.then(|| format!("{ADDRESS}?organisation={organisation}&wait=yes")),
        }
    }
}

impl Page for KeyModels {
    const TEMPLATE: &'static str = "console/key-models.html";
    const FORMS_LEAD_OUT: bool = true;

    fn sample() -> Self {
        samples::key_models()
    }

    fn help(&self) -> Vec<Help> {
        vec![]
    }
}

/// The page of a model.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Model {
    shell: Shell,
    name: String,
    aaguid: String,
    /// Who needs it, once that is known.
    needed: Option<Needed>,
    /// Where the page is once that is known.
    wait: Option<String>,
    deny: Option<Form>,
    back: String,
    problem: Option<Problem>,
}

#[derive(Clone, Debug, Serialize)]
struct Needed {
    facts: Row,
    holders: String,
    holders_count: u64,
    locked_out: u64,
    figure: String,
    all: bool,
    people: Vec<Person>,
}

#[derive(Clone, Debug, Serialize)]
struct Person {
    url: String,
    name: String,
    username: String,
    staff_number: Option<String>,
    organisation: String,
}

impl Person {
    fn new(person: &PersonSummary) -> Self {
        Self {
            url: address(person.id),
            name: person.name.clone(),
            username: person.username.clone(),
            staff_number: person.staff_number.clone(),
            organisation: person.organisation.name.clone(),
        }
    }
}

impl Model {
    pub(super) fn new(
        shell: Shell,
        me: &Me,
        forms: &Forms,
        (organisation, model): (&str, Uuid),
        found: Option<&KeyModelNeeded>,
    ) -> Self {
        let url = model_address(organisation, model);
        let may_write = may_in(me, AdminScope::OrganisationsWrite, organisation);
        let needed = found.map(|found| Needed {
            facts: Row::new(organisation, &found.model),
            holders: grouped(found.holders),
            holders_count: found.holders,
            locked_out: found.would_lock_out,
            figure: grouped(found.would_lock_out),
            all: usize::try_from(found.would_lock_out).is_ok_and(|all| all <= found.people.len()),
            people: found.people.iter().map(Person::new).collect(),
        });
        Self {
            shell,
            name: found.map_or_else(|| model.to_string(), |found| found.model.model.clone()),
            aaguid: model.to_string(),
            wait: found.is_none().then(|| format!("{url}&wait=yes")),
            needed,
            deny: may_write.then(|| forms.form(url)),
            back: format!("{ADDRESS}?organisation={organisation}"),
            problem: None,
        }
    }

    pub(super) fn wrong(self, problem: Problem) -> Self {
        Self { problem: Some(problem), ..self }
    }
}

impl Page for Model {
    const TEMPLATE: &'static str = "console/key-model.html";
    const FORMS_LEAD_OUT: bool = true;

    fn sample() -> Self {
        samples::model()
    }

    fn problem(&self) -> Option<&Problem> {
        self.problem.as_ref()
    }

    fn help(&self) -> Vec<Help> {
        vec![]
    }
}

/// `GET /admin/key-models`
pub(crate) async fn show(asked: Asked) -> Response {
    let work = async {
        let admin = asked.admin().await?.with_places().await?;
        let query = asked.query();
        let organisation = organisation(&query, &admin.me).ok_or(Kind::NotFound)?;
        let models = in_time(&query, admin.api.key_models(&organisation)).await?;
        let shell = admin.shell(Place::KeyModels);
        let page = KeyModels::new(shell, &admin.me, &organisation, models.as_deref());
        Ok(refreshing(asked.page(&page), page.wait.clone()))
    };
    asked.shown(work).await
}

/// What is counted, if it is there in time or the page is to wait for it.
async fn in_time<T>(
    query: &Params,
    counted: impl Future<Output = Result<T, Failure>>,
) -> Result<Option<T>, Failure> {
    match query.one("wait").ok().flatten() {
        Some(_) => counted.await.map(Some),
        None => tokio::time::timeout(WAITS, counted).await.ok().transpose(),
    }
}

fn parse(model: &str) -> Result<Uuid, Stop> {
    model.parse().map_err(|_| Kind::NotFound.into())
}

/// `GET /admin/key-models/{model}`
pub(crate) async fn one(Path(model): Path<String>, asked: Asked) -> Response {
    let work = async {
        let model = parse(&model)?;
        let admin = asked.admin().await?.with_places().await?;
        let query = asked.query();
        let organisation = organisation(&query, &admin.me).ok_or(Kind::NotFound)?;
        let found = in_time(&query, admin.api.key_model(&organisation, model)).await?;
        let shell = admin.shell(Place::KeyModels);
        let of = (organisation.as_str(), model);
        let page = Model::new(shell, &admin.me, &admin.forms, of, found.as_ref());
        Ok(refreshing(asked.page(&page), page.wait.clone()))
    };
    asked.shown(work).await
}

/// `POST /admin/key-models/{model}`: takes its denial down among the changes of the policy.
pub(crate) async fn deny(
    Path(model): Path<String>,
    asked: Asked,
    form: Result<Posted, Refusal>,
) -> Response {
    let to = asked.address();
    asked
        .taken(form, &to, async |form: &Params| {
            let model = parse(&model)?;
            let admin = asked.sender(form).await?.with_places().await?;
            let organisation = organisation(&asked.query(), &admin.me).ok_or(Kind::NotFound)?;
            let subject = Subject::policy(&organisation);
            let current = subject.read(&admin.api, &admin.me).await?;
            let drafts = asked.drafts(&admin);
            let draft = drafts.find(&subject);
            let changed = draft.and_then(|draft| draft.changes.get("models_denied"));
            let denied = changed.or(current.said.get("models_denied"));
            let denied = denied.and_then(Value::as_array).cloned().unwrap_or_default();
            let mut denied: Vec<Value> =
                denied.into_iter().filter(|it| *it != model.to_string()).collect();
            denied.push(model.to_string().into());
            denied.sort_by(|one, other| one.as_str().cmp(&other.as_str()));
            let mut changes = vec![("models_denied", Some(denied.into()))];
            if form.one("login").ok().flatten().is_some() {
                changes.push(("models_at_login", Some(true.into())));
            }
            match take_down(&asked, &admin, (&subject, &current), changes).await? {
                Ok(response) => Ok(response),
                Err(problem) => {
                    let found = match admin.api.key_model(&organisation, model).await {
                        Ok(found) => found,
                        // Nobody has one any more.
                        Err(Failure::Refused(_)) => {
                            return Ok(Redirect::to(ADDRESS).into_response());
                        }
                        Err(failure) => return Err(failure.into()),
                    };
                    let shell = admin.shell(Place::KeyModels);
                    let of = (organisation.as_str(), model);
                    let page = Model::new(shell, &admin.me, &admin.forms, of, Some(&found));
                    Ok(asked.page(&page.wrong(problem)))
                }
            }
        })
        .await
}
