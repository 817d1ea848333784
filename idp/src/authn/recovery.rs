//! Recovery codes: what is kept of them, and which one was typed. Each opens enrolment once, like a
//! pass that people keep for themselves, and is worth nothing else.
//!
//! That one counts once is for whoever writes the proof: `Tx::use_recovery_code` in the same write.

use latchkey_core::codes::{RecoveryCode, Typed};
use latchkey_core::ids::{CodeId, PersonId};
use latchkey_core::secrets::MacKey;
use latchkey_core::{Rng, Timestamp};
use subtle::ConstantTimeEq as _;

/// How many codes a person gets.
pub const SET: usize = 10;

/// The factor.
pub struct Factor;

/// A new set, and what is kept of it.
#[must_use]
pub fn generate(
    mac: &MacKey,
    rng: &dyn Rng,
    person: PersonId,
    now: Timestamp,
) -> Vec<(Typed, RecoveryCode)> {
    let one = |_| {
        let typed = Typed::generate(rng, Typed::RECOVERY);
        let kept = RecoveryCode { id: CodeId::new(rng, now), digest: digest(mac, person, &typed) };
        (typed, kept)
    };
    (0..SET).map(one).collect()
}

fn digest(mac: &MacKey, person: PersonId, code: &Typed) -> [u8; 32] {
    mac.derive(&format!("recovery:{person}"), code.expose().as_bytes())
}

/// Which of a person's codes was typed. All are compared, so that the time does not tell.
#[must_use]
pub fn judge(
    mac: &MacKey,
    person: PersonId,
    codes: &[RecoveryCode],
    typed: &str,
) -> Option<CodeId> {
    let typed = digest(mac, person, &Typed::parse(typed, Typed::RECOVERY)?);
    codes.iter().fold(None, |found, code| {
        let same: bool = typed.ct_eq(&code.digest).into();
        if same { Some(code.id) } else { found }
    })
}

#[cfg(test)]
mod tests {
    use latchkey_core::rng::SeededRng;
    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_code_is_its_own_persons_and_no_other() {
        let (mac, rng) = (MacKey::new(&[1; 32]), SeededRng::new(1));
        let (amy, dan) = (PersonId(Uuid::from_u128(1)), PersonId(Uuid::from_u128(2)));
        let now = Timestamp::from_seconds(1_800_000_000);
        let (typed, kept): (Vec<_>, Vec<_>) = generate(&mac, &rng, amy, now).into_iter().unzip();
        assert_eq!(kept.len(), SET);
        let shown = typed[3].grouped();
        assert_eq!(judge(&mac, amy, &kept, shown.expose()), Some(kept[3].id));
        assert_eq!(judge(&mac, dan, &kept, shown.expose()), None);
        assert_eq!(judge(&mac, amy, &kept[..3], shown.expose()), None);
        assert_eq!(judge(&mac, amy, &kept, "not a code"), None);
    }
}
