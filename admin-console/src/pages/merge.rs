//! Two administrators who change the same thing: what the slower one typed, on top of what the other
//! wrote.

/// What comes of a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Merged {
    /// What was typed, and where nothing was, what is there now.
    pub(crate) value: String,
    /// What the other wrote where both did.
    pub(crate) other: Option<String>,
}

/// Puts what was `typed` over what `was` there on top of what is there `now`.
pub(crate) fn merge(typed: &str, was: &str, now: &str) -> Merged {
    if typed == was {
        return Merged { value: now.to_owned(), other: None };
    }
    let by_both = now != was && now != typed;
    Merged { value: typed.to_owned(), other: by_both.then(|| now.to_owned()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_either_wrote_is_lost() {
        for (typed, was, now, value, other) in [
            ("a", "a", "a", "a", None),
            ("mine", "b", "b", "mine", None),
            ("c", "c", "theirs", "theirs", None),
            ("mine", "d", "theirs", "mine", Some("theirs")),
            ("same", "e", "same", "same", None),
        ] {
            let (value, other) = (value.to_owned(), other.map(str::to_owned));
            assert_eq!(merge(typed, was, now), Merged { value, other }, "{typed}, {was}, {now}");
        }
    }
}
