//! The keys of `[backup]` and `[retention]`: copies of what is kept, and for how long it is kept.

use super::{Key, Kind, key};

const DAYS: Kind = Kind::Integer { min: 0, max: 36_500 };

/// In the order in which they are shown.
pub(super) const KEYS: &[Key] = &[
    key(
        "backup.keep",
        Kind::Integer { min: 1, max: 1_000 },
        "3",
        "copies of the database that are kept beside it: so many from before migrations, and as many from before restores",
    ),
    key(
        "retention.conversations_days",
        DAYS,
        "0",
        "conversations that nobody has used for so many days go, with their messages, files and receipts; pinned ones stay; 0: never",
    ),
    key(
        "retention.turns_days",
        DAYS,
        "0",
        "remembered turns and summaries of sessions go after so many days; facts, notes, documents and what is pinned stay; 0: never",
    ),
    key(
        "retention.receipts_days",
        DAYS,
        "0",
        "receipts of answers go after so many days; 0: never",
    ),
    key(
        "retention.ledger_days",
        DAYS,
        "0",
        "lines of the ledger go after so many days; what was spent still counts for budgets; 0: never",
    ),
    key(
        "retention.egress_days",
        DAYS,
        "0",
        "lines about what left this machine go after so many days; 0: never",
    ),
    key(
        "retention.audit_days",
        DAYS,
        "0",
        "lines of the audit go after so many days; 0: never",
    ),
    key(
        "retention.metrics_days",
        DAYS,
        "0",
        "measurements of the process go after so many days, earlier than they would by themselves; 0: not earlier",
    ),
];
