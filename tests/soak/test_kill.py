"""Kills of the server and of its engine worker, under load."""

import json
import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from council_server import SMALL_MODEL, Server, wait_for
from http_client import Answer, send, stream

CLIENTS = 16
LOAD_SECONDS = 4


class Talk(threading.Thread):
    """Continues one conversation until the server is gone, and remembers what it has seen of it."""

    def __init__(self, url, session):
        super().__init__()
        self.url, self.session = url, session
        # (prompt, whole answer or None), for each turn of which at least the first event came.
        self.turns = []

    def run(self):
        turn = 0
        while True:
            turn += 1
            prompt = f"Turn {turn} of {self.session}: say something."
            body = {"prompt": prompt, "session_id": self.session, "stream": True, "max_tokens": 8}
            try:
                self.follow(prompt, stream(self.url, "/api/chat", body))
            except (OSError, json.JSONDecodeError, EOFError):
                return
            except Exception as error:
                # A connection that breaks within a chunk; http.client has several classes for it.
                assert type(error).__module__ == "http.client", repr(error)
                return

    def follow(self, prompt, events):
        text, seen = "", False
        for event in events:
            if isinstance(event, Answer):
                # Refused, so not part of the conversation.
                assert event.status == 429, event.body
                time.sleep(0.2)
                return
            frame = json.loads(event)
            if not seen:
                self.turns.append((prompt, None))
                seen = True
            text += frame.get("text", "")
            if frame.get("done"):
                assert "error" not in frame, frame
                self.turns[-1] = (prompt, text)
                return
        raise EOFError("the answer ended without a last frame")


def stored(server, session):
    answer = send(server.url, f"/v1/conversations/{session}/messages?limit=100", method="GET")
    assert answer.status == 200, answer.body
    page = json.loads(answer.body)
    return [(m["role"], "".join(part["text"] for part in m["content"])) for m in page["data"]]


def test_after_a_kill_of_the_server_every_conversation_is_intact(tmp_path):
    server = Server(SMALL_MODEL, home=tmp_path)
    with server:
        talks = [Talk(server.url, f"talk-{number}") for number in range(CLIENTS)]
        for talk in talks:
            talk.start()
        time.sleep(LOAD_SECONDS)
        answered = lambda: any(text is not None for talk in talks for _, text in talk.turns)
        wait_for(answered, 60, lambda: "no turn was answered")
        # One for each model that was asked.
        workers = server.workers()
        assert workers
        server.kill()
        for talk in talks:
            talk.join()
        for worker in workers:
            gone = lambda worker=worker: not os.path.exists(f"/proc/{worker}")
            wait_for(gone, 10, lambda: "a worker outlives its server")

        server.start(load=False)
        for talk in talks:
            expected = []
            for prompt, text in talk.turns:
                expected.append(("user", prompt))
                expected += [("assistant", text)] if text is not None else []
            messages = stored(server, talk.session) if expected else []
            # The last turn may have got further in the database than on its way to the client.
            assert messages[: len(expected)] == expected
            assert len(messages) <= len(expected) + 2
        listed = json.loads(server.get("/v1/conversations?limit=100"))["data"]
        assert {talk.session for talk in talks if talk.turns} <= {entry["id"] for entry in listed}


@pytest.fixture(scope="module")
def crash_server():
    with Server(SMALL_MODEL) as server:
        yield server


ENDLESS = {
    "model": SMALL_MODEL,
    "messages": [{"role": "user", "content": "Count upwards and never stop."}],
    "max_tokens": 4_000,
    # The ends of a turn and of a text in SmolLM2's vocabulary.
    "logit_bias": {"0": -100, "2": -100},
}


def test_after_a_kill_of_the_worker_requests_fail_cleanly_and_the_next_is_answered(crash_server):
    server = crash_server
    before = server.metric("council_first_token_seconds_count")
    with ThreadPoolExecutor(8) as pool:
        whole = [pool.submit(send, server.url, "/v1/chat/completions", ENDLESS) for _ in range(4)]
        streams = [
            pool.submit(lambda: list(stream(server.url, "/v1/chat/completions", ENDLESS | {"stream": True})))
            for _ in range(4)
        ]
        # A request that has had no token would be tried again by the next worker.
        begun = lambda: server.metric("council_first_token_seconds_count") == before + 8
        wait_for(begun, 60, lambda: f"the load is {server.load()}")
        server.kill_worker()
        for answer in (future.result() for future in whole):
            assert answer.status == 503
            assert answer.error["code"] == "model_not_ready"
            assert int(answer.headers["retry-after"]) >= 1
        for events in (future.result() for future in streams):
            if isinstance(events[-1], Answer):
                assert events[-1].status == 503
            else:
                assert json.loads(events[-1])["error"]["code"] == "model_not_ready", events[-1]

    assert server.process.poll() is None
    assert send(server.url, "/health", method="GET").status in (200, 503)
    assert server.load() == (0, 0)
    assert server.metric("council_model_worker_crashes_total") == 1
    deadline = time.monotonic() + 30
    while (answer := send(server.url, "/v1/chat/completions", ENDLESS | {"max_tokens": 2})).status != 200:
        assert answer.status == 503, answer.body
        assert time.monotonic() < deadline
        time.sleep(0.2)


def test_a_worker_that_is_killed_while_idle_is_replaced_for_the_next_request(crash_server):
    server = crash_server
    send(server.url, "/v1/chat/completions", ENDLESS | {"max_tokens": 1})
    server.kill_worker()
    deadline = time.monotonic() + 30
    while (answer := send(server.url, "/v1/chat/completions", ENDLESS | {"max_tokens": 1})).status != 200:
        assert answer.status == 503, answer.body
        assert time.monotonic() < deadline
        time.sleep(0.2)
