//! The admin console: an OpenID Connect relying party that knows nothing but the admin API. It has
//! no way into the provider's store, so a fault here is no fault there.

use latchkey_api::AdminScope;

/// Where the console stands when the provider serves it itself.
pub const PATH: &str = "/admin";

/// The console's `client_id`. It is defined here and nowhere else: no document can redefine what
/// administrators log in to.
pub const CLIENT_ID: &str = "latchkey-console";

/// The `scope` of the console's authorization request: who logs in, and all that the admin API
/// offers. What is granted is up to their role.
#[must_use]
pub fn scope() -> String {
    let api = AdminScope::ALL.map(AdminScope::as_str);
    ["openid"].into_iter().chain(api).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_console_asks_for_a_log_in_and_for_scopes_that_the_api_knows() {
        let scope = scope();
        let mut names = scope.split(' ');
        assert_eq!(names.next(), Some("openid"));
        assert!(names.clone().all(|name| AdminScope::parse(name).is_some()));
        assert_eq!(names.count(), AdminScope::ALL.len());
    }
}
