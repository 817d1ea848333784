//! Relying parties that others wrote.

mod refusals;
