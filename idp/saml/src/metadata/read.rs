//! Metadata of others: one entity's, or a federation's of thousands.
//!
//! Owns the way from a document to [`ServiceProvider`]s, or to one [`IdentityProvider`], one at a
//! time: no more than one entity is held in memory beside the document. What has not the role in
//! SAML 2.0 that is looked for is passed over.
//! Nothing is fetched, and no time is judged: `validUntil` is for whoever keeps what was read.

mod entity;
mod identity;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use aws_lc_rs::digest::Context;
use latchkey_core::Timestamp;

pub(super) use self::entity::{LONGEST, is_address};
use crate::metadata::identity::IdentityProvider;
use crate::metadata::provider::ServiceProvider;
use crate::names::{DSIG_NS, METADATA_NS};
use crate::read::{ReadError, values};
use crate::verify::{Key, Signature, SignatureError};
pub use crate::xml::XmlError;
use crate::xml::{Builder, Element, Event, Limits, Scanner, Start, canonical::Canonical};

/// The longest document that is read, in bytes.
pub const LARGEST_DOCUMENT: usize = 128 * 1024 * 1024;
/// The longest entity in it: bytes of names and texts, and elements and texts.
const LARGEST_ENTITY: (usize, usize) = (1024 * 1024, 10_000);

const LIMITS: Limits = Limits { bytes: LARGEST_DOCUMENT, nodes: usize::MAX };

/// Why metadata is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MetadataError {
    /// Not even XML that is looked at.
    #[error(transparent)]
    Xml(#[from] XmlError),
    /// Something else.
    #[error("this is no SAML metadata: neither an EntityDescriptor nor an EntitiesDescriptor")]
    Root,
    /// Nobody vouches for it.
    #[error("the metadata is not vouched for: {0}")]
    Signature(#[from] SignatureError),
    /// It does not say what it has to.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// People could be sent where others read along, or where something is run.
    #[error("{0} is no address that begins with https:// (or http:// on this machine)")]
    Address(&'static str),
    /// More than anybody has to say.
    #[error("the description of one entity is longer than 1 MiB")]
    Long,
    /// Its role is another one than this, or of another protocol.
    #[error("the entity is no {0} of SAML 2.0")]
    OtherRole(&'static str),
    /// Not in there.
    #[error("the metadata does not have that entity")]
    Absent,
    /// Which one is meant cannot be told.
    #[error("the metadata has several entities of that role: say which one is meant")]
    Several,
}

/// A provider in a document that cannot be read, while others may be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{entity_id}: {error}")]
pub struct EntityError {
    /// Its entity ID, as it says.
    pub entity_id: String,
    /// What is wrong with it.
    pub error: MetadataError,
}

/// The one service provider of a document, or the one that is wanted of several.
///
/// With keys, one of them must have signed the document as a whole; without, a signature is not
/// looked at.
///
/// # Errors
///
/// [`MetadataError`] says what is wrong with it.
pub fn entity<'x>(
    xml: &'x [u8],
    wanted: Option<&'x str>,
    keys: &[Key],
) -> Result<ServiceProvider, MetadataError> {
    one(xml, wanted, keys, entity::read)
}

/// The one identity provider of a document, or the one that is wanted of several, by the rules of
/// [`entity`].
///
/// # Errors
///
/// [`MetadataError`] says what is wrong with it.
pub fn identity_provider<'x>(
    xml: &'x [u8],
    wanted: Option<&'x str>,
    keys: &[Key],
) -> Result<IdentityProvider, MetadataError> {
    one(xml, wanted, keys, identity::read)
}

/// How one entity is read.
type Read<T> = fn(Element<'_>, Validity) -> Result<T, MetadataError>;

fn one<'x, T>(
    xml: &'x [u8],
    wanted: Option<&'x str>,
    keys: &[Key],
    read: Read<T>,
) -> Result<T, MetadataError> {
    let mut providers = Metadata::open(xml, keys)?.providers()?;
    providers.wanted = wanted;
    let mut other_role = None;
    let mut found = None;
    while let Some((_, provider)) = providers.next_entity(read)? {
        match provider {
            Err(error @ MetadataError::OtherRole(_)) => other_role = Some(error),
            _ if found.is_some() => return Err(MetadataError::Several),
            provider => found = Some(provider),
        }
        if wanted.is_some() {
            break;
        }
    }
    found.unwrap_or(Err(other_role.unwrap_or(MetadataError::Absent)))
}

/// A document that is well-formed to its end, and signed where that was asked for.
#[derive(Clone, Copy, Debug)]
pub struct Metadata<'x> {
    xml: &'x [u8],
}

impl<'x> Metadata<'x> {
    /// Screens and verifies a document. With keys, one of them must have signed it as a whole;
    /// without, a signature is not looked at.
    ///
    /// # Errors
    ///
    /// [`MetadataError`] says what is wrong with it.
    pub fn open(xml: &'x [u8], keys: &[Key]) -> Result<Self, MetadataError> {
        let mut scanner = Scanner::new(xml, LIMITS)?;
        match scanner.next()? {
            Some(Event::Start(root)) if is_metadata(&root) => {}
            _ => return Err(MetadataError::Root),
        }
        if keys.is_empty() {
            while scanner.next()?.is_some() {}
        } else {
            verify(xml, keys)?;
        }
        Ok(Self { xml })
    }

    /// Its service providers, one after the other.
    ///
    /// # Errors
    ///
    /// [`MetadataError`], when it is not well-formed, which was found before.
    pub fn providers(self) -> Result<Providers<'x>, MetadataError> {
        let scanner = Scanner::new(self.xml, LIMITS)?;
        Ok(Providers { scanner, around: Vec::new(), wanted: None, among: None, ended: false })
    }

    /// Those of its service providers that have one of these entity IDs. The others cost no more
    /// than to be passed over.
    ///
    /// # Errors
    ///
    /// [`MetadataError`], when it is not well-formed, which was found before.
    pub fn providers_among(
        self,
        entity_ids: &'x BTreeSet<String>,
    ) -> Result<Providers<'x>, MetadataError> {
        Ok(Providers { among: Some(entity_ids), ..self.providers()? })
    }
}

fn is_metadata(start: &Start<'_>) -> bool {
    start.namespace == METADATA_NS
        && matches!(start.local, "EntityDescriptor" | "EntitiesDescriptor")
}

fn is_signature(event: &Event<'_>) -> bool {
    matches!(event, Event::Start(start) if start.namespace == DSIG_NS && start.local == "Signature")
}

fn is_long(builder: &Builder) -> bool {
    let (bytes, nodes) = builder.size();
    bytes > LARGEST_ENTITY.0 || nodes > LARGEST_ENTITY.1
}

/// Verifies the signature that stands in the root, by the rules of messages (SAML Metadata §3). The
/// signature comes first there (§2.3.1, §2.3.2), so that the rest need not be kept.
fn verify(xml: &[u8], keys: &[Key]) -> Result<(), MetadataError> {
    let mut scanner = Scanner::new(xml, LIMITS)?;
    let mut builder = Builder::default();
    let mut depth = 0;
    while let Some(event) = scanner.next()? {
        match event {
            Event::Start(_) if depth == 1 && !is_signature(&event) => {
                return Err(SignatureError::Missing.into());
            }
            Event::Start(_) => depth += 1,
            Event::End => depth -= 1,
            Event::Text(_) => {}
        }
        builder.add(&event)?;
        if is_long(&builder) {
            return Err(MetadataError::Long);
        }
        if depth <= 1 && matches!(event, Event::End) {
            break;
        }
    }
    if depth == 1 {
        builder.add(&Event::End)?;
    }
    // The root with nothing in it but its signature.
    let head = builder.finish().ok_or(XmlError::IllFormed)?;
    let root = head.root();
    let signature = root.children().next().ok_or(SignatureError::Missing)?;
    let signature = Signature::read(signature)?;
    signature.key(root.attribute("ID"), keys)?;

    let mut scanner = Scanner::new(xml, LIMITS)?;
    let mut canonical = Canonical::new(Context::new(signature.digest()), signature.inclusive());
    let (mut depth, mut signatures, mut skipping) = (0_usize, 0, None);
    while let Some(event) = scanner.next()? {
        if depth == 1 && is_signature(&event) {
            signatures += 1;
            skipping = Some(depth);
        }
        match event {
            Event::Start(_) => depth += 1,
            Event::End => depth -= 1,
            Event::Text(_) => {}
        }
        match skipping {
            None => canonical.event(event),
            Some(at) if depth == at => skipping = None,
            Some(_) => {}
        }
    }
    if signatures > 1 {
        return Err(SignatureError::Several.into());
    }
    if !signature.covers(canonical.into_sink().finish()) {
        return Err(SignatureError::Changed.into());
    }
    Ok(())
}

/// How long something may be relied on.
#[derive(Clone, Copy, Debug, Default)]
struct Validity {
    valid_until: Option<Timestamp>,
    cache_seconds: Option<u64>,
}

impl Validity {
    /// Of an element with these two attributes (SAML Metadata §2.3.1, §2.3.2, §2.4.1), in what
    /// holds around it.
    fn within<'a>(self, attribute: impl Fn(&str) -> Option<&'a str>) -> Result<Self, ReadError> {
        const UNTIL: &str = "validUntil";
        const CACHE: &str = "cacheDuration";
        let until =
            attribute(UNTIL).map(|text| values::date_time(text).ok_or(ReadError::Value(UNTIL)));
        let cache =
            attribute(CACHE).map(|text| values::duration(text).ok_or(ReadError::Value(CACHE)));
        let cache = cache.transpose()?.map(|duration| duration.as_secs());
        Ok(Self {
            valid_until: until.transpose()?.into_iter().chain(self.valid_until).min(),
            cache_seconds: cache.into_iter().chain(self.cache_seconds).min(),
        })
    }
}

/// The service providers of a document.
pub struct Providers<'x> {
    scanner: Scanner<'x>,
    /// What the elements say that are open around.
    around: Vec<Validity>,
    /// The only one that is looked at.
    wanted: Option<&'x str>,
    /// The only ones that are looked at.
    among: Option<&'x BTreeSet<String>>,
    /// Something was wrong with more than one entity.
    ended: bool,
}

impl<'x> Providers<'x> {
    /// The next entity of any role.
    fn next_entity<T>(&mut self, read: Read<T>) -> Result<Option<Entity<T>>, MetadataError> {
        while let Some(event) = self.scanner.next()? {
            let start = match event {
                Event::Start(start) => start,
                Event::End => {
                    self.around.pop();
                    continue;
                }
                Event::Text(_) => continue,
            };
            let attribute = |local: &str| {
                let mut own = start.attributes.iter();
                own.find(|a| a.local == local && a.namespace.is_empty()).map(|a| a.value.as_ref())
            };
            let around = self.around.last().copied().unwrap_or_default();
            if !is_metadata(&start) {
                self.skip()?;
            } else if start.local == "EntitiesDescriptor" {
                self.around.push(around.within(attribute)?);
            } else if self.is_passed_over(attribute("entityID")) {
                self.skip()?;
            } else {
                let entity_id = attribute("entityID").unwrap_or_default().to_owned();
                let provider = self.entity(&Event::Start(start), around, read)?;
                return Ok(Some((entity_id, provider)));
            }
        }
        Ok(None)
    }

    fn is_passed_over(&self, entity_id: Option<&str>) -> bool {
        self.wanted.is_some_and(|wanted| entity_id != Some(wanted))
            || self.among.is_some_and(|among| !entity_id.is_some_and(|id| among.contains(id)))
    }

    /// Goes on behind the element that was just begun.
    fn skip(&mut self) -> Result<(), XmlError> {
        let mut depth = 1;
        while depth > 0 {
            match self.scanner.next()? {
                Some(Event::Start(_)) => depth += 1,
                Some(Event::End) => depth -= 1,
                Some(Event::Text(_)) => {}
                None => return Err(XmlError::IllFormed),
            }
        }
        Ok(())
    }

    /// Reads the entity that was just begun. What is wrong with it alone is inside.
    fn entity<T>(
        &mut self,
        start: &Event<'x>,
        around: Validity,
        read: Read<T>,
    ) -> Result<Result<T, MetadataError>, MetadataError> {
        let mut builder = Builder::default();
        let mut failed = builder.add(start).err().map(MetadataError::Xml);
        let mut depth = 1;
        while depth > 0 {
            let event = self.scanner.next()?.ok_or(XmlError::IllFormed)?;
            match event {
                Event::Start(_) => depth += 1,
                Event::End => depth -= 1,
                Event::Text(_) => {}
            }
            if failed.is_none() {
                failed = builder.add(&event).err().map(MetadataError::Xml);
                if is_long(&builder) {
                    failed = Some(MetadataError::Long);
                    builder = Builder::default();
                }
            }
        }
        if let Some(error) = failed {
            return Ok(Err(error));
        }
        let document = builder.finish().ok_or(XmlError::IllFormed)?;
        Ok(read(document.root(), around))
    }
}

type Entity<T> = (String, Result<T, MetadataError>);

impl Iterator for Providers<'_> {
    type Item = Result<ServiceProvider, EntityError>;

    fn next(&mut self) -> Option<Self::Item> {
        while !self.ended {
            match self.next_entity(entity::read) {
                Ok(None) => return None,
                Ok(Some((_, Err(MetadataError::OtherRole(_))))) => {}
                Ok(Some((_, Ok(provider)))) => return Some(Ok(provider)),
                Ok(Some((entity_id, Err(error)))) => {
                    return Some(Err(EntityError { entity_id, error }));
                }
                // Found before it came to this, but for a validity that cannot be read, which leaves
                // everything inside without one.
                Err(error) => {
                    self.ended = true;
                    return Some(Err(EntityError { entity_id: String::new(), error }));
                }
            }
        }
        None
    }
}
