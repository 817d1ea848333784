//! What an assertion would say of a person, made by the functions that answer. Nothing is sent,
//! signed or kept.

use latchkey_core::assurance::Level;
use latchkey_core::people::Person;
use latchkey_saml::names::{AttributeNameFormat, NameIdFormat};

use super::said::{Advice, OfRegistration, Quotes, Strength, all_quoted, quoted};
use super::{Check, Name};
use crate::App;
use crate::saml::answer::{self, SignedParts, Told};
use crate::saml::providers::Provider;
use crate::saml::request::Request;

/// The attributes whose values end in a scope that applications hold against our metadata:
/// eduPersonPrincipalName, eduPersonScopedAffiliation and eduPersonUniqueId. Subject identifiers
/// are of our own scope always.
const SCOPED: [&str; 3] = [
    "urn:oid:1.3.6.1.4.1.5923.1.1.1.6",
    "urn:oid:1.3.6.1.4.1.5923.1.1.1.9",
    "urn:oid:1.3.6.1.4.1.5923.1.1.1.13",
];

/// What an assertion would say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Preview {
    /// What the provider knows the person by.
    pub name_id: String,
    /// The URI of the kind of that name.
    pub name_id_format: String,
    /// Whether the name is another one at each log-in.
    pub is_transient: bool,
    /// The class of the log-in.
    pub class: String,
    /// What is said of the person.
    pub attributes: Vec<PreviewedAttribute>,
    /// Whether the assertion is signed by itself.
    pub signed_assertion: bool,
    /// Whether the response around it is.
    pub signed_response: bool,
    /// The URI of the encryption of the assertion, if it is encrypted.
    pub encrypted: Option<String>,
}

/// Something that would be said of a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PreviewedAttribute {
    /// Its name.
    pub name: String,
    /// How the name is meant, a URI.
    pub format: String,
    /// What people call it.
    pub friendly_name: Option<String>,
    /// Its values.
    pub values: Vec<String>,
}

/// What would be said of a person who logs in just as strongly as the provider's settings demand.
pub(super) async fn of(
    app: &App,
    provider: &Provider,
    person: &Person,
) -> anyhow::Result<(Check, Option<Preview>)> {
    let Some(consumer) = provider.default_consumer() else {
        return Ok((Check::not_applicable(Name::Preview, OfRegistration::NothingSaid), None));
    };
    let request = Request::unsolicited(&consumer, None);
    let reached = provider.settings.required_level.unwrap_or(Level::Password);
    let told = answer::tell(app, provider, &request, person, reached).await?;
    let Told { name, attributes, class } = match told {
        Ok(told) => told,
        Err(status) => {
            let username = quoted(person.username.as_str());
            let found = OfRegistration::NobodyNamed { username, status: quoted(status.uri()) };
            let check = Check::failed(Name::Preview, found).here(Advice::GiveName);
            return Ok((check, None));
        }
    };
    let signed = SignedParts::of(provider);
    let encryption = provider.recipient.as_ref();
    let format = name.format.unwrap_or_default();
    let preview = Preview {
        is_transient: NameIdFormat::parse(&format) == Some(NameIdFormat::Transient),
        name_id: name.value,
        name_id_format: format,
        class,
        attributes: attributes
            .into_iter()
            .map(|attribute| PreviewedAttribute {
                name: attribute.name,
                format: AttributeNameFormat::uri(attribute.name_format).to_owned(),
                friendly_name: attribute.friendly_name,
                values: attribute.values,
            })
            .collect(),
        signed_assertion: signed.assertion,
        signed_response: signed.response,
        encrypted: encryption.map(|to| to.encryption().data.uri().to_owned()),
    };
    let (username, strength) = (quoted(person.username.as_str()), Strength(reached));
    let scopes = crate::saml::scopes(app);
    let check = match foreign(&scopes, &preview.attributes) {
        None => Check::passed(Name::Preview, OfRegistration::CanBeMade { username, strength }),
        Some(discarded) => {
            let count = scopes.len();
            let scopes = all_quoted(scopes.iter().copied());
            let found = OfRegistration::Discarded { username, strength, discarded, scopes, count };
            Check::failed(Name::Preview, found)
                .here(Advice::AddScope)
                .at_provider(Advice::ThenReadAgain)
        }
    };
    Ok((check, Some(preview)))
}

/// The scoped values whose scope our metadata does not vouch for.
fn foreign(scopes: &[&str], attributes: &[PreviewedAttribute]) -> Option<Quotes> {
    let scoped = attributes.iter().filter(|attribute| SCOPED.contains(&&*attribute.name));
    let values = scoped.flat_map(|attribute| &attribute.values).map(String::as_str);
    let of_another =
        |value: &&str| value.rsplit_once('@').is_none_or(|(_, scope)| !scopes.contains(&scope));
    let mut foreign = values.filter(of_another).peekable();
    foreign.peek().is_some().then(|| all_quoted(foreign))
}
