//! Pages that say one thing and offer one way on: expired, used, refused, not found.

use http::StatusCode;
use latchkey_core::Timestamp;
use latchkey_web::csrf::CrossSite;
use latchkey_web::limits::Refusal;
use latchkey_web::{Help, Link, Page, Text, Tone};
use serde::Serialize;

/// A page that says one thing.
#[derive(Clone, Debug, Serialize)]
pub struct Message {
    /// The latch.
    pub tone: Tone,
    /// The heading.
    pub heading: Text,
    /// Paragraphs; the first is larger.
    pub body: Vec<Text>,
    /// When it happened, where that is told.
    pub at: Option<Timestamp>,
    /// The one way on.
    pub action: Option<Link>,
    /// What else there is to do, as a link beside it.
    pub also: Option<Link>,
    /// What stands under the action, e.g. `takes-you-to`.
    pub note: Option<Text>,
    /// What to read out to the helpdesk.
    pub reference: Option<Reference>,
}

/// What a person reads out to the helpdesk.
#[derive(Clone, Debug, Serialize)]
pub struct Reference {
    /// E.g. `LK-7F3A-19C2`.
    pub code: String,
    /// When it happened.
    pub at: Timestamp,
}

/// Why a log-in or a session does not go on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notice {
    /// The page outlived its flow.
    Expired,
    /// The same form was sent before.
    Used,
    /// The flow stands at a later step.
    MovedOn,
    /// The flow is completed.
    Finished,
    /// The flow began in another browser, or the cookie did not come.
    OtherBrowser,
    /// The browser is logged in as another person, who is called this.
    OtherPerson(String),
    /// There is no session any more.
    SessionEnded,
    /// The person may not log in. Only after a right password or key.
    Closed,
    /// The client is not registered.
    UnknownApplication,
    /// The redirect address is not registered for the client.
    WrongReturn,
    /// The application's request cannot be answered there, for this reason (for its makers).
    BadRequest(String),
    /// The application's request for a log-out is not acted on, for this reason (for its makers).
    NotLoggedOut(String),
    /// There is no such test of a log-in, it is over, or it is another administrator's: which, is
    /// not told.
    NoTest,
}

impl Notice {
    /// The stem of its messages.
    #[must_use]
    pub fn slug(&self) -> &'static str {
        match self {
            Self::Expired => "expired",
            Self::Used => "used",
            Self::MovedOn => "moved-on",
            Self::Finished => "finished",
            Self::OtherBrowser => "other-browser",
            Self::OtherPerson(_) => "other-person",
            Self::SessionEnded => "session-ended",
            Self::Closed => "closed",
            Self::UnknownApplication => "unknown-application",
            Self::WrongReturn => "wrong-return",
            Self::BadRequest(_) => "bad-request",
            Self::NotLoggedOut(_) => "not-logged-out",
            Self::NoTest => "no-test",
        }
    }

    /// What the link to where the log-in goes on is called.
    fn onward(&self) -> Text {
        match self {
            Self::Used | Self::MovedOn => "continue".into(),
            Self::OtherPerson(name) => Text::new("go-on-as").with("name", name.as_str()),
            Self::SessionEnded => "log-in-again".into(),
            _ => "start-again".into(),
        }
    }

    /// One of each, and whether a log-in goes on from it.
    #[must_use]
    pub fn samples() -> [(Self, bool); 13] {
        [
            (Self::Expired, true),
            (Self::Used, true),
            (Self::MovedOn, true),
            (Self::Finished, true),
            (Self::OtherBrowser, false),
            (Self::OtherPerson("Amy Ward".into()), true),
            (Self::SessionEnded, true),
            (Self::Closed, false),
            (Self::UnknownApplication, false),
            (Self::WrongReturn, false),
            (Self::BadRequest("response_type is missing".into()), false),
            (Self::NotLoggedOut("the message is not signed".into()), false),
            (Self::NoTest, false),
        ]
    }
}

/// What can go wrong with a request itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// Another site sent it, or the browser does not say who did.
    CrossSite,
    /// Something in it is missing, repeated or cannot be read.
    Unreadable,
    /// There is no such page.
    NotFound,
    /// The page cannot be asked for in that way.
    Method,
    /// It is too large.
    TooLarge,
    /// It has another content type.
    ContentType,
    /// Too many of them came.
    TooMany,
    /// We failed.
    Ours,
}

impl Failure {
    /// Every failure.
    pub const ALL: [Self; 8] = [
        Self::CrossSite,
        Self::Unreadable,
        Self::NotFound,
        Self::Method,
        Self::TooLarge,
        Self::ContentType,
        Self::TooMany,
        Self::Ours,
    ];

    /// Its status.
    #[must_use]
    pub fn status(self) -> StatusCode {
        match self {
            Self::CrossSite => StatusCode::FORBIDDEN,
            Self::Unreadable => StatusCode::BAD_REQUEST,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::Method => StatusCode::METHOD_NOT_ALLOWED,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::ContentType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::TooMany => StatusCode::TOO_MANY_REQUESTS,
            Self::Ours => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// The stem of its messages.
    #[must_use]
    pub fn slug(self) -> &'static str {
        match self {
            Self::CrossSite => "cross-site",
            Self::Unreadable => "unreadable",
            Self::NotFound => "not-found",
            Self::Method => "method",
            Self::TooLarge => "too-large",
            Self::ContentType => "content-type",
            Self::TooMany => "too-many",
            Self::Ours => "ours",
        }
    }
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::ContentType => Self::ContentType,
            Refusal::TooLarge => Self::TooLarge,
            Refusal::Malformed | Refusal::Broken => Self::Unreadable,
        }
    }
}

impl From<CrossSite> for Failure {
    fn from(_: CrossSite) -> Self {
        Self::CrossSite
    }
}

impl Message {
    /// The page of a failure.
    #[must_use]
    pub fn failure(failure: Failure, reference: Option<Reference>) -> Self {
        let slug = failure.slug();
        Self { reference, ..Self::new(&format!("failure-{slug}")).to("start-page", "/account") }
    }

    /// The page of a notice, with the way on: to where the log-in goes on, if it does; else to the
    /// account, or to help for whoever has none that works.
    #[must_use]
    pub fn notice(notice: Notice, onward: Option<String>) -> Self {
        let message = Self::new(notice.slug());
        let mut message = match onward {
            Some(url) => message.to(notice.onward(), url),
            None => message.to("start-page", "/account"),
        };
        match notice {
            Notice::OtherPerson(name) => {
                message.body = vec![Text::new("other-person-body").with("name", name)];
                message.also = Some(Link::new("log-out", "/logout"));
            }
            Notice::Closed => {
                message.action = Some(Link::new("help-get-help", Help::GetHelp.url(None)));
            }
            Notice::BadRequest(detail) => {
                message.body.push(Text::new("bad-request-detail").with("detail", detail));
            }
            Notice::NotLoggedOut(detail) => {
                message.body.push(Text::new("bad-request-detail").with("detail", detail));
                message.action = Some(Link::new("log-out", "/logout"));
            }
            _ => {}
        }
        message
    }

    pub(super) fn new(stem: &str) -> Self {
        Self {
            tone: Tone::Normal,
            heading: Text::new(format!("{stem}-heading")),
            body: vec![Text::new(format!("{stem}-body"))],
            at: None,
            action: None,
            also: None,
            note: None,
            reference: None,
        }
    }

    /// The same with a link as the way on.
    #[must_use]
    pub fn to(mut self, label: impl Into<Text>, url: impl Into<String>) -> Self {
        self.action = Some(Link::new(label, url));
        self
    }
}

impl Page for Message {
    const TEMPLATE: &'static str = "message.html";

    fn sample() -> Self {
        let reference = Reference {
            code: "LK-7F3A-19C2".into(),
            at: Timestamp::from_millis(1_788_417_120_000),
        };
        Self {
            note: Some(Text::new("takes-you-to").with("application", "Rota")),
            reference: Some(reference),
            ..Self::notice(Notice::Expired, Some("/login/1/restart".into()))
        }
    }

    fn tone(&self) -> Tone {
        self.tone
    }

    fn help(&self) -> Vec<Help> {
        vec![Help::KeyNotWorking]
    }
}
