//! Where the log-in flow comes back to: on to the page of the account that was asked for.

use axum::response::{IntoResponse as _, Redirect, Response};

use super::gate::notice;
use crate::flow::{self, Asked, Resumed};
use crate::pages::message::Notice;

/// The address. Its flow's payload is the page that was asked for.
pub(super) const PATH: &str = "/account/resume";

/// Whether an address is one of the account's own pages, so that it may be gone on to.
fn is_ours(path: &str) -> bool {
    let rest = path.strip_prefix("/account");
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        && path.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"/-".contains(&byte))
}

/// `GET /account/resume`: the log-in is done, or given up.
pub(super) async fn show(asked: Asked) -> Response {
    let work = async {
        let payload = match flow::resume(&asked.app, &asked.visitor).await? {
            Resumed::Done(_, payload) | Resumed::Restart(payload) => payload,
            // Whoever gives up a step-up is still logged in.
            Resumed::Refused(..) => {
                if flow::current(&asked.app, &asked.visitor).await?.is_none() {
                    return Err(notice(&asked, Notice::SessionEnded, "/account").into());
                }
                "/account/keys".to_owned()
            }
            Resumed::Page(response) => return Ok(response),
        };
        let path = if is_ours(&payload) { payload.as_str() } else { "/account" };
        Ok(Redirect::to(path).into_response())
    };
    asked.answer(work).await
}

#[cfg(test)]
mod tests {
    use super::is_ours;

    #[test]
    fn a_log_in_goes_on_to_our_own_account_pages_only() {
        for path in ["/account", "/account/keys", "/account/keys/0192-ab/remove"] {
            assert!(is_ours(path), "{path}");
        }
        for path in [
            "",
            "/",
            "//evil.example",
            "/accounts",
            "/account.evil.example",
            "/account@evil.example",
            "/account/../admin",
            "/account\\evil",
            "/account/keys?done",
            "/account/\r\nSet-Cookie",
            "https://evil.example/account",
        ] {
            assert!(!is_ours(path), "{path}");
        }
    }
}
