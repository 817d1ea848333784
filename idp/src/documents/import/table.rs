//! From bytes to rows: the header, its separator, and a cell for each column.
//!
//! No cell of ours holds a line break, so a line of the file is a row, and what is wrong has the
//! line's own number. Spreadsheets write a byte order mark, `;` where the decimal sign is a comma,
//! and empty rows at the end: all of that is taken.

use std::collections::BTreeSet;
use std::io::{self, BufRead as _, BufReader, Read};

use csv::{ByteRecord, ReaderBuilder};
use latchkey_core::ids::GroupId;
use latchkey_core::people::{LONGEST_STAFF_NUMBER, Username, is_email_address};

use super::{Context, Fault, Problems};
use crate::source::nearest;

/// The longest line that is read, in bytes.
pub(super) const LONGEST_LINE: usize = 64 * 1024;
/// What a cell says to have nothing there. An empty one says nothing.
const NOTHING: &str = "-";
/// What may stand between cells.
const SEPARATORS: [u8; 3] = [b',', b';', b'\t'];

/// A column that a table can have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Column {
    Username,
    Name,
    GivenName,
    FamilyName,
    Email,
    StaffNumber,
    Phone,
    Language,
    Groups,
}

/// Every column: its name in the first line, and what a cell says.
pub const COLUMNS: [(&str, &str); 9] = [
    ("username", "what they type to log in"),
    ("name", "their name as people read it; made of the next two when it is not there"),
    ("given_name", "the claim of that name"),
    ("family_name", "the claim of that name"),
    ("email", "their e-mail address"),
    ("staff_number", "what payroll knows them by; once in an organisation"),
    ("phone", "their telephone number, which a helpdesk calls back"),
    ("language", "the language of their first letters: en or cy; later they choose it themselves"),
    ("groups", "the ids of all groups of the organisation that they are in, separated by spaces"),
];

/// The columns in the order of [`COLUMNS`].
const ALL: [Column; COLUMNS.len()] = [
    Column::Username,
    Column::Name,
    Column::GivenName,
    Column::FamilyName,
    Column::Email,
    Column::StaffNumber,
    Column::Phone,
    Column::Language,
    Column::Groups,
];

impl Column {
    fn name(self) -> &'static str {
        COLUMNS[self as usize].0
    }

    /// The column of a name, in any case and with anything between its words.
    fn find(typed: &str) -> Option<Self> {
        let plain = |name: &str| -> String {
            name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
        };
        let typed = plain(typed);
        ALL.into_iter().find(|column| plain(column.name()) == typed)
    }
}

/// What a cell says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) enum Said<T> {
    /// Nothing about it.
    #[default]
    Unsaid,
    /// That there is none.
    Nothing,
    /// What it is.
    Value(T),
}

impl<T> Said<T> {
    pub(super) fn value(&self) -> Option<&T> {
        match self {
            Self::Value(value) => Some(value),
            Self::Unsaid | Self::Nothing => None,
        }
    }

    /// What is there once this was said, where `before` was.
    pub(super) fn over(&self, before: Option<T>) -> Option<T>
    where
        T: Clone,
    {
        match self {
            Self::Unsaid => before,
            Self::Nothing => None,
            Self::Value(value) => Some(value.clone()),
        }
    }
}

/// One row.
#[derive(Clone, Debug)]
pub(super) struct Row {
    /// Where it stands, from 1.
    pub(super) line: u64,
    pub(super) username: Username,
    pub(super) name: Option<String>,
    pub(super) given_name: Said<String>,
    pub(super) family_name: Said<String>,
    pub(super) email: Said<String>,
    pub(super) staff_number: Said<String>,
    pub(super) phone: Said<String>,
    pub(super) language: Option<String>,
    pub(super) groups: Said<BTreeSet<GroupId>>,
}

/// Some rows.
pub(super) type Rows = Vec<Row>;

/// A table that is being read.
pub(super) struct Table<R> {
    lines: Lines<R>,
    separator: u8,
    /// What each cell of a row is about.
    columns: Vec<Column>,
}

impl<R: Read> Table<R> {
    /// Reads the header; `None` when it is wrong, which is told.
    pub(super) fn open(input: R, problems: &mut Problems) -> io::Result<Option<Self>> {
        let input = BufReader::new(input);
        let mut lines = Lines { input, number: 0, buffer: Vec::new(), given_up: false };
        if !lines.next(problems)? {
            if problems.is_empty() {
                problems.at(1, Fault::Empty);
            }
            return Ok(None);
        }
        let first = lines.buffer.as_slice();
        if first.starts_with(&[0xff, 0xfe]) || first.starts_with(&[0xfe, 0xff]) {
            problems.at(1, Fault::Utf16);
            return Ok(None);
        }
        let header = first.strip_prefix("\u{feff}".as_bytes()).unwrap_or(first);
        let Some((separator, names)) = SEPARATORS
            .into_iter()
            .filter_map(|separator| Some((separator, cells(header, separator).ok()?)))
            .rev()
            .max_by_key(|(_, names)| names.iter().filter(|it| Column::find(it).is_some()).count())
        else {
            problems.at(1, Fault::NotUtf8);
            return Ok(None);
        };
        let columns = columns(&names, problems);
        Ok(columns.map(|columns| Self { lines, separator, columns }))
    }

    /// The next rows, at most so many lines of them; `None` at the end. Those that are wrong are
    /// told, and left out.
    pub(super) fn next_rows(
        &mut self,
        most: usize,
        context: &Context,
        problems: &mut Problems,
    ) -> io::Result<Option<Rows>> {
        let mut rows = Vec::new();
        for number in 0..most {
            if !self.lines.next(problems)? {
                if number == 0 {
                    return Ok(None);
                }
                break;
            }
            let line = self.lines.number;
            match cells(&self.lines.buffer, self.separator) {
                Ok(cells) if cells.iter().all(String::is_empty) => {}
                Ok(cells) if cells.len() != self.columns.len() => {
                    let (there, named) = (cells.len(), self.columns.len());
                    problems.at(line, Fault::Cells { there, named });
                }
                Ok(cells) => rows.extend(self.row(line, cells, context, problems)),
                Err(fault) => problems.at(line, fault),
            }
        }
        Ok(Some(rows))
    }

    fn row(
        &self,
        line: u64,
        cells: Vec<String>,
        context: &Context,
        problems: &mut Problems,
    ) -> Option<Row> {
        let mut reading = Reading { line, fine: true, problems };
        let (mut username, mut name, mut language) = (None, None, None);
        let (mut given_name, mut family_name) = (Said::Unsaid, Said::Unsaid);
        let (mut email, mut staff_number, mut phone) = (Said::Unsaid, Said::Unsaid, Said::Unsaid);
        let mut groups = Said::Unsaid;
        for (column, cell) in self.columns.iter().copied().zip(cells) {
            match column {
                Column::Username => username = reading.username(&cell),
                Column::Name => name = reading.line(column, cell, 200).value().cloned(),
                Column::GivenName => given_name = reading.line(column, cell, 100),
                Column::FamilyName => family_name = reading.line(column, cell, 100),
                Column::Email => email = reading.email(cell),
                Column::StaffNumber => {
                    staff_number = reading.line(column, cell, LONGEST_STAFF_NUMBER);
                }
                Column::Phone => phone = reading.line(column, cell, 40),
                Column::Language => language = reading.language(&cell, context),
                Column::Groups => groups = reading.groups(&cell, context),
            }
        }
        if name.is_none()
            && let (Some(given), Some(family)) = (given_name.value(), family_name.value())
        {
            name = Some(format!("{given} {family}"));
        }
        let fine = reading.fine;
        let username = username.filter(|_| fine)?;
        Some(Row {
            line,
            username,
            name,
            given_name,
            family_name,
            email,
            staff_number,
            phone,
            language,
            groups,
        })
    }
}

/// Which column each cell is about; `None` when the header is wrong, which is told.
fn columns(names: &[String], problems: &mut Problems) -> Option<Vec<Column>> {
    let mut columns = Vec::with_capacity(names.len());
    for name in names {
        match Column::find(name) {
            Some(column) if columns.contains(&column) => {
                problems.at(1, Fault::ColumnTwice(column.name()));
            }
            Some(column) => columns.push(column),
            None => {
                let column = shown(name, 63);
                let columns = COLUMNS.map(|(name, _)| name);
                let fault = match nearest(&column, columns).map(str::to_owned) {
                    Some(nearest) => Fault::ColumnMisspelt { column, nearest },
                    None => Fault::ColumnUnknown { column, columns: columns.to_vec() },
                };
                problems.at(1, fault);
            }
        }
    }
    if !columns.contains(&Column::Username) {
        problems.at(1, Fault::NoUsernameColumn);
    }
    let parts = [Column::GivenName, Column::FamilyName];
    if !columns.contains(&Column::Name) && !parts.iter().all(|part| columns.contains(part)) {
        problems.at(1, Fault::NoNameColumn);
    }
    problems.is_empty().then_some(columns)
}

/// Reads the cells of one row, and remembers whether all were fine.
struct Reading<'p> {
    line: u64,
    fine: bool,
    problems: &'p mut Problems,
}

impl Reading<'_> {
    fn refuse(&mut self, fault: Fault) {
        self.fine = false;
        self.problems.at(self.line, fault);
    }

    fn username(&mut self, cell: &str) -> Option<Username> {
        match Username::parse(cell) {
            Ok(name) => Some(name),
            Err(error) => {
                self.refuse(Fault::Username(error));
                None
            }
        }
    }

    fn line(&mut self, column: Column, cell: String, most: usize) -> Said<String> {
        if cell.chars().count() > most || cell.chars().any(char::is_control) {
            self.refuse(Fault::CellLong { column: column.name(), most });
            return Said::Unsaid;
        }
        match cell.as_str() {
            "" => Said::Unsaid,
            NOTHING => Said::Nothing,
            _ => Said::Value(cell),
        }
    }

    fn email(&mut self, cell: String) -> Said<String> {
        match cell.as_str() {
            "" => Said::Unsaid,
            NOTHING => Said::Nothing,
            address if is_email_address(address) => Said::Value(cell),
            other => {
                self.refuse(Fault::Email(shown(other, 100)));
                Said::Unsaid
            }
        }
    }

    fn language(&mut self, cell: &str, context: &Context) -> Option<String> {
        if cell.is_empty() || cell == NOTHING {
            return None;
        }
        let tag = cell.to_lowercase();
        if context.languages.contains(&tag) {
            return Some(tag);
        }
        let (typed, languages) = (shown(cell, 40), context.languages.clone());
        self.refuse(Fault::Language { typed, languages });
        None
    }

    fn groups(&mut self, cell: &str, context: &Context) -> Said<BTreeSet<GroupId>> {
        match cell {
            "" => return Said::Unsaid,
            NOTHING => return Said::Nothing,
            _ => {}
        }
        let mut groups = BTreeSet::new();
        let apart = |c: char| c.is_whitespace() || matches!(c, ',' | ';' | '|');
        for name in cell.split(apart).filter(|name| !name.is_empty()) {
            match context.groups.get(name) {
                Some(id) => {
                    groups.insert(*id);
                }
                None => {
                    let known = context.groups.keys().map(String::as_str);
                    let (group, organisation) = (shown(name, 63), context.slug.clone());
                    self.refuse(match nearest(&group, known).map(str::to_owned) {
                        Some(nearest) => Fault::GroupMisspelt { group, nearest, organisation },
                        None => Fault::GroupUnknown { group, organisation },
                    });
                }
            }
        }
        Said::Value(groups)
    }
}

/// A text as a terminal may show it, cut short.
fn shown(text: &str, most: usize) -> String {
    text.escape_debug().take(most).collect()
}

/// The cells of a line, trimmed.
fn cells(line: &[u8], separator: u8) -> Result<Vec<String>, Fault> {
    if line.iter().filter(|byte| **byte == b'"').count() % 2 == 1 {
        return Err(Fault::QuotationMark);
    }
    let mut reader = ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(separator)
        .buffer_capacity(line.len().max(1))
        .from_reader(line);
    let mut record = ByteRecord::new();
    // An empty line has no cell at all.
    if !reader.read_byte_record(&mut record).map_err(|_| Fault::NoRow)? {
        return Ok(Vec::new());
    }
    let text = |cell: &[u8]| std::str::from_utf8(cell).map(|cell| cell.trim().to_owned());
    record.iter().map(text).collect::<Result<_, _>>().map_err(|_| Fault::NotUtf8)
}

/// The lines of a file, one at a time.
struct Lines<R> {
    input: BufReader<R>,
    /// The number of the line in the buffer, from 1.
    number: u64,
    buffer: Vec<u8>,
    /// A line was too long.
    given_up: bool,
}

impl<R: Read> Lines<R> {
    /// Goes on to the next line; `false` at the end, and when a line is too long, which is told.
    fn next(&mut self, problems: &mut Problems) -> io::Result<bool> {
        self.buffer.clear();
        if self.given_up {
            return Ok(false);
        }
        let most = (LONGEST_LINE + 1) as u64;
        (&mut self.input).take(most).read_until(b'\n', &mut self.buffer)?;
        if self.buffer.is_empty() {
            return Ok(false);
        }
        self.number += 1;
        if self.buffer.len() > LONGEST_LINE {
            problems.at(self.number, Fault::LongLine);
            self.given_up = true;
            self.buffer.clear();
            return Ok(false);
        }
        while let [.., b'\n' | b'\r'] = self.buffer.as_slice() {
            self.buffer.pop();
        }
        Ok(true)
    }
}
