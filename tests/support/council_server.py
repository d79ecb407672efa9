"""The council binary as a process under test."""

import json
import os
import re
import signal
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

CHAT_MODEL = "qwen2.5-coder-0.5b-instruct"
SMALL_MODEL = "smollm2-135m-instruct"

# One thread each for generating and reading: a second one is worth little to these short answers, and on a
# machine that does other things meanwhile two threads wait for each other longer than they work.
SETTINGS = ("engine.threads=1", "engine.threads_batch=1")


def environment(home):
    """The environment of a test process: of the tester's own settings only where models are."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("COUNCIL_")}
    models = os.environ.get("COUNCIL_MODELS_DIR") or str(
        Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local/share") / "council/models"
    )
    return kept | {"COUNCIL_MODELS_DIR": models, "XDG_CONFIG_HOME": str(home / "config")}


def binary():
    """The binary under test."""
    return os.environ["COUNCIL_BINARY"]


def models_dir():
    """Where the models under test are."""
    return Path(environment(Path())["COUNCIL_MODELS_DIR"])


class Server:
    """A running `council serve` with a data directory of its own; a context manager that ends it."""

    def __init__(self, model, *arguments, home=None, models=None, launcher=()):
        self.model = model
        # What starts it in its place, as the same process.
        self._launcher = list(launcher)
        self._own_home = None if home else tempfile.TemporaryDirectory(prefix="council-test-")
        self.home = Path(home or self._own_home.name)
        self._arguments = list(arguments)
        if models:
            self._arguments += ["--models-dir", str(models)]
        self.process = None
        self.url = None

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.stop()
        if self._own_home:
            self._own_home.cleanup()

    def start(self, load=True):
        """Starts the server on a free port and, unless told otherwise, waits until its model is ready."""
        command = [binary(), "serve", "--port", "0", "--data-dir", str(self.home / "data")]
        command += ["--model", self.model] if self.model else []
        for setting in SETTINGS:
            command += ["--set", setting]
        with open(self.home / "log", "ab") as log:
            self.process = subprocess.Popen(
                self._launcher + command + self._arguments,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=log,
                env=environment(self.home),
            )
        line = self.process.stdout.readline().decode()
        found = re.search(r" at (http://\S+?),? ", line)
        if not found:
            self.stop()
            raise RuntimeError(f"the server did not say where it is: {line!r}\n{self.log()}")
        self.url = found[1]
        if load and self.model:
            self.post(f"/v1/models/{self.model}/load", {})

    def stop(self):
        """Ends the server as a person would, and for good if it does not listen. Returns its exit code."""
        if self.process is None:
            return None
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                self.process.kill()
        self.process.wait()
        self.process.stdout.close()
        return self.process.returncode

    def kill(self):
        """What a power cut does to it."""
        self.process.kill()
        self.stop()

    def log(self):
        """What it wrote to standard error."""
        return (self.home / "log").read_text(errors="replace")

    def get(self, path):
        """The body of a GET."""
        with urllib.request.urlopen(self.url + path, timeout=60) as answer:
            return answer.read().decode()

    def post(self, path, body):
        """The JSON answer to a POST of JSON."""
        request = urllib.request.Request(
            self.url + path, json.dumps(body).encode(), {"content-type": "application/json"}
        )
        try:
            with urllib.request.urlopen(request, timeout=120) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            raise RuntimeError(f"POST {path}: {error.code} {error.read().decode()}") from error

    def metric(self, name):
        """A metric, summed over its labels."""
        lines = re.findall(rf"^{name}(?:{{[^}}]*}})? (\S+)$", self.get("/metrics"), re.MULTILINE)
        if not lines:
            raise AssertionError(f"/metrics has no {name}")
        return sum(map(float, lines))

    def load(self):
        """Requests that have a slot and requests that wait for one."""
        return self.metric("council_model_active_requests"), self.metric("council_model_queued_requests")

    def wait_until_idle(self, seconds):
        """Waits until no request runs or waits."""
        wait_for(lambda: self.load() == (0, 0), seconds, lambda: f"active and queued are {self.load()}")

    def workers(self):
        """The process ids of its engine workers."""
        children = Path(f"/proc/{self.process.pid}/task").glob("*/children")
        pids = [int(pid) for file in children for pid in file.read_text().split()]
        return [pid for pid in pids if b"\0engine" in Path(f"/proc/{pid}/cmdline").read_bytes()]

    def descendants(self):
        """The process ids of everything that it started, and that these started."""
        found, pending = [], [self.process.pid]
        while pending:
            # One that has just ended has no children.
            for file in Path(f"/proc/{pending.pop()}/task").glob("*/children"):
                try:
                    children = [int(pid) for pid in file.read_text().split()]
                except OSError:
                    continue
                found += children
                pending += children
        return found

    def kill_worker(self):
        """Kills its only engine worker."""
        (worker,) = self.workers()
        os.kill(worker, signal.SIGKILL)

    def resident_bytes(self):
        """Resident memory of the server process, without its workers."""
        return resident_bytes(self.process.pid)


def resident_bytes(pid):
    """Resident memory of a process."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(re.search(r"^VmRSS:\s+(\d+) kB", status, re.MULTILINE)[1]) * 1024


def wait_for(condition, seconds, what):
    """Polls `condition` for at most `seconds`; `what` tells what is so instead."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise AssertionError(f"after {seconds} s {what()}")
        time.sleep(0.02)
