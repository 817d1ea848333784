//! What ends nothing, and what is not believed.

use reqwest::Method;

use super::*;

#[tokio::test]
async fn a_request_that_is_not_the_applications_own_ends_nothing() {
    let site = site().await;
    let mut ledger = Application::by(&site, "ledger.example", Binding::Redirect).await;
    let mut stores = Application::by(&site, "stores.example", Binding::Redirect).await;
    let mut dan = dan(&site).await;
    ledger.log_in(&site, &mut dan).await;
    stores.log_in(&site, &mut dan).await;

    let request = ledger.request(&site);
    let xml = request.write(None).expect("XML");
    let unsigned = format!("{SLO}?{}", redirect::write(Parameter::Request, &xml, None));
    let signed = asks_by_query(&request, ledger.key());
    let changed = |change: fn(&mut LogoutRequest, &Site)| {
        let mut request = ledger.request(&site);
        change(&mut request, &site);
        asks_by_query(&request, ledger.key())
    };
    let far = |minutes: u64| std::time::Duration::from_secs(minutes * 60);
    let mut old = ledger.request(&site);
    old.header.issued_at = site.clock.now().minus(far(30));
    let mut over = ledger.request(&site);
    over.not_on_or_after = Some(site.clock.now().minus(far(10)));
    for (what, path) in [
        ("unsigned", unsigned),
        ("by another key", asks_by_query(&request, &credential())),
        ("by another application's key", asks_by_query(&request, stores.key())),
        ("changed on the way", signed.replace("RelayState=", "RelayState=x")),
        (
            "for another address",
            changed(|it, _| it.header.destination = Some("https://other.example".into())),
        ),
        ("for no address", changed(|it, _| it.header.destination = None)),
        ("old", asks_by_query(&old, ledger.key())),
        ("over", asks_by_query(&over, ledger.key())),
        ("of nobody registered", changed(|it, _| it.header.issuer = "https://evil.example".into())),
    ] {
        let answer = dan.get(&path).await;
        assert_eq!((answer.status, answer.location()), (400, None), "{what}");
        assert!(is_logged_in(&mut dan).await, "{what}");
    }
    assert_eq!(refusals(&site).await.len(), 9, "{:?}", refusals(&site).await);

    // Well signed, and for somebody else.
    let mut other = ledger.request(&site);
    other.name_id = stores.name();
    let mut foreign = ledger.request(&site);
    foreign.name_id.name_qualifier = Some("https://other.example".to_owned());
    let mut index = ledger.request(&site);
    index.session_indexes = stores.request(&site).session_indexes;
    for request in [other, foreign, index] {
        let answer = dan.get(&asks_by_query(&request, ledger.key())).await;
        let to = "https://ledger.example/saml/logout";
        let response: LogoutResponse = sent(&site, &answer, to).await;
        assert_eq!(response.status.top, TopStatus::Requester);
        assert_eq!(response.status.nested, [SecondStatus::UnknownPrincipal.uri()]);
        assert!(is_logged_in(&mut dan).await);
    }
    assert_eq!(refusals(&site).await.len(), 12, "audited too");

    // And once more what was carried out.
    let request = ledger.request(&site);
    let path = asks_by_query(&request, ledger.key());
    dan.open(&path).await;
    assert!(!is_logged_in(&mut dan).await);
    let mut dan = self::dan(&site).await;
    ledger.log_in(&site, &mut dan).await;
    let answer = dan.get(&path).await;
    assert_eq!((answer.status, answer.location()), (400, None), "replayed");
    assert!(is_logged_in(&mut dan).await);
}

#[tokio::test]
async fn whoever_is_not_logged_out_is_told_so_why_and_how_to_log_out() {
    let site = site().await;
    let mut ledger = Application::by(&site, "ledger.example", Binding::Redirect).await;
    let mut dan = dan(&site).await;
    ledger.log_in(&site, &mut dan).await;
    let request = ledger.request(&site);
    let unsigned = request.write(None).expect("XML");
    let tampered = request.write(Some(ledger.key())).expect("XML");
    let tampered = tampered.replace(" ID=\"", " Consent=\"urn:x\" ID=\"");
    let foreign = request.write(Some(&credential())).expect("XML");
    for (xml, words) in [
        (unsigned.as_str(), "the message is not signed, and one about a log-out has to be"),
        (&tampered, "the message was changed after it was signed"),
        (&foreign, "the signature was not made with a key that is registered"),
        ("<a", "not well-formed"),
    ] {
        let form = form(Parameter::Request, xml);
        let page = post_from_elsewhere(&mut dan, &site, &form).await;
        assert_eq!(page.status, 400, "{words}");
        assert!(page.body.contains("This did not log you out"), "{}", page.body);
        assert!(page.body.contains("href=\"/logout\""), "{words}: {}", page.body);
        assert!(page.body.contains(words) || xml == "<a", "{words}: {}", page.body);
        assert!(is_logged_in(&mut dan).await, "{words}");
    }
    let path = format!("{SLO}?{}", redirect::write(Parameter::Request, &unsigned, None));
    let page = dan.get(&path).await;
    assert!(page.body.contains("This did not log you out"), "{}", page.body);
    assert!(refusals(&site).await.iter().any(|reason| reason.contains("SAML Profiles §4.4.4")));
    // A request for a log-in that lost its way is none for a log-out.
    let log_in = ledger.provider.asks(&site).write(Some(ledger.key())).expect("XML");
    let page = post_from_elsewhere(&mut dan, &site, &form(Parameter::Request, &log_in)).await;
    assert_eq!(page.status, 400);
    assert!(!page.body.contains("This did not log you out"), "{}", page.body);
    // The way out that the page shows is one.
    let page = dan.open("/logout").await;
    dan.submit(&page.form("/logout")).await;
    assert!(!is_logged_in(&mut dan).await);
}

#[tokio::test]
async fn over_soap_what_is_not_the_applications_own_is_a_fault_and_ends_nothing() {
    let site = site().await;
    let mut ledger = Application::by(&site, "ledger.example", Binding::Redirect).await;
    let mut dan = dan(&site).await;
    ledger.log_in(&site, &mut dan).await;
    let request = ledger.request(&site);
    for credential in [None, Some(&credential())] {
        let answer = by_soap(&site, &request.write(credential).expect("XML")).await;
        assert_eq!(answer.status, 400);
        assert!(answer.body.contains("soap:Client"), "{}", answer.body);
    }
    let send = |body: &str| {
        let request = site.http.request(Method::POST, site.url(SLO));
        site.send(request.header("content-type", "text/xml").body(body.to_owned()))
    };
    for body in ["", "<a/>", "<!DOCTYPE a><a/>", "\u{1}"] {
        assert_eq!(send(body).await.status, 400, "{body}");
    }
    assert!(is_logged_in(&mut dan).await);
    assert_eq!(refusals(&site).await.len(), 6);
    let xml = request.write(Some(ledger.key())).expect("XML");
    assert_eq!(by_soap(&site, &xml).await.status, 200);
    assert_eq!(by_soap(&site, &xml).await.status, 400, "once");
    assert!(!is_logged_in(&mut dan).await);
}

#[tokio::test]
async fn an_answer_is_believed_of_whom_it_was_asked_alone_and_stops_nobody() {
    let site = site().await;
    let mut ledger = Application::by(&site, "ledger.example", Binding::Redirect).await;
    let mut stores = Application::by(&site, "stores.example", Binding::Redirect).await;
    let mut dan = dan(&site).await;
    ledger.log_in(&site, &mut dan).await;
    stores.log_in(&site, &mut dan).await;
    let page = dan.open("/logout").await;
    let page = dan.submit(&page.form("/logout")).await;
    let on = page.form("/on").action;
    let answer = dan.get(&on).await;
    let asked: LogoutRequest = sent(&site, &answer, "https://ledger.example/saml/logout").await;
    let id = &asked.header.id;
    let right = ledger.response(&site, id, TopStatus::Success);
    let mut unasked = right.clone();
    unasked.in_response_to = None;
    let to_another = ledger.response(&site, &MessageId::random(&SystemRng), TopStatus::Success);
    for (what, path) in [
        ("to nothing", answers_by_query(&unasked, ledger.key())),
        ("to another request", answers_by_query(&to_another, ledger.key())),
    ] {
        let answer = dan.get(&path).await;
        assert_eq!((answer.status, answer.location()), (400, None), "{what}");
    }

    let xml = right.write(None).expect("XML");
    let mut old = right.clone();
    old.header.issued_at = site.clock.now().minus(std::time::Duration::from_secs(1800));
    let wrong = [
        ("unsigned", format!("{SLO}?{}", redirect::write(Parameter::Response, &xml, None))),
        ("by another key", answers_by_query(&right, &credential())),
        ("by another application", {
            let theirs = stores.response(&site, id, TopStatus::Success);
            answers_by_query(&theirs, stores.key())
        }),
        ("old", answers_by_query(&old, ledger.key())),
    ];
    for (number, (what, path)) in wrong.into_iter().enumerate() {
        let answer = dan.get(&path).await;
        assert_eq!(answer.location(), Some(on.as_str()), "{what}: the others are told");
        assert_eq!(refusals(&site).await.len(), number + 3, "{what}: it is not believed");
    }
    // The other one is next, and only the right answer changes what is known of the first.
    let answer = dan.get(&on).await;
    let second: LogoutRequest = sent(&site, &answer, "https://stores.example/saml/logout").await;
    let confirms = stores.response(&site, &second.header.id, TopStatus::Success);
    dan.open(&answers_by_query(&confirms, stores.key())).await;
    let (confirmed, untold) = told(&site).await.expect("audited");
    assert_eq!(confirmed, ["https://stores.example/saml"]);
    assert_eq!(untold, ["https://ledger.example/saml"]);
    let answer = dan.get(&answers_by_query(&right, ledger.key())).await;
    assert_eq!(answer.location(), Some(on.as_str()));
    assert_eq!(told(&site).await.map(|(confirmed, _)| confirmed.len()), Some(2));
}

#[tokio::test]
async fn a_log_out_that_nobody_began_is_not_found() {
    let site = site().await;
    let nobody = "00000000-0000-4000-8000-000000000000";
    for path in [nobody, "x", "%00"] {
        for end in ["", "/on"] {
            let answer = site.get(&format!("{SLO}/{path}{end}")).await;
            assert_eq!(answer.status, 404, "{path}{end}");
        }
    }
}
