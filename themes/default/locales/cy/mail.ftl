mail-greeting = { $name },
mail-until = Mae’r ddolen yn gweithio unwaith, tan { $until }.
mail-when = Pryd
mail-by = Gan
mail-by-administrator = gweinyddwr yn eich sefydliad
mail-by-helpdesk = eich desg gymorth
mail-by-operator = pwy bynnag sy’n rhedeg y gwasanaeth mewngofnodi hwn
mail-by-rule = un o reolau’r gwasanaeth mewngofnodi hwn
mail-browser = Porwr
mail-address = Cyfeiriad rhwydwaith
mail-was-it-you = Os chi oedd hwn, nid oes dim i’w wneud. Os nad chi, dywedwch hynny: mae gan y dudalen sy’n agor un botwm.
mail-not-me = Nid fi oedd hwn
mail-never = Nid ydym byth yn gofyn am eich cyfrinair, cod na phàs mewn e-bost.
mail-unexpected-link = Os nad oeddech yn disgwyl hyn, peidiwch â gwneud dim: heb y ddolen nid oes dim yn digwydd.
mail-unexpected-contact = Os na wyddoch am hyn, dywedwch wrth eich desg gymorth.

mail-invitation-subject = Gosodwch sut yr ydych yn mewngofnodi
mail-invitation-lede = Fe’ch gwahoddwyd i fewngofnodi gyda { $organisation }. Agorwch y ddolen ar eich cyfrifiadur neu’ch ffôn eich hun, a dilynwch ei chamau.
mail-invitation-link = Gosod sut yr ydych yn mewngofnodi
mail-password-link-subject = Dewiswch gyfrinair newydd
mail-password-link-lede = Gofynnodd rhywun, chi fwy na thebyg, am gyfrinair newydd. Nid yw’r ddolen yn ddigon ar ei phen ei hun: mae arnoch angen eich allwedd ddiogelwch neu’ch ap dilysu hefyd.
mail-password-link-link = Dewis cyfrinair newydd
mail-supervised-link-subject = Gwnaed dolen i osod allwedd ddiogelwch ar eich cyfer
mail-supervised-link-lede = Gwnaed dolen y gellir gosod allwedd ddiogelwch ar eich cyfrif â hi. Dylai pwy bynnag a’i gwnaeth fod gyda chi a rhoi’r ddolen i chi. Os nad oes neb gyda chi, nid i chi y gwnaed hi.
mail-key-lost-link-subject = Cadarnhewch fod eich allwedd ddiogelwch ar goll
mail-key-lost-link-lede = Adroddodd rhywun, chi fwy na thebyg, fod “{ $key }” ar goll. Mae’n dal i weithio. Agorwch y ddolen i’w hatal. Hebddi, dim ond eich desg gymorth all eich gadael i mewn.
mail-key-lost-link-link = Cadarnhau ei bod ar goll
mail-app-lost-link-subject = Cadarnhewch fod eich ap dilysu ar goll
mail-app-lost-link-lede = Adroddodd rhywun, chi fwy na thebyg, fod eich ap dilysu ar goll. Mae’n dal i weithio. Agorwch y ddolen i’w atal. Hebddo, dim ond eich desg gymorth all eich gadael i mewn.
mail-app-lost-link-link = Cadarnhau ei fod ar goll
mail-key-added-subject = Ychwanegwyd allwedd ddiogelwch
mail-key-added-lede = Ychwanegwyd allwedd ddiogelwch neu passkey at eich cyfrif: { $key }.
mail-key-removed-subject = Tynnwyd allwedd ddiogelwch
mail-key-removed-lede = Tynnwyd “{ $key }” o’ch cyfrif. Nid yw’n eich mewngofnodi mwyach.
mail-key-renamed-subject = Ailenwyd allwedd ddiogelwch
mail-key-renamed-lede = “{ $after }” yw enw “{ $before }” erbyn hyn.
mail-key-reinstated-subject = Adferwyd allwedd ddiogelwch
mail-key-reinstated-lede = Mae “{ $key }” yn eich mewngofnodi eto.
mail-key-lost-subject = Adroddwyd bod allwedd ddiogelwch ar goll
mail-key-lost-lede = Adroddwyd bod “{ $key }” ar goll ac mae wedi’i hatal. Ni all neb fewngofnodi â hi.
mail-key-suspended-subject = Cafodd allwedd ddiogelwch ei hatal
mail-key-suspended-lede = Cafodd “{ $key }” ei hatal. Ni all neb fewngofnodi â hi nes i’ch desg gymorth ei hadfer.
mail-key-copied-subject = Efallai fod copi o’ch allwedd ddiogelwch
mail-key-copied-lede = Atebodd “{ $key }” fel y byddai allwedd wedi’i chopïo. Gwrthodwyd y mewngofnodi hwnnw.
mail-key-copied-suspended = Digwyddodd eto, felly mae’r allwedd wedi’i hatal. Ffoniwch eich desg gymorth.
mail-app-added-subject = Ychwanegwyd ap dilysu
mail-app-added-lede = Ychwanegwyd ap dilysu at eich cyfrif.
mail-app-removed-subject = Tynnwyd ap dilysu
mail-app-removed-lede = Tynnwyd yr ap dilysu o’ch cyfrif. Nid yw ei godau’n eich mewngofnodi mwyach.
mail-app-lost-subject = Adroddwyd bod eich ap dilysu ar goll
mail-app-lost-lede = Adroddwyd bod eich ap dilysu ar goll ac mae wedi’i atal. Nid yw ei godau’n mewngofnodi neb.
mail-app-suspended-subject = Cafodd eich ap dilysu ei atal
mail-app-suspended-lede = Cafodd eich ap dilysu ei atal. Nid yw ei godau’n mewngofnodi neb nes i’ch desg gymorth ei adfer.
mail-app-reinstated-subject = Adferwyd eich ap dilysu
mail-app-reinstated-lede = Mae codau eich ap dilysu yn eich mewngofnodi eto.
mail-codes-made-subject = Gwnaed codau adfer newydd
mail-codes-made-lede = Gwnaed codau adfer newydd ar gyfer eich cyfrif. Nid yw’r rhai hŷn yn gweithio mwyach.
mail-codes-removed-subject = Cafodd eich codau adfer eu tynnu
mail-codes-removed-lede = Cafodd eich codau adfer eu tynnu. Ni ellir defnyddio’r un ohonynt mwyach.
mail-code-used-subject = Defnyddiwyd cod adfer
mail-code-used-lede =
    { $left ->
        [0] Defnyddiwyd cod adfer i fewngofnodi i’ch cyfrif. Nid oes un ar ôl.
        [one] Defnyddiwyd cod adfer i fewngofnodi i’ch cyfrif. Mae un ar ôl.
       *[other] Defnyddiwyd cod adfer i fewngofnodi i’ch cyfrif. Mae { $left } ar ôl.
    }
mail-pass-issued-subject = Rhoddwyd pàs ar eich cyfer
mail-pass-issued-lede = Rhoddodd gweinyddwr bàs i’w ddefnyddio unwaith, y gellir gosod allwedd ddiogelwch ar eich cyfrif ag ef.
mail-pass-used-subject = Defnyddiwyd eich pàs
mail-pass-used-lede = Defnyddiwyd y pàs a roddwyd ar eich cyfer i osod sut yr ydych yn mewngofnodi.
mail-pass-cancelled-subject = Canslwyd eich pàs
mail-pass-cancelled-lede = Canslodd gweinyddwr y pàs a roddwyd ar eich cyfer. Nid yw’n agor dim mwyach.
mail-password-changed-subject = Newidiwyd eich cyfrinair
mail-password-changed-lede = Newidiwyd cyfrinair eich cyfrif.
mail-email-changed-subject = Newidiwyd eich cyfeiriad e-bost
mail-email-changed-lede = Bydd negeseuon e-bost am eich cyfrif yn mynd i gyfeiriad arall o hyn ymlaen, ac nid i’r un hwn.
mail-email-taken-subject = Daw negeseuon e-bost am eich cyfrif yma bellach
mail-email-taken-lede = Rhoddwyd y cyfeiriad hwn ar gyfer eich cyfrif. Daw negeseuon e-bost amdano yma o hyn ymlaen.
mail-sessions-ended-subject = Fe’ch allgofnodwyd ym mhobman
mail-sessions-ended-lede = Daeth eich holl sesiynau i ben. Mewngofnodwch eto lle bo angen.
mail-role-given-subject = Mae gennych rôl newydd
mail-role-given-lede = { $role ->
    [helpdesk] Rydych ar ddesg gymorth { $organisation } yn awr.
    [auditor] Rydych yn archwilydd i { $organisation } yn awr.
    [local-administrator] Rydych yn weinyddwr lleol i { $organisation } yn awr.
   *[other] Rydych yn weinyddwr y platfform cyfan yn awr.
} Mae’r hyn y gallwch ei wneud yn y consol gweinyddu.
mail-role-ended-subject = Daeth un o’ch rolau i ben
mail-role-ended-lede = { $role ->
    [helpdesk] Nid ydych ar ddesg gymorth { $organisation } mwyach.
    [auditor] Nid ydych yn archwilydd i { $organisation } mwyach.
    [local-administrator] Nid ydych yn weinyddwr lleol i { $organisation } mwyach.
   *[other] Nid ydych yn weinyddwr y platfform cyfan mwyach.
}
mail-not-me-subject = Mae { $person } yn dweud: nid fi oedd hwn
mail-not-me-lede = Cafodd { $person } ({ $username }) wybod am newid i’w gyfrif, ac mae’n dweud nad ef neu hi a’i gwnaeth. Daeth yr holl sesiynau i ben.
mail-not-me-told = Dyma a ddywedwyd:
mail-not-me-key = Mae’r allwedd honno wedi’i hatal.
mail-not-me-app = Mae’r ap dilysu wedi’i atal.
mail-not-me-next = Ffoniwch y rhif sydd ar gofnod. Efallai fod rhywun arall yn gwybod y cyfrinair.

not-me-heading = Ai chi oedd hwn?
not-me-action = Nid fi oedd hwn
not-me-if-not = Os nad chi, dewiswch ‘{ not-me-action }’. Yna:
not-me-does = cewch eich allgofnodi ar bob cyfrifiadur a ffôn
not-me-does-app = caiff yr ap dilysu ei atal
not-me-does-key = caiff yr allwedd honno ei hatal
not-me-does-open = mae pasys a dolenni sy’n aros amdanoch yn peidio â gweithio
not-me-does-helpdesk = caiff eich desg gymorth wybod
not-me-when = Cawsoch wybod { $when }.
not-me-was-you = Chi oedd hwn? Caewch y dudalen hon.
not-me-done-heading = Diolch am ddweud wrthym
not-me-done-body = Rydych wedi’ch allgofnodi ym mhobman, a phwy bynnag oedd yno hefyd.
not-me-done-app = Mae’r ap dilysu wedi’i atal: nid yw ei godau’n mewngofnodi neb.
not-me-done-key = Mae’r allwedd wedi’i hatal: ni all neb fewngofnodi â hi.
not-me-done-password = Efallai fod rhywun yn gwybod eich cyfrinair. Mewngofnodwch ar gyfrifiadur yr ydych yn ymddiried ynddo a newidiwch ef, neu ffoniwch eich desg gymorth.
not-me-done-helpdesk = Cafodd eich desg gymorth wybod. Ffoniwch hi hefyd os na allwch fewngofnodi.
not-me-again-heading = Pwyswch y botwm eto
not-me-again-body = Ni wnaed dim, gan nad yw eich porwr yn cadw cwcis ar gyfer y cyfeiriad hwn. Caniatewch nhw, yna pwyswch y botwm eto.
not-me-again-action = Dangos y botwm eto
link-over-heading = Nid yw’r ddolen hon yn gweithio mwyach
link-over-body = Mae’n rhy hen, neu nid yw’n gyfan. Os digwyddodd rhywbeth i’ch cyfrif nad chi a’i gwnaeth, ffoniwch eich desg gymorth.
