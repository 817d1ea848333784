//! What is said of what to change.

use super::{Quoted, sentences};

sentences! {
    /// What to do.
    Advice {
        Paste = "paste-message": "Paste the address, the form field or the XML of a message.";
        PasteOne = "paste-one-message": "Paste one message alone.";
        CopyWhole = "copy-address-or-field":
            "Copy the whole address from the browser, or the value of the field SAMLRequest or \
             SAMLResponse from its developer tools.";
        CopyHidden = "copy-hidden-field":
            "Copy the value of its hidden field SAMLRequest or SAMLResponse.";
        CopyAll = "copy-all": "Check that all of it was copied, and nothing else.";
        SendEnvelope = "send-soap-envelope":
            "Send a SOAP 1.1 envelope with the message alone in its Body.";
        SendPlainXml = "send-plain-xml":
            "Have the provider send XML without document types, entities of its own and processing \
             instructions: nothing is ever fetched or expanded.";
        SendUtf8 = "send-utf-8":
            "Have the provider send the XML in UTF-8, with the characters that XML allows.";
        Repair = "repair-software": "Else have the provider's software repaired.";
        SendOrdinary = "send-ordinary-message":
            "Have the provider send an ordinary message: no sound software writes such a one.";
        SendArtifact = "send-artifact": "Send an artifact of type 0x0004, in base64.";
        Compress = "compress-or-post":
            "Send the message compressed (HTTP-Redirect), or post it in a form (HTTP-POST).";
        SendBase64 = "send-base64":
            "Else have it send base64, which is percent-encoded in an address, and compressed by \
             DEFLATE there.";
        SendInParameter { parameter: &'static str } = "send-in-parameter":
            "Send it in the parameter {parameter}.";
        SendBy { binding: &'static str } = "send-by": "Send it by {binding}.";
        SendByEither = "send-by-redirect-or-post": "Send it by HTTP-Redirect or HTTP-POST.";
        RegisterThis = "register-this-metadata":
            "This is metadata: register it under applications, or with `latchkey sp add`.";
        PasteResponse = "paste-whole-response": "Paste the whole Response around it.";
        PasteRequestOfFault = "paste-request-of-fault":
            "This is a SOAP fault: it says what whoever sent it did not like. Paste the request \
             that it answers.";
        SendSaml2 = "send-saml-message":
            "Send a message of SAML 2.0: AuthnRequest, LogoutRequest, LogoutResponse, Response or \
             ArtifactResolve.";
        SendOfThis = "send-of-this-provider":
            "Send the message of this provider, or look at the other one.";
        SendNoArtifact = "send-no-artifact":
            "Have it send requests by HTTP-Redirect or HTTP-POST.";
        CompareEntityIds = "compare-entity-ids":
            "Compare the entity IDs on both sides, to the letter.";

        SaySo = "say-issuer": "Have the provider say its entity ID in an Issuer element.";
        SetEntityId { entity_id: Quoted } = "set-entity-id": "Set its entity ID to {entity_id}.";
        OrSetEntityId { entity_id: Quoted } = "or-set-entity-id":
            "Or, if it is the same, set its entity ID to {entity_id}.";
        OrRegisterOther = "or-register-other-entity-id":
            "Or register the metadata that has the entity ID of the message.";
        Register = "register-provider": "Register the metadata of the provider.";
        SetClock = "set-clock-or-begin-again":
            "If the message is fresh, set the provider's clock (NTP), or ours. If it was only kept \
             for a while, as in a bookmark or since it was copied, begin again at the application.";
        ReadOurMetadata = "read-our-metadata":
            "Have it read our metadata again and take the address from there.";
        OrOurAddress = "or-our-address":
            "If people reach this provider under the other address, issuer has to be that one.";
        SayDestination { address: Quoted } = "say-destination":
            "Have it say Destination={address} (SAML Bindings §3.4.5.2).";
        AskKnownIndex = "ask-known-index":
            "Ask for an index that is in its metadata, by HTTP-POST.";
        AskKnownAddress = "ask-known-address":
            "Ask for an address that is in its metadata, to the letter.";
        AskPost = "ask-post": "Ask for ProtocolBinding HTTP-POST, or for none.";
        OrRegisterAgain = "or-register-again":
            "Or register the provider's metadata again, if it has changed. Answers go to addresses \
             of metadata alone.";
        PutConsumer = "put-consumer":
            "Put an AssertionConsumerService by HTTP-POST into its metadata.";
        LeaveQualifier = "leave-qualifier-out":
            "Leave SPNameQualifier out of the NameIDPolicy.";
        AskKnownFormat = "ask-known-format":
            "Ask for persistent, transient, emailAddress or unspecified, or for no format.";
        AskKnownClass = "ask-known-class":
            "Ask for a class that is known here, or for none.";
        OrSayClass = "or-say-class": "Or say in its settings what that class means (classes).";
        NamePlainly = "name-plainly":
            "Name the person in a plain NameID, or leave the Subject out.";
        PutIntoIdpList = "put-into-idp-list":
            "Put our entity ID into its IDPList, or leave that out.";
        SendAnother = "send-another": "Send another one, and set the provider's clock.";
        SendNameId = "send-name-id": "Send the NameID of the assertion as it came.";
        SendSession = "send-session":
            "Send NameID and SessionIndex of the assertion as they came, with Format and \
             qualifiers, or no SessionIndex.";
        ResolveElsewhere = "resolve-elsewhere":
            "Resolve it at whoever it is of: its source says who.";
        SendSamlArt = "send-artifact-as-it-came":
            "Send the parameter SAMLart as it came, decoded once.";

        GiveOurMetadata = "give-our-metadata":
            "If people should log in here, give the provider our metadata; else ask whoever sent \
             it.";
        OwnEntityId = "use-own-entity-id": "Have it use an entity ID of its own.";
        RefuseNotOurs = "refuse-not-ours": "Refuse it: it is not ours as it stands.";
        RefuseNotSent = "refuse-not-sent": "Refuse it: we did not send it as it stands.";
        RefuseNotSoSigned = "refuse-not-so-signed": "Refuse it: we do not sign like that.";
        RefuseNoDestination = "refuse-without-destination":
            "Refuse it: all that we send names where it goes.";
        LogInAgain = "log-in-again-after-removal":
            "If the key is one that was removed here, log in again.";
        FindChange = "find-change":
            "Find what changes it on the way: something that formats XML, or writes it in another \
             character set. Copying XML out of a log does so too: paste the form field instead.";
        KeptOrClock = "kept-or-clock":
            "An assertion is for at once: that one that was kept is refused is as it should be. If \
             a fresh one is refused, set the provider's clock (NTP), or ours.";
        CompareAudience = "compare-audience":
            "Compare its entity ID with the one of its metadata, to the letter.";
        RegisterAgain = "register-again": "Register the provider's metadata again.";
        RegisterIfChanged = "register-if-changed":
            "Register the provider's metadata again, if it has changed.";
        RegisterKeyForReading = "register-with-reading-key":
            "Register the provider's metadata again, with the key that it opens with.";

        PageSaid = "nothing-page-said-applications":
            "Nothing: the page here said which applications were not told.";
        LookIntoLog = "look-into-log": "Look into the log of whoever answered.";
        LogInAsNamed = "log-in-as-named":
            "Log in again, as the person whom the request names, if it names one.";
        AskOtherName = "ask-other-name":
            "Ask for another NameIDPolicy Format, or give the person what the name is made of, \
             such as an e-mail address.";
        SeeFactors = "see-request-and-factors":
            "See what the request asks for: paste it here. The person may have no second factor, \
             or the policy none that is strong enough.";
        WithoutPassive = "send-without-passive":
            "Nothing, if that was meant as a question. Else send the request without IsPassive.";
        PageSaidWhich = "nothing-page-said-which":
            "Nothing: the page here said which were not.";
        AskDirectly = "ask-directly": "Ask us directly.";
        BeginAgain = "begin-again": "Begin again at the application.";
        SeeRequest = "see-request": "See what the request asks for: paste it here.";
        SendNameIdOrNone = "send-name-id-or-none":
            "Send the NameID as it was received, or leave the Subject out.";
        AskAnswerByPost = "ask-answer-by-post": "Ask for the answer by HTTP-POST.";

        SpeakSaml2 = "speak-saml-2": "Have the provider speak SAML 2.0.";
        SendUnencrypted = "send-unencrypted":
            "Send it unencrypted: no key for reading is published here.";
        FollowSchema = "follow-schema":
            "Have the provider's software follow the schema of SAML 2.0 there.";
        UseAlgorithm = "use-sound-algorithm":
            "Have the provider sign with RSA or ECDSA and SHA-256, and send the signature with the \
             name of its algorithm.";
        RegisterSigningKey = "register-with-signing-key":
            "Register the provider's metadata again, with a KeyDescriptor for signing in it.";
        FindProxy = "find-change-on-the-way":
            "Find what changes it on the way: a proxy, a filter, something that formats XML or \
             writes it in another character set. Copying XML out of a log does so too: paste the \
             address or the form field instead.";
        LeaveSignatureOut = "sign-query-instead":
            "Have the provider leave the XML signature out where it sends an address, and sign the \
             query (SAML Bindings §3.4.4.1).";
        SignMessage = "sign-message-itself":
            "Have the provider sign the message itself, once: one reference to its ID, enveloped, \
             in exclusive canonical form without comments (SAML Core §5.4). If its software does, \
             somebody tried to slip something in.";
        SwitchSigningOn = "switch-signing-on":
            "Switch signing on there, with the key of its metadata.";
        PasteWholeAddress = "paste-whole-address":
            "If it went in an address, paste the whole address: the signature stands beside the \
             message there.";
        PasteSigAlg = "paste-signature-too":
            "If the address had a SigAlg and a Signature, paste it as a whole.";
        AllowUnsigned = "allow-unsigned":
            "Its settings can say requests = \"unsigned\", where that is wanted.";
        RegisterNewKey = "register-new-key":
            "If the provider has a new key, register its metadata again. Until then it has to sign \
             with the old one.";
        FindQueryChange = "find-change-of-query":
            "If its key is registered, find what changes the query on the way: the message, the \
             RelayState or the SigAlg is another than was signed.";
        RegisterCurrentKey = "register-current-key":
            "Register the provider's metadata again, with the key that it signs with now.";
        SignWithThat = "sign-with-named-key":
            "See to it that its software signs with the key of that certificate.";
        AskOperator = "ask-operator-by-another-way":
            "Ask the provider's operator, by another way, whether that certificate is theirs. If \
             it is, register their metadata again: a certificate that comes along with a message \
             is never trusted.";
        SignWithRegistered = "sign-with-registered-key":
            "Else have it sign with the key of the registered certificate.";
        PutVeryText = "put-signed-text":
            "Have the provider put the very text into the address that it signed, and see that no \
             proxy encodes addresses anew.";
        PutVeryQuery = "put-signed-query":
            "Have the provider put the very text into the address that it signed (SAML Bindings \
             §3.4.4.1), and see that no proxy encodes addresses anew.";
        SignAllThree = "sign-relay-state-too":
            "Have the provider sign SAMLRequest, RelayState and SigAlg, in that order (SAML \
             Bindings §3.4.4.1).";
        SignEncoded = "sign-encoded-text":
            "Have the provider sign the percent-encoded text (SAML Bindings §3.4.4.1).";

        RegisterItAgain = "register-it-again": "Register its metadata again.";
        PublishLater = "publish-later-end": "Publish metadata with a later validUntil.";
        MakeKey = "make-new-key":
            "Make a new key and publish it in its metadata beside the old one before that day: its \
             own software may refuse an old certificate, although we go by metadata.";
        ThenRegister = "then-register-again": "Then register its metadata again.";
        PublishEncryptionKey = "publish-encryption-key":
            "Publish an RSA key of 2048 bits or more for encryption in its metadata.";
        OrEncryptAuto = "or-encrypt-auto":
            "Or let its settings say encrypt_assertions = \"auto\".";
        PublishSigningKey = "publish-signing-key":
            "Publish the key that it signs with in its metadata (use=\"signing\").";
        OrTakeOut = "or-take-signing-out":
            "Or take require_signed_requests out of [saml] in the settings of this installation, \
             where that is wanted.";
        OrUnsigned = "or-requests-unsigned":
            "Or let its settings say requests = \"unsigned\".";
        PublishLogOut = "publish-log-out": "Publish one by SOAP, HTTP-Redirect or HTTP-POST.";
        SetNameId = "set-name-id": "Let its settings say a name_id that it takes.";
        OrTakeNames = "or-take-known-names":
            "Or have it take persistent, transient, emailAddress or unspecified names.";
        AllowInPolicy = "allow-in-policy":
            "Allow it in that policy: its methods, and how far the roll-out of keys is.";
        OrAskLess = "or-ask-less": "Or have it ask for less.";
        GiveName = "give-name":
            "Give the person what the name is made of, such as an e-mail address, or choose \
             another kind of name (name_id, name_id_from) in the provider's settings.";
        AddScope = "add-scope":
            "Add the domain to scopes under [saml] in the settings of this installation.";
        ThenReadAgain = "then-read-our-metadata": "Then have it read our metadata again.";
    }
}
