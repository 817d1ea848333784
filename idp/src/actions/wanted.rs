//! Links for forgotten passwords that were asked for and not looked into yet. They wait for a round
//! that comes whoever asked, so that neither an answer nor the one after it takes longer because
//! somebody has the name. Whom a link is sent to is for [`super::links`].

use std::mem;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use latchkey_core::people::Username;
use latchkey_core::roles::Actor;
use tokio::time::MissedTickBehavior;

use super::links;
use crate::App;
use crate::audit::Origin;

/// How long somebody waits at most until their link is looked into.
const EVERY: Duration = Duration::from_secs(2);
/// So many wait at most: each address asks for a few an hour.
const MOST: usize = 1000;

/// The names that links were asked for, with where from.
#[derive(Debug, Default)]
pub struct Wanted(Mutex<Vec<(Username, Option<String>)>>);

impl Wanted {
    /// Notes a name; `false` when too many wait already.
    pub fn note(&self, name: Username, address: Option<String>) -> bool {
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let room = waiting.len() < MOST;
        if room {
            waiting.push((name, address));
        }
        room
    }

    fn take(&self) -> Vec<(Username, Option<String>)> {
        mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Looks into what was asked for, for ever.
pub async fn look(app: Arc<App>) {
    let mut ticks = tokio::time::interval(EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        send(&app).await;
    }
}

/// Looks into all that was asked for, and sends links to whom they are for.
pub async fn send(app: &App) {
    for (name, address) in app.wanted.take() {
        if let Err(error) = send_to(app, &name, address).await {
            tracing::error!("a link for a forgotten password was not sent: {error:#}");
        }
    }
}

async fn send_to(app: &App, name: &Username, address: Option<String>) -> anyhow::Result<()> {
    let found = app.store.view().find_person_by_login_name(name).await?;
    let Some(found) = found else { return Ok(()) };
    let origin = Origin { actor: Actor::System, address, at: app.clock.now() };
    links::forgotten(app, &origin, &found).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_more_wait_than_there_is_room_for() {
        let wanted = Wanted::default();
        let name = || Username::parse("amy.ward").expect("a user name");
        assert!((0..MOST).all(|_| wanted.note(name(), None)));
        assert!(!wanted.note(name(), None));
        assert_eq!(wanted.take().len(), MOST);
        assert!(wanted.note(name(), None));
    }
}
