//! Logging out of this browser's session. The applications that it opened are named, because what
//! they keep open is theirs to close.

use axum::response::Response;
use latchkey_web::Form;

use super::gate::{frame, origin};
use crate::actions::logouts::{self, Back, Leaving};
use crate::actions::sessions;
use crate::flow::{self, Asked};
use crate::pages::login::LogOut;
use crate::visitor::{clear_session, see_other};

/// The address.
pub(super) const PATH: &str = "/logout";

/// `GET /logout`
pub(super) async fn show(asked: Asked) -> Response {
    let work = async {
        let Some(current) = flow::current(&asked.app, &asked.visitor).await? else {
            return Ok(logged_out(&asked, Vec::new()));
        };
        let page =
            LogOut { form: Form::new(PATH), application: None, stay_url: "/account".to_owned() };
        Ok(asked.app.theme.render(&frame(&asked, &current, PATH), &page))
    };
    asked.answer(work).await
}

/// `POST /logout`. Every page has this form; that it comes from a page of ours is checked for all
/// of them at once.
pub(super) async fn submit(asked: Asked) -> Response {
    let work = async {
        let mut applications = Vec::new();
        if let Some(current) = flow::current(&asked.app, &asked.visitor).await? {
            let session = current.session.id;
            applications = sessions::applications(&asked.app, session).await?;
            let leaving = Leaving { back: Back::Page, applications: applications.clone() };
            let (origin, person) = (origin(&asked, &current), &current.person.person);
            let round = logouts::end(&asked.app, &origin, person, session, &leaving).await?;
            if let Some(round) = round {
                let mut response = see_other(&logouts::address(round))?;
                clear_session(&asked.app, &mut response);
                return Ok(response);
            }
        }
        let mut response = logged_out(&asked, applications);
        clear_session(&asked.app, &mut response);
        Ok(response)
    };
    asked.answer(work).await
}

fn logged_out(asked: &Asked, applications: Vec<String>) -> Response {
    let page = flow::logged_out(Leaving { back: Back::Page, applications }, Vec::new());
    asked.app.theme.render(&asked.visitor.frame(&asked.app, PATH), &page)
}
