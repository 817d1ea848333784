//! What a service provider knows a person by (SAML Core §8.3, SAML Subject Identifier profile).
//!
//! Persistent names are derived from a root that never changes, so that nothing has to be kept for
//! them and two providers cannot find out that they know the same person.

use latchkey_core::Rng;
use latchkey_core::ids::Subject;
use latchkey_core::release::{Facts, Source};
use latchkey_core::secrets::MacKey;
use latchkey_saml::messages::{Attribute, NameId, NameIdPolicy};
use latchkey_saml::names::{AttributeNameFormat, NameIdFormat};
use serde::{Deserialize, Serialize};

/// Who names whom.
#[derive(Clone, Copy)]
pub struct Namer<'a> {
    /// Makes what only we can compute.
    pub mac: &'a MacKey,
    /// Makes what nobody can repeat.
    pub rng: &'a dyn Rng,
    /// Our entity ID.
    pub ours: &'a str,
    /// The entity ID of whom it is for.
    pub theirs: &'a str,
    /// Which kinds they take, of their metadata, in their order.
    pub supported: &'a [String],
    /// The kind that an operator chose for them.
    pub chosen: Option<NameIdFormat>,
    /// What an unspecified name says.
    pub unspecified: &'a Source,
}

/// The kind of name that was wanted is not to be had.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotToBeHad;

impl Namer<'_> {
    /// The kind of name that a policy asks for, and if it asks for none, the one that an operator
    /// chose or that the provider's metadata has first. Persistent is the last resort: it is the
    /// one that everybody has and that tells nothing.
    ///
    /// # Errors
    /// When it is one that we do not make, or in somebody else's namespace.
    pub fn format(&self, policy: Option<&NameIdPolicy>) -> Result<NameIdFormat, NotToBeHad> {
        let foreign = policy.and_then(|policy| policy.sp_name_qualifier.as_deref());
        if foreign.is_some_and(|qualifier| qualifier != self.theirs) {
            return Err(NotToBeHad);
        }
        match policy.and_then(|policy| policy.format.as_deref()) {
            Some(uri) => match NameIdFormat::parse(uri).ok_or(NotToBeHad)? {
                NameIdFormat::Unspecified => Ok(self.preferred()),
                format => Ok(format),
            },
            None => Ok(self.preferred()),
        }
    }

    fn preferred(&self) -> NameIdFormat {
        let supported = || self.supported.iter().find_map(|uri| NameIdFormat::parse(uri));
        self.chosen.or_else(supported).unwrap_or(NameIdFormat::Persistent)
    }

    /// A person's name of a kind.
    ///
    /// # Errors
    /// When nothing of that kind is known of them.
    pub fn name(&self, format: NameIdFormat, facts: &Facts<'_>) -> Result<NameId, NotToBeHad> {
        let known = |source: &Source| facts.values(source).into_iter().next().ok_or(NotToBeHad);
        let value = match format {
            NameIdFormat::Persistent => self.persistent(facts.person.subject),
            NameIdFormat::Transient => hex(&self.rng.bytes::<20>(), "_"),
            NameIdFormat::Email => known(&Source::Email)?,
            NameIdFormat::Unspecified => known(self.unspecified)?,
        };
        let qualified = matches!(format, NameIdFormat::Persistent | NameIdFormat::Transient);
        Ok(NameId {
            value,
            format: Some(format.uri().to_owned()),
            name_qualifier: qualified.then(|| self.ours.to_owned()),
            sp_name_qualifier: qualified.then(|| self.theirs.to_owned()),
        })
    }

    /// The persistent name of a person at this provider (SAML Core §8.3.7).
    fn persistent(&self, subject: Subject) -> String {
        hex(&self.derived("saml persistent", subject), "")
    }

    fn derived(&self, purpose: &str, subject: Subject) -> [u8; 32] {
        let mut data = subject.0.as_bytes().to_vec();
        data.extend_from_slice(self.theirs.as_bytes());
        self.mac.derive(purpose, &data)
    }

    /// A subject identifier, which is an attribute and never a name (Subject Identifier §3.3, §3.4).
    #[must_use]
    pub fn subject_identifier(
        &self,
        kind: SubjectIdentifier,
        subject: Subject,
        scope: &str,
    ) -> Option<Attribute> {
        let (name, unique) = match kind {
            SubjectIdentifier::None => return None,
            SubjectIdentifier::Subject => (SUBJECT_ID, subject.0.simple().to_string()),
            SubjectIdentifier::Pairwise => {
                (PAIRWISE_ID, hex(&self.derived("saml pairwise", subject), ""))
            }
        };
        let friendly = name.rsplit(':').next().map(str::to_owned);
        Some(Attribute {
            name: name.to_owned(),
            name_format: AttributeNameFormat::Uri,
            friendly_name: friendly,
            values: vec![format!("{unique}@{scope}")],
        })
    }
}

/// The attribute that names a person alike everywhere.
const SUBJECT_ID: &str = "urn:oasis:names:tc:SAML:attribute:subject-id";
/// The attribute that names a person for one provider.
const PAIRWISE_ID: &str = "urn:oasis:names:tc:SAML:attribute:pairwise-id";

/// Which subject identifier a provider receives.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SubjectIdentifier {
    /// None.
    #[default]
    None,
    /// The same at every provider.
    #[serde(rename = "subject-id")]
    Subject,
    /// Another one at each.
    #[serde(rename = "pairwise-id")]
    Pairwise,
}

impl SubjectIdentifier {
    /// What a provider's metadata asks for (Subject Identifier §4): of `any` the one that tells
    /// less.
    #[must_use]
    pub fn asked(values: &[String]) -> Self {
        let has = |word: &str| values.iter().any(|value| value == word);
        if has("subject-id") {
            Self::Subject
        } else if has("pairwise-id") || has("any") {
            Self::Pairwise
        } else {
            Self::None
        }
    }
}

fn hex(bytes: &[u8], prefix: &str) -> String {
    let digit = |half: u8| char::from_digit(u32::from(half), 16).unwrap_or('0');
    let mut text = String::with_capacity(prefix.len() + bytes.len() * 2);
    text.push_str(prefix);
    for byte in bytes {
        text.extend([digit(byte >> 4), digit(byte & 15)]);
    }
    text
}
