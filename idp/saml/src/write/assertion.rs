//! Assertions (SAML Core §2.3.3, Profiles §4.1.4.2).

use crate::messages::{Assertion, Attribute, AuthnStatement, BearerConfirmation};
use crate::names::BEARER;
use crate::write::{self, issuer, name_id, saml};
use crate::xml::write::{Signable, WriteError, Writer, attribute};

/// Writes an assertion with a gap for its signature.
pub(super) fn assertion(writer: &mut Writer, assertion: &Assertion) -> Signable {
    if assertion.audiences.is_empty() {
        // It would hold everywhere (Profiles §4.1.4.2: one MUST be restricted).
        writer.fail(WriteError::Unwritable { field: "Audience", why: "there is none" });
    }
    let attributes = [
        attribute("ID", assertion.id.as_str()),
        attribute("Version", "2.0"),
        attribute("IssueInstant", assertion.issued_at),
    ];
    writer.signable(
        saml("Assertion"),
        attributes,
        |w| issuer(w, &assertion.issuer),
        |w| {
            subject(w, assertion);
            conditions(w, assertion);
            authn_statement(w, &assertion.authn);
            attribute_statement(w, assertion);
        },
    )
}

fn subject(writer: &mut Writer, assertion: &Assertion) {
    writer.element(saml("Subject"), [], |w| {
        if let Some(name) = &assertion.name_id {
            name_id(w, name);
        }
        let BearerConfirmation { in_response_to, recipient, not_on_or_after } =
            &assertion.confirmation;
        let data = [
            write::in_response_to(in_response_to.as_ref()),
            attribute("NotOnOrAfter", *not_on_or_after),
            attribute("Recipient", recipient.as_str()),
        ];
        w.element(saml("SubjectConfirmation"), [attribute("Method", BEARER)], |w| {
            w.leaf(saml("SubjectConfirmationData"), data, "");
        });
    });
}

fn conditions(writer: &mut Writer, assertion: &Assertion) {
    let times = [
        attribute("NotBefore", assertion.not_before),
        attribute("NotOnOrAfter", assertion.not_on_or_after),
    ];
    writer.element(saml("Conditions"), times, |w| {
        w.element(saml("AudienceRestriction"), [], |w| {
            for audience in &assertion.audiences {
                w.leaf(saml("Audience"), [], audience);
            }
        });
    });
}

fn authn_statement(writer: &mut Writer, authn: &AuthnStatement) {
    let attributes = [
        attribute("AuthnInstant", authn.instant),
        attribute("SessionIndex", authn.session_index.as_deref()),
        attribute("SessionNotOnOrAfter", authn.session_not_on_or_after),
    ];
    writer.element(saml("AuthnStatement"), attributes, |w| {
        w.element(saml("AuthnContext"), [], |w| {
            w.leaf(saml("AuthnContextClassRef"), [], &authn.class);
        });
    });
}

/// Nothing where nothing is said: a statement has one attribute at least (SAML Core §2.7.3).
fn attribute_statement(writer: &mut Writer, assertion: &Assertion) {
    if assertion.attributes.is_empty() {
        return;
    }
    writer.element(saml("AttributeStatement"), [], |w| {
        for said in &assertion.attributes {
            attribute_of(w, said);
        }
    });
}

/// What is said of somebody, or of something (SAML Core §2.7.3.1).
pub(crate) fn attribute_of(writer: &mut Writer, said: &Attribute) {
    let names = [
        attribute("Name", said.name.as_str()),
        attribute("NameFormat", said.name_format.uri()),
        attribute("FriendlyName", said.friendly_name.as_deref()),
    ];
    writer.element(saml("Attribute"), names, |w| {
        for value in &said.values {
            w.leaf(saml("AttributeValue"), [], value);
        }
    });
}
