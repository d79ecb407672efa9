"""A disk that is full, and one that cannot be written to.

The disk is a small one in memory, mounted in namespaces that only this server lives in: that needs no right which an ordinary
user has not, where the system gives users namespaces at all.
"""

import json
import subprocess
from pathlib import Path

import pytest
from council_server import Server, binary, environment
from http_client import send

SIZE = "24m"
# Mounts, then becomes the server.
MOUNT = f'set -e; mkdir -p "$0"; mount -t tmpfs -o size={SIZE},mode=700 council-test "$0"; exec "$@"'


def launcher(directory):
    return ["unshare", "--user", "--map-root-user", "--mount", "bash", "-c", MOUNT, str(directory)]


class SmallDisk:
    """A server whose data directory is a disk of its own."""

    def __init__(self, home):
        self.directory = Path(home) / "data"
        # The fake says its prompt again, which a summary of what was said before would be part of.
        options = ("--scripted", "--set", "memory.summaries=false")
        self.server = Server(None, *options, home=home, launcher=launcher(self.directory))

    def __enter__(self):
        self.server.start()
        # As the server sees it.
        self.inside = Path(f"/proc/{self.server.process.pid}/root{self.directory}")
        return self

    def __exit__(self, *_):
        self.server.stop()

    def fill(self):
        """Leaves not one page."""
        with open(self.inside / "filler", "wb", buffering=0) as filler:
            for size in (1 << 20, 4096):
                try:
                    while filler.write(b"\0" * size):
                        pass
                except OSError:
                    continue

    def make_room(self):
        (self.inside / "filler").unlink()

    def say(self, text, session):
        return send(self.server.url, "/api/chat", {"model": "scripted/echo", "prompt": text, "session_id": session})


def texts(server, session):
    found = []
    while True:
        path = f"/v1/conversations/{session}/messages?limit=100&offset={len(found)}"
        page = json.loads(server.get(path))["data"]
        found += ["".join(part["text"] for part in message["content"]) for message in page]
        if len(page) < 100:
            return found


def test_a_full_disk_refuses_writes_in_words_reads_go_on_and_room_is_used_again_without_a_restart(tmp_path):
    with SmallDisk(tmp_path) as disk:
        server = disk.server
        kept = []
        for number in range(20):
            answer = disk.say(f"before {number}", "kept")
            assert answer.status == 200, answer.body
            kept += [f"before {number}"] * 2
        disk.fill()
        # What SQLite has set aside in its log is used up first, and then no more is acknowledged.
        refused = []
        for number in range(400):
            answer = disk.say(f"while full {number} " + "x" * 2_000, "kept")
            if answer.status == 200:
                kept += [f"while full {number} " + "x" * 2_000] * 2
                continue
            refused.append(answer)
            if len(refused) == 3:
                break
        assert len(refused) == 3, "the disk was never full"
        for answer in refused:
            assert (answer.status, answer.error["code"]) == (507, "storage_full"), answer.body
            assert str(disk.directory) in answer.error["message"], answer.error
            assert "free some space" in answer.error["message"], answer.error
            assert int(answer.headers["retry-after"]) >= 1

        # Other writes are refused in the same words, and what only reads goes on.
        for method, path, body in [
            ("POST", "/v1/memory", {"text": "x" * 60_000, "kind": "note"}),
            ("PATCH", "/v1/settings", {"values": {"budget.daily_usd": 2.5}}),
            ("POST", "/v1/conversations", {"title": "x" * 200}),
        ]:
            answer = send(server.url, path, body, method)
            # A small one may still find a place in what the log has.
            assert answer.status in (200, 201, 507), (path, answer.status, answer.body)
        assert texts(server, "kept")[: len(kept)] == kept
        assert send(server.url, "/v1/memory", method="GET").status == 200
        assert send(server.url, "/metrics", method="GET").status == 200
        health = send(server.url, "/readyz", method="GET")
        assert health.status == 503 and "disk" in json.loads(health.body)["reasons"][0]["name"], health.body
        assert send(server.url, "/healthz", method="GET").status == 200

        disk.make_room()
        answer = disk.say("after", "kept")
        assert answer.status == 200, answer.body
        said = texts(server, "kept")
        assert said[: len(kept)] == kept and said[-2:] == ["after", "after"]
        assert send(server.url, "/readyz", method="GET").status == 200
        assert "panicked" not in server.log()


def test_what_was_acknowledged_on_a_disk_that_filled_up_is_there_after_a_kill(tmp_path):
    """The directory is copied out of the namespace before it goes with its last process."""
    with SmallDisk(tmp_path) as disk:
        kept = []
        number = 0
        for number in range(5):
            assert disk.say(f"{number}", "kept").status == 200
            kept += [f"{number}"] * 2
        disk.fill()
        while (answer := disk.say(f"{number} " + "y" * 2_000, "kept")).status == 200:
            kept += [f"{number} " + "y" * 2_000] * 2
            number += 1
            assert number < 1_000, "the disk was never full"
        assert answer.status == 507, answer.body
        copy = tmp_path / "copy" / "data"
        copy.mkdir(parents=True)
        disk.server.process.send_signal(19)
        for file in disk.inside.iterdir():
            if file.is_file() and file.name != "filler":
                (copy / file.name).write_bytes(file.read_bytes())
        disk.server.kill()
    with Server(None, "--scripted", home=tmp_path / "copy") as again:
        assert texts(again, "kept")[: len(kept)] == kept


@pytest.mark.parametrize("what", ["directory", "disk"])
def test_a_data_directory_that_cannot_be_written_to_ends_the_start_with_its_name_and_the_remedy(tmp_path, what):
    data = tmp_path / "data"
    with Server(None, "--scripted", home=tmp_path) as server:
        assert send(server.url, "/api/chat", {"prompt": "hello", "session_id": "a"}).status == 200
    command = [binary(), "serve", "--scripted", "--port", "0", "--data-dir", str(data)]
    if what == "disk":
        # Even root cannot write to a disk that is mounted read-only.
        mount = 'mount --bind "$0" "$0"; mount -o remount,bind,ro "$0"; exec "$@"'
        command = ["unshare", "--user", "--map-root-user", "--mount", "bash", "-c", mount, str(data), *command]
    else:
        # Root without its rights: the owner of its files, as any user is.
        command = ["unshare", "--user", *command]
        data.chmod(0o500)
    try:
        ended = subprocess.run(
            command, env=environment(tmp_path), capture_output=True, text=True, timeout=60, check=False
        )
    finally:
        data.chmod(0o700)
    assert ended.returncode == 74, ended
    assert str(data) in ended.stderr and "--data-dir" in ended.stderr, ended.stderr
    # Nothing of it was touched.
    with Server(None, "--scripted", home=tmp_path) as server:
        assert texts(server, "a") == ["hello", "hello"]


def last_backup(server):
    name = "council_backup_last_success_timestamp_seconds "
    line = next(line for line in server.get("/metrics").splitlines() if line.startswith(name))
    return float(line.removeprefix(name))


def test_a_backup_onto_a_full_disk_is_refused_in_words_leaves_nothing_behind_and_is_no_good_one(tmp_path):
    with SmallDisk(tmp_path) as disk:
        server = disk.server
        assert disk.say("something to keep", "kept").status == 200
        assert last_backup(server) == 0
        disk.fill()
        refused = send(server.url, "/v1/backup", {})
        assert refused.status == 507, refused.body
        error = json.loads(refused.body)["error"]
        assert error["code"] == "storage_full" and "Free some space" in error["message"], error
        assert [file.name for file in disk.inside.iterdir() if "copy" in file.name] == []
        assert last_backup(server) == 0
        disk.make_room()
        made = send(server.url, "/v1/backup", {})
        assert made.status == 200
        assert last_backup(server) > 1.7e9


def test_an_archive_that_does_not_fit_is_not_there_and_the_command_says_why(tmp_path):
    with Server(None, "--scripted", home=tmp_path) as server:
        script = """
            mount -t tmpfs -o size=128k council-test "$0"
            "$1" backup "$0/monday.zip" --data-dir "$2" && code=0 || code=$?
            ls -A "$0"
            exit $code
        """
        target = tmp_path / "target"
        target.mkdir()
        launcher = ["unshare", "--user", "--map-root-user", "--mount", "bash", "-c", script]
        command = [*launcher, str(target), binary(), str(tmp_path / "data")]
        ended = subprocess.run(command, env=environment(tmp_path), capture_output=True, text=True, timeout=60)
        assert ended.returncode == 74, ended
        assert ended.stdout == "" and "ree some space" in ended.stderr, ended
        assert last_backup(server) == 0
