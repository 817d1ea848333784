//! Messages of providers: what they ask, and what they answer.

use std::sync::Arc;

use latchkey_core::Timestamp;
use latchkey_core::assurance::Level;
use latchkey_saml::artifact::{Artifact, SourceId};
use latchkey_saml::messages::{
    ArtifactResolve, AuthnRequest, Header, LogoutRequest, LogoutResponse, RequestedConsumer,
    RequestedSubject,
};
use latchkey_saml::read::Kind;

use super::pasted::{Found, Way, refused};
use super::said::{Advice, Apart, Differ, OfRegistration, OfRequest, all_quoted, quoted};
use super::words::time;
use super::{Ask, Check, Name, answers, known, registration, signature};
use crate::actions::logouts;
use crate::saml::logout::asked;
use crate::saml::names::NotToBeHad;
use crate::saml::providers::{Provider, Signing};
use crate::saml::request::{self, Came, Unanswerable};
use crate::saml::{answer, artifact, sso};

/// Judges a message of a provider. Gives the provider, where it is one.
pub(super) async fn judge(
    ask: &Ask<'_>,
    found: &Found,
    kind: Kind,
    checks: &mut Vec<Check>,
) -> anyhow::Result<Option<Arc<Provider>>> {
    let now = ask.app.clock.now();
    let Some(provider) = issuer(ask, found, checks).await? else {
        // What can be told without knowing whose it is.
        if let Ok(header) = found.screened.seen().header() {
            checks.push(issued(&header, now));
        }
        checks.push(Check::not_applicable(Name::Signature, OfRequest::RestDepends));
        return Ok(None);
    };
    checks.extend(ask.another(&provider));
    checks.push(registration::current(&provider, now));
    match kind {
        Kind::AuthnRequest => {
            let signing = provider.must_sign(ask.app);
            let judged = signature::judge::<AuthnRequest>(found, &provider, signing);
            checks.extend(judged.checks);
            if let Some(asked) = judged.message {
                log_in(ask, &asked, &provider, judged.signed, checks).await?;
            }
        }
        Kind::LogoutRequest => {
            let judged =
                signature::judge::<LogoutRequest>(found, &provider, Some(Signing::Profile));
            checks.extend(judged.checks);
            if let Some(asked) = judged.message {
                checks.push(issued(&asked.header, now));
                checks.push(at(ask, &asked.header, found, logouts::PATH, judged.signed));
                log_out(ask, &asked, &provider, checks).await?;
            }
        }
        Kind::LogoutResponse => {
            let judged =
                signature::judge::<LogoutResponse>(found, &provider, Some(Signing::Profile));
            checks.extend(judged.checks);
            if let Some(answered) = judged.message {
                checks.push(issued(&answered.header, now));
                checks.push(at(ask, &answered.header, found, logouts::PATH, judged.signed));
                checks.push(answers::status(&answered.status));
            }
        }
        Kind::ArtifactResolve => {
            let judged =
                signature::judge::<ArtifactResolve>(found, &provider, Some(Signing::Profile));
            checks.extend(judged.checks);
            if let Some(asked) = judged.message {
                checks.push(issued(&asked.header, now));
                checks.push(at(ask, &asked.header, found, artifact::PATH, false));
                checks.push(resolved(ask, &asked));
            }
        }
        Kind::Response | Kind::ArtifactResponse => {}
    }
    Ok(Some(provider))
}

async fn issuer(
    ask: &Ask<'_>,
    found: &Found,
    checks: &mut Vec<Check>,
) -> anyhow::Result<Option<Arc<Provider>>> {
    let Some(issuer) = found.screened.claimed_issuer().filter(|issuer| !issuer.is_empty()) else {
        let check = Check::failed(Name::Issuer, OfRequest::NoIssuer);
        checks.push(check.at_provider(Advice::SaySo));
        return Ok(None);
    };
    if let Some(provider) = known::find(ask.app, ask.scope, &issuer).await? {
        let (issuer, name) = (quoted(&issuer), quoted(&provider.name()));
        checks.push(Check::passed(Name::Issuer, OfRequest::Registered { issuer, name }));
        return Ok(Some(provider));
    }
    let all = known::list(ask.app, ask.scope).await?;
    let meant = known::meant(&issuer, all.iter().map(|provider| provider.id.0.as_str()));
    let issuer = quoted(&issuer);
    let check = match meant {
        Some(known::Meant { text, by: Some(by) }) => {
            let found = OfRequest::IssuerMisspelt { issuer, registered: quoted(text), by };
            Check::failed(Name::Issuer, found)
                .at_provider(Advice::SetEntityId { entity_id: quoted(text) })
                .here(Advice::OrRegisterOther)
        }
        Some(known::Meant { text, by: None }) => {
            let found = OfRequest::IssuerNear { issuer, nearest: quoted(text) };
            Check::failed(Name::Issuer, found)
                .here(Advice::Register)
                .at_provider(Advice::OrSetEntityId { entity_id: quoted(text) })
        }
        None => {
            Check::failed(Name::Issuer, OfRequest::IssuerUnknown { issuer }).here(Advice::Register)
        }
    };
    checks.push(check);
    Ok(None)
}

/// When a message was made.
pub(super) fn issued(header: &Header, now: Timestamp) -> Check {
    let (count, apart) = Apart::between(header.issued_at, now);
    let at = time(header.issued_at);
    match request::check_time(header, now) {
        Ok(()) => Check::passed(Name::Time, OfRequest::Issued { at, count, apart }),
        Err(_) => Check::failed(Name::Time, OfRequest::IssuedTooFar { at, count, apart })
            .at_provider(Advice::SetClock),
    }
}

async fn log_in(
    ask: &Ask<'_>,
    asked: &AuthnRequest,
    provider: &Provider,
    signed: bool,
    checks: &mut Vec<Check>,
) -> anyhow::Result<()> {
    let (app, now) = (ask.app, ask.app.clock.now());
    checks.push(issued(&asked.header, now));
    let address = app.issuer.address(sso::PATH);
    checks.push(destination(&asked.header, Came { at: now, to: &address, signed }));
    checks.push(consumer(&asked.consumer, provider));
    let namer = answer::namer(app, provider, ask.ours);
    let policy = asked.name_id_policy.as_ref();
    checks.push(match namer.format(policy) {
        Ok(format) => {
            let format = quoted(format.uri());
            Check::passed(Name::NameId, OfRequest::NamedBy { format })
        }
        Err(NotToBeHad) => name_refused(policy),
    });
    checks.push(context(ask, asked, provider).await?);
    if asked.subject.is_some() || asked.scoping.is_some() {
        checks.push(subject(asked, ask.ours));
    }
    checks.push(Check::not_applicable(Name::Replay, OfRequest::ReplayUnjudged));
    Ok(())
}

/// Whether a message that is signed or may do without is for an address of ours.
fn at(ask: &Ask<'_>, header: &Header, found: &Found, path: &str, signed: bool) -> Check {
    let address = ask.app.issuer.address(path);
    // By SOAP a Destination is not demanded even of what is signed.
    let signed = signed && found.way != Way::Soap;
    destination(header, Came { at: ask.app.clock.now(), to: &address, signed })
}

fn destination(header: &Header, came: Came<'_>) -> Check {
    let sent = header.destination.as_deref();
    let address = quoted(came.to);
    match (request::check_destination(header, came), sent) {
        (Ok(()), Some(_)) => Check::passed(Name::Destination, OfRequest::Destination { address }),
        (Ok(()), None) => Check::passed(Name::Destination, OfRequest::NoDestination),
        (Err(_), Some(sent)) => {
            let by = known::meant(sent, std::iter::once(came.to)).and_then(|meant| meant.by);
            let (destination, by) = (quoted(sent), Differ(by));
            let found = OfRequest::OtherDestination { destination, address, by };
            Check::failed(Name::Destination, found)
                .at_provider(Advice::ReadOurMetadata)
                .here(Advice::OrOurAddress)
        }
        (Err(_), None) => Check::failed(Name::Destination, OfRequest::SignedNoDestination)
            .at_provider(Advice::SayDestination { address }),
    }
}

fn consumer(asked: &RequestedConsumer, provider: &Provider) -> Check {
    let error = match request::consumer(asked, provider) {
        Ok(consumer) => {
            let address = quoted(consumer.location());
            return Check::passed(Name::Consumer, OfRequest::Consumer { address });
        }
        Err(error) => error,
    };
    let consumers = &provider.metadata.consumers;
    let locations = || consumers.iter().map(|consumer| consumer.location.as_str());
    let (check, advice) = match (error, asked) {
        (Unanswerable::NoSuchIndex, RequestedConsumer::Index(index)) => {
            let known: Vec<_> = consumers.iter().map(|one| one.index.to_string()).collect();
            let found = OfRequest::NoSuchIndex { index: *index, indexes: known.join(", ") };
            (Check::failed(Name::Consumer, found), Advice::AskKnownIndex)
        }
        (Unanswerable::ConsumerUnregistered, RequestedConsumer::Address { url, .. }) => {
            let address = quoted(url);
            let found = match known::meant(url, locations()) {
                None => OfRequest::ConsumerUnknown { address, registered: all_quoted(locations()) },
                Some(known::Meant { text, by: Some(by) }) => {
                    OfRequest::ConsumerMisspelt { address, registered: quoted(text), by }
                }
                Some(known::Meant { text, by: None }) => {
                    OfRequest::ConsumerNear { address, nearest: quoted(text) }
                }
            };
            (Check::failed(Name::Consumer, found), Advice::AskKnownAddress)
        }
        (Unanswerable::NoSuchBinding, _) => {
            (Check::failed(Name::Consumer, OfRequest::NoSuchBinding), Advice::AskPost)
        }
        _ => (Check::failed(Name::Consumer, OfRegistration::NoConsumer), Advice::PutConsumer),
    };
    check.at_provider(advice).here(Advice::OrRegisterAgain)
}

fn name_refused(policy: Option<&latchkey_saml::messages::NameIdPolicy>) -> Check {
    let qualifier = policy.and_then(|policy| policy.sp_name_qualifier.as_deref());
    let format = policy.and_then(|policy| policy.format.as_deref()).unwrap_or_default();
    if latchkey_saml::names::NameIdFormat::parse(format).is_some() || format.is_empty() {
        let namespace = quoted(qualifier.unwrap_or_default());
        return Check::failed(Name::NameId, OfRequest::OtherNamespace { namespace })
            .at_provider(Advice::LeaveQualifier);
    }
    let format = quoted(format);
    Check::failed(Name::NameId, OfRequest::FormatUnknown { format })
        .at_provider(Advice::AskKnownFormat)
}

async fn context(
    ask: &Ask<'_>,
    asked: &AuthnRequest,
    provider: &Provider,
) -> anyhow::Result<Check> {
    let context = asked.requested_context.as_ref();
    let Ok(levels) = request::classes(provider).required(context) else {
        let comparison = context.map(|context| context.comparison.as_str()).unwrap_or_default();
        let found = match context.map(|context| &context.classes) {
            Some(classes) if !classes.is_empty() => {
                let classes = all_quoted(classes.iter().map(String::as_str));
                OfRequest::ClassUnknown { classes, comparison }
            }
            _ => OfRequest::DeclarationUnknown { comparison },
        };
        return Ok(Check::failed(Name::Context, found)
            .at_provider(Advice::AskKnownClass)
            .here(Advice::OrSayClass));
    };
    // Any of them will do.
    let Some(least) = levels.into_iter().min().filter(|level| *level > Level::Password) else {
        return Ok(Check::passed(Name::Context, OfRequest::AnyLogIn));
    };
    let reached = registration::reaches(ask.app, ask.scope, provider, least).await?;
    Ok(registration::reachable(least, &reached))
}

fn subject(asked: &AuthnRequest, ours: &str) -> Check {
    if request::refused(asked, ours).is_none() {
        let found = match &asked.subject {
            Some(RequestedSubject::Named(name)) => OfRequest::Subject { name: quoted(&name.value) },
            _ => OfRequest::NothingInTheWay,
        };
        return Check::passed(Name::Subject, found);
    }
    if asked.subject == Some(RequestedSubject::Unreadable) {
        return Check::failed(Name::Subject, OfRequest::SubjectUnreadable)
            .at_provider(Advice::NamePlainly);
    }
    let providers = asked.scoping.iter().flat_map(|scoping| &scoping.idp_list);
    let providers = all_quoted(providers.map(String::as_str));
    let found = OfRequest::OtherIdentityProviders { providers, ours: quoted(ours) };
    Check::failed(Name::Subject, found).at_provider(Advice::PutIntoIdpList)
}

async fn log_out(
    ask: &Ask<'_>,
    asked_of: &LogoutRequest,
    provider: &Provider,
    checks: &mut Vec<Check>,
) -> anyhow::Result<()> {
    let now = ask.app.clock.now();
    if let Some(until) = asked_of.not_on_or_after {
        let (count, apart) = Apart::between(until, now);
        let found = OfRequest::HoldsUntil { until: time(until), count, apart };
        checks.push(match asked::is_over(asked_of, now) {
            false => Check::passed(Name::Validity, found),
            true => Check::failed(Name::Validity, found).at_provider(Advice::SendAnother),
        });
    }
    let of_name = ask.app.store.view();
    let of_name = of_name.list_sessions_of_name(&provider.id, &asked_of.name_id.value).await?;
    let sessions = asked::named(ask.app, provider, asked_of).await?;
    let name = quoted(&asked_of.name_id.value);
    let check = if !sessions.is_empty() {
        Check::passed(Name::Session, OfRequest::SessionFound { name })
    } else if of_name.is_empty() {
        Check::failed(Name::Session, OfRequest::NoSession { name }).at_provider(Advice::SendNameId)
    } else {
        Check::failed(Name::Session, OfRequest::OtherSession { name })
            .at_provider(Advice::SendSession)
    };
    checks.push(check);
    Ok(())
}

fn resolved(ask: &Ask<'_>, asked: &ArtifactResolve) -> Check {
    match Artifact::parse(&asked.artifact) {
        Ok(artifact) if artifact.source() == SourceId::of(ask.ours) => {
            Check::passed(Name::Artifact, OfRequest::ArtifactOurs)
        }
        Ok(_) => Check::failed(Name::Artifact, OfRequest::ArtifactOthers)
            .at_provider(Advice::ResolveElsewhere),
        Err(error) => refused(Name::Artifact, error).at_provider(Advice::SendSamlArt),
    }
}
