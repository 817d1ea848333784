//! What parts of a log-in cost by themselves: the product's own calls, in this process, on a database
//! that nobody else uses. Everything else of a log-in is left out.

use std::fs;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, anyhow};
use latchkey::App;
use latchkey::audit::Origin;
use latchkey::authn::throttle::{self, Subject};
use latchkey::config::Config;
use latchkey::jobs::chain;
use latchkey::source::Source;
use latchkey_core::audit::What;
use latchkey_core::clock::SystemClock;
use latchkey_core::people::{Person, Username};
use latchkey_core::rng::SystemRng;
use latchkey_core::roles::Actor;
use latchkey_core::secrets::Digest;
use latchkey_store::{Error, Tx};
use latchkey_tests::server::{self, Installation};

use crate::measure::own_cpu;
use crate::operations;
use crate::table::{Budget, Table};

/// Measures each part so often.
///
/// # Errors
/// When the database fails.
pub(crate) async fn measure(times: u32, table: &mut Table) -> Result<()> {
    let installation = Installation::new(&server::binary()?, &operations::documents(), None, "")?;
    let settings = fs::read_to_string(installation.path("latchkey.toml"))?;
    let config = Config::read(&Source::from_text("latchkey.toml", &settings), []);
    let config = config.map_err(|problems| anyhow!("{problems}"))?;
    let app = App::open(config, Arc::new(SystemClock), Arc::new(SystemRng)).await?;
    let name = Username::parse("word.0").ok().context("a user name")?;
    let found = app.store.view().find_person_by_username(&name).await?;
    let person = found.context("there is no word.0")?.person;

    let before = own_cpu()?;
    for _ in 0..times {
        let browser = Some(Digest::of(b"a browser"));
        let subject = Subject::Password { person: Some(person.id), name: "word.0", browser };
        let admitted = throttle::admit(&app, subject, Some("127.0.0.1")).await?;
        admitted.ok().context("word.0 has to wait")?.right(&app).await?;
    }
    table.part(
        "throttling, of a right password",
        Budget::Open,
        own_cpu()?.saturating_sub(before) / times,
    );

    // A log-in writes anyway: the event is what it writes more.
    let plain = writes(&app, &person, times, false).await?;
    let told = writes(&app, &person, times, true).await?;
    table.part("its event in the audit trail", Budget::Open, told.saturating_sub(plain) / times);

    let before = own_cpu()?;
    let (now, settings) = (app.clock.now(), &app.config.audit);
    let mut sealed = 0;
    while sealed < u64::from(times) {
        let more = chain::round(&app.store, &app.keys, settings, now, "benchmark").await?;
        anyhow::ensure!(more > 0, "{sealed} events are sealed, of {times}");
        sealed += more;
    }
    table.part("that event sealed, later", Budget::Open, own_cpu()?.saturating_sub(before) / times);
    Ok(())
}

async fn writes(app: &App, person: &Person, times: u32, told: bool) -> Result<Duration> {
    let before = own_cpu()?;
    for number in 0..times {
        let actor = Actor::Person { person: person.id, session: None };
        let address = Some("127.0.0.1".to_owned());
        let origin = Origin { actor, address, at: app.clock.now() };
        let what = What::LoggedIn { amr: vec!["pwd".to_owned()] };
        let event = told.then(|| origin.event(&*app.rng, person, None, what));
        let (id, tag) = (person.id, if number % 2 == 0 { "en" } else { "cy" });
        let write = async move |tx: &Tx| {
            tx.set_locale(id, tag).await?;
            match &event {
                Some(event) => tx.insert_event(event).await,
                None => Ok(()),
            }
        };
        app.store.write::<(), Error, _>(write).await?;
    }
    Ok(own_cpu()?.saturating_sub(before))
}
