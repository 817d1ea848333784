use latchkey_core::organisations::Helpdesk;

use super::*;

fn problems(name: &str, text: &str) -> String {
    match Source::from_text(name, text).parse() {
        Ok(_) => String::new(),
        Err(problems) => problems.to_string(),
    }
}

fn tree(name: &str, text: &str) -> Table {
    Source::from_text(name, text).parse().expect("well written")
}

#[test]
fn every_part_of_a_toml_text_knows_its_place() {
    let tree = tree("a.toml", "\u{feff}x = 1\r\n\r\n[[person]]\r\n  \"näme\" = \"Amy\"\r\n");
    assert_eq!(tree.place_of("x").to_string(), "a.toml:1:1");
    let Value::List(people) = &tree.members[1].node.value else { panic!("a list") };
    let Value::Table(person) = &people[0].value else { panic!("a table") };
    assert_eq!(person.members[0].place.to_string(), "a.toml:4:3");
    assert_eq!(person.members[0].node.place.to_string(), "a.toml:4:12", "in characters");
}

#[test]
fn every_part_of_a_json_text_knows_its_place() {
    let text = "{\n  \"person\": [\n    { \"name\": \"Amy\", \"n\\u0061\": 2 }\n  ]\n}";
    let tree = tree("a.json", text);
    assert_eq!(tree.place_of("person").to_string(), "a.json:2:3");
    let Value::List(people) = &tree.members[0].node.value else { panic!("a list") };
    let Value::Table(person) = &people[0].value else { panic!("a table") };
    assert_eq!(person.place.to_string(), "a.json:3:5");
    assert_eq!(person.members[0].place.to_string(), "a.json:3:7");
    assert_eq!(person.members[0].node.place.to_string(), "a.json:3:15");
    assert_eq!(person.members[1].name, "na");
}

#[test]
fn toml_and_json_give_the_same_tree() {
    let toml = tree("a.toml", "a = [1_000, -2.5, true]\nb = { c = \"d\" }\ne = 2099-12-31\n");
    let json = tree("a", r#"{"a": [1000, -2.5, true], "b": {"c": "d"}, "e": "2099-12-31"}"#);
    assert_eq!(toml.to_json(), json.to_json());
}

#[test]
fn what_cannot_be_read_is_told_with_its_place() {
    assert!(problems("a.toml", "x = 1\ny = = 2\n").starts_with("a.toml:2:"));
    assert!(problems("a.toml", "x = 1\nx = 2\n").contains("a.toml:2:1"));
    assert_eq!(problems("a.json", "{\n \"x\": 1,\n}"), "a.json:3:1: key must be a string");
    assert_eq!(problems("a.json", "{ \"x\": 1,\n \"x\": 2 }"), "a.json:2:2: \"x\" is there twice");
    assert_eq!(problems("a.json", "[]"), "a.json:1:1: a list at the top; an object is wanted");
}

#[test]
fn deep_nesting_is_refused_instead_of_overflowing() {
    let json = format!("{{\"a\":{}1{}}}", "[".repeat(1000), "]".repeat(1000));
    assert!(problems("a.json", &json).contains("nested too deeply"));
    let toml = format!("a = {}1{}", "[".repeat(70), "]".repeat(70));
    assert!(!problems("a.toml", &toml).is_empty());
}

#[test]
fn an_unknown_key_is_refused_by_the_name_of_the_nearest() {
    let mut found = Problems::default();
    let mut fields = Fields::new("[listen]", tree("a.toml", "x = 1\nadress = \"b\"\n"), &mut found);
    fields.text("address");
    fields.number("x", 0, 9);
    fields.finish();
    assert_eq!(
        found.to_string(),
        "a.toml:2:1: unknown key \"adress\" in [listen]; the nearest known one is \"address\""
    );
}

#[test]
fn a_value_of_the_wrong_type_is_told_what_is_wanted() {
    let mut found = Problems::default();
    let text = "a = 1\nb = \"x\"\nc = 70\nd = { e = \"x\" }\n";
    let mut fields = Fields::new("it", tree("a.toml", text), &mut found);
    assert!(fields.text("a").is_none());
    assert!(fields.word("b", &[("on", 1), ("off", 2)]).is_none());
    assert!(fields.number("c", 1, 60).is_none());
    assert!(fields.secret("d").is_none());
    assert!(fields.required_text("f").is_none());
    fields.finish();
    assert_eq!(
        found.to_string(),
        "a.toml:1:5: \"a\" is a text, not a whole number\n\
         a.toml:2:5: \"b\" is \"on\" or \"off\", not \"x\"\n\
         a.toml:3:5: \"c\" is a whole number from 1 to 60\n\
         a.toml:4:5: \"d\" is a text, { env = \"NAME\" } or { file = \"path\" }\n\
         a.toml:1:1: it lacks \"f\""
    );
}

#[test]
fn a_secret_can_stand_in_a_file_of_its_own_and_never_in_a_message() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("secret"), "from a file\r\n").expect("written");
    let path = folder.path().join("a.toml");
    std::fs::write(&path, "a = { file = \"secret\" }\nb = [\"do not show\"]\n").expect("written");
    let tree = Source::read(&path).expect("read").parse().expect("parsed");
    let mut found = Problems::default();
    let mut fields = Fields::new("it", tree, &mut found);
    let secret = fields.secret("a").map(|(secret, _)| secret.expose().to_owned());
    assert_eq!(secret.as_deref(), Some("from a file"));
    assert!(fields.secret("b").is_none());
    assert!(!found.to_string().contains("do not show"));
    assert!(found.to_string().contains("not a list"));
}

#[test]
fn the_members_of_a_type_are_read_one_by_one() {
    assert_eq!(member_names::<Helpdesk>(), ["name", "phone", "hours", "email", "reporting"]);
    let mut found = Problems::default();
    let good = tree("a.toml", "phone = \"01632\"\n");
    let helpdesk: Helpdesk = Fields::new("helpdesk", good, &mut found).rest_as();
    assert_eq!(helpdesk.phone.as_deref(), Some("01632"));
    let bad = tree("a.toml", "phone = 1\nfone = \"2\"\n");
    let _: Helpdesk = Fields::new("helpdesk", bad, &mut found).rest_as();
    let text = found.to_string();
    assert!(text.contains("a.toml:1:9: \"phone\": found integer `1`"), "{text}");
    assert!(text.contains("a.toml:2:1: unknown key \"fone\" in helpdesk"), "{text}");
    assert!(text.contains("\"phone\""), "{text}");
}

/// What pieces of a text hold together, or that it is read as a whole.
fn in_pieces(text: &str, size: usize) -> Option<Vec<(String, Vec<String>)>> {
    let source = Source::from_text("a.toml", text);
    let mut all: Vec<(String, Vec<String>)> = Vec::new();
    let read = toml::in_pieces(&source, size, |tree| {
        for Member { name, node, .. } in tree.members {
            let Value::List(items) = node.value else { panic!("{name} is a list") };
            let items = items.iter().map(|item| format!("{} {}", item.place, item.value.to_json()));
            match all.iter_mut().find(|(known, _)| *known == name) {
                Some((_, known)) => known.extend(items),
                None => all.push((name, items.collect())),
            }
        }
    });
    read.then_some(all)
}

#[test]
fn pieces_hold_what_the_whole_holds_at_the_same_places() {
    let text = "# é\n\n[[a]]\nx = 1\n[[b]]\ny = \"é\"\n[b.z]\nw = [\n1]\r\n[[a]]\nx = 2\n\
                [[b]]\ny = \"\"\"[[ \"\"\"\n[[a]]";
    let whole = in_pieces(text, usize::MAX / 2).expect("one piece");
    assert_eq!(whole[0].1.len(), 3);
    assert_eq!(whole[0].1[1], "a.toml:10:1 {\"x\":2}");
    for size in 0..text.len() {
        if let Some(read) = in_pieces(text, size) {
            assert_eq!(read, whole, "{size}");
        }
    }
    assert_eq!(in_pieces(text, 1).as_ref(), Some(&whole), "a piece a table");
}

#[test]
fn what_pieces_would_tell_otherwise_is_read_as_a_whole() {
    for text in [
        "x = 1\n[[a]]\n",
        "a = []\n[[a]]\n",
        "[[a]]\n[[b]]\n[a.x]\n",
        "[[a]]\n[[b]]\n[[a.x]]\n",
        "[[a]]\n[c]\n[[b]]\n[c]\n",
        "[[a]]\nx = \"\"\"\n[[b]]\n\"\"\"\n",
        "[[a]]\nx = [\n[[1]],\n]\n",
        "[[a]]\nx = 99999999999999999999\n",
        "[[a]]\nx = 1\nx = 2\n",
        "# nothing\n",
        "",
    ] {
        assert_eq!(in_pieces(text, 1), None, "{text}");
    }
}

#[test]
fn whatever_is_read_in_pieces_is_what_the_whole_says() {
    // Lines in every order, of what could be torn apart.
    let lines =
        ["[[a]]", "[[b]]", "[a.x]", "[[a.y]]", "k = 1", "k = [", "[[1]]]", "t = '''", "'''"];
    let mut read = 0;
    for mut number in 0..lines.len().pow(5) {
        let mut text = String::from("[[a]]\n");
        for _ in 0..5 {
            text.push_str(lines[number % lines.len()]);
            text.push('\n');
            number /= lines.len();
        }
        let Some(pieces) = in_pieces(&text, 1) else { continue };
        read += 1;
        let whole = Source::from_text("a.toml", &text).parse();
        let whole = whole.unwrap_or_else(|told| panic!("{told} in {text}")).to_json();
        let pieces: Vec<_> = pieces.into_iter().map(|(name, items)| (name, items.len())).collect();
        let lengths = |(name, value): (&String, &serde_json::Value)| {
            (name.clone(), value.as_array().map_or(0, Vec::len))
        };
        let mut pieces = pieces;
        let mut whole: Vec<_> = whole.iter().map(lengths).collect();
        pieces.sort();
        whole.sort();
        assert_eq!(pieces, whole, "{text}");
    }
    assert!(read > 1000, "{read}");
}
