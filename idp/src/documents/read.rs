//! From trees to documents: organisations, roles and clients, and what all have in common.

use std::collections::HashMap;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use latchkey_core::people::Username;
use latchkey_core::policy::{Overrides, Preset};
use latchkey_core::roles::Role;
use latchkey_core::secrets::{Digest, Plain};
use latchkey_core::usernames::UsernameRules;
use latchkey_oidc::{ClientMetadata, metadata};

use super::providers::{By, provider};
use super::{ClientDocument, Documents, Named, OrganisationDocument, RoleDocument};
use crate::oidc;
use crate::source::{Fields, Place, Problems, Source, Table, each_member};

/// A client's secret as it is stored, for documents that were exported.
pub(super) const SECRET_DIGEST: &str = "latchkey_client_secret_digest";

impl Documents {
    /// Reads texts.
    ///
    /// # Errors
    /// Everything that is wrong, each with its place.
    pub fn read(sources: &[Arc<Source>]) -> Result<Self, Problems> {
        let mut documents = Self::default();
        let mut problems = Problems::default();
        for source in sources {
            let (mut own, mut wrong) = (Self::default(), Problems::default());
            if source.parse_in_pieces(|tree| own.add(tree, &mut wrong)) {
                documents.append(own);
                problems.append(wrong);
                continue;
            }
            match source.parse() {
                Ok(tree) => documents.add(tree, &mut problems),
                Err(wrong) => problems.append(wrong),
            }
        }
        documents.refuse_twins(&mut problems);
        problems.or(documents)
    }

    fn append(&mut self, mut other: Self) {
        self.organisations.append(&mut other.organisations);
        self.people.append(&mut other.people);
        self.groups.append(&mut other.groups);
        self.platform.append(&mut other.platform);
        self.roles.append(&mut other.roles);
        self.clients.append(&mut other.clients);
        self.providers.append(&mut other.providers);
    }

    fn add(&mut self, tree: Table, problems: &mut Problems) {
        let mut root = Fields::new("the document", tree, problems);
        let organisations = root.tables("organisation");
        let people = root.tables("person");
        let groups = root.tables("group");
        let roles = root.tables("role");
        let clients = root.tables("client");
        let providers = root.tables("service_provider");
        let platform = root.tables("platform");
        root.finish();
        let platform = platform.into_iter();
        self.platform.extend(platform.map(|table| super::groups::platform(table, problems)));
        let groups = groups.into_iter();
        self.groups.extend(groups.filter_map(|table| super::groups::group(table, problems)));
        let organisations = organisations.into_iter();
        self.organisations.extend(organisations.filter_map(|table| organisation(table, problems)));
        let people = people.into_iter();
        self.people.extend(people.filter_map(|table| super::people::person(table, problems)));
        self.roles.extend(roles.into_iter().filter_map(|table| role(table, problems)));
        self.clients.extend(clients.iter().filter_map(|table| client(table, problems)));
        let providers = providers.into_iter();
        self.providers
            .extend(providers.filter_map(|table| provider(table, By::Operator, problems)));
    }

    /// Two documents for one thing: nobody could say which counts.
    fn refuse_twins(&self, problems: &mut Problems) {
        let organisations = self.organisations.iter();
        twins("organisation", organisations.map(|it| (it.slug.as_str(), &it.place)), problems);
        let people = self.people.iter();
        twins("person", people.map(|it| (it.username.as_str(), &it.place)), problems);
        let subjects: Vec<(String, &Place)> = self
            .people
            .iter()
            .filter_map(|it| it.subject.map(|subject| (subject.0.to_string(), &it.place)))
            .collect();
        let subjects = subjects.iter().map(|(subject, place)| (subject.as_str(), *place));
        twins("person with the subject", subjects, problems);
        let groups: Vec<(String, &Place)> =
            self.groups.iter().map(|it| (it.id(), &it.place)).collect();
        let groups = groups.iter().map(|(id, place)| (id.as_str(), *place));
        twins("group", groups, problems);
        twins("platform", self.platform.iter().map(|it| ("latchkey", &it.place)), problems);
        let clients = self.clients.iter();
        twins("client", clients.map(|it| (it.id().0.as_str(), &it.place)), problems);
    }
}

fn twins<'d>(
    kind: &str,
    named: impl Iterator<Item = (&'d str, &'d Place)>,
    problems: &mut Problems,
) {
    let mut seen: HashMap<&str, &Place> = HashMap::new();
    for (name, place) in named {
        if let Some(first) = seen.get(name) {
            let text =
                format!("a second document for the {kind} \"{name}\"; the first is at {first}");
            problems.at(place, text);
        } else {
            seen.insert(name, place);
        }
    }
}

/// A text in one line, trimmed, of 1 to `most` characters.
pub(super) fn line(
    fields: &mut Fields<'_>,
    name: &str,
    read: Option<(String, Place)>,
    most: usize,
) -> Option<String> {
    let (text, place) = read?;
    let text = text.trim();
    let wrong =
        text.is_empty() || text.chars().count() > most || text.chars().any(char::is_control);
    if wrong {
        fields.refuse(&place, format!("\"{name}\" is 1 to {most} characters in one line"));
        return None;
    }
    Some(text.to_owned())
}

pub(super) fn named(read: Option<(String, Place)>) -> Option<Named<String>> {
    read.map(|(name, place)| Named { name, place })
}

pub(super) fn username(
    fields: &mut Fields<'_>,
    name: &str,
    read: Option<(String, Place)>,
) -> Option<Named<Username>> {
    let (text, place) = read?;
    match Username::parse(&text) {
        Ok(name) => Some(Named { name, place }),
        Err(error) => {
            fields.refuse(&place, format!("\"{name}\": {error}"));
            None
        }
    }
}

/// What a thing is called in documents.
pub(super) fn slug(fields: &mut Fields<'_>, example: &str) -> Option<String> {
    let (text, place) = fields.required_text("id")?;
    let fits = (1..=63).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        && !text.starts_with('-');
    if !fits {
        let text = format!("\"id\" is 1 to 63 of a-z, 0-9 and -, such as \"{example}\"");
        fields.refuse(&place, text);
    }
    fits.then_some(text)
}

/// Settings of a policy, or none.
pub(super) fn policy(table: Option<Table>, place: &Place, problems: &mut Problems) -> Overrides {
    let table = table.unwrap_or_else(|| Table { place: place.clone(), members: Vec::new() });
    let overrides: Overrides = Fields::new("policy", table.clone(), problems).rest_as();
    refuse_no_time(&table, &overrides, problems);
    overrides
}

fn organisation(table: Table, problems: &mut Problems) -> Option<OrganisationDocument> {
    let place = table.place.clone();
    let mut fields = Fields::new("an organisation", table, problems);
    let slug = slug(&mut fields, "northgate");
    let name = fields.required_text("name");
    let name = line(&mut fields, "name", name, 100);
    let parent = named(fields.text("parent"));
    let preset = fields.word("preset", &[("small", Preset::Small), ("hospital", Preset::Hospital)]);
    let [helpdesk, brand, usernames, policy] =
        ["helpdesk", "brand", "usernames", "policy"].map(|name| fields.table(name));
    fields.finish();

    let empty = || Table { place: place.clone(), members: Vec::new() };
    let helpdesk = Fields::new("helpdesk", helpdesk.unwrap_or_else(empty), problems).rest_as();
    let brand = super::brand::brand(brand.unwrap_or_else(empty), problems);
    let usernames = self::usernames(usernames.unwrap_or_else(empty), problems);
    let overrides = self::policy(policy, &place, problems);
    Some(OrganisationDocument {
        place,
        slug: slug?,
        parent,
        name: name?,
        preset: preset.unwrap_or_default(),
        helpdesk,
        brand,
        overrides,
        usernames,
    })
}

/// What user names look like. Rules that cannot be kept would let nobody new in.
fn usernames(table: Table, problems: &mut Problems) -> UsernameRules {
    let place = table.place_of("pattern");
    let before = problems.len();
    let rules: UsernameRules = Fields::new("usernames", table, problems).rest_as();
    if problems.len() == before
        && let Err(wrong) = rules.judge()
    {
        problems.at(&place, wrong.to_string());
    }
    rules
}

/// Sessions of no length would lock everybody out.
fn refuse_no_time(table: &Table, overrides: &Overrides, problems: &mut Problems) {
    for name in overrides.without_time() {
        let text = match name {
            "session_limits" => format!("the minutes of \"{name}\" are at least 1"),
            _ => format!("\"{name}\" is at least 1"),
        };
        problems.at(&table.place_of(name), text);
    }
}

fn role(table: Table, problems: &mut Problems) -> Option<RoleDocument> {
    const ROLES: [Role; 4] =
        [Role::Helpdesk, Role::LocalAdministrator, Role::Auditor, Role::PlatformAdministrator];
    let mut fields = Fields::new("a role", table, problems);
    let person = fields.required_text("person");
    let person = username(&mut fields, "person", person);
    let role = fields.required_word("role", &ROLES.map(|role| (role.as_str(), role)));
    let organisation = named(fields.required_text("organisation"));
    fields.finish();
    Some(RoleDocument { person: person?, role: role?, organisation: organisation? })
}

/// RFC 7591 metadata. The secret is taken out first, so that no message can quote it.
fn client(table: &Table, problems: &mut Problems) -> Option<ClientDocument> {
    const SECRET: &str = "client_secret";
    let place = table.place.clone();
    let before = problems.len();
    let members = table.members.iter().cloned();
    let (secrets, others) =
        members.partition(|member| member.name == SECRET || member.name == SECRET_DIGEST);
    let secrets_alone = Table { place: place.clone(), members: secrets };
    let mut fields = Fields::new("a client", secrets_alone, problems);
    let secret = fields.secret(SECRET).map(|(secret, _)| secret);
    let digest = fields.secret(SECRET_DIGEST).and_then(|(text, place)| {
        let digest = read_digest(text.expose());
        if secret.is_some() {
            fields.refuse(&place, format!("\"{SECRET_DIGEST}\" beside \"{SECRET}\": write one"));
        } else if digest.is_none() {
            let wanted = "is the SHA-256 of a secret in base64url, as export writes it";
            fields.refuse(&place, format!("\"{SECRET_DIGEST}\" {wanted}"));
        }
        digest
    });
    fields.finish();

    let others = Table { place: place.clone(), members: others };
    let known: Vec<&'static str> = client_members().collect();
    let metadata = each_member("a client", others, &known, problems);
    if problems.len() > before {
        return None;
    }
    // Whether there has to be a secret is judged with a stand-in for the one that nobody knows.
    let stand_in = digest.map(|_| Plain::new("digest".to_owned()));
    let metadata = ClientMetadata { client_secret: secret.or(stand_in), ..metadata? };
    match oidc::register(metadata) {
        Ok(mut client) => {
            client.secret = digest.or(client.secret);
            let said = match client.service {
                Some(_) => "latchkey_service_account",
                None => "latchkey_organisation",
            };
            let organisation =
                client.organisation.clone().map(|name| Named { name, place: table.place_of(said) });
            Some(ClientDocument { place, client, organisation })
        }
        Err(error) => {
            let text = format!("\"{}\" {}", error.member, error.reason);
            problems.at(&table.place_of(error.member), text);
            None
        }
    }
}

/// Every member of a client's document.
pub(super) fn client_members() -> impl Iterator<Item = &'static str> {
    metadata::MEMBERS.into_iter().chain([SECRET_DIGEST])
}

fn read_digest(text: &str) -> Option<Digest> {
    let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
    bytes.try_into().ok().map(Digest::from_bytes)
}

/// A secret's digest as documents carry it.
pub(super) fn write_digest(digest: &Digest) -> String {
    URL_SAFE_NO_PAD.encode(digest.as_bytes())
}
