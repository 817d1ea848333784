//! What goes out comes back.

use super::*;

const EVERYTHING: &str = r##"
[[organisation]]
id = "ward"
name = "Ward \"7\" \\ 7"
parent = "northgate"

[[organisation]]
id = "northgate"
name = "Northgate Trust"
preset = "hospital"
helpdesk = { name = "Desk", phone = "01632 960 001", hours = "07:00", email = "d@n.example", reporting = "Tell security" }
policy = { required = "phishing-resistant", grace_until = 2099-12-31, models_allowed = [], step_up_minutes = 5 }
[organisation.brand]
colour = "#1f4e96"
logo = "data:image/svg+xml;base64,PHN2ZyB4bWxucz0iaHR0cDovL3d3dy53My5vcmcvMjAwMC9zdmciLz4="

[[person]]
username = "Zoë.Ward"
organisation = "ward"
name = "Zoë Ward"
state = "invited"

[[person]]
username = "amy.ward"
organisation = "northgate"
name = "Amy Ward"
email = "amy@northgate.example"
password_hash = "$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHRzYWx0c2FsdA$6qC5VNSxY7JtRSe7JcLpFj1QJgj8qd0h4QbQZ9cbVJ0"
claims = { given_name = "Amy", address = { locality = "Northgate", region = "line\nline" }, phone_number_verified = true }
ever_had_factor = true

[[platform]]
policy = { required = "mfa", models_denied = ["00000000-0000-0000-0000-000000000001"] }

[[group]]
id = "theatre"
organisation = "northgate"
name = "Theatre staff"
members = ["zoë.ward", "amy.ward"]
policy = { rollout = "available", keys_required = 2 }

[[group]]
id = "nobody"
organisation = "ward"
name = "Nobody yet"

[[role]]
person = "amy.ward"
role = "local-administrator"
organisation = "northgate"

[[role]]
person = "amy.ward"
role = "auditor"
organisation = "ward"

[[client]]
client_id = "rota"
client_secret = "a secret of the rota"
redirect_uris = ["https://rota.example/cb", "https://rota.example/other?x=1"]
post_logout_redirect_uris = ["https://rota.example/bye"]
grant_types = ["refresh_token", "authorization_code"]
token_endpoint_auth_method = "client_secret_post"
id_token_signed_response_alg = "ES256"
scope = "openid email offline_access"
client_uri = "https://rota.example/"
logo_uri = "https://rota.example/logo"
policy_uri = "https://rota.example/policy"
tos_uri = "https://rota.example/tos"
default_max_age = 3600
default_acr_values = ["phr"]
jwks = { keys = [{ kty = "OKP", crv = "Ed25519", x = "AA" }] }
latchkey_organisation = "northgate"
latchkey_trusted = true
latchkey_require_acr = "phrh"

[[client]]
client_id = "phone"
token_endpoint_auth_method = "none"
application_type = "native"
redirect_uris = ["org.example.phone:/cb"]
"##;

async fn exported(fixture: &Fixture) -> String {
    let mut text = Vec::new();
    export(&fixture.store, &mut text).await.expect("exported");
    String::from_utf8(text).expect("text")
}

#[tokio::test]
async fn an_export_applied_to_an_empty_database_exports_the_same_bytes() {
    let first = Fixture::new().await;
    first.apply(EVERYTHING).await;
    let text = exported(&first).await;

    let second = Fixture::new().await;
    assert_eq!(second.apply(&text).await.changes.len(), 11, "{text}");
    assert_eq!(exported(&second).await, text);

    // Applications go on knowing people, and one who had a key gets no new one by password alone.
    let [one, other] = [first.person("amy.ward").await, second.person("amy.ward").await];
    let [one, other] = [one.expect("Amy"), other.expect("Amy")];
    assert_eq!(one.person.subject, other.person.subject);
    assert!(other.person.ever_had_factor);
    assert_eq!(one.password_hash, other.password_hash);
    let [one, other] = [rota(&first).await, rota(&second).await];
    assert_eq!(one, other, "every member, the secret's digest among them");
}

async fn rota(fixture: &Fixture) -> Client {
    let found = fixture.store.view().find_client(&ClientId("rota".into())).await;
    serde_json::from_str(&found.expect("read").expect("there").document).expect("a client")
}

#[tokio::test]
async fn an_export_applied_where_it_comes_from_changes_nothing() {
    let fixture = Fixture::new().await;
    fixture.apply(EVERYTHING).await;
    let text = exported(&fixture).await;
    let outcome = fixture.apply(&text).await;
    assert!(outcome.changes.is_empty(), "{outcome}");
}

#[tokio::test]
async fn an_export_holds_no_secret_but_what_is_stored_of_it() {
    let fixture = Fixture::new().await;
    fixture.apply(PEOPLE).await;
    let text = exported(&fixture).await;
    assert!(!text.contains("a secret of the rota"), "{text}");
    assert!(text.contains("latchkey_client_secret_digest = \""), "{text}");
    // Only these tests' own hasher shows the password in its hash.
    assert!(!text.replace("hashed amber kettle", "").contains("amber kettle"), "{text}");
}

#[tokio::test]
async fn more_people_than_are_read_at_a_time_all_go_out_in_order() {
    let fixture = Fixture::new().await;
    let mut text = "[[organisation]]\nid = \"n\"\nname = \"N\"\n".to_owned();
    for number in (0..1_203).rev() {
        text += &format!(
            "[[person]]\nusername = \"p{number:04}\"\norganisation = \"n\"\nname = \"P {number}\"\n"
        );
    }
    fixture.apply(&text).await;
    let text = exported(&fixture).await;
    let names: Vec<&str> = text.lines().filter(|line| line.starts_with("username")).collect();
    assert_eq!(names.len(), 1_203);
    assert!(names.is_sorted());
}

#[tokio::test]
async fn a_subject_never_changes_and_is_nobody_elses() {
    let fixture = Fixture::new().await;
    fixture.apply(PEOPLE).await;
    let amy = fixture.person("amy.ward").await.expect("Amy");
    let person = |name: &str, subject: &str| {
        format!(
            "[[person]]\nusername = \"{name}\"\norganisation = \"northgate\"\nname = \"A\"\n\
             subject = \"{subject}\"\n"
        )
    };
    let other = "0190d0a8-1b1b-4c1c-8d1d-1e1e1e1e1e1e";
    let told = fixture.refusal(&person("amy.ward", other)).await;
    assert!(told.starts_with("a.toml:1:1: applications know \"amy.ward\" as "), "{told}");
    let told = fixture.refusal(&person("bob", &amy.person.subject.to_string())).await;
    assert!(told.contains("of \"bob\" is that of \"amy.ward\""), "{told}");
    let twice = person("bob", other) + &person("bill", other);
    assert!(fixture.refusal(&twice).await.contains("a second document for the person with the"));
    for wrong in ["x", "0190D0A8-1B1B-4C1C-8D1D-1E1E1E1E1E1E", ""] {
        assert!(fixture.refusal(&person("bob", wrong)).await.contains("is a UUID"), "{wrong}");
    }
    let told = fixture.run(&person("bob", other), Mode::DryRun).await.expect("told").to_string();
    assert!(told.contains(&format!("    subject: {other}\n")), "{told}");
}

#[tokio::test]
async fn having_had_a_key_is_never_taken_back_by_a_document() {
    let fixture = Fixture::new().await;
    fixture.apply(&PEOPLE.replace("claims", "ever_had_factor = true\nclaims")).await;
    for text in [PEOPLE.to_owned(), PEOPLE.replace("claims", "ever_had_factor = false\nclaims")] {
        assert!(fixture.apply(&text).await.changes.is_empty(), "{text}");
    }
    assert!(fixture.person("amy.ward").await.expect("Amy").person.ever_had_factor);
}
