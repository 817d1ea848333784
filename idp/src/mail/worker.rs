//! Sending what was queued: a letter is claimed for one try, sent, and removed. A node that dies on
//! the way leaves its claim, which runs out: every letter is sent at least once.
//!
//! Owns when a letter is tried again and when it is given up. Nobody who logs in waits for it.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use futures_util::future::join_all;
use latchkey_core::Timestamp;
use latchkey_core::audit::{Event, Handling, What};
use latchkey_core::ids::EventId;
use latchkey_core::letters::Undelivered;
use latchkey_core::roles::Actor;
use latchkey_store::{Error, Outgoing, Tx};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use super::envelope::Envelope;
use super::transport::NotSent;
use super::{Mail, purpose};
use crate::App;

/// How many letters are sent at the same time.
const AT_ONCE: u64 = 4;
/// How often a node looks for letters that others queued, or whose next try has come.
const EVERY: Duration = Duration::from_secs(15);
/// The pause after the first try; it doubles with each. Longer than a try takes: until then nobody
/// else touches a letter that is being tried.
const FIRST_PAUSE: Duration = Duration::from_secs(2 * 60);
/// The longest pause.
const LONGEST_PAUSE: Duration = Duration::from_secs(4 * 3600);
/// After so long a letter is given up (RFC 5321 §4.5.4.1 asks for some days).
const GIVEN_UP_AFTER: Duration = Duration::from_secs(3 * 86_400);
/// How long letters on their way may take when the program is to stop.
const FINISHED_WITHIN: Duration = Duration::from_secs(10);

/// What became of the letters of a round.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Delivered {
    /// Sent, and removed.
    pub sent: u64,
    /// To be tried again.
    pub put_off: u64,
    /// Given up, and removed.
    pub given_up: u64,
}

/// The worker of one node.
pub struct Worker {
    stop: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

impl Worker {
    /// Lets letters that are on their way go, and begins no others.
    pub async fn finish(self) {
        // It may have ended by itself.
        let _ = self.stop.send(());
        let mut task = self.task;
        if tokio::time::timeout(FINISHED_WITHIN, &mut task).await.is_err() {
            task.abort();
        }
    }
}

/// Starts the worker, if letters are sent at all.
#[must_use]
pub fn spawn(app: Arc<App>) -> Option<Worker> {
    if app.mail.is_none() {
        tracing::warn!("nobody is told of changes by e-mail: [mail] is not set");
        return None;
    }
    let (stop, stopped) = oneshot::channel();
    let task = tokio::spawn(async move {
        if let Some(mail) = &app.mail {
            run(&app, mail, stopped).await;
        }
    });
    Some(Worker { stop, task })
}

async fn run(app: &App, mail: &Mail, mut stopped: oneshot::Receiver<()>) {
    loop {
        let more = match deliver(app).await {
            Ok(delivered) => delivered != Delivered::default(),
            Err(error) => {
                tracing::error!("letters cannot be sent: {error:#}");
                false
            }
        };
        tokio::select! {
            biased;
            _ = &mut stopped => return,
            () = std::future::ready(()), if more => {}
            () = mail.queued.notified() => {}
            () = tokio::time::sleep(EVERY) => {}
        }
    }
}

/// Tries some of the letters whose time has come: of many, the longest waiting ones.
///
/// # Errors
/// When the database fails. Letters that were on their way may be sent again then.
pub async fn deliver(app: &App) -> anyhow::Result<Delivered> {
    let Some(mail) = &app.mail else { return Ok(Delivered::default()) };
    let now = app.clock.now();
    let due = app.store.view().list_due_messages(now, AT_ONCE).await?;
    let claimed = if due.is_empty() { due } else { claim(app, due, now).await? };
    let tried = join_all(claimed.iter().map(|message| attempt(app, mail, message))).await;
    let mut delivered = Delivered::default();
    for (message, result) in claimed.iter().zip(tried) {
        finish(app, message, result, &mut delivered).await?;
    }
    app.metrics.letters_waiting(app.store.view().count_messages().await?);
    Ok(delivered)
}

/// Claims letters until their next try: those that nobody else claimed first.
async fn claim(app: &App, due: Vec<Outgoing>, now: Timestamp) -> Result<Vec<Outgoing>, Error> {
    let work = async move |tx: &Tx| {
        let mut claimed = Vec::with_capacity(due.len());
        for message in &due {
            let (over, next) = (now.plus(FIRST_PAUSE), now.plus(pause(message.tries)));
            if tx.claim_message(message, over, next).await? {
                claimed.push(message.clone());
            }
        }
        Ok(claimed)
    };
    app.store.write(work).await
}

async fn attempt(app: &App, mail: &Mail, message: &Outgoing) -> Result<(), NotSent> {
    let opened = app.keys.open_data(&purpose(message.id), &message.sealed);
    let opened = opened.map_err(anyhow::Error::from);
    let envelope = opened.and_then(|bytes| Envelope::from_bytes(&bytes));
    let envelope = envelope.and_then(|envelope| {
        let to = super::envelope::address(&envelope.to).context("no address")?;
        Ok((to, envelope.message))
    });
    match envelope {
        Ok((to, text)) => mail.transport.send(message.id, &mail.from, &to, text).await,
        Err(error) => {
            Err(NotSent::Yet(Undelivered::Sealed, format!("it cannot be opened: {error:#}")))
        }
    }
}

async fn finish(
    app: &App,
    message: &Outgoing,
    result: Result<(), NotSent>,
    delivered: &mut Delivered,
) -> Result<(), Error> {
    let (id, now) = (message.id, app.clock.now());
    // With the one that it was claimed for.
    let (letter, tries) = (message.kind.as_str(), message.tries.saturating_add(1));
    let reason = match result {
        Ok(()) => {
            app.store
                .write::<_, Error, _>(async move |tx: &Tx| tx.delete_message(id).await)
                .await?;
            app.metrics.letter_sent();
            delivered.sent += 1;
            return Ok(());
        }
        Err(NotSent::Yet(cause, reason)) if !is_over(message, now) => {
            tracing::warn!(letter, tries, reason, "a letter was put off");
            let note = async move |tx: &Tx| tx.note_undelivered(id, tries, cause).await;
            app.store.write::<_, Error, _>(note).await?;
            delivered.put_off += 1;
            return Ok(());
        }
        Err(NotSent::Yet(_, reason) | NotSent::Ever(_, reason)) => reason,
    };
    tracing::error!(letter, tries, reason, "a letter was given up");
    let event = Event {
        id: EventId::new(&*app.rng, now),
        at: now,
        actor: Actor::System,
        person: message.person,
        organisation: message.organisation,
        session: None,
        address: None,
        what: What::LetterGivenUp { letter: message.kind.clone(), reason },
        handling: Handling::default(),
    };
    let write = async move |tx: &Tx| {
        if tx.delete_message(id).await? {
            tx.insert_event(&event).await?;
        }
        Ok(())
    };
    app.store.write::<(), Error, _>(write).await?;
    app.metrics.letter_given_up();
    delivered.given_up += 1;
    Ok(())
}

/// How long after a try the next one comes.
fn pause(tries: u32) -> Duration {
    FIRST_PAUSE.saturating_mul(1 << tries.min(16)).min(LONGEST_PAUSE)
}

/// Whether the next try would come too late.
fn is_over(message: &Outgoing, now: Timestamp) -> bool {
    now.plus(pause(message.tries)).since(message.created_at) > GIVEN_UP_AFTER
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_some_hours_and_always_outlast_a_try() {
        assert_eq!(pause(0), FIRST_PAUSE);
        assert_eq!(pause(1), FIRST_PAUSE * 2);
        assert_eq!([pause(7), pause(40), pause(u32::MAX)], [LONGEST_PAUSE; 3]);
        assert!(FIRST_PAUSE > super::super::transport::SENT_WITHIN);
    }
}
