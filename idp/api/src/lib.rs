//! latchkey-api
