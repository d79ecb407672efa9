//! Logic.

use async_trait::async_trait;
use council_core::{Attempt, Attempted, Skill, SkillHelp, SkillKind};

/// Logic.
#[derive(Clone, Debug, Default)]
pub struct Logic;

#[async_trait]
impl Skill for Logic {
    fn kind(&self) -> SkillKind {
        SkillKind::Logic
    }

    async fn attempt(&self, _question: &str, _help: &SkillHelp) -> Attempted {
        let reason = "nothing is known yet".to_owned();
        Attempt::Unsure { reason }.into()
    }
}
