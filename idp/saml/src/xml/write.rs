//! A writer whose output is canonical as it stands (Exclusive XML Canonicalization 1.0 without
//! comments, §2 and §3), so that what is signed need not be made canonical first.
//!
//! Owns order, namespaces and escapes; what a message says is not known here. Nothing reaches the
//! output but through [`Writer::element`] and its like: start and end tags match, a namespace is
//! declared by the outermost elements that use it and nowhere else, attributes are sorted, and a
//! value stays one value, whatever is in it.

use std::fmt::Write as _;
use std::ops::Range;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use latchkey_core::Timestamp;
use x509_cert::der::DateTime;

pub(crate) use crate::xml::namespace::Namespace;
use crate::xml::namespace::Scope;

/// Why a message cannot be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WriteError {
    /// A value has a character that XML 1.0 has no place for (§2.2), or a time that it cannot tell.
    #[error("the value of {field} cannot stand in XML")]
    Illegal {
        /// The element or the attribute.
        field: &'static str,
    },
    /// What the message says is against its specification.
    #[error("{field} cannot be written: {why}")]
    Unwritable {
        /// The element or the attribute.
        field: &'static str,
        /// What is against it.
        why: &'static str,
    },
    /// The key does not sign.
    #[error("the message could not be signed")]
    Signing,
    /// The assertion could not be encrypted.
    #[error("the assertion could not be encrypted")]
    Encrypting,
}

/// The name of an element.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Name(pub(crate) Namespace, pub(crate) &'static str);

/// What an attribute says.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Value<'a> {
    /// The attribute is not there.
    Absent,
    Text(&'a str),
    Time(Timestamp),
    Number(u64),
    Flag(bool),
}

impl<'a> From<&'a str> for Value<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(text)
    }
}

impl From<Timestamp> for Value<'_> {
    fn from(time: Timestamp) -> Self {
        Self::Time(time)
    }
}

impl From<bool> for Value<'_> {
    fn from(flag: bool) -> Self {
        Self::Flag(flag)
    }
}

macro_rules! numbers {
    ($($number:ty),*) => {$(
        impl From<$number> for Value<'_> {
            fn from(number: $number) -> Self {
                Self::Number(u64::from(number))
            }
        }
    )*};
}
numbers!(u16, u32);

impl<'a, T: Into<Value<'a>>> From<Option<T>> for Value<'a> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Absent, Into::into)
    }
}

/// An attribute without a namespace: its name, once in an element, and its value.
pub(crate) type XmlAttribute<'a> = (&'static str, Value<'a>);

/// An attribute of this name.
pub(crate) fn attribute<'a>(name: &'static str, value: impl Into<Value<'a>>) -> XmlAttribute<'a> {
    (name, value.into())
}

/// The language of what is inside. The prefix `xml` is declared for everybody (Namespaces in XML
/// §3).
pub(crate) fn lang(language: &str) -> XmlAttribute<'_> {
    (LANG, Value::Text(language))
}

const LANG: &str = "xml:lang";

/// Where an element stands that a signature is to go into.
#[derive(Debug)]
pub(crate) struct Signable {
    /// The element, from its first byte to the one after its last.
    element: Range<usize>,
    /// Where the signature goes.
    gap: usize,
}

/// A document in the making, or a part of one.
#[derive(Debug)]
pub(crate) struct Writer {
    out: String,
    scope: Scope,
    field: &'static str,
    /// The first thing that went wrong; the output is never handed out then.
    failure: Option<WriteError>,
}

impl Writer {
    /// An empty document, with room for this many bytes.
    pub(crate) fn new(capacity: usize) -> Self {
        Self {
            out: String::with_capacity(capacity),
            scope: Scope::default(),
            field: "",
            failure: None,
        }
    }

    /// What was written.
    ///
    /// # Errors
    /// With the first thing that went wrong.
    pub(crate) fn finish(self) -> Result<String, WriteError> {
        match self.failure {
            Some(failure) => Err(failure),
            None => Ok(self.out),
        }
    }

    /// Whether [`Writer::finish`] fails already.
    pub(crate) fn has_failed(&self) -> bool {
        self.failure.is_some()
    }

    /// Has [`Writer::finish`] fail, unless it does already.
    pub(crate) fn fail(&mut self, failure: WriteError) {
        self.failure.get_or_insert(failure);
    }

    /// An element with what `content` writes into it.
    pub(crate) fn element<'a>(
        &mut self,
        name: Name,
        attributes: impl AsMut<[XmlAttribute<'a>]>,
        content: impl FnOnce(&mut Self),
    ) {
        self.signable(name, attributes, |_| (), content);
    }

    /// An element with a text and no more.
    pub(crate) fn leaf<'a>(
        &mut self,
        name: Name,
        attributes: impl AsMut<[XmlAttribute<'a>]>,
        text: &str,
    ) {
        self.element(name, attributes, |writer| writer.text(text));
    }

    /// An element that a signature can go into, between what `head` and `rest` write.
    pub(crate) fn signable<'a>(
        &mut self,
        name: Name,
        mut attributes: impl AsMut<[XmlAttribute<'a>]>,
        head: impl FnOnce(&mut Self),
        rest: impl FnOnce(&mut Self),
    ) -> Signable {
        let (outer_scope, outer_field) = (self.scope, self.field);
        let start = self.out.len();
        let Name(namespace, local) = name;
        self.out.push('<');
        self.qualified(name);
        if !self.scope.has(namespace) {
            self.scope = self.scope.with(namespace);
            self.declaration(namespace);
        }
        let attributes = attributes.as_mut();
        // The one of a namespace comes after those of none (Canonical XML §2.3).
        attributes.sort_unstable_by_key(|(name, _)| (*name == LANG, *name));
        for (name, value) in attributes {
            self.field = name;
            self.value(*value);
        }
        self.out.push('>');
        self.field = local;
        head(self);
        let gap = self.out.len();
        rest(self);
        self.out.push_str("</");
        self.qualified(name);
        self.out.push('>');
        (self.scope, self.field) = (outer_scope, outer_field);
        Signable { element: start..self.out.len(), gap }
    }

    /// Characters of the element that is open.
    pub(crate) fn text(&mut self, text: &str) {
        self.escaped(text, |byte| match byte {
            b'&' => Some("&amp;"),
            b'<' => Some("&lt;"),
            b'>' => Some("&gt;"),
            b'\r' => Some("&#xD;"),
            _ => None,
        });
    }

    /// Bytes, as base64 in one line.
    pub(crate) fn base64(&mut self, bytes: &[u8]) {
        STANDARD.encode_string(bytes, &mut self.out);
    }

    /// A document that another writer finished, as a part of this one. Its outermost declaration
    /// goes where it repeats one; a signature in it holds all the same, since canonicalising the
    /// part alone puts it back.
    pub(crate) fn embed(&mut self, document: &str) {
        let mut ours = Namespace::ALL.into_iter();
        let Some(namespace) = ours.find(|namespace| {
            let rest =
                document.strip_prefix('<').and_then(|at| at.strip_prefix(namespace.prefix()));
            rest.is_some_and(|rest| rest.starts_with(':'))
        }) else {
            return self.fail(NOT_OURS);
        };
        // A namespace that only a deeper element declares must not be in scope here.
        let is_harmless = self.scope.is_within(namespace, Namespace::Soap);
        let mut declaration = Self::new(64);
        declaration.declaration(namespace);
        match document.split_once(declaration.out.as_str()) {
            Some((tag, rest)) if !tag.contains([' ', '>']) && is_harmless => {
                self.out.push_str(tag);
                if !self.scope.has(namespace) {
                    self.out.push_str(&declaration.out);
                }
                self.out.push_str(rest);
            }
            _ => self.fail(NOT_OURS),
        }
    }

    /// The bytes of an element, as they were last.
    pub(crate) fn written(&self, element: &Signable) -> &str {
        &self.out[element.element.clone()]
    }

    /// Puts a document that another writer finished into the gap of an element.
    pub(crate) fn fill(&mut self, element: &mut Signable, document: &str) {
        self.out.insert_str(element.gap, document);
        element.element.end += document.len();
    }

    /// Takes the element that was written last away again.
    pub(crate) fn take_back(&mut self, element: &Signable) -> String {
        self.out.split_off(element.element.start)
    }

    fn qualified(&mut self, Name(namespace, local): Name) {
        self.out.push_str(namespace.prefix());
        self.out.push(':');
        self.out.push_str(local);
    }

    fn declaration(&mut self, namespace: Namespace) {
        self.out.push_str(" xmlns:");
        self.out.push_str(namespace.prefix());
        self.out.push_str("=\"");
        self.out.push_str(namespace.uri());
        self.out.push('"');
    }

    /// The attribute that [`Self::field`] names.
    fn value(&mut self, value: Value<'_>) {
        if matches!(value, Value::Absent) {
            return;
        }
        self.out.push(' ');
        self.out.push_str(self.field);
        self.out.push_str("=\"");
        match value {
            Value::Absent => (),
            Value::Text(text) => self.escaped(text, |byte| match byte {
                b'&' => Some("&amp;"),
                b'<' => Some("&lt;"),
                b'"' => Some("&quot;"),
                b'\t' => Some("&#x9;"),
                b'\n' => Some("&#xA;"),
                b'\r' => Some("&#xD;"),
                _ => None,
            }),
            Value::Time(time) => self.time(time),
            Value::Number(number) => {
                // Writing to a string cannot fail.
                let _ = write!(self.out, "{number}");
            }
            Value::Flag(flag) => self.out.push_str(if flag { "true" } else { "false" }),
        }
        self.out.push('"');
    }

    /// An `xs:dateTime` in UTC with milliseconds (SAML Core §1.3.3).
    fn time(&mut self, time: Timestamp) {
        let since = u64::try_from(time.seconds()).ok().map(Duration::from_secs);
        let Some(read) = since.and_then(|since| DateTime::from_unix_duration(since).ok()) else {
            return self.fail(WriteError::Illegal { field: self.field });
        };
        let millis = u16::try_from(time.millis().rem_euclid(1000)).unwrap_or_default();
        for (number, digits, after) in [
            (read.year(), 4, '-'),
            (read.month().into(), 2, '-'),
            (read.day().into(), 2, 'T'),
            (read.hour().into(), 2, ':'),
            (read.minutes().into(), 2, ':'),
            (read.seconds().into(), 2, '.'),
            (millis, 3, 'Z'),
        ] {
            self.digits(number, digits);
            self.out.push(after);
        }
    }

    /// A number in so many digits. By hand, since a message has six times.
    fn digits(&mut self, number: u16, digits: u32) {
        for place in (0..digits).rev() {
            let digit = (number / 10_u16.pow(place)) % 10;
            self.out.push(char::from_digit(digit.into(), 10).unwrap_or('0'));
        }
    }

    /// The text with these bytes as references, where every character is one of XML 1.0's (§2.2):
    /// no control characters but TAB, LF and CR, and neither U+FFFE nor U+FFFF.
    fn escaped(&mut self, text: &str, reference: impl Fn(u8) -> Option<&'static str>) {
        let bytes = text.as_bytes();
        let mut clean = 0;
        for (at, &byte) in bytes.iter().enumerate() {
            let legal = match byte {
                b'\t' | b'\n' | b'\r' => true,
                0xef => !matches!(bytes.get(at + 1..at + 3), Some([0xbf, 0xbe | 0xbf])),
                _ => byte >= b' ',
            };
            if !legal {
                return self.fail(WriteError::Illegal { field: self.field });
            }
            if let Some(reference) = reference(byte) {
                self.out.push_str(&text[clean..at]);
                self.out.push_str(reference);
                clean = at + 1;
            }
        }
        self.out.push_str(&text[clean..]);
    }
}

const NOT_OURS: WriteError = WriteError::Unwritable {
    field: "message",
    why: "it is to be one that was written here, on its own",
};

#[cfg(test)]
mod tests;
