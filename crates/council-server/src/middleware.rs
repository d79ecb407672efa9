//! The layers around every route.

mod authorise;
mod cors;
mod guard;
mod metrics;
mod panic;
mod request_id;
mod security;

pub(crate) use authorise::authorise;
pub(crate) use cors::cors;
pub(crate) use guard::{guard, is_loopback};
pub(crate) use metrics::{HttpMetrics, measure};
pub(crate) use panic::panic_to_response;
pub(crate) use request_id::identify;
pub(crate) use security::secure;
