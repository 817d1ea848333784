//! A service provider's `EntityDescriptor` (SAML Metadata §2.4.4), where people come back to it and
//! how it signs.

use super::{Endpoint, UiInfo, at_least_one, md};
use crate::Binding;
use crate::keys::{Certificate, Credential};
use crate::messages::MessageId;
use crate::names::{NameIdFormat, PROTOCOL_NS};
use crate::write::room_for;
use crate::xml::sign::{key_info, sign};
use crate::xml::write::{WriteError, Writer, attribute};

/// A service provider as it describes itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceProvider<'a> {
    /// Of this document, for its signature.
    pub id: MessageId,
    /// Its name everywhere.
    pub entity_id: String,
    /// What its signatures verify by: during a change of keys several. It signs its requests where
    /// there is one.
    pub certificates: Vec<&'a Certificate>,
    /// Where log-outs go.
    pub single_logout: Vec<Endpoint>,
    /// The kinds of names that it takes, in its order.
    pub name_id_formats: Vec<NameIdFormat>,
    /// Where assertions go by HTTP-POST; the first is the default.
    pub consumers: Vec<String>,
    /// What people see of it.
    pub ui: UiInfo,
}

impl ServiceProvider<'_> {
    /// The description as XML, signed where there is something to sign with.
    ///
    /// # Errors
    /// When a value cannot stand in XML, when there is nowhere for assertions to go, and when the
    /// key fails.
    pub fn write(&self, credential: Option<&Credential>) -> Result<String, WriteError> {
        let certificates: usize =
            self.certificates.iter().map(|certificate| certificate.base64().len() + 256).sum();
        let mut writer = Writer::new(2048 + certificates + room_for(credential));
        let attributes =
            [attribute("ID", self.id.as_str()), attribute("entityID", self.entity_id.as_str())];
        let mut entity =
            writer.signable(md("EntityDescriptor"), attributes, |_| (), |w| self.content(w));
        if let Some(credential) = credential {
            sign(&mut writer, &mut entity, &self.id, credential);
        }
        writer.finish()
    }

    fn content(&self, writer: &mut Writer) {
        let attributes = [
            attribute("AuthnRequestsSigned", !self.certificates.is_empty()),
            attribute("WantAssertionsSigned", true),
            attribute("protocolSupportEnumeration", PROTOCOL_NS),
        ];
        writer.element(md("SPSSODescriptor"), attributes, |w| self.role(w));
    }

    fn role(&self, writer: &mut Writer) {
        if !self.ui.is_empty() {
            writer.element(md("Extensions"), [], |w| self.ui.write(w));
        }
        for certificate in &self.certificates {
            writer.element(md("KeyDescriptor"), [attribute("use", "signing")], |w| {
                key_info(w, certificate);
            });
        }
        for endpoint in &self.single_logout {
            endpoint.write(writer, "SingleLogoutService");
        }
        for format in &self.name_id_formats {
            writer.leaf(md("NameIDFormat"), [], format.uri());
        }
        at_least_one(writer, "AssertionConsumerService", &self.consumers);
        for (index, location) in (0_u16..).zip(&self.consumers) {
            let attributes = [
                attribute("Binding", Binding::Post.uri()),
                attribute("Location", location.as_str()),
                attribute("index", index),
                attribute("isDefault", index == 0),
            ];
            writer.leaf(md("AssertionConsumerService"), attributes, "");
        }
    }
}
