//! The first look at XML that somebody sent, before anything else sees it.
//!
//! Owns the bounds and what is refused outright: document types and entities, processing
//! instructions, other encodings, floods. Nothing is ever fetched, and nothing is repaired: what is
//! not well-formed (XML 1.0, Namespaces in XML 1.0) is refused.

use std::borrow::Cow;

use quick_xml::Reader;
use quick_xml::errors::{Error as ReaderError, SyntaxError};

use super::chars;

/// The namespace that the prefix `xml` is bound to for ever.
pub(super) const XML_NS: &str = "http://www.w3.org/XML/1998/namespace";
const XMLNS_NS: &str = "http://www.w3.org/2000/xmlns/";

/// Why XML is not looked at any further.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum XmlError {
    /// More bytes than the limit.
    #[error("the XML is too long")]
    Long,
    /// Another encoding, or none.
    #[error("the XML is not in UTF-8")]
    Encoding,
    /// Something that no document may have (XML §2.2).
    #[error("the XML has a character in it that XML does not allow")]
    Character,
    /// `<!DOCTYPE`.
    #[error("the XML has a document type (DOCTYPE), which is never read")]
    DocumentType,
    /// A reference to anything but the five entities and single characters.
    #[error("the XML refers to an entity that it cannot know")]
    Entity,
    /// `<?…?>`.
    #[error("the XML has a processing instruction")]
    ProcessingInstruction,
    /// Not well-formed.
    #[error("the XML is broken: tags, quotes or names do not fit together")]
    IllFormed,
    /// Namespaces are not well-formed.
    #[error("the XML uses a namespace prefix that stands for nothing, or for two things")]
    Namespace,
    /// The same attribute twice on an element.
    #[error("the XML has an element with the same attribute twice")]
    DuplicateAttribute,
    /// Two elements claim one identifier, so that a reference could mean either.
    #[error("the XML has two elements of one ID")]
    DuplicateId,
    /// Deeper than the limit.
    #[error("the XML is nested too deeply")]
    Deep,
    /// More attributes on an element than the limit.
    #[error("the XML has an element with too many attributes")]
    Attributes,
    /// More namespaces in one place than the limit, or longer ones.
    #[error("the XML declares too many namespaces, or too long ones")]
    Namespaces,
    /// More elements and texts than the limit.
    #[error("the XML has too many elements")]
    Nodes,
}

impl From<ReaderError> for XmlError {
    fn from(error: ReaderError) -> Self {
        match error {
            ReaderError::Syntax(SyntaxError::UnclosedDoctype) => Self::DocumentType,
            ReaderError::Syntax(SyntaxError::UnclosedPI) => Self::ProcessingInstruction,
            _ => Self::IllFormed,
        }
    }
}

/// How much is read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// Bytes.
    pub(crate) bytes: usize,
    /// Elements and texts.
    pub(crate) nodes: usize,
}

/// Elements in one another.
const DEPTH: usize = 64;
/// Attributes of an element, namespace declarations among them.
const ATTRIBUTES: usize = 64;
/// Namespace declarations that hold at one place.
const NAMESPACES: usize = 128;
/// Bytes of a namespace's name, which canonical form repeats.
const NAMESPACE: usize = 512;

/// What comes next.
pub(crate) enum Event<'x> {
    /// A start tag.
    Start(Start<'x>),
    /// Character data inside the root, one piece of it.
    Text(Cow<'x, str>),
    /// An end tag, of an empty element too.
    End,
}

/// An element as its start tag says.
#[derive(Clone, Debug)]
pub(crate) struct Start<'x> {
    pub(crate) prefix: &'x str,
    pub(crate) local: &'x str,
    /// Empty where it has none.
    pub(crate) namespace: Cow<'x, str>,
    /// Prefixes (empty: the default) and what they stand for from here on.
    pub(crate) declarations: Vec<(&'x str, Cow<'x, str>)>,
    pub(crate) attributes: Vec<Attribute<'x>>,
}

/// An attribute that declares no namespace.
#[derive(Clone, Debug)]
pub(crate) struct Attribute<'x> {
    pub(crate) prefix: &'x str,
    pub(crate) local: &'x str,
    /// Empty where it has none.
    pub(crate) namespace: Cow<'x, str>,
    pub(crate) value: Cow<'x, str>,
}

/// Reads a document piece by piece. Comments are not part of what it says, and are left out.
pub(crate) struct Scanner<'x> {
    text: &'x str,
    reader: Reader<&'x [u8]>,
    nodes_left: usize,
    /// How many namespaces held outside of each open element.
    open: Vec<usize>,
    namespaces: Vec<(&'x str, Cow<'x, str>)>,
    /// The tag that was just read ended itself.
    empty: bool,
    root: Root,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Root {
    Before,
    Inside,
    After,
}

impl<'x> Scanner<'x> {
    /// Looks at the bytes as a whole.
    pub(crate) fn new(xml: &'x [u8], limits: Limits) -> Result<Self, XmlError> {
        if xml.len() > limits.bytes {
            return Err(XmlError::Long);
        }
        let text = std::str::from_utf8(xml).map_err(|_| XmlError::Encoding)?;
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let control = |byte: u8| byte < 0x20 && !chars::is_space(byte);
        if text.bytes().any(control) || text.contains(['\u{fffe}', '\u{ffff}']) {
            return Err(XmlError::Character);
        }
        let mut reader = Reader::from_str(text);
        reader.config_mut().enable_all_checks(true);
        let mut scanner = Self {
            text,
            reader,
            nodes_left: limits.nodes,
            open: Vec::new(),
            namespaces: Vec::new(),
            empty: false,
            root: Root::Before,
        };
        scanner.declaration()?;
        Ok(scanner)
    }

    /// Where in the text the scanner stands, in bytes.
    fn position(&self) -> usize {
        usize::try_from(self.reader.buffer_position()).unwrap_or(usize::MAX)
    }

    /// Steps over `<?xml …?>` (XML §2.8), which stands at the very beginning or nowhere.
    fn declaration(&mut self) -> Result<(), XmlError> {
        let rest = match self.text.strip_prefix("<?xml") {
            Some(rest) if rest.bytes().next().is_some_and(chars::is_space) => rest,
            _ => return Ok(()),
        };
        let (content, _) = rest.split_once("?>").ok_or(XmlError::IllFormed)?;
        let mut pairs = Pairs(content);
        let mut pair = pairs.next_pair()?;
        if pair.take_if(|(name, value)| (*name, *value) == ("version", "1.0")).is_none() {
            return Err(XmlError::IllFormed);
        }
        pair = pairs.next_pair()?;
        if let Some((_, encoding)) = pair.take_if(|(name, _)| *name == "encoding") {
            if !encoding.eq_ignore_ascii_case("utf-8") {
                return Err(XmlError::Encoding);
            }
            pair = pairs.next_pair()?;
        }
        if pair
            .take_if(|(name, value)| *name == "standalone" && matches!(*value, "yes" | "no"))
            .is_some()
        {
            pair = pairs.next_pair()?;
        }
        if pair.is_some() {
            return Err(XmlError::IllFormed);
        }
        self.reader.read_event()?;
        Ok(())
    }

    /// What comes next, or nothing at the end of the document.
    pub(crate) fn next(&mut self) -> Result<Option<Event<'x>>, XmlError> {
        use quick_xml::events::Event as Read;
        if std::mem::take(&mut self.empty) {
            return Ok(Some(self.end()));
        }
        loop {
            let began = self.position();
            let read = self.reader.read_event()?;
            let raw = self.text.get(began..self.position()).ok_or(XmlError::IllFormed)?;
            let inside = self.root == Root::Inside;
            match read {
                Read::Start(_) => return self.start(raw, raw.get(1..raw.len() - 1)).map(Some),
                Read::Empty(_) => {
                    self.empty = true;
                    return self.start(raw, raw.get(1..raw.len() - 2)).map(Some);
                }
                Read::End(_) => return Ok(Some(self.end())),
                Read::Text(_) if inside => {
                    if raw.contains("]]>") {
                        return Err(XmlError::IllFormed);
                    }
                    return self.text(chars::lines(raw)).map(Some);
                }
                Read::GeneralRef(_) if inside => {
                    let name = raw.get(1..raw.len() - 1).ok_or(XmlError::IllFormed)?;
                    let character = chars::resolve(name)?;
                    return self.text(Cow::Owned(character.to_string())).map(Some);
                }
                Read::CData(_) if inside => {
                    let raw = raw.get("<![CDATA[".len()..raw.len() - "]]>".len());
                    let raw = raw.ok_or(XmlError::IllFormed)?;
                    return self.text(chars::lines(raw)).map(Some);
                }
                Read::Text(_) if raw.bytes().all(chars::is_space) => {}
                Read::Comment(_) => {}
                Read::DocType(_) => return Err(XmlError::DocumentType),
                Read::PI(_) | Read::Decl(_) => return Err(XmlError::ProcessingInstruction),
                Read::Text(_) | Read::GeneralRef(_) | Read::CData(_) => {
                    return Err(XmlError::IllFormed);
                }
                Read::Eof if self.root == Root::After => return Ok(None),
                Read::Eof => return Err(XmlError::IllFormed),
            }
        }
    }

    fn count(&mut self) -> Result<(), XmlError> {
        self.nodes_left = self.nodes_left.checked_sub(1).ok_or(XmlError::Nodes)?;
        Ok(())
    }

    fn text(&mut self, text: Cow<'x, str>) -> Result<Event<'x>, XmlError> {
        self.count()?;
        Ok(Event::Text(text))
    }

    fn end(&mut self) -> Event<'x> {
        self.namespaces.truncate(self.open.pop().unwrap_or(0));
        if self.open.is_empty() {
            self.root = Root::After;
        }
        Event::End
    }

    fn start(&mut self, raw: &'x str, content: Option<&'x str>) -> Result<Event<'x>, XmlError> {
        let content = content.filter(|_| raw.starts_with('<')).ok_or(XmlError::IllFormed)?;
        if self.root == Root::After {
            return Err(XmlError::IllFormed);
        }
        self.root = Root::Inside;
        self.count()?;
        if self.open.len() == DEPTH {
            return Err(XmlError::Deep);
        }
        let name_ends = content.bytes().position(chars::is_space).unwrap_or(content.len());
        let (name, rest) = content.split_at(name_ends);
        let (prefix, local) = qname(name)?;
        self.open.push(self.namespaces.len());
        let (declarations, plain) = self.pairs(rest)?;
        self.namespaces.extend(declarations.iter().cloned());
        if self.namespaces.len() > NAMESPACES {
            return Err(XmlError::Namespaces);
        }
        let mut attributes: Vec<Attribute<'x>> = Vec::with_capacity(plain.len());
        for (prefix, local, value) in plain {
            let namespace =
                if prefix.is_empty() { Cow::Borrowed("") } else { self.namespace(prefix)? };
            let same = |other: &Attribute<'_>| other.local == local && other.namespace == namespace;
            if attributes.iter().any(same) {
                return Err(XmlError::DuplicateAttribute);
            }
            attributes.push(Attribute { prefix, local, namespace, value });
        }
        let namespace = self.namespace(prefix)?;
        Ok(Event::Start(Start { prefix, local, namespace, declarations, attributes }))
    }

    /// What a prefix stands for here.
    fn namespace(&self, prefix: &str) -> Result<Cow<'x, str>, XmlError> {
        let declared = self.namespaces.iter().rev().find(|(declared, _)| *declared == prefix);
        match (prefix, declared) {
            ("xml", _) => Ok(Cow::Borrowed(XML_NS)),
            (_, Some((_, namespace))) => Ok(namespace.clone()),
            ("", None) => Ok(Cow::Borrowed("")),
            (_, None) => Err(XmlError::Namespace),
        }
    }

    /// Splits what follows the name in a start tag into namespace declarations and attributes.
    fn pairs(&self, rest: &'x str) -> Result<(Declarations<'x>, Plain<'x>), XmlError> {
        let (mut declarations, mut plain): (Declarations<'x>, Plain<'x>) = Default::default();
        let mut pairs = Pairs(rest);
        while let Some((name, raw)) = pairs.next_pair()? {
            if declarations.len() + plain.len() == ATTRIBUTES {
                return Err(XmlError::Attributes);
            }
            let value = chars::attribute_value(raw)?;
            let (prefix, local) = qname(name)?;
            let declared = match (prefix, local) {
                ("", "xmlns") => "",
                ("xmlns", local) => local,
                _ => {
                    plain.push((prefix, local, value));
                    continue;
                }
            };
            // Namespaces in XML §3, §5.
            let reserved = declared == "xmlns" || value == XMLNS_NS;
            let misbound = (declared == "xml") != (value == XML_NS);
            let unbound = value.is_empty() && !declared.is_empty();
            if reserved || misbound || unbound {
                return Err(XmlError::Namespace);
            }
            if declarations.iter().any(|(other, _)| *other == declared) {
                return Err(XmlError::DuplicateAttribute);
            }
            if value.len() > NAMESPACE {
                return Err(XmlError::Namespaces);
            }
            declarations.push((declared, value));
        }
        Ok((declarations, plain))
    }
}

type Declarations<'x> = Vec<(&'x str, Cow<'x, str>)>;
type Plain<'x> = Vec<(&'x str, &'x str, Cow<'x, str>)>;

/// Splits a name at its colon (Namespaces in XML §4).
fn qname(name: &str) -> Result<(&str, &str), XmlError> {
    let (prefix, local) = name.split_once(':').unwrap_or(("", name));
    if !chars::is_ncname(local) || (name.len() != local.len() && !chars::is_ncname(prefix)) {
        return Err(XmlError::IllFormed);
    }
    Ok((prefix, local))
}

/// `name="value"` after `name="value"`, each after white space (XML §3.1).
struct Pairs<'x>(&'x str);

impl<'x> Pairs<'x> {
    fn next_pair(&mut self) -> Result<Option<(&'x str, &'x str)>, XmlError> {
        let space = |text: &'x str| text.trim_start_matches([' ', '\t', '\r', '\n']);
        let rest = space(self.0);
        if rest.is_empty() {
            return Ok(None);
        }
        if rest.len() == self.0.len() {
            return Err(XmlError::IllFormed);
        }
        let (name, rest) = rest.split_once('=').ok_or(XmlError::IllFormed)?;
        let name = name.trim_end_matches([' ', '\t', '\r', '\n']);
        let rest = space(rest);
        let quote = rest.chars().next().filter(|quote| matches!(quote, '"' | '\''));
        let quote = quote.ok_or(XmlError::IllFormed)?;
        let (value, rest) = rest[1..].split_once(quote).ok_or(XmlError::IllFormed)?;
        if value.contains('<') {
            return Err(XmlError::IllFormed);
        }
        self.0 = rest;
        Ok(Some((name, value)))
    }
}
