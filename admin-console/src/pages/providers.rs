//! Applications that speak SAML: each on a page of its own with what it is told and what it needs to
//! know of this side, or gone. Adding and changing one is `provider_form`'s.

use axum::extract::Path;
use axum::response::{IntoResponse as _, Redirect, Response};
use latchkey_api::AdminScope;
use latchkey_api::people::Me;
use latchkey_api::providers::{
    DIFFERENCES, DifferenceSide, EndingKind, IdentityProvider, ProviderDifference, ProviderEnding,
    ProviderEndpoint, ProviderRead, ProviderReading, ReleasedAttribute, ServiceProvider,
    ServiceProviderSummary,
};
use latchkey_core::Timestamp;
use latchkey_web::limits::{Form as Posted, Refusal};
use latchkey_web::{Form, Help, Page, Text};
use serde::Serialize;

use super::applications::ADDRESS as BACK;
use super::doctor;
use super::organisations::may_everywhere;
use super::provider_form::Provider;
use super::registration::field::{Line, said};
use super::registration::{Subject as _, refuse_others};
use super::shell::{Place, Shell};
use super::{at, coded, samples};
use crate::client::segment;
use crate::visitor::{Asked, Forms};

/// What stands before a binding's name in its URI.
const BINDING: &str = "urn:oasis:names:tc:SAML:2.0:bindings:";
/// The kinds of things that are known of people, where we have words for them.
pub(crate) const SOURCES: [&str; 10] = [
    "subject",
    "username",
    "name",
    "given_name",
    "family_name",
    "email",
    "staff_number",
    "organisation",
    "organisation_name",
    "groups",
];

/// Where one is.
pub(crate) fn address(key: &str) -> String {
    format!("/admin/service-providers/{}", segment(key))
}

/// One in the list of applications.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Row {
    url: String,
    name: String,
    id: String,
    organisation: Option<String>,
    changed_at: Timestamp,
    /// Its metadata is over: nobody is logged in.
    over: bool,
}

impl Row {
    pub(crate) fn new(it: &ServiceProviderSummary, now: Timestamp) -> Self {
        Self {
            url: address(&it.key),
            name: it.name.clone(),
            id: it.entity_id.clone(),
            organisation: it.organisation.as_ref().map(|it| it.name.clone()),
            changed_at: at(it.updated_at),
            over: it.valid_until.is_some_and(|until| at(until) <= now),
        }
    }
}

/// One of them.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Shown {
    shell: Shell,
    name: String,
    entity_id: String,
    lines: Vec<Line>,
    attributes: Vec<Attribute>,
    consumers: Vec<Endpoint>,
    logout: Vec<Endpoint>,
    certificates: Vec<Certificate>,
    must_sign: bool,
    encrypts: bool,
    start: Option<String>,
    ours: IdentityProvider,
    valid_until: Option<Timestamp>,
    over: bool,
    changed_at: Timestamp,
    /// What is said of it, as documents have it.
    everything: String,
    saved: bool,
    /// How it goes with reading its metadata again.
    reading: Option<Reading>,
    /// What of it ends soon, or ended.
    endings: Vec<Ending>,
    /// What became of reading it again, if that was just done.
    read: Option<Read>,
    test: String,
    edit: Option<String>,
    delete: Option<String>,
}

/// Something that ends.
#[derive(Clone, Debug, Serialize)]
struct Ending {
    /// Its message, without the time.
    key: &'static str,
    sha256: String,
    until: Timestamp,
}

impl From<&ProviderEnding> for Ending {
    fn from(it: &ProviderEnding) -> Self {
        let key = match (it.what, it.over) {
            (EndingKind::Metadata, false) => "console-sp-ends-metadata",
            (EndingKind::Metadata, true) => "console-sp-ended-metadata",
            (EndingKind::Certificate, false) => "console-sp-ends-certificate",
            (EndingKind::Certificate, true) => "console-sp-ended-certificate",
        };
        Self { key, sha256: it.sha256.clone().unwrap_or_default(), until: at(it.until) }
    }
}

#[derive(Clone, Debug, Serialize)]
struct Read {
    changes: Vec<Change>,
    /// Why it was not read, in the API's words.
    error: Option<String>,
}

/// What is different.
#[derive(Clone, Debug, Serialize)]
struct Change {
    /// Which way.
    side: Option<Text>,
    /// What, where we have words for it.
    text: Option<Text>,
    /// The API's words for all of it.
    message: String,
}

impl From<ProviderDifference> for Change {
    fn from(it: ProviderDifference) -> Self {
        let ProviderDifference { side, code, values, message } = it;
        let side = side.map(|side| match side {
            DifferenceSide::Gone => Text::new("console-sp-read-gone"),
            DifferenceSide::New => Text::new("console-sp-read-new"),
        });
        let text = coded::text("console-sp-read-of", &DIFFERENCES, &code, &values);
        Self { side, text, message }
    }
}

impl From<ProviderRead> for Read {
    fn from(read: ProviderRead) -> Self {
        let ProviderRead { changes: _, differences, error } = read;
        Self { changes: differences.into_iter().map(Change::from).collect(), error }
    }
}

#[derive(Clone, Debug, Serialize)]
struct Reading {
    read_at: Option<Timestamp>,
    failing_since: Option<Timestamp>,
    error: Option<String>,
    form: Option<Form>,
}

#[derive(Clone, Debug, Serialize)]
struct Attribute {
    name: String,
    friendly_name: Option<String>,
    /// What it says, where we have words for that.
    says: Option<Text>,
    from: String,
}

#[derive(Clone, Debug, Serialize)]
struct Endpoint {
    location: String,
    binding: String,
}

#[derive(Clone, Debug, Serialize)]
struct Certificate {
    sha256: String,
    not_after: Timestamp,
    over: bool,
    /// What its key is for, in a word.
    for_what: &'static str,
}

/// What a source says of people, where we have words for it.
fn says(from: &str) -> Option<Text> {
    let known = SOURCES.contains(&from);
    known.then(|| Text::new(format!("console-sp-from-{}", from.replace('_', "-"))))
}

impl Shown {
    fn new(
        (shell, forms, once): (Shell, &Forms, &str),
        me: &Me,
        provider: &ServiceProvider,
        now: Timestamp,
    ) -> Self {
        let summary = &provider.summary;
        let writes = may_everywhere(me, AdminScope::ApplicationsWrite);
        let below = |what: &str| writes.then(|| format!("{}/{what}", address(&summary.key)));
        let attribute = |it: &ReleasedAttribute| Attribute {
            name: it.name.clone(),
            friendly_name: it.friendly_name.clone(),
            says: says(&it.from),
            from: it.from.clone(),
        };
        let endpoint = |it: &ProviderEndpoint| Endpoint {
            location: it.location.clone(),
            binding: it.binding.strip_prefix(BINDING).unwrap_or(&it.binding).to_owned(),
        };
        let certificates = provider.certificates.iter().map(|it| Certificate {
            sha256: it.sha256.clone(),
            not_after: at(it.not_after),
            over: at(it.not_after) <= now,
            for_what: match (it.signing, it.encryption) {
                (true, true) => "both",
                (true, false) => "signing",
                (false, _) => "encryption",
            },
        });
        let organisation = summary.organisation.as_ref();
        let mut lines = said(Provider.fields(false), &provider.document, organisation);
        let elsewhere = ["name", "attributes", "encrypt", "requests", "start"];
        lines.retain(|line| !elsewhere.contains(&line.field));
        // Certificates are said where there are any: without they are nothing to think about.
        lines.retain(|line| line.field != "certificates" || !line.text.is_empty());
        let test = serde_urlencoded::to_string([("provider", &summary.entity_id)]);
        Self {
            shell,
            name: summary.name.clone(),
            entity_id: summary.entity_id.clone(),
            lines,
            attributes: provider.attributes.iter().map(attribute).collect(),
            consumers: provider.consumers.iter().map(endpoint).collect(),
            logout: provider.logout.iter().map(endpoint).collect(),
            certificates: certificates.collect(),
            must_sign: provider.must_sign,
            encrypts: provider.encrypts,
            start: provider.start.clone(),
            ours: provider.ours.clone(),
            valid_until: summary.valid_until.map(at),
            over: summary.valid_until.is_some_and(|until| at(until) <= now),
            changed_at: at(summary.updated_at),
            everything: serde_json::to_string_pretty(&provider.document).unwrap_or_default(),
            saved: false,
            reading: provider.reading.as_ref().map(|it| Reading {
                read_at: it.read_at.map(at),
                failing_since: it.failing_since.map(at),
                error: it.error.clone(),
                form: below("refresh").map(|to| forms.form(to).with("once", once)),
            }),
            endings: provider.ends.iter().map(Ending::from).collect(),
            read: None,
            test: format!("{}?{}", doctor::ADDRESS, test.unwrap_or_default()),
            edit: below("edit"),
            delete: below("delete"),
        }
    }

    /// One of which hardly anything is said, as who may change nothing sees it.
    pub(crate) fn bare_sample() -> Self {
        let mut provider = samples::provider();
        provider.document.clear();
        provider.logout.clear();
        provider.certificates.clear();
        provider.attributes.clear();
        provider.start = None;
        provider.reading = None;
        provider.ends.clear();
        provider.must_sign = true;
        provider.encrypts = true;
        provider.summary.valid_until = Some(jiff::Timestamp::UNIX_EPOCH);
        let frame = (samples::shell(Place::Applications), &samples::forms(), "o");
        Self::new(frame, &samples::me(), &provider, at(samples::THEN))
    }

    /// One whose metadata was just read again, in each way that can go.
    pub(crate) fn read_samples() -> Vec<Self> {
        let difference = |code: &str, names: &[&str], side| ProviderDifference {
            side,
            code: code.to_owned(),
            values: names.iter().map(|name| ((*name).into(), "<b>".into())).collect(),
            message: "+ <b> is new".to_owned(),
        };
        let sides = [None, Some(DifferenceSide::Gone), Some(DifferenceSide::New)];
        let known = DIFFERENCES.iter().zip(sides.into_iter().cycle());
        let mut all = vec![difference("of a later version", &[], None)];
        all.extend(known.map(|((code, names), side)| difference(code, names, side)));
        let read = |differences: Vec<ProviderDifference>, error: Option<&str>| {
            let error = error.map(str::to_owned);
            Read::from(ProviderRead { changes: Vec::new(), differences, error })
        };
        let all = [read(vec![], None), read(all, None), read(vec![], Some("<b>"))];
        let mut provider = samples::provider();
        provider.reading =
            Some(ProviderReading { read_at: None, failing_since: None, error: None });
        all.into_iter()
            .map(|read| {
                let frame = (samples::shell(Place::Applications), &samples::forms(), "o");
                let page = Self::new(frame, &samples::platform(), &provider, at(samples::THEN));
                Self { read: Some(read), ..page }
            })
            .collect()
    }
}

impl Page for Shown {
    const TEMPLATE: &'static str = "console/provider.html";
    const FORMS_LEAD_OUT: bool = true;

    fn sample() -> Self {
        let frame = (samples::shell(Place::Applications), &samples::forms(), "o");
        let page = Self::new(frame, &samples::platform(), &samples::provider(), at(samples::THEN));
        Self { saved: true, ..page }
    }

    fn help(&self) -> Vec<Help> {
        vec![]
    }
}

/// What is asked before one goes.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Sure {
    shell: Shell,
    name: String,
    form: Form,
    back: String,
}

impl Sure {
    fn new((shell, forms): (Shell, &Forms), summary: &ServiceProviderSummary) -> Self {
        let back = address(&summary.key);
        Self { shell, name: summary.name.clone(), form: forms.form(format!("{back}/delete")), back }
    }
}

impl Page for Sure {
    const TEMPLATE: &'static str = "console/provider-sure.html";
    const FORMS_LEAD_OUT: bool = true;

    fn sample() -> Self {
        let frame = (samples::shell(Place::Applications), &samples::forms());
        Self::new(frame, &samples::provider().summary)
    }

    fn help(&self) -> Vec<Help> {
        vec![]
    }
}

/// `GET /admin/service-providers/{provider}`
pub(crate) async fn show(Path(key): Path<String>, asked: Asked) -> Response {
    let work = async {
        let admin = asked.admin().await?;
        let (provider, _) = admin.api.provider(&key).await?;
        let (shell, once) = (admin.shell(Place::Applications), asked.once());
        let saved = asked.query().one("saved").is_ok_and(|it| it.is_some());
        let frame = (shell, &admin.forms, once.as_str());
        let page = Shown::new(frame, &admin.me, &provider, asked.now());
        Ok(asked.page(&Shown { saved, ..page }))
    };
    asked.shown(work).await
}

/// `POST /admin/service-providers/{provider}/refresh`
pub(crate) async fn refresh(
    Path(key): Path<String>,
    asked: Asked,
    form: Result<Posted, Refusal>,
) -> Response {
    let to = address(&key);
    asked
        .taken(form, &to, async |form| {
            let admin = asked.sender(form).await?;
            let once = form.one("once").ok().flatten().unwrap_or_default();
            let read = admin.api.refresh_provider(&key, once).await?;
            let (provider, _) = admin.api.provider(&key).await?;
            let (shell, once) = (admin.shell(Place::Applications), asked.once());
            let frame = (shell, &admin.forms, once.as_str());
            let page = Shown::new(frame, &admin.me, &provider, asked.now());
            Ok(asked.page(&Shown { read: Some(read.into()), ..page }))
        })
        .await
}

/// `GET /admin/service-providers/{provider}/delete`
pub(crate) async fn ask_delete(Path(key): Path<String>, asked: Asked) -> Response {
    let work = async {
        let admin = asked.admin().await?;
        refuse_others(&admin)?;
        let (provider, _) = admin.api.provider(&key).await?;
        let frame = (admin.shell(Place::Applications), &admin.forms);
        Ok(asked.page(&Sure::new(frame, &provider.summary)))
    };
    asked.shown(work).await
}

/// `POST /admin/service-providers/{provider}/delete`
pub(crate) async fn delete(
    Path(key): Path<String>,
    asked: Asked,
    form: Result<Posted, Refusal>,
) -> Response {
    let to = asked.address();
    asked
        .taken(form, &to, async |form| {
            let admin = asked.sender(form).await?;
            admin.api.remove_provider(&key).await?;
            Ok(Redirect::to(&format!("{BACK}?removed=yes")).into_response())
        })
        .await
}
