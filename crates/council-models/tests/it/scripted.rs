//! The scripted fake keeps the contract.

use crate::contract::{Traits, language_model_contract};
use council_models::scripted::{ScriptedModel, Step};

#[tokio::test]
async fn the_scripted_model_keeps_the_contract() {
    let steps = (1..5000)
        .map(|number| Step::Text(format!("number{number} ")))
        .collect();
    let model = ScriptedModel::new("numbers", steps);
    language_model_contract(model, Traits::LOCAL).await;
}
