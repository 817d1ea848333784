//! `latchkey sp add`: a document made of what was typed and, where the application is known, of what is
//! known of it.

use anyhow::Context as _;
use latchkey_saml::metadata::read;
use toml::{Table, Value};

use crate::App;
use crate::documents::{MetadataSource as _, service_provider};

/// What was typed.
pub(super) struct Typed {
    pub(super) metadata: String,
    pub(super) entity_id: Option<String>,
    pub(super) organisation: Option<String>,
    pub(super) name: Option<String>,
}

/// The document.
pub(super) async fn document(app: &App, typed: Typed) -> anyhow::Result<String> {
    let id = match &typed.entity_id {
        Some(id) => Some(id.clone()),
        None => described(app, &typed.metadata).await,
    };
    let known = match id {
        Some(id) => app.store.view().find_provider(&id).await?,
        None => None,
    };
    let mut members = match known {
        Some(stored) => {
            let text = service_provider(&stored)?;
            let mut read: Table = toml::from_str(&text)?;
            let first = read.get_mut("service_provider").and_then(|all| all.get_mut(0));
            first
                .and_then(Value::as_table_mut)
                .cloned()
                .context("what is known of it is damaged")?
        }
        None => Table::new(),
    };
    members.remove("entity_id");
    let said = [
        ("metadata", Some(typed.metadata)),
        ("entity_id", typed.entity_id),
        ("organisation", typed.organisation),
        ("name", typed.name),
    ];
    for (member, value) in said {
        if let Some(value) = value {
            members.insert(member.to_owned(), value.into());
        }
    }
    let mut document = Table::new();
    document.insert("service_provider".to_owned(), Value::Array(vec![members.into()]));
    Ok(toml::to_string(&document)?)
}

/// Whose metadata it is. What is wrong with it is told when it is applied.
async fn described(app: &App, metadata: &str) -> Option<String> {
    let is_address = metadata.starts_with("https://") || metadata.starts_with("http://");
    let bytes = match is_address {
        true => app.fetch(metadata).await.ok()?,
        false => {
            let about = std::fs::metadata(metadata).ok()?;
            let fits = usize::try_from(about.len()).is_ok_and(|it| it <= read::LARGEST_DOCUMENT);
            fits.then(|| std::fs::read(metadata).ok()).flatten()?
        }
    };
    Some(read::entity(&bytes, None, &[]).ok()?.entity_id)
}
