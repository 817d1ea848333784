//! Log-ins that come about, and what a provider is told (SAML Profiles §4.1).

use latchkey_core::Clock as _;
use latchkey_core::assurance::{ACR_MFA, ACR_PASSWORD};
use latchkey_saml::messages::{
    NameIdPolicy, RequestedAuthnContext, RequestedConsumer, RequestedSubject, Scoping,
};
use latchkey_saml::names::{Comparison, NameIdFormat, SecondStatus, TopStatus};

use super::{
    CONSUMER, ENTITY, OTHER_CONSUMER, Provider, answered, asserted, post_from_elsewhere, unsigned,
};
use crate::support::http::{AMY, Answer, DAN, Person, ROTA, Site};

/// Walks whoever has no key yet through setting one up.
async fn through(person: &mut Person<'_>, mut answer: Answer) -> Answer {
    for _ in 0..6 {
        let Some((_, rest)) = answer.url.rsplit_once("/login/") else { break };
        let end = match rest.split_once('/').map(|(_, page)| page) {
            Some("enrol/passkey") => "/enrol/passkey",
            Some("enrol/passkey/name") => "/name",
            Some("factor/passkey") => "/factor/passkey",
            Some("ready") => "/ready",
            _ => break,
        };
        let form = answer.form(end);
        answer = match end {
            "/enrol/passkey" | "/factor/passkey" => person.use_key(&form).await,
            "/name" => person.submit(&form.with("nickname", "Blue key")).await,
            _ => person.submit(&form).await,
        };
    }
    answer
}

#[tokio::test]
async fn a_person_is_logged_in_and_the_assertion_is_for_that_provider_and_request_alone() {
    let site = Site::start().await;
    let provider = Provider::registered(&site, true, "").await;
    let request = Provider::request(&site);
    let mut dan = site.person();
    let page = dan.open(&provider.redirect(&request, None)).await;
    assert!(page.body.contains("The ledger"), "people see where they are going");
    let page = dan.type_password(&page, DAN).await;
    let (response, assertion) = asserted(&site, &page).await;

    assert_eq!(response.status.top, TopStatus::Success);
    assert_eq!(response.header.destination.as_deref(), Some(CONSUMER));
    assert_eq!(response.header.issuer, site.url("/saml/metadata"));
    assert_eq!(response.in_response_to.as_ref(), Some(&request.header.id));
    assert_eq!(assertion.issuer, site.url("/saml/metadata"));
    assert_eq!(assertion.audiences, [ENTITY]);
    assert_eq!(assertion.confirmation.recipient, CONSUMER);
    assert_eq!(assertion.confirmation.in_response_to.as_ref(), Some(&request.header.id));
    let now = site.clock.now();
    assert!(assertion.not_before <= now && now < assertion.not_on_or_after);
    assert_eq!(assertion.authn.class, ACR_PASSWORD);
    assert!(assertion.authn.session_index.is_some());
    let told: Vec<_> = assertion
        .attributes
        .iter()
        .map(|it| (it.name.as_str(), it.friendly_name.as_deref(), it.values.join("|")))
        .collect();
    assert_eq!(
        told,
        [
            ("urn:oid:0.9.2342.19200300.100.1.3", Some("mail"), "dan@harbour.example".to_owned()),
            ("urn:oid:0.9.2342.19200300.100.1.1", Some("uid"), "dan.quay".to_owned()),
            ("urn:oid:2.5.4.42", Some("givenName"), "Dan".to_owned()),
            ("urn:oid:2.5.4.4", Some("sn"), "Quay".to_owned()),
            ("urn:oid:2.16.840.1.113730.3.1.241", Some("displayName"), "Dan Quay".to_owned()),
        ]
    );
    let name = assertion.name_id.expect("a name");
    assert_eq!(name.format.as_deref(), Some(NameIdFormat::Persistent.uri()));
    assert_eq!(name.sp_name_qualifier.as_deref(), Some(ENTITY));
}

#[tokio::test]
async fn a_request_that_is_posted_from_another_site_is_answered_with_the_browsers_own_session() {
    let site = Site::start().await;
    let provider = Provider::registered(&site, true, "").await;
    let mut dan = site.person();
    let form = provider.form(&Provider::request(&site), Some("a<b>&\"'=%7F é"));
    let page = post_from_elsewhere(&mut dan, &site, &form).await;
    let page = dan.type_password(&page, DAN).await;
    assert_eq!(page.form(CONSUMER).field("RelayState"), Some("a<b>&\"'=%7F é"));
    asserted(&site, &page).await;
    let form = provider.form(&Provider::request(&site), None);
    let page = post_from_elsewhere(&mut dan, &site, &form).await;
    asserted(&site, &page).await;
    assert!(page.form(CONSUMER).field("RelayState").is_none());
}

#[tokio::test]
async fn one_session_serves_both_protocols_and_the_person_is_known_by_one_name_at_a_provider() {
    let site = Site::start().await;
    let provider = Provider::registered(&site, true, "").await;
    let mut dan = site.person();
    dan.tokens(ROTA, DAN).await;
    let mut names = Vec::new();
    for _ in 0..2 {
        let page = dan.get(&provider.redirect(&Provider::request(&site), None)).await;
        let (_, assertion) = asserted(&site, &page).await;
        names.push((assertion.name_id, assertion.authn.session_index));
    }
    assert_eq!(names.first(), names.last());
}

#[tokio::test]
async fn is_passive_asks_nobody_and_force_authn_asks_again() {
    let site = Site::start().await;
    let provider = Provider::registered(&site, true, "").await;
    let mut dan = site.person();
    let mut passive = Provider::request(&site);
    passive.is_passive = true;
    let page = dan.get(&provider.redirect(&passive, None)).await;
    let response = answered(&site, &page, CONSUMER).await;
    assert_eq!(response.status.top, TopStatus::Responder);
    assert_eq!(response.status.nested, [SecondStatus::NoPassive.uri()]);
    assert!(response.assertion.is_none());
    dan.tokens(ROTA, DAN).await;
    let mut passive = Provider::request(&site);
    passive.is_passive = true;
    let page = dan.get(&provider.redirect(&passive, None)).await;
    asserted(&site, &page).await;
    let mut forced = Provider::request(&site);
    forced.force_authn = true;
    let page = dan.open(&provider.redirect(&forced, None)).await;
    assert!(page.has_form("/identify"), "{}", page.url);
}

#[tokio::test]
async fn refeds_mfa_is_reached_with_a_key_and_answered_to_the_letter() {
    let site = Site::start().await;
    let provider = Provider::registered(&site, true, "").await;
    let context = |comparison| {
        Some(RequestedAuthnContext {
            comparison,
            classes: vec![ACR_MFA.to_owned()],
            declarations: Vec::new(),
        })
    };
    let mut amy = site.person();
    for comparison in [Comparison::Exact, Comparison::Minimum] {
        let mut request = Provider::request(&site);
        request.requested_context = context(comparison);
        let mut page = amy.open(&provider.redirect(&request, None)).await;
        if page.has_form("/identify") {
            page = amy.type_password(&page, AMY).await;
            page = through(&mut amy, page).await;
        }
        let (_, assertion) = asserted(&site, &page).await;
        assert_eq!(assertion.authn.class, ACR_MFA);
    }
    let mut request = Provider::request(&site);
    request.requested_context = context(Comparison::Better);
    let page = amy.get(&provider.redirect(&request, None)).await;
    let response = answered(&site, &page, CONSUMER).await;
    assert_eq!(response.status.nested, [SecondStatus::NoAuthnContext.uri()]);
}

#[tokio::test]
async fn each_kind_of_name_is_what_it_says_and_one_that_is_not_to_be_had_is_refused() {
    let site = Site::start().await;
    let provider = Provider::registered(&site, true, "").await;
    let mut dan = site.person();
    dan.tokens(ROTA, DAN).await;
    let mut told = Vec::new();
    for format in NameIdFormat::ALL {
        let mut values = Vec::new();
        for _ in 0..2 {
            let mut request = Provider::request(&site);
            request.name_id_policy = Some(NameIdPolicy {
                format: Some(format.uri().to_owned()),
                ..NameIdPolicy::default()
            });
            let page = dan.get(&provider.redirect(&request, None)).await;
            let (_, assertion) = asserted(&site, &page).await;
            values.push(assertion.name_id.expect("a name").value);
        }
        told.push((format, values));
    }
    for (format, values) in &told {
        let same = values.first() == values.last();
        assert_eq!(same, *format != NameIdFormat::Transient, "{format:?}: {values:?}");
    }
    assert_eq!(told[2].1[0], "dan@harbour.example");
    for (format, qualifier) in [
        (Some("urn:oasis:names:tc:SAML:2.0:nameid-format:kerberos"), None),
        (None, Some("https://somebody.else/")),
    ] {
        let mut request = Provider::request(&site);
        request.name_id_policy = Some(NameIdPolicy {
            format: format.map(str::to_owned),
            sp_name_qualifier: qualifier.map(str::to_owned),
            allow_create: true,
        });
        let page = dan.get(&provider.redirect(&request, None)).await;
        let response = answered(&site, &page, CONSUMER).await;
        assert_eq!(response.status.nested, [SecondStatus::InvalidNameIdPolicy.uri()]);
    }
}

#[tokio::test]
async fn an_answer_goes_to_the_endpoint_of_metadata_that_was_asked_for() {
    let site = Site::start().await;
    let provider = Provider::registered(&site, true, "").await;
    let mut dan = site.person();
    dan.tokens(ROTA, DAN).await;
    for consumer in [
        RequestedConsumer::Index(7),
        RequestedConsumer::Address { url: OTHER_CONSUMER.to_owned(), binding: None },
    ] {
        let mut request = Provider::request(&site);
        request.consumer = consumer;
        let page = dan.get(&provider.redirect(&request, None)).await;
        let response = answered(&site, &page, OTHER_CONSUMER).await;
        let assertion = response.assertion.expect("an assertion");
        assert_eq!(assertion.confirmation.recipient, OTHER_CONSUMER);
    }
}

#[tokio::test]
async fn somebody_else_than_the_one_who_was_asked_for_gets_no_assertion() {
    let site = Site::start().await;
    let provider = Provider::registered(&site, true, "").await;
    let mut dan = site.person();
    dan.tokens(ROTA, DAN).await;
    let name = |value: &str| {
        Some(RequestedSubject::Named(latchkey_saml::messages::NameId {
            value: value.to_owned(),
            format: Some(NameIdFormat::Email.uri().to_owned()),
            name_qualifier: None,
            sp_name_qualifier: None,
        }))
    };
    let mut request = Provider::request(&site);
    request.subject = name("dan@harbour.example");
    let page = dan.get(&provider.redirect(&request, None)).await;
    asserted(&site, &page).await;
    let mut request = Provider::request(&site);
    request.subject = name("robin@harbour.example");
    let page = dan.get(&provider.redirect(&request, None)).await;
    let response = answered(&site, &page, CONSUMER).await;
    assert_eq!(response.status.nested, [SecondStatus::UnknownPrincipal.uri()]);
    let mut request = Provider::request(&site);
    request.scoping = Some(Scoping {
        idp_list: vec!["https://another.example/idp".to_owned()],
        ..Scoping::default()
    });
    let page = dan.get(&provider.redirect(&request, None)).await;
    let response = answered(&site, &page, CONSUMER).await;
    assert_eq!(response.status.nested, [SecondStatus::NoAvailableIdp.uri()]);
}

#[tokio::test]
async fn a_log_in_begins_here_only_where_an_operator_allows_it() {
    let site = Site::start().await;
    let start = format!("/saml/start?sp={ENTITY}&RelayState=page%207");
    Provider::registered(&site, false, "").await;
    let mut dan = site.person();
    dan.tokens(ROTA, DAN).await;
    assert_eq!(dan.get(&start).await.status, 400);
    let site = Site::start().await;
    Provider::registered(&site, false, "idp_initiated = true").await;
    let mut dan = site.person();
    dan.tokens(ROTA, DAN).await;
    let page = dan.get(&start).await;
    let (response, assertion) = asserted(&site, &page).await;
    assert_eq!(response.in_response_to, None);
    assert_eq!(assertion.confirmation.in_response_to, None);
    assert_eq!(page.form(CONSUMER).field("RelayState"), Some("page 7"));
}

#[tokio::test]
async fn what_a_provider_is_told_is_what_its_rules_say() {
    let site = Site::start().await;
    let members = "requests = \"unsigned\"\nname_id = \"email\"\nsubject_id = \"subject-id\"\n\
        attributes = [{ name = \"org\", format = \"basic\", from = \"organisation\" }, \
        { name = \"role\", from = \"always:member\" }]";
    Provider::registered(&site, true, members).await;
    let mut dan = site.person();
    dan.tokens(ROTA, DAN).await;
    let page = dan.get(&unsigned(&Provider::request(&site))).await;
    let (_, assertion) = asserted(&site, &page).await;
    assert_eq!(assertion.name_id.expect("a name").value, "dan@harbour.example");
    let told: Vec<_> =
        assertion.attributes.iter().map(|it| (it.name.as_str(), it.values.join("|"))).collect();
    assert_eq!(told[..2], [("org", "harbour".to_owned()), ("role", "member".to_owned())]);
    let (name, value) = &told[2];
    assert_eq!(*name, "urn:oasis:names:tc:SAML:attribute:subject-id");
    assert!(value.ends_with("@localhost"), "{value}");
}

#[tokio::test]
async fn people_see_on_their_account_page_what_an_application_that_they_opened_is_told() {
    let site = Site::start().await;
    let rules = r#"attributes = [
        { name = "urn:oid:0.9.2342.19200300.100.1.3", friendly_name = "mail", from = "email" },
        { name = "site", format = "basic", from = "always:<north>" },
        { name = "badge", format = "basic", from = "staff_number" },
    ]"#;
    Provider::registered(&site, false, rules).await;
    let mut dan = site.person();
    let page = dan.open(&unsigned(&Provider::request(&site))).await;
    let page = dan.type_password(&page, DAN).await;
    let (_, assertion) = asserted(&site, &page).await;
    let shown = dan.open("/account/sessions").await;
    let text = &shown.body;
    assert!(text.contains("The ledger"), "{text}");
    let name = assertion.name_id.expect("a name").value;
    assert!(text.contains(&format!("<code>NameID</code>: {name}")), "{text}");
    for attribute in &assertion.attributes {
        let called = attribute.friendly_name.as_ref().unwrap_or(&attribute.name);
        let value = attribute.values.join(", ").replace('<', "&lt;").replace('>', "&gt;");
        assert!(text.contains(&format!("<code>{called}</code>: {value}")), "{called}: {text}");
    }
    assert!(!text.contains("<code>badge</code>"), "what is not known of them is not told");

    // Somebody else sees nothing of that.
    let mut amy = site.person();
    amy.log_in(&crate::support::http::Request::new(ROTA), AMY).await;
    assert!(!amy.open("/account/sessions").await.body.contains("The ledger"));

    // A name that is another one each time is none of theirs.
    let site = Site::start().await;
    Provider::registered(&site, false, "name_id = \"transient\"").await;
    let mut dan = site.person();
    let page = dan.open(&unsigned(&Provider::request(&site))).await;
    asserted(&site, &dan.type_password(&page, DAN).await).await;
    let shown = dan.open("/account/sessions").await.body;
    assert!(shown.contains("The ledger") && !shown.contains("<code>NameID</code>"), "{shown}");
}
