console-menu-imports = Mewnforion
console-imports-heading = Mewnforio pobl
console-imports-choose = Ychwanegu neu newid llawer o bobl â thabl
console-imports-first = Yn gyntaf fe welwch beth fyddai’r tabl yn ei newid. Does dim yn newid nes i chi ddweud.
console-imports-into = I mewn i { $organisation }
console-imports-file = Tabl
console-imports-file-hint = Ffeil CSV mewn UTF-8, dim mwy na 32 MB: mae taenlen yn ei chadw fel “CSV UTF-8”.
console-imports-look = Gweld beth fyddai’n newid
console-imports-too-large = Mae’r tabl hwnnw’n rhy fawr: dim mwy na 32 MB
console-imports-no-file = Dewiswch y ffeil sydd â’r tabl ynddi
console-imports-running = Mae tabl o’r sefydliad hwn ar waith. Arhoswch nes ei fod wedi gorffen
console-imports-no-organisation = Dewiswch sefydliad rydych yn gofalu amdano
console-imports-what = Sut olwg sydd ar y tabl
console-imports-columns = Mae’r llinell gyntaf yn enwi’r colofnau, mewn unrhyw drefn. Rhwng celloedd mae coma, hanner colon neu dab. Mae angen “username”, a “name” neu’r ddau enw; chi sydd i ddewis y gweddill.
console-imports-column-username = yr hyn maen nhw’n ei deipio i fewngofnodi; mae’n dweud pwy ydyn nhw
console-imports-column-name = eu henw; caiff ei wneud o’r ddau nesaf pan nad yw yno
console-imports-column-given-name = eu henw cyntaf
console-imports-column-family-name = eu henw olaf
console-imports-column-email = eu cyfeiriad e-bost
console-imports-column-staff-number = eu rhif staff, pob un unwaith
console-imports-column-phone = eu rhif ffôn, er mwyn galw’n ôl
console-imports-column-language = iaith eu llythyrau cyntaf: en neu cy
console-imports-column-groups = enwau byr eu holl grwpiau, gyda bylchau rhyngddynt
console-imports-rule-empty = Mae cell wag yn gadael pethau fel y maen nhw. Mae cell â - yn dweud nad oes dim.
console-imports-rule-same = Nid yw’r un tabl eto yn newid dim.
console-imports-rule-stay = Mae pwy bynnag nad yw yn y tabl yn aros fel y maen nhw.
console-imports-rule-roles = Ni chaiff neb sydd â rôl, na neb o sefydliad arall, ei newid.
console-imports-example = Lawrlwytho tabl enghreifftiol
console-imports-last = Y tablau diwethaf
console-imports-when = Pryd
console-imports-people = Pobl
console-imports-none = Dim tabl eto. Bydd y rhai a ddewisir yma, gyda’r hyn a ddaeth ohonynt.
console-imports-counts = { $added } newydd, { $changed } wedi newid, { $same } yr un fath
console-import-into = Tabl i { $organisation }
console-import-state-looking = Yn cael ei wirio
console-import-state-taking = Yn cael ei dderbyn
console-import-state-looked = Wedi’i wirio
console-import-state-taken = Wedi’i wirio
console-import-state-done = Wedi’i dderbyn
console-import-state-refused = Mae rhywbeth o’i le
console-import-state-unread = Heb orffen
console-import-state-stopped = Wedi stopio
console-import-heading-looking = Yn edrych ar y tabl
console-import-heading-taking = Yn derbyn y tabl
console-import-heading-looked = Beth fyddai’n newid
console-import-heading-taken = Beth fyddai’n newid
console-import-heading-done = Derbyniwyd y tabl
console-import-heading-refused = Mae rhywbeth o’i le yn y tabl
console-import-heading-unread = Ni edrychwyd ar y tabl i’w ddiwedd
console-import-heading-stopped = Stopiodd hyn ar y ffordd
console-import-body-looked = Does dim wedi newid eto.
console-import-body-taken = Mae rhywun wedi derbyn y tabl hwn.
console-import-body-done = Mae’r bobl sy’n newydd neu wedi newid yno nawr.
console-import-body-refused = Ni newidiwyd dim. Cywirwch y llinellau hyn yn eich ffeil, a’i dewis eto.
console-import-body-unread = Ni newidiwyd dim. Dewiswch y ffeil eto.
console-import-body-stopped = Mae’r hyn a dderbyniwyd yn aros. Ewch ymlaen â’r un tabl: ni chaiff neb ei ychwanegu ddwywaith.
console-import-reading = Yn darllen y tabl …
console-import-far = { $done } o { $rows } o bobl
console-import-percent = { $percent } y cant wedi’i wneud
console-import-goes-on = Gallwch adael y dudalen hon. Mae’n mynd ymlaen, a chewch hyd iddo eto o dan “Mewnforio pobl”.
console-import-added-would = a fyddai’n newydd
console-import-changed-would = a fyddai’n newid
console-import-added-was = newydd
console-import-changed-was = wedi newid
console-import-same = yr un fath â chynt
console-import-wrong =
    { $count ->
       *[other] Pethau o’i le: { $figure }
    }
console-import-line = Llinell
console-import-what = Beth sydd o’i le
console-import-whole = Y cyfan
console-import-more =
    { $count ->
       *[other] Heb eu dangos yma: { $figure } arall.
    }
console-import-wrong-empty = Mae’r ffeil yn wag. Mae ei llinell gyntaf yn enwi’r colofnau.
console-import-wrong-utf-16 = UTF-16 yw’r ffeil hon. Cadwch hi fel “CSV UTF-8”.
console-import-wrong-not-utf-8 = Nid testun UTF-8 yw hwn. Cadwch y tabl fel “CSV UTF-8”.
console-import-wrong-long-line = Mae’r llinell hon yn hirach na { $kibibytes } KiB. Ni ddarllenwyd yr hyn sy’n dilyn.
console-import-wrong-no-row = Nid yw’r llinell hon yn rhes mewn tabl
console-import-wrong-quotation-mark = Mae dyfynnod heb ei gau yn y llinell hon
console-import-wrong-cells = Celloedd yma: { $there }. Colofnau yn y llinell gyntaf: { $named }.
console-import-wrong-column-unknown = Nid oes colofn “{ $column }”. Y rhai sydd: { $columns }.
console-import-wrong-column-misspelt = Nid oes colofn “{ $column }”. Yr agosaf yw “{ $nearest }”.
console-import-wrong-column-twice = Mae’r golofn “{ $column }” yno ddwywaith
console-import-wrong-no-username-column = Mae’r golofn “username” ar goll
console-import-wrong-no-name-column = Mae’r golofn “name” ar goll, a hefyd “given_name” a “family_name”
console-import-wrong-username-empty = Mae’r enw defnyddiwr ar goll
console-import-wrong-username-long = Ni all enw defnyddiwr fod yn hirach na { $most } nod
console-import-wrong-username-character = Nid oes bylchau na nodau rheoli mewn enw defnyddiwr
console-import-wrong-username-reserved = Mae’r enw defnyddiwr { $username } wedi’i gadw
console-import-wrong-username-shape = Nid yw’r enw defnyddiwr { $username } wedi’i ysgrifennu fel { $example }, sef yr hyn y mae’r sefydliad yn ei ofyn
console-import-wrong-username-elsewhere = Enw defnyddiwr rhywun nad yw’n perthyn i { $organisation } yw { $username }
console-import-wrong-username-twice = Mae’r enw defnyddiwr { $username } yn llinell { $line } yn barod
console-import-wrong-cell-long = Rhwng 1 a { $most } nod mewn un llinell yw “{ $column }”
console-import-wrong-email = Nid cyfeiriad e-bost yw hwn: { $typed }
console-import-wrong-language = Nid oes iaith “{ $typed }”. Y rhai sydd: { $languages }.
console-import-wrong-group-unknown = Nid oes grŵp “{ $group }” gan { $organisation }
console-import-wrong-group-misspelt = Nid oes grŵp “{ $group }” gan { $organisation }. Yr agosaf yw “{ $nearest }”.
console-import-wrong-staff-number-taken = Rhif staff { $username } yw { $staff_number }
console-import-wrong-staff-number-twice = Mae’r rhif staff { $staff_number } yn llinell { $line } yn barod
console-import-wrong-no-name = Mae { $username } yn newydd, ac mae’r enw ar goll
console-import-wrong-has-role = Mae gan { $username } rôl. Nid yw tabl yn newid neb sydd ag un.
console-import-wrong-locks-out = Ni allai { $username } fewngofnodi yfory fel aelod o { $groups }. Rhowch nhw yno ar dudalen y grŵp, sy’n dweud beth sydd ei angen arnynt.
console-import-wrong-forbidden = Dim ond gweinyddwr lleol y sefydliad all dderbyn tabl
console-import-wrong-running = Mae rhywun arall yn derbyn tabl y sefydliad hwn. Rhowch gynnig arall arni ymhen munud.
console-import-wrong-no-mail = Ni ellir gwahodd neb drwy e-bost yma
console-import-wrong-unread = Nid oedd modd darllen y tabl
console-import-invite = Gwahodd y rhai heb ddim i fewngofnodi ag ef eto
console-import-invite-hint = Cânt lythyr â dolen. Ni chaiff neb heb gyfeiriad e-bost un.
console-import-take-in = Eu derbyn
console-import-go-on = Mynd ymlaen
console-import-until = Mae’r tabl yn aros tan { $when }. Ar ôl hynny rydych yn dewis y ffeil eto.
console-import-gone = Nid yw’r tabl yn aros mwyach. Dewiswch y ffeil eto.
console-import-no-mail = Ni ellir gwahodd neb drwy e-bost yma
console-import-next = Gweld sut aeth hi
console-import-people = Gweld y bobl
console-import-again = Dewis y ffeil eto
console-import-another = Dewis ffeil arall
console-import-began = Dechreuwyd { $when }.
console-import-ended = Gorffennwyd { $when }.

console-note-kept = Caiff ei gadw yn y trywydd archwilio.
console-move-link = Symud i sefydliad arall
console-move-heading = Symud { $name } i sefydliad arall
console-move-heading-to = Symud { $name } i { $to }
console-move-about = Maen nhw’n perthyn i { $organisation } nawr. Mae’r hyn maen nhw’n mewngofnodi ag ef yn mynd gyda nhw.
console-move-to = I ble
console-move-no-organisation = Dewiswch sefydliad arall rydych yn gofalu amdano
console-move-will = Maen nhw’n gadael { $from } ac yn perthyn i { $to }. Ei weinyddwyr sy’n eu helpu o hynny ymlaen.
console-role-helpdesk-ends = Nid ydynt yn ddesg gymorth { $organisation } mwyach.
console-role-local-administrator-ends = Nid ydynt yn weinyddwr lleol { $organisation } mwyach.
console-role-auditor-ends = Nid ydynt yn archwilydd { $organisation } mwyach.
console-role-platform-administrator-ends = Nid ydynt yn weinyddwr platfform mwyach.
console-move-there = Beth mae { $to } yn ei ofyn ganddynt
console-move-still = Gallant fewngofnodi yno gyda’r hyn sydd ganddynt.
console-move-locks-out = Mae { $to } yn gofyn am rywbeth nad oes ganddynt. Gall ei ddesg gymorth roi pàs iddynt, i osod allwedd ag ef; neu maen nhw’n gosod un cyn symud.
console-move-do = Eu symud
console-move-all-the-same = Eu symud er hynny
console-move-was = Symudwyd i { $to }
console-erase-link = Dileu
console-erase-heading = Dileu { $name }
console-erase-will-account = Mae eu cyfrif yn mynd, gyda’u henw, allweddi, cyfrinair a sesiynau. Ni allant fewngofnodi mwyach.
console-erase-will-applications = Nid yw rhaglenni’n eu hadnabod eto, hyd yn oed os cânt eu hychwanegu o’r newydd.
console-erase-will-trail = Mae’r trywydd archwilio’n cadw bod pethau wedi digwydd, ac yn anghofio i bwy.
console-erase-for-good = Ni ellir dadwneud hyn
console-erase-or-disable = Gwell analluogi rhywun sy’n gadael ac a all ddod yn ôl.
console-erase-type = Eu henw defnyddiwr
console-erase-type-hint = Teipiwch { $username }, i ddangos mai nhw rydych yn eu meddwl.
console-erase-not-meant = Nid dyna eu henw defnyddiwr. Teipiwch { $username }
console-erase-do = Dileu am byth
console-erased-heading = Mae { $name } wedi’u dileu
console-erased-body = Dilëwyd y cyfrif, yr allweddi a’r sesiynau
console-erased-people = Mynd at y bobl

console-bulk-many = Gwneud rhywbeth i’r rhai sydd wedi’u ticio
console-bulk-everybody =
    { $count ->
       *[other] Pawb a ddangosir yma: { $count }
    }
console-bulk-action = I’r rhai sydd wedi’u ticio
console-bulk-do-invite = Gwahodd
console-bulk-do-end-sessions = Allgofnodi ym mhobman
console-bulk-do-move = Symud i sefydliad arall
console-bulk-do-reset = Ailosod ymrestru
console-bulk-do-disable = Analluogi
console-bulk-do-enable = Galluogi
console-bulk-go-on = Mynd ymlaen
console-bulk-heading-invite =
    { $count ->
        [one] Gwahodd 1 person
       *[other] Gwahodd { $count } o bobl
    }
console-bulk-confirm-invite =
    { $count ->
        [one] Gwahodd 1 person
       *[other] Gwahodd { $count } o bobl
    }
console-bulk-heading-end-sessions =
    { $count ->
        [one] Allgofnodi 1 person ym mhobman
       *[other] Allgofnodi { $count } o bobl ym mhobman
    }
console-bulk-confirm-end-sessions =
    { $count ->
        [one] Allgofnodi 1 person ym mhobman
       *[other] Allgofnodi { $count } o bobl ym mhobman
    }
console-bulk-heading-move =
    { $count ->
        [one] Symud 1 person
       *[other] Symud { $count } o bobl
    }
console-bulk-confirm-move =
    { $count ->
        [one] Symud 1 person
       *[other] Symud { $count } o bobl
    }
console-bulk-heading-reset =
    { $count ->
        [one] Ailosod ymrestru 1 person
       *[other] Ailosod ymrestru { $count } o bobl
    }
console-bulk-confirm-reset =
    { $count ->
        [one] Ailosod ymrestru 1 person
       *[other] Ailosod ymrestru { $count } o bobl
    }
console-bulk-heading-disable =
    { $count ->
        [one] Analluogi 1 person
       *[other] Analluogi { $count } o bobl
    }
console-bulk-confirm-disable =
    { $count ->
        [one] Analluogi 1 person
       *[other] Analluogi { $count } o bobl
    }
console-bulk-heading-enable =
    { $count ->
        [one] Galluogi 1 person
       *[other] Galluogi { $count } o bobl
    }
console-bulk-confirm-enable =
    { $count ->
        [one] Galluogi 1 person
       *[other] Galluogi { $count } o bobl
    }
console-bulk-done-invite =
    { $count ->
        [one] Gwahoddwyd 1 person
       *[other] Gwahoddwyd { $count } o bobl
    }
console-bulk-done-end-sessions =
    { $count ->
        [one] Allgofnodwyd 1 person
       *[other] Allgofnodwyd { $count } o bobl
    }
console-bulk-done-move =
    { $count ->
        [one] Symudwyd 1 person
       *[other] Symudwyd { $count } o bobl
    }
console-bulk-done-reset =
    { $count ->
        [one] Ailosodwyd ymrestru 1 person
       *[other] Ailosodwyd ymrestru { $count } o bobl
    }
console-bulk-done-disable =
    { $count ->
        [one] Analluogwyd 1 person
       *[other] Analluogwyd { $count } o bobl
    }
console-bulk-done-enable =
    { $count ->
        [one] Galluogwyd 1 person
       *[other] Galluogwyd { $count } o bobl
    }
console-bulk-about-invite = Mae pob un yn cael llythyr â dolen. Gadewir allan bwy bynnag sydd heb gyfeiriad e-bost: gwahoddwch nhw fesul un, a rhowch y ddolen iddynt.
console-bulk-about-end-sessions = Rhaid iddynt fewngofnodi eto ym mhobman.
console-bulk-about-move = Mae’r hyn maen nhw’n mewngofnodi ag ef yn mynd gyda nhw. Daw eu rolau yn y sefydliad maen nhw’n ei adael i ben.
console-bulk-about-reset = Mae’n tynnu eu hallweddi, eu hapiau dilysu a’u codau adfer, ac yn eu hallgofnodi. Mae’r hyn y mae’r polisi’n ei ofyn yn aros, felly mae angen pàs ar bob un i osod eto.
console-bulk-about-disable = I bobl sy’n gadael: daw eu sesiynau i ben ac mae eu hallweddi’n gorffwys. Gellir eu galluogi eto.
console-bulk-about-enable = I bobl sydd yn ôl: maen nhw’n mewngofnodi â’r hyn oedd ganddynt.
console-bulk-check = Sut rydych yn adnabod pob un?
console-bulk-check-hint = Nid oes dim arall yn cyfrif i lawer ar unwaith. I alwr ar y ffôn, defnyddiwch ei dudalen ei hun.
console-bulk-check-none = Dewiswch sut y gwnaethoch wirio pob un
console-bulk-these =
    { $count ->
       *[other] Pobl: { $count }
    }
console-bulk-locked-out =
    { $count ->
        [one] Ni allai 1 person fewngofnodi wedyn
       *[other] Ni allai { $count } o bobl fewngofnodi wedyn
    }
console-bulk-locked-out-body-move = Mae’r sefydliad maen nhw’n symud iddo yn gofyn am rywbeth nad oes ganddynt. Byddai angen pàs gan ei ddesg gymorth ar bob un.
console-bulk-locked-out-body-reset = Dyma eu ffordd olaf i mewn. Byddai angen pàs ar bob un, o’i dudalen ei hun, i osod allwedd newydd.
console-bulk-cannot =
    { $count ->
        [one] Gadewir 1 person fel y maen nhw
       *[other] Gadewir { $count } o bobl fel y maen nhw
    }
console-bulk-lock-out =
    { $count ->
        [one] Ei wneud i 1 person, a’i gloi allan
       *[other] Ei wneud i bob un o’r { $count }, a chloi { $locked } allan
    }
console-bulk-nobody = Neb rydych yn gofalu amdano
console-bulk-none = Ni ellir gwneud hyn i’r un ohonynt
console-bulk-will-invite = Anfonir llythyr ato.
console-bulk-will-end-sessions = Caiff ei allgofnodi.
console-bulk-will-move = Mae’n symud.
console-bulk-will-reset = Mae allweddi, ap a chodau’n mynd.
console-bulk-will-disable = Ni all fewngofnodi mwyach.
console-bulk-will-enable = Gall fewngofnodi eto.
console-bulk-was-invite = Gwahoddwyd.
console-bulk-was-end-sessions = Allgofnodwyd.
console-bulk-was-move = Symudwyd.
console-bulk-was-reset = Ailosodwyd yr ymrestru.
console-bulk-was-disable = Analluogwyd.
console-bulk-was-enable = Galluogwyd.
console-bulk-sessions =
    { $count ->
       *[other] Sesiynau’n dod i ben: { $count }.
    }
console-bulk-roles =
    { $count ->
       *[other] Rolau’n dod i ben: { $count }.
    }
console-bulk-why-not-found = Efallai eu bod yn perthyn i sefydliad arall.
console-bulk-why-untouchable-yourself = Chi yw hwn: gofalwch am eich allweddi eich hun ar dudalen eich cyfrif.
console-bulk-why-untouchable-peer = Mae ganddynt rôl o’r un radd â chi, neu uwch.
console-bulk-why-untouchable-has-role = Mae ganddynt rôl: rhaid i weinyddwr lleol wneud hyn.
console-bulk-why-forbidden = Mae ganddynt rôl: helpwch nhw ar eu tudalen eu hun.
console-bulk-why-already = Mae felly’n barod.
console-bulk-why-no-address = Ni all llythyr fynd atynt: gwahoddwch nhw ar eu tudalen eu hun.
console-bulk-why-not-new = Mae ganddynt rywbeth i fewngofnodi ag ef, neu ni chânt fewngofnodi.
console-bulk-why-unfit = Mae enwau defnyddwyr eu sefydliad yn edrych yn wahanol.
console-bulk-why-locks-out = Nis gwnaed: ni allent fewngofnodi wedyn.
console-bulk-why-second = Rhaid i ail weinyddwr gytuno: gofynnwch ar eu tudalen eu hun.
console-bulk-why-last-administrator = Ni allai neb arall ofalu am y platfform.
console-bulk-why-overtaken = Newidiodd rhywbeth yn y cyfamser: edrychwch eto.
console-bulk-why-other = Ni weithiodd hynny ({ $why }).
console-bulk-back = Yn ôl at y bobl

console-menu-approvals = Cymeradwyo
console-menu-waits = yn aros amdanoch chi
console-approvals-heading = Cymeradwyo
console-approvals-waiting = Beth sy’n aros am ail weinyddwr
console-approvals-about = Nid yw pwy bynnag a ofynnodd yn cytuno iddo. Siaradwch â nhw yn gyntaf os nad ydych yn siŵr.
console-approvals-nothing = Does dim yn aros.
console-approvals-what = Beth
console-approvals-who = Pwy sy’n gofyn
console-approvals-whom = I bwy
console-approvals-why = Pam
console-approvals-until = Tan
console-approvals-you = Chi
console-approval-pass = Pàs
console-approval-reset = Ailosod ymrestru
console-approval-heading = { $what } i { $name }
console-approval-asked = Beth y gofynnir amdano
console-approval-sessions = Cânt eu hallgofnodi ym mhobman.
console-approval-will-pass = Dangosir pàs i chi unwaith, ac i neb arall. Chi sy’n ei roi iddynt. Mae’n cyfrif am { $minutes } munud.
console-approval-agree = Cytuno, a’i wneud nawr
console-approval-own = Chi ofynnodd am hyn. Rhaid i weinyddwr arall gytuno iddo.
console-approval-not-yours = Rhaid i rywun uwch benderfynu hyn.
console-approval-or = Os nad ydych yn cytuno
console-approval-refuse = Gwrthod
console-approval-gone = Nid yw hynny’n aros mwyach: penderfynodd rhywun arno, neu daeth ei amser i ben
console-event-approval-asked = Yn aros am ail weinyddwr
console-event-approval-decided = Penderfynodd ail weinyddwr

console-why-no-answer = y cyfrinair cywir, yna dim ateb gan ‘{ $nickname }’. Mae allwedd sydd ar goll, wedi’i chloi, neu heb ei chyffwrdd mewn pryd yn edrych yr un fath i ni.
console-why-no-answer-any = y cyfrinair cywir, yna dim ateb gan yr un o’u hallweddi. Mae allwedd sydd ar goll, wedi’i chloi, neu heb ei chyffwrdd mewn pryd yn edrych yr un fath i ni.
console-watch = Eu pàs
console-watch-waits = Yn aros am eu henw defnyddiwr, yr hyn arall sydd ganddynt, a’r pàs
console-watch-used = Defnyddiwyd y pàs
console-watch-sets-up = Maen nhw’n gosod sut maen nhw’n mewngofnodi
console-watch-key = Gosodwyd yr allwedd newydd ‘{ $nickname }’
console-watch-app = Gosodwyd yr ap dilysu
console-watch-goes-on = Maen nhw’n mynd ymlaen i fewngofnodi
console-watch-in = Wedi mewngofnodi
console-watch-over = Mae’r pàs ar ben, ac nis defnyddiwyd
console-watch-cancelled = Canslwyd y pàs
console-watch-tries = Defnyddiwyd { $used } o { $of } cynnig.
console-watch-left =
    { $count ->
       *[other] Mae’n cyfrif tan { $when }: munudau ar ôl: { $count }.
    }
console-watch-again = Edrych eto
console-watch-cancel = Canslo’r pàs hwn
console-do-cancel-pass = Canslo’r pàs hwn
console-ask-cancel-pass = Canslo pàs { $name }
console-about-cancel-pass = Nid yw’n agor dim mwyach, ar unwaith. Gallwch roi un arall.
console-confirm-cancel-pass = Canslo’r pàs
console-was-cancel-pass = Canslwyd y pàs
console-event-pass-cancelled = Canslwyd y pàs
