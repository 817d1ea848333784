console-menu-imports = Imports
console-imports-heading = Import people
console-imports-choose = Add or change many people by a table
console-imports-first = First you see what the table would change. Nothing changes before you say so.
console-imports-into = Into { $organisation }
console-imports-file = Table
console-imports-file-hint = A CSV file in UTF-8, of at most 32 MB: a spreadsheet saves one as “CSV UTF-8”.
console-imports-look = See what would change
console-imports-too-large = That table is too large: at most 32 MB
console-imports-no-file = Choose the file with the table
console-imports-running = A table of this organisation is being worked on. Wait until it is done
console-imports-no-organisation = Choose an organisation that you look after
console-imports-what = What the table looks like
console-imports-columns = The first line names the columns, in any order. Commas, semicolons or tabs stand between cells. You need “username”, and “name” or the two names; the rest is as you like.
console-imports-column-username = what they type to log in; it says who it is
console-imports-column-name = their name; made of the next two when it is not there
console-imports-column-given-name = their first name
console-imports-column-family-name = their last name
console-imports-column-email = their e-mail address
console-imports-column-staff-number = their staff number, each once
console-imports-column-phone = their telephone number, for calling back
console-imports-column-language = the language of their first letters: en or cy
console-imports-column-groups = the ids of all their groups, with spaces between
console-imports-rule-empty = An empty cell leaves things as they are. A cell with - says that there is nothing.
console-imports-rule-same = The same table again changes nothing.
console-imports-rule-stay = Whoever is not in the table stays as they are.
console-imports-rule-roles = Nobody with a role, and nobody of another organisation, is changed.
console-imports-example = Download an example table
console-imports-last = The last tables
console-imports-when = When
console-imports-people = People
console-imports-none = No table yet. Those that are chosen stand here, with what became of them.
console-imports-counts = { $added } new, { $changed } changed, { $same } the same
console-import-into = Table for { $organisation }
console-import-state-looking = Being looked at
console-import-state-taking = Being taken in
console-import-state-looked = Looked at
console-import-state-taken = Looked at
console-import-state-done = Taken in
console-import-state-refused = Something is wrong
console-import-state-unread = Not finished
console-import-state-stopped = Stopped
console-import-heading-looking = Looking at the table
console-import-heading-taking = Taking the table in
console-import-heading-looked = What would change
console-import-heading-taken = What would change
console-import-heading-done = The table was taken in
console-import-heading-refused = Something is wrong in the table
console-import-heading-unread = The table was not looked at to its end
console-import-heading-stopped = This stopped on the way
console-import-body-looked = Nothing has changed yet.
console-import-body-taken = Somebody took this table in.
console-import-body-done = The people who are new or changed are there now.
console-import-body-refused = Nothing was changed. Put these lines right in your file, and choose it again.
console-import-body-unread = Nothing was changed. Choose the file again.
console-import-body-stopped = What was taken in stays. Go on with the same table: nobody is added twice.
console-import-reading = Reading the table …
console-import-far = { $done } of { $rows } people
console-import-percent = { $percent } percent done
console-import-goes-on = You can leave this page. It goes on, and you find it again under “Import people”.
console-import-added-would = would be new
console-import-changed-would = would change
console-import-added-was = new
console-import-changed-was = changed
console-import-same = the same as before
console-import-wrong =
    { $count ->
        [one] 1 thing is wrong
       *[other] { $figure } things are wrong
    }
console-import-line = Line
console-import-what = What is wrong
console-import-whole = All of it
console-import-more =
    { $count ->
        [one] 1 more is not shown here.
       *[other] { $figure } more are not shown here.
    }
console-import-wrong-empty = The file is empty. Its first line names the columns.
console-import-wrong-utf-16 = This file is UTF-16. Save it as “CSV UTF-8”.
console-import-wrong-not-utf-8 = This is no UTF-8 text. Save the table as “CSV UTF-8”.
console-import-wrong-long-line = This line is longer than { $kibibytes } KiB. What follows was not read.
console-import-wrong-no-row = This line is no row of a table
console-import-wrong-quotation-mark = A quotation mark is not closed in this line
console-import-wrong-cells = Cells here: { $there }. Columns in the first line: { $named }.
console-import-wrong-column-unknown = There is no column “{ $column }”. There are: { $columns }.
console-import-wrong-column-misspelt = There is no column “{ $column }”. The nearest is “{ $nearest }”.
console-import-wrong-column-twice = The column “{ $column }” is there twice
console-import-wrong-no-username-column = The column “username” is missing
console-import-wrong-no-name-column = The column “name” is missing, and so are “given_name” and “family_name”
console-import-wrong-username-empty = The user name is missing
console-import-wrong-username-long = A user name has at most { $most } characters
console-import-wrong-username-character = A user name has neither spaces nor control characters
console-import-wrong-username-reserved = The user name { $username } is reserved
console-import-wrong-username-shape = The user name { $username } is not written as { $example } is, which the organisation asks for
console-import-wrong-username-elsewhere = The user name { $username } is that of somebody who does not belong to { $organisation }
console-import-wrong-username-twice = The user name { $username } is in line { $line } already
console-import-wrong-cell-long = “{ $column }” is 1 to { $most } characters in one line
console-import-wrong-email = This is no e-mail address: { $typed }
console-import-wrong-language = There is no language “{ $typed }”. There are: { $languages }.
console-import-wrong-group-unknown = { $organisation } has no group “{ $group }”
console-import-wrong-group-misspelt = { $organisation } has no group “{ $group }”. The nearest is “{ $nearest }”.
console-import-wrong-staff-number-taken = The staff number { $staff_number } is that of { $username }
console-import-wrong-staff-number-twice = The staff number { $staff_number } is in line { $line } already
console-import-wrong-no-name = { $username } is new, and their name is missing
console-import-wrong-has-role = { $username } has a role. A table changes nobody who has one.
console-import-wrong-locks-out = { $username } could not log in tomorrow as a member of { $groups }. Put them into it on the group’s page, which says what they need.
console-import-wrong-forbidden = Only a local administrator of the organisation can take a table in
console-import-wrong-running = Somebody else takes in a table of this organisation. Try again in a minute.
console-import-wrong-no-mail = Nobody can be invited by e-mail here
console-import-wrong-unread = The table could not be read
console-import-invite = Invite those who have nothing to log in with yet
console-import-invite-hint = They get a letter with a link. Whoever has no e-mail address gets none.
console-import-take-in = Take them in
console-import-go-on = Go on
console-import-until = The table waits until { $when }. After that you choose the file again.
console-import-gone = The table does not wait any more. Choose the file again.
console-import-no-mail = Nobody can be invited by e-mail here
console-import-next = See how it went
console-import-people = See the people
console-import-again = Choose the file again
console-import-another = Choose another file
console-import-began = Begun { $when }.
console-import-ended = Ended { $when }.

console-note-kept = It is kept in the audit trail.
console-move-link = Move to another organisation
console-move-heading = Move { $name } to another organisation
console-move-heading-to = Move { $name } to { $to }
console-move-about = They belong to { $organisation } now. What they log in with goes along.
console-move-to = Where to
console-move-no-organisation = Choose another organisation that you look after
console-move-will = They leave { $from } and belong to { $to }. Its administrators help them from then on.
console-role-helpdesk-ends = They are no longer helpdesk of { $organisation }.
console-role-local-administrator-ends = They are no longer local administrator of { $organisation }.
console-role-auditor-ends = They are no longer auditor of { $organisation }.
console-role-platform-administrator-ends = They are no longer platform administrator.
console-move-there = What { $to } asks of them
console-move-still = They can log in there with what they have.
console-move-locks-out = { $to } asks for something that they do not have. Its helpdesk can issue them a pass, with which they set up a key; or they set one up before they move.
console-move-do = Move them
console-move-all-the-same = Move them all the same
console-move-was = Moved to { $to }
console-erase-link = Erase
console-erase-heading = Erase { $name }
console-erase-will-account = Their account goes, with their name, keys, password and sessions. They can log in no more.
console-erase-will-applications = Applications do not recognise them again, even if they are added anew.
console-erase-will-trail = The audit trail keeps that things happened, and forgets to whom.
console-erase-for-good = This cannot be undone
console-erase-or-disable = Somebody who leaves and may come back is better disabled.
console-erase-type = Their user name
console-erase-type-hint = Type { $username }, to show that you mean them.
console-erase-not-meant = That is not their user name. Type { $username }
console-erase-do = Erase for good
console-erased-heading = { $name } is erased
console-erased-body = Account, keys and sessions erased
console-erased-people = Go to the people

console-bulk-many = Do something for those who are ticked
console-bulk-everybody =
    { $count ->
        [one] The one person who is shown here
       *[other] All { $count } people who are shown here
    }
console-bulk-action = For those who are ticked
console-bulk-do-invite = Invite
console-bulk-do-end-sessions = Log out everywhere
console-bulk-do-move = Move to another organisation
console-bulk-do-reset = Reset enrolment
console-bulk-do-disable = Disable
console-bulk-do-enable = Enable
console-bulk-go-on = Go on
console-bulk-heading-invite =
    { $count ->
        [one] Invite 1 person
       *[other] Invite { $count } people
    }
console-bulk-confirm-invite =
    { $count ->
        [one] Invite 1 person
       *[other] Invite { $count } people
    }
console-bulk-heading-end-sessions =
    { $count ->
        [one] Log 1 person out everywhere
       *[other] Log { $count } people out everywhere
    }
console-bulk-confirm-end-sessions =
    { $count ->
        [one] Log 1 person out everywhere
       *[other] Log { $count } people out everywhere
    }
console-bulk-heading-move =
    { $count ->
        [one] Move 1 person
       *[other] Move { $count } people
    }
console-bulk-confirm-move =
    { $count ->
        [one] Move 1 person
       *[other] Move { $count } people
    }
console-bulk-heading-reset =
    { $count ->
        [one] Reset the enrolment of 1 person
       *[other] Reset the enrolment of { $count } people
    }
console-bulk-confirm-reset =
    { $count ->
        [one] Reset the enrolment of 1 person
       *[other] Reset the enrolment of { $count } people
    }
console-bulk-heading-disable =
    { $count ->
        [one] Disable 1 person
       *[other] Disable { $count } people
    }
console-bulk-confirm-disable =
    { $count ->
        [one] Disable 1 person
       *[other] Disable { $count } people
    }
console-bulk-heading-enable =
    { $count ->
        [one] Enable 1 person
       *[other] Enable { $count } people
    }
console-bulk-confirm-enable =
    { $count ->
        [one] Enable 1 person
       *[other] Enable { $count } people
    }
console-bulk-done-invite =
    { $count ->
        [one] 1 person invited
       *[other] { $count } people invited
    }
console-bulk-done-end-sessions =
    { $count ->
        [one] 1 person logged out
       *[other] { $count } people logged out
    }
console-bulk-done-move =
    { $count ->
        [one] 1 person moved
       *[other] { $count } people moved
    }
console-bulk-done-reset =
    { $count ->
        [one] Enrolment of 1 person reset
       *[other] Enrolment of { $count } people reset
    }
console-bulk-done-disable =
    { $count ->
        [one] 1 person disabled
       *[other] { $count } people disabled
    }
console-bulk-done-enable =
    { $count ->
        [one] 1 person enabled
       *[other] { $count } people enabled
    }
console-bulk-about-invite = Each gets a letter with a link. Whoever has no e-mail address is left out: invite them one by one, and hand them the link.
console-bulk-about-end-sessions = They have to log in again everywhere.
console-bulk-about-move = What they log in with goes along. Their roles in the organisation that they leave end.
console-bulk-about-reset = Removes their keys, authenticator apps and recovery codes, and logs them out. What policy asks of them stays, so each needs a pass to set up again.
console-bulk-about-disable = For people who leave: their sessions end and their keys rest. They can be enabled again.
console-bulk-about-enable = For people who are back: they log in with what they had.
console-bulk-check = How do you know each of them?
console-bulk-check-hint = Nothing else counts for many at once. For a caller on the telephone, use their own page.
console-bulk-check-none = Choose how you checked each of them
console-bulk-these =
    { $count ->
        [one] 1 person
       *[other] { $count } people
    }
console-bulk-locked-out =
    { $count ->
        [one] 1 person could not log in afterwards
       *[other] { $count } people could not log in afterwards
    }
console-bulk-locked-out-body-move = The organisation that they move to asks for something that they do not have. Each would need a pass from its helpdesk.
console-bulk-locked-out-body-reset = This is their last way in. Each would need a pass, from their own page, to set up a new key.
console-bulk-cannot =
    { $count ->
        [one] 1 person is left as they are
       *[other] { $count } people are left as they are
    }
console-bulk-lock-out =
    { $count ->
        [one] Do it for 1 person, who is locked out
       *[other] Do it for all { $count }, and lock { $locked } out
    }
console-bulk-nobody = Nobody whom you look after
console-bulk-none = This can be done for none of them
console-bulk-will-invite = Is sent a letter.
console-bulk-will-end-sessions = Is logged out.
console-bulk-will-move = Moves.
console-bulk-will-reset = Keys, app and codes go.
console-bulk-will-disable = Can log in no more.
console-bulk-will-enable = Can log in again.
console-bulk-was-invite = Invited.
console-bulk-was-end-sessions = Logged out.
console-bulk-was-move = Moved.
console-bulk-was-reset = Enrolment reset.
console-bulk-was-disable = Disabled.
console-bulk-was-enable = Enabled.
console-bulk-sessions =
    { $count ->
        [one] 1 session ends.
       *[other] { $count } sessions end.
    }
console-bulk-roles =
    { $count ->
        [one] 1 role ends.
       *[other] { $count } roles end.
    }
console-bulk-why-not-found = They may belong to another organisation.
console-bulk-why-untouchable-yourself = That is you: look after your own keys on your account page.
console-bulk-why-untouchable-peer = Has a role of the same rank as yours, or above.
console-bulk-why-untouchable-has-role = Has a role: a local administrator has to do this.
console-bulk-why-forbidden = Has a role: help them on their own page.
console-bulk-why-already = It is so already.
console-bulk-why-no-address = No letter can go to them: invite them on their own page.
console-bulk-why-not-new = Has something to log in with, or may not log in.
console-bulk-why-unfit = User names of their organisation look different.
console-bulk-why-locks-out = Not done: they could not log in afterwards.
console-bulk-why-second = A second administrator has to agree: ask on their own page.
console-bulk-why-last-administrator = Nobody else could look after the platform.
console-bulk-why-overtaken = Something changed meanwhile: look again.
console-bulk-why-other = That did not work ({ $why }).
console-bulk-back = Back to the people

console-menu-approvals = Approvals
console-menu-waits = waiting for you
console-approvals-heading = Approvals
console-approvals-waiting = What waits for a second administrator
console-approvals-about = Whoever asked for it does not agree to it. Speak with them first if you are not sure.
console-approvals-nothing = Nothing waits.
console-approvals-what = What
console-approvals-who = Who asks
console-approvals-whom = For whom
console-approvals-why = Why
console-approvals-until = Until
console-approvals-you = You
console-approval-pass = Pass
console-approval-reset = Reset enrolment
console-approval-heading = { $what } for { $name }
console-approval-asked = What is asked for
console-approval-sessions = They are logged out everywhere.
console-approval-will-pass = A pass is shown to you once, and to nobody else. You hand it to them yourself. It counts for { $minutes } minutes.
console-approval-agree = Agree, and do it now
console-approval-own = You asked for this. Another administrator has to agree to it.
console-approval-not-yours = Somebody above has to decide this.
console-approval-or = If you do not agree
console-approval-refuse = Refuse
console-approval-gone = That waits no more: somebody decided it, or its time was over
console-event-approval-asked = Waits for a second administrator
console-event-approval-decided = A second administrator decided

console-why-no-answer = the right password, then no answer from ‘{ $nickname }’. A key that is missing, locked, or not touched in time looks the same to us.
console-why-no-answer-any = the right password, then no answer from any of their keys. A key that is missing, locked, or not touched in time looks the same to us.
console-watch = Their pass
console-watch-waits = Waiting for their user name, what else they have, and the pass
console-watch-used = The pass was used
console-watch-sets-up = They are setting up how they log in
console-watch-key = New key ‘{ $nickname }’ set up
console-watch-app = Authenticator app set up
console-watch-goes-on = They are going on to log in
console-watch-in = Logged in
console-watch-over = The pass is over, and was not used
console-watch-cancelled = The pass was cancelled
console-watch-tries = { $used } of { $of } tries used.
console-watch-left =
    { $count ->
        [one] It counts until { $when }, 1 minute more.
       *[other] It counts until { $when }, { $count } minutes more.
    }
console-watch-again = Look again
console-watch-cancel = Cancel this pass
console-do-cancel-pass = Cancel this pass
console-ask-cancel-pass = Cancel the pass of { $name }
console-about-cancel-pass = It opens nothing any more, at once. You can issue another one.
console-confirm-cancel-pass = Cancel the pass
console-was-cancel-pass = Pass cancelled
console-event-pass-cancelled = Pass cancelled
