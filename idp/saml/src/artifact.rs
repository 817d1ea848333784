//! Artifacts of type 0x0004 (Bindings §3.6.4): references to messages that their receiver fetches.

use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
use base64::prelude::{BASE64_STANDARD, Engine as _};
use latchkey_core::Rng;
use latchkey_core::secrets::Plain;

/// The type that SAML 2.0 defines.
const TYPE: [u8; 2] = [0, 4];

/// A reference to a message. Whoever has it may fetch the message, so that it has no `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct Artifact {
    endpoint_index: u16,
    source: SourceId,
    handle: [u8; 20],
}

/// What tells whose message it is: SHA-1 over the entity's identifier, which is no secret and which
/// nothing depends on: whoever is asked answers for their own messages only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SourceId([u8; 20]);

impl SourceId {
    /// Of an entity.
    #[must_use]
    pub fn of(entity_id: &str) -> Self {
        let mut bytes = [0; 20];
        bytes.copy_from_slice(digest(&SHA1_FOR_LEGACY_USE_ONLY, entity_id.as_bytes()).as_ref());
        Self(bytes)
    }
}

/// What somebody presented is no artifact of this type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this is no SAML 2.0 artifact")]
pub struct NoArtifact;

impl Artifact {
    /// A new one for a message of `entity_id`, to be fetched at its `ArtifactResolutionService` of
    /// that index.
    #[must_use]
    pub fn random(rng: &dyn Rng, entity_id: &str, endpoint_index: u16) -> Self {
        Self { endpoint_index, source: SourceId::of(entity_id), handle: rng.bytes() }
    }

    /// The artifact in a text.
    ///
    /// # Errors
    ///
    /// [`NoArtifact`], when it is anything else. There is one spelling of each.
    pub fn parse(text: &str) -> Result<Self, NoArtifact> {
        let bytes = BASE64_STANDARD.decode(text).map_err(|_| NoArtifact)?;
        let bytes: [u8; 44] = bytes.try_into().map_err(|_| NoArtifact)?;
        let (source, handle) = bytes[4..].split_at(20);
        match (bytes[..2] == TYPE, source.try_into(), handle.try_into()) {
            (true, Ok(source), Ok(handle)) => Ok(Self {
                endpoint_index: u16::from_be_bytes([bytes[2], bytes[3]]),
                source: SourceId(source),
                handle,
            }),
            _ => Err(NoArtifact),
        }
    }

    /// As it travels: in base64, as the parameter `SAMLart` or in an `ArtifactResolve`.
    #[must_use]
    pub fn text(&self) -> Plain {
        let mut bytes = Vec::with_capacity(44);
        bytes.extend(TYPE);
        bytes.extend(self.endpoint_index.to_be_bytes());
        bytes.extend(self.source.0);
        bytes.extend(self.handle);
        Plain::new(BASE64_STANDARD.encode(bytes))
    }

    /// Whose message it is.
    #[must_use]
    pub fn source(&self) -> SourceId {
        self.source
    }

    /// At which `ArtifactResolutionService` it is fetched.
    #[must_use]
    pub fn endpoint_index(&self) -> u16 {
        self.endpoint_index
    }
}

#[cfg(test)]
mod tests {
    use latchkey_core::rng::SeededRng;

    use super::*;

    #[test]
    fn an_artifact_says_whose_message_it_stands_for_and_where_to_fetch_it() {
        let entity = "https://idp.example.org/saml/metadata";
        let made = Artifact::random(&SeededRng::new(1), entity, 258);
        let text = made.text();
        assert!(text.expose().starts_with("AAQBA"), "type 0x0004 and index 0x0102");
        let read = Artifact::parse(text.expose()).expect("it reads");
        assert!(read == made);
        assert_eq!(read.endpoint_index(), 258);
        assert_eq!(read.source(), SourceId::of(entity));
        assert_ne!(read.source(), SourceId::of("https://other.example.org"));
        assert!(made != Artifact::random(&SeededRng::new(2), entity, 258));
    }

    #[test]
    fn the_source_is_sha1_over_the_identifier_of_the_entity() {
        // FIPS 180-1, appendix A.
        let abc = SourceId::of("abc").0.map(|byte| format!("{byte:02x}")).concat();
        assert_eq!(abc, "a9993e364706816aba3e25717850c26c9cd0d89d");
    }

    #[test]
    fn anything_else_is_no_artifact() {
        let good = Artifact::random(&SeededRng::new(1), "x", 0).text();
        let good = good.expose();
        let broken = [
            String::new(),
            "AAQ=".to_owned(),
            good.replacen("AAQ", "AAE", 1),
            format!("{good}\n"),
            format!(" {good}"),
            good.trim_end_matches('=').to_owned(),
            good.replacen('A', "*", 1),
            BASE64_STANDARD.encode([0; 44]),
            BASE64_STANDARD.encode([0, 4].repeat(23)),
        ];
        for text in broken {
            assert!(Artifact::parse(&text) == Err(NoArtifact), "{text:?}");
        }
    }
}
