//! An authenticator app as the first factor, on the way through: shown once, confirmed by a code
//! before it counts. The code that confirms it is its first proof.

use axum::http::StatusCode;
use axum::response::Response;
use latchkey_core::assurance::{Method, Proof};
use latchkey_core::policy::MethodKind;
use latchkey_web::Problem;

use super::asked::{Asked, later, see};
use super::code::{admit, refusal, wait_problem};
use super::enrol::Enrol;
use super::way::{At, Shown, Submitted, Use, Way};
use crate::authn::totp::{self, Confirmed};
use crate::pages::code::{SetUpApp, ShownSeed};

/// Where an app is set up.
pub(super) const PAGE: &str = "enrol/totp";

/// What wrong codes of an app that does not count yet are counted as: they slow down no log-in.
const NEW: &str = "totp-enrol";

/// Whether people of this way may enrol an app.
pub(super) fn is_open(way: &Way) -> bool {
    way.who.policy.enrollable().contains(&MethodKind::AuthenticatorApp)
}

fn render(
    asked: &Asked,
    way: &Way,
    shown: Option<ShownSeed>,
    problem: Option<Problem>,
) -> Response {
    let status = if problem.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let keys = way.who.policy.enrollable();
    let keys = keys.iter().any(|kind| matches!(kind, MethodKind::Key | MethodKind::Passkey));
    let page = SetUpApp {
        form: way.form(PAGE),
        shown,
        again_url: way.path(PAGE),
        key_url: keys.then(|| way.path("enrol/passkey")),
        cancel_url: None,
        problem,
    };
    asked.app.theme.render_as(status, &way.frame(asked, PAGE), &page)
}

pub(super) async fn show(At { asked, way, .. }: At<Enrol>) -> Response {
    let work = async {
        if !is_open(&way) {
            return Ok(see(&way.path("enrol/passkey")));
        }
        let person = &way.who.record.person;
        let seed = totp::start(&asked.app, &way.binding(), person.id).await?;
        let issuer = &way.who.organisation.name;
        let shown = ShownSeed::new(&seed, issuer, person.username.as_str())?;
        Ok(render(&asked, &way, Some(shown), None))
    };
    asked.answer(work).await
}

pub(super) async fn submit(Submitted { asked, mut way, form, .. }: Submitted<Enrol>) -> Response {
    let work = async {
        if !is_open(&way) {
            return Ok(see(&way.path("enrol/passkey")));
        }
        let typed = form.one("code").ok().flatten().unwrap_or_default();
        let person = way.who.record.person.id;
        let tried = match admit(&asked, &way, NEW).await? {
            Ok(tried) => tried,
            Err(wait) => {
                let now = asked.app.clock.now();
                let page = render(&asked, &way, None, Some(wait_problem(&wait, now)));
                return Ok(later(page, &wait, now));
            }
        };
        let app = match totp::confirm(&asked.app, &way.binding(), person, typed).await? {
            Confirmed::Right(app) => {
                tried.right(&asked.app).await?;
                app
            }
            Confirmed::Wrong => {
                let why = "the code does not confirm the app".to_owned();
                tried.wrong(&asked.app, refusal(&asked, &way, NEW, why)).await?;
                let problem = Problem::at("code", "problem-code-wrong").advise("advice-code-next");
                return Ok(render(&asked, &way, None, Some(problem)));
            }
            Confirmed::Late => {
                let why = "there is no app to confirm any more".to_owned();
                tried.wrong(&asked.app, refusal(&asked, &way, NEW, why)).await?;
                let problem = Problem::new("problem-app-late").advise("advice-nothing-stored");
                return Ok(render(&asked, &way, None, Some(problem)));
            }
        };
        way.progress.app_enrolled = true;
        let proof = Proof { at: asked.app.clock.now(), method: Method::Code { app: app.id } };
        let record = way.who.record.clone();
        way.prove(&asked, record, vec![Shown { proof, used: Some(Use::NewApp(app)) }]).await
    };
    asked.answer(work).await
}
