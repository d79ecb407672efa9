"""One CycloneDX document of the program and its page: merge_sbom.py PROGRAM PACKAGE-LOCK ROOT

PROGRAM is cargo-cyclonedx's. The page's parts are read from its lock file: `npm sbom --omit dev` leaves out what a tool for
development asks for as well (npm 11: react itself). Without what differs from run to run (a serial number, the time) and from machine
to machine (the path of the clone): the same lock files, the same bytes.
"""

import base64
import json
import sys
import urllib.parse
from pathlib import Path

ALGORITHMS = {"sha1": "SHA-1", "sha256": "SHA-256", "sha384": "SHA-384", "sha512": "SHA-512"}


def component(path, entry):
    name = path.rpartition("node_modules/")[2]
    algorithm, _, digest = entry["integrity"].partition("-")
    return {
        "type": "library",
        "bom-ref": f"npm:{path}",
        "name": name,
        "version": entry["version"],
        "scope": "required",
        "hashes": [{"alg": ALGORITHMS[algorithm], "content": base64.b64decode(digest).hex()}],
        "licenses": [{"expression": entry["license"]}],
        "purl": f"pkg:npm/{urllib.parse.quote(name, safe='/')}@{entry['version']}",
    }


def found_from(path, name, packages):
    """Where Node finds a package that the one at `path` asks for."""
    while True:
        candidate = f"{path}/node_modules/{name}".lstrip("/")
        if candidate in packages or not path:
            return candidate
        path = path.rpartition("node_modules/")[0].rstrip("/")


def page(lock):
    """Parts of the page and what each asks for; what only builds or tests it is left out."""
    packages = {path: entry for path, entry in lock["packages"].items() if not entry.get("dev") and not entry.get("devOptional")}
    web = {"type": "application", "bom-ref": "npm:", "name": "council-web", "version": packages[""]["version"]}
    web |= {"licenses": [{"expression": packages[""]["license"]}], "purl": f"pkg:npm/council-web@{web['version']}"}
    parts = [web, *(component(path, entry) for path, entry in packages.items() if path)]
    edges = []
    for path, entry in packages.items():
        asked = {**entry.get("dependencies", {}), **entry.get("peerDependencies", {})}
        refs = {f"npm:{place}" for name in asked if (place := found_from(path, name, packages)) in packages}
        edges.append({"ref": f"npm:{path}", "dependsOn": sorted(refs)})
    return parts, edges


def main():
    program, lock = (json.loads(Path(path).read_text()) for path in sys.argv[1:3])
    root = sys.argv[3]
    parts, edges = page(lock)
    top = program["metadata"]["component"]
    for entry in program["dependencies"]:
        if entry["ref"] == top["bom-ref"]:
            entry["dependsOn"] = sorted([*entry.get("dependsOn", []), "npm:"])
    whole = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {"component": top, "tools": program["metadata"]["tools"]},
        "components": sorted(program["components"] + parts, key=lambda part: part["bom-ref"]),
        "dependencies": sorted(program["dependencies"] + edges, key=lambda entry: entry["ref"]),
    }
    print(json.dumps(whole, indent=1, ensure_ascii=False).replace(f"path+file://{root}/", "").replace(root, "."))


main()
