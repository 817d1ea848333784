//! Registering an application and changing its registration, whatever it speaks: one form, whose
//! fields stand for members of a document. What will change is shown before it is done, what
//! somebody else wrote meanwhile is kept, and members without a field stay as they are.
//!
//! What fields there are, and what the API does with the document, is each [`Subject`]'s.

pub(crate) mod field;
mod page;
pub(crate) mod typed;

use axum::extract::Path;
use axum::response::{IntoResponse as _, Redirect, Response};
use latchkey_api::AdminScope;
use latchkey_api::organisations::OrganisationRef;
use latchkey_core::Timestamp;
use latchkey_web::limits::{Form as Posted, Params, Refusal};
use latchkey_web::{Problem, Text};
use serde::Serialize;

use self::field::{Document, Field};
pub(crate) use self::page::Registration;
use self::typed::{Typed, refusal};
use super::application_kinds::Kinds;
use super::organisations::may_everywhere;
use super::shell::Place;
use super::{at, message, places};
use crate::client::{Api, Challenge, Failure};
use crate::visitor::{Admin, Asked, Stop};

/// What a cookie surely keeps of a form while somebody logs in.
const KEPT: usize = 2_000;

/// A kind of application.
pub(crate) trait Subject: Copy {
    /// Its form, as it is sent.
    type Sent: Into<Posted>;
    /// What is typed of a new one is pasted, and longer than a cookie keeps: the log-in that it
    /// needs is asked for before, and it is added at once.
    const PASTED: bool;

    /// Which one is to be added; `None` where that is to be chosen first.
    fn asked_for(asked: &Asked) -> Option<Self>;
    /// Where one is added.
    fn new_address(self) -> String;
    /// Where one is.
    fn address(key: &str) -> String;
    /// What is typed of a new one, or of one that is there.
    fn fields(self, new: bool) -> &'static [Field];
    /// What the page says beside the fields.
    fn words(self, new: bool) -> Words;
    /// Sets the members that follow from what it is.
    fn complete(self, _document: &mut Document) {}

    /// Finds one, and what it is.
    async fn find(api: &Api, key: &str) -> Result<Found<Self>, Failure>;
    /// Adds one; the same `once` adds it once.
    async fn add(asked: &Asked, admin: &Admin, new: Document, once: &str) -> Answer;
    /// Changes one that was read as `version`.
    async fn change(api: &Api, key: &str, document: Document, version: &str) -> Answer;
}

/// What is shown once it is done, or why it was not.
pub(crate) type Answer = Result<Response, Failure>;

/// What a page says beside the fields.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Words {
    /// The heading of a new one.
    pub(crate) heading: &'static str,
    /// What it is.
    pub(crate) lede: Option<Text>,
    /// What else comes of adding it.
    pub(crate) then: Option<&'static str>,
}

/// An application as the API has it; of a new one nothing is said.
pub(crate) struct Found<S> {
    pub(crate) subject: S,
    pub(crate) name: String,
    pub(crate) document: Document,
    pub(crate) version: String,
}

/// What a form is on, and what can be chosen in it.
struct Opened<S> {
    /// None yet when one is added.
    key: Option<String>,
    found: Found<S>,
    organisations: Vec<OrganisationRef>,
}

impl<S: Subject> Opened<S> {
    /// `None` where a kind is to be chosen first.
    async fn of(asked: &Asked, admin: &Admin, key: Option<String>) -> Result<Option<Self>, Stop> {
        let found = match &key {
            Some(key) => S::find(&admin.api, key).await?,
            None => match S::asked_for(asked) {
                Some(subject) => Found::new(subject),
                None => return Ok(None),
            },
        };
        let organisations = places::places(admin, AdminScope::ApplicationsWrite).await?;
        Ok(Some(Self { key, found, organisations }))
    }

    fn fields(&self) -> &'static [Field] {
        self.found.subject.fields(self.key.is_none())
    }

    fn previews(&self) -> bool {
        self.key.is_some() || !S::PASTED
    }

    fn page(&self, admin: &Admin, typed: &Typed) -> Registration {
        Registration::new((admin.shell(Place::Applications), &admin.forms), self, typed)
    }

    /// Does what was typed.
    async fn send(
        &self,
        asked: &Asked,
        admin: &Admin,
        document: Document,
        typed: &Typed,
    ) -> Answer {
        match &self.key {
            None => S::add(asked, admin, document, &typed.once).await,
            Some(key) => S::change(&admin.api, key, document, &typed.version).await,
        }
    }
}

impl<S> Found<S> {
    fn new(subject: S) -> Self {
        Self { subject, name: String::new(), document: Document::new(), version: String::new() }
    }
}

/// Where one is shown that was just added or changed.
pub(crate) fn saved<S: Subject>(key: &str) -> Response {
    Redirect::to(&format!("{}?saved=yes", S::address(key))).into_response()
}

/// `GET` of the form: with what was typed into it before a log-in came between.
pub(crate) async fn show<S: Subject>(key: Option<Path<String>>, asked: Asked) -> Response {
    let work = async {
        let admin = asked.admin().await?;
        refuse_others(&admin)?;
        if S::PASTED {
            fresh(&admin, asked.now())?;
        }
        let Some(on) = Opened::<S>::of(&asked, &admin, key.map(|Path(key)| key)).await? else {
            return Ok(asked.page(&Kinds::new(admin.shell(Place::Applications))));
        };
        let typed = match asked.kept(&admin) {
            Some(kept) => Typed::read(on.fields(), |name| {
                let found = kept.iter().filter(|(known, _)| known == name);
                found.map(|(_, value)| value.as_str()).collect()
            }),
            None => {
                let Found { document, version, .. } = &on.found;
                Typed::known(on.fields(), document, version, asked.once())
            }
        };
        let page = on.page(&admin, &typed);
        let previewed = on.previews() && typed.confirmed;
        Ok(asked.page(&if previewed { page.previewed(&on, &typed) } else { page }))
    };
    asked.shown(work).await
}

/// `POST` of the form: shows what will change, or does it.
pub(crate) async fn submit<S: Subject>(
    key: Option<Path<String>>,
    asked: Asked,
    form: Result<S::Sent, Refusal>,
) -> Response {
    let work = async |form: &Params| {
        let (admin, of_this_log_in) = sender(&asked, form).await?;
        refuse_others(&admin)?;
        let on = Opened::<S>::of(&asked, &admin, key.map(|Path(key)| key)).await?;
        let on = on.ok_or(message::Kind::Malformed)?;
        let typed = Typed::read(on.fields(), |name| form.all(name).collect());
        let page = || on.page(&admin, &typed);
        let Found { subject, document: now, version, .. } = &on.found;
        if !of_this_log_in {
            return Ok(asked.page(&page().wrong(Problem::new("console-app-press-again"))));
        }
        let mut document = match typed.document(now.clone()) {
            Ok(document) => document,
            Err(problem) => return Ok(asked.page(&page().wrong(problem))),
        };
        subject.complete(&mut document);
        if on.previews() && !typed.confirmed {
            return Ok(asked.page(&page().previewed(&on, &typed)));
        }
        let failure = match on.send(&asked, &admin, document, &typed).await {
            Ok(done) => return Ok(done),
            Err(Failure::Insufficient(_)) if is_long(form) => {
                return Ok(asked.page(&page().log_in_again()));
            }
            Err(failure) => failure,
        };
        let problem = refusal(on.fields(), &failure).ok_or(failure)?;
        let (typed, others) = typed.again(now, version, asked.once());
        Ok(asked.page(&on.page(&admin, &typed).wrong(problem).meanwhile(others)))
    };
    asked.taken(form.map(Into::into), &asked.address(), work).await
}

/// Refuses whoever may not register applications.
pub(crate) fn refuse_others(admin: &Admin) -> Result<(), Stop> {
    match may_everywhere(&admin.me, AdminScope::ApplicationsWrite) {
        true => Ok(()),
        false => Err(message::Kind::Forbidden.into()),
    }
}

/// Has whoever is about to type log in first, if what they send would be refused otherwise.
fn fresh(admin: &Admin, now: Timestamp) -> Result<(), Stop> {
    match admin.me.fresh_until {
        Some(until) if at(until) <= now => {
            Err(Stop::Insufficient(Challenge { max_age: Some(0), acr_values: None }))
        }
        _ => Ok(()),
    }
}

/// Whether a form has more in it than is kept while somebody logs in.
fn is_long(form: &Params) -> bool {
    form.iter().map(|(_, value)| value.len()).sum::<usize>() > KEPT
}

/// Who sent a form, and whether it is of their log-in: one that is longer than is kept is shown again
/// where it is of an earlier one.
async fn sender(asked: &Asked, form: &Params) -> Result<(Admin, bool), Stop> {
    match asked.sender(form).await {
        Err(Stop::OtherForm) if is_long(form) => Ok((asked.admin().await?, false)),
        sender => Ok((sender?, true)),
    }
}
