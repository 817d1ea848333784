//! Log-ins at a service provider on samael, which verifies with xmlsec and is written in Rust as we
//! are.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use latchkey_saml::names::NameIdFormat;

use super::saml::{
    Change, MAIL, MFA, ODD, PASSWORD, answered, asks, bring, dan, logs_in, registered_with,
    without_signature, xml,
};
use crate::support::http::{AMY, DAN, ROTA, Request, Site};
use crate::support::service_provider::{Binding, Library, LogIn, ServiceProvider, Setup};

/// What samael can be asked, which signs no posted requests.
async fn samael(site: &Site, name: &str, signs: bool, settings: &str) -> ServiceProvider {
    let change = |setup: &mut Setup| setup.signs_requests = signs;
    registered_with(site, Library::Samael, name, settings, change).await
}

#[tokio::test]
async fn somebody_is_logged_in_at_samael_and_stepped_up_with_a_key() {
    let site = Site::start().await;
    for (signs, settings) in [(true, "requests = 'signed'"), (false, "")] {
        let name = if signs { "signing" } else { "plain" };
        let mut provider = samael(&site, name, signs, settings).await;
        let bindings: &[Binding] = if signs { &[Binding::Redirect] } else { &Binding::ALL };
        for &binding in bindings {
            let asked = LogIn { relay_state: Some(ODD), ..LogIn::by(binding) };
            let identity = logs_in(&mut site.person(), &mut provider, &asked, DAN).await;
            let identity = identity.unwrap_or_else(|refusal| panic!("{binding:?}: {refusal:?}"));
            assert_eq!(identity.attributes[MAIL], ["dan@harbour.example"]);
            assert_eq!(identity.friendly.expect("it has them")["displayName"], ["Dan Quay"]);
            assert_eq!(identity.class, PASSWORD);
            assert_eq!(identity.name_id.format.as_deref(), Some(NameIdFormat::Persistent.uri()));
            assert_eq!(identity.relay_state.as_deref(), Some(ODD));
            assert!(identity.session_index.is_some());
        }
    }
    // Her password alone does not come up to it.
    let mut provider = samael(&site, "strict", true, "").await;
    let mut amy = site.person();
    amy.log_in(&Request::new(ROTA), AMY).await.code();
    amy.jar.clear();
    let mfa = LogIn { classes: &[MFA], ..LogIn::by(Binding::Redirect) };
    let place = provider.log_in(&mfa);
    let page = bring(&mut amy, &provider, &place).await;
    let page = amy.type_password(&page, AMY).await;
    let page = amy.use_key(&page.form("/factor/passkey")).await;
    let identity = provider.judge(&answered(&page, &provider)).expect("an assertion");
    assert_eq!(identity.class, MFA);
}

#[tokio::test]
async fn samael_refuses_what_somebody_changed_what_answers_another_request_and_what_says_no() {
    let site = Site::start().await;
    let mut provider = samael(&site, "changed", true, "").await;
    let mut dan = dan(&site).await;
    let unsigned: Change = |xml| without_signature(&without_signature(xml, 1), 0);
    let changes: [(&str, Change); 4] = [
        ("an attribute", |xml| xml.replace("dan@harbour.example", "eve@harbour.example")),
        ("the class", |xml| xml.replace(PASSWORD, MFA)),
        ("where it may be shown", |xml| xml.replace("/saml/consumer", "/saml/elsewhere")),
        ("both signatures", unsigned),
    ];
    for (what, change) in changes {
        let place = provider.log_in(&LogIn::by(Binding::Redirect));
        let page = bring(&mut dan, &provider, &place).await;
        let mut fields = answered(&page, &provider);
        let sent = xml(&fields, "SAMLResponse");
        let changed = change(&sent);
        assert_ne!(changed, sent, "{what}");
        fields.insert("SAMLResponse".into(), STANDARD.encode(changed));
        let refused = provider.judge(&fields);
        assert!(refused.is_err(), "{what}: {refused:?}");
        // Unchanged, it is taken, and by nobody who did not ask.
        fields.insert("SAMLResponse".into(), STANDARD.encode(&sent));
        assert!(provider.judge(&fields).is_ok(), "{what}");
        provider.log_in(&LogIn::by(Binding::Redirect));
        assert!(provider.judge(&fields).is_err(), "it answers another request");
    }
    let asked = LogIn { passive: true, ..LogIn::by(Binding::Redirect) };
    let refusal = asks(&mut site.person(), &mut provider, &asked).await.expect_err("a refusal");
    assert!(refusal.message.contains("status:Responder"), "{refusal:?}");
}
