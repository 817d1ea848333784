//! Hashes that other implementations made: Argon2 by its reference implementation (libargon2
//! 20190702), scrypt and PBKDF2 by OpenSSL through Python's `hashlib`, bcrypt by libxcrypt through
//! Python's `crypt`. Costs are small, so that the tests are quick.

use super::*;

const PASSWORD: &str = "correct horse battery";

const MADE_ELSEWHERE: [&str; 15] = [
    "$argon2i$v=19$m=64,t=2,p=1$c2FsdHNhbHRzYWx0c2FsdA$uaDm3faaWX+75OJV0cQ7rV4nkN1d21eGujRpVjH+l1k",
    "$argon2i$v=16$m=64,t=2,p=1$c2FsdHNhbHRzYWx0c2FsdA$dJGlFOWQLOK5pgXzXWJBiXWlObItHn0+kA+ILSge/YI",
    "$argon2i$m=64,t=2,p=1$c2FsdHNhbHRzYWx0c2FsdA$dJGlFOWQLOK5pgXzXWJBiXWlObItHn0+kA+ILSge/YI",
    "$argon2d$v=19$m=64,t=2,p=1$c2FsdHNhbHRzYWx0c2FsdA$8vFOaxb7MiazsbcwIFvlM5W1lYtkP4Gu9CroYzNeg/k",
    "$argon2d$v=16$m=64,t=2,p=1$c2FsdHNhbHRzYWx0c2FsdA$2q6oPHK1F3tY6SExvgbQr9EtGPfWqjBZRd0n7qBcbws",
    "$argon2id$v=19$m=64,t=2,p=1$c2FsdHNhbHRzYWx0c2FsdA$3LdjigVfI43W1yLDU7OB9OYHNFyPTzCNyXn74wNMrSU",
    "$scrypt$ln=4,r=8,p=1$c2FsdHNhbHRzYWx0c2FsdA$EoVSPZC4RYKB2CErwCmlipwgpfFn0T/z5ifD4UXaZJU",
    "$scrypt$ln=5,r=4,p=2$c2FsdHNhbHRzYWx0c2FsdA$8+IiZS/JOFOajf69lT3fDY8bt3ATcou/AfGu7CjY0Oj7arljdhLQ/8PX4NZIQ4oZR0v5CDysro6Tn+6iAI+n+A",
    "$pbkdf2-sha256$i=1000,l=32$c2FsdHNhbHRzYWx0c2FsdA$Cf9xjlisAEzRbMZsosxST/5+wkpfUV6uoqiZkYtP6iQ",
    "$pbkdf2-sha256$1000$c2FsdHNhbHRzYWx0c2FsdA$Cf9xjlisAEzRbMZsosxST/5.wkpfUV6uoqiZkYtP6iQ",
    "$pbkdf2-sha512$i=1000,l=64$c2FsdHNhbHRzYWx0c2FsdA$lYhPheApeiwq3tKG8A+KHC4iQ8mmHXFAKab1ywrJ5QhG73jAKAyVeLsbqTYH/KNRnW0OYbntj3FPNcXf3GKcRg",
    "$pbkdf2-sha512$1000$c2FsdHNhbHRzYWx0c2FsdA$lYhPheApeiwq3tKG8A.KHC4iQ8mmHXFAKab1ywrJ5QhG73jAKAyVeLsbqTYH/KNRnW0OYbntj3FPNcXf3GKcRg",
    "$2a$04$abcdefghijklmnopqrstuuqREtd3VJD2QVZbuFskFSLk6eRIrQoOS",
    "$2b$04$abcdefghijklmnopqrstuuqREtd3VJD2QVZbuFskFSLk6eRIrQoOS",
    "$2y$04$abcdefghijklmnopqrstuuqREtd3VJD2QVZbuFskFSLk6eRIrQoOS",
];

fn right(hash: &str, password: &str) -> bool {
    let stored = StoredHash::parse(hash).unwrap_or_else(|why| panic!("{hash}: {why}"));
    stored.matches(password.as_bytes(), &mut Vec::new()).expect("computed")
}

#[test]
fn hashes_that_others_made_take_their_password_and_no_other() {
    for hash in MADE_ELSEWHERE {
        assert!(right(hash, PASSWORD), "{hash}");
        for other in ["correct horse batterz", "correct horse batter", "", "correct horse battery "]
        {
            assert!(!right(hash, other), "{hash} {other}");
        }
    }
}

#[test]
fn bcrypt_looks_at_the_first_72_bytes_as_it_does_elsewhere() {
    // Of eighty times x.
    let hash = "$2b$04$abcdefghijklmnopqrstuubzadhGtS2zEF.gu0yd0opP6cVzb.e0i";
    assert!(right(hash, &"x".repeat(80)) && right(hash, &"x".repeat(72)));
    assert!(!right(hash, &"x".repeat(71)));
}

#[test]
fn only_argon2id_at_the_costs_of_today_is_kept() {
    let costs = Params::new(64, 2, 1, Some(32)).expect("costs");
    let like = |hash: &str| StoredHash::parse(hash).expect("read").is_like(&costs);
    let kept: Vec<_> = MADE_ELSEWHERE.into_iter().filter(|hash| like(hash)).collect();
    assert_eq!(kept, [MADE_ELSEWHERE[5]]);
    assert!(!like(&MADE_ELSEWHERE[5].replace("t=2", "t=1")));
    assert!(!like(&MADE_ELSEWHERE[5].replace("v=19", "v=16")));
}

#[test]
fn hashes_that_ask_for_too_much_are_refused_unread() {
    let (salt, output) = ("c2FsdHNhbHRzYWx0c2FsdA", "Cf9xjlisAEzRbMZsosxST/5+wkpfUV6uoqiZkYtP6iQ");
    for start in [
        "argon2id$v=19$m=262145,t=2,p=1",
        "argon2id$v=19$m=64,t=17,p=1",
        "argon2id$v=19$m=256,t=2,p=17",
        "argon2id$v=19$m=99999999999999,t=2,p=1",
        "scrypt$ln=19,r=8,p=1",
        "scrypt$ln=4,r=4294967295,p=1",
        "scrypt$ln=4,r=8,p=17",
        "scrypt$ln=64,r=8,p=1",
        "scrypt$ln=4294967295,r=8,p=1",
        "pbkdf2-sha256$i=4000001,l=32",
        "pbkdf2-sha512$4294967295",
    ] {
        let refused = StoredHash::parse(&format!("${start}${salt}${output}")).err();
        assert_eq!(refused, Some(Unusable::Greedy), "{start}");
    }
    let slow = MADE_ELSEWHERE[13].replace("$04$", "$16$");
    assert_eq!(StoredHash::parse(&slow).err(), Some(Unusable::Greedy));
}

#[test]
fn hashes_of_other_kinds_are_not_known() {
    for text in [
        "",
        "password",
        "$",
        "$1$salt$hash",
        "$6$saltsalt$hash",
        "$2$04$abcdefghijklmnopqrstuuqREtd3VJD2QVZbuFskFSLk6eRIrQoOS",
        "$2x$04$abcdefghijklmnopqrstuuqREtd3VJD2QVZbuFskFSLk6eRIrQoOS",
        "$pbkdf2$1000$c2FsdA$c2FsdA",
        "$argon2$v=19$m=64,t=2,p=1$c2FsdHNhbHRzYWx0c2FsdA$uaDm",
        "{SSHA}c2FsdA==",
    ] {
        assert_eq!(StoredHash::parse(text).err(), Some(Unusable::Unknown), "{text}");
    }
}

#[test]
fn hashes_that_lost_a_part_or_have_one_too_many_are_malformed() {
    for hash in MADE_ELSEWHERE {
        let mut wrong = vec![format!("{hash}$"), format!("{hash}$x"), format!("{hash}=")];
        let last = hash.rfind('$').expect("a part");
        // Less than 16 bytes would be guessed.
        wrong.extend([
            hash[..last].to_owned(),
            hash[..=last].to_owned(),
            hash[..last + 7].to_owned(),
        ]);
        wrong.push(hash.replace("2FsdHN", "2FsäHN").replace("abcdef", "abcäef"));
        for (from, to) in [("t=2", "t=0"), ("t=2", "t=02"), ("t=2", "t=2,t=2"), ("t=2", "x=2")] {
            wrong.push(hash.replace(from, to));
        }
        for (from, to) in [("ln=4", "ln=0"), ("p=1", "p=0"), ("$04$", "$03$"), ("$04$", "$4$")] {
            wrong.push(hash.replace(from, to));
        }
        for (from, to) in [("l=32", "l=31"), ("$i=1000", "$i=0"), ("$1000", "$+1000")] {
            wrong.push(hash.replace(from, to));
        }
        for text in wrong.iter().filter(|text| *text != hash) {
            assert_eq!(StoredHash::parse(text).err(), Some(Unusable::Malformed), "{text}");
        }
    }
}
