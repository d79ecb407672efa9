//! Real models in real worker processes: SmolLM2-135M from the models directory, and tiny random ones made here.
//!
//! What they say is never checked, only that it keeps the contract: these tests run on any machine's rounding.

#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

#[cfg(feature = "llama")]
#[path = "../../../council-models/tests/it/contract.rs"]
mod contract;
#[cfg(feature = "llama")]
mod crash;
mod documents;
#[cfg(feature = "llama")]
mod form;
#[cfg(feature = "llama")]
mod images;
#[cfg(feature = "llama")]
mod lifecycle;
#[cfg(feature = "llama")]
mod prefix;
mod recall;
#[cfg(feature = "llama")]
mod rig;
mod router;
#[cfg(feature = "llama")]
mod threads;

#[cfg(feature = "llama")]
use council_models::gguf::writer::TinyArchitecture;
use std::path::PathBuf;

/// Where `council pull` puts models, unless told otherwise.
#[expect(
    clippy::disallowed_methods,
    reason = "tests read the environment to find the models that `make test` pulled"
)]
fn models_dir() -> PathBuf {
    let from_home = || PathBuf::from(std::env::var("HOME").unwrap()).join(".local/share");
    std::env::var("COUNCIL_MODELS_DIR").map_or_else(
        |_| {
            std::env::var("XDG_DATA_HOME")
                .map_or_else(|_| from_home(), PathBuf::from)
                .join("council/models")
        },
        PathBuf::from,
    )
}

#[cfg(feature = "llama")]
#[tokio::test(flavor = "multi_thread")]
async fn a_small_model_keeps_the_contract() {
    let rig = rig::smollm();
    contract::language_model_contract(rig.model(), contract::Traits::LOCAL).await;
}

#[cfg(feature = "llama")]
#[tokio::test(flavor = "multi_thread")]
async fn every_architecture_of_the_catalog_loads_and_generates() {
    for architecture in [
        TinyArchitecture::Llama,
        TinyArchitecture::Qwen2,
        TinyArchitecture::Qwen2Vl,
        TinyArchitecture::Qwen3,
        TinyArchitecture::Gemma3,
        TinyArchitecture::Phi2,
        TinyArchitecture::Phi3,
    ] {
        let rig = rig::tiny(architecture);
        let answer = contract::answer(&*rig.model(), contract::long_request(Some(12))).await;
        let usage = answer.usage.unwrap();
        assert!(
            usage.input_tokens > 0 && usage.output_tokens > 0,
            "{architecture:?}: {usage:?}"
        );
    }
}
