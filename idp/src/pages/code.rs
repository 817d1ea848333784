//! Pages on which something is typed beside a password: a code of an authenticator app, a recovery
//! code, a pass; and the page that sets such an app up.

use latchkey_core::totp::Seed;
use latchkey_web::{Form, Help, Link, Page, Problem, Text};
use qrcode::{Color, EcLevel, QrCode};
use serde::Serialize;

/// What is typed. Picks the page's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Six digits of an authenticator app.
    App,
    /// A recovery code.
    Recovery,
    /// A pass from the helpdesk.
    Pass,
}

/// "Type the code that your app shows", and its like.
#[derive(Clone, Debug, Serialize)]
pub struct TypeCode {
    /// Posts `code`.
    pub form: Form,
    /// What is typed.
    pub kind: Kind,
    /// Who is logging in.
    pub username: String,
    /// Where "Not you?" leads.
    pub not_you_url: Option<String>,
    /// What it is for, when it is not to log in.
    pub reason: Option<Text>,
    /// The other enrolled ways. "Get help" always stands after them.
    pub other_ways: Vec<Link>,
    /// Where something is reported lost.
    pub lost_url: Option<String>,
    /// What went wrong, at `code`.
    pub problem: Option<Problem>,
}

impl TypeCode {
    /// The page of another kind, the first time.
    #[must_use]
    pub fn sample_of(kind: Kind) -> Self {
        Self {
            kind,
            problem: None,
            reason: None,
            other_ways: Vec::new(),
            lost_url: None,
            ..Self::sample()
        }
    }
}

impl Page for TypeCode {
    const TEMPLATE: &'static str = "factor/type-code.html";
    const FORMS_LEAD_OUT: bool = true;

    fn sample() -> Self {
        Self {
            form: Form::new("/login/1/factor/totp").with("step", "s1"),
            kind: Kind::App,
            username: "amy.ward".into(),
            not_you_url: Some("/login/1/not-you".into()),
            reason: Some("step-up-fresh".into()),
            other_ways: vec![Link::new("way-passkey", "/login/1/factor/passkey")],
            lost_url: Some("/login/1/lost".into()),
            problem: Some(Problem::at("code", "problem-code-wrong").advise("advice-code-next")),
        }
    }

    fn problem(&self) -> Option<&Problem> {
        self.problem.as_ref()
    }

    fn help(&self) -> Vec<Help> {
        match self.kind {
            Kind::App => vec![Help::KeyNotWorking, Help::LostKey],
            Kind::Recovery | Kind::Pass => vec![Help::LostKey],
        }
    }
}

/// "Set up an authenticator app".
#[derive(Clone, Debug, Serialize)]
pub struct SetUpApp {
    /// Posts `code`.
    pub form: Form,
    /// What the app is told; shown once.
    pub shown: Option<ShownSeed>,
    /// Where a new picture is shown.
    pub again_url: String,
    /// Where a key is set up instead, where that is open.
    pub key_url: Option<String>,
    /// "Cancel", in the account.
    pub cancel_url: Option<String>,
    /// What went wrong, at `code`.
    pub problem: Option<Problem>,
}

/// A seed as an app takes it.
#[derive(Clone, Debug, Serialize)]
pub struct ShownSeed {
    /// Base32 in groups of four.
    pub groups: Vec<String>,
    /// How many squares the picture has in each direction, its quiet zone included.
    pub squares: usize,
    /// The dark squares, as an SVG path.
    pub path: String,
}

impl ShownSeed {
    /// How a seed is shown; its picture says who issued it and for whom.
    ///
    /// # Errors
    /// When the names are too long for a picture.
    pub fn new(seed: &Seed, issuer: &str, username: &str) -> anyhow::Result<Self> {
        let text = seed.base32();
        let letters: Vec<char> = text.chars().collect();
        let groups = letters.chunks(4).map(|group| group.iter().collect()).collect();
        let uri = seed.uri(issuer, username);
        let code = QrCode::with_error_correction_level(uri.as_bytes(), EcLevel::M)?;
        let (width, colours) = (code.width(), code.to_colors());
        let mut path = String::new();
        for (row, line) in colours.chunks(width).enumerate() {
            for (column, _) in line.iter().enumerate().filter(|(_, c)| **c == Color::Dark) {
                path.push_str(&format!("M{} {}h1v1h-1z", column + QUIET, row + QUIET));
            }
        }
        Ok(Self { groups, squares: width + 2 * QUIET, path })
    }
}

/// The quiet zone of a QR code (ISO/IEC 18004).
const QUIET: usize = 4;

impl SetUpApp {
    /// After a wrong code: nothing is shown twice.
    #[must_use]
    pub fn wrong_sample() -> Self {
        let problem = Problem::at("code", "problem-code-wrong").advise("advice-code-next");
        Self { shown: None, problem: Some(problem), ..Self::sample() }
    }
}

impl Page for SetUpApp {
    const TEMPLATE: &'static str = "factor/set-up-app.html";
    const FORMS_LEAD_OUT: bool = true;

    fn sample() -> Self {
        let seed = Seed::from_bytes(b"12345678901234567890").ok();
        Self {
            form: Form::new("/login/1/enrol/totp").with("step", "s1"),
            shown: seed.and_then(|seed| ShownSeed::new(&seed, "Northgate", "amy.ward").ok()),
            again_url: "/login/1/enrol/totp".into(),
            key_url: Some("/login/1/enrol/passkey".into()),
            cancel_url: Some("/account/self-service".into()),
            problem: None,
        }
    }

    fn problem(&self) -> Option<&Problem> {
        self.problem.as_ref()
    }

    fn help(&self) -> Vec<Help> {
        vec![Help::WhatIsAKey]
    }
}
