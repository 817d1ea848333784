//! The schema, step by step, for SQLite and PostgreSQL alike.
//!
//! Append-only: a migration that was released never changes. A change that old nodes cannot live
//! with is made in two releases, expand and then contract. Compared times are integers
//! (milliseconds), documents are JSON in text columns, secrets are digests or sealed bytes.

use sea_orm_migration::prelude::*;

mod m20261124_000001_people;
mod m20261124_000002_credentials;
mod m20261124_000003_sessions;
mod m20261124_000004_clients;
mod m20261124_000005_audit;
mod m20261124_000006_master_versions;
mod m20261124_000007_grants_by_key;
mod m20261124_000008_mail;
mod m20261124_000009_audit_chain;
mod m20261124_000010_throttles;
mod m20261124_000011_codes;
mod m20261124_000012_groups;
mod m20261124_000013_metadata;
mod m20261124_000014_suspensions;
mod m20261124_000015_many_people;
mod m20261128_000016_reminders;
mod m20261128_000017_assertions;
mod m20261128_000018_people_words;
mod m20261128_000020_asked_once;
mod m20261128_000021_imports;
mod m20261128_000022_enrolment_counts;
mod m20261128_000023_import_tables;
mod m20261128_000024_log_in_tests;
mod m20261128_000025_undelivered;
mod m20261128_000026_saml;
mod m20261128_000027_enrolment;
mod m20261129_000028_logouts;
mod m20261129_000029_saml_artifacts;
mod m20261129_000030_provider_states;
mod m20261129_000031_events_by_actor;
mod m20261129_000032_saml_requests;
mod table;

/// Every migration in order.
#[must_use]
pub fn all() -> Vec<Box<dyn MigrationTrait>> {
    vec![
        Box::new(m20261124_000001_people::Migration),
        Box::new(m20261124_000002_credentials::Migration),
        Box::new(m20261124_000003_sessions::Migration),
        Box::new(m20261124_000004_clients::Migration),
        Box::new(m20261124_000005_audit::Migration),
        Box::new(m20261124_000006_master_versions::Migration),
        Box::new(m20261124_000007_grants_by_key::Migration),
        Box::new(m20261124_000008_mail::Migration),
        Box::new(m20261124_000009_audit_chain::Migration),
        Box::new(m20261124_000010_throttles::Migration),
        Box::new(m20261124_000011_codes::Migration),
        Box::new(m20261124_000012_groups::Migration),
        Box::new(m20261124_000013_metadata::Migration),
        Box::new(m20261124_000014_suspensions::Migration),
        Box::new(m20261124_000015_many_people::Migration),
        Box::new(m20261128_000016_reminders::Migration),
        Box::new(m20261128_000017_assertions::Migration),
        Box::new(m20261128_000018_people_words::Migration),
        Box::new(m20261128_000020_asked_once::Migration),
        Box::new(m20261128_000021_imports::Migration),
        Box::new(m20261128_000022_enrolment_counts::Migration),
        Box::new(m20261128_000023_import_tables::Migration),
        Box::new(m20261128_000024_log_in_tests::Migration),
        Box::new(m20261128_000025_undelivered::Migration),
        Box::new(m20261128_000026_saml::Migration),
        Box::new(m20261128_000027_enrolment::Migration),
        Box::new(m20261129_000028_logouts::Migration),
        Box::new(m20261129_000029_saml_artifacts::Migration),
        Box::new(m20261129_000030_provider_states::Migration),
        Box::new(m20261129_000031_events_by_actor::Migration),
        Box::new(m20261129_000032_saml_requests::Migration),
    ]
}
