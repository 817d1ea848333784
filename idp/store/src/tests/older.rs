//! What the first release wrote, by the migration that its tables came with. Never changed: a later
//! release has to read it.

use latchkey_core::ids::{GrantId, PersonId};
use sea_orm::DbBackend;
use uuid::Uuid;

/// The person.
pub(super) const AMY: PersonId = PersonId(Uuid::from_u128(1));
/// What she granted.
pub(super) const GRANT: GrantId = GrantId(Uuid::from_u128(1));

/// A row: its table, and each column with what it holds.
pub(super) struct Row(&'static str, &'static [(&'static str, Cell)]);

enum Cell {
    /// A UUID by its last part.
    Id(u8),
    /// As many of the same byte as it is long.
    Bytes(u8, usize),
    Text(&'static str),
    Integer(i64),
    Flag(bool),
    Nothing,
}

use Cell::{Bytes, Flag, Id, Integer, Nothing, Text};

impl Row {
    /// The statement that writes it.
    pub(super) fn insert(&self, backend: DbBackend) -> String {
        let Self(table, cells) = self;
        let columns: Vec<_> = cells.iter().map(|(column, _)| *column).collect();
        let values: Vec<_> = cells.iter().map(|(_, cell)| cell.literal(backend)).collect();
        format!("INSERT INTO {table} ({}) VALUES ({})", columns.join(", "), values.join(", "))
    }
}

impl Cell {
    fn literal(&self, backend: DbBackend) -> String {
        let server = backend == DbBackend::Postgres;
        match self {
            Id(last) if server => format!("'{}'", Uuid::from_u128((*last).into())),
            Id(last) => format!("X'{}'", Uuid::from_u128((*last).into()).simple()),
            Bytes(byte, length) => {
                let hex = format!("{byte:02x}").repeat(*length);
                if server { format!("'\\x{hex}'") } else { format!("X'{hex}'") }
            }
            Text(text) => format!("'{text}'"),
            Integer(number) => number.to_string(),
            Flag(flag) => flag.to_string(),
            Nothing => "NULL".to_owned(),
        }
    }
}

/// Rows by migration.
pub(super) const STEPS: [&[Row]; 31] = [
    &[
        Row(
            "organisations",
            &[
                ("id", Id(9)),
                ("slug", Text("northgate")),
                ("parent_id", Nothing),
                ("name", Text("Northgate Trust")),
                ("helpdesk", Text("{}")),
                ("brand", Text("{}")),
                ("preset", Text("hospital")),
                ("overrides", Text("{}")),
                ("updated_at", Integer(1_800_000_000_000)),
            ],
        ),
        Row(
            "people",
            &[
                ("id", Id(1)),
                ("organisation_id", Id(9)),
                ("subject", Id(2)),
                ("user_handle", Bytes(3, 64)),
                ("username", Text("amy")),
                ("name", Text("Amy Ward")),
                ("email", Nothing),
                ("state", Text("active")),
                ("password_hash", Nothing),
                ("ever_had_factor", Flag(true)),
                ("interested_at", Nothing),
                ("claims", Text("{}")),
                ("created_at", Integer(1_800_000_000_000)),
                ("updated_at", Integer(1_800_000_000_000)),
            ],
        ),
        Row(
            "roles",
            &[
                ("person_id", Id(1)),
                ("role", Text("local-administrator")),
                ("organisation_id", Id(9)),
            ],
        ),
    ],
    &[Row(
        "credentials",
        &[
            ("id", Id(4)),
            ("person_id", Id(1)),
            ("credential_id", Bytes(5, 32)),
            ("public_key", Text("key")),
            ("nickname", Text("Blue key")),
            ("nickname_folded", Text("blue key")),
            ("aaguid", Id(0)),
            ("counter", Integer(5)),
            ("counter_alerts", Integer(0)),
            ("backup_eligible", Flag(false)),
            ("backed_up", Flag(false)),
            ("transports", Text("[\"usb\"]")),
            ("discoverable", Flag(true)),
            ("attestation_format", Text("none")),
            ("hardware", Flag(false)),
            ("state", Text("active")),
            ("added_at", Integer(1_800_000_000_000)),
            ("last_used_at", Nothing),
        ],
    )],
    &[Row(
        "sessions",
        &[
            ("id", Id(6)),
            ("person_id", Id(1)),
            ("secret_digest", Bytes(7, 32)),
            ("assurance", Nothing),
            ("fresh_at", Nothing),
            ("started_at", Integer(1_800_000_000_000)),
            ("last_seen_at", Integer(1_800_000_000_000)),
            ("expires_at", Integer(1_800_003_600_000)),
            ("ended_at", Nothing),
            ("agent", Nothing),
            ("address", Text("127.0.0.1")),
        ],
    )],
    &[
        Row(
            "clients",
            &[
                ("id", Text("rota")),
                ("organisation_id", Nothing),
                ("document", Text("{}")),
                ("updated_at", Integer(1_800_000_000_000)),
            ],
        ),
        Row(
            "grants",
            &[
                ("id", Id(1)),
                ("code_digest", Bytes(9, 32)),
                ("person_id", Id(1)),
                ("session_id", Id(6)),
                ("client_id", Text("rota")),
                ("facts", Text("{}")),
                ("offline", Flag(false)),
                ("created_at", Integer(1_800_000_000_000)),
                ("expires_at", Integer(1_800_003_600_000)),
                ("revoked_at", Nothing),
            ],
        ),
        Row(
            "refresh_tokens",
            &[
                ("digest", Bytes(8, 32)),
                ("grant_id", Id(1)),
                ("issued_at", Integer(1_800_000_000_000)),
                ("expires_at", Integer(1_800_003_600_000)),
                ("used_at", Nothing),
            ],
        ),
    ],
    &[
        Row("settings", &[("name", Text("rp_id")), ("value", Bytes(65, 3))]),
        Row("settings", &[("name", Text("token_key")), ("value", Bytes(10, 60))]),
        Row(
            "signing_keys",
            &[
                ("kid", Text("first")),
                ("algorithm", Text("ES256")),
                ("sealed", Bytes(11, 160)),
                ("created_at", Integer(1_800_000_000_000)),
                ("signs_from", Integer(1_800_000_000_000)),
                ("signs_until", Nothing),
            ],
        ),
    ],
    &[Row(
        "signing_keys",
        &[
            ("kid", Text("second")),
            ("algorithm", Text("ES256")),
            ("sealed", Bytes(12, 160)),
            ("master_version", Integer(2)),
            ("created_at", Integer(1_800_000_000_000)),
            ("signs_from", Integer(1_800_000_001_000)),
            ("signs_until", Nothing),
        ],
    )],
    &[],
    &[
        Row(
            "outbox",
            &[
                ("id", Id(20)),
                ("person_id", Id(1)),
                ("organisation_id", Id(9)),
                ("kind", Text("key-added")),
                ("sealed", Bytes(13, 160)),
                ("tries", Integer(1)),
                ("created_at", Integer(1_800_000_000_000)),
                ("next_at", Integer(1_800_000_120_000)),
            ],
        ),
        Row(
            "alerts",
            &[
                ("token_digest", Bytes(14, 32)),
                ("person_id", Id(1)),
                ("told", Text("{}")),
                ("credential_id", Id(4)),
                ("created_at", Integer(1_800_000_000_000)),
                ("expires_at", Integer(1_802_592_000_000)),
                ("used_at", Nothing),
            ],
        ),
    ],
    &[
        Row("audit_keys", &[("person_id", Id(1)), ("sealed", Bytes(13, 60))]),
        Row(
            "audit",
            &[
                ("id", Id(14)),
                ("at", Integer(1_800_000_000_000)),
                ("kind", Text("logged_out")),
                ("person_id", Nothing),
                ("organisation_id", Nothing),
                ("session_id", Nothing),
                ("actor", Text("{\"kind\":\"system\"}")),
                ("address", Nothing),
                ("event", Text("{\"kind\":\"logged_out\"}")),
                ("case_number", Text("7")),
                ("sequence", Nothing),
                ("hash", Nothing),
            ],
        ),
    ],
    &[Row(
        "throttles",
        &[
            ("key", Bytes(13, 32)),
            ("person_id", Id(1)),
            ("failures", Integer(3)),
            ("last_at", Integer(1_800_000_000_000)),
            ("told_at", Integer(0)),
            ("expires_at", Integer(1_800_086_400_000)),
        ],
    )],
    &[],
    &[
        Row(
            "groups",
            &[
                ("id", Id(14)),
                ("organisation_id", Id(9)),
                ("slug", Text("theatre")),
                ("name", Text("Theatre staff")),
                ("overrides", Text("{}")),
                ("updated_at", Integer(1_800_000_000_000)),
            ],
        ),
        Row("group_members", &[("person_id", Id(1)), ("group_id", Id(14))]),
    ],
    &[
        Row(
            "metadata",
            &[
                ("name", Text("fido")),
                ("number", Integer(57)),
                ("blob", Bytes(65, 90)),
                ("accepted_at", Integer(1_800_000_000_000)),
                ("checked_at", Integer(1_800_000_000_000)),
                ("judged", Integer(57)),
            ],
        ),
        Row("attestations", &[("credential_id", Id(4)), ("chain", Bytes(0, 4))]),
    ],
    &[],
    &[],
    &[],
    &[Row("assertions", &[("digest", Bytes(15, 32)), ("expires_at", Integer(1_800_000_600_000))])],
    &[],
    &[],
    &[],
    &[],
    &[],
    &[],
    &[],
    &[
        Row(
            "service_providers",
            &[
                ("id", Text("https://rota.example/sp")),
                ("organisation_id", Nothing),
                ("document", Text("{}")),
                ("metadata", Text("{}")),
                ("updated_at", Integer(1_800_000_000_000)),
            ],
        ),
        Row(
            "saml_participants",
            &[
                ("session_id", Id(6)),
                ("provider_id", Text("https://rota.example/sp")),
                ("session_index", Text("_1")),
                ("name_id", Text("amy@northgate.example")),
                ("name_id_format", Text("urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress")),
                ("opened_at", Integer(1_800_000_000_000)),
            ],
        ),
        Row(
            "saml_keys",
            &[
                ("id", Text("k")),
                ("algorithm", Text("rsa-sha256")),
                ("sealed", Bytes(16, 40)),
                ("certificate", Bytes(48, 40)),
                ("created_at", Integer(1_800_000_000_000)),
                ("signs_from", Integer(1_800_000_000_000)),
                ("signs_until", Nothing),
            ],
        ),
    ],
    &[],
    &[Row(
        "logouts",
        &[
            ("id", Id(12)),
            ("session_id", Id(6)),
            ("leaving", Text("{}")),
            ("created_at", Integer(1_800_000_000_000)),
            ("expires_at", Integer(1_800_000_000_000)),
        ],
    )],
    &[Row(
        "saml_artifacts",
        &[
            ("digest", Bytes(17, 32)),
            ("provider_id", Text("https://rota.example/sp")),
            ("sealed", Bytes(18, 40)),
            ("expires_at", Integer(1_800_000_060_000)),
        ],
    )],
    &[Row(
        "provider_states",
        &[
            ("provider_id", Text("https://rota.example/sp")),
            ("read_at", Integer(1_800_000_000_000)),
            ("tried_at", Integer(1_800_000_000_000)),
            ("next_at", Integer(1_800_000_000_000)),
            ("failing_since", Nothing),
            ("failures", Integer(0)),
            ("error", Nothing),
            ("valid_until", Nothing),
            ("renewed_at", Nothing),
            ("warns_at", Nothing),
            ("told", Text("[]")),
        ],
    )],
    &[],
    &[Row("saml_requests", &[("asked_at", Integer(1_800_000_000_000)), ("digest", Bytes(19, 32))])],
];
