//! What is wrong with a text: a sentence each, with its place.

use std::fmt;

use super::Place;

/// How many are told one by one: nobody reads more.
const TOLD: usize = 1000;

/// One thing that is wrong.
#[derive(Clone)]
pub struct Problem {
    place: Option<Place>,
    text: String,
}

impl Problem {
    /// Something wrong at a place.
    #[must_use]
    pub fn at(place: &Place, text: impl Into<String>) -> Self {
        Self { place: Some(place.clone()), text: text.into() }
    }

    /// Something wrong with the whole.
    #[must_use]
    pub fn general(text: impl Into<String>) -> Self {
        Self { place: None, text: text.into() }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.place {
            Some(place) => write!(f, "{place}: {}", self.text),
            None => f.write_str(&self.text),
        }
    }
}

// A `Result`'s `expect` shows these; the sentence is all that there is to show.
impl fmt::Debug for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for Problem {}

/// Everything that is wrong. Displayed one a line.
#[derive(Clone, Default)]
pub struct Problems(Vec<Problem>);

impl Problems {
    /// Notes something wrong at a place.
    pub fn at(&mut self, place: &Place, text: impl Into<String>) {
        self.0.push(Problem::at(place, text));
    }

    /// Notes something wrong.
    pub fn push(&mut self, problem: Problem) {
        self.0.push(problem);
    }

    /// Takes over what is wrong elsewhere.
    pub fn append(&mut self, mut other: Self) {
        self.0.append(&mut other.0);
    }

    /// Whether all is well.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How much is wrong.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Each with its place.
    pub fn iter(&self) -> impl Iterator<Item = (Option<&Place>, &str)> {
        self.0.iter().map(|problem| (problem.place.as_ref(), problem.text.as_str()))
    }

    /// `value` if all is well.
    ///
    /// # Errors
    /// Everything that is wrong.
    pub fn or<T>(self, value: T) -> Result<T, Self> {
        if self.is_empty() { Ok(value) } else { Err(self) }
    }
}

impl From<Problem> for Problems {
    fn from(problem: Problem) -> Self {
        Self(vec![problem])
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.0.iter().take(TOLD).enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            problem.fmt(f)?;
        }
        match self.0.len().saturating_sub(TOLD) {
            0 => Ok(()),
            more => write!(f, "\nand {more} more"),
        }
    }
}

impl fmt::Debug for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for Problems {}
