//! Tests of log-ins to an application: asked for here, and gone through at the provider as whoever
//! asks. What they came to is `log_in_tested`'s to say.

use axum::extract::Path;
use axum::response::{IntoResponse as _, Redirect, Response};
use latchkey_api::AdminScope;
use latchkey_api::Problem as Refusal;
use latchkey_api::log_in_tests::NewLogInTest;
use latchkey_api::people::Me;
use latchkey_web::limits::{self, Form as Posted};
use latchkey_web::{Form, Help, Page, Problem, Text};
use serde::Serialize;
use uuid::Uuid;

use super::application_kinds::Kind;
use super::applications::address;
use super::log_in_tested::Tested;
use super::shell::{Place, Shell};
use super::{message, samples};
use crate::PATH;
use crate::client::Failure;
use crate::visitor::{Admin, Asked, Forms, Stop};

/// Whether somebody may test log-ins to some application.
pub(crate) fn may(me: &Me) -> bool {
    me.may.iter().any(|may| may.scope == AdminScope::ApplicationsWrite)
}

/// Where a test of an application is asked for.
pub(crate) fn ask_address(id: &str) -> String {
    format!("{}/test", address(id))
}

/// What is asked before a test.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Ask {
    shell: Shell,
    name: String,
    request: String,
    form: Form,
    back: String,
    /// An earlier test is over.
    over: bool,
    problem: Option<Problem>,
}

impl Ask {
    fn new((shell, forms): (Shell, &Forms), id: &str, name: &str, request: &str) -> Self {
        Self {
            shell,
            name: name.to_owned(),
            request: request.to_owned(),
            form: forms.form(ask_address(id)),
            back: address(id),
            over: false,
            problem: None,
        }
    }

    fn wrong(self, problem: Problem) -> Self {
        Self { problem: Some(problem), ..self }
    }

    /// With each thing that can be wrong, and after a test that is over.
    pub(crate) fn samples() -> Vec<Self> {
        let wrong = WRONG.map(|code| Self::sample().wrong(problem(code)));
        let over = Self { over: true, request: String::new(), ..Self::sample() };
        wrong.into_iter().chain([over]).collect()
    }
}

impl Page for Ask {
    const TEMPLATE: &'static str = "console/log-in-test.html";
    const FORMS_LEAD_OUT: bool = true;

    fn sample() -> Self {
        let summary = samples::application(Kind::Web).summary;
        let frame = (samples::shell(Place::Applications), &samples::forms());
        Self::new(frame, &summary.client_id, &summary.name, "scope=openid&state=<b>")
    }

    fn problem(&self) -> Option<&Problem> {
        self.problem.as_ref()
    }

    fn help(&self) -> Vec<Help> {
        vec![]
    }
}

/// What can be wrong with a request that somebody pasted.
const WRONG: [&str; 3] = ["elsewhere", "malformed", "other-client"];

fn problem(code: &str) -> Problem {
    Problem::at("request", Text::new(format!("console-test-wrong-{code}")))
}

/// What the API says about what was pasted, if it is about that.
fn of_form(refused: &Refusal) -> Option<Problem> {
    let error = refused.errors.first().filter(|error| error.field == "request")?;
    WRONG.contains(&error.code.as_str()).then(|| problem(&error.code))
}

/// The name of an application that people log in to, for whoever may test that.
async fn testable(admin: &Admin, id: &str) -> Result<String, Stop> {
    if !may(&admin.me) {
        return Err(message::Kind::Forbidden.into());
    }
    let (application, _) = admin.api.application(id).await?;
    match application.summary.service_account {
        true => Err(message::Kind::NoPage.into()),
        false => Ok(application.summary.name),
    }
}

/// `GET /admin/applications/{application}/test`
pub(crate) async fn ask(Path(id): Path<String>, asked: Asked) -> Response {
    let work = async {
        let admin = asked.admin().await?;
        let name = testable(&admin, &id).await?;
        let kept = asked.kept(&admin).into_iter().flatten();
        let kept = kept.filter(|(field, _)| field == "request").map(|(_, typed)| typed.as_str());
        let request: String = kept.collect();
        let over = asked.query().one("over").is_ok_and(|it| it.is_some());
        let frame = (admin.shell(Place::Applications), &admin.forms);
        Ok(asked.page(&Ask { over, ..Ask::new(frame, &id, &name, &request) }))
    };
    asked.shown(work).await
}

/// `POST /admin/applications/{application}/test`: on to the log-in, or to why there is none.
pub(crate) async fn submit(
    Path(id): Path<String>,
    asked: Asked,
    form: Result<Posted, limits::Refusal>,
) -> Response {
    let to = ask_address(&id);
    asked
        .taken(form, &to, async |form| {
            let admin = asked.sender(form).await?;
            let name = testable(&admin, &id).await?;
            let typed = form.one("request").ok().flatten().unwrap_or_default();
            let request = Some(typed.trim().to_owned()).filter(|text| !text.is_empty());
            match admin.api.begin_log_in_test(&id, &NewLogInTest { request }).await {
                Ok(test) => {
                    let told = || format!("{PATH}{}", crate::log_in_test_path(&id, test.id));
                    Ok(Redirect::to(&test.begin.clone().unwrap_or_else(told)).into_response())
                }
                Err(failure) => {
                    let problem = match &failure {
                        Failure::Refused(refused) => of_form(refused),
                        _ => None,
                    };
                    let problem = problem.ok_or_else(|| Stop::from(failure))?;
                    let frame = (admin.shell(Place::Applications), &admin.forms);
                    Ok(asked.page(&Ask::new(frame, &id, &name, typed).wrong(problem)))
                }
            }
        })
        .await
}

/// `GET /admin/applications/{application}/test/{test}`
pub(crate) async fn show(Path((id, test)): Path<(String, String)>, asked: Asked) -> Response {
    let work = async {
        let admin = asked.admin().await?;
        let name = testable(&admin, &id).await?;
        let over = || Redirect::to(&format!("{}?over=yes", ask_address(&id))).into_response();
        let Ok(test) = test.parse::<Uuid>() else { return Ok(over()) };
        match admin.api.log_in_test(&id, test).await {
            Ok(test) => {
                let shell = admin.shell(Place::Applications);
                Ok(asked.page(&Tested::new(shell, &name, &test)))
            }
            // The application is there, so it is the test that is not.
            Err(Failure::Refused(refused)) if refused.status == 404 => Ok(over()),
            Err(failure) => Err(failure.into()),
        }
    };
    asked.shown(work).await
}
