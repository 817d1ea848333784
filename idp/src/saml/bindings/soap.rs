//! SOAP (SAML 2.0 Bindings §3.2): log-outs come and go by it, without a browser.

use axum::http::HeaderMap;
use latchkey_saml::keys::Credential;
use latchkey_saml::soap;
use latchkey_saml::write::{WriteError, soap_envelope};
use latchkey_web::limits;

use super::{Answer, Binding, Incoming, Outgoing, Sent};
use crate::App;
use crate::saml::providers::Consumer;
use crate::saml::refused::Refused;

/// What an envelope is said to be: as SOAP 1.1 has it (§6), and as pysaml2 has it, which takes it
/// for SOAP 1.2.
const CONTENT_TYPES: [&str; 2] = ["text/xml", "application/soap+xml"];

/// Whether a body is said to be an envelope.
pub(in crate::saml) fn is_envelope(headers: &HeaderMap) -> bool {
    CONTENT_TYPES.iter().any(|wanted| limits::expect(headers, wanted).is_ok())
}

/// SOAP.
pub(super) struct Soap;

impl Binding for Soap {
    fn kind(&self) -> latchkey_saml::Binding {
        latchkey_saml::Binding::Soap
    }

    fn receive(&self, envelope: &str) -> Result<Incoming, Refused> {
        let screened =
            soap::screen(envelope.as_bytes()).map_err(|error| Refused::unreadable(&error))?;
        Ok(Incoming { screened, parameter: None, relay_state: None })
    }

    fn asks_for_log_ins(&self) -> bool {
        false
    }

    fn answers_log_ins(&self) -> bool {
        false
    }

    fn carries_log_outs(&self) -> bool {
        true
    }

    fn answer(&self, _: &App, _: &Consumer<'_>, _: &str, _: Option<&str>) -> Option<Answer> {
        None
    }

    fn send(
        &self,
        _: &str,
        message: &Outgoing<'_>,
        key: &Credential,
    ) -> Result<Option<Sent>, WriteError> {
        Ok(Some(Sent::Envelope(soap_envelope(&(message.write)(Some(key))?)?)))
    }
}
