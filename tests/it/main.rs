//! Every integration test, in one binary: the product over HTTP, as its peers and people use it.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on fails, and helpers of tests are tests"
)]

mod abuse;
mod account;
mod admin;
mod browser;
mod console;
mod documented;
mod edges;
mod factors;
mod help;
mod kill;
mod lifecycle;
mod mail;
mod metadata;
mod nodes;
mod oidc;
mod operations;
mod outages;
mod people;
mod rp;
mod saml;
mod smoke;
mod support;
