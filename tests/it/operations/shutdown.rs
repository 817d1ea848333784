//! How the server stops: nothing that was begun is lost, and nothing new is begun.

use tokio::net::TcpStream;

use super::served::{Served, Wire, free, installation};

const HEALTH: &str = "GET /healthz HTTP/1.1\r\nhost: localhost\r\n";
/// The token endpoint is asked, and the last byte of the body is kept back.
const BEGUN: &str = "POST /oauth2/token HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\
    content-type: application/x-www-form-urlencoded\r\ncontent-length: 12\r\n\
    expect: 100-continue\r\n\r\n";

async fn ask(address: std::net::SocketAddr, path: &str) -> String {
    let mut wire = Wire::to(address).await;
    wire.send(&format!("GET {path} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n")).await;
    wire.rest().await
}

/// A request of which the server has seen the head: it asked for the body.
async fn begin(address: std::net::SocketAddr) -> Wire {
    let mut wire = Wire::to(address).await;
    wire.send(BEGUN).await;
    assert!(wire.until("\r\n\r\n").await.starts_with("HTTP/1.1 100"), "it wants the body");
    wire.send("grant_type=").await;
    wire
}

#[tokio::test]
async fn readiness_goes_first_then_idle_connections_and_what_was_begun_is_finished() {
    let installation = installation("");
    let (address, management) = (installation.address(), free());
    let at = management.to_string();
    let settings =
        [("LATCHKEY__LISTEN__MANAGEMENT", at.as_str()), ("LATCHKEY__LISTEN__DRAIN", "1s")];
    let mut served = Served::start(&installation, &settings);
    assert!(ask(management, "/readyz").await.starts_with("HTTP/1.1 200"));
    assert!(ask(address, "/healthz").await.starts_with("HTTP/1.1 200"));
    let mut begun = begin(address).await;
    let mut idle = Wire::to(address).await;
    idle.send(&format!("{HEALTH}\r\n")).await;
    idle.until("ok\n").await;

    served.terminate();
    served.until("stopping");
    let told = ask(management, "/readyz").await;
    assert!(told.starts_with("HTTP/1.1 503"), "{told}");
    assert!(told.contains("\"stopping\":true"), "{told}");
    assert!(ask(address, "/healthz").await.starts_with("HTTP/1.1 503"), "requests are still taken");
    assert_eq!(idle.rest().await, "", "an idle connection is closed");
    assert!(TcpStream::connect(address).await.is_err(), "nobody new is let in");
    assert!(
        ask(management, "/healthz").await.starts_with("HTTP/1.1 200"),
        "operators are answered"
    );
    begun.send("x").await;
    let answer = begun.rest().await;
    assert!(
        answer.ends_with("\"no client authentication\"}"),
        "what was begun is answered: {answer}"
    );
    assert!(served.ended().success());
    assert!(served.said("stopped") && !served.said("cut off"), "{:#?}", served.log);
}

#[tokio::test]
async fn a_second_signal_ends_it_at_once() {
    let installation = installation("");
    let mut served = Served::start(&installation, &[]);
    let mut begun = begin(installation.address()).await;
    served.terminate();
    served.until("stopping");
    served.terminate();
    assert!(served.ended().success());
    assert!(served.said("a second signal"), "{:#?}", served.log);
    assert!(!served.said("cut off"), "it does not wait for its patience to end");
    assert_eq!(begun.rest().await, "", "nobody finishes it");
}
