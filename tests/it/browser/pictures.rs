//! The pictures of the help pages: the product's own pages, with made-up people, in each language.
//! `tests/run --pictures` keeps them; otherwise they are taken to see that they can be, and that
//! they are the ones that are kept.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use super::{log_out, no_autofill, to_log_in, type_password};
use crate::support::browser::{Authenticator, Browser};
use crate::support::installation::Installation;

/// Where the theme has them.
const KEPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../themes/default/assets/help");
/// Set when they are to be kept.
const KEEP: &str = "LATCHKEY_PICTURES";
const LANGUAGES: [&str; 2] = ["en", "cy"];
/// As wide as the room that help pages give a picture, with the margin on both sides.
const WINDOW: u32 = 970;

/// Everything between two elements, with a margin that cuts into no row below them; in a font like
/// those of people's own systems. What is to be pressed has the ring that the keyboard gives it.
const FRAME: &str = r##"
const [from, to, marked] = arguments;
document.body.style.fontFamily = '"Segoe UI", "Open Sans", "Noto Sans", sans-serif';
document.activeElement?.blur();
if (marked) document.querySelector(marked).focus({ focusVisible: true });
const find = (selector) => document.querySelector(selector).getBoundingClientRect();
const sheet = find("h1");
const below = document.querySelector(to).matches(".row") ? 6 : 18;
const [top, bottom] = [find(from).top + scrollY - 18, find(to).bottom + scrollY + below];
return { x: sheet.left - 18, y: top, width: sheet.width + 36, height: bottom - top, scale: 1 };"##;

/// A PNG as a WebP: with twice the pixels of the page, what it loses is not seen.
const PACK: &str = r#"
const done = arguments[arguments.length - 1];
const picture = new Image();
picture.onload = () => {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [picture.width, picture.height];
  canvas.getContext("2d", { alpha: false }).drawImage(picture, 0, 0);
  done(canvas.toDataURL("image/webp", 0.45));
};
picture.src = "data:image/png;base64," + arguments[0];"#;

/// Who takes them, and where they are put.
struct Camera<'b> {
    browser: &'b Browser,
    /// A page of nobody's, which may draw.
    darkroom: Browser,
    folder: PathBuf,
    taken: BTreeSet<String>,
}

impl<'b> Camera<'b> {
    async fn new(browser: &'b Browser, folder: &Path) -> Self {
        browser.look(WINDOW, "light").await;
        let metrics = json!({
            "width": WINDOW, "height": 900, "deviceScaleFactor": 2, "mobile": false,
        });
        browser.devtools("Emulation.setDeviceMetricsOverride", metrics).await;
        let darkroom = browser.another().await;
        Self { browser, darkroom, folder: folder.to_owned(), taken: BTreeSet::new() }
    }

    /// Takes a part of the present page in each language, from one element to another, and shows
    /// the first language again.
    async fn take(&mut self, name: &str, from: &str, to: &str, marked: &str) {
        for language in LANGUAGES {
            self.read_in(language).await;
            let picture = self.picture(from, to, marked).await;
            let path = self.folder.join(language).join(format!("{name}.webp"));
            std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
            std::fs::write(path, picture).expect("the picture is written");
        }
        self.read_in(LANGUAGES[0]).await;
        self.taken.insert(name.to_owned());
    }

    async fn read_in(&self, language: &str) {
        let shown = async || {
            let shown = self.browser.run("return document.documentElement.lang;", vec![]).await;
            shown == language
        };
        if !shown().await {
            let link = self.browser.element(&format!(".who a[hreflang={language}]")).await;
            link.click().await.expect("a click");
            self.browser.until(&format!("the page is in {language}"), shown).await;
        }
    }

    async fn picture(&self, from: &str, to: &str, marked: &str) -> Vec<u8> {
        let clip = self.browser.run(FRAME, vec![json!(from), json!(to), json!(marked)]).await;
        let asked = json!({ "clip": clip, "captureBeyondViewport": true });
        let taken = self.browser.devtools("Page.captureScreenshot", asked).await;
        let packed = self.darkroom.run_async(PACK, vec![taken["data"].clone()]).await;
        let packed = packed.as_str().and_then(|url| url.strip_prefix("data:image/webp;base64,"));
        STANDARD.decode(packed.expect("a WebP picture")).expect("base64")
    }
}

/// Walks through the demo and takes every picture on the way.
async fn walk(camera: &mut Camera<'_>, at: &Installation) {
    let browser = camera.browser;
    no_autofill(browser).await;
    browser.open(at.at("/login?ui_locales=en")).await;
    to_log_in(browser, &at.addresses.rota).await;
    camera.take("log-in", "h1", "#key-hint", "[data-ceremony] .button").await;

    // A first key, on the way to an application.
    let blue = browser.plug_in(Authenticator::small_key()).await;
    type_password(browser, "amy.ward").await;
    browser.until_headed("Set up your security key").await;
    camera.take("set-up-key", ".above", "form .button", "form .button").await;
    browser.press("Set up your security key").await;
    browser.until_headed("Name this key").await;
    browser.fill("Key name", "Blue key").await;
    browser.press("Save and try it").await;
    browser.until_headed("Now use your key").await;
    browser.press("Use your security key").await;
    browser.until_headed("Your key is ready").await;
    camera.take("key-ready", ".above", ".only", "").await;
    browser.press("Continue").await;
    browser.until_at(&at.addresses.rota).await;

    browser.open(at.at("/account/self-service")).await;
    camera.take("self-service", ".tabs", ".services li", ".services a").await;
    browser.press("Manage FIDO2 tokens").await;
    browser.until_headed("Manage FIDO2 tokens").await;
    camera.take("register-key", ".above", ".keys .row", ".actions .button").await;

    // A second one, so that the first can be removed.
    blue.unplug().await;
    let _spare = browser.plug_in(Authenticator::small_key()).await;
    browser.press("Register new token").await;
    browser.until_headed("Set up your security key").await;
    browser.press("Set up your security key").await;
    browser.until_headed("Name this key").await;
    camera.take("name-key", ".above", "form .button", "#nickname").await;
    browser.fill("Key name", "Spare key").await;
    browser.press("Save and try it").await;
    browser.until_headed("Try your key").await;
    browser.press("Use your security key").await;
    browser.until_headed("Your key is ready").await;
    browser.press("Continue").await;
    browser.until_headed("Manage FIDO2 tokens").await;

    camera.take("edit-key", ".keys .row", ".keys .row", ".keys a[href$=edit]").await;
    camera.take("remove-key", ".keys .row", ".keys .row", ".keys a[href$=remove]").await;
    browser.press("Remove").await;
    browser.until_headed("Remove ‘Blue key’?").await;
    camera.take("confirm-removal", "h1", "form .button", "form .button").await;
    browser.press("Keep this key").await;
    browser.until_headed("Manage FIDO2 tokens").await;
    browser.press("Report lost").await;
    browser.until_headed("Report ‘Blue key’ lost").await;
    camera.take("report-lost", "h1", "form .button", "form .button").await;
    browser.press("Go back").await;
    browser.until_headed("Manage FIDO2 tokens").await;
    browser.press("Edit").await;
    browser.until_headed("Rename ‘Blue key’").await;
    camera.take("save-name", ".above", "form .button", "form .button").await;

    log_out(at, browser).await;
    to_log_in(browser, &at.addresses.rota).await;
    type_password(browser, "amy.ward").await;
    browser.until_headed("Now use your key").await;
    camera.take("another-way", ".above", ".ways summary", ".ways summary").await;

    at.apply(EASTMOOR).await;
    to_log_in(browser, &at.addresses.rota).await;
    browser.fill("User name", "ivy.lane").await;
    browser.fill("Password", "teapots on every windowsill").await;
    browser.press("Log in").await;
    browser.until_headed("Your organisation has not switched on security keys yet").await;
    camera.take("not-started", "h1", "form .button", "form .button").await;
}

fn kept(language: &str) -> BTreeSet<String> {
    let files = std::fs::read_dir(Path::new(KEPT).join(language)).expect("pictures");
    let names = files.flatten().map(|it| it.file_name().into_string().expect("a name"));
    names.map(|name| name.trim_end_matches(".webp").to_owned()).collect()
}

#[tokio::test]
async fn every_picture_of_the_help_pages_can_be_taken_again_and_is_of_a_page_that_is_there() {
    let elsewhere = tempfile::tempdir().expect("a folder");
    let is_kept = std::env::var_os(KEEP).is_some();
    let folder = if is_kept { Path::new(KEPT) } else { elsewhere.path() };
    if is_kept {
        let _ = std::fs::remove_dir_all(folder);
    }
    let at = Installation::start().await;
    let browser = Browser::start().await;
    let mut camera = Camera::new(&browser, folder).await;
    walk(&mut camera, &at).await;
    for language in LANGUAGES {
        assert_eq!(kept(language), camera.taken, "in {language}: tests/run --pictures renews them");
    }
}

/// An organisation that has not switched keys on. On the pictures it is the same one as before.
const EASTMOOR: &str = r#"
[[organisation]]
id = "eastmoor"
name = "Northgate Trust"
preset = "hospital"

[[person]]
username = "ivy.lane"
organisation = "eastmoor"
name = "Ivy Lane"
password = "teapots on every windowsill"

[[person]]
username = "kim.gate"
organisation = "eastmoor"
name = "Kim Gate"
email = "kim@northgate.example"

[[role]]
person = "kim.gate"
role = "local-administrator"
organisation = "eastmoor"
"#;
