//! Log-outs (SAML Core §3.7).

use crate::keys::Credential;
use crate::messages::{LogoutRequest, LogoutResponse};
use crate::write::{ROOM, in_response_to, message, name_id, room_for, samlp, status};
use crate::xml::write::{WriteError, Writer, attribute};

impl LogoutRequest {
    /// The request as XML, signed where there is something to sign with (in a query its signature
    /// stands outside, Bindings §3.4.4.1).
    ///
    /// # Errors
    /// When a value cannot stand in XML, and when the key fails.
    pub fn write(&self, credential: Option<&Credential>) -> Result<String, WriteError> {
        let own = [
            attribute("NotOnOrAfter", self.not_on_or_after),
            attribute("Reason", self.reason.as_deref()),
        ];
        let writer = Writer::new(ROOM + room_for(credential));
        message(writer, "LogoutRequest", &self.header, own, credential, |w| {
            name_id(w, &self.name_id);
            for index in &self.session_indexes {
                w.leaf(samlp("SessionIndex"), [], index);
            }
        })
    }
}

impl LogoutResponse {
    /// The answer as XML, signed where there is something to sign with (in a query its signature
    /// stands outside, Bindings §3.4.4.1).
    ///
    /// # Errors
    /// When a value cannot stand in XML, and when the key fails.
    pub fn write(&self, credential: Option<&Credential>) -> Result<String, WriteError> {
        let own = [in_response_to(self.in_response_to.as_ref())];
        let writer = Writer::new(ROOM + room_for(credential));
        message(writer, "LogoutResponse", &self.header, own, credential, |w| {
            status(w, &self.status);
        })
    }
}
