//! Telephone numbers: as addresses, and in a text that an organisation wrote.

use std::fmt::Write as _;

use crate::escape::Escaped;

/// The fewest digits of what is taken for a telephone number in a text: a year and an extension
/// have fewer.
const DIGITS: usize = 7;

/// A telephone number as an address (RFC 3966 §3).
pub(crate) fn address(number: &str) -> String {
    let digits: String = number.chars().filter(|c| c.is_ascii_digit() || *c == '+').collect();
    format!("tel:{digits}")
}

/// A text as HTML in which a number that can be dialled is a link and stays on one line. Such a
/// number begins with `0` or `+`, as written where it is dialled from or from everywhere.
pub(crate) fn linked(text: &str) -> String {
    let mut html = String::with_capacity(text.len());
    let mut rest = text;
    let mut before = None;
    while let Some(next) = rest.chars().next() {
        let number = if before.is_some_and(char::is_alphanumeric) { "" } else { number(rest) };
        let taken = if number.is_empty() { &rest[..next.len_utf8()] } else { number };
        // Writing to a string cannot fail.
        let _ = if number.is_empty() {
            write!(html, "{}", Escaped(taken))
        } else {
            write!(html, "<a class=\"whole\" href=\"{}\">{number}</a>", address(number))
        };
        before = taken.chars().next_back();
        rest = &rest[taken.len()..];
    }
    html
}

/// The number that a text begins with; empty if it begins with none.
fn number(text: &str) -> &str {
    if !text.starts_with(['0', '+']) {
        return "";
    }
    let other = |c: char| !(c.is_ascii_digit() || "+()- \u{a0}".contains(c));
    let end = text.find(other).unwrap_or(text.len());
    let number = text[..end].trim_end_matches(|c: char| !c.is_ascii_digit());
    let cut = text[number.len()..].starts_with(char::is_alphanumeric);
    let enough = number.bytes().filter(u8::is_ascii_digit).count() >= DIGITS;
    if enough && !cut { number } else { "" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_can_be_dialled() {
        assert_eq!(address("+44 (0)1632 960-001"), "tel:+4401632960001");
    }

    #[test]
    fn a_number_in_a_text_is_a_link_on_one_line() {
        assert_eq!(
            linked("Tell security on 01632 960 002, or +44 1632 960003."),
            "Tell security on <a class=\"whole\" href=\"tel:01632960002\">01632 960 002</a>, or \
             <a class=\"whole\" href=\"tel:+441632960003\">+44 1632 960003</a>."
        );
    }

    #[test]
    fn what_is_no_number_stays_a_text_and_no_markup() {
        for text in ["", "Ward 4B", "by 03 09 26", "form A0123456789", "01632960002x", "+", "0 (0)"]
        {
            assert_eq!(linked(text), text);
        }
        assert_eq!(
            linked("<b>é 0800 1111</b>"),
            "&lt;b&gt;é <a class=\"whole\" href=\"tel:08001111\">0800 1111</a>&lt;/b&gt;"
        );
    }
}
