//! Arguments of `council memory`.

use super::forget::ForgetArgs;
use clap::{Args, Subcommand};
use serde_json::{Map, Value};
use std::path::PathBuf;

const EXAMPLES: &str = "\
Examples:
  council memory save \"I moved to Lisbon in May\" --speaker Ada
  council memory search \"where does Ada live?\"
  council memory forget \"my old address\"              shows what it would be, then asks
  council memory export memory.jsonl                  everything, with its history
  council memory import-agent-zero agent-zero/memory/default

Without a server on the configured port, the data directory is opened directly.";

/// Arguments of `council memory`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES, subcommand_required = true, arg_required_else_help = true)]
pub(in crate::cli) struct MemoryArgs {
    #[command(subcommand)]
    pub(super) action: Action,
    /// Print JSON
    #[arg(long, global = true)]
    pub(super) json: bool,
    /// Server to ask [env: COUNCIL_URL] [default: one on the configured port, if it answers]
    #[arg(long, value_name = "URL", global = true)]
    pub(super) url: Option<String>,
}

#[derive(Debug, Subcommand)]
pub(in crate::cli) enum Action {
    /// Remember a text; what is piped in, where none is given
    Save(Box<SaveArgs>),
    /// Find what answers a question
    Search(SearchArgs),
    /// List memories, the latest first
    List(ListArgs),
    /// Show one memory
    Show { id: String },
    /// Correct a memory
    Edit(EditArgs),
    /// Keep memories in mind above others
    Pin {
        #[arg(required = true)]
        ids: Vec<String>,
    },
    /// Keep them so no longer
    Unpin {
        #[arg(required = true)]
        ids: Vec<String>,
    },
    /// Forget memories for good, by id
    Delete {
        #[arg(required = true)]
        ids: Vec<String>,
    },
    /// Forget what is about something: shows it first
    Forget(ForgetArgs),
    /// Show what a memory was before
    History { id: String },
    /// Undo the latest change of a memory
    Undo { id: String },
    /// Show what is known of people, by attribute
    Profile,
    /// Show the topics of what is remembered
    Clusters {
        /// Of this project
        #[arg(long, value_name = "NAME")]
        project: Option<String>,
        /// Find them anew, whatever has changed
        #[arg(long)]
        anew: bool,
    },
    /// Count what is remembered
    Stats,
    /// Write everything, with its history, as lines of JSON
    Export {
        /// File to write; standard output where absent
        file: Option<PathBuf>,
    },
    /// Read what `export` wrote; what is there already stays as it is
    Import {
        /// File to read; `-` is standard input
        file: PathBuf,
    },
    /// Take over the memory of an Agent Zero
    ImportAgentZero {
        /// The folder with index.pkl
        folder: PathBuf,
    },
    /// Write a folder that Agent Zero can use as its memory
    ExportAgentZero {
        /// The folder to make
        folder: PathBuf,
        /// Replace a memory that is there
        #[arg(long)]
        force: bool,
    },
}

/// Which memories are meant.
#[derive(Debug, Args)]
pub(in crate::cli) struct Which {
    /// Of this session
    #[arg(long, value_name = "NAME")]
    pub(super) session: Option<String>,
    /// Of this project
    #[arg(long, value_name = "NAME")]
    pub(super) project: Option<String>,
    /// Of this kind: turn, fact, preference, note, summary or document
    #[arg(long)]
    pub(super) kind: Option<String>,
    /// In this area
    #[arg(long)]
    pub(super) area: Option<String>,
    /// With this label
    #[arg(long)]
    pub(super) tag: Option<String>,
    /// Of this document
    #[arg(long, value_name = "PATH")]
    pub(super) source: Option<String>,
    /// Those that are kept apart until somebody confirms them
    #[arg(long)]
    pub(super) quarantined: bool,
    /// Those that were superseded or taken back as well
    #[arg(long)]
    pub(super) retired: bool,
    /// What was known at this moment
    #[arg(long, value_name = "TIME")]
    pub(super) as_of: Option<String>,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct SaveArgs {
    /// The text
    pub(super) text: Vec<String>,
    /// What it is: turn, fact, preference, note, summary or document [default: note]
    #[arg(long)]
    pub(super) kind: Option<String>,
    /// Who said it
    #[arg(long, value_name = "NAME")]
    pub(super) speaker: Option<String>,
    /// The session that it belongs to
    #[arg(long, value_name = "NAME")]
    pub(super) session: Option<String>,
    /// The project that it belongs to
    #[arg(long, value_name = "NAME")]
    pub(super) project: Option<String>,
    /// When it was said, such as 2026-05-08 [default: now]
    #[arg(long, value_name = "TIME")]
    pub(super) timestamp: Option<String>,
    /// When it became so, such as 2026-05-08; another name for --timestamp
    #[arg(long, value_name = "TIME", conflicts_with = "timestamp")]
    pub(super) valid_from: Option<String>,
    /// When it ceased to be so, or will
    #[arg(long, value_name = "TIME")]
    pub(super) valid_to: Option<String>,
    /// A part of the memory by purpose [default: main]
    #[arg(long)]
    pub(super) area: Option<String>,
    /// A label; may be repeated
    #[arg(long = "tag", value_name = "TAG")]
    pub(super) tags: Vec<String>,
    /// Whatever else belongs to it, as a JSON object
    #[arg(long, value_name = "JSON", value_parser = object)]
    pub(super) metadata: Option<Map<String, Value>>,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct SearchArgs {
    /// The question
    #[arg(required = true)]
    pub(super) query: Vec<String>,
    /// Most hits
    #[arg(long, short = 'n', default_value_t = 10)]
    pub(super) limit: u32,
    /// Said at or after this moment
    #[arg(long, value_name = "TIME")]
    pub(super) since: Option<String>,
    /// Said before this moment
    #[arg(long, value_name = "TIME")]
    pub(super) until: Option<String>,
    /// Say what each sign added to the scores
    #[arg(long)]
    pub(super) explain: bool,
    #[command(flatten)]
    pub(super) which: Which,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct ListArgs {
    /// Most memories
    #[arg(long, short = 'n', default_value_t = 50)]
    pub(super) limit: u32,
    /// How many to skip
    #[arg(long, default_value_t = 0)]
    pub(super) offset: u64,
    #[command(flatten)]
    pub(super) which: Which,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct EditArgs {
    pub(super) id: String,
    /// The new text
    pub(super) text: Vec<String>,
    /// The labels, in place of those that it has; may be repeated
    #[arg(long = "tag", value_name = "TAG")]
    pub(super) tags: Vec<String>,
    /// Take all labels away
    #[arg(long, conflicts_with = "tags")]
    pub(super) no_tags: bool,
    /// Whatever else belongs to it, as a JSON object
    #[arg(long, value_name = "JSON", value_parser = object)]
    pub(super) metadata: Option<Map<String, Value>>,
    /// Vouch for what was kept apart
    #[arg(long)]
    pub(super) confirm: bool,
}

fn object(text: &str) -> Result<Map<String, Value>, String> {
    serde_json::from_str(text).map_err(|error| format!("must be a JSON object: {error}"))
}
