//! HTTP-POST (SAML 2.0 Bindings §3.5): requests come by it, and answers go by it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use latchkey_saml::post;
use latchkey_web::Form;

use super::{Binding, Incoming};
use crate::saml::refused::Refused;

/// HTTP-POST.
pub(super) struct Post;

impl Binding for Post {
    fn kind(&self) -> latchkey_saml::Binding {
        latchkey_saml::Binding::Post
    }

    fn receive(&self, body: &str) -> Result<Incoming, Refused> {
        let form = post::Form::parse(body).map_err(|error| Refused::unreadable(&error))?;
        Ok(Incoming {
            screened: form.screen().map_err(|error| Refused::unreadable(&error))?,
            parameter: form.parameter(),
            relay_state: form.relay_state().map(str::to_owned),
        })
    }

    fn answer(&self, to: &str, xml: &str, relay_state: Option<&str>) -> Option<Form> {
        let form = Form::new(to).with("SAMLResponse", STANDARD.encode(xml));
        Some(match relay_state {
            Some(relay_state) => form.with("RelayState", relay_state),
            None => form,
        })
    }
}
