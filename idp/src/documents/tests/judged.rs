//! What documents may not say, told all at once; and the reference of what they may.

use super::super::read::write_digest;
use super::super::reference::KINDS;
use super::*;
use crate::source::Problems;

fn read(text: &str) -> Result<Documents, Problems> {
    Documents::read(&[Source::from_text("a.toml", text)])
}

fn told(text: &str) -> String {
    read(text).err().map(|problems| problems.to_string()).unwrap_or_default()
}

#[tokio::test]
async fn every_reference_to_nothing_is_told_at_once() {
    let fixture = Fixture::new().await;
    let text = "[[organisation]]\nid = \"one\"\nname = \"One\"\nparent = \"two\"\n\
                [[organisation]]\nid = \"two\"\nname = \"Two\"\nparent = \"one\"\n\
                [[organisation]]\nid = \"three\"\nname = \"Three\"\nparent = \"tow\"\n\
                [[person]]\nusername = \"amy\"\norganisation = \"onne\"\nname = \"Amy\"\n\
                [[role]]\nperson = \"ammy\"\nrole = \"auditor\"\norganisation = \"thre\"\n";
    let lines = [
        "a.toml:4:10: the organisation \"one\" would be below itself",
        "a.toml:8:10: the organisation \"two\" would be below itself",
        "a.toml:12:10: there is no organisation \"tow\"; the nearest is \"two\"",
        "a.toml:15:16: there is no organisation \"onne\"; the nearest is \"one\"",
        "a.toml:20:16: there is no organisation \"thre\"; the nearest is \"three\"",
        "a.toml:18:10: there is no person \"ammy\"; the nearest is \"amy\"",
    ];
    assert_eq!(fixture.refusal(text).await, lines.join("\n"));
}

#[test]
fn the_admin_consoles_client_is_no_documents_matter() {
    let client = |id: &str| {
        format!(
            "[[client]]\nclient_id = \"{id}\"\nclient_secret = \"x\"\n\
             redirect_uris = [\"https://a.example\"]\n"
        )
    };
    assert_eq!(told(&client("rota")), "");
    let told = told(&client(latchkey_console::CLIENT_ID));
    assert!(told.starts_with("a.toml:2:1: \"client_id\" is the admin console's"), "{told}");
    assert!(told.contains("which no document describes"), "{told}");
}

#[test]
fn a_service_account_has_scopes_that_there_are_and_an_organisation_that_there_is() {
    let account = |account: &str| {
        format!(
            "[[client]]\nclient_id = \"payroll\"\nclient_secret = \"x\"\n\
             grant_types = [\"client_credentials\"]\nlatchkey_service_account = {account}\n"
        )
    };
    assert_eq!(told(&account("{ scopes = [\"people:read\"], platform = true }")), "");
    let unknown = told(&account("{ scopes = [\"people:reed\"], platform = true }"));
    assert!(unknown.starts_with("a.toml:5:1: \"latchkey_service_account\" has the scope"));
    assert!(unknown.contains("\"people:reed\", which is none of people:read, "), "{unknown}");
    let neither = told(&account("{ scopes = [\"people:read\"] }"));
    assert!(neither.contains("says on whom it acts"), "{neither}");
    let misspelt = told(&account("{ scopes = [\"people:read\"], plattform = true }"));
    assert!(misspelt.contains("`plattform`"), "{misspelt}");
}

#[test]
fn a_secrets_digest_is_one_and_stands_alone() {
    let client = |more: &str| {
        told(&format!(
            "[[client]]\nclient_id = \"a\"\nredirect_uris = [\"https://a.example\"]\n{more}\n"
        ))
    };
    let digest = write_digest(&Digest::of(b"x"));
    let line = format!("latchkey_client_secret_digest = \"{digest}\"");
    assert_eq!(client(&line), "");
    assert!(client(&format!("{line}\nclient_secret = \"x\"")).contains("write one"));
    for wrong in ["", "AAAA", "do not show this", &digest[1..]] {
        let told = client(&format!("latchkey_client_secret_digest = \"{wrong}\""));
        assert!(told.starts_with("a.toml:4:33: ") && told.contains("SHA-256"), "{told}");
        assert!(wrong.is_empty() || !told.contains(wrong), "{told}");
    }
    assert!(
        client(&format!("{line}\ntoken_endpoint_auth_method = \"none\"")).contains("of no use"),
        "a public client has none"
    );
}

#[test]
fn a_colour_that_initials_cannot_be_read_in_is_refused_with_its_ratio() {
    let brand = |colour: &str| {
        told(&format!(
            "[[organisation]]\nid = \"n\"\nname = \"N\"\nbrand = {{ colour = \"{colour}\" }}\n"
        ))
    };
    assert_eq!(brand("#767676"), "");
    let told = brand("#777777");
    assert!(
        told.starts_with("a.toml:4:20: \"colour\" #777777 has a contrast of 4.47:1 with white"),
        "{told}"
    );
    assert!(told.contains("4.5:1"), "{told}");
    for wrong in ["blue", "#fff", "#1234567", "#123456;}"] {
        assert!(brand(wrong).contains("is written #rrggbb"), "{wrong}");
    }
}

#[test]
fn a_picture_is_a_small_png_or_svg_from_a_file_beside_the_document() {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, bytes: &[u8]| {
        std::fs::write(folder.path().join(name), bytes).expect("written");
    };
    write("a.svg", b"<?xml version=\"1.0\"?>\n<svg xmlns=\"http://www.w3.org/2000/svg\"/>");
    write("a.png", b"\x89PNG\r\n\x1a\n rest");
    write("a.html", b"<script>alert(1)</script>");
    write("large.png", &[b"\x89PNG\r\n\x1a\n".as_slice(), &[0; 32 * 1024]].concat());
    let read = |logo: &str| {
        let text =
            format!("[[organisation]]\nid = \"n\"\nname = \"N\"\nbrand = {{ logo = {logo} }}\n");
        write("a.toml", text.as_bytes());
        let source = Source::read(&folder.path().join("a.toml")).expect("read");
        Documents::read(&[source]).map(|documents| documents.organisations[0].brand.logo.clone())
    };
    for (file, kind) in [("a.svg", "image/svg+xml"), ("a.png", "image/png")] {
        let logo = read(&format!("{{ file = \"{file}\" }}")).expect("read").expect("a logo");
        assert_eq!(picture(&logo).expect("a picture").0, kind);
        assert_eq!(read(&format!("\"{logo}\"")).expect("read"), Some(logo));
    }
    for (logo, why) in [
        ("{ file = \"none.svg\" }", "cannot be read from the file none.svg"),
        ("{ file = \"a.html\" }", "neither a PNG nor an SVG"),
        ("{ file = \"large.png\" }", "larger than 32 KiB"),
        ("\"a.svg\"", "is { file = \"logo.svg\" }"),
        ("\"data:image/png;base64,AAAA\"", "neither a PNG nor an SVG"),
        ("\"data:image/png;base64,&\"", "is no base64"),
        ("1", "is { file = \"logo.svg\" }"),
    ] {
        let told = read(logo).expect_err(logo).to_string();
        assert!(told.contains("a.toml:4:") && told.contains(why), "{logo}: {told}");
    }
}

#[test]
fn windows_line_ends_and_a_byte_order_mark_change_no_place() {
    let text = PEOPLE.replace("name = \"Amy Ward\"", "nmae = \"Amy Ward\"");
    let windows = format!("\u{feff}{}", text.replace('\n', "\r\n"));
    assert_eq!(told(&text), told(&windows));
    let line = "a.toml:12:1: unknown key \"nmae\" in a person";
    assert!(told(&windows).contains(line), "{}", told(&windows));
}

#[test]
fn many_mistakes_are_told_without_end_neither_in_words_nor_in_time() {
    let person = "[[person]]\nusername = \"amy\"\norganisation = \"n\"\nnmae = \"Amy\"\n";
    let told = told(&person.repeat(20_000));
    assert_eq!(told.lines().count(), 1001);
    assert!(told.ends_with("and 39000 more"), "{}", told.lines().last().unwrap_or_default());
}

/// Every member that is read, by the sentence that names them all when one is like none.
fn known(what: &str) -> Vec<String> {
    let stranger = "q_q_q_q_q_q_q_q_q_q";
    let text = match what.split_once(" = ") {
        None => format!("{what}\n{stranger} = 1\n"),
        Some((table, _)) => format!("[[organisation]]\n{table} = {{ {stranger} = 1 }}\n"),
    };
    let told = told(&text);
    let line = told.lines().find(|line| line.contains("unknown key")).expect("refused");
    let (_, names) = line.split_once("; it is ").expect("all names");
    let names = names.split('"').skip(1).step_by(2);
    let mut names: Vec<String> = names.map(str::to_owned).collect();
    names.sort();
    names
}

#[test]
fn the_reference_names_what_is_read_and_nothing_else() {
    for kind in &KINDS {
        let mut written: Vec<&str> = kind.members.iter().map(|(name, _, _)| *name).collect();
        written.sort_unstable();
        assert_eq!(written, known(kind.title), "{}", kind.title);
    }
}

#[test]
fn the_readme_has_the_reference_as_it_is_now() {
    let readme = include_str!("../../../../README.md");
    assert!(
        readme.contains(&reference()),
        "put what `latchkey apply --help-documents` prints into README.md"
    );
}

#[test]
fn mistakes_are_told_with_file_line_and_column() {
    let told = |text: &str| {
        let source = Source::from_text("a.toml", text);
        Documents::read(&[source]).err().expect("refused").to_string()
    };
    let person = "[[person]]\nusername = \"amy\"\norganisation = \"n\"\nname = \"Amy\"\n";
    let with = |more: &str| told(&format!("{person}{more}\n"));
    assert_eq!(
        with("emial = \"a@b\""),
        "a.toml:5:1: unknown key \"emial\" in a person; the nearest known one is \"email\""
    );
    assert!(with("state = \"gone\"").contains("is \"invited\", \"active\" or \"disabled\""));
    assert!(with("email = \"amy\"").contains("a.toml:5:9: \"email\" is an e-mail address"));
    assert!(with("password = \"\"").contains("\"password\" is 1 to 1024 bytes long"));
    assert!(with("password = 123456").ends_with("not a whole number"));
    assert!(with("password_hash = \"plain\"").contains("is a hash that is not known here"));
    assert!(
        with("password_hash = \"$scrypt$ln=20,r=8,p=1$c2FsdA$c2FsdA\"").contains("asks for more")
    );
    assert!(!with("password_hash = \"$2y$secret\"").contains("$2y$"));
    assert!(with("claims = { given_nam = \"A\" }").ends_with("the nearest is \"given_name\""));
    assert!(with("claims = { sub = \"x\" }").contains("follows from the person"));
    assert!(with("claims = { locale = 1 }").contains("\"locale\" is a text"));
    assert!(with(person).contains("a second document for the person \"amy\""));
    assert!(told("[person]\nname = \"Amy\"\n").contains("\"person\" is a list: write [[person]]"));
    assert!(told("[[persons]]\n").contains("the nearest known one is \"person\""));
    assert_eq!(
        told("[[role]]\nperson = \"amy\"\nrole = \"helpdesk\"\n"),
        "a.toml:1:1: a role lacks \"organisation\""
    );
    let organisation = "[[organisation]]\nid = \"n\"\nname = \"N\"\n";
    assert!(
        told(&format!("{organisation}brand = {{ colour = \"blue\" }}\n"))
            .contains("4:20: \"colour\" is written #rrggbb")
    );
    assert!(
        told(&format!("{organisation}policy = {{ requird = \"mfa\" }}\n"))
            .contains("nearest known one is \"required\"")
    );
    assert!(
        told(&format!("{organisation}policy = {{ required = \"maximum\" }}\n"))
            .starts_with("a.toml:4:23: \"required\": ")
    );
    assert!(
        told(&format!("{organisation}policy = {{ step_up_minutes = 0 }}\n"))
            .contains("is at least 1")
    );
    assert!(told("[[organisation]]\nid = \"North Gate\"\nname = \"N\"\n").contains("2:6: \"id\""));
}

#[test]
fn a_clients_mistakes_stand_at_their_members_and_never_quote_its_secret() {
    let told = |more: &str| {
        let text = format!("[[client]]\nclient_id = \"rota\"\n{more}\n");
        Documents::read(&[Source::from_text("a.toml", &text)]).err().expect("refused").to_string()
    };
    assert_eq!(
        told("redirect_uri = [\"https://a.example\"]"),
        "a.toml:3:1: unknown key \"redirect_uri\" in a client; the nearest known one is \
         \"redirect_uris\""
    );
    let told_secret = told("client_secret = 12345678\nredirect_uris = [\"https://a.example\"]");
    assert!(told_secret.starts_with("a.toml:3:17: \"client_secret\" is a text"), "{told_secret}");
    assert!(!told_secret.contains("12345678"));
    assert!(
        told("client_secret = \"x\"\nredirect_uris = [\"http://a.example\"]")
            .starts_with("a.toml:4:1: \"redirect_uris\" \"http://a.example\"")
    );
    assert!(
        told("client_secret = \"x\"\nredirect_uris = \"https://a.example\"")
            .starts_with("a.toml:4:17: \"redirect_uris\": found string")
    );
}
