//! What messages say, as values of [`crate::messages`].
//!
//! Owns the rules of the schema that matter here, and what is refused for breaking them. Reached
//! through [`crate::verify`] only, so that nobody reads what nobody vouches for. Extensions are not
//! looked at.

mod assertion;
mod requests;
mod responses;
#[cfg(test)]
mod round_trip;
#[cfg(test)]
mod tests;
pub(crate) mod values;

use latchkey_core::Timestamp;

pub(crate) use responses::status;

use crate::messages::{Header, MessageId, NameId};
use crate::names::{ASSERTION_NS, DSIG_NS, ENTITY_FORMAT, PROTOCOL_NS};
use crate::xml::Element;

/// A message that can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// [`crate::messages::AuthnRequest`]
    AuthnRequest,
    /// [`crate::messages::LogoutRequest`]
    LogoutRequest,
    /// [`crate::messages::LogoutResponse`]
    LogoutResponse,
    /// [`crate::messages::ArtifactResolve`]
    ArtifactResolve,
    /// [`crate::messages::ArtifactResponse`]
    ArtifactResponse,
    /// [`crate::messages::Response`]
    Response,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 6] = [
        Self::AuthnRequest,
        Self::LogoutRequest,
        Self::LogoutResponse,
        Self::ArtifactResolve,
        Self::ArtifactResponse,
        Self::Response,
    ];

    /// The name of its element.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::AuthnRequest => "AuthnRequest",
            Self::LogoutRequest => "LogoutRequest",
            Self::LogoutResponse => "LogoutResponse",
            Self::ArtifactResolve => "ArtifactResolve",
            Self::ArtifactResponse => "ArtifactResponse",
            Self::Response => "Response",
        }
    }
}

/// Why a message does not say what it has to. Names are those of elements and attributes.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// Another message.
    #[error("the message is something else than {0}")]
    Kind(&'static str),
    /// Another version (Core §4): to be answered by `VersionMismatch`.
    #[error("the message is not of SAML version 2.0")]
    Version {
        /// The message that is to be answered.
        id: Option<MessageId>,
    },
    /// Not there, or empty.
    #[error("{0} is missing")]
    Missing(&'static str),
    /// More than one.
    #[error("{0} is there more than once")]
    Twice(&'static str),
    /// Not allowed there.
    #[error("{0} has a value that it cannot have")]
    Value(&'static str),
    /// Both at once (Core §3.4.1, §3.3.2.2.1).
    #[error("{0} and {1} exclude each other")]
    Exclusive(&'static str, &'static str),
    /// An element that the schema does not have there.
    #[error("{0} has something in it that does not belong there")]
    Unexpected(&'static str),
    /// Nobody here opens it.
    #[error("{0} is encrypted, which cannot be read here")]
    Encrypted(&'static str),
}

/// What a message is read from. Nobody outside this crate makes one.
#[derive(Clone, Copy, Debug)]
pub struct Source<'d>(pub(crate) Element<'d>);

/// A message that can be read.
pub trait Message: Sized {
    /// The name of its element.
    const NAME: &'static str;

    /// So many levels of assertions and messages are in it, which may have signatures of their own.
    const LEVELS_INSIDE: usize = 0;

    /// Reads it.
    ///
    /// # Errors
    ///
    /// [`ReadError`], when it does not say what it has to.
    fn read(source: Source<'_>) -> Result<Self, ReadError>;
}

/// The elements in an element, each of which has to be asked for.
pub(crate) struct Parts<'d> {
    of: &'static str,
    rest: Vec<Element<'d>>,
}

impl<'d> Parts<'d> {
    pub(crate) fn of(element: Element<'d>, name: &'static str) -> Self {
        Self { of: name, rest: element.children().collect() }
    }

    /// All of a name, in order.
    pub(crate) fn all(&mut self, namespace: &str, local: &str) -> Vec<Element<'d>> {
        self.rest.extract_if(.., |element| element.is(namespace, local)).collect()
    }

    /// One, if it is there.
    pub(crate) fn one(
        &mut self,
        namespace: &str,
        local: &'static str,
    ) -> Result<Option<Element<'d>>, ReadError> {
        let mut all = self.all(namespace, local).into_iter();
        let one = all.next();
        if all.next().is_some() { Err(ReadError::Twice(local)) } else { Ok(one) }
    }

    /// One that has to be there.
    pub(crate) fn required(
        &mut self,
        namespace: &str,
        local: &'static str,
    ) -> Result<Element<'d>, ReadError> {
        self.one(namespace, local)?.ok_or(ReadError::Missing(local))
    }

    /// Whichever comes first.
    fn next(&mut self) -> Option<Element<'d>> {
        (!self.rest.is_empty()).then(|| self.rest.remove(0))
    }

    /// Nothing may be left.
    pub(crate) fn end(self) -> Result<(), ReadError> {
        if self.rest.is_empty() { Ok(()) } else { Err(ReadError::Unexpected(self.of)) }
    }
}

/// Reads what all messages begin with, and leaves the rest of their elements.
pub(crate) fn header<'d>(
    message: Element<'d>,
    name: &'static str,
) -> Result<(Header, Parts<'d>), ReadError> {
    let id = message.attribute("ID");
    if message.attribute("Version") != Some("2.0") {
        return Err(ReadError::Version { id: id.and_then(MessageId::parse) });
    }
    let mut parts = Parts::of(message, name);
    let issuer = issuer(parts.required(ASSERTION_NS, "Issuer")?)?;
    // Its own, where something else vouches for the message, and what nobody here knows of.
    parts.one(DSIG_NS, "Signature")?;
    parts.one(PROTOCOL_NS, "Extensions")?;
    let header = Header {
        id: required_id(message, "ID")?,
        issued_at: required_time(message, "IssueInstant")?,
        destination: uri(message, "Destination")?,
        issuer,
    };
    Ok((header, parts))
}

/// `Issuer` (Core §2.2.5), which the profiles have name an entity.
fn issuer(element: Element<'_>) -> Result<String, ReadError> {
    match element.attribute("Format") {
        None | Some(ENTITY_FORMAT) => text(element, "Issuer"),
        Some(_) => Err(ReadError::Value("Issuer")),
    }
}

/// The text of an element of a simple type, which may not be empty.
pub(crate) fn text(element: Element<'_>, name: &'static str) -> Result<String, ReadError> {
    if element.children().next().is_some() {
        return Err(ReadError::Unexpected(name));
    }
    let text = element.text();
    match values::trim(&text) {
        "" => Err(ReadError::Missing(name)),
        trimmed => Ok(trimmed.to_owned()),
    }
}

/// The texts of elements of a simple type.
pub(crate) fn texts(
    elements: Vec<Element<'_>>,
    name: &'static str,
) -> Result<Vec<String>, ReadError> {
    elements.into_iter().map(|element| text(element, name)).collect()
}

/// An attribute whose value may not be empty.
pub(crate) fn uri(element: Element<'_>, name: &'static str) -> Result<Option<String>, ReadError> {
    match element.attribute(name).map(values::trim) {
        Some("") => Err(ReadError::Value(name)),
        value => Ok(value.map(ToOwned::to_owned)),
    }
}

/// An attribute of a type that is read by `read`.
pub(crate) fn attribute<T>(
    element: Element<'_>,
    name: &'static str,
    read: impl FnOnce(&str) -> Option<T>,
) -> Result<Option<T>, ReadError> {
    let Some(value) = element.attribute(name) else { return Ok(None) };
    read(value).map(Some).ok_or(ReadError::Value(name))
}

pub(crate) fn time(
    element: Element<'_>,
    name: &'static str,
) -> Result<Option<Timestamp>, ReadError> {
    attribute(element, name, values::date_time)
}

fn required_time(element: Element<'_>, name: &'static str) -> Result<Timestamp, ReadError> {
    time(element, name)?.ok_or(ReadError::Missing(name))
}

pub(crate) fn flag(element: Element<'_>, name: &'static str) -> Result<bool, ReadError> {
    Ok(attribute(element, name, values::boolean)?.unwrap_or(false))
}

fn id(element: Element<'_>, name: &'static str) -> Result<Option<MessageId>, ReadError> {
    attribute(element, name, MessageId::parse)
}

fn required_id(element: Element<'_>, name: &'static str) -> Result<MessageId, ReadError> {
    id(element, name)?.ok_or(ReadError::Missing(name))
}

/// `NameID` (Core §2.2.3).
fn name_id(element: Element<'_>) -> Result<NameId, ReadError> {
    Ok(NameId {
        value: text(element, "NameID")?,
        format: uri(element, "Format")?,
        name_qualifier: uri(element, "NameQualifier")?,
        sp_name_qualifier: uri(element, "SPNameQualifier")?,
    })
}
