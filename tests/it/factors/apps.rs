//! Authenticator apps, with an app that is not ours: oathtool.

use std::process::Command;
use std::time::Duration;

use latchkey_core::{Clock as _, Timestamp};

use super::{apply, happened};
use crate::support::http::{AMY, Account, Answer, Person, ROTA, Request, Site, Tokens};

const IVY: Account = Account { username: "ivy.lane", password: "teapots on every windowsill" };

/// A small organisation in which nobody has anything but a password.
const SMALL: &str = r#"
[[organisation]]
id = "eastmoor"
name = "Eastmoor Hospice"
preset = "small"
policy = { grace_until = "2099-12-31" }

[[person]]
username = "ivy.lane"
organisation = "eastmoor"
name = "Ivy Lane"
password = "teapots on every windowsill"
"#;

/// What an app shows for a secret.
pub(crate) fn shows(secret: &str, now: Timestamp) -> String {
    let at = format!("@{}", now.seconds());
    let output = Command::new("oathtool")
        .args(["--totp", "--base32", "--now", &at, secret])
        .output()
        .expect("oathtool starts; tests/run installs it");
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).expect("digits").trim().to_owned()
}

/// The secret that a page tells to type.
pub(crate) fn secret(page: &Answer) -> String {
    let (_, rest) = page.body.split_once("<p class=\"secret\"><code>").expect("a secret");
    rest.split("</code>").next().unwrap_or_default().to_owned()
}

/// Enrols an app on the way to an application; tells its secret and where the way leads.
async fn enrol(ivy: &mut Person<'_>, clock: &impl latchkey_core::Clock) -> (String, Answer) {
    let page = ivy.open(&Request::new(ROTA).path()).await;
    let page = ivy.type_password(&page, IVY).await;
    assert_eq!(page.heading(), "Set up your security key");
    let page = ivy.open(&page.url.replace("enrol/passkey", "enrol/totp")).await;
    assert_eq!(page.heading(), "Set up an authenticator app");
    let secret = secret(&page);
    let form = page.form("/enrol/totp").with("code", &shows(&secret, clock.now()));
    (secret, ivy.submit(&form).await)
}

/// The page that asks for a code, after the password.
async fn to_code(ivy: &mut Person<'_>) -> Answer {
    let page = ivy.open(&Request::new(ROTA).path()).await;
    ivy.type_password(&page, IVY).await
}

#[tokio::test]
async fn an_app_is_enrolled_by_a_code_and_password_with_code_is_mfa() {
    let site = Site::start().await;
    apply(&site, SMALL).await;
    let mut ivy = site.person();
    let (secret, end) = enrol(&mut ivy, &*site.clock).await;
    let tokens = Tokens::of(&site.redeem(ROTA, &end.callback().code()).await);
    let claims = site.verified(&tokens.id).await.claims;
    assert_eq!(claims["amr"], serde_json::json!(["pwd", "otp", "mfa"]));
    assert_eq!(claims["acr"], "https://refeds.org/profile/mfa");
    assert_eq!(happened(&site, "AppEnrolled").await, 1);

    // The same code again, in another browser: it was used.
    let mut again = site.person();
    let page = to_code(&mut again).await;
    assert_eq!(page.heading(), "Now use your authenticator app");
    let code = shows(&secret, site.clock.now());
    let page = again.submit(&page.form("/factor/totp").with("code", &code)).await;
    assert_eq!(page.status, 422);
    assert!(page.body.contains("was used already"), "{}", page.body);
    // The next one counts, however it is typed.
    site.clock.advance(Duration::from_secs(30));
    let code = shows(&secret, site.clock.now());
    let typed = format!(" {} {}", &code[..3], &code[3..]);
    let page = again.submit(&page.form("/factor/totp").with("code", &typed)).await;
    page.callback().code();
}

#[tokio::test]
async fn of_many_browsers_that_send_one_code_at_once_one_is_logged_in() {
    let site = Site::start().await;
    apply(&site, SMALL).await;
    let mut ivy = site.person();
    let (secret, _) = enrol(&mut ivy, &*site.clock).await;
    site.clock.advance(Duration::from_secs(60));
    let code = shows(&secret, site.clock.now());
    let mut waiting = Vec::new();
    for _ in 0..20 {
        let mut browser = site.person();
        let form = to_code(&mut browser).await.form("/factor/totp").with("code", &code);
        waiting.push((browser, form));
    }
    let sent = waiting.into_iter().map(|(mut browser, form)| async move {
        browser.submit(&form).await.location().is_some_and(|to| to.contains("code="))
    });
    let sent = futures_util::future::join_all(sent).await;
    assert_eq!(sent.into_iter().filter(|logged_in| *logged_in).count(), 1);
}

#[tokio::test]
async fn a_wrong_code_enrols_nothing_and_shows_no_secret_again() {
    let site = Site::start().await;
    apply(&site, SMALL).await;
    let mut ivy = site.person();
    let page = to_code(&mut ivy).await;
    let page = ivy.open(&page.url.replace("enrol/passkey", "enrol/totp")).await;
    let secret = secret(&page);
    let mut answer = page;
    for wrong in ["", "12345", "abcdef", "000000"] {
        let form = answer.form("/enrol/totp").with("code", wrong);
        answer = ivy.submit(&form).await;
        assert_eq!(answer.status, 422, "{wrong}");
        assert!(!answer.body.contains(&secret), "a secret is shown once");
    }
    // Given up after five: even the right code comes too late.
    let form = answer.form("/enrol/totp");
    answer = ivy.submit(&form.with("code", "111111")).await;
    site.clock.advance(Duration::from_secs(31));
    let right = answer.form("/enrol/totp").with("code", &shows(&secret, site.clock.now()));
    let answer = ivy.submit(&right).await;
    assert_eq!(answer.status, 422);
    assert!(answer.body.contains("The time for this ran out"), "{}", answer.body);
    assert_eq!(happened(&site, "AppEnrolled").await, 0);
}

#[tokio::test]
async fn guessing_codes_ends_and_a_key_and_other_people_get_in_meanwhile() {
    let site = Site::start().await;
    let mut amy = site.person();
    amy.log_in(&Request::new(ROTA), AMY).await.code();
    let page = amy.open("/account/app/new").await;
    let secret = secret(&page);
    let form = page.form("/account/app/new").with("code", &shows(&secret, site.clock.now()));
    amy.submit(&form).await;
    amy.jar.clear();
    site.clock.advance(Duration::from_secs(60));

    // Whoever guesses has the password, and begins anew as often as they like.
    let mut looked_at = 0;
    for guess in 0..8 {
        let mut thief = site.person();
        let page = thief.open(&Request::new(ROTA).path()).await;
        let page = thief.type_password(&page, AMY).await;
        let page = thief.open(&page.url.replace("factor/passkey", "factor/totp")).await;
        let form = page.form("/factor/totp").with("code", &format!("00000{guess}"));
        let page = thief.submit(&form).await;
        looked_at += usize::from(page.status == 422);
        if looked_at == 5 && page.status == 429 {
            assert!(page.body.contains("Too many codes were wrong"), "{}", page.body);
            assert!(page.header("retry-after").is_some());
            // The right one is not looked at either.
            let code = shows(&secret, site.clock.now());
            let page = thief.submit(&page.form("/factor/totp").with("code", &code)).await;
            assert_eq!(page.status, 429);
        }
    }
    assert_eq!(looked_at, 5);
    assert_eq!(happened(&site, "LoginRefused { factor: \"totp\"").await, 6);

    amy.log_in(&Request::new(ROTA), AMY).await.code();
    let mut amy = site.person();
    site.clock.advance(Duration::from_secs(31));
    let page = amy.open(&Request::new(ROTA).path()).await;
    let page = amy.type_password(&page, AMY).await;
    let page = amy.open(&page.url.replace("factor/passkey", "factor/totp")).await;
    let code = shows(&secret, site.clock.now());
    amy.submit(&page.form("/factor/totp").with("code", &code)).await.callback().code();
}

#[tokio::test]
async fn an_app_that_policy_no_longer_allows_logs_nobody_in() {
    let site = Site::start().await;
    apply(&site, SMALL).await;
    let mut ivy = site.person();
    enrol(&mut ivy, &*site.clock).await;
    let stricter = r#"policy = { methods = ["key", "passkey"] }"#;
    apply(&site, &SMALL.replace(r#"policy = { grace_until = "2099-12-31" }"#, stricter)).await;
    tokio::time::sleep(Duration::from_secs(2)).await;
    let page = to_code(&mut site.person()).await;
    assert_eq!(page.heading(), "Call your helpdesk to go on");
}

#[tokio::test]
async fn somebody_with_a_key_turns_an_app_on_and_off_again() {
    let site = Site::start().await;
    let mut amy = site.person();
    amy.log_in(&Request::new(ROTA), AMY).await.code();
    let page = amy.open("/account/app/new").await;
    let code = shows(&secret(&page), site.clock.now());
    let page = amy.submit(&page.form("/account/app/new").with("code", &code)).await;
    assert!(page.body.contains("Your authenticator app is turned on."), "{}", page.body);
    let form = amy.open("/account/app/remove").await.form("/account/app/remove");
    let page = amy.submit(&form).await;
    assert!(page.body.contains("Your authenticator app is removed."), "{}", page.body);
    assert_eq!(happened(&site, "AppRemoved").await, 1);
}

#[tokio::test]
async fn an_app_that_is_the_last_way_in_stays() {
    let site = Site::start().await;
    apply(&site, SMALL).await;
    let mut ivy = site.person();
    enrol(&mut ivy, &*site.clock).await;
    let page = ivy.open("/account/app/remove").await;
    assert!(page.body.contains("your last way to log in"), "{}", page.body);
    assert!(!page.has_form("/account/app/remove"));
}

#[tokio::test]
async fn where_a_password_logs_in_alone_it_changes_nothing_that_stands_beside_it() {
    let site = Site::start().await;
    let alone = r#"policy = { grace_until = "2099-12-31", required = "password" }"#;
    apply(&site, &SMALL.replace(r#"policy = { grace_until = "2099-12-31" }"#, alone)).await;
    let mut ivy = site.person();
    ivy.log_in(&Request::new(ROTA), IVY).await.code();
    let page = ivy.open("/account/app/new").await;
    let code = shows(&secret(&page), site.clock.now());
    let page = ivy.submit(&page.form("/account/app/new").with("code", &code)).await;
    assert!(page.body.contains("Your authenticator app is turned on."), "{}", page.body);

    // Whoever has the password and not the phone.
    let mut other = site.person();
    other.log_in(&Request::new(ROTA), IVY).await.code();
    for path in
        ["/account/keys/new", "/account/app/new", "/account/app/remove", "/account/password"]
    {
        let page = other.open(path).await;
        assert_eq!(page.heading(), "Now use your authenticator app", "{path}");
    }
}

/// Somebody who brings their app along, as a document of the server's operator says.
const KAY: Account = Account { username: "kay.moss", password: "kettles on the window sill" };
const KAYS_SECRET: &str = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP";

#[tokio::test]
async fn an_app_that_a_document_describes_logs_in_and_stays_as_it_is() {
    let site = Site::start().await;
    let document = format!(
        "{SMALL}\n[[person]]\nusername = \"{}\"\norganisation = \"eastmoor\"\nname = \"Kay Moss\"\n\
         password = \"{}\"\ntotp_secret = \"{KAYS_SECRET}\"\n",
        KAY.username, KAY.password
    );
    for round in 0..2 {
        // The second time, the step that was used before still counts as used.
        apply(&site, &document).await;
        let mut kay = site.person();
        let page = kay.open(&Request::new(ROTA).path()).await;
        let page = kay.type_password(&page, KAY).await;
        assert_eq!(page.heading(), "Now use your authenticator app");
        let code = shows(KAYS_SECRET, site.clock.now());
        let page = kay.submit(&page.form("/factor/totp").with("code", &code)).await;
        match round {
            0 => drop(page.callback().code()),
            _ => assert!(page.body.contains("was used already"), "{}", page.body),
        }
    }
    // And it lets nobody set a key up who has the password alone.
    let mut other = site.person();
    let page = other.open(&Request::new(ROTA).path()).await;
    let page = other.type_password(&page, KAY).await;
    let page = other.open(&page.url.replace("factor/totp", "enrol/passkey")).await;
    assert_eq!(page.heading(), "Now use your authenticator app");
}
