//! HTTP-POST (SAML 2.0 Bindings §3.5): log-ins are asked for by it and answered by it, and
//! log-outs go both ways.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use latchkey_saml::keys::Credential;
use latchkey_saml::post::{self, Parameter};
use latchkey_saml::write::WriteError;
use latchkey_web::Form;

use super::{Answer, Binding, Incoming, Outgoing, Sent};
use crate::App;
use crate::saml::providers::Consumer;
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
            parameter: Some(form.parameter()),
            relay_state: form.relay_state().map(str::to_owned),
        })
    }

    fn asks_for_log_ins(&self) -> bool {
        true
    }

    fn answers_log_ins(&self) -> bool {
        true
    }

    fn carries_log_outs(&self) -> bool {
        true
    }

    fn answer(
        &self,
        _: &App,
        to: &Consumer<'_>,
        xml: &str,
        relay_state: Option<&str>,
    ) -> Option<Answer> {
        let form = form(to.location(), Parameter::Response, xml, relay_state);
        Some(Answer { kept: None, sent: Sent::Form(form) })
    }

    fn send(
        &self,
        to: &str,
        message: &Outgoing<'_>,
        key: &Credential,
    ) -> Result<Option<Sent>, WriteError> {
        let xml = (message.write)(Some(key))?;
        Ok(Some(Sent::Form(form(to, message.parameter, &xml, message.relay_state))))
    }
}

fn form(to: &str, parameter: Parameter, xml: &str, relay_state: Option<&str>) -> Form {
    let form = Form::new(to).with(parameter.name(), STANDARD.encode(xml));
    match relay_state {
        Some(relay_state) => form.with("RelayState", relay_state),
        None => form,
    }
}
