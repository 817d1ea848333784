//! Guessing: how often a password may be tried, from where, and that nobody is locked out by
//! somebody else's tries.

mod own_pages;
mod throttles;

use crate::support::http::{Account, Answer, Person, ROTA, Request};

/// Types a name and a password on a new log-in page.
async fn attempt(person: &mut Person<'_>, username: &str, password: &str) -> Answer {
    let page = person.open(&Request::new(ROTA).path()).await;
    let form = page.form("/identify").with("username", username).with("password", password);
    person.post(&form).await
}

/// What an attempt comes to: `303` in, `422` wrong, `429` not looked at.
async fn status(person: &mut Person<'_>, account: Account) -> u16 {
    attempt(person, account.username, account.password).await.status
}

/// Wrong ones until they are looked at no more; tells how many were.
async fn guess(person: &mut Person<'_>, username: &str) -> usize {
    for looked_at in 0..50 {
        if attempt(person, username, "not the right one").await.status == 429 {
            return looked_at;
        }
    }
    panic!("fifty were looked at");
}
