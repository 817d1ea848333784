//! People found by what somebody typed. How much is looked at is bounded, whatever was typed and
//! however many people there are.

use std::collections::{BTreeMap, BTreeSet};

use latchkey_core::ids::OrganisationId;
use latchkey_core::words::{Field, Fields, Query as Typed, Word, folded};
use sea_orm::sea_query::{Condition, Expr, ExprTrait as _, Query, SelectStatement};
use sea_orm::{ColumnTrait as _, ConnectionTrait as _, EntityTrait as _, QueryFilter as _};
use uuid::Uuid;

use super::{Within, inside};
use crate::Result;
use crate::entity::people::{Column as Person, Entity as People};
use crate::entity::people_words::{Column, Entity};
use crate::people::PersonRecord;

/// How many people are put in order before the first of them are told. When more are found, these
/// are some of them.
const HITS: u64 = 200;
/// How many people with the rarest of several words are looked at for the others.
const CANDIDATES: u64 = 10_000;

/// Somebody who was found.
#[derive(Clone, Debug)]
pub struct Found {
    /// Who.
    pub person: PersonRecord,
    /// What was typed is all of their user name, address or staff number, or of a key's asset tag.
    pub exact: bool,
    /// Where it stands with them.
    pub fields: BTreeSet<Field>,
}

/// The table under other names, where a query has it more than once.
#[derive(Clone, Copy)]
struct Named(&'static str);

impl Named {
    fn column(self, column: Column) -> Expr {
        Expr::col((self.0, column))
    }

    /// Where words begin as one that was typed. No sign is special, and no text goes on with the
    /// byte 255.
    fn begins(self, word: &Word) -> Condition {
        let first = word.text.clone().into_bytes();
        let mut end = first.clone();
        end.push(0xff);
        Condition::all()
            .add(self.column(Column::Plain).eq(word.plain))
            .add(self.column(Column::Word).gte(first))
            .add(self.column(Column::Word).lt(end))
    }
}

const FIRST: Named = Named("w");
const OTHER: Named = Named("o");

impl Within<'_, '_> {
    /// The people who have the beginning of every word that was typed, at most `limit` of them:
    /// first those whose user name, address, staff number or asset tag it is, then by name.
    ///
    /// When very many have it, those told are some of them; whoever is meant is found by more of
    /// their name.
    pub async fn search(&self, typed: &str, limit: u64) -> Result<Vec<Found>> {
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let Some(typed) = Typed::parse(typed) else { return Ok(Vec::new()) };
        let exact = self.named(self.words_that_are(typed.whole())).await?;
        let mut order: Vec<(Uuid, bool)> = exact.iter().map(|id| (*id, true)).collect();
        if order.len() < limit {
            let others = self.named(self.words_that_begin(&typed).await?).await?;
            let others = others.into_iter().filter(|id| !exact.contains(id));
            order.extend(others.map(|id| (id, false)));
        }
        order.truncate(limit);
        let ids = || order.iter().map(|(id, _)| *id);
        let mut records = BTreeMap::new();
        // Their keys alone are asked for: with the organisation beside them, SQLite goes through
        // everybody of it.
        let told = People::find().filter(Person::Id.is_in(ids()));
        let told = told.all(&self.view.conn).await?.into_iter();
        for row in told.filter(|row| self.scope.contains(OrganisationId(row.organisation_id))) {
            records.insert(row.id, PersonRecord::from_row(row)?);
        }
        let mut fields: BTreeMap<Uuid, BTreeSet<Field>> = BTreeMap::new();
        let exact: BTreeSet<Uuid> = exact.into_iter().collect();
        let words = Entity::find().filter(Column::PersonId.is_in(ids()));
        for row in words.all(&self.view.conn).await? {
            let from = Fields(row.fields);
            let matches = if exact.contains(&row.person_id) {
                from.is_whole() && row.word == typed.whole().as_bytes()
            } else {
                let begins = |word: &Word| row.word.starts_with(word.text.as_bytes());
                typed.words().iter().any(begins)
            };
            if matches {
                fields.entry(row.person_id).or_default().extend(from.iter());
            }
        }
        let found = order.into_iter().filter_map(|(id, exact)| {
            let (person, fields) = (records.remove(&id)?, fields.remove(&id).unwrap_or_default());
            Some(Found { person, exact, fields })
        });
        Ok(found.collect())
    }

    /// Whose user name, address, number or tag is exactly this.
    fn words_that_are(&self, whole: &str) -> SelectStatement {
        let mut words = self.words();
        words
            .and_where(FIRST.column(Column::Plain).eq(false))
            .and_where(FIRST.column(Column::Word).eq(whole.as_bytes().to_vec()))
            .and_where(FIRST.column(Column::Fields).gte(Fields::WHOLE))
            .limit(HITS);
        words
    }

    /// Who has words that begin as all of these.
    async fn words_that_begin(&self, typed: &Typed) -> Result<SelectStatement> {
        let (rarest, others) = self.rarest_first(typed.words()).await?;
        let mut words = self.words();
        words.cond_where(FIRST.begins(rarest));
        if others.is_empty() {
            words.limit(HITS);
            return Ok(words);
        }
        words.limit(CANDIDATES);
        let mut both = Query::select();
        both.column(("c", Column::PersonId)).from_subquery(words, "c");
        for other in others {
            let mut theirs = Query::select();
            theirs
                .expr(Expr::value(1))
                .from_as(Entity, OTHER.0)
                .and_where(OTHER.column(Column::PersonId).equals(("c", Column::PersonId)))
                .cond_where(OTHER.begins(other));
            both.and_where(Expr::exists(theirs));
        }
        both.limit(HITS);
        Ok(both)
    }

    /// The word that the fewest people have, as far as counting is worth it, and the others.
    async fn rarest_first<'w>(&self, words: &'w [Word]) -> Result<(&'w Word, Vec<&'w Word>)> {
        if let [only] = words {
            return Ok((only, Vec::new()));
        }
        let mut counted = Vec::with_capacity(words.len());
        for word in words {
            let mut some = self.words();
            some.cond_where(FIRST.begins(word)).limit(CANDIDATES + 1);
            let mut count = Query::select();
            count.expr_as(Expr::cust("COUNT(*)"), "number").from_subquery(some, "c");
            let row = self.view.conn.query_one(&count).await?;
            let number = row.map(|row| row.try_get::<i64>("", "number")).transpose()?;
            counted.push((number.unwrap_or_default(), word));
        }
        // Of equally common ones, the longest: it says more of whoever is meant.
        counted.sort_by_key(|(number, word)| (*number, std::cmp::Reverse(word.text.len())));
        let mut words = counted.into_iter().map(|(_, word)| word);
        let Some(rarest) = words.next() else {
            return Err(crate::Error::Internal("a search without words".to_owned()));
        };
        Ok((rarest, words.collect()))
    }

    /// Whose words there are inside the scope.
    fn words(&self) -> SelectStatement {
        let mut words = Query::select();
        words.column((FIRST.0, Column::PersonId)).from_as(Entity, FIRST.0).and_where(inside(
            self.scope,
            self.view.conn.get_database_backend(),
            FIRST.0,
        ));
        words
    }

    /// The people whom a query names, by their names.
    async fn named(&self, query: SelectStatement) -> Result<Vec<Uuid>> {
        let mut select = Query::select();
        select
            .columns([Person::Id, Person::Name, Person::Username])
            .from(People)
            .and_where(Person::Id.in_subquery(query));
        let mut named = Vec::new();
        for row in self.view.conn.query_all(&select).await? {
            let (name, username): (String, String) =
                (row.try_get("", "name")?, row.try_get("", "username")?);
            named.push((folded(&name), username, row.try_get::<Uuid>("", "id")?));
        }
        named.sort_unstable();
        Ok(named.into_iter().map(|(_, _, id)| id).collect())
    }
}
