//! People, their roles and their sessions.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::AdminScope;
use crate::organisations::{Branded, OrganisationRef};

/// Whether a person may log in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PersonState {
    /// Known, and has not accepted the invitation.
    Invited,
    /// May log in.
    Active,
    /// Has left: may not log in, can be enabled again.
    Disabled,
}

/// How far somebody is with setting up what they log in with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Enrolment {
    /// Two working keys or more.
    TwoKeys,
    /// One working key.
    OneKey,
    /// An authenticator app and no key.
    AppOnly,
    /// Nothing, and the organisation still lets them in until a date.
    InGrace,
    /// Nothing.
    Nothing,
}

/// Why somebody needs help before others do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Need {
    /// They have nothing, and no e-mail address that an invitation could go to.
    Unreached,
    /// They have nothing, and their organisation lets them in for 7 days more at most.
    GraceEnds,
    /// They have one key that stays on its device, and nothing beside it.
    OneKeyAlone,
}

/// A role.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Helps with credentials, and nothing else.
    Helpdesk,
    /// Looks after the people of an organisation.
    LocalAdministrator,
    /// Reads.
    Auditor,
    /// Organisations, relying applications, policy floor, keys, audit.
    PlatformAdministrator,
}

impl Role {
    /// What it lets somebody do. The one table of it.
    #[must_use]
    pub fn scopes(self) -> &'static [AdminScope] {
        use AdminScope as S;
        match self {
            Self::Helpdesk => &[S::CredentialsHelp],
            Self::LocalAdministrator => &[
                S::PeopleRead,
                S::PeopleWrite,
                S::CredentialsRead,
                S::CredentialsWrite,
                S::CredentialsHelp,
                S::SessionsRead,
                S::SessionsWrite,
                S::OrganisationsRead,
                S::OrganisationsWrite,
                S::RolesRead,
                S::ApprovalsWrite,
                S::AuditRead,
            ],
            Self::Auditor => &[
                S::PeopleRead,
                S::CredentialsRead,
                S::SessionsRead,
                S::OrganisationsRead,
                S::ApplicationsRead,
                S::RolesRead,
                S::AuditRead,
            ],
            Self::PlatformAdministrator => &AdminScope::ALL,
        }
    }
}

/// A role that somebody holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RoleGrant {
    /// Which.
    pub role: Role,
    /// Where it starts; it holds below too, and for the platform's administrators everywhere.
    pub organisation: OrganisationRef,
}

/// Somebody with a role.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RoleHolder {
    /// Who.
    pub person: PersonSummary,
    /// Which role, and where.
    #[serde(flatten)]
    pub grant: RoleGrant,
}

/// Whose roles a list shows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct RolesQuery {
    /// Roles that start in this organisation or one below it, by its name in documents.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organisation: Option<String>,
    /// From where the part before ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
    /// How many at most: 1 to 200, 50 when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u16>,
}

/// Where a role starts that is given or ended.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct RoleQuery {
    /// In this organisation, by its name in documents.
    pub organisation: String,
}

/// A person as lists show them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PersonSummary {
    /// Their key.
    pub id: Uuid,
    /// What they type to log in.
    pub username: String,
    /// Their name as people read it.
    pub name: String,
    /// Their e-mail address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// What their organisation's payroll knows them by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub staff_number: Option<String>,
    /// Their home organisation.
    pub organisation: OrganisationRef,
    /// Whether they may log in.
    pub state: PersonState,
    /// How far they are with setting up; absent where a list does not tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enrolment: Option<Enrolment>,
    /// Where a search found what was typed, if in nothing that is shown here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub found_by: Option<FoundBy>,
}

/// Where a search found what was typed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FoundBy {
    /// What of their keys: `nickname` or `asset_tag`.
    pub field: String,
}

/// A person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Person {
    /// What lists show.
    #[serde(flatten)]
    pub summary: PersonSummary,
    /// Whether they have shown that they read their e-mail address.
    pub email_verified: bool,
    /// Further claims about them, by standard claim name (OpenID Connect Core §5.1).
    pub claims: serde_json::Map<String, serde_json::Value>,
    /// The roles that they hold.
    pub roles: Vec<RoleGrant>,
    /// The groups that they are in, by their names in documents.
    pub groups: Vec<String>,
    /// When they were last changed.
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Timestamp,
    /// Why the caller may not change them, if so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub untouchable: Option<Untouchable>,
}

/// Why a caller may see a person and not change them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Untouchable {
    /// It is they themselves: `/account` is for that.
    Yourself,
    /// They have a role in the same organisation or one above.
    Peer,
    /// They have a role, and the caller's role is for people without one.
    HasRole,
}

/// A person to be added.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPerson {
    /// What they will type to log in.
    pub username: String,
    /// Their home organisation, by its name in documents.
    pub organisation: String,
    /// Their name as people read it.
    pub name: String,
    /// Their e-mail address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// What their organisation's payroll knows them by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub staff_number: Option<String>,
    /// Whether they are invited in the same step.
    #[serde(default)]
    pub invite: bool,
}

/// What is different about a person. What is absent stays; `null` clears.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PersonChange {
    /// Their name as people read it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Their e-mail address.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "crate::people::cleared")]
    #[schema(value_type = Option<String>)]
    pub email: Option<Option<String>>,
    /// What their organisation's payroll knows them by.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "crate::people::cleared")]
    #[schema(value_type = Option<String>)]
    pub staff_number: Option<Option<String>>,
}

/// Tells a member that is absent from one that is `null`.
pub(crate) mod cleared {
    use serde::{Deserialize as _, Deserializer, Serialize as _, Serializer};

    #[allow(clippy::option_option)]
    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<Option<String>>, D::Error> {
        Option::<String>::deserialize(deserializer).map(Some)
    }

    #[allow(clippy::option_option, clippy::ref_option)]
    pub(crate) fn serialize<S: Serializer>(
        value: &Option<Option<String>>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        value.clone().flatten().serialize(serializer)
    }
}

/// How many people there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PeopleCount {
    /// So many.
    pub people: u64,
}

/// A person is to be moved.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Move {
    /// Where to, by its name in documents.
    pub organisation: String,
    /// How it came about.
    #[serde(default)]
    pub handling: crate::help::Handling,
    /// Only tell what would be done.
    #[serde(default)]
    pub dry_run: bool,
}

/// A person was moved, or would be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Moved {
    /// Whether it was done.
    pub done: bool,
    /// Where to.
    pub organisation: OrganisationRef,
    /// The roles that ended with it, or would.
    pub roles_ended: Vec<Role>,
    /// What policy asks of them there.
    pub demanded: crate::credentials::Demanded,
    /// Whether they can log in there as policy asks, with what they have.
    pub can_log_in: bool,
}

/// Why a person is erased.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Erasure {
    /// Why, in the words of whoever does it. At most 500 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// The number of the case at the helpdesk. At most 60 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case: Option<String>,
}

/// Which people a list shows. Each that is given narrows it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PeopleQuery {
    /// Words of a name, user name, e-mail address, staff number, or of a key's nickname or asset
    /// tag: each is the beginning of one. The best matches come first, and `after` is not taken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub search: Option<String>,
    /// Of this organisation and those below it, by its name in documents.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organisation: Option<String>,
    /// Only in this state.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[param(inline)]
    pub state: Option<PersonState>,
    /// Only this far with setting up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[param(inline)]
    pub enrolment: Option<Enrolment>,
    /// They may log in and need help first, for this reason.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub need: Option<Need>,
    /// Only members of this group, as `organisation/group`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// From where the part before ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
    /// How many at most: 1 to 200, 50 when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u16>,
}

/// A session of a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Session {
    /// Its key.
    pub id: Uuid,
    /// The browser, in its own words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent: Option<String>,
    /// The network address that it began from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// When it began.
    #[schema(value_type = String, format = DateTime)]
    pub started_at: Timestamp,
    /// When it was last used, to the minute.
    #[schema(value_type = String, format = DateTime)]
    pub last_seen_at: Timestamp,
    /// When it ends at the latest.
    #[schema(value_type = String, format = DateTime)]
    pub expires_at: Timestamp,
    /// What it was opened with (RFC 8176 names); empty while its log-in is under way.
    pub amr: Vec<String>,
    /// The applications that were opened in it.
    pub applications: Vec<String>,
}

/// Who calls, and what they may do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Me {
    /// The person; absent for a service account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<PersonSummary>,
    /// The service account; absent for a person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_id: Option<String>,
    /// The organisation whose colour and picture head their pages: the one in which the first of
    /// their roles starts. Absent for a service account, and for whoever looks after everything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organisation: Option<Branded>,
    /// The roles that the person holds.
    pub roles: Vec<RoleGrant>,
    /// When the log-in behind the token took place; absent for a service account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub auth_time: Option<Timestamp>,
    /// Until when changes are possible without another log-in; absent for a service account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub fresh_until: Option<Timestamp>,
    /// What they may do, and where.
    pub may: Vec<May>,
    /// How much waits for them to agree to.
    #[serde(default)]
    pub approvals: u32,
}

/// Something that a caller may do, and where.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct May {
    /// What.
    pub scope: AdminScope,
    /// Everywhere.
    pub platform: bool,
    /// In these organisations and those below them, unless it is everywhere: as many as they have
    /// roles at most. `/me/organisations` names all.
    pub organisations: Vec<OrganisationRef>,
    /// How many organisations that is in all; 0 where it is everywhere.
    #[serde(default)]
    pub count: u64,
}

/// Which of the organisations a list shows in which a caller may do something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PlacesQuery {
    /// What they may do there.
    pub scope: AdminScope,
    /// From where the part before ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
    /// How many at most: 1 to 200, 50 when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u16>,
}
