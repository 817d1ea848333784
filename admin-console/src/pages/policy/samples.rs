//! What the pages about policies, groups and models of keys are tried out with.

use latchkey_api::AdminScope;
use latchkey_api::organisations::{Group as ApiGroup, KeyModel, KeyModelNeeded};
use latchkey_api::people::{Enrolment, May, Me, PersonSummary};
use latchkey_api::policy::{
    Administrators, Cause, DemandedBy, Has, LockedOut, ModelName, Policy, Setting, Trial,
};
use latchkey_core::Timestamp;
use latchkey_web::Problem;
use serde_json::{Value, json};
use uuid::Uuid;

use super::control::Typed;
use super::draft::Drafts;
use super::group::{Facts as GroupFacts, Group, Joining};
use super::group_edit::{Named, Remove};
use super::groups::Groups;
use super::key_models::{KeyModels, Model};
use super::one::{One, Shown};
use super::settings::SECTIONS;
use super::subject::{Current, PRESET, Subject};
use super::trial::Outcome;
use super::who::Who;
use super::{Facts, Settings};
use crate::pages::samples::{forms, me_with_places, person, places};
use crate::pages::shell::{Place, Shell};

const TERN: Uuid = Uuid::from_u128(7);
const HOSTILE: &str = "Theatre <script>alert(1)</script>";

/// Somebody who may change all of it.
pub(crate) fn me() -> Me {
    let mut me = me_with_places();
    for scope in [AdminScope::OrganisationsRead, AdminScope::OrganisationsWrite] {
        me.may.push(May { scope, platform: false, organisations: places(), count: 2 });
    }
    me
}

fn shell(place: Place) -> Shell {
    Shell::new(&me(), place, &forms())
}

/// A value of a setting, other than another one.
fn value(name: &str, other: bool) -> Value {
    match name {
        "required" => {
            if other {
                json!("phishing-resistant")
            } else {
                json!("mfa")
            }
        }
        "methods" => {
            if other {
                json!(["key"])
            } else {
                json!(["key", "authenticator-app"])
            }
        }
        "bootstrap" => {
            if other {
                json!("pass")
            } else {
                json!("invitation")
            }
        }
        "rollout" => {
            if other {
                json!("required")
            } else {
                json!("pilot")
            }
        }
        "grace_until" | "rollout_required_from" => {
            if other {
                json!("2026-11-24")
            } else {
                json!("2026-12-14")
            }
        }
        "key_as_primary" | "synced_passkeys" | "models_at_login" => json!(other),
        "attestation" | "attestation_required" => {
            if other {
                json!("direct")
            } else {
                json!("none")
            }
        }
        "models_allowed" | "models_denied" => json!([TERN, Uuid::from_u128(8)]),
        "session_limits" => json!([
            { "networks": ["10.1.0.0/16", "::1"], "idle_minutes": 15 },
            { "weaker_than": "phishing-resistant", "absolute_minutes": 60 },
        ]),
        "four_eyes" => {
            if other {
                json!("administrator-resets")
            } else {
                json!("off")
            }
        }
        "colour_of_keys" => json!({ "red": "<script>alert(1)</script>" }),
        _ => {
            if other {
                json!(2)
            } else {
                json!(90)
            }
        }
    }
}

/// A policy that says everything, from everywhere.
pub(crate) fn policy(other: bool) -> Policy {
    let names = SECTIONS.iter().flat_map(|(_, settings)| settings.iter()).map(|it| it.name);
    let names = names.filter(|name| *name != PRESET).chain(["colour_of_keys"]);
    let setting = |(at, name): (usize, &str)| {
        let by = match at % 4 {
            0 => vec![],
            1 => vec![DemandedBy::Platform],
            2 => vec![DemandedBy::Above],
            _ => vec![DemandedBy::Platform, DemandedBy::Above],
        };
        let holds = value(name, other);
        let weaker = value(name, !other);
        Setting {
            name: name.to_owned(),
            preset: (at % 3 == 0).then(|| holds.clone()),
            own: (at % 3 > 0).then(|| weaker.clone()),
            demanded: (!by.is_empty())
                .then(|| if at % 5 > 2 { weaker.clone() } else { holds.clone() }),
            demanded_by: by,
            effective: (at % 7 != 6).then_some(holds),
            administrators: (at % 2 == 0).then_some(weaker),
        }
    };
    Policy {
        preset: "hospital".into(),
        settings: names.enumerate().map(setting).collect(),
        models: vec![
            ModelName { aaguid: TERN, name: Some("Tern <b>Key</b> 2 NFC".into()) },
            ModelName { aaguid: Uuid::from_u128(8), name: None },
        ],
    }
}

fn current() -> Current {
    let policy = policy(false);
    let own = policy.settings.iter().filter_map(|it| Some((it.name.clone(), it.own.clone()?)));
    let mut said: super::Said = own.collect();
    said.insert(PRESET.into(), "hospital".into());
    Current { name: "Northgate <Trust>".into(), said, version: "\"2\"".into(), policy }
}

pub(crate) fn trial(locked_out: u64) -> Trial {
    let cause = |(number, has): (u64, &Has)| Cause { has: *has, people: locked_out / 4 + number };
    Trial {
        judged: 4_820,
        already: 3,
        locked_out,
        would_enrol: 1_204,
        changed: vec!["rollout_required_from".into()],
        causes: (0..).zip(&Has::ALL).filter(|_| locked_out > 0).map(cause).collect(),
        administrators: Administrators { you_locked_out: false, others: 6, others_locked_out: 0 },
        people: Has::ALL
            .iter()
            .zip(["rollout_required_from", "required", "colour_of_keys", "preset"])
            .filter(|_| locked_out > 0)
            .map(|(has, because)| LockedOut {
                person: person().summary,
                has: *has,
                because: because.into(),
            })
            .collect(),
    }
}

fn drafts(subject: &Subject, current: &Current) -> Drafts {
    let mut drafts = Drafts::new("sam");
    let mut earlier = current.said.clone();
    earlier.insert("keys_nudged".into(), 7.into());
    let draft = drafts.begin(subject, "\"1\"", &earlier);
    draft.change("rollout", Some("required".into()), &current.said);
    draft.change("grace_until", None, &current.said);
    draft.change(PRESET, Some("small".into()), &current.said);
    drafts
}

/// A page with changes and what they come to.
fn changed(outcome: Outcome, problem: Option<&str>) -> Settings {
    let (subject, current) = (Subject::policy("northgate"), current());
    let (drafts, would_be) = (drafts(&subject, &current), policy(true));
    let facts = Facts {
        subject: &subject,
        current: &current,
        would_be: Some(&would_be),
        draft: drafts.find(&subject),
        outcome: Some(outcome),
        problem: problem.map(Problem::new),
    };
    let now = Timestamp::from_millis(1);
    Settings::new(shell(Place::Policy), &me(), &forms(), now, facts)
}

/// Changes that lock people out, and somebody else who changed something meanwhile.
pub(super) fn settings() -> Settings {
    changed(
        Outcome::known(&Subject::policy("northgate"), &trial(1_381)),
        Some("console-policy-stale"),
    )
}

/// The other states of that page.
pub(crate) fn states() -> Vec<(&'static str, Settings)> {
    let (subject, url) = (Subject::policy("northgate"), "/admin/policy?wait=yes".to_owned());
    let mut own_lost = trial(7);
    own_lost.administrators =
        Administrators { you_locked_out: true, others: 0, others_locked_out: 2 };
    let mut others_lost = trial(7);
    others_lost.administrators.others_locked_out = 1;
    let mut alone = trial(0);
    alone.administrators.others = 0;
    let (current, group) = (current(), Subject::group("northgate", "theatre"));
    let mut saved = Drafts::new("sam");
    saved.saved(&subject, Timestamp::from_millis(1));
    let plain = |subject: &Subject, drafts: &Drafts, me: &Me| {
        let draft = drafts.find(subject);
        let facts = Facts {
            subject,
            current: &current,
            would_be: None,
            draft,
            outcome: None,
            problem: None,
        };
        let shell = Shell::new(me, super::place(subject), &forms());
        Settings::new(shell, me, &forms(), Timestamp::from_millis(0), facts)
    };
    vec![
        ("nobody locked out", changed(Outcome::known(&subject, &alone), None)),
        ("administrators locked out", changed(Outcome::known(&subject, &own_lost), None)),
        ("an administrator locked out", changed(Outcome::known(&subject, &others_lost), None)),
        ("under way", changed(Outcome::Waiting { url: url.clone() }, None)),
        ("no outcome", changed(Outcome::Failed { url }, Some("console-policy-more-locked-out"))),
        ("no change", plain(&subject, &Drafts::new("sam"), &me())),
        ("saved", plain(&subject, &saved, &me())),
        ("only looked at", plain(&subject, &saved, &me_with_places())),
        ("of a group", plain(&group, &drafts(&group, &current), &me())),
    ]
}

/// A setting as it is changed.
pub(super) fn one(name: &str) -> One {
    one_with(name, Some(Problem::at("value", "console-policy-choose")))
}

fn one_with(name: &str, problem: Option<Problem>) -> One {
    let (subject, current) = (Subject::policy("northgate"), current());
    let value = current.said.get(name).cloned().unwrap_or_else(|| value(name, true));
    let typed = Typed::from_value(name, Some(&value));
    let used = [model_in_use()];
    let shown = Shown { typed: &typed, used: &used, resets: true, problem };
    One::new(shell(Place::Policy), &forms(), &subject, &current, name, shown)
}

/// Problems with settings of every kind.
pub(crate) fn wrong() -> Vec<(&'static str, One)> {
    let text = |key: &str| latchkey_web::Text::new(key);
    [
        ("required", Problem::at("value", "console-policy-choose")),
        ("methods", Problem::at("value", "console-policy-choose-some")),
        ("keys_required", Problem::at("value", "console-policy-number")),
        ("second_key_days", Problem::at("value", "console-policy-number")),
        ("session_idle_minutes", Problem::at("value", "console-policy-some-minutes")),
        ("grace_until", Problem::at("value", "console-policy-date")),
        ("models_denied", Problem::at("more", text("console-policy-models-wrong").with("id", "x"))),
        (
            "session_limits",
            Problem::at("networks-0", text("console-policy-network-wrong").with("network", "x")),
        ),
        ("session_limits", Problem::at("absolute-0", "console-policy-limit-empty")),
        ("colour_of_keys", Problem::at("value", "console-policy-raw-wrong")),
        ("rollout", Problem::new("console-policy-refused")),
        ("rollout", Problem::new("console-policy-draft-full")),
    ]
    .map(|(name, problem)| (name, one_with(name, Some(problem))))
    .into()
}

pub(super) fn who() -> Who {
    let (subject, current) = (Subject::policy("northgate"), current());
    Who::new(shell(Place::Policy), &subject, &current, &trial(1_381), Some(Has::App))
}

/// The list when it is whole.
pub(crate) fn who_all() -> Who {
    let (subject, current) = (Subject::policy("northgate"), current());
    let shell = shell(Place::Policy);
    Who::new(shell, &subject, &current, &Trial { locked_out: 4, ..trial(4) }, None)
}

fn model_in_use() -> KeyModel {
    KeyModel {
        aaguid: Some(TERN),
        model: "Tern <b>Key</b> 2 NFC".into(),
        keys: 1_204,
        hardware: 1_100,
        marked: false,
        allowed: true,
    }
}

pub(super) fn key_models() -> KeyModels {
    let marked = KeyModel { marked: true, allowed: false, keys: 3, ..model_in_use() };
    let denied = KeyModel { allowed: false, ..model_in_use() };
    let untold = KeyModel { aaguid: None, model: "Not told".into(), ..model_in_use() };
    let models = [model_in_use(), marked, denied, untold];
    KeyModels::new(shell(Place::KeyModels), &me(), "northgate", Some(&models))
}

/// No keys yet, and keys that are being counted.
pub(crate) fn other_key_models() -> [(&'static str, KeyModels); 2] {
    let of =
        |models| KeyModels::new(shell(Place::KeyModels), &me_with_places(), "northgate", models);
    [("none", of(Some(&[]))), ("under way", of(None))]
}

pub(super) fn model() -> Model {
    models().swap_remove(0).1
}

/// The states of a model's page.
pub(crate) fn models() -> Vec<(&'static str, Model)> {
    let of = |would_lock_out, people: Vec<PersonSummary>| {
        let found = KeyModelNeeded { model: model_in_use(), holders: 980, would_lock_out, people };
        let shell = shell(Place::KeyModels);
        Model::new(shell, &me(), &forms(), ("northgate", TERN), Some(&found))
    };
    let waiting = Model::new(shell(Place::KeyModels), &me(), &forms(), ("northgate", TERN), None);
    vec![
        ("", of(700, vec![person().summary])),
        ("nobody needs it", of(0, vec![])),
        ("under way", waiting),
        (
            "too many changes",
            of(1, vec![person().summary]).wrong(Problem::new("console-policy-draft-full")),
        ),
    ]
}

pub(crate) fn api_group() -> ApiGroup {
    let demanded =
        [("keys_required".to_owned(), json!(2)), ("colour_of_keys".to_owned(), json!(1))];
    ApiGroup {
        id: "theatre".into(),
        name: HOSTILE.into(),
        organisation: me().roles.swap_remove(0).organisation,
        members: 1_204,
        demanded: demanded.into_iter().collect(),
    }
}

pub(super) fn groups() -> Groups {
    let empty = ApiGroup { members: 0, demanded: super::Said::new(), ..api_group() };
    let shell = shell(Place::Groups);
    Groups::new(shell, &me(), "northgate", &[api_group(), empty], (Some("a"), Some("z")))
}

/// No group yet.
pub(crate) fn no_groups() -> Groups {
    Groups::new(shell(Place::Groups), &me(), "northgate", &[], (None, None))
}

pub(super) fn group() -> Group {
    let people = [person().summary];
    let classes = [(Enrolment::TwoKeys, 1_100), (Enrolment::OneKey, 100), (Enrolment::Nothing, 4)];
    let facts = GroupFacts {
        models: &[],
        classes: &classes,
        members: &people,
        after: Some("a"),
        next: Some("b&c"),
        search: HOSTILE,
        found: Some(&people),
    };
    Group::new(shell(Place::Groups), &me(), &forms(), &api_group(), &facts)
}

/// A group of nobody that demands nothing, of somebody who only looks.
pub(crate) fn group_states() -> Vec<(&'static str, Group)> {
    let empty = ApiGroup { members: 0, demanded: super::Said::new(), ..api_group() };
    let facts = |found| GroupFacts {
        models: &[],
        classes: &[],
        members: &[],
        after: None,
        next: None,
        search: "amy",
        found,
    };
    let of = |me: &Me, found| {
        let shell = Shell::new(me, Place::Groups, &forms());
        Group::new(shell, me, &forms(), &empty, &facts(found))
    };
    let mut looks = me_with_places();
    looks.may.retain(|may| may.scope != AdminScope::PeopleWrite);
    vec![("nobody found", of(&me(), Some(&[]))), ("only looked at", of(&looks, None))]
}

/// Somebody who would be locked out, or nobody.
pub(super) fn joining(locked_out: u64) -> Joining {
    let (shell, summary) = (shell(Place::Groups), person().summary);
    Joining::new(shell, &forms(), &api_group(), &summary, &trial(locked_out))
}

pub(super) fn named() -> Named {
    let form = forms().form("/admin/groups/new");
    Named::new(shell(Place::Groups), form, "/admin/groups".into(), None, (HOSTILE, "x"))
        .wrong(Problem::at("id", "console-group-taken"))
}

/// The states of the page that names a group.
pub(crate) fn namings() -> Vec<(&'static str, Named)> {
    let of = |was, problem| {
        let form = forms().form("/admin/groups/new");
        let page =
            Named::new(shell(Place::Groups), form, "/admin/groups".into(), was, (HOSTILE, "x"));
        page.wrong(problem)
    };
    vec![
        ("another name", of(Some(HOSTILE), Problem::new("console-group-stale"))),
        ("a wrong name", of(None, Problem::at("name", "console-group-name-wrong"))),
        ("a wrong short name", of(None, Problem::at("id", "console-group-id-wrong"))),
    ]
}

pub(super) fn remove() -> Remove {
    Remove::new(shell(Place::Groups), &forms(), &api_group())
}
