use super::*;
use crate::keys::SignatureAlgorithm;
use crate::metadata::read::{self, MetadataError};
use crate::names::AttributeNameFormat;
use crate::tools::{NOW, OUTER, assert_canonical, credential, texts, validate, verifies};
use crate::verify::Key;

fn in_both(text: &str) -> Vec<Localized> {
    ["en", "cy"].map(|language| Localized { language: language.into(), text: text.into() }).into()
}

fn endpoint(binding: Binding, location: &str) -> Endpoint {
    Endpoint { binding, location: location.to_owned(), response_location: None }
}

/// With all that it can have, and this text wherever one goes.
fn full(text: &str) -> IdentityProvider<'static> {
    let address = |path: &str| format!("https://idp.example/{path}?{text}");
    IdentityProvider {
        id: MessageId::parse("_1").expect("an identifier"),
        entity_id: address("metadata"),
        valid_until: NOW,
        cache_duration: Duration::from_secs(3600),
        want_authn_requests_signed: true,
        certificates: SignatureAlgorithm::ALL.map(|one| credential(one).certificate()).into(),
        single_sign_on: vec![
            endpoint(Binding::Redirect, &address("sso")),
            endpoint(Binding::Post, &address("sso")),
        ],
        single_logout: vec![Endpoint {
            response_location: Some(address("done")),
            ..endpoint(Binding::Redirect, &address("slo"))
        }],
        artifact_resolution: vec![(0, address("artifact")), (7, address("other"))],
        name_id_formats: NameIdFormat::ALL.into(),
        scopes: vec![text.to_owned(), "idp.example".to_owned()],
        error_url: Some(address("help")),
        ui: UiInfo {
            display_names: in_both(text),
            descriptions: in_both(text),
            logos: [None, Some("cy".to_owned())]
                .map(|language| Logo { url: address("logo"), width: 80, height: 60, language })
                .into(),
            information_urls: in_both(&address("about")),
            privacy_urls: in_both(&address("privacy")),
        },
        organization: Some(Organization {
            names: in_both(text),
            display_names: in_both(text),
            urls: in_both(&address("")),
        }),
        contacts: ContactKind::ALL
            .map(|kind| Contact {
                kind,
                given_name: Some(text.to_owned()),
                email: "help@idp.example".to_owned(),
            })
            .into(),
        entity_attributes: vec![Attribute {
            name: "http://macedir.org/entity-category-support".to_owned(),
            name_format: AttributeNameFormat::Uri,
            friendly_name: None,
            values: vec![text.to_owned()],
        }],
    }
}

/// With as little as it can have.
fn least() -> IdentityProvider<'static> {
    IdentityProvider {
        entity_id: "https://idp.example".to_owned(),
        want_authn_requests_signed: false,
        certificates: vec![credential(SignatureAlgorithm::RsaSha256).certificate()],
        single_sign_on: vec![endpoint(Binding::Post, "https://idp.example/sso")],
        single_logout: Vec::new(),
        artifact_resolution: Vec::new(),
        name_id_formats: Vec::new(),
        scopes: Vec::new(),
        error_url: None,
        ui: UiInfo::default(),
        organization: None,
        contacts: Vec::new(),
        entity_attributes: Vec::new(),
        ..full("")
    }
}

#[test]
fn metadata_is_its_own_canonical_form_and_verifies_whatever_it_says() {
    for algorithm in SignatureAlgorithm::ALL {
        let signer = credential(algorithm);
        let mut documents: Vec<String> = texts(24)
            .iter()
            .map(|text| full(text).write(Some(signer)).expect("metadata"))
            .collect();
        documents.push(least().write(Some(signer)).expect("metadata"));
        assert_canonical(&documents);
        assert!(verifies(&documents, OUTER, signer));
        let changed = documents[0].replace("/sso?", "/SSO?");
        assert_ne!(changed, documents[0]);
        assert!(!verifies(&[changed], OUTER, signer));
    }
}

#[test]
fn metadata_is_what_the_schemas_allow_and_the_signature_stands_first() {
    let signer = credential(SignatureAlgorithm::RsaSha256);
    let signed = full("a&b").write(Some(signer)).expect("metadata");
    assert!(signed.split_once('>').expect("a tag").1.starts_with("<ds:Signature "));
    let documents = [
        signed,
        full("amy").write(None).expect("metadata"),
        least().write(Some(signer)).expect("metadata"),
        least().write(None).expect("metadata"),
    ];
    assert_eq!(validate(&documents), Ok(()));
    // The judge knows what the extensions are.
    for (from, to) in [
        ("height=\"60\"", "height=\"0\""),
        ("mdui:DisplayName", "mdui:Name"),
        ("regexp=\"false\"", "regexp=\"never\""),
        ("<alg:DigestMethod ", "<alg:DigestMethod Digest=\"a\" "),
    ] {
        let other = documents[1].replace(from, to);
        assert_ne!(other, documents[1]);
        assert!(validate(&[other]).is_err(), "{from}");
    }
}

#[test]
fn metadata_without_a_key_an_address_or_an_organisations_name_is_refused() {
    let none = |field| Err(WriteError::Unwritable { field, why: "there is none" });
    let keyless = IdentityProvider { certificates: Vec::new(), ..least() };
    assert_eq!(keyless.write(None), none("KeyDescriptor"));
    let closed = IdentityProvider { single_sign_on: Vec::new(), ..least() };
    assert_eq!(closed.write(None), none("SingleSignOnService"));
    let nameless = Organization {
        names: Vec::new(),
        display_names: in_both("a"),
        urls: in_both("https://idp.example"),
    };
    let nameless = IdentityProvider { organization: Some(nameless), ..least() };
    assert_eq!(nameless.write(None), none("OrganizationName"));
    assert_eq!(full("\u{ffff}").write(None), Err(WriteError::Illegal { field: "entityID" }));
}

#[test]
fn a_provider_says_all_that_it_was_told_in_the_schemas_order() {
    let mut provider = full("x");
    provider.certificates.pop();
    let certificate = provider.certificates[0].base64().to_owned();
    let written = provider.write(None).expect("metadata").replace(&certificate, "|");
    let algorithm = |element: &str, uri: &str| {
        format!(
            "<alg:{element} xmlns:alg=\"urn:oasis:names:tc:SAML:metadata:algsupport\" \
             Algorithm=\"{uri}\"></alg:{element}>"
        )
    };
    let digests = DIGESTS.map(|uri| algorithm("DigestMethod", uri)).concat();
    let ways = Algorithm::ALL.map(|it| algorithm("SigningMethod", it.uri())).concat();
    assert!(written.contains(&format!("<md:Extensions>{digests}{ways}<mdattr:")), "{written}");
    assert_eq!(
        written.replace(&digests, "").replace(&ways, ""),
        concat!(
            r#"<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" ID="_1" "#,
            r#"cacheDuration="PT3600S" entityID="https://idp.example/metadata?x" "#,
            r#"validUntil="2026-11-28T12:00:00.250Z"><md:Extensions>"#,
            r#"<mdattr:EntityAttributes xmlns:mdattr="urn:oasis:names:tc:SAML:metadata:attribute">"#,
            r#"<saml:Attribute xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" "#,
            r#"Name="http://macedir.org/entity-category-support" "#,
            r#"NameFormat="urn:oasis:names:tc:SAML:2.0:attrname-format:uri">"#,
            "<saml:AttributeValue>x</saml:AttributeValue></saml:Attribute>",
            "</mdattr:EntityAttributes></md:Extensions>",
            r#"<md:IDPSSODescriptor WantAuthnRequestsSigned="true" "#,
            r#"errorURL="https://idp.example/help?x" "#,
            r#"protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol"><md:Extensions>"#,
            r#"<shibmd:Scope xmlns:shibmd="urn:mace:shibboleth:metadata:1.0" regexp="false">"#,
            "x</shibmd:Scope>",
            r#"<shibmd:Scope xmlns:shibmd="urn:mace:shibboleth:metadata:1.0" regexp="false">"#,
            "idp.example</shibmd:Scope>",
            r#"<mdui:UIInfo xmlns:mdui="urn:oasis:names:tc:SAML:metadata:ui">"#,
            r#"<mdui:DisplayName xml:lang="en">x</mdui:DisplayName>"#,
            r#"<mdui:DisplayName xml:lang="cy">x</mdui:DisplayName>"#,
            r#"<mdui:Description xml:lang="en">x</mdui:Description>"#,
            r#"<mdui:Description xml:lang="cy">x</mdui:Description>"#,
            r#"<mdui:InformationURL xml:lang="en">https://idp.example/about?x</mdui:InformationURL>"#,
            r#"<mdui:InformationURL xml:lang="cy">https://idp.example/about?x</mdui:InformationURL>"#,
            r#"<mdui:PrivacyStatementURL xml:lang="en">https://idp.example/privacy?x"#,
            r#"</mdui:PrivacyStatementURL>"#,
            r#"<mdui:PrivacyStatementURL xml:lang="cy">https://idp.example/privacy?x"#,
            r#"</mdui:PrivacyStatementURL>"#,
            r#"<mdui:Logo height="60" width="80">https://idp.example/logo?x</mdui:Logo>"#,
            r#"<mdui:Logo height="60" width="80" xml:lang="cy">https://idp.example/logo?x</mdui:Logo>"#,
            "</mdui:UIInfo></md:Extensions>",
            r#"<md:KeyDescriptor use="signing">"#,
            r#"<ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:X509Data>"#,
            "<ds:X509Certificate>|</ds:X509Certificate></ds:X509Data></ds:KeyInfo>",
            "</md:KeyDescriptor>",
            r#"<md:ArtifactResolutionService Binding="urn:oasis:names:tc:SAML:2.0:bindings:SOAP" "#,
            r#"Location="https://idp.example/artifact?x" index="0" isDefault="true">"#,
            "</md:ArtifactResolutionService>",
            r#"<md:ArtifactResolutionService Binding="urn:oasis:names:tc:SAML:2.0:bindings:SOAP" "#,
            r#"Location="https://idp.example/other?x" index="7" isDefault="false">"#,
            "</md:ArtifactResolutionService>",
            r#"<md:SingleLogoutService "#,
            r#"Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" "#,
            r#"Location="https://idp.example/slo?x" "#,
            r#"ResponseLocation="https://idp.example/done?x"></md:SingleLogoutService>"#,
            "<md:NameIDFormat>urn:oasis:names:tc:SAML:2.0:nameid-format:persistent",
            "</md:NameIDFormat>",
            "<md:NameIDFormat>urn:oasis:names:tc:SAML:2.0:nameid-format:transient</md:NameIDFormat>",
            "<md:NameIDFormat>urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress",
            "</md:NameIDFormat>",
            "<md:NameIDFormat>urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified",
            "</md:NameIDFormat>",
            r#"<md:SingleSignOnService "#,
            r#"Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" "#,
            r#"Location="https://idp.example/sso?x"></md:SingleSignOnService>"#,
            r#"<md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" "#,
            r#"Location="https://idp.example/sso?x"></md:SingleSignOnService></md:IDPSSODescriptor>"#,
            r#"<md:Organization><md:OrganizationName xml:lang="en">x</md:OrganizationName>"#,
            r#"<md:OrganizationName xml:lang="cy">x</md:OrganizationName>"#,
            r#"<md:OrganizationDisplayName xml:lang="en">x</md:OrganizationDisplayName>"#,
            r#"<md:OrganizationDisplayName xml:lang="cy">x</md:OrganizationDisplayName>"#,
            r#"<md:OrganizationURL xml:lang="en">https://idp.example/?x</md:OrganizationURL>"#,
            r#"<md:OrganizationURL xml:lang="cy">https://idp.example/?x</md:OrganizationURL>"#,
            "</md:Organization>",
            r#"<md:ContactPerson contactType="technical"><md:GivenName>x</md:GivenName>"#,
            "<md:EmailAddress>mailto:help@idp.example</md:EmailAddress></md:ContactPerson>",
            r#"<md:ContactPerson contactType="support"><md:GivenName>x</md:GivenName>"#,
            "<md:EmailAddress>mailto:help@idp.example</md:EmailAddress></md:ContactPerson>",
            r#"<md:ContactPerson contactType="administrative"><md:GivenName>x</md:GivenName>"#,
            "<md:EmailAddress>mailto:help@idp.example</md:EmailAddress></md:ContactPerson>",
            "</md:EntityDescriptor>",
        )
    );
}

/// In the other role, with this text wherever one goes.
fn service(text: &str) -> ServiceProvider<'static> {
    let address = |path: &str| format!("https://sp.example/{path}?{text}");
    ServiceProvider {
        id: MessageId::parse("_2").expect("an identifier"),
        entity_id: address("metadata"),
        certificates: vec![credential(SignatureAlgorithm::EcdsaSha256).certificate()],
        single_logout: vec![endpoint(Binding::Redirect, &address("slo"))],
        name_id_formats: vec![NameIdFormat::Persistent, NameIdFormat::Transient],
        consumers: vec![address("acs"), address("other")],
        ui: UiInfo { display_names: in_both(text), ..UiInfo::default() },
    }
}

#[test]
fn a_service_provider_is_canonical_valid_and_read_back_as_it_was_told() {
    let signer = credential(SignatureAlgorithm::EcdsaSha256);
    let write = |text: &String| service(text).write(Some(signer)).expect("metadata");
    let documents: Vec<String> = texts(24).iter().map(write).collect();
    assert_canonical(&documents);
    assert!(verifies(&documents, OUTER, signer));
    let documents = [write(&"amy".to_owned()), service("amy").write(None).expect("metadata")];
    assert_eq!(validate(&documents), Ok(()));

    let key = Key::from_certificate(signer.certificate().der()).expect("a key");
    let read = read::entity(documents[0].as_bytes(), None, std::slice::from_ref(&key));
    let read = read.expect("a service provider");
    assert_eq!(read.entity_id, "https://sp.example/metadata?amy");
    assert!(read.signs_requests && read.wants_assertions_signed);
    assert_eq!(read.keys[0].verifying(), [key]);
    assert_eq!(read.logout[0].location, "https://sp.example/slo?amy");
    let consumers: Vec<_> =
        read.consumers.iter().map(|it| (it.index, it.is_default, it.location.as_str())).collect();
    assert_eq!(
        consumers,
        [
            (0, Some(true), "https://sp.example/acs?amy"),
            (1, Some(false), "https://sp.example/other?amy")
        ]
    );
    let nowhere = ServiceProvider { consumers: Vec::new(), ..service("amy") };
    let none = WriteError::Unwritable { field: "AssertionConsumerService", why: "there is none" };
    assert_eq!(nowhere.write(None), Err(none));
}

#[test]
fn an_identity_provider_is_read_back_as_it_was_told_and_only_in_its_role() {
    let signer = credential(SignatureAlgorithm::RsaSha256);
    let key = Key::from_certificate(signer.certificate().der()).expect("a key");
    let written = full("amy").write(Some(signer)).expect("metadata");
    let open =
        |xml: &str| read::identity_provider(xml.as_bytes(), None, std::slice::from_ref(&key));
    let read = open(&written).expect("an identity provider");
    assert_eq!(read.entity_id, "https://idp.example/metadata?amy");
    assert_eq!(read.valid_until, Some(NOW));
    assert_eq!(read.cache_seconds, Some(3600));
    assert!(read.wants_requests_signed);
    assert_eq!(read.verifying().len(), 2);
    assert!(read.verifying().contains(&key));
    let by = |binding| read.single_sign_on_by(binding).map(|it| it.location.as_str());
    assert_eq!(by(Binding::Redirect), Some("https://idp.example/sso?amy"));
    assert_eq!(by(Binding::Artifact), None);
    let logout = read.logout_by(Binding::Redirect).expect("one");
    assert_eq!(logout.response_location.as_deref(), Some("https://idp.example/done?amy"));

    let changed = written.replace("/sso?", "/SSO?");
    assert!(matches!(open(&changed), Err(MetadataError::Signature(_))));
    let other = service("amy").write(Some(signer)).expect("metadata");
    assert_eq!(open(&other), Err(MetadataError::OtherRole("identity provider")));
    let other = read::entity(written.as_bytes(), None, &[]);
    assert_eq!(other, Err(MetadataError::OtherRole("service provider")));
}
