//! The settings of an admin console on a host of its own: a file of its own, which knows the
//! provider by its address alone.

use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use jiff::tz::TimeZone;
use latchkey_core::network::Network;
use latchkey_oidc::Issuer;

use super::read::{empty, networks, path, read_theme, read_time_zone, read_tls, socket};
use super::{ThemeFolder, Tls, environment};
use crate::source::{Fields, Problems, Source};

/// Everything that can be set of a console on a host of its own.
#[derive(Clone, Debug)]
pub struct ConsoleHost {
    /// The provider that administrators log in at.
    pub issuer: Issuer,
    /// The origin that the console is served at.
    pub url: Issuer,
    /// Where the admin API is, if not below the issuer.
    pub api: Option<String>,
    /// What holds the secret that it authenticates with.
    pub client_secret_file: PathBuf,
    /// What holds the secret that its cookies are sealed with.
    pub key_file: PathBuf,
    /// Where requests are taken.
    pub address: SocketAddr,
    /// The proxies whose word about a client's address is taken.
    pub trusted_proxies: Vec<Network>,
    /// What TLS is spoken with; without it a proxy speaks TLS.
    pub tls: Option<Tls>,
    /// How pages look.
    pub theme: ThemeFolder,
    /// In which zone times are shown.
    pub time_zone: TimeZone,
}

impl ConsoleHost {
    /// Reads the settings of a file, with the environment laid over them.
    ///
    /// # Errors
    /// Everything that is wrong, each with its place.
    pub fn load(
        file: &Path,
        environment: impl IntoIterator<Item = (OsString, OsString)>,
    ) -> Result<Self, Problems> {
        Self::read(&Source::read(file)?, environment)
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
        let folder = source.folder();

        let mut root = Fields::new("the file", tree, &mut problems);
        let place = root.place().clone();
        let issuer = origin(&mut root, "issuer", "https://login.example.org");
        let url = origin(&mut root, "url", "https://admin.example.org");
        let api = root.text("api").and_then(|(text, place)| {
            let read = url::Url::parse(&text).ok();
            let web = read.filter(|url| matches!(url.scheme(), "https" | "http"));
            if web.is_none() {
                root.refuse(&place, format!("\"api\" is an address, not \"{text}\""));
            }
            Some(web?.as_str().trim_end_matches('/').to_owned())
        });
        let secret = root.required_text("client_secret_file");
        let client_secret_file = path(secret, folder, &mut root);
        let key = root.required_text("key_file");
        let key_file = path(key, folder, &mut root);
        let time_zone = root.text("time_zone");
        let listen = root.table("listen").unwrap_or_else(|| empty(&place));
        let theme = root.table("theme").unwrap_or_else(|| empty(&place));
        root.finish();

        let mut fields = Fields::new("[listen]", listen, &mut problems);
        let address =
            fields.required_text("address").and_then(|read| socket(&mut fields, "address", read));
        let trusted_proxies = networks(&mut fields, "trusted_proxies");
        let tls = fields.table("tls");
        fields.finish();
        let tls = tls.and_then(|table| read_tls(table, folder, &mut problems));
        let theme = read_theme(theme, folder, &mut problems);
        let time_zone = read_time_zone(time_zone, &mut problems);
        match (issuer, url, client_secret_file, key_file, address) {
            (Some(issuer), Some(url), Some(client_secret_file), Some(key_file), Some(address)) => {
                problems.or(Self {
                    issuer,
                    url,
                    api,
                    client_secret_file,
                    key_file,
                    address,
                    trusted_proxies,
                    tls,
                    theme,
                    time_zone,
                })
            }
            _ => Err(problems),
        }
    }
}

fn origin(root: &mut Fields<'_>, name: &'static str, example: &str) -> Option<Issuer> {
    let (text, place) = root.required_text(name)?;
    let read = Issuer::parse(&text).ok();
    if read.is_none() {
        root.refuse(&place, format!("\"{name}\" is an origin, such as \"{example}\""));
    }
    read
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = r#"
issuer = "https://login.example.org"
url = "https://admin.example.org"
client_secret_file = "console.secret"
key_file = "console.key"
[listen]
address = "127.0.0.1:8444"
"#;

    fn read(text: &str) -> Result<ConsoleHost, String> {
        let source = Source::from_text("console.toml", text);
        ConsoleHost::read(&source, []).map_err(|problems| problems.to_string())
    }

    #[test]
    fn the_least_is_two_addresses_two_secrets_and_where_to_listen() {
        let host = read(GOOD).expect("read");
        assert_eq!(host.issuer.as_str(), "https://login.example.org");
        assert_eq!(host.url.as_str(), "https://admin.example.org");
        assert_eq!((host.api, host.tls), (None, None));
        assert!(host.key_file.ends_with("console.key"));
        let api = format!("api = \"http://10.0.0.7:8080/api/admin/v1/\"{GOOD}");
        let host = read(&api).expect("read");
        assert_eq!(host.api.as_deref(), Some("http://10.0.0.7:8080/api/admin/v1"));
    }

    #[test]
    fn everything_that_is_wrong_is_told_at_once_with_its_line() {
        let told =
            read("issuer = \"login\"\nkey_fil = \"x\"\napi = \"here\"\n").expect_err("wrong");
        for part in ["\"issuer\"", "console.toml:2", "key_file", "\"api\"", "\"url\"", "[listen]"] {
            assert!(told.contains(part), "{part}: {told}");
        }
    }
}
