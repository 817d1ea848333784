//! The SAML doctor: looks at what is posted and changes nothing, for whoever sees applications, and
//! of the service providers in their scope alone.

use std::sync::Arc;

use latchkey_api::doctor::{
    AssertionPreview, DoctorCheck, DoctorOutcome, DoctorRemedy, DoctorReport, DoctorSide,
    NewProviderTest, PreviewedAttribute, SamlMessage,
};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::answer::{Json, Problems};
use super::caller::{Admin, ApplicationsLook};
use super::failure::Failure;
use super::input::Sent;
use crate::App;
use crate::saml::doctor::{self, Check, Outcome, Preview, Report, Side};

pub(super) fn router() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new().routes(routes!(examine)).routes(routes!(test))
}

/// Tells which checks a SAML message fails, and what to change
///
/// Nothing is acted on, fetched or kept. Whatever is posted has an answer: what carries no message
/// fails the first check.
#[utoipa::path(post, path = "/service-providers/doctor", tag = "applications",
    operation_id = "examine_saml_message", request_body = SamlMessage,
    security(("bearer" = ["applications:read"])),
    responses((status = 200, body = DoctorReport), Problems))]
async fn examine(
    admin: Admin<ApplicationsLook>,
    Sent(sent): Sent<SamlMessage>,
) -> Result<Json<DoctorReport>, Failure> {
    let expected = sent.provider.as_deref().filter(|id| !id.is_empty());
    let report = doctor::examine(&admin.app, admin.scope(), &sent.message, expected).await?;
    Ok(Json(shown(report)))
}

/// Tests the registration of a SAML service provider
///
/// Where a person asks, it is shown what an assertion would say of them. None is made, and nothing
/// is sent.
#[utoipa::path(post, path = "/service-providers/test", tag = "applications",
    operation_id = "test_service_provider", request_body = NewProviderTest,
    security(("bearer" = ["applications:read"])),
    responses((status = 200, body = DoctorReport), Problems))]
async fn test(
    admin: Admin<ApplicationsLook>,
    Sent(sent): Sent<NewProviderTest>,
) -> Result<Json<DoctorReport>, Failure> {
    let person = admin.person().map(|record| &record.person);
    let report = doctor::test(&admin.app, admin.scope(), &sent.provider, person).await?;
    Ok(Json(shown(report.ok_or(Failure::NotFound)?)))
}

fn shown(report: Report) -> DoctorReport {
    DoctorReport {
        failed: report.has_failed(),
        about_code: report.about_code.to_owned(),
        about_values: report.about_values,
        about: report.about,
        provider: report.provider.map(|id| id.0),
        checks: report.checks.into_iter().map(check).collect(),
        preview: report.preview.map(preview),
    }
}

fn check(check: Check) -> DoctorCheck {
    DoctorCheck {
        name: check.name.key().to_owned(),
        outcome: match check.outcome {
            Outcome::Passed => DoctorOutcome::Passed,
            Outcome::Failed => DoctorOutcome::Failed,
            Outcome::NotApplicable => DoctorOutcome::NotApplicable,
        },
        code: check.code.to_owned(),
        values: check.values,
        found: check.found,
        remedies: check
            .remedies
            .into_iter()
            .map(|remedy| DoctorRemedy {
                side: match remedy.side {
                    Side::Here => DoctorSide::Here,
                    Side::Provider => DoctorSide::Provider,
                },
                code: remedy.code.to_owned(),
                values: remedy.values,
                words: remedy.words,
            })
            .collect(),
    }
}

fn preview(preview: Preview) -> AssertionPreview {
    AssertionPreview {
        name_id: preview.name_id,
        name_id_format: preview.name_id_format,
        transient: preview.is_transient,
        class: preview.class,
        attributes: preview
            .attributes
            .into_iter()
            .map(|attribute| PreviewedAttribute {
                name: attribute.name,
                format: attribute.format,
                friendly_name: attribute.friendly_name,
                values: attribute.values,
            })
            .collect(),
        signed_assertion: preview.signed_assertion,
        signed_response: preview.signed_response,
        encrypted: preview.encrypted,
    }
}
