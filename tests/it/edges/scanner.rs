//! Reads Rust source far enough to tell which paths it names: comments and literals are skipped,
//! `use` groups opened, `super` and inline modules followed. Not a parser.

/// A word or a sign of the source, with its line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) line: usize,
    pub(super) text: String,
}

/// What a path that starts at the crate's root names first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Named {
    pub(super) line: usize,
    pub(super) name: String,
}

/// Splits source into words, `::` and single signs.
pub(super) fn tokens(source: &str) -> Vec<Token> {
    let text: Vec<char> = source.chars().collect();
    let mut tokens = Vec::new();
    let (mut at, mut line) = (0, 1);
    while at < text.len() {
        let start = at;
        let rest = &text[at..];
        match rest {
            ['/', '/', ..] => at += rest.iter().take_while(|c| **c != '\n').count(),
            ['/', '*', ..] => at += block_comment(rest),
            ['"', ..] => at += string(rest),
            ['b' | 'c', '"', ..] => at += 1 + string(&rest[1..]),
            ['r', '"' | '#', ..] if raw_string(rest).is_some() => {
                at += raw_string(rest).unwrap_or(1);
            }
            ['b' | 'c', 'r', '"' | '#', ..] if raw_string(&rest[1..]).is_some() => {
                at += 1 + raw_string(&rest[1..]).unwrap_or(1);
            }
            ['\'', ..] => at += character(rest),
            [':', ':', ..] => {
                tokens.push(Token { line, text: "::".into() });
                at += 2;
            }
            [c, ..] if is_word(*c) => {
                let word: String = rest.iter().take_while(|c| is_word(**c)).collect();
                at += word.chars().count();
                tokens.push(Token { line, text: word });
            }
            [c, ..] => {
                if !c.is_whitespace() {
                    tokens.push(Token { line, text: c.to_string() });
                }
                at += 1;
            }
            [] => break,
        }
        line += text[start..at.min(text.len())].iter().filter(|c| **c == '\n').count();
    }
    tokens
}

/// What the source names at the crate's root, when it stands in this module.
pub(super) fn named_at_root(source: &str, module: &[&str]) -> Vec<Named> {
    let tokens = tokens(source);
    let word = |at: usize| tokens.get(at).map_or("", |token| token.text.as_str());
    let mut named = Vec::new();
    // Each open brace, and whether it opened an inline module.
    let mut braces: Vec<bool> = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let line = tokens[at].line;
        match word(at) {
            "{" => braces.push(at >= 2 && word(at - 2) == "mod"),
            "}" => {
                braces.pop();
            }
            "crate" if at > 0 && word(at - 1) == "$" => {}
            "crate" if word(at + 1) == "as" => named.push(Named { line, name: "crate as".into() }),
            "crate" if word(at + 1) == "::" => named.extend(first_names(&tokens, at + 2)),
            "super"
                if word(at + 1) == "::"
                    && starts_here(word(at.wrapping_sub(2)), word(at.wrapping_sub(1))) =>
            {
                let mut depth = module.len() + braces.iter().filter(|inline| **inline).count();
                while word(at) == "super" && word(at + 1) == "::" {
                    depth = depth.saturating_sub(1);
                    at += 2;
                }
                if depth == 0 {
                    named.extend(first_names(&tokens, at));
                }
                // What follows may open a brace.
                continue;
            }
            _ => {}
        }
        at += 1;
    }
    named
}

/// Whether a path starts after these two tokens: not inside another, but `self::super` counts.
fn starts_here(before: &str, last: &str) -> bool {
    last != "::" || before == "self"
}

/// The first name of a path, or of each path of a `use` group.
fn first_names(tokens: &[Token], at: usize) -> Vec<Named> {
    let name = |token: &Token| Named { line: token.line, name: token.text.clone() };
    let Some(first) = tokens.get(at) else { return vec![] };
    if first.text != "{" {
        return vec![name(first)];
    }
    let (mut depth, mut expected, mut names) = (0, true, Vec::new());
    for token in &tokens[at..] {
        match token.text.as_str() {
            "{" => depth += 1,
            "}" => depth -= 1,
            "," if depth == 1 => expected = true,
            _ if expected && depth == 1 => {
                names.push(name(token));
                expected = false;
            }
            _ => {}
        }
        if depth == 0 {
            break;
        }
    }
    names
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

fn block_comment(text: &[char]) -> usize {
    let (mut at, mut depth) = (0, 0);
    while at < text.len() {
        match &text[at..] {
            ['/', '*', ..] => (depth, at) = (depth + 1, at + 2),
            ['*', '/', ..] => (depth, at) = (depth - 1, at + 2),
            _ => at += 1,
        }
        if depth == 0 {
            break;
        }
    }
    at
}

fn string(text: &[char]) -> usize {
    let mut at = 1;
    while at < text.len() && text[at] != '"' {
        at += if text[at] == '\\' { 2 } else { 1 };
    }
    at + 1
}

/// The length of `r"…"` or `r#"…"#`; none for a raw identifier.
fn raw_string(text: &[char]) -> Option<usize> {
    let hashes = text[1..].iter().take_while(|c| **c == '#').count();
    if text.get(1 + hashes) != Some(&'"') {
        return None;
    }
    let end: Vec<char> = std::iter::once('"').chain(std::iter::repeat_n('#', hashes)).collect();
    let body = &text[2 + hashes..];
    let length = body.windows(end.len()).position(|window| window == end)?;
    Some(2 + hashes + length + end.len())
}

/// The length of a character literal, or of the quote of a lifetime.
fn character(text: &[char]) -> usize {
    match text {
        ['\'', '\\', ..] => text[2..].iter().skip(1).take_while(|c| **c != '\'').count() + 4,
        ['\'', _, '\'', ..] => 3,
        _ => 1,
    }
}
