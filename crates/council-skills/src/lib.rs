//! Skills that compute and prove instead of guessing, each behind [`council_core::Skill`].
//!
//! - [`math`]: arithmetic, algebra and units, exactly
//! - [`logic`]: puzzles and arguments, by an engine that decides

pub mod logic;
pub mod math;

pub use logic::Logic;
pub use math::Math;
