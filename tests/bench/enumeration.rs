//! Whether the time of an answer tells a user name that is known from one that is not: many pairs of
//! the two, asked in turn of a server that has nothing else to do.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use latchkey_tests::application::ORGANISATIONS;
use latchkey_tests::browser::{Browser, Form, Site};
use latchkey_tests::server::{self, Installation};

const PASSWORD: &str = "paper boats in the harbour";
/// Whoever asks here would be stopped for asking about so many names. Letters go into a folder.
const SETTINGS: &str = "[throttle]\nexempt = [\"127.0.0.1\"]\n\
     [mail]\nurl = \"spool:letters\"\nfrom = \"login@latchkey.example\"\n";

/// What the times of one question came to.
pub(crate) struct Told {
    question: &'static str,
    known: Vec<Duration>,
    unknown: Vec<Duration>,
}

/// Every question.
pub(crate) struct Report(Vec<Told>);

impl Told {
    /// Of all ways to take one time of each, the share in which the known name's is the longer: a
    /// half when time tells nothing, one or nothing when it tells all.
    fn slower(&self) -> f64 {
        let mut sorted = self.unknown.clone();
        sorted.sort_unstable();
        let below = |time: &Duration| {
            let (less, more) =
                (sorted.partition_point(|it| it < time), sorted.partition_point(|it| it <= time));
            (less + more) as f64 / 2.0
        };
        let all: f64 = self.known.iter().map(below).sum();
        all / (self.known.len() * self.unknown.len()).max(1) as f64
    }

    /// Twice the standard error of that share when both come from the same place.
    fn noise(&self) -> f64 {
        let (known, unknown) = (self.known.len() as f64, self.unknown.len() as f64);
        2.0 * ((known + unknown + 1.0) / (12.0 * known * unknown)).sqrt()
    }
}

fn median(times: &[Duration]) -> f64 {
    let mut sorted = times.to_vec();
    sorted.sort_unstable();
    sorted.get(sorted.len() / 2).copied().unwrap_or_default().as_secs_f64() * 1e6
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{:<34}{:>8}{:>12}{:>12}{:>10}   known is the slower in",
            "question", "pairs", "known us", "unknown us", "apart"
        )?;
        for told in &self.0 {
            let (known, unknown) = (median(&told.known), median(&told.unknown));
            writeln!(
                f,
                "{:<34}{:>8}{known:>12.0}{unknown:>12.0}{:>9.2}%   {:.3} (chance: 0.500 +- {:.3})",
                told.question,
                told.known.len(),
                (known - unknown) / unknown.max(f64::EPSILON) * 100.0,
                told.slower(),
                told.noise(),
            )?;
        }
        Ok(())
    }
}

/// Asks each question so many times about known and about unknown names.
///
/// # Errors
/// When an answer is not what it should be.
pub(crate) async fn measure(pairs: usize) -> Result<Report> {
    let mut documents = ORGANISATIONS.to_owned();
    for number in 0..pairs.max(2) {
        documents.push_str(&format!(
            "\n[[person]]\nusername = \"ada.{number:05}\"\norganisation = \"harbour\"\n\
             name = \"Ada {number}\"\nemail = \"ada{number:05}@harbour.example\"\n\
             password = \"{PASSWORD}\"\n"
        ));
    }
    documents.push_str(&format!(
        "\n[[person]]\nusername = \"kay.00000\"\norganisation = \"northgate\"\nname = \"Kay\"\n\
         email = \"kay@northgate.example\"\npassword = \"{PASSWORD}\"\n"
    ));
    let installation = Installation::new(&server::binary()?, &documents, None, SETTINGS)?;
    let server = installation.start()?;
    let site = Site::new(&installation.issuer, installation.address())?;
    Browser::new(Arc::clone(&site)).log_in("kay.00000", PASSWORD).await?;

    let mut browser = Browser::new(site);
    let page = browser.open("/login").await?;
    let (typing, key) = (page.form("/identify")?, page.form("/key")?);
    let forgotten = browser.open("/forgotten-password").await?.form("/forgotten-password")?;
    let mut report = Vec::new();

    // Every known name twice, so that none is throttled; the other of the pair is as long. The first
    // time is not counted: it makes what everybody has who was ever there.
    let names = |number: usize| (format!("ada.{number:05}"), format!("bob.{number:05}"));
    let mut warm = Told::new("");
    for number in 0..pairs {
        let (known, unknown) = names(number);
        warm.pair(number, &mut browser, &typing, Question::Password, (&known, &unknown)).await?;
    }
    let mut told = Told::new("a wrong password");
    for number in 0..pairs {
        let (known, unknown) = names(number);
        told.pair(number, &mut browser, &typing, Question::Password, (&known, &unknown)).await?;
    }
    report.push(told);
    let mut told = Told::new("a key for a typed name");
    for number in 0..pairs {
        let unknown = format!("bob.{number:05}");
        told.pair(number, &mut browser, &key, Question::Key, ("kay.00000", &unknown)).await?;
    }
    report.push(told);
    let mut told = Told::new("a forgotten password");
    for number in 0..pairs {
        let (known, unknown) = names(number);
        told.pair(number, &mut browser, &forgotten, Question::Forgotten, (&known, &unknown))
            .await?;
    }
    report.push(told);
    server.stop()?;
    Ok(Report(report))
}

#[derive(Clone, Copy)]
enum Question {
    Password,
    Key,
    Forgotten,
}

impl Told {
    fn new(question: &'static str) -> Self {
        Self { question, known: Vec::new(), unknown: Vec::new() }
    }

    /// Asks about both, every other time about the unknown one first.
    async fn pair(
        &mut self,
        number: usize,
        browser: &mut Browser,
        form: &Form,
        question: Question,
        (known, unknown): (&str, &str),
    ) -> Result<()> {
        let (known_first, first, second) = match number % 2 {
            0 => (true, known, unknown),
            _ => (false, unknown, known),
        };
        let first = ask(browser, form, question, first).await?;
        let second = ask(browser, form, question, second).await?;
        let (known, unknown) = if known_first { (first, second) } else { (second, first) };
        self.known.push(known);
        self.unknown.push(unknown);
        Ok(())
    }
}

async fn ask(
    browser: &mut Browser,
    form: &Form,
    question: Question,
    name: &str,
) -> Result<Duration> {
    let began = Instant::now();
    match question {
        Question::Password => {
            let typed = [("username", name), ("password", "not the password of anybody")];
            let answer = browser.post(form, &typed).await?;
            let took = began.elapsed();
            ensure!(answer.status == 422, "a wrong password: {}", answer.told());
            Ok(took)
        }
        Question::Key => {
            let options = browser.options(form, Some(name)).await?;
            let took = began.elapsed();
            let options = options.get("publicKey").unwrap_or(&options);
            let listed = options["allowCredentials"].as_array().map_or(0, Vec::len);
            ensure!(listed > 0, "no key is named for {name}: {options}");
            Ok(took)
        }
        Question::Forgotten => {
            let answer = browser.post(form, &[("username", name)]).await?;
            let took = began.elapsed();
            ensure!(answer.status < 400, "a forgotten password: {}", answer.told());
            Ok(took)
        }
    }
}
