//! The applications that people log in to and the service accounts: listed, each on a page of its
//! own, with another secret or gone. Adding and changing one is `application_form`'s.

use axum::extract::Path;
use axum::response::{IntoResponse as _, Redirect, Response};
use latchkey_api::AdminScope;
use latchkey_api::applications::{Application, ApplicationSecret, ApplicationSummary};
use latchkey_api::organisations::PartQuery;
use latchkey_api::people::Me;
use latchkey_api::providers::ServiceProviderSummary;
use latchkey_core::Timestamp;
use latchkey_web::limits::{Form as Posted, Refusal};
use latchkey_web::{Form, Help, Page, Text};
use serde::Serialize;

use super::application_kinds::Kind;
use super::doctor;
use super::log_in_test;
use super::message;
use super::organisations::may_everywhere;
use super::registration::field::{Line, said};
use super::registration::{Subject as _, refuse_others};
use super::shell::{Place, Shell};
use super::{at, providers, samples};
use crate::client::segment;
use crate::visitor::{Asked, Forms};

/// The address.
pub(crate) const ADDRESS: &str = "/admin/applications";
/// Where one is added.
pub(crate) const NEW_ADDRESS: &str = "/admin/applications/new";
/// How many a page shows.
const SHOWN: u16 = 50;

/// Where an application is: its name can have any visible letter in it.
pub(crate) fn address(id: &str) -> String {
    format!("{ADDRESS}/{}", segment(id))
}

/// A part of a list: after what, and where the next one begins.
struct Listed<T> {
    items: Vec<T>,
    after: Option<String>,
    next: Option<String>,
}

impl<T> Default for Listed<T> {
    fn default() -> Self {
        Self { items: Vec::new(), after: None, next: None }
    }
}

/// The list.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Applications {
    shell: Shell,
    applications: Vec<Row>,
    providers: Vec<providers::Row>,
    add: Option<&'static str>,
    doctor: &'static str,
    removed: bool,
    next: Option<String>,
    /// Where more of those that speak SAML are.
    next_providers: Option<String>,
    first: bool,
}

#[derive(Clone, Debug, Serialize)]
struct Row {
    url: String,
    name: String,
    id: String,
    organisation: Option<String>,
    service: bool,
    changed_at: Timestamp,
}

impl Applications {
    fn new(
        shell: Shell,
        me: &Me,
        found: &Listed<ApplicationSummary>,
        providers: &Listed<ServiceProviderSummary>,
        now: Timestamp,
    ) -> Self {
        let row = |it: &ApplicationSummary| Row {
            url: address(&it.client_id),
            name: it.name.clone(),
            id: it.client_id.clone(),
            organisation: it.organisation.as_ref().map(|it| it.name.clone()),
            service: it.service_account,
            changed_at: at(it.updated_at),
        };
        // A page of one list leaves the other where it is.
        let place = |applications: &Option<String>, providers: &Option<String>| {
            let pairs = [("after", applications), ("saml_after", providers)];
            let pairs: Vec<_> =
                pairs.iter().filter_map(|(it, at)| Some((it, at.as_ref()?))).collect();
            serde_urlencoded::to_string(pairs).ok().map(|query| format!("{ADDRESS}?{query}"))
        };
        let more = |next: &Option<String>, of: &dyn Fn() -> Option<String>| {
            next.as_ref().and_then(|_| of())
        };
        Self {
            shell,
            applications: found.items.iter().map(row).collect(),
            providers: providers.items.iter().map(|it| providers::Row::new(it, now)).collect(),
            add: may_everywhere(me, AdminScope::ApplicationsWrite).then_some(NEW_ADDRESS),
            doctor: doctor::ADDRESS,
            removed: false,
            next: more(&found.next, &|| place(&found.next, &providers.after)),
            next_providers: more(&providers.next, &|| place(&found.after, &providers.next)),
            first: found.after.is_some() || providers.after.is_some(),
        }
    }

    /// None yet.
    pub(crate) fn empty_sample() -> Self {
        let shell = samples::shell(Place::Applications);
        let (found, providers) = (Listed::default(), Listed::default());
        Self::new(shell, &samples::me(), &found, &providers, at(samples::THEN))
    }
}

impl Page for Applications {
    const TEMPLATE: &'static str = "console/applications.html";
    const FORMS_LEAD_OUT: bool = true;

    fn sample() -> Self {
        let one = samples::application(Kind::Web).summary;
        let service = samples::application(Kind::ServiceKey).summary;
        let (shell, me) = (samples::shell(Place::Applications), samples::platform());
        let after = Some("b&c".to_owned());
        let found = Listed { items: vec![one, service], after: after.clone(), next: after.clone() };
        let one = samples::provider().summary;
        let over = ServiceProviderSummary {
            valid_until: Some(jiff::Timestamp::UNIX_EPOCH),
            organisation: None,
            ..one.clone()
        };
        let providers = Listed { items: vec![one, over], after: after.clone(), next: after };
        let page = Self::new(shell, &me, &found, &providers, at(samples::THEN));
        Self { removed: true, ..page }
    }

    fn help(&self) -> Vec<Help> {
        vec![]
    }
}

/// One of them.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Shown {
    shell: Shell,
    id: String,
    name: String,
    kind: Text,
    lines: Vec<Line>,
    changed_at: Timestamp,
    /// Its metadata, as documents have it.
    everything: String,
    saved: bool,
    test: Option<String>,
    edit: Option<String>,
    rotate: Option<String>,
    delete: Option<String>,
}

impl Shown {
    fn new(shell: Shell, me: &Me, application: &Application) -> Self {
        let id = &application.summary.client_id;
        let kind = Kind::of(&application.metadata);
        let writes = may_everywhere(me, AdminScope::ApplicationsWrite);
        let below = |what: &str| writes.then(|| format!("{}/{what}", address(id)));
        Self {
            shell,
            id: id.clone(),
            name: application.summary.name.clone(),
            kind: kind.text(),
            lines: said(
                kind.fields(false),
                &application.metadata,
                application.summary.organisation.as_ref(),
            ),
            changed_at: at(application.summary.updated_at),
            everything: serde_json::to_string_pretty(&application.metadata).unwrap_or_default(),
            saved: false,
            test: (log_in_test::may(me) && !application.summary.service_account)
                .then(|| log_in_test::ask_address(id)),
            edit: below("edit"),
            rotate: below("secret").filter(|_| kind.has_secret(&application.metadata)),
            delete: below("delete"),
        }
    }

    /// One of each kind, as who may change nothing sees it.
    pub(crate) fn samples() -> Vec<Self> {
        let of = |kind| {
            let shell = samples::shell(Place::Applications);
            Self::new(shell, &samples::me(), &samples::application(kind))
        };
        Kind::ALL.map(of).to_vec()
    }
}

impl Page for Shown {
    const TEMPLATE: &'static str = "console/application.html";
    const FORMS_LEAD_OUT: bool = true;

    fn sample() -> Self {
        let (shell, me) = (samples::shell(Place::Applications), samples::platform());
        Self { saved: true, ..Self::new(shell, &me, &samples::application(Kind::Web)) }
    }

    fn help(&self) -> Vec<Help> {
        vec![]
    }
}

/// What is asked before it gets another secret, or goes.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Sure {
    shell: Shell,
    what: &'static str,
    name: String,
    service: bool,
    form: Form,
    back: String,
}

impl Sure {
    fn new(
        (shell, forms): (Shell, &Forms),
        what: &'static str,
        summary: &ApplicationSummary,
        once: &str,
    ) -> Self {
        let back = address(&summary.client_id);
        let form = forms.form(format!("{back}/{what}")).with("once", once);
        let (name, service) = (summary.name.clone(), summary.service_account);
        Self { shell, what, name, service, form, back }
    }

    /// Both, of what people log in to and of what acts for itself.
    pub(crate) fn samples() -> Vec<Self> {
        let all =
            [("secret", Kind::Web), ("secret", Kind::ServiceSecret), ("delete", Kind::ServiceKey)];
        let of = |(what, kind)| {
            let frame = (samples::shell(Place::Applications), &samples::forms());
            Self::new(frame, what, &samples::application(kind).summary, "o")
        };
        all.map(of).to_vec()
    }
}

impl Page for Sure {
    const TEMPLATE: &'static str = "console/application-sure.html";
    const FORMS_LEAD_OUT: bool = true;

    fn sample() -> Self {
        let frame = (samples::shell(Place::Applications), &samples::forms());
        Self::new(frame, "delete", &samples::application(Kind::Web).summary, "o")
    }

    fn help(&self) -> Vec<Help> {
        vec![]
    }
}

/// A secret, told once.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Secret {
    shell: Shell,
    id: String,
    name: String,
    secret: String,
    /// There was one before, which counts no more.
    again: bool,
    back: String,
}

impl Secret {
    /// The page, if there is anything to tell.
    pub(crate) fn of(shell: Shell, told: &ApplicationSecret, again: bool) -> Option<Self> {
        let secret = told.client_secret.clone()?;
        let summary = &told.application.summary;
        let (id, name) = (summary.client_id.clone(), summary.name.clone());
        Some(Self { shell, back: address(&id), id, name, secret, again })
    }

    /// Of one that was added.
    pub(crate) fn new_sample() -> Self {
        Self { again: false, ..Self::sample() }
    }
}

impl Page for Secret {
    const TEMPLATE: &'static str = "console/application-secret.html";
    const FORMS_LEAD_OUT: bool = true;

    fn sample() -> Self {
        let summary = samples::application(Kind::Web).summary;
        Self {
            shell: samples::shell(Place::Applications),
            back: address(&summary.client_id),
            id: summary.client_id,
            name: summary.name,
            secret: "dGhpcyBpcyBub3QgYSBzZWNyZXQgb2YgYW55Ym9keQ".into(),
            again: true,
        }
    }

    fn help(&self) -> Vec<Help> {
        vec![]
    }
}

/// `GET /admin/applications`
pub(crate) async fn list(asked: Asked) -> Response {
    let work = async {
        let admin = asked.admin().await?;
        let query = asked.query();
        let one = |name: &str| query.one(name).ok().flatten().filter(|it| !it.is_empty());
        let part =
            |name: &str| PartQuery { after: one(name).map(str::to_owned), limit: Some(SHOWN) };
        let (part, saml) = (part("after"), part("saml_after"));
        let found = admin.api.applications(&part).await?;
        let providers = admin.api.providers(&saml).await?;
        let found = Listed { items: found.items, after: part.after, next: found.next };
        let providers = Listed { items: providers.items, after: saml.after, next: providers.next };
        let shell = admin.shell(Place::Applications);
        let page = Applications::new(shell, &admin.me, &found, &providers, asked.now());
        Ok(asked.page(&Applications { removed: one("removed").is_some(), ..page }))
    };
    asked.shown(work).await
}

/// `GET /admin/applications/{application}`
pub(crate) async fn show(Path(id): Path<String>, asked: Asked) -> Response {
    let work = async {
        let admin = asked.admin().await?;
        let (application, _) = admin.api.application(&id).await?;
        let shell = admin.shell(Place::Applications);
        let saved = asked.query().one("saved").is_ok_and(|it| it.is_some());
        Ok(asked.page(&Shown { saved, ..Shown::new(shell, &admin.me, &application) }))
    };
    asked.shown(work).await
}

/// `GET /admin/applications/{application}/secret`
pub(crate) async fn ask_rotate(Path(id): Path<String>, asked: Asked) -> Response {
    sure(&asked, "secret", &id).await
}

/// `GET /admin/applications/{application}/delete`
pub(crate) async fn ask_delete(Path(id): Path<String>, asked: Asked) -> Response {
    sure(&asked, "delete", &id).await
}

async fn sure(asked: &Asked, what: &'static str, id: &str) -> Response {
    let work = async {
        let admin = asked.admin().await?;
        refuse_others(&admin)?;
        let (application, _) = admin.api.application(id).await?;
        let frame = (admin.shell(Place::Applications), &admin.forms);
        Ok(asked.page(&Sure::new(frame, what, &application.summary, &asked.once())))
    };
    asked.shown(work).await
}

/// `POST /admin/applications/{application}/secret`
pub(crate) async fn rotate(
    Path(id): Path<String>,
    asked: Asked,
    form: Result<Posted, Refusal>,
) -> Response {
    let to = asked.address();
    asked
        .taken(form, &to, async |form| {
            let admin = asked.sender(form).await?;
            let once = form.one("once").ok().flatten().unwrap_or_default();
            let told = admin.api.rotate_secret(&id, once).await?;
            let shell = admin.shell(Place::Applications);
            let page = Secret::of(shell, &told, true).ok_or(message::Kind::Conflict)?;
            Ok(asked.page(&page))
        })
        .await
}

/// `POST /admin/applications/{application}/delete`
pub(crate) async fn delete(
    Path(id): Path<String>,
    asked: Asked,
    form: Result<Posted, Refusal>,
) -> Response {
    let to = asked.address();
    asked
        .taken(form, &to, async |form| {
            let admin = asked.sender(form).await?;
            admin.api.remove_application(&id).await?;
            Ok(Redirect::to(&format!("{ADDRESS}?removed=yes")).into_response())
        })
        .await
}
