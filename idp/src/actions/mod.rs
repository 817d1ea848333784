//! Changes of several steps: each takes who acts, does everything in one write with its audit
//! event, and is the same whichever page or command asks for it.

pub mod alerts;
pub mod calls;
pub mod clients;
pub mod codes;
pub mod credentials;
pub mod groups;
pub mod help;
pub mod letters;
pub mod lifecycle;
pub mod links;
pub mod logouts;
pub mod lost;
pub mod moved;
pub mod organisations;
pub mod passwords;
pub mod people;
pub mod policies;
pub mod providers;
pub mod refreshed;
pub mod restored;
pub mod sessions;
pub mod wanted;
