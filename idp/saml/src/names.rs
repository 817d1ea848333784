//! The closed sets of URIs that messages use, and the ones that are only ever written.
//!
//! What a message may say beyond these stays a text of its sender's and is judged by whoever reads
//! it.

/// `saml:`
pub const ASSERTION_NS: &str = "urn:oasis:names:tc:SAML:2.0:assertion";
/// `samlp:`
pub const PROTOCOL_NS: &str = "urn:oasis:names:tc:SAML:2.0:protocol";
/// `md:`
pub const METADATA_NS: &str = "urn:oasis:names:tc:SAML:2.0:metadata";
/// `ds:`
pub const DSIG_NS: &str = "http://www.w3.org/2000/09/xmldsig#";
/// `xenc:`
pub const XENC_NS: &str = "http://www.w3.org/2001/04/xmlenc#";
/// `xenc11:`
pub const XENC11_NS: &str = "http://www.w3.org/2009/xmlenc11#";
/// `mdattr:`
pub const ENTITY_ATTRIBUTES_NS: &str = "urn:oasis:names:tc:SAML:metadata:attribute";
/// Which algorithms an entity takes (Metadata Profile for Algorithm Support §2).
pub const ALGORITHM_NS: &str = "urn:oasis:names:tc:SAML:metadata:algsupport";
/// `mdui:`
pub const UI_NS: &str = "urn:oasis:names:tc:SAML:metadata:ui";
/// `shibmd:`
pub const SHIBBOLETH_NS: &str = "urn:mace:shibboleth:metadata:1.0";
/// `soap:`
pub const SOAP_NS: &str = "http://schemas.xmlsoap.org/soap/envelope/";
/// The kind of an entity's own identifier (SAML Core §8.3.6).
pub const ENTITY_FORMAT: &str = "urn:oasis:names:tc:SAML:2.0:nameid-format:entity";
/// A bearer (SAML Profiles §3.3).
pub const BEARER: &str = "urn:oasis:names:tc:SAML:2.0:cm:bearer";

/// A kind of name (SAML Core §8.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NameIdFormat {
    /// Stable, opaque, another one at each application.
    Persistent,
    /// New at each log-in.
    Transient,
    /// An e-mail address.
    Email,
    /// Whatever both sides agreed on.
    Unspecified,
}

impl NameIdFormat {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::Persistent, Self::Transient, Self::Email, Self::Unspecified];

    /// The URI that names it.
    #[must_use]
    pub fn uri(self) -> &'static str {
        match self {
            Self::Persistent => "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent",
            Self::Transient => "urn:oasis:names:tc:SAML:2.0:nameid-format:transient",
            Self::Email => "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress",
            Self::Unspecified => "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified",
        }
    }

    /// The kind of a URI, if it is one of these: the same text, to the letter.
    #[must_use]
    pub fn parse(uri: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.uri() == uri)
    }
}

/// How an attribute's name is meant (SAML Core §8.2).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum AttributeNameFormat {
    /// A URI, an object identifier among them.
    #[default]
    Uri,
    /// A word.
    Basic,
    /// Whatever both sides agreed on.
    Unspecified,
}

impl AttributeNameFormat {
    /// Every way.
    pub const ALL: [Self; 3] = [Self::Uri, Self::Basic, Self::Unspecified];

    /// The URI that names it.
    #[must_use]
    pub fn uri(self) -> &'static str {
        match self {
            Self::Uri => "urn:oasis:names:tc:SAML:2.0:attrname-format:uri",
            Self::Basic => "urn:oasis:names:tc:SAML:2.0:attrname-format:basic",
            Self::Unspecified => "urn:oasis:names:tc:SAML:2.0:attrname-format:unspecified",
        }
    }

    /// The way of a URI, if it is one of these: the same text, to the letter.
    #[must_use]
    pub fn parse(uri: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.uri() == uri)
    }
}

/// How requested classes are meant (SAML Core §3.3.2.2.1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Comparison {
    /// One of them.
    #[default]
    Exact,
    /// At least as strong as one of them.
    Minimum,
    /// As strong as can be without exceeding one of them.
    Maximum,
    /// Stronger than any of them.
    Better,
}

impl Comparison {
    /// Every way.
    pub const ALL: [Self; 4] = [Self::Exact, Self::Minimum, Self::Maximum, Self::Better];

    /// As it stands in a message.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::Minimum => "minimum",
            Self::Maximum => "maximum",
            Self::Better => "better",
        }
    }

    /// The way of a word, if it is one of these.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|comparison| comparison.as_str() == text)
    }
}

/// Who is at fault, if anybody: the outer code of a status (SAML Core §3.2.2.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TopStatus {
    /// Nobody.
    Success,
    /// Whoever sent the request.
    Requester,
    /// Whoever answers.
    Responder,
    /// The version of the message is another.
    VersionMismatch,
}

impl TopStatus {
    /// Every code.
    pub const ALL: [Self; 4] =
        [Self::Success, Self::Requester, Self::Responder, Self::VersionMismatch];

    /// The URI that names it.
    #[must_use]
    pub fn uri(self) -> &'static str {
        match self {
            Self::Success => "urn:oasis:names:tc:SAML:2.0:status:Success",
            Self::Requester => "urn:oasis:names:tc:SAML:2.0:status:Requester",
            Self::Responder => "urn:oasis:names:tc:SAML:2.0:status:Responder",
            Self::VersionMismatch => "urn:oasis:names:tc:SAML:2.0:status:VersionMismatch",
        }
    }

    /// The code of a URI, if it is one of these: the same text, to the letter.
    #[must_use]
    pub fn parse(uri: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.uri() == uri)
    }
}

/// A nested code that we write (SAML Core §3.2.2.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SecondStatus {
    /// The person could not log in.
    AuthnFailed,
    /// The kind of name that was wanted is not to be had.
    InvalidNameIdPolicy,
    /// No log-in comes up to what was asked.
    NoAuthnContext,
    /// None of the providers that would do is this one.
    NoAvailableIdp,
    /// The person would have to be asked.
    NoPassive,
    /// Some applications could not be told.
    PartialLogout,
    /// It may not be passed on to another provider.
    ProxyCountExceeded,
    /// It was understood and is not done.
    RequestDenied,
    /// It is not done by anybody here.
    RequestUnsupported,
    /// The person is not known.
    UnknownPrincipal,
    /// The binding is not done.
    UnsupportedBinding,
}

impl SecondStatus {
    /// Every code.
    pub const ALL: [Self; 11] = [
        Self::AuthnFailed,
        Self::InvalidNameIdPolicy,
        Self::NoAuthnContext,
        Self::NoAvailableIdp,
        Self::NoPassive,
        Self::PartialLogout,
        Self::ProxyCountExceeded,
        Self::RequestDenied,
        Self::RequestUnsupported,
        Self::UnknownPrincipal,
        Self::UnsupportedBinding,
    ];

    /// The URI that names it.
    #[must_use]
    pub fn uri(self) -> &'static str {
        match self {
            Self::AuthnFailed => "urn:oasis:names:tc:SAML:2.0:status:AuthnFailed",
            Self::InvalidNameIdPolicy => "urn:oasis:names:tc:SAML:2.0:status:InvalidNameIDPolicy",
            Self::NoAuthnContext => "urn:oasis:names:tc:SAML:2.0:status:NoAuthnContext",
            Self::NoAvailableIdp => "urn:oasis:names:tc:SAML:2.0:status:NoAvailableIDP",
            Self::NoPassive => "urn:oasis:names:tc:SAML:2.0:status:NoPassive",
            Self::PartialLogout => "urn:oasis:names:tc:SAML:2.0:status:PartialLogout",
            Self::ProxyCountExceeded => "urn:oasis:names:tc:SAML:2.0:status:ProxyCountExceeded",
            Self::RequestDenied => "urn:oasis:names:tc:SAML:2.0:status:RequestDenied",
            Self::RequestUnsupported => "urn:oasis:names:tc:SAML:2.0:status:RequestUnsupported",
            Self::UnknownPrincipal => "urn:oasis:names:tc:SAML:2.0:status:UnknownPrincipal",
            Self::UnsupportedBinding => "urn:oasis:names:tc:SAML:2.0:status:UnsupportedBinding",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_read_from_its_own_text_and_no_other() {
        for format in NameIdFormat::ALL {
            assert_eq!(NameIdFormat::parse(format.uri()), Some(format));
            assert_eq!(NameIdFormat::parse(&format.uri().to_uppercase()), None);
        }
        for format in AttributeNameFormat::ALL {
            assert_eq!(AttributeNameFormat::parse(format.uri()), Some(format));
        }
        for comparison in Comparison::ALL {
            assert_eq!(Comparison::parse(comparison.as_str()), Some(comparison));
        }
        for status in TopStatus::ALL {
            assert_eq!(TopStatus::parse(status.uri()), Some(status));
        }
        assert_eq!(Comparison::parse("EXACT"), None);
        assert_eq!(TopStatus::parse(SecondStatus::PartialLogout.uri()), None);
    }
}
