//! Messages in the queries of addresses (Bindings §3.4): received ones, and ours.
//!
//! A signature is over the parameters exactly as they were sent, so that they are sliced out of the
//! query, and neither decoded nor encoded again on the way to it.

use std::io::Write as _;

use base64::prelude::{BASE64_STANDARD, Engine as _};
use flate2::Compression;
use flate2::write::DeflateEncoder;
use miniz_oxide::inflate::{TINFLStatus, decompress_to_vec_with_limit};

use crate::LARGEST_MESSAGE;
pub use crate::parameters::{LONGEST_RELAY_STATE, Parameter, ParameterError};
use crate::parameters::{Plus, Raw, decode_text, encode as percent_encode};
use crate::post::decode_base64;
use crate::verify::{Algorithm, AlgorithmError, Carriage, Key, Screened, SignatureError, XmlError};

/// The longest query that is looked at, in bytes. Deflating makes any message that is sent this way
/// much shorter.
pub const LONGEST_QUERY: usize = 128 * 1024;

/// The one encoding (Bindings §3.4.4.1), which is what an absent `SAMLEncoding` means too.
const DEFLATE: &str = "urn:oasis:names:tc:SAML:2.0:bindings:URL-Encoding:DEFLATE";

/// Why a query carries no message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum QueryError {
    /// It was not even looked at.
    #[error("the address is longer than 128 KiB")]
    LongQuery,
    /// The parameters are wrong.
    #[error(transparent)]
    Parameters(#[from] ParameterError),
    /// Bindings §3.4.4: there is one encoding.
    #[error("the SAMLEncoding is another than DEFLATE")]
    OtherEncoding,
    /// Neither is anything without the other.
    #[error("there is a SigAlg without a Signature, or a Signature without a SigAlg")]
    HalfSigned,
    /// It proves nothing.
    #[error(transparent)]
    Algorithm(#[from] AlgorithmError),
    /// It does not decode.
    #[error("the parameter {0} is not base64")]
    Base64(&'static str),
    /// It does not inflate.
    #[error("the message is not compressed by DEFLATE, or not wholly there")]
    Deflate,
    /// It inflates to more than any message needs.
    #[error("the message is longer than 256 KiB")]
    Long,
}

/// A query that carries a message. The message is not looked at yet.
#[derive(Clone, Debug)]
pub struct Query {
    parameter: Parameter,
    relay_state: Option<String>,
    xml: Vec<u8>,
    signature: Option<QuerySignature>,
}

/// A signature beside a message.
#[derive(Clone, Debug)]
pub(crate) struct QuerySignature {
    algorithm: Algorithm,
    value: Vec<u8>,
    /// What was signed, as it was sent.
    octets: String,
}

impl Query {
    /// Reads the raw query of an address, without its question mark. Parameters that are none of
    /// this binding's are left alone.
    ///
    /// # Errors
    ///
    /// [`QueryError`] says what is wrong with it.
    pub fn parse(query: &str) -> Result<Self, QueryError> {
        if query.len() > LONGEST_QUERY {
            return Err(QueryError::LongQuery);
        }
        let raw = Raw::find(query)?;
        let (parameter, message) = raw.message()?;
        let relay_state = raw.relay_state()?;
        if let Some(encoding) = raw.encoding
            && decode_text(encoding, Plus::Space, "SAMLEncoding")? != DEFLATE
        {
            return Err(QueryError::OtherEncoding);
        }
        let signature = match (raw.algorithm, raw.signature) {
            (None, None) => None,
            (Some(algorithm), Some(value)) => Some(QuerySignature {
                algorithm: Algorithm::parse(&decode_text(algorithm, Plus::Space, "SigAlg")?)?,
                value: unbase64(value, "Signature")?,
                octets: octets(parameter, message, raw.relay_state, algorithm),
            }),
            _ => return Err(QueryError::HalfSigned),
        };
        let xml = inflate(&unbase64(message, parameter.name())?)?;
        Ok(Self { parameter, relay_state, xml, signature })
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

    /// Screens the message, which goes on with the query's signature.
    ///
    /// # Errors
    ///
    /// [`XmlError`], when it is not well-formed or out of bounds.
    pub fn screen(&self) -> Result<Screened, XmlError> {
        Screened::carried(&self.xml, Carriage::Query(self.signature.clone()))
    }
}

/// In which other form of a query its signature would be good: what was done to it on the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rewritten {
    /// The `RelayState` was percent-encoded in another way.
    RelayState,
    /// Every parameter was percent-encoded in another way.
    Everything,
    /// The sender left the `RelayState` out of what it signed.
    WithoutRelayState,
    /// The sender signed the values before it percent-encoded them.
    Decoded,
}

/// The ways in which others percent-encode: what they leave as it is.
const UNRESERVED: [&[u8]; 3] = [b"-._~", b"-._~!'()*", b"-._*"];

impl Query {
    /// How the query was written when one of these keys signed it, where that is another way than
    /// it came in. For telling people what is wrong: such a query is never acted on.
    #[must_use]
    pub fn rewritten(&self, keys: &[Key]) -> Option<Rewritten> {
        let signature = self.signature.as_ref()?;
        let raw = Raw::find(&signature.octets).ok()?;
        let (parameter, message) = raw.message().ok()?;
        let algorithm = raw.algorithm?;
        let message_text = decode_text(message, Plus::Itself, parameter.name()).ok()?;
        let algorithm_text = decode_text(algorithm, Plus::Space, "SigAlg").ok()?;
        let state_text = self.relay_state.as_deref();
        let signed = |octets: String| {
            let other = QuerySignature { octets, ..signature.clone() };
            other.verify(keys).is_ok()
        };
        let state_again = |escapes: &Escapes| state_text.map(|text| escapes.encode(text));
        for escapes in Escapes::all() {
            if let Some(state) = state_again(&escapes)
                && signed(octets(parameter, message, Some(&state), algorithm))
            {
                return Some(Rewritten::RelayState);
            }
            let (message, algorithm) =
                (escapes.encode(&message_text), escapes.encode(&algorithm_text));
            let state = state_again(&escapes);
            if signed(octets(parameter, &message, state.as_deref(), &algorithm)) {
                return Some(Rewritten::Everything);
            }
        }
        if raw.relay_state.is_some() && signed(octets(parameter, message, None, algorithm)) {
            return Some(Rewritten::WithoutRelayState);
        }
        let decoded = octets(parameter, &message_text, state_text, &algorithm_text);
        signed(decoded).then_some(Rewritten::Decoded)
    }
}

/// One of the ways in which others percent-encode.
#[derive(Clone, Copy)]
struct Escapes {
    unreserved: &'static [u8],
    upper: bool,
    plus: bool,
}

impl Escapes {
    fn all() -> impl Iterator<Item = Self> {
        let both = [false, true];
        UNRESERVED.into_iter().flat_map(move |unreserved| {
            let upper = both.into_iter();
            upper.flat_map(move |upper| {
                both.into_iter().map(move |plus| Self { unreserved, upper, plus })
            })
        })
    }

    fn encode(self, text: &str) -> String {
        let mut encoded = String::with_capacity(text.len());
        for byte in text.bytes() {
            if byte.is_ascii_alphanumeric() || self.unreserved.contains(&byte) {
                encoded.push(char::from(byte));
            } else if byte == b' ' && self.plus {
                encoded.push('+');
            } else {
                let from = encoded.len();
                percent_encode(&[byte], &mut encoded);
                // What is not reserved to us may be so to others.
                if encoded.len() == from + 1 {
                    encoded.truncate(from);
                    encoded.push_str("%7E");
                }
                if !self.upper {
                    let lower = encoded.split_off(from).to_lowercase();
                    encoded.push_str(&lower);
                }
            }
        }
        encoded
    }
}

impl QuerySignature {
    /// By which algorithm it says to be.
    pub(crate) fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// Which of these keys signed message, `RelayState` and algorithm.
    pub(crate) fn verify(&self, keys: &[Key]) -> Result<usize, SignatureError> {
        if keys.is_empty() {
            return Err(SignatureError::NoKey);
        }
        keys.iter()
            .position(|key| key.verifies(self.algorithm, self.octets.as_bytes(), &self.value))
            .ok_or(SignatureError::Query)
    }
}

/// What a signature is over (Bindings §3.4.4.1), of values that are percent-encoded.
fn octets(parameter: Parameter, message: &str, relay_state: Option<&str>, alg: &str) -> String {
    let mut octets = format!("{}={message}", parameter.name());
    if let Some(relay_state) = relay_state {
        octets.push_str("&RelayState=");
        octets.push_str(relay_state);
    }
    octets.push_str("&SigAlg=");
    octets.push_str(alg);
    octets
}

fn unbase64(raw: &str, name: &'static str) -> Result<Vec<u8>, QueryError> {
    decode_base64(&decode_text(raw, Plus::Itself, name)?).ok_or(QueryError::Base64(name))
}

/// Inflates (RFC 1951) no further than a message may be long. At one go: what inflates a stream
/// clears more memory than a request has bytes.
fn inflate(deflated: &[u8]) -> Result<Vec<u8>, QueryError> {
    if deflated.is_empty() {
        return Err(QueryError::Deflate);
    }
    let xml = decompress_to_vec_with_limit(deflated, LARGEST_MESSAGE + 1);
    let xml = xml.map_err(|error| match error.status {
        TINFLStatus::HasMoreOutput => QueryError::Long,
        _ => QueryError::Deflate,
    })?;
    if xml.len() > LARGEST_MESSAGE {
        return Err(QueryError::Long);
    }
    Ok(xml)
}

/// Writes a message as the query of an address, without a question mark: deflated, in base64,
/// percent-encoded. The message must not carry an XML signature (Bindings §3.4.4.1).
#[must_use]
pub fn write(parameter: Parameter, xml: &str, relay_state: Option<&str>) -> String {
    let mut query = format!("{}={}", parameter.name(), encoded_message(xml));
    if let Some(relay_state) = relay_state {
        query.push_str("&RelayState=");
        percent_encode(relay_state.as_bytes(), &mut query);
    }
    query
}

/// Writes a message as [`write`] does, and signs it: `sign` gets the octets (Bindings §3.4.4.1) and
/// answers the signature by the algorithm of `algorithm`'s URI.
///
/// # Errors
///
/// Whatever `sign` says.
pub fn write_signed<E>(
    parameter: Parameter,
    xml: &str,
    relay_state: Option<&str>,
    algorithm: &str,
    sign: impl FnOnce(&[u8]) -> Result<Vec<u8>, E>,
) -> Result<String, E> {
    let mut query = write(parameter, xml, relay_state);
    query.push_str("&SigAlg=");
    percent_encode(algorithm.as_bytes(), &mut query);
    let signature = sign(query.as_bytes())?;
    query.push_str("&Signature=");
    percent_encode(BASE64_STANDARD.encode(signature).as_bytes(), &mut query);
    Ok(query)
}

fn encoded_message(xml: &str) -> String {
    let mut deflater = DeflateEncoder::new(Vec::new(), Compression::default());
    // Writing to memory cannot fail.
    let _ = deflater.write_all(xml.as_bytes());
    let deflated = deflater.finish().unwrap_or_default();
    let mut encoded = String::new();
    percent_encode(BASE64_STANDARD.encode(deflated).as_bytes(), &mut encoded);
    encoded
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use proptest::prelude::*;

    use super::*;
    use crate::testing::Party;

    const XML: &str = "<samlp:AuthnRequest/>";

    fn signed_by(party: Party, relay_state: Option<&str>) -> String {
        let sign = |octets: &[u8]| Ok::<_, Infallible>(party.sign(octets));
        let algorithm = party.algorithm.uri();
        write_signed(Parameter::Request, XML, relay_state, algorithm, sign).expect("signed")
    }

    fn signer(query: &Query, keys: &[Key]) -> Result<usize, SignatureError> {
        query.signature.as_ref().ok_or(SignatureError::Missing)?.verify(keys)
    }

    fn refused(query: &str) -> QueryError {
        Query::parse(query).expect_err("it is refused")
    }

    #[test]
    fn our_own_queries_are_read_and_verified() {
        for party in [Party::rsa(), Party::ecdsa()] {
            for relay_state in [None, Some(""), Some("https://rota.example/?a=b&c=d+ é")] {
                let query = Query::parse(&signed_by(party, relay_state)).expect("it reads");
                assert_eq!(query.parameter(), Parameter::Request);
                assert_eq!(query.relay_state(), relay_state);
                assert_eq!(query.xml, XML.as_bytes());
                assert_eq!(signer(&query, &[party.key()]), Ok(0));
                let stranger = Party::stranger().key();
                assert_eq!(signer(&query, &[stranger.clone(), party.key()]), Ok(1));
                assert_eq!(signer(&query, &[stranger]), Err(SignatureError::Query));
                assert_eq!(signer(&query, &[]), Err(SignatureError::NoKey));
            }
        }
    }

    #[test]
    fn an_unsigned_query_is_signed_by_nobody() {
        let query = Query::parse(&write(Parameter::Response, XML, None)).expect("it reads");
        assert_eq!(query.parameter(), Parameter::Response);
        assert_eq!(signer(&query, &[Party::rsa().key()]), Err(SignatureError::Missing));
    }

    #[test]
    fn the_signature_is_over_the_text_as_it_was_sent_in_any_order_and_encoding() {
        let party = Party::rsa();
        // Lower-case escapes, a plus for a space, and parameters in another order.
        let message = encoded_message(XML).replace("%2B", "%2b").replace("%3D", "%3d");
        let algorithm = "http%3a%2f%2fwww.w3.org/2001/04/xmldsig-more%23rsa-sha256";
        let octets = format!("SAMLRequest={message}&RelayState=a+b%7e&SigAlg={algorithm}");
        let mut signature = String::new();
        let base64 = BASE64_STANDARD.encode(party.sign(octets.as_bytes()));
        percent_encode(base64.as_bytes(), &mut signature);
        let sent = format!(
            "lang=cy&Signature={signature}&SigAlg={algorithm}&RelayState=a+b%7e&\
             SAMLReques%74={message}"
        );
        let query = Query::parse(&sent).expect("it reads");
        assert_eq!(query.relay_state(), Some("a b~"));
        assert_eq!(signer(&query, &[party.key()]), Ok(0));
        // The same values in another spelling were not signed.
        let other = Query::parse(&sent.replace("%7e", "%7E")).expect("it reads");
        assert_eq!(other.relay_state(), Some("a b~"));
        assert_eq!(signer(&other, &[party.key()]), Err(SignatureError::Query));
    }

    #[test]
    fn nothing_that_was_signed_can_be_changed_added_or_left_out() {
        let party = Party::rsa();
        let good = signed_by(party, Some("here"));
        let message = encoded_message("<samlp:LogoutRequest/>");
        let changes = [
            good.replace("RelayState=here", "RelayState=there"),
            good.replace("&RelayState=here", ""),
            good.replace("SAMLRequest", "SAMLResponse"),
            good.replace("rsa-sha256", "rsa-sha512"),
            good.replace(&encoded_message(XML), &message),
            signed_by(party, None) + "&RelayState=",
        ];
        for changed in changes {
            assert_ne!(changed, good);
            let query = Query::parse(&changed).expect("it reads");
            let signer = signer(&query, &[party.key()]);
            assert_eq!(signer, Err(SignatureError::Query), "{changed}");
        }
    }

    #[test]
    fn duplicated_parameters_are_refused_under_any_encoding_of_the_name() {
        let good = signed_by(Party::rsa(), Some("here"));
        for (name, alias) in [
            ("SAMLRequest", "SAMLRequest"),
            ("RelayState", "Relay%53tate"),
            ("SigAlg", "%53%69%67%41%6c%67"),
            ("Signature", "Signatur%65"),
        ] {
            let twice = QueryError::Parameters(ParameterError::Twice(name));
            assert_eq!(refused(&format!("{good}&{alias}=x")), twice);
            assert_eq!(refused(&format!("{alias}=x&{good}")), twice);
        }
        let both = QueryError::Parameters(ParameterError::Both);
        assert_eq!(refused(&format!("{good}&SAMLRespons%65=x")), both);
        assert_eq!(refused("RelayState=x"), QueryError::Parameters(ParameterError::Missing));
    }

    #[test]
    fn sha1_and_hmac_signatures_are_refused() {
        let good = signed_by(Party::rsa(), None);
        let with = |uri: &str| {
            let mut other = String::new();
            percent_encode(uri.as_bytes(), &mut other);
            let mut own = String::new();
            percent_encode(Algorithm::RsaSha256.uri().as_bytes(), &mut own);
            refused(&good.replace(&own, &other))
        };
        let sha1 = with("http://www.w3.org/2000/09/xmldsig#rsa-sha1");
        assert_eq!(sha1, QueryError::Algorithm(AlgorithmError::Broken));
        let hmac = with("http://www.w3.org/2001/04/xmldsig-more#hmac-sha256");
        assert_eq!(hmac, QueryError::Algorithm(AlgorithmError::Hmac));
        assert_eq!(with(""), QueryError::Algorithm(AlgorithmError::Unknown));
    }

    #[test]
    fn half_a_signature_is_refused_and_does_not_pass_for_none() {
        let unsigned = write(Parameter::Request, XML, None);
        assert_eq!(refused(&format!("{unsigned}&Signature=QQ%3D%3D")), QueryError::HalfSigned);
        assert_eq!(refused(&format!("{unsigned}&SigAlg=x")), QueryError::HalfSigned);
        let empty = format!("{unsigned}&Signature=&SigAlg=");
        assert_eq!(refused(&empty), QueryError::Algorithm(AlgorithmError::Unknown));
    }

    #[test]
    fn an_encoding_other_than_deflate_is_refused() {
        let query = write(Parameter::Request, XML, None);
        let mut named = format!("{query}&SAMLEncoding=");
        percent_encode(DEFLATE.as_bytes(), &mut named);
        assert!(Query::parse(&named).is_ok());
        assert_eq!(refused(&format!("{query}&SAMLEncoding=none")), QueryError::OtherEncoding);
        assert_eq!(refused(&format!("{query}&SAMLEncoding=")), QueryError::OtherEncoding);
    }

    #[test]
    fn broken_base64_percent_encoding_and_compression_are_refused() {
        let encoding = |name| QueryError::Parameters(ParameterError::Encoding(name));
        assert_eq!(refused("SAMLRequest=%zz"), encoding("SAMLRequest"));
        assert_eq!(refused("SAMLRequest=QQ&RelayState=%ff"), encoding("RelayState"));
        assert_eq!(refused("SAMLRequest=Q*"), QueryError::Base64("SAMLRequest"));
        let query = write(Parameter::Request, XML, None);
        let rsa = "SigAlg=http://www.w3.org/2001/04/xmldsig-more%23rsa-sha256";
        let broken = format!("{query}&{rsa}&Signature=Q*");
        assert_eq!(refused(&broken), QueryError::Base64("Signature"));
        assert_eq!(refused("SAMLRequest=/////w"), QueryError::Deflate);
        assert_eq!(refused("SAMLRequest="), QueryError::Deflate);
        let cut = &query[..query.len() - "%3D%3D".len() - 10];
        assert!(matches!(refused(cut), QueryError::Deflate | QueryError::Base64(_)), "{cut}");
    }

    #[test]
    fn a_deflate_bomb_ends_at_the_largest_message() {
        // 64 MiB in 64 KiB.
        let bomb = "x".repeat(64 * 1024 * 1024);
        let query = format!("SAMLRequest={}", encoded_message(&bomb));
        assert!(query.len() < LONGEST_QUERY, "{}", query.len());
        assert_eq!(refused(&query), QueryError::Long);
        let most = "x".repeat(LARGEST_MESSAGE);
        let query = Query::parse(&write(Parameter::Request, &most, None)).expect("it reads");
        assert_eq!(query.xml.len(), LARGEST_MESSAGE);
        let long = "A".repeat(LONGEST_QUERY);
        assert_eq!(refused(&format!("SAMLRequest={long}")), QueryError::LongQuery);
    }

    proptest! {
        #[test]
        fn any_text_and_relay_state_come_back_to_the_byte(
            xml in "\\PC{0,200}", relay_state in proptest::option::of("\\PC{0,100}"),
        ) {
            let query = Query::parse(&write(Parameter::Response, &xml, relay_state.as_deref()));
            let query = query.expect("it reads");
            prop_assert_eq!(query.xml.as_slice(), xml.as_bytes());
            prop_assert_eq!(query.relay_state(), relay_state.as_deref());
        }
    }
}
