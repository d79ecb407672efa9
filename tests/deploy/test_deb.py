"""The Debian package of the binary under test: what is in it, and that it works from where it was unpacked."""

import gzip
import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from council_server import binary
from dockerfile import ROOT

if not shutil.which("dpkg-deb"):
    pytest.skip("dpkg-deb is not installed", allow_module_level=True)


def run(*command, **more):
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, check=False, **more)
    assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def deb(tmp_path_factory):
    out = tmp_path_factory.mktemp("deb")
    run(ROOT / "scripts/deb.sh", binary(), out, env=os.environ | {"FAST": "1"})
    [package] = out.glob("council_*.deb")
    return package


@pytest.fixture(scope="module")
def unpacked(deb, tmp_path_factory):
    root = tmp_path_factory.mktemp("unpacked")
    run("dpkg-deb", "--extract", deb, root)
    run("dpkg-deb", "--control", deb, root / "DEBIAN")
    return root


def test_lintian_finds_no_mistake(deb):
    if not shutil.which("lintian"):
        pytest.skip("lintian is not installed")
    done = subprocess.run(["lintian", "--tag-display-limit", "0", deb], capture_output=True, text=True, check=False)
    assert [line for line in done.stdout.splitlines() if line.startswith(("E:", "W:"))] == []


def test_it_names_the_libraries_that_the_program_needs(deb):
    depends = run("dpkg-deb", "--field", deb, "Depends")
    assert "libc6 (>=" in depends and "ca-certificates" in depends
    wanted = set(re.findall(r"NEEDED\s+(\S+)", run("objdump", "--private-headers", binary())))
    of_libc = {"libc.so.6", "libm.so.6", "libdl.so.2", "libpthread.so.0", "ld-linux-x86-64.so.2", "ld-linux-aarch64.so.1"}
    packages = {"libgomp.so.1": "libgomp1", "libstdc++.so.6": "libstdc++6", "libgcc_s.so.1": "libgcc-s1"}
    for library in wanted - of_libc:
        # libgcc_s comes with libstdc++ where that is needed, and dpkg-shlibdeps may name only one.
        assert packages[library] in depends or library == "libgcc_s.so.1", (library, depends)


def test_everything_is_in_its_place(unpacked):
    for path in [
        "usr/lib/systemd/system/council.service",
        "usr/lib/systemd/system/council-backup.service",
        "usr/lib/systemd/system/council-backup.timer",
        "usr/lib/systemd/user/council.service",
        "usr/lib/sysusers.d/council.conf",
        "usr/share/council/apparmor-council",
        "usr/share/bash-completion/completions/council",
        "usr/share/zsh/vendor-completions/_council",
        "usr/share/fish/vendor_completions.d/council.fish",
        "usr/share/doc/council/copyright",
        "usr/share/doc/council/install.md",
        "etc/council/council.toml",
    ]:
        assert (unpacked / path).stat().st_mode & 0o777 == 0o644, path
    assert (unpacked / "usr/bin/council").stat().st_mode & 0o777 == 0o755
    assert (unpacked / "DEBIAN/conffiles").read_text().split() == ["/etc/council/council.toml"]


def test_each_command_has_its_manual_page(unpacked):
    help_text = run(unpacked / "usr/bin/council", "--help", env={"HOME": str(unpacked)})
    commands = re.findall(r"^  (\w+) {2,}", help_text.split("Commands:")[1].split("Options:")[0], re.M)
    assert len(commands) > 20
    for command in set(commands) - {"help"}:
        page = unpacked / f"usr/share/man/man1/council-{command}.1.gz"
        assert gzip.decompress(page.read_bytes()).startswith(b".ie"), command


def test_scripts_of_the_package_are_sound(unpacked):
    for name in ["postinst", "prerm", "postrm"]:
        script = unpacked / "DEBIAN" / name
        run("sh", "-n", script)
        if shutil.which("shellcheck"):
            run("shellcheck", script)


def test_bash_completes_with_what_the_package_brings(unpacked):
    script = """
    . "$1"; COMP_WORDS=(council serv); COMP_CWORD=1; COMP_LINE='council serv'; COMP_POINT=12
    _council council serv council; printf '%s\\n' "${COMPREPLY[@]}"
    """
    completions = unpacked / "usr/share/bash-completion/completions/council"
    said = run("bash", "--norc", "-c", script, "bash", completions)
    assert {"serve", "service"} <= set(said.split())


def test_the_shipped_configuration_is_accepted_with_every_line_in_force(unpacked, tmp_path):
    config = unpacked / "etc/council/council.toml"
    program = unpacked / "usr/bin/council"
    run(program, "--config", config, "config", env={"HOME": str(tmp_path)})
    lines = [line for line in config.read_text().splitlines() if re.match(r"# (\[|\w+ = )", line)]
    whole = "\n".join(line.removeprefix("# ") for line in lines)
    secret = tmp_path / "key"
    secret.write_text("k")
    secret.chmod(0o600)
    text = re.sub(r'(api_key_file = ).*', rf'\1"{secret}"', whole)
    written = tmp_path / "council.toml"
    written.write_text(text)
    shown = run(program, "--config", written, "config", env={"HOME": str(tmp_path)})
    assert "PASSWORD" not in shown


def test_the_server_starts_from_the_package(unpacked, tmp_path):
    program = unpacked / "usr/bin/council"
    environment = {"HOME": str(tmp_path), "XDG_CONFIG_HOME": str(unpacked / "etc"), "PATH": os.environ["PATH"]}
    command = [program, "serve", "--scripted", "--port", "0"]
    with (
        open(tmp_path / "log", "wb") as log,
        subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=log, text=True) as server,
    ):
        try:
            url = re.search(r" at (http://\S+?),", server.stdout.readline())[1]
            health = json.loads(run(program, "health", "--json", "--url", url, env=environment))
            assert (health["service"], health["version"]) == ("council", "0.1.0")
        finally:
            server.terminate()
        assert server.wait(30) == 0, Path(tmp_path / "log").read_text()
