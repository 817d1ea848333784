//! What the demo says when it is ready: where things are, and who can log in and how.

use std::io::Write;
use std::path::Path;

use anyhow::Context as _;
use latchkey_core::codes::Pass;
use latchkey_core::people::{PersonState, Username};
use latchkey_core::roles::Actor;
use latchkey_demo::documents::{self, Addresses, DemoPerson};

use super::lost_key::LOCKED_OUT;
use crate::App;
use crate::actions::codes::issue_pass;
use crate::audit::Origin;

struct Row {
    cells: [String; 4],
}

pub(super) async fn write(
    out: &mut impl Write,
    app: &App,
    addresses: &Addresses,
    data: &Path,
) -> anyhow::Result<()> {
    let mut rows = Vec::new();
    let mut apps = Vec::new();
    for person in documents::people()? {
        if let Some(secret) = &person.totp_secret {
            apps.push((person.username.clone(), secret.clone()));
        }
        rows.push(row(app, person).await?);
    }
    out.write_all(text(addresses, data, &rows, &apps).as_bytes())?;
    out.flush()?;
    Ok(())
}

async fn row(app: &App, person: DemoPerson) -> anyhow::Result<Row> {
    let username = Username::parse(&person.username)?;
    let view = app.store.view();
    let record = view.find_person_by_username(&username).await?.context("somebody is missing")?;
    let keys = view.count_active_credentials(record.person.id).await?;
    let state = match (record.person.state, keys) {
        (PersonState::Disabled, _) => "has left".to_owned(),
        (PersonState::Invited, _) => "invited".to_owned(),
        // They get a key by no other way: not even in grace.
        (PersonState::Active, 0) if record.person.standing.administrator => {
            let origin = Origin { actor: Actor::Cli, address: None, at: app.clock.now() };
            let issued = issue_pass(app, &origin, &record.person, Pass::LONGEST).await?;
            format!("no key, pass {}", issued.pass.expose())
        }
        (PersonState::Active, 0) if person.totp_secret.is_some() => "app".to_owned(),
        (PersonState::Active, 0) => "no key".to_owned(),
        (PersonState::Active, 1) if person.username == LOCKED_OUT => "key lost".to_owned(),
        (PersonState::Active, 1) => "1 key".to_owned(),
        (PersonState::Active, keys) => format!("{keys} keys"),
    };
    Ok(Row { cells: [person.username, person.password, state, person.about.to_owned()] })
}

fn text(addresses: &Addresses, data: &Path, rows: &[Row], apps: &[(String, String)]) -> String {
    let Addresses { issuer, rota, ward_notes, lab_results } = addresses;
    let mut text = format!(
        "\nLatchkey's demo is running.\n\n\
         \x20 Rota        {rota}\n\
         \x20 Ward Notes  {ward_notes}  (asks for a security key)\n\
         \x20 Lab Results {lab_results}  (speaks SAML)\n\
         \x20 Latchkey    {issuer}/account  (your own pages and keys)\n\
         \x20 Console     {issuer}/admin  (for local administrators)\n\n\
         Who can log in:\n\n"
    );
    let heads = ["User name", "Password", "Now", "Try"].map(str::to_owned);
    let lines = || std::iter::once(&heads).chain(rows.iter().map(|row| &row.cells));
    let mut widths = [0; 4];
    for cells in lines() {
        for (width, cell) in widths.iter_mut().zip(cells) {
            *width = (*width).max(cell.chars().count());
        }
    }
    for cells in lines() {
        let [one, two, three, _] = widths;
        let [name, password, now, about] = cells;
        let line = format!("  {name:one$}  {password:two$}  {now:three$}  {about}");
        text.push_str(line.trim_end());
        text.push('\n');
    }
    for (username, secret) in apps {
        text.push_str(&format!(
            "\nCodes of {username}'s app: oathtool --totp --base32 {secret}\n\
             or type that secret into an authenticator app of yours.\n"
        ));
    }
    text.push_str(&format!(
        "\nA pass sets a key up, works once and for eight hours; each start makes new ones.\n\
         These passwords are public: the demo listens on this machine only.\n\
         Letters to them are files in {}.\n\
         Its data stay in {}; --reset starts over. Ctrl+C stops it.\n",
        data.join("mail").display(),
        data.display()
    ));
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_aligned_and_names_every_address() {
        let row = |cells: [&str; 4]| Row { cells: cells.map(str::to_owned) };
        let rows = [row(["amy", "a long password", "no key", "x"]), row(["bé", "p", "1 key", "y"])];
        let apps = [("amy".to_owned(), "JBSWY3DP".to_owned())];
        let text = text(&Addresses::from_port(9000), Path::new("data/demo"), &rows, &apps);
        let codes = "Codes of amy's app: oathtool --totp --base32 JBSWY3DP\n";
        for part in ["http://localhost:9000/account", "http://127.0.0.1:9001", "data/demo", codes] {
            assert!(text.contains(part), "{text}");
        }
        assert!(text.contains("  amy        a long password  no key  x\n"), "{text}");
        assert!(text.contains("  bé         p                1 key   y\n"), "{text}");
    }

    #[test]
    fn the_readme_names_the_same_people() {
        let readme = include_str!("../../../README.md");
        for person in documents::people().expect("read") {
            let row = format!("| `{}` | `{}` |", person.username, person.password);
            assert!(readme.contains(&row), "{row}");
            if let Some(secret) = person.totp_secret {
                assert!(readme.contains(&format!("oathtool --totp --base32 {secret}")), "{row}");
            }
        }
    }
}
