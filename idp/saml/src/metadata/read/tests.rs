use std::fmt::Write as _;

use base64::prelude::{BASE64_STANDARD, Engine as _};

use super::*;
use crate::metadata::provider::{
    AttributeService, Contact, Endpoint, IndexedEndpoint, KeyDescriptor, Logo, RequestedAttribute,
    UiKind, UiText,
};
use crate::testing::{FEDERATION, PROVIDER, Party, sign_xml};
use crate::verify::AlgorithmError;

/// The least that a provider says, with something more in its role.
fn provider(id: &str, role: &str) -> String {
    format!(
        "<EntityDescriptor xmlns=\"{METADATA_NS}\" xmlns:ds=\"{DSIG_NS}\" entityID=\"{id}\">\
         <SPSSODescriptor protocolSupportEnumeration=\"urn:oasis:names:tc:SAML:2.0:protocol\">{role}\
         <AssertionConsumerService Binding=\"urn:post\" Location=\"https://x.example/acs\" \
         index=\"0\"/></SPSSODescriptor></EntityDescriptor>"
    )
}

fn group(attributes: &str, content: &str) -> String {
    format!(
        "<EntitiesDescriptor xmlns=\"{METADATA_NS}\" {attributes}>{content}</EntitiesDescriptor>"
    )
}

fn read(xml: &str) -> Result<ServiceProvider, MetadataError> {
    entity(xml.as_bytes(), None, &[])
}

fn texts(all: &[&str]) -> Vec<String> {
    all.iter().map(ToString::to_string).collect()
}

fn at(text: &str) -> Option<Timestamp> {
    Some(values::date_time(text).expect("a time"))
}

#[test]
fn a_provider_is_read_whole() {
    let binding = |name: &str| format!("urn:oasis:names:tc:SAML:2.0:bindings:{name}");
    let uri = "urn:oasis:names:tc:SAML:2.0:attrname-format:uri";
    let text = |kind, language: &str, text: &str| UiText {
        kind,
        language: language.to_owned(),
        text: text.to_owned(),
    };
    let expected = ServiceProvider {
        entity_id: "https://rota.example/sp".to_owned(),
        valid_until: at("2026-12-01T00:00:00Z"),
        cache_seconds: Some(6 * 3600),
        signs_requests: true,
        wants_assertions_signed: true,
        keys: vec![
            KeyDescriptor {
                signing: true,
                certificates: vec![BASE64_STANDARD.encode(Party::rsa().certificate)],
                ..KeyDescriptor::default()
            },
            KeyDescriptor {
                signing: true,
                encryption: true,
                certificates: vec![BASE64_STANDARD.encode(Party::ecdsa().certificate)],
                encryption_methods: texts(&[
                    "http://www.w3.org/2009/xmlenc11#aes128-gcm",
                    "http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p",
                ]),
                ..KeyDescriptor::default()
            },
        ],
        name_id_formats: texts(&[
            "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent",
            "urn:oasis:names:tc:SAML:2.0:nameid-format:transient",
        ]),
        consumers: vec![
            IndexedEndpoint {
                index: 1,
                is_default: None,
                binding: binding("HTTP-POST"),
                location: "https://rota.example/acs".to_owned(),
            },
            IndexedEndpoint {
                index: 2,
                is_default: Some(true),
                binding: binding("HTTP-Artifact"),
                location: "https://rota.example/acs/artifact".to_owned(),
            },
        ],
        logout: vec![Endpoint {
            binding: binding("HTTP-Redirect"),
            location: "https://rota.example/slo".to_owned(),
            response_location: Some("https://rota.example/slo/done".to_owned()),
        }],
        artifacts: vec![IndexedEndpoint {
            index: 1,
            is_default: None,
            binding: binding("SOAP"),
            location: "https://rota.example/artifact".to_owned(),
        }],
        services: vec![AttributeService {
            index: 1,
            is_default: Some(true),
            requested: vec![
                RequestedAttribute {
                    name: "urn:oid:0.9.2342.19200300.100.1.3".to_owned(),
                    name_format: Some(uri.to_owned()),
                    friendly_name: Some("mail".to_owned()),
                    required: true,
                },
                RequestedAttribute { name: "roles".to_owned(), ..RequestedAttribute::default() },
            ],
        }],
        // Without the privacy statement, which is no address to be sent to, and as text.
        ui: vec![
            text(UiKind::DisplayName, "en", "Rota & more"),
            text(UiKind::DisplayName, "cy", "Rota <b>"),
            text(UiKind::Description, "en", "Who works when"),
            text(UiKind::InformationUrl, "en", "https://rota.example/about"),
            text(UiKind::ServiceName, "en", "The rota"),
            text(UiKind::OrganizationName, "en", "Rota Ltd"),
        ],
        logos: vec![Logo {
            address: "https://rota.example/logo.png".to_owned(),
            width: 80,
            height: 40,
            language: Some("en".to_owned()),
        }],
        entity_attributes: vec![
            (
                "http://macedir.org/entity-category".to_owned(),
                texts(&[
                    "http://refeds.org/category/research-and-scholarship",
                    "https://refeds.org/category/code-of-conduct/v2",
                ]),
            ),
            ("urn:oasis:names:tc:SAML:profiles:subject-id:req".to_owned(), texts(&["pairwise-id"])),
        ],
        contacts: vec![Contact {
            kind: "technical".to_owned(),
            name: Some("Sam Desk".to_owned()),
            emails: texts(&["sam@rota.example"]),
        }],
    };
    assert_eq!(read(PROVIDER), Ok(expected));
}

#[test]
fn a_federation_is_read_provider_by_provider_and_a_broken_one_does_not_stop_it() {
    let metadata = Metadata::open(FEDERATION.as_bytes(), &[Party::rsa().key()]).expect("good");
    let all: Vec<_> = metadata.providers().expect("good").collect();
    let [Ok(rota), Ok(old), Err(broken)] = &all[..] else { panic!("{all:?}") };
    // The earliest of all that stand around it, and the shortest.
    let alone = read(PROVIDER).expect("it is good");
    let valid_until = at("2026-11-29T12:00:00Z");
    assert_eq!(*rota, ServiceProvider { valid_until, ..alone });
    assert_eq!(old.entity_id, "https://old.example/sp");
    assert_eq!(old.valid_until, at("2026-11-30T12:00:00Z"));
    assert_eq!(old.cache_seconds, Some(3600));
    let error = MetadataError::Address("Location");
    let entity_id = "https://broken.example/sp".to_owned();
    assert_eq!(*broken, EntityError { entity_id, error });
}

#[test]
fn one_of_several_is_found_by_its_entity_id() {
    let find = |wanted| entity(FEDERATION.as_bytes(), wanted, &[]).map(|found| found.entity_id);
    let rota = "https://rota.example/sp";
    assert_eq!(find(Some(rota)).as_deref(), Ok(rota));
    assert_eq!(find(Some("https://old.example/sp")).as_deref(), Ok("https://old.example/sp"));
    assert_eq!(find(Some("https://nobody.example")), Err(MetadataError::Absent));
    assert_eq!(
        find(Some("https://idp.example")),
        Err(MetadataError::OtherRole("service provider"))
    );
    let broken = find(Some("https://broken.example/sp"));
    assert_eq!(broken, Err(MetadataError::Address("Location")));
    assert_eq!(find(None), Err(MetadataError::Several));
    let alone = entity(PROVIDER.as_bytes(), Some(rota), &[]);
    assert_eq!(alone.map(|found| found.entity_id).as_deref(), Ok(rota));
    let other = entity(PROVIDER.as_bytes(), Some("https://rota.example/SP"), &[]);
    assert_eq!(other, Err(MetadataError::Absent));
    // Beside others of another role, the only provider need not be named.
    let idp = "<EntityDescriptor entityID=\"urn:idp\"/>";
    let found = read(&group("", &format!("{idp}{}{idp}", provider("urn:sp", ""))));
    assert_eq!(found.map(|found| found.entity_id).as_deref(), Ok("urn:sp"));
    assert_eq!(read(&group("", idp)), Err(MetadataError::OtherRole("service provider")));
    assert_eq!(read(&group("", "")), Err(MetadataError::Absent));
}

#[test]
fn metadata_has_to_be_signed_as_a_whole_where_a_key_is_configured() {
    let keys = [Party::rsa().key()];
    let open = |xml: &str, keys: &[Key]| Metadata::open(xml.as_bytes(), keys).err();
    let signature = |error| Some(MetadataError::Signature(error));
    assert_eq!(open(FEDERATION, &keys), None);
    assert_eq!(open(FEDERATION, &[Party::stranger().key()]), signature(SignatureError::OtherKey));
    assert_eq!(open(PROVIDER, &keys), signature(SignatureError::Missing));
    let changed = FEDERATION.replace("https://rota.example/acs\"", "https://evil.example/acs\"");
    assert_eq!(open(&changed, &keys), signature(SignatureError::Changed));
    let later = FEDERATION.replace("2026-11-30T12", "2027-11-30T12");
    assert_eq!(open(&later, &keys), signature(SignatureError::Changed));
    let sha1 = FEDERATION.replace("2001/04/xmldsig-more#rsa-sha256", "2000/09/xmldsig#rsa-sha1");
    let broken = SignatureError::Algorithm(AlgorithmError::Broken);
    assert_eq!(open(&sha1, &keys), signature(broken));
    // One more entity, before the signature, behind it and behind all.
    let evil = provider("urn:evil", "");
    let first = FEDERATION.find("<ds:Signature").expect("there");
    let last = FEDERATION.rfind("</md:EntitiesDescriptor>").expect("there");
    let with = |at: usize| format!("{}{evil}{}", &FEDERATION[..at], &FEDERATION[at..]);
    assert_eq!(open(&with(first), &keys), signature(SignatureError::Missing));
    assert_eq!(open(&with(last), &keys), signature(SignatureError::Changed));
    let to = FEDERATION.find("</ds:Signature>").expect("there") + "</ds:Signature>".len();
    let twice = format!("{}{}{}", &FEDERATION[..to], &FEDERATION[first..to], &FEDERATION[to..]);
    assert_eq!(open(&twice, &keys), signature(SignatureError::Several));
    // What is signed inside of something that is not.
    let inner = FEDERATION[FEDERATION.find("<md:Entities").expect("there")..].to_owned();
    assert_eq!(open(&group("", &inner), &keys), signature(SignatureError::Missing));
    let moved = format!("{}{}", &inner[..inner.find("<ds:Sig").expect("there")], &FEDERATION[to..]);
    let moved = group("ID=\"_e\"", &format!("{}{moved}", &FEDERATION[first..to]));
    assert_eq!(open(&moved, &keys), signature(SignatureError::OtherElement));
}

#[test]
fn one_entity_may_be_signed_by_itself() {
    let plain = provider("urn:sp", "").replacen("<SPSSO", "{signature}<SPSSO", 1);
    let plain = plain.replacen(" entityID", " ID=\"_e\" entityID", 1);
    let signed = sign_xml(Party::ecdsa(), &plain, "_e", |signed| signed);
    let read = |key: Key| entity(signed.as_bytes(), None, &[key]);
    assert!(read(Party::ecdsa().key()).is_ok());
    let error = Err(MetadataError::Signature(SignatureError::OtherKey));
    assert_eq!(read(Party::rsa().key()), error);
    let changed = signed.replace("urn:sp", "urn:ps");
    let error = entity(changed.as_bytes(), None, &[Party::ecdsa().key()]);
    assert_eq!(error, Err(MetadataError::Signature(SignatureError::Changed)));
}

#[test]
fn nobody_is_sent_to_an_address_that_is_not_safe() {
    let with =
        |location: &str| read(&provider("urn:sp", "").replace("https://x.example/acs", location));
    for good in [
        "https://x.example",
        "https://x.example:8443/acs?a=b%20c",
        "http://127.0.0.1/acs",
        "http://[::1]:8080/acs",
        "http://localhost/acs",
    ] {
        let read = with(good).expect("it is good");
        assert_eq!(read.consumers[0].location, good);
    }
    for bad in [
        "http://x.example/acs",
        "javascript:alert(1)",
        "JavaScript://x.example/%0aalert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "//x.example/acs",
        "/acs",
        "https:x.example",
        "https:///x.example",
        "https://a:b@x.example/",
        "https://x.example/#f",
        "https://x.example/a b",
        "https://x.example\\@evil.example/",
        "http://localhost.x.example/",
        "https://ex&#228;mple.example/",
        "ftp://x.example/",
        "https://",
    ] {
        assert_eq!(with(bad), Err(MetadataError::Address("Location")), "{bad}");
    }
    assert_eq!(with(""), Err(ReadError::Value("Location").into()));
    let long = format!("https://x.example/{}", "a".repeat(1024));
    assert_eq!(with(&long), Err(MetadataError::Address("Location")));
    let logout = |address: &str| {
        let service = "<SingleLogoutService Binding=\"urn:b\" Location=\"https://x.example/\" \
            ResponseLocation=\"";
        read(&provider("urn:sp", &format!("{service}{address}\"/>")))
    };
    assert!(logout("https://x.example/done").is_ok());
    assert_eq!(logout("javascript:1"), Err(MetadataError::Address("ResponseLocation")));
}

#[test]
fn a_key_without_use_is_for_both_and_bare_keys_are_taken() {
    let with = |key: &str| {
        let role = format!("<KeyDescriptor {key}</KeyDescriptor>");
        read(&provider("urn:sp", &role)).map(|read| read.keys.into_iter().next().expect("one"))
    };
    let certificate = BASE64_STANDARD.encode(Party::rsa().certificate);
    let info = format!(
        "<ds:KeyInfo><ds:X509Data><ds:X509Certificate>{certificate}\
        </ds:X509Certificate></ds:X509Data></ds:KeyInfo>"
    );
    for (attribute, signing, encryption) in
        [("", true, true), ("use=\"signing\"", true, false), ("use=\"encryption\"", false, true)]
    {
        let key = with(&format!("{attribute}>{info}")).expect("it is good");
        assert_eq!((key.signing, key.encryption), (signing, encryption), "{attribute}");
        assert_eq!(key.certificates, [certificate.as_str()]);
    }
    let other = with(&format!("use=\"other\">{info}"));
    assert_eq!(other, Err(ReadError::Value("use").into()));
    let broken = with(
        "><ds:KeyInfo><ds:X509Data><ds:X509Certificate>*</ds:X509Certificate>\
        </ds:X509Data></ds:KeyInfo>",
    );
    assert_eq!(broken, Err(ReadError::Value("X509Certificate").into()));
    // 2048 bits, as the two numbers.
    let modulus = BASE64_STANDARD.encode([[0xc1; 128], [0x03; 128]].concat());
    let rsa = |modulus: &str| {
        with(&format!(
            "><ds:KeyInfo><ds:KeyValue><ds:RSAKeyValue><ds:Modulus>{modulus}</ds:Modulus>\
            <ds:Exponent>AQAB</ds:Exponent></ds:RSAKeyValue></ds:KeyValue></ds:KeyInfo>"
        ))
    };
    let spki = rsa(&modulus).expect("it is good").public_keys.remove(0);
    assert!(Key::from_spki(&BASE64_STANDARD.decode(&spki).expect("base64")).is_ok());
    assert_eq!(rsa(""), Err(ReadError::Value("Modulus").into()));
    let der = with(&format!(
        "><ds:KeyInfo><d:DEREncodedKeyValue \
        xmlns:d=\"http://www.w3.org/2009/xmldsig11#\">\n{spki}\n</d:DEREncodedKeyValue></ds:KeyInfo>"
    ));
    assert_eq!(der.expect("it is good").public_keys, [spki]);
}

#[test]
fn what_a_provider_has_to_say_is_required() {
    let good = provider("urn:sp", "");
    let with = |from: &str, to: &str| {
        assert!(good.contains(from), "{from}");
        read(&good.replace(from, to)).err()
    };
    let missing = |name| Some(MetadataError::Read(ReadError::Missing(name)));
    let value = |name| Some(MetadataError::Read(ReadError::Value(name)));
    assert_eq!(with("entityID=\"urn:sp\"", ""), missing("entityID"));
    assert_eq!(with("urn:sp", ""), value("entityID"));
    assert_eq!(with("urn:sp", &"x".repeat(1025)), value("entityID"));
    assert_eq!(with("AssertionConsumerService", "NoService"), missing("AssertionConsumerService"));
    assert_eq!(with("index=\"0\"", ""), missing("index"));
    assert_eq!(with("index=\"0\"", "index=\"-1\""), value("index"));
    assert_eq!(with("index=\"0\"", "index=\"0\" isDefault=\"maybe\""), value("isDefault"));
    assert_eq!(with("Binding=\"urn:post\"", ""), missing("Binding"));
    let twice = Some(ReadError::Twice("the index of an AssertionConsumerService").into());
    let service = "<AssertionConsumerService Binding=\"urn:b\" Location=\"https://x.example\" \
        index=\"0\"/></SPSSODescriptor>";
    assert_eq!(with("</SPSSODescriptor>", service), twice);
    assert_eq!(
        with("SAML:2.0:protocol", "SAML:1.1:protocol"),
        Some(MetadataError::OtherRole("service provider"))
    );
    assert_eq!(with("entityID", "validUntil=\"soon\" entityID"), value("validUntil"));
    assert_eq!(with("entityID", "cacheDuration=\"1\" entityID"), value("cacheDuration"));
    assert_eq!(with("EntityDescriptor", "Descriptor"), Some(MetadataError::Root));
    assert_eq!(with(METADATA_NS, "urn:x"), Some(MetadataError::Root));
    let outer = group("validUntil=\"soon\"", &good);
    assert_eq!(read(&outer).err(), value("validUntil"));
    let all: Vec<_> =
        Metadata::open(outer.as_bytes(), &[]).expect("XML").providers().expect("XML").collect();
    assert_eq!(all.len(), 1);
    assert_eq!(all[0].as_ref().err().map(|e| &e.error), value("validUntil").as_ref());
}

#[test]
fn hostile_xml_is_refused_before_anything_is_read() {
    let good = provider("urn:sp", "");
    let open = |xml: &str| Metadata::open(xml.as_bytes(), &[]).err();
    let xml = |error| Some(MetadataError::Xml(error));
    assert_eq!(open(&format!("<!DOCTYPE x>{good}")), xml(XmlError::DocumentType));
    assert_eq!(open(&good.replace("urn:sp", "&x;")), xml(XmlError::Entity));
    // However far from the beginning.
    let many = provider("urn:other", "").repeat(50);
    assert_eq!(open(&group("", &format!("{many}<?x?>"))), xml(XmlError::ProcessingInstruction));
    assert_eq!(open(&group("", &many)[..5000]), xml(XmlError::IllFormed));
    let deep = format!("{}{}", "<a>".repeat(64), "</a>".repeat(64));
    assert_eq!(open(&group("", &deep)), xml(XmlError::Deep));
}

#[test]
fn of_many_only_those_are_read_that_are_wanted() {
    let wrong = provider("urn:wrong", "<KeyDescriptor use=\"x\"/>");
    let inner = group("validUntil=\"2026-12-01T00:00:00Z\"", &provider("urn:b", ""));
    let xml =
        group("", &format!("{}{wrong}{inner}{}", provider("urn:a", ""), provider("urn:c", "")));
    let metadata = Metadata::open(xml.as_bytes(), &[]).expect("good");
    let of = |ids: &[&str]| {
        let wanted = ids.iter().map(ToString::to_string).collect();
        let found = metadata.providers_among(&wanted).expect("good");
        found.map(|read| read.map(|it| (it.entity_id, it.valid_until))).collect::<Vec<_>>()
    };
    let both = of(&["urn:c", "urn:b", "urn:none"]);
    let until = at("2026-12-01T00:00:00Z");
    assert_eq!(both, [Ok(("urn:b".to_owned(), until)), Ok(("urn:c".to_owned(), None))]);
    assert!(of(&[]).is_empty());
    let wrong = of(&["urn:wrong"]);
    assert!(matches!(&wrong[..], [Err(EntityError { entity_id, .. })] if entity_id == "urn:wrong"));
}

#[test]
fn an_entity_without_end_is_refused_alone() {
    let long = provider(
        "urn:long",
        &format!("<Extensions><a b=\"{}\"/></Extensions>", "x".repeat(1024 * 1024)),
    );
    let wide = provider("urn:wide", &format!("<Extensions>{}</Extensions>", "<a/>".repeat(10_000)));
    let twice = provider("urn:twice", "<a ID=\"x\"/><a ID=\"x\"/>");
    let xml = group("", &format!("{long}{wide}{twice}{}", provider("urn:good", "")));
    let metadata = Metadata::open(xml.as_bytes(), &[]).expect("good");
    let all: Vec<_> = metadata.providers().expect("good").collect();
    let errors: Vec<_> =
        all.iter().filter_map(|read| read.as_ref().err()).map(|e| &e.error).collect();
    let twice = MetadataError::Xml(XmlError::DuplicateId);
    assert_eq!(errors, [&MetadataError::Long, &MetadataError::Long, &twice]);
    assert_eq!(all[3].as_ref().map(|good| good.entity_id.as_str()), Ok("urn:good"));
    let signed = format!(
        "<EntityDescriptor xmlns=\"{METADATA_NS}\" xmlns:ds=\"{DSIG_NS}\">\
        <ds:Signature>{}</ds:Signature></EntityDescriptor>",
        "<a/>".repeat(10_000)
    );
    let error = Metadata::open(signed.as_bytes(), &[Party::rsa().key()]).err();
    assert_eq!(error, Some(MetadataError::Long));
}

#[test]
fn texts_for_people_are_short_single_lines_in_a_language() {
    let ui = |content: &str| {
        let info = format!(
            "<Extensions><u:UIInfo xmlns:u=\"urn:oasis:names:tc:SAML:metadata:ui\">\
            {content}</u:UIInfo></Extensions>"
        );
        read(&provider("urn:sp", &info)).expect("it is good").ui
    };
    let name = |attributes: &str, text: &str| {
        ui(&format!("<u:DisplayName {attributes}>{text}</u:DisplayName>"))
    };
    let long = name("xml:lang=\"en\"", &"\u{e9}".repeat(2000));
    assert_eq!(long[0].text, "\u{e9}".repeat(1000));
    assert_eq!(name("xml:lang=\"cy\"", "a\n\tb<!-- x --> c ")[0].text, "a b c");
    assert_eq!(name("xml:lang=\"en\"", " "), []);
    assert_eq!(name("", "Rota"), []);
    assert_eq!(name("lang=\"en\"", "Rota"), []);
    assert_eq!(name("xml:lang=\"&quot;&gt;\"", "Rota"), []);
}

#[test]
fn the_default_service_names_the_provider() {
    let service = |index: u8, default: &str, name: &str| {
        format!(
            "<AttributeConsumingService index=\"{index}\" {default}><ServiceName xml:lang=\"en\">\
            {name}</ServiceName></AttributeConsumingService>"
        )
    };
    let named = |services: String| {
        let read = read(&provider("urn:sp", &services)).expect("it is good");
        read.ui.into_iter().map(|text| text.text).collect::<Vec<_>>()
    };
    let (yes, no) = ("isDefault=\"true\"", "isDefault=\"false\"");
    assert_eq!(named(service(1, "", "one") + &service(2, yes, "two")), ["two"]);
    assert_eq!(named(service(1, no, "one") + &service(2, "", "two")), ["two"]);
    assert_eq!(named(service(1, no, "one") + &service(2, no, "two")), ["one"]);
    assert!(named(String::new()).is_empty());
}

#[test]
fn a_federation_of_thousands_is_read() {
    let mut content = String::new();
    for number in 0..2000 {
        let _ = write!(content, "{}", provider(&format!("urn:sp:{number}"), ""));
    }
    let xml = group("", &content);
    let metadata = Metadata::open(xml.as_bytes(), &[]).expect("good");
    let all: Vec<_> = metadata.providers().expect("good").map(|read| read.expect("good")).collect();
    assert_eq!(all.len(), 2000);
    assert_eq!(all[1999].entity_id, "urn:sp:1999");
}
