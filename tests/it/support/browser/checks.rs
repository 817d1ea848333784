//! What is looked at on a page as a whole: axe-core's findings, and pictures for people to judge.

use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::Browser;

const AXE: &str =
    concat!(env!("CARGO_MANIFEST_DIR"), "/it/rp/node/node_modules/axe-core/axe.min.js");
const SHOTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/shots");

/// What stands in a column of a few letters, or is wider than its button.
const SQUEEZED: &str = r#"
const wrong = [...document.querySelectorAll("p, li, dt, dd, h1, h2, h3, a, label, .button, .tag")]
  .filter((it) => it.checkVisibility() && it.innerText.trim().length > 8)
  .filter((it) => {
    const [box, letter] = [it.getBoundingClientRect(), parseFloat(getComputedStyle(it).fontSize)];
    const isColumn = box.width < 4 * letter && box.height > 4 * letter;
    return isColumn || (it.matches(".button, .tag") && it.scrollWidth > it.clientWidth + 1);
  });
return wrong.map((it) => it.outerHTML.slice(0, 160));"#;

/// What reaches beyond the page, the innermost last.
const TOO_WIDE: &str = r#"
const edge = document.documentElement.clientWidth;
return [...document.querySelectorAll("body *")]
  .filter((it) => it.checkVisibility() && it.getBoundingClientRect().right > edge + 0.5)
  .slice(-3).map((it) => it.outerHTML.slice(0, 160));"#;

/// Width in CSS pixels, colour scheme.
const PICTURES: [(u32, &str); 4] = [(1280, "light"), (360, "light"), (1280, "dark"), (360, "dark")];

impl Browser {
    /// Fails when axe-core finds anything on the page, in light or dark, wide or narrow.
    pub(crate) async fn axe(&self) {
        let found = self.barriers().await;
        let address = self.address().await;
        assert!(found.is_empty(), "{address} is not accessible:\n{}", found.join("\n"));
    }

    /// What axe-core finds on the page, in light or dark, wide or narrow.
    pub(crate) async fn barriers(&self) -> Vec<String> {
        let source = std::fs::read_to_string(AXE).expect("axe-core; tests/run installs it");
        self.run(&source, vec![]).await;
        let mut found = Vec::new();
        for (width, scheme) in [(1280, "light"), (320, "dark")] {
            self.look(width, scheme).await;
            let violations = self
                .run_async(
                    "const done = arguments[arguments.length - 1];
                     axe.run().then(r => done(r.violations), e => done([{ help: String(e) }]));",
                    vec![],
                )
                .await;
            for violation in violations.as_array().expect("a list") {
                found.push(format!("{width} px, {scheme}: {}", readable(violation)));
            }
            let overflow = self
                .run(
                    "const e = document.documentElement;
                     return e.scrollWidth - e.clientWidth;",
                    vec![],
                )
                .await;
            let squeezed = self.run(SQUEEZED, vec![]).await;
            for element in squeezed.as_array().expect("a list") {
                found.push(format!("{width} px: words have no room in {element}"));
            }
            if overflow.as_i64().is_some_and(|pixels| pixels > 0) {
                let wide = self.run(TOO_WIDE, vec![]).await;
                found.push(format!(
                    "{width} px: the page scrolls sideways by {overflow} px: {wide}"
                ));
            }
        }
        self.look_normal().await;
        found
    }

    /// Keeps pictures of the page in `tests/shots` when `LATCHKEY_SHOTS` is set.
    pub(crate) async fn shot(&self, name: &str) {
        if std::env::var_os("LATCHKEY_SHOTS").is_none() {
            return;
        }
        std::fs::create_dir_all(SHOTS).expect("a folder");
        for (width, scheme) in PICTURES {
            self.look(width, scheme).await;
            let picture = self
                .devtools("Page.captureScreenshot", json!({ "captureBeyondViewport": true }))
                .await;
            let bytes = STANDARD.decode(picture["data"].as_str().expect("a picture"));
            let path = Path::new(SHOTS).join(format!("{name}-{width}-{scheme}.png"));
            std::fs::write(path, bytes.expect("base64")).expect("the picture is kept");
        }
        self.look_normal().await;
    }

    /// Shows the page at a width and in a colour scheme.
    pub(crate) async fn look(&self, width: u32, scheme: &str) {
        let metrics = json!({
            "width": width, "height": 900, "deviceScaleFactor": 1, "mobile": false,
        });
        self.devtools("Emulation.setDeviceMetricsOverride", metrics).await;
        self.devtools("Emulation.setScrollbarsHidden", json!({ "hidden": true })).await;
        let media = json!({ "features": [{ "name": "prefers-color-scheme", "value": scheme }] });
        self.devtools("Emulation.setEmulatedMedia", media).await;
    }

    /// What a script answers about the page as it is printed, from a screen that is dark.
    pub(crate) async fn printed(&self, script: &str) -> Value {
        let features = json!([{ "name": "prefers-color-scheme", "value": "dark" }]);
        let media = json!({ "media": "print", "features": features });
        self.devtools("Emulation.setEmulatedMedia", media).await;
        let answer = self.run(script, vec![]).await;
        self.look_normal().await;
        answer
    }

    async fn look_normal(&self) {
        self.devtools("Emulation.clearDeviceMetricsOverride", json!({})).await;
        self.devtools("Emulation.setScrollbarsHidden", json!({ "hidden": false })).await;
        self.devtools("Emulation.setEmulatedMedia", json!({ "media": "", "features": [] })).await;
    }
}

fn readable(violation: &Value) -> String {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let mut lines = vec![format!("{}: {}", text(&violation["id"]), text(&violation["help"]))];
    for node in violation["nodes"].as_array().into_iter().flatten() {
        lines.push(format!("    {}", text(&node["html"])));
        lines.push(format!("    {}", text(&node["failureSummary"]).replace('\n', " ")));
    }
    lines.join("\n")
}
