"""The image of the Dockerfile, put together and started without a container engine.

Debian's own packages make the root file system, as the runtime stage asks for them; its other steps are done in it; the binary
under test takes the place of the one that the build stage would have made. Two things differ from a real image: mmdebstrap makes the
base in place of debian:trixie-slim, and no layer is packed.
"""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from council_server import binary
from dockerfile import ROOT, chain, listed, packages, pairs, sources, stages

if os.geteuid() != 0:
    pytest.skip("a root file system with users of its own needs root", allow_module_level=True)

MIRROR = "http://deb.debian.org/debian"


def run(*command, **more):
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, check=False, **more)
    assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
    return done.stdout


def base(suite, names):
    """A tar archive of Debian with these packages, kept from one run to the next."""
    cache = Path(os.environ.get("COUNCIL_CACHE") or Path.home() / ".cache/council") / "images"
    cache.mkdir(parents=True, exist_ok=True)
    key = hashlib.sha256(" ".join([suite, *names]).encode()).hexdigest()[:16]
    archive = cache / f"{suite}-{key}.tar"
    if not archive.exists():
        for old in cache.glob("*.tar"):
            old.unlink()
        part = archive.with_suffix(".part.tar")
        include = "--include=" + ",".join(names)
        run("mmdebstrap", "--variant=minbase", include, suite, part, MIRROR)
        part.rename(archive)
    return archive


@pytest.fixture(scope="module")
def image(tmp_path_factory):
    """The root file system of the runtime stage."""
    found = stages({"VARIANT": "cpu"})
    name, line = chain(found, "runtime")
    suite = re.fullmatch(r"debian:(\w+)-slim", name)[1]
    runs = [text for stage in line for text in stage.all("RUN")]
    root = tmp_path_factory.mktemp("image") / "root"
    root.mkdir()
    wanted = [name for text in runs for name in packages(text)]
    run("tar", "--extract", "--file", base(suite, wanted), "--directory", root)
    for stage in line:
        for step, text in stage.steps:
            if step == "RUN" and not packages(text):
                run("chroot", root, "/bin/sh", "-eu", "-c", text)
            elif step == "COPY":
                copy(text, root)
    yield root
    shutil.rmtree(root)


def copy(text, root):
    paths, destination = sources(text)
    target = root / destination.lstrip("/")
    if "/out/THIRD-PARTY " in text:
        # test_supply_chain.py looks at it.
        return
    if not paths:
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(binary(), target)
        target.chmod(0o755)
        return
    target.mkdir(parents=True, exist_ok=True)
    for path in paths:
        shutil.copy(ROOT / path, target)


def contained(image, script, *options):
    """What a shell script says in a container of the image."""
    last = stages({"VARIANT": "cpu"})["runtime"]
    environment = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"} | pairs(last.last("ENV"))
    environment |= {"WORKDIR": last.last("WORKDIR")}
    uid = last.last("USER").split(":")[0]
    program = [sys.executable, Path(__file__).with_name("container.py"), image, uid, *options, "--"]
    command = [*map(str, program), "/bin/bash", "-c", script]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=120)


def test_the_server_starts_answers_and_stops(image):
    last = stages({"VARIANT": "cpu"})["runtime"]
    start = " ".join(listed(last.last("ENTRYPOINT")) + listed(last.last("CMD")))
    health = " ".join(listed(last.last("HEALTHCHECK").partition("CMD ")[2]))
    done = contained(
        image,
        f"""
        {start} --scripted & server=$!
        for _ in $(seq 150); do {health} >/dev/null 2>&1 && break; sleep 0.2; done
        {health} --json || exit 1
        echo ---; id -u; grep CapEff /proc/self/status; stat -c %a /data
        touch /data/mine && echo data; touch /models/mine && echo models
        touch /usr/bin/theirs 2>/dev/null || touch /etc/theirs 2>/dev/null || echo sealed
        echo ---; kill -{last.last("STOPSIGNAL")} $server; wait $server; echo ended $?
        """,
    )
    assert done.returncode == 0, done
    health, mine, end = done.stdout[done.stdout.index("{") :].split("---\n")
    assert json.loads(health)["service"] == "council"
    assert mine.split() == ["10001", "CapEff:", "0" * 16, "700", "data", "models", "sealed"], mine
    assert end == "ended 0\n", done


def test_without_a_model_the_container_is_not_healthy_and_says_why(image):
    done = contained(
        image,
        """
        council serve >/tmp/said 2>&1 & server=$!
        for _ in $(seq 150); do council health >/dev/null 2>&1; [ $? -ne 69 ] && break; sleep 0.2; done
        council health; echo "status $?"; cat /tmp/said; kill $server; wait $server
        """,
    )
    assert "no_model" in done.stdout and "council pull" in done.stdout and "status 1\n" in done.stdout, done


def test_programs_run_with_what_the_extra_compose_file_allows(image):
    """No capabilities, no new privileges, a user without rights; but an open /proc, and no filter of the engine's."""
    done = contained(image, "council run -c 'print(6 * 7)'")
    assert (done.stdout, done.returncode) == ("42\n", 0), done


def test_behind_the_engines_usual_walls_no_program_runs(image):
    done = contained(image, "council run -c 'print(6 * 7)'", "--masked")
    assert (done.stdout, done.returncode) == ("", 69), done
    assert "isolat" in done.stderr, done.stderr
