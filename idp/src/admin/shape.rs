//! Domain types as the API shows them.

use latchkey_api::organisations::OrganisationRef;
use latchkey_api::people as wire;
use latchkey_api::{credentials, help};
use latchkey_core::Timestamp;
use latchkey_core::audit::CallerCheck;
use latchkey_core::credentials::{Cause, CredentialState, Suspension};
use latchkey_core::ids::OrganisationId;
use latchkey_core::people::{Person, PersonState};
use latchkey_core::roles::{Role, RoleGrant};

use super::failure::Failure;
use crate::App;

/// A time.
pub(super) fn time(at: Timestamp) -> jiff::Timestamp {
    jiff::Timestamp::from_millisecond(at.millis()).unwrap_or(jiff::Timestamp::MAX)
}

/// An organisation, named.
pub(super) async fn organisation(
    app: &App,
    id: OrganisationId,
) -> Result<OrganisationRef, Failure> {
    let found = app.organisation(id).await?;
    Ok(OrganisationRef { id: found.slug.clone(), name: found.name.clone() })
}

pub(super) fn state(state: PersonState) -> wire::PersonState {
    match state {
        PersonState::Invited => wire::PersonState::Invited,
        PersonState::Active => wire::PersonState::Active,
        PersonState::Disabled => wire::PersonState::Disabled,
    }
}

pub(super) fn role(role: Role) -> wire::Role {
    match role {
        Role::Helpdesk => wire::Role::Helpdesk,
        Role::LocalAdministrator => wire::Role::LocalAdministrator,
        Role::Auditor => wire::Role::Auditor,
        Role::PlatformAdministrator => wire::Role::PlatformAdministrator,
    }
}

pub(super) async fn grant(app: &App, held: &RoleGrant) -> Result<wire::RoleGrant, Failure> {
    let organisation = organisation(app, held.organisation).await?;
    Ok(wire::RoleGrant { role: role(held.role), organisation })
}

pub(super) async fn summary(app: &App, person: &Person) -> Result<wire::PersonSummary, Failure> {
    Ok(wire::PersonSummary {
        id: person.id.0,
        username: person.username.as_str().to_owned(),
        name: person.name.clone(),
        email: person.email.clone(),
        staff_number: person.staff_number.clone(),
        organisation: organisation(app, person.organisation).await?,
        state: state(person.state),
        enrolment: None,
        found_by: None,
    })
}

pub(super) fn suspension(state: CredentialState) -> Option<credentials::Suspension> {
    let Suspension { cause, at } = state.suspension()?;
    let cause = match cause {
        Cause::ReportedLost => credentials::Cause::ReportedLost,
        Cause::Copied => credentials::Cause::Copied,
        Cause::NotMe => credentials::Cause::NotMe,
        Cause::Administrator => credentials::Cause::Administrator,
        Cause::Closed => credentials::Cause::Closed,
    };
    Some(credentials::Suspension { cause, at: at.map(time) })
}

pub(super) fn check(check: help::CallerCheck) -> CallerCheck {
    match check {
        help::CallerCheck::CalledBack => CallerCheck::CalledBack,
        help::CallerCheck::InPerson => CallerCheck::InPerson,
        help::CallerCheck::BadgeOnVideo => CallerCheck::BadgeOnVideo,
        help::CallerCheck::ManagerVouched => CallerCheck::ManagerVouched,
    }
}

pub(super) fn shown_check(check: CallerCheck) -> help::CallerCheck {
    match check {
        CallerCheck::CalledBack => help::CallerCheck::CalledBack,
        CallerCheck::InPerson => help::CallerCheck::InPerson,
        CallerCheck::BadgeOnVideo => help::CallerCheck::BadgeOnVideo,
        CallerCheck::ManagerVouched => help::CallerCheck::ManagerVouched,
    }
}

/// An address as it is shown to whoever only has to know that there is one.
pub(super) fn masked(email: &str) -> String {
    let (user, host) = email.rsplit_once('@').unwrap_or((email, ""));
    let first = user.chars().next().map(String::from).unwrap_or_default();
    format!("{first}…@{host}")
}
