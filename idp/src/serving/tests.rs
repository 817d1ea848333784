use std::net::Ipv4Addr;

use axum::extract::ConnectInfo;
use axum::routing::get;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::sync::{Notify, oneshot};

use super::*;

struct Running {
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    task: tokio::task::JoinHandle<()>,
}

async fn start(router: Router, proxies: &[&str]) -> Running {
    let listener = bind((Ipv4Addr::LOCALHOST, 0).into()).await.expect("bound");
    let address = listener.local_addr().expect("an address");
    let (stop, stopped) = oneshot::channel::<()>();
    let proxies = proxies.iter().map(|text| text.parse().expect("a network")).collect();
    let task = tokio::spawn(async move {
        let stopped = async {
            drop(stopped.await);
        };
        serve(vec![listener], router, proxies, stopped).await;
    });
    Running { address, stop, task }
}

/// Requests whose header lines are `head`, and the answer to them.
async fn ask(address: SocketAddr, head: &str) -> String {
    exchange(address, &format!("GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n{head}\r\n"))
        .await
}

async fn exchange(address: SocketAddr, request: &str) -> String {
    let mut stream = TcpStream::connect(address).await.expect("connected");
    stream.write_all(request.as_bytes()).await.expect("sent");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.expect("received");
    answer
}

fn who() -> Router {
    let tell =
        |ConnectInfo(client): ConnectInfo<SocketAddr>| async move { client.ip().to_string() };
    Router::new().route("/", get(tell))
}

#[tokio::test]
async fn a_request_is_answered_and_told_who_asks() {
    let running = start(who(), &[]).await;
    let request = "GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\
                   x-forwarded-for: 192.0.2.1\r\n\r\n";
    let answer = exchange(running.address, request).await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert!(answer.ends_with("127.0.0.1"), "no proxy is trusted: {answer}");
}

#[tokio::test]
async fn an_oversized_head_is_refused() {
    let running = start(who(), &[]).await;
    let request = format!("GET / HTTP/1.1\r\nhost: a\r\nx: {}\r\n\r\n", "a".repeat(64 * 1024));
    let answer = exchange(running.address, &request).await;
    assert!(answer.starts_with("HTTP/1.1 431"), "{answer}");
}

#[tokio::test]
async fn a_request_in_flight_is_finished_when_the_server_stops() {
    let (begun, go) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let (begins, waits) = (Arc::clone(&begun), Arc::clone(&go));
    let slow = move || async move {
        begins.notify_one();
        waits.notified().await;
        "finished"
    };
    let running = start(Router::new().route("/", get(slow)), &[]).await;
    let address = running.address;
    let asking =
        tokio::spawn(async move { exchange(address, "GET / HTTP/1.1\r\nhost: a\r\n\r\n").await });
    begun.notified().await;
    running.stop.send(()).expect("running");
    tokio::task::yield_now().await;
    go.notify_one();
    assert!(asking.await.expect("asked").ends_with("finished"));
    running.task.await.expect("stopped");
    assert!(TcpStream::connect(address).await.is_err(), "nobody listens any more");
}

#[tokio::test]
async fn an_idle_connection_does_not_keep_the_server_up() {
    let running = start(who(), &[]).await;
    let idle = TcpStream::connect(running.address).await.expect("connected");
    exchange(running.address, "GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n").await;
    running.stop.send(()).expect("running");
    let stopped = tokio::time::timeout(Duration::from_secs(5), running.task).await;
    assert!(stopped.is_ok());
    drop(idle);
}

#[tokio::test]
async fn a_busy_port_is_named() {
    let listener = bind((Ipv4Addr::LOCALHOST, 0).into()).await.expect("bound");
    let address = listener.local_addr().expect("an address");
    let error = bind(address).await.expect_err("busy").to_string();
    assert_eq!(error, format!("port {} is in use by another program", address.port()));
}

fn request_id(answer: &str) -> &str {
    let line = answer.lines().find_map(|line| line.strip_prefix("x-request-id: "));
    line.expect("a request id")
}

#[tokio::test]
async fn every_answer_names_its_request_and_only_a_proxys_name_is_taken() {
    let running = start(who(), &[]).await;
    let first = ask(running.address, "x-request-id: mine\r\n").await;
    let second = ask(running.address, "x-request-id: mine\r\n").await;
    assert_ne!(request_id(&first), "mine", "anybody could make log lines lie");
    assert_ne!(request_id(&first), request_id(&second));
    let behind = start(who(), &["127.0.0.0/8"]).await;
    let answer = ask(behind.address, "x-request-id: proxy-1\r\n").await;
    assert_eq!(request_id(&answer), "proxy-1");
    let answer = ask(behind.address, "x-request-id: a b\r\n").await;
    assert_eq!(request_id(&answer).len(), 16, "{answer}");
}

#[tokio::test]
async fn a_client_behind_a_proxy_is_named_by_the_proxy() {
    let running = start(who(), &["127.0.0.0/8"]).await;
    let answer = ask(running.address, "x-forwarded-for: 10.9.9.9, 192.0.2.1\r\n").await;
    assert!(answer.ends_with("192.0.2.1"), "{answer}");
}

#[tokio::test]
async fn browsers_are_told_to_come_over_tls_only_where_the_issuer_is_https() {
    for (strict, told) in [(true, true), (false, false)] {
        let listener = bind((Ipv4Addr::LOCALHOST, 0).into()).await.expect("bound");
        let address = listener.local_addr().expect("an address");
        let server = Server::new(vec![listener], who()).strict(strict);
        let task = tokio::spawn(server.run(std::future::pending()));
        let answer = ask(address, "").await;
        assert_eq!(answer.contains("strict-transport-security: max-age=31536000"), told);
        task.abort();
    }
}
