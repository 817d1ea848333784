//! Our own metadata: one identity provider's `EntityDescriptor` (SAML Metadata §2.3, §2.4), and what
//! federations expect in it; in the other role, one service provider's.
//!
//! Owns what stands where in it. Addresses, keys and times are the caller's.

mod service;

use std::time::Duration;

use latchkey_core::Timestamp;

pub use service::ServiceProvider;

use crate::Binding;
use crate::keys::{Certificate, Credential};
use crate::messages::{Attribute, MessageId};
use crate::names::{NameIdFormat, PROTOCOL_NS};
use crate::verify::{Algorithm, DIGESTS};
use crate::write::{attribute_of, room_for};
use crate::xml::sign::{key_info, sign};
use crate::xml::write::{Name, Namespace, WriteError, Writer, attribute, lang};

/// An identity provider as it describes itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdentityProvider<'a> {
    /// Of this document, for its signature.
    pub id: MessageId,
    /// Its name everywhere.
    pub entity_id: String,
    /// When this document is no longer to be believed.
    pub valid_until: Timestamp,
    /// After how long it is to be fetched again; whole seconds.
    pub cache_duration: Duration,
    /// Requests have to be signed, whoever sends them.
    pub want_authn_requests_signed: bool,
    /// What its signatures verify by: during a change of keys several.
    pub certificates: Vec<&'a Certificate>,
    /// Where requests for a log-in go; at least one.
    pub single_sign_on: Vec<Endpoint>,
    /// Where log-outs go.
    pub single_logout: Vec<Endpoint>,
    /// Where artifacts are resolved, by SOAP; the first is the default. An address and the index
    /// that artifacts name it by.
    pub artifact_resolution: Vec<(u16, String)>,
    /// The kinds of names that it gives.
    pub name_id_formats: Vec<NameIdFormat>,
    /// The domains whose scoped values it may vouch for, to the letter: what applications check a
    /// `subject-id` against (SAML Subject Identifier Attributes Profile).
    pub scopes: Vec<String>,
    /// Where an application sends people whom it cannot serve (SAML Metadata §2.4.1).
    pub error_url: Option<String>,
    /// What people see of it.
    pub ui: UiInfo,
    /// Who runs it.
    pub organization: Option<Organization>,
    /// Whom to ask.
    pub contacts: Vec<Contact>,
    /// What is said of the provider itself, such as the categories that it supports.
    pub entity_attributes: Vec<Attribute>,
}

/// Where a message goes, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// How.
    pub binding: Binding,
    /// Where.
    pub location: String,
    /// Where the answer goes, if elsewhere.
    pub response_location: Option<String>,
}

/// A text in one language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Localized {
    /// The language, as RFC 5646 tags it.
    pub language: String,
    /// The text, or an address.
    pub text: String,
}

/// What people see of an entity (Metadata Extensions for Login and Discovery User Interface §2.1).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UiInfo {
    /// Its name, once in a language.
    pub display_names: Vec<Localized>,
    /// What it is for, once in a language.
    pub descriptions: Vec<Localized>,
    /// Its pictures.
    pub logos: Vec<Logo>,
    /// Addresses of pages about it.
    pub information_urls: Vec<Localized>,
    /// Addresses of what it does with people's data.
    pub privacy_urls: Vec<Localized>,
}

/// A picture (Metadata Extensions for Login and Discovery User Interface §2.1.5).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Logo {
    /// Where it is.
    pub url: String,
    /// In pixels.
    pub width: u32,
    /// In pixels.
    pub height: u32,
    /// For which language, if for one.
    pub language: Option<String>,
}

/// Who runs an entity (SAML Metadata §2.3.2.1). Each of the lists has one at least.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Organization {
    /// Its name before the law.
    pub names: Vec<Localized>,
    /// Its name for people.
    pub display_names: Vec<Localized>,
    /// Its address in the net.
    pub urls: Vec<Localized>,
}

/// Whom to ask (SAML Metadata §2.3.2.2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contact {
    /// About what.
    pub kind: ContactKind,
    /// Of whom.
    pub given_name: Option<String>,
    /// An e-mail address, without `mailto:`.
    pub email: String,
}

/// What a contact is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ContactKind {
    /// How it works.
    Technical,
    /// How people use it.
    Support,
    /// How it is run.
    Administrative,
}

impl ContactKind {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::Technical, Self::Support, Self::Administrative];

    /// As it stands in metadata.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Technical => "technical",
            Self::Support => "support",
            Self::Administrative => "administrative",
        }
    }
}

impl IdentityProvider<'_> {
    /// The description as XML, signed where there is something to sign with.
    ///
    /// # Errors
    /// When a value cannot stand in XML, when there is no certificate or no address to log in at,
    /// when an organisation lacks a name or an address, and when the key fails.
    pub fn write(&self, credential: Option<&Credential>) -> Result<String, WriteError> {
        let certificates: usize =
            self.certificates.iter().map(|certificate| certificate.base64().len() + 256).sum();
        let mut writer = Writer::new(4096 + certificates + room_for(credential));
        let cache_duration = format!("PT{}S", self.cache_duration.as_secs());
        let attributes = [
            attribute("ID", self.id.as_str()),
            attribute("entityID", self.entity_id.as_str()),
            attribute("validUntil", self.valid_until),
            attribute("cacheDuration", cache_duration.as_str()),
        ];
        let mut entity =
            writer.signable(md("EntityDescriptor"), attributes, |_| (), |w| self.content(w));
        if let Some(credential) = credential {
            sign(&mut writer, &mut entity, &self.id, credential);
        }
        writer.finish()
    }

    fn content(&self, writer: &mut Writer) {
        writer.element(md("Extensions"), [], |w| {
            // Without them Shibboleth signs by SHA-1 what it does not put into an address.
            for digest in DIGESTS {
                w.leaf(Name(Namespace::Alg, "DigestMethod"), [attribute("Algorithm", digest)], "");
            }
            for by in Algorithm::ALL {
                let by = [attribute("Algorithm", by.uri())];
                w.leaf(Name(Namespace::Alg, "SigningMethod"), by, "");
            }
            if !self.entity_attributes.is_empty() {
                w.element(Name(Namespace::Mdattr, "EntityAttributes"), [], |w| {
                    for said in &self.entity_attributes {
                        attribute_of(w, said);
                    }
                });
            }
        });
        let attributes = [
            attribute("WantAuthnRequestsSigned", self.want_authn_requests_signed),
            attribute("errorURL", self.error_url.as_deref()),
            attribute("protocolSupportEnumeration", PROTOCOL_NS),
        ];
        writer.element(md("IDPSSODescriptor"), attributes, |w| self.role(w));
        if let Some(organization) = &self.organization {
            organization.write(writer);
        }
        for contact in &self.contacts {
            contact.write(writer);
        }
    }

    fn role(&self, writer: &mut Writer) {
        if !self.scopes.is_empty() || !self.ui.is_empty() {
            writer.element(md("Extensions"), [], |w| {
                for scope in &self.scopes {
                    let literal = [attribute("regexp", false)];
                    w.leaf(Name(Namespace::Shibmd, "Scope"), literal, scope);
                }
                if !self.ui.is_empty() {
                    self.ui.write(w);
                }
            });
        }
        at_least_one(writer, "KeyDescriptor", &self.certificates);
        for certificate in &self.certificates {
            writer.element(md("KeyDescriptor"), [attribute("use", "signing")], |w| {
                key_info(w, certificate);
            });
        }
        for (position, (index, location)) in self.artifact_resolution.iter().enumerate() {
            let attributes = [
                attribute("Binding", Binding::Soap.uri()),
                attribute("Location", location.as_str()),
                attribute("index", *index),
                attribute("isDefault", position == 0),
            ];
            writer.leaf(md("ArtifactResolutionService"), attributes, "");
        }
        for endpoint in &self.single_logout {
            endpoint.write(writer, "SingleLogoutService");
        }
        for format in &self.name_id_formats {
            writer.leaf(md("NameIDFormat"), [], format.uri());
        }
        at_least_one(writer, "SingleSignOnService", &self.single_sign_on);
        for endpoint in &self.single_sign_on {
            endpoint.write(writer, "SingleSignOnService");
        }
    }
}

impl Endpoint {
    fn write(&self, writer: &mut Writer, local: &'static str) {
        let attributes = [
            attribute("Binding", self.binding.uri()),
            attribute("Location", self.location.as_str()),
            attribute("ResponseLocation", self.response_location.as_deref()),
        ];
        writer.leaf(md(local), attributes, "");
    }
}

impl UiInfo {
    fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    fn write(&self, writer: &mut Writer) {
        writer.element(mdui("UIInfo"), [], |w| {
            localized(w, mdui("DisplayName"), &self.display_names);
            localized(w, mdui("Description"), &self.descriptions);
            localized(w, mdui("InformationURL"), &self.information_urls);
            localized(w, mdui("PrivacyStatementURL"), &self.privacy_urls);
            for logo in &self.logos {
                let (height, width) =
                    (attribute("height", logo.height), attribute("width", logo.width));
                match &logo.language {
                    Some(language) => {
                        w.leaf(mdui("Logo"), [height, width, lang(language)], &logo.url);
                    }
                    None => w.leaf(mdui("Logo"), [height, width], &logo.url),
                }
            }
        });
    }
}

impl Organization {
    fn write(&self, writer: &mut Writer) {
        writer.element(md("Organization"), [], |w| {
            for (local, texts) in [
                ("OrganizationName", &self.names),
                ("OrganizationDisplayName", &self.display_names),
                ("OrganizationURL", &self.urls),
            ] {
                at_least_one(w, local, texts);
                localized(w, md(local), texts);
            }
        });
    }
}

impl Contact {
    fn write(&self, writer: &mut Writer) {
        let kind = [attribute("contactType", self.kind.as_str())];
        writer.element(md("ContactPerson"), kind, |w| {
            if let Some(name) = &self.given_name {
                w.leaf(md("GivenName"), [], name);
            }
            w.leaf(md("EmailAddress"), [], &format!("mailto:{}", self.email));
        });
    }
}

fn localized(writer: &mut Writer, name: Name, texts: &[Localized]) {
    for one in texts {
        writer.leaf(name, [lang(&one.language)], &one.text);
    }
}

fn at_least_one<T>(writer: &mut Writer, field: &'static str, list: &[T]) {
    if list.is_empty() {
        writer.fail(WriteError::Unwritable { field, why: "there is none" });
    }
}

fn md(local: &'static str) -> Name {
    Name(Namespace::Md, local)
}

fn mdui(local: &'static str) -> Name {
    Name(Namespace::Mdui, local)
}

#[cfg(test)]
mod tests;
