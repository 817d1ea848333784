//! The discovery document (OpenID Connect Discovery §3, RFC 8414, RFC 9207 §3): written once from
//! what this crate supports.

use latchkey_core::assurance::Level;
use url::ParseError;

use crate::assertion::AssertionAlgorithm;
use crate::client::GrantType;
use crate::facade::{
    AuthUrl, AuthenticationContextClass, CoreClaimName, CoreClaimType, CoreClientAuthMethod,
    CoreGrantType, CoreResponseMode, CoreResponseType, CoreSubjectIdentifierType, EndSessionUrl,
    FurtherMetadata, JsonWebKeySetUrl, JwsAlgorithm, LanguageTag, ProviderMetadata, ResponseTypes,
    Scope, TokenUrl, UserInfoUrl,
};
use crate::issuer::Issuer;
use crate::keys::Algorithm;
use crate::redirect::ResponseMode;
use crate::scopes;

/// The path of the discovery document.
pub const CONFIGURATION_PATH: &str = "/.well-known/openid-configuration";
/// The path of the authorization endpoint.
pub const AUTHORIZE_PATH: &str = "/oauth2/authorize";
/// The path of the token endpoint.
pub const TOKEN_PATH: &str = "/oauth2/token";
/// The path of the userinfo endpoint.
pub const USERINFO_PATH: &str = "/oauth2/userinfo";
/// The path of the public keys.
pub const JWKS_PATH: &str = "/oauth2/jwks";
/// The path of the end session endpoint.
pub const LOGOUT_PATH: &str = "/oauth2/logout";

/// Why there is no document.
#[derive(Debug, thiserror::Error)]
pub enum DiscoveryError {
    /// The issuer does not make addresses.
    #[error("an endpoint's address cannot be made")]
    Address(#[from] ParseError),
    /// The document cannot be written.
    #[error("the document cannot be written")]
    Encoding(#[from] serde_json::Error),
}

/// Writes the document, `application/json`. `algorithms` are those that there are keys for;
/// `locales` the languages of the pages; `resources` what tokens are made for beside userinfo.
///
/// # Errors
/// When the issuer does not make addresses.
pub fn document(
    issuer: &Issuer,
    algorithms: &[Algorithm],
    locales: &[String],
    resources: &[String],
) -> Result<Vec<u8>, DiscoveryError> {
    let address = |path| issuer.address(path);
    let further = FurtherMetadata {
        end_session_endpoint: EndSessionUrl::new(address(LOGOUT_PATH))?,
        code_challenge_methods_supported: vec!["S256".into()],
        authorization_response_iss_parameter_supported: true,
        prompt_values_supported: texts(["none", "login", "consent", "select_account"]),
        protected_resources: resources.to_vec(),
    };
    let metadata = ProviderMetadata::new(
        issuer.url().clone(),
        AuthUrl::new(address(AUTHORIZE_PATH))?,
        JsonWebKeySetUrl::new(address(JWKS_PATH))?,
        vec![ResponseTypes::new(vec![CoreResponseType::Code])],
        vec![CoreSubjectIdentifierType::Public],
        algorithms.iter().map(|algorithm| algorithm.jws()).collect(),
        further,
    )
    .set_token_endpoint(Some(TokenUrl::new(address(TOKEN_PATH))?))
    .set_userinfo_endpoint(Some(UserInfoUrl::new(address(USERINFO_PATH))?))
    .set_scopes_supported(Some(
        scopes::Scope::ALL.map(|scope| Scope::new(scope.as_str().into())).into(),
    ))
    .set_response_modes_supported(Some(ResponseMode::ALL.map(response_mode).into()))
    .set_grant_types_supported(Some(GrantType::ALL.map(grant_type).into()))
    .set_acr_values_supported(Some(
        Level::ALL.map(|level| AuthenticationContextClass::new(level.acr().into())).into(),
    ))
    .set_token_endpoint_auth_methods_supported(Some(vec![
        CoreClientAuthMethod::ClientSecretBasic,
        CoreClientAuthMethod::ClientSecretPost,
        CoreClientAuthMethod::PrivateKeyJwt,
        CoreClientAuthMethod::None,
    ]))
    .set_token_endpoint_auth_signing_alg_values_supported(Some(
        AssertionAlgorithm::ALL.map(assertion_algorithm).into(),
    ))
    .set_claim_types_supported(Some(vec![CoreClaimType::Normal]))
    .set_claims_supported(Some(claims()))
    .set_ui_locales_supported(Some(
        locales.iter().map(|tag| LanguageTag::new(tag.clone())).collect(),
    ))
    .set_claims_parameter_supported(Some(true))
    .set_request_parameter_supported(Some(false))
    // Discovery §3: the default would be true.
    .set_request_uri_parameter_supported(Some(false));
    Ok(serde_json::to_vec(&metadata)?)
}

fn texts<const N: usize>(texts: [&str; N]) -> Vec<String> {
    texts.map(str::to_owned).into()
}

fn response_mode(mode: ResponseMode) -> CoreResponseMode {
    match mode {
        ResponseMode::Query => CoreResponseMode::Query,
        ResponseMode::FormPost => CoreResponseMode::FormPost,
    }
}

fn grant_type(grant: GrantType) -> CoreGrantType {
    match grant {
        GrantType::AuthorizationCode => CoreGrantType::AuthorizationCode,
        GrantType::RefreshToken => CoreGrantType::RefreshToken,
        GrantType::ClientCredentials => CoreGrantType::ClientCredentials,
    }
}

fn assertion_algorithm(algorithm: AssertionAlgorithm) -> JwsAlgorithm {
    match algorithm {
        AssertionAlgorithm::Rs256 => JwsAlgorithm::RsaSsaPkcs1V15Sha256,
        AssertionAlgorithm::Ps256 => JwsAlgorithm::RsaSsaPssSha256,
        AssertionAlgorithm::Es256 => JwsAlgorithm::EcdsaP256Sha256,
        AssertionAlgorithm::EdDsa => JwsAlgorithm::EdDsa,
    }
}

fn claims() -> Vec<CoreClaimName> {
    let of_the_log_in =
        ["iss", "sub", "aud", "exp", "iat", "auth_time", "nonce", "acr", "amr", "sid", "at_hash"];
    let of_the_person = scopes::Scope::ALL.into_iter().flat_map(|scope| scope.claims().iter());
    of_the_log_in
        .iter()
        .chain(of_the_person)
        .map(|name| CoreClaimName::new((*name).to_owned()))
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::samples::{API, issuer};

    #[test]
    fn the_document_says_what_is_supported_and_nothing_else() {
        let resources = [API.identifier.to_owned()];
        let locales = ["en".into(), "cy".into()];
        let bytes = document(&issuer(), &Algorithm::ALL, &locales, &resources);
        let document: Value = serde_json::from_slice(&bytes.expect("a document")).expect("json");
        let base = "https://login.example.org";
        let expected = json!({
            "issuer": base,
            "authorization_endpoint": format!("{base}/oauth2/authorize"),
            "token_endpoint": format!("{base}/oauth2/token"),
            "userinfo_endpoint": format!("{base}/oauth2/userinfo"),
            "jwks_uri": format!("{base}/oauth2/jwks"),
            "end_session_endpoint": format!("{base}/oauth2/logout"),
            "response_types_supported": ["code"],
            "response_modes_supported": ["query", "form_post"],
            "grant_types_supported":
                ["authorization_code", "refresh_token", "client_credentials"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256", "ES256", "EdDSA"],
            "scopes_supported":
                ["openid", "profile", "email", "phone", "address", "offline_access"],
            "acr_values_supported": Level::ALL.map(Level::acr),
            "token_endpoint_auth_methods_supported":
                ["client_secret_basic", "client_secret_post", "private_key_jwt", "none"],
            "token_endpoint_auth_signing_alg_values_supported": ["RS256", "PS256", "ES256", "EdDSA"],
            "claim_types_supported": ["normal"],
            "claims_supported": document["claims_supported"],
            "ui_locales_supported": ["en", "cy"],
            "claims_parameter_supported": true,
            "request_parameter_supported": false,
            "request_uri_parameter_supported": false,
            "code_challenge_methods_supported": ["S256"],
            "authorization_response_iss_parameter_supported": true,
            "prompt_values_supported": ["none", "login", "consent", "select_account"],
            "protected_resources": resources,
        });
        assert_eq!(document, expected);
        for claim in ["sub", "auth_time", "acr", "amr", "sid", "email", "name"] {
            let claims = document["claims_supported"].as_array().expect("claims");
            assert!(claims.contains(&json!(claim)), "{claim}");
        }
    }
}
