//! One setting: what it does, what it could be, and a change that is taken down to be tried.

use axum::extract::Path;
use axum::response::{IntoResponse as _, Redirect, Response};
use latchkey_api::organisations::KeyModel;
use latchkey_web::limits::{Form as Posted, Refusal};
use latchkey_web::{Form, Help, Page, Problem, Text};
use serde::Serialize;
use serde_json::Value;

use super::control::{self, Control, Typed};
use super::draft::Drafts;
use super::settings::{self, Kind as Values, Piece, label, pieces, slug};
use super::subject::{Current, PRESET, Put, Subject};
use super::{place, put, read, refused, samples};
use crate::client::Failure;
use crate::pages::message::Kind;
use crate::pages::shell::Shell;
use crate::visitor::{Admin, Asked, Forms, Stop, append};

/// The button that takes back what is said.
const RESET: &str = "reset";

/// The page.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct One {
    shell: Shell,
    /// Whose it is.
    of: String,
    of_group: bool,
    slug: String,
    name: String,
    label: Option<Text>,
    control: Control,
    form: Form,
    /// What the preset says.
    preset: Vec<Piece>,
    /// What is demanded from above.
    demanded: Vec<Piece>,
    /// Whether there is anything to take back.
    resets: bool,
    back: String,
    problem: Option<Problem>,
}

impl One {
    pub(super) fn new(
        shell: Shell,
        forms: &Forms,
        subject: &Subject,
        current: &Current,
        name: &str,
        shown: Shown<'_>,
    ) -> Self {
        let setting = current.policy.settings.iter().find(|setting| setting.name == name);
        let of_group = subject.group.is_some();
        let preset = setting.filter(|_| !of_group);
        let pieces = |value: &Value| pieces(name, Some(value), current.models());
        let back = subject.address("", &[]);
        Self {
            shell,
            of: current.name.clone(),
            of_group,
            slug: slug(name),
            name: name.to_owned(),
            label: label(name),
            control: Control::new(name, shown.typed, shown.used, current.models()),
            form: forms.form(subject.address(&format!("/set/{name}"), &[])),
            preset: preset
                .and_then(|setting| setting.preset.as_ref())
                .map(pieces)
                .unwrap_or_default(),
            demanded: setting
                .filter(|_| !of_group)
                .and_then(|setting| setting.demanded.as_ref())
                .map(pieces)
                .unwrap_or_default(),
            resets: shown.resets,
            back: format!("{back}#{}", slug(name)),
            problem: shown.problem,
        }
    }
}

/// What stands in the form.
pub(super) struct Shown<'s> {
    pub(super) typed: &'s Typed,
    pub(super) used: &'s [KeyModel],
    pub(super) resets: bool,
    pub(super) problem: Option<Problem>,
}

impl Page for One {
    const TEMPLATE: &'static str = "console/policy-setting.html";
    const FORMS_LEAD_OUT: bool = true;

    fn sample() -> Self {
        samples::one("session_limits")
    }

    fn problem(&self) -> Option<&Problem> {
        self.problem.as_ref()
    }

    fn help(&self) -> Vec<Help> {
        vec![]
    }
}

/// Whether there is such a setting to change.
fn is_there(subject: &Subject, current: &Current, name: &str) -> bool {
    (name == PRESET && subject.group.is_none()) || current.names().any(|known| known == name)
}

/// What would be said now, changes and all.
fn stated<'s>(
    subject: &Subject,
    current: &'s Current,
    drafts: &'s Drafts,
    name: &str,
) -> Option<&'s Value> {
    let change = drafts.find(subject).and_then(|draft| draft.changes.get(name));
    match change {
        Some(Value::Null) => None,
        Some(value) => Some(value),
        None => current.said.get(name),
    }
}

/// The models that can be chosen: none where they cannot be told.
async fn used(admin: &Admin, subject: &Subject, name: &str) -> Vec<KeyModel> {
    match settings::kind(name) {
        Values::Models => admin.api.key_models(&subject.organisation).await.unwrap_or_default(),
        _ => Vec::new(),
    }
}

async fn page(
    asked: &Asked,
    admin: &Admin,
    (subject, current): (&Subject, &Current),
    name: &str,
    typed: &Typed,
    problem: Option<Problem>,
) -> Response {
    let drafts = asked.drafts(admin);
    let resets = name != PRESET && stated(subject, current, &drafts, name).is_some();
    let used = used(admin, subject, name).await;
    let shown = Shown { typed, used: &used, resets, problem };
    let shell = admin.shell(place(subject));
    asked.page(&One::new(shell, &admin.forms, subject, current, name, shown))
}

/// `GET /admin/policy/set/{setting}`
pub(crate) async fn show(Path(name): Path<String>, asked: Asked) -> Response {
    let work = async {
        let admin = asked.admin().await?.with_places().await?;
        let (subject, current) = read(&asked, &admin).await?;
        if !is_there(&subject, &current, &name) {
            return Err(Kind::NoPage.into());
        }
        let drafts = asked.drafts(&admin);
        let typed = match asked.kept(&admin) {
            Some(kept) => Typed(kept.to_vec()),
            None => {
                let setting = current.policy.settings.iter().find(|it| it.name == name);
                let preset = setting.and_then(|setting| setting.preset.as_ref());
                let stated = stated(&subject, &current, &drafts, &name);
                Typed::from_value(&name, stated.or(preset))
            }
        };
        Ok(page(&asked, &admin, (&subject, &current), &name, &typed, None).await)
    };
    asked.shown(work).await
}

/// `POST /admin/policy/set/{setting}`
pub(crate) async fn submit(
    Path(name): Path<String>,
    asked: Asked,
    form: Result<Posted, Refusal>,
) -> Response {
    let to = asked.address();
    asked
        .taken(form, &to, async |form| {
            let admin = asked.sender(form).await?.with_places().await?;
            let (subject, current) = read(&asked, &admin).await?;
            if !is_there(&subject, &current, &name) {
                return Err(Kind::NoPage.into());
            }
            let typed = Typed::of(form);
            let value = match form.one(RESET).ok().flatten() {
                Some(_) if name != PRESET => Ok(None),
                _ => control::read(&name, &typed),
            };
            let taken = match value {
                Ok(value) => {
                    let changes = [(name.as_str(), value)];
                    take_down(&asked, &admin, (&subject, &current), changes).await?
                }
                Err(problem) => Err(problem),
            };
            match taken {
                Ok(response) => Ok(response),
                Err(problem) => {
                    let of = (&subject, &current);
                    Ok(page(&asked, &admin, of, &name, &typed, Some(problem)).await)
                }
            }
        })
        .await
}

/// Takes changes down, and goes to where they are tried; or tells why they cannot be.
pub(super) async fn take_down<'n>(
    asked: &Asked,
    admin: &Admin,
    (subject, current): (&Subject, &Current),
    changes: impl IntoIterator<Item = (&'n str, Option<Value>)>,
) -> Result<Result<Response, Problem>, Stop> {
    let mut drafts = asked.drafts(admin);
    let draft = drafts.begin(subject, &current.version, &current.said);
    for (name, value) in changes {
        draft.change(name, value, &current.said);
    }
    // The API knows better than this page what a setting can be.
    if let Put::Policy(put) = put(subject, current, draft) {
        match admin.api.preview_policy(&subject.organisation, &put).await {
            Ok(_) => {}
            Err(failure @ Failure::Refused(_)) => match refused(&failure) {
                Some(problem) => return Ok(Err(problem)),
                None => return Err(failure.into()),
            },
            Err(failure) => return Err(failure.into()),
        }
    }
    let Ok(line) = asked.keep_drafts(&drafts) else {
        return Ok(Err(Problem::new("console-policy-draft-full")));
    };
    let mut response = Redirect::to(&subject.address("", &[])).into_response();
    append(&mut response, Some(line));
    Ok(Ok(response))
}
