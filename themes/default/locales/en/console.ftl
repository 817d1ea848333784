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
