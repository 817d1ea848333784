//! From trees to documents: people.

use latchkey_core::ids::Subject;
use latchkey_core::people::{LONGEST_STAFF_NUMBER, PersonState, is_email_address};
use latchkey_core::totp::Seed;
use latchkey_oidc::Scope;

use super::read::{line, named, username};
use super::{Password, PersonDocument};
use crate::authn::stored_hash::StoredHash;
use crate::source::{Fields, Problems, Table, nearest};

/// The longest password, in bytes. Hashing costs the same for all; reading does not.
const LONGEST: usize = 1024;

pub(super) fn person(table: Table, problems: &mut Problems) -> Option<PersonDocument> {
    let place = table.place.clone();
    let mut fields = Fields::new("a person", table, problems);
    let typed = fields.required_text("username");
    let username = username(&mut fields, "username", typed);
    let organisation = named(fields.required_text("organisation"));
    let name = fields.required_text("name");
    let name = line(&mut fields, "name", name, 200);
    let email = email(&mut fields);
    let email_verified = fields.flag("email_verified");
    if let (None, Some((true, place))) = (&email, &email_verified) {
        fields.refuse(place, "\"email_verified\" without \"email\"");
    }
    let staff_number = fields.text("staff_number");
    let staff_number = line(&mut fields, "staff_number", staff_number, LONGEST_STAFF_NUMBER);
    let state = fields.word(
        "state",
        &[
            (PersonState::Invited.as_str(), PersonState::Invited),
            (PersonState::Active.as_str(), PersonState::Active),
            (PersonState::Disabled.as_str(), PersonState::Disabled),
        ],
    );
    let password = password(&mut fields);
    let totp = seed(&mut fields);
    let claims = claims(&mut fields);
    let subject = subject(&mut fields);
    let ever_had_factor = fields.flag("ever_had_factor").is_some_and(|(value, _)| value);
    fields.finish();
    Some(PersonDocument {
        place,
        username: username?.name,
        organisation: organisation?,
        name: name?,
        email,
        email_verified: email_verified.map(|(value, _)| value),
        staff_number,
        state,
        password,
        totp,
        claims,
        subject,
        ever_had_factor,
    })
}

fn subject(fields: &mut Fields<'_>) -> Option<Subject> {
    let (text, place) = fields.text("subject")?;
    match uuid::Uuid::try_parse(&text) {
        Ok(subject) if subject.hyphenated().to_string() == text => Some(Subject(subject)),
        _ => {
            fields.refuse(&place, "\"subject\" is a UUID in lower case, as export writes it");
            None
        }
    }
}

fn email(fields: &mut Fields<'_>) -> Option<String> {
    let (text, place) = fields.text("email")?;
    if is_email_address(&text) {
        return Some(text);
    }
    fields.refuse(&place, format!("\"email\" is an e-mail address, not \"{text}\""));
    None
}

fn password(fields: &mut Fields<'_>) -> Password {
    let plain = fields.secret("password");
    let hash = fields.secret("password_hash");
    match (plain, hash) {
        (None, None) => Password::Unsaid,
        (Some(_), Some((_, place))) => {
            fields.refuse(&place, "\"password_hash\" beside \"password\": write one of them");
            Password::Unsaid
        }
        (Some((plain, place)), None) => {
            let length = plain.expose().len();
            if length == 0 || length > LONGEST {
                fields.refuse(&place, format!("\"password\" is 1 to {LONGEST} bytes long"));
                return Password::Unsaid;
            }
            Password::Plain(plain)
        }
        (None, Some((hash, place))) => {
            if let Err(wanted) = StoredHash::parse(hash.expose()) {
                fields.refuse(&place, format!("\"password_hash\" {wanted}"));
                return Password::Unsaid;
            }
            Password::Hash(hash.expose().to_owned())
        }
    }
}

/// What an authenticator app shares with us. What is wrong with it never quotes it.
fn seed(fields: &mut Fields<'_>) -> Option<Seed> {
    let (text, place) = fields.secret("totp_secret")?;
    match Seed::parse(text.expose()) {
        Ok(seed) => Some(seed),
        Err(wrong) => {
            fields.refuse(&place, format!("\"totp_secret\": {wrong}"));
            None
        }
    }
}

/// Claims by their standard names (OpenID Connect Core §5.1), but for those that we know ourselves.
fn claims(fields: &mut Fields<'_>) -> String {
    const OURS: [&str; 5] = ["name", "preferred_username", "email", "email_verified", "updated_at"];
    let scopes = [Scope::Profile, Scope::Phone, Scope::Address];
    let standard = || {
        let all = scopes.into_iter().flat_map(Scope::claims).copied();
        all.filter(|name| !OURS.contains(name))
    };
    let Some(table) = fields.table("claims") else { return "{}".to_owned() };
    for member in &table.members {
        let name = member.name.as_str();
        if OURS.contains(&name) || name == "sub" {
            let text = format!("the claim \"{name}\" follows from the person; leave it out here");
            fields.refuse(&member.place, text);
        } else if !standard().any(|known| known == name) {
            let hint = hint(name, standard());
            fields.refuse(&member.place, format!("there is no standard claim \"{name}\"{hint}"));
        } else if let Some(wanted) = wanted(name, &member.node.value.to_json()) {
            fields.refuse(&member.node.place, format!("\"{name}\" is {wanted}"));
        }
    }
    let mut claims = table.to_json();
    claims.retain(|_, value| !value.is_null());
    serde_json::Value::Object(claims).to_string()
}

fn hint<'k>(name: &str, known: impl Iterator<Item = &'k str>) -> String {
    nearest(name, known).map_or_else(String::new, |near| format!("; the nearest is \"{near}\""))
}

/// What a claim's value has to be, if it is not that.
fn wanted(name: &str, value: &serde_json::Value) -> Option<&'static str> {
    match name {
        _ if value.is_null() => None,
        "phone_number_verified" => (!value.is_boolean()).then_some("true or false"),
        "address" => (!value.is_object()).then_some("a table (OpenID Connect Core §5.1.1)"),
        _ => (!value.is_string()).then_some("a text"),
    }
}
