//! Documents of thousands: read in pieces, and written as few would be.

use std::fmt::Write as _;

use super::*;

const PEOPLE: usize = 4000;

/// An organisation in each of two places, people with hashes, a role for every hundredth.
fn many() -> String {
    let mut text = "[[organisation]]\nid = \"a\"\nname = \"A\"\n".to_owned();
    for number in 0..PEOPLE {
        let home = if number < PEOPLE / 2 { "a" } else { "b" };
        write!(
            text,
            "[[person]]\nusername = \"p{number}\"\norganisation = \"{home}\"\n\
             name = \"Person {number}\"\nemail = \"p{number}@northgate.example\"\n\
             password_hash = \"$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHRzYWx0c2FsdA$\
             6qC5VNSxY7JtRSe7JcLpFj1QJgj8qd0h4QbQZ9cbVJ0\"\n\
             claims = {{ given_name = \"Number {number}\" }}\n"
        )
        .expect("written");
        if number % 100 == 0 {
            write!(
                text,
                "[[role]]\nperson = \"p{number}\"\nrole = \"helpdesk\"\n\
                 organisation = \"b\"\n"
            )
            .expect("written");
        }
    }
    text.push_str("[[organisation]]\nid = \"b\"\nname = \"B\"\nparent = \"a\"\n");
    text
}

#[tokio::test]
async fn thousands_are_told_applied_and_nothing_the_second_time() {
    let fixture = Fixture::new().await;
    let text = many();
    assert!(Source::from_text("a.toml", &text).parse_in_pieces(drop), "it is large enough");
    let all = 2 + PEOPLE + PEOPLE / 100;
    let told = fixture.run(&text, Mode::DryRun).await.expect("told");
    assert_eq!(told.changes.len(), all);
    assert!(fixture.person("p0").await.is_none());

    let outcome = fixture.apply(&text).await;
    assert_eq!(outcome.changes, told.changes, "what was told happens");
    assert_eq!(outcome.changes[2].what, "person p0", "in their order");
    assert_eq!(outcome.changes[PEOPLE + 1].what, format!("person p{}", PEOPLE - 1));
    let last = fixture.person(&format!("p{}", PEOPLE - 1)).await.expect("the last");
    assert_eq!(last.person.claims["given_name"], format!("Number {}", PEOPLE - 1));
    assert!(last.password_hash.is_some_and(|hash| hash.starts_with("$argon2id$")));
    let first = fixture.person("p0").await.expect("the first");
    assert_ne!(first.person.organisation, last.person.organisation);
    let roles = fixture.store.view().list_roles(first.person.id).await.expect("read");
    assert_eq!(roles.len(), 1);
    assert_eq!(roles[0].organisation, last.person.organisation);

    assert!(fixture.apply(&text).await.changes.is_empty());
    let changed = text.replace("\"Person 2999\"", "\"Somebody\"");
    assert_eq!(whats(&fixture.apply(&changed).await), ["person p2999"]);
}

#[test]
fn a_mistake_among_thousands_is_told_with_its_line() {
    let text = many();
    let told = |text: &str| {
        let read = Documents::read(&[Source::from_text("a.toml", text)]);
        read.map(|_| ()).expect_err("refused").to_string()
    };
    let place = |part: &str| {
        let before = text.split(part).next().expect("it is there");
        1 + before.matches('\n').count()
    };
    let wrong = text.replace("\"Person 3210\"", "7");
    let line = place("\"Person 3210\"");
    assert_eq!(told(&wrong), format!("a.toml:{line}:8: \"name\" is a text, not a whole number"));
    let wrong = text.replace("\"p3210\"", "\"p17\"");
    let first = place("username = \"p17\"") - 1;
    let second = place("username = \"p3210\"") - 1;
    assert_eq!(
        told(&wrong),
        format!(
            "a.toml:{second}:1: a second document for the person \"p17\"; the first is at \
             a.toml:{first}:1"
        )
    );
    let wrong = text.replace("\"Person 3210\"", "\"Person");
    assert!(told(&wrong).starts_with(&format!("a.toml:{line}:")), "{}", told(&wrong));
}
