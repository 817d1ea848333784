//! Pages that links lead to, and those of a forgotten password.

use latchkey_web::{Form, Help, Page, Problem, Text};
use serde::Serialize;

/// "Welcome": an invitation is accepted with a password, or with a key alone.
#[derive(Clone, Debug, Serialize)]
pub struct Accept {
    /// Posts `new_password`, or `decision` = `key`.
    pub form: Form,
    /// The person's name.
    pub name: String,
    /// Their user name.
    pub username: String,
    /// The organisation's name.
    pub organisation: String,
    /// How many characters a password has at least.
    pub least: usize,
    /// A key alone is offered.
    pub key_alone: bool,
    /// What is wrong, at `new_password`.
    pub problem: Option<Problem>,
}

impl Accept {
    /// The first time, where a key alone does not do.
    #[must_use]
    pub fn plain_sample() -> Self {
        Self { key_alone: false, problem: None, ..Self::sample() }
    }
}

impl Page for Accept {
    const TEMPLATE: &'static str = "link/accept.html";
    const FORMS_LEAD_OUT: bool = true;

    fn sample() -> Self {
        Self {
            form: Form::new("/link/1"),
            name: "Amy Ward".into(),
            username: "amy.ward".into(),
            organisation: "Northgate Trust".into(),
            least: 12,
            key_alone: true,
            problem: Some(Problem::at("new_password", "problem-new-password-known")),
        }
    }

    fn problem(&self) -> Option<&Problem> {
        self.problem.as_ref()
    }

    fn help(&self) -> Vec<Help> {
        vec![Help::WhatIsAKey]
    }
}

/// A link that goes on with one button.
#[derive(Clone, Debug, Serialize)]
pub struct Follow {
    /// Goes on.
    pub form: Form,
    /// The person's name.
    pub name: String,
    /// To enrolment beside an administrator; else to a new password.
    pub supervised: bool,
    /// Who is beside them then, as far as it is known.
    pub made_by: Option<Text>,
}

impl Follow {
    /// For a forgotten password.
    #[must_use]
    pub fn password_sample() -> Self {
        Self { supervised: false, made_by: None, ..Self::sample() }
    }

    /// Enrolment beside whoever has the server's command line.
    #[must_use]
    pub fn operator_sample() -> Self {
        Self { made_by: Some("follow-by-operator".into()), ..Self::sample() }
    }
}

impl Page for Follow {
    const TEMPLATE: &'static str = "link/follow.html";
    const FORMS_LEAD_OUT: bool = true;

    fn sample() -> Self {
        Self {
            form: Form::new("/link/1"),
            name: "Amy Ward".into(),
            supervised: true,
            made_by: Some(Text::new("follow-by").with("name", "Sam Desk")),
        }
    }

    fn help(&self) -> Vec<Help> {
        vec![Help::WhatIsAKey, Help::LostKey]
    }
}

/// A link that does not work: it is not told why.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Over {}

impl Page for Over {
    const TEMPLATE: &'static str = "link/over.html";

    fn sample() -> Self {
        Self {}
    }

    fn help(&self) -> Vec<Help> {
        vec![Help::ForgottenPassword]
    }
}

/// "Forgotten your password?"
#[derive(Clone, Debug, Serialize)]
pub struct Forgotten {
    /// Posts `username`; `None` where no e-mail is sent.
    pub form: Option<Form>,
    /// What is wrong, at `username`.
    pub problem: Option<Problem>,
}

impl Forgotten {
    /// Where no e-mail is sent.
    #[must_use]
    pub fn without_mail_sample() -> Self {
        Self { form: None, problem: None }
    }
}

impl Page for Forgotten {
    const TEMPLATE: &'static str = "link/forgotten.html";

    fn sample() -> Self {
        Self {
            form: Some(Form::new("/forgotten-password")),
            problem: Some(Problem::at("username", "problem-username-missing")),
        }
    }

    fn problem(&self) -> Option<&Problem> {
        self.problem.as_ref()
    }

    fn help(&self) -> Vec<Help> {
        vec![Help::ForgottenPassword]
    }
}

/// "Look in your e-mail": the same for every name.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Sent {}

impl Page for Sent {
    const TEMPLATE: &'static str = "link/sent.html";

    fn sample() -> Self {
        Self {}
    }

    fn help(&self) -> Vec<Help> {
        vec![Help::ForgottenPassword]
    }
}

/// "Choose a new password".
#[derive(Clone, Debug, Serialize)]
pub struct NewPassword {
    /// Posts `new_password`.
    pub form: Form,
    /// The user name, for password managers.
    pub username: String,
    /// How many characters a password has at least.
    pub least: usize,
    /// What is wrong, at `new_password`.
    pub problem: Option<Problem>,
}

impl Page for NewPassword {
    const TEMPLATE: &'static str = "link/new-password.html";
    const FORMS_LEAD_OUT: bool = true;

    fn sample() -> Self {
        Self {
            form: Form::new("/login/1/new-password").with("step", "s1"),
            username: "amy.ward".into(),
            least: 12,
            problem: None,
        }
    }

    fn problem(&self) -> Option<&Problem> {
        self.problem.as_ref()
    }

    fn help(&self) -> Vec<Help> {
        vec![Help::ForgottenPassword]
    }
}
