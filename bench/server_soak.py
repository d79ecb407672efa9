"""Mixed work on one server for long: memory, descriptors and threads are read again and again, and a line is laid through each.

What grows without an end has a slope that does not go away with time; what is used for the first time grows at the start, so that
the first fifth is left out, and of a long run the first quarter of an hour, in which the measurements of each second gather.
"""

import json
import os
import random
import re
import sys
import threading
import time
from pathlib import Path

from council_server import Server
from http_client import Answer, send, stream
from web_socket import WebSocket

EVERY_S = 2
# What may be left at the end, in the whole of the time: metrics and slack of the allocator, and SQLite's page caches, which are
# bounded. More than this is growth.
MOST = {"resident_bytes": 24 << 20, "descriptors": 8, "threads": 4, "processes": 4}
CONVERSATIONS = 20
KINDS = ["chat", "stream", "leave", "openai", "settings", "list", "socket", "wrong", "delete", "remember", "recall", "run"]
# The server keeps so many seconds of measurements.
FILLING_S = 17 * 60


def work(url, chance, until, rate, counts):
    """One kind of request after another, so many in a second."""
    number = 0
    while time.monotonic() < until:
        begin = time.monotonic()
        number += 1
        talk = f"soak-{number % CONVERSATIONS}"
        echo = {"model": "scripted/echo"}
        kind = chance.choice(KINDS)
        try:
            if kind == "chat":
                answer = send(url, "/api/chat", echo | {"prompt": f"turn {number}", "session_id": talk})
            elif kind == "stream":
                last = list(stream(url, "/hybrid", echo | {"prompt": "some words", "stream": True}))[-1]
                answer = last if isinstance(last, Answer) else None
            elif kind == "leave":
                list(stream(url, "/hybrid", echo | {"prompt": "wait...", "stream": True}, leave_after=1))
                answer = None
            elif kind == "openai":
                answer = send(url, "/v1/chat/completions", echo | {"messages": [{"role": "user", "content": "hello"}]})
            elif kind == "settings":
                answer = send(url, "/v1/settings", {"values": {"budget.daily_usd": number % 7 + 1.0}}, "PATCH")
            elif kind == "list":
                answer = send(url, "/v1/conversations?limit=20", method="GET")
            elif kind == "delete":
                # Conversations begin anew, so that what is stored does not grow without an end.
                answer = send(url, f"/v1/conversations/{talk}", method="DELETE")
                answer = None if answer.status == 404 else answer
            elif kind == "remember":
                # Kept a moment, then forgotten.
                answer = send(url, "/v1/memory", {"text": f"Person {number} keeps bees on roof {chance.randrange(10**9)}."})
                if answer.status < 300:
                    answer = send(url, f"/v1/memory/{json.loads(answer.body)['id']}", method="DELETE")
            elif kind == "recall":
                answer = send(url, "/v1/memory/search", {"query": f"who keeps bees on roof {number}?", "limit": 5})
            elif kind == "run":
                answer = send(url, "/v1/sandbox/run", {"language": "python", "code": f"print({number} ** 2)"})
            elif kind == "socket":
                socket = WebSocket(url)
                socket.send(1, b'{"subscribe": ["metrics"], "ping": 1}')
                socket.receive()
                socket.close()
                answer = None
            else:
                answer = send(url, "/v1/chat/completions", {"messages": []})
                answer = None if answer.status == 400 else answer
        except OSError as error:
            counts["broken"] = counts.get("broken", 0) + 1
            print(f"  {kind}: {error!r}", file=sys.stderr)
            answer = None
        if answer is not None and answer.status >= 300:
            counts["refused"] = counts.get("refused", 0) + 1
            print(f"  {kind}: {answer.status} {answer.body[:200]}", file=sys.stderr)
        counts[kind] = counts.get(kind, 0) + 1
        time.sleep(max(0, begin + 1 / rate - time.monotonic()))


def read(server):
    """Resident memory, open files and threads of the process, and how many processes it has begun and not ended."""
    pid = server.process.pid
    status = Path(f"/proc/{pid}/status").read_text()
    number = lambda name: int(re.search(rf"^{name}:\s+(\d+)", status, re.MULTILINE)[1])
    return {
        "resident_bytes": number("VmRSS") * 1024,
        "descriptors": len(os.listdir(f"/proc/{pid}/fd")),
        "threads": number("Threads"),
        "processes": len(server.descendants()),
    }


def line(points):
    """Slope and value at the first of a line through the points, by least squares."""
    count = len(points)
    mean_x, mean_y = (sum(values) / count for values in zip(*points, strict=True))
    spread = sum((x - mean_x) ** 2 for x, _ in points)
    slope = sum((x - mean_x) * (y - mean_y) for x, y in points) / spread
    return slope, mean_y + slope * (points[0][0] - mean_x)


def measure(minutes, rate):
    """The result, and whether nothing grew."""
    counts, samples = {}, []
    with Server(None, "--scripted") as server:
        begin = time.monotonic()
        until = begin + minutes * 60
        threads = [
            threading.Thread(target=work, args=(server.url, random.Random(seed), until, rate, counts)) for seed in range(2)
        ]
        for thread in threads:
            thread.start()
        while time.monotonic() < until:
            samples.append((time.monotonic() - begin, read(server)))
            time.sleep(EVERY_S)
        for thread in threads:
            thread.join()
        log = server.log()
    begun = max(minutes * 12, FILLING_S if minutes * 60 > 2 * FILLING_S else 0)
    settled = [sample for sample in samples if sample[0] >= begun]
    lines, fine = {}, "panicked" not in log
    for name, most in MOST.items():
        slope, first = line([(at, values[name]) for at, values in settled])
        grown = slope * (settled[-1][0] - settled[0][0])
        lines[name] = {
            "at_first": round(first), "per_hour": round(slope * 3600), "grown": round(grown), "may_grow": most,
            "least": min(values[name] for _, values in settled), "most": max(values[name] for _, values in settled),
        }
        fine = fine and grown <= most
    requests = sum(counts.values())
    fine = fine and not counts.get("broken") and not counts.get("refused")
    return {"minutes": minutes, "requests": requests, "by_kind": counts, "samples": len(samples), "lines": lines, "fine": fine}, fine
