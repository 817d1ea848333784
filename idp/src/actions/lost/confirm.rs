//! The last way in, reported lost by somebody who has shown nothing but a password: a letter's link
//! confirms it, in any browser.
//!
//! The link itself says what was reported. What is stored of it is a digest of the whole, so another
//! thing cannot be put in its place. It only ever takes away: it begins no way and shows nothing.

use latchkey_core::audit::What;
use latchkey_core::codes::LinkKind;
use latchkey_core::credentials::{Authenticator, Loss};
use latchkey_core::ids::{CodeId, CredentialId, SessionId};
use latchkey_core::people::Person;
use latchkey_core::roles::Actor;
use latchkey_core::secrets::Plain;
use latchkey_core::throttle::{REPORTS, Verdict};
use latchkey_store::{Error, Link, Tx};
use uuid::Uuid;

use super::{End, NotReported, Ready, Report, find};
use crate::App;
use crate::actions::credentials::{Outcome, settle, told};
use crate::actions::links;
use crate::audit::Origin;
use crate::mail::{self, Letter};

const KEY: &str = "key";
const APP: &str = "app";
const ALL: &str = "all";
const NONE: &str = "none";

/// What a link confirms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Claim {
    /// What is lost.
    pub lost: Authenticator,
    /// What became of it.
    pub loss: Loss,
    /// All sessions end with it.
    pub end_sessions: bool,
}

impl Claim {
    /// A new link's secret, with what it confirms in it.
    fn token(self, secret: &Plain) -> Plain {
        let (kind, id) = match self.lost {
            Authenticator::Key(id) => (KEY, id.0),
            Authenticator::App(id) => (APP, id.0),
        };
        let end = if self.end_sessions { ALL } else { NONE };
        let (secret, loss) = (secret.expose(), self.loss.as_str());
        Plain::new(format!("{secret}.{kind}.{}.{loss}.{end}", id.simple()))
    }

    /// What a link's token says. Believed of one whose digest is stored, and of no other.
    #[must_use]
    pub fn read(token: &Plain) -> Option<Self> {
        let parts: Vec<&str> = token.expose().split('.').collect();
        let &[_, kind, id, loss, end] = parts.as_slice() else { return None };
        let id = Uuid::try_parse(id).ok()?;
        let lost = match kind {
            KEY => Authenticator::Key(CredentialId(id)),
            APP => Authenticator::App(CodeId(id)),
            _ => return None,
        };
        let end_sessions = match end {
            ALL => true,
            NONE => false,
            _ => return None,
        };
        Some(Self { lost, loss: Loss::parse(loss)?, end_sessions })
    }
}

/// Sends a letter whose link confirms a report, one a day. Tells nothing of what it did: whoever
/// reports it may be somebody else, and learns no more about the account.
pub(super) async fn ask(
    app: &App,
    origin: &Origin,
    person: &Person,
    session: Option<SessionId>,
    report: Report,
) -> anyhow::Result<()> {
    let Some((nickname, _)) = find(&app.store.view(), person, report.lost).await? else {
        return Ok(());
    };
    let end_sessions = report.end != End::None;
    let claim = Claim { lost: report.lost, loss: report.loss, end_sessions };
    let token = claim.token(&Plain::generate(&*app.rng));
    let kind = LinkKind::Lost;
    let until = origin.at.plus(kind.lives());
    let address = links::url(app, &token).expose().to_owned();
    let letter = match nickname {
        Some(key) => Letter::KeyLostLink { key, link: address, until },
        None => Letter::AppLostLink { link: address, until },
    };
    let letters = mail::write(app, origin, person.id, session, letter).await?;
    let link = Link {
        digest: token.digest(),
        person: person.id,
        kind,
        issuer: None,
        issued_at: origin.at,
        expires_at: until,
        used_at: None,
        flow: None,
        sent_to: person.email.clone(),
    };
    let event = origin.event(&*app.rng, person, session, What::LinkIssued { link: kind, until });
    let counted = app.keys.mac.derive("lost letter by password alone", person.id.0.as_bytes());
    let write = async move |tx: &Tx| {
        let before = tx.view().find_throttle(counted).await?.map(|record| record.count);
        if letters.is_empty() || REPORTS.judge(before, event.at) != Verdict::Go {
            return Ok(());
        }
        tx.count_failure(counted, Some(link.person), &REPORTS, event.at).await?;
        tx.put_link(&link).await?;
        letters.queue(tx).await?;
        tx.insert_event(&event).await
    };
    app.store.write::<(), Error, _>(write).await?;
    mail::wake(app);
    Ok(())
}

/// Does what a link's button promises, once: suspends what was reported, also when it is not the
/// last way in any more.
///
/// # Errors
/// When the database or the organisation cannot be read; nothing is done then.
pub async fn confirm(
    app: &App,
    address: Option<String>,
    link: &Link,
    person: &Person,
    claim: Claim,
) -> anyhow::Result<Result<(), NotReported>> {
    // Whoever reads their letters: it is not known to be them.
    let actor = Actor::Person { person: person.id, session: None };
    let origin = Origin { actor, address, at: app.clock.now() };
    let report = Report {
        lost: claim.lost,
        loss: claim.loss,
        by_password_alone: false,
        end: if claim.end_sessions { End::All } else { End::None },
    };
    let Some(ready) = Ready::new(app, &origin, person, None, report).await? else {
        return Ok(Err(NotReported::Gone));
    };
    let event = origin.event(&*app.rng, person, None, What::LinkUsed { link: link.kind });
    let digest = link.digest;
    let write = async move |tx: &Tx| {
        if !tx.use_link(digest, None, event.at).await? {
            return Err(Outcome::Refused(NotReported::Gone));
        }
        let nickname = ready.nickname(&tx.view()).await?;
        tx.insert_event(&event).await?;
        ready.carry_out(tx, nickname).await
    };
    told(app, settle(app.store.write(write).await))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_says_what_was_reported_and_anything_else_is_not_read() {
        let secret = Plain::new("AbC-_1".into());
        let id = Uuid::from_u128(7);
        for lost in [Authenticator::Key(CredentialId(id)), Authenticator::App(CodeId(id))] {
            for (loss, end_sessions) in Loss::ALL.into_iter().zip([true, false, true]) {
                let claim = Claim { lost, loss, end_sessions };
                assert_eq!(Claim::read(&claim.token(&secret)), Some(claim));
            }
        }
        let id = id.simple().to_string();
        for wrong in [
            String::new(),
            "AbC-_1".into(),
            format!("AbC-_1.pass.{id}.stolen.all"),
            format!("AbC-_1.key.{id}.eaten.all"),
            format!("AbC-_1.key.{id}.stolen.some"),
            format!("AbC-_1.key.{id}.stolen.all.all"),
            "AbC-_1.key.7.stolen.all".into(),
        ] {
            assert_eq!(Claim::read(&Plain::new(wrong.clone())), None, "{wrong}");
        }
    }
}
