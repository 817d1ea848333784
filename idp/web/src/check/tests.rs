use super::*;

fn found(files: &[(&str, &str)]) -> Vec<String> {
    let folder = tempfile::tempdir().expect("a folder");
    for (path, text) in files {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        std::fs::write(path, text).expect("a file");
    }
    let findings = check(Some(folder.path())).expect("read");
    findings.iter().map(ToString::to_string).collect()
}

#[test]
fn the_built_in_theme_and_an_empty_one_have_nothing_wrong() {
    let findings = check(None).expect("read");
    assert_eq!(findings, [], "{findings:#?}");
    assert_eq!(found(&[]), [""; 0]);
}

#[test]
fn a_theme_that_overrides_one_of_each_kind_has_nothing_wrong() {
    let files = [
        ("unmet.html", "\u{feff}{% extends \"layout.html\" %}\r\n{{ t(\"log-in\") }}\r\n"),
        ("locales/en/own.ftl", "\u{feff}log-in = Come in\r\n"),
        ("assets/mark.svg", "<svg xmlns=\"http://www.w3.org/2000/svg\"/>"),
    ];
    assert_eq!(found(&files), [""; 0]);
}

#[test]
fn a_theme_may_add_parts_pictures_and_messages_that_it_uses_itself() {
    let page = "{% include \"parts/own.html\" %}{{ asset('own.png') }}{{ t(\"own\", n=1) }}";
    let files = [
        ("message.html", page),
        ("parts/own.html", "x"),
        ("assets/own.png", "png"),
        ("locales/en/own.ftl", "own = { $n }\n"),
        ("locales/cy/own.ftl", "own = { $n }\n"),
    ];
    // What nobody gives cannot be known for a message of the theme's own.
    assert_eq!(found(&files), [""; 0]);
}

#[test]
fn what_is_ill_formed_has_its_file_and_line() {
    let told = found(&[
        ("message.html", "one\n{% if %}\n"),
        ("locales/en/a.ftl", "log-in = Come in\n\nlog-out = { $\n"),
    ]);
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(told[0].starts_with("locales/en/a.ftl:3: "), "{told:?}");
    assert!(told[1].starts_with("message.html:2: "), "{told:?}");
}

#[test]
fn what_is_named_and_is_not_there_is_told_with_the_nearest() {
    let page = "{% extends \"layuot.html\" %}\n{{ t('log-inn') }}{{ t('help-' ~ 'x') }}\n\
                {% include 'parts/problm.html' %}";
    assert_eq!(
        found(&[("message.html", page)]),
        [
            "message.html:1: there is no template \"layuot.html\"; the nearest is \"layout.html\"",
            "message.html:2: there is no message \"log-inn\"; the nearest is \"log-in\"",
            "message.html:3: there is no template \"parts/problm.html\"; the nearest is \
             \"parts/problem.html\"",
        ]
    );
}

#[test]
fn what_nothing_uses_is_told_with_what_may_be_meant() {
    let told = found(&[
        ("lay-out.html", "x"),
        ("assets/marc.svg", "x"),
        ("locales/en/a.ftl", "log-inn = Come in\n"),
        ("locales/a.ftl", "log-in = Come in\n"),
    ]);
    assert_eq!(
        told,
        [
            "assets/marc.svg: nothing uses this file; the nearest is \"assets/mark.svg\"",
            "lay-out.html: nothing uses this file; the nearest is \"layout.html\"",
            "locales/a.ftl: nothing uses this file",
            "locales/en/a.ftl:1: nothing uses the message \"log-inn\"; the nearest is \"log-in\"",
        ]
    );
}

#[test]
fn a_message_that_asks_for_what_nobody_gives_or_is_said_twice_is_told() {
    let told = found(&[
        ("locales/cy/a.ftl", "# $nobody\nreceipt-added = { $nicknam }\n"),
        ("locales/cy/b.ftl", "receipt-added =\n    { $nickname }\n"),
    ]);
    assert_eq!(
        told,
        [
            "locales/cy/a.ftl:2: \"receipt-added\" asks for $nicknam, which nobody gives; the \
             nearest is \"nickname\"",
            "locales/cy/b.ftl:1: the message \"receipt-added\" is at locales/cy/a.ftl:2 as well",
        ]
    );
}

#[test]
fn a_new_language_lacks_what_it_does_not_say() {
    let told = found(&[("locales/fr/a.ftl", "log-in = Entrer\n"), ("locales/q!/a.ftl", "")]);
    assert!(told.contains(&"locales/fr: lacks the message \"log-out\"".to_owned()), "{told:?}");
    assert!(!told.iter().any(|text| text.ends_with("fr: lacks the message \"log-in\"")));
    assert!(told.contains(&"locales/q!/a.ftl: q! is no language tag".to_owned()), "{told:?}");
}

#[test]
fn colours_that_cannot_be_read_are_told_in_light_and_in_dark() {
    let css = "/* ink\n */\n:root { --ink: #777; --surface: #fff;\n  --edge: #767676 }\n\
               @media (prefers-color-scheme: dark) {\n  :root { --surface: #888888; }\n}\n\
               .ink { --ink: #fff; }\n@media (max-width: 9em) { :root { --ink: #fff } }\n";
    assert_eq!(
        found(&[("assets/person.css", css)]),
        [
            "assets/person.css:3: --ink #777777 has a contrast of 4.47:1 with --surface #ffffff in \
             light, and needs 4.5:1 (WCAG 2.2 AA)",
            "assets/person.css:6: --edge #767676 has a contrast of 1.28:1 with --surface #888888 \
             in dark, and needs 3:1 (WCAG 2.2 AA)",
            "assets/person.css:6: --ink #777777 has a contrast of 1.26:1 with --surface #888888 in \
             dark, and needs 4.5:1 (WCAG 2.2 AA)",
        ]
    );
}

#[test]
fn what_is_no_text_is_told() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("message.html"), b"\xff\xfe").expect("a file");
    let findings = check(Some(folder.path())).expect("read");
    assert_eq!(findings, [Finding::new("message.html", None, "this is not UTF-8 text")]);
    assert!(check(Some(Path::new("/nowhere/at/all"))).is_err());
}

#[test]
fn a_theme_may_replace_pictures_and_add_those_of_a_language_and_each_is_one() {
    let picture = "RIFF\u{16}\0\0\0WEBPVP8X\u{a}\0\0\0\0\0\0\0\u{7}\u{4}\0\u{7f}\u{2}\0";
    assert_eq!(found(&[("assets/help/en/log-in.webp", picture)]), [""; 0]);
    assert_eq!(found(&[("assets/help/fr/log-in.webp", picture)]), [""; 0]);
    let told = found(&[("assets/help/cy/log-in.webp", "PNG")]);
    assert_eq!(told, ["assets/help/cy/log-in.webp: this is no WebP picture"]);
    let told = found(&[("assets/help/fr/log-on.webp", picture)]);
    assert!(told[0].contains("nothing uses this file; the nearest is"), "{told:?}");
}
