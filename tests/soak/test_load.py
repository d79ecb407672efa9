"""Many clients at once, half of which disconnect at random."""

import json
import random
import threading
import time

from council_server import SMALL_MODEL
from http_client import Answer, send, stream

CLIENTS = 64
ROUND_SECONDS = 12
TOPICS = ["rain", "bread", "the number seven", "a long walk", "glass", "winter", "a ship", "old clocks"]
# What the server may keep from a round: metrics and allocator slack, but nothing for each request.
GROWTH_BYTES = 8 << 20


class Client(threading.Thread):
    """Asks again and again; sometimes leaves in the middle."""

    def __init__(self, url, seed, until):
        super().__init__()
        self.url, self.random, self.until = url, random.Random(seed), until
        self.answered = self.left = self.refused = 0
        self.errors = []

    def run(self):
        while time.monotonic() < self.until and not self.errors:
            try:
                self.ask()
            except Exception as error:
                self.errors.append(repr(error))

    def ask(self):
        topic = self.random.choice(TOPICS)
        body = {
            "model": SMALL_MODEL,
            "messages": [{"role": "user", "content": f"Write about {topic}. " * self.random.randint(1, 20)}],
            "max_tokens": self.random.randint(1, 24),
            "seed": self.random.randint(0, 1000),
        }
        if self.random.random() < 0.5:
            body["max_tokens"] = 400
            body |= {"stream": True}
            for event in stream(self.url, "/v1/chat/completions", body, self.random.randint(0, 6)):
                if isinstance(event, Answer):
                    return self.refuse(event)
            self.left += 1
        elif self.random.random() < 0.5:
            events = list(stream(self.url, "/v1/chat/completions", body | {"stream": True}))
            if isinstance(events[0], Answer):
                return self.refuse(events[0])
            assert events[-1] == "[DONE]", events[-1]
            assert json.loads(events[-2])["choices"][0]["finish_reason"] in ("stop", "length"), events[-2]
            self.answered += 1
        else:
            answer = send(self.url, "/v1/chat/completions", body)
            if answer.status != 200:
                return self.refuse(answer)
            assert json.loads(answer.body)["usage"]["completion_tokens"] >= 1
            self.answered += 1

    def refuse(self, answer):
        assert answer.status == 429, f"{answer.status} {answer.body}"
        assert answer.error["code"] == "busy"
        wait = int(answer.headers["retry-after"])
        assert wait >= 1
        self.refused += 1
        time.sleep(max(0, min(wait, self.until - time.monotonic())))


def load_round(server, seed):
    until = time.monotonic() + ROUND_SECONDS
    clients = [Client(server.url, seed * CLIENTS + number, until) for number in range(CLIENTS)]
    for client in clients:
        client.start()
    for client in clients:
        client.join()
    assert [error for client in clients for error in client.errors] == []
    server.wait_until_idle(20)
    answered, left = (sum(getattr(client, name) for client in clients) for name in ("answered", "left"))
    assert answered > 0
    assert left > 0


def test_clients_that_leave_cost_the_others_nothing_and_leave_nothing_behind(server):
    load_round(server, 1)
    before = server.resident_bytes()
    load_round(server, 2)
    assert server.resident_bytes() - before < GROWTH_BYTES
    assert server.metric("council_http_in_flight") == 1, "the request for the metrics alone"
    assert server.metric("council_model_worker_crashes_total") == 0
