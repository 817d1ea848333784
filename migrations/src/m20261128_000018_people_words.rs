//! The words that people are found by, and what an organisation writes on a key to know it by.

use std::collections::HashMap;

use latchkey_core::words::{Field, Words};
use sea_orm::prelude::Uuid;
use sea_orm::{ConnectionTrait as _, DbBackend, QueryResult};
use sea_orm_migration::prelude::*;

use crate::table::{NewTable, drop_all};

const TABLES: &[&str] = &["people_words"];
const COLUMNS: [&str; 5] = ["organisation_id", "plain", "word", "person_id", "fields"];
const UNSORTED: &str = "people_words_unsorted";
const BY_PERSON: &str = "people_words_person_id_plain_word";
const ASSET_TAG: &str = "asset_tag";

/// How many people are read at a time.
const PORTION: u64 = 500;
/// How many words one statement writes: both databases have a limit on what they bind.
const AT_A_TIME: usize = 1000;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let tag = ColumnDef::new(ASSET_TAG).text().null().to_owned();
        let keys = Table::alter().table("credentials").add_column(tag).to_owned();
        manager.alter_table(keys).await?;
        // By organisation first: whoever may see one of many reads nothing of the others, however
        // common a word is. All is in the key, so SQLite needs no table beside it.
        NewTable::named("people_words")
            .uuid("organisation_id")
            .flag("plain")
            .bytes("word")
            .uuid("person_id")
            .integer("fields")
            .key(&["organisation_id", "plain", "word", "person_id"])
            .belongs_to("person_id", "people")
            .keyed_alone()
            .create(manager)
            .await?;
        fill(manager).await?;
        // What a person's row takes with it, and whether somebody has another word as well.
        let index = Index::create()
            .name(BY_PERSON)
            .table("people_words")
            .col("person_id")
            .col("plain")
            .col("word")
            .to_owned();
        manager.create_index(index).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_all(manager, TABLES).await?;
        let keys = Table::alter().table("credentials").drop_column(ASSET_TAG).to_owned();
        manager.alter_table(keys).await
    }
}

/// Writes the words of everybody who is there. They are collected as they come and then sorted by
/// the database: a million people's words in any other order would rewrite its pages over and over.
async fn fill(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let connection = manager.get_connection();
    let embedded = manager.get_database_backend() == DbBackend::Sqlite;
    let (kind, key, bytes) =
        if embedded { ("TEMP TABLE", "blob", "blob") } else { ("TABLE", "uuid", "bytea") };
    let table = format!(
        "CREATE {kind} {UNSORTED} (organisation_id {key} NOT NULL, plain boolean NOT NULL, \
         word {bytes} NOT NULL, person_id {key} NOT NULL, fields bigint NOT NULL)"
    );
    connection.execute_unprepared(&table).await?;
    let mut after = Uuid::nil();
    loop {
        let people = Query::select()
            .columns(["id", "organisation_id", "username", "name", "email", "staff_number"])
            .from("people")
            .and_where(Expr::col("id").gt(after))
            .order_by("id", Order::Asc)
            .limit(PORTION)
            .to_owned();
        let people = connection.query_all(&people).await?;
        let Some(last) = people.last() else { break };
        let first = after;
        after = last.try_get("", "id")?;
        let keys = Query::select()
            .columns(["person_id", "nickname"])
            .from("credentials")
            .and_where(Expr::col("person_id").gt(first))
            .and_where(Expr::col("person_id").lte(after))
            .to_owned();
        let mut nicknames: HashMap<Uuid, Vec<String>> = HashMap::new();
        for key in connection.query_all(&keys).await? {
            let holder = key.try_get("", "person_id")?;
            nicknames.entry(holder).or_default().push(key.try_get("", "nickname")?);
        }
        let mut rows = Vec::new();
        for person in &people {
            rows.extend(words_of(person, &nicknames)?);
        }
        while !rows.is_empty() {
            let rest = rows.split_off(rows.len().min(AT_A_TIME));
            let mut insert = Query::insert().into_table(UNSORTED).columns(COLUMNS).to_owned();
            for row in rows {
                insert.values(row).map_err(|error| DbErr::Custom(error.to_string()))?;
            }
            connection.execute(&insert).await?;
            rows = rest;
        }
    }
    let columns = COLUMNS.join(", ");
    let sorted = format!(
        "INSERT INTO people_words ({columns}) SELECT {columns} FROM {UNSORTED} \
         ORDER BY organisation_id, plain, word, person_id"
    );
    connection.execute_unprepared(&sorted).await?;
    connection.execute_unprepared(&format!("DROP TABLE {UNSORTED}")).await?;
    Ok(())
}

/// The rows of one person. No key had a tag yet.
fn words_of(
    person: &QueryResult,
    nicknames: &HashMap<Uuid, Vec<String>>,
) -> Result<Vec<[Expr; 5]>, DbErr> {
    let id: Uuid = person.try_get("", "id")?;
    let organisation: Uuid = person.try_get("", "organisation_id")?;
    let mut words = Words::default();
    words.add(Field::Username, &person.try_get::<String>("", "username")?);
    for (field, column) in [(Field::Email, "email"), (Field::StaffNumber, "staff_number")] {
        if let Some(said) = person.try_get::<Option<String>>("", column)? {
            words.add(field, &said);
        }
    }
    words.add(Field::Name, &person.try_get::<String>("", "name")?);
    for nickname in nicknames.get(&id).into_iter().flatten() {
        words.add(Field::Nickname, nickname);
    }
    let rows = words.iter().map(|(word, fields)| {
        [
            organisation.into(),
            word.plain.into(),
            word.text.clone().into_bytes().into(),
            id.into(),
            fields.0.into(),
        ]
    });
    Ok(rows.collect())
}
