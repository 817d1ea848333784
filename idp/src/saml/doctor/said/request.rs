//! What is said of a message of a provider.

use super::{Apart, Differ, Quoted, Quotes, Slip, sentences};

sentences! {
    /// What was found of a message of a provider.
    OfRequest {
        RestDepends = "rest-depends-on-issuer": "All else depends on whose message it is.";

        NoIssuer = "no-issuer": "The message has no Issuer.";
        Registered { issuer: Quoted, name: Quoted } = "issuer-registered":
            "{issuer} is registered as {name}.";
        IssuerMisspelt { issuer: Quoted, registered: Quoted, by: Slip } = "issuer-misspelt":
            "{issuer} is not registered. {registered} is, and differs by {by}: entity IDs are \
             compared to the letter.";
        IssuerNear { issuer: Quoted, nearest: Quoted } = "issuer-near":
            "{issuer} is not registered. The nearest is {nearest}.";
        IssuerUnknown { issuer: Quoted } = "issuer-unknown": "{issuer} is not registered.";

        Issued { at: String, count: u64, apart: Apart } = "issued":
            "It was made on {at}, which is {ago} by our clock.", ago = apart.of(*count);
        IssuedTooFar { at: String, count: u64, apart: Apart } = "issued-too-far":
            "It was made on {at}, which is {ago} by our clock. That is too far.",
            ago = apart.of(*count);

        Destination { address: Quoted } = "destination": "It is {address}.";
        NoDestination = "no-destination":
            "It names none, which an unsigned message does not have to.";
        OtherDestination { destination: Quoted, address: Quoted, by: Differ } = "other-destination":
            "It is {destination}, and requests are taken at {address}.{by}";
        SignedNoDestination = "signed-without-destination":
            "The message is signed and names no Destination.";

        Consumer { address: Quoted } = "answer-goes-to": "The answer goes to {address}.";
        NoSuchIndex { index: u16, indexes: String } = "consumer-index-unknown":
            "It asks for the AssertionConsumerService of index {index}, which is not in its \
             metadata, or not by a binding that answers go by; there are {indexes}.";
        ConsumerUnknown { address: Quoted, registered: Quotes } = "consumer-unknown":
            "It asks for the answer at {address}, which is not in its metadata. Registered are: \
             {registered}.";
        ConsumerMisspelt { address: Quoted, registered: Quoted, by: Slip } = "consumer-misspelt":
            "It asks for the answer at {address}, which is not in its metadata. {registered} is, \
             and differs by {by}.";
        ConsumerNear { address: Quoted, nearest: Quoted } = "consumer-near":
            "It asks for the answer at {address}, which is not in its metadata. The nearest is \
             {nearest}.";
        NoSuchBinding = "consumer-binding-unknown":
            "It asks for the answer by a binding that its metadata does not have there, or that \
             answers do not go by.";

        NamedBy { format: Quoted } = "named-by": "People are named by {format}.";
        OtherNamespace { namespace: Quoted } = "name-of-another":
            "It asks for a name in the namespace {namespace}, which is another provider's.";
        FormatUnknown { format: Quoted } = "name-format-unknown":
            "It asks for the format {format}, which is not made here.";

        ClassUnknown { classes: Quotes, comparison: &'static str } = "class-unreachable":
            "It asks for {classes} ({comparison}), and no log-in here comes up to that.";
        DeclarationUnknown { comparison: &'static str } = "declaration-unreachable":
            "It asks for a declaration ({comparison}), and no log-in here comes up to that.";
        AnyLogIn = "any-log-in": "Any log-in will do.";

        Subject { name: Quoted } = "subject": "The person {name} has to log in.";
        NothingInTheWay = "nothing-in-the-way": "Nothing in it stands in the way.";
        SubjectUnreadable = "subject-unreadable":
            "Who has to log in is encrypted, or not named.";
        OtherIdentityProviders { providers: Quotes, ours: Quoted } = "scoping-names-others":
            "Its Scoping names the identity providers {providers}, and not {ours}.";

        ReplayUnjudged = "replay-unjudged":
            "Whether it was answered before is not judged: each request is answered once.";

        HoldsUntil { until: String, count: u64, apart: Apart } = "holds-until":
            "It holds until {until} ({ago}).", ago = apart.of(*count);
        SessionFound { name: Quoted } = "session-found":
            "Somebody was logged in to the provider under the name {name}.";
        NoSession { name: Quoted } = "no-session":
            "Nobody was logged in to the provider under the name {name}.";
        OtherSession { name: Quoted } = "other-session":
            "Somebody was logged in under the name {name}, and not with that Format, those \
             qualifiers and that SessionIndex.";

        ArtifactOurs = "artifact-ours":
            "It is of ours. Whether its message is still there is not looked up: that would use it \
             up.";
        ArtifactOthers = "artifact-of-somebody-else":
            "Its artifact stands for somebody else's message.";
    }
}
