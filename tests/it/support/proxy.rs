//! A network between two programs, as bad as told: it passes on, keeps everything to itself, or
//! breaks every connection.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// What the network does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Weather {
    /// It passes everything on.
    Fair,
    /// It takes everything and passes nothing on.
    Silent,
    /// It breaks every connection, and takes no new one.
    Broken,
}

/// A network to one address.
pub(crate) struct Proxy {
    /// Where it is entered.
    pub(crate) address: SocketAddr,
    weather: Arc<watch::Sender<Weather>>,
}

impl Proxy {
    /// A fair one.
    pub(crate) async fn to(target: SocketAddr) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a free port");
        let address = listener.local_addr().expect("bound");
        let weather = Arc::new(watch::Sender::new(Weather::Fair));
        let told = Arc::clone(&weather);
        // Ends with the test's runtime.
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                if *told.borrow() != Weather::Broken
                    && let Ok(server) = TcpStream::connect(target).await
                {
                    let ((from, to), (back, forth)) = (client.into_split(), server.into_split());
                    tokio::spawn(pass(from, forth, told.subscribe()));
                    tokio::spawn(pass(back, to, told.subscribe()));
                }
            }
        });
        Self { address, weather }
    }

    /// Changes what it does, with connections under way as well.
    pub(crate) fn turn(&self, weather: Weather) {
        self.weather.send_replace(weather);
    }
}

async fn pass(
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    mut weather: watch::Receiver<Weather>,
) {
    let mut buffer = vec![0; 16 * 1024];
    loop {
        let read = tokio::select! {
            read = from.read(&mut buffer) => read,
            _ = weather.wait_for(|weather| *weather == Weather::Broken) => return,
        };
        let Ok(length @ 1..) = read else { return };
        let passes = weather.wait_for(|weather| *weather != Weather::Silent).await;
        if passes.is_ok_and(|weather| *weather == Weather::Broken)
            || to.write_all(&buffer[..length]).await.is_err()
        {
            return;
        }
    }
}
