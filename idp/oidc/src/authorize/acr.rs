//! How strong a log-in a request asks for: `acr_values`, the `claims` parameter, the client's
//! default (OpenID Connect Core §3.1.2.1, §5.5.1.1; Registration §2).

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::checks::words;
use crate::client::Client;
use crate::error::AuthorizationError;
use crate::params::Parameters;

/// The requested authentication contexts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequestedAcr {
    /// The values, best first, those that mean nothing here included.
    pub values: Vec<String>,
    /// Whether one of them must be reached (§5.5.1.1), rather than tried for.
    pub essential: bool,
}

/// More values than anybody lists.
const MOST: usize = 16;

impl RequestedAcr {
    /// The `claims` parameter goes before `acr_values`, and that before the client's default.
    pub(super) fn read(
        parameters: &Parameters<'_>,
        claims: &Claims,
        client: &Client,
    ) -> Result<Self, AuthorizationError> {
        let listed: Vec<String> = words(parameters.one("acr_values")?).map(str::to_owned).collect();
        let acr = if !claims.acr.values.is_empty() {
            claims.acr.clone()
        } else if !listed.is_empty() {
            Self { values: listed, essential: false }
        } else {
            Self { values: client.default_acr_values.clone(), essential: false }
        };
        if acr.values.len() > MOST {
            return Err(AuthorizationError::invalid_request("too many acr values"));
        }
        Ok(acr)
    }
}

/// What is understood of the `claims` parameter (OpenID Connect Core §5.5). Other claims are
/// released by scope; §5.5 lets a provider leave out what it was not able to release.
#[derive(Debug, Default)]
pub(super) struct Claims {
    pub(super) acr: RequestedAcr,
    pub(super) subject: Option<String>,
}

const MALFORMED: AuthorizationError =
    AuthorizationError::invalid_request("claims is not a claims request (section 5.5)");

impl Claims {
    pub(super) fn read(parameters: &Parameters<'_>) -> Result<Self, AuthorizationError> {
        let Some(text) = parameters.one("claims")? else { return Ok(Self::default()) };
        let request: Map<String, Value> = serde_json::from_str(text).map_err(|_| MALFORMED)?;
        let Some(id_token) = member(&request, "id_token")? else { return Ok(Self::default()) };
        let mut claims = Self::default();
        if let Some(acr) = member(id_token, "acr")? {
            claims.acr.values = texts(acr)?;
            claims.acr.essential = match acr.get("essential") {
                None => false,
                Some(essential) => essential.as_bool().ok_or(MALFORMED)?,
            };
        }
        if let Some(subject) = member(id_token, "sub")? {
            claims.subject = texts(subject)?.into_iter().next();
        }
        Ok(claims)
    }
}

/// An object's member that is itself an object, or null, which says nothing (§5.5.1).
fn member<'v>(
    object: &'v Map<String, Value>,
    name: &str,
) -> Result<Option<&'v Map<String, Value>>, AuthorizationError> {
    match object.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Object(member)) => Ok(Some(member)),
        Some(_) => Err(MALFORMED),
    }
}

/// `value` and `values` (§5.5.1).
fn texts(claim: &Map<String, Value>) -> Result<Vec<String>, AuthorizationError> {
    let values = match claim.get("values") {
        None => &[][..],
        Some(values) => values.as_array().ok_or(MALFORMED)?,
    };
    let texts = claim.get("value").into_iter().chain(values);
    texts.map(|text| text.as_str().map(str::to_owned).ok_or(MALFORMED)).collect()
}
