//! Who answers: the policy that decides before anybody is asked, and the receipt of what came of it.
//!
//! - [`cascade`]: the policy: skills that compute, local models from small to large, the council, the cloud

pub mod cascade;

pub use cascade::Cascade;
