//! Log-ins at relying parties that know the issuer's address and discover the rest.

use crate::support::http::{
    Authentication, Client, DAN, DIARY, LOGGED_OUT_URI, NOTES, OTHER_URI, PHONE, ROTA, Request,
    STOCK, Site,
};
use crate::support::relying_party::{Kind, RelyingParty, Setup};

fn setup(site: &Site, client: Client) -> Setup {
    let secret =
        (client.authentication != Authentication::None).then(|| client.secret().to_owned());
    Setup {
        issuer: site.issuer.clone(),
        client_id: client.id.to_owned(),
        client_secret: secret,
        auth_method: match client.authentication {
            Authentication::Basic => "client_secret_basic",
            Authentication::Post => "client_secret_post",
            Authentication::None => "none",
        },
        // openid-client takes the query of a callback for the answer's alone.
        redirect_uri: OTHER_URI.to_owned(),
        post_logout_redirect_uri: Some(LOGGED_OUT_URI.to_owned()),
        scope: "openid profile email offline_access".to_owned(),
        id_token_signed_response_alg: Some(client.algorithm),
        reuse_refresh_token: true,
        ..Setup::default()
    }
}

#[tokio::test]
async fn a_person_logs_in_stays_logged_in_and_logs_out() {
    let site = Site::start().await;
    for kind in Kind::ALL {
        // Authlib does not encode its secret for the header.
        let basic = if kind == Kind::Authlib { DIARY } else { ROTA };
        for client in [basic, STOCK, PHONE] {
            let mut dan = site.person();
            let party = RelyingParty::start(kind, &setup(&site, client)).await;
            let party = party.unwrap_or_else(|refusal| panic!("{kind:?} {client:?}: {refusal:?}"));
            let page = dan.open(&party.authorization_url).await;
            let back = dan.type_password(&page, DAN).await.callback();
            let outcome = party.finish(&back.url).await;
            let outcome =
                outcome.unwrap_or_else(|refusal| panic!("{kind:?} {client:?}: {refusal:?}"));
            assert_eq!(outcome.claims["iss"], site.issuer.as_str());
            assert_eq!(outcome.userinfo["sub"], outcome.claims["sub"]);
            assert_eq!(outcome.userinfo["email"], "dan@harbour.example");
            assert_eq!(outcome.refreshed.len(), 2, "{kind:?} {client:?}");
            assert_eq!(outcome.reuse_error.as_deref(), Some("invalid_grant"));
            let out = outcome.end_session_url.expect("a log-out");
            let back = dan.open(&out).await.callback();
            assert!(back.url.starts_with(LOGGED_OUT_URI), "{}", back.url);
            let silent = Request::new(ROTA).with("prompt", "none");
            assert_eq!(dan.get(&silent.path()).await.callback().error(), "login_required");
        }
    }
}

#[tokio::test]
async fn a_refusal_reaches_the_relying_party_as_its_error() {
    let site = Site::start().await;
    for kind in Kind::ALL {
        let mut dan = site.person();
        dan.tokens(ROTA, DAN).await;
        let party = RelyingParty::start(kind, &setup(&site, NOTES)).await.expect("it starts");
        let consent = dan.open(&party.authorization_url).await;
        let form = consent.form("/consent").with("decision", "deny");
        let back = dan.submit(&form).await.callback();
        let refusal = party.finish(&back.url).await.expect_err("a refusal");
        assert!(format!("{refusal:?}").contains("access_denied"), "{kind:?}: {refusal:?}");
    }
}

#[tokio::test]
async fn an_answer_that_somebody_changed_is_refused_by_the_relying_party() {
    let site = Site::start().await;
    for kind in Kind::ALL {
        let mut dan = site.person();
        dan.tokens(ROTA, DAN).await;
        let mut refused = Vec::new();
        for change in ["state", "code"] {
            let party = RelyingParty::start(kind, &setup(&site, DIARY)).await.expect("it starts");
            let back = dan.open(&party.authorization_url).await.callback();
            let value = back.one(change).expect("a value").to_owned();
            let url = back.url.replace(&value, "changed");
            refused.push(party.finish(&url).await.is_err());
        }
        assert_eq!(refused, [true, true], "{kind:?}");
    }
}
