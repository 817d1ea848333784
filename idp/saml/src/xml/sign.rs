//! Enveloped signatures (XML Signature 1.1; SAML Core §5.4): one reference, to the element itself,
//! and the signer's certificate.
//!
//! What is digested are the bytes around the gap that the signature goes into: they are canonical
//! as they stand.

use aws_lc_rs::digest::{SHA256, digest};

use super::write::{Name, Namespace, Signable, WriteError, Writer, attribute};
use crate::keys::{Certificate, Credential};
use crate::messages::MessageId;

const SHA256_URI: &str = "http://www.w3.org/2001/04/xmlenc#sha256";
const ENVELOPED: &str = "http://www.w3.org/2000/09/xmldsig#enveloped-signature";
const EXCLUSIVE: &str = "http://www.w3.org/2001/10/xml-exc-c14n#";

/// A name of XML Signature.
pub(crate) fn ds(local: &'static str) -> Name {
    Name(Namespace::Ds, local)
}

/// Says which key is meant, by its certificate (XML Signature §4.5.4).
pub(crate) fn key_info(writer: &mut Writer, certificate: &Certificate) {
    writer.element(ds("KeyInfo"), [], |w| {
        w.element(ds("X509Data"), [], |w| {
            w.leaf(ds("X509Certificate"), [], certificate.base64());
        });
    });
}

/// Signs an element of this ID, and fills its gap with the signature.
pub(crate) fn sign(
    writer: &mut Writer,
    element: &mut Signable,
    id: &MessageId,
    credential: &Credential,
) {
    // A signature costs many times what all else does.
    if writer.has_failed() {
        return;
    }
    let signature = signature(writer.written(element), id, credential);
    match signature {
        Ok(signature) => writer.fill(element, &signature),
        Err(failure) => writer.fail(failure),
    }
}

fn signature(element: &str, id: &MessageId, credential: &Credential) -> Result<String, WriteError> {
    let key = credential.key();
    let digest = digest(&SHA256, element.as_bytes());
    let reference = format!("#{}", id.as_str());
    let algorithm = |local, uri: &str, writer: &mut Writer| {
        writer.leaf(ds(local), [attribute("Algorithm", uri)], "");
    };

    // On its own it declares its namespace, and so it is signed.
    let mut info = Writer::new(1024);
    info.element(ds("SignedInfo"), [], |w| {
        algorithm("CanonicalizationMethod", EXCLUSIVE, w);
        algorithm("SignatureMethod", key.algorithm().uri(), w);
        w.element(ds("Reference"), [attribute("URI", reference.as_str())], |w| {
            w.element(ds("Transforms"), [], |w| {
                algorithm("Transform", ENVELOPED, w);
                algorithm("Transform", EXCLUSIVE, w);
            });
            algorithm("DigestMethod", SHA256_URI, w);
            w.element(ds("DigestValue"), [], |w| w.base64(digest.as_ref()));
        });
    });
    let info = info.finish()?;
    let value = key.sign(info.as_bytes()).map_err(|_| WriteError::Signing)?;

    let room = info.len() + value.len() * 4 / 3 + credential.certificate().base64().len() + 256;
    let mut signature = Writer::new(room);
    signature.element(ds("Signature"), [], |w| {
        w.embed(&info);
        w.element(ds("SignatureValue"), [], |w| w.base64(&value));
        key_info(w, credential.certificate());
    });
    signature.finish()
}
