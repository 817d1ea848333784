//! People by the thousand, put straight into a database by the product's own store: they are there to
//! be in the way and to be found, and one of them logs in. The same seed makes the same people.

use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::{Context as _, Result};
use latchkey_core::codes::AuthenticatorApp;
use latchkey_core::credentials::{AssetTag, Credential, CredentialState, Nickname};
use latchkey_core::ids::{
    CodeId, CredentialId, GroupId, OrganisationId, PersonId, Subject, UserHandle,
};
use latchkey_core::organisations::Group;
use latchkey_core::people::{Person, PersonState, Username};
use latchkey_core::policy::{Overrides, Preset};
use latchkey_core::rng::SeededRng;
use latchkey_core::secrets::Sealed;
use latchkey_core::{Rng, Timestamp};
use latchkey_store::{Error, OrganisationRecord, PersonRecord, Store, Tx};
use uuid::Uuid;

/// How many are written at once: more of what is kept side by side is written side by side.
const BATCH: usize = 20_000;
/// Which organisation has four people in ten, where there are several.
pub(crate) const LARGEST: usize = 1;
/// One key in so many is of a model that hardly anybody has.
const RARE: usize = 5_000;
/// When all of them came.
const NOW: Timestamp = Timestamp::from_millis(1_795_000_000_000);

/// First names, the commonest first.
const GIVEN: [&str; 32] = [
    "Amy",
    "Siân",
    "David",
    "Maria",
    "Rhys",
    "Anna",
    "Mohammed",
    "Sarah",
    "Łukasz",
    "Elin",
    "John",
    "Fatima",
    "Bethan",
    "Wei",
    "José",
    "Zoë",
    "Carys",
    "Paweł",
    "Priya",
    "Noah",
    "Søren",
    "Chloë",
    "Ifor",
    "Yusuf",
    "Małgorzata",
    "Thi",
    "Ángel",
    "Gwenllian",
    "Björn",
    "محمد",
    "דליה",
    "Ольга",
];
/// Family names, the commonest first; after these come names that are put together.
const FAMILY: [&str; 24] = [
    "Smith",
    "Jones",
    "Williams",
    "Davies",
    "Evans",
    "Ward",
    "Khan",
    "Patel",
    "Nowak",
    "Brown",
    "Kowalski",
    "García",
    "O'Brien",
    "Nguyễn",
    "Müller",
    "Price",
    "Llewellyn-Jones",
    "Silva",
    "Özdemir",
    "Sørensen",
    "Li",
    "Moss",
    "الأحمد",
    "Петрова",
];
const SYLLABLES: [&str; 16] = [
    "ar", "bel", "cor", "dun", "el", "fan", "gor", "hol", "in", "kel", "mar", "nor", "pen", "ros",
    "tre", "wyn",
];

/// Whoever never had a key sets the first one up on the way in.
const POLICY: &str =
    r#"{"rollout":"available","grace_until":"2099-12-31","key_as_primary":true,"keys_nudged":0}"#;
/// What the one types who logs in.
pub(crate) const PASSWORD: &str = "paper boats in the harbour";
/// The same, hashed as the product does it (argon2id, 19 MiB, two passes, one lane).
const HASHED: &str = "$argon2id$v=19$m=19456,t=2,p=1$hkhPNWSmNWfbDxaKOgb0Wg$gveGBNt3ySYH/ZXtEYNrKQooaBdLjtZTP6GCGw7GY8I";

/// What is known of a crowd.
#[derive(Clone, Debug)]
pub(crate) struct Whole {
    /// The organisation above all others, by its name in documents.
    pub(crate) root: String,
    /// The one with the most people of its own.
    pub(crate) largest: String,
    /// One with few.
    pub(crate) smallest: String,
    /// All of them.
    pub(crate) homes: Vec<OrganisationId>,
    /// Somebody who has a password and nothing else.
    pub(crate) username: String,
}

/// How many of whom.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Crowd {
    pub(crate) people: usize,
    /// Made beside those that are there; a few of them have most of the people.
    pub(crate) organisations: usize,
    pub(crate) seed: u64,
}

/// Draws numbers: small ones are commoner, as names and places of work are.
struct Lot<'r>(&'r dyn Rng);

impl Lot<'_> {
    fn below(&self, end: usize) -> usize {
        let drawn = u64::from_le_bytes(self.0.bytes());
        usize::try_from(drawn % u64::try_from(end.max(1)).unwrap_or(1)).unwrap_or_default()
    }

    fn small(&self, end: usize) -> usize {
        self.below(self.below(end) + 1)
    }

    fn one<T: Copy>(&self, of: &[T]) -> Option<T> {
        of.get(self.small(of.len())).copied()
    }

    /// Whether something happens that happens so often in a hundred.
    fn happens(&self, percent: usize) -> bool {
        self.below(100) < percent
    }

    /// Whether something happens that happens once in so many times.
    fn rarely(&self, times: usize) -> bool {
        self.below(times) == 0
    }

    fn family(&self) -> String {
        if self.happens(40) {
            return self.one(&FAMILY).unwrap_or_default().to_owned();
        }
        let parts =
            [0; 3].map(|_| SYLLABLES.get(self.below(SYLLABLES.len())).copied().unwrap_or(""));
        let name = parts.concat();
        let first = name.get(..1).unwrap_or_default().to_uppercase();
        format!("{first}{}", name.get(1..).unwrap_or_default())
    }
}

impl Crowd {
    /// Adds them to the database at `url`, which nobody serves, and tells what is known of them.
    ///
    /// They come organisation by organisation: what is kept together is written together, and a
    /// million take minutes.
    ///
    /// # Errors
    /// When the database does not take them.
    pub(crate) async fn fill(self, url: &str) -> Result<Whole> {
        let store = Store::open(url).await?;
        let rng: Arc<dyn Rng> = Arc::new(SeededRng::new(self.seed));
        let mut homes = Vec::new();
        for number in 0..self.organisations {
            // All below the first, so that somebody can look after all of them.
            let above = homes.first().map(|(home, _)| *home);
            homes.push(self.organisation(&store, &*rng, number, above).await?);
        }
        let lot = Lot(&*rng);
        let mut sizes = vec![0_usize; homes.len()];
        for _ in 0..self.people {
            let drawn = if lot.happens(40) { LARGEST } else { lot.small(homes.len()) };
            let home = drawn.min(homes.len().saturating_sub(1));
            *sizes.get_mut(home).context("no organisation")? += 1;
        }
        let (mut number, mut username) = (0, None);
        for ((home, group), size) in homes.iter().zip(&sizes) {
            let end = number + size;
            while number < end {
                let mut batch = Batch::default();
                for number in number..end.min(number + BATCH) {
                    batch.person(&lot, number, *home, *group)?;
                }
                number = end.min(number + BATCH);
                if username.is_none() {
                    username = batch.let_in();
                }
                batch.write(&store).await?;
            }
        }
        Ok(Whole {
            root: slug(0),
            largest: slug(LARGEST),
            smallest: slug(self.organisations.saturating_sub(1)),
            homes: homes.into_iter().map(|(home, _)| home).collect(),
            username: username.context("nobody can log in")?,
        })
    }

    /// Adds them to one organisation that is there.
    ///
    /// # Errors
    /// When there is none of this name, or the database does not take them.
    pub(crate) async fn fill_one(self, url: &str, slug: &str) -> Result<()> {
        let store = Store::open(url).await?;
        let home = store.view().find_organisation_by_slug(slug).await?;
        let home = home.context("there is no such organisation")?.id;
        let rng = SeededRng::new(self.seed);
        let lot = Lot(&rng);
        let group = group(&store, &rng, home).await?;
        for first in (0..self.people).step_by(BATCH) {
            let mut batch = Batch::default();
            for number in first..self.people.min(first + BATCH) {
                batch.person(&lot, number, home, group)?;
            }
            batch.write(&store).await?;
        }
        Ok(())
    }

    async fn organisation(
        self,
        store: &Store,
        rng: &dyn Rng,
        number: usize,
        parent: Option<OrganisationId>,
    ) -> Result<(OrganisationId, GroupId)> {
        let record = OrganisationRecord {
            id: OrganisationId::new(rng, NOW),
            slug: slug(number),
            parent,
            name: format!("Crowd {number}"),
            helpdesk: Default::default(),
            brand: Default::default(),
            preset: Preset::Hospital,
            overrides: serde_json::from_str(POLICY)?,
            usernames: Default::default(),
        };
        let id = record.id;
        let write = async move |tx: &Tx| tx.insert_organisation(&record, NOW).await;
        store.write::<(), Error, _>(write).await?;
        Ok((id, group(store, rng, id).await?))
    }
}

async fn group(store: &Store, rng: &dyn Rng, organisation: OrganisationId) -> Result<GroupId> {
    let group = Group {
        id: GroupId::new(rng, NOW),
        organisation,
        slug: "night-shift".to_owned(),
        name: "Night shift".to_owned(),
        overrides: Overrides::default(),
    };
    let id = group.id;
    let write = async move |tx: &Tx| tx.put_group(&group, NOW).await;
    store.write::<(), Error, _>(write).await?;
    Ok(id)
}

fn slug(number: usize) -> String {
    format!("crowd-{number}")
}

/// Some of them, with what they have.
#[derive(Clone, Default)]
struct Batch {
    people: Vec<PersonRecord>,
    keys: Vec<Credential>,
    apps: Vec<(PersonId, AuthenticatorApp)>,
    members: BTreeMap<GroupId, Vec<PersonId>>,
}

impl Batch {
    fn person(
        &mut self,
        lot: &Lot<'_>,
        number: usize,
        home: OrganisationId,
        group: GroupId,
    ) -> Result<()> {
        let rng = lot.0;
        let (given, family) = (lot.one(&GIVEN).unwrap_or_default(), lot.family());
        let login = format!("{}.{number}", family.replace('\'', "").to_lowercase());
        let id = PersonId::new(rng, NOW);
        let keys = if lot.happens(60) { 1 + usize::from(lot.happens(40)) } else { 0 };
        let app = lot.happens(2);
        self.people.push(PersonRecord {
            password_hash: None,
            locale: None,
            person: Person {
                id,
                organisation: home,
                subject: Subject(rng.uuid_v4()),
                user_handle: UserHandle::new(rng),
                email: (!lot.rarely(2_000)).then(|| format!("{login}@crowd.example")),
                username: Username::parse(&login).ok().context("a user name")?,
                name: format!("{given} {family}"),
                verified_email: None,
                staff_number: Some(format!("{:08}", 20_000_000 + number)),
                state: if lot.happens(3) { PersonState::Disabled } else { PersonState::Active },
                ever_had_factor: keys > 0 || app || lot.rarely(1_000),
                interested_at: None,
                claims: Default::default(),
                updated_at: NOW,
                standing: Default::default(),
                reminder: Default::default(),
            },
        });
        for key in 0..keys {
            self.keys.push(credential(lot, id, number, key)?);
        }
        if app {
            let app = AuthenticatorApp {
                id: CodeId::new(rng, NOW),
                seed: Sealed::from_bytes(rng.bytes::<48>().to_vec()),
                last_step: 0,
                state: CredentialState::Active,
                added_at: NOW,
                last_used_at: None,
            };
            self.apps.push((id, app));
        }
        if lot.happens(10) {
            self.members.entry(group).or_default().push(id);
        }
        Ok(())
    }

    /// Gives a password to one of them who never had a key, and tells who it is.
    fn let_in(&mut self) -> Option<String> {
        let newcomer = |record: &&mut PersonRecord| {
            !record.person.ever_had_factor && record.person.state == PersonState::Active
        };
        let record = self.people.iter_mut().find(newcomer)?;
        record.password_hash = Some(HASHED.to_owned());
        Some(record.person.username.as_str().to_owned())
    }

    async fn write(self, store: &Store) -> Result<()> {
        let write = async move |tx: &Tx| {
            tx.insert_people_with_keys(&self.people, &self.keys).await?;
            for (person, app) in &self.apps {
                tx.put_app(*person, app).await?;
            }
            for (group, members) in &self.members {
                tx.add_members(*group, members).await?;
            }
            Ok(())
        };
        Ok(store.write::<(), Error, _>(write).await?)
    }
}

fn credential(lot: &Lot<'_>, person: PersonId, number: usize, key: usize) -> Result<Credential> {
    let rng = lot.0;
    let name = lot.one(&["Blue key", "Ward phone", "Spare", "Allwedd sbâr"]).unwrap_or_default();
    let nickname = if key == 0 { name.to_owned() } else { format!("{name} {key}") };
    let model = u128::try_from(if lot.rarely(RARE) { 99 } else { lot.small(12) })?;
    Ok(Credential {
        id: CredentialId::new(rng, NOW),
        person,
        credential_id: rng.bytes::<32>().to_vec(),
        public_key: "{}".to_owned(),
        nickname: Nickname::parse(&nickname).ok().context("a nickname")?,
        asset_tag: match lot.happens(20) {
            true => AssetTag::parse(&format!("IT-{number:07}-{key}")).ok(),
            false => None,
        },
        aaguid: Uuid::from_u128(model),
        counter: 0,
        counter_alerts: 0,
        backup_eligible: model == 0,
        backed_up: false,
        transports: vec!["usb".to_owned()],
        discoverable: Some(true),
        attestation_format: "packed".to_owned(),
        hardware: model > 3,
        state: CredentialState::Active,
        added_at: NOW,
        last_used_at: None,
    })
}
