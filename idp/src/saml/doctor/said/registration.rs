//! What is said of a registration.

use super::{Apart, Quoted, Quotes, Strength, sentences};

sentences! {
    /// What was found of a registration.
    OfRegistration {
        Endless = "metadata-without-end": "Its metadata is registered, and has no end.";
        Current { until: String, count: u64, apart: Apart } = "metadata-holds":
            "Its metadata holds until {until} ({ago}).", ago = apart.of(*count);
        Over { until: String, count: u64, apart: Apart } = "metadata-over":
            "Its metadata held until {until} ({ago}): nobody is logged in to it.",
            ago = apart.of(*count);

        NoCertificates = "no-certificates": "Its metadata has no certificates.";
        Certificate { certificate: String, until: String, count: u64, apart: Apart }
            = "certificate-ends":
            "The end of its one certificate {certificate} (SHA-256) is {until} ({ago}).",
            ago = apart.of(*count);
        Certificates {
            certificates: usize, certificate: String, until: String, count: u64, apart: Apart
        } = "first-certificate-ends":
            "The first of its {certificates} certificates to end is {certificate} (SHA-256), on \
             {until} ({ago}).",
            ago = apart.of(*count);

        Consumer { address: Quoted } = "answers-go-to": "Answers go to {address}.";
        NoConsumer = "no-consumer":
            "Its metadata has no AssertionConsumerService by a binding that answers go by.";

        EncryptionImpossible = "encryption-impossible":
            "Assertions for it have to be encrypted, and its metadata has no key that can be \
             encrypted to: nobody is logged in to it.";
        Encrypted { algorithm: Quoted } = "encrypted-by":
            "Assertions are encrypted by {algorithm}.";
        NeverEncrypted = "never-encrypted": "Its settings say that nothing is encrypted.";
        NotEncrypted = "not-encrypted":
            "Assertions are not encrypted: its metadata has no key for that.";

        MayBeUnsigned = "requests-unsigned": "Its requests may come unsigned.";
        NothingToVerify = "requests-not-verifiable":
            "Its requests have to be signed, and its metadata has no key that could verify them: \
             nobody is logged in to it.";
        SignedByOne = "requests-signed-with-its-key":
            "Its requests have to be signed, with its registered key.";
        SignedByOneOf { keys: usize } = "requests-signed-with-one-of":
            "Its requests have to be signed, with one of its {keys} registered keys.";

        NoLogOut = "no-log-out":
            "Its metadata has no SingleLogoutService: it is not told when people log out.";
        LogOutUnknown = "log-out-binding-unknown":
            "Its SingleLogoutService is by no binding that is known here.";
        LogOut { addresses: Quotes } = "log-out-told-at": "It is told at {addresses}.";

        NameDepends = "name-depends": "It depends on what is asked.";
        TakesAnyName { format: Quoted } = "named-and-takes-any":
            "People are named by {format}, and it takes any format.";
        TakesOtherNames { format: Quoted, formats: Quotes } = "named-and-takes-others":
            "People are named by {format}, and its metadata takes {formats}.";

        NoStrength = "no-strength": "It demands no particular log-in.";
        Reachable { strength: Strength } = "strength-reachable":
            "A log-in has to be as strong as {strength}, which people can have.";
        Unreachable { strength: Strength, organisations: Quotes } = "strength-unreachable":
            "A log-in has to be as strong as {strength}, and the policy of {organisations} lets \
             nobody set that up.";
        UnreachableForSome { strength: Strength, organisations: Quotes }
            = "strength-unreachable-for-some":
            "A log-in has to be as strong as {strength}, and the policy of {organisations} lets \
             nobody set that up. The people of other organisations can.";

        NothingSaid = "nobody-named-without-consumer":
            "Nothing: there is no place where answers go.";
        NobodyNamed { username: Quoted, status: Quoted } = "nobody-named":
            "Nobody would be named: the answer to a log-in of {username} is the status {status}.";
        CanBeMade { username: Quoted, strength: Strength } = "assertion-can-be-made":
            "An assertion of {username}, who logged in with {strength}, can be made.";
        Discarded {
            username: Quoted, strength: Strength, discarded: Quotes, scopes: Quotes, count: usize
        } = "assertion-partly-discarded":
            "An assertion of {username}, who logged in with {strength}, can be made. Shibboleth \
             discards {discarded} of it: our metadata has the {scope} {scopes}.",
            scope = if *count == 1 { "scope" } else { "scopes" };
    }
}
