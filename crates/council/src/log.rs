//! Log lines: for people, or one JSON object a line. Each line of a request has its ids, whoever writes it: they are fields of
//! the spans around it.
//!
//! Rotating and keeping them is the business of whoever reads standard error, as journald does.

use crate::config::{Config, LogFormat};
use crate::exit::CommandError;
use serde_json::{Map, Value};
use std::fmt;
use tracing::field::{Field, Visit};
use tracing::{Event, Subscriber};
use tracing_log::NormalizeEvent as _;
use tracing_subscriber::fmt::format::{JsonFields, Writer};
use tracing_subscriber::fmt::time::{FormatTime as _, SystemTime};
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields, FormattedFields};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Layer, Registry};

/// What becomes of spans, beside the log.
pub type SpanLayer = Box<dyn Layer<Registry> + Send + Sync>;

/// Sends log lines to standard error. The server says what it does; the other commands only what went wrong.
///
/// # Errors
/// When `log` is no filter.
pub fn start(config: &Config, serving: bool, spans: Option<SpanLayer>) -> Result<(), CommandError> {
    // Migrations are logged once, by the store; what is wrong with a document stands in its report.
    let usual = if serving {
        "info,rusqlite_migration=warn,lopdf=off,html5ever=off"
    } else {
        "warn,lopdf=off,html5ever=off"
    };
    let directives = config.log.as_deref().unwrap_or(usual);
    // Stages of turns are told to whoever traces, not to who reads the log.
    let all = format!("{directives},{}=off", council_core::TRACE);
    let filter = EnvFilter::try_new(all).map_err(|error| {
        CommandError::usage(format!(
            "`log` cannot be \"{directives}\": {error}; accepted: a level (error, warn, info, debug, trace) or \
             directives such as warn,council_models=debug"
        ))
    })?;
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    let lines: SpanLayer = match config.log_format {
        LogFormat::Text => lines
            .with_ansi(std::io::IsTerminal::is_terminal(&std::io::stderr()))
            .with_filter(filter)
            .boxed(),
        LogFormat::Json => lines
            .fmt_fields(JsonFields::new())
            .event_format(JsonLines)
            .with_filter(filter)
            .boxed(),
    };
    let layers: Vec<SpanLayer> = [Some(lines), spans].into_iter().flatten().collect();
    // Fails only where a test has set one already.
    let _ = tracing_subscriber::registry().with(layers).try_init();
    Ok(())
}

/// One flat object a line: what is common to all lines, then the fields of the spans around the event from the outermost
/// inwards, then the event's own.
struct JsonLines;

impl<S, N> FormatEvent<S, N> for JsonLines
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(
        &self,
        context: &FmtContext<'_, S, N>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let mut line = Map::new();
        let mut time = String::new();
        SystemTime.format_time(&mut Writer::new(&mut time))?;
        line.insert("timestamp".to_owned(), time.into());
        // What comes from the `log` crate has its own target in fields.
        let normalized = event.normalized_metadata();
        let about = normalized.as_ref().unwrap_or_else(|| event.metadata());
        line.insert("level".to_owned(), about.level().as_str().into());
        line.insert("target".to_owned(), about.target().into());
        for span in context
            .event_scope()
            .into_iter()
            .flat_map(tracing_subscriber::registry::Scope::from_root)
        {
            if let Some(fields) = span.extensions().get::<FormattedFields<N>>()
                && let Ok(Value::Object(fields)) = serde_json::from_str(&fields.fields)
            {
                line.extend(fields);
            }
        }
        event.record(&mut Fields(&mut line));
        writeln!(writer, "{}", Value::Object(line))
    }
}

/// Puts an event's fields into an object.
struct Fields<'a>(&'a mut Map<String, Value>);

impl Fields<'_> {
    fn put(&mut self, field: &Field, value: impl Into<Value>) {
        if !field.name().starts_with("log.") {
            self.0.insert(field.name().to_owned(), value.into());
        }
    }
}

impl Visit for Fields<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.put(field, format!("{value:?}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.put(field, value);
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.put(field, value);
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.put(field, value);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.put(field, value);
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        self.put(field, value);
    }
}

#[cfg(test)]
mod tests;
