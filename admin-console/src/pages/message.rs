//! Pages that say one thing and offer one way on: refused, not found, down.

use http::StatusCode;
use latchkey_api::Problem;
use latchkey_core::Timestamp;
use latchkey_web::errors::Reference;
use latchkey_web::{Help, Link, Page, Text, Tone};
use serde::Serialize;

use crate::PATH;

/// What is the matter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// There is nobody like that, or nothing; which of both is not told.
    NotFound,
    /// The role does not allow it.
    Forbidden,
    /// It is their own account.
    Yourself,
    /// They have a role of the same rank or above.
    Peer,
    /// They have a role, and the helpdesk is for people without.
    HasRole,
    /// Somebody else was quicker, or it is done already.
    Conflict,
    /// The API takes something in another way than it was sent.
    NotTaken,
    /// Another log-in is wanted: one with a security key that stays with its owner.
    Weak,
    /// The provider could not log them in strongly enough.
    Unmet,
    /// The provider did not log them in.
    AnswerRefused,
    /// The provider's answer came too late, or to another browser.
    AnswerLate,
    /// The provider's answer does not belong here.
    AnswerForeign,
    /// They are logged out.
    LoggedOut,
    /// There is no such page.
    NoPage,
    /// An address that is not asked in this way.
    Method,
    /// A form came from another site.
    CrossSite,
    /// A request that cannot be read.
    Malformed,
    /// A request that is too large.
    TooLarge,
    /// A form of another kind.
    ContentType,
    /// We cannot serve at present.
    Down,
}

impl Kind {
    pub(crate) const ALL: [Self; 20] = [
        Self::NotFound,
        Self::Forbidden,
        Self::Yourself,
        Self::Peer,
        Self::HasRole,
        Self::Conflict,
        Self::NotTaken,
        Self::Weak,
        Self::Unmet,
        Self::AnswerRefused,
        Self::AnswerLate,
        Self::AnswerForeign,
        Self::LoggedOut,
        Self::NoPage,
        Self::Method,
        Self::CrossSite,
        Self::Malformed,
        Self::TooLarge,
        Self::ContentType,
        Self::Down,
    ];

    /// The stem of its messages.
    pub(crate) fn slug(self) -> &'static str {
        match self {
            Self::NotFound => "console-not-found",
            Self::Forbidden => "console-forbidden",
            Self::Yourself => "console-yourself",
            Self::Peer => "console-peer",
            Self::HasRole => "console-has-role",
            Self::Conflict => "console-conflict",
            Self::NotTaken => "console-not-taken",
            Self::Weak => "console-weak",
            Self::Unmet => "console-unmet",
            Self::AnswerRefused => "console-answer-refused",
            Self::AnswerLate => "console-answer-late",
            Self::AnswerForeign => "console-answer-foreign",
            Self::LoggedOut => "console-logged-out",
            Self::NoPage => "failure-not-found",
            Self::Method => "failure-method",
            Self::CrossSite => "failure-cross-site",
            Self::Malformed => "failure-unreadable",
            Self::TooLarge => "failure-too-large",
            Self::ContentType => "failure-content-type",
            Self::Down => "console-down",
        }
    }

    fn status(self) -> StatusCode {
        match self {
            Self::NotFound | Self::NoPage => StatusCode::NOT_FOUND,
            Self::Method => StatusCode::METHOD_NOT_ALLOWED,
            Self::Forbidden
            | Self::Yourself
            | Self::Peer
            | Self::HasRole
            | Self::Weak
            | Self::Unmet
            | Self::AnswerRefused
            | Self::CrossSite => StatusCode::FORBIDDEN,
            Self::Conflict => StatusCode::CONFLICT,
            Self::NotTaken => StatusCode::UNPROCESSABLE_ENTITY,
            Self::AnswerLate | Self::AnswerForeign | Self::Malformed => StatusCode::BAD_REQUEST,
            Self::LoggedOut => StatusCode::OK,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::ContentType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::Down => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    /// What the API's refusal comes to.
    fn of(problem: &Problem) -> Self {
        let kind = problem.kind.rsplit(':').next().unwrap_or_default();
        match (kind, problem.status) {
            ("untouchable-yourself", _) => Self::Yourself,
            ("untouchable-peer", _) => Self::Peer,
            ("untouchable-has-role", _) => Self::HasRole,
            (_, 403) => Self::Forbidden,
            (_, 404 | 410) => Self::NotFound,
            (_, 409 | 412 | 428) => Self::Conflict,
            (_, 413) => Self::TooLarge,
            _ => Self::NotTaken,
        }
    }
}

/// A page that says one thing.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Message {
    #[serde(skip)]
    kind: Kind,
    heading: Text,
    body: Text,
    /// What the API says about it, in its words.
    detail: Option<String>,
    action: Link,
    reference: Option<Told>,
}

/// What an administrator tells whoever runs the installation.
#[derive(Clone, Debug, Serialize)]
struct Told {
    code: String,
    at: Timestamp,
}

impl Message {
    /// A page about one thing that leads back to the start.
    pub(crate) fn new(kind: Kind) -> Self {
        let action = match kind {
            Kind::LoggedOut | Kind::AnswerRefused | Kind::AnswerLate | Kind::AnswerForeign => {
                Link::new("log-in", crate::login::LOG_IN_PATH)
            }
            Kind::Weak | Kind::Unmet => {
                Link::new("console-log-in-again", crate::login::again(PATH))
            }
            _ => Link::new("console-start", PATH),
        };
        Self {
            kind,
            heading: Text::new(format!("{}-heading", kind.slug())),
            body: Text::new(format!("{}-body", kind.slug())),
            detail: None,
            action,
            reference: None,
        }
    }

    /// What the API said no to, and why.
    pub(crate) fn refused(problem: &Problem) -> Self {
        let kind = Kind::of(problem);
        let mut message = Self::new(kind);
        if matches!(kind, Kind::Forbidden | Kind::Conflict | Kind::NotTaken) {
            message.detail = problem.detail.clone().or_else(|| Some(problem.title.clone()));
        }
        message
    }

    /// Another log-in is wanted: `again` starts it.
    pub(crate) fn weak(again: String) -> Self {
        Self { action: Link::new("console-log-in-again", again), ..Self::new(Kind::Weak) }
    }

    /// The same with what to look for in the log.
    pub(crate) fn with_reference(self, reference: &Reference, at: Timestamp) -> Self {
        let told = Told { code: reference.as_str().to_owned(), at };
        Self { reference: Some(told), ..self }
    }

    /// The status that it answers with.
    pub(crate) fn status(&self) -> StatusCode {
        self.kind.status()
    }
}

impl Page for Message {
    const TEMPLATE: &'static str = "console/message.html";

    fn sample() -> Self {
        let told = Told { code: "LK-7F3A-19C2".into(), at: Timestamp::from_millis(0) };
        let detail = Some("<script>alert(1)</script>".into());
        Self { reference: Some(told), detail, ..Self::new(Kind::Forbidden) }
    }

    fn tone(&self) -> Tone {
        if self.kind == Kind::LoggedOut { Tone::Good } else { Tone::Normal }
    }

    fn help(&self) -> Vec<Help> {
        vec![]
    }
}
