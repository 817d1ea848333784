//! What messages say, as plain values: neither XML nor signatures, and neither side's role.
//!
//! Owns the types that the writing half serialises and the reading half fills. A value of these
//! types proves nothing: what somebody else sent counts only inside a verified message.

use latchkey_core::Timestamp;

use crate::Binding;
use crate::names::{AttributeNameFormat, Comparison, TopStatus};

/// An identifier of a message or an assertion: an `xs:ID`, so an NCName (SAML Core §1.3.4).
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct MessageId(String);

impl MessageId {
    /// A new one, of 160 random bits (SAML Core §1.3.4 asks for 128 at least).
    #[must_use]
    pub fn random(rng: &dyn latchkey_core::Rng) -> Self {
        let digit = |half: u8| char::from_digit(half.into(), 16).unwrap_or('0');
        let mut text = String::with_capacity(41);
        text.push('_');
        for byte in rng.bytes::<20>() {
            text.extend([digit(byte >> 4), digit(byte & 15)]);
        }
        Self(text)
    }

    /// The longest that is taken. Nobody needs more, and it is kept until the message is too old.
    pub const LONGEST: usize = 256;

    /// The identifier in a text, where it is an NCName of ASCII (with which every provider makes
    /// do) and not too long.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut bytes = text.bytes();
        let first = bytes.next()?;
        let starts = first.is_ascii_alphabetic() || first == b'_';
        let goes_on = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte);
        (starts && text.len() <= Self::LONGEST && bytes.all(goes_on)).then(|| Self(text.to_owned()))
    }

    /// As it stands in a message.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What every request and every answer has (SAML Core §3.2.1, §3.2.2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// Of this message.
    pub id: MessageId,
    /// When it was made, as its sender's clock says.
    pub issued_at: Timestamp,
    /// The address that it was sent to, where it names one.
    pub destination: Option<String>,
    /// The entity that sent it. The profiles demand what the schema leaves open.
    pub issuer: String,
}

/// Who is meant (SAML Core §2.2.3).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NameId {
    /// The identifier itself.
    pub value: String,
    /// Its kind, a URI; unspecified where absent.
    pub format: Option<String>,
    /// Whose names these are.
    pub name_qualifier: Option<String>,
    /// For whom it was made.
    pub sp_name_qualifier: Option<String>,
}

/// A request for a log-in (SAML Core §3.4.1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuthnRequest {
    /// Identifier, time, destination and sender.
    pub header: Header,
    /// Where the answer is wanted.
    pub consumer: RequestedConsumer,
    /// Which `AttributeConsumingService` of the sender's metadata it is for.
    pub attribute_consuming_service_index: Option<u16>,
    /// The log-in has to be a new one.
    pub force_authn: bool,
    /// Nobody may be asked anything.
    pub is_passive: bool,
    /// What kind of name is wanted.
    pub name_id_policy: Option<NameIdPolicy>,
    /// How the person must log in.
    pub requested_context: Option<RequestedAuthnContext>,
    /// Who must log in. One that is encrypted, or named by confirmation alone, is
    /// [`RequestedSubject::Unreadable`]: it must not pass for absent.
    pub subject: Option<RequestedSubject>,
    /// Who else may do the log-in.
    pub scoping: Option<Scoping>,
    /// The sender's name for people. Shown only as text, if at all.
    pub provider_name: Option<String>,
    /// `Conditions` were asked for, which this kind of provider does not promise to keep
    /// (SAML Core §3.4.1: it may be ignored).
    pub has_conditions: bool,
}

/// Where an answer is wanted (SAML Core §3.4.1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RequestedConsumer {
    /// Wherever metadata says by default.
    Default,
    /// At the endpoint of this index.
    Index(u16),
    /// At this address, by this binding where one is named.
    Address {
        /// The address.
        url: String,
        /// `ProtocolBinding`: `Some(Err(uri))` is one that is not known here.
        binding: Option<Result<Binding, String>>,
    },
    /// By this binding, wherever metadata has it first.
    Binding(Result<Binding, String>),
}

/// Who has to log in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RequestedSubject {
    /// The person of this name.
    Named(NameId),
    /// Somebody whom the message does not say in a way that can be read here.
    Unreadable,
}

/// What kind of name is wanted (SAML Core §3.4.1.1).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NameIdPolicy {
    /// Its kind, a URI; any where absent.
    pub format: Option<String>,
    /// Whose namespace it is to be in; the sender's where absent.
    pub sp_name_qualifier: Option<String>,
    /// One may be made that is not there yet.
    pub allow_create: bool,
}

/// How the person must log in (SAML Core §3.3.2.2.1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestedAuthnContext {
    /// How `classes` are meant.
    pub comparison: Comparison,
    /// `AuthnContextClassRef`s, in the sender's order.
    pub classes: Vec<String>,
    /// `AuthnContextDeclRef`s, in the sender's order; there are either classes or these.
    pub declarations: Vec<String>,
}

/// Who else may do the log-in (SAML Core §3.4.1.2).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scoping {
    /// Through how many providers it may go on.
    pub proxy_count: Option<u32>,
    /// The providers that would do; any where empty.
    pub idp_list: Vec<String>,
    /// On whose behalf it is asked.
    pub requester_ids: Vec<String>,
}

/// What became of a request (SAML Core §3.2.2.1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Status {
    /// Who is at fault, if anybody.
    pub top: TopStatus,
    /// Nested codes that say more, outermost first. URIs.
    pub nested: Vec<String>,
    /// A sentence for whoever looks into it. Never a secret, never a person's data.
    pub message: Option<String>,
}

/// The answer to a request for a log-in, or one that nobody asked for (SAML Core §3.3.3).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Response {
    /// Identifier, time, destination and sender.
    pub header: Header,
    /// The request that it answers; none where nobody asked.
    pub in_response_to: Option<MessageId>,
    /// What became of it.
    pub status: Status,
    /// Who logged in. Only where the status is success.
    pub assertion: Option<Assertion>,
}

/// That somebody logged in (SAML Core §2.3.3, SAML Profiles §4.1.4.2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assertion {
    /// Its identifier.
    pub id: MessageId,
    /// When it was made.
    pub issued_at: Timestamp,
    /// Who says so.
    pub issuer: String,
    /// Of whom.
    pub name_id: Option<NameId>,
    /// How its bearer shows that it is meant: exactly one, `bearer`.
    pub confirmation: BearerConfirmation,
    /// From when on it holds.
    pub not_before: Timestamp,
    /// Until when, exclusively.
    pub not_on_or_after: Timestamp,
    /// For whom; one `AudienceRestriction`, of which any audience will do.
    pub audiences: Vec<String>,
    /// The log-in.
    pub authn: AuthnStatement,
    /// What is said of the person; an empty list is not written.
    pub attributes: Vec<Attribute>,
}

/// `SubjectConfirmationData` of a bearer (SAML Profiles §3.3, §4.1.4.2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BearerConfirmation {
    /// The request; none where nobody asked.
    pub in_response_to: Option<MessageId>,
    /// Where it may be shown.
    pub recipient: String,
    /// Until when, exclusively.
    pub not_on_or_after: Timestamp,
}

/// How and when somebody logged in (SAML Core §2.7.2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuthnStatement {
    /// When.
    pub instant: Timestamp,
    /// What the application tells a log-out by.
    pub session_index: Option<String>,
    /// Until when the application's session may last.
    pub session_not_on_or_after: Option<Timestamp>,
    /// `AuthnContextClassRef`.
    pub class: String,
}

/// Something that is said of a person (SAML Core §2.7.3.1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attribute {
    /// Its name.
    pub name: String,
    /// How the name is meant.
    pub name_format: AttributeNameFormat,
    /// What people call it.
    pub friendly_name: Option<String>,
    /// Its values, in order.
    pub values: Vec<String>,
}

/// A request to end a session (SAML Core §3.7.1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogoutRequest {
    /// Identifier, time, destination and sender.
    pub header: Header,
    /// Whose session.
    pub name_id: NameId,
    /// Which sessions; all of that person's with the sender where empty.
    pub session_indexes: Vec<String>,
    /// When it is too late to act on it.
    pub not_on_or_after: Option<Timestamp>,
    /// Why, a URI.
    pub reason: Option<String>,
}

/// What became of a request to end a session (SAML Core §3.7.2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogoutResponse {
    /// Identifier, time, destination and sender.
    pub header: Header,
    /// The request that it answers.
    pub in_response_to: Option<MessageId>,
    /// What became of it; ended in part is `Success` with a nested `PartialLogout`.
    pub status: Status,
}

/// A request for the message that an artifact stands for (SAML Core §3.5.1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArtifactResolve {
    /// Identifier, time, destination and sender.
    pub header: Header,
    /// The artifact as it was received.
    pub artifact: String,
}

/// The message that an artifact stands for, if there is one (SAML Core §3.5.2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArtifactResponse {
    /// Identifier, time, destination and sender.
    pub header: Header,
    /// The request that it answers.
    pub in_response_to: MessageId,
    /// What became of the request, not of what the message inside answers.
    pub status: Status,
    /// The message, whole and as it stands; none where the artifact stands for nothing any more.
    pub message: Option<String>,
}

#[cfg(test)]
mod tests {
    use latchkey_core::rng::SeededRng;

    use super::*;

    #[test]
    fn a_new_identifier_is_an_ncname_of_160_bits_and_reads_back() {
        let (one, two) =
            (MessageId::random(&SeededRng::new(1)), MessageId::random(&SeededRng::new(2)));
        assert_ne!(one, two);
        assert_eq!(one.as_str().len(), 41);
        assert_eq!(MessageId::parse(one.as_str()), Some(one));
    }

    #[test]
    fn an_identifier_that_is_no_ncname_or_without_end_is_refused() {
        for text in ["", "1a", "-a", "a b", "a:b", "a\"", "a<", "é", "_\u{0}"] {
            assert_eq!(MessageId::parse(text), None, "{text:?}");
        }
        assert!(MessageId::parse(&"a".repeat(MessageId::LONGEST)).is_some());
        assert_eq!(MessageId::parse(&"a".repeat(MessageId::LONGEST + 1)), None);
    }
}
