//! Answers by artifact: pysaml2 is sent a reference, and fetches the message itself by SOAP.

use url::Url;

use super::saml::{MAIL, ODD, bring, dan, registered};
use crate::support::http::{Person, Site};
use crate::support::service_provider::{Binding, Fields, Library, LogIn, ServiceProvider, Setup};

/// Who fetches answers, and whose request for them is signed.
async fn by_artifact(site: &Site, name: &str) -> ServiceProvider {
    let change = |setup: &mut Setup| setup.answers_by = Binding::Artifact;
    registered(site, Library::Pysaml2, name, change).await
}

/// What the browser brings a provider at the end of a log-in.
async fn brought(
    person: &mut Person<'_>,
    provider: &mut ServiceProvider,
    relay_state: &'static str,
) -> Fields {
    let log_in = LogIn { relay_state: Some(relay_state), ..LogIn::by(Binding::Redirect) };
    let place = provider.log_in(&log_in);
    let answer = bring(person, provider, &place).await;
    let address = Url::parse(answer.location().expect("an address")).expect("an address");
    assert!(address.as_str().starts_with(&provider.setup.consumer), "{address}");
    address.query_pairs().into_owned().collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_library_resolves_its_artifact_once_and_takes_the_assertion() {
    let site = Site::start().await;
    let mut provider = by_artifact(&site, "resolving").await;
    let mut dan = dan(&site).await;
    let fields = brought(&mut dan, &mut provider, ODD).await;
    assert!(fields.contains_key("SAMLart") && !fields.contains_key("SAMLResponse"), "{fields:?}");
    let identity = provider.judge(&fields);
    let identity = identity.unwrap_or_else(|refusal| panic!("{refusal:?}"));
    assert_eq!(identity.attributes[MAIL], ["dan@harbour.example"]);
    assert_eq!(identity.relay_state.as_deref(), Some(ODD));

    let again = provider.judge(&fields).expect_err("it was fetched");
    assert_eq!(again.error, "nothing", "{again:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_library_that_resolves_the_artifact_of_another_provider_gets_nothing() {
    let site = Site::start().await;
    let mut provider = by_artifact(&site, "resolving").await;
    let mut other = by_artifact(&site, "curious").await;
    // It goes by the name of the first, and has not its key.
    let mut impostor = ServiceProvider::start(Library::Pysaml2, provider.setup.clone());
    let mut dan = dan(&site).await;
    let fields = brought(&mut dan, &mut provider, "here").await;
    let theirs = other.judge(&fields).expect_err("it is not theirs");
    assert_eq!(theirs.error, "nothing", "{theirs:?}");
    let refused = impostor.judge(&fields).expect_err("another key");
    assert!(refused.message.contains("400"), "{refused:?}");
    let identity = provider.judge(&fields);
    assert!(identity.is_ok(), "it is there for the one that it is for: {identity:?}");
}
