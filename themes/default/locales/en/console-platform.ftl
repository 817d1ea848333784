# Organisations and the platform

console-menu-audit = Audit
console-audit-heading = Audit
console-audit-lede = Who did what, and when. Nobody can change or delete an entry.
console-audit-search = Search
console-audit-all = Show everything
console-audit-person = About whom
console-audit-by = Done by
console-audit-anybody = Anybody
console-audit-kind = What happened
console-audit-everything = Everything
console-audit-from = From
console-audit-to = To
console-audit-no-date = Type a date like 2026-09-03
console-audit-wrong-order = This day is before the first one
console-audit-nobody-like-that = Nobody like that among the people you look after
console-audit-which-person = About which of them?
console-audit-which-by = Done by which of them?
console-audit-entries = Entries, the latest first
console-audit-export = Download all of these (JSON lines)
console-audit-nothing = Nothing like that happened.
console-audit-latest = Back to the latest
console-audit-earlier = Earlier entries
console-audit-time = Time
console-audit-who = Who
console-audit-what = What
console-audit-whom = Whom
console-audit-strength = Logged in with
console-audit-case = Case
console-audit-none = none
console-audit-somebody = Somebody who is gone or outside
console-audit-platform = The whole platform
console-audit-erased = The person was erased, and with them what this told of them.
console-audit-actor-person = for themselves
console-audit-actor-service = application
console-audit-actor-cli = the server’s command line
console-audit-actor-system = Latchkey itself
console-audit-setting = Setting
console-audit-unset = not set
console-audit-yes = yes
console-audit-no = no
console-audit-no-place = not yet: it gets one within a minute
console-audit-sort-log-ins = Logging in
console-audit-sort-keys = Keys, apps and codes
console-audit-sort-people = People
console-audit-sort-organisations = Organisations, policy and roles
console-audit-sort-applications = Applications
console-audit-sort-server = This server
console-audit-strength-password = Password
console-audit-strength-mfa = Two proofs
console-audit-strength-phishing-resistant = Key
console-audit-strength-hardware = Key in hardware
console-audit-cause-reported-lost = reported lost
console-audit-cause-copied = perhaps copied
console-audit-cause-not-me = “not me”
console-audit-cause-administrator = by an administrator
console-audit-cause-closed = account closed
console-audit-loss-misplaced = cannot be found
console-audit-loss-stolen = stolen
console-audit-loss-pin-known = somebody may know the PIN
console-audit-link-invitation = an invitation
console-audit-link-supervised = supervised enrolment
console-audit-link-password = a new password
console-audit-link-lost = confirming that a key is lost
console-audit-factor-password = password
console-audit-factor-passkey = key
console-audit-factor-totp = code from the app
console-audit-factor-pass = pass
console-audit-factor-recovery-code = recovery code
console-audit-action-pass = a pass
console-audit-action-reset = a reset of the enrolment
console-audit-fact-action = Asked for
console-audit-fact-added = Was new
console-audit-fact-after = After
console-audit-fact-agreed = Agreed
console-audit-fact-algorithm = Signs with
console-audit-fact-amr = Proofs
console-audit-fact-app = App
console-audit-fact-approval = Request
console-audit-fact-before = Before
console-audit-fact-cause = Why
console-audit-fact-changes = What changed
console-audit-fact-cleared = Models no longer marked
console-audit-fact-client = Application
console-audit-fact-credential = Key
console-audit-fact-demanded = Asked of members
console-audit-fact-factor = With
console-audit-fact-grants = Grants that ended
console-audit-fact-group = Group
console-audit-fact-hardware = Proven to be in hardware
console-audit-fact-keys = Keys
console-audit-fact-kid = Name of the key
console-audit-fact-left = Left
console-audit-fact-letter = Letter
console-audit-fact-letters = Letters
console-audit-fact-link = What for
console-audit-fact-loss = What became of it
console-audit-fact-marked = Models newly marked
console-audit-fact-members = What changed
console-audit-fact-model = Model
console-audit-fact-next-update = Next expected
console-audit-fact-nickname = Key name
console-audit-fact-number = Number
console-audit-fact-confirmed = Logged out at
console-audit-fact-organisation = Organisation
console-audit-fact-untold = May still be logged in at
console-audit-fact-people = People
console-audit-fact-provider = Application
console-audit-fact-certificate = Certificate (SHA-256)
console-audit-fact-days = Days left, at most
console-audit-fact-providers = Applications
console-audit-fact-reason = Why
console-audit-fact-received = Counter received
console-audit-fact-role = Role
console-audit-fact-roles = Roles
console-audit-fact-scopes = What is released
console-audit-fact-sessions = Sessions ended
console-audit-fact-signs-from = Signs from
console-audit-fact-stored = Counter expected
console-audit-fact-suspended = Was suspended
console-audit-fact-until = Counts until
console-audit-fact-version = Version
console-audit-fact-withdrawn = Keys withdrawn
console-audit-fact-other = { $name }
console-audit-fact-checks = How the caller was checked
console-audit-fact-why = In their words
console-audit-fact-address = Network address
console-audit-fact-place = Place in the chain
console-audit-fact-id = Entry

console-event-person-described = Set by a document
console-event-organisation-added = Organisation ‘{ $organisation }’ added
console-event-organisation-changed = Organisation’s name or helpdesk changed
console-event-policy-changed = Policy changed
console-event-documents-applied = Documents applied
console-event-signing-key-added = New signing key published
console-event-master-key-rotated = Sealed with another master key
console-event-backup-restored = A backup was put back
console-event-client-added = Application ‘{ $client }’ added
console-event-client-changed = Application ‘{ $client }’ changed
console-event-client-secret-rotated = Application ‘{ $client }’ has another secret
console-event-log-in-tested = A log-in to ‘{ $client }’ tested
console-event-provider-added = An application that speaks SAML was added
console-event-provider-changed = An application that speaks SAML was changed
console-event-provider-metadata-read = What an application that speaks SAML says of itself has changed
console-event-provider-metadata-failed = What applications that speak SAML say of themselves cannot be read any more
console-event-provider-metadata-recovered = What applications that speak SAML say of themselves can be read again
console-event-provider-metadata-ends = The metadata of an application that speaks SAML ends soon: nobody can log in to it after that
console-event-provider-certificate-ends = A certificate of an application that speaks SAML ends soon: its own side may stop then
console-event-provider-removed = An application that speaks SAML was removed
console-event-client-removed = Application ‘{ $client }’ removed
console-event-group-added = Group ‘{ $group }’ added
console-event-group-changed = Group ‘{ $group }’ changed
console-event-group-removed = Group ‘{ $group }’ removed
console-event-group-joined = Put into group ‘{ $group }’
console-event-group-left = Taken out of group ‘{ $group }’
console-event-metadata-accepted = Later data about key models taken in
console-event-credential-tagged = Asset tag of a key changed
console-event-person-erased = Erased

console-menu-organisations = Organisations
console-org-heading = Organisations
console-org-none = There is none that you look after.
console-org-reach = Helpdesk: { $reach }
console-org-unreachable = No helpdesk that people could reach
console-org-what = About it
console-org-parent = Belongs to
console-org-no-parent = No other organisation
console-org-id = Short name
console-org-id-hint = Small letters, digits and hyphens, for addresses and documents. It never changes.
console-org-id-malformed = A short name has small letters, digits and hyphens, 63 at most
console-org-id-taken = Another organisation has that short name
console-org-id-stays = Its short name is { $id }, and never changes.
console-org-preset = Policy starts from
console-org-preset-small = A small organisation
console-org-preset-small-hint = Two proofs with whatever is at hand; keys are welcome.
console-org-preset-hospital = A hospital
console-org-preset-hospital-hint = The organisation hands out keys, and people start with a pass.
console-org-starts-from = Its policy starts from: { $preset }.
console-org-people-count = People
console-org-rollout = Handing out keys
console-org-rollout-not-started = Not begun: nobody sets up a key yet.
console-org-rollout-pilot = A trial: only some groups set up keys.
console-org-rollout-available = Open: everybody may set up a key.
console-org-rollout-required = Asked for: everybody sets up a key.
console-org-interested =
    { $count ->
        [one] 1 person would like a key.
       *[other] { $count } people would like a key.
    }
console-org-people = Its people
console-org-progress = How far it is with keys
console-org-policy = Its policy
console-org-groups = Its groups
console-org-roles = Who looks after it
console-org-audit = What happened in it
console-org-helpdesk = Helpdesk
console-org-helpdesk-hint = Whom people call. They see it before they log in too: somebody who is locked out cannot look it up.
console-org-seen = How people will see it
console-org-seen-hint = It stands beside every page that people of this organisation see.
console-org-seen-reporting = When a key is lost or stolen: { $text }
console-org-edit-link = Change name and helpdesk
console-org-edit-heading = Name and helpdesk of { $name }
console-org-add-link = Add an organisation
console-org-add-heading = Add an organisation
console-org-add = Add the organisation
console-org-saved = Saved. People see it at once.
console-org-nothing = nothing
console-org-no-change = Nothing is different yet.
console-org-field-name = Name
console-org-field-name-hint = As people read it at the top of every page.
console-org-field-helpdesk = Name of the helpdesk
console-org-field-helpdesk-hint = For example “Northgate helpdesk”. May be left empty.
console-org-field-phone = Telephone number
console-org-field-phone-hint = As people dial it.
console-org-field-hours = When it answers
console-org-field-hours-hint = For example “Every day, 07:00 to 21:00”.
console-org-field-email = E-mail address
console-org-field-email-hint = For people who cannot call.
console-org-field-reporting = About lost or stolen keys
console-org-field-reporting-hint = What else to do, for example “Tell security on 01632 960 002”.
console-org-name-malformed = Type a name of 1 to 100 characters
console-org-line-malformed = This has to be one line of at most 200 characters
console-org-stale = Somebody else changed this meanwhile. Look at what you typed, and go on.
console-org-other = This cannot be kept like that. Look at each field.

console-menu-roles = Roles
console-roles-heading = Roles
console-roles-narrow = Whose roles to show
console-roles-holders = Who looks after whom
console-roles-nobody = Nobody has a role here: those above look after it.
console-roles-role = Role
console-roles-where = Where
console-roles-at = { $organisation }, and those below it
console-roles-self = This is you: somebody else has to end it.
console-roles-given = The role is given. It counts from now on.
console-roles-ended = The role is ended. It counts no more.
console-roles-last = Nobody else could look after the platform: give somebody else this role first
console-roles-give-link = Give a role
console-roles-give-heading = Give a role
console-roles-give-to-heading = Give { $name } a role
console-roles-end-link = End
console-roles-end-heading = End a role of { $name }
console-roles-give = Give the role
console-roles-end = End the role
console-roles-whom = Whom?
console-roles-has = What they have already:
console-roles-which = Which role?
console-roles-none-chosen = Choose a role
console-roles-no-organisation = Choose an organisation that there is
console-roles-where-hint = It holds in the organisations below this one too. A platform administrator’s holds everywhere.
console-roles-about-helpdesk = Helps people who cannot log in, and nothing else.
console-roles-about-auditor = Sees everything about the people, and changes nothing.
console-roles-about-local-administrator = Looks after the people, their keys and the policy.
console-roles-about-platform-administrator = May do everything, everywhere.
console-roles-will-be = { $name } becomes { $role } of { $organisation } and those below it.
console-roles-will-be-everywhere = { $name } becomes { $role } of every organisation.
console-roles-will-end = { $name } is { $role } of { $organisation } no more.
console-roles-will-end-everywhere = { $name } is { $role } no more.
console-roles-can = What they can do there
console-roles-cannot = What they cannot do there any more, unless another role lets them
console-roles-then = What else becomes of it
console-roles-then-key = They log in to this console with a security key.
console-roles-then-keys =
    { $count ->
        [0] They have none that works: without one they need a pass that two administrators agree to.
        [one] They have 1 that works; a second one keeps them from being locked out.
       *[other] They have { $count } that work.
    }
console-roles-then-help = The helpdesk can help them no more: an administrator above has to.
console-roles-then-told = It is written into the audit trail, with your name.
console-roles-all = Nothing is closed to them then
console-roles-all-body = They can give themselves nothing, but everything to anybody else: organisations, applications, keys and roles. Two or three people are enough.

console-menu-applications = Applications
console-app-heading = Applications
console-app-none = There are no applications yet. Once one is added, people can log in to it.
console-app-more = More applications
console-app-removed = The application is gone.
console-app-saved = Saved. It counts within two seconds.
console-app-what = What it is
console-app-is-service = Acts for itself
console-app-is-log-in = People log in to it
console-app-changed = Last changed
console-app-add-link = Add an application
console-app-add-heading = Add an application
console-app-add = Add the application
console-app-edit-link = Change it
console-app-edit-heading = Change { $name }
console-app-which = What is it?
console-app-kind-web = A web application on a server
console-app-kind-web-hint = People log in to it in a browser, and it keeps a secret on its server.
console-app-kind-spa = A single-page application
console-app-kind-spa-hint = It runs in the browser alone, so it keeps no secret.
console-app-kind-native = An application on a device
console-app-kind-native-hint = It is installed on a telephone or computer, so it keeps no secret.
console-app-kind-service-key = A service account with a key of its own
console-app-kind-service-key-hint = A program that acts for itself, and signs with a key that never leaves it. This is the safer one.
console-app-kind-service-secret = A service account with a secret
console-app-kind-service-secret-hint = A program that acts for itself, and sends a secret.
console-app-kind-saml = An application that speaks SAML
console-app-kind-saml-hint = Many hospital and university systems do. You need its metadata, or the address of it.
console-app-oidc = OpenID Connect
console-app-saml = SAML
console-app-more-saml = More applications that speak SAML
console-sp-kind = People log in to it, by SAML.
console-sp-is-over = Metadata is over
console-sp-over = Its metadata is over, so that nobody can log in to it. Ask for newer metadata, and put it here.
console-sp-entity-id = Entity ID
console-sp-name = Name
console-sp-name-hint = As people read it when they log in. Left empty, it is what its metadata says.
console-sp-metadata = Its metadata
console-sp-metadata-hint = Paste the XML, or type the https address where the application publishes it. From an address it is read again from time to time. Left empty, it stays as it is.
console-sp-metadata-here = As it was pasted or read from a file
console-sp-certificates = Who signs its metadata
console-sp-certificates-hint = Certificates, from -----BEGIN CERTIFICATE----- to the end. Its metadata has to be signed with one of them. May be left empty.
console-sp-attributes = What it is told of people
console-sp-attributes-hint = An attribute a line. Left empty, it is told the usual ones: e-mail address, user name, given name, family name and full name.
console-sp-attributes-default = The usual ones
console-sp-attributes-how = How to write an attribute
console-sp-attributes-line = The attribute’s name, what people call it in round brackets if you like, an equals sign with spaces around it, and what it says:
console-sp-name-id = What it knows people by
console-sp-name-id-hint = Where it does not ask for a kind of name itself.
console-sp-name-id-default = As its metadata says
console-sp-name-id-persistent = A name that is always the same, and nowhere else (persistent)
console-sp-name-id-transient = Another name at each log-in (transient)
console-sp-name-id-email = Their e-mail address
console-sp-name-id-unspecified = Their user name (unspecified)
console-sp-subject-id = Subject identifier
console-sp-subject-id-hint = For applications that tell people apart by the SAML Subject Identifier Attributes.
console-sp-subject-id-default = As its metadata asks
console-sp-subject-id-none = None
console-sp-subject-id-subject-id = The same everywhere (subject-id)
console-sp-subject-id-pairwise-id = Another one for each application (pairwise-id)
console-sp-sign = What is signed
console-sp-sign-hint = Both is right unless it insists on something else.
console-sp-sign-default = The assertion and the response
console-sp-sign-assertion = The assertion alone
console-sp-sign-response = The response alone
console-sp-encrypt = Encryption
console-sp-encrypt-hint = Assertions can be encrypted where its metadata has a key for that.
console-sp-encrypt-default = Where it can be
console-sp-encrypt-always = Always: without a key nobody is logged in
console-sp-encrypt-never = Never
console-sp-encrypts = Assertions are encrypted
console-sp-encrypts-not = Assertions are not encrypted
console-sp-requests = Its requests
console-sp-requests-hint = What is signed is verified in any case.
console-sp-requests-default = Signed where its metadata says that they are
console-sp-requests-signed = Always signed: others are refused
console-sp-requests-unsigned = May be unsigned
console-sp-must-sign = Have to be signed
console-sp-need-not-sign = Need not be signed
console-sp-start = Log-in that begins here
console-sp-start-label = A log-in may begin here, without a request of the application
console-sp-start-hint = Only if the application asks for it: it cannot know who sent people there.
console-sp-start-not = None: people begin at the application
console-sp-valid = Its metadata holds until
console-sp-test = Test its registration
console-sp-told = What it is told of people
console-sp-told-hint = What is not known of somebody is left out. People see on their account page what each application receives.
console-sp-told-nothing = Nothing but what it knows them by.
console-sp-attribute = Attribute
console-sp-says = What it says
console-sp-from-subject = What applications know them by
console-sp-from-username = User name
console-sp-from-name = Full name
console-sp-from-given-name = Given name
console-sp-from-family-name = Family name
console-sp-from-email = E-mail address
console-sp-from-staff-number = Staff number
console-sp-from-organisation = Their organisation’s identifier
console-sp-from-organisation-name = Their organisation’s name
console-sp-from-groups = Their groups
console-sp-from-claim = A further claim about them, by its name
console-sp-from-always = The same text for everybody
console-sp-ours = What the application needs to know of us
console-sp-ours-hint = Most applications take the address of our metadata, and find everything else in it.
console-sp-our-metadata = Our metadata
console-sp-sso = Where log-in requests go
console-sp-slo = Where log-outs go
console-sp-theirs = What its metadata says
console-sp-consumers = Where people go after they log in
console-sp-logout = Where log-outs go
console-sp-logout-not = Nowhere: it is not told when people log out
console-sp-reading = Its metadata is read again
console-sp-reading-fails = It cannot be read. What is here stays.
console-sp-read-at = Last read { $when }
console-sp-read-not-yet = Not since it was added
console-sp-read-now = Read it again now
console-sp-read-same = It was read again, and says the same.
console-sp-read-changed = It was read again, and says otherwise now:
console-sp-read-failed = It could not be read again. What is here stays.
console-sp-ends-metadata = Its metadata holds until { $when }: nobody can log in after that.
console-sp-ended-metadata = Its metadata held until { $when }: nobody can log in.
console-sp-ends-certificate = Its certificate { $sha256 } ends { $when }: its own side may stop, log-ins here do not.
console-sp-ended-certificate = Its certificate { $sha256 } ended { $when }: its own side may have stopped, log-ins here do not.
console-sp-read-gone = Gone:
console-sp-read-new = New:
console-sp-read-of-requests-signed = its requests are signed (AuthnRequestsSigned)
console-sp-read-of-assertions-wanted-signed = it wants assertions signed (WantAssertionsSigned)
console-sp-read-of-name-id-formats = kinds of names (NameIDFormat): { $formats }
console-sp-read-of-consumer =
    where answers go (AssertionConsumerService { $index }): { $location }, { $binding }{ $default ->
        [yes] , the default
        [never] , never the default
       *[unsaid] { "" }
    }
console-sp-read-of-artifact-resolution =
    where it answers for artifacts (ArtifactResolutionService { $index }): { $location }, { $binding }{ $default ->
        [yes] , the default
        [never] , never the default
       *[unsaid] { "" }
    }
console-sp-read-of-logout = where log-outs go (SingleLogoutService): { $location }, { $binding } { $answers }
console-sp-read-of-requested-attribute =
    an attribute that it asks for (RequestedAttribute): { $friendly_name } ({ $name }){ $required ->
        [yes] , required
       *[no] { "" }
    }
console-sp-read-of-text =
    { $kind ->
        [display-name] its name (mdui:DisplayName)
        [description] what it is (mdui:Description)
        [information-url] a page about it (mdui:InformationURL)
        [privacy-url] its privacy statement (mdui:PrivacyStatementURL)
        [service-name] its name (ServiceName)
       *[organization-name] whose it is (OrganizationDisplayName)
    }, { $language }: { $text }
console-sp-read-of-logo = its logo: { $address }
console-sp-read-of-entity-attribute = an entity attribute, { $name }: { $value }
console-sp-read-of-contact = whom to ask (ContactPerson, { $kind }): { $name } { $emails }
console-sp-read-of-certificate =
    { $use ->
        [signing] a certificate for signing
        [encryption] a certificate for encryption
       *[both] a certificate for signing and encryption
    }: { $sha256 } { $until } { $methods }
console-sp-read-of-public-key =
    { $use ->
        [signing] a key for signing
        [encryption] a key for encryption
       *[both] a key for signing and encryption
    }: { $sha256 } { $methods }
console-sp-read-of-order = The order of what it says is another one
console-sp-read-of-more = And more that is not shown here: { $count }
console-sp-keys = Its certificates
console-sp-keys-hint = A certificate only holds a key here: log-ins go on after its end. The application itself may stop then.
console-sp-keys-none = It has no certificates: its requests cannot be verified, and assertions cannot be encrypted.
console-sp-sha256 = Fingerprint (SHA-256)
console-sp-for = What for
console-sp-for-signing = Signing
console-sp-for-encryption = Encryption
console-sp-for-both = Signing and encryption
console-sp-until = Valid until
console-sp-ended = Ended
console-sp-everything-hint = What is said of it beside its metadata, as documents and the API have it.
console-sp-delete-sessions = It is not told any more when people log out.
console-sp-delete-back = To bring it back, its metadata is needed again. The audit trail keeps what happened.
console-sp-add-heading = Add an application that speaks SAML
console-sp-add-lede = Its metadata is enough. Everything else can be changed later.
console-sp-wrong-line = No attribute can be read from this line: { $line }
console-sp-taken = This is the metadata of an application that is there already
console-sp-other = This is the metadata of another application: an entity ID does not change
console-app-id = Identifier
console-app-id-hint = What it calls itself here. Left empty, one is made up. It never changes.
console-app-name = Name
console-app-name-hint = As people read it when they log in.
console-app-redirect = Where people go after they log in
console-app-redirect-hint = Its full redirect addresses, one a line, such as https://rota.example/callback. Nobody is sent anywhere else.
console-app-after-log-out = Where people go after they log out
console-app-after-log-out-hint = Full addresses, one a line. May be left empty.
console-app-organisation = Organisation that it belongs to
console-app-organisation-hint = People see its helpdesk and colours before they have said who they are. It does not limit who logs in.
console-app-reach = Whom it may act on
console-app-reach-hint = The people of one organisation and those below it, or everybody.
console-app-trusted = What it may know
console-app-trusted-label = Do not ask people what it may know
console-app-trusted-hint = For applications of your own organisation.
console-app-asks = People are asked once
console-app-asks-not = People are not asked
console-app-acr = How people log in to it
console-app-acr-hint = More than the policy asks, if at all: policy always counts.
console-app-acr-default = As the policy says
console-app-acr-mfa = With two proofs
console-app-acr-phr = With a security key or passkey
console-app-acr-phrh = With a security key in hardware
console-app-scopes = What it may do
console-app-scopes-hint = Tick no more than it needs.
console-app-claims = What else it is told
console-app-claims-hint = Beyond what it asks for by its scopes, a claim a line. May be left empty.
console-app-claims-how = How to write a claim
console-app-claims-line = The claim’s name, an equals sign with spaces around it, and what it says:
console-app-wrong-claims = This cannot be told like that: { $reason }
console-app-wrong-claims-line = No claim can be read from this line: { $line }
console-app-jwks = Its public keys
console-app-jwks-hint = A JSON Web Key Set with public keys alone.
console-app-everything = Everything
console-app-everything-hint = Its metadata as documents and the API have it, without a secret.
console-app-taken = Another application has that identifier
console-app-wrong = This cannot be kept like that: { $member } { $reason }
console-app-wrong-here = This cannot be kept like that: { $reason }
console-app-old-log-in = Your log-in is too old for this change
console-app-log-in-hint = Nothing is lost. Log in again in another tab, come back here and press the button again.
console-app-log-in = Log in again
console-app-press-again = You logged in again meanwhile. Look through it and press the button again
console-app-wrong-id = An identifier has letters, digits and signs, and no spaces
console-app-wrong-name = Type a shorter name
console-app-wrong-redirect = Type full https addresses without a #, one a line
console-app-wrong-after-log-out = Type full https addresses without a #, one a line
console-app-wrong-organisation = Choose an organisation that there is
console-app-wrong-scopes = Choose at least one thing that it may do
console-app-wrong-jwks = This is no key set with public keys that fit
console-app-will-secret = A secret is made and shown to you once.
console-app-secret = Secret
console-app-secret-of = Secret of { $name }
console-app-secret-now = Put this into its settings now
console-app-secret-over = The secret before this one counts no more.
console-app-secret-link = Make another secret
console-app-secret-new = A new secret is made and shown to you once.
console-app-secret-old = The old one stops working at once.
console-app-secret-people = Until the application has the new one, nobody new can log in to it.
console-app-secret-service = Until the program has the new one, it can do nothing here.
console-app-sure-secret = Make another secret for { $name }
console-app-sure-delete = Remove { $name }
console-app-delete-link = Remove it
console-app-delete = Remove the application
console-app-delete-people = Nobody can log in to it any more.
console-app-delete-service = It can do nothing here any more.
console-app-delete-grants = Everything that it was granted ends at once.
console-app-delete-back = It cannot be brought back. The audit trail keeps what happened.

console-menu-keys = Signing keys
console-keys-heading = Signing keys
console-keys-lede = What this server signs log-ins with, so that applications know they come from here. Nobody can see the secret half.
console-keys-kid = Name
console-keys-algorithm = Signs with
console-keys-state = What it does
console-keys-published-at = Published
console-keys-tokens = For applications that speak OpenID Connect
console-keys-saml = For applications that speak SAML
console-keys-saml-hint = Most of these applications read our metadata again and learn a new key by themselves. Give the certificate of the key that waits to those that do not, before it signs.
console-keys-certificate = Certificate of { $kid }
console-keys-ends = It ends { $when }. Well before that a new key is published by itself.
console-keys-fingerprint = SHA-256 fingerprint:
console-keys-signs = Signs now
console-keys-waits = Waits
console-keys-rests = Signs no more
console-keys-since = since { $when }
console-keys-signs-from = signs from { $when }
console-keys-until = published until { $when }
console-keys-published = The new key is published. It signs once applications have had time to fetch it.
console-keys-waiting = A new key waits already, and signs soon: wait until it does
console-keys-new-link = Publish a new signing key
console-keys-publish = Publish the key
console-keys-which = What does it sign with?
console-keys-about-RS256 = Every application understands it.
console-keys-about-ES256 = Smaller and faster; most applications understand it.
console-keys-about-EdDSA = Smallest and fastest; newer applications understand it.
console-keys-about-RSA-SHA256 = For applications that speak SAML. Every one understands it.
console-keys-about-ECDSA-SHA256 = For applications that speak SAML. Smaller and faster; ask each of them first whether it understands it.
console-keys-will-publish = A new { $algorithm } key is published at once.
console-keys-will-wait = It does not sign yet: applications have time to fetch it first.
console-keys-will-rest = The one before signs until then, and stays published until the last thing that it signed is over.
console-keys-will-pinned = An application that does not fetch keys by itself has to be given this one before it signs. Nobody could log in to it otherwise.
console-keys-will-others = Applications that are signed for with something else than { $algorithm } notice nothing.
console-keys-will-pinned-saml = An application that does not read our metadata by itself has to be given the new certificate before it signs. It stands on the page of the keys. Nobody could log in to it otherwise.
console-keys-will-others-saml = Applications that speak OpenID Connect notice nothing.
console-menu-health = Health
console-health-heading = How this server is
console-health-checks = What is well, and what is the matter
console-health-no-mail = No letters are sent
console-health-no-mail-advice = People are told nothing by e-mail, and links are shown to you instead. Set [mail] in the settings.
console-health-server = This server
console-health-issuer = Address
console-health-version = Version
console-health-database = Database
console-health-postgresql = PostgreSQL
console-health-sqlite = SQLite, in a file
console-health-mail-fails-advice = Each is tried again by itself. Why, and what you can do, stands below.
console-health-unsealed-advice = What happened is kept, but not yet chained. Look into the log of the servers for the sealer.
console-health-no-models = Nothing published about key models is loaded
console-health-no-models-advice = Keys work, but nobody is warned of a model that is unsafe. Set [metadata] in the settings.
console-health-models = What is published about key models is loaded, number { $count }
console-health-letters = Letters that could not be sent yet
console-health-letters-hint = The longest waiting first, at most 50.
console-letters-causes = Why, and what to do
console-letters-next = More letters
console-letters-retry = Try all again now
console-letters-press-again = You have logged in again. Nothing was done yet: press the same button once more.
console-letters-tried =
    { $count ->
        [0] No letter is left to be tried again
        [one] 1 letter is tried again now. Load this page again in a minute to see whether it left.
       *[other] { $count } letters are tried again now. Load this page again in a minute to see whether they left.
    }
console-letter-why = Why
console-letter-do = What you can do
console-letter-to = to { $to }
console-letter-to-unknown = to somebody who cannot be read any more
console-letter-attempts =
    { $count ->
        [one] once
        [2] twice
       *[other] { $count } times
    }
console-letter-retry = Try again now
console-letter-on-its-way = It is being tried right now
console-letter-touched = This letter is being tried right now. Look again in a minute.
console-letter-gone = This letter does not wait any more: it was sent or given up.
console-letter-given-up = The letter is given up. Nobody gets it.
console-letter-give-up-link = Give up
console-letter-give-up = Give the letter up
console-letter-give-up-heading = Give a letter up
console-letter-will-not-arrive = It is not tried any more, and its reader never gets it.
console-letter-will-end-invitation = The link in it stops working. To let them begin, invite them again.
console-letter-will-end-password-link = The link in it stops working. To choose a new password, they ask for a link again.
console-letter-will-end-lost = The link in it stops working. What they reported lost still works: suspend it for them, or have them report it again.
console-letter-will-end-other = The link in it stops working.
console-letter-will-not-tell = They do not find out from us that this happened. If it was not them, nobody warns them.
console-letter-will-not-tell-helpdesk = The helpdesk does not find out that somebody said: this was not me. Tell them yourself.
console-letter-will-stay = What happened stays as it is.
console-letter-will-be-kept = The audit trail keeps that you gave it up.
console-undelivered-unknown = Nobody noted why
console-undelivered-unreachable = The mail server cannot be reached
console-undelivered-unreachable-advice = Look whether it is up, and whether the address and port under [mail] are right and let through.
console-undelivered-slow = The mail server does not answer in time
console-undelivered-slow-advice = Look how busy it is. If it stays so, ask whoever runs it.
console-undelivered-encryption = No encrypted connection to the mail server comes about
console-undelivered-encryption-advice = Its certificate may have run out or be for another name. Ask whoever runs it.
console-undelivered-credentials = The mail server does not take our user name and password
console-undelivered-credentials-advice = Set the right ones in the address under [mail], and start the server again.
console-undelivered-address = The mail server does not take the reader’s address at present
console-undelivered-address-advice = Ask its reader whether the address on record is right.
console-undelivered-mailbox-full = The reader’s mailbox is full
console-undelivered-mailbox-full-advice = Its reader has to make room, or have another address put on record.
console-undelivered-later = The mail server asks to try again later
console-undelivered-later-advice = That often passes by itself. If it lasts for hours, ask whoever runs it.
console-undelivered-refused = The mail server refuses the letter
console-undelivered-refused-advice = It may take us for a sender of junk. Ask whoever runs it to let this server send.
console-undelivered-not-smtp = What answers at the mail server’s address breaks off, or does not do what the settings ask
console-undelivered-not-smtp-advice = Look whether address, port, encryption and log-in under [mail] are those of the mail server.
console-undelivered-folder = The folder for letters cannot be written to
console-undelivered-folder-advice = Look whether the folder under [mail] is there, is this server’s, and has room.
console-undelivered-sealed = What is kept of the letter cannot be opened
console-undelivered-sealed-advice = It was sealed with another master key. Give it up, and do again what it is about.
console-undelivered-other = Another cause
console-undelivered-other-advice = The log of the servers says more.
console-health-letter = What it tells
console-health-to = To
console-health-queued = Waits since
console-health-attempts = Tried
console-health-next = Tried again
console-health-providers =
    { $count ->
        [one] 1 application speaks SAML, and its metadata is in order
       *[other] { $count } applications speak SAML, and their metadata is in order
    }
console-health-providers-expired =
    { $count ->
        [one] Nobody can log in to 1 application that speaks SAML: its metadata has expired
       *[other] Nobody can log in to { $count } applications that speak SAML: their metadata has expired
    }
console-health-providers-expired-advice = Whoever runs the application has to publish its metadata anew. What came from an address is then read by itself; what came from a file has to be given again.
console-health-providers-failing =
    { $count ->
        [one] The metadata of 1 application that speaks SAML cannot be read any more
       *[other] The metadata of { $count } applications that speak SAML cannot be read any more
    }
console-health-providers-failing-advice = People log in by what was read last, until that ends. It is tried again by itself; why it fails stands below.
console-health-providers-ending =
    { $count ->
        [one] Something of 1 application that speaks SAML ends soon, or ended
       *[other] Something of { $count } applications that speak SAML ends soon, or ended
    }
console-health-providers-ending-advice = When metadata ends, nobody can log in to its application. When a certificate ends, log-ins here go on, but the application’s own side may stop. Ask whoever runs it.
console-health-saml-next = Another certificate takes over for SAML
console-health-saml-next-advice = Applications have to have read our metadata again by then. Most do so by themselves; give the others the next certificate, which stands with the signing keys.
console-health-saml-ends = Our certificate for SAML ends, and the next one is not made
console-health-saml-ends-advice = It is made by itself within a day, and published before it signs. If this stays, look into the log of the servers.
console-health-ailing = Applications that speak SAML, with something the matter
console-health-ailing-hint = The worst first, at most 50.
console-health-application = Application
console-health-unread = Not read since
console-health-metadata-ends = Metadata ends
console-health-certificate-ends = A certificate ends
console-health-mail =
    { $count ->
        [0] Letters are sent, and none waits
        [one] Letters are sent, and 1 waits for its turn
       *[other] Letters are sent, and { $count } wait for their turn
    }
console-health-mail-fails =
    { $count ->
        [one] 1 letter could not be sent yet
       *[other] { $count } letters could not be sent yet
    }
console-health-sealed =
    { $count ->
        [0] The audit trail is chained to its end
       *[other] The audit trail is chained, and the last { $count } entries are about to be
    }
console-health-unsealed =
    { $count ->
       *[other] The audit trail falls behind: { $count } entries are not chained
    }
