//! Request parameters, judged before anything reads them: none twice, none overlong, none with
//! control characters (RFC 6749 §3.1, §3.2 and Appendix A).
//!
//! Takes pairs that were decoded strictly already; decoding is the web crate's.

/// The parameters of one request.
#[derive(Clone, Copy, Debug)]
pub struct Parameters<'r> {
    pairs: &'r [(String, String)],
}

/// What is wrong with a parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ParameterError {
    /// RFC 6749 §3.1: "MUST NOT be included more than once".
    #[error("a parameter is repeated")]
    Repeated,
    /// Longer than anything legitimate.
    #[error("a parameter is too long")]
    TooLong,
    /// RFC 6749 Appendix A allows none anywhere.
    #[error("a parameter contains a control character")]
    ControlCharacter,
    /// More parameters than any specification has.
    #[error("there are too many parameters")]
    TooMany,
}

/// The longest value.
pub const MAX_VALUE: usize = 8 * 1024;
/// The most parameters.
pub const MAX_COUNT: usize = 64;

/// RFC 8707 §2 lets this one be repeated.
pub(crate) const REPEATABLE: &str = "resource";

impl<'r> Parameters<'r> {
    /// The parameters from their decoded pairs.
    ///
    /// # Errors
    /// [`ParameterError::TooMany`].
    pub fn new(pairs: &'r [(String, String)]) -> Result<Self, ParameterError> {
        if pairs.len() > MAX_COUNT {
            return Err(ParameterError::TooMany);
        }
        Ok(Self { pairs })
    }

    /// One parameter. One without a value counts as omitted (RFC 6749 §3.1).
    ///
    /// # Errors
    /// When it is there twice, overlong or with control characters.
    pub fn one(&self, name: &str) -> Result<Option<&'r str>, ParameterError> {
        let mut values = self.pairs.iter().filter(|(key, _)| key == name);
        let Some((_, value)) = values.next() else { return Ok(None) };
        if values.next().is_some() {
            return Err(ParameterError::Repeated);
        }
        check_value(value)?;
        Ok(Some(value.as_str()).filter(|value| !value.is_empty()))
    }

    /// A parameter that may be repeated (RFC 8707 §2): each of its values, but for empty ones.
    ///
    /// # Errors
    /// When one is overlong or has control characters.
    pub(crate) fn many(&self, name: &str) -> Result<Vec<&'r str>, ParameterError> {
        let named = self.pairs.iter().filter(|(key, value)| key == name && !value.is_empty());
        named.map(|(_, value)| check_value(value).map(|()| value.as_str())).collect()
    }

    /// Checks all parameters, those that nobody reads included.
    ///
    /// # Errors
    /// The first thing that is wrong.
    pub fn check(&self) -> Result<(), ParameterError> {
        for (index, (name, value)) in self.pairs.iter().enumerate() {
            check_value(value)?;
            let earlier = &self.pairs[..index];
            if name != REPEATABLE && earlier.iter().any(|(other, _)| other == name) {
                return Err(ParameterError::Repeated);
            }
        }
        Ok(())
    }
}

fn check_value(value: &str) -> Result<(), ParameterError> {
    if value.len() > MAX_VALUE {
        return Err(ParameterError::TooLong);
    }
    if value.bytes().any(|byte| byte.is_ascii_control()) {
        return Err(ParameterError::ControlCharacter);
    }
    Ok(())
}

impl ParameterError {
    /// The words for `error_description`.
    #[must_use]
    pub fn description(self) -> &'static str {
        match self {
            Self::Repeated => "a parameter is repeated (RFC 6749 section 3.1)",
            Self::TooLong => "a parameter is too long",
            Self::ControlCharacter => "a parameter contains a control character",
            Self::TooMany => "there are too many parameters",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::pairs;

    #[test]
    fn a_parameter_must_not_be_included_more_than_once() {
        let twice = pairs(&[("scope", "openid"), ("scope", "openid")]);
        let parameters = Parameters::new(&twice).expect("few");
        assert_eq!(parameters.one("scope"), Err(ParameterError::Repeated));
        assert_eq!(parameters.check(), Err(ParameterError::Repeated));

        let resources =
            pairs(&[("resource", "https://a.example"), ("resource", "https://b.example")]);
        assert_eq!(Parameters::new(&resources).expect("few").check(), Ok(()));
    }

    #[test]
    fn a_parameter_without_a_value_counts_as_omitted() {
        let empty = pairs(&[("state", "")]);
        assert_eq!(Parameters::new(&empty).expect("few").one("state"), Ok(None));
    }

    #[test]
    fn overlong_and_control_characters_are_refused() {
        let long = pairs(&[("state", &"x".repeat(MAX_VALUE + 1))]);
        assert_eq!(Parameters::new(&long).expect("few").one("state"), Err(ParameterError::TooLong));
        let line = pairs(&[("state", "a\r\nb")]);
        let parameters = Parameters::new(&line).expect("few");
        assert_eq!(parameters.one("state"), Err(ParameterError::ControlCharacter));
        let many = vec![(String::new(), String::new()); MAX_COUNT + 1];
        assert!(Parameters::new(&many).is_err());
    }
}
