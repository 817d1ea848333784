//! Connections: taken, limited, served and, on a signal, finished.
//!
//! HTTP/1.1 in the clear, on the loopback or behind a proxy that speaks TLS. Knows nothing of what
//! is served.

#[cfg(test)]
mod tests;

use std::convert::Infallible;
use std::future::{Future, poll_fn};
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{HeaderMap, Request, Response, StatusCode};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tower::ServiceExt as _;

use crate::config::Network;

/// Connections at the same time; more of them wait in the system's queue.
const CONNECTIONS: usize = 4096;
/// How long a client may take to send a request's head, and may stay silent between two.
const HEAD_WITHIN: Duration = Duration::from_secs(30);
/// The longest head. Authorization requests with long parameters stay well below.
const HEAD_BYTES: usize = 32 * 1024;
/// How long a request may take, its body included.
const ANSWER_WITHIN: Duration = Duration::from_secs(60);
/// How long requests in flight are waited for when the server stops.
const FINISH_WITHIN: Duration = Duration::from_secs(20);

/// Takes requests on `listeners` until `stop`, then finishes those in flight. Requests carry the
/// client's address as `ConnectInfo<SocketAddr>`; the word of `proxies` about it is taken.
pub async fn serve(
    listeners: Vec<TcpListener>,
    router: Router,
    proxies: Vec<Network>,
    stop: impl Future<Output = ()>,
) {
    let proxies: Arc<[Network]> = proxies.into();
    let finishing = GracefulShutdown::new();
    let room = Arc::new(Semaphore::new(CONNECTIONS));
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new())
        .header_read_timeout(HEAD_WITHIN)
        .max_header_size(HEAD_BYTES)
        .max_buf_size(2 * HEAD_BYTES);

    let mut stop = pin!(stop);
    loop {
        let next = async {
            let permit = Arc::clone(&room).acquire_owned().await;
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
        let (router, proxies) = (router.clone(), Arc::clone(&proxies));
        let service = service_fn(move |request: Request<Incoming>| {
            let client = client_address(peer, request.headers(), &proxies);
            answer(router.clone(), request, client)
        });
        let connection = finishing.watch(http.serve_connection(TokioIo::new(stream), service));
        tokio::spawn(async move {
            let _held = permit;
            if let Err(error) = connection.await {
                tracing::debug!(%error, "a connection ended badly");
            }
        });
    }
    drop(listeners);
    if tokio::time::timeout(FINISH_WITHIN, finishing.shutdown()).await.is_err() {
        tracing::warn!("requests in flight were cut off");
    }
}

/// The next connection of any listener.
async fn accept(listeners: &[TcpListener]) -> io::Result<(TcpStream, SocketAddr)> {
    poll_fn(|context| {
        let mut polled = listeners.iter().map(|listener| listener.poll_accept(context));
        polled.find(Poll::is_ready).unwrap_or(Poll::Pending)
    })
    .await
}

async fn answer(
    router: Router,
    request: Request<Incoming>,
    client: SocketAddr,
) -> Result<Response<Body>, Infallible> {
    let mut request = request.map(Body::new);
    request.extensions_mut().insert(ConnectInfo(client));
    match tokio::time::timeout(ANSWER_WITHIN, router.oneshot(request)).await {
        Ok(answered) => answered,
        Err(_) => {
            let mut response = Response::new(Body::from("The request took too long.\n"));
            *response.status_mut() = StatusCode::REQUEST_TIMEOUT;
            Ok(response)
        }
    }
}

/// Who asks: the last address in `X-Forwarded-For` that none of our own proxies has, else the peer.
/// What comes before it was written by the client, and says nothing.
fn client_address(peer: SocketAddr, headers: &HeaderMap, proxies: &[Network]) -> SocketAddr {
    let is_proxy = |address: IpAddr| proxies.iter().any(|network| network.contains(address));
    let mut client = peer;
    let lines = headers.get_all("x-forwarded-for").iter();
    let listed: Vec<&str> =
        lines.filter_map(|line| line.to_str().ok()).flat_map(|line| line.split(',')).collect();
    for text in listed.into_iter().rev() {
        if !is_proxy(client.ip()) {
            break;
        }
        match text.trim().parse::<IpAddr>() {
            Ok(address) => client = SocketAddr::new(address, 0),
            Err(_) => break,
        }
    }
    client
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

/// Waits for SIGINT or SIGTERM.
///
/// # Errors
/// When the system refuses to tell of them.
pub fn signal() -> io::Result<impl Future<Output = ()>> {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let mut interrupt = signal(SignalKind::interrupt())?;
        let mut terminate = signal(SignalKind::terminate())?;
        Ok(async move {
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
            }
        })
    }
    #[cfg(not(unix))]
    Ok(async {
        drop(tokio::signal::ctrl_c().await);
    })
}
