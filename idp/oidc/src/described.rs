//! A client as the metadata that it was made from: what [`Client::register`] takes back.

use crate::client::{Client, GrantType};
use crate::metadata::ClientMetadata;
use crate::service::ServiceAccountMetadata;

impl Client {
    /// Its metadata (RFC 7591 §2) with our own members, every default written out, and without its
    /// secret: nobody knows that.
    #[must_use]
    pub fn metadata(&self) -> ClientMetadata {
        let service = self.service.as_ref().map(ServiceAccountMetadata::from);
        if service.is_some() {
            return self.service_metadata(service);
        }
        let grants = self.grants.iter().map(|grant| grant.as_str().to_owned());
        let code = self.grants.contains(&GrantType::AuthorizationCode);
        ClientMetadata {
            client_id: self.id.0.clone(),
            client_secret: None,
            client_name: Some(self.name.clone()),
            redirect_uris: self.redirect_uris.clone(),
            post_logout_redirect_uris: self.post_logout_redirect_uris.clone(),
            grant_types: Some(grants.collect()),
            response_types: code.then(|| vec!["code".to_owned()]),
            token_endpoint_auth_method: Some(self.authentication),
            token_endpoint_auth_signing_alg: self.assertion_algorithm,
            id_token_signed_response_alg: Some(self.id_token_algorithm),
            scope: Some(self.scopes.to_string()),
            application_type: Some(self.application),
            client_uri: self.client_uri.clone(),
            logo_uri: self.logo_uri.clone(),
            policy_uri: self.policy_uri.clone(),
            tos_uri: self.tos_uri.clone(),
            default_max_age: self.default_max_age,
            default_acr_values: self.default_acr_values.clone(),
            require_auth_time: None,
            jwks: self.jwks.clone(),
            latchkey_organisation: self.organisation.clone(),
            latchkey_trusted: self.trusted.then_some(true),
            latchkey_require_acr: self.required_level.map(|level| level.acr().to_owned()),
            latchkey_acr_values: self.acr_values.clone(),
            latchkey_claims: self
                .claims
                .iter()
                .map(|(name, source)| (name.clone(), source.to_string()))
                .collect(),
            latchkey_claims_profile: Some(self.claims_profile),
            latchkey_service_account: None,
        }
    }

    /// That of a client that nobody logs in to: the rest is of no use to it.
    fn service_metadata(&self, service: Option<ServiceAccountMetadata>) -> ClientMetadata {
        let grants = self.grants.iter().map(|grant| grant.as_str().to_owned());
        ClientMetadata {
            client_id: self.id.0.clone(),
            client_name: Some(self.name.clone()),
            grant_types: Some(grants.collect()),
            token_endpoint_auth_method: Some(self.authentication),
            token_endpoint_auth_signing_alg: self.assertion_algorithm,
            application_type: Some(self.application),
            client_uri: self.client_uri.clone(),
            logo_uri: self.logo_uri.clone(),
            policy_uri: self.policy_uri.clone(),
            tos_uri: self.tos_uri.clone(),
            jwks: self.jwks.clone(),
            latchkey_service_account: service,
            ..ClientMetadata::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use latchkey_core::secrets::Plain;
    use serde_json::json;

    use super::*;

    #[test]
    fn what_a_client_is_described_as_makes_the_same_client() {
        let secret = "a-secret-of-32-bytes-or-more-without-marks";
        for members in [
            json!({ "client_id": "rota", "redirect_uris": ["https://rota.example/cb"] }),
            json!({
                "client_id": "notes", "client_name": "Notes",
                "redirect_uris": ["https://notes.example/cb", "https://notes.example/b?x=1"],
                "post_logout_redirect_uris": ["https://notes.example/bye"],
                "grant_types": ["authorization_code", "refresh_token"],
                "token_endpoint_auth_method": "client_secret_post",
                "id_token_signed_response_alg": "ES256",
                "scope": "openid email offline_access",
                "client_uri": "https://notes.example", "default_max_age": 600,
                "latchkey_organisation": "northgate", "latchkey_trusted": true,
                "latchkey_require_acr": "phr",
                "latchkey_acr_values": { "https://notes.example/two": "mfa" },
                "latchkey_claims": { "ward": "claim:ward" },
                "latchkey_claims_profile": "single_amr",
            }),
            json!({
                "client_id": "sync", "grant_types": ["client_credentials"],
                "latchkey_service_account": { "scopes": ["people:read"], "organisation": "northgate" },
            }),
            json!({
                "client_id": "phone", "redirect_uris": ["https://phone.example/cb"],
                "token_endpoint_auth_method": "none", "application_type": "native",
            }),
        ] {
            let read: ClientMetadata = serde_json::from_value(members).expect("metadata");
            let secret = || Some(Plain::new(secret.to_owned()));
            let secret = || {
                let public = read.token_endpoint_auth_method
                    == Some(crate::metadata::AuthenticationMethod::None);
                secret().filter(|_| !public)
            };
            let with_secret = |metadata| ClientMetadata { client_secret: secret(), ..metadata };
            let client = Client::register(with_secret(read.clone())).expect("a client");
            let again = Client::register(with_secret(client.metadata())).expect("the same");
            assert_eq!(again, client);
        }
    }
}
