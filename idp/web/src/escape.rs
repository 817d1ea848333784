//! Texts as HTML: what stands for itself in a quoted attribute and between tags, and how the rest is
//! written.
//!
//! The template engine's own escaping writes `/` by its number as well, which HTML asks of nobody: it
//! makes the base64 of a posted message longer and slower to write, and unreadable to those programs
//! that look for a form's values without being browsers. Knows no template.

use std::fmt;

use minijinja::value::ValueKind;
use minijinja::{AutoEscape, Error, Output, State, Value, escape_formatter};

/// Bytes that are looked at together; most hold nothing that has to be escaped.
const TOGETHER: usize = 64;

/// A text that displays as HTML (HTML §13.3, in either mode).
pub(crate) struct Escaped<'a>(pub(crate) &'a str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut rest = self.0;
        while let Some(at) = first(rest.as_bytes()) {
            let (plain, from) = rest.split_at(at);
            f.write_str(plain)?;
            // What is looked for are characters of one byte.
            let (special, after) = from.split_at(1);
            f.write_str(written(special))?;
            rest = after;
        }
        f.write_str(rest)
    }
}

/// Where the first byte stands that has to be escaped.
fn first(bytes: &[u8]) -> Option<usize> {
    let mut passed = 0;
    for some in bytes.chunks(TOGETHER) {
        // Without a way out in between, many bytes are compared at once.
        if some.iter().fold(false, |found, byte| found | is_special(*byte)) {
            return some.iter().position(|byte| is_special(*byte)).map(|at| passed + at);
        }
        passed += some.len();
    }
    None
}

fn is_special(byte: u8) -> bool {
    matches!(byte, b'&' | b'<' | b'>' | b'"' | b'\'')
}

fn written(special: &str) -> &'static str {
    match special {
        "&" => "&amp;",
        "<" => "&lt;",
        ">" => "&gt;",
        "\"" => "&quot;",
        _ => "&#x27;",
    }
}

/// Writes what a template shows.
pub(crate) fn formatter(
    out: &mut Output<'_>,
    state: &mut State<'_, '_>,
    value: &Value,
) -> Result<(), Error> {
    if !matches!(state.auto_escape(), AutoEscape::Html) || value.is_safe() {
        return escape_formatter(out, state, value);
    }
    let written = match (value.as_str(), value.kind()) {
        (Some(text), _) => write!(out, "{}", Escaped(text)),
        (_, ValueKind::Undefined | ValueKind::None | ValueKind::Bool | ValueKind::Number) => {
            write!(out, "{value}")
        }
        _ => write!(out, "{}", Escaped(&value.to_string())),
    };
    Ok(written?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_ends_an_attribute_or_begins_a_tag() {
        let attack = "'\"><script>alert(1)</script>&lt;é 漢";
        let html = "&#x27;&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;&amp;lt;é 漢";
        assert_eq!(Escaped(attack).to_string(), html);
    }

    #[test]
    fn a_posted_message_stands_for_itself() {
        let base64 = "PHNhbWxwOlJlc3BvbnNl+/".repeat(20) + "==";
        assert_eq!(Escaped(&base64).to_string(), base64);
    }

    #[test]
    fn what_is_escaped_reads_back_wherever_it_stands() {
        for special in ["&", "<", ">", "\"", "'", "&lt;", "</b>", "é<", "<é", "'&'"] {
            for before in 0..2 * TOGETHER + 2 {
                let text = "a".repeat(before) + special + "漢/z";
                let html = Escaped(&text).to_string();
                assert!(!html.contains(['<', '>', '"', '\'']), "{html}");
                let read = html.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"");
                assert_eq!(read.replace("&#x27;", "'").replace("&amp;", "&"), text);
            }
        }
    }
}
