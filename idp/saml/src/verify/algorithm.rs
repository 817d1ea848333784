//! Which signatures are accepted (RFC 6931 §2.3): RSA and ECDSA over SHA-256 and up.

/// An algorithm that signatures may be made with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Algorithm {
    /// RSA PKCS#1 v1.5 over SHA-256.
    RsaSha256,
    /// RSA PKCS#1 v1.5 over SHA-384.
    RsaSha384,
    /// RSA PKCS#1 v1.5 over SHA-512.
    RsaSha512,
    /// ECDSA over SHA-256.
    EcdsaSha256,
    /// ECDSA over SHA-384.
    EcdsaSha384,
    /// ECDSA over SHA-512.
    EcdsaSha512,
}

/// The digests that are accepted (RFC 6931 §2.1, XML Encryption 1.1 §5.7), the usual one first.
pub const DIGESTS: [&str; 3] = [
    "http://www.w3.org/2001/04/xmlenc#sha256",
    "http://www.w3.org/2001/04/xmldsig-more#sha384",
    "http://www.w3.org/2001/04/xmlenc#sha512",
];

/// Why an algorithm is not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AlgorithmError {
    /// It can be forged.
    #[error(
        "the signature is made with SHA-1 or MD5, which can be forged: SHA-256 or better is needed"
    )]
    Broken,
    /// It proves nothing: a public key is no secret.
    #[error("the signature is made with a shared secret (HMAC) instead of a key pair")]
    Hmac,
    /// It is none of the list.
    #[error(
        "the signature is made with an algorithm that is not known here: RSA or ECDSA with SHA-256, \
         SHA-384 or SHA-512 are"
    )]
    Unknown,
}

impl Algorithm {
    /// Every algorithm.
    pub const ALL: [Self; 6] = [
        Self::RsaSha256,
        Self::RsaSha384,
        Self::RsaSha512,
        Self::EcdsaSha256,
        Self::EcdsaSha384,
        Self::EcdsaSha512,
    ];

    /// The URI that names it.
    #[must_use]
    pub fn uri(self) -> &'static str {
        match self {
            Self::RsaSha256 => "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
            Self::RsaSha384 => "http://www.w3.org/2001/04/xmldsig-more#rsa-sha384",
            Self::RsaSha512 => "http://www.w3.org/2001/04/xmldsig-more#rsa-sha512",
            Self::EcdsaSha256 => "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256",
            Self::EcdsaSha384 => "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384",
            Self::EcdsaSha512 => "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha512",
        }
    }

    /// The algorithm of a URI: the same text, to the letter.
    ///
    /// # Errors
    ///
    /// [`AlgorithmError`] says why it is not accepted.
    pub fn parse(uri: &str) -> Result<Self, AlgorithmError> {
        let known = Self::ALL.into_iter().find(|algorithm| algorithm.uri() == uri);
        known.ok_or_else(|| {
            let name = uri.rsplit_once('#').map_or("", |(_, name)| name);
            if name.starts_with("hmac-") {
                AlgorithmError::Hmac
            } else if name.ends_with("-sha1") || name.ends_with("-md5") {
                AlgorithmError::Broken
            } else {
                AlgorithmError::Unknown
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_algorithm_is_read_from_its_own_uri_and_no_other() {
        for algorithm in Algorithm::ALL {
            assert_eq!(Algorithm::parse(algorithm.uri()), Ok(algorithm));
            let other = algorithm.uri().to_uppercase();
            assert_eq!(Algorithm::parse(&other), Err(AlgorithmError::Unknown));
        }
    }

    #[test]
    fn sha1_md5_and_hmac_are_refused_by_name() {
        for broken in [
            "http://www.w3.org/2000/09/xmldsig#rsa-sha1",
            "http://www.w3.org/2000/09/xmldsig#dsa-sha1",
            "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha1",
            "http://www.w3.org/2001/04/xmldsig-more#rsa-md5",
        ] {
            assert_eq!(Algorithm::parse(broken), Err(AlgorithmError::Broken), "{broken}");
        }
        for shared in [
            "http://www.w3.org/2000/09/xmldsig#hmac-sha1",
            "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256",
        ] {
            assert_eq!(Algorithm::parse(shared), Err(AlgorithmError::Hmac), "{shared}");
        }
        for unknown in ["", "none", "http://www.w3.org/2007/05/xmldsig-more#rsa-pss"] {
            assert_eq!(Algorithm::parse(unknown), Err(AlgorithmError::Unknown), "{unknown}");
        }
    }
}
