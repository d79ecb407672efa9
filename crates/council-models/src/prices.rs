//! What well-known remote models charge, from a dated table.

use crate::remote::host_of;
use council_core::Price;
use serde::Deserialize;
use std::collections::BTreeMap;

/// The table that is compiled in.
const TABLE: &str = include_str!("prices.toml");

/// Prices by provider.
#[derive(Clone, Debug, Deserialize)]
pub struct Prices {
    /// When they were published: year and month.
    pub as_of: String,
    #[serde(flatten)]
    providers: BTreeMap<String, Charges>,
}

#[derive(Clone, Debug, Deserialize)]
struct Charges {
    host: String,
    models: Vec<Charge>,
}

#[derive(Clone, Debug, Deserialize)]
struct Charge {
    name: String,
    input_usd: f64,
    output_usd: f64,
}

impl Prices {
    /// The compiled-in table.
    ///
    /// # Errors
    /// When it is not what it must be; a test holds that it is.
    pub fn builtin() -> Result<Self, String> {
        toml::from_str(TABLE).map_err(|error| format!("prices.toml: {error}"))
    }

    /// What `model` at this URL charges, where it is known.
    pub fn of(&self, base_url: &str, model: &str) -> Option<Price> {
        let host = host_of(base_url)?;
        let host = host.split(':').next()?;
        let charges = self.providers.values().find(|charges| {
            host.strip_suffix(charges.host.as_str())
                .is_some_and(|before| before.is_empty() || before.ends_with('.'))
        })?;
        let charge = charges.models.iter().find(|charge| charge.is_of(model))?;
        Some(Price {
            input_usd: charge.input_usd,
            output_usd: charge.output_usd,
        })
    }
}

impl Charge {
    /// Whether this is the model or a dated version of it. Anything else that begins alike may cost more.
    fn is_of(&self, model: &str) -> bool {
        let Some(rest) = model.strip_prefix(self.name.as_str()) else {
            return false;
        };
        let Some(version) = rest.strip_prefix('-') else {
            return rest.is_empty();
        };
        let first = version.split('-').next().unwrap_or_default();
        let dated = first.len() >= 4 && version.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
        version == "latest" || dated
    }
}

#[cfg(test)]
mod tests;
