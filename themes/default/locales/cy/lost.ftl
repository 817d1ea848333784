report-lost = Adrodd ar goll
lost-found = Rwyf wedi dod o hyd iddi
lost-app-found = Rwyf wedi dod o hyd iddo
lost-heading = Adrodd bod ‘{ $nickname }’ ar goll
lost-app-heading = Adrodd bod eich ap dilysu ar goll
lost-now = Mae’r allwedd yn peidio â gweithio cyn gynted ag y byddwch yn adrodd amdani.
lost-app-now = Mae ei godau’n peidio â gweithio cyn gynted ag y byddwch yn adrodd amdano.
lost-here = Adrodd bod allwedd neu ap ar goll
lost-here-heading = Adrodd bod rhywbeth ar goll
lost-here-now = Mae’n peidio â gweithio cyn gynted ag y byddwch yn adrodd amdano.
lost-undo = Os daw i’r golwg, gallwch ddadwneud hyn ag allwedd arall neu â’ch ap dilysu.
lost-app-undo = Os daw eich ffôn i’r golwg, gallwch ddadwneud hyn ag allwedd.
lost-undo-later = Os daw i’r golwg, gosodwch ffordd newydd o fewngofnodi yn gyntaf, gyda phàs gan eich desg gymorth. Â honno gallwch ddadwneud hyn.
lost-here-which = Beth ydych chi wedi’i golli?
lost-what = Beth ddigwyddodd?
loss-misplaced = Ni allaf ddod o hyd iddi
loss-stolen = Cafodd ei dwyn
loss-other-misplaced = Ni allaf ddod o hyd iddo
loss-other-stolen = Cafodd ei ddwyn
loss-pin-known = Efallai fod rhywun arall yn gwybod PIN yr allwedd
lost-end-sessions = Fy allgofnodi ym mhobman
lost-end-sessions-hint =
    { $count ->
        [0] Gwnewch hyn os bu lladrad.
        [one] 1 lle, yr un hwn. Gwnewch hyn os bu lladrad.
        [two] 2 le, gan gynnwys yr un hwn. Gwnewch hyn os bu lladrad.
       *[other] { $count } lle, gan gynnwys yr un hwn. Gwnewch hyn os bu lladrad.
    }
lost-reporting = Mae { $organisation } hefyd yn gofyn i chi wneud hyn
lost-left-keys =
    { $count ->
        [one] Gallwch fewngofnodi o hyd â’ch allwedd.
       *[other] Gallwch fewngofnodi o hyd â’ch { $count } allwedd.
    }
lost-left-none = Hon yw eich ffordd olaf o fewngofnodi.
lost-left-none-next = Heb hynny, dim ond eich desg gymorth all eich gadael i mewn. Byddant yn gwirio mai chi sydd yno.
lost-done-heading = Mae ‘{ $nickname }’ wedi’i hatal
lost-app-done-heading = Mae eich ap dilysu wedi’i atal
lost-done = Ni all neb fewngofnodi â hi.
lost-app-done = Nid yw ei godau’n mewngofnodi neb.
lost-done-logged-out = Rydych wedi’ch allgofnodi ym mhobman.
lost-done-none = Hon oedd eich ffordd olaf o fewngofnodi.
problem-lost-one-a-day = Â’ch cyfrinair yn unig gallwch adrodd am un peth y dydd
advice-lost-helpdesk = Ffoniwch eich desg gymorth. Byddant yn gwirio mai chi sydd yno ac yn atal yr hyn a gollwyd ar unwaith.
lost-by-mail = Dim ond eich cyfrinair yr ydych wedi’i ddangos, felly rydym yn gofyn i chi drwy e‑bost yn gyntaf: mae’n dal i weithio nes i chi gadarnhau.
lost-sent-key = Mae eich allwedd yn dal i weithio, gan mai dim ond eich cyfrinair yr ydych wedi’i ddangos ac mai hon yw eich ffordd olaf o fewngofnodi.
lost-sent-app = Mae eich ap dilysu yn dal i weithio, gan mai dim ond eich cyfrinair yr ydych wedi’i ddangos ac mai hwn yw eich ffordd olaf o fewngofnodi.
lost-sent-link = Os oes gan eich cyfrif gyfeiriad e‑bost, mae dolen i gadarnhau eich adroddiad ar ei ffordd iddo. Mae’r ddolen yn gweithio am awr.
lost-sent-once = Rydym yn anfon un ddolen o’r fath y dydd. Os gofynnoch yn gynharach heddiw, chwiliwch am yr e‑bost hwnnw.
lost-sent-none = Dim byd yno, neu dim amser i aros?
lost-confirm-sessions = Mae hefyd yn eich allgofnodi ym mhobman.
found-heading = Ydych chi wedi dod o hyd i ‘{ $nickname }’?
found-app-heading = Ydych chi wedi dod o hyd i’ch ap dilysu?
found-now = Mae’n gweithio eto ar unwaith.
found-app-now = Mae ei godau’n gweithio eto ar unwaith.
found-sure = Gwnewch hyn dim ond os yw yn eich llaw, ac nad oes neb arall yn gwybod ei PIN.
found-app-sure = Gwnewch hyn dim ond os yw’r ffôn yn eich llaw, ac na all neb arall ei ddatgloi.
found-no-other-heading = Dim ond allwedd neu ap arall all ddadwneud hyn
found-no-other-body = Mae’r hyn yr adroddwyd ei fod ar goll yn gweithio eto dim ond pan ddangoswch allwedd neu ap dilysu arall sy’n gweithio. Ffoniwch eich desg gymorth os nad oes gennych un.
receipt-found = Mae ‘{ $nickname }’ yn gweithio eto.
receipt-app-found = Mae eich ap dilysu’n gweithio eto.
key-suspended-reported-lost = Fe wnaethoch adrodd ei bod ar goll. Ni all eich mewngofnodi.
key-suspended-reported-lost-when = Fe wnaethoch adrodd ei bod ar goll { $when }. Ni all eich mewngofnodi.
key-suspended-copied = Atebodd fel y byddai allwedd wedi’i chopïo. Ni all eich mewngofnodi. Gofynnwch i’ch desg gymorth.
key-suspended-not-me = Dywedasoch wrthym nad chi a’i hychwanegodd. Ni all eich mewngofnodi.
key-suspended-administrator = Eich desg gymorth a’i hataliodd. Ni all eich mewngofnodi. Gallant ddweud pam.
key-suspended-closed = Nid yw’n gweithio tra bo eich cyfrif ar gau.
app-suspended-reported-lost = Fe wnaethoch adrodd ei fod ar goll. Nid yw ei godau’n eich mewngofnodi.
app-suspended-reported-lost-when = Fe wnaethoch adrodd ei fod ar goll { $when }. Nid yw ei godau’n eich mewngofnodi.
app-suspended-copied = Wedi’i atal. Nid yw ei godau’n eich mewngofnodi. Gofynnwch i’ch desg gymorth.
app-suspended-not-me = Dywedasoch wrthym nad chi a’i hychwanegodd. Nid yw ei godau’n eich mewngofnodi.
app-suspended-administrator = Eich desg gymorth a’i hataliodd. Nid yw ei godau’n eich mewngofnodi. Gallant ddweud pam.
app-suspended-closed = Nid yw’n gweithio tra bo eich cyfrif ar gau.
suspended-when = Ataliwyd { $when }.
log-in-with-pass = Mae gennyf bàs gan fy nesg gymorth
first-pass-password-hint = Gadewch yn wag os nad oes gennych un.
problem-pass-missing = Rhowch y pàs
problem-pass-together = Nid yw’r enw defnyddiwr, y cyfrinair a’r pàs hynny’n mynd gyda’i gilydd
