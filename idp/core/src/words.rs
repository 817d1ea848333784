//! The words that people are found by: what they are called, what they are known by, and what their
//! keys are called. Pure; keeps nothing.
//!
//! A search is for the beginnings of words, in any order, without regard to case and accents. What is
//! kept and what is typed goes the same way through [`folded`], so that both meet; every sign is plain
//! text in both.

use std::collections::BTreeMap;

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

use crate::credentials::is_unseen;

/// The longest word, in characters: an e-mail address has no more. The rest of a longer one is
/// looked at nowhere.
const LONGEST: usize = 254;
/// The most words that are kept of one person.
const MOST: usize = 256;
/// The most words that a search has. Names have fewer.
const MOST_TYPED: usize = 16;
/// The longest search, in bytes.
const LONGEST_TYPED: usize = 1024;

/// Where a word comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Field {
    /// The person's name.
    Name,
    /// Their user name.
    Username,
    /// Their e-mail address.
    Email,
    /// What their organisation's payroll knows them by.
    StaffNumber,
    /// What one of their keys is called.
    Nickname,
    /// What is written on one of their keys.
    AssetTag,
}

impl Field {
    /// Every field.
    pub const ALL: [Self; 6] = [
        Self::Name,
        Self::Username,
        Self::Email,
        Self::StaffNumber,
        Self::Nickname,
        Self::AssetTag,
    ];

    fn bit(self) -> i64 {
        match self {
            Self::Name => 1,
            Self::Username => 2,
            Self::Email => 4,
            Self::StaffNumber => 8,
            Self::Nickname => 16,
            Self::AssetTag => 32,
        }
    }

    /// Whether its whole value stands for one person, or a few.
    fn identifies(self) -> bool {
        !matches!(self, Self::Name | Self::Nickname)
    }
}

/// Where one word of a person comes from: some fields, and whether it is all that one of them says.
/// As a number it is what is stored.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Fields(pub i64);

impl Fields {
    /// What numbers of words begin at that are a whole user name, address, number or tag.
    pub const WHOLE: i64 = 64;

    /// Whether the word is a whole user name, address, number or tag.
    #[must_use]
    pub fn is_whole(self) -> bool {
        self.0 >= Self::WHOLE
    }

    /// The fields.
    pub fn iter(self) -> impl Iterator<Item = Field> {
        Field::ALL.into_iter().filter(move |field| self.0 & field.bit() != 0)
    }
}

/// A word as it is kept.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Word {
    /// Whether it is letters and digits alone. Whatever has other signs in it is kept as it is and
    /// in its plain parts, so that a plain word that is typed is looked for among plain ones only.
    pub plain: bool,
    /// The folded text.
    pub text: String,
}

/// The words of one person.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Words(BTreeMap<Word, Fields>);

impl Words {
    /// What one field says, in the words that it is found by. What is said first is kept when there
    /// is too much.
    pub fn add(&mut self, field: Field, said: &str) {
        let pieces = pieces(said);
        if field.identifies() {
            let whole = cut(&pieces.join(" ")).to_owned();
            self.insert(Word { plain: false, text: whole }, field.bit() | Fields::WHOLE);
        }
        for piece in &pieces {
            self.insert_with_parts(piece, field);
            // Nobody is looked for by the address of their mail system.
            if field == Field::Email
                && let Some((local, _)) = piece.rsplit_once('@')
            {
                self.insert_with_parts(local, field);
            }
        }
    }

    fn insert_with_parts(&mut self, piece: &str, field: Field) {
        if !is_plain(piece) {
            let text = cut(piece).to_owned();
            self.insert(Word { plain: false, text }, field.bit());
        }
        if field == Field::Email && piece.contains('@') {
            return;
        }
        for part in piece.split(|c: char| !c.is_alphanumeric()) {
            self.insert(Word { plain: true, text: cut(part).to_owned() }, field.bit());
        }
    }

    fn insert(&mut self, word: Word, bits: i64) {
        if word.text.is_empty() || (self.0.len() >= MOST && !self.0.contains_key(&word)) {
            return;
        }
        self.0.entry(word).or_default().0 |= bits;
    }

    /// Each word once, with where it comes from.
    pub fn iter(&self) -> impl Iterator<Item = (&Word, Fields)> {
        self.0.iter().map(|(word, fields)| (word, *fields))
    }
}

/// What somebody typed to find people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Query {
    words: Vec<Word>,
    whole: String,
}

impl Query {
    /// Reads what was typed; `None` when there is nothing to look for in it, or more than anybody is
    /// called.
    #[must_use]
    pub fn parse(typed: &str) -> Option<Self> {
        if typed.len() > LONGEST_TYPED {
            return None;
        }
        let pieces = pieces(typed);
        if pieces.is_empty() || pieces.len() > MOST_TYPED {
            return None;
        }
        let whole = cut(&pieces.join(" ")).to_owned();
        let mut words: Vec<Word> = Vec::with_capacity(pieces.len());
        for piece in &pieces {
            let text = cut(piece);
            // Whoever has the longer one has this one as well.
            let implied = |other: &String| other.len() > text.len() && other.starts_with(text);
            let plain = is_plain(text);
            if pieces.iter().any(|other| implied(other) && is_plain(other) == plain)
                || words.iter().any(|word| word.text == text)
            {
                continue;
            }
            words.push(Word { plain, text: text.to_owned() });
        }
        Some(Self { words, whole })
    }

    /// The words, each of which somebody has to have the beginning of.
    #[must_use]
    pub fn words(&self) -> &[Word] {
        &self.words
    }

    /// All of it, as a whole user name, address, number or tag is kept.
    #[must_use]
    pub fn whole(&self) -> &str {
        &self.whole
    }
}

/// A text in the shape in which it is compared: compatibility forms, marks and case are gone, and so
/// is what nobody sees. Letters that are accented in name only (`ł`, `ø`) are what people type for
/// them.
#[must_use]
pub fn folded(text: &str) -> String {
    let lower = text.nfkd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase);
    let mut folded = String::with_capacity(text.len());
    for c in lower.nfkd() {
        match c {
            'ß' => folded.push_str("ss"),
            'æ' => folded.push_str("ae"),
            'œ' => folded.push_str("oe"),
            'þ' => folded.push_str("th"),
            'ø' => folded.push('o'),
            'ð' | 'đ' => folded.push('d'),
            'ł' => folded.push('l'),
            'ħ' => folded.push('h'),
            'ŧ' => folded.push('t'),
            'ı' => folded.push('i'),
            'ς' => folded.push('σ'),
            c if c.is_whitespace() => folded.push(' '),
            c if is_combining_mark(c) || c.is_control() || is_unseen(c) || is_apostrophe(c) => {}
            c => folded.push(c),
        }
    }
    folded
}

/// Typed and left out at will, so it is left out.
fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '`' | '\u{2018}' | '\u{2019}' | '\u{2bc}')
}

/// The words of a text, folded: what stands between spaces and signs that enclose or part words.
fn pieces(text: &str) -> Vec<String> {
    let parts = |c: char| {
        c == ' '
            || matches!(c, ',' | ';' | '(' | ')' | '[' | ']' | '{' | '}' | '<' | '>' | '"')
            || matches!(c, '\u{201c}' | '\u{201d}' | '\u{201e}' | '\u{ab}' | '\u{bb}')
    };
    let folded = folded(text);
    folded.split(parts).filter(|piece| !piece.is_empty()).map(str::to_owned).collect()
}

fn is_plain(piece: &str) -> bool {
    piece.chars().all(char::is_alphanumeric)
}

fn cut(piece: &str) -> &str {
    piece.char_indices().nth(LONGEST).map_or(piece, |(end, _)| piece.get(..end).unwrap_or(piece))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn words(field: Field, said: &str) -> Vec<(bool, String, bool)> {
        let mut words = Words::default();
        words.add(field, said);
        let told = |(word, fields): (&Word, Fields)| {
            assert_eq!(fields.iter().collect::<Vec<_>>(), [field]);
            (word.plain, word.text.clone(), fields.is_whole())
        };
        words.iter().map(told).collect()
    }

    fn plain(said: &str) -> Vec<String> {
        let all = words(Field::Name, said).into_iter();
        all.filter(|(plain, ..)| *plain).map(|(_, text, _)| text).collect()
    }

    fn typed(text: &str) -> Vec<String> {
        let query = Query::parse(text);
        query.iter().flat_map(Query::words).map(|word| word.text.clone()).collect()
    }

    #[test]
    fn case_accents_and_letters_that_look_accented_make_no_difference() {
        for (said, kept) in [
            ("Siân", "sian"),
            ("SIA\u{302}N", "sian"),
            ("Łukasz", "lukasz"),
            ("Sørensen", "sorensen"),
            ("Weiß", "weiss"),
            ("İpek", "ipek"),
            ("Isık", "isik"),
            ("Þóra", "thora"),
            ("ＡＭＹ", "amy"),
            ("ﬁona", "fiona"),
            ("Σωκράτης", "σωκρατησ"),
            ("مُحَمَّد", "محمد"),
            ("O’Brien", "obrien"),
            ("O'Brien", "obrien"),
        ] {
            assert_eq!(plain(said), [kept], "{said}");
            assert_eq!(typed(said), [kept], "{said}");
        }
    }

    #[test]
    fn a_user_name_is_found_whole_and_by_its_parts() {
        let of = |text: &str, plain, whole| (plain, text.to_owned(), whole);
        assert_eq!(
            words(Field::Username, "amy.ward"),
            [of("amy.ward", false, true), of("amy", true, false), of("ward", true, false)]
        );
        assert_eq!(
            words(Field::StaffNumber, "10442"),
            [of("10442", false, true), of("10442", true, false)]
        );
    }

    #[test]
    fn an_address_is_found_whole_and_by_what_stands_before_the_at_sign_and_not_by_its_host() {
        let texts: Vec<String> = words(Field::Email, "Amy.Ward@northgate.example")
            .into_iter()
            .map(|(_, text, _)| text)
            .collect();
        assert_eq!(texts, ["amy.ward", "amy.ward@northgate.example", "amy", "ward"]);
    }

    #[test]
    fn a_double_name_is_found_by_each_half_and_a_nickname_is_no_identifier() {
        assert_eq!(plain("Jones-Smith, Eva"), ["eva", "jones", "smith"]);
        assert!(words(Field::Nickname, "Blue key").iter().all(|(.., whole)| !whole));
        let tag = words(Field::AssetTag, "IT 0042");
        assert!(tag.contains(&(false, "it 0042".to_owned(), true)), "{tag:?}");
        assert_eq!(Query::parse("it  0042").expect("words").whole(), "it 0042");
    }

    #[test]
    fn what_is_wild_elsewhere_is_a_sign_like_any_other_and_never_everybody() {
        assert_eq!(typed("%"), ["%"]);
        assert_eq!(typed("a%_"), ["a%_"]);
        assert_eq!(typed("100% \u{1f642}"), ["100%", "\u{1f642}"]);
        assert_eq!(typed("\"Amy <Ward>\""), ["amy", "ward"]);
        for nothing in ["", "  ", "\"", "()", "'", "\u{202e}", "\u{200f} \u{200b}", "\u{0}"] {
            assert_eq!(Query::parse(nothing), None, "{nothing:?}");
        }
        assert_eq!(typed("\u{202e}ward\u{202c}"), ["ward"]);
    }

    #[test]
    fn words_that_another_one_implies_are_not_looked_for_and_too_many_are_nobodys() {
        assert_eq!(typed("a amy am ward amy"), ["amy", "ward"]);
        assert_eq!(typed("amy amy.ward"), ["amy", "amy.ward"]);
        assert!(Query::parse("a b c d e f g h i j k l m n o p").is_some());
        assert_eq!(Query::parse(&"x ".repeat(17)), None);
        assert_eq!(Query::parse(&"x".repeat(1025)), None);
    }

    #[test]
    fn a_person_has_a_bounded_number_of_words_and_the_first_stay() {
        let mut all = Words::default();
        all.add(Field::Username, "amy.ward");
        let many: String = (0..2000).map(|number| format!("w{number} ")).collect();
        all.add(Field::Nickname, &many);
        assert_eq!(all.iter().count(), MOST);
        assert!(all.iter().any(|(word, fields)| word.text == "amy.ward" && fields.is_whole()));
    }

    proptest! {
        #[test]
        fn whatever_somebody_is_called_is_found_by_all_of_it(name in "\\PC{1,60}") {
            let mut words = Words::default();
            words.add(Field::Name, &name);
            if let Some(query) = Query::parse(&name) {
                for typed in query.words() {
                    let found = words.iter().any(|(word, _)| {
                        word.plain == typed.plain && word.text.starts_with(&typed.text)
                    });
                    prop_assert!(found, "{typed:?} in {words:?}");
                }
            }
        }

        #[test]
        fn folding_twice_is_folding_once(text in "\\PC{0,40}") {
            let once = folded(&text);
            prop_assert_eq!(folded(&once), once);
        }
    }
}
