//! What an organisation asks of its people, and what a group demands of its members on top: every
//! setting with where its value comes from, changes that are gathered, and who could not log in with
//! them before they are saved.

mod control;
pub(crate) mod draft;
pub(crate) mod group;
pub(crate) mod group_edit;
pub(crate) mod groups;
pub(crate) mod key_models;
pub(crate) mod one;
pub(crate) mod samples;
mod save;
pub(crate) mod settings;
pub(crate) mod subject;
pub(crate) mod trial;
pub(crate) mod who;

use std::sync::Arc;

use axum::Router;
use axum::response::Response;
use axum::routing::{get, post};
use latchkey_api::AdminScope;
use latchkey_api::people::Me;
use latchkey_api::policy::{DemandedBy, Policy, Setting};
use latchkey_core::Timestamp;
use latchkey_web::{Form, Frame, Help, Page, Problem, Text, Theme};
use serde::Serialize;
use serde_json::{Map, Value};

use super::choice::{self, Choice};
use super::message::Kind;
use super::shell::{Place, Shell, may_in};
use super::{Rendered, page};
use crate::Console;
use crate::client::Failure;
use crate::visitor::{Admin, Asked, Forms, Stop};

use draft::Draft;
use settings::{OTHER, Piece, SECTIONS, label, pieces, slug};
use subject::{Current, PRESET, Put, Subject, organisations};
use trial::Outcome;

/// The address.
pub(crate) const ADDRESS: &str = "/admin/policy";

/// Every page about policies, groups and models of keys.
pub(super) fn router() -> Router<Arc<Console>> {
    Router::new()
        .route(ADDRESS, get(show))
        .route("/admin/policy/set/{setting}", get(one::show).post(one::submit))
        .route("/admin/policy/save", post(save::save))
        .route("/admin/policy/discard", post(save::discard))
        .route("/admin/policy/who", get(who::show))
        .route("/admin/policy/who.csv", get(who::table))
        .route(key_models::ADDRESS, get(key_models::show))
        .route("/admin/key-models/{model}", get(key_models::one).post(key_models::deny))
        .route(groups::ADDRESS, get(groups::show))
        .route("/admin/groups/new", get(group_edit::add).post(group_edit::submit_new))
        .route("/admin/groups/{organisation}/{group}", get(group::show))
        .route("/admin/groups/{organisation}/{group}/members", post(group::set_member))
        .route("/admin/groups/{organisation}/{group}/join", get(group::ask_join))
        .route(
            "/admin/groups/{organisation}/{group}/rename",
            get(group_edit::rename).post(group_edit::submit_name),
        )
        .route(
            "/admin/groups/{organisation}/{group}/remove",
            get(group_edit::confirm).post(group_edit::remove),
        )
}

/// The page.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Settings {
    shell: Shell,
    /// Of an organisation, or of a group.
    name: String,
    of_group: bool,
    /// Back to the group.
    back: Option<String>,
    /// The other organisations whose policy could be looked at.
    organisations: Vec<Choice>,
    sections: Vec<Section>,
    /// The settings with a change that is not saved.
    changed: Vec<Changed>,
    saved: Option<Timestamp>,
    /// What somebody else saved meanwhile.
    meanwhile: Vec<Meanwhile>,
    /// Who could not log in with the changes.
    outcome: Option<Outcome>,
    may_write: bool,
    save: Form,
    discard: Form,
    /// Whether saving asks for another log-in first.
    asks_for_key: bool,
    problem: Option<Problem>,
}

/// Settings that belong together.
#[derive(Clone, Debug, Serialize)]
struct Section {
    slug: &'static str,
    rows: Vec<Row>,
}

/// A setting.
#[derive(Clone, Debug, Serialize)]
struct Row {
    slug: String,
    /// As documents call it, where there are no words for it.
    name: String,
    label: Option<Text>,
    value: Vec<Piece>,
    /// Where the value comes from.
    source: Option<Text>,
    /// Who demands it, and what, where something stricter holds.
    locked: Option<Text>,
    demanded: Vec<Piece>,
    /// What is said and does not hold.
    own: Vec<Piece>,
    administrators: Vec<Piece>,
    is_changed: bool,
    was: Vec<Piece>,
    url: Option<String>,
}

/// A setting with a change.
#[derive(Clone, Debug, Serialize)]
struct Changed {
    slug: String,
    name: String,
    label: Option<Text>,
}

/// What somebody else set meanwhile.
#[derive(Clone, Debug, Serialize)]
struct Meanwhile {
    name: String,
    label: Option<Text>,
    value: Vec<Piece>,
}

/// The organisations to choose from.
fn choices(me: &Me, chosen: &str) -> Vec<Choice> {
    choice::choices(&organisations(me, AdminScope::OrganisationsRead), chosen)
}

/// All that the page is made of.
struct Facts<'f> {
    subject: &'f Subject,
    current: &'f Current,
    /// The policy with the changes.
    would_be: Option<&'f Policy>,
    draft: Option<&'f Draft>,
    outcome: Option<Outcome>,
    problem: Option<Problem>,
}

impl Settings {
    fn new(shell: Shell, me: &Me, forms: &Forms, now: Timestamp, facts: Facts<'_>) -> Self {
        let Facts { subject, current, draft, .. } = facts;
        let may_write = may_in(me, AdminScope::OrganisationsWrite, &subject.organisation);
        let shown = facts.would_be.unwrap_or(&current.policy);
        let rows = Rows { subject, current, shown, draft, may_write };
        let meanwhile = draft.map(|it| it.changed_meanwhile(&current.version, &current.said));
        let agreed = facts.outcome.as_ref().and_then(Outcome::locked_out);
        let save = forms
            .form(subject.address("/save", &[]))
            .with("version", &current.version)
            .with("agreed", agreed.unwrap_or_default().to_string());
        Self {
            shell,
            name: current.name.clone(),
            of_group: subject.group.is_some(),
            back: subject.group.as_ref().map(|group| group::address(&subject.organisation, group)),
            organisations: match subject.group {
                None => choices(me, &subject.organisation),
                Some(_) => Vec::new(),
            },
            sections: rows.sections(),
            changed: draft
                .into_iter()
                .flat_map(|draft| draft.changes.keys())
                .map(|name| Changed { slug: slug(name), label: label(name), name: name.clone() })
                .collect(),
            saved: draft.and_then(|draft| draft.saved),
            meanwhile: meanwhile
                .unwrap_or_default()
                .into_iter()
                .map(|name| Meanwhile {
                    label: label(&name),
                    value: pieces(&name, current.said.get(&name), current.models()),
                    name,
                })
                .collect(),
            outcome: facts.outcome,
            may_write,
            save,
            discard: forms.form(subject.address("/discard", &[])),
            asks_for_key: me.fresh_until.is_some_and(|until| super::at(until) <= now),
            problem: facts.problem,
        }
    }
}

impl Page for Settings {
    const TEMPLATE: &'static str = "console/policy.html";
    const FORMS_LEAD_OUT: bool = true;

    fn sample() -> Self {
        samples::settings()
    }

    fn problem(&self) -> Option<&Problem> {
        self.problem.as_ref()
    }

    fn help(&self) -> Vec<Help> {
        vec![]
    }
}

/// What rows are made of.
struct Rows<'r> {
    subject: &'r Subject,
    current: &'r Current,
    shown: &'r Policy,
    draft: Option<&'r Draft>,
    may_write: bool,
}

impl Rows<'_> {
    fn sections(&self) -> Vec<Section> {
        let of_group = self.subject.group.is_some();
        let there = |name: &str| {
            (name == PRESET && !of_group) || self.current.names().any(|known| known == name)
        };
        let mut sections: Vec<Section> = SECTIONS
            .iter()
            .map(|(slug, known)| Section {
                slug,
                rows: known
                    .iter()
                    .filter(|known| there(known.name))
                    .map(|known| self.row(known.name))
                    .collect(),
            })
            .collect();
        let unknown = self.current.names().filter(|name| settings::find(name).is_none());
        sections.push(Section { slug: OTHER, rows: unknown.map(|name| self.row(name)).collect() });
        sections.retain(|section| !section.rows.is_empty());
        sections
    }

    fn row(&self, name: &str) -> Row {
        let pieces = |value| pieces(name, value, &self.shown.models);
        let change = self.draft.and_then(|draft| draft.changes.get(name));
        let said = self.current.said.get(name);
        let own = match change {
            Some(Value::Null) => None,
            Some(value) => Some(value),
            None => said,
        };
        let find = |policy: &'_ Policy| policy.settings.iter().position(|it| it.name == name);
        let setting = find(self.shown).map(|at| &self.shown.settings[at]);
        let before = find(&self.current.policy).map(|at| &self.current.policy.settings[at]);
        let of_group = self.subject.group.is_some();
        let mut row = Row {
            slug: slug(name),
            name: name.to_owned(),
            label: label(name),
            value: Vec::new(),
            source: None,
            locked: None,
            demanded: Vec::new(),
            own: Vec::new(),
            administrators: Vec::new(),
            is_changed: change.is_some(),
            was: Vec::new(),
            url: self.may_write.then(|| self.subject.address(&format!("/set/{name}"), &[])),
        };
        match setting.filter(|_| !of_group) {
            // What a group does not demand is as the organisation has it.
            None if of_group && own.is_none() => {
                row.value = vec![Piece::Text { text: "console-policy-nothing-on-top".into() }];
            }
            None => row.value = pieces(own),
            Some(setting) => self.resolved(&mut row, setting, own),
        }
        if change.is_some() {
            let was = before.filter(|_| !of_group).and_then(|setting| setting.effective.as_ref());
            row.was = match was.or(said) {
                None if of_group => {
                    vec![Piece::Text { text: "console-policy-nothing-on-top".into() }]
                }
                was => pieces(was),
            };
        }
        row
    }

    /// A setting of an organisation, with what is demanded of it.
    fn resolved(&self, row: &mut Row, setting: &Setting, own: Option<&Value>) {
        let pieces = |value| pieces(&setting.name, value, &self.shown.models);
        let holds = setting.effective.as_ref();
        row.value = pieces(holds);
        if let Some(others) = &setting.administrators {
            row.administrators = pieces(Some(others));
        }
        let stated = own.or(setting.preset.as_ref());
        let Some(demanded) = &setting.demanded else {
            row.source = own.is_some().then(|| "console-policy-own".into());
            return;
        };
        let by = match setting.demanded_by.as_slice() {
            [DemandedBy::Above] => "above",
            [DemandedBy::Platform] => "platform",
            _ => "both",
        };
        if holds == Some(demanded) {
            row.locked = Some(Text::new(format!("console-policy-locked-{by}")));
        } else {
            row.locked = Some(Text::new(format!("console-policy-demanded-{by}")));
            row.demanded = pieces(Some(demanded));
        }
        if own.is_some() && stated != holds {
            row.own = pieces(own);
        }
    }
}

/// The preset and the settings that would be said.
fn put(subject: &Subject, current: &Current, draft: &Draft) -> Put {
    let preset = draft.changes.get(PRESET).or(current.said.get(PRESET));
    subject.put(current, draft.own(&current.said), preset.unwrap_or(&Value::Null))
}

/// The subject of a request, as it is there now.
async fn read(asked: &Asked, admin: &Admin) -> Result<(Subject, Current), Stop> {
    let subject = Subject::of(&asked.query(), &admin.me).ok_or(Kind::NotFound)?;
    let current = subject.read(&admin.api, &admin.me).await?;
    Ok((subject, current))
}

/// Where in the menu a subject is.
fn place(subject: &Subject) -> Place {
    if subject.group.is_some() { Place::Groups } else { Place::Policy }
}

/// What the API says about changes that cannot be, in words.
fn refused(failure: &Failure) -> Option<Problem> {
    let Failure::Refused(problem) = failure else { return None };
    (!problem.errors.is_empty()).then(|| Problem::new("console-policy-refused"))
}

/// `GET /admin/policy`
pub(crate) async fn show(asked: Asked) -> Response {
    let work = async {
        let admin = asked.admin().await?.with_places().await?;
        let query = asked.query();
        let (subject, current) = read(&asked, &admin).await?;
        let drafts = asked.drafts(&admin);
        let draft = drafts.find(&subject);
        let changed = draft.filter(|draft| !draft.changes.is_empty());
        let mut problem = match query.one("told").ok().flatten() {
            Some("stale") => Some(Problem::new("console-policy-stale")),
            Some("locks-out") => Some(Problem::new("console-policy-more-locked-out")),
            _ => None,
        };
        let (mut would_be, mut outcome, mut refresh) = (None, None, None);
        if let Some(draft) = changed {
            let put = put(&subject, &current, draft);
            let preview = match &put {
                Put::Policy(put) => {
                    Some(admin.api.preview_policy(&subject.organisation, put).await)
                }
                Put::Group(_) => None,
            };
            match preview.transpose() {
                Ok(policy) => {
                    would_be = policy;
                    let tried = trial::of(&asked, &admin, &subject, &put).await;
                    match tried {
                        Ok((found, again)) => (outcome, refresh) = (Some(found), again),
                        Err(failure) => problem = Some(refused(&failure).ok_or(failure)?),
                    }
                }
                Err(failure) => problem = Some(refused(&failure).ok_or(failure)?),
            }
        }
        let facts = Facts {
            subject: &subject,
            current: &current,
            would_be: would_be.as_ref(),
            draft,
            outcome,
            problem,
        };
        let shell = admin.shell(place(&subject));
        let page = Settings::new(shell, &admin.me, &admin.forms, asked.now(), facts);
        Ok(trial::refreshing(asked.page(&page), refresh))
    };
    asked.shown(work).await
}

/// Renders the samples of these pages.
pub(super) fn rendered(theme: &Theme, frame: &Frame) -> Vec<Rendered> {
    let mut all = vec![
        page(theme, frame, "", &Settings::sample()),
        page(theme, frame, "", &one::One::sample()),
        page(theme, frame, "", &who::Who::sample()),
        page(theme, frame, "all of them", &samples::who_all()),
        page(theme, frame, "", &key_models::KeyModels::sample()),
        page(theme, frame, "", &groups::Groups::sample()),
        page(theme, frame, "none", &samples::no_groups()),
        page(theme, frame, "", &group::Group::sample()),
        page(theme, frame, "", &group::Joining::sample()),
        page(theme, frame, "nothing in the way", &samples::joining(0)),
        page(theme, frame, "", &group_edit::Named::sample()),
        page(theme, frame, "", &group_edit::Remove::sample()),
    ];
    let models = samples::other_key_models();
    all.extend(models.iter().map(|(state, it)| page(theme, frame, state, it)));
    let states = samples::states();
    all.extend(states.iter().map(|(state, it)| page(theme, frame, state, it)));
    let wrong = samples::wrong();
    all.extend(wrong.iter().map(|(name, it)| page(theme, frame, &format!("wrong {name}"), it)));
    all.extend(samples::models().iter().map(|(state, it)| page(theme, frame, state, it)));
    all.extend(samples::group_states().iter().map(|(state, it)| page(theme, frame, state, it)));
    all.extend(samples::namings().iter().map(|(state, it)| page(theme, frame, state, it)));
    all
}

/// Members of an object by their names.
type Said = Map<String, Value>;
