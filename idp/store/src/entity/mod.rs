//! The rows as the ORM sees them. Private: the rest of the product sees domain types.

pub(crate) mod alerts;
pub(crate) mod audit;
pub(crate) mod authentications;
pub(crate) mod calls;
pub(crate) mod ceremonies;
pub(crate) mod clients;
pub(crate) mod codes;
pub(crate) mod consents;
pub(crate) mod credentials;
pub(crate) mod flows;
pub(crate) mod grants;
pub(crate) mod group_members;
pub(crate) mod groups;
pub(crate) mod leases;
pub(crate) mod links;
pub(crate) mod organisations;
pub(crate) mod outbox;
pub(crate) mod participants;
pub(crate) mod people;
pub(crate) mod refresh_tokens;
pub(crate) mod roles;
pub(crate) mod sessions;
pub(crate) mod settings;
pub(crate) mod signing_keys;
pub(crate) mod throttles;
