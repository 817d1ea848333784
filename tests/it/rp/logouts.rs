//! Log-outs at service providers that others wrote, whoever begins them: each message is verified by
//! the library of the other side, and by ours.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use latchkey_core::audit::What;
use latchkey_saml::names::TopStatus;

use super::saml::{ODD, asks, bring, logs_in, registered, xml};
use crate::support::http::{Answer, DAN, Person, Site};
use crate::support::service_provider::{Binding, Identity, Library, LogIn, Place, ServiceProvider};

/// How a library asks for a log-out: those that are not here do so by HTTP-Redirect alone.
fn bindings(library: Library) -> &'static [Binding] {
    match library {
        Library::Pysaml2 => &Binding::ALL,
        _ => &[Binding::Redirect],
    }
}

/// What a browser is sent to a service provider with.
fn carried(answer: &Answer, provider: &ServiceProvider) -> Place {
    let to = &provider.setup.logout;
    if let Some(location) = answer.location() {
        assert!(location.starts_with(&format!("{to}?")), "{location}");
        return Place { url: location.to_owned(), fields: None };
    }
    let form = answer.form(to);
    Place { url: form.action.clone(), fields: Some(form.fields.into_iter().collect()) }
}

fn relay_state(place: &Place) -> Option<String> {
    if let Some(fields) = &place.fields {
        return fields.get("RelayState").cloned();
    }
    let url = url::Url::parse(&place.url).expect("an address");
    let found = url.query_pairs().find(|(name, _)| name == "RelayState");
    found.map(|(_, value)| value.into_owned())
}

/// The same message, said by somebody who lacks the key.
fn forged(place: &Place) -> Place {
    let mut forged = place.clone();
    match &mut forged.fields {
        Some(fields) => {
            for name in ["SAMLRequest", "SAMLResponse"] {
                if fields.contains_key(name) {
                    let sent = xml(fields, name);
                    let changed = sent.replacen(" ID=\"_", " ID=\"_0", 1);
                    assert_ne!(changed, sent);
                    fields.insert(name.into(), STANDARD.encode(changed));
                }
            }
        }
        None => {
            let (before, signature) = forged.url.split_once("&Signature=").expect("signed");
            let first = if signature.starts_with('A') { 'B' } else { 'A' };
            forged.url = format!("{before}&Signature={first}{}", &signature[1..]);
        }
    }
    forged
}

async fn is_logged_in(person: &mut Person<'_>) -> bool {
    let page = person.open("/account").await;
    page.status == 200 && page.url.ends_with("/account")
}

/// Dan, in a session that began at the service provider, and what it knows of him.
async fn at<'s>(site: &'s Site, provider: &mut ServiceProvider) -> (Person<'s>, Identity) {
    let mut dan = site.person();
    let identity = logs_in(&mut dan, provider, &LogIn::by(Binding::Redirect), DAN).await;
    (dan, identity.unwrap_or_else(|refusal| panic!("{:?}: {refusal:?}", provider.library)))
}

#[tokio::test]
async fn whoever_logs_out_at_an_application_is_logged_out_here_and_it_is_told_so() {
    let site = Site::start().await;
    for library in Library::ALL {
        for &binding in bindings(library) {
            let name = format!("out-by-{binding:?}").to_lowercase();
            let mut provider = registered(&site, library, &name, |_| {}).await;
            let (mut dan, _) = at(&site, &mut provider).await;
            let asked = provider.log_out(binding, Some(ODD));
            let answer = bring(&mut dan, &provider, &asked).await;
            let came = carried(&answer, &provider);
            assert_eq!(relay_state(&came), relay_state(&asked), "{library:?} {binding:?}");
            let refused = provider.logged_out(&forged(&came));
            assert!(refused.is_err(), "{library:?} {binding:?}: {refused:?}");
            let told = provider.logged_out(&came);
            let told = told.unwrap_or_else(|refusal| panic!("{library:?}: {refusal:?}"));
            assert_eq!(told.statuses, [TopStatus::Success.uri()], "{library:?} {binding:?}");
            assert_eq!(told.relay_state, relay_state(&asked));
            assert!(!is_logged_in(&mut dan).await, "{library:?} {binding:?}");
        }
    }
}

#[tokio::test]
async fn whoever_logs_out_here_is_logged_out_at_the_application_which_confirms_it() {
    let site = Site::start().await;
    for library in Library::ALL {
        let mut provider = registered(&site, library, "told", |_| {}).await;
        let (mut dan, identity) = at(&site, &mut provider).await;
        let page = dan.open("/logout").await;
        let page = dan.submit(&page.form("/logout")).await;
        let on = page.form("/on").action;
        let came = carried(&dan.get(&on).await, &provider);
        let refused = provider.told_to_log_out(&forged(&came));
        assert!(refused.is_err(), "{library:?}: {refused:?}");
        let told = provider.told_to_log_out(&came);
        let told = told.unwrap_or_else(|refusal| panic!("{library:?}: {refusal:?}"));
        assert_eq!(told.name_id, identity.name_id.value, "{library:?}");
        assert_eq!(told.session_indexes, Vec::from_iter(identity.session_index), "{library:?}");
        assert!(!confirmed(&site).await.contains(&provider.setup.entity_id));
        let page = bring(&mut dan, &provider, &told.answer).await;
        assert_eq!(page.heading(), "You are logged out", "{library:?}: {}", page.body);
        assert!(confirmed(&site).await.contains(&provider.setup.entity_id), "{library:?}");
        assert!(!is_logged_in(&mut dan).await);
    }
}

#[tokio::test]
async fn a_log_out_at_one_application_goes_round_to_the_others() {
    let site = Site::start().await;
    let mut first = registered(&site, Library::Pysaml2, "first", |_| {}).await;
    let mut others = Vec::new();
    let (mut dan, _) = at(&site, &mut first).await;
    for library in [Library::Python3Saml, Library::NodeSaml] {
        let mut provider = registered(&site, library, "other", |_| {}).await;
        let identity = asks(&mut dan, &mut provider, &LogIn::by(Binding::Redirect)).await;
        assert!(identity.is_ok(), "{library:?}: {identity:?}");
        others.push(provider);
    }
    let asked = first.log_out(Binding::Redirect, None);
    let page = bring(&mut dan, &first, &asked).await;
    let mut answer = dan.get(&page.form("/on").action).await;
    for _ in 0..others.len() {
        let leads = |provider: &&mut ServiceProvider| {
            let to = &provider.setup.logout;
            answer.location().is_some_and(|it| it.starts_with(to)) || answer.has_form(to)
        };
        let provider = others.iter_mut().find(leads).expect("an application that was not told");
        let told = provider.told_to_log_out(&carried(&answer, provider));
        let told = told.unwrap_or_else(|refusal| panic!("{:?}: {refusal:?}", provider.library));
        answer = bring(&mut dan, provider, &told.answer).await;
    }
    let told = first.logged_out(&carried(&answer, &first)).expect("an answer");
    assert_eq!(told.statuses, [TopStatus::Success.uri()], "everybody was told");
}

/// Who confirmed that somebody is logged out, by the audit trail.
async fn confirmed(site: &Site) -> Vec<String> {
    let events = site.app.store.view().list_events(1000).await.expect("the database answers");
    let confirmed = events.into_iter().filter_map(|(_, what)| match what {
        What::ProvidersTold { confirmed, .. } => Some(confirmed),
        _ => None,
    });
    confirmed.flatten().map(|id| id.0).collect()
}
