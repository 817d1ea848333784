use latchkey_test_databases::{Cluster, Database, texts};

use crate::{Error, Store};

async fn refusal(url: &str) -> String {
    let error = Store::open(url).await.err().expect("refused");
    assert!(matches!(error, Error::Unavailable(_)), "{error}");
    error.to_string()
}

#[tokio::test]
async fn a_server_is_talked_to_in_secret_and_believed_only_with_a_certificate_that_is_trusted() {
    let cluster = Cluster::encrypted();
    let database = Database::on(&cluster.url());
    let (url, root) = (&database.url, cluster.certificate());
    let root = root.display();
    for mode in [
        "?sslmode=require".to_owned(),
        format!("?sslmode=verify-ca&sslrootcert={root}"),
        format!("?sslmode=verify-full&sslrootcert={root}"),
    ] {
        let store = Store::open(&format!("{url}{mode}")).await.expect("a store");
        store.view().find_setting("rp_id").await.expect("read");
        store
            .write::<_, Error, _>(async |tx| tx.settle("rp_id", vec![1]).await)
            .await
            .expect("kept");
        let plain = texts(
            url,
            "SELECT usename::text FROM pg_stat_ssl JOIN pg_stat_activity USING (pid)
             WHERE application_name = 'latchkey' AND NOT ssl",
        );
        assert!(plain.is_empty(), "{mode}");
    }
    let told = refusal(&format!("{url}?sslmode=verify-full")).await;
    assert!(told.contains("certificate"), "nobody has signed it: {told}");
    let elsewhere = url.replace("127.0.0.1", "localhost");
    let told = refusal(&format!("{elsewhere}?sslmode=verify-full&sslrootcert={root}")).await;
    assert!(told.contains("certificate"), "it is another's: {told}");
}

#[tokio::test]
async fn a_server_that_speaks_in_the_open_is_not_talked_to_where_that_is_not_wanted() {
    let database = Database::new();
    Store::open(&database.url).await.expect("it is left to the server");
    let told = refusal(&format!("{}?sslmode=require", database.url)).await;
    assert!(told.contains("TLS"), "{told}");
}
