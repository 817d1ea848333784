//! Who signed a message of a provider, by the verification of the endpoints; and where that refuses
//! it, what was probably done.

use latchkey_saml::read::{Message, ReadError};
use latchkey_saml::redirect::{Query, Rewritten};
use latchkey_saml::verify::{Demand, Received, Refusal, SeenSignature, SignatureError};

use super::pasted::{Found, Way, refused as unparsed};
use super::said::{Advice, OfSignature, Reason, Soundly, all_quoted, quoted};
use super::words::{fingerprint, fingerprints};
use super::{Check, Name};
use crate::saml::providers::{Provider, Signing};

/// What came of looking at a signature.
pub(super) struct Judged<M> {
    pub(super) checks: Vec<Check>,
    /// What the message says, whoever wrote it, where it can be read.
    pub(super) message: Option<M>,
    /// Whether the provider signed it.
    pub(super) signed: bool,
}

/// Judges a message that a provider sent, and who says that it has to be signed, if anybody does.
pub(super) fn judge<M: Message + Clone>(
    found: &Found,
    provider: &Provider,
    signing: Option<Signing>,
) -> Judged<M> {
    let screened = &found.screened;
    let signing = signing.filter(|_| !found.signature_said);
    let demand = if signing.is_some() { Demand::Signed } else { Demand::Either };
    let (check, message, signed) = match screened.receive::<M>(&provider.keys, demand) {
        Ok(Received::Verified(verified)) => {
            let check = Check::passed(Name::Signature, by_which(found, provider));
            (check, Ok(verified.into_inner()), true)
        }
        Ok(Received::Unsigned(message)) => {
            (Check::passed(Name::Signature, OfSignature::NeedNot), Ok((*message).clone()), false)
        }
        // The signature comes first, and was right.
        Err(Refusal::Read(error)) if screened.claims_signature() => {
            (Check::passed(Name::Signature, by_which(found, provider)), Err(error), true)
        }
        Err(Refusal::Read(error)) => {
            (Check::passed(Name::Signature, OfSignature::NeedNot), Err(error), false)
        }
        Err(Refusal::Signature(error)) => {
            (refused::<M>(found, provider, signing, error), screened.seen().message::<M>(), false)
        }
    };
    let mut checks = if found.signature_said { Vec::new() } else { vec![check] };
    let message = match message {
        Ok(message) => Some(message),
        Err(error) => {
            checks.push(unreadable(&error));
            None
        }
    };
    Judged { checks, message, signed }
}

/// A message that does not say what it has to.
pub(super) fn unreadable(error: &ReadError) -> Check {
    let advice = match error {
        ReadError::Version { .. } => Advice::SpeakSaml2,
        ReadError::Encrypted(_) => Advice::SendUnencrypted,
        _ => Advice::FollowSchema,
    };
    unparsed(Name::Content, error).at_provider(advice)
}

fn by_which(found: &Found, provider: &Provider) -> OfSignature {
    let seen = found.screened.seen().signatures();
    let algorithm = quoted(seen.first().map_or("", |seen| &seen.algorithm));
    let keys = fingerprints(&provider.metadata.keys, |key| key.signing);
    match <[String; 1]>::try_from(keys) {
        Ok([certificate]) => OfSignature::By { algorithm, certificate },
        Err(_) => OfSignature::BySome { algorithm },
    }
}

fn refused<M: Message>(
    found: &Found,
    provider: &Provider,
    signing: Option<Signing>,
    error: SignatureError,
) -> Check {
    let check = |found| Check::failed(Name::Signature, found);
    let plain = || unparsed(Name::Signature, error);
    match error {
        SignatureError::Missing => missing(found, signing),
        SignatureError::OtherKey => other_key::<M>(found, provider),
        SignatureError::Query => match &found.query {
            Some(query) => other_query(query, provider),
            None => plain(),
        },
        SignatureError::NoKey => check(OfSignature::NoKey).here(Advice::RegisterSigningKey),
        SignatureError::Changed => check(OfSignature::Changed).at_provider(Advice::FindProxy),
        SignatureError::Algorithm(_) | SignatureError::Digest => {
            let seen = found.screened.seen().signatures();
            let named = seen.first().into_iter().flat_map(|seen| {
                let digest = seen.digest.as_deref();
                std::iter::once(seen.algorithm.as_str()).chain(digest)
            });
            let algorithms = all_quoted(named);
            let Reason { why, names, reason } = error.into();
            check(OfSignature::AlgorithmRefused { algorithms, why, names, reason })
                .at_provider(Advice::UseAlgorithm)
        }
        SignatureError::InsideQuery => plain().at_provider(Advice::LeaveSignatureOut),
        SignatureError::Several
        | SignatureError::Elsewhere
        | SignatureError::References
        | SignatureError::OtherElement
        | SignatureError::Transform
        | SignatureError::Canonicalization
        | SignatureError::Broken => plain().at_provider(Advice::SignMessage),
    }
}

fn missing(found: &Found, signing: Option<Signing>) -> Check {
    let said = match signing {
        Some(Signing::Installation) => OfSignature::MissingInstallation,
        Some(Signing::Metadata) => OfSignature::MissingMetadata,
        Some(Signing::Settings) | None => OfSignature::MissingSettings,
        Some(Signing::Profile) => OfSignature::MissingProfile,
    };
    let mut check = Check::failed(Name::Signature, said).at_provider(Advice::SwitchSigningOn);
    check = match found.way {
        Way::Bare => check.here(Advice::PasteWholeAddress),
        Way::Redirect if found.query.is_some() => check.here(Advice::PasteSigAlg),
        _ => check,
    };
    match signing {
        Some(Signing::Profile | Signing::Installation) => check,
        Some(Signing::Metadata | Signing::Settings) | None => check.here(Advice::AllowUnsigned),
    }
}

/// The certificates that are registered for a provider.
fn registered(provider: &Provider) -> String {
    fingerprints(&provider.metadata.keys, |key| key.signing).join(", ")
}

/// A signature over a query is one over its very text: nothing tells another key from another text,
/// unless the text is a known rewriting of what was signed.
fn other_query(query: &Query, provider: &Provider) -> Check {
    if let Some(how) = query.rewritten(&provider.keys) {
        return rewritten(how);
    }
    let found = OfSignature::OtherQuery { registered: registered(provider) };
    Check::failed(Name::Signature, found)
        .here(Advice::RegisterNewKey)
        .at_provider(Advice::FindQueryChange)
}

fn other_key<M: Message>(found: &Found, provider: &Provider) -> Check {
    let failed = |found| Check::failed(Name::Signature, found);
    let registered = registered(provider);
    let seen = found.screened.seen().signatures();
    let Some((seen, der)) = seen.iter().find_map(|seen| Some((seen, seen.certificates.first()?)))
    else {
        return failed(OfSignature::OtherKey { registered }).here(Advice::RegisterCurrentKey);
    };
    let certificate = fingerprint(der);
    if registered.contains(&certificate) {
        return failed(OfSignature::OtherKeyAsIts { certificate })
            .at_provider(Advice::SignWithThat);
    }
    let soundly = own_words::<M>(found, seen);
    failed(OfSignature::OtherCertificate { soundly, certificate, registered })
        .here(Advice::AskOperator)
        .at_provider(Advice::SignWithRegistered)
}

/// Whether the message is at least what the certificate that came along signed.
fn own_words<M: Message>(found: &Found, seen: &SeenSignature) -> Soundly {
    let own = found.screened.receive::<M>(&seen.keys(), Demand::Signed);
    match own {
        Ok(_) | Err(Refusal::Read(_)) => Soundly::Sound,
        Err(Refusal::Signature(SignatureError::Changed)) => Soundly::Changed,
        Err(Refusal::Signature(_)) => Soundly::Claimed,
    }
}

fn rewritten(how: Rewritten) -> Check {
    let (found, advice) = match how {
        Rewritten::RelayState => (OfSignature::RelayStateRewritten, Advice::PutVeryText),
        Rewritten::Everything => (OfSignature::QueryRewritten, Advice::PutVeryQuery),
        Rewritten::WithoutRelayState => (OfSignature::WithoutRelayState, Advice::SignAllThree),
        Rewritten::Decoded => (OfSignature::SignedDecoded, Advice::SignEncoded),
    };
    Check::failed(Name::Signature, found).at_provider(advice)
}
