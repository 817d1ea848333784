//! What the measuring and the killing share: the product as its operators run it, and browsers and
//! applications that ask it as people do. The tests themselves are in `it`.

pub mod application;
pub mod browser;
pub mod hostile;
pub mod kill;
pub mod server;
