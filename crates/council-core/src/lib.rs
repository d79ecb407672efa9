//! The vocabulary of Council: the value types that its parts exchange and the traits that they meet at.
//!
//! Nothing here does I/O, reads a clock or starts a task, so every other crate can depend on it and every trait
//! can be faked in a test.
//!
//! - [`chat`]: messages, tools and tool calls, as every chat model understands them
//! - [`generate`]: one request to a language model and the events that answer it
//! - [`model`]: what a model is, the [`LanguageModel`] trait, and the set of models of this process
//! - [`conversation`]: conversations and messages that survive a restart
//! - [`embedding`]: texts as vectors
//! - [`backup`]: copies of everything that is kept
//! - [`forgetting`]: everything about somebody or something, to be found and forgotten
//! - [`retention`]: how long things are kept
//! - [`budget`]: money that may be spent
//! - [`ledger`]: what each request used and cost
//! - [`memory`]: what is remembered beyond a conversation
//! - [`tool`]: what a model can have done for it
//! - [`names`]: names of speakers in texts
//! - [`routing`]: who answers a request, decided before anybody is asked
//! - [`receipt`]: why each request was answered by whom
//! - [`sandbox`]: programs that nobody vouches for
//! - [`skill`]: answers that are computed rather than guessed
//! - [`vote`]: ballots and how they are counted
//! - [`calibration`]: how far a model's answers can be relied on
//! - [`install`]: models that could be installed
//! - [`privacy`]: what must not leave this machine unseen
//! - [`egress`]: what left it
//! - [`settings`]: what may be changed at run time
//! - [`history`]: how the process did over time
//! - [`provider`]: how the servers of remote models are
//! - [`access`]: who may call what
//! - [`secret`]: keys, tokens and passwords
//! - [`clock`]: the current time as a dependency
//! - [`trace`]: how spans of traces are told from those of the log

pub mod access;
pub mod backup;
pub mod budget;
pub mod calibration;
pub mod chat;
pub mod clock;
pub mod conversation;
pub mod egress;
pub mod embedding;
pub mod forgetting;
pub mod generate;
pub mod history;
pub mod install;
pub mod ledger;
pub mod memory;
pub mod model;
pub mod names;
pub mod privacy;
pub mod provider;
pub mod receipt;
pub mod retention;
pub mod routing;
pub mod sandbox;
pub mod secret;
pub mod settings;
pub mod skill;
pub mod tool;
pub mod trace;
pub mod vote;

pub use access::{AccessStore, ApiKey, KeptKey, KeptSession, KeyScope, KeyState, Scopes, User};
pub use budget::{Budget, BudgetError, CapKind, Caps, NanoUsd, Reservation, Spending, Spent};
pub use calibration::{Calibration, CalibrationStore, ReliabilityBin};
pub use chat::{AttachedImage, Content, FileText, Message, Role, ToolCall, ToolChoice, ToolSpec};
pub use clock::{Clock, MONTHS, Timestamp};
pub use conversation::{
    AnswerEnd, Attachment, Branch, Conversation, ConversationChange, ConversationFilter, ConversationHit,
    ConversationId, ConversationQuery, ConversationSettings, ConversationStore, CountFrom, Folder,
    FoundMessage, Import, ImportedConversation, ImportedMessage, ListPlace, MessageId, NewConversation,
    NewMessage, Page, Place, Snippet, StoreError, StoredMessage,
};
pub use egress::{
    Carried, Egress, EgressEntry, EgressFilter, EgressId, EgressLog, EgressOutcome, EgressRefused,
    EgressRules, EgressTotal, HostList, NewEgress, Origin,
};
pub use embedding::{EmbedKind, Embedded, Embedder, EmbedderInfo, Embedding};
pub use generate::{
    FinishReason, GenerateEvent, GenerateRequest, Input, OutputFormat, Priority, Sampling, TokenLogprob,
    TopLogprob, Usage,
};
pub use history::{MetricsHistory, Resolution, Rollup};
pub use ledger::{Ledger, LedgerEntry, LedgerSummary, ModelSpend, Outcome};
pub use memory::{
    Claim, Evidence, Heard, Memory, MemoryChange, MemoryCounts, MemoryEvent, MemoryFilter, MemoryHit,
    MemoryId, MemoryKind, MemoryRecord, MemoryStats, MemoryStore, MemoryVectors, MemoryVersion, NewMemory,
    RecallQuery, RecallTimes, RecallWeights, Scope, ScoreParts, SourceSummary, Trust, Unembedded,
};
pub use model::{
    EventStream, LanguageModel, Locality, ModelActivity, ModelError, ModelEvent, ModelInfo, ModelState,
    ModelStatus, Models, Price,
};
pub use privacy::{Found, PrivacyAction, PrivacyActions, PrivacyKind};
pub use provider::{BreakerState, KeyError, ProviderHealth, Providers};
pub use receipt::{
    Feedback, Rating, Receipt, ReceiptFilter, ReceiptStore, StepOutcome, StepTaken, TimeSplit, Verdicts,
};
pub use routing::{
    Accept, Answerer, Considered, Decision, FirstModels, ModelView, PlannedStep, RoutingPolicy, RoutingRules,
    RoutingState, TurnFeatures,
};
pub use secret::Secret;
pub use settings::{
    AuditEntry, AuditFilter, AuditLine, MemoryRules, SandboxRules, Setting, SettingChange, SettingError,
    SettingKind, SettingValue, Settings, SettingsStore, StoredChange, StoredSetting, TurnMemory, VoteRules,
};
pub use skill::{Attempt, Attempted, Proof, ProofMethod, Skill, SkillAnswer, SkillHelp, SkillKind};
pub use tool::{Effect, Tool, ToolContext, ToolDescription, ToolError, ToolOutput};
pub use trace::TRACE;
pub use vote::{Ballot, Borda, Check, Standing, VotingRule, WeightedMajority};
