//! From what people paste to a message: whatever it is wrapped in.
//!
//! The parsers are those of the bindings. Where one refuses because of a signature beside the
//! message, that is said and the message looked at without it.

use latchkey_saml::artifact::{Artifact, SourceId};
use latchkey_saml::post::{Form, FormError, LARGEST_BODY};
use latchkey_saml::redirect::{Parameter, Query, QueryError};
use latchkey_saml::soap::{self, EnvelopeError};
use latchkey_saml::verify::{Screened, XmlError};

use super::words::{algorithm_remedy, quoted};
use super::{Check, Name};

/// How a message came, as far as it shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    /// In an address.
    Redirect,
    /// In a form, or in the base64 that forms have.
    Post,
    /// In a SOAP envelope.
    Soap,
    /// As XML alone.
    Bare,
}

/// A message.
pub(super) struct Found {
    pub(super) screened: Screened,
    pub(super) way: Way,
    /// The query that it came in, to see what was done to it.
    pub(super) query: Option<Query>,
    /// The parameter that it came in, if in one.
    pub(super) parameter: Option<Parameter>,
    /// What is wrong with its signature was said, and the signature left out.
    pub(super) signature_said: bool,
}

impl Found {
    fn new(screened: Screened, way: Way, parameter: Option<Parameter>) -> Self {
        Self { screened, way, query: None, parameter, signature_said: false }
    }
}

/// What was pasted.
pub(super) enum Pasted {
    Message(Box<Found>),
    /// Whose message it stands for, and where that is fetched. An artifact itself is a secret.
    Artifact(SourceId, u16),
}

/// What was pasted, with the checks that it took to get there.
pub(super) fn read(text: &str) -> (Vec<Check>, Option<Pasted>) {
    let mut checks = Vec::new();
    let pasted = Reader { checks: &mut checks }.read(text.trim());
    (checks, pasted)
}

struct Reader<'c> {
    checks: &'c mut Vec<Check>,
}

impl Reader<'_> {
    fn read(&mut self, text: &str) -> Option<Pasted> {
        if text.is_empty() {
            let words = "Paste the address, the form field or the XML of a message.";
            return self.stop(Check::failed(Name::Pasted, "Nothing was pasted.").here(words));
        }
        if text.len() > LARGEST_BODY {
            let found = format!("It is {} KiB long, more than any message.", text.len() / 1024);
            let words = "Paste one message alone.";
            return self.stop(Check::failed(Name::Pasted, found).here(words));
        }
        if text.starts_with('<') {
            return self.xml(text);
        }
        let joined: String = text.chars().filter(|c| !c.is_ascii_whitespace()).collect();
        if let Ok(artifact) = Artifact::parse(&joined) {
            self.checks.push(Check::passed(Name::Pasted, "An artifact."));
            return Some(Pasted::Artifact(artifact.source(), artifact.endpoint_index()));
        }
        let names = ["SAMLRequest=", "SAMLResponse=", "SAMLart="];
        if names.iter().any(|name| text.contains(name)) {
            return self.parameters(text);
        }
        if looks_like_base64(&joined) {
            return self.base64(&joined);
        }
        let begins: String = text.chars().take(60).collect();
        let found = format!(
            "It begins with {}, and is neither XML nor base64, nor has it a parameter SAMLRequest, \
             SAMLResponse or SAMLart.",
            quoted(&begins)
        );
        let words = "Copy the whole address from the browser, or the value of the field \
                     SAMLRequest or SAMLResponse from its developer tools.";
        self.stop(Check::failed(Name::Pasted, found).here(words))
    }

    fn stop(&mut self, check: Check) -> Option<Pasted> {
        self.checks.push(check);
        None
    }

    fn xml(&mut self, text: &str) -> Option<Pasted> {
        let start: String = text.chars().take(15).collect::<String>().to_lowercase();
        if start.starts_with("<!doctype html") || start.starts_with("<html") {
            let found = "A web page, and no message.";
            let words = "Copy the value of its hidden field SAMLRequest or SAMLResponse.";
            return self.stop(Check::failed(Name::Pasted, found).here(words));
        }
        let screened = match Screened::parse(text.as_bytes()) {
            Ok(screened) => screened,
            Err(error) => return self.broken(error),
        };
        if screened.kind().is_none() && screened.seen().name() == "Envelope" {
            return match soap::screen(text.as_bytes()) {
                Ok(screened) => {
                    self.checks.push(Check::passed(Name::Pasted, "A SOAP envelope."));
                    self.message(Found::new(screened, Way::Soap, None))
                }
                Err(EnvelopeError::Xml(error)) => self.broken(error),
                Err(error) => {
                    let words = "Send a SOAP 1.1 envelope with the message alone in its Body.";
                    let found = format!("A SOAP envelope, but {error}.");
                    self.stop(Check::failed(Name::Pasted, found).at_provider(words))
                }
            };
        }
        self.checks.push(Check::passed(Name::Pasted, "XML."));
        self.message(Found::new(screened, Way::Bare, None))
    }

    fn message(&mut self, mut found: Found) -> Option<Pasted> {
        found.signature_said = self.checks.iter().any(|check| check.name == Name::Signature);
        self.checks.push(Check::passed(Name::Xml, "It is well-formed and within bounds."));
        Some(Pasted::Message(Box::new(found)))
    }

    fn broken(&mut self, error: XmlError) -> Option<Pasted> {
        let check = Check::failed(Name::Xml, format!("It is refused: {error}."));
        let words = match error {
            XmlError::DocumentType | XmlError::Entity | XmlError::ProcessingInstruction => {
                "Have the provider send XML without document types, entities of its own and \
                 processing instructions: nothing is ever fetched or expanded."
            }
            XmlError::Encoding | XmlError::Character => {
                "Have the provider send the XML in UTF-8, with the characters that XML allows."
            }
            XmlError::IllFormed | XmlError::Namespace | XmlError::DuplicateAttribute => {
                let check = check.here("Check that all of it was copied, and nothing else.");
                return self.stop(check.at_provider("Else have the provider's software repaired."));
            }
            _ => "Have the provider send an ordinary message: no sound software writes such a one.",
        };
        self.stop(check.at_provider(words))
    }

    fn parameters(&mut self, text: &str) -> Option<Pasted> {
        // Addresses that are copied from mails and terminals are broken into lines.
        let joined: String = text.chars().filter(|c| !c.is_ascii_whitespace()).collect();
        let address = joined.contains('?');
        let query = joined.split_once('?').map_or(joined.as_str(), |(_, query)| query);
        let query = query.split_once('#').map_or(query, |(query, _)| query);
        let what = if address { "An address." } else { "A query or the body of a form." };
        self.checks.push(Check::passed(Name::Pasted, what));
        let artifact = query.split('&').find_map(|pair| pair.strip_prefix("SAMLart="));
        if let Some(artifact) = artifact {
            let plain = artifact.replace("%2B", "+").replace("%2b", "+").replace("%2F", "/");
            let plain = plain.replace("%2f", "/").replace("%3D", "=").replace("%3d", "=");
            return match Artifact::parse(&plain) {
                Ok(artifact) => {
                    Some(Pasted::Artifact(artifact.source(), artifact.endpoint_index()))
                }
                Err(error) => {
                    let words = "Send an artifact of type 0x0004, in base64.";
                    let check = Check::failed(Name::Artifact, format!("Wrong: {error}."));
                    self.stop(check.at_provider(words))
                }
            };
        }
        self.carried(query, address)
    }

    fn base64(&mut self, text: &str) -> Option<Pasted> {
        self.checks.push(Check::passed(Name::Pasted, "Base64."));
        let parameter = format!("SAMLRequest={text}");
        // The parameter is ours, and not to be told of.
        if let (Err(QueryError::Base64(_)), Err(_)) =
            (Query::parse(&parameter), Form::parse(&parameter))
        {
            return self.undecoded(&Broken);
        }
        self.carried(&parameter, false).map(|pasted| match pasted {
            Pasted::Message(mut found) => {
                found.parameter = None;
                Pasted::Message(found)
            }
            other => other,
        })
    }

    /// A message in a parameter: deflated as in an address, or as it is in a form.
    fn carried(&mut self, text: &str, address: bool) -> Option<Pasted> {
        let form = Form::parse(text);
        let screened = form.as_ref().ok().map(Form::screen);
        if !address && let (Ok(form), Some(Ok(screened))) = (&form, &screened) {
            self.checks.push(Check::passed(Name::Encoding, "It is base64, as in a form."));
            let parameter = Some(form.parameter());
            let screened = screened.clone();
            return self.message(Found::new(screened, Way::Post, parameter));
        }
        match Query::parse(text) {
            Ok(query) => {
                let found = "It is base64 and compressed by DEFLATE, as in an address.";
                self.checks.push(Check::passed(Name::Encoding, found));
                match query.screen() {
                    Ok(screened) => {
                        let parameter = Some(query.parameter());
                        let found = Found::new(screened, Way::Redirect, parameter);
                        self.message(Found { query: Some(query), ..found })
                    }
                    Err(error) => self.broken(error),
                }
            }
            Err(error @ (QueryError::Algorithm(_) | QueryError::HalfSigned)) => {
                let check = Check::failed(Name::Signature, format!("It is refused: {error}."));
                self.checks.push(check.at_provider(algorithm_remedy()));
                let rest: Vec<_> = text.split('&').filter(|pair| !is_signature(pair)).collect();
                self.carried(&rest.join("&"), address)
            }
            Err(QueryError::Deflate) if address => match (form, screened) {
                (Ok(form), Some(Ok(screened))) => {
                    let found = "It is base64 in an address, and not compressed by DEFLATE.";
                    let words = "Send the message compressed (HTTP-Redirect), or post it in a form \
                                 (HTTP-POST).";
                    self.checks.push(Check::failed(Name::Encoding, found).at_provider(words));
                    let parameter = Some(form.parameter());
                    self.message(Found::new(screened, Way::Redirect, parameter))
                }
                _ => self.undecoded(&QueryError::Deflate),
            },
            Err(error) => match (form, screened) {
                (Ok(_), Some(Err(xml))) if !address && error != QueryError::Long => {
                    self.checks.push(Check::passed(Name::Encoding, "It is base64, as in a form."));
                    self.broken(xml)
                }
                (Err(form @ FormError::Long), _) if !address => self.undecoded(&form),
                _ => self.undecoded(&error),
            },
        }
    }

    fn undecoded(&mut self, error: &dyn std::error::Error) -> Option<Pasted> {
        let check = Check::failed(Name::Encoding, format!("It is refused: {error}."))
            .here("Check that all of it was copied, and nothing else.")
            .at_provider(
                "Else have it send base64, which is percent-encoded in an address, and compressed \
                 by DEFLATE there.",
            );
        self.stop(check)
    }
}

/// Base64 alone that is not base64 to its end.
#[derive(Debug, thiserror::Error)]
#[error("it is not base64 to its end")]
struct Broken;

fn is_signature(pair: &str) -> bool {
    pair.starts_with("SigAlg=") || pair.starts_with("Signature=")
}

fn looks_like_base64(text: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"+/=%".contains(&byte);
    text.len() >= 16 && text.bytes().all(fits)
}
