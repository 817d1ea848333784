//! What relying parties say when something is wrong; their log-ins are beside this file.

use crate::support::relying_party::{Kind, RelyingParty, Setup};

#[tokio::test]
async fn a_provider_that_is_not_there_is_told_as_an_error() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let port = listener.local_addr().expect("bound").port();
    drop(listener);
    let setup = Setup {
        issuer: format!("http://localhost:{port}"),
        client_id: "rota".into(),
        auth_method: "none",
        redirect_uri: "http://127.0.0.1:1/callback".into(),
        scope: "openid".into(),
        ..Setup::default()
    };
    for kind in Kind::ALL {
        let refusal = RelyingParty::start(kind, &setup).await.err().expect("nobody is there");
        assert!(!refusal.error.is_empty() && !refusal.message.is_empty(), "{refusal:?}");
    }
}
