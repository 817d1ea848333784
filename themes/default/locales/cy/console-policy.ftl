console-menu-key-models = Modelau allweddi
console-menu-policy = Polisi
console-menu-groups = Grwpiau

console-policy-of = Polisi { $name }
console-policy-of-group = Yr hyn y mae’r grŵp { $name } yn ei fynnu
console-policy-lede = Yr hyn a ofynnir gan bawb yma ac oddi tano. Lle mae dwy reol yn cwrdd, y llymaf sy’n cyfrif. Daw’r hyn heb ei nodi o’r rhagosodiad.
console-policy-lede-group = Yr hyn a fynnir gan ei aelodau ar ben y polisi. Dim ond gwneud pethau’n llymach y mae grŵp.
console-policy-unsaved =
    { $count ->
        [one] Mae 1 newid heb ei gadw.
        [two] Mae 2 newid heb eu cadw.
       *[other] Mae { $count } newid heb eu cadw.
    }
console-policy-saved = Cadwyd { $when }. Mae’n cyfrif o fewngofnodi nesaf pob person ymlaen.
console-policy-meanwhile = Newidiodd rhywun arall hyn yn y cyfamser
console-policy-meanwhile-what = Cedwir eu newidiadau. Daw’r hyn a gadwch chi nawr ar eu pennau.
console-policy-stale = Ni chadwyd dim: cadwodd rhywun arall newid ychydig o’ch blaen. Edrychwch arno isod, yna cadwch eto.
console-policy-more-locked-out = Ni chadwyd dim: byddai mwy o bobl wedi’u cloi allan erbyn hyn nag a ddangoswyd i chi. Edrychwch ar y nifer eto.
console-policy-refused = Ni all gosodiad fod felly. Edrychwch ar yr hyn sydd wedi’i ysgrifennu, a’i newid.
console-policy-draft-full = Mae hyn yn fwy o newidiadau nag a all aros ar unwaith. Cadwch neu gollyngwch rai ohonynt yn gyntaf.
console-policy-was = Cynt:
console-policy-change = Newid
console-policy-own = Gosodwyd yma
console-policy-you-say = Gosodwyd yma:
console-policy-administrators = Gweinyddwyr:
console-policy-locked-platform = Gosodwyd gan y platfform. Ni allwch ei wanhau.
console-policy-locked-above = Gosodwyd gan sefydliad uwchben. Ni allwch ei wanhau.
console-policy-locked-both = Gosodwyd gan y platfform a sefydliad uwchben. Ni allwch ei wanhau.
console-policy-demanded-platform = Mae’r platfform yn mynnu hyn neu rywbeth llymach:
console-policy-demanded-above = Mae sefydliad uwchben yn mynnu hyn neu rywbeth llymach:
console-policy-demanded-both = Mae’r platfform a sefydliad uwchben yn mynnu hyn neu rywbeth llymach:
console-policy-nothing = Dim
console-policy-nothing-on-top = Dim byd ar ben hynny

console-policy-section-start = Dechrau
console-policy-section-log-in = Mewngofnodi
console-policy-section-keys = Faint o allweddi
console-policy-section-models = Pa allweddi
console-policy-section-sessions = Aros wedi mewngofnodi
console-policy-section-administrators = Gweinyddwyr
console-policy-section-other = Gosodiadau eraill

console-policy-trial = Pwy na allai fewngofnodi yfory?
console-policy-trial-none = Newidiwch osodiad, a bydd yr ateb yma cyn i chi gadw dim.
console-policy-trial-waiting = Edrychir ar bawb. Daw’r ateb ohono’i hun.
console-policy-trial-wait = Dangos yr ateb
console-policy-trial-failed = Ni allem gael yr ateb. Ni ellir cadw dim cyn hynny.
console-policy-trial-again = Ceisio eto
console-policy-of-people =
    { $count ->
        [one] allan o 1 person, os cadwch hyn nawr
       *[other] allan o { $figure } o bobl, os cadwch hyn nawr
    }
console-policy-has-key = Allwedd na fyddai’n gwneud y tro mwyach
console-policy-has-app = Ap dilysu, ond dim allwedd
console-policy-has-grace = Yn y cyfnod gras, a fyddai’n dod i ben
console-policy-has-nothing = Dim wedi’i osod
console-policy-you-locked-out = Ni allech chi eich hun fewngofnodi.
console-policy-administrators-in =
    { $count ->
        [0] Gallech chi fewngofnodi o hyd.
        [one] Gallech chi ac 1 gweinyddwr arall fewngofnodi o hyd.
       *[other] Gallech chi a’r { $count } gweinyddwr arall fewngofnodi o hyd.
    }
console-policy-administrators-out =
    { $count ->
        [one] Ni allai 1 gweinyddwr arall fewngofnodi.
       *[other] Ni allai { $count } gweinyddwr arall fewngofnodi.
    }
console-policy-would-enrol =
    { $count ->
        [one] Byddai’n rhaid i 1 person osod rhywbeth wrth fewngofnodi nesaf.
       *[other] Byddai’n rhaid i { $figure } o bobl osod rhywbeth wrth fewngofnodi nesaf.
    }
console-policy-already =
    { $count ->
        [one] Ni all 1 person fewngofnodi fel y mae, ac ni allai wedyn.
       *[other] Ni all { $figure } o bobl fewngofnodi fel y mae, ac ni allent wedyn.
    }
console-policy-another-date = Dewis dyddiad arall
console-policy-safer = Newid ‘{ $setting }’
console-policy-save =
    { $count ->
        [one] Cadw’r newid
       *[other] Cadw’r { $count } newid
    }
console-policy-save-anyway =
    { $count ->
        [one] Cadw a chloi 1 person allan
       *[other] Cadw a chloi { $figure } o bobl allan
    }
console-policy-asks-for-key = Wrth gadw, gofynnir i chi gyffwrdd â’ch allwedd.
console-policy-names = Gweld yr enwau
console-policy-table = Lawrlwytho’r enwau (CSV)
console-policy-discard =
    { $count ->
        [one] Gollwng y newid
       *[other] Gollwng pob un o’r { $count } newid
    }

console-policy-choices = Yr hyn y dylai fod
console-policy-choices-many = Yr hyn a ganiateir
console-policy-choose = Dewiswch un o’r rhain.
console-policy-choose-some = Dewiswch o leiaf un o’r rhain.
console-policy-number-of-keys = Nifer yr allweddi
console-policy-number-of-days = Nifer y dyddiau
console-policy-number-of-minutes = Munudau
console-policy-minutes-hint = Mae 60 yn awr, mae 720 yn 12 awr.
console-policy-empty-none = Gadewch ef yn wag am ddim.
console-policy-number = Ysgrifennwch rif cyfan, fel 2.
console-policy-some-minutes = Ysgrifennwch nifer o funudau, 1 neu fwy.
console-policy-day = Diwrnod
console-policy-day-hint = Gadewch ef yn wag am ddim diwrnod.
console-policy-date = Ysgrifennwch ddiwrnod, fel 2026-11-24.
console-policy-models-in-use = Modelau a ddefnyddir yma
console-policy-models-more = Modelau eraill
console-policy-models-more-hint = AAGUID pob un, un i bob llinell. Mae ei wneuthurwr yn ei gyhoeddi.
console-policy-models-wrong = Nid yw ‘{ $id }’ yn AAGUID. Mae un yn edrych fel 2fc0579f-8113-47ea-b116-bb5a8db9202a.
console-policy-raw = Y gwerth, fel y mae dogfennau’n ei ysgrifennu
console-policy-raw-about = Mae’r gosodiad hwn yn fwy newydd na geiriau’r consol hwn. Ysgrifennir ei werth fel mewn dogfennau.
console-policy-raw-wrong = Nid yw wedi’i ysgrifennu fel y mae dogfennau’n ysgrifennu (JSON).
console-policy-demanded-here = Fe’i mynnir oddi uchod. Dim ond ei wneud yn llymach y gallwch chi:
console-policy-preset-says = Dywed y rhagosodiad:
console-policy-group-adds = Daw beth bynnag a ddewiswch ar ben y polisi. Nid yw byth yn ei wanhau.
console-policy-try = Gweld pwy na allai fewngofnodi
console-policy-try-hint = Nid oes dim wedi’i gadw eto.
console-policy-reset = Yn ôl i’r rhagosodiad
console-policy-demand-nothing = Mynnu dim yma

console-policy-keys =
    { $count ->
        [0] dim
        [one] 1 allwedd
       *[other] { $count } allwedd
    }
console-policy-days =
    { $count ->
        [two] 2 ddiwrnod
       *[other] { $count } diwrnod
    }
console-policy-hours =
    { $count ->
       *[other] { $count } awr
    }
console-policy-minutes =
    { $count ->
        [two] 2 funud
       *[other] { $count } munud
    }
console-policy-limit-in = { $networks }
console-policy-limit-everywhere = Ym mhobman
console-policy-limit-weaker = ar ôl mewngofnodi gwannach na: { $strength }
console-policy-limit-absolute = { $time } ar y mwyaf
console-policy-limit-idle = { $time } pan yn segur
console-policy-limit-number = Sesiynau byrrach { $number }
console-policy-limit-new = Rhagor o sesiynau byrrach
console-policy-limit-networks = Rhwydweithiau
console-policy-limit-networks-hint = Fel 10.20.0.0/16, sawl un gyda choma. Mae gwag yn golygu ym mhobman.
console-policy-limit-weaker-than = Dim ond ar ôl mewngofnodi gwannach na
console-policy-limit-any = Ar ôl unrhyw fewngofnodi
console-policy-limit-absolute-minutes = Munudau i gyd
console-policy-limit-idle-minutes = Munudau pan yn segur
console-policy-limit-empty = Ysgrifennwch faint o funudau: i gyd, pan yn segur, neu’r ddau.
console-policy-limit-more = I dynnu un, gwagiwch ei feysydd. Am un arall, cadwch hwn a dewch yn ôl.
console-policy-network-wrong = Nid yw ‘{ $network }’ yn rhwydwaith. Ysgrifennwch gyfeiriad fel 10.0.0.7 neu rwydwaith fel 10.20.0.0/16.

console-policy-preset = Rhagosodiad
console-policy-preset-about = Man cychwyn ar gyfer pob gosodiad nas gosodir yma. Gall ei newid newid llawer o osodiadau ar unwaith.
console-policy-preset-small = Sefydliad bach
console-policy-preset-hospital = Ysbyty
console-policy-rollout = Cyflwyno allweddi
console-policy-rollout-about = Pa mor bell yw eich sefydliad gydag allweddi diogelwch. Pan fydd eu hangen, nid yw cyfrinair ag ap yn ddigon.
console-policy-rollout-not-started = Heb ddechrau
console-policy-rollout-pilot = Grwpiau peilot yn unig
console-policy-rollout-available = Ar gael, a heb orfodaeth ar neb
console-policy-rollout-required = Yn ofynnol i bawb
console-policy-rollout-required-from = Allweddi’n ofynnol o
console-policy-rollout-required-from-about = O ddechrau’r diwrnod hwn (UTC) rhaid i bawb sy’n cael gosod allwedd fod ag un.
console-policy-rollout-required-from-nothing = Dim diwrnod
console-policy-bootstrap = Gosod am y tro cyntaf
console-policy-bootstrap-about = Yr hyn sy’n gadael i rywun osod eu hallwedd neu ap cyntaf un. Nid yw cyfrinair ar ei ben ei hun byth yn gwneud hynny. Mae pàs bob amser.
console-policy-bootstrap-invitation = Gyda’r gwahoddiad e-bost, neu bàs
console-policy-bootstrap-pass = Gyda phàs gan y ddesg gymorth
console-policy-grace-until = Cyfnod gras tan
console-policy-grace-until-about = Tan ddiwedd y diwrnod hwn (UTC) caiff pobl na fu ganddynt allwedd nac ap erioed osod eu cyntaf ar ôl eu cyfrinair. Byth weinyddwyr.
console-policy-grace-until-nothing = Dim cyfnod gras
console-policy-required = Cryfder gofynnol
console-policy-required-about = Pa mor gryf y mae’n rhaid i bob mewngofnodi fod o leiaf.
console-policy-required-password = Mae cyfrinair yn ddigon
console-policy-required-mfa = Dau ffactor
console-policy-required-phishing-resistant = Yn gwrthsefyll gwe-rwydo: allwedd neu passkey
console-policy-required-hardware = Allwedd y profwyd ei bod mewn caledwedd
console-policy-methods = Dulliau a ganiateir
console-policy-methods-about = Yr hyn y caiff pobl ei osod a mewngofnodi ag ef, ar wahân i’w cyfrinair.
console-policy-methods-key = allwedd ddiogelwch
console-policy-methods-passkey = passkey
console-policy-methods-authenticator-app = ap dilysu
console-policy-methods-recovery-code = codau adfer
console-policy-methods-nothing = Y cyfrinair yn unig
console-policy-key-as-primary = Mewngofnodi ag allwedd yn unig
console-policy-key-as-primary-about = A yw allwedd gyda’i PIN neu olion bysedd yn gwneud y tro heb y cyfrinair.
console-policy-key-as-primary-yes = Ydy, heb y cyfrinair
console-policy-key-as-primary-no = Nac ydy, daw’r cyfrinair yn gyntaf
console-policy-synced-passkeys = Passkeys a gydamserir
console-policy-synced-passkeys-about = Passkeys y mae ffôn neu borwr yn eu copïo rhwng dyfeisiau. Lle na chaniateir hwy, mae’r rhai a ddefnyddir yn peidio â gweithio.
console-policy-synced-passkeys-yes = Caniateir
console-policy-synced-passkeys-no = Ni chaniateir
console-policy-keys-required = Allweddi gofynnol
console-policy-keys-required-about = Faint o allweddi y mae’n rhaid i bob person eu cael pan fydd allweddi’n ofynnol.
console-policy-keys-nudged = Allweddi a awgrymir
console-policy-keys-nudged-about = Hyd at faint o allweddi yr atgoffir pobl i’w cael. Mae dwy yn goroesi colli un.
console-policy-second-key-days = Ail allwedd o fewn
console-policy-second-key-days-about = Sawl diwrnod ar ôl eu hallwedd gyntaf y mae’n rhaid i bobl gael ail un.
console-policy-second-key-days-nothing = Byth yn orfodol
console-policy-attestation = Gofynnir i allweddi beth ydynt
console-policy-attestation-about = A ofynnir i allwedd newydd am ei model a phrawf ei gwneuthurwr. Mae ei angen ar restr o fodelau.
console-policy-attestation-none = Na
console-policy-attestation-direct = Gofynnir
console-policy-attestation-required = Prawf o’r model
console-policy-attestation-required-about = A oes rhaid i allwedd newydd brofi beth ydyw. Ni all passkeys a gydamserir.
console-policy-attestation-required-none = Nid oes ei angen
console-policy-attestation-required-direct = Mae ei angen
console-policy-models-allowed = Modelau a ganiateir
console-policy-models-allowed-about = Os oes rhestr, dim ond allweddi o’r modelau hyn y gellir eu gosod.
console-policy-models-allowed-nothing = Unrhyw fodel
console-policy-models-denied = Modelau a wrthodir
console-policy-models-denied-about = Ni ellir gosod allweddi o’r modelau hyn. Ni ellir byth osod modelau y cyhoeddwyd eu bod wedi’u dirymu neu eu torri.
console-policy-models-denied-nothing = Dim ond y rhai a nodwyd yn rhai a ddirymwyd
console-policy-models-at-login = Rhestri o fodelau’n cyfrif wrth fewngofnodi
console-policy-models-at-login-about = A yw allweddi a ddefnyddir eisoes yn peidio â gweithio pan wrthodir eu model.
console-policy-models-at-login-yes = Ar gyfer pob mewngofnodi
console-policy-models-at-login-no = Ar gyfer allweddi newydd yn unig
console-policy-session-absolute-minutes = Y sesiwn hiraf
console-policy-session-absolute-minutes-about = Ar ôl yr amser hwn rhaid i bawb fewngofnodi eto.
console-policy-session-idle-minutes = Sesiwn segur
console-policy-session-idle-minutes-about = Rhaid i bwy bynnag nad yw’n gwneud dim am gyhyd fewngofnodi eto.
console-policy-session-limits = Sesiynau byrrach
console-policy-session-limits-about = Sesiynau sy’n fyrrach mewn rhai rhwydweithiau, megis ar gyfrifiaduron ward a rennir, neu ar ôl mewngofnodi gwannach. Nid ydynt byth yn gwneud sesiwn yn hirach.
console-policy-session-limits-nothing = Yn unman
console-policy-step-up-minutes = Mewngofnodi o’r newydd ar gyfer newidiadau
console-policy-step-up-minutes-about = Pa mor hen y caiff mewngofnodi fod pan fydd rhywun yn newid eu hallweddi. Ar ôl hynny gofynnir iddynt eto.
console-policy-four-eyes = Ail weinyddwr
console-policy-four-eyes-about = Yr hyn y mae’n rhaid i weinyddwr arall gytuno iddo. Mae ei angen bob amser ar gyfer pasys gweinyddwyr.
console-policy-four-eyes-off = Dim ond ar gyfer pasys gweinyddwyr
console-policy-four-eyes-administrator-resets = Ar gyfer ailosod gweinyddwyr hefyd

console-who-heading =
    { $count ->
        [one] Ni allai 1 person fewngofnodi yfory
       *[other] Ni allai { $figure } o bobl fewngofnodi yfory
    }
console-who-causes = Yr hyn sydd ganddynt
console-who-names = Pwy ydynt
console-who-has = Yr hyn sydd ganddynt
console-who-because = Oherwydd
console-who-all =
    { $count ->
        [one] Dyma bawb.
       *[other] Y { $count } hyn yw pawb.
    }
console-who-first = Y { $count } cyntaf ohonynt. Mae’r tabl yn cynnwys pawb.
console-who-nobody = Neb.

console-models-heading = Modelau allweddi { $name }
console-models-list = Modelau a ddefnyddir
console-models-hint = { $figure } o allweddi’n gweithio, yma ac oddi tano. Dewiswch fodel i weld pwy sydd ei angen.
console-models-counting = Mae’r allweddi’n cael eu cyfrif. Daw’r ateb ohono’i hun.
console-models-none = Nid oes gan neb allwedd eto. Bydd modelau yma unwaith y bydd pobl yn gosod allweddi.
console-models-model = Model
console-models-keys = Allweddi
console-models-hardware = Profwyd mewn caledwedd
console-models-state = Polisi
console-models-not-told = Allweddi na ddywedodd eu model
console-models-marked = Wedi’i ddirymu neu ei dorri
console-models-allowed = Caniateir
console-models-denied = Gwrthodir
console-models-in-use =
    { $count ->
        [one] 1 allwedd a ddefnyddir
       *[other] { $figure } allwedd a ddefnyddir
    }
console-model-aaguid = AAGUID
console-model-use = Yn cael ei ddefnyddio
console-model-holders =
    { $count ->
        [one] Mae gan 1 person un. Allweddi’n gweithio: { $keys }; profwyd mewn caledwedd: { $hardware }.
       *[other] Mae gan { $figure } o bobl un. Allweddi’n gweithio: { $keys }; profwyd mewn caledwedd: { $hardware }.
    }
console-model-marked = Mae’r hyn a gyhoeddir am y model hwn yn ei nodi’n un a ddirymwyd neu a dorrwyd.
console-model-allowed = Mae’r polisi’n gadael i bobl osod allweddi o’r model hwn.
console-model-denied = Nid yw’r polisi’n gadael i neb osod allwedd o’r model hwn.
console-model-if-denied = Pe bai’n cael ei wrthod wrth fewngofnodi
console-model-locked-out =
    { $count ->
        [one] person na allai fewngofnodi
       *[other] o bobl na allent fewngofnodi
    }
console-model-deny = Ei wrthod ar gyfer allweddi newydd
console-model-deny-login = Ei wrthod wrth fewngofnodi hefyd
console-model-deny-hint = Daw’r naill neu’r llall yn newid i’r polisi, a welwch ac a gadwch yno.
console-model-who = Pwy sydd ei angen
console-model-first = Y { $count } cyntaf ohonynt.

console-groups-heading = Grwpiau { $name }
console-groups-lede = Gellir mynnu mwy gan aelodau grŵp, megis allweddi cyn pawb arall.
console-groups-none = Nid oes grwpiau eto.
console-group = Grŵp
console-group-back = { $name }
console-group-add = Ychwanegu grŵp
console-group-add-do = Ychwanegu’r grŵp
console-group-members = Aelodau
console-group-demands = Gofynion
console-group-demands-count =
    { $count ->
        [0] dim byd ar ben hynny
        [two] 2 osodiad
       *[other] { $count } gosodiad
    }
console-group-demanded = Fe’i mynnir ar ben hynny
console-group-demands-nothing = Dim byd ar ben y polisi.
console-group-change = Newid yr hyn a fynnir
console-group-rename = Ailenwi
console-group-rename-heading = Ailenwi ‘{ $name }’
console-group-rename-do = Ailenwi’r grŵp
console-group-remove = Tynnu’r grŵp
console-group-remove-heading = Tynnu ‘{ $name }’?
console-group-remove-members =
    { $count ->
        [0] Nid oes neb ynddo.
        [one] Nid yw 1 person ynddo mwyach. Mae eu cyfrif yn aros.
       *[other] Nid yw { $figure } o bobl ynddo mwyach. Mae eu cyfrifon yn aros.
    }
console-group-remove-demands = Nid yw’r hyn y mae’n ei fynnu ganddynt ar ben y polisi’n cyfrif mwyach.
console-group-remove-do = Tynnu’r grŵp
console-group-find = Ychwanegu aelod
console-group-find-hint = Enw, enw defnyddiwr, cyfeiriad e-bost neu rif staff.
console-group-found-nobody = Ni chanfuwyd neb nad yw ynddo.
console-group-count =
    { $count ->
        [one] 1 aelod
       *[other] { $figure } aelod
    }
console-group-empty = Nid oes neb ynddo eto.
console-group-do = Yr hyn y gallwch ei wneud
console-group-join = Ychwanegu
console-group-join-name = Ychwanegu { $name }
console-group-take-out = Tynnu allan
console-group-take-out-name = Tynnu allan { $name }
console-group-name = Enw
console-group-name-hint = Fel y mae pobl yn ei ddarllen, fel Staff y theatr.
console-group-name-wrong = Ysgrifennwch enw o 1 i 100 nod, gyda llythrennau neu ddigidau ynddo.
console-group-id = Enw byr
console-group-id-hint = Ar gyfer dogfennau a sgriptiau. Gadewch ef yn wag, ac fe’i gwneir o’r enw.
console-group-id-wrong = Defnyddiwch a i z, 0 i 9 a chysylltnodau yn unig, fel staff-theatr.
console-group-taken = Mae grŵp â’r enw byr hwnnw. Dewiswch un arall.
console-group-stale = Newidiodd rhywun arall y grŵp hwn ychydig o’ch blaen. Edrychwch arno, yna ceisiwch eto.
console-join-heading = Ychwanegu { $name } at ‘{ $group }’
console-join-locks-out = Ni allai { $name } fewngofnodi yfory
console-join-because = Yr hyn y mae’r grŵp yn ei fynnu ar ben hynny sy’n gyfrifol:
console-join-first = Helpwch nhw i osod yr hyn sydd ar goll yn gyntaf, neu ychwanegwch nhw a bod yno pan fyddant yn mewngofnodi nesaf.
console-join-help = Helpu { $name } yn gyntaf
console-join-anyway = Eu hychwanegu serch hynny
console-join-well = Gall { $name } fewngofnodi fel o’r blaen.
console-join-do = Eu hychwanegu
