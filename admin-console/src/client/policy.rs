//! What organisations and groups ask of people, tried and changed; the groups themselves; and the
//! models of the keys in use.

use std::time::Duration;

use axum::response::Response;
use http::{Method, header};
use latchkey_api::Page;
use latchkey_api::organisations::{
    Group, JoinQuery, KeyModel, KeyModelNeeded, PartQuery, PutGroup,
};
use latchkey_api::people::PersonSummary;
use latchkey_api::policy::{Policy, PutPolicy, Trial, TrialQuery};
use serde::Serialize;
use uuid::Uuid;

use super::{Api, Failure, segment, with_query, written};
use crate::transport::Patience;

/// How long everybody of an organisation may take to be judged.
const JUDGES_WITHIN: Patience = Patience(Duration::from_secs(120));

impl Api {
    /// What an organisation asks, and the `ETag` of it.
    pub(crate) async fn policy(&self, organisation: &str) -> Result<(Policy, String), Failure> {
        let path = of(organisation, "policy");
        let answer = self.call(Method::GET, &path, None, &[]).await?;
        Ok((answer.read()?, answer.version))
    }

    /// What it would ask.
    pub(crate) async fn preview_policy(
        &self,
        organisation: &str,
        put: &PutPolicy,
    ) -> Result<Policy, Failure> {
        let path = of(organisation, "policy/preview");
        self.call(Method::POST, &path, Some(written(put)?), &[]).await?.read()
    }

    /// Has an organisation ask it, if what was read as `version` is still there.
    pub(crate) async fn put_policy(
        &self,
        organisation: &str,
        put: &PutPolicy,
        version: &str,
    ) -> Result<(), Failure> {
        let path = of(organisation, "policy");
        self.put_judged(&path, put, Some(version)).await
    }

    /// Who could not log in tomorrow, by the path of what is tried.
    pub(crate) async fn trial(
        &self,
        path: &str,
        put: &impl Serialize,
        query: &TrialQuery,
    ) -> Result<Trial, Failure> {
        let path = with_query(&format!("{path}/trial"), query)?;
        let mut request = self.request(Method::POST, &path, Some(written(put)?), &[])?;
        request.extensions_mut().insert(JUDGES_WITHIN);
        self.send(request).await?.read()
    }

    /// Everybody who could not, as a table that is sent while it is made.
    pub(crate) async fn trial_table(
        &self,
        path: &str,
        put: &impl Serialize,
    ) -> Result<Response, Failure> {
        let path = format!("{path}/trial.csv");
        let mut request = self.request(Method::POST, &path, Some(written(put)?), &[])?;
        request.extensions_mut().insert(JUDGES_WITHIN);
        self.open(request).await
    }

    /// The groups of an organisation.
    pub(crate) async fn groups(
        &self,
        organisation: &str,
        part: &PartQuery,
    ) -> Result<Page<Group>, Failure> {
        self.get(&with_query(&of(organisation, "groups"), part)?).await
    }

    /// A group, and the `ETag` of it.
    pub(crate) async fn group(
        &self,
        organisation: &str,
        group: &str,
    ) -> Result<(Group, String), Failure> {
        let answer = self.call(Method::GET, &group_path(organisation, group), None, &[]).await?;
        Ok((answer.read()?, answer.version))
    }

    /// Adds a group, or changes what was read as `version`.
    pub(crate) async fn put_group(
        &self,
        organisation: &str,
        group: &str,
        put: &PutGroup,
        version: Option<&str>,
    ) -> Result<(), Failure> {
        self.put_judged(&group_path(organisation, group), put, version).await
    }

    /// Removes a group.
    pub(crate) async fn remove_group(
        &self,
        organisation: &str,
        group: &str,
    ) -> Result<(), Failure> {
        let path = group_path(organisation, group);
        self.call(Method::DELETE, &path, None, &[]).await.map(|_| ())
    }

    /// Who is in a group.
    pub(crate) async fn members(
        &self,
        organisation: &str,
        group: &str,
        part: &PartQuery,
    ) -> Result<Page<PersonSummary>, Failure> {
        let path = format!("{}/members", group_path(organisation, group));
        self.get(&with_query(&path, part)?).await
    }

    /// Whether somebody could not log in tomorrow, if they joined a group.
    pub(crate) async fn try_joining(
        &self,
        organisation: &str,
        group: &str,
        person: Uuid,
    ) -> Result<Trial, Failure> {
        let path = format!("{}/members/{person}/trial", group_path(organisation, group));
        self.call(Method::POST, &path, None, &[]).await?.read()
    }

    /// Puts somebody into a group. Whoever could not log in then is put in only where that was agreed
    /// to.
    pub(crate) async fn join(
        &self,
        organisation: &str,
        group: &str,
        person: Uuid,
        agreed: JoinQuery,
    ) -> Result<(), Failure> {
        let path = format!("{}/members/{person}", group_path(organisation, group));
        self.call(Method::PUT, &with_query(&path, &agreed)?, None, &[]).await.map(|_| ())
    }

    /// Takes somebody out of a group.
    pub(crate) async fn leave(
        &self,
        organisation: &str,
        group: &str,
        person: Uuid,
    ) -> Result<(), Failure> {
        let path = format!("{}/members/{person}", group_path(organisation, group));
        self.call(Method::DELETE, &path, None, &[]).await.map(|_| ())
    }

    /// The models of the keys in use.
    pub(crate) async fn key_models(&self, organisation: &str) -> Result<Vec<KeyModel>, Failure> {
        self.get(&of(organisation, "key-models")).await
    }

    /// Who could not log in without the keys of a model.
    pub(crate) async fn key_model(
        &self,
        organisation: &str,
        model: Uuid,
    ) -> Result<KeyModelNeeded, Failure> {
        let path = of(organisation, &format!("key-models/{model}"));
        let mut request = self.request(Method::GET, &path, None, &[])?;
        request.extensions_mut().insert(JUDGES_WITHIN);
        self.send(request).await?.read()
    }

    /// Changes what everybody of it is judged by first.
    async fn put_judged(
        &self,
        path: &str,
        put: &impl Serialize,
        version: Option<&str>,
    ) -> Result<(), Failure> {
        let version = version.map(|version| (header::IF_MATCH, version));
        let headers: Vec<_> = version.into_iter().collect();
        let mut request = self.request(Method::PUT, path, Some(written(put)?), &headers)?;
        request.extensions_mut().insert(JUDGES_WITHIN);
        self.send(request).await.map(|_| ())
    }
}

fn of(organisation: &str, what: &str) -> String {
    format!("/organisations/{}/{what}", segment(organisation))
}

fn group_path(organisation: &str, group: &str) -> String {
    of(organisation, &format!("groups/{}", segment(group)))
}
