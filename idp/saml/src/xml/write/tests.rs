use proptest::prelude::*;
use quick_xml::XmlVersion;
use quick_xml::events::Event;

use super::*;
use crate::tools::{NOW, any_text, assert_canonical, is_legal, legal_only, texts};

/// A document with the same text as an attribute and as characters.
fn document(text: &str) -> Result<String, WriteError> {
    let mut writer = Writer::new(64);
    writer.element(
        Name(Namespace::Samlp, "Outer"),
        [attribute("Z", text), attribute("A", text)],
        |w| {
            w.leaf(Name(Namespace::Saml, "Inner"), [], text);
            w.leaf(Name(Namespace::Samlp, "Inner"), [attribute("Some", text)], text);
            w.element(Name(Namespace::Saml, "Next"), [], |w| {
                w.leaf(Name(Namespace::Saml, "Deep"), [], text);
            });
        },
    );
    writer.finish()
}

proptest! {
    #[test]
    fn a_text_is_written_exactly_when_xml_has_a_place_for_all_of_it(text in any_text()) {
        prop_assert_eq!(document(&text).is_ok(), text.chars().all(is_legal));
    }

    #[test]
    fn a_value_is_read_back_as_one_value_whatever_is_in_it(text in any_text()) {
        let text = legal_only(&text);
        let written = document(&text).expect("a document");
        let mut reader = quick_xml::Reader::from_str(&written);
        let (mut elements, mut characters, mut attributes) = (0, vec![String::new()], Vec::new());
        loop {
            match reader.read_event().expect("XML") {
                Event::Start(tag) => {
                    elements += 1;
                    characters.push(String::new());
                    for attribute in tag.attributes() {
                        let attribute = attribute.expect("an attribute");
                        if !attribute.key.as_ref().starts_with(b"xmlns") {
                            let value = attribute.normalized_value(XmlVersion::Implicit1_0);
                            attributes.push(value.expect("a value").into_owned());
                        }
                    }
                }
                Event::Text(part) => {
                    characters.last_mut().expect("one").push_str(&part.decode().expect("UTF-8"));
                }
                Event::GeneralRef(reference) => {
                    let one = match reference.resolve_char_ref().expect("a reference") {
                        Some(one) => one.to_string(),
                        None => quick_xml::escape::resolve_predefined_entity(
                            &reference.decode().expect("UTF-8"),
                        ).expect("an entity").to_owned(),
                    };
                    characters.last_mut().expect("one").push_str(&one);
                }
                Event::End(_) => (),
                Event::Eof => break,
                other => prop_assert!(false, "{other:?}"),
            }
        }
        prop_assert_eq!(elements, 5);
        prop_assert_eq!(attributes, vec![text.clone(); 3]);
        characters.retain(|one| !one.is_empty());
        prop_assert_eq!(characters, if text.is_empty() { vec![] } else { vec![text; 3] });
    }
}

#[test]
fn what_is_written_is_its_own_canonical_form_whatever_the_values() {
    let documents: Vec<String> =
        texts(400).iter().map(|text| document(text).expect("a document")).collect();
    assert_canonical(&documents);
}

#[test]
fn a_namespace_is_declared_by_the_outermost_elements_that_use_it() {
    assert_eq!(
        document("v").as_deref(),
        Ok(concat!(
            r#"<samlp:Outer xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" A="v" Z="v">"#,
            r#"<saml:Inner xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">v</saml:Inner>"#,
            r#"<samlp:Inner Some="v">v</samlp:Inner>"#,
            r#"<saml:Next xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">"#,
            r#"<saml:Deep>v</saml:Deep></saml:Next></samlp:Outer>"#,
        ))
    );
}

#[test]
fn markup_in_a_value_is_a_reference_and_white_space_in_an_attribute_survives() {
    let text = "]]>a&b@x <\"'\t\n\r>";
    let mut writer = Writer::new(64);
    writer.leaf(Name(Namespace::Saml, "A"), [attribute("B", text)], text);
    assert_eq!(
        writer.finish().as_deref(),
        Ok(concat!(
            r#"<saml:A xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" "#,
            r#"B="]]>a&amp;b@x &lt;&quot;'&#x9;&#xA;&#xD;>">"#,
            "]]&gt;a&amp;b@x &lt;\"'\t\n&#xD;&gt;</saml:A>",
        ))
    );
}

#[test]
fn a_character_that_xml_has_no_place_for_is_refused_with_the_name_of_its_field() {
    for one in ["\0", "\u{1}", "\u{8}", "\u{b}", "\u{c}", "\u{1f}", "\u{fffe}", "\u{ffff}"] {
        let text = format!("before {one} after");
        let mut attributes = Writer::new(64);
        attributes.leaf(Name(Namespace::Saml, "A"), [attribute("B", text.as_str())], "");
        assert_eq!(attributes.finish(), Err(WriteError::Illegal { field: "B" }), "{one:?}");
        let mut characters = Writer::new(64);
        characters.element(Name(Namespace::Saml, "A"), [attribute("B", "")], |w| {
            w.leaf(Name(Namespace::Saml, "C"), [], "");
            w.text(&text);
        });
        assert_eq!(characters.finish(), Err(WriteError::Illegal { field: "A" }), "{one:?}");
    }
}

#[test]
fn a_time_is_in_utc_with_milliseconds_and_one_out_of_range_is_refused() {
    let written = |time: Timestamp| {
        let mut writer = Writer::new(64);
        writer.element(Name(Namespace::Ds, "A"), [attribute("At", time)], |_| ());
        writer.finish().map(|document| document.split('"').nth(3).expect("a value").to_owned())
    };
    assert_eq!(written(NOW).as_deref(), Ok("2026-11-28T12:00:00.250Z"));
    assert_eq!(written(Timestamp::from_millis(0)).as_deref(), Ok("1970-01-01T00:00:00.000Z"));
    // 29 February of a leap year, and the last second of another year.
    let leap = Timestamp::from_millis(1_835_395_200_007);
    assert_eq!(written(leap).as_deref(), Ok("2028-02-29T00:00:00.007Z"));
    let last = Timestamp::from_millis(253_402_300_799_999);
    assert_eq!(written(last).as_deref(), Ok("9999-12-31T23:59:59.999Z"));
    for time in [-1, i64::MIN, i64::MAX, 253_402_300_800_000].map(Timestamp::from_millis) {
        assert_eq!(written(time), Err(WriteError::Illegal { field: "At" }), "{time:?}");
    }
}

#[test]
fn a_finished_document_goes_into_another_without_declaring_twice() {
    let mut inner = Writer::new(64);
    inner.element(Name(Namespace::Samlp, "Inner"), [attribute("A", "1")], |w| {
        w.leaf(Name(Namespace::Saml, "Deep"), [], "x");
    });
    let inner = inner.finish().expect("a document");
    let outer = |namespace| {
        let mut outer = Writer::new(64);
        outer.element(Name(namespace, "Outer"), [], |w| w.embed(&inner));
        outer.finish()
    };
    let same = outer(Namespace::Samlp).expect("a document");
    assert_eq!(same.matches("xmlns:samlp").count(), 1);
    let soap = outer(Namespace::Soap).expect("a document");
    assert!(soap.contains(&inner));
    assert_canonical(&[same, soap]);
    // Here a declaration further in would be one too many.
    assert!(matches!(outer(Namespace::Saml), Err(WriteError::Unwritable { .. })));
}

#[test]
fn what_was_not_written_here_goes_into_no_document() {
    for document in [
        "",
        "text",
        "<a/>",
        "<samlp:A/>",
        "<samlpx:A xmlns:samlpx=\"urn:oasis:names:tc:SAML:2.0:protocol\"></samlpx:A>",
        "<samlp:A xmlns:samlp=\"urn:other\"></samlp:A>",
        "<samlp:A B=\"\" xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\"></samlp:A>",
        "<samlp:A><samlp:B xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\"></samlp:B></samlp:A>",
    ] {
        let mut writer = Writer::new(64);
        writer.element(Name(Namespace::Soap, "Body"), [], |w| w.embed(document));
        assert!(matches!(writer.finish(), Err(WriteError::Unwritable { .. })), "{document}");
    }
}

#[test]
fn a_gap_is_filled_where_it_was_left_and_an_element_can_be_taken_back() {
    let mut writer = Writer::new(64);
    let mut inner = None;
    let outer = writer.signable(
        Name(Namespace::Samlp, "Outer"),
        [],
        |w| w.leaf(Name(Namespace::Soap, "Head"), [], ""),
        |w| {
            inner = Some(w.signable(Name(Namespace::Saml, "Inner"), [], |_| (), |w| w.text("é")));
        },
    );
    let mut inner = inner.expect("an element");
    writer.fill(&mut inner, "[signature]");
    assert!(writer.written(&inner).ends_with("[signature]é</saml:Inner>"));
    let whole = writer.written(&outer).to_owned();
    assert!(whole.starts_with("<samlp:Outer"));
    let taken = writer.take_back(&inner);
    assert!(taken.starts_with("<saml:Inner"));
}
