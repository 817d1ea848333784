logging-in-as = Logging in as <b>{ $username }</b>
not-you = Not you?
use-key-heading = Now use your key
use-key-body =
    { $count ->
        [0] Have it in your hand before you go on.
        [one] Have this one in your hand before you go on.
       *[other] Any one of these will do. Have it in your hand before you go on.
    }
use-key = Use your security key
step-up-add = Before you add a key, show that it is you.
step-up-rename = Before you rename a key, show that it is you.
step-up-remove = Before you remove a key, show that it is you.
step-up-fresh = It is a while since you logged in, so show that it is you.
another-way = Try another way
another-way-none = You have set up no other way to log in.
another-way-help = I have none of my keys with me

step-of = Step { $step } of { $steps }
step-finished = Step { $steps } of { $steps }, finished
set-up-key = Set up your security key
set-up-required = { $organisation } asks everyone to log in with a key. It takes about two minutes.
set-up-own = Add a security key, or a passkey on your phone or computer. It takes about two minutes.
set-up-window = Your browser will open its own window and ask you to:
set-up-insert = 1. Put the key in
set-up-insert-hint = Or hold it to the back of a phone.
set-up-pin = 2. Type its PIN
set-up-pin-hint = A new key asks you to make one up: 4 numbers or more.
set-up-touch = 3. Touch the key
set-up-touch-hint = Press the metal part or the light.
set-up-pin-note = The PIN stays on the key. We never see it and cannot reset it, so choose one that you will remember.
set-up-without = I do not have my key with me

name-key-heading = Name this key
name-key-body = You will see this name each time you log in, so choose one that tells your keys apart.
nickname-label = Key name
nickname-hint = For example, ‘Blue key’ or ‘Ward phone’. Up to { $longest } characters.
characters-left = Characters left:
name-key-save = Save and try it
key-model = Model
key-type = Type
key-added = Added
key-used = Last used
key-never-used = Not yet
key-never-used-inline = not used yet
key-used-inline = last used { $when }
key-bound = Stays on this key
key-synced = Synced between your devices
key-suspended = Suspended
key-not-allowed = Not allowed
key-not-allowed-body = Your organisation does not allow it any more. It cannot log you in.
key-unsafe = Unsafe
key-unsafe-body = Its model is reported to be unsafe. It still logs you in. Ask your helpdesk for another one.
key-unsafe-not-allowed = Unsafe
key-unsafe-not-allowed-body = Its model is reported to be unsafe. It cannot log you in. Ask your helpdesk for another one.
key-tried = Tried and working
model-unknown = Unknown model
kind-usb = Security key, USB
kind-nfc = Security key, tap
kind-usb-nfc = Security key, USB or tap
kind-phone = Passkey on a phone
kind-device = Passkey on a phone or computer

try-key-heading = Try your key
try-key-body = It is on your account. Use it once now, so that you know how it goes.
try-key-skip = Skip this
key-ready-heading = Your key is ready
spare-heading = Add a spare key
spare-body = This is your only key. If you lose it, you cannot log in until the helpdesk has helped you. A second key, kept somewhere else, lets you carry on.
spare-add = Add a spare key
spare-later =
    { $days ->
        [one] Remind me tomorrow
       *[other] Remind me in { $days } days
    }
spare-never = Do not remind me again
spare-either = Either way you go on to { $application }.

problem-key-no-answer = Your key did not answer
problem-key-unknown = That key is not registered for this account
problem-key-unknown-here = That key is not registered here
problem-key-no-verification = Your key did not ask for its PIN or fingerprint
problem-key-late = The time for this ran out
problem-key-not-supported = This browser cannot use security keys
problem-key-no-script = Your browser did not ask for your key
problem-key-address = Keys do not work at this address
problem-key-network = We could not be reached
problem-key-other = Your browser could not use your key
problem-key-already = This key is already on your account
problem-key-no-pin = This key cannot check a PIN or fingerprint
problem-key-model = { $model } is not allowed by your organisation
problem-key-model-marked = { $model } is reported to be unsafe, so it is not allowed
problem-key-marked = This key’s model is reported to be unsafe, so it is not allowed any more
problem-key-model-unknown = Your organisation allows only certain models, and this key does not tell its own
problem-key-synced = Your organisation does not allow passkeys that are copied between devices
problem-key-device-bound = Your organisation does not allow keys that stay on one device
problem-key-not-attested = This key does not prove what it is, and your organisation asks for that
problem-key-not-allowed = Your organisation does not allow this key any more
problem-key-counter = This key may have been copied
problem-key-changed = This key is not the one that was registered
problem-key-suspended = This key is suspended
problem-keys-many = You have as many keys as an account can have
problem-nickname-missing = Enter a name for this key
problem-nickname-long =
    { $longest ->
        [one] Use one character
       *[other] Use at most { $longest } characters
    }
problem-nickname-character = Use only characters that can be seen
problem-nickname-taken = Another of your keys has this name

advice-key-again = Put it in or hold it near, then choose the button again.
advice-key-pin = A key without a PIN, or with a locked one, looks the same to us as no key at all.
advice-key-other = Use another key, or ‘Try another way’.
advice-key-verify = Set a PIN for the key on your computer, or use another key.
advice-key-own = Use one of the keys on this page.
advice-key-password = Use another key, or log in with your user name and password.
advice-key-address = Go to the address that your organisation gave you. Do not type your password here.
advice-key-browser = Use a current version of Chrome, Edge, Firefox or Safari.
advice-key-script = Switch on JavaScript for this page, then choose the button again.
advice-key-network = Look at your connection, then choose the button again.
advice-key-helpdesk = Do not use it again, and tell your helpdesk.
advice-key-another-model = Use a key of another model. Your helpdesk can tell you which.
advice-key-allowed = Allowed models: { $models }.
advice-key-have = You can use it to log in. To add another, put that one in.
advice-nothing-stored = Nothing was stored.

way-passkey = Use your security key
way-totp = Use your authenticator app
way-recovery-code = Use a recovery code
way-pass = Use a pass from your helpdesk
another-way-call = Call the helpdesk
code-app-heading = Now use your authenticator app
code-app-body = Open the app on your phone and find the code for this account.
code-app-label = Code
code-app-hint = 6 numbers that change every 30 seconds.
code-recovery-heading = Use a recovery code
code-recovery-body = It works once, and lets you set up a key or an app again.
code-recovery-label = Recovery code
code-recovery-hint = 10 letters and numbers from the list that you printed.
code-pass-heading = Use a pass
code-pass-body = A pass from your helpdesk works once, and lets you set up a new key.
code-pass-label = Pass
code-pass-hint = 12 letters and numbers. Spaces do not matter.
problem-code-missing = Enter the code
problem-code-wrong = That code is not right, or was used already
advice-code-next = Wait for the next code and enter that one. If it goes on, check that the clock of your phone is right.
problem-recovery-wrong = That recovery code is not right, or was used already
problem-pass-wrong = That pass is not right
problem-pass-used = That pass was used already
problem-pass-expired = The time of that pass ran out
advice-pass-new = Check each letter. Your helpdesk can give you a new pass at any time.
problem-app-late = The time for this ran out
set-up-app = Set up an authenticator app
set-up-app-body = An app on your phone shows a new code of 6 numbers every 30 seconds. Use it when you have no key with you.
set-up-app-scan = Scan this picture with the app
set-up-app-picture = QR picture for your authenticator app
set-up-app-type = No camera? Type this into the app instead:
set-up-app-once = Treat it like a password. It is shown only now.
set-up-app-shown = The picture was shown before, and is shown once only.
set-up-app-again = Start again with a new picture
set-up-app-code = Type the code that the app shows
set-up-app-turn-on = Turn on the app
set-up-app-key = Use a security key instead
set-up-use-app = Use an authenticator app instead
