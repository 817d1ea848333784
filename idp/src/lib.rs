//! Latchkey: an identity provider for OpenID Connect and SAML 2.0, with security keys first.
//!
//! [`App::open`] brings an installation up and [`build`] turns it into a router; everything else
//! hangs from those two. There are no globals. The module map is checked by the integration tests.

pub mod account;
pub mod actions;
pub mod admin;
mod agent;
pub mod app;
pub mod audit;
pub mod authn;
mod brand;
pub mod cli;
pub mod config;
pub mod console;
pub mod demo;
pub mod documents;
pub mod flow;
pub mod help;
pub mod jobs;
pub mod keys;
pub mod mail;
pub mod management;
pub mod metrics;
pub mod oidc;
pub mod pages;
mod release;
pub mod saml;
pub mod serving;
pub mod smoke;
pub mod source;
pub mod telemetry;
pub mod visitor;
pub mod waiting;

pub use app::{App, build};
