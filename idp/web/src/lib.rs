//! What every crate that speaks HTTP to a browser needs: pages, words, cookies, headers, and the
//! checks on what a browser sends.
//!
//! Used by the identity provider, the console and the sample applications. It knows no protocol,
//! no store and no person; `now` and randomness are parameters.

pub mod assets;
pub mod check;
pub mod cookies;
pub mod csrf;
pub mod errors;
mod escape;
pub mod fetch;
pub mod headers;
pub mod i18n;
pub mod limits;
pub mod parts;
mod pictures;
pub mod render;
mod telephone;
mod theme;

pub use i18n::Locale;
pub use parts::{Ceremony, Form, Help, Link, Problem, Signal, Text, Tone};
pub use render::{FormPage, Frame, Organisation, Page};
pub use theme::{TemplateError, Theme, ThemeError};
