//! What a message shows to people who look for what is wrong with it.
//!
//! Nobody vouches for any of it, so that nothing is ever decided by it: it is told, as text, beside
//! what verifying said.

use super::{Carriage, Key, Screened, is_signature};
use crate::messages::{Header, Status};
use crate::names::{ASSERTION_NS, DSIG_NS, PROTOCOL_NS, XENC_NS};
use crate::post::decode_base64;
use crate::read::{self, Message, ReadError, Source};
use crate::xml::Element;

/// How many of anything is looked at: more are somebody's joke.
const MOST: usize = 8;

/// A message, seen from outside.
#[derive(Clone, Copy, Debug)]
pub struct Seen<'s>(&'s Screened);

/// Where a signature stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Directly in the message.
    Message,
    /// Directly in an assertion in it.
    Assertion,
    /// Somewhere else in the document.
    Elsewhere,
    /// Beside the message, in the query.
    Query,
}

/// A signature as it describes itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeenSignature {
    /// Where it stands.
    pub place: Place,
    /// The URI of its algorithm.
    pub algorithm: String,
    /// The URI of its digest's algorithm.
    pub digest: Option<String>,
    /// The certificates that came along in `KeyInfo` (DER).
    pub certificates: Vec<Vec<u8>>,
}

impl SeenSignature {
    /// The keys that came along: whoever signs with one of them says nothing about who they are.
    #[must_use]
    pub fn keys(&self) -> Vec<Key> {
        self.certificates.iter().filter_map(|der| Key::from_certificate(der).ok()).collect()
    }
}

/// How an assertion is encrypted, as it describes itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeenEncryption {
    /// The URI of the assertion's encryption.
    pub data: String,
    /// The URI of its key's.
    pub key: String,
    /// The certificates that name whose key it is for (DER).
    pub certificates: Vec<Vec<u8>>,
}

impl<'s> Seen<'s> {
    pub(super) fn of(screened: &'s Screened) -> Self {
        Self(screened)
    }

    /// The name of its element, without prefix.
    #[must_use]
    pub fn name(self) -> &'s str {
        self.0.document.at(self.0.message).local()
    }

    /// The namespace of that name.
    #[must_use]
    pub fn namespace(self) -> &'s str {
        self.0.document.at(self.0.message).namespace()
    }

    /// What it says, whoever wrote that.
    ///
    /// # Errors
    /// When it does not say what it has to.
    pub fn message<M: Message>(self) -> Result<M, ReadError> {
        let message = self.0.message();
        if !message.is(PROTOCOL_NS, M::NAME) {
            return Err(ReadError::Kind(M::NAME));
        }
        M::read(Source(message))
    }

    /// What all messages begin with.
    ///
    /// # Errors
    /// When it does not say what it has to.
    pub fn header(self) -> Result<Header, ReadError> {
        Ok(read::header(self.0.message(), "message")?.0)
    }

    /// The status of an answer.
    ///
    /// # Errors
    /// When there is none, or it does not say what it has to.
    pub fn status(self) -> Result<Status, ReadError> {
        let mut children = self.0.message().children();
        let status = children.find(|child| child.is(PROTOCOL_NS, "Status"));
        read::status(status.ok_or(ReadError::Missing("Status"))?)
    }

    /// Its signatures, the first few of them.
    #[must_use]
    pub fn signatures(self) -> Vec<SeenSignature> {
        let message = self.0.message();
        let beside = match &self.0.carriage {
            Carriage::Query(Some(signature)) => Some(SeenSignature {
                place: Place::Query,
                algorithm: signature.algorithm().uri().to_owned(),
                digest: None,
                certificates: Vec::new(),
            }),
            Carriage::Query(None) | Carriage::Inside => None,
        };
        let root = self.0.document.root();
        let inside = root.descendants().filter(|element| is_signature(*element)).take(MOST);
        let inside = inside.map(|signature| {
            let place = match signature.parent() {
                Some(parent) if parent.is_same(message) => Place::Message,
                Some(parent) if parent.is(ASSERTION_NS, "Assertion") => Place::Assertion,
                _ => Place::Elsewhere,
            };
            let algorithm = |name| find(signature, DSIG_NS, name)?.attribute("Algorithm");
            SeenSignature {
                place,
                algorithm: algorithm("SignatureMethod").unwrap_or_default().to_owned(),
                digest: algorithm("DigestMethod").map(str::to_owned),
                certificates: certificates(signature),
            }
        });
        beside.into_iter().chain(inside).collect()
    }

    /// How its assertion is encrypted, if it is.
    #[must_use]
    pub fn encryption(self) -> Option<SeenEncryption> {
        let mut children = self.0.message().children();
        let encrypted = children.find(|child| child.is(ASSERTION_NS, "EncryptedAssertion"))?;
        let methods = encrypted.descendants().filter(|e| e.is(XENC_NS, "EncryptionMethod"));
        let mut methods = methods.filter_map(|method| method.attribute("Algorithm"));
        Some(SeenEncryption {
            data: methods.next().unwrap_or_default().to_owned(),
            key: methods.next().unwrap_or_default().to_owned(),
            certificates: certificates(encrypted),
        })
    }
}

fn find<'d>(inside: Element<'d>, namespace: &str, local: &str) -> Option<Element<'d>> {
    inside.descendants().find(|element| element.is(namespace, local))
}

fn certificates(inside: Element<'_>) -> Vec<Vec<u8>> {
    let all = inside.descendants().filter(|element| element.is(DSIG_NS, "X509Certificate"));
    all.filter_map(|element| decode_base64(&element.text())).take(MOST).collect()
}
