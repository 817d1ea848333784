//! The words that people are found by. Written here alone, in the write that changes what they come
//! from: whoever adds or changes a person or a key by the calls of this crate cannot forget them.
//!
//! They are bytes, so that both databases compare them alike, whatever the server's collation.

use std::collections::{BTreeMap, BTreeSet};

use latchkey_core::credentials::Credential;
use latchkey_core::ids::{CredentialId, OrganisationId, PersonId};
use latchkey_core::people::Person;
use latchkey_core::words::{Field, Words};
use sea_orm::sea_query::Query;
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, ConnectionTrait as _, EntityTrait as _, QueryFilter as _,
    QuerySelect as _,
};
use uuid::Uuid;

use crate::entity::people_words::{ActiveModel, Column, Entity};
use crate::entity::{credentials, people};
use crate::people::PersonRecord;
use crate::{Result, Tx};

/// How many rows one statement writes: both databases have a limit on what they bind.
const AT_A_TIME: usize = 500;

/// Where a word is kept: in which organisation, whether it is plain, and the word.
type Key = (OrganisationId, bool, Vec<u8>);

fn of_person(person: &Person) -> Words {
    let mut words = Words::default();
    let (username, email) = (person.username.as_str(), person.email.as_deref());
    add(&mut words, username, email, person.staff_number.as_deref(), &person.name);
    words
}

fn add(words: &mut Words, username: &str, email: Option<&str>, number: Option<&str>, name: &str) {
    words.add(Field::Username, username);
    for (field, said) in [(Field::Email, email), (Field::StaffNumber, number)] {
        if let Some(said) = said {
            words.add(field, said);
        }
    }
    words.add(Field::Name, name);
}

fn row((organisation, plain, word): Key, person: PersonId, fields: i64) -> ActiveModel {
    ActiveModel {
        organisation_id: Set(organisation.0),
        plain: Set(plain),
        word: Set(word),
        person_id: Set(person.0),
        fields: Set(fields),
    }
}

impl Tx {
    /// Keeps the words of people who are new, and of the keys that they come with.
    pub(crate) async fn insert_words(
        &self,
        new: &[PersonRecord],
        keys: &[Credential],
    ) -> Result<()> {
        let mut theirs: BTreeMap<PersonId, Vec<&Credential>> = BTreeMap::new();
        for key in keys {
            theirs.entry(key.person).or_default().push(key);
        }
        let mut rows = Vec::new();
        for PersonRecord { person, .. } in new {
            let mut words = of_person(person);
            for key in theirs.remove(&person.id).unwrap_or_default() {
                if let Some(tag) = &key.asset_tag {
                    words.add(Field::AssetTag, tag.as_str());
                }
                words.add(Field::Nickname, key.nickname.as_str());
            }
            for (word, fields) in words.iter() {
                let key = (person.organisation, word.plain, word.text.clone().into_bytes());
                rows.push((key, person.id, fields.0));
            }
        }
        // In the order in which they are kept, so that neighbours are written together.
        rows.sort_unstable();
        self.insert_word_rows(rows).await
    }

    async fn insert_word_rows(&self, rows: Vec<(Key, PersonId, i64)>) -> Result<()> {
        let mut rows = rows.into_iter().map(|(key, person, fields)| row(key, person, fields));
        while rows.len() > 0 {
            let some = rows.by_ref().take(AT_A_TIME);
            Entity::insert_many(some).exec_without_returning(&self.conn()).await?;
        }
        Ok(())
    }

    /// Brings the words of people up to date with what is stored of them and of their keys.
    pub(crate) async fn refresh_words(&self, of: &[PersonId]) -> Result<()> {
        for some in of.chunks(AT_A_TIME) {
            self.refresh_some(some).await?;
        }
        Ok(())
    }

    async fn refresh_some(&self, of: &[PersonId]) -> Result<()> {
        let conn = self.conn();
        let ids = || of.iter().map(|id| id.0);
        let mut keys = Query::select();
        keys.columns([
            credentials::Column::PersonId,
            credentials::Column::Nickname,
            credentials::Column::AssetTag,
        ])
        .from(credentials::Entity)
        .and_where(credentials::Column::PersonId.is_in(ids()));
        let mut said: BTreeMap<Uuid, Vec<(Field, String)>> = BTreeMap::new();
        for key in conn.query_all(&keys).await? {
            let said = said.entry(key.try_get("", "person_id")?).or_default();
            if let Some(tag) = key.try_get("", "asset_tag")? {
                said.push((Field::AssetTag, tag));
            }
            said.push((Field::Nickname, key.try_get("", "nickname")?));
        }
        let mut wanted: BTreeMap<(Key, PersonId), i64> = BTreeMap::new();
        for stored in
            people::Entity::find().filter(people::Column::Id.is_in(ids())).all(&conn).await?
        {
            let mut words = Words::default();
            let (email, number) = (stored.email.as_deref(), stored.staff_number.as_deref());
            add(&mut words, &stored.username, email, number, &stored.name);
            for (field, text) in said.remove(&stored.id).unwrap_or_default() {
                words.add(field, &text);
            }
            let home = OrganisationId(stored.organisation_id);
            for (word, fields) in words.iter() {
                let key = (home, word.plain, word.text.clone().into_bytes());
                wanted.insert((key, PersonId(stored.id)), fields.0);
            }
        }
        let mut gone = BTreeSet::new();
        for there in Entity::find().filter(Column::PersonId.is_in(ids())).all(&conn).await? {
            let key = (OrganisationId(there.organisation_id), there.plain, there.word);
            let row = (key, PersonId(there.person_id));
            if wanted.get(&row) == Some(&there.fields) {
                wanted.remove(&row);
            } else {
                gone.insert(row);
            }
        }
        for ((organisation, plain, word), person) in gone {
            Entity::delete_by_id((organisation.0, plain, word, person.0)).exec(&conn).await?;
        }
        let new = wanted.into_iter().map(|((key, person), fields)| (key, person, fields));
        self.insert_word_rows(new.collect()).await
    }

    /// As [`refresh_words`](Self::refresh_words), of whoever has this key.
    pub(crate) async fn refresh_words_of_holder(&self, key: CredentialId) -> Result<()> {
        match self.find_holder(key).await? {
            Some(person) => self.refresh_words(&[person]).await,
            None => Ok(()),
        }
    }

    /// Whose key it is.
    pub(crate) async fn find_holder(&self, key: CredentialId) -> Result<Option<PersonId>> {
        let holder: Option<Uuid> = credentials::Entity::find_by_id(key.0)
            .select_only()
            .column(credentials::Column::PersonId)
            .into_tuple()
            .one(&self.conn())
            .await?;
        Ok(holder.map(PersonId))
    }
}
