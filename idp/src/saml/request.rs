//! A request for a log-in, judged (SAML Profiles §4.1.4.1): where the answer goes, what it asks of
//! the log-in, and what has to be remembered while the person logs in.
//!
//! Pure. That the message is what the provider sent was found out before.

use std::time::Duration;

use latchkey_core::Timestamp;
use latchkey_core::ids::{EntityId, Subject};
use latchkey_core::requirement::{Application, Refusal, Requirement};
use latchkey_saml::Binding;
use latchkey_saml::messages::{
    AuthnRequest, NameIdPolicy, RequestedAuthnContext, RequestedConsumer, RequestedSubject,
    Scoping, Status,
};
use latchkey_saml::names::{Comparison, SecondStatus, TopStatus};
use serde::{Deserialize, Serialize};

use super::context::{Classes, Unreachable};
use super::providers::{Consumer, Provider};

/// How old a message may be when it comes.
const FRESH: Duration = Duration::from_secs(5 * 60);
/// How far the clocks of two sides may be apart.
pub(super) const SKEW: Duration = Duration::from_secs(3 * 60);
/// For how long after a message was made it is remembered that it was acted on, beside the time that
/// a log-in may take: once it is older than that it is refused for its age.
pub(crate) const KEPT: Duration = Duration::from_secs(15 * 60);
const _: () = assert!(KEPT.as_secs() > FRESH.as_secs() + SKEW.as_secs());
/// How many classes a request may name: nobody has so many.
const MOST_CLASSES: usize = 32;

/// Why a request is not answered at all: a page says so, and nothing goes to the provider.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Unanswerable {
    /// It was made too long ago, or will be made.
    #[error("the message is of another time: its clock or yours is wrong, or it was kept too long")]
    OtherTime,
    /// It was made for another address.
    #[error("the message's Destination is another address than the one that it came to")]
    Misdirected,
    /// Bindings §3.4.5.2, §3.5.5.2.
    #[error("the message is signed and has no Destination")]
    NoDestination,
    /// The address for the answer is not in the provider's metadata.
    #[error("the AssertionConsumerServiceURL is not in the provider's metadata")]
    ConsumerUnregistered,
    /// There is no endpoint of that index.
    #[error("the provider's metadata has no AssertionConsumerService of that index")]
    NoSuchIndex,
    /// Answers do not go there that way.
    #[error("the provider's metadata has no AssertionConsumerService for that binding")]
    NoSuchBinding,
}

/// What has to be remembered of a request while the person logs in. Where nobody asked, only where
/// the answer goes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Request {
    /// Who asks.
    pub(super) provider: EntityId,
    /// The message; none where nobody asked.
    pub(super) id: Option<String>,
    /// When it was made, as it says itself. Log-ins that an older node began do not have it.
    pub(super) asked_at: Option<Timestamp>,
    /// Where the answer goes. Looked up again in metadata before it does.
    pub(super) consumer: String,
    /// By which binding.
    pub(super) binding: String,
    /// What comes back with the answer, to the byte.
    pub(super) relay_state: Option<String>,
    /// What kind of name is wanted.
    pub(super) name: Option<Policy>,
    /// How the person must log in.
    pub(super) context: Option<Context>,
    /// Who must log in.
    pub(super) subject: Option<Named>,
    /// The log-in has to be a new one.
    pub(super) again: bool,
    /// Nobody may be asked anything.
    pub(super) passive: bool,
}

/// [`NameIdPolicy`], to be kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Policy {
    format: Option<String>,
    sp_name_qualifier: Option<String>,
    allow_create: bool,
}

/// [`RequestedAuthnContext`], to be kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Context {
    comparison: String,
    classes: Vec<String>,
    declarations: Vec<String>,
}

/// A person by the name that a provider has for them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Named {
    /// The name.
    pub(super) value: String,
    /// Its kind.
    pub(super) format: Option<String>,
}

impl Request {
    /// What kind of name is wanted.
    #[must_use]
    pub(super) fn name_policy(&self) -> Option<NameIdPolicy> {
        self.name.clone().map(|policy| NameIdPolicy {
            format: policy.format,
            sp_name_qualifier: policy.sp_name_qualifier,
            allow_create: policy.allow_create,
        })
    }

    /// How the person must log in.
    #[must_use]
    pub(super) fn requested_context(&self) -> Option<RequestedAuthnContext> {
        self.context.clone().map(|context| RequestedAuthnContext {
            comparison: Comparison::parse(&context.comparison).unwrap_or_default(),
            classes: context.classes,
            declarations: context.declarations,
        })
    }

    /// A log-in that nobody asked for.
    #[must_use]
    pub(super) fn unsolicited(consumer: &Consumer<'_>, relay_state: Option<String>) -> Self {
        Self {
            provider: consumer.provider().id.clone(),
            id: None,
            asked_at: None,
            consumer: consumer.location().to_owned(),
            binding: consumer.binding().uri().to_owned(),
            relay_state,
            name: None,
            context: None,
            subject: None,
            again: false,
            passive: false,
        }
    }

    /// What the log-in flow is asked for.
    ///
    /// # Errors
    /// When no log-in here comes up to it.
    pub(super) fn requirement(
        &self,
        provider: &Provider,
        subject: Option<Subject>,
    ) -> Result<Requirement, Unreachable> {
        let context = self.requested_context();
        let levels = classes(provider).required(context.as_ref())?;
        Ok(Requirement {
            subject,
            essential: !levels.is_empty(),
            levels,
            again: self.again,
            may_ask: !self.passive,
            application: Some(Application {
                name: provider.name(),
                host: host(&self.consumer),
                organisation: provider.organisation,
            }),
            ..Requirement::anyone()
        })
    }
}

/// What classes mean to a provider.
pub(super) fn classes(provider: &Provider) -> Classes<'_> {
    Classes { own: &provider.settings.classes, floor: provider.settings.required_level }
}

fn host(address: &str) -> String {
    let url = url::Url::parse(address).ok();
    url.and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_default()
}

/// What came with a message.
#[derive(Clone, Copy, Debug)]
pub(super) struct Came<'a> {
    /// When.
    pub(super) at: Timestamp,
    /// To which address.
    pub(super) to: &'a str,
    /// Whether the provider signed it.
    pub(super) signed: bool,
}

/// Whether a message is of this time and for this address (SAML Core §3.2.1).
///
/// # Errors
/// Why it is not acted on.
pub(super) fn check_header(
    header: &latchkey_saml::messages::Header,
    came: Came<'_>,
) -> Result<(), Unanswerable> {
    check_time(header, came.at)?;
    check_destination(header, came)
}

/// Whether a message is of this time.
///
/// # Errors
/// When it is not.
pub(super) fn check_time(
    header: &latchkey_saml::messages::Header,
    now: Timestamp,
) -> Result<(), Unanswerable> {
    let (oldest, newest) = (now.minus(FRESH + SKEW), now.plus(SKEW));
    let fits = oldest <= header.issued_at && header.issued_at <= newest;
    if fits { Ok(()) } else { Err(Unanswerable::OtherTime) }
}

/// Whether a message is for the address that it came to.
///
/// # Errors
/// When it is not.
pub(super) fn check_destination(
    header: &latchkey_saml::messages::Header,
    came: Came<'_>,
) -> Result<(), Unanswerable> {
    match header.destination.as_deref() {
        Some(destination) if destination != came.to => Err(Unanswerable::Misdirected),
        None if came.signed => Err(Unanswerable::NoDestination),
        _ => Ok(()),
    }
}

/// A judged request: to be carried out, or answered with a status at once.
#[derive(Debug)]
pub(super) struct Judged {
    /// What is remembered of it.
    pub(super) request: Request,
    /// Why it is not carried out, if it is not.
    pub(super) refused: Option<Status>,
}

/// Judges a request of a provider.
///
/// # Errors
/// Why it is not answered at all.
pub(super) fn judge(
    asked: &AuthnRequest,
    provider: &Provider,
    relay_state: Option<String>,
    came: Came<'_>,
    ours: &str,
) -> Result<Judged, Unanswerable> {
    check_header(&asked.header, came)?;
    let consumer = consumer(&asked.consumer, provider)?;
    let refused = refused(asked, ours);
    // What is refused needs no more than its way back.
    let classes = asked.requested_context.as_ref().filter(|_| refused.is_none());
    let request = Request {
        id: Some(asked.header.id.as_str().to_owned()),
        asked_at: Some(asked.header.issued_at),
        name: asked.name_id_policy.as_ref().map(|policy| Policy {
            format: policy.format.clone(),
            sp_name_qualifier: policy.sp_name_qualifier.clone(),
            allow_create: policy.allow_create,
        }),
        context: classes.map(|context| Context {
            comparison: context.comparison.as_str().to_owned(),
            classes: context.classes.clone(),
            declarations: context.declarations.clone(),
        }),
        subject: match &asked.subject {
            Some(RequestedSubject::Named(name)) => {
                Some(Named { value: name.value.clone(), format: name.format.clone() })
            }
            Some(RequestedSubject::Unreadable) | None => None,
        },
        again: asked.force_authn,
        passive: asked.is_passive,
        ..Request::unsolicited(&consumer, relay_state)
    };
    Ok(Judged { request, refused })
}

/// Where the answer goes: only ever an endpoint of metadata, and never another one than was asked
/// for.
///
/// # Errors
/// Why there is none.
pub(super) fn consumer<'p>(
    asked: &RequestedConsumer,
    provider: &'p Provider,
) -> Result<Consumer<'p>, Unanswerable> {
    let known = |binding: &Result<Binding, String>| {
        binding.as_ref().copied().map_err(|_| Unanswerable::NoSuchBinding)
    };
    match asked {
        RequestedConsumer::Default => {
            provider.default_consumer().ok_or(Unanswerable::ConsumerUnregistered)
        }
        RequestedConsumer::Index(index) => {
            provider.consumer_of_index(*index).ok_or(Unanswerable::NoSuchIndex)
        }
        RequestedConsumer::Address { url, binding } => {
            let binding = binding.as_ref().map(known).transpose()?;
            if !provider.knows_consumer(url) {
                return Err(Unanswerable::ConsumerUnregistered);
            }
            provider.consumer(url, binding).ok_or(Unanswerable::NoSuchBinding)
        }
        RequestedConsumer::Binding(binding) => {
            provider.consumer_by(known(binding)?).ok_or(Unanswerable::NoSuchBinding)
        }
    }
}

/// Why a request is answered with a status at once.
pub(super) fn refused(asked: &AuthnRequest, ours: &str) -> Option<Status> {
    let classes = asked
        .requested_context
        .as_ref()
        .map_or(0, |context| context.classes.len() + context.declarations.len());
    if classes > MOST_CLASSES {
        return Some(status(TopStatus::Requester, SecondStatus::NoAuthnContext));
    }
    if asked.subject == Some(RequestedSubject::Unreadable) {
        return Some(status(TopStatus::Requester, SecondStatus::UnknownPrincipal));
    }
    asked.scoping.as_ref().and_then(|scoping| out_of_scope(scoping, ours))
}

/// SAML Core §3.4.1.2: nobody is passed on to another provider here, so that a count is never
/// exceeded, and a list has to have us in it.
fn out_of_scope(scoping: &Scoping, ours: &str) -> Option<Status> {
    let elsewhere = !scoping.idp_list.is_empty() && !scoping.idp_list.iter().any(|id| id == ours);
    elsewhere.then(|| status(TopStatus::Responder, SecondStatus::NoAvailableIdp))
}

/// A status of two codes.
#[must_use]
pub(super) fn status(top: TopStatus, second: SecondStatus) -> Status {
    Status { top, nested: vec![second.uri().to_owned()], message: None }
}

/// What a provider is told when the flow did not produce what was required.
#[must_use]
pub(super) fn refusal(refusal: Refusal) -> Status {
    use SecondStatus::{AuthnFailed, NoAuthnContext, NoPassive, RequestDenied};
    let second = match refusal {
        Refusal::LoginRequired | Refusal::ConsentRequired | Refusal::InteractionRequired => {
            NoPassive
        }
        Refusal::Denied => RequestDenied,
        Refusal::Unmet => NoAuthnContext,
        Refusal::WrongPerson => AuthnFailed,
    };
    status(TopStatus::Responder, second)
}
