logging-in-as = Yn mewngofnodi fel <b>{ $username }</b>
not-you = Nid chi?
use-key-heading = Nawr defnyddiwch eich allwedd
use-key-body =
    { $count ->
        [0] Gofalwch ei bod yn eich llaw cyn mynd ymlaen.
        [one] Gofalwch fod hon yn eich llaw cyn mynd ymlaen.
       *[other] Bydd unrhyw un o’r rhain yn gwneud y tro. Gofalwch ei bod yn eich llaw cyn mynd ymlaen.
    }
use-key = Defnyddio eich allwedd ddiogelwch
step-up-add = Cyn ychwanegu allwedd, dangoswch mai chi sydd yno.
step-up-rename = Cyn ailenwi allwedd, dangoswch mai chi sydd yno.
step-up-remove = Cyn tynnu allwedd, dangoswch mai chi sydd yno.
step-up-fresh = Mae amser ers i chi fewngofnodi, felly dangoswch mai chi sydd yno.
another-way = Rhoi cynnig ar ffordd arall
another-way-none = Nid ydych wedi gosod unrhyw ffordd arall o fewngofnodi.
another-way-help = Nid oes gennyf yr un o’m hallweddi gyda mi

step-of = Cam { $step } o { $steps }
step-finished = Cam { $steps } o { $steps }, wedi gorffen
set-up-key = Gosod eich allwedd ddiogelwch
set-up-required = Mae { $organisation } yn gofyn i bawb fewngofnodi ag allwedd. Mae’n cymryd tua dwy funud.
set-up-own = Ychwanegwch allwedd ddiogelwch, neu passkey ar eich ffôn neu’ch cyfrifiadur. Mae’n cymryd tua dwy funud.
set-up-window = Bydd eich porwr yn agor ei ffenestr ei hun ac yn gofyn i chi:
set-up-insert = 1. Rhoi’r allwedd i mewn
set-up-insert-hint = Neu ei dal wrth gefn ffôn.
set-up-pin = 2. Teipio ei PIN
set-up-pin-hint = Mae allwedd newydd yn gofyn i chi ddewis un: 4 rhif neu fwy.
set-up-touch = 3. Cyffwrdd â’r allwedd
set-up-touch-hint = Pwyswch y darn metel neu’r golau.
set-up-pin-note = Mae’r PIN yn aros ar yr allwedd. Nid ydym byth yn ei weld ac ni allwn ei ailosod, felly dewiswch un y byddwch yn ei gofio.
set-up-without = Nid yw fy allwedd gyda mi

name-key-heading = Enwi’r allwedd hon
name-key-body = Byddwch yn gweld yr enw hwn bob tro y byddwch yn mewngofnodi, felly dewiswch un sy’n gwahaniaethu rhwng eich allweddi.
nickname-label = Enw’r allwedd
nickname-hint = Er enghraifft, ‘Allwedd las’ neu ‘Ffôn y ward’. Hyd at { $longest } nod.
characters-left = Nodau ar ôl:
name-key-save = Cadw a rhoi cynnig arni
key-model = Model
key-type = Math
key-added = Ychwanegwyd
key-used = Defnydd olaf
key-never-used = Dim eto
key-never-used-inline = heb ei defnyddio eto
key-used-inline = defnyddiwyd ddiwethaf { $when }
key-bound = Yn aros ar yr allwedd hon
key-synced = Wedi’i chysoni rhwng eich dyfeisiau
key-suspended = Wedi’i hatal
key-not-allowed = Ni chaniateir
key-not-allowed-body = Nid yw eich sefydliad yn ei chaniatáu mwyach. Ni all eich mewngofnodi.
key-unsafe = Anniogel
key-unsafe-body = Adroddwyd bod ei model yn anniogel. Mae’n dal i’ch mewngofnodi. Gofynnwch i’ch desg gymorth am un arall.
key-unsafe-not-allowed = Anniogel
key-unsafe-not-allowed-body = Adroddwyd bod ei model yn anniogel. Ni all eich mewngofnodi. Gofynnwch i’ch desg gymorth am un arall.
key-tried = Wedi’i phrofi ac yn gweithio
model-unknown = Model anhysbys
kind-usb = Allwedd ddiogelwch, USB
kind-nfc = Allwedd ddiogelwch, tapio
kind-usb-nfc = Allwedd ddiogelwch, USB neu dapio
kind-phone = Passkey ar ffôn
kind-device = Passkey ar ffôn neu gyfrifiadur

try-key-heading = Rhowch gynnig ar eich allwedd
try-key-body = Mae ar eich cyfrif. Defnyddiwch hi unwaith nawr, er mwyn i chi wybod sut mae’n mynd.
try-key-skip = Hepgor hyn
key-ready-heading = Mae eich allwedd yn barod
spare-heading = Ychwanegu allwedd sbâr
spare-body = Hon yw eich unig allwedd. Os collwch hi, ni allwch fewngofnodi nes bydd y ddesg gymorth wedi’ch helpu. Gydag ail allwedd, wedi’i chadw yn rhywle arall, gallwch fynd ymlaen.
spare-add = Ychwanegu allwedd sbâr
spare-later =
    { $days ->
        [one] Atgoffa fi yfory
        [two] Atgoffa fi ymhen { $days } ddiwrnod
       *[other] Atgoffa fi ymhen { $days } diwrnod
    }
spare-never = Peidio ag atgoffa eto
spare-either = Y naill ffordd neu’r llall, ewch ymlaen i { $application }.

problem-key-no-answer = Ni atebodd eich allwedd
problem-key-unknown = Nid yw’r allwedd honno wedi’i chofrestru ar gyfer y cyfrif hwn
problem-key-unknown-here = Nid yw’r allwedd honno wedi’i chofrestru yma
problem-key-no-verification = Ni ofynnodd eich allwedd am ei PIN nac am ôl bys
problem-key-late = Daeth yr amser ar gyfer hyn i ben
problem-key-not-supported = Ni all y porwr hwn ddefnyddio allweddi diogelwch
problem-key-no-script = Ni ofynnodd eich porwr am eich allwedd
problem-key-address = Nid yw allweddi’n gweithio yn y cyfeiriad hwn
problem-key-network = Nid oedd modd ein cyrraedd
problem-key-other = Ni allai eich porwr ddefnyddio eich allwedd
problem-key-already = Mae’r allwedd hon ar eich cyfrif eisoes
problem-key-no-pin = Ni all yr allwedd hon wirio PIN nac ôl bys
problem-key-model = Nid yw eich sefydliad yn caniatáu { $model }
problem-key-model-marked = Adroddwyd bod { $model } yn anniogel, felly ni chaniateir hi
problem-key-marked = Adroddwyd bod model yr allwedd hon yn anniogel, felly ni chaniateir hi mwyach
problem-key-model-unknown = Dim ond rhai modelau y mae eich sefydliad yn eu caniatáu, ac nid yw’r allwedd hon yn dweud beth yw hi
problem-key-synced = Nid yw eich sefydliad yn caniatáu passkeys sy’n cael eu copïo rhwng dyfeisiau
problem-key-device-bound = Nid yw eich sefydliad yn caniatáu allweddi sy’n aros ar un ddyfais
problem-key-not-attested = Nid yw’r allwedd hon yn profi beth ydyw, ac mae eich sefydliad yn gofyn am hynny
problem-key-not-allowed = Nid yw eich sefydliad yn caniatáu’r allwedd hon mwyach
problem-key-counter = Gall fod copi o’r allwedd hon
problem-key-changed = Nid hon yw’r allwedd a gofrestrwyd
problem-key-suspended = Mae’r allwedd hon wedi’i hatal
problem-keys-many = Mae gennych gynifer o allweddi ag y gall cyfrif eu cael
problem-nickname-missing = Rhowch enw i’r allwedd hon
problem-nickname-long =
    { $longest ->
        [one] Defnyddiwch un nod
       *[other] Defnyddiwch { $longest } nod ar y mwyaf
    }
problem-nickname-character = Defnyddiwch nodau y gellir eu gweld yn unig
problem-nickname-taken = Mae’r enw hwn gan un arall o’ch allweddi

advice-key-again = Rhowch hi i mewn neu daliwch hi’n agos, yna dewiswch y botwm eto.
advice-key-pin = Mae allwedd heb PIN, neu un sydd wedi’i chloi, yn edrych yr un fath i ni â dim allwedd o gwbl.
advice-key-other = Defnyddiwch allwedd arall, neu ‘Rhoi cynnig ar ffordd arall’.
advice-key-verify = Gosodwch PIN ar gyfer yr allwedd ar eich cyfrifiadur, neu defnyddiwch allwedd arall.
advice-key-own = Defnyddiwch un o’r allweddi ar y dudalen hon.
advice-key-password = Defnyddiwch allwedd arall, neu mewngofnodwch â’ch enw defnyddiwr a’ch cyfrinair.
advice-key-address = Ewch i’r cyfeiriad a roddodd eich sefydliad i chi. Peidiwch â theipio eich cyfrinair yma.
advice-key-browser = Defnyddiwch fersiwn gyfredol o Chrome, Edge, Firefox neu Safari.
advice-key-script = Trowch JavaScript ymlaen ar gyfer y dudalen hon, yna dewiswch y botwm eto.
advice-key-network = Edrychwch ar eich cysylltiad, yna dewiswch y botwm eto.
advice-key-helpdesk = Peidiwch â’i defnyddio eto, a dywedwch wrth eich desg gymorth.
advice-key-another-model = Defnyddiwch allwedd o fodel arall. Gall eich desg gymorth ddweud pa un.
advice-key-allowed = Modelau a ganiateir: { $models }.
advice-key-have = Gallwch ei defnyddio i fewngofnodi. I ychwanegu un arall, rhowch honno i mewn.
advice-nothing-stored = Ni chadwyd dim.

way-passkey = Defnyddio eich allwedd ddiogelwch
way-totp = Defnyddio eich ap dilysu
way-recovery-code = Defnyddio cod adfer
way-pass = Defnyddio pàs gan eich desg gymorth
another-way-call = Ffonio’r ddesg gymorth
code-app-heading = Nawr defnyddiwch eich ap dilysu
code-app-body = Agorwch yr ap ar eich ffôn a dewch o hyd i’r cod ar gyfer y cyfrif hwn.
code-app-label = Cod
code-app-hint = 6 rhif sy’n newid bob 30 eiliad.
code-recovery-heading = Defnyddio cod adfer
code-recovery-body = Mae’n gweithio unwaith, ac yn gadael i chi osod allwedd neu ap eto.
code-recovery-label = Cod adfer
code-recovery-hint = 10 llythyren a rhif o’r rhestr a argraffwyd gennych.
code-pass-heading = Defnyddio pàs
code-pass-body = Mae pàs gan eich desg gymorth yn gweithio unwaith, ac yn gadael i chi osod allwedd newydd.
code-pass-label = Pàs
code-pass-hint = 12 llythyren a rhif. Nid yw bylchau’n bwysig.
problem-code-missing = Rhowch y cod
problem-code-wrong = Nid yw’r cod hwnnw’n gywir, neu fe’i defnyddiwyd eisoes
advice-code-next = Arhoswch am y cod nesaf a rhowch hwnnw. Os yw’n parhau, gwiriwch fod cloc eich ffôn yn gywir.
problem-recovery-wrong = Nid yw’r cod adfer hwnnw’n gywir, neu fe’i defnyddiwyd eisoes
problem-pass-wrong = Nid yw’r pàs hwnnw’n gywir
problem-pass-used = Defnyddiwyd y pàs hwnnw eisoes
problem-pass-expired = Daeth amser y pàs hwnnw i ben
advice-pass-new = Gwiriwch bob llythyren. Gall eich desg gymorth roi pàs newydd i chi unrhyw bryd.
problem-app-late = Daeth yr amser ar gyfer hyn i ben
set-up-app = Gosod ap dilysu
set-up-app-body = Mae ap ar eich ffôn yn dangos cod newydd o 6 rhif bob 30 eiliad. Defnyddiwch ef pan nad oes allwedd gennych gyda chi.
set-up-app-scan = Sganiwch y llun hwn â’r ap
set-up-app-picture = Llun QR ar gyfer eich ap dilysu
set-up-app-type = Dim camera? Teipiwch hwn yn yr ap yn lle hynny:
set-up-app-once = Triniwch ef fel cyfrinair. Dim ond nawr y caiff ei ddangos.
set-up-app-shown = Dangoswyd y llun o’r blaen, a dim ond unwaith y caiff ei ddangos.
set-up-app-again = Dechrau eto gyda llun newydd
set-up-app-code = Teipiwch y cod y mae’r ap yn ei ddangos
set-up-app-turn-on = Troi’r ap ymlaen
set-up-app-key = Defnyddio allwedd ddiogelwch yn lle hynny
set-up-use-app = Defnyddio ap dilysu yn lle hynny
