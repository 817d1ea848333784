//! XML signatures as SAML has them (Core §5.4): one reference, to the element that the signature
//! stands in, and exclusive canonical form.
//!
//! What is covered is not looked up: it is the element in whose hands the signature was found, and
//! the reference has to say just that. There is nothing here that could follow a reference elsewhere,
//! run a transform or take a key out of `KeyInfo`.

use std::collections::VecDeque;

use aws_lc_rs::digest::{self, SHA256, SHA384, SHA512, digest};

use super::{Algorithm, AlgorithmError, DIGESTS, Key};
use crate::names::DSIG_NS;
use crate::post::decode_base64;
use crate::xml::{Element, canonical};

const EXCLUSIVE: &str = "http://www.w3.org/2001/10/xml-exc-c14n#";
const ENVELOPED: &str = "http://www.w3.org/2000/09/xmldsig#enveloped-signature";

/// Why nobody vouches for a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    /// It has to be signed.
    #[error("the message is not signed")]
    Missing,
    /// Which one is meant cannot be told.
    #[error("the message has more than one signature")]
    Several,
    /// That is how signatures are wrapped around other content.
    #[error("there is a signature elsewhere than directly in the message")]
    Elsewhere,
    /// Bindings §3.4.4.1: there it is a parameter.
    #[error("a message in an address must not have a signature inside, but one beside it")]
    InsideQuery,
    /// Core §5.4.2.
    #[error("the signature covers several things or none instead of the one message")]
    References,
    /// Core §5.4.2.
    #[error("the signature covers another element than the message")]
    OtherElement,
    /// Core §5.4.4.
    #[error(
        "the signature covers something that is made of the message: only leaving out the signature \
         and exclusive canonicalisation without comments are accepted"
    )]
    Transform,
    /// Core §5.4.3.
    #[error("the signature is not in exclusive canonical form without comments")]
    Canonicalization,
    /// A digest that can be forged, or is not known.
    #[error("the digest is made with another algorithm than SHA-256, SHA-384 or SHA-512")]
    Digest,
    /// A signature that can be forged, or is not known.
    #[error(transparent)]
    Algorithm(#[from] AlgorithmError),
    /// XML Signature §4.
    #[error("the signature is broken: parts are missing, too many, or not base64")]
    Broken,
    /// The digest is another one.
    #[error("the message was changed after it was signed")]
    Changed,
    /// By somebody else.
    #[error("the signature was not made with a key that is registered for the sender")]
    OtherKey,
    /// By somebody else, or over something else: a signature over a query does not tell which.
    #[error(
        "the signature of the address was not made with a key that is registered for the sender, or \
         the address was changed after it was signed"
    )]
    Query,
    /// There is nothing to verify it with.
    #[error("no key is registered for the sender")]
    NoKey,
}

/// Verifies that one of the keys signed an element by the signature that stands in it. Gives what
/// was signed, to the octet, and the number of the key.
pub(super) fn verify(
    signed: Element<'_>,
    signature: Element<'_>,
    keys: &[Key],
) -> Result<(Vec<u8>, usize), SignatureError> {
    let says = Signature::read(signature)?;
    let key = says.key(signed.attribute("ID"), keys)?;
    let octets = canonical::octets(signed, Some(signature), says.inclusive())
        .filter(|octets| says.covers(digest(says.digest(), octets)))
        .ok_or(SignatureError::Changed)?;
    Ok((octets, key))
}

/// What a signature says.
pub(crate) struct Signature<'d> {
    signed_info: Element<'d>,
    /// Prefixes that its canonical form keeps.
    inclusive: Vec<String>,
    algorithm: Algorithm,
    value: Vec<u8>,
    reference: Reference<'d>,
}

struct Reference<'d> {
    uri: &'d str,
    /// Prefixes that the canonical form keeps.
    inclusive: Vec<String>,
    algorithm: &'static digest::Algorithm,
    digest: Vec<u8>,
}

impl<'d> Signature<'d> {
    /// Reads it, as strictly as it goes.
    pub(crate) fn read(signature: Element<'d>) -> Result<Self, SignatureError> {
        let mut parts = Parts::of(signature);
        let signed_info = parts.next("SignedInfo")?;
        let value = base64(parts.next("SignatureValue")?)?;
        // The key is looked up elsewhere; whatever stands here is the sender's to say.
        let _ = parts.next_if("KeyInfo");
        parts.end()?;

        let mut parts = Parts::of(signed_info);
        let canonicalization = parts.next("CanonicalizationMethod")?;
        if canonicalization.attribute("Algorithm") != Some(EXCLUSIVE) {
            return Err(SignatureError::Canonicalization);
        }
        let method = parts.next("SignatureMethod")?;
        let algorithm = Algorithm::parse(method.attribute("Algorithm").unwrap_or_default())?;
        Parts::of(method).end()?;
        let reference = parts.next_if("Reference").ok_or(SignatureError::References)?;
        parts.end().map_err(|_| SignatureError::References)?;
        Ok(Self {
            signed_info,
            inclusive: inclusive_prefixes(canonicalization)?,
            algorithm,
            value,
            reference: Reference::read(reference)?,
        })
    }

    /// Which of the keys signed it, for the element of that ID. Whether that element is still what
    /// it was is for [`Self::covers`].
    pub(crate) fn key(&self, id: Option<&str>, keys: &[Key]) -> Result<usize, SignatureError> {
        if keys.is_empty() {
            return Err(SignatureError::NoKey);
        }
        let covers = self.reference.uri.strip_prefix('#').filter(|id| !id.is_empty());
        if covers.is_none() || covers != id {
            return Err(SignatureError::OtherElement);
        }
        let octets = canonical::octets(self.signed_info, None, &self.inclusive);
        let octets = octets.ok_or(SignatureError::Broken)?;
        keys.iter()
            .position(|key| key.verifies(self.algorithm, &octets, &self.value))
            .ok_or(SignatureError::OtherKey)
    }

    /// Prefixes that the canonical form of the signed element keeps.
    pub(crate) fn inclusive(&self) -> &[String] {
        &self.reference.inclusive
    }

    /// What the canonical form of the signed element is digested by.
    pub(crate) fn digest(&self) -> &'static digest::Algorithm {
        self.reference.algorithm
    }

    /// Whether that digest is the signed one.
    pub(crate) fn covers(&self, digest: digest::Digest) -> bool {
        digest.as_ref() == self.reference.digest
    }
}

impl<'d> Reference<'d> {
    fn read(reference: Element<'d>) -> Result<Self, SignatureError> {
        let mut parts = Parts::of(reference);
        let transforms = parts.next_if("Transforms").ok_or(SignatureError::Transform)?;
        let method = parts.next("DigestMethod")?;
        let digest = base64(parts.next("DigestValue")?)?;
        parts.end()?;
        let named = method.attribute("Algorithm");
        let mut known = DIGESTS.into_iter().zip([&SHA256, &SHA384, &SHA512]);
        let algorithm = known.find(|(uri, _)| named == Some(*uri)).map(|(_, algorithm)| algorithm);
        let algorithm = algorithm.ok_or(SignatureError::Digest)?;
        Ok(Self {
            uri: reference.attribute("URI").unwrap_or_default(),
            inclusive: Self::transforms(transforms).ok_or(SignatureError::Transform)??,
            algorithm,
            digest,
        })
    }

    /// The prefixes that the second of the two transforms keeps, if they are the two.
    fn transforms(transforms: Element<'d>) -> Option<Result<Vec<String>, SignatureError>> {
        let mut parts = Parts::of(transforms);
        let (enveloped, exclusive) = (parts.next_if("Transform")?, parts.next_if("Transform")?);
        parts.end().ok()?;
        Parts::of(enveloped).end().ok()?;
        let named = |transform: Element<'d>, uri| transform.attribute("Algorithm") == Some(uri);
        (named(enveloped, ENVELOPED) && named(exclusive, EXCLUSIVE))
            .then(|| inclusive_prefixes(exclusive))
    }
}

/// `InclusiveNamespaces` of a method or transform (Exclusive XML Canonicalization §2.2), which may
/// have nothing else in it.
fn inclusive_prefixes(method: Element<'_>) -> Result<Vec<String>, SignatureError> {
    let mut children = method.children();
    let Some(inclusive) = children.next() else { return Ok(Vec::new()) };
    if !inclusive.is(EXCLUSIVE, "InclusiveNamespaces") || children.next().is_some() {
        return Err(SignatureError::Broken);
    }
    let list = inclusive.attribute("PrefixList").unwrap_or_default();
    let prefix = |word: &str| if word == "#default" { String::new() } else { word.to_owned() };
    let prefixes: Vec<_> = list.split_ascii_whitespace().map(prefix).collect();
    // Each costs a look at every element.
    if prefixes.len() > 16 { Err(SignatureError::Broken) } else { Ok(prefixes) }
}

fn base64(element: Element<'_>) -> Result<Vec<u8>, SignatureError> {
    if element.children().next().is_some() {
        return Err(SignatureError::Broken);
    }
    decode_base64(&element.text()).ok_or(SignatureError::Broken)
}

/// The elements in an element, each where it belongs.
struct Parts<'d>(VecDeque<Element<'d>>);

impl<'d> Parts<'d> {
    fn of(element: Element<'d>) -> Self {
        Self(element.children().collect())
    }

    fn next_if(&mut self, local: &str) -> Option<Element<'d>> {
        self.0.pop_front_if(|child| child.is(DSIG_NS, local))
    }

    fn next(&mut self, local: &str) -> Result<Element<'d>, SignatureError> {
        self.next_if(local).ok_or(SignatureError::Broken)
    }

    fn end(self) -> Result<(), SignatureError> {
        if self.0.is_empty() { Ok(()) } else { Err(SignatureError::Broken) }
    }
}
