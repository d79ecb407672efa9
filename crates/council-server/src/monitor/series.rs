//! The list of all series: what each is, and how its value comes from two readings.

/// Something that only grows, and where the registry has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Counter {
    HttpRequests,
    Turns,
    TurnsFailed,
    Tokens,
    PromptTokens,
    Cost,
    Refused,
    CpuSeconds,
}

impl Counter {
    pub(crate) const ALL: [Self; 8] = [
        Self::HttpRequests,
        Self::Turns,
        Self::TurnsFailed,
        Self::Tokens,
        Self::PromptTokens,
        Self::Cost,
        Self::Refused,
        Self::CpuSeconds,
    ];

    /// The metrics whose sum it is, over all labels but for the one that is named: counters, or histograms by how many
    /// observations they have.
    pub(crate) fn metrics(self) -> &'static [(&'static str, Option<(&'static str, &'static str)>)] {
        match self {
            Self::HttpRequests => &[("council_http_requests_total", None)],
            Self::Turns => &[("council_turns_total", None)],
            Self::TurnsFailed => &[("council_turns_total", Some(("outcome", "failed")))],
            // Observed at each token; the counter of tokens moves only when an answer ends.
            Self::Tokens => &[
                ("council_first_token_seconds", None),
                ("council_inter_token_seconds", None),
            ],
            Self::PromptTokens => &[("council_model_prompt_tokens_computed_total", None)],
            Self::Cost => &[("council_cost_usd_total", None)],
            Self::Refused => &[("council_model_rejected_total", None)],
            Self::CpuSeconds => &[("process_cpu_seconds_total", None)],
        }
    }
}

/// A part of Council whose time is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Component {
    Turn,
    FirstToken,
    Token,
    Recall,
    Embedding,
    Routing,
    SandboxStart,
    SandboxRun,
}

/// What a component's time should be at most.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Target {
    /// Of the quantile, in milliseconds.
    pub(crate) ms: f64,
    /// Which quantile: `p50` or `p95`.
    pub(crate) quantile: &'static str,
    /// Where it comes from.
    pub(crate) source: &'static str,
}

impl Component {
    pub(crate) const ALL: [Self; 8] = [
        Self::Turn,
        Self::FirstToken,
        Self::Token,
        Self::Recall,
        Self::Embedding,
        Self::Routing,
        Self::SandboxStart,
        Self::SandboxRun,
    ];

    /// Its name in JSON, and how its series begin.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Turn => "turn",
            Self::FirstToken => "first_token",
            Self::Token => "token",
            Self::Recall => "recall",
            Self::Embedding => "embedding",
            Self::Routing => "routing",
            Self::SandboxStart => "sandbox_start",
            Self::SandboxRun => "sandbox_run",
        }
    }

    /// The histogram, and the label that narrows it.
    pub(crate) fn histogram(self) -> (&'static str, Option<(&'static str, &'static str)>) {
        match self {
            Self::Turn => ("council_turn_seconds", None),
            Self::FirstToken => ("council_first_token_seconds", None),
            Self::Token => ("council_inter_token_seconds", None),
            Self::Recall => ("council_memory_recall_seconds", None),
            Self::Embedding => ("council_memory_recall_stage_seconds", Some(("stage", "embed"))),
            Self::Routing => ("council_route_seconds", None),
            Self::SandboxStart => ("council_sandbox_queue_seconds", None),
            Self::SandboxRun => ("council_sandbox_run_seconds", None),
        }
    }

    /// What it should be at most; `None` where that is up to who asks, as the time of a program is.
    pub(crate) fn target(self) -> Option<Target> {
        let target = |quantile, ms, source| Some(Target { ms, quantile, source });
        match self {
            // Nielsen, "Usability Engineering" (1993), chapter 5: how long attention stays, and the train of thought.
            Self::Turn => target("p95", 10_000.0, "nielsen_attention"),
            Self::FirstToken => target("p95", 1_000.0, "nielsen_thought"),
            // 238 words a minute (Brysbaert 2019, "How many words do we read per minute?") at 4 tokens for 3 words.
            Self::Token => target("p95", 189.0, "reading_speed"),
            Self::Recall => target("p50", 4.0, "design"),
            Self::Embedding => target("p50", 2.0, "design"),
            Self::Routing => target("p50", 2.2, "design"),
            Self::SandboxStart => target("p50", 20.0, "design"),
            Self::SandboxRun => None,
        }
    }
}

/// Something that goes up and down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Gauge {
    TurnsActive,
    HttpInFlight,
    Queued,
    SlotsActive,
    Slots,
    KvUsed,
    KvCapacity,
    ModelsResident,
    ModelsMemory,
    CostToday,
    BudgetDay,
    BudgetMonth,
    Cpu,
    MemoryUsed,
    MemoryTotal,
    DiskFree,
    DiskTotal,
    ProcessMemory,
    GpuBusy,
    GpuMemoryUsed,
    GpuMemoryTotal,
}

impl Gauge {
    /// How many there are.
    pub(crate) const COUNT: usize = Self::GpuMemoryTotal as usize + 1;
}

/// How one value is made of those of a minute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Over {
    Mean,
    Max,
    Min,
    Last,
}

/// How a series' value comes from two readings, or from those between them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Source {
    /// How much a counter grew in a second.
    Rate(Counter),
    /// The same over the time that shares are of, where a counter moves in steps too large for a second.
    SlowRate(Counter),
    /// How much it grew.
    Growth(Counter),
    /// How much one grew for each that another grew; nothing where that did not. [0, 1]
    Share(Counter, Counter),
    /// A quantile of a component's times, in milliseconds; nothing where nothing was timed.
    Quantile(Component, f64),
    /// A gauge.
    Gauge(Gauge, Over),
}

/// One series.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Series {
    pub(crate) name: &'static str,
    pub(crate) unit: &'static str,
    pub(crate) source: Source,
}

const fn series(name: &'static str, unit: &'static str, source: Source) -> Series {
    Series { name, unit, source }
}

macro_rules! quantile {
    ($component:ident, $name:literal, $quantile:literal, $of:literal) => {
        series(
            concat!($name, "_", $quantile, "_ms"),
            "ms",
            Source::Quantile(Component::$component, $of),
        )
    };
}

/// All of them, in the order in which they are listed; `docs/monitoring.md` has the same.
pub(crate) const SERIES: [Series; 54] = [
    series("requests_per_s", "1/s", Source::Rate(Counter::HttpRequests)),
    series("turns_per_s", "1/s", Source::Rate(Counter::Turns)),
    series("tokens_per_s", "1/s", Source::Rate(Counter::Tokens)),
    series("prompt_tokens_per_s", "1/s", Source::Rate(Counter::PromptTokens)),
    series("refused_per_s", "1/s", Source::Rate(Counter::Refused)),
    series("turns", "turns", Source::Growth(Counter::Turns)),
    series("cost_usd", "usd", Source::Growth(Counter::Cost)),
    series(
        "error_rate",
        "share",
        Source::Share(Counter::TurnsFailed, Counter::Turns),
    ),
    quantile!(Turn, "turn", "p50", 0.5),
    quantile!(Turn, "turn", "p95", 0.95),
    quantile!(Turn, "turn", "p99", 0.99),
    quantile!(FirstToken, "first_token", "p50", 0.5),
    quantile!(FirstToken, "first_token", "p95", 0.95),
    quantile!(FirstToken, "first_token", "p99", 0.99),
    quantile!(Token, "token", "p50", 0.5),
    quantile!(Token, "token", "p95", 0.95),
    quantile!(Token, "token", "p99", 0.99),
    quantile!(Recall, "recall", "p50", 0.5),
    quantile!(Recall, "recall", "p95", 0.95),
    quantile!(Recall, "recall", "p99", 0.99),
    quantile!(Embedding, "embedding", "p50", 0.5),
    quantile!(Embedding, "embedding", "p95", 0.95),
    quantile!(Embedding, "embedding", "p99", 0.99),
    quantile!(Routing, "routing", "p50", 0.5),
    quantile!(Routing, "routing", "p95", 0.95),
    quantile!(Routing, "routing", "p99", 0.99),
    quantile!(SandboxStart, "sandbox_start", "p50", 0.5),
    quantile!(SandboxStart, "sandbox_start", "p95", 0.95),
    quantile!(SandboxStart, "sandbox_start", "p99", 0.99),
    quantile!(SandboxRun, "sandbox_run", "p50", 0.5),
    quantile!(SandboxRun, "sandbox_run", "p95", 0.95),
    quantile!(SandboxRun, "sandbox_run", "p99", 0.99),
    series(
        "turns_active",
        "turns",
        Source::Gauge(Gauge::TurnsActive, Over::Max),
    ),
    series(
        "http_in_flight",
        "requests",
        Source::Gauge(Gauge::HttpInFlight, Over::Max),
    ),
    series("queued", "requests", Source::Gauge(Gauge::Queued, Over::Max)),
    series(
        "slots_active",
        "slots",
        Source::Gauge(Gauge::SlotsActive, Over::Max),
    ),
    series("slots", "slots", Source::Gauge(Gauge::Slots, Over::Last)),
    series(
        "kv_used_tokens",
        "tokens",
        Source::Gauge(Gauge::KvUsed, Over::Max),
    ),
    series(
        "kv_capacity_tokens",
        "tokens",
        Source::Gauge(Gauge::KvCapacity, Over::Last),
    ),
    series(
        "models_resident",
        "models",
        Source::Gauge(Gauge::ModelsResident, Over::Last),
    ),
    series(
        "models_memory_bytes",
        "bytes",
        Source::Gauge(Gauge::ModelsMemory, Over::Max),
    ),
    series(
        "cost_today_usd",
        "usd",
        Source::Gauge(Gauge::CostToday, Over::Last),
    ),
    series("budget_day", "share", Source::Gauge(Gauge::BudgetDay, Over::Last)),
    series(
        "budget_month",
        "share",
        Source::Gauge(Gauge::BudgetMonth, Over::Last),
    ),
    series("cpu", "share", Source::Gauge(Gauge::Cpu, Over::Mean)),
    series(
        "process_cpu_cores",
        "cores",
        Source::SlowRate(Counter::CpuSeconds),
    ),
    series(
        "process_memory_bytes",
        "bytes",
        Source::Gauge(Gauge::ProcessMemory, Over::Max),
    ),
    series(
        "memory_used_bytes",
        "bytes",
        Source::Gauge(Gauge::MemoryUsed, Over::Max),
    ),
    series(
        "memory_total_bytes",
        "bytes",
        Source::Gauge(Gauge::MemoryTotal, Over::Last),
    ),
    series(
        "disk_free_bytes",
        "bytes",
        Source::Gauge(Gauge::DiskFree, Over::Min),
    ),
    series(
        "disk_total_bytes",
        "bytes",
        Source::Gauge(Gauge::DiskTotal, Over::Last),
    ),
    series("gpu_busy", "share", Source::Gauge(Gauge::GpuBusy, Over::Mean)),
    series(
        "gpu_memory_used_bytes",
        "bytes",
        Source::Gauge(Gauge::GpuMemoryUsed, Over::Max),
    ),
    series(
        "gpu_memory_total_bytes",
        "bytes",
        Source::Gauge(Gauge::GpuMemoryTotal, Over::Last),
    ),
];
