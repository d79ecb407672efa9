//! Who is let in, and under which names: from checked values to settings.

use super::layers::Values;

/// Who is let in, and under which names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ServerSettings {
    /// Whether clients on this machine need a key.
    pub require_key: bool,
    /// Names by which other machines reach the server.
    pub hosts: Vec<String>,
    /// Origins of pages elsewhere that may call it.
    pub origins: Vec<String>,
    /// Most requests of one key in a minute; 0: unbounded.
    pub key_per_minute: u32,
    /// Most requests of one address of another machine in a minute; 0: unbounded.
    pub address_per_minute: u32,
}

pub(super) fn settings(values: &Values) -> ServerSettings {
    let list = |key: &str| {
        let text = values.optional_text(key).unwrap_or_default();
        text.split(',')
            .filter(|name| !name.is_empty())
            .map(str::to_owned)
            .collect()
    };
    let number = |key: &str| values.integer(key).unwrap_or_default() as u32;
    ServerSettings {
        require_key: values.boolean("server.require_key"),
        hosts: list("server.hosts"),
        origins: list("server.origins"),
        key_per_minute: number("server.key_per_minute"),
        address_per_minute: number("server.address_per_minute"),
    }
}
