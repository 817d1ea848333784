//! `apply`, `export`, `config check` and `theme check`, as an operator calls them.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::{Arc, Mutex};

use latchkey_test_databases::Database;
use latchkey_test_metadata::{Model, Party, Publisher, payload};
use latchkey_tests::server::binary;
use tempfile::TempDir;
use uuid::Uuid;

const PEOPLE: &str = r##"
[[organisation]]
id = "northgate"
name = "Northgate Trust"
brand = { colour = "#1f4e96", logo = { file = "logo.svg" } }

[[person]]
username = "amy.ward"
organisation = "northgate"
name = "Amy Ward"
email = "amy@northgate.example"
password = { file = "amy" }

[[client]]
client_id = "rota"
client_secret = { env = "DOCUMENTS_ROTA_SECRET" }
redirect_uris = ["https://rota.example/cb"]
"##;

/// A folder that an operator works in.
pub(super) struct Desk {
    folder: TempDir,
}

impl Desk {
    pub(super) fn new() -> Self {
        let desk = Self { folder: tempfile::tempdir().expect("a folder") };
        desk.write(
            "latchkey.toml",
            "issuer = \"https://login.example.org\"\n[listen]\naddress = \"127.0.0.1:0\"\n\
             [database]\nurl = \"sqlite:data/latchkey.db\"\n[master_key]\nfile = \"data/key\"\n\
             [passwords]\nmemory_kib = 7168\niterations = 5\n",
        );
        desk.write("logo.svg", "<svg xmlns=\"http://www.w3.org/2000/svg\"/>");
        desk.write("amy", "amber kettle on the ward\r\n");
        desk.write("people.toml", PEOPLE);
        desk
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(super) fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        fs::write(path, text).expect("written");
    }

    /// Calls the product, and tells its code and what it said.
    pub(super) fn call(&self, words: &[&str]) -> (i32, String) {
        let Output { status, stdout, stderr } = Command::new(binary().expect("a binary"))
            .args(words)
            .current_dir(self.folder.path())
            .env("DOCUMENTS_ROTA_SECRET", "a secret of the rota")
            .env("LATCHKEY_LOG", "error")
            .output()
            .expect("called");
        let text = [stdout, stderr].concat();
        (status.code().expect("a code"), String::from_utf8(text).expect("text"))
    }
}

#[test]
fn the_exit_code_of_a_dry_run_tells_nothing_changes_and_mistakes_apart() {
    let desk = Desk::new();
    let (code, told) = desk.call(&["apply", "--dry-run", "people.toml"]);
    assert_eq!(code, 3, "{told}");
    assert!(told.contains("+ person amy.ward\n    email: amy@northgate.example\n"), "{told}");
    assert!(told.contains("    password: set\n") && told.contains("Nothing was kept"), "{told}");
    for secret in ["amber kettle", "a secret of the rota", "$argon2", "PHN2Zy"] {
        assert!(!told.contains(secret), "{secret} in {told}");
    }
    assert_eq!(desk.call(&["apply", "people.toml"]).0, 0);
    for words in [&["apply", "--dry-run", "people.toml"][..], &["apply", "people.toml"]] {
        let (code, told) = desk.call(words);
        assert_eq!((code, told.contains("Nothing changes")), (0, true), "{told}");
    }
    desk.write("people.toml", &PEOPLE.replace("Amy Ward", "Amy Quay"));
    let (code, told) = desk.call(&["apply", "--dry-run", "people.toml"]);
    assert_eq!(code, 3);
    assert!(told.contains("~ person amy.ward\n    name: Amy Ward → Amy Quay\n"), "{told}");
    desk.write("people.toml", &PEOPLE.replace("email", "emial"));
    assert_eq!(desk.call(&["apply", "--dry-run", "people.toml"]).0, 1);
    assert_eq!(desk.call(&["apply"]).0, 2);
}

#[test]
fn what_is_wrong_with_several_files_is_told_at_once() {
    let desk = Desk::new();
    desk.write("one.toml", "\u{feff}[[persn]]\r\n");
    desk.write("two.json", "{ \"role\": 1 }");
    let (code, told) = desk.call(&["apply", "one.toml", "none.toml", "two.json"]);
    assert_eq!(code, 1);
    for line in [
        "one.toml:1:3: unknown key \"persn\"",
        "none.toml: No such file",
        "two.json:1:11: \"role\" is a list",
    ] {
        assert!(told.contains(line), "{line} in {told}");
    }
    assert!(!desk.path("data").exists(), "nothing is made for documents that are wrong");
}

#[test]
fn an_export_goes_into_another_installation_and_comes_out_the_same() {
    let (one, other) = (Desk::new(), Desk::new());
    assert_eq!(one.call(&["apply", "people.toml"]).0, 0);
    let (code, text) = one.call(&["export"]);
    assert_eq!(code, 0, "{text}");
    assert!(!text.contains("amber kettle") && text.contains("password_hash = \"$argon2id$"));
    other.write("exported.toml", &text);
    assert_eq!(other.call(&["apply", "exported.toml"]).0, 0);
    let to = other.path("again.toml");
    assert_eq!(other.call(&["export", "--to", "again.toml"]).0, 0);
    assert_eq!(fs::read_to_string(&to).expect("written"), text);
    #[cfg(unix)]
    {
        let about = fs::metadata(&to).expect("there");
        let mode = std::os::unix::fs::PermissionsExt::mode(&about.permissions());
        assert_eq!(mode & 0o777, 0o600, "it holds hashes");
    }
    let (code, told) = other.call(&["export", "--to", "again.toml"]);
    assert_eq!(code, 1, "no file is overwritten: {told}");
}

#[test]
fn settings_are_checked_with_all_that_they_name() {
    let desk = Desk::new();
    let (code, told) = desk.call(&["config", "check"]);
    assert_eq!(code, 0, "{told}");
    for line in [
        "ok     settings: latchkey.toml",
        "ok     address: 127.0.0.1:0",
        "ok     database: not there yet",
        "ok     master key: ",
        "note   mail: not set, so nobody is told of changes",
        "ok     theme: built in",
    ] {
        assert!(told.contains(line), "{line} in {told}");
    }
    assert!(!desk.path("data").exists(), "a check makes nothing");

    assert_eq!(desk.call(&["apply", "people.toml"]).0, 0);
    let (code, told) = desk.call(&["config", "check", "--config", "latchkey.toml"]);
    assert_eq!(code, 0, "{told}");
    assert!(told.contains("ok     master key: it opens the database"), "{told}");

    fs::rename(desk.path("data/key"), desk.path("key")).expect("moved");
    let (code, told) = desk.call(&["config", "check"]);
    assert_eq!(code, 1, "{told}");
    assert!(told.contains("wrong  master key: ") && told.contains("ok     database"), "{told}");
    fs::rename(desk.path("key"), desk.path("data/key")).expect("moved");

    let settings = fs::read_to_string(desk.path("latchkey.toml")).expect("read");
    desk.write("latchkey.toml", &settings.replace("login.example.org", "other.example.org"));
    let (code, told) = desk.call(&["config", "check"]);
    assert_eq!(code, 1);
    assert!(told.contains("wrong  database: it belongs to login.example.org"), "{told}");

    let mail = "[mail]\nurl = \"smtp://us:hunter2@mail.example.org\"\nfrom = \"l@example.org\"\n";
    desk.write("latchkey.toml", &format!("{settings}{mail}"));
    let (code, told) = desk.call(&["config", "check"]);
    assert_eq!(code, 0, "{told}");
    let to = "ok     mail: from l@example.org, to mail.example.org, port 587, with STARTTLS";
    assert!(told.contains(to) && !told.contains("hunter2"), "{told}");

    desk.write("theme/lay-out.html", "");
    desk.write("latchkey.toml", &format!("{settings}[theme]\nfolder = \"theme\"\n"));
    let (code, told) = desk.call(&["config", "check"]);
    assert_eq!(code, 1);
    assert!(told.contains("wrong  theme: lay-out.html: nothing uses this file"), "{told}");

    desk.write("data/latchkey.db", "this is no database at all");
    let (_, told) = desk.call(&["config", "check"]);
    assert!(told.contains("latchkey.db is no SQLite database"), "{told}");

    desk.write("latchkey.toml", "isuer = \"x\"\r\n");
    let (code, told) = desk.call(&["config", "check"]);
    assert_eq!(code, 1);
    assert!(told.contains("wrong  settings: latchkey.toml:1:1: unknown key \"isuer\""), "{told}");
    assert!(told.contains("lacks \"issuer\""), "{told}");
}

#[test]
fn a_certificate_and_an_address_in_the_clear_are_told_as_well() {
    let desk = Desk::new();
    let settings = fs::read_to_string(desk.path("latchkey.toml")).expect("read");
    let kept = Path::new(env!("CARGO_MANIFEST_DIR")).join("../idp/src/serving/certificates");
    fs::copy(kept.join("ecdsa.cert.pem"), desk.path("cert.pem")).expect("copied");
    fs::copy(kept.join("rsa.pkcs8.pem"), desk.path("key.pem")).expect("copied");
    let tls = "tls = { cert = \"cert.pem\", key = \"key.pem\" }\n[database]";
    desk.write("latchkey.toml", &settings.replace("[database]", tls));
    let (code, told) = desk.call(&["config", "check"]);
    assert_eq!(code, 1, "{told}");
    assert!(told.contains("wrong  certificate: the key in key.pem does not belong"), "{told}");
    fs::copy(kept.join("ecdsa.sec1.pem"), desk.path("key.pem")).expect("copied");
    let (code, told) = desk.call(&["config", "check"]);
    assert_eq!(code, 0, "{told}");
    assert!(told.contains("ok     certificate: cert.pem"), "{told}");

    desk.write("latchkey.toml", &settings.replace("127.0.0.1", "0.0.0.0"));
    let (code, told) = desk.call(&["config", "check"]);
    assert_eq!(code, 0, "it may be so behind a proxy: {told}");
    assert!(told.contains("note   address: passwords come to this address in the clear"), "{told}");
}

#[test]
fn a_database_on_a_server_is_checked_and_its_password_is_told_by_nothing() {
    let desk = Desk::new();
    let database = Database::new();
    let settings = fs::read_to_string(desk.path("latchkey.toml")).expect("read");
    let file = "sqlite:data/latchkey.db";
    desk.write("data/nothing", "");
    desk.write("latchkey.toml", &settings.replace(file, &database.url));
    let (code, told) = desk.call(&["config", "check"]);
    assert_eq!(code, 0, "{told}");
    assert!(told.contains("ok     database: it answers, and is new"), "{told}");
    assert_eq!(desk.call(&["apply", "people.toml"]).0, 0);
    let (code, told) = desk.call(&["config", "check"]);
    assert_eq!(code, 0, "{told}");
    assert!(told.contains("ok     master key: it opens the database"), "{told}");
    fs::remove_file(desk.path("data/key")).expect("removed");
    let (code, told) = desk.call(&["config", "check"]);
    assert_eq!(code, 1, "{told}");
    assert!(told.contains("wrong  master key: ") && told.contains("ok     database"), "{told}");

    let free = super::served::free();
    for address in [
        format!("postgres://latchkey:Wx7Qz9Kp@{free}/latchkey"),
        format!("postgres://latchkey:Wx7Qz9Kp?sslmode=x@{free}/latchkey"),
        format!("postgres://latchkey@{free}/latchkey?password=Wx7Qz9Kp&sslmode=Wx7Qz9Kp"),
    ] {
        desk.write("latchkey.toml", &settings.replace(file, &address));
        for command in [&["config", "check"][..], &["apply", "people.toml"]] {
            let (code, told) = desk.call(command);
            assert_eq!(code, 1, "{told}");
            assert!(!told.is_empty() && !told.contains("Wx7Qz9Kp"), "{told}");
        }
    }
}

#[test]
fn a_theme_is_checked_by_showing_every_page() {
    let desk = Desk::new();
    let (code, told) = desk.call(&["theme", "check"]);
    assert_eq!((code, told.as_str()), (0, "Nothing is wrong.\n"));

    desk.write("theme/locales/cy/own.ftl", "log-in = Dewch i mewn\n");
    assert_eq!(desk.call(&["theme", "check", "--theme", "theme"]).0, 0);

    desk.write("theme/locales/cy/own.ftl", "log-in = Dewch\n\nlog-inn = Dewch\n");
    desk.write("theme/parts/problem.html", "\n{{ nothing }}\n");
    desk.write("theme/assets/person.css", ":root { --ink: #888; --surface: #fff }");
    let (code, told) = desk.call(&["theme", "check", "--theme", "theme"]);
    assert_eq!(code, 1);
    for line in [
        "theme/locales/cy/own.ftl:3: nothing uses the message \"log-inn\"",
        "theme/parts/problem.html:2: ",
        "theme/assets/person.css:1: --ink #888888 has a contrast of 3.54:1",
    ] {
        assert!(told.contains(line), "{line} in {told}");
    }
    assert_eq!(desk.call(&["theme", "check", "--theme", "nowhere"]).0, 1);
}

#[test]
fn what_documents_can_say_is_told_without_settings() {
    let folder = tempfile::tempdir().expect("a folder");
    let output = Command::new(binary().expect("a binary"))
        .args(["apply", "--help-documents"])
        .current_dir(folder.path())
        .output()
        .expect("called");
    assert!(output.status.success());
    let told = String::from_utf8(output.stdout).expect("text");
    assert_eq!(told, latchkey::documents::reference());
}

#[test]
fn what_makers_publish_is_checked_with_who_vouches_for_it() {
    let desk = Desk::new();
    let (publisher, maker) = (Publisher::new(), Party::maker());
    let settings = fs::read_to_string(desk.path("latchkey.toml")).expect("read");
    let set = |blob: &str| {
        let more = format!("[metadata]\nblob = \"{blob}\"\nroots = \"roots.pem\"\n");
        desk.write("latchkey.toml", &format!("{settings}{more}"));
    };
    let check = |code, line: &str| {
        let (told, text) = desk.call(&["config", "check"]);
        assert_eq!((told, text.contains(line)), (code, true), "{line} in {text}");
    };
    set("blob.jwt");
    check(1, "wrong  metadata: [metadata] roots: ");
    desk.write("roots.pem", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
    check(1, "roots.pem: a certificate in it cannot be read");
    desk.write("roots.pem", &publisher.root.pem());
    check(1, "blob.jwt: the file cannot be read: No such file");
    desk.write("blob.jwt", "<html>");
    check(1, "blob.jwt: it is no signed metadata");
    let model = Model {
        aaguid: Uuid::from_u128(1),
        name: "Tern Key 7",
        root: &maker.certificate,
        status: "FIDO_CERTIFIED",
        protection: "hardware",
    };
    desk.write("blob.jwt", &publisher.publish(&payload(57, "2999-01-01", &[model])));
    check(0, "ok     metadata: number 57, a later one promised by 2999-01-01\n");
    desk.write("blob.jwt", &publisher.publish(&payload(57, "2020-01-01", &[model])));
    check(0, "promised by 2020-01-01, which did not come\n");
    desk.write("blob.jwt", &Publisher::new().publish(&payload(57, "2999-01-01", &[model])));
    check(1, "its signer's certificates lead to none of the roots");
    set("https://mds3.fidoalliance.org/");
    check(0, "ok     metadata: from https://mds3.fidoalliance.org/, once it is served");
}

#[test]
fn a_table_of_people_is_imported_as_documents_are_applied() {
    let desk = Desk::new();
    assert_eq!(desk.call(&["apply", "people.toml"]).0, 0);
    desk.write("staff.csv", "username,name,email\r\nivy.lane,Ivy Lane,ivy@northgate.example\r\n");
    let import = ["import", "staff.csv", "--organisation", "northgate"];
    let dry = [&import[..], &["--dry-run"]].concat();
    let (code, told) = desk.call(&dry);
    assert_eq!(code, 3, "{told}");
    assert!(told.contains("+ person ivy.lane\n    email: ivy@northgate.example\n"), "{told}");
    assert!(told.contains("Nothing was kept"), "{told}");
    let (code, told) = desk.call(&import);
    assert_eq!((code, told.contains("1 added, 0 changed")), (0, true), "{told}");
    for words in [&dry[..], &import] {
        let (code, told) = desk.call(words);
        assert_eq!((code, told.contains("Nothing changes")), (0, true), "{told}");
    }
    let (code, told) = desk.call(&[&import[..], &["--invite"]].concat());
    assert_eq!((code, told.contains("[mail] is not set")), (1, true), "{told}");
    desk.write("staff.csv", "username,name\nivy lane,Ivy\namy.ward,\njoe.reed,\n");
    let (code, told) = desk.call(&dry);
    assert_eq!(code, 1);
    assert!(
        told.contains("\nstaff.csv:2: \"username\"") && told.contains("\nstaff.csv:4: "),
        "{told}"
    );
    let (code, told) = desk.call(&["import", "none.csv", "--organisation", "northgate"]);
    assert_eq!((code, told.contains("none.csv: No such file")), (1, true), "{told}");
    let (code, told) = desk.call(&["import", "staff.csv", "--organisation", "southgate"]);
    assert_eq!((code, told.contains("there is no organisation")), (1, true), "{told}");
    assert_eq!(desk.call(&["import", "staff.csv"]).0, 2);
}

const SP: &str = r#"<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata"
    entityID="https://rota.example/sp">
  <md:SPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">
    <md:AssertionConsumerService index="0" Location="https://rota.example/acs"
        Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"/>
  </md:SPSSODescriptor>
</md:EntityDescriptor>"#;

#[test]
fn a_service_provider_is_added_by_its_metadata_told_exported_and_removed() {
    let desk = Desk::new();
    desk.write("sp.xml", SP);
    desk.write("wrong.xml", &SP.replace("https://rota.example/acs", "javascript:alert(1)"));
    desk.call(&["apply", "people.toml"]);
    let add = ["sp", "add", "--metadata", "sp.xml", "--organisation", "northgate"];
    let (code, told) = desk.call(&[&add[..], &["--dry-run"]].concat());
    assert_eq!(code, 3, "{told}");
    assert_eq!(desk.call(&["sp", "list"]), (0, String::new()));
    let (code, told) = desk.call(&[&add[..], &["--name", "The \"rota\""]].concat());
    assert_eq!(code, 0, "{told}");
    let (code, told) = desk.call(&["sp", "list"]);
    let mut lines = told.lines();
    assert_eq!((code, lines.next()), (0, Some("https://rota.example/sp  The \"rota\"")), "{told}");
    assert_eq!(lines.next(), Some("    organisation northgate"));
    assert!(
        lines.next().is_some_and(|line| line.starts_with("    metadata as it was given, read "))
    );
    let (code, exported) = desk.call(&["export"]);
    assert_eq!(code, 0, "{exported}");
    desk.write("exported.toml", &exported);
    let (code, told) = desk.call(&["apply", "--dry-run", "exported.toml"]);
    assert_eq!(code, 0, "what was exported is what is there: {told}");
    for (what, wrong) in [
        ("an address that nobody is sent to", &["--metadata", "wrong.xml"][..]),
        ("no file", &["--metadata", "none.xml"]),
        ("somebody else", &["--metadata", "sp.xml", "--entity-id", "https://other.example/sp"]),
        ("no organisation", &["--metadata", "sp.xml", "--organisation", "none"]),
    ] {
        let (code, told) = desk.call(&[&["sp", "add"][..], wrong].concat());
        assert_eq!(code, 1, "{what}: {told}");
    }
    let (code, told) = desk.call(&["sp", "remove", "https://rota.example/sp"]);
    assert_eq!(code, 0, "{told}");
    let (code, told) = desk.call(&["sp", "remove", "https://rota.example/sp"]);
    assert_eq!(code, 1, "{told}");
}

/// Serves what it is told at an address of the loopback.
struct Office {
    body: Arc<Mutex<String>>,
    url: String,
}

impl Office {
    fn serve(body: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let url = format!("http://{}/sp.xml", listener.local_addr().expect("bound"));
        let body = Arc::new(Mutex::new(body));
        let said = Arc::clone(&body);
        std::thread::spawn(move || {
            for mut stream in listener.incoming().flatten() {
                let mut asked = Vec::new();
                while !asked.ends_with(b"\r\n\r\n") {
                    let mut byte = [0];
                    if stream.read(&mut byte).unwrap_or_default() == 0 {
                        break;
                    }
                    asked.push(byte[0]);
                }
                let body = said.lock().expect("no panic").clone();
                let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n", body.len());
                // Whoever asked may have gone.
                drop(write!(stream, "{head}connection: close\r\n\r\n{body}"));
            }
        });
        Self { body, url }
    }

    fn says(&self, body: String) {
        *self.body.lock().expect("no panic") = body;
    }
}

#[test]
fn a_known_service_provider_keeps_what_is_not_given_and_its_metadata_is_read_again_when_asked() {
    let desk = Desk::new();
    let settings = fs::read_to_string(desk.path("latchkey.toml")).expect("settings");
    desk.write("latchkey.toml", &format!("{settings}[fetch]\nallow = [\"127.0.0.1\"]\n"));
    let office = Office::serve(SP.to_owned());
    let url = office.url.as_str();
    desk.call(&["apply", "people.toml"]);
    desk.write(
        "rota.toml",
        &format!(
            "[[service_provider]]\nmetadata = \"{url}\"\norganisation = \"northgate\"\n\
             name = \"Rota\"\nidp_initiated = true\nattributes = [{{ name = \"x\", from = \"email\" }}]\n"
        ),
    );
    let (code, told) = desk.call(&["apply", "rota.toml"]);
    assert_eq!(code, 0, "{told}");
    let exported = || desk.call(&["export"]).1;
    let members = |text: &str| {
        let (_, provider) = text.split_once("[[service_provider]]").expect("one");
        let lines = provider.lines().filter(|line| !line.starts_with("metadata"));
        lines.map(str::to_owned).collect::<Vec<_>>()
    };
    let before = exported();

    // A later file in place of the address, and another name: all else stays.
    desk.write("sp.xml", &SP.replace("/acs", "/acs2"));
    let (code, told) = desk.call(&["sp", "add", "--metadata", "sp.xml"]);
    assert_eq!(code, 0, "{told}");
    assert!(told.contains("~ service provider") && told.contains("/acs2"), "{told}");
    let (code, told) = desk.call(&["sp", "refresh", "https://rota.example/sp"]);
    assert_eq!((code, told.contains("came from a file")), (1, true), "{told}");
    let (code, told) = desk.call(&["sp", "add", "--metadata", url, "--name", "The rota"]);
    assert_eq!(code, 0, "{told}");
    let after = exported().replace("The rota", "Rota");
    let after: Vec<_> =
        members(&after).into_iter().filter(|line| !line.starts_with("entity_id")).collect();
    let before: Vec<_> =
        members(&before).into_iter().filter(|line| !line.starts_with("entity_id")).collect();
    assert_eq!(after, before);
    assert!(before.iter().any(|line| line.starts_with("attributes")), "{before:?}");

    assert_eq!(
        desk.call(&["sp", "refresh"]),
        (0, "https://rota.example/sp: unchanged\n".to_owned())
    );
    office.says(SP.replace("/acs", "/acs3"));
    let (code, told) = desk.call(&["sp", "refresh", "https://rota.example/sp"]);
    assert_eq!(code, 0, "{told}");
    assert!(told.contains("+ AssertionConsumerService 0: https://rota.example/acs3"), "{told}");
    office.says("nothing good".to_owned());
    let (code, told) = desk.call(&["sp", "refresh"]);
    assert_eq!((code, told.contains("not read, what is kept stays")), (1, true), "{told}");
    let (_, told) = desk.call(&["sp", "list"]);
    assert!(told.contains(&format!("metadata from {url}, read ")), "{told}");
    assert!(told.contains("FAILING since "), "{told}");
    office.says(SP.replace("entityID", "validUntil=\"2020-01-01T00:00:00Z\" entityID"));
    let (code, told) = desk.call(&["sp", "add", "--metadata", url]);
    assert_eq!((code, told.contains("the metadata has expired")), (1, true), "{told}");
    assert!(desk.call(&["export"]).1.contains("attributes"), "a refusal changes nothing");
    assert_eq!(desk.call(&["sp", "refresh", "https://none.example/"]).0, 1);
}
