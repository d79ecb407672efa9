//! The layers around every route.

mod guard;
mod metrics;
mod panic;
mod request_id;
mod security;

pub(crate) use guard::guard;
pub(crate) use metrics::{HttpMetrics, measure};
pub(crate) use panic::panic_to_response;
pub(crate) use request_id::identify;
pub(crate) use security::secure;
