#!/usr/bin/env python3
"""How long a question to the memory takes over HTTP, embedding included, and what the server's memory is then.

    python3 bench/memory_http.py --council PATH [--rows 10000 100000] [--out FILE]

Needs nothing but the binary and the embedder (`council pull all-minilm-l6-v2`). Filling 100,000 rows takes minutes.
`bench/memory.py latency` compares with the original's libraries, which are 5 GB.
"""

import argparse
import datetime
import http.client
import json
import os
import platform
import random
import re
import statistics
import subprocess
import tempfile
import time

WORDS = (
    "river stone window paper garden winter engine letter market silver copper bridge harbour candle forest meadow "
    "signal thunder pocket mirror ladder basket castle feather island journey kitchen lantern doctor teacher violin "
    "dinner holiday train birthday concert marathon recipe painting camera museum"
).split()
PER_REQUEST, PER_SESSION, WARM_UP, QUESTIONS = 500, 50, 20, 300


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--council", required=True)
    parser.add_argument("--rows", type=int, nargs="+", default=[10_000])
    parser.add_argument("--out")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        command = [arguments.council, "serve", "--scripted", "--port", "0", "--data-dir", directory]
        server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        try:
            port = int(re.search(r"at http://[^:]+:(\d+)", server.stdout.readline())[1])
            results = list(measure(port, arguments.rows))
        finally:
            server.terminate()
            server.wait()
    environment = {
        "date": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        "machine": platform.processor() or platform.machine(),
        "cores": os.cpu_count(),
        "load_average_after": os.getloadavg()[0],
    }
    text = json.dumps({"environment": environment, "over HTTP": results}, indent=1)
    print(text)
    if arguments.out:
        with open(arguments.out, "w", encoding="utf-8") as file:
            file.write(text + "\n")


def measure(port, sizes):
    source, filled = random.Random(1), 0
    connection = http.client.HTTPConnection("127.0.0.1", port)

    def ask(method, path, body=None):
        connection.request(method, path, body and json.dumps(body), {"content-type": "application/json"})
        answer = connection.getresponse()
        text = answer.read()
        assert answer.status == 200, text
        return text.decode()

    def words(count):
        return " ".join(source.choice(WORDS) for _ in range(count))

    for rows in sorted(sizes):
        begun, before = time.perf_counter(), filled
        while filled < rows:
            turns = [
                {
                    "text": f"We talked about the {words(8)}.",
                    "kind": "turn",
                    "speaker": source.choice(["Ada", "Ben"]),
                    "session": f"s{(filled + index) // PER_SESSION}",
                }
                for index in range(PER_REQUEST)
            ]
            ask("POST", "/v1/memory", {"items": turns})
            filled += PER_REQUEST
        seconds = time.perf_counter() - begun
        times = []
        for _ in range(WARM_UP + QUESTIONS):
            question = {"query": f"When did Ada see the {words(5)}?", "limit": 10}
            begun = time.perf_counter()
            ask("POST", "/v1/memory/search", question)
            times.append(1e3 * (time.perf_counter() - begun))
        cuts = statistics.quantiles(times[WARM_UP:], n=20)
        resident = re.search(r"^process_resident_memory_bytes (\S+)", ask("GET", "/metrics"), re.M)
        yield {
            "rows": filled,
            "p50_ms": round(cuts[9], 2),
            "p95_ms": round(cuts[18], 2),
            "questions": QUESTIONS,
            "inserts_per_second": round((filled - before) / seconds),
            "resident_mb": round(float(resident[1]) / 1e6),
        }


if __name__ == "__main__":
    main()
