//! The demo's documents, and what is read back from them: who can log in, and how the sample
//! applications are set up.
//!
//! The documents are the one place where the demo's passwords and secrets stand. They are public,
//! so the demo listens on loopback only.

use std::sync::Arc;

use latchkey_core::secrets::Plain;
use latchkey_core::{Clock, Rng};
use serde::Deserialize;

use crate::samples::{Application, Settings, oidc, saml};

const DEMO: &str = include_str!("demo.toml");

/// What to say about each person of the demo.
const ABOUT: &[(&str, &str)] = &[
    ("amy.ward", "sets a key up after the password"),
    ("bethan.price", "lost the only key, so is locked out; reads Welsh"),
    ("elin.vaughan", "uses an authenticator app; no key yet"),
    ("sam.desk", "local administrator of Northgate Trust"),
    ("dan.quay", "Rota opens with the password alone, Ward Notes asks for a key"),
    ("robin.pier", "local administrator of Harbour Clinic"),
    ("carl.moss", "cannot log in any more"),
];

/// What each sample application is for, in its own words.
const PURPOSE: &[(&str, &str)] = &[
    ("rota", "Who works when, and who swaps with whom."),
    ("ward-notes", "Handover notes from one shift to the next."),
    (LAB_RESULTS, "Blood tests and scans, as soon as they are done."),
];

/// What the sample application that speaks SAML is called.
const LAB_RESULTS: &str = "lab-results";

/// Where the demo's servers listen, counted from the identity provider's port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Addresses {
    /// The identity provider. `localhost` is a secure context, so that keys work over http.
    pub issuer: String,
    /// The first sample application: another site than the identity provider.
    pub rota: String,
    /// The second.
    pub ward_notes: String,
    /// The one that speaks SAML.
    pub lab_results: String,
}

impl Addresses {
    /// The identity provider at `port`, the applications at the three after it.
    #[must_use]
    pub fn from_port(port: u16) -> Self {
        let application = |offset: u16| format!("http://127.0.0.1:{}", port.saturating_add(offset));
        Self {
            issuer: format!("http://localhost:{port}"),
            rota: application(1),
            ward_notes: application(2),
            lab_results: application(3),
        }
    }
}

/// Somebody whom the demo knows.
#[derive(Clone)]
pub struct DemoPerson {
    /// What they type.
    pub username: String,
    /// What they type after it.
    pub password: String,
    /// What their authenticator app has in common with Latchkey, if they have one.
    pub totp_secret: Option<String>,
    /// Their name as people read it.
    pub name: String,
    /// The name of their organisation as people read it.
    pub organisation: String,
    /// What is special about them.
    pub about: &'static str,
}

#[derive(Deserialize)]
struct Document {
    organisation: Vec<Organisation>,
    person: Vec<Person>,
    client: Vec<Client>,
    service_provider: Vec<Provider>,
}

#[derive(Deserialize)]
struct Organisation {
    id: String,
    name: String,
}

#[derive(Deserialize)]
struct Person {
    username: String,
    organisation: String,
    name: String,
    password: String,
    totp_secret: Option<String>,
}

#[derive(Deserialize)]
struct Client {
    client_id: String,
    client_name: String,
    client_secret: String,
    client_uri: String,
    scope: String,
    latchkey_require_acr: Option<String>,
}

#[derive(Deserialize)]
struct Provider {
    name: String,
}

/// The documents, as `latchkey apply` reads them, for these addresses.
#[must_use]
pub fn documents(addresses: &Addresses) -> String {
    DEMO.replace("{issuer}", &addresses.issuer)
        .replace("{rota}", &addresses.rota)
        .replace("{ward-notes}", &addresses.ward_notes)
        .replace("{lab-results}", &addresses.lab_results)
}

/// Everybody in the demo, in the documents' order.
///
/// # Errors
/// When the documents cannot be read, which a test rules out.
pub fn people() -> Result<Vec<DemoPerson>, toml::de::Error> {
    let document: Document = toml::from_str(DEMO)?;
    let organisation = |id: &str| {
        let found = document.organisation.iter().find(|organisation| organisation.id == id);
        found.map_or_else(String::new, |organisation| organisation.name.clone())
    };
    let people = document.person.iter().map(|person| DemoPerson {
        username: person.username.clone(),
        password: person.password.clone(),
        totp_secret: person.totp_secret.clone(),
        name: person.name.clone(),
        organisation: organisation(&person.organisation),
        about: word(ABOUT, &person.username),
    });
    Ok(people.collect())
}

/// The sample applications' own settings, in the documents' order.
///
/// # Errors
/// When the documents cannot be read, which a test rules out.
pub fn samples(
    addresses: &Addresses,
    clock: &Arc<dyn Clock>,
    rng: &Arc<dyn Rng>,
) -> Result<Vec<Settings>, toml::de::Error> {
    let document: Document = toml::from_str(&documents(addresses))?;
    let application = |id: &str, name: String, own_origin: &str| Application {
        id: id.to_owned(),
        name,
        description: word(PURPOSE, id).to_owned(),
        own_origin: own_origin.trim_end_matches('/').to_owned(),
        provider: addresses.issuer.clone(),
    };
    let clients = document.client.into_iter().map(|client| {
        Settings::Oidc(oidc::Settings {
            application: application(&client.client_id, client.client_name, &client.client_uri),
            client_secret: Some(Plain::new(client.client_secret)),
            scopes: client.scope.split(' ').map(str::to_owned).collect(),
            acr_values: client.latchkey_require_acr.into_iter().collect(),
            clock: Arc::clone(clock),
            rng: Arc::clone(rng),
        })
    });
    let providers = document.service_provider.into_iter().map(|provider| {
        Settings::Saml(saml::Settings {
            application: application(LAB_RESULTS, provider.name, &addresses.lab_results),
            provider_metadata: format!("{}/saml/metadata", addresses.issuer),
            clock: Arc::clone(clock),
            rng: Arc::clone(rng),
        })
    });
    Ok(clients.chain(providers).collect())
}

fn word(table: &[(&str, &'static str)], key: &str) -> &'static str {
    table.iter().find(|(name, _)| *name == key).map_or("", |(_, word)| word)
}

#[cfg(test)]
mod tests {
    use latchkey_core::clock::SystemClock;
    use latchkey_core::policy::Overrides;
    use latchkey_core::rng::SeededRng;
    use latchkey_core::roles::Role;

    use super::*;

    fn document(addresses: &Addresses) -> toml::Table {
        documents(addresses).parse().expect("the demo's documents are TOML")
    }

    #[test]
    fn the_documents_name_the_addresses_and_leave_no_placeholder() {
        let text = documents(&Addresses::from_port(9000));
        assert!(text.contains("http://127.0.0.1:9001/callback"), "{text}");
        assert!(text.contains("http://127.0.0.1:9002/logged-out"), "{text}");
        let values = text.lines().filter(|line| !line.starts_with('#'));
        for line in values {
            assert!(!line.contains("\"{"), "{line}");
        }
    }

    #[test]
    fn everybody_is_introduced_has_a_password_of_their_own_and_an_organisation() {
        let people = people().expect("read");
        assert_eq!(people.len(), ABOUT.len());
        for person in &people {
            assert!(person.password.len() >= 12, "{}", person.username);
            assert!(!person.about.is_empty(), "{}", person.username);
            assert!(!person.organisation.is_empty(), "{}", person.username);
            let same = people.iter().filter(|other| other.password == person.password);
            assert_eq!(same.count(), 1, "{}", person.username);
        }
    }

    #[test]
    fn policies_and_roles_are_ones_that_the_product_knows() {
        let document = document(&Addresses::from_port(8080));
        for organisation in document["organisation"].as_array().expect("array") {
            let policy: Overrides =
                organisation["policy"].clone().try_into().expect("a known policy");
            assert!(policy.grace_until.is_some());
        }
        for role in document["role"].as_array().expect("array") {
            let role = role["role"].as_str().expect("text");
            assert_eq!(Role::parse(role), Some(Role::LocalAdministrator));
        }
    }

    #[test]
    fn the_samples_use_what_is_registered_for_them() {
        let addresses = Addresses::from_port(8080);
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let rng: Arc<dyn Rng> = Arc::new(SeededRng::new(1));
        let document = document(&addresses);
        let clients = document["client"].as_array().expect("array");
        let samples = samples(&addresses, &clock, &rng).expect("read");
        assert_eq!(samples.len(), clients.len() + 1);
        for (sample, client) in samples.iter().zip(clients) {
            let own_origin = &sample.application().own_origin;
            let callback = format!("{own_origin}/callback");
            let logged_out = format!("{own_origin}/logged-out");
            assert_eq!(client["redirect_uris"][0].as_str(), Some(callback.as_str()));
            assert_eq!(client["post_logout_redirect_uris"][0].as_str(), Some(logged_out.as_str()));
        }
        let origins: Vec<_> = samples.iter().map(|it| &it.application().own_origin).collect();
        assert_eq!(origins, [&addresses.rota, &addresses.ward_notes, &addresses.lab_results]);
        assert!(samples.iter().all(|it| !it.application().description.is_empty()));
        let Settings::Oidc(ward_notes) = &samples[1] else { panic!("it speaks OpenID Connect") };
        assert_eq!(ward_notes.acr_values, ["phr"]);
        let Settings::Saml(lab_results) = &samples[2] else { panic!("it speaks SAML") };
        assert_eq!(lab_results.application.name, "Lab Results");
        let metadata = document["service_provider"][0]["metadata"].as_str().expect("text");
        assert_eq!(metadata, format!("{}/saml/metadata", addresses.lab_results));
    }
}
