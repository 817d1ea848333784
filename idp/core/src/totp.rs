//! Codes of an authenticator app (RFC 6238 over RFC 4226): SHA-1, six digits, thirty seconds, which
//! is what every app can do.
//!
//! Pure: the time is a parameter, and so is the last step that was accepted. Keeping that step is
//! what makes a code count once; the store does it.

use aws_lc_rs::hmac;
use data_encoding::{BASE32_NOPAD, Specification};
use zeroize::{Zeroize as _, ZeroizeOnDrop, Zeroizing};

use crate::clock::Timestamp;
use crate::rng::Rng;

/// How many digits a code has.
pub const DIGITS: usize = 6;
/// How long a code is shown, in seconds.
pub const PERIOD: i64 = 30;
/// How many steps a clock may be ahead or behind (RFC 6238 §5.2 recommends one).
const SKEW: i64 = 1;

/// What an authenticator app shares with us.
#[derive(Clone, ZeroizeOnDrop)]
pub struct Seed(Vec<u8>);

/// Why a text is no seed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SeedError {
    /// It is not base32 (RFC 4648 §6).
    #[error("a seed is base32: the letters A to Z and the digits 2 to 7")]
    NotBase32,
    /// RFC 4226 §4 requires 128 bits; more than 512 serve nobody.
    #[error("a seed has 16 to 64 bytes")]
    Length,
}

impl Seed {
    /// A new seed of 160 bits, as RFC 4226 §4 recommends.
    #[must_use]
    pub fn generate(rng: &dyn Rng) -> Self {
        let mut bytes = rng.bytes::<20>();
        let seed = Self(bytes.to_vec());
        bytes.zeroize();
        seed
    }

    /// A seed from its bytes.
    ///
    /// # Errors
    /// [`SeedError::Length`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, SeedError> {
        if (16..=64).contains(&bytes.len()) {
            Ok(Self(bytes.to_vec()))
        } else {
            Err(SeedError::Length)
        }
    }

    /// Reads base32 as people and other systems write it: any case, spaces and padding ignored.
    ///
    /// # Errors
    /// Why it is none.
    pub fn parse(text: &str) -> Result<Self, SeedError> {
        if text.len() > 256 {
            return Err(SeedError::Length);
        }
        let letters: Zeroizing<String> = Zeroizing::new(
            text.chars()
                .filter(|c| !c.is_whitespace() && *c != '-' && *c != '=')
                .map(|c| c.to_ascii_uppercase())
                .collect(),
        );
        let bytes = Zeroizing::new(
            lenient()?.decode(letters.as_bytes()).map_err(|_| SeedError::NotBase32)?,
        );
        Self::from_bytes(&bytes)
    }

    /// The bytes, for sealing.
    #[must_use]
    pub fn expose(&self) -> &[u8] {
        &self.0
    }

    /// The seed as base32, for typing into an app.
    #[must_use]
    pub fn base32(&self) -> Zeroizing<String> {
        Zeroizing::new(BASE32_NOPAD.encode(&self.0))
    }

    /// The address that an app reads from the picture (Key Uri Format): who issued it, for whom.
    #[must_use]
    pub fn uri(&self, issuer: &str, account: &str) -> Zeroizing<String> {
        let (issuer, account) = (escape(issuer), escape(account));
        let secret = self.base32();
        Zeroizing::new(format!(
            "otpauth://totp/{issuer}:{account}?secret={}&issuer={issuer}&algorithm=SHA1\
             &digits={DIGITS}&period={PERIOD}",
            secret.as_str()
        ))
    }

    /// The code of a step (RFC 4226 §5.3).
    #[must_use]
    pub fn code(&self, step: i64) -> u32 {
        let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &self.0);
        let mac = hmac::sign(&key, &step.to_be_bytes());
        let mac = mac.as_ref();
        let offset = usize::from(mac.last().copied().unwrap_or(0) & 0x0f);
        let word =
            mac.iter().skip(offset).take(4).fold(0, |word, byte| word << 8 | u32::from(*byte));
        (word & 0x7fff_ffff) % 10_u32.pow(6)
    }

    /// The step of a code that is right now and was not used: later than `used`, the last step that
    /// was accepted. Takes the same time whatever is typed.
    #[must_use]
    pub fn step_of(&self, typed: TypedCode, now: Timestamp, used: i64) -> Option<i64> {
        let current = step(now);
        let steps = current.saturating_sub(SKEW)..=current.saturating_add(SKEW);
        // All are compared, so that the time does not tell which was near.
        steps.fold(None, |found, step| {
            let right = constant_time(self.code(step), typed.0) && step > used;
            if right { Some(step) } else { found }
        })
    }
}

/// The step that a time lies in (RFC 6238 §4.2).
#[must_use]
pub fn step(now: Timestamp) -> i64 {
    now.seconds().div_euclid(PERIOD)
}

/// Six digits as somebody typed or pasted them.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct TypedCode(u32);

impl TypedCode {
    /// Reads a code: white space and hyphens ignored, digits of any script taken for what they are.
    #[must_use]
    pub fn parse(typed: &str) -> Option<Self> {
        if typed.len() > 64 {
            return None;
        }
        let mut code = 0;
        let mut count = 0;
        for c in typed.chars().filter(|c| !c.is_whitespace() && *c != '-') {
            code = code * 10 + digit(c)?;
            count += 1;
            if count > DIGITS {
                return None;
            }
        }
        (count == DIGITS).then_some(Self(code))
    }
}

/// A decimal digit: ASCII, full-width, Arabic-Indic, extended Arabic-Indic or Devanagari.
fn digit(c: char) -> Option<u32> {
    let zeroes = ['0', '\u{ff10}', '\u{660}', '\u{6f0}', '\u{966}'];
    zeroes.iter().find_map(|zero| (c as u32).checked_sub(*zero as u32).filter(|n| *n < 10))
}

fn constant_time(left: u32, right: u32) -> bool {
    use subtle::ConstantTimeEq as _;
    left.ct_eq(&right).into()
}

/// Base32 that does not mind trailing bits: other systems cut seeds where they like.
fn lenient() -> Result<data_encoding::Encoding, SeedError> {
    let mut specification: Specification = BASE32_NOPAD.specification();
    specification.check_trailing_bits = false;
    specification.encoding().map_err(|_| SeedError::NotBase32)
}

/// Percent-encodes everything but unreserved characters (RFC 3986 §2.3).
fn escape(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rfc() -> Seed {
        Seed::from_bytes(b"12345678901234567890").expect("a seed")
    }

    fn typed(code: u32) -> TypedCode {
        TypedCode::parse(&format!("{code:06}")).expect("six digits")
    }

    #[test]
    fn codes_are_those_of_rfc_6238_appendix_b() {
        for (seconds, code) in [
            (59, 287_082),
            (1_111_111_109, 81_804),
            (1_111_111_111, 50_471),
            (1_234_567_890, 5_924),
            (2_000_000_000, 279_037),
            (20_000_000_000, 353_130),
        ] {
            assert_eq!(rfc().code(step(Timestamp::from_seconds(seconds))), code, "{seconds}");
        }
    }

    #[test]
    fn a_code_counts_one_step_early_and_late_and_no_further() {
        let now = Timestamp::from_seconds(1_800_000_000);
        for (away, counts) in [(-2, false), (-1, true), (0, true), (1, true), (2, false)] {
            let step = step(now) + away;
            let found = rfc().step_of(typed(rfc().code(step)), now, 0);
            assert_eq!(found, counts.then_some(step), "{away}");
        }
    }

    #[test]
    fn a_code_at_or_before_the_last_accepted_step_never_counts_again() {
        let now = Timestamp::from_seconds(1_800_000_000);
        let step = step(now);
        let code = typed(rfc().code(step));
        assert_eq!(rfc().step_of(code, now, step - 1), Some(step));
        assert_eq!(rfc().step_of(code, now, step), None);
        assert_eq!(rfc().step_of(typed(rfc().code(step - 1)), now, step), None);
    }

    #[test]
    fn a_code_is_taken_as_people_type_and_paste_it() {
        let read = |text: &str| TypedCode::parse(text).map(|code| code.0);
        assert_eq!(read("287 082"), Some(287_082));
        assert_eq!(read(" 287-082\n"), Some(287_082));
        assert_eq!(read("２８７０８２"), Some(287_082));
        assert_eq!(read("٢٨٧٠٨٢"), Some(287_082));
        for wrong in ["", "28708", "2870822", "28708a", "+287082", "-1", &"0".repeat(1000)] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_seed_reads_what_it_writes_and_what_others_write() {
        let seed = rfc();
        assert_eq!(seed.base32().as_str(), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
        let spaced = "gezd gnbv gy3t qojq gezd gnbv gy3t qojq====";
        assert_eq!(Seed::parse(spaced).expect("a seed").expose(), seed.expose());
        assert_eq!(Seed::parse("GEZDGNBV").err(), Some(SeedError::Length));
        assert_eq!(Seed::parse(&"1".repeat(32)).err(), Some(SeedError::NotBase32));
        assert_eq!(Seed::parse(&"A".repeat(300)).err(), Some(SeedError::Length));
    }

    #[test]
    fn a_name_in_the_address_cannot_add_a_parameter() {
        let uri = rfc().uri("Northgate Trust", "amy&digits=8@x");
        assert!(uri.starts_with("otpauth://totp/Northgate%20Trust:amy%26digits%3D8%40x?secret="));
        assert_eq!(uri.matches("digits=").count(), 1);
    }
}
