//! What is done for a person: why, what will change, and then the thing itself. Three pages, none of
//! which changes anything before its last button.

use axum::extract::Path;
use axum::response::{IntoResponse as _, Redirect, Response};
use latchkey_api::help::{Handling, Help, PassWish, Reason, Receipt};
use latchkey_web::limits::{Form as Posted, Refusal};
use latchkey_web::{Form, Page, Problem, Text, Tone};
use serde::Serialize;
use uuid::Uuid;

use super::call::{address, person_id};
use super::message::Kind;
use super::shell::{Place, Shell};
use super::told::Told;
use super::{at, samples};
use crate::client::Failure;
use crate::cookies::{Calls, Line};
use crate::visitor::{Admin, Asked, Forms, Stop, append};

/// The longest note (as the API takes it).
pub(crate) const LONGEST_NOTE: usize = 500;
/// The longest case number.
const LONGEST_CASE: usize = 60;

/// Something that is done for a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    /// Remove a key.
    RemoveKey,
    /// Suspend a key.
    SuspendKey,
    /// Let a suspended key work again.
    RestoreKey,
    /// Remove the authenticator app.
    RemoveApp,
    /// Suspend it.
    SuspendApp,
    /// Let it work again.
    RestoreApp,
    /// Remove the recovery codes.
    RemoveCodes,
    /// Remove everything but the password.
    Reset,
    /// Issue a pass.
    Pass,
    /// A link to set up a key in the administrator's presence.
    SupervisedLink,
    /// Log them out everywhere.
    EndSessions,
    /// Invite somebody who never began.
    Invite,
    /// Let somebody who leaves log in no more.
    Disable,
    /// Let somebody who is back log in again.
    Enable,
    /// Cancel a pass that counts.
    CancelPass,
}

impl Action {
    pub(crate) const ALL: [Self; 15] = [
        Self::RemoveKey,
        Self::SuspendKey,
        Self::RestoreKey,
        Self::RemoveApp,
        Self::SuspendApp,
        Self::RestoreApp,
        Self::RemoveCodes,
        Self::Reset,
        Self::Pass,
        Self::SupervisedLink,
        Self::EndSessions,
        Self::Invite,
        Self::Disable,
        Self::Enable,
        Self::CancelPass,
    ];

    /// Its last path segment, and the stem of its messages.
    pub(crate) fn slug(self) -> &'static str {
        match self {
            Self::RemoveKey => "remove-key",
            Self::SuspendKey => "suspend-key",
            Self::RestoreKey => "restore-key",
            Self::RemoveApp => "remove-app",
            Self::SuspendApp => "suspend-app",
            Self::RestoreApp => "restore-app",
            Self::RemoveCodes => "remove-codes",
            Self::Reset => "reset",
            Self::Pass => "pass",
            Self::SupervisedLink => "supervised-link",
            Self::EndSessions => "end-sessions",
            Self::Invite => "invite",
            Self::Disable => "disable",
            Self::Enable => "enable",
            Self::CancelPass => "cancel-pass",
        }
    }

    fn parse(slug: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|action| action.slug() == slug)
    }

    /// What only makes the account safer may be done before the caller was checked; and what is
    /// done for nobody's call.
    pub(crate) fn needs_check(self) -> bool {
        let safe = matches!(
            self,
            Self::SuspendKey | Self::SuspendApp | Self::EndSessions | Self::CancelPass
        );
        !safe && !self.is_of_person()
    }

    /// Whether it is about the person, and not about what they log in with.
    fn is_of_person(self) -> bool {
        matches!(self, Self::Invite | Self::Disable | Self::Enable)
    }

    fn is_of_key(self) -> bool {
        matches!(self, Self::RemoveKey | Self::SuspendKey | Self::RestoreKey)
    }

    /// Whether there is a reason to choose, or only a note.
    fn has_reasons(self) -> bool {
        !matches!(
            self,
            Self::RestoreKey | Self::RestoreApp | Self::Invite | Self::Enable | Self::CancelPass
        )
    }

    /// Whether it is a choice that their sessions end.
    fn may_end_sessions(self) -> bool {
        let of_credentials = self.has_reasons() && !self.is_of_person();
        of_credentials && !matches!(self, Self::SupervisedLink | Self::EndSessions)
    }

    /// Where the API does it, below the person.
    fn path(self, key: Option<Uuid>) -> Option<String> {
        let of_key = |what: &str| Some(format!("credentials/{}/{what}", key?));
        let of_person = |what: &str| Some(what.to_owned());
        match self {
            Self::RemoveKey => of_key("remove"),
            Self::SuspendKey => of_key("suspend"),
            Self::RestoreKey => of_key("restore"),
            Self::RemoveApp => of_person("app/remove"),
            Self::SuspendApp => of_person("app/suspend"),
            Self::RestoreApp => of_person("app/restore"),
            Self::RemoveCodes => of_person("recovery-codes/remove"),
            Self::Reset => of_person("reset"),
            Self::Pass => of_person("pass"),
            Self::SupervisedLink => of_person("supervised-link"),
            Self::EndSessions => of_person("sessions/end"),
            Self::Invite => of_person("invite"),
            Self::Disable => of_person("disable"),
            Self::Enable => of_person("enable"),
            Self::CancelPass => of_person("pass/cancel"),
        }
    }
}

/// The reasons, and their keys.
pub(crate) const REASONS: [(Reason, &str); 7] = [
    (Reason::Lost, "lost"),
    (Reason::Stolen, "stolen"),
    (Reason::Phished, "phished"),
    (Reason::Broken, "broken"),
    (Reason::ForgottenPin, "forgotten-pin"),
    (Reason::Leaver, "leaver"),
    (Reason::Other, "other"),
];

/// What is done for whom.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Subject {
    pub(crate) person: Uuid,
    pub(crate) action: Action,
    pub(crate) key: Option<Uuid>,
}

impl Subject {
    fn parse(id: &str, slug: &str, key: Option<&str>) -> Result<Self, Stop> {
        let person = person_id(id)?;
        let action = Action::parse(slug).ok_or(Kind::NotFound)?;
        let key = key.map(person_id).transpose()?;
        if action.is_of_key() != key.is_some() {
            return Err(Kind::NotFound.into());
        }
        Ok(Self { person, action, key })
    }

    pub(crate) fn url(&self) -> String {
        let url = format!("{}/do/{}", address(self.person), self.action.slug());
        match self.key {
            Some(key) => format!("{url}?key={key}"),
            None => url,
        }
    }
}

/// What somebody typed and chose.
#[derive(Clone, Debug, Default)]
struct Fields {
    reason: Option<Reason>,
    note: String,
    case: String,
    written: bool,
    end_sessions: bool,
    with_pass: bool,
    lock_out: bool,
    /// It was to be done, after it was shown.
    confirmed: bool,
    once: String,
}

impl Fields {
    fn read<'f>(of: impl Fn(&str) -> Option<&'f str>) -> Self {
        let text = |name| of(name).unwrap_or_default().trim().to_owned();
        let with = text("with");
        let named = text("reason");
        Self {
            reason: REASONS.iter().find(|(_, key)| *key == named).map(|(reason, _)| *reason),
            note: text("note").replace("\r\n", "\n"),
            case: text("case"),
            written: text("delivery") == "written",
            end_sessions: of("end_sessions").is_some(),
            with_pass: with == "pass",
            lock_out: with == "lock-out",
            confirmed: of("step") == Some("do"),
            once: text("once"),
        }
    }

    /// What is wrong with it, before anybody else looks at it.
    fn problem(&self, action: Action) -> Option<Problem> {
        if action.has_reasons() && self.reason.is_none() {
            return Some(Problem::at("reason", "console-reason-none"));
        }
        if self.reason == Some(Reason::Other) && self.note.is_empty() {
            return Some(Problem::at("note", "console-note-none"));
        }
        too_long(&self.note, &self.case)
    }

    fn help(&self, subject: &Subject, calls: &Calls) -> Help {
        let call = calls.find(subject.person);
        let some = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        let spoken = if self.written { PassWish::Written } else { PassWish::Spoken };
        let passes = subject.action == Action::Pass || self.with_pass;
        Help {
            handling: Handling {
                reason: self.reason,
                note: some(&self.note),
                case: some(&self.case),
                checks: call
                    .map(|call| call.checks.iter().map(|(check, _)| *check).collect())
                    .unwrap_or_default(),
                call: call.and_then(|call| call.number.clone()),
            },
            dry_run: false,
            end_sessions: subject.action.may_end_sessions().then_some(self.end_sessions),
            pass: passes.then_some(spoken),
            lock_out: self.lock_out,
        }
    }

    fn reason_key(&self) -> &'static str {
        let named = REASONS.iter().find(|(reason, _)| Some(*reason) == self.reason);
        named.map_or("", |(_, key)| key)
    }
}

/// Whether a note or a case number is longer than the API takes.
pub(crate) fn too_long(note: &str, case: &str) -> Option<Problem> {
    if note.chars().count() > LONGEST_NOTE {
        let text = Text::new("console-note-long").with("longest", LONGEST_NOTE);
        return Some(Problem::at("note", text));
    }
    if case.chars().count() > LONGEST_CASE {
        let text = Text::new("console-case-long").with("longest", LONGEST_CASE);
        return Some(Problem::at("case", text));
    }
    None
}

/// Why it is done.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Ask {
    shell: Shell,
    about: About,
    form: Form,
    reasons: Vec<&'static str>,
    reason: &'static str,
    note: String,
    case: String,
    /// For a pass: how it gets to them.
    delivers: bool,
    written: bool,
    longest_note: usize,
    problem: Option<Problem>,
}

/// Whom and what a page is about.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct About {
    pub(crate) name: String,
    pub(crate) url: String,
    slug: &'static str,
    /// The key that it is about.
    nickname: Option<String>,
    #[serde(skip)]
    pub(crate) person: Option<Uuid>,
}

/// What will change.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Preview {
    shell: Shell,
    about: About,
    form: Form,
    lines: Vec<Text>,
    /// How many sessions can end too.
    sessions: Option<u32>,
    sessions_of_keys: u32,
    end_sessions: bool,
    /// They could not log in afterwards.
    locked_out: bool,
    back: String,
    problem: Option<Problem>,
}

impl Page for Ask {
    const TEMPLATE: &'static str = "console/ask.html";
    const FORMS_LEAD_OUT: bool = true;

    fn sample() -> Self {
        let subject =
            Subject { person: Uuid::nil(), action: Action::RemoveKey, key: Some(Uuid::nil()) };
        Self::new(
            samples::shell(Place::Calls),
            &samples::forms(),
            About::sample(&subject),
            &subject,
            &Fields::default(),
        )
        .wrong(Some(Problem::at("reason", "console-reason-none")))
    }

    fn problem(&self) -> Option<&Problem> {
        self.problem.as_ref()
    }

    fn help(&self) -> Vec<latchkey_web::Help> {
        vec![]
    }
}

impl Page for Preview {
    const TEMPLATE: &'static str = "console/preview.html";
    const FORMS_LEAD_OUT: bool = true;

    fn sample() -> Self {
        Self::sample_of(Action::RemoveKey)
    }

    fn tone(&self) -> Tone {
        if self.locked_out { Tone::Bad } else { Tone::Normal }
    }

    fn problem(&self) -> Option<&Problem> {
        self.problem.as_ref()
    }

    fn help(&self) -> Vec<latchkey_web::Help> {
        vec![]
    }
}

impl About {
    fn sample(subject: &Subject) -> Self {
        Self {
            name: samples::person().summary.name,
            url: address(subject.person),
            slug: subject.action.slug(),
            nickname: subject.key.map(|_| "Blue <script>alert(1)</script>".into()),
            person: Some(subject.person),
        }
    }

    /// Of somebody for whom a pass is issued.
    pub(crate) fn of_pass(name: String, person: Uuid) -> Self {
        let slug = Action::Pass.slug();
        Self { name, url: address(person), slug, nickname: None, person: Some(person) }
    }

    /// Of somebody who is told something.
    pub(crate) fn told_sample(action: Action) -> Self {
        Self::sample(&Subject { person: Uuid::nil(), action, key: None })
    }

    /// Whether somebody is invited.
    pub(crate) fn invites(&self) -> bool {
        self.slug == Action::Invite.slug()
    }

    /// Looks whom and what it is about. What is gone, or not theirs, is not there.
    async fn of(admin: &Admin, subject: &Subject) -> Result<Self, Stop> {
        let person = subject.person;
        let (found, nickname) = match subject.key {
            None => (admin.api.person(person).await?, None),
            Some(key) => {
                let both =
                    tokio::try_join!(admin.api.person(person), admin.api.credentials(person))?;
                let key = both.1.keys.into_iter().find(|it| it.id == key);
                (both.0, Some(key.ok_or(Kind::NotFound)?.nickname))
            }
        };
        let name = found.summary.name;
        let slug = subject.action.slug();
        Ok(Self { name, url: address(person), slug, nickname, person: Some(person) })
    }
}

impl Ask {
    fn new(shell: Shell, forms: &Forms, about: About, subject: &Subject, fields: &Fields) -> Self {
        let reasons = REASONS.iter().filter(|_| subject.action.has_reasons());
        Self {
            shell,
            about,
            form: forms.form(subject.url()).with("step", "preview"),
            reasons: reasons.map(|(_, key)| *key).collect(),
            reason: fields.reason_key(),
            note: fields.note.clone(),
            case: fields.case.clone(),
            delivers: subject.action == Action::Pass,
            written: fields.written,
            longest_note: LONGEST_NOTE,
            problem: None,
        }
    }

    fn wrong(self, problem: Option<Problem>) -> Self {
        Self { problem, ..self }
    }

    /// How a pass gets to its person.
    pub(crate) fn pass_sample() -> Self {
        let subject = Subject { person: Uuid::nil(), action: Action::Pass, key: None };
        let about = About::sample(&subject);
        Self::new(
            samples::shell(Place::Calls),
            &samples::forms(),
            about,
            &subject,
            &Fields::default(),
        )
    }
}

impl Preview {
    fn new(
        shell: Shell,
        forms: &Forms,
        about: About,
        subject: &Subject,
        fields: &Fields,
        receipt: &Receipt,
    ) -> Self {
        let form = forms
            .form(subject.url())
            .with("step", "do")
            .with("reason", fields.reason_key())
            .with("note", &fields.note)
            .with("case", &fields.case)
            .with("delivery", if fields.written { "written" } else { "spoken" })
            .with("once", &fields.once);
        let counted = subject.action.may_end_sessions() && receipt.sessions > 0;
        Self {
            shell,
            about,
            form,
            lines: will(subject.action, fields, receipt),
            sessions: counted.then_some(receipt.sessions),
            sessions_of_keys: receipt.sessions_of_keys,
            end_sessions: fields.end_sessions,
            locked_out: receipt.locked_out
                && !matches!(subject.action, Action::Pass | Action::CancelPass)
                && !subject.action.is_of_person(),
            back: subject.url(),
            problem: None,
        }
    }

    /// What comes of each thing that can be done.
    pub(crate) fn sample_of(action: Action) -> Self {
        let key = action.is_of_key().then(Uuid::nil);
        let subject = Subject { person: Uuid::nil(), action, key };
        let fields = Fields { end_sessions: true, ..Fields::default() };
        let about = About::sample(&subject);
        let (shell, forms) = (samples::shell(Place::Calls), samples::forms());
        Self::new(shell, &forms, about, &subject, &fields, &samples::receipt())
    }
}

/// What a receipt tells, line by line: `stem` is of what will be, or of what was.
fn lines(stem: &str, action: Action, receipt: &Receipt) -> Vec<Text> {
    let text = |key: &str| Text::new(format!("console-{stem}-{key}"));
    let mut lines = Vec::new();
    let how = match action {
        Action::SuspendKey | Action::SuspendApp => "suspend",
        Action::RestoreKey | Action::RestoreApp => "restore",
        _ => "remove",
    };
    for nickname in &receipt.keys {
        lines.push(text(&format!("{how}-key")).with("nickname", nickname.clone()));
    }
    if receipt.app {
        lines.push(text(&format!("{how}-app")));
    }
    if receipt.recovery_codes {
        lines.push(text("remove-codes"));
    }
    lines
}

/// What will change.
fn will(action: Action, fields: &Fields, receipt: &Receipt) -> Vec<Text> {
    let mut all = lines("will", action, receipt);
    match action {
        Action::Reset => all.push("console-will-policy-stays".into()),
        Action::EndSessions => {
            all.push(Text::new("console-will-end-sessions").with("count", receipt.sessions));
        }
        Action::Pass => {
            let minutes = if fields.written { 60 } else { 10 };
            all.push(Text::new("console-will-pass").with("minutes", minutes));
        }
        Action::SupervisedLink => all.push("console-will-link".into()),
        Action::Invite => all.push("console-will-invite".into()),
        Action::Disable => {
            all.push(Text::new("console-will-disable").with("count", receipt.sessions));
        }
        Action::Enable => all.push("console-will-enable".into()),
        _ => {}
    }
    if receipt.pass_voided {
        all.push("console-will-void-pass".into());
    }
    match &receipt.told {
        _ if matches!(action, Action::Disable | Action::Enable) => {}
        Some(address) => {
            all.push(Text::new("console-will-told").with("address", address.clone()));
        }
        None => all.push("console-will-told-nobody".into()),
    }
    all
}

/// What was done.
pub(crate) fn was(action: Action, receipt: &Receipt) -> Vec<Text> {
    if receipt.approval.is_some() {
        return vec!["console-was-asked".into()];
    }
    let mut all = lines("was", action, receipt);
    match action {
        Action::Invite => all.push("console-was-invite".into()),
        Action::Disable => all.push("console-was-disable".into()),
        Action::Enable => all.push("console-was-enable".into()),
        Action::CancelPass => all.push("console-was-cancel-pass".into()),
        _ => {}
    }
    if receipt.sessions > 0 {
        all.push(Text::new("console-was-end-sessions").with("count", receipt.sessions));
    }
    if receipt.secret.is_some() && action != Action::Invite {
        all.push(match action {
            Action::SupervisedLink => "console-was-link".into(),
            _ => "console-was-pass".into(),
        });
    }
    if all.is_empty() {
        all.push("console-was-nothing".into());
    }
    match &receipt.told {
        _ if matches!(action, Action::Disable | Action::Enable) => {}
        Some(address) => all.push(Text::new("console-was-told").with("address", address.clone())),
        None => all.push("console-was-told-nobody".into()),
    }
    all
}

/// `GET /admin/people/{person}/do/{action}`
pub(crate) async fn show(Path((id, slug)): Path<(String, String)>, asked: Asked) -> Response {
    let work = async {
        let query = asked.query();
        let subject = Subject::parse(&id, &slug, query.one("key").ok().flatten())?;
        let admin = asked.admin().await?;
        let calls = asked.calls(&admin);
        let fields = match asked.kept(&admin) {
            Some(kept) => Fields::read(|name| {
                let mut found = kept.iter().filter(|(known, _)| known == name);
                found.next().map(|(_, value)| value.as_str())
            }),
            None => {
                let call = calls.find(subject.person);
                let case = call.and_then(|call| call.case.clone()).unwrap_or_default();
                Fields { case, ..Fields::default() }
            }
        };
        if fields.confirmed && fields.problem(subject.action).is_none() {
            // It was shown before the log-in came between: shown again, to be pressed again.
            return preview(&asked, &admin, &subject, fields, &calls).await;
        }
        let about = About::of(&admin, &subject).await?;
        let shell = admin.shell(Place::Calls);
        Ok(asked.page(&Ask::new(shell, &admin.forms, about, &subject, &fields)))
    };
    asked.shown(work).await
}

/// `POST /admin/people/{person}/do/{action}`
pub(crate) async fn submit(
    Path((id, slug)): Path<(String, String)>,
    asked: Asked,
    form: Result<Posted, Refusal>,
) -> Response {
    let to = asked.address();
    asked
        .taken(form, &to, async |form| {
            let query = asked.query();
            let subject = Subject::parse(&id, &slug, query.one("key").ok().flatten())?;
            let admin = asked.sender(form).await?;
            let calls = asked.calls(&admin);
            let fields = Fields::read(|name| form.one(name).ok().flatten());
            if let Some(problem) = fields.problem(subject.action) {
                return ask_again(&asked, &admin, &subject, &fields, problem).await;
            }
            if !fields.confirmed {
                let ending = matches!(
                    fields.reason,
                    Some(Reason::Stolen | Reason::Phished | Reason::Leaver)
                );
                let fields = Fields { end_sessions: ending, ..fields };
                return preview(&asked, &admin, &subject, fields, &calls).await;
            }
            carry_out(&asked, &admin, &subject, fields, calls).await
        })
        .await
}

async fn ask_again(
    asked: &Asked,
    admin: &Admin,
    subject: &Subject,
    fields: &Fields,
    problem: Problem,
) -> Result<Response, Stop> {
    let about = About::of(admin, subject).await?;
    let shell = admin.shell(Place::Calls);
    let page = Ask::new(shell, &admin.forms, about, subject, fields).wrong(Some(problem));
    Ok(asked.page(&page))
}

/// Shows what will change.
async fn preview(
    asked: &Asked,
    admin: &Admin,
    subject: &Subject,
    fields: Fields,
    calls: &Calls,
) -> Result<Response, Stop> {
    let path = subject.action.path(subject.key).ok_or(Kind::NotFound)?;
    let mut help = fields.help(subject, calls);
    // What it comes to at most: the choices are made on the page that shows it.
    (help.dry_run, help.lock_out) = (true, true);
    help.end_sessions = help.end_sessions.map(|_| true);
    let tried = admin.api.help(subject.person, &path, &help, &asked.once()).await;
    if let Err(Failure::Refused(problem)) = &tried
        && problem.kind.ends_with(":check-needed")
    {
        let problem = Problem::new("console-check-first");
        return ask_again(asked, admin, subject, &fields, problem).await;
    }
    let receipt = tried?;
    let about = About::of(admin, subject).await?;
    let shell = admin.shell(Place::Calls);
    let fields = Fields { once: asked.once(), ..fields };
    let page = Preview::new(shell, &admin.forms, about, subject, &fields, &receipt);
    Ok(asked.page(&page))
}

/// Does it.
async fn carry_out(
    asked: &Asked,
    admin: &Admin,
    subject: &Subject,
    fields: Fields,
    mut calls: Calls,
) -> Result<Response, Stop> {
    let path = subject.action.path(subject.key).ok_or(Kind::NotFound)?;
    let help = fields.help(subject, &calls);
    // Asked before, because what it is about may be gone afterwards, and a pass is told once.
    let name = admin.api.person(subject.person).await?.summary.name;
    let receipt = admin.api.help(subject.person, &path, &help, &fields.once).await?;
    let done_at = at(receipt.at);
    let lines = was(subject.action, &receipt).into_iter().map(|text| Line::new(text, done_at));
    let call = calls.begin(subject.person, asked.now());
    call.note(lines.collect());
    if !fields.case.is_empty() {
        call.case = Some(fields.case.clone());
    }
    let mut response = match &receipt.secret {
        Some(secret) => {
            let url = address(subject.person);
            let (slug, person) = (subject.action.slug(), Some(subject.person));
            let about = About { name, url, slug, nickname: None, person };
            let told = Told::new(admin.shell(Place::Calls), about, secret, asked.now());
            asked.page(&told)
        }
        None => Redirect::to(&format!("{}#receipt", address(subject.person))).into_response(),
    };
    append(&mut response, asked.keep_calls(calls));
    Ok(response)
}
