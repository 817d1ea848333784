//! What operators do with an installation, by its command line and beside a server that serves.

mod backup;
mod doctor;
mod documents;
mod keys;
mod logs;
mod metrics;
pub(crate) mod served;
mod shutdown;
mod tls;
mod traces;
