//! Setting or changing one's own password, after a fresh proof.

use axum::response::{IntoResponse as _, Redirect, Response};
use latchkey_core::passwords::SHORTEST;
use latchkey_web::Problem;

use super::gate::{Entered, Place, Submitted};
use super::receipt::{self, Done};
use super::sessions;
use crate::actions::passwords::{self, FIELD, Unset};
use crate::flow::Stop;
use crate::pages::account::ChangePassword;
use crate::pages::message::Notice;

/// Where the password is set.
pub(super) struct Change;

impl Place for Change {
    const PATH: &'static str = "/account/password";
    const STEP_UP: bool = true;
    type About = ();
}

/// `GET /account/password`
pub(super) async fn show(at: Entered<Change>) -> Response {
    at.asked.answer(async { page(&at, true, None).await }).await
}

/// `POST /account/password`
pub(super) async fn submit(submitted: Submitted<Change>) -> Response {
    let at = &submitted.at;
    let work = async {
        let end_others = submitted.field("end_sessions")? == "yes";
        let (app, current) = (&at.asked.app, &at.current);
        let typed = submitted.field(FIELD)?;
        let chosen = passwords::choose(typed, &current.person.person, &current.organisation.name);
        let new = match chosen {
            Ok(new) => new,
            Err(problem) => return page(at, end_others, Some(problem)).await,
        };
        let session = current.session.id;
        let set =
            passwords::set(app, &at.origin(), &current.person, session, new, end_others).await?;
        let done = match set {
            Ok(0) => Done::PasswordChanged,
            Ok(_) => Done::PasswordChangedSessions,
            Err(Unset::Busy) => {
                return page(at, end_others, Some(Problem::new("problem-busy"))).await;
            }
            Err(Unset::Overtaken) => {
                return Err(super::gate::notice(&at.asked, Notice::Used, Change::PATH).into());
            }
        };
        let to = receipt::address_at(app, sessions::LIST, session, done)?;
        Ok(Redirect::to(&to).into_response())
    };
    at.asked.answer(work).await
}

async fn page(
    at: &Entered<Change>,
    end_others: bool,
    problem: Option<Problem>,
) -> Result<Response, Stop> {
    let current = &at.current;
    Ok(at.page(&ChangePassword {
        form: at.form(),
        username: current.person.person.username.as_str().to_owned(),
        replaces: current.person.password_hash.is_some(),
        least: SHORTEST,
        end_others,
        sessions: sessions::elsewhere(&at.asked.app, current).await?.len(),
        problem,
    }))
}
