//! How far everybody is, kept beside them as one number, so that the few of very many are listed and
//! counted by an index and by nothing else. It is written here alone, in the write that changes what
//! it comes from, and by no log-in.
//!
//! A node of the version before does not keep it: whoever counts people finds what is wrong and has
//! it put right.

use latchkey_core::credentials::{Credential, CredentialState};
use latchkey_core::ids::{OrganisationId, PersonId};
use latchkey_core::people::{Person, PersonState};
use sea_orm::sea_query::{CaseStatement, Condition, Expr, ExprTrait as _, Query, SelectStatement};
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, QuerySelect as _};
use uuid::Uuid;

use crate::codes::APP;
use crate::counts::Portions;
use crate::credentials::ACTIVE;
use crate::entity::people::{Column, Entity};
use crate::entity::{codes, credentials};
use crate::{Result, Tx, View};

/// How many rows one statement names: both databases have a limit on what they bind.
const AT_A_TIME: usize = 500;
/// So many are told at most whose number is wrong: they fit in memory, and the others come next.
const WRONG_AT_ONCE: usize = 10_000;

/// What somebody has that works. Stored as the place in [`Class::ALL`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Class {
    /// Nothing; they had a factor or have a role, and need help to begin.
    Stuck,
    /// The same, and no e-mail address that an invitation could go to.
    StuckUnreached,
    /// Nothing, and they never had a factor and have no role: in grace they can begin.
    Newcomer,
    /// The same, and no e-mail address.
    NewcomerUnreached,
    /// An authenticator app and no key.
    AppOnly,
    /// One key that stays on its device, and no app beside it.
    OneKeyAlone,
    /// One key that may be copied, or has an app beside it.
    OneKey,
    /// Two keys or more.
    TwoKeys,
}

impl Class {
    const ALL: [Self; 8] = [
        Self::Stuck,
        Self::StuckUnreached,
        Self::Newcomer,
        Self::NewcomerUnreached,
        Self::AppOnly,
        Self::OneKeyAlone,
        Self::OneKey,
        Self::TwoKeys,
    ];
    /// How many there are, and how far the numbers of two states are apart.
    const COUNT: i64 = 8;

    /// The class of a number, whatever the state.
    pub(crate) fn of(number: i64) -> Option<Self> {
        let numbered = (0..Self::COUNT * 3).contains(&number);
        let place = usize::try_from(number % Self::COUNT).ok().filter(|_| numbered);
        place.and_then(|place| Self::ALL.get(place).copied())
    }
}

/// Where the numbers of a state begin.
fn first(state: PersonState) -> i64 {
    Class::COUNT
        * match state {
            PersonState::Active => 0,
            PersonState::Invited => 1,
            PersonState::Disabled => 2,
        }
}

/// The number of somebody new who comes with these keys.
pub(crate) fn of_new(person: &Person, keys: &[&Credential]) -> i64 {
    let mut working = keys.iter().filter(|key| key.state == CredentialState::Active);
    let class = match (working.next(), working.next(), &person.email) {
        (Some(only), None, _) if !only.backup_eligible => Class::OneKeyAlone,
        (Some(_), None, _) => Class::OneKey,
        (Some(_), Some(_), _) => Class::TwoKeys,
        (None, _, Some(_)) if person.ever_had_factor => Class::Stuck,
        (None, _, None) if person.ever_had_factor => Class::StuckUnreached,
        (None, _, Some(_)) => Class::Newcomer,
        (None, _, None) => Class::NewcomerUnreached,
    };
    first(person.state) + class as i64
}

/// Some of the numbers, in whatever state somebody is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Numbers(u32);

impl Numbers {
    /// Every one.
    pub(crate) const ALL: Self = Self((1 << (Class::COUNT * 3)) - 1);

    /// Those of a class, in every state.
    pub(crate) fn of(classes: &[Class]) -> Self {
        let one =
            |class: &Class| [0, 1, 2].map(|state| 1 << (state * Class::COUNT + *class as i64));
        Self(classes.iter().flat_map(one).fold(0, |all, bit: u32| all | bit))
    }

    /// Those of a state.
    pub(crate) fn in_state(state: PersonState) -> Self {
        Self(((1 << Class::COUNT) - 1) << first(state))
    }

    /// Those of everybody who may log in, or may once they accepted their invitation.
    pub(crate) fn not_disabled() -> Self {
        Self(Self::ALL.0 & !Self::in_state(PersonState::Disabled).0)
    }

    /// Those of them that are among the others too.
    pub(crate) fn and(self, others: Self) -> Self {
        Self(self.0 & others.0)
    }

    pub(crate) fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// From the least.
    pub(crate) fn iter(self) -> impl Iterator<Item = i64> {
        (0..Class::COUNT * 3).filter(move |number| self.0 & (1 << number) != 0)
    }

    /// That a person has one of them.
    pub(crate) fn condition(self) -> Condition {
        match self {
            Self::ALL => Condition::all(),
            _ => Condition::all().add(Column::Enrolment.is_in(self.iter())),
        }
    }
}

/// The working keys of whoever the query around it is about.
pub(crate) fn working_keys() -> SelectStatement {
    let holder = (credentials::Entity, credentials::Column::PersonId);
    let mut keys = Query::select();
    keys.from(credentials::Entity)
        .and_where(Expr::col(holder).equals((Entity, Column::Id)))
        .and_where(credentials::Column::State.eq(ACTIVE));
    keys
}

/// How many rows there are. Counted and never asked whether there are any: for many people a server
/// would answer that from all the rows that anybody has.
fn counted(mut rows: SelectStatement) -> Expr {
    rows.expr(Expr::cust("COUNT(*)"));
    Expr::SubQuery(None, Box::new(rows.into()))
}

fn keys() -> Expr {
    counted(working_keys())
}

fn has_copied_key() -> Expr {
    let mut keys = working_keys();
    keys.and_where(credentials::Column::BackupEligible.eq(true));
    counted(keys).gt(0)
}

fn has_app() -> Expr {
    let holder = (codes::Entity, codes::Column::PersonId);
    let mut apps = Query::select();
    apps.from(codes::Entity)
        .and_where(Expr::col(holder).equals((Entity, Column::Id)))
        .and_where(codes::Column::Kind.eq(APP))
        .and_where(codes::Column::State.eq(ACTIVE));
    counted(apps).gt(0)
}

/// The number of whoever the query around it is about, as all the tables tell it.
fn told() -> Expr {
    let started = || Column::EverHadFactor.eq(true).or(Column::HasRole.eq(true));
    let unreached = || Column::Email.is_null();
    let class = CaseStatement::new()
        .case(keys().gte(2), Class::TwoKeys as i64)
        .case(keys().eq(1).and(has_copied_key().or(has_app())), Class::OneKey as i64)
        .case(keys().eq(1), Class::OneKeyAlone as i64)
        .case(has_app(), Class::AppOnly as i64)
        .case(started().and(unreached()), Class::StuckUnreached as i64)
        .case(started(), Class::Stuck as i64)
        .case(unreached(), Class::NewcomerUnreached as i64)
        .finally(Class::Newcomer as i64);
    let is = |state: PersonState| Column::State.eq(state.as_str());
    let state = CaseStatement::new()
        .case(is(PersonState::Invited), first(PersonState::Invited))
        .case(is(PersonState::Disabled), first(PersonState::Disabled))
        .finally(first(PersonState::Active));
    Expr::expr(class).add(Expr::expr(state))
}

/// That what is kept of a person is not what the tables tell.
fn is_wrong() -> Expr {
    Expr::col((Entity, Column::Enrolment)).ne(told())
}

impl View<'_> {
    /// People of exactly this organisation who are kept as further or less far than they are: a node
    /// of the version before changed something. At most ten thousand of them; `most` people are looked
    /// at by one statement.
    pub async fn list_wrongly_enrolled(
        &self,
        organisation: OrganisationId,
        most: u64,
    ) -> Result<Vec<PersonId>> {
        let mut wrong = Vec::new();
        let mut portions = Portions::new(self, organisation, most);
        while let Some(part) = portions.next().await? {
            let some: Vec<Uuid> = Entity::find()
                .select_only()
                .column(Column::Id)
                .filter(Column::OrganisationId.eq(organisation.0))
                .filter(part)
                .filter(is_wrong())
                .into_tuple()
                .all(&self.conn)
                .await?;
            wrong.extend(some.into_iter().map(PersonId));
            if wrong.len() >= WRONG_AT_ONCE {
                wrong.truncate(WRONG_AT_ONCE);
                break;
            }
        }
        Ok(wrong)
    }
}

impl Tx {
    /// Brings what is kept of how far people are up to date with all that is stored of them; tells
    /// of how many it was not.
    pub async fn refresh_enrolment(&self, of: &[PersonId]) -> Result<u64> {
        let mut changed = 0;
        for some in of.chunks(AT_A_TIME) {
            let done = Entity::update_many()
                .col_expr(Column::Enrolment, told())
                .filter(Column::Id.is_in(some.iter().map(|id| id.0)))
                .filter(is_wrong())
                .exec(&self.conn())
                .await?;
            changed += done.rows_affected;
        }
        Ok(changed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_is_of_one_class_and_one_state() {
        for number in Numbers::ALL.iter() {
            let class = Class::of(number).expect("a class");
            let states = [PersonState::Active, PersonState::Invited, PersonState::Disabled];
            let of = |state: &&PersonState| first(**state) + class as i64 == number;
            let state = states.iter().find(of).expect("a state");
            let alone = Numbers::of(&[class]).and(Numbers::in_state(*state));
            assert_eq!(alone.iter().collect::<Vec<_>>(), [number]);
            let disabled = *state == PersonState::Disabled;
            assert_eq!(alone.and(Numbers::not_disabled()).is_empty(), disabled);
        }
        for strange in [-1, 24, i64::MAX, i64::MIN] {
            assert_eq!(Class::of(strange), None, "{strange}");
        }
    }
}
