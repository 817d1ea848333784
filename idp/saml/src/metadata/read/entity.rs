//! One service provider's description (SAML Metadata §2.3.2, §2.4.4).

use std::collections::HashSet;

use aws_lc_rs::encoding::AsDer as _;
use aws_lc_rs::rsa::PublicKeyComponents;
use base64::prelude::{BASE64_STANDARD, Engine as _};
use url::{Host, Url};

use super::{MetadataError, Validity};
use crate::metadata::provider::{
    AttributeService, Contact, Endpoint, IndexedEndpoint, KeyDescriptor, Logo, RequestedAttribute,
    ServiceProvider, UiKind, UiText,
};
use crate::names::{ASSERTION_NS, DSIG_NS, ENTITY_ATTRIBUTES_NS, METADATA_NS, PROTOCOL_NS, UI_NS};
use crate::post::decode_base64;
use crate::read::{ReadError, attribute, flag, text, texts, uri, values};
use crate::xml::Element;

const XML_NS: &str = "http://www.w3.org/XML/1998/namespace";
const DSIG11_NS: &str = "http://www.w3.org/2009/xmldsig11#";

/// The longest identifier (SAML Core §8.3.6), and address.
pub(in crate::metadata) const LONGEST: usize = 1024;
/// The most characters of a text for people.
const LONGEST_TEXT: usize = 1000;

/// Reads an `EntityDescriptor`.
pub(super) fn read(
    entity: Element<'_>,
    around: Validity,
) -> Result<ServiceProvider, MetadataError> {
    let entity_id = entity_id(entity)?;
    let role =
        role(entity, "SPSSODescriptor").ok_or(MetadataError::OtherRole("service provider"))?;
    let validity = around.within(|name| entity.attribute(name))?;
    let validity = validity.within(|name| role.attribute(name))?;
    let consumers = indexed(role, "AssertionConsumerService")?;
    if consumers.is_empty() {
        return Err(ReadError::Missing("AssertionConsumerService").into());
    }
    let mut indexes = HashSet::new();
    if !consumers.iter().all(|consumer| indexes.insert(consumer.index)) {
        return Err(ReadError::Twice("the index of an AssertionConsumerService").into());
    }
    let services: Vec<_> = children(role, METADATA_NS, "AttributeConsumingService").collect();
    let mut provider = ServiceProvider {
        entity_id,
        valid_until: validity.valid_until,
        cache_seconds: validity.cache_seconds,
        signs_requests: flag(role, "AuthnRequestsSigned")?,
        wants_assertions_signed: flag(role, "WantAssertionsSigned")?,
        keys: each(children(role, METADATA_NS, "KeyDescriptor"), key)?,
        name_id_formats: texts(
            children(role, METADATA_NS, "NameIDFormat").collect(),
            "NameIDFormat",
        )?,
        consumers,
        logout: each(children(role, METADATA_NS, "SingleLogoutService"), endpoint)?,
        artifacts: indexed(role, "ArtifactResolutionService")?,
        services: each(services.iter().copied(), attribute_service)?,
        contacts: children(role, METADATA_NS, "ContactPerson")
            .chain(children(entity, METADATA_NS, "ContactPerson"))
            .map(contact)
            .collect(),
        entity_attributes: entity_attributes(entity),
        ..ServiceProvider::default()
    };
    for info in extensions(role, UI_NS, "UIInfo") {
        ui(info, &mut provider);
    }
    let named = services.iter().zip(&provider.services);
    let default = named
        .clone()
        .find(|(_, service)| service.is_default == Some(true))
        .or_else(|| named.clone().find(|(_, service)| service.is_default.is_none()))
        .or_else(|| named.clone().next());
    if let Some((default, _)) = default {
        let names = children(*default, METADATA_NS, "ServiceName");
        provider.ui.extend(names.filter_map(|name| ui_text(name, UiKind::ServiceName)));
    }
    let organizations = children(role, METADATA_NS, "Organization").chain(children(
        entity,
        METADATA_NS,
        "Organization",
    ));
    if let Some(organization) = organizations.into_iter().next() {
        let names = children(organization, METADATA_NS, "OrganizationDisplayName");
        provider.ui.extend(names.filter_map(|name| ui_text(name, UiKind::OrganizationName)));
    }
    Ok(provider)
}

pub(super) fn entity_id(entity: Element<'_>) -> Result<String, ReadError> {
    let entity_id = uri(entity, "entityID")?.ok_or(ReadError::Missing("entityID"))?;
    if entity_id.chars().count() > LONGEST {
        return Err(ReadError::Value("entityID"));
    }
    Ok(entity_id)
}

/// The first role of that name that is of SAML 2.0 (§2.4.1).
pub(super) fn role<'d>(entity: Element<'d>, local: &'static str) -> Option<Element<'d>> {
    children(entity, METADATA_NS, local).find(|role| {
        let protocols = role.attribute("protocolSupportEnumeration").unwrap_or_default();
        protocols.split_ascii_whitespace().any(|protocol| protocol == PROTOCOL_NS)
    })
}

pub(super) fn children<'d>(
    element: Element<'d>,
    namespace: &'static str,
    local: &'static str,
) -> impl Iterator<Item = Element<'d>> {
    element.children().filter(move |child| child.is(namespace, local))
}

/// Elements of that name in the `Extensions` of an entity or a role.
fn extensions<'d>(
    element: Element<'d>,
    namespace: &'static str,
    local: &'static str,
) -> impl Iterator<Item = Element<'d>> {
    children(element, METADATA_NS, "Extensions")
        .flat_map(move |extensions| children(extensions, namespace, local))
}

pub(super) fn each<'d, T>(
    elements: impl Iterator<Item = Element<'d>>,
    read: impl Fn(Element<'d>) -> Result<T, MetadataError>,
) -> Result<Vec<T>, MetadataError> {
    elements.map(read).collect()
}

/// `KeyDescriptor` (§2.4.1.1).
pub(super) fn key(descriptor: Element<'_>) -> Result<KeyDescriptor, MetadataError> {
    let (signing, encryption) = match descriptor.attribute("use") {
        None => (true, true),
        Some("signing") => (true, false),
        Some("encryption") => (false, true),
        Some(_) => return Err(ReadError::Value("use").into()),
    };
    let mut key = KeyDescriptor { signing, encryption, ..KeyDescriptor::default() };
    for info in children(descriptor, DSIG_NS, "KeyInfo") {
        for data in children(info, DSIG_NS, "X509Data") {
            for certificate in children(data, DSIG_NS, "X509Certificate") {
                key.certificates
                    .push(BASE64_STANDARD.encode(base64(certificate, "X509Certificate")?));
            }
        }
        for value in children(info, DSIG_NS, "KeyValue") {
            for rsa in children(value, DSIG_NS, "RSAKeyValue") {
                key.public_keys.push(BASE64_STANDARD.encode(rsa_key(rsa)?));
            }
        }
        for value in children(info, DSIG11_NS, "DEREncodedKeyValue") {
            let der = base64(value, "DEREncodedKeyValue")?;
            key.public_keys.push(BASE64_STANDARD.encode(der));
        }
    }
    let methods = children(descriptor, METADATA_NS, "EncryptionMethod");
    key.encryption_methods = each(methods, |method| {
        Ok(uri(method, "Algorithm")?.ok_or(ReadError::Missing("Algorithm"))?)
    })?;
    Ok(key)
}

fn base64(element: Element<'_>, name: &'static str) -> Result<Vec<u8>, ReadError> {
    decode_base64(&element.text()).filter(|bytes| !bytes.is_empty()).ok_or(ReadError::Value(name))
}

/// `RSAKeyValue` (XML Signature §4.5.2.2) as `SubjectPublicKeyInfo`.
fn rsa_key(rsa: Element<'_>) -> Result<Vec<u8>, ReadError> {
    let number = |local| {
        let element = children(rsa, DSIG_NS, local).next().ok_or(ReadError::Missing(local))?;
        base64(element, local)
    };
    let key = PublicKeyComponents { n: number("Modulus")?, e: number("Exponent")? };
    let der = key.as_der().map_err(|_| ReadError::Value("RSAKeyValue"))?;
    Ok(der.as_ref().to_vec())
}

fn address(element: Element<'_>, name: &'static str) -> Result<Option<String>, MetadataError> {
    let Some(address) = uri(element, name)? else { return Ok(None) };
    if is_address(&address) { Ok(Some(address)) } else { Err(MetadataError::Address(name)) }
}

/// Whether people and messages may be sent there: as the redirect addresses of applications.
pub(in crate::metadata) fn is_address(text: &str) -> bool {
    let in_uri =
        |byte: u8| byte.is_ascii_alphanumeric() || b"-._~:/?[]@!$&'()*+,;=%".contains(&byte);
    let Ok(url) = Url::parse(text) else { return false };
    let is_loopback = match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    let scheme = match url.scheme() {
        "https" => true,
        "http" => is_loopback,
        _ => false,
    };
    // The parser repairs what is sent as it stands, and compared by the text.
    let authority = text.split_once("://").is_some_and(|(_, rest)| !rest.starts_with('/'));
    let user = !url.username().is_empty() || url.password().is_some();
    scheme && authority && !user && text.len() <= LONGEST && text.bytes().all(in_uri)
}

/// `EndpointType` (§2.2.2).
pub(super) fn endpoint(element: Element<'_>) -> Result<Endpoint, MetadataError> {
    Ok(Endpoint {
        binding: uri(element, "Binding")?.ok_or(ReadError::Missing("Binding"))?,
        location: address(element, "Location")?.ok_or(ReadError::Missing("Location"))?,
        response_location: address(element, "ResponseLocation")?,
    })
}

/// `IndexedEndpointType`s (§2.2.3).
fn indexed(role: Element<'_>, local: &'static str) -> Result<Vec<IndexedEndpoint>, MetadataError> {
    each(children(role, METADATA_NS, local), |element| {
        let Endpoint { binding, location, .. } = endpoint(element)?;
        Ok(IndexedEndpoint {
            index: index(element)?,
            is_default: attribute(element, "isDefault", values::boolean)?,
            binding,
            location,
        })
    })
}

fn index(element: Element<'_>) -> Result<u16, ReadError> {
    attribute(element, "index", values::number)?.ok_or(ReadError::Missing("index"))
}

/// `AttributeConsumingService` (§2.4.4.1).
fn attribute_service(service: Element<'_>) -> Result<AttributeService, MetadataError> {
    let requested = each(children(service, METADATA_NS, "RequestedAttribute"), |requested| {
        Ok(RequestedAttribute {
            name: uri(requested, "Name")?.ok_or(ReadError::Missing("Name"))?,
            name_format: uri(requested, "NameFormat")?,
            friendly_name: requested.attribute("FriendlyName").map(shown).filter(|n| !n.is_empty()),
            required: flag(requested, "isRequired")?,
        })
    })?;
    let is_default = attribute(service, "isDefault", values::boolean)?;
    Ok(AttributeService { index: index(service)?, is_default, requested })
}

/// A text for people: one line of it, no longer than anybody reads.
fn shown(text: &str) -> String {
    let mut shown = String::new();
    for word in text.split_ascii_whitespace() {
        if !shown.is_empty() {
            shown.push(' ');
        }
        shown.push_str(word);
    }
    match shown.char_indices().nth(LONGEST_TEXT) {
        Some((end, _)) => shown[..end].to_owned(),
        None => shown,
    }
}

fn language(element: Element<'_>) -> Option<String> {
    let language = values::trim(element.attribute_of(XML_NS, "lang")?);
    let is_tag = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    (!language.is_empty() && language.len() <= 35 && language.bytes().all(is_tag))
        .then(|| language.to_owned())
}

/// A text in a language. One that says nothing, or not in what language, is left out.
fn ui_text(element: Element<'_>, kind: UiKind) -> Option<UiText> {
    let text = shown(&element.text());
    let is_link = matches!(kind, UiKind::InformationUrl | UiKind::PrivacyUrl);
    let fits = !text.is_empty() && (!is_link || is_address(&text));
    let language = language(element)?;
    fits.then_some(UiText { kind, language, text })
}

/// `mdui:UIInfo` (Metadata Extensions for Login and Discovery User Interface §2.1). Nothing depends
/// on these, so that what cannot be shown is left out.
fn ui(info: Element<'_>, provider: &mut ServiceProvider) {
    for child in info.children().filter(|child| child.namespace() == UI_NS) {
        let kind = match child.local() {
            "DisplayName" => UiKind::DisplayName,
            "Description" => UiKind::Description,
            "InformationURL" => UiKind::InformationUrl,
            "PrivacyStatementURL" => UiKind::PrivacyUrl,
            "Logo" => {
                provider.logos.extend(logo(child));
                continue;
            }
            _ => continue,
        };
        provider.ui.extend(ui_text(child, kind));
    }
}

fn logo(logo: Element<'_>) -> Option<Logo> {
    let address = values::trim(&logo.text()).to_owned();
    let size = |name| values::number(logo.attribute(name)?);
    is_address(&address).then_some(())?;
    let (width, height) = (size("width")?, size("height")?);
    Some(Logo { address, width, height, language: language(logo) })
}

/// `mdattr:EntityAttributes` (SAML Metadata Extension for Entity Attributes §2.1), without those in
/// assertions of others.
fn entity_attributes(entity: Element<'_>) -> Vec<(String, Vec<String>)> {
    let mut all: Vec<(String, Vec<String>)> = Vec::new();
    let attributes = extensions(entity, ENTITY_ATTRIBUTES_NS, "EntityAttributes")
        .flat_map(|attributes| children(attributes, ASSERTION_NS, "Attribute"));
    for attribute in attributes {
        let Some(name) = attribute.attribute("Name").map(values::trim) else { continue };
        let values = children(attribute, ASSERTION_NS, "AttributeValue")
            .filter_map(|value| text(value, "AttributeValue").ok());
        match all.iter_mut().find(|(known, _)| known == name) {
            Some((_, known)) => known.extend(values),
            None => all.push((name.to_owned(), values.collect())),
        }
    }
    all
}

/// `ContactPerson` (§2.3.2.2).
fn contact(person: Element<'_>) -> Contact {
    let part = |local| children(person, METADATA_NS, local).map(|e| shown(&e.text())).next();
    let names: Vec<_> = ["GivenName", "SurName"].into_iter().filter_map(part).collect();
    let name = Some(names.join(" ")).filter(|name| !name.is_empty()).or_else(|| part("Company"));
    let emails = children(person, METADATA_NS, "EmailAddress").map(|email| {
        let email = shown(&email.text());
        email.strip_prefix("mailto:").map(ToOwned::to_owned).unwrap_or(email)
    });
    Contact {
        kind: person.attribute("contactType").unwrap_or_default().to_owned(),
        name: name.filter(|name| !name.is_empty()),
        emails: emails.filter(|email| email.contains('@')).collect(),
    }
}
