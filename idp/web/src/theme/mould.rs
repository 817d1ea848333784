//! Pages of which nothing but a form differs from one request to the next: they are rendered once, with
//! a mark in place of each value, and from then on only filled in.
//!
//! Only of the built-in templates, which write each value as it is: an operator's own may do with it
//! what they like. Knows no page.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::sync::{Arc, PoisonError, RwLock};

use crate::escape::Escaped;
use crate::i18n::Locale;
use crate::parts::Form;

/// Stands around the number of a value, and in no theme: a character for private use.
const MARK: char = '\u{e000}';
/// Forms with more inputs than this are rendered each by itself.
const MOST_INPUTS: usize = 16;

/// A page: which template, in which language, with how many hidden inputs.
type Key = (&'static str, Locale, usize);

/// What was rendered once.
#[derive(Debug, Default)]
pub(super) struct Moulds(RwLock<HashMap<Key, Arc<Mould>>>);

/// A page with gaps.
#[derive(Debug)]
pub(super) struct Mould {
    /// Texts, each with the number of the value that comes after it.
    pieces: Vec<(Box<str>, usize)>,
    end: Box<str>,
}

/// Stands on a page for the value of this number.
pub(super) fn mark(number: usize) -> String {
    format!("{MARK}{number}{MARK}")
}

/// A form with a mark for each of its values; the next number is `first`.
pub(super) fn marked(form: &Form, first: usize) -> Form {
    let hidden = (0..form.hidden.len()).map(|at| first + 1 + 2 * at);
    Form { action: mark(first), hidden: hidden.map(|at| (mark(at), mark(at + 1))).collect() }
}

/// The values of a form, in the order of its marks.
pub(super) fn values(form: &Form) -> impl Iterator<Item = &str> {
    let hidden = form.hidden.iter().flat_map(|(name, value)| [name.as_str(), value.as_str()]);
    std::iter::once(form.action.as_str()).chain(hidden)
}

impl Moulds {
    /// The mould of a page, made by `render` the first time; none for a form of too many inputs.
    pub(super) fn find<E>(
        &self,
        template: &'static str,
        locale: Locale,
        form: &Form,
        render: impl FnOnce() -> Result<String, E>,
    ) -> Result<Option<Arc<Mould>>, E> {
        let inputs = form.hidden.len();
        if inputs > MOST_INPUTS {
            return Ok(None);
        }
        let key = (template, locale, inputs);
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(mould) = known.get(&key) {
            return Ok(Some(Arc::clone(mould)));
        }
        drop(known);
        let mould = Arc::new(Mould::of(&render()?));
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        known.insert(key, Arc::clone(&mould));
        Ok(Some(mould))
    }
}

impl Mould {
    fn of(page: &str) -> Self {
        let mut pieces = Vec::new();
        let mut rest = page.split(MARK);
        let mut end = rest.next().unwrap_or_default();
        while let (Some(number), Some(after)) = (rest.next(), rest.next()) {
            // A number that is none stands for no value, and nothing is put there.
            pieces.push((end.into(), number.parse().unwrap_or(usize::MAX)));
            end = after;
        }
        Self { pieces, end: end.into() }
    }

    /// The page with these values, escaped as the template escapes them.
    pub(super) fn fill(&self, values: &[&str]) -> String {
        let texts = self.pieces.iter().map(|(text, _)| text.len()).sum::<usize>() + self.end.len();
        let room = values.iter().map(|value| value.len() + value.len() / 8).sum::<usize>();
        let mut page = String::with_capacity(texts + room);
        for (text, number) in &self.pieces {
            page.push_str(text);
            if let Some(value) = values.get(*number) {
                // Writing to a string cannot fail.
                let _ = write!(page, "{}", Escaped(value));
            }
        }
        page.push_str(&self.end);
        page
    }
}
