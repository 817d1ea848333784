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

use super::pasted::Found;
use super::signature::unreadable;
use super::words::{all_quoted, apart, fingerprint, fingerprints, quoted, time};
use super::{Ask, Check, Name, known};
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
        Check::failed(Name::Issuer, "A request of a provider under our own entity ID.")
            .at_provider("Have it use an entity ID of its own.")
    } else {
        Check::passed(Name::Issuer, "It says to be ours.")
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
    let meant = known::meant(issuer, std::iter::once(ours)).and_then(|meant| meant.by);
    let by = meant.map(|by| format!(" They differ by {by}.")).unwrap_or_default();
    let found = format!("It is of {}, and we are {}.{by}", quoted(issuer), quoted(ours));
    Check::failed(Name::Issuer, found).at_provider(
        "If people should log in here, give the provider our metadata; else ask whoever sent it.",
    )
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

    fn said(&self, number: usize) -> String {
        let Some(row) = self.rows.get(number) else { return String::new() };
        let when = if row.signs(self.now) {
            "our current key"
        } else if self.now < row.signs_from {
            "a key of ours that is published and does not sign yet"
        } else {
            "an old key of ours"
        };
        format!("{when}, whose certificate is {} (SHA-256)", fingerprint(&row.certificate))
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
            let found = format!("We signed the message, with {}.", ours.said(verified.key()));
            (Check::passed(Name::Signature, found), Ok(verified.into_inner()))
        }
        Err(Refusal::Read(error)) => {
            (Check::passed(Name::Signature, "We signed the message."), Err(error))
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
            let found = format!(
                "We signed the assertion, with {}. The response around it is not signed.",
                ours.said(verified.key())
            );
            Check::passed(Name::Signature, found)
        }
        Err(Refusal::Signature(error)) if error != SignatureError::Missing => {
            not_ours(ours, seen, error)
        }
        _ if seen.encryption().is_some() => Check::not_applicable(
            Name::Signature,
            "The response is not signed. Whether the assertion is cannot be told: it is encrypted.",
        ),
        _ => {
            Check::failed(Name::Signature, "Nothing in it is signed, and we sign all that we send.")
                .at_provider("Refuse it: it is not ours as it stands.")
        }
    }
}

fn not_ours(ours: &Ours, seen: Seen<'_>, error: SignatureError) -> Check {
    let failed = |found: String| Check::failed(Name::Signature, found);
    match error {
        SignatureError::Changed => failed("We signed it, and it was changed since.".to_owned())
            .at_provider(
                "Find what changes it on the way: something that formats XML, or writes it in \
                 another character set. Copying XML out of a log does so too: paste the form field \
                 instead.",
            ),
        SignatureError::Query => failed(
            "The signature over its query is by no key of ours, or the query was changed since."
                .to_owned(),
        )
        .at_provider("Refuse it: we did not send it as it stands.")
        .here("If the key is one that was removed here, log in again."),
        SignatureError::OtherKey | SignatureError::NoKey => {
            let signatures = seen.signatures();
            let at = |place| signatures.iter().find(move |seen| seen.place == place);
            let signature = at(Place::Message).or_else(|| at(Place::Assertion));
            let der = signature.and_then(|signature| signature.certificates.first());
            let by = der.map_or_else(String::new, |der| {
                let named = fingerprint(der);
                let known = ours.rows.iter().any(|row| row.certificate == *der);
                let known = if known { " It names our certificate" } else { " It names" };
                format!("{known} {named} (SHA-256).")
            });
            failed(format!("It is signed, and not with a key of ours.{by}"))
                .at_provider("Refuse it: we did not send it as it stands.")
                .here("If the key is one that was removed here, log in again.")
        }
        error => failed(format!("It is refused: {error}."))
            .at_provider("Refuse it: we do not sign like that."),
    }
}

/// What a status says, in words.
pub(super) fn status(told: &Status) -> Check {
    let nested: Vec<_> = told.nested.iter().map(String::as_str).collect();
    let second = told
        .nested
        .first()
        .and_then(|uri| SecondStatus::ALL.into_iter().find(|second| second.uri() == uri.as_str()));
    let message = told.message.as_deref().map(|text| format!(" It says {}.", quoted(text)));
    let message = message.unwrap_or_default();
    if told.top == TopStatus::Success {
        return match second {
            Some(SecondStatus::PartialLogout) => Check::failed(
                Name::Status,
                format!("The session is ended, and not every application could be told.{message}"),
            )
            .at_provider("Nothing: the page here said which applications were not told."),
            _ => Check::passed(Name::Status, format!("Success.{message}")),
        };
    }
    let (meaning, remedy, here) = second.map_or_else(
        || ("it was refused", "Look into the log of whoever answered.", false),
        meaning,
    );
    let codes = all_quoted(std::iter::once(told.top.uri()).chain(nested));
    let check = Check::failed(Name::Status, format!("{codes}: {meaning}.{message}"));
    if here { check.here(remedy) } else { check.at_provider(remedy) }
}

/// What a nested code means, what to do, and whether that is to be done here.
fn meaning(second: SecondStatus) -> (&'static str, &'static str, bool) {
    match second {
        SecondStatus::AuthnFailed => (
            "nobody logged in: the session had ended, or somebody else was logged in than was \
             asked for",
            "Log in again, as the person whom the request names, if it names one.",
            false,
        ),
        SecondStatus::InvalidNameIdPolicy => (
            "the kind of name that was asked for is not to be had of this person",
            "Ask for another NameIDPolicy Format, or give the person what the name is made of, such \
             as an e-mail address.",
            false,
        ),
        SecondStatus::NoAuthnContext => (
            "no log-in came up to the class that was asked for",
            "See what the request asks for: paste it here. The person may have no second factor, or \
             the policy none that is strong enough.",
            true,
        ),
        SecondStatus::NoAvailableIdp => (
            "the request names identity providers, and not us",
            "Put our entity ID into its IDPList, or leave that out.",
            false,
        ),
        SecondStatus::NoPassive => (
            "nobody was logged in, and nobody could be asked (IsPassive)",
            "Nothing, if that was meant as a question. Else send the request without IsPassive.",
            false,
        ),
        SecondStatus::PartialLogout => (
            "not every application could be told",
            "Nothing: the page here said which were not.",
            false,
        ),
        SecondStatus::ProxyCountExceeded => {
            ("it may not be passed on to another provider", "Ask us directly.", false)
        }
        SecondStatus::RequestDenied => (
            "the person turned back, or it was not allowed",
            "Begin again at the application.",
            false,
        ),
        SecondStatus::RequestUnsupported => {
            ("what was asked is not done", "See what the request asks for: paste it here.", false)
        }
        SecondStatus::UnknownPrincipal => (
            "the person whom the request names is not known, or not who logged in",
            "Send the NameID as it was received, or leave the Subject out.",
            false,
        ),
        SecondStatus::UnsupportedBinding => (
            "the answer was wanted by a binding that is not done",
            "Ask for the answer by HTTP-POST.",
            false,
        ),
    }
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
            Check::passed(Name::Audience, format!("It is for {}.", quoted(&provider.id.0)))
        }
        None => Check::failed(
            Name::Audience,
            format!("It is for {}, which is not registered here.", all_quoted(audiences())),
        )
        .at_provider("Compare its entity ID with the one of its metadata, to the letter."),
    });
    let recipient = &assertion.confirmation.recipient;
    checks.push(match provider {
        Some(provider) if provider.knows_consumer(recipient) => {
            let found = format!("It may be shown at {}.", quoted(recipient));
            Check::passed(Name::Recipient, found)
        }
        Some(_) => Check::failed(
            Name::Recipient,
            format!("It may be shown at {}, which is not in its metadata.", quoted(recipient)),
        )
        .here("Register the provider's metadata again."),
        None => {
            let found = format!("It may be shown at {}.", quoted(recipient));
            Check::not_applicable(Name::Recipient, found)
        }
    });
    let now = ask.app.clock.now();
    let (from, until) = (assertion.not_before, assertion.not_on_or_after);
    let found = format!(
        "It holds from {} to {}, which is {} by our clock.",
        time(from),
        time(until),
        apart(until, now)
    );
    checks.push(if from <= now && now < until {
        Check::passed(Name::Validity, found)
    } else {
        Check::failed(Name::Validity, found).at_provider(
            "An assertion is for at once: that one that was kept is refused is as it should be. If \
             a fresh one is refused, set the provider's clock (NTP), or ours.",
        )
    });
    checks.push(Check::not_applicable(Name::Encryption, "Its assertion is not encrypted."));
    provider.map(Arc::clone)
}

fn at_destination(seen: Seen<'_>, all: &[Arc<Provider>]) -> Option<Arc<Provider>> {
    let destination = seen.header().ok()?.destination?;
    all.iter().find(|known| known.knows_consumer(&destination)).map(Arc::clone)
}

fn destination(seen: Seen<'_>, all: &[Arc<Provider>]) -> Check {
    let Some(destination) = seen.header().ok().and_then(|header| header.destination) else {
        let found = "It names none.";
        return Check::failed(Name::Destination, found)
            .at_provider("Refuse it: all that we send names where it goes.");
    };
    let place = quoted(&destination);
    if all.iter().any(|known| known.knows_consumer(&destination)) {
        return Check::passed(Name::Destination, format!("It is {place}, as in metadata."));
    }
    Check::failed(Name::Destination, format!("It is {place}, which no registered provider has."))
        .here("Register the provider's metadata again, if it has changed.")
}

fn encryption(seen: Seen<'_>, provider: Option<&Provider>) -> Option<Check> {
    let encryption = seen.encryption()?;
    let by = all_quoted([encryption.data.as_str(), encryption.key.as_str()]);
    let Some(der) = encryption.certificates.first() else {
        let found = format!("Its assertion is encrypted by {by}, for a key that is not named.");
        return Some(Check::passed(Name::Encryption, found));
    };
    let named = fingerprint(der);
    let found = format!(
        "Its assertion is encrypted by {by}, for the key of the certificate {named} (SHA-256)."
    );
    let Some(provider) = provider else {
        return Some(Check::not_applicable(Name::Encryption, found));
    };
    let registered = fingerprints(&provider.metadata.keys, |key| key.encryption);
    if registered.contains(&named) {
        let found = format!("{found} It is the provider's: only its private key opens it.");
        return Some(Check::passed(Name::Encryption, found));
    }
    let found = format!(
        "{found} That is no certificate of its metadata here, which has {}.",
        if registered.is_empty() { "none".to_owned() } else { registered.join(", ") }
    );
    Some(
        Check::failed(Name::Encryption, found)
            .here("Register the provider's metadata again, with the key that it opens with."),
    )
}
