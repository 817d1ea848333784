use std::collections::BTreeSet;

use latchkey_core::rng::SeededRng;
use latchkey_web::Form;

use super::check::{NOW, frames};
use super::*;

#[test]
fn every_page_renders_in_every_language_and_lets_nothing_through_unescaped() {
    let theme = Theme::load(None).expect("the built-in theme");
    for frame in frames(&theme) {
        for (name, html) in samples(&theme, &frame) {
            let html = html.unwrap_or_else(|error| panic!("{name}: {error}"));
            assert!(!html.contains("<script>alert"), "{name} runs a nickname");
            assert!(!html.contains("<Trust>"), "{name} lets a name through as markup");
            assert!(!html.contains(" style="), "{name} has a style that the policy forbids");
            assert!(!html.contains(" onclick="), "{name} has a handler that the policy forbids");
            // What a search found is a part of a page that has its own.
            let headings = usize::from(html.contains("<html"));
            assert_eq!(html.matches("<h1").count(), headings, "{name} has one main heading");
            assert_eq!(
                html.matches("</script>").count(),
                html.matches("<script").count(),
                "{name}"
            );
        }
    }
}

#[test]
fn every_message_has_a_translation() {
    let theme = Theme::load(None).expect("the built-in theme");
    for locale in theme.strings().locales() {
        let missing = theme.strings().untranslated(locale);
        assert!(missing.is_empty(), "{} lacks {missing:?}", theme.strings().tag(locale));
    }
}

#[test]
fn the_log_in_page_with_all_its_assets_fits_its_budget() {
    let theme = Theme::load(None).expect("the built-in theme");
    for frame in frames(&theme) {
        let html = theme.html(&frame, &login::Login::sample()).expect("a page");
        let assets = ["person.css", "keys.js", "mark.svg"].map(|path| theme.assets().size(path));
        let bytes = html.len() + assets.into_iter().flatten().sum::<usize>();
        assert!(bytes <= 40 * 1024, "{bytes} bytes");
    }
}

#[test]
fn the_log_in_page_is_the_same_for_everybody() {
    let theme = Theme::load(None).expect("the built-in theme");
    let frame = Frame::new(&SeededRng::new(1), NOW, "/login/1");
    let render = |username: &str| {
        let page = login::Login { username: username.into(), ..login::Login::sample() };
        theme.html(&frame, &page).expect("a page").replace(username, "…")
    };
    assert_eq!(render("amy.ward"), render("nobody.at-all"));
}

#[test]
fn a_page_that_is_filled_in_says_what_its_template_says_whatever_is_in_the_form() {
    let theme = Theme::load(None).expect("the built-in theme");
    let forms = [
        Form::new("https://rota.example/consumer").with("SAMLResponse", "PHNhbWxwOg+/=="),
        Form::new("https://rota.example/callback?a=b&c='\"><script>alert(1)</script>"),
        Form::new("x").with("code", "c1").with("state", "\u{e000}1\u{e000}"),
        Form::new("x").with("<b>", "\"><script>alert(1)</script>").with("&amp;", "é 漢 &amp;"),
        (0..40).fold(Form::new("x"), |form, number| form.with("many", number.to_string())),
    ];
    let plain = Frame::new(&SeededRng::new(1), NOW, "/oauth2/authorize?scope=a%22b&ui_locales=en");
    let other = Frame::new(&SeededRng::new(2), NOW, "/saml/sso");
    for frame in frames(&theme).into_iter().chain([plain, other]) {
        for form in &forms {
            let filled = theme.form_html::<login::FormPost>(&frame, form.clone()).expect("a page");
            let rendered = theme.html(&frame, &login::FormPost { form: form.clone() });
            assert_eq!(filled, rendered.expect("a page"));
        }
    }
}

#[test]
fn contractual_names_are_there() {
    let theme = Theme::load(None).expect("the built-in theme");
    let frame = Frame::new(&SeededRng::new(1), NOW, "/login/1");
    let all: String =
        samples(&theme, &frame).into_iter().filter_map(|(_, html)| html.ok()).collect();
    for name in [
        "Log in",
        "Use a passkey or security key",
        "Use your security key",
        "Try another way",
        "Manage FIDO2 tokens",
        "Register new token",
        "Edit",
        "Remove",
        "Get help",
        "Need help?",
    ] {
        assert!(all.contains(&format!(">{name}<")), "{name}");
    }
    assert!(all.contains("autocomplete=\"username webauthn\""));
    assert!(all.contains("autocomplete=\"current-password\""));
}

#[test]
fn a_notice_starts_nothing_again_that_cannot_go_on() {
    for (notice, goes_on) in message::Notice::samples() {
        let slug = notice.slug();
        let onward = goes_on.then(|| "/login/1/restart".to_owned());
        let action = message::Message::notice(notice, onward.clone()).action.expect("a way on");
        let elsewhere = match slug {
            "closed" => "/help/get-help",
            "not-logged-out" => "/logout",
            _ => "/account",
        };
        assert_eq!(action.url, onward.as_deref().unwrap_or(elsewhere), "{slug}");
        let starts = ["expired", "finished"].contains(&slug);
        assert_eq!(action.label.key == "start-again", starts, "{slug}");
    }
}

#[test]
fn whoever_is_logged_out_is_not_greeted() {
    let theme = Theme::load(None).expect("the built-in theme");
    for frame in frames(&theme).into_iter().filter(|frame| frame.person.is_some()) {
        for (name, html) in samples(&theme, &frame) {
            let html = html.unwrap_or_else(|error| panic!("{name}: {error}"));
            let out = ["logged-out.html", "login.html", "reported, logged out", "not-me, done"];
            let greeted = html.contains("class=\"name\"");
            assert!(!(out.contains(&name.as_str()) && greeted), "{name}");
            assert!(!name.starts_with("account/") || greeted, "{name}");
        }
    }
}

#[test]
fn every_failure_of_a_browser_has_words() {
    let theme = Theme::load(None).expect("the built-in theme");
    let frame = Frame::new(&SeededRng::new(1), NOW, "/login/1");
    for failure in [
        "NotAllowedError",
        "InvalidStateError",
        "SecurityError",
        "NotSupportedError",
        "NetworkError",
        "OptionsError",
        "ConstraintError",
        "TimeoutError",
        "AbortError",
        "<script>",
        "",
    ] {
        for registering in [true, false] {
            let problem = Some(factor::browser_problem(failure, registering));
            let page = factor::SetUpKey { problem, ..factor::SetUpKey::sample() };
            theme.html(&frame, &page).expect("a page");
        }
    }
}

#[test]
fn a_kind_is_told_by_its_transports() {
    let kind = |transports: &[&str], synced| {
        let transports: Vec<String> = transports.iter().map(|it| (*it).to_owned()).collect();
        Kind::of(&transports, synced)
    };
    assert_eq!(kind(&["usb", "nfc"], false), Kind::UsbNfc);
    assert_eq!(kind(&["usb"], false), Kind::Usb);
    assert_eq!(kind(&["hybrid"], true), Kind::Phone);
    assert_eq!(kind(&["hybrid", "internal"], true), Kind::Device);
    assert_eq!(kind(&["internal"], false), Kind::Device);
    assert_eq!(kind(&[], false), Kind::Usb);
}

#[test]
fn help_shows_every_picture_that_is_there_and_no_other_each_in_its_language_and_with_its_size() {
    let theme = Theme::load(None).expect("the built-in theme");
    let tags = ["en", "cy"];
    let there: BTreeSet<&str> =
        theme.assets().paths().filter(|path| path.starts_with("help/")).collect();
    let mut shown = BTreeSet::new();
    for frame in frames(&theme) {
        let language = theme.strings().tag(frame.locale);
        assert!(tags.contains(&language), "{language} has no pictures");
        for (name, html) in samples(&theme, &frame) {
            let html = html.unwrap_or_else(|error| panic!("{name}: {error}"));
            let images = html.split("<img ").skip(1).filter_map(|image| image.split('>').next());
            for image in images.filter(|image| image.contains("/help/")) {
                let (_, path) = image.split_once("/help/").expect("an address");
                let path = path.split('"').next().unwrap_or_default();
                let (of, _) = path.split_once('/').expect("a language");
                assert_eq!(of, language, "{name}: {image}");
                assert!(image.contains(" width=\"516\" height=\""), "{name}: {image}");
                let alt = image.split_once(" alt=\"").map_or("", |(_, alt)| alt);
                assert!(alt.split('"').next().is_some_and(|alt| alt.len() > 30), "{name}: {image}");
                shown.insert(format!("help/{path}"));
            }
        }
    }
    assert_eq!(shown.iter().map(String::as_str).collect::<BTreeSet<_>>(), there);
    let bytes: usize = there.iter().filter_map(|path| theme.assets().size(path)).sum();
    assert!(bytes <= 660 * 1024, "{bytes} bytes: everybody who installs it carries them");
}
