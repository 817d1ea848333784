//! Colours as operators write them, and how well two of them can be told apart (WCAG 2.2,
//! "relative luminance" and "contrast ratio"). Pure.

use std::fmt;

/// What WCAG 2.2 §1.4.3 (AA) asks of text.
pub const READABLE: f64 = 4.5;

/// A colour, `#rrggbb`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Colour([u8; 3]);

impl Colour {
    /// White.
    pub const WHITE: Self = Self([0xff; 3]);

    /// Reads `#rrggbb`, and nothing else: a colour is written into a style sheet.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6)?;
        if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        let [_, red, green, blue] = u32::from_str_radix(digits, 16).ok()?.to_be_bytes();
        Some(Self([red, green, blue]))
    }

    /// How well this colour is told from another: from 1 (not at all) to 21.
    #[must_use]
    pub fn contrast(self, other: Self) -> f64 {
        let (one, two) = (self.luminance(), other.luminance());
        (one.max(two) + 0.05) / (one.min(two) + 0.05)
    }

    fn luminance(self) -> f64 {
        let [red, green, blue] = self.0.map(|channel| {
            let channel = f64::from(channel) / 255.0;
            if channel <= 0.04045 { channel / 12.92 } else { ((channel + 0.055) / 1.055).powf(2.4) }
        });
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    }
}

impl fmt::Display for Colour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [red, green, blue] = self.0;
        write!(f, "#{red:02x}{green:02x}{blue:02x}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ratio(one: &str, other: &str) -> String {
        let colour = |text| Colour::parse(text).expect("a colour");
        format!("{:.2}", colour(one).contrast(colour(other)))
    }

    #[test]
    fn contrast_is_what_the_guidelines_say() {
        assert_eq!(ratio("#000000", "#ffffff"), "21.00");
        assert_eq!(ratio("#ffffff", "#ffffff"), "1.00");
        assert_eq!(ratio("#777777", "#ffffff"), "4.48", "the best known failure");
        assert_eq!(ratio("#767676", "#ffffff"), "4.54");
        assert_eq!(ratio("#ff0000", "#ffffff"), ratio("#ffffff", "#FF0000"));
    }

    #[test]
    fn a_colour_is_six_digits_and_nothing_else() {
        let colour = Colour::parse("#1D4f91").map(|colour| colour.to_string());
        assert_eq!(colour.as_deref(), Some("#1d4f91"));
        for text in ["#1d4f9", "red", "#12345g", "#123456;}", "#1234567", "", "#éé", "#+12345"] {
            assert_eq!(Colour::parse(text), None, "{text}");
        }
    }
}
