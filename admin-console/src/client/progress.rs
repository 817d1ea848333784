//! How far the people of organisations are.

use http::Method;
use latchkey_api::organisations::Progress;

use super::{Api, Failure, segment};

impl Api {
    /// How far the people of an organisation and those below it are.
    pub(crate) async fn progress(&self, organisation: &str) -> Result<Progress, Failure> {
        self.get(&format!("/organisations/{}/progress", segment(organisation))).await
    }

    /// The same as a table that a spreadsheet takes.
    pub(crate) async fn progress_table(&self, organisation: &str) -> Result<Vec<u8>, Failure> {
        let path = format!("/organisations/{}/progress.csv", segment(organisation));
        Ok(self.call(Method::GET, &path, None, &[]).await?.body)
    }
}
