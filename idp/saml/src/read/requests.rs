//! What is asked: log-ins, log-outs and the messages behind artifacts.

use super::{
    Message, Parts, ReadError, Source, attribute, flag, header, name_id, text, texts, time, uri,
    values,
};
use crate::Binding;
use crate::messages::{
    ArtifactResolve, AuthnRequest, LogoutRequest, NameIdPolicy, RequestedAuthnContext,
    RequestedConsumer, RequestedSubject, Scoping,
};
use crate::names::{ASSERTION_NS, Comparison, PROTOCOL_NS};
use crate::xml::Element;

impl Message for AuthnRequest {
    const NAME: &'static str = "AuthnRequest";

    fn read(Source(request): Source<'_>) -> Result<Self, ReadError> {
        let (header, mut parts) = header(request, Self::NAME)?;
        let subject = parts.one(ASSERTION_NS, "Subject")?;
        let policy = parts.one(PROTOCOL_NS, "NameIDPolicy")?;
        let conditions = parts.one(ASSERTION_NS, "Conditions")?;
        let context = parts.one(PROTOCOL_NS, "RequestedAuthnContext")?;
        let scoping = parts.one(PROTOCOL_NS, "Scoping")?;
        parts.end()?;
        Ok(Self {
            header,
            consumer: consumer(request)?,
            attribute_consuming_service_index: attribute(
                request,
                "AttributeConsumingServiceIndex",
                values::number,
            )?,
            force_authn: flag(request, "ForceAuthn")?,
            is_passive: flag(request, "IsPassive")?,
            name_id_policy: policy.map(name_id_policy).transpose()?,
            requested_context: context.map(requested_context).transpose()?,
            subject: subject.map(requested_subject).transpose()?,
            scoping: scoping.map(requested_scoping).transpose()?,
            provider_name: request.attribute("ProviderName").map(ToOwned::to_owned),
            has_conditions: conditions.is_some(),
        })
    }
}

/// Core §3.4.1: by index, or by address and binding.
fn consumer(request: Element<'_>) -> Result<RequestedConsumer, ReadError> {
    const INDEX: &str = "AssertionConsumerServiceIndex";
    const ADDRESS: &str = "AssertionConsumerServiceURL";
    const BINDING: &str = "ProtocolBinding";
    let index = attribute(request, INDEX, values::number)?;
    let binding = uri(request, BINDING)?.map(|uri| Binding::parse(&uri).ok_or(uri));
    match (index, uri(request, ADDRESS)?, binding) {
        (Some(_), Some(_), _) => Err(ReadError::Exclusive(INDEX, ADDRESS)),
        (Some(_), None, Some(_)) => Err(ReadError::Exclusive(INDEX, BINDING)),
        (Some(index), None, None) => Ok(RequestedConsumer::Index(index)),
        (None, Some(url), binding) => Ok(RequestedConsumer::Address { url, binding }),
        (None, None, Some(binding)) => Ok(RequestedConsumer::Binding(binding)),
        (None, None, None) => Ok(RequestedConsumer::Default),
    }
}

fn requested_subject(subject: Element<'_>) -> Result<RequestedSubject, ReadError> {
    let mut parts = Parts::of(subject, "Subject");
    let named = parts.one(ASSERTION_NS, "NameID")?;
    Ok(match named {
        Some(named) => RequestedSubject::Named(name_id(named)?),
        None => RequestedSubject::Unreadable,
    })
}

fn name_id_policy(policy: Element<'_>) -> Result<NameIdPolicy, ReadError> {
    Parts::of(policy, "NameIDPolicy").end()?;
    Ok(NameIdPolicy {
        format: uri(policy, "Format")?,
        sp_name_qualifier: uri(policy, "SPNameQualifier")?,
        allow_create: flag(policy, "AllowCreate")?,
    })
}

fn requested_context(context: Element<'_>) -> Result<RequestedAuthnContext, ReadError> {
    const CLASS: &str = "AuthnContextClassRef";
    const DECLARATION: &str = "AuthnContextDeclRef";
    let mut parts = Parts::of(context, "RequestedAuthnContext");
    let classes = texts(parts.all(ASSERTION_NS, CLASS), CLASS)?;
    let declarations = texts(parts.all(ASSERTION_NS, DECLARATION), DECLARATION)?;
    parts.end()?;
    match (classes.is_empty(), declarations.is_empty()) {
        (true, true) => Err(ReadError::Missing(CLASS)),
        (false, false) => Err(ReadError::Exclusive(CLASS, DECLARATION)),
        _ => {
            let comparison = attribute(context, "Comparison", Comparison::parse)?;
            let comparison = comparison.unwrap_or_default();
            Ok(RequestedAuthnContext { comparison, classes, declarations })
        }
    }
}

fn requested_scoping(scoping: Element<'_>) -> Result<Scoping, ReadError> {
    let mut parts = Parts::of(scoping, "Scoping");
    let list = parts.one(PROTOCOL_NS, "IDPList")?;
    let requesters = parts.all(PROTOCOL_NS, "RequesterID");
    parts.end()?;
    let mut idp_list = Vec::new();
    if let Some(list) = list {
        let mut parts = Parts::of(list, "IDPList");
        for entry in parts.all(PROTOCOL_NS, "IDPEntry") {
            idp_list.push(uri(entry, "ProviderID")?.ok_or(ReadError::Missing("ProviderID"))?);
        }
        // Where more of the list is: nothing is fetched.
        parts.one(PROTOCOL_NS, "GetComplete")?;
        parts.end()?;
        if idp_list.is_empty() {
            return Err(ReadError::Missing("IDPEntry"));
        }
    }
    Ok(Scoping {
        proxy_count: attribute(scoping, "ProxyCount", values::number)?,
        idp_list,
        requester_ids: texts(requesters, "RequesterID")?,
    })
}

impl Message for LogoutRequest {
    const NAME: &'static str = "LogoutRequest";

    fn read(Source(request): Source<'_>) -> Result<Self, ReadError> {
        let (header, mut parts) = header(request, Self::NAME)?;
        if parts.one(ASSERTION_NS, "EncryptedID")?.is_some() {
            return Err(ReadError::Encrypted("NameID"));
        }
        let named = parts.required(ASSERTION_NS, "NameID")?;
        let sessions = parts.all(PROTOCOL_NS, "SessionIndex");
        parts.end()?;
        Ok(Self {
            header,
            name_id: name_id(named)?,
            session_indexes: texts(sessions, "SessionIndex")?,
            not_on_or_after: time(request, "NotOnOrAfter")?,
            // pysaml2 sends an empty one. Nothing depends on it.
            reason: request.attribute("Reason").filter(|it| !it.is_empty()).map(ToOwned::to_owned),
        })
    }
}

impl Message for ArtifactResolve {
    const NAME: &'static str = "ArtifactResolve";

    fn read(Source(request): Source<'_>) -> Result<Self, ReadError> {
        let (header, mut parts) = header(request, Self::NAME)?;
        let artifact = parts.required(PROTOCOL_NS, "Artifact")?;
        parts.end()?;
        Ok(Self { header, artifact: text(artifact, "Artifact")? })
    }
}
