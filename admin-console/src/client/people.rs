//! Who calls, people, what they log in with, and the help that they are given.

use axum::body::Body;
use http::{Method, header};
use latchkey_api::bulk::{Bulk, BulkReceipt};
use latchkey_api::credentials::Credentials;
use latchkey_api::help::{AnswerCall, Approval, Call, Disagreement, Help, Receipt};
use latchkey_api::imports::{Import, ImportQuery, ImportsQuery, TakeIn};
use latchkey_api::organisations::{Organisation, OrganisationRef, PartQuery};
use latchkey_api::people::{
    Erasure, Me, Move, Moved, NewPerson, PeopleCount, PeopleQuery, Person, PersonChange,
    PersonSummary, PlacesQuery, Session,
};
use latchkey_api::{Page, audit};
use uuid::Uuid;

use super::{Api, Failure, with_query, written};

impl Api {
    /// Who calls, and what they may do.
    pub(crate) async fn me(&self) -> Result<Me, Failure> {
        self.get("/me").await
    }

    /// A part of the organisations in which the caller may do something.
    pub(crate) async fn places(
        &self,
        query: &PlacesQuery,
    ) -> Result<Page<OrganisationRef>, Failure> {
        self.get(&with_query("/me/organisations", query)?).await
    }

    /// People who are found, or a part of the list of them.
    pub(crate) async fn people(&self, query: &PeopleQuery) -> Result<Page<PersonSummary>, Failure> {
        self.get(&with_query("/people", query)?).await
    }

    /// How many people a list of them would show.
    pub(crate) async fn count_people(&self, query: &PeopleQuery) -> Result<u64, Failure> {
        let count: PeopleCount = self.get(&with_query("/people/count", query)?).await?;
        Ok(count.people)
    }

    /// A person.
    pub(crate) async fn person(&self, id: Uuid) -> Result<Person, Failure> {
        self.get(&format!("/people/{id}")).await
    }

    /// A person, and the `ETag` (RFC 9110 §8.8.3) of what was read.
    pub(crate) async fn versioned_person(&self, id: Uuid) -> Result<(Person, String), Failure> {
        let answer = self.call(Method::GET, &format!("/people/{id}"), None, &[]).await?;
        Ok((answer.read()?, answer.version))
    }

    /// Adds a person; the same `once` adds them once.
    pub(crate) async fn add_person(&self, new: &NewPerson, once: &str) -> Result<Person, Failure> {
        self.post("/people", new, once).await
    }

    /// Changes what was read as `version`.
    pub(crate) async fn change_person(
        &self,
        id: Uuid,
        change: &PersonChange,
        version: &str,
    ) -> Result<Person, Failure> {
        let headers = [(header::IF_MATCH, version)];
        let (path, body) = (format!("/people/{id}"), Some(written(change)?));
        self.call(Method::PATCH, &path, body, &headers).await?.read()
    }

    /// Moves somebody, or tells what that would come to; the same `once` moves them once.
    pub(crate) async fn move_person(
        &self,
        id: Uuid,
        wish: &Move,
        once: &str,
    ) -> Result<Moved, Failure> {
        self.post(&format!("/people/{id}/move"), wish, once).await
    }

    /// Erases somebody, for good.
    pub(crate) async fn erase_person(&self, id: Uuid, why: &Erasure) -> Result<(), Failure> {
        let path = with_query(&format!("/people/{id}"), why)?;
        self.call(Method::DELETE, &path, None, &[]).await.map(drop)
    }

    /// Does the same for many people; the same `once` does it once.
    pub(crate) async fn bulk(&self, wish: &Bulk, once: &str) -> Result<BulkReceipt, Failure> {
        self.post("/people/bulk", wish, once).await
    }

    /// What somebody logs in with.
    pub(crate) async fn credentials(&self, id: Uuid) -> Result<Credentials, Failure> {
        self.get(&format!("/people/{id}/credentials")).await
    }

    /// Where somebody is logged in.
    pub(crate) async fn sessions(&self, id: Uuid) -> Result<Vec<Session>, Failure> {
        self.get(&format!("/people/{id}/sessions")).await
    }

    /// What happened to somebody, the latest first.
    pub(crate) async fn history(
        &self,
        id: Uuid,
        part: &PartQuery,
    ) -> Result<Page<audit::Event>, Failure> {
        self.get(&with_query(&format!("/people/{id}/history"), part)?).await
    }

    /// Helps somebody: `what` is the path below the person. The same `once` helps once.
    pub(crate) async fn help(
        &self,
        id: Uuid,
        what: &str,
        help: &Help,
        once: &str,
    ) -> Result<Receipt, Failure> {
        self.post(&format!("/people/{id}/{what}"), help, once).await
    }

    /// The browser that shows a number.
    pub(crate) async fn call_number(&self, number: &str) -> Result<Call, Failure> {
        self.get(&format!("/calls/{number}")).await
    }

    /// Shows the caller who helps them.
    pub(crate) async fn answer_call(
        &self,
        number: &str,
        answer: &AnswerCall,
        once: &str,
    ) -> Result<Call, Failure> {
        self.post(&format!("/calls/{number}/answer"), answer, once).await
    }

    /// What waits for a second administrator.
    pub(crate) async fn approvals(&self) -> Result<Vec<Approval>, Failure> {
        self.get("/approvals").await
    }

    /// Agrees to what another administrator asked for; the same `once` does it once.
    pub(crate) async fn approve(&self, id: Uuid, once: &str) -> Result<Receipt, Failure> {
        self.post(&format!("/approvals/{id}/approve"), &serde_json::json!({}), once).await
    }

    /// Does not agree.
    pub(crate) async fn refuse(&self, id: Uuid, why: &Disagreement) -> Result<(), Failure> {
        let path = format!("/approvals/{id}/refuse");
        self.call(Method::POST, &path, Some(written(why)?), &[]).await.map(drop)
    }

    /// A part of the organisations that whoever calls looks after.
    pub(crate) async fn part_of_organisations(
        &self,
        part: &PartQuery,
    ) -> Result<Page<Organisation>, Failure> {
        self.get(&with_query("/organisations", part)?).await
    }

    /// The last imports of people of an organisation and those below it.
    pub(crate) async fn imports(&self, organisation: &str) -> Result<Vec<Import>, Failure> {
        let query = ImportsQuery { organisation: organisation.to_owned() };
        self.get(&with_query("/imports", &query)?).await
    }

    /// How far an import is.
    pub(crate) async fn import(&self, id: Uuid) -> Result<Import, Failure> {
        self.get(&format!("/imports/{id}")).await
    }

    /// Begins to go through a table, which is handed on as it comes.
    pub(crate) async fn begin_import(
        &self,
        query: &ImportQuery,
        table: Body,
    ) -> Result<Import, Failure> {
        self.carry(&with_query("/imports", query)?, "text/csv", table).await
    }

    /// Takes in the table that a dry run went through.
    pub(crate) async fn take_import_in(
        &self,
        id: Uuid,
        wish: TakeIn,
        once: &str,
    ) -> Result<Import, Failure> {
        self.post(&format!("/imports/{id}/take-in"), &wish, once).await
    }
}
