//! What an organisation asks of its people, as typed settings, and the judgements that follow.
//!
//! Pure functions over facts. Where a setting is enforced is said at its judgement. How two
//! settings combine is said once, in the table of `settings`, with the orders of `strictest`.

mod judge;
mod presets;
mod settings;
mod strictest;

#[cfg(test)]
mod tests;

pub use judge::{
    AssertionRefusal, Enrolment, KeysDue, Newcomer, Permit, RegistrationRefusal, judge_assertion,
};
pub use presets::Preset;
pub use settings::{
    Attestation, Bootstrap, FourEyes, MethodKind, Overrides, Policy, Rollout, SessionLasts,
    SessionLimit, Stated,
};
