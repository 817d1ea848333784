//! How handlers come by a [`Way`]: extractors that find it, compare the step, and answer
//! themselves where it stands elsewhere. There is no other way to one.

use std::sync::Arc;

use axum::extract::{FromRequest, FromRequestParts, Path, Request};
use axum::http::request::Parts;
use axum::response::{IntoResponse as _, Response};
use latchkey_core::ids::FlowId;
use latchkey_web::limits::{Form, Json, Params, Refusal};
use serde::Deserialize;

use super::{Traveller, Way, Who};
use crate::App;
use crate::flow::asked::{Asked, Stop};
use crate::flow::dispatcher::Step;
use crate::pages::message::Failure;

/// A step with pages of its own.
pub(in crate::flow) trait Place: Send + Sync + Sized {
    /// Who is on the way there.
    type Who: Who;

    /// What its pages are about, if a way stands there.
    fn of(step: &Step) -> Option<Self>;
}

/// Wherever the way stands.
pub(in crate::flow) struct Anywhere;

impl Place for Anywhere {
    type Who = Option<Traveller>;

    fn of(_: &Step) -> Option<Self> {
        Some(Self)
    }
}

/// A way at a place whose page is asked for. Elsewhere it leads to where the way stands.
pub(in crate::flow) struct At<P: Place> {
    pub(in crate::flow) asked: Asked,
    pub(in crate::flow) place: P,
    pub(in crate::flow) way: Way<P::Who>,
}

/// The form of a place, sent in time. Any other gets the page for forms that count no more.
pub(in crate::flow) struct Submitted<P: Place> {
    pub(in crate::flow) asked: Asked,
    pub(in crate::flow) place: P,
    pub(in crate::flow) way: Way<P::Who>,
    pub(in crate::flow) form: Params,
}

/// The script of a place's page asks for a ceremony's options. Answered as [`Submitted`] is.
pub(in crate::flow) struct Scripted<P: Place> {
    pub(in crate::flow) asked: Asked,
    pub(in crate::flow) way: Way<P::Who>,
    pub(in crate::flow) wanted: Wanted,
}

/// What the script asks options for.
#[derive(Deserialize)]
pub(in crate::flow) struct Wanted {
    step: String,
    /// The name in the form, where there is one.
    #[serde(default)]
    pub(in crate::flow) username: Option<String>,
    /// For the browser's autofill.
    #[serde(default)]
    pub(in crate::flow) conditional: bool,
}

impl<P: Place> FromRequestParts<Arc<App>> for At<P> {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Response> {
        let (mut asked, named) = opened(parts, app).await;
        let found = async {
            let way = find(&mut asked, named).await?;
            match P::of(&way.step(app)) {
                Some(place) => Ok((place, way.at::<P>()?)),
                None => Err(Stop::from(way.go_on(&asked).await?)),
            }
        };
        match found.await {
            Ok((place, way)) => Ok(Self { asked, place, way }),
            Err(stop) => Err(asked.stopped(stop)),
        }
    }
}

impl<P: Place> FromRequest<Arc<App>> for Submitted<P> {
    type Rejection = Response;

    async fn from_request(request: Request, app: &Arc<App>) -> Result<Self, Response> {
        let (mut parts, body) = request.into_parts();
        let (mut asked, named) = opened(&mut parts, app).await;
        let form = match Form::from_request(Request::from_parts(parts, body), app).await {
            Ok(Form(form)) => form,
            Err(refusal) => return Err(asked.visitor.failure(app, refusal.into())),
        };
        let given = form.one("step").ok().flatten();
        match in_time::<P>(&mut asked, named, given).await {
            Ok((place, way)) => Ok(Self { asked, place, way, form }),
            Err(stop) => Err(asked.stopped(stop)),
        }
    }
}

impl<P: Place> FromRequest<Arc<App>> for Scripted<P> {
    type Rejection = Response;

    async fn from_request(request: Request, app: &Arc<App>) -> Result<Self, Response> {
        let (mut parts, body) = request.into_parts();
        let (mut asked, named) = opened(&mut parts, app).await;
        let wanted = Json::from_request(Request::from_parts(parts, body), app).await;
        let Json(wanted): Json<Wanted> = wanted.map_err(Refusal::into_response)?;
        match in_time::<P>(&mut asked, named, Some(&wanted.step)).await {
            Ok((_, way)) => Ok(Self { asked, way, wanted }),
            Err(stop) => Err(asked.stopped(stop)),
        }
    }
}

/// Who asks, and which flow the address names.
async fn opened(parts: &mut Parts, app: &Arc<App>) -> (Asked, Option<FlowId>) {
    let Ok(asked) = Asked::from_request_parts(parts, app).await;
    let named = Path::<String>::from_request_parts(parts, app).await;
    (asked, named.ok().and_then(|Path(id)| id.parse().ok()))
}

async fn find(asked: &mut Asked, named: Option<FlowId>) -> Result<Way<Option<Traveller>>, Stop> {
    match named {
        Some(id) => Way::find(asked, id).await,
        None => Err(asked.failure(Failure::NotFound)),
    }
}

/// The way, if it stands at the place and waits for this very form.
async fn in_time<P: Place>(
    asked: &mut Asked,
    named: Option<FlowId>,
    given: Option<&str>,
) -> Result<(P, Way<P::Who>), Stop> {
    let way = find(asked, named).await?;
    let in_time = given == Some(way.flow.step.as_str());
    match P::of(&way.step(&asked.app)).filter(|_| in_time) {
        Some(place) => Ok((place, way.at::<P>()?)),
        None => Err(way.stale(asked).into()),
    }
}

impl Way<Option<Traveller>> {
    fn at<P: Place>(self) -> Result<Way<P::Who>, Stop> {
        let Self { flow, progress, who, organisation } = self;
        match P::Who::of(who) {
            Some(who) => Ok(Way { flow, progress, who, organisation }),
            None => Err(anyhow::anyhow!("a step that is somebody's, and nobody is there").into()),
        }
    }
}
