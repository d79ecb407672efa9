//! The models that Council knows by name.

/// The known models, in order of preference.
#[derive(Clone, Debug)]
pub struct Catalog {}
