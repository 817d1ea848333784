//! Letters about another e-mail address: to the one before and to the new one, since the new one may be
//! whoever changed it. Whoever never started knows of no account and is told nothing.

use latchkey_core::ids::PersonId;
use latchkey_store::PersonRecord;

use crate::App;
use crate::audit::Origin;
use crate::mail::{self, Drafts, Letter, Reader};

/// A person whose letters go elsewhere from now on.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Moved {
    person: PersonId,
    name: String,
    before: Option<String>,
    after: Option<String>,
}

impl Moved {
    /// Tells whether somebody who knows about their account is written to elsewhere, once they are
    /// called `name` and have the address `email`.
    pub fn between(stored: &PersonRecord, name: &str, email: Option<&str>) -> Option<Self> {
        let started = stored.password_hash.is_some() || stored.person.ever_had_factor;
        let before = &stored.person.email;
        (started && before.as_deref() != email).then(|| Self {
            person: stored.person.id,
            name: name.to_owned(),
            before: before.clone(),
            after: email.map(str::to_owned),
        })
    }
}

/// Tells a person at both addresses that their letters go elsewhere.
///
/// # Errors
/// When the database fails or a letter cannot be written.
pub async fn tell(app: &App, origin: &Origin, moved: &Moved) -> anyhow::Result<Drafts> {
    let at = |email: &Option<String>| {
        email.clone().map(|email| Reader { name: moved.name.clone(), email })
    };
    let mut letters = Drafts::none();
    for (reader, letter) in
        [(at(&moved.before), Letter::EmailChanged), (at(&moved.after), Letter::EmailTaken)]
    {
        if reader.is_some() {
            let written = mail::write_to(app, origin, moved.person, reader, None, letter).await?;
            letters = letters.and(written);
        }
    }
    Ok(letters)
}
