//! Letters that did not leave: which those are, why, and what to do; having them tried again; and
//! giving one up, after what that means was shown.

use axum::extract::Path;
use axum::response::{IntoResponse as _, Redirect, Response};
use latchkey_api::people::Me;
use latchkey_api::platform::{FailingLetter, LettersReceipt, Withdrawal};
use latchkey_api::{AdminScope, Page as List};
use latchkey_core::Timestamp;
use latchkey_core::letters::Undelivered;
use latchkey_web::limits::{Form as Posted, Params, Refusal};
use latchkey_web::{Form, Help, Page, Problem, Text};
use serde::Serialize;
use uuid::Uuid;

use super::act::{LONGEST_NOTE, too_long};
use super::health::ADDRESS;
use super::message::Kind;
use super::organisations::may_everywhere;
use super::shell::{Place, Shell};
use super::{at, samples};
use crate::client::Failure;
use crate::visitor::{Admin, Asked, Forms, Stop};

/// Where all are tried again.
pub(crate) const RETRY_ADDRESS: &str = "/admin/health/letters/retry";

/// The letters that there are, by what they tell of: each has a subject.
const LETTERS: [&str; 30] = [
    "invitation",
    "password-link",
    "supervised-link",
    "key-lost-link",
    "app-lost-link",
    "key-added",
    "key-removed",
    "key-renamed",
    "key-reinstated",
    "key-lost",
    "key-suspended",
    "key-copied",
    "app-added",
    "app-removed",
    "app-lost",
    "app-suspended",
    "app-reinstated",
    "codes-made",
    "codes-removed",
    "code-used",
    "pass-issued",
    "pass-used",
    "pass-cancelled",
    "password-changed",
    "email-changed",
    "email-taken",
    "sessions-ended",
    "role-given",
    "role-ended",
    "not-me",
];

/// Where a letter is tried again.
fn retry_address(letter: Uuid) -> String {
    format!("/admin/health/letters/{letter}/retry")
}

/// Where a letter is given up.
fn give_up_address(letter: Uuid) -> String {
    format!("/admin/health/letters/{letter}/give-up")
}

/// The letters that did not leave.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Letters {
    /// Each cause that there is, with what to do about it.
    causes: Vec<Cause>,
    rows: Vec<Row>,
    /// Has all tried again.
    retry_all: Option<Form>,
    /// Where the first of them are, where others are shown.
    first: Option<String>,
    /// Where the ones after these are.
    next: Option<String>,
}

/// Some of the letters that did not leave.
pub(super) struct Part<'p> {
    /// Whether letters are sent at all.
    pub(super) configured: bool,
    /// After which one they begin, if not at the first.
    pub(super) after: Option<&'p str>,
    /// Which.
    pub(super) letters: &'p List<FailingLetter>,
}

/// Why some did not leave.
#[derive(Clone, Debug, Serialize)]
struct Cause {
    what: Text,
    advice: Text,
}

/// A letter that did not leave.
#[derive(Clone, Debug, Serialize)]
struct Row {
    subject: Option<Text>,
    kind: String,
    to: Option<String>,
    why: Text,
    attempts: u32,
    queued_at: Timestamp,
    next_at: Timestamp,
    on_its_way: bool,
    /// Has it tried again.
    retry: Option<Form>,
    /// Where it is given up.
    give_up: Option<String>,
}

/// The line that it would have in a list of letters, if it is of a known kind.
fn subject(kind: &str) -> Option<Text> {
    let known = LETTERS.contains(&kind);
    known.then(|| Text::new(format!("mail-{kind}-subject")).with("person", "…"))
}

/// The stem of the messages about a cause.
fn cause_key(word: &str) -> String {
    let known = Undelivered::parse(word).map_or("other", Undelivered::as_str);
    format!("console-undelivered-{known}")
}

impl Row {
    fn new(letter: &FailingLetter, sees_to: Option<(&Forms, bool, &str)>) -> Self {
        let free = sees_to.filter(|_| !letter.on_its_way);
        Self {
            subject: subject(&letter.kind),
            kind: letter.kind.clone(),
            to: letter.to.clone(),
            why: Text::new(match &letter.cause {
                _ if letter.on_its_way => "console-letter-on-its-way".to_owned(),
                Some(word) => cause_key(word),
                None => "console-undelivered-unknown".to_owned(),
            }),
            attempts: letter.attempts,
            queued_at: at(letter.queued_at),
            next_at: at(letter.next_at),
            on_its_way: letter.on_its_way,
            retry: free
                .filter(|(_, sent, _)| *sent)
                .map(|(forms, _, once)| forms.form(retry_address(letter.id)).with("once", once)),
            give_up: free.map(|_| give_up_address(letter.id)),
        }
    }
}

impl Letters {
    pub(super) fn new(me: &Me, forms: &Forms, part: &Part<'_>, once: &str) -> Self {
        let may = may_everywhere(me, AdminScope::HealthWrite);
        let sees_to = may.then_some((forms, part.configured, once));
        let failing = &part.letters.items;
        let mut words: Vec<&str> = failing.iter().filter_map(|it| it.cause.as_deref()).collect();
        words.sort_unstable();
        words.dedup();
        let mut keys: Vec<String> = words.into_iter().map(cause_key).collect();
        keys.dedup();
        let causes = keys
            .into_iter()
            .map(|key| Cause { advice: Text::new(format!("{key}-advice")), what: Text::new(key) });
        let rows: Vec<Row> = failing.iter().map(|letter| Row::new(letter, sees_to)).collect();
        let any = rows.iter().any(|row| row.retry.is_some());
        Self {
            causes: causes.collect(),
            retry_all: any.then(|| forms.form(RETRY_ADDRESS).with("once", once)),
            first: part.after.map(|_| format!("{ADDRESS}#letters")),
            next: part.letters.next.as_deref().map(|after| {
                let query = serde_urlencoded::to_string([("after", after)]).unwrap_or_default();
                format!("{ADDRESS}?{query}#letters")
            }),
            rows,
        }
    }
}

/// What became of a wish, as the address says.
pub(super) fn told(query: &Params) -> Option<Text> {
    let one = |name: &str| query.one(name).ok().flatten();
    if let Some(tried) = one("tried") {
        return Some(Text::new("console-letters-tried").with("count", tried.parse::<u64>().ok()?));
    }
    match one("letter")? {
        "given-up" => Some("console-letter-given-up".into()),
        "gone" => Some("console-letter-gone".into()),
        "on-its-way" => Some("console-letter-touched".into()),
        _ => None,
    }
}

/// What was typed.
#[derive(Clone, Debug, Default, Serialize)]
struct Fields {
    note: String,
    case: String,
}

/// What it means to give a letter up.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct GiveUp {
    shell: Shell,
    subject: Option<Text>,
    kind: String,
    to: Option<String>,
    /// What will be so afterwards.
    lines: Vec<Text>,
    form: Form,
    fields: Fields,
    longest_note: usize,
    back: &'static str,
    problem: Option<Problem>,
}

impl GiveUp {
    fn new((shell, forms): (Shell, &Forms), letter: &FailingLetter, once: &str) -> Self {
        Self {
            shell,
            subject: subject(&letter.kind),
            kind: letter.kind.clone(),
            to: letter.to.clone(),
            lines: meaning(letter),
            form: forms.form(give_up_address(letter.id)).with("once", once),
            fields: Fields::default(),
            longest_note: LONGEST_NOTE,
            back: ADDRESS,
            problem: None,
        }
    }

    /// A letter with a link in it, and one of a kind that nobody knows.
    pub(crate) fn samples() -> Vec<(&'static str, Self)> {
        let forms = samples::forms();
        let frame = || (samples::shell(Place::Health), &forms);
        let letter = |kind: &str, link| FailingLetter {
            kind: kind.to_owned(),
            link,
            to: None,
            ..samples::failing_letter()
        };
        let of = |kind, link| Self::new(frame(), &letter(kind, link), "o");
        vec![
            ("a link", of("invitation", true)),
            ("another link", of("<script>alert(1)</script>", true)),
            ("to the helpdesk", of("not-me", false)),
        ]
    }
}

impl Page for GiveUp {
    const TEMPLATE: &'static str = "console/letter-give-up.html";
    const FORMS_LEAD_OUT: bool = true;

    fn sample() -> Self {
        let frame = (samples::shell(Place::Health), &samples::forms());
        let page = Self::new(frame, &samples::failing_letter(), "o");
        let problem = Some(Problem::at("note", Text::new("console-note-long").with("longest", 5)));
        Self { problem, ..page }
    }

    fn problem(&self) -> Option<&Problem> {
        self.problem.as_ref()
    }

    fn help(&self) -> Vec<Help> {
        vec![]
    }
}

/// What giving a letter up means for whom it is for.
fn meaning(letter: &FailingLetter) -> Vec<Text> {
    let known = |kind: &str| matches!(kind, "invitation" | "password-link");
    let mut lines = vec![Text::new("console-letter-will-not-arrive")];
    match letter.kind.as_str() {
        kind if known(kind) => lines.push(Text::new(format!("console-letter-will-end-{kind}"))),
        "key-lost-link" | "app-lost-link" => lines.push("console-letter-will-end-lost".into()),
        _ if letter.link => lines.push("console-letter-will-end-other".into()),
        "not-me" => lines.push("console-letter-will-not-tell-helpdesk".into()),
        _ => {
            lines.push("console-letter-will-not-tell".into());
            lines.push("console-letter-will-stay".into());
        }
    }
    lines.push("console-letter-will-be-kept".into());
    lines
}

fn refuse_others(admin: &Admin) -> Result<(), Stop> {
    match may_everywhere(&admin.me, AdminScope::HealthWrite) {
        true => Ok(()),
        false => Err(Kind::Forbidden.into()),
    }
}

fn id(text: &str) -> Result<Uuid, Stop> {
    Uuid::try_parse(text).map_err(|_| Kind::NotFound.into())
}

/// Back to the list, with what became of it. That a letter is not there any more is no fault: it
/// was sent, which is what everybody wants.
fn back(done: Result<LettersReceipt, Failure>, well: &str) -> Result<Response, Stop> {
    let told = match done {
        Ok(receipt) if well.is_empty() => format!("tried={}", receipt.letters),
        Ok(_) => format!("letter={well}"),
        Err(Failure::Refused(refused)) if refused.kind.ends_with(":not-found") => {
            "letter=gone".to_owned()
        }
        Err(Failure::Refused(refused)) if refused.kind.ends_with(":on-its-way") => {
            "letter=on-its-way".to_owned()
        }
        Err(failure) => return Err(failure.into()),
    };
    Ok(Redirect::to(&format!("{ADDRESS}?{told}")).into_response())
}

/// `POST /admin/health/letters/retry`
pub(crate) async fn retry_all(asked: Asked, form: Result<Posted, Refusal>) -> Response {
    asked
        .taken(form, ADDRESS, async |form| {
            let admin = asked.sender(form).await?;
            refuse_others(&admin)?;
            back(admin.api.retry_letters(once(form)).await, "")
        })
        .await
}

/// `POST /admin/health/letters/{letter}/retry`
pub(crate) async fn retry(
    Path(letter): Path<String>,
    asked: Asked,
    form: Result<Posted, Refusal>,
) -> Response {
    asked
        .taken(form, ADDRESS, async |form| {
            let letter = id(&letter)?;
            let admin = asked.sender(form).await?;
            refuse_others(&admin)?;
            back(admin.api.retry_letter(letter, once(form)).await, "")
        })
        .await
}

fn once(form: &Params) -> &str {
    form.one("once").ok().flatten().unwrap_or_default()
}

/// A letter that did not leave, unless it is gone meanwhile or being tried: then the way back.
async fn find(admin: &Admin, letter: Uuid) -> Result<Result<FailingLetter, Response>, Stop> {
    Ok(match admin.api.letter(letter).await {
        Ok(found) if !found.on_its_way => Ok(found),
        Ok(_) => Err(Redirect::to(&format!("{ADDRESS}?letter=on-its-way")).into_response()),
        Err(Failure::Refused(refused)) if refused.kind.ends_with(":not-found") => {
            Err(Redirect::to(&format!("{ADDRESS}?letter=gone")).into_response())
        }
        Err(failure) => return Err(failure.into()),
    })
}

/// `GET /admin/health/letters/{letter}/give-up`
pub(crate) async fn ask_give_up(Path(letter): Path<String>, asked: Asked) -> Response {
    let work = async {
        let letter = id(&letter)?;
        let admin = asked.admin().await?;
        refuse_others(&admin)?;
        let found = match find(&admin, letter).await? {
            Ok(found) => found,
            Err(way) => return Ok(way),
        };
        let frame = (admin.shell(Place::Health), &admin.forms);
        let mut page = GiveUp::new(frame, &found, &asked.once());
        for (name, value) in asked.kept(&admin).unwrap_or_default() {
            match name.as_str() {
                "note" => page.fields.note.clone_from(value),
                "case" => page.fields.case.clone_from(value),
                _ => {}
            }
        }
        Ok(asked.page(&page))
    };
    asked.shown(work).await
}

/// `POST /admin/health/letters/{letter}/give-up`
pub(crate) async fn give_up(
    Path(letter): Path<String>,
    asked: Asked,
    form: Result<Posted, Refusal>,
) -> Response {
    let to = asked.address();
    asked
        .taken(form, &to, async |form| {
            let letter = id(&letter)?;
            let admin = asked.sender(form).await?;
            refuse_others(&admin)?;
            let text = |name| form.one(name).ok().flatten().unwrap_or_default().trim().to_owned();
            let fields = Fields { note: text("note").replace("\r\n", "\n"), case: text("case") };
            if let Some(problem) = too_long(&fields.note, &fields.case) {
                let found = match find(&admin, letter).await? {
                    Ok(found) => found,
                    Err(way) => return Ok(way),
                };
                let frame = (admin.shell(Place::Health), &admin.forms);
                let page = GiveUp::new(frame, &found, &asked.once());
                return Ok(asked.page(&GiveUp { fields, problem: Some(problem), ..page }));
            }
            let some = |text: String| Some(text).filter(|text| !text.is_empty());
            let (note, case) = (some(fields.note), some(fields.case));
            let withdrawal = Withdrawal { note, case, dry_run: false };
            let done = admin.api.withdraw_letter(letter, &withdrawal, once(form)).await;
            back(done, "given-up")
        })
        .await
}

#[cfg(test)]
mod tests {
    use latchkey_web::Theme;

    use super::*;

    #[test]
    fn every_letter_has_a_subject_and_every_cause_its_words_in_every_language() {
        let theme = Theme::load(None).expect("the built-in theme");
        let causes = Undelivered::ALL.map(Undelivered::as_str).into_iter().chain(["something new"]);
        let subjects = LETTERS.map(|letter| format!("mail-{letter}-subject"));
        let mut keys: Vec<String> = subjects.to_vec();
        for cause in causes {
            keys.extend([cause_key(cause), format!("{}-advice", cause_key(cause))]);
        }
        for locale in theme.strings().locales() {
            for key in &keys {
                let args = [("person", "x".into())].into_iter().collect();
                let said = theme.strings().say(locale, key, &args);
                said.unwrap_or_else(|error| panic!("{key}: {error:?}"));
            }
        }
    }

    #[test]
    fn a_letter_is_seen_to_by_whoever_may_and_never_while_it_is_tried() {
        let forms = samples::forms();
        let mut letters = samples::letters();
        let can = |me: &Me, configured, letters: &List<FailingLetter>| {
            let part = Part { configured, after: None, letters };
            let letters = Letters::new(me, &forms, &part, "o");
            let rows = letters.rows.iter();
            let each = rows.map(|row| (row.retry.is_some(), row.give_up.is_some(), row.on_its_way));
            (letters.retry_all.is_some(), each.collect::<Vec<_>>())
        };
        letters.items = vec![samples::failing_letter(); 2];
        letters.items[1].on_its_way = true;
        let mut me = samples::platform();
        let both = vec![(true, true, false), (false, false, true)];
        assert_eq!(can(&me, true, &letters), (true, both));
        let silent = (false, vec![(false, true, false), (false, false, true)]);
        assert_eq!(can(&me, false, &letters), silent);
        me.may.retain(|may| may.scope != AdminScope::HealthWrite);
        let looks = (false, vec![(false, false, false), (false, false, true)]);
        assert_eq!(can(&me, true, &letters), looks);
    }
}
