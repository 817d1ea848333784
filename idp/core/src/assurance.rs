//! What a log-in was worth: three axes (factors, phishing-resistant, hardware), judged from what
//! *this* log-in did, and the values that tell it to relying applications.
//!
//! The one table of `acr` and `amr` values. The values are RFC 8176's, REFEDS MFA's and OpenID's
//! "Extended Authentication Profile" (EAP) ACR values 1.0.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::clock::Timestamp;
use crate::ids::{CodeId, CredentialId};

/// `acr` of a password over a protected channel (SAML 2.0 authentication contexts §3.4.5).
pub const ACR_PASSWORD: &str = "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport";
/// `acr` of two factors (REFEDS MFA profile).
pub const ACR_MFA: &str = "https://refeds.org/profile/mfa";
/// `acr` of a phishing-resistant log-in (EAP §2).
pub const ACR_PHISHING_RESISTANT: &str = "phr";
/// `acr` of a phishing-resistant log-in with a key in hardware (EAP §2).
pub const ACR_HARDWARE: &str = "phrh";

/// How strong a log-in was. Ordered: a later value satisfies every earlier one.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Default,
)]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    /// One factor.
    #[default]
    Password,
    /// Two factors.
    Mfa,
    /// Two factors, phishing-resistant.
    PhishingResistant,
    /// Two factors, phishing-resistant, the key attested to be in hardware.
    Hardware,
}

impl Level {
    /// Every level, weakest first.
    pub const ALL: [Self; 4] = [Self::Password, Self::Mfa, Self::PhishingResistant, Self::Hardware];

    /// The `acr` value of this level when the application asked for none.
    #[must_use]
    pub fn acr(self) -> &'static str {
        match self {
            Self::Password => ACR_PASSWORD,
            Self::Mfa => ACR_MFA,
            Self::PhishingResistant => ACR_PHISHING_RESISTANT,
            Self::Hardware => ACR_HARDWARE,
        }
    }

    /// The level that an `acr` value asks for, if it is one of ours.
    #[must_use]
    pub fn from_acr(acr: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|level| level.acr() == acr)
    }
}

/// What one factor of a log-in proved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proof {
    /// When.
    pub at: Timestamp,
    /// What kind of proof.
    pub method: Method,
}

/// What kind of proof a factor gave.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "method", rename_all = "snake_case")]
pub enum Method {
    /// Something known.
    Password,
    /// A security key or passkey.
    Key {
        /// Which.
        credential: CredentialId,
        /// It checked a PIN, a finger or a face.
        user_verified: bool,
        /// Its attestation says that it is in hardware.
        hardware: bool,
    },
    /// A code of an authenticator app.
    Code {
        /// Which.
        app: CodeId,
    },
    /// What opens enrolment or a new password, and is worth nothing else.
    Ticket {
        /// What it was.
        ticket: Ticket,
    },
}

/// What opens enrolment or a new password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ticket {
    /// A pass from the helpdesk.
    Pass,
    /// One of the person's recovery codes.
    RecoveryCode,
    /// An invitation.
    Invitation,
    /// A link that an administrator handed over in person.
    Supervised,
    /// A link for a forgotten password.
    PasswordLink,
}

impl Ticket {
    /// Whether it opens enrolment; else it opens a new password.
    #[must_use]
    pub fn opens_enrolment(self) -> bool {
        self != Self::PasswordLink
    }

    /// How long what it opened stays open.
    #[must_use]
    pub fn lasts(self) -> Duration {
        match self {
            // Read at leisure, with a password to think of first.
            Self::Invitation => Duration::from_secs(60 * 60),
            _ => Duration::from_secs(10 * 60),
        }
    }
}

impl Method {
    /// Whether it is worth anything by itself.
    #[must_use]
    pub fn counts(&self) -> bool {
        !matches!(self, Self::Ticket { .. })
    }
}

/// A log-in, judged.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assurance {
    /// How strong it was.
    pub level: Level,
    /// Authentication Methods References (RFC 8176).
    pub amr: Vec<String>,
    /// When its oldest counted factor was shown.
    pub auth_time: Timestamp,
}

impl Assurance {
    /// Judges the proofs of one log-in; `None` without any that counts.
    #[must_use]
    pub fn judge(proofs: &[Proof]) -> Option<Self> {
        let counted = || proofs.iter().filter(|proof| proof.method.counts());
        let auth_time = counted().map(|proof| proof.at).min()?;
        let password = counted().any(|proof| proof.method == Method::Password);
        let code = counted().any(|proof| matches!(proof.method, Method::Code { .. }));
        let keys = || {
            proofs.iter().filter_map(|proof| match proof.method {
                Method::Key { user_verified, hardware, .. } => Some((user_verified, hardware)),
                _ => None,
            })
        };
        let key = keys().next().is_some();
        let verified_key = keys().any(|(verified, _)| verified);
        let hardware_key = keys().any(|(verified, hardware)| verified && hardware);

        let two_factors = verified_key || (password && (key || code));
        let level = match (two_factors, key, hardware_key) {
            (true, true, true) => Level::Hardware,
            (true, true, false) => Level::PhishingResistant,
            (true, false, _) => Level::Mfa,
            (false, ..) => Level::Password,
        };
        let mut amr = Vec::new();
        if password {
            amr.push("pwd");
        }
        if code {
            amr.push("otp");
        }
        if key {
            amr.push(if hardware_key { "hwk" } else { "pop" });
            amr.push("user");
        }
        if two_factors {
            amr.push("mfa");
        }
        Some(Self { level, amr: amr.into_iter().map(str::to_owned).collect(), auth_time })
    }

    /// The `acr` value to answer: the first requested value that this log-in satisfies, as
    /// `meaning` understands them; `None` when there is none, and it is answered with its own. A
    /// stronger log-in satisfies a weaker request and is answered with what was asked.
    #[must_use]
    pub fn answer<'r>(
        &self,
        requested: impl IntoIterator<Item = &'r str>,
        meaning: impl Fn(&str) -> Option<Level>,
    ) -> Option<&'r str> {
        let satisfied = |acr: &&str| meaning(acr).is_some_and(|asked| self.level >= asked);
        requested.into_iter().find(satisfied)
    }

    /// The one `amr` value that says most, for applications that take no more than one: what was
    /// shown beside the password, where something was.
    #[must_use]
    pub fn single_amr(&self) -> Option<&str> {
        let has = |value: &&str| self.amr.iter().any(|own| own == value);
        ["hwk", "pop", "otp", "pwd"].into_iter().find(has)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn password(at: i64) -> Proof {
        Proof { at: Timestamp::from_seconds(at), method: Method::Password }
    }

    fn code(at: i64) -> Proof {
        let method = Method::Code { app: CodeId(Uuid::nil()) };
        Proof { at: Timestamp::from_seconds(at), method }
    }

    fn key(at: i64, user_verified: bool, hardware: bool) -> Proof {
        let credential = CredentialId(Uuid::nil());
        let method = Method::Key { credential, user_verified, hardware };
        Proof { at: Timestamp::from_seconds(at), method }
    }

    fn judged(proofs: &[Proof]) -> (Level, String) {
        let assurance = Assurance::judge(proofs).expect("a proof");
        (assurance.level, assurance.amr.join(" "))
    }

    #[test]
    fn every_row_of_the_assurance_table() {
        use Level::{Hardware, Mfa, Password, PhishingResistant};
        assert_eq!(judged(&[password(1)]), (Password, "pwd".into()));
        assert_eq!(judged(&[password(1), code(2)]), (Mfa, "pwd otp mfa".into()));
        assert_eq!(
            judged(&[password(1), key(2, true, false)]),
            (PhishingResistant, "pwd pop user mfa".into())
        );
        assert_eq!(judged(&[key(1, true, false)]), (PhishingResistant, "pop user mfa".into()));
        assert_eq!(judged(&[key(1, true, true)]), (Hardware, "hwk user mfa".into()));
        assert_eq!(
            judged(&[password(1), key(2, true, true)]),
            (Hardware, "pwd hwk user mfa".into())
        );
        assert_eq!(Assurance::judge(&[]), None);
    }

    #[test]
    fn what_opens_enrolment_is_worth_nothing_by_itself_or_beside_others() {
        for ticket in [
            Ticket::Pass,
            Ticket::RecoveryCode,
            Ticket::Invitation,
            Ticket::Supervised,
            Ticket::PasswordLink,
        ] {
            let method = Method::Ticket { ticket };
            let shown = Proof { at: Timestamp::from_seconds(1), method };
            assert_eq!(Assurance::judge(std::slice::from_ref(&shown)), None);
            let both = Assurance::judge(&[shown, password(2)]).expect("a proof");
            assert_eq!(both.level, Level::Password);
            assert_eq!(both.amr, ["pwd"]);
            assert_eq!(both.auth_time, Timestamp::from_seconds(2));
        }
    }

    #[test]
    fn a_code_is_one_factor_and_no_second_to_an_unverified_key() {
        assert_eq!(judged(&[code(1)]), (Level::Password, "otp".into()));
        assert_eq!(judged(&[code(1), key(2, false, false)]).0, Level::Password);
    }

    #[test]
    fn a_key_that_verified_nobody_is_one_factor_by_itself() {
        assert_eq!(judged(&[key(1, false, false)]), (Level::Password, "pop user".into()));
        assert_eq!(
            judged(&[key(1, false, true)]).0,
            Level::Password,
            "hardware does not make up for a missing PIN"
        );
    }

    #[test]
    fn auth_time_is_the_oldest_factors() {
        let assurance = Assurance::judge(&[key(9, true, false), password(5)]).expect("proofs");
        assert_eq!(assurance.auth_time, Timestamp::from_seconds(5));
    }

    #[test]
    fn the_first_requested_value_that_is_satisfied_is_the_answer() {
        let phr = Assurance::judge(&[key(1, true, false)]).expect("proof");
        let answer =
            |requested: &[&'static str]| phr.answer(requested.iter().copied(), Level::from_acr);
        assert_eq!(answer(&[]), None);
        assert_eq!(answer(&[ACR_MFA]), Some(ACR_MFA));
        assert_eq!(answer(&["phrh", ACR_MFA, "phr"]), Some(ACR_MFA));
        assert_eq!(answer(&["phrh", "urn:unknown"]), None);
        assert_eq!(phr.single_amr(), Some("pop"));
    }
}
