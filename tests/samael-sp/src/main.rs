//! A service provider on samael, which verifies with xmlsec, with every check that it has. Argument:
//! its setup as JSON. On standard input one question a line, on standard output one answer a line,
//! both JSON. A refusal is an answer too.
//!
//! samael signs no metadata and no posted requests, and of log-outs it reads nothing that could be
//! verified, so that it logs people in and no more.

use std::collections::BTreeMap;
use std::error::Error;
use std::io::{BufRead as _, Write as _};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use openssl::pkey::PKey;
use openssl::x509::X509;
use samael::crypto::{AllowedSignatureAlgorithm, CertificateDer};
use samael::metadata::{EntityDescriptor, HTTP_POST_BINDING, HTTP_REDIRECT_BINDING};
use samael::schema::{
    Assertion, AuthnContextClassRef, AuthnContextComparison, AuthnRequest, NameIdPolicy,
    RequestedAuthnContext,
};
use samael::service_provider::{ServiceProvider, ServiceProviderBuilder};
use samael::traits::ToXml as _;
use serde::Deserialize;
use serde_json::{Value, json};

type Answer<T> = Result<T, Box<dyn Error>>;

#[derive(Deserialize)]
struct Setup {
    provider_metadata: String,
    entity_id: String,
    consumer: String,
    logout: String,
    signs_requests: bool,
    key: String,
    certificate: String,
}

#[derive(Deserialize)]
#[serde(tag = "ask", rename_all = "snake_case")]
enum Asked {
    Metadata,
    LogIn(LogIn),
    Judge { fields: BTreeMap<String, String> },
}

#[derive(Deserialize)]
struct LogIn {
    binding: String,
    relay_state: Option<String>,
    name_id_format: Option<String>,
    classes: Vec<String>,
    comparison: String,
    force: bool,
    passive: bool,
}

struct Party {
    setup: Setup,
    provider: ServiceProvider,
    request: Option<String>,
}

impl Party {
    fn new(setup: Setup) -> Answer<Self> {
        let certificate = X509::from_pem(&std::fs::read(&setup.certificate)?)?.to_der()?;
        let idp: EntityDescriptor = setup.provider_metadata.parse()?;
        let provider = ServiceProviderBuilder::default()
            .entity_id(setup.entity_id.clone())
            .key(PKey::private_key_from_pem(&std::fs::read(&setup.key)?)?)
            .certificate(CertificateDer::from(certificate))
            .acs_url(setup.consumer.clone())
            .slo_url(setup.logout.clone())
            .idp_metadata(idp)
            .allowed_signature_algorithms(vec![
                AllowedSignatureAlgorithm::RsaSha256,
                AllowedSignatureAlgorithm::EcdsaSha256,
            ])
            .build()?;
        Ok(Self { setup, provider, request: None })
    }

    fn answer(&mut self, asked: Asked) -> Answer<Value> {
        match asked {
            Asked::Metadata => Ok(json!({ "metadata": self.provider.metadata()?.to_string()? })),
            Asked::LogIn(log_in) => self.log_in(log_in),
            Asked::Judge { fields } => self.judge(&fields),
        }
    }

    fn log_in(&mut self, log_in: LogIn) -> Answer<Value> {
        let posted = log_in.binding == "post";
        let binding = if posted { HTTP_POST_BINDING } else { HTTP_REDIRECT_BINDING };
        let to = self.provider.sso_binding_location(binding).ok_or("no such binding")?;
        let mut request = self.provider.make_authentication_request(&to)?;
        request.name_id_policy = log_in.name_id_format.map(|format| NameIdPolicy {
            format: Some(format),
            allow_create: Some(true),
            sp_name_qualifier: None,
        });
        request.force_authn = Some(log_in.force);
        request.is_passive = Some(log_in.passive);
        request.requested_authn_context = context(&log_in.classes, &log_in.comparison)?;
        self.request = Some(request.id.clone());
        let relay_state = log_in.relay_state.unwrap_or_default();
        if posted {
            let fields = json!({
                "SAMLRequest": STANDARD.encode(request.to_string()?),
                "RelayState": relay_state,
            });
            return Ok(json!({ "url": to, "fields": fields }));
        }
        Ok(json!({ "url": self.redirect(&request, &relay_state)?, "fields": null }))
    }

    fn redirect(&self, request: &AuthnRequest, relay_state: &str) -> Answer<String> {
        let key = self.provider.key.as_ref().filter(|_| self.setup.signs_requests);
        let url = match key {
            Some(key) => request.signed_redirect(relay_state, key)?,
            None => request.redirect(relay_state)?,
        };
        Ok(url.ok_or("no address")?.into())
    }

    fn judge(&self, fields: &BTreeMap<String, String>) -> Answer<Value> {
        let response = fields.get("SAMLResponse").ok_or("no SAMLResponse")?;
        let request = self.request.as_deref().ok_or("nothing was asked")?;
        let assertion = self.provider.parse_base64_response(response, Some(&[request]))?;
        identity(&assertion, fields.get("RelayState"))
    }
}

fn context(classes: &[String], comparison: &str) -> Answer<Option<RequestedAuthnContext>> {
    if classes.is_empty() {
        return Ok(None);
    }
    let comparison = match comparison {
        "exact" => AuthnContextComparison::Exact,
        "minimum" => AuthnContextComparison::Minimum,
        "maximum" => AuthnContextComparison::Maximum,
        "better" => AuthnContextComparison::Better,
        other => return Err(format!("no comparison {other}").into()),
    };
    let class = |class: &String| AuthnContextClassRef { value: Some(class.clone()) };
    Ok(Some(RequestedAuthnContext {
        authn_context_class_refs: Some(classes.iter().map(class).collect()),
        authn_context_decl_refs: None,
        comparison: Some(comparison),
    }))
}

fn identity(assertion: &Assertion, relay_state: Option<&String>) -> Answer<Value> {
    let subject = assertion.subject.as_ref().ok_or("no subject")?;
    let name = subject.name_id.as_ref().ok_or("no name")?;
    let statement = assertion.authn_statements.iter().flatten().next().ok_or("no log-in")?;
    let class = statement.authn_context.as_ref().and_then(|context| context.value.as_ref());
    let class = class.and_then(|class| class.value.as_ref()).ok_or("no class")?;
    let (mut attributes, mut friendly) = (BTreeMap::new(), BTreeMap::new());
    let told = assertion.attribute_statements.iter().flatten();
    for attribute in told.flat_map(|statement| &statement.attributes) {
        let values = attribute.values.iter().filter_map(|value| value.value.clone());
        let values: Vec<String> = values.collect();
        if let Some(name) = &attribute.friendly_name {
            friendly.insert(name.clone(), values.clone());
        }
        attributes.insert(attribute.name.clone().ok_or("an attribute without a name")?, values);
    }
    Ok(json!({
        // It reads no qualifiers.
        "name_id": {
            "value": name.value,
            "format": name.format,
            "name_qualifier": null,
            "sp_name_qualifier": null,
        },
        "attributes": attributes,
        "friendly": friendly,
        "session_index": statement.session_index,
        "class": class,
        "relay_state": relay_state,
    }))
}

fn main() -> Answer<()> {
    let setup = std::env::args().nth(1).ok_or("no setup")?;
    let mut party = Party::new(serde_json::from_str(&setup)?)?;
    let mut out = std::io::stdout().lock();
    for line in std::io::stdin().lock().lines() {
        let answer = serde_json::from_str(&line?)
            .map_err(Box::from)
            .and_then(|asked| party.answer(asked))
            .unwrap_or_else(|error| json!({ "error": "refused", "message": error.to_string() }));
        writeln!(out, "{answer}")?;
        out.flush()?;
    }
    Ok(())
}
