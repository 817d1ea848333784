//! What a new password must be: long, not known, and not about its owner. Nothing is asked about
//! its letters and marks (NIST SP 800-63B §3.1.1.2).
//!
//! Pure. `known.bin` holds the first four bytes of the SHA-256 of each of the 30,000 passwords that
//! people chose most, sorted; the figures are those of the package zxcvbn 4.5.0 (its frequency list
//! `passwords`). One in 140,000 others is taken for one of them.

use std::fmt;

use unicode_normalization::UnicodeNormalization as _;

use crate::secrets::Digest;

/// The fewest characters.
pub const SHORTEST: usize = 12;
/// The most bytes. Nobody types more; a hash of megabytes is an attack.
pub const LONGEST_BYTES: usize = 1024;

/// So many characters before, after or beside a known word are no protection.
const TRIFLE: usize = 8;
/// Parts of somebody's data that are shorter stand in many good passwords.
const TELLING: usize = 4;

static KNOWN: &[u8] = include_bytes!("passwords/known.bin");

/// Why a password is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// It has fewer than [`SHORTEST`] characters.
    Short,
    /// It has more than [`LONGEST_BYTES`] bytes.
    Long,
    /// It is, but for trifles, one that many people have.
    Known,
    /// It is, but for trifles, the person's own data.
    Personal,
    /// It repeats itself or runs along the keyboard.
    Pattern,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Short => "has fewer than 12 characters",
            Self::Long => "has more than 1024 bytes",
            Self::Known => "is one that many people have",
            Self::Personal => "is made of the person's own data",
            Self::Pattern => "repeats itself or is a row of keys",
        })
    }
}

/// A password as it is hashed: the same however a keyboard composed its letters (NFC).
#[must_use]
pub fn normal(typed: &str) -> String {
    typed.nfc().collect()
}

/// Whether a new password is taken. `personal` is what is known of its owner: user name, name,
/// e-mail address, organisation.
///
/// # Errors
/// Why not.
pub fn judge(typed: &str, personal: &[&str]) -> Result<(), Refusal> {
    if typed.len() > LONGEST_BYTES {
        return Err(Refusal::Long);
    }
    let text = normal(typed);
    if text.chars().count() < SHORTEST {
        return Err(Refusal::Short);
    }
    let folded = text.to_lowercase();
    if is_pattern(&folded) {
        return Err(Refusal::Pattern);
    }
    if is_personal(&folded, personal) {
        return Err(Refusal::Personal);
    }
    if is_known(&folded) { Err(Refusal::Known) } else { Ok(()) }
}

/// The shortest text that this one is so many times over, or the text.
fn unit(text: &[char]) -> &[char] {
    let repeats = |length: &usize| {
        text.iter()
            .zip(text.iter().cycle().skip(*length))
            .take(text.len() - length)
            .all(|(a, b)| a == b)
    };
    let length = (1..text.len()).find(repeats).unwrap_or(text.len());
    &text[..length]
}

fn is_pattern(folded: &str) -> bool {
    const ROWS: [&str; 4] = ["qwertyuiop", "asdfghjkl", "zxcvbnm", "1234567890"];
    let chars: Vec<char> = folded.chars().collect();
    if unit(&chars).len() < TRIFLE {
        return true;
    }
    let beside = |a: char, b: char| {
        let in_row = |row: &&str| {
            let place = |wanted| row.chars().position(|c| c == wanted);
            place(a).zip(place(b)).is_some_and(|(a, b)| a.abs_diff(b) <= 1)
        };
        a == b || u32::from(a).abs_diff(u32::from(b)) == 1 || ROWS.iter().any(in_row)
    };
    let steps = chars.windows(2).filter(|pair| beside(pair[0], pair[1])).count();
    steps * 4 >= (chars.len() - 1) * 3
}

fn is_personal(folded: &str, personal: &[&str]) -> bool {
    let mut parts: Vec<String> = Vec::new();
    for text in personal {
        let text = normal(text).to_lowercase();
        parts.extend(text.split(|c: char| !c.is_alphanumeric()).map(str::to_owned));
        parts.push(text);
    }
    parts.retain(|part| part.chars().count() >= TELLING);
    // The longest first, so that a whole name goes before its parts.
    parts.sort_by_key(|part| std::cmp::Reverse(part.len()));
    let mut rest = folded.to_owned();
    for part in &parts {
        rest = rest.replace(part.as_str(), "");
    }
    rest != folded && rest.chars().count() < TRIFLE
}

fn is_known(folded: &str) -> bool {
    let plain: String = folded.chars().map(without_disguise).collect();
    [folded, plain.as_str()].into_iter().any(|text| {
        let chars: Vec<char> = text.chars().collect();
        let whole: String = unit(&chars).iter().collect();
        let core = text.trim_matches(|c: char| !c.is_alphabetic());
        let letters: String = text.chars().filter(|c| c.is_alphabetic()).collect();
        let trifle = |part: &str| {
            part.chars().count() >= TELLING && chars.len() - part.chars().count() <= TRIFLE
        };
        in_list(text)
            || in_list(&whole)
            || [core, letters.as_str()].into_iter().any(|part| trifle(part) && in_list(part))
    })
}

/// A letter behind the mark that people put in its place.
fn without_disguise(c: char) -> char {
    match c {
        '0' => 'o',
        '1' | '!' => 'i',
        '3' => 'e',
        '4' | '@' => 'a',
        '5' | '$' => 's',
        '7' => 't',
        other => other,
    }
}

fn in_list(text: &str) -> bool {
    let digest = Digest::of(text.as_bytes());
    let (prefixes, _) = KNOWN.as_chunks::<4>();
    let wanted = digest.as_bytes().first_chunk::<4>();
    wanted.is_some_and(|wanted| prefixes.binary_search(wanted).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    const AMY: [&str; 4] = ["amy.ward", "Amy Ward", "amy@northgate.example", "Northgate Trust"];

    #[track_caller]
    fn refused(password: &str, refusal: Refusal) {
        assert_eq!(judge(password, &AMY), Err(refusal), "{password}");
    }

    #[test]
    fn long_passwords_that_nobody_has_are_taken_whatever_they_are_made_of() {
        for password in [
            "amber kettle on the ward",
            "correct horse battery staple",
            "paperboatsintheharbour",
            "глубокое синее море",
            "9f3k-2jx8-q0zm",
        ] {
            assert_eq!(judge(password, &AMY), Ok(()), "{password}");
        }
    }

    #[test]
    fn twelve_characters_are_counted_and_not_bytes_or_halves_of_letters() {
        refused("kettle+ward", Refusal::Short);
        refused("åäöåäöxåäö", Refusal::Short);
        // Eleven letters, of which one comes in two halves.
        refused("kettle cafe\u{301}".trim_end(), Refusal::Short);
        assert_eq!(judge("cafe\u{301} kettle", &AMY), judge("caf\u{e9} kettle", &AMY));
        assert_eq!(normal("cafe\u{301}"), "caf\u{e9}");
        refused(&"kettle ward ".repeat(100), Refusal::Long);
    }

    #[test]
    fn known_ones_are_refused_in_their_usual_disguises() {
        for password in [
            "password1234",
            "P@ssw0rd2026!",
            "passwordpassword",
            "Dragon2026!!!",
            "!!football!!!",
            "p.a.s.s.w.o.r.d",
        ] {
            refused(password, Refusal::Known);
        }
    }

    #[test]
    fn what_is_known_of_the_person_is_no_password() {
        for password in ["amy.ward2026", "AmyWard-Northgate", "northgate-1234", "Northgate Trust!"]
        {
            refused(password, Refusal::Personal);
        }
        assert_eq!(judge("northgate-1234 lantern", &[]), Ok(()));
    }

    #[test]
    fn repetitions_and_rows_of_keys_are_refused() {
        for password in [
            "aaaaaaaaaaaa",
            "abcabcabcabc",
            "abcdefghijkl",
            "123456789012",
            "qwertyuiop[]",
            "zyxwvutsrqpo",
        ] {
            refused(password, Refusal::Pattern);
        }
    }

    #[test]
    fn the_list_is_sorted_and_whole() {
        let (prefixes, rest) = KNOWN.as_chunks::<4>();
        assert!(rest.is_empty() && prefixes.len() > 29_000);
        assert!(prefixes.windows(2).all(|pair| pair[0] < pair[1]));
        assert!(in_list("123456") && !in_list("amber kettle on the ward"));
    }
}
