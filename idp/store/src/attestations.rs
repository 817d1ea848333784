//! The certificates with which keys told what they are, kept to be judged again.

use latchkey_core::credentials::Credential;
use latchkey_core::ids::CredentialId;
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _,
    QuerySelect as _,
};

use crate::entity::attestations::{ActiveModel, Column, Entity};
use crate::entity::credentials;
use crate::{Error, PORTION, Result, Tx, View};

/// A key with the certificates of its attestation.
#[derive(Clone, Debug)]
pub struct Attested {
    /// The key.
    pub credential: Credential,
    /// Its certificates (DER), the attesting one first.
    pub chain: Vec<Vec<u8>>,
}

/// Each certificate behind its length in four bytes.
fn joined(chain: &[Vec<u8>]) -> Result<Vec<u8>> {
    let mut all = Vec::new();
    for certificate in chain {
        let length = u32::try_from(certificate.len());
        let length = length.map_err(|_| Error::Internal("a certificate is too long".to_owned()))?;
        all.extend(length.to_be_bytes());
        all.extend(certificate);
    }
    Ok(all)
}

fn parted(mut all: &[u8]) -> Result<Vec<Vec<u8>>> {
    let damaged = || Error::damaged("attestations.chain");
    let mut chain = Vec::new();
    while !all.is_empty() {
        let (length, rest) = all.split_first_chunk::<4>().ok_or_else(damaged)?;
        let length = usize::try_from(u32::from_be_bytes(*length)).map_err(|_| damaged())?;
        let (certificate, rest) = rest.split_at_checked(length).ok_or_else(damaged)?;
        chain.push(certificate.to_vec());
        all = rest;
    }
    Ok(chain)
}

impl View<'_> {
    /// A portion of the keys that told what they are, in the order of their database keys, after
    /// one of them.
    pub async fn list_attested(&self, after: Option<CredentialId>) -> Result<Vec<Attested>> {
        let mut query = Entity::find().order_by_asc(Column::CredentialId).limit(PORTION);
        if let Some(after) = after {
            query = query.filter(Column::CredentialId.gt(after.0));
        }
        let rows = query.all(&self.conn).await?;
        let ids = rows.iter().map(|row| row.credential_id);
        let keys = credentials::Entity::find()
            .filter(credentials::Column::Id.is_in(ids))
            .all(&self.conn)
            .await?;
        let mut attested = Vec::with_capacity(rows.len());
        for key in keys {
            let Some(row) = rows.iter().find(|row| row.credential_id == key.id) else { continue };
            let chain = parted(&row.chain)?;
            attested.push(Attested { credential: crate::credentials::from_row(key)?, chain });
        }
        attested.sort_by_key(|attested| attested.credential.id.0);
        Ok(attested)
    }
}

impl Tx {
    /// Keeps with which certificates a key told what it is.
    pub async fn insert_attestation(&self, key: CredentialId, chain: &[Vec<u8>]) -> Result<()> {
        let row = ActiveModel { credential_id: Set(key.0), chain: Set(joined(chain)?) };
        Entity::insert(row).exec_without_returning(&self.conn()).await?;
        Ok(())
    }

    /// Notes whether a key is proven to be in hardware; `false` when that is noted already, or the
    /// key is gone.
    pub async fn judge_credential(&self, key: CredentialId, hardware: bool) -> Result<bool> {
        let done = credentials::Entity::update_many()
            .col_expr(credentials::Column::Hardware, Expr::value(hardware))
            .filter(credentials::Column::Id.eq(key.0))
            .filter(credentials::Column::Hardware.eq(!hardware))
            .exec(&self.conn())
            .await?;
        Ok(done.rows_affected == 1)
    }
}
