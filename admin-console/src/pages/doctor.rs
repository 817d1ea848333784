//! The SAML doctor: a message is pasted, or a registration tested, and every check is said in words,
//! what failed first. What is newer than these words is said in the API's, in English; nothing of
//! what was pasted is kept.

mod sentence;

use axum::response::Response;
use latchkey_api::doctor::{
    AssertionPreview, DoctorCheck, DoctorOutcome, DoctorReport, DoctorSide, NewProviderTest,
    SamlMessage,
};
use latchkey_web::limits::{Form as Posted, Refusal};
use latchkey_web::{Form, Help, Page, Problem, Text};
use serde::Serialize;

use super::applications::ADDRESS as BACK;
use super::samples;
use super::shell::{Place, Shell};
use crate::client::Failure;
use crate::visitor::{Asked, Forms};
use sentence::{ABOUTS, ADVICE, FINDINGS, Sentence, everything};

/// The address. The parameter `provider` names a registration that is to be tested.
pub(crate) const ADDRESS: &str = "/admin/service-providers/doctor";
/// Where a registration is tested.
pub(crate) const TEST_ADDRESS: &str = "/admin/service-providers/test";

/// The checks that we have words for.
const CHECKS: [&str; 27] = [
    "pasted",
    "encoding",
    "xml",
    "kind",
    "binding",
    "issuer",
    "metadata",
    "signature",
    "content",
    "time",
    "destination",
    "consumer",
    "name-id",
    "context",
    "subject",
    "replay",
    "status",
    "audience",
    "recipient",
    "validity",
    "encryption",
    "session",
    "artifact",
    "certificates",
    "requests",
    "log-out",
    "preview",
];

/// The page.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Doctor {
    shell: Shell,
    back: &'static str,
    message: String,
    provider: String,
    check: Form,
    test: Form,
    report: Option<Shown>,
    problem: Option<Problem>,
}

/// What the doctor says.
#[derive(Clone, Debug, Serialize)]
struct Shown {
    about: Sentence,
    provider: Option<String>,
    failed: usize,
    checks: Vec<Row>,
    preview: Option<Preview>,
}

/// What an assertion would say: with everything, for a page knows no members that are left out.
#[derive(Clone, Debug, Serialize)]
struct Preview {
    name_id: String,
    name_id_format: String,
    transient: bool,
    class: String,
    attributes: Vec<Attribute>,
    signed_assertion: bool,
    signed_response: bool,
    encrypted: Option<String>,
}

#[derive(Clone, Debug, Serialize)]
struct Attribute {
    name: String,
    friendly_name: Option<String>,
    values: Vec<String>,
}

impl From<AssertionPreview> for Preview {
    fn from(preview: AssertionPreview) -> Self {
        let attributes = preview.attributes.into_iter().map(|it| Attribute {
            name: it.name,
            friendly_name: it.friendly_name,
            values: it.values,
        });
        Self {
            name_id: preview.name_id,
            name_id_format: preview.name_id_format,
            transient: preview.transient,
            class: preview.class,
            attributes: attributes.collect(),
            signed_assertion: preview.signed_assertion,
            signed_response: preview.signed_response,
            encrypted: preview.encrypted,
        }
    }
}

#[derive(Clone, Debug, Serialize)]
struct Row {
    /// What it is about: words, or the API's name where there are none.
    what: Option<Text>,
    name: String,
    /// The class of the note, and the name of its picture.
    tone: &'static str,
    outcome: Text,
    found: Sentence,
    remedies: Vec<Remedy>,
}

#[derive(Clone, Debug, Serialize)]
struct Remedy {
    side: Text,
    words: Sentence,
}

impl Row {
    fn new(check: &DoctorCheck) -> Self {
        let known = CHECKS.contains(&check.name.as_str());
        let (tone, outcome) = match check.outcome {
            DoctorOutcome::Passed => ("good", "console-doctor-passed"),
            DoctorOutcome::Failed => ("bad", "console-doctor-failed"),
            DoctorOutcome::NotApplicable => ("info", "console-doctor-not-applicable"),
        };
        let side = |side| match side {
            DoctorSide::Here => "console-doctor-here",
            DoctorSide::Provider => "console-doctor-at-provider",
        };
        let remedies = check.remedies.iter();
        Self {
            what: known.then(|| Text::new(format!("console-doctor-check-{}", check.name))),
            name: check.name.clone(),
            tone,
            outcome: Text::new(outcome),
            found: Sentence::new(FINDINGS, &check.code, &check.values, check.found.clone()),
            remedies: remedies
                .map(|it| Remedy {
                    side: Text::new(side(it.side)),
                    words: Sentence::new(ADVICE, &it.code, &it.values, it.words.clone()),
                })
                .collect(),
        }
    }
}

impl Shown {
    fn new(report: DoctorReport) -> Self {
        let order = |check: &&DoctorCheck| match check.outcome {
            DoctorOutcome::Failed => 0,
            DoctorOutcome::Passed => 1,
            DoctorOutcome::NotApplicable => 2,
        };
        let mut checks: Vec<&DoctorCheck> = report.checks.iter().collect();
        checks.sort_by_key(order);
        let failed = checks.iter().filter(|check| check.outcome == DoctorOutcome::Failed).count();
        Self {
            failed,
            checks: checks.into_iter().map(Row::new).collect(),
            about: Sentence::new(ABOUTS, &report.about_code, &report.about_values, report.about),
            provider: report.provider,
            preview: report.preview.map(Preview::from),
        }
    }
}

impl Doctor {
    fn new((shell, forms): (Shell, &Forms), message: &str, provider: &str) -> Self {
        Self {
            shell,
            back: BACK,
            message: message.to_owned(),
            provider: provider.to_owned(),
            check: forms.form(ADDRESS),
            test: forms.form(TEST_ADDRESS),
            report: None,
            problem: None,
        }
    }

    fn said(self, report: DoctorReport) -> Self {
        Self { report: Some(Shown::new(report)), ..self }
    }

    fn wrong(self, problem: Problem) -> Self {
        Self { problem: Some(problem), ..self }
    }

    /// Without an answer yet; with nothing amiss; and with a provider that is not there.
    pub(crate) fn samples() -> Vec<(&'static str, Self)> {
        let empty = || Self::new((samples::shell(Place::Applications), &samples::forms()), "", "");
        let well = empty().said(samples::doctor_test());
        // Nothing that may be left out is there.
        let mut bare = samples::doctor_test();
        if let Some(preview) = &mut bare.preview {
            preview.encrypted = None;
            preview.attributes.iter_mut().for_each(|it| it.friendly_name = None);
        }
        let all = ABOUTS.1.iter().map(|about| empty().said(everything(about)));
        let gone = Self { provider: "https://<b>.example".to_owned(), ..empty() };
        let gone = gone.wrong(nobody());
        let samples = vec![
            ("at first", empty()),
            ("nothing amiss", well),
            ("bare", empty().said(bare)),
            ("not there", gone),
        ];
        samples.into_iter().chain(all.map(|page| ("everything", page))).collect()
    }
}

fn nobody() -> Problem {
    Problem::at("provider", Text::new("console-doctor-nobody"))
}

impl Page for Doctor {
    const TEMPLATE: &'static str = "console/doctor.html";
    const FORMS_LEAD_OUT: bool = true;

    fn sample() -> Self {
        let frame = (samples::shell(Place::Applications), &samples::forms());
        Self::new(frame, "<samlp:AuthnRequest>", "").said(samples::doctor_report())
    }

    fn problem(&self) -> Option<&Problem> {
        self.problem.as_ref()
    }

    fn help(&self) -> Vec<Help> {
        vec![]
    }
}

/// `GET /admin/service-providers/doctor`
pub(crate) async fn ask(asked: Asked) -> Response {
    let work = async {
        let admin = asked.admin().await?;
        let kept = |name: &str| {
            let fields = asked.kept(&admin).into_iter().flatten();
            let mut typed = fields.filter(|(field, _)| field == name).map(|(_, typed)| typed);
            typed.next().cloned().unwrap_or_default()
        };
        let query = asked.query();
        let named = query.one("provider").ok().flatten().map(str::to_owned);
        let provider = named.unwrap_or_else(|| kept("provider"));
        let frame = (admin.shell(Place::Applications), &admin.forms);
        Ok(asked.page(&Doctor::new(frame, &kept("message"), &provider)))
    };
    asked.shown(work).await
}

/// `POST /admin/service-providers/doctor`: what is wrong with a message.
pub(crate) async fn check(asked: Asked, form: Result<Posted, Refusal>) -> Response {
    asked
        .taken(form, ADDRESS, async |form| {
            let admin = asked.sender(form).await?;
            let message = form.one("message").ok().flatten().unwrap_or_default().to_owned();
            let sent = SamlMessage { message, provider: None };
            let report = admin.api.examine(&sent).await?;
            let frame = (admin.shell(Place::Applications), &admin.forms);
            Ok(asked.page(&Doctor::new(frame, &sent.message, "").said(report)))
        })
        .await
}

/// `POST /admin/service-providers/test`: what is wrong with a registration.
pub(crate) async fn test(asked: Asked, form: Result<Posted, Refusal>) -> Response {
    asked
        .taken(form, ADDRESS, async |form| {
            let admin = asked.sender(form).await?;
            let typed = form.one("provider").ok().flatten().unwrap_or_default().trim().to_owned();
            let test = NewProviderTest { provider: typed };
            let told = admin.api.test_provider(&test).await;
            let frame = (admin.shell(Place::Applications), &admin.forms);
            let page = Doctor::new(frame, "", &test.provider);
            match told {
                Ok(report) => Ok(asked.page(&page.said(report))),
                Err(Failure::Refused(refused)) if refused.status == 404 => {
                    Ok(asked.page(&page.wrong(nobody())))
                }
                Err(failure) => Err(failure.into()),
            }
        })
        .await
}

#[cfg(test)]
mod tests {
    use latchkey_core::Timestamp;
    use latchkey_core::rng::SeededRng;
    use latchkey_web::{Frame, Theme};

    use super::*;

    #[test]
    fn what_the_doctor_says_is_in_the_readers_language_and_what_is_newer_is_marked_as_english() {
        let theme = Theme::load(None).expect("the built-in theme");
        let mut frame = Frame::new(&SeededRng::new(1), Timestamp::from_millis(0), ADDRESS);
        frame.locale = theme.strings().find("cy").expect("Welsh");
        let page = theme.html(&frame, &Doctor::sample()).expect("a page");
        for (words, english) in [
            ("<span class=\"typed\">AuthnRequest</span>", "an AuthnRequest"),
            (
                "<span class=\"typed\">Mae’n gywir ei ffurf, ac o fewn y terfynau.</span>",
                "well-formed",
            ),
            ("gwnaed y crynhoad (digest) ag algorithm heblaw SHA-256", "another algorithm"),
            (". Mae’n dweud “&lt;b&gt;”.</span>", "It says"),
            ("<span class=\"typed\">Cofrestrwch ei metadata eto.</span>", "Register its metadata"),
        ] {
            assert!(page.contains(words) && !page.contains(english), "{words}");
        }
        for newer in
            ["Something &lt;b&gt;new", "Sign with the &lt;b&gt;old", "&lt;b&gt; is registered"]
        {
            assert!(
                page.contains(&format!("<span class=\"typed\" lang=\"en\">{newer}")),
                "{newer}"
            );
        }
        // A reason that is newer than these words, in a sentence that is not.
        let mut report = samples::doctor_report();
        for check in &mut report.checks {
            check.values.insert("why".to_owned(), "of-tomorrow".to_owned());
        }
        let newer = Doctor { report: Some(Shown::new(report)), ..Doctor::sample() };
        let page = theme.html(&frame, &newer).expect("a page");
        assert!(page.contains("Fe’i gwrthodwyd: <span lang=\"en\">&lt;b&gt;</span>. "), "{page}");
    }
}
