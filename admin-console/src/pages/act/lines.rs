//! What will change for a person, and what did, line by line.

use latchkey_api::help::Receipt;
use latchkey_web::Text;

use super::action::Action;
use super::fields::Fields;

/// What a receipt tells, line by line: `stem` is of what will be, or of what was.
fn lines(stem: &str, action: Action, receipt: &Receipt) -> Vec<Text> {
    let text = |key: &str| Text::new(format!("console-{stem}-{key}"));
    let mut lines = Vec::new();
    let how = match action {
        Action::SuspendKey | Action::SuspendApp => "suspend",
        Action::RestoreKey | Action::RestoreApp => "restore",
        _ => "remove",
    };
    for nickname in &receipt.keys {
        lines.push(text(&format!("{how}-key")).with("nickname", nickname.clone()));
    }
    if receipt.app {
        lines.push(text(&format!("{how}-app")));
    }
    if receipt.recovery_codes {
        lines.push(text("remove-codes"));
    }
    lines
}

/// What will change.
pub(super) fn will(action: Action, fields: &Fields, receipt: &Receipt) -> Vec<Text> {
    let mut all = lines("will", action, receipt);
    match action {
        Action::Reset => all.push("console-will-policy-stays".into()),
        Action::EndSessions => {
            all.push(Text::new("console-will-end-sessions").with("count", receipt.sessions));
        }
        Action::Pass => {
            let minutes = if fields.written { 60 } else { 10 };
            all.push(Text::new("console-will-pass").with("minutes", minutes));
        }
        Action::SupervisedLink => all.push("console-will-link".into()),
        Action::Invite => all.push("console-will-invite".into()),
        Action::Disable => {
            all.push(Text::new("console-will-disable").with("count", receipt.sessions));
        }
        Action::Enable => all.push("console-will-enable".into()),
        _ => {}
    }
    if receipt.pass_voided {
        all.push("console-will-void-pass".into());
    }
    match &receipt.told {
        _ if matches!(action, Action::Disable | Action::Enable) => {}
        Some(address) => {
            all.push(Text::new("console-will-told").with("address", address.clone()));
        }
        None => all.push("console-will-told-nobody".into()),
    }
    all
}

/// What was done.
pub(crate) fn was(action: Action, receipt: &Receipt) -> Vec<Text> {
    if receipt.approval.is_some() {
        return vec!["console-was-asked".into()];
    }
    let mut all = lines("was", action, receipt);
    match action {
        Action::Invite => all.push("console-was-invite".into()),
        Action::Disable => all.push("console-was-disable".into()),
        Action::Enable => all.push("console-was-enable".into()),
        Action::CancelPass => all.push("console-was-cancel-pass".into()),
        _ => {}
    }
    if receipt.sessions > 0 {
        all.push(Text::new("console-was-end-sessions").with("count", receipt.sessions));
    }
    if receipt.secret.is_some() && action != Action::Invite {
        all.push(match action {
            Action::SupervisedLink => "console-was-link".into(),
            _ => "console-was-pass".into(),
        });
    }
    if all.is_empty() {
        all.push("console-was-nothing".into());
    }
    match &receipt.told {
        _ if matches!(action, Action::Disable | Action::Enable) => {}
        Some(address) => all.push(Text::new("console-was-told").with("address", address.clone())),
        None => all.push("console-was-told-nobody".into()),
    }
    all
}
