//! Saving the changes that were gathered and tried, or discarding them.

use axum::response::{IntoResponse as _, Redirect, Response};
use latchkey_api::Problem as Refused;
use latchkey_web::limits::{Form as Posted, Refusal};

use super::subject::Subject;
use super::{put, read};
use crate::client::Failure;
use crate::pages::message::Kind;
use crate::visitor::{Asked, Stop, append};

/// Why changes were not saved that could be saved after another look, as the page is asked to say.
fn to_look_at(refused: &Refused) -> Option<&'static str> {
    match refused.kind.rsplit(':').next()? {
        "stale" => Some("stale"),
        "locks-out" => Some("locks-out"),
        _ => None,
    }
}

/// The page that shows what is posted about.
fn shown(asked: &Asked, path: &str) -> String {
    asked.address().replacen(path, "", 1)
}

/// `POST /admin/policy/save`
pub(super) async fn save(asked: Asked, form: Result<Posted, Refusal>) -> Response {
    let to = shown(&asked, "/save");
    asked
        .taken(form, &to, async |form| {
            let admin = asked.sender(form).await?.with_places().await?;
            let (subject, current) = read(&asked, &admin).await?;
            let mut drafts = asked.drafts(&admin);
            let back = |more: &[(&str, &str)]| Redirect::to(&subject.address("", more));
            let draft = drafts.find(&subject).filter(|draft| !draft.changes.is_empty());
            // Saved or discarded in another window.
            let Some(draft) = draft else { return Ok(back(&[]).into_response()) };
            let of = |name: &str| form.one(name).ok().flatten().unwrap_or_default();
            let agreed = of("agreed").parse().unwrap_or_default();
            let put = put(&subject, &current, draft);
            match subject.save(&admin.api, put, agreed, of("version")).await {
                Ok(()) => {
                    drafts.saved(&subject, asked.now());
                    let mut response = back(&[]).into_response();
                    append(&mut response, asked.keep_drafts(&drafts).ok());
                    Ok(response)
                }
                Err(Failure::Refused(refused)) => match to_look_at(&refused) {
                    Some(told) => Ok(back(&[("told", told), ("wait", "yes")]).into_response()),
                    None => Err(Failure::Refused(refused).into()),
                },
                Err(failure) => Err(failure.into()),
            }
        })
        .await
}

/// `POST /admin/policy/discard`
pub(super) async fn discard(asked: Asked, form: Result<Posted, Refusal>) -> Response {
    let to = shown(&asked, "/discard");
    asked
        .taken(form, &to, async |form| {
            let admin = asked.sender(form).await?.with_places().await?;
            let subject = Subject::of(&asked.query(), &admin.me).ok_or(Kind::NotFound)?;
            let mut drafts = asked.drafts(&admin);
            drafts.forget(&subject);
            let line = asked.keep_drafts(&drafts).map_err(|_| Stop::from(Kind::Malformed))?;
            let mut response = Redirect::to(&subject.address("", &[])).into_response();
            append(&mut response, Some(line));
            Ok(response)
        })
        .await
}
