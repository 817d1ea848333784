//! Messages in SOAP 1.1 envelopes (Bindings §3.2): received ones.

use crate::names::SOAP_NS;
use crate::verify::{LIMITS, Screened, XmlError};
use crate::xml::{Document, Element};

/// Why an envelope carries no message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EnvelopeError {
    /// Not even XML that is looked at.
    #[error(transparent)]
    Xml(#[from] XmlError),
    /// Something else.
    #[error("this is no SOAP 1.1 envelope with one body")]
    Envelope,
    /// Bindings §3.2.2: one message and nothing else.
    #[error("the body of the SOAP envelope has something else in it than one message")]
    Body,
    /// SOAP 1.1 §4.2.3: a header that is not understood here.
    #[error("the SOAP envelope has a header that has to be understood, and is not known here")]
    MustUnderstand,
}

/// The one message in an envelope, screened. It has its signature inside.
///
/// # Errors
///
/// [`EnvelopeError`] says what is wrong with it.
pub fn screen(envelope: &[u8]) -> Result<Screened, EnvelopeError> {
    let document = Document::parse(envelope, LIMITS)?;
    let message = message(document.root())?.number();
    Ok(Screened::inside(document, message))
}

fn message(envelope: Element<'_>) -> Result<Element<'_>, EnvelopeError> {
    if !envelope.is(SOAP_NS, "Envelope") {
        return Err(EnvelopeError::Envelope);
    }
    let mut parts: Vec<_> = envelope.children().collect();
    if parts.first().is_some_and(|first| first.is(SOAP_NS, "Header")) {
        let header = parts.remove(0);
        let must = |entry: Element<'_>| entry.attribute_of(SOAP_NS, "mustUnderstand") == Some("1");
        if header.children().any(must) {
            return Err(EnvelopeError::MustUnderstand);
        }
    }
    let body = match parts[..] {
        [body] if body.is(SOAP_NS, "Body") => body,
        _ => return Err(EnvelopeError::Envelope),
    };
    let mut messages = body.children();
    match (messages.next(), messages.next()) {
        (Some(message), None) => Ok(message),
        _ => Err(EnvelopeError::Body),
    }
}
