//! Letters about other addresses: how many at once, and never about a change that is not made.

use std::fmt::Write as _;

use super::super::letters::MOVED_AT_ONCE;
use super::*;

/// So many people who have started, and read letters there.
fn people(count: usize, host: &str) -> String {
    let mut text = "[[organisation]]\nid = \"a\"\nname = \"A\"\n".to_owned();
    for number in 0..count {
        write!(
            text,
            "[[person]]\nusername = \"p{number}\"\norganisation = \"a\"\n\
             name = \"Person {number}\"\nemail = \"p{number}@{host}\"\n\
             password_hash = \"$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHRzYWx0c2FsdA$\
             6qC5VNSxY7JtRSe7JcLpFj1QJgj8qd0h4QbQZ9cbVJ0\"\n"
        )
        .expect("written");
    }
    text
}

/// Hashes and seals as [`Marked`], and writes letters in a way of its own.
struct Writing<'a, F>(&'a F);

impl<F: Sync> Passwords for Writing<'_, F> {
    async fn hash(&self, password: Plain) -> anyhow::Result<String> {
        Marked.hash(password).await
    }
    async fn matches(&self, password: Plain, hash: String) -> anyhow::Result<bool> {
        Marked.matches(password, hash).await
    }
}
impl<F: Sync> Seeds for Writing<'_, F> {
    fn seal(&self, rng: &dyn Rng, person: PersonId, seed: &Seed) -> Sealed {
        Marked.seal(rng, person, seed)
    }
    fn is_sealed(&self, person: PersonId, sealed: &Sealed, seed: &Seed) -> bool {
        Marked.is_sealed(person, sealed, seed)
    }
}

impl<F: Sync> MetadataSource for Writing<'_, F> {
    async fn fetch(&self, address: &str) -> Result<Vec<u8>, String> {
        Marked.fetch(address).await
    }
}

/// Letters of an installation that sends none.
struct Silent;

impl Letters for Writing<'_, Silent> {
    fn are_sent(&self) -> bool {
        false
    }
    async fn tell(&self, _: &Moved, _: Timestamp) -> anyhow::Result<Drafts> {
        Ok(Drafts::none())
    }
}

/// Somebody gives Amy an address while a letter about another is written to her.
impl Letters for Writing<'_, Fixture> {
    fn are_sent(&self) -> bool {
        true
    }
    async fn tell(&self, _: &Moved, _: Timestamp) -> anyhow::Result<Drafts> {
        let mut amy = self.0.person("amy.ward").await.expect("Amy");
        amy.person.email = Some("her.own@northgate.example".to_owned());
        let written = self
            .0
            .store
            .write::<(), latchkey_store::Error, _>(async move |tx| tx.update_person(&amy).await);
        written.await?;
        Ok(Drafts::none())
    }
}

#[tokio::test]
async fn more_addresses_than_can_be_told_of_at_once_are_refused_and_nothing_is_done() {
    let fixture = Fixture::new().await;
    let many = MOVED_AT_ONCE + 1;
    // Nobody is told of an account that is new.
    assert_eq!(fixture.apply(&people(many, "old.example")).await.changes.len(), 1 + many);
    let text = people(many, "new.example");
    for mode in [Mode::DryRun, Mode::Keep] {
        let told = fixture.run(&text, mode).await.expect_err("too many");
        assert!(told.contains("the e-mail addresses of 1001 people"), "{told}");
        assert!(told.contains("possible for 1000 people at once"), "{told}");
        assert!(told.contains("in parts") && told.contains("`latchkey import`"), "{told}");
    }
    let first = fixture.person("p0").await.expect("the first").person;
    assert_eq!(first.email.as_deref(), Some("p0@old.example"));
    // Whose address stays is not counted.
    let most = text.replacen("p0@new.example", "p0@old.example", 1);
    assert_eq!(fixture.apply(&most).await.changes.len(), MOVED_AT_ONCE);
}

#[tokio::test]
async fn where_no_letters_are_sent_any_number_of_addresses_changes_at_once() {
    let fixture = Fixture::new().await;
    let many = MOVED_AT_ONCE + 1;
    fixture.apply(&people(many, "old.example")).await;
    let text = people(many, "new.example");
    let outcome = fixture.run_in(&Writing(&Silent), &text, Mode::Keep).await.expect("applied");
    assert_eq!(outcome.changes.len(), many);
}

#[tokio::test]
async fn an_address_that_somebody_changes_meanwhile_is_not_overwritten_untold() {
    let fixture = Fixture::new().await;
    fixture.apply(PEOPLE).await;
    let text = PEOPLE.replace("amy@northgate.example", "amy.ward@northgate.example");
    let error = fixture.run_in(&Writing(&fixture), &text, Mode::Keep).await.expect_err("overtaken");
    assert!(error.contains("e-mail address of amy.ward was changed at the same time"), "{error}");
    let amy = fixture.person("amy.ward").await.expect("Amy").person;
    assert_eq!(amy.email.as_deref(), Some("her.own@northgate.example"));
}
