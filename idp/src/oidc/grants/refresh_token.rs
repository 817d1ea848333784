//! A refresh token for the next tokens (RFC 6749 §6; OpenID Connect Core §12). Each works once;
//! one that was replaced before revokes its whole family (RFC 9700 §4.14.2).

use std::sync::Arc;

use futures_util::future::BoxFuture;
use latchkey_core::audit::What;
use latchkey_core::secrets::Plain;
use latchkey_oidc::VerifiedClient;
use latchkey_oidc::client::GrantType;
use latchkey_oidc::error::TokenError;
use latchkey_oidc::token::{GrantRequest, RefreshRequest};
use latchkey_store::{Error, PersonRecord, Refresh, Tx};

use super::{Grant, Granted, Issued, Refused, entitled, event, resource};
use crate::App;
use crate::oidc::code::GrantFacts;
use crate::oidc::released::ruled;

/// The grant `refresh_token`.
pub(super) struct RefreshToken;

const NO_GOOD: TokenError =
    TokenError::invalid_grant("the refresh token is used, expired, revoked or not yours");

enum Outcome {
    Granted(Box<PersonRecord>),
    Refused,
}

impl Grant for RefreshToken {
    fn grant_type(&self) -> GrantType {
        GrantType::RefreshToken
    }

    fn issue<'a>(
        &'a self,
        app: &'a Arc<App>,
        client: VerifiedClient<'a>,
        request: &'a GrantRequest,
    ) -> BoxFuture<'a, Result<Issued, Refused>> {
        Box::pin(async move {
            match request {
                GrantRequest::RefreshToken(request) => rotate(app, client, request).await,
                GrantRequest::AuthorizationCode(_) | GrantRequest::ClientCredentials(_) => {
                    Err(NO_GOOD.into())
                }
            }
        })
    }
}

async fn rotate(
    app: &Arc<App>,
    client: VerifiedClient<'_>,
    request: &RefreshRequest,
) -> Result<Issued, Refused> {
    let (client, now, lifetimes) = (client.client(), app.clock.now(), &app.config.lifetimes);
    let presented = request.refresh_token.digest();
    let view = app.store.view();
    let token = view.find_refresh(presented).await?.ok_or(NO_GOOD)?;
    let (grant, _) = view.find_live_grant(token.grant).await?.ok_or(NO_GOOD)?;
    if grant.client != client.id {
        return Err(NO_GOOD.into());
    }
    let facts: GrantFacts = serde_json::from_str(&grant.facts).map_err(anyhow::Error::from)?;
    // Before anything is used up: a client that asks too much keeps its token.
    let scopes = request.narrowed(facts.scopes)?;
    request.resources.within(resource(app, &facts))?;

    let fresh = Plain::generate(&*app.rng);
    let lifetime =
        if grant.offline { lifetimes.offline_refresh_token } else { lifetimes.refresh_token };
    let next = Refresh {
        digest: fresh.digest(),
        grant: grant.id,
        issued_at: now,
        expires_at: now.plus(lifetime),
        used_at: None,
    };
    let until = next.expires_at.max(now.plus(facts.audience.lifetime(lifetimes)));
    let (inner, of, offline) = (Arc::clone(app), facts.clone(), grant.offline);
    let write = async move |tx: &Tx| {
        // Read again: the grant may have been revoked, and the token used, since.
        let view = tx.view();
        let token = view.find_refresh(presented).await?;
        let live = view.find_live_grant(next.grant).await?;
        let (Some(token), Some((_, owner))) = (token, live) else {
            return Ok(Outcome::Refused);
        };
        if token.used_at.is_some() {
            tx.revoke_grant(next.grant, now).await?;
            let what = What::GrantReuse { client: of.client.clone() };
            tx.insert_event(&event(&inner, &of, &owner.person, what, now)).await?;
            return Ok(Outcome::Refused);
        }
        if now >= token.expires_at {
            return Ok(Outcome::Refused);
        }
        let Some(record) = entitled(tx, &of, offline, now).await? else {
            return Ok(Outcome::Refused);
        };
        if !tx.use_refresh(presented, now).await? {
            return Ok(Outcome::Refused);
        }
        tx.insert_refresh(&next).await?;
        tx.extend_grant(next.grant, until).await?;
        Ok(Outcome::Granted(Box::new(record)))
    };
    match app.store.write::<_, Error, _>(write).await? {
        Outcome::Refused => Err(NO_GOOD.into()),
        Outcome::Granted(record) => Ok(Issued::ToApplication(Box::new(Granted {
            ruled: ruled(app, client, &record.person).await?,
            person: record.person,
            algorithm: client.id_token_algorithm,
            // OpenID Connect Core §12.2: it SHOULD NOT have one.
            nonce: None,
            scopes,
            refresh: Some(fresh),
            at: now,
            facts,
        }))),
    }
}
