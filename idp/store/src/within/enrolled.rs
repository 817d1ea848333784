//! How far somebody is with their enrolment, and who needs help first, as conditions about the people
//! of a query.

use std::time::Duration;

use latchkey_core::Timestamp;
use latchkey_core::ids::OrganisationId;
use latchkey_core::people::PersonState;
use sea_orm::ColumnTrait as _;
use sea_orm::sea_query::{Condition, Expr, ExprTrait as _, Query, SelectStatement};
use uuid::Uuid;

use super::listing::working_keys;
use crate::codes::APP;
use crate::credentials::ACTIVE;
use crate::entity::people::{Column, Entity};
use crate::entity::{codes, credentials};

/// How far somebody is with their enrolment. Only what works counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Enrolled {
    /// They have nothing beside a password, and need help or an invitation to begin.
    Nothing,
    /// They have nothing yet, and a password suffices for them to begin, by the policy of their
    /// organisation: one of their groups may ask for more.
    InGrace,
    /// They have an authenticator app and no key.
    AppOnly,
    /// They have one key.
    OneKey,
    /// They have two keys or more.
    TwoKeys,
}

impl Enrolled {
    /// Every one, from the least.
    pub const ALL: [Self; 5] =
        [Self::Nothing, Self::InGrace, Self::AppOnly, Self::OneKey, Self::TwoKeys];

    /// That a person is so far, where these organisations are in grace.
    pub(super) fn condition(self, grace: Vec<Uuid>) -> Condition {
        let none = || Condition::all().add(keys().eq(0));
        match self {
            Self::Nothing => none().add(has_app().not()).add(in_grace(grace).not()),
            Self::InGrace => none().add(has_app().not()).add(in_grace(grace)),
            Self::AppOnly => none().add(has_app()),
            Self::OneKey => Condition::all().add(keys().eq(1)),
            Self::TwoKeys => Condition::all().add(keys().gte(2)),
        }
    }
}

/// How many working keys they have.
pub(crate) fn keys() -> Expr {
    let mut keys = working_keys();
    keys.expr(Expr::cust("COUNT(*)"));
    subquery(keys)
}

/// How many of them can be on more than one device.
pub(crate) fn copied_keys() -> Expr {
    let mut keys = working_keys();
    keys.expr(Expr::cust("COUNT(*)")).and_where(credentials::Column::BackupEligible.eq(true));
    subquery(keys)
}

fn subquery(select: SelectStatement) -> Expr {
    Expr::SubQuery(None, Box::new(select.into()))
}

/// That they have a working authenticator app.
pub(crate) fn has_app() -> Expr {
    let mut app = Query::select();
    app.expr(Expr::value(1))
        .from(codes::Entity)
        .and_where(Expr::col((codes::Entity, codes::Column::PersonId)).equals((Entity, Column::Id)))
        .and_where(codes::Column::Kind.eq(APP))
        .and_where(codes::Column::State.eq(ACTIVE));
    Expr::exists(app)
}

/// That a password suffices for them to begin, where these organisations are in grace.
fn in_grace(organisations: Vec<Uuid>) -> Expr {
    let never = Column::EverHadFactor.eq(false).and(Column::HasRole.eq(false));
    never.and(Column::OrganisationId.is_in(organisations))
}

/// Why somebody needs help before others do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Need {
    /// They have nothing, and no e-mail address that an invitation could go to.
    Unreached,
    /// A password suffices for them to begin, and that ends within [`GRACE_ENDS_WITHIN`].
    GraceEnds,
    /// They have one key that stays on its device and nothing beside it: once it is lost they are
    /// locked out.
    OneKeyAlone,
}

/// How soon grace ends for whoever needs help first.
pub const GRACE_ENDS_WITHIN: Duration = Duration::from_secs(7 * 86_400);

/// An organisation in which a password suffices to begin, and until when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Grace {
    pub(crate) organisation: OrganisationId,
    pub(crate) until: Timestamp,
}

impl Grace {
    /// Whether it is over soon.
    pub(crate) fn ends_soon(&self, now: Timestamp) -> bool {
        self.until <= now.plus(GRACE_ENDS_WITHIN)
    }
}

impl Need {
    /// That a person needs it, where these organisations are in grace. Whoever may not log in needs
    /// nothing.
    pub(super) fn condition(self, grace: &[Grace], now: Timestamp) -> Condition {
        let condition = match self {
            Self::Unreached => {
                let grace = grace.iter().map(|grace| grace.organisation.0).collect();
                Enrolled::Nothing.condition(grace).add(Column::Email.is_null())
            }
            Self::GraceEnds => {
                let soon = grace.iter().filter(|grace| grace.ends_soon(now));
                Enrolled::InGrace.condition(soon.map(|grace| grace.organisation.0).collect())
            }
            Self::OneKeyAlone => {
                Enrolled::OneKey.condition(vec![]).add(copied_keys().eq(0)).add(has_app().not())
            }
        };
        condition.add(Column::State.ne(PersonState::Disabled.as_str()))
    }
}
