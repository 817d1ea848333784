//! What a browser never answers to a ceremony: every member of a real answer missing, of another
//! type, or broken; and the binary inside it.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use latchkey::authn::software::{Behaviour, SoftwareKey};
use serde_json::{Value, json};

use super::{Stage, is_ours, keys};
use crate::support::http::{AMY, Answer, Site};

const NEW: &str = "/account/keys/new";
const TRY: &str = "/account/keys/{id}/try";

/// A real answer of a key to the page's challenge: a new one's, or the named one's.
async fn answered(stage: &mut Stage<'_>, path: &str) -> Value {
    let form = stage.form(path).await;
    let options = stage.amy.options(&form).await;
    let honest = Behaviour::honest(&stage.site.issuer);
    let made = match path {
        NEW => SoftwareKey::new().create(&options, &honest),
        _ => stage.amy.key.get(&options, &honest),
    };
    made.expect("the key answers")
}

async fn sent(stage: &mut Stage<'_>, path: &str, credential: &str) -> Answer {
    let form = stage.form(path).await.with("credential", credential).without("failure");
    let answer = stage.amy.post(&form).await;
    is_ours(&answer, &format!("{} at {path}", credential.chars().take(300).collect::<String>()));
    answer
}

/// Where every member is.
fn pointers(value: &Value, at: &str, found: &mut Vec<String>) {
    if let Value::Object(members) = value {
        for (name, value) in members {
            let at = format!("{at}/{name}");
            pointers(value, &at, found);
            found.push(at);
        }
    }
}

fn remove(value: &mut Value, pointer: &str) {
    let (parent, name) = pointer.rsplit_once('/').expect("a pointer");
    if let Some(Value::Object(members)) = value.pointer_mut(parent) {
        members.remove(name);
    }
}

/// What stands in place of a member.
fn replacements() -> Vec<Value> {
    vec![
        Value::Null,
        json!(true),
        json!(-1e300),
        json!([]),
        json!({ "x": 1 }),
        json!(""),
        json!("%%%"),
        json!("A"),
        json!("AAAA"),
        json!("\u{0}\u{202e}"),
        json!("x".repeat(20_000)),
    ]
}

/// Members without which an answer proves nothing.
fn is_crucial(pointer: &str, path: &str) -> bool {
    match path {
        NEW => ["/response/clientDataJSON", "/response/attestationObject"].contains(&pointer),
        _ => ["/response/clientDataJSON", "/response/authenticatorData", "/response/signature"]
            .contains(&pointer),
    }
}

/// Sends every broken form of a real answer to a page.
async fn break_every_member(page: &str) {
    let site = Site::start().await;
    let mut stage = Stage::set(&site).await;
    let path = stage.path(page);
    let mut found = Vec::new();
    pointers(&answered(&mut stage, &path).await, "", &mut found);
    assert!(found.iter().filter(|pointer| is_crucial(pointer, page)).count() >= 2, "{found:?}");
    for pointer in &found {
        for replacement in std::iter::once(None).chain(replacements().into_iter().map(Some)) {
            let had = keys(&site, AMY).await.len();
            let mut answer = answered(&mut stage, &path).await;
            match &replacement {
                Some(value) => *answer.pointer_mut(pointer).expect("there") = value.clone(),
                None => remove(&mut answer, pointer),
            }
            let told = sent(&mut stage, &path, &answer.to_string()).await;
            let taken = told.status == 303;
            let what = format!("{pointer} = {replacement:?}");
            assert!(taken || told.status == 422, "{what}: {}", told.status);
            assert!(!(taken && is_crucial(pointer, page)), "{what} is taken");
            let more = usize::from(taken && page == NEW);
            assert_eq!(keys(&site, AMY).await.len(), had + more, "{what}");
        }
    }
}

#[tokio::test]
async fn a_registration_with_a_broken_member_is_refused_or_means_the_same() {
    break_every_member(NEW).await;
}

#[tokio::test]
async fn an_assertion_with_a_broken_member_is_refused_or_means_the_same() {
    break_every_member(TRY).await;
}

#[tokio::test]
async fn what_is_no_answer_at_all_is_refused() {
    let site = Site::start().await;
    let mut stage = Stage::set(&site).await;
    let before = stage.trace().await;
    let deep = "[".repeat(15_000);
    let nested = format!("{}1{}", "{\"a\":".repeat(3000), "}".repeat(3000));
    for page in [NEW, TRY] {
        let path = stage.path(page);
        for credential in [
            "null",
            "true",
            "0",
            "[]",
            "{}",
            "\"\"",
            "x",
            "{",
            "}",
            "\u{202e}",
            "{\"id\":1}",
            "NaN",
            "{\"id\":\"AAAA\",\"id\":\"AAAA\"}",
            "\u{feff}{}",
            "<a/>",
            &deep,
            &nested,
        ] {
            let form = stage.form(&path).await;
            stage.amy.options(&form).await;
            let answer = sent(&mut stage, &path, credential).await;
            assert_eq!(answer.status, 422, "{credential:.40} at {path}: {}", answer.heading());
        }
        // What the browser says failed is one of a few words, and none is shown.
        for failure in ["", "x", "NotAllowedError ", "<script>", "\u{202e}", &"x".repeat(60_000)] {
            let form = stage.form(&path).await.with("failure", failure).with("credential", "{}");
            let answer = stage.amy.post(&form).await;
            is_ours(&answer, failure);
            assert_eq!(answer.status, 422, "{failure:.40} at {path}");
            assert!(!answer.body.contains("<script>"), "{failure:.40}");
        }
        for doubled in ["credential", "failure", "step"] {
            let form = stage.form(&path).await;
            let body = format!("{}&{doubled}=a&{doubled}=b", form.body());
            let answer = site.send(stage.post(&path, Some(super::FORM), body)).await;
            assert_eq!(answer.status, 400, "{doubled} at {path}: {}", answer.heading());
        }
    }
    assert_eq!(stage.trace().await, before);
}

/// CBOR that a careless reader allocates for, recurses into, or runs off.
fn cbor() -> Vec<(&'static str, Vec<u8>)> {
    let nested = |byte: u8| vec![byte; 20_000];
    let huge = |head: u8| [&[head][..], &[0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]].concat();
    vec![
        ("nothing", Vec::new()),
        ("an empty map", vec![0xa0]),
        ("nested arrays", nested(0x81)),
        ("nested maps", [0xa1, 0x00].repeat(10_000)),
        ("nested tags", nested(0xc1)),
        ("arrays without an end", nested(0x9f)),
        ("maps without an end", nested(0xbf)),
        ("huge bytes", huge(0x5b)),
        ("huge text", huge(0x7b)),
        ("a huge array", huge(0x9b)),
        ("a huge map", huge(0xbb)),
        ("reserved heads", nested(0x1c)),
        ("breaks", nested(0xff)),
        ("text that is none", vec![0x62, 0xff, 0xfe]),
    ]
}

fn object(data: &[u8]) -> Vec<u8> {
    let length = u16::try_from(data.len()).expect("not that long").to_be_bytes();
    let head = b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x59";
    [&head[..], &length, data].concat()
}

#[tokio::test]
async fn a_registration_with_broken_binary_is_refused() {
    let site = Site::start().await;
    let mut stage = Stage::set(&site).await;
    let before = stage.trace().await;
    let real = answered(&mut stage, NEW).await;
    let decoded = |name: &str| {
        let text = real["response"][name].as_str().expect("a text");
        URL_SAFE_NO_PAD.decode(text).expect("base64url")
    };
    let (whole, data) = (decoded("attestationObject"), decoded("authenticatorData"));
    // Relying party, flags, counter, model, length of the id, id: then the key.
    let id = usize::from(u16::from_be_bytes([data[53], data[54]]));
    let (head, key) = data.split_at(55 + id);

    let mut objects: Vec<(String, Vec<u8>)> = Vec::new();
    for (what, bytes) in cbor() {
        objects.push((what.to_owned(), bytes.clone()));
        objects.push((format!("{what} as the data"), object(&bytes)));
        objects.push((format!("{what} as the key"), object(&[head, &bytes].concat())));
        // No extensions are what extensions may be.
        if what != "an empty map" {
            let mut extended = [head, key, &bytes].concat();
            extended[32] |= 0x80;
            objects.push((format!("{what} as the extensions"), object(&extended)));
        }
    }
    for cut in (0..whole.len()).step_by(7) {
        objects.push((format!("cut at {cut}"), whole[..cut].to_vec()));
    }
    for cut in (0..data.len()).step_by(5) {
        objects.push((format!("data cut at {cut}"), object(&data[..cut])));
    }
    let mut longer = data.clone();
    longer[53..55].copy_from_slice(&[0xff, 0xff]);
    objects.push(("an id that is longer than the data".to_owned(), object(&longer)));
    objects.push(("something after it".to_owned(), object(&[&data[..], b"more"].concat())));

    for (what, bytes) in objects {
        let mut answer = answered(&mut stage, NEW).await;
        answer["id"] = real["id"].clone();
        answer["rawId"] = real["rawId"].clone();
        answer["response"]["attestationObject"] = URL_SAFE_NO_PAD.encode(bytes).into();
        let told = sent(&mut stage, NEW, &answer.to_string()).await;
        assert_eq!(told.status, 422, "{what}: {}", told.heading());
    }
    assert_eq!(stage.trace().await, before);
    // What was broken was whole before.
    let mut good = answered(&mut stage, NEW).await;
    good["id"] = real["id"].clone();
    good["rawId"] = real["rawId"].clone();
    good["response"]["attestationObject"] = URL_SAFE_NO_PAD.encode(object(&data)).into();
    let told = sent(&mut stage, NEW, &good.to_string()).await;
    assert_eq!(told.status, 303, "{}", told.body);
}
