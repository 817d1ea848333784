//! What a page's own script has from a key, held back before it is sent: to be sent late, twice or
//! on another page. Everything else is the page's.

use serde::Deserialize;
use serde_json::{Value, json};

use super::Browser;

const HOLD: &str = r#"
const send = HTMLFormElement.prototype.submit;
const ask = window.fetch;
window.fetch = async (...asked) => {
  const answer = await ask(...asked);
  window.asked = await answer.clone().json().catch(() => null);
  return answer;
};
HTMLFormElement.prototype.submit = function () {
  const [credential, failure] = ["credential", "failure"].map((name) => this.elements[name]);
  window.held = {
    told: { options: window.asked, credential: credential.value, failure: failure.value },
    send: (other) => {
      if (other) [credential.value, failure.value] = [other, ""];
      send.call(this);
    },
    sendUnseen: () =>
      fetch(this.action, { method: "POST", body: new URLSearchParams(new FormData(this)) }),
  };
};"#;

/// A script's answer that is held back.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Held {
    /// What the server asked for.
    pub(crate) options: Value,
    /// What the key answered, as the form would carry it; empty when it did not.
    pub(crate) credential: String,
    /// The name of the browser's error, or nothing.
    pub(crate) failure: String,
}

impl Browser {
    /// Holds back what the script of the present page has from a key from here on.
    pub(crate) async fn hold_answers(&self) {
        self.run(HOLD, vec![]).await;
    }

    /// What is held back, once there is something.
    pub(crate) async fn held(&self) -> Held {
        let told = async || self.run("return window.held?.told ?? null;", vec![]).await;
        self.until("the script has an answer", async || !told().await.is_null()).await;
        serde_json::from_value(told().await).expect("what the script above keeps")
    }

    /// Lets the page send what is held back, and waits for the page that answers.
    pub(crate) async fn send_held(&self) {
        self.run("window.held.send();", vec![]).await;
        self.until_replaced().await;
    }

    /// Lets the page send another credential than its own, and waits for the page that answers.
    pub(crate) async fn send_instead(&self, credential: &str) {
        self.run("window.held.send(arguments[0]);", vec![json!(credential)]).await;
        self.until_replaced().await;
    }

    async fn until_replaced(&self) {
        // A page that is being replaced runs no script: look again then.
        self.until("the page is replaced", async || {
            let gone = self.web.execute("return !('held' in window);", vec![]).await;
            gone.is_ok_and(|gone| gone.json() == &json!(true))
        })
        .await;
    }

    /// Sends what is held back in the page's name, while the page stays and can send it again.
    pub(crate) async fn send_held_unseen(&self) {
        let script = "const done = arguments[arguments.length - 1];
                      window.held.sendUnseen().then(done, done);";
        self.run_async(script, vec![]).await;
    }
}
