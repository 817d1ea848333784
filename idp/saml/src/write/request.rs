//! Requests for a log-in (SAML Core §3.4.1).

use crate::Binding;
use crate::keys::Credential;
use crate::messages::{
    AuthnRequest, NameIdPolicy, RequestedAuthnContext, RequestedConsumer, RequestedSubject, Scoping,
};
use crate::write::{ROOM, message, name_id, room_for, saml, samlp};
use crate::xml::write::{Value, WriteError, Writer, attribute};

impl AuthnRequest {
    /// The request as XML, signed where there is something to sign with (in a query its signature
    /// stands outside, Bindings §3.4.4.1).
    ///
    /// # Errors
    /// When a value cannot stand in XML or is against the specification, and when the key fails.
    pub fn write(&self, credential: Option<&Credential>) -> Result<String, WriteError> {
        let (index, url, binding) = consumer(&self.consumer);
        let own = [
            attribute("AssertionConsumerServiceIndex", index),
            attribute("AssertionConsumerServiceURL", url),
            attribute("ProtocolBinding", binding),
            attribute("AttributeConsumingServiceIndex", self.attribute_consuming_service_index),
            attribute("ForceAuthn", only_true(self.force_authn)),
            attribute("IsPassive", only_true(self.is_passive)),
            attribute("ProviderName", self.provider_name.as_deref()),
        ];
        let writer = Writer::new(ROOM + room_for(credential));
        message(writer, "AuthnRequest", &self.header, own, credential, |w| {
            match &self.subject {
                None => (),
                Some(RequestedSubject::Named(name)) => {
                    w.element(saml("Subject"), [], |w| name_id(w, name));
                }
                Some(RequestedSubject::Unreadable) => {
                    w.fail(WriteError::Unwritable { field: "Subject", why: "it names nobody" });
                }
            }
            if let Some(policy) = &self.name_id_policy {
                name_id_policy(w, policy);
            }
            if self.has_conditions {
                w.element(saml("Conditions"), [], |_| ());
            }
            if let Some(context) = &self.requested_context {
                requested_context(w, context);
            }
            if let Some(asked) = &self.scoping {
                scoping(w, asked);
            }
        })
    }
}

/// Index, address and binding.
fn consumer(consumer: &RequestedConsumer) -> (Option<u16>, Option<&str>, Option<&str>) {
    match consumer {
        RequestedConsumer::Default => (None, None, None),
        RequestedConsumer::Index(index) => (Some(*index), None, None),
        RequestedConsumer::Address { url, binding } => {
            (None, Some(url), binding.as_ref().map(binding_uri))
        }
        RequestedConsumer::Binding(binding) => (None, None, Some(binding_uri(binding))),
    }
}

fn binding_uri(binding: &Result<Binding, String>) -> &str {
    match binding {
        Ok(known) => known.uri(),
        Err(other) => other,
    }
}

/// What is false by default is said only where it is true.
fn only_true<'a>(flag: bool) -> Value<'a> {
    flag.then_some(true).into()
}

fn name_id_policy(writer: &mut Writer, policy: &NameIdPolicy) {
    let attributes = [
        attribute("AllowCreate", only_true(policy.allow_create)),
        attribute("Format", policy.format.as_deref()),
        attribute("SPNameQualifier", policy.sp_name_qualifier.as_deref()),
    ];
    writer.leaf(samlp("NameIDPolicy"), attributes, "");
}

fn requested_context(writer: &mut Writer, context: &RequestedAuthnContext) {
    if context.classes.is_empty() == context.declarations.is_empty() {
        writer.fail(WriteError::Unwritable {
            field: "RequestedAuthnContext",
            why: "it has either classes or declarations",
        });
    }
    let comparison = [attribute("Comparison", context.comparison.as_str())];
    writer.element(samlp("RequestedAuthnContext"), comparison, |w| {
        for class in &context.classes {
            w.leaf(saml("AuthnContextClassRef"), [], class);
        }
        for declaration in &context.declarations {
            w.leaf(saml("AuthnContextDeclRef"), [], declaration);
        }
    });
}

fn scoping(writer: &mut Writer, scoping: &Scoping) {
    writer.element(samlp("Scoping"), [attribute("ProxyCount", scoping.proxy_count)], |w| {
        if !scoping.idp_list.is_empty() {
            w.element(samlp("IDPList"), [], |w| {
                for provider in &scoping.idp_list {
                    let id = [attribute("ProviderID", provider.as_str())];
                    w.leaf(samlp("IDPEntry"), id, "");
                }
            });
        }
        for requester in &scoping.requester_ids {
            w.leaf(samlp("RequesterID"), [], requester);
        }
    });
}
