"""SIGTERM while answers are under way: everybody hears the end, everything is settled, and nothing stays behind."""

import json
import os
import signal
import threading
import time
from contextlib import ExitStack

import pytest
from council_server import Server, wait_for
from http_client import connect, send
from web_socket import WebSocket

# The scripted model repeats this and never comes to an end.
ENDLESS = "wait..."
# Named, so that its words are passed on as they come and not held back until they are judged.
MODEL = {"model": "scripted/echo"}
CHAT = MODEL | {"messages": [{"role": "user", "content": ENDLESS}]}
STREAMS = [
    ("/hybrid", MODEL | {"prompt": ENDLESS, "stream": True}),
    ("/api/chat", MODEL | {"prompt": ENDLESS, "stream": True, "session_id": "stopped"}),
    ("/v1/chat/completions", CHAT | {"stream": True}),
    ("/v1/completions", MODEL | {"prompt": ENDLESS, "stream": True}),
]
AWAY = 1001


class Asking(threading.Thread):
    """One request; tells when the beginning of its answer is there, and keeps the whole of it."""

    def __init__(self, url, path, body):
        super().__init__(daemon=True)
        self.url, self.path, self.body = url, path, body
        self.begun = threading.Event()
        self.status, self.headers, self.text, self.problem = None, {}, b"", None
        self.start()

    def run(self):
        connection = connect(self.url, timeout=60)
        try:
            connection.request("POST", self.path, json.dumps(self.body), {"content-type": "application/json"})
            response = connection.getresponse()
            self.status, self.headers = response.status, response.headers
            while piece := response.read1():
                self.text += piece
                if ENDLESS.encode() in self.text:
                    self.begun.set()
        except Exception as error:
            self.problem = repr(error)
        finally:
            connection.close()

    @property
    def last_event(self):
        """Each API has a shape of its own for a failure, and all have the code somewhere in it."""
        return self.text.decode().rstrip().rsplit("data: ", 1)[1]


def test_who_waits_for_an_answer_hears_the_end_and_nothing_is_left_behind():
    server = Server(None, "--scripted", "--set", "limits.shutdown_grace=1s")
    with server, ExitStack() as also_when_it_fails:
        streams = [Asking(server.url, path, body) for path, body in STREAMS]
        whole = Asking(server.url, "/v1/chat/completions", CHAT)
        program = {"language": "python", "code": "import time; time.sleep(40)", "limits": {"wall_ms": 50_000}}
        program = Asking(server.url, "/v1/sandbox/run", program)
        live = WebSocket(server.url)
        also_when_it_fails.callback(live.close)
        assert live.status == 101
        for stream in streams:
            assert stream.begun.wait(30), (stream.path, stream.text, stream.problem)
        wait_for(lambda: server.metric("council_turns_active") == 5, 30, lambda: "not all turns run")
        running = lambda: json.loads(server.get("/v1/sandbox/status"))["running"] == 1
        wait_for(running, 30, lambda: "the program does not run")
        descendants = server.descendants()
        assert descendants, "the sandbox has a helper"

        server.process.send_signal(signal.SIGTERM)
        wait_for(lambda: refuses_connections(server), 10, lambda: "new connections are taken after the signal")
        for asking in [*streams, whole, program]:
            asking.join(30)
            assert not asking.is_alive() and asking.problem is None, (asking.path, asking.problem)
        for stream in streams:
            assert '"shutting_down"' in stream.last_event, (stream.path, stream.text)
        for asking in (whole, program):
            assert (asking.status, json.loads(asking.text).get("error", {}).get("code")) == (503, "shutting_down"), (asking.status, asking.text)
            assert int(asking.headers["retry-after"]) >= 1
        while (frame := live.receive()) and frame[0] != 8:
            pass
        assert frame and int.from_bytes(frame[1][:2]) == AWAY
        assert server.process.wait(30) == 0, server.log()
        gone = lambda: not any(os.path.exists(f"/proc/{pid}") for pid in descendants)
        wait_for(gone, 10, lambda: f"of {descendants} some are left")
        files = {path.name for path in (server.home / "data").iterdir() if path.name.startswith("council.")}
        assert files == {"council.db", "council.lock"}, "the log was not folded into the database"

        server.stop()
        server.start()
        lines = json.loads(server.get("/v1/ledger"))["data"]
        assert sorted(line["outcome"] for line in lines) == ["cancelled"] * 5, lines
        messages = json.loads(server.get("/v1/conversations/stopped/messages"))["data"]
        assert messages[0]["role"] == "user"


def refuses_connections(server):
    try:
        send(server.url, "/healthz", method="GET", timeout=5)
    except OSError:
        return True
    return False


def test_what_ends_within_the_grace_is_whole():
    with Server(None, "--scripted", "--set", "limits.shutdown_grace=20s") as server:
        code = "import time; print('begun', flush=True); time.sleep(1.5); print('whole')"
        asking = Asking(server.url, "/v1/sandbox/run", {"language": "python", "code": code})
        running = lambda: json.loads(server.get("/v1/sandbox/status"))["running"] == 1
        wait_for(running, 30, lambda: "the program does not run")
        begin = time.monotonic()
        server.process.send_signal(signal.SIGTERM)
        asking.join(30)
        assert (asking.status, asking.problem) == (200, None), asking.text
        assert "whole" in json.loads(asking.text)["stdout"]
        assert server.process.wait(30) == 0
        assert time.monotonic() - begin < 20, "it waited for nobody"


@pytest.mark.parametrize("first", [signal.SIGTERM, signal.SIGINT])
def test_a_second_signal_ends_it_at_once_and_its_processes_with_it(first):
    with Server(None, "--scripted", "--set", "limits.shutdown_grace=1h") as server:
        stream = Asking(server.url, *STREAMS[0])
        assert stream.begun.wait(30), stream.problem
        # The helper of the sandbox is started in the background.
        wait_for(server.descendants, 30, lambda: "the sandbox has no helper")
        descendants = server.descendants()
        server.process.send_signal(first)
        wait_for(lambda: "once more to stop at once" in server.log(), 10, server.log)
        while server.process.poll() is None:
            server.process.send_signal(signal.SIGTERM)
            time.sleep(0.1)
        assert server.process.returncode == 130
        gone = lambda: not any(os.path.exists(f"/proc/{pid}") for pid in descendants)
        wait_for(gone, 20, lambda: f"of {descendants} some are left")
