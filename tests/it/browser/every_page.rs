//! Every page in every state, with made-up people on it: wide and narrow, in light and in dark, in
//! every language. What people do on the way to one is tested elsewhere; a page that nobody walks to
//! there is looked at here.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{Html, IntoResponse as _, Response};
use axum::routing::get;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use latchkey::pages;
use latchkey_core::Timestamp;
use latchkey_core::organisations::Helpdesk;
use latchkey_core::rng::SeededRng;
use latchkey_web::{Frame, Organisation, Theme};

use crate::support::browser::Browser;

/// Near the times on the samples.
const NOW: Timestamp = Timestamp::from_millis(1_788_420_000_000);

/// A white cross on blue, twice as wide as high.
const LOGO: &str = "iVBORw0KGgoAAAANSUhEUgAAAGAAAAAwAQMAAADU2O2MAAAABlBMVEX///8fTpY1LmPJAAAAMklEQVR42r2SMQ4AIBCDqB8/f46LiS+o3ZgaEiJvizIku/yDXqPRus9nQFUYrcqlF8UB+jARy4E+roAAAAAASUVORK5CYII=";

struct Shown {
    theme: Theme,
    /// By name.
    pages: Vec<(String, String)>,
}

/// Every page in a language, by the number in its address.
async fn serve(language: &str) -> (String, Arc<Shown>) {
    let theme = Theme::load(None).expect("the built-in theme");
    let helpdesk = Helpdesk {
        name: Some("Northgate helpdesk".into()),
        phone: Some("01632 960 001".into()),
        hours: Some("Every day, 07:00 to 21:00".into()),
        email: Some("helpdesk@northgate.example".into()),
        reporting: Some("Tell security on 01632 960 002".into()),
    };
    let organisation = Organisation {
        slug: "northgate".into(),
        name: "Northgate Trust".into(),
        colour: Some("#1f4e96".into()),
        logo: None,
        helpdesk,
    };
    let frame = Frame {
        locale: theme.strings().find(language).expect("a language of the theme"),
        organisation: Some(organisation),
        person: Some("Amy Ward".into()),
        ..Frame::new(&SeededRng::new(1), NOW, "/")
    };
    let rendered = pages::samples(&theme, &frame).into_iter();
    let pages = rendered
        .map(|(name, html)| (name, html.unwrap_or_else(|error| panic!("a page: {error}"))))
        // What a search found is a part of a page, and looked at there.
        .filter(|(_, html)| html.contains("<html"))
        .collect();
    let shown = Arc::new(Shown { theme, pages });
    let router = Router::new()
        .route("/page/{number}", get(page))
        .route("/assets/{hash}/{*path}", get(asset))
        .route("/admin/logo/{organisation}", get(logo))
        .with_state(Arc::clone(&shown));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let port = listener.local_addr().expect("bound").port();
    tokio::spawn(async move { axum::serve(listener, router).await });
    (format!("http://localhost:{port}"), shown)
}

/// The picture that the console's sample of an organisation has.
async fn logo() -> Response {
    let picture = STANDARD.decode(LOGO).expect("base64");
    ([(header::CONTENT_TYPE, "image/png")], picture).into_response()
}

async fn page(State(shown): State<Arc<Shown>>, Path(number): Path<usize>) -> Response {
    // One page posts itself to an application.
    let stay = [(header::CONTENT_SECURITY_POLICY, "form-action 'none'")];
    (stay, Html(shown.pages[number].1.clone())).into_response()
}

async fn asset(
    State(shown): State<Arc<Shown>>,
    Path((hash, path)): Path<(String, String)>,
    headers: HeaderMap,
) -> Response {
    let found = shown.theme.assets().serve(&hash, &path, &headers);
    found.unwrap_or_else(|| StatusCode::NOT_FOUND.into_response())
}

async fn every_page(language: &str) {
    let (origin, shown) = serve(language).await;
    let browser = Browser::start().await;
    let mut found = Vec::new();
    for (number, (name, _)) in shown.pages.iter().enumerate() {
        browser.open(format!("{origin}/page/{number}")).await;
        let lang = browser.run("return document.documentElement.lang", vec![]).await;
        assert_eq!(lang, language, "{name}");
        let barriers = browser.barriers().await.into_iter();
        found.extend(barriers.map(|barrier| format!("{name}: {barrier}")));
        let file = name.replace(|c: char| !c.is_ascii_alphanumeric(), "-");
        browser.shot(&format!("every-{language}-{file}")).await;
    }
    assert!(found.is_empty(), "not accessible in {language}:\n{}", found.join("\n"));
}

#[tokio::test]
async fn every_page_in_english_is_accessible_in_light_and_dark() {
    every_page("en").await;
}

#[tokio::test]
async fn every_page_in_welsh_is_accessible_in_light_and_dark() {
    every_page("cy").await;
}
