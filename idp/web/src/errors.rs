//! References: what a person reads out to the helpdesk, and what the log calls the same request.
//!
//! Pages for errors are the caller's; this module only makes the two findable for each other.

use std::fmt;

use latchkey_core::Rng;

/// A request's reference, e.g. `LK-7F3A-19C2`. Finds a log line; proves and unlocks nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference(String);

impl Reference {
    /// A new reference.
    #[must_use]
    pub fn new(rng: &dyn Rng) -> Self {
        let [a, b, c, d] = rng.bytes();
        Self(format!("LK-{a:02X}{b:02X}-{c:02X}{d:02X}"))
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use latchkey_core::rng::SeededRng;

    use super::*;

    #[test]
    fn a_reference_can_be_read_out() {
        let reference = Reference::new(&SeededRng::new(1)).to_string();
        assert_eq!(reference.len(), "LK-7F3A-19C2".len());
        assert!(
            reference.bytes().all(|b| b == b'-' || b.is_ascii_digit() || b.is_ascii_uppercase())
        );
    }
}
