//! What a person logs in with, as the helpdesk sees it: the card of a call. Never a secret.

use std::collections::HashMap;
use std::sync::Arc;

use axum::http::HeaderMap;
use latchkey_api::credentials::{
    App as WireApp, Attempt, Credentials, Demanded, Key, KeyChange, LivePass, NextStep,
};
use latchkey_core::Timestamp;
use latchkey_core::audit::What;
use latchkey_core::codes::LinkKind;
use latchkey_core::credentials::{AssetTag, Credential, CredentialState, Nickname};
use latchkey_core::ids::{CredentialId, PersonId};
use latchkey_core::people::PersonState;
use latchkey_core::policy::{AssertionRefusal, Bootstrap, KeysDue, MethodKind, Policy};
use latchkey_store::PersonRecord;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::answer::{Json, Problems, Tagged, unchanged};
use super::caller::{Admin, CredentialsRead, CredentialsWrite};
use super::failure::Failure;
use super::input::{At, Sent};
use super::shape;
use crate::App;
use crate::actions::codes::has_way_in;
use crate::actions::credentials as actions;
use crate::authn::{Means, models};

/// How far back a key's last failure is looked for.
const LOOKED_AT: u64 = 100;

pub(super) fn router() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new().routes(routes!(show)).routes(routes!(show_key, update_key))
}

/// What a person logs in with, what policy demands, and the one thing to do next
#[utoipa::path(get, path = "/people/{id}/credentials", tag = "credentials",
    params(("id" = Uuid, Path)),
    security(("bearer" = ["credentials:read"]), ("bearer" = ["credentials:help"])),
    responses((status = 200, body = Credentials), Problems))]
async fn show(
    admin: Admin<CredentialsRead>,
    At(id): At<Uuid>,
) -> Result<Json<Credentials>, Failure> {
    let record = admin.find(PersonId(id)).await?;
    Ok(Json(card(&admin.app, &record).await?))
}

async fn card(app: &App, record: &PersonRecord) -> Result<Credentials, Failure> {
    let (view, now) = (app.store.view(), app.clock.now());
    let person = &record.person;
    let policy = app.policy_of(person).await?;
    let means = Means::of(&view, record).await?;
    let failures = failures(app, person.id).await?;
    let keys = means.keys.iter().map(|key| shown(app, &policy, key, &failures)).collect();
    let codes = &means.codes;
    let pass = codes.pass.as_ref().filter(|pass| pass.judge(now).is_ok());
    let invitation = view.find_last_link(person.id, LinkKind::Invitation).await?;
    let invited = invitation.filter(|link| link.used_at.is_none() && now < link.expires_at);
    let can_log_in = person.state == PersonState::Active
        && has_way_in(&policy, means.password, &means.keys, codes);
    Ok(Credentials {
        keys,
        app: codes.app.as_ref().map(|app| WireApp {
            suspended: shape::suspension(app.state),
            allowed: policy.allows(MethodKind::AuthenticatorApp),
            added_at: shape::time(app.added_at),
            last_used_at: app.last_used_at.map(shape::time),
        }),
        password: means.password,
        recovery_codes: (!codes.recovery.is_empty())
            .then(|| u32::try_from(codes.recovery.len()).unwrap_or(u32::MAX)),
        pass: pass.map(|pass| LivePass {
            issued_at: shape::time(pass.issued_at),
            expires_at: shape::time(pass.expires_at),
            tries_left: pass.tries_left,
        }),
        invited_until: invited.map(|link| shape::time(link.expires_at)),
        can_log_in,
        demanded: demanded(&policy, now),
        next_step: next_step(person.state, &means, pass.is_some(), can_log_in),
    })
}

/// What a policy asks, in what the helpdesk needs of it.
pub(super) fn demanded(policy: &Policy, now: Timestamp) -> Demanded {
    Demanded {
        required: required(policy),
        keys_required: policy.keys_due(now, &[]) == KeysDue::Demand,
        keys: policy.keys_required,
        keys_open: policy.keys_open(),
        bootstrap: match policy.bootstrap {
            Bootstrap::Invitation => "invitation".to_owned(),
            Bootstrap::Pass => "pass".to_owned(),
        },
    }
}

/// How strong every log-in is at least, as policies write it.
fn required(policy: &Policy) -> String {
    let written = serde_json::to_value(policy.required).ok();
    written.and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}

/// The one thing to do next.
fn next_step(state: PersonState, means: &Means, pass: bool, can_log_in: bool) -> NextStep {
    let app = means.codes.app.as_ref().map(|app| app.state);
    let rests = |state: CredentialState| state != CredentialState::Active;
    let any_rests = means.keys.iter().any(|key| rests(key.state)) || app.is_some_and(rests);
    match state {
        PersonState::Disabled => NextStep::Enable,
        _ if pass => NextStep::UsePass,
        PersonState::Invited => NextStep::Invite,
        PersonState::Active if can_log_in && any_rests => NextStep::UseOther,
        PersonState::Active if can_log_in => NextStep::Nothing,
        PersonState::Active if any_rests => NextStep::RestoreOrPass,
        PersonState::Active => NextStep::IssuePass,
    }
}

/// The last time that each key of a person was refused.
async fn failures(
    app: &App,
    person: PersonId,
) -> Result<HashMap<CredentialId, (Timestamp, &'static str)>, Failure> {
    let mut found = HashMap::new();
    for (at, what) in app.store.view().list_events_of(person, LOOKED_AT).await? {
        let refused = match what {
            What::KeyRefused { credential, .. } => (credential, "policy"),
            What::CounterAlert { credential, .. } => (credential, "counter"),
            What::BackupEligibilityChanged { credential } => (credential, "backup-eligibility"),
            _ => continue,
        };
        // The latest comes first.
        found.entry(refused.0).or_insert((at, refused.1));
    }
    Ok(found)
}

fn shown(
    app: &App,
    policy: &Policy,
    key: &Credential,
    failures: &HashMap<CredentialId, (Timestamp, &'static str)>,
) -> Key {
    let metadata = app.metadata.present();
    let (transports, synced) = (&key.transports, key.backup_eligible);
    let model = models::describe(metadata.as_deref(), &key.aaguid, transports, synced);
    let refused = match policy.judge_use(key) {
        Err(AssertionRefusal::Marked) => Some("marked"),
        Err(AssertionRefusal::Policy) => Some("policy"),
        Ok(()) | Err(_) => None,
    };
    Key {
        id: key.id.0,
        nickname: key.nickname.as_str().to_owned(),
        asset_tag: key.asset_tag.as_ref().map(|tag| tag.as_str().to_owned()),
        model: model.name,
        aaguid: (!key.aaguid.is_nil()).then_some(key.aaguid),
        synced,
        hardware: key.hardware,
        suspended: shape::suspension(key.state),
        refused_by_policy: refused.map(str::to_owned),
        added_at: shape::time(key.added_at),
        last_used_at: key.last_used_at.map(shape::time),
        last_failure: failures
            .get(&key.id)
            .map(|(at, why)| Attempt { at: shape::time(*at), refused: Some((*why).to_owned()) }),
    }
}

async fn key_of(app: &App, record: &PersonRecord, id: CredentialId) -> Result<Key, Failure> {
    let person = &record.person;
    let found = app.store.view().find_credential(person.id, id).await?.ok_or(Failure::NotFound)?;
    let policy = app.policy_of(person).await?;
    Ok(shown(app, &policy, &found, &failures(app, person.id).await?))
}

/// A key of a person
#[utoipa::path(get, path = "/people/{id}/credentials/{key}", tag = "credentials",
    params(("id" = Uuid, Path), ("key" = Uuid, Path)),
    security(("bearer" = ["credentials:read"]), ("bearer" = ["credentials:help"])),
    responses((status = 200, body = Key, headers(("ETag" = String))), Problems))]
async fn show_key(
    admin: Admin<CredentialsRead>,
    At((id, key)): At<(Uuid, Uuid)>,
) -> Result<Tagged<Key>, Failure> {
    let record = admin.find(PersonId(id)).await?;
    Ok(Tagged(key_of(&admin.app, &record, CredentialId(key)).await?))
}

/// Gives a key another name, or the number of the sticker on it
#[utoipa::path(patch, path = "/people/{id}/credentials/{key}", tag = "credentials",
    params(("id" = Uuid, Path), ("key" = Uuid, Path),
        ("If-Match" = String, Header, description = "The `ETag` of what is changed")),
    request_body = KeyChange,
    security(("bearer" = ["credentials:write"]), ("bearer" = ["credentials:help"])),
    responses((status = 200, body = Key, headers(("ETag" = String))), Problems))]
async fn update_key(
    admin: Admin<CredentialsWrite>,
    At((id, key)): At<(Uuid, Uuid)>,
    headers: HeaderMap,
    Sent(change): Sent<KeyChange>,
) -> Result<Tagged<Key>, Failure> {
    let (record, origin) = admin.touch(PersonId(id)).await?;
    let (app, key) = (&admin.app, CredentialId(key));
    unchanged(&headers, &key_of(app, &record, key).await?)?;
    // Both are read before either is kept.
    let tag = change.asset_tag.map(|typed| typed.as_deref().map(AssetTag::parse).transpose());
    let tag = tag.transpose();
    let tag = tag.map_err(|error| Failure::field("asset_tag", "malformed", error.to_string()))?;
    if let Some(typed) = &change.nickname {
        let nickname = Nickname::parse(typed)
            .map_err(|error| Failure::field("nickname", "malformed", error.to_string()))?;
        match actions::rename(app, &origin, &record.person, None, key, nickname).await? {
            Ok(()) => {}
            Err(actions::Rename::Gone) => return Err(Failure::NotFound),
            Err(actions::Rename::Taken) => {
                let message = "another key of theirs has that name";
                return Err(Failure::field("nickname", "taken", message));
            }
        }
    }
    if let Some(tag) = tag
        && !actions::tag(app, &origin, &record.person, key, tag).await?
    {
        return Err(Failure::NotFound);
    }
    Ok(Tagged(key_of(app, &record, key).await?))
}

#[cfg(test)]
mod tests {
    use latchkey_core::credentials::{Cause, Suspension};

    use super::*;
    use crate::authn::samples::key;

    fn means(keys: &[CredentialState]) -> Means {
        let keys = keys.iter().copied().map(key).collect();
        Means { password: true, keys, ..Means::default() }
    }

    #[test]
    fn the_helpdesk_is_told_one_thing_to_do_next() {
        let works = CredentialState::Active;
        let rests = CredentialState::Suspended(Suspension { cause: Cause::ReportedLost, at: None });
        for (state, keys, pass, can, expected) in [
            (PersonState::Disabled, &[works][..], true, false, NextStep::Enable),
            (PersonState::Invited, &[][..], false, false, NextStep::Invite),
            (PersonState::Invited, &[][..], true, false, NextStep::UsePass),
            (PersonState::Active, &[works][..], false, true, NextStep::Nothing),
            (PersonState::Active, &[works, rests][..], false, true, NextStep::UseOther),
            (PersonState::Active, &[rests][..], false, false, NextStep::RestoreOrPass),
            (PersonState::Active, &[][..], false, false, NextStep::IssuePass),
            (PersonState::Active, &[][..], true, false, NextStep::UsePass),
        ] {
            assert_eq!(next_step(state, &means(keys), pass, can), expected, "{state:?} {keys:?}");
        }
    }
}
