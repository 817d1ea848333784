//! What the application says of itself and asks the provider: its metadata, and requests and answers
//! that its key signs, as addresses that the browser is sent to (SAML Bindings §3.4).

use std::sync::Arc;
use std::time::Duration;

use latchkey_core::{Clock, Rng};
use latchkey_saml::Binding;
use latchkey_saml::keys::{Certificate, Credential, KeyError, SignatureAlgorithm, SigningKey};
use latchkey_saml::messages::{
    AuthnRequest, Header, LogoutRequest, LogoutResponse, MessageId, NameIdPolicy,
    RequestedAuthnContext, RequestedConsumer, Status,
};
use latchkey_saml::metadata::provider::Endpoint;
use latchkey_saml::metadata::write::{self, Localized, ServiceProvider, UiInfo};
use latchkey_saml::names::{Comparison, NameIdFormat, TopStatus};
use latchkey_saml::redirect::{self, Parameter};
use latchkey_saml::write::WriteError;

use super::Settings;
use super::verified::Login;

pub(super) const METADATA: &str = "/saml/metadata";
pub(super) const CONSUMER: &str = "/saml/acs";
pub(super) const LOGOUT: &str = "/saml/slo";
/// A key lasts as long as the application runs: its metadata is read at each start of the demo.
const CERTIFICATE_LASTS: Duration = Duration::from_secs(365 * 86_400);
/// How long the provider may take with a log-out.
const LOGOUT_WITHIN: Duration = Duration::from_secs(5 * 60);

/// Why a message cannot be sent.
#[derive(Debug, thiserror::Error)]
pub(super) enum Unwritable {
    #[error(transparent)]
    Message(#[from] WriteError),
    #[error(transparent)]
    Key(#[from] KeyError),
}

/// What is asked of a log-in.
#[derive(Clone, Copy)]
pub(super) struct Asked<'a> {
    /// One of these classes; any where there is none.
    pub(super) classes: &'a [String],
    /// It has to be a new one.
    pub(super) force: bool,
}

pub(super) struct Own {
    pub(super) entity_id: String,
    /// Where assertions go.
    pub(super) consumer: String,
    /// Where log-outs go, and what became of those that began here.
    pub(super) logout: String,
    credential: Credential,
    metadata: String,
    clock: Arc<dyn Clock>,
    rng: Arc<dyn Rng>,
}

impl Own {
    pub(super) fn new(settings: &Settings) -> anyhow::Result<Self> {
        let application = &settings.application;
        let at = |path: &str| format!("{}{path}", application.own_origin);
        let (entity_id, consumer, logout) = (at(METADATA), at(CONSUMER), at(LOGOUT));
        let key = SigningKey::generate(SignatureAlgorithm::EcdsaSha256)?;
        let now = settings.clock.now();
        let certificate = Certificate::self_signed(
            &key,
            &application.name,
            now,
            CERTIFICATE_LASTS,
            settings.rng.as_ref(),
        )?;
        let credential = Credential::new(key, certificate)?;
        let english =
            |text: &String| vec![Localized { language: "en".to_owned(), text: text.clone() }];
        let metadata = ServiceProvider {
            id: MessageId::random(settings.rng.as_ref()),
            entity_id: entity_id.clone(),
            certificates: vec![credential.certificate()],
            single_logout: vec![write::Endpoint {
                binding: Binding::Redirect,
                location: logout.clone(),
                response_location: None,
            }],
            name_id_formats: vec![NameIdFormat::Persistent],
            consumers: vec![consumer.clone()],
            ui: UiInfo {
                display_names: english(&application.name),
                descriptions: english(&application.description),
                ..UiInfo::default()
            },
        };
        Ok(Self {
            metadata: metadata.write(Some(&credential))?,
            entity_id,
            consumer,
            logout,
            credential,
            clock: Arc::clone(&settings.clock),
            rng: Arc::clone(&settings.rng),
        })
    }

    /// Its metadata, signed.
    pub(super) fn metadata(&self) -> &str {
        &self.metadata
    }

    /// A request for a log-in: its identifier, and the address that carries it.
    pub(super) fn ask_for_log_in(
        &self,
        to: &Endpoint,
        asked: Asked<'_>,
    ) -> Result<(MessageId, String), Unwritable> {
        let header = self.header(&to.location);
        let id = header.id.clone();
        let context = RequestedAuthnContext {
            comparison: Comparison::Exact,
            classes: asked.classes.to_vec(),
            declarations: Vec::new(),
        };
        let request = AuthnRequest {
            header,
            consumer: RequestedConsumer::Address {
                url: self.consumer.clone(),
                binding: Some(Ok(Binding::Post)),
            },
            attribute_consuming_service_index: None,
            force_authn: asked.force,
            is_passive: false,
            name_id_policy: Some(NameIdPolicy {
                format: Some(NameIdFormat::Persistent.uri().to_owned()),
                sp_name_qualifier: None,
                allow_create: true,
            }),
            requested_context: (!asked.classes.is_empty()).then_some(context),
            subject: None,
            scoping: None,
            provider_name: None,
            has_conditions: false,
        };
        let xml = request.write(None)?;
        Ok((id, self.address(&to.location, Parameter::Request, &xml, None)?))
    }

    /// A request to log somebody out: its identifier, and the address that carries it.
    pub(super) fn ask_for_log_out(
        &self,
        to: &Endpoint,
        login: &Login,
    ) -> Result<(MessageId, String), Unwritable> {
        let header = self.header(&to.location);
        let id = header.id.clone();
        let request = LogoutRequest {
            not_on_or_after: Some(header.issued_at.plus(LOGOUT_WITHIN)),
            header,
            name_id: login.name_id.clone(),
            session_indexes: login.session_index.iter().cloned().collect(),
            reason: None,
        };
        let xml = request.write(None)?;
        Ok((id, self.address(&to.location, Parameter::Request, &xml, None)?))
    }

    /// The address that carries the answer to a request to log somebody out.
    pub(super) fn confirm_log_out(
        &self,
        to: &Endpoint,
        request: &MessageId,
        relay_state: Option<&str>,
    ) -> Result<String, Unwritable> {
        let location = to.response_location.as_deref().unwrap_or(&to.location);
        let answer = LogoutResponse {
            header: self.header(location),
            in_response_to: Some(request.clone()),
            status: Status { top: TopStatus::Success, nested: Vec::new(), message: None },
        };
        self.address(location, Parameter::Response, &answer.write(None)?, relay_state)
    }

    fn header(&self, destination: &str) -> Header {
        Header {
            id: MessageId::random(self.rng.as_ref()),
            issued_at: self.clock.now(),
            destination: Some(destination.to_owned()),
            issuer: self.entity_id.clone(),
        }
    }

    fn address(
        &self,
        location: &str,
        parameter: Parameter,
        xml: &str,
        relay_state: Option<&str>,
    ) -> Result<String, Unwritable> {
        let key = self.credential.key();
        let algorithm = key.algorithm().uri();
        let sign = |octets: &[u8]| key.sign(octets);
        let query = redirect::write_signed(parameter, xml, relay_state, algorithm, sign)?;
        let separator = if location.contains('?') { '&' } else { '?' };
        Ok(format!("{location}{separator}{query}"))
    }
}
