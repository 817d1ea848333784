//! What can be told of a provider without a message: its metadata and settings, and whether people
//! can come up to what they demand.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use latchkey_core::Timestamp;
use latchkey_core::assurance::Level;
use latchkey_core::roles::Scope;
use latchkey_saml::Binding;
use latchkey_saml::keys::Certificate;
use latchkey_saml::names::NameIdFormat;

use super::words::{self, all_quoted, apart, fingerprint, quoted, time};
use super::{Check, Name};
use crate::App;
use crate::saml::answer;
use crate::saml::providers::{Provider, Signing};
use crate::saml::settings::Encrypt;

/// How long before a certificate ends that is said.
const SOON: Duration = Duration::from_secs(30 * 86_400);

/// Judges a registration.
pub(super) async fn judge(
    app: &App,
    scope: &Scope,
    provider: &Provider,
) -> anyhow::Result<Vec<Check>> {
    let now = app.clock.now();
    let floor = provider.settings.required_level.filter(|level| *level > Level::Password);
    let context = match floor {
        Some(level) => reachable(level, &reaches(app, scope, provider, level).await?),
        None => Check::passed(Name::Context, "It demands no particular log-in."),
    };
    Ok(vec![
        current(provider, now),
        certificates(provider, now),
        consumer(provider),
        encryption(provider),
        requests(app, provider),
        log_out(provider),
        names(app, provider),
        context,
    ])
}

/// Whether metadata may be relied on.
pub(super) fn current(provider: &Provider, now: Timestamp) -> Check {
    let Some(until) = provider.metadata.valid_until else {
        return Check::passed(Name::Metadata, "Its metadata is registered, and has no end.");
    };
    let ends = format!("{} ({})", time(until), apart(until, now));
    if provider.is_current(now) {
        return Check::passed(Name::Metadata, format!("Its metadata holds until {ends}."));
    }
    let found = format!("Its metadata held until {ends}: nobody is logged in to it.");
    Check::failed(Name::Metadata, found)
        .here("Register its metadata again.")
        .at_provider("Publish metadata with a later validUntil.")
}

fn certificates(provider: &Provider, now: Timestamp) -> Check {
    let texts = provider.metadata.keys.iter().flat_map(|key| &key.certificates);
    let all = texts.filter_map(|text| Certificate::parse(&STANDARD.decode(text).ok()?).ok());
    let mut all: Vec<_> = all.collect();
    all.sort_by_key(Certificate::not_after);
    let Some(first) = all.first() else {
        return Check::not_applicable(Name::Certificates, "Its metadata has no certificates.");
    };
    let until = first.not_after();
    let named = fingerprint(first.der());
    let end = format!("{} ({})", time(until), apart(until, now));
    let found = match all.len() {
        1 => format!("The end of its one certificate {named} (SHA-256) is {end}."),
        count => {
            format!("The first of its {count} certificates to end is {named} (SHA-256), on {end}.")
        }
    };
    if now.plus(SOON) < until {
        return Check::passed(Name::Certificates, found);
    }
    Check::failed(Name::Certificates, found)
        .at_provider(
            "Make a new key and publish it in its metadata beside the old one before that day: \
             its own software may refuse an old certificate, although we go by metadata.",
        )
        .here("Then register its metadata again.")
}

fn consumer(provider: &Provider) -> Check {
    match provider.default_consumer() {
        Some(consumer) => {
            let found = format!("Answers go to {}.", quoted(consumer.location()));
            Check::passed(Name::Consumer, found)
        }
        None => Check::failed(
            Name::Consumer,
            "Its metadata has no AssertionConsumerService by a binding that answers go by.",
        )
        .at_provider("Put an AssertionConsumerService by HTTP-POST into its metadata."),
    }
}

fn encryption(provider: &Provider) -> Check {
    if provider.lacks_encryption() {
        let found = "Assertions for it have to be encrypted, and its metadata has no key that can \
                     be encrypted to: nobody is logged in to it.";
        return Check::failed(Name::Encryption, found)
            .at_provider("Publish an RSA key of 2048 bits or more for encryption in its metadata.")
            .here("Or let its settings say encrypt_assertions = \"auto\".");
    }
    match &provider.recipient {
        Some(recipient) => {
            let uri = recipient.encryption().data.uri();
            Check::passed(Name::Encryption, format!("Assertions are encrypted by {}.", quoted(uri)))
        }
        None if provider.settings.encrypt == Encrypt::Never => {
            Check::not_applicable(Name::Encryption, "Its settings say that nothing is encrypted.")
        }
        None => Check::not_applicable(
            Name::Encryption,
            "Assertions are not encrypted: its metadata has no key for that.",
        ),
    }
}

fn requests(app: &App, provider: &Provider) -> Check {
    let Some(signing) = provider.must_sign(app) else {
        let found = "Its requests may come unsigned.";
        return Check::not_applicable(Name::Requests, found);
    };
    if provider.keys.is_empty() {
        let found = "Its requests have to be signed, and its metadata has no key that could verify \
                     them: nobody is logged in to it.";
        let check = Check::failed(Name::Requests, found)
            .at_provider("Publish the key that it signs with in its metadata (use=\"signing\").");
        return match signing {
            Signing::Installation => check.here(
                "Or take require_signed_requests out of [saml] in the settings of this \
                 installation, where that is wanted.",
            ),
            _ => check.here("Or let its settings say requests = \"unsigned\"."),
        };
    }
    let key = match provider.keys.len() {
        1 => "its registered key".to_owned(),
        count => format!("one of its {count} registered keys"),
    };
    Check::passed(Name::Requests, format!("Its requests have to be signed, with {key}."))
}

fn log_out(provider: &Provider) -> Check {
    let endpoints = &provider.metadata.logout;
    if endpoints.is_empty() {
        let found = "Its metadata has no SingleLogoutService: it is not told when people log out.";
        return Check::not_applicable(Name::LogOut, found);
    }
    let known = endpoints.iter().filter(|one| Binding::parse(&one.binding).is_some());
    let places: Vec<_> = known.map(|one| one.location.as_str()).collect();
    if places.is_empty() {
        let found = "Its SingleLogoutService is by no binding that is known here.";
        return Check::failed(Name::LogOut, found)
            .at_provider("Publish one by SOAP, HTTP-Redirect or HTTP-POST.");
    }
    Check::passed(Name::LogOut, format!("It is told at {}.", all_quoted(places)))
}

fn names(app: &App, provider: &Provider) -> Check {
    let ours = crate::saml::entity_id(app);
    let listed = &provider.metadata.name_id_formats;
    let Ok(format) = answer::namer(app, provider, &ours).format(None) else {
        return Check::not_applicable(Name::NameId, "It depends on what is asked.");
    };
    let uri = format.uri();
    if listed.is_empty() || listed.iter().any(|one| one == uri) {
        return Check::passed(Name::NameId, format!("People are named by {}.", quoted(uri)));
    }
    // Whatever both sides agreed on need not be listed.
    let known = listed.iter().any(|one| {
        NameIdFormat::parse(one).is_some_and(|format| format == NameIdFormat::Unspecified)
    });
    if known {
        let found = format!("People are named by {}, and it takes any format.", quoted(uri));
        return Check::passed(Name::NameId, found);
    }
    let found = format!(
        "People are named by {}, and its metadata takes {}.",
        quoted(uri),
        all_quoted(listed.iter().map(String::as_str))
    );
    Check::failed(Name::NameId, found)
        .here("Let its settings say a name_id that it takes.")
        .at_provider("Or have it take persistent, transient, emailAddress or unspecified names.")
}

/// Who cannot come up to a strength.
pub(super) struct Reached {
    /// The organisations whose policy does not let anybody.
    without: Vec<String>,
    all: usize,
}

/// Whether the people of the provider's organisation, or of every one in scope, can log in so
/// strongly.
pub(super) async fn reaches(
    app: &App,
    scope: &Scope,
    provider: &Provider,
    level: Level,
) -> anyhow::Result<Reached> {
    let ids: Vec<_> = match provider.organisation {
        Some(organisation) => vec![organisation],
        None => {
            let all = app.store.view().list_organisations().await?;
            all.into_iter().map(|one| one.id).filter(|id| scope.contains(*id)).collect()
        }
    };
    let mut without = Vec::new();
    for id in &ids {
        let organisation = app.organisation(*id).await?;
        if !organisation.policy.reaches(level) {
            without.push(organisation.name.clone());
        }
    }
    Ok(Reached { without, all: ids.len() })
}

/// What that comes to.
pub(super) fn reachable(level: Level, reached: &Reached) -> Check {
    let strength = words::level(level);
    if reached.without.is_empty() {
        let found = format!("A log-in has to be as strong as {strength}, which people can have.");
        return Check::passed(Name::Context, found);
    }
    let whom = all_quoted(reached.without.iter().map(String::as_str));
    let found = format!(
        "A log-in has to be as strong as {strength}, and the policy of {whom} lets nobody set that \
         up."
    );
    let words = "Allow it in that policy: its methods, and how far the roll-out of keys is.";
    if reached.without.len() < reached.all {
        // The others can.
        let found = format!("{found} The people of other organisations can.");
        return Check::failed(Name::Context, found).here(words);
    }
    Check::failed(Name::Context, found).here(words).at_provider("Or have it ask for less.")
}
