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

use super::said::{Advice, Apart, OfRegistration, OfRequest, Strength, all_quoted, quoted};
use super::words::{fingerprint, time};
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
        None => Check::passed(Name::Context, OfRegistration::NoStrength),
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
        return Check::passed(Name::Metadata, OfRegistration::Endless);
    };
    let (count, apart) = Apart::between(until, now);
    let until = time(until);
    if provider.is_current(now) {
        return Check::passed(Name::Metadata, OfRegistration::Current { until, count, apart });
    }
    Check::failed(Name::Metadata, OfRegistration::Over { until, count, apart })
        .here(Advice::RegisterItAgain)
        .at_provider(Advice::PublishLater)
}

fn certificates(provider: &Provider, now: Timestamp) -> Check {
    let texts = provider.metadata.keys.iter().flat_map(|key| &key.certificates);
    let all = texts.filter_map(|text| Certificate::parse(&STANDARD.decode(text).ok()?).ok());
    let mut all: Vec<_> = all.collect();
    all.sort_by_key(Certificate::not_after);
    let Some(first) = all.first() else {
        return Check::not_applicable(Name::Certificates, OfRegistration::NoCertificates);
    };
    let certificate = fingerprint(first.der());
    let (count, apart) = Apart::between(first.not_after(), now);
    let until = time(first.not_after());
    let found = match all.len() {
        1 => OfRegistration::Certificate { certificate, until, count, apart },
        certificates => {
            OfRegistration::Certificates { certificates, certificate, until, count, apart }
        }
    };
    if now.plus(SOON) < first.not_after() {
        return Check::passed(Name::Certificates, found);
    }
    Check::failed(Name::Certificates, found).at_provider(Advice::MakeKey).here(Advice::ThenRegister)
}

fn consumer(provider: &Provider) -> Check {
    match provider.default_consumer() {
        Some(consumer) => {
            let address = quoted(consumer.location());
            Check::passed(Name::Consumer, OfRegistration::Consumer { address })
        }
        None => Check::failed(Name::Consumer, OfRegistration::NoConsumer)
            .at_provider(Advice::PutConsumer),
    }
}

fn encryption(provider: &Provider) -> Check {
    if provider.lacks_encryption() {
        return Check::failed(Name::Encryption, OfRegistration::EncryptionImpossible)
            .at_provider(Advice::PublishEncryptionKey)
            .here(Advice::OrEncryptAuto);
    }
    match &provider.recipient {
        Some(recipient) => {
            let algorithm = quoted(recipient.encryption().data.uri());
            Check::passed(Name::Encryption, OfRegistration::Encrypted { algorithm })
        }
        None if provider.settings.encrypt == Encrypt::Never => {
            Check::not_applicable(Name::Encryption, OfRegistration::NeverEncrypted)
        }
        None => Check::not_applicable(Name::Encryption, OfRegistration::NotEncrypted),
    }
}

fn requests(app: &App, provider: &Provider) -> Check {
    let Some(signing) = provider.must_sign(app) else {
        return Check::not_applicable(Name::Requests, OfRegistration::MayBeUnsigned);
    };
    if provider.keys.is_empty() {
        let check = Check::failed(Name::Requests, OfRegistration::NothingToVerify)
            .at_provider(Advice::PublishSigningKey);
        return check.here(match signing {
            Signing::Installation => Advice::OrTakeOut,
            _ => Advice::OrUnsigned,
        });
    }
    Check::passed(
        Name::Requests,
        match provider.keys.len() {
            1 => OfRegistration::SignedByOne,
            keys => OfRegistration::SignedByOneOf { keys },
        },
    )
}

fn log_out(provider: &Provider) -> Check {
    let endpoints = &provider.metadata.logout;
    if endpoints.is_empty() {
        return Check::not_applicable(Name::LogOut, OfRegistration::NoLogOut);
    }
    let known = endpoints.iter().filter(|one| Binding::parse(&one.binding).is_some());
    let places: Vec<_> = known.map(|one| one.location.as_str()).collect();
    if places.is_empty() {
        return Check::failed(Name::LogOut, OfRegistration::LogOutUnknown)
            .at_provider(Advice::PublishLogOut);
    }
    Check::passed(Name::LogOut, OfRegistration::LogOut { addresses: all_quoted(places) })
}

fn names(app: &App, provider: &Provider) -> Check {
    let ours = crate::saml::entity_id(app);
    let listed = &provider.metadata.name_id_formats;
    let Ok(format) = answer::namer(app, provider, &ours).format(None) else {
        return Check::not_applicable(Name::NameId, OfRegistration::NameDepends);
    };
    let uri = format.uri();
    let format = quoted(uri);
    if listed.is_empty() || listed.iter().any(|one| one == uri) {
        return Check::passed(Name::NameId, OfRequest::NamedBy { format });
    }
    // Whatever both sides agreed on need not be listed.
    let known = listed.iter().any(|one| {
        NameIdFormat::parse(one).is_some_and(|format| format == NameIdFormat::Unspecified)
    });
    if known {
        return Check::passed(Name::NameId, OfRegistration::TakesAnyName { format });
    }
    let formats = all_quoted(listed.iter().map(String::as_str));
    Check::failed(Name::NameId, OfRegistration::TakesOtherNames { format, formats })
        .here(Advice::SetNameId)
        .at_provider(Advice::OrTakeNames)
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
    let strength = Strength(level);
    if reached.without.is_empty() {
        return Check::passed(Name::Context, OfRegistration::Reachable { strength });
    }
    let organisations = all_quoted(reached.without.iter().map(String::as_str));
    if reached.without.len() < reached.all {
        let found = OfRegistration::UnreachableForSome { strength, organisations };
        return Check::failed(Name::Context, found).here(Advice::AllowInPolicy);
    }
    Check::failed(Name::Context, OfRegistration::Unreachable { strength, organisations })
        .here(Advice::AllowInPolicy)
        .at_provider(Advice::OrAskLess)
}
