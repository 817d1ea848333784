//! How the installation is, in plain words, and what to do where something is the matter.

use axum::response::Response;
use latchkey_api::Page as List;
use latchkey_api::organisations::PartQuery;
use latchkey_api::platform::{AilingProvider, CertificateChange, Health, ProvidersHealth};
use latchkey_core::Timestamp;
use latchkey_web::{Help, Page, Text};
use serde::Serialize;

use super::at;
use super::letters::{self, Letters, Part};
use super::samples;
use super::shell::{Place, Shell};
use crate::visitor::Asked;

/// The address.
pub(crate) const ADDRESS: &str = "/admin/health";
/// How many letters a page shows.
const SHOWN: u16 = 50;
/// So many events without a place in the chain are more than a moment's.
const MANY_UNSEALED: u64 = 1000;

/// The page.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Shown {
    shell: Shell,
    checks: Vec<Check>,
    providers: Vec<Ailing>,
    letters: Letters,
    /// What became of a wish.
    told: Option<Text>,
    /// What was wished waits for the same button again: a log-in came between.
    waited: bool,
    issuer: String,
    version: String,
    database: Text,
    people: u64,
}

/// One thing that can be the matter.
#[derive(Clone, Debug, PartialEq, Serialize)]
struct Check {
    /// `good`, `info`, `warn` or `bad`.
    tone: &'static str,
    what: Text,
    /// When, where that is told.
    at: Option<Timestamp>,
    /// What to do.
    advice: Option<Text>,
}

impl Check {
    fn good(key: &str) -> Self {
        Self { tone: "good", what: Text::new(key), at: None, advice: None }
    }

    /// Something is the matter: what to do about it is told under the same key.
    fn matter(tone: &'static str, key: &str) -> Self {
        let advice = Some(Text::new(format!("{key}-advice")));
        Self { tone, what: Text::new(key), at: None, advice }
    }

    fn count(self, count: u64) -> Self {
        Self { what: self.what.with("count", count), ..self }
    }
}

/// An application that speaks SAML with something the matter.
#[derive(Clone, Debug, Serialize)]
struct Ailing {
    name: String,
    entity_id: String,
    error: Option<String>,
    failing_since: Option<Timestamp>,
    metadata_ends: Option<Timestamp>,
    certificate_ends: Option<Timestamp>,
}

impl Ailing {
    fn new(ailing: &AilingProvider) -> Self {
        Self {
            name: ailing.name.clone(),
            entity_id: ailing.entity_id.clone(),
            error: ailing.error.clone(),
            failing_since: ailing.failing_since.map(at),
            metadata_ends: ailing.metadata_ends.map(at),
            certificate_ends: ailing.certificate_ends.map(at),
        }
    }
}

/// How the metadata of applications is that speak SAML, where there are any.
fn provider_checks(providers: &ProvidersHealth) -> Vec<Check> {
    let matters = [
        ("bad", "console-health-providers-expired", providers.expired),
        ("warn", "console-health-providers-failing", providers.failing),
        ("warn", "console-health-providers-ending", providers.ending),
    ];
    let matters = matters.into_iter().filter(|(.., count)| *count > 0);
    let matters: Vec<_> =
        matters.map(|(tone, key, count)| Check::matter(tone, key).count(count)).collect();
    match matters.is_empty() && providers.count > 0 {
        true => vec![Check::good("console-health-providers").count(providers.count)],
        false => matters,
    }
}

/// What our SAML answers are signed with changes by itself; who does not read our metadata has to be
/// told.
fn certificate_check(change: &CertificateChange) -> Check {
    let (tone, key, at) = match change.next_from {
        Some(next) => ("info", "console-health-saml-next", next),
        None => ("warn", "console-health-saml-ends", change.ends_at),
    };
    Check { at: Some(super::at(at)), ..Check::matter(tone, key) }
}

fn checks(health: &Health) -> Vec<Check> {
    let failing = health.mail.failed;
    let mail = match (&health.mail, failing) {
        (mail, _) if !mail.configured => Check::matter("warn", "console-health-no-mail"),
        (_, 1..) => Check::matter("bad", "console-health-mail-fails").count(failing),
        (mail, _) => Check::good("console-health-mail").count(mail.waiting),
    };
    let trail = match health.audit_unsealed {
        MANY_UNSEALED.. => Check::matter("bad", "console-health-unsealed"),
        _ => Check::good("console-health-sealed"),
    };
    let models = match health.metadata {
        None => Check::matter("warn", "console-health-no-models"),
        Some(number) => Check::good("console-health-models").count(number.into()),
    };
    let mut all = vec![mail, trail.count(health.audit_unsealed), models];
    all.extend(provider_checks(&health.providers));
    all.extend(health.saml_certificate.as_ref().map(certificate_check));
    all
}

impl Shown {
    fn new(shell: Shell, letters: Letters, health: &Health) -> Self {
        Self {
            shell,
            checks: checks(health),
            providers: health.providers.ailing.iter().map(Ailing::new).collect(),
            letters,
            told: None,
            waited: false,
            issuer: health.issuer.clone(),
            version: health.version.clone(),
            database: Text::new(match health.database.as_str() {
                "postgresql" => "console-health-postgresql",
                _ => "console-health-sqlite",
            }),
            people: health.people,
        }
    }

    fn sample_of(health: &Health) -> Self {
        let listed = match health.mail.failed {
            0 => List { items: vec![], next: None },
            _ => samples::letters(),
        };
        let configured = health.mail.configured;
        let part = Part { configured, after: Some("before"), letters: &listed };
        let letters = Letters::new(&samples::platform(), &samples::forms(), &part, "once");
        Self::new(samples::shell(Place::Health), letters, health)
    }

    /// All is well.
    pub(crate) fn well_sample() -> Self {
        let mut health = samples::health();
        (health.mail.failed, health.audit_unsealed, health.metadata) = (0, 3, Some(141));
        health.database = "sqlite".into();
        health.providers = ProvidersHealth { count: 12, ..ProvidersHealth::default() };
        if let Some(change) = &mut health.saml_certificate {
            change.next_from = None;
        }
        Self { told: Some("console-letter-given-up".into()), ..Self::sample_of(&health) }
    }

    /// No letters are sent.
    pub(crate) fn silent_sample() -> Self {
        let mut health = samples::health();
        (health.mail.configured, health.providers) = (false, ProvidersHealth::default());
        health.saml_certificate = None;
        Self { waited: true, ..Self::sample_of(&health) }
    }
}

impl Page for Shown {
    const TEMPLATE: &'static str = "console/health.html";
    const FORMS_LEAD_OUT: bool = true;

    fn sample() -> Self {
        let told = Some(Text::new("console-letters-tried").with("count", 2));
        Self { told, ..Self::sample_of(&samples::health()) }
    }

    fn help(&self) -> Vec<Help> {
        vec![]
    }
}

/// `GET /admin/health`
pub(crate) async fn show(asked: Asked) -> Response {
    let work = async {
        let admin = asked.admin().await?;
        let query = asked.query();
        let after = query.one("after").ok().flatten();
        let part = PartQuery { after: after.map(str::to_owned), limit: Some(SHOWN) };
        let (health, letters) = tokio::try_join!(admin.api.health(), admin.api.letters(&part))?;
        let part = Part { configured: health.mail.configured, after, letters: &letters };
        let letters = Letters::new(&admin.me, &admin.forms, &part, &asked.once());
        let page = Shown::new(admin.shell(Place::Health), letters, &health);
        let waited = asked.kept(&admin).is_some();
        let told = letters::told(&query).filter(|_| !waited);
        Ok(asked.page(&Shown { told, waited, ..page }))
    };
    asked.shown(work).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_the_matter_is_told_with_what_to_do_and_what_is_well_without() {
        let mut health = samples::health();
        let tones = |health: &Health| {
            let all = checks(health).into_iter();
            all.map(|it| (it.tone, it.advice.is_some())).collect::<Vec<_>>()
        };
        let applications = [("bad", true), ("warn", true), ("warn", true), ("info", true)];
        assert_eq!(tones(&health)[3..], applications);
        let change = health.saml_certificate.as_mut().expect("it changes");
        let next = change.next_from.take().map(at);
        assert_eq!(
            checks(&health)[6].at,
            health.saml_certificate.as_ref().map(|it| at(it.ends_at))
        );
        assert_eq!(tones(&health)[6], ("warn", true), "and nobody made the next one");
        let change = CertificateChange { ends_at: samples::THEN, next_from: Some(samples::THEN) };
        assert_eq!(certificate_check(&change).at, next, "until then metadata has to be read");
        health.saml_certificate = None;
        health.providers = ProvidersHealth { count: 12, ..ProvidersHealth::default() };
        assert_eq!(tones(&health)[3..], [("good", false)]);
        health.providers.count = 0;
        assert_eq!(tones(&health), [("bad", true), ("bad", true), ("warn", true)]);
        (health.mail.failed, health.audit_unsealed, health.metadata) = (0, 999, Some(1));
        assert_eq!(tones(&health), [("good", false); 3]);
        health.mail.configured = false;
        assert_eq!(tones(&health)[0], ("warn", true));
    }
}
