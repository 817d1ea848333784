//! What the tests share. Nothing here asserts anything about the product but that it answers.

pub(crate) mod browser;
pub(crate) mod http;
pub(crate) mod installation;
pub(crate) mod proxy;
pub(crate) mod real;
pub(crate) mod relying_party;
pub(crate) mod service_provider;
pub(crate) mod smtp;
pub(crate) mod talk;
