//! The admin console's page, which says what it will be.

use latchkey_web::{Help, Page};
use serde::Serialize;

/// What stands at `/admin`.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct Placeholder {}

impl Page for Placeholder {
    const TEMPLATE: &'static str = "console/placeholder.html";

    fn sample() -> Self {
        Self {}
    }

    fn help(&self) -> Vec<Help> {
        vec![]
    }
}
