//! From what people paste to a message: whatever it is wrapped in.
//!
//! The parsers are those of the bindings. Where one refuses because of a signature beside the
//! message, that is said and the message looked at without it.

use latchkey_saml::artifact::{Artifact, SourceId};
use latchkey_saml::post::{Form, FormError, LARGEST_BODY};
use latchkey_saml::redirect::{Parameter, Query, QueryError};
use latchkey_saml::soap::{self, EnvelopeError};
use latchkey_saml::verify::{Screened, XmlError};

use super::said::{Advice, BrokenBase64, OfMessage, Reason, quoted};
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
            let check = Check::failed(Name::Pasted, OfMessage::Nothing);
            return self.stop(check.here(Advice::Paste));
        }
        if text.len() > LARGEST_BODY {
            let found = OfMessage::Long { kibibytes: text.len() / 1024 };
            return self.stop(Check::failed(Name::Pasted, found).here(Advice::PasteOne));
        }
        if text.starts_with('<') {
            return self.xml(text);
        }
        let joined: String = text.chars().filter(|c| !c.is_ascii_whitespace()).collect();
        if let Ok(artifact) = Artifact::parse(&joined) {
            self.checks.push(Check::passed(Name::Pasted, OfMessage::Artifact));
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
        let found = OfMessage::Unknown { begins: quoted(&begins) };
        self.stop(Check::failed(Name::Pasted, found).here(Advice::CopyWhole))
    }

    fn stop(&mut self, check: Check) -> Option<Pasted> {
        self.checks.push(check);
        None
    }

    fn xml(&mut self, text: &str) -> Option<Pasted> {
        let start: String = text.chars().take(15).collect::<String>().to_lowercase();
        if start.starts_with("<!doctype html") || start.starts_with("<html") {
            let check = Check::failed(Name::Pasted, OfMessage::WebPage);
            return self.stop(check.here(Advice::CopyHidden));
        }
        let screened = match Screened::parse(text.as_bytes()) {
            Ok(screened) => screened,
            Err(error) => return self.broken(error),
        };
        if screened.kind().is_none() && screened.seen().name() == "Envelope" {
            return match soap::screen(text.as_bytes()) {
                Ok(screened) => {
                    self.checks.push(Check::passed(Name::Pasted, OfMessage::Envelope));
                    self.message(Found::new(screened, Way::Soap, None))
                }
                Err(EnvelopeError::Xml(error)) => self.broken(error),
                Err(error) => {
                    let Reason { why, names, reason } = error.into();
                    let found = OfMessage::EnvelopeRefused { why, names, reason };
                    let check = Check::failed(Name::Pasted, found);
                    self.stop(check.at_provider(Advice::SendEnvelope))
                }
            };
        }
        self.checks.push(Check::passed(Name::Pasted, OfMessage::Xml));
        self.message(Found::new(screened, Way::Bare, None))
    }

    fn message(&mut self, mut found: Found) -> Option<Pasted> {
        found.signature_said = self.checks.iter().any(|check| check.name == Name::Signature);
        self.checks.push(Check::passed(Name::Xml, OfMessage::WellFormed));
        Some(Pasted::Message(Box::new(found)))
    }

    fn broken(&mut self, error: XmlError) -> Option<Pasted> {
        let check = refused(Name::Xml, error);
        let advice = match error {
            XmlError::DocumentType | XmlError::Entity | XmlError::ProcessingInstruction => {
                Advice::SendPlainXml
            }
            XmlError::Encoding | XmlError::Character => Advice::SendUtf8,
            XmlError::IllFormed | XmlError::Namespace | XmlError::DuplicateAttribute => {
                return self.stop(check.here(Advice::CopyAll).at_provider(Advice::Repair));
            }
            _ => Advice::SendOrdinary,
        };
        self.stop(check.at_provider(advice))
    }

    fn parameters(&mut self, text: &str) -> Option<Pasted> {
        // Addresses that are copied from mails and terminals are broken into lines.
        let joined: String = text.chars().filter(|c| !c.is_ascii_whitespace()).collect();
        let address = joined.contains('?');
        let query = joined.split_once('?').map_or(joined.as_str(), |(_, query)| query);
        let query = query.split_once('#').map_or(query, |(query, _)| query);
        let what = if address { OfMessage::Address } else { OfMessage::Query };
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
                    let Reason { why, names, reason } = error.into();
                    let found = OfMessage::ArtifactWrong { why, names, reason };
                    let check = Check::failed(Name::Artifact, found);
                    self.stop(check.at_provider(Advice::SendArtifact))
                }
            };
        }
        self.carried(query, address)
    }

    fn base64(&mut self, text: &str) -> Option<Pasted> {
        self.checks.push(Check::passed(Name::Pasted, OfMessage::Base64));
        let parameter = format!("SAMLRequest={text}");
        // The parameter is ours, and not to be told of.
        if let (Err(QueryError::Base64(_)), Err(_)) =
            (Query::parse(&parameter), Form::parse(&parameter))
        {
            return self.undecoded(BrokenBase64);
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
            self.checks.push(Check::passed(Name::Encoding, OfMessage::AsInForm));
            let parameter = Some(form.parameter());
            let screened = screened.clone();
            return self.message(Found::new(screened, Way::Post, parameter));
        }
        match Query::parse(text) {
            Ok(query) => {
                self.checks.push(Check::passed(Name::Encoding, OfMessage::AsInAddress));
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
                let check = refused(Name::Signature, error);
                self.checks.push(check.at_provider(Advice::UseAlgorithm));
                let rest: Vec<_> = text.split('&').filter(|pair| !is_signature(pair)).collect();
                self.carried(&rest.join("&"), address)
            }
            Err(QueryError::Deflate) if address => match (form, screened) {
                (Ok(form), Some(Ok(screened))) => {
                    let check = Check::failed(Name::Encoding, OfMessage::Uncompressed);
                    self.checks.push(check.at_provider(Advice::Compress));
                    let parameter = Some(form.parameter());
                    self.message(Found::new(screened, Way::Redirect, parameter))
                }
                _ => self.undecoded(QueryError::Deflate),
            },
            Err(error) => match (form, screened) {
                (Ok(_), Some(Err(xml))) if !address && error != QueryError::Long => {
                    self.checks.push(Check::passed(Name::Encoding, OfMessage::AsInForm));
                    self.broken(xml)
                }
                (Err(form @ FormError::Long), _) if !address => self.undecoded(form),
                _ => self.undecoded(error),
            },
        }
    }

    fn undecoded(&mut self, error: impl Into<Reason>) -> Option<Pasted> {
        let check = refused(Name::Encoding, error);
        self.stop(check.here(Advice::CopyAll).at_provider(Advice::SendBase64))
    }
}

/// What a parser or a verifier refuses.
pub(super) fn refused(name: Name, error: impl Into<Reason>) -> Check {
    let Reason { why, names, reason } = error.into();
    Check::failed(name, OfMessage::Refused { why, names, reason })
}

fn is_signature(pair: &str) -> bool {
    pair.starts_with("SigAlg=") || pair.starts_with("Signature=")
}

fn looks_like_base64(text: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"+/=%".contains(&byte);
    text.len() >= 16 && text.bytes().all(fits)
}
