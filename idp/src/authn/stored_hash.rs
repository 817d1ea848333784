//! Password hashes as they are stored: our own, which are Argon2id, and those that came from
//! elsewhere with a person. Reads, judges their cost and compares; makes none, and knows neither
//! people nor threads.
//!
//! PHC strings of Argon2 (RFC 9106), scrypt (RFC 7914) and PBKDF2 (RFC 8018 §5.2, also as passlib
//! writes it), and bcrypt. What a hash asks for is paid at each log-in, so it is capped.

use std::num::NonZeroU32;

use anyhow::anyhow;
use argon2::{Algorithm, Argon2, Block, Params, Version};
use aws_lc_rs::pbkdf2;
use base64::alphabet;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use base64::engine::{DecodePaddingMode, Engine as _, GeneralPurpose, GeneralPurposeConfig};
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

/// The most memory that a hash may ask for, in KiB.
const MOST_KIB: u64 = 256 * 1024;
/// The most passes, lanes, or runs one after another.
const MOST_PASSES: u32 = 16;
/// bcrypt counts in powers of two; this is two seconds.
const MOST_BCRYPT: u32 = 15;
/// The most rounds of PBKDF2.
const MOST_ROUNDS: u32 = 4_000_000;
/// bcrypt looks at no more bytes of a password.
const BCRYPT_BYTES: usize = 72;

/// bcrypt's own letters. The last one of a salt carries bits that nobody reads.
const BCRYPT: GeneralPurpose = GeneralPurpose::new(
    &alphabet::BCRYPT,
    GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::RequireNone),
);

/// Why a text is no hash that passwords are compared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unusable {
    /// It is of no kind that is known.
    #[error(
        "is a hash that is not known here: Argon2, scrypt or PBKDF2 with SHA-256 or SHA-512 as a \
         PHC string ($argon2id$v=19$m=…,t=…,p=…$…$…), or bcrypt ($2b$…)"
    )]
    Unknown,
    /// A part of it is missing, too many, or not what it has to be.
    #[error("is not whole: a part of the hash is missing or cannot be read")]
    Malformed,
    /// It asks for too much.
    #[error(
        "asks for more than 256 MiB, 16 passes or lanes, cost 15 of bcrypt, or 4000000 rounds of \
         PBKDF2"
    )]
    Greedy,
}

/// A hash of a password.
pub struct StoredHash {
    kind: Kind,
    salt: Vec<u8>,
    output: Vec<u8>,
}

enum Kind {
    Argon2 { algorithm: Algorithm, version: Version, params: Params },
    Scrypt(scrypt::Params),
    Pbkdf2 { algorithm: pbkdf2::Algorithm, rounds: NonZeroU32 },
    Bcrypt { cost: u32 },
}

impl StoredHash {
    /// Reads a hash.
    ///
    /// # Errors
    /// Why passwords cannot be compared with it. Nothing of the text is quoted.
    pub fn parse(text: &str) -> Result<Self, Unusable> {
        let rest = text.strip_prefix('$').ok_or(Unusable::Unknown)?;
        let (name, rest) = rest.split_once('$').ok_or(Unusable::Unknown)?;
        let parts: Vec<&str> = rest.split('$').collect();
        match name {
            "argon2i" => argon2(Algorithm::Argon2i, &parts),
            "argon2d" => argon2(Algorithm::Argon2d, &parts),
            "argon2id" => argon2(Algorithm::Argon2id, &parts),
            "scrypt" => scrypt(&parts),
            "pbkdf2-sha256" => pbkdf2(pbkdf2::PBKDF2_HMAC_SHA256, &parts),
            "pbkdf2-sha512" => pbkdf2(pbkdf2::PBKDF2_HMAC_SHA512, &parts),
            "2a" | "2b" | "2y" => bcrypt(&parts),
            _ => Err(Unusable::Unknown),
        }
    }

    /// Whether it is what new hashes are: Argon2id at these costs.
    #[must_use]
    pub fn is_like(&self, costs: &Params) -> bool {
        let Kind::Argon2 { algorithm: Algorithm::Argon2id, version: Version::V0x13, params } =
            &self.kind
        else {
            return false;
        };
        let of = |params: &Params| (params.m_cost(), params.t_cost(), params.p_cost());
        of(params) == of(costs)
    }

    /// Whether it is the hash of a password. `memory` is Argon2's, kept from one to the next.
    ///
    /// # Errors
    /// When it cannot be computed.
    pub fn matches(&self, password: &[u8], memory: &mut Vec<Block>) -> anyhow::Result<bool> {
        let mut output = Zeroizing::new(vec![0; self.output.len()]);
        match &self.kind {
            Kind::Argon2 { algorithm, version, params } => {
                if memory.len() < params.block_count() {
                    memory.resize(params.block_count(), Block::default());
                }
                Argon2::new(*algorithm, *version, params.clone())
                    .hash_password_into_with_memory(password, &self.salt, &mut output, memory)
                    .map_err(|error| anyhow!("argon2: {error}"))?;
            }
            Kind::Scrypt(params) => scrypt::scrypt(password, &self.salt, params, &mut output)
                .map_err(|error| anyhow!("scrypt: {error}"))?,
            Kind::Pbkdf2 { algorithm, rounds } => {
                let same = pbkdf2::verify(*algorithm, *rounds, &self.salt, password, &self.output);
                return Ok(same.is_ok());
            }
            Kind::Bcrypt { cost } => {
                // As C ends its texts: a zero follows the password, if there is room.
                let mut typed = Zeroizing::new(Vec::with_capacity(BCRYPT_BYTES));
                typed.extend(password.iter().chain([&0]).take(BCRYPT_BYTES));
                let salt = self.salt.as_slice().try_into()?;
                let made = Zeroizing::new(::bcrypt::bcrypt(*cost, salt, &typed));
                output.iter_mut().zip(made.iter()).for_each(|(to, from)| *to = *from);
            }
        }
        Ok(output.ct_eq(self.output.as_slice()).into())
    }
}

fn argon2(algorithm: Algorithm, parts: &[&str]) -> Result<StoredHash, Unusable> {
    // A hash from before there were versions does not name its own, which is 16.
    let (version, parts) = match parts {
        ["v=19", rest @ ..] => (Version::V0x13, rest),
        ["v=16", rest @ ..] => (Version::V0x10, rest),
        rest => (Version::V0x10, rest),
    };
    let &[costs, salt, output] = parts else { return Err(Unusable::Malformed) };
    let [m, t, p] = numbers(costs, ["m", "t", "p"])?;
    if u64::from(m) > MOST_KIB || t > MOST_PASSES || p > MOST_PASSES {
        return Err(Unusable::Greedy);
    }
    let (salt, output) = (bytes(salt, 8)?, bytes(output, 16)?);
    let params = Params::new(m, t, p, Some(output.len())).map_err(|_| Unusable::Malformed)?;
    Ok(StoredHash { kind: Kind::Argon2 { algorithm, version, params }, salt, output })
}

fn scrypt(parts: &[&str]) -> Result<StoredHash, Unusable> {
    let &[costs, salt, output] = parts else { return Err(Unusable::Malformed) };
    let [ln, r, p] = numbers(costs, ["ln", "r", "p"])?;
    let kib = 1_u64.checked_shl(ln).filter(|n| *n > 1 && ln < 32).and_then(|n| {
        let block = u64::from(r).checked_mul(128)?;
        Some(n.checked_mul(block)? / 1024)
    });
    if kib.is_none_or(|kib| kib > MOST_KIB) || p > MOST_PASSES {
        // Two to the power of nothing is no cost either.
        return Err(if ln == 0 { Unusable::Malformed } else { Unusable::Greedy });
    }
    let log = u8::try_from(ln).map_err(|_| Unusable::Greedy)?;
    let params = scrypt::Params::new(log, r, p).map_err(|_| Unusable::Malformed)?;
    let (salt, output) = (bytes(salt, 1)?, bytes(output, 16)?);
    Ok(StoredHash { kind: Kind::Scrypt(params), salt, output })
}

fn pbkdf2(algorithm: pbkdf2::Algorithm, parts: &[&str]) -> Result<StoredHash, Unusable> {
    let &[costs, salt, output] = parts else { return Err(Unusable::Malformed) };
    let (salt, output) = (bytes(salt, 1)?, bytes(output, 16)?);
    let rounds = if costs.contains("l=") {
        let [i, l] = numbers(costs, ["i", "l"])?;
        if usize::try_from(l) != Ok(output.len()) {
            return Err(Unusable::Malformed);
        }
        i
    } else if costs.starts_with("i=") {
        let [i] = numbers(costs, ["i"])?;
        i
    } else {
        number(costs)?
    };
    if rounds > MOST_ROUNDS {
        return Err(Unusable::Greedy);
    }
    let rounds = NonZeroU32::new(rounds).ok_or(Unusable::Malformed)?;
    Ok(StoredHash { kind: Kind::Pbkdf2 { algorithm, rounds }, salt, output })
}

fn bcrypt(parts: &[&str]) -> Result<StoredHash, Unusable> {
    let &[cost, both] = parts else { return Err(Unusable::Malformed) };
    if cost.len() != 2 || both.len() != 53 || !both.is_ascii() {
        return Err(Unusable::Malformed);
    }
    let cost = cost.trim_start_matches('0');
    let cost = number(cost)?;
    if cost < 4 {
        return Err(Unusable::Malformed);
    }
    if cost > MOST_BCRYPT {
        return Err(Unusable::Greedy);
    }
    let (salt, output) = both.split_at(22);
    let salt = BCRYPT.decode(salt).map_err(|_| Unusable::Malformed)?;
    let output = BCRYPT.decode(output).map_err(|_| Unusable::Malformed)?;
    Ok(StoredHash { kind: Kind::Bcrypt { cost }, salt, output })
}

/// The named numbers of a hash: each once, in any order, and no others.
fn numbers<const N: usize>(text: &str, names: [&str; N]) -> Result<[u32; N], Unusable> {
    let mut found = [None; N];
    for part in text.split(',') {
        let (name, value) = part.split_once('=').ok_or(Unusable::Malformed)?;
        let place = names.iter().position(|known| *known == name);
        let slot = place.and_then(|place| found.get_mut(place)).ok_or(Unusable::Malformed)?;
        if slot.replace(number(value)?).is_some() {
            return Err(Unusable::Malformed);
        }
    }
    let mut all = [0; N];
    for (to, from) in all.iter_mut().zip(found) {
        *to = from.ok_or(Unusable::Malformed)?;
    }
    Ok(all)
}

/// A decimal number without a sign or leading zeros. One that is too large to be read is too much.
fn number(text: &str) -> Result<u32, Unusable> {
    let plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !plain || (text.len() > 1 && text.starts_with('0')) {
        return Err(Unusable::Malformed);
    }
    text.parse().map_err(|_| Unusable::Greedy)
}

/// Bytes in base64, from `least` of them to 64. passlib writes dots for plus signs.
fn bytes(text: &str, least: usize) -> Result<Vec<u8>, Unusable> {
    let bytes = STANDARD_NO_PAD.decode(text.replace('.', "+"));
    let bytes = bytes.map_err(|_| Unusable::Malformed)?;
    if (least..=64).contains(&bytes.len()) { Ok(bytes) } else { Err(Unusable::Malformed) }
}

#[cfg(test)]
#[path = "stored_hash_tests.rs"]
mod tests;
