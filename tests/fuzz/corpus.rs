//! The kept inputs: a folder a target, a file an input.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Where a target's inputs are kept.
#[must_use]
pub fn folder(target: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(target)
}

/// A target's inputs, in the order of their names.
///
/// # Errors
/// When they cannot be read.
pub fn read(target: &str) -> io::Result<Vec<Vec<u8>>> {
    let mut paths: Vec<_> = fs::read_dir(folder(target))?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<io::Result<_>>()?;
    paths.sort();
    paths.iter().map(fs::read).collect()
}

/// Keeps an input that a target failed at, named after what it holds.
///
/// # Errors
/// When it cannot be written.
pub fn keep(target: &str, input: &[u8]) -> io::Result<PathBuf> {
    let name = input.iter().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    });
    let path = folder(target).join(format!("failed-{name:016x}"));
    fs::write(&path, input)?;
    Ok(path)
}
