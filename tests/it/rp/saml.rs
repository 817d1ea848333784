//! Log-ins at service providers that others wrote. They know us by our metadata and we know them by
//! theirs, and whatever their libraries can check is checked.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use latchkey_saml::names::NameIdFormat;
use reqwest::Method;
use reqwest::header::{CONTENT_TYPE, ORIGIN};

use crate::factors::apply;
use crate::factors::apps::shows;
use crate::support::http::{AMY, Account, Answer, DAN, Person, ROTA, Request, Site, encode};
use crate::support::service_provider::{
    Binding, Fields, Identity, Library, LogIn, Place, ServiceProvider, Setup,
};
use crate::support::talk::Refusal;

pub(super) const PASSWORD: &str =
    "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport";
pub(super) const MFA: &str = "https://refeds.org/profile/mfa";
pub(super) const MAIL: &str = "urn:oid:0.9.2342.19200300.100.1.3";
/// What has a meaning in queries, forms, XML or HTML, and letters that are not ASCII.
pub(super) const ODD: &str = "/a?b=c&d=e%20f;g#h\"i\"<j>k\u{e9}\u{1f511}";
/// What node-saml spells in one way where it signs and in another where it sends.
const SPACED: &str = "it's (not) ~ here + there!";

/// Somebody whose password is enough here, and who has a way of proving more.
const MEG: Account = Account { username: "meg.lock", password: "eleven swans on the estuary" };
const SECRET: &str = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP";

const FERRY: &str = r#"
[[organisation]]
id = "ferry"
name = "Ferry Surgery"
preset = "small"
policy = { required = "password" }

[[person]]
username = "meg.lock"
organisation = "ferry"
name = "Meg Lock"
email = "meg@ferry.example"
password = "eleven swans on the estuary"
totp_secret = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
"#;

/// A service provider that is registered by its own metadata.
pub(super) async fn registered(
    site: &Site,
    library: Library,
    name: &str,
    change: impl FnOnce(&mut Setup),
) -> ServiceProvider {
    registered_with(site, library, name, "", change).await
}

/// The same with more that an operator says of it.
pub(super) async fn registered_with(
    site: &Site,
    library: Library,
    name: &str,
    settings: &str,
    change: impl FnOnce(&mut Setup),
) -> ServiceProvider {
    let metadata = site.get("/saml/metadata").await;
    assert_eq!(metadata.status, 200, "{}", metadata.body);
    let host = format!("{name}.{library:?}.example").to_lowercase();
    let mut setup = Setup::new(&metadata.body, &host);
    change(&mut setup);
    let mut provider = ServiceProvider::start(library, setup);
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("metadata.xml");
    std::fs::write(&file, provider.metadata()).expect("written");
    let document = format!("[[service_provider]]\nmetadata = '{}'\n{settings}\n", file.display());
    apply(site, &document).await;
    provider
}

/// Brings a service provider's message here as a browser does: a form of another site comes from
/// there, and without cookies.
pub(super) async fn bring(
    person: &mut Person<'_>,
    provider: &ServiceProvider,
    place: &Place,
) -> Answer {
    let Some(fields) = &place.fields else { return person.open(&place.url).await };
    let pairs: Vec<_> = fields.iter().map(|(name, value)| (&**name, &**value)).collect();
    let cookies = std::mem::take(&mut person.jar);
    let request = person
        .request(Method::POST, &place.url)
        .header(ORIGIN, provider.setup.entity_id.trim_end_matches("/saml"))
        .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(encode(&pairs));
    let answer = person.send(request).await;
    let new = std::mem::replace(&mut person.jar, cookies);
    person.jar.extend(new);
    person.follow(answer).await
}

/// What a page sends on to a service provider.
pub(super) fn answered(page: &Answer, provider: &ServiceProvider) -> Fields {
    let form = page.form(&provider.setup.consumer);
    assert_eq!(form.action, provider.setup.consumer);
    form.fields.into_iter().collect()
}

pub(super) fn xml(fields: &Fields, name: &str) -> String {
    let decoded = STANDARD.decode(&fields[name]).expect("base64");
    String::from_utf8(decoded).expect("UTF-8")
}

/// Asks on behalf of a service provider, in a browser in which nobody has to be asked.
pub(super) async fn asks(
    person: &mut Person<'_>,
    provider: &mut ServiceProvider,
    log_in: &LogIn,
) -> Result<Identity, Refusal> {
    let place = provider.log_in(log_in);
    let page = bring(person, provider, &place).await;
    provider.judge(&answered(&page, provider))
}

/// The same where a password has to be typed.
pub(super) async fn logs_in(
    person: &mut Person<'_>,
    provider: &mut ServiceProvider,
    log_in: &LogIn,
    account: Account,
) -> Result<Identity, Refusal> {
    let place = provider.log_in(log_in);
    let page = bring(person, provider, &place).await;
    let page = person.type_password(&page, account).await;
    provider.judge(&answered(&page, provider))
}

/// Dan, who is logged in already.
pub(super) async fn dan(site: &Site) -> Person<'_> {
    let mut dan = site.person();
    dan.log_in(&Request::new(ROTA), DAN).await.code();
    dan
}

/// Something that is done to a message.
pub(super) type Change = fn(&str) -> String;

#[tokio::test]
async fn somebody_is_logged_in_by_redirect_and_by_post_whether_requests_are_signed_or_not() {
    let site = Site::start().await;
    for library in Library::ALL {
        for signs in [true, false] {
            let name = if signs { "signing" } else { "plain" };
            let mut provider =
                registered(&site, library, name, |setup| setup.signs_requests = signs).await;
            for binding in Binding::ALL {
                let mut dan = site.person();
                let place = provider.log_in(&LogIn::by(binding));
                let signed = match &place.fields {
                    None => place.url.contains("&Signature="),
                    Some(fields) => xml(fields, "SAMLRequest").contains("SignatureValue>"),
                };
                assert_eq!(signed, signs, "{library:?} {binding:?}");
                let page = bring(&mut dan, &provider, &place).await;
                let page = dan.type_password(&page, DAN).await;
                let identity = provider.judge(&answered(&page, &provider));
                let identity = identity
                    .unwrap_or_else(|refusal| panic!("{library:?} {binding:?}: {refusal:?}"));
                let told = [
                    (MAIL, "dan@harbour.example"),
                    ("urn:oid:0.9.2342.19200300.100.1.1", "dan.quay"),
                    ("urn:oid:2.5.4.42", "Dan"),
                    ("urn:oid:2.5.4.4", "Quay"),
                    ("urn:oid:2.16.840.1.113730.3.1.241", "Dan Quay"),
                ];
                for (name, value) in told {
                    assert_eq!(identity.attributes[name], [value], "{library:?} {name}");
                }
                assert_eq!(identity.attributes.len(), told.len(), "{:?}", identity.attributes);
                if let Some(friendly) = &identity.friendly {
                    assert_eq!(friendly["mail"], ["dan@harbour.example"], "{library:?}");
                    assert_eq!(friendly["displayName"], ["Dan Quay"], "{library:?}");
                }
                assert_eq!(identity.class, PASSWORD);
                assert!(identity.session_index.is_some());
            }
        }
    }
}

#[tokio::test]
async fn an_unsigned_request_of_whoever_says_that_it_signs_leads_nowhere() {
    let site = Site::start().await;
    for library in Library::ALL {
        let mut provider = registered(&site, library, "signing", |_| {}).await;
        let mut setup = provider.setup.clone();
        setup.signs_requests = false;
        let mut stranger = ServiceProvider::start(library, setup.clone());
        setup.signs_requests = true;
        let mut impostor = ServiceProvider::start(library, setup);
        for binding in Binding::ALL {
            for other in [&mut stranger, &mut impostor] {
                let mut dan = dan(&site).await;
                let place = other.log_in(&LogIn::by(binding));
                let page = bring(&mut dan, other, &place).await;
                assert!((400..500).contains(&page.status), "{library:?} {}", page.status);
                assert!(page.forms().iter().all(|form| form.field("SAMLResponse").is_none()));
                let identity = asks(&mut dan, &mut provider, &LogIn::by(binding)).await;
                assert!(identity.is_ok(), "{library:?}: {identity:?}");
            }
        }
    }
}

#[tokio::test]
async fn what_an_operator_has_signed_is_enough_for_whoever_wants_that_and_not_for_whoever_wants_both()
 {
    let site = Site::start().await;
    let mut dan = dan(&site).await;
    for library in Library::ALL {
        for (signed, response, assertion) in [("assertion", false, true), ("response", true, false)]
        {
            let settings = format!("sign = '{signed}'");
            let mut provider = registered_with(&site, library, signed, &settings, |setup| {
                setup.signs_requests = false;
                setup.wants_response_signed = response;
                setup.wants_assertion_signed = assertion;
            })
            .await;
            let identity = asks(&mut dan, &mut provider, &LogIn::by(Binding::Redirect)).await;
            assert!(identity.is_ok(), "{library:?} {signed}: {identity:?}");
            let mut setup = provider.setup.clone();
            setup.wants_response_signed = true;
            setup.wants_assertion_signed = true;
            let mut strict = ServiceProvider::start(library, setup);
            let refused = asks(&mut dan, &mut strict, &LogIn::by(Binding::Redirect)).await;
            assert!(refused.is_err(), "{library:?} {signed}: {refused:?}");
        }
    }
}

#[tokio::test]
async fn an_assertion_for_whoever_has_a_key_for_that_is_encrypted_and_only_they_read_it() {
    let site = Site::start().await;
    for library in Library::ALL {
        let mut provider =
            registered(&site, library, "secret", |setup| setup.encryption = true).await;
        let mut dan = dan(&site).await;
        for binding in Binding::ALL {
            let place = provider.log_in(&LogIn::by(binding));
            let page = bring(&mut dan, &provider, &place).await;
            let fields = answered(&page, &provider);
            let sent = xml(&fields, "SAMLResponse");
            assert!(sent.contains("EncryptedAssertion"), "{sent}");
            assert!(!sent.contains("dan@harbour.example") && !sent.contains("AuthnStatement"));
            let identity = provider.judge(&fields);
            let identity = identity.unwrap_or_else(|refusal| panic!("{library:?}: {refusal:?}"));
            assert_eq!(identity.attributes[MAIL], ["dan@harbour.example"]);
        }
    }
}

#[tokio::test]
async fn a_class_that_asks_for_two_factors_is_stepped_up_to_with_a_key_and_told_as_it_was_asked() {
    let site = Site::start().await;
    let mfa = LogIn { classes: &[MFA], ..LogIn::by(Binding::Redirect) };
    let mut amy = site.person();
    amy.log_in(&Request::new(ROTA), AMY).await.code();
    for library in Library::ALL {
        let mut provider = registered(&site, library, "strict", |_| {}).await;
        // Her key counts for what is asked less of, and is told by the word that was asked with.
        for class in [PASSWORD, MFA] {
            let asked = LogIn { classes: &[PASSWORD], ..LogIn::by(Binding::Post) };
            let asked = if class == MFA { &mfa } else { &asked };
            let identity = asks(&mut amy, &mut provider, asked).await;
            assert_eq!(identity.expect("an assertion").class, class, "{library:?}");
        }
        // With her password alone she is asked for the key.
        amy.jar.clear();
        let place = provider.log_in(&mfa);
        let page = bring(&mut amy, &provider, &place).await;
        let page = amy.type_password(&page, AMY).await;
        let page = amy.use_key(&page.form("/factor/passkey")).await;
        let identity = provider.judge(&answered(&page, &provider)).expect("an assertion");
        assert_eq!(identity.class, MFA, "{library:?}");
    }
}

#[tokio::test]
async fn a_password_session_is_stepped_up_to_the_class_of_two_factors_with_an_app() {
    let site = Site::start().await;
    apply(&site, FERRY).await;
    let mfa = LogIn { classes: &[MFA], ..LogIn::by(Binding::Redirect) };
    for library in Library::ALL {
        let mut provider = registered(&site, library, "strict", |_| {}).await;
        let mut meg = site.person();
        let weak = LogIn { classes: &[PASSWORD], ..LogIn::by(Binding::Post) };
        let identity = logs_in(&mut meg, &mut provider, &weak, MEG).await;
        assert_eq!(identity.expect("an assertion").class, PASSWORD, "{library:?}");
        // Where nobody may be asked, it is said that somebody would have to be.
        let passive = LogIn { passive: true, ..mfa.clone() };
        let refusal = asks(&mut meg, &mut provider, &passive).await.expect_err("no second factor");
        assert!(refusal.message.contains("NoPassive"), "{library:?}: {refusal:?}");
        let place = provider.log_in(&mfa);
        let page = bring(&mut meg, &provider, &place).await;
        let code = shows(SECRET, latchkey_core::Clock::now(&*site.clock));
        let page = meg.submit(&page.form("/factor/totp").with("code", &code)).await;
        let identity = provider.judge(&answered(&page, &provider)).expect("an assertion");
        assert_eq!(identity.class, MFA, "{library:?}");
        // A code works once.
        site.clock.advance(std::time::Duration::from_secs(30));
    }
}

#[tokio::test]
async fn a_class_that_nothing_here_comes_up_to_is_told_as_no_authn_context() {
    const KERBEROS: &str = "urn:oasis:names:tc:SAML:2.0:ac:classes:Kerberos";
    let site = Site::start().await;
    for library in Library::ALL {
        let mut provider = registered(&site, library, "kerberos", |_| {}).await;
        let mut dan = dan(&site).await;
        for binding in Binding::ALL {
            let asked = LogIn { classes: &[KERBEROS], ..LogIn::by(binding) };
            let refusal = asks(&mut dan, &mut provider, &asked).await.expect_err("a refusal");
            assert!(refusal.message.contains("NoAuthnContext"), "{library:?}: {refusal:?}");
            // Dan has nothing but a password.
            let asked = LogIn { classes: &[MFA], ..LogIn::by(binding) };
            let refusal = asks(&mut dan, &mut provider, &asked).await.expect_err("a refusal");
            assert!(refusal.message.contains("NoAuthnContext"), "{library:?}: {refusal:?}");
        }
    }
}

#[tokio::test]
async fn a_name_is_of_the_kind_that_was_asked_for() {
    let site = Site::start().await;
    for library in Library::ALL {
        let mut provider = registered(&site, library, "names", |_| {}).await;
        let mut dan = dan(&site).await;
        let entity_id = provider.setup.entity_id.clone();
        let mut ask = async |format: NameIdFormat| {
            let policy = Some(format.uri());
            let log_in = LogIn { name_id_format: policy, ..LogIn::by(Binding::Redirect) };
            let identity = asks(&mut dan, &mut provider, &log_in).await;
            let name =
                identity.unwrap_or_else(|refusal| panic!("{library:?}: {refusal:?}")).name_id;
            // Unspecified leaves the choice to us.
            if format != NameIdFormat::Unspecified {
                assert_eq!(name.format.as_deref(), policy, "{library:?}");
            }
            name
        };
        let persistent = ask(NameIdFormat::Persistent).await;
        assert_eq!(persistent, ask(NameIdFormat::Persistent).await);
        assert_eq!(persistent.sp_name_qualifier.as_deref(), Some(&*entity_id), "{library:?}");
        assert!(persistent.name_qualifier.is_some_and(|ours| ours.starts_with(&site.issuer)));
        let transient = ask(NameIdFormat::Transient).await;
        assert_ne!(transient.value, ask(NameIdFormat::Transient).await.value);
        assert_eq!(ask(NameIdFormat::Email).await.value, "dan@harbour.example");
        assert!(!ask(NameIdFormat::Unspecified).await.value.is_empty());
    }
}

#[tokio::test]
async fn whoever_may_not_be_asked_is_told_as_no_passive_and_logged_in_once_nobody_has_to_be() {
    let site = Site::start().await;
    for library in Library::ALL {
        let mut provider = registered(&site, library, "quiet", |_| {}).await;
        for binding in Binding::ALL {
            let passive = LogIn { passive: true, ..LogIn::by(binding) };
            let refusal = asks(&mut site.person(), &mut provider, &passive).await;
            let refusal = refusal.expect_err("nobody is logged in");
            assert!(refusal.message.contains("NoPassive"), "{library:?}: {refusal:?}");
            let identity = asks(&mut dan(&site).await, &mut provider, &passive).await;
            assert!(identity.is_ok(), "{library:?}: {identity:?}");
        }
    }
}

#[tokio::test]
async fn whoever_has_to_log_in_anew_is_asked_again_in_an_open_session() {
    let site = Site::start().await;
    for library in Library::ALL {
        let mut provider = registered(&site, library, "anew", |_| {}).await;
        for binding in Binding::ALL {
            let mut dan = dan(&site).await;
            let forced = LogIn { force: true, ..LogIn::by(binding) };
            let identity = logs_in(&mut dan, &mut provider, &forced, DAN).await;
            assert!(identity.is_ok(), "{library:?}: {identity:?}");
        }
    }
}

#[tokio::test]
async fn a_relay_state_comes_back_as_it_was_sent() {
    let site = Site::start().await;
    let mut dan = dan(&site).await;
    for library in Library::ALL {
        for (name, signs, state) in [("signing", true, ODD), ("plain", false, SPACED)] {
            let mut provider =
                registered(&site, library, name, |setup| setup.signs_requests = signs).await;
            for binding in Binding::ALL {
                let log_in = LogIn { relay_state: Some(state), ..LogIn::by(binding) };
                let identity = asks(&mut dan, &mut provider, &log_in).await;
                let identity =
                    identity.unwrap_or_else(|refusal| panic!("{library:?}: {refusal:?}"));
                assert_eq!(identity.relay_state.as_deref(), Some(state), "{library:?} {binding:?}");
            }
        }
    }
}

#[tokio::test]
async fn an_answer_that_somebody_changed_is_refused_by_the_library() {
    let site = Site::start().await;
    for library in Library::ALL {
        let mut provider = registered(&site, library, "changed", |_| {}).await;
        let mut dan = dan(&site).await;
        let changes: [(&str, Change); 5] = [
            ("an attribute", |xml| xml.replace("dan@harbour.example", "eve@harbour.example")),
            ("the class", |xml| xml.replace(PASSWORD, MFA)),
            ("where it may be shown", |xml| xml.replace("/saml/consumer", "/saml/elsewhere")),
            ("the signature of the response", |xml| without_signature(xml, 0)),
            ("the signature of the assertion", |xml| without_signature(xml, 1)),
        ];
        for (what, change) in changes {
            let place = provider.log_in(&LogIn::by(Binding::Redirect));
            let page = bring(&mut dan, &provider, &place).await;
            let mut fields = answered(&page, &provider);
            let sent = xml(&fields, "SAMLResponse");
            let changed = change(&sent);
            assert_ne!(changed, sent, "{what}");
            fields.insert("SAMLResponse".into(), STANDARD.encode(changed));
            let refused = provider.judge(&fields);
            assert!(refused.is_err(), "{library:?} {what}: {refused:?}");
        }
    }
}

/// Without one of the signatures, counted from 0.
pub(super) fn without_signature(xml: &str, which: usize) -> String {
    let (start, _) = xml.match_indices("<ds:Signature ").nth(which).expect("a signature");
    let end = "</ds:Signature>";
    let length = xml[start..].find(end).expect("its end") + end.len();
    format!("{}{}", &xml[..start], &xml[start + length..])
}

#[tokio::test]
async fn an_answer_to_another_request_is_refused_by_the_library() {
    let site = Site::start().await;
    for library in Library::ALL {
        let mut provider = registered(&site, library, "again", |_| {}).await;
        let mut dan = dan(&site).await;
        let place = provider.log_in(&LogIn::by(Binding::Redirect));
        let page = bring(&mut dan, &provider, &place).await;
        let fields = answered(&page, &provider);
        let mut other = ServiceProvider::start(library, provider.setup.clone());
        other.log_in(&LogIn::by(Binding::Redirect));
        let refused = other.judge(&fields);
        assert!(refused.is_err(), "{library:?}: {refused:?}");
        let taken = provider.judge(&fields);
        assert!(taken.is_ok(), "{library:?}: {taken:?}");
    }
}
