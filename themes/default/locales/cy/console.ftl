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
