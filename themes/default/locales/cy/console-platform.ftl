# Sefydliadau a’r platfform

console-menu-audit = Archwilio
console-audit-heading = Archwilio
console-audit-lede = Pwy wnaeth beth, a phryd. Ni all neb newid na dileu cofnod.
console-audit-search = Chwilio
console-audit-all = Dangos popeth
console-audit-person = Am bwy
console-audit-by = Gwnaed gan
console-audit-anybody = Unrhyw un
console-audit-kind = Beth ddigwyddodd
console-audit-everything = Popeth
console-audit-from = O
console-audit-to = Hyd at
console-audit-no-date = Teipiwch ddyddiad fel 2026-09-03
console-audit-wrong-order = Mae’r diwrnod hwn cyn yr un cyntaf
console-audit-nobody-like-that = Neb fel ’na ymhlith y bobl rydych yn gofalu amdanynt
console-audit-which-person = Am ba un ohonynt?
console-audit-which-by = Gan ba un ohonynt?
console-audit-entries = Cofnodion, y diweddaraf yn gyntaf
console-audit-export = Lawrlwytho’r rhain i gyd (llinellau JSON)
console-audit-nothing = Ni ddigwyddodd dim fel ’na.
console-audit-latest = Yn ôl i’r diweddaraf
console-audit-earlier = Cofnodion cynharach
console-audit-time = Amser
console-audit-who = Pwy
console-audit-what = Beth
console-audit-whom = I bwy
console-audit-strength = Mewngofnodwyd â
console-audit-case = Achos
console-audit-none = dim
console-audit-somebody = Rhywun sydd wedi mynd neu sydd y tu allan
console-audit-platform = Y platfform cyfan
console-audit-erased = Dilëwyd y person, a chyda nhw yr hyn a ddywedai hwn amdanynt.
console-audit-actor-person = drostynt eu hunain
console-audit-actor-service = rhaglen
console-audit-actor-cli = llinell orchymyn y gweinydd
console-audit-actor-system = Latchkey ei hun
console-audit-setting = Gosodiad
console-audit-unset = heb ei osod
console-audit-yes = ie
console-audit-no = na
console-audit-no-place = ddim eto: caiff un o fewn munud
console-audit-sort-log-ins = Mewngofnodi
console-audit-sort-keys = Allweddi, apiau a chodau
console-audit-sort-people = Pobl
console-audit-sort-organisations = Sefydliadau, polisi a rolau
console-audit-sort-applications = Rhaglenni
console-audit-sort-server = Y gweinydd hwn
console-audit-strength-password = Cyfrinair
console-audit-strength-mfa = Dau brawf
console-audit-strength-phishing-resistant = Allwedd
console-audit-strength-hardware = Allwedd mewn caledwedd
console-audit-cause-reported-lost = adroddwyd ar goll
console-audit-cause-copied = copi efallai
console-audit-cause-not-me = “nid fi”
console-audit-cause-administrator = gan weinyddwr
console-audit-cause-closed = cyfrif ar gau
console-audit-loss-misplaced = ni ellir dod o hyd iddo
console-audit-loss-stolen = wedi’i ddwyn
console-audit-loss-pin-known = gall rhywun wybod y PIN
console-audit-link-invitation = gwahoddiad
console-audit-link-supervised = cofrestru dan oruchwyliaeth
console-audit-link-password = cyfrinair newydd
console-audit-link-lost = cadarnhau bod allwedd ar goll
console-audit-factor-password = cyfrinair
console-audit-factor-passkey = allwedd
console-audit-factor-totp = cod o’r ap
console-audit-factor-pass = pàs
console-audit-factor-recovery-code = cod adfer
console-audit-action-pass = pàs
console-audit-action-reset = ailosod y cofrestru
console-audit-fact-action = Gofynnwyd am
console-audit-fact-added = Yn newydd
console-audit-fact-after = Wedyn
console-audit-fact-agreed = Cytunwyd
console-audit-fact-algorithm = Llofnoda â
console-audit-fact-amr = Profion
console-audit-fact-app = Ap
console-audit-fact-approval = Cais
console-audit-fact-before = Cynt
console-audit-fact-cause = Pam
console-audit-fact-changes = Beth newidiodd
console-audit-fact-cleared = Modelau heb eu marcio mwyach
console-audit-fact-client = Rhaglen
console-audit-fact-credential = Allwedd
console-audit-fact-demanded = Gofynnir gan aelodau
console-audit-fact-factor = Â
console-audit-fact-grants = Caniatadau a ddaeth i ben
console-audit-fact-group = Grŵp
console-audit-fact-hardware = Wedi’i brofi mewn caledwedd
console-audit-fact-keys = Allweddi
console-audit-fact-kid = Enw’r allwedd
console-audit-fact-left = Ar ôl
console-audit-fact-letter = Llythyr
console-audit-fact-letters = Llythyrau
console-audit-fact-link = At beth
console-audit-fact-loss = Beth ddaeth ohono
console-audit-fact-marked = Modelau newydd eu marcio
console-audit-fact-members = Beth newidiodd
console-audit-fact-model = Model
console-audit-fact-next-update = Disgwylir y nesaf
console-audit-fact-nickname = Enw’r allwedd
console-audit-fact-number = Rhif
console-audit-fact-confirmed = Wedi allgofnodi yn
console-audit-fact-organisation = Sefydliad
console-audit-fact-untold = Gall fod wedi mewngofnodi o hyd yn
console-audit-fact-people = Pobl
console-audit-fact-provider = Rhaglen
console-audit-fact-certificate = Tystysgrif (SHA-256)
console-audit-fact-days = Diwrnodau ar ôl, ar y mwyaf
console-audit-fact-providers = Rhaglenni
console-audit-fact-reason = Pam
console-audit-fact-received = Rhifydd a gafwyd
console-audit-fact-role = Rôl
console-audit-fact-roles = Rolau
console-audit-fact-scopes = Beth a ryddheir
console-audit-fact-sessions = Sesiynau a ddaeth i ben
console-audit-fact-signs-from = Llofnoda o
console-audit-fact-stored = Rhifydd disgwyliedig
console-audit-fact-suspended = Ataliwyd
console-audit-fact-until = Yn cyfrif tan
console-audit-fact-version = Fersiwn
console-audit-fact-withdrawn = Allweddi a dynnwyd yn ôl
console-audit-fact-other = { $name }
console-audit-fact-checks = Sut y gwiriwyd y galwr
console-audit-fact-why = Yn eu geiriau nhw
console-audit-fact-address = Cyfeiriad rhwydwaith
console-audit-fact-place = Lle yn y gadwyn
console-audit-fact-id = Cofnod

console-event-person-described = Gosodwyd gan ddogfen
console-event-organisation-added = Ychwanegwyd sefydliad ‘{ $organisation }’
console-event-organisation-changed = Newidiwyd enw neu ddesg gymorth sefydliad
console-event-policy-changed = Newidiwyd y polisi
console-event-documents-applied = Cymhwyswyd dogfennau
console-event-signing-key-added = Cyhoeddwyd allwedd lofnodi newydd
console-event-master-key-rotated = Seliwyd â phrif allwedd arall
console-event-backup-restored = Rhoddwyd copi wrth gefn yn ôl
console-event-client-added = Ychwanegwyd rhaglen ‘{ $client }’
console-event-client-changed = Newidiwyd rhaglen ‘{ $client }’
console-event-client-secret-rotated = Mae gan raglen ‘{ $client }’ gyfrinach arall
console-event-log-in-tested = Profwyd mewngofnodi i ‘{ $client }’
console-event-provider-added = Ychwanegwyd rhaglen sy’n siarad SAML
console-event-provider-changed = Newidiwyd rhaglen sy’n siarad SAML
console-event-provider-metadata-read = Mae’r hyn y mae rhaglen sy’n siarad SAML yn ei ddweud amdani’i hun wedi newid
console-event-provider-metadata-failed = Ni ellir darllen mwyach yr hyn y mae rhaglenni sy’n siarad SAML yn ei ddweud amdanynt eu hunain
console-event-provider-metadata-recovered = Gellir darllen eto yr hyn y mae rhaglenni sy’n siarad SAML yn ei ddweud amdanynt eu hunain
console-event-provider-metadata-ends = Daw metadata rhaglen sy’n siarad SAML i ben yn fuan: ni all neb fewngofnodi iddi wedyn
console-event-provider-certificate-ends = Daw tystysgrif rhaglen sy’n siarad SAML i ben yn fuan: gall ei hochr hi stopio bryd hynny
console-event-provider-removed = Tynnwyd rhaglen sy’n siarad SAML
console-event-client-removed = Tynnwyd rhaglen ‘{ $client }’
console-event-group-added = Ychwanegwyd grŵp ‘{ $group }’
console-event-group-changed = Newidiwyd grŵp ‘{ $group }’
console-event-group-removed = Tynnwyd grŵp ‘{ $group }’
console-event-group-joined = Rhoddwyd yng ngrŵp ‘{ $group }’
console-event-group-left = Tynnwyd o grŵp ‘{ $group }’
console-event-metadata-accepted = Derbyniwyd data diweddarach am fodelau allweddi
console-event-credential-tagged = Newidiwyd tag ased allwedd
console-event-person-erased = Dilëwyd

console-menu-organisations = Sefydliadau
console-org-heading = Sefydliadau
console-org-none = Nid oes un rydych yn gofalu amdano.
console-org-reach = Desg gymorth: { $reach }
console-org-unreachable = Dim desg gymorth y gallai pobl ei chyrraedd
console-org-what = Amdano
console-org-parent = Yn perthyn i
console-org-no-parent = Dim sefydliad arall
console-org-id = Enw byr
console-org-id-hint = Llythrennau bach, digidau a chysylltnodau, ar gyfer cyfeiriadau a dogfennau. Nid yw byth yn newid.
console-org-id-malformed = Mae gan enw byr lythrennau bach, digidau a chysylltnodau, 63 ar y mwyaf
console-org-id-taken = Mae gan sefydliad arall yr enw byr hwnnw
console-org-id-stays = Ei enw byr yw { $id }, ac nid yw byth yn newid.
console-org-preset = Mae’r polisi’n cychwyn o
console-org-preset-small = Sefydliad bach
console-org-preset-small-hint = Dau brawf â beth bynnag sydd wrth law; mae croeso i allweddi.
console-org-preset-hospital = Ysbyty
console-org-preset-hospital-hint = Mae’r sefydliad yn rhoi allweddi, ac mae pobl yn cychwyn â phàs.
console-org-starts-from = Mae ei bolisi’n cychwyn o: { $preset }.
console-org-people-count = Pobl
console-org-rollout = Rhoi allweddi
console-org-rollout-not-started = Heb ddechrau: nid oes neb yn gosod allwedd eto.
console-org-rollout-pilot = Treial: dim ond rhai grwpiau sy’n gosod allweddi.
console-org-rollout-available = Ar agor: caiff pawb osod allwedd.
console-org-rollout-required = Gofynnir amdano: mae pawb yn gosod allwedd.
console-org-interested =
    { $count ->
        [one] Hoffai 1 person gael allwedd.
       *[other] Hoffai { $count } o bobl gael allwedd.
    }
console-org-people = Ei bobl
console-org-progress = Pa mor bell ydyw gydag allweddi
console-org-policy = Ei bolisi
console-org-groups = Ei grwpiau
console-org-roles = Pwy sy’n gofalu amdano
console-org-audit = Beth ddigwyddodd ynddo
console-org-helpdesk = Desg gymorth
console-org-helpdesk-hint = Pwy mae pobl yn eu ffonio. Maen nhw’n ei weld cyn mewngofnodi hefyd: ni all rhywun sydd wedi’i gloi allan chwilio amdano.
console-org-seen = Sut y bydd pobl yn ei weld
console-org-seen-hint = Mae wrth ymyl pob tudalen y mae pobl y sefydliad hwn yn ei gweld.
console-org-seen-reporting = Pan fydd allwedd ar goll neu wedi’i dwyn: { $text }
console-org-edit-link = Newid enw a desg gymorth
console-org-edit-heading = Enw a desg gymorth { $name }
console-org-add-link = Ychwanegu sefydliad
console-org-add-heading = Ychwanegu sefydliad
console-org-add = Ychwanegu’r sefydliad
console-org-saved = Cadwyd. Mae pobl yn ei weld ar unwaith.
console-org-nothing = dim
console-org-no-change = Nid oes dim yn wahanol eto.
console-org-field-name = Enw
console-org-field-name-hint = Fel y mae pobl yn ei ddarllen ar frig pob tudalen.
console-org-field-helpdesk = Enw’r ddesg gymorth
console-org-field-helpdesk-hint = Er enghraifft “Desg gymorth Northgate”. Gellir ei adael yn wag.
console-org-field-phone = Rhif ffôn
console-org-field-phone-hint = Fel y mae pobl yn ei ddeialu.
console-org-field-hours = Pryd mae’n ateb
console-org-field-hours-hint = Er enghraifft “Bob dydd, 07:00 i 21:00”.
console-org-field-email = Cyfeiriad e-bost
console-org-field-email-hint = I bobl na allant ffonio.
console-org-field-reporting = Am allweddi coll neu wedi’u dwyn
console-org-field-reporting-hint = Beth arall i’w wneud, er enghraifft “Dywedwch wrth ddiogelwch ar 01632 960 002”.
console-org-name-malformed = Teipiwch enw o 1 i 100 nod
console-org-line-malformed = Rhaid i hwn fod yn un llinell o 200 nod ar y mwyaf
console-org-stale = Newidiodd rhywun arall hwn yn y cyfamser. Edrychwch ar yr hyn a deipioch, ac ewch ymlaen.
console-org-other = Ni ellir cadw hwn fel ’na. Edrychwch ar bob maes.

console-menu-roles = Rolau
console-roles-heading = Rolau
console-roles-narrow = Rolau pwy i’w dangos
console-roles-holders = Pwy sy’n gofalu am bwy
console-roles-nobody = Nid oes gan neb rôl yma: y rhai uwch sy’n gofalu amdano.
console-roles-role = Rôl
console-roles-where = Ble
console-roles-at = { $organisation }, a’r rhai oddi tano
console-roles-self = Chi yw hwn: rhaid i rywun arall ei derfynu.
console-roles-given = Rhoddwyd y rôl. Mae’n cyfrif o hyn ymlaen.
console-roles-ended = Terfynwyd y rôl. Nid yw’n cyfrif mwyach.
console-roles-last = Ni allai neb arall ofalu am y platfform: rhowch y rôl hon i rywun arall yn gyntaf
console-roles-give-link = Rhoi rôl
console-roles-give-heading = Rhoi rôl
console-roles-give-to-heading = Rhoi rôl i { $name }
console-roles-end-link = Terfynu
console-roles-end-heading = Terfynu rôl { $name }
console-roles-give = Rhoi’r rôl
console-roles-end = Terfynu’r rôl
console-roles-whom = I bwy?
console-roles-has = Yr hyn sydd ganddynt eisoes:
console-roles-which = Pa rôl?
console-roles-none-chosen = Dewiswch rôl
console-roles-no-organisation = Dewiswch sefydliad sy’n bod
console-roles-where-hint = Mae’n dal yn y sefydliadau oddi tano hefyd. Mae rôl gweinyddwr y platfform yn dal ym mhobman.
console-roles-about-helpdesk = Helpu pobl na allant fewngofnodi, a dim arall.
console-roles-about-auditor = Gweld popeth am y bobl, a newid dim.
console-roles-about-local-administrator = Gofalu am y bobl, eu hallweddi a’r polisi.
console-roles-about-platform-administrator = Caiff wneud popeth, ym mhobman.
console-roles-will-be = Daw { $name } yn { $role } { $organisation } a’r rhai oddi tano.
console-roles-will-be-everywhere = Daw { $name } yn { $role } pob sefydliad.
console-roles-will-end = Nid yw { $name } yn { $role } { $organisation } mwyach.
console-roles-will-end-everywhere = Nid yw { $name } yn { $role } mwyach.
console-roles-can = Yr hyn y gallant ei wneud yno
console-roles-cannot = Yr hyn na allant ei wneud yno mwyach, oni bai fod rôl arall yn caniatáu
console-roles-then = Beth arall a ddaw ohono
console-roles-then-key = Maen nhw’n mewngofnodi i’r consol hwn ag allwedd ddiogelwch.
console-roles-then-keys =
    { $count ->
        [0] Nid oes ganddynt un sy’n gweithio: hebddi mae angen pàs y mae dau weinyddwr yn cytuno arno.
        [one] Mae ganddynt 1 sy’n gweithio; mae ail un yn eu cadw rhag cael eu cloi allan.
       *[other] Mae ganddynt { $count } sy’n gweithio.
    }
console-roles-then-help = Ni all y ddesg gymorth eu helpu mwyach: rhaid i weinyddwr uwch wneud hynny.
console-roles-then-told = Fe’i hysgrifennir yn y cofnod archwilio, gyda’ch enw chi.
console-roles-all = Nid oes dim ar gau iddynt wedyn
console-roles-all-body = Ni allant roi dim iddynt eu hunain, ond popeth i unrhyw un arall: sefydliadau, rhaglenni, allweddi a rolau. Mae dau neu dri o bobl yn ddigon.

console-menu-applications = Rhaglenni
console-app-heading = Rhaglenni
console-app-none = Nid oes rhaglenni eto. Unwaith yr ychwanegir un, gall pobl fewngofnodi iddi.
console-app-more = Mwy o raglenni
console-app-removed = Mae’r rhaglen wedi mynd.
console-app-saved = Cadwyd. Mae’n cyfrif o fewn dwy eiliad.
console-app-what = Beth ydyw
console-app-is-service = Yn gweithredu drosti’i hun
console-app-is-log-in = Mae pobl yn mewngofnodi iddi
console-app-changed = Newidiwyd ddiwethaf
console-app-add-link = Ychwanegu rhaglen
console-app-add-heading = Ychwanegu rhaglen
console-app-add = Ychwanegu’r rhaglen
console-app-edit-link = Ei newid
console-app-edit-heading = Newid { $name }
console-app-which = Beth ydyw?
console-app-kind-web = Rhaglen we ar weinydd
console-app-kind-web-hint = Mae pobl yn mewngofnodi iddi mewn porwr, ac mae’n cadw cyfrinach ar ei gweinydd.
console-app-kind-spa = Rhaglen un dudalen
console-app-kind-spa-hint = Mae’n rhedeg yn y porwr yn unig, felly nid yw’n cadw cyfrinach.
console-app-kind-native = Rhaglen ar ddyfais
console-app-kind-native-hint = Mae wedi’i gosod ar ffôn neu gyfrifiadur, felly nid yw’n cadw cyfrinach.
console-app-kind-service-key = Cyfrif gwasanaeth â’i allwedd ei hun
console-app-kind-service-key-hint = Rhaglen sy’n gweithredu drosti’i hun, ac yn llofnodi ag allwedd nad yw byth yn ei gadael. Dyma’r un mwyaf diogel.
console-app-kind-service-secret = Cyfrif gwasanaeth â chyfrinach
console-app-kind-service-secret-hint = Rhaglen sy’n gweithredu drosti’i hun, ac yn anfon cyfrinach.
console-app-kind-saml = Rhaglen sy’n siarad SAML
console-app-kind-saml-hint = Mae llawer o systemau ysbytai a phrifysgolion yn gwneud. Mae angen ei metadata arnoch, neu’r cyfeiriad ar ei gyfer.
console-app-oidc = OpenID Connect
console-app-saml = SAML
console-app-more-saml = Rhagor o raglenni sy’n siarad SAML
console-sp-kind = Mae pobl yn mewngofnodi iddi, drwy SAML.
console-sp-is-over = Metadata wedi dod i ben
console-sp-over = Mae ei metadata wedi dod i ben, felly ni all neb fewngofnodi iddi. Gofynnwch am fetadata mwy newydd, a’i roi yma.
console-sp-entity-id = ID endid
console-sp-name = Enw
console-sp-name-hint = Fel y mae pobl yn ei ddarllen wrth fewngofnodi. O’i adael yn wag, yr hyn y mae ei metadata yn ei ddweud.
console-sp-metadata = Ei metadata
console-sp-metadata-hint = Gludwch yr XML, neu teipiwch y cyfeiriad https lle mae’r rhaglen yn ei gyhoeddi. O gyfeiriad, caiff ei ddarllen eto o bryd i’w gilydd. O’i adael yn wag, mae’n aros fel y mae.
console-sp-metadata-here = Fel y cafodd ei ludo neu ei ddarllen o ffeil
console-sp-certificates = Pwy sy’n llofnodi ei metadata
console-sp-certificates-hint = Tystysgrifau, o -----BEGIN CERTIFICATE----- hyd y diwedd. Rhaid i’w metadata gael ei lofnodi ag un ohonynt. Gellir ei adael yn wag.
console-sp-attributes = Beth a ddywedir wrthi am bobl
console-sp-attributes-hint = Un priodoledd i bob llinell. O’i adael yn wag, dywedir y rhai arferol wrthi: cyfeiriad e-bost, enw defnyddiwr, enw cyntaf, enw teuluol ac enw llawn.
console-sp-attributes-default = Y rhai arferol
console-sp-attributes-how = Sut i ysgrifennu priodoledd
console-sp-attributes-line = Enw’r priodoledd, yr hyn y mae pobl yn ei alw mewn cromfachau os hoffech, hafalnod â bylchau o’i gwmpas, a’r hyn y mae’n ei ddweud:
console-sp-name-id = Wrth beth mae’n adnabod pobl
console-sp-name-id-hint = Lle nad yw’n gofyn am fath o enw ei hun.
console-sp-name-id-default = Fel y mae ei metadata yn dweud
console-sp-name-id-persistent = Enw sydd yr un fath bob tro, ac nid yn unman arall (persistent)
console-sp-name-id-transient = Enw arall bob tro wrth fewngofnodi (transient)
console-sp-name-id-email = Eu cyfeiriad e-bost
console-sp-name-id-unspecified = Eu henw defnyddiwr (unspecified)
console-sp-subject-id = Dynodydd gwrthrych
console-sp-subject-id-hint = Ar gyfer rhaglenni sy’n gwahaniaethu rhwng pobl drwy SAML Subject Identifier Attributes.
console-sp-subject-id-default = Fel y mae ei metadata yn gofyn
console-sp-subject-id-none = Dim
console-sp-subject-id-subject-id = Yr un fath ym mhobman (subject-id)
console-sp-subject-id-pairwise-id = Un arall ar gyfer pob rhaglen (pairwise-id)
console-sp-sign = Beth sy’n cael ei lofnodi
console-sp-sign-hint = Mae’r ddau yn iawn oni bai ei bod yn mynnu rhywbeth arall.
console-sp-sign-default = Yr honiad a’r ymateb
console-sp-sign-assertion = Yr honiad yn unig
console-sp-sign-response = Yr ymateb yn unig
console-sp-encrypt = Amgryptio
console-sp-encrypt-hint = Gellir amgryptio honiadau lle mae gan ei metadata allwedd ar gyfer hynny.
console-sp-encrypt-default = Lle gellir
console-sp-encrypt-always = Bob amser: heb allwedd nid oes neb yn cael mewngofnodi
console-sp-encrypt-never = Byth
console-sp-encrypts = Caiff honiadau eu hamgryptio
console-sp-encrypts-not = Ni chaiff honiadau eu hamgryptio
console-sp-requests = Ei cheisiadau
console-sp-requests-hint = Caiff yr hyn sydd wedi’i lofnodi ei wirio beth bynnag.
console-sp-requests-default = Wedi’u llofnodi lle mae ei metadata yn dweud eu bod
console-sp-requests-signed = Wedi’u llofnodi bob amser: gwrthodir eraill
console-sp-requests-unsigned = Cânt fod heb eu llofnodi
console-sp-must-sign = Rhaid eu llofnodi
console-sp-need-not-sign = Nid oes rhaid eu llofnodi
console-sp-start = Mewngofnodi sy’n dechrau yma
console-sp-start-label = Caiff mewngofnodi ddechrau yma, heb gais gan y rhaglen
console-sp-start-hint = Dim ond os yw’r rhaglen yn gofyn amdano: ni all wybod pwy anfonodd bobl yno.
console-sp-start-not = Dim: mae pobl yn dechrau yn y rhaglen
console-sp-valid = Mae ei metadata yn dal hyd
console-sp-test = Profi ei chofrestriad
console-sp-told = Beth a ddywedir wrthi am bobl
console-sp-told-hint = Caiff yr hyn nad yw’n hysbys am rywun ei adael allan. Mae pobl yn gweld ar dudalen eu cyfrif beth mae pob rhaglen yn ei dderbyn.
console-sp-told-nothing = Dim ond yr hyn y mae’n eu hadnabod wrtho.
console-sp-attribute = Priodoledd
console-sp-says = Beth mae’n ei ddweud
console-sp-from-subject = Yr hyn y mae rhaglenni’n eu hadnabod wrtho
console-sp-from-username = Enw defnyddiwr
console-sp-from-name = Enw llawn
console-sp-from-given-name = Enw cyntaf
console-sp-from-family-name = Enw teuluol
console-sp-from-email = Cyfeiriad e-bost
console-sp-from-staff-number = Rhif staff
console-sp-from-organisation = Dynodydd eu sefydliad
console-sp-from-organisation-name = Enw eu sefydliad
console-sp-from-groups = Eu grwpiau
console-sp-from-claim = Honiad pellach amdanynt, yn ôl ei enw
console-sp-from-always = Yr un testun i bawb
console-sp-ours = Beth mae angen i’r rhaglen ei wybod amdanom ni
console-sp-ours-hint = Mae’r rhan fwyaf o raglenni yn cymryd cyfeiriad ein metadata, ac yn dod o hyd i bopeth arall ynddo.
console-sp-our-metadata = Ein metadata
console-sp-sso = I ble mae ceisiadau mewngofnodi yn mynd
console-sp-slo = I ble mae allgofnodi yn mynd
console-sp-theirs = Beth mae ei metadata yn ei ddweud
console-sp-consumers = I ble mae pobl yn mynd ar ôl mewngofnodi
console-sp-logout = I ble mae allgofnodi yn mynd
console-sp-logout-not = I unman: ni ddywedir wrthi pan fydd pobl yn allgofnodi
console-sp-reading = Caiff ei metadata ei ddarllen eto
console-sp-reading-fails = Ni ellir ei ddarllen. Mae’r hyn sydd yma yn aros.
console-sp-read-at = Darllenwyd ddiwethaf { $when }
console-sp-read-not-yet = Ddim ers iddi gael ei hychwanegu
console-sp-read-now = Ei ddarllen eto nawr
console-sp-read-same = Fe’i darllenwyd eto, ac mae’n dweud yr un peth.
console-sp-read-changed = Fe’i darllenwyd eto, ac mae’n dweud fel arall nawr:
console-sp-read-failed = Ni ellid ei ddarllen eto. Mae’r hyn sydd yma yn aros.
console-sp-ends-metadata = Mae ei metadata yn dal hyd { $when }: ni all neb fewngofnodi ar ôl hynny.
console-sp-ended-metadata = Roedd ei metadata yn dal hyd { $when }: ni all neb fewngofnodi.
console-sp-ends-certificate = Daw ei thystysgrif { $sha256 } i ben { $when }: gall ei hochr hi stopio, ond nid mewngofnodi yma.
console-sp-ended-certificate = Daeth ei thystysgrif { $sha256 } i ben { $when }: gall ei hochr hi fod wedi stopio, ond nid mewngofnodi yma.
console-sp-read-gone = Wedi mynd:
console-sp-read-new = Newydd:
console-sp-read-of-requests-signed = mae ei cheisiadau wedi’u llofnodi (AuthnRequestsSigned)
console-sp-read-of-assertions-wanted-signed = mae am i honiadau gael eu llofnodi (WantAssertionsSigned)
console-sp-read-of-name-id-formats = mathau o enwau (NameIDFormat): { $formats }
console-sp-read-of-consumer =
    lle mae atebion yn mynd (AssertionConsumerService { $index }): { $location }, { $binding }{ $default ->
        [yes] , y rhagosodiad
        [never] , byth y rhagosodiad
       *[unsaid] { "" }
    }
console-sp-read-of-artifact-resolution =
    lle mae’n ateb am arteffactau (ArtifactResolutionService { $index }): { $location }, { $binding }{ $default ->
        [yes] , y rhagosodiad
        [never] , byth y rhagosodiad
       *[unsaid] { "" }
    }
console-sp-read-of-logout = lle mae allgofnodi yn mynd (SingleLogoutService): { $location }, { $binding } { $answers }
console-sp-read-of-requested-attribute =
    priodoledd y mae’n gofyn amdani (RequestedAttribute): { $friendly_name } ({ $name }){ $required ->
        [yes] , gofynnol
       *[no] { "" }
    }
console-sp-read-of-text =
    { $kind ->
        [display-name] ei henw (mdui:DisplayName)
        [description] beth yw hi (mdui:Description)
        [information-url] tudalen amdani (mdui:InformationURL)
        [privacy-url] ei datganiad preifatrwydd (mdui:PrivacyStatementURL)
        [service-name] ei henw (ServiceName)
       *[organization-name] pwy biau hi (OrganizationDisplayName)
    }, { $language }: { $text }
console-sp-read-of-logo = ei logo: { $address }
console-sp-read-of-entity-attribute = priodoledd endid, { $name }: { $value }
console-sp-read-of-contact = pwy i’w holi (ContactPerson, { $kind }): { $name } { $emails }
console-sp-read-of-certificate =
    { $use ->
        [signing] tystysgrif ar gyfer llofnodi
        [encryption] tystysgrif ar gyfer amgryptio
       *[both] tystysgrif ar gyfer llofnodi ac amgryptio
    }: { $sha256 } { $until } { $methods }
console-sp-read-of-public-key =
    { $use ->
        [signing] allwedd ar gyfer llofnodi
        [encryption] allwedd ar gyfer amgryptio
       *[both] allwedd ar gyfer llofnodi ac amgryptio
    }: { $sha256 } { $methods }
console-sp-read-of-order = Mae trefn yr hyn y mae’n ei ddweud yn wahanol
console-sp-read-of-more = A mwy nad yw’n cael ei ddangos yma: { $count }
console-sp-keys = Ei thystysgrifau
console-sp-keys-hint = Dim ond dal allwedd y mae tystysgrif yma: mae mewngofnodi yn parhau ar ôl ei diwedd. Gall y rhaglen ei hun stopio bryd hynny.
console-sp-keys-none = Nid oes ganddi dystysgrifau: ni ellir gwirio ei cheisiadau, ac ni ellir amgryptio honiadau.
console-sp-sha256 = Ôl bys (SHA-256)
console-sp-for = I beth
console-sp-for-signing = Llofnodi
console-sp-for-encryption = Amgryptio
console-sp-for-both = Llofnodi ac amgryptio
console-sp-until = Dilys hyd
console-sp-ended = Wedi dod i ben
console-sp-everything-hint = Yr hyn a ddywedir amdani ar wahân i’w metadata, fel y mae gan ddogfennau a’r API.
console-sp-delete-sessions = Ni ddywedir wrthi mwyach pan fydd pobl yn allgofnodi.
console-sp-delete-back = I ddod â hi’n ôl, mae angen ei metadata eto. Mae’r llwybr archwilio yn cadw’r hyn a ddigwyddodd.
console-sp-add-heading = Ychwanegu rhaglen sy’n siarad SAML
console-sp-add-lede = Mae ei metadata yn ddigon. Gellir newid popeth arall yn nes ymlaen.
console-sp-wrong-line = Ni ellir darllen priodoledd o’r llinell hon: { $line }
console-sp-taken = Dyma fetadata rhaglen sydd yma eisoes
console-sp-other = Dyma fetadata rhaglen arall: nid yw ID endid yn newid
console-app-id = Dynodydd
console-app-id-hint = Yr hyn mae’n ei galw’i hun yma. Os gadewir yn wag, gwneir un. Nid yw byth yn newid.
console-app-name = Enw
console-app-name-hint = Fel y mae pobl yn ei ddarllen wrth fewngofnodi.
console-app-redirect = I ble mae pobl yn mynd ar ôl mewngofnodi
console-app-redirect-hint = Ei chyfeiriadau ailgyfeirio llawn, un i bob llinell, fel https://rota.example/callback. Ni anfonir neb i unman arall.
console-app-after-log-out = I ble mae pobl yn mynd ar ôl allgofnodi
console-app-after-log-out-hint = Cyfeiriadau llawn, un i bob llinell. Gellir ei adael yn wag.
console-app-organisation = Y sefydliad y mae’n perthyn iddo
console-app-organisation-hint = Mae pobl yn gweld ei ddesg gymorth a’i liwiau cyn dweud pwy ydynt. Nid yw’n cyfyngu ar bwy sy’n mewngofnodi.
console-app-reach = Ar bwy y caiff weithredu
console-app-reach-hint = Pobl un sefydliad a’r rhai oddi tano, neu bawb.
console-app-trusted = Yr hyn y caiff ei wybod
console-app-trusted-label = Peidio â gofyn i bobl beth y caiff ei wybod
console-app-trusted-hint = Ar gyfer rhaglenni eich sefydliad chi.
console-app-asks = Gofynnir i bobl unwaith
console-app-asks-not = Ni ofynnir i bobl
console-app-acr = Sut mae pobl yn mewngofnodi iddi
console-app-acr-hint = Mwy nag y mae’r polisi’n ei ofyn, os o gwbl: mae’r polisi’n cyfrif bob amser.
console-app-acr-default = Fel y dywed y polisi
console-app-acr-mfa = Â dau brawf
console-app-acr-phr = Ag allwedd ddiogelwch neu passkey
console-app-acr-phrh = Ag allwedd ddiogelwch mewn caledwedd
console-app-scopes = Yr hyn y caiff ei wneud
console-app-scopes-hint = Ticiwch ddim mwy nag sydd ei angen.
console-app-claims = Beth arall a ddywedir wrthi
console-app-claims-hint = Y tu hwnt i’r hyn y mae’n gofyn amdano drwy ei chwmpasau, un honiad i bob llinell. Gellir ei adael yn wag.
console-app-claims-how = Sut i ysgrifennu honiad
console-app-claims-line = Enw’r honiad, hafalnod â bylchau o’i gwmpas, a’r hyn y mae’n ei ddweud:
console-app-wrong-claims = Ni ellir ei ddweud fel hyn: { $reason }
console-app-wrong-claims-line = Ni ellir darllen honiad o’r llinell hon: { $line }
console-app-jwks = Ei hallweddi cyhoeddus
console-app-jwks-hint = Set o allweddi JSON (JWKS) ag allweddi cyhoeddus yn unig.
console-app-everything = Popeth
console-app-everything-hint = Ei metadata fel y mae gan ddogfennau a’r API, heb gyfrinach.
console-app-taken = Mae gan raglen arall y dynodydd hwnnw
console-app-wrong = Ni ellir cadw hwn fel ’na: { $member } { $reason }
console-app-wrong-here = Ni ellir cadw hwn fel hyn: { $reason }
console-app-old-log-in = Mae eich mewngofnodi yn rhy hen ar gyfer y newid hwn
console-app-log-in-hint = Nid oes dim wedi’i golli. Mewngofnodwch eto mewn tab arall, dewch yn ôl yma a phwyso’r botwm eto.
console-app-log-in = Mewngofnodi eto
console-app-press-again = Rydych wedi mewngofnodi eto yn y cyfamser. Edrychwch drwyddo a phwyso’r botwm eto
console-app-wrong-id = Mae gan ddynodydd lythrennau, digidau ac arwyddion, a dim bylchau
console-app-wrong-name = Teipiwch enw byrrach
console-app-wrong-redirect = Teipiwch gyfeiriadau https llawn heb #, un i bob llinell
console-app-wrong-after-log-out = Teipiwch gyfeiriadau https llawn heb #, un i bob llinell
console-app-wrong-organisation = Dewiswch sefydliad sy’n bod
console-app-wrong-scopes = Dewiswch o leiaf un peth y caiff ei wneud
console-app-wrong-jwks = Nid set o allweddi cyhoeddus addas yw hon
console-app-will-secret = Gwneir cyfrinach a’i dangos i chi unwaith.
console-app-secret = Cyfrinach
console-app-secret-of = Cyfrinach { $name }
console-app-secret-now = Rhowch hon yn ei gosodiadau nawr
console-app-secret-over = Nid yw’r gyfrinach cyn yr un hon yn cyfrif mwyach.
console-app-secret-link = Gwneud cyfrinach arall
console-app-secret-new = Gwneir cyfrinach newydd a’i dangos i chi unwaith.
console-app-secret-old = Mae’r hen un yn peidio â gweithio ar unwaith.
console-app-secret-people = Nes bod y rhaglen wedi cael yr un newydd, ni all neb newydd fewngofnodi iddi.
console-app-secret-service = Nes bod y rhaglen wedi cael yr un newydd, ni all wneud dim yma.
console-app-sure-secret = Gwneud cyfrinach arall i { $name }
console-app-sure-delete = Tynnu { $name }
console-app-delete-link = Ei thynnu
console-app-delete = Tynnu’r rhaglen
console-app-delete-people = Ni all neb fewngofnodi iddi mwyach.
console-app-delete-service = Ni all wneud dim yma mwyach.
console-app-delete-grants = Daw popeth a ganiatawyd iddi i ben ar unwaith.
console-app-delete-back = Ni ellir ei chael yn ôl. Mae’r cofnod archwilio’n cadw’r hyn a ddigwyddodd.

console-menu-keys = Allweddi llofnodi
console-keys-heading = Allweddi llofnodi
console-keys-lede = Yr hyn y mae’r gweinydd hwn yn llofnodi mewngofnodiadau ag ef, fel bod rhaglenni’n gwybod eu bod yn dod oddi yma. Ni all neb weld yr hanner cyfrinachol.
console-keys-kid = Enw
console-keys-algorithm = Llofnoda â
console-keys-state = Beth mae’n ei wneud
console-keys-published-at = Cyhoeddwyd
console-keys-tokens = I raglenni sy’n siarad OpenID Connect
console-keys-saml = I raglenni sy’n siarad SAML
console-keys-saml-hint = Mae’r rhan fwyaf o’r rhaglenni hyn yn darllen ein metadata eto ac yn dysgu allwedd newydd eu hunain. Rhowch dystysgrif yr allwedd sy’n aros i’r rhai nad ydynt, cyn iddi lofnodi.
console-keys-certificate = Tystysgrif { $kid }
console-keys-ends = Daw i ben { $when }. Ymhell cyn hynny cyhoeddir allwedd newydd ohoni’i hun.
console-keys-fingerprint = Ôl bys SHA-256:
console-keys-signs = Yn llofnodi nawr
console-keys-waits = Yn aros
console-keys-rests = Ddim yn llofnodi mwyach
console-keys-since = ers { $when }
console-keys-signs-from = yn llofnodi o { $when }
console-keys-until = wedi’i chyhoeddi tan { $when }
console-keys-published = Cyhoeddwyd yr allwedd newydd. Mae’n llofnodi ar ôl i raglenni gael amser i’w nôl.
console-keys-waiting = Mae allwedd newydd yn aros eisoes, a bydd yn llofnodi’n fuan: arhoswch nes iddi wneud
console-keys-new-link = Cyhoeddi allwedd lofnodi newydd
console-keys-publish = Cyhoeddi’r allwedd
console-keys-which = Â beth mae’n llofnodi?
console-keys-about-RS256 = Mae pob rhaglen yn ei ddeall.
console-keys-about-ES256 = Llai a chyflymach; mae’r rhan fwyaf o raglenni yn ei ddeall.
console-keys-about-EdDSA = Lleiaf a chyflymaf; mae rhaglenni mwy newydd yn ei ddeall.
console-keys-about-RSA-SHA256 = I raglenni sy’n siarad SAML. Mae pob un yn ei ddeall.
console-keys-about-ECDSA-SHA256 = I raglenni sy’n siarad SAML. Llai a chyflymach; gofynnwch i bob un yn gyntaf a yw’n ei ddeall.
console-keys-will-publish = Cyhoeddir allwedd { $algorithm } newydd ar unwaith.
console-keys-will-wait = Nid yw’n llofnodi eto: mae gan raglenni amser i’w nôl yn gyntaf.
console-keys-will-rest = Mae’r un cynt yn llofnodi tan hynny, ac yn aros wedi’i chyhoeddi nes bod y peth olaf a lofnododd ar ben.
console-keys-will-pinned = Rhaid rhoi hon i raglen nad yw’n nôl allweddi ei hun cyn iddi lofnodi. Fel arall ni allai neb fewngofnodi iddi.
console-keys-will-others = Nid yw rhaglenni y llofnodir iddynt â rhywbeth heblaw { $algorithm } yn sylwi ar ddim.
console-keys-will-pinned-saml = Rhaid rhoi’r dystysgrif newydd i raglen nad yw’n darllen ein metadata ei hun cyn iddi lofnodi. Mae ar dudalen yr allweddi. Fel arall ni allai neb fewngofnodi iddi.
console-keys-will-others-saml = Nid yw rhaglenni sy’n siarad OpenID Connect yn sylwi ar ddim.
console-menu-health = Iechyd
console-health-heading = Sut mae’r gweinydd hwn
console-health-checks = Beth sy’n iawn, a beth sydd o’i le
console-health-no-mail = Ni anfonir llythyrau
console-health-no-mail-advice = Ni ddywedir dim wrth bobl drwy e-bost, a dangosir dolenni i chi yn lle hynny. Gosodwch [mail] yn y gosodiadau.
console-health-server = Y gweinydd hwn
console-health-issuer = Cyfeiriad
console-health-version = Fersiwn
console-health-database = Cronfa ddata
console-health-postgresql = PostgreSQL
console-health-sqlite = SQLite, mewn ffeil
console-health-mail-fails-advice = Rhoddir cynnig arall ar bob un ohono’i hun. Mae pam, a’r hyn y gallwch ei wneud, isod.
console-health-unsealed-advice = Cedwir yr hyn a ddigwyddodd, ond nid yw wedi’i gadwyno eto. Edrychwch yng nghofnod y gweinyddion am y seliwr.
console-health-no-models = Nid oes dim a gyhoeddwyd am fodelau allweddi wedi’i lwytho
console-health-no-models-advice = Mae allweddi’n gweithio, ond ni rybuddir neb am fodel anniogel. Gosodwch [metadata] yn y gosodiadau.
console-health-models = Mae’r hyn a gyhoeddwyd am fodelau allweddi wedi’i lwytho, rhif { $count }
console-health-letters = Llythyrau na ellid eu hanfon eto
console-health-letters-hint = Y rhai sy’n aros hiraf yn gyntaf, 50 ar y mwyaf.
console-letters-causes = Pam, a beth i’w wneud
console-letters-next = Rhagor o lythyrau
console-letters-retry = Rhoi cynnig arall ar bob un nawr
console-letters-press-again = Rydych wedi mewngofnodi eto. Ni wnaed dim eto: pwyswch yr un botwm unwaith yn rhagor.
console-letters-tried =
    { $count ->
        [0] Nid oes llythyr ar ôl i roi cynnig arall arno
        [one] Rhoddir cynnig arall ar 1 llythyr nawr. Llwythwch y dudalen hon eto ymhen munud i weld a aeth.
       *[other] Rhoddir cynnig arall ar { $count } o lythyrau nawr. Llwythwch y dudalen hon eto ymhen munud i weld a aethant.
    }
console-letter-why = Pam
console-letter-do = Beth allwch ei wneud
console-letter-to = at { $to }
console-letter-to-unknown = at rywun na ellir ei ddarllen mwyach
console-letter-attempts =
    { $count ->
        [one] unwaith
        [two] dwywaith
       *[other] { $count } gwaith
    }
console-letter-retry = Rhoi cynnig arall nawr
console-letter-on-its-way = Rhoddir cynnig arno yr eiliad hon
console-letter-touched = Rhoddir cynnig ar y llythyr hwn yr eiliad hon. Edrychwch eto ymhen munud.
console-letter-gone = Nid yw’r llythyr hwn yn aros mwyach: fe’i hanfonwyd neu rhoddwyd y gorau iddo.
console-letter-given-up = Rhoddwyd y gorau i’r llythyr. Ni chaiff neb ef.
console-letter-give-up-link = Rhoi’r gorau
console-letter-give-up = Rhoi’r gorau i’r llythyr
console-letter-give-up-heading = Rhoi’r gorau i lythyr
console-letter-will-not-arrive = Ni roddir cynnig arall arno, ac ni chaiff ei ddarllenydd ef byth.
console-letter-will-end-invitation = Mae’r ddolen ynddo’n peidio â gweithio. I adael iddynt ddechrau, gwahoddwch nhw eto.
console-letter-will-end-password-link = Mae’r ddolen ynddo’n peidio â gweithio. I ddewis cyfrinair newydd, maent yn gofyn am ddolen eto.
console-letter-will-end-lost = Mae’r ddolen ynddo’n peidio â gweithio. Mae’r hyn y dywedwyd ei fod ar goll yn gweithio o hyd: ataliwch ef drostynt, neu gofynnwch iddynt roi gwybod eto.
console-letter-will-end-other = Mae’r ddolen ynddo’n peidio â gweithio.
console-letter-will-not-tell = Nid ydynt yn cael gwybod gennym ni fod hyn wedi digwydd. Os nad nhw oedd hi, nid oes neb yn eu rhybuddio.
console-letter-will-not-tell-helpdesk = Nid yw’r ddesg gymorth yn cael gwybod bod rhywun wedi dweud: nid fi oedd hwn. Dywedwch wrthynt eich hun.
console-letter-will-stay = Mae’r hyn a ddigwyddodd yn aros fel y mae.
console-letter-will-be-kept = Mae’r cofnod archwilio’n cadw mai chi roddodd y gorau iddo.
console-undelivered-unknown = Ni nododd neb pam
console-undelivered-unreachable = Ni ellir cyrraedd y gweinydd post
console-undelivered-unreachable-advice = Edrychwch a yw ar waith, ac a yw’r cyfeiriad a’r porth o dan [mail] yn gywir ac yn cael eu gadael drwodd.
console-undelivered-slow = Nid yw’r gweinydd post yn ateb mewn pryd
console-undelivered-slow-advice = Edrychwch pa mor brysur ydyw. Os yw’n parhau, gofynnwch i bwy bynnag sy’n ei redeg.
console-undelivered-encryption = Ni ellir gwneud cysylltiad wedi’i amgryptio â’r gweinydd post
console-undelivered-encryption-advice = Gall ei dystysgrif fod wedi dod i ben neu fod ar gyfer enw arall. Gofynnwch i bwy bynnag sy’n ei redeg.
console-undelivered-credentials = Nid yw’r gweinydd post yn derbyn ein henw defnyddiwr a’n cyfrinair
console-undelivered-credentials-advice = Gosodwch y rhai cywir yn y cyfeiriad o dan [mail], a dechreuwch y gweinydd eto.
console-undelivered-address = Nid yw’r gweinydd post yn derbyn cyfeiriad y darllenydd ar hyn o bryd
console-undelivered-address-advice = Gofynnwch i’w ddarllenydd a yw’r cyfeiriad ar gofnod yn gywir.
console-undelivered-mailbox-full = Mae blwch post y darllenydd yn llawn
console-undelivered-mailbox-full-advice = Rhaid i’w ddarllenydd wneud lle, neu gael cyfeiriad arall ar gofnod.
console-undelivered-later = Mae’r gweinydd post yn gofyn am gynnig arall yn nes ymlaen
console-undelivered-later-advice = Mae hynny’n aml yn mynd heibio ohono’i hun. Os yw’n para am oriau, gofynnwch i bwy bynnag sy’n ei redeg.
console-undelivered-refused = Mae’r gweinydd post yn gwrthod y llythyr
console-undelivered-refused-advice = Efallai ei fod yn ein cymryd am anfonwr sothach. Gofynnwch i bwy bynnag sy’n ei redeg adael i’r gweinydd hwn anfon.
console-undelivered-not-smtp = Mae’r hyn sy’n ateb yng nghyfeiriad y gweinydd post yn torri i ffwrdd, neu nid yw’n gwneud yr hyn y mae’r gosodiadau’n ei ofyn
console-undelivered-not-smtp-advice = Edrychwch ai rhai’r gweinydd post yw’r cyfeiriad, y porth, yr amgryptio a’r mewngofnodi o dan [mail].
console-undelivered-folder = Ni ellir ysgrifennu i’r ffolder ar gyfer llythyrau
console-undelivered-folder-advice = Edrychwch a yw’r ffolder o dan [mail] yno, yn eiddo i’r gweinydd hwn, a bod lle ynddi.
console-undelivered-sealed = Ni ellir agor yr hyn a gedwir o’r llythyr
console-undelivered-sealed-advice = Fe’i seliwyd â phrif allwedd arall. Rhowch y gorau iddo, a gwnewch eto yr hyn y mae’n sôn amdano.
console-undelivered-other = Achos arall
console-undelivered-other-advice = Mae cofnod y gweinyddion yn dweud mwy.
console-health-letter = Beth mae’n ei ddweud
console-health-to = At
console-health-queued = Yn aros ers
console-health-attempts = Ceisiwyd
console-health-next = Ceisir eto
console-health-providers =
    { $count ->
       *[other] Mae { $count } o raglenni’n siarad SAML, ac mae eu metadata mewn trefn
    }
console-health-providers-expired =
    { $count ->
       *[other] Ni all neb fewngofnodi i { $count } o raglenni sy’n siarad SAML: mae eu metadata wedi dod i ben
    }
console-health-providers-expired-advice = Rhaid i bwy bynnag sy’n rhedeg y rhaglen gyhoeddi ei metadata o’r newydd. Darllenir yr hyn a ddaeth o gyfeiriad ohono’i hun wedyn; rhaid rhoi eto yr hyn a ddaeth o ffeil.
console-health-providers-failing =
    { $count ->
       *[other] Ni ellir darllen metadata { $count } o raglenni sy’n siarad SAML mwyach
    }
console-health-providers-failing-advice = Mae pobl yn mewngofnodi yn ôl yr hyn a ddarllenwyd ddiwethaf, nes i hwnnw ddod i ben. Rhoddir cynnig arall arno ohono’i hun; mae pam y mae’n methu isod.
console-health-providers-ending =
    { $count ->
       *[other] Daw rhywbeth sy’n perthyn i { $count } o raglenni sy’n siarad SAML i ben yn fuan, neu daeth eisoes
    }
console-health-providers-ending-advice = Pan ddaw metadata i ben, ni all neb fewngofnodi i’w raglen. Pan ddaw tystysgrif i ben, mae mewngofnodi yma’n parhau, ond gall ochr y rhaglen ei hun stopio. Gofynnwch i bwy bynnag sy’n ei rhedeg.
console-health-saml-next = Daw tystysgrif arall i rym ar gyfer SAML
console-health-saml-next-advice = Rhaid i raglenni fod wedi darllen ein metadata eto erbyn hynny. Gwna’r rhan fwyaf hynny ohonynt eu hunain; rhowch y dystysgrif nesaf i’r lleill, sydd gyda’r allweddi llofnodi.
console-health-saml-ends = Daw ein tystysgrif ar gyfer SAML i ben, ac ni wnaed yr un nesaf
console-health-saml-ends-advice = Gwneir hi ohoni’i hun o fewn diwrnod, a’i chyhoeddi cyn iddi lofnodi. Os erys hyn, edrychwch yn log y gweinyddion.
console-health-ailing = Rhaglenni sy’n siarad SAML, a rhywbeth o’i le
console-health-ailing-hint = Y gwaethaf yn gyntaf, 50 ar y mwyaf.
console-health-application = Rhaglen
console-health-unread = Heb ei ddarllen ers
console-health-metadata-ends = Metadata’n dod i ben
console-health-certificate-ends = Tystysgrif yn dod i ben
console-health-mail =
    { $count ->
        [0] Anfonir llythyrau, ac nid oes un yn aros
       *[other] Anfonir llythyrau, ac mae { $count } yn aros eu tro
    }
console-health-mail-fails =
    { $count ->
       *[other] Ni ellid anfon { $count } o lythyrau eto
    }
console-health-sealed =
    { $count ->
        [0] Mae’r cofnod archwilio wedi’i gadwyno i’w ddiwedd
       *[other] Mae’r cofnod archwilio wedi’i gadwyno, a’r { $count } cofnod olaf ar fin bod
    }
console-health-unsealed =
    { $count ->
       *[other] Mae’r cofnod archwilio ar ei hôl hi: nid yw { $count } cofnod wedi’u cadwyno
    }
