//! What to do with a request: choose a model, answer, measure, remember.
//!
//! - [`request`]: what a turn is asked and what it reports while it runs
//! - `activity`: whether turns run
//! - [`agent`]: starts turns and keeps each one alive until it is settled
//! - [`turn`]: the story of one turn, top to bottom
//! - [`calibration`]: from what a model's tokens say to the probability that its answer is right
//! - [`classify`]: which kind of question a text is
//! - [`context`]: the prompt: stored history plus new messages, and what was left out
//! - [`routing`]: who answers, and why
//! - [`confidence`]: how sure the model was of its own words
//! - [`grade`]: whether an answer is the right one
//! - `lines`: one turn at a time in each conversation
//! - `running`: the turns that run, by their requests
//! - [`memory`]: remembering and recalling beyond a conversation
//! - [`agent_zero`]: Agent Zero's tools on that memory, and its folder
//! - [`guarded`]: the gate that everything passes which leaves this machine
//! - [`privacy`]: finds private text and replaces it
//! - [`settings`]: what was set at run time
//! - `settled`: tells of receipts that were kept
//! - `english`: words, stems, sentences and clauses of English
//! - [`knowledge`]: documents, in parts, with the places where they say it
//! - [`code`]: programs in a request: given, or to be written
//! - [`sandbox`]: programs, checked and measured
//! - [`tools`]: what a model can have done here
//! - `words`: words that tell a text from others
//! - [`vote`]: the council: several voices, checks and votes
//! - [`forget`]: everything about somebody, gone; [`expiry`]: what is too old, gone
//! - [`metrics`]: turn metrics
//! - [`halt`]: stops everything that runs
//! - [`benchmark`]: how fast a model answers here

mod activity;
pub mod agent;
pub mod agent_zero;
pub mod benchmark;
pub mod calibration;
pub mod classify;
pub mod code;
pub mod confidence;
pub mod context;
mod english;
pub mod expiry;
pub mod forget;
pub mod grade;
pub mod guarded;
pub mod halt;
pub mod knowledge;
mod lines;
pub mod memory;
pub mod metrics;
pub mod privacy;
pub mod request;
pub mod routing;
mod running;
pub mod sandbox;
pub mod settings;
mod settled;
pub mod tools;
mod turn;
pub mod vote;
mod words;

pub use agent::{Agent, AgentParts};
pub use guarded::{Destination, EgressMetrics, Gate, GuardedModel};
pub use metrics::{LatencyQuantiles, TurnMetrics};
pub use request::{
    Answerers, MemoryUse, Payer, Position, ToolUse, TurnError, TurnEvent, TurnRequest, TurnStream,
    TurnSummary, WhichTools,
};
pub use running::RunningTurn;
pub use settings::{ChangeError, EgressPolicy, FORGET, LiveSettings, SettingState};
pub use tools::{ToolLimits, ToolMetrics, Toolbox, built_in};
