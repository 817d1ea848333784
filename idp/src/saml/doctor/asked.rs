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

use super::pasted::{Found, Way};
use super::words::{all_quoted, apart, quoted, time};
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
        let rest = "All else depends on whose message it is.";
        checks.push(Check::not_applicable(Name::Signature, rest));
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
        let words = "Have the provider say its entity ID in an Issuer element.";
        checks.push(Check::failed(Name::Issuer, "The message has no Issuer.").at_provider(words));
        return Ok(None);
    };
    if let Some(provider) = known::find(ask.app, ask.scope, &issuer).await? {
        let found = format!("{} is registered as {}.", quoted(&issuer), quoted(&provider.name()));
        checks.push(Check::passed(Name::Issuer, found));
        return Ok(Some(provider));
    }
    let all = known::list(ask.app, ask.scope).await?;
    let meant = known::meant(&issuer, all.iter().map(|provider| provider.id.0.as_str()));
    let check = match meant {
        Some(known::Meant { text, by: Some(by) }) => {
            let found = format!(
                "{} is not registered. {} is, and differs by {by}: entity IDs are compared to the \
                 letter.",
                quoted(&issuer),
                quoted(text)
            );
            Check::failed(Name::Issuer, found)
                .at_provider(format!("Set its entity ID to {}.", quoted(text)))
                .here("Or register the metadata that has the entity ID of the message.")
        }
        Some(known::Meant { text, by: None }) => {
            let found =
                format!("{} is not registered. The nearest is {}.", quoted(&issuer), quoted(text));
            Check::failed(Name::Issuer, found)
                .here("Register the metadata of the provider.")
                .at_provider(format!(
                    "Or, if it is the same, set its entity ID to {}.",
                    quoted(text)
                ))
        }
        None => Check::failed(Name::Issuer, format!("{} is not registered.", quoted(&issuer)))
            .here("Register the metadata of the provider."),
    };
    checks.push(check);
    Ok(None)
}

/// When a message was made.
pub(super) fn issued(header: &Header, now: Timestamp) -> Check {
    let at = header.issued_at;
    let found = format!("It was made on {}, which is {} by our clock.", time(at), apart(at, now));
    match request::check_time(header, now) {
        Ok(()) => Check::passed(Name::Time, found),
        Err(_) => Check::failed(Name::Time, format!("{found} That is too far.")).at_provider(
            "If the message is fresh, set the provider's clock (NTP), or ours. If it was only kept \
             for a while, as in a bookmark or since it was copied, begin again at the application.",
        ),
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
            let found = format!("People are named by {}.", quoted(format.uri()));
            Check::passed(Name::NameId, found)
        }
        Err(NotToBeHad) => name_refused(policy),
    });
    checks.push(context(ask, asked, provider).await?);
    if asked.subject.is_some() || asked.scoping.is_some() {
        checks.push(subject(asked, ask.ours));
    }
    let found = "Whether it was answered before is not judged: each request is answered once.";
    checks.push(Check::not_applicable(Name::Replay, found));
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
    let to = quoted(came.to);
    match (request::check_destination(header, came), sent) {
        (Ok(()), Some(_)) => Check::passed(Name::Destination, format!("It is {to}.")),
        (Ok(()), None) => {
            let found = "It names none, which an unsigned message does not have to.";
            Check::passed(Name::Destination, found)
        }
        (Err(_), Some(sent)) => {
            let by = known::meant(sent, std::iter::once(came.to)).and_then(|meant| meant.by);
            let by = by.map(|by| format!(" They differ by {by}.")).unwrap_or_default();
            let found = format!("It is {}, and requests are taken at {to}.{by}", quoted(sent));
            Check::failed(Name::Destination, found)
                .at_provider("Have it read our metadata again and take the address from there.")
                .here(
                    "If people reach this provider under the other address, issuer has to be that \
                     one.",
                )
        }
        (Err(_), None) => {
            let found = "The message is signed and names no Destination.";
            let words = format!("Have it say Destination={to} (SAML Bindings §3.4.5.2).");
            Check::failed(Name::Destination, found).at_provider(words)
        }
    }
}

fn consumer(asked: &RequestedConsumer, provider: &Provider) -> Check {
    let error = match request::consumer(asked, provider) {
        Ok(consumer) => {
            let found = format!("The answer goes to {}.", quoted(consumer.location()));
            return Check::passed(Name::Consumer, found);
        }
        Err(error) => error,
    };
    let consumers = &provider.metadata.consumers;
    let locations = || consumers.iter().map(|consumer| consumer.location.as_str());
    let again = "Or register the provider's metadata again, if it has changed. Answers go to \
                 addresses of metadata alone.";
    match (error, asked) {
        (Unanswerable::NoSuchIndex, RequestedConsumer::Index(index)) => {
            let known: Vec<_> = consumers.iter().map(|one| one.index.to_string()).collect();
            let found = format!(
                "It asks for the AssertionConsumerService of index {index}, which is not in its \
                 metadata, or not by a binding that answers go by; there are {}.",
                known.join(", ")
            );
            Check::failed(Name::Consumer, found)
                .at_provider("Ask for an index that is in its metadata, by HTTP-POST.")
                .here(again)
        }
        (Unanswerable::ConsumerUnregistered, RequestedConsumer::Address { url, .. }) => {
            let near = known::meant(url, locations());
            let near = near.map_or_else(
                || format!("Registered are: {}.", all_quoted(locations())),
                |meant| match meant.by {
                    Some(by) => format!("{} is, and differs by {by}.", quoted(meant.text)),
                    None => format!("The nearest is {}.", quoted(meant.text)),
                },
            );
            let found = format!(
                "It asks for the answer at {}, which is not in its metadata. {near}",
                quoted(url)
            );
            Check::failed(Name::Consumer, found)
                .at_provider("Ask for an address that is in its metadata, to the letter.")
                .here(again)
        }
        (Unanswerable::NoSuchBinding, _) => {
            let found = "It asks for the answer by a binding that its metadata does not have there, \
                         or that answers do not go by.";
            Check::failed(Name::Consumer, found)
                .at_provider("Ask for ProtocolBinding HTTP-POST, or for none.")
                .here(again)
        }
        (error, _) => Check::failed(Name::Consumer, format!("It is refused: {error}."))
            .at_provider("Put an AssertionConsumerService by HTTP-POST into its metadata.")
            .here(again),
    }
}

fn name_refused(policy: Option<&latchkey_saml::messages::NameIdPolicy>) -> Check {
    let qualifier = policy.and_then(|policy| policy.sp_name_qualifier.as_deref());
    let format = policy.and_then(|policy| policy.format.as_deref()).unwrap_or_default();
    if latchkey_saml::names::NameIdFormat::parse(format).is_some() || format.is_empty() {
        let found = format!(
            "It asks for a name in the namespace {}, which is another provider's.",
            quoted(qualifier.unwrap_or_default())
        );
        return Check::failed(Name::NameId, found)
            .at_provider("Leave SPNameQualifier out of the NameIDPolicy.");
    }
    let found = format!("It asks for the format {}, which is not made here.", quoted(format));
    Check::failed(Name::NameId, found).at_provider(
        "Ask for persistent, transient, emailAddress or unspecified, or for no format.",
    )
}

async fn context(
    ask: &Ask<'_>,
    asked: &AuthnRequest,
    provider: &Provider,
) -> anyhow::Result<Check> {
    let context = asked.requested_context.as_ref();
    let Ok(levels) = request::classes(provider).required(context) else {
        let classes = context.map(|context| all_quoted(context.classes.iter().map(String::as_str)));
        let comparison = context.map(|context| context.comparison.as_str()).unwrap_or_default();
        let found = format!(
            "It asks for {} ({comparison}), and no log-in here comes up to that.",
            classes.filter(|classes| !classes.is_empty()).unwrap_or("a declaration".to_owned())
        );
        return Ok(Check::failed(Name::Context, found)
            .at_provider("Ask for a class that is known here, or for none.")
            .here("Or say in its settings what that class means (classes)."));
    };
    // Any of them will do.
    let Some(least) = levels.into_iter().min().filter(|level| *level > Level::Password) else {
        return Ok(Check::passed(Name::Context, "Any log-in will do."));
    };
    let reached = registration::reaches(ask.app, ask.scope, provider, least).await?;
    Ok(registration::reachable(least, &reached))
}

fn subject(asked: &AuthnRequest, ours: &str) -> Check {
    if request::refused(asked, ours).is_none() {
        let found = match &asked.subject {
            Some(RequestedSubject::Named(name)) => {
                format!("The person {} has to log in.", quoted(&name.value))
            }
            _ => "Nothing in it stands in the way.".to_owned(),
        };
        return Check::passed(Name::Subject, found);
    }
    if asked.subject == Some(RequestedSubject::Unreadable) {
        let found = "Who has to log in is encrypted, or not named.";
        return Check::failed(Name::Subject, found)
            .at_provider("Name the person in a plain NameID, or leave the Subject out.");
    }
    let providers = asked.scoping.iter().flat_map(|scoping| &scoping.idp_list);
    let found = format!(
        "Its Scoping names the identity providers {}, and not {}.",
        all_quoted(providers.map(String::as_str)),
        quoted(ours)
    );
    Check::failed(Name::Subject, found)
        .at_provider("Put our entity ID into its IDPList, or leave that out.")
}

async fn log_out(
    ask: &Ask<'_>,
    asked_of: &LogoutRequest,
    provider: &Provider,
    checks: &mut Vec<Check>,
) -> anyhow::Result<()> {
    let now = ask.app.clock.now();
    if let Some(until) = asked_of.not_on_or_after {
        let found = format!("It holds until {} ({}).", time(until), apart(until, now));
        checks.push(match asked::is_over(asked_of, now) {
            false => Check::passed(Name::Validity, found),
            true => Check::failed(Name::Validity, found)
                .at_provider("Send another one, and set the provider's clock."),
        });
    }
    let of_name = ask.app.store.view();
    let of_name = of_name.list_sessions_of_name(&provider.id, &asked_of.name_id.value).await?;
    let sessions = asked::named(ask.app, provider, asked_of).await?;
    let named = quoted(&asked_of.name_id.value);
    let check = if !sessions.is_empty() {
        let found = format!("Somebody was logged in to the provider under the name {named}.");
        Check::passed(Name::Session, found)
    } else if of_name.is_empty() {
        let found = format!("Nobody was logged in to the provider under the name {named}.");
        Check::failed(Name::Session, found)
            .at_provider("Send the NameID of the assertion as it came.")
    } else {
        let found = format!(
            "Somebody was logged in under the name {named}, and not with that Format, those \
             qualifiers and that SessionIndex."
        );
        Check::failed(Name::Session, found).at_provider(
            "Send NameID and SessionIndex of the assertion as they came, with Format and qualifiers, \
             or no SessionIndex.",
        )
    };
    checks.push(check);
    Ok(())
}

fn resolved(ask: &Ask<'_>, asked: &ArtifactResolve) -> Check {
    match Artifact::parse(&asked.artifact) {
        Ok(artifact) if artifact.source() == SourceId::of(ask.ours) => Check::passed(
            Name::Artifact,
            "It is of ours. Whether its message is still there is not looked up: that would use it \
             up.",
        ),
        Ok(_) => Check::failed(Name::Artifact, "Its artifact stands for somebody else's message.")
            .at_provider("Resolve it at whoever it is of: its source says who."),
        Err(error) => Check::failed(Name::Artifact, format!("It is refused: {error}."))
            .at_provider("Send the parameter SAMLart as it came, decoded once."),
    }
}
