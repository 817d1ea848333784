//! What somebody probably meant.

/// The one of `known` that is nearest to `typed`, if any is near enough to be worth saying.
#[must_use]
pub fn nearest<'k>(typed: &str, known: impl IntoIterator<Item = &'k str>) -> Option<&'k str> {
    let typed = typed.to_lowercase();
    let likeness = |name: &str| {
        let letters = strsim::normalized_damerau_levenshtein(&typed, &name.to_lowercase());
        // Somebody who writes `mail_url` for `url` shares few letters and means it all the same.
        let inside = name.len() > 2 && typed.contains(&name.to_lowercase());
        if inside { letters.max(0.5) } else { letters }
    };
    let rated = known.into_iter().map(|name| (likeness(name), name));
    let best = rated.max_by(|one, other| one.0.total_cmp(&other.0));
    best.filter(|(likeness, _)| *likeness > 0.3).map(|(_, name)| name)
}
