//! From trees to documents: how an organisation's pages differ. Judges colour and picture here, so
//! that a page never has to.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use latchkey_core::colours::{Colour, READABLE};
use latchkey_core::organisations::Brand;

use crate::source::{Fields, Node, Problems, Table, Value};

/// The largest picture, in bytes: it is fetched with the first page.
const LARGEST: usize = 32 * 1024;
const PNG: &str = "image/png";
const SVG: &str = "image/svg+xml";

pub(super) fn brand(table: Table, problems: &mut Problems) -> Brand {
    let mut fields = Fields::new("brand", table, problems);
    let colour = fields.text("colour").and_then(|(text, place)| match judge_colour(&text) {
        Ok(()) => Some(text),
        Err(wrong) => {
            fields.refuse(&place, format!("\"colour\" {wrong}"));
            None
        }
    });
    let logo = fields.take("logo").and_then(|node| match logo(&node) {
        Ok(logo) => Some(logo),
        Err(wrong) => {
            fields.refuse(&node.place, format!("\"logo\" {wrong}"));
            None
        }
    });
    fields.finish();
    Brand { colour, logo }
}

/// The initials are written in the colour on a white plate.
fn judge_colour(text: &str) -> Result<(), String> {
    let Some(colour) = Colour::parse(text) else {
        return Err("is written #rrggbb, such as \"#1f4e96\"".to_owned());
    };
    let ratio = colour.contrast(Colour::WHITE);
    if ratio >= READABLE {
        return Ok(());
    }
    // Cut, not rounded: 4.4996 is not 4.50.
    let ratio = (ratio * 100.0).floor() / 100.0;
    Err(format!(
        "{text} has a contrast of {ratio:.2}:1 with white; initials are written in it, and to be \
         read they need {READABLE}:1 (WCAG 2.2 AA). Take a darker one"
    ))
}

/// A picture as a `data:` address.
fn logo(node: &Node) -> Result<String, String> {
    const WANTED: &str =
        "is { file = \"logo.svg\" }, or a data: address of a PNG or SVG as export writes it";
    let bytes = match &node.value {
        Value::Text(text) => {
            let encoded = [PNG, SVG]
                .into_iter()
                .find_map(|kind| text.strip_prefix(&format!("data:{kind};base64,")))
                .ok_or(WANTED)?;
            STANDARD.decode(encoded).map_err(|error| format!("is no base64: {error}"))?
        }
        Value::Table(table) => {
            let [file] = table.members.as_slice() else { return Err(WANTED.to_owned()) };
            let (Value::Text(path), "file") = (&file.node.value, file.name.as_str()) else {
                return Err(WANTED.to_owned());
            };
            let file = node.place.folder().join(path);
            let size = std::fs::metadata(&file).map(|about| about.len());
            if size.is_ok_and(|size| size > LARGEST as u64) {
                return Err(too_large());
            }
            std::fs::read(file)
                .map_err(|error| format!("cannot be read from the file {path}: {error}"))?
        }
        _ => return Err(WANTED.to_owned()),
    };
    if bytes.len() > LARGEST {
        return Err(too_large());
    }
    let kind = kind(&bytes).ok_or("is neither a PNG nor an SVG")?;
    Ok(format!("data:{kind};base64,{}", STANDARD.encode(bytes)))
}

fn too_large() -> String {
    format!("is larger than {} KiB", LARGEST / 1024)
}

/// What a picture is, by how it begins.
fn kind(bytes: &[u8]) -> Option<&'static str> {
    if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
        return Some(PNG);
    }
    let text = std::str::from_utf8(bytes).ok()?;
    let text = text.trim_start_matches('\u{feff}').trim_start();
    (text.starts_with("<svg") || (text.starts_with("<?xml") && text.contains("<svg")))
        .then_some(SVG)
}

/// A picture's type and bytes, from its `data:` address.
#[must_use]
pub fn picture(address: &str) -> Option<(&'static str, Vec<u8>)> {
    [PNG, SVG].into_iter().find_map(|kind| {
        let encoded = address.strip_prefix(&format!("data:{kind};base64,"))?;
        Some((kind, STANDARD.decode(encoded).ok()?))
    })
}
