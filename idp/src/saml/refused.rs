//! What becomes of a message that is not acted on: a page for whoever is in front of the browser, an
//! event for whoever looks into it, and nothing for the sender.

use std::error::Error;
use std::sync::{Mutex, PoisonError};

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use latchkey_core::Timestamp;
use latchkey_core::audit::What;
use latchkey_core::ids::EntityId;
use latchkey_core::roles::Actor;
use latchkey_saml::write::soap_fault;
use latchkey_store::Tx;

use super::providers::Provider;
use crate::App;
use crate::audit::Origin;
use crate::pages::message::Notice;
use crate::visitor::Visitor;

/// What can be wrong with a message apart from how it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Message {
    /// An answer where requests come.
    #[error("this address takes requests, and the message is an answer")]
    AnswerHere,
    /// Another request.
    #[error("this address takes other messages than that")]
    OtherKind,
    /// Nobody says whose it is.
    #[error("the message has no Issuer")]
    NoIssuer,
    /// The address is not one that we made, or too old.
    #[error("the address is not one that this provider made, or it is too old: begin again")]
    HandedOver,
    /// What begins a log-in here needs to name one provider.
    #[error("the address has to name one service provider: sp=ENTITY_ID")]
    Start,
    /// The provider's metadata is too old.
    #[error("the provider's metadata has expired: its operator has to send a new one")]
    Expired,
    /// An operator does not allow it.
    #[error("log-ins to this provider do not begin here: its operator can allow that")]
    NotFromHere,
    /// Answers can go nowhere.
    #[error(
        "the provider's metadata has no AssertionConsumerService by HTTP-POST or HTTP-Artifact"
    )]
    NoConsumer,
    /// Another message than the one that asks for what an artifact stands for.
    #[error("this address takes an ArtifactResolve, and the message is something else")]
    NoResolve,
    /// Nobody vouches for who asks.
    #[error("an artifact is resolved for whoever signs the request, and this one is not signed")]
    UnsignedResolve,
    /// There is no such message for this provider (any more).
    #[error(
        "the artifact stands for no message: it was used, is older than a minute, or is not this \
         provider's"
    )]
    NoArtifact,
    /// It was answered before.
    #[error("the request was answered before: begin again at the application")]
    Answered,
    /// It says itself that it is over.
    #[error("the request was to be carried out before now")]
    TooLate,
    /// It was carried out before.
    #[error("the request was carried out before")]
    Replayed,
    /// Nobody vouches for who asks for a log-out, or says what became of one.
    #[error(
        "the message is not signed, and one about a log-out has to be (SAML Profiles §4.4.4): anybody \
         could have written it"
    )]
    UnsignedLogout,
    /// An answer to a log-out that was not asked for.
    #[error("the answer is to no request of ours that waits for one")]
    NotAsked,
    /// A message of another provider than it has to be from.
    #[error("the message is of another provider than the one that was asked")]
    OtherSender,
    /// A name that the provider does not have from us.
    #[error("the request names nobody who was logged in to the provider from here")]
    NobodyThere,
    /// Assertions have to be encrypted, and cannot be.
    #[error(
        "assertions for this provider have to be encrypted, and its metadata has no key and method that \
         do: its document can allow AES in CBC mode (allow_cbc), or say that nothing is encrypted"
    )]
    NoEncryption,
}

/// How many refusals a minute are events: anybody can send what is refused.
const TOLD_A_MINUTE: u32 = 60;

/// How many refusals were told in the minute that runs.
#[derive(Default)]
pub(super) struct Told(Mutex<(i64, u32)>);

impl Told {
    /// Whether one more is told.
    fn one_more(&self, now: Timestamp) -> bool {
        let mut told = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let minute = now.seconds().div_euclid(60);
        if told.0 != minute {
            *told = (minute, 0);
        }
        told.1 = told.1.saturating_add(1);
        told.1 <= TOLD_A_MINUTE
    }
}

/// Why a message is not acted on.
pub(super) enum Refused {
    /// Because of the message.
    Message {
        /// Whose it claims to be, where that is registered.
        provider: Option<EntityId>,
        /// In words.
        reason: String,
        /// What the page says.
        notice: Notice,
    },
    /// Because we failed.
    Ours(anyhow::Error),
}

impl<E: Into<anyhow::Error>> From<E> for Refused {
    fn from(error: E) -> Self {
        Self::Ours(error.into())
    }
}

impl Refused {
    fn message(provider: Option<EntityId>, reason: String) -> Self {
        let notice = Notice::BadRequest(reason.clone());
        Self::Message { provider, reason, notice }
    }

    /// It cannot be read.
    pub(super) fn unreadable(error: &dyn Error) -> Self {
        Self::message(None, error.to_string())
    }

    /// It is none that is taken here.
    #[must_use]
    pub(super) fn wrong(message: Message) -> Self {
        Self::message(None, message.to_string())
    }

    /// Its sender is not registered.
    #[must_use]
    pub(super) fn unknown() -> Self {
        let reason = "the entity ID is not registered".to_owned();
        Self::Message { provider: None, reason, notice: Notice::UnknownApplication }
    }

    /// A message under the name of a provider is wrong.
    pub(super) fn of(provider: &Provider, error: &dyn Error) -> Self {
        Self::message(Some(provider.id.clone()), error.to_string())
    }

    /// The consumer of an answer is not in metadata (any more).
    #[must_use]
    pub(super) fn consumer_gone(provider: &Provider) -> Self {
        let reason = super::request::Unanswerable::ConsumerUnregistered.to_string();
        Self::Message { provider: Some(provider.id.clone()), reason, notice: Notice::WrongReturn }
    }

    /// The same of what asks for a log-out: whoever is in front of the browser is told that they may
    /// still be logged in.
    #[must_use]
    pub(super) fn of_log_out(self) -> Self {
        match self {
            Self::Message { provider, reason, notice: Notice::BadRequest(detail) } => {
                Self::Message { provider, reason, notice: Notice::NotLoggedOut(detail) }
            }
            other => other,
        }
    }

    /// The page, and the event.
    pub(super) async fn page(self, app: &App, visitor: &Visitor) -> Response {
        match self.note(app, visitor).await {
            Ok(notice) => visitor.wrong(app, notice),
            Err(error) => visitor.our_failure(app, &error),
        }
    }

    /// The answer to who asks without a browser, and the event.
    pub(super) async fn fault(self, app: &App, visitor: &Visitor) -> Response {
        let reason = match &self {
            Self::Message { reason, .. } => soap_fault(reason),
            Self::Ours(_) => String::new(),
        };
        match self.tell(app, visitor).await {
            // Not 500 (Bindings §3.2.3.3): that is for what is wrong here (WS-I Basic Profile R1113).
            Ok(()) => enveloped(StatusCode::BAD_REQUEST, reason),
            Err(error) => visitor.our_failure(app, &error),
        }
    }

    /// The event alone, where there is no browser.
    ///
    /// # Errors
    /// When we failed, here or before.
    pub(super) async fn tell(self, app: &App, visitor: &Visitor) -> anyhow::Result<()> {
        self.note(app, visitor).await.map(drop)
    }

    /// Keeps the event, and gives what a page would say.
    async fn note(self, app: &App, visitor: &Visitor) -> anyhow::Result<Notice> {
        let (provider, reason, notice) = match self {
            Self::Ours(error) => return Err(error),
            Self::Message { provider, reason, notice } => (provider, reason, notice),
        };
        let origin =
            Origin { actor: Actor::System, address: visitor.address(), at: app.clock.now() };
        if app.saml.told.one_more(origin.at) {
            let what = What::SamlRefused { provider, reason };
            let event = origin.event_of_installation(&*app.rng, what);
            let write = async move |tx: &Tx| tx.insert_event(&event).await;
            app.store.write::<(), latchkey_store::Error, _>(write).await?;
        }
        Ok(notice)
    }
}

/// An answer to who asks without a browser.
pub(super) fn enveloped(status: StatusCode, envelope: String) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/xml; charset=utf-8"),
        (header::CACHE_CONTROL, "no-cache, no-store"),
    ];
    (status, headers, envelope).into_response()
}
