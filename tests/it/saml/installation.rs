//! What an installation settles for every service provider together, and says in its metadata.

use latchkey::config::Config;
use latchkey::saml::doctor::{self, Name, Outcome};
use latchkey_core::roles::Scope;

use super::refusals::{is_refused, told};
use super::{ENTITY, Provider, asserted, post, post_from_elsewhere, unsigned};
use crate::factors::{apply, record};
use crate::support::http::{DAN, Person, ROTA, Site};

/// eduPersonScopedAffiliation.
const AFFILIATION: &str = "urn:oid:1.3.6.1.4.1.5923.1.1.1.9";

async fn dan(site: &Site) -> Person<'_> {
    let mut dan = site.person();
    dan.tokens(ROTA, DAN).await;
    dan
}

/// The scopes of our metadata.
async fn scopes(site: &Site) -> Vec<String> {
    let metadata = site.get("/saml/metadata").await.body;
    let literal =
        "<shibmd:Scope xmlns:shibmd=\"urn:mace:shibboleth:metadata:1.0\" regexp=\"false\">";
    assert_eq!(metadata.matches("shibmd:Scope ").count(), metadata.matches(literal).count());
    let role = metadata.find("<md:IDPSSODescriptor ").expect("the role");
    assert!(metadata.find(literal).is_none_or(|at| at > role), "in the role's extensions");
    let found = metadata.split(literal).skip(1);
    found.map(|it| it.split('<').next().expect("an end").to_owned()).collect()
}

#[tokio::test]
async fn the_scope_of_a_subject_identifier_stands_in_our_metadata() {
    for kind in ["subject-id", "pairwise-id"] {
        let site = Site::start().await;
        let settings = format!("requests = \"unsigned\"\nsubject_id = \"{kind}\"");
        Provider::registered(&site, false, &settings).await;
        let page = dan(&site).await.get(&unsigned(&Provider::request(&site))).await;
        let (_, assertion) = asserted(&site, &page).await;
        let named = |name: &str| name == format!("urn:oasis:names:tc:SAML:attribute:{kind}");
        let found = assertion.attributes.iter().find(|it| named(&it.name)).expect("it is told");
        let (_, scope) = found.values[0].rsplit_once('@').expect("a scope");
        assert_eq!(scopes(&site).await, [scope], "{kind}");
    }
}

#[tokio::test]
async fn scopes_of_released_values_stand_in_our_metadata_where_they_are_set_and_the_doctor_knows() {
    let rules = format!(
        "attributes = [{{ name = \"{AFFILIATION}\", from = \"always:staff@northgate.example\" }}]"
    );
    for (set, discarded) in [(Vec::new(), true), (vec!["northgate.example".to_owned()], false)] {
        let site = Site::start_with(|config| config.saml.scopes = set).await;
        Provider::registered(&site, false, &rules).await;
        let own = scopes(&site).await;
        assert_eq!(own[0], "localhost");
        assert_eq!(own[1..].iter().any(|scope| scope == "northgate.example"), !discarded);
        let dan = record(&site, DAN.username).await.person;
        let report = doctor::test(&site.app, &Scope::Platform, ENTITY, Some(&dan)).await;
        let report = report.expect("the database answers").expect("it is registered");
        assert!(report.preview.is_some());
        let check = report.checks.iter().find(|check| check.name == Name::Preview).expect("one");
        assert_eq!(check.outcome == Outcome::Failed, discarded, "{check:?}");
        for word in ["Shibboleth discards", "staff@northgate.example", "localhost"] {
            assert_eq!(check.found.contains(word), discarded, "{check:?}");
        }
    }
}

#[tokio::test]
async fn where_every_request_has_to_be_signed_metadata_says_so_and_no_other_is_answered() {
    let wants = async |site: &Site| {
        let metadata = site.get("/saml/metadata").await.body;
        metadata.contains("<md:IDPSSODescriptor WantAuthnRequestsSigned=\"true\" ")
    };
    assert!(!wants(&Site::start().await).await, "else each is held to what it says itself");
    for (signs, settings) in [(false, ""), (true, ""), (false, "requests = \"unsigned\"")] {
        let set = |config: &mut Config| config.saml.require_signed_requests = true;
        let site = Site::start_with(set).await;
        assert!(wants(&site).await);
        let provider = Provider::registered(&site, signs, settings).await;
        let mut dan = dan(&site).await;
        let request = || Provider::request(&site);
        let path = unsigned(&request());
        is_refused(&dan.get(&path).await, "unsigned");
        let form = post(&request().write(None).expect("XML"), None);
        is_refused(&post_from_elsewhere(&mut dan, &site, &form).await, "an unsigned form");
        assert!(told(&site).await.iter().all(|reason| reason.contains("not signed")));
        let page = dan.get(&provider.redirect(&request(), None)).await;
        asserted(&site, &page).await;

        let report = doctor::examine(&site.app, &Scope::Platform, &path, None).await;
        let report = report.expect("the database answers");
        let check = report.checks.iter().find(|check| check.name == Name::Signature).expect("one");
        assert_eq!(check.outcome, Outcome::Failed);
        assert!(check.found.contains("[saml] says require_signed_requests"), "{check:?}");
    }
}

#[tokio::test]
async fn a_provider_without_a_key_cannot_sign_and_the_doctor_says_which_setting_demands_it() {
    let set = |config: &mut Config| config.saml.require_signed_requests = true;
    let site = Site::start_with(set).await;
    let provider = Provider::of(ENTITY, false);
    let file = std::fs::read_to_string(&provider.file).expect("metadata");
    let (before, rest) = file.split_once("<md:KeyDescriptor").expect("a key");
    let (_, after) = rest.split_once("</md:KeyDescriptor>").expect("its end");
    std::fs::write(&provider.file, format!("{before}{after}")).expect("written");
    apply(&site, &provider.document("requests = \"unsigned\"")).await;
    let mut dan = dan(&site).await;
    is_refused(&dan.get(&unsigned(&Provider::request(&site))).await, "unsigned");
    let report = doctor::test(&site.app, &Scope::Platform, ENTITY, None).await;
    let report = report.expect("the database answers").expect("it is registered");
    let check = report.checks.iter().find(|check| check.name == Name::Requests).expect("one");
    assert_eq!(check.outcome, Outcome::Failed);
    let words: String = check.remedies.iter().map(|remedy| remedy.words.as_str()).collect();
    assert!(words.contains("require_signed_requests"), "{check:?}");
}
