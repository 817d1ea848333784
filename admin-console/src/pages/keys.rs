//! The keys that tokens and messages of SAML are signed with: which signs, which waits, which rests;
//! and a new one, after what it means for applications was shown.

use axum::response::{IntoResponse as _, Redirect, Response};
use latchkey_api::AdminScope;
use latchkey_api::people::Me;
use latchkey_api::platform::SigningKey;
use latchkey_core::Timestamp;
use latchkey_web::limits::{Form as Posted, Refusal};
use latchkey_web::{Form, Help, Page, Problem};
use serde::Serialize;

use super::message::Kind;
use super::organisations::may_everywhere;
use super::shell::{Place, Shell};
use super::{at, samples};
use crate::client::Failure;
use crate::visitor::{Admin, Asked, Forms, Stop};

/// The address.
pub(crate) const ADDRESS: &str = "/admin/keys";
/// Where a new one is asked for.
pub(crate) const NEW_ADDRESS: &str = "/admin/keys/new";
/// What a key of tokens can sign with, the widest known first.
const TOKENS: [&str; 3] = ["RS256", "ES256", "EdDSA"];
/// The same of one for SAML.
const SAML: [&str; 2] = ["RSA-SHA256", "ECDSA-SHA256"];

/// The page.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Keys {
    shell: Shell,
    keys: Vec<Row>,
    /// Those for SAML.
    saml: Vec<Row>,
    add: Option<&'static str>,
    published: bool,
}

#[derive(Clone, Debug, Serialize)]
struct Row {
    kid: String,
    algorithm: String,
    /// `signs`, `waits` or `rests`: the end of the keys of its words.
    state: &'static str,
    published_at: Timestamp,
    signs_from: Timestamp,
    until: Option<Timestamp>,
    certificate: Option<Certificate>,
}

#[derive(Clone, Debug, Serialize)]
struct Certificate {
    ends_at: Timestamp,
    fingerprint: String,
    pem: String,
}

impl Row {
    fn new(key: &SigningKey, now: Timestamp) -> Self {
        let signs_from = at(key.signs_from);
        Self {
            kid: key.kid.clone(),
            algorithm: key.algorithm.clone(),
            state: match key.signs {
                true => "signs",
                false if now < signs_from => "waits",
                false => "rests",
            },
            published_at: at(key.published_at),
            signs_from,
            until: key.until.map(at),
            certificate: key.certificate.as_ref().map(|it| Certificate {
                ends_at: at(it.ends_at),
                fingerprint: it.fingerprint.clone(),
                pem: it.pem.clone(),
            }),
        }
    }
}

impl Keys {
    fn new(shell: Shell, me: &Me, keys: &[SigningKey], now: Timestamp) -> Self {
        let rows = keys.iter().map(|key| Row::new(key, now));
        let (saml, keys) = rows.partition(|row| row.certificate.is_some());
        Self {
            shell,
            keys,
            saml,
            add: may_everywhere(me, AdminScope::KeysWrite).then_some(NEW_ADDRESS),
            published: false,
        }
    }
}

impl Page for Keys {
    const TEMPLATE: &'static str = "console/keys.html";
    const FORMS_LEAD_OUT: bool = true;

    fn sample() -> Self {
        let (shell, me) = (samples::shell(Place::Keys), samples::platform());
        let keys = samples::signing_keys();
        Self { published: true, ..Self::new(shell, &me, &keys, Timestamp::from_millis(1)) }
    }

    fn help(&self) -> Vec<Help> {
        vec![]
    }
}

/// What is asked before a new one is published.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Publish {
    shell: Shell,
    tokens: [&'static str; 3],
    saml: [&'static str; 2],
    /// What is chosen, once what it means is to be shown.
    chosen: Option<&'static str>,
    form: Form,
    problem: Option<Problem>,
}

impl Publish {
    fn new((shell, forms): (Shell, &Forms), chosen: Option<&'static str>, once: &str) -> Self {
        let mut form = forms.form(NEW_ADDRESS).with("once", once);
        if let Some(algorithm) = chosen {
            form = form.with("algorithm", algorithm);
        }
        Self { shell, tokens: TOKENS, saml: SAML, chosen, form, problem: None }
    }

    /// What it means, for either kind; and that another waits already.
    pub(crate) fn samples() -> [Self; 3] {
        let of = |algorithm| {
            let frame = (samples::shell(Place::Keys), &samples::forms());
            Self::new(frame, Some(algorithm), "o")
        };
        let waits = Some(Problem::new("console-keys-waiting"));
        [of("ES256"), of("RSA-SHA256"), Self { problem: waits, ..of("ES256") }]
    }
}

impl Page for Publish {
    const TEMPLATE: &'static str = "console/key-new.html";
    const FORMS_LEAD_OUT: bool = true;

    fn sample() -> Self {
        Self::new((samples::shell(Place::Keys), &samples::forms()), None, "o")
    }

    fn problem(&self) -> Option<&Problem> {
        self.problem.as_ref()
    }

    fn help(&self) -> Vec<Help> {
        vec![]
    }
}

/// `GET /admin/keys`
pub(crate) async fn show(asked: Asked) -> Response {
    let work = async {
        let admin = asked.admin().await?;
        let keys = admin.api.signing_keys().await?;
        let page = Keys::new(admin.shell(Place::Keys), &admin.me, &keys, asked.now());
        let published = asked.query().one("published").is_ok_and(|it| it.is_some());
        Ok(asked.page(&Keys { published, ..page }))
    };
    asked.shown(work).await
}

fn refuse_others(admin: &Admin) -> Result<(), Stop> {
    match may_everywhere(&admin.me, AdminScope::KeysWrite) {
        true => Ok(()),
        false => Err(Kind::Forbidden.into()),
    }
}

fn algorithm(text: Option<&str>) -> Option<&'static str> {
    TOKENS.into_iter().chain(SAML).find(|it| Some(*it) == text)
}

/// `GET /admin/keys/new`: with an algorithm, what it means.
pub(crate) async fn ask(asked: Asked) -> Response {
    let work = async {
        let admin = asked.admin().await?;
        refuse_others(&admin)?;
        let query = asked.query();
        let waited = asked.kept(&admin).and_then(|kept| {
            let found = kept.iter().find(|(name, _)| name == "algorithm");
            algorithm(found.map(|(_, value)| value.as_str()))
        });
        let chosen = waited.or_else(|| algorithm(query.one("algorithm").ok().flatten()));
        let frame = (admin.shell(Place::Keys), &admin.forms);
        Ok(asked.page(&Publish::new(frame, chosen, &asked.once())))
    };
    asked.shown(work).await
}

/// `POST /admin/keys/new`
pub(crate) async fn publish(asked: Asked, form: Result<Posted, Refusal>) -> Response {
    asked
        .taken(form, NEW_ADDRESS, async |form| {
            let admin = asked.sender(form).await?;
            refuse_others(&admin)?;
            let one = |name: &str| form.one(name).ok().flatten();
            let chosen = algorithm(one("algorithm")).ok_or(Kind::Malformed)?;
            match admin.api.publish_key(chosen, one("once").unwrap_or_default()).await {
                Ok(_) => Ok(Redirect::to(&format!("{ADDRESS}?published=yes")).into_response()),
                Err(Failure::Refused(refused)) if refused.kind.ends_with(":waiting") => {
                    let frame = (admin.shell(Place::Keys), &admin.forms);
                    let page = Publish::new(frame, Some(chosen), &asked.once());
                    let problem = Some(Problem::new("console-keys-waiting"));
                    Ok(asked.page(&Publish { problem, ..page }))
                }
                Err(failure) => Err(failure.into()),
            }
        })
        .await
}
