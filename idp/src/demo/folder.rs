//! The demo's folder: made, recognised by a file in it, and removed only if that file is there.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, bail};

const MARK: &str = "latchkey-demo.txt";
const WORDS: &str = "This folder holds the data of Latchkey's demo.\n\
                     `latchkey demo --reset` removes it and starts over.\n";

/// Makes the folder ready.
///
/// # Errors
/// When it holds something else than the demo's data, or cannot be made.
pub(super) fn prepare(folder: &Path, reset: bool) -> anyhow::Result<()> {
    let shown = folder.display();
    if !folder.exists() {
        return make(folder);
    }
    if !folder.is_dir() {
        bail!("{shown} is no folder; choose another with --data");
    }
    if folder.join(MARK).is_file() {
        if reset {
            fs::remove_dir_all(folder).with_context(|| format!("cannot remove {shown}"))?;
            return make(folder);
        }
        return Ok(());
    }
    let mut entries = fs::read_dir(folder).with_context(|| format!("cannot read {shown}"))?;
    if entries.next().is_some() {
        bail!(
            "{shown} holds something else than the demo's data (there is no {MARK} in it); choose \
             another folder with --data"
        );
    }
    make(folder)
}

fn make(folder: &Path) -> anyhow::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    // It will hold keys and password hashes.
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    let shown = folder.display();
    builder.create(folder).with_context(|| format!("cannot make the folder {shown}"))?;
    fs::write(folder.join(MARK), WORDS).with_context(|| format!("cannot write into {shown}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_or_empty_folder_becomes_the_demos_and_stays_it() {
        let above = tempfile::tempdir().expect("a folder");
        let folder = above.path().join("data/demo");
        prepare(&folder, false).expect("made");
        fs::write(folder.join("latchkey.db"), "kept").expect("written");
        prepare(&folder, false).expect("recognised");
        assert!(folder.join("latchkey.db").exists());
        prepare(above.path().join("empty").as_path(), true).expect("nothing to reset");
    }

    #[test]
    fn a_reset_starts_over() {
        let above = tempfile::tempdir().expect("a folder");
        let folder = above.path().join("demo");
        prepare(&folder, false).expect("made");
        fs::write(folder.join("latchkey.db"), "gone").expect("written");
        prepare(&folder, true).expect("reset");
        assert!(!folder.join("latchkey.db").exists());
        assert!(folder.join(MARK).exists());
    }

    #[test]
    fn somebody_elses_folder_is_refused_and_left_alone_even_by_a_reset() {
        let above = tempfile::tempdir().expect("a folder");
        let file = above.path().join("latchkey.db");
        fs::write(&file, "precious").expect("written");
        for reset in [false, true] {
            let error = prepare(above.path(), reset).expect_err("refused").to_string();
            assert!(error.contains("holds something else"), "{error}");
            assert_eq!(fs::read_to_string(&file).expect("there"), "precious");
        }
        assert!(prepare(&file, true).is_err());
    }
}
