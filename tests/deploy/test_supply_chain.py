"""What the program is made of: lists, licences, lock files."""

import json
import re
import subprocess
import sys
import tomllib

import pytest
from dockerfile import ROOT


@pytest.fixture(scope="module")
def locked():
    """name and version of each crate of Cargo.lock that comes from elsewhere."""
    packages = tomllib.loads((ROOT / "Cargo.lock").read_text())["package"]
    return {(package["name"], package["version"]) for package in packages if "source" in package}


@pytest.fixture(scope="module")
def compiled_in():
    """The crates of the program with its usual features, by cargo's own account."""
    command = ["cargo", "tree", "--locked", "--package", "council", "--edges", "normal", "--prefix", "none", "--format", "{p}"]
    said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    lines = {line.removesuffix(" (*)") for line in said.splitlines() if line and "(/" not in line}
    return {tuple(line.replace(" (proc-macro)", "").split(" v")) for line in lines}


def test_the_list_of_parts_is_whole_and_names_no_machine(tmp_path, locked, compiled_in):
    subprocess.run([ROOT / "scripts/sbom.sh", "", tmp_path], check=True, capture_output=True, text=True)
    text = (tmp_path / "council.cdx.json").read_text()
    assert str(ROOT) not in text
    parts = json.loads(text)
    assert (parts["bomFormat"], parts["specVersion"]) == ("CycloneDX", "1.5")
    listed = {(part["name"], part["version"]) for part in parts["components"] if part["purl"].startswith("pkg:cargo/")}
    assert len(compiled_in) > 200 and compiled_in <= listed, compiled_in - listed
    ours = {name for name, _ in listed - locked}
    assert all(name.startswith("council") for name in ours), ours
    names = {part["name"] for part in parts["components"]}
    wanted = json.loads((ROOT / "web/package.json").read_text())["dependencies"]
    assert set(wanted) <= names
    refs = {part["bom-ref"] for part in parts["components"]} | {parts["metadata"]["component"]["bom-ref"]}
    asked = {ref for entry in parts["dependencies"] for ref in [entry["ref"], *entry.get("dependsOn", [])]}
    assert asked <= refs, asked - refs
    unhashed = [part["purl"] for part in parts["components"] if not part.get("hashes") and "council" not in part["name"]]
    assert unhashed == []


def test_every_part_stands_in_the_licences(compiled_in):
    command = [sys.executable, ROOT / "scripts/third_party.py"]
    text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    listed = set(re.findall(r"^  (\S+) (\S+): \S", text, re.M))
    assert compiled_in <= listed, compiled_in - listed
    for name in json.loads((ROOT / "web/package.json").read_text())["dependencies"]:
        assert re.search(rf"^  {re.escape(name)} \S+: (MIT|ISC|BSD-3-Clause|Unlicense|Apache-2.0)", text, re.M), name
    assert "The ggml authors" in text, "llama.cpp is inside a crate, and its licence with it"


def test_what_cargo_may_use_is_decided_in_every_respect():
    deny = tomllib.loads((ROOT / "deny.toml").read_text())
    assert set(deny) == {"graph", "advisories", "licenses", "bans", "sources"}
    assert deny["sources"]["unknown-registry"] == deny["sources"]["unknown-git"] == "deny"
    assert deny["advisories"]["yanked"] == "deny"
    assert not [name for name in deny["licenses"]["allow"] if "GPL" in name]


def test_every_crate_and_package_comes_with_its_hash():
    for package in tomllib.loads((ROOT / "Cargo.lock").read_text())["package"]:
        if "source" in package:
            assert re.fullmatch(r"[0-9a-f]{64}", package["checksum"]), package["name"]
    for lock in ["web", "e2e", "bench/web"]:
        packages = json.loads((ROOT / lock / "package-lock.json").read_text())["packages"]
        assert [path for path, entry in packages.items() if path and not entry.get("integrity")] == [], lock


def test_no_script_builds_without_its_lock_file():
    for path in [*(ROOT / "scripts").glob("*.sh"), ROOT / "deploy/Dockerfile"]:
        for line in path.read_text().replace("\\\n", " ").splitlines():
            if re.search(r"\bcargo (build|install|test|clippy|deny|deb)\b", line) and not line.lstrip().startswith("#"):
                assert "--locked" in line or "install --locked" in line, f"{path.name}: {line.strip()}"


def test_a_package_that_is_not_the_locked_one_is_noticed(tmp_path):
    (tmp_path / "build").mkdir()
    (tmp_path / "node_modules").mkdir()
    check = tmp_path / "build/locked.mjs"
    check.write_text((ROOT / "web/build/locked.mjs").read_text())
    entry = {"version": "1.0.0", "integrity": "sha512-right"}
    optional = {"version": "2.0.0", "integrity": "sha512-x", "optional": True}
    lock = {"packages": {"": {}, "node_modules/a": entry | {"optionalDependencies": {"b": "2.0.0"}}}}
    (tmp_path / "package-lock.json").write_text(json.dumps(lock))

    def verdict(installed):
        (tmp_path / "node_modules/.package-lock.json").write_text(json.dumps({"packages": installed}))
        done = subprocess.run(["node", check], capture_output=True, text=True, check=False)
        return done.returncode, done.stderr.partition("\n")[0]

    assert verdict({"node_modules/a": entry}) == (0, "")
    assert verdict({"node_modules/a": entry, "node_modules/b": optional}) == (0, "")
    assert verdict({"node_modules/a": entry | {"integrity": "sha512-wrong"}})[0] == 1
    assert verdict({"node_modules/a": entry, "node_modules/b": optional | {"version": "2.0.1"}})[0] == 1
    assert verdict({"node_modules/a": entry, "node_modules/c": entry}) == (1, "node_modules/c 1.0.0 is not in package-lock.json")
    assert verdict({}) == (1, "node_modules/a is not installed")
