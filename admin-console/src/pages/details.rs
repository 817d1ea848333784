//! Who somebody is: adding them, and changing what is known of them.

use axum::extract::Path;
use axum::response::{IntoResponse as _, Redirect, Response};
use latchkey_api::Problem as Refused;
use latchkey_api::people::{NewPerson, PersonChange, PersonSummary};
use latchkey_web::limits::{Form as Posted, Refusal};
use latchkey_web::{Form, Help, Page, Problem, Text};
use serde::Serialize;
use uuid::Uuid;

use super::call::{address, person_id};
use super::choice::{Choice, choices};
use super::merge::{Merged, merge};
use super::people::organisations;
use super::samples;
use super::shell::{Place, Shell};
use crate::client::Failure;
use crate::visitor::{Admin, Asked, Stop};

/// Where somebody is added.
pub(crate) const NEW_ADDRESS: &str = "/admin/people/new";

/// What the API says is wrong with a field, and that there are words for.
const PROBLEMS: [(&str, &str); 7] = [
    ("name", "malformed"),
    ("username", "malformed"),
    ("username", "taken"),
    ("username", "unfit"),
    ("email", "malformed"),
    ("staff_number", "malformed"),
    ("staff_number", "taken"),
];

/// The fields of somebody who is there, in order.
const FIELDS: [&str; 3] = ["name", "email", "staff_number"];

/// The page.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Details {
    shell: Shell,
    /// Who it is; nobody yet when they are to be added.
    person: Option<Named>,
    form: Form,
    organisations: Vec<Choice>,
    fields: Fields,
    back: String,
    meanwhile: Vec<Meanwhile>,
    problem: Option<Problem>,
}

/// Who it is.
#[derive(Clone, Debug, Serialize)]
struct Named {
    name: String,
    username: String,
}

/// What is typed.
#[derive(Clone, Debug, Default, Serialize)]
struct Fields {
    name: String,
    username: String,
    organisation: String,
    email: String,
    staff_number: String,
    invite: bool,
    /// What was there when the form was made.
    #[serde(skip)]
    was: Written,
    #[serde(skip)]
    version: String,
    #[serde(skip)]
    once: String,
}

/// What of a person is changed here.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
struct Written {
    name: String,
    email: String,
    staff_number: String,
}

impl Written {
    /// In the order of [`FIELDS`].
    fn values(&self) -> [String; 3] {
        [self.name.clone(), self.email.clone(), self.staff_number.clone()]
    }

    fn of(person: &PersonSummary) -> Self {
        Self {
            name: person.name.clone(),
            email: person.email.clone().unwrap_or_default(),
            staff_number: person.staff_number.clone().unwrap_or_default(),
        }
    }
}

impl Fields {
    fn read<'f>(of: impl Fn(&str) -> Option<&'f str>) -> Self {
        let text = |name| of(name).unwrap_or_default().trim().to_owned();
        Self {
            name: text("name"),
            username: text("username"),
            organisation: text("organisation"),
            email: text("email"),
            staff_number: text("staff_number"),
            invite: of("invite").is_some(),
            was: Written {
                name: text("was_name"),
                email: text("was_email"),
                staff_number: text("was_staff_number"),
            },
            version: text("version"),
            once: text("once"),
        }
    }

    fn of(person: &PersonSummary, version: String) -> Self {
        let was = Written::of(person);
        Self {
            username: person.username.clone(),
            organisation: person.organisation.id.clone(),
            invite: false,
            once: String::new(),
            version,
            ..Self::default().typed(was.clone(), was)
        }
    }

    fn typed(self, typed: Written, was: Written) -> Self {
        let Written { name, email, staff_number } = typed;
        Self { name, email, staff_number, was, ..self }
    }

    /// Only what was changed: what somebody else wrote meanwhile beside it stays.
    fn change(&self) -> PersonChange {
        let changed = |typed: &str, was: &str| (typed != was).then(|| typed.to_owned());
        PersonChange {
            name: changed(&self.name, &self.was.name),
            email: changed(&self.email, &self.was.email).map(|it| some(&it)),
            staff_number: changed(&self.staff_number, &self.was.staff_number).map(|it| some(&it)),
        }
    }

    /// The same on top of what is there now: what was not typed is as it is. What both changed is
    /// as it was typed, and what the other wrote comes back.
    fn on_top_of(self, person: &PersonSummary, version: String) -> (Self, Vec<Meanwhile>) {
        let now = Written::of(person);
        let typed = [self.name.clone(), self.email.clone(), self.staff_number.clone()];
        let (was, is) = (self.was.values(), now.values());
        let merged: [Merged; 3] =
            std::array::from_fn(|place| merge(&typed[place], &was[place], &is[place]));
        let written = FIELDS.into_iter().zip(&merged);
        let meanwhile =
            written.filter_map(|(field, it)| Some(Meanwhile { field, now: it.other.clone()? }));
        let meanwhile = meanwhile.collect();
        let [name, email, staff_number] = merged.map(|it| it.value);
        let typed = Written { name, email, staff_number };
        (Self { version, ..self.typed(typed, now) }, meanwhile)
    }
}

/// What somebody else wrote into a field that was typed into.
#[derive(Clone, Debug, Serialize)]
struct Meanwhile {
    field: &'static str,
    now: String,
}

impl Details {
    fn new(
        shell: Shell,
        forms: &crate::visitor::Forms,
        me: &latchkey_api::people::Me,
        person: Option<&PersonSummary>,
        fields: Fields,
    ) -> Self {
        let action = person.map_or(NEW_ADDRESS.to_owned(), |person| details_address(person.id));
        let mut form =
            forms.form(action).with("version", &fields.version).with("once", &fields.once);
        if person.is_some() {
            let was = &fields.was;
            form = form.with("was_name", &was.name).with("was_email", &was.email);
            form = form.with("was_staff_number", &was.staff_number);
        }
        let places = if person.is_none() { organisations(me) } else { Vec::new() };
        Self {
            shell,
            person: person.map(|person| Named {
                name: person.name.clone(),
                username: person.username.clone(),
            }),
            form,
            organisations: choices(&places, &fields.organisation),
            back: person.map_or(super::people::ADDRESS.to_owned(), |person| address(person.id)),
            fields,
            meanwhile: Vec::new(),
            problem: None,
        }
    }

    fn wrong(self, problem: Problem) -> Self {
        Self { problem: Some(problem), ..self }
    }

    /// Somebody who is there.
    pub(crate) fn change_sample() -> Self {
        let person = samples::person().summary;
        let typed = Fields::of(&person, "\"v\"".into());
        let shell = samples::shell(Place::People);
        let meanwhile = FIELDS.map(|field| Meanwhile { field, now: "<b>theirs</b>".into() });
        let page =
            Self::new(shell, &samples::forms(), &samples::me_with_places(), Some(&person), typed);
        Self { meanwhile: meanwhile.to_vec(), ..page }.wrong(Problem::new("console-details-stale"))
    }

    /// A problem with each field.
    pub(crate) fn wrong_samples() -> Vec<Self> {
        let all = PROBLEMS.iter().map(|(field, code)| Self::sample().wrong(told(field, code)));
        all.collect()
    }
}

impl Page for Details {
    const TEMPLATE: &'static str = "console/details.html";
    const FORMS_LEAD_OUT: bool = true;

    fn sample() -> Self {
        let fields = Fields { name: "<script>alert(1)</script>".into(), ..Fields::default() };
        let shell = samples::shell(Place::People);
        Self::new(shell, &samples::forms(), &samples::me_with_places(), None, fields)
            .wrong(told("organisation", "unknown"))
    }

    fn problem(&self) -> Option<&Problem> {
        self.problem.as_ref()
    }

    fn help(&self) -> Vec<Help> {
        vec![]
    }
}

/// What is wrong with a field.
fn told(field: &str, code: &str) -> Problem {
    match PROBLEMS.contains(&(field, code)) {
        true => Problem::at(
            field,
            Text::new(format!("console-details-{}-{code}", field.replace('_', "-"))),
        ),
        false => Problem::new("console-details-other"),
    }
}

/// What the API says about a form, if it is about the form.
fn of_form(refused: &Refused) -> Option<Problem> {
    match (refused.kind.rsplit(':').next()?, refused.errors.first()) {
        ("stale", _) => Some(Problem::new("console-details-stale")),
        (_, Some(error)) => Some(told(&error.field, &error.code)),
        _ => None,
    }
}

/// Where somebody's details are changed.
fn details_address(id: Uuid) -> String {
    format!("{}/details", address(id))
}

fn some(text: &str) -> Option<String> {
    Some(text.to_owned()).filter(|text| !text.is_empty())
}

/// What was typed here before a log-in came between.
fn kept(asked: &Asked, admin: &Admin) -> Option<Fields> {
    let kept = asked.kept(admin)?;
    Some(Fields::read(|name| {
        kept.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }))
}

/// `GET /admin/people/new`
pub(crate) async fn add(asked: Asked) -> Response {
    let work = async {
        let admin = asked.admin().await?.with_places().await?;
        let empty = || Fields { invite: true, once: asked.once(), ..Fields::default() };
        let fields = kept(&asked, &admin).unwrap_or_else(empty);
        let shell = admin.shell(Place::People);
        Ok(asked.page(&Details::new(shell, &admin.forms, &admin.me, None, fields)))
    };
    asked.shown(work).await
}

/// `POST /admin/people/new`
pub(crate) async fn submit_new(asked: Asked, form: Result<Posted, Refusal>) -> Response {
    asked
        .taken(form, NEW_ADDRESS, async |form| {
            let admin = asked.sender(form).await?.with_places().await?;
            let fields = Fields::read(|name| form.one(name).ok().flatten());
            let only = organisations(&admin.me);
            let home = match only.as_slice() {
                [one] => one.id.clone(),
                _ => fields.organisation.clone(),
            };
            let email = some(&fields.email);
            let new = NewPerson {
                username: fields.username.clone(),
                organisation: home,
                name: fields.name.clone(),
                // Without an address the link is told where they are invited one by one.
                invite: fields.invite && email.is_some(),
                email,
                staff_number: some(&fields.staff_number),
            };
            match admin.api.add_person(&new, &fields.once).await {
                Ok(person) => Ok(Redirect::to(&address(person.summary.id)).into_response()),
                Err(failure) => again(&asked, &admin, None, (fields, Vec::new()), failure),
            }
        })
        .await
}

/// Shows a form again with what is wrong with it.
fn again(
    asked: &Asked,
    admin: &Admin,
    person: Option<&PersonSummary>,
    (fields, meanwhile): (Fields, Vec<Meanwhile>),
    failure: Failure,
) -> Result<Response, Stop> {
    let problem = match &failure {
        Failure::Refused(refused) => of_form(refused),
        _ => None,
    };
    let Some(problem) = problem else { return Err(failure.into()) };
    // Another try is another request.
    let fields = Fields { once: asked.once(), ..fields };
    let shell = admin.shell(Place::People);
    let page = Details::new(shell, &admin.forms, &admin.me, person, fields).wrong(problem);
    Ok(asked.page(&Details { meanwhile, ..page }))
}

/// `GET /admin/people/{person}/details`
pub(crate) async fn show(Path(id): Path<String>, asked: Asked) -> Response {
    let work = async {
        let id = person_id(&id)?;
        let admin = asked.admin().await?;
        let (person, version) = admin.api.versioned_person(id).await?;
        let known = || Fields::of(&person.summary, version);
        let fields = kept(&asked, &admin).unwrap_or_else(known);
        let (shell, person) = (admin.shell(Place::People), Some(&person.summary));
        Ok(asked.page(&Details::new(shell, &admin.forms, &admin.me, person, fields)))
    };
    asked.shown(work).await
}

/// `POST /admin/people/{person}/details`
pub(crate) async fn submit(
    Path(id): Path<String>,
    asked: Asked,
    form: Result<Posted, Refusal>,
) -> Response {
    let to = asked.address();
    asked
        .taken(form, &to, async |form| {
            let id = person_id(&id)?;
            let admin = asked.sender(form).await?;
            let fields = Fields::read(|name| form.one(name).ok().flatten());
            match admin.api.change_person(id, &fields.change(), &fields.version).await {
                Ok(_) => Ok(Redirect::to(&address(id)).into_response()),
                Err(failure) => {
                    // What it is changed from now is what is there now: pressed again, it counts.
                    let (person, version) = admin.api.versioned_person(id).await?;
                    let fields = fields.on_top_of(&person.summary, version);
                    again(&asked, &admin, Some(&person.summary), fields, failure)
                }
            }
        })
        .await
}
