use std::fmt::Write as _;
use std::process::{Command, Stdio};

use proptest::prelude::*;

use super::{Document, Limits, XmlError, canonical};

const LIMITS: Limits = Limits { bytes: 256 * 1024, nodes: 10_000 };

fn refused(xml: impl AsRef<[u8]>) -> XmlError {
    let xml = xml.as_ref();
    let document = Document::parse(xml, LIMITS);
    document.err().unwrap_or_else(|| panic!("{:?} is taken", String::from_utf8_lossy(xml)))
}

fn canonical(xml: &str) -> String {
    let document = Document::parse(xml.as_bytes(), LIMITS).unwrap_or_else(|e| panic!("{xml}: {e}"));
    let octets = canonical::octets(document.root(), None, &[]).expect("short enough");
    String::from_utf8(octets).expect("UTF-8")
}

#[test]
fn document_types_are_refused_and_with_them_all_entities() {
    for doctype in [
        "<!DOCTYPE a>",
        "<!doctype a>",
        "<!DOCTYPE a SYSTEM \"http://evil.example/\">",
        "<!DOCTYPE a [<!ENTITY x \"y\">]>",
        "<!DOCTYPE a [<!ENTITY x SYSTEM \"file:///etc/passwd\">]>",
        "<!DOCTYPE a [<!ENTITY % x SYSTEM \"http://evil.example/\"> %x;]>",
        "<!DOCTYPE a [<!ENTITY a \"&b;&b;\"><!ENTITY b \"&c;&c;\">]>",
        "<!DOCTYPE a [",
    ] {
        assert_eq!(refused(format!("{doctype}<a>&x;</a>")), XmlError::DocumentType, "{doctype}");
        assert_eq!(
            refused(format!("<?xml version='1.0'?>\n{doctype}<a/>")),
            XmlError::DocumentType
        );
    }
    assert_eq!(refused("<a><!DOCTYPE a></a>"), XmlError::DocumentType);
    assert_eq!(refused("<a/><!DOCTYPE a>"), XmlError::DocumentType);
}

#[test]
fn references_to_anything_but_the_five_entities_are_refused() {
    assert_eq!(
        canonical("<a b='&amp;&lt;&gt;&quot;&apos;'>&amp;&lt;&gt;&quot;&apos;</a>"),
        "<a b=\"&amp;&lt;>&quot;'\">&amp;&lt;&gt;\"'</a>"
    );
    assert_eq!(canonical("<a>&#65;&#x42;&#x1F600;&#13;</a>"), "<a>AB😀&#xD;</a>");
    for unknown in ["&x;", "&nbsp;", "&;", "&AMP;", "&#X41;", "&#x;+", "&# 65;"] {
        assert!(
            matches!(refused(format!("<a>{unknown}</a>")), XmlError::Entity | XmlError::Character),
            "{unknown}"
        );
        assert!(
            matches!(
                refused(format!("<a b='{unknown}'/>")),
                XmlError::Entity | XmlError::Character
            ),
            "{unknown}"
        );
    }
    for broken in ["<a>&amp</a>", "<a>&</a>", "<a>a & b</a>"] {
        assert_eq!(refused(broken), XmlError::IllFormed, "{broken}");
    }
    assert_eq!(refused("<a b='&amp'/>"), XmlError::Entity);
    assert_eq!(refused("&amp;<a/>"), XmlError::IllFormed);
}

#[test]
fn processing_instructions_are_refused() {
    for xml in [
        "<?xml-stylesheet href='http://evil.example/x.xsl'?><a/>",
        "<a><?php x?></a>",
        "<a/><?x?>",
        "<a/><?xml version='1.0'?>",
        " <?xml version='1.0'?><a/>",
        "<?x",
    ] {
        assert_eq!(refused(xml), XmlError::ProcessingInstruction, "{xml}");
    }
}

#[test]
fn broken_utf8_and_other_encodings_are_refused() {
    assert_eq!(refused(b"<a>\xff</a>"), XmlError::Encoding);
    assert_eq!(refused(b"<a>\xc0\x80</a>"), XmlError::Encoding);
    assert_eq!(refused(b"\xff\xfe<\0a\0/\0>\0"), XmlError::Encoding);
    assert_eq!(refused("<?xml version='1.0' encoding='ISO-8859-1'?><a/>"), XmlError::Encoding);
    assert_eq!(refused("<?xml version='1.0' encoding='UTF-7'?><a/>"), XmlError::Encoding);
    let good = "\u{feff}<?xml version=\"1.0\" encoding='utf-8' standalone='yes' ?>\n<a/>\n";
    assert_eq!(canonical(good), "<a></a>");
}

#[test]
fn a_declaration_that_is_none_is_refused() {
    for broken in [
        "<?xml?><a/>",
        "<?xml encoding='UTF-8'?><a/>",
        "<?xml version='1.1'?><a/>",
        "<?xml version='1.0' standalone='maybe'?><a/>",
        "<?xml version='1.0' standalone='yes' encoding='UTF-8'?><a/>",
        "<?xml version='1.0'encoding='UTF-8'?><a/>",
        "<?xml version='1.0'",
    ] {
        let error = refused(broken);
        assert!(
            matches!(error, XmlError::IllFormed | XmlError::ProcessingInstruction),
            "{broken}: {error:?}"
        );
    }
}

#[test]
fn characters_that_xml_does_not_have_are_refused_however_they_are_written() {
    for character in ['\u{0}', '\u{8}', '\u{b}', '\u{1f}', '\u{fffe}', '\u{ffff}'] {
        assert_eq!(refused(format!("<a>{character}</a>")), XmlError::Character);
        let number = u32::from(character);
        assert_eq!(refused(format!("<a>&#{number};</a>")), XmlError::Character);
        assert_eq!(refused(format!("<a b='&#x{number:x};'/>")), XmlError::Character);
    }
    assert_eq!(refused("<a>&#xD800;</a>"), XmlError::Character);
    assert_eq!(refused("<a>&#x110000;</a>"), XmlError::Character);
    assert_eq!(refused("<a>&#99999999999999999999;</a>"), XmlError::Character);
}

#[test]
fn what_is_not_well_formed_is_refused() {
    for broken in [
        "",
        " ",
        "text",
        "<a>",
        "<a",
        "<a/",
        "</a>",
        "<a></b>",
        "<a></a></a>",
        "<a><b></a></b>",
        "<a/><b/>",
        "<a/>text",
        "text<a/>",
        "<![CDATA[x]]><a/>",
        "<a><![CDATA[x]]",
        "<a>]]></a>",
        "<a><!-- -- --></a>",
        "<a><!-- --->",
        "<a><!x></a>",
        "< a/>",
        "<a / >",
        "<a/ >",
        "<1/>",
        "<a:/>",
        "<:a/>",
        "<a:b:c xmlns:a='x'/>",
        "<a b/>",
        "<a b=c/>",
        "<a b='c/>",
        "<a b='<'/>",
        "<a b='c'd='e'/>",
        "<a b='c\" />",
        "<a b='c' 'd'/>",
        "<a =''/>",
        "<a 1=''/>",
        "<a></a b='c'>",
        "<a>\u{feff}</a>\u{feff}",
        "\u{feff}\u{feff}<a/>",
    ] {
        assert_eq!(refused(broken), XmlError::IllFormed, "{broken}");
    }
}

#[test]
fn prefixes_stand_for_one_thing() {
    for broken in [
        "<p:a/>",
        "<a p:b=''/>",
        "<a xmlns:p=''/>",
        "<a xmlns:xmlns='x'/>",
        "<a xmlns:p='http://www.w3.org/2000/xmlns/'/>",
        "<a xmlns='http://www.w3.org/2000/xmlns/'/>",
        "<a xmlns:xml='x'/>",
        "<a xmlns:p='http://www.w3.org/XML/1998/namespace'/>",
        "<xmlns:a/>",
        "<a><b xmlns:p='x'/><p:c/></a>",
    ] {
        assert_eq!(refused(broken), XmlError::Namespace, "{broken}");
    }
    let xml = "<a xml:lang='cy' xmlns:xml='http://www.w3.org/XML/1998/namespace'/>";
    assert_eq!(canonical(xml), "<a xml:lang=\"cy\"></a>");
}

#[test]
fn attributes_and_identifiers_are_there_once() {
    for twice in [
        "<a b='' b=''/>",
        "<a xmlns='x' xmlns='y'/>",
        "<a xmlns:p='x' xmlns:p='x'/>",
        "<a xmlns:p='x' xmlns:q='x' p:b='' q:b=''/>",
    ] {
        assert_eq!(refused(twice), XmlError::DuplicateAttribute, "{twice}");
    }
    assert_eq!(canonical("<a xmlns:p='x' b='' p:b=''/>"), "<a xmlns:p=\"x\" b=\"\" p:b=\"\"></a>");
    for twice in ["<a ID='x'><b ID='x'/></a>", "<a ID='x'><b Id='x'/></a>", "<a id='x' ID='x'/>"] {
        assert_eq!(refused(twice), XmlError::DuplicateId, "{twice}");
    }
}

#[test]
fn floods_of_depth_attributes_namespaces_and_elements_are_refused() {
    let deep = |depth| format!("{}{}", "<a>".repeat(depth), "</a>".repeat(depth));
    assert!(Document::parse(deep(64).as_bytes(), LIMITS).is_ok());
    assert_eq!(refused(deep(65)), XmlError::Deep);
    assert_eq!(refused("<a>".repeat(80_000)), XmlError::Deep);
    let wide = |count| {
        let attributes: String = (0..count).map(|number| format!(" a{number}=''")).collect();
        format!("<a{attributes}/>")
    };
    assert!(Document::parse(wide(64).as_bytes(), LIMITS).is_ok());
    assert_eq!(refused(wide(65)), XmlError::Attributes);
    assert_eq!(refused(wide(20_000)), XmlError::Attributes);
    let spaces = |count| {
        let mut open = String::new();
        for number in 0..count {
            let _ = write!(open, "<a xmlns:a{number}='x' xmlns:b{number}='y'>");
        }
        format!("{open}{}", "</a>".repeat(count))
    };
    assert_eq!(refused(spaces(65)), XmlError::Deep);
    assert!(Document::parse(spaces(64).as_bytes(), LIMITS).is_ok());
    let one_more = spaces(64).replacen("<a ", "<a xmlns:c='z' ", 1);
    assert_eq!(refused(one_more), XmlError::Namespaces);
    let long = |length| format!("<a xmlns='{}'/>", "x".repeat(length));
    assert!(Document::parse(long(512).as_bytes(), LIMITS).is_ok());
    assert_eq!(refused(long(513)), XmlError::Namespaces);
    let many = |count| format!("<a>{}</a>", "<a/>".repeat(count));
    assert!(Document::parse(many(9_999).as_bytes(), LIMITS).is_ok());
    assert_eq!(refused(many(10_000)), XmlError::Nodes);
    assert_eq!(refused(format!("<a>{}</a>", "&lt;".repeat(10_000))), XmlError::Nodes);
    assert_eq!(refused(vec![b' '; 5 * 1024 * 1024]), XmlError::Long);
}

#[test]
fn comments_and_sections_do_not_cut_a_value() {
    let xml = "<a>one<!-- x -->two<![CDATA[<three>]]>&#38;<b/>four</a>";
    let document = Document::parse(xml.as_bytes(), LIMITS).expect("it is good");
    assert_eq!(document.root().text(), "onetwo<three>&four");
    assert_eq!(document.root().content().count(), 3);
    let document = Document::parse(b"<a><b>x</b>y</a>", LIMITS).expect("it is good");
    assert_eq!(document.root().text(), "y");
}

#[test]
fn line_ends_and_white_space_in_attributes_are_normalised() {
    assert_eq!(
        canonical("<a b='x\r\ny\rz\t&#9;&#13;&#10;'>x\r\ny\rz</a>"),
        "<a b=\"x y z &#x9;&#xD;&#xA;\">x\ny\nz</a>"
    );
}

#[test]
fn canonical_form_is_exclusive_sorted_and_without_comments() {
    // Exclusive XML Canonicalization §2.2, and what was found to go wrong elsewhere.
    let cases = [
        (
            "<n1:a xmlns:n0='a:0' xmlns:n1='a:1'><n1:b/></n1:a>",
            "<n1:a xmlns:n1=\"a:1\"><n1:b></n1:b></n1:a>",
        ),
        (
            "<a xmlns='x'><b xmlns=''><c xmlns='x'/></b></a>",
            "<a xmlns=\"x\"><b xmlns=\"\"><c xmlns=\"x\"></c></b></a>",
        ),
        ("<a xmlns=''><b/></a>", "<a><b></b></a>"),
        (
            "<a xmlns:z='1' xmlns:y='2' z:q='' y:q='' q='' A=''/>",
            "<a xmlns:y=\"2\" xmlns:z=\"1\" A=\"\" q=\"\" z:q=\"\" y:q=\"\"></a>",
        ),
        (
            "<a xmlns:p='1'><b xmlns:p='2'><p:c/></b><p:d/></a>",
            "<a><b><p:c xmlns:p=\"2\"></p:c></b><p:d xmlns:p=\"1\"></p:d></a>",
        ),
        (
            "<p:a xmlns:p='1'><b xmlns:p='1'><p:c/></b></p:a>",
            "<p:a xmlns:p=\"1\"><b><p:c></p:c></b></p:a>",
        ),
        ("<!-- x --><a>1<!-- y -->2</a><!-- z -->", "<a>12</a>"),
    ];
    for (xml, expected) in cases {
        assert_eq!(canonical(xml), expected);
    }
}

#[test]
fn inclusive_prefixes_are_kept_wherever_they_are_declared() {
    let xml = "<a xmlns:p='1' xmlns='d'><b xmlns:q='2'><c xmlns:q='3' xmlns=''/></b></a>";
    let document = Document::parse(xml.as_bytes(), LIMITS).expect("it is good");
    let b = document.root().children().next().expect("there");
    let with = |prefixes: &[&str]| {
        let prefixes: Vec<_> = prefixes.iter().map(ToString::to_string).collect();
        String::from_utf8(canonical::octets(b, None, &prefixes).expect("short")).expect("UTF-8")
    };
    assert_eq!(with(&[]), "<b xmlns=\"d\"><c xmlns=\"\"></c></b>");
    assert_eq!(
        with(&["p", "q", "gone"]),
        "<b xmlns=\"d\" xmlns:p=\"1\" xmlns:q=\"2\"><c xmlns=\"\" xmlns:q=\"3\"></c></b>"
    );
}

/// An element with declarations, attributes and content that are all over the place.
fn any_xml() -> impl Strategy<Value = String> {
    let name = || prop_oneof![Just("a"), Just("b"), Just("p:a"), Just("q:b")];
    let text = || {
        let raw = prop_oneof![
            4 => "[ -;=?-~äß€😀\\n]{0,8}".prop_map(|text| text.replace(['&', '>'], "")),
            1 => Just("&amp;&#13;&lt;&#x9;<![CDATA[<&>]]>".to_owned()),
            1 => Just("<!-- c -->\r\n\r".to_owned()),
        ];
        raw.boxed()
    };
    let value = || {
        "[ -%(-;=?-~ä€\\t\\n]{0,6}(&quot;|&#10;|&amp;)?".prop_map(|v| {
            v.replace('&', "&amp;")
                .replace("&amp;quot;", "&quot;")
                .replace("&amp;#10;", "&#10;")
                .replace("&amp;amp;", "&amp;")
        })
    };
    let attributes = proptest::sample::subsequence(vec!["x", "y", "p:x", "q:x", "xml:lang"], 0..4);
    let spaces = proptest::sample::subsequence(
        vec!["xmlns='u:d'", "xmlns=''", "xmlns:p='u:1'", "xmlns:q='u:2'", "xmlns:p='u:3'"],
        0..3,
    );
    let element = (name(), attributes, spaces, value());
    let open = |(name, attributes, spaces, value): (&str, Vec<&str>, Vec<&str>, String)| {
        let mut tag = format!("<{name}");
        let mut seen = Vec::new();
        for space in spaces {
            let declared = space.split('=').next();
            if !seen.contains(&declared) {
                seen.push(declared);
                tag += &format!(" {space}");
            }
        }
        for attribute in attributes {
            tag += &format!(" {attribute}='{value}'");
        }
        (name.to_owned(), tag)
    };
    let leaf = text();
    let tree = leaf.prop_recursive(4, 24, 4, move |inner| {
        (element.clone(), proptest::collection::vec(inner, 0..4)).prop_map(move |(parts, inner)| {
            let (name, tag) = open(parts);
            format!("{tag}>{}</{name}>", inner.concat())
        })
    });
    tree.prop_map(|inner| format!("<r xmlns:p='u:1' xmlns:q='u:9'>{inner}</r>"))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 20, ..ProptestConfig::default() })]

    /// Forty trees in one document, for starting a process costs more than they do.
    #[test]
    fn canonical_form_is_that_of_xmllint(all in proptest::collection::vec(any_xml(), 40)) {
        let xml = format!("<all xmlns='u:all' xmlns:q='u:2'>{}</all>", all.concat());
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("x.xml");
        std::fs::write(&path, &xml).expect("written");
        let output = Command::new("xmllint").arg("--exc-c14n").arg(&path)
            .stderr(Stdio::null()).output().expect("xmllint is installed");
        let with_comments = String::from_utf8(output.stdout).expect("UTF-8");
        let expected = with_comments.replace("<!-- c -->", "");
        prop_assert_eq!(canonical(&xml), expected, "{}", xml);
    }
}

proptest! {
    #[test]
    fn canonical_form_is_its_own(xml in any_xml()) {
        let once = canonical(&xml);
        prop_assert_eq!(canonical(&once), once);
    }
}
