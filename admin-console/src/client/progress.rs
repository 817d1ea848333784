//! How far the people of organisations are.

use http::Method;
use latchkey_api::organisations::Progress;

use super::{Api, Failure};

/// The address of an organisation.
///
/// What is asked for by name may hold anything: it becomes one segment of the path.
fn path(organisation: &str, what: &str) -> String {
    let segment: String = organisation
        .bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' => char::from(byte).to_string(),
            other => format!("%{other:02X}"),
        })
        .collect();
    format!("/organisations/{segment}/{what}")
}

impl Api {
    /// How far the people of an organisation and those below it are.
    pub(crate) async fn progress(&self, organisation: &str) -> Result<Progress, Failure> {
        self.get(&path(organisation, "progress")).await
    }

    /// The same as a table that a spreadsheet takes.
    pub(crate) async fn progress_table(&self, organisation: &str) -> Result<Vec<u8>, Failure> {
        let path = path(organisation, "progress.csv");
        Ok(self.call(Method::GET, &path, None, &[]).await?.body)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_of_an_organisation_leads_to_another_address() {
        assert_eq!(path("northgate", "progress"), "/organisations/northgate/progress");
        let hostile = path("../people?a=b#c", "progress");
        assert_eq!(hostile, "/organisations/%2E%2E%2Fpeople%3Fa%3Db%23c/progress");
    }
}
