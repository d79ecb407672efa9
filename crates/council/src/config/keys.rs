//! The table of everything that can be configured: name, default, form and meaning. File keys, `COUNCIL_*`
//! variables, error messages and `council config` all come from here.

mod cloud;
mod data;
mod encryption;
mod limits;
mod model;
mod pull;
mod remote;
mod routing;
mod sandbox;
mod server;
mod telemetry;
mod vote;

pub use model::MODEL_KEYS;
pub use remote::REMOTE_KEYS;
pub use vote::VOICE_KEYS;

use model::{BATCH, CONTEXT, FLASH, KV_MIB, KV_TYPE, LAYERS, QUEUE, SLOTS, THREADS};

/// What a value looks like.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Kind {
    /// Any text.
    Text,
    /// Text that may be absent; its default is absence.
    OptionalText,
    /// Text that may be absent and is never shown.
    Secret,
    /// A path; `~/` is the home directory, and a relative one in the file counts from the file's directory.
    Path,
    /// Paths, each as above.
    Paths,
    /// A whole number.
    Integer {
        /// The smallest.
        min: u64,
        /// The largest.
        max: u64,
    },
    /// A whole number, or `auto`.
    IntegerOrAuto {
        /// The smallest.
        min: u64,
        /// The largest.
        max: u64,
    },
    /// A number that is not negative.
    Decimal,
    /// A number from 0 to this.
    DecimalTo {
        /// The largest.
        max: u32,
    },
    /// How much a sign counts: a number from 0 to 10.
    Weight,
    /// US dollars, or `none`.
    Money,
    /// `true` or `false`.
    Boolean,
    /// One of these.
    Choice(&'static [&'static str]),
    /// A duration with its unit.
    Duration,
    /// A duration with its unit, or `never`.
    DurationOrNever,
    /// An `http://` or `https://` URL.
    Url,
    /// Such URLs, different ones.
    Urls,
    /// A model's id.
    ModelId,
    /// Patterns of hosts.
    Hosts,
    /// Names of hosts.
    Names,
    /// Origins of web pages.
    Origins,
}

/// Where a default comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fallback {
    /// This value.
    Value(&'static str),
    /// No value: the key stays absent.
    Absent,
    /// A directory below an XDG base directory.
    XdgData(&'static str),
    /// The key must be given.
    Required,
}

/// One thing that can be configured.
#[derive(Clone, Copy, Debug)]
pub struct Key {
    /// Its name in the file, sections joined by `.`.
    pub name: &'static str,
    /// What its value looks like.
    pub kind: Kind,
    /// Its default.
    pub fallback: Fallback,
    /// What it means, in one line.
    pub doc: &'static str,
}

impl Key {
    /// The environment variable that sets it: `engine.threads` is `COUNCIL_ENGINE_THREADS`.
    pub fn variable(&self) -> String {
        format!("COUNCIL_{}", self.name.to_uppercase().replace('.', "_"))
    }
}

const fn key(name: &'static str, kind: Kind, default: &'static str, doc: &'static str) -> Key {
    Key {
        name,
        kind,
        fallback: Fallback::Value(default),
        doc,
    }
}

/// The keys that exist once, section by section. Those of one section stand together.
pub const KEYS: &[Key] = &joined::<{ count(SECTIONS) }>(SECTIONS);

const SECTIONS: &[&[Key]] = &[
    GENERAL,
    pull::KEYS,
    limits::KEYS,
    server::KEYS,
    routing::KEYS,
    sandbox::KEYS,
    vote::KEYS,
    cloud::KEYS,
    telemetry::KEYS,
    data::KEYS,
    encryption::KEYS,
];

const fn count(sections: &[&[Key]]) -> usize {
    let (mut sum, mut at) = (0, 0);
    while at < sections.len() {
        sum += sections[at].len();
        at += 1;
    }
    sum
}

const fn joined<const N: usize>(sections: &[&[Key]]) -> [Key; N] {
    let mut all = [sections[0][0]; N];
    let (mut section, mut within, mut at) = (0, 0, 0);
    while at < N {
        if within == sections[section].len() {
            (section, within) = (section + 1, 0);
            continue;
        }
        all[at] = sections[section][within];
        (within, at) = (within + 1, at + 1);
    }
    all
}

const GENERAL: &[Key] = &[
    key(
        "host",
        Kind::Text,
        "127.0.0.1",
        "address to listen on; anything but loopback is reachable by others",
    ),
    key(
        "port",
        Kind::Integer { min: 0, max: 65_535 },
        "9000",
        "port to listen on; 0 takes a free one",
    ),
    Key {
        name: "data_dir",
        kind: Kind::Path,
        fallback: Fallback::XdgData("council"),
        doc: "where the database and the chat history live",
    },
    Key {
        name: "models_dir",
        kind: Kind::Path,
        fallback: Fallback::XdgData("council/models"),
        doc: "where models live; independent of data_dir",
    },
    Key {
        name: "ui_dir",
        kind: Kind::Path,
        fallback: Fallback::Absent,
        doc: "serve the web page from this directory (a built web/dist) instead of the one that is compiled in",
    },
    Key {
        name: "log",
        kind: Kind::OptionalText,
        fallback: Fallback::Absent,
        doc: "which log lines are written, such as `info` or `warn,council_models=debug`; \
              default: info for serve, warn for the other commands",
    },
    key(
        "log_format",
        Kind::Choice(&["text", "json"]),
        "text",
        "how log lines are written",
    ),
    Key {
        name: "models.default",
        kind: Kind::OptionalText,
        fallback: Fallback::Absent,
        doc: "model that answers requests that name none; default: the first installed one in catalog order",
    },
    key(
        "models.keep_alive",
        Kind::DurationOrNever,
        "15m",
        "a model without requests for this long is unloaded",
    ),
    key(
        "models.autopull_larger",
        Kind::Boolean,
        "false",
        "fetch the embedding model and the larger default model in the background when memory and disk allow",
    ),
    key(
        "engine.threads",
        THREADS,
        "auto",
        "threads while generating; auto: physical cores, fewer while other programs need them",
    ),
    key(
        "engine.threads_batch",
        THREADS,
        "auto",
        "threads while reading prompts; auto: physical cores",
    ),
    key(
        "engine.gpu_layers",
        LAYERS,
        "auto",
        "layers on the GPU; auto: all layers with a GPU build, none without",
    ),
    key(
        "engine.context_tokens",
        CONTEXT,
        "auto",
        "longest prompt plus answer, in tokens; auto: what the model was trained for, at most 32768",
    ),
    key(
        "engine.batch_tokens",
        BATCH,
        "auto",
        "most prompt tokens per step; auto: 512",
    ),
    key(
        "engine.slots",
        SLOTS,
        "auto",
        "most requests that run at once on one model; auto: 8",
    ),
    key(
        "engine.kv_type",
        KV_TYPE,
        "f16",
        "element type of the KV cache; q8_0 and q4_0 need flash attention",
    ),
    key(
        "engine.flash_attention",
        FLASH,
        "auto",
        "fused attention; auto: where the backend has it",
    ),
    key(
        "engine.kv_cache_mib",
        KV_MIB,
        "auto",
        "memory cap of one model's KV cache, finished turns that are kept included; auto: an eighth of the memory, at most one full context",
    ),
    key(
        "engine.queue_limit",
        QUEUE,
        "auto",
        "most requests that wait for one model before new ones are refused; auto: 64",
    ),
    key(
        "agent.tools",
        Kind::Choice(&["none", "auto"]),
        "none",
        "which of Council's own tools a turn is offered when its request does not say: none, or all that agent.allow_effects allows",
    ),
    key(
        "agent.max_steps",
        Kind::Integer { min: 1, max: 32 },
        "4",
        "most answers of a model in one turn that may call tools; after them it has to answer in words",
    ),
    key(
        "agent.allow_effects",
        Kind::Choice(&["read_only", "writes", "executes", "egress"]),
        "executes",
        "the strongest effect of tools that a request need not name: reading, writing to the memory, running programs in the sandbox, or sending something to another machine",
    ),
    Key {
        name: "database.url",
        kind: Kind::Secret,
        fallback: Fallback::Absent,
        doc: "keep what several Councils share in this PostgreSQL database (`postgres://USER:PASSWORD@HOST:PORT/DATABASE`) instead of the one in data_dir: conversations, ledger, budget, receipts, settings, memories",
    },
    Key {
        name: "database.url_file",
        kind: Kind::Path,
        fallback: Fallback::Absent,
        doc: "file that holds that address, in place of database.url; only its owner may read it (mode 0600)",
    },
    Key {
        name: "database.ca_file",
        kind: Kind::Path,
        fallback: Fallback::Absent,
        doc: "PEM file of the authorities that may vouch for PostgreSQL servers, which have to speak TLS then; default: the system's, where the address says `sslmode=require`",
    },
    Key {
        name: "memory.postgres_url",
        kind: Kind::Secret,
        fallback: Fallback::Absent,
        doc: "keep memories in this PostgreSQL database (`postgres://USER:PASSWORD@HOST:PORT/DATABASE`); default: with the rest",
    },
    Key {
        name: "memory.postgres_url_file",
        kind: Kind::Path,
        fallback: Fallback::Absent,
        doc: "file that holds that address, in place of memory.postgres_url; only its owner may read it (mode 0600)",
    },
    key(
        "memory.turns",
        Kind::Choice(&["on", "read", "off"]),
        "on",
        "what a turn of a conversation does with the memory when its request does not say: recall and remember, only recall, neither",
    ),
    key(
        "memory.prompt_tokens",
        Kind::Integer { min: 0, max: 32_768 },
        "512",
        "most tokens of a prompt that memories take, as estimated from their bytes; 0: none are put into prompts",
    ),
    key(
        "memory.extract",
        Kind::Boolean,
        "true",
        "learn facts and preferences from what users say, in the background",
    ),
    key(
        "memory.summaries",
        Kind::Boolean,
        "true",
        "summarise sessions in the background",
    ),
    Key {
        name: "memory.model",
        kind: Kind::OptionalText,
        fallback: Fallback::Absent,
        doc: "model for both; default: the default model if it is local, else the first local one; only one that is named here may be remote",
    },
    key(
        "memory.weights.own",
        Kind::Weight,
        "0.2",
        "how much the meaning of a memory counts in a search",
    ),
    key(
        "memory.weights.context",
        Kind::Weight,
        "0.4",
        "the same of its meaning with the turn before it",
    ),
    key(
        "memory.weights.lexical",
        Kind::Weight,
        "0.4",
        "the same of words in common",
    ),
    key(
        "memory.weights.neighbour",
        Kind::Weight,
        "0.3",
        "the same of how well the turns right before and after it fit",
    ),
    key(
        "memory.weights.second_neighbour",
        Kind::Weight,
        "0.2",
        "the same of the turns two away",
    ),
    key(
        "memory.weights.third_neighbour",
        Kind::Weight,
        "0.1",
        "the same of the turns three away",
    ),
    key(
        "memory.weights.speaker",
        Kind::Weight,
        "0.7",
        "what is added when the question names who said it",
    ),
    key(
        "memory.weights.told",
        Kind::Weight,
        "0.8",
        "what is added for how much a turn tells, beside asking",
    ),
    key(
        "memory.weights.time",
        Kind::Weight,
        "1",
        "what is added when it was said in the time that the question speaks of, such as last week",
    ),
    key(
        "memory.weights.recency",
        Kind::Weight,
        "0.1",
        "what is added for having been said just now; half of it a month later",
    ),
    key(
        "memory.weights.pinned",
        Kind::Weight,
        "0.5",
        "what is added for a pin",
    ),
    Key {
        name: "knowledge.watch",
        kind: Kind::Paths,
        fallback: Fallback::Absent,
        doc: "directories whose documents the server remembers and keeps up to date",
    },
    key(
        "knowledge.watch_interval",
        Kind::Duration,
        "10s",
        "time between two looks at these directories",
    ),
    Key {
        name: "knowledge.roots",
        kind: Kind::Paths,
        fallback: Fallback::Absent,
        doc: "directories below which a request may name files of this machine to be remembered; default: none",
    },
    key(
        "knowledge.file_mib",
        Kind::Integer { min: 1, max: 1024 },
        "64",
        "largest document; also of a request that brings one",
    ),
];

/// `COUNCIL_*` variables that are not configuration keys.
pub const OTHER_VARIABLES: &[&str] = &[
    "COUNCIL_CONFIG",
    "COUNCIL_KEY",
    "COUNCIL_PASSPHRASE",
    "COUNCIL_REQUIRE_UI",
    "COUNCIL_URL",
];
