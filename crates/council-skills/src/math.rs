//! Math.

use async_trait::async_trait;
use council_core::{Attempt, Attempted, Skill, SkillHelp, SkillKind};

/// Math.
#[derive(Clone, Debug, Default)]
pub struct Math;

#[async_trait]
impl Skill for Math {
    fn kind(&self) -> SkillKind {
        SkillKind::Math
    }

    async fn attempt(&self, _question: &str, _help: &SkillHelp) -> Attempted {
        let reason = "nothing is known yet".to_owned();
        Attempt::Unsure { reason }.into()
    }
}
