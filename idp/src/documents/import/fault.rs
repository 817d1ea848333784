//! What can be wrong in a table: each with a word that programs know, what it is about, and a sentence
//! in English. What is quoted of a table is escaped and cut short where it was read.

use std::fmt;

use latchkey_api::imports::{OTHER_ROW_ERROR, ROW_ERRORS};
use latchkey_core::people::{Username, UsernameError};
use latchkey_core::usernames::Unfit;

use super::ImportError;
use super::table::LONGEST_LINE;

/// Something wrong in a table. Displayed as a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// There is nothing in it.
    Empty,
    /// It is text of another encoding, as spreadsheets write it.
    Utf16,
    /// It is text of some other encoding.
    NotUtf8,
    /// A line is too long; what follows was not read.
    LongLine,
    /// A line that cannot be read.
    NoRow,
    /// A quotation mark is not closed in its line.
    QuotationMark,
    /// Not as many cells as columns.
    Cells {
        /// How many there are.
        there: usize,
        /// How many the first line names.
        named: usize,
    },
    /// A column that does not exist.
    ColumnUnknown {
        /// As it was written.
        column: String,
        /// Those that there are.
        columns: Vec<&'static str>,
    },
    /// A column that does not exist, but for a slip.
    ColumnMisspelt {
        /// As it was written.
        column: String,
        /// What was probably meant.
        nearest: String,
    },
    /// A column that is there twice.
    ColumnTwice(&'static str),
    /// Nothing says who people are.
    NoUsernameColumn,
    /// Nothing says what people are called.
    NoNameColumn,
    /// No user name.
    Username(UsernameError),
    /// A user name that may not be given.
    Unfit(Unfit),
    /// Somebody of another organisation has the user name.
    UsernameElsewhere {
        /// The name.
        username: Username,
        /// The organisation that they do not belong to.
        organisation: String,
    },
    /// The user name is in an earlier line.
    UsernameTwice {
        /// The name.
        username: Username,
        /// That line.
        line: u64,
    },
    /// A cell that is too long, or has control characters.
    CellLong {
        /// Its column.
        column: &'static str,
        /// How many characters it may have.
        most: usize,
    },
    /// No e-mail address.
    Email(String),
    /// No language of the theme.
    Language {
        /// As it was written.
        typed: String,
        /// Those that there are.
        languages: Vec<String>,
    },
    /// A group that the organisation does not have.
    GroupUnknown {
        /// As it was written.
        group: String,
        /// The organisation.
        organisation: String,
    },
    /// A group that the organisation does not have, but for a slip.
    GroupMisspelt {
        /// As it was written.
        group: String,
        /// What was probably meant.
        nearest: String,
        /// The organisation.
        organisation: String,
    },
    /// Somebody else has the staff number.
    StaffNumberTaken {
        /// The number.
        staff_number: String,
        /// Who.
        username: Username,
    },
    /// The staff number is in an earlier line.
    StaffNumberTwice {
        /// The number.
        staff_number: String,
        /// That line.
        line: u64,
    },
    /// Somebody new without a name.
    NoName(Username),
    /// Somebody who has a role.
    HasRole(Username),
    /// Somebody who could not log in tomorrow as a member of groups that they would be put into.
    LocksOut {
        /// Who.
        username: Username,
        /// The groups.
        groups: Vec<String>,
    },
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("the file is empty; its first line names the columns"),
            Self::Utf16 => f.write_str("this is UTF-16; save it as \"CSV UTF-8\""),
            Self::NotUtf8 => f.write_str("this is no UTF-8 text; save the table as \"CSV UTF-8\""),
            Self::LongLine => {
                write!(f, "longer than {} KiB; what follows was not read", LONGEST_LINE / 1024)
            }
            Self::NoRow => f.write_str("this is no row of a table"),
            Self::QuotationMark => f.write_str("a quotation mark is not closed in this line"),
            Self::Cells { there, named } => {
                write!(f, "{there} cells, where the first line has {named}")
            }
            Self::ColumnUnknown { column, columns } => {
                let columns = columns.join(", ");
                write!(f, "there is no column \"{column}\"; there are {columns}")
            }
            Self::ColumnMisspelt { column, nearest } => {
                write!(f, "there is no column \"{column}\"; the nearest is \"{nearest}\"")
            }
            Self::ColumnTwice(column) => write!(f, "the column \"{column}\" is there twice"),
            Self::NoUsernameColumn => f.write_str("the column \"username\" is missing"),
            Self::NoNameColumn => f.write_str(
                "the column \"name\" is missing, and so are \"given_name\" and \"family_name\"",
            ),
            Self::Username(error) => write!(f, "\"username\": {error}"),
            Self::Unfit(unfit) => unfit.fmt(f),
            Self::UsernameElsewhere { username, organisation } => write!(
                f,
                "the user name \"{username}\" is taken by somebody who does not belong to \
                 {organisation}"
            ),
            Self::UsernameTwice { username, line } => {
                write!(f, "\"{username}\" is in line {line} already")
            }
            Self::CellLong { column, most } => {
                write!(f, "\"{column}\" is 1 to {most} characters in one line")
            }
            Self::Email(typed) => write!(f, "\"email\" is an e-mail address, not \"{typed}\""),
            Self::Language { typed, languages } => {
                write!(f, "\"language\" is {}, not \"{typed}\"", languages.join(" or "))
            }
            Self::GroupUnknown { group, organisation } => {
                write!(f, "there is no group \"{group}\" in {organisation}")
            }
            Self::GroupMisspelt { group, nearest, organisation } => write!(
                f,
                "there is no group \"{group}\"; the nearest is \"{nearest}\" in {organisation}"
            ),
            Self::StaffNumberTaken { staff_number, username } => {
                write!(f, "the staff number {staff_number} is that of \"{username}\"")
            }
            Self::StaffNumberTwice { staff_number, line } => {
                write!(f, "the staff number {staff_number} is in line {line} already")
            }
            Self::NoName(username) => {
                write!(f, "\"{username}\" is new, and their name is missing")
            }
            Self::HasRole(username) => write!(
                f,
                "\"{username}\" has a role; who has one is not changed by a table: `latchkey \
                 apply` does it"
            ),
            Self::LocksOut { username, groups } => write!(
                f,
                "\"{username}\" could not log in tomorrow as a member of {}: they do not have \
                 what is demanded there; put them in on the group's page, which says what they need",
                groups.join(", ")
            ),
        }
    }
}

/// A word that programs know, and what it is about: one value for each name that the word has.
pub(super) type Coded = (&'static str, Vec<String>);

impl Fault {
    /// The same as programs know it.
    pub(super) fn coded(&self) -> Coded {
        let (code, values): (_, &[&dyn ToString]) = match self {
            Self::Empty => ("empty", &[]),
            Self::Utf16 => ("utf-16", &[]),
            Self::NotUtf8 => ("not-utf-8", &[]),
            Self::LongLine => ("long-line", &[&(LONGEST_LINE / 1024)]),
            Self::NoRow => ("no-row", &[]),
            Self::QuotationMark => ("quotation-mark", &[]),
            Self::Cells { there, named } => ("cells", &[there, named]),
            Self::ColumnUnknown { column, columns } => {
                ("column-unknown", &[column, &columns.join(", ")])
            }
            Self::ColumnMisspelt { column, nearest } => ("column-misspelt", &[column, nearest]),
            Self::ColumnTwice(column) => ("column-twice", &[column]),
            Self::NoUsernameColumn => ("no-username-column", &[]),
            Self::NoNameColumn => ("no-name-column", &[]),
            Self::Username(UsernameError::Empty) => ("username-empty", &[]),
            Self::Username(UsernameError::TooLong) => ("username-long", &[&Username::MAX_CHARS]),
            Self::Username(UsernameError::Character) => ("username-character", &[]),
            Self::Unfit(Unfit::Reserved(username)) => ("username-reserved", &[username]),
            Self::Unfit(Unfit::Shape { name, example }) => ("username-shape", &[name, example]),
            Self::UsernameElsewhere { username, organisation } => {
                ("username-elsewhere", &[username, organisation])
            }
            Self::UsernameTwice { username, line } => ("username-twice", &[username, line]),
            Self::CellLong { column, most } => ("cell-long", &[column, most]),
            Self::Email(typed) => ("email", &[typed]),
            Self::Language { typed, languages } => ("language", &[typed, &languages.join(", ")]),
            Self::GroupUnknown { group, organisation } => ("group-unknown", &[group, organisation]),
            Self::GroupMisspelt { group, nearest, organisation } => {
                ("group-misspelt", &[group, nearest, organisation])
            }
            Self::StaffNumberTaken { staff_number, username } => {
                ("staff-number-taken", &[staff_number, username])
            }
            Self::StaffNumberTwice { staff_number, line } => {
                ("staff-number-twice", &[staff_number, line])
            }
            Self::NoName(username) => ("no-name", &[username]),
            Self::HasRole(username) => ("has-role", &[username]),
            Self::LocksOut { username, groups } => ("locks-out", &[username, &groups.join(", ")]),
        };
        (code, values.iter().map(|value| value.to_string()).collect())
    }
}

impl ImportError {
    /// The word that programs know it by.
    pub(super) fn code(&self) -> &'static str {
        match self {
            Self::Forbidden => "forbidden",
            Self::Busy => "running",
            Self::NoMail => "no-mail",
            Self::Io(_) => "unread",
            Self::Table(_) | Self::Overtaken { .. } | Self::Store(_) | Self::Internal(_) => {
                OTHER_ROW_ERROR
            }
        }
    }
}

/// What the values of a code are called.
pub(super) fn names(code: &str) -> &'static [&'static str] {
    ROW_ERRORS.iter().find(|(known, _)| *known == code).map_or(&[], |(_, names)| *names)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all() -> Vec<Fault> {
        let username = Username::parse("ivy.lane").expect("a user name");
        let name = username.clone();
        vec![
            Fault::Empty,
            Fault::Utf16,
            Fault::NotUtf8,
            Fault::LongLine,
            Fault::NoRow,
            Fault::QuotationMark,
            Fault::Cells { there: 2, named: 9 },
            Fault::ColumnUnknown { column: "pay".into(), columns: vec!["name"] },
            Fault::ColumnMisspelt { column: "emial".into(), nearest: "email".into() },
            Fault::ColumnTwice("name"),
            Fault::NoUsernameColumn,
            Fault::NoNameColumn,
            Fault::Username(UsernameError::Empty),
            Fault::Username(UsernameError::TooLong),
            Fault::Username(UsernameError::Character),
            Fault::Unfit(Unfit::Reserved(username.clone())),
            Fault::Unfit(Unfit::Shape { name, example: "ab12".into() }),
            Fault::UsernameElsewhere { username: username.clone(), organisation: "east".into() },
            Fault::UsernameTwice { username: username.clone(), line: 7 },
            Fault::CellLong { column: "phone", most: 40 },
            Fault::Email("at home".into()),
            Fault::Language { typed: "kw".into(), languages: vec!["en".into(), "cy".into()] },
            Fault::GroupUnknown { group: "x".into(), organisation: "east".into() },
            Fault::GroupMisspelt {
                group: "theater".into(),
                nearest: "theatre".into(),
                organisation: "east".into(),
            },
            Fault::StaffNumberTaken { staff_number: "17".into(), username: username.clone() },
            Fault::StaffNumberTwice { staff_number: "17".into(), line: 7 },
            Fault::NoName(username.clone()),
            Fault::HasRole(username.clone()),
            Fault::LocksOut { username, groups: vec!["theatre".into(), "wards".into()] },
        ]
    }

    #[test]
    fn every_fault_has_a_code_of_its_own_and_a_value_for_each_of_its_names() {
        let mut codes: Vec<_> = all().iter().map(|fault| fault.coded().0).collect();
        for fault in all() {
            let (code, values) = fault.coded();
            assert!(ROW_ERRORS.iter().any(|(known, _)| *known == code), "{code} is not told");
            assert_eq!(values.len(), names(code).len(), "{code}");
            assert!(
                values.iter().all(|value| fault.to_string().contains(value)
                    || fault.to_string().contains(&value.replace(", ", " or "))),
                "{fault}"
            );
        }
        codes.extend(
            [ImportError::Forbidden, ImportError::Busy, ImportError::NoMail]
                .map(|error| error.code()),
        );
        codes.push(ImportError::Io(std::io::Error::other("gone")).code());
        let known: Vec<_> = ROW_ERRORS.iter().map(|(code, _)| *code).collect();
        assert_eq!(codes, known, "each once, and no other");
    }
}
