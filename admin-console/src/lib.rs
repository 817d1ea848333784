//! latchkey-console
