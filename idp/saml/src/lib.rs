//! SAML 2.0 as messages speak it. No IO and no clock, and neither side's role is assumed.
//!
//! Owns what messages say ([`messages`]), the closed sets of URIs that they use ([`names`], and
//! [`Binding`] here), and how they are written, signed, screened, verified and read.

pub mod artifact;
pub mod encrypt;
pub mod keys;
pub mod messages;
pub mod metadata;
pub mod names;
mod parameters;
pub mod post;
pub mod read;
pub mod redirect;
pub mod soap;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tools;
pub mod verify;
pub mod write;
mod xml;

/// The most XML that a message may be, in bytes.
pub const LARGEST_MESSAGE: usize = 256 * 1024;

/// How a message travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Binding {
    /// In the query of an address (Bindings §3.4).
    Redirect,
    /// In a form that the browser posts (Bindings §3.5).
    Post,
    /// As a reference that the receiver resolves (Bindings §3.6).
    Artifact,
    /// In a SOAP envelope, without a browser (Bindings §3.2).
    Soap,
}

impl Binding {
    /// Every binding.
    pub const ALL: [Self; 4] = [Self::Redirect, Self::Post, Self::Artifact, Self::Soap];

    /// The URI that names it.
    #[must_use]
    pub fn uri(self) -> &'static str {
        match self {
            Self::Redirect => "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect",
            Self::Post => "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST",
            Self::Artifact => "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Artifact",
            Self::Soap => "urn:oasis:names:tc:SAML:2.0:bindings:SOAP",
        }
    }

    /// The binding of a URI, if it is one of these: the same text, to the letter.
    #[must_use]
    pub fn parse(uri: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|binding| binding.uri() == uri)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_binding_is_read_from_its_own_uri_and_no_other() {
        for binding in Binding::ALL {
            assert_eq!(Binding::parse(binding.uri()), Some(binding));
            assert_eq!(Binding::parse(&binding.uri().to_lowercase()), None);
        }
        assert_eq!(Binding::parse("urn:oasis:names:tc:SAML:2.0:bindings:PAOS"), None);
    }
}
