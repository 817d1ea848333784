//! Whether what is written in a style sheet's colours can be read (WCAG 2.2 §1.4.3, and §1.4.11
//! for outlines), in light and in dark: by its custom properties, which the pages' rules use.

use std::collections::BTreeMap;

use latchkey_core::colours::{Colour, READABLE};

use super::Finding;

/// What outlines need.
const SEEN: f64 = 3.0;

/// What stands on what, and how well it has to be told from it.
const PAIRS: [(&str, &str, f64); 17] = [
    ("ink", "surface", READABLE),
    ("ink", "page", READABLE),
    ("ink", "sunken", READABLE),
    ("ink-2", "surface", READABLE),
    ("ink-2", "page", READABLE),
    ("link", "surface", READABLE),
    ("link", "page", READABLE),
    ("link", "tint", READABLE),
    ("accent", "tint", READABLE),
    ("on-accent", "accent", READABLE),
    ("bad", "surface", READABLE),
    ("bad", "bad-tint", READABLE),
    ("on-bad", "bad", READABLE),
    ("good", "surface", READABLE),
    ("good", "good-tint", READABLE),
    ("warn", "warn-tint", READABLE),
    ("edge", "surface", SEEN),
];

/// A colour and the line that sets it.
type Tokens = BTreeMap<String, (Colour, usize)>;

pub(super) fn check(path: &str, source: &str, findings: &mut Vec<Finding>) {
    let (light, dark) = tokens(source);
    let mut both = light.clone();
    both.extend(dark);
    for (scheme, tokens) in [("light", &light), ("dark", &both)] {
        for (text, ground, least) in PAIRS {
            let (Some((one, line)), Some((other, ground_line))) =
                (tokens.get(text), tokens.get(ground))
            else {
                continue;
            };
            let ratio = one.contrast(*other);
            if ratio < least {
                let ratio = (ratio * 100.0).floor() / 100.0;
                let text = format!(
                    "--{text} {one} has a contrast of {ratio:.2}:1 with --{ground} {other} in \
                     {scheme}, and needs {least}:1 (WCAG 2.2 AA)"
                );
                // The later of the two is what a theme changed last.
                findings.push(Finding::new(path, Some((*line).max(*ground_line)), text));
            }
        }
    }
}

/// The colours that `:root` sets, in light and, on top of those, in dark.
fn tokens(source: &str) -> (Tokens, Tokens) {
    let (mut light, mut dark) = (Tokens::new(), Tokens::new());
    let mut blocks: Vec<String> = Vec::new();
    let mut begun = String::new();
    let mut line = 1;
    let mut rest = source.chars().peekable();
    while let Some(letter) = rest.next() {
        if letter == '\n' {
            line += 1;
        }
        if letter == '/' && rest.peek() == Some(&'*') {
            let mut last = ' ';
            for letter in rest.by_ref().skip(1) {
                line += usize::from(letter == '\n');
                if last == '*' && letter == '/' {
                    break;
                }
                last = letter;
            }
            continue;
        }
        match letter {
            '{' => blocks.push(std::mem::take(&mut begun)),
            ';' | '}' => {
                if let Some((name, colour)) = declaration(&begun)
                    && blocks.last().is_some_and(|block| block.trim() == ":root")
                {
                    match blocks.as_slice() {
                        [_] => light.insert(name, (colour, line)),
                        [around, _] if around.contains("dark") => dark.insert(name, (colour, line)),
                        _ => None,
                    };
                }
                begun.clear();
                if letter == '}' {
                    blocks.pop();
                }
            }
            _ => begun.push(letter),
        }
    }
    (light, dark)
}

/// `--name: #rgb` or `--name: #rrggbb`.
fn declaration(text: &str) -> Option<(String, Colour)> {
    let (name, value) = text.trim().strip_prefix("--")?.split_once(':')?;
    let value = value.trim();
    let short = value.strip_prefix('#').filter(|digits| digits.len() == 3);
    let long = short
        .map(|digits| digits.chars().fold("#".to_owned(), |long, c| long + &format!("{c}{c}")));
    Some((name.trim().to_owned(), Colour::parse(long.as_deref().unwrap_or(value))?))
}
