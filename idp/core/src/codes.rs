//! Secrets that people type or follow: authenticator apps, recovery codes, the helpdesk's pass, and
//! links that are sent or handed over.
//!
//! What each is and how long it counts. How often somebody may try is for the throttle, and that
//! one counts once is for the store.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::clock::Timestamp;
use crate::credentials::CredentialState;
use crate::ids::{CodeId, PersonId};
use crate::rng::Rng;
use crate::secrets::{Plain, Sealed};

/// The letters of passes and recovery codes (RFC 4648 §6), none of which sounds or looks like a
/// digit of the set.
const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// A pass or recovery code as it was made or typed: base32 without anything between.
pub struct Typed(Plain);

impl Typed {
    /// Characters of a pass: 60 bits.
    pub const PASS: usize = 12;
    /// Characters of a recovery code: 50 bits.
    pub const RECOVERY: usize = 10;

    /// A new one of so many characters.
    #[must_use]
    pub fn generate(rng: &dyn Rng, length: usize) -> Self {
        let mut bytes = vec![0; length];
        rng.fill(&mut bytes);
        // 256 is a multiple of 32: every letter is as likely.
        let letters = bytes.iter().map(|byte| char::from(ALPHABET[usize::from(byte % 32)]));
        Self(Plain::new(letters.collect()))
    }

    /// Reads what was typed: any case, whatever stands between, and what is taken for a letter
    /// (`0`, `1` and `8` are no base32). `None` when it cannot be one of so many characters.
    #[must_use]
    pub fn parse(typed: &str, length: usize) -> Option<Self> {
        if typed.len() > 100 {
            return None;
        }
        let mut letters = String::new();
        for c in typed.chars() {
            let c = match c.to_ascii_uppercase() {
                '0' => 'O',
                '1' => 'I',
                '8' => 'B',
                c if c.is_whitespace() || "-.–—_".contains(c) => continue,
                c => c,
            };
            if !u8::try_from(c).is_ok_and(|byte| ALPHABET.contains(&byte)) {
                return None;
            }
            letters.push(c);
        }
        (letters.len() == length).then(|| Self(Plain::new(letters)))
    }

    /// The characters.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose()
    }

    /// The characters in groups of four, as they are shown.
    #[must_use]
    pub fn grouped(&self) -> Plain {
        let letters: Vec<char> = self.expose().chars().collect();
        let groups: Vec<String> = letters.chunks(4).map(|group| group.iter().collect()).collect();
        Plain::new(groups.join(" "))
    }
}

/// An authenticator app that a person enrolled.
#[derive(Clone, Debug)]
pub struct AuthenticatorApp {
    /// Its database key.
    pub id: CodeId,
    /// Its seed, sealed for [`seed_purpose`].
    pub seed: Sealed,
    /// The last step that was accepted (RFC 6238 §5.2): that one and earlier ones count no more.
    pub last_step: i64,
    /// Whether it works.
    pub state: CredentialState,
    /// When it was enrolled.
    pub added_at: Timestamp,
    /// When it last logged somebody in.
    pub last_used_at: Option<Timestamp>,
}

/// What a seed is sealed for: nobody else's opens in its place.
#[must_use]
pub fn seed_purpose(person: PersonId) -> String {
    format!("totp:{person}")
}

/// A pass that the helpdesk issued: it opens enrolment, once, and nothing else.
#[derive(Clone, Debug)]
pub struct Pass {
    /// Its database key.
    pub id: CodeId,
    /// A keyed digest of its characters.
    pub digest: [u8; 32],
    /// When it was issued.
    pub issued_at: Timestamp,
    /// When it stops counting.
    pub expires_at: Timestamp,
    /// How often a wrong one may still be typed.
    pub tries_left: u32,
    /// When it was used.
    pub used_at: Option<Timestamp>,
}

impl Pass {
    /// How often a pass may be tried.
    pub const TRIES: u32 = 5;
    /// How long one lives that is spoken on the telephone.
    pub const SPOKEN: Duration = Duration::from_secs(10 * 60);
    /// How long one lives otherwise.
    pub const HANDED_OVER: Duration = Duration::from_secs(3600);
    /// The longest that one may live.
    pub const LONGEST: Duration = Duration::from_secs(8 * 3600);

    /// Whether it still opens something.
    ///
    /// # Errors
    /// Why not.
    pub fn judge(&self, now: Timestamp) -> Result<(), Spent> {
        if self.used_at.is_some() {
            Err(Spent::Used)
        } else if self.tries_left == 0 {
            Err(Spent::TooManyTries)
        } else if now >= self.expires_at {
            Err(Spent::Expired)
        } else {
            Ok(())
        }
    }
}

/// Why something that counts once counts no more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Spent {
    /// It was used.
    #[error("it was used")]
    Used,
    /// Its time is over.
    #[error("it has expired")]
    Expired,
    /// Too many wrong ones were typed.
    #[error("too many wrong ones were typed")]
    TooManyTries,
}

/// A recovery code that is left.
#[derive(Clone, Debug)]
pub struct RecoveryCode {
    /// Its database key.
    pub id: CodeId,
    /// A keyed digest of its characters.
    pub digest: [u8; 32],
}

/// What a person can type, by kind.
#[derive(Clone, Debug, Default)]
pub struct Codes {
    /// Their authenticator app.
    pub app: Option<AuthenticatorApp>,
    /// Their recovery codes that are left.
    pub recovery: Vec<RecoveryCode>,
    /// The pass that was last issued to them, whatever became of it.
    pub pass: Option<Pass>,
}

/// What a link opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LinkKind {
    /// The account: a password or a key, and enrolment.
    Invitation,
    /// Enrolment, in the presence of an administrator.
    Supervised,
    /// A new password, together with an enrolled factor.
    Password,
    /// Nothing: it suspends the last way in, which its owner reported lost with a password alone.
    Lost,
}

impl LinkKind {
    /// The kinds that go out by e-mail, to whoever reads the address.
    pub const MAILED: [Self; 3] = [Self::Invitation, Self::Password, Self::Lost];

    /// The kind as it is stored.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Invitation => "invitation",
            Self::Supervised => "supervised",
            Self::Password => "password",
            Self::Lost => "lost",
        }
    }

    /// The kind from how it is stored.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Invitation, Self::Supervised, Self::Password, Self::Lost]
            .into_iter()
            .find(|kind| kind.as_str() == text)
    }

    /// How long a link of this kind lives.
    #[must_use]
    pub fn lives(self) -> Duration {
        match self {
            Self::Invitation => Duration::from_secs(72 * 3600),
            Self::Supervised | Self::Lost => Duration::from_secs(3600),
            Self::Password => Duration::from_secs(30 * 60),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::SeededRng;

    #[test]
    fn a_code_is_read_however_it_is_typed() {
        let read = |typed: &str| Typed::parse(typed, 12).map(|code| code.expose().to_owned());
        let same = Some("ABOIB2345670".replace('0', "O"));
        for typed in ["ABOIB234567O", "aboi b234 567o", "ABOI-B234-567O", "ab01 8234 5670\n"] {
            assert_eq!(read(typed), same, "{typed}");
        }
        for typed in ["", "ABOIB234567", "ABOIB234567OO", "ABOIB234567ß", "ABOIB234567!"] {
            assert_eq!(read(typed), None, "{typed}");
        }
        assert_eq!(read(&"A".repeat(10_000)), None);
    }

    #[test]
    fn a_new_code_is_read_as_itself_and_no_two_are_the_same() {
        let rng = SeededRng::new(3);
        let one = Typed::generate(&rng, Typed::PASS);
        assert_eq!(one.grouped().expose().len(), 14);
        let again = Typed::parse(one.grouped().expose(), Typed::PASS).expect("it is one");
        assert_eq!(again.expose(), one.expose());
        assert_ne!(Typed::generate(&rng, Typed::PASS).expose(), one.expose());
    }

    #[test]
    fn a_pass_counts_once_in_time_and_after_few_tries() {
        let now = Timestamp::from_seconds(1_800_000_000);
        let pass = Pass {
            id: CodeId(uuid::Uuid::nil()),
            digest: [0; 32],
            issued_at: now,
            expires_at: now.plus(Pass::SPOKEN),
            tries_left: 1,
            used_at: None,
        };
        assert_eq!(pass.judge(now), Ok(()));
        assert_eq!(pass.judge(pass.expires_at), Err(Spent::Expired));
        assert_eq!(Pass { tries_left: 0, ..pass.clone() }.judge(now), Err(Spent::TooManyTries));
        assert_eq!(Pass { used_at: Some(now), ..pass }.judge(now), Err(Spent::Used));
    }
}
