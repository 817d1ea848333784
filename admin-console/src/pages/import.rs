//! One import: how far it is, what it would change or changed, what is wrong with its table, and the
//! button that takes in what a dry run went through.

use axum::extract::Path;
use axum::response::{IntoResponse as _, Redirect, Response};
use latchkey_api::AdminScope;
use latchkey_api::imports::{Import, ImportState, ROW_ERRORS, RowError, TakeIn};
use latchkey_api::organisations::OrganisationRef;
use latchkey_core::Timestamp;
use latchkey_web::limits::{Form as Posted, Params, Refusal};
use latchkey_web::{Form, Help, Page, Problem, Text, Tone};
use serde::Serialize;
use uuid::Uuid;

use super::call::person_id;
use super::imports::ADDRESS;
use super::shell::{Place, Shell, may};
use super::{at, coded, people, samples};
use crate::client::Failure;
use crate::visitor::{Admin, Asked, Stop};

/// How far it is said to be, in percent: seldom, so that nobody has to listen to it.
const SAID_EVERY: u64 = 25;

/// The page.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Shown {
    shell: Shell,
    organisation: String,
    /// What it is at, as a key.
    stage: &'static str,
    /// It goes on: the page is renewed.
    live: bool,
    done: u64,
    rows: u64,
    /// The same in words, and what is said aloud of it.
    far: Text,
    said: Text,
    added: String,
    changed: String,
    same: String,
    errors: Vec<Wrong>,
    /// What is wrong, counted.
    wrong: Text,
    /// How many more are wrong than are told.
    more: Option<Text>,
    started_at: Timestamp,
    ended_at: Option<Timestamp>,
    /// What takes the table in, by whoever may.
    take_in: Option<Form>,
    invite: bool,
    until: Option<Timestamp>,
    /// The import that took it in.
    next: Option<String>,
    /// Where a table is chosen.
    again: Option<String>,
    /// Who is there now.
    people: String,
    problem: Option<Problem>,
}

/// A row that is wrong.
#[derive(Clone, Debug, Serialize)]
struct Wrong {
    line: u64,
    /// What is wrong, where we have words for it.
    text: Option<Text>,
    /// The API's words.
    message: String,
}

impl From<&RowError> for Wrong {
    fn from(error: &RowError) -> Self {
        let RowError { line, code, values, message } = error;
        let text = coded::text("console-import-wrong", &ROW_ERRORS, code, values);
        Self { line: *line, text, message: message.clone() }
    }
}

/// The address of an import.
pub(crate) fn address(id: Uuid) -> String {
    format!("{ADDRESS}/{id}")
}

/// A number as people read it.
pub(crate) fn figure(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A message about so many.
fn counted(key: &'static str, number: u64) -> Text {
    Text::new(key).with("count", number).with("figure", figure(number))
}

/// What an import is at.
fn stage(import: &Import) -> &'static str {
    match (import.state, import.dry_run) {
        (ImportState::Running, true) => "looking",
        (ImportState::Running, false) => "taking",
        (ImportState::Done, true) => match import.taken_in {
            Some(_) => "taken",
            None => "looked",
        },
        (ImportState::Done, false) => "done",
        (ImportState::Refused, _) => "refused",
        (ImportState::Failed, true) => "unread",
        (ImportState::Failed, false) => "stopped",
    }
}

/// The same in a word or two.
pub(crate) fn state(import: &Import) -> Text {
    Text::new(format!("console-import-state-{}", stage(import)))
}

impl Shown {
    fn new(shell: Shell, import: &Import) -> Self {
        let percent = (import.done * 100).checked_div(import.rows).unwrap_or(0);
        let told = import.errors.len() as u64;
        let live = import.state == ImportState::Running;
        let query = |address: &str| {
            let pair = [("organisation", &import.organisation.id)];
            let query = serde_urlencoded::to_string(pair).unwrap_or_default();
            format!("{address}?{query}")
        };
        let far = match import.rows {
            0 => Text::new("console-import-reading"),
            _ => Text::new("console-import-far")
                .with("done", figure(import.done))
                .with("rows", figure(import.rows)),
        };
        let said = match live {
            true => Text::new("console-import-percent")
                .with("percent", percent / SAID_EVERY * SAID_EVERY),
            false => Text::new(format!("console-import-heading-{}", stage(import))),
        };
        Self {
            shell,
            organisation: import.organisation.name.clone(),
            stage: stage(import),
            live,
            done: import.done,
            rows: import.rows,
            far,
            said,
            added: figure(import.added),
            changed: figure(import.changed),
            same: figure(import.same),
            errors: import.errors.iter().map(Wrong::from).collect(),
            wrong: counted("console-import-wrong", import.wrong.max(told)),
            more: (import.wrong > told)
                .then(|| counted("console-import-more", import.wrong - told)),
            started_at: at(import.started_at),
            ended_at: import.ended_at.map(at),
            take_in: None,
            invite: false,
            until: import.table_until.map(at),
            next: import.taken_in.map(address),
            again: None,
            people: query(people::ADDRESS),
            problem: None,
        }
    }

    /// The same for whoever may take it in.
    fn with_forms(mut self, forms: &crate::visitor::Forms, import: &Import, once: &str) -> Self {
        let takes = import.table_until.is_some();
        self.take_in = takes.then(|| forms.form(address(import.id)).with("once", once));
        let pair = [("organisation", &import.organisation.id)];
        let query = serde_urlencoded::to_string(pair).unwrap_or_default();
        self.again = (!self.live).then(|| format!("{ADDRESS}?{query}"));
        self
    }

    /// One at every stage.
    pub(crate) fn all_samples() -> Vec<(String, Self)> {
        let shell = || samples::shell(Place::Imports);
        let of = |import: &Import| {
            let page = Self::new(shell(), import).with_forms(&samples::forms(), import, "once");
            (page.stage.to_owned(), page)
        };
        let mut all: Vec<_> = samples().iter().map(of).collect();
        let reading = Import { rows: 0, done: 0, ..samples()[0].clone() };
        all.push(("reading".to_owned(), of(&reading).1));
        let (_, mut late) = of(&Import { table_until: None, ..samples()[2].clone() });
        late.problem = Some(Problem::new("console-import-gone"));
        all.push(("its time over".to_owned(), late));
        all
    }
}

/// Imports at every stage.
pub(crate) fn samples() -> Vec<Import> {
    let then = jiff::Timestamp::UNIX_EPOCH;
    let import = Import {
        id: Uuid::nil(),
        organisation: OrganisationRef { id: "northgate".into(), name: "Northgate <Trust>".into() },
        dry_run: true,
        invite: false,
        state: ImportState::Running,
        rows: 100_000,
        done: 41_200,
        added: 41_000,
        changed: 150,
        same: 50,
        errors: vec![],
        wrong: 0,
        started_at: then,
        ended_at: None,
        table_until: None,
        taken_in: None,
    };
    let ended = |dry_run, state| Import { dry_run, state, ended_at: Some(then), ..import.clone() };
    let error = |line, code: &str, names: &[&str]| RowError {
        line,
        code: code.to_owned(),
        values: names.iter().map(|name| ((*name).into(), "<script>1</script>".into())).collect(),
        message: "<script>alert(1)</script> is wrong".to_owned(),
    };
    let mut errors = vec![
        error(0, "of a later version", &["<b>"]),
        // A value that we need is missing.
        error(1, "email", &[]),
    ];
    errors.extend(ROW_ERRORS.iter().zip(2..).map(|((code, names), line)| error(line, code, names)));
    vec![
        import.clone(),
        Import { dry_run: false, ..import.clone() },
        Import { table_until: Some(then), ..ended(true, ImportState::Done) },
        Import { taken_in: Some(Uuid::nil()), ..ended(true, ImportState::Done) },
        ended(false, ImportState::Done),
        Import { errors, wrong: 1200, ..ended(true, ImportState::Refused) },
        ended(true, ImportState::Failed),
        Import { table_until: Some(then), ..ended(false, ImportState::Failed) },
    ]
}

impl Page for Shown {
    const TEMPLATE: &'static str = "console/import.html";
    const FORMS_LEAD_OUT: bool = true;

    fn sample() -> Self {
        Self::new(samples::shell(Place::Imports), &samples()[0])
    }

    fn tone(&self) -> Tone {
        match self.stage {
            "done" => Tone::Good,
            "refused" | "unread" | "stopped" => Tone::Bad,
            _ => Tone::Normal,
        }
    }

    fn problem(&self) -> Option<&Problem> {
        self.problem.as_ref()
    }

    fn help(&self) -> Vec<Help> {
        vec![]
    }
}

async fn page(
    asked: &Asked,
    admin: &Admin,
    id: Uuid,
    invite: bool,
    problem: Option<Problem>,
) -> Result<Response, Stop> {
    let import = admin.api.import(id).await?;
    let mut page = Shown::new(admin.shell(Place::Imports), &import);
    if may(&admin.me, AdminScope::PeopleWrite) {
        page = page.with_forms(&admin.forms, &import, &asked.once());
    }
    Ok(asked.page(&Shown { invite, problem, ..page }))
}

/// `GET /admin/imports/{import}`
pub(crate) async fn show(Path(id): Path<String>, asked: Asked) -> Response {
    let work = async {
        let id = person_id(&id)?;
        let admin = asked.admin().await?;
        let invite = asked.kept(&admin).is_some_and(|kept| {
            // What was ticked before a log-in came between.
            kept.iter().any(|(name, _)| name == "invite")
        });
        page(&asked, &admin, id, invite, None).await
    };
    asked.shown(work).await
}

/// What the API says about taking a table in, if it is about the form.
fn of_form(failure: &Failure) -> Option<Problem> {
    let Failure::Refused(refused) = failure else { return None };
    match (refused.kind.rsplit(':').next()?, refused.errors.first()) {
        ("running", _) => Some(Problem::new("console-imports-running")),
        ("gone", _) => Some(Problem::new("console-import-gone")),
        (_, Some(error)) if error.field == "invite" => {
            Some(Problem::at("invite", "console-import-no-mail"))
        }
        _ => None,
    }
}

/// `POST /admin/imports/{import}`: takes in what a dry run went through.
pub(crate) async fn submit(
    Path(id): Path<String>,
    asked: Asked,
    form: Result<Posted, Refusal>,
) -> Response {
    let to = asked.address();
    let one = |form: &Params, name: &str| form.one(name).ok().flatten().map(str::to_owned);
    asked
        .taken(form, &to, async |form| {
            let id = person_id(&id)?;
            let admin = asked.sender(form).await?;
            let wish = TakeIn { invite: one(form, "invite").is_some() };
            let once = one(form, "once").unwrap_or_else(|| asked.once());
            match admin.api.take_import_in(id, wish, &once).await {
                Ok(import) => Ok(Redirect::to(&address(import.id)).into_response()),
                Err(failure) => match of_form(&failure) {
                    Some(problem) => page(&asked, &admin, id, wish.invite, Some(problem)).await,
                    None => Err(failure.into()),
                },
            }
        })
        .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped_by_thousands() {
        for (number, text) in [
            (0, "0"),
            (999, "999"),
            (1000, "1,000"),
            (100_000, "100,000"),
            (1_234_567, "1,234,567"),
        ] {
            assert_eq!(figure(number), text);
        }
    }
}
