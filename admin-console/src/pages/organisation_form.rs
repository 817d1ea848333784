//! Adding an organisation, and changing its name and whom its people call: what changes, and how
//! people will see it, is shown before it is done.

use axum::extract::Path;
use axum::response::{IntoResponse as _, Redirect, Response};
use latchkey_api::AdminScope;
use latchkey_api::Problem as Refused;
use latchkey_api::organisations::{
    Helpdesk, NewOrganisation, Organisation, OrganisationChange, OrganisationRef,
};
use latchkey_web::limits::{Form as Posted, Refusal};
use latchkey_web::{Form, Help, Page, Problem};
use serde::Serialize;

use super::choice::Choice;
use super::merge::{Merged, merge};
use super::message::Kind;
use super::organisations::{ADDRESS, NEW_ADDRESS, address, may_everywhere, preset, slug};
use super::shell::{Place, Shell};
use super::{places, samples};
use crate::client::Failure;
use crate::visitor::{Admin, Asked, Forms, Stop};

/// What is typed, by the name of its field. But for the first, all are about the helpdesk.
const FIELDS: [&str; 6] = ["name", "helpdesk", "phone", "hours", "email", "reporting"];
const PRESETS: [&str; 2] = ["small", "hospital"];
/// No field is longer: so much waits through a log-in.
const LONGEST: usize = 200;

/// A value for each of [`FIELDS`].
type Values = [String; 6];

/// The page.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct OrganisationForm {
    shell: Shell,
    /// Which is changed; none yet when one is added.
    organisation: Option<OrganisationRef>,
    form: Form,
    fields: Vec<Field>,
    id: String,
    parents: Vec<Choice>,
    presets: Vec<Choice>,
    /// What will change, once it was asked for.
    changes: Option<Vec<Change>>,
    seen: Values,
    back: String,
    problem: Option<Problem>,
}

#[derive(Clone, Debug, Serialize)]
struct Field {
    name: &'static str,
    value: String,
    required: bool,
    /// What somebody else wrote meanwhile.
    now: Option<String>,
}

/// A field that is different afterwards.
#[derive(Clone, Debug, Serialize)]
struct Change {
    field: &'static str,
    before: String,
    after: String,
}

/// What was typed, and on top of what.
#[derive(Clone, Debug, Default)]
struct Typed {
    id: String,
    parent: String,
    preset: String,
    values: Values,
    was: Values,
    version: String,
    once: String,
    /// It was shown what will change.
    confirmed: bool,
}

fn values(organisation: &Organisation) -> Values {
    let helpdesk = organisation.helpdesk.clone();
    let of = |text: Option<String>| text.unwrap_or_default();
    [
        organisation.named.name.clone(),
        of(helpdesk.name),
        of(helpdesk.phone),
        of(helpdesk.hours),
        of(helpdesk.email),
        of(helpdesk.reporting),
    ]
}

fn helpdesk(values: &Values) -> Helpdesk {
    let of = |place: usize| Some(values[place].clone()).filter(|text| !text.is_empty());
    Helpdesk { name: of(1), phone: of(2), hours: of(3), email: of(4), reporting: of(5) }
}

impl Typed {
    fn read<'f>(of: impl Fn(&str) -> Option<&'f str>) -> Self {
        let text = |name: &str| -> String {
            of(name).unwrap_or_default().trim().chars().take(LONGEST + 1).collect()
        };
        Self {
            id: text("id"),
            parent: text("parent"),
            preset: text("preset"),
            values: FIELDS.map(text),
            was: FIELDS.map(|name| text(&format!("was_{name}"))),
            version: text("version"),
            once: text("once"),
            confirmed: of("step") == Some("do"),
        }
    }

    fn of(organisation: &Organisation, version: String) -> Self {
        let values = values(organisation);
        Self { was: values.clone(), values, version, ..Self::default() }
    }

    /// The same on top of what is there now: what was not typed is as it is; what both changed is
    /// as it was typed, and what the other wrote comes back.
    fn on_top_of(
        self,
        organisation: &Organisation,
        version: String,
    ) -> (Self, Vec<Option<String>>) {
        let now = values(organisation);
        let merged: [Merged; 6] =
            std::array::from_fn(|place| merge(&self.values[place], &self.was[place], &now[place]));
        let others = merged.iter().map(|it| it.other.clone()).collect();
        let values = merged.map(|it| it.value);
        (Self { values, was: now, version, ..self }, others)
    }

    fn changes(&self) -> Vec<Change> {
        let places = (0..FIELDS.len()).filter(|place| self.values[*place] != self.was[*place]);
        let change = |place: usize| Change {
            field: FIELDS[place],
            before: self.was[place].clone(),
            after: self.values[place].clone(),
        };
        places.map(change).collect()
    }

    /// What can be seen to be wrong before anything is sent.
    fn problem(&self, is_new: bool) -> Option<Problem> {
        let no_name = self.values[0].is_empty().then(|| wrong("name"));
        let long = FIELDS.iter().zip(&self.values).find(|(_, it)| it.chars().count() > LONGEST);
        let id = (is_new && slug(&self.id).is_err()).then(|| wrong("id"));
        id.or(no_name).or(long.map(|(name, _)| wrong(name)))
    }
}

fn wrong(field: &str) -> Problem {
    let key = match field {
        "id" => "console-org-id-malformed",
        "name" => "console-org-name-malformed",
        _ => "console-org-line-malformed",
    };
    Problem::at(field, key)
}

/// What the API says about a form, if it is about the form.
fn of_form(refused: &Refused) -> Option<Problem> {
    let kind = refused.kind.rsplit(':').next()?;
    if kind == "stale" {
        return Some(Problem::new("console-org-stale"));
    }
    let error = refused.errors.first()?;
    let field = error.field.strip_prefix("helpdesk.").unwrap_or(&error.field);
    Some(match (field, error.code.as_str()) {
        ("id", "taken") => Problem::at("id", "console-org-id-taken"),
        ("name", _) if field != error.field => wrong("helpdesk"),
        ("id", _) => wrong("id"),
        (known, _) if FIELDS.contains(&known) => wrong(known),
        _ => Problem::new("console-org-other"),
    })
}

impl OrganisationForm {
    fn new(
        (shell, forms): (Shell, &Forms),
        organisation: Option<&OrganisationRef>,
        all: &[Organisation],
        typed: &Typed,
    ) -> Self {
        let action = organisation.map_or(NEW_ADDRESS.to_owned(), |it| edit_address(&it.id));
        let mut form = forms.form(action).with("version", &typed.version).with("once", &typed.once);
        for (name, was) in FIELDS.iter().zip(&typed.was) {
            form = form.with(&format!("was_{name}"), was);
        }
        let fields = FIELDS.iter().zip(&typed.values).map(|(name, value)| Field {
            name,
            value: value.clone(),
            required: *name == "name",
            now: None,
        });
        let parents = all
            .iter()
            .map(|it| Choice::named(&it.named.id, &it.named.name, it.named.id == typed.parent));
        Self {
            shell,
            form,
            fields: fields.collect(),
            id: typed.id.clone(),
            parents: parents.collect(),
            presets: PRESETS.map(|it| Choice::said(it, preset(it), it == typed.preset)).to_vec(),
            changes: None,
            seen: typed.values.clone(),
            back: organisation.map_or(ADDRESS.to_owned(), |it| address(&it.id)),
            organisation: organisation.cloned(),
            problem: None,
        }
    }

    /// The same with what will change, and how people will see it.
    fn previewed(self, typed: &Typed) -> Self {
        let mut form = self.form.with("step", "do");
        for (name, value) in FIELDS.iter().zip(&typed.values) {
            form = form.with(name, value);
        }
        if self.organisation.is_none() {
            form = form.with("id", &typed.id);
            form = form.with("parent", &typed.parent).with("preset", &typed.preset);
        }
        Self { form, changes: Some(typed.changes()), ..self }
    }

    fn wrong(self, problem: Problem, others: Vec<Option<String>>) -> Self {
        let others = others.into_iter().chain(std::iter::repeat(None));
        let fields = self.fields.into_iter().zip(others);
        let fields = fields.map(|(field, now)| Field { now, ..field }).collect();
        Self { fields, problem: Some(problem), ..self }
    }

    /// A new one: first what is typed, then what comes of it.
    pub(crate) fn new_samples() -> [Self; 2] {
        let name = "<script>alert(1)</script>".to_owned();
        let mut typed = Typed { id: "x".into(), preset: "hospital".into(), ..Typed::default() };
        typed.values[0] = name;
        let all = [samples::organisation()];
        let page = || {
            let shell = samples::shell(Place::Organisations);
            Self::new((shell, &samples::forms()), None, &all, &typed)
        };
        let problem = Problem::at("id", "console-org-id-taken");
        [page().wrong(problem, vec![]), page().previewed(&typed)]
    }

    /// What one becomes.
    pub(crate) fn preview_sample() -> Self {
        let organisation = samples::organisation();
        let mut typed = Typed::of(&organisation, "\"v\"".into());
        typed.values[2] = String::new();
        typed.values[5] = "<script>alert(1)</script>".into();
        let shell = samples::shell(Place::Organisations);
        let named = Some(&organisation.named);
        Self::new((shell, &samples::forms()), named, &[], &typed).previewed(&typed)
    }
}

impl Page for OrganisationForm {
    const TEMPLATE: &'static str = "console/organisation-form.html";
    const FORMS_LEAD_OUT: bool = true;

    fn sample() -> Self {
        let organisation = samples::organisation();
        let typed = Typed::of(&organisation, "\"v\"".into());
        let shell = samples::shell(Place::Organisations);
        let named = Some(&organisation.named);
        let others = vec![Some("<b>theirs</b>".to_owned()), Some(String::new())];
        Self::new((shell, &samples::forms()), named, &[], &typed)
            .wrong(Problem::at("phone", "console-org-line-malformed"), others)
    }

    fn problem(&self) -> Option<&Problem> {
        self.problem.as_ref()
    }

    fn help(&self) -> Vec<Help> {
        vec![]
    }
}

fn edit_address(id: &str) -> String {
    format!("{}/edit", address(id))
}

/// What was typed here before a log-in came between.
fn kept(asked: &Asked, admin: &Admin) -> Option<Typed> {
    let kept = asked.kept(admin)?;
    Some(Typed::read(|name| {
        kept.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }))
}

/// A form, or what comes of it where that was asked for already.
fn page(page: OrganisationForm, typed: &Typed) -> OrganisationForm {
    let is_new = page.organisation.is_none();
    match typed.problem(is_new) {
        None if typed.confirmed => page.previewed(typed),
        _ => page,
    }
}

/// `GET /admin/organisations/new`
pub(crate) async fn add(asked: Asked) -> Response {
    let work = async {
        let admin = asked.admin().await?;
        refuse_others(&admin)?;
        let empty = || Typed { once: asked.once(), preset: "small".into(), ..Typed::default() };
        let typed = kept(&asked, &admin).unwrap_or_else(empty);
        let all = places::all(&admin).await?;
        let frame = (admin.shell(Place::Organisations), &admin.forms);
        Ok(asked.page(&page(OrganisationForm::new(frame, None, &all, &typed), &typed)))
    };
    asked.shown(work).await
}

fn refuse_others(admin: &Admin) -> Result<(), Stop> {
    match may_everywhere(&admin.me, AdminScope::OrganisationsWrite) {
        true => Ok(()),
        false => Err(Kind::Forbidden.into()),
    }
}

/// `POST /admin/organisations/new`
pub(crate) async fn submit_new(asked: Asked, form: Result<Posted, Refusal>) -> Response {
    asked
        .taken(form, NEW_ADDRESS, async |form| {
            let admin = asked.sender(form).await?;
            refuse_others(&admin)?;
            let typed = Typed::read(|name| form.one(name).ok().flatten());
            let all = places::all(&admin).await?;
            let frame = || (admin.shell(Place::Organisations), &admin.forms);
            let show = |typed: &Typed| OrganisationForm::new(frame(), None, &all, typed);
            if let Some(problem) = typed.problem(true) {
                return Ok(asked.page(&show(&typed).wrong(problem, vec![])));
            }
            if !typed.confirmed {
                return Ok(asked.page(&show(&typed).previewed(&typed)));
            }
            let some = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
            let new = NewOrganisation {
                id: typed.id.clone(),
                name: typed.values[0].clone(),
                parent: some(&typed.parent),
                preset: some(&typed.preset),
                helpdesk: helpdesk(&typed.values),
            };
            match admin.api.add_organisation(&new, &typed.once).await {
                Ok(added) => {
                    let to = format!("{}?saved=yes", address(&added.named.id));
                    Ok(Redirect::to(&to).into_response())
                }
                Err(failure) => {
                    let problem = of_refusal(failure)?;
                    // Another try is another request.
                    let typed = Typed { once: asked.once(), ..typed };
                    Ok(asked.page(&show(&typed).wrong(problem, vec![])))
                }
            }
        })
        .await
}

/// What is wrong with a form: or why it is not the form.
fn of_refusal(failure: Failure) -> Result<Problem, Stop> {
    let problem = match &failure {
        Failure::Refused(refused) => of_form(refused),
        _ => None,
    };
    problem.ok_or_else(|| failure.into())
}

/// `GET /admin/organisations/{organisation}/edit`
pub(crate) async fn show(Path(id): Path<String>, asked: Asked) -> Response {
    let work = async {
        let admin = asked.admin().await?;
        let (organisation, version) = admin.api.organisation(slug(&id)?).await?;
        let known = || Typed::of(&organisation, version);
        let typed = kept(&asked, &admin).unwrap_or_else(known);
        let frame = (admin.shell(Place::Organisations), &admin.forms);
        let named = Some(&organisation.named);
        Ok(asked.page(&page(OrganisationForm::new(frame, named, &[], &typed), &typed)))
    };
    asked.shown(work).await
}

/// `POST /admin/organisations/{organisation}/edit`
pub(crate) async fn submit(
    Path(id): Path<String>,
    asked: Asked,
    form: Result<Posted, Refusal>,
) -> Response {
    let to = asked.address();
    asked
        .taken(form, &to, async |form| {
            let id = slug(&id)?;
            let admin = asked.sender(form).await?;
            let typed = Typed::read(|name| form.one(name).ok().flatten());
            let (organisation, version) = admin.api.organisation(id).await?;
            let show = |typed: &Typed| {
                let frame = (admin.shell(Place::Organisations), &admin.forms);
                OrganisationForm::new(frame, Some(&organisation.named), &[], typed)
            };
            if let Some(problem) = typed.problem(false) {
                return Ok(asked.page(&show(&typed).wrong(problem, vec![])));
            }
            if !typed.confirmed {
                return Ok(asked.page(&show(&typed).previewed(&typed)));
            }
            let change = OrganisationChange {
                name: (typed.values[0] != typed.was[0]).then(|| typed.values[0].clone()),
                helpdesk: (typed.values[1..] != typed.was[1..]).then(|| helpdesk(&typed.values)),
            };
            match admin.api.change_organisation(id, &change, &typed.version).await {
                Ok(_) => Ok(Redirect::to(&format!("{}?saved=yes", address(id))).into_response()),
                Err(failure) => {
                    let problem = of_refusal(failure)?;
                    let (typed, others) = typed.on_top_of(&organisation, version);
                    Ok(asked.page(&show(&typed).wrong(problem, others)))
                }
            }
        })
        .await
}
