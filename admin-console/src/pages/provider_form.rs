//! Applications that speak SAML: what is typed of one. Its metadata is pasted, or its address typed;
//! all else stands for members of its document.
//!
//! What was pasted is longer than a cookie keeps, so that the log-in that a change needs is asked for
//! before anything is typed; where it got old meanwhile, the form is shown again as it was.

use latchkey_api::providers::ServiceProviderBody;
use latchkey_web::Text;
use latchkey_web::limits::LargeForm;
use serde_json::{Value, json};

use super::application_form::{organisation, strength};
use super::providers::address;
use super::registration::field::{Codec, Document, Field, Input, TEXT, lines, set, texts};
use super::registration::{Answer, Found, Subject, Words, saved};
use crate::client::{Api, Failure};
use crate::visitor::{Admin, Asked};

/// Where one is added.
pub(crate) const NEW_ADDRESS: &str = "/admin/service-providers/new";

const NAME: Field = Field::new("name", "console-sp-name", "name");
const ORGANISATION: Field = organisation("organisation");
const METADATA: Field = Field {
    stays: true,
    unset: "console-sp-metadata-here",
    codes: &[("taken", "console-sp-taken"), ("fixed", "console-sp-other")],
    ..Field::new("metadata", "console-sp-metadata", "metadata").lines(6, TEXT)
};
const CERTIFICATES: Field = Field {
    input: Input::Exact,
    codec: PEMS,
    ..Field::new("certificates", "console-sp-certificates", "metadata_certificates")
};
const NAME_IDS: &[&str] = &["", "persistent", "transient", "email", "unspecified"];
const SUBJECT_IDS: &[&str] = &["", "none", "subject-id", "pairwise-id"];
/// What stands without more is right for nearly every application.
const OF_NEW: &[Field] = &[METADATA, CERTIFICATES, NAME, ORGANISATION];
const ALL: &[Field] = &[
    NAME,
    ORGANISATION,
    METADATA,
    CERTIFICATES,
    Field {
        unset: "console-sp-attributes-default",
        ..Field::new("attributes", "console-sp-attributes", "attributes").lines(6, RULES)
    },
    Field::new("name_id", "console-sp-name-id", "name_id").choice(NAME_IDS),
    Field::new("subject_id", "console-sp-subject-id", "subject_id").choice(SUBJECT_IDS),
    strength("require_acr"),
    Field::new("sign", "console-sp-sign", "sign").choice(&["", "assertion", "response"]),
    Field::new("encrypt", "console-sp-encrypt", "encrypt_assertions")
        .choice(&["", "always", "never"]),
    Field::new("requests", "console-sp-requests", "requests").choice(&["", "signed", "unsigned"]),
    Field::new("start", "console-sp-start", "idp_initiated")
        .tick("console-audit-no", "console-audit-yes"),
];

const BEGIN: &str = "-----BEGIN CERTIFICATE-----";
const END: &str = "-----END CERTIFICATE-----";

/// Certificates, one after the other.
const PEMS: Codec = Codec {
    read: |document, member| texts(document.get(member)).map(pem).collect::<Vec<_>>().join("\n"),
    write: |document, member, typed| {
        set(document, member, pems(typed).into());
        Ok(())
    },
};
/// Attributes, each in a line.
const RULES: Codec = Codec {
    read: |document, member| {
        let rules = document.get(member).and_then(Value::as_array).into_iter().flatten();
        rules.map(rule_line).collect::<Vec<_>>().join("\n")
    },
    write: |document, member, typed| {
        let wrong = |line: &str| Text::new("console-sp-wrong-line").with("line", line.to_owned());
        let rules = lines(typed).map(|line| rule(line).ok_or_else(|| wrong(line)));
        set(document, member, rules.collect::<Result<Vec<_>, _>>()?.into());
        Ok(())
    },
};

/// A certificate as people know it.
fn pem(base64: &str) -> String {
    let lines: Vec<String> =
        base64.chars().collect::<Vec<_>>().chunks(64).map(|line| line.iter().collect()).collect();
    format!("{BEGIN}\n{}\n{END}", lines.join("\n"))
}

/// Every certificate of a text, each with its first and last line. What is none is left to the API.
fn pems(text: &str) -> Vec<String> {
    let parts = text.split_inclusive(END).map(|part| part.trim().to_owned());
    parts.filter(|part| !part.is_empty()).collect()
}

/// What an attribute is, in one line: `name (what people call it) [format] = source`.
fn rule_line(rule: &Value) -> String {
    let text = |member: &str| rule.get(member).and_then(Value::as_str).unwrap_or_default();
    let friendly = match text("friendly_name") {
        "" => String::new(),
        friendly => format!(" ({friendly})"),
    };
    let format = match text("format") {
        "" | "uri" => String::new(),
        format => format!(" [{format}]"),
    };
    format!("{}{friendly}{format} = {}", text("name"), text("from"))
}

/// The attribute of a line.
fn rule(line: &str) -> Option<Value> {
    let (left, from) = line.split_once(" = ")?;
    let within = |text: &str, open: char, close: char| -> Option<(String, String)> {
        let (rest, inner) = text.strip_suffix(close)?.rsplit_once(open)?;
        Some((rest.trim().to_owned(), inner.trim().to_owned()))
    };
    let left = left.trim();
    let (left, format) = within(left, '[', ']').unwrap_or((left.to_owned(), "uri".to_owned()));
    let (name, friendly) = match within(&left, '(', ')') {
        Some((name, friendly)) => (name, Some(friendly)),
        None => (left, None),
    };
    let mut rule = json!({ "name": name, "format": format, "from": from.trim() });
    if let Some(friendly) = friendly {
        rule["friendly_name"] = friendly.into();
    }
    (!name.is_empty()).then_some(rule)
}

/// An application that speaks SAML.
#[derive(Clone, Copy)]
pub(crate) struct Provider;

impl Subject for Provider {
    type Sent = LargeForm;
    const PASTED: bool = true;

    fn asked_for(_asked: &Asked) -> Option<Self> {
        Some(Self)
    }

    fn new_address(self) -> String {
        NEW_ADDRESS.to_owned()
    }

    fn address(key: &str) -> String {
        address(key)
    }

    fn fields(self, new: bool) -> &'static [Field] {
        if new { OF_NEW } else { ALL }
    }

    fn words(self, new: bool) -> Words {
        let lede = new.then(|| Text::new("console-sp-add-lede"));
        Words { heading: "console-sp-add-heading", lede, then: None }
    }

    async fn find(api: &Api, key: &str) -> Result<Found<Self>, Failure> {
        let (found, version) = api.provider(key).await?;
        let (subject, name) = (Self, found.summary.name);
        Ok(Found { subject, name, document: found.document, version })
    }

    async fn add(_asked: &Asked, admin: &Admin, new: Document, once: &str) -> Answer {
        let added = admin.api.add_provider(&ServiceProviderBody(new), once).await?;
        Ok(saved::<Self>(&added.summary.key))
    }

    async fn change(api: &Api, key: &str, document: Document, version: &str) -> Answer {
        api.change_provider(key, &ServiceProviderBody(document), version).await?;
        Ok(saved::<Self>(key))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::registration::typed::Typed;
    use crate::pages::samples;

    #[test]
    fn what_is_typed_comes_back_from_what_it_comes_to_and_the_rest_stays() {
        let document = samples::provider().document;
        let typed = Typed::known(Provider.fields(false), &document, "", String::new());
        let same = typed.document(document.clone()).expect("a document");
        let mut expected = document;
        expected["metadata_certificates"] = expected["metadata_certificates"]
            .as_array()
            .expect("certificates")
            .iter()
            .map(|it| pem(it.as_str().expect("text")))
            .collect();
        assert_eq!(same, expected);
    }

    #[test]
    fn an_attribute_is_one_line_and_its_source_may_have_any_signs() {
        for (line, name, format, from) in [
            ("mail = email", "mail", "uri", "email"),
            ("urn:oid:2.5.4.4 (sn) = family_name", "urn:oid:2.5.4.4", "uri", "family_name"),
            ("role (Role here) [basic] = always:a = b", "role", "basic", "always:a = b"),
            (
                "https://x.example/?a=b [unspecified] = claim:x",
                "https://x.example/?a=b",
                "unspecified",
                "claim:x",
            ),
        ] {
            let read = rule(line).expect("an attribute");
            assert_eq!(
                (&read["name"], &read["format"], &read["from"]),
                (&name.into(), &format.into(), &from.into())
            );
            assert_eq!(rule_line(&read), line);
        }
        for line in ["mail", "= email", " = email", "mail=email", ""] {
            assert_eq!(rule(line), None, "{line:?}");
        }
    }
}
