//! How SAML messages travel, one file and one line in [`ALL`] each (SAML 2.0 Bindings §3). This
//! version serves none, and what is not in the list is answered nowhere.

/// One way for messages to travel.
pub trait Binding: Sync {
    /// The URI that metadata and requests name it by.
    fn uri(&self) -> &'static str;
}

/// Every binding that is served.
pub static ALL: &[&dyn Binding] = &[];
