console-heading = Admin console
console-menu = Menu
console-menu-at = Menu: { $place }
console-menu-can = What you can do
console-everywhere = Every organisation
console-below =
    { $count ->
        [one] and 1 below
       *[other] and { $count } below
    }
console-start = Go to the start
console-log-in-again = Log in again
console-reference = If it happens again, tell whoever runs this server this reference: <code>{ $code }</code>, { $when }.
console-logged-in = You logged in { $when }.

console-role-helpdesk = helpdesk
console-role-local-administrator = local administrator
console-role-auditor = auditor
console-role-platform-administrator = platform administrator
console-role-at = { $role } of { $organisation }, and of those below it
console-role-everywhere = { $role }, for every organisation

console-can-heading = What can you see and do?
console-can-roles = Your roles
console-can-no-role = You have no role here.
console-can-nothing = Nothing in this console. A platform administrator can give you a role.
console-can-everywhere = In every organisation
console-can-at = In { $organisation }
console-can-among =
    { $count ->
       *[other] In { $count } organisations
    }
console-can-which = Which ones
console-fresh = You can change things until { $when }; then you are asked for your key again.
console-not-fresh = Before you next change something you are asked for your key again.
console-may-people-read = find people and see who they are
console-may-people-write = add, change, disable and erase people
console-may-credentials-read = see the keys that somebody has
console-may-credentials-write = remove, suspend and restore somebody’s keys
console-may-credentials-help = help somebody who cannot log in: remove what is lost, issue a pass
console-may-sessions-read = see where somebody is logged in
console-may-sessions-write = log somebody out
console-may-organisations-read = see organisations and their policies
console-may-organisations-write = change organisations and their policies
console-may-applications-read = see the applications that people log in to
console-may-applications-write = add, change and remove applications
console-may-roles-read = see who has which role
console-may-roles-write = give and take roles
console-may-keys-read = see the keys that this server signs with
console-may-keys-write = publish new keys to sign with
console-may-health-read = see how this server is
console-may-health-write = have letters tried again that did not leave, or give them up
console-may-approvals-write = agree to what another administrator asked for, or refuse it
console-may-audit-read = read who did what, and when
console-never = What nobody can do here
console-never-password = see or choose somebody’s password
console-never-pass = see a pass twice
console-never-yourself = help themselves, or agree to their own request
console-never-quiet = help somebody without that person being told
console-never-audit = change or delete what the audit trail says

console-not-found-heading = There is nobody like that
console-not-found-body = There is nobody like that among the people you look after. They may belong to another organisation: then its own helpdesk can help them.
console-forbidden-heading = Your role does not allow this
console-forbidden-body = Nothing was changed. “What you can do” lists what your role is for.
console-yourself-heading = You cannot do this for yourself
console-yourself-body = Look after your own keys on your account page, or ask another administrator.
console-peer-heading = Somebody above has to do this
console-peer-body = This person has a role of the same rank as yours, or above. Ask an administrator of the organisation above.
console-has-role-heading = A local administrator has to do this
console-has-role-body = This person has a role here. The helpdesk can help people without one.
console-conflict-heading = This was changed meanwhile
console-conflict-body = Somebody else was quicker, or it is done already. Look again before you go on.
console-not-taken-heading = This cannot be done like that
console-not-taken-body = Nothing was changed.
console-weak-heading = Log in with your security key
console-weak-body = This console needs a security key that stays with you and checks your PIN or fingerprint. You logged in with something else, such as a passkey that is copied between devices.
console-unmet-heading = You need a security key for this
console-unmet-body = You could not be logged in as strongly as this console asks. Administrators log in with a security key. If you have none yet, ask another administrator.
console-answer-refused-heading = You were not logged in
console-answer-refused-body = The log-in was cancelled or refused. Nothing was changed.
console-answer-late-heading = This log-in took too long
console-answer-late-body = It belongs to another browser, was finished before, or waited for more than 15 minutes. Log in again.
console-answer-foreign-heading = This log-in could not be finished
console-answer-foreign-body = For your safety it was not taken. Log in again.
console-logged-out-heading = You are logged out
console-logged-out-body = Close the window if others use this computer.
console-down-heading = The console cannot reach what it needs
console-down-body = Nothing was changed. Try again in a minute. If somebody waits on the telephone, take their number and call back.

console-menu-calls = Calls
console-call-heading = Call
console-case = Case { $case }
console-case-label = Case number
console-case-long = A case number has at most { $longest } characters
console-since = since { $when }
console-connect = This call
console-connect-button = Note these numbers
console-connected = <strong>Connected</strong> by { $number }. The caller’s screen shows your name and this case. It does not prove who is calling.
console-number-label = Call number
console-number-hint = The six digits that the caller’s screen shows. They connect it, and prove nothing.
console-number-first = If the caller’s screen shows six digits, type them here.
console-number-button = Look
console-number-found = A screen shows this number. Find the person to connect it.
console-number-helper = { $name } helps there already.
console-number-nobody = No screen shows this number now. Ask the caller to read it out again.

console-find = Find a person
console-find-hint = Name, user name, e-mail, staff number, key name or asset tag
console-find-button = Find
console-find-failed = Not found yet: press Find.
console-found-nobody = Nobody like that among the people you look after
console-found-count =
    { $count ->
        [one] 1 person
       *[other] { $count } people
    }
console-found-more = The first { $count }. Type more to see others.
console-found-nickname = found by the name of a key
console-found-asset-tag = found by an asset tag
console-state-invited = Invited
console-state-active = Active
console-state-disabled = Disabled
console-start-heading = When somebody calls
console-start-find = Find them, by any of their names or numbers.
console-start-check = Check that it is them.
console-start-act = Do what helps. You see what will change before it does.
console-start-hint = Everything works with the keyboard alone.

console-staff-number = staff number { $number }
console-role-short = { $role } of { $organisation }
console-why = Why { $name } could not log in
console-why-at = { $when }:
console-why-password = the password was wrong.
console-why-code = the right password, then a code from the authenticator app that was wrong, or used before.
console-why-recovery-code = the right password, then a recovery code that was wrong, or used before.
console-why-pass = the pass was wrong, used, or over.
console-why-key = the key did not prove that it is theirs.
console-why-key-refused = the key works, but policy does not take it.
console-why-counter = the key counted wrongly: there may be a copy of it.
console-cannot-log-in = They cannot log in at present
console-cannot-log-in-body = Nothing that works is enough for what is asked of them. A key that is missing, locked or not touched in time looks the same to us.
console-next = What to do next
console-next-nothing = They can log in. If a key does not answer, ask them to try another browser or another port.
console-next-invite = They have not accepted their invitation: invite them again.
console-next-use-pass = They have a pass that counts: they use it now.
console-next-issue-pass = They have nothing that works. Check the caller, then issue a pass: with it they set up a new key.
console-next-restore-or-pass = What they have is suspended. If they have it back, restore it. If not, check the caller and issue a pass.
console-next-use-other = They have another way in: they log in with that, and replace the key on their own account page.
console-next-enable = They are disabled. Enable them first, if they are to come back.
console-ways-in = What they log in with
console-key = Key
console-key-added = Added
console-key-used = Last used
console-key-state = State
console-never-used = Never
console-asset-tag = asset tag { $tag }
console-last-failure = Refused { $when }: { $why }
console-refused-policy = policy does not take it
console-refused-marked = its maker marks the model as unsafe
console-refused-counter = it counted wrongly; there may be a copy
console-refused-backup = it began or ceased to be copied
console-refused-other = it was not right
console-key-synced = copied between devices
console-key-works = Works
console-key-refused = Not allowed
console-key-marked = Model unsafe
console-suspended-lost = Suspended, lost
console-suspended-copied = Suspended, perhaps copied
console-suspended-not-me = Suspended, “not me”
console-suspended-administrator = Suspended
console-suspended-closed = Resting, account closed
console-app = Authenticator app
console-no-keys = No key, and no authenticator app.
console-password-yes = Has a password.
console-password-no = Has no password.
console-codes =
    { $count ->
        [one] 1 recovery code is left.
       *[other] { $count } recovery codes are left.
    }
console-pass-counts = A pass counts until { $when }.
console-pass-tries =
    { $count ->
        [one] It can be tried once more.
       *[other] It can be tried { $count } times more.
    }
console-invited-until = The invitation counts until { $when }.
console-demand-password = Policy asks for a password.
console-demand-mfa = Policy asks for two proofs, or for a key alone.
console-demand-phishing-resistant = Policy asks for a security key.
console-demand-hardware = Policy asks for a security key in hardware.
console-demand-keys =
    { $count ->
        [one] Policy asks them to have a key.
       *[other] Policy asks them to have { $count } keys.
    }
console-demand-closed = Keys are not switched on for them.
console-sessions =
    { $count ->
        [0] Logged in nowhere.
        [one] Logged in at 1 place.
       *[other] Logged in at { $count } places.
    }

console-check = Check the caller
console-check-how = How do you know that it is them?
console-check-hint = Do one of these now, then record it. Asking questions that only they should know does not count.
console-check-called-back = <strong>Call back</strong>, on the number on record
console-check-in-person = <strong>In person</strong>, they stand before you
console-check-badge-on-video = <strong>Badge on video</strong>, the photo and name match
console-check-manager-vouched = <strong>Their manager vouches</strong>, with their own key
console-check-record = Record this check
console-check-not = I could not check them
console-check-none = Choose how you checked the caller
console-check-not-yours = You cannot help this person, so there is nothing to check.
console-check-first = Check the caller first: go back to the call and record how
console-checked = Caller checked
console-checked-called-back = Called back on the number on record
console-checked-in-person = In person
console-checked-badge-on-video = Badge on video
console-checked-manager-vouched = Their manager vouched
console-act = Act
console-act-hint = Each asks for a reason and shows what will change before it happens.
console-act-closed = The rest opens when the check is recorded. What only makes the account safer can be done already.
console-act-none = There is nothing that you can do for this person here.
console-receipt = Receipt
console-receipt-nothing = Nothing has changed yet.
console-end-call = End this call
console-history = What happened
console-history-all = All of it
console-history-nothing = Nothing yet.
console-history-of = What happened to { $name }
console-history-more = Earlier
console-back-to-call = Back to { $name }
console-by = by { $name }
console-by-administrator = by an administrator
console-by-cli = on the server’s command line
console-event-case = case { $case }

console-do-remove-key = Remove
console-do-suspend-key = Suspend
console-do-restore-key = Restore
console-do-remove-app = Remove
console-do-suspend-app = Suspend
console-do-restore-app = Restore
console-do-remove-codes = Remove recovery codes
console-do-reset = Reset enrolment
console-do-pass = Issue a pass
console-do-supervised-link = Supervised enrolment
console-do-end-sessions = Log them out everywhere
console-ask-remove-key = Remove ‘{ $nickname }’ of { $name }
console-ask-suspend-key = Suspend ‘{ $nickname }’ of { $name }
console-ask-restore-key = Restore ‘{ $nickname }’ of { $name }
console-ask-remove-app = Remove the authenticator app of { $name }
console-ask-suspend-app = Suspend the authenticator app of { $name }
console-ask-restore-app = Restore the authenticator app of { $name }
console-ask-remove-codes = Remove the recovery codes of { $name }
console-ask-reset = Reset the enrolment of { $name }
console-ask-pass = Issue a pass for { $name }
console-ask-supervised-link = Supervised enrolment for { $name }
console-ask-end-sessions = Log { $name } out everywhere
console-about-remove-key = The key stops working at once, for every log-in, and cannot be brought back.
console-about-suspend-key = The key stops working at once. It can be restored.
console-about-restore-key = The key works again at once.
console-about-remove-app = Its codes stop working at once, and it cannot be brought back.
console-about-suspend-app = Its codes stop working at once. It can be restored.
console-about-restore-app = Its codes work again at once.
console-about-remove-codes = They stop working at once.
console-about-reset = Removes their keys, authenticator app and recovery codes. What policy asks of them stays, so they need a pass to set up again.
console-about-pass = With a pass, their user name and what else they still have they set up one new key, and nothing else.
console-about-supervised-link = A link that they open on their own computer while you are with them. They set up the key; you never do.
console-about-end-sessions = They have to log in again everywhere.
console-reason = Why?
console-reason-none = Choose why
console-reason-lost = The key is lost
console-reason-stolen = The key was stolen
console-reason-phished = Somebody got at their password or a code
console-reason-broken = The key does not work any more
console-reason-forgotten-pin = The PIN is forgotten
console-reason-leaver = They leave
console-reason-other = Something else
console-why-lost = Lost
console-why-stolen = Stolen
console-why-phished = Somebody got at a password or a code
console-why-broken = Does not work any more
console-why-forgotten-pin = PIN forgotten
console-why-leaver = They leave
console-why-other = Something else
console-note = In your words
console-note-hint = It is kept in the audit trail. Needed for “Something else”.
console-note-none = Say what it is
console-note-long = That is too long: at most { $longest } characters
console-delivery = How does the pass get to them?
console-delivery-spoken = Read out on the telephone: it counts for 10 minutes
console-delivery-written = Written down: it counts for an hour
console-see = See what will change

console-changes = What will change
console-will-remove-key = ‘{ $nickname }’ stops working, for good.
console-will-suspend-key = ‘{ $nickname }’ stops working until it is restored.
console-will-restore-key = ‘{ $nickname }’ works again.
console-will-remove-app = The authenticator app stops working, for good.
console-will-suspend-app = The authenticator app stops working until it is restored.
console-will-restore-app = The authenticator app works again.
console-will-remove-codes = The recovery codes stop working, for good.
console-will-policy-stays = What policy asks of them stays.
console-will-end-sessions =
    { $count ->
        [0] They are logged in nowhere: nothing ends.
        [one] They are logged out of 1 session.
       *[other] They are logged out of { $count } sessions.
    }
console-will-pass = A pass is shown to you once. It counts for { $minutes } minutes.
console-will-link = A link is shown to you once.
console-will-void-pass = The pass that they have stops working.
console-will-told = They are told by e-mail, at { $address }.
console-will-told-nobody = They have no e-mail address that we could tell them at: tell them yourself.
console-locks-out = { $name } could not log in afterwards
console-locks-out-body = This is their last way in. With a pass in the same step they can set up a new key.
console-end-too =
    { $count ->
        [one] Log them out of 1 session too
       *[other] Log them out of { $count } sessions too
    }
console-end-of-keys =
    { $count ->
        [one] 1 of them began with what goes now.
       *[other] { $count } of them began with what goes now.
    }
console-confirm-remove-key = Remove the key
console-confirm-suspend-key = Suspend the key
console-confirm-restore-key = Restore the key
console-confirm-remove-app = Remove the app
console-confirm-suspend-app = Suspend the app
console-confirm-restore-app = Restore the app
console-confirm-remove-codes = Remove the codes
console-confirm-reset = Reset enrolment
console-confirm-pass = Issue the pass
console-confirm-supervised-link = Make the link
console-confirm-end-sessions = Log them out
console-confirm-with-pass = Do it, and issue a pass
console-confirm-lock-out = Do it without a pass

console-was-remove-key = ‘{ $nickname }’ removed
console-was-suspend-key = ‘{ $nickname }’ suspended
console-was-restore-key = ‘{ $nickname }’ restored
console-was-remove-app = Authenticator app removed
console-was-suspend-app = Authenticator app suspended
console-was-restore-app = Authenticator app restored
console-was-remove-codes = Recovery codes removed
console-was-end-sessions =
    { $count ->
        [one] Logged out of 1 session
       *[other] Logged out of { $count } sessions
    }
console-was-pass = Pass issued
console-was-link = Link for supervised enrolment made
console-was-nothing = Done
console-was-told = Told by e-mail, { $address }
console-was-told-nobody = Not told: there is no e-mail address
console-was-asked = Waits for a second administrator to agree

console-pass-heading = Pass for { $name }
console-pass-read = Read this out, row by row
console-pass-letters = The letters of the pass
console-link-heading = Link for { $name }
console-link-open = They open this on their own computer
console-told-once = It is shown once. When you leave this page, nobody can see it again.
console-told-until = counts until { $when }
console-minutes-left = minutes left
console-told-over = Over
console-told-done = Done, hide it
console-their-screen = Their screen
console-their-screen-pass = They log in with their user name and what else they have. Then they are asked for the pass.
console-their-screen-link = It asks for the same checks as always, then for the new key.
console-good-for = What it is good for
console-good-for-pass = It lets them set up one key, and nothing else. It works once, and can be tried five times. Any older pass of theirs stopped working.
console-good-for-link = It lets them set up one key, and nothing else. It works once.
console-letter-a = Alfa
console-letter-b = Bravo
console-letter-c = Charlie
console-letter-d = Delta
console-letter-e = Echo
console-letter-f = Foxtrot
console-letter-g = Golf
console-letter-h = Hotel
console-letter-i = India
console-letter-j = Juliett
console-letter-k = Kilo
console-letter-l = Lima
console-letter-m = Mike
console-letter-n = November
console-letter-o = Oscar
console-letter-p = Papa
console-letter-q = Quebec
console-letter-r = Romeo
console-letter-s = Sierra
console-letter-t = Tango
console-letter-u = Uniform
console-letter-v = Victor
console-letter-w = Whiskey
console-letter-x = X-ray
console-letter-y = Yankee
console-letter-z = Zulu
console-letter-2 = Two
console-letter-3 = Three
console-letter-4 = Four
console-letter-5 = Five
console-letter-6 = Six
console-letter-7 = Seven

console-event-logged-in = Logged in
console-event-login-refused = A log-in was refused
console-event-application-opened = An application was opened
console-event-provider-opened = An application was opened by SAML
console-event-provider-logged-out = Logged out by an application
console-event-providers-told = Logged out of every application that speaks SAML
console-event-providers-untold = May still be logged in at { $untold }
console-event-saml-refused = A message of an application was refused
console-event-consent-given = Agreed to an application’s wishes
console-event-logged-out = Logged out
console-event-credential-registered = Key ‘{ $nickname }’ set up
console-event-registration-refused = A key was not taken
console-event-credential-renamed = Key ‘{ $before }’ renamed ‘{ $after }’
console-event-credential-removed = Key ‘{ $nickname }’ removed
console-event-credential-suspended = Key ‘{ $nickname }’ suspended
console-event-credential-reinstated = Key ‘{ $nickname }’ restored
console-event-counter-alert = A key counted wrongly
console-event-backup-eligibility-changed = A key began or ceased to be copied
console-event-grant-reuse = An application used something twice
console-event-interest-registered = Would like a key
console-event-person-imported = Taken in from a table
console-event-app-enrolled = Authenticator app set up
console-event-app-removed = Authenticator app removed
console-event-app-suspended = Authenticator app suspended
console-event-app-reinstated = Authenticator app restored
console-event-pass-issued = Pass issued
console-event-pass-used = Pass used
console-event-recovery-codes-made = Recovery codes made
console-event-recovery-codes-removed = Recovery codes removed
console-event-recovery-code-used = Recovery code used
console-event-enrolment-reset = Enrolment reset
console-event-role-granted = Role given
console-event-role-ended = Role taken
console-event-key-refused = A key was refused by policy
console-event-key-judged-again = A key was judged again
console-event-letter-given-up = A letter could not be sent
console-event-letter-retried = A letter was tried again
console-event-letters-retried = All letters that did not leave were tried again
console-event-letter-withdrawn = A letter that did not leave was given up
console-event-not-me = Said of a letter: this was not me
console-event-password-changed = Password changed
console-event-application-disconnected = An application was disconnected
console-event-person-disabled = Disabled
console-event-person-enabled = Enabled
console-event-person-moved = Moved to another organisation
console-event-person-changed = Details changed
console-event-person-added = Added
console-event-link-issued = Link sent
console-event-link-used = Link used
console-event-other = Something else ({ $kind })

console-menu-people = People
console-people-heading = People
console-people-narrow = Whom to show
console-people-organisation = Organisation
console-people-any-organisation = All that you look after
console-people-state = State
console-people-enrolment = Keys
console-people-any = Any
console-people-show = Show
console-people-all = Show everybody
console-people-found = Whom you look after
console-people-name = Name
console-people-nobody = Nobody like that among the people you look after.
console-people-first = Back to the first
console-people-next = More people
console-enrolment-two-keys = Two keys or more
console-enrolment-one-key = One key
console-enrolment-app-only = Authenticator app only
console-enrolment-in-grace = Nothing yet, still let in
console-enrolment-nothing = Nothing

console-do-invite = Invite
console-do-disable = Disable
console-do-enable = Enable
console-ask-invite = Invite { $name }
console-ask-disable = Disable { $name }
console-ask-enable = Enable { $name }
console-about-invite = They choose a password or set up a key by a link. Any invitation before this one stops working.
console-about-disable = For somebody who leaves: their sessions end and their keys rest. They can be enabled again.
console-about-enable = For somebody who is back: they log in with what they had.
console-confirm-invite = Invite
console-confirm-disable = Disable
console-confirm-enable = Enable
console-will-invite = They are sent a link. If no letter can go, it is shown to you once.
console-will-disable =
    { $count ->
        [0] They can log in no more. They are logged in nowhere.
        [one] They can log in no more, and are logged out of 1 session.
       *[other] They can log in no more, and are logged out of { $count } sessions.
    }
console-will-enable = They can log in again, and their keys work again.
console-was-invite = Invited
console-was-disable = Disabled
console-was-enable = Enabled
console-invitation-heading = Invitation for { $name }
console-their-screen-invitation = It asks them to choose a password, or to set up a key at once.
console-good-for-invitation = It lets them begin, once. Any older invitation of theirs stopped working.

console-add = Add the person
console-add-link = Add a person
console-add-heading = Add a person
console-add-invite = Invite them by e-mail at once
console-add-invite-hint = Without an e-mail address you invite them afterwards, and see the link.
console-details-link = Change details
console-details-heading = Details of { $name }
console-details-name = Name
console-details-username = User name
console-details-username-hint = What they type to log in. It stays as it is.
console-details-username-is = User name: { $username }. It stays as it is.
console-details-email = E-mail address
console-details-email-hint = After a change they show that they read it before it counts for logging in.
console-details-staff-number = Staff number
console-details-save = Save
console-details-stale = Somebody else changed this person meanwhile. Look at what you typed, and save again.
console-details-now = Somebody else wrote meanwhile: { $now }
console-details-now-nothing = Somebody else emptied this meanwhile.
console-details-other = This cannot be kept like that. Look at each field.
console-details-name-malformed = Type a name of 1 to 200 characters
console-details-username-malformed = A user name has letters, digits, dots, hyphens and no spaces
console-details-username-taken = Somebody has that user name already
console-details-username-unfit = User names of this organisation look different
console-details-email-malformed = That is no e-mail address
console-details-staff-number-malformed = That staff number is too long
console-details-staff-number-taken = Somebody else of the organisation has that staff number
