//! What a service provider is told of somebody, for them to see: made by what answers, so that it is
//! what goes out. Nothing is sent, signed or kept.

use latchkey_core::assurance::Level;
use latchkey_core::people::Person;
use latchkey_saml::names::NameIdFormat;

use super::answer::{self, Told};
use super::providers;
use super::request::Request;
use crate::App;

/// What a provider calls the name that it knows somebody by (SAML Core §2.2.3).
const NAME_ID: &str = "NameID";

/// What a service provider is told of a person.
pub struct Known {
    /// What people know the provider by.
    pub name: String,
    /// What it is told, by what it calls that: how it names them first, unless that changes at each
    /// log-in.
    pub told: Vec<(String, String)>,
}

/// What a registered service provider is told of a person who logs in with so much; of one that is
/// gone, or to which nothing could be said, nothing.
///
/// # Errors
/// When the database fails.
pub async fn of(
    app: &App,
    provider: &str,
    person: &Person,
    level: Level,
) -> anyhow::Result<Option<Known>> {
    let Some(provider) = providers::registered(app, provider).await? else { return Ok(None) };
    let Some(consumer) = provider.default_consumer() else { return Ok(None) };
    let request = Request::unsolicited(&consumer, None);
    let Ok(told) = answer::tell(app, &provider, &request, person, level).await? else {
        return Ok(None);
    };
    let Told { name, attributes, .. } = told;
    let format = name.format.as_deref().and_then(NameIdFormat::parse);
    let name =
        (format != Some(NameIdFormat::Transient)).then_some((NAME_ID.to_owned(), name.value));
    let attributes = attributes.into_iter().map(|attribute| {
        let called = attribute.friendly_name.unwrap_or(attribute.name);
        (called, attribute.values.join(", "))
    });
    Ok(Some(Known { name: provider.name(), told: name.into_iter().chain(attributes).collect() }))
}
