#!/usr/bin/env python3
"""Measures the server without a model: what a request costs, what a connection takes, and what hours and kills do to it.

    bench/server.py --council BINARY --out RESULT.json overhead [--seconds 3] [--rounds 2]
    bench/server.py --council BINARY --out RESULT.json idle [--sockets 1000] [--connections 1000]
    bench/server.py --council BINARY --out RESULT.json keys [--keys 100] [--requests 5000] [--rounds 7]
    bench/server.py --council BINARY --out RESULT.json ready [--starts 10]
    bench/server.py --council BINARY --out RESULT.json soak [--minutes 60]
    bench/server.py --council BINARY --out RESULT.json kill [--rounds 200]
    bench/server.py --council BINARY --out RESULT.json schema [--cases 10000]

BINARY should be a release build. `overhead` needs wrk and nginx (Debian's packages) and a Python with what
bench/server-requirements.txt lists, named by --python. `schema` runs with the tests' own Python:
$(tests/support/python.sh schema) bench/server.py … Exit code 1: something was lost, grew, or was answered wrongly.
"""

import argparse
import json
import os
import sys
import time
from pathlib import Path

from memory import describe

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests" / "support"))


def main():
    """Measures, prints and writes."""
    arguments = parse()
    os.environ["COUNCIL_BINARY"] = str(arguments.council.resolve())
    environment = describe(arguments)
    measured, fine = MEASURES[arguments.what](arguments)
    result = {"environment": environment, arguments.what: measured}
    environment["load_average_after"] = os.getloadavg()[0]
    environment["build"] = arguments.build
    text = json.dumps(result, indent=1)
    if arguments.out:
        arguments.out.write_text(text + "\n")
    print(text)
    return 0 if fine else 1


def parse():
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--council", type=Path, required=True, help="the binary")
    parser.add_argument("--build", default="release", help="how it was built, for the record")
    parser.add_argument("--out", type=Path, help="JSON")
    kinds = parser.add_subparsers(dest="what", required=True)
    overhead = kinds.add_parser("overhead")
    overhead.add_argument("--python", type=Path, required=True, help="a Python with FastAPI and uvicorn")
    overhead.add_argument("--seconds", type=int, default=3, help="of one measurement")
    overhead.add_argument("--rounds", type=int, default=2)
    idle = kinds.add_parser("idle")
    idle.add_argument("--sockets", type=int, default=1_000)
    idle.add_argument("--connections", type=int, default=1_000)
    keys = kinds.add_parser("keys")
    keys.add_argument("--keys", type=int, default=100, help="how many are shown for the first time")
    keys.add_argument("--requests", type=int, default=5_000, help="of one round")
    keys.add_argument("--rounds", type=int, default=7)
    kinds.add_parser("ready").add_argument("--starts", type=int, default=10)
    soak = kinds.add_parser("soak")
    soak.add_argument("--minutes", type=float, default=60)
    soak.add_argument("--rate", type=float, default=5, help="requests per second of each of the kinds of work")
    kill = kinds.add_parser("kill")
    kill.add_argument("--rounds", type=int, default=200)
    kill.add_argument("--seed", type=int, default=1)
    schema = kinds.add_parser("schema")
    schema.add_argument("--cases", type=int, default=10_000, help="how many at least")
    schema.add_argument("--each", type=int, default=20, help="most random cases for an operation in one pass")
    schema.add_argument("--seed", type=int, default=1, help="of the first pass; each pass takes the next")
    return parser.parse_args()


def overhead(arguments):
    """Requests per second and times at 1, 64 and 512 connections, beside peers, in turns."""
    from server_overhead import measure

    return measure(arguments.python, arguments.seconds, arguments.rounds), True


def idle(arguments):
    """What a connection that does nothing takes."""
    from council_server import Server, resident_bytes
    from http_client import connect
    from web_socket import WebSocket

    def each(server, count, open_one):
        held = [open_one() for _ in range(20)]
        before = resident_bytes(server.process.pid)
        held += [open_one() for _ in range(count)]
        taken = (resident_bytes(server.process.pid) - before) / count
        for one in held:
            one.close()
        return {"count": count, "bytes_each": round(taken)}

    def keep_alive():
        connection = connect(server.url)
        connection.request("GET", "/stats")
        connection.getresponse().read()
        return connection

    result = {}
    with Server(None, "--scripted", "--set", "sandbox.backend=off") as server:
        result["resident_bytes_at_start"] = resident_bytes(server.process.pid)
        result["keep-alive connections"] = each(server, arguments.connections, keep_alive)
    with Server(None, "--scripted", "--set", "sandbox.backend=off") as server:
        result["WebSockets"] = each(server, arguments.sockets, lambda: WebSocket(server.url))
    return result, True


def ready(arguments):
    """Time from the start of the process to its first line, and to a request that is answered."""
    from council_server import Server

    seconds = []
    for _ in range(arguments.starts):
        begin = time.monotonic()
        with Server(None, "--scripted", "--set", "sandbox.backend=off") as server:
            line = time.monotonic() - begin
            server.get("/health")
            seconds.append((line, time.monotonic() - begin))
    middle = lambda values: sorted(values)[len(values) // 2]
    return {
        "starts": arguments.starts,
        "first_line_s": {"median": middle([one[0] for one in seconds]), "worst": max(one[0] for one in seconds)},
        "first_answer_s": {"median": middle([one[1] for one in seconds]), "worst": max(one[1] for one in seconds)},
    }, True


def keys(arguments):
    """What it costs to see whether a key is right."""
    from server_keys import measure

    return measure(arguments.keys, arguments.requests, arguments.rounds), True


def soak(arguments):
    """Mixed work for long, and whether anything grows."""
    from server_soak import measure

    return measure(arguments.minutes, arguments.rate)


def kill(arguments):
    """Kills under mixed work; anything that is lost ends this with an error."""
    from mixed_load import kill_rounds

    def report(number, counts):
        if number % 10 == 9:
            print(f"  {number + 1} kills, acknowledged so far: {counts}", file=sys.stderr, flush=True)

    counts, starts = kill_rounds(arguments.rounds, arguments.seed, report)
    starts.sort()
    return {
        "rounds": arguments.rounds,
        "acknowledged": counts,
        "lost": 0,
        "files_that_did_not_open": 0,
        "start_after_a_kill_s": {"median": starts[len(starts) // 2], "worst": starts[-1]},
    }, True


def schema(arguments):
    """Cases that schemathesis makes of the OpenAPI document."""
    from schema_cases import CHECKS, SchemaServer, send_cases

    passes = []
    while sum(one["cases"] for one in passes) < arguments.cases:
        # A server of its own for each: a case may switch something off.
        with SchemaServer() as server:
            one = send_cases(server.url, arguments.seed + len(passes), arguments.each, slow=not passes)
            one["server_survived"] = server.process.poll() is None
        words = one.pop("words")
        passes.append(one)
        print(f"  pass {len(passes)}: {one['cases']} cases, {len(one['failures'])} failures", file=sys.stderr, flush=True)
        if one["failures"] or one["errors"]:
            print(words, file=sys.stderr)
    found = {what: sum(len(one[what]) for one in passes) for what in ("failures", "errors")}
    survived = all(one["server_survived"] for one in passes)
    return {
        "cases": sum(one["cases"] for one in passes),
        "operations": max(one["operations"] for one in passes),
        "checks": CHECKS,
        "server_survived": survived,
        **found,
        "passes": passes,
    }, survived and not any(found.values())


MEASURES = {"overhead": overhead, "idle": idle, "keys": keys, "ready": ready, "soak": soak, "kill": kill, "schema": schema}

if __name__ == "__main__":
    sys.exit(main())
