//! From the tree to the types: one function a section.

use std::ffi::OsString;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::tz::TimeZone;
use latchkey_core::network::Network;
use latchkey_oidc::Issuer;
use latchkey_store::{check_server_address, is_server_address};
use rustls::pki_types::ServerName;
use url::Url;

use super::{
    Audit, Config, Console, Database, Fetch, Lifetimes, Listen, METADATA_SIGNER, MasterKey,
    Metadata, MetadataSource, Passwords, ThemeFolder, Throttle, Tls, Traces, duration, environment,
    mail, saml,
};
use crate::source::{Fields, Place, Problems, Source, Table, nearest};

/// Pairs of memory (KiB) and passes of equal strength with one lane (OWASP Password Storage
/// Cheat Sheet): settings that reach none of them are refused.
const LEAST: [(u32, u32); 5] = [(47_104, 1), (19_456, 2), (12_288, 3), (9_216, 4), (7_168, 5)];

impl Config {
    /// Reads the settings of a file, with the environment laid over them.
    ///
    /// # Errors
    /// Everything that is wrong, each with its place.
    pub fn load(
        path: &Path,
        environment: impl IntoIterator<Item = (OsString, OsString)>,
    ) -> Result<Self, Problems> {
        let source = Source::read(path)?;
        Self::read(&source, environment)
    }

    /// Reads the settings of a text, with the environment laid over them.
    ///
    /// # Errors
    /// Everything that is wrong, each with its place.
    pub fn read(
        source: &std::sync::Arc<Source>,
        environment: impl IntoIterator<Item = (OsString, OsString)>,
    ) -> Result<Self, Problems> {
        let mut tree = source.parse()?;
        let mut problems = Problems::default();
        environment::overlay(&mut tree, environment, &mut problems);

        let mut root = Fields::new("the file", tree, &mut problems);
        let place = root.place().clone();
        let issuer = root.required_text("issuer");
        let time_zone = root.text("time_zone");
        let mut section = |name| root.table(name).unwrap_or_else(|| empty(&place));
        let [listen, database, master_key] = ["listen", "database", "master_key"].map(&mut section);
        let [lifetimes, passwords, theme] = ["lifetimes", "passwords", "theme"].map(&mut section);
        let [mail, throttle, fetch] = ["mail", "throttle", "fetch"].map(&mut section);
        let [telemetry, audit, metadata] = ["telemetry", "audit", "metadata"].map(&mut section);
        let [console, saml] = ["console", "saml"].map(&mut section);
        root.finish();

        let said = issuer.as_ref().map(|(_, place)| place.clone());
        let issuer = issuer.and_then(|(text, place)| read_issuer(&text, &place, &mut problems));
        let time_zone = read_time_zone(time_zone, &mut problems);
        let listen = read_listen(listen, source.folder(), &mut problems);
        let database = read_database(database, source.folder(), &mut problems);
        let master_key = read_master_key(master_key, source.folder(), &mut problems);
        let lifetimes = read_lifetimes(lifetimes, &mut problems);
        let passwords = read_passwords(passwords, &mut problems);
        let theme = read_theme(theme, source.folder(), &mut problems);
        let throttle = read_throttle(throttle, &mut problems);
        let fetch = read_fetch(fetch, &mut problems);
        let metadata = read_metadata(metadata, source.folder(), &mut problems);
        let audit = read_audit(audit, source.folder(), &mut problems);
        let traces = read_telemetry(telemetry, &mut problems);
        let mail = mail::read(mail, source.folder(), &mut problems);
        let saml = saml::read(saml, &mut problems);
        let console = read_console(console, source.folder(), &mut problems);
        if let (Some(issuer), Some(listen), Some(place)) = (&issuer, &listen, said)
            && listen.tls.is_some()
            && issuer.scheme() != "https"
        {
            let https = issuer.as_str().trim_end_matches('/').replacen("http:", "https:", 1);
            let text = format!(
                "\"issuer\" begins with http:, but [listen] tls has TLS spoken here; browsers would \
                 see {https}"
            );
            problems.at(&place, text);
        }

        match (issuer, listen, database, master_key) {
            (Some(issuer), Some(listen), Some(database), Some(master_key)) => problems.or(Self {
                issuer,
                listen,
                database,
                master_key,
                lifetimes,
                passwords,
                theme,
                throttle,
                fetch,
                metadata,
                mail,
                saml,
                audit,
                traces,
                console,
                time_zone,
            }),
            _ => Err(problems),
        }
    }
}

pub(super) fn empty(place: &Place) -> Table {
    Table { place: place.clone(), members: Vec::new() }
}

fn read_issuer(text: &str, place: &Place, problems: &mut Problems) -> Option<Url> {
    let issuer = match Issuer::parse(text) {
        Ok(issuer) => issuer,
        Err(error) => {
            problems.at(place, format!("\"issuer\": {error}"));
            return None;
        }
    };
    let url = Url::parse(issuer.as_str()).ok()?;
    if !matches!(url.host(), Some(url::Host::Domain(_))) {
        problems.at(place, "\"issuer\" is a host name: browsers use security keys at no address");
        return None;
    }
    Some(url)
}

pub(super) fn read_time_zone(text: Option<(String, Place)>, problems: &mut Problems) -> TimeZone {
    let Some((name, place)) = text else { return super::default_time_zone() };
    TimeZone::get(&name).unwrap_or_else(|_| {
        let known: Vec<String> = jiff::tz::db().available().map(|name| name.to_string()).collect();
        let hint = nearest(&name, known.iter().map(String::as_str)).unwrap_or("Europe/London");
        problems.at(
            &place,
            format!("\"time_zone\": this system has no zone \"{name}\"; the nearest is \"{hint}\""),
        );
        TimeZone::UTC
    })
}

fn read_listen(table: Table, folder: &Path, problems: &mut Problems) -> Option<Listen> {
    let mut fields = Fields::new("[listen]", table, problems);
    let address =
        fields.required_text("address").and_then(|read| socket(&mut fields, "address", read));
    let management = read_management(address, &mut fields);
    let trusted_proxies = networks(&mut fields, "trusted_proxies");
    let most = Duration::from_secs(300);
    let drain = lifetime(&mut fields, "drain", Duration::ZERO, most).unwrap_or_default();
    let tls = fields.table("tls");
    fields.finish();
    let tls = tls.and_then(|table| read_tls(table, folder, problems));
    Some(Listen { address: address?, trusted_proxies, tls, management, drain })
}

fn read_management(public: Option<SocketAddr>, fields: &mut Fields<'_>) -> Option<SocketAddr> {
    let exposed = fields.flag("management_exposed").is_some_and(|(exposed, _)| exposed);
    let (text, place) = fields.text("management")?;
    let address = socket(fields, "management", (text, place.clone()))?;
    let inside = match address.ip().to_canonical() {
        IpAddr::V4(ip) => ip.is_loopback() || ip.is_private() || ip.is_link_local(),
        IpAddr::V6(ip) => ip.is_loopback() || ip.is_unique_local() || ip.is_unicast_link_local(),
    };
    if public == Some(address) {
        fields.refuse(&place, "\"management\" is an address of its own, not the public one");
        return None;
    }
    if !inside && !exposed {
        fields.refuse(
            &place,
            format!(
                "\"management\": anybody might reach {address}, and it asks nobody who they are; \
                 choose one such as \"127.0.0.1:9090\", or set \"management_exposed\" to true \
                 where a firewall keeps others out"
            ),
        );
        return None;
    }
    Some(address)
}

pub(super) fn read_tls(table: Table, folder: &Path, problems: &mut Problems) -> Option<Tls> {
    let mut fields = Fields::new("[listen] tls", table, problems);
    let cert = path(fields.required_text("cert"), folder, &mut fields);
    let key = path(fields.required_text("key"), folder, &mut fields);
    fields.finish();
    Some(Tls { cert: cert?, key: key? })
}

pub(super) fn socket(
    fields: &mut Fields<'_>,
    name: &str,
    (text, place): (String, Place),
) -> Option<SocketAddr> {
    let parsed = text.trim().parse();
    if parsed.is_err() {
        let wanted = "is an address and a port, such as \"127.0.0.1:8080\"";
        fields.refuse(&place, format!("\"{name}\" {wanted}, not \"{text}\""));
    }
    parsed.ok()
}

pub(super) fn networks(fields: &mut Fields<'_>, name: &'static str) -> Vec<Network> {
    let mut networks = Vec::new();
    for (text, place) in fields.texts(name).unwrap_or_default() {
        match text.parse() {
            Ok(network) => networks.push(network),
            Err(error) => fields.refuse(&place, format!("\"{name}\": \"{text}\" {error}")),
        }
    }
    networks
}

fn read_database(table: Table, folder: &Path, problems: &mut Problems) -> Option<Database> {
    let mut fields = Fields::new("[database]", table, problems);
    let read = fields.required_text("url");
    let url = read.and_then(|(text, place)| {
        if is_server_address(&text) {
            let checked = check_server_address(&text);
            return match checked {
                Ok(()) => Some(text),
                Err(error) => {
                    fields.refuse(&place, format!("\"url\": {error}"));
                    None
                }
            };
        }
        let path = text.strip_prefix("sqlite:").map(|path| path.trim_start_matches("//"));
        match path.filter(|path| !path.is_empty() && !path.starts_with(':')) {
            Some(path) => Some(format!("sqlite:{}", folder.join(path).display())),
            None => {
                let wanted = "\"url\" is \"sqlite:\" and a path, or \"postgres://\" and a server";
                fields.refuse(&place, wanted);
                None
            }
        }
    });
    fields.finish();
    Some(Database { url: url? })
}

fn read_master_key(table: Table, folder: &Path, problems: &mut Problems) -> Option<MasterKey> {
    let mut fields = Fields::new("[master_key]", table, problems);
    let place = fields.place().clone();
    let file = fields.text("file");
    let env = fields.text("env");
    let command = fields.texts("command");
    let read = match (file, env, command) {
        (Some(file), None, None) => path(Some(file), folder, &mut fields).map(MasterKey::File),
        (None, Some((name, _)), None) => Some(MasterKey::Env(name)),
        (None, None, Some(words)) if !words.is_empty() => {
            Some(MasterKey::Command(words.into_iter().map(|(word, _)| word).collect()))
        }
        (None, None, _) => {
            fields.refuse(&place, "[master_key] lacks \"file\" (or \"env\", or \"command\")");
            None
        }
        _ => {
            let text = "[master_key] has one of \"file\", \"env\" and \"command\", not two";
            fields.refuse(&place, text);
            None
        }
    };
    fields.finish();
    read
}

pub(super) fn path(
    read: Option<(String, Place)>,
    folder: &Path,
    fields: &mut Fields<'_>,
) -> Option<PathBuf> {
    let (text, place) = read?;
    if text.trim().is_empty() {
        fields.refuse(&place, "a path is wanted here");
        return None;
    }
    Some(folder.join(text))
}

fn read_lifetimes(table: Table, problems: &mut Problems) -> Lifetimes {
    const DAY: u64 = 86_400;
    let mut fields = Fields::new("[lifetimes]", table, problems);
    let defaults = Lifetimes::default();
    let mut read = |name, most: u64, default| {
        let least = Duration::from_secs(1);
        lifetime(&mut fields, name, least, Duration::from_secs(most)).unwrap_or(default)
    };
    let lifetimes = Lifetimes {
        // RFC 6749 §4.1.2 recommends ten minutes at most.
        code: read("code", 600, defaults.code),
        access_token: read("access_token", DAY, defaults.access_token),
        id_token: read("id_token", super::ID_TOKEN_AT_MOST.as_secs(), defaults.id_token),
        refresh_token: read("refresh_token", 30 * DAY, defaults.refresh_token),
        offline_refresh_token: read(
            "offline_refresh_token",
            366 * DAY,
            defaults.offline_refresh_token,
        ),
        flow: read("flow", DAY, defaults.flow),
        // Web Authentication Level 3 §15.1.
        ceremony: read("ceremony", 600, defaults.ceremony),
        // Applications may keep the published keys for five minutes.
        key_lead: lifetime(
            &mut fields,
            "key_lead",
            Duration::from_secs(360),
            Duration::from_secs(30 * DAY),
        )
        .unwrap_or(defaults.key_lead),
        // Our metadata says to fetch it again after six hours.
        saml_key_lead: lifetime(
            &mut fields,
            "saml_key_lead",
            Duration::from_secs(DAY / 2),
            Duration::from_secs(366 * DAY),
        )
        .unwrap_or(defaults.saml_key_lead),
    };
    fields.finish();
    lifetimes
}

fn read_audit(table: Table, folder: &Path, problems: &mut Problems) -> Audit {
    const DAY: u64 = 86_400;
    let mut fields = Fields::new("[audit]", table, problems);
    let (least, most) = (Duration::from_secs(30 * DAY), Duration::from_secs(36_500 * DAY));
    let retention = lifetime(&mut fields, "retention", least, most);
    let file = fields.text("checkpoints");
    let checkpoints = path(file, folder, &mut fields);
    fields.finish();
    Audit { retention: retention.unwrap_or(Audit::default().retention), checkpoints }
}

fn lifetime(
    fields: &mut Fields<'_>,
    name: &'static str,
    least: Duration,
    most: Duration,
) -> Option<Duration> {
    let (text, place) = fields.text(name)?;
    let parsed = duration::parse(&text).filter(|value| (least..=most).contains(value));
    if parsed.is_none() {
        let (least, most) = (duration::format(least), duration::format(most));
        let text =
            format!("\"{name}\" is a time from {least} to {most}, such as \"10m\", not \"{text}\"");
        fields.refuse(&place, text);
    }
    parsed
}

fn read_passwords(table: Table, problems: &mut Problems) -> Passwords {
    let defaults = Passwords::default();
    let place = table.place_of("memory_kib");
    let mut fields = Fields::new("[passwords]", table, problems);
    let mut number = |name, least, most| fields.number(name, least, most);
    let cost = |read: Option<i64>, default| {
        read.and_then(|number| u32::try_from(number).ok()).unwrap_or(default)
    };
    let count = |read: Option<i64>, default| {
        read.and_then(|number| usize::try_from(number).ok()).unwrap_or(default)
    };
    let passwords = Passwords {
        memory_kib: cost(number("memory_kib", 64, 4 * 1024 * 1024), defaults.memory_kib),
        iterations: cost(number("iterations", 1, 100), defaults.iterations),
        lanes: cost(number("lanes", 1, 64), defaults.lanes),
        parallel: count(number("parallel", 1, 1024), defaults.parallel),
        queue: count(number("queue", 0, 100_000), defaults.queue),
    };
    let reaches =
        |(memory, passes)| passwords.memory_kib >= memory && passwords.iterations >= passes;
    if !LEAST.into_iter().any(reaches) {
        fields.refuse(
            &place,
            format!(
                "memory_kib = {} with iterations = {} is too weak; 19456 with 2 is the least \
                 usual, 7168 with 5 the least memory",
                passwords.memory_kib, passwords.iterations
            ),
        );
    }
    fields.finish();
    passwords
}

pub(super) fn read_theme(table: Table, folder: &Path, problems: &mut Problems) -> ThemeFolder {
    let mut fields = Fields::new("[theme]", table, problems);
    let place = fields.text("folder");
    let shown = place.clone();
    let folder = path(place, folder, &mut fields);
    if let (Some(folder), Some((text, place))) = (&folder, shown)
        && !folder.is_dir()
    {
        fields.refuse(&place, format!("\"folder\": there is no folder \"{text}\""));
    }
    fields.finish();
    ThemeFolder { folder }
}

fn read_fetch(table: Table, problems: &mut Problems) -> Fetch {
    let mut fields = Fields::new("[fetch]", table, problems);
    let allow = networks(&mut fields, "allow");
    fields.finish();
    Fetch { allow }
}

fn read_metadata(table: Table, folder: &Path, problems: &mut Problems) -> Option<Metadata> {
    if table.members.is_empty() {
        return None;
    }
    let mut fields = Fields::new("[metadata]", table, problems);
    let blob = fields.required_text("blob").and_then(|(text, place)| {
        if !text.starts_with("https:") && !text.starts_with("http:") {
            let file = path(Some((text, place)), folder, &mut fields);
            return file.map(MetadataSource::File);
        }
        let url = Url::parse(&text).ok().filter(Url::has_host);
        if url.is_none() {
            let wanted = "is a file, or an address such as \"https://mds3.fidoalliance.org/\"";
            fields.refuse(&place, format!("\"blob\" {wanted}"));
        }
        url.map(MetadataSource::Address)
    });
    let roots = path(fields.required_text("roots"), folder, &mut fields);
    let signer = match fields.text("signer") {
        Some((name, place)) if ServerName::try_from(name.as_str()).is_err() => {
            fields.refuse(&place, format!("\"signer\" is a host, such as \"{METADATA_SIGNER}\""));
            None
        }
        Some((name, _)) => Some(name),
        None => Some(METADATA_SIGNER.to_owned()),
    };
    fields.finish();
    Some(Metadata { blob: blob?, roots: roots?, signer: signer? })
}

fn read_telemetry(table: Table, problems: &mut Problems) -> Option<Traces> {
    let mut fields = Fields::new("[telemetry]", table, problems);
    let address = fields.text("traces").and_then(|(text, place)| {
        let url = Url::parse(&text).ok();
        let url = url.filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
        if url.is_none() {
            let wanted = "is where a collector takes OTLP over HTTP, such as \
                          \"http://127.0.0.1:4318/v1/traces\"";
            fields.refuse(&place, format!("\"traces\" {wanted}"));
        }
        url
    });
    let percent = fields.number("traces_percent", 0, 100).unwrap_or(100);
    fields.finish();
    Some(Traces { address: address?, percent: u8::try_from(percent).unwrap_or(100) })
}

fn read_console(table: Table, folder: &Path, problems: &mut Problems) -> Console {
    let place = table.place_of("url");
    let mut fields = Fields::new("[console]", table, problems);
    let embedded = fields.flag("embedded");
    let url = fields.text("url");
    let secret = fields.text("secret_file");
    let console = match (url, secret) {
        (None, None) if matches!(embedded, Some((false, _))) => Console::Nowhere,
        (None, None) => Console::Embedded,
        (None, Some((_, place))) => {
            fields.refuse(&place, "\"secret_file\" is of a console whose \"url\" is set");
            Console::Nowhere
        }
        (Some(_), None) => {
            fields.refuse(&place, "a console with a \"url\" has a \"secret_file\" as well");
            Console::Nowhere
        }
        (Some((url, place)), Some(secret)) => {
            if let Some((true, place)) = embedded {
                fields.refuse(&place, "a console with a \"url\" is not \"embedded\"");
            }
            let origin = Issuer::parse(&url);
            if origin.is_err() {
                let wanted = "is an origin, such as \"https://admin.example.org\"";
                fields.refuse(&place, format!("\"url\" {wanted}"));
            }
            match (origin, path(Some(secret), folder, &mut fields)) {
                (Ok(origin), Some(secret_file)) => Console::Elsewhere { origin, secret_file },
                _ => Console::Nowhere,
            }
        }
    };
    fields.finish();
    console
}

fn read_throttle(table: Table, problems: &mut Problems) -> Throttle {
    let mut fields = Fields::new("[throttle]", table, problems);
    let [exempt, registered] = ["exempt", "registered"].map(|name| networks(&mut fields, name));
    fields.finish();
    Throttle { exempt, registered }
}
