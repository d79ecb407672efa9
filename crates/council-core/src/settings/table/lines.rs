//! The lines of the table.

use super::{Field, Setting, SettingGroup, SettingScope};
use crate::privacy::{PrivacyAction, PrivacyKind};
use crate::settings::{SettingKind, SettingValue, TurnMemory};
use std::time::Duration;

const SWITCH: SettingKind = SettingKind::Switch;
const MONEY: SettingKind = SettingKind::Money;
const SHARE: SettingKind = SettingKind::Decimal { min: 0.0, max: 1.0 };
const MODEL: SettingKind = SettingKind::Model;

/// A hundred years are as good as for ever.
const DAYS: SettingKind = SettingKind::Count {
    min: 0,
    max: 36_500,
    unit: "days",
};

const fn tokens(min: u64, max: u64) -> SettingKind {
    SettingKind::Count {
        min,
        max,
        unit: "tokens",
    }
}

const fn time(min_ms: u64, max_s: u64) -> SettingKind {
    SettingKind::Duration {
        min: Duration::from_millis(min_ms),
        max: Duration::from_secs(max_s),
    }
}

/// Everything that can be set, group by group.
pub static SETTINGS: &[Setting] = &[
    setting!(
        "models.default",
        Models,
        MODEL,
        NextTurn,
        default_model,
        "model that answers requests that name none; without one the first installed in the catalog's order"
    ),
    setting!(
        "routing.model.chat",
        Models,
        MODEL,
        NextTurn,
        rules.first.chat,
        "the local model that is asked first in conversation"
    ),
    setting!(
        "routing.model.math",
        Models,
        MODEL,
        NextTurn,
        rules.first.math,
        "the local model that is asked first in mathematics, where no skill computes the answer"
    ),
    setting!(
        "routing.model.code",
        Models,
        MODEL,
        NextTurn,
        rules.first.code,
        "the local model that is asked first for code"
    ),
    setting!(
        "routing.model.logic",
        Models,
        MODEL,
        NextTurn,
        rules.first.logic,
        "the local model that is asked first in logic, where no skill decides the answer"
    ),
    setting!(
        "routing.model.knowledge",
        Models,
        MODEL,
        NextTurn,
        rules.first.knowledge,
        "the local model that is asked first about what documents say"
    ),
    setting!(
        "routing.accept.chat",
        Routing,
        SHARE,
        NextTurn,
        rules.accept.chat,
        "an answer of a model is accepted from this probability of being right on, in conversation"
    ),
    setting!(
        "routing.accept.math",
        Routing,
        SHARE,
        NextTurn,
        rules.accept.math,
        "an answer of a model is accepted from this probability of being right on, in mathematics"
    ),
    setting!(
        "routing.accept.code",
        Routing,
        SHARE,
        NextTurn,
        rules.accept.code,
        "an answer of a model is accepted from this probability of being right on, for code"
    ),
    setting!(
        "routing.accept.logic",
        Routing,
        SHARE,
        NextTurn,
        rules.accept.logic,
        "an answer of a model is accepted from this probability of being right on, in logic"
    ),
    setting!(
        "routing.accept.knowledge",
        Routing,
        SHARE,
        NextTurn,
        rules.accept.knowledge,
        "an answer of a model is accepted from this probability of being right on, about what documents say"
    ),
    setting!(
        "routing.try_skill",
        Routing,
        SHARE,
        NextTurn,
        rules.try_skill,
        "a skill is tried from this probability of its kind on"
    ),
    setting!(
        "routing.help_skill",
        Routing,
        SHARE,
        NextTurn,
        rules.help_skill,
        "from this probability on, a skill may also ask a model and run programs"
    ),
    setting!(
        "routing.sure_kind",
        Routing,
        SHARE,
        NextTurn,
        rules.sure_kind,
        "a question less likely than this to be of its kind has its first answer accepted"
    ),
    Setting {
        key: "routing.patience",
        group: SettingGroup::Routing,
        kind: time(0, 600),
        scope: SettingScope::NextTurn,
        effect: "nobody else is asked after this time where there is an answer that was not sure",
        get: |settings| SettingValue::Duration(Duration::from_millis(settings.rules.patience_ms)),
        put: |settings, value| {
            if let SettingValue::Duration(time) = value {
                settings.rules.patience_ms = u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
            }
        },
    },
    setting!(
        "routing.larger",
        Routing,
        SWITCH,
        NextTurn,
        rules.larger,
        "whether a larger local model is asked when a smaller one was not sure"
    ),
    setting!(
        "routing.council",
        Routing,
        SWITCH,
        NextTurn,
        rules.council,
        "whether the council votes when single local models were not sure"
    ),
    setting!(
        "routing.cloud",
        Routing,
        SWITCH,
        NextTurn,
        rules.cloud,
        "whether a cloud model is asked when nobody here was sure; only where cloud models are on"
    ),
    setting!(
        "routing.hold_back_tokens",
        Routing,
        tokens(0, 1_000),
        NextTurn,
        rules.hold_back_tokens,
        "tokens of a streamed answer that are held back until it is clear that no other model takes over"
    ),
    setting!(
        "routing.busy_max_tokens",
        Routing,
        tokens(1, 100_000),
        NextTurn,
        rules.busy_max_tokens,
        "most tokens of an answer while every model is busy"
    ),
    setting!(
        "vote.voices",
        Council,
        SettingKind::Voices,
        NextVote,
        vote.voices,
        "the voices that sit in the council, of those that are configured"
    ),
    setting!(
        "vote.quorum",
        Council,
        SettingKind::Count {
            min: 1,
            max: 16,
            unit: "voices"
        },
        NextVote,
        vote.quorum,
        "fewest voices that must answer"
    ),
    setting!(
        "vote.voice_time_limit",
        Council,
        time(1_000, 3_600),
        NextVote,
        vote.voice_time_limit,
        "longest time for one reply, one ranking, and the chair"
    ),
    setting!(
        "vote.total_time_limit",
        Council,
        time(1_000, 3_600),
        NextVote,
        vote.total_time_limit,
        "longest time for the whole vote"
    ),
    setting!(
        "vote.cost_cap_usd",
        Council,
        SettingKind::Decimal {
            min: 0.0,
            max: 1_000.0
        },
        NextVote,
        vote.cost_cap_usd,
        "most that one vote may cost, in US dollars; local models cost nothing"
    ),
    setting!(
        "vote.max_tokens",
        Council,
        tokens(1, 1_048_576),
        NextVote,
        vote.max_tokens,
        "most tokens of one reply"
    ),
    setting!(
        "cloud.enabled",
        Cloud,
        SWITCH,
        NextCall,
        cloud_enabled,
        "whether models on other machines may be asked"
    ),
    setting!(
        "cloud.local_only",
        Cloud,
        SWITCH,
        NextCall,
        local_only,
        "whether every connection to another machine is refused, whatever else is set"
    ),
    setting!(
        "egress.allow",
        Cloud,
        SettingKind::Hosts { least: 1 },
        NextCall,
        egress_allow,
        "which hosts may be connected to; `named` are those that the configuration and commands name"
    ),
    setting!(
        "budget.per_request_usd",
        Cloud,
        MONEY,
        NextCall,
        caps.per_request,
        "most that one request may cost, all its calls together"
    ),
    setting!(
        "budget.per_key_usd",
        Cloud,
        MONEY,
        NextCall,
        caps.per_key,
        "most that one API key may cost in a day"
    ),
    setting!(
        "budget.daily_usd",
        Cloud,
        MONEY,
        NextCall,
        caps.daily,
        "most that cloud models may cost in a day (UTC)"
    ),
    setting!(
        "budget.monthly_usd",
        Cloud,
        MONEY,
        NextCall,
        caps.monthly,
        "most that cloud models may cost in a calendar month (UTC)"
    ),
    privacy!("privacy.email", Email, "what is done about e-mail addresses"),
    privacy!("privacy.phone", Phone, "what is done about telephone numbers"),
    privacy!("privacy.iban", Iban, "what is done about bank account numbers"),
    privacy!("privacy.card", Card, "what is done about payment card numbers"),
    privacy!(
        "privacy.national_id",
        NationalId,
        "what is done about numbers that a state gave a person"
    ),
    privacy!(
        "privacy.api_key",
        ApiKey,
        "what is done about passwords and keys of services"
    ),
    privacy!("privacy.jwt", Jwt, "what is done about signed tokens"),
    privacy!(
        "privacy.private_key",
        PrivateKey,
        "what is done about private keys"
    ),
    privacy!(
        "privacy.file",
        File,
        "what is done about what stands in private files"
    ),
    privacy!(
        "privacy.image",
        Image,
        &["allow", "ask", "block"],
        "what is done about images, of which nothing says what they show"
    ),
    setting!(
        "privacy.consent_hosts",
        Privacy,
        SettingKind::Hosts { least: 0 },
        NextCall,
        consent_hosts,
        "hosts that are sent what would otherwise be asked about, as if it had been agreed to each time"
    ),
    setting!(
        "sandbox.enabled",
        Sandbox,
        SWITCH,
        NextRun,
        sandbox.enabled,
        "whether programs are run; they never have a network"
    ),
    setting!(
        "sandbox.limits.wall",
        Sandbox,
        time(100, 3_600),
        NextRun,
        sandbox.limits.usual.wall,
        "time of a run that does not say, from start to end"
    ),
    setting!(
        "sandbox.limits.cpu",
        Sandbox,
        time(100, 3_600),
        NextRun,
        sandbox.limits.usual.cpu,
        "processor time of all processes of a run"
    ),
    scaled!(
        "sandbox.limits.memory_mib",
        SettingKind::Count {
            min: 16,
            max: 1_048_576,
            unit: "MiB"
        },
        1_048_576,
        memory_bytes,
        "memory of all processes of a run"
    ),
    setting!(
        "sandbox.limits.processes",
        Sandbox,
        SettingKind::Count {
            min: 1,
            max: 1_000_000,
            unit: "processes"
        },
        NextRun,
        sandbox.limits.usual.processes,
        "processes and threads of a run at once"
    ),
    scaled!(
        "sandbox.limits.stdout_kib",
        SettingKind::Count {
            min: 0,
            max: 1_048_576,
            unit: "KiB"
        },
        1_024,
        stdout_bytes,
        "standard output of a run that is kept"
    ),
    setting!(
        "memory.turns",
        Memory,
        SettingKind::Choice(&TurnMemory::NAMES),
        NextTurn,
        memory.turns,
        "what a turn of a conversation does with the memory when its request does not say: recall and remember, only recall, neither"
    ),
    setting!(
        "memory.prompt_tokens",
        Memory,
        tokens(0, 32_768),
        NextTurn,
        memory.prompt_tokens,
        "most tokens of a prompt that memories take; 0: none are put into prompts"
    ),
    setting!(
        "memory.extract",
        Memory,
        SWITCH,
        NextMessage,
        memory.facts,
        "learn facts and preferences from what users say, in the background"
    ),
    setting!(
        "memory.summaries",
        Memory,
        SWITCH,
        NextMessage,
        memory.summaries,
        "summarise sessions in the background"
    ),
    setting!(
        "retention.conversations_days",
        Memory,
        DAYS,
        AtOnce,
        retention.conversations_days,
        "conversations that nobody has used for so many days go, with their messages, files and receipts; pinned ones stay; 0: never"
    ),
    setting!(
        "retention.turns_days",
        Memory,
        DAYS,
        AtOnce,
        retention.turns_days,
        "remembered turns and summaries of sessions go after so many days; facts, notes, documents and what is pinned stay; 0: never"
    ),
    setting!(
        "retention.receipts_days",
        Memory,
        DAYS,
        AtOnce,
        retention.receipts_days,
        "receipts of answers go after so many days; 0: never"
    ),
    setting!(
        "retention.ledger_days",
        Memory,
        DAYS,
        AtOnce,
        retention.ledger_days,
        "lines of the ledger go after so many days; what was spent still counts for budgets; 0: never"
    ),
    setting!(
        "retention.egress_days",
        Memory,
        DAYS,
        AtOnce,
        retention.egress_days,
        "lines about what left this machine go after so many days; 0: never"
    ),
    setting!(
        "retention.audit_days",
        Memory,
        DAYS,
        AtOnce,
        retention.audit_days,
        "lines of the audit go after so many days; 0: never"
    ),
    setting!(
        "retention.metrics_days",
        Memory,
        DAYS,
        AtOnce,
        retention.metrics_days,
        "measurements of the process go after so many days, earlier than they would by themselves; 0: not earlier"
    ),
];
