//! Passwords and authenticator apps in documents: put there once, said nowhere.

use super::*;

#[tokio::test]
async fn a_password_that_somebody_changes_meanwhile_is_not_overwritten() {
    /// Somebody changes the password while the document's is being hashed.
    struct Racing<'a>(&'a Fixture);
    impl MetadataSource for Racing<'_> {
        async fn fetch(&self, address: &str) -> Result<Vec<u8>, String> {
            Marked.fetch(address).await
        }
    }
    impl Passwords for Racing<'_> {
        async fn hash(&self, password: Plain) -> anyhow::Result<String> {
            let mut amy = self.0.person("amy.ward").await.expect("Amy");
            amy.password_hash = Some("hashed her own".to_owned());
            let written = self.0.store.write::<(), latchkey_store::Error, _>(async move |tx| {
                tx.update_person(&amy).await
            });
            written.await?;
            Marked.hash(password).await
        }
        async fn matches(&self, password: Plain, hash: String) -> anyhow::Result<bool> {
            Marked.matches(password, hash).await
        }
    }
    impl Seeds for Racing<'_> {
        fn seal(&self, rng: &dyn Rng, person: PersonId, seed: &Seed) -> Sealed {
            Marked.seal(rng, person, seed)
        }
        fn is_sealed(&self, person: PersonId, sealed: &Sealed, seed: &Seed) -> bool {
            Marked.is_sealed(person, sealed, seed)
        }
    }
    impl Letters for Racing<'_> {
        fn are_sent(&self) -> bool {
            Marked.are_sent()
        }
        async fn tell(&self, moved: &Moved, at: Timestamp) -> anyhow::Result<Drafts> {
            Marked.tell(moved, at).await
        }
    }
    let fixture = Fixture::new().await;
    fixture.apply(PEOPLE).await;
    let text = PEOPLE.replace("amber kettle", "copper kettle");
    let error = fixture.run_in(&Racing(&fixture), &text, Mode::Keep).await.expect_err("overtaken");
    assert!(error.contains("amy.ward was changed at the same time"), "{error}");
    let amy = fixture.person("amy.ward").await.expect("Amy");
    assert_eq!(amy.password_hash.as_deref(), Some("hashed her own"));
}

#[tokio::test]
async fn an_authenticator_app_is_put_there_once_and_said_nowhere() {
    let fixture = Fixture::new().await;
    fixture.apply(PEOPLE).await;
    let with = |secret: &str| {
        let password = "password = \"amber kettle\"";
        PEOPLE.replace(password, &format!("{password}\ntotp_secret = \"{secret}\""))
    };
    let text = with("jbsw y3dp ehpk 3pxp jbsw y3dp eh");
    let told = fixture.run(&text, Mode::DryRun).await.expect("told").to_string();
    assert!(
        told.contains("totp_secret: changed") && !told.to_lowercase().contains("jbsw"),
        "{told}"
    );
    fixture.apply(&text).await;
    let amy = fixture.person("amy.ward").await.expect("Amy").person;
    assert!(amy.ever_had_factor, "a password alone sets nothing up beside it");
    let app = async || fixture.store.view().list_codes(amy.id).await.expect("read").app;
    let first = app().await.expect("an app");
    // The same again, however it is written; and a document that says nothing of it.
    for same in [&with("JBSWY3DPEHPK3PXPJBSWY3DPEH======"), &text, &PEOPLE.to_owned()] {
        assert!(
            !fixture
                .apply(same)
                .await
                .changes
                .iter()
                .any(|it| it.details.iter().any(|line| line.contains("totp")))
        );
        assert_eq!(app().await.expect("an app").id, first.id);
    }
    fixture.apply(&with("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ")).await;
    assert_ne!(app().await.expect("an app").id, first.id);
    let mut out = Vec::new();
    export(&fixture.store, &mut out).await.expect("exported");
    let out = String::from_utf8(out).expect("text");
    assert!(!out.contains("totp") && !out.contains("GEZDGNBV"), "{out}");
}

#[tokio::test]
async fn a_newcomer_has_the_app_of_their_document_and_a_broken_one_is_told_without_it() {
    let fixture = Fixture::new().await;
    let with = |secret: &str| PEOPLE.replace("password = \"amber kettle\"", secret);
    fixture.apply(&with("totp_secret = \"JBSWY3DPEHPK3PXPJBSWY3DPEH\"")).await;
    let amy = fixture.person("amy.ward").await.expect("Amy").person;
    let app = fixture.store.view().list_codes(amy.id).await.expect("read").app.expect("an app");
    let seed = Seed::parse("JBSWY3DPEHPK3PXPJBSWY3DPEH").expect("a seed");
    assert!(Marked.is_sealed(amy.id, &app.seed, &seed), "sealed for her and nobody else");
    for wrong in ["JBSWY3DP", "not-base-32-at-all-0189-0189-0189"] {
        let told = fixture.refusal(&with(&format!("totp_secret = \"{wrong}\""))).await;
        assert!(told.contains("a.toml:14:15: \"totp_secret\": a seed"), "{told}");
        assert!(!told.contains(wrong), "{told}");
    }
}
