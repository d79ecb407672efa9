"""The units: systemd's own opinion of them, and what the sandbox and the secrets need."""

import configparser
import re
import shutil
import subprocess

import pytest
from dockerfile import ROOT

UNITS = ROOT / "deploy/systemd"
SERVICES = ["council.service", "council-backup.service"]

if not shutil.which("systemd-analyze"):
    pytest.skip("systemd-analyze is not installed", allow_module_level=True)


def analyze(*arguments):
    return subprocess.run(["systemd-analyze", *map(str, arguments)], capture_output=True, text=True, check=False)


def settings(name):
    """[Service] of a unit; a repeated key keeps its last value."""
    parser = configparser.RawConfigParser(strict=False, interpolation=None)
    parser.optionxform = str
    parser.read(UNITS / name)
    return parser["Service"]


@pytest.mark.parametrize("name", [*SERVICES, "council-backup.timer", "user/council.service"])
def test_systemd_understands_every_line(name, tmp_path):
    # The program is not installed where this runs.
    for unit in UNITS.rglob("council*.*"):
        text = unit.read_text().replace("/usr/bin/council", "/bin/true").replace("Documentation=man:council(1)\n", "")
        copy = tmp_path / unit.relative_to(UNITS)
        copy.parent.mkdir(exist_ok=True)
        copy.write_text(text)
    said = analyze("verify", *(["--user"] if name.startswith("user/") else []), tmp_path / name)
    # systemd 254 learnt it; before, the line has no effect.
    known = [line for line in said.stderr.splitlines() if "DelegateSubgroup" not in line]
    ours = [line for line in known if str(tmp_path) in line or line.startswith("council")]
    assert ours == [], said.stderr


@pytest.mark.parametrize(("name", "ceiling"), [("council.service", 3.1), ("council-backup.service", 0.9)])
def test_the_exposure_is_no_more_than_the_documents_say(name, ceiling):
    said = analyze("security", "--offline=true", "--no-pager", UNITS / name)
    exposure = float(re.search(r"exposure level for \S+: ([\d.]+)", said.stdout)[1])
    assert exposure <= ceiling, said.stdout
    assert f"{name}` | {ceiling} |" in (ROOT / "docs/install.md").read_text()


def test_what_the_sandbox_needs_is_not_forbidden():
    service = settings("council.service")
    for key in ["RestrictNamespaces", "ProtectKernelTunables", "ProtectKernelLogs", "ProtectControlGroups", "ProcSubset",
                "PrivateUsers", "MemoryDenyWriteExecute"]:
        assert key not in service, f"{key}: see the last comment of the unit"
    assert service["Delegate"] == "cpu memory pids"
    assert {"@mount", "seccomp", "landlock_restrict_self"} <= set(service["SystemCallFilter"].split())


@pytest.mark.parametrize("name", SERVICES)
def test_no_service_runs_as_root_or_can_become_it(name):
    service = settings(name)
    assert service["User"] == "council" and service["NoNewPrivileges"] == "yes"
    assert service["CapabilityBoundingSet"] == "" and service["ProtectSystem"] == "strict" and service["UMask"] == "0077"


def test_both_services_see_the_same_configuration_and_data():
    server, backup = map(settings, SERVICES)
    for key in ["User", "Group", "Environment", "WorkingDirectory", "LoadCredential"]:
        assert server[key] == backup[key], key
    assert backup["StateDirectory"].split()[0] == server["StateDirectory"] == "council"


def test_the_server_has_longer_to_stop_than_it_takes():
    grace = re.search(r"\| `limits.shutdown_grace` \| [^|]* \| `(\d+)s` \|", (ROOT / "docs/configuration.md").read_text())
    for name in ["council.service", "user/council.service"]:
        assert int(settings(name)["TimeoutStopSec"].rstrip("s")) > int(grace[1]), name
