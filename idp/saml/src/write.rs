//! Messages as text: each value of [`crate::messages`] as the one XML document that says it, signed
//! or not, an assertion encrypted or not.
//!
//! Owns what stands where in a message (SAML Core, Profiles §4). How XML is written and signed is
//! [`crate::xml`]'s. What is against the specification, or cannot stand in XML, is an error and
//! never a document.

mod artifact;
mod assertion;
mod logout;
mod request;
mod response;

pub use artifact::{soap_envelope, soap_fault};
pub(crate) use assertion::attribute_of;
pub use response::Signing;

use crate::keys::Credential;
use crate::messages::{Header, MessageId, NameId, Status};
use crate::xml::sign::sign;
pub use crate::xml::write::WriteError;
use crate::xml::write::{Name, Namespace, Writer, XmlAttribute, attribute};

/// Room for a message without signatures, in bytes.
const ROOM: usize = 2048;
/// Room for a signature besides its certificate, in bytes.
const SIGNATURE_ROOM: usize = 1536;

fn saml(local: &'static str) -> Name {
    Name(Namespace::Saml, local)
}

fn samlp(local: &'static str) -> Name {
    Name(Namespace::Samlp, local)
}

pub(crate) fn room_for(credential: Option<&Credential>) -> usize {
    credential.map_or(0, |known| SIGNATURE_ROOM + known.certificate().base64().len())
}

/// A whole message: its header, the attributes that only it has, and what stands after the
/// signature.
fn message<'a, const N: usize>(
    mut writer: Writer,
    local: &'static str,
    header: &'a Header,
    own: [XmlAttribute<'a>; N],
    credential: Option<&Credential>,
    content: impl FnOnce(&mut Writer),
) -> Result<String, WriteError> {
    let mut attributes = Vec::with_capacity(N + 4);
    attributes.extend(own);
    attributes.extend([
        attribute("ID", header.id.as_str()),
        attribute("Version", "2.0"),
        attribute("IssueInstant", header.issued_at),
        attribute("Destination", header.destination.as_deref()),
    ]);
    let mut element =
        writer.signable(samlp(local), attributes, |w| issuer(w, &header.issuer), content);
    if let Some(credential) = credential {
        sign(&mut writer, &mut element, &header.id, credential);
    }
    writer.finish()
}

/// Who says so. Without a format it is an entity (SAML Core §2.2.5).
fn issuer(writer: &mut Writer, entity: &str) {
    writer.leaf(saml("Issuer"), [], entity);
}

fn name_id(writer: &mut Writer, name: &NameId) {
    let attributes = [
        attribute("Format", name.format.as_deref()),
        attribute("NameQualifier", name.name_qualifier.as_deref()),
        attribute("SPNameQualifier", name.sp_name_qualifier.as_deref()),
    ];
    writer.leaf(saml("NameID"), attributes, &name.value);
}

fn status(writer: &mut Writer, status: &Status) {
    writer.element(samlp("Status"), [], |w| {
        status_code(w, status.top.uri(), &status.nested);
        if let Some(text) = &status.message {
            w.leaf(samlp("StatusMessage"), [], text);
        }
    });
}

/// A code with the next one inside it (SAML Core §3.2.2.2).
fn status_code(writer: &mut Writer, code: &str, nested: &[String]) {
    writer.element(samlp("StatusCode"), [attribute("Value", code)], |w| {
        if let Some((next, rest)) = nested.split_first() {
            status_code(w, next, rest);
        }
    });
}

fn in_response_to(request: Option<&MessageId>) -> XmlAttribute<'_> {
    attribute("InResponseTo", request.map(MessageId::as_str))
}

#[cfg(test)]
mod tests;
