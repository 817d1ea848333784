//! What kinds of applications there are, and the page on which one is chosen before it is added.

use latchkey_web::{Help, Page, Text};
use serde::Serialize;

use super::applications::NEW_ADDRESS;
use super::registration::field::Document;
use super::shell::{Place, Shell};
use super::{provider_form, samples};

/// The member that says that an application acts for itself.
pub(crate) const ACCOUNT: &str = "latchkey_service_account";

/// What an application is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// It runs on a server and keeps a secret, or a key.
    Web,
    /// It runs in the browser, and keeps no secret.
    Spa,
    /// It is installed on the person's device, and keeps no secret.
    Native,
    /// It acts for itself, and proves who it is with a key of its own.
    ServiceKey,
    /// It acts for itself, and proves who it is with a secret.
    ServiceSecret,
}

impl Kind {
    pub(crate) const ALL: [Self; 5] =
        [Self::Web, Self::Spa, Self::Native, Self::ServiceKey, Self::ServiceSecret];

    pub(crate) fn slug(self) -> &'static str {
        match self {
            Self::Web => "web",
            Self::Spa => "spa",
            Self::Native => "native",
            Self::ServiceKey => "service-key",
            Self::ServiceSecret => "service-secret",
        }
    }

    pub(crate) fn parse(slug: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.slug() == slug)
    }

    pub(crate) fn text(self) -> Text {
        Text::new(format!("console-app-kind-{}", self.slug()))
    }

    /// What metadata describes.
    pub(crate) fn of(metadata: &Document) -> Self {
        let is = |member: &str, value: &str| metadata.get(member).is_some_and(|it| it == value);
        match metadata.contains_key(ACCOUNT) {
            true if is("token_endpoint_auth_method", "private_key_jwt") => Self::ServiceKey,
            true => Self::ServiceSecret,
            false if !is("token_endpoint_auth_method", "none") => Self::Web,
            false if is("application_type", "native") => Self::Native,
            false => Self::Spa,
        }
    }

    pub(crate) fn acts_for_itself(self) -> bool {
        matches!(self, Self::ServiceKey | Self::ServiceSecret)
    }

    pub(crate) fn has_secret(self, metadata: &Document) -> bool {
        let by_key = metadata.get("token_endpoint_auth_method");
        matches!(self, Self::Web | Self::ServiceSecret)
            && by_key.is_none_or(|it| it != "private_key_jwt")
    }

    /// Where one is added.
    pub(crate) fn new_address(self) -> String {
        format!("{NEW_ADDRESS}?kind={}", self.slug())
    }
}

/// The page on which one is chosen.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Kinds {
    shell: Shell,
    kinds: Vec<Offered>,
}

#[derive(Clone, Debug, Serialize)]
struct Offered {
    slug: &'static str,
    url: String,
}

impl Kinds {
    pub(crate) fn new(shell: Shell) -> Self {
        let offered = |kind: Kind| Offered { slug: kind.slug(), url: kind.new_address() };
        let mut kinds = Kind::ALL.map(offered).to_vec();
        // After the other one that runs on a server.
        kinds.insert(1, Offered { slug: "saml", url: provider_form::NEW_ADDRESS.to_owned() });
        Self { shell, kinds }
    }
}

impl Page for Kinds {
    const TEMPLATE: &'static str = "console/application-kinds.html";
    const FORMS_LEAD_OUT: bool = true;

    fn sample() -> Self {
        Self::new(samples::shell(Place::Applications))
    }

    fn help(&self) -> Vec<Help> {
        vec![]
    }
}
