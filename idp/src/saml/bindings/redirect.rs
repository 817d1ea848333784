//! HTTP-Redirect (SAML 2.0 Bindings §3.4): log-ins are asked for by it, and log-outs go both ways.
//! Assertions do not go by it: they would not fit, and the profile forbids it (SAML Profiles §4.1.2).

use latchkey_saml::keys::Credential;
use latchkey_saml::redirect::{self, Query};
use latchkey_saml::write::WriteError;

use super::{Answer, Binding, Incoming, Outgoing, Sent};
use crate::App;
use crate::saml::providers::Consumer;
use crate::saml::refused::Refused;

/// HTTP-Redirect.
pub(super) struct Redirect;

impl Binding for Redirect {
    fn kind(&self) -> latchkey_saml::Binding {
        latchkey_saml::Binding::Redirect
    }

    fn receive(&self, query: &str) -> Result<Incoming, Refused> {
        let query = Query::parse(query).map_err(|error| Refused::unreadable(&error))?;
        Ok(Incoming {
            screened: query.screen().map_err(|error| Refused::unreadable(&error))?,
            parameter: Some(query.parameter()),
            relay_state: query.relay_state().map(str::to_owned),
        })
    }

    fn asks_for_log_ins(&self) -> bool {
        true
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
        to: &str,
        message: &Outgoing<'_>,
        key: &Credential,
    ) -> Result<Option<Sent>, WriteError> {
        // Its signature stands beside it (§3.4.4.1).
        let xml = (message.write)(None)?;
        let algorithm = key.key().algorithm().uri();
        let sign = |octets: &[u8]| key.key().sign(octets).map_err(|_| WriteError::Signing);
        let Outgoing { parameter, relay_state, .. } = *message;
        let query = redirect::write_signed(parameter, &xml, relay_state, algorithm, sign)?;
        let between = if to.contains('?') { '&' } else { '?' };
        Ok(Some(Sent::Address(format!("{to}{between}{query}"))))
    }
}
