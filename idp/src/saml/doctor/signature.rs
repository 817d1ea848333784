//! Who signed a message of a provider, by the verification of the endpoints; and where that refuses
//! it, what was probably done.

use latchkey_saml::read::{Message, ReadError};
use latchkey_saml::redirect::{Query, Rewritten};
use latchkey_saml::verify::{Demand, Received, Refusal, SeenSignature, SignatureError};

use super::pasted::{Found, Way};
use super::words::{algorithm_remedy, all_quoted, fingerprint, fingerprints, quoted};
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
            let found = "It is not signed, and does not have to be.";
            (Check::passed(Name::Signature, found), Ok((*message).clone()), false)
        }
        // The signature comes first, and was right.
        Err(Refusal::Read(error)) if screened.claims_signature() => {
            (Check::passed(Name::Signature, by_which(found, provider)), Err(error), true)
        }
        Err(Refusal::Read(error)) => {
            let found = "It is not signed, and does not have to be.";
            (Check::passed(Name::Signature, found), Err(error), false)
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
    let words = match error {
        ReadError::Version { .. } => "Have the provider speak SAML 2.0.",
        ReadError::Encrypted(_) => "Send it unencrypted: no key for reading is published here.",
        _ => "Have the provider's software follow the schema of SAML 2.0 there.",
    };
    Check::failed(Name::Content, format!("It is refused: {error}.")).at_provider(words)
}

fn by_which(found: &Found, provider: &Provider) -> String {
    let algorithm = found.screened.seen().signatures();
    let algorithm = algorithm.first().map(|seen| quoted(&seen.algorithm)).unwrap_or_default();
    let keys = fingerprints(&provider.metadata.keys, |key| key.signing);
    match keys.as_slice() {
        [only] => {
            format!("Signed by {algorithm} with the registered certificate {only} (SHA-256).")
        }
        _ => format!("Signed by {algorithm} with a key of the provider's metadata."),
    }
}

fn refused<M: Message>(
    found: &Found,
    provider: &Provider,
    signing: Option<Signing>,
    error: SignatureError,
) -> Check {
    let check = |words: &str| Check::failed(Name::Signature, words);
    let plain = || check(&format!("It is refused: {error}."));
    match error {
        SignatureError::Missing => missing(found, signing),
        SignatureError::OtherKey => other_key::<M>(found, provider),
        SignatureError::Query => match &found.query {
            Some(query) => other_query(query, provider),
            None => plain(),
        },
        SignatureError::NoKey => {
            check("It is signed, and the provider's metadata has no key that it signs with.").here(
                "Register the provider's metadata again, with a KeyDescriptor for signing in it.",
            )
        }
        SignatureError::Changed => check(
            "A key of the provider's signed it, and its digest differs: it was changed after it was \
             signed.",
        )
        .at_provider(
            "Find what changes it on the way: a proxy, a filter, something that formats XML or \
             writes it in another character set. Copying XML out of a log does so too: paste the \
             address or the form field instead.",
        ),
        SignatureError::Algorithm(_) | SignatureError::Digest => {
            let seen = found.screened.seen().signatures();
            let named = seen.first().map(|seen| {
                let digest = seen.digest.as_deref();
                all_quoted(std::iter::once(seen.algorithm.as_str()).chain(digest))
            });
            check(&format!("It is refused: {error}. It says {}.", named.unwrap_or_default()))
                .at_provider(algorithm_remedy())
        }
        SignatureError::InsideQuery => plain().at_provider(
            "Have the provider leave the XML signature out where it sends an address, and sign the \
             query (SAML Bindings §3.4.4.1).",
        ),
        SignatureError::Several
        | SignatureError::Elsewhere
        | SignatureError::References
        | SignatureError::OtherElement
        | SignatureError::Transform
        | SignatureError::Canonicalization
        | SignatureError::Broken => plain().at_provider(
            "Have the provider sign the message itself, once: one reference to its ID, enveloped, \
             in exclusive canonical form without comments (SAML Core §5.4). If its software does, \
             somebody tried to slip something in.",
        ),
    }
}

fn missing(found: &Found, signing: Option<Signing>) -> Check {
    let why = match signing {
        Some(Signing::Installation) => {
            "requests for a log-in have to be, whoever sends them: [saml] says \
             require_signed_requests in the settings of this installation"
        }
        Some(Signing::Metadata) => {
            "requests of this provider have to be: its metadata says AuthnRequestsSigned"
        }
        Some(Signing::Settings) | None => {
            "requests of this provider have to be: its settings here say so"
        }
        Some(Signing::Profile) => {
            "messages of this kind have to be, whoever sends them: anybody could write one in the \
             provider's name (SAML Profiles §4.4.4, SAML Bindings §3.6)"
        }
    };
    let mut check = Check::failed(Name::Signature, format!("It is not signed, and {why}."))
        .at_provider("Switch signing on there, with the key of its metadata.");
    check = match found.way {
        Way::Bare => check.here(
            "If it went in an address, paste the whole address: the signature stands beside the \
             message there.",
        ),
        Way::Redirect if found.query.is_some() => {
            check.here("If the address had a SigAlg and a Signature, paste it as a whole.")
        }
        _ => check,
    };
    match signing {
        Some(Signing::Profile | Signing::Installation) => check,
        Some(Signing::Metadata | Signing::Settings) | None => {
            check.here("Its settings can say requests = \"unsigned\", where that is wanted.")
        }
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
    let found = format!(
        "No key of the provider's metadata made the signature over this query: another key did, or \
         the query was changed after it was signed. Registered are: {} (SHA-256 of the \
         certificates).",
        registered(provider)
    );
    Check::failed(Name::Signature, found)
        .here(
            "If the provider has a new key, register its metadata again. Until then it has to sign \
             with the old one.",
        )
        .at_provider(
            "If its key is registered, find what changes the query on the way: the message, the \
             RelayState or the SigAlg is another than was signed.",
        )
}

fn other_key<M: Message>(found: &Found, provider: &Provider) -> Check {
    let failed = |words: String| Check::failed(Name::Signature, words);
    let registered = registered(provider);
    let seen = found.screened.seen().signatures();
    let Some((seen, der)) = seen.iter().find_map(|seen| Some((seen, seen.certificates.first()?)))
    else {
        return failed(format!(
            "No key of the provider's metadata made the signature, and no certificate came along. \
             Registered are: {registered} (SHA-256 of the certificates)."
        ))
        .here("Register the provider's metadata again, with the key that it signs with now.");
    };
    let theirs = fingerprint(der);
    if registered.contains(&theirs) {
        return failed(format!(
            "It names the registered certificate {theirs} (SHA-256), whose key did not make this \
             signature: what is signed was changed, or something else signs."
        ))
        .at_provider("See to it that its software signs with the key of that certificate.");
    }
    failed(format!(
        "{} with the certificate {theirs} (SHA-256) that came along in its KeyInfo, which is not \
         in the provider's metadata here. Registered are: {registered}.",
        own_words::<M>(found, seen)
    ))
    .here(
        "Ask the provider's operator, by another way, whether that certificate is theirs. If it \
         is, register their metadata again: a certificate that comes along with a message is never \
         trusted.",
    )
    .at_provider("Else have it sign with the key of the registered certificate.")
}

/// Whether the message is at least what the certificate that came along signed.
fn own_words<M: Message>(found: &Found, seen: &SeenSignature) -> &'static str {
    let own = found.screened.receive::<M>(&seen.keys(), Demand::Signed);
    match own {
        Ok(_) | Err(Refusal::Read(_)) => "It is signed, soundly,",
        Err(Refusal::Signature(SignatureError::Changed)) => {
            "It was changed after it was signed, and is signed"
        }
        Err(Refusal::Signature(_)) => "It claims to be signed",
    }
}

fn rewritten(how: Rewritten) -> Check {
    let (found, words) = match how {
        Rewritten::RelayState => (
            "The provider signed it with another spelling of the RelayState: it was \
             percent-encoded again on the way, or after signing.",
            "Have the provider put the very text into the address that it signed, and see that no \
             proxy encodes addresses anew.",
        ),
        Rewritten::Everything => (
            "The provider signed it with another spelling of its parameters: they were \
             percent-encoded again on the way, or after signing.",
            "Have the provider put the very text into the address that it signed (SAML Bindings \
             §3.4.4.1), and see that no proxy encodes addresses anew.",
        ),
        Rewritten::WithoutRelayState => (
            "The provider signed it without the RelayState that is in the address.",
            "Have the provider sign SAMLRequest, RelayState and SigAlg, in that order (SAML \
             Bindings §3.4.4.1).",
        ),
        Rewritten::Decoded => (
            "The provider signed the parameters before it percent-encoded them.",
            "Have the provider sign the percent-encoded text (SAML Bindings §3.4.4.1).",
        ),
    };
    Check::failed(Name::Signature, found).at_provider(words)
}
