//! Logging in at the provider and out again, as a relying party (OpenID Connect Core 1.0 §3.1,
//! RFC 9207, RP-Initiated Logout 1.0).

use axum::response::{IntoResponse as _, Redirect, Response};
use latchkey_web::limits::{Duplicate, Form, Params, Refusal};

use crate::PATH;
use crate::pages::message::{Kind, Message};
use crate::provider::Wanted;
use crate::visitor::{Asked, LONGEST_ADDRESS, Stop, append};

/// Starts a log-in.
pub(crate) const LOG_IN_PATH: &str = "/admin/log-in";
/// Ends it.
pub(crate) const LOG_OUT_PATH: &str = "/admin/log-out";

/// The address of a whole log-in again, after which `to` is shown.
pub(crate) fn again(to: &str) -> String {
    let query = serde_urlencoded::to_string([("to", to), ("again", "yes")]);
    format!("{LOG_IN_PATH}?{}", query.unwrap_or_default())
}

/// `GET /admin/log-in`: of somebody who presses a button; every other page comes here by itself.
pub(crate) async fn log_in(asked: Asked) -> Response {
    let work = async {
        let query = asked.query();
        let to = query.one("to").map_err(repeated)?.filter(|to| is_ours(to)).unwrap_or(PATH);
        let again = query.one("again").map_err(repeated)?.is_some();
        asked.log_in(to.to_owned(), None, &Wanted { challenge: None, again }).await
    };
    asked.shown(work).await
}

/// Whether an address is a page of the console: nobody else's is ever gone to.
fn is_ours(to: &str) -> bool {
    let rest = to.strip_prefix(PATH);
    to.len() <= LONGEST_ADDRESS
        && rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '?']))
        && to.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\')
}

/// `GET /admin/callback`: the provider's answer (OpenID Connect Core 1.0 §3.1.2.5).
pub(crate) async fn callback(asked: Asked) -> Response {
    let work = async {
        let query = asked.query();
        finish(&asked, &query).await
    };
    asked.shown(work).await
}

async fn finish(asked: &Asked, query: &Params) -> Result<Response, Stop> {
    let sealer = &asked.console.sealer;
    let state = query.one("state").map_err(repeated)?.ok_or(Kind::AnswerForeign)?;
    let found = sealer.finish(asked.headers(), state);
    let (log_in, forget) = found.ok_or(Kind::AnswerLate)?;
    // RFC 9207 §2.4: an answer that names another issuer, or none, is somebody else's.
    if query.one("iss").map_err(repeated)? != Some(asked.console.provider.issuer()) {
        return Err(Kind::AnswerForeign.into());
    }
    if let Some(error) = query.one("error").map_err(repeated)? {
        tracing::info!("a log-in was refused");
        let kind = match error {
            "unmet_authentication_requirements" => Kind::Unmet,
            "temporarily_unavailable" | "server_error" => {
                return Err(Stop::Down(format!("the provider answers {error}")));
            }
            _ => Kind::AnswerRefused,
        };
        return Err(kind.into());
    }
    let code = query.one("code").map_err(repeated)?.ok_or(Kind::AnswerForeign)?;
    let mut session = asked.console.provider.finish(code, &log_in).await?;
    session.form_token = sealer.secret();
    let opened = sealer.open(&session).map_err(|_| Stop::Down("a token is too long".to_owned()))?;
    let mut response = Redirect::to(&log_in.to).into_response();
    // A form is shown to whoever filled it in, and to nobody else at the same computer.
    let kept = log_in.form.filter(|kept| kept.sub == session.sub);
    for line in [Some(forget), Some(opened), kept.and_then(|kept| sealer.keep(&kept).ok())] {
        append(&mut response, line);
    }
    Ok(response)
}

/// RFC 6749 §3.1: a parameter stands there once at most.
fn repeated(_: Duplicate) -> Stop {
    Kind::Malformed.into()
}

/// `POST /admin/log-out`. Every page has this form; that it comes from a page of ours is checked
/// for all of them at once. The provider ends the session, and the console's grant with it.
pub(crate) async fn log_out(asked: Asked, form: Result<Form, Refusal>) -> Response {
    if let Err(refusal) = form {
        return asked.shown(async { Err(refusal.into()) }).await;
    }
    let address = match asked.session() {
        Some(session) => asked.console.provider.log_out_address(&session).await,
        None => None,
    };
    let mut response = match address {
        Some(address) => Redirect::to(&address).into_response(),
        None => asked.message(&Message::new(Kind::LoggedOut)),
    };
    for line in asked.console.sealer.close() {
        append(&mut response, Some(line));
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_pages_of_the_console_are_gone_to() {
        for to in ["/admin", "/admin?search=b", "/admin/people/1?a=b"] {
            assert!(is_ours(to), "{to}");
        }
        for to in [
            "",
            "/",
            "/account",
            "/administrator",
            "//evil.example",
            "/\\evil.example",
            "https://evil.example/admin",
            "/admin/\r\nset-cookie: a",
            "/admin/\\x",
            "/admin/é",
        ] {
            assert!(!is_ours(to), "{to}");
        }
    }
}
