//! What the doctor says, by the API's codes in the theme's words; in the API's English where a
//! code is newer than these words.

use std::collections::BTreeMap;

use latchkey_api::doctor::{
    DOCTOR_ABOUTS, DOCTOR_ADVICE, DOCTOR_FINDINGS, DoctorCheck, DoctorRemedy, DoctorReport,
};
use latchkey_web::Text;
use serde::Serialize;

use crate::pages::{coded, samples};

/// A sentence of the doctor's.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Sentence {
    /// In the theme's words, where it has some.
    text: Option<Text>,
    /// What a parser says, in English: for those words, if they are about a newer one.
    reason: Option<String>,
    /// All of it in English.
    english: String,
}

impl Sentence {
    pub(super) fn new(
        (prefix, codes): (&str, &[(&str, &[&str])]),
        code: &str,
        values: &BTreeMap<String, String>,
        english: String,
    ) -> Self {
        let mut text = coded::text(prefix, codes, code, values);
        let reason = text.as_mut().and_then(|text| text.args.remove("reason"));
        let reason = reason.and_then(|reason| reason.as_str().map(str::to_owned));
        Self { text, reason, english }
    }
}

/// What there are sentences of: the beginning of their keys, and their codes.
pub(super) type Sentences = (&'static str, &'static [(&'static str, &'static [&'static str])]);

pub(super) const ABOUTS: Sentences = ("console-doctor-about", &DOCTOR_ABOUTS);
pub(super) const FINDINGS: Sentences = ("console-doctor-found", &DOCTOR_FINDINGS);
pub(super) const ADVICE: Sentences = ("console-doctor-do", &DOCTOR_ADVICE);

/// Every sentence, about one thing.
pub(super) fn everything((about, names): &(&str, &[&str])) -> DoctorReport {
    let values = |names: &[&str]| {
        names.iter().map(|name| ((*name).into(), "<script>alert(1)</script>".into())).collect()
    };
    let mut report = samples::doctor_report();
    report.about_code = (*about).to_owned();
    report.about_values = values(names);
    let Some(failed) = report.checks.iter().find(|check| !check.remedies.is_empty()) else {
        return report;
    };
    let Some(remedy) = failed.remedies.first() else { return report };
    let remedies = ADVICE.1.iter().map(|(code, names)| DoctorRemedy {
        code: (*code).to_owned(),
        values: values(names),
        ..remedy.clone()
    });
    let failed = DoctorCheck { remedies: remedies.collect(), ..failed.clone() };
    let found = FINDINGS.1.iter().map(|(code, names)| DoctorCheck {
        code: (*code).to_owned(),
        values: values(names),
        remedies: Vec::new(),
        ..failed.clone()
    });
    report.checks = found.chain([failed.clone()]).collect();
    report
}
