console-test-link = Profi mewngofnodi
console-test-heading = Profi mewngofnodi i { $name }
console-test-lede = Rydych yn mewngofnodi fel y byddech o’r rhaglen, ac yn darllen yma beth y byddai’n ei gael.
console-test-here = Rydych yn mewngofnodi fel chi’ch hun, yn y porwr hwn. Ni all neb arall ei wneud drosoch, ac ni welwch ddata neb arall.
console-test-nothing-sent = Ni anfonir dim at y rhaglen: nid oes cod na thocyn.
console-test-nothing-kept = Ni chedwir yr hyn rydych yn caniatáu iddi ei wybod: gofynnir i chi eto wrth fewngofnodi go iawn.
console-test-stopped = Os nad yw tudalen fewngofnodi yn gadael i chi fynd ymlaen, mae’n dweud pam: mae’r un peth yn rhwystro pawb fel chi.
console-test-audited = Ysgrifennir yn y cofnod archwilio eich bod wedi rhoi cynnig arni.
console-test-request = Yr hyn mae’r rhaglen yn ei anfon
console-test-request-hint = Os nad yw rhywbeth yn gweithio, copïwch y cyfeiriad y mae’r rhaglen yn ei agor pan fydd rhywun yn mewngofnodi, gyda phopeth ar ôl y marc cwestiwn. Os gadewir yn wag, profir y mewngofnodi symlaf.
console-test-begin = Dechrau mewngofnodi
console-test-again = Profi eto
console-test-edit = Newid y rhaglen
console-test-sent = Mae’r rhaglen yn anfon pobl i
console-test-registered = Wedi’u cofrestru yma
console-test-over = Mae’r prawf hwnnw ar ben. Mae prawf yn para deg munud, yn gweithio unwaith, ac yn cael ei ddangos i bwy bynnag a’i dechreuodd. Dechreuwch un arall.
console-test-wrong-elsewhere = Nid cyfeiriad mewngofnodi yma yw hwn. Rhaid iddo ddechrau â chyfeiriad y gweinydd hwn a /oauth2/authorize
console-test-wrong-malformed = Ni ellir darllen hwn. Copïwch y cyfeiriad cyfan fel y mae
console-test-wrong-other-client = Mae hwn yn perthyn i raglen arall: mae ei client_id yn wahanol

console-test-came-to = Beth a ddaeth ohono
console-test-until = Gallwch ddarllen hwn tan { $when }.
console-test-received = Byddech i mewn
console-test-received-body = Dyma’r hyn y byddai’r rhaglen yn ei gael amdanoch. Nid anfonwyd dim ati.
console-test-waits = Nid yw’r mewngofnodi wedi dechrau
console-test-unfinished = Nid yw’r mewngofnodi wedi gorffen
console-test-unfinished-body = Os na adawodd tudalen i chi fynd ymlaen, dywedodd pam: mae’r un peth yn rhwystro pawb fel chi. Polisi eu sefydliad sy’n dweud beth sydd ei angen arnynt.
console-test-error = Ei gwall:
console-test-told-application = Anfonir pobl yn ôl i’r rhaglen, sy’n cael y gwall hwn.
console-test-told-person = Mae pobl yn gweld tudalen sy’n dweud hynny. Ni ddywedir dim wrth y rhaglen.
console-test-refused-request = Nid yw’r hyn mae’r rhaglen yn ei anfon yn gywir
console-test-refused-request-advice = Dangoswch y gwall isod i bwy bynnag sy’n gwneud y rhaglen: mae’n dweud beth sydd o’i le.
console-test-refused-denied = Ni wnaethoch ei ganiatáu
console-test-refused-denied-advice = Rhaid i’r rhaglen ymdopi â phobl sy’n dweud na. Os na ddylid gofyn i’ch pobl chi, newidiwch yr hyn y caiff ei wybod.
console-test-refused-response-type = Mae’r rhaglen yn gofyn am rywbeth heblaw cod
console-test-refused-response-type-advice = Yn y rhaglen, dewiswch lif y cod awdurdodi (response_type=code). Nid oes un arall yma.
console-test-refused-scope = Nid yw’r rhaglen yn gofyn am openid
console-test-refused-scope-advice = Yn y rhaglen, ychwanegwch openid at y scope.
console-test-refused-silent = Nid yw’r rhaglen yn gadael i ddim gael ei ofyn i bobl, ac mae’n rhaid gofyn rhywbeth
console-test-refused-silent-advice = Mae hynny’n iawn i weld a yw rhywun wedi mewngofnodi. I fewngofnodi pobl, mae’r rhaglen yn gadael prompt=none allan.
console-test-refused-unsupported = Mae’r rhaglen yn anfon rhywbeth nad yw’n cael ei gynnig yma
console-test-refused-unsupported-advice = Yn y rhaglen, diffoddwch wrthrychau cais a chofrestru (request, request_uri, registration).
console-test-refused-unmet = Ni allwch fewngofnodi mor gryf ag y mae ar y rhaglen ei angen
console-test-refused-unmet-advice = Ni ddaw neb heb allwedd o’r fath i mewn. Rhowch allweddi o’r math hwnnw i bobl, neu newidiwch sut mae pobl yn mewngofnodi iddi.
console-test-refused-target = Mae’r rhaglen yn gofyn am fynediad i rywbeth nad yw’n cael mynediad iddo
console-test-refused-target-advice = Yn y rhaglen, gadewch resource allan.
console-test-refused-redirect-missing = Nid yw’r rhaglen yn dweud i ble mae pobl yn mynd wedyn
console-test-refused-redirect-missing-advice = Yn y rhaglen, gosodwch ei chyfeiriad ailgyfeirio (redirect_uri).
console-test-refused-redirect-unregistered = Mae’r rhaglen yn anfon pobl i gyfeiriad nad yw wedi’i gofrestru
console-test-refused-redirect-unregistered-advice = Cymharwch y ddau lythyren wrth lythyren: mae https, y gwesteiwr, a slaes ar y diwedd yn cyfrif. Yna newidiwch y rhaglen yma, neu ei gosodiadau yno.
console-test-refused-client = Nid yw’r rhaglen yn dweud pwy ydyw
console-test-refused-client-advice = Yn y rhaglen, gosodwch ei dynodydd (client_id).
console-test-refused-other = Byddai’r rhaglen yn cael gwall
console-test-refused-other-advice = Dangoswch y gwall isod i bwy bynnag sy’n gwneud y rhaglen.

console-test-hints = Beth i edrych arno
console-test-hint-unknown-scope = Mae’n gofyn am { $words }, nad yw’n bod yma ac a anwybyddir.
console-test-hint-scope-not-allowed = Mae’n gofyn am { $words }, na chaiff ofyn amdano: fe’i gadewir allan. Ychwanegwch ef at scope y rhaglen, neu peidiwch â gofyn.
console-test-hint-unknown-acr = Mae’n gofyn am fewngofnodi o’r math { $words }, nad yw’n golygu dim yma ac a anwybyddir.
console-test-hint-acr-not-reached = Hoffai gael mewngofnodi o’r math { $words }, ac nid un felly oedd eich un chi. Dywedir wrthi sut y gwnaethoch fewngofnodi, a gall eich gwrthod.
console-test-hint-no-challenge = Nid yw’n gwarchod ei chodau (PKCE). Mae’n gweithio, ond trowch ef ymlaen yn y rhaglen os gallwch.
console-test-hint-loopback = Mae’n anfon pobl i { $words }, ar eu cyfrifiadur eu hunain. Ar gyfer rhoi cynnig arni y mae hynny, nid ar gyfer pawb.
console-test-hint-nobody-has-key = Mae’n derbyn allwedd ddiogelwch neu gyfrin-allwedd, ac nid oes gan neb yn ei sefydliad un eto: ni allai neb yno fewngofnodi.

console-test-id-token = Yr hyn y byddai ei thocyn ID yn ei ddweud
console-test-userinfo = Yr hyn y byddai userinfo yn ei ateb
console-test-gets = Yr hyn y byddai’n ei gael
console-test-json = Y ddau fel JSON
console-test-asked = Yr hyn mae’n gofyn amdano
console-test-redirect = Mae pobl yn mynd i
console-test-asks-scope = Y scope a ganiateir iddi
console-test-required = Ei angen bob amser
console-test-wished = Hoffai gael (acr)
console-test-max-age = Mewngofnodi dim hŷn na
console-test-scope = Scope
console-test-signed = Llofnodir y tocyn ID â
console-test-code = Mae ei chod yn para
console-test-id-token-lasts = Mae ei thocyn ID yn para
console-test-access-token = Mae ei thocyn mynediad yn para
console-test-refresh-token = Mae ei thocyn adnewyddu yn para
console-test-no-refresh-token = Nid yw’n cael un
console-test-seconds =
    { $count ->
        [one] 1 eiliad
       *[other] { $count } eiliad
    }
console-test-minutes =
    { $count ->
        [one] 1 munud
       *[other] { $count } munud
    }
console-test-hours =
    { $count ->
        [one] 1 awr
       *[other] { $count } awr
    }
console-test-days =
    { $count ->
        [one] 1 diwrnod
       *[other] { $count } diwrnod
    }
console-test-acr-password = Â chyfrinair
console-test-acr-mfa = Â dau brawf
console-test-acr-key = Ag allwedd ddiogelwch neu gyfrin-allwedd
console-test-acr-hardware = Ag allwedd ddiogelwch mewn caledwedd
console-test-claim-iss = Pwy sy’n ei ddweud: y gweinydd hwn
console-test-claim-sub = Pwy ydyw: yr un fath bob amser i un person
console-test-claim-aud = Wrth bwy: y rhaglen
console-test-claim-exp = Tan pryd y dylid ei gredu
console-test-claim-iat = Pryd y’i dywedwyd
console-test-claim-auth-time = Pryd y gwnaethant fewngofnodi
console-test-claim-nonce = Yr hyn a anfonodd y rhaglen gydag ef
console-test-claim-acr = Pa mor gryf y gwnaethant fewngofnodi
console-test-claim-amr = Â beth y gwnaethant fewngofnodi
console-test-claim-sid = Ym mha sesiwn
console-test-claim-name = Enw llawn
console-test-claim-preferred-username = Enw defnyddiwr
console-test-claim-email = Cyfeiriad e-bost
console-test-claim-email-verified = A yw’n hysbys mai eu cyfeiriad hwy ydyw
console-test-claim-updated-at = Pryd y newidiodd unrhyw ran o hyn ddiwethaf
