//! The parameters that messages travel in, as they stand in a query or in a form that was posted.
//!
//! Owns finding them without changing a byte: a signature is over the text as it was sent.

/// What a message is to its receiver: the name of the parameter that carries it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Parameter {
    /// Something is asked.
    Request,
    /// Something was answered, or comes without having been asked for.
    Response,
}

impl Parameter {
    /// Its name in a query or a form.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Request => "SAMLRequest",
            Self::Response => "SAMLResponse",
        }
    }
}

/// The longest `RelayState` that is kept, in bytes. The specification allows its senders 80
/// (Bindings §3.4.3, §3.5.3), which many of them pass.
pub const LONGEST_RELAY_STATE: usize = 2048;

/// Why parameters carry no message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ParameterError {
    /// Neither of the two.
    #[error("there is neither a SAMLRequest nor a SAMLResponse")]
    Missing,
    /// Which one is meant cannot be told.
    #[error("there is both a SAMLRequest and a SAMLResponse")]
    Both,
    /// Which one is meant cannot be told.
    #[error("the parameter {0} is there more than once")]
    Twice(&'static str),
    /// It does not decode.
    #[error("the parameter {0} is not encoded as an address encodes it")]
    Encoding(&'static str),
    /// It could not be given back as it came.
    #[error("the RelayState is longer than 2048 bytes")]
    LongRelayState,
}

/// The parameters of the bindings in a text, each as it stands there, not decoded.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Raw<'t> {
    pub(crate) request: Option<&'t str>,
    pub(crate) response: Option<&'t str>,
    pub(crate) relay_state: Option<&'t str>,
    pub(crate) algorithm: Option<&'t str>,
    pub(crate) signature: Option<&'t str>,
    pub(crate) encoding: Option<&'t str>,
}

impl<'t> Raw<'t> {
    /// Finds them among whatever others there are.
    pub(crate) fn find(text: &'t str) -> Result<Self, ParameterError> {
        let mut raw = Self::default();
        for pair in text.split('&') {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            // A name that does not decode is nobody's.
            let Some(name) = decode(name, Plus::Space) else { continue };
            let (slot, name) = match name.as_slice() {
                b"SAMLRequest" => (&mut raw.request, "SAMLRequest"),
                b"SAMLResponse" => (&mut raw.response, "SAMLResponse"),
                b"RelayState" => (&mut raw.relay_state, "RelayState"),
                b"SigAlg" => (&mut raw.algorithm, "SigAlg"),
                b"Signature" => (&mut raw.signature, "Signature"),
                b"SAMLEncoding" => (&mut raw.encoding, "SAMLEncoding"),
                _ => continue,
            };
            if slot.replace(value).is_some() {
                return Err(ParameterError::Twice(name));
            }
        }
        Ok(raw)
    }

    /// The one message.
    pub(crate) fn message(&self) -> Result<(Parameter, &'t str), ParameterError> {
        match (self.request, self.response) {
            (Some(message), None) => Ok((Parameter::Request, message)),
            (None, Some(message)) => Ok((Parameter::Response, message)),
            (None, None) => Err(ParameterError::Missing),
            (Some(_), Some(_)) => Err(ParameterError::Both),
        }
    }

    /// `RelayState`, decoded.
    pub(crate) fn relay_state(&self) -> Result<Option<String>, ParameterError> {
        let Some(raw) = self.relay_state else { return Ok(None) };
        let text = decode_text(raw, Plus::Space, "RelayState")?;
        if text.len() > LONGEST_RELAY_STATE {
            return Err(ParameterError::LongRelayState);
        }
        Ok(Some(text))
    }
}

/// What a plus sign stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Plus {
    /// A space, as forms have it.
    Space,
    /// Itself: in base64, which has no spaces and where some forget to encode it.
    Itself,
}

/// Decodes `%xx`.
pub(crate) fn decode(text: &str, plus: Plus) -> Option<Vec<u8>> {
    let mut decoded = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        decoded.push(match byte {
            b'%' => hex(bytes.next()?)? << 4 | hex(bytes.next()?)?,
            b'+' if plus == Plus::Space => b' ',
            other => other,
        });
    }
    Some(decoded)
}

/// Decodes `%xx` to text.
pub(crate) fn decode_text(
    text: &str,
    plus: Plus,
    name: &'static str,
) -> Result<String, ParameterError> {
    decode(text, plus)
        .and_then(|bytes| String::from_utf8(bytes).ok())
        .ok_or(ParameterError::Encoding(name))
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

/// Appends a value as forms have it: all but the unreserved characters of RFC 3986 §2.3 encoded, and
/// a space as `+`. Receivers that encode anew what they verify do it so.
pub(crate) fn encode(value: &[u8], into: &mut String) {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    for &byte in value {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            into.push(char::from(byte));
        } else if byte == b' ' {
            into.push('+');
        } else {
            into.push('%');
            into.push(char::from(HEX[usize::from(byte >> 4)]));
            into.push(char::from(HEX[usize::from(byte & 15)]));
        }
    }
}
