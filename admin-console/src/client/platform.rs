//! Organisations, who has which role, relying applications, signing keys, the trail, and how all is.

use axum::body::Body;
use http::{Method, Response};
use latchkey_api::Page;
use latchkey_api::audit::{AuditQuery, Event};
use latchkey_api::organisations::{Organisation, PartQuery};

use super::{Api, Failure, with_query};

impl Api {
    /// A part of what happened, the latest first.
    pub(crate) async fn trail(&self, query: &AuditQuery) -> Result<Page<Event>, Failure> {
        self.get(&with_query("/audit", query)?).await
    }

    /// All of what happened, an event a line, as it comes.
    pub(crate) async fn export_trail(&self, query: &AuditQuery) -> Result<Response<Body>, Failure> {
        let path = with_query("/audit/export", query)?;
        self.open(self.request(Method::GET, &path, None, &[])?).await
    }

    /// A part of the organisations.
    pub(crate) async fn organisations(
        &self,
        query: &PartQuery,
    ) -> Result<Page<Organisation>, Failure> {
        self.get(&with_query("/organisations", query)?).await
    }
}
