"""The licences of everything that is in the program and its page, with their texts: third_party.py >dist/THIRD-PARTY

From the packages themselves, as cargo and npm have unpacked them; nothing is fetched. Run after a build, from anywhere.
"""

import json
import re
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
NAMES = re.compile(r"^(licen[cs]e|copying|copyright|notice|unlicense|patents)", re.IGNORECASE)


def texts(folder):
    """The texts of licences that a package brings: its own, and of what it carries, such as llama.cpp."""
    paths = [path for path in [*folder.glob("*"), *folder.glob("*/*")] if NAMES.match(path.name) and path.is_file()]
    paths += [path for name in ("LICENSES", "licenses") for path in folder.glob(f"{name}/*") if path.is_file()]
    code = {".rs", ".js", ".ts", ".mjs", ".cjs", ".h", ".c", ".cpp", ".py", ".toml", ".json"}
    return [path.read_text(errors="replace").strip() for path in sorted(set(paths)) if path.suffix not in code]


def crates():
    """(name, version, licence, folder) of what is compiled into the program, whatever its features; not what only tests use."""
    about = subprocess.run(["rustc", "-vV"], check=True, capture_output=True, text=True).stdout
    here = re.search(r"^host: (.*)$", about, re.M)[1]
    command = ["cargo", "metadata", "--locked", "--format-version", "1", "--all-features", "--filter-platform", here]
    known = json.loads(subprocess.run(command, cwd=ROOT, check=True, capture_output=True).stdout)
    packages = {package["id"]: package for package in known["packages"]}
    nodes = {node["id"]: node for node in known["resolve"]["nodes"]}
    todo = [package["id"] for package in known["packages"] if package["name"] == "council"]
    seen = set()
    while todo:
        name = todo.pop()
        if name in seen:
            continue
        seen.add(name)
        for edge in nodes[name]["deps"]:
            # A package of sources is asked for by a build script, and what it carries is linked in.
            carries = packages[edge["pkg"]]["name"].endswith("-src")
            if carries or any(kind["kind"] is None for kind in edge["dep_kinds"]):
                todo.append(edge["pkg"])
    for name in seen:
        package = packages[name]
        if package["source"]:
            licence = package["license"] or f"see {package['license_file']}"
            yield package["name"], package["version"], licence, Path(package["manifest_path"]).parent


def page():
    """The same of the packages that the page is built of."""
    locked = json.loads((ROOT / "web/package-lock.json").read_text())["packages"]
    for path, entry in locked.items():
        folder = ROOT / "web" / path
        if path and not entry.get("dev") and folder.is_dir():
            name = path.rpartition("node_modules/")[2]
            yield name, entry["version"], entry.get("license", "not said"), folder


def main():
    by_text = defaultdict(set)
    print("What Council is made of beside its own code, and the licences of each.\n")
    for title, packages in [("The program", crates()), ("The page", page())]:
        print(f"{title}\n")
        for name, version, licence, folder in sorted(packages):
            found = texts(folder)
            note = "" if found else " (its package has no text)"
            print(f"  {name} {version}: {licence}{note}")
            for text in found:
                by_text[re.sub(r"\s+", " ", text)].add((text, f"{name} {version}"))
        print()
    for same in sorted(by_text.values(), key=lambda same: sorted(who for _, who in same)):
        print("=" * 100)
        print(", ".join(sorted({who for _, who in same})) + "\n")
        print(min(text for text, _ in same) + "\n")


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8")
    main()
