//! The page: what is typed, or what comes of it before it is done.

use latchkey_web::{Form, Help, Page, Problem, Text};
use serde::Serialize;

use super::field::{Document, Field, Input, Line};
use super::typed::Typed;
use super::{Found, Opened, Subject, Words};
use crate::pages::application_kinds::Kind;
use crate::pages::applications::ADDRESS as BACK;
use crate::pages::choice::Choice;
use crate::pages::samples;
use crate::pages::shell::{Place, Shell};
use crate::visitor::Forms;

/// The page.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Registration {
    shell: Shell,
    /// What it is called, if there is one.
    application: Option<String>,
    words: Words,
    fields: Vec<Filled>,
    form: Form,
    /// What will change is shown before it is done.
    previews: bool,
    /// What will change, once it was asked for.
    changes: Option<Vec<Change>>,
    back: String,
    again: String,
    /// Where somebody logs in again beside this page, which has more in it than is kept elsewhere.
    log_in: Option<String>,
    problem: Option<Problem>,
}

/// A field with what is in it.
#[derive(Clone, Debug, Serialize)]
struct Filled {
    #[serde(flatten)]
    field: &'static Field,
    value: String,
    choices: Vec<Choice>,
    /// What somebody else wrote meanwhile.
    now: Option<String>,
}

#[derive(Clone, Debug, Serialize)]
struct Change {
    before: Line,
    after: Line,
}

impl Registration {
    /// What is typed.
    pub(super) fn new<S: Subject>(
        (shell, forms): (Shell, &Forms),
        on: &Opened<S>,
        typed: &Typed,
    ) -> Self {
        let (key, subject) = (on.key.as_deref(), on.found.subject);
        let again =
            key.map_or_else(|| subject.new_address(), |key| format!("{}/edit", S::address(key)));
        let mut form = forms.form(again.clone());
        form = form.with("version", &typed.version).with("once", &typed.once);
        for (field, was, _) in typed.each() {
            form = form.with(&format!("was_{}", field.name), was);
        }
        let fields = typed.each().map(|(field, was, value)| Filled {
            choices: field.offered((value, was), &on.organisations),
            field,
            value: value.to_owned(),
            now: None,
        });
        Self {
            shell,
            application: key.map(|_| on.found.name.clone()),
            words: subject.words(key.is_none()),
            fields: fields.collect(),
            form,
            previews: on.previews(),
            changes: None,
            back: key.map_or(BACK.to_owned(), S::address),
            again,
            log_in: None,
            problem: None,
        }
    }

    /// What will change. What was typed is sent along.
    pub(super) fn previewed<S: Subject>(self, on: &Opened<S>, typed: &Typed) -> Self {
        let mut form = self.form.with("step", "do");
        for (field, _, value) in typed.each() {
            form = form.with(field.name, value);
        }
        let of = |field: &Field, value: &str| field.line(value, &on.organisations);
        // What it is known by is told beside what it is.
        let changed =
            typed.each().filter(|(field, was, value)| was != value && field.input != Input::Id);
        let changes = changed
            .map(|(field, was, value)| Change { before: of(field, was), after: of(field, value) });
        Self { changes: Some(changes.collect()), form, ..self }
    }

    /// What is typed, with what is wrong with it.
    pub(super) fn wrong(self, problem: Problem) -> Self {
        Self { problem: Some(problem), ..self }
    }

    /// The same with what somebody else wrote into each field.
    pub(super) fn meanwhile(mut self, others: Vec<Option<String>>) -> Self {
        self.fields.iter_mut().zip(others).for_each(|(field, now)| field.now = now);
        self
    }

    /// What is typed, and where to log in beside it.
    pub(super) fn log_in_again(self) -> Self {
        let log_in = Some(self.again.clone());
        Self { log_in, ..self.wrong(Problem::new("console-app-old-log-in")) }
    }

    /// A new one: what is typed, and what comes of it.
    pub(crate) fn new_samples<S: Subject>(subject: S, document: &Document) -> [Self; 2] {
        let (on, known) = sample(subject, document, true);
        let was = vec![String::new(); known.values.len()];
        let typed = Typed { was, ..known };
        [page(&on, &typed), page(&on, &typed).previewed(&on, &typed)]
    }

    /// One that is there: somebody else changed it meanwhile; and what comes of it when nothing was
    /// typed, everything and nothing any more.
    pub(crate) fn samples<S: Subject>(subject: S, document: &Document) -> [Self; 4] {
        let (on, known) = sample(subject, document, false);
        let others = ["<b>theirs</b>", ""].map(|other| Some(other.to_owned()));
        let others = others.into_iter().cycle().take(known.values.len()).collect();
        let stale = page(&on, &known).wrong(Problem::new("console-org-stale")).meanwhile(others);
        let nothing = vec![String::new(); known.values.len()];
        let typed = Typed { was: nothing.clone(), ..known.clone() };
        let emptied = Typed { values: nothing, ..known.clone() };
        let [unchanged, typed, emptied] =
            [known, typed, emptied].map(|typed| page(&on, &typed).previewed(&on, &typed));
        [stale, unchanged, typed, emptied]
    }

    /// Everything that can be wrong, on a new one or on one that is there.
    pub(crate) fn wrong_samples<S: Subject>(
        subject: S,
        document: &Document,
        new: bool,
    ) -> Vec<Self> {
        let (on, known) = sample(subject, document, new);
        let of_none = Text::new("console-app-wrong").with("member", "<b>".to_owned());
        let of_none = Problem::new(of_none.with("reason", "<b>".to_owned()));
        let mut problems = vec![Problem::new("console-app-press-again"), of_none];
        problems.extend(on.fields().iter().flat_map(Field::problems));
        let mut pages = vec![page(&on, &known).log_in_again()];
        pages.extend(problems.into_iter().map(|problem| page(&on, &known).wrong(problem)));
        pages
    }
}

/// A form, and what a document says typed into it.
fn sample<S: Subject>(subject: S, document: &Document, new: bool) -> (Opened<S>, Typed) {
    let name = "Payroll <b>".to_owned();
    let on = Opened {
        key: (!new).then(|| "a2V5".to_owned()),
        found: Found { name, document: document.clone(), ..Found::new(subject) },
        organisations: vec![samples::organisation().named],
    };
    let known = Typed::known(on.fields(), document, "\"v\"", "o".to_owned());
    (on, known)
}

fn page<S: Subject>(on: &Opened<S>, typed: &Typed) -> Registration {
    Registration::new((samples::shell(Place::Applications), &samples::forms()), on, typed)
}

impl Page for Registration {
    const TEMPLATE: &'static str = "console/application-form.html";
    const FORMS_LEAD_OUT: bool = true;

    fn sample() -> Self {
        let [stale, ..] = Self::samples(Kind::Web, &samples::application(Kind::Web).metadata);
        stale
    }

    fn problem(&self) -> Option<&Problem> {
        self.problem.as_ref()
    }

    fn help(&self) -> Vec<Help> {
        vec![]
    }
}
