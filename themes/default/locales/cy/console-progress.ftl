console-menu-progress = Cynnydd
console-progress-heading = Cynnydd
console-progress-where =
    { $count ->
        [one] { $organisation } ac 1 oddi tano
       *[other] { $organisation } a { $count } oddi tano
    }
console-progress-counted = cyfrifwyd
console-progress-download = Lawrlwytho (CSV)
console-progress-uncounted =
    { $count ->
        [one] Nid yw 1 sefydliad wedi’i gyfrif eto, ac nid yw ei bobl yn yr un o’r rhifau hyn. Mae hynny’n cymryd ychydig funudau.
       *[other] Nid yw { $count } sefydliad wedi’u cyfrif eto, ac nid yw eu pobl yn yr un o’r rhifau hyn. Mae hynny’n cymryd ychydig funudau.
    }
console-progress-nobody = Nid oes neb wedi’i gyfrif yma.
console-progress-share = yn gallu mewngofnodi ag allwedd: { $with_key } o { $people } o bobl
console-progress-bar = Faint o bobl sydd â beth:{ " " }
console-progress-two-keys = Dwy allwedd neu fwy
console-progress-one-key = Un allwedd
console-progress-app-only = Ap yn unig
console-progress-in-grace = Mewn cyfnod gras
console-progress-nothing = Dim eto
console-progress-grace = Gall pobl heb ddim osod allwedd ar ôl eu cyfrinair o hyd. Daw hynny i ben
console-progress-interested =
    { $count ->
        [one] Dywedodd 1 person yr hoffent gael allwedd.
       *[other] Dywedodd { $count } o bobl yr hoffent gael allwedd.
    }
console-progress-weeks = Pobl ag allwedd, fesul wythnos
console-progress-line = Llinell o faint o bobl oedd ag allwedd, hyd at { $share }% heddiw
console-progress-today = { $share }% heddiw
console-progress-grace-ends = Diwedd y cyfnod gras
console-progress-no-weeks = Un diwrnod sydd wedi’i gyfrif hyd yma. O yfory ymlaen gwelwch yma sut mae’n mynd.
console-progress-forecast = Ar y cyflymder hwn bydd gan bawb ail allwedd erbyn tua { $day } { $month } { $year }.
console-progress-as-table = Yr un rhifau mewn tabl
console-progress-date = Diwrnod
console-progress-day = { $day } { $month }
console-progress-people = Pobl
console-progress-with-key = Ag allwedd
console-progress-first = Pwy sydd eich angen gyntaf
console-progress-parts = Fesul sefydliad
console-progress-all = Gyda’i gilydd

console-people-need = Pwy sydd eich angen gyntaf
console-need-unreached = Dim eto, a dim cyfeiriad e-bost
console-need-grace-ends = Daw’r cyfnod gras i ben o fewn 7 diwrnod
console-need-one-key-alone = Un allwedd yn unig, ac mae’n aros ar yr allwedd honno
