//! Trying a target: over what is kept, and over what comes of that by chance.

use std::panic::catch_unwind;

use crate::Target;
use crate::mutation::Choices;

/// An input that a target failed at.
#[derive(Clone, Debug)]
pub struct Failure {
    /// The input.
    pub input: Vec<u8>,
    /// What the target said.
    pub said: String,
}

impl Target {
    /// Tries every input of a corpus.
    ///
    /// # Errors
    /// The first that fails.
    pub fn replay(&self, corpus: &[Vec<u8>]) -> Result<(), Failure> {
        corpus.iter().try_for_each(|input| self.try_one(input))
    }

    /// Tries `rounds` inputs that come of a corpus.
    ///
    /// # Errors
    /// The first that fails.
    pub fn mutate(
        &self,
        corpus: &[Vec<u8>],
        choices: &mut Choices,
        rounds: usize,
    ) -> Result<(), Failure> {
        (0..rounds).try_for_each(|_| self.try_one(&choices.input(corpus, self.words)))
    }

    fn try_one(&self, input: &[u8]) -> Result<(), Failure> {
        catch_unwind(|| (self.run)(input)).map_err(|payload| {
            let text = payload.downcast_ref::<String>().cloned();
            let text = text.or_else(|| payload.downcast_ref::<&str>().map(ToString::to_string));
            Failure { input: input.to_vec(), said: text.unwrap_or_default() }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{TARGETS, corpus};

    /// How many inputs each target gets in a bounded run, or fewer where one takes long.
    const ROUNDS: usize = 3000;

    #[test]
    fn every_target_holds_over_its_corpus_and_what_comes_of_it() {
        let mut failures = Vec::new();
        for target in TARGETS {
            let kept = corpus::read(target.name).expect("a corpus");
            assert!(!kept.is_empty(), "{} has nothing to begin with", target.name);
            let mut choices = Choices::new(20_261_124);
            let done = target
                .replay(&kept)
                .and_then(|()| target.mutate(&kept, &mut choices, ROUNDS / target.cost));
            if let Err(Failure { input, said }) = done {
                let input = input.escape_ascii();
                failures.push(format!("{}: {said}\n  at b\"{input}\"", target.name));
            }
        }
        assert!(failures.is_empty(), "{}", failures.join("\n"));
    }

    #[test]
    fn every_kept_folder_belongs_to_a_target() {
        let folders = std::fs::read_dir(corpus::folder("")).expect("the corpora");
        for folder in folders {
            let name = folder.expect("readable").file_name();
            let known = TARGETS.iter().any(|target| name == target.name);
            assert!(known, "{} is no target", name.display());
        }
    }

    #[test]
    fn a_target_that_fails_is_found() {
        let target = Target {
            name: "fails",
            cost: 1,
            run: |bytes| assert!(!bytes.windows(2).any(|two| two == b"%%"), "two of them"),
            words: &["%"],
        };
        let kept = [b"a%b".to_vec()];
        target.replay(&kept).expect("it holds");
        let failure = target.mutate(&kept, &mut Choices::new(1), 10_000).expect_err("it fails");
        assert_eq!(failure.said, "two of them");
        assert!(failure.input.windows(2).any(|two| two == b"%%"));
    }
}
