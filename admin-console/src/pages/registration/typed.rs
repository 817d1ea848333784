//! What was typed into a form, on top of what: read, put into a document, and merged with what
//! somebody else wrote meanwhile.

use latchkey_web::{Problem, Text};

use super::field::{Document, Field, Input, sorted};
use crate::client::Failure;
use crate::pages::merge::{Merged, merge};

/// What was typed. Values stand in the order of the fields.
#[derive(Clone, Debug)]
pub(crate) struct Typed {
    pub(super) fields: &'static [Field],
    pub(super) values: Vec<String>,
    /// What was there when the form was made.
    pub(super) was: Vec<String>,
    pub(super) version: String,
    pub(super) once: String,
    /// It was shown what will change.
    pub(super) confirmed: bool,
}

/// What a document says, field by field.
fn values(fields: &[Field], document: &Document) -> Vec<String> {
    fields.iter().map(|field| field.read(document)).collect()
}

impl Typed {
    /// What is there, before anything is typed.
    pub(crate) fn known(
        fields: &'static [Field],
        document: &Document,
        version: &str,
        once: String,
    ) -> Self {
        let values = values(fields, document);
        let (was, version) = (values.clone(), version.to_owned());
        Self { fields, values, was, version, once, confirmed: false }
    }

    /// Reads a form; `all` is everything that it says under a name.
    pub(crate) fn read<'f>(fields: &'static [Field], all: impl Fn(&str) -> Vec<&'f str>) -> Self {
        // Browsers end lines with CR LF, and scopes are ticked one by one.
        let text = |name: &str| all(name).join(" ").replace("\r\n", "\n").trim().to_owned();
        let of = |field: &Field, name: &str| match field.input {
            Input::Scopes => sorted(&text(name)),
            _ => text(name),
        };
        let was: Vec<String> =
            fields.iter().map(|field| of(field, &format!("was_{}", field.name))).collect();
        let typed = fields.iter().zip(&was).map(|(field, was)| match of(field, field.name) {
            typed if typed.is_empty() && field.stays => was.clone(),
            typed => typed,
        });
        Self {
            values: typed.collect(),
            was,
            fields,
            version: text("version"),
            once: text("once"),
            confirmed: text("step") == "do",
        }
    }

    /// Each field with what was there and what was typed.
    pub(super) fn each(&self) -> impl Iterator<Item = (&'static Field, &str, &str)> {
        let both = self.was.iter().zip(&self.values);
        self.fields.iter().zip(both).map(|(field, (was, typed))| (field, &**was, &**typed))
    }

    /// What it comes to, on top of what there is.
    ///
    /// # Errors
    /// When something typed cannot be read, at its field.
    pub(crate) fn document(&self, mut base: Document) -> Result<Document, Problem> {
        for (field, _, typed) in self.each() {
            field.write(&mut base, typed)?;
        }
        Ok(base)
    }

    /// The same to be sent again on top of what is there now, and what somebody else wrote into
    /// each field that was typed into. Another try is another request.
    pub(super) fn again(
        &self,
        now: &Document,
        version: &str,
        once: String,
    ) -> (Self, Vec<Option<String>>) {
        let now = values(self.fields, now);
        let both = self.each().zip(&now);
        let merged = both.map(|((_, was, typed), now)| merge(typed, was, now));
        let (values, others) = merged.map(|Merged { value, other }| (value, other)).unzip();
        let (version, fields, confirmed) = (version.to_owned(), self.fields, self.confirmed);
        (Self { fields, values, was: now, version, once, confirmed }, others)
    }
}

/// What the API says about a form, if it is about the form.
pub(super) fn refusal(fields: &[Field], failure: &Failure) -> Option<Problem> {
    let Failure::Refused(refused) = failure else { return None };
    if refused.kind.rsplit(':').next()? == "stale" {
        return Some(Problem::new("console-org-stale"));
    }
    let error = refused.errors.first()?;
    let Some(field) = fields.iter().find(|field| field.member == error.field) else {
        let text = Text::new("console-app-wrong").with("member", error.field.clone());
        return Some(Problem::new(text.with("reason", error.message.clone())));
    };
    Some(field.refusal(&error.code, &error.message))
}

#[cfg(test)]
mod tests {
    use latchkey_api::Problem as Refused;
    use serde_json::json;

    use super::*;
    use crate::pages::registration::field::{Codec, LIST};

    const NUMBER: Codec = Codec {
        read: |_, _| String::new(),
        write: |document, member, typed| {
            let number: u64 = typed.parse().map_err(|_| Text::new("no-number"))?;
            document.insert(member.to_owned(), number.into());
            Ok(())
        },
    };
    const NAME: Field =
        Field { codes: &[("taken", "is-taken")], ..Field::new("name", "name", "client_name") };
    const PASTED: Field = Field { stays: true, ..Field::new("pasted", "pasted", "pasted") };
    const SCOPES: Field = Field { input: Input::Scopes, ..Field::new("scopes", "s", "scopes") };
    const LINES: Field = Field::new("lines", "lines", "lines").lines(3, LIST);
    const AGE: Field = Field::new("age", "age", "age").lines(1, NUMBER);

    fn read(fields: &'static [Field], sent: &[(&str, &'static str)]) -> Typed {
        Typed::read(fields, |name| {
            sent.iter().filter(|(known, _)| *known == name).map(|(_, value)| *value).collect()
        })
    }

    fn document(value: &serde_json::Value) -> Document {
        value.as_object().cloned().expect("an object")
    }

    #[test]
    fn a_form_is_read_as_browsers_send_it() {
        let sent = [
            ("name", " Rota\r\n2 "),
            ("was_pasted", "<xml/>"),
            ("scopes", "people:read"),
            ("scopes", "audit:read"),
            ("was_scopes", "people:read audit:read"),
            ("version", "\"2\""),
            ("step", "see"),
        ];
        let typed = read(&[NAME, PASTED, SCOPES], &sent);
        assert_eq!(typed.values, ["Rota\n2", "<xml/>", "audit:read people:read"]);
        assert_eq!(typed.was, ["", "<xml/>", "audit:read people:read"]);
        assert_eq!((typed.version.as_str(), typed.confirmed), ("\"2\"", false));
        assert!(read(&[NAME], &[("step", "do")]).confirmed);
    }

    #[test]
    fn a_document_gets_what_was_typed_loses_what_was_emptied_and_keeps_the_rest() {
        let base = document(&json!({ "client_name": "a", "lines": ["b"], "other": 1 }));
        let typed = read(&[NAME, LINES], &[("name", "c")]);
        let made = typed.document(base.clone()).expect("a document");
        assert_eq!(made, document(&json!({ "client_name": "c", "other": 1 })));
        let typed = read(&[LINES, AGE], &[("lines", "d\n\n e "), ("age", "ten")]);
        let problem = typed.document(base.clone()).expect_err("no number");
        assert_eq!((problem.field.as_deref(), &*problem.text.key), (Some("age"), "no-number"));
        let typed = read(&[LINES, AGE], &[("lines", "d\n\n e "), ("age", "10")]);
        let made = typed.document(base).expect("a document");
        let wanted = json!({ "client_name": "a", "lines": ["d", "e"], "age": 10, "other": 1 });
        assert_eq!(made, document(&wanted));
    }

    #[test]
    fn what_was_typed_goes_on_top_of_what_is_there_now_and_what_the_other_wrote_is_told() {
        let sent = [
            ("name", "mine"),
            ("was_name", "old"),
            ("lines", "x"),
            ("was_lines", "x"),
            ("pasted", "new"),
            ("was_pasted", "old"),
            ("once", "first"),
            ("step", "do"),
        ];
        let typed = read(&[NAME, LINES, PASTED], &sent);
        let now =
            document(&json!({ "client_name": "theirs", "lines": ["y"], "pasted": "old", "z": 1 }));
        let (again, others) = typed.again(&now, "\"3\"", "second".to_owned());
        assert_eq!(again.values, ["mine", "y", "new"]);
        assert_eq!(again.was, ["theirs", "y", "old"]);
        assert_eq!(others, [Some("theirs".to_owned()), None, None]);
        assert_eq!((&*again.version, &*again.once), ("\"3\"", "second"));
    }

    #[test]
    fn what_the_api_refuses_is_told_at_its_field_and_what_is_no_field_above_the_form() {
        let refused = |kind: &str, errors: &serde_json::Value| {
            let kind = format!("urn:latchkey:problem:{kind}");
            let it = json!({ "type": kind, "title": "x", "status": 422, "errors": errors });
            let it: Refused = serde_json::from_value(it).expect("a problem");
            refusal(&[NAME, LINES], &Failure::Refused(Box::new(it)))
        };
        let error = |field: &str, code: &str| {
            refused("invalid", &json!([{ "field": field, "code": code, "message": "why" }]))
        };
        let told = |problem: Option<Problem>| problem.map(|it| (it.field, it.text.key));
        let at = |field: &str, words: &str| Some((Some(field.to_owned()), words.to_owned()));
        assert_eq!(told(error("client_name", "taken")), at("name", "is-taken"));
        let problem = error("client_name", "malformed");
        let reason = problem.as_ref().and_then(|it| it.text.args.get("reason").cloned());
        assert_eq!(reason, Some("why".into()));
        assert_eq!(told(problem), at("name", "console-app-wrong-here"));
        let above = Some((None, "console-app-wrong".to_owned()));
        assert_eq!(told(error("name", "malformed")), above, "that is no member of ours");
        let stale = Some((None, "console-org-stale".to_owned()));
        assert_eq!(told(refused("stale", &json!([]))), stale);
        assert_eq!(refused("forbidden", &json!([])), None, "the form is not what is wrong");
        assert_eq!(refusal(&[NAME], &Failure::Expired), None);
    }
}
