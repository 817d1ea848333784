log-in-to = i fynd ymlaen i { $application }
username = Enw defnyddiwr
password = Cyfrinair
password-show = Dangos
password-show-name = Dangos y cyfrinair
password-hide = Cuddio
password-hide-name = Cuddio’r cyfrinair
use-passkey = Defnyddio passkey neu allwedd ddiogelwch
use-passkey-hint = Nid oes angen eich cyfrinair.
needs-script = Mae angen JavaScript ar gyfer allweddi diogelwch a passkeys. Trowch ef ymlaen yn eich porwr, neu mewngofnodwch mewn ffordd arall.
waiting = Dilynwch ffenestr eich porwr.

problem-username-missing = Rhowch eich enw defnyddiwr
problem-password-missing = Rhowch eich cyfrinair
problem-credentials = Nid yw’r enw defnyddiwr a’r cyfrinair hynny’n cyfateb
problem-wait =
    { $minutes ->
        [one] Gormod o gynigion. Arhoswch funud, neu defnyddiwch eich allwedd
        [two] Gormod o gynigion. Arhoswch { $minutes } funud, neu defnyddiwch eich allwedd
       *[other] Gormod o gynigion. Arhoswch { $minutes } munud, neu defnyddiwch eich allwedd
    }
problem-wait-key =
    { $minutes ->
        [one] Gwrthodwyd gormod o allweddi yma. Arhoswch funud, yna defnyddiwch eich un chi eto
        [two] Gwrthodwyd gormod o allweddi yma. Arhoswch { $minutes } funud, yna defnyddiwch eich un chi eto
       *[other] Gwrthodwyd gormod o allweddi yma. Arhoswch { $minutes } munud, yna defnyddiwch eich un chi eto
    }
problem-wait-code =
    { $minutes ->
        [one] Roedd gormod o godau’n anghywir. Arhoswch funud, neu defnyddiwch ffordd arall
        [two] Roedd gormod o godau’n anghywir. Arhoswch { $minutes } funud, neu defnyddiwch ffordd arall
       *[other] Roedd gormod o godau’n anghywir. Arhoswch { $minutes } munud, neu defnyddiwch ffordd arall
    }
problem-wait-links =
    { $minutes ->
        [one] Gofynnwyd am ormod o ddolenni oddi yma. Arhoswch funud, neu ffoniwch eich desg gymorth
        [two] Gofynnwyd am ormod o ddolenni oddi yma. Arhoswch { $minutes } funud, neu ffoniwch eich desg gymorth
       *[other] Gofynnwyd am ormod o ddolenni oddi yma. Arhoswch { $minutes } munud, neu ffoniwch eich desg gymorth
    }
problem-busy = Mae llawer o bobl yn mewngofnodi ar hyn o bryd. Rhowch gynnig arall arni mewn ychydig eiliadau

consent-heading = Gadael i { $application } weld eich manylion?
consent-asks = Mae { $application } yn gofyn am:
consent-never = Ni all weld eich cyfrinair, eich allweddi na’ch PIN.
consent-offline = Mae hefyd yn gofyn am gael parhau i’w gweld pan na fyddwch yno.
consent-allow = Caniatáu
consent-deny = Peidio â chaniatáu
claim-name = Eich enw
claim-preferred-username = Eich enw defnyddiwr
claim-language = Eich iaith
claim-email = Eich cyfeiriad e‑bost
claim-phone = Eich rhif ffôn
claim-address = Eich cyfeiriad
claim-staff-number = Eich rhif staff
claim-other = { $name }

not-started-heading = Nid yw eich sefydliad wedi troi allweddi diogelwch ymlaen eto
not-started-needs = Mae { $application } yn gofyn am fewngofnodi ag allwedd ddiogelwch.
not-started-body = { $organisation } sy’n penderfynu pryd y gall ei bobl osod un. Nid oes dim i chi ei wneud tan hynny.
not-started-who = Pwy all ddweud mwy wrthych
not-started-interest = Dywedwch wrthynt yr hoffech chi gael un. Byddant yn gweld eich enw, ac ni fydd dim arall yn newid.
not-started-registered = Mae eich diddordeb wedi’i gofnodi. Gall eich gweinyddwyr lleol ei weld.
register-interest = Cofnodi diddordeb

help-needed-heading = Ffoniwch eich desg gymorth i fynd ymlaen
help-needed-application = Mae { $organisation } yn gofyn am allwedd ddiogelwch cyn y gallwch ddefnyddio { $application }.
help-needed-account = Mae { $organisation } yn gofyn am allwedd ddiogelwch cyn y gallwch fewngofnodi.
help-needed-first = Nid oes gennych un eto. Bydd y ddesg gymorth yn gwirio mai chi sydd yno ac yn agor y ffordd i osod un.
help-needed-lost = Os nad oes gennych yr un o’ch allweddi gyda chi, bydd y ddesg gymorth yn gwirio mai chi sydd yno ac yn agor ffordd arall.
help-needed-why = Nid yw cyfrinair yn unig yn ddigon i osod allwedd: gallai fod yn nwylo rhywun arall.

unmet-heading = Mae angen mewngofnodi cryfach ar { $application }
needs-mfa = Mae { $application } yn gofyn am ail brawf yn ogystal â’ch cyfrinair, fel allwedd ddiogelwch.
needs-phishing-resistant = Mae { $application } yn gofyn am fewngofnodi ag allwedd ddiogelwch neu passkey.
needs-hardware = Mae { $application } yn gofyn am allwedd ddiogelwch sy’n ddyfais ar ei phen ei hun ac sy’n gallu profi hynny. Nid yw’r un o’ch rhai chi wedi gwneud hynny.
unmet-body = Rydych yn dal wedi mewngofnodi, ac mae popeth arall yn gweithio fel o’r blaen. I’w ddefnyddio, cofrestrwch allwedd y mae’n ei derbyn, neu gofynnwch i’ch desg gymorth pa un yw honno.

log-out-heading = Allgofnodi?
log-out-asked = Mae { $application } yn gofyn am eich allgofnodi. Byddwch yn cael eich allgofnodi o bob rhaglen a agorwyd gennych o’r fan hon.
log-out-body = Byddwch yn cael eich allgofnodi yma, ac o’r rhaglenni a agorwyd gennych o’r fan hon.
stay-logged-in = Aros wedi mewngofnodi
logged-out-heading = Rydych wedi allgofnodi
logged-out-body = Mae eich sesiwn yma wedi dod i ben.
logged-out-applications = Mae eich sesiwn yma wedi dod i ben. Dyma’r rhaglenni a ddefnyddiwyd gennych.
logged-out-told = Wedi allgofnodi, { $when }
logged-out-untold = Ni ellir rhoi gwybod
logged-out-close = Gall fod ar agor o hyd. Allgofnodwch yno, neu caewch ei ffenestr.
logged-out-waits = Y nesaf
logging-out-body = Mae eich sesiwn yma wedi dod i ben. Rhoddir gwybod nawr i’r rhaglenni a ddefnyddiwyd gennych, un ar ôl y llall.
logging-out-silent = Nid atebodd { $application }. Efallai eich bod yn dal wedi mewngofnodi yno.
logging-out-next = Mynd ymlaen
log-out-post-heading = Yn eich allgofnodi
log-out-post-body = Dewiswch ‘Parhau’ os nad oes dim yn digwydd.
logged-out-shared = <b>Ar gyfrifiadur sy’n cael ei rannu:</b> caewch bob ffenestr porwr cyn gadael.
log-in-again = Mewngofnodi eto
go-on-logging-in = Parhau i fewngofnodi

form-post-heading = Rydych wedi mewngofnodi
form-post-body = Dewiswch ‘Parhau’ os nad oes dim yn digwydd.

help-needed-pass = A yw’r ddesg gymorth wedi rhoi pàs i chi?
help-needed-pass-body = Mae pàs yn gadael i chi osod allwedd newydd. Mae’n gweithio unwaith.
help-needed-use-pass = Defnyddio pàs
help-needed-recovery = Defnyddio cod adfer

accept-heading = Croeso, { $name }
accept-body = Mae { $organisation } wedi gwneud cyfrif i chi. Dewiswch gyfrinair, yna gosodwch ail ffordd o fewngofnodi.
accept-username = Eich enw defnyddiwr yw <b>{ $username }</b>.
accept-key = Defnyddio allwedd a dim cyfrinair
accept-key-hint = Mae allwedd ddiogelwch neu passkey gyda’i PIN neu ôl bys yn ddigon ar ei phen ei hun.
follow-supervised = { $name }, mae eich gweinyddwr gyda chi ac wedi agor y ffordd i osod allwedd. Mae’n gweithio unwaith, ac mae gennych ddeng munud.
follow-by = { $name } a wnaeth y ddolen hon.
follow-by-operator = Pwy bynnag sy’n rhedeg y gwasanaeth mewngofnodi hwn a’i gwnaeth.
follow-by-other = Os oes rhywun arall gyda chi, peidiwch â mynd ymlaen, a ffoniwch eich desg gymorth.
follow-password = { $name }, cyn dewis cyfrinair newydd, dangoswch eich allwedd neu god o’ch ap dilysu.
new-password-heading = Dewiswch gyfrinair newydd
new-password-save = Cadw’r cyfrinair newydd
link-gone-heading = Nid yw’r ddolen hon yn gweithio mwyach
link-gone-body = Fe’i defnyddiwyd, daeth ei hamser i ben, neu anfonwyd un fwy newydd. Chwiliwch am yr e‑bost diweddaraf, neu gofynnwch i’ch desg gymorth am un arall.
link-gone-help = Cael help
forgotten-heading = Wedi anghofio eich cyfrinair?
forgotten-body = Rydym yn anfon dolen i’r cyfeiriad e‑bost ar eich cyfrif. Gyda hi mae angen eich allwedd neu eich ap dilysu hefyd.
forgotten-send = Anfon y ddolen
forgotten-no-mail = Nid yw’r gosodiad hwn yn anfon e‑bost. Mewngofnodwch â’ch allwedd yn unig, neu ffoniwch eich desg gymorth.
sent-heading = Edrychwch yn eich e‑bost
sent-body = Os oes gan y cyfrif hwnnw gyfeiriad e‑bost, mae dolen ar ei ffordd iddo. Mae’n gweithio am hanner awr.
sent-none = Dim byd yno ar ôl ychydig funudau? Edrychwch yn y ffolder post diangen, neu ffoniwch eich desg gymorth.
