//! Adding and changing an application that speaks SAML: its metadata is pasted, or its address typed;
//! all else stands for members of its document, and members without a field stay as they are.
//!
//! What was pasted is longer than a cookie keeps, so that the log-in that a change needs is asked for
//! before anything is typed; where it got old meanwhile, the form is shown again as it was.

use axum::extract::Path;
use axum::response::{IntoResponse as _, Redirect, Response};
use latchkey_api::AdminScope;
use latchkey_api::Problem as Refused;
use latchkey_api::organisations::OrganisationRef;
use latchkey_api::providers::{ServiceProvider, ServiceProviderBody};
use latchkey_core::Timestamp;
use latchkey_web::limits::{Form as Posted, LargeForm, Params, Refusal};
use latchkey_web::{Form, Help, Page, Problem, Text};
use serde::Serialize;
use serde_json::{Map, Value, json};

pub(super) use super::application_form::Line;
use super::application_form::{ACR, Change, Choice, Field, refuse_others};
use super::applications::ADDRESS as BACK;
use super::merge::{self, Merged};
use super::providers::address;
use super::shell::{Place, Shell};
use super::{at, places, samples};
use crate::client::{Challenge, Failure};
use crate::visitor::{Admin, Asked, Forms, Stop};

/// Where one is added.
pub(crate) const NEW_ADDRESS: &str = "/admin/service-providers/new";

/// What is typed, by the name of its field.
const FIELDS: [&str; 12] = [
    "name",
    "organisation",
    "metadata",
    "certificates",
    "attributes",
    "name_id",
    "subject_id",
    "acr",
    "sign",
    "encrypt",
    "requests",
    "start",
];
/// Those of a new one. What stands without more is right for nearly every application.
const OF_NEW: &[usize] = &[2, 3, 0, 1];
const ALL: &[usize] = &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11];
/// What can be chosen: an empty one is what counts where nothing is said.
const CHOICES: [(&str, &[&str]); 5] = [
    ("name_id", &["", "persistent", "transient", "email", "unspecified"]),
    ("subject_id", &["", "none", "subject-id", "pairwise-id"]),
    ("sign", &["", "assertion", "response"]),
    ("encrypt", &["", "always", "never"]),
    ("requests", &["", "signed", "unsigned"]),
];
/// What a cookie surely keeps of a form while somebody logs in.
const KEPT: usize = 2_000;
const BEGIN: &str = "-----BEGIN CERTIFICATE-----";
const END: &str = "-----END CERTIFICATE-----";

type Values = [String; 12];
type Document = Map<String, Value>;

/// What is said of an application, field by field, but for what its page shows in its own way.
pub(super) fn lines(provider: &ServiceProvider) -> Vec<Line> {
    let values = values(provider);
    let named = |id: &str| {
        let organisation = provider.summary.organisation.as_ref();
        organisation.filter(|it| it.id == id).map(|it| it.name.clone())
    };
    let elsewhere = ["name", "attributes", "encrypt", "requests", "start"];
    let told = FIELDS.iter().enumerate().filter(|(_, name)| !elsewhere.contains(name));
    // Certificates are said where there are any: without they are nothing to think about.
    let told = told.filter(|(place, name)| **name != "certificates" || !values[*place].is_empty());
    told.map(|(place, _)| line(place, &values[place], &named)).collect()
}

fn choice_text(field: &str, value: &str) -> Text {
    let word = if value.is_empty() { "default" } else { value };
    Text::new(format!("console-sp-{}-{word}", field.replace('_', "-")))
}

/// `named` tells what the organisation of an identifier is called, where that is known.
fn line(place: usize, value: &str, named: &dyn Fn(&str) -> Option<String>) -> Line {
    let field = FIELDS[place];
    let choices = CHOICES.iter().find(|(name, _)| *name == field);
    let said = match field {
        "acr" => ACR
            .iter()
            .find(|(acr, _)| *acr == value)
            .map(|(_, word)| Text::new(format!("console-app-acr-{word}"))),
        "organisation" if value.is_empty() => Some(Text::new("console-everywhere")),
        "metadata" if value.is_empty() => Some(Text::new("console-sp-metadata-here")),
        "attributes" if value.is_empty() => Some(Text::new("console-sp-attributes-default")),
        "start" => {
            Some(Text::new(if value.is_empty() { "console-audit-no" } else { "console-audit-yes" }))
        }
        _ if choices.is_some_and(|(_, known)| known.contains(&value)) => {
            Some(choice_text(field, value))
        }
        _ if value.is_empty() => Some(Text::new("console-audit-none")),
        _ => None,
    };
    let text = match field {
        _ if said.is_some() => String::new(),
        "organisation" => named(value).unwrap_or_else(|| value.to_owned()),
        _ => value.to_owned(),
    };
    Line { field, text, said: said.into_iter().collect() }
}

/// What a document says, as it is typed.
fn values(provider: &ServiceProvider) -> Values {
    let document = &provider.document;
    let text = |member: &str| document.get(member).and_then(Value::as_str).unwrap_or_default();
    let list = |member: &str| document.get(member).and_then(Value::as_array).into_iter().flatten();
    let certificates = list("metadata_certificates").filter_map(Value::as_str).map(pem);
    let rules = list("attributes").map(rule_line);
    let starts = document.get("idp_initiated").is_some_and(|it| it == true);
    FIELDS.map(|field| match field {
        "certificates" => certificates.clone().collect::<Vec<_>>().join("\n"),
        "attributes" => rules.clone().collect::<Vec<_>>().join("\n"),
        "acr" => text("require_acr").to_owned(),
        "encrypt" => text("encrypt_assertions").to_owned(),
        "start" if starts => "yes".to_owned(),
        member => text(member).to_owned(),
    })
}

/// A certificate as people know it.
fn pem(base64: &str) -> String {
    let lines: Vec<String> =
        base64.chars().collect::<Vec<_>>().chunks(64).map(|line| line.iter().collect()).collect();
    format!("{BEGIN}\n{}\n{END}", lines.join("\n"))
}

/// Every certificate of a text, each with its first and last line. What is none is left to the API.
fn pems(text: &str) -> Vec<String> {
    let parts = text.split_inclusive(END).map(|part| part.trim().to_owned());
    parts.filter(|part| !part.is_empty()).collect()
}

/// What an attribute is, in one line: `name (what people call it) [format] = source`.
fn rule_line(rule: &Value) -> String {
    let text = |member: &str| rule.get(member).and_then(Value::as_str).unwrap_or_default();
    let friendly = match text("friendly_name") {
        "" => String::new(),
        friendly => format!(" ({friendly})"),
    };
    let format = match text("format") {
        "" | "uri" => String::new(),
        format => format!(" [{format}]"),
    };
    format!("{}{friendly}{format} = {}", text("name"), text("from"))
}

/// The attribute of a line.
fn rule(line: &str) -> Option<Value> {
    let (left, from) = line.split_once(" = ")?;
    let within = |text: &str, open: char, close: char| -> Option<(String, String)> {
        let (rest, inner) = text.strip_suffix(close)?.rsplit_once(open)?;
        Some((rest.trim().to_owned(), inner.trim().to_owned()))
    };
    let left = left.trim();
    let (left, format) = within(left, '[', ']').unwrap_or((left.to_owned(), "uri".to_owned()));
    let (name, friendly) = match within(&left, '(', ')') {
        Some((name, friendly)) => (name, Some(friendly)),
        None => (left, None),
    };
    let mut rule = json!({ "name": name, "format": format, "from": from.trim() });
    if let Some(friendly) = friendly {
        rule["friendly_name"] = friendly.into();
    }
    (!name.is_empty()).then_some(rule)
}

/// What was typed, and on top of what.
#[derive(Clone, Debug, Default)]
struct Typed {
    values: Values,
    was: Values,
    version: String,
    once: String,
    confirmed: bool,
}

impl Typed {
    fn read<'f>(one: impl Fn(&str) -> Option<&'f str>) -> Self {
        // Browsers end lines with CR LF.
        let text =
            |name: &str| one(name).unwrap_or_default().replace("\r\n", "\n").trim().to_owned();
        let was = FIELDS.map(|name| text(&format!("was_{name}")));
        // Metadata of which nothing is said stays as it is.
        let kept = |name: &str| name == "metadata" && text(name).is_empty();
        let values = std::array::from_fn(|place| match kept(FIELDS[place]) {
            true => was[place].clone(),
            false => text(FIELDS[place]),
        });
        Self {
            values,
            was,
            version: text("version"),
            once: text("once"),
            confirmed: text("step") == "do",
        }
    }

    fn of(params: &Params) -> Self {
        Self::read(|name| params.one(name).ok().flatten())
    }

    /// Whether it is more than is kept while somebody logs in.
    fn is_long(&self) -> bool {
        self.values.iter().chain(&self.was).map(String::len).sum::<usize>() > KEPT
    }

    /// What it comes to, on top of what there is.
    fn document(&self, mut base: Document, places: &[usize]) -> Result<Document, Problem> {
        for place in places {
            let value = self.values[*place].as_str();
            let (member, value) = match FIELDS[*place] {
                "acr" => ("require_acr", value.into()),
                "encrypt" => ("encrypt_assertions", value.into()),
                "start" if value.is_empty() => ("idp_initiated", Value::Null),
                "start" => ("idp_initiated", true.into()),
                "certificates" => ("metadata_certificates", json!(pems(value))),
                "attributes" => {
                    let lines = value.lines().map(str::trim).filter(|line| !line.is_empty());
                    let rules = lines.map(|line| rule(line).ok_or(line));
                    let rules: Result<Vec<Value>, &str> = rules.collect();
                    let wrong = |line: &str| {
                        let text = Text::new("console-sp-wrong-line").with("line", line.to_owned());
                        Problem::at("attributes", text)
                    };
                    ("attributes", rules.map_err(wrong)?.into())
                }
                member => (member, value.into()),
            };
            let nothing =
                value.is_null() || value == "" || value.as_array().is_some_and(Vec::is_empty);
            match nothing {
                true => drop(base.remove(member)),
                false => drop(base.insert(member.to_owned(), value)),
            }
        }
        Ok(base)
    }
}

/// The page.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct ProviderForm {
    shell: Shell,
    /// What it is called, if there is one.
    application: Option<String>,
    fields: Vec<Field>,
    form: Form,
    /// What will change, once it was asked for.
    changes: Option<Vec<Change>>,
    back: String,
    again: String,
    /// Where somebody logs in again beside this page, which has more in it than is kept elsewhere.
    log_in: Option<String>,
    problem: Option<Problem>,
}

/// What the API says about a form, if it is about the form.
fn of_form(refused: &Refused) -> Option<Problem> {
    if refused.kind.rsplit(':').next()? == "stale" {
        return Some(Problem::new("console-org-stale"));
    }
    let error = refused.errors.first()?;
    let field = match error.field.as_str() {
        "metadata" if error.code == "taken" => {
            return Some(Problem::at("metadata", "console-sp-taken"));
        }
        "metadata" if error.code == "fixed" => {
            return Some(Problem::at("metadata", "console-sp-other"));
        }
        "metadata_certificates" => "certificates",
        "require_acr" => "acr",
        "encrypt_assertions" => "encrypt",
        "" => "metadata",
        member => member,
    };
    let text = Text::new("console-sp-wrong").with("reason", error.message.clone());
    Some(match FIELDS.contains(&field) {
        true => Problem::at(field, text),
        false => Problem::new(text),
    })
}

impl ProviderForm {
    fn new(
        (shell, forms): (Shell, &Forms),
        application: Option<(&str, &str)>,
        organisations: &[OrganisationRef],
        typed: &Typed,
    ) -> Self {
        let again = match application {
            Some((key, _)) => format!("{}/edit", address(key)),
            None => NEW_ADDRESS.to_owned(),
        };
        let mut form = forms.form(again.clone());
        form = form.with("version", &typed.version).with("once", &typed.once);
        let places = if application.is_some() { ALL } else { OF_NEW };
        for place in places {
            form = form.with(&format!("was_{}", FIELDS[*place]), &typed.was[*place]);
        }
        let fields = places.iter().map(|place| field(*place, organisations, typed));
        Self {
            shell,
            fields: fields.collect(),
            form,
            changes: None,
            back: application.map_or(BACK.to_owned(), |(key, _)| address(key)),
            application: application.map(|(_, name)| name.to_owned()),
            again,
            log_in: None,
            problem: None,
        }
    }

    /// What will change. What was pasted is told as being new, and sent along.
    fn previewed(self, typed: &Typed) -> Self {
        let mut form = self.form.with("step", "do");
        let mut changes = Vec::new();
        let places = self.fields.iter().filter(|field| field.name == "organisation");
        let named: Vec<_> = places.flat_map(|field| &field.choices).collect();
        let named = |id: &str| named.iter().find(|it| it.value == id).map(|it| it.name.clone());
        for (place, field) in FIELDS.iter().enumerate() {
            let (before, after) = (&typed.was[place], &typed.values[place]);
            form = form.with(field, after);
            if before != after {
                let of = |value: &str| line(place, value, &named);
                changes.push(Change { before: of(before), after: of(after) });
            }
        }
        Self { form, changes: Some(changes), ..self }
    }

    fn wrong(self, problem: Problem) -> Self {
        Self { problem: Some(problem), ..self }
    }

    fn meanwhile(mut self, others: &[Option<String>]) -> Self {
        for field in &mut self.fields {
            let place = FIELDS.iter().position(|name| *name == field.name);
            field.now = place.and_then(|place| others.get(place).cloned().flatten());
        }
        self
    }

    fn log_in_again(self) -> Self {
        let log_in = Some(self.again.clone());
        Self { log_in, ..self.wrong(Problem::new("console-sp-old-log-in")) }
    }

    /// A new one, what comes of it, and everything that can be wrong.
    pub(crate) fn samples() -> Vec<Self> {
        let forms = samples::forms();
        let frame = || (samples::shell(Place::Applications), &forms);
        let all = [samples::organisation().named];
        let values = values(&samples::provider());
        let typed = Typed { values, ..Typed::default() };
        let new = || Self::new(frame(), None, &all, &typed);
        let named = Some(("a2V5", "Payroll <b>"));
        let edit = || Self::new(frame(), named, &all, &typed);
        let mut pages = vec![new(), new().log_in_again(), edit().previewed(&typed)];
        pages.push(edit().previewed(&Typed::default()));
        // One of each kind of input.
        for field in ["name", "organisation", "certificates"] {
            let text = Text::new("console-sp-wrong").with("reason", "<b>".to_owned());
            pages.push(edit().wrong(Problem::at(field, text)));
        }
        for (field, text) in [
            ("metadata", Text::new("console-sp-taken")),
            ("metadata", Text::new("console-sp-other")),
            ("attributes", Text::new("console-sp-wrong-line").with("line", "<b>".to_owned())),
        ] {
            pages.push(edit().wrong(Problem::at(field, text)));
        }
        pages.push(edit().wrong(Problem::new("console-sp-press-again")));
        pages
    }
}

fn field(place: usize, organisations: &[OrganisationRef], typed: &Typed) -> Field {
    let (name, value) = (FIELDS[place], typed.values[place].clone());
    let choice = |it: &str, label: Option<Text>, name: &str| Choice {
        chosen: value == it,
        value: it.to_owned(),
        label,
        name: name.to_owned(),
    };
    let choices = match name {
        "organisation" => {
            let everywhere = choice("", Some(Text::new("console-everywhere")), "");
            let others = organisations.iter().map(|it| choice(&it.id, None, &it.name));
            std::iter::once(everywhere).chain(others).collect()
        }
        "acr" => ACR
            .iter()
            .map(|(acr, word)| choice(acr, Some(Text::new(format!("console-app-acr-{word}"))), ""))
            .collect(),
        _ => {
            let known = CHOICES.iter().find(|(field, _)| *field == name);
            let known = known.map(|(_, values)| *values).unwrap_or_default();
            known.iter().map(|it| choice(it, Some(choice_text(name, it)), "")).collect()
        }
    };
    Field { name, about: name, choices, now: None, value }
}

impl Page for ProviderForm {
    const TEMPLATE: &'static str = "console/provider-form.html";
    const FORMS_LEAD_OUT: bool = true;

    fn sample() -> Self {
        let values = values(&samples::provider());
        let typed = Typed { was: values.clone(), values, ..Typed::default() };
        let (shell, forms) = (samples::shell(Place::Applications), samples::forms());
        let page = Self::new((shell, &forms), Some(("a2V5", "Payroll <b>")), &[], &typed);
        let others = vec![Some("<b>theirs</b>".to_owned()), Some(String::new())];
        page.wrong(Problem::new("console-org-stale")).meanwhile(&others)
    }

    fn problem(&self) -> Option<&Problem> {
        self.problem.as_ref()
    }

    fn help(&self) -> Vec<Help> {
        vec![]
    }
}

/// What was typed here before a log-in came between.
fn kept(asked: &Asked, admin: &Admin) -> Option<Typed> {
    let kept = asked.kept(admin)?;
    Some(Typed::read(|name| {
        kept.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }))
}

/// Has whoever is about to type log in first, if what they send would be refused otherwise.
fn fresh(admin: &Admin, now: Timestamp) -> Result<(), Stop> {
    match admin.me.fresh_until {
        Some(until) if at(until) <= now => {
            Err(Stop::Insufficient(Challenge { max_age: Some(0), acr_values: None }))
        }
        _ => Ok(()),
    }
}

/// `GET /admin/service-providers/new`
pub(crate) async fn add(asked: Asked) -> Response {
    let work = async {
        let admin = asked.admin().await?;
        refuse_others(&admin)?;
        fresh(&admin, asked.now())?;
        let empty = || Typed { once: asked.once(), ..Typed::default() };
        let typed = kept(&asked, &admin).unwrap_or_else(empty);
        let organisations = places::places(&admin, AdminScope::ApplicationsWrite).await?;
        let frame = (admin.shell(Place::Applications), &admin.forms);
        Ok(asked.page(&ProviderForm::new(frame, None, &organisations, &typed)))
    };
    asked.shown(work).await
}

/// `POST /admin/service-providers/new`
pub(crate) async fn submit_new(asked: Asked, form: Result<LargeForm, Refusal>) -> Response {
    let to = asked.address();
    let form = form.map(Posted::from);
    asked
        .taken(form, &to, async |form| {
            let typed = Typed::of(form);
            let (admin, of_this_log_in) = sender(&asked, form, &typed).await?;
            refuse_others(&admin)?;
            let organisations = places::places(&admin, AdminScope::ApplicationsWrite).await?;
            let show = |typed: &Typed| {
                let frame = (admin.shell(Place::Applications), &admin.forms);
                ProviderForm::new(frame, None, &organisations, typed)
            };
            if !of_this_log_in {
                let again = Problem::new("console-sp-press-again");
                return Ok(asked.page(&show(&typed).wrong(again)));
            }
            let document = match typed.document(Document::new(), OF_NEW) {
                Ok(document) => document,
                Err(problem) => return Ok(asked.page(&show(&typed).wrong(problem))),
            };
            match admin.api.add_provider(&ServiceProviderBody(document), &typed.once).await {
                Ok(added) => {
                    let to = format!("{}?saved=yes", address(&added.summary.key));
                    Ok(Redirect::to(&to).into_response())
                }
                Err(Failure::Insufficient(_)) if typed.is_long() => {
                    Ok(asked.page(&show(&typed).log_in_again()))
                }
                Err(failure) => {
                    let problem = of_refusal(failure)?;
                    // Another try is another request.
                    let typed = Typed { once: asked.once(), ..typed };
                    Ok(asked.page(&show(&typed).wrong(problem)))
                }
            }
        })
        .await
}

/// Who sent a form, and whether it is of their log-in: one that is longer than is kept is shown again
/// where it is of an earlier one.
async fn sender(asked: &Asked, form: &Params, typed: &Typed) -> Result<(Admin, bool), Stop> {
    match asked.sender(form).await {
        Err(Stop::OtherForm) if typed.is_long() => Ok((asked.admin().await?, false)),
        sender => Ok((sender?, true)),
    }
}

fn of_refusal(failure: Failure) -> Result<Problem, Stop> {
    let problem = match &failure {
        Failure::Refused(refused) => of_form(refused),
        _ => None,
    };
    problem.ok_or_else(|| failure.into())
}

/// `GET /admin/service-providers/{provider}/edit`
pub(crate) async fn show(Path(key): Path<String>, asked: Asked) -> Response {
    let work = async {
        let admin = asked.admin().await?;
        refuse_others(&admin)?;
        fresh(&admin, asked.now())?;
        let (provider, version) = admin.api.provider(&key).await?;
        let known = || {
            let values = values(&provider);
            Typed { was: values.clone(), values, version, ..Typed::default() }
        };
        let typed = kept(&asked, &admin).unwrap_or_else(known);
        let organisations = places::places(&admin, AdminScope::ApplicationsWrite).await?;
        let frame = (admin.shell(Place::Applications), &admin.forms);
        let named = Some((key.as_str(), provider.summary.name.as_str()));
        let page = ProviderForm::new(frame, named, &organisations, &typed);
        Ok(asked.page(&if typed.confirmed { page.previewed(&typed) } else { page }))
    };
    asked.shown(work).await
}

/// `POST /admin/service-providers/{provider}/edit`
pub(crate) async fn submit(
    Path(key): Path<String>,
    asked: Asked,
    form: Result<LargeForm, Refusal>,
) -> Response {
    let to = asked.address();
    let form = form.map(Posted::from);
    asked
        .taken(form, &to, async |form| {
            let typed = Typed::of(form);
            let (admin, of_this_log_in) = sender(&asked, form, &typed).await?;
            refuse_others(&admin)?;
            let (provider, version) = admin.api.provider(&key).await?;
            let organisations = places::places(&admin, AdminScope::ApplicationsWrite).await?;
            let show = |typed: &Typed| {
                let frame = (admin.shell(Place::Applications), &admin.forms);
                let named = Some((key.as_str(), provider.summary.name.as_str()));
                ProviderForm::new(frame, named, &organisations, typed)
            };
            if !of_this_log_in {
                let again = Problem::new("console-sp-press-again");
                return Ok(asked.page(&show(&typed).wrong(again)));
            }
            let document = match typed.document(provider.document.clone(), ALL) {
                Ok(document) => document,
                Err(problem) => return Ok(asked.page(&show(&typed).wrong(problem))),
            };
            if !typed.confirmed {
                return Ok(asked.page(&show(&typed).previewed(&typed)));
            }
            let body = ServiceProviderBody(document);
            match admin.api.change_provider(&key, &body, &typed.version).await {
                Ok(_) => Ok(Redirect::to(&format!("{}?saved=yes", address(&key))).into_response()),
                Err(Failure::Insufficient(_)) if typed.is_long() => {
                    Ok(asked.page(&show(&typed).log_in_again()))
                }
                Err(failure) => {
                    let problem = of_refusal(failure)?;
                    let now = values(&provider);
                    let Merged { values, others } = merge::merge(&typed.values, &typed.was, &now);
                    let typed = Typed { values, was: now, version, ..typed };
                    Ok(asked.page(&show(&typed).wrong(problem).meanwhile(&others)))
                }
            }
        })
        .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_comes_back_from_what_it_comes_to_and_the_rest_stays() {
        let provider = samples::provider();
        let typed = Typed { values: values(&provider), ..Typed::default() };
        let same = typed.document(provider.document.clone(), ALL).expect("a document");
        let mut expected = provider.document.clone();
        expected["metadata_certificates"] = expected["metadata_certificates"]
            .as_array()
            .expect("certificates")
            .iter()
            .map(|it| pem(it.as_str().expect("text")))
            .collect();
        assert_eq!(same, expected);
    }

    #[test]
    fn an_attribute_is_one_line_and_its_source_may_have_any_signs() {
        for (line, name, format, from) in [
            ("mail = email", "mail", "uri", "email"),
            ("urn:oid:2.5.4.4 (sn) = family_name", "urn:oid:2.5.4.4", "uri", "family_name"),
            ("role (Role here) [basic] = always:a = b", "role", "basic", "always:a = b"),
            (
                "https://x.example/?a=b [unspecified] = claim:x",
                "https://x.example/?a=b",
                "unspecified",
                "claim:x",
            ),
        ] {
            let read = rule(line).expect("an attribute");
            assert_eq!(
                (&read["name"], &read["format"], &read["from"]),
                (&name.into(), &format.into(), &from.into())
            );
            assert_eq!(rule_line(&read), line);
        }
        for line in ["mail", "= email", " = email", "mail=email", ""] {
            assert_eq!(rule(line), None, "{line:?}");
        }
    }
}
