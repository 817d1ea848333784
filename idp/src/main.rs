//! The `latchkey` program.

use std::process::ExitCode;

/// Requests are answered in pieces on several threads, which the C library's allocator makes wait
/// for each other.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    latchkey::cli::run()
}
