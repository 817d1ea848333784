//! Requests that change something that was read before.

use reqwest::Method;
use reqwest::header::{CONTENT_TYPE, IF_MATCH};
use serde_json::Value;

use super::At;
use crate::support::http::Answer;

impl At<'_> {
    /// Changes what is at a path, from what it was when it had this tag.
    pub(crate) async fn change(
        &self,
        method: Method,
        path: &str,
        tag: Option<&str>,
        body: Value,
    ) -> Answer {
        let url = self.desk.site.url(&format!("{}{path}", latchkey_api::PATH));
        let mut request = self.desk.site.http.request(method, url).bearer_auth(&self.token);
        if let Some(tag) = tag {
            request = request.header(IF_MATCH, tag);
        }
        let request = request.header(CONTENT_TYPE, "application/json").body(body.to_string());
        self.desk.site.send(request).await
    }

    /// The same from what it is now.
    pub(crate) async fn change_now(&self, method: Method, path: &str, body: Value) -> Answer {
        let tag = tag(&self.get(path).await);
        self.change(method, path, Some(&tag), body).await
    }
}

/// What an update has to name.
pub(crate) fn tag(answer: &Answer) -> String {
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.header("etag").expect("an ETag").to_owned()
}

/// The members that an answer says are wrong, with why.
pub(crate) fn wrong(answer: &Answer) -> Vec<(String, String)> {
    assert_eq!(answer.status, 422, "{answer:?}");
    let errors = answer.json()["errors"].as_array().expect("errors").clone();
    let text = |error: &Value, name: &str| error[name].as_str().expect("a word").to_owned();
    errors.iter().map(|error| (text(error, "field"), text(error, "code"))).collect()
}

/// The items of a page, each by one of its members.
pub(crate) fn named(answer: &Answer, member: &str) -> Vec<String> {
    assert_eq!(answer.status, 200, "{answer:?}");
    let json = answer.json();
    let items = if json.is_array() { json } else { json["items"].clone() };
    let items = items.as_array().expect("items").clone();
    items.iter().map(|item| item[member].as_str().expect("a text").to_owned()).collect()
}
