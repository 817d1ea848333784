report-lost = Report lost
lost-found = I have found it
lost-app-found = I have found it
lost-heading = Report ‘{ $nickname }’ lost
lost-app-heading = Report your authenticator app lost
lost-now = The key stops working as soon as you report it.
lost-app-now = Its codes stop working as soon as you report it.
lost-here = Report a key or app lost
lost-here-heading = Report something lost
lost-here-now = It stops working as soon as you report it.
lost-undo = If it turns up, you can undo this with another key or your authenticator app.
lost-app-undo = If your phone turns up, you can undo this with a key.
lost-undo-later = If it turns up, set up a new way to log in with a pass from your helpdesk first. With that you can undo this.
lost-here-which = What have you lost?
lost-what = What happened?
loss-misplaced = I cannot find it
loss-stolen = It was stolen
loss-other-misplaced = I cannot find it
loss-other-stolen = It was stolen
loss-pin-known = Somebody else may know the key’s PIN
lost-end-sessions = Log me out everywhere
lost-end-sessions-hint =
    { $count ->
        [0] Do this if it was stolen.
        [one] 1 place, this one. Do this if it was stolen.
       *[other] { $count } places, this one included. Do this if it was stolen.
    }
lost-reporting = { $organisation } also asks you to
lost-left-keys =
    { $count ->
        [one] You can still log in with your key.
       *[other] You can still log in with your { $count } keys.
    }
lost-left-none = It is your last way to log in.
lost-left-none-next = Without it only your helpdesk can let you in. They check that it is you.
lost-done-heading = ‘{ $nickname }’ is suspended
lost-app-done-heading = Your authenticator app is suspended
lost-done = Nobody can log in with it.
lost-app-done = Its codes log nobody in.
lost-done-logged-out = You are logged out everywhere.
lost-done-none = It was your last way to log in.
problem-lost-one-a-day = With your password alone you can report one thing a day
advice-lost-helpdesk = Call your helpdesk. They check that it is you and suspend it at once.
lost-by-mail = You have shown only your password, so we ask you by e‑mail first: it keeps working until you confirm.
lost-sent-key = Your key still works, because you have shown only your password and it is your last way to log in.
lost-sent-app = Your authenticator app still works, because you have shown only your password and it is your last way to log in.
lost-sent-link = If your account has an e‑mail address, a link to confirm your report is on its way to it. The link works for an hour.
lost-sent-once = We send one such link a day. If you asked earlier today, look for that e‑mail.
lost-sent-none = Nothing there, or no time to wait?
lost-confirm-sessions = It also logs you out everywhere.
found-heading = Have you found ‘{ $nickname }’?
found-app-heading = Have you found your authenticator app?
found-now = It works again at once.
found-app-now = Its codes work again at once.
found-sure = Do this only if you have it in your hand, and nobody else knows its PIN.
found-app-sure = Do this only if you have the phone in your hand, and nobody else can unlock it.
found-no-other-heading = Only another key or app can undo this
found-no-other-body = What was reported lost works again only when you show another key or authenticator app that works. Call your helpdesk if you have none.
receipt-found = ‘{ $nickname }’ works again.
receipt-app-found = Your authenticator app works again.
key-suspended-reported-lost = You reported it lost. It cannot log you in.
key-suspended-reported-lost-when = You reported it lost { $when }. It cannot log you in.
key-suspended-copied = It answered in a way that a copied key would. It cannot log you in. Ask your helpdesk.
key-suspended-not-me = You told us that it was not you who added it. It cannot log you in.
key-suspended-administrator = Your helpdesk suspended it. It cannot log you in. They can tell you why.
key-suspended-closed = It does not work while your account is closed.
app-suspended-reported-lost = You reported it lost. Its codes do not log you in.
app-suspended-reported-lost-when = You reported it lost { $when }. Its codes do not log you in.
app-suspended-copied = Suspended. Its codes do not log you in. Ask your helpdesk.
app-suspended-not-me = You told us that it was not you who added it. Its codes do not log you in.
app-suspended-administrator = Your helpdesk suspended it. Its codes do not log you in. They can tell you why.
app-suspended-closed = It does not work while your account is closed.
suspended-when = Suspended { $when }.
log-in-with-pass = I have a pass from my helpdesk
first-pass-password-hint = Leave it empty if you have none.
problem-pass-missing = Enter the pass
problem-pass-together = That user name, password and pass do not go together
