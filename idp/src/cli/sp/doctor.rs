//! `latchkey sp doctor`: what is wrong between an application that speaks SAML and here.

use std::io::{self, Read as _, Write};
use std::path::Path;
use std::process::ExitCode;

use anyhow::Context as _;
use latchkey_core::people::Username;
use latchkey_core::roles::Scope;

use crate::App;
use crate::saml::doctor::{self, Outcome, Preview, Report, Side};

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
            report.with_context(|| format!("there is no service provider {id}"))?
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
        let opened = opened.with_context(|| format!("reading {}", file.display()))?;
        opened.take(LARGEST).read_to_end(&mut bytes)?;
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn write(out: &mut impl Write, report: &Report) -> io::Result<()> {
    writeln!(out, "{}", report.about)?;
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
