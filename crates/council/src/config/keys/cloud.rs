//! The keys of `[cloud]`, `[egress]` and `[privacy]`: what may leave this machine.

use super::{Fallback, Key, Kind, key};

const ACTION: Kind = Kind::Choice(&["allow", "redact", "ask", "block"]);

/// In the order in which they are shown.
pub(super) const KEYS: &[Key] = &[
    key(
        "cloud.enabled",
        Kind::Boolean,
        "false",
        "whether models on other machines may be asked; `POST /admin/cloud/{bool}` changes it at run time",
    ),
    key(
        "cloud.local_only",
        Kind::Boolean,
        "false",
        "refuse every connection to another machine, `council pull` included; `POST /admin/local-only/{bool}` changes it for the server at run time",
    ),
    key(
        "egress.allow",
        Kind::Hosts,
        "named",
        "which hosts may be connected to: `host`, `host:port`, `*.domain`, `*`, and `named` for those that the configuration and commands name",
    ),
    key(
        "privacy.email",
        ACTION,
        "redact",
        "what is done about e-mail addresses in what is sent to remote models: send, replace by placeholders, ask first, send nothing",
    ),
    key("privacy.phone", ACTION, "redact", "the same of telephone numbers"),
    key(
        "privacy.iban",
        ACTION,
        "redact",
        "the same of bank account numbers",
    ),
    key(
        "privacy.card",
        ACTION,
        "redact",
        "the same of payment card numbers",
    ),
    key(
        "privacy.national_id",
        ACTION,
        "redact",
        "the same of numbers that states give to people",
    ),
    key(
        "privacy.api_key",
        ACTION,
        "block",
        "the same of passwords and keys of services",
    ),
    key("privacy.jwt", ACTION, "block", "the same of signed tokens"),
    key("privacy.private_key", ACTION, "block", "the same of private keys"),
    key(
        "privacy.file",
        ACTION,
        "redact",
        "the same of names and paths of the files in privacy.files",
    ),
    key(
        "privacy.image",
        Kind::Choice(&["allow", "ask", "block"]),
        "ask",
        "what is done about images in what is sent to remote models: send, ask first, send nothing",
    ),
    Key {
        name: "privacy.files",
        kind: Kind::Paths,
        fallback: Fallback::Absent,
        doc: "files whose names are private",
    },
];
