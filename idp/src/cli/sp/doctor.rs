//! `latchkey sp doctor`: what is wrong between an application that speaks SAML and here.

use std::io::{self, Read as _, Write};
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context as _, anyhow};
use latchkey_core::people::Username;
use latchkey_core::roles::Scope;

use crate::App;
use crate::saml::doctor::{self, Outcome, Preview, Report, Side};
use crate::source::nearest;

/// More is not read: no message is as long.
const LARGEST: u64 = 1024 * 1024;

pub(super) async fn run(
    app: &App,
    provider: Option<&str>,
    person: Option<&str>,
    file: Option<&Path>,
) -> anyhow::Result<ExitCode> {
    let report = match (file, provider) {
        (Some(file), _) => doctor::examine(app, &Scope::Platform, &read(file)?, provider).await?,
        (None, provider) => {
            let id = provider.unwrap_or_default();
            let person = match person {
                Some(name) => {
                    let username = Username::parse(name).ok();
                    let found = match username {
                        Some(username) => {
                            app.store.view().find_person_by_username(&username).await?
                        }
                        None => None,
                    };
                    let found = found.with_context(|| format!("there is no person {name}"))?;
                    Some(found.person)
                }
                None => None,
            };
            let report = doctor::test(app, &Scope::Platform, id, person.as_ref()).await?;
            match report {
                Some(report) => report,
                None => return Err(unknown(app, id).await?),
            }
        }
    };
    write(&mut io::stdout().lock(), &report)?;
    Ok(if report.has_failed() { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// What was pasted. What is no text is shown as such, and judged like all else.
fn read(file: &Path) -> anyhow::Result<String> {
    let mut bytes = Vec::new();
    if file == Path::new("-") {
        io::stdin().lock().take(LARGEST).read_to_end(&mut bytes)?;
    } else {
        let opened = std::fs::File::open(file);
        let read = opened.and_then(|opened| opened.take(LARGEST).read_to_end(&mut bytes));
        read.with_context(|| format!("reading {}", file.display()))?;
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// That nobody is registered by that name, and who probably is meant.
async fn unknown(app: &App, id: &str) -> anyhow::Result<anyhow::Error> {
    let all = app.store.view().list_providers().await?;
    let nearest = nearest(id, all.iter().map(|known| known.id.0.as_str()));
    let hint = nearest.map(|known| format!("; the nearest is {known}")).unwrap_or_default();
    Ok(anyhow!("there is no service provider {id}{hint}: see latchkey sp list"))
}

fn write(out: &mut impl Write, report: &Report) -> io::Result<()> {
    let of = report.provider.as_ref().map(|id| format!(" ({})", id.0)).unwrap_or_default();
    writeln!(out, "Looked at {}{of}.\n", report.about)?;
    for check in &report.checks {
        let mark = match check.outcome {
            Outcome::Passed => "passed",
            Outcome::Failed => "FAILED",
            Outcome::NotApplicable => "-",
        };
        writeln!(out, "{mark:<7} {}: {}", check.name.title(), check.found)?;
        for remedy in &check.remedies {
            let side = match remedy.side {
                Side::Here => "here",
                Side::Provider => "at the provider",
            };
            writeln!(out, "        {side}: {}", remedy.words)?;
        }
    }
    let failed = report.checks.iter().filter(|check| check.outcome == Outcome::Failed);
    let failed: Vec<_> = failed.map(|check| check.name.title()).collect();
    match failed.as_slice() {
        [] => writeln!(out, "\nNo check failed.")?,
        [one] => writeln!(out, "\nOne check failed: {one}.")?,
        more => writeln!(out, "\n{} checks failed: {}.", more.len(), more.join(", "))?,
    }
    match &report.preview {
        Some(preview) => previewed(out, preview),
        None => Ok(()),
    }
}

fn previewed(out: &mut impl Write, preview: &Preview) -> io::Result<()> {
    writeln!(out, "\nAn assertion would say:")?;
    let again = if preview.is_transient { ", another one at each log-in" } else { "" };
    writeln!(out, "  NameID {} ({}{again})", preview.name_id, preview.name_id_format)?;
    writeln!(out, "  AuthnContextClassRef {}", preview.class)?;
    for attribute in &preview.attributes {
        let friendly = attribute.friendly_name.as_deref();
        let friendly = friendly.map(|name| format!(" ({name})")).unwrap_or_default();
        writeln!(out, "  {}{friendly}: {}", attribute.name, attribute.values.join(", "))?;
    }
    let signed = match (preview.signed_assertion, preview.signed_response) {
        (true, true) => "assertion and response",
        (true, false) => "the assertion",
        (false, true) => "the response",
        (false, false) => "nothing",
    };
    let encrypted = preview.encrypted.as_deref().unwrap_or("nothing");
    writeln!(out, "  Signed: {signed}; encrypted: {encrypted}")
}
