//! Whether a message is its sender's, and what it says if it is.
//!
//! Owns the way from XML that anybody may have sent to values that somebody vouches for: a
//! [`Screened`] message shows nothing but what helps to find its sender; its fields come out as
//! [`Verified`] by that sender's registered keys, or as [`Received`] where unsigned messages are
//! taken too. A key that comes along with a message is never used.
//!
//! What was signed is read from the very octets that the signature is over. The rest of the document
//! is gone by then, so that no content can be wrapped around a signature or slipped in beside it.

mod algorithm;
mod key;
mod seen;
mod signature;

#[cfg(test)]
mod tests;

use std::ops::Deref;

pub use algorithm::{Algorithm, AlgorithmError, DIGESTS};
pub use key::{Key, KeyError};
pub use seen::{Place, Seen, SeenEncryption, SeenSignature};
pub(crate) use signature::Signature;
pub use signature::SignatureError;

use crate::LARGEST_MESSAGE;
use crate::messages::{Assertion, Response};
use crate::names::{ASSERTION_NS, DSIG_NS, PROTOCOL_NS};
use crate::read::{Kind, Message, ReadError, Source};
use crate::redirect::QuerySignature;
pub use crate::xml::XmlError;
use crate::xml::{Document, Element, Limits, canonical};

/// What a message may be.
pub(crate) const LIMITS: Limits = Limits { bytes: LARGEST_MESSAGE, nodes: 10_000 };

/// Why a message is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Nobody vouches for it.
    #[error(transparent)]
    Signature(#[from] SignatureError),
    /// It does not say what it has to.
    #[error(transparent)]
    Read(#[from] ReadError),
}

/// Whether messages have to be signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Demand {
    /// Always.
    Signed,
    /// They may come unsigned. A signature that is there has to be good all the same.
    Either,
}

/// A message that is well-formed and within bounds, and that nobody vouches for yet.
#[derive(Clone, Debug)]
pub struct Screened {
    document: Document,
    /// The number of the message's element.
    message: usize,
    carriage: Carriage,
}

/// Where a message's signature stands.
#[derive(Clone, Debug)]
pub(crate) enum Carriage {
    /// In it.
    Inside,
    /// Beside it, if there is one.
    Query(Option<QuerySignature>),
}

impl Screened {
    /// Screens a message that is the whole document and has its signature inside.
    ///
    /// # Errors
    ///
    /// [`XmlError`], when it is not well-formed or out of bounds.
    pub fn parse(xml: &[u8]) -> Result<Self, XmlError> {
        Self::carried(xml, Carriage::Inside)
    }

    pub(crate) fn carried(xml: &[u8], carriage: Carriage) -> Result<Self, XmlError> {
        Ok(Self { document: Document::parse(xml, LIMITS)?, message: 0, carriage })
    }

    /// A message inside of something else.
    pub(crate) fn inside(document: Document, message: usize) -> Self {
        Self { document, message, carriage: Carriage::Inside }
    }

    fn message(&self) -> Element<'_> {
        self.document.at(self.message)
    }

    /// What it is, if it is anything that can be read here.
    #[must_use]
    pub fn kind(&self) -> Option<Kind> {
        let message = self.message();
        Kind::ALL.into_iter().find(|kind| message.is(PROTOCOL_NS, kind.name()))
    }

    /// Who it claims to be from. Good for finding that sender's keys, and for nothing else.
    #[must_use]
    pub fn claimed_issuer(&self) -> Option<String> {
        let issuer = self.message().children().find(|child| child.is(ASSERTION_NS, "Issuer"))?;
        Some(issuer.text().trim_matches([' ', '\t', '\r', '\n']).to_owned())
    }

    /// Which request it claims to answer. Good for finding what was asked, and for nothing else.
    #[must_use]
    pub fn claimed_in_response_to(&self) -> Option<String> {
        self.message().attribute("InResponseTo").map(str::to_owned)
    }

    /// Whether it claims to be signed.
    #[must_use]
    pub fn claims_signature(&self) -> bool {
        match &self.carriage {
            Carriage::Query(signature) => signature.is_some(),
            Carriage::Inside => self.message().children().any(is_signature),
        }
    }

    /// What it shows to people who look for what is wrong with it. Nobody vouches for any of that.
    #[must_use]
    pub fn seen(&self) -> Seen<'_> {
        Seen::of(self)
    }

    /// The message, if one of the sender's keys signed it.
    ///
    /// # Errors
    ///
    /// [`Refusal`] says whether the signature is wrong or the content.
    pub fn verify<M: Message>(&self, keys: &[Key]) -> Result<Verified<M>, Refusal> {
        match self.receive(keys, Demand::Signed)? {
            Received::Verified(verified) => Ok(verified),
            Received::Unsigned(_) => Err(SignatureError::Missing.into()),
        }
    }

    /// The message, signed by one of the sender's keys, or unsigned where that is enough.
    ///
    /// # Errors
    ///
    /// [`Refusal`] says whether the signature is wrong or the content.
    pub fn receive<M: Message>(
        &self,
        keys: &[Key],
        demand: Demand,
    ) -> Result<Received<M>, Refusal> {
        let message = self.message();
        if !message.is(PROTOCOL_NS, M::NAME) {
            return Err(ReadError::Kind(M::NAME).into());
        }
        let inside = self.signature(message, M::LEVELS_INSIDE)?;
        let (octets, key) = match (&self.carriage, inside) {
            (Carriage::Query(_), Some(_)) => return Err(SignatureError::InsideQuery.into()),
            (Carriage::Query(Some(signature)), None) => {
                // The query vouches for the whole document.
                let key = signature.verify(keys)?;
                let message = M::read(Source(message))?;
                return Ok(Received::Verified(Verified { message, key }));
            }
            (Carriage::Inside, Some(inside)) => signature::verify(message, inside, keys)?,
            (Carriage::Query(None) | Carriage::Inside, None) => {
                if demand == Demand::Signed {
                    return Err(SignatureError::Missing.into());
                }
                return Ok(Received::Unsigned(Unsigned(M::read(Source(message))?)));
            }
        };
        Ok(Received::Verified(Verified { message: read_octets(&octets)?, key }))
    }

    /// The assertion of a response, if one of the sender's keys signed the assertion itself,
    /// whoever vouches for the response around it (SAML Profiles §4.1.3.5).
    ///
    /// # Errors
    ///
    /// [`Refusal`] says whether the signature is wrong or the content.
    pub fn verify_assertion(&self, keys: &[Key]) -> Result<Verified<Assertion>, Refusal> {
        let message = self.message();
        if !message.is(PROTOCOL_NS, Response::NAME) {
            return Err(ReadError::Kind(Response::NAME).into());
        }
        self.signature(message, Response::LEVELS_INSIDE)?;
        let mut assertions = message.children().filter(|e| e.is(ASSERTION_NS, "Assertion"));
        let assertion = assertions.next().ok_or(ReadError::Missing("Assertion"))?;
        if assertions.next().is_some() {
            return Err(ReadError::Twice("Assertion").into());
        }
        let mut own = assertion.children().filter(|child| is_signature(*child));
        let signature = own.next().ok_or(SignatureError::Missing)?;
        if own.next().is_some() {
            return Err(SignatureError::Several.into());
        }
        let (octets, key) = signature::verify(assertion, signature, keys)?;
        Ok(Verified { message: read_octets(&octets)?, key })
    }

    /// The one signature of a message, where the document has no other but those that assertions and
    /// messages have that stand in it so many levels deep.
    fn signature(
        &self,
        message: Element<'_>,
        levels: usize,
    ) -> Result<Option<Element<'_>>, SignatureError> {
        let mut found = None;
        for signature in self.document.root().descendants().filter(|e| is_signature(*e)) {
            let around = || std::iter::successors(signature.parent(), |e| e.parent());
            let inside = around().take(levels).take_while(|e| !e.is_same(message));
            let depth = inside.take_while(|e| is_signed_by_itself(*e)).count();
            if !around().nth(depth).is_some_and(|e| e.is_same(message)) {
                return Err(SignatureError::Elsewhere);
            }
            if depth == 0 && found.replace(signature.number()).is_some() {
                return Err(SignatureError::Several);
            }
        }
        Ok(found.map(|number| self.document.at(number)))
    }
}

/// Whether that is something that may have a signature.
fn is_signed_by_itself(element: Element<'_>) -> bool {
    element.is(ASSERTION_NS, Assertion::NAME)
        || Kind::ALL.into_iter().any(|kind| element.is(PROTOCOL_NS, kind.name()))
}

/// A document as signatures are over it, in exclusive canonical form without comments: what
/// screening makes of it, for whoever holds that against another implementation.
///
/// # Errors
///
/// [`XmlError`], when it is not well-formed or out of bounds.
pub fn canonical_form(xml: &[u8]) -> Result<Vec<u8>, XmlError> {
    let document = Document::parse(xml, LIMITS)?;
    canonical::octets(document.root(), None, &[]).ok_or(XmlError::Long)
}

fn is_signature(element: Element<'_>) -> bool {
    element.is(DSIG_NS, "Signature")
}

/// Reads what was signed: octets in canonical form, which have to be a document.
fn read_octets<M: Message>(octets: &[u8]) -> Result<M, Refusal> {
    let limits = Limits { bytes: canonical::LARGEST, ..LIMITS };
    let document = Document::parse(octets, limits).map_err(|_| SignatureError::Broken)?;
    Ok(M::read(Source(document.root()))?)
}

/// What its sender vouches for, by a signature with a registered key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified<M> {
    message: M,
    key: usize,
}

impl<M> Verified<M> {
    /// The number of the key that was good, among those that were given.
    #[must_use]
    pub fn key(&self) -> usize {
        self.key
    }

    /// The message alone.
    #[must_use]
    pub fn into_inner(self) -> M {
        self.message
    }
}

impl<M> Deref for Verified<M> {
    type Target = M;

    fn deref(&self) -> &M {
        &self.message
    }
}

/// What anybody may have sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unsigned<M>(M);

impl<M> Deref for Unsigned<M> {
    type Target = M;

    fn deref(&self) -> &M {
        &self.0
    }
}

/// A message that did not have to be signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Received<M> {
    /// It is.
    Verified(Verified<M>),
    /// It is not.
    Unsigned(Unsigned<M>),
}

impl<M> Deref for Received<M> {
    type Target = M;

    fn deref(&self) -> &M {
        match self {
            Self::Verified(message) => message,
            Self::Unsigned(message) => message,
        }
    }
}
