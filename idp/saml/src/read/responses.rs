//! What is answered.

use super::{Message, Parts, ReadError, Source, header, id, required_id, uri, values};
use crate::messages::{ArtifactResponse, Assertion, LogoutResponse, Response, Status};
use crate::names::{ASSERTION_NS, PROTOCOL_NS, TopStatus};
use crate::xml::{Element, canonical};

impl Message for LogoutResponse {
    const NAME: &'static str = "LogoutResponse";

    fn read(Source(response): Source<'_>) -> Result<Self, ReadError> {
        let (header, mut parts) = header(response, Self::NAME)?;
        let status = status(parts.required(PROTOCOL_NS, "Status")?)?;
        parts.end()?;
        Ok(Self { header, in_response_to: id(response, "InResponseTo")?, status })
    }
}

impl Message for Response {
    const NAME: &'static str = "Response";
    const LEVELS_INSIDE: usize = 1;

    fn read(Source(response): Source<'_>) -> Result<Self, ReadError> {
        let (header, mut parts) = header(response, Self::NAME)?;
        let status = status(parts.required(PROTOCOL_NS, "Status")?)?;
        if !parts.all(ASSERTION_NS, "EncryptedAssertion").is_empty() {
            return Err(ReadError::Encrypted("Assertion"));
        }
        let assertion = parts.one(ASSERTION_NS, "Assertion")?;
        parts.end()?;
        let assertion =
            assertion.map(|assertion| Assertion::read(Source(assertion))).transpose()?;
        // SAML Profiles §4.1.4.2.
        match (status.top == TopStatus::Success, &assertion) {
            (true, None) => Err(ReadError::Missing("Assertion")),
            (false, Some(_)) => Err(ReadError::Unexpected("Response")),
            _ => {
                let in_response_to = id(response, "InResponseTo")?;
                Ok(Self { header, in_response_to, status, assertion })
            }
        }
    }
}

impl Message for ArtifactResponse {
    const NAME: &'static str = "ArtifactResponse";
    const LEVELS_INSIDE: usize = 2;

    fn read(Source(response): Source<'_>) -> Result<Self, ReadError> {
        let (header, mut parts) = header(response, Self::NAME)?;
        let status = status(parts.required(PROTOCOL_NS, "Status")?)?;
        let message = parts.next();
        parts.end()?;
        // It is a document of its own, to be screened and verified as any other.
        let alone = |message| {
            let octets = canonical::octets(message, None, &[]);
            octets
                .and_then(|octets| String::from_utf8(octets).ok())
                .ok_or(ReadError::Value(Self::NAME))
        };
        Ok(Self {
            header,
            in_response_to: required_id(response, "InResponseTo")?,
            status,
            message: message.map(alone).transpose()?,
        })
    }
}

/// `Status` (Core §3.2.2.1). Details are for nobody here.
pub(crate) fn status(status: Element<'_>) -> Result<Status, ReadError> {
    let mut parts = Parts::of(status, "Status");
    let code = parts.required(PROTOCOL_NS, "StatusCode")?;
    let message = parts.one(PROTOCOL_NS, "StatusMessage")?;
    parts.one(PROTOCOL_NS, "StatusDetail")?;
    parts.end()?;
    let mut codes = Vec::new();
    let mut next = Some(code);
    while let Some(code) = next {
        codes.push(uri(code, "Value")?.ok_or(ReadError::Missing("StatusCode"))?);
        let mut parts = Parts::of(code, "StatusCode");
        next = parts.one(PROTOCOL_NS, "StatusCode")?;
        parts.end()?;
    }
    let top = TopStatus::parse(&codes.remove(0)).ok_or(ReadError::Value("StatusCode"))?;
    // An empty one says nothing.
    let message = message
        .map(|message| values::trim(&message.text()).to_owned())
        .filter(|message| !message.is_empty());
    Ok(Status { top, nested: codes, message })
}
