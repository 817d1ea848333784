//! What operators put into a theme's folder: words, templates and style sheets. A theme may be
//! wrong; it is told so with its file, and nothing else happens.

use std::fs;

use latchkey_core::Timestamp;
use latchkey_core::rng::SeededRng;
use latchkey_web::i18n::{Args, Messages, Strings};
use latchkey_web::{Frame, Page, Theme, check};
use serde::Serialize;

use crate::Target;

const SYNTAX: &[&str] = &[
    "log-in = ",
    "\n    ",
    "\n\n",
    "-term = ",
    "{ $name }",
    "{ -term }",
    "{ log-in }",
    "{ log-in.title }",
    "{ $count ->\n    [one] x\n   *[other] y\n }",
    "{ NUMBER($count) }",
    "{ FUN(a: 1) }",
    "{ \"\\u{D800}\" }",
    "{ \"\\U00FFFF\" }",
    "{",
    "}",
    "{{{{{{{{",
    "}}}}}}}}",
    "#",
    "### ",
    ".title = ",
    "\u{feff}",
    "\r\n",
];

/// Fluent messages, in both languages.
pub(super) const WORDS: Target = Target {
    name: "words",
    cost: 1,
    words: SYNTAX,
    run: |bytes| {
        let Ok(source) = std::str::from_utf8(bytes) else { return };
        let file = |tag: &str, source: &str, overrides| Messages {
            tag: tag.to_owned(),
            file: format!("{tag}.ftl"),
            source: source.to_owned(),
            overrides,
        };
        let built_in = "log-in = Log in\nhello = Hello, { $name }\n";
        let files = [
            file("en", built_in, false),
            file("cy", "hello = Helo, { $name }\n", false),
            file("en", source, true),
            file("cy", source, true),
        ];
        let strings = match Strings::new("en", files) {
            Ok(strings) => strings,
            Err(error) => {
                assert!(!error.reason.is_empty(), "a refusal says why");
                let lines = source.bytes().filter(|byte| *byte == b'\n').count() + 1;
                assert!(error.line.is_none_or(|line| (1..=lines).contains(&line)), "{error}");
                return;
            }
        };
        let name = "Amy \u{202e}<b>";
        let args = Args::from([("name", name.into()), ("count", 3.into())]);
        let keys =
            source.lines().filter_map(|line| line.split_once('=')).map(|(key, _)| key.trim());
        for locale in strings.locales() {
            for key in keys.clone().chain(["log-in", "hello"]) {
                let said = strings.say(locale, key, &args);
                if let Some(fixed) = strings.fixed(locale, key) {
                    assert_eq!(said.as_deref(), Ok(&**fixed), "{key} says one thing");
                }
            }
            assert!(strings.untranslated(locale).iter().all(|key| !key.is_empty()));
        }
    },
};

/// What a page of a theme that overrides it shows.
#[derive(Serialize)]
struct Note {
    name: &'static str,
}

impl Page for Note {
    const TEMPLATE: &'static str = "message.html";

    fn sample() -> Self {
        Self { name: "<b>Amy</b>" }
    }
}

/// A path that stays inside the folder.
fn inside(path: &str) -> Option<String> {
    let part = |part: &&str| {
        (1..=60).contains(&part.len())
            && !part.starts_with('.')
            && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_. ".contains(&byte))
    };
    let parts: Vec<&str> = path.trim().split('/').filter(part).take(4).collect();
    (!parts.is_empty()).then(|| parts.join("/"))
}

/// A folder: lines `=== path` begin its files.
pub(super) const FOLDER: Target = Target {
    name: "theme",
    cost: 30,
    words: &[
        "\n=== message.html\n",
        "\n=== layout.html\n",
        "\n=== parts/problem.html\n",
        "\n=== locales/en/own.ftl\n",
        "\n=== locales/zz-/own.ftl\n",
        "\n=== assets/person.css\n",
        "\n=== assets/own.css\n",
        "{% extends \"layout.html\" %}",
        "{% include \"message.html\" %}",
        "{% import \"message.html\" as m %}",
        "{% block content %}",
        "{% endblock %}",
        "{% macro a() %}{{ a() }}{% endmacro %}{{ a() }}",
        "{% for x in [1, 2] recursive %}{{ loop([x]) }}{% endfor %}",
        "{{ super() }}",
        "{{ t('log-in') }}",
        "{{ t(page) }}",
        "{{ t('",
        "{{ markup(\"é",
        "{{ when(9223372036854775807) }}",
        "{{ when(-9223372036854775808, inline=true) }}",
        "{{ asset('person.css') }}",
        "{{ help_url('x') }}",
        "{{ page.name|initials }}",
        "{{ 1 // 0 }}",
        "{{ -9223372036854775807 * 9 }}",
        "((((((((",
        "log-in = { $x }\n",
        ":root { --ink: #fff; --surface: #ffe; }",
        "@media (prefers-color-scheme: dark) { :root {",
        "--accent: #",
        "/*",
        "*/",
        "{#",
        "\u{feff}",
    ],
    run: |bytes| {
        let folder = tempfile::tempdir().expect("a folder");
        let text = String::from_utf8_lossy(bytes);
        for file in text.split("=== ").skip(1) {
            let (path, content) = file.split_once('\n').unwrap_or((file, ""));
            let Some(path) = inside(path) else { continue };
            let path = folder.path().join(path);
            // One that is a file already is no folder.
            let made = path.parent().is_some_and(|above| fs::create_dir_all(above).is_ok());
            if made && !path.is_dir() {
                fs::write(&path, content).expect("written");
            }
        }
        let findings = check::check(Some(folder.path())).expect("the folder can be read");
        assert!(findings.iter().all(|finding| !finding.to_string().is_empty()));
        match Theme::load(Some(folder.path())) {
            Ok(theme) => {
                let frame = Frame::new(&SeededRng::new(1), Timestamp::from_millis(0), "/");
                if let Ok(html) = theme.html(&frame, &Note::sample()) {
                    assert!(!html.contains("<b>Amy</b>"), "names are escaped: {html}");
                }
            }
            Err(error) => assert!(!error.to_string().is_empty(), "a refusal says why"),
        }
    },
};
