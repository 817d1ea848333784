//! What stands in sentences: quotes of what others wrote, and what has words of its own.

use std::fmt::{self, Display};

use latchkey_core::Timestamp;
use latchkey_core::assurance::Level;
use latchkey_saml::read::Kind;

/// How much of a text is quoted, in characters.
const QUOTED: usize = 300;
/// How many texts are quoted.
const SEVERAL: usize = 5;

/// A value. Displayed, it is as its English sentence has it.
pub(super) trait Value: Display {
    /// As programs get it: a word that they know, or text that needs no words.
    fn plain(&self) -> String {
        self.to_string()
    }

    /// One of several.
    #[cfg(test)]
    fn sample(number: usize) -> Self
    where
        Self: Sized;
}

macro_rules! values {
    ($($type:ty: $sample:expr;)+) => {
        $(impl Value for $type {
            #[cfg(test)]
            fn sample(number: usize) -> Self {
                $sample(number)
            }
        })+
    };
}

values! {
    // A time, fingerprints, or the reason of a parser.
    String: |number| format!("<{number}>");
    // A name of SAML.
    &'static str: |number| ["SAMLRequest", "SAMLResponse"][number % 2];
    u16: |number| [0, 7][number % 2];
    u64: |number| [1, 2, 90][number % 3];
    usize: |number| [1, 2, 90][number % 3];
}

/// A text of somebody else's, bounded and in one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::saml::doctor) struct Quoted(String);

/// A text of somebody else's.
pub(in crate::saml::doctor) fn quoted(text: &str) -> Quoted {
    let one = |c: char| if c.is_control() { '\u{fffd}' } else { c };
    let mut quoted: String = text.chars().take(QUOTED).map(one).collect();
    if text.chars().nth(QUOTED).is_some() {
        quoted.push('…');
    }
    Quoted(quoted)
}

impl Display for Quoted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "“{}”", self.0)
    }
}

impl Value for Quoted {
    fn plain(&self) -> String {
        self.0.clone()
    }

    #[cfg(test)]
    fn sample(number: usize) -> Self {
        quoted(&format!("<b>{number}"))
    }
}

/// Several of them, in quotes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::saml::doctor) struct Quotes {
    texts: Vec<Quoted>,
    more: bool,
}

impl Quotes {
    fn and(&self, more: &str) -> String {
        let mut texts: Vec<_> = self.texts.iter().map(ToString::to_string).collect();
        if self.more {
            texts.push(more.to_owned());
        }
        texts.join(", ")
    }
}

/// Several texts of somebody else's.
pub(in crate::saml::doctor) fn all_quoted<'t>(texts: impl IntoIterator<Item = &'t str>) -> Quotes {
    let mut texts = texts.into_iter();
    let first = texts.by_ref().take(SEVERAL).map(quoted).collect();
    Quotes { texts: first, more: texts.next().is_some() }
}

impl Display for Quotes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.and("others"))
    }
}

impl Value for Quotes {
    fn plain(&self) -> String {
        self.and("…")
    }

    #[cfg(test)]
    fn sample(number: usize) -> Self {
        all_quoted(["<a>", "b"].into_iter().take(1 + number % 2))
    }
}

/// Defines values that are one of several words: of each, the word that programs know, and English.
macro_rules! words {
    ($($(#[$about:meta])* $name:ident {
        $($variant:ident = $word:literal: $english:literal;)+
    })+) => {
        $($(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(in crate::saml::doctor) enum $name { $($variant),+ }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(match self { $(Self::$variant => $english),+ })
            }
        }

        impl $crate::saml::doctor::said::values::Value for $name {
            fn plain(&self) -> String {
                match self { $(Self::$variant => $word),+ }.to_owned()
            }

            #[cfg(test)]
            fn sample(number: usize) -> Self {
                Self::ALL[number % Self::ALL.len()]
            }
        }

        #[cfg(test)]
        impl $name {
            /// Every one.
            pub(super) const ALL: &[Self] = &[$(Self::$variant),+];
        })+
    };
}
pub(super) use words;

words! {
    /// A little thing that two addresses differ by.
    Slip {
        Slash = "slash": "a slash at the end";
        Capitals = "capitals": "capital letters";
        Scheme = "scheme": "http or https";
        Several = "several": "its slash, capital letters or http and https";
    }

    /// A key of ours.
    OurKey {
        Current = "current": "our current key";
        Coming = "coming": "a key of ours that is published and does not sign yet";
        Old = "old": "an old key of ours";
    }

    /// Whether a message is what the certificate that came along signed.
    Soundly {
        Sound = "sound": "It is signed, soundly,";
        Changed = "changed": "It was changed after it was signed, and is signed";
        Claimed = "claimed": "It claims to be signed";
    }

    /// What a nested status code means.
    Meaning {
        Refused = "refused": "it was refused";
        AuthnFailed = "authn-failed":
            "nobody logged in: the session had ended, or somebody else was logged in than was \
             asked for";
        InvalidNameIdPolicy = "invalid-name-id-policy":
            "the kind of name that was asked for is not to be had of this person";
        NoAuthnContext = "no-authn-context":
            "no log-in came up to the class that was asked for";
        NoAvailableIdp = "no-available-idp": "the request names identity providers, and not us";
        NoPassive = "no-passive": "nobody was logged in, and nobody could be asked (IsPassive)";
        PartialLogout = "partial-logout": "not every application could be told";
        ProxyCountExceeded = "proxy-count-exceeded":
            "it may not be passed on to another provider";
        RequestDenied = "request-denied": "the person turned back, or it was not allowed";
        RequestUnsupported = "request-unsupported": "what was asked is not done";
        UnknownPrincipal = "unknown-principal":
            "the person whom the request names is not known, or not who logged in";
        UnsupportedBinding = "unsupported-binding":
            "the answer was wanted by a binding that is not done";
    }

    /// In which unit, and on which side of now, a time is.
    Apart {
        SecondsAgo = "seconds-ago": "seconds ago";
        MinutesAgo = "minutes-ago": "minutes ago";
        HoursAgo = "hours-ago": "hours ago";
        DaysAgo = "days-ago": "days ago";
        SecondsAhead = "seconds-ahead": "seconds ahead";
        MinutesAhead = "minutes-ahead": "minutes ahead";
        HoursAhead = "hours-ahead": "hours ahead";
        DaysAhead = "days-ahead": "days ahead";
    }
}

impl Apart {
    /// How long before or after now a time is, in units.
    pub(in crate::saml::doctor) fn between(at: Timestamp, now: Timestamp) -> (u64, Self) {
        let ago = at <= now;
        let seconds = if ago { now.since(at) } else { at.since(now) }.as_secs();
        let (count, units) = match seconds {
            0..120 => (seconds, [Self::SecondsAgo, Self::SecondsAhead]),
            120..7200 => (seconds / 60, [Self::MinutesAgo, Self::MinutesAhead]),
            7200..172_800 => (seconds / 3600, [Self::HoursAgo, Self::HoursAhead]),
            _ => (seconds / 86_400, [Self::DaysAgo, Self::DaysAhead]),
        };
        (count, units[usize::from(!ago)])
    }

    /// So many of these, in English.
    pub(in crate::saml::doctor) fn of(self, count: u64) -> String {
        let units = self.to_string();
        match count {
            1 => format!("1 {}", units.replacen("s ", " ", 1)),
            _ => format!("{count} {units}"),
        }
    }
}

/// What two addresses differ by, if by a little thing: a sentence more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::saml::doctor) struct Differ(pub(in crate::saml::doctor) Option<Slip>);

impl Display for Differ {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.map_or(Ok(()), |slip| write!(f, " They differ by {slip}."))
    }
}

impl Value for Differ {
    fn plain(&self) -> String {
        self.0.map_or_else(|| "none".to_owned(), |slip| slip.plain())
    }

    #[cfg(test)]
    fn sample(number: usize) -> Self {
        Self((!number.is_multiple_of(5)).then(|| Slip::sample(number % 5 - 1)))
    }
}

/// How strong a log-in is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::saml::doctor) struct Strength(pub(in crate::saml::doctor) Level);

impl Display for Strength {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            Level::Password => "a password",
            Level::Mfa => "two factors",
            Level::PhishingResistant => "a security key or passkey",
            Level::Hardware => "a security key that proves to be hardware",
        })
    }
}

impl Value for Strength {
    fn plain(&self) -> String {
        match self.0 {
            Level::Password => "password",
            Level::Mfa => "mfa",
            Level::PhishingResistant => "phishing-resistant",
            Level::Hardware => "hardware",
        }
        .to_owned()
    }

    #[cfg(test)]
    fn sample(number: usize) -> Self {
        Self(Level::ALL[number % 4])
    }
}

/// A kind of message, by the name of its element.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::saml::doctor) struct Element(pub(in crate::saml::doctor) Kind);

impl Element {
    pub(super) fn article(self) -> &'static str {
        if self.0.name().starts_with('A') { "an" } else { "a" }
    }

    pub(super) fn what(self) -> &'static str {
        match self.0 {
            Kind::AuthnRequest => "a request for a log-in",
            Kind::LogoutRequest => "a request to end a session",
            Kind::LogoutResponse => "the answer to a request to end a session",
            Kind::ArtifactResolve => "a request for the message that an artifact stands for",
            Kind::ArtifactResponse => "the message that an artifact stands for",
            Kind::Response => "the answer to a request for a log-in",
        }
    }
}

impl Display for Element {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.name())
    }
}

impl Value for Element {
    #[cfg(test)]
    fn sample(number: usize) -> Self {
        Self(Kind::ALL[number % 6])
    }
}
