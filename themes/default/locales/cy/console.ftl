console-heading = Consol gweinyddu
console-menu = Dewislen
console-menu-at = Dewislen: { $place }
console-menu-can = Yr hyn y gallwch ei wneud
console-everywhere = Pob sefydliad
console-below =
    { $count ->
        [one] ac 1 oddi tano
       *[other] a { $count } oddi tano
    }
console-start = Mynd i’r dechrau
console-log-in-again = Mewngofnodi eto
console-reference = Os bydd yn digwydd eto, rhowch y cyfeirnod hwn i bwy bynnag sy’n rhedeg y gweinydd: <code>{ $code }</code>, { $when }.
console-logged-in = Mewngofnodoch { $when }.

console-role-helpdesk = desg gymorth
console-role-local-administrator = gweinyddwr lleol
console-role-auditor = archwilydd
console-role-platform-administrator = gweinyddwr y platfform
console-role-at = { $role }, { $organisation } a’r rhai oddi tano
console-role-everywhere = { $role }, ar gyfer pob sefydliad

console-can-heading = Beth allwch chi ei weld a’i wneud?
console-can-roles = Eich rolau
console-can-no-role = Nid oes gennych rôl yma.
console-can-nothing = Dim byd yn y consol hwn. Gall gweinyddwr y platfform roi rôl i chi.
console-can-everywhere = Ym mhob sefydliad
console-can-at = Yn { $organisation }
console-can-among =
    { $count ->
        [two] Mewn 2 sefydliad
       *[other] Mewn { $count } sefydliad
    }
console-can-which = Pa rai
console-fresh = Gallwch newid pethau tan { $when }; wedyn gofynnir am eich allwedd eto.
console-not-fresh = Cyn i chi newid rhywbeth nesaf, gofynnir am eich allwedd eto.
console-may-people-read = dod o hyd i bobl a gweld pwy ydynt
console-may-people-write = ychwanegu, newid, analluogi a dileu pobl
console-may-credentials-read = gweld yr allweddi sydd gan rywun
console-may-credentials-write = tynnu, atal ac adfer allweddi rhywun
console-may-credentials-help = helpu rhywun na all fewngofnodi: tynnu’r hyn a gollwyd, rhoi pàs
console-may-sessions-read = gweld ble mae rhywun wedi mewngofnodi
console-may-sessions-write = allgofnodi rhywun
console-may-organisations-read = gweld sefydliadau a’u polisïau
console-may-organisations-write = newid sefydliadau a’u polisïau
console-may-applications-read = gweld y rhaglenni y mae pobl yn mewngofnodi iddynt
console-may-applications-write = ychwanegu, newid a thynnu rhaglenni
console-may-roles-read = gweld pwy sydd â pha rôl
console-may-roles-write = rhoi rolau a’u cymryd yn ôl
console-may-keys-read = gweld yr allweddi y mae’r gweinydd hwn yn llofnodi â nhw
console-may-keys-write = cyhoeddi allweddi llofnodi newydd
console-may-health-read = gweld sut mae’r gweinydd hwn
console-may-health-write = rhoi cynnig arall ar lythyrau nad aethant, neu roi’r gorau iddynt
console-may-approvals-write = cytuno i’r hyn y gofynnodd gweinyddwr arall amdano, neu ei wrthod
console-may-audit-read = darllen pwy wnaeth beth, a phryd
console-never = Yr hyn na all neb ei wneud yma
console-never-password = gweld neu ddewis cyfrinair rhywun
console-never-pass = gweld pàs ddwywaith
console-never-yourself = eu helpu eu hunain, neu gytuno i’w cais eu hunain
console-never-quiet = helpu rhywun heb i’r person hwnnw gael gwybod
console-never-audit = newid neu ddileu’r hyn y mae’r trywydd archwilio yn ei ddweud

console-not-found-heading = Nid oes neb fel ’na
console-not-found-body = Nid oes neb fel ’na ymhlith y bobl rydych yn gofalu amdanynt. Efallai eu bod yn perthyn i sefydliad arall: yna gall ei ddesg gymorth ei hun eu helpu.
console-forbidden-heading = Nid yw eich rôl yn caniatáu hyn
console-forbidden-body = Ni newidiwyd dim. Mae “Yr hyn y gallwch ei wneud” yn rhestru pwrpas eich rôl.
console-yourself-heading = Ni allwch wneud hyn i chi eich hun
console-yourself-body = Gofalwch am eich allweddi eich hun ar dudalen eich cyfrif, neu gofynnwch i weinyddwr arall.
console-peer-heading = Rhaid i rywun uwch wneud hyn
console-peer-body = Mae gan y person hwn rôl o’r un radd â chi, neu uwch. Gofynnwch i weinyddwr y sefydliad uwch.
console-has-role-heading = Rhaid i weinyddwr lleol wneud hyn
console-has-role-body = Mae gan y person hwn rôl yma. Gall y ddesg gymorth helpu pobl heb rôl.
console-conflict-heading = Newidiwyd hyn yn y cyfamser
console-conflict-body = Bu rhywun arall yn gyflymach, neu mae wedi’i wneud eisoes. Edrychwch eto cyn mynd ymlaen.
console-not-taken-heading = Ni ellir gwneud hyn fel ’na
console-not-taken-body = Ni newidiwyd dim.
console-weak-heading = Mewngofnodwch â’ch allwedd ddiogelwch
console-weak-body = Mae angen allwedd ddiogelwch ar y consol hwn sy’n aros gyda chi ac yn gwirio eich PIN neu’ch olion bysedd. Mewngofnodoch â rhywbeth arall, fel passkey a gopïir rhwng dyfeisiau.
console-unmet-heading = Mae angen allwedd ddiogelwch arnoch ar gyfer hyn
console-unmet-body = Ni ellid eich mewngofnodi mor gryf ag y mae’r consol hwn yn gofyn. Mae gweinyddwyr yn mewngofnodi ag allwedd ddiogelwch. Os nad oes gennych un eto, gofynnwch i weinyddwr arall.
console-answer-refused-heading = Ni chawsoch eich mewngofnodi
console-answer-refused-body = Cafodd y mewngofnodi ei ganslo neu ei wrthod. Ni newidiwyd dim.
console-answer-late-heading = Cymerodd y mewngofnodi hwn ormod o amser
console-answer-late-body = Mae’n perthyn i borwr arall, fe’i gorffennwyd o’r blaen, neu arhosodd am fwy na 15 munud. Mewngofnodwch eto.
console-answer-foreign-heading = Ni ellid gorffen y mewngofnodi hwn
console-answer-foreign-body = Er eich diogelwch ni chafodd ei dderbyn. Mewngofnodwch eto.
console-logged-out-heading = Rydych wedi allgofnodi
console-logged-out-body = Caewch y ffenestr os yw eraill yn defnyddio’r cyfrifiadur hwn.
console-down-heading = Ni all y consol gyrraedd yr hyn sydd ei angen arno
console-down-body = Ni newidiwyd dim. Rhowch gynnig arall arni ymhen munud. Os oes rhywun yn aros ar y ffôn, cymerwch eu rhif a ffoniwch yn ôl.

console-menu-calls = Galwadau
console-call-heading = Galwad
console-case = Achos { $case }
console-case-label = Rhif yr achos
console-case-long = Mae gan rif achos { $longest } nod ar y mwyaf
console-since = ers { $when }
console-connect = Yr alwad hon
console-connect-button = Nodi’r rhifau hyn
console-connected = <strong>Wedi’i chysylltu</strong> drwy { $number }. Mae sgrin y galwr yn dangos eich enw a’r achos hwn. Nid yw’n profi pwy sy’n galw.
console-number-label = Rhif yr alwad
console-number-hint = Y chwe digid y mae sgrin y galwr yn eu dangos. Maent yn ei chysylltu, ac yn profi dim.
console-number-first = Os yw sgrin y galwr yn dangos chwe digid, teipiwch nhw yma.
console-number-button = Edrych
console-number-found = Mae sgrin yn dangos y rhif hwn. Dewch o hyd i’r person i’w chysylltu.
console-number-helper = Mae { $name } yn helpu yno eisoes.
console-number-nobody = Nid oes sgrin yn dangos y rhif hwn nawr. Gofynnwch i’r galwr ei ddarllen eto.

console-find = Dod o hyd i berson
console-find-hint = Enw, enw defnyddiwr, e-bost, rhif staff, enw allwedd neu dag ased
console-find-button = Chwilio
console-find-failed = Heb ei ganfod eto: pwyswch Chwilio.
console-found-nobody = Neb fel ’na ymhlith y bobl rydych yn gofalu amdanynt
console-found-count =
    { $count ->
        [one] 1 person
        [two] 2 berson
       *[other] { $count } person
    }
console-found-more = Y { $count } cyntaf. Teipiwch fwy i weld eraill.
console-found-nickname = canfuwyd yn ôl enw allwedd
console-found-asset-tag = canfuwyd yn ôl tag ased
console-state-invited = Wedi’i wahodd
console-state-active = Gweithredol
console-state-disabled = Wedi’i analluogi
console-start-heading = Pan fydd rhywun yn galw
console-start-find = Dewch o hyd iddynt, drwy unrhyw un o’u henwau neu rifau.
console-start-check = Gwiriwch mai nhw sydd yno.
console-start-act = Gwnewch yr hyn sy’n helpu. Rydych yn gweld beth fydd yn newid cyn iddo newid.
console-start-hint = Mae popeth yn gweithio â’r bysellfwrdd yn unig.

console-staff-number = rhif staff { $number }
console-role-short = { $role }, { $organisation }
console-why = Pam na allai { $name } fewngofnodi
console-why-at = { $when }:
console-why-password = roedd y cyfrinair yn anghywir.
console-why-code = y cyfrinair cywir, yna cod o’r ap dilysu a oedd yn anghywir, neu wedi’i ddefnyddio o’r blaen.
console-why-recovery-code = y cyfrinair cywir, yna cod adfer a oedd yn anghywir, neu wedi’i ddefnyddio o’r blaen.
console-why-pass = roedd y pàs yn anghywir, wedi’i ddefnyddio, neu ar ben.
console-why-key = ni phrofodd yr allwedd mai eu heiddo nhw ydyw.
console-why-key-refused = mae’r allwedd yn gweithio, ond nid yw’r polisi’n ei derbyn.
console-why-counter = cyfrodd yr allwedd yn anghywir: efallai bod copi ohoni.
console-cannot-log-in = Ni allant fewngofnodi ar hyn o bryd
console-cannot-log-in-body = Nid oes dim sy’n gweithio yn ddigon ar gyfer yr hyn a ofynnir ganddynt. Mae allwedd sydd ar goll, wedi’i chloi neu heb ei chyffwrdd mewn pryd yn edrych yr un fath i ni.
console-next = Beth i’w wneud nesaf
console-next-nothing = Gallant fewngofnodi. Os nad yw allwedd yn ateb, gofynnwch iddynt roi cynnig ar borwr arall neu borth arall.
console-next-invite = Nid ydynt wedi derbyn eu gwahoddiad: gwahoddwch nhw eto.
console-next-use-pass = Mae ganddynt bàs sy’n cyfrif: maent yn ei ddefnyddio nawr.
console-next-issue-pass = Nid oes ganddynt ddim sy’n gweithio. Gwiriwch y galwr, yna rhowch bàs: gydag ef byddant yn gosod allwedd newydd.
console-next-restore-or-pass = Mae’r hyn sydd ganddynt wedi’i atal. Os yw’n ôl ganddynt, adferwch ef. Os nad yw, gwiriwch y galwr a rhowch bàs.
console-next-use-other = Mae ganddynt ffordd arall i mewn: maent yn mewngofnodi â honno, ac yn newid yr allwedd ar dudalen eu cyfrif eu hunain.
console-next-enable = Maent wedi’u hanalluogi. Galluogwch nhw yn gyntaf, os ydynt i ddod yn ôl.
console-ways-in = Yr hyn y maent yn mewngofnodi ag ef
console-key = Allwedd
console-key-added = Ychwanegwyd
console-key-used = Defnyddiwyd
console-key-state = Cyflwr
console-never-used = Erioed
console-asset-tag = tag ased { $tag }
console-last-failure = Gwrthodwyd { $when }: { $why }
console-refused-policy = nid yw’r polisi’n ei derbyn
console-refused-marked = mae ei gwneuthurwr yn nodi’r model yn anniogel
console-refused-counter = cyfrodd yn anghywir; efallai bod copi
console-refused-backup = dechreuodd neu peidiodd â chael ei chopïo
console-refused-other = nid oedd yn iawn
console-key-synced = fe’i copïir rhwng dyfeisiau
console-key-works = Yn gweithio
console-key-refused = Dim caniatâd
console-key-marked = Model anniogel
console-suspended-lost = Ataliwyd, ar goll
console-suspended-copied = Ataliwyd, copi efallai
console-suspended-not-me = Ataliwyd, “nid fi”
console-suspended-administrator = Ataliwyd
console-suspended-closed = Yn gorffwys, cyfrif ar gau
console-app = Ap dilysu
console-no-keys = Dim allwedd, a dim ap dilysu.
console-password-yes = Mae ganddynt gyfrinair.
console-password-no = Nid oes ganddynt gyfrinair.
console-codes =
    { $count ->
        [two] Mae 2 god adfer ar ôl.
       *[other] Mae { $count } cod adfer ar ôl.
    }
console-pass-counts = Mae pàs yn cyfrif tan { $when }.
console-pass-tries =
    { $count ->
        [one] Gellir rhoi cynnig arno unwaith eto.
        [two] Gellir rhoi cynnig arno 2 waith eto.
       *[other] Gellir rhoi cynnig arno { $count } gwaith eto.
    }
console-invited-until = Mae’r gwahoddiad yn cyfrif tan { $when }.
console-demand-password = Mae’r polisi’n gofyn am gyfrinair.
console-demand-mfa = Mae’r polisi’n gofyn am ddau brawf, neu am allwedd yn unig.
console-demand-phishing-resistant = Mae’r polisi’n gofyn am allwedd ddiogelwch.
console-demand-hardware = Mae’r polisi’n gofyn am allwedd ddiogelwch mewn caledwedd.
console-demand-keys =
    { $count ->
        [one] Mae’r polisi’n gofyn iddynt gael allwedd.
        [two] Mae’r polisi’n gofyn iddynt gael 2 allwedd.
       *[other] Mae’r polisi’n gofyn iddynt gael { $count } allwedd.
    }
console-demand-closed = Nid yw allweddi wedi’u troi ymlaen ar eu cyfer.
console-sessions =
    { $count ->
        [0] Heb fewngofnodi yn unman.
        [one] Wedi mewngofnodi mewn 1 lle.
        [two] Wedi mewngofnodi mewn 2 le.
       *[other] Wedi mewngofnodi mewn { $count } lle.
    }

console-check = Gwirio’r galwr
console-check-how = Sut ydych yn gwybod mai nhw sydd yno?
console-check-hint = Gwnewch un o’r rhain nawr, yna cofnodwch ef. Nid yw gofyn cwestiynau y dylent hwy yn unig wybod yr ateb iddynt yn cyfrif.
console-check-called-back = <strong>Galw’n ôl</strong>, ar y rhif sydd ar gofnod
console-check-in-person = <strong>Wyneb yn wyneb</strong>, maent yn sefyll o’ch blaen
console-check-badge-on-video = <strong>Bathodyn ar fideo</strong>, mae’r llun a’r enw’n cyfateb
console-check-manager-vouched = <strong>Eu rheolwr yn tystio</strong>, â’i allwedd ei hun
console-check-record = Cofnodi’r gwiriad hwn
console-check-not = Ni allwn eu gwirio
console-check-none = Dewiswch sut y gwiriwyd y galwr
console-check-not-yours = Ni allwch helpu’r person hwn, felly nid oes dim i’w wirio.
console-check-first = Gwiriwch y galwr yn gyntaf: ewch yn ôl i’r alwad a chofnodwch sut
console-checked = Galwr wedi’i wirio
console-checked-called-back = Galwyd yn ôl ar y rhif sydd ar gofnod
console-checked-in-person = Wyneb yn wyneb
console-checked-badge-on-video = Bathodyn ar fideo
console-checked-manager-vouched = Tystiodd eu rheolwr
console-act = Gweithredu
console-act-hint = Mae pob un yn gofyn am reswm ac yn dangos beth fydd yn newid cyn iddo ddigwydd.
console-act-closed = Mae’r gweddill yn agor pan gofnodir y gwiriad. Gellir gwneud eisoes yr hyn nad yw ond yn gwneud y cyfrif yn fwy diogel.
console-act-none = Nid oes dim y gallwch ei wneud dros y person hwn yma.
console-receipt = Derbynneb
console-receipt-nothing = Nid oes dim wedi newid eto.
console-end-call = Gorffen yr alwad hon
console-history = Beth ddigwyddodd
console-history-all = Y cyfan
console-history-nothing = Dim eto.
console-history-of = Beth ddigwyddodd i { $name }
console-history-more = Cynharach
console-back-to-call = Yn ôl at { $name }
console-by = gan { $name }
console-by-administrator = gan weinyddwr
console-by-cli = ar linell orchymyn y gweinydd
console-event-case = achos { $case }

console-do-remove-key = Tynnu
console-do-suspend-key = Atal
console-do-restore-key = Adfer
console-do-remove-app = Tynnu
console-do-suspend-app = Atal
console-do-restore-app = Adfer
console-do-remove-codes = Tynnu’r codau adfer
console-do-reset = Ailosod y cofrestru
console-do-pass = Rhoi pàs
console-do-supervised-link = Cofrestru dan oruchwyliaeth
console-do-end-sessions = Eu hallgofnodi ym mhobman
console-ask-remove-key = Tynnu ‘{ $nickname }’, { $name }
console-ask-suspend-key = Atal ‘{ $nickname }’, { $name }
console-ask-restore-key = Adfer ‘{ $nickname }’, { $name }
console-ask-remove-app = Tynnu ap dilysu { $name }
console-ask-suspend-app = Atal ap dilysu { $name }
console-ask-restore-app = Adfer ap dilysu { $name }
console-ask-remove-codes = Tynnu codau adfer { $name }
console-ask-reset = Ailosod cofrestru { $name }
console-ask-pass = Rhoi pàs i { $name }
console-ask-supervised-link = Cofrestru dan oruchwyliaeth i { $name }
console-ask-end-sessions = Allgofnodi { $name } ym mhobman
console-about-remove-key = Mae’r allwedd yn peidio â gweithio ar unwaith, ar gyfer pob mewngofnodi, ac ni ellir ei dwyn yn ôl.
console-about-suspend-key = Mae’r allwedd yn peidio â gweithio ar unwaith. Gellir ei hadfer.
console-about-restore-key = Mae’r allwedd yn gweithio eto ar unwaith.
console-about-remove-app = Mae ei godau’n peidio â gweithio ar unwaith, ac ni ellir ei ddwyn yn ôl.
console-about-suspend-app = Mae ei godau’n peidio â gweithio ar unwaith. Gellir ei adfer.
console-about-restore-app = Mae ei godau’n gweithio eto ar unwaith.
console-about-remove-codes = Maent yn peidio â gweithio ar unwaith.
console-about-reset = Mae’n tynnu eu hallweddi, eu hap dilysu a’u codau adfer. Mae’r hyn y mae’r polisi’n ei ofyn yn aros, felly mae angen pàs arnynt i osod eto.
console-about-pass = Gyda phàs, eu henw defnyddiwr a’r hyn sydd ganddynt o hyd, maent yn gosod un allwedd newydd, a dim arall.
console-about-supervised-link = Dolen y maent yn ei hagor ar eu cyfrifiadur eu hunain tra byddwch gyda nhw. Nhw sy’n gosod yr allwedd; nid chi byth.
console-about-end-sessions = Rhaid iddynt fewngofnodi eto ym mhobman.
console-reason = Pam?
console-reason-none = Dewiswch pam
console-reason-lost = Mae’r allwedd ar goll
console-reason-stolen = Cafodd yr allwedd ei dwyn
console-reason-phished = Cafodd rhywun afael ar eu cyfrinair neu god
console-reason-broken = Nid yw’r allwedd yn gweithio mwyach
console-reason-forgotten-pin = Mae’r PIN wedi’i anghofio
console-reason-leaver = Maent yn gadael
console-reason-other = Rhywbeth arall
console-why-lost = Ar goll
console-why-stolen = Wedi’i ddwyn
console-why-phished = Cafodd rhywun afael ar gyfrinair neu god
console-why-broken = Ddim yn gweithio mwyach
console-why-forgotten-pin = PIN wedi’i anghofio
console-why-leaver = Maent yn gadael
console-why-other = Rhywbeth arall
console-note = Yn eich geiriau chi
console-note-hint = Fe’i cedwir yn y trywydd archwilio. Mae ei angen ar gyfer “Rhywbeth arall”.
console-note-none = Dywedwch beth ydyw
console-note-long = Mae hynny’n rhy hir: { $longest } nod ar y mwyaf
console-delivery = Sut mae’r pàs yn eu cyrraedd?
console-delivery-spoken = Ei ddarllen ar y ffôn: mae’n cyfrif am 10 munud
console-delivery-written = Ei ysgrifennu: mae’n cyfrif am awr
console-see = Gweld beth fydd yn newid

console-changes = Beth fydd yn newid
console-will-remove-key = Mae ‘{ $nickname }’ yn peidio â gweithio, am byth.
console-will-suspend-key = Mae ‘{ $nickname }’ yn peidio â gweithio nes ei hadfer.
console-will-restore-key = Mae ‘{ $nickname }’ yn gweithio eto.
console-will-remove-app = Mae’r ap dilysu yn peidio â gweithio, am byth.
console-will-suspend-app = Mae’r ap dilysu yn peidio â gweithio nes ei adfer.
console-will-restore-app = Mae’r ap dilysu yn gweithio eto.
console-will-remove-codes = Mae’r codau adfer yn peidio â gweithio, am byth.
console-will-policy-stays = Mae’r hyn y mae’r polisi’n ei ofyn ganddynt yn aros.
console-will-end-sessions =
    { $count ->
        [0] Nid ydynt wedi mewngofnodi yn unman: nid oes dim yn dod i ben.
        [one] Fe’u hallgofnodir o 1 sesiwn.
       *[other] Fe’u hallgofnodir o { $count } sesiwn.
    }
console-will-pass = Dangosir pàs i chi unwaith. Mae’n cyfrif am { $minutes } munud.
console-will-link = Dangosir dolen i chi unwaith.
console-will-void-pass = Mae’r pàs sydd ganddynt yn peidio â gweithio.
console-will-told = Dywedir wrthynt drwy e-bost, yn { $address }.
console-will-told-nobody = Nid oes ganddynt gyfeiriad e-bost y gallem ddweud wrthynt ynddo: dywedwch wrthynt eich hun.
console-locks-out = Ni allai { $name } fewngofnodi wedyn
console-locks-out-body = Dyma eu ffordd olaf i mewn. Gyda phàs yn yr un cam gallant osod allwedd newydd.
console-end-too =
    { $count ->
        [one] Eu hallgofnodi o 1 sesiwn hefyd
       *[other] Eu hallgofnodi o { $count } sesiwn hefyd
    }
console-end-of-keys =
    { $count ->
        [one] Dechreuodd 1 ohonynt â’r hyn sy’n mynd nawr.
       *[other] Dechreuodd { $count } ohonynt â’r hyn sy’n mynd nawr.
    }
console-confirm-remove-key = Tynnu’r allwedd
console-confirm-suspend-key = Atal yr allwedd
console-confirm-restore-key = Adfer yr allwedd
console-confirm-remove-app = Tynnu’r ap
console-confirm-suspend-app = Atal yr ap
console-confirm-restore-app = Adfer yr ap
console-confirm-remove-codes = Tynnu’r codau
console-confirm-reset = Ailosod y cofrestru
console-confirm-pass = Rhoi’r pàs
console-confirm-supervised-link = Gwneud y ddolen
console-confirm-end-sessions = Eu hallgofnodi
console-confirm-with-pass = Ei wneud, a rhoi pàs
console-confirm-lock-out = Ei wneud heb bàs

console-was-remove-key = Tynnwyd ‘{ $nickname }’
console-was-suspend-key = Ataliwyd ‘{ $nickname }’
console-was-restore-key = Adferwyd ‘{ $nickname }’
console-was-remove-app = Tynnwyd yr ap dilysu
console-was-suspend-app = Ataliwyd yr ap dilysu
console-was-restore-app = Adferwyd yr ap dilysu
console-was-remove-codes = Tynnwyd y codau adfer
console-was-end-sessions =
    { $count ->
        [one] Allgofnodwyd o 1 sesiwn
       *[other] Allgofnodwyd o { $count } sesiwn
    }
console-was-pass = Rhoddwyd pàs
console-was-link = Gwnaed dolen ar gyfer cofrestru dan oruchwyliaeth
console-was-nothing = Wedi’i wneud
console-was-told = Dywedwyd drwy e-bost, { $address }
console-was-told-nobody = Heb ddweud: nid oes cyfeiriad e-bost
console-was-asked = Yn aros i ail weinyddwr gytuno

console-pass-heading = Pàs i { $name }
console-pass-read = Darllenwch hwn, fesul rhes
console-pass-letters = Llythrennau’r pàs
console-link-heading = Dolen i { $name }
console-link-open = Maent yn agor hon ar eu cyfrifiadur eu hunain
console-told-once = Fe’i dangosir unwaith. Pan adewch y dudalen hon, ni all neb ei weld eto.
console-told-until = yn cyfrif tan { $when }
console-minutes-left = munud ar ôl
console-told-over = Ar ben
console-told-done = Wedi gorffen, ei guddio
console-their-screen = Eu sgrin
console-their-screen-pass = Maent yn mewngofnodi â’u henw defnyddiwr a’r hyn arall sydd ganddynt. Yna gofynnir iddynt am y pàs.
console-their-screen-link = Mae’n gofyn am yr un gwiriadau ag arfer, yna am yr allwedd newydd.
console-good-for = Ar gyfer beth y mae
console-good-for-pass = Mae’n gadael iddynt osod un allwedd, a dim arall. Mae’n gweithio unwaith, a gellir rhoi cynnig arno bum gwaith. Peidiodd unrhyw bàs hŷn â gweithio.
console-good-for-link = Mae’n gadael iddynt osod un allwedd, a dim arall. Mae’n gweithio unwaith.
console-letter-a = Afal
console-letter-b = Bara
console-letter-c = Cath
console-letter-d = Dafad
console-letter-e = Eliffant
console-letter-f = Fan
console-letter-g = Gafr
console-letter-h = Haul
console-letter-i = Iâr
console-letter-j = Jam
console-letter-k = Kilo
console-letter-l = Lamp
console-letter-m = Mam
console-letter-n = Nos
console-letter-o = Oren
console-letter-p = Pêl
console-letter-q = Quebec
console-letter-r = Radio
console-letter-s = Siop
console-letter-t = Tŷ
console-letter-u = Uwd
console-letter-v = Victor
console-letter-w = Wy
console-letter-x = X-ray
console-letter-y = Ysgol
console-letter-z = Zulu
console-letter-2 = Dau
console-letter-3 = Tri
console-letter-4 = Pedwar
console-letter-5 = Pump
console-letter-6 = Chwech
console-letter-7 = Saith

console-event-logged-in = Mewngofnodwyd
console-event-login-refused = Gwrthodwyd mewngofnodi
console-event-application-opened = Agorwyd rhaglen
console-event-provider-opened = Agorwyd rhaglen drwy SAML
console-event-provider-logged-out = Allgofnodwyd gan raglen
console-event-providers-told = Wedi allgofnodi o bob rhaglen SAML
console-event-providers-untold = Gall fod wedi mewngofnodi o hyd yn { $untold }
console-event-saml-refused = Gwrthodwyd neges gan raglen
console-event-consent-given = Cytunwyd i ddymuniadau rhaglen
console-event-logged-out = Allgofnodwyd
console-event-credential-registered = Gosodwyd allwedd ‘{ $nickname }’
console-event-registration-refused = Ni dderbyniwyd allwedd
console-event-credential-renamed = Ailenwyd allwedd ‘{ $before }’ yn ‘{ $after }’
console-event-credential-removed = Tynnwyd allwedd ‘{ $nickname }’
console-event-credential-suspended = Ataliwyd allwedd ‘{ $nickname }’
console-event-credential-reinstated = Adferwyd allwedd ‘{ $nickname }’
console-event-counter-alert = Cyfrodd allwedd yn anghywir
console-event-backup-eligibility-changed = Dechreuodd neu peidiodd allwedd â chael ei chopïo
console-event-grant-reuse = Defnyddiodd rhaglen rywbeth ddwywaith
console-event-interest-registered = Hoffai gael allwedd
console-event-person-imported = Daeth o dabl
console-event-app-enrolled = Gosodwyd ap dilysu
console-event-app-removed = Tynnwyd ap dilysu
console-event-app-suspended = Ataliwyd ap dilysu
console-event-app-reinstated = Adferwyd ap dilysu
console-event-pass-issued = Rhoddwyd pàs
console-event-pass-used = Defnyddiwyd pàs
console-event-recovery-codes-made = Gwnaed codau adfer
console-event-recovery-codes-removed = Tynnwyd codau adfer
console-event-recovery-code-used = Defnyddiwyd cod adfer
console-event-enrolment-reset = Ailosodwyd y cofrestru
console-event-role-granted = Rhoddwyd rôl
console-event-role-ended = Cymerwyd rôl
console-event-key-refused = Gwrthodwyd allwedd gan y polisi
console-event-key-judged-again = Barnwyd allwedd eto
console-event-letter-given-up = Ni ellid anfon llythyr
console-event-letter-retried = Rhoddwyd cynnig arall ar lythyr
console-event-letters-retried = Rhoddwyd cynnig arall ar bob llythyr nad aeth
console-event-letter-withdrawn = Rhoddwyd y gorau i lythyr nad aeth
console-event-not-me = Dywedwyd am lythyr: nid fi oedd hyn
console-event-password-changed = Newidiwyd y cyfrinair
console-event-application-disconnected = Datgysylltwyd rhaglen
console-event-person-disabled = Analluogwyd
console-event-person-enabled = Galluogwyd
console-event-person-moved = Symudwyd i sefydliad arall
console-event-person-changed = Newidiwyd y manylion
console-event-person-added = Ychwanegwyd
console-event-link-issued = Anfonwyd dolen
console-event-link-used = Defnyddiwyd dolen
console-event-other = Rhywbeth arall ({ $kind })

console-menu-people = Pobl
console-people-heading = Pobl
console-people-narrow = Pwy i’w dangos
console-people-organisation = Sefydliad
console-people-any-organisation = Pob un rydych yn gofalu amdano
console-people-state = Cyflwr
console-people-enrolment = Allweddi
console-people-any = Unrhyw un
console-people-show = Dangos
console-people-all = Dangos pawb
console-people-found = Y rhai rydych yn gofalu amdanynt
console-people-name = Enw
console-people-nobody = Neb fel ’na ymhlith y bobl rydych yn gofalu amdanynt.
console-people-first = Yn ôl i’r cyntaf
console-people-next = Mwy o bobl
console-enrolment-two-keys = Dwy allwedd neu fwy
console-enrolment-one-key = Un allwedd
console-enrolment-app-only = Ap dilysu yn unig
console-enrolment-in-grace = Dim eto, yn cael dod i mewn o hyd
console-enrolment-nothing = Dim

console-do-invite = Gwahodd
console-do-disable = Analluogi
console-do-enable = Galluogi
console-ask-invite = Gwahodd { $name }
console-ask-disable = Analluogi { $name }
console-ask-enable = Galluogi { $name }
console-about-invite = Maent yn dewis cyfrinair neu’n gosod allwedd drwy ddolen. Mae unrhyw wahoddiad cyn hwn yn peidio â gweithio.
console-about-disable = I rywun sy’n gadael: mae eu sesiynau’n gorffen a’u hallweddi’n gorffwys. Gellir eu galluogi eto.
console-about-enable = I rywun sydd yn ôl: maent yn mewngofnodi â’r hyn oedd ganddynt.
console-confirm-invite = Gwahodd
console-confirm-disable = Analluogi
console-confirm-enable = Galluogi
console-will-invite = Anfonir dolen atynt. Os na all llythyr fynd, fe’i dangosir i chi unwaith.
console-will-disable =
    { $count ->
        [0] Ni allant fewngofnodi mwyach. Nid ydynt wedi mewngofnodi yn unman.
        [one] Ni allant fewngofnodi mwyach, ac fe’u hallgofnodir o 1 sesiwn.
       *[other] Ni allant fewngofnodi mwyach, ac fe’u hallgofnodir o { $count } sesiwn.
    }
console-will-enable = Gallant fewngofnodi eto, ac mae eu hallweddi’n gweithio eto.
console-was-invite = Gwahoddwyd
console-was-disable = Analluogwyd
console-was-enable = Galluogwyd
console-invitation-heading = Gwahoddiad i { $name }
console-their-screen-invitation = Mae’n gofyn iddynt ddewis cyfrinair, neu osod allwedd ar unwaith.
console-good-for-invitation = Mae’n gadael iddynt ddechrau, unwaith. Peidiodd unrhyw wahoddiad hŷn â gweithio.

console-add = Ychwanegu’r person
console-add-link = Ychwanegu person
console-add-heading = Ychwanegu person
console-add-invite = Eu gwahodd drwy e-bost ar unwaith
console-add-invite-hint = Heb gyfeiriad e-bost byddwch yn eu gwahodd wedyn, ac yn gweld y ddolen.
console-details-link = Newid y manylion
console-details-heading = Manylion { $name }
console-details-name = Enw
console-details-username = Enw defnyddiwr
console-details-username-hint = Yr hyn y maent yn ei deipio i fewngofnodi. Mae’n aros fel y mae.
console-details-username-is = Enw defnyddiwr: { $username }. Mae’n aros fel y mae.
console-details-email = Cyfeiriad e-bost
console-details-email-hint = Ar ôl newid maent yn dangos eu bod yn ei ddarllen cyn iddo gyfrif ar gyfer mewngofnodi.
console-details-staff-number = Rhif staff
console-details-save = Cadw
console-details-stale = Newidiodd rhywun arall y person hwn yn y cyfamser. Edrychwch ar yr hyn a deipioch, a chadwch eto.
console-details-now = Ysgrifennodd rhywun arall yn y cyfamser: { $now }
console-details-now-nothing = Gwagiodd rhywun arall hwn yn y cyfamser.
console-details-other = Ni ellir ei gadw fel ’na. Edrychwch ar bob maes.
console-details-name-malformed = Teipiwch enw o 1 i 200 nod
console-details-username-malformed = Mae gan enw defnyddiwr lythrennau, digidau, dotiau, cysylltnodau a dim bylchau
console-details-username-taken = Mae gan rywun yr enw defnyddiwr hwnnw eisoes
console-details-username-unfit = Mae enwau defnyddiwr y sefydliad hwn yn edrych yn wahanol
console-details-email-malformed = Nid cyfeiriad e-bost yw hwnnw
console-details-staff-number-malformed = Mae’r rhif staff hwnnw’n rhy hir
console-details-staff-number-taken = Mae gan rywun arall o’r sefydliad y rhif staff hwnnw
