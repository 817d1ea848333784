//! Messages to the letter.

use super::*;

/// The same without its signatures.
fn bare(document: &str) -> String {
    let mut bare = document.to_owned();
    while let Some(start) = bare.find("<ds:Signature ") {
        let end = bare.find("</ds:Signature>").expect("an end") + "</ds:Signature>".len();
        bare.replace_range(start..end, "|");
    }
    bare
}

#[test]
fn a_request_says_all_that_it_was_told_in_the_schemas_order() {
    assert_eq!(
        authn_request("x").write(None).as_deref(),
        Ok(concat!(
            r#"<samlp:AuthnRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" "#,
            r#"AssertionConsumerServiceURL="https://sp.example/acs?x" "#,
            r#"AttributeConsumingServiceIndex="3" Destination="https://sp.example/x" "#,
            r#"ForceAuthn="true" ID="_1" IsPassive="true" IssueInstant="2026-11-28T12:00:00.250Z" "#,
            r#"ProtocolBinding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" ProviderName="x" "#,
            r#"Version="2.0">"#,
            r#"<saml:Issuer xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">"#,
            "https://idp.example/x</saml:Issuer>",
            r#"<saml:Subject xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">"#,
            r#"<saml:NameID Format="urn:oasis:names:tc:SAML:2.0:nameid-format:persistent" "#,
            r#"NameQualifier="https://idp.example/x" SPNameQualifier="https://sp.example/x">"#,
            "x</saml:NameID></saml:Subject>",
            r#"<samlp:NameIDPolicy AllowCreate="true" "#,
            r#"Format="urn:oasis:names:tc:SAML:2.0:nameid-format:transient" SPNameQualifier="x">"#,
            "</samlp:NameIDPolicy>",
            r#"<saml:Conditions xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">"#,
            "</saml:Conditions>",
            r#"<samlp:RequestedAuthnContext Comparison="minimum">"#,
            r#"<saml:AuthnContextClassRef xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">"#,
            "https://refeds.org/profile/mfa</saml:AuthnContextClassRef>",
            r#"<saml:AuthnContextClassRef xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">"#,
            "urn:x</saml:AuthnContextClassRef></samlp:RequestedAuthnContext>",
            r#"<samlp:Scoping ProxyCount="1"><samlp:IDPList>"#,
            r#"<samlp:IDPEntry ProviderID="x"></samlp:IDPEntry>"#,
            r#"<samlp:IDPEntry ProviderID="https://idp.example"></samlp:IDPEntry></samlp:IDPList>"#,
            "<samlp:RequesterID>x</samlp:RequesterID></samlp:Scoping></samlp:AuthnRequest>",
        ))
    );
    assert_eq!(
        least_authn_request().write(None).as_deref(),
        Ok(concat!(
            r#"<samlp:AuthnRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" "#,
            r#"ID="_1" IssueInstant="2026-11-28T12:00:00.250Z" Version="2.0">"#,
            r#"<saml:Issuer xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">"#,
            "https://idp.example/</saml:Issuer></samlp:AuthnRequest>",
        ))
    );
}

#[test]
fn a_response_says_all_that_it_was_told_in_the_schemas_order() {
    let signer = credential(SignatureAlgorithm::RsaSha256);
    let both = Signing { assertion: Some(signer), response: Some(signer), encryption: None };
    let written = response("x").write(&both, &rng()).expect("a response");
    // Each bar is a signature.
    assert_eq!(
        bare(&written),
        concat!(
            r#"<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" "#,
            r#"Destination="https://sp.example/x" ID="_1" InResponseTo="_request" "#,
            r#"IssueInstant="2026-11-28T12:00:00.250Z" Version="2.0">"#,
            r#"<saml:Issuer xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">"#,
            "https://idp.example/x</saml:Issuer>|",
            r#"<samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success">"#,
            "</samlp:StatusCode></samlp:Status>",
            r#"<saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="_2" "#,
            r#"IssueInstant="2026-11-28T12:00:00.250Z" Version="2.0">"#,
            "<saml:Issuer>https://idp.example/x</saml:Issuer>|",
            r#"<saml:Subject><saml:NameID "#,
            r#"Format="urn:oasis:names:tc:SAML:2.0:nameid-format:persistent" "#,
            r#"NameQualifier="https://idp.example/x" SPNameQualifier="https://sp.example/x">"#,
            "x</saml:NameID>",
            r#"<saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer">"#,
            r#"<saml:SubjectConfirmationData InResponseTo="_request" "#,
            r#"NotOnOrAfter="2026-11-28T12:05:00.250Z" Recipient="https://sp.example/acs?x">"#,
            "</saml:SubjectConfirmationData></saml:SubjectConfirmation></saml:Subject>",
            r#"<saml:Conditions NotBefore="2026-11-28T12:00:00.250Z" "#,
            r#"NotOnOrAfter="2026-11-28T12:05:00.250Z"><saml:AudienceRestriction>"#,
            "<saml:Audience>https://sp.example</saml:Audience><saml:Audience>x</saml:Audience>",
            "</saml:AudienceRestriction></saml:Conditions>",
            r#"<saml:AuthnStatement AuthnInstant="2026-11-28T12:00:00.250Z" SessionIndex="x" "#,
            r#"SessionNotOnOrAfter="2026-11-28T12:05:00.250Z"><saml:AuthnContext>"#,
            "<saml:AuthnContextClassRef>https://refeds.org/profile/mfa</saml:AuthnContextClassRef>",
            "</saml:AuthnContext></saml:AuthnStatement><saml:AttributeStatement>",
            r#"<saml:Attribute FriendlyName="mailx" Name="urn:oid:0.9.2342.19200300.100.1.3" "#,
            r#"NameFormat="urn:oasis:names:tc:SAML:2.0:attrname-format:uri">"#,
            "<saml:AttributeValue>x</saml:AttributeValue><saml:AttributeValue></saml:AttributeValue>",
            r#"</saml:Attribute><saml:Attribute Name="rolex" "#,
            r#"NameFormat="urn:oasis:names:tc:SAML:2.0:attrname-format:basic"></saml:Attribute>"#,
            "</saml:AttributeStatement></saml:Assertion></samlp:Response>",
        )
    );
}

#[test]
fn a_log_out_and_a_failure_say_all_that_they_were_told() {
    assert_eq!(
        logout_request("x").write(None).as_deref(),
        Ok(concat!(
            r#"<samlp:LogoutRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" "#,
            r#"Destination="https://sp.example/x" ID="_1" IssueInstant="2026-11-28T12:00:00.250Z" "#,
            r#"NotOnOrAfter="2026-11-28T12:00:00.250Z" "#,
            r#"Reason="urn:oasis:names:tc:SAML:2.0:logout:user" Version="2.0">"#,
            r#"<saml:Issuer xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">"#,
            "https://idp.example/x</saml:Issuer>",
            r#"<saml:NameID xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" "#,
            r#"Format="urn:oasis:names:tc:SAML:2.0:nameid-format:persistent" "#,
            r#"NameQualifier="https://idp.example/x" SPNameQualifier="https://sp.example/x">"#,
            "x</saml:NameID><samlp:SessionIndex>x</samlp:SessionIndex>",
            "<samlp:SessionIndex>other</samlp:SessionIndex></samlp:LogoutRequest>",
        ))
    );
    assert_eq!(
        logout_response("x").write(None).as_deref(),
        Ok(concat!(
            r#"<samlp:LogoutResponse xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" "#,
            r#"Destination="https://sp.example/x" ID="_1" InResponseTo="_request" "#,
            r#"IssueInstant="2026-11-28T12:00:00.250Z" Version="2.0">"#,
            r#"<saml:Issuer xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">"#,
            "https://idp.example/x</saml:Issuer><samlp:Status>",
            r#"<samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Responder">"#,
            r#"<samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:AuthnFailed">"#,
            r#"<samlp:StatusCode Value="urn:other:x"></samlp:StatusCode></samlp:StatusCode>"#,
            "</samlp:StatusCode><samlp:StatusMessage>x</samlp:StatusMessage></samlp:Status>",
            "</samlp:LogoutResponse>",
        ))
    );
}
