//! Audit events: typed, so that a reader can rely on their shape and nothing secret fits in.

use serde::{Deserialize, Serialize};

use crate::clock::Timestamp;
use crate::credentials::{Cause, Loss};
use crate::ids::{
    ApprovalId, ClientId, CodeId, CredentialId, EntityId, EventId, OrganisationId, PersonId,
    SessionId,
};
use crate::roles::Actor;

/// One event with who did it, to whom, from where.
#[derive(Clone, Debug)]
pub struct Event {
    /// Its key.
    pub id: EventId,
    /// When.
    pub at: Timestamp,
    /// Who did it.
    pub actor: Actor,
    /// To whom, if to a person.
    pub person: Option<PersonId>,
    /// In which organisation.
    pub organisation: Option<OrganisationId>,
    /// In which session of the person it tells of.
    pub session: Option<SessionId>,
    /// From which network address.
    pub address: Option<String>,
    /// What.
    pub what: What,
    /// How it came about, if somebody was asked to do it.
    pub handling: Handling,
}

/// How an action that somebody was asked for came about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Handling {
    /// Why, in the words of whoever did it.
    pub reason: Option<String>,
    /// Its number at the helpdesk.
    pub case: Option<String>,
    /// How the caller was verified.
    pub checks: Vec<CallerCheck>,
}

impl Event {
    /// The same event with how it came about.
    #[must_use]
    pub fn handled(self, handling: &Handling) -> Self {
        Self { handling: handling.clone(), ..self }
    }
}

/// How somebody who asks for help was verified.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CallerCheck {
    /// Called back at a number that was known before.
    CalledBack,
    /// They stood there.
    InPerson,
    /// They showed their badge on video.
    BadgeOnVideo,
    /// Their manager vouched for them.
    ManagerVouched,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum What {
    /// A log-in reached the strength that was asked.
    LoggedIn {
        /// The methods of this log-in (RFC 8176 names).
        amr: Vec<String>,
    },
    /// A factor was refused.
    LoginRefused {
        /// Which factor.
        factor: String,
        /// Why, in our own words.
        reason: String,
    },
    /// A relying application was opened for the first time in a session.
    ApplicationOpened {
        /// Which.
        client: ClientId,
    },
    /// An application that speaks SAML was opened for the first time in a session.
    ProviderOpened {
        /// Its entity ID.
        provider: EntityId,
    },
    /// An application that speaks SAML was added.
    ProviderAdded {
        /// Its entity ID.
        provider: EntityId,
    },
    /// An application that speaks SAML was changed.
    ProviderChanged {
        /// Its entity ID.
        provider: EntityId,
        /// What documents say of it otherwise now; `metadata` for what it says of itself.
        members: Vec<String>,
    },
    /// An application that speaks SAML was removed.
    ProviderRemoved {
        /// Its entity ID.
        provider: EntityId,
    },
    /// What an application that speaks SAML says of itself was read again, and is not what it was.
    ProviderMetadataRead {
        /// Its entity ID.
        provider: EntityId,
        /// What is different, e.g. `+ key for signing …`.
        changes: Vec<String>,
    },
    /// What applications that speak SAML say of themselves cannot be read any more; what was read
    /// last is gone by.
    ProviderMetadataFailed {
        /// Their entity IDs.
        providers: Vec<EntityId>,
        /// Why, in our own words.
        reason: String,
    },
    /// It can be read again.
    ProviderMetadataRecovered {
        /// Their entity IDs.
        providers: Vec<EntityId>,
    },
    /// What an application that speaks SAML says of itself ends soon: nobody logs in to it after
    /// that.
    ProviderMetadataEnds {
        /// Its entity ID.
        provider: EntityId,
        /// When.
        until: Timestamp,
        /// So many days before are left at most.
        days: u32,
    },
    /// A certificate of an application that speaks SAML ends soon. Log-ins here go on; its own side
    /// may stop.
    ProviderCertificateEnds {
        /// Its entity ID.
        provider: EntityId,
        /// Its SHA-256.
        certificate: String,
        /// When.
        until: Timestamp,
        /// So many days before are left at most.
        days: u32,
    },
    /// An application that speaks SAML logged the person out.
    ProviderLoggedOut {
        /// Its entity ID.
        provider: EntityId,
    },
    /// Every application that speaks SAML says that the person is logged out.
    ProvidersTold {
        /// Which, by entity ID.
        confirmed: Vec<EntityId>,
    },
    /// A session ended, and not every application that speaks SAML says that the person is logged out.
    ProvidersUntold {
        /// Those that do, by entity ID.
        confirmed: Vec<EntityId>,
        /// Those where they may still be logged in.
        untold: Vec<EntityId>,
    },
    /// A message of an application that speaks SAML was refused.
    SamlRefused {
        /// The entity ID that it came under, where that is registered.
        provider: Option<EntityId>,
        /// Why, in our own words.
        reason: String,
    },
    /// The person agreed to release data to an application.
    ConsentGiven {
        /// Which.
        client: ClientId,
        /// What is released.
        scopes: Vec<String>,
    },
    /// A session ended.
    LoggedOut,
    /// A key was registered.
    CredentialRegistered {
        /// Which.
        credential: CredentialId,
        /// Its nickname.
        nickname: String,
        /// Its model.
        model: String,
    },
    /// A registration was refused by policy.
    RegistrationRefused {
        /// Why, in our own words.
        reason: String,
    },
    /// A key was renamed.
    CredentialRenamed {
        /// Which.
        credential: CredentialId,
        /// Its nickname before.
        before: String,
        /// Its nickname after.
        after: String,
    },
    /// A key was removed.
    CredentialRemoved {
        /// Which.
        credential: CredentialId,
        /// Its nickname.
        nickname: String,
    },
    /// A key was suspended: it logs nobody in.
    CredentialSuspended {
        /// Which.
        credential: CredentialId,
        /// Its nickname.
        nickname: String,
        /// Why.
        cause: Cause,
        /// What became of it, as its owner says.
        loss: Option<Loss>,
    },
    /// A key that had been reported lost works again.
    CredentialReinstated {
        /// Which.
        credential: CredentialId,
        /// Its nickname.
        nickname: String,
    },
    /// A key's signature counter did not increase: perhaps there are two of it.
    CounterAlert {
        /// Which.
        credential: CredentialId,
        /// The counter we had.
        stored: u32,
        /// The counter it sent.
        received: u32,
        /// Whether the key was suspended for it.
        suspended: bool,
    },
    /// A key's backup eligibility changed, which no honest key does.
    BackupEligibilityChanged {
        /// Which.
        credential: CredentialId,
    },
    /// A code was presented twice, or a refresh token that had been replaced: everything that hangs
    /// on it was revoked.
    GrantReuse {
        /// Whose.
        client: ClientId,
    },
    /// The person would like a key before their organisation hands any out.
    InterestRegistered,
    /// An organisation was added.
    OrganisationAdded {
        /// Its name in documents.
        organisation: String,
    },
    /// An organisation's name or helpdesk was changed.
    OrganisationChanged {
        /// What is different, e.g. `name: Northgate → Northgate Trust`.
        changes: Vec<String>,
    },
    /// What an organisation asks of its people was changed.
    PolicyChanged {
        /// What it said before.
        before: Box<crate::policy::Stated>,
        /// What it says after.
        after: Box<crate::policy::Stated>,
    },
    /// Documents were applied. What they made of people is told by events of those people.
    DocumentsApplied {
        /// What else was made or changed, e.g. `client rota`. Older events name people too.
        changes: Vec<String>,
        /// How many people were added or changed.
        #[serde(default)]
        people: usize,
        /// How many roles were granted.
        #[serde(default)]
        roles: usize,
    },
    /// A person was added or changed by a document.
    PersonDescribed {
        /// They were not there before.
        added: bool,
        /// What is different, e.g. `email: a@b → c@d`.
        changes: Vec<String>,
    },
    /// A person was added or changed by a table of many.
    PersonImported {
        /// They were not there before.
        added: bool,
        /// What is different, e.g. `email: a@b → c@d`.
        changes: Vec<String>,
    },
    /// A new signing key was published.
    SigningKeyAdded {
        /// Its name.
        kid: String,
        /// What it signs with.
        algorithm: String,
        /// When it begins to sign.
        signs_from: Timestamp,
        /// The keys that are trusted no longer from this moment on.
        withdrawn: Vec<String>,
    },
    /// Everything is sealed with another version of the master key.
    MasterKeyRotated {
        /// Which.
        version: u32,
    },
    /// A backup was put in the database's place: what follows is not what was there before.
    BackupRestored {
        /// Sessions that were open in it, and are over.
        sessions: u64,
        /// Grants that counted in it, and count no more.
        grants: u64,
    },
    /// An authenticator app was enrolled.
    AppEnrolled,
    /// An authenticator app was removed.
    AppRemoved,
    /// An authenticator app was suspended: its codes log nobody in.
    AppSuspended {
        /// Why.
        cause: Cause,
        /// What became of it, as its owner says.
        loss: Option<Loss>,
    },
    /// An authenticator app that had been reported lost works again.
    AppReinstated,
    /// A pass was issued. What it is, nobody is told twice.
    PassIssued {
        /// When it stops counting.
        until: Timestamp,
    },
    /// A pass opened enrolment.
    PassUsed,
    /// A pass was cancelled before it was used.
    PassCancelled,
    /// A set of recovery codes was made; earlier ones count no more.
    RecoveryCodesMade,
    /// The recovery codes were removed.
    RecoveryCodesRemoved,
    /// A recovery code opened enrolment.
    RecoveryCodeUsed {
        /// How many are left.
        left: usize,
    },
    /// Every factor of a person was removed, so that they start again.
    EnrolmentReset {
        /// How many keys went.
        keys: usize,
    },
    /// Something waits for a second administrator.
    ApprovalAsked {
        /// Which.
        approval: ApprovalId,
        /// What is asked for: `pass` or `reset`.
        action: String,
    },
    /// A second administrator agreed to something, or did not.
    ApprovalDecided {
        /// Which.
        approval: ApprovalId,
        /// Whether they agreed.
        agreed: bool,
    },
    /// A role was granted.
    RoleGranted {
        /// Which.
        role: crate::roles::Role,
        /// Where it starts.
        organisation: OrganisationId,
    },
    /// A relying application was added.
    ClientAdded {
        /// Which.
        client: ClientId,
    },
    /// A relying application was changed.
    ClientChanged {
        /// Which.
        client: ClientId,
        /// The members of its metadata that are different.
        members: Vec<String>,
    },
    /// A relying application has another secret; the one before counts no more.
    ClientSecretRotated {
        /// Which.
        client: ClientId,
    },
    /// A relying application was removed, with all that it was granted.
    ClientRemoved {
        /// Which.
        client: ClientId,
    },
    /// An administrator tried what a log-in to a relying application comes to, as themselves.
    LogInTested {
        /// Which.
        client: ClientId,
    },
    /// A role ended.
    RoleEnded {
        /// Which.
        role: crate::roles::Role,
        /// Where it started.
        organisation: OrganisationId,
    },
    /// A group was added.
    GroupAdded {
        /// Its name in documents.
        group: String,
        /// What is demanded of its members.
        demanded: Box<crate::policy::Overrides>,
    },
    /// A group's name, or what is demanded of its members, was changed.
    GroupChanged {
        /// Its name in documents.
        group: String,
        /// What was demanded before.
        before: Box<crate::policy::Overrides>,
        /// What is demanded after.
        after: Box<crate::policy::Overrides>,
    },
    /// A group was removed.
    GroupRemoved {
        /// Its name in documents.
        group: String,
        /// What was demanded of its members.
        demanded: Box<crate::policy::Overrides>,
    },
    /// A person was put into a group.
    GroupJoined {
        /// Its name in documents.
        group: String,
    },
    /// A person was taken out of a group.
    GroupLeft {
        /// Its name in documents.
        group: String,
    },
    /// A key that is enrolled did not log in, because policy does not take it any more.
    KeyRefused {
        /// Which.
        credential: CredentialId,
        /// Why, in our own words.
        #[serde(default)]
        reason: String,
    },
    /// By what is published now, a key is proven to be in hardware, or not any more.
    KeyJudgedAgain {
        /// Which.
        credential: CredentialId,
        /// Whether it is proven to be in hardware.
        hardware: bool,
    },
    /// Later FIDO metadata is gone by.
    MetadataAccepted {
        /// The serial number of the one before, if there was any.
        before: Option<u32>,
        /// Its serial number.
        number: u32,
        /// The day by which the next one was promised.
        next_update: jiff::civil::Date,
        /// Models that are marked revoked or broken in it, and were not before.
        marked: Vec<uuid::Uuid>,
        /// Models that were, and are not any more.
        cleared: Vec<uuid::Uuid>,
    },
    /// A letter was given up.
    LetterGivenUp {
        /// What it told of, e.g. `key-added`.
        letter: String,
        /// Why, in our own words.
        reason: String,
    },
    /// Somebody had a letter that did not leave tried again before its time.
    LetterRetried {
        /// What it tells of, e.g. `key-added`.
        letter: String,
    },
    /// Somebody had all letters that did not leave tried again before their time.
    LettersRetried {
        /// How many there were.
        letters: u64,
    },
    /// Somebody took back a letter that did not leave: its reader never gets it.
    LetterWithdrawn {
        /// What it told of, e.g. `key-added`.
        letter: String,
        /// What the link opened that was in it, and opens no more.
        link: Option<crate::codes::LinkKind>,
    },
    /// The person said that what a letter told was not them: all their sessions ended.
    NotMe {
        /// The key that had been added or reinstated, if it was about that.
        credential: Option<CredentialId>,
        /// The authenticator app that had been, if it was about that.
        app: Option<CodeId>,
        /// Whether that was suspended: it may have been before, or be gone.
        suspended: bool,
        /// How many sessions ended.
        sessions: u64,
    },
    /// A password was set or changed by its owner.
    PasswordChanged,
    /// An application's lasting access was taken back.
    ApplicationDisconnected {
        /// Which.
        client: ClientId,
    },
    /// A person was added.
    PersonAdded,
    /// A person was changed.
    PersonChanged {
        /// What is different, e.g. `email: a@b → c@d`.
        changes: Vec<String>,
    },
    /// A key was given the number of the sticker on it, or has none any more.
    CredentialTagged {
        /// Which.
        credential: CredentialId,
        /// The number before.
        before: Option<String>,
        /// The number after.
        after: Option<String>,
    },
    /// A person left: sessions ended, keys rest.
    PersonDisabled {
        /// Sessions that ended.
        sessions: u64,
        /// Keys that rest until they are enabled again.
        keys: u64,
    },
    /// A person who was disabled may log in again.
    PersonEnabled {
        /// Keys that work again.
        keys: u64,
    },
    /// A person moved to another organisation.
    PersonMoved {
        /// The organisation before.
        before: OrganisationId,
        /// The organisation after.
        after: OrganisationId,
        /// Roles that ended, as they are written.
        roles: Vec<String>,
    },
    /// A link was sent or handed over.
    LinkIssued {
        /// What it opens.
        link: crate::codes::LinkKind,
        /// When it stops counting.
        until: Timestamp,
    },
    /// A link was used.
    LinkUsed {
        /// What it opened.
        link: crate::codes::LinkKind,
    },
    /// A person was erased with all that was kept about them.
    PersonErased,
}
