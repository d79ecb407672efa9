"""The servers that are compared, as processes: their start, their load, their memory and CPU time."""

import contextlib
import http.client
import json
import multiprocessing
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

CLOCK_TICKS = os.sysconf("SC_CLK_TCK")


def free_port():
    """A port that nobody listens on right now."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return taken.getsockname()[1]


class Process:
    """A server under measurement; a context manager that ends it."""

    # Fields that this server's API needs beyond the common ones.
    extra = {}

    def __init__(self, command, model):
        self.model = model
        self.port = free_port()
        self._command = [argument.replace("{port}", str(self.port)) for argument in command]
        self.log = tempfile.TemporaryFile()

    def __enter__(self):
        """Starts it; whether it is ready is another question."""
        self.begin = time.perf_counter()
        self._process = subprocess.Popen(
            self._command, stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log, env=clean_environment()
        )
        return self

    def __exit__(self, *_):
        self._process.terminate()
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self.log.close()

    def pids(self):
        """This process and all its descendants."""
        found, pending = [], [self._process.pid]
        while pending:
            pid = pending.pop()
            found.append(pid)
            for children in Path(f"/proc/{pid}/task").glob("*/children"):
                pending += map(int, children.read_text().split())
        return found

    def cpu_seconds(self):
        """User and system time so far, of all processes."""
        fields = [Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split() for pid in self.pids()]
        return sum(int(field[11]) + int(field[12]) for field in fields) / CLOCK_TICKS

    def memory_bytes(self):
        """Resident memory of all processes, a page that several of them share counted once (PSS)."""
        total = 0
        for pid in self.pids():
            # Boxes of the sandbox come and go; one that has ended has no memory.
            with contextlib.suppress(ProcessLookupError, FileNotFoundError):
                rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
                total += int(re.search(r"^Pss:\s+(\d+) kB", rollup, re.MULTILINE)[1]) * 1024
        return total

    def connect(self):
        """A connection."""
        if self._process.poll() is not None:
            self.log.seek(0)
            words = self.log.read().decode(errors="replace")[-2000:]
            raise RuntimeError(f"{self._command[0]} ended:\n{words}")
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=600)

    def get(self, path):
        """The body of a GET."""
        connection = self.connect()
        connection.request("GET", path)
        body = connection.getresponse().read().decode()
        connection.close()
        return body

    def wait_ready(self):
        """Asks for one token until there is an answer; returns the seconds since the start."""
        while True:
            try:
                self.complete("Hello", 1)
                return time.perf_counter() - self.begin
            except (ConnectionError, Busy):
                time.sleep(0.005)

    def complete(self, prompt, tokens, connection=None, **options):
        """A whole completion as JSON; `prompt` is text or a list of messages."""
        owned = connection is None
        connection = connection or self.connect()
        path, body = self._request(prompt, tokens, options)
        connection.request("POST", path, body, {"content-type": "application/json"})
        response = connection.getresponse()
        text = response.read()
        if owned:
            connection.close()
        if response.status == 503:
            raise Busy(text)
        if response.status != 200:
            raise RuntimeError(f"{response.status}: {text.decode()}")
        return json.loads(text)

    def stream(self, prompt, tokens, **options):
        """Streams a completion; returns its times and usage."""
        connection = self.connect()
        options = {"stream": True, "stream_options": {"include_usage": True}} | options
        path, body = self._request(prompt, tokens, options)
        begin = time.perf_counter()
        connection.request("POST", path, body, {"content-type": "application/json"})
        response = connection.getresponse()
        if response.status != 200:
            raise RuntimeError(f"{response.status}: {response.read().decode()}")
        result = Streamed(begin)
        for line in response:
            if line.startswith(b"data: {"):
                result.event(json.loads(line[6:]), time.perf_counter())
        connection.close()
        return result

    def _request(self, prompt, tokens, options):
        chat = not isinstance(prompt, str)
        body = {"model": self.model.id, "max_tokens": tokens, "temperature": 0} | self.extra | options
        # Nothing ends an answer early, so that all have the same length.
        body["logit_bias"] = {str(token): -100 for token in self.model.end_tokens}
        body["messages" if chat else "prompt"] = prompt
        path = "/v1/chat/completions" if chat else "/v1/completions"
        return path, json.dumps(body).encode()


class Busy(Exception):
    """The model is still loading."""


class Streamed:
    """When the tokens of a streamed answer came."""

    def __init__(self, begin):
        self.begin, self.first, self.last, self.text, self.usage = begin, None, None, "", None

    def event(self, event, now):
        """Takes one event."""
        for choice in event.get("choices", []):
            text = choice.get("text") or choice.get("delta", {}).get("content") or ""
            if text:
                self.first = self.first or now
                self.last = now
                self.text += text
        self.usage = event.get("usage") or self.usage

    @property
    def first_token_seconds(self):
        """From the request to the first text."""
        return self.first - self.begin

    @property
    def tokens(self):
        """Generated tokens."""
        return self.usage["completion_tokens"]

    @property
    def prompt_tokens(self):
        """Tokens of the prompt."""
        return self.usage["prompt_tokens"]

    @property
    def tokens_per_second(self):
        """From the first to the last token."""
        return (self.tokens - 1) / (self.last - self.first)


class Council(Process):
    """`council serve` with the model as its default."""

    def __init__(self, binary, model, threads, **settings):
        self._home = tempfile.TemporaryDirectory(prefix="council-bench-")
        models = Path(self._home.name) / "models"
        models.mkdir()
        (models / f"{model.id}.gguf").symlink_to(model.file.resolve())
        settings = {"threads": threads, "threads_batch": threads} | settings
        command = [str(binary), "serve", "--port", "{port}", "--data-dir", f"{self._home.name}/data"]
        command += ["--models-dir", str(models), "--model", model.id]
        for key, value in settings.items():
            command += ["--set", f"engine.{key}={value}"]
        super().__init__(command, model)

    def __exit__(self, *exception):
        super().__exit__(*exception)
        self._home.cleanup()

    def engine_seconds(self):
        """Time that the engine has spent in steps."""
        sums = re.findall(r"^council_model_step_seconds_sum\S* (\S+)$", self.get("/metrics"), re.MULTILINE)
        return sum(map(float, sums))


class LlamaServer(Process):
    """`llama-server` with as many slots as asked for."""

    def __init__(self, binary, model, threads, slots=1, cache_prompt=True):
        self.extra = {"cache_prompt": cache_prompt}
        command = [str(binary), "--model", str(model.file), "--port", "{port}", "--host", "127.0.0.1"]
        command += ["--threads", str(threads), "--parallel", str(slots), "--ctx-size", str(4096 * slots)]
        command += ["--no-ui"]
        super().__init__(command, model)


class Busywork:
    """Another program that keeps one core busy."""

    def __enter__(self):
        self._process = subprocess.Popen([sys.executable, "-c", "while True: pass"])

    def __exit__(self, *_):
        self._process.kill()
        self._process.wait()


class Echo:
    """A socket that answers every request at once with the same JSON: what is left is the client's own time."""

    def __init__(self, answer):
        body = json.dumps(answer).encode()
        head = f"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n"
        self._answer = head.encode() + body
        self._listener = socket.create_server(("127.0.0.1", 0))
        # A process of its own: a thread would wait for this one's interpreter lock.
        self._process = multiprocessing.get_context("fork").Process(target=self._serve, daemon=True)

    def __enter__(self):
        self._process.start()
        return self

    def __exit__(self, *_):
        self._process.terminate()
        self._process.join()
        self._listener.close()

    def connect(self):
        """A connection to be handed to a server's `complete`."""
        return http.client.HTTPConnection("127.0.0.1", self._listener.getsockname()[1], timeout=10)

    def _serve(self):
        connection, _ = self._listener.accept()
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        while connection.recv(1 << 16):
            connection.sendall(self._answer)


def clean_environment():
    """The environment without settings of either program."""
    foreign = ("COUNCIL_", "LLAMA_", "OMP_", "GOMP_")
    return {key: value for key, value in os.environ.items() if not key.startswith(foreign)}
