//! What rules release of a person, with what has to be read for it. The rules themselves are the
//! domain's; how what they release is named and sent is each protocol's.

use std::collections::BTreeMap;

use latchkey_core::people::Person;
use latchkey_core::release::{Facts, Source};
use serde_json::{Map, Value};

use crate::App;

/// What rules by name release of a person. Groups are read only where a rule asks for them.
///
/// # Errors
/// When the database fails.
pub(crate) async fn released(
    app: &App,
    rules: &BTreeMap<String, Source>,
    person: &Person,
) -> anyhow::Result<Map<String, Value>> {
    let organisation = app.organisation(person.organisation).await?;
    let wanted = rules.values().any(|source| *source == Source::Groups);
    let groups = match person.standing.grouped && wanted {
        true => app.store.view().list_groups_of(person.id).await?,
        false => Vec::new(),
    };
    let facts = Facts { person, organisation: &organisation, groups: &groups };
    Ok(facts.released(rules))
}
