account-heading = Eich cyfrif
tab-profile = Proffil
tab-self-service = Hunanwasanaeth
profile-name = Enw
profile-email = Cyfeiriad e‑bost
profile-organisation = Sefydliad
profile-logged-in = Mewngofnodwyd
profile-change = Os oes rhywbeth yn anghywir yma, dywedwch wrth eich desg gymorth.
logged-in-password = â’ch cyfrinair
logged-in-key = ag allwedd
logged-in-password-key = â’ch cyfrinair ac allwedd

service-keys = Allweddi diogelwch a passkeys
service-keys-working =
    { $working ->
        [0] Nid oes allwedd yn gweithio.
        [one] Mae 1 allwedd yn gweithio.
       *[other] Mae { $working } allwedd yn gweithio.
    }
service-keys-suspended =
    { $suspended ->
        [one] Mae 1 wedi’i hatal.
       *[other] Mae { $suspended } wedi’u hatal.
    }
service-password-yes = Mae gennych gyfrinair.
service-password-no = Nid oes gennych un. Rydych yn mewngofnodi ag allwedd.

manage-keys = Rheoli tocynnau FIDO2
keys-body = Eich allweddi diogelwch a’ch passkeys, dan yr enwau a roesoch iddynt.
keys-empty-heading = Nid oes gennych allweddi eto
keys-empty-body = Dyfais fach sy’n profi mai chi sydd yno yw allwedd ddiogelwch. Gydag un, ni all neb fewngofnodi fel chi â’ch cyfrinair yn unig.
keys-none-heading = Nid oes gennych allwedd ar hyn o bryd
keys-closed-suspended = Nid oes yr un o’ch allweddi’n gweithio ar hyn o bryd, felly ni allwch gofrestru un arall eich hun. Gofynnwch i’ch desg gymorth.
keys-closed-no-key = Roedd gennych allwedd o’r blaen, felly caiff yr un nesaf ei chofrestru gyda help eich desg gymorth. Gofynnwch iddynt.
keys-closed-organisation = Nid yw eich sefydliad yn gadael i bobl gofrestru allweddi eu hunain ar hyn o bryd. Gofynnwch i’ch desg gymorth.
register-key = Cofrestru tocyn newydd
receipt-added = Ychwanegwyd ‘{ $nickname }’.
receipt-renamed = Enw’r allwedd nawr yw ‘{ $nickname }’.
receipt-removed = Tynnwyd ‘{ $nickname }’. Ni all eich mewngofnodi.
receipt-removed-sessions = Tynnwyd ‘{ $nickname }’. Ni all eich mewngofnodi, ac rydych wedi’ch allgofnodi ym mhob man arall.

edit-heading = Ailenwi ‘{ $nickname }’
edit-save = Cadw’r enw

remove-heading = Tynnu ‘{ $nickname }’?
remove-now = O hyn ymlaen, ni all yr allwedd hon eich mewngofnodi.
remove-others =
    { $count ->
        [one] Gallwch fewngofnodi o hyd â’ch allwedd arall.
       *[other] Gallwch fewngofnodi o hyd â’ch { $count } allwedd arall.
    }
remove-password = Gallwch fewngofnodi o hyd â’ch cyfrinair, lle mae hynny’n ddigon.
remove-none = Nid oes gennych ffordd arall o fewngofnodi.
remove-sessions = Bydd lleoedd lle rydych wedi mewngofnodi eisoes yn aros ar agor tan y tro nesaf y byddwch yn mewngofnodi yno.
end-sessions = Fy allgofnodi ym mhob man arall
end-sessions-hint =
    { $count ->
        [0] Nid ydych wedi mewngofnodi yn unman arall.
        [one] Rydych wedi mewngofnodi mewn 1 lle arall.
        [two] Rydych wedi mewngofnodi mewn 2 le arall.
       *[other] Rydych wedi mewngofnodi mewn { $count } lle arall.
    }
remove-keep = Cadw’r allwedd hon

keep-heading = Ni allwch dynnu ‘{ $nickname }’ eto
keep-body = Hon yw eich ffordd olaf o fewngofnodi. Hebddi byddech wedi’ch cloi allan.
keep-instead = Cofrestrwch allwedd arall yn gyntaf, yna tynnwch hon.
keep-helpdesk = Gofynnwch i’ch desg gymorth. Gallant ei thynnu ac agor ffordd arall i chi.

logged-in-password-code = gyda’ch cyfrinair ac ap dilysu
service-app = Ap dilysu
service-app-yes = Wedi’i droi ymlaen. Gallwch fewngofnodi â’i godau pan nad oes allwedd gennych gyda chi.
service-app-no = Mae’n dangos codau ar eich ffôn y gallwch eu defnyddio pan nad oes allwedd gennych gyda chi.
service-set-up = Gosod
service-change = Newid
service-make = Gwneud codau
service-make-again = Gwneud codau newydd
service-see = Gweld pob un
remove-app = Tynnu’r ap dilysu
remove-app-heading = Tynnu eich ap dilysu?
keep-app-heading = Ni allwch dynnu eich ap dilysu eto
remove-app-now = Mae ei godau’n peidio â gweithio ar unwaith. Rydych yn dileu’r ap ei hun o’ch ffôn.
remove-app-last = Dyma eich ffordd olaf o fewngofnodi ochr yn ochr â’ch cyfrinair, felly ni ellir ei dynnu yma. Gosodwch allwedd yn gyntaf, neu ffoniwch eich desg gymorth.
remove-app-keep = Ei gadw
receipt-app-added = Mae eich ap dilysu wedi’i droi ymlaen.
receipt-app-removed = Mae eich ap dilysu wedi’i dynnu.
remove-with-app = Byddwch yn parhau i fewngofnodi â’ch cyfrinair a’ch ap dilysu.
service-sessions = Ble rydych wedi mewngofnodi
service-sessions-hint = Gweld porwyr eraill, a’u hallgofnodi.

password-change-heading = Newid eich cyfrinair
password-set-heading = Gosod cyfrinair
password-save = Cadw’r cyfrinair
new-password = Cyfrinair newydd
new-password-hint = O leiaf { $least } nod. Mae ychydig eiriau nad oes a wnelont â’i gilydd yn hawdd eu cofio ac yn anodd eu dyfalu. Gallwch ei ludo o reolwr cyfrineiriau.
problem-new-password-missing = Rhowch gyfrinair newydd
problem-new-password-short = Mae’r cyfrinair hwnnw’n rhy fyr. Mae angen { $least } nod
problem-new-password-long = Mae’r cyfrinair hwnnw’n rhy hir. Defnyddiwch lai na 1,000 nod
problem-new-password-known = Mae llawer o bobl yn defnyddio’r cyfrinair hwnnw, felly mae’n un o’r rhai cyntaf i’w gynnig
problem-new-password-personal = Mae’r cyfrinair hwnnw wedi’i wneud o’ch enw, eich cyfeiriad neu’ch sefydliad
problem-new-password-pattern = Mae’r cyfrinair hwnnw’n ei ailadrodd ei hun neu’n dilyn bysellau’r bysellfwrdd
advice-new-password = Cymerwch dri neu bedwar gair nad oes a wnelont â’i gilydd nac â chi.
receipt-password = Newidiwyd eich cyfrinair.
receipt-password-sessions = Newidiwyd eich cyfrinair, ac rydych wedi’ch allgofnodi ym mhob man arall.

sessions-heading = Ble rydych wedi mewngofnodi
sessions-body = Os nad ydych yn adnabod un o’r rhain, allgofnodwch ef a newidiwch eich cyfrinair.
session-browser = { $browser } ar { $system }
session-browser-unknown = Porwr
session-here = Hwn
session-since = Ers { $when }
session-seen = Defnyddiwyd ddiwethaf { $when }
session-from = O { $address }
sessions-end-others = Fy allgofnodi ym mhob man arall
receipt-session-ended = Rydych wedi’ch allgofnodi yno.
receipt-sessions-ended = Rydych wedi allgofnodi ym mhob man arall.
connected-heading = Rhaglenni sy’n aros mewn cysylltiad
connected-told = Mae’n cael gwybod amdanoch:
connected-body = Rydych wedi gadael i’r rhain barhau tra byddwch i ffwrdd. Maent yn aros mewn cysylltiad pan fyddwch yn allgofnodi.
connected-since = Ers { $when }
disconnect = Datgysylltu
opened-heading = Rhaglenni a agorwyd gennych
opened-body = Beth a ddywedir wrth y rhain amdanoch bob tro y byddwch yn mewngofnodi iddynt.
opened-told-nothing = Ni ddywedir dim wrthi amdanoch, ond mai chi yw’r un un â’r tro diwethaf.
receipt-disconnected = Nid yw’r rhaglen mewn cysylltiad mwyach.

recovery-codes = Codau adfer
recovery-codes-body = Gyda chod adfer gallwch osod allwedd neu ap eto pan nad oes yr un gennych. Mae pob un yn gweithio unwaith, ar ôl eich cyfrinair. Argraffwch nhw a’u cadw lle rydych yn cadw eich pasbort, nid yn eich bag gyda’ch allwedd.
recovery-codes-left =
    { $left ->
        [0] Nid oes yr un gennych.
        [one] Mae 1 gennych ar ôl.
        [two] Mae 2 gennych ar ôl.
       *[other] Mae { $left } gennych ar ôl.
    }
recovery-codes-replace = Bydd rhai newydd yn cymryd eu lle, a’r hen rai’n peidio â gweithio ar unwaith.
recovery-codes-make = Gwneud codau adfer
recovery-codes-again = Gwneud codau adfer newydd
recovery-codes-made-heading = Eich codau adfer
recovery-codes-made-body = Mae pob un yn gweithio unwaith, ar ôl eich cyfrinair, ac yn gadael i chi osod allwedd neu ap eto. Nid yw’r rhai oedd gennych o’r blaen yn gweithio mwyach.
recovery-codes-once = Dim ond nawr y cânt eu dangos. Argraffwch y dudalen hon neu cadwch y ffeil cyn mynd ymlaen.
recovery-codes-kept = Rwyf wedi’u cadw
recovery-codes-download = Cadw fel ffeil
recovery-codes-print = I’w hargraffu, defnyddiwch Argraffu yn newislen eich porwr.
recovery-codes-file = Codau adfer { $username } ar gyfer { $issuer }. Mae pob un yn gweithio unwaith.
