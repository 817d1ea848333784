//! The signals that end the program (SIGINT, SIGTERM).

use std::future::Future;
use std::io;

#[cfg(unix)]
use tokio::signal::unix::{Signal, SignalKind, signal as listen};

/// The signals to stop, one after the other: the first asks, the second insists.
pub struct Signals {
    #[cfg(unix)]
    interrupt: Signal,
    #[cfg(unix)]
    terminate: Signal,
}

impl Signals {
    /// Listens to them from here on; they no longer end the program by themselves.
    ///
    /// # Errors
    /// When the system refuses to tell of them.
    pub fn new() -> io::Result<Self> {
        #[cfg(unix)]
        return Ok(Self {
            interrupt: listen(SignalKind::interrupt())?,
            terminate: listen(SignalKind::terminate())?,
        });
        #[cfg(not(unix))]
        Ok(Self {})
    }

    /// Waits for the next one.
    pub async fn next(&mut self) {
        #[cfg(unix)]
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
        #[cfg(not(unix))]
        drop(tokio::signal::ctrl_c().await);
    }
}

/// Waits for the first signal to stop.
///
/// # Errors
/// When the system refuses to tell of them.
pub fn signal() -> io::Result<impl Future<Output = ()>> {
    let mut signals = Signals::new()?;
    Ok(async move { signals.next().await })
}
