console-test-link = Test log-in
console-test-heading = Test log-in to { $name }
console-test-lede = You log in as you would from the application, and read here what it would receive.
console-test-here = You log in as yourself, in this browser. Nobody else can do it for you, and you see nobody else’s data.
console-test-nothing-sent = The application is sent nothing: there is no code and no token.
console-test-nothing-kept = What you allow it to know is not kept: you are asked again at a real log-in.
console-test-stopped = If a log-in page does not let you go on, it says why: the same stops everybody like you.
console-test-audited = It is written into the audit trail that you tried it.
console-test-request = What the application sends
console-test-request-hint = If something does not work, copy the address that the application opens when somebody logs in, with all that follows the question mark. Left empty, the simplest log-in is tried.
console-test-begin = Begin the log-in
console-test-again = Test again
console-test-edit = Change the application
console-test-sent = The application sends people to
console-test-registered = Registered here
console-test-over = That test is over. A test goes on for ten minutes, works once, and is shown to whoever began it. Begin another one.
console-test-wrong-elsewhere = This is not the address of a log-in here. It has to begin with this server’s address and /oauth2/authorize
console-test-wrong-malformed = This cannot be read. Copy the whole address as it is
console-test-wrong-other-client = This belongs to another application: its client_id is a different one

console-test-came-to = What it came to
console-test-until = You can read this until { $when }.
console-test-received = You would be in
console-test-received-body = This is what the application would receive about you. Nothing was sent to it.
console-test-waits = The log-in has not begun
console-test-unfinished = The log-in is not finished
console-test-unfinished-body = If a page did not let you go on, it said why: the same stops everybody like you. The policy of their organisation says what they need.
console-test-error = Its error:
console-test-told-application = People are sent back to the application, which is told this error.
console-test-told-person = People see a page that says so. The application is told nothing.
console-test-refused-request = What the application sends is not right
console-test-refused-request-advice = Show the error below to whoever makes the application: it says what is wrong.
console-test-refused-denied = You did not allow it
console-test-refused-denied-advice = The application has to cope with people who say no. If yours should not be asked, change what it may know.
console-test-refused-response-type = The application asks for something else than a code
console-test-refused-response-type-advice = In the application, choose the authorization code flow (response_type=code). There is no other one here.
console-test-refused-scope = The application does not ask for openid
console-test-refused-scope-advice = In the application, add openid to the scope.
console-test-refused-silent = The application does not let people be asked anything, and something has to be asked
console-test-refused-silent-advice = That is right for a look whether somebody is logged in. To log people in, the application leaves prompt=none out.
console-test-refused-unsupported = The application sends something that is not offered here
console-test-refused-unsupported-advice = In the application, turn request objects and registration off (request, request_uri, registration).
console-test-refused-unmet = You cannot log in as strongly as the application needs
console-test-refused-unmet-advice = Nobody without such a key gets in. Hand out keys of that kind, or change how people log in to it.
console-test-refused-target = The application asks for access to something that it gets none to
console-test-refused-target-advice = In the application, leave resource out.
console-test-refused-redirect-missing = The application does not say where people go afterwards
console-test-refused-redirect-missing-advice = In the application, set its redirect address (redirect_uri).
console-test-refused-redirect-unregistered = The application sends people to an address that is not registered
console-test-refused-redirect-unregistered-advice = Compare the two letter by letter: https, the host, and a slash at the end count. Then change the application here, or its settings there.
console-test-refused-client = The application does not say who it is
console-test-refused-client-advice = In the application, set its identifier (client_id).
console-test-refused-other = The application would receive an error
console-test-refused-other-advice = Show the error below to whoever makes the application.

console-test-hints = What to look at
console-test-hint-unknown-scope = It asks for { $words }, which does not exist here and is ignored.
console-test-hint-scope-not-allowed = It asks for { $words }, which it may not ask for: it is left out. Add it to the application’s scope, or stop asking.
console-test-hint-unknown-acr = It asks for a log-in of the kind { $words }, which means nothing here and is ignored.
console-test-hint-acr-not-reached = It would like a log-in of the kind { $words }, and yours was not one. It is told how you did log in, and may refuse you.
console-test-hint-no-challenge = It does not protect its codes (PKCE). It works, but turn it on in the application if you can.
console-test-hint-loopback = It sends people to { $words }, on their own computer. That is for trying out, not for everybody.
console-test-hint-nobody-has-key = It takes a security key or passkey, and nobody in its organisation has one yet: nobody there could log in.

console-test-id-token = What its ID token would say
console-test-userinfo = What userinfo would answer
console-test-gets = What it would get
console-test-json = Both as JSON
console-test-asked = What it asks for
console-test-redirect = People go to
console-test-asks-scope = Scope that it is granted
console-test-required = Always needs
console-test-wished = Would like (acr)
console-test-max-age = Log-in no older than
console-test-scope = Scope
console-test-signed = ID token signed with
console-test-code = Its code lasts
console-test-id-token-lasts = Its ID token lasts
console-test-access-token = Its access token lasts
console-test-refresh-token = Its refresh token lasts
console-test-no-refresh-token = It gets none
console-test-seconds =
    { $count ->
        [one] 1 second
       *[other] { $count } seconds
    }
console-test-minutes =
    { $count ->
        [one] 1 minute
       *[other] { $count } minutes
    }
console-test-hours =
    { $count ->
        [one] 1 hour
       *[other] { $count } hours
    }
console-test-days =
    { $count ->
        [one] 1 day
       *[other] { $count } days
    }
console-test-acr-password = With a password
console-test-acr-mfa = With two proofs
console-test-acr-key = With a security key or passkey
console-test-acr-hardware = With a security key in hardware
console-test-claim-iss = Who says it: this server
console-test-claim-sub = Who it is: always the same for one person
console-test-claim-aud = To whom: the application
console-test-claim-exp = Until when it is to be believed
console-test-claim-iat = When it was said
console-test-claim-auth-time = When they logged in
console-test-claim-nonce = What the application sent along
console-test-claim-acr = How strongly they logged in
console-test-claim-amr = With what they logged in
console-test-claim-sid = In which session
console-test-claim-name = Full name
console-test-claim-preferred-username = User name
console-test-claim-email = E-mail address
console-test-claim-email-verified = Whether the address is known to be theirs
console-test-claim-updated-at = When any of this last changed
