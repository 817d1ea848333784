//! `[[service_provider]]`: an application that speaks SAML, by its metadata and what an operator says
//! beside it. Owns the document from tree to what the database keeps; fetches metadata before
//! anything is written.

use std::collections::BTreeMap;
use std::future::Future;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use latchkey_core::assurance::Level;
use latchkey_core::ids::EntityId;
use latchkey_core::release::Source;
use latchkey_saml::keys::Certificate;
use latchkey_saml::metadata::provider::ServiceProvider;
use latchkey_saml::metadata::read::{self, LARGEST_DOCUMENT};
use latchkey_saml::verify::Key;
use latchkey_store::{StoredProvider, Tx};
use latchkey_web::fetch::Bounds;
use serde_json::json;

use super::read::{line, named};
use super::references::Organisations;
use super::{Change, Named};
use crate::App;
use crate::saml::release::{FORMATS, Rule};
use crate::saml::settings::{Encrypt, NAME_IDS, Requests, SUBJECT_IDS, Settings, Signed};
use crate::source::{Fields, Node, Place, Problems, Table, Value};

/// The largest metadata that is read from a file or an address, in bytes.
const LARGEST: u64 = LARGEST_DOCUMENT as u64;
/// How much is fetched, and how long that may take.
const BOUNDS: Bounds = Bounds { size: LARGEST_DOCUMENT, time: Duration::from_secs(60) };
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
    /// What was made of it before.
    Described(Box<ServiceProvider>),
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

pub(super) fn provider(table: Table, problems: &mut Problems) -> Option<ProviderDocument> {
    let place = table.place.clone();
    let before = problems.len();
    let mut fields = Fields::new("a service provider", table, problems);
    let metadata = metadata_of(&mut fields);
    let entity_id = fields.text("entity_id").map(|(text, _)| text);
    let certificates = fields.texts("metadata_certificates").unwrap_or_default();
    let mut keys = Vec::new();
    let mut kept = Vec::new();
    for (text, place) in certificates {
        match certificate(&text, &place) {
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
    let metadata = metadata?;
    if problems.len() > before {
        return None;
    }
    let metadata_address = match &metadata {
        Metadata::At(address) => Some(address.clone()),
        Metadata::Read(_) | Metadata::Described(_) => None,
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

/// What `metadata` says: a file, an address, or the provider itself as export writes it.
fn metadata_of(fields: &mut Fields<'_>) -> Option<Metadata> {
    const WANTED: &str = "is a file, an address, or a table as export writes it";
    let Some(Node { place, value }) = fields.take("metadata") else {
        let place = fields.place().clone();
        fields.refuse(&place, "a service provider lacks \"metadata\"");
        return None;
    };
    let read = match value {
        Value::Text(text) if text.starts_with("https://") || text.starts_with("http://") => {
            Ok(Metadata::At(text))
        }
        Value::Text(text) => file(&text, &place).map(Metadata::Read),
        Value::Table(table) => serde_json::from_value(table.to_json().into())
            .map_err(|error| format!("{WANTED}: {error}"))
            .and_then(|described: ServiceProvider| {
                described.judge().map_err(|error| error.to_string())?;
                Ok(Metadata::Described(Box::new(described)))
            }),
        other => Err(format!("{WANTED}, not {}", other.kind())),
    };
    match read {
        Ok(metadata) => Some(metadata),
        Err(wrong) => {
            fields.refuse(&place, format!("\"metadata\" {wrong}"));
            None
        }
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
fn certificate(text: &str, place: &Place) -> Result<(Vec<u8>, Key), String> {
    let text = match STANDARD.decode(text) {
        Ok(_) => text.to_owned(),
        Err(_) if text.contains("-----BEGIN") => text.to_owned(),
        Err(_) => {
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
) -> Result<Vec<Prepared>, Problems> {
    let mut problems = Problems::default();
    let mut prepared: Vec<Prepared> = Vec::with_capacity(documents.len());
    for document in documents {
        let read = |bytes: &[u8]| {
            read::entity(bytes, document.entity_id.as_deref(), &document.keys)
                .map_err(|error| error.to_string())
        };
        let read = match &document.metadata {
            Metadata::Described(described) => Ok((**described).clone()),
            Metadata::Read(bytes) => read(bytes),
            Metadata::At(address) => ways.fetch(address).await.and_then(|bytes| read(&bytes)),
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

/// Puts one into the database.
pub(super) async fn write(
    tx: &Tx,
    document: &Prepared,
    organisations: &Organisations,
    now: latchkey_core::Timestamp,
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
    Ok(Some(change))
}

/// As a change tells it.
fn shown(stored: &StoredProvider) -> Result<serde_json::Value, serde_json::Error> {
    let mut members: serde_json::Map<String, serde_json::Value> =
        serde_json::from_str(&stored.document)?;
    members.retain(|_, value| !value.is_null() && *value != json!([]) && *value != json!({}));
    members.insert("metadata".to_owned(), serde_json::from_str(&stored.metadata)?);
    Ok(members.into())
}
