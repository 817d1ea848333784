//! What a document says of a person, as they meet it when they log in.

use crate::factors::{apply, record};
use crate::support::http::{Account, ROTA, Request, Site};

const EVE: Account = Account { username: "eve.hill", password: "correct horse battery" };

/// Made by libxcrypt, of Eve's password.
const BCRYPT: &str = "$2y$04$abcdefghijklmnopqrstuuqREtd3VJD2QVZbuFskFSLk6eRIrQoOS";

const DOCUMENT: &str = r#"
[[person]]
username = "eve.hill"
organisation = "harbour"
name = "Eve Hill"
password_hash = "$2y$04$abcdefghijklmnopqrstuuqREtd3VJD2QVZbuFskFSLk6eRIrQoOS"
"#;

#[tokio::test]
async fn a_hash_from_elsewhere_is_ours_after_the_first_right_password_and_not_before() {
    let site = Site::start().await;
    apply(&site, DOCUMENT).await;
    let mut eve = site.person();
    let page = eve.open(&Request::new(ROTA).path()).await;
    let wrong = Account { password: "correct horse batterz", ..EVE };
    assert_eq!(eve.type_password(&page, wrong).await.status, 422);
    assert_eq!(record(&site, EVE.username).await.password_hash.as_deref(), Some(BCRYPT));

    eve.log_in(&Request::new(ROTA), EVE).await.code();
    let hash = record(&site, EVE.username).await.password_hash.expect("a hash");
    assert!(hash.starts_with("$argon2id$v=19$"), "{hash}");

    let mut again = site.person();
    again.log_in(&Request::new(ROTA), EVE).await.code();
    assert_eq!(record(&site, EVE.username).await.password_hash, Some(hash), "once is enough");
}
