//! Exclusive canonical XML 1.0 without comments (W3C xml-exc-c14n): the octets that signatures are
//! over.
//!
//! Nothing rests on this being right but that good signatures verify: what was signed is read from
//! these very octets ([`crate::verify`]).

use std::borrow::Cow;

use super::screen::{Attribute, Event, Start};
use super::tree::{Child, Element};

/// Takes octets as they come.
pub(crate) trait Sink {
    /// Takes the next octets.
    fn write(&mut self, octets: &[u8]);
}

impl Sink for Vec<u8> {
    fn write(&mut self, octets: &[u8]) {
        self.extend_from_slice(octets);
    }
}

impl Sink for aws_lc_rs::digest::Context {
    fn write(&mut self, octets: &[u8]) {
        self.update(octets);
    }
}

/// Writes elements in canonical form, event by event.
pub(crate) struct Canonical<'p, 'x, S> {
    sink: S,
    /// `InclusiveNamespaces`: prefixes that are written wherever they are declared.
    inclusive: &'p [String],
    /// What prefixes stand for, innermost last.
    declared: Vec<(&'x str, Cow<'x, str>)>,
    /// What was written of that, innermost last.
    written: Vec<(&'x str, Cow<'x, str>)>,
    open: Vec<Open<'x>>,
}

/// An element whose end tag is to come.
struct Open<'x> {
    prefix: &'x str,
    local: &'x str,
    declared: usize,
    written: usize,
}

impl<'p, 'x, S: Sink> Canonical<'p, 'x, S> {
    /// Writes to `sink`.
    pub(crate) fn new(sink: S, inclusive: &'p [String]) -> Self {
        Self { sink, inclusive, declared: Vec::new(), written: Vec::new(), open: Vec::new() }
    }

    /// Takes note of an element around the first one that is written.
    fn around(&mut self, start: Start<'x>) {
        self.declared.extend(start.declarations);
    }

    /// Writes what comes next.
    pub(crate) fn event(&mut self, event: Event<'x>) {
        match event {
            Event::Start(start) => self.start(start),
            Event::Text(text) => self.text(&text),
            Event::End => self.end(),
        }
    }

    /// All that was written.
    pub(crate) fn into_sink(self) -> S {
        self.sink
    }

    fn start(&mut self, start: Start<'x>) {
        let Start { prefix, local, namespace, declarations, mut attributes } = start;
        self.open.push(Open {
            prefix,
            local,
            declared: self.declared.len(),
            written: self.written.len(),
        });
        self.declared.extend(declarations);

        // §3: what is visibly used, or asked for, and not written yet with the same meaning.
        let mut used: Vec<(&'x str, Cow<'x, str>)> = vec![(prefix, namespace)];
        let with_prefix = attributes.iter().filter(|attribute| !attribute.prefix.is_empty());
        used.extend(with_prefix.map(|attribute| (attribute.prefix, attribute.namespace.clone())));
        for wanted in self.inclusive {
            let declared = self.declared.iter().rev().find(|(prefix, _)| prefix == wanted);
            used.extend(declared.cloned());
        }
        used.retain(|(prefix, namespace)| {
            let written = self.written.iter().rev().find(|(written, _)| written == prefix);
            let written = written.map_or("", |(_, namespace)| namespace);
            *prefix != "xml" && written != namespace
        });
        used.sort_unstable();
        used.dedup();
        // Canonical XML §2.2: by namespace, then by name; those without a namespace first.
        attributes.sort_unstable_by(|a, b| (&a.namespace, a.local).cmp(&(&b.namespace, b.local)));

        self.sink.write(b"<");
        self.name(prefix, local);
        for (prefix, namespace) in &used {
            self.sink.write(b" xmlns");
            if !prefix.is_empty() {
                self.sink.write(b":");
                self.sink.write(prefix.as_bytes());
            }
            self.value(namespace);
        }
        for Attribute { prefix, local, value, .. } in &attributes {
            self.sink.write(b" ");
            self.name(prefix, local);
            self.value(value);
        }
        self.sink.write(b">");
        self.written.extend(used);
    }

    fn end(&mut self) {
        let Some(Open { prefix, local, declared, written }) = self.open.pop() else { return };
        self.declared.truncate(declared);
        self.written.truncate(written);
        self.sink.write(b"</");
        self.name(prefix, local);
        self.sink.write(b">");
    }

    fn text(&mut self, text: &str) {
        self.escaped(text, |byte| match byte {
            b'&' => Some(b"&amp;"),
            b'<' => Some(b"&lt;"),
            b'>' => Some(b"&gt;"),
            b'\r' => Some(b"&#xD;"),
            _ => None,
        });
    }

    fn value(&mut self, value: &str) {
        self.sink.write(b"=\"");
        self.escaped(value, |byte| match byte {
            b'&' => Some(b"&amp;"),
            b'<' => Some(b"&lt;"),
            b'"' => Some(b"&quot;"),
            b'\t' => Some(b"&#x9;"),
            b'\n' => Some(b"&#xA;"),
            b'\r' => Some(b"&#xD;"),
            _ => None,
        });
        self.sink.write(b"\"");
    }

    fn name(&mut self, prefix: &str, local: &str) {
        if !prefix.is_empty() {
            self.sink.write(prefix.as_bytes());
            self.sink.write(b":");
        }
        self.sink.write(local.as_bytes());
    }

    fn escaped(&mut self, text: &str, escape: impl Fn(u8) -> Option<&'static [u8]>) {
        let mut rest = text.as_bytes();
        while let Some((at, escaped)) =
            rest.iter().enumerate().find_map(|(at, &byte)| Some((at, escape(byte)?)))
        {
            self.sink.write(&rest[..at]);
            self.sink.write(escaped);
            rest = &rest[at + 1..];
        }
        self.sink.write(rest);
    }
}

/// The most octets that are made of an element: more than any message has, though canonical form
/// escapes more than others and repeats the names of namespaces.
pub(crate) const LARGEST: usize = 8 * crate::LARGEST_MESSAGE;

/// An element of a document in canonical form, without one of its children. Nothing, when that is
/// too long.
pub(crate) fn octets(
    element: Element<'_>,
    without: Option<Element<'_>>,
    inclusive: &[String],
) -> Option<Vec<u8>> {
    let mut canonical = Canonical::new(Vec::new(), inclusive);
    let around: Vec<_> = std::iter::successors(element.parent(), |e| e.parent()).collect();
    around.into_iter().rev().for_each(|element| canonical.around(element.start()));
    write(element, without, &mut canonical)?;
    Some(canonical.into_sink())
}

fn write<'d>(
    element: Element<'d>,
    without: Option<Element<'d>>,
    canonical: &mut Canonical<'_, 'd, Vec<u8>>,
) -> Option<()> {
    canonical.start(element.start());
    for child in element.content() {
        match child {
            Child::Text(text) => canonical.text(text),
            Child::Element(child) if without.is_some_and(|without| without.is_same(child)) => {}
            Child::Element(child) => write(child, None, canonical)?,
        }
    }
    canonical.end();
    (canonical.sink.len() <= LARGEST).then_some(())
}
