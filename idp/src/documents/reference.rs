//! What documents can say, as a table for people: `latchkey apply --help-documents`, and the README.
//! A test holds it against what is read.

use std::fmt::Write as _;

/// A kind of document, or a table inside one.
pub(super) struct Kind {
    /// How it is written.
    pub(super) title: &'static str,
    /// Its members: name, what is written there, what it means.
    pub(super) members: &'static [(&'static str, &'static str, &'static str)],
}

pub(super) const KINDS: [Kind; 11] = [
    Kind {
        title: "[[organisation]]",
        members: &[
            ("id", "text, must be there", "its name in documents: 1 to 63 of a-z, 0-9 and -"),
            ("name", "text, must be there", "its name as people read it"),
            ("parent", "an organisation's id", "the organisation above it"),
            ("preset", "\"small\" or \"hospital\"", "where its policy starts from; small"),
            ("helpdesk", "table", "whom its people call"),
            ("brand", "table", "how its pages differ"),
            ("usernames", "table", "what user names of its new people look like"),
            ("policy", "table", "what it sets otherwise than its preset"),
        ],
    },
    Kind {
        title: "helpdesk = { … }",
        members: &[
            ("name", "text", "what it is called"),
            ("phone", "text", "its number as people write it"),
            ("hours", "text", "when it answers"),
            ("email", "text", "its e-mail address"),
            ("reporting", "text", "what else to do about a lost or stolen key"),
        ],
    },
    Kind {
        title: "brand = { … }",
        members: &[
            (
                "colour",
                "\"#rrggbb\"",
                "the band above the header, and the initials; 4.5:1 with white at least",
            ),
            ("logo", "{ file = \"…\" }", "a PNG or SVG of at most 32 KiB in place of the initials"),
        ],
    },
    Kind {
        title: "usernames = { … }",
        members: &[
            (
                "pattern",
                "regular expression",
                "what the whole name matches; names are compared in lower case",
            ),
            ("example", "text", "a name that does; told to whoever chooses another"),
            ("reserved", "list of user names", "names that nobody gets"),
        ],
    },
    Kind {
        title: "policy = { … }",
        members: &[
            (
                "required",
                "\"password\", \"mfa\", \"phishing-resistant\" or \"hardware\"",
                "how strong every log-in is at least",
            ),
            (
                "rollout",
                "\"not-started\", \"pilot\", \"available\" or \"required\"",
                "whether keys can be set up; in a pilot, by groups whose policy says so",
            ),
            ("rollout_required_from", "date", "from when keys are required where available"),
            (
                "methods",
                "list of \"key\", \"passkey\", \"authenticator-app\" and \"recovery-code\"",
                "what people may log in with beside a password; all but recovery codes",
            ),
            (
                "bootstrap",
                "\"invitation\" or \"pass\"",
                "what lets somebody set their first factor up; a pass always does",
            ),
            ("grace_until", "date", "until its end a password is enough to set a first key up"),
            ("key_as_primary", "true or false", "whether a key alone logs in"),
            ("attestation", "\"none\" or \"direct\"", "whether keys are asked what they are"),
            (
                "attestation_required",
                "\"none\" or \"direct\"",
                "whether keys have to prove what they are",
            ),
            ("models_allowed", "list of AAGUIDs", "the only models of keys that are taken"),
            ("models_denied", "list of AAGUIDs", "models of keys that are not taken"),
            (
                "models_at_login",
                "true or false",
                "whether those lists, and marks in metadata, hold for keys set up before",
            ),
            ("synced_passkeys", "true or false", "whether copied passkeys are taken"),
            ("keys_required", "whole number", "how many keys once they are required"),
            ("keys_nudged", "whole number", "up to how many keys people are reminded of; 2"),
            ("second_key_days", "whole number", "within how many days a second key has to follow"),
            ("session_absolute_minutes", "whole number", "how long a session lasts at most"),
            ("session_idle_minutes", "whole number", "how long it lasts unused"),
            (
                "session_limits",
                "list of { networks, weaker_than, absolute_minutes, idle_minutes }",
                "shorter sessions in some networks (all when none is named), or after log-ins weaker than one of the strengths above",
            ),
            ("step_up_minutes", "whole number", "how old a proof is at most for changing keys"),
            (
                "four_eyes",
                "\"off\" or \"administrator-resets\"",
                "what a second administrator has to agree to",
            ),
        ],
    },
    Kind {
        title: "[[person]]",
        members: &[
            ("username", "text, must be there", "what they type to log in"),
            ("organisation", "an organisation's id, must be there", "where they belong"),
            ("name", "text, must be there", "their name as people read it"),
            ("email", "text", "their e-mail address"),
            (
                "email_verified",
                "true or false",
                "they read what goes there, so it logs them in as their user name does, if nobody \
                 else has it; stays as it is when not said",
            ),
            ("staff_number", "text", "what payroll knows them by"),
            (
                "state",
                "\"invited\", \"active\" or \"disabled\"",
                "stays as it is when not said; active when new",
            ),
            ("password", "secret", "stays as it is when not said"),
            (
                "password_hash",
                "secret",
                "in place of password: Argon2, scrypt or PBKDF2 as a PHC string, or bcrypt; a hash \
                 of Argon2id takes its place at their next log-in",
            ),
            (
                "totp_secret",
                "secret",
                "what their authenticator app shares with us, in base32; stays as it is when not \
                 said, and is never exported",
            ),
            ("claims", "table", "further standard claims (OpenID Connect Core §5.1)"),
            (
                "subject",
                "UUID",
                "what applications know them by; made when not said, never changes",
            ),
            ("ever_had_factor", "true or false", "they had a key: a password alone sets none up"),
        ],
    },
    Kind {
        title: "[[group]]",
        members: &[
            ("id", "text, must be there", "its name in documents, in its organisation"),
            ("organisation", "an organisation's id, must be there", "where it belongs"),
            ("name", "text, must be there", "its name as people read it"),
            ("members", "list of user names", "who is in it; stays as it is when not said"),
            ("policy", "table", "what is demanded of its members on top"),
        ],
    },
    Kind {
        title: "[[platform]]",
        members: &[("policy", "table", "what is demanded of everybody, whatever else is set")],
    },
    Kind {
        title: "[[role]]",
        members: &[
            ("person", "a user name, must be there", "who has it"),
            (
                "role",
                "must be there",
                "\"helpdesk\", \"local-administrator\", \"auditor\" or \"platform-administrator\"",
            ),
            ("organisation", "an organisation's id, must be there", "for which organisation"),
        ],
    },
    Kind {
        title: "[[client]]",
        members: &[
            ("client_id", "text, must be there", "who the application is"),
            ("client_secret", "secret", "unless it is public, or has a key"),
            ("client_name", "text", "what people know it by"),
            (
                "redirect_uris",
                "list of addresses, must be there",
                "where people are sent back to; not for a service account",
            ),
            ("post_logout_redirect_uris", "list of addresses", "the same after a log-out"),
            (
                "grant_types",
                "list",
                "\"authorization_code\", \"refresh_token\"; the first; or \"client_credentials\" alone, for a service account",
            ),
            ("response_types", "list", "[\"code\"]"),
            (
                "token_endpoint_auth_method",
                "text",
                "\"client_secret_basic\", \"client_secret_post\", \"private_key_jwt\" or, public, \"none\"; the first",
            ),
            (
                "token_endpoint_auth_signing_alg",
                "text",
                "what it signs with for \"private_key_jwt\": \"RS256\", \"PS256\", \"ES256\" or \"EdDSA\"; what its keys are for",
            ),
            (
                "id_token_signed_response_alg",
                "text",
                "\"RS256\", \"ES256\" or \"EdDSA\"; the first",
            ),
            ("scope", "text", "the scopes that it may ask for, separated by spaces"),
            ("application_type", "\"web\" or \"native\"", "where it runs; web"),
            ("client_uri", "address", "its home page"),
            ("logo_uri", "address", "its picture"),
            ("policy_uri", "address", "how it uses people's data"),
            ("tos_uri", "address", "its terms of service"),
            ("default_max_age", "whole number", "how old a log-in may be, in seconds"),
            ("default_acr_values", "list of acr values", "what it would like when it does not say"),
            ("require_auth_time", "true or false", "taken; ID tokens always have it"),
            ("jwks", "table", "its public keys"),
            ("latchkey_organisation", "an organisation's id", "where it belongs"),
            ("latchkey_trusted", "true or false", "nobody is asked for consent"),
            (
                "latchkey_require_acr",
                "acr value",
                "how strong every log-in to it is at least, such as \"phr\"",
            ),
            (
                "latchkey_acr_values",
                "table of strengths",
                "acr values of its own, such as { \"https://example.org/mfa\" = \"mfa\" }: understood when it asks, and what it is told",
            ),
            (
                "latchkey_claims",
                "table of sources",
                "what it is told of people in ID tokens and userinfo beside what scopes release, such as { \"trust\" = \"organisation\", \"groups\" = \"groups\" }: sources are those of a service provider's attributes",
            ),
            (
                "latchkey_claims_profile",
                "\"standard\" or \"single_amr\"",
                "how claims are put together; single_amr for applications that take one amr value only",
            ),
            (
                "latchkey_service_account",
                "{ scopes, organisation } or { scopes, platform = true }",
                "what it may do by itself at the admin API, and on whom: on an organisation and those below it, or on everybody",
            ),
            (
                "latchkey_client_secret_digest",
                "secret",
                "in place of client_secret: its SHA-256 in base64url",
            ),
        ],
    },
    Kind {
        title: "[[service_provider]]",
        members: &[
            (
                "metadata",
                "file, address or XML",
                "what the application says of itself, as SAML metadata",
            ),
            ("entity_id", "text", "which one is meant, where the metadata describes several"),
            (
                "metadata_certificates",
                "list of files",
                "certificates in PEM: with one of them the metadata must be signed",
            ),
            ("name", "text", "what people know it by; what its metadata says"),
            ("organisation", "an organisation's id", "where it belongs"),
            (
                "sign",
                "\"both\", \"assertion\" or \"response\"",
                "which parts of an answer are signed; both",
            ),
            (
                "encrypt_assertions",
                "\"auto\", \"always\" or \"never\"",
                "auto: where its metadata has a key for it",
            ),
            (
                "allow_cbc",
                "true or false",
                "AES in CBC mode will do where it can do nothing better; then the response is signed",
            ),
            (
                "requests",
                "\"auto\", \"signed\" or \"unsigned\"",
                "whether its requests have to be signed; auto: where its metadata says that they are",
            ),
            (
                "require_acr",
                "acr value",
                "how strong every log-in to it is at least, such as \"phr\"",
            ),
            (
                "acr_values",
                "table of strengths",
                "classes of its own, such as { \"http://schemas.microsoft.com/claims/multipleauthn\" = \"mfa\" }: understood when it asks, and what it is told",
            ),
            (
                "idp_initiated",
                "true or false",
                "a log-in may begin at /saml/start?sp=ENTITY_ID, without a request",
            ),
            (
                "name_id",
                "\"persistent\", \"transient\", \"email\" or \"unspecified\"",
                "the kind of name where it asks for none; the first of its metadata, else persistent",
            ),
            ("name_id_from", "source", "what an unspecified name says; username"),
            (
                "subject_id",
                "\"none\", \"subject-id\" or \"pairwise-id\"",
                "the subject identifier that it receives; as its metadata asks",
            ),
            (
                "attributes",
                "list of { name, format, friendly_name, from }",
                "what it is told of a person, in place of mail, uid, givenName, sn and displayName; from is subject, username, name, given_name, family_name, email, staff_number, organisation, organisation_name, groups, claim:NAME or always:TEXT",
            ),
        ],
    },
];

/// The reference, as Markdown.
#[must_use]
pub fn reference() -> String {
    let mut text = String::from(
        "A secret is a text, `{ file = \"…\" }` or `{ env = \"…\" }`; files are relative to the \
         document's.\n",
    );
    for Kind { title, members } in &KINDS {
        // Writing into a text cannot fail.
        let _ = write!(text, "\n**`{title}`**\n\n| | | |\n|---|---|---|\n");
        for (name, written, meaning) in *members {
            let _ = writeln!(text, "| `{name}` | {written} | {meaning} |");
        }
    }
    text
}
