//! A screened document in memory: elements, attributes and texts.

use std::collections::{HashSet, VecDeque};
use std::ops::Range;

use super::screen::{Attribute, Event, Limits, Scanner, Start, XmlError};

/// A document, or an element of a longer one. Adjacent pieces of text are one, whatever stood
/// between them: a comment cannot hide the rest of a value.
#[derive(Clone, Debug, Default)]
pub(crate) struct Document {
    /// All texts, one after the other.
    heap: String,
    nodes: Vec<Node>,
    attributes: Vec<AttributeSpans>,
    declarations: Vec<(Span, Span)>,
}

type Span = Range<usize>;

#[derive(Clone, Debug)]
enum Node {
    Element(ElementNode),
    Text(Span),
}

#[derive(Clone, Debug)]
struct ElementNode {
    parent: Option<usize>,
    /// The first node behind all that is inside this one.
    end: usize,
    prefix: Span,
    local: Span,
    namespace: Span,
    attributes: Range<usize>,
    declarations: Range<usize>,
}

#[derive(Clone, Debug)]
struct AttributeSpans {
    prefix: Span,
    local: Span,
    namespace: Span,
    value: Span,
}

impl Document {
    /// Screens a whole document.
    pub(crate) fn parse(xml: &[u8], limits: Limits) -> Result<Self, XmlError> {
        let mut scanner = Scanner::new(xml, limits)?;
        let mut builder = Builder::default();
        while let Some(event) = scanner.next()? {
            builder.add(&event)?;
        }
        // The scanner sees to it that it is whole.
        builder.finish().ok_or(XmlError::IllFormed)
    }

    /// The outermost element.
    pub(crate) fn root(&self) -> Element<'_> {
        self.at(0)
    }

    /// The element of a number that [`Element::number`] gave.
    pub(crate) fn at(&self, number: usize) -> Element<'_> {
        Element { document: self, number }
    }
}

/// Makes a document of events.
#[derive(Default)]
pub(crate) struct Builder {
    document: Document,
    open: Vec<usize>,
    ids: HashSet<String>,
    /// Where the names of namespaces stand that came last: most elements share one.
    namespaces: VecDeque<Span>,
    /// The last event was text, so that more of it belongs to the same node.
    in_text: bool,
}

impl Builder {
    /// Adds what comes next. Identifiers (`ID`, `Id`, `id`) have to be unique (XML §3.3.1).
    pub(crate) fn add(&mut self, event: &Event<'_>) -> Result<(), XmlError> {
        let in_text = std::mem::replace(&mut self.in_text, matches!(event, Event::Text(_)));
        match event {
            Event::Start(start) => self.start(start),
            Event::Text(text) => {
                self.text(text, in_text);
                Ok(())
            }
            Event::End => {
                let nodes = self.document.nodes.len();
                if let Some(open) = self.open.pop()
                    && let Some(Node::Element(element)) = self.document.nodes.get_mut(open)
                {
                    element.end = nodes;
                }
                Ok(())
            }
        }
    }

    /// The document, if its outermost element was closed.
    pub(crate) fn finish(self) -> Option<Document> {
        (self.open.is_empty() && !self.document.nodes.is_empty()).then_some(self.document)
    }

    /// How much it has become: the bytes of its names and texts, and its nodes.
    pub(crate) fn size(&self) -> (usize, usize) {
        (self.document.heap.len(), self.document.nodes.len())
    }

    fn keep(&mut self, text: &str) -> Span {
        let from = self.document.heap.len();
        self.document.heap.push_str(text);
        from..self.document.heap.len()
    }

    fn keep_namespace(&mut self, namespace: &str) -> Span {
        let heap = &self.document.heap;
        if let Some(span) = self.namespaces.iter().find(|span| heap[(*span).clone()] == *namespace)
        {
            return span.clone();
        }
        let span = self.keep(namespace);
        if self.namespaces.len() == 8 {
            self.namespaces.pop_front();
        }
        self.namespaces.push_back(span.clone());
        span
    }

    fn start(&mut self, start: &Start<'_>) -> Result<(), XmlError> {
        let first_attribute = self.document.attributes.len();
        for attribute in &start.attributes {
            let is_id = attribute.prefix.is_empty() && attribute.local.eq_ignore_ascii_case("id");
            if is_id && !self.ids.insert(attribute.value.as_ref().to_owned()) {
                return Err(XmlError::DuplicateId);
            }
            let spans = AttributeSpans {
                prefix: self.keep(attribute.prefix),
                local: self.keep(attribute.local),
                namespace: self.keep_namespace(&attribute.namespace),
                value: self.keep(&attribute.value),
            };
            self.document.attributes.push(spans);
        }
        let first_declaration = self.document.declarations.len();
        for (prefix, namespace) in &start.declarations {
            let spans = (self.keep(prefix), self.keep_namespace(namespace));
            self.document.declarations.push(spans);
        }
        let element = ElementNode {
            parent: self.open.last().copied(),
            end: 0,
            prefix: self.keep(start.prefix),
            local: self.keep(start.local),
            namespace: self.keep_namespace(&start.namespace),
            attributes: first_attribute..self.document.attributes.len(),
            declarations: first_declaration..self.document.declarations.len(),
        };
        self.open.push(self.document.nodes.len());
        self.document.nodes.push(Node::Element(element));
        Ok(())
    }

    fn text(&mut self, text: &str, goes_on: bool) {
        let span = self.keep(text);
        match self.document.nodes.last_mut() {
            Some(Node::Text(before)) if goes_on => before.end = span.end,
            _ => self.document.nodes.push(Node::Text(span)),
        }
    }
}

/// An element of a document.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Element<'d> {
    document: &'d Document,
    number: usize,
}

/// What is inside an element.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Child<'d> {
    Element(Element<'d>),
    Text(&'d str),
}

impl<'d> Element<'d> {
    /// What finds it again in its document.
    pub(crate) fn number(self) -> usize {
        self.number
    }

    fn node(self) -> Option<&'d ElementNode> {
        match self.document.nodes.get(self.number) {
            Some(Node::Element(node)) => Some(node),
            _ => None,
        }
    }

    fn span(self, span: impl Fn(&ElementNode) -> &Span) -> &'d str {
        self.node().map_or("", |node| &self.document.heap[span(node).clone()])
    }

    /// Whether it is this very element, of the same document.
    pub(crate) fn is_same(self, other: Self) -> bool {
        std::ptr::eq(self.document, other.document) && self.number == other.number
    }

    /// Its name without its prefix.
    pub(crate) fn local(self) -> &'d str {
        self.span(|node| &node.local)
    }

    /// The namespace of its name.
    pub(crate) fn namespace(self) -> &'d str {
        self.span(|node| &node.namespace)
    }

    /// Whether it has this name, whatever prefix stands for the namespace.
    pub(crate) fn is(self, namespace: &str, local: &str) -> bool {
        self.local() == local && self.namespace() == namespace
    }

    /// The value of an attribute without a namespace.
    pub(crate) fn attribute(self, local: &str) -> Option<&'d str> {
        self.attribute_of("", local)
    }

    /// The value of an attribute.
    pub(crate) fn attribute_of(self, namespace: &str, local: &str) -> Option<&'d str> {
        let Document { heap, attributes, .. } = self.document;
        let found = attributes.get(self.node()?.attributes.clone())?.iter().find(|attribute| {
            heap[attribute.local.clone()] == *local
                && heap[attribute.namespace.clone()] == *namespace
        });
        found.map(|attribute| &heap[attribute.value.clone()])
    }

    /// The element that it stands in.
    pub(crate) fn parent(self) -> Option<Self> {
        let number = self.node()?.parent?;
        Some(Self { number, ..self })
    }

    /// All that is directly inside it.
    pub(crate) fn content(self) -> impl Iterator<Item = Child<'d>> {
        let end = self.node().map_or(0, |node| node.end);
        let mut number = self.number + 1;
        std::iter::from_fn(move || {
            if number >= end {
                return None;
            }
            match self.document.nodes.get(number)? {
                Node::Text(span) => {
                    number += 1;
                    Some(Child::Text(&self.document.heap[span.clone()]))
                }
                Node::Element(node) => {
                    let child = Self { number, ..self };
                    number = node.end;
                    Some(Child::Element(child))
                }
            }
        })
    }

    /// The elements directly inside it.
    pub(crate) fn children(self) -> impl Iterator<Item = Self> {
        self.content().filter_map(|child| match child {
            Child::Element(element) => Some(element),
            Child::Text(_) => None,
        })
    }

    /// Every element inside it, at any depth, itself first.
    pub(crate) fn descendants(self) -> impl Iterator<Item = Self> {
        let end = self.node().map_or(0, |node| node.end);
        (self.number..end).map(move |number| Self { number, ..self }).filter(|e| e.node().is_some())
    }

    /// All text directly inside it.
    pub(crate) fn text(self) -> String {
        self.content()
            .filter_map(|child| match child {
                Child::Text(text) => Some(text),
                Child::Element(_) => None,
            })
            .collect()
    }

    /// Its start tag again.
    pub(crate) fn start(self) -> Start<'d> {
        let text = |span: &Span| &self.document.heap[span.clone()];
        let Document { attributes, declarations, .. } = self.document;
        let (own, declared) = self
            .node()
            .map_or((0..0, 0..0), |node| (node.attributes.clone(), node.declarations.clone()));
        Start {
            prefix: self.span(|node| &node.prefix),
            local: self.local(),
            namespace: self.namespace().into(),
            declarations: declarations[declared]
                .iter()
                .map(|(prefix, namespace)| (text(prefix), text(namespace).into()))
                .collect(),
            attributes: attributes[own]
                .iter()
                .map(|attribute| Attribute {
                    prefix: text(&attribute.prefix),
                    local: text(&attribute.local),
                    namespace: text(&attribute.namespace).into(),
                    value: text(&attribute.value).into(),
                })
                .collect(),
        }
    }
}
