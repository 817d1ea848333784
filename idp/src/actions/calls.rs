//! Calls to the helpdesk: the numbers that connect a voice with a browser. They unlock nothing.

use std::time::Duration;

use latchkey_core::Rng;
use latchkey_core::secrets::Digest;
use latchkey_core::throttle::Limited;
use latchkey_store::{Call, Error, Tx};

use crate::App;
use crate::authn::throttle::{self, Wait};

/// How long a number is read out and found.
const LASTS: Duration = Duration::from_secs(3600);
/// How often another number is tried when one is taken.
const TRIES: usize = 8;

/// Gives a browser a number, unless it has one; tells why none is made from its address now, if so.
///
/// # Errors
/// When the database fails, or no number is free.
pub async fn begin(
    app: &App,
    browser: Digest,
    address: Option<&str>,
) -> anyhow::Result<Option<Wait>> {
    let now = app.clock.now();
    // Pressed twice: a number that was read out stays, and is not counted again.
    if app.store.view().find_call_of(browser, now).await?.is_some() {
        return Ok(None);
    }
    if let Some(wait) = throttle::limited(app, Limited::CallNumbers, address).await? {
        return Ok(Some(wait));
    }
    throttle::count(app, Limited::CallNumbers, address).await?;
    let numbers: Vec<String> = (0..TRIES).map(|_| number(&*app.rng)).collect();
    let write = async move |tx: &Tx| {
        // The other press of two was faster.
        if tx.view().find_call_of(browser, now).await?.is_some() {
            return Ok(true);
        }
        for number in &numbers {
            let call = Call {
                number: number.clone(),
                browser,
                expires_at: now.plus(LASTS),
                helper: None,
                case: None,
                person: None,
            };
            if tx.insert_call(&call, now).await? {
                return Ok(true);
            }
        }
        Ok(false)
    };
    let given = app.store.write::<_, Error, _>(write).await?;
    anyhow::ensure!(given, "no call number is free");
    Ok(None)
}

/// Six digits, each number as likely as any other.
fn number(rng: &dyn Rng) -> String {
    const NUMBERS: u32 = 1_000_000;
    const FAIR: u32 = u32::MAX - u32::MAX % NUMBERS;
    loop {
        let drawn = u32::from_be_bytes(rng.bytes());
        if drawn < FAIR {
            return format!("{:06}", drawn % NUMBERS);
        }
    }
}
