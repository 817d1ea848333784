//! One identity provider's description (SAML Metadata §2.3.2, §2.4.3).

use super::entity::{children, each, endpoint, entity_id, key, role};
use super::{MetadataError, Validity};
use crate::metadata::identity::IdentityProvider;
use crate::names::METADATA_NS;
use crate::read::{ReadError, flag};
use crate::xml::Element;

/// Reads an `EntityDescriptor`.
pub(super) fn read(
    entity: Element<'_>,
    around: Validity,
) -> Result<IdentityProvider, MetadataError> {
    let entity_id = entity_id(entity)?;
    let role =
        role(entity, "IDPSSODescriptor").ok_or(MetadataError::OtherRole("identity provider"))?;
    let validity = around.within(|name| entity.attribute(name))?;
    let validity = validity.within(|name| role.attribute(name))?;
    let single_sign_on = each(children(role, METADATA_NS, "SingleSignOnService"), endpoint)?;
    if single_sign_on.is_empty() {
        return Err(ReadError::Missing("SingleSignOnService").into());
    }
    Ok(IdentityProvider {
        entity_id,
        valid_until: validity.valid_until,
        cache_seconds: validity.cache_seconds,
        wants_requests_signed: flag(role, "WantAuthnRequestsSigned")?,
        keys: each(children(role, METADATA_NS, "KeyDescriptor"), key)?,
        single_sign_on,
        logout: each(children(role, METADATA_NS, "SingleLogoutService"), endpoint)?,
    })
}
