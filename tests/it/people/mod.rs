//! People who come in by the dozen: a table is imported, letters go out, everybody starts alone.

mod alias;
mod applied;
mod import;
mod names;
mod start;

use std::io::Cursor;

use latchkey::audit::Origin;
use latchkey::documents::import::{ImportError, Outcome, Wish, import};
use latchkey::documents::{Change, Mode};
use latchkey_core::ids::OrganisationId;

use crate::mail::operator;
use crate::support::http::Site;

/// A small organisation of nobody yet, with two groups; and one beside it.
const EASTMOOR: &str = r#"
[[organisation]]
id = "eastmoor"
name = "Eastmoor Hospice"
preset = "small"

[[organisation]]
id = "westmoor"
name = "Westmoor Hospice"
preset = "small"

[[group]]
id = "theatre"
organisation = "eastmoor"
name = "Theatre"

[[group]]
id = "ward"
organisation = "eastmoor"
name = "Ward"

[[group]]
id = "kitchen"
organisation = "westmoor"
name = "Kitchen"
"#;

async fn organisation(site: &Site, slug: &str) -> OrganisationId {
    let found = site.app.store.view().find_organisation_by_slug(slug).await;
    found.expect("the database answers").expect("an organisation of this name").id
}

/// How a table is imported.
#[derive(Clone, Copy)]
struct How {
    mode: Mode,
    invite: bool,
}

const KEEP: How = How { mode: Mode::Keep, invite: false };
const INVITE: How = How { mode: Mode::Keep, invite: true };
const DRY: How = How { mode: Mode::DryRun, invite: true };

/// Imports a table of Eastmoor as whoever it is; tells what came of it and what changed.
async fn import_as(
    site: &Site,
    origin: &Origin,
    how: How,
    table: &[u8],
) -> Result<(Outcome, Vec<Change>), ImportError> {
    let How { mode, invite } = how;
    let wish = Wish { organisation: organisation(site, "eastmoor").await, mode, invite };
    let mut changes = Vec::new();
    let mut note = |progress: latchkey::documents::import::Progress<'_>| {
        changes.extend_from_slice(progress.changes);
    };
    let outcome = import(&site.app, origin, wish, Cursor::new(table), &mut note).await?;
    Ok((outcome, changes))
}

async fn imported(site: &Site, how: How, table: &str) -> (Outcome, Vec<Change>) {
    let done = import_as(site, &operator(site), how, table.as_bytes()).await;
    done.unwrap_or_else(|error| panic!("{error}"))
}

/// What is told of a table that is wrong, a line of it each.
async fn refusal(site: &Site, table: &[u8]) -> Vec<String> {
    match import_as(site, &operator(site), KEEP, table).await {
        Err(ImportError::Table(problems)) => {
            problems.to_string().lines().map(str::to_owned).collect()
        }
        Err(other) => panic!("{other}"),
        Ok((outcome, _)) => panic!("{outcome}"),
    }
}
