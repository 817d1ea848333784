console-menu-key-models = Key models
console-menu-policy = Policy
console-menu-groups = Groups

console-policy-of = Policy of { $name }
console-policy-of-group = What the group { $name } demands
console-policy-lede = What is asked of everybody here and below. Where two rules meet, the stricter one holds. What is not marked comes from the preset.
console-policy-lede-group = What is demanded of its members on top of the policy. A group only makes things stricter.
console-policy-unsaved =
    { $count ->
        [one] 1 change is not saved.
       *[other] { $count } changes are not saved.
    }
console-policy-saved = Saved { $when }. It holds from each person’s next log-in on.
console-policy-meanwhile = Somebody else changed this meanwhile
console-policy-meanwhile-what = Their changes are kept. What you save now comes on top of them.
console-policy-stale = Nothing was saved: somebody else saved a change just before you. Look at it below, then save again.
console-policy-more-locked-out = Nothing was saved: more people would be locked out by now than you were shown. Look at the number again.
console-policy-refused = A setting cannot be that. Look at what is written, and change it.
console-policy-draft-full = These are more changes than can wait at once. Save or discard some of them first.
console-policy-was = Was:
console-policy-change = Change
console-policy-own = Set here
console-policy-you-say = Set here:
console-policy-administrators = Administrators:
console-policy-locked-platform = Set by the platform. You cannot weaken it.
console-policy-locked-above = Set by an organisation above. You cannot weaken it.
console-policy-locked-both = Set by the platform and an organisation above. You cannot weaken it.
console-policy-demanded-platform = The platform demands this or stricter:
console-policy-demanded-above = An organisation above demands this or stricter:
console-policy-demanded-both = The platform and an organisation above demand this or stricter:
console-policy-nothing = Nothing
console-policy-nothing-on-top = Nothing on top

console-policy-section-start = Starting
console-policy-section-log-in = Logging in
console-policy-section-keys = How many keys
console-policy-section-models = Which keys
console-policy-section-sessions = Staying logged in
console-policy-section-administrators = Administrators
console-policy-section-other = Other settings

console-policy-trial = Who could not log in tomorrow?
console-policy-trial-none = Change a setting, and the answer stands here before you save anything.
console-policy-trial-waiting = Everybody is being looked at. The answer comes by itself.
console-policy-trial-wait = Show the answer
console-policy-trial-failed = We could not work it out. Nothing can be saved before we have.
console-policy-trial-again = Try again
console-policy-of-people =
    { $count ->
        [one] of 1 person, if you save this now
       *[other] of { $figure } people, if you save this now
    }
console-policy-has-key = A key that would no longer do
console-policy-has-app = Authenticator app, but no key
console-policy-has-grace = In grace, which would end
console-policy-has-nothing = Nothing set up
console-policy-you-locked-out = You could not log in yourself.
console-policy-administrators-in =
    { $count ->
        [0] You could still log in.
        [one] You and 1 other administrator could still log in.
       *[other] You and the { $count } other administrators could still log in.
    }
console-policy-administrators-out =
    { $count ->
        [one] 1 other administrator could not log in.
       *[other] { $count } other administrators could not log in.
    }
console-policy-would-enrol =
    { $count ->
        [one] 1 person would have to set something up at their next log-in.
       *[other] { $figure } people would have to set something up at their next log-in.
    }
console-policy-already =
    { $count ->
        [one] 1 person cannot log in as it is, and could not then.
       *[other] { $figure } people cannot log in as it is, and could not then.
    }
console-policy-another-date = Choose another date
console-policy-safer = Change ‘{ $setting }’
console-policy-save =
    { $count ->
        [one] Save the change
       *[other] Save the { $count } changes
    }
console-policy-save-anyway =
    { $count ->
        [one] Save and lock out 1 person
       *[other] Save and lock out { $figure } people
    }
console-policy-asks-for-key = Saving asks you to touch your key.
console-policy-names = See the names
console-policy-table = Download the names (CSV)
console-policy-discard =
    { $count ->
        [one] Discard the change
       *[other] Discard all { $count } changes
    }

console-policy-choices = What it should be
console-policy-choices-many = What is allowed
console-policy-choose = Choose one of these.
console-policy-choose-some = Choose at least one of these.
console-policy-number-of-keys = Number of keys
console-policy-number-of-days = Number of days
console-policy-number-of-minutes = Minutes
console-policy-minutes-hint = 60 is an hour, 720 is 12 hours.
console-policy-empty-none = Leave it empty for none.
console-policy-number = Write a whole number, such as 2.
console-policy-some-minutes = Write a number of minutes, 1 or more.
console-policy-day = Day
console-policy-day-hint = Leave it empty for no day.
console-policy-date = Write a day, such as 2026-11-24.
console-policy-models-in-use = Models in use here
console-policy-models-more = Other models
console-policy-models-more-hint = The AAGUID of each, one a line. Its maker publishes it.
console-policy-models-wrong = ‘{ $id }’ is no AAGUID. It looks like 2fc0579f-8113-47ea-b116-bb5a8db9202a.
console-policy-raw = The value, as documents write it
console-policy-raw-about = This setting is newer than the words of this console. Its value is written as in documents.
console-policy-raw-wrong = That is not written as documents write it (JSON).
console-policy-demanded-here = Demanded from above. What you set can only make it stricter:
console-policy-preset-says = The preset says:
console-policy-group-adds = Whatever you choose comes on top of the policy. It never weakens it.
console-policy-try = See who could not log in
console-policy-try-hint = Nothing is saved yet.
console-policy-reset = Back to the preset
console-policy-demand-nothing = Demand nothing here

console-policy-keys =
    { $count ->
        [0] none
        [one] 1 key
       *[other] { $count } keys
    }
console-policy-days =
    { $count ->
        [one] 1 day
       *[other] { $count } days
    }
console-policy-hours =
    { $count ->
        [one] 1 hour
       *[other] { $count } hours
    }
console-policy-minutes =
    { $count ->
        [one] 1 minute
       *[other] { $count } minutes
    }
console-policy-limit-in = { $networks }
console-policy-limit-everywhere = Everywhere
console-policy-limit-weaker = after a log-in weaker than: { $strength }
console-policy-limit-absolute = at most { $time }
console-policy-limit-idle = { $time } when idle
console-policy-limit-number = Shorter sessions { $number }
console-policy-limit-new = More shorter sessions
console-policy-limit-networks = Networks
console-policy-limit-networks-hint = Such as 10.20.0.0/16, several with commas. Empty is everywhere.
console-policy-limit-weaker-than = Only after a log-in weaker than
console-policy-limit-any = After any log-in
console-policy-limit-absolute-minutes = Minutes in all
console-policy-limit-idle-minutes = Minutes when idle
console-policy-limit-empty = Write how many minutes: in all, when idle, or both.
console-policy-limit-more = To remove one, empty its fields. For another one, save this and come back.
console-policy-network-wrong = ‘{ $network }’ is no network. Write an address such as 10.0.0.7 or a network such as 10.20.0.0/16.

console-policy-preset = Preset
console-policy-preset-about = A starting point for every setting that is not set here. Changing it may change many settings at once.
console-policy-preset-small = Small organisation
console-policy-preset-hospital = Hospital
console-policy-rollout = Rollout of keys
console-policy-rollout-about = How far your organisation is with security keys. Once they are required, a password with an app is not enough.
console-policy-rollout-not-started = Not started
console-policy-rollout-pilot = Pilot groups only
console-policy-rollout-available = Available, and nobody has to
console-policy-rollout-required = Required of everybody
console-policy-rollout-required-from = Keys required from
console-policy-rollout-required-from-about = From the start of this day on (UTC) everybody who may set up a key has to have one.
console-policy-rollout-required-from-nothing = No day
console-policy-bootstrap = First set-up
console-policy-bootstrap-about = What lets somebody set up their very first key or app. A password alone never does. A pass always does.
console-policy-bootstrap-invitation = With the e-mailed invitation, or a pass
console-policy-bootstrap-pass = With a pass from the helpdesk
console-policy-grace-until = Grace until
console-policy-grace-until-about = Until the end of this day (UTC) people who never had a key or app may set up their first one after their password. Never administrators.
console-policy-grace-until-nothing = No grace
console-policy-required = Required strength
console-policy-required-about = How strong every log-in has to be at least.
console-policy-required-password = A password is enough
console-policy-required-mfa = Two factors
console-policy-required-phishing-resistant = Phishing-resistant: a key or passkey
console-policy-required-hardware = A key that is proven to be in hardware
console-policy-methods = Allowed methods
console-policy-methods-about = What people may set up and log in with, beside their password.
console-policy-methods-key = security key
console-policy-methods-passkey = passkey
console-policy-methods-authenticator-app = authenticator app
console-policy-methods-recovery-code = recovery codes
console-policy-methods-nothing = The password alone
console-policy-key-as-primary = Log in with a key alone
console-policy-key-as-primary-about = Whether a key or passkey with its PIN or fingerprint does without the password.
console-policy-key-as-primary-yes = Yes, without the password
console-policy-key-as-primary-no = No, the password comes first
console-policy-synced-passkeys = Synced passkeys
console-policy-synced-passkeys-about = Passkeys that a phone or browser copies between devices. Where they are not allowed, those in use stop working.
console-policy-synced-passkeys-yes = Allowed
console-policy-synced-passkeys-no = Not allowed
console-policy-keys-required = Keys required
console-policy-keys-required-about = How many keys each person has to have once keys are required.
console-policy-keys-nudged = Keys suggested
console-policy-keys-nudged-about = Up to how many keys people are reminded to have. Two survive the loss of one.
console-policy-second-key-days = Second key within
console-policy-second-key-days-about = How many days after their first key people have to have a second one.
console-policy-second-key-days-nothing = Never has to be
console-policy-attestation = Keys are asked what they are
console-policy-attestation-about = Whether a new key is asked for its model and its maker’s proof. A list of models needs it.
console-policy-attestation-none = No
console-policy-attestation-direct = Yes
console-policy-attestation-required = Proof of the model
console-policy-attestation-required-about = Whether a new key has to prove what it is. Synced passkeys cannot.
console-policy-attestation-required-none = Not needed
console-policy-attestation-required-direct = Needed
console-policy-models-allowed = Models allowed
console-policy-models-allowed-about = If there is a list, only keys of these models can be set up.
console-policy-models-allowed-nothing = Any model
console-policy-models-denied = Models denied
console-policy-models-denied-about = Keys of these models cannot be set up. Models that are published as revoked or broken never can.
console-policy-models-denied-nothing = None but those marked revoked
console-policy-models-at-login = Lists of models hold at log-in
console-policy-models-at-login-about = Whether keys that are in use already stop working when their model is denied.
console-policy-models-at-login-yes = For every log-in
console-policy-models-at-login-no = For new keys only
console-policy-session-absolute-minutes = Longest session
console-policy-session-absolute-minutes-about = After this time everybody has to log in again.
console-policy-session-idle-minutes = Idle session
console-policy-session-idle-minutes-about = Who does nothing for this long has to log in again.
console-policy-session-limits = Shorter sessions
console-policy-session-limits-about = Sessions that are shorter in some networks, such as on shared ward computers, or after weaker log-ins. They never make a session longer.
console-policy-session-limits-nothing = Nowhere
console-policy-step-up-minutes = Fresh log-in for changes
console-policy-step-up-minutes-about = How old a log-in may be when somebody changes their keys. After that they are asked again.
console-policy-four-eyes = Second administrator
console-policy-four-eyes-about = What another administrator has to agree to. Passes for administrators always need it.
console-policy-four-eyes-off = Only for passes of administrators
console-policy-four-eyes-administrator-resets = For resets of administrators too

console-who-heading =
    { $count ->
        [one] 1 person could not log in tomorrow
       *[other] { $figure } people could not log in tomorrow
    }
console-who-causes = What they have
console-who-names = Who they are
console-who-has = What they have
console-who-because = Because of
console-who-all =
    { $count ->
        [one] This is everybody.
       *[other] These { $count } are all.
    }
console-who-first = The first { $count } of them. The table holds them all.
console-who-nobody = Nobody.

console-models-heading = Key models of { $name }
console-models-list = Models in use
console-models-hint = { $figure } working keys, here and below. Choose a model to see who needs it.
console-models-counting = The keys are being counted. The answer comes by itself.
console-models-none = Nobody has a key yet. Models stand here once people set up keys.
console-models-model = Model
console-models-keys = Keys
console-models-hardware = Proven in hardware
console-models-state = Policy
console-models-not-told = Keys that did not tell their model
console-models-marked = Revoked or broken
console-models-allowed = Allowed
console-models-denied = Denied
console-models-in-use =
    { $count ->
        [one] 1 key in use
       *[other] { $figure } keys in use
    }
console-model-aaguid = AAGUID
console-model-use = In use
console-model-holders =
    { $count ->
        [one] 1 person has one. Working keys: { $keys }; proven to be in hardware: { $hardware }.
       *[other] { $figure } people have one. Working keys: { $keys }; proven to be in hardware: { $hardware }.
    }
console-model-marked = What is published about this model marks it revoked or broken.
console-model-allowed = The policy lets people set up keys of this model.
console-model-denied = The policy lets nobody set up a key of this model.
console-model-if-denied = If it were denied at log-in
console-model-locked-out =
    { $count ->
        [one] person could not log in
       *[other] people could not log in
    }
console-model-deny = Deny it for new keys
console-model-deny-login = Deny it at log-in too
console-model-deny-hint = Either becomes a change of the policy, which you see and save there.
console-model-who = Who needs it
console-model-first = The first { $count } of them.

console-groups-heading = Groups of { $name }
console-groups-lede = More can be demanded of the members of a group, such as keys before everybody else.
console-groups-none = There are no groups yet.
console-group = Group
console-group-back = { $name }
console-group-add = Add a group
console-group-add-do = Add the group
console-group-members = Members
console-group-demands = Demands
console-group-demands-count =
    { $count ->
        [0] nothing on top
        [one] 1 setting
       *[other] { $count } settings
    }
console-group-demanded = Demanded on top
console-group-demands-nothing = Nothing on top of the policy.
console-group-change = Change what is demanded
console-group-rename = Rename
console-group-rename-heading = Rename ‘{ $name }’
console-group-rename-do = Rename the group
console-group-remove = Remove the group
console-group-remove-heading = Remove ‘{ $name }’?
console-group-remove-members =
    { $count ->
        [0] Nobody is in it.
        [one] 1 person is no longer in it. Their account stays.
       *[other] { $figure } people are no longer in it. Their accounts stay.
    }
console-group-remove-demands = What it demands of them on top holds no more.
console-group-remove-do = Remove the group
console-group-find = Add a member
console-group-find-hint = Name, user name, e-mail address or staff number.
console-group-found-nobody = Nobody is found who is not in it.
console-group-count =
    { $count ->
        [one] 1 member
       *[other] { $figure } members
    }
console-group-empty = Nobody is in it yet.
console-group-do = What you can do
console-group-join = Add
console-group-join-name = Add { $name }
console-group-take-out = Take out
console-group-take-out-name = Take out { $name }
console-group-name = Name
console-group-name-hint = As people read it, such as Theatre staff.
console-group-name-wrong = Write a name of 1 to 100 characters, with letters or digits in it.
console-group-id = Short name
console-group-id-hint = For documents and scripts. Leave it empty, and it is made of the name.
console-group-id-wrong = Use a to z, 0 to 9 and hyphens only, such as theatre-staff.
console-group-taken = There is a group of that short name. Choose another one.
console-group-stale = Somebody else changed this group just before you. Look at it, then try again.
console-join-heading = Add { $name } to ‘{ $group }’
console-join-locks-out = { $name } could not log in tomorrow
console-join-because = What the group demands on top does it:
console-join-first = Help them set up what is missing first, or add them and be there at their next log-in.
console-join-help = Help { $name } first
console-join-anyway = Add them all the same
console-join-well = { $name } can log in as before.
console-join-do = Add them
