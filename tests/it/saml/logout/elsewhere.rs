//! Sessions that end where their browser is not, and what a browser leaves undone.

use super::*;

#[tokio::test]
async fn a_session_that_ends_elsewhere_is_told_by_soap_and_the_others_are_listed() {
    let site = site().await;
    let server = Server::start().await;
    let services = [(Binding::Soap, server.address.clone())];
    let mut stores = Application::registered(&site, "stores.example", &services).await;
    server.speaks_for(&stores, &site).await;
    let mut ledger = Application::by(&site, "ledger.example", Binding::Redirect).await;
    let mut lost = dan(&site).await;
    stores.log_in(&site, &mut lost).await;
    ledger.log_in(&site, &mut lost).await;
    assert_eq!(absent::round(&site.app, "one").await.expect("a round"), 0, "nothing has ended");

    let mut other = dan(&site).await;
    let page = other.open("/account/sessions").await;
    other.submit(&page.form("/account/sessions").with("others", "yes")).await;
    assert!(!is_logged_in(&mut lost).await);
    server.set(|it| it.status = StatusCode::SERVICE_UNAVAILABLE);
    server.set(|it| it.to = Some(MessageId::random(&SystemRng)));
    assert_eq!(absent::round(&site.app, "one").await.expect("a round"), 2);
    assert_eq!(told(&site).await, None, "one is tried again");
    server.set(|it| (it.status, it.to) = (StatusCode::OK, None));
    assert_eq!(absent::round(&site.app, "one").await.expect("a round"), 0, "not at once");
    site.clock.advance(std::time::Duration::from_secs(61));
    assert_eq!(absent::round(&site.app, "one").await.expect("a round"), 1);
    let (confirmed, untold) = told(&site).await.expect("audited");
    assert_eq!(confirmed, ["https://stores.example/saml"]);
    assert_eq!(untold, ["https://ledger.example/saml"]);
    let names: BTreeSet<_> = server.asked().iter().map(|it| it.name_id.value.clone()).collect();
    assert_eq!(names, BTreeSet::from([stores.name().value]));
    assert_eq!(absent::round(&site.app, "one").await.expect("a round"), 0, "it is over");
}

#[tokio::test]
async fn what_a_browser_leaves_undone_is_done_without_it() {
    let site = site().await;
    let server = Server::start().await;
    let services = [(Binding::Soap, server.address.clone())];
    let mut stores = Application::registered(&site, "stores.example", &services).await;
    server.speaks_for(&stores, &site).await;
    let mut dan = dan(&site).await;
    stores.log_in(&site, &mut dan).await;
    let page = dan.open("/logout").await;
    dan.submit(&page.form("/logout")).await;
    assert_eq!(absent::round(&site.app, "one").await.expect("a round"), 0, "it is the browser's");
    site.clock.advance(std::time::Duration::from_secs(601));
    assert_eq!(absent::round(&site.app, "one").await.expect("a round"), 1);
    assert_eq!(told(&site).await.map(|(confirmed, _)| confirmed.len()), Some(1));
}

#[tokio::test]
async fn an_answer_over_soap_has_to_be_the_applications_own_and_to_this_request() {
    let site = site().await;
    let server = Server::start().await;
    let services = [(Binding::Soap, server.address.clone())];
    let mut stores = Application::registered(&site, "stores.example", &services).await;
    server.speaks_for(&stores, &site).await;
    let mut dan = dan(&site).await;
    stores.log_in(&site, &mut dan).await;
    let page = dan.open("/logout").await;
    dan.submit(&page.form("/logout")).await;
    let right = |it: &mut Answers| it.issuer = "https://stores.example/saml".to_owned();
    let changes: [fn(&mut Answers); 4] = [
        |it| it.key = None,
        |it| it.key = Some(credential()),
        |it| it.to = Some(MessageId::random(&SystemRng)),
        |it| it.issuer = "https://ledger.example/saml".to_owned(),
    ];
    let wait = std::time::Duration::from_secs(3 * 3600);
    for change in changes {
        server.speaks_for(&stores, &site).await;
        server.set(|it| it.to = None);
        server.set(right);
        server.set(change);
        site.clock.advance(wait);
        assert_eq!(absent::round(&site.app, "one").await.expect("a round"), 1);
        assert_eq!(told(&site).await, None, "not believed, and tried again");
    }
    site.clock.advance(wait);
    assert_eq!(absent::round(&site.app, "one").await.expect("a round"), 1);
    let (confirmed, untold) = told(&site).await.expect("given up");
    assert_eq!((confirmed.len(), untold.len()), (0, 1));
}

#[tokio::test]
async fn an_application_that_says_so_itself_is_told_of_no_more_and_the_trail_ends() {
    let site = site().await;
    let mut ledger = Application::by(&site, "ledger.example", Binding::Redirect).await;
    let mut lost = dan(&site).await;
    ledger.log_in(&site, &mut lost).await;
    let mut other = dan(&site).await;
    let page = other.open("/account/sessions").await;
    other.submit(&page.form("/account/sessions").with("others", "yes")).await;
    // Before anybody looked into it.
    let answer = lost.get(&asks_by_query(&ledger.request(&site), ledger.key())).await;
    let to = "https://ledger.example/saml/logout";
    let response: LogoutResponse = sent(&site, &answer, to).await;
    assert_eq!(response.status.top, TopStatus::Success, "it is as was asked");
    assert_eq!(absent::round(&site.app, "one").await.expect("a round"), 0);
    assert_eq!(told(&site).await.map(|(confirmed, _)| confirmed.len()), Some(1));
    lost.get(&asks_by_query(&ledger.request(&site), ledger.key())).await;
    let trail = |what: &What| matches!(what, What::ProvidersTold { .. });
    assert_eq!(events(&site).await.iter().filter(|what| trail(what)).count(), 1, "once");
}
