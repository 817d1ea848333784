console-doctor-about-nothing = rhywbeth nad yw’n cario neges
console-doctor-about-element = elfen “{ $name }”
console-doctor-about-message = { $kind }
console-doctor-about-artifact = arteffact
console-doctor-about-registration = cofrestriad “{ $name }”
console-doctor-found-nothing-pasted = Ni ludwyd dim.
console-doctor-found-too-long = Mae’n { $kibibytes } KiB o hyd, sy’n fwy nag unrhyw neges.
console-doctor-found-no-message = Mae’n dechrau â “{ $begins }”, ac nid XML na base64 mohono; nid oes ynddo baramedr SAMLRequest, SAMLResponse na SAMLart chwaith.
console-doctor-found-web-page = Tudalen we, ac nid neges.
console-doctor-found-artifact = Arteffact.
console-doctor-found-soap-envelope = Amlen SOAP.
console-doctor-found-soap-envelope-refused = Amlen SOAP, ond fe’i gwrthodwyd: { console-doctor-why }.
console-doctor-found-xml = XML.
console-doctor-found-address = Cyfeiriad.
console-doctor-found-query-or-form = Ymholiad, neu gorff ffurflen.
console-doctor-found-base64 = Base64.
console-doctor-found-refused = Fe’i gwrthodwyd: { console-doctor-why }.
console-doctor-found-artifact-wrong = Nid yw’n iawn: { console-doctor-why }.
console-doctor-found-encoded-as-in-form = Base64 ydyw, fel mewn ffurflen.
console-doctor-found-encoded-as-in-address = Base64 ydyw, wedi’i gywasgu â DEFLATE, fel mewn cyfeiriad.
console-doctor-found-uncompressed-in-address = Base64 mewn cyfeiriad ydyw, heb ei gywasgu â DEFLATE.
console-doctor-found-well-formed = Mae’n gywir ei ffurf, ac o fewn y terfynau.
console-doctor-found-kind = { $kind }: { console-doctor-what }.
console-doctor-found-kind-in-other-parameter = { $kind }, sef { console-doctor-what }, yn y paramedr { $parameter }.
console-doctor-found-other-element = Elfen “{ $name }” yn y gofod enwau “{ $namespace }”.
console-doctor-found-came-somehow = Nid yw XML yn dangos sut y daeth.
console-doctor-found-came-by = Daeth drwy { $binding }.
console-doctor-found-came-by-other = Daeth drwy { $binding }, ac nid felly y mae’r math hwn o neges yn teithio.
console-doctor-found-of-another-provider = Mae’r neges yn ymwneud â “{ $provider }”, ac nid â “{ $expected }”.
console-doctor-found-artifact-of-ours = Mae’n sefyll am neges gennym ni, y mae’r rhaglen yn ei nôl unwaith, ac o fewn munudau, o’n ArtifactResolutionService â’r mynegai { $index }. Ni edrychir a yw hi yno o hyd: byddai hynny’n ei defnyddio.
console-doctor-found-artifact-of-provider = Mae’n sefyll am neges gan “{ $provider }”. Ni chaiff negeseuon rhaglenni eu nôl yma.
console-doctor-found-artifact-of-nobody = Mae’n sefyll am neges gan endid nad yw wedi’i gofrestru yma: nid SHA-1 ein ID endid ni nac ID endid unrhyw raglen yw ei ffynhonnell.
console-doctor-found-rest-depends-on-issuer = Mae popeth arall yn dibynnu ar bwy biau’r neges.
console-doctor-found-no-issuer = Nid oes Issuer yn y neges.
console-doctor-found-issuer-registered = Mae “{ $issuer }” wedi’i gofrestru fel “{ $name }”.
console-doctor-found-issuer-misspelt = Nid yw “{ $issuer }” wedi’i gofrestru. Mae “{ $registered }” wedi’i gofrestru, a’r gwahaniaeth yw { console-doctor-slip }: rhaid i bob llythyren o ID endid fod yr un fath.
console-doctor-found-issuer-near = Nid yw “{ $issuer }” wedi’i gofrestru. Yr agosaf yw “{ $nearest }”.
console-doctor-found-issuer-unknown = Nid yw “{ $issuer }” wedi’i gofrestru.
console-doctor-found-issued = Fe’i gwnaed ar { $at }, sef { console-doctor-apart } a barnu wrth ein cloc ni.
console-doctor-found-issued-too-far = Fe’i gwnaed ar { $at }, sef { console-doctor-apart } a barnu wrth ein cloc ni. Mae hynny’n rhy bell.
console-doctor-found-destination = “{ $address }” ydyw.
console-doctor-found-no-destination = Nid yw’n enwi un, ac nid oes rhaid i neges heb ei llofnodi wneud hynny.
console-doctor-found-other-destination = “{ $destination }” ydyw, ond derbynnir ceisiadau yn “{ $address }”. { console-doctor-differ }
console-doctor-found-signed-without-destination = Mae’r neges wedi’i llofnodi, ond nid yw’n enwi Destination.
console-doctor-found-answer-goes-to = Mae’r ateb yn mynd i “{ $address }”.
console-doctor-found-consumer-index-unknown = Mae’n gofyn am yr AssertionConsumerService â’r mynegai { $index }, nad yw yn ei metadata, neu nad yw drwy rwymiad y mae atebion yn mynd drwyddo; y rhai sydd: { $indexes }.
console-doctor-found-consumer-unknown = Mae’n gofyn am yr ateb yn “{ $address }”, nad yw yn ei metadata. Y rhai cofrestredig: { $registered }.
console-doctor-found-consumer-misspelt = Mae’n gofyn am yr ateb yn “{ $address }”, nad yw yn ei metadata. Mae “{ $registered }” yno, a’r gwahaniaeth yw { console-doctor-slip }.
console-doctor-found-consumer-near = Mae’n gofyn am yr ateb yn “{ $address }”, nad yw yn ei metadata. Yr agosaf yw “{ $nearest }”.
console-doctor-found-consumer-binding-unknown = Mae’n gofyn am yr ateb drwy rwymiad nad yw yn ei metadata ar gyfer y cyfeiriad hwnnw, neu nad yw atebion yn mynd drwyddo.
console-doctor-found-named-by = Enwir pobl drwy “{ $format }”.
console-doctor-found-name-of-another = Mae’n gofyn am enw yn y gofod enwau “{ $namespace }”, sy’n perthyn i raglen arall.
console-doctor-found-name-format-unknown = Mae’n gofyn am y fformat “{ $format }”, nad yw’n cael ei wneud yma.
console-doctor-found-class-unreachable = Mae’n gofyn am { $classes } ({ $comparison }), ac nid oes mewngofnodi yma sy’n cyrraedd hynny.
console-doctor-found-declaration-unreachable = Mae’n gofyn am AuthnContextDecl ({ $comparison }), ac nid oes mewngofnodi yma sy’n cyrraedd hynny.
console-doctor-found-any-log-in = Gwna unrhyw fewngofnodi’r tro.
console-doctor-found-subject = Y person “{ $name }” sy’n gorfod mewngofnodi.
console-doctor-found-nothing-in-the-way = Nid oes dim ynddo sy’n rhwystr.
console-doctor-found-subject-unreadable = Mae’r sawl sy’n gorfod mewngofnodi wedi’i amgryptio, neu heb ei enwi.
console-doctor-found-scoping-names-others = Mae ei Scoping yn enwi’r darparwyr hunaniaeth { $providers }, ac nid “{ $ours }”.
console-doctor-found-replay-unjudged = Ni fernir a gafodd ei ateb o’r blaen: atebir pob cais unwaith.
console-doctor-found-holds-until = Mae’n dal hyd { $until } ({ console-doctor-apart }).
console-doctor-found-session-found = Roedd rhywun wedi mewngofnodi i’r rhaglen o dan yr enw “{ $name }”.
console-doctor-found-no-session = Nid oedd neb wedi mewngofnodi i’r rhaglen o dan yr enw “{ $name }”.
console-doctor-found-other-session = Roedd rhywun wedi mewngofnodi o dan yr enw “{ $name }”, ond nid â’r Format, y cymwysyddion (qualifiers) a’r SessionIndex hynny.
console-doctor-found-artifact-ours = Un o’n rhai ni ydyw. Ni edrychir a yw ei neges yno o hyd: byddai hynny’n ei defnyddio.
console-doctor-found-artifact-of-somebody-else = Mae ei arteffact yn sefyll am neges rhywun arall.
console-doctor-found-issuer-is-another = Mae’n dod oddi wrth “{ $issuer }”, a “{ $ours }” ydym ni. { console-doctor-differ }
console-doctor-found-request-under-our-name = Cais gan raglen o dan ein ID endid ni ein hunain.
console-doctor-found-issuer-is-ours = Mae’n dweud mai oddi wrthym ni y daeth.
console-doctor-found-signed-by-us = Ni a lofnododd y neges, â hon: { console-doctor-our-key }. Ei thystysgrif yw { $certificate } (SHA-256).
console-doctor-found-signed-by-us-unread = Ni a lofnododd y neges.
console-doctor-found-assertion-signed-by-us = Ni a lofnododd y datganiad, â hon: { console-doctor-our-key }. Ei thystysgrif yw { $certificate } (SHA-256). Nid yw’r ymateb o’i gwmpas wedi’i lofnodi.
console-doctor-found-signature-encrypted = Nid yw’r ymateb wedi’i lofnodi. Ni ellir dweud a yw’r datganiad wedi’i lofnodi: mae wedi’i amgryptio.
console-doctor-found-nothing-signed = Nid oes dim ynddi wedi’i lofnodi, ac rydym ni’n llofnodi popeth a anfonwn.
console-doctor-found-changed-since-we-signed = Ni a’i llofnododd, ac fe’i newidiwyd wedyn.
console-doctor-found-query-not-signed-by-us = Nid ag allwedd o’n heiddo ni y gwnaed y llofnod dros ei hymholiad, neu newidiwyd yr ymholiad wedyn.
console-doctor-found-signed-by-another = Mae wedi’i llofnodi, ond nid ag allwedd o’n heiddo ni.
console-doctor-found-signed-by-another-certificate = Mae wedi’i llofnodi, ond nid ag allwedd o’n heiddo ni. Mae’n enwi { $certificate } (SHA-256).
console-doctor-found-signed-by-another-as-ours = Mae wedi’i llofnodi, ond nid ag allwedd o’n heiddo ni. Mae’n enwi ein tystysgrif { $certificate } (SHA-256).
console-doctor-found-success = Llwyddiant.
console-doctor-found-success-saying = Llwyddiant. Mae’n dweud “{ $message }”.
console-doctor-found-partial-log-out = Daeth y sesiwn i ben, ond ni ellid dweud wrth bob rhaglen.
console-doctor-found-partial-log-out-saying = Daeth y sesiwn i ben, ond ni ellid dweud wrth bob rhaglen. Mae’n dweud “{ $message }”.
console-doctor-found-status = { $codes }: { console-doctor-meaning }.
console-doctor-found-status-saying = { $codes }: { console-doctor-meaning }. Mae’n dweud “{ $message }”.
console-doctor-found-audience = Mae ar gyfer “{ $provider }”.
console-doctor-found-audience-unknown = Mae ar gyfer { $audiences }, nad yw wedi’i gofrestru yma.
console-doctor-found-recipient = Gellir ei ddangos yn “{ $address }”.
console-doctor-found-recipient-unknown = Gellir ei ddangos yn “{ $address }”, nad yw yn ei metadata.
console-doctor-found-holds-from-until = Mae’n dal o { $from } hyd { $until }, sef { console-doctor-apart } a barnu wrth ein cloc ni.
console-doctor-found-answer-without-destination = Nid yw’n enwi un.
console-doctor-found-destination-registered = “{ $address }” ydyw, fel yn y metadata.
console-doctor-found-destination-unknown = “{ $address }” ydyw, ac nid oes gan yr un rhaglen gofrestredig y cyfeiriad hwnnw.
console-doctor-found-assertion-plain = Nid yw ei datganiad wedi’i amgryptio.
console-doctor-found-assertion-encrypted = Mae ei datganiad wedi’i amgryptio drwy { $algorithms }, ar gyfer allwedd nad yw’n cael ei henwi.
console-doctor-found-assertion-encrypted-for = Mae ei datganiad wedi’i amgryptio drwy { $algorithms }, ar gyfer allwedd y dystysgrif { $certificate } (SHA-256).
console-doctor-found-assertion-encrypted-for-it = Mae ei datganiad wedi’i amgryptio drwy { $algorithms }, ar gyfer allwedd y dystysgrif { $certificate } (SHA-256). Tystysgrif y rhaglen yw hi: dim ond ei hallwedd breifat sy’n ei agor.
console-doctor-found-assertion-encrypted-without-key = Mae ei datganiad wedi’i amgryptio drwy { $algorithms }, ar gyfer allwedd y dystysgrif { $certificate } (SHA-256). Nid yw’r dystysgrif honno ym metadata’r rhaglen yma, nad oes ynddo’r un.
console-doctor-found-assertion-encrypted-for-other = Mae ei datganiad wedi’i amgryptio drwy { $algorithms }, ar gyfer allwedd y dystysgrif { $certificate } (SHA-256). Nid yw’r dystysgrif honno ym metadata’r rhaglen yma, sydd â { $registered }.
console-doctor-found-unsigned-allowed = Nid yw wedi’i llofnodi, ac nid oes rhaid iddi fod.
console-doctor-found-signed-with-certificate = Llofnodwyd hi drwy “{ $algorithm }” â’r dystysgrif gofrestredig { $certificate } (SHA-256).
console-doctor-found-signed-with-key = Llofnodwyd hi drwy “{ $algorithm }” ag allwedd ym metadata’r rhaglen.
console-doctor-found-unsigned-installation = Nid yw wedi’i llofnodi, a rhaid i geisiadau i fewngofnodi fod, pwy bynnag sy’n eu hanfon: mae [saml] yn dweud require_signed_requests yng ngosodiadau’r gweinydd hwn.
console-doctor-found-unsigned-metadata = Nid yw wedi’i llofnodi, a rhaid i geisiadau’r rhaglen hon fod: mae ei metadata yn dweud AuthnRequestsSigned.
console-doctor-found-unsigned-settings = Nid yw wedi’i llofnodi, a rhaid i geisiadau’r rhaglen hon fod: mae ei gosodiadau yma yn dweud hynny.
console-doctor-found-unsigned-profile = Nid yw wedi’i llofnodi, a rhaid i negeseuon o’r math hwn fod, pwy bynnag sy’n eu hanfon: gallai unrhyw un ysgrifennu un yn enw’r rhaglen (SAML Profiles §4.4.4, SAML Bindings §3.6).
console-doctor-found-signed-without-registered-key = Mae wedi’i llofnodi, ond nid oes ym metadata’r rhaglen allwedd y mae’n llofnodi â hi.
console-doctor-found-changed-since-signed = Allwedd y rhaglen a’i llofnododd, ond mae ei chrynhoad (digest) yn wahanol: fe’i newidiwyd ar ôl ei llofnodi.
console-doctor-found-signature-algorithm-refused = Fe’i gwrthodwyd: { console-doctor-why }. Mae’n dweud { $algorithms }.
console-doctor-found-query-signed-by-another = Ni wnaed y llofnod dros yr ymholiad hwn ag unrhyw allwedd ym metadata’r rhaglen: allwedd arall a’i gwnaeth, neu newidiwyd yr ymholiad ar ôl ei lofnodi. Y rhai cofrestredig: { $registered } (SHA-256 y tystysgrifau).
console-doctor-found-signed-by-unknown-key = Ni wnaed y llofnod ag unrhyw allwedd ym metadata’r rhaglen, ac ni ddaeth tystysgrif gydag ef. Y rhai cofrestredig: { $registered } (SHA-256 y tystysgrifau).
console-doctor-found-signed-by-other-as-registered = Mae’n enwi’r dystysgrif gofrestredig { $certificate } (SHA-256), ond nid ei hallwedd hi a wnaeth y llofnod hwn: newidiwyd yr hyn a lofnodwyd, neu rywbeth arall sy’n llofnodi.
console-doctor-found-signed-by-unknown-certificate = { console-doctor-soundly } â’r dystysgrif { $certificate } (SHA-256) a ddaeth gyda hi yn ei KeyInfo, ac nad yw ym metadata’r rhaglen yma. Y rhai cofrestredig: { $registered }.
console-doctor-found-relay-state-rewritten = Llofnododd y rhaglen hi â ffurf arall ar y RelayState: cafodd ei amgodio â chanrannau eto ar y ffordd, neu ar ôl ei lofnodi.
console-doctor-found-query-rewritten = Llofnododd y rhaglen hi â ffurf arall ar ei pharamedrau: cawsant eu hamgodio â chanrannau eto ar y ffordd, neu ar ôl eu llofnodi.
console-doctor-found-signed-without-relay-state = Llofnododd y rhaglen hi heb y RelayState sydd yn y cyfeiriad.
console-doctor-found-signed-before-encoding = Llofnododd y rhaglen y paramedrau cyn eu hamgodio â chanrannau.
console-doctor-found-metadata-without-end = Mae ei metadata wedi’i gofrestru, ac nid oes diwedd iddo.
console-doctor-found-metadata-holds = Mae ei metadata yn dal hyd { $until } ({ console-doctor-apart }).
console-doctor-found-metadata-over = Roedd ei metadata yn dal hyd { $until } ({ console-doctor-apart }): ni all neb fewngofnodi iddi.
console-doctor-found-no-certificates = Nid oes tystysgrifau yn ei metadata.
console-doctor-found-certificate-ends = Diwedd ei hunig dystysgrif, { $certificate } (SHA-256), yw { $until } ({ console-doctor-apart }).
console-doctor-found-first-certificate-ends = O’i thystysgrifau ({ $certificates }), y gyntaf i ddod i ben yw { $certificate } (SHA-256), ar { $until } ({ console-doctor-apart }).
console-doctor-found-answers-go-to = Mae atebion yn mynd i “{ $address }”.
console-doctor-found-no-consumer = Nid oes yn ei metadata AssertionConsumerService drwy rwymiad y mae atebion yn mynd drwyddo.
console-doctor-found-encryption-impossible = Rhaid amgryptio datganiadau ar ei chyfer, ac nid oes yn ei metadata allwedd y gellir amgryptio ar ei chyfer: ni all neb fewngofnodi iddi.
console-doctor-found-encrypted-by = Caiff datganiadau eu hamgryptio drwy “{ $algorithm }”.
console-doctor-found-never-encrypted = Mae ei gosodiadau yn dweud nad yw dim i’w amgryptio.
console-doctor-found-not-encrypted = Ni chaiff datganiadau eu hamgryptio: nid oes yn ei metadata allwedd ar gyfer hynny.
console-doctor-found-requests-unsigned = Caiff ei cheisiadau fod heb eu llofnodi.
console-doctor-found-requests-not-verifiable = Rhaid i’w cheisiadau fod wedi’u llofnodi, ac nid oes yn ei metadata allwedd a allai eu gwirio: ni all neb fewngofnodi iddi.
console-doctor-found-requests-signed-with-its-key = Rhaid i’w cheisiadau fod wedi’u llofnodi, â’i hallwedd gofrestredig.
console-doctor-found-requests-signed-with-one-of = Rhaid i’w cheisiadau fod wedi’u llofnodi, ag un o’i hallweddi cofrestredig ({ $keys }).
console-doctor-found-no-log-out = Nid oes SingleLogoutService yn ei metadata: ni ddywedir wrthi pan fydd pobl yn allgofnodi.
console-doctor-found-log-out-binding-unknown = Nid yw ei SingleLogoutService drwy unrhyw rwymiad sy’n hysbys yma.
console-doctor-found-log-out-told-at = Dywedir wrthi yn { $addresses }.
console-doctor-found-name-depends = Mae’n dibynnu ar yr hyn y gofynnir amdano.
console-doctor-found-named-and-takes-any = Enwir pobl drwy “{ $format }”, ac mae’n derbyn unrhyw fformat.
console-doctor-found-named-and-takes-others = Enwir pobl drwy “{ $format }”, ond mae ei metadata yn derbyn { $formats }.
console-doctor-found-no-strength = Nid yw’n mynnu unrhyw fewngofnodi penodol.
console-doctor-found-strength-reachable = Rhaid i fewngofnodi fod o leiaf mor gryf â hyn: { console-doctor-strength }. Gall pobl gael hynny.
console-doctor-found-strength-unreachable = Rhaid i fewngofnodi fod o leiaf mor gryf â hyn: { console-doctor-strength }. Nid yw polisi { $organisations } yn gadael i neb osod hynny.
console-doctor-found-strength-unreachable-for-some = Rhaid i fewngofnodi fod o leiaf mor gryf â hyn: { console-doctor-strength }. Nid yw polisi { $organisations } yn gadael i neb osod hynny. Gall pobl sefydliadau eraill.
console-doctor-found-nobody-named-without-consumer = Dim: nid oes unman i atebion fynd iddo.
console-doctor-found-nobody-named = Ni fyddai neb yn cael ei enwi: y statws “{ $status }” yw’r ateb pan fydd “{ $username }” yn mewngofnodi.
console-doctor-found-assertion-can-be-made = Gellir gwneud datganiad am “{ $username }”, ar ôl mewngofnodi â hyn: { console-doctor-strength }.
console-doctor-found-assertion-partly-discarded =
    Gellir gwneud datganiad am “{ $username }”, ar ôl mewngofnodi â hyn: { console-doctor-strength }. Mae Shibboleth yn taflu { $discarded } ohono: { $count ->
        [one] y scope yn ein metadata yw { $scopes }.
       *[other] y rhain yw’r scopes yn ein metadata: { $scopes }.
    }

console-doctor-what =
    { $kind ->
        [LogoutRequest] cais i ddod â sesiwn i ben
        [LogoutResponse] yr ateb i gais i ddod â sesiwn i ben
        [ArtifactResolve] cais am y neges y mae arteffact yn sefyll amdani
        [ArtifactResponse] y neges y mae arteffact yn sefyll amdani
        [Response] yr ateb i gais i fewngofnodi
        [AuthnRequest] cais i fewngofnodi
       *[other] { $kind }
    }
console-doctor-slip =
    { $by ->
        [slash] slaes ar y diwedd
        [capitals] priflythrennau
        [scheme] http neu https
        [several] y slaes, y priflythrennau neu http a https
       *[other] { $by }
    }
console-doctor-differ =
    { $by ->
        [none] { "" }
       *[other] Y gwahaniaeth rhyngddynt yw { console-doctor-slip }.
    }
console-doctor-apart =
    { $apart ->
        [seconds-ago] { console-doctor-seconds } yn ôl
        [minutes-ago] { console-doctor-minutes } yn ôl
        [hours-ago] { console-doctor-hours } yn ôl
        [days-ago] { console-doctor-days } yn ôl
        [seconds-ahead] ymhen { console-doctor-seconds }
        [minutes-ahead] ymhen { console-doctor-minutes }
        [hours-ahead] ymhen { console-doctor-hours }
        [days-ahead] ymhen { console-doctor-days }
       *[other] { $count } { $apart }
    }
console-doctor-seconds = { $count } eiliad
console-doctor-minutes =
    { $count ->
        [two] 2 funud
       *[other] { $count } munud
    }
console-doctor-hours = { $count } awr
console-doctor-days =
    { $count ->
        [two] 2 ddiwrnod
       *[other] { $count } diwrnod
    }
console-doctor-our-key =
    { $key ->
        [current] ein hallwedd bresennol
        [coming] allwedd o’n heiddo sydd wedi’i chyhoeddi ac nad yw’n llofnodi eto
        [old] hen allwedd o’n heiddo
       *[other] { $key }
    }
console-doctor-soundly =
    { $soundly ->
        [sound] Mae wedi’i llofnodi, yn gywir,
        [changed] Fe’i newidiwyd ar ôl ei llofnodi, ac mae wedi’i llofnodi
        [claimed] Mae’n honni ei bod wedi’i llofnodi
       *[other] { $soundly }
    }
console-doctor-strength =
    { $strength ->
        [password] cyfrinair
        [mfa] dau ffactor
        [phishing-resistant] allwedd ddiogelwch neu passkey
        [hardware] allwedd ddiogelwch sy’n profi mai caledwedd yw hi
       *[other] { $strength }
    }
console-doctor-meaning =
    { $meaning ->
        [authn-failed] ni fewngofnododd neb: roedd y sesiwn wedi dod i ben, neu roedd rhywun arall wedi mewngofnodi na’r un y gofynnwyd amdano
        [invalid-name-id-policy] ni ellir cael y math o enw y gofynnwyd amdano ar gyfer y person hwn
        [no-authn-context] ni chyrhaeddodd unrhyw fewngofnodi y dosbarth y gofynnwyd amdano
        [no-available-idp] mae’r cais yn enwi darparwyr hunaniaeth, ond nid ni
        [no-passive] nid oedd neb wedi mewngofnodi, ac ni ellid gofyn i neb (IsPassive)
        [partial-logout] ni ellid dweud wrth bob rhaglen
        [proxy-count-exceeded] ni chaiff ei drosglwyddo i ddarparwr arall
        [request-denied] trodd y person yn ôl, neu ni chaniatawyd hynny
        [request-unsupported] nid yw’r hyn y gofynnwyd amdano yn cael ei wneud
        [unknown-principal] nid yw’r person y mae’r cais yn ei enwi yn hysbys, neu nid y person hwnnw a fewngofnododd
        [unsupported-binding] gofynnwyd am yr ateb drwy rwymiad nad yw’n cael ei ddefnyddio yma
        [refused] fe’i gwrthodwyd
       *[other] { $meaning }
    }

console-doctor-why =
    { $why ->
        [xml-long] mae’r XML yn rhy hir
        [xml-encoding] nid yw’r XML mewn UTF-8
        [xml-character] mae nod yn yr XML nad yw XML yn ei ganiatáu
        [xml-document-type] mae math o ddogfen (DOCTYPE) yn yr XML, na chaiff byth ei ddarllen
        [xml-entity] mae’r XML yn cyfeirio at endid na all fod yn hysbys iddo
        [xml-processing-instruction] mae cyfarwyddyd prosesu yn yr XML
        [xml-ill-formed] mae’r XML wedi torri: nid yw tagiau, dyfynodau neu enwau yn cyd-fynd
        [xml-namespace] mae’r XML yn defnyddio rhagddodiad gofod enwau nad yw’n sefyll am ddim, neu sy’n sefyll am ddau beth
        [xml-duplicate-attribute] mae elfen yn yr XML â’r un priodoledd ddwywaith
        [xml-duplicate-id] mae dwy elfen ag un ID yn yr XML
        [xml-deep] mae’r XML wedi’i nythu’n rhy ddwfn
        [xml-attributes] mae elfen yn yr XML â gormod o briodoleddau
        [xml-namespaces] mae’r XML yn datgan gormod o ofodau enwau, neu rai rhy hir
        [xml-nodes] mae gormod o elfennau yn yr XML
        [envelope] nid amlen SOAP 1.1 ag un corff yw hon
        [envelope-body] mae rhywbeth heblaw un neges yng nghorff yr amlen SOAP
        [envelope-header] mae pennyn yn yr amlen SOAP y mae’n rhaid ei ddeall, ac nad yw’n hysbys yma
        [no-parameter] nid oes SAMLRequest na SAMLResponse
        [both-parameters] mae SAMLRequest a SAMLResponse ill dau yno
        [parameter-twice] mae’r paramedr { $names } yno fwy nag unwaith
        [parameter-encoding] nid yw’r paramedr { $names } wedi’i amgodio fel y mae cyfeiriad yn ei amgodio
        [long-relay-state] mae’r RelayState yn hwy na 2048 beit
        [long-query] mae’r cyfeiriad yn hwy na 128 KiB
        [long-message] mae’r neges yn hwy na 256 KiB
        [other-encoding] nid DEFLATE yw’r SAMLEncoding
        [half-signed] mae SigAlg heb Signature, neu Signature heb SigAlg
        [parameter-not-base64] nid base64 yw’r paramedr { $names }
        [message-not-base64] nid base64 yw’r neges
        [broken-base64] nid base64 ydyw hyd y diwedd
        [deflate] nid yw’r neges wedi’i chywasgu â DEFLATE, neu nid yw yno’n gyfan
        [no-artifact] nid arteffact SAML 2.0 yw hwn
        [other-kind] rhywbeth heblaw { $names } yw’r neges
        [other-version] nid neges SAML fersiwn 2.0 yw hon
        [missing] mae { $names } ar goll
        [twice] mae { $names } yno fwy nag unwaith
        [value] mae gwerth yn { $names } na all fod yno
        [exclusive] ni all y rhain fod gyda’i gilydd: { $names }
        [unexpected] mae rhywbeth yn { $names } nad yw’n perthyn yno
        [encrypted] mae { $names } wedi’i amgryptio, ac ni ellir ei ddarllen yma
        [unsigned] nid yw’r neges wedi’i llofnodi
        [several-signatures] mae mwy nag un llofnod yn y neges
        [signature-elsewhere] mae llofnod yn rhywle heblaw yn union yn y neges
        [signature-inside-query] ni chaiff neges mewn cyfeiriad fod â llofnod y tu mewn iddi, ond un wrth ei hochr
        [signature-references] mae’r llofnod dros sawl peth neu dros ddim, yn lle’r un neges
        [signature-of-other] mae’r llofnod dros elfen heblaw’r neges
        [signature-transform] mae’r llofnod dros rywbeth a wnaed o’r neges: dim ond gadael y llofnod allan a chanoneiddio neilltuol (exclusive) heb sylwadau a dderbynnir
        [signature-canonicalization] nid yw’r llofnod yn y ffurf ganonaidd neilltuol (exclusive) heb sylwadau
        [digest] gwnaed y crynhoad (digest) ag algorithm heblaw SHA-256, SHA-384 neu SHA-512
        [algorithm-broken] gwnaed y llofnod â SHA-1 neu MD5, y gellir eu ffugio: mae angen SHA-256 neu well
        [algorithm-hmac] gwnaed y llofnod â chyfrinach a rennir (HMAC) yn lle pâr o allweddi
        [algorithm-unknown] gwnaed y llofnod ag algorithm nad yw’n hysbys yma: mae RSA neu ECDSA â SHA-256, SHA-384 neu SHA-512 yn hysbys
        [signature-broken] mae’r llofnod wedi torri: mae rhannau ar goll, mae gormod ohonynt, neu nid base64 ydynt
        [changed] newidiwyd y neges ar ôl ei llofnodi
        [other-key] ni wnaed y llofnod ag allwedd sydd wedi’i chofrestru ar gyfer yr anfonwr
        [other-key-or-query] ni wnaed llofnod y cyfeiriad ag allwedd sydd wedi’i chofrestru ar gyfer yr anfonwr, neu newidiwyd y cyfeiriad ar ôl ei lofnodi
        [no-key] nid oes allwedd wedi’i chofrestru ar gyfer yr anfonwr
       *[other] { $reason }
    }
