//! The scripted fake keeps the contract.

use crate::contract::{Traits, language_model_contract};
use council_models::scripted::{ScriptedModel, Step};

#[tokio::test]
async fn the_scripted_model_keeps_the_contract() {
    let text: String = (1..5000).map(|number| format!("number{number} ")).collect();
    let model = ScriptedModel::new("numbers", vec![Step::Text(text)]);
    language_model_contract(model, Traits::LOCAL).await;
}
