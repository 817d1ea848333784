//! What is said of whatever was looked at: what it is, how it came, and whose it is.

use super::reason::Why;
use super::{Element, Quoted, sentences};

sentences! {
    /// What was looked at.
    About {
        Nothing = "nothing": "something that carries no message";
        Other { name: Quoted } = "element": "an element {name}";
        Message { kind: Element } = "message": "{article} {kind}", article = kind.article();
        Artifact = "artifact": "an artifact";
        Registration { name: Quoted } = "registration": "the registration of {name}";
    }
}

sentences! {
    /// What was found of any message.
    OfMessage {
        Nothing = "nothing-pasted": "Nothing was pasted.";
        Long { kibibytes: usize } = "too-long":
            "It is {kibibytes} KiB long, more than any message.";
        Unknown { begins: Quoted } = "no-message":
            "It begins with {begins}, and is neither XML nor base64, nor has it a parameter \
             SAMLRequest, SAMLResponse or SAMLart.";
        WebPage = "web-page": "A web page, and no message.";
        Artifact = "artifact": "An artifact.";
        Envelope = "soap-envelope": "A SOAP envelope.";
        EnvelopeRefused { why: Why, names: String, reason: String } = "soap-envelope-refused":
            "A SOAP envelope, but {reason}.";
        Xml = "xml": "XML.";
        Address = "address": "An address.";
        Query = "query-or-form": "A query or the body of a form.";
        Base64 = "base64": "Base64.";

        Refused { why: Why, names: String, reason: String } = "refused":
            "It is refused: {reason}.";
        ArtifactWrong { why: Why, names: String, reason: String } = "artifact-wrong":
            "Wrong: {reason}.";

        AsInForm = "encoded-as-in-form": "It is base64, as in a form.";
        AsInAddress = "encoded-as-in-address":
            "It is base64 and compressed by DEFLATE, as in an address.";
        Uncompressed = "uncompressed-in-address":
            "It is base64 in an address, and not compressed by DEFLATE.";
        WellFormed = "well-formed": "It is well-formed and within bounds.";

        Kind { kind: Element } = "kind": "{kind}: {what}.", what = kind.what();
        KindInParameter { kind: Element, parameter: &'static str } = "kind-in-other-parameter":
            "{kind}, {what}, in the parameter {parameter}.", what = kind.what();
        OtherElement { name: Quoted, namespace: Quoted } = "other-element":
            "An element {name} of {namespace}.";

        CameSomehow = "came-somehow": "XML does not show how it came.";
        CameBy { binding: &'static str } = "came-by": "It came by {binding}.";
        CameByOther { binding: &'static str } = "came-by-other":
            "It came by {binding}, by which this kind of message does not travel.";

        Another { provider: Quoted, expected: Quoted } = "of-another-provider":
            "The message concerns {provider}, and not {expected}.";

        ArtifactOfOurs { index: u16 } = "artifact-of-ours":
            "It stands for a message of ours, which the provider fetches once and within minutes \
             at our ArtifactResolutionService of index {index}. Whether it is still there is not \
             looked up: that would use it up.";
        ArtifactOfProvider { provider: Quoted } = "artifact-of-provider":
            "It stands for a message of {provider}. Messages of providers are not fetched here.";
        ArtifactOfNobody = "artifact-of-nobody":
            "It stands for a message of an entity that is not registered here: its source is the \
             SHA-1 of neither our entity ID nor a provider's.";
    }
}
