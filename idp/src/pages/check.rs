//! Every page in every language and state, rendered to find out what a theme gets wrong. Strict: what
//! a template asks for and is not there is an error.

use std::path::Path;

use jiff::tz::TimeZone;
use latchkey_core::Timestamp;
use latchkey_core::organisations::Helpdesk;
use latchkey_core::rng::SeededRng;
use latchkey_web::check::{self, Finding};
use latchkey_web::{Frame, Organisation, Signal, Theme, ThemeError};

/// The time that samples are near to.
pub(super) const NOW: Timestamp = Timestamp::from_millis(1_788_420_000_000);

/// Everything that is wrong with a theme's folder, or with the built-in theme.
///
/// # Errors
/// When the folder cannot be read.
pub fn check(folder: Option<&Path>) -> Result<Vec<Finding>, ThemeError> {
    let mut findings = check::check(folder)?;
    match Theme::load(folder) {
        Ok(theme) => {
            for frame in frames(&theme) {
                let tag = theme.strings().tag(frame.locale);
                for (name, html) in super::rendered(&theme, &frame) {
                    let Err(error) = html else { continue };
                    let found = Finding::of(&error);
                    findings.push(found.on(&format!("shown on the page \"{name}\" in {tag}")));
                }
                for (name, written) in super::letter::rendered(&theme, &frame) {
                    let Err(error) = written else { continue };
                    findings.push(Finding::of(&error).on(&format!("in the {name} in {tag}")));
                }
            }
        }
        // Told already, each with its line, unless it is about several files.
        Err(error) if findings.is_empty() => {
            findings.push(Finding::new("the theme", None, error.to_string()));
        }
        Err(_) => {}
    }
    Ok(first_of_each(findings))
}

/// The same mistake shows on many pages and in every language: once is enough.
fn first_of_each(mut findings: Vec<Finding>) -> Vec<Finding> {
    findings.sort();
    findings.dedup_by(|next, first| first.is_same_mistake(next));
    findings
}

/// What pages are shown in: in each language, with as little as possible and with everything.
pub(super) fn frames(theme: &Theme) -> Vec<Frame> {
    let helpdesk = Helpdesk {
        name: Some("Northgate helpdesk".into()),
        phone: Some("01632 960 001".into()),
        hours: Some("Every day, 07:00 to 21:00".into()),
        email: Some("help@northgate.example".into()),
        reporting: Some("Tell security on 01632 960 002".into()),
    };
    let organisation = Organisation {
        slug: "northgate".into(),
        name: "Northgate <Trust>".into(),
        colour: Some("#1d4f91".into()),
        logo: None,
        helpdesk,
    };
    let pictured = Organisation {
        logo: Some("/organisations/northgate/logo".into()),
        helpdesk: Helpdesk::default(),
        ..organisation.clone()
    };
    let bare = Frame::new(&SeededRng::new(1), NOW, "/login/1?a=b");
    let full = Frame {
        organisation: Some(organisation),
        person: Some("Amy Ward".into()),
        zone: TimeZone::UTC,
        https: true,
        signal: Some(Signal::UnknownCredential {
            rp_id: "login.example.org".into(),
            credential_id: "</script>".into(),
        }),
        ..bare.clone()
    };
    let pictured = Frame { organisation: Some(pictured), ..bare.clone() };
    let all = [bare, full, pictured];
    let locales = theme.strings().locales();
    locales.flat_map(|locale| all.clone().map(|frame| Frame { locale, ..frame })).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(files: &[(&str, &str)]) -> Vec<String> {
        let folder = tempfile::tempdir().expect("a folder");
        for (path, text) in files {
            let path = folder.path().join(path);
            std::fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
            std::fs::write(path, text).expect("a file");
        }
        check(Some(folder.path())).expect("read").iter().map(ToString::to_string).collect()
    }

    #[test]
    fn the_built_in_theme_has_nothing_wrong() {
        let findings = check(None).expect("read");
        assert!(findings.is_empty(), "{findings:#?}");
    }

    #[test]
    fn what_a_template_asks_for_and_is_not_there_is_told_once_with_its_line() {
        let told = found(&[("parts/problem.html", "\n{{ page.nothing }}\n")]);
        assert_eq!(told.len(), 1, "{told:?}");
        assert!(told[0].starts_with("parts/problem.html:2: "), "{told:?}");
        assert!(told[0].contains("shown on the page"), "{told:?}");
    }

    #[test]
    fn a_page_that_only_one_state_shows_is_rendered_in_that_state() {
        let source = "{% extends \"layout.html\" %}{% block heading %}x{% endblock %}\n\
                      {% block content %}{% if page.closed == 'suspended' %}\n\
                      {{ page.clsoed }}{% endif %}{% endblock %}";
        let told = found(&[("account/keys.html", source)]);
        assert_eq!(told.len(), 1, "{told:?}");
        assert!(told[0].starts_with("account/keys.html:3: "), "{told:?}");
        assert!(told[0].contains("keys, closed while suspended"), "{told:?}");
    }

    #[test]
    fn what_a_letter_asks_for_and_is_not_there_is_told_and_a_message_that_is_nowhere() {
        let told = found(&[("mail/letter.txt", "{{ page.nothing }}\n")]);
        assert_eq!(told.len(), 1, "{told:?}");
        assert!(told[0].starts_with("mail/letter.txt:1: "), "{told:?}");
        assert!(told[0].contains("in the letter, "), "{told:?}");
        let told = found(&[("mail/letter.txt", "{{ t('mail-wen') }}\n")]);
        assert!(told.iter().any(|it| it.contains("the nearest is \"mail-when\"")), "{told:?}");
    }

    #[test]
    fn a_theme_that_cannot_be_loaded_is_told_and_nothing_is_rendered() {
        let told = found(&[("message.html", "{% if %}")]);
        assert_eq!(told.len(), 1, "{told:?}");
        assert!(told[0].starts_with("message.html:1: "), "{told:?}");
    }
}
