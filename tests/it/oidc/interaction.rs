//! What a request asks of the person: whether, whom, how freshly, how strongly, and in which
//! language (OpenID Connect Core §3.1.2.1, §5.5.1.1).

use std::time::Duration;

use crate::factors::apply;
use crate::support::http::{
    AMY, Answer, CLOUD, DAN, NOTES, Person, ROBIN, ROTA, Request, STOCK, Site, Tokens,
};

const HOUR: Duration = Duration::from_secs(3600);

async fn auth_time(site: &Site, code: &str) -> i64 {
    let tokens = Tokens::of(&site.redeem(ROTA, code).await);
    site.verified(&tokens.id).await.claims["auth_time"].as_i64().expect("seconds")
}

fn is_log_in(answer: &Answer) -> bool {
    answer.status == 200 && answer.has_form("/identify")
}

/// What the person is asked, or what goes back.
async fn ask(person: &mut Person<'_>, request: &Request) -> Answer {
    person.open(&request.path()).await
}

#[tokio::test]
async fn a_session_answers_the_next_application_without_asking() {
    let site = Site::start().await;
    let mut dan = site.person();
    let first = dan.tokens(ROTA, DAN).await;
    for request in [Request::new(STOCK), Request::new(STOCK).with("prompt", "none")] {
        let code = dan.get(&request.path()).await.callback().code();
        let tokens = Tokens::of(&site.redeem(STOCK, &code).await);
        let claims = site.verified(&tokens.id).await.claims;
        let earlier = site.verified(&first.id).await.claims;
        for name in ["sub", "sid", "auth_time", "acr"] {
            assert_eq!(claims[name], earlier[name], "{name}");
        }
    }
}

#[tokio::test]
async fn without_a_session_prompt_none_is_login_required() {
    let site = Site::start().await;
    let silent = Request::new(ROTA).with("prompt", "none");
    let mut dan = site.person();
    assert_eq!(ask(&mut dan, &silent).await.callback().error(), "login_required");
    dan.jar.insert("latchkey-session".into(), "made-up".into());
    assert_eq!(ask(&mut dan, &silent).await.callback().error(), "login_required");
    dan.jar.clear();
    dan.tokens(ROTA, DAN).await;
    site.clock.advance(HOUR * 24 * 7);
    assert_eq!(ask(&mut dan, &silent).await.callback().error(), "login_required", "long ago");
}

#[tokio::test]
async fn half_a_log_in_is_no_session() {
    let site = Site::start().await;
    let mut amy = site.person();
    let page = amy.open(&Request::new(ROTA).path()).await;
    let enrol = amy.type_password(&page, AMY).await;
    assert!(enrol.url.ends_with("/enrol/passkey"), "{}", enrol.url);
    assert!(amy.session().is_some());
    for prompt in [Some("none"), None] {
        let request = Request::new(ROTA);
        let request = match prompt {
            Some(prompt) => request.with("prompt", prompt),
            None => request,
        };
        let answer = ask(&mut amy, &request).await;
        if prompt.is_some() {
            assert_eq!(answer.callback().error(), "login_required");
        } else {
            assert!(is_log_in(&answer), "{}", answer.heading());
        }
    }
    let account = amy.open("/account").await;
    assert!(is_log_in(&account), "{}", account.heading());
}

#[tokio::test]
async fn prompt_login_asks_again_and_tells_the_new_time() {
    let site = Site::start().await;
    let mut dan = site.person();
    let code = dan.log_in(&Request::new(ROTA), DAN).await.code();
    let before = auth_time(&site, &code).await;
    site.clock.advance(HOUR / 60);
    for (name, value) in [("prompt", "login"), ("prompt", "select_account"), ("max_age", "0")] {
        let request = Request::new(ROTA).with(name, value);
        let page = ask(&mut dan, &request).await;
        assert!(is_log_in(&page), "{name}={value}");
        // The way back, and a second tab, do not get around it.
        assert!(is_log_in(&ask(&mut dan, &request).await));
        let code = dan.type_password(&page, DAN).await.callback().code();
        assert!(auth_time(&site, &code).await >= before + 60);
    }
}

#[tokio::test]
async fn max_age_asks_again_only_when_the_log_in_is_older() {
    let site = Site::start().await;
    let mut dan = site.person();
    let code = dan.log_in(&Request::new(ROTA), DAN).await.code();
    let before = auth_time(&site, &code).await;
    let request = Request::new(ROTA).with("max_age", "300");
    site.clock.advance(Duration::from_secs(200));
    let code = dan.get(&request.path()).await.callback().code();
    assert_eq!(auth_time(&site, &code).await, before);
    site.clock.advance(Duration::from_secs(200));
    let silent = request.clone().with("prompt", "none");
    assert_eq!(dan.get(&silent.path()).await.callback().error(), "login_required");
    let page = ask(&mut dan, &request).await;
    assert!(is_log_in(&page));
    let code = dan.type_password(&page, DAN).await.callback().code();
    assert!(auth_time(&site, &code).await >= before + 400);
}

#[tokio::test]
async fn a_hint_at_somebody_else_never_gets_an_answer_about_the_one_who_is_here() {
    let site = Site::start().await;
    let robin = site.person().tokens(ROTA, ROBIN).await;
    let mut dan = site.person();
    let own = dan.tokens(ROTA, DAN).await;
    let hinted = |token: &str| Request::new(ROTA).with("id_token_hint", token);
    assert!(
        !ask(&mut dan, &hinted(&own.id).with("prompt", "none")).await.callback().code().is_empty()
    );
    let silent = hinted(&robin.id).with("prompt", "none");
    assert_eq!(ask(&mut dan, &silent).await.callback().error(), "login_required");
    let page = ask(&mut dan, &hinted(&robin.id)).await;
    assert!(is_log_in(&page));
    let back = dan.type_password(&page, DAN).await.callback();
    assert_eq!((back.error().as_str(), back.one("code")), ("login_required", None));
    let page = ask(&mut dan, &hinted(&robin.id)).await;
    let code = dan.type_password(&page, ROBIN).await.callback().code();
    assert!(!code.is_empty());
    let claims = format!(
        r#"{{"id_token":{{"sub":{{"value":{}}}}}}}"#,
        site.verified(&own.id).await.claims["sub"]
    );
    let silent = Request::new(ROTA).with("claims", &claims).with("prompt", "none");
    assert_eq!(ask(&mut dan, &silent).await.callback().error(), "login_required", "now Robin");
}

#[tokio::test]
async fn a_hint_has_to_be_an_id_token_that_the_same_client_got() {
    let site = Site::start().await;
    let mut dan = site.person();
    let own = dan.tokens(ROTA, DAN).await;
    let (head, signature) = own.id.rsplit_once('.').expect("three parts");
    let unsigned = format!("{head}.");
    let turned: String = signature.chars().rev().collect();
    let turned = format!("{head}.{turned}");
    let none = "eyJhbGciOiJub25lIn0";
    let payload = head.split('.').nth(1).expect("a payload");
    let none = format!("{none}.{payload}.");
    for hint in [&*unsigned, &turned, &none, &own.access] {
        let request = Request::new(ROTA).with("id_token_hint", hint).with("prompt", "none");
        assert_eq!(ask(&mut dan, &request).await.callback().error(), "invalid_request");
    }
    let stolen = Request::new(STOCK).with("id_token_hint", &own.id);
    assert_eq!(ask(&mut dan, &stolen).await.callback().error(), "invalid_request");
    // OpenID Connect Core §3.1.2.1: a hint may have expired.
    site.clock.advance(site.app.config.lifetimes.id_token + HOUR / 60);
    let request = Request::new(ROTA).with("id_token_hint", &own.id);
    let answer = ask(&mut dan, &request).await;
    assert!(is_log_in(&answer) || !answer.callback().code().is_empty());
}

#[tokio::test]
async fn an_essential_acr_out_of_reach_is_unmet_and_a_wish_is_passed_over() {
    let site = Site::start().await;
    let essential = r#"{"id_token":{"acr":{"essential":true,"values":["phr"]}}}"#;
    let request = Request::new(ROTA).with("claims", essential);
    let back = site.person().log_in(&request, DAN).await;
    assert_eq!(
        (back.error().as_str(), back.one("code")),
        ("unmet_authentication_requirements", None)
    );
    let unknown = essential.replace("phr", "urn:x:strongest");
    let back = ask(&mut site.person(), &Request::new(ROTA).with("claims", &unknown)).await;
    assert_eq!(back.callback().error(), "unmet_authentication_requirements");
    let mut dan = site.person();
    let wish = Request::new(ROTA).with("acr_values", "phr");
    let tokens = dan.tokens_for(ROTA, &wish, DAN).await;
    let acr = site.verified(&tokens.id).await.claims["acr"].clone();
    assert_ne!(acr, "phr");
    let here = ask(&mut dan, &request.with("prompt", "none")).await.callback();
    assert_eq!(here.one("code"), None);
    let tokens =
        site.person().tokens_for(ROTA, &Request::new(ROTA).with("claims", essential), AMY).await;
    assert_eq!(site.verified(&tokens.id).await.claims["acr"], "phr");
}

#[tokio::test]
async fn an_application_that_has_words_of_its_own_asks_and_is_told_with_them() {
    const OWN: &str = "https://cloud.example/multipleauthn";
    let site = Site::start().await;
    let essential = format!(r#"{{"id_token":{{"acr":{{"essential":true,"values":["{OWN}"]}}}}}}"#);
    let plain = Request::new(CLOUD);
    let mut amy = site.person();
    for request in [&plain.clone().with("claims", &essential), &plain] {
        amy.jar.clear();
        let tokens = amy.tokens_for(CLOUD, request, AMY).await;
        let claims = site.verified(&tokens.id).await.claims;
        assert_eq!((&claims["acr"], &claims["amr"]), (&OWN.into(), &serde_json::json!(["pop"])));
    }
    let back = site.person().log_in(&plain.with("claims", &essential), DAN).await;
    assert_eq!(back.error(), "unmet_authentication_requirements", "one factor is not two");
    // To anybody else it means nothing.
    let request = Request::new(ROTA).with("claims", &essential);
    let back = ask(&mut site.person(), &request).await.callback();
    assert_eq!(back.error(), "unmet_authentication_requirements");
}

#[tokio::test]
async fn a_weaker_session_is_stepped_up_and_never_taken_for_more() {
    let site = Site::start().await;
    let mut amy = site.person();
    amy.tokens(ROTA, AMY).await;
    let page = ask(&mut amy, &Request::new(ROTA).with("prompt", "login")).await;
    let key = amy.type_password(&page, AMY).await;
    assert!(key.url.ends_with("/factor/passkey"), "the password alone: {}", key.url);
    let form = key.form("/factor/passkey");
    assert!(!amy.use_key(&form).await.callback().code().is_empty());
}

#[tokio::test]
async fn a_key_alone_logs_in_with_and_without_a_user_name() {
    let site = Site::start().await;
    let mut amy = site.person();
    let first = amy.tokens(ROTA, AMY).await;
    for name in ["", AMY.username] {
        amy.jar.clear();
        let page = ask(&mut amy, &Request::new(ROTA)).await;
        let form = page.form("/key").with("username", name);
        let code = amy.use_key(&form).await.callback().code();
        let tokens = Tokens::of(&site.redeem(ROTA, &code).await);
        let claims = site.verified(&tokens.id).await.claims;
        assert_eq!(claims["sub"], site.verified(&first.id).await.claims["sub"]);
        assert_eq!(claims["acr"], "phr");
    }
}

#[tokio::test]
async fn consent_is_asked_once_and_again_for_more() {
    let site = Site::start().await;
    let narrow = Request::new(NOTES).with("scope", "openid profile");
    let mut dan = site.person();
    let page = ask(&mut dan, &narrow).await;
    let consent = dan.type_password(&page, DAN).await;
    assert!(consent.has_form("/consent") && consent.body.contains("The notes"));
    let silent = narrow.clone().with("prompt", "none");
    dan.tokens(ROTA, DAN).await;
    assert_eq!(ask(&mut dan, &silent).await.callback().error(), "consent_required");
    let consent = ask(&mut dan, &narrow).await;
    let form = consent.form("/consent").with("decision", "allow");
    assert!(!dan.submit(&form).await.callback().code().is_empty());
    for request in [&narrow, &silent] {
        assert!(!ask(&mut dan, request).await.callback().code().is_empty());
    }
    let wider = Request::new(NOTES);
    assert_eq!(
        ask(&mut dan, &wider.clone().with("prompt", "none")).await.callback().error(),
        "consent_required"
    );
    assert!(ask(&mut dan, &wider).await.has_form("/consent"));
    assert!(ask(&mut dan, &narrow.with("prompt", "consent")).await.has_form("/consent"));
    let mut robin = site.person();
    robin.tokens(ROTA, ROBIN).await;
    assert!(ask(&mut robin, &wider).await.has_form("/consent"), "each says so themselves");
}

#[tokio::test]
async fn consent_names_a_language_as_its_speakers_do_and_says_one_that_nobody_knows_as_it_is() {
    for (locale, said) in [("cy-GB", "Cymraeg"), ("<x>", "&lt;x&gt;")] {
        let site = Site::start().await;
        let claims = format!(
            "[[person]]\nusername = \"dan.quay\"\norganisation = \"harbour\"\n\
             name = \"Dan Quay\"\nclaims = {{ locale = \"{locale}\" }}\n"
        );
        apply(&site, &claims).await;
        let mut dan = site.person();
        let page = ask(&mut dan, &Request::new(NOTES)).await;
        let consent = dan.type_password(&page, DAN).await;
        let item = format!("<dt>Your language</dt><dd>{said}</dd>");
        assert!(consent.body.contains(&item), "{}", consent.body);
    }
}

#[tokio::test]
async fn consent_denied_is_access_denied_and_nothing_is_remembered() {
    let site = Site::start().await;
    let mut dan = site.person();
    dan.tokens(ROTA, DAN).await;
    for _ in 0..2 {
        let consent = ask(&mut dan, &Request::new(NOTES)).await;
        let form = consent.form("/consent");
        let neither = dan.post(&form).await;
        assert_eq!((neither.status, neither.location()), (400, None));
        let back = dan.submit(&form.with("decision", "deny")).await.callback();
        assert_eq!((back.error().as_str(), back.one("state")), ("access_denied", Some("state-1")));
        assert_eq!(back.one("iss"), Some(&*site.issuer));
    }
}

#[tokio::test]
async fn a_login_hint_is_filled_in_and_nothing_more() {
    let site = Site::start().await;
    for hint in ["dan.quay", "nobody.here", "\"><script>alert(1)</script>"] {
        let page = ask(&mut site.person(), &Request::new(ROTA).with("login_hint", hint)).await;
        assert_eq!(page.form("/identify").field("username"), Some(hint));
        assert!(!page.body.contains("<script>alert"));
    }
    let long = "a".repeat(5000);
    let page = ask(&mut site.person(), &Request::new(ROTA).with("login_hint", &long)).await;
    assert!(is_log_in(&page));
}

#[tokio::test]
async fn ui_locales_choose_the_language_among_those_that_there_are() {
    let site = Site::start().await;
    for (locales, language) in [("cy", "cy"), ("xx cy en", "cy"), ("cy-GB", "cy"), ("xx", "en")] {
        let request = Request::new(ROTA).with("ui_locales", locales);
        let page = ask(&mut site.person(), &request).await;
        assert_eq!(page.language(), language, "{locales}");
        assert_eq!(page.heading(), if language == "cy" { "Mewngofnodi" } else { "Log in" });
    }
}
