//! The sample applications' pages: plain words, a look of its own, no script.

use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use minijinja::{Environment, UndefinedBehavior, Value, context};

use super::{Application, Failure};

const TEMPLATES: [(&str, &str); 5] = [
    ("layout.html", include_str!("templates/layout.html")),
    ("home.html", include_str!("templates/home.html")),
    ("home-saml.html", include_str!("templates/home-saml.html")),
    ("failure.html", include_str!("templates/failure.html")),
    ("logged-out.html", include_str!("templates/logged-out.html")),
];

pub(super) struct Pages {
    environment: Environment<'static>,
    application: Value,
    policy: String,
}

impl Pages {
    pub(super) fn new(application: &Application) -> anyhow::Result<Self> {
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        for (name, source) in TEMPLATES {
            environment.add_template(name, source)?;
        }
        // Logging out is a form that leads to the provider, and Chromium applies `form-action`
        // along every redirect.
        let issuer = url::Url::parse(&application.provider)?.origin().ascii_serialization();
        Ok(Self {
            environment,
            application: context! {
                name => &application.name,
                description => &application.description,
                id => &application.id,
                issuer => &application.provider,
            },
            policy: format!(
                "default-src 'none'; style-src 'self'; img-src data:; form-action 'self' {issuer}; \
                 base-uri 'none'; frame-ancestors 'none'"
            ),
        })
    }

    /// The start page: of whoever is logged in, or of nobody.
    pub(super) fn home(&self, login: Option<Value>) -> Response {
        self.page(StatusCode::OK, "home.html", context! { login })
    }

    /// The same of an application that speaks SAML.
    pub(super) fn home_saml(&self, login: Option<Value>) -> Response {
        self.page(StatusCode::OK, "home-saml.html", context! { login })
    }

    /// That somebody is logged out, here and wherever else: everywhere unless in `part`.
    pub(super) fn logged_out(&self, part: bool) -> Response {
        self.page(StatusCode::OK, "logged-out.html", context! { part })
    }

    pub(super) fn failure(&self, failure: &Failure) -> Response {
        tracing::warn!(application = %self.application, %failure, "a page could not be shown");
        let status = failure.status();
        let (code, description) = match failure {
            Failure::Refused { error, description } => (error.as_str(), description.clone()),
            Failure::Unreachable(why) => ("provider_unreachable", Some(why.clone())),
            Failure::Untrusted(why) => ("answer_refused", Some(why.clone())),
            Failure::Foreign(code) => (*code, None),
            Failure::Elsewhere => ("form_from_elsewhere", None),
        };
        let (heading, advice) = words(failure);
        self.page(status, "failure.html", context! { heading, advice, code, description })
    }

    fn page(&self, status: StatusCode, template: &str, values: Value) -> Response {
        let application = &self.application;
        let rendered = self
            .environment
            .get_template(template)
            .and_then(|template| template.render(context! { application, ..values }));
        let headers = [
            (header::CONTENT_SECURITY_POLICY, self.policy.as_str()),
            (header::CACHE_CONTROL, "no-store"),
            (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        ];
        match rendered {
            Ok(html) => (status, headers, Html(html)).into_response(),
            Err(error) => {
                tracing::error!(%error, template, "a template failed");
                StatusCode::INTERNAL_SERVER_ERROR.into_response()
            }
        }
    }
}

/// What happened and what to do about it.
fn words(failure: &Failure) -> (&'static str, &'static str) {
    match failure {
        Failure::Unreachable(_) => (
            "The log-in service does not answer",
            "Wait a moment, then try again. Nothing on your side needs changing.",
        ),
        Failure::Untrusted(_) => (
            "The log-in service's answer was refused",
            "It did not hold what this application needs. Log in again.",
        ),
        Failure::Foreign(_) => (
            "This answer does not belong to a log-in here",
            "It may have been used already, or started in another browser. Log in again.",
        ),
        Failure::Elsewhere => {
            ("That button was not ours", "Go back to the start page and press it there.")
        }
        Failure::Refused { error, .. } => match error.as_str() {
            "access_denied" | "RequestDenied" => {
                ("You were not logged in", "The log-in was stopped, or you did not allow it.")
            }
            "login_required" | "interaction_required" | "consent_required" | "NoPassive" => (
                "You were not logged in",
                "This needs you to see the log-in pages. Log in to go on.",
            ),
            "unmet_authentication_requirements" | "NoAuthnContext" => (
                "Your log-in is not strong enough",
                "This application needs a stronger way to log in than you used.",
            ),
            "temporarily_unavailable" | "server_error" => {
                ("The log-in service has a problem", "Wait a moment, then try again.")
            }
            "invalid_grant" => {
                ("The log-in has run out", "It was used already or is too old. Log in again.")
            }
            _ => ("You were not logged in", "The log-in service refused. Its reason is below."),
        },
    }
}

/// A time as people read it.
pub(super) fn time(seconds: i64) -> Option<String> {
    let time = jiff::Timestamp::from_second(seconds).ok()?;
    Some(time.strftime("%-d %b %Y, %H:%M:%S UTC").to_string())
}
