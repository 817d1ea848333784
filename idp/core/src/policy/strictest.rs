//! The orders of strictness: for a type of setting, which of two values asks for more.
//!
//! Each is commutative, associative and idempotent, and its result is never weaker than either
//! side. Which of them a setting has is for the table of `settings`.

use std::collections::BTreeSet;

/// The larger is the stricter: strengths, numbers of keys.
pub(super) fn largest<T: Ord>(one: T, other: T) -> T {
    one.max(other)
}

/// The smaller is the stricter: durations, dates until or from when something holds.
pub(super) fn smallest<T: Ord>(one: T, other: T) -> T {
    one.min(other)
}

/// What one forbids is forbidden.
pub(super) fn both(one: bool, other: bool) -> bool {
    one && other
}

/// What one demands is demanded.
pub(super) fn either(one: bool, other: bool) -> bool {
    one || other
}

/// Of two lists of what is allowed, what is on both.
#[expect(clippy::needless_pass_by_value, reason = "every order takes what the table hands it")]
pub(super) fn common<T: Ord>(mut one: BTreeSet<T>, other: BTreeSet<T>) -> BTreeSet<T> {
    one.retain(|item| other.contains(item));
    one
}

/// Of two lists of what is denied, what is on either.
pub(super) fn all<T: Ord>(mut one: BTreeSet<T>, mut other: BTreeSet<T>) -> BTreeSet<T> {
    one.append(&mut other);
    one
}
