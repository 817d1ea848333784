//! Credentials for people who have none, so that a typed name does not tell whether it is known
//! (WebAuthn Level 3 §14.6.2): stable for each name, plausible, and nobody's.

use latchkey_core::people::Username;
use latchkey_core::secrets::MacKey;

use super::Known;

/// What common authenticators look like from outside: the length of their ids, their transports,
/// and how often they are met, in 256ths.
const SHAPES: [(u8, usize, &[&str]); 6] = [
    (80, 64, &["nfc", "usb"]),
    (50, 48, &["nfc", "usb"]),
    (40, 32, &["internal"]),
    (36, 20, &["hybrid", "internal"]),
    (26, 16, &["hybrid", "internal"]),
    (24, 32, &["usb"]),
];

/// One or two credentials that a person of this name might have.
#[must_use]
pub fn decoys(mac: &MacKey, username: &Username) -> Vec<Known> {
    let name = username.as_str().as_bytes();
    let dice = mac.derive("decoy shapes", name);
    let count = if dice[0] < 154 { 1 } else { 2 };
    dice[1..=count]
        .iter()
        .zip(["first", "second"])
        .map(|(&die, which)| {
            let (length, transports) = shape(die);
            let half = |half: &str| mac.derive(&format!("decoy id, {which}, {half}"), name);
            let mut credential_id = [half("left"), half("right")].concat();
            credential_id.truncate(length);
            let transports = transports.iter().map(|&name| name.to_owned()).collect();
            Known { credential_id, transports }
        })
        .collect()
}

fn shape(mut die: u8) -> (usize, &'static [&'static str]) {
    for (weight, length, transports) in SHAPES {
        match die.checked_sub(weight) {
            Some(less) => die = less,
            None => return (length, transports),
        }
    }
    (SHAPES[0].1, SHAPES[0].2)
}
