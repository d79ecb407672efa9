//! Where pip fetches packages from, named to the gate before pip is started: it is a program of its own, and the gate
//! does not see its connections.

use super::named_by;
use council_core::egress::{Bound, Purpose, Standing};

/// The index that pip asks when nobody names another.
const USUAL_INDEX: &str = "https://pypi.org/simple";

/// The arguments with which `python -m` tells what is configured.
pub const TELL: [&str; 3] = ["pip", "config", "list"];

/// Where pip looks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PipSources {
    /// The index, unless pip uses none.
    pub index: Option<String>,
    /// Further ones.
    pub extra: Vec<String>,
    /// Pages with links to packages.
    pub links: Vec<String>,
}

impl PipSources {
    /// Reads what `pip config list` prints: a line for each key, as `global.index-url='https://…'`, with the environment's
    /// last.
    pub fn read(text: &str) -> Self {
        let mut found = Self {
            index: Some(USUAL_INDEX.to_owned()),
            extra: Vec::new(),
            links: Vec::new(),
        };
        // The order of precedence: files, each more particular than the one before, then the environment.
        let (environment, files): (Vec<&str>, Vec<&str>) =
            text.lines().partition(|line| line.starts_with(":env:"));
        for line in files.into_iter().chain(environment) {
            let Some((key, value)) = line.split_once('=') else {
                continue;
            };
            let value = value.trim().trim_matches(['\'', '"']);
            let urls = || {
                let parts = value
                    .split(|c: char| c.is_whitespace())
                    .flat_map(|part| part.split("\\n"));
                let urls = parts.filter(|part| part.starts_with("http://") || part.starts_with("https://"));
                urls.map(str::to_owned).collect::<Vec<_>>()
            };
            match key.rsplit('.').next().unwrap_or_default() {
                "index-url" if found.index.is_some() => {
                    found.index = urls().into_iter().next().or(found.index);
                }
                "extra-index-url" => found.extra.extend(urls()),
                "find-links" => found.links.extend(urls()),
                "no-index" if matches!(value, "1" | "true" | "True" | "yes" | "on") => found.index = None,
                _ => {}
            }
        }
        found
    }

    /// The URLs, the index first.
    pub fn urls(&self) -> impl Iterator<Item = &String> {
        self.index.iter().chain(&self.extra).chain(&self.links)
    }

    /// What a run of pip is bound to.
    pub fn bound(&self) -> Bound {
        Bound {
            purpose: Purpose::Packages,
            names: self.urls().flat_map(|url| named_by(url)).collect(),
            standing: Standing::Foreign,
        }
    }

    /// Variables that hold pip to these sources.
    pub fn variables(&self) -> Vec<(&'static str, String)> {
        let index = match &self.index {
            Some(url) => ("PIP_INDEX_URL", url.clone()),
            None => ("PIP_NO_INDEX", "1".to_owned()),
        };
        vec![index, ("PIP_EXTRA_INDEX_URL", self.extra.join(" "))]
    }
}

#[cfg(test)]
mod tests;
