//! Why parsers and verifiers refuse something: a word that programs know, the names that it is
//! about, and the parser's own English.

use latchkey_saml::artifact::NoArtifact;
use latchkey_saml::post::{FormError, ParameterError};
use latchkey_saml::read::ReadError;
use latchkey_saml::redirect::QueryError;
use latchkey_saml::soap::EnvelopeError;
use latchkey_saml::verify::{AlgorithmError, SignatureError, XmlError};

use super::values::words;

/// Why something is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::saml::doctor) struct Reason {
    pub(in crate::saml::doctor) why: Why,
    /// The elements, attributes or parameters that it is about.
    pub(in crate::saml::doctor) names: String,
    /// In English.
    pub(in crate::saml::doctor) reason: String,
}

/// Base64 alone that is not base64 to its end.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("it is not base64 to its end")]
pub(in crate::saml::doctor) struct BrokenBase64;

/// Defines the words, which have no English of their own.
macro_rules! whys {
    ($($variant:ident = $word:literal;)+) => {
        words! {
            /// Why something is refused, in a word.
            Why { $($variant = $word: $word;)+ }
        }
    };
}

whys! {
    XmlLong = "xml-long";
    XmlEncoding = "xml-encoding";
    XmlCharacter = "xml-character";
    XmlDocumentType = "xml-document-type";
    XmlEntity = "xml-entity";
    XmlProcessingInstruction = "xml-processing-instruction";
    XmlIllFormed = "xml-ill-formed";
    XmlNamespace = "xml-namespace";
    XmlDuplicateAttribute = "xml-duplicate-attribute";
    XmlDuplicateId = "xml-duplicate-id";
    XmlDeep = "xml-deep";
    XmlAttributes = "xml-attributes";
    XmlNamespaces = "xml-namespaces";
    XmlNodes = "xml-nodes";
    Envelope = "envelope";
    EnvelopeBody = "envelope-body";
    EnvelopeHeader = "envelope-header";
    NoParameter = "no-parameter";
    BothParameters = "both-parameters";
    ParameterTwice = "parameter-twice";
    ParameterEncoding = "parameter-encoding";
    LongRelayState = "long-relay-state";
    LongQuery = "long-query";
    LongMessage = "long-message";
    OtherEncoding = "other-encoding";
    HalfSigned = "half-signed";
    ParameterNotBase64 = "parameter-not-base64";
    MessageNotBase64 = "message-not-base64";
    BrokenBase64 = "broken-base64";
    Deflate = "deflate";
    NoArtifact = "no-artifact";
    OtherKind = "other-kind";
    OtherVersion = "other-version";
    Missing = "missing";
    Twice = "twice";
    Value = "value";
    Exclusive = "exclusive";
    Unexpected = "unexpected";
    Encrypted = "encrypted";
    Unsigned = "unsigned";
    SeveralSignatures = "several-signatures";
    SignatureElsewhere = "signature-elsewhere";
    SignatureInsideQuery = "signature-inside-query";
    SignatureReferences = "signature-references";
    SignatureOfOther = "signature-of-other";
    SignatureTransform = "signature-transform";
    SignatureCanonicalization = "signature-canonicalization";
    Digest = "digest";
    AlgorithmBroken = "algorithm-broken";
    AlgorithmHmac = "algorithm-hmac";
    AlgorithmUnknown = "algorithm-unknown";
    SignatureBroken = "signature-broken";
    Changed = "changed";
    OtherKey = "other-key";
    OtherKeyOrQuery = "other-key-or-query";
    NoKey = "no-key";
}

impl From<XmlError> for Why {
    fn from(error: XmlError) -> Self {
        match error {
            XmlError::Long => Self::XmlLong,
            XmlError::Encoding => Self::XmlEncoding,
            XmlError::Character => Self::XmlCharacter,
            XmlError::DocumentType => Self::XmlDocumentType,
            XmlError::Entity => Self::XmlEntity,
            XmlError::ProcessingInstruction => Self::XmlProcessingInstruction,
            XmlError::IllFormed => Self::XmlIllFormed,
            XmlError::Namespace => Self::XmlNamespace,
            XmlError::DuplicateAttribute => Self::XmlDuplicateAttribute,
            XmlError::DuplicateId => Self::XmlDuplicateId,
            XmlError::Deep => Self::XmlDeep,
            XmlError::Attributes => Self::XmlAttributes,
            XmlError::Namespaces => Self::XmlNamespaces,
            XmlError::Nodes => Self::XmlNodes,
        }
    }
}

impl From<AlgorithmError> for Why {
    fn from(error: AlgorithmError) -> Self {
        match error {
            AlgorithmError::Broken => Self::AlgorithmBroken,
            AlgorithmError::Hmac => Self::AlgorithmHmac,
            AlgorithmError::Unknown => Self::AlgorithmUnknown,
        }
    }
}

impl From<XmlError> for Reason {
    fn from(error: XmlError) -> Self {
        Self::new(error.into(), &[], &error)
    }
}

impl From<EnvelopeError> for Reason {
    fn from(error: EnvelopeError) -> Self {
        let why = match error {
            EnvelopeError::Xml(error) => error.into(),
            EnvelopeError::Envelope => Why::Envelope,
            EnvelopeError::Body => Why::EnvelopeBody,
            EnvelopeError::MustUnderstand => Why::EnvelopeHeader,
        };
        Self::new(why, &[], &error)
    }
}

impl From<ParameterError> for Reason {
    fn from(error: ParameterError) -> Self {
        match error {
            ParameterError::Missing => Self::new(Why::NoParameter, &[], &error),
            ParameterError::Both => Self::new(Why::BothParameters, &[], &error),
            ParameterError::Twice(name) => Self::new(Why::ParameterTwice, &[name], &error),
            ParameterError::Encoding(name) => Self::new(Why::ParameterEncoding, &[name], &error),
            ParameterError::LongRelayState => Self::new(Why::LongRelayState, &[], &error),
        }
    }
}

impl From<FormError> for Reason {
    fn from(error: FormError) -> Self {
        match error {
            FormError::Long => Self::new(Why::LongMessage, &[], &error),
            FormError::Parameters(error) => error.into(),
            FormError::Base64 => Self::new(Why::MessageNotBase64, &[], &error),
        }
    }
}

impl From<QueryError> for Reason {
    fn from(error: QueryError) -> Self {
        let why = match error {
            QueryError::Parameters(error) => return error.into(),
            QueryError::Base64(name) => return Self::new(Why::ParameterNotBase64, &[name], &error),
            QueryError::LongQuery => Why::LongQuery,
            QueryError::OtherEncoding => Why::OtherEncoding,
            QueryError::HalfSigned => Why::HalfSigned,
            QueryError::Algorithm(error) => error.into(),
            QueryError::Deflate => Why::Deflate,
            QueryError::Long => Why::LongMessage,
        };
        Self::new(why, &[], &error)
    }
}

impl From<BrokenBase64> for Reason {
    fn from(error: BrokenBase64) -> Self {
        Self::new(Why::BrokenBase64, &[], &error)
    }
}

impl From<NoArtifact> for Reason {
    fn from(error: NoArtifact) -> Self {
        Self::new(Why::NoArtifact, &[], &error)
    }
}

impl From<&ReadError> for Reason {
    fn from(error: &ReadError) -> Self {
        match error {
            ReadError::Kind(name) => Self::new(Why::OtherKind, &[name], error),
            ReadError::Version { .. } => Self::new(Why::OtherVersion, &[], error),
            ReadError::Missing(name) => Self::new(Why::Missing, &[name], error),
            ReadError::Twice(name) => Self::new(Why::Twice, &[name], error),
            ReadError::Value(name) => Self::new(Why::Value, &[name], error),
            ReadError::Exclusive(one, other) => Self::new(Why::Exclusive, &[one, other], error),
            ReadError::Unexpected(name) => Self::new(Why::Unexpected, &[name], error),
            ReadError::Encrypted(name) => Self::new(Why::Encrypted, &[name], error),
        }
    }
}

impl From<SignatureError> for Reason {
    fn from(error: SignatureError) -> Self {
        let why = match error {
            SignatureError::Missing => Why::Unsigned,
            SignatureError::Several => Why::SeveralSignatures,
            SignatureError::Elsewhere => Why::SignatureElsewhere,
            SignatureError::InsideQuery => Why::SignatureInsideQuery,
            SignatureError::References => Why::SignatureReferences,
            SignatureError::OtherElement => Why::SignatureOfOther,
            SignatureError::Transform => Why::SignatureTransform,
            SignatureError::Canonicalization => Why::SignatureCanonicalization,
            SignatureError::Digest => Why::Digest,
            SignatureError::Algorithm(error) => error.into(),
            SignatureError::Broken => Why::SignatureBroken,
            SignatureError::Changed => Why::Changed,
            SignatureError::OtherKey => Why::OtherKey,
            SignatureError::Query => Why::OtherKeyOrQuery,
            SignatureError::NoKey => Why::NoKey,
        };
        Self::new(why, &[], &error)
    }
}

impl Reason {
    fn new(why: Why, names: &[&str], error: &dyn std::error::Error) -> Self {
        Self { why, names: names.join(", "), reason: error.to_string() }
    }
}
