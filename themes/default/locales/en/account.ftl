account-heading = Your account
tab-profile = Profile
tab-self-service = Self-Service
profile-name = Name
profile-email = E‑mail address
profile-organisation = Organisation
profile-logged-in = Logged in
profile-change = If something here is wrong, tell your helpdesk.
logged-in-password = with your password
logged-in-key = with a key
logged-in-password-key = with your password and a key

service-keys = Security keys and passkeys
service-keys-working =
    { $working ->
        [0] No key works.
        [one] 1 key works.
       *[other] { $working } keys work.
    }
service-keys-suspended =
    { $suspended ->
        [one] 1 is suspended.
       *[other] { $suspended } are suspended.
    }
service-password-yes = You have a password.
service-password-no = You have none. You log in with a key.

manage-keys = Manage FIDO2 tokens
keys-body = Your security keys and passkeys, under the names that you gave them.
keys-empty-heading = You have no keys yet
keys-empty-body = A security key is a small device that proves it is you. With one, nobody can log in as you with your password alone.
keys-none-heading = You have no key at present
keys-closed-suspended = None of your keys works at present, so you cannot register another by yourself. Ask your helpdesk.
keys-closed-no-key = You had a key before, so the next one is registered with your helpdesk’s help. Ask them.
keys-closed-organisation = Your organisation does not let people register keys by themselves at present. Ask your helpdesk.
register-key = Register new token
receipt-added = ‘{ $nickname }’ was added.
receipt-renamed = The key is now called ‘{ $nickname }’.
receipt-removed = ‘{ $nickname }’ was removed. It cannot log you in.
receipt-removed-sessions = ‘{ $nickname }’ was removed. It cannot log you in, and you are logged out everywhere else.

edit-heading = Rename ‘{ $nickname }’
edit-save = Save name

remove-heading = Remove ‘{ $nickname }’?
remove-now = From now on, this key cannot log you in.
remove-others =
    { $count ->
        [one] You can still log in with your other key.
       *[other] You can still log in with your { $count } other keys.
    }
remove-password = You can still log in with your password, where that is enough.
remove-none = You have no other way to log in.
remove-sessions = Places where you are already logged in stay open until the next time you log in there.
end-sessions = Log me out everywhere else
end-sessions-hint =
    { $count ->
        [0] You are logged in nowhere else.
        [one] You are logged in at 1 other place.
       *[other] You are logged in at { $count } other places.
    }
remove-keep = Keep this key

keep-heading = You cannot remove ‘{ $nickname }’ yet
keep-body = It is your last way to log in. Without it you would be locked out.
keep-instead = Register another key first, then remove this one.
keep-helpdesk = Ask your helpdesk. They can remove it and open another way for you.

logged-in-password-code = with your password and an authenticator app
service-app = Authenticator app
service-app-yes = Turned on. You can log in with its codes when you have no key with you.
service-app-no = Shows codes on your phone that you can use when you have no key with you.
service-set-up = Set up
service-change = Change
service-make = Make codes
service-make-again = Make new codes
service-see = See all
remove-app = Remove authenticator app
remove-app-heading = Remove your authenticator app?
keep-app-heading = You cannot remove your authenticator app yet
remove-app-now = Its codes stop working at once. The app itself you delete from your phone.
remove-app-last = It is your last way to log in beside your password, so it cannot be removed here. Set up a key first, or call your helpdesk.
remove-app-keep = Keep it
receipt-app-added = Your authenticator app is turned on.
receipt-app-removed = Your authenticator app is removed.
remove-with-app = You go on logging in with your password and your authenticator app.
service-sessions = Where you are logged in
service-sessions-hint = See other browsers, and log them out.

password-change-heading = Change your password
password-set-heading = Set a password
password-save = Save password
new-password = New password
new-password-hint = At least { $least } characters. A few words that have nothing to do with each other are easy to remember and hard to guess. You can paste it from a password manager.
problem-new-password-missing = Enter a new password
problem-new-password-short = That password is too short. It needs { $least } characters
problem-new-password-long = That password is too long. Use fewer than 1,000 characters
problem-new-password-known = Many people use that password, so it is one of the first to be tried
problem-new-password-personal = That password is made of your name, your address or your organisation
problem-new-password-pattern = That password repeats itself or follows the keys of a keyboard
advice-new-password = Take three or four words that have nothing to do with each other or with you.
receipt-password = Your password was changed.
receipt-password-sessions = Your password was changed, and you are logged out everywhere else.

sessions-heading = Where you are logged in
sessions-body = If you do not know one of these, log it out and change your password.
session-browser = { $browser } on { $system }
session-browser-unknown = A browser
session-here = This one
session-since = Since { $when }
session-seen = Last used { $when }
session-from = From { $address }
sessions-end-others = Log me out everywhere else
receipt-session-ended = You are logged out there.
receipt-sessions-ended = You are logged out everywhere else.
connected-heading = Applications that stay connected
connected-told = It is told of you:
connected-body = You let these go on while you are away. They stay connected when you log out.
connected-since = Since { $when }
disconnect = Disconnect
opened-heading = Applications that you opened
opened-body = What these are told of you each time that you log in to them.
opened-told-nothing = It is told nothing of you, but that you are the same as last time.
receipt-disconnected = The application is connected no more.

recovery-codes = Recovery codes
recovery-codes-body = With a recovery code you can set up a key or an app again when you have neither. Each works once, after your password. Print them and keep them where you keep your passport, not in your bag with your key.
recovery-codes-left =
    { $left ->
        [0] You have none.
        [one] You have 1 left.
       *[other] You have { $left } left.
    }
recovery-codes-replace = New ones take their place, and the old ones stop working at once.
recovery-codes-make = Make recovery codes
recovery-codes-again = Make new recovery codes
recovery-codes-made-heading = Your recovery codes
recovery-codes-made-body = Each works once, after your password, and lets you set up a key or an app again. Any that you had before do not work any more.
recovery-codes-once = They are shown only now. Print this page or save the file before you go on.
recovery-codes-kept = I have kept them
recovery-codes-download = Save as a file
recovery-codes-print = To print them, use Print in your browser’s menu.
recovery-codes-file = Recovery codes of { $username } for { $issuer }. Each works once.
