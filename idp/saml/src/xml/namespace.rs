//! The namespaces that are written, each with one prefix, and which of them an element is inside.

use crate::names::{
    ALGORITHM_NS, ASSERTION_NS, DSIG_NS, ENTITY_ATTRIBUTES_NS, METADATA_NS, PROTOCOL_NS,
    SHIBBOLETH_NS, SOAP_NS, UI_NS, XENC_NS, XENC11_NS,
};

/// A namespace and the prefix that stands for it everywhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Namespace {
    Saml,
    Samlp,
    Soap,
    Ds,
    Xenc,
    Xenc11,
    Md,
    Mdattr,
    Mdui,
    Shibmd,
    Alg,
}

impl Namespace {
    /// Every namespace.
    pub(crate) const ALL: [Self; 11] = [
        Self::Saml,
        Self::Samlp,
        Self::Soap,
        Self::Ds,
        Self::Xenc,
        Self::Xenc11,
        Self::Md,
        Self::Mdattr,
        Self::Mdui,
        Self::Shibmd,
        Self::Alg,
    ];

    pub(crate) fn prefix(self) -> &'static str {
        match self {
            Self::Saml => "saml",
            Self::Samlp => "samlp",
            Self::Soap => "soap",
            Self::Ds => "ds",
            Self::Xenc => "xenc",
            Self::Xenc11 => "xenc11",
            Self::Md => "md",
            Self::Mdattr => "mdattr",
            Self::Mdui => "mdui",
            Self::Shibmd => "shibmd",
            Self::Alg => "alg",
        }
    }

    pub(crate) fn uri(self) -> &'static str {
        match self {
            Self::Saml => ASSERTION_NS,
            Self::Samlp => PROTOCOL_NS,
            Self::Soap => SOAP_NS,
            Self::Ds => DSIG_NS,
            Self::Xenc => XENC_NS,
            Self::Xenc11 => XENC11_NS,
            Self::Md => METADATA_NS,
            Self::Mdattr => ENTITY_ATTRIBUTES_NS,
            Self::Mdui => UI_NS,
            Self::Shibmd => SHIBBOLETH_NS,
            Self::Alg => ALGORITHM_NS,
        }
    }
}

/// The namespaces that an element's ancestors have declared.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Scope(u16);

impl Scope {
    pub(crate) fn has(self, namespace: Namespace) -> bool {
        self.0 & (1 << namespace as u16) != 0
    }

    pub(crate) fn with(self, namespace: Namespace) -> Self {
        Self(self.0 | (1 << namespace as u16))
    }

    /// Whether nothing but these two is in it.
    pub(crate) fn is_within(self, one: Namespace, other: Namespace) -> bool {
        self.0 & !Self::default().with(one).with(other).0 == 0
    }
}
