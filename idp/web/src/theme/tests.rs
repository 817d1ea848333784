use http::header;
use latchkey_core::rng::SeededRng;
use serde::Serialize;

use super::*;

#[derive(Serialize)]
struct Note {
    name: &'static str,
}

impl Page for Note {
    const TEMPLATE: &'static str = "note.html";

    fn sample() -> Self {
        Self { name: "<b>Amy</b>" }
    }
}

fn theme(files: &[(&str, &str)]) -> Result<Theme, ThemeError> {
    let folder = tempfile::tempdir().expect("a folder");
    for (path, text) in files {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        fs::write(path, text).expect("a file");
    }
    Theme::load(Some(folder.path()))
}

fn html(files: &[(&str, &str)]) -> Result<String, Error> {
    let frame = Frame::new(&SeededRng::new(1), Timestamp::from_millis(0), "/");
    theme(files).expect("a theme").html(&frame, &Note::sample())
}

#[test]
fn an_operators_theme_lies_on_top_file_by_file_and_message_by_message() {
    let files = [
        ("note.html", "{{ t('log-in') }}/{{ t('log-out') }}/{{ asset('own.css') }}"),
        ("locales/en/own.ftl", "log-in = Come in\n"),
        ("assets/own.css", "body { color: red }"),
    ];
    let html = html(&files).expect("a page");
    assert!(html.starts_with("Come in/Log out//assets/"), "{html}");
}

#[test]
fn a_file_in_the_folder_stands_in_for_a_template_a_part_or_an_asset() {
    let theme = theme(&[
        ("note.html", "{% extends 'layout.html' %}"),
        ("layout.html", "{% include 'parts/problem.html' %}"),
        ("parts/problem.html", "\u{feff}own part"),
        ("assets/person.css", "own {}"),
    ])
    .expect("a theme");
    let frame = Frame::new(&SeededRng::new(1), Timestamp::from_millis(0), "/");
    assert!(theme.html(&frame, &Note::sample()).expect("a page").ends_with("own part"));
    let built_in = Theme::load(None).expect("the built-in theme");
    let url = |theme: &Theme, path: &str| theme.assets().url(path).expect("an asset");
    assert_ne!(url(&theme, "person.css"), url(&built_in, "person.css"), "another hash");
    assert_eq!(url(&theme, "keys.js"), url(&built_in, "keys.js"), "the rest stays");
}

#[test]
fn a_message_in_the_folder_stands_in_for_one_and_leaves_the_others() {
    let files = [
        ("note.html", "{{ t('log-in') }}/{{ t('log-out') }}"),
        ("locales/cy/own.ftl", "log-in = Dewch i mewn\r\n"),
    ];
    let theme = theme(&files).expect("a theme");
    let locale = theme.strings().find("cy").expect("Welsh");
    let english = Frame::new(&SeededRng::new(1), Timestamp::from_millis(0), "/");
    let welsh = Frame { locale, ..english.clone() };
    let html = |frame| theme.html(frame, &Note::sample()).expect("a page");
    assert_eq!(html(&english), "Log in/Log out");
    assert!(html(&welsh).starts_with("Dewch i mewn/"), "{}", html(&welsh));
    assert!(!html(&welsh).ends_with("Log out"), "the built-in Welsh stays");
}

#[test]
fn arguments_are_escaped_once_whether_the_message_has_markup_or_not() {
    let files = [
        ("note.html", "{{ t('plain', name=page.name) }}|{{ markup('rich', name=page.name) }}"),
        ("locales/en/own.ftl", "plain = { $name }\nrich = <i>{ $name }</i>\n"),
    ];
    let html = html(&files).expect("a page");
    let (plain, rich) = html.split_once('|').expect("two");
    assert_eq!(plain, "&lt;b&gt;Amy&lt;/b&gt;");
    assert_eq!(rich, "<i>&lt;b&gt;Amy&lt;/b&gt;</i>");
}

#[test]
fn what_a_template_asks_for_and_is_not_there_is_an_error() {
    for source in
        ["{{ page.nothing }}", "{{ t('nowhere') }}", "{{ asset('no.css') }}", "{{ nothing }}"]
    {
        assert!(html(&[("note.html", source)]).is_err(), "{source}");
    }
}

#[test]
fn a_page_that_cannot_be_rendered_tells_the_log_nothing_of_what_it_shows() {
    let error = html(&[("note.html", "{{ page.name }}\n{{ page.nothing }}")]).err();
    let error = error.expect("an error");
    assert_eq!(error.line(), Some(2), "where it is, all the same");
    let told = format!("{error:#}\n{error:?}\n{}", error.display_debug_info());
    assert!(!told.contains("Amy"), "{told}");
}

#[test]
fn a_mistake_in_a_theme_is_told_at_the_start() {
    assert!(matches!(theme(&[("note.html", "{% if %}")]), Err(ThemeError::Template(_))));
    assert!(matches!(theme(&[("locales/en/a.ftl", "= x")]), Err(ThemeError::Messages(_))));
    assert!(matches!(Theme::load(Some(Path::new("/nowhere/at/all"))), Err(ThemeError::Io { .. })));
}

#[test]
fn a_page_that_cannot_be_rendered_is_a_plain_500_with_the_same_headers() {
    let frame = Frame::new(&SeededRng::new(1), Timestamp::from_millis(0), "/");
    let theme = theme(&[("note.html", "{{ page.nothing }}")]).expect("a theme");
    let response = theme.render(&frame, &Note::sample());
    assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
    assert!(response.headers().contains_key(header::CONTENT_SECURITY_POLICY));
    assert_eq!(response.headers()[header::CACHE_CONTROL], "no-store");
}

#[cfg(unix)]
#[test]
fn a_folder_in_itself_or_a_device_is_refused_instead_of_read_for_ever() {
    for to in [".", "/dev/zero"] {
        let folder = tempfile::tempdir().expect("a folder");
        let link = folder.path().join("assets");
        std::os::unix::fs::symlink(to, &link).expect("a link");
        let refused = Theme::load(Some(folder.path())).expect_err("refused");
        assert!(refused.to_string().contains("assets: "), "{refused}");
    }
}

#[test]
fn a_plate_shows_initials() {
    assert_eq!(initials("Northgate Trust"), "NT");
    assert_eq!(initials("  élan  "), "É");
    assert_eq!(initials("…"), "");
}

/// Of the pages that people log in on: letters are plain text too, and the console has wide lines.
#[test]
fn on_a_page_no_line_ends_within_a_short_word_that_has_a_hyphen() {
    const SHORT: [&str; 3] = ["log-in", "e-mail", "e-bost"];
    let files = built_in();
    let others = ["/mail", "/console"];
    let of_pages =
        |path: &str| path.ends_with(".ftl") && !others.iter().any(|it| path.contains(it));
    let mut broken = Vec::new();
    for (path, source) in files.iter().filter(|(path, _)| of_pages(path)) {
        let source = std::str::from_utf8(source).expect("text");
        for line in source.lines() {
            // Other messages, and what is filled in, are no words.
            let said = line.split_once(" =").map_or(line, |(_, said)| said);
            let said: String = said.split(['{', '}']).step_by(2).collect();
            if SHORT.iter().any(|word| said.to_lowercase().contains(word)) {
                broken.push(format!("{path}: {line}"));
            }
        }
    }
    assert!(broken.is_empty(), "use a hyphen that does not break (U+2011): {broken:#?}");
}

/// What pages say in quotation marks is what other pages' buttons say: a name that was typed would
/// stay behind when the button gets another.
#[test]
fn help_names_buttons_and_pages_by_their_own_messages() {
    let files = built_in();
    let help = files.iter().filter(|(path, _)| path.ends_with("/help.ftl"));
    let mut typed = Vec::new();
    let mut languages = 0;
    for (path, source) in help {
        languages += 1;
        let source = std::str::from_utf8(source).expect("text");
        for quoted in source.split('‘').skip(1) {
            let name = quoted.split('’').next().unwrap_or_default();
            if !(name.starts_with("{ ") && name.ends_with(" }")) {
                typed.push(format!("{path}: {name}"));
            }
        }
    }
    assert!(languages > 1 && typed.is_empty(), "{languages} languages: {typed:#?}");
}
