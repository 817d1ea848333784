console-doctor-about-nothing = something that carries no message
console-doctor-about-element = an element “{ $name }”
console-doctor-about-message =
    { $kind ->
        [LogoutRequest] a LogoutRequest
        [LogoutResponse] a LogoutResponse
        [Response] a Response
       *[other] an { $kind }
    }
console-doctor-about-artifact = an artifact
console-doctor-about-registration = the registration of “{ $name }”
console-doctor-found-nothing-pasted = Nothing was pasted.
console-doctor-found-too-long = It is { $kibibytes } KiB long, more than any message.
console-doctor-found-no-message = It begins with “{ $begins }”, and is neither XML nor base64, nor has it a parameter SAMLRequest, SAMLResponse or SAMLart.
console-doctor-found-web-page = A web page, and no message.
console-doctor-found-artifact = An artifact.
console-doctor-found-soap-envelope = A SOAP envelope.
console-doctor-found-soap-envelope-refused = A SOAP envelope, but { console-doctor-why }.
console-doctor-found-xml = XML.
console-doctor-found-address = An address.
console-doctor-found-query-or-form = A query or the body of a form.
console-doctor-found-base64 = Base64.
console-doctor-found-refused = It is refused: { console-doctor-why }.
console-doctor-found-artifact-wrong = Wrong: { console-doctor-why }.
console-doctor-found-encoded-as-in-form = It is base64, as in a form.
console-doctor-found-encoded-as-in-address = It is base64 and compressed by DEFLATE, as in an address.
console-doctor-found-uncompressed-in-address = It is base64 in an address, and not compressed by DEFLATE.
console-doctor-found-well-formed = It is well-formed and within bounds.
console-doctor-found-kind = { $kind }: { console-doctor-what }.
console-doctor-found-kind-in-other-parameter = { $kind }, { console-doctor-what }, in the parameter { $parameter }.
console-doctor-found-other-element = An element “{ $name }” of “{ $namespace }”.
console-doctor-found-came-somehow = XML does not show how it came.
console-doctor-found-came-by = It came by { $binding }.
console-doctor-found-came-by-other = It came by { $binding }, by which this kind of message does not travel.
console-doctor-found-of-another-provider = The message concerns “{ $provider }”, and not “{ $expected }”.
console-doctor-found-artifact-of-ours = It stands for a message of ours, which the provider fetches once and within minutes at our ArtifactResolutionService of index { $index }. Whether it is still there is not looked up: that would use it up.
console-doctor-found-artifact-of-provider = It stands for a message of “{ $provider }”. Messages of providers are not fetched here.
console-doctor-found-artifact-of-nobody = It stands for a message of an entity that is not registered here: its source is the SHA-1 of neither our entity ID nor a provider’s.
console-doctor-found-rest-depends-on-issuer = All else depends on whose message it is.
console-doctor-found-no-issuer = The message has no Issuer.
console-doctor-found-issuer-registered = “{ $issuer }” is registered as “{ $name }”.
console-doctor-found-issuer-misspelt = “{ $issuer }” is not registered. “{ $registered }” is, and differs by { console-doctor-slip }: entity IDs are compared to the letter.
console-doctor-found-issuer-near = “{ $issuer }” is not registered. The nearest is “{ $nearest }”.
console-doctor-found-issuer-unknown = “{ $issuer }” is not registered.
console-doctor-found-issued = It was made on { $at }, which is { console-doctor-apart } by our clock.
console-doctor-found-issued-too-far = It was made on { $at }, which is { console-doctor-apart } by our clock. That is too far.
console-doctor-found-destination = It is “{ $address }”.
console-doctor-found-no-destination = It names none, which an unsigned message does not have to.
console-doctor-found-other-destination = It is “{ $destination }”, and requests are taken at “{ $address }”. { console-doctor-differ }
console-doctor-found-signed-without-destination = The message is signed and names no Destination.
console-doctor-found-answer-goes-to = The answer goes to “{ $address }”.
console-doctor-found-consumer-index-unknown = It asks for the AssertionConsumerService of index { $index }, which is not in its metadata, or not by a binding that answers go by; there are { $indexes }.
console-doctor-found-consumer-unknown = It asks for the answer at “{ $address }”, which is not in its metadata. Registered are: { $registered }.
console-doctor-found-consumer-misspelt = It asks for the answer at “{ $address }”, which is not in its metadata. “{ $registered }” is, and differs by { console-doctor-slip }.
console-doctor-found-consumer-near = It asks for the answer at “{ $address }”, which is not in its metadata. The nearest is “{ $nearest }”.
console-doctor-found-consumer-binding-unknown = It asks for the answer by a binding that its metadata does not have there, or that answers do not go by.
console-doctor-found-named-by = People are named by “{ $format }”.
console-doctor-found-name-of-another = It asks for a name in the namespace “{ $namespace }”, which is another provider’s.
console-doctor-found-name-format-unknown = It asks for the format “{ $format }”, which is not made here.
console-doctor-found-class-unreachable = It asks for { $classes } ({ $comparison }), and no log-in here comes up to that.
console-doctor-found-declaration-unreachable = It asks for a declaration ({ $comparison }), and no log-in here comes up to that.
console-doctor-found-any-log-in = Any log-in will do.
console-doctor-found-subject = The person “{ $name }” has to log in.
console-doctor-found-nothing-in-the-way = Nothing in it stands in the way.
console-doctor-found-subject-unreadable = Who has to log in is encrypted, or not named.
console-doctor-found-scoping-names-others = Its Scoping names the identity providers { $providers }, and not “{ $ours }”.
console-doctor-found-replay-unjudged = Whether it was answered before is not judged: each request is answered once.
console-doctor-found-holds-until = It holds until { $until } ({ console-doctor-apart }).
console-doctor-found-session-found = Somebody was logged in to the provider under the name “{ $name }”.
console-doctor-found-no-session = Nobody was logged in to the provider under the name “{ $name }”.
console-doctor-found-other-session = Somebody was logged in under the name “{ $name }”, and not with that Format, those qualifiers and that SessionIndex.
console-doctor-found-artifact-ours = It is of ours. Whether its message is still there is not looked up: that would use it up.
console-doctor-found-artifact-of-somebody-else = Its artifact stands for somebody else’s message.
console-doctor-found-issuer-is-another = It is of “{ $issuer }”, and we are “{ $ours }”. { console-doctor-differ }
console-doctor-found-request-under-our-name = A request of a provider under our own entity ID.
console-doctor-found-issuer-is-ours = It says to be ours.
console-doctor-found-signed-by-us = We signed the message, with { console-doctor-our-key }, whose certificate is { $certificate } (SHA-256).
console-doctor-found-signed-by-us-unread = We signed the message.
console-doctor-found-assertion-signed-by-us = We signed the assertion, with { console-doctor-our-key }, whose certificate is { $certificate } (SHA-256). The response around it is not signed.
console-doctor-found-signature-encrypted = The response is not signed. Whether the assertion is cannot be told: it is encrypted.
console-doctor-found-nothing-signed = Nothing in it is signed, and we sign all that we send.
console-doctor-found-changed-since-we-signed = We signed it, and it was changed since.
console-doctor-found-query-not-signed-by-us = The signature over its query is by no key of ours, or the query was changed since.
console-doctor-found-signed-by-another = It is signed, and not with a key of ours.
console-doctor-found-signed-by-another-certificate = It is signed, and not with a key of ours. It names { $certificate } (SHA-256).
console-doctor-found-signed-by-another-as-ours = It is signed, and not with a key of ours. It names our certificate { $certificate } (SHA-256).
console-doctor-found-success = Success.
console-doctor-found-success-saying = Success. It says “{ $message }”.
console-doctor-found-partial-log-out = The session is ended, and not every application could be told.
console-doctor-found-partial-log-out-saying = The session is ended, and not every application could be told. It says “{ $message }”.
console-doctor-found-status = { $codes }: { console-doctor-meaning }.
console-doctor-found-status-saying = { $codes }: { console-doctor-meaning }. It says “{ $message }”.
console-doctor-found-audience = It is for “{ $provider }”.
console-doctor-found-audience-unknown = It is for { $audiences }, which is not registered here.
console-doctor-found-recipient = It may be shown at “{ $address }”.
console-doctor-found-recipient-unknown = It may be shown at “{ $address }”, which is not in its metadata.
console-doctor-found-holds-from-until = It holds from { $from } to { $until }, which is { console-doctor-apart } by our clock.
console-doctor-found-answer-without-destination = It names none.
console-doctor-found-destination-registered = It is “{ $address }”, as in metadata.
console-doctor-found-destination-unknown = It is “{ $address }”, which no registered provider has.
console-doctor-found-assertion-plain = Its assertion is not encrypted.
console-doctor-found-assertion-encrypted = Its assertion is encrypted by { $algorithms }, for a key that is not named.
console-doctor-found-assertion-encrypted-for = Its assertion is encrypted by { $algorithms }, for the key of the certificate { $certificate } (SHA-256).
console-doctor-found-assertion-encrypted-for-it = Its assertion is encrypted by { $algorithms }, for the key of the certificate { $certificate } (SHA-256). It is the provider’s: only its private key opens it.
console-doctor-found-assertion-encrypted-without-key = Its assertion is encrypted by { $algorithms }, for the key of the certificate { $certificate } (SHA-256). That is no certificate of its metadata here, which has none.
console-doctor-found-assertion-encrypted-for-other = Its assertion is encrypted by { $algorithms }, for the key of the certificate { $certificate } (SHA-256). That is no certificate of its metadata here, which has { $registered }.
console-doctor-found-unsigned-allowed = It is not signed, and does not have to be.
console-doctor-found-signed-with-certificate = Signed by “{ $algorithm }” with the registered certificate { $certificate } (SHA-256).
console-doctor-found-signed-with-key = Signed by “{ $algorithm }” with a key of the provider’s metadata.
console-doctor-found-unsigned-installation = It is not signed, and requests for a log-in have to be, whoever sends them: [saml] says require_signed_requests in the settings of this installation.
console-doctor-found-unsigned-metadata = It is not signed, and requests of this provider have to be: its metadata says AuthnRequestsSigned.
console-doctor-found-unsigned-settings = It is not signed, and requests of this provider have to be: its settings here say so.
console-doctor-found-unsigned-profile = It is not signed, and messages of this kind have to be, whoever sends them: anybody could write one in the provider’s name (SAML Profiles §4.4.4, SAML Bindings §3.6).
console-doctor-found-signed-without-registered-key = It is signed, and the provider’s metadata has no key that it signs with.
console-doctor-found-changed-since-signed = A key of the provider’s signed it, and its digest differs: it was changed after it was signed.
console-doctor-found-signature-algorithm-refused = It is refused: { console-doctor-why }. It says { $algorithms }.
console-doctor-found-query-signed-by-another = No key of the provider’s metadata made the signature over this query: another key did, or the query was changed after it was signed. Registered are: { $registered } (SHA-256 of the certificates).
console-doctor-found-signed-by-unknown-key = No key of the provider’s metadata made the signature, and no certificate came along. Registered are: { $registered } (SHA-256 of the certificates).
console-doctor-found-signed-by-other-as-registered = It names the registered certificate { $certificate } (SHA-256), whose key did not make this signature: what is signed was changed, or something else signs.
console-doctor-found-signed-by-unknown-certificate = { console-doctor-soundly } with the certificate { $certificate } (SHA-256) that came along in its KeyInfo, which is not in the provider’s metadata here. Registered are: { $registered }.
console-doctor-found-relay-state-rewritten = The provider signed it with another spelling of the RelayState: it was percent-encoded again on the way, or after signing.
console-doctor-found-query-rewritten = The provider signed it with another spelling of its parameters: they were percent-encoded again on the way, or after signing.
console-doctor-found-signed-without-relay-state = The provider signed it without the RelayState that is in the address.
console-doctor-found-signed-before-encoding = The provider signed the parameters before it percent-encoded them.
console-doctor-found-metadata-without-end = Its metadata is registered, and has no end.
console-doctor-found-metadata-holds = Its metadata holds until { $until } ({ console-doctor-apart }).
console-doctor-found-metadata-over = Its metadata held until { $until } ({ console-doctor-apart }): nobody is logged in to it.
console-doctor-found-no-certificates = Its metadata has no certificates.
console-doctor-found-certificate-ends = The end of its one certificate { $certificate } (SHA-256) is { $until } ({ console-doctor-apart }).
console-doctor-found-first-certificate-ends = The first of its { $certificates } certificates to end is { $certificate } (SHA-256), on { $until } ({ console-doctor-apart }).
console-doctor-found-answers-go-to = Answers go to “{ $address }”.
console-doctor-found-no-consumer = Its metadata has no AssertionConsumerService by a binding that answers go by.
console-doctor-found-encryption-impossible = Assertions for it have to be encrypted, and its metadata has no key that can be encrypted to: nobody is logged in to it.
console-doctor-found-encrypted-by = Assertions are encrypted by “{ $algorithm }”.
console-doctor-found-never-encrypted = Its settings say that nothing is encrypted.
console-doctor-found-not-encrypted = Assertions are not encrypted: its metadata has no key for that.
console-doctor-found-requests-unsigned = Its requests may come unsigned.
console-doctor-found-requests-not-verifiable = Its requests have to be signed, and its metadata has no key that could verify them: nobody is logged in to it.
console-doctor-found-requests-signed-with-its-key = Its requests have to be signed, with its registered key.
console-doctor-found-requests-signed-with-one-of = Its requests have to be signed, with one of its { $keys } registered keys.
console-doctor-found-no-log-out = Its metadata has no SingleLogoutService: it is not told when people log out.
console-doctor-found-log-out-binding-unknown = Its SingleLogoutService is by no binding that is known here.
console-doctor-found-log-out-told-at = It is told at { $addresses }.
console-doctor-found-name-depends = It depends on what is asked.
console-doctor-found-named-and-takes-any = People are named by “{ $format }”, and it takes any format.
console-doctor-found-named-and-takes-others = People are named by “{ $format }”, and its metadata takes { $formats }.
console-doctor-found-no-strength = It demands no particular log-in.
console-doctor-found-strength-reachable = A log-in has to be as strong as { console-doctor-strength }, which people can have.
console-doctor-found-strength-unreachable = A log-in has to be as strong as { console-doctor-strength }, and the policy of { $organisations } lets nobody set that up.
console-doctor-found-strength-unreachable-for-some = A log-in has to be as strong as { console-doctor-strength }, and the policy of { $organisations } lets nobody set that up. The people of other organisations can.
console-doctor-found-nobody-named-without-consumer = Nothing: there is no place where answers go.
console-doctor-found-nobody-named = Nobody would be named: the answer to a log-in of “{ $username }” is the status “{ $status }”.
console-doctor-found-assertion-can-be-made = An assertion of “{ $username }”, who logged in with { console-doctor-strength }, can be made.
console-doctor-found-assertion-partly-discarded =
    An assertion of “{ $username }”, who logged in with { console-doctor-strength }, can be made. Shibboleth discards { $discarded } of it: our metadata has the { $count ->
        [one] scope
       *[other] scopes
    } { $scopes }.

console-doctor-what =
    { $kind ->
        [LogoutRequest] a request to end a session
        [LogoutResponse] the answer to a request to end a session
        [ArtifactResolve] a request for the message that an artifact stands for
        [ArtifactResponse] the message that an artifact stands for
        [Response] the answer to a request for a log-in
        [AuthnRequest] a request for a log-in
       *[other] { $kind }
    }
console-doctor-slip =
    { $by ->
        [slash] a slash at the end
        [capitals] capital letters
        [scheme] http or https
        [several] its slash, capital letters or http and https
       *[other] { $by }
    }
console-doctor-differ =
    { $by ->
        [none] { "" }
       *[other] They differ by { console-doctor-slip }.
    }
console-doctor-apart =
    { $apart ->
        [seconds-ago] { console-doctor-seconds } ago
        [minutes-ago] { console-doctor-minutes } ago
        [hours-ago] { console-doctor-hours } ago
        [days-ago] { console-doctor-days } ago
        [seconds-ahead] { console-doctor-seconds } ahead
        [minutes-ahead] { console-doctor-minutes } ahead
        [hours-ahead] { console-doctor-hours } ahead
        [days-ahead] { console-doctor-days } ahead
       *[other] { $count } { $apart }
    }
console-doctor-seconds =
    { $count ->
        [one] 1 second
       *[other] { $count } seconds
    }
console-doctor-minutes =
    { $count ->
        [one] 1 minute
       *[other] { $count } minutes
    }
console-doctor-hours =
    { $count ->
        [one] 1 hour
       *[other] { $count } hours
    }
console-doctor-days =
    { $count ->
        [one] 1 day
       *[other] { $count } days
    }
console-doctor-our-key =
    { $key ->
        [current] our current key
        [coming] a key of ours that is published and does not sign yet
        [old] an old key of ours
       *[other] { $key }
    }
console-doctor-soundly =
    { $soundly ->
        [sound] It is signed, soundly,
        [changed] It was changed after it was signed, and is signed
        [claimed] It claims to be signed
       *[other] { $soundly }
    }
console-doctor-strength =
    { $strength ->
        [password] a password
        [mfa] two factors
        [phishing-resistant] a security key or passkey
        [hardware] a security key that proves to be hardware
       *[other] { $strength }
    }
console-doctor-meaning =
    { $meaning ->
        [authn-failed] nobody logged in: the session had ended, or somebody else was logged in than was asked for
        [invalid-name-id-policy] the kind of name that was asked for is not to be had of this person
        [no-authn-context] no log-in came up to the class that was asked for
        [no-available-idp] the request names identity providers, and not us
        [no-passive] nobody was logged in, and nobody could be asked (IsPassive)
        [partial-logout] not every application could be told
        [proxy-count-exceeded] it may not be passed on to another provider
        [request-denied] the person turned back, or it was not allowed
        [request-unsupported] what was asked is not done
        [unknown-principal] the person whom the request names is not known, or not who logged in
        [unsupported-binding] the answer was wanted by a binding that is not done
        [refused] it was refused
       *[other] { $meaning }
    }

console-doctor-why =
    { $why ->
        [xml-long] the XML is too long
        [xml-encoding] the XML is not in UTF-8
        [xml-character] the XML has a character in it that XML does not allow
        [xml-document-type] the XML has a document type (DOCTYPE), which is never read
        [xml-entity] the XML refers to an entity that it cannot know
        [xml-processing-instruction] the XML has a processing instruction
        [xml-ill-formed] the XML is broken: tags, quotes or names do not fit together
        [xml-namespace] the XML uses a namespace prefix that stands for nothing, or for two things
        [xml-duplicate-attribute] the XML has an element with the same attribute twice
        [xml-duplicate-id] the XML has two elements of one ID
        [xml-deep] the XML is nested too deeply
        [xml-attributes] the XML has an element with too many attributes
        [xml-namespaces] the XML declares too many namespaces, or too long ones
        [xml-nodes] the XML has too many elements
        [envelope] this is no SOAP 1.1 envelope with one body
        [envelope-body] the body of the SOAP envelope has something else in it than one message
        [envelope-header] the SOAP envelope has a header that has to be understood, and is not known here
        [no-parameter] there is neither a SAMLRequest nor a SAMLResponse
        [both-parameters] there is both a SAMLRequest and a SAMLResponse
        [parameter-twice] the parameter { $names } is there more than once
        [parameter-encoding] the parameter { $names } is not encoded as an address encodes it
        [long-relay-state] the RelayState is longer than 2048 bytes
        [long-query] the address is longer than 128 KiB
        [long-message] the message is longer than 256 KiB
        [other-encoding] the SAMLEncoding is another than DEFLATE
        [half-signed] there is a SigAlg without a Signature, or a Signature without a SigAlg
        [parameter-not-base64] the parameter { $names } is not base64
        [message-not-base64] the message is not base64
        [broken-base64] it is not base64 to its end
        [deflate] the message is not compressed by DEFLATE, or not wholly there
        [no-artifact] this is no SAML 2.0 artifact
        [other-kind] the message is something else than { $names }
        [other-version] the message is not of SAML version 2.0
        [missing] { $names } is missing
        [twice] { $names } is there more than once
        [value] { $names } has a value that it cannot have
        [exclusive] { $names } exclude each other
        [unexpected] { $names } has something in it that does not belong there
        [encrypted] { $names } is encrypted, which cannot be read here
        [unsigned] the message is not signed
        [several-signatures] the message has more than one signature
        [signature-elsewhere] there is a signature elsewhere than directly in the message
        [signature-inside-query] a message in an address must not have a signature inside, but one beside it
        [signature-references] the signature covers several things or none instead of the one message
        [signature-of-other] the signature covers another element than the message
        [signature-transform] the signature covers something that is made of the message: only leaving out the signature and exclusive canonicalisation without comments are accepted
        [signature-canonicalization] the signature is not in exclusive canonical form without comments
        [digest] the digest is made with another algorithm than SHA-256, SHA-384 or SHA-512
        [algorithm-broken] the signature is made with SHA-1 or MD5, which can be forged: SHA-256 or better is needed
        [algorithm-hmac] the signature is made with a shared secret (HMAC) instead of a key pair
        [algorithm-unknown] the signature is made with an algorithm that is not known here: RSA or ECDSA with SHA-256, SHA-384 or SHA-512 are
        [signature-broken] the signature is broken: parts are missing, too many, or not base64
        [changed] the message was changed after it was signed
        [other-key] the signature was not made with a key that is registered for the sender
        [other-key-or-query] the signature of the address was not made with a key that is registered for the sender, or the address was changed after it was signed
        [no-key] no key is registered for the sender
       *[other] { $reason }
    }
