//! Which layer wins, what is refused and in which words, what is shown.

#![expect(clippy::unwrap_used, reason = "tests")]

mod sandbox;
mod vote;

use super::keys::{Fallback, KEYS, Kind, MODEL_KEYS, REMOTE_KEYS};
use super::{Config, ConfigError, Flag, Source, parse_duration, show, url_of};
use crate::environment::Environment;
use council_core::{RecallWeights, Secret};
use council_models::config::{FlashAttention, KvType};
use std::path::{Path, PathBuf};
use std::time::Duration;

fn flag(flag: &str, key: &str, value: &str) -> Flag {
    Flag {
        flag: flag.to_owned(),
        key: key.to_owned(),
        value: value.to_owned(),
    }
}

/// Loads with this file content, these variables (and a home) and these flags.
fn load(file: &str, variables: &[(&str, &str)], flags: &[Flag]) -> Result<Config, ConfigError> {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("council.toml");
    std::fs::write(&path, file).unwrap();
    let mut pairs = vec![("HOME", "/home/ada")];
    pairs.extend(variables);
    Config::load(Some(&path), &Environment::from_pairs(&pairs), flags)
}

/// The error of a file, without the folder that is different each time.
fn refusal(file: &str) -> String {
    let message = load(file, &[], &[]).unwrap_err().to_string();
    let name_at = message.find("council.toml").unwrap();
    message[name_at..].to_owned()
}

#[test]
fn defaults_are_loopback_port_9000_and_xdg_directories() {
    let config = Config::load(None, &Environment::from_pairs(&[("HOME", "/home/ada")]), &[]).unwrap();
    assert_eq!((config.host.as_str(), config.port), ("127.0.0.1", 9000));
    assert_eq!(config.data_dir, Path::new("/home/ada/.local/share/council"));
    assert_eq!(
        config.models_dir,
        Path::new("/home/ada/.local/share/council/models")
    );
    assert_eq!(config.models.keep_alive, Some(Duration::from_mins(15)));
    assert_eq!(config.engine, council_models::config::EngineConfig::default());
    assert_eq!(config.limits.body_bytes, 10 << 20);
    assert_eq!(config.file, None);
}

#[test]
fn every_default_fits_its_own_key() {
    for key in KEYS.iter().chain(MODEL_KEYS).chain(REMOTE_KEYS) {
        if let Fallback::Value(text) = key.fallback {
            assert!(key.kind.parse(text).is_some(), "{}: {text}", key.name);
        }
    }
}

#[test]
fn the_later_layer_wins_and_is_named_as_the_source() {
    let check = |file: &str, variables: &[(&str, &str)], flags: &[Flag], port: u16, source: &str| {
        let config = load(file, variables, flags).unwrap();
        let entry = config.effective.iter().find(|entry| entry.key == "port").unwrap();
        assert_eq!(config.port, port);
        assert!(
            entry.source.to_string().starts_with(source),
            "{} is not {source}",
            entry.source
        );
    };
    let variables = [("COUNCIL_PORT", "2")];
    check("", &[], &[], 9000, "default");
    check("port = 1", &[], &[], 1, "file");
    check("port = 1", &variables, &[], 2, "env COUNCIL_PORT");
    check(
        "port = 1",
        &variables,
        &[flag("--port", "port", "3")],
        3,
        "flag --port",
    );
}

#[test]
fn a_moved_data_directory_leaves_the_models_where_they_are() {
    let config = load("data_dir = \"/srv/state\"", &[], &[]).unwrap();
    assert_eq!(config.data_dir, Path::new("/srv/state"));
    assert_eq!(
        config.models_dir,
        Path::new("/home/ada/.local/share/council/models")
    );
}

#[test]
fn paths_know_the_home_directory_and_count_from_their_file() {
    let config = load("data_dir = \"~/state\"\nmodels_dir = \"models\"", &[], &[]).unwrap();
    assert_eq!(config.data_dir, Path::new("/home/ada/state"));
    assert_eq!(
        config.models_dir,
        config.file.unwrap().parent().unwrap().join("models")
    );
}

#[test]
fn a_relative_xdg_directory_is_ignored() {
    let environment = Environment::from_pairs(&[("HOME", "/home/ada"), ("XDG_DATA_HOME", "relative")]);
    let config = Config::load(None, &environment, &[]).unwrap();
    assert_eq!(config.data_dir, PathBuf::from("/home/ada/.local/share/council"));
}

#[test]
fn without_a_home_the_missing_directory_is_named() {
    let error = Config::load(None, &Environment::default(), &[]).unwrap_err();
    assert_eq!(error, ConfigError::NoHome { key: "data_dir" });
}

#[test]
fn engine_settings_reach_the_engine_and_sections_of_models_lie_over_them() {
    let file = r#"
        [models]
        default = "a"
        keep_alive = "never"
        [models."b-1.5"]
        threads = 4
        kv_type = "q4_0"
        keep_alive = "2h"
        context_tokens = "auto"
        [engine]
        threads = 2
        context_tokens = 4096
        kv_type = "q8_0"
        flash_attention = "on"
        kv_cache_mib = 3
    "#;
    let config = load(file, &[], &[]).unwrap();
    assert_eq!(config.models.default.as_deref(), Some("a"));
    assert_eq!(config.models.keep_alive, None);
    assert_eq!(config.engine.threads, Some(2));
    assert_eq!(config.engine.kv_cache_bytes, Some(3 << 20));
    let over = &config.models.overrides[0];
    assert_eq!(
        (over.id.as_str(), over.keep_alive),
        ("b-1.5", Some(Some(Duration::from_hours(2))))
    );
    let expected = council_models::config::EngineConfig {
        threads: Some(4),
        context_tokens: None,
        kv_type: KvType::Q4_0,
        ..config.engine.clone()
    };
    assert_eq!(over.engine, expected);
    assert_eq!(over.engine.flash_attention, FlashAttention::On);
}

#[test]
fn every_kv_type_and_attention_that_the_table_accepts_means_something_else() {
    let choices = |name: &str| {
        let key = KEYS.iter().find(|key| key.name == name).unwrap();
        let Kind::Choice(names) = key.kind else {
            unreachable!("{name} has choices")
        };
        names
    };
    let kv_types: Vec<_> = choices("engine.kv_type")
        .iter()
        .map(|name| super::engine::kv_type(name))
        .collect();
    assert_eq!(kv_types, [KvType::F16, KvType::Q8_0, KvType::Q4_0]);
    let attention: Vec<_> = choices("engine.flash_attention")
        .iter()
        .map(|name| super::engine::flash_attention(name))
        .collect();
    assert_eq!(
        attention,
        [FlashAttention::Auto, FlashAttention::On, FlashAttention::Off]
    );
}

#[test]
fn what_the_engine_cannot_do_is_refused_and_not_clamped() {
    for (setting, accepted) in [
        ("slots = 0", "auto, or a whole number from 1 to 64"),
        ("slots = 65", "auto, or a whole number from 1 to 64"),
        ("batch_tokens = 63", "auto, or a whole number from 64 to 4096"),
        ("batch_tokens = 4097", "auto, or a whole number from 64 to 4096"),
    ] {
        for section in ["[engine]", "[models.\"a\"]"] {
            let message = refusal(&format!("{section}\n{setting}"));
            assert!(
                message.ends_with(&format!("accepted: {accepted}")),
                "{section} {setting}: {message}"
            );
        }
    }
}

#[test]
fn unknown_keys_name_file_key_value_and_what_is_accepted() {
    assert_eq!(
        refusal("[engine]\nthread = 4"),
        "council.toml: unknown key `engine.thread` (value: 4); accepted: threads, threads_batch, gpu_layers, \
         context_tokens, batch_tokens, slots, kv_type, flash_attention, kv_cache_mib, queue_limit"
    );
    assert_eq!(
        refusal("prot = 9000"),
        "council.toml: unknown key `prot` (value: 9000); accepted: host, port, data_dir, models_dir, \
         ui_dir, log, log_format and the sections [models], [engine], [agent], [database], [memory], \
         [memory.weights], [knowledge], [pull], [limits], [server], [routing], [routing.accept], [budget], [sandbox], \
         [sandbox.limits], [sandbox.maximum], [vote], [cloud], [egress], [privacy], [telemetry], [backup], [retention], [encryption], \
         [models.\"<id>\"], [[voice]], [[remote]]"
    );
    assert_eq!(
        refusal("[models]\ndefualt = \"x\""),
        "council.toml: unknown key `models.defualt` (value: \"x\"); accepted: default, keep_alive, autopull_larger \
         and sections [models.\"<id>\"]"
    );
}

#[test]
fn an_unquoted_model_id_is_explained() {
    let message = refusal("[models.qwen2.5-coder]\nthreads = 1");
    assert!(
        message.contains("unknown key `models.\"qwen2\".5-coder`"),
        "{message}"
    );
    assert!(
        message.ends_with("(quote a model's id that contains dots: [models.\"<id>\"])"),
        "{message}"
    );
}

#[test]
fn values_that_do_not_fit_name_what_would() {
    let cases = [
        (
            "port = 70000",
            "`port` cannot be 70000; accepted: a whole number from 0 to 65535",
        ),
        (
            "port = true",
            "`port` cannot be true; accepted: a whole number from 0 to 65535",
        ),
        ("host = 5", "`host` cannot be 5; accepted: text"),
        (
            "[engine]\nkv_type = \"q5\"",
            "`engine.kv_type` cannot be \"q5\"; accepted: f16, q8_0, q4_0",
        ),
        (
            "[models]\nkeep_alive = \"15\"",
            "`models.keep_alive` cannot be \"15\"; accepted: never, or a duration such as 30s, 15m, 2h",
        ),
        (
            "[engine]\nthreads = 0",
            "`engine.threads` cannot be 0; accepted: auto, or a whole number from 1 to 1024",
        ),
    ];
    for (file, expected) in cases {
        assert_eq!(refusal(file), format!("council.toml: {expected}"));
    }
}

#[test]
fn unknown_and_wrong_variables_and_flags_are_refused_too() {
    let error = load("", &[("COUNCIL_PROT", "1")], &[]).unwrap_err().to_string();
    assert!(
        error.starts_with("environment: unknown key `COUNCIL_PROT` (value: 1)"),
        "{error}"
    );
    assert!(
        error.contains("COUNCIL_PORT") && error.contains("COUNCIL_ENGINE_KV_TYPE"),
        "{error}"
    );
    let error = load("", &[("COUNCIL_PORT", "nine")], &[])
        .unwrap_err()
        .to_string();
    assert_eq!(
        error,
        "COUNCIL_PORT: `port` cannot be \"nine\"; accepted: a whole number from 0 to 65535"
    );
    let error = load("", &[], &[flag("--set", "engine.thread", "1")])
        .unwrap_err()
        .to_string();
    assert!(
        error.starts_with("--set: unknown key `engine.thread` (value: 1)"),
        "{error}"
    );
}

#[test]
fn variables_that_are_empty_or_for_tests_are_ignored() {
    let config = load("", &[("COUNCIL_PORT", ""), ("COUNCIL_TEST_MODELS", "x")], &[]).unwrap();
    assert_eq!(config.port, 9000);
}

#[test]
fn a_named_file_must_exist_and_be_toml() {
    let environment = Environment::from_pairs(&[("HOME", "/home/ada")]);
    let error = Config::load(Some(Path::new("/nowhere/c.toml")), &environment, &[]).unwrap_err();
    assert!(
        error
            .to_string()
            .starts_with("cannot read `/nowhere/c.toml`: No such file"),
        "{error}"
    );
    assert!(refusal("port = = 1").contains("line 1, column 8"));
}

const REMOTE: &str = r#"
    [[remote]]
    id = "big"
    provider = "example"
    base_url = "http://127.0.0.1:8000/v1/"
    model = "big-model"
    context_tokens = 8192
    input_usd_per_million = 0.5
    api_key_env = "BIG_KEY"
"#;

#[test]
fn a_remote_model_gets_its_key_and_nobody_sees_it() {
    let config = load(REMOTE, &[("BIG_KEY", "secret-1")], &[]).unwrap();
    let remote = &config.remotes[0].servers[0];
    assert_eq!(remote.base_url, "http://127.0.0.1:8000/v1");
    assert_eq!(remote.api_key, Some("secret-1".into()));
    assert_eq!(remote.timeouts, council_models::config::Timeouts::default());
    assert!((remote.price.input_usd - 0.5).abs() < 1e-9);
    let mut text = Vec::new();
    show::write_text(&config, &mut text).unwrap();
    let text = String::from_utf8(text).unwrap();
    let json = show::to_json(&config).to_string();
    assert!(
        text.contains("remote.big.api_key ") && text.contains("***"),
        "{text}"
    );
    for shown in [text, json, format!("{config:?}")] {
        assert!(!shown.contains("secret-1"), "{shown}");
    }
}

#[test]
fn several_servers_of_one_model_are_a_pool_and_each_has_a_name_of_its_own() {
    let one = load(REMOTE, &[("BIG_KEY", "k")], &[]).unwrap();
    assert_eq!(one.remotes[0].pool, None);
    let urls = r#"["http://10.0.0.5:8000/v1", "http://10.0.0.6:8000/v1/"]"#;
    let several = REMOTE.replace(r#""http://127.0.0.1:8000/v1/""#, urls);
    let several =
        format!("{several}\nmax_concurrent = 16\nqueue_limit = 9\nhealth_interval = \"never\"\nretries = 1");
    let config = load(&several, &[("BIG_KEY", "k")], &[]).unwrap();
    let remote = &config.remotes[0];
    let told =
        |server: &council_models::config::RemoteConfig| (server.provider.clone(), server.base_url.clone());
    let expected = ["10.0.0.5:8000", "10.0.0.6:8000"]
        .map(|host| (format!("example at {host}"), format!("http://{host}/v1")));
    assert_eq!(remote.servers.iter().map(told).collect::<Vec<_>>(), expected);
    assert_eq!((remote.id(), remote.provider.as_str()), ("big", "example"));
    let pool = remote.pool.unwrap();
    assert_eq!((pool.max_concurrent, pool.queue_limit), (Some(16), 9));
    assert_eq!((pool.health_interval, pool.retries.most), (None, 1));
    // One server that takes only so many is one too, and nobody looks at it.
    let bounded = load(&format!("{REMOTE}\nmax_concurrent = 4"), &[("BIG_KEY", "k")], &[]).unwrap();
    let pool = bounded.remotes[0].pool.unwrap();
    assert_eq!((pool.max_concurrent, pool.health_interval), (Some(4), None));
    for wrong in [
        "[]",
        r#"["http://a/v1", "http://a/v1/"]"#,
        r#"["http://a/v1", 2]"#,
        r#"["a"]"#,
    ] {
        let text = REMOTE.replace(r#""http://127.0.0.1:8000/v1/""#, wrong);
        let error = load(&text, &[("BIG_KEY", "k")], &[]).unwrap_err().to_string();
        assert!(
            error.contains("base_url") && error.contains("different ones"),
            "{error}"
        );
    }
}

#[test]
fn the_hub_token_comes_from_the_variable_that_is_named_and_is_not_shown() {
    let variables = [("HF_TOKEN", "hf-secret"), ("OTHER", "other-secret")];
    let config = load("", &variables, &[]).unwrap();
    assert_eq!(config.pull.hub_token, Some("hf-secret".into()));
    assert!(!format!("{config:?}").contains("hf-secret"));
    let config = load("[pull]\nhub_token_env = \"OTHER\"", &variables, &[]).unwrap();
    assert_eq!(config.pull.hub_token, Some("other-secret".into()));
    assert_eq!(load("", &[], &[]).unwrap().pull.hub_token, None);
}

#[test]
fn the_address_of_a_postgresql_server_is_used_and_never_shown() {
    let url = "postgres://ada:pg-secret@db/memories";
    let config = load("", &[("COUNCIL_MEMORY_POSTGRES_URL", url)], &[]).unwrap();
    let kept = config.memory.postgres_url.as_ref();
    assert_eq!(kept.map(Secret::expose), Some(url));
    let mut text = Vec::new();
    show::write_text(&config, &mut text).unwrap();
    let text = String::from_utf8(text).unwrap();
    assert!(
        text.contains("memory.postgres_url") && text.contains("***"),
        "{text}"
    );
    for shown in [text, show::to_json(&config).to_string(), format!("{config:?}")] {
        assert!(!shown.contains("pg-secret"), "{shown}");
    }
    assert_eq!(load("", &[], &[]).unwrap().memory.postgres_url, None);
}

#[test]
fn a_key_that_is_named_and_missing_is_refused() {
    let error = load(REMOTE, &[], &[]).unwrap_err().to_string();
    assert!(
        error.ends_with(
            "`remote[0].api_key_env` cannot be \"BIG_KEY\"; accepted: an environment variable that is set"
        ),
        "{error}"
    );
}

#[test]
fn a_remote_model_without_its_url_or_with_a_colon_in_its_id_is_refused() {
    assert_eq!(
        refusal("[[remote]]\nid = \"a\"\nprovider = \"p\"\nmodel = \"m\""),
        "council.toml, [[remote]] number 1: `base_url` is missing; accepted: a URL that begins with http:// or https://, or a list of different ones"
    );
    assert!(refusal("[[remote]]\nid = \"a:b\"").contains("`remote[0].id` cannot be \"a:b\""));
}

#[test]
fn what_is_shown_can_be_read_back() {
    let config = load("[limits]\nshutdown_grace = \"90s\"", &[], &[]).unwrap();
    let flags: Vec<Flag> = config
        .effective
        .iter()
        .filter(|entry| !entry.value.to_string().is_empty())
        .map(|entry| flag("--set", &entry.key, &entry.value.to_string()))
        .collect();
    let again = load("", &[], &flags).unwrap();
    assert_eq!(again.limits, config.limits);
    assert_eq!(again.engine, config.engine);
    assert_eq!(again.models, config.models);
    assert!(
        again
            .effective
            .iter()
            .all(|entry| entry.source != Source::Default || entry.value.to_string().is_empty())
    );
}

#[test]
fn the_weights_of_the_memory_are_those_that_were_measured_unless_they_are_set() {
    let config = load("", &[], &[]).unwrap();
    assert_eq!(config.memory.recall.weights, RecallWeights::default());
    for (name, _) in RecallWeights::default().named() {
        let file = format!("[memory]\nprompt_tokens = 64\n[memory.weights]\n{name} = 2.5\n");
        let config = load(&file, &[], &[]).unwrap();
        let changed = config.memory.recall.weights.named();
        for ((other, weight), (_, usual)) in changed.iter().zip(RecallWeights::default().named()) {
            let expected = if *other == name { 2.5 } else { usual };
            assert!((weight - expected).abs() < 1e-6, "{other} after {name}");
        }
    }
}

#[test]
fn a_weight_of_the_memory_is_a_number_from_0_to_10() {
    for wrong in ["-0.1", "10.1", "nan", "inf", "\"much\"", "true"] {
        let message = refusal(&format!("[memory.weights]\nspeaker = {wrong}"));
        assert!(
            message.contains("`memory.weights.speaker` cannot be"),
            "{message}"
        );
        assert!(message.ends_with("accepted: a number from 0 to 10"), "{message}");
    }
    assert!(refusal("[memory.weights]\nmood = 1").contains("unknown key `memory.weights.mood`"));
}

#[test]
fn a_list_of_paths_is_written_as_a_list_or_with_colons() {
    let file = "[knowledge]\nwatch = [\"~/notes\", \"docs\", \"/srv/papers\"]\nroots = \"/srv\"";
    let config = load(file, &[], &[]).unwrap();
    assert!(config.knowledge.watch[0].ends_with("notes") && config.knowledge.watch[0].is_absolute());
    assert!(config.knowledge.watch[1].ends_with("docs") && config.knowledge.watch[1].is_absolute());
    assert_eq!(config.knowledge.watch[2], Path::new("/srv/papers"));
    assert_eq!(config.knowledge.roots, [Path::new("/srv")]);
    let flags = [flag("--set", "knowledge.watch", "/a:/b")];
    let config = load("", &[], &flags).unwrap();
    assert_eq!(config.knowledge.watch, [Path::new("/a"), Path::new("/b")]);
    assert_eq!(
        load("[knowledge]\nwatch = []", &[], &[]).unwrap().knowledge.watch,
        Vec::<PathBuf>::new()
    );
    assert!(refusal("[knowledge]\nwatch = [1]").contains("a list of paths"));
}

#[test]
fn durations_have_units() {
    let cases = [
        ("500ms", Some(Duration::from_millis(500))),
        ("30s", Some(Duration::from_secs(30))),
        ("1.5h", Some(Duration::from_mins(90))),
        ("2d", Some(Duration::from_hours(48))),
        ("15", None),
        ("m", None),
        ("-1s", None),
        ("1y", None),
    ];
    for (text, expected) in cases {
        assert_eq!(parse_duration(text), expected, "{text}");
    }
}

#[test]
fn the_local_url_of_a_wildcard_address_is_loopback() {
    let cases = [
        ("127.0.0.1", "http://127.0.0.1:9000"),
        ("0.0.0.0", "http://127.0.0.1:9000"),
        ("::", "http://[::1]:9000"),
        ("::1", "http://[::1]:9000"),
        ("box.local", "http://box.local:9000"),
    ];
    for (host, expected) in cases {
        assert_eq!(url_of(host, 9000), expected);
    }
}
