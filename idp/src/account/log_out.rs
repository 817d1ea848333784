//! Logging out of this browser's session. The applications that it opened are named, because what
//! they keep open is theirs to close.

use axum::response::Response;
use latchkey_core::ids::{ClientId, SessionId};
use latchkey_oidc::Client;
use latchkey_web::Form;

use super::gate::{frame, origin};
use crate::actions::sessions;
use crate::flow::{self, Asked, Stop};
use crate::pages::login::{LogOut, LoggedOut, Told};
use crate::visitor::clear_session;

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
            applications = opened(&asked, session).await?;
            let person = &current.person.person;
            sessions::end(&asked.app, &origin(&asked, &current), person, session).await?;
        }
        let mut response = logged_out(&asked, applications);
        clear_session(&asked.app, &mut response);
        Ok(response)
    };
    asked.answer(work).await
}

fn logged_out(asked: &Asked, applications: Vec<Told>) -> Response {
    let page = LoggedOut { applications, back: None, login_url: "/login".to_owned() };
    asked.app.theme.render(&asked.visitor.frame(&asked.app, PATH), &page)
}

/// The applications that were opened in a session, by name.
async fn opened(asked: &Asked, session: SessionId) -> Result<Vec<Told>, Stop> {
    let view = asked.app.store.view();
    let mut applications = Vec::new();
    for id in view.list_participants(session).await? {
        let document = view.find_client(&id).await?.map(|stored| stored.document);
        applications.push(Told { name: name(id, document.as_deref()), at: None });
    }
    Ok(applications)
}

/// What people know an application by, were it removed meanwhile.
pub(super) fn name(id: ClientId, document: Option<&str>) -> String {
    let client = document.and_then(|text| serde_json::from_str::<Client>(text).ok());
    client.map_or(id.0, |client| client.name)
}
