//! The providers that whoever asks may see, and which of them is meant by a wrong name.

use std::sync::Arc;

use latchkey_core::roles::Scope;

use super::said::Slip;
use crate::App;
use crate::saml::providers::{self, Provider};
use crate::source::nearest;

fn sees(scope: &Scope, provider: &Provider) -> bool {
    match provider.organisation {
        Some(organisation) => scope.contains(organisation),
        None => *scope == Scope::Platform,
    }
}

/// A provider in scope.
pub(super) async fn find(
    app: &App,
    scope: &Scope,
    id: &str,
) -> anyhow::Result<Option<Arc<Provider>>> {
    let found = providers::registered(app, id).await?;
    Ok(found.filter(|provider| sees(scope, provider)))
}

/// Every provider in scope.
pub(super) async fn list(app: &App, scope: &Scope) -> anyhow::Result<Vec<Arc<Provider>>> {
    let mut all = Vec::new();
    for stored in app.store.view().list_providers().await? {
        let provider = Provider::open(stored)?;
        if sees(scope, &provider) {
            all.push(Arc::new(provider));
        }
    }
    Ok(all)
}

/// The one of `known` that is probably meant.
pub(super) struct Meant<'k> {
    pub(super) text: &'k str,
    /// In what it differs, where it is a little thing.
    pub(super) by: Option<Slip>,
}

/// Makes texts alike that differ by a little thing.
type Fold<'f> = &'f dyn Fn(&str) -> String;

/// Which of these addresses is meant by a text that is none of them.
pub(super) fn meant<'k>(
    text: &str,
    known: impl Iterator<Item = &'k str> + Clone,
) -> Option<Meant<'k>> {
    let slash = |text: &str| text.trim_end_matches('/').to_owned();
    let scheme = |text: &str| {
        let rest = text.split_once("://").map_or(text, |(_, rest)| rest);
        rest.to_owned()
    };
    let all = |text: &str| slash(&scheme(&text.to_lowercase()));
    let little: [(Fold<'_>, Slip); 4] = [
        (&slash, Slip::Slash),
        (&|text: &str| text.to_lowercase(), Slip::Capitals),
        (&scheme, Slip::Scheme),
        (&all, Slip::Several),
    ];
    for (alike, by) in little {
        if let Some(found) = known.clone().find(|known| alike(known) == alike(text)) {
            return Some(Meant { text: found, by: Some(by) });
        }
    }
    // A longest distance is costly to compute, and nobody means it.
    let bounded = text.len() <= 512;
    let near = bounded.then(|| nearest(text, known.filter(|known| known.len() <= 512))).flatten();
    near.map(|found| Meant { text: found, by: None })
}
