//! Which browser on which system, as people call them, from how a browser describes itself
//! (RFC 9110 §10.1.5). Never its own words: they can say anything.

/// The family of a browser and its system, e.g. `Firefox, Windows`; `None` for an unknown one.
pub(super) fn browser(agent: &str) -> Option<String> {
    // The first that fits: many claim to be others that come later.
    const BROWSERS: [(&str, &str); 7] = [
        ("Edg", "Edge"),
        ("OPR/", "Opera"),
        ("SamsungBrowser/", "Samsung Internet"),
        ("Firefox/", "Firefox"),
        ("FxiOS/", "Firefox"),
        ("Chrome/", "Chrome"),
        ("CriOS/", "Chrome"),
    ];
    const SYSTEMS: [(&str, &str); 6] = [
        ("Windows", "Windows"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Android", "Android"),
        ("Mac OS X", "Mac"),
        ("Linux", "Linux"),
    ];
    let find = |known: &[(&str, &'static str)]| {
        known.iter().find(|(mark, _)| agent.contains(mark)).map(|(_, name)| *name)
    };
    let safari = || agent.contains("Safari/").then_some("Safari");
    let name = find(&BROWSERS).or_else(safari)?;
    Some(match find(&SYSTEMS) {
        Some(system) => format!("{name}, {system}"),
        None => name.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_browser_is_told_by_its_family_and_never_in_its_own_words() {
        for (agent, name) in [
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) \
                 Chrome/124.0.0.0 Safari/537.36 Edg/124.0.0.0",
                Some("Edge, Windows"),
            ),
            (
                "Mozilla/5.0 (X11; Linux x86_64; rv:125.0) Gecko/20100101 Firefox/125.0",
                Some("Firefox, Linux"),
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 \
                 (KHTML, like Gecko) Version/17.4 Mobile/15E148 Safari/604.1",
                Some("Safari, iPhone"),
            ),
            (
                "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) \
                 Chrome/124.0.0.0 Mobile Safari/537.36",
                Some("Chrome, Android"),
            ),
            ("curl/8.5.0", None),
            ("Visit https://evil.example now", None),
            ("", None),
        ] {
            assert_eq!(browser(agent).as_deref(), name, "{agent}");
        }
    }
}
