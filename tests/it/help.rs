//! Help pages: readable by anybody, with the helpdesk of whoever's organisation is known, and with
//! names for nobody but its own people.

use reqwest::header::USER_AGENT;

use crate::factors::apply;
use crate::support::http::{AMY, Answer, DAN, ROTA, Request, Site};

const WHERE: &str = "/help/local-administrator";

/// Whom two organisations call, and who administers them; a third tells nobody whom to call.
const CONTACTS: &str = r#"
[[organisation]]
id = "northgate"
name = "Northgate Trust"
preset = "hospital"
policy = { rollout = "available", grace_until = "2099-12-31", key_as_primary = true }
helpdesk = { phone = "01632 960 001", reporting = "Tell security on 01632 960 002" }

[[organisation]]
id = "harbour"
name = "Harbour Clinic"
preset = "small"
policy = { required = "password" }
helpdesk = { email = "desk@harbour.example" }

[[organisation]]
id = "eastmoor"
name = "Eastmoor Hospice"
preset = "small"

[[person]]
username = "sam.desk"
organisation = "northgate"
name = "Sam Desk"
email = "sam@northgate.example"

[[person]]
username = "nia.gate"
organisation = "harbour"
name = "Nia Gate"
email = "nia@harbour.example"

[[role]]
person = "sam.desk"
role = "local-administrator"
organisation = "northgate"

[[role]]
person = "nia.gate"
role = "local-administrator"
organisation = "harbour"
"#;

async fn start() -> Site {
    let site = Site::start().await;
    apply(&site, CONTACTS).await;
    site
}

/// What a page shows of an organisation and its people.
fn shows(page: &Answer, texts: &[&str]) -> Vec<bool> {
    texts.iter().map(|text| page.body.contains(text)).collect()
}

/// Fails unless a page has links to these addresses.
fn leads(page: &Answer, addresses: &[&str]) {
    let links = page.links();
    for address in addresses {
        assert!(links.iter().any(|link| link == address), "{address}: {links:?}");
    }
}

const TEXTS: [&str; 4] = ["01632 960 001", "desk@harbour.example", "Sam Desk", "Nia Gate"];

#[tokio::test]
async fn who_is_not_logged_in_chooses_an_organisation_and_sees_its_helpdesk_and_nobodys_name() {
    let site = start().await;
    let mut anybody = site.person();
    let page = anybody.open(WHERE).await;
    assert_eq!(shows(&page, &TEXTS), [false; 4]);
    let chosen = format!("{WHERE}?organisation=northgate");
    leads(&page, &[&chosen, &format!("{WHERE}?organisation=harbour")]);
    assert!(page.body.contains("Northgate Trust") && page.body.contains("Harbour Clinic"));
    assert!(!page.body.contains("Eastmoor"), "there is nothing to see: {}", page.body);

    let page = anybody.open(&chosen).await;
    assert_eq!(shows(&page, &TEXTS), [true, false, false, false]);
    // From there on every page of help names the same helpdesk, in the other language too.
    let lost = "/help/lost-key?organisation=northgate";
    let welsh = format!("{chosen}&ui_locales=cy");
    leads(&page, &[lost, "/help?organisation=northgate", &welsh]);
    let page = anybody.open(lost).await;
    assert!(page.body.contains("The key stops working once you open that link"), "{}", page.body);
    assert_eq!(shows(&page, &TEXTS), [true, false, false, false]);
    let dialled = "Tell security on <a class=\"whole\" href=\"tel:01632960002\">01632 960 002</a>";
    assert!(page.body.contains(dialled), "{}", page.body);
    assert!(anybody.jar.is_empty(), "looking leaves nothing behind: {:?}", anybody.jar);
}

#[tokio::test]
async fn an_organisation_that_is_not_there_is_the_same_as_none() {
    let site = start().await;
    let mut anybody = site.person();
    let none = anybody.open(WHERE).await;
    for query in ["organisation=nowhere", "organisation=", "organisation=%00", "organisation=%27"] {
        let page = anybody.open(&format!("{WHERE}?{query}")).await;
        assert_eq!((page.status, page.heading()), (200, none.heading()), "{query}");
        assert!(page.body.contains("Choose your organisation"), "{query}: {}", page.body);
    }
    let twice = anybody.open(&format!("{WHERE}?organisation=harbour&organisation=northgate")).await;
    assert_eq!(shows(&twice, &TEXTS), [false; 4]);
}

#[tokio::test]
async fn who_is_logged_in_sees_the_administrators_of_their_own_organisation_and_of_no_other() {
    let site = start().await;
    let mut dan = site.person();
    dan.log_in(&Request::new(ROTA), DAN).await;
    for query in ["", "?organisation=northgate"] {
        let page = dan.open(&format!("{WHERE}{query}")).await;
        assert_eq!(shows(&page, &TEXTS), [false, true, false, true], "{query}");
        assert!(page.body.contains("nia@harbour.example"), "{}", page.body);
        assert!(!page.body.contains("Choose"), "{}", page.body);
    }
}

#[tokio::test]
async fn help_on_the_way_in_names_the_helpdesk_of_the_page_that_it_was_asked_on() {
    let site = start().await;
    let mut amy = site.person();
    let page = amy.open("/login").await;
    let page = amy.type_password(&page, AMY).await;
    assert_eq!(page.heading(), "Set up your security key");
    for link in ["/help/get-help", "/help/register-key"] {
        let link = format!("{link}?organisation=northgate");
        leads(&page, &[&link]);
        assert_eq!(shows(&amy.open(&link).await, &TEXTS), [true, false, false, false], "{link}");
    }

    // A call number is shown with it, and it stays.
    let page = amy.open("/help/get-help?organisation=northgate").await;
    let page = amy.submit(&page.form("/help/get-help?organisation=northgate")).await;
    assert!(page.url.ends_with("/help/get-help?organisation=northgate"), "{}", page.url);
    assert_eq!(shows(&page, &TEXTS), [true, false, false, false]);
    assert!(page.body.contains("Your call number"), "{}", page.body);
}

/// The two pages that tell what to do on each system.
const PIN: &str = "/help/forgotten-pin";
const RESET: &str = "/help/factory-reset";

/// The systems of each list on a page, in order, and which of them are open.
fn systems(page: &Answer) -> Vec<(Vec<String>, Vec<String>)> {
    let lists =
        page.body.split("class=\"folds\"").skip(1).filter_map(|it| it.split("</div>").next());
    let title = |fold: &str| {
        let (_, title) = fold.split_once("<span>").expect("a title");
        title.split('<').next().unwrap_or_default().to_owned()
    };
    let list = |list: &str| {
        let folds: Vec<&str> = list.split("<details").skip(1).collect();
        let open = folds.iter().filter(|fold| fold.starts_with(" open>"));
        (folds.iter().map(|fold| title(fold)).collect(), open.map(|fold| title(fold)).collect())
    };
    lists.map(list).collect()
}

/// A page as somebody sees it whose browser says this of itself.
async fn read_on(site: &Site, path: &str, agent: &str) -> Answer {
    site.send(site.http.get(site.url(path)).header(USER_AGENT, agent)).await
}

#[tokio::test]
async fn the_steps_for_the_readers_own_system_come_first_and_open_and_every_other_follows() {
    let site = start().await;
    let mut anybody = site.person();
    let plain = anybody.open(PIN).await;
    let all = ["Windows", "Mac", "iPhone or iPad", "Android", "Linux or Chromebook"];
    for (agent, own) in [
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/140.0.0.0 Edg/140.0", "Windows"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Version/18.6 Safari/605.1.15", "Mac"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) Safari/604.1", "iPhone or iPad"),
        ("Mozilla/5.0 (iPad; CPU OS 18_6 like Mac OS X) Safari/604.1", "iPhone or iPad"),
        ("Mozilla/5.0 (Linux; Android 15) Chrome/140.0.0.0 Mobile Safari/537.36", "Android"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Firefox/143.0", "Linux or Chromebook"),
        ("Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) Chrome/140.0.0.0", "Linux or Chromebook"),
    ] {
        let mut order = vec![own.to_owned()];
        order.extend(all.iter().filter(|it| **it != own).map(|it| (*it).to_owned()));
        let expected = (order, vec![own.to_owned()]);
        let page = read_on(&site, PIN, agent).await;
        assert_eq!(systems(&page), [expected.clone(), expected.clone()], "{agent}");
        assert_eq!(systems(&read_on(&site, RESET, agent).await), [expected], "{agent}");
    }
    // What nobody knows is not guessed, and not said back.
    let unknown = (all.map(str::to_owned).to_vec(), Vec::new());
    assert_eq!(systems(&plain), [unknown.clone(), unknown.clone()]);
    let odd = "<script>alert(1)</script> Plan 9";
    let page = read_on(&site, PIN, odd).await;
    assert_eq!((page.status, systems(&page)), (200, vec![unknown.clone(), unknown]));
    assert!(!page.body.contains("alert(1)") && !page.body.contains("Plan 9"), "{}", page.body);
}

#[tokio::test]
async fn what_a_reset_wipes_and_in_which_order_to_go_about_it_is_told_without_a_log_in() {
    let site = start().await;
    let mut anybody = site.person();
    for from in ["/help", PIN, "/help/key-not-working"] {
        leads(&anybody.open(from).await, &[RESET]);
    }
    for (path, heading) in [(RESET, "How to reset a key"), (PIN, "I have forgotten my PIN")] {
        let page = anybody.open(path).await;
        assert_eq!((page.status, page.heading().as_str()), (200, heading));
        let warning = "Resetting wipes this key for every website that it is used with";
        let told = [
            warning,
            "Log in the other way",
            "Remove the key from your account",
            "choose ‘Remove’ next to it",
            "Reset the key",
            "Register it again with a new PIN",
            "Choose ‘Register new token’",
        ];
        let places =
            told.map(|text| page.body.find(text).unwrap_or_else(|| panic!("{text}: {path}")));
        assert!(places.is_sorted(), "{path}: {places:?}");
        leads(&page, &["/help/get-help"]);
    }
    let page = anybody.open(&format!("{RESET}?ui_locales=cy")).await;
    assert_eq!(page.heading(), "Sut i ailosod allwedd");
    assert!(page.body.contains("dewiswch ‘Tynnu’ wrth ei hymyl"), "{}", page.body);
}

#[tokio::test]
async fn whoever_has_a_pass_is_led_from_get_help_to_where_it_is_typed_and_nobody_who_is_logged_in()
{
    let site = start().await;
    let mut anybody = site.person();
    let page = anybody.open("/help/get-help").await;
    assert!(page.body.contains("choose ‘I have a pass from my helpdesk’"), "{}", page.body);
    assert!(page.body.contains(">Use a pass</a>"), "{}", page.body);
    leads(&page, &["/login"]);
    let page = anybody.open("/login").await;
    assert!(page.body.contains(">I have a pass from my helpdesk</a>"), "{}", page.body);
    let links = page.links();
    let link = links.iter().find(|link| link.ends_with("/pass")).expect("a link");
    let page = anybody.open(link).await;
    assert!(page.body.contains("name=\"code\""), "{}", page.body);

    let mut dan = site.person();
    dan.log_in(&Request::new(ROTA), DAN).await;
    let page = dan.open("/help/get-help").await;
    assert_eq!(page.status, 200);
    assert!(!page.body.contains("Use a pass"), "{}", page.body);
}
