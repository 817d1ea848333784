//! The resolution of artifacts (SAML Core §3.5), and the envelope that it travels in.

use crate::keys::Credential;
use crate::messages::{ArtifactResolve, ArtifactResponse};
use crate::names::SOAP_NS;
use crate::write::{ROOM, in_response_to, message, room_for, samlp, status};
use crate::xml::write::{Name, Namespace, WriteError, Writer};

impl ArtifactResolve {
    /// The request as XML, signed where there is something to sign with.
    ///
    /// # Errors
    /// When a value cannot stand in XML, and when the key fails.
    pub fn write(&self, credential: Option<&Credential>) -> Result<String, WriteError> {
        let writer = Writer::new(ROOM + room_for(credential));
        message(writer, "ArtifactResolve", &self.header, [], credential, |w| {
            w.leaf(samlp("Artifact"), [], &self.artifact);
        })
    }
}

impl ArtifactResponse {
    /// The answer as XML, signed where there is something to sign with. The message in it is one
    /// that this crate wrote; it stays as it is but for a namespace that it need not declare twice,
    /// so its own signature holds.
    ///
    /// # Errors
    /// When a value cannot stand in XML, when the message was not written here, and when the key
    /// fails.
    pub fn write(&self, credential: Option<&Credential>) -> Result<String, WriteError> {
        let message_room = self.message.as_ref().map_or(0, String::len);
        let writer = Writer::new(ROOM + message_room + room_for(credential));
        let own = [in_response_to(Some(&self.in_response_to))];
        message(writer, "ArtifactResponse", &self.header, own, credential, |w| {
            status(w, &self.status);
            if let Some(inner) = &self.message {
                w.embed(inner);
            }
        })
    }
}

/// A message that this crate wrote, in a SOAP 1.1 envelope (Bindings §3.2.2.1).
///
/// # Errors
/// When the message was not written here.
pub fn soap_envelope(message: &str) -> Result<String, WriteError> {
    let mut writer = Writer::new(message.len() + 256);
    writer.element(Name(Namespace::Soap, "Envelope"), [], |w| {
        w.element(Name(Namespace::Soap, "Body"), [], |w| w.embed(message));
    });
    writer.finish()
}

/// A SOAP 1.1 envelope that says that what was sent was wrong (SOAP 1.1 §4.4), in a sentence.
#[must_use]
pub fn soap_fault(reason: &str) -> String {
    let shown = |c: char| match c {
        '&' => "&amp;".to_owned(),
        '<' => "&lt;".to_owned(),
        '>' => "&gt;".to_owned(),
        c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => " ".to_owned(),
        c => c.to_string(),
    };
    let reason: String = reason.chars().map(shown).collect();
    format!(
        "<soap:Envelope xmlns:soap=\"{SOAP_NS}\"><soap:Body><soap:Fault>\
         <faultcode>soap:Client</faultcode><faultstring>{reason}</faultstring>\
         </soap:Fault></soap:Body></soap:Envelope>"
    )
}
