"""Mixed work on a server that is killed at any moment, and what must be so afterwards: nothing that was acknowledged is
lost, and every file opens.

Conversations, memories, settings, uploads, paid calls, keys, pulls and backups, each by a client of its own. The provider and
the place that models come from are stand-ins in this process.
"""

import hashlib
import http.server
import json
import random
import shutil
import sqlite3
import struct
import tempfile
import threading
import time
import urllib.parse
from pathlib import Path

from council_server import Server
from http_client import connect

# Shortest and longest time from the first answer to the kill, in seconds.
UNTIL_KILLED = (0.02, 0.8)
UNTIL_FIRST_ANSWER = 60
# What a call of the stand-in costs: 10 prompt tokens and 5 of the answer, at 100 and 200 dollars a million.
CALL_USD = 10 * 100e-6 + 5 * 200e-6
# Of the tensor of a model: 300 kB in all.
ROWS = 1_171


def gguf(number):
    """A model file (GGUF, version 3): what a language model must say of itself, and one tensor by chance."""
    text = lambda value: struct.pack("<Q", len(value)) + value
    word = lambda key, value: text(key) + struct.pack("<I", 8) + text(value)
    count = lambda key, value: text(key) + struct.pack("<II", 4, value)
    pairs = [word(b"general.architecture", b"llama"), word(b"general.name", b"stand-in %d" % number)]
    pairs += [count(b"llama.context_length", 128), count(b"llama.block_count", 3)]
    pairs += [count(b"llama.embedding_length", 64), count(b"llama.attention.head_count", 4)]
    head = b"GGUF" + struct.pack("<IQQ", 3, 1, len(pairs)) + b"".join(pairs)
    # Two dimensions of 32-bit floats, at the beginning of the data.
    head += text(b"token_embd.weight") + struct.pack("<IQQIQ", 2, 64, ROWS, 0, 0)
    return head + bytes(-len(head) % 32) + random.Random(number).randbytes(64 * ROWS * 4)


class StandIn(http.server.BaseHTTPRequestHandler):
    """Answers paid calls, and gives model files in small pieces."""

    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def do_POST(self):
        self.rfile.read(int(self.headers["content-length"]))
        chunk = lambda value: b"data: " + json.dumps(value).encode() + b"\n\n"
        choice = lambda delta, reason: {"choices": [{"index": 0, "delta": delta, "finish_reason": reason}]}
        body = chunk(choice({"content": "paid"}, None)) + chunk(choice({}, "stop"))
        body += chunk({"choices": [], "usage": {"prompt_tokens": 10, "completion_tokens": 5}}) + b"data: [DONE]\n\n"
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_HEAD(self):
        self.do_GET(head=True)

    def do_GET(self, head=False):
        content = gguf(int(Path(self.path).stem.rsplit("-", 1)[1]))
        asked = self.headers.get("range", "")
        begin = int(asked.removeprefix("bytes=").split("-")[0]) if asked else 0
        self.send_response(206 if asked else 200)
        if asked:
            self.send_header("content-range", f"bytes {begin}-{len(content) - 1}/{len(content)}")
        self.send_header("etag", f'"{hashlib.sha256(content).hexdigest()}"')
        self.send_header("accept-ranges", "bytes")
        self.send_header("content-length", str(len(content) - begin))
        self.end_headers()
        try:
            for at in range(begin, 0 if head else len(content), 30_000):
                self.wfile.write(content[at : at + 30_000])
                time.sleep(0.01)
        except OSError:
            # Whoever asked was killed.
            self.close_connection = True


class StandIns(http.server.ThreadingHTTPServer):
    """Says nothing about whoever was killed in the middle of a request."""

    daemon_threads = True

    def handle_error(self, request, client_address):
        pass


class World:
    """A server with what it needs, and what is known of it by its answers; a context manager that ends it."""

    def __init__(self):
        self.stand_in = StandIns(("127.0.0.1", 0), StandIn)
        self.base = f"http://127.0.0.1:{self.stand_in.server_port}"
        self._home = tempfile.TemporaryDirectory(prefix="council-mixed-")
        home = Path(self._home.name)
        self.models = home / "models"
        self.models.mkdir()
        config = home / "council.toml"
        config.write_text(
            f'[egress]\nallow = ["named", "127.0.0.1:{self.stand_in.server_port}"]\n'
            "[cloud]\nenabled = true\n[models]\nautopull_larger = false\n[[remote]]\n"
            f'id = "paid"\nprovider = "stand-in"\nbase_url = "{self.base}/v1"\nmodel = "m"\ncontext_tokens = 4096\n'
            "input_usd_per_million = 100.0\noutput_usd_per_million = 200.0\nretries = 0\n"
        )
        self.server = Server(
            None, "--scripted", "--config", str(config), "--set", "sandbox.backend=off", home=home, models=self.models
        )

    def __enter__(self):
        threading.Thread(target=self.stand_in.serve_forever, daemon=True).start()
        self.server.start()
        return self

    def __exit__(self, *_):
        self.server.stop()
        self.stand_in.shutdown()
        self.stand_in.server_close()
        self._home.cleanup()


class Client(threading.Thread):
    """Does one kind of work until the server is gone."""

    def __init__(self, world, number, chance):
        super().__init__(daemon=True)
        self.world, self.number, self.random = world, number, random.Random(chance)
        self.acknowledged, self.problem, self.gone = 0, None, False
        self.connection = None

    def run(self):
        self.connection = connect(self.world.server.url, timeout=30)
        try:
            while not self.gone:
                self.step()
        except Exception as error:
            self.problem = f"{type(self).__name__}: {error!r}"
        finally:
            self.connection.close()

    def send(self, method, path, body=None, raw=False):
        """The answer; none when the server is gone, which says nothing about what was done."""
        try:
            data = None if body is None else json.dumps(body).encode()
            self.connection.request(method, path, data, {"content-type": "application/json"})
            response = self.connection.getresponse()
            answer = response.read()
        except Exception as error:
            if isinstance(error, OSError) or type(error).__module__ == "http.client":
                self.gone = True
                return None
            raise
        if response.status not in (200, 201, 202):
            raise AssertionError(f"{method} {path}: {response.status} {answer.decode(errors='replace')}")
        self.acknowledged += 1
        return answer if raw else json.loads(answer)

    def step(self):
        raise NotImplementedError

    def check(self, get):
        """Whether everything that was acknowledged is there; `get` is a GET of JSON on the server that was started again."""
        raise NotImplementedError


class Chat(Client):
    """Continues a conversation, with a file in some of its questions."""

    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.session, self.said, self.files, self.unused = f"talk-{self.number}", [], {}, []

    def step(self):
        prompt = f"turn {len(self.said)} of {self.session}"
        body = {"model": "scripted/echo", "prompt": prompt, "session_id": self.session}
        if self.random.random() < 0.3:
            text = f"file {self.random.random()} " * 50
            sent = self.send("POST", f"/v1/conversations/{self.session}/attachments", {"name": "a.txt", "text": text})
            if sent is None:
                return
            self.unused.append((sent["data"][0]["id"], text))
        answer = self.send("POST", "/api/chat", body)
        if answer is not None:
            self.said += [prompt, answer["text"]]

    def check(self, get):
        found = []
        while self.said and len(found) < len(self.said):
            page = get(f"/v1/conversations/{self.session}/messages?limit=100&offset={len(found)}")["data"]
            found += ["".join(part.get("text", "") for part in message["content"]) for message in page]
            if len(page) < 100:
                break
        assert found[: len(self.said)] == self.said, f"{self.session}: {self.said[len(found):][:2]} is lost"
        for identifier, _ in self.unused[-3:]:
            # It can be asked about still, which names it.
            get(f"/v1/conversations/{self.session}/context", {"prompt": "x", "attachments": [identifier]})


class Remember(Client):
    """Saves memories and forgets some of them."""

    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.kept, self.forgotten = {}, set()

    def step(self):
        if self.kept and self.random.random() < 0.2:
            memory = self.random.choice(sorted(self.kept))
            text = self.kept.pop(memory)
            if self.send("DELETE", f"/v1/memory/{memory}") is not None:
                self.forgotten.add((memory, text))
            return
        text = f"note {self.number} {self.random.random()}"
        answer = self.send("POST", "/v1/memory", {"text": text, "kind": "note"})
        if answer is not None:
            self.kept[answer["id"]] = text

    def check(self, get):
        for memory, text in self.kept.items():
            assert get(f"/v1/memory/{memory}")["text"] == text
        for memory, _ in self.forgotten:
            assert get(f"/v1/memory/{memory}", status=404) is None, f"memory {memory} was forgotten and is back"


class Set(Client):
    """Changes one setting again and again."""

    KEY = "budget.monthly_usd"

    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.value, self.possible = None, []

    def step(self):
        value = float(self.random.randint(1_000, 2_000_000) / 100)
        self.possible = [self.value, value]
        if self.send("PATCH", "/v1/settings", {"values": {self.KEY: value}}) is not None:
            self.value, self.possible = value, [value]

    def check(self, get):
        settings = {one["key"]: one["value"] for one in get("/v1/settings")["data"]}
        if self.value is not None:
            assert settings[self.KEY] in self.possible, f"{settings[self.KEY]} is not one of {self.possible}"


class Pay(Client):
    """Asks a model that costs something."""

    def step(self):
        answer = self.send("POST", "/hybrid", {"model": "paid", "prompt": "hello", "max_tokens": 5})
        if answer is not None:
            assert abs(answer["cost_usd"] - CALL_USD) < 1e-9, answer

    def check(self, get):
        pass


class Keys(Client):
    """Sets a provider's key, which is a file of its own."""

    def step(self):
        self.send("POST", "/admin/apikey/stand-in", {"key": f"key-{self.random.random()}" * 20})

    def check(self, get):
        providers = get("/admin/status")
        assert "key-" not in json.dumps(providers)
        for file in (self.world.server.home / "data" / "keys").glob("*"):
            if file.suffix == ".part":
                # The next key takes its place; nobody reads it.
                continue
            whole = file.read_text().strip()
            assert len(whole) > 100 and whole.startswith("key-"), f"{file.name} is half a key"


class Pull(Client):
    """Pulls models, small ones that come slowly."""

    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.installed = set()

    def step(self):
        name = self.random.randint(0, 1_000_000)
        pull = self.send("POST", "/v1/models/pull", {"model": f"{self.world.base}/stand-in-{name}.gguf"})
        while not self.gone:
            page = self.send("GET", "/v1/models/pulls")
            state = {one["id"]: one for one in page["data"]}[pull["id"]] if page else None
            if state and state["phase"] == "installed":
                self.installed.add(f"stand-in-{name}")
                return
            assert not state or state["phase"] not in ("failed", "cancelled"), state
            time.sleep(0.02)

    def check(self, get):
        there = {one["id"] for one in get("/v1/models")["data"]}
        assert self.installed <= there, f"{self.installed - there} was installed and is gone"


class BackUp(Client):
    """Downloads copies of the database, each of which must be whole."""

    def step(self):
        copy = self.send("POST", "/v1/backup", raw=True)
        if copy is not None:
            with tempfile.NamedTemporaryFile(suffix=".db") as file:
                file.write(copy)
                file.flush()
                is_whole(Path(file.name))
        time.sleep(0.05)

    def check(self, get):
        pass


KINDS = [Chat, Chat, Remember, Remember, Set, Pay, Keys, Pull, BackUp]


def is_whole(database):
    """Opens a database of which nobody else has a part, and looks at every page."""
    connection = sqlite3.connect(database)
    try:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
    finally:
        connection.close()


def files_open(world):
    """Every file that a killed server has left can be read for what its name says."""
    data = world.server.home / "data"
    with tempfile.TemporaryDirectory(prefix="council-copy-") as copy:
        for suffix in ("", "-wal"):
            if (file := data / f"council.db{suffix}").exists():
                shutil.copy2(file, copy)
        is_whole(Path(copy) / "council.db")
    for model in world.models.glob("*.gguf"):
        number = int(model.stem.rsplit("-", 1)[1])
        assert model.read_bytes() == gguf(number), f"{model.name} bears its name and is not whole"
        record = model.with_suffix(".json")
        if record.exists():
            json.loads(record.read_text())


def kill_rounds(rounds, seed=1, report=lambda number, acknowledged: None):
    """Works, kills, looks at the files, starts again and asks, `rounds` times.

    Returns how many requests of each kind were acknowledged, and how many seconds the starts took.
    """
    chance, counts, starts = random.Random(seed), dict.fromkeys((kind.__name__ for kind in KINDS), 0), []
    with World() as world:
        everybody, paid = [], 0
        for number in range(rounds):
            clients = [kind(world, f"{number}-{index}", chance.random()) for index, kind in enumerate(KINDS)]
            for client in clients:
                client.start()
            end = time.monotonic() + UNTIL_FIRST_ANSWER
            while not any(client.acknowledged for client in clients):
                assert time.monotonic() < end, f"nothing was answered within {UNTIL_FIRST_ANSWER} s"
                time.sleep(0.005)
            time.sleep(chance.uniform(*UNTIL_KILLED))
            world.server.kill()
            for client in clients:
                client.join()
            problems = [client.problem for client in clients if client.problem]
            assert not problems, problems
            files_open(world)
            begin = time.monotonic()
            world.server.start(load=False)
            starts.append(time.monotonic() - begin)
            for client in clients:
                counts[type(client).__name__] += client.acknowledged
            paid += sum(client.acknowledged for client in clients if isinstance(client, Pay))
            everybody.append(clients)
            check_all(world, clients, paid, number + 1)
            report(number, dict(counts))
            # What may be half done is left behind by its part of the work alone.
            left = [file.name for file in (world.server.home / "data").iterdir() if ".copy-" in file.name]
            assert not left, f"half a backup stays behind: {left}"
        for clients in everybody:
            check_all(world, [one for one in clients if not isinstance(one, Set)], paid, rounds)
    return counts, starts


def check_all(world, clients, paid, kills):
    """Asks for everything that was acknowledged."""
    connection = connect(world.server.url, timeout=60)

    def get(path, body=None, status=200):
        data = None if body is None else json.dumps(body).encode()
        connection.request("POST" if data else "GET", path, data, {"content-type": "application/json"})
        response = connection.getresponse()
        answer = response.read()
        assert response.status == status, f"{path}: {response.status} {answer.decode()}"
        return json.loads(answer) if status == 200 else None

    for client in clients:
        client.check(get)
    spent = get("/budget")["budget_status"]["rolling_cost_dollars"]
    # A call that was under way counts for the most that it could cost, so that a kill never makes room in a budget.
    assert spent >= paid * CALL_USD - 1e-6, f"{spent} of {paid * CALL_USD} is in the books after {kills} kills"
    connection.close()
