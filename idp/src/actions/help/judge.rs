//! What a wish comes to: pure, so that a preview and the write that follows say the same.

use latchkey_core::Timestamp;
use latchkey_core::assurance::Method;
use latchkey_core::codes::Codes;
use latchkey_core::credentials::{Cause, Credential, CredentialState};
use latchkey_core::ids::{CodeId, CredentialId, SessionId};
use latchkey_core::policy::Policy;

use super::{Task, Wish};
use crate::actions::codes::has_way_in;
use crate::authn::Means;

/// Why a wish is not done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// There is no such person, key, app or code.
    Gone,
    /// It is so already.
    Already,
    /// Its owner reported it lost: they find it again, with another authenticator.
    OwnersToRestore,
    /// It would take the last way in away with nothing in its place.
    LocksOut,
    /// Something else changed meanwhile, and it would come to something else now.
    Overtaken,
}

/// An open session with what it rests on.
#[derive(Clone, Debug)]
pub struct Open {
    /// Its key.
    pub id: SessionId,
    /// What was shown for it.
    pub methods: Vec<Method>,
}

/// What happens to an authenticator app.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AppChange {
    /// It goes.
    Removed,
    /// It stops working.
    Suspended,
    /// It works again.
    Restored,
}

/// What a wish comes to.
#[derive(Clone, Debug, Default)]
pub struct Effects {
    /// Keys that go.
    pub removed: Vec<Credential>,
    /// Keys that stop working.
    pub suspended: Vec<Credential>,
    /// Keys that work again.
    pub restored: Vec<Credential>,
    /// What happens to the authenticator app.
    pub app: Option<(CodeId, AppChange)>,
    /// Recovery codes go.
    pub codes: bool,
    /// Sessions that end.
    pub sessions: Vec<SessionId>,
    /// How many open sessions rest on a key or an app that goes or stops working.
    pub resting: usize,
    /// A pass that counted counts no more.
    pub pass_voided: bool,
    /// They cannot log in as policy asks afterwards.
    pub locked_out: bool,
}

impl Effects {
    /// Whether it comes to what was promised. Sessions come and go by themselves, and those that
    /// were not there yet end too.
    pub(super) fn is_as_promised(&self, promised: &Self) -> bool {
        let ids =
            |keys: &[Credential]| -> Vec<CredentialId> { keys.iter().map(|key| key.id).collect() };
        ids(&self.removed) == ids(&promised.removed)
            && ids(&self.suspended) == ids(&promised.suspended)
            && ids(&self.restored) == ids(&promised.restored)
            && self.app == promised.app
            && self.codes == promised.codes
            && self.sessions.is_empty() == promised.sessions.is_empty()
            && self.locked_out == promised.locked_out
    }

    /// What is left to log in with.
    fn leave(&self, means: &Means) -> (Vec<Credential>, Codes) {
        let is_in = |keys: &[Credential], id| keys.iter().any(|key| key.id == id);
        let mut keys = means.keys.clone();
        keys.retain(|key| !is_in(&self.removed, key.id) && !is_in(&self.suspended, key.id));
        for key in &mut keys {
            if is_in(&self.restored, key.id) {
                key.state = CredentialState::Active;
            }
        }
        let app = match (means.codes.app.clone(), self.app) {
            (_, Some((_, AppChange::Removed | AppChange::Suspended))) => None,
            (Some(mut app), Some((_, AppChange::Restored))) => {
                app.state = CredentialState::Active;
                Some(app)
            }
            (app, _) => app,
        };
        (keys, Codes { app, ..means.codes.clone() })
    }
}

/// What a wish comes to for somebody with these means and sessions.
///
/// # Errors
/// Why it is not done.
pub(super) fn judge(
    policy: &Policy,
    means: &Means,
    sessions: &[Open],
    wish: &Wish,
    now: Timestamp,
) -> Result<Effects, Refused> {
    let mut effects = touched(means, wish.task)?;
    let counts = means.codes.pass.as_ref().is_some_and(|pass| pass.judge(now).is_ok());
    let cancels = wish.task == Task::CancelPass;
    effects.pass_voided = counts && (wish.pass.is_some() || cancels || wish.task == Task::Reset);
    if cancels && !effects.pass_voided {
        return Err(Refused::Gone);
    }
    let gone = |method: &Method| match method {
        Method::Key { credential, .. } => {
            effects.removed.iter().chain(&effects.suspended).any(|key| key.id == *credential)
        }
        Method::Code { app } => {
            effects.app.is_some_and(|(id, change)| id == *app && change != AppChange::Restored)
        }
        Method::Password | Method::Ticket { .. } => false,
    };
    effects.resting = sessions.iter().filter(|open| open.methods.iter().any(gone)).count();
    if wish.ends_sessions() {
        effects.sessions = sessions.iter().map(|open| open.id).collect();
    }
    if wish.task == Task::EndSessions && effects.sessions.is_empty() {
        return Err(Refused::Already);
    }
    let (keys, codes) = effects.leave(means);
    effects.locked_out = !has_way_in(policy, means.password, &keys, &codes);
    let could = has_way_in(policy, means.password, &means.keys, &means.codes);
    if could && effects.locked_out && wish.pass.is_none() && !wish.lock_out {
        return Err(Refused::LocksOut);
    }
    Ok(effects)
}

/// What the task itself touches.
fn touched(means: &Means, task: Task) -> Result<Effects, Refused> {
    let key = |id| means.keys.iter().find(|key| key.id == id).cloned().ok_or(Refused::Gone);
    let app = || means.codes.app.as_ref().ok_or(Refused::Gone);
    let mut effects = Effects::default();
    match task {
        Task::RemoveKey(id) => effects.removed.push(key(id)?),
        Task::SuspendKey(id) => {
            let key = key(id)?;
            match key.state.suspension() {
                None => effects.suspended.push(key),
                Some(resting) if resting.cause == Cause::Closed => effects.suspended.push(key),
                Some(_) => return Err(Refused::Already),
            }
        }
        Task::RestoreKey(id) => {
            let key = key(id)?;
            restorable(key.state)?;
            effects.restored.push(key);
        }
        Task::RemoveApp => effects.app = Some((app()?.id, AppChange::Removed)),
        Task::SuspendApp => {
            let app = app()?;
            if app.state != CredentialState::Active {
                return Err(Refused::Already);
            }
            effects.app = Some((app.id, AppChange::Suspended));
        }
        Task::RestoreApp => {
            restorable(app()?.state)?;
            effects.app = Some((app()?.id, AppChange::Restored));
        }
        Task::RemoveCodes => {
            if means.codes.recovery.is_empty() {
                return Err(Refused::Gone);
            }
            effects.codes = true;
        }
        Task::Reset => {
            effects.removed.clone_from(&means.keys);
            effects.app = means.codes.app.as_ref().map(|app| (app.id, AppChange::Removed));
            effects.codes = !means.codes.recovery.is_empty();
        }
        Task::IssuePass | Task::EndSessions | Task::CancelPass => {}
    }
    Ok(effects)
}

/// Whether the helpdesk may let something work again in this state.
fn restorable(state: CredentialState) -> Result<(), Refused> {
    match state.suspension().map(|suspension| suspension.cause) {
        None => Err(Refused::Already),
        Some(Cause::ReportedLost) => Err(Refused::OwnersToRestore),
        // It comes back with the account.
        Some(Cause::Closed) => Err(Refused::Already),
        Some(Cause::Copied | Cause::NotMe | Cause::Administrator) => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use latchkey_core::audit::Handling;
    use latchkey_core::codes::{AuthenticatorApp, Pass};
    use latchkey_core::credentials::Suspension;
    use latchkey_core::policy::{Overrides, Preset};
    use latchkey_core::secrets::Sealed;
    use uuid::Uuid;

    use super::*;
    use crate::authn::samples::{NOW, key};

    const APP: CodeId = CodeId(Uuid::nil());

    fn suspended(cause: Cause) -> CredentialState {
        CredentialState::Suspended(Suspension { cause, at: None })
    }

    fn app(state: CredentialState) -> AuthenticatorApp {
        AuthenticatorApp {
            id: APP,
            seed: Sealed::from_bytes(Vec::new()),
            last_step: 0,
            state,
            added_at: NOW,
            last_used_at: None,
        }
    }

    fn means(keys: &[CredentialState], with_app: bool) -> Means {
        let app = with_app.then(|| app(CredentialState::Active));
        let codes = Codes { app, ..Codes::default() };
        Means { password: true, keys: keys.iter().copied().map(key).collect(), codes }
    }

    fn wish(task: Task) -> Wish {
        let handling = Handling::default();
        Wish { task, handling, end_sessions: false, pass: None, lock_out: false }
    }

    fn judged(means: &Means, sessions: &[Open], wish: &Wish) -> Result<Effects, Refused> {
        let policy = Policy::resolve(Preset::Small, &Overrides::default());
        judge(&policy, means, sessions, wish, NOW)
    }

    fn first(means: &Means) -> CredentialId {
        means.keys[0].id
    }

    fn session(method: Method) -> Open {
        Open { id: SessionId(Uuid::nil()), methods: vec![Method::Password, method] }
    }

    #[test]
    fn the_last_way_in_is_never_taken_away_unseen() {
        let only = means(&[CredentialState::Active], false);
        let id = first(&only);
        for task in [Task::RemoveKey(id), Task::SuspendKey(id), Task::Reset] {
            assert_eq!(judged(&only, &[], &wish(task)).err(), Some(Refused::LocksOut), "{task:?}");
        }
    }

    #[test]
    fn the_last_way_in_goes_with_a_pass_in_the_same_step_or_when_that_is_said() {
        let only = means(&[CredentialState::Active], false);
        let remove = wish(Task::RemoveKey(first(&only)));
        let with_pass = Wish { pass: Some(Pass::SPOKEN), ..remove.clone() };
        let said = Wish { lock_out: true, ..remove };
        for wish in [with_pass, said] {
            assert!(judged(&only, &[], &wish).expect("done").locked_out);
        }
    }

    #[test]
    fn whoever_has_another_way_in_is_not_locked_out() {
        let two = means(&[CredentialState::Active], true);
        let effects = judged(&two, &[], &wish(Task::RemoveKey(first(&two)))).expect("done");
        assert!(!effects.locked_out);
        assert_eq!((effects.removed.len(), effects.app), (1, None));
    }

    #[test]
    fn whoever_is_locked_out_already_loses_nothing_unseen() {
        let lost = means(&[suspended(Cause::ReportedLost)], false);
        let effects = judged(&lost, &[], &wish(Task::RemoveKey(first(&lost)))).expect("done");
        assert!(effects.locked_out);
    }

    #[test]
    fn what_its_owner_reported_lost_is_not_the_helpdesks_to_restore() {
        let lost = means(&[suspended(Cause::ReportedLost)], false);
        let restore = wish(Task::RestoreKey(first(&lost)));
        assert_eq!(judged(&lost, &[], &restore).err(), Some(Refused::OwnersToRestore));
        for cause in [Cause::Copied, Cause::NotMe, Cause::Administrator] {
            let resting = means(&[suspended(cause)], false);
            let restore = wish(Task::RestoreKey(first(&resting)));
            let effects = judged(&resting, &[], &restore).expect("done");
            assert!(!effects.locked_out, "{cause:?}");
        }
    }

    #[test]
    fn what_is_so_already_is_not_done_again() {
        let works = means(&[CredentialState::Active], true);
        let rests = means(&[suspended(Cause::Administrator)], false);
        for (means, task) in [
            (&works, Task::RestoreKey(first(&works))),
            (&works, Task::RestoreApp),
            (&works, Task::EndSessions),
            (&rests, Task::SuspendKey(first(&rests))),
        ] {
            assert_eq!(judged(means, &[], &wish(task)).err(), Some(Refused::Already), "{task:?}");
        }
    }

    #[test]
    fn what_is_not_there_is_told_apart() {
        let nothing = means(&[], false);
        let key = Task::RemoveKey(CredentialId(Uuid::max()));
        for task in [key, Task::RemoveApp, Task::SuspendApp, Task::RestoreApp, Task::RemoveCodes] {
            assert_eq!(judged(&nothing, &[], &wish(task)).err(), Some(Refused::Gone), "{task:?}");
        }
    }

    #[test]
    fn a_preview_tells_which_sessions_rest_on_what_goes() {
        let both = means(&[CredentialState::Active], true);
        let id = first(&both);
        let by_key = Method::Key { credential: id, user_verified: true, hardware: false };
        let sessions = [session(by_key), session(Method::Code { app: APP })];
        let remove = wish(Task::RemoveKey(id));
        let effects = judged(&both, &sessions, &remove).expect("done");
        assert_eq!((effects.resting, effects.sessions.len()), (1, 0));
        let ending = Wish { end_sessions: true, ..remove };
        let effects = judged(&both, &sessions, &ending).expect("done");
        assert_eq!((effects.resting, effects.sessions.len()), (1, 2));
        let app = wish(Task::SuspendApp);
        assert_eq!(judged(&both, &sessions, &app).expect("done").resting, 1);
    }

    #[test]
    fn a_reset_takes_everything_but_the_password() {
        let both = means(&[CredentialState::Active, suspended(Cause::Copied)], true);
        let reset = Wish { lock_out: true, ..wish(Task::Reset) };
        let effects = judged(&both, &[], &reset).expect("done");
        assert_eq!(effects.removed.len(), 2);
        assert_eq!(effects.app, Some((APP, AppChange::Removed)));
        assert!(effects.locked_out);
    }
}
