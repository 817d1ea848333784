//! Connections: taken, limited, served and, on a signal, finished.
//!
//! HTTP/1.1, over TLS or in the clear on the loopback and behind a proxy that speaks TLS. Knows
//! nothing of what is served.

pub mod client;
mod request;
mod signals;
#[cfg(test)]
mod tests;
pub mod tls;

use std::future::{Future, poll_fn};
use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use axum::Router;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio_rustls::TlsAcceptor;

pub use self::signals::{Signals, signal};

use self::request::Requests;
use self::tls::{Certificate, TlsError};
use latchkey_core::network::Network;

/// Connections at the same time; more of them wait in the system's queue.
const CONNECTIONS: usize = 4096;
/// How long a client may take to agree on TLS.
const HANDSHAKE_WITHIN: Duration = Duration::from_secs(10);
/// How long a client may take to send a request's head, and may stay silent between two.
const HEAD_WITHIN: Duration = Duration::from_secs(30);
/// The longest head. Authorization requests with long parameters stay well below.
const HEAD_BYTES: usize = 32 * 1024;
/// How long requests in flight are waited for when the server stops.
const FINISH_WITHIN: Duration = Duration::from_secs(20);
/// What somebody hears who speaks HTTP where TLS is spoken.
const TLS_IS_SPOKEN: &[u8] = b"HTTP/1.1 400 Bad Request\r\ncontent-type: text/plain\r\n\
    content-length: 36\r\nconnection: close\r\n\r\nThis port speaks TLS: use https://.\n";
/// The content type of the TLS record that opens a connection (RFC 8446 §5.1).
const HANDSHAKE: u8 = 22;

/// Takes requests on `listeners` until `stop`, then finishes those in flight. Requests carry the
/// client's address as `ConnectInfo<SocketAddr>`; the word of `proxies` about it is taken.
pub async fn serve(
    listeners: Vec<TcpListener>,
    router: Router,
    proxies: Vec<Network>,
    stop: impl Future<Output = ()>,
) {
    Server::new(listeners, router).trusting(proxies).run(stop).await;
}

/// What takes connections and serves them.
pub struct Server {
    listeners: Vec<TcpListener>,
    requests: Requests,
    tls: Option<(TlsAcceptor, Arc<Certificate>)>,
    patience: Duration,
}

impl Server {
    /// A server in the clear that trusts nobody's word.
    #[must_use]
    pub fn new(listeners: Vec<TcpListener>, router: Router) -> Self {
        Self { listeners, requests: Requests::new(router), tls: None, patience: HANDSHAKE_WITHIN }
    }

    /// Takes the word of `proxies` about who asks.
    #[must_use]
    pub fn trusting(mut self, proxies: Vec<Network>) -> Self {
        self.requests.proxies = proxies.into();
        self
    }

    /// Tells browsers to come over TLS only (RFC 6797).
    #[must_use]
    pub fn strict(mut self, strict: bool) -> Self {
        self.requests.strict = strict;
        self
    }

    /// Speaks TLS, when there is a certificate to present.
    ///
    /// # Errors
    /// When this build's TLS does not work at all.
    pub fn presenting(mut self, certificate: Option<Arc<Certificate>>) -> Result<Self, TlsError> {
        self.tls = match certificate {
            Some(certificate) => Some((certificate.acceptor()?, certificate)),
            None => None,
        };
        Ok(self)
    }

    /// Takes requests until `stop`, then finishes those in flight.
    pub async fn run(self, stop: impl Future<Output = ()>) {
        let Self { listeners, requests, tls, patience } = self;
        let (acceptor, certificate) = tls.unzip();
        let renewing = certificate.map(|certificate| tokio::spawn(certificate.keep()));
        let connections = Connections::new(requests, acceptor, patience);
        let (stopping, stopped) = watch::channel(());
        let finishing = GracefulShutdown::new();
        let mut stop = pin!(stop);
        loop {
            let next = async {
                let permit = Arc::clone(&connections.room).acquire_owned().await;
                (permit, accept(&listeners).await)
            };
            let (permit, accepted) = tokio::select! {
                next = next => next,
                () = &mut stop => break,
            };
            let (stream, peer) = match accepted {
                Ok(accepted) => accepted,
                Err(error) => {
                    // Out of file descriptors, most likely: others have to close first.
                    tracing::error!(%error, "a connection could not be taken");
                    tokio::time::sleep(Duration::from_millis(100)).await;
                    continue;
                }
            };
            // An answer is one small write; waiting for more to come would only delay it.
            drop(stream.set_nodelay(true));
            let (connections, watcher) = (Arc::clone(&connections), finishing.watcher());
            let stopped = stopped.clone();
            tokio::spawn(async move {
                let _held = permit;
                connections.take(stream, peer, watcher, stopped).await;
            });
        }
        drop(listeners);
        // Whoever has not agreed on TLS yet has not asked for anything.
        drop(stopping);
        if tokio::time::timeout(FINISH_WITHIN, finishing.shutdown()).await.is_err() {
            tracing::warn!("requests in flight were cut off");
        }
        if let Some(renewing) = renewing {
            renewing.abort();
        }
    }
}

/// What every connection shares.
struct Connections {
    http: http1::Builder,
    requests: Arc<Requests>,
    acceptor: Option<TlsAcceptor>,
    patience: Duration,
    room: Arc<Semaphore>,
}

impl Connections {
    fn new(requests: Requests, acceptor: Option<TlsAcceptor>, patience: Duration) -> Arc<Self> {
        let mut http = http1::Builder::new();
        http.timer(TokioTimer::new())
            .header_read_timeout(HEAD_WITHIN)
            .max_header_size(HEAD_BYTES)
            .max_buf_size(2 * HEAD_BYTES);
        let room = Arc::new(Semaphore::new(CONNECTIONS));
        Arc::new(Self { http, requests: Arc::new(requests), acceptor, patience, room })
    }

    async fn take(
        self: Arc<Self>,
        stream: TcpStream,
        peer: SocketAddr,
        watcher: Watcher,
        mut stopped: watch::Receiver<()>,
    ) {
        let Some(acceptor) = &self.acceptor else { return self.talk(stream, peer, watcher).await };
        let agreed = tokio::select! {
            agreed = tokio::time::timeout(self.patience, agree(acceptor, stream)) => agreed,
            _ = stopped.changed() => return,
        };
        match agreed {
            Ok(Ok(Some(stream))) => self.talk(stream, peer, watcher).await,
            Ok(Ok(None)) => tracing::debug!("a client did not speak TLS"),
            Ok(Err(error)) => tracing::debug!(%error, "a client did not agree on TLS"),
            Err(_) => tracing::debug!("a client took too long to agree on TLS"),
        }
    }

    async fn talk<S>(&self, stream: S, peer: SocketAddr, watcher: Watcher)
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let service = service_fn(|request: hyper::Request<Incoming>| {
            Arc::clone(&self.requests).answer(request, peer)
        });
        let connection = self.http.serve_connection(TokioIo::new(stream), service);
        if let Err(error) = watcher.watch(connection).await {
            tracing::debug!(%error, "a connection ended badly");
        }
    }
}

type Secured = tokio_rustls::server::TlsStream<TcpStream>;

/// Agrees on TLS with a client; who speaks HTTP in the clear is told.
async fn agree(acceptor: &TlsAcceptor, mut stream: TcpStream) -> io::Result<Option<Secured>> {
    let mut first = [0];
    if stream.peek(&mut first).await? == 0 {
        return Ok(None);
    }
    if first[0] == HANDSHAKE {
        return acceptor.accept(stream).await.map(Some);
    }
    if first[0].is_ascii_uppercase() {
        stream.write_all(TLS_IS_SPOKEN).await?;
        stream.shutdown().await?;
        // A connection that is closed with something unread takes its answer along.
        let mut rest = [0; 1024];
        let mut room = HEAD_BYTES;
        while room > 0 {
            match stream.read(&mut rest).await? {
                0 => break,
                read => room = room.saturating_sub(read),
            }
        }
    }
    Ok(None)
}

/// The next connection of any listener.
async fn accept(listeners: &[TcpListener]) -> io::Result<(TcpStream, SocketAddr)> {
    poll_fn(|context| {
        let mut polled = listeners.iter().map(|listener| listener.poll_accept(context));
        polled.find(Poll::is_ready).unwrap_or(Poll::Pending)
    })
    .await
}

/// Listens on an address.
///
/// # Errors
/// Why not; a busy port is named.
pub async fn bind(address: SocketAddr) -> Result<TcpListener, BindError> {
    TcpListener::bind(address).await.map_err(|error| match error.kind() {
        io::ErrorKind::AddrInUse => BindError::Busy(address.port()),
        _ => BindError::Other(address, error),
    })
}

/// Why an address cannot be listened on.
#[derive(Debug, thiserror::Error)]
pub enum BindError {
    /// Another program does.
    #[error("port {0} is in use by another program")]
    Busy(u16),
    /// Anything else.
    #[error("cannot listen on {0}: {1}")]
    Other(SocketAddr, io::Error),
}
