//! What a service provider is told of a person, and by which names: rules, as data.
//!
//! The standard names are those of X.500 and LDAP as object identifiers (SAML V2.0 X.500/LDAP
//! Attribute Profile), which every federation knows.

use latchkey_core::release::{Facts, Source};
use latchkey_saml::messages::Attribute;
use latchkey_saml::names::AttributeNameFormat;
use serde::{Deserialize, Serialize};

/// One attribute: its name on the way, and what it says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rule {
    /// Its name.
    pub name: String,
    /// How the name is meant.
    #[serde(default, with = "name_format")]
    pub format: AttributeNameFormat,
    /// What people call it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub friendly_name: Option<String>,
    /// What it says.
    pub from: Source,
}

/// What is released where no rule says otherwise.
#[must_use]
pub fn standard() -> Vec<Rule> {
    [
        ("urn:oid:0.9.2342.19200300.100.1.3", "mail", Source::Email),
        ("urn:oid:0.9.2342.19200300.100.1.1", "uid", Source::Username),
        ("urn:oid:2.5.4.42", "givenName", Source::GivenName),
        ("urn:oid:2.5.4.4", "sn", Source::FamilyName),
        ("urn:oid:2.16.840.1.113730.3.1.241", "displayName", Source::Name),
    ]
    .into_iter()
    .map(|(name, friendly, from)| Rule {
        name: name.to_owned(),
        format: AttributeNameFormat::Uri,
        friendly_name: Some(friendly.to_owned()),
        from,
    })
    .collect()
}

/// Whether any rule has to know which groups a person is in.
#[must_use]
pub fn asks_for_groups(rules: &[Rule]) -> bool {
    rules.iter().any(|rule| rule.from == Source::Groups)
}

/// What rules release of a person. What is not known is left out; two rules of one name make one
/// attribute of both their values.
#[must_use]
pub fn attributes(rules: &[Rule], facts: &Facts<'_>) -> Vec<Attribute> {
    let mut attributes: Vec<Attribute> = Vec::with_capacity(rules.len());
    for rule in rules {
        let values = facts.values(&rule.from);
        if values.is_empty() {
            continue;
        }
        let same = |known: &&mut Attribute| known.name == rule.name;
        match attributes.iter_mut().find(same) {
            Some(known) => known.values.extend(values),
            None => attributes.push(Attribute {
                name: rule.name.clone(),
                name_format: rule.format,
                friendly_name: rule.friendly_name.clone(),
                values,
            }),
        }
    }
    attributes
}

/// Formats by the words that documents use for them.
pub(crate) const FORMATS: [(&str, AttributeNameFormat); 3] = [
    ("uri", AttributeNameFormat::Uri),
    ("basic", AttributeNameFormat::Basic),
    ("unspecified", AttributeNameFormat::Unspecified),
];

mod name_format {
    use serde::de::Error as _;
    use serde::{Deserialize as _, Deserializer, Serializer};

    use super::{AttributeNameFormat, FORMATS};

    #[allow(clippy::trivially_copy_pass_by_ref, reason = "serde's signature")]
    pub(super) fn serialize<S: Serializer>(
        format: &AttributeNameFormat,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        let word = FORMATS.iter().find(|(_, known)| known == format);
        serializer.serialize_str(word.map_or("uri", |(word, _)| word))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<AttributeNameFormat, D::Error> {
        let text = String::deserialize(deserializer)?;
        let known = FORMATS.iter().find(|(word, _)| *word == text);
        known.map(|(_, format)| *format).ok_or_else(|| D::Error::custom("no format of names"))
    }
}
