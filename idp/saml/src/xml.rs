//! XML as far as SAML needs it: written in canonical form, and screened before it is read.

pub(crate) mod canonical;
mod chars;
mod namespace;
mod screen;
pub(crate) mod sign;
#[cfg(test)]
mod tests;
mod tree;
pub(crate) mod write;

pub use screen::XmlError;
pub(crate) use screen::{Event, Limits, Scanner, Start};
pub(crate) use tree::{Builder, Document, Element};
