mail-greeting = { $name },
mail-until = The link works once, until { $until }.
mail-when = When
mail-by = By
mail-by-administrator = an administrator of your organisation
mail-by-helpdesk = your helpdesk
mail-by-operator = whoever runs this log-in service
mail-by-rule = a rule of this log-in service
mail-browser = Browser
mail-address = Network address
mail-was-it-you = If this was you, there is nothing to do. If it was not, say so: the page that opens has one button.
mail-not-me = This wasn’t me
mail-never = We never ask for your password, a code or a pass by e-mail.
mail-unexpected-link = If you did not expect this, do nothing: without the link nothing happens.
mail-unexpected-contact = If you do not know about this, tell your helpdesk.

mail-invitation-subject = Set up how you log in
mail-invitation-lede = You have been invited to log in with { $organisation }. Open the link on your own computer or phone, and follow its steps.
mail-invitation-link = Set up how you log in
mail-password-link-subject = Choose a new password
mail-password-link-lede = Somebody, most likely you, asked for a new password. The link alone is not enough: you also need your security key or your authenticator app.
mail-password-link-link = Choose a new password
mail-supervised-link-subject = A link was made to set up a security key for you
mail-supervised-link-lede = A link was made with which a security key can be set up for your account. Whoever made it should be with you and give you the link. If nobody is with you, it is not for you.
mail-key-lost-link-subject = Confirm that your security key is lost
mail-key-lost-link-lede = Somebody, most likely you, reported “{ $key }” lost. It still works. Open the link to suspend it. Without it only your helpdesk can let you in.
mail-key-lost-link-link = Confirm that it is lost
mail-app-lost-link-subject = Confirm that your authenticator app is lost
mail-app-lost-link-lede = Somebody, most likely you, reported your authenticator app lost. It still works. Open the link to suspend it. Without it only your helpdesk can let you in.
mail-app-lost-link-link = Confirm that it is lost
mail-key-added-subject = A security key was added
mail-key-added-lede = A security key or passkey was added to your account: { $key }.
mail-key-removed-subject = A security key was removed
mail-key-removed-lede = “{ $key }” was removed from your account. It does not log you in any more.
mail-key-renamed-subject = A security key was renamed
mail-key-renamed-lede = “{ $before }” is called “{ $after }” now.
mail-key-reinstated-subject = A security key was reinstated
mail-key-reinstated-lede = “{ $key }” logs you in again.
mail-key-lost-subject = A security key was reported lost
mail-key-lost-lede = “{ $key }” was reported lost and is suspended. Nobody can log in with it.
mail-key-suspended-subject = A security key was suspended
mail-key-suspended-lede = “{ $key }” was suspended. Nobody can log in with it until your helpdesk restores it.
mail-key-copied-subject = There may be a copy of your security key
mail-key-copied-lede = “{ $key }” answered in a way that a copied key would. That log-in was refused.
mail-key-copied-suspended = It happened again, so the key is suspended. Call your helpdesk.
mail-app-added-subject = An authenticator app was added
mail-app-added-lede = An authenticator app was added to your account.
mail-app-removed-subject = An authenticator app was removed
mail-app-removed-lede = The authenticator app was removed from your account. Its codes do not log you in any more.
mail-app-lost-subject = Your authenticator app was reported lost
mail-app-lost-lede = Your authenticator app was reported lost and is suspended. Its codes log nobody in.
mail-app-suspended-subject = Your authenticator app was suspended
mail-app-suspended-lede = Your authenticator app was suspended. Its codes log nobody in until your helpdesk restores it.
mail-app-reinstated-subject = Your authenticator app was reinstated
mail-app-reinstated-lede = The codes of your authenticator app log you in again.
mail-codes-made-subject = New recovery codes were made
mail-codes-made-lede = New recovery codes were made for your account. Older ones do not work any more.
mail-codes-removed-subject = Your recovery codes were removed
mail-codes-removed-lede = Your recovery codes were removed. None of them can be used any more.
mail-code-used-subject = A recovery code was used
mail-code-used-lede =
    { $left ->
        [0] A recovery code was used to log in to your account. None is left.
        [one] A recovery code was used to log in to your account. One is left.
       *[other] A recovery code was used to log in to your account. { $left } are left.
    }
mail-pass-issued-subject = A one-time pass was issued for you
mail-pass-issued-lede = An administrator issued a one-time pass, with which a security key can be set up for your account.
mail-pass-used-subject = Your one-time pass was used
mail-pass-used-lede = The one-time pass that was issued for you was used to set up how you log in.
mail-pass-cancelled-subject = Your one-time pass was cancelled
mail-pass-cancelled-lede = An administrator cancelled the one-time pass that was issued for you. It opens nothing any more.
mail-password-changed-subject = Your password was changed
mail-password-changed-lede = The password of your account was changed.
mail-email-changed-subject = Your e-mail address was changed
mail-email-changed-lede = E-mails about your account go to another address from now on, and no longer to this one.
mail-email-taken-subject = E-mails about your account come here now
mail-email-taken-lede = This address was entered for your account. E-mails about it come here from now on.
mail-sessions-ended-subject = You were logged out everywhere
mail-sessions-ended-lede = All your sessions were ended. Log in again where you need to.
mail-role-given-subject = You have a new role
mail-role-given-lede = { $role ->
    [helpdesk] You are on the helpdesk of { $organisation } now.
    [auditor] You are an auditor of { $organisation } now.
    [local-administrator] You are a local administrator of { $organisation } now.
   *[other] You are an administrator of the whole platform now.
} You find what you can do in the admin console.
mail-role-ended-subject = A role of yours has ended
mail-role-ended-lede = { $role ->
    [helpdesk] You are no longer on the helpdesk of { $organisation }.
    [auditor] You are no longer an auditor of { $organisation }.
    [local-administrator] You are no longer a local administrator of { $organisation }.
   *[other] You are no longer an administrator of the whole platform.
}
mail-not-me-subject = { $person } says: this wasn’t me
mail-not-me-lede = { $person } ({ $username }) was told of a change to their account, and says that it was not them. All their sessions were ended.
mail-not-me-told = They were told:
mail-not-me-key = That key is suspended.
mail-not-me-app = The authenticator app is suspended.
mail-not-me-next = Call them on the number on record. Their password may be known to somebody else.

not-me-heading = Was this you?
not-me-action = This wasn’t me
not-me-if-not = If not, choose ‘{ not-me-action }’. Then:
not-me-does = you are logged out on every computer and phone
not-me-does-app = the authenticator app is suspended
not-me-does-key = that key is suspended
not-me-does-open = passes and links that wait for you stop working
not-me-does-helpdesk = your helpdesk is told
not-me-when = You were told { $when }.
not-me-was-you = It was you? Close this page.
not-me-done-heading = Thank you for telling us
not-me-done-body = You are logged out everywhere, and so is whoever it was.
not-me-done-app = The authenticator app is suspended: its codes log nobody in.
not-me-done-key = The key is suspended: nobody can log in with it.
not-me-done-password = Somebody may know your password. Log in on a computer that you trust and change it, or call your helpdesk.
not-me-done-helpdesk = Your helpdesk was told. Call them as well if you cannot log in.
not-me-again-heading = Press the button again
not-me-again-body = Nothing was done, because your browser does not keep cookies for this address. Allow them, then press the button again.
not-me-again-action = Show the button again
link-over-heading = This link does not work any more
link-over-body = It is too old, or not whole. If something happened to your account that was not you, call your helpdesk.
