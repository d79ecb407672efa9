//! Who answers: the policy that decides before anybody is asked, and what it rests on.
//!
//! - [`cache`]: answers that were given before
//! - [`cascade`]: the policy: skills that compute, local models from small to large, the council, the cloud
//! - [`router`]: everything that routing needs, in one place: [`Router`]
//! - [`purse`]: money: reserved before a paid call, charged after it

pub mod cache;
pub mod cascade;
pub mod purse;
pub mod router;

pub use cache::{AnswerCache, Matching};
pub use cascade::{Cascade, Fixed};
pub use purse::Purse;
pub use router::{Calibrated, Judge, Judgement, Kinds, QuestionKinds, Router};
