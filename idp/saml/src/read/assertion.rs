//! What is said of somebody, as the web browser profile has it (SAML Profiles §4.1.4.2).

use super::{
    Message, Parts, ReadError, Source, id, issuer, name_id, required_id, required_time, text,
    texts, time, uri,
};
use crate::messages::{Assertion, Attribute, AuthnStatement, BearerConfirmation};
use crate::names::{ASSERTION_NS, AttributeNameFormat, BEARER, DSIG_NS};
use crate::xml::Element;

impl Message for Assertion {
    const NAME: &'static str = "Assertion";

    fn read(Source(assertion): Source<'_>) -> Result<Self, ReadError> {
        let id = assertion.attribute("ID");
        if assertion.attribute("Version") != Some("2.0") {
            let id = id.and_then(crate::messages::MessageId::parse);
            return Err(ReadError::Version { id });
        }
        let mut parts = Parts::of(assertion, Self::NAME);
        let issuer = issuer(parts.required(ASSERTION_NS, "Issuer")?)?;
        parts.one(DSIG_NS, "Signature")?;
        let (name_id, confirmation) = subject(parts.required(ASSERTION_NS, "Subject")?)?;
        let conditions = parts.required(ASSERTION_NS, "Conditions")?;
        let authn = authn_statement(parts.required(ASSERTION_NS, "AuthnStatement")?)?;
        let statement = parts.one(ASSERTION_NS, "AttributeStatement")?;
        parts.end()?;
        Ok(Self {
            id: required_id(assertion, "ID")?,
            issued_at: required_time(assertion, "IssueInstant")?,
            issuer,
            name_id,
            confirmation,
            not_before: required_time(conditions, "NotBefore")?,
            not_on_or_after: required_time(conditions, "NotOnOrAfter")?,
            audiences: audiences(conditions)?,
            authn,
            attributes: statement.map_or(Ok(Vec::new()), attributes)?,
        })
    }
}

type Subject = (Option<crate::messages::NameId>, BearerConfirmation);

fn subject(subject: Element<'_>) -> Result<Subject, ReadError> {
    let mut parts = Parts::of(subject, "Subject");
    if parts.one(ASSERTION_NS, "EncryptedID")?.is_some() {
        return Err(ReadError::Encrypted("NameID"));
    }
    let named = parts.one(ASSERTION_NS, "NameID")?.map(name_id).transpose()?;
    let confirmation = parts.required(ASSERTION_NS, "SubjectConfirmation")?;
    parts.end()?;
    if confirmation.attribute("Method") != Some(BEARER) {
        return Err(ReadError::Value("SubjectConfirmation"));
    }
    let mut parts = Parts::of(confirmation, "SubjectConfirmation");
    let data = parts.required(ASSERTION_NS, "SubjectConfirmationData")?;
    parts.end()?;
    Ok((
        named,
        BearerConfirmation {
            in_response_to: id(data, "InResponseTo")?,
            recipient: uri(data, "Recipient")?.ok_or(ReadError::Missing("Recipient"))?,
            not_on_or_after: required_time(data, "NotOnOrAfter")?,
        },
    ))
}

/// A condition that is not known here makes the assertion worth nothing (Core §2.5.1.1).
fn audiences(conditions: Element<'_>) -> Result<Vec<String>, ReadError> {
    let mut parts = Parts::of(conditions, "Conditions");
    let restriction = parts.required(ASSERTION_NS, "AudienceRestriction")?;
    parts.end()?;
    let mut parts = Parts::of(restriction, "AudienceRestriction");
    let audiences = texts(parts.all(ASSERTION_NS, "Audience"), "Audience")?;
    parts.end()?;
    if audiences.is_empty() { Err(ReadError::Missing("Audience")) } else { Ok(audiences) }
}

fn authn_statement(statement: Element<'_>) -> Result<AuthnStatement, ReadError> {
    const CLASS: &str = "AuthnContextClassRef";
    let mut parts = Parts::of(statement, "AuthnStatement");
    parts.one(ASSERTION_NS, "SubjectLocality")?;
    let context = parts.required(ASSERTION_NS, "AuthnContext")?;
    parts.end()?;
    let class = Parts::of(context, "AuthnContext").required(ASSERTION_NS, CLASS)?;
    Ok(AuthnStatement {
        instant: required_time(statement, "AuthnInstant")?,
        session_index: uri(statement, "SessionIndex")?,
        session_not_on_or_after: time(statement, "SessionNotOnOrAfter")?,
        class: text(class, CLASS)?,
    })
}

fn attributes(statement: Element<'_>) -> Result<Vec<Attribute>, ReadError> {
    let mut parts = Parts::of(statement, "AttributeStatement");
    if !parts.all(ASSERTION_NS, "EncryptedAttribute").is_empty() {
        return Err(ReadError::Encrypted("Attribute"));
    }
    let all = parts.all(ASSERTION_NS, "Attribute");
    parts.end()?;
    all.into_iter()
        .map(|attribute| {
            let mut parts = Parts::of(attribute, "Attribute");
            let values = parts.all(ASSERTION_NS, "AttributeValue");
            parts.end()?;
            let format = uri(attribute, "NameFormat")?;
            Ok(Attribute {
                name: uri(attribute, "Name")?.ok_or(ReadError::Missing("Name"))?,
                name_format: match format {
                    // Core §2.7.3.1.
                    None => AttributeNameFormat::Unspecified,
                    Some(format) => {
                        AttributeNameFormat::parse(&format).ok_or(ReadError::Value("NameFormat"))?
                    }
                },
                friendly_name: attribute.attribute("FriendlyName").map(ToOwned::to_owned),
                // To the byte: white space may be part of somebody's name for something.
                values: values.into_iter().map(Element::text).collect(),
            })
        })
        .collect()
}
