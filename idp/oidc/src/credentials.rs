//! Client authentication (RFC 6749 §2.3): what a client presented, and whether it proves who it is.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use latchkey_core::Timestamp;
use latchkey_core::secrets::Plain;

use crate::assertion::{self, Once};
use crate::client::{Client, VerifiedClient};
use crate::error::{TokenError, TokenErrorCode};
use crate::issuer::Issuer;
use crate::params::Parameters;

/// What a client presented.
pub struct ClientCredentials {
    /// Who it says that it is.
    pub client_id: String,
    proof: Proof,
    basic: bool,
}

/// What it proves that with.
enum Proof {
    Nothing,
    Secret(Plain),
    Assertion(String),
}

/// Where and when a client authenticates.
#[derive(Clone, Copy, Debug)]
pub struct At<'a> {
    /// With whom.
    pub issuer: &'a Issuer,
    /// The address that the request was sent to.
    pub endpoint: &'a str,
    /// Now.
    pub now: Timestamp,
}

/// A client whose credentials are good.
#[derive(Clone, Copy, Debug)]
pub enum Judged<'c> {
    /// It proved who it is.
    Proved(VerifiedClient<'c>),
    /// It did, if its assertion was not used before.
    Once(Pending<'c>),
}

/// A client with a good assertion, which works once (RFC 7523 §3, OpenID Connect Core §9).
#[derive(Clone, Copy, Debug)]
pub struct Pending<'c> {
    client: &'c Client,
    once: Once,
}

impl<'c> Pending<'c> {
    /// What is to be used up.
    #[must_use]
    pub fn once(&self) -> Once {
        self.once
    }

    /// The client, if its assertion was used up by this request.
    ///
    /// # Errors
    /// `invalid_client` when it was used before.
    pub fn settle(self, used_now: bool) -> Result<VerifiedClient<'c>, TokenError> {
        if used_now { Ok(VerifiedClient(self.client)) } else { Err(NOT_AUTHENTICATED) }
    }
}

/// One answer for unknown clients, wrong secrets and assertions that are not good.
const NOT_AUTHENTICATED: TokenError =
    TokenError::new(TokenErrorCode::InvalidClient, "client authentication failed");

/// RFC 6749 §2.3: "MUST NOT use more than one".
const SEVERAL: TokenError = TokenError::invalid_request(
    "a client authenticates in one way in each request (RFC 6749 section 2.3)",
);

impl ClientCredentials {
    /// Takes the credentials out of the `Authorization` header or the form.
    ///
    /// # Errors
    /// When there are none, or two (RFC 6749 §2.3), or they are malformed.
    pub fn presented(
        authorization: Option<&str>,
        form: &Parameters<'_>,
    ) -> Result<Self, TokenError> {
        let form_id = form.one("client_id")?;
        let form_secret = form.one("client_secret")?;
        if let Some(assertion) = assertion(form)? {
            if authorization.is_some() || form_secret.is_some() {
                return Err(SEVERAL);
            }
            let claimed = assertion::claimed(assertion).ok_or(NOT_AUTHENTICATED)?;
            // RFC 7521 §4.2: where it is there, it is the same.
            if form_id.is_some_and(|form_id| form_id != claimed) {
                return Err(TokenError::invalid_request("client_id differs from the assertion's"));
            }
            let proof = Proof::Assertion(assertion.to_owned());
            return Ok(Self { client_id: claimed, proof, basic: false });
        }
        let Some(header) = authorization else {
            let client_id = form_id.ok_or(TokenError::new(
                TokenErrorCode::InvalidClient,
                "no client authentication",
            ))?;
            let proof = form_secret.map(|text| Plain::new(text.to_owned()));
            let proof = proof.map_or(Proof::Nothing, Proof::Secret);
            return Ok(Self { client_id: client_id.to_owned(), proof, basic: false });
        };
        if form_secret.is_some() {
            return Err(SEVERAL);
        }
        let malformed = TokenError { basic: true, ..NOT_AUTHENTICATED };
        let (client_id, secret) = basic(header).ok_or(malformed)?;
        if form_id.is_some_and(|form_id| form_id != client_id) {
            return Err(TokenError::invalid_request("client_id differs from the header's"));
        }
        let proof = secret.map_or(Proof::Nothing, Proof::Secret);
        Ok(Self { client_id, proof, basic: true })
    }

    /// Judges the credentials against the client that was looked up by `client_id`.
    ///
    /// # Errors
    /// `invalid_client`, the same for an unknown client and for whatever is wrong with its proof.
    pub fn authenticate<'c>(
        &self,
        client: Option<&'c Client>,
        at: At<'_>,
    ) -> Result<Judged<'c>, TokenError> {
        let client = client.filter(|client| client.id.0 == self.client_id);
        let judged = client.and_then(|client| {
            let proved = match (&client.secret, &self.proof) {
                (None, Proof::Nothing) => client.is_public(),
                // Digests compare in constant time.
                (Some(expected), Proof::Secret(presented)) => *expected == presented.digest(),
                (None, Proof::Assertion(text)) => {
                    let keys = (client.assertion_algorithm?, client.jwks.as_ref()?);
                    let here = (at.issuer, at.endpoint);
                    let once = assertion::judge(text, &client.id, keys, here, at.now)?;
                    return Some(Judged::Once(Pending { client, once }));
                }
                _ => false,
            };
            proved.then_some(Judged::Proved(VerifiedClient(client)))
        });
        judged.ok_or(TokenError { basic: self.basic, ..NOT_AUTHENTICATED })
    }
}

/// The assertion of a form (RFC 7521 §4.2), if there is one.
fn assertion<'r>(form: &Parameters<'r>) -> Result<Option<&'r str>, TokenError> {
    match (form.one("client_assertion_type")?, form.one("client_assertion")?) {
        (None, None) => Ok(None),
        (Some(assertion::TYPE), Some(assertion)) => Ok(Some(assertion)),
        (Some(_), Some(_)) => Err(TokenError::new(
            TokenErrorCode::InvalidClient,
            "client_assertion_type is not urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        )),
        _ => Err(TokenError::invalid_request(
            "client_assertion and client_assertion_type go together (RFC 7521 section 4.2)",
        )),
    }
}

/// RFC 7617 §2, each half form-encoded (RFC 6749 §2.3.1). An empty password is none.
fn basic(header: &str) -> Option<(String, Option<Plain>)> {
    let (scheme, encoded) = header.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") || encoded.len() > 2048 {
        return None;
    }
    let decoded = STANDARD.decode(encoded.trim_start_matches(' ')).ok()?;
    let decoded = String::from_utf8(decoded).ok()?;
    let (id, secret) = decoded.split_once(':')?;
    let (id, secret) = (form_decode(id)?, form_decode(secret)?);
    if id.is_empty() {
        return None;
    }
    Some((id, (!secret.is_empty()).then(|| Plain::new(secret))))
}

/// Strict `application/x-www-form-urlencoded`: half an escape or bytes that are not UTF-8 are
/// refused, not repaired.
fn form_decode(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => hex(rest.next()?)? << 4 | hex(rest.next()?)?,
            other => other,
        });
    }
    String::from_utf8(bytes).ok()
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{issuer, pairs, public_client, rota};

    fn presented(
        header: Option<&str>,
        form: &[(&str, &str)],
    ) -> Result<ClientCredentials, TokenError> {
        let pairs = pairs(form);
        ClientCredentials::presented(header, &Parameters::new(&pairs).expect("few"))
    }

    fn header(text: &str) -> String {
        format!("Basic {}", STANDARD.encode(text))
    }

    fn judge(shown: &ClientCredentials, client: Option<&Client>) -> Result<(), TokenError> {
        let now = Timestamp::from_seconds(1_800_000_000);
        let at = At { issuer: &issuer(), endpoint: "https://login.example.org/oauth2/token", now };
        shown.authenticate(client, at).map(drop)
    }

    fn outcome(header: Option<&str>, form: &[(&str, &str)], client: &Client) -> &'static str {
        let judged = presented(header, form).and_then(|shown| judge(&shown, Some(client)));
        match judged {
            Ok(()) => "ok",
            Err(error) => error.code.as_str(),
        }
    }

    #[test]
    fn a_secret_proves_the_client_by_either_method_and_a_wrong_one_does_not() {
        let rota = rota();
        assert_eq!(outcome(Some(&header("rota:rota+secret%21")), &[], &rota), "ok");
        let form = [("client_id", "rota"), ("client_secret", "rota secret!")];
        assert_eq!(outcome(None, &form, &rota), "ok");
        assert_eq!(outcome(Some(&header("rota:wrong")), &[], &rota), "invalid_client");
        assert_eq!(outcome(None, &[("client_id", "rota")], &rota), "invalid_client");
        assert_eq!(outcome(Some(&header("rota:")), &[], &rota), "invalid_client");
        assert_eq!(outcome(None, &[], &rota), "invalid_client");
    }

    #[test]
    fn the_secret_of_one_client_is_not_the_identity_of_another() {
        let mut other = rota();
        other.id.0 = "other".into();
        assert_eq!(outcome(Some(&header("rota:rota+secret%21")), &[], &other), "invalid_client");
    }

    #[test]
    fn a_public_client_presents_no_secret() {
        let phone = public_client();
        assert_eq!(outcome(None, &[("client_id", "phone")], &phone), "ok");
        let form = [("client_id", "phone"), ("client_secret", "x")];
        assert_eq!(outcome(None, &form, &phone), "invalid_client");
    }

    #[test]
    fn a_client_must_not_use_more_than_one_method() {
        let both = [("client_id", "rota"), ("client_secret", "rota secret!")];
        let basic = header("rota:rota+secret%21");
        assert_eq!(outcome(Some(&basic), &both, &rota()), "invalid_request");
        assert_eq!(outcome(Some(&basic), &[("client_id", "rota")], &rota()), "ok");
        assert_eq!(outcome(Some(&basic), &[("client_id", "x")], &rota()), "invalid_request");
        let assertion = [("client_assertion_type", assertion::TYPE), ("client_assertion", "x")];
        assert_eq!(outcome(None, &assertion, &rota()), "invalid_client");
        assert_eq!(outcome(None, &assertion[1..], &rota()), "invalid_request");
        assert_eq!(outcome(Some(&basic), &assertion, &rota()), "invalid_request");
        let secret = [&assertion[..], &both].concat();
        assert_eq!(outcome(None, &secret, &rota()), "invalid_request");
        let other = [("client_assertion_type", "urn:x"), ("client_assertion", "x")];
        assert_eq!(outcome(None, &other, &rota()), "invalid_client");
    }

    #[test]
    fn unknown_clients_and_wrong_secrets_are_answered_alike() {
        let shown = presented(Some(&header("rota:x")), &[]).expect("credentials");
        let unknown = judge(&shown, None);
        assert_eq!(unknown, judge(&shown, Some(&rota())));
        assert!(unknown.expect_err("refused").www_authenticate().is_some());
    }

    #[test]
    fn a_malformed_header_is_refused_with_the_scheme() {
        let broken = header("rota:%zz");
        let cut = header("rota:%2");
        let bytes = header("rota:%ff");
        for text in ["Basic", "Basic %%%", "Bearer abc", "Basic cm90YQ==", &broken, &cut, &bytes] {
            let error = presented(Some(text), &[]).err().expect("refused");
            assert_eq!(error.code, TokenErrorCode::InvalidClient, "{text}");
            assert!(error.www_authenticate().is_some());
        }
    }
}
