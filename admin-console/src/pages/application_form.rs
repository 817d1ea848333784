//! Adding and changing an application in plain words: each field stands for a member of its metadata
//! (RFC 7591 §2), and members without a field stay as they are.

use axum::extract::Path;
use axum::response::{IntoResponse as _, Redirect, Response};
use latchkey_api::AdminScope;
use latchkey_api::Problem as Refused;
use latchkey_api::applications::{Application, ClientBody};
use latchkey_api::organisations::OrganisationRef;
use latchkey_web::limits::{Form as Posted, Params, Refusal};
use latchkey_web::{Form, Help, Page, Problem, Text};
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::applications::{ADDRESS, NEW_ADDRESS, Secret, address};
use super::can::what;
use super::merge::{self, Merged};
use super::organisations::may_everywhere;
use super::shell::{Place, Shell};
use super::{message, places, provider_form, samples};
use crate::client::Failure;
use crate::visitor::{Admin, Asked, Forms, Stop};

/// What is typed, by the name of its field.
const FIELDS: [&str; 9] = [
    "name",
    "redirect",
    "after_log_out",
    "organisation",
    "trusted",
    "acr",
    "scopes",
    "jwks",
    "claims",
];
/// How strong log-ins to an application can have to be.
pub(super) const ACR: [(&str, &str); 4] =
    [("", "any"), ("https://refeds.org/profile/mfa", "mfa"), ("phr", "key"), ("phrh", "hardware")];

type Values = [String; 9];
type Metadata = Map<String, Value>;

/// What an application is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// It runs on a server and keeps a secret, or a key.
    Web,
    /// It runs in the browser, and keeps no secret.
    Spa,
    /// It is installed on the person's device, and keeps no secret.
    Native,
    /// It acts for itself, and proves who it is with a key of its own.
    ServiceKey,
    /// It acts for itself, and proves who it is with a secret.
    ServiceSecret,
}

impl Kind {
    pub(crate) const ALL: [Self; 5] =
        [Self::Web, Self::Spa, Self::Native, Self::ServiceKey, Self::ServiceSecret];

    fn slug(self) -> &'static str {
        match self {
            Self::Web => "web",
            Self::Spa => "spa",
            Self::Native => "native",
            Self::ServiceKey => "service-key",
            Self::ServiceSecret => "service-secret",
        }
    }

    fn parse(slug: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.slug() == slug)
    }

    pub(crate) fn text(self) -> Text {
        Text::new(format!("console-app-kind-{}", self.slug()))
    }

    /// What metadata describes.
    pub(crate) fn of(metadata: &Metadata) -> Self {
        let is = |member: &str, value: &str| metadata.get(member).is_some_and(|it| it == value);
        match metadata.contains_key("latchkey_service_account") {
            true if is("token_endpoint_auth_method", "private_key_jwt") => Self::ServiceKey,
            true => Self::ServiceSecret,
            false if !is("token_endpoint_auth_method", "none") => Self::Web,
            false if is("application_type", "native") => Self::Native,
            false => Self::Spa,
        }
    }

    fn acts_for_itself(self) -> bool {
        matches!(self, Self::ServiceKey | Self::ServiceSecret)
    }

    pub(crate) fn has_secret(self, metadata: &Metadata) -> bool {
        let by_key = metadata.get("token_endpoint_auth_method");
        matches!(self, Self::Web | Self::ServiceSecret)
            && by_key.is_none_or(|it| it != "private_key_jwt")
    }

    /// The places in [`FIELDS`] that there are for it.
    fn fields(self) -> &'static [usize] {
        match self {
            Self::Web | Self::Spa | Self::Native => &[0, 1, 2, 3, 4, 5, 8],
            Self::ServiceKey => &[0, 3, 6, 7],
            Self::ServiceSecret => &[0, 3, 6],
        }
    }
}

/// What a field says of an application, in words.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Line {
    pub(super) field: &'static str,
    pub(super) said: Vec<Text>,
    pub(super) text: String,
}

/// What an application's metadata says, field by field.
pub(crate) fn lines(kind: Kind, application: &Application) -> Vec<Line> {
    let values = values(kind, &application.metadata);
    let named = |id: &str| {
        let organisation = application.summary.organisation.as_ref();
        organisation.filter(|it| it.id == id).map(|it| it.name.clone())
    };
    kind.fields().iter().map(|place| line(kind, *place, &values[*place], &named)).collect()
}

/// `named` tells what the organisation of an identifier is called, where that is known.
fn line(kind: Kind, place: usize, value: &str, named: &dyn Fn(&str) -> Option<String>) -> Line {
    let field = if kind.acts_for_itself() && place == 3 { "reach" } else { FIELDS[place] };
    let said = match FIELDS[place] {
        "trusted" if value.is_empty() => vec![Text::new("console-app-asks")],
        "trusted" => vec![Text::new("console-app-asks-not")],
        "acr" => match ACR.iter().find(|(acr, _)| *acr == value) {
            Some((_, word)) => vec![Text::new(format!("console-app-acr-{word}"))],
            None => vec![],
        },
        "scopes" => {
            let scopes = value.split_whitespace().filter_map(AdminScope::parse);
            let known: Vec<_> = scopes.map(|scope| Text::new(what(scope))).collect();
            let all = value.split_whitespace().count();
            if known.len() == all { known } else { vec![] }
        }
        "organisation" if value.is_empty() => vec![Text::new("console-everywhere")],
        _ if value.is_empty() => vec![Text::new("console-audit-none")],
        _ => vec![],
    };
    let text = match FIELDS[place] {
        _ if !said.is_empty() => String::new(),
        "organisation" => named(value).unwrap_or_else(|| value.to_owned()),
        _ => value.to_owned(),
    };
    Line { field, text, said }
}

fn values(kind: Kind, metadata: &Metadata) -> Values {
    let text = |member: &str| metadata.get(member).and_then(Value::as_str).unwrap_or_default();
    let list = |value: Option<&Value>, between: &str| {
        let all = value.and_then(Value::as_array).into_iter().flatten();
        all.filter_map(Value::as_str).collect::<Vec<_>>().join(between)
    };
    let account = metadata.get("latchkey_service_account");
    let of_account = |member: &str| account.and_then(|account| account.get(member));
    let organisation = match kind.acts_for_itself() {
        true => of_account("organisation").and_then(Value::as_str).unwrap_or_default(),
        false => text("latchkey_organisation"),
    };
    let trusted = metadata.get("latchkey_trusted").is_some_and(|it| it == true);
    let jwks = metadata.get("jwks").filter(|_| kind == Kind::ServiceKey);
    [
        text("client_name").to_owned(),
        list(metadata.get("redirect_uris"), "\n"),
        list(metadata.get("post_logout_redirect_uris"), "\n"),
        organisation.to_owned(),
        if trusted { "yes".to_owned() } else { String::new() },
        text("latchkey_require_acr").to_owned(),
        sorted(&list(of_account("scopes"), " ")),
        jwks.and_then(|jwks| serde_json::to_string_pretty(jwks).ok()).unwrap_or_default(),
        claims(metadata.get("latchkey_claims")),
    ]
}

/// Claims, each in a line with what it says.
fn claims(rules: Option<&Value>) -> String {
    let rules = rules.and_then(Value::as_object).into_iter().flatten();
    let lines = rules.filter_map(|(name, from)| Some(format!("{name} = {}", from.as_str()?)));
    lines.collect::<Vec<_>>().join("\n")
}

/// The claims of such lines.
fn rules(lines: &str) -> Result<Value, Problem> {
    let mut rules = Map::new();
    for line in lines.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let parts = line.split_once(" = ").map(|(name, from)| (name.trim(), from.trim()));
        let (name, from) = parts.filter(|(name, _)| !name.is_empty()).ok_or_else(|| {
            let text = Text::new("console-app-wrong-claims-line").with("line", line.to_owned());
            Problem::at("claims", text)
        })?;
        rules.insert(name.to_owned(), from.into());
    }
    Ok(Value::Object(rules))
}

/// Words in an order that says nothing.
fn sorted(text: &str) -> String {
    let mut words: Vec<&str> = text.split_whitespace().collect();
    words.sort_unstable();
    words.join(" ")
}

/// What was typed, and on top of what.
#[derive(Clone, Debug, Default)]
struct Typed {
    id: String,
    values: Values,
    was: Values,
    version: String,
    once: String,
    confirmed: bool,
}

impl Typed {
    fn read<'f>(all: impl Fn(&str) -> Vec<&'f str>) -> Self {
        // Browsers end lines with CR LF, and scopes are ticked one by one.
        let text = |name: &str| {
            let text = all(name).join(" ").replace("\r\n", "\n").trim().to_owned();
            if name.ends_with("scopes") { sorted(&text) } else { text }
        };
        Self {
            id: text("id"),
            values: FIELDS.map(text),
            was: FIELDS.map(|name| text(&format!("was_{name}"))),
            version: text("version"),
            once: text("once"),
            confirmed: text("step") == "do",
        }
    }

    fn of(params: &Params) -> Self {
        Self::read(|name| params.all(name).collect())
    }

    /// What it comes to, on top of what there is.
    fn metadata(&self, kind: Kind, mut base: Metadata) -> Result<Metadata, Problem> {
        let lines = |text: &str| {
            let all = text.lines().map(str::trim).filter(|line| !line.is_empty());
            Value::from(all.map(str::to_owned).collect::<Vec<_>>())
        };
        let mut set = |member: &str, value: Value| {
            let nothing = match &value {
                Value::Null => true,
                Value::String(text) => text.is_empty(),
                Value::Array(items) => items.is_empty(),
                Value::Object(members) => members.is_empty(),
                Value::Bool(_) | Value::Number(_) => false,
            };
            match nothing {
                true => drop(base.remove(member)),
                false => drop(base.insert(member.to_owned(), value)),
            }
        };
        let [name, redirect, after_log_out, organisation, trusted, acr, scopes, jwks, claims] =
            &self.values;
        set("client_name", name.as_str().into());
        if kind.acts_for_itself() {
            let scopes: Vec<&str> = scopes.split_whitespace().collect();
            let account = match organisation.as_str() {
                "" => json!({ "scopes": scopes, "platform": true }),
                reach => json!({ "scopes": scopes, "organisation": reach }),
            };
            set("latchkey_service_account", account);
            set("grant_types", json!(["client_credentials"]));
        } else {
            set("redirect_uris", lines(redirect));
            set("post_logout_redirect_uris", lines(after_log_out));
            set("latchkey_organisation", organisation.as_str().into());
            set("latchkey_trusted", if trusted.is_empty() { Value::Null } else { true.into() });
            set("latchkey_require_acr", acr.as_str().into());
            set("latchkey_claims", rules(claims)?);
        }
        match kind {
            Kind::Web => {}
            Kind::Spa => set("token_endpoint_auth_method", "none".into()),
            Kind::Native => {
                set("token_endpoint_auth_method", "none".into());
                set("application_type", "native".into());
            }
            Kind::ServiceSecret => {}
            Kind::ServiceKey => {
                set("token_endpoint_auth_method", "private_key_jwt".into());
                let read: Result<Value, _> = serde_json::from_str(jwks);
                let read = read.map_err(|_| wrong("jwks"))?;
                set("jwks", read);
            }
        }
        Ok(base)
    }
}

/// The page.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct ApplicationForm {
    shell: Shell,
    /// What it is called, if there is one.
    application: Option<String>,
    kind: &'static str,
    kind_text: Text,
    kinds: Vec<Kinds>,
    fields: Vec<Field>,
    id: String,
    form: Form,
    /// What will change, once it was asked for.
    changes: Option<Vec<Change>>,
    back: String,
    again: String,
    problem: Option<Problem>,
}

/// A kind to choose first.
#[derive(Clone, Debug, Serialize)]
struct Kinds {
    slug: &'static str,
    url: String,
}

#[derive(Clone, Debug, Serialize)]
pub(super) struct Field {
    /// The name of its input.
    pub(super) name: &'static str,
    /// What it is about: the stem of its words.
    pub(super) about: &'static str,
    pub(super) value: String,
    pub(super) choices: Vec<Choice>,
    /// What somebody else wrote meanwhile.
    pub(super) now: Option<String>,
}

#[derive(Clone, Debug, Serialize)]
pub(super) struct Choice {
    pub(super) value: String,
    pub(super) label: Option<Text>,
    pub(super) name: String,
    pub(super) chosen: bool,
}

#[derive(Clone, Debug, Serialize)]
pub(super) struct Change {
    pub(super) before: Line,
    pub(super) after: Line,
}

fn wrong(field: &str) -> Problem {
    Problem::at(field, Text::new(format!("console-app-wrong-{}", field.replace('_', "-"))))
}

/// What the API says about a form, if it is about the form.
fn of_form(refused: &Refused) -> Option<Problem> {
    if refused.kind.rsplit(':').next()? == "stale" {
        return Some(Problem::new("console-org-stale"));
    }
    let error = refused.errors.first()?;
    let field = match error.field.as_str() {
        "client_id" if error.code == "taken" => {
            return Some(Problem::at("id", "console-app-taken"));
        }
        "client_id" => "id",
        "client_name" => "name",
        "redirect_uris" => "redirect",
        "post_logout_redirect_uris" => "after_log_out",
        "latchkey_organisation" => "organisation",
        "latchkey_service_account" => "scopes",
        "jwks" => "jwks",
        "latchkey_claims" => {
            let text = Text::new("console-app-wrong-claims");
            return Some(Problem::at("claims", text.with("reason", error.message.clone())));
        }
        member => {
            let text = Text::new("console-app-wrong").with("member", member.to_owned());
            return Some(Problem::new(text.with("reason", error.message.clone())));
        }
    };
    Some(wrong(field))
}

impl ApplicationForm {
    fn new(
        (shell, forms): (Shell, &Forms),
        application: Option<(&str, &str)>,
        kind: Kind,
        places: &[OrganisationRef],
        typed: &Typed,
    ) -> Self {
        let again = match application {
            Some((id, _)) => format!("{}/edit", address(id)),
            None => format!("{NEW_ADDRESS}?kind={}", kind.slug()),
        };
        let mut form = forms.form(again.clone());
        form = form.with("version", &typed.version).with("once", &typed.once);
        for place in kind.fields() {
            form = form.with(&format!("was_{}", FIELDS[*place]), &typed.was[*place]);
        }
        let fields = kind.fields().iter().map(|place| field(kind, *place, places, typed));
        Self {
            shell,
            kind: kind.slug(),
            kind_text: kind.text(),
            kinds: vec![],
            fields: fields.collect(),
            id: typed.id.clone(),
            form,
            changes: None,
            back: application.map_or(ADDRESS.to_owned(), |(id, _)| address(id)),
            application: application.map(|(_, name)| name.to_owned()),
            again,
            problem: None,
        }
    }

    /// The page on which a kind is chosen.
    fn choosing(frame: (Shell, &Forms)) -> Self {
        let kinds = Kind::ALL.map(|kind| Kinds {
            slug: kind.slug(),
            url: format!("{NEW_ADDRESS}?kind={}", kind.slug()),
        });
        let mut kinds = kinds.to_vec();
        // After the other one that runs on a server.
        kinds.insert(1, Kinds { slug: "saml", url: provider_form::NEW_ADDRESS.to_owned() });
        let page = Self::new(frame, None, Kind::Web, &[], &Typed::default());
        Self { kinds, ..page }
    }

    fn previewed(self, kind: Kind, typed: &Typed) -> Self {
        let mut form = self.form.with("step", "do").with("id", &typed.id);
        let mut changes = Vec::new();
        let places = self.fields.iter().filter(|field| field.name == "organisation");
        let named: Vec<_> = places.flat_map(|field| &field.choices).collect();
        let named = |id: &str| named.iter().find(|it| it.value == id).map(|it| it.name.clone());
        for place in kind.fields() {
            let (before, after) = (&typed.was[*place], &typed.values[*place]);
            form = form.with(FIELDS[*place], after);
            if before != after {
                let of = |value: &str| line(kind, *place, value, &named);
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

    /// Each kind: a new one and what comes of it, and which to choose.
    pub(crate) fn samples() -> Vec<Self> {
        let frame = || (samples::shell(Place::Applications), samples::forms());
        let all = [samples::organisation().named];
        let mut pages = Vec::new();
        for kind in Kind::ALL {
            let metadata = samples::application(kind).metadata;
            let values = values(kind, &metadata);
            let typed = Typed { values, id: "<b>".into(), ..Typed::default() };
            let (shell, forms) = frame();
            let page = Self::new((shell, &forms), None, kind, &all, &typed);
            pages.push(page.clone().wrong(wrong(FIELDS[kind.fields()[1]])));
            pages.push(page.previewed(kind, &typed));
        }
        for field in ["id", "name", "redirect", "after_log_out", "organisation", "scopes", "jwks"] {
            pages.push(Self::sample().wrong(wrong(field)));
        }
        for problem in [
            Text::new("console-app-wrong-claims").with("reason", "<b>".to_owned()),
            Text::new("console-app-wrong-claims-line").with("line", "<b>".to_owned()),
        ] {
            pages.push(Self::sample().wrong(Problem::at("claims", problem)));
        }
        let (shell, forms) = frame();
        pages.push(Self::choosing((shell, &forms)));
        pages
    }
}

fn field(kind: Kind, place: usize, places: &[OrganisationRef], typed: &Typed) -> Field {
    let value = typed.values[place].clone();
    let choice = |it: &str, label: Option<Text>, name: &str| Choice {
        chosen: value.split_whitespace().any(|word| word == it) || value == it,
        value: it.to_owned(),
        label,
        name: name.to_owned(),
    };
    let choices = match FIELDS[place] {
        "organisation" => {
            let all = [choice("", Some(Text::new("console-everywhere")), "")];
            all.into_iter().chain(places.iter().map(|it| choice(&it.id, None, &it.name))).collect()
        }
        "acr" => ACR
            .iter()
            .map(|(acr, word)| choice(acr, Some(Text::new(format!("console-app-acr-{word}"))), ""))
            .collect(),
        "scopes" => {
            let ours = AdminScope::ALL.iter();
            let ours = ours.map(|scope| choice(scope.as_str(), Some(Text::new(what(*scope))), ""));
            // Scopes of other resources are nothing that we have words for, and stay.
            let known = sorted(&format!("{value} {}", typed.was[place]));
            let mut others: Vec<&str> =
                known.split(' ').filter(|it| AdminScope::parse(it).is_none()).collect();
            others.retain(|it| !it.is_empty());
            others.dedup();
            ours.chain(others.into_iter().map(|it| choice(it, None, it))).collect()
        }
        _ => vec![],
    };
    let reach = kind.acts_for_itself() && FIELDS[place] == "organisation";
    Field {
        name: FIELDS[place],
        about: if reach { "reach" } else { FIELDS[place] },
        choices,
        now: None,
        value,
    }
}

impl Page for ApplicationForm {
    const TEMPLATE: &'static str = "console/application-form.html";
    const FORMS_LEAD_OUT: bool = true;

    fn sample() -> Self {
        let application = samples::application(Kind::Web);
        let values = values(Kind::Web, &application.metadata);
        let typed = Typed { was: values.clone(), values, ..Typed::default() };
        let (shell, forms) = (samples::shell(Place::Applications), samples::forms());
        let named = Some(("rota", "Rota <b>"));
        let page = Self::new((shell, &forms), named, Kind::Web, &[], &typed);
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
        let found = kept.iter().filter(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str()).collect()
    }))
}

pub(super) fn refuse_others(admin: &Admin) -> Result<(), Stop> {
    match may_everywhere(&admin.me, AdminScope::ApplicationsWrite) {
        true => Ok(()),
        false => Err(message::Kind::Forbidden.into()),
    }
}

/// The kind that the address names.
fn kind(asked: &Asked) -> Option<Kind> {
    asked.query().one("kind").ok().flatten().and_then(Kind::parse)
}

/// `GET /admin/applications/new`
pub(crate) async fn add(asked: Asked) -> Response {
    let work = async {
        let admin = asked.admin().await?;
        refuse_others(&admin)?;
        let frame = (admin.shell(Place::Applications), &admin.forms);
        let Some(kind) = kind(&asked) else {
            return Ok(asked.page(&ApplicationForm::choosing(frame)));
        };
        let empty = || Typed { once: asked.once(), ..Typed::default() };
        let typed = kept(&asked, &admin).unwrap_or_else(empty);
        let places = places::places(&admin, AdminScope::ApplicationsWrite).await?;
        let page = ApplicationForm::new(frame, None, kind, &places, &typed);
        Ok(asked.page(&if typed.confirmed { page.previewed(kind, &typed) } else { page }))
    };
    asked.shown(work).await
}

/// `POST /admin/applications/new`
pub(crate) async fn submit_new(asked: Asked, form: Result<Posted, Refusal>) -> Response {
    let to = asked.address();
    asked
        .taken(form, &to, async |form| {
            let admin = asked.sender(form).await?;
            refuse_others(&admin)?;
            let kind = kind(&asked).ok_or(message::Kind::Malformed)?;
            let typed = Typed::of(form);
            let places = places::places(&admin, AdminScope::ApplicationsWrite).await?;
            let show = |typed: &Typed| {
                let frame = (admin.shell(Place::Applications), &admin.forms);
                ApplicationForm::new(frame, None, kind, &places, typed)
            };
            let mut base = Metadata::new();
            if !typed.id.is_empty() {
                base.insert("client_id".to_owned(), typed.id.clone().into());
            }
            let metadata = match typed.metadata(kind, base) {
                Ok(metadata) => metadata,
                Err(problem) => return Ok(asked.page(&show(&typed).wrong(problem))),
            };
            if !typed.confirmed {
                return Ok(asked.page(&show(&typed).previewed(kind, &typed)));
            }
            match admin.api.add_application(&ClientBody(metadata), &typed.once).await {
                Ok(added) => {
                    let shell = admin.shell(Place::Applications);
                    let to = address(&added.application.summary.client_id);
                    Ok(match Secret::of(shell, &added, false) {
                        Some(told) => asked.page(&told),
                        None => Redirect::to(&format!("{to}?saved=yes")).into_response(),
                    })
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

fn of_refusal(failure: Failure) -> Result<Problem, Stop> {
    let problem = match &failure {
        Failure::Refused(refused) => of_form(refused),
        _ => None,
    };
    problem.ok_or_else(|| failure.into())
}

/// `GET /admin/applications/{application}/edit`
pub(crate) async fn show(Path(id): Path<String>, asked: Asked) -> Response {
    let work = async {
        let admin = asked.admin().await?;
        refuse_others(&admin)?;
        let (application, version) = admin.api.application(&id).await?;
        let kind = Kind::of(&application.metadata);
        let known = || {
            let values = values(kind, &application.metadata);
            Typed { was: values.clone(), values, version, ..Typed::default() }
        };
        let typed = kept(&asked, &admin).unwrap_or_else(known);
        let places = places::places(&admin, AdminScope::ApplicationsWrite).await?;
        let frame = (admin.shell(Place::Applications), &admin.forms);
        let named = Some((id.as_str(), application.summary.name.as_str()));
        let page = ApplicationForm::new(frame, named, kind, &places, &typed);
        Ok(asked.page(&if typed.confirmed { page.previewed(kind, &typed) } else { page }))
    };
    asked.shown(work).await
}

/// `POST /admin/applications/{application}/edit`
pub(crate) async fn submit(
    Path(id): Path<String>,
    asked: Asked,
    form: Result<Posted, Refusal>,
) -> Response {
    let to = asked.address();
    asked
        .taken(form, &to, async |form| {
            let admin = asked.sender(form).await?;
            refuse_others(&admin)?;
            let typed = Typed::of(form);
            let (application, version) = admin.api.application(&id).await?;
            let kind = Kind::of(&application.metadata);
            let places = places::places(&admin, AdminScope::ApplicationsWrite).await?;
            let show = |typed: &Typed| {
                let frame = (admin.shell(Place::Applications), &admin.forms);
                let named = Some((id.as_str(), application.summary.name.as_str()));
                ApplicationForm::new(frame, named, kind, &places, typed)
            };
            let metadata = match typed.metadata(kind, application.metadata.clone()) {
                Ok(metadata) => metadata,
                Err(problem) => return Ok(asked.page(&show(&typed).wrong(problem))),
            };
            if !typed.confirmed {
                return Ok(asked.page(&show(&typed).previewed(kind, &typed)));
            }
            let changed =
                admin.api.change_application(&id, &ClientBody(metadata), &typed.version).await;
            match changed {
                Ok(_) => Ok(Redirect::to(&format!("{}?saved=yes", address(&id))).into_response()),
                Err(failure) => {
                    let problem = of_refusal(failure)?;
                    let now = values(kind, &application.metadata);
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
        for kind in Kind::ALL {
            let metadata = samples::application(kind).metadata;
            assert_eq!(Kind::of(&metadata), kind);
            let values = values(kind, &metadata);
            let typed = Typed { values, ..Typed::default() };
            let same = typed.metadata(kind, metadata.clone()).expect("metadata");
            assert_eq!(same, metadata, "{kind:?}");
            let new = typed.metadata(kind, Metadata::new()).expect("metadata");
            assert_eq!(Kind::of(&new), kind, "a new one is what it is to be");
        }
    }

    #[test]
    fn claims_that_are_no_lines_are_told_at_their_field() {
        for lines in ["ward", "= email", "ward=claim:ward", "a = email\nb"] {
            let mut typed = Typed::default();
            typed.values[8] = lines.into();
            let problem = typed.metadata(Kind::Web, Metadata::new()).expect_err(lines);
            assert_eq!(problem.field.as_deref(), Some("claims"), "{lines}");
        }
    }

    #[test]
    fn keys_that_are_no_json_are_told_at_their_field() {
        let mut typed = Typed::default();
        typed.values[7] = "{ \"keys\": [".into();
        let problem = typed.metadata(Kind::ServiceKey, Metadata::new()).expect_err("no JSON");
        assert_eq!(problem.field.as_deref(), Some("jwks"));
    }
}
