//! A service account's token for the admin API (RFC 6749 §4.4). It is sealed and kept nowhere: its
//! client is looked up whenever it is shown, so that it ends with that.

use std::sync::Arc;

use futures_util::future::BoxFuture;
use latchkey_api::AdminScope;
use latchkey_oidc::VerifiedClient;
use latchkey_oidc::client::GrantType;
use latchkey_oidc::error::{TokenError, TokenErrorCode};
use latchkey_oidc::token::GrantRequest;

use super::{Grant, Issued, Refused};
use crate::App;
use crate::oidc::code::{AdminFacts, Holder};

/// The grant `client_credentials`.
pub(super) struct ClientCredentials;

const NO_ACCOUNT: TokenError =
    TokenError::new(TokenErrorCode::UnauthorizedClient, "the client is no service account");

impl Grant for ClientCredentials {
    fn grant_type(&self) -> GrantType {
        GrantType::ClientCredentials
    }

    fn issue<'a>(
        &'a self,
        app: &'a Arc<App>,
        client: VerifiedClient<'a>,
        request: &'a GrantRequest,
    ) -> BoxFuture<'a, Result<Issued, Refused>> {
        Box::pin(async move {
            let client = client.client();
            let (GrantRequest::ClientCredentials(request), Some(account)) =
                (request, &client.service)
            else {
                return Err(NO_ACCOUNT.into());
            };
            let [admin_api] = app.oidc.resources();
            let words = request.scopes(account, admin_api)?;
            let lasts = app.config.lifetimes.access_token;
            Ok(Issued::ToService {
                access: AdminFacts {
                    holder: Holder::Service,
                    client: client.id.clone(),
                    scopes: words.iter().filter_map(|word| AdminScope::parse(word)).collect(),
                    expires_at: app.clock.now().plus(lasts),
                },
                lasts,
            })
        })
    }
}
