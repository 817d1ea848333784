//! The console's pages, one file a screen: what each says, and the handlers that show it and take its
//! forms. Sentences live in the theme; a page carries facts and the keys of messages.

pub(crate) mod act;
pub(crate) mod application_form;
pub(crate) mod application_kinds;
pub(crate) mod applications;
pub(crate) mod approvals;
pub(crate) mod audit;
pub(crate) mod bulk;
pub(crate) mod call;
pub(crate) mod can;
pub(crate) mod card;
pub(crate) mod chart;
mod choice;
mod coded;
pub(crate) mod details;
pub(crate) mod doctor;
pub(crate) mod entry;
pub(crate) mod event;
pub(crate) mod health;
pub(crate) mod history;
pub(crate) mod import;
pub(crate) mod imports;
pub(crate) mod keys;
pub(crate) mod leaving;
pub(crate) mod letters;
pub(crate) mod log_in_test;
pub(crate) mod log_in_tested;
pub(crate) mod logo;
pub(crate) mod merge;
pub(crate) mod message;
pub(crate) mod organisation_form;
pub(crate) mod organisations;
pub(crate) mod people;
pub(crate) mod places;
pub(crate) mod policy;
pub(crate) mod progress;
pub(crate) mod provider_form;
pub(crate) mod providers;
pub(crate) mod registration;
pub(crate) mod roles;
pub(crate) mod samples;
pub(crate) mod search;
pub(crate) mod shell;
pub(crate) mod told;
pub(crate) mod watch;

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post};
use latchkey_core::Timestamp;
use latchkey_web::{Frame, Page, TemplateError, Theme};

use self::application_kinds::Kind;
use self::provider_form::Provider;
use self::registration::Registration;
use crate::{Console, PATH};

/// Every page.
pub(crate) fn router() -> Router<Arc<Console>> {
    Router::new()
        .route(PATH, get(call::start))
        .route("/admin/search", get(call::found))
        .route(people::ADDRESS, get(people::show))
        .route(bulk::ADDRESS, get(bulk::show).post(bulk::submit))
        .route(details::NEW_ADDRESS, get(details::add).post(details::submit_new))
        .route("/admin/people/{person}/details", get(details::show).post(details::submit))
        .route("/admin/people/{person}", get(call::show))
        .route("/admin/people/{person}/call", post(call::connect))
        .route("/admin/people/{person}/check", post(call::check))
        .route("/admin/people/{person}/end-call", post(call::end))
        .route("/admin/people/{person}/do/{action}", get(act::show).post(act::submit))
        .route("/admin/people/{person}/history", get(history::show))
        .route("/admin/people/{person}/pass", get(watch::show))
        .route("/admin/people/{person}/move", get(leaving::show_move).post(leaving::submit_move))
        .route("/admin/people/{person}/erase", get(leaving::show_erase).post(leaving::submit_erase))
        .route(approvals::ADDRESS, get(approvals::show))
        .route("/admin/approvals/{approval}", get(approvals::show_one).post(approvals::submit))
        .route(imports::ADDRESS, get(imports::show).post(imports::submit))
        .route(imports::EXAMPLE_ADDRESS, get(imports::example))
        .route("/admin/imports/{import}", get(import::show).post(import::submit))
        .route(organisations::ADDRESS, get(organisations::list))
        .route(
            organisations::NEW_ADDRESS,
            get(organisation_form::add).post(organisation_form::submit_new),
        )
        .route("/admin/organisations/{organisation}", get(organisations::show))
        .route(
            "/admin/organisations/{organisation}/edit",
            get(organisation_form::show).post(organisation_form::submit),
        )
        .route(roles::ADDRESS, get(roles::list))
        .route(roles::GIVE_ADDRESS, get(roles::give).post(roles::submit_give))
        .route(roles::END_ADDRESS, get(roles::end).post(roles::submit_end))
        .route(applications::ADDRESS, get(applications::list))
        .route(
            applications::NEW_ADDRESS,
            get(registration::show::<Kind>).post(registration::submit::<Kind>),
        )
        .route("/admin/applications/{application}", get(applications::show))
        .route(
            "/admin/applications/{application}/edit",
            get(registration::show::<Kind>).post(registration::submit::<Kind>),
        )
        .route(
            "/admin/applications/{application}/secret",
            get(applications::ask_rotate).post(applications::rotate),
        )
        .route(
            "/admin/applications/{application}/delete",
            get(applications::ask_delete).post(applications::delete),
        )
        .route(
            "/admin/applications/{application}/test",
            get(log_in_test::ask).post(log_in_test::submit),
        )
        .route("/admin/applications/{application}/test/{test}", get(log_in_test::show))
        .route(
            provider_form::NEW_ADDRESS,
            get(registration::show::<Provider>).post(registration::submit::<Provider>),
        )
        .route("/admin/service-providers/{provider}", get(providers::show))
        .route(
            "/admin/service-providers/{provider}/edit",
            get(registration::show::<Provider>).post(registration::submit::<Provider>),
        )
        .route("/admin/service-providers/{provider}/refresh", post(providers::refresh))
        .route(
            "/admin/service-providers/{provider}/delete",
            get(providers::ask_delete).post(providers::delete),
        )
        .route(doctor::ADDRESS, get(doctor::ask).post(doctor::check))
        .route(doctor::TEST_ADDRESS, post(doctor::test))
        .route(keys::ADDRESS, get(keys::show))
        .route(keys::NEW_ADDRESS, get(keys::ask).post(keys::publish))
        .route(health::ADDRESS, get(health::show))
        .route(letters::RETRY_ADDRESS, post(letters::retry_all))
        .route("/admin/health/letters/{letter}/retry", post(letters::retry))
        .route(
            "/admin/health/letters/{letter}/give-up",
            get(letters::ask_give_up).post(letters::give_up),
        )
        .route(audit::ADDRESS, get(audit::show))
        .route(audit::EXPORT_ADDRESS, get(audit::export))
        .route(progress::ADDRESS, get(progress::show))
        .route(progress::TABLE_ADDRESS, get(progress::table))
        .route(can::ADDRESS, get(can::show))
        .route("/admin/logo/{organisation}", get(logo::show))
        .merge(policy::router())
}

/// A time of the API's as pages show it.
pub(crate) fn at(time: jiff::Timestamp) -> Timestamp {
    Timestamp::from_millis(time.as_millisecond())
}

/// Renders every page's sample, by the name of its template and its state.
#[must_use]
pub fn rendered(theme: &Theme, frame: &Frame) -> Vec<Rendered> {
    let mut all = vec![
        page(theme, frame, "", &call::Call::sample()),
        page(theme, frame, "nobody yet", &call::Call::empty_sample()),
        page(theme, frame, "not checked", &call::Call::unchecked_sample()),
        page(theme, frame, "", &search::Results::sample()),
        page(theme, frame, "", &act::Ask::sample()),
        page(theme, frame, "a pass", &act::Ask::pass_sample()),
        page(theme, frame, "", &act::Preview::sample()),
        page(theme, frame, "", &told::Told::sample()),
        page(theme, frame, "a link", &told::Told::link_sample(act::Action::SupervisedLink)),
        page(theme, frame, "an invitation", &told::Told::link_sample(act::Action::Invite)),
        page(theme, frame, "", &history::History::sample()),
        page(theme, frame, "", &people::People::sample()),
        page(theme, frame, "nobody", &people::People::empty_sample()),
        page(theme, frame, "", &details::Details::sample()),
        page(theme, frame, "a change", &details::Details::change_sample()),
        page(theme, frame, "no pass", &watch::Watching::sample()),
        page(theme, frame, "", &approvals::Approvals::sample()),
        page(theme, frame, "nothing", &approvals::Approvals::empty_sample()),
        page(theme, frame, "", &approvals::Decide::sample()),
        page(theme, frame, "", &bulk::Ask::sample()),
        page(theme, frame, "", &bulk::Preview::sample()),
        page(theme, frame, "", &bulk::Done::sample()),
        page(theme, frame, "", &leaving::Ask::sample()),
        page(theme, frame, "", &leaving::Preview::sample()),
        page(theme, frame, "", &leaving::Erase::sample()),
        page(theme, frame, "", &leaving::Erased::sample()),
        page(theme, frame, "", &imports::Imports::sample()),
        page(theme, frame, "none yet", &imports::Imports::empty_sample()),
        page(theme, frame, "too large", &imports::Imports::wrong_sample()),
        page(theme, frame, "", &import::Shown::sample()),
        page(theme, frame, "", &organisations::Organisations::sample()),
        page(theme, frame, "", &organisations::Shown::sample()),
        page(theme, frame, "bare", &organisations::Shown::bare_sample()),
        page(theme, frame, "", &organisation_form::OrganisationForm::sample()),
        page(theme, frame, "a change", &organisation_form::OrganisationForm::preview_sample()),
        page(theme, frame, "", &roles::Roles::sample()),
        page(theme, frame, "nobody", &roles::Roles::empty_sample()),
        page(theme, frame, "", &roles::Change::sample()),
        page(theme, frame, "", &applications::Applications::sample()),
        page(theme, frame, "none", &applications::Applications::empty_sample()),
        page(theme, frame, "", &applications::Shown::sample()),
        page(theme, frame, "", &applications::Sure::sample()),
        page(theme, frame, "", &applications::Secret::sample()),
        page(theme, frame, "the first", &applications::Secret::new_sample()),
        page(theme, frame, "", &application_kinds::Kinds::sample()),
        page(theme, frame, "", &Registration::sample()),
        page(theme, frame, "", &log_in_test::Ask::sample()),
        page(theme, frame, "", &log_in_tested::Tested::sample()),
        page(theme, frame, "", &providers::Shown::sample()),
        page(theme, frame, "bare", &providers::Shown::bare_sample()),
        page(theme, frame, "", &providers::Sure::sample()),
        page(theme, frame, "", &doctor::Doctor::sample()),
        page(theme, frame, "", &keys::Keys::sample()),
        page(theme, frame, "", &keys::Publish::sample()),
        page(theme, frame, "", &health::Shown::sample()),
        page(theme, frame, "well", &health::Shown::well_sample()),
        page(theme, frame, "silent", &health::Shown::silent_sample()),
        page(theme, frame, "", &letters::GiveUp::sample()),
        page(theme, frame, "", &audit::Audit::sample()),
        page(theme, frame, "nothing", &audit::Audit::empty_sample()),
        page(theme, frame, "whom", &audit::Audit::choices_sample()),
        page(theme, frame, "", &progress::Shown::sample()),
        page(theme, frame, "nobody", &progress::Shown::empty_sample()),
        page(theme, frame, "not counted", &progress::Shown::uncounted_sample()),
        page(theme, frame, "", &can::Can::sample()),
        page(theme, frame, "of the platform", &can::Can::platform_sample()),
        page(theme, frame, "at two places", &can::Can::places_sample()),
        page(theme, frame, "", &message::Message::sample()),
    ];
    for (state, watch) in watch::Watch::samples() {
        let watching = watch::Watching { watch: Some(watch) };
        all.push(page(theme, frame, state, &watching));
    }
    let give_up = letters::GiveUp::samples();
    all.extend(give_up.iter().map(|(state, give_up)| page(theme, frame, state, give_up)));
    let decide = approvals::Decide::samples();
    all.extend(decide.iter().map(|(state, decide)| page(theme, frame, state, decide)));
    all.extend(bulk::Ask::samples().iter().map(|(state, ask)| page(theme, frame, state, ask)));
    let previews = bulk::Preview::samples();
    all.extend(previews.iter().map(|(state, preview)| page(theme, frame, state, preview)));
    for (state, shown) in import::Shown::all_samples() {
        all.push(page(theme, frame, &state, &shown));
    }
    all.extend(policy::rendered(theme, frame));
    let new = keys::Publish::samples();
    all.extend(new.iter().map(|new| page(theme, frame, "what it means", new)));
    let shown = applications::Shown::samples();
    all.extend(shown.iter().map(|shown| page(theme, frame, "of a kind", shown)));
    let sure = applications::Sure::samples();
    all.extend(sure.iter().map(|sure| page(theme, frame, "of another", sure)));
    let read = providers::Shown::read_samples();
    all.extend(read.iter().map(|shown| page(theme, frame, "read again", shown)));
    all.extend(registrations().iter().map(|form| page(theme, frame, "of a kind", form)));
    let doctor = doctor::Doctor::samples();
    all.extend(doctor.iter().map(|(state, doctor)| page(theme, frame, state, doctor)));
    let asks = log_in_test::Ask::samples();
    all.extend(asks.iter().map(|ask| page(theme, frame, "something wrong", ask)));
    let tested = log_in_tested::Tested::samples();
    all.extend(tested.iter().map(|tested| page(theme, frame, "not received", tested)));
    let changes = roles::Change::samples();
    all.extend(changes.iter().map(|change| page(theme, frame, "a change", change)));
    let new = organisation_form::OrganisationForm::new_samples();
    all.extend(new.iter().map(|new| page(theme, frame, "a new one", new)));
    let wrong = details::Details::wrong_samples();
    all.extend(wrong.iter().map(|wrong| page(theme, frame, "a wrong field", wrong)));
    all.extend(
        act::Action::ALL
            .map(|action| page(theme, frame, action.slug(), &act::Preview::sample_of(action))),
    );
    all.extend(
        message::Kind::ALL
            .map(|kind| page(theme, frame, kind.slug(), &message::Message::new(kind))),
    );
    all
}

/// The form of each kind of application. Kinds with the same fields look the same but for their
/// names.
fn registrations() -> Vec<Registration> {
    let saml = samples::provider().document;
    let mut forms = Registration::new_samples(Provider, &saml).to_vec();
    forms.extend(Registration::samples(Provider, &saml));
    forms.extend(Registration::wrong_samples(Provider, &saml, false));
    for kind in Kind::ALL {
        let document = samples::application(kind).metadata;
        forms.extend(Registration::new_samples(kind, &document));
        if matches!(kind, Kind::Web | Kind::ServiceKey) {
            forms.extend(Registration::samples(kind, &document));
            forms.extend(Registration::wrong_samples(kind, &document, true));
        }
    }
    forms
}

/// Renders a page in a state.
fn page<P: Page>(theme: &Theme, frame: &Frame, state: &str, page: &P) -> Rendered {
    let name = match state {
        "" => P::TEMPLATE.to_owned(),
        state => format!("{}, {state}", P::TEMPLATE),
    };
    (name, theme.html(frame, page))
}

/// A page by its name, rendered.
pub type Rendered = (String, Result<String, TemplateError>);
