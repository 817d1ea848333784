//! Applications that speak OpenID Connect, and service accounts: what is typed of each kind. Each
//! field stands for a member of its metadata (RFC 7591 §2).

use latchkey_api::applications::ClientBody;
use latchkey_web::Text;
use latchkey_web::limits::Form as Posted;
use serde_json::{Map, Value, json};

use super::application_kinds::{ACCOUNT, Kind};
use super::applications::{Secret, address};
use super::registration::field::{
    Codec, Document, Field, Input, LIST, lines, set, sorted, text, texts,
};
use super::registration::{Answer, Found, Subject, Words, saved};
use super::shell::Place;
use crate::client::{Api, Failure};
use crate::visitor::{Admin, Asked};

const NAME: Field = Field {
    required: true,
    ..Field::new("name", "console-app-name", "client_name").wrong("console-app-wrong-name")
};
const ID: Field = Field {
    input: Input::Id,
    codes: &[("taken", "console-app-taken")],
    ..Field::new("id", "console-app-id", "client_id").wrong("console-app-wrong-id")
};
const REDIRECT: Field = Field {
    required: true,
    ..Field::new("redirect", "console-app-redirect", "redirect_uris")
        .lines(3, LIST)
        .wrong("console-app-wrong-redirect")
};
const AFTER_LOG_OUT: Field =
    Field::new("after_log_out", "console-app-after-log-out", "post_logout_redirect_uris")
        .lines(3, LIST)
        .wrong("console-app-wrong-after-log-out");
const ORGANISATION: Field = organisation("latchkey_organisation");
const TRUSTED: Field = Field::new("trusted", "console-app-trusted", "latchkey_trusted")
    .tick("console-app-asks", "console-app-asks-not");
const STRENGTH: Field = strength("latchkey_require_acr");
const CLAIMS: Field = Field::new("claims", "console-app-claims", "latchkey_claims")
    .lines(3, CLAIM_LINES)
    .wrong("console-app-wrong-claims");
/// The member is where the API tells what is wrong with it: the account has it.
const REACH: Field =
    Field { words: "console-app-reach", codec: ACCOUNT_ORGANISATION, ..ORGANISATION };
const SCOPES: Field = Field {
    input: Input::Scopes,
    codec: ACCOUNT_SCOPES,
    ..Field::new("scopes", "console-app-scopes", ACCOUNT).wrong("console-app-wrong-scopes")
};
const KEYS: Field = Field {
    input: Input::Exact,
    required: true,
    ..Field::new("jwks", "console-app-jwks", "jwks").lines(8, KEY_SET).wrong(WRONG_KEYS)
};
const WRONG_KEYS: &str = "console-app-wrong-jwks";

/// The organisation that an application belongs to, whatever it speaks.
pub(super) const fn organisation(member: &'static str) -> Field {
    let unset = "console-everywhere";
    let field = Field::new("organisation", "console-app-organisation", member);
    Field { input: Input::Organisation, unset, ..field.wrong("console-app-wrong-organisation") }
}

/// How strong log-ins to an application have to be, whatever it speaks.
pub(super) const fn strength(member: &'static str) -> Field {
    let choices = &["", "https://refeds.org/profile/mfa", "phr", "phrh"];
    Field::new("acr", "console-app-acr", member).choice(choices)
}

/// Claims, each in a line with what it says.
const CLAIM_LINES: Codec = Codec {
    read: |metadata, member| {
        let rules = metadata.get(member).and_then(Value::as_object).into_iter().flatten();
        let lines = rules.filter_map(|(name, from)| Some(format!("{name} = {}", from.as_str()?)));
        lines.collect::<Vec<_>>().join("\n")
    },
    write: |metadata, member, typed| {
        let mut rules = Map::new();
        for line in lines(typed) {
            let parts = line.split_once(" = ").map(|(name, from)| (name.trim(), from.trim()));
            let (name, from) = parts.filter(|(name, _)| !name.is_empty()).ok_or_else(|| {
                Text::new("console-app-wrong-claims-line").with("line", line.to_owned())
            })?;
            rules.insert(name.to_owned(), from.into());
        }
        set(metadata, member, rules.into());
        Ok(())
    },
};
const KEY_SET: Codec = Codec {
    read: |metadata, member| {
        let keys = metadata.get(member).map(serde_json::to_string_pretty);
        keys.and_then(Result::ok).unwrap_or_default()
    },
    write: |metadata, member, typed| {
        let keys = serde_json::from_str(typed).map_err(|_| Text::new(WRONG_KEYS))?;
        set(metadata, member, keys);
        Ok(())
    },
};
const ACCOUNT_SCOPES: Codec = Codec {
    read: |metadata, _| {
        sorted(&texts(account(metadata).get("scopes")).collect::<Vec<_>>().join(" "))
    },
    write: |metadata, _, typed| {
        let mut account = account(metadata);
        let scopes: Vec<&str> = typed.split_whitespace().collect();
        account.insert("scopes".to_owned(), scopes.into());
        set(metadata, ACCOUNT, account.into());
        Ok(())
    },
};
const ACCOUNT_ORGANISATION: Codec = Codec {
    read: |metadata, _| text(account(metadata).get("organisation")),
    write: |metadata, _, typed| {
        let mut account = account(metadata);
        set(&mut account, "organisation", typed.into());
        set(&mut account, "platform", if typed.is_empty() { true.into() } else { Value::Null });
        set(metadata, ACCOUNT, account.into());
        Ok(())
    },
};

/// What is said of a service account.
fn account(metadata: &Document) -> Document {
    metadata.get(ACCOUNT).and_then(Value::as_object).cloned().unwrap_or_default()
}

impl Subject for Kind {
    type Sent = Posted;
    const PASTED: bool = false;

    fn asked_for(asked: &Asked) -> Option<Self> {
        asked.query().one("kind").ok().flatten().and_then(Self::parse)
    }

    fn new_address(self) -> String {
        self.new_address()
    }

    fn address(key: &str) -> String {
        address(key)
    }

    fn fields(self, new: bool) -> &'static [Field] {
        match (self, new) {
            (Self::Web | Self::Spa | Self::Native, true) => {
                &[NAME, ID, REDIRECT, AFTER_LOG_OUT, ORGANISATION, TRUSTED, STRENGTH, CLAIMS]
            }
            (Self::Web | Self::Spa | Self::Native, false) => {
                &[NAME, REDIRECT, AFTER_LOG_OUT, ORGANISATION, TRUSTED, STRENGTH, CLAIMS]
            }
            (Self::ServiceKey, true) => &[NAME, ID, REACH, SCOPES, KEYS],
            (Self::ServiceKey, false) => &[NAME, REACH, SCOPES, KEYS],
            (Self::ServiceSecret, true) => &[NAME, ID, REACH, SCOPES],
            (Self::ServiceSecret, false) => &[NAME, REACH, SCOPES],
        }
    }

    fn words(self, _new: bool) -> Words {
        let has_secret = matches!(self, Self::Web | Self::ServiceSecret);
        let then = has_secret.then_some("console-app-will-secret");
        Words { heading: "console-app-add-heading", lede: Some(self.text()), then }
    }

    fn complete(self, metadata: &mut Document) {
        let mut set = |member: &str, value: Value| set(metadata, member, value);
        if self.acts_for_itself() {
            set("grant_types", json!(["client_credentials"]));
        }
        match self {
            Self::Web | Self::ServiceSecret => {}
            Self::Spa | Self::Native => set("token_endpoint_auth_method", "none".into()),
            Self::ServiceKey => set("token_endpoint_auth_method", "private_key_jwt".into()),
        }
        if self == Self::Native {
            set("application_type", "native".into());
        }
    }

    async fn find(api: &Api, key: &str) -> Result<Found<Self>, Failure> {
        let (found, version) = api.application(key).await?;
        let (subject, name) = (Self::of(&found.metadata), found.summary.name);
        Ok(Found { subject, name, document: found.metadata, version })
    }

    async fn add(asked: &Asked, admin: &Admin, new: Document, once: &str) -> Answer {
        let added = admin.api.add_application(&ClientBody(new), once).await?;
        Ok(match Secret::of(admin.shell(Place::Applications), &added, false) {
            Some(told) => asked.page(&told),
            None => saved::<Self>(&added.application.summary.client_id),
        })
    }

    async fn change(api: &Api, key: &str, document: Document, version: &str) -> Answer {
        api.change_application(key, &ClientBody(document), version).await?;
        Ok(saved::<Self>(key))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::registration::typed::Typed;
    use crate::pages::samples;

    /// What becomes of a document when all that it says is typed into the form of a kind.
    fn typed(kind: Kind, new: bool, said: &Document, base: Document) -> Document {
        let typed = Typed::known(kind.fields(new), said, "", String::new());
        let mut document = typed.document(base).expect("metadata");
        kind.complete(&mut document);
        document
    }

    #[test]
    fn what_is_typed_comes_back_from_what_it_comes_to_and_the_rest_stays() {
        for kind in Kind::ALL {
            let metadata = samples::application(kind).metadata;
            assert_eq!(Kind::of(&metadata), kind);
            assert_eq!(typed(kind, false, &metadata, metadata.clone()), metadata, "{kind:?}");
            let new = typed(kind, true, &metadata, Document::new());
            assert_eq!(Kind::of(&new), kind, "a new one is what it is to be");
        }
    }

    #[test]
    fn what_cannot_be_read_is_told_at_its_field() {
        for (kind, field, typed) in [
            (Kind::Web, CLAIMS, "ward"),
            (Kind::Web, CLAIMS, "= email"),
            (Kind::Web, CLAIMS, "ward=claim:ward"),
            (Kind::Web, CLAIMS, "a = email\nb"),
            (Kind::ServiceKey, KEYS, "{ \"keys\": ["),
            (Kind::ServiceKey, KEYS, ""),
        ] {
            let form = Typed::read(kind.fields(true), |name| match name == field.name {
                true => vec![typed],
                false => vec![],
            });
            let problem = form.document(Document::new()).expect_err(typed);
            assert_eq!(problem.field.as_deref(), Some(field.name), "{typed}");
        }
    }

    #[test]
    fn a_service_account_acts_on_one_organisation_or_on_everybody_and_never_on_both() {
        let mut metadata = samples::application(Kind::ServiceKey).metadata;
        for (organisation, platform) in [("", json!(true)), ("eastgate", Value::Null)] {
            (REACH.codec.write)(&mut metadata, REACH.member, organisation).expect("written");
            let account = &metadata[ACCOUNT];
            assert_eq!(account["platform"], platform);
            assert_eq!(account["organisation"].as_str().unwrap_or_default(), organisation);
            assert_eq!(account["scopes"], json!(["audit:read", "people:read"]), "the rest stays");
        }
    }
}
