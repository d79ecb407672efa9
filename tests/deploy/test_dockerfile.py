"""The Dockerfile, without a container engine: rules of hadolint, and our own."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from dockerfile import DOCKERFILE, ROOT, chain, ignore_rules, ignored, instructions, listed, packages, pairs, sources, stages

VARIANTS = ["cpu", "vulkan", "cuda"]


def variant(name):
    return stages({"VARIANT": name, "BUILDPLATFORM": "linux/amd64", "TARGETARCH": "amd64"})


def test_hadolint_has_nothing_to_say():
    hadolint = Path(sys.executable).parent / "hadolint"
    said = subprocess.run([hadolint, DOCKERFILE], capture_output=True, text=True, check=False)
    assert (said.stdout, said.stderr, said.returncode) == ("", "", 0)


@pytest.mark.parametrize("name", VARIANTS)
def test_each_variant_builds_and_runs_on_images_that_fit_each_other(name):
    found = variant(name)
    build, _ = chain(found, "build")
    runtime, _ = chain(found, "runtime")
    # What was linked with a C library runs with none that is older.
    system = {"cpu": "trixie", "vulkan": "trixie", "cuda": "ubuntu24.04"}[name]
    assert system in build and system in runtime, (build, runtime)
    for image in (build, runtime):
        assert re.search(r":[\w.-]*\d|:trixie", image), f"{image} names no version"


@pytest.mark.parametrize("name", VARIANTS)
def test_what_runs_is_no_root_and_says_how_it_is(name):
    last = variant(name)["runtime"]
    user = last.last("USER")
    assert re.fullmatch(r"[1-9]\d+:[1-9]\d+", user), "a number, so that an orchestrator can tell that it is not root"
    assert last.steps.index(("USER", user)) > max(i for i, (step, _) in enumerate(last.steps) if step in ("RUN", "COPY"))
    assert last.last("STOPSIGNAL") == "SIGTERM"
    assert listed(last.last("HEALTHCHECK").partition("CMD ")[2]) == ["council", "health"]
    assert listed(last.last("ENTRYPOINT")) == ["council"] and listed(last.last("CMD")) == ["serve"]
    environment = pairs(last.last("ENV"))
    assert listed(last.last("VOLUME")) == [environment["COUNCIL_DATA_DIR"], environment["COUNCIL_MODELS_DIR"]]
    labels = pairs(last.last("LABEL"))
    assert labels["org.opencontainers.image.licenses"] == "MIT OR Apache-2.0"


def test_every_variable_of_the_image_is_a_key_that_the_program_knows():
    keys = re.findall(r"^\| `([a-z_.]+)` \|", (ROOT / "docs/configuration.md").read_text(), re.M)
    known = {"COUNCIL_" + key.upper().replace(".", "_") for key in keys}
    for name in pairs(variant("cpu")["runtime"].last("ENV")):
        assert name in known | {"HOME", "XDG_CONFIG_HOME"}, name


@pytest.mark.parametrize("name", VARIANTS)
def test_no_stage_keeps_lists_of_packages_or_takes_what_is_recommended(name):
    for stage in variant(name).values():
        for run in stage.all("RUN"):
            if packages(run):
                assert "--no-install-recommends" in run and "rm -rf /var/lib/apt/lists/*" in run, run


def test_lock_files_are_obeyed():
    runs = [text for name, text in instructions(DOCKERFILE.read_text()) if name == "RUN"]
    assert [run for run in runs if "cargo build" in run and "--locked" not in run] == []
    [install] = [run for run in runs if re.search(r"\bnpm (ci|i|install)\b", run)]
    assert "npm install --no-save" in install and install.endswith("&& node build/locked.mjs")


def test_what_is_copied_is_in_the_context():
    rules = ignore_rules()
    for stage in variant("cpu").values():
        for text in stage.all("COPY"):
            for source in sources(text)[0]:
                if source != ".":
                    assert (ROOT / source).exists() and not ignored(source, rules), source


def tracked():
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout
    return [Path(name) for name in listed.decode().split("\0") if name]


def test_what_the_program_compiles_in_is_in_the_context():
    rules = ignore_rules()
    included = set()
    for path in tracked():
        if path.suffix != ".rs" or {"tests", "tests.rs"} & set(path.parts) or not (ROOT / path).exists():
            continue
        for found in re.findall(r'include_(?:str|bytes)!\(\s*"([^"]+)"', (ROOT / path).read_text()):
            included.add((ROOT / path.parent / found).resolve().relative_to(ROOT))
    assert len(included) > 10, included
    assert [path for path in sorted(included) if ignored(path, rules)] == []


def test_the_context_is_a_whole_workspace(tmp_path):
    rules = ignore_rules()
    for path in tracked():
        if not ignored(path, rules) and (ROOT / path).exists():
            (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / path, tmp_path / path)
    command = ["cargo", "metadata", "--locked", "--format-version", "1"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    targets = [target for package in json.loads(done.stdout)["packages"] if not package["source"] for target in package["targets"]]
    missing = [target["src_path"] for target in targets if not Path(target["src_path"]).exists()]
    assert len(targets) > 10 and missing == []


def test_nothing_of_a_person_is_in_the_context():
    rules = ignore_rules()
    for path in ["web/node_modules/x", "web/dist/index.html", "target/release/council", ".git/config", "deploy/secrets/x", ".env"]:
        assert ignored(path, rules), path
    for path in ["Cargo.lock", "crates/council/src/main.rs", "web/src/main.tsx", ".cargo/config.toml"]:
        assert not ignored(path, rules), path
