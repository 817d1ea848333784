//! Service providers that others wrote, while the key that our messages are known by is changed.

use std::time::Duration;

use latchkey::audit::Origin;
use latchkey_core::Clock as _;
use latchkey_core::rng::SystemRng;
use latchkey_core::roles::Actor;
use latchkey_saml::keys::SignatureAlgorithm;

use super::saml::{asks, dan, registered};
use crate::support::http::Site;
use crate::support::service_provider::{Binding, Library, LogIn};

/// Libraries go by the clock of this machine, and allow for as much.
const LEAD: Duration = Duration::from_secs(60);

/// Changes the key while providers that read our metadata before and after are logged in to.
async fn change_key(algorithm: Option<SignatureAlgorithm>, libraries: &[Library]) {
    let site = Site::start().await;
    let mut dan = dan(&site).await;
    let ask = LogIn::by(Binding::Redirect);
    let mut late = Vec::new();
    for library in libraries {
        late.push(registered(&site, *library, "late", |_| {}).await);
    }
    let by = Origin { actor: Actor::Cli, address: None, at: site.clock.now() };
    let app = &site.app;
    app.keys.rotate_saml(&app.store, &SystemRng, algorithm, &by, LEAD).await.expect("rotated");
    site.clock.advance(Duration::from_secs(2));
    let mut early = Vec::new();
    for library in libraries {
        early.push(registered(&site, *library, "early", |_| {}).await);
    }
    for (library, provider) in libraries.iter().zip(&mut early) {
        let identity = asks(&mut dan, provider, &ask).await;
        assert!(identity.is_ok(), "{library:?} before: {identity:?}");
    }

    site.clock.advance(LEAD);
    for ((library, late), early) in libraries.iter().zip(&mut late).zip(&mut early) {
        let identity = asks(&mut dan, early, &ask).await;
        assert!(identity.is_ok(), "{library:?} after: {identity:?}");
        let refused = asks(&mut dan, late, &ask).await;
        assert!(refused.is_err(), "{library:?}, which read nothing: {refused:?}");
    }
}

#[tokio::test]
async fn a_new_key_is_taken_by_whoever_read_of_it_and_by_nobody_else() {
    change_key(None, &Library::ALL).await;
}

#[tokio::test]
async fn a_key_of_another_kind_is_taken_by_those_that_understand_it() {
    // node-saml knows no ECDSA.
    let libraries = [Library::Pysaml2, Library::Python3Saml];
    change_key(Some(SignatureAlgorithm::EcdsaSha256), &libraries).await;
}
