//! Who may do what for others: listed, given and ended. What a role lets somebody do is shown before
//! they have it, and before they lose it.

use axum::response::{IntoResponse as _, Redirect, Response};
use latchkey_api::AdminScope;
use latchkey_api::Problem as Refused;
use latchkey_api::organisations::{Organisation, OrganisationRef};
use latchkey_api::people::{Me, PersonSummary, Role, RoleGrant, RoleHolder, RolesQuery};
use latchkey_web::limits::{Form as Posted, Params, Refusal};
use latchkey_web::{Form, Help, Page, Problem, Text};
use serde::Serialize;
use uuid::Uuid;

use super::call::address;
use super::can::what;
use super::message::Kind;
use super::organisations::{may_everywhere, slug};
use super::search::Search;
use super::shell::{Place, Shell, role};
use super::{places, samples};
use crate::client::Failure;
use crate::visitor::{Admin, Asked, Forms, Stop};

/// The address.
pub(crate) const ADDRESS: &str = "/admin/roles";
/// Where one is given.
pub(crate) const GIVE_ADDRESS: &str = "/admin/roles/give";
/// Where one is ended.
pub(crate) const END_ADDRESS: &str = "/admin/roles/end";
/// How many a page shows.
const SHOWN: u16 = 50;

/// Every role, as forms and addresses carry it, the weakest first.
const ROLES: [(Role, &str); 4] = [
    (Role::Helpdesk, "helpdesk"),
    (Role::Auditor, "auditor"),
    (Role::LocalAdministrator, "local-administrator"),
    (Role::PlatformAdministrator, "platform-administrator"),
];

fn word(role: Role) -> &'static str {
    ROLES.iter().find(|(known, _)| *known == role).map_or("", |(_, word)| word)
}

/// The list.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Roles {
    shell: Shell,
    organisations: Vec<OrganisationRef>,
    organisation: Option<String>,
    holders: Vec<Holder>,
    give: Option<&'static str>,
    /// What was done just now.
    done: Option<Text>,
    next: Option<String>,
    first: Option<String>,
}

#[derive(Clone, Debug, Serialize)]
struct Holder {
    url: String,
    name: String,
    username: String,
    role: Text,
    organisation: Option<String>,
    /// Where it is ended, by whoever may: nobody their own.
    end: Option<String>,
    is_self: bool,
}

impl Roles {
    fn new(
        (shell, me): (Shell, &Me),
        organisation: Option<&str>,
        organisations: Vec<OrganisationRef>,
        holders: &[RoleHolder],
        (after, next): (Option<&str>, Option<&str>),
    ) -> Self {
        let writes = may_everywhere(me, AdminScope::RolesWrite);
        let own = me.person.as_ref().map(|person| person.id);
        let holder = |it: &RoleHolder| {
            let is_self = own == Some(it.person.id);
            Holder {
                url: address(it.person.id),
                name: it.person.name.clone(),
                username: it.person.username.clone(),
                role: Text::new(role(it.grant.role)),
                organisation: (it.grant.role != Role::PlatformAdministrator)
                    .then(|| it.grant.organisation.name.clone()),
                end: (writes && !is_self).then(|| change_address(END_ADDRESS, it)),
                is_self,
            }
        };
        let address = |after: Option<&str>| {
            let pairs = [("organisation", organisation), ("after", after)];
            let pairs: Vec<_> = pairs.into_iter().filter(|(_, it)| it.is_some()).collect();
            let query = serde_urlencoded::to_string(pairs).unwrap_or_default();
            if query.is_empty() { ADDRESS.to_owned() } else { format!("{ADDRESS}?{query}") }
        };
        Self {
            shell,
            organisations,
            organisation: organisation.map(str::to_owned),
            holders: holders.iter().map(holder).collect(),
            give: writes.then_some(GIVE_ADDRESS),
            done: None,
            next: next.map(|next| address(Some(next))),
            first: after.map(|_| address(None)),
        }
    }

    /// Nobody has any.
    pub(crate) fn empty_sample() -> Self {
        let admin = (samples::shell(Place::Roles), &samples::me());
        Self::new(admin, None, vec![], &[], (None, None))
    }
}

fn change_address(below: &str, holder: &RoleHolder) -> String {
    let pairs = [
        ("person", holder.person.id.to_string()),
        ("role", word(holder.grant.role).to_owned()),
        ("organisation", holder.grant.organisation.id.clone()),
    ];
    format!("{below}?{}", serde_urlencoded::to_string(pairs).unwrap_or_default())
}

impl Page for Roles {
    const TEMPLATE: &'static str = "console/roles.html";
    const FORMS_LEAD_OUT: bool = true;

    fn sample() -> Self {
        let person = samples::person().summary;
        let organisation = samples::organisation().named;
        let holder = |role, id: u128| RoleHolder {
            person: PersonSummary { id: Uuid::from_u128(id), ..person.clone() },
            grant: RoleGrant { role, organisation: organisation.clone() },
        };
        let holders: Vec<_> = ROLES.iter().zip(0..).map(|((it, _), id)| holder(*it, id)).collect();
        let me = samples::platform();
        let organisations = vec![organisation.clone()];
        let places = (Some("a"), Some("b&c"));
        let admin = (samples::shell(Place::Roles), &me);
        let page = Self::new(admin, Some("northgate"), organisations, &holders, places);
        Self { done: Some("console-roles-given".into()), ..page }
    }

    fn help(&self) -> Vec<Help> {
        vec![]
    }
}

/// Giving or ending one.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Change {
    shell: Shell,
    /// Whether it is ended.
    ends: bool,
    /// Whom they may be, until that is known.
    search: Option<Search>,
    person: Option<Chosen>,
    roles: Vec<Offer>,
    organisations: Vec<OrganisationRef>,
    organisation: String,
    form: Form,
    /// What comes of it, once it was asked for.
    preview: Option<Preview>,
    problem: Option<Problem>,
}

/// Whose role it is.
#[derive(Clone, Debug, Serialize)]
struct Chosen {
    id: Uuid,
    name: String,
    username: String,
    organisation: String,
    has: Vec<Has>,
}

#[derive(Clone, Debug, Serialize)]
struct Has {
    role: Text,
    organisation: String,
}

/// A role to choose, with what it lets somebody do.
#[derive(Clone, Debug, Serialize)]
struct Offer {
    word: &'static str,
    role: Text,
    chosen: bool,
}

#[derive(Clone, Debug, Serialize)]
struct Preview {
    role: Text,
    organisation: String,
    everywhere: bool,
    can: Vec<Text>,
    /// How many keys they have that work; nothing where that is not for whoever asks to see.
    keys: Option<usize>,
}

/// What is asked for.
#[derive(Clone, Debug, Default)]
struct Asking {
    person: Option<Uuid>,
    role: Option<Role>,
    organisation: String,
    step: String,
}

impl Asking {
    fn read<'f>(of: impl Fn(&str) -> Option<&'f str>) -> Self {
        let text = |name| of(name).unwrap_or_default();
        Self {
            person: Uuid::parse_str(text("person")).ok(),
            role: ROLES.iter().find(|(_, word)| *word == text("role")).map(|(role, _)| *role),
            organisation: slug(text("organisation")).unwrap_or_default().to_owned(),
            step: text("step").to_owned(),
        }
    }

    fn of(params: &Params) -> Self {
        Self::read(|name| params.one(name).ok().flatten())
    }
}

impl Change {
    fn new((shell, forms): (Shell, &Forms), ends: bool, asking: &Asking) -> Self {
        let below = if ends { END_ADDRESS } else { GIVE_ADDRESS };
        let mut form = forms.form(below);
        if let Some(person) = asking.person {
            form = form.with("person", person.to_string());
        }
        Self {
            shell,
            ends,
            search: None,
            person: None,
            roles: ROLES
                .map(|(it, word)| Offer {
                    word,
                    role: Text::new(role(it)),
                    chosen: asking.role == Some(it),
                })
                .to_vec(),
            organisations: Vec::new(),
            organisation: asking.organisation.clone(),
            form,
            preview: None,
            problem: None,
        }
    }

    fn about(self, person: &PersonSummary, has: &[RoleGrant], all: &[Organisation]) -> Self {
        let has = has.iter().map(|grant| Has {
            role: Text::new(role(grant.role)),
            organisation: grant.organisation.name.clone(),
        });
        let chosen = Chosen {
            id: person.id,
            name: person.name.clone(),
            username: person.username.clone(),
            organisation: person.organisation.name.clone(),
            has: has.collect(),
        };
        let organisation = match self.organisation.as_str() {
            "" => person.organisation.id.clone(),
            chosen => chosen.to_owned(),
        };
        let organisations = all.iter().map(|it| it.named.clone()).collect();
        Self { person: Some(chosen), organisations, organisation, ..self }
    }

    /// The same with what comes of it.
    fn previewed(self, it: Role, keys: Option<usize>) -> Self {
        let named = self.organisations.iter().find(|known| known.id == self.organisation);
        let organisation = named.map_or_else(|| self.organisation.clone(), |it| it.name.clone());
        let form = self.form.with("role", word(it));
        let form = form.with("organisation", &self.organisation).with("step", "do");
        let preview = Preview {
            role: Text::new(role(it)),
            organisation,
            everywhere: it == Role::PlatformAdministrator,
            can: it.scopes().iter().map(|scope| Text::new(what(*scope))).collect(),
            keys,
        };
        Self { form, preview: Some(preview), ..self }
    }

    fn wrong(self, problem: Problem) -> Self {
        Self { problem: Some(problem), ..self }
    }

    fn of_sample(ends: bool) -> Self {
        let asking = Asking { person: Some(Uuid::nil()), ..Asking::default() };
        let person = samples::person();
        let frame = (samples::shell(Place::Roles), &samples::forms());
        let all = [samples::organisation()];
        Self::new(frame, ends, &asking).about(&person.summary, &person.roles, &all)
    }

    /// Whom, what comes of it with and without a key, and of its end.
    pub(crate) fn samples() -> Vec<Self> {
        let frame = (samples::shell(Place::Roles), &samples::forms());
        let whom = Self::new(frame, false, &Asking::default());
        let mut all = vec![
            Self { search: Some(Search::sample()), ..whom.clone() },
            Self { search: Some(Search::empty_sample()), ..whom },
            Self::of_sample(true).previewed(Role::Auditor, None),
            Self::of_sample(true).previewed(Role::PlatformAdministrator, Some(1)).wrong(last()),
        ];
        let given = ROLES.map(|(it, _)| Self::of_sample(false).previewed(it, Some(0)));
        all.extend(given);
        all
    }
}

impl Page for Change {
    const TEMPLATE: &'static str = "console/role.html";
    const FORMS_LEAD_OUT: bool = true;

    fn sample() -> Self {
        Self::of_sample(false).wrong(Problem::at("role", "console-roles-none-chosen"))
    }

    fn problem(&self) -> Option<&Problem> {
        self.problem.as_ref()
    }

    fn help(&self) -> Vec<Help> {
        vec![]
    }
}

fn last() -> Problem {
    Problem::new("console-roles-last")
}

/// What the API says about a change, if it is about the change.
fn of_change(refused: &Refused) -> Option<Problem> {
    match (refused.kind.rsplit(':').next()?, refused.errors.first()) {
        ("last-administrator", _) => Some(last()),
        (_, Some(error)) if error.field == "organisation" => {
            Some(Problem::at("organisation", "console-roles-no-organisation"))
        }
        _ => None,
    }
}

/// `GET /admin/roles`
pub(crate) async fn list(asked: Asked) -> Response {
    let work = async {
        let admin = asked.admin().await?;
        let query = asked.query();
        let one = |name: &str| query.one(name).ok().flatten().filter(|it| !it.is_empty());
        let organisation = one("organisation").map(slug).transpose()?;
        let wanted = RolesQuery {
            organisation: organisation.map(str::to_owned),
            after: one("after").map(str::to_owned),
            limit: Some(SHOWN),
        };
        let all = places::all(&admin).await?;
        let found = admin.api.roles(&wanted).await?;
        let organisations = all.into_iter().map(|it| it.named).collect();
        let places = (one("after"), found.next.as_deref());
        let frame = (admin.shell(Place::Roles), &admin.me);
        let page = Roles::new(frame, organisation, organisations, &found.items, places);
        let done = match one("done") {
            Some("given") => Some("console-roles-given".into()),
            Some("ended") => Some("console-roles-ended".into()),
            _ => None,
        };
        Ok(asked.page(&Roles { done, ..page }))
    };
    asked.shown(work).await
}

fn refuse_others(admin: &Admin) -> Result<(), Stop> {
    match may_everywhere(&admin.me, AdminScope::RolesWrite) {
        true => Ok(()),
        false => Err(Kind::Forbidden.into()),
    }
}

/// A page about what is asked for, as far as that goes.
async fn page(
    asked: &Asked,
    admin: &Admin,
    ends: bool,
    asking: &Asking,
    problem: Option<Problem>,
) -> Result<Response, Stop> {
    let mut page = Change::new((admin.shell(Place::Roles), &admin.forms), ends, asking);
    let Some(person) = asking.person else {
        page.search = Some(Search::of(admin, &asked.query(), None).await?.leading_to(GIVE_ADDRESS));
        return Ok(asked.page(&page));
    };
    if admin.me.person.as_ref().is_some_and(|own| own.id == person) {
        return Err(Kind::Yourself.into());
    }
    let all = places::all(admin).await?;
    let found = admin.api.person(person).await?;
    page = page.about(&found.summary, &found.roles, &all);
    if let Some(role) = asking.role
        && (ends || asking.step == "see" || asking.step == "do")
        && problem.as_ref().is_none_or(|problem| problem.field.is_none())
    {
        let keys = match admin.api.credentials(person).await {
            Ok(held) => Some(held.keys.iter().filter(|key| key.suspended.is_none()).count()),
            Err(Failure::Refused(_)) => None,
            Err(failure) => return Err(failure.into()),
        };
        page = page.previewed(role, keys);
    } else if ends {
        return Err(Kind::NotFound.into());
    }
    Ok(asked.page(&Change { problem, ..page }))
}

/// `GET /admin/roles/give`
pub(crate) async fn give(asked: Asked) -> Response {
    shown(&asked, false).await
}

/// `GET /admin/roles/end`
pub(crate) async fn end(asked: Asked) -> Response {
    shown(&asked, true).await
}

async fn shown(asked: &Asked, ends: bool) -> Response {
    let work = async {
        let admin = asked.admin().await?;
        refuse_others(&admin)?;
        let asking = match asked.kept(&admin) {
            Some(kept) => Asking::read(|name| {
                kept.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
            }),
            None => Asking::of(&asked.query()),
        };
        page(asked, &admin, ends, &asking, None).await
    };
    asked.shown(work).await
}

/// `POST /admin/roles/give`
pub(crate) async fn submit_give(asked: Asked, form: Result<Posted, Refusal>) -> Response {
    taken(&asked, form, false).await
}

/// `POST /admin/roles/end`
pub(crate) async fn submit_end(asked: Asked, form: Result<Posted, Refusal>) -> Response {
    taken(&asked, form, true).await
}

async fn taken(asked: &Asked, form: Result<Posted, Refusal>, ends: bool) -> Response {
    let to = if ends { END_ADDRESS } else { GIVE_ADDRESS };
    asked
        .taken(form, to, async |form| {
            let admin = asked.sender(form).await?;
            refuse_others(&admin)?;
            let asking = Asking::of(form);
            let Some(person) = asking.person else { return Err(Kind::Malformed.into()) };
            let Some(role) = asking.role else {
                let problem = Problem::at("role", "console-roles-none-chosen");
                return page(asked, &admin, ends, &asking, Some(problem)).await;
            };
            if asking.organisation.is_empty() {
                let problem = Problem::at("organisation", "console-roles-no-organisation");
                return page(asked, &admin, ends, &asking, Some(problem)).await;
            }
            if asking.step != "do" {
                return page(asked, &admin, ends, &asking, None).await;
            }
            let (role, at) = (word(role), asking.organisation.as_str());
            let changed = match ends {
                true => admin.api.end_role(person, role, at).await,
                false => admin.api.give_role(person, role, at).await,
            };
            match changed {
                Ok(()) => {
                    let done = if ends { "ended" } else { "given" };
                    Ok(Redirect::to(&format!("{ADDRESS}?done={done}")).into_response())
                }
                Err(Failure::Refused(refused)) => match of_change(&refused) {
                    Some(problem) => page(asked, &admin, ends, &asking, Some(problem)).await,
                    None => Err(Failure::Refused(refused).into()),
                },
                Err(failure) => Err(failure.into()),
            }
        })
        .await
}
