//! HTTP-Redirect (SAML 2.0 Bindings §3.4): requests come by it. Answers do not go by it: they would
//! not fit, and the profile forbids it (SAML Profiles §4.1.2).

use latchkey_saml::redirect::Query;
use latchkey_web::Form;

use super::{Binding, Incoming};
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
            parameter: query.parameter(),
            relay_state: query.relay_state().map(str::to_owned),
        })
    }

    fn answer(&self, _: &str, _: &str, _: Option<&str>) -> Option<Form> {
        None
    }
}
