//! Every address of our pages, and what it takes. A sweep walks this table, and one test compares
//! it with what the product really serves.

use std::collections::BTreeSet;
use std::sync::Arc;

use reqwest::Method;
use reqwest::header::ORIGIN;

use super::{Stage, is_ours};
use crate::support::http::Site;

/// What an address reads when something is posted to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Post {
    /// Nothing can be.
    No,
    /// A form, which must be the page's own.
    Form,
    /// What a page's script asks a ceremony's options with.
    Json,
    /// A form that carries its own right to be taken, and no step of a page: anybody may send it.
    Open,
    /// The same with a document in it, as long as such a one may be.
    Pasted,
    /// The same with a file in it.
    Upload,
    /// It acts and reads nothing.
    Unread,
}

/// An address.
#[derive(Clone, Copy, Debug)]
pub(super) struct Row {
    pub(super) path: &'static str,
    pub(super) get: bool,
    pub(super) post: Post,
}

impl Row {
    /// Whether one has to be logged in.
    pub(super) fn is_account(self) -> bool {
        self.path.starts_with("/account") && self.path != "/account/resume"
    }
}

const fn page(path: &'static str) -> Row {
    Row { path, get: true, post: Post::No }
}

const fn form(path: &'static str) -> Row {
    Row { path, get: true, post: Post::Form }
}

/// Something that is posted by a page of the console, which asks first who is there.
const fn button(path: &'static str) -> Row {
    Row { path, get: false, post: Post::Open }
}

const fn script(path: &'static str) -> Row {
    Row { path, get: false, post: Post::Json }
}

pub(super) const ROWS: &[Row] = &[
    page("/"),
    page("/admin"),
    page("/admin/callback"),
    page("/admin/log-in"),
    button("/admin/log-out"),
    page("/admin/search"),
    page("/admin/can"),
    page("/admin/logo/{organisation}"),
    page("/admin/people"),
    Row { path: "/admin/people/bulk", get: true, post: Post::Open },
    Row { path: "/admin/people/new", get: true, post: Post::Open },
    Row { path: "/admin/people/{person}/details", get: true, post: Post::Open },
    page("/admin/people/{person}"),
    button("/admin/people/{person}/call"),
    button("/admin/people/{person}/check"),
    button("/admin/people/{person}/end-call"),
    Row { path: "/admin/people/{person}/do/{action}", get: true, post: Post::Open },
    page("/admin/people/{person}/history"),
    page("/admin/people/{person}/pass"),
    Row { path: "/admin/people/{person}/move", get: true, post: Post::Open },
    Row { path: "/admin/people/{person}/erase", get: true, post: Post::Open },
    page("/admin/approvals"),
    Row { path: "/admin/approvals/{approval}", get: true, post: Post::Open },
    page("/admin/audit"),
    page("/admin/audit/export"),
    page("/admin/progress"),
    page("/admin/progress.csv"),
    page("/admin/organisations"),
    Row { path: "/admin/organisations/new", get: true, post: Post::Open },
    page("/admin/organisations/{organisation}"),
    Row { path: "/admin/organisations/{organisation}/edit", get: true, post: Post::Open },
    page("/admin/roles"),
    Row { path: "/admin/roles/give", get: true, post: Post::Open },
    Row { path: "/admin/roles/end", get: true, post: Post::Open },
    page("/admin/applications"),
    Row { path: "/admin/applications/new", get: true, post: Post::Open },
    page("/admin/applications/{application}"),
    Row { path: "/admin/applications/{application}/edit", get: true, post: Post::Open },
    Row { path: "/admin/applications/{application}/secret", get: true, post: Post::Open },
    Row { path: "/admin/applications/{application}/delete", get: true, post: Post::Open },
    Row { path: "/admin/applications/{application}/test", get: true, post: Post::Open },
    page("/admin/applications/{application}/test/{test}"),
    Row { path: "/admin/service-providers/doctor", get: true, post: Post::Open },
    button("/admin/service-providers/test"),
    Row { path: "/admin/service-providers/new", get: true, post: Post::Pasted },
    page("/admin/service-providers/{provider}"),
    Row { path: "/admin/service-providers/{provider}/edit", get: true, post: Post::Pasted },
    button("/admin/service-providers/{provider}/refresh"),
    Row { path: "/admin/service-providers/{provider}/delete", get: true, post: Post::Open },
    page("/admin/keys"),
    Row { path: "/admin/keys/new", get: true, post: Post::Open },
    page("/admin/health"),
    button("/admin/health/letters/retry"),
    button("/admin/health/letters/{letter}/retry"),
    Row { path: "/admin/health/letters/{letter}/give-up", get: true, post: Post::Open },
    Row { path: "/admin/imports", get: true, post: Post::Upload },
    page("/admin/imports/people.csv"),
    Row { path: "/admin/imports/{import}", get: true, post: Post::Open },
    page("/admin/policy"),
    Row { path: "/admin/policy/set/{setting}", get: true, post: Post::Open },
    button("/admin/policy/save"),
    button("/admin/policy/discard"),
    page("/admin/policy/who"),
    page("/admin/policy/who.csv"),
    page("/admin/key-models"),
    Row { path: "/admin/key-models/{model}", get: true, post: Post::Open },
    page("/admin/groups"),
    Row { path: "/admin/groups/new", get: true, post: Post::Open },
    page("/admin/groups/{organisation}/{group}"),
    button("/admin/groups/{organisation}/{group}/members"),
    page("/admin/groups/{organisation}/{group}/join"),
    Row { path: "/admin/groups/{organisation}/{group}/rename", get: true, post: Post::Open },
    Row { path: "/admin/groups/{organisation}/{group}/remove", get: true, post: Post::Open },
    page("/help"),
    page("/help/{slug}"),
    Row { path: "/help/get-help", get: true, post: Post::Unread },
    page("/organisations/{slug}/logo"),
    Row { path: "/link/{token}", get: true, post: Post::Open },
    Row { path: "/forgotten-password", get: true, post: Post::Open },
    form("/login/{flow}/new-password"),
    page("/login"),
    page("/login/resume"),
    page("/login/{flow}"),
    form("/login/{flow}/identify"),
    form("/login/{flow}/pass"),
    Row { path: "/login/{flow}/key", get: false, post: Post::Form },
    script("/login/{flow}/key/options"),
    form("/login/{flow}/factor/passkey"),
    script("/login/{flow}/factor/passkey/options"),
    form("/login/{flow}/factor/totp"),
    form("/login/{flow}/factor/recovery-code"),
    form("/login/{flow}/factor/pass"),
    form("/login/{flow}/enrol/totp"),
    form("/login/{flow}/enrol/passkey"),
    script("/login/{flow}/enrol/passkey/options"),
    form("/login/{flow}/enrol/passkey/name"),
    form("/login/{flow}/spare"),
    form("/login/{flow}/ready"),
    form("/login/{flow}/not-started"),
    form("/login/{flow}/lost"),
    page("/login/{flow}/help-needed"),
    form("/login/{flow}/consent"),
    page("/login/{flow}/not-you"),
    form("/not-me/{token}"),
    page("/account"),
    page("/account/self-service"),
    page("/account/resume"),
    form("/account/app/new"),
    form("/account/app/remove"),
    page("/account/keys"),
    form("/account/keys/new"),
    script("/account/keys/new/options"),
    form("/account/keys/{id}/name"),
    form("/account/keys/{id}/try"),
    script("/account/keys/{id}/try/options"),
    form("/account/keys/{id}/ready"),
    form("/account/keys/{id}/edit"),
    form("/account/keys/{id}/remove"),
    form("/account/keys/{id}/lost"),
    form("/account/keys/{id}/found"),
    form("/account/app/lost"),
    form("/account/app/found"),
    form("/account/password"),
    form("/account/recovery-codes"),
    form("/account/sessions"),
    Row { path: "/logout", get: true, post: Post::Unread },
];

/// Addresses that are no pages of ours: protocols, files, and a probe.
const ELSEWHERE: [&str; 6] =
    ["/oauth2/", "/saml/", "/.well-known/", "/api/admin/v1", "/assets/", "/healthz"];

/// What the router knows. It lists itself only in its debug form.
fn served(site: &Site) -> BTreeSet<String> {
    let router = format!("{:?}", latchkey::build(Arc::clone(&site.app)));
    let entries = router.split("RouteId(").filter_map(|entry| entry.split_once("): \""));
    let paths = entries.filter_map(|(_, rest)| rest.split('"').next());
    let ours = |path: &&str| {
        !path.contains("__private") && !ELSEWHERE.iter().any(|other| path.starts_with(other))
    };
    paths.filter(ours).map(str::to_owned).collect()
}

#[tokio::test]
async fn every_address_that_is_served_is_swept() {
    let site = Site::start().await;
    let swept: BTreeSet<String> = ROWS.iter().map(|row| row.path.to_owned()).collect();
    assert_eq!(served(&site), swept, "an address without a row, or a row without an address");
    assert_eq!(ROWS.len(), swept.len());
}

#[tokio::test]
async fn an_address_takes_the_methods_of_its_row_and_refuses_all_others() {
    let site = Site::start().await;
    let stage = Stage::set(&site).await;
    let others = [Method::PUT, Method::PATCH, Method::DELETE, Method::OPTIONS, Method::TRACE];
    let made_up = Method::from_bytes(b"BREW").expect("a method");
    for row in ROWS {
        let path = stage.path(row.path);
        let mut methods = vec![
            (Method::GET, row.get),
            (Method::HEAD, row.get),
            (Method::POST, row.post != Post::No),
            (made_up.clone(), false),
        ];
        methods.extend(others.clone().map(|method| (method, false)));
        for (method, taken) in methods {
            let request = stage.amy.request(method.clone(), &path).header(ORIGIN, &site.issuer);
            let answer = site.send(request).await;
            is_ours(&answer, &format!("{method} {path}"));
            assert_eq!(answer.status != 405, taken, "{method} {path}: {}", answer.status);
        }
    }
}
