//! Log-outs that come about: by each binding, whoever begins them, and how far they went.

use super::*;

#[tokio::test]
async fn an_application_ends_its_session_by_redirect_and_has_its_relay_state_back() {
    let site = site().await;
    let mut ledger = Application::by(&site, "ledger.example", Binding::Redirect).await;
    let mut dan = dan(&site).await;
    ledger.log_in(&site, &mut dan).await;
    assert!(is_logged_in(&mut dan).await);
    let request = ledger.request(&site);
    let answer = dan.get(&asks_by_query(&request, ledger.key())).await;
    assert_eq!(relay_state(&answer).as_deref(), Some(STATE));
    let response: LogoutResponse = sent(&site, &answer, "https://ledger.example/saml/logout").await;
    assert_eq!(response.in_response_to, Some(request.header.id));
    assert_eq!((response.status.top, response.status.nested.len()), (TopStatus::Success, 0));
    assert_eq!(response.header.issuer, site.url("/saml/metadata"));
    assert!(!is_logged_in(&mut dan).await);
    let ended = |what: &What| matches!(what, What::ProviderLoggedOut { .. });
    assert_eq!(events(&site).await.iter().filter(|what| ended(what)).count(), 1);
}

#[tokio::test]
async fn an_application_ends_its_session_by_a_form_of_its_own_site() {
    let site = site().await;
    let mut ledger = Application::by(&site, "ledger.example", Binding::Post).await;
    let mut dan = dan(&site).await;
    ledger.log_in(&site, &mut dan).await;
    let request = ledger.request(&site);
    let xml = request.write(Some(ledger.key())).expect("XML");
    let answer = post_from_elsewhere(&mut dan, &site, &form(Parameter::Request, &xml)).await;
    let to = "https://ledger.example/saml/logout";
    let (response, page) = posted::<LogoutResponse>(&site, &answer, Parameter::Response, to).await;
    assert_eq!(response.in_response_to, Some(request.header.id));
    assert_eq!(response.status.top, TopStatus::Success);
    assert_eq!(page.field("RelayState"), Some(STATE));
    assert!(!is_logged_in(&mut dan).await);
}

#[tokio::test]
async fn an_application_ends_its_session_by_soap_and_another_is_told_before_the_answer() {
    let site = site().await;
    let server = Server::start().await;
    let mut ledger = Application::by(&site, "ledger.example", Binding::Redirect).await;
    let services = [(Binding::Soap, server.address.clone())];
    let mut stores = Application::registered(&site, "stores.example", &services).await;
    server.speaks_for(&stores, &site).await;
    let mut dan = dan(&site).await;
    ledger.log_in(&site, &mut dan).await;
    stores.log_in(&site, &mut dan).await;
    let mut request = ledger.request(&site);
    request.header.destination = None;
    let answer = by_soap(&site, &request.write(Some(ledger.key())).expect("XML")).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    let screened = soap::screen(answer.body.as_bytes()).expect("an envelope");
    let response = screened.verify::<LogoutResponse>(&[our_key(&site).await]).expect("signed");
    assert_eq!(response.in_response_to, Some(request.header.id));
    assert_eq!((response.status.top, response.status.nested.len()), (TopStatus::Success, 0));
    let asked = server.asked();
    assert_eq!(asked.len(), 1);
    assert_eq!(asked[0].name_id, stores.name());
    assert!(!is_logged_in(&mut dan).await);
    assert_eq!(told(&site).await.map(|(_, untold)| untold.len()), Some(0));
}

#[tokio::test]
async fn every_other_application_is_told_soap_first_and_the_first_is_told_how_far_that_went() {
    let site = site().await;
    let server = Server::start().await;
    let mut ledger = Application::by(&site, "ledger.example", Binding::Redirect).await;
    let mut by_redirect = Application::by(&site, "wards.example", Binding::Redirect).await;
    let mut by_form = Application::by(&site, "beds.example", Binding::Post).await;
    let services = [(Binding::Soap, server.address.clone())];
    let mut by_soap = Application::registered(&site, "stores.example", &services).await;
    server.speaks_for(&by_soap, &site).await;
    let mut never = Application::registered(&site, "post.example", &[]).await;
    let mut dan = dan(&site).await;
    for application in [&mut ledger, &mut by_redirect, &mut by_form, &mut by_soap, &mut never] {
        application.log_in(&site, &mut dan).await;
    }

    let request = ledger.request(&site);
    let page = dan.open(&asks_by_query(&request, ledger.key())).await;
    assert!(!is_logged_in(&mut dan).await, "ours has ended before anybody is told");
    for shown in ["The wards.example", "The beds.example", "The stores.example", "The rota"] {
        assert!(page.body.contains(shown), "{shown}: {}", page.body);
    }
    let on = page.form("/on").action;
    assert!(page.body.contains("data-submit"), "it goes on by itself");
    assert_eq!(page.body.matches("Told next").count(), 3, "one of them cannot be told");
    assert_eq!(server.asked().len(), 0);

    let answer = dan.get(&on).await;
    assert_eq!(server.asked().len(), 1, "without a browser first");
    let first: LogoutRequest = sent(&site, &answer, "https://wards.example/saml/logout").await;
    assert_eq!(first.name_id, by_redirect.name());
    let index = by_redirect.assertion.as_ref().and_then(|it| it.authn.session_index.clone());
    assert_eq!(first.session_indexes, index.into_iter().collect::<Vec<_>>());
    let response = by_redirect.response(&site, &first.header.id, TopStatus::Success);
    let answer = dan.open(&answers_by_query(&response, by_redirect.key())).await;
    let to = "https://beds.example/saml/logout";
    let (second, _) = posted::<LogoutRequest>(&site, &answer, Parameter::Request, to).await;
    let response = by_form.response(&site, &second.header.id, TopStatus::Success);
    let xml = response.write(Some(by_form.key())).expect("XML");
    let answer = post_from_elsewhere(&mut dan, &site, &form(Parameter::Response, &xml)).await;

    let last: LogoutResponse = sent(&site, &answer, "https://ledger.example/saml/logout").await;
    assert_eq!(last.in_response_to, Some(request.header.id));
    assert_eq!(relay_state(&answer).as_deref(), Some(STATE));
    assert_eq!(last.status.top, TopStatus::Success);
    assert_eq!(last.status.nested, [SecondStatus::PartialLogout.uri()], "one could not be told");
    let (confirmed, untold) = told(&site).await.expect("audited");
    assert_eq!(confirmed.len(), 4, "{confirmed:?}");
    assert_eq!(untold, ["https://post.example/saml"]);
    let page = dan.open(on.trim_end_matches("/on")).await;
    assert!(page.body.contains("Cannot be told") && !page.body.contains("data-submit"));
}

#[tokio::test]
async fn our_own_log_out_goes_round_and_a_silent_application_stops_nobody() {
    let site = site().await;
    let mut silent = Application::by(&site, "silent.example", Binding::Redirect).await;
    let mut refuses = Application::by(&site, "wards.example", Binding::Redirect).await;
    let mut dan = dan(&site).await;
    silent.log_in(&site, &mut dan).await;
    refuses.log_in(&site, &mut dan).await;
    let page = dan.open("/logout").await;
    let page = dan.submit(&page.form("/logout")).await;
    let url = page.url.clone();
    let on = page.form("/on").action;
    let answer = dan.get(&on).await;
    let first: LogoutRequest = sent(&site, &answer, "https://silent.example/saml/logout").await;

    // It shows something of its own. Whoever comes back reads so, and goes on without it.
    let path = url.strip_prefix(&site.issuer).unwrap_or(&url).to_owned();
    let page = dan.open(&path).await;
    assert!(page.body.contains("The silent.example did not answer"), "{}", page.body);
    assert!(!page.body.contains("data-submit"));
    let answer = dan.get(&on).await;
    let second: LogoutRequest = sent(&site, &answer, "https://wards.example/saml/logout").await;
    let response = refuses.response(&site, &second.header.id, TopStatus::Responder);
    let page = dan.open(&answers_by_query(&response, refuses.key())).await;
    assert_eq!(page.heading(), "You are logged out");
    assert_eq!(page.body.matches("Cannot be told").count(), 3, "{}", page.body);
    let (confirmed, untold) = told(&site).await.expect("audited");
    assert_eq!((confirmed.len(), untold.len()), (0, 2));

    // Better late than never.
    let response = silent.response(&site, &first.header.id, TopStatus::Success);
    let page = dan.open(&answers_by_query(&response, silent.key())).await;
    assert_eq!(page.body.matches("Cannot be told").count(), 2, "{}", page.body);
    assert_eq!(told(&site).await.map(|(confirmed, _)| confirmed.len()), Some(1));
}

#[tokio::test]
async fn a_log_out_of_openid_connect_goes_round_and_then_back_to_its_application() {
    let site = site().await;
    let mut ledger = Application::by(&site, "ledger.example", Binding::Redirect).await;
    let mut dan = site.person();
    let tokens = dan.tokens(ROTA, DAN).await;
    ledger.log_in(&site, &mut dan).await;
    let back = LOGGED_OUT_URI;
    let pairs = [("id_token_hint", tokens.id.as_str()), ("post_logout_redirect_uri", back)];
    let page = dan.open(&format!("/oauth2/logout?{}", encode(&pairs))).await;
    let on = page.form("/on").action;
    let answer = dan.get(&on).await;
    let asked: LogoutRequest = sent(&site, &answer, "https://ledger.example/saml/logout").await;
    let response = ledger.response(&site, &asked.header.id, TopStatus::Success);
    let answer = dan.open(&answers_by_query(&response, ledger.key())).await;
    assert_eq!(answer.location(), Some(back));
}

#[tokio::test]
async fn our_metadata_says_where_and_how_people_are_logged_out() {
    let site = site().await;
    let metadata = site.get("/saml/metadata").await.body;
    for binding in [Binding::Redirect, Binding::Post, Binding::Soap] {
        let service = format!("<md:SingleLogoutService Binding=\"{}\"", binding.uri());
        assert_eq!(metadata.matches(&service).count(), 1, "{metadata}");
    }
    let soap = format!("<md:SingleSignOnService Binding=\"{}\"", Binding::Soap.uri());
    assert!(!metadata.contains(&soap), "nobody logs in without a browser");
}
