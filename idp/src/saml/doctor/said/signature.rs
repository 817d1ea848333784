//! What is said of the signature of a provider.

use super::reason::Why;
use super::{Quoted, Quotes, Soundly, sentences};

sentences! {
    /// What was found of the signature of a provider.
    OfSignature {
        NeedNot = "unsigned-allowed": "It is not signed, and does not have to be.";
        By { algorithm: Quoted, certificate: String } = "signed-with-certificate":
            "Signed by {algorithm} with the registered certificate {certificate} (SHA-256).";
        BySome { algorithm: Quoted } = "signed-with-key":
            "Signed by {algorithm} with a key of the provider's metadata.";

        MissingInstallation = "unsigned-installation":
            "It is not signed, and requests for a log-in have to be, whoever sends them: [saml] \
             says require_signed_requests in the settings of this installation.";
        MissingMetadata = "unsigned-metadata":
            "It is not signed, and requests of this provider have to be: its metadata says \
             AuthnRequestsSigned.";
        MissingSettings = "unsigned-settings":
            "It is not signed, and requests of this provider have to be: its settings here say so.";
        MissingProfile = "unsigned-profile":
            "It is not signed, and messages of this kind have to be, whoever sends them: anybody \
             could write one in the provider's name (SAML Profiles §4.4.4, SAML Bindings §3.6).";

        NoKey = "signed-without-registered-key":
            "It is signed, and the provider's metadata has no key that it signs with.";
        Changed = "changed-since-signed":
            "A key of the provider's signed it, and its digest differs: it was changed after it \
             was signed.";
        AlgorithmRefused { algorithms: Quotes, why: Why, names: String, reason: String }
            = "signature-algorithm-refused":
            "It is refused: {reason}. It says {algorithms}.";
        OtherQuery { registered: String } = "query-signed-by-another":
            "No key of the provider's metadata made the signature over this query: another key \
             did, or the query was changed after it was signed. Registered are: {registered} \
             (SHA-256 of the certificates).";
        OtherKey { registered: String } = "signed-by-unknown-key":
            "No key of the provider's metadata made the signature, and no certificate came along. \
             Registered are: {registered} (SHA-256 of the certificates).";
        OtherKeyAsIts { certificate: String } = "signed-by-other-as-registered":
            "It names the registered certificate {certificate} (SHA-256), whose key did not make \
             this signature: what is signed was changed, or something else signs.";
        OtherCertificate { soundly: Soundly, certificate: String, registered: String }
            = "signed-by-unknown-certificate":
            "{soundly} with the certificate {certificate} (SHA-256) that came along in its \
             KeyInfo, which is not in the provider's metadata here. Registered are: {registered}.";

        RelayStateRewritten = "relay-state-rewritten":
            "The provider signed it with another spelling of the RelayState: it was \
             percent-encoded again on the way, or after signing.";
        QueryRewritten = "query-rewritten":
            "The provider signed it with another spelling of its parameters: they were \
             percent-encoded again on the way, or after signing.";
        WithoutRelayState = "signed-without-relay-state":
            "The provider signed it without the RelayState that is in the address.";
        SignedDecoded = "signed-before-encoding":
            "The provider signed the parameters before it percent-encoded them.";
    }
}
