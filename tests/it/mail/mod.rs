//! What people are told by e-mail, over SMTP to a real server: in their language, nothing secret,
//! nothing lost; and what comes of the link in it.

mod letters;
mod links;
mod lost;
mod not_me;
mod others;
mod outbox;

use latchkey::App;
use latchkey::audit::Origin;
use latchkey::config::Mail;
use latchkey::documents::{Documents, Mode};
use latchkey::mail::{Delivered, deliver};
use latchkey::source::Source;
use latchkey_core::audit::What;
use latchkey_core::people::Username;
use latchkey_core::roles::Actor;
use latchkey_store::PersonRecord;

use crate::support::http::{AMY, Account, Person, ROTA, Request, Site};
use crate::support::smtp::Sink;

/// Who can be called, with an address.
const HELPDESK: &str = r#"
[[organisation]]
id = "northgate"
name = "Northgate Trust"
preset = "hospital"
policy = { rollout = "available", grace_until = "2099-12-31", key_as_primary = true }
helpdesk = { name = "Northgate helpdesk", phone = "01632 960 001", email = "help@northgate.example" }
"#;

/// `[mail]` with this address.
pub(crate) fn settings(url: &str) -> Mail {
    let text = format!(
        "issuer = \"http://localhost:1\"\n[listen]\naddress = \"127.0.0.1:1\"\n\
         [database]\nurl = \"sqlite:x\"\n[master_key]\nfile = \"y\"\n\
         [mail]\nurl = \"{url}\"\nfrom = \"login@latchkey.example\"\n"
    );
    let config = latchkey::config::Config::read(&Source::from_text("test.toml", &text), []);
    config.unwrap_or_else(|problems| panic!("{problems}")).mail.expect("[mail]")
}

/// An installation whose letters go to this server, with a helpdesk. Nothing is sent until
/// [`send_all`].
pub(crate) async fn site(url: &str) -> Site {
    let mail = settings(url);
    let site = Site::start_with(|config| config.mail = Some(mail)).await;
    apply(&site, HELPDESK).await;
    site
}

async fn apply(site: &Site, documents: &str) {
    let read = Documents::read(&[Source::from_text("more.toml", documents)]);
    let read = read.unwrap_or_else(|problems| panic!("{problems}"));
    read.apply_to(&site.app, Mode::Keep).await.expect("applied");
}

/// Sends what is due, as the worker does.
pub(crate) async fn send_all(app: &App) -> Delivered {
    let mut all = Delivered::default();
    loop {
        let Delivered { sent, put_off, given_up } = deliver(app).await.expect("it delivers");
        if (sent, put_off, given_up) == (0, 0, 0) {
            return all;
        }
        all.sent += sent;
        all.put_off += put_off;
        all.given_up += given_up;
    }
}

/// Amy, who has just set up her first key.
async fn amy(site: &Site) -> Person<'_> {
    enrolled(site, &Request::new(ROTA), AMY).await
}

async fn enrolled<'s>(site: &'s Site, request: &Request, account: Account) -> Person<'s> {
    let mut person = site.person();
    person.log_in(request, account).await.code();
    person
}

async fn record(site: &Site, username: &str) -> PersonRecord {
    let username = Username::parse(username).expect("a user name");
    let found = site.app.store.view().find_person_by_username(&username).await;
    found.expect("the database answers").expect("somebody of this name")
}

async fn waiting(app: &App) -> u64 {
    app.store.view().count_messages().await.expect("the database answers")
}

async fn events(site: &Site) -> Vec<What> {
    let events = site.app.store.view().list_events(1000).await.expect("the database answers");
    events.into_iter().map(|(_, what)| what).collect()
}

/// The server's own command line.
pub(crate) fn operator(site: &Site) -> Origin {
    Origin { actor: Actor::Cli, address: None, at: site.app.clock.now() }
}

pub(crate) async fn sink_and_site() -> (Sink, Site) {
    let sink = Sink::start().await;
    let site = site(&sink.url()).await;
    (sink, site)
}
