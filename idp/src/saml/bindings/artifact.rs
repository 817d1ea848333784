//! HTTP-Artifact (SAML 2.0 Bindings §3.6): answers go by it. The browser carries a reference, and the
//! provider fetches the message. Requests do not come by it: nothing is fetched from whoever asks.

use latchkey_saml::keys::Credential;
use latchkey_saml::write::WriteError;
use latchkey_web::Form;
use url::Url;

use super::{Answer, Binding, Incoming, Outgoing, Sent};
use crate::App;
use crate::saml::artifact;
use crate::saml::providers::Consumer;
use crate::saml::refused::{Message, Refused};

/// The longest address that a browser is sent to. With a longer one it posts a form.
const LONGEST: usize = 2000;

/// HTTP-Artifact.
pub(super) struct Artifact;

impl Binding for Artifact {
    fn kind(&self) -> latchkey_saml::Binding {
        latchkey_saml::Binding::Artifact
    }

    fn receive(&self, _: &str) -> Result<Incoming, Refused> {
        Err(Refused::wrong(Message::OtherKind))
    }

    fn asks_for_log_ins(&self) -> bool {
        false
    }

    fn answers_log_ins(&self) -> bool {
        true
    }

    fn carries_log_outs(&self) -> bool {
        false
    }

    fn answer(
        &self,
        app: &App,
        to: &Consumer<'_>,
        xml: &str,
        relay_state: Option<&str>,
    ) -> Option<Answer> {
        let (artifact, kept) = artifact::issue(app, to.provider(), xml);
        let mut fields = vec![("SAMLart", artifact.expose())];
        fields.extend(relay_state.map(|text| ("RelayState", text)));
        let mut address = Url::parse(to.location()).ok()?;
        address.query_pairs_mut().extend_pairs(&fields);
        let sent = if address.as_str().len() <= LONGEST {
            Sent::Address(address.into())
        } else {
            let form = Form::new(to.location());
            Sent::Form(fields.into_iter().fold(form, |form, (name, text)| form.with(name, text)))
        };
        Some(Answer { kept: Some(kept), sent })
    }

    fn send(&self, _: &str, _: &Outgoing<'_>, _: &Credential) -> Result<Option<Sent>, WriteError> {
        Ok(None)
    }
}
