//! Responses (SAML Core §3.3.3): sign the assertion, encrypt it, sign the response, in this order.

use latchkey_core::Rng;

use crate::encrypt::Recipient;
use crate::keys::Credential;
use crate::messages::{Assertion, Response};
use crate::names::TopStatus;
use crate::write::assertion::assertion;
use crate::write::{ROOM, in_response_to, message, room_for, status};
use crate::xml::sign::sign;
use crate::xml::write::{WriteError, Writer};

/// How a response is protected.
#[derive(Clone, Copy, Debug, Default)]
pub struct Signing<'a> {
    /// What signs the assertion, if anything does.
    pub assertion: Option<&'a Credential>,
    /// What signs the response around it, if anything does.
    pub response: Option<&'a Credential>,
    /// Who alone is to read the assertion; everybody on its way where there is nobody.
    pub encryption: Option<&'a Recipient>,
}

impl Response {
    /// The response as XML. `rng` is drawn from where it is encrypted.
    ///
    /// # Errors
    /// When a value cannot stand in XML or is against the specification, and when keys fail. An
    /// assertion that nothing signs is refused, and one beside a failure; so is one that is
    /// encrypted in a way that does not show changes (CBC) in a response that is not signed.
    pub fn write(&self, signing: &Signing<'_>, rng: &dyn Rng) -> Result<String, WriteError> {
        if self.assertion.is_some() {
            self.check(signing)?;
        }
        let values = |assertion: &Assertion| {
            let values = assertion.attributes.iter().flat_map(|said| &said.values);
            values.map(|value| value.len() + 64).sum::<usize>() + 192 * assertion.attributes.len()
        };
        let room = ROOM
            + self.assertion.as_ref().map_or(0, values)
            + room_for(signing.assertion)
            + room_for(signing.response);
        let request = in_response_to(self.in_response_to.as_ref());
        message(Writer::new(room), "Response", &self.header, [request], signing.response, |w| {
            status(w, &self.status);
            if let Some(said) = &self.assertion {
                let mut element = assertion(w, said);
                if let Some(credential) = signing.assertion {
                    sign(w, &mut element, &said.id, credential);
                }
                if let Some(recipient) = signing.encryption {
                    let plain = w.take_back(&element);
                    recipient.encrypt(w, &plain, rng);
                }
            }
        })
    }

    fn check(&self, signing: &Signing<'_>) -> Result<(), WriteError> {
        let why = if self.status.top != TopStatus::Success {
            // SAML Core §3.3.3 has assertions in what succeeded.
            "the status is a failure"
        } else if signing.assertion.is_none() && signing.response.is_none() {
            "nothing signs it"
        } else if signing.response.is_none()
            && signing.encryption.is_some_and(|recipient| !recipient.is_authenticated())
        {
            "it is encrypted with CBC, and the response is not signed"
        } else {
            return Ok(());
        };
        Err(WriteError::Unwritable { field: "Assertion", why })
    }
}
