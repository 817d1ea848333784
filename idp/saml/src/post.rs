//! Messages in forms that browsers post (Bindings §3.5): received ones.

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use crate::LARGEST_MESSAGE;
pub use crate::parameters::{LONGEST_RELAY_STATE, Parameter, ParameterError};
use crate::parameters::{Plus, Raw, decode_text};
use crate::verify::{Screened, XmlError};

/// The longest body that is looked at, in bytes: a message of [`LARGEST_MESSAGE`] in base64, with
/// line breaks, every one of them and every `+` and `/` percent-encoded.
pub const LARGEST_BODY: usize = 2 * LARGEST_MESSAGE;

/// Why a form carries no message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FormError {
    /// It was not even looked at.
    #[error("the message is longer than 256 KiB")]
    Long,
    /// The parameters are wrong.
    #[error(transparent)]
    Parameters(#[from] ParameterError),
    /// It does not decode.
    #[error("the message is not base64")]
    Base64,
}

/// A form that carries a message. The message is not looked at yet.
#[derive(Clone, Debug)]
pub struct Form {
    parameter: Parameter,
    relay_state: Option<String>,
    xml: Vec<u8>,
}

impl Form {
    /// Reads a body of `application/x-www-form-urlencoded`. Parameters that are none of this
    /// binding's are left alone.
    ///
    /// # Errors
    ///
    /// [`FormError`] says what is wrong with it.
    pub fn parse(body: &str) -> Result<Self, FormError> {
        if body.len() > LARGEST_BODY {
            return Err(FormError::Long);
        }
        let raw = Raw::find(body)?;
        let (parameter, message) = raw.message()?;
        let relay_state = raw.relay_state()?;
        let message = decode_text(message, Plus::Itself, parameter.name())?;
        let xml = decode_base64(&message).ok_or(FormError::Base64)?;
        if xml.len() > LARGEST_MESSAGE {
            return Err(FormError::Long);
        }
        Ok(Self { parameter, relay_state, xml })
    }

    /// What the message is to us.
    #[must_use]
    pub fn parameter(&self) -> Parameter {
        self.parameter
    }

    /// What the sender wants back, to the byte.
    #[must_use]
    pub fn relay_state(&self) -> Option<&str> {
        self.relay_state.as_deref()
    }

    /// Screens the message, which has its signature inside.
    ///
    /// # Errors
    ///
    /// [`XmlError`], when it is not well-formed or out of bounds.
    pub fn screen(&self) -> Result<Screened, XmlError> {
        Screened::parse(&self.xml)
    }
}

/// Decodes base64 that may be broken into lines (RFC 2045 §6.8) and may lack its padding.
pub(crate) fn decode_base64(text: &str) -> Option<Vec<u8>> {
    const ENGINE: GeneralPurpose = GeneralPurpose::new(
        &alphabet::STANDARD,
        GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
    );
    let is_space = |byte: u8| matches!(byte, b' ' | b'\t' | b'\r' | b'\n');
    if !text.bytes().any(is_space) {
        return ENGINE.decode(text).ok();
    }
    let joined: Vec<u8> = text.bytes().filter(|&byte| !is_space(byte)).collect();
    ENGINE.decode(joined).ok()
}

#[cfg(test)]
mod tests {
    use base64::prelude::BASE64_STANDARD;

    use super::*;

    fn parse(body: &str) -> Result<(Parameter, Option<String>, Vec<u8>), FormError> {
        Form::parse(body).map(|form| (form.parameter, form.relay_state, form.xml))
    }

    #[test]
    fn a_posted_message_is_decoded_with_its_relay_state() {
        let expected = (Parameter::Request, Some("a b/é".to_owned()), b"<a/>?>".to_vec());
        let body = "x=1&SAMLRequest=PGEvPj8%2B&RelayState=a+b%2F%C3%A9";
        assert_eq!(parse(body), Ok(expected.clone()));
        assert_eq!(parse("SAMLRequest=PGEvPj8+&RelayState=a%20b/%c3%a9"), Ok(expected));
        let response = (Parameter::Response, None, b"<a/>".to_vec());
        assert_eq!(parse("SAMLResponse=PGEvPg%3D%3D"), Ok(response.clone()));
        assert_eq!(parse("SAMLResponse=PGEvPg"), Ok(response), "without padding");
    }

    #[test]
    fn base64_may_be_broken_into_lines() {
        let expected = Ok((Parameter::Request, None, b"<a/>".to_vec()));
        assert_eq!(parse("SAMLRequest=PGEv%0D%0APg%3D%3D%0A"), expected);
        assert_eq!(parse("SAMLRequest=PG%20Ev%09Pg=="), expected);
    }

    #[test]
    fn what_is_not_base64_is_refused() {
        for broken in ["PGEvP", "PG*v", "PGEvPg=A", "PGEvPh==", "PGEv_w==", "%00"] {
            let body = format!("SAMLRequest={broken}");
            assert_eq!(parse(&body), Err(FormError::Base64), "{broken}");
        }
    }

    #[test]
    fn duplicated_parameters_are_refused_under_any_encoding_of_the_name() {
        let twice = |name| Err(FormError::Parameters(ParameterError::Twice(name)));
        assert_eq!(parse("SAMLRequest=PGEvPg&SAMLRequest=PGEvPg"), twice("SAMLRequest"));
        assert_eq!(parse("SAMLRequest=PGEvPg&SAMLReques%74=PGEvPg"), twice("SAMLRequest"));
        assert_eq!(parse("SAMLRequest=PGEvPg&RelayState=&%52elayState=x"), twice("RelayState"));
        let both = Err(FormError::Parameters(ParameterError::Both));
        assert_eq!(parse("SAMLRequest=PGEvPg&SAMLResponse=PGEvPg"), both);
        assert_eq!(parse(""), Err(FormError::Parameters(ParameterError::Missing)));
    }

    #[test]
    fn broken_percent_encoding_and_utf8_are_refused() {
        let encoding = |name| Err(FormError::Parameters(ParameterError::Encoding(name)));
        for broken in ["%", "%4", "%4g", "%ff"] {
            let body = format!("SAMLRequest=PGEvPg&RelayState={broken}");
            assert_eq!(parse(&body), encoding("RelayState"), "{broken}");
            let body = format!("SAMLResponse={broken}");
            assert_eq!(parse(&body), encoding("SAMLResponse"), "{broken}");
        }
    }

    #[test]
    fn a_relay_state_is_kept_up_to_2048_bytes() {
        let with = |length: usize| {
            parse(&format!("SAMLRequest=PGEvPg&RelayState={}", "%41".repeat(length)))
        };
        let kept = with(LONGEST_RELAY_STATE).expect("kept").1.expect("there");
        assert_eq!(kept, "A".repeat(LONGEST_RELAY_STATE));
        let long = Err(FormError::Parameters(ParameterError::LongRelayState));
        assert_eq!(with(LONGEST_RELAY_STATE + 1), long);
    }

    #[test]
    fn a_message_of_256_kib_is_the_largest() {
        let with = |length| {
            let text = BASE64_STANDARD.encode(vec![b'x'; length]);
            parse(&format!("SAMLRequest={text}")).map(|(.., xml)| xml.len())
        };
        assert_eq!(with(LARGEST_MESSAGE), Ok(LARGEST_MESSAGE));
        assert_eq!(with(LARGEST_MESSAGE + 1), Err(FormError::Long));
        assert_eq!(with(5 * 1024 * 1024), Err(FormError::Long));
    }
}
