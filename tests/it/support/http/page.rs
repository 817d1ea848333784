//! An answer, and what a person finds on it.

use reqwest::header::{HeaderMap, LOCATION};
use serde_json::Value;

/// An answer to a request.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
    /// What was asked for.
    pub(crate) url: String,
}

/// A form on a page.
#[derive(Clone, Debug)]
pub(crate) struct Page {
    pub(crate) action: String,
    pub(crate) options: Option<String>,
    pub(crate) creates: bool,
    pub(crate) fields: Vec<(String, String)>,
}

/// A text with hyphens as people type them, where pages have ones that no line ends at.
pub(crate) fn as_typed(text: &str) -> String {
    text.replace('\u{2011}', "-")
}

/// What came back to an application.
#[derive(Clone, Debug)]
pub(crate) struct Callback {
    pub(crate) url: String,
    pairs: Vec<(String, String)>,
}

impl Answer {
    pub(crate) async fn of(response: reqwest::Response) -> Self {
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let url = response.url().to_string();
        let body = response.text().await.expect("a body in UTF-8");
        Self { status, headers, body: as_typed(&body), url }
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().expect("a header in ASCII"))
    }

    pub(crate) fn location(&self) -> Option<&str> {
        self.header(LOCATION.as_str())
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body)
            .unwrap_or_else(|error| panic!("{error}: {} {}", self.status, self.body))
    }

    /// The error code of an answer to an application.
    pub(crate) fn error(&self) -> String {
        assert!((400..500).contains(&self.status), "{} {}", self.status, self.body);
        self.json()["error"].as_str().expect("an error code").to_owned()
    }

    /// What is sent back to the application.
    pub(crate) fn callback(&self) -> Callback {
        assert_eq!(self.status, 303, "{} at {}: {}", self.status, self.url, self.heading());
        let url = self.location().expect("a redirect");
        assert!(url.starts_with("https://app.example/"), "{url}");
        Callback::of(url)
    }

    /// The page's main heading.
    pub(crate) fn heading(&self) -> String {
        let text = self.body.split_once("<h1").and_then(|(_, rest)| rest.split_once('>'));
        let text = text.and_then(|(_, rest)| rest.split_once("</h1>"));
        text.map(|(text, _)| unescape(text.trim())).unwrap_or_default()
    }

    pub(crate) fn language(&self) -> String {
        attribute(self.body.split_once("<html").map_or("", |(_, rest)| rest), "lang")
            .unwrap_or_default()
    }

    /// Every form.
    pub(crate) fn forms(&self) -> Vec<Page> {
        let forms = self.body.split("<form").skip(1);
        forms.map(|text| Page::of(text.split("</form>").next().unwrap_or_default())).collect()
    }

    /// The form whose address ends so.
    pub(crate) fn form(&self, end: &str) -> Page {
        let found = self.forms().into_iter().find(|form| form.action.ends_with(end));
        found.unwrap_or_else(|| {
            panic!("no form …{end} at {} ({}): {}", self.url, self.status, self.heading())
        })
    }

    /// Whether it has a form whose address ends so.
    pub(crate) fn has_form(&self, end: &str) -> bool {
        self.forms().iter().any(|form| form.action.ends_with(end))
    }

    /// The addresses of its links.
    pub(crate) fn links(&self) -> Vec<String> {
        let tags = self.body.split("<a ").skip(1);
        tags.filter_map(|text| attribute(text, "href")).collect()
    }
}

impl Page {
    fn of(text: &str) -> Self {
        let inputs = text.split("<input").skip(1).filter(|text| is_sent(text));
        let fields = inputs.filter_map(|text| {
            Some((attribute(text, "name")?, attribute(text, "value").unwrap_or_default()))
        });
        Self {
            action: attribute(text, "action").unwrap_or_default(),
            options: attribute(text, "data-options"),
            creates: attribute(text, "data-ceremony").as_deref() == Some("create"),
            fields: fields.collect(),
        }
    }

    pub(crate) fn field(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(other, _)| other == name).map(|(_, value)| value.as_str())
    }

    /// Fills a field in.
    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.fields.retain(|(other, _)| other != name);
        self.fields.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(crate) fn without(mut self, name: &str) -> Self {
        self.fields.retain(|(other, _)| other != name);
        self
    }

    pub(crate) fn body(&self) -> String {
        let pairs: Vec<_> = self.fields.iter().map(|(name, value)| (&**name, &**value)).collect();
        encode(&pairs)
    }
}

impl Callback {
    fn of(url: &str) -> Self {
        let parsed = url::Url::parse(url).expect("an address");
        Self { url: url.to_owned(), pairs: parsed.query_pairs().into_owned().collect() }
    }

    pub(crate) fn one(&self, name: &str) -> Option<&str> {
        let mut found = self.pairs.iter().filter(|(other, _)| other == name);
        let first = found.next().map(|(_, value)| value.as_str());
        assert!(found.next().is_none(), "{name} stands there twice: {}", self.url);
        first
    }

    pub(crate) fn code(&self) -> String {
        self.one("code").unwrap_or_else(|| panic!("no code: {}", self.url)).to_owned()
    }

    pub(crate) fn error(&self) -> String {
        self.one("error").unwrap_or_else(|| panic!("no error: {}", self.url)).to_owned()
    }
}

/// `application/x-www-form-urlencoded`.
pub(crate) fn encode(pairs: &[(&str, &str)]) -> String {
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
}

/// Whether a browser sends an input that nobody touched.
fn is_sent(text: &str) -> bool {
    let choice = matches!(attribute(text, "type").as_deref(), Some("checkbox" | "radio"));
    !choice || text.split('>').next().is_some_and(|tag| tag.contains(" checked"))
}

/// An attribute of the tag at whose inside the text begins.
fn attribute(text: &str, name: &str) -> Option<String> {
    let tag = text.split('>').next()?;
    let (_, rest) = tag.split_once(&format!(" {name}=\"")).or_else(|| {
        let start = format!("{name}=\"");
        tag.starts_with(&start).then(|| ("", &tag[start.len()..]))
    })?;
    Some(unescape(rest.split('"').next()?))
}

fn unescape(text: &str) -> String {
    let mut text = text.to_owned();
    for (from, to) in [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#x27;", "'")] {
        text = text.replace(from, to);
    }
    text.replace("&amp;", "&")
}
