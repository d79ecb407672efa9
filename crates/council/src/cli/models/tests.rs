//! How parameters are written, and what a catalog entry is to a machine.

#![expect(clippy::unwrap_used, reason = "tests")]

use super::{parameters, standing};
use council_models::catalog::Catalog;
use council_models::hardware::Hardware;

#[test]
fn parameters_are_written_as_people_say_them() {
    let shown = [0, 500, 134_515_008, 494_032_768, 1_543_714_304].map(parameters);
    assert_eq!(shown, ["?", "500", "135M", "494M", "1.5B"]);
}

#[test]
fn an_entry_is_installed_recommended_fine_or_too_large() {
    let catalog = Catalog::builtin().unwrap();
    let machine = Hardware {
        available_memory_bytes: 2_000_000_000,
        ..Hardware::default()
    };
    let advice = catalog.recommend(&machine).unwrap();
    let of = |name: &str, installed| standing(catalog.get(name).unwrap(), installed, Some(&advice));
    assert_eq!(of("qwen2.5-coder-0.5b-instruct", true), "installed");
    assert_eq!(of("qwen2.5-coder-0.5b-instruct", false), "recommended");
    assert_eq!(of("smollm2-135m-instruct", false), "");
    assert_eq!(of("qwen2.5-coder-1.5b-instruct", false), "needs more memory");
}
