//! Taking the access token out of a request (RFC 6750 §2): from the header or the form, never from
//! the address, where it would end in logs.

use latchkey_core::secrets::Plain;

use crate::error::BearerError;
use crate::params::Parameters;

/// The access token of a request. `form` is there for a form-encoded POST only.
///
/// # Errors
/// When there is none, or more than one (RFC 6750 §2), or it is malformed.
pub fn access_token(
    authorization: Option<&str>,
    form: Option<&Parameters<'_>>,
) -> Result<Plain, BearerError> {
    let from_form = match form {
        Some(form) => form.one("access_token").map_err(|_| BearerError::InvalidRequest)?,
        None => None,
    };
    match (authorization, from_form) {
        (None, None) => Err(BearerError::Missing),
        (Some(_), Some(_)) => Err(BearerError::InvalidRequest),
        (Some(header), None) => from_header(header),
        (None, Some(token)) => checked(token),
    }
}

fn from_header(header: &str) -> Result<Plain, BearerError> {
    // RFC 9110 §11.1: the scheme is case-insensitive.
    let (scheme, token) = header.split_once(' ').ok_or(BearerError::Missing)?;
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Err(BearerError::Missing);
    }
    checked(token.trim_start_matches(' '))
}

/// RFC 6750 §2.1: `b64token`.
fn checked(token: &str) -> Result<Plain, BearerError> {
    let body = token.trim_end_matches('=');
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~+/".contains(&byte);
    if body.is_empty() || !body.bytes().all(allowed) {
        return Err(BearerError::InvalidRequest);
    }
    Ok(Plain::new(token.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::pairs;

    fn read(header: Option<&str>, form: &[(&str, &str)]) -> Result<String, BearerError> {
        let pairs = pairs(form);
        let form = Parameters::new(&pairs).expect("few");
        access_token(header, Some(&form)).map(|token| token.expose().to_owned())
    }

    #[test]
    fn a_token_comes_in_the_header_or_in_the_form() {
        assert_eq!(read(Some("Bearer abc-._~+/="), &[]), Ok("abc-._~+/=".into()));
        assert_eq!(read(Some("bearer abc"), &[]), Ok("abc".into()));
        assert_eq!(read(None, &[("access_token", "abc")]), Ok("abc".into()));
    }

    #[test]
    fn a_client_must_not_use_more_than_one_method() {
        let both = read(Some("Bearer abc"), &[("access_token", "abc")]);
        assert_eq!(both, Err(BearerError::InvalidRequest));
        let twice = read(None, &[("access_token", "abc"), ("access_token", "abc")]);
        assert_eq!(twice, Err(BearerError::InvalidRequest));
    }

    #[test]
    fn what_is_no_token_is_refused() {
        assert_eq!(read(None, &[]), Err(BearerError::Missing));
        assert_eq!(read(Some("Basic abc"), &[]), Err(BearerError::Missing));
        assert_eq!(read(Some("Bearer"), &[]), Err(BearerError::Missing));
        assert_eq!(read(Some("Bearer "), &[]), Err(BearerError::InvalidRequest));
        assert_eq!(read(Some("Bearer a b"), &[]), Err(BearerError::InvalidRequest));
        assert_eq!(read(Some("Bearer é"), &[]), Err(BearerError::InvalidRequest));
    }
}
