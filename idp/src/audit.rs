//! Audit events with their envelope: who did it, to whom, from where.

use latchkey_core::audit::{Event, Handling, What};
use latchkey_core::ids::{EventId, OrganisationId, SessionId};
use latchkey_core::people::Person;
use latchkey_core::roles::Actor;
use latchkey_core::{Rng, Timestamp};

/// Where an action comes from, as far as the audit trail wants to know.
#[derive(Clone, Debug)]
pub struct Origin {
    /// Who acts.
    pub actor: Actor,
    /// From which network address.
    pub address: Option<String>,
    /// When.
    pub at: Timestamp,
}

impl Origin {
    /// An event that tells of the installation and of nobody.
    #[must_use]
    pub fn event_of_installation(&self, rng: &dyn Rng, what: What) -> Event {
        Event {
            id: EventId::new(rng, self.at),
            at: self.at,
            actor: self.actor.clone(),
            person: None,
            organisation: None,
            session: None,
            address: self.address.clone(),
            what,
            handling: Handling::default(),
        }
    }

    /// An event that tells of an organisation and of nobody.
    #[must_use]
    pub fn event_of_organisation(
        &self,
        rng: &dyn Rng,
        organisation: OrganisationId,
        what: What,
    ) -> Event {
        Event { organisation: Some(organisation), ..self.event_of_installation(rng, what) }
    }

    /// An event that tells of a person.
    #[must_use]
    pub fn event(
        &self,
        rng: &dyn Rng,
        person: &Person,
        session: Option<SessionId>,
        what: What,
    ) -> Event {
        self.event_as(EventId::new(rng, self.at), person, session, what)
    }

    /// An event that tells of a person, under a key that was made before.
    #[must_use]
    pub fn event_as(
        &self,
        id: EventId,
        person: &Person,
        session: Option<SessionId>,
        what: What,
    ) -> Event {
        Event {
            id,
            at: self.at,
            actor: self.actor.clone(),
            person: Some(person.id),
            organisation: Some(person.organisation),
            session,
            address: self.address.clone(),
            what,
            handling: Handling::default(),
        }
    }
}
