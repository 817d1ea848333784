//! The domain of Latchkey: who people are, what their keys proved, what policy asks, and what a
//! log-in was worth.
//!
//! This crate is pure. It owns types and judgements; it does no IO, reads no clock and draws no
//! randomness of its own: `now` is a parameter and random bytes come from an injected [`Rng`].

pub mod assurance;
pub mod audit;
pub mod clock;
pub mod codes;
pub mod colours;
pub mod credentials;
pub mod ids;
pub mod letters;
pub mod network;
pub mod organisations;
pub mod passwords;
pub mod people;
pub mod policy;
pub mod release;
pub mod requirement;
pub mod rng;
pub mod roles;
pub mod secrets;
pub mod throttle;
pub mod totp;
pub mod usernames;
pub mod words;

pub use clock::{Clock, Timestamp};
pub use rng::Rng;
