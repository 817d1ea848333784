use super::*;
use crate::source::Source;

const LEAST: &str = "issuer = \"https://login.example.org\"\n\
    [listen]\naddress = \"0.0.0.0:8443\"\n\
    [database]\nurl = \"sqlite:data/latchkey.db\"\n\
    [master_key]\nfile = \"data/master.key\"\n";

fn read(text: &str, environment: &[(&str, &str)]) -> Result<Config, String> {
    let environment = environment.iter().map(|(name, value)| (name.into(), value.into()));
    Config::read(&Source::from_text("latchkey.toml", text), environment)
        .map_err(|problems| problems.to_string())
}

fn refusal(text: &str, environment: &[(&str, &str)]) -> String {
    read(text, environment).expect_err("refused")
}

#[test]
fn what_is_not_set_has_its_default() {
    let config = read(LEAST, &[]).expect("settings");
    assert_eq!(config.issuer.as_str(), "https://login.example.org/");
    assert_eq!(config.lifetimes, Lifetimes::default());
    assert_eq!(config.passwords, Passwords::default());
    assert_eq!(config.database.url, "sqlite:data/latchkey.db");
}

#[test]
fn every_setting_can_come_from_the_environment_as_well() {
    let config = read(
        LEAST,
        &[
            ("LATCHKEY__ISSUER", "https://id.example.org"),
            ("LATCHKEY__LIFETIMES__CODE", "10s"),
            ("LATCHKEY__PASSWORDS__PARALLEL", "3"),
            ("LATCHKEY__LISTEN__TRUSTED_PROXIES", "10.0.0.0/8, ::1"),
            ("LATCHKEY__MASTER_KEY__FILE", ""),
            ("LATCHKEY_LOG", "debug"),
        ],
    )
    .expect("settings");
    assert_eq!(config.issuer.host_str(), Some("id.example.org"));
    assert_eq!(config.lifetimes.code, Duration::from_secs(10));
    assert_eq!(config.passwords.parallel, 3);
    assert_eq!(config.listen.trusted_proxies.len(), 2);
    let file = MasterKey::File("data/master.key".into());
    assert_eq!(config.master_key, file, "empty sets nothing");
}

#[test]
fn a_wrong_variable_is_named() {
    let wrong = |name, value| refusal(LEAST, &[(name, value)]);
    assert_eq!(
        wrong("LATCHKEY__LISTEN__ADRESS", "127.0.0.1:1"),
        "LATCHKEY__LISTEN__ADRESS: unknown key \"adress\" in [listen]; the nearest known one is \
         \"address\""
    );
    assert!(wrong("LATCHKEY__LIFETIMES__CODE", "ten").starts_with("LATCHKEY__LIFETIMES__CODE: "));
    assert!(wrong("LATCHKEY__ISSUER__X", "1").contains("is set as a value elsewhere"));
    assert!(wrong("LATCHKEY__LISTEN", "1").contains("\"listen\" is a table"));
    assert!(wrong("LATCHKEY____X", "1").contains("write LATCHKEY__SECTION__KEY"));
}

#[test]
fn an_unknown_key_is_an_error_with_its_line_and_the_nearest() {
    let text = format!("{LEAST}[lifetimes]\nacces_token = \"10m\"\n");
    assert_eq!(
        refusal(&text, &[]),
        "latchkey.toml:9:1: unknown key \"acces_token\" in [lifetimes]; the nearest known one is \
         \"access_token\""
    );
    let text = format!("{LEAST}[liftimes]\ncode = \"10m\"\n");
    assert!(refusal(&text, &[]).contains("the nearest known one is \"lifetimes\""));
}

#[test]
fn everything_that_is_missing_is_told_at_once() {
    let told = refusal("[listen]\naddress = \"8443\"\n", &[]);
    assert!(told.contains("the file lacks \"issuer\""), "{told}");
    assert!(told.contains("latchkey.toml:2:11: \"address\" is an address and a port"), "{told}");
    assert!(told.contains("[database] lacks \"url\""), "{told}");
    assert!(told.contains("[master_key] lacks \"file\""), "{told}");
}

#[test]
fn the_issuer_is_an_origin_that_browsers_take_for_secure() {
    let issuer = |text: &str| {
        read(&LEAST.replace("https://login.example.org", text), &[]).map(|c| c.issuer.to_string())
    };
    assert!(issuer("http://localhost:8080").is_ok());
    assert!(issuer("https://login.example.org/").is_ok());
    for wrong in [
        "http://login.example.org",
        "https://login.example.org/idp",
        "https://login.example.org?x",
        "https://login.example.org#x",
        "https://amy@login.example.org",
        "https://192.0.2.7",
        "login.example.org",
        "",
    ] {
        let told = issuer(wrong).expect_err(wrong);
        assert!(told.starts_with("latchkey.toml:1:10: \"issuer\""), "{told}");
    }
}

#[test]
fn what_letters_guesses_and_networks_are_set_to_is_read_or_refused() {
    let text = LEAST.replace(
        "[database]",
        "[mail]\nurl = \"spool:data/mail\"\n\
         from = \"login@example.org\"\n[throttle]\nexempt = [\"10.20.0.0/16\"]\n\
         [fetch]\nallow = [\"127.0.0.1\"]\n[database]",
    );
    let config = read(&text, &[]).expect("settings");
    let mail = config.mail.expect("[mail]");
    assert!(mail.post.to_string().ends_with("the folder data/mail"), "{mail:?}");
    assert!(refusal(&text.replace("login@ex", "login ex"), &[]).contains("is an e-mail address"));
    let exempt: Vec<String> = config.throttle.exempt.iter().map(ToString::to_string).collect();
    assert_eq!(exempt, ["10.20.0.0/16"]);
    assert!(refusal(&text.replace("/16", "/99"), &[]).contains("\"10.20.0.0/99\" is an address"));
    assert!(refusal(&text.replace("spool:", "file:"), &[]).contains("begins with spool:"));
}

#[test]
fn what_holds_for_every_application_that_speaks_saml_is_read_or_refused() {
    assert_eq!(read(LEAST, &[]).expect("settings").saml, Saml::default());
    let saml = |members: &str| read(&format!("{LEAST}[saml]\n{members}\n"), &[]);
    let signed = saml("require_signed_requests = true").expect("settings").saml;
    assert_eq!(signed, Saml { require_signed_requests: true, scopes: Vec::new() });
    let scopes = saml("scopes = [\"northgate.example\", \"harbour.example\"]");
    assert_eq!(scopes.expect("settings").saml.scopes, ["northgate.example", "harbour.example"]);
    let variables = [
        ("LATCHKEY__SAML__REQUIRE_SIGNED_REQUESTS", "true"),
        ("LATCHKEY__SAML__SCOPES", "northgate.example, harbour.example"),
    ];
    let set = read(LEAST, &variables).expect("settings").saml;
    assert!(set.require_signed_requests && set.scopes.len() == 2, "{set:?}");

    for (members, words) in [
        ("require_signed_requests = \"yes\"", "is true or false"),
        ("require_signed_request = true", "the nearest known one is \"require_signed_requests\""),
        ("scopes = [\"@northgate.example\"]", "is no domain"),
        ("scopes = [\"10.0.0.1\"]", "is no domain"),
        ("scopes = [\"\"]", "is no domain"),
        (
            "scopes = [\"Northgate.example\"]",
            "write \"Northgate.example\" as \"northgate.example\"",
        ),
    ] {
        let told = saml(members).expect_err(members);
        assert!(told.contains(words), "{members}: {told}");
    }
}

#[test]
fn the_data_can_be_on_a_server() {
    for url in [
        "postgres://latchkey@db.example/latchkey",
        "postgresql://latchkey:s%40crt@db.example:5433/latchkey?sslmode=verify-full&sslrootcert=/ca",
        "postgres:///latchkey?host=/run/postgresql",
    ] {
        let config = read(&LEAST.replace("sqlite:data/latchkey.db", url), &[]).expect(url);
        assert_eq!(config.database.url, url);
        let shown = format!("{config:?}");
        assert!(!shown.contains("s%40crt") && !shown.contains("db.example"), "{shown}");
    }
}

#[test]
fn a_wrong_address_of_a_server_is_told_with_its_place_and_without_its_password() {
    for (url, words) in [
        ("postgres://latchkey:sEcret@db.example:x/latchkey", "invalid port number"),
        ("postgres://latchkey:sEcr/t@db.example/latchkey", "stand as %40"),
        ("postgres://latchkey:9?sEcret@db.example/latchkey", "after the ? may stand sslmode"),
        ("postgres://latchkey:9#sEcret@db.example/latchkey", "after a #"),
        ("postgres://latchkey@db.example/latchkey?pasword=sEcret", "sslrootcert, sslcert"),
        ("postgres://u@db.example/latchkey?sslmode=sEcret", "sslmode is one of disable, "),
        ("postgres:db.example?sEcret", "\"postgres://\" and a server"),
        ("mysql://u:sEcret@db.example/latchkey", "\"sqlite:\" and a path"),
    ] {
        let told = refusal(&LEAST.replace("sqlite:data/latchkey.db", url), &[]);
        assert!(told.starts_with("latchkey.toml:5:7: \"url\""), "{told}");
        assert!(told.contains(words), "{url}: {told}");
        assert!(!told.contains("sEcr"), "{told}");
        let told = refusal(LEAST, &[("LATCHKEY__DATABASE__URL", url)]);
        assert!(told.starts_with("LATCHKEY__DATABASE__URL: "), "{told}");
        assert!(told.contains(words) && !told.contains("sEcr"), "{told}");
    }
}

#[test]
fn lifetimes_and_hash_costs_have_limits() {
    let with = |more: &str| refusal(&format!("{LEAST}{more}"), &[]);
    assert!(with("[lifetimes]\ncode = \"11m\"\n").contains("a time from 1s to 10m"));
    assert!(with("[lifetimes]\ncode = 60\n").contains("\"code\" is a text, not a whole number"));
    assert!(with("[passwords]\nmemory_kib = 4096\n").contains("is too weak"));
    assert!(with("[passwords]\nparallel = 0\n").contains("a whole number from 1 to 1024"));
    assert!(with("[theme]\nfolder = \"no-such\"\n").contains("there is no folder \"no-such\""));
    assert!(read(&format!("{LEAST}[passwords]\nmemory_kib = 7168\niterations = 5\n"), &[]).is_ok());
}

#[test]
fn a_time_zone_is_one_that_the_system_knows() {
    let with = |zone: &str| read(&format!("time_zone = \"{zone}\"\n{LEAST}"), &[]);
    assert!(with("UTC").is_ok());
    let told = with("Europe/Londn").expect_err("refused");
    assert!(told.starts_with("latchkey.toml:1:13: \"time_zone\""), "{told}");
}

#[test]
fn paths_are_relative_to_the_files_folder() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("latchkey.toml");
    std::fs::write(&path, LEAST).expect("written");
    let config = Config::load(&path, []).expect("settings");
    assert_eq!(config.master_key, MasterKey::File(folder.path().join("data/master.key")));
    assert_eq!(
        config.database.url,
        format!("sqlite:{}", folder.path().join("data/latchkey.db").display())
    );
    let none = Config::load(&folder.path().join("none.toml"), []).expect_err("refused");
    assert!(none.to_string().contains("none.toml: No such file"), "{none}");
}

#[test]
fn the_readmes_settings_are_settings() {
    let readme = include_str!("../../../README.md");
    let block = readme.split("```toml\n").nth(1).and_then(|rest| rest.split("```").next());
    let config = read(block.expect("a block"), &[]).expect("settings");
    assert_eq!(config.listen.trusted_proxies.len(), 1);
}

#[test]
fn networks_that_may_be_reached_are_those_that_are_listed() {
    let config = read(&format!("{LEAST}\n[fetch]\nallow = [\"10.20.0.0/16\"]\n"), &[]);
    let allow = config.expect("settings").fetch.allow;
    let allowed = |address: &str| {
        let address = address.parse().expect("an address");
        allow.iter().any(|network| network.contains(address))
    };
    assert!(allowed("10.20.0.1"));
    assert!(!allowed("10.21.0.1") && !allowed("127.0.0.1"));
    assert!(read(LEAST, &[]).expect("settings").fetch.allow.is_empty());
    let wrong = format!("{LEAST}\n[fetch]\nallow = [\"localhost\"]\n");
    assert!(refusal(&wrong, &[]).contains("\"localhost\" is an address"));
}

fn listening(more: &str) -> String {
    LEAST.replace("[database]", &format!("{more}\n[database]"))
}

#[test]
fn tls_is_a_certificate_and_its_key() {
    let config = read(&listening("tls = { cert = \"a.pem\", key = \"b.pem\" }"), &[]);
    let tls = Tls { cert: "a.pem".into(), key: "b.pem".into() };
    assert_eq!(config.expect("settings").listen.tls, Some(tls));
    let told = refusal(&listening("tls = { cert = \"a.pem\" }"), &[]);
    assert!(told.contains("[listen] tls lacks \"key\""), "{told}");
    let told = refusal(&listening("tls = { cert = \"a\", key = \"b\", kay = \"c\" }"), &[]);
    assert!(told.contains("unknown key \"kay\""), "{told}");
}

#[test]
fn whoever_speaks_tls_is_called_https() {
    let own = listening("tls = { cert = \"a.pem\", key = \"b.pem\" }");
    let http = own.replace("https://login.example.org", "http://localhost:8443");
    assert_eq!(
        refusal(&http, &[]),
        "latchkey.toml:1:10: \"issuer\" begins with http:, but [listen] tls has TLS spoken here; \
         browsers would see https://localhost:8443"
    );
    let told = refusal(&own, &[("LATCHKEY__ISSUER", "http://localhost")]);
    assert!(told.starts_with("LATCHKEY__ISSUER: \"issuer\" begins with http:"), "{told}");
    assert!(read(&own, &[]).is_ok());
    assert!(read(&http, &[("LATCHKEY__ISSUER", "https://localhost:8443")]).is_ok());
}

#[test]
fn an_address_that_passwords_reach_in_the_clear_is_known() {
    let clear = |more: &str, environment: &[(&str, &str)]| {
        read(&listening(more), environment).expect("settings").speaks_in_the_clear()
    };
    assert!(clear("", &[]));
    assert!(clear("", &[("LATCHKEY__LISTEN__ADDRESS", "[2001:db8::1]:443")]));
    assert!(!clear("tls = { cert = \"a.pem\", key = \"b.pem\" }", &[]));
    assert!(!clear("trusted_proxies = [\"10.0.0.0/8\"]", &[]), "a proxy speaks it");
    for inside in ["127.0.0.1:8443", "[::1]:8443", "[::ffff:127.0.0.1]:8443"] {
        assert!(!clear("", &[("LATCHKEY__LISTEN__ADDRESS", inside)]), "{inside}");
    }
    let demo = [("LATCHKEY__ISSUER", "http://localhost:8443")];
    assert!(!clear("", &demo), "whoever says http knows it");
}

#[test]
fn management_is_inside_unless_exposing_it_is_said() {
    let management = |text: &str| {
        let config = read(&listening(&format!("management = \"{text}\"")), &[])?;
        Ok::<_, String>(config.listen.management)
    };
    for inside in ["127.0.0.1:9090", "[::1]:9090", "10.0.0.7:9090", "[fd00::1]:9090"] {
        assert_eq!(management(inside), Ok(inside.parse().ok()), "{inside}");
    }
    for outside in ["0.0.0.0:9090", "[::]:9090", "192.0.2.7:9090", "[::ffff:0.0.0.0]:9090"] {
        let told = management(outside).expect_err(outside);
        assert!(told.contains("set \"management_exposed\" to true"), "{told}");
        let said = format!("management = \"{outside}\"\nmanagement_exposed = true");
        let config = read(&listening(&said), &[]).expect("settings");
        assert_eq!(config.listen.management, outside.parse().ok());
    }
    let same = "management = \"0.0.0.0:8443\"\nmanagement_exposed = true";
    assert!(refusal(&listening(same), &[]).contains("an address of its own"));
    assert!(read(LEAST, &[]).expect("settings").listen.management.is_none());
}

#[test]
fn the_master_key_has_one_source() {
    let with = |text: &str| LEAST.replace("file = \"data/master.key\"", text);
    let source = |text: &str| read(&with(text), &[]).map(|config| config.master_key);
    assert_eq!(source("env = \"KEY\""), Ok(MasterKey::Env("KEY".into())));
    let command = MasterKey::Command(vec!["vault".into(), "read".into()]);
    assert_eq!(source("command = [\"vault\", \"read\"]"), Ok(command));
    let set = [("LATCHKEY__MASTER_KEY__ENV", "KEY")];
    let told = refusal(LEAST, &set);
    assert!(told.contains("one of \"file\", \"env\" and \"command\", not two"), "{told}");
    for nothing in ["", "command = []"] {
        let told = refusal(&with(nothing), &[]);
        assert!(told.contains("[master_key] lacks \"file\""), "{told}");
    }
}

#[test]
fn a_new_key_is_published_for_longer_than_applications_keep_the_old_ones() {
    let told = refusal(&format!("{LEAST}[lifetimes]\nkey_lead = \"5m\"\n"), &[]);
    assert!(told.contains("\"key_lead\" is a time from 6m to 30d"), "{told}");
    let config = read(&format!("{LEAST}[lifetimes]\nkey_lead = \"6m\"\n"), &[]);
    assert_eq!(config.expect("settings").lifetimes.key_lead.as_secs(), 360);
    let told = refusal(&format!("{LEAST}[lifetimes]\nsaml_key_lead = \"11h\"\n"), &[]);
    assert!(told.contains("\"saml_key_lead\" is a time from 12h to 366d"), "{told}");
    let config = read(&format!("{LEAST}[lifetimes]\nsaml_key_lead = \"12h\"\n"), &[]);
    assert_eq!(config.expect("settings").lifetimes.saml_key_lead.as_secs(), 43_200);
}

#[test]
fn traces_go_to_an_address_and_a_share_of_them_is_a_number() {
    let with = |text: &str| read(&format!("{LEAST}\n[telemetry]\n{text}\n"), &[]);
    let traces = with("traces = \"https://collector.example/v1/traces\"\ntraces_percent = 5");
    let traces = traces.expect("settings").traces.expect("traces");
    assert_eq!(
        (traces.address.as_str(), traces.percent),
        ("https://collector.example/v1/traces", 5)
    );
    assert_eq!(with("traces_percent = 5").expect("settings").traces, None);
    for wrong in ["traces = \"collector\"", "traces = \"udp://collector:1\""] {
        let told = with(wrong).expect_err(wrong).to_string();
        assert!(told.contains("\"traces\" is where a collector takes OTLP over HTTP"), "{told}");
    }
    let told = with("traces = \"http://a.example\"\ntraces_percent = 101").expect_err("refused");
    assert!(told.to_string().contains("\"traces_percent\""), "{told}");
}

#[test]
fn metadata_is_a_file_or_an_address_whose_signer_somebody_vouches_for() {
    let section = |lines: &str| format!("{LEAST}[metadata]\n{lines}\n");
    let of = |lines: &str| read(&section(lines), &[]).expect("settings").metadata;
    assert_eq!(read(LEAST, &[]).expect("settings").metadata, None);
    let file = of("blob = \"fido/blob.jwt\"\nroots = \"fido/root.pem\"").expect("set");
    assert_eq!(file.blob, MetadataSource::File("fido/blob.jwt".into()));
    assert_eq!(file.roots, Path::new("fido/root.pem"));
    assert_eq!(file.signer, "mds.fidoalliance.org");
    let address =
        "blob = \"https://mds3.fidoalliance.org/\"\nroots = \"r\"\nsigner = \"m.example\"";
    let address = of(address).expect("set");
    let url = "https://mds3.fidoalliance.org/".parse().expect("an address");
    assert_eq!(address.blob, MetadataSource::Address(url));
    assert_eq!(address.signer, "m.example");

    let wrong = |lines: &str| refusal(&section(lines), &[]);
    assert!(wrong("roots = \"r\"").contains("[metadata] lacks \"blob\""));
    assert!(wrong("blob = \"b\"").contains("[metadata] lacks \"roots\""));
    assert!(wrong("blob = \"https:\"\nroots = \"r\"").contains("is a file, or an address"));
    let signer = wrong("blob = \"b\"\nroots = \"r\"\nsigner = \"not a host\"");
    assert!(signer.contains("\"signer\" is a host"), "{signer}");
    let strange = wrong("blob = \"b\"\nroots = \"r\"\nroot = \"r\"");
    assert!(strange.contains("unknown key \"root\" in [metadata]"), "{strange}");
}

#[test]
fn the_console_is_here_unless_it_is_elsewhere_or_nowhere() {
    let console = |text: &str| read(&format!("{LEAST}{text}"), &[]).map(|config| config.console);
    for here in ["", "[console]\n", "[console]\nembedded = true\n"] {
        assert!(matches!(console(here), Ok(Console::Embedded)), "{here}");
    }
    assert!(matches!(console("[console]\nembedded = false\n"), Ok(Console::Nowhere)));
    let elsewhere = "[console]\nurl = \"https://admin.example.org/\"\nsecret_file = \"console\"\n";
    let Ok(Console::Elsewhere { origin, secret_file }) = console(elsewhere) else {
        panic!("elsewhere")
    };
    assert_eq!(origin.as_str(), "https://admin.example.org");
    assert_eq!(secret_file, PathBuf::from("console"));
}

#[test]
fn a_console_elsewhere_has_an_origin_and_a_secret() {
    let told = |text: &str| refusal(&format!("{LEAST}[console]\n{text}\n"), &[]);
    let secret = "secret_file = \"console\"";
    assert!(told(secret).contains("latchkey.toml:9:15: \"secret_file\" is of a console"));
    let url = |url: &str| format!("url = \"{url}\"");
    let right = url("https://admin.example.org");
    assert!(told(&right).contains("has a \"secret_file\" as well"));
    assert!(told(&format!("{right}\n{secret}\nembedded = true")).contains("is not \"embedded\""));
    for wrong in ["http://admin.example.org", "https://a.example/x", "admin.example.org"] {
        let told = told(&format!("{}\n{secret}", url(wrong)));
        assert!(told.contains("\"url\" is an origin"), "{told}");
    }
}
