//! Judges what the provider signed: whether it is for this application, of now, and an answer to
//! what was asked (SAML Profiles §4.1.4.3, §4.1.4.5).
//!
//! Pure. That it is the provider's was found out before.

use std::time::Duration;

use latchkey_core::Timestamp;
use latchkey_saml::messages::{Attribute, Header, LogoutRequest, NameId, Response, Status};
use latchkey_saml::names::TopStatus;

use super::own::Own;
use super::provider::Known;
use crate::samples::Failure;

/// How far two clocks may be apart.
const LEEWAY: Duration = Duration::from_secs(60);
/// How old a message may be.
const FRESH: Duration = Duration::from_secs(5 * 60);

/// Somebody who is logged in, as the provider told.
#[derive(Clone)]
pub(super) struct Login {
    pub(super) name_id: NameId,
    pub(super) session_index: Option<String>,
    /// `AuthnContextClassRef`.
    pub(super) class: String,
    /// When they logged in.
    pub(super) at: Timestamp,
    /// Until when this may last.
    until: Option<Timestamp>,
    pub(super) attributes: Vec<Attribute>,
}

impl Login {
    /// What people call them.
    pub(super) fn name(&self) -> &str {
        let called = |friendly: &str| {
            let mut told = self.attributes.iter();
            told.find(|told| told.friendly_name.as_deref() == Some(friendly))?.values.first()
        };
        called("displayName").or_else(|| called("uid")).unwrap_or(&self.name_id.value)
    }

    /// Whether it is not over yet.
    pub(super) fn lasts(&self, now: Timestamp) -> bool {
        self.until.is_none_or(|until| now < until)
    }

    /// Whether a request to log somebody out means this one (SAML Core §3.7.1).
    pub(super) fn is_meant(&self, request: &LogoutRequest) -> bool {
        let indexes = &request.session_indexes;
        let same = self.name_id == request.name_id;
        let own = || self.session_index.as_ref().is_some_and(|own| indexes.contains(own));
        same && (indexes.is_empty() || own())
    }
}

fn refuse(why: &str) -> Failure {
    Failure::Untrusted(why.to_owned())
}

/// Whether a message is of this provider, to this address, and of now.
pub(super) fn header(
    header: &Header,
    known: &Known,
    to: &str,
    now: Timestamp,
) -> Result<(), Failure> {
    if header.issuer != known.metadata.entity_id {
        return Err(refuse("another provider sent the message"));
    }
    if header.destination.as_deref() != Some(to) {
        return Err(refuse("the message was sent to another address"));
    }
    let (oldest, newest) = (now.minus(FRESH + LEEWAY), now.plus(LEEWAY));
    if header.issued_at < oldest || header.issued_at > newest {
        return Err(refuse("the message is of another time"));
    }
    Ok(())
}

/// Whether what was asked was done.
pub(super) fn succeeded(status: &Status) -> Result<(), Failure> {
    if status.top == TopStatus::Success {
        return Ok(());
    }
    let code = status.nested.first().map_or(status.top.uri(), String::as_str);
    let error = code.rsplit(':').next().unwrap_or(code).to_owned();
    Err(Failure::Refused { error, description: status.message.clone() })
}

/// Who logged in, where the answer is to our request, for us, of now, and as strong as was asked.
pub(super) fn login(
    response: Response,
    known: &Known,
    own: &Own,
    classes: &[String],
    now: Timestamp,
) -> Result<Login, Failure> {
    let assertion = response.assertion.ok_or_else(|| refuse("there is no assertion"))?;
    let confirmation = &assertion.confirmation;
    if assertion.issuer != known.metadata.entity_id {
        return Err(refuse("another provider says so"));
    }
    if confirmation.recipient != own.consumer {
        return Err(refuse("the assertion is to be shown elsewhere"));
    }
    if confirmation.in_response_to != response.in_response_to {
        return Err(refuse("the assertion answers another request"));
    }
    if !assertion.audiences.contains(&own.entity_id) {
        return Err(refuse("the assertion is for another application"));
    }
    let ends = confirmation.not_on_or_after.min(assertion.not_on_or_after);
    if now >= ends.plus(LEEWAY) || now.plus(LEEWAY) < assertion.not_before {
        return Err(refuse("the assertion is of another time"));
    }
    let authn = assertion.authn;
    if !classes.is_empty() && !classes.contains(&authn.class) {
        return Err(refuse("the log-in was not as strong as this application asks for"));
    }
    let login = Login {
        name_id: assertion.name_id.ok_or_else(|| refuse("the assertion names nobody"))?,
        session_index: authn.session_index,
        class: authn.class,
        at: authn.instant,
        until: authn.session_not_on_or_after,
        attributes: assertion.attributes,
    };
    if login.lasts(now) { Ok(login) } else { Err(refuse("the session is over already")) }
}
