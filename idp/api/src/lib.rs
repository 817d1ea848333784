//! What the admin API and its callers must agree on. Wire types only: no store, no HTTP.
//!
//! Names and values here are the contract: what is published stays, and later versions only add.
//! Times are RFC 3339. A member that is absent says nothing; one that can be cleared is cleared by
//! `null`.

pub mod applications;
pub mod audit;
pub mod bulk;
pub mod credentials;
pub mod doctor;
pub mod help;
pub mod imports;
pub mod log_in_tests;
pub mod organisations;
pub mod page;
pub mod people;
pub mod platform;
pub mod policy;
pub mod problem;
pub mod providers;
pub mod scope;

pub use page::Page;
pub use problem::Problem;
pub use scope::AdminScope;

/// Where the API stands below the issuer. With the issuer before it, also the resource that its
/// access tokens are for (RFC 8707).
pub const PATH: &str = "/api/admin/v1";
