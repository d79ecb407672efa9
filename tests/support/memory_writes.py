"""Mixed writes to the memory, killed at any moment, and what must be so afterwards.

Every text holds a word of its own, so that a text which is forgotten can be looked for in the files.
"""

import json
import random
import threading
import time
from dataclasses import dataclass, field

from http_client import connect

WRITERS = 4
# Shortest and longest time to the kill, in seconds: from the first answer on, and every fifth time from the start on, when
# the embedder is still loading.
UNTIL_KILLED = (0.02, 0.5)
UNTIL_FIRST_ANSWER = 30
SUBJECTS = ["the violin", "a red bicycle", "the garden gate", "my sister's wedding", "the night train", "two owls"]


@dataclass
class Known:
    """What one writer knows of the memory by the answers that it got."""

    # Text by identifier.
    kept: dict = field(default_factory=dict)
    retired: dict = field(default_factory=dict)
    forgotten: dict = field(default_factory=dict)
    # Identifiers of which the last request got no answer.
    unclear: set = field(default_factory=set)
    # Texts that may be there without an answer that said so.
    unclear_texts: set = field(default_factory=set)
    # Texts that memories had before, by identifier; a history is forgotten with its memory.
    older: dict = field(default_factory=dict)
    counts: dict = field(default_factory=lambda: {"save": 0, "edit": 0, "supersede": 0, "forget": 0})


class Writer(threading.Thread):
    """Saves, edits, supersedes and forgets until the server is gone."""

    def __init__(self, url, name, seed, known):
        super().__init__()
        self.url, self.name_of_texts, self.known = url, name, known
        self.random = random.Random(seed)
        self.number = 0
        self.problem = None

    def run(self):
        self.connection = connect(self.url, timeout=30)
        try:
            while self.step():
                pass
        except Exception as error:
            self.problem = repr(error)
        finally:
            self.connection.close()

    def answered(self):
        """Whether a write was answered, or the writer has given up."""
        return self.problem or any(self.known.counts.values())

    def text(self):
        self.number += 1
        return f"{self.random.choice(SUBJECTS)} x{self.name_of_texts}n{self.number}x"

    def step(self):
        """One write; false when the server is gone."""
        known = self.known
        certain = [memory for memory in known.kept if memory not in known.unclear]
        kind = self.random.choices(["save", "edit", "supersede", "forget"], [5, 2, 2, 2])[0]
        if kind == "save" or not certain:
            text = self.text()
            known.unclear_texts.add(text)
            answer = self.send("POST", "/v1/memory", {"text": text, "kind": "note"})
            if answer is None:
                return False
            known.unclear_texts.discard(text)
            known.kept[answer["id"]] = text
            known.counts["save"] += 1
            return True
        memory = self.random.choice(certain)
        known.unclear.add(memory)
        if kind == "edit":
            text = self.text()
            known.unclear_texts.add(text)
            if self.send("PATCH", f"/v1/memory/{memory}", {"text": text}) is None:
                return False
            known.unclear_texts.discard(text)
            known.older.setdefault(memory, []).append(known.kept[memory])
            known.kept[memory] = text
        elif kind == "supersede":
            text = self.text()
            known.unclear_texts.add(text)
            body = {"text": text, "kind": "fact", "supersedes": [memory]}
            answer = self.send("POST", "/v1/memory", body)
            if answer is None:
                return False
            known.unclear_texts.discard(text)
            known.retired[memory] = known.kept.pop(memory)
            known.kept[answer["id"]] = text
        else:
            if self.send("DELETE", f"/v1/memory/{memory}", None) is None:
                return False
            known.forgotten[memory] = known.kept.pop(memory)
        known.unclear.discard(memory)
        known.counts[kind] += 1
        return True

    def send(self, method, path, body):
        """The answer as JSON; none when there was none, which says nothing about what was done."""
        try:
            data = None if body is None else json.dumps(body).encode()
            self.connection.request(method, path, data, {"content-type": "application/json"})
            response = self.connection.getresponse()
            answer = response.read()
        except Exception as error:
            # Broken connections of every kind; anything else would be a mistake here.
            if isinstance(error, OSError) or type(error).__module__ == "http.client":
                return None
            raise
        if response.status != 200:
            raise AssertionError(f"{method} {path}: {response.status} {answer.decode()}")
        return json.loads(answer)


def kill_rounds(server, rounds, seed=1, report=lambda number, counts: None):
    """Writes, kills, starts again and checks, `rounds` times; returns how many writes of each kind were answered.

    `server` is started; it is ended by its own methods alone.
    """
    chance = random.Random(seed)
    everything = Known()
    for number in range(rounds):
        writers = [
            Writer(server.url, f"r{number}w{writer}", chance.random(), Known()) for writer in range(WRITERS)
        ]
        # A quarter of what is known is written to again, so that old rows change too.
        for memory in chance.sample(sorted(everything.kept), len(everything.kept) // 4):
            writer = chance.choice(writers)
            writer.known.kept[memory] = everything.kept.pop(memory)
            writer.known.older[memory] = everything.older.pop(memory, [])
        for writer in writers:
            writer.start()
        end = time.monotonic() + UNTIL_FIRST_ANSWER
        while number % 5 and not any(writer.answered() for writer in writers):
            assert time.monotonic() < end, f"no write was answered within {UNTIL_FIRST_ANSWER} s"
            time.sleep(0.005)
        time.sleep(chance.uniform(*UNTIL_KILLED))
        server.kill()
        for writer in writers:
            writer.join()
        problems = [writer.problem for writer in writers if writer.problem]
        assert not problems, problems
        server.start(load=False)
        merged = Known()
        for writer in writers:
            for name in ("kept", "retired", "forgotten", "older"):
                getattr(merged, name).update(getattr(writer.known, name))
            merged.unclear |= writer.known.unclear
            merged.unclear_texts |= writer.known.unclear_texts
            for kind, count in writer.known.counts.items():
                everything.counts[kind] += count
        check(server, merged)
        files_hold_nothing_of(server, merged)
        for name in ("kept", "retired", "forgotten", "older"):
            getattr(everything, name).update(getattr(merged, name))
        # What is unclear may be either from now on, and is left alone.
        for memory in merged.unclear:
            everything.kept.pop(memory, None)
        everything.unclear_texts |= merged.unclear_texts
        report(number, everything.counts)
    check(server, everything)
    return everything.counts


def check(server, known):
    """Asks for everything that was answered."""
    connection = connect(server.url, timeout=60)

    def get(memory):
        connection.request("GET", f"/v1/memory/{memory}")
        response = connection.getresponse()
        return response.status, response.read()

    for memory, text in known.kept.items():
        if memory in known.unclear:
            continue
        status, body = get(memory)
        assert status == 200, f"memory {memory} was acknowledged and is lost: {status} {body}"
        found = json.loads(body)
        assert found["text"] == text, f"memory {memory} has a text that was changed since: {found}"
        assert found.get("retired_at") is None, f"memory {memory} is retired, and nobody retired it: {found}"
    for memory, text in known.retired.items():
        status, body = get(memory)
        assert status == 200, f"memory {memory} was superseded and is lost: {status} {body}"
        found = json.loads(body)
        assert found["text"] == text and found.get("retired_at") is not None, (
            f"memory {memory} was superseded and counts again: {found}"
        )
    for memory in known.forgotten:
        status, body = get(memory)
        assert status == 404, f"memory {memory} was forgotten and is back: {status} {body}"
    connection.close()


def files_hold_nothing_of(server, known):
    """No byte of what was forgotten is in any file of the data directory."""
    texts = [text for memory, last in known.forgotten.items() for text in [last, *known.older.get(memory, [])]]
    words = [text.rsplit(" ", 1)[1].encode() for text in texts]
    if not words:
        return
    for path in (server.home / "data").rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            left = [word for word in words if word in content]
            assert not left, f"{path.name} holds what was forgotten: {left[:3]}"
