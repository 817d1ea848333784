//! Organisations, who has which role, relying applications, signing keys, the trail, and how all is.

use axum::body::Body;
use http::{Method, Response, header};
use latchkey_api::Page;
use latchkey_api::applications::{Application, ApplicationSecret, ApplicationSummary, ClientBody};
use latchkey_api::audit::{AuditQuery, Event};
use latchkey_api::doctor::{DoctorReport, NewProviderTest, SamlMessage};
use latchkey_api::log_in_tests::{LogInTest, NewLogInTest};
use latchkey_api::organisations::{NewOrganisation, Organisation, OrganisationChange, PartQuery};
use latchkey_api::people::{RoleHolder, RoleQuery, RolesQuery};
use latchkey_api::platform::{
    FailingLetter, Health, LettersReceipt, NewSigningKey, Retry, SigningKey, Withdrawal,
};
use latchkey_api::providers::{
    ProviderRead, ServiceProvider, ServiceProviderBody, ServiceProviderSummary,
};
use uuid::Uuid;

use super::{Api, Failure, segment, with_query, written};

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

    /// An organisation, and the `ETag` of what was read.
    pub(crate) async fn organisation(&self, id: &str) -> Result<(Organisation, String), Failure> {
        let answer =
            self.call(Method::GET, &format!("/organisations/{}", segment(id)), None, &[]).await?;
        Ok((answer.read()?, answer.version))
    }

    /// The picture of an organisation, whatever is in it; `None` when it has none.
    pub(crate) async fn logo(&self, id: &str) -> Result<Option<Response<Vec<u8>>>, Failure> {
        let path = format!("/organisations/{}/logo", segment(id));
        let request = self.request(Method::GET, &path, None, &[])?;
        match self.passed_on(request).await {
            Err(Failure::Refused(refused)) if refused.status == 404 => Ok(None),
            answer => answer.map(Some),
        }
    }

    /// Adds an organisation; the same `once` adds it once.
    pub(crate) async fn add_organisation(
        &self,
        new: &NewOrganisation,
        once: &str,
    ) -> Result<Organisation, Failure> {
        self.post("/organisations", new, once).await
    }

    /// Changes an organisation that was read as `version`.
    pub(crate) async fn change_organisation(
        &self,
        id: &str,
        change: &OrganisationChange,
        version: &str,
    ) -> Result<Organisation, Failure> {
        let headers = [(header::IF_MATCH, version)];
        let (path, body) = (format!("/organisations/{}", segment(id)), Some(written(change)?));
        self.call(Method::PATCH, &path, body, &headers).await?.read()
    }

    /// A part of those who have roles.
    pub(crate) async fn roles(&self, query: &RolesQuery) -> Result<Page<RoleHolder>, Failure> {
        self.get(&with_query("/roles", query)?).await
    }

    /// Gives a person a role.
    pub(crate) async fn give_role(&self, id: Uuid, role: &str, at: &str) -> Result<(), Failure> {
        self.call(Method::PUT, &role_path(id, role, at)?, None, &[]).await.map(drop)
    }

    /// Ends a role of a person.
    pub(crate) async fn end_role(&self, id: Uuid, role: &str, at: &str) -> Result<(), Failure> {
        self.call(Method::DELETE, &role_path(id, role, at)?, None, &[]).await.map(drop)
    }
}

impl Api {
    /// A part of the applications.
    pub(crate) async fn applications(
        &self,
        part: &PartQuery,
    ) -> Result<Page<ApplicationSummary>, Failure> {
        self.get(&with_query("/clients", part)?).await
    }

    /// An application, and the `ETag` of what was read.
    pub(crate) async fn application(&self, id: &str) -> Result<(Application, String), Failure> {
        let answer = self.call(Method::GET, &client_path(id), None, &[]).await?;
        Ok((answer.read()?, answer.version))
    }

    /// Adds an application; the same `once` adds it once.
    pub(crate) async fn add_application(
        &self,
        new: &ClientBody,
        once: &str,
    ) -> Result<ApplicationSecret, Failure> {
        self.post("/clients", new, once).await
    }

    /// Changes an application that was read as `version`, in full.
    pub(crate) async fn change_application(
        &self,
        id: &str,
        metadata: &ClientBody,
        version: &str,
    ) -> Result<Application, Failure> {
        let (headers, body) = ([(header::IF_MATCH, version)], Some(written(metadata)?));
        self.call(Method::PUT, &client_path(id), body, &headers).await?.read()
    }

    /// Begins a test of a log-in to an application.
    pub(crate) async fn begin_log_in_test(
        &self,
        id: &str,
        new: &NewLogInTest,
    ) -> Result<LogInTest, Failure> {
        let path = format!("{}/log-in-tests", client_path(id));
        self.call(Method::POST, &path, Some(written(new)?), &[]).await?.read()
    }

    /// What a test of a log-in came to.
    pub(crate) async fn log_in_test(&self, id: &str, test: Uuid) -> Result<LogInTest, Failure> {
        self.get(&format!("{}/log-in-tests/{test}", client_path(id))).await
    }

    /// A part of the applications that speak SAML.
    pub(crate) async fn providers(
        &self,
        part: &PartQuery,
    ) -> Result<Page<ServiceProviderSummary>, Failure> {
        self.get(&with_query("/service-providers", part)?).await
    }

    /// An application that speaks SAML, and the `ETag` of what was read.
    pub(crate) async fn provider(&self, key: &str) -> Result<(ServiceProvider, String), Failure> {
        let answer = self.call(Method::GET, &provider_path(key), None, &[]).await?;
        Ok((answer.read()?, answer.version))
    }

    /// Adds an application that speaks SAML; the same `once` adds it once.
    pub(crate) async fn add_provider(
        &self,
        new: &ServiceProviderBody,
        once: &str,
    ) -> Result<ServiceProvider, Failure> {
        self.post("/service-providers", new, once).await
    }

    /// Changes an application that speaks SAML and was read as `version`, in full.
    pub(crate) async fn change_provider(
        &self,
        key: &str,
        document: &ServiceProviderBody,
        version: &str,
    ) -> Result<ServiceProvider, Failure> {
        let (headers, body) = ([(header::IF_MATCH, version)], Some(written(document)?));
        self.call(Method::PUT, &provider_path(key), body, &headers).await?.read()
    }

    /// Reads the metadata of an application that speaks SAML again.
    pub(crate) async fn refresh_provider(
        &self,
        key: &str,
        once: &str,
    ) -> Result<ProviderRead, Failure> {
        self.post(&format!("{}/refresh", provider_path(key)), &(), once).await
    }

    /// Removes an application that speaks SAML.
    pub(crate) async fn remove_provider(&self, key: &str) -> Result<(), Failure> {
        self.call(Method::DELETE, &provider_path(key), None, &[]).await.map(drop)
    }

    /// What is wrong with a SAML message.
    pub(crate) async fn examine(&self, message: &SamlMessage) -> Result<DoctorReport, Failure> {
        let body = Some(written(message)?);
        self.call(Method::POST, "/service-providers/doctor", body, &[]).await?.read()
    }

    /// What is wrong with the registration of a service provider.
    pub(crate) async fn test_provider(
        &self,
        test: &NewProviderTest,
    ) -> Result<DoctorReport, Failure> {
        let body = Some(written(test)?);
        self.call(Method::POST, "/service-providers/test", body, &[]).await?.read()
    }

    /// Removes an application.
    pub(crate) async fn remove_application(&self, id: &str) -> Result<(), Failure> {
        self.call(Method::DELETE, &client_path(id), None, &[]).await.map(drop)
    }

    /// Gives an application another secret; the same `once` gives it one.
    pub(crate) async fn rotate_secret(
        &self,
        id: &str,
        once: &str,
    ) -> Result<ApplicationSecret, Failure> {
        self.post(&format!("{}/secret", client_path(id)), &(), once).await
    }
}

impl Api {
    /// The signing keys, the oldest first.
    pub(crate) async fn signing_keys(&self) -> Result<Vec<SigningKey>, Failure> {
        self.get("/keys").await
    }

    /// Publishes a new signing key; the same `once` publishes one.
    pub(crate) async fn publish_key(
        &self,
        algorithm: &str,
        once: &str,
    ) -> Result<SigningKey, Failure> {
        let new = NewSigningKey { algorithm: algorithm.to_owned() };
        self.post("/keys", &new, once).await
    }

    /// A part of the letters that did not leave, the longest waiting first.
    pub(crate) async fn letters(&self, part: &PartQuery) -> Result<Page<FailingLetter>, Failure> {
        self.get(&with_query("/health/letters", part)?).await
    }

    /// A letter that did not leave.
    pub(crate) async fn letter(&self, letter: Uuid) -> Result<FailingLetter, Failure> {
        self.get(&format!("/health/letters/{letter}")).await
    }

    /// How the installation is.
    pub(crate) async fn health(&self) -> Result<Health, Failure> {
        self.get("/health").await
    }

    /// Has every letter that did not leave tried again; the same `once` does it once.
    pub(crate) async fn retry_letters(&self, once: &str) -> Result<LettersReceipt, Failure> {
        self.post("/health/letters/retry", &Retry::default(), once).await
    }

    /// Has a letter tried again; the same `once` does it once.
    pub(crate) async fn retry_letter(
        &self,
        letter: Uuid,
        once: &str,
    ) -> Result<LettersReceipt, Failure> {
        self.post(&format!("/health/letters/{letter}/retry"), &Retry::default(), once).await
    }

    /// Gives a letter up; the same `once` does it once.
    pub(crate) async fn withdraw_letter(
        &self,
        letter: Uuid,
        withdrawal: &Withdrawal,
        once: &str,
    ) -> Result<LettersReceipt, Failure> {
        self.post(&format!("/health/letters/{letter}/withdraw"), withdrawal, once).await
    }
}

/// Where the API has an application that speaks SAML.
fn provider_path(key: &str) -> String {
    format!("/service-providers/{}", segment(key))
}

/// Where the API has an application.
fn client_path(id: &str) -> String {
    format!("/clients/{}", segment(id))
}

fn role_path(id: Uuid, role: &str, at: &str) -> Result<String, Failure> {
    let query = RoleQuery { organisation: at.to_owned() };
    with_query(&format!("/people/{id}/roles/{role}"), &query)
}
