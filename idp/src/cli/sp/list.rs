//! `latchkey sp list`: which applications speak SAML, and how each is.

use std::collections::BTreeMap;
use std::io::{self, Write as _};
use std::process::ExitCode;

use crate::App;
use crate::saml::providers::Provider;
use crate::saml::refresh::endings;

pub(super) async fn run(app: &App) -> anyhow::Result<ExitCode> {
    let (view, now) = (app.store.view(), app.clock.now());
    let states = view.list_provider_states().await?.into_iter();
    let states: BTreeMap<_, _> = states.map(|it| (it.provider.0.clone(), it)).collect();
    let mut out = io::stdout().lock();
    for stored in view.list_providers().await? {
        let provider = Provider::open(stored)?;
        let state = states.get(&provider.id.0);
        writeln!(out, "{}  {}", provider.id, provider.name())?;
        for line in endings::standing(&provider, state, now) {
            writeln!(out, "    {line}")?;
        }
    }
    Ok(ExitCode::SUCCESS)
}
