//! How messages come here and go from here, one file and one line in [`ALL`] each (SAML 2.0 Bindings
//! §3). What is not in the list is in our metadata nowhere and answered nowhere.

mod artifact;
mod post;
mod redirect;
mod soap;

use latchkey_saml::keys::Credential;
use latchkey_saml::redirect::Parameter;
use latchkey_saml::verify::Screened;
use latchkey_saml::write::WriteError;
use latchkey_store::StoredArtifact;
use latchkey_web::Form;

pub(super) use soap::is_envelope;

use super::providers::Consumer;
use super::refused::{Message, Refused};
use crate::App;

/// One way for messages to travel.
pub(super) trait Binding: Sync {
    /// Which.
    fn kind(&self) -> latchkey_saml::Binding;

    /// Takes a message out of what was sent: the raw query of an address, a form's body, or an
    /// envelope.
    ///
    /// # Errors
    /// Why there is none in it.
    fn receive(&self, sent: &str) -> Result<Incoming, Refused>;

    /// Whether requests for a log-in come this way.
    fn asks_for_log_ins(&self) -> bool;

    /// Whether answers to a log-in go this way.
    fn answers_log_ins(&self) -> bool;

    /// Whether log-outs are asked for and answered this way.
    fn carries_log_outs(&self) -> bool;

    /// How an answer to a log-in goes to an address of the provider's metadata, where answers go this
    /// way.
    fn answer(
        &self,
        app: &App,
        to: &Consumer<'_>,
        xml: &str,
        relay_state: Option<&str>,
    ) -> Option<Answer>;

    /// Signs a message and makes it ready for an address of the provider's metadata, where log-outs
    /// go this way.
    ///
    /// # Errors
    /// When a value cannot stand in XML, and when the key fails.
    fn send(
        &self,
        to: &str,
        message: &Outgoing<'_>,
        key: &Credential,
    ) -> Result<Option<Sent>, WriteError>;
}

/// Every binding that is served.
pub(super) static ALL: &[&dyn Binding] =
    &[&redirect::Redirect, &post::Post, &artifact::Artifact, &soap::Soap];

/// An answer to a log-in, ready to go.
pub(super) struct Answer {
    /// What has to be kept before it goes.
    pub(super) kept: Option<StoredArtifact>,
    /// How it goes.
    pub(super) sent: Sent,
}

/// A binding that is served.
pub(super) fn find(kind: latchkey_saml::Binding) -> Option<&'static dyn Binding> {
    ALL.iter().copied().find(|binding| binding.kind() == kind)
}

/// A message that came, of which nothing is known but that it is bounded XML.
pub(super) struct Incoming {
    screened: Screened,
    parameter: Option<Parameter>,
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
            Some(Parameter::Response) => Err(Refused::wrong(Message::AnswerHere)),
            Some(Parameter::Request) | None => Ok(&self.screened),
        }
    }

    /// The message, if it is an answer.
    #[must_use]
    pub(super) fn response(&self) -> Option<&Screened> {
        (self.parameter == Some(Parameter::Response)).then_some(&self.screened)
    }
}

/// A message that is to be sent.
pub(super) struct Outgoing<'a> {
    /// What it is to its receiver.
    pub(super) parameter: Parameter,
    /// Writes it, with a signature inside or without.
    pub(super) write: &'a (dyn Fn(Option<&Credential>) -> Result<String, WriteError> + Sync),
    /// What its receiver gave us to give it back, to the byte.
    pub(super) relay_state: Option<&'a str>,
}

/// A message that is signed and ready.
pub(super) enum Sent {
    /// The browser goes there.
    Address(String),
    /// The browser posts this.
    Form(Form),
    /// We post this ourselves.
    Envelope(String),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_binding_is_found_by_its_kind_and_takes_no_message_out_of_nothing() {
        for binding in ALL {
            let found = find(binding.kind()).expect("itself");
            assert_eq!(found.kind(), binding.kind());
            for sent in ["", "a=b", "SAMLRequest=", "SAMLRequest=%", "<a/>"] {
                assert!(binding.receive(sent).is_err(), "{:?} {sent}", binding.kind());
            }
        }
    }
}
