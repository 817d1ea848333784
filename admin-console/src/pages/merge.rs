//! Two administrators who change the same thing: what the slower one typed, on top of what the other
//! wrote.

/// What comes of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Merged<const N: usize> {
    /// What was typed, and where nothing was, what is there now.
    pub(crate) values: [String; N],
    /// What the other wrote where both did.
    pub(crate) others: Vec<Option<String>>,
}

/// Puts what was `typed` over what `was` there on top of what is there `now`.
pub(crate) fn merge<const N: usize>(
    typed: &[String; N],
    was: &[String; N],
    now: &[String; N],
) -> Merged<N> {
    let mut merged = Merged { values: now.clone(), others: vec![None; N] };
    for place in 0..N {
        if typed[place] != was[place] {
            merged.values[place].clone_from(&typed[place]);
            let by_both = now[place] != was[place] && now[place] != typed[place];
            merged.others[place] = by_both.then(|| now[place].clone());
        }
    }
    merged
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_either_wrote_is_lost() {
        let of = |values: [&str; 5]| values.map(str::to_owned);
        let was = of(["a", "b", "c", "d", "e"]);
        let typed = of(["a", "mine", "c", "mine", "same"]);
        let now = of(["a", "b", "theirs", "theirs", "same"]);
        let merged = merge(&typed, &was, &now);
        assert_eq!(merged.values, of(["a", "mine", "theirs", "mine", "same"]));
        assert_eq!(merged.others, [None, None, None, Some("theirs".to_owned()), None]);
    }
}
