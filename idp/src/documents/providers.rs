//! `[[service_provider]]`: an application that speaks SAML, by its metadata and what an operator says
//! beside it. Owns the document from tree to what the database keeps, and back; fetches metadata
//! before anything is written.
//!
//! What an administrator sends is `sent`'s.

mod sent;

use std::collections::BTreeMap;
use std::future::Future;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use latchkey_core::Timestamp;
use latchkey_core::assurance::Level;
use latchkey_core::ids::EntityId;
use latchkey_core::release::Source;
use latchkey_saml::keys::Certificate;
use latchkey_saml::metadata::provider::ServiceProvider;
use latchkey_saml::metadata::read::{self, LARGEST_DOCUMENT};
use latchkey_saml::verify::Key;
use latchkey_store::{StoredProvider, Tx};
use latchkey_web::fetch::Bounds;
use serde_json::{Map, Value as Json, json};

use super::read::{line, named};
use super::references::Organisations;
use super::{Change, Named};
use crate::App;
use crate::saml::providers::Provider;
use crate::saml::refresh;
use crate::saml::release::{FORMATS, Rule};
use crate::saml::settings::{Encrypt, NAME_IDS, Requests, SUBJECT_IDS, Settings, Signed};
use crate::source::{Fields, Node, Place, Problems, Table, Value};

pub use sent::{Judged, Wrong, judge};

/// The largest metadata that is read from a file or an address, in bytes.
const LARGEST: u64 = LARGEST_DOCUMENT as u64;
/// How much is fetched, and how long that may take.
const BOUNDS: Bounds = Bounds { size: LARGEST_DOCUMENT, time: Duration::from_secs(60) };
/// What may stand before XML that was copied from somewhere.
const BEFORE_XML: [char; 5] = ['\u{feff}', ' ', '\t', '\r', '\n'];
/// How strong log-ins are, by the words of documents.
const LEVELS: [(&str, Level); 4] = [
    ("password", Level::Password),
    ("mfa", Level::Mfa),
    ("phishing-resistant", Level::PhishingResistant),
    ("hardware", Level::Hardware),
];

/// `[[service_provider]]`
pub(super) struct ProviderDocument {
    pub(super) place: Place,
    metadata: Metadata,
    entity_id: Option<String>,
    pub(super) organisation: Option<Named<String>>,
    settings: Settings,
    keys: Vec<Key>,
}

/// Where metadata is.
enum Metadata {
    /// Here, as it was read.
    Read(Vec<u8>),
    /// At an address.
    At(String),
    /// What was made of it before, with the address that it came from.
    Described(Box<ServiceProvider>, Option<String>),
}

/// Who says what a service provider is to be.
#[derive(Clone, Copy)]
pub(super) enum By<'k> {
    /// An operator, who has files on this machine.
    Operator,
    /// Whoever sent it, to change the provider that is there. Where they say nothing of metadata,
    /// it stays.
    Sender(Option<&'k Provider>),
}

/// How metadata is fetched.
pub trait MetadataSource: Sync {
    /// Fetches what is at an address.
    fn fetch(&self, address: &str) -> impl Future<Output = Result<Vec<u8>, String>> + Send;
}

impl MetadataSource for App {
    async fn fetch(&self, address: &str) -> Result<Vec<u8>, String> {
        match self.fetcher.bounded(BOUNDS).get(address, "application/samlmetadata+xml, */*").await {
            Ok(answer) if answer.status.is_success() => Ok(answer.body.to_vec()),
            Ok(answer) => Err(format!("{address} answers with the status {}", answer.status)),
            Err(error) => Err(format!("{address}: {error}")),
        }
    }
}

/// A document whose metadata was read.
pub(super) struct Prepared {
    pub(super) place: Place,
    pub(super) organisation: Option<Named<String>>,
    settings: Settings,
    provider: ServiceProvider,
}

impl Prepared {
    pub(super) fn id(&self) -> &str {
        &self.provider.entity_id
    }
}

pub(super) fn provider(
    table: Table,
    by: By<'_>,
    problems: &mut Problems,
) -> Option<ProviderDocument> {
    let place = table.place.clone();
    let before = problems.len();
    let mut fields = Fields::new("a service provider", table, problems);
    let origin = metadata_of(&mut fields, by);
    // Where many are described, it is the one that is to be changed.
    let known = match by {
        By::Sender(known) => known.map(|known| known.id.0.clone()),
        By::Operator => None,
    };
    let entity_id = fields.text("entity_id").map(|(text, _)| text).or(known);
    let certificates = fields.texts("metadata_certificates").unwrap_or_default();
    let mut keys = Vec::new();
    let mut kept = Vec::new();
    for (text, place) in certificates {
        match certificate(&text, &place, by) {
            Ok((der, key)) => {
                kept.push(STANDARD.encode(der));
                keys.push(key);
            }
            Err(wrong) => fields.refuse(&place, format!("\"metadata_certificates\" {wrong}")),
        }
    }
    let name = fields.text("name");
    let name = line(&mut fields, "name", name, 100);
    let organisation = named(fields.text("organisation"));
    let sign = fields.word("sign", &Signed::ALL);
    let encrypt = fields.word("encrypt_assertions", &Encrypt::ALL);
    let allow_cbc = fields.flag("allow_cbc").map(|(flag, _)| flag);
    let requests = fields.word("requests", &Requests::ALL);
    let required_level = fields.text("require_acr").and_then(|(text, place)| {
        let level = Level::from_acr(&text);
        if level.is_none() {
            let known = Level::ALL.map(Level::acr).join(", ");
            fields.refuse(&place, format!("\"require_acr\" is one of {known}"));
        }
        level
    });
    let classes = fields.table("acr_values").map(|table| classes(&mut fields, table));
    let idp_initiated = fields.flag("idp_initiated").map(|(flag, _)| flag);
    let name_id = fields.word("name_id", &NAME_IDS.map(|(word, _)| (word, word)));
    let name_id_from = fields.text("name_id_from");
    let name_id_from = source(&mut fields, "name_id_from", name_id_from);
    let subject_id = fields.word("subject_id", &SUBJECT_IDS);
    let stated = fields.tables("attributes");
    fields.finish();
    let attributes: Vec<Rule> =
        stated.into_iter().filter_map(|table| rule(table, problems)).collect();
    if problems.len() > before {
        return None;
    }
    let metadata = match by {
        By::Sender(Some(known)) => unchanged(origin, &kept, known),
        By::Operator | By::Sender(None) => origin?,
    };
    let metadata_address = match &metadata {
        Metadata::At(address) => Some(address.clone()),
        Metadata::Described(_, address) => address.clone(),
        Metadata::Read(_) => None,
    };
    Some(ProviderDocument {
        settings: Settings {
            name,
            organisation: organisation.as_ref().map(|it| it.name.clone()),
            metadata_address,
            metadata_certificates: kept,
            sign: sign.unwrap_or_default(),
            encrypt: encrypt.unwrap_or_default(),
            allow_cbc: allow_cbc.unwrap_or_default(),
            requests: requests.unwrap_or_default(),
            required_level,
            classes: classes.unwrap_or_default(),
            idp_initiated: idp_initiated.unwrap_or_default(),
            name_id: name_id.map(str::to_owned),
            name_id_from,
            subject_id,
            attributes: (!attributes.is_empty()).then_some(attributes),
        },
        place,
        metadata,
        entity_id,
        organisation,
        keys,
    })
}

/// What `metadata` says: a file, an address, XML, or the provider itself as export writes it.
fn metadata_of(fields: &mut Fields<'_>, by: By<'_>) -> Option<Metadata> {
    let wanted = match by {
        By::Operator => "is a file, an address, XML, or a table as export writes it",
        By::Sender(_) => "is XML, or the address of it",
    };
    let Some(Node { place, value }) = fields.take("metadata") else {
        if !matches!(by, By::Sender(Some(_))) {
            let place = fields.place().clone();
            fields.refuse(&place, "a service provider lacks \"metadata\"");
        }
        return None;
    };
    let read = match (value, by) {
        (Value::Text(text), _) if text.starts_with("https://") || text.starts_with("http://") => {
            Ok(Metadata::At(text))
        }
        (Value::Text(text), _) if text.trim_start_matches(BEFORE_XML).starts_with('<') => {
            Ok(Metadata::Read(text.trim_start_matches(BEFORE_XML).as_bytes().to_vec()))
        }
        (Value::Text(text), By::Operator) => file(&text, &place).map(Metadata::Read),
        (Value::Text(_), By::Sender(_)) => Err(wanted.to_owned()),
        (Value::Table(table), By::Operator) => serde_json::from_value(table.to_json().into())
            .map_err(|error| format!("{wanted}: {error}"))
            .and_then(|described: ServiceProvider| {
                described.judge().map_err(|error| error.to_string())?;
                Ok(Metadata::Described(Box::new(described), None))
            }),
        (other, _) => Err(format!("{wanted}, not {}", other.kind())),
    };
    match read {
        Ok(metadata) => Some(metadata),
        Err(wrong) => {
            fields.refuse(&place, format!("\"metadata\" {wrong}"));
            None
        }
    }
}

/// What is there, where what was sent says nothing else of it. An address that was read already
/// under the same certificates is not asked again: that is done in the background.
fn unchanged(stated: Option<Metadata>, certificates: &[String], known: &Provider) -> Metadata {
    let settings = &known.settings;
    let address = settings.metadata_address.clone();
    let trusts_the_same = settings.metadata_certificates == certificates;
    match stated {
        Some(Metadata::At(at)) if trusts_the_same && Some(&at) == address.as_ref() => {
            Metadata::Described(Box::new(known.metadata.clone()), address)
        }
        // Other certificates are for what is there from now on: it is read again to be judged.
        None => match address {
            Some(at) if !trusts_the_same => Metadata::At(at),
            address => Metadata::Described(Box::new(known.metadata.clone()), address),
        },
        Some(metadata) => metadata,
    }
}

fn file(text: &str, place: &Place) -> Result<Vec<u8>, String> {
    let file = place.folder().join(text);
    let read = std::fs::metadata(&file).and_then(|about| {
        if about.len() > LARGEST {
            return Err(std::io::Error::other("it is larger than any metadata"));
        }
        std::fs::read(&file)
    });
    read.map_err(|error| format!("cannot be read from {}: {error}", file.display()))
}

/// A certificate in PEM, from a file or as it stands, or in bare base64 as export writes it.
fn certificate(text: &str, place: &Place, by: By<'_>) -> Result<(Vec<u8>, Key), String> {
    let text = match (STANDARD.decode(text), by) {
        (Ok(_), _) => text.to_owned(),
        (Err(_), _) if text.contains("-----BEGIN") => text.to_owned(),
        (Err(_), By::Sender(_)) => return Err("is a certificate in PEM".to_owned()),
        (Err(_), By::Operator) => {
            let file = place.folder().join(text);
            let read = std::fs::read_to_string(&file);
            read.map_err(|error| format!("cannot be read from {}: {error}", file.display()))?
        }
    };
    let body: String = text.lines().filter(|line| !line.starts_with("-----")).collect::<String>();
    let certificate = Certificate::parse_base64(&body).map_err(|error| error.to_string())?;
    let key = Key::from_certificate(certificate.der()).map_err(|error| error.to_string())?;
    Ok((certificate.der().to_vec(), key))
}

fn classes(fields: &mut Fields<'_>, table: Table) -> BTreeMap<String, Level> {
    let mut classes = BTreeMap::new();
    for member in table.members {
        let word = match &member.node.value {
            Value::Text(word) => LEVELS.iter().find(|(known, _)| known == word),
            _ => None,
        };
        match word {
            Some((_, level)) => {
                classes.insert(member.name, *level);
            }
            None => {
                let known = LEVELS.map(|(word, _)| word).join(", ");
                fields.refuse(&member.node.place, format!("\"{}\" is one of {known}", member.name));
            }
        }
    }
    classes
}

fn source(fields: &mut Fields<'_>, name: &str, read: Option<(String, Place)>) -> Option<Source> {
    let (text, place) = read?;
    match Source::parse(&text) {
        Ok(source) => Some(source),
        Err(wrong) => {
            fields.refuse(&place, format!("\"{name}\" {wrong}"));
            None
        }
    }
}

/// One of `attributes`.
fn rule(table: Table, problems: &mut Problems) -> Option<Rule> {
    let mut fields = Fields::new("an attribute", table, problems);
    let name = fields.required_text("name");
    let name = line(&mut fields, "name", name, 256);
    let format = fields.word("format", &FORMATS).unwrap_or_default();
    let friendly_name = fields.text("friendly_name");
    let friendly_name = line(&mut fields, "friendly_name", friendly_name, 256);
    let from = fields.required_text("from");
    let from = source(&mut fields, "from", from);
    fields.finish();
    Some(Rule { name: name?, format, friendly_name, from: from? })
}

/// Reads everybody's metadata, fetched or not, before anything is written.
pub(super) async fn prepare(
    documents: Vec<ProviderDocument>,
    ways: &impl MetadataSource,
    now: Timestamp,
) -> Result<Vec<Prepared>, Problems> {
    let mut problems = Problems::default();
    let mut prepared: Vec<Prepared> = Vec::with_capacity(documents.len());
    for document in documents {
        let read = |bytes: &[u8]| {
            read::entity(bytes, document.entity_id.as_deref(), &document.keys)
                .map_err(|error| error.to_string())
        };
        let read = match &document.metadata {
            // What was exported goes where it came from and elsewhere, though nobody logs in by it.
            Metadata::Described(described, _) => Ok((**described).clone()),
            Metadata::Read(bytes) => read(bytes).and_then(|read| current(read, now)),
            Metadata::At(address) => ways
                .fetch(address)
                .await
                .and_then(|bytes| read(&bytes))
                .and_then(|read| current(read, now)),
        };
        match read {
            Ok(provider) => {
                if let Some(first) = prepared.iter().find(|it| it.id() == provider.entity_id) {
                    let text = format!(
                        "a second document for the service provider \"{}\"; the first is at {}",
                        provider.entity_id, first.place
                    );
                    problems.at(&document.place, text);
                }
                prepared.push(Prepared {
                    place: document.place,
                    organisation: document.organisation,
                    settings: document.settings,
                    provider,
                });
            }
            Err(wrong) => problems.at(&document.place, format!("\"metadata\": {wrong}")),
        }
    }
    problems.or(prepared)
}

/// What documents say of a service provider beside its metadata: what is not as it would be anyway.
///
/// # Errors
/// When something cannot be written as JSON.
pub fn members(settings: &Settings) -> Result<Vec<(&'static str, Json)>, serde_json::Error> {
    fn word<T: Copy + Default + PartialEq>(all: &[(&'static str, T)], value: T) -> Json {
        let found = all.iter().find(|(_, it)| *it == value && value != T::default());
        found.map_or(Json::Null, |(word, _)| (*word).into())
    }
    let subject_id = SUBJECT_IDS.iter().find(|(_, it)| Some(*it) == settings.subject_id);
    let mut members = vec![
        ("metadata_certificates", json!(settings.metadata_certificates)),
        ("name", json!(settings.name)),
        ("organisation", json!(settings.organisation)),
        ("sign", word(&Signed::ALL, settings.sign)),
        ("encrypt_assertions", word(&Encrypt::ALL, settings.encrypt)),
        ("allow_cbc", json!(settings.allow_cbc.then_some(true))),
        ("requests", word(&Requests::ALL, settings.requests)),
        ("require_acr", json!(settings.required_level.map(Level::acr))),
        ("acr_values", serde_json::to_value(&settings.classes)?),
        ("idp_initiated", json!(settings.idp_initiated.then_some(true))),
        ("name_id", json!(settings.name_id)),
        ("name_id_from", serde_json::to_value(&settings.name_id_from)?),
        ("subject_id", json!(subject_id.map(|(word, _)| *word))),
        ("attributes", serde_json::to_value(&settings.attributes)?),
    ];
    members.retain(|(_, value)| !value.is_null() && *value != json!([]) && *value != json!({}));
    Ok(members)
}

/// Metadata whose time is not over.
fn current(read: ServiceProvider, now: Timestamp) -> Result<ServiceProvider, String> {
    match read.valid_until.filter(|until| *until <= now) {
        Some(until) => Err(refresh::over(until)),
        None => Ok(read),
    }
}

/// Puts one into the database.
pub(super) async fn write(
    tx: &Tx,
    document: &Prepared,
    organisations: &Organisations,
    now: Timestamp,
) -> Result<Option<Change>, super::write::Refusal> {
    let organisation = match &document.organisation {
        None => None,
        Some(named) => Some(super::write::find(organisations, named)?.id),
    };
    let before = tx.view().find_provider(document.id()).await?;
    let record = StoredProvider {
        id: EntityId(document.id().to_owned()),
        organisation,
        document: serde_json::to_string(&document.settings)?,
        metadata: serde_json::to_string(&document.provider)?,
    };
    if before.as_ref() == Some(&record) {
        return Ok(None);
    }
    let earlier = before.as_ref().map(shown).transpose()?;
    let after = shown(&record)?;
    let what = format!("service provider {}", document.id());
    let change = Change::between(what.clone(), earlier.as_ref(), &after).unwrap_or(Change {
        added: false,
        what,
        details: Vec::new(),
    });
    tx.put_provider(&record, now).await?;
    tx.note_provider_read(&record.id, now).await?;
    Ok(Some(change))
}

/// As a change tells it.
fn shown(stored: &StoredProvider) -> Result<Json, serde_json::Error> {
    let mut members: Map<String, Json> = serde_json::from_str(&stored.document)?;
    members.retain(|_, value| !value.is_null() && *value != json!([]) && *value != json!({}));
    members.insert("metadata".to_owned(), serde_json::from_str(&stored.metadata)?);
    Ok(members.into())
}
