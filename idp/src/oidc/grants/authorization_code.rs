//! A code for tokens (RFC 6749 §4.1.3, RFC 7636 §4.6). The code's own digest is the row's unique
//! value, so that it works once, on whichever node.

use std::sync::Arc;

use futures_util::future::BoxFuture;
use latchkey_core::audit::What;
use latchkey_core::secrets::Plain;
use latchkey_oidc::client::GrantType;
use latchkey_oidc::error::TokenError;
use latchkey_oidc::token::{CodeRequest, GrantRequest};
use latchkey_oidc::{Scope, VerifiedClient, pkce};
use latchkey_store::{Error, PersonRecord, Redeemed, Refresh, Tx};

use super::{Grant, Granted, Issued, Refused, entitled, event, resource};
use crate::App;
use crate::oidc::code::GrantFacts;
use crate::oidc::released::{refresh_lasts, ruled};

/// The grant `authorization_code`.
pub(super) struct AuthorizationCode;

const NO_GOOD: TokenError = TokenError::invalid_grant("the code is used, expired or not yours");

enum Outcome {
    Granted(Box<PersonRecord>),
    Refused,
}

impl Grant for AuthorizationCode {
    fn grant_type(&self) -> GrantType {
        GrantType::AuthorizationCode
    }

    fn issue<'a>(
        &'a self,
        app: &'a Arc<App>,
        client: VerifiedClient<'a>,
        request: &'a GrantRequest,
    ) -> BoxFuture<'a, Result<Issued, Refused>> {
        Box::pin(async move {
            match request {
                GrantRequest::AuthorizationCode(request) => redeem(app, client, request).await,
                GrantRequest::RefreshToken(_) | GrantRequest::ClientCredentials(_) => {
                    Err(NO_GOOD.into())
                }
            }
        })
    }
}

async fn redeem(
    app: &Arc<App>,
    client: VerifiedClient<'_>,
    request: &CodeRequest,
) -> Result<Issued, Refused> {
    let (client, now, lifetimes) = (client.client(), app.clock.now(), &app.config.lifetimes);
    let facts = GrantFacts::open(&app.keys.tokens, &request.code, now, lifetimes.code)
        .filter(|facts| facts.client == client.id && facts.redirect_uri == request.redirect_uri)
        .ok_or(NO_GOOD)?;
    pkce::verify(facts.challenge.as_ref(), request.code_verifier.as_ref())
        .map_err(|_| TokenError::invalid_grant("code_verifier does not answer code_challenge"))?;

    request.resources.within(resource(app, &facts))?;

    let offline = facts.scopes.contains(Scope::OfflineAccess);
    let lasts = refresh_lasts(client, facts.scopes, lifetimes);
    let refresh = lasts.map(|_| Plain::generate(&*app.rng));
    let kept = refresh.as_ref().zip(lasts).map(|(token, lasts)| Refresh {
        digest: token.digest(),
        grant: facts.id,
        issued_at: now,
        expires_at: now.plus(lasts),
        used_at: None,
    });
    let access_until = now.plus(facts.audience.lifetime(lifetimes));
    let row = latchkey_store::Grant {
        id: facts.id,
        code: request.code.digest(),
        person: facts.person,
        session: facts.session,
        client: facts.client.clone(),
        facts: serde_json::to_string(&facts).map_err(anyhow::Error::from)?,
        offline,
        created_at: now,
        // At least as long as the code could be shown again.
        expires_at: kept
            .as_ref()
            .map_or(access_until, |token| token.expires_at.max(access_until))
            .max(facts.issued_at.plus(lifetimes.code)),
        revoked_at: None,
    };
    let (inner, of) = (Arc::clone(app), facts.clone());
    let write = async move |tx: &Tx| {
        let Some(record) = entitled(tx, &of, false, now).await? else {
            return Ok(Outcome::Refused);
        };
        let client = of.client.clone();
        if tx.redeem(&row).await? == Redeemed::Before {
            let what = What::GrantReuse { client };
            tx.insert_event(&event(&inner, &of, &record.person, what, now)).await?;
            return Ok(Outcome::Refused);
        }
        if tx.open_application(of.session, &of.client, now).await? {
            let what = What::ApplicationOpened { client };
            tx.insert_event(&event(&inner, &of, &record.person, what, now)).await?;
        }
        if let Some(refresh) = &kept {
            tx.insert_refresh(refresh).await?;
        }
        Ok(Outcome::Granted(Box::new(record)))
    };
    match app.store.write::<_, Error, _>(write).await? {
        Outcome::Refused => Err(NO_GOOD.into()),
        Outcome::Granted(record) => Ok(Issued::ToApplication(Box::new(Granted {
            ruled: ruled(app, client, &record.person).await?,
            person: record.person,
            algorithm: client.id_token_algorithm,
            nonce: facts.nonce.clone(),
            scopes: facts.scopes,
            refresh,
            at: now,
            facts,
        }))),
    }
}
