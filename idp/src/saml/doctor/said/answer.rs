//! What is said of a message of ours.

use super::{Apart, Differ, Meaning, OurKey, Quoted, Quotes, sentences};

sentences! {
    /// What was found of a message that we sent, or that says so.
    OfAnswer {
        OfAnother { issuer: Quoted, ours: Quoted, by: Differ } = "issuer-is-another":
            "It is of {issuer}, and we are {ours}.{by}";
        AsWe = "request-under-our-name": "A request of a provider under our own entity ID.";
        OfOurs = "issuer-is-ours": "It says to be ours.";

        Signed { key: OurKey, certificate: String } = "signed-by-us":
            "We signed the message, with {key}, whose certificate is {certificate} (SHA-256).";
        SignedSomehow = "signed-by-us-unread": "We signed the message.";
        SignedAssertion { key: OurKey, certificate: String } = "assertion-signed-by-us":
            "We signed the assertion, with {key}, whose certificate is {certificate} (SHA-256). \
             The response around it is not signed.";
        EncryptedUnsigned = "signature-encrypted":
            "The response is not signed. Whether the assertion is cannot be told: it is encrypted.";
        Unsigned = "nothing-signed": "Nothing in it is signed, and we sign all that we send.";
        Changed = "changed-since-we-signed": "We signed it, and it was changed since.";
        OtherQuery = "query-not-signed-by-us":
            "The signature over its query is by no key of ours, or the query was changed since.";
        OtherKey = "signed-by-another": "It is signed, and not with a key of ours.";
        OtherKeyNamed { certificate: String } = "signed-by-another-certificate":
            "It is signed, and not with a key of ours. It names {certificate} (SHA-256).";
        OtherKeyOurName { certificate: String } = "signed-by-another-as-ours":
            "It is signed, and not with a key of ours. It names our certificate {certificate} \
             (SHA-256).";

        Success = "success": "Success.";
        SuccessSaying { message: Quoted } = "success-saying": "Success. It says {message}.";
        Partial = "partial-log-out":
            "The session is ended, and not every application could be told.";
        PartialSaying { message: Quoted } = "partial-log-out-saying":
            "The session is ended, and not every application could be told. It says {message}.";
        Status { codes: Quotes, meaning: Meaning } = "status": "{codes}: {meaning}.";
        StatusSaying { codes: Quotes, meaning: Meaning, message: Quoted } = "status-saying":
            "{codes}: {meaning}. It says {message}.";

        Audience { provider: Quoted } = "audience": "It is for {provider}.";
        OtherAudience { audiences: Quotes } = "audience-unknown":
            "It is for {audiences}, which is not registered here.";
        Recipient { address: Quoted } = "recipient": "It may be shown at {address}.";
        OtherRecipient { address: Quoted } = "recipient-unknown":
            "It may be shown at {address}, which is not in its metadata.";
        Holds { from: String, until: String, count: u64, apart: Apart } = "holds-from-until":
            "It holds from {from} to {until}, which is {ago} by our clock.",
            ago = apart.of(*count);

        NoDestination = "answer-without-destination": "It names none.";
        Destination { address: Quoted } = "destination-registered":
            "It is {address}, as in metadata.";
        OtherDestination { address: Quoted } = "destination-unknown":
            "It is {address}, which no registered provider has.";

        Plain = "assertion-plain": "Its assertion is not encrypted.";
        Encrypted { algorithms: Quotes } = "assertion-encrypted":
            "Its assertion is encrypted by {algorithms}, for a key that is not named.";
        EncryptedFor { algorithms: Quotes, certificate: String } = "assertion-encrypted-for":
            "Its assertion is encrypted by {algorithms}, for the key of the certificate \
             {certificate} (SHA-256).";
        EncryptedForIt { algorithms: Quotes, certificate: String } = "assertion-encrypted-for-it":
            "Its assertion is encrypted by {algorithms}, for the key of the certificate \
             {certificate} (SHA-256). It is the provider's: only its private key opens it.";
        EncryptedForNone { algorithms: Quotes, certificate: String }
            = "assertion-encrypted-without-key":
            "Its assertion is encrypted by {algorithms}, for the key of the certificate \
             {certificate} (SHA-256). That is no certificate of its metadata here, which has none.";
        EncryptedForOther { algorithms: Quotes, certificate: String, registered: String }
            = "assertion-encrypted-for-other":
            "Its assertion is encrypted by {algorithms}, for the key of the certificate \
             {certificate} (SHA-256). That is no certificate of its metadata here, which has \
             {registered}.";
    }
}
