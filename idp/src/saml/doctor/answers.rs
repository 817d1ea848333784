//! Messages of ours, as a provider's operator pastes them: whether they are, and what they say.

use std::sync::Arc;

use latchkey_core::Timestamp;
use latchkey_saml::messages::{
    ArtifactResponse, Assertion, LogoutRequest, LogoutResponse, Response, Status,
};
use latchkey_saml::names::{SecondStatus, TopStatus};
use latchkey_saml::read::{Kind, Message, ReadError};
use latchkey_saml::verify::{Key, Place, Refusal, Seen, SignatureError};
use latchkey_store::StoredSamlKey;

use super::pasted::{Found, refused};
use super::said::{Advice, Apart, Differ, Meaning, OfAnswer, OurKey, all_quoted, quoted};
use super::signature::unreadable;
use super::words::{fingerprint, fingerprints, time};
use super::{Ask, Check, Name, Side, known};
use crate::saml::providers::Provider;

/// Judges a message that we sent, or that somebody else should not have. Gives the provider that it
/// is for, where that shows.
pub(super) async fn judge(
    ask: &Ask<'_>,
    found: &Found,
    kind: Kind,
    checks: &mut Vec<Check>,
) -> anyhow::Result<Option<Arc<Provider>>> {
    let issuer = found.screened.claimed_issuer().unwrap_or_default();
    checks.push(if issuer != ask.ours {
        others(&issuer, ask.ours)
    } else if matches!(kind, Kind::AuthnRequest | Kind::ArtifactResolve) {
        Check::failed(Name::Issuer, OfAnswer::AsWe).at_provider(Advice::OwnEntityId)
    } else {
        Check::passed(Name::Issuer, OfAnswer::OfOurs)
    });
    let ours = Ours::read(ask).await?;
    let all = known::list(ask.app, ask.scope).await?;
    let seen = found.screened.seen();
    let read = match kind {
        Kind::Response => {
            let response = signed::<Response>(&ours, found, checks);
            response.map(|response| (response.status.clone(), response.assertion))
        }
        Kind::LogoutResponse => {
            signed::<LogoutResponse>(&ours, found, checks).map(|answered| (answered.status, None))
        }
        Kind::ArtifactResponse => {
            let answered = signed::<ArtifactResponse>(&ours, found, checks);
            answered.map(|answered| (answered.status, None))
        }
        Kind::LogoutRequest => signed::<LogoutRequest>(&ours, found, checks).and(Err(None)),
        Kind::AuthnRequest | Kind::ArtifactResolve => Err(None),
    };
    let mut provider = None;
    match read {
        Ok((told, assertion)) => {
            checks.push(status(&told));
            if let Some(assertion) = assertion {
                provider = about(ask, &assertion, &all, checks);
            }
        }
        // What is encrypted is somebody else's to read; around it everything shows.
        Err(Some(ReadError::Encrypted(_))) => {
            if let Ok(told) = seen.status() {
                checks.push(status(&told));
            }
            provider = at_destination(seen, &all);
            checks.extend(encryption(seen, provider.as_deref()));
        }
        Err(Some(error)) => checks.push(unreadable(&error)),
        Err(None) => {}
    }
    if provider.is_none() {
        provider = at_destination(seen, &all);
    }
    if kind == Kind::Response {
        checks.push(destination(seen, &all));
    }
    if let Some(provider) = &provider {
        checks.extend(ask.another(provider));
    }
    Ok(provider)
}

fn others(issuer: &str, ours: &str) -> Check {
    let by = known::meant(issuer, std::iter::once(ours)).and_then(|meant| meant.by);
    let (issuer, ours, by) = (quoted(issuer), quoted(ours), Differ(by));
    Check::failed(Name::Issuer, OfAnswer::OfAnother { issuer, ours, by })
        .at_provider(Advice::GiveOurMetadata)
}

/// Our keys, past and coming ones too.
struct Ours {
    keys: Vec<Key>,
    rows: Vec<StoredSamlKey>,
    now: Timestamp,
}

impl Ours {
    async fn read(ask: &Ask<'_>) -> anyhow::Result<Self> {
        let rows = ask.app.store.view().list_saml_keys().await?.into_iter();
        let both =
            rows.filter_map(|row| Some((Key::from_certificate(&row.certificate).ok()?, row)));
        let (keys, rows) = both.unzip();
        Ok(Self { keys, rows, now: ask.app.clock.now() })
    }

    /// Which of them that is, and the fingerprint of its certificate.
    fn named(&self, number: usize) -> Option<(OurKey, String)> {
        let row = self.rows.get(number)?;
        let key = if row.signs(self.now) {
            OurKey::Current
        } else if self.now < row.signs_from {
            OurKey::Coming
        } else {
            OurKey::Old
        };
        Some((key, fingerprint(&row.certificate)))
    }
}

/// Whether we signed it, and what it says, where that can be read.
fn signed<M: Message>(
    ours: &Ours,
    found: &Found,
    checks: &mut Vec<Check>,
) -> Result<M, Option<ReadError>> {
    let (screened, seen) = (&found.screened, found.screened.seen());
    let verified = screened.verify::<M>(&ours.keys);
    let (check, said) = match verified {
        Ok(verified) => {
            let found = match ours.named(verified.key()) {
                Some((key, certificate)) => OfAnswer::Signed { key, certificate },
                None => OfAnswer::SignedSomehow,
            };
            (Check::passed(Name::Signature, found), Ok(verified.into_inner()))
        }
        Err(Refusal::Read(error)) => {
            (Check::passed(Name::Signature, OfAnswer::SignedSomehow), Err(error))
        }
        Err(Refusal::Signature(SignatureError::Missing)) => {
            (assertion_alone(ours, found), seen.message::<M>())
        }
        Err(Refusal::Signature(error)) => (not_ours(ours, seen, error), seen.message::<M>()),
    };
    checks.push(check);
    said.map_err(Some)
}

/// Where the message is not signed, the assertion in it may be.
fn assertion_alone(ours: &Ours, found: &Found) -> Check {
    let seen = found.screened.seen();
    match found.screened.verify_assertion(&ours.keys) {
        Ok(verified) => {
            let found = match ours.named(verified.key()) {
                Some((key, certificate)) => OfAnswer::SignedAssertion { key, certificate },
                None => OfAnswer::SignedSomehow,
            };
            Check::passed(Name::Signature, found)
        }
        Err(Refusal::Signature(error)) if error != SignatureError::Missing => {
            not_ours(ours, seen, error)
        }
        _ if seen.encryption().is_some() => {
            Check::not_applicable(Name::Signature, OfAnswer::EncryptedUnsigned)
        }
        _ => Check::failed(Name::Signature, OfAnswer::Unsigned).at_provider(Advice::RefuseNotOurs),
    }
}

fn not_ours(ours: &Ours, seen: Seen<'_>, error: SignatureError) -> Check {
    let failed = |found| Check::failed(Name::Signature, found);
    match error {
        SignatureError::Changed => failed(OfAnswer::Changed).at_provider(Advice::FindChange),
        SignatureError::Query => {
            failed(OfAnswer::OtherQuery).at_provider(Advice::RefuseNotSent).here(Advice::LogInAgain)
        }
        SignatureError::OtherKey | SignatureError::NoKey => {
            let signatures = seen.signatures();
            let at = |place| signatures.iter().find(move |seen| seen.place == place);
            let signature = at(Place::Message).or_else(|| at(Place::Assertion));
            let der = signature.and_then(|signature| signature.certificates.first());
            let found = match der {
                None => OfAnswer::OtherKey,
                Some(der) if ours.rows.iter().any(|row| row.certificate == *der) => {
                    OfAnswer::OtherKeyOurName { certificate: fingerprint(der) }
                }
                Some(der) => OfAnswer::OtherKeyNamed { certificate: fingerprint(der) },
            };
            failed(found).at_provider(Advice::RefuseNotSent).here(Advice::LogInAgain)
        }
        error => refused(Name::Signature, error).at_provider(Advice::RefuseNotSoSigned),
    }
}

/// What a status says, in words.
pub(super) fn status(told: &Status) -> Check {
    let nested: Vec<_> = told.nested.iter().map(String::as_str).collect();
    let second = told
        .nested
        .first()
        .and_then(|uri| SecondStatus::ALL.into_iter().find(|second| second.uri() == uri.as_str()));
    let message = told.message.as_deref().map(quoted);
    if told.top == TopStatus::Success {
        return match second {
            Some(SecondStatus::PartialLogout) => Check::failed(
                Name::Status,
                message.map_or(OfAnswer::Partial, |message| OfAnswer::PartialSaying { message }),
            )
            .at_provider(Advice::PageSaid),
            _ => Check::passed(
                Name::Status,
                message.map_or(OfAnswer::Success, |message| OfAnswer::SuccessSaying { message }),
            ),
        };
    }
    let (meaning, side, advice) =
        second.map_or((Meaning::Refused, Side::Provider, Advice::LookIntoLog), meaning);
    let codes = all_quoted(std::iter::once(told.top.uri()).chain(nested));
    let found = match message {
        None => OfAnswer::Status { codes, meaning },
        Some(message) => OfAnswer::StatusSaying { codes, meaning, message },
    };
    Check::failed(Name::Status, found).advised(side, advice)
}

/// What a nested code means, what to do, and where.
fn meaning(second: SecondStatus) -> (Meaning, Side, Advice) {
    let (meaning, advice) = match second {
        SecondStatus::AuthnFailed => (Meaning::AuthnFailed, Advice::LogInAsNamed),
        SecondStatus::InvalidNameIdPolicy => (Meaning::InvalidNameIdPolicy, Advice::AskOtherName),
        SecondStatus::NoAuthnContext => {
            return (Meaning::NoAuthnContext, Side::Here, Advice::SeeFactors);
        }
        SecondStatus::NoAvailableIdp => (Meaning::NoAvailableIdp, Advice::PutIntoIdpList),
        SecondStatus::NoPassive => (Meaning::NoPassive, Advice::WithoutPassive),
        SecondStatus::PartialLogout => (Meaning::PartialLogout, Advice::PageSaidWhich),
        SecondStatus::ProxyCountExceeded => (Meaning::ProxyCountExceeded, Advice::AskDirectly),
        SecondStatus::RequestDenied => (Meaning::RequestDenied, Advice::BeginAgain),
        SecondStatus::RequestUnsupported => (Meaning::RequestUnsupported, Advice::SeeRequest),
        SecondStatus::UnknownPrincipal => (Meaning::UnknownPrincipal, Advice::SendNameIdOrNone),
        SecondStatus::UnsupportedBinding => (Meaning::UnsupportedBinding, Advice::AskAnswerByPost),
    };
    (meaning, Side::Provider, advice)
}

/// What an assertion says of itself: for whom, where and when.
fn about(
    ask: &Ask<'_>,
    assertion: &Assertion,
    all: &[Arc<Provider>],
    checks: &mut Vec<Check>,
) -> Option<Arc<Provider>> {
    let audiences = || assertion.audiences.iter().map(String::as_str);
    let provider = all.iter().find(|known| audiences().any(|audience| audience == known.id.0));
    checks.push(match provider {
        Some(provider) => {
            let provider = quoted(&provider.id.0);
            Check::passed(Name::Audience, OfAnswer::Audience { provider })
        }
        None => {
            let audiences = all_quoted(audiences());
            Check::failed(Name::Audience, OfAnswer::OtherAudience { audiences })
                .at_provider(Advice::CompareAudience)
        }
    });
    let recipient = &assertion.confirmation.recipient;
    let address = quoted(recipient);
    checks.push(match provider {
        Some(provider) if provider.knows_consumer(recipient) => {
            Check::passed(Name::Recipient, OfAnswer::Recipient { address })
        }
        Some(_) => Check::failed(Name::Recipient, OfAnswer::OtherRecipient { address })
            .here(Advice::RegisterAgain),
        None => Check::not_applicable(Name::Recipient, OfAnswer::Recipient { address }),
    });
    let now = ask.app.clock.now();
    let (from, until) = (assertion.not_before, assertion.not_on_or_after);
    let (count, apart) = Apart::between(until, now);
    let found = OfAnswer::Holds { from: time(from), until: time(until), count, apart };
    checks.push(if from <= now && now < until {
        Check::passed(Name::Validity, found)
    } else {
        Check::failed(Name::Validity, found).at_provider(Advice::KeptOrClock)
    });
    checks.push(Check::not_applicable(Name::Encryption, OfAnswer::Plain));
    provider.map(Arc::clone)
}

fn at_destination(seen: Seen<'_>, all: &[Arc<Provider>]) -> Option<Arc<Provider>> {
    let destination = seen.header().ok()?.destination?;
    all.iter().find(|known| known.knows_consumer(&destination)).map(Arc::clone)
}

fn destination(seen: Seen<'_>, all: &[Arc<Provider>]) -> Check {
    let Some(destination) = seen.header().ok().and_then(|header| header.destination) else {
        return Check::failed(Name::Destination, OfAnswer::NoDestination)
            .at_provider(Advice::RefuseNoDestination);
    };
    let address = quoted(&destination);
    if all.iter().any(|known| known.knows_consumer(&destination)) {
        return Check::passed(Name::Destination, OfAnswer::Destination { address });
    }
    Check::failed(Name::Destination, OfAnswer::OtherDestination { address })
        .here(Advice::RegisterIfChanged)
}

fn encryption(seen: Seen<'_>, provider: Option<&Provider>) -> Option<Check> {
    let encryption = seen.encryption()?;
    let algorithms = all_quoted([encryption.data.as_str(), encryption.key.as_str()]);
    let Some(der) = encryption.certificates.first() else {
        return Some(Check::passed(Name::Encryption, OfAnswer::Encrypted { algorithms }));
    };
    let certificate = fingerprint(der);
    let Some(provider) = provider else {
        let found = OfAnswer::EncryptedFor { algorithms, certificate };
        return Some(Check::not_applicable(Name::Encryption, found));
    };
    let registered = fingerprints(&provider.metadata.keys, |key| key.encryption);
    if registered.contains(&certificate) {
        let found = OfAnswer::EncryptedForIt { algorithms, certificate };
        return Some(Check::passed(Name::Encryption, found));
    }
    let found = if registered.is_empty() {
        OfAnswer::EncryptedForNone { algorithms, certificate }
    } else {
        OfAnswer::EncryptedForOther { algorithms, certificate, registered: registered.join(", ") }
    };
    Some(Check::failed(Name::Encryption, found).here(Advice::RegisterKeyForReading))
}
