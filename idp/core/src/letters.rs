//! Letters on their way: why one did not leave. Sending them is nobody's business here.

/// Why a letter did not leave, as far as whoever looks after the installation wants to know. Never
/// in a mail server's own words: they may name whom the letter is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Undelivered {
    /// Nothing answers at the address of the mail server.
    Unreachable,
    /// The mail server does not answer in time.
    Slow,
    /// No encrypted connection comes about: another name, or a certificate that nobody vouches for.
    Encryption,
    /// The mail server wants a user name and a password, or takes not these (RFC 4954 §6).
    Credentials,
    /// It does not take this reader's address, for now or for good.
    Address,
    /// The reader's mailbox is full.
    MailboxFull,
    /// The mail server asks to try again later.
    Later,
    /// The mail server does not take this letter.
    Refused,
    /// What answers there breaks off, does not speak SMTP, or does not offer what is needed.
    NotSmtp,
    /// The folder of the settings cannot be written to.
    Folder,
    /// What is kept of the letter cannot be opened.
    Sealed,
}

impl Undelivered {
    /// Every one.
    pub const ALL: [Self; 11] = [
        Self::Unreachable,
        Self::Slow,
        Self::Encryption,
        Self::Credentials,
        Self::Address,
        Self::MailboxFull,
        Self::Later,
        Self::Refused,
        Self::NotSmtp,
        Self::Folder,
        Self::Sealed,
    ];

    /// What it is in a word, as it is stored and told.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unreachable => "unreachable",
            Self::Slow => "slow",
            Self::Encryption => "encryption",
            Self::Credentials => "credentials",
            Self::Address => "address",
            Self::MailboxFull => "mailbox-full",
            Self::Later => "later",
            Self::Refused => "refused",
            Self::NotSmtp => "not-smtp",
            Self::Folder => "folder",
            Self::Sealed => "sealed",
        }
    }

    /// It from its word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.as_str() == word)
    }

    /// Why a mail server answered so: its reply code (RFC 5321 §4.2.3) and, where it gives one, its
    /// enhanced status code without the class (RFC 3463 §3), e.g. `(2, 2)` for a full mailbox.
    #[must_use]
    pub fn of_reply(code: u16, enhanced: Option<(u16, u16)>) -> Self {
        match (code, enhanced) {
            // RFC 4954 §6: authentication is missing, too weak or was refused.
            (530 | 534 | 535 | 538 | 454, _) => Self::Credentials,
            (_, Some((1, _) | (2, 0 | 1))) => Self::Address,
            (_, Some((2, 2))) => Self::MailboxFull,
            (450 | 550 | 551 | 553, None) => Self::Address,
            (452 | 552, None) => Self::MailboxFull,
            (400..=499, _) => Self::Later,
            _ => Self::Refused,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_cause_is_read_back_from_its_word() {
        for cause in Undelivered::ALL {
            assert_eq!(Undelivered::parse(cause.as_str()), Some(cause));
        }
        assert_eq!(Undelivered::parse("amy@northgate.example"), None);
    }

    #[test]
    fn a_reply_is_told_by_its_codes_and_the_enhanced_one_tells_more() {
        for (code, enhanced, cause) in [
            (421, None, Undelivered::Later),
            (450, None, Undelivered::Address),
            (450, Some((7, 1)), Undelivered::Later),
            (451, None, Undelivered::Later),
            (451, Some((2, 2)), Undelivered::MailboxFull),
            (452, None, Undelivered::MailboxFull),
            (452, Some((5, 3)), Undelivered::Later),
            (454, Some((7, 0)), Undelivered::Credentials),
            (530, Some((7, 0)), Undelivered::Credentials),
            (535, Some((7, 8)), Undelivered::Credentials),
            (550, Some((1, 1)), Undelivered::Address),
            (550, Some((7, 1)), Undelivered::Refused),
            (552, Some((2, 2)), Undelivered::MailboxFull),
            (554, None, Undelivered::Refused),
        ] {
            assert_eq!(Undelivered::of_reply(code, enhanced), cause, "{code} {enhanced:?}");
        }
    }
}
