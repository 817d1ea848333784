//! The demo: two organisations with people in different states, and three relying applications.
//!
//! The applications are real HTTP clients on ports of their own; they know of Latchkey only what
//! any relying application knows. Nothing here is used by `latchkey serve`.

pub mod documents;
pub mod samples;
