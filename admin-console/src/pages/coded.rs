//! What the API says by a code and its values, in the theme's words. A code of a later version, or one
//! that lacks a value, has none: the API's own English is shown then.

use std::collections::BTreeMap;

use latchkey_web::Text;

/// The message of a code, where it is one of these and has what its words need.
pub(super) fn text(
    prefix: &str,
    codes: &[(&str, &[&str])],
    code: &str,
    values: &BTreeMap<String, String>,
) -> Option<Text> {
    let (code, names) = codes.iter().find(|(known, _)| *known == code)?;
    names.iter().try_fold(Text::new(format!("{prefix}-{code}")), |text, name| {
        let value = values.get(*name)?;
        // Languages have forms for numbers, and only numbers have these.
        Some(match value.parse::<u32>() {
            Ok(count) if *name == "count" => text.with(name, count),
            _ => text.with(name, value.as_str()),
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_no_words_or_lacks_a_value_is_left_to_the_words_of_the_api() {
        let codes: [(&str, &[&str]); 3] =
            [("empty", &[]), ("email", &["typed"]), ("more", &["count"])];
        let told = |code: &str, values: &[(&str, &str)]| {
            let values = values.iter().map(|(name, value)| ((*name).into(), (*value).into()));
            text("wrong", &codes, code, &values.collect())
        };
        let email = Text::new("wrong-email").with("typed", "at home");
        assert_eq!(told("email", &[("typed", "at home"), ("more", "<b>")]), Some(email));
        assert_eq!(told("empty", &[]), Some(Text::new("wrong-empty")));
        assert_eq!(told("more", &[("count", "2")]), Some(Text::new("wrong-more").with("count", 2)));
        let many = Text::new("wrong-more").with("count", "many");
        assert_eq!(told("more", &[("count", "many")]), Some(many));
        assert_eq!(told("email", &[]), None, "its words would have a gap");
        assert_eq!(told("of a later version", &[]), None);
    }
}
