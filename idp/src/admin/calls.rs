//! Calls to the helpdesk: a number connects a voice with a browser, and unlocks nothing.

use std::sync::Arc;

use latchkey_api::help::{AnswerCall, Call};
use latchkey_core::ids::PersonId;
use latchkey_store::{Error, Tx};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::answer::{Json, Problems};
use super::caller::{Admin, CredentialsRead, CredentialsWrite};
use super::failure::Failure;
use super::help::case_number;
use super::input::{At, Sent};
use super::shape;
use crate::App;

pub(super) fn router() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new().routes(routes!(show)).routes(routes!(answer))
}

/// The browser that shows a call number
///
/// Whoever answers first names whom they help; from then on only somebody who reaches that person
/// finds the call.
#[utoipa::path(get, path = "/calls/{number}", tag = "calls",
    params(("number" = String, Path, description = "Six digits")),
    security(("bearer" = ["credentials:read"]), ("bearer" = ["credentials:help"])),
    responses((status = 200, body = Call), Problems))]
async fn show(
    admin: Admin<CredentialsRead>,
    At(number): At<String>,
) -> Result<Json<Call>, Failure> {
    Ok(Json(find(&admin, &number).await?))
}

async fn find<O>(admin: &Admin<O>, number: &str) -> Result<Call, Failure> {
    let number: String = number.chars().filter(|c| !c.is_whitespace()).collect();
    let now = admin.app.clock.now();
    let call = admin.app.store.view().find_call(&number, now).await?.ok_or(Failure::NotFound)?;
    if let Some(person) = call.person {
        admin.find(person).await?;
    }
    let (number, helper) = (call.number, call.helper);
    Ok(Call { number, expires_at: shape::time(call.expires_at), helper })
}

/// Says whom the caller says to be
///
/// The caller's page then shows the administrator's name and the case number, so that a fake
/// helpdesk shows.
#[utoipa::path(post, path = "/calls/{number}/answer", tag = "calls",
    params(("number" = String, Path, description = "Six digits")), request_body = AnswerCall,
    security(("bearer" = ["credentials:write"]), ("bearer" = ["credentials:help"])),
    responses((status = 200, body = Call), Problems))]
async fn answer(
    admin: Admin<CredentialsWrite>,
    At(number): At<String>,
    Sent(answer): Sent<AnswerCall>,
) -> Result<Json<Call>, Failure> {
    let case = case_number(answer.case.as_deref())?;
    let (record, origin) = admin.touch(PersonId(answer.person)).await?;
    let found = find(&admin, &number).await?;
    // A service account has no name that a caller could hear.
    let helper = admin.person().ok_or(Failure::Forbidden("A call is answered by a person"))?;
    let (helper, person, now) = (helper.person.name.clone(), record.person.id, origin.at);
    let (number, shown) = (found.number.clone(), helper.clone());
    let write =
        async move |tx: &Tx| tx.answer_call(&number, &helper, case.as_deref(), person, now).await;
    if !admin.app.store.write::<_, Error, _>(write).await? {
        return Err(Failure::NotFound);
    }
    Ok(Json(Call { helper: Some(shown), ..found }))
}
