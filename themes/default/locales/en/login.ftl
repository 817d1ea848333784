log-in-to = to continue to { $application }
username = User name
password = Password
password-show = Show
password-show-name = Show password
password-hide = Hide
password-hide-name = Hide password
use-passkey = Use a passkey or security key
use-passkey-hint = You will not need your password.
needs-script = Security keys and passkeys need JavaScript. Switch it on in your browser, or log in with another method.
waiting = Follow your browser’s own window.

problem-username-missing = Enter your user name
problem-password-missing = Enter your password
problem-credentials = That user name and password do not match
problem-wait =
    { $minutes ->
        [one] Too many tries. Wait a minute, or use your key
       *[other] Too many tries. Wait { $minutes } minutes, or use your key
    }
problem-wait-key =
    { $minutes ->
        [one] Too many keys were refused here. Wait a minute, then use yours again
       *[other] Too many keys were refused here. Wait { $minutes } minutes, then use yours again
    }
problem-wait-code =
    { $minutes ->
        [one] Too many codes were wrong. Wait a minute, or use another way
       *[other] Too many codes were wrong. Wait { $minutes } minutes, or use another way
    }
problem-wait-links =
    { $minutes ->
        [one] Too many links were asked for from here. Wait a minute, or call your helpdesk
       *[other] Too many links were asked for from here. Wait { $minutes } minutes, or call your helpdesk
    }
problem-busy = Many people are logging in at this moment. Try again in a few seconds

consent-heading = Let { $application } see your details?
consent-asks = { $application } is asking for:
consent-never = It cannot see your password, your keys or your PIN.
consent-offline = It also asks to go on seeing them while you are away.
consent-allow = Allow
consent-deny = Do not allow
claim-name = Your name
claim-preferred-username = Your user name
claim-language = Your language
claim-email = Your e‑mail address
claim-phone = Your phone number
claim-address = Your address
claim-staff-number = Your staff number
claim-other = { $name }

not-started-heading = Your organisation has not switched on security keys yet
not-started-needs = { $application } asks for a log‑in with a security key.
not-started-body = { $organisation } decides when its people can set one up. There is nothing for you to do until then.
not-started-who = Who can tell you more
not-started-interest = Tell them that you would like one. They see your name, and nothing else changes.
not-started-registered = Your interest is registered. Your local administrators can see it.
register-interest = Register interest

help-needed-heading = Call your helpdesk to go on
help-needed-application = { $organisation } asks for a security key before you can use { $application }.
help-needed-account = { $organisation } asks for a security key before you can log in.
help-needed-first = You have none yet. The helpdesk checks that it is you and opens the way to set one up.
help-needed-lost = If you have none of your keys with you, the helpdesk checks that it is you and opens another way.
help-needed-why = A password alone is not enough to set up a key: it might be in somebody else’s hands.

unmet-heading = { $application } needs a stronger log‑in
needs-mfa = { $application } asks for a second proof beside your password, such as a security key.
needs-phishing-resistant = { $application } asks for a log‑in with a security key or passkey.
needs-hardware = { $application } asks for a security key that is a device of its own and can prove it. None of yours has proved it.
unmet-body = You stay logged in, and everything else works as before. To use it, register a key that it accepts, or ask your helpdesk which one that is.

log-out-heading = Log out?
log-out-asked = { $application } asks to log you out. You will be logged out of every application that you opened from here.
log-out-body = You will be logged out here, and of the applications that you opened from here.
stay-logged-in = Stay logged in
logged-out-heading = You are logged out
logged-out-body = Your session here has ended.
logged-out-applications = Your session here has ended. These are the applications that you used.
logged-out-told = Logged out, { $when }
logged-out-untold = Cannot be told
logged-out-close = It may still be open. Log out there, or close its window.
logged-out-waits = Told next
logging-out-body = Your session here has ended. The applications that you used are told now, one after the other.
logging-out-silent = { $application } did not answer. You may still be logged in there.
logging-out-next = Go on
log-out-post-heading = Logging you out
log-out-post-body = Choose ‘Continue’ if nothing happens.
logged-out-shared = <b>On a shared computer:</b> close every browser window before you walk away.
log-in-again = Log in again
go-on-logging-in = Go on logging in

form-post-heading = You are logged in
form-post-body = Choose ‘Continue’ if nothing happens.

help-needed-pass = Has the helpdesk given you a pass?
help-needed-pass-body = A pass lets you set up a new key. It works once.
help-needed-use-pass = Use a pass
help-needed-recovery = Use a recovery code

accept-heading = Welcome, { $name }
accept-body = { $organisation } has made an account for you. Choose a password, then set up a second way to log in.
accept-username = Your user name is <b>{ $username }</b>.
accept-key = Use a key and no password
accept-key-hint = A security key or passkey with its PIN or fingerprint is enough by itself.
follow-supervised = { $name }, your administrator is with you and has opened the way to set up a key. It works once, and you have ten minutes.
follow-by = { $name } made this link.
follow-by-operator = Whoever runs this log‑in service made this link.
follow-by-other = If somebody else is with you, stop here and call your helpdesk.
follow-password = { $name }, before you choose a new password, show your key or a code of your authenticator app.
new-password-heading = Choose a new password
new-password-save = Save the new password
link-gone-heading = This link does not work any more
link-gone-body = It was used, its time ran out, or a newer one was sent. Look for the latest e‑mail, or ask your helpdesk for another.
link-gone-help = Get help
forgotten-heading = Forgotten your password?
forgotten-body = We send a link to the e‑mail address on your account. With it you also need your key or your authenticator app.
forgotten-send = Send the link
forgotten-no-mail = This installation sends no e‑mail. Log in with your key alone, or call your helpdesk.
sent-heading = Look in your e‑mail
sent-body = If that account has an e‑mail address, a link is on its way to it. It works for half an hour.
sent-none = Nothing there after a few minutes? Look in the folder for unwanted mail, or call your helpdesk.
