//! How messages come here and go from here, one file and one line in [`ALL`] each (SAML 2.0 Bindings
//! §3). What is not in the list is in our metadata nowhere and answered nowhere.

mod post;
mod redirect;

use latchkey_saml::redirect::Parameter;
use latchkey_saml::verify::Screened;
use latchkey_web::Form;

use super::refused::{Message, Refused};

/// One way for messages to travel.
pub(super) trait Binding: Sync {
    /// Which.
    fn kind(&self) -> latchkey_saml::Binding;

    /// Takes a message out of what a browser sent: the raw query of an address, or a form's body.
    ///
    /// # Errors
    /// Why there is none in it.
    fn receive(&self, sent: &str) -> Result<Incoming, Refused>;

    /// The form that carries an answer to an address of the provider's metadata, where answers go
    /// this way.
    fn answer(&self, to: &str, xml: &str, relay_state: Option<&str>) -> Option<Form>;
}

/// Every binding that is served.
pub(super) static ALL: &[&dyn Binding] = &[&redirect::Redirect, &post::Post];

/// A binding that is served.
pub(super) fn find(kind: latchkey_saml::Binding) -> Option<&'static dyn Binding> {
    ALL.iter().copied().find(|binding| binding.kind() == kind)
}

/// A message that came, of which nothing is known but that it is bounded XML.
pub(super) struct Incoming {
    screened: Screened,
    parameter: Parameter,
    /// What the sender wants back, to the byte.
    pub(super) relay_state: Option<String>,
}

impl Incoming {
    /// The message, if it is a request.
    ///
    /// # Errors
    /// When it is an answer.
    pub(super) fn request(&self) -> Result<&Screened, Refused> {
        match self.parameter {
            Parameter::Request => Ok(&self.screened),
            Parameter::Response => Err(Refused::wrong(Message::AnswerHere)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_binding_is_found_by_its_kind_and_takes_no_message_out_of_nothing() {
        for binding in ALL {
            let found = find(binding.kind()).expect("itself");
            assert_eq!(found.kind(), binding.kind());
            for sent in ["", "a=b", "SAMLRequest=", "SAMLRequest=%"] {
                assert!(binding.receive(sent).is_err(), "{:?} {sent}", binding.kind());
            }
        }
    }
}
