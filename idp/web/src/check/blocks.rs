//! Blocks of a stylesheet that are not closed, or closed once too often. Browsers mend both in
//! silence (CSS Syntax Level 3 §5), and drop what follows or put it where nobody looks for it.

use super::Finding;

/// Looks through a stylesheet, past comments and strings.
pub(super) fn check(path: &str, source: &str, findings: &mut Vec<Finding>) {
    let mut open = Vec::new();
    let mut quote = None;
    let mut is_comment = false;
    for (number, line) in source.lines().enumerate() {
        let mut letters = line.chars().peekable();
        while let Some(letter) = letters.next() {
            let next = letters.peek().copied();
            match (letter, quote) {
                ('*', _) if is_comment && next == Some('/') => is_comment = false,
                _ if is_comment => {}
                ('\\', _) => {
                    letters.next();
                }
                (letter, Some(end)) => quote = (letter != end).then_some(end),
                ('/', None) if next == Some('*') => {
                    letters.next();
                    is_comment = true;
                }
                ('"' | '\'', None) => quote = Some(letter),
                ('{', None) => open.push(number + 1),
                ('}', None) if open.pop().is_none() => {
                    let text = "this closes a block that was not opened";
                    findings.push(Finding::new(path, Some(number + 1), text));
                }
                _ => {}
            }
        }
        // A string ends with its line (§4.3.5).
        quote = None;
    }
    if let Some(line) = open.first() {
        findings.push(Finding::new(path, Some(*line), "this block is not closed"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(source: &str) -> Vec<String> {
        let mut findings = Vec::new();
        check("assets/a.css", source, &mut findings);
        findings.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_block_that_swallows_what_follows_is_told_by_the_line_that_opens_it() {
        let swallowed = "a { b: c; }\n@media (max-width: 40rem) {\n  a { b: d; }\n\n.e { f: g; }\n";
        assert_eq!(found(swallowed), ["assets/a.css:2: this block is not closed"]);
        let twice = "a { b: c; }\n}\nd { e: f; }";
        assert_eq!(found(twice), ["assets/a.css:2: this closes a block that was not opened"]);
    }

    #[test]
    fn what_is_closed_commented_out_or_quoted_is_no_block() {
        let fine =
            "/* { \" */ a::before { content: \"{\"; } b { content: '\\'}'; }\n@media x { c { } }";
        assert_eq!(found(fine), [""; 0]);
    }
}
