//! The helpdesk's pass: what is kept of it, and the judgement of a typed one. It opens enrolment and
//! is worth nothing else.
//!
//! That it counts once is for whoever writes the proof: `Tx::use_pass` in the same write.

use latchkey_core::Timestamp;
use latchkey_core::codes::{Pass, Spent, Typed};
use latchkey_core::ids::PersonId;
use latchkey_core::secrets::MacKey;
use subtle::ConstantTimeEq as _;

/// The factor.
pub struct Factor;

/// Why a typed pass opens nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// It is another one, or none.
    Wrong,
    /// It is the person's, and counts no more.
    Spent(Spent),
}

/// What is kept of a pass. 60 bits could be tried out, so the digest is keyed.
#[must_use]
pub fn digest(mac: &MacKey, person: PersonId, pass: &Typed) -> [u8; 32] {
    mac.derive(&format!("pass:{person}"), pass.expose().as_bytes())
}

/// Judges a typed pass by the one that the person has.
///
/// # Errors
/// Why it opens nothing. That a pass is spent is told only to who typed the right one.
pub fn judge(
    mac: &MacKey,
    person: PersonId,
    pass: Option<&Pass>,
    typed: &str,
    now: Timestamp,
) -> Result<(), Refused> {
    let pass = pass.ok_or(Refused::Wrong)?;
    let typed = Typed::parse(typed, Typed::PASS).ok_or(Refused::Wrong)?;
    let same: bool = digest(mac, person, &typed).ct_eq(&pass.digest).into();
    // After too many wrong ones the right one is not told from them.
    if !same || pass.tries_left == 0 {
        return Err(Refused::Wrong);
    }
    pass.judge(now).map_err(Refused::Spent)
}
