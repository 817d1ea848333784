//! Every parser of outside input, each behind a function that takes bytes and panics when something
//! is wrong: more than "does not panic" wherever there is more to say.
//!
//! The functions know nothing of who calls them: the bounded run of the tests, `run` for as long as
//! one likes, or a coverage-guided fuzzer (`fuzz_target!(|bytes| (target.run)(bytes))`).

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a target says that something is wrong by panicking"
)]

pub mod corpus;
pub mod mutation;
pub mod rounds;
mod targets;

pub use targets::TARGETS;

/// One parser and what must hold of it.
#[derive(Clone, Copy, Debug)]
pub struct Target {
    /// Its name, which is its corpus' folder too.
    pub name: &'static str,
    /// How many inputs of other targets one of its takes as long as.
    pub cost: usize,
    /// Tries one input. Panics when what must hold does not.
    pub run: fn(&[u8]),
    /// Words that its language has.
    pub words: &'static [&'static str],
}
