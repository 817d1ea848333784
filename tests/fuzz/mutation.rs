//! Inputs from inputs, the same ones for the same seed (SplitMix64).

/// Where the choices come from.
#[derive(Clone, Debug)]
pub struct Choices(u64);

/// No input grows beyond this: the parsers' own bounds are tried by the corpora.
const LONGEST: usize = 8 * 1024;

impl Choices {
    /// The choices of a seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `bound`; 0 when that is 0.
    pub fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() % (bound as u64).max(1)).unwrap_or(0)
    }

    fn pick<'a, T>(&mut self, of: &'a [T]) -> Option<&'a T> {
        of.get(self.below(of.len()))
    }

    /// One of the corpus, changed in up to six places.
    pub fn input(&mut self, corpus: &[Vec<u8>], words: &[&str]) -> Vec<u8> {
        let mut input = self.pick(corpus).cloned().unwrap_or_default();
        for _ in 0..=self.below(6) {
            self.change(&mut input, corpus, words);
        }
        input.truncate(LONGEST);
        input
    }

    fn change(&mut self, input: &mut Vec<u8>, corpus: &[Vec<u8>], words: &[&str]) {
        const BYTES: [u8; 16] = *b"\0\n\r\t \"%&+,./:=\\\xff";
        let at = self.below(input.len() + 1);
        let length = self.below(input.len() - at + 1).min(1 + self.below(16));
        match self.below(9) {
            0 if at < input.len() => input[at] ^= 1 << self.below(8),
            1 if at < input.len() => input[at] = u8::try_from(self.below(256)).unwrap_or(0),
            2 => input.insert(at, *self.pick(&BYTES).unwrap_or(&0)),
            3 => drop(input.drain(at..at + length)),
            4 => {
                let again = input[at..at + length].to_vec();
                let times = 1 + self.below(3);
                input.splice(at..at, again.repeat(times));
            }
            5 | 6 => {
                let word = self.pick(words).map(|word| word.as_bytes().to_vec());
                input.splice(at..at + length, word.unwrap_or_default());
            }
            7 => {
                let other = self.pick(corpus).cloned().unwrap_or_default();
                let from = self.below(other.len() + 1);
                input.truncate(at);
                input.extend_from_slice(&other[from..]);
            }
            _ => input.truncate(at),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_gives_the_same_inputs_again_and_many_different_ones() {
        let corpus = [b"a=b&c=d".to_vec(), b"{}".to_vec()];
        let inputs = |seed| {
            let mut choices = Choices::new(seed);
            (0..200).map(|_| choices.input(&corpus, &["scope"])).collect::<Vec<_>>()
        };
        assert_eq!(inputs(7), inputs(7));
        assert_ne!(inputs(7), inputs(8));
        let different: std::collections::BTreeSet<_> = inputs(7).into_iter().collect();
        assert!(different.len() > 100, "{}", different.len());
    }
}
